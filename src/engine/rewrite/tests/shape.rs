//! The shape of what is written: private exports, start, sections, the map of offsets, limits of the format.

use std::collections::BTreeMap;

use wasmparser::{Operator, Parser, Payload};
use wasmtime::Val;

use super::super::{Counting, RewriteError};
use super::{Build, Prices, RewriteOptions, Subject, everything, rewrite, rewritten, wat};

/// Every operator of a module by its offset.
fn operators(wasm: &[u8]) -> BTreeMap<u32, (u32, Operator<'_>)> {
    let mut operators = BTreeMap::new();
    let mut function = 0;
    for payload in Parser::new(0).parse_all(wasm) {
        let Ok(Payload::CodeSectionEntry(body)) = payload else { continue };
        for item in body.get_operators_reader().expect("valid").into_iter_with_offsets() {
            let (operator, offset) = item.expect("valid");
            operators.insert(u32::try_from(offset).expect("small"), (function, operator));
        }
        function += 1;
    }
    operators
}

/// Checks that each operator of the original is found again, in order, by the map, and nothing else is.
pub(super) fn assert_offsets_lead_back(
    original: &[u8],
    rewritten: &super::Rewritten,
    options: &RewriteOptions,
) {
    let old = operators(original);
    let mut wanted =
        old.iter().filter(|(_, (_, op))| options.prices.is_none() || *op != Operator::Nop).peekable();
    for (new_offset, (_, operator)) in &operators(&rewritten.wasm) {
        let Some(old_offset) = rewritten.offsets.original(*new_offset) else { continue };
        assert!(old.contains_key(&old_offset), "{new_offset} leads between two operators");
        if let Some((next, (_, next_operator))) = wanted.peek()
            && **next == old_offset
            && next_operator == operator
        {
            wanted.next();
        }
    }
    assert_eq!(wanted.next(), None, "an operator of the original was not found again");
}

const MIXED: &str = r#"(module
  (import "env" "f" (func $imported (param i32) (result i32)))
  (import "env" "g" (global $ig i32))
  (memory (export "memory") 1) (memory 2)
  (table 3 funcref) (table 1 externref)
  (global (mut i64) (i64.const 42)) (global $started (mut i32) (i32.const 0))
  (start $start)
  (func $start (global.set $started (i32.const 5)))
  (func $inc (export "inc") (export "inc again") (param i32) (result i32) (local i64 f32 f32)
    nop (i32.add (local.get 0) (i32.const 1)) nop)
  (export "imported" (func $imported))
  (func (export "started") (result i32) (global.get $started))
  (data (i32.const 8) "hello") (elem (i32.const 0) $inc)
  (@custom "producers" "x"))"#;

#[test]
fn every_memory_table_and_global_has_a_private_export() {
    let wasm = wat(MIXED);
    for options in [everything(), RewriteOptions::default()] {
        let mut subject = Subject::with(&wasm, &options);
        let layout = subject.rewritten.as_ref().expect("rewritten").layout.clone();
        assert_eq!((layout.memories.len(), layout.tables.len(), layout.globals.len()), (2, 2, 3));
        let store = &mut subject.store;
        let sizes = layout
            .memories
            .iter()
            .map(|name| subject.instance.get_memory(&mut *store, name).expect("exported").size(&mut *store));
        assert_eq!(sizes.collect::<Vec<_>>(), [1, 2]);
        assert!(layout.tables.iter().all(|name| subject.instance.get_table(&mut *store, name).is_some()));
        let second = subject.instance.get_global(&mut *store, &layout.globals[1]).expect("exported");
        assert_eq!(second.get(&mut *store).unwrap_i64(), 42);
    }
}

#[test]
fn the_start_function_runs_when_it_is_called_and_not_before() {
    let wasm = wat(MIXED);
    for options in [everything(), RewriteOptions::default()] {
        let mut subject = Subject::with(&wasm, &options);
        assert_eq!(subject.call_i32("started", &[]).end, Ok(vec!["i32 0".to_owned()]));
        let start = subject.rewritten.as_ref().expect("rewritten").layout.start.clone().expect("it has one");
        let ended = subject.call(&start, &[], 1000);
        assert_eq!((ended.end, ended.fuel), (Ok(Vec::new()), 3));
        assert_eq!(subject.call_i32("started", &[]).end, Ok(vec!["i32 5".to_owned()]));
    }
}

#[test]
fn exports_work_under_their_own_names_and_no_function_is_added() {
    let mut subject = Subject::counted(&wat(MIXED));
    for name in ["inc", "inc again"] {
        assert_eq!(subject.call(name, &[Val::I32(4)], 1000).end, Ok(vec!["i32 5".to_owned()]));
    }
    assert_eq!(subject.call_i32("imported", &[3]).end, Ok(vec!["i32 0".to_owned()]));
    let bodies = |wasm: &[u8]| {
        let payloads = Parser::new(0).parse_all(wasm);
        payloads.filter(|payload| matches!(payload, Ok(Payload::CodeSectionEntry(_)))).count()
    };
    let rewritten = subject.rewritten.expect("the subject is rewritten");
    assert_eq!(bodies(&rewritten.wasm), bodies(&wat(MIXED)));
}

#[test]
fn names_are_kept_and_other_custom_sections_are_not() {
    let rewritten = rewritten(&wat(MIXED), &everything());
    let customs: Vec<String> = Parser::new(0)
        .parse_all(&rewritten.wasm)
        .filter_map(|payload| match payload {
            Ok(Payload::CustomSection(custom)) => Some(custom.name().to_owned()),
            _ => None,
        })
        .collect();
    assert_eq!(customs, ["name", "metadata.code.branch_hint"]);
    let mut trapping = Subject::counted(&wat(r#"(module (func $boom (export "f") unreachable))"#));
    let func = trapping.instance.get_func(&mut trapping.store, "f").expect("exported");
    let err = func.call(&mut trapping.store, &[], &mut []).expect_err("it traps");
    let frames = err.downcast_ref::<wasmtime::WasmBacktrace>().expect("it has a backtrace").frames();
    assert_eq!(frames[0].func_name(), Some("boom"));
}

#[test]
fn missing_sections_are_created() {
    for text in [
        "(module)",
        "(module (memory 1))",
        "(module (func))",
        r#"(module (import "e" "f" (func)) (export "f" (func 0)))"#,
        r#"(module (import "e" "f" (func)) (start 0))"#,
        r#"(module (import "e" "m" (memory 1)) (import "e" "t" (table 1 funcref)))"#,
        r#"(module (import "e" "m" (memory 1 1 shared)) (func (drop (memory.grow (i32.const 1)))))"#,
        "(module (memory 1) (func (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1))) (atomic.fence)))",
        "(module (type (func)) (rec (type (func)) (type (struct (field (ref 1))))) (func (type 1)))",
    ] {
        for options in [everything(), RewriteOptions::default()] {
            let wasm = wat(text);
            assert_offsets_lead_back(&wasm, &rewritten(&wasm, &options), &options);
        }
    }
}

#[test]
fn offsets_lead_back_to_the_same_operators() {
    let wasm = wat(MIXED);
    for options in [
        everything(),
        RewriteOptions::default(),
        RewriteOptions { prices: None, ..everything() },
        RewriteOptions { counting: Counting::Operators, ..everything() },
    ] {
        let rewritten = rewritten(&wasm, &options);
        assert_offsets_lead_back(&wasm, &rewritten, &options);
        assert_eq!(rewritten.offsets.original(0), None);
        assert_eq!(rewritten.offsets.original(u32::try_from(rewritten.wasm.len()).expect("small")), None);
    }
}

/// Does nothing but call itself, with a memory and a global beside.
const FIBONACCI: &str = r#"(module (memory 1) (global $g (mut i32) (i32.const 0))
  (func $fibonacci (export "fibonacci") (param $n i32) (result i32)
    (if (result i32) (i32.lt_s (local.get $n) (i32.const 2))
      (then (local.get $n))
      (else (i32.add
        (call $fibonacci (i32.sub (local.get $n) (i32.const 1)))
        (call $fibonacci (i32.sub (local.get $n) (i32.const 2))))))))"#;

/// The machine code of each function.
fn machine_code(build: &Build) -> Vec<Vec<u8>> {
    let text = build.module.text();
    build.module.functions().map(|function| text[function.offset..][..function.len].to_vec()).collect()
}

#[test]
fn what_is_not_counted_leaves_the_machine_code_as_it_is() {
    for text in [FIBONACCI, MIXED] {
        let wasm = wat(text);
        let plain = machine_code(&Build::plain(&wasm));
        // Neither the private exports nor the prices by `nop` cost the guest an instruction.
        let off = RewriteOptions::default();
        let priced = RewriteOptions { prices: Some(Prices::default()), ..RewriteOptions::default() };
        for options in [off, priced] {
            let counted = machine_code(&Build::counted(&wasm, &options));
            // Calls out of the module go to where its trampolines are, which lie behind what is private.
            let lengths = |code: &[Vec<u8>]| code.iter().map(Vec::len).collect::<Vec<_>>();
            assert_eq!(lengths(&counted), lengths(&plain), "{options:?}");
            assert!(text != FIBONACCI || counted == plain, "{options:?}");
        }
        assert!(machine_code(&Build::counted(&wasm, &everything())) != plain, "counting depth costs some");
    }
}

#[test]
fn private_names_evade_the_guests() {
    let wasm =
        wat(r#"(module (memory 1) (func (export "workbench:memory:0")) (func (export "workbench_")))"#);
    let layout = rewritten(&wasm, &everything()).layout;
    assert_eq!(
        (layout.prefix.as_str(), layout.memories[0].as_str()),
        ("workbench__", "workbench__:memory:0")
    );
}

#[test]
fn functions_at_the_limits_of_the_format_can_not_be_counted() {
    let locals = |tag: &str, count: usize| {
        wat(&format!("(module {tag} (func) (func (export \"f\") (local {})))", "i32 ".repeat(count)))
    };
    rewritten(&locals("", 50_000), &everything());
    // Frames that may be left by an exception keep their depth in a local.
    rewritten(&locals("(tag)", 49_999), &everything());
    let full = rewrite(&locals("(tag)", 50_000), &everything());
    assert!(matches!(full, Err(RewriteError::TooManyLocals { index: 1 })), "{full:?}");

    let big = wat(&format!("(module (func) (func {}) (func))", "(drop (i32.const 1))".repeat(2_000_000)));
    let swollen = rewrite(&big, &everything());
    assert!(matches!(swollen, Err(RewriteError::BodyTooLarge { index: 1 })), "{:?}", swollen.map(drop));
    assert_offsets_lead_back(
        &locals("(tag)", 50_000),
        &rewritten(&locals("(tag)", 50_000), &RewriteOptions::default()),
        &RewriteOptions::default(),
    );
}

#[test]
fn what_can_not_be_rewritten_is_an_error_and_never_a_panic() {
    assert!(matches!(rewrite(b"", &everything()), Err(RewriteError::Malformed { .. })));
    assert!(matches!(rewrite(&wat("(component)"), &everything()), Err(RewriteError::NotACoreModule)));
    let wasm = wat(MIXED);
    for end in 0..wasm.len() {
        drop(rewrite(&wasm[..end], &everything()));
    }
    for at in 8..wasm.len() {
        for value in [0x00, 0x01, 0x40, 0x7f, 0x80, 0xff] {
            let mut broken = wasm.clone();
            broken[at] = value;
            drop(rewrite(&broken, &everything()));
        }
    }
}

#[test]
fn the_engine_charges_the_same_for_instantiation() {
    let wasm = wat(r#"(module (memory 1) (table 10 funcref) (func $f)
      (global (mut i32) (i32.add (i32.const 1) (i32.const 2)))
      (data (i32.const 0) "abc") (elem (i32.const 0) $f $f))"#);
    let fuel = |subject: Subject| subject.store.get_fuel().expect("fuel is on");
    assert_eq!(fuel(Subject::counted(&wasm)), fuel(Subject::plain(&wasm)));
}

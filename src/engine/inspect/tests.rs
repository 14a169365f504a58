//! What `inspect` promises, shown on small modules and on broken bytes.

use super::*;
use crate::model::interface::{ExternType, MemoryType, SizeRange, SourceKind};
use crate::model::interface_json::{to_json, type_text};
use crate::model::signature::ValueType;

fn binary(text: &str) -> Vec<u8> {
    wat::parse_str(text).expect("the text of a test is valid")
}

fn interface(text: &str) -> Interface {
    inspect(&binary(text)).expect("a valid module can be inspected")
}

const FULL: &str = r#"
(module $shop
  (type $point (struct (field i32)))
  (type $binary (func (param i32 i32) (result i32)))
  (import "env" "log" (func $log (param $ptr i32) (param $len i32)))
  (import "env" "mem" (memory $shared 1 2))
  (import "env" "base" (global $base i32))
  (func $add (export "add") (type $binary) (param $a i32) (param $b i32) (result i32)
    (local $unused i64) (i32.add (local.get $a) (local.get $b)))
  (func $boxed (export "boxed") (param (ref null $point) anyref funcref externref) (result (ref i31))
    (ref.i31 (i32.const 1)))
  (func $main)
  (memory $own 3)
  (table $callees 4 8 funcref)
  (global $count (mut i64) (i64.const 0))
  (tag $failed (param f32))
  (export "log again" (func $log))
  (export "own" (memory $own))
  (export "callees" (table $callees))
  (export "count" (global $count))
  (export "failed" (tag $failed))
  (start $main)
  (data $greeting (memory $own) (i32.const -16) "hello")
  (data $later (memory $own) (global.get $base) "x")
  (data "passive"))
"#;

#[test]
fn everything_in_a_module_is_listed_with_its_name() {
    let found = interface(FULL);
    assert_eq!(found.module_name.as_deref(), Some("shop"));
    let imports: Vec<String> = found
        .imports
        .iter()
        .map(|i| format!("{}.{} {} #{}", i.module, i.name, type_text(&i.ty), i.index))
        .collect();
    assert_eq!(
        imports,
        [
            "env.log (func (param $ptr i32) (param $len i32)) #0",
            "env.mem (memory 1 2) #0",
            "env.base (global i32) #0"
        ]
    );
    let exports: Vec<String> =
        found.exports.iter().map(|e| format!("{} {} #{}", e.name, type_text(&e.ty), e.index)).collect();
    assert_eq!(
        exports,
        [
            "add (func (param $a i32) (param $b i32) (result i32)) #1",
            "boxed (func (param (ref null $point)) (param anyref) (param funcref) (param externref) (result (ref i31))) #2",
            "log again (func (param $ptr i32) (param $len i32)) #0",
            "own (memory 3) #1",
            "callees (table 4 8 funcref) #0",
            "count (global (mut i64)) #1",
            "failed (tag (param f32)) #0",
        ]
    );
    let names: Vec<_> = found.functions.iter().map(|function| function.name.as_deref()).collect();
    assert_eq!(names, [Some("log"), Some("add"), Some("boxed"), Some("main")]);
    assert_eq!(found.start, Some(3));
    assert_eq!(found.memories[0].name.as_deref(), Some("shared"));
    assert!(found.memories[0].is_imported && !found.memories[1].is_imported);
    let pages = SizeRange { minimum: 3, maximum: None };
    assert_eq!(found.memories[1].ty, MemoryType { pages, is_64: false, is_shared: false, page_size: 65_536 });
    assert_eq!(found.tables[0].name.as_deref(), Some("callees"));
    assert_eq!(found.globals[1].name.as_deref(), Some("count"));
    assert_eq!(found.tags[0].name.as_deref(), Some("failed"));
    assert_eq!(found.wit, None);
    assert_eq!(found.function_label(1), "$add");
}

#[test]
fn data_segments_tell_their_address_where_it_is_constant() {
    let found = interface(FULL);
    let wasm = binary(FULL);
    let seen: Vec<_> =
        found.data.iter().map(|d| (d.index, d.name.as_deref(), d.memory, d.address, d.bytes)).collect();
    assert_eq!(
        seen,
        [
            (0, Some("greeting"), Some(1), Some(0xffff_fff0), 5),
            (1, Some("later"), Some(1), None, 1),
            (2, None, None, None, 7)
        ]
    );
    let at = usize::try_from(found.data[0].offset).expect("small");
    assert_eq!(&wasm[at..at + 5], b"hello");
}

#[test]
fn offsets_point_at_bodies_entries_and_imports() {
    let wasm = binary(FULL);
    let found = inspect(&wasm).expect("valid");
    let add = &found.functions[1];
    assert_eq!(found.exports[0].offset, add.body.start);
    let body = usize::try_from(add.body.start).expect("small")..usize::try_from(add.body.end).expect("small");
    // One group of locals, one i64, then the operators.
    assert_eq!(&wasm[body], &[1, 1, 0x7e, 0x20, 0, 0x20, 1, 0x6a, 0x0b]);
    assert_eq!(found.exports[2].offset, found.imports[0].offset);
    assert_eq!(found.exports[3].offset, found.memories[1].offset);
    let at = usize::try_from(found.imports[0].offset).expect("small");
    assert_eq!(&wasm[at..at + 8], b"\x03env\x03log");
    let at = usize::try_from(found.memories[1].offset).expect("small");
    assert_eq!(&wasm[at..at + 2], &[0, 3]);
    assert_eq!(found.functions[0].body, 0..0);
    let names =
        found.custom_sections.iter().find(|section| section.name == "name").expect("wat writes names");
    assert_eq!(names.offset + names.bytes, u64::try_from(wasm.len()).expect("small"));
}

#[test]
fn types_without_a_name_are_told_by_index_and_odd_names_are_quoted() {
    let found = interface(
        r#"(module (type (func)) (rec (type (struct)) (type $"a b" (struct)))
             (func (export "f") (param (ref null 0) (ref 1) (ref null $"a b"))))"#,
    );
    let (_, signature) = found.exported_function("f").expect("exported");
    let types: Vec<ValueType> = signature.params.iter().map(|param| param.ty.clone()).collect();
    let other = |text: &str| ValueType::OtherRef(text.to_owned());
    assert_eq!(types, [other("(ref null 0)"), other("(ref 1)"), other("(ref null $\"a b\")")]);
}

#[test]
fn memories_of_64_bits_and_of_small_pages_keep_their_type() {
    let found =
        interface("(module (memory i64 1 70000000000) (memory 5 (pagesize 1)) (table i64 1 externref))");
    assert!(found.memories[0].ty.is_64);
    assert_eq!(found.memories[0].ty.pages.maximum, Some(70_000_000_000));
    assert_eq!(found.memories[1].ty.page_size, 1);
    assert!(found.tables[0].ty.is_64);
    assert_eq!(found.tables[0].ty.element, ValueType::ExternRef);
}

/// Appends a custom section to the smallest module with one function.
fn with_name_section(content: &[u8]) -> Vec<u8> {
    let mut wasm = b"\0asm\x01\0\0\0\x01\x05\x01\x60\x01\x7f\0\x03\x02\x01\0\x0a\x04\x01\x02\0\x0b".to_vec();
    let size = u8::try_from(content.len() + 5).expect("small");
    wasm.extend([0, size, 4]);
    wasm.extend(b"name");
    wasm.extend(content);
    wasm
}

#[test]
fn a_broken_name_section_costs_names_and_nothing_else() {
    let cases: &[(&[u8], Option<&str>, Option<&str>)] = &[
        (b"\x01\x04\x01\0\x01f\x02\x06\x01\0\x01\0\x01x", Some("f"), Some("x")),
        (b"", None, None),
        // A name of an index far out of range, then a good one.
        (b"\x01\x0b\x02\xff\xff\xff\xff\x0f\x01g\0\x01f", Some("f"), None),
        // A count that the section can't hold.
        (b"\x01\x07\xff\xff\xff\xff\x0f\0\0", None, None),
        // A subsection longer than the section.
        (b"\x01\x7f\x01\0\x01f", None, None),
        // A name that is not UTF-8.
        (b"\x01\x04\x01\0\x01\xff", None, None),
        // A local past the parameters, of a function that is there and of one that is not.
        (b"\x02\x06\x01\0\x01\x05\x01x", None, None),
        (b"\x02\x06\x01\x07\x01\0\x01x", None, None),
        // A good subsection before a broken one counts.
        (b"\x01\x04\x01\0\x01f\x02\x7f", Some("f"), None),
    ];
    for (content, function, param) in cases {
        let found = inspect(&with_name_section(content)).expect("names are never an error");
        assert_eq!(found.functions.len(), 1, "{content:?}");
        assert_eq!(found.functions[0].name.as_deref(), *function, "{content:?}");
        assert_eq!(found.functions[0].signature.params[0].name.as_deref(), *param, "{content:?}");
    }
}

#[test]
fn bytes_that_break_the_format_are_an_error_with_an_offset() {
    let cases: &[(&[u8], &str)] = &[
        (b"", "unexpected end-of-file (at offset 0x0)"),
        (b"hello, world", "magic header not detected: bad magic number"),
        // A type section that claims four thousand million types.
        (b"\0asm\x01\0\0\0\x01\x05\xff\xff\xff\xff\x0f", "unexpected end"),
        // A function of a type that does not exist.
        (b"\0asm\x01\0\0\0\x03\x02\x01\x07", "function type index 7 is out of bounds (at offset 0xb)"),
        // An export of a memory that does not exist.
        (b"\0asm\x01\0\0\0\x07\x05\x01\x01m\x02\x03", "memory index 3 is out of bounds (at offset 0xb)"),
    ];
    for (wasm, message) in cases {
        let error = inspect(wasm).expect_err("broken").to_string();
        assert!(error.contains(message), "{error}");
    }
}

#[test]
fn a_module_cut_short_anywhere_never_panics() {
    for text in [FULL, COMPONENT] {
        let wasm = binary(text);
        for end in 0..wasm.len() {
            let _ = inspect(&wasm[..end]).map_err(|error| assert!(!error.to_string().is_empty()));
            let mut flipped = wasm.clone();
            flipped[end] ^= 0x81;
            let _ = inspect(&flipped).map_err(|error| assert!(!error.to_string().is_empty()));
        }
    }
}

#[test]
fn a_thousand_parameters_times_many_functions_are_refused_not_allocated() {
    let leb = |number: usize| {
        let digit = |shift: u32| u8::try_from(number >> shift & 0x7f).expect("seven bits");
        [digit(0) | 0x80, digit(7) | 0x80, digit(14)]
    };
    let mut types = vec![1, 0x60];
    types.extend(leb(1000));
    types.extend([0x7f; 1000]);
    types.push(0);
    let mut functions = leb(100_000).to_vec();
    functions.extend(vec![0; 100_000]);
    let mut wasm = b"\0asm\x01\0\0\0".to_vec();
    for (id, content) in [(1, types), (3, functions)] {
        wasm.push(id);
        wasm.extend(leb(content.len()));
        wasm.extend(content);
    }
    assert_eq!(inspect(&wasm), Err(InspectError::TooLarge { limit: Budget::LIMIT }));
}

const COMPONENT: &str = r#"
(component
  (core module $inner (func (export "add") (param i32 i32) (result i32) (i32.const 1)) (memory (export "m") 1))
  (core instance $i (instantiate $inner))
  (import "log" (func $log (param "text" string)))
  (import "test:host/clock@1.0.0" (instance (export "now" (func (result u64)))))
  (func $add (param "a" s32) (param "b" s32) (result s32) (canon lift (core func $i "add")))
  (export "add" (func $add)))
"#;

#[test]
fn a_component_shows_its_world_and_not_what_is_inside() {
    let found = interface(COMPONENT);
    let imports: Vec<_> = found.imports.iter().map(|i| (i.module.as_str(), i.name.as_str(), &i.ty)).collect();
    let component = |text: &str| ExternType::Component(text.to_owned());
    assert_eq!(
        imports,
        [
            ("log", "", &component("func(text: string)")),
            ("test:host/clock@1.0.0", "", &component("instance"))
        ]
    );
    assert_eq!(found.exports[0].name, "add");
    assert_eq!(found.exports[0].ty, component("func(a: s32, b: s32) -> s32"));
    assert!(found.functions.is_empty() && found.memories.is_empty());
    let wit = found.wit.as_deref().expect("a component has WIT");
    assert!(wit.contains("export add: func(a: s32, b: s32) -> s32;"), "{wit}");
    assert!(wit.contains("now: func() -> u64;"), "{wit}");
    assert_eq!(to_json(SourceKind::ComponentText, &found, "")["wit"], wit);
}

#[test]
fn a_component_that_wit_cannot_express_lists_its_names() {
    let found =
        interface(r#"(component (import "m" (core module)) (core module $n) (export "n" (core module $n)))"#);
    let wit = found.wit.as_deref().expect("a component has WIT");
    assert!(wit.starts_with("// This component's interface can't be written as WIT"), "{wit}");
    assert!(wit.contains("// import m: module\n// export n: module\n"), "{wit}");
}

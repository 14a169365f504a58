//! Tables of sources with what the front says of them.
//!
//! Knows no engine: whatever passes here is only read back.

use super::*;

fn check_default(source: &[u8]) -> Result<FrontOutput, FrontFailure> {
    check(source, &SizeCaps::default(), default_features())
}

fn good(source: &str) -> FrontOutput {
    check_default(source.as_bytes()).unwrap_or_else(|failure| panic!("{source}\n{failure:#?}"))
}

fn bad(source: &str) -> Vec<Diagnostic> {
    match check_default(source.as_bytes()) {
        Ok(_) => panic!("this should not be good:\n{source}"),
        Err(failure) => failure.diagnostics,
    }
}

fn lines_of(source: &str) -> Vec<String> {
    bad(source).iter().map(Diagnostic::to_line).collect()
}

/// Words of the text that the operators of the binary came from, in the order of the binary.
fn mapped_words(source: &str) -> Vec<String> {
    let output = good(source);
    let map = output.map.expect("a module's text has a map");
    let mut words = Vec::new();
    for payload in wasmparser::Parser::new(0).parse_all(&output.wasm) {
        let Ok(wasmparser::Payload::CodeSectionEntry(body)) = payload else { continue };
        let operators = body.get_operators_reader().expect("the binary is valid");
        for operator in operators.into_iter_with_offsets() {
            let (_, offset) = operator.expect("the binary is valid");
            let spot = map.spot(offset as u64).expect("each operator has a place");
            words.push(format!("{}:{}", spot.position.line, &source[spot.range]));
        }
    }
    words
}

#[test]
fn a_good_module_becomes_what_the_reference_parser_makes_of_it() {
    let text =
        "(module $m (memory 1) (func $f (export \"f\") (result i32) i32.const 1 (drop (i32.const 2))))";
    let output = good(text);
    assert_eq!(&*output.wasm, wat::parse_str(text).expect("the text is good"));
    assert_eq!(output.kind, SourceKind::ModuleText);
    let again = check_default(&output.wasm).expect("the binary is good");
    assert_eq!(
        (again.kind, &again.wasm, again.map.is_none()),
        (SourceKind::ModuleBinary, &output.wasm, true)
    );
}

#[test]
fn operators_map_to_their_words_whether_folded_or_not() {
    let flat = "(func (result i32)\n  i32.const 1\n  (; x ;) i32.const 2 i32.add)";
    assert_eq!(mapped_words(flat), ["2:i32.const", "3:i32.const", "3:i32.add", "3:)"]);
    let folded = "(func (result i32)\n  (i32.add\n    (i32.const 1)\n    (i32.const 2))\n)";
    assert_eq!(mapped_words(folded), ["3:i32.const", "4:i32.const", "2:i32.add", "5:)"]);
    let branch = "(func (param i32)\n  (if (local.get 0)\n (then nop)\n (else (unreachable)))\n)";
    assert_eq!(
        mapped_words(branch),
        ["2:local.get", "2:if", "3:nop", "4:else", "4:unreachable", "4:)", "5:)"]
    );
}

#[test]
fn each_error_stands_where_it_is() {
    let cases: [(&str, &str); 33] = [
        ("(module\n  (func (result i32) i64.const 1))", "2:33: type mismatch: expected `i32`, found `i64`"),
        (
            "(func (result i32)\n  i32.const 1\n  i64.const 2\n  i32.add)",
            "4:3: type mismatch: expected `i32`, found `i64`",
        ),
        ("(func (result i32))", "1:19: type mismatch: expected `i32` but the stack is empty"),
        ("(func i32.const 1)", "1:18: type mismatch: values are left on the stack at the end of the block"),
        ("(func\n\tget_local 0)", "2:2: unknown operator `get_local`"),
        ("(func (local $ä i32) (local.get $b))", "1:14: this name has a character that no plain name has"),
        ("(func (; äöü ;) (call $nope))", "1:23: unknown function `$nope`"),
        ("(func br $out)", "1:10: unknown label `$out`"),
        ("(global $g i32 (i64.const 0))", "1:17: global 0: type mismatch: expected `i32`, found `i64`"),
        (
            "(func) (export \"a\" (func 0))\r\n(export \"a\" (func 0))",
            "2:2: export 1: duplicate export name `a` already defined",
        ),
        ("(export \"a\" (func 7))", "1:2: export 0: unknown function 7: there is no such index"),
        ("(module (fnuc))", "1:10: unknown field `fnuc`"),
        ("(module (i32.add))", "1:10: unknown field `i32.add`"),
        ("(func (param i23))", "1:14: expected a type, found `i23`"),
        ("(func $a) (func $a)", "1:17: duplicate function `$a`"),
        ("(func) (import \"a\" \"b\" (func))", "1:9: this import stands behind a function"),
        ("(module) (func)", "1:8: this `)` closes the module, but line 1 begins another field"),
        ("(module) 5", "1:10: unexpected `5` behind the module"),
        ("(module))", "1:9: unexpected `)`: nothing is open here"),
        ("(module (func)", "1:1: this `(` is never closed"),
        (
            "(module\n(func $f (nop)\n(memory 1)\n)",
            "2:1: this function is never closed: line 3 begins another field",
        ),
        ("(memory 1)(data (i32.const 0) \"abc)\n", "1:31: this string is never closed"),
        ("(func) (; (; ;)", "1:8: this comment is never closed"),
        ("(func i32.const)", "1:16: expected a number of type `i32`, found `)`"),
        ("(func i32.const 99999999999)", "1:17: invalid i32 number: constant out of range"),
        ("(func (result i32) (param i32))", "1:21: `param` stands behind `result`"),
        ("(memory 1 shared 2)", "1:18: expected `)`, found `2`"),
        ("(memory 1)(data (i32.const 0) \"\\zz\")", "1:33: invalid string escape 'z'"),
        ("(func \u{7} nop)", "1:7: unexpected character '\\u{7}'"),
        ("(func (block $a (br $b)))", "1:21: unknown label `$b`"),
        ("(func nop else nop)", "1:11: `else` found outside `If` block"),
        ("(func nop end nop)", "1:15: operators remaining after end of function body or expression"),
        ("(module a b c (func))", "1:9: expected `(`, found `a`"),
    ];
    for (source, expected) in cases {
        assert_eq!(lines_of(source), [expected], "{source}");
    }
}

#[test]
fn one_run_finds_the_errors_of_all_fields() {
    let source = r#"(module
  (import "m" "f" (func $f (param i32)))
  (func $good (result i32) (i32.const 1))
  (func $typo (param i32) (result i32) (local $x i32)
    (i32.ad (local.get 0) (i32.const 1)))
  (func $mismatch (result i32) (i64.const 1))
  (func $names (local $count i32)
    (local.get $cuont) (drop)
    (call $nobody)
    (br $out))
  (func $caller (drop (call $typo (i32.const 1))) (call $f (i64.const 1)))
  (export "a" (func $good))
  (export "a" (func $typo))
  (export "b" (func $mismatc))
  (data (i32.const 0) "x")
)"#;
    let expected = [
        "5:6: unknown operator `i32.ad`",
        "6:45: type mismatch: expected `i32`, found `i64`",
        "8:16: unknown local `$cuont`",
        "9:11: unknown function `$nobody`",
        "10:9: unknown label `$out`",
        "11:52: type mismatch: expected `i32`, found `i64`",
        "13:4: export 1: duplicate export name `a` already defined",
        "14:21: unknown function `$mismatc`",
        "15:4: data segment 0: unknown memory 0: there is no such index",
    ];
    assert_eq!(lines_of(source), expected);
    let places: Vec<_> =
        bad(source).into_iter().map(|one| (one.place.function, one.place.index)).take(4).collect();
    let of = |name: &str, index| (Some(name.to_owned()), Some(index));
    assert_eq!(places, [of("typo", 2), of("mismatch", 3), of("names", 4), of("names", 4)]);
}

#[test]
fn nothing_is_reported_that_only_follows_from_what_was_reported() {
    let cases: [(&str, &[&str]); 9] = [
        (
            "(func $f (param i23) (result i32) unreachable)\n(func (drop (call $f (i32.const 1))))",
            &["1:17: expected a type, found `i23`"],
        ),
        (
            "(global $g i3 (i32.const 0))\n(func (drop (global.get $g)) (call $x))",
            &["1:12: expected a type, found `i3`", "2:36: unknown function `$x`"],
        ),
        (
            "(type $t (fun))\n(func (type $t))\n(func (param $a i32) local.get $b drop)",
            &[
                "1:11: unexpected `fun`, expected one of: `func`, `struct`, `array`, `cont`",
                "3:32: unknown local `$b`",
            ],
        ),
        ("(module (fnuc $f)\n(export \"f\" (func $f))\n(start $f))", &["1:10: unknown field `fnuc`"]),
        (
            "(memory 1)\n(data $d (i32.const 0) \"\\zz\")\n(func (data.drop $d))",
            &["2:26: invalid string escape 'z'"],
        ),
        (
            "(func $a (result i32) nop)(func $b (result i32) (call $a) (nope))",
            &["1:26: type mismatch: expected `i32` but the stack is empty", "1:60: unknown operator `nope`"],
        ),
        (
            "(func $f (result i32) (i32.cnst 1))\n(func (result i64) (call $f))",
            &["1:24: unknown operator `i32.cnst`", "2:29: type mismatch: expected `i64`, found `i32`"],
        ),
        ("(func $a)(func $a (param i32))\n(func (call $a))", &["1:16: duplicate function `$a`"]),
        (
            "(module\n(func $f (nop)\n(func $g (call $f))\n(export \"g\" (func $g))\n)",
            &["2:1: this function is never closed: line 3 begins another field"],
        ),
    ];
    for (source, expected) in cases {
        assert_eq!(lines_of(source), expected, "{source}");
    }
}

#[test]
fn hints_say_what_to_do() {
    let cases = [
        ("(func get_local 0)", "did you mean `local.get`?"),
        ("(func (result i32) i32.cosnt 1)", "did you mean `i32.const`?"),
        ("(func (param $count i32) (drop (local.get $cuont)))", "did you mean `$count`?"),
        ("(func $helper) (func (call $helpr))", "did you mean `$helper`?"),
        (
            "(global $g i32 (i32.const 0)) (func (drop (local.get $g)))",
            "`$g` is a global: use `global.get` and `global.set`",
        ),
        ("(func (block $a) (br $zzz))", "nothing of that kind is called `$zzz`"),
        (
            "(func (result i32) i64.const 1)",
            "convert with `i32.wrap_i64`, or use the operator's form for `i64`",
        ),
        ("(func (result i32) nop)", "put an `i32` on the stack before this point"),
        ("(table 1 anyfunc)", "did you mean `funcref`?"),
        ("(modul)", "did you mean `module`?"),
        (
            "(memory 1 2 shared)",
            "the proposal “Threads” can't be turned on: a shared memory would evade the memory limit",
        ),
        ("(func (drop (i32.load (i32.const 0))))", "add a memory, such as `(memory 1)`"),
        ("(module (func (nop)", "2 `)` are missing at or before the end of the text"),
        ("(func (param $a i32) (local.set $a (i32.conts 1)))", "did you mean `i32.const`?"),
    ];
    for (source, expected) in cases {
        let found = bad(source);
        assert_eq!(found[0].hint.as_deref(), Some(expected), "{source}: {found:?}");
    }
}

#[test]
fn definitions_and_breakpoints_are_found_in_the_text() {
    let source = "(module\n  (import \"m\" \"f\" (func $f))\n  (memory $m 1)\n  (func $g (export \"g\")\n    (call $f)\n\n    nop nop)\n  (global $x i32 (i32.const 1))\n  (export \"x\" (global $x))\n  (data \"a\"))";
    let output = good(source);
    let map = output.map.expect("a module's text has a map");
    let text_of = |kind, index| map.definition(kind, index).map(|spot| &source[spot.range]);
    let cases = [
        (DefinitionKind::Func, 0, "func $f"),
        (DefinitionKind::Func, 1, "func $g"),
        (DefinitionKind::Import, 0, "import"),
        (DefinitionKind::Memory, 0, "memory $m"),
        (DefinitionKind::Global, 0, "global $x"),
        (DefinitionKind::Export, 0, "func $g"),
        (DefinitionKind::Export, 1, "export"),
        (DefinitionKind::Data, 0, "data"),
    ];
    for (kind, index, expected) in cases {
        assert_eq!(text_of(kind, index), Some(expected), "{kind:?} {index}");
    }
    // The type stands nowhere: the encoder made it of the function's own words.
    assert_eq!(text_of(DefinitionKind::Type, 0), None);
    assert_eq!(text_of(DefinitionKind::Func, 2), None);
    let near = |needle: &str| {
        let offset = map.offset_near(source.find(needle).expect("the text has it"))?;
        map.spot(offset).map(|spot| (spot.position.line, spot.position.column))
    };
    assert_eq!(near("call"), Some((5, 6)));
    assert_eq!(near("    (call"), Some((5, 6)));
    assert_eq!(near("$f)\n\n"), Some((5, 6)));
    assert_eq!(near("\n    nop"), Some((7, 5)));
    assert_eq!(near("nop)"), Some((7, 9)));
    assert_eq!(near("memory"), None);
    assert_eq!(map.spot(0), None);
}

#[test]
fn components_are_checked_too() {
    let output = good("(component (core module (func (export \"f\"))))");
    assert_eq!((output.kind, output.map.is_none()), (SourceKind::ComponentText, true));
    let again = check_default(&output.wasm).expect("the binary is good");
    assert_eq!(again.kind, SourceKind::ComponentBinary);
    assert_eq!(lines_of("(component\n  (core instance (instantiate $nobody)))").len(), 1);
    assert!(lines_of("(component\n  (core instance (instantiate $nobody)))")[0].starts_with("2:31: unknown"));
    let inner = bad("(component (core module (func i32.add) (func i64.add)))");
    assert_eq!(inner.len(), 2, "{inner:?}");
}

#[test]
fn errors_of_binaries_have_offsets_and_functions() {
    let wasm = wat::parse_str("(module (func $a i32.add) (func) (func i64.const 1))").expect("it encodes");
    let failure = check_default(&wasm).expect_err("two functions are invalid");
    assert_eq!(failure.reason, FailureReason::Invalid);
    let places: Vec<_> = failure.diagnostics.iter().map(|one| one.place.clone()).collect();
    assert_eq!((places.len(), places[0].index, places[1].index), (2, Some(0), Some(2)));
    assert_eq!(places[0].function.as_deref(), Some("a"));
    let add = wasm.iter().position(|&byte| byte == 0x6a).expect("the body has an `i32.add`");
    assert_eq!(places[0].offset, Some(add as u64));
    assert!(check_default(&wasm[..wasm.len() - 5]).is_err());
}

#[test]
fn more_errors_than_fit_are_counted() {
    let source = "(func i32.add)".repeat(MAX_DIAGNOSTICS + 7);
    let found = bad(&source);
    assert_eq!(found.len(), MAX_DIAGNOSTICS + 1);
    assert_eq!(found[MAX_DIAGNOSTICS].message, "and 7 more errors");
}

#[test]
fn sources_past_the_caps_are_refused_with_both_sizes() {
    let caps = SizeCaps { text_bytes: 20, wasm_bytes: 12 };
    let reason =
        |source: &[u8]| check(source, &caps, default_features()).map_err(|failure| failure.reason).err();
    assert_eq!(reason(b"(module)"), None);
    assert_eq!(reason(&b" ".repeat(21)), Some(FailureReason::TooLarge { size: 21, max: 20 }));
    assert_eq!(reason(b"\0asm\x01\0\0\x00123456"), Some(FailureReason::TooLarge { size: 14, max: 12 }));
    let grown = reason(b"(memory 1)(func)");
    assert!(matches!(grown, Some(FailureReason::TooLarge { size: 13.., max: 12 })), "{grown:?}");
}

#[test]
fn an_empty_text_is_an_empty_module_and_says_so() {
    for source in ["", "  \n", ";; nothing", "(; x ;)", "\u{feff}"] {
        let output = good(source);
        assert_eq!(&*output.wasm, b"\0asm\x01\0\0\0", "{source}");
        assert_eq!(output.warnings.len(), 1);
    }
    assert!(good("\u{feff}(module)").warnings.is_empty());
}

#[test]
fn hostile_texts_are_refused_or_read_but_never_bring_the_program_down() {
    let deep = "(block ".repeat(9_000);
    let cases = [
        "(".repeat(200_000),
        format!("(func {deep}"),
        format!("(func {deep}{})", ")".repeat(9_000)),
        format!("(component {}", "(component ".repeat(200)),
        format!("(component (type {}", "(component (type ".repeat(4_000)),
        format!("(type (func (param {}", "(ref null ".repeat(5_000)),
        format!("(func i32.const {})", "9".repeat(1 << 20)),
        format!("(func f64.const 0x{}p99999999999)", "f".repeat(1 << 20)),
        format!("(data \"{}", "\\".repeat(1 << 16)),
        format!("({}", "; (".repeat(1 << 16)),
        format!("(func ${})", "x".repeat(1 << 20)),
        "(func (local i32))\0(func)".to_owned(),
        "(memory (pagesize 2147483648) (data \"\"))".to_owned(),
        "(memory 99999999999999999999)".to_owned(),
        "(module binary \"\\00asm\")".to_owned(),
        "(module quote \"(func)\")".to_owned(),
        "(func (export \"\\ff\"))".to_owned(),
        "(table 0 funcref (elem))(elem 99 func 0)".to_owned(),
    ];
    for source in cases {
        if let Err(failure) = check_default(source.as_bytes()) {
            assert!(!failure.diagnostics.is_empty());
            for one in failure.diagnostics {
                assert!(one.message.len() < 1_000, "{}", one.message.len());
                assert!(!one.message.contains("gave up"), "the parser panicked at {source:.80}");
                assert!(one.range.is_none_or(|range| source.get(range).is_some()), "{source:.80}");
            }
        }
    }
}

/// A module that has something of everything.
const SAMPLE: &str = r#"(module $m ;; ä
  (type $t (func (param i32) (result i32)))
  (import "m" "f" (func $f (type $t)))
  (memory (export "mem") 1 2) (table $tab 2 funcref)
  (global $g (mut i32) (i32.const 7)) (tag $e (param i32))
  (func $go (export "go") (param $a i32) (result i32) (local $b i64)
    (block $out (br_if $out (i32.eqz (local.get $a))))
    (if (result i32) (local.get $a) (then (call $f (i32.const -1)))
      (else (call_indirect $tab (type $t) (i32.const 1) (i32.const 0)))))
  (elem $s (i32.const 0) $go $f) (data $d (i32.const 8) "a\00(;\"") (start $run)
  (func $run (global.set $g (i32.const 1)) (drop (f64.const 0x1.8p3))))"#;

#[test]
fn any_truncation_or_changed_byte_gives_a_result_with_places_inside_of_the_text() {
    good(SAMPLE);
    let try_one = |bytes: &[u8]| {
        if let Err(failure) = check_default(bytes) {
            assert!(!failure.diagnostics.is_empty());
            for one in &failure.diagnostics {
                assert!(!one.message.contains("gave up"), "{}", String::from_utf8_lossy(bytes));
                let inside = one.range.as_ref().is_none_or(|range| bytes.get(range.clone()).is_some());
                assert!(inside, "{one:?} in {}", String::from_utf8_lossy(bytes));
            }
        }
    };
    for at in 0..SAMPLE.len() {
        try_one(&SAMPLE.as_bytes()[..at]);
        for byte in [b'(', b')', b'"', b' ', b'$', b';', b'9', b'x', 0, 0xff] {
            let mut bytes = SAMPLE.as_bytes().to_vec();
            bytes[at] = byte;
            try_one(&bytes);
        }
    }
    let wasm = good(SAMPLE).wasm;
    for at in 0..wasm.len() {
        try_one(&wasm[..at]);
        for bit in 0..8 {
            let mut bytes = wasm.to_vec();
            bytes[at] ^= 1 << bit;
            try_one(&bytes);
        }
    }
}

#[test]
fn one_run_finds_the_errors_of_all_parts_of_a_component() {
    let source = r#"(component
  (core module $good
    (func (export "f") (result i32) (i32.const 1)))
  (core module $typos
    (memory 1)
    (func $a (result i32) (i32.ad (i32.const 1) (i32.const 2)))
    (func $b (local $count i32) (drop (local.get $cuont)))
    (func $c (result i32) (i64.const 1)))
  (core instance $i (instantiate $goood))
  (core instance $j (instantiate $typos))
  (func $lifted (result s23) (canon lift (core func $i "f")))
  (component $inner
    (core module (func (drop (call $nobody)))))
  (exprot "x" (func $lifted))
)"#;
    let expected = [
        "6:28: unknown operator `i32.ad`",
        "7:50: unknown local `$cuont`",
        "8:40: type mismatch: expected `i32`, found `i64`",
        "9:34: unknown core module `$goood`",
        "11:25: expected a type, found `s23`",
        "13:36: unknown function `$nobody`",
        "14:4: unknown field `exprot` of a component",
    ];
    assert_eq!(lines_of(source), expected);
    let found = bad(source);
    let hints: Vec<_> = found.iter().map(|one| one.hint.as_deref().unwrap_or_default()).collect();
    assert_eq!(hints[0], "did you mean `i32.add`?");
    assert_eq!(hints[1], "did you mean `$count`?");
    assert_eq!(hints[3], "did you mean `$good`?");
    assert_eq!(hints[4], "did you mean `s32`?");
    assert_eq!(hints[6], "did you mean `export`?");
    assert_eq!((found[1].place.function.as_deref(), found[1].place.index), (Some("b"), Some(1)));
}

#[test]
fn errors_of_a_components_core_modules_stand_where_they_are() {
    let cases: [(&str, &[&str]); 10] = [
        (
            "(component (core module (type $t (fun))\n (func (type $t) i32.add))\n (core module (func drop)) (tpye))",
            &[
                "1:35: unexpected `fun`, expected one of: `func`, `struct`, `array`, `cont`",
                "3:21: type mismatch: expected a type but the stack is empty",
                "3:29: unknown field `tpye` of a component",
            ],
        ),
        (
            "(component\n  (core module (func (result i32) i64.const 1))\n  (core module\n    (func i32.add)))",
            &[
                "2:46: type mismatch: expected `i32`, found `i64`",
                "4:11: type mismatch: expected `i32` but the stack is empty",
            ],
        ),
        (
            "(component (component\n (core module $m (func $f\n nop drop))))",
            &["3:6: type mismatch: expected a type but the stack is empty"],
        ),
        (
            "(component (core module (func)\n (export \"a\" (func 0))\n (export \"a\" (func 0)) (func drop)))",
            &[
                "3:3: export 1: duplicate export name `a` already defined",
                "3:30: type mismatch: expected a type but the stack is empty",
            ],
        ),
        (
            "(component (core module (global i32 (i64.const 0)))\n (core module (func drop)))",
            &[
                "1:38: global 0: type mismatch: expected `i32`, found `i64`",
                "2:21: type mismatch: expected a type but the stack is empty",
            ],
        ),
        (
            "(component (core module\n (func (nope)) (func drop)))",
            &["2:9: unknown operator `nope`", "2:22: type mismatch: expected a type but the stack is empty"],
        ),
        (
            "(component (core module $m (func $f) 5 (func $g (call $f)))\n (core instance (instantiate $x)))",
            &["1:38: expected `(`, found `5`", "2:30: unknown core module `$x`"],
        ),
        (
            "(component (core module $m) (core module $m)\n (core instance (instantiate $m)))",
            &["1:42: duplicate core module `$m`"],
        ),
        (
            "(component (core module $m (func (call $g)))\n (core module $n (func $g)\n (func (call $h))))",
            &["1:40: unknown function `$g`", "3:14: unknown function `$h`"],
        ),
        (
            "(component\n (core module $m (func (export \"f\")))\n (core instance $i (instantiate $m))\n (alias core export $i \"g\" (core func $g)))",
            &["4:3: core instance 0 has no export named `g`"],
        ),
    ];
    for (source, expected) in cases {
        assert_eq!(lines_of(source), expected, "{source}");
    }
}

#[test]
fn errors_of_component_binaries_name_functions_of_their_module() {
    let text = "(component (core module (func $a)) (core module (func) (func $b drop)))";
    let wasm = wat::parse_str(text).expect("it encodes");
    let failure = check_default(&wasm).expect_err("one function is invalid");
    let places: Vec<_> = failure.diagnostics.iter().map(|one| one.place.clone()).collect();
    assert_eq!((places.len(), places[0].function.as_deref(), places[0].index), (1, Some("b"), Some(1)));
}

#[test]
fn a_components_errors_are_bounded_and_its_tangles_are_told_once() {
    let many = format!("(component {})", "(core module (func (nope)))\n".repeat(50));
    assert_eq!(lines_of(&many).len(), 20);
    let unclosed = lines_of("(component\n (core module (func (nop))\n (core module (func)))");
    assert_eq!(unclosed[0], "1:1: this `(` is never closed", "{unclosed:?}");
    assert!(unclosed.len() <= 2, "{unclosed:?}");
}

/// A component that has something of everything that is looked into.
const COMPONENT: &str = r#"(component $c
  (core module $m (memory (export "mem") 1)
    (func $f (export "f") (param i32) (result i32) (local.get 0)))
  (core instance $i (instantiate $m))
  (type $t (func (param "a" s32) (result s32)))
  (func $g (type $t) (canon lift (core func $i "f")))
  (component $d (core module (func $h (call $h)))) (export "g" (func $g)))"#;

#[test]
fn any_truncation_or_changed_byte_of_a_component_gives_places_inside_of_the_text() {
    good(COMPONENT);
    let try_one = |bytes: &[u8]| {
        if let Err(failure) = check_default(bytes) {
            assert!(!failure.diagnostics.is_empty());
            for one in &failure.diagnostics {
                assert!(!one.message.contains("gave up"), "{}", String::from_utf8_lossy(bytes));
                let inside = one.range.as_ref().is_none_or(|range| bytes.get(range.clone()).is_some());
                assert!(inside, "{one:?} in {}", String::from_utf8_lossy(bytes));
            }
        }
    };
    for at in 0..COMPONENT.len() {
        try_one(&COMPONENT.as_bytes()[..at]);
        for byte in [b'(', b')', b' ', b'$', b'9', b'x'] {
            let mut bytes = COMPONENT.as_bytes().to_vec();
            bytes[at] = byte;
            try_one(&bytes);
        }
    }
    let wasm = good(COMPONENT).wasm;
    for at in 0..wasm.len() {
        try_one(&wasm[..at]);
        for bit in 0..8 {
            let mut bytes = wasm.to_vec();
            bytes[at] ^= 1 << bit;
            try_one(&bytes);
        }
    }
}

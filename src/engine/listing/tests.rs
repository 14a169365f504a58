//! The listing against the printer's whole text, on modules made by hand and at random, and on broken ones.

use arbitrary::Unstructured;
use wasm_smith::Config;

use super::*;

fn compiled(text: &str) -> Vec<u8> {
    wat::parse_str(text).expect("the sample is good")
}

fn listing(wasm: &[u8]) -> Listing {
    Listing::index(wasm.into(), &mut |_, _| true).expect("the sample has sections")
}

/// Compares every line and offset of the listing with those of the printer, in pages of some lines.
fn compare(wasm: &[u8], lines_per_page: u32) {
    let listing = listing(wasm);
    let whole = whole_text(wasm, usize::MAX).expect("the printer takes the sample");
    let expected: Vec<&str> = whole.lines().collect();
    assert_eq!(listing.num_lines() as usize, expected.len(), "{whole}");
    let mut storage = String::new();
    let offsets: Vec<_> = wasmprinter::Config::new()
        .offsets_and_lines(wasm, &mut storage)
        .expect("the printer takes the sample")
        .map(|(offset, _)| offset)
        .collect();
    let mut line = 1;
    while line <= listing.num_lines() {
        let page = listing.page(line..line.saturating_add(lines_per_page));
        for line in page.lines() {
            let place = line as usize - 1;
            let (mut printed, mut wanted) = (page.line(line).unwrap_or("no line"), expected[place]);
            if wanted.len() > MAX_LINE_BYTES {
                assert!(printed.ends_with(" more characters"), "line {line} of\n{whole}");
                (printed, wanted) = (&printed[..MAX_LINE_BYTES], &wanted[..MAX_LINE_BYTES]);
            }
            assert_eq!(printed, wanted, "line {line} of\n{whole}");
            // The printer gives a hint the place of its own section; here it has that of no operator.
            let is_hint = expected[place].trim_start().starts_with("(@metadata.code");
            let offset = offsets[place].filter(|_| !is_hint);
            assert_eq!(page.offset(line), offset, "offset of line {line} in\n{whole}");
        }
        assert!(!page.lines().is_empty());
        line = page.lines().end;
    }
}

const MIXED: &str = r#"(module $mixed
    (type $t (func (param i32) (result i32)))
    (type (func))
    (import "env" "f" (func $imported (type $t)))
    (import "env" "g" (func))
    (table 4 funcref) (memory $m 1) (global $g (mut i32) (i32.const 1))
    (export "run" (func $run))
    (start $nothing)
    (elem (i32.const 0) $run $nothing)
    (func $nothing)
    (func $run (type $t) (local $x i32) (local i64 f32)
        (block $out (result i32)
            (if (i32.eqz (local.get 0)) (then (br $out (i32.const 1))) (else (nop)))
            (call $imported (local.get 0))
            (call_indirect (type $t) (i32.const 0))
            (global.set $g (i32.const 2))
            (loop (param i32) (result i32) (br_if 0 (i32.const 0)))))
    (func (export "unnamed") (result i32) (call $run (i32.const 3)) (drop) (call 3 (i32.const 1)))
    (func $"quoted \"name\"" (call $nothing) (call 1))
    (data $greeting (i32.const 8) "hello")
    (@custom "note" (before func) "abc")
    (@custom "tail" "xyz"))"#;

#[test]
fn every_page_is_what_the_printer_prints() {
    let module = MIXED.replace("(module $mixed", "(core module");
    let nested = format!("(component {module} (component {module}) {module})");
    for text in ["(module)", "(module (func))", "(module (func (local i32)))", MIXED, &nested, "(component)"]
    {
        let wasm = compiled(text);
        for lines_per_page in [1, 7, 1000] {
            compare(&wasm, lines_per_page);
        }
    }
}

#[test]
fn names_that_are_odd_or_taken_are_printed_as_the_printer_has_them() {
    // Functions 0 to 3: `a`, `a` again, `#x` and no letter at all; locals of the second: `p` twice.
    let names: &[u8] =
        b"\x04name\x01\x0d\x04\x00\x01a\x01\x01a\x02\x02#x\x03\x00\x02\x09\x01\x01\x02\x00\x01p\x01\x01p";
    let mut wasm = compiled(
        "(module (func call 1) (func (param i32 i32) call 0 local.get 1 drop) (func call 3) (func call 2))",
    );
    let start = sections::begin_section(&mut wasm, sections::CUSTOM);
    wasm.extend_from_slice(names);
    sections::end_section(&mut wasm, start);
    compare(&wasm, 2);
}

#[test]
fn branch_hints_are_lines_of_their_own() {
    let text = "(module (func) (func (param i32)
        (@metadata.code.branch_hint \"\\01\") (if (local.get 0) (then (nop)))
        (block (br_if 0 (local.get 0)))) (func))";
    compare(&compiled(text), 3);
}

#[test]
fn random_modules_are_printed_as_the_printer_prints_them() {
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut num_functions = 0;
    for _ in 0..400 {
        let bytes: Vec<u8> = (0..8192)
            .map(|_| {
                seed ^= seed << 13;
                seed ^= seed >> 7;
                seed ^= seed << 17;
                seed.to_le_bytes()[4]
            })
            .collect();
        let config = Config { min_funcs: 2, max_funcs: 8, max_instructions: 100, ..Config::default() };
        let Ok(module) = wasm_smith::Module::new(config, &mut Unstructured::new(&bytes)) else { continue };
        let wasm = module.to_bytes();
        num_functions += listing(&wasm).num_functions();
        compare(&wasm, 16);
    }
    assert!(num_functions > 400, "only {num_functions} functions were compared");
}

#[test]
fn lines_and_offsets_lead_to_each_other() {
    let wasm = compiled(MIXED);
    let listing = listing(&wasm);
    let page = listing.page(1..listing.num_lines() + 1);
    let mut last = None;
    for line in page.lines() {
        let Some(offset) = page.offset(line) else { continue };
        let is_code = listing.function_at_line(line).is_some();
        assert_eq!(listing.offset_of(line), Some(offset), "line {line}");
        // Of several lines that stand for one offset, the last is meant.
        if is_code && page.offset(line + 1) != Some(offset) {
            assert_eq!(listing.line_of(offset), Some(line), "offset {offset:#x}");
        }
        last = Some(offset);
    }
    assert_eq!(last, Some(wasm.len() as u64));
    let run = listing.functions().find(|it| it.name == Some("run")).expect("it has a name");
    assert_eq!((run.index, run.label().as_str()), (3, "$run"));
    let head = page.line(run.line).expect("it has a line");
    assert!(head.trim_start().starts_with("(func $run (;3;) (type $t)"), "{head}");
    assert_eq!(page.line(run.line + run.num_lines - 1), Some("  )"));
    assert_eq!(listing.function_at_line(run.line + run.num_lines - 1).map(|it| it.index), Some(3));
    assert_eq!(listing.function_at_line(1), None);
}

#[test]
fn long_lines_are_cut_and_say_so() {
    let bytes = "x".repeat(100_000);
    let targets = "0 ".repeat(20_000);
    let text = format!(
        "(module (memory 9) (func (br_table {targets} (i32.const 0))) (data (i32.const 0) \"{bytes}\")
         (@custom \"c\" \"{bytes}\"))"
    );
    let listing = listing(&compiled(&text));
    let page = listing.page(1..100);
    let lines: Vec<_> = page.lines().filter_map(|line| page.line(line)).collect();
    assert!(lines.iter().all(|line| line.len() < MAX_LINE_BYTES + 100));
    let ends: Vec<_> = lines.iter().filter_map(|line| line.split_once('…')).map(|(_, end)| end).collect();
    assert_eq!(ends.len(), 3, "{lines:?}");
    assert!(ends[0].ends_with(" more characters"), "{ends:?}");
    assert_eq!(ends[1..], [" 98976 more bytes ;))", " 98976 more bytes ;))"]);
    assert!(listing.memory_bytes() < 20_000);
}

#[test]
fn a_search_finds_every_line_once_and_can_be_stopped() {
    let listing = listing(&compiled(MIXED));
    let find = |text: &str, is_regex: bool, match_case: bool| {
        let matcher = Matcher::new(&SearchPattern { text: text.to_owned(), is_regex, match_case })?;
        let mut found = Vec::new();
        listing
            .search(&matcher, &mut |_, _| true, &mut |it| {
                found.push(it);
                true
            })
            .map_err(|err| err.to_string())?;
        Ok::<_, String>(found)
    };
    let calls = find("CALL $", false, false).expect("the pattern is plain");
    let excerpts: Vec<_> = calls.iter().map(|it| it.excerpt.as_str()).collect();
    assert_eq!(excerpts, ["call $imported", "call $run", "call $run", "call $nothing"]);
    for it in &calls {
        let page = listing.page(it.line..it.line + 1);
        let line = page.line(it.line).expect("it is a line");
        assert_eq!(line[it.matched.clone()].to_ascii_lowercase(), "call $");
        let function = listing.function_at_line(it.line).map(|function| function.number);
        assert_eq!(function, it.function);
    }
    assert_eq!(find("CALL $", false, true).map(|found| found.len()), Ok(0));
    assert_eq!(find(r"^\s*call(_indirect)? ", true, true).map(|found| found.len()), Ok(6));
    assert!(find("(", true, true).expect_err("it is not closed").contains("unclosed group"));
    let stopped = listing.search(
        &Matcher::new(&SearchPattern::default()).expect("nothing"),
        &mut |_, _| false,
        &mut |_| true,
    );
    assert_eq!(stopped, Err(ListingError::Stopped));
}

#[test]
fn indexing_can_be_stopped() {
    let index = Listing::index(compiled(MIXED).into(), &mut |_, _| false);
    assert_eq!(index.err(), Some(ListingError::Stopped));
}

#[test]
fn a_cut_or_lying_binary_is_an_error_and_nothing_worse() {
    let wasm = compiled(MIXED);
    for end in 0..wasm.len() {
        // What ends after a section may be a binary of its own.
        if let Ok(listing) = Listing::index(wasm[..end].into(), &mut |_, _| true) {
            let page = listing.page(1..listing.num_lines() + 1);
            assert_eq!(page.lines().end, listing.num_lines() + 1);
        }
    }
    let claims_a_gigabyte = b"\0asm\x01\0\0\0\x0a\xff\xff\xff\xff\x03";
    let claims_functions = b"\0asm\x01\0\0\0\x0a\x05\xff\xff\xff\xff\x03";
    let overlong = b"\0asm\x01\0\0\0\x01\x80\x80\x80\x80\x80\0";
    let undeclared = b"\0asm\x01\0\0\0\x0a\x04\x01\x02\0\x0b";
    let twice = b"\0asm\x01\0\0\0\x01\x01\0\x01\x01\0";
    for broken in [&claims_a_gigabyte[..], claims_functions, overlong, undeclared, twice, b"", b"\0asm"] {
        let err = Listing::index(broken.into(), &mut |_, _| true).err();
        assert!(matches!(err, Some(ListingError::Malformed { .. })), "{broken:?}: {err:?}");
    }
}

#[test]
fn changed_bytes_never_bring_it_down() {
    let wasm = compiled(MIXED);
    for at in 8..wasm.len() {
        for byte in [0, 0x0b, 0x7f, 0x80, 0xff, wasm[at] ^ 1] {
            let mut changed = wasm.clone();
            changed[at] = byte;
            let Ok(listing) = Listing::index(changed.into(), &mut |_, _| true) else { continue };
            let num_lines = listing.num_lines().min(10_000);
            let page = listing.page(1..num_lines + 1);
            assert_eq!(page.lines(), 1..num_lines + 1, "byte {at} is {byte:#x}");
            for function in listing.functions() {
                assert!(listing.line_of(function.bytes.start).is_some());
            }
        }
    }
}

#[test]
fn a_function_that_can_not_be_read_says_so_and_the_others_are_printed() {
    let mut wasm = compiled("(module (func $a nop) (func $b nop) (func $c nop))");
    let nops: Vec<_> = (0..wasm.len()).filter(|at| wasm[*at..].starts_with(&[1, 0x0b])).collect();
    wasm[nops[1]] = 0xff;
    let listing = listing(&wasm);
    let page = listing.page(1..listing.num_lines() + 1);
    let lines: Vec<_> = page.lines().filter_map(|line| page.line(line)).map(str::trim).collect();
    assert_eq!(lines[5], ";; the code of function 1 can't be read");
    assert_eq!(lines[6..9], ["(func $c (;2;) (type 0)", "nop", ")"]);
}

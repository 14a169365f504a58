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

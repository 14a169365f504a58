//! Operators against the parser and the validator: none is without help, and the help is true.

use super::*;
use crate::model::wat::operators::operators;

macro_rules! arities {
    ($(@$proposal:ident $op:ident $({ $($field:ident: $type:ty),* })? => $visit:ident ($($arity:tt)*))*) => {
        &[$((stringify!($visit), stringify!($($arity)*))),*]
    };
}

const ARITIES: &[(&str, &str)] = wasmparser::for_each_operator!(arities);

/// Counts the types of a list, of which each in parentheses is one.
fn count(types: &str) -> usize {
    let mut depth = 0;
    let mut count = 0;
    for word in types.split_ascii_whitespace() {
        count += usize::from(depth == 0);
        depth += word.matches('(').count();
        depth -= word.matches(')').count();
    }
    count
}

#[test]
fn every_operator_has_help_of_one_line() {
    for name in operators() {
        let help = operator_help(&name).unwrap_or_else(|| panic!("no help for `{name}`"));
        assert!(help.summary.starts_with(char::is_uppercase), "{name}: {}", help.summary);
        assert!(!help.summary.ends_with(['.', ' ']) && help.summary.len() <= 120, "{name}: {}", help.summary);
        assert!(!help.summary.contains(['{', '±']), "{name}: {}", help.summary);
        assert!(!help.stack.contains('T'), "{name}: {}", help.stack);
    }
    for name in ["", "module", "i32.nonsense", "i32.load_s", "v128.add", "func"] {
        let is_odd = operator_help(name).is_some();
        assert!(!is_odd || name == "i32.load_s", "{name}");
    }
}

#[test]
fn the_stack_has_as_many_values_as_the_parser_says() {
    let mut num_checked = 0;
    for (visitor, arity) in ARITIES {
        let Some((inputs, outputs)) = arity.strip_prefix("arity ").and_then(|arity| arity.split_once(" -> "))
        else {
            continue;
        };
        let name = operators().find(|name| visitor.strip_prefix("visit_") == Some(&name.replace('.', "_")));
        let Some(name) = name else { continue };
        let help = operator_help(&name).expect("every operator has help");
        let (takes, gives) = help.stack.split_once(" → ").expect("the arrow is there");
        let counts = (count(takes.trim_matches(['[', ']'])), count(gives.trim_matches(['[', ']'])));
        assert_eq!(
            (counts.0.to_string(), counts.1.to_string()),
            (inputs.to_owned(), outputs.to_owned()),
            "{name}"
        );
        num_checked += 1;
    }
    assert!(num_checked > 450, "{num_checked}");
}

#[test]
fn the_types_are_those_that_the_validator_wants() {
    let mut num_checked = 0;
    for name in operators() {
        let stack = operator_help(&name).expect("every operator has help").stack;
        let (takes, gives) = stack.split_once(" → ").expect("the arrow is there");
        let (takes, gives) = (takes.trim_matches(['[', ']']), gives.trim_matches(['[', ']']));
        let is_plain = |types: &str| {
            types.split_ascii_whitespace().all(|ty| ["i32", "i64", "f32", "f64", "v128"].contains(&ty))
        };
        let immediates = match name.as_str() {
            "br" | "return" | "block" | "loop" | "if" | "try" | "else" | "end" | "catch" | "catch_all"
            | "delegate" | "unreachable" | "rethrow" | "pause" | "throw_ref" => continue,
            "v128.const" => "i32x4 0 0 0 0",
            "i8x16.shuffle" => "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15",
            "memory.init" | "data.drop" | "elem.drop" | "table.init" => "0",
            _ if name.split_once('.').is_some_and(|(_, operator)| operator == "const")
                || name.ends_with("_lane") =>
            {
                "0"
            }
            _ if name.contains("extract_lane") => "0",
            _ => "",
        };
        let is_shared =
            ["global", "table", "struct", "array"].iter().any(|what| name.starts_with(&format!("{what}.a")));
        if !is_plain(takes) || !is_plain(gives) || is_shared || name == "memory.discard" {
            continue;
        }
        let text = format!(
            "(module (memory 1) (table 1 funcref) (data \"\") (elem func)
               (func (param {takes}) (result {gives}) {} {name} {immediates}))",
            (0..count(takes)).map(|index| format!("local.get {index} ")).collect::<String>(),
        );
        let wasm = wat::parse_str(&text).unwrap_or_else(|err| panic!("{name}: {err}"));
        let result =
            wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all()).validate_all(&wasm);
        assert!(result.is_ok(), "{name} {stack}: {:?}", result.err());
        num_checked += 1;
    }
    assert!(num_checked > 480, "{num_checked}");
}

//! Says what is likely meant where a source is wrong, and puts the parser's and the validator's messages
//! into plain words.
//!
//! Works on messages and words alone; where a thing stands is not its business.

use std::sync::OnceLock;

use super::features::disabled_proposal_hint;
use super::outline::FIELD_HEADS;
use crate::model::nearest::nearest;

/// Words of the text format that are neither operators nor begin a field.
const CLAUSE_WORDS: [&str; 40] = [
    "ref.test",
    "ref.cast",
    "param",
    "result",
    "local",
    "mut",
    "then",
    "else",
    "end",
    "item",
    "offset",
    "declare",
    "i32",
    "i64",
    "f32",
    "f64",
    "v128",
    "funcref",
    "externref",
    "anyref",
    "eqref",
    "structref",
    "arrayref",
    "i31ref",
    "exnref",
    "ref",
    "null",
    "extern",
    "any",
    "struct",
    "array",
    "field",
    "sub",
    "final",
    "catch",
    "catch_ref",
    "catch_all",
    "catch_all_ref",
    "binary",
    "module",
];

/// Spellings of WebAssembly's first years and slips from other languages, with what is meant.
const OLD_SPELLINGS: [(&str, &str); 23] = [
    ("get_local", "local.get"),
    ("set_local", "local.set"),
    ("tee_local", "local.tee"),
    ("get_global", "global.get"),
    ("set_global", "global.set"),
    ("current_memory", "memory.size"),
    ("grow_memory", "memory.grow"),
    ("anyfunc", "funcref"),
    ("get", "local.get"),
    ("set", "local.set"),
    ("load", "i32.load"),
    ("store", "i32.store"),
    ("const", "i32.const"),
    ("add", "i32.add"),
    ("sub", "i32.sub"),
    ("mul", "i32.mul"),
    ("i32.div", "i32.div_s"),
    ("i64.div", "i64.div_s"),
    ("i32.rem", "i32.rem_s"),
    ("i64.rem", "i64.rem_s"),
    ("int", "i32"),
    ("float", "f32"),
    ("double", "f64"),
];

macro_rules! operator_visitors {
    ($(@$proposal:ident $op:ident $({ $($arg:ident: $argty:ty),* })? => $visit:ident ($($ann:tt)*))*) => {
        /// The validator's method for each operator, from which the names are made.
        const OPERATOR_VISITORS: &[&str] = &[$(stringify!($visit)),*];
    };
}
wasmparser::for_each_operator!(operator_visitors);

/// Returns the names of all operators in the text format.
fn operator_names() -> &'static [String] {
    static NAMES: OnceLock<Vec<String>> = OnceLock::new();
    // Operators whose text form is another, or that no engine runs yet.
    const LEFT_OUT: [&str; 9] = [
        "typed_select",
        "visit_cont_",
        "ref_test_",
        "ref_cast_",
        "_desc_",
        "global_atomic",
        "table_atomic",
        "struct_atomic",
        "array_atomic",
    ];
    NAMES.get_or_init(|| {
        let visitors =
            OPERATOR_VISITORS.iter().filter(|name| !LEFT_OUT.iter().any(|part| name.contains(part)));
        visitors.map(|visitor| operator_name(visitor)).collect()
    })
}

/// Makes `i32.load8_s` of `visit_i32_load8_s`: the first word is a type or a kind of item.
fn operator_name(visitor: &str) -> String {
    const PREFIXES: [&str; 25] = [
        "i32_atomic_rmw8_",
        "i32_atomic_rmw16_",
        "i32_atomic_rmw_",
        "i64_atomic_rmw8_",
        "i64_atomic_rmw16_",
        "i64_atomic_rmw32_",
        "i64_atomic_rmw_",
        "i32_atomic_",
        "i64_atomic_",
        "memory_atomic_",
        "i32_",
        "i64_",
        "f32_",
        "f64_",
        "v128_",
        "i8x16_",
        "i16x8_",
        "i32x4_",
        "i64x2_",
        "f32x4_",
        "f64x2_",
        "local_",
        "global_",
        "memory_",
        "table_",
    ];
    const MORE_PREFIXES: [&str; 9] =
        ["elem_", "data_", "ref_", "struct_", "array_", "i31_", "any_", "extern_", "atomic_"];
    let name = visitor.strip_prefix("visit_").unwrap_or(visitor);
    let prefix = PREFIXES.iter().chain(&MORE_PREFIXES).find(|prefix| name.starts_with(**prefix));
    match prefix {
        Some(prefix) => format!("{}.{}", prefix[..prefix.len() - 1].replace('_', "."), &name[prefix.len()..]),
        None => name.to_owned(),
    }
}

/// What an author is told to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Advice {
    /// In words.
    pub(super) text: String,
    /// What is to stand in place of the word that is wrong, where that is known.
    pub(super) meant: Option<String>,
}

impl Advice {
    fn question(meant: &str) -> Self {
        Self { text: format!("did you mean `{meant}`?"), meant: Some(meant.to_owned()) }
    }
}

impl<S: Into<String>> From<S> for Advice {
    fn from(text: S) -> Self {
        Self { text: text.into(), meant: None }
    }
}

/// Returns what a word that means nothing may have been meant to be.
pub(super) fn keyword_hint(word: &str) -> Option<Advice> {
    if let Some((_, meant)) = OLD_SPELLINGS.iter().find(|(old, _)| *old == word) {
        return Some(Advice::question(meant));
    }
    if let Some(meant) = slash_spelling(word) {
        let text = format!("`{word}` is an old spelling; write `{meant}`");
        return Some(Advice { text, meant: Some(meant) });
    }
    let known = operator_names().iter().map(String::as_str).chain(FIELD_HEADS).chain(CLAUSE_WORDS);
    // A word that is known stands at the wrong place; another one would be no better.
    if known.clone().any(|known| known == word) { None } else { did_you_mean(word, known) }
}

/// Returns the candidate that is nearest to a word, as a question, when one is near enough.
pub(super) fn did_you_mean<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<Advice> {
    nearest(word, candidates.filter(|candidate| *candidate != word)).map(Advice::question)
}

/// Cuts a word that is too long for a message.
pub(super) fn shorten(word: &str) -> String {
    match word.char_indices().nth(MAX_WORD) {
        Some((end, _)) => format!("{}…", &word[..end]),
        None => word.to_owned(),
    }
}

/// Longest word that is shown whole.
const MAX_WORD: usize = 60;

/// Makes `i32.trunc_f32_s` of `i32.trunc_s/f32`, as conversions were written once.
fn slash_spelling(word: &str) -> Option<String> {
    let (before, from) = word.split_once('/')?;
    let meant = match before
        .strip_suffix("_s")
        .map(|stem| (stem, "_s"))
        .or(before.strip_suffix("_u").map(|stem| (stem, "_u")))
    {
        Some((stem, sign)) => format!("{stem}_{from}{sign}"),
        None => format!("{before}_{from}"),
    };
    operator_names().contains(&meant).then_some(meant)
}

/// Puts a message of the validator into plain words: types in backticks, offsets and jargon left out.
pub(super) fn plain_message(raw: &str) -> String {
    let mut first = raw.lines().next().unwrap_or_default().trim().to_owned();
    if let Some(cut) = first.find(" (at offset") {
        first.truncate(cut);
    }
    let replaced = match first.as_str() {
        "type mismatch: values remaining on stack at end of block" => {
            "type mismatch: values are left on the stack at the end of the block".to_owned()
        }
        "unknown label: branch depth too large" => "unknown label: no block that far out".to_owned(),
        "undeclared function reference" => "the function is not declared for `ref.func`".to_owned(),
        _ => match first.find(" index out of bounds").and_then(|end| first[..end].rfind(": ")) {
            Some(cut) => format!("{}: there is no such index", &first[..cut]),
            None => first
                .replace("but nothing on stack", "but the stack is empty")
                .replace(" count exceeds limit of ", " is over the limit of "),
        },
    };
    with_ticks(&replaced)
}

/// Puts names of types into backticks where they have none.
fn with_ticks(message: &str) -> String {
    const TYPES: [&str; 14] = [
        "i32",
        "i64",
        "f32",
        "f64",
        "v128",
        "funcref",
        "externref",
        "anyref",
        "eqref",
        "structref",
        "arrayref",
        "i31ref",
        "exnref",
        "nullref",
    ];
    if message.contains('`') {
        return message.to_owned();
    }
    let mut out = String::with_capacity(message.len() + 8);
    let mut rest = message;
    while !rest.is_empty() {
        if rest.starts_with("(ref ")
            && let Some(end) = closing_parenthesis(rest)
        {
            out.extend(["`", &rest[..end], "`"]);
            rest = &rest[end..];
            continue;
        }
        let length = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let word = &rest[..length];
        if TYPES.contains(&word) {
            out.extend(["`", word, "`"]);
        } else {
            out.push_str(word);
        }
        rest = &rest[length..];
        if let Some(next) = rest.chars().next()
            && !rest.starts_with("(ref ")
        {
            out.push(next);
            rest = &rest[next.len_utf8()..];
        }
    }
    out
}

fn closing_parenthesis(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 1 => return Some(at + 1),
            ')' => depth = depth.checked_sub(1)?,
            _ => {}
        }
    }
    None
}

/// Returns what to do about an error of the validator, from its own message.
pub(super) fn validation_hint(raw: &str) -> Option<String> {
    const BY_START: [(&str, &str); 15] = [
        ("section out of order", "a module has each section once, and so one `(start …)` at most"),
        (
            "type mismatch: values remaining on stack",
            "drop what is not needed with `drop`, or declare it as a result",
        ),
        ("unknown local", "a function's locals count from 0, its parameters first"),
        ("unknown global", "globals count from 0, imported ones first"),
        ("unknown function", "functions count from 0, imported ones first"),
        ("unknown memory", "add a memory, such as `(memory 1)`"),
        ("unknown table", "add a table, such as `(table 1 funcref)`"),
        ("unknown label", "labels count from the innermost block outwards, from 0"),
        ("unknown type", "types count from 0, those that functions declare inline come last"),
        ("duplicate export name", "give each export a name of its own"),
        ("global is immutable", "declare the global with `(mut …)`"),
        ("undeclared function reference", "declare it with `(elem declare func …)`, or export it"),
        ("invalid memop alignment", "leave `align=` out: the natural alignment is used then"),
        (
            "constant expression required",
            "an initial value is a constant: `i32.const`, `global.get`, `ref.func`",
        ),
        ("uninitialized local", "set the local before it is read; its type has no default"),
    ];
    const BY_PART: [(&str, &str); 6] = [
        ("start function", "a start function takes nothing and returns nothing"),
        ("memory size must be at most", "32-bit memories have at most 65536 pages of 64 KiB"),
        ("size minimum must not be greater than maximum", "swap the two sizes"),
        ("undefined type index", "types count from 0"),
        ("unexpected end-of-file", "the binary is cut off; build or fetch it again"),
        ("unexpected end", "the binary is cut off or damaged; build or fetch it again"),
    ];
    if let Some(hint) = disabled_proposal_hint(raw) {
        return Some(hint);
    }
    if let Some(types) = raw.strip_prefix("type mismatch: expected ") {
        if let Some(expected) = types.strip_suffix(" but nothing on stack") {
            let article = if expected.starts_with(['i', 'f', 'e', 'a']) { "an" } else { "a" };
            return Some(format!("put {article} {} on the stack before this point", with_ticks(expected)));
        }
        if let Some((expected, found)) = types.split_once(", found ") {
            return conversion_hint(expected, found);
        }
    }
    let start = BY_START.iter().find(|(start, _)| raw.starts_with(start));
    start.or_else(|| BY_PART.iter().find(|(part, _)| raw.contains(part))).map(|(_, hint)| (*hint).to_owned())
}

fn conversion_hint(expected: &str, found: &str) -> Option<String> {
    let how = match (expected, found) {
        ("i32", "i64") => "`i32.wrap_i64`",
        ("i64", "i32") => "`i64.extend_i32_s` or `i64.extend_i32_u`",
        ("f32", "f64") => "`f32.demote_f64`",
        ("f64", "f32") => "`f64.promote_f32`",
        ("i32", "f32") => "`i32.trunc_sat_f32_s` or `i32.trunc_sat_f32_u`",
        ("i32", "f64") => "`i32.trunc_sat_f64_s` or `i32.trunc_sat_f64_u`",
        ("i64", "f32") => "`i64.trunc_sat_f32_s` or `i64.trunc_sat_f32_u`",
        ("i64", "f64") => "`i64.trunc_sat_f64_s` or `i64.trunc_sat_f64_u`",
        ("f32", "i32") => "`f32.convert_i32_s` or `f32.convert_i32_u`",
        ("f32", "i64") => "`f32.convert_i64_s` or `f32.convert_i64_u`",
        ("f64", "i32") => "`f64.convert_i32_s` or `f64.convert_i32_u`",
        ("f64", "i64") => "`f64.convert_i64_s` or `f64.convert_i64_u`",
        _ => return None,
    };
    Some(format!("convert with {how}, or use the operator's form for `{found}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_operator_name_is_one_that_the_parser_knows() {
        let is_known = |name: &str| match wat::parse_str(format!("(func {name})")) {
            Ok(_) => true,
            Err(err) => !err.to_string().contains("unknown operator"),
        };
        let strange: Vec<&str> =
            operator_names().iter().map(String::as_str).filter(|name| !is_known(name)).collect();
        assert!(operator_names().len() > 400);
        assert!(strange.is_empty(), "{strange:?}");
    }

    #[test]
    fn misspelled_words_get_the_word_that_was_meant() {
        let cases = [
            ("i32.ad", "i32.add"),
            ("i32.sbu", "i32.sub"),
            ("locla.get", "local.get"),
            ("get_local", "local.get"),
            ("i32.wrap/i64", "i32.wrap_i64"),
            ("i32.trunc_s/f32", "i32.trunc_f32_s"),
            ("f64.promote/f32", "f64.promote_f32"),
            ("i23", "i32"),
            ("fnuc", "func"),
            ("anyfunc", "funcref"),
            ("memory.gorw", "memory.grow"),
            ("i32.atomic.rmw.ad", "i32.atomic.rmw.add"),
        ];
        for (word, meant) in cases {
            let hint = keyword_hint(word);
            assert!(
                hint.as_ref().is_some_and(|hint| hint.meant.as_deref() == Some(meant)),
                "{word}: {hint:?}"
            );
        }
        for word in ["xyzzy_plugh", "", "q", &"i32.add".repeat(100)] {
            assert_eq!(keyword_hint(word), None, "{word}");
        }
    }

    #[test]
    fn messages_of_the_validator_become_plain() {
        let cases = [
            ("type mismatch: expected i32, found i64", "type mismatch: expected `i32`, found `i64`"),
            (
                "type mismatch: expected (ref null $x (y)) but nothing on stack",
                "type mismatch: expected `(ref null $x (y))` but the stack is empty",
            ),
            ("unknown local 7: local index out of bounds", "unknown local 7: there is no such index"),
            ("duplicate export name `i32` already defined", "duplicate export name `i32` already defined"),
            (
                "type mismatch: values remaining on stack at end of block",
                "type mismatch: values are left on the stack at the end of the block",
            ),
        ];
        for (raw, plain) in cases {
            assert_eq!(plain_message(raw), plain);
        }
    }

    #[test]
    fn a_mismatch_names_the_conversion() {
        let hint = validation_hint("type mismatch: expected i32, found i64");
        assert!(hint.is_some_and(|hint| hint.contains("i32.wrap_i64")));
        let hint = validation_hint("type mismatch: expected f64 but nothing on stack");
        assert!(hint.is_some_and(|hint| hint.contains("an `f64`")));
    }
}

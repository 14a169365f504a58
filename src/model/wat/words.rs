//! What each word of the text format is: a type, an operator, a word of structure, a number.
//!
//! Knows single words only; how they follow one another is the lexer's and the symbols' business.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::operators::operators;

/// What a word is by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WordClass {
    /// A type wherever it stands.
    Type,
    /// A type, but a word of structure right after a parenthesis.
    HeapType,
    /// An operator, by its place in the list of all.
    Operator(u16),
    /// A word of structure.
    Keyword,
}

/// Returns what a word is; `None` for numbers, names and what nobody knows.
pub(super) fn class_of(word: &str) -> Option<WordClass> {
    static ALL: LazyLock<HashMap<String, WordClass>> = LazyLock::new(|| {
        let all = |words: &'static [&str], class| words.iter().map(move |word| ((*word).to_owned(), class));
        let mut classes: HashMap<String, WordClass> = all(KEYWORDS, WordClass::Keyword).collect();
        classes.extend((0u16..).zip(operators()).map(|(id, name)| (name, WordClass::Operator(id))));
        classes.extend(all(HEAP_TYPES, WordClass::HeapType));
        classes.extend(all(TYPES, WordClass::Type));
        classes
    });
    ALL.get(word).copied()
}

/// Tells whether a word is a number of the text format.
pub(super) fn is_number(word: &str) -> bool {
    let word = word.strip_prefix(['+', '-']).unwrap_or(word);
    match word {
        "inf" | "nan" | "nan:canonical" | "nan:arithmetic" => return true,
        _ => {}
    }
    if let Some(payload) = word.strip_prefix("nan:0x") {
        return is_digits(payload, 16);
    }
    let (digits, radix, exponent_signs) = match word.strip_prefix("0x") {
        Some(rest) => (rest, 16, ['p', 'P']),
        None => (word, 10, ['e', 'E']),
    };
    let (mantissa, exponent) = match digits.split_once(exponent_signs) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (digits, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, fraction),
        None => (mantissa, ""),
    };
    is_digits(whole, radix)
        && (fraction.is_empty() || is_digits(fraction, radix))
        && exponent
            .is_none_or(|exponent| is_digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent), 10))
}

/// Tells whether a word is digits, with single underscores only between them.
fn is_digits(word: &str, radix: u32) -> bool {
    !word.is_empty()
        && word.split('_').all(|group| !group.is_empty() && group.chars().all(|sign| sign.is_digit(radix)))
}

/// Types, wherever they stand; vector shapes count as types.
pub(super) const TYPES: &[&str] = &[
    "i8",
    "i16",
    "i32",
    "i64",
    "f32",
    "f64",
    "v128",
    "i8x16",
    "i16x8",
    "i32x4",
    "i64x2",
    "f32x4",
    "f64x2",
    "anyref",
    "eqref",
    "i31ref",
    "structref",
    "arrayref",
    "funcref",
    "externref",
    "exnref",
    "contref",
    "nullref",
    "nullfuncref",
    "nullexternref",
    "nullexnref",
    "nullcontref",
    "any",
    "eq",
    "i31",
    "none",
    "nofunc",
    "noextern",
    "exn",
    "noexn",
    "cont",
    "nocont",
    "bool",
    "s8",
    "u8",
    "s16",
    "u16",
    "s32",
    "u32",
    "s64",
    "u64",
    "float32",
    "float64",
    "char",
    "string",
    "error-context",
];

/// Types that are words of structure right after a parenthesis.
pub(super) const HEAP_TYPES: &[&str] = &["func", "extern", "struct", "array"];

/// Words of structure, of modules and of components.
pub(super) const KEYWORDS: &[&str] = &[
    "module",
    "then",
    "type",
    "rec",
    "sub",
    "final",
    "param",
    "result",
    "local",
    "import",
    "export",
    "memory",
    "table",
    "global",
    "tag",
    "data",
    "elem",
    "declare",
    "start",
    "offset",
    "item",
    "mut",
    "ref",
    "null",
    "field",
    "shared",
    "pagesize",
    "describes",
    "descriptor",
    "exact",
    "definition",
    "binary",
    "quote",
    "on",
    "catch_ref",
    "catch_all_ref",
    "component",
    "core",
    "instance",
    "alias",
    "outer",
    "canon",
    "lift",
    "lower",
    "with",
    "value",
    "record",
    "variant",
    "case",
    "list",
    "tuple",
    "flags",
    "enum",
    "option",
    "resource",
    "own",
    "borrow",
    "rep",
    "dtor",
    "realloc",
    "post-return",
    "string-encoding",
    "future",
    "stream",
    "async",
    "callback",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_from_words() {
        for word in [
            "0", "-1", "+7", "1_000", "0xFf_0", "1.", "1.5", "1e9", "1.5E-3", "0x1.8p+1", "inf", "-nan",
            "nan:0x1",
        ] {
            assert!(is_number(word), "{word}");
        }
        for word in ["", "-", "_1", "1_", "1__0", "0x", "1e", "0xg", "nan:1", "nan:0x", "1.5.2", "e9", "."] {
            assert!(!is_number(word), "{word}");
        }
    }
}

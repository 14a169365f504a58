//! Puts the text parser's errors into plain words: what is there, what was expected, what was likely meant.
//!
//! Reads the author's own text; nothing here changes it.

use std::ops::Range;

use super::fixes;
use super::hints::{Advice, did_you_mean, keyword_hint, shorten};
use super::outline::{FIELD_HEADS, TokenKind, next_token};
use super::text::TextError;
use crate::model::diagnostic::Diagnostic;
use crate::model::nearest::nearest;
use crate::model::text_position::LineIndex;

/// Returns the kind and the name, with its `$`, that the parser says is unknown.
pub(super) fn unknown_name(message: &str) -> Option<(&str, &str)> {
    let (kind, name) = message.strip_prefix("unknown ")?.split_once(": failed to find name `")?;
    Some((kind, name.strip_suffix('`')?))
}

/// Makes a diagnostic of an error; `field` is where the field stands that it is in, `scope` what may declare
/// the names that it uses.
pub(super) fn describe(
    text: &str,
    err: &TextError,
    field: Option<Range<usize>>,
    scope: &[Range<usize>],
    lines: &LineIndex,
) -> Diagnostic {
    let offset = floor_to_character(text, err.offset);
    let token = next_token(text.as_bytes(), offset).filter(|(_, range)| range.start == offset);
    let range = token.as_ref().map_or(offset..offset, |(_, range)| range.clone());
    let word = shorten(&text[range.clone()]);
    let (message, advice) = match unknown_name(&err.message) {
        Some((kind, name)) => unknown_name_words(text, (kind, name), field, scope),
        None => words(&err.message, token.map(|(kind, _)| kind), &word, offset >= text.len()),
    };
    let diagnostic = Diagnostic::error(message).at_text(lines, range.clone());
    let Some(advice) = advice else { return diagnostic };
    let diagnostic = fixes::advise(diagnostic, advice, &range);
    fixes::swap_variable(diagnostic, text, &range)
}

/// Returns the name and index of the function that a field defines.
pub(super) fn function_of(
    text: &str,
    fields: &[Range<u32>],
    field: &Range<usize>,
) -> (Option<String>, Option<u32>) {
    if head(text, field.start) != Some("func") {
        return (None, None);
    }
    let before = fields.iter().take_while(|other| (other.start as usize) < field.start);
    let index = before
        .filter(|other| match head(text, other.start as usize) {
            Some("func") => true,
            Some("import") => {
                declared_in(text, other.start as usize..other.end as usize).first().map_or_else(
                    || text[other.start as usize..other.end as usize].contains("(func"),
                    |(kind, _)| *kind == "func",
                )
            }
            _ => false,
        })
        .count();
    let name = next_token(text.as_bytes(), field.start + 1)
        .and_then(|(_, keyword)| next_token(text.as_bytes(), keyword.end))
        .and_then(|(_, name)| text[name].strip_prefix('$').map(str::to_owned));
    (name, u32::try_from(index).ok())
}

fn head(text: &str, start: usize) -> Option<&str> {
    next_token(text.as_bytes(), start + 1).map(|(_, token)| &text[token])
}

/// Returns message and hint for an error that is not about a name.
fn words(raw: &str, kind: Option<TokenKind>, word: &str, is_at_end: bool) -> (String, Option<Advice>) {
    const ORDER: &str =
        "a function begins with its exports, then `param`, `result` and `local`, in this order";
    const NUMBERS: [&str; 6] = ["i8", "i16", "i32", "i64", "u32", "u64"];
    const COMPONENT_HEADS: [&str; 10] =
        ["core", "component", "instance", "alias", "type", "import", "func", "export", "start", "canon"];
    const COMPONENT_TYPES: [&str; 13] =
        ["bool", "s8", "u8", "s16", "u16", "s32", "u32", "s64", "u64", "f32", "f64", "char", "string"];
    const CORE_FIELDS: &str = "`core` goes on with `module`, `instance`, `type`, `func` or `rec`";
    let raw = raw.lines().next().unwrap_or_default();
    let found = if is_at_end { "the end of the text".to_owned() } else { format!("`{word}`") };
    let is_keyword = kind == Some(TokenKind::Word) && word.starts_with(|c: char| c.is_ascii_alphabetic());
    if raw == "unknown operator or unexpected token" && is_keyword {
        return match word {
            "param" | "result" | "local" | "export" | "import" | "type" => {
                (format!("unexpected {found} among the operators"), Some(ORDER.into()))
            }
            _ if FIELD_HEADS.contains(&word) => (
                format!("unexpected {found} inside of a function"),
                Some("a `)` is missing before it".into()),
            ),
            _ => (format!("unknown operator {found}"), keyword_hint(word)),
        };
    }
    if raw == "expected valid component field" {
        let hint = did_you_mean(word, COMPONENT_HEADS.into_iter());
        let inside = || (word == "core").then(|| CORE_FIELDS.into());
        return (format!("unknown field {found} of a component"), hint.or_else(inside));
    }
    if raw == "expected valid module field" {
        let hint = did_you_mean(word, FIELD_HEADS.into_iter());
        let inside = || word.contains('.').then(|| "operators stand inside of a `(func …)`".into());
        return (format!("unknown field {found}"), hint.or_else(inside));
    }
    if let Some(kind) = raw.strip_prefix("duplicate ").and_then(|rest| rest.strip_suffix(" identifier")) {
        return (format!("duplicate {} {found}", kind_words(kind)), Some("rename one of the two".into()));
    }
    if raw.starts_with("result before parameter") {
        return ("`param` stands behind `result`".to_owned(), Some(ORDER.into()));
    }
    if let Some(item) = raw.strip_prefix("import after ") {
        let hint = "imports come before all functions, tables, memories and globals";
        return (format!("this import stands behind a {item}"), Some(hint.into()));
    }
    if raw.contains("`bool`, `s8`") {
        let hint = did_you_mean(word, COMPONENT_TYPES.into_iter());
        return (format!("expected a type, found {found}"), hint);
    }
    let hint = other_hint(raw, kind).map(Advice::from).or_else(|| keyword_hint(word).filter(|_| is_keyword));
    let message = match raw {
        // The list of all types says less than the word itself.
        _ if raw.contains("`i32`, `i64`") => format!("expected a type, found {found}"),
        "empty identifier" => "this name has a character that no plain name has".to_owned(),
        "extra tokens remaining after parse" => format!("unexpected {found} behind the module"),
        "unknown operator or unexpected token" | "unexpected token" => format!("unexpected {found}"),
        _ => match raw.strip_prefix("unexpected token, ") {
            Some(expected) => format!("unexpected {found}, {expected}"),
            None => match raw.strip_prefix("expected a ").filter(|ty| NUMBERS.contains(ty)) {
                Some(ty) => format!("expected a number of type `{ty}`, found {found}"),
                None if raw.starts_with("expected ") => format!("{raw}, found {found}"),
                None => raw.to_owned(),
            },
        },
    };
    (message, hint)
}

fn other_hint(raw: &str, kind: Option<TokenKind>) -> Option<String> {
    const HINTS: [(&str, &str); 10] = [
        ("empty identifier", "plain names are ASCII; put any other between quotes: `$\"…\"`"),
        ("extra tokens", "a file holds one module; everything belongs inside of its `(module …)`"),
        ("invalid character in string", "write control characters as `\\n`, `\\t` or `\\00`"),
        (
            "invalid string escape",
            "escapes are `\\n`, `\\t`, `\\r`, `\\\"`, `\\'`, `\\\\`, `\\u{…}` and two hex digits",
        ),
        ("constant out of range", "an `i32` holds -2147483648 to 4294967295; use an `i64` for more"),
        ("item nesting too deep", "components nest at most 100 deep"),
        ("likely-confusing unicode", "remove it, or write it as `\\u{…}` in a string"),
        ("previous `if` had no `then`", "write `(if (…) (then …))`"),
        ("alignment must be a power of two", "use `align=1`, `2`, `4` or `8`, or leave it out"),
        ("the parser gave up", "remove the last change, and see whether it helps"),
    ];
    let known = HINTS.iter().find(|(part, _)| raw.contains(part)).map(|(_, hint)| (*hint).to_owned());
    known.or_else(|| match kind {
        Some(TokenKind::Close) if raw.starts_with("expected") => {
            Some("something is missing before the `)`".to_owned())
        }
        _ => None,
    })
}

fn kind_words(kind: &str) -> &str {
    match kind {
        "func" => "function",
        "elem" => "element segment",
        "data" => "data segment",
        "core func" => "core function",
        other => other,
    }
}

/// Returns message and hint for a name that nothing has.
fn unknown_name_words(
    text: &str,
    (kind, name): (&str, &str),
    field: Option<Range<usize>>,
    scope: &[Range<usize>],
) -> (String, Option<Advice>) {
    let message = format!("unknown {} `{}`", kind_words(kind), shorten(name));
    // Locals and labels are known in their own function only.
    let is_local = matches!(kind, "local" | "label");
    let everywhere: Vec<_> = scope.iter().flat_map(|part| declared_in(text, part.clone())).collect();
    let here = field.map(|field| declared_in(text, field)).unwrap_or_default();
    let candidates = if is_local { &here } else { &everywhere };
    let elsewhere = everywhere.iter().filter(|(other, _)| !matches!(*other, "local" | "label")).chain(&here);
    let other_kind = elsewhere.into_iter().find(|(other, known)| *known == name && *other != kind);
    let hint = other_kind.map(|(other, _)| match (kind, *other) {
        ("local", "global") => format!("`{name}` is a global: use `global.get` and `global.set`"),
        ("global", "local") => format!("`{name}` is a local: use `local.get` and `local.set`"),
        (_, other) => format!("`{name}` is the name of a {}", kind_words(other)),
    });
    if let Some(hint) = hint {
        return (message, Some(hint.into()));
    }
    let same_kind = candidates.iter().filter(|(other, _)| *other == kind).map(|(_, name)| *name);
    let bare = |name: &str| name.strip_prefix('$').unwrap_or(name).to_owned();
    // One letter is no slip for another: without the `$` that all names have, nothing would be left.
    let is_slip = |meant: &str| nearest(&bare(name), std::iter::once(bare(meant).as_str())).is_some();
    let advice = match did_you_mean(name, same_kind) {
        Some(advice) if advice.meant.as_deref().is_some_and(is_slip) => advice,
        Some(advice) => Advice { meant: None, ..advice },
        None => format!("nothing of that kind is called `{}`", shorten(name)).into(),
    };
    (message, Some(advice))
}

/// Returns kind and name of everything that a part of the text gives a name.
fn declared_in(text: &str, range: Range<usize>) -> Vec<(&'static str, &str)> {
    const HEADS: [(&str, &str); 19] = [
        ("func", "func"),
        ("global", "global"),
        ("memory", "memory"),
        ("table", "table"),
        ("type", "type"),
        ("tag", "tag"),
        ("data", "data"),
        ("elem", "elem"),
        ("field", "field"),
        ("param", "local"),
        ("local", "local"),
        ("block", "label"),
        ("loop", "label"),
        ("if", "label"),
        ("try_table", "label"),
        ("module", "module"),
        ("instance", "instance"),
        ("component", "component"),
        ("value", "value"),
    ];
    const CORE_HEADS: [(&str, &str); 8] = [
        ("module", "core module"),
        ("instance", "core instance"),
        ("func", "core func"),
        ("type", "core type"),
        ("memory", "core memory"),
        ("table", "core table"),
        ("global", "core global"),
        ("tag", "core tag"),
    ];
    let bytes = &text.as_bytes()[..range.end];
    let mut declared = Vec::new();
    let mut at = range.start;
    let mut kind = None;
    let mut is_core = false;
    while let Some((token, word)) = next_token(bytes, at) {
        at = word.end;
        let word = &text[word];
        if let (Some(kind), true) = (kind, word.starts_with('$')) {
            declared.push((kind, word));
        }
        let heads: &[_] = if is_core { &CORE_HEADS } else { &HEADS };
        kind = match token {
            TokenKind::Word => heads.iter().find(|(head, _)| *head == word).map(|(_, kind)| *kind),
            _ => None,
        };
        is_core = token == TokenKind::Word && word == "core";
    }
    declared
}

fn floor_to_character(text: &str, mut offset: usize) -> usize {
    offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

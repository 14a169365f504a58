//! Makes changes to the text out of errors, where it is certain enough what is meant.
//!
//! Works on the author's own text. What can't be told from the text alone is tried: the change has to make
//! the error go away.

use std::ops::Range;

use super::hints::Advice;
use super::outline::next_token;
use crate::model::diagnostic::{Diagnostic, Fix};
use crate::model::text_edit::{TextEdit, apply_edits};
use crate::model::wat::{SymbolIndex, SymbolKind};

/// Parentheses that one fix adds at most.
const MAX_ADDED_PARENTHESES: usize = 64;

/// Texts over this size, in bytes, get no fix that has to be tried.
const MAX_TRIED_BYTES: usize = 64 << 10;

/// Adds advice to a diagnostic, and the word that is meant as a fix.
pub(super) fn advise(diagnostic: Diagnostic, advice: Advice, range: &Range<usize>) -> Diagnostic {
    let diagnostic = diagnostic.with_hint(advice.text);
    match advice.meant {
        Some(meant) if !range.is_empty() => {
            let title = format!("Change to `{meant}`");
            diagnostic.with_fix(title, vec![TextEdit::replace(range.clone(), meant)])
        }
        _ => diagnostic,
    }
}

/// Offers the operator of globals for a global that a local's operator names, and the other way round.
pub(super) fn swap_variable(diagnostic: Diagnostic, text: &str, name: &Range<usize>) -> Diagnostic {
    let (from, to) = match diagnostic.hint.as_deref() {
        Some(hint) if hint.contains("is a global: use") => ("local.", "global."),
        Some(hint) if hint.contains("is a local: use") => ("global.", "local."),
        _ => return diagnostic,
    };
    let before = text[..name.start].trim_end();
    let start = before.rfind(|c: char| !(c.is_ascii_alphanumeric() || c == '.')).map_or(0, |at| at + 1);
    match before[start..].strip_prefix(from) {
        Some(access @ ("get" | "set")) => {
            let operator = format!("{to}{access}");
            let title = format!("Change to `{operator}`");
            diagnostic.with_fix(title, vec![TextEdit::replace(start..before.len(), operator)])
        }
        _ => diagnostic,
    }
}

/// Closes what is open between two bytes, right behind the last token there.
pub(super) fn close(text: &str, range: Range<usize>, title: impl FnOnce(&str) -> String) -> Vec<Fix> {
    let (mut depth, mut end, mut at) = (0usize, range.start, range.start);
    while let Some((_, token)) = next_token(text.as_bytes(), at).filter(|(_, token)| token.end <= range.end) {
        (at, end) = (token.end, token.end);
        match &text[token] {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    if depth == 0 || depth > MAX_ADDED_PARENTHESES {
        return Vec::new();
    }
    let closing = ")".repeat(depth);
    vec![Fix { title: title(&closing), edits: vec![TextEdit::insert(end, closing)] }]
}

/// Removes a parenthesis that is too many.
pub(super) fn remove_paren(at: usize) -> Vec<Fix> {
    vec![Fix { title: "Remove this `)`".to_owned(), edits: vec![TextEdit::remove(at..at + 1)] }]
}

/// Makes fixes of an error of the validator that stands at these bytes; `helps` tells whether the text is
/// better after a change.
pub(super) fn of_finding(
    raw: &str,
    range: &Range<usize>,
    text: &str,
    mut helps: impl FnMut(&str) -> bool,
) -> Vec<Fix> {
    let certain = match raw {
        _ if raw.starts_with("global is immutable") => make_mutable(range, text),
        _ if raw.starts_with("undeclared function reference") => declare(range, text),
        _ if raw.contains("alignment must not be larger than natural") => drop_alignment(range, text),
        _ if raw.starts_with("unknown memory 0") => add_memory(text),
        _ => None,
    };
    if let Some(fix) = certain {
        return vec![fix];
    }
    if text.len() > MAX_TRIED_BYTES {
        return Vec::new();
    }
    let candidates = match raw.strip_prefix("type mismatch: ") {
        Some("values remaining on stack at end of block") => drop_value(range, text),
        Some(types) => match types.strip_prefix("expected ").and_then(|types| types.split_once(", found ")) {
            Some((expected, found)) => convert(expected, found, range, text),
            None => Vec::new(),
        },
        None => Vec::new(),
    };
    let is_proved = |fix: &Fix| apply_edits(text, &fix.edits).is_some_and(|text| helps(&text));
    candidates.into_iter().filter(is_proved).collect()
}

fn make_mutable(range: &Range<usize>, text: &str) -> Option<Fix> {
    let symbols = SymbolIndex::new(text.into());
    let one =
        symbols.uses().iter().find(|one| one.range.start >= range.start && one.kind == SymbolKind::Global)?;
    let global = symbols.definition(one.target?);
    let mut at = global.form.start;
    while let Some((_, token)) =
        next_token(text.as_bytes(), at).filter(|(_, token)| token.end < global.form.end)
    {
        at = token.end;
        let word = &text[token.clone()];
        let is_type = matches!(word, "i32" | "i64" | "f32" | "f64" | "v128") || word.ends_with("ref");
        if is_type && word.chars().all(|c| c.is_ascii_alphanumeric()) {
            let name = &text[one.range.clone()];
            let edits = vec![TextEdit::replace(token, format!("(mut {word})"))];
            return Some(Fix { title: format!("Make global `{name}` mutable"), edits });
        }
    }
    None
}

fn declare(range: &Range<usize>, text: &str) -> Option<Fix> {
    let symbols = SymbolIndex::new(text.into());
    let one =
        symbols.uses().iter().find(|one| one.range.start >= range.start && one.kind == SymbolKind::Func)?;
    let around = symbols.definition(symbols.enclosing(one.range.start)?);
    let name = &text[one.range.clone()];
    let field = format!("(elem declare func {name})");
    let edits = vec![TextEdit::insert(around.form.end, format!("\n  {field}"))];
    Some(Fix { title: format!("Add `{field}`"), edits })
}

fn drop_alignment(range: &Range<usize>, text: &str) -> Option<Fix> {
    let mut at = range.end;
    while let Some((_, token)) = next_token(text.as_bytes(), at) {
        let word = &text[token.clone()];
        if word.starts_with("align=") {
            let start = text[..token.start].trim_end().len();
            let title = format!("Remove `{word}`");
            return Some(Fix { title, edits: vec![TextEdit::remove(start..token.end)] });
        }
        if !(word.starts_with('$')
            || word.starts_with("offset=")
            || word.starts_with(|c: char| c.is_ascii_digit()))
        {
            return None;
        }
        at = token.end;
    }
    None
}

/// Puts a memory behind the imports, or else at the beginning of the module.
fn add_memory(text: &str) -> Option<Fix> {
    let symbols = SymbolIndex::new(text.into());
    let outline = symbols.outline();
    if outline.iter().any(|item| matches!(item.kind, SymbolKind::Memory | SymbolKind::Component)) {
        return None;
    }
    let module = outline.iter().find(|item| item.kind == SymbolKind::Module);
    let imports = outline.iter().filter(|item| item.import.is_some()).map(|item| item.range.end).max();
    let behind = module.map(|item| symbols.definition(item.definition).header_end);
    let edit = match (imports.or(behind), module) {
        (Some(byte), Some(_)) => TextEdit::insert(byte, "\n  (memory 1)"),
        (Some(byte), None) => TextEdit::insert(byte, "\n(memory 1)"),
        (None, _) => TextEdit::insert(0, "(memory 1)\n"),
    };
    Some(Fix { title: "Add a memory of one page".to_owned(), edits: vec![edit] })
}

/// Drops the value that is left at the end of a function, or of a block that ends with the word there.
fn drop_value(range: &Range<usize>, text: &str) -> Vec<Fix> {
    let end = if &text[range.clone()] == "end" {
        range.start
    } else {
        let symbols = SymbolIndex::new(text.into());
        let Some(id) = symbols.enclosing(range.start) else { return Vec::new() };
        symbols.definition(id).form.end.saturating_sub(1)
    };
    let before = text[..end].trim_end();
    let line = &before[before.rfind('\n').map_or(0, |at| at + 1)..];
    let margin = &line[..line.len() - line.trim_start().len()];
    let inserted = if line.trim_start().starts_with("(func") || line.contains(";;") {
        " drop".to_owned()
    } else {
        format!("\n{margin}drop")
    };
    vec![Fix { title: "Drop the value".to_owned(), edits: vec![TextEdit::insert(before.len(), inserted)] }]
}

/// Converts the operand right before an operator that is written flat.
fn convert(expected: &str, found: &str, range: &Range<usize>, text: &str) -> Vec<Fix> {
    let operators: &[&str] = match (expected, found) {
        ("i32", "i64") => &["i32.wrap_i64"],
        ("i64", "i32") => &["i64.extend_i32_s", "i64.extend_i32_u"],
        ("f32", "f64") => &["f32.demote_f64"],
        ("f64", "f32") => &["f64.promote_f32"],
        ("f32", "i32") => &["f32.convert_i32_s"],
        ("f64", "i32") => &["f64.convert_i32_s"],
        ("f64", "i64") => &["f64.convert_i64_s"],
        _ => return Vec::new(),
    };
    let before = &text[..range.start];
    if before.ends_with('(') {
        return Vec::new();
    }
    let line = &before[before.rfind('\n').map_or(0, |at| at + 1)..];
    let separator = if line.trim().is_empty() { format!("\n{line}") } else { " ".to_owned() };
    let fix = |operator: &&str| Fix {
        title: format!("Convert with `{operator}`"),
        edits: vec![TextEdit::insert(range.start, format!("{operator}{separator}"))],
    };
    operators.iter().map(fix).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{SizeCaps, check, default_features};
    use super::*;

    fn errors(text: &str) -> Vec<Diagnostic> {
        match check(text.as_bytes(), &SizeCaps::default(), default_features()) {
            Ok(_) => Vec::new(),
            Err(failure) => failure.diagnostics,
        }
    }

    #[test]
    fn a_fix_makes_the_text_good() {
        for (text, title) in [
            ("(func i32.const 1 i32.const 2 i32.ad drop)", "Change to `i32.add`"),
            ("(func (param $count i32) local.get $cuont drop)", "Change to `$count`"),
            ("(func $main) (start $mian)", "Change to `$main`"),
            ("(module (fnuc))", "Change to `func`"),
            ("(modul (func))", "Change to `module`"),
            ("(func (param i23))", "Change to `i32`"),
            ("(func (param i32) get_local 0 drop)", "Change to `local.get`"),
            ("(global $g i32 (i32.const 0)) (func local.get $g drop)", "Change to `global.get`"),
            ("(func (local $l i32) (drop (global.get $l)))", "Change to `local.get`"),
            ("(module (func (nop)", "Add `))` at the end"),
            ("(module (func) ;; end", "Add `)` at the end"),
            ("(module (func (block (nop)\n  (func))", "Add `))` before line 2"),
            ("(module (func)))", "Remove this `)`"),
            ("(module (func))\n(func))", "Remove this `)`"),
            (
                "(global $g i32 (i32.const 0)) (func (global.set $g (i32.const 1)))",
                "Make global `$g` mutable",
            ),
            ("(func $f) (func ref.func $f drop)", "Add `(elem declare func $f)`"),
            ("(memory 1) (func (drop (i32.load offset=4 align=8 (i32.const 0))))", "Remove `align=8`"),
            ("(module (func (drop (i32.load (i32.const 0)))))", "Add a memory of one page"),
            ("(import \"m\" \"f\" (func)) (func (drop (memory.size)))", "Add a memory of one page"),
            ("(module\n  (func\n    i32.const 1\n    i32.const 2\n    i32.add))", "Drop the value"),
            ("(func i32.const 1)", "Drop the value"),
            ("(func\n  block\n    i32.const 1\n  end)", "Drop the value"),
            ("(func (param i64) (result i32)\n  local.get 0\n  i32.eqz)", "Convert with `i32.wrap_i64`"),
        ] {
            let found = errors(text);
            let fix = found.iter().flat_map(|one| &one.fixes).find(|fix| fix.title == title);
            let fix = fix.unwrap_or_else(|| panic!("{text}: {found:#?}"));
            let mended = apply_edits(text, &fix.edits).expect("the edits fit the text");
            assert_eq!(errors(&mended), [], "{mended}");
        }
    }

    #[test]
    fn nothing_is_offered_where_nothing_is_certain() {
        for text in [
            "(func xyzzy_plugh)",
            "(func call $nobody)",
            "(func i32.const 1 i32.const 2)",
            "(func i32.add drop)",
            "(func (local $x i32) local.tee $g) (global $g i32 (i32.const 0))",
            "(module \"open)",
        ] {
            let found = errors(text);
            assert!(!found.is_empty() && found.iter().all(|one| one.fixes.is_empty()), "{text}: {found:#?}");
        }
    }
}

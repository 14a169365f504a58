//! What is known of the words of the text, put to use: uses, definitions, names, folds, indentation.
//!
//! Knows no pixels. What was read of an older text is used for nothing that would point at a wrong place.

use std::ops::Range;

use crate::model::text::{EditCommand, TextEditor};
use crate::model::wat::{Hover, WatReading, format, hover_word};

use super::folds::Folds;
use super::paint::{Span, SpanKind};
use super::text_lines::{EditedLines, spot_of};

/// Longest text that is indented at once.
const MAX_FORMATTED_BYTES: usize = 16 << 20;

/// What was read of a text, and whether the text is still that one.
#[derive(Debug, Clone, Copy)]
pub struct Language<'a> {
    /// What was read.
    pub reading: &'a WatReading,
    /// Whether the text has not changed since.
    pub is_fresh: bool,
}

/// Returns what was read if places in it are places in the text.
pub(super) fn fresh(language: Option<Language<'_>>) -> Option<&WatReading> {
    language.filter(|language| language.is_fresh).map(|language| language.reading)
}

/// Returns where the name at a byte is spelt, in order; with the name that is defined set off.
pub(super) fn use_spans(language: Option<Language<'_>>, lines: &EditedLines<'_>, byte: usize) -> Vec<Span> {
    let Some(reading) = fresh(language) else { return Vec::new() };
    let Some(id) = reading.index.definition_at(byte) else { return Vec::new() };
    let own = reading.index.definition(id).name.clone();
    let span = |bytes: &Range<usize>| {
        let kind = if Some(bytes) == own.as_ref() { SpanKind::Declaration } else { SpanKind::Use };
        Span { range: lines.range(bytes), kind }
    };
    let occurrences = reading.index.occurrences(id);
    if occurrences.len() < 2 { Vec::new() } else { occurrences.iter().take(10_000).map(span).collect() }
}

/// Returns the bytes to select when somebody goes to the definition of what stands at a byte.
pub(super) fn definition_of(reading: &WatReading, byte: usize) -> Option<Range<usize>> {
    let id = reading.index.definition_at(byte)?;
    let definition = reading.index.definition(id);
    Some(definition.name.clone().unwrap_or(definition.form.start..definition.form.start + 1))
}

/// Returns the name of what stands at a byte, without its `$`; empty for what has none yet.
pub(super) fn name_at(reading: &WatReading, byte: usize) -> Option<String> {
    let id = reading.index.definition_at(byte)?;
    Some(reading.index.name(id).unwrap_or_default().trim_start_matches('$').to_owned())
}

/// Returns what gives another name to what stands at a byte, or why that can't be.
pub(super) fn rename(language: Option<Language<'_>>, byte: usize, name: &str) -> Result<EditCommand, String> {
    let reading = fresh(language).ok_or_else(|| "the text is being read".to_owned())?;
    let id = reading.index.definition_at(byte).ok_or_else(|| "there is no name here".to_owned())?;
    let edits = reading.index.rename(id, name).map_err(|refusal| refusal.to_string())?;
    Ok(EditCommand::Replace(edits.into_iter().map(|edit| (edit.range, edit.text)).collect()))
}

/// Returns what is to be said of the word at a byte.
pub(super) fn hover(language: Option<Language<'_>>, text: &TextEditor, byte: usize) -> Option<Hover> {
    if let Some(reading) = fresh(language) {
        return reading.index.hover(byte);
    }
    let buffer = text.buffer();
    let line = buffer.line_range(buffer.line_of(byte));
    if line.len() > 4096 {
        return None;
    }
    let hover = hover_word(&buffer.slice(line.clone()), byte.saturating_sub(line.start))?;
    Some(Hover { range: hover.range.start + line.start..hover.range.end + line.start, ..hover })
}

/// Returns what indents the whole text, or the selected lines if something is selected.
pub(super) fn formatting(text: &TextEditor) -> Option<EditCommand> {
    let buffer = text.buffer();
    if buffer.len_bytes() > MAX_FORMATTED_BYTES {
        return None;
    }
    let primary = text.selections().primary();
    let lines = if primary.is_empty() {
        0..usize::MAX
    } else {
        buffer.line_of(primary.start())..buffer.line_of(primary.end()) + 1
    };
    let edits = format(&buffer.to_text(), lines, &text.indent_style().unit());
    let parts: Vec<_> = edits.into_iter().map(|edit| (edit.range, edit.text)).collect();
    (!parts.is_empty()).then_some(EditCommand::Replace(parts))
}

/// Folds away what a line begins, or what is around it.
pub(super) fn fold(folds: &mut Folds, reading: &WatReading, text: &TextEditor, byte: usize) -> Option<usize> {
    let line = spot_of(text.buffer(), byte).line;
    let fold = reading.fold_around(line)?;
    folds.close(fold.line + 1..fold.last + 1);
    Some(fold.line)
}

/// Folds everything away.
pub(super) fn fold_all(folds: &mut Folds, reading: &WatReading) {
    folds.open_all();
    for fold in reading.folds.iter().take(20_000) {
        // The module as a whole stays: nothing would be left to look at.
        let is_module =
            fold.line == 0 || reading.folds.first() == Some(fold) || is_outermost(reading, fold.line);
        if !is_module || fold.is_comment {
            folds.close(fold.line + 1..fold.last + 1);
        }
    }
}

/// Tells whether a fold has none around it and others within it.
fn is_outermost(reading: &WatReading, line: usize) -> bool {
    let at = reading.folds.partition_point(|fold| fold.line < line);
    let Some(fold) = reading.folds.get(at) else { return false };
    let has_others = reading.folds.get(at + 1).is_some_and(|next| next.line <= fold.last);
    let is_within = reading.folds[..at].iter().any(|before| before.last >= fold.last);
    has_others && !is_within
}

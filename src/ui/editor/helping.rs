//! What is known of the words of the text, put to use: uses, definitions, names, folds, indentation.
//!
//! Knows no pixels. What was read of an older text is used for nothing that would point at a wrong place.

use std::ops::Range;
use std::sync::Arc;

use crate::model::text::{Rewriting, TextChange, TextEditor};
use crate::model::wat::{Completions, FieldStart, Hover, SymbolIndex, WatReading};

use super::folds::Folds;
use super::paint::{Span, SpanKind};
use super::text_lines::{EditedLines, spot_of};

/// Longest part of a text, in bytes, that is read to know what is around a place.
const MAX_AROUND: usize = 128 << 10;
/// Bytes behind a place that are read too, so that the word there is whole.
const BEHIND: usize = 256;
/// Fields that are tried for one that still begins where it is thought to.
const FIELDS_TRIED: usize = 64;

/// What was read of a text, and whether the text is still that one.
#[derive(Debug, Clone, Copy)]
pub struct Language<'a> {
    /// What was read.
    pub reading: &'a Arc<WatReading>,
    /// Version of the text that was read.
    pub version: u64,
    /// Whether the text has not changed since.
    pub is_fresh: bool,
}

/// Returns what was read if places in it are places in the text.
pub(super) fn fresh(language: Option<Language<'_>>) -> Option<&Arc<WatReading>> {
    language.filter(|language| language.is_fresh).map(|language| language.reading)
}

/// Returns where the name at a byte is spelt within some bytes, in order; with the name that is defined set off.
pub(super) fn use_spans(
    language: Option<Language<'_>>,
    lines: &EditedLines<'_>,
    byte: usize,
    in_view: &Range<usize>,
) -> Vec<Span> {
    let Some(reading) = fresh(language) else { return Vec::new() };
    let Some(id) = reading.index.definition_at(byte) else { return Vec::new() };
    let own = reading.index.definition(id).name.clone();
    let span = |bytes: &Range<usize>| {
        let kind = if Some(bytes) == own.as_ref() { SpanKind::Declaration } else { SpanKind::Use };
        Span { range: lines.range(bytes), kind }
    };
    if reading.index.uses_of(id).len() + usize::from(own.is_some()) < 2 {
        return Vec::new();
    }
    reading.index.occurrences_in(id, in_view).iter().map(span).collect()
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
pub(super) fn renaming(language: Option<Language<'_>>, byte: usize, name: &str) -> Result<Rewriting, String> {
    let reading = fresh(language).ok_or_else(|| "the text is being read".to_owned())?;
    let definition = reading.index.definition_at(byte).ok_or_else(|| "there is no name here".to_owned())?;
    reading.index.check_name(definition, name).map_err(|refusal| refusal.to_string())?;
    Ok(Rewriting::Rename { reading: Arc::clone(reading), definition, name: name.to_owned() })
}

/// Returns what is to be said of the word at a byte.
pub(super) fn hover(language: Option<Language<'_>>, lines: &EditedLines<'_>, byte: usize) -> Option<Hover> {
    let named = fresh(language).and_then(|reading| reading.index.hover_name(byte));
    named.or_else(|| lines.hover_word(byte))
}

/// Returns what indents the whole text, or the selected lines if something is selected.
pub(super) fn formatting(text: &TextEditor) -> Rewriting {
    let buffer = text.buffer();
    let primary = text.selections().primary();
    let lines = if primary.is_empty() {
        0..usize::MAX
    } else {
        buffer.line_of(primary.start())..buffer.line_of(primary.end()) + 1
    };
    Rewriting::Format { lines, step: text.indent_style().unit() }
}

/// A part of a text from which one knows what is around a place.
pub(super) struct Around<'a> {
    /// Names of the module, of this text or a slightly older one.
    pub(super) index: &'a SymbolIndex,
    /// The part, from the beginning of a field on.
    pub(super) part: String,
    /// Where it begins.
    pub(super) start: FieldStart,
}

/// Returns the part of a text from which one knows what is around a byte; `None` where that would be too long.
/// What it costs does not depend on the length of the text.
pub(super) fn around<'a>(
    language: Option<Language<'a>>,
    nothing: &'a SymbolIndex,
    text: &TextEditor,
    byte: usize,
) -> Option<Around<'a>> {
    let buffer = text.buffer();
    let end = buffer.floor(byte + BEHIND).min(buffer.line_range(buffer.line_of(byte)).end).max(byte);
    let changes = language.and_then(|language| text.changes_since(language.version));
    let start = match (language, changes) {
        (Some(language), Some(changes)) => {
            let changes: Vec<TextChange> = changes.copied().collect();
            let mut starts = language.reading.index.field_starts(byte, &changes).take(FIELDS_TRIED);
            starts.find(|start| buffer.byte(start.byte) == Some(b'(')).unwrap_or(FieldStart::OF_TEXT)
        }
        _ => FieldStart::OF_TEXT,
    };
    let index = language.map_or(nothing, |language| &language.reading.index);
    let is_short = end - start.byte <= MAX_AROUND;
    is_short.then(|| Around { index, part: buffer.slice(start.byte..end).into_owned(), start })
}

/// Lists what may be written at a byte.
pub(super) fn complete(language: Option<Language<'_>>, text: &TextEditor, byte: usize) -> Completions {
    let nothing = SymbolIndex::default();
    around(language, &nothing, text, byte)
        .map_or_else(Completions::default, |it| it.index.complete_in(&it.part, it.start, byte))
}

/// Folds away what a line begins, or what is around it.
pub(super) fn fold(folds: &mut Folds, reading: &WatReading, text: &TextEditor, byte: usize) -> Option<usize> {
    let line = spot_of(text.buffer(), byte).line;
    let fold = reading.fold_around(line)?;
    folds.close(fold.line + 1..fold.last + 1);
    Some(fold.line)
}

/// Folds everything away but the module as a whole: nothing would be left to look at.
pub(super) fn fold_all(folds: &mut Folds, reading: &WatReading) {
    // Where the outermost fold so far ends, and whether anything is within it.
    let mut outer_last = None;
    let mut hidden = Vec::with_capacity(reading.folds.len());
    for (at, fold) in reading.folds.iter().enumerate() {
        let is_outermost = outer_last.is_none_or(|last| fold.line > last);
        if is_outermost {
            outer_last = Some(fold.last);
        }
        let has_others = reading.folds.get(at + 1).is_some_and(|next| next.line <= fold.last);
        let is_module = is_outermost && (has_others || at == 0);
        if !is_module || fold.is_comment {
            hidden.push(fold.line + 1..fold.last + 1);
        }
    }
    folds.close_all(hidden);
}

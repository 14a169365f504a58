//! Diagnostics at their places in the text, and what is said of them under the pointer.
//!
//! Knows no compiler: places may be those of an older text, and are met as well as they can.

use std::ops::Range;

use egui::{Color32, Rect, Ui};

use crate::model::diagnostic::{Diagnostic, Severity};
use crate::model::wat::{LineState, lex_line};
use crate::ui::icons;
use crate::ui::theme::{self, Tokens, tokens};

use super::canvas::Canvas;
use super::lines::{LineSource, Spot};

/// Bytes of a line that are looked through for a column or a token.
const MAX_LOOKED_AT: usize = 4096;

/// A diagnostic at its place in the text.
#[derive(Debug)]
pub(super) struct Mark<'a> {
    /// Line, from 0.
    pub(super) line: usize,
    /// Bytes of that line that are underlined; never empty unless the line is.
    pub(super) bytes: Range<usize>,
    /// What it says.
    pub(super) diagnostic: &'a Diagnostic,
}

impl Mark<'_> {
    /// Returns the colour of its severity.
    pub(super) fn colour(&self, tokens: &Tokens) -> Color32 {
        match self.diagnostic.severity {
            Severity::Error => tokens.error,
            Severity::Warning => tokens.warning,
        }
    }

    /// Returns the strip that is underlined; even a mark on nothing can be seen.
    pub(super) fn rect(&self, canvas: &Canvas) -> Option<Rect> {
        let row = canvas.row(self.line)?;
        let left = row.x_of(self.bytes.start);
        let right = row.x_of(self.bytes.end).max(left + canvas.digit);
        Some(Rect::from_x_y_ranges(left..=right, row.rect.y_range()))
    }
}

/// Finds the places of the diagnostics in some lines; those without a place are left out.
pub(super) fn resolve<'a>(
    lines: &dyn LineSource,
    in_view: &Range<usize>,
    diagnostics: &'a [Diagnostic],
) -> Vec<Mark<'a>> {
    let num_lines = lines.num_lines();
    let marks = diagnostics.iter().filter_map(|diagnostic| {
        let line = (diagnostic.place.line? as usize).max(1) - 1;
        let line = line.min(num_lines.saturating_sub(1));
        in_view.contains(&line).then(|| mark(lines, line, diagnostic))
    });
    marks.collect()
}

/// Returns the place at a line and column, both from 1; past the end of a line means its end.
pub(super) fn spot_at(lines: &dyn LineSource, line: u32, column: u32) -> Spot {
    let line = (line.max(1) as usize - 1).min(lines.num_lines().saturating_sub(1));
    let skipped = column.max(1) as usize - 1;
    let text = lines.slice(line, 0..skipped.saturating_mul(4).saturating_add(4));
    let byte = text.char_indices().nth(skipped).map_or(text.len(), |(byte, _)| byte);
    Spot::new(line, byte)
}

fn mark<'a>(lines: &dyn LineSource, line: usize, diagnostic: &'a Diagnostic) -> Mark<'a> {
    let number = u32::try_from(line + 1).unwrap_or(u32::MAX);
    let start = spot_at(lines, number, diagnostic.place.column.unwrap_or(1)).byte;
    let len = diagnostic.range.as_ref().map_or(0, |range| range.end.saturating_sub(range.start));
    let end = Spot::new(line, start.saturating_add(len).min(lines.line_len(line))).within(lines).byte;
    let bytes = if end > start { start..end } else { token_at(lines, line, start) };
    Mark { line, bytes, diagnostic }
}

/// Returns the token at a byte of a line, or the line's text where there is none.
fn token_at(lines: &dyn LineSource, line: usize, byte: usize) -> Range<usize> {
    let text = lines.slice(line, 0..MAX_LOOKED_AT.max(byte.saturating_add(64)));
    let (pieces, _) = lex_line(&text, LineState::default());
    if let Some(piece) = pieces.iter().find(|piece| piece.range.contains(&byte)) {
        return piece.range.clone();
    }
    if text.trim().is_empty() {
        0..text.len()
    } else {
        text.len() - text.trim_start().len()..text.trim_end().len()
    }
}

/// Shows a diagnostic: what is wrong, and what to do.
pub(super) fn mark_ui(ui: &mut Ui, diagnostic: &Diagnostic) {
    let tokens = tokens(ui);
    let (icon, colour) = match diagnostic.severity {
        Severity::Error => (icons::X_CIRCLE, tokens.error),
        Severity::Warning => (icons::WARNING, tokens.warning),
    };
    ui.horizontal(|ui| {
        ui.spacing_mut().interact_size.y = 20.0;
        ui.label(egui::RichText::new(icon).color(colour));
        ui.label(diagnostic.message.as_str());
    });
    if let Some(hint) = &diagnostic.hint {
        ui.label(theme::caption(hint.as_str()).color(tokens.text_muted));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::diagnostic::Place;

    fn error_at(range: Option<Range<usize>>, line: u32, column: u32) -> Diagnostic {
        let place = Place { line: Some(line), column: Some(column), ..Place::default() };
        Diagnostic { place, range, ..Diagnostic::error("type mismatch") }
    }

    #[test]
    fn a_diagnostic_underlines_its_token_in_its_line() {
        let lines = vec!["(module", "  i64.const 1", ")"];
        for (diagnostic, line, underlined) in [
            (error_at(Some(10..19), 2, 3), 1, "i64.const"),
            (error_at(Some(10..10), 2, 3), 1, "i64.const"),
            (error_at(Some(8..8), 2, 1), 1, "i64.const 1"),
            (error_at(Some(10..23), 2, 3), 1, "i64.const 1"),
            (error_at(None, 2, 13), 1, "1"),
            (error_at(Some(900..1000), 70, 9), 2, ")"),
        ] {
            let marks = resolve(&lines, &(0..3), std::slice::from_ref(&diagnostic));
            let shown = &lines[marks[0].line][marks[0].bytes.clone()];
            assert_eq!((marks[0].line, shown), (line, underlined));
        }
        let nowhere = Diagnostic::error("nothing to point at");
        assert!(resolve(&lines, &(0..3), &[nowhere]).is_empty());
        assert!(resolve(&lines, &(2..3), &[error_at(None, 1, 1)]).is_empty(), "only what is in view");
    }

    #[test]
    fn columns_count_characters() {
        let lines = vec!["äöx"];
        assert_eq!(spot_at(&lines, 1, 3), Spot::new(0, 4));
        assert_eq!(spot_at(&lines, 9, 99), Spot::new(0, 5));
    }
}

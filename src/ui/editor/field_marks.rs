//! What is drawn under and over the text: the cursor's line, parentheses, finds, errors.
//!
//! Knows no text field; it asks the canvas where lines are.

use std::ops::Range;

use egui::epaint::RectShape;
use egui::{Color32, CornerRadius, Pos2, Rect, Response, Shape, Stroke, StrokeKind, Ui, pos2};

use crate::model::diagnostic::{Diagnostic, Severity};
use crate::model::wat::{LineState, lex_line, matching_paren};
use crate::ui::icons;
use crate::ui::theme::{self, Tokens, tokens};

use super::document::Document;
use super::{Canvas, TextPlace, floor};

/// A diagnostic at its place in the text.
#[derive(Debug)]
pub(super) struct Mark<'a> {
    /// Line, counted from 0.
    pub(super) line: usize,
    /// Bytes in that line that are underlined; never empty unless the line is.
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
}

/// Finds the place of each diagnostic, line by line; those without a place are left out.
pub(super) fn resolve<'a>(text: &str, document: &Document, diagnostics: &'a [Diagnostic]) -> Vec<Mark<'a>> {
    diagnostics
        .iter()
        .filter_map(|diagnostic| {
            let bytes = match (&diagnostic.range, diagnostic.place.line) {
                (Some(range), _) if range.start <= text.len() => range.clone(),
                (_, Some(line)) => {
                    let at = document.byte_at(text, line, diagnostic.place.column.unwrap_or(1));
                    at..at
                }
                _ => return None,
            };
            let start = floor(text, bytes.start);
            let line = document.line_of(start);
            let whole = document.line_range(text, line);
            let end = floor(text, bytes.end).min(whole.end);
            let bytes = if end > start { start..end } else { token_at(text, &whole, start) };
            Some(Mark { line, bytes, diagnostic })
        })
        .collect()
}

/// Returns the token at a byte, or the line's text where there is none.
fn token_at(text: &str, whole: &Range<usize>, byte: usize) -> Range<usize> {
    let line = text.get(whole.clone()).unwrap_or_default();
    let at = byte.saturating_sub(whole.start);
    let (pieces, _) = lex_line(line, LineState::default());
    if let Some(piece) = pieces.iter().find(|piece| piece.range.start <= at && at < piece.range.end) {
        return whole.start + piece.range.start..whole.start + piece.range.end;
    }
    let indent = line.len() - line.trim_start().len();
    if line.trim().is_empty() {
        whole.clone()
    } else {
        whole.start + indent..whole.start + line.trim_end().len()
    }
}

/// What lies under the text.
pub(super) struct Under<'a> {
    /// Where the cursor is, while the keyboard is here.
    pub(super) current: Option<TextPlace>,
    /// The line where a guest is held, from 1.
    pub(super) held_line: Option<u32>,
    /// Finds in view.
    pub(super) finds: &'a [Range<usize>],
    /// The find that the bar stands on.
    pub(super) find: Option<Range<usize>>,
}

/// Returns the shapes of what lies under the text.
pub(super) fn underlay(ui: &Ui, canvas: &Canvas<'_>, under: &Under<'_>) -> Shape {
    let tokens = tokens(ui);
    let mut shapes = Vec::new();
    let mut strip = |line: u32, colour: Color32| {
        let rect = canvas.line_rect((line as usize).saturating_sub(1)).intersect(canvas.full);
        if rect.is_positive() {
            shapes.push(Shape::rect_filled(rect, 0.0, colour));
        }
    };
    if let Some(place) = under.current {
        strip(place.line, tokens.row_hover);
    }
    if let Some(line) = under.held_line {
        strip(line, tokens.accent_soft);
    }
    for find in under.finds {
        let share = if under.find.as_ref() == Some(find) { 0.5 } else { 0.2 };
        if let Some(rect) = rect_of(canvas, find) {
            shapes.push(Shape::rect_filled(rect, 2.0, tokens.warning.gamma_multiply(share)));
        }
    }
    let current = under.current;
    if let Some((one, other)) = current.and_then(|place| parens_beside(canvas.document, place.byte)) {
        for byte in [one, other] {
            if let Some(rect) = rect_of(canvas, &(byte..byte + 1)) {
                shapes.push(
                    RectShape::new(
                        rect,
                        CornerRadius::same(2),
                        tokens.accent_soft,
                        Stroke::new(1.0, tokens.accent.gamma_multiply(0.6)),
                        StrokeKind::Inside,
                    )
                    .into(),
                );
            }
        }
    }
    Shape::Vec(shapes)
}

/// Returns the parenthesis beside the cursor and its partner.
fn parens_beside(document: &Document, byte: usize) -> Option<(usize, usize)> {
    [Some(byte), byte.checked_sub(1)]
        .into_iter()
        .flatten()
        .find_map(|at| matching_paren(&document.parens, at).map(|other| (at, other)))
}

/// Returns the part of a line's strip that some bytes take, where it is in view.
fn rect_of(canvas: &Canvas<'_>, bytes: &Range<usize>) -> Option<Rect> {
    let line = canvas.document.line_of(bytes.start);
    if !canvas.visible_lines().contains(&line) {
        return None;
    }
    let strip = canvas.line_rect(line).shrink2(egui::vec2(0.0, 2.0));
    let (left, right) = (canvas.x_of(line, bytes.start), canvas.x_of(line, bytes.end));
    let rect = Rect::from_min_max(pos2(left, strip.top()), pos2(right, strip.bottom()));
    let rect = rect.intersect(canvas.viewport);
    rect.is_positive().then_some(rect)
}

/// Draws a wavy line under what is wrong.
pub(super) fn squiggles(ui: &Ui, canvas: &Canvas<'_>, marks: &[Mark<'_>]) {
    let tokens = tokens(ui);
    let painter = ui.painter_at(canvas.viewport);
    let visible = canvas.visible_lines();
    for mark in marks.iter().filter(|mark| visible.contains(&mark.line)) {
        let (left, right) = span(canvas, mark);
        let y = canvas.line_rect(mark.line).bottom() - 2.5;
        let wave = wave(left.max(canvas.viewport.left()), right.min(canvas.viewport.right()), y);
        painter.add(Shape::line(wave, Stroke::new(1.0, mark.colour(tokens))));
    }
}

/// Returns from where to where a mark is underlined; even a mark on nothing can be seen.
fn span(canvas: &Canvas<'_>, mark: &Mark<'_>) -> (f32, f32) {
    let left = canvas.x_of(mark.line, mark.bytes.start);
    (left, canvas.x_of(mark.line, mark.bytes.end).max(left + 8.0))
}

fn wave(left: f32, right: f32, y: f32) -> Vec<Pos2> {
    let mut points = Vec::new();
    let mut x = left;
    let mut up = false;
    while x <= right {
        points.push(pos2(x, if up { y - 2.0 } else { y }));
        up = !up;
        x += 2.0;
    }
    points
}

/// Says what is wrong where the pointer is.
pub(super) fn tooltip(ui: &Ui, response: &Response, canvas: &Canvas<'_>, marks: &[Mark<'_>]) {
    let Some(pointer) = response.hover_pos().filter(|at| canvas.viewport.contains(*at)) else { return };
    let under: Vec<&Mark<'_>> = marks
        .iter()
        .filter(|mark| {
            let (left, right) = span(canvas, mark);
            canvas.line_rect(mark.line).y_range().contains(pointer.y) && (left..=right).contains(&pointer.x)
        })
        .collect();
    if !under.is_empty() && !ui.input(|input| input.pointer.any_down()) {
        response.clone().on_hover_ui_at_pointer(|ui| {
            for mark in under {
                mark_ui(ui, mark);
            }
        });
    }
}

/// Shows a diagnostic in a tooltip: what is wrong, and what to do.
pub(super) fn mark_ui(ui: &mut Ui, mark: &Mark<'_>) {
    let tokens = tokens(ui);
    ui.horizontal(|ui| {
        ui.spacing_mut().interact_size.y = 20.0;
        let icon = match mark.diagnostic.severity {
            Severity::Error => icons::X_CIRCLE,
            Severity::Warning => icons::WARNING,
        };
        ui.label(egui::RichText::new(icon).color(mark.colour(tokens)));
        ui.label(mark.diagnostic.message.as_str());
    });
    if let Some(hint) = &mark.diagnostic.hint {
        ui.label(theme::caption(hint.as_str()).color(tokens.text_muted));
    }
}

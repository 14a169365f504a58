//! What is drawn under and over the text: the caret's line, selections, finds, parentheses, squiggles, carets.
//!
//! Knows no commands; it is told what there is and asks the canvas where that stands.

use egui::epaint::RectShape;
use egui::{Align2, Color32, CornerRadius, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, Ui, pos2};

use crate::ui::theme::{self, Tokens, tokens};

use super::canvas::{Canvas, Row};
use super::folds::Folds;
use super::lines::{Spot, SpotRange};
use super::marks::Mark;

/// Why a stretch of text is set off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpanKind {
    /// It is a find.
    Find,
    /// It is the find that one stands on.
    CurrentFind,
    /// It is a use of the name under the caret.
    Use,
    /// It is the declaration of the name under the caret.
    Declaration,
    /// It is a parenthesis beside the caret, or its partner.
    Paren,
    /// It leads somewhere when it is clicked.
    Link,
    /// It is being composed.
    Composing,
}

/// A stretch of text that is set off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Where it begins and ends.
    pub range: SpotRange,
    /// Why it is set off.
    pub kind: SpanKind,
}

impl Span {
    /// Sets off some bytes of a line.
    pub const fn in_line(line: usize, bytes: std::ops::Range<usize>, kind: SpanKind) -> Self {
        Self { range: SpotRange::new(Spot::new(line, bytes.start), Spot::new(line, bytes.end)), kind }
    }
}

/// What is drawn with the text.
pub(super) struct Look<'a> {
    /// What is selected, in the order of the text.
    pub(super) selections: &'a [SpotRange],
    /// The caret whose line is set off.
    pub(super) main: Option<Spot>,
    /// Whether the keyboard is here.
    pub(super) has_focus: bool,
    /// Whether carets are drawn, as they are where one can write.
    pub(super) has_carets: bool,
    /// Stretches that are set off, each list in order.
    pub(super) spans: &'a [&'a [Span]],
    /// Errors and warnings.
    pub(super) marks: &'a [Mark<'a>],
    /// The line where a guest is held, from 0.
    pub(super) held_line: Option<usize>,
    /// What is folded away.
    pub(super) folds: &'a Folds,
}

/// Draws what lies under the text, the text, and what lies over it.
pub(super) fn paint(ui: &Ui, canvas: &Canvas, look: &Look<'_>) {
    let tokens = tokens(ui);
    let whole = ui.painter_at(canvas.gutter.union(canvas.body));
    let body = ui.painter_at(canvas.body);
    strips(&whole, canvas, look, tokens);
    indent_guides(&body, canvas, tokens);
    for spans in look.spans {
        for span in in_view(spans, canvas, |span| span.range) {
            paint_span(&body, canvas, span, tokens);
        }
    }
    for selection in in_view(look.selections, canvas, |selection| *selection) {
        let share = if look.has_focus { 1.0 } else { 0.6 };
        paint_selection(&body, canvas, selection, tokens.text_selection.gamma_multiply(share));
    }
    for row in &canvas.rows {
        body.galley(pos2(row.x, row.rect.top()), std::sync::Arc::clone(&row.galley), tokens.text);
        if look.folds.is_closed(row.line) {
            let rect = folded_rect(row);
            body.rect_filled(rect, 3.0, tokens.raised_hover);
            let at = rect.center();
            body.text(at, Align2::CENTER_CENTER, "···", theme::code_strong_font(11.0), tokens.text_muted);
        }
    }
    squiggles(&body, canvas, look.marks, tokens);
    if look.has_focus && look.has_carets && ui.input(|input| input.focused) {
        for selection in in_view(look.selections, canvas, |selection| *selection) {
            if let Some(rect) = canvas.caret_rect(selection.head) {
                body.rect_filled(rect.expand2(egui::vec2(0.75, 0.0)), 0.0, tokens.accent);
            }
        }
    }
}

/// Returns where the mark of folded lines stands in the row that stays.
pub(super) fn folded_rect(row: &Row) -> Rect {
    let left = row.end_x() + 6.0;
    Rect::from_x_y_ranges(left..=left + 26.0, row.rect.top() + 4.0..=row.rect.bottom() - 4.0)
}

/// Returns what lies at least partly in view.
fn in_view<'a, T, F>(items: &'a [T], canvas: &Canvas, range: F) -> impl Iterator<Item = &'a T> + use<'a, T, F>
where
    F: Fn(&T) -> SpotRange,
{
    let lines = canvas.lines();
    let from = items.partition_point(|item| range(item).end().line < lines.start);
    items[from..].iter().take_while(move |item| range(item).start().line < lines.end)
}

fn strips(painter: &Painter, canvas: &Canvas, look: &Look<'_>, tokens: &Tokens) {
    if let Some(row) = look.main.and_then(|main| canvas.row(main.line)).filter(|_| look.has_focus) {
        painter.rect_filled(row.rect, 0.0, tokens.row_hover);
    }
    if let Some(row) = look.held_line.and_then(|line| canvas.row(line)) {
        painter.rect_filled(row.rect, 0.0, tokens.accent_soft);
    }
}

/// Draws a hair where each level of indentation begins, as far as the line above or below reaches.
fn indent_guides(painter: &Painter, canvas: &Canvas, tokens: &Tokens) {
    let mut before = 0;
    for row in &canvas.rows {
        let text = row.galley.text();
        let blank = text.len() - text.trim_start_matches(' ').len();
        let levels = if blank == text.len() { before } else { blank / 2 };
        before = levels;
        for level in 1..levels {
            let x =
                (row.x + super::scroll::narrow(super::scroll::from_count(level * 2)) * canvas.digit).round();
            let stroke = Stroke::new(1.0, tokens.border.gamma_multiply(0.55));
            painter.vline(x + 0.5, row.rect.y_range(), stroke);
        }
    }
}

fn paint_selection(painter: &Painter, canvas: &Canvas, selection: &SpotRange, colour: Color32) {
    if selection.is_caret() {
        return;
    }
    let (start, end) = (selection.start(), selection.end());
    for row in canvas.rows.iter().filter(|row| (start.line..=end.line).contains(&row.line)) {
        let left = if row.line == start.line { row.x_of(start.byte) } else { row.x };
        // A line break that is selected shows as half a character.
        let right = if row.line == end.line { row.x_of(end.byte) } else { row.end_x() + canvas.digit * 0.5 };
        if right > left {
            painter.rect_filled(Rect::from_x_y_ranges(left..=right, row.rect.y_range()), 0.0, colour);
        }
    }
}

fn paint_span(painter: &Painter, canvas: &Canvas, span: &Span, tokens: &Tokens) {
    let (start, end) = (span.range.start(), span.range.end());
    for row in canvas.rows.iter().filter(|row| (start.line..=end.line).contains(&row.line)) {
        let left = if row.line == start.line { row.x_of(start.byte) } else { row.x };
        let right = if row.line == end.line { row.x_of(end.byte) } else { row.end_x() };
        let right = right.max(left + 2.0);
        let rect = Rect::from_x_y_ranges(left..=right, row.rect.shrink2(egui::vec2(0.0, 2.0)).y_range());
        let boxed = |fill: Color32, line: Color32| -> Shape {
            let stroke = Stroke::new(1.0, line);
            RectShape::new(rect, CornerRadius::same(2), fill, stroke, StrokeKind::Inside).into()
        };
        match span.kind {
            SpanKind::Find => {
                painter.rect_filled(rect, 2.0, tokens.warning.gamma_multiply(0.22));
            }
            SpanKind::CurrentFind => {
                painter.add(boxed(tokens.warning.gamma_multiply(0.45), tokens.warning));
            }
            SpanKind::Use => {
                painter.rect_filled(rect, 2.0, tokens.name.gamma_multiply(0.16));
            }
            SpanKind::Declaration => {
                painter.add(boxed(tokens.name.gamma_multiply(0.16), tokens.name.gamma_multiply(0.5)));
            }
            SpanKind::Paren => {
                painter.add(boxed(tokens.accent_soft, tokens.accent.gamma_multiply(0.6)));
            }
            SpanKind::Link => underline(painter, rect, Stroke::new(1.0, tokens.name)),
            SpanKind::Composing => underline(painter, rect, Stroke::new(1.5, tokens.accent)),
        }
    }
}

fn underline(painter: &Painter, rect: Rect, stroke: Stroke) {
    painter.hline(rect.x_range(), rect.bottom() - 1.0, stroke);
}

/// Draws a wavy line under what is wrong.
fn squiggles(painter: &Painter, canvas: &Canvas, marks: &[Mark<'_>], tokens: &Tokens) {
    for mark in marks {
        let Some(rect) = mark.rect(canvas) else { continue };
        let (left, right) = (rect.left().max(canvas.body.left()), rect.right().min(canvas.body.right()));
        let wave = wave(left, right, rect.bottom() - 2.5);
        painter.add(Shape::line(wave, Stroke::new(1.0, mark.colour(tokens))));
    }
}

fn wave(left: f32, right: f32, y: f32) -> Vec<Pos2> {
    let mut points = Vec::new();
    let mut x = left;
    let mut is_up = false;
    while x <= right {
        points.push(pos2(x, if is_up { y - 2.0 } else { y }));
        is_up = !is_up;
        x += 2.0;
    }
    points
}

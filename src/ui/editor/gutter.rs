//! The strip on the left of the text: breakpoints, errors, line numbers, folds.
//!
//! Knows no text; clicks go out as lines.

use egui::{Align2, Id, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2};

use crate::model::diagnostic::Severity;
use crate::ui::icons;
use crate::ui::theme::{self, tokens};

use super::canvas::{Canvas, Row, digit_width};
use super::folds::Folds;
use super::lines::SpotRange;
use super::marks::{Mark, mark_ui};

/// Where marks stand, from the left edge.
const MARK_X: f32 = 12.0;
/// Width of the strip for folds, at the right edge.
const FOLD_WIDTH: f32 = 16.0;
/// Digits for which there is room, so that the text does not move at each power of ten.
const LEAST_DIGITS: u32 = 3;

/// The strip on the left of the text.
pub(super) struct Gutter<'a> {
    /// Errors and warnings in view.
    pub(super) marks: &'a [Mark<'a>],
    /// Lines with a breakpoint, from 1, in ascending order.
    pub(super) breakpoints: &'a [u32],
    /// The line where a guest is held, from 0.
    pub(super) held_line: Option<usize>,
    /// What is folded away.
    pub(super) folds: &'a Folds,
    /// What can be folded in view: the line that stays.
    pub(super) foldable: &'a [usize],
    /// Where the caret is.
    pub(super) main: Option<SpotRange>,
}

/// What a click in the strip means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GutterDeed {
    /// The place for marks of a line, from 0, was clicked: a breakpoint comes or goes.
    Mark(usize),
    /// The number of a line was clicked, or the pointer was dragged from it to another.
    Lines(usize, usize),
    /// Lines under this one are to be folded away, or shown.
    Fold(usize),
}

/// Returns the width that the strip needs for so many lines.
#[allow(clippy::cast_precision_loss, reason = "a number of digits")]
pub(super) fn gutter_width(ui: &Ui, num_lines: usize) -> f32 {
    let digits = num_lines.max(1).ilog10() + 1;
    (MARK_X + 8.0 + digits.max(LEAST_DIGITS) as f32 * digit_width(ui) + FOLD_WIDTH).ceil()
}

impl Gutter<'_> {
    /// Draws the strip; returns what was clicked.
    pub(super) fn show(&self, ui: &Ui, canvas: &Canvas, id: Id) -> Option<GutterDeed> {
        let response = ui.interact(canvas.gutter, id.with("gutter"), Sense::CLICK | Sense::DRAG);
        response.widget_info(|| WidgetInfo::labeled(Role::Group, true, "Line numbers"));
        let painter = ui.painter_at(canvas.gutter);
        let is_hovered = ui.rect_contains_pointer(canvas.gutter);
        for row in &canvas.rows {
            self.row(ui, &painter, row, is_hovered);
        }
        // Errors are drawn last, so that none hides under a warning of the same line.
        for severity in [Severity::Warning, Severity::Error] {
            for mark in self.marks.iter().filter(|mark| mark.diagnostic.severity == severity) {
                if let Some(row) = canvas.row(mark.line) {
                    let at = pos2(canvas.gutter.left() + MARK_X, row.rect.center().y);
                    painter.circle_filled(at, 3.5, mark.colour(tokens(ui)));
                }
            }
        }
        let pointed = response.hover_pos().and_then(|at| row_under(canvas, at.y)).map(|row| row.line);
        self.tooltip(ui, &response, pointed);
        self.deed(ui, canvas, &response)
    }

    fn row(&self, ui: &Ui, painter: &egui::Painter, row: &Row, is_hovered: bool) {
        let tokens = tokens(ui);
        let y = row.rect.center().y;
        let right = painter.clip_rect().right() - FOLD_WIDTH;
        let number = u32::try_from(row.line).unwrap_or(u32::MAX - 1) + 1;
        let is_current = self.main.is_some_and(|main| main.head.line == row.line);
        let ink = if is_current { tokens.text_muted } else { tokens.text_faint };
        let font = theme::code_font(theme::STRONG);
        painter.text(pos2(right - 4.0, y), Align2::RIGHT_CENTER, number.to_string(), font, ink);
        let at = pos2(row.rect.left() + MARK_X, y);
        if self.breakpoints.binary_search(&number).is_ok() {
            painter.circle_stroke(at, 4.5, Stroke::new(2.0, tokens.accent));
        }
        if self.held_line == Some(row.line) {
            painter.text(
                at,
                Align2::CENTER_CENTER,
                icons::CARET_RIGHT,
                theme::body_font(13.0),
                tokens.accent,
            );
        }
        let is_closed = self.folds.is_closed(row.line);
        if is_closed || (is_hovered && self.foldable.binary_search(&row.line).is_ok()) {
            let icon = if is_closed { icons::CARET_RIGHT } else { icons::CARET_DOWN };
            let at = pos2(right + FOLD_WIDTH * 0.5, y);
            painter.text(at, Align2::CENTER_CENTER, icon, theme::body_font(11.0), tokens.text_muted);
        }
    }

    fn tooltip(&self, ui: &Ui, response: &egui::Response, pointed: Option<usize>) {
        let Some(line) = pointed else { return };
        let here: Vec<&Mark<'_>> = self.marks.iter().filter(|mark| mark.line == line).collect();
        if !here.is_empty() && !ui.input(|input| input.pointer.any_down()) {
            response.clone().on_hover_ui_at_pointer(|ui| {
                for mark in here {
                    mark_ui(ui, mark.diagnostic);
                }
            });
        }
    }

    fn deed(&self, ui: &Ui, canvas: &Canvas, response: &egui::Response) -> Option<GutterDeed> {
        let at = response.interact_pointer_pos()?;
        let row = canvas.row_at(at.y)?;
        let pressed = ui.input(|input| input.pointer.press_origin()).unwrap_or(at);
        let fold = Rect::from_x_y_ranges(
            canvas.gutter.right() - FOLD_WIDTH..=canvas.gutter.right(),
            canvas.gutter.y_range(),
        );
        if fold.contains(pressed) {
            let is_there = self.foldable.binary_search(&row.line).is_ok() || self.folds.is_closed(row.line);
            return (response.clicked() && is_there).then_some(GutterDeed::Fold(row.line));
        }
        if pressed.x < canvas.gutter.left() + MARK_X + 8.0 {
            return response.clicked().then_some(GutterDeed::Mark(row.line));
        }
        let from = canvas.row_at(pressed.y).map_or(row.line, |row| row.line);
        let is_held = response.is_pointer_button_down_on() || response.clicked();
        is_held.then_some(GutterDeed::Lines(from, row.line))
    }
}

fn row_under(canvas: &Canvas, y: f32) -> Option<&Row> {
    canvas.rows.iter().find(|row| row.rect.y_range().contains(y))
}

//! The strip on the left of the text: line numbers, errors, breakpoints.
//!
//! Knows no text; a click on a line number goes out as that line.

use egui::{Align2, Id, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2};

use crate::ui::theme::{self, tokens};

use super::field_marks::{Mark, mark_ui};
use super::{Canvas, EditorOptions};

/// Where marks stand, from the left edge.
const MARK_X: f32 = 12.0;

/// The strip on the left of the text.
pub(super) struct Gutter<'a> {
    /// Where it is.
    pub(super) rect: Rect,
    /// Errors and warnings.
    pub(super) marks: &'a [Mark<'a>],
    /// Breakpoints and the line where a guest is held.
    pub(super) options: &'a EditorOptions<'a>,
    /// The cursor's line, from 1.
    pub(super) current: Option<u32>,
}

impl Gutter<'_> {
    /// Returns the width that the numbers of so many lines need.
    #[expect(clippy::cast_precision_loss, reason = "a number of digits")]
    pub(super) fn width(ui: &Ui, lines: usize) -> f32 {
        let font = theme::code_font(theme::STRONG);
        let digit = ui.fonts_mut(|fonts| fonts.glyph_width(&font, '0'));
        let digits = lines.max(100).ilog10() + 1;
        (MARK_X + 6.0 + digits as f32 * digit + 8.0).ceil()
    }

    /// Draws the lines in view; returns the line that was clicked, from 1.
    pub(super) fn show(&self, ui: &mut Ui, canvas: &Canvas<'_>, id: Id) -> Option<u32> {
        let response = ui.interact(self.rect, id.with("gutter"), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Group, true, "Line numbers"));
        let tokens = tokens(ui);
        let painter = ui.painter_at(self.rect);
        for line in canvas.visible_lines() {
            let strip = canvas.line_rect(line);
            let number = u32::try_from(line).unwrap_or(u32::MAX - 1) + 1;
            let ink = if self.current == Some(number) { tokens.text_muted } else { tokens.text_faint };
            painter.text(
                pos2(self.rect.right() - 8.0, strip.center().y),
                Align2::RIGHT_CENTER,
                number.to_string(),
                theme::code_font(theme::STRONG),
                ink,
            );
            let at = pos2(self.rect.left() + MARK_X, strip.center().y);
            if self.options.breakpoints.binary_search(&number).is_ok() {
                painter.circle_stroke(at, 4.0, Stroke::new(2.0, tokens.accent));
            }
        }
        let visible = canvas.visible_lines();
        // Errors are drawn last, so that none hides under a warning of the same line.
        let mut marks: Vec<&Mark<'_>> =
            self.marks.iter().filter(|mark| visible.contains(&mark.line)).collect();
        marks.sort_by_key(|mark| mark.diagnostic.severity);
        for mark in marks {
            let at = pos2(self.rect.left() + MARK_X, canvas.line_rect(mark.line).center().y);
            painter.circle_filled(at, 3.5, mark.colour(tokens));
        }
        let pointed = response.hover_pos().and_then(|at| Self::line_at(canvas, at.y));
        let clicked = response.clicked().then_some(pointed).flatten();
        self.tooltip(response, pointed);
        clicked.and_then(|line| u32::try_from(line + 1).ok())
    }

    fn tooltip(&self, response: egui::Response, pointed: Option<usize>) {
        let Some(line) = pointed else { return };
        let here: Vec<&Mark<'_>> = self.marks.iter().filter(|mark| mark.line == line).collect();
        if !here.is_empty() {
            response.on_hover_ui_at_pointer(|ui| {
                for mark in here {
                    mark_ui(ui, mark);
                }
            });
        }
    }

    fn line_at(canvas: &Canvas<'_>, y: f32) -> Option<usize> {
        canvas.visible_lines().find(|line| canvas.line_rect(*line).y_range().contains(y))
    }
}

//! Lists of any number of rows, of which only those in view are laid out.
//!
//! Knows nothing of what a row shows. Rows are counted and not measured: points are held in 32 bits, and
//! the rows of a memory of 4 GiB lie too far down for those.

use std::ops::Range;

use egui::{Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use crate::ui::theme::{space, tokens};

/// Width of the strip that the scroll bar owns.
const BAR_STRIP: f32 = 10.0;
/// Width of the bar itself.
const BAR_WIDTH: f32 = 6.0;
/// Least height of the bar's handle.
const LEAST_HANDLE: f32 = 24.0;
/// A wheel turned by so many points moves the list by as many.
const LEAST_ROWS: f64 = 1.0;

/// Where a list stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct RowScroll {
    // Row at the upper edge; a fraction is what of it is scrolled away.
    top: f64,
    // Rows that fit, as of the last frame.
    page: f64,
    // Whether new rows at the end pull the list along while it stands at the end.
    follows_end: bool,
    is_at_end: bool,
}

impl RowScroll {
    /// A list that stands at its first row.
    pub(super) const fn from_start() -> Self {
        Self { top: 0.0, page: LEAST_ROWS, follows_end: false, is_at_end: false }
    }

    /// A list that stands at its last row and stays there while rows are added.
    pub(super) const fn from_end() -> Self {
        Self { top: 0.0, page: LEAST_ROWS, follows_end: true, is_at_end: true }
    }

    /// Returns the whole rows that fit.
    pub(super) fn page_rows(&self) -> u64 {
        to_row(self.page).max(1)
    }

    /// Returns the rows that are at least partly in view.
    pub(super) fn in_view(&self, num_rows: u64) -> Range<u64> {
        to_row(self.top).min(num_rows)..to_row((self.top + self.page).ceil()).min(num_rows)
    }

    /// Moves as little as needed for a row to be in view as a whole.
    pub(super) fn reveal(&mut self, row: u64) {
        let row = from_row(row);
        if row < self.top {
            self.top = row;
        } else if row + 1.0 > self.top + self.page {
            self.top = row + 1.0 - self.page;
        }
        self.is_at_end = false;
    }

    /// Puts a row at the upper edge.
    pub(super) fn set_top(&mut self, row: u64) {
        self.top = from_row(row);
        self.is_at_end = false;
    }

    /// Puts a row near the upper edge.
    pub(super) fn jump_to(&mut self, row: u64) {
        self.top = (from_row(row) - (self.page * 0.25).floor()).max(0.0);
        self.is_at_end = false;
    }

    /// Shows the rows in view over all the space that is left; `name` is what screen readers call the list.
    ///
    /// Returns the response of the ground, which takes the keyboard when it is clicked.
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        name: &str,
        num_rows: u64,
        row_height: f32,
        mut add_row: impl FnMut(&mut Ui, u64, Rect),
    ) -> Response {
        let size = ui.available_size().max(vec2(BAR_STRIP * 2.0, row_height));
        let (rect, response) = ui.allocate_exact_size(size, Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::List, true, name));
        if response.clicked() {
            response.request_focus();
        }
        self.page = f64::from(rect.height() / row_height);
        let last_top = (from_row(num_rows) - self.page).max(0.0);
        if ui.rect_contains_pointer(rect) {
            let points = ui.input(|input| input.smooth_scroll_delta().y);
            if points != 0.0 {
                self.top -= f64::from(points / row_height);
                self.is_at_end = self.follows_end && points < 0.0 && self.top >= last_top - 0.5;
            }
        }
        self.bar_ui(ui, name, rect, response.id, num_rows, last_top);
        if self.follows_end && self.is_at_end {
            self.top = last_top;
        }
        self.top = self.top.clamp(0.0, last_top);

        let mut rows_rect = rect;
        rows_rect.set_right(rect.right() - if last_top > 0.0 { BAR_STRIP } else { 0.0 });
        let mut content = ui.new_child(UiBuilder::new().max_rect(rows_rect).id_salt(name));
        content.set_clip_rect(rows_rect.intersect(ui.clip_rect()));
        for row in self.in_view(num_rows) {
            let y = rect.top() + offset(from_row(row) - self.top) * row_height;
            let at = Rect::from_min_size(pos2(rect.left(), y), vec2(rows_rect.width(), row_height));
            add_row(&mut content, row, at);
        }
        response
    }

    fn bar_ui(&mut self, ui: &Ui, name: &str, rect: Rect, id: egui::Id, num_rows: u64, last_top: f64) {
        if last_top <= 0.0 {
            return;
        }
        let mut strip = rect;
        strip.set_left(rect.right() - BAR_STRIP);
        // Not a stop of the Tab key: the list itself is one, and the keyboard scrolls it.
        let sense = Sense::CLICK | Sense::DRAG;
        let response = ui.interact(strip, id.with("bar"), sense);
        response.widget_info(|| WidgetInfo::labeled(Role::ScrollBar, true, format!("{name} scroll bar")));
        let share = offset(self.page / from_row(num_rows).max(1.0));
        let handle_height = (strip.height() * share).clamp(LEAST_HANDLE.min(strip.height()), strip.height());
        let way = (strip.height() - handle_height).max(1.0);
        if response.dragged() {
            self.top += f64::from(response.drag_delta().y / way) * last_top;
            self.is_at_end = self.follows_end && self.top >= last_top - 0.5;
        } else if response.clicked()
            && let Some(at) = response.interact_pointer_pos()
        {
            self.top = f64::from((at.y - strip.top() - handle_height * 0.5) / way) * last_top;
            self.is_at_end = self.follows_end && self.top >= last_top - 0.5;
        }
        let top = strip.top() + offset((self.top / last_top).clamp(0.0, 1.0)) * way;
        let left = strip.center().x - BAR_WIDTH * 0.5;
        let handle = Rect::from_min_size(pos2(left, top), vec2(BAR_WIDTH, handle_height));
        let tokens = tokens(ui);
        let lit = response.hovered() || response.dragged();
        let colour = if lit { tokens.text_faint } else { tokens.border_strong };
        ui.painter().rect_filled(handle.shrink2(vec2(0.0, 2.0)), space::XS, colour);
    }
}

/// Draws a quiet ring around what fills a pane and has the keyboard, since a click gives it that too.
pub(super) fn thin_focus_ring(ui: &Ui, rect: Rect) {
    let stroke = Stroke::new(1.0, tokens(ui).accent.gamma_multiply(0.6));
    ui.painter().rect_stroke(rect, 2.0, stroke, StrokeKind::Inside);
}

#[allow(clippy::cast_precision_loss, reason = "rows beyond 2^53 would be those of a memory of 64 PiB")]
fn from_row(row: u64) -> f64 {
    row as f64
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, and a row is never negative"
)]
fn to_row(row: f64) -> u64 {
    row as u64
}

#[allow(clippy::cast_possible_truncation, reason = "what is in view lies within a few thousand points")]
fn offset(value: f64) -> f32 {
    value as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(top: f64, page: f64) -> RowScroll {
        RowScroll { top, page, ..RowScroll::from_start() }
    }

    #[test]
    fn rows_that_are_cut_at_an_edge_are_in_view_too() {
        assert_eq!(list(0.0, 3.0).in_view(10), 0..3);
        assert_eq!(list(2.5, 3.0).in_view(10), 2..6);
        assert_eq!(list(9.0, 3.0).in_view(10), 9..10);
        assert_eq!(list(0.0, 3.0).in_view(0), 0..0);
        assert_eq!(list(268_435_400.5, 3.0).in_view(268_435_456), 268_435_400..268_435_404);
    }

    #[test]
    fn revealing_moves_no_further_than_needed() {
        for (top, row, expected) in [(5.0, 6, 5.0), (5.0, 2, 2.0), (5.0, 8, 6.0), (5.0, 7, 5.0)] {
            let mut scroll = list(top, 3.0);
            scroll.reveal(row);
            assert!((scroll.top - expected).abs() < 1e-9, "{top} {row} gave {}", scroll.top);
        }
    }
}

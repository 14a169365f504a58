//! Where a text stands in its window: the row at the upper edge, and how far it is moved to the left.
//!
//! Rows are counted and not measured, since points are held in 32 bits and a listing has millions of rows.
//! Knows no text.

use std::ops::Range;

use egui::{Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::ui::theme::{space, tokens};

/// Width of the strip that the vertical bar owns, and height of the horizontal one's.
pub(super) const BAR_STRIP: f32 = 12.0;
/// Thickness of a bar.
const BAR: f32 = 6.0;
/// Least length of a bar's handle.
const LEAST_HANDLE: f32 = 28.0;
/// Rows that stay in view above and below the caret while it moves.
const MARGIN_ROWS: f64 = 2.0;
/// Points that stay in view beside the caret while it moves.
const MARGIN_POINTS: f64 = 40.0;

/// Where a text stands in its window.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct TextScroll {
    /// Row at the upper edge; a fraction is what of it is scrolled away.
    top: f64,
    /// Points that are scrolled away at the left.
    left: f64,
    /// Rows that fit, as of the last frame.
    page: f64,
}

/// How far a place must be brought into view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reveal {
    /// No further than needed.
    Nearest,
    /// To the middle, unless it is in view already.
    Middle,
}

impl TextScroll {
    /// Returns the whole rows that fit.
    pub(super) fn page_rows(&self) -> usize {
        to_count(self.page).max(1)
    }

    /// Returns the rows that are at least partly in view.
    pub(super) fn rows(&self, num_rows: usize) -> Range<usize> {
        to_count(self.top).min(num_rows)..to_count((self.top + self.page).ceil()).min(num_rows)
    }

    /// Returns the row at the upper edge.
    pub(super) fn top_row(&self) -> usize {
        to_count(self.top)
    }

    /// Puts a row at the upper edge.
    pub(super) fn set_top_row(&mut self, row: usize) {
        self.top = from_count(row);
    }

    /// Returns the points that are scrolled away at the left.
    pub(super) fn left(&self) -> f64 {
        self.left
    }

    /// Returns where a row begins, from the upper edge.
    pub(super) fn offset_of(&self, row: usize) -> f32 {
        narrow(from_count(row) - self.top) * space::CODE_LINE
    }

    /// Moves by so many rows.
    pub(super) fn scroll_rows(&mut self, rows: f64) {
        self.top = (self.top + rows).max(0.0);
    }

    /// Moves by so many points to the side.
    pub(super) fn scroll_points(&mut self, points: f64) {
        self.left = (self.left + points).max(0.0);
    }

    /// Moves so that a row is in view.
    pub(super) fn reveal_row(&mut self, row: usize, how: Reveal) {
        let row = from_count(row);
        let margin = MARGIN_ROWS.min((self.page - 1.0).max(0.0) * 0.5);
        let (first, last) = (self.top + margin, self.top + self.page - 1.0 - margin);
        match how {
            _ if self.page <= 0.0 => self.top = (row - 4.0).max(0.0),
            _ if (first..=last).contains(&row) => {}
            Reveal::Middle => self.top = (row - (self.page * 0.4).floor()).max(0.0),
            Reveal::Nearest if row < first => self.top = (row - margin).max(0.0),
            Reveal::Nearest => self.top = row + 1.0 + margin - self.page,
        }
    }

    /// Moves so that a place of the row is in view; `x` is its distance from the row's begin.
    pub(super) fn reveal_x(&mut self, x: f64, width: f32) {
        let margin = MARGIN_POINTS.min(f64::from(width) * 0.25);
        if x < self.left + margin {
            self.left = (x - margin).max(0.0);
        } else if x > self.left + f64::from(width) - margin {
            self.left = x - f64::from(width) + margin;
        }
        // A place near the begin is best seen with all that is before it.
        if x < f64::from(width) - margin {
            self.left = 0.0;
        }
    }

    /// Takes the wheel, and keeps to what there is.
    pub(super) fn settle(&mut self, ui: &Ui, area: Rect, num_rows: usize, widest: f64) {
        self.page = f64::from(area.height() / space::CODE_LINE);
        if ui.rect_contains_pointer(area) {
            let delta = ui.input(egui::InputState::smooth_scroll_delta);
            self.top -= f64::from(delta.y / space::CODE_LINE);
            self.left -= f64::from(delta.x);
        }
        self.top = self.top.clamp(0.0, self.last_top(num_rows));
        self.left = self.left.clamp(0.0, (widest - f64::from(area.width()) * 0.5).max(0.0));
    }

    /// Returns how far down one may go: the last row up to the middle, to write at the end in comfort.
    fn last_top(self, num_rows: usize) -> f64 {
        let overhang = if from_count(num_rows) > self.page { (self.page * 0.5).floor() } else { 0.0 };
        (from_count(num_rows) + overhang - self.page).max(0.0)
    }

    /// Shows the vertical bar in its strip.
    pub(super) fn vertical_bar(&mut self, ui: &Ui, strip: Rect, id: egui::Id, num_rows: usize) {
        let last = self.last_top(num_rows);
        if last <= 0.0 {
            return;
        }
        let length = strip.height();
        let share = narrow(self.page / (last + self.page));
        let handle = (length * share).clamp(LEAST_HANDLE.min(length), length);
        let response = bar_response(ui, strip, id.with("vertical bar"), "Source vertical scroll bar");
        let way = (length - handle).max(1.0);
        let grab = |y: f32| f64::from((y - strip.top() - handle * 0.5) / way) * last;
        drag(&response, |delta, at| match delta {
            Some(delta) => self.top += f64::from(delta.y / way) * last,
            None => self.top = grab(at.y),
        });
        self.top = self.top.clamp(0.0, last);
        let top = strip.top() + narrow(self.top / last) * way;
        let handle =
            Rect::from_min_size(pos2(strip.center().x - BAR * 0.5, top + 2.0), vec2(BAR, handle - 4.0));
        paint_handle(ui, &response, handle);
    }

    /// Shows the horizontal bar in its strip, where a line is wider than the window.
    pub(super) fn horizontal_bar(&mut self, ui: &Ui, strip: Rect, id: egui::Id, widest: f64) {
        let width = f64::from(strip.width());
        let last = widest - width;
        if last <= 0.0 && self.left <= 0.0 {
            return;
        }
        let last = last.max(self.left);
        let length = strip.width();
        let handle = (length * narrow(width / (last + width))).clamp(LEAST_HANDLE.min(length), length);
        let response = bar_response(ui, strip, id.with("horizontal bar"), "Source horizontal scroll bar");
        let way = (length - handle).max(1.0);
        let grab = |x: f32| f64::from((x - strip.left() - handle * 0.5) / way) * last;
        drag(&response, |delta, at| match delta {
            Some(delta) => self.left += f64::from(delta.x / way) * last,
            None => self.left = grab(at.x),
        });
        self.left = self.left.clamp(0.0, last);
        let left = strip.left() + narrow(self.left / last) * way;
        let handle =
            Rect::from_min_size(pos2(left + 2.0, strip.center().y - BAR * 0.5), vec2(handle - 4.0, BAR));
        paint_handle(ui, &response, handle);
    }

    /// Returns where a row stands along the vertical bar's strip.
    pub(super) fn y_in_bar(&self, strip: Rect, row: usize, num_rows: usize) -> f32 {
        let rows = (self.last_top(num_rows) + self.page).max(1.0);
        strip.top() + narrow((from_count(row) + 0.5) / rows).clamp(0.0, 1.0) * strip.height()
    }
}

/// Makes a count of rows a number of points' kind.
#[allow(clippy::cast_precision_loss, reason = "no text has more than 2^53 rows")]
pub(super) fn from_count(count: usize) -> f64 {
    count as f64
}

/// Makes a figure a count, cut at nought.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates")]
pub(super) fn to_count(value: f64) -> usize {
    value as usize
}

/// Makes a distance on the screen one of egui's.
#[allow(clippy::cast_possible_truncation, reason = "what is in view lies within a few thousand points")]
pub(super) fn narrow(value: f64) -> f32 {
    value as f32
}

fn bar_response(ui: &Ui, strip: Rect, id: egui::Id, name: &str) -> Response {
    // Not a stop of the Tab key: the text itself is one, and the keyboard scrolls it.
    let response = ui.interact(strip, id, Sense::CLICK | Sense::DRAG);
    response.widget_info(|| WidgetInfo::labeled(Role::ScrollBar, true, name));
    response
}

fn drag(response: &Response, mut to: impl FnMut(Option<egui::Vec2>, egui::Pos2)) {
    let Some(at) = response.interact_pointer_pos() else { return };
    if response.dragged() {
        to(Some(response.drag_delta()), at);
    } else if response.clicked() {
        to(None, at);
    }
}

fn paint_handle(ui: &Ui, response: &Response, handle: Rect) {
    let tokens = tokens(ui);
    let lit = response.hovered() || response.dragged();
    let colour = if lit { tokens.text_faint } else { tokens.border_strong.gamma_multiply(0.8) };
    ui.painter().rect_filled(handle, BAR * 0.5, colour);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(top: f64) -> TextScroll {
        TextScroll { top, left: 0.0, page: 20.0 }
    }

    #[test]
    fn rows_cut_at_an_edge_are_in_view_too_however_far_down() {
        assert_eq!(at(0.0).rows(5), 0..5);
        assert_eq!(at(2.5).rows(100), 2..23);
        let far = at(4_800_000.25);
        assert_eq!(far.rows(5_000_000), 4_800_000..4_800_021);
        assert!((far.offset_of(4_800_001) - 0.75 * space::CODE_LINE).abs() < 1e-3);
    }

    #[test]
    fn revealing_keeps_some_rows_around_and_moves_no_further_than_it_must() {
        for (top, row, how, expected) in [
            (10.0, 15, Reveal::Nearest, 10.0),
            (10.0, 11, Reveal::Nearest, 9.0),
            (10.0, 28, Reveal::Nearest, 11.0),
            (10.0, 0, Reveal::Nearest, 0.0),
            (10.0, 15, Reveal::Middle, 10.0),
            (10.0, 100, Reveal::Middle, 92.0),
        ] {
            let mut scroll = at(top);
            scroll.reveal_row(row, how);
            assert!((scroll.top - expected).abs() < 1e-9, "{top} {row} {how:?} gave {}", scroll.top);
        }
    }

    #[test]
    fn a_place_at_the_side_is_brought_into_view_and_the_begin_comes_back() {
        let mut scroll = at(0.0);
        scroll.reveal_x(1000.0, 400.0);
        assert!((scroll.left - 640.0).abs() < 1e-9, "{}", scroll.left);
        scroll.reveal_x(900.0, 400.0);
        assert!((scroll.left - 640.0).abs() < 1e-9);
        scroll.reveal_x(100.0, 400.0);
        assert!(scroll.left.abs() < 1e-9);
    }
}

//! A short list beside the caret of which one line is chosen: completions.
//!
//! Knows no language: lines come with icon, label and detail, and what is chosen goes out by number.

use std::ops::Range;

use egui::{
    Area, Color32, Frame, Id, Key, Modifiers, Order, Pos2, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2,
};

use crate::ui::theme::{self, space, tokens};
use crate::ui::widgets::{one_line, put};

/// Lines that are shown at once.
const ROWS: usize = 9;
/// Height of a line.
const ROW: f32 = 24.0;
/// Width of the list.
const WIDTH: f32 = 420.0;

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice<'a> {
    /// What kind of thing it is.
    pub(super) icon: &'a str,
    /// Colour of its kind.
    pub(super) colour: Color32,
    /// What would be written.
    pub(super) label: &'a str,
    /// What it is, in few words.
    pub(super) detail: &'a str,
}

/// What the keys do to the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ChoiceDeed {
    /// The line is written.
    Take(usize),
    /// The list is closed.
    Close,
}

/// Where one is in the list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Choosing {
    /// The line that is marked.
    pub(super) at: usize,
    first: usize,
}

impl Choosing {
    /// Takes the keys that belong to the list before the text sees them.
    pub(super) fn keys(&mut self, ui: &Ui, count: usize) -> Option<ChoiceDeed> {
        let pressed = |key| ui.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key));
        if pressed(Key::Escape) > 0 {
            return Some(ChoiceDeed::Close);
        }
        if count == 0 {
            return None;
        }
        let down =
            pressed(Key::ArrowDown) % count + pressed(Key::PageDown).min(1) * (ROWS - 1).min(count - 1);
        let up = pressed(Key::ArrowUp) % count + pressed(Key::PageUp).min(1) * (ROWS - 1).min(count - 1);
        self.step(count, down, up);
        let takes = ui.input_mut(|input| {
            let is_plain = |modifiers: &Modifiers| modifiers.is_none();
            let is_take = |event: &egui::Event| {
                matches!(event, egui::Event::Key { key: Key::Enter | Key::Tab, pressed: true, modifiers, .. }
                    if is_plain(modifiers))
            };
            let before = input.events.len();
            input.events.retain(|event| !is_take(event));
            input.events.len() != before
        });
        takes.then_some(ChoiceDeed::Take(self.at.min(count - 1)))
    }

    fn step(&mut self, count: usize, down: usize, up: usize) {
        self.at = (self.at.min(count - 1) + down + count - up) % count;
        self.first = self.first.clamp((self.at + 1).saturating_sub(ROWS), self.at);
    }

    fn rows(&self, count: usize) -> Range<usize> {
        let first = self.first.min(count.saturating_sub(ROWS));
        first..(first + ROWS).min(count)
    }

    /// Shows the list under `anchor`, or above it where there is no room; returns the line that was clicked.
    pub(super) fn ui<'a>(
        &mut self,
        ui: &Ui,
        id: Id,
        anchor: Rect,
        count: usize,
        choice: impl Fn(usize) -> Choice<'a>,
        explain: &str,
    ) -> Option<usize> {
        let rows = self.rows(count);
        let height = narrow(rows.len()) * ROW + 8.0 + if explain.is_empty() { 0.0 } else { 44.0 };
        let at = place(ui.ctx().content_rect(), anchor, vec2(WIDTH, height));
        let mut clicked = None;
        let area = Area::new(id.with("choices"))
            .order(Order::Foreground)
            .fixed_pos(at)
            .constrain(true)
            .fade_in(false);
        let shown = area.show(ui.ctx(), |ui| {
            Frame::popup(ui.style()).inner_margin(4).show(ui, |ui| {
                ui.set_width(WIDTH);
                ui.spacing_mut().item_spacing.y = 0.0;
                for index in rows.clone() {
                    if row_ui(ui, &choice(index), index == self.at) {
                        clicked = Some(index);
                    }
                }
                if !explain.is_empty() {
                    explain_ui(ui, explain);
                }
            });
        });
        if shown.response.contains_pointer() {
            let delta = ui.input(egui::InputState::smooth_scroll_delta).y;
            if delta.abs() > 1.0 {
                let step = if delta > 0.0 { self.first.saturating_sub(1) } else { self.first + 1 };
                self.first = step.min(count.saturating_sub(ROWS));
                self.at = self.at.clamp(self.first, (self.first + ROWS).min(count).max(1) - 1);
            }
        }
        clicked
    }
}

/// Returns where something of that size stands beside a place, all of it on the screen.
pub(super) fn place(screen: Rect, anchor: Rect, size: egui::Vec2) -> Pos2 {
    let below = anchor.bottom() + 4.0;
    let fits_below = below + size.y + 8.0 <= screen.bottom();
    let y = if fits_below || anchor.top() - size.y - 8.0 < screen.top() {
        below
    } else {
        anchor.top() - size.y - 10.0
    };
    let x = anchor.left().min(screen.right() - size.x - 16.0).max(screen.left() + 4.0);
    pos2(x, y)
}

fn row_ui(ui: &mut Ui, choice: &Choice<'_>, is_marked: bool) -> bool {
    let tokens = tokens(ui);
    // A click must not take the keyboard from the text.
    let (rect, response) = ui.allocate_exact_size(vec2(WIDTH, ROW), Sense::CLICK);
    response.widget_info(|| WidgetInfo::selected(Role::ListItem, true, is_marked, choice.label));
    if is_marked {
        ui.painter().rect_filled(rect, 4.0, tokens.accent_soft);
    } else if response.hovered() {
        ui.painter().rect_filled(rect, 4.0, tokens.row_hover);
    }
    let y = rect.center().y;
    let icon = one_line(ui, choice.icon, theme::body_font(13.0), choice.colour, 20.0);
    put(ui, icon, rect.left() + space::S, y);
    let label = one_line(ui, choice.label, theme::code_font(theme::FIGURE), tokens.text, WIDTH * 0.6);
    let left = put(ui, label, rect.left() + 30.0, y) + space::L;
    let room = rect.right() - space::S - left;
    let detail = one_line(ui, choice.detail, theme::code_font(theme::CAPTION), tokens.text_muted, room);
    let right = rect.right() - space::S - detail.size().x;
    put(ui, detail, right, y);
    response.clicked()
}

fn explain_ui(ui: &mut Ui, explain: &str) {
    let tokens = tokens(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(WIDTH, 44.0), Sense::hover());
    let stroke = egui::Stroke::new(1.0, tokens.border);
    ui.painter().hline(rect.x_range(), rect.top() + 4.0, stroke);
    let mut job = egui::text::LayoutJob::simple(
        explain.to_owned(),
        theme::body_font(theme::FIGURE),
        tokens.text_muted,
        WIDTH - 16.0,
    );
    job.wrap.max_rows = 2;
    let galley = ui.painter().layout_job(job);
    ui.painter().galley(pos2(rect.left() + space::S, rect.top() + 10.0), galley, tokens.text_muted);
}

#[allow(clippy::cast_precision_loss, reason = "a handful of rows")]
fn narrow(count: usize) -> f32 {
    count as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_goes_round_and_stays_in_view() {
        let mut choosing = Choosing::default();
        choosing.step(20, 0, 1);
        assert_eq!((choosing.at, choosing.rows(20)), (19, 11..20));
        choosing.step(20, 1, 0);
        assert_eq!((choosing.at, choosing.rows(20)), (0, 0..9));
        choosing.step(20, 10, 0);
        assert_eq!((choosing.at, choosing.rows(20)), (10, 2..11));
        choosing.step(3, 0, 0);
        assert_eq!((choosing.at, choosing.rows(3)), (2, 0..3), "fewer lines than before");
    }

    #[test]
    fn a_list_without_room_below_stands_above() {
        let screen = Rect::from_min_size(Pos2::ZERO, vec2(800.0, 600.0));
        let anchor = |x: f32, y: f32| Rect::from_min_size(pos2(x, y), vec2(1.0, 20.0));
        assert_eq!(place(screen, anchor(100.0, 100.0), vec2(300.0, 200.0)), pos2(100.0, 124.0));
        assert_eq!(place(screen, anchor(100.0, 500.0), vec2(300.0, 200.0)), pos2(100.0, 290.0));
        assert_eq!(place(screen, anchor(700.0, 100.0), vec2(300.0, 200.0)), pos2(484.0, 124.0));
    }
}

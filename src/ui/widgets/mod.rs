//! The window's own controls: small, quiet, each with an accessible name.
//!
//! Knows the theme and nothing of plugins; panes give the words and read the responses.

mod button;
mod card;
mod column_heading;
mod field;
mod gauge;
mod row;
mod tab;

pub use button::{Chip, IconButton, Push, chip, icon_button, primary_button, quiet_button};
pub use card::{card, card_heading};
pub(super) use column_heading::column_heading;
pub use field::{TextField, field_error, text_field};
pub use gauge::{GAUGE_HEIGHT, GAUGE_LEAST_HEIGHT, GaugeQuality, GaugeView, gauge, small_gauge};
pub use row::{Row, row};
pub use tab::{Tab, keep_in_view, paint_tab_ground, tab, tab_bar};

use std::sync::Arc;

use egui::{
    Align, Color32, CursorIcon, FontId, Frame, Galley, Layout, Margin, Pos2, Rect, Response, RichText, Role,
    Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use super::theme::{self, space, tokens};

/// Shows the title of a section in small capitals, such as `EXPORTS`.
pub fn pane_title(ui: &mut Ui, title: &str) -> Response {
    ui.label(
        RichText::new(title.to_uppercase())
            .font(theme::strong_font(theme::CAPTION))
            .extra_letter_spacing(0.7)
            .color(tokens(ui).text_muted),
    )
}

/// Shows the title of a section, a row high, with `add_right` laid out from the right edge.
pub fn pane_title_with(ui: &mut Ui, title: &str, add_right: impl FnOnce(&mut Ui)) {
    let size = vec2(ui.available_width(), space::ROW);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        pane_title(ui, title);
        ui.with_layout(Layout::right_to_left(Align::Center), add_right);
    });
}

/// Shows the title of a list whose rows reach from edge to edge of the pane.
pub fn list_title(ui: &mut Ui, title: &str, add_right: impl FnOnce(&mut Ui)) {
    let margin = Margin { left: 12, right: 8, top: 6, bottom: 0 };
    Frame::new().inner_margin(margin).show(ui, |ui| pane_title_with(ui, title, add_right));
}

/// Lays out a section of a pane with the pane's padding on all sides.
pub fn section<R>(ui: &mut Ui, add_contents: impl FnOnce(&mut Ui) -> R) -> R {
    Frame::new()
        .inner_margin(Margin::same(12))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            add_contents(ui)
        })
        .inner
}

/// Draws the quiet line between two sections, over the full width.
pub fn hairline(ui: &mut Ui) {
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), 1.0));
    ui.painter().hline(rect.x_range(), rect.center().y, Stroke::new(1.0, tokens(ui).border));
}

/// Shows text that leads somewhere, underlined.
pub fn link(ui: &mut Ui, text: &str) -> Response {
    link_in(ui, text, theme::body_font(theme::STRONG))
}

/// Shows text in the code face that leads somewhere, underlined.
pub fn code_link(ui: &mut Ui, text: &str) -> Response {
    link_in(ui, text, theme::code_font(theme::STRONG))
}

fn link_in(ui: &mut Ui, text: &str, font: FontId) -> Response {
    let tokens = tokens(ui);
    let galley = ui.painter().layout_no_wrap(text.to_owned(), font, Color32::PLACEHOLDER);
    let (rect, response) = ui.allocate_exact_size(galley.size(), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Link, ui.is_enabled(), text));
    let lit = response.hovered() || response.has_focus();
    let colour = if lit { tokens.accent_text } else { tokens.text };
    ui.painter().galley(rect.min, galley, colour);
    let line = if lit { colour } else { tokens.text_faint };
    ui.painter().hline(rect.x_range(), rect.bottom() - 1.0, Stroke::new(1.0, line));
    response.on_hover_cursor(CursorIcon::PointingHand)
}

/// Shows a key combination in a small frame, such as `Ctrl Shift P`.
pub fn key_hint(ui: &mut Ui, keys: &str) -> Response {
    let tokens = tokens(ui);
    Frame::new()
        .stroke(Stroke::new(1.0, tokens.border))
        .corner_radius(4)
        .inner_margin(Margin::symmetric(4, 1))
        .show(ui, |ui| ui.label(theme::caption(keys).color(tokens.text_muted)))
        .response
}

/// Height below which a pane has no room for the sign of an empty state.
const LOW_PANE: f32 = 124.0;

/// Shows what an empty pane will hold, and how to get it there, in the middle of the space that is left.
pub fn empty_state(ui: &mut Ui, icon: &str, headline: &str, hint: &str) -> Response {
    let tokens = tokens(ui);
    let frame = Frame::new().inner_margin(Margin::symmetric(12, 0));
    let shown = frame.show(ui, |ui| {
        ui.vertical_centered(|ui| {
            // A low pane has room for the words alone.
            if ui.available_height() >= LOW_PANE {
                ui.add_space((ui.available_height() * 0.5 - 56.0).clamp(space::M, 160.0));
                ui.label(RichText::new(icon).size(24.0).color(tokens.text_faint));
                ui.add_space(space::XS);
            } else {
                ui.add_space(space::S);
            }
            ui.label(theme::strong(headline).color(tokens.text));
            if !hint.is_empty() {
                ui.label(RichText::new(hint).color(tokens.text_muted));
            }
        })
    });
    shown.response
}

/// Draws a round mark: full, or a ring for what is not running.
pub fn dot(ui: &Ui, centre: Pos2, colour: Color32, full: bool) {
    if full {
        ui.painter().circle_filled(centre, 4.0, colour);
    } else {
        ui.painter().circle_stroke(centre, 3.5, Stroke::new(1.5, colour));
    }
}

/// Lays out one line that is cut with `…` where it is wider than `width`.
pub(super) fn one_line(ui: &Ui, text: &str, font: FontId, colour: Color32, width: f32) -> Arc<Galley> {
    let mut job = egui::text::LayoutJob::simple_singleline(text.to_owned(), font, colour);
    job.wrap = egui::text::TextWrapping::truncate_at_width(width.max(0.0));
    ui.painter().layout_job(job)
}

/// Lays out a name in one line; where it is wider than `width` it is cut in its middle, since names that begin
/// alike differ at their ends.
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of some dozen characters"
)]
pub(super) fn one_name(ui: &Ui, name: &str, font: FontId, colour: Color32, width: f32) -> Arc<Galley> {
    let num_chars = name.chars().count();
    // What is longer would be cut to a few characters anyway, and costs too much to lay out.
    let whole = if num_chars <= 400 {
        let galley = ui.painter().layout_no_wrap(name.to_owned(), font.clone(), colour);
        if galley.size().x <= width {
            return galley;
        }
        galley.size().x
    } else {
        num_chars as f32 * font.size * 0.6
    };
    let kept = ((width / whole * num_chars as f32) as usize).saturating_sub(1);
    let head = kept * 2 / 5;
    let cut = name.chars().take(head).chain(['…']).chain(name.chars().skip(num_chars - (kept - head)));
    one_line(ui, &cut.collect::<String>(), font, colour, width)
}

/// Draws a galley so that its left edge is at `x` and its middle at `y`; returns where it ends.
pub(super) fn put(ui: &Ui, galley: Arc<Galley>, x: f32, y: f32) -> f32 {
    let size = galley.size();
    let at = pos2(x, y - size.y * 0.5);
    ui.painter().galley(round_to_pixel(ui, at), galley, tokens(ui).text);
    x + size.x
}

/// Draws the ring that shows where the keyboard is.
pub(super) fn focus_ring(ui: &Ui, rect: Rect, radius: u8) {
    let accent = tokens(ui).accent;
    ui.painter().rect_stroke(rect, radius, Stroke::new(1.5, accent), StrokeKind::Inside);
    ui.painter().rect_stroke(
        rect,
        radius,
        Stroke::new(2.0, accent.gamma_multiply(0.28)),
        StrokeKind::Outside,
    );
}

fn round_to_pixel(ui: &Ui, at: Pos2) -> Pos2 {
    let scale = ui.ctx().pixels_per_point();
    pos2((at.x * scale).round() / scale, (at.y * scale).round() / scale)
}

#[cfg(test)]
mod tests;

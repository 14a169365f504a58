//! Cards: a message that stands out from its pane by ground and a coloured edge.
//!
//! Knows no outcomes; the colour is given.

use egui::{Align, Color32, CornerRadius, Frame, Layout, Margin, RichText, Stroke, StrokeKind, Ui, vec2};

use crate::ui::theme::{self, space, tokens};

/// Width of the coloured edge in points.
const EDGE: f32 = 3.0;

/// Shows `add_contents` on raised ground, with `colour` along the left edge.
pub fn card<R>(ui: &mut Ui, colour: Color32, add_contents: impl FnOnce(&mut Ui) -> R) -> R {
    let tokens = tokens(ui);
    let ground = ui.painter().add(egui::Shape::Noop);
    let shown =
        Frame::new().inner_margin(Margin { left: 15, right: 12, top: 8, bottom: 10 }).show(ui, |ui| {
            ui.set_width(ui.available_width());
            add_contents(ui)
        });
    let rect = shown.response.rect;
    let mut edge = rect;
    edge.set_width(EDGE);
    let radius = CornerRadius::same(space::RADIUS);
    let left = CornerRadius { nw: space::RADIUS, sw: space::RADIUS, ne: 0, se: 0 };
    ui.painter().set(
        ground,
        egui::Shape::Vec(vec![
            egui::epaint::RectShape::new(
                rect,
                radius,
                tokens.raised,
                Stroke::new(1.0, tokens.border),
                StrokeKind::Inside,
            )
            .into(),
            egui::epaint::RectShape::filled(edge, left, colour).into(),
        ]),
    );
    shown.inner
}

/// Shows a card's headline: icon and words in `colour`, and a quiet word at the right edge.
pub fn card_heading(ui: &mut Ui, colour: Color32, icon: &str, text: &str, right: &str) {
    let muted = tokens(ui).text_muted;
    ui.allocate_ui_with_layout(
        vec2(ui.available_width(), 22.0),
        Layout::left_to_right(Align::Center),
        |ui| {
            ui.label(RichText::new(icon).size(14.0).color(colour));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if !right.is_empty() {
                    ui.label(RichText::new(right).color(muted));
                }
                // What is left of the line belongs to the words, so that they never meet the mark at its end.
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let words = egui::Label::new(theme::strong(text).color(colour)).truncate();
                    ui.add(words).on_hover_text(text);
                });
            });
        },
    );
}

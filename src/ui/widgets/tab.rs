//! Tabs and the bar that they stand in.
//!
//! Knows no panes and no sources.

use egui::{
    Align, Frame, Layout, Response, Role, Sense, Stroke, Ui, UiBuilder, Widget, WidgetInfo, pos2, vec2,
};

use crate::ui::theme::{self, space, tokens};

use super::{focus_ring, one_line, put};

/// One tab: an icon, words, and a mark for what is not saved.
#[derive(Debug, Clone)]
#[must_use = "a tab is shown with `ui.add`"]
pub struct Tab<'a> {
    icon: &'a str,
    text: &'a str,
    selected: bool,
    modified: bool,
}

/// Makes a tab; `icon` may be empty.
pub fn tab<'a>(icon: &'a str, text: &'a str, selected: bool) -> Tab<'a> {
    Tab { icon, text, selected, modified: false }
}

impl Tab<'_> {
    /// Marks what is not saved.
    pub fn modified(mut self, modified: bool) -> Self {
        self.modified = modified;
        self
    }
}

impl Widget for Tab<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let tokens = tokens(ui);
        let ink = if self.selected { tokens.text } else { tokens.text_muted };
        let icon = one_line(ui, self.icon, theme::body_font(theme::STRONG), ink, 24.0);
        let text = one_line(ui, self.text, theme::body_font(theme::STRONG), ink, 200.0);
        let icon_width = if icon.size().x > 0.0 { 22.0 } else { 0.0 };
        let dot_width = if self.modified { 14.0 } else { 0.0 };
        let width = (2.0 * 14.0 + icon_width + text.size().x + dot_width).round();
        let (rect, response) = ui.allocate_exact_size(vec2(width, space::TABS), Sense::click_and_drag());
        response.widget_info(|| WidgetInfo::selected(Role::Tab, ui.is_enabled(), self.selected, self.text));
        if ui.is_rect_visible(rect) {
            paint_tab_ground(ui, rect, self.selected, response.hovered());
            let y = rect.center().y;
            put(ui, icon, rect.left() + 14.0, y);
            let end = put(ui, text, rect.left() + 14.0 + icon_width, y);
            if self.modified {
                ui.painter().circle_filled(pos2(end + 11.0, y), 3.0, tokens.warning);
            }
            if response.has_focus() {
                focus_ring(ui, rect.shrink(2.0), 2);
            }
        }
        response
    }
}

/// Paints the ground of a tab: the selected one opens into its pane and wears the accent on top.
pub fn paint_tab_ground(ui: &Ui, rect: egui::Rect, selected: bool, lit: bool) {
    let tokens = tokens(ui);
    let painter = ui.painter();
    if selected {
        painter.rect_filled(rect, 0.0, tokens.pane);
        let mut strip = rect;
        strip.set_height(2.0);
        painter.rect_filled(strip, 0.0, tokens.accent);
    } else {
        if lit {
            painter.rect_filled(rect, 0.0, tokens.row_hover);
        }
        painter.hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, tokens.border));
    }
    painter.vline(rect.right() - 0.5, rect.y_range(), Stroke::new(1.0, tokens.border));
}

/// Scrolls a bar of tabs to the one in front, when it has come there or the bar has become another width.
pub fn keep_in_view(ui: &Ui, tab: &Response, is_active: bool) {
    // How wide the bar was when the tab was brought into view, in whole points.
    let id = tab.id.with("in view");
    let width = is_active.then(|| ui.clip_rect().width().round());
    let before = ui.data(|data| data.get_temp::<Option<f32>>(id)).flatten();
    if before == width {
        return;
    }
    ui.data_mut(|data| data.insert_temp(id, width));
    if is_active {
        ui.scroll_to_rect_animation(tab.rect, None, egui::style::ScrollAnimation::none());
        ui.ctx().request_repaint();
    }
}

/// Lays out tabs from the left and, in what space they leave, `add_right` from the right edge.
pub fn tab_bar(ui: &mut Ui, add_tabs: impl FnOnce(&mut Ui), add_right: impl FnOnce(&mut Ui)) {
    let tokens = tokens(ui);
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), space::TABS));
    ui.painter().rect_filled(rect, 0.0, tokens.app_background);
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, tokens.border));
    let layout = Layout::left_to_right(Align::Center);
    ui.scope_builder(UiBuilder::new().max_rect(rect).layout(layout), |ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        add_tabs(ui);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = space::S;
            Frame::new().show(ui, |ui| {
                ui.add_space(space::M);
                add_right(ui);
            });
        });
    });
}

//! The line that opens and closes a group of a pane.
//!
//! Keeps no state: whoever shows the group knows whether it is open.

use egui::{Response, Role, Sense, Ui, WidgetInfo, vec2};

use crate::ui::icons;
use crate::ui::theme::{self, space, tokens};

/// Shows the title of a group with a caret before it and a quiet word at the right edge.
pub(super) fn fold_header(ui: &mut Ui, title: &str, right: &str, is_open: bool, indent: f32) -> Response {
    let tokens = tokens(ui);
    let size = vec2(ui.available_width(), space::ROW);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::DisclosureTriangle, ui.is_enabled(), is_open, title));
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let is_lit = response.hovered() || response.has_focus();
    let ink = if is_lit { tokens.text } else { tokens.text_muted };
    let caret = if is_open { icons::CARET_DOWN } else { icons::CARET_RIGHT };
    let painter = ui.painter();
    let font = || theme::body_font(theme::CAPTION);
    let lay = |text: &str, colour| painter.layout_no_wrap(text.to_owned(), font(), colour);
    let y = |galley: &egui::Galley| (rect.center().y - galley.size().y * 0.5).round();
    let caret = lay(caret, ink);
    let left = rect.left() + indent;
    painter.galley(egui::pos2(left, y(&caret)), caret, ink);
    let title = painter.layout_no_wrap(title.to_owned(), theme::strong_font(theme::CAPTION), ink);
    painter.galley(egui::pos2(left + space::L, y(&title)), title, ink);
    let right = lay(right, tokens.text_muted);
    let x = rect.right() - indent - right.size().x;
    painter.galley(egui::pos2(x, y(&right)), right, ink);
    response.on_hover_cursor(egui::CursorIcon::PointingHand)
}

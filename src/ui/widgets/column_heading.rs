//! The heading of a table's column, by which the table is sorted.
//!
//! Knows no tables; whoever shows one says where its columns are.

use egui::{AsIdSalt, Rect, Role, Sense, Ui, WidgetInfo};

use crate::ui::icons;
use crate::ui::theme::{self, tokens};

use super::{focus_ring, one_line, put};

/// Shows the name of a column and returns whether it was clicked.
///
/// `sorted` tells whether the table is sorted by it, and then whether the largest come first; figures stand at
/// the right end.
pub(in crate::ui) fn column_heading(
    ui: &Ui,
    cell: Rect,
    salt: impl AsIdSalt,
    name: &str,
    sorted: Option<bool>,
    is_figure: bool,
) -> bool {
    let tokens = tokens(ui);
    let response = ui.interact(cell, ui.scope_id().with(salt), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::ColumnHeader, true, format!("Sort by {name}")));
    let ink = if sorted.is_some() || response.hovered() { tokens.text } else { tokens.text_muted };
    let caret = match sorted {
        Some(true) => icons::CARET_DOWN,
        Some(false) => icons::CARET_UP,
        None => "",
    };
    let text = format!("{name} {caret}");
    let galley = one_line(ui, text.trim_end(), theme::body_font(theme::CAPTION), ink, cell.width());
    let x = if is_figure { cell.right() - galley.size().x } else { cell.left() };
    put(ui, galley, x, cell.center().y);
    if response.has_focus() {
        focus_ring(ui, cell, 2);
    }
    response.on_hover_text(format!("Sort by {}", name.to_lowercase())).clicked()
}

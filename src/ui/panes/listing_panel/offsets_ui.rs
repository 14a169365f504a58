//! The column beside a listing that says where in the binary each line stands.

use egui::{Align2, Rect, Role, Sense, Ui, WidgetInfo, pos2};

use crate::app::ListingPages;
use crate::engine::listing::Listing;
use crate::ui::theme::{self, space, tokens};

/// Least digits of an offset, so that small binaries look alike.
const LEAST_DIGITS: usize = 4;

/// Returns the width that the offsets of a binary need.
pub(super) fn offsets_width(ui: &Ui, listing: &Listing) -> f32 {
    let widest = offset_text(listing, listing.wasm().len() as u64);
    let font = theme::code_font(theme::FIGURE);
    let galley = ui.painter().layout_no_wrap(widest, font, tokens(ui).text_faint);
    (galley.size().x + space::M + space::S).ceil()
}

/// Shows the offsets of the rows in view, each a line from 0 and the middle of its row; those of lines that
/// are not there yet come with them.
pub(super) fn offsets_ui(
    ui: &Ui,
    rect: Rect,
    rows: &[(usize, f32)],
    listing: &Listing,
    pages: &ListingPages,
) {
    let response = ui.interact(rect, ui.scope_id().with("offsets"), Sense::hover());
    let painter = ui.painter_at(rect);
    let ink = tokens(ui).text_faint;
    let mut told = Vec::new();
    for (row, y) in rows {
        let Some(offset) = pages.offset(super::line_number(*row)) else { continue };
        let text = offset_text(listing, offset);
        let at = pos2(rect.right() - space::S, *y);
        painter.text(at, Align2::RIGHT_CENTER, &text, theme::code_font(theme::FIGURE), ink);
        told.push(text);
    }
    response.widget_info(|| WidgetInfo::labeled(Role::Group, true, "Offsets in the binary"));
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_value(told.join("\n")));
    response.on_hover_text("Bytes from the start of the binary");
}

/// Writes an offset with as many digits as the largest one of the binary.
fn offset_text(listing: &Listing, offset: u64) -> String {
    let digits = format!("{:x}", listing.wasm().len()).len().max(LEAST_DIGITS);
    format!("{offset:#0width$x}", width = digits + 2)
}

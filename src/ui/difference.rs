//! A difference between two texts as rows with signs, colours and the lines of both sides.
//!
//! Lays out only the rows in view; knows no files.

use egui::{Align2, Color32, Frame, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use super::theme::{self, caption, code_font, space, tokens};
use super::widgets::one_line;
use crate::app::DifferenceView;
use crate::model::difference::{DifferenceRow, RowKind};

/// Width of a dialog that shows a difference.
pub(super) const WIDTH: f32 = 860.0;

/// Height of the rows in view.
const HEIGHT: f32 = 360.0;

/// Height of a row.
const ROW: f32 = 19.0;

/// Room for a line's number.
const NUMBER: f32 = 46.0;

/// Shows the difference, or that it is being looked for.
pub(super) fn difference_ui(ui: &mut Ui, view: &DifferenceView) {
    let tokens = tokens(ui);
    let Some(difference) = &view.made else {
        ui.label("Comparing");
        return;
    };
    if difference.rows.is_empty() {
        ui.label(caption("Both texts are the same").color(tokens.text_muted));
        return;
    }
    ui.horizontal(|ui| {
        ui.label(caption(format!("− {} on disk alone", difference.removed)).color(tokens.error));
        ui.label(caption(format!("+ {} in your text alone", difference.added)).color(tokens.ok));
        if difference.is_cut {
            ui.label(caption("cut: there is more").color(tokens.text_muted));
        }
    });
    Frame::new().fill(tokens.raised).corner_radius(space::RADIUS).inner_margin(4).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let scroll = ScrollArea::vertical().max_height(HEIGHT).min_scrolled_height(HEIGHT);
        let scroll = scroll.auto_shrink([false, true]);
        scroll.show_rows(ui, ROW, difference.rows.len(), |ui, range| {
            for row in &difference.rows[range] {
                row_ui(ui, row);
            }
        });
    });
}

fn row_ui(ui: &mut Ui, row: &DifferenceRow) {
    let tokens = tokens(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let label = format!("{} {}", row.kind.sign(), row.text);
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, label.trim_end()));
    let (ink, ground) = match row.kind {
        RowKind::Same => (tokens.text, Color32::TRANSPARENT),
        RowKind::Removed => (tokens.error, tokens.error.gamma_multiply(0.12)),
        RowKind::Added => (tokens.ok, tokens.ok.gamma_multiply(0.12)),
        RowKind::Gap => (tokens.text_faint, Color32::TRANSPARENT),
    };
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    painter.rect_filled(rect, 2.0, ground);
    let y = rect.center().y;
    let number = |line: Option<u32>| line.map(|line| line.to_string()).unwrap_or_default();
    for (line, right) in [(row.old_line, NUMBER), (row.new_line, 2.0 * NUMBER)] {
        let at = pos2(rect.left() + right - space::S, y);
        let font = code_font(theme::CAPTION);
        painter.text(at, Align2::RIGHT_CENTER, number(line), font, tokens.text_faint);
    }
    let left = rect.left() + 2.0 * NUMBER;
    let font = code_font(theme::STRONG);
    painter.text(pos2(left, y), Align2::LEFT_CENTER, row.kind.sign(), font.clone(), ink);
    let text = row.text.replace('\t', "    ");
    let galley = one_line(ui, &text, font, ink, rect.right() - left - space::L);
    if galley.elided {
        response.on_hover_text(theme::code(row.text.as_str()));
    }
    let middle = galley.size().y * 0.5;
    painter.galley(pos2(left + space::L, y - middle), galley, ink);
}

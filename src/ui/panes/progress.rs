//! A thin bar that fills, and bringing what is new into view.
//!
//! Knows nothing of what is under way.

use egui::{Color32, Id, Rect, Sense, Ui, vec2};

use crate::ui::theme::tokens;

/// Shows how much of something is done, from 0 to 1.
pub(super) fn progress_bar(ui: &mut Ui, share: f64, colour: Color32) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 4.0), Sense::hover());
    ui.painter().rect_filled(rect, 2.0, tokens(ui).border);
    let mut done = rect;
    #[allow(clippy::cast_possible_truncation, reason = "a bar is a few hundred points long")]
    done.set_width(rect.width() * share.clamp(0.0, 1.0) as f32);
    ui.painter().rect_filled(done, 2.0, colour);
}

/// Scrolls to what stands at `rect` when `stamp` is another than it was in the last frame.
pub(super) fn reveal_when_new(ui: &Ui, name: &str, rect: Rect, stamp: u64) {
    let id = Id::unique(("revealed", name));
    let before = ui.data_mut(|data| std::mem::replace(data.get_temp_mut_or(id, stamp), stamp));
    if before != stamp {
        ui.scroll_to_rect(rect, None);
    }
}

//! The Sizes pane: what the binary in front is made of, as a table and as a treemap.
//!
//! Knows no binary format; sizes come from the workers, and a click goes to the place in the listing.

mod table;
mod treemap;

use std::cmp::Reverse;
use std::sync::Arc;

use egui::{Rect, Ui, UiBuilder};

use crate::app::{Action, AppState, Source, SourceAction, SourceContent};
use crate::model::diagnostic::Place;
use crate::model::humanize::{self, bytes, grouped, percent};
use crate::model::module_sizes::ModuleSizes;
use crate::model::size_tree::{Part, PartKind, parts};
use crate::ui::icons;
use crate::ui::theme::{self, space, tokens};
use crate::ui::widgets::{Chip, empty_state, hairline, text_field};

use super::row_scroll::RowScroll;

/// Least width of the pane that has the treemap beside the table.
const WIDE: f32 = 560.0;

/// Least width of the table beside it, so that names have room.
const LEAST_TABLE: f32 = 310.0;

/// By what the table is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Size,
    Name,
    Offset,
}

/// The Sizes pane.
pub(in crate::ui) struct SizesPane {
    /// The sizes that `parts` were made of.
    of: Option<Arc<ModuleSizes>>,
    parts: Vec<Part>,
    /// Parts that are listed, by their place in `parts`, in order.
    rows: Vec<usize>,
    filter: String,
    kind: Option<PartKind>,
    order: Order,
    is_descending: bool,
    is_stale: bool,
    scroll: RowScroll,
    treemap: treemap::Treemap,
}

impl Default for SizesPane {
    fn default() -> Self {
        Self {
            of: None,
            parts: Vec::new(),
            rows: Vec::new(),
            filter: String::new(),
            kind: None,
            order: Order::Size,
            is_descending: true,
            is_stale: true,
            scroll: RowScroll::from_start(),
            treemap: treemap::Treemap::default(),
        }
    }
}

impl SizesPane {
    pub(in crate::ui) fn ui(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        let Some(source) = state.active_source() else {
            let hint = "Open a module or a component to see what takes up its space";
            empty_state(ui, icons::CHART_BAR, "No source is open", hint);
            return;
        };
        let is_binary = matches!(source.content, SourceContent::Binary { .. });
        if !is_binary && source.good.is_none() {
            let hint = "When the text compiles, its functions, data and sections are listed here";
            empty_state(ui, icons::CHART_BAR, "No sizes yet", hint);
            return;
        }
        let sizes = &source.reading.sizes;
        if sizes.asked != Some(source.sizes_generation()) {
            actions.push(Action::Source(SourceAction::MeasureSizes(source.id)));
        }
        match sizes.known.as_ref().map(|(_, known)| known) {
            None => {
                empty_state(ui, icons::CHART_BAR, "The binary is being measured", "");
            }
            Some(Err(message)) => {
                empty_state(ui, icons::WARNING, "The binary can't be measured", message);
            }
            Some(Ok(sizes)) => {
                self.take(sizes);
                self.sizes_ui(ui, source, sizes, actions);
            }
        }
    }

    fn take(&mut self, sizes: &Arc<ModuleSizes>) {
        if !self.of.as_ref().is_some_and(|of| Arc::ptr_eq(of, sizes)) {
            self.of = Some(Arc::clone(sizes));
            self.parts = parts(sizes);
            self.is_stale = true;
            self.treemap = treemap::Treemap::default();
        }
        if std::mem::take(&mut self.is_stale) {
            self.sort();
        }
    }

    /// Lists the parts that the filter lets through, in the order that was asked for.
    fn sort(&mut self) {
        let wanted = self.filter.to_lowercase();
        let kind = self.kind;
        let lets_through = |part: &Part| {
            kind.is_none_or(|kind| part.kind == kind)
                && (wanted.is_empty() || part.name.to_lowercase().contains(&wanted))
        };
        let parts = &self.parts;
        self.rows = (0..parts.len()).filter(|at| lets_through(&parts[*at])).collect();
        match self.order {
            Order::Size => self.rows.sort_by_key(|at| (Reverse(parts[*at].bytes), parts[*at].offset)),
            Order::Name => self.rows.sort_by(|left, right| parts[*right].name.cmp(&parts[*left].name)),
            Order::Offset => self.rows.sort_by_key(|at| Reverse(parts[*at].offset)),
        }
        if !self.is_descending {
            self.rows.reverse();
        }
        self.scroll = RowScroll::from_start();
    }

    fn sizes_ui(&mut self, ui: &mut Ui, source: &Source, sizes: &ModuleSizes, actions: &mut Vec<Action>) {
        ui.add_space(space::XS);
        self.filter_ui(ui, source, sizes);
        hairline(ui);
        ui.spacing_mut().item_spacing.y = 0.0;
        let whole = ui.available_rect_before_wrap();
        let (left, right) = if whole.width() >= WIDE {
            let middle = (whole.left() + (whole.width() * 0.46).max(LEAST_TABLE)).round();
            (
                Rect { max: egui::pos2(middle, whole.bottom()), ..whole },
                Some(Rect { min: egui::pos2(middle + 1.0, whole.top()), ..whole }),
            )
        } else {
            (whole, None)
        };
        let mut chosen =
            ui.scope_builder(UiBuilder::new().max_rect(left), |ui| self.table_ui(ui, sizes.bytes)).inner;
        if let Some(right) = right {
            ui.painter().vline(
                right.left() - 0.5,
                right.y_range(),
                egui::Stroke::new(1.0, tokens(ui).border),
            );
            let map = ui.scope_builder(UiBuilder::new().max_rect(right), |ui| {
                self.treemap.ui(ui, &self.parts, &self.rows, sizes.bytes)
            });
            chosen = chosen.or(map.inner);
        }
        if let Some(part) = chosen.and_then(|at| self.parts.get(at)) {
            // The body of a function begins after its size, which takes five bytes at most.
            let offset = sizes
                .functions
                .binary_search_by_key(&part.offset, |function| function.offset)
                .map_or(part.offset, |at| body_offset(sizes.functions[at].offset, sizes.functions[at].bytes));
            let place = Place { offset: Some(offset), ..Place::default() };
            actions.push(Action::Source(SourceAction::GoTo(source.id, place)));
        }
    }

    fn filter_ui(&mut self, ui: &mut Ui, source: &Source, sizes: &ModuleSizes) {
        ui.horizontal(|ui| {
            ui.add_space(space::M);
            let field = text_field("Filter sizes", &mut self.filter);
            let response = ui.add(field.hint("Filter").icon(icons::MAGNIFYING_GLASS).width(160.0));
            self.is_stale |= response.changed();
            let label = self.kind.map_or("All kinds", PartKind::label);
            let chip = ui.add(Chip::small_menu(label)).on_hover_text("Kinds that are listed");
            let before = self.kind;
            egui::Popup::menu(&chip).show(|ui| {
                ui.selectable_value(&mut self.kind, None, "All kinds");
                for kind in PartKind::ALL {
                    ui.selectable_value(&mut self.kind, Some(kind), kind.label());
                }
            });
            self.is_stale |= self.kind != before;
            if self.is_stale {
                ui.ctx().request_repaint();
            }
            let muted = tokens(ui).text_muted;
            let total = theme::caption(format!("{} in all", bytes(sizes.bytes))).color(muted);
            ui.label(total).on_hover_text(format!("{} bytes", grouped(sizes.bytes)));
            let listed: u64 = self.rows.iter().map(|at| self.parts[*at].bytes).sum();
            if self.rows.len() < self.parts.len() {
                let count = humanize::count(self.rows.len() as u64);
                let text = format!("{count} listed, {}, {}", bytes(listed), percent(listed, sizes.bytes));
                ui.label(theme::caption(text).color(muted));
            }
            if let Some(good) = source.good.as_ref().filter(|_| self.rows.len() == self.parts.len()) {
                let code = good.build.code_bytes();
                let text = format!("compiled to {}", bytes(code));
                let hint = format!("{} bytes of machine code and its tables", grouped(code));
                ui.label(theme::caption(text).color(muted)).on_hover_text(hint);
            }
            if source.is_ahead_of_build() && matches!(source.content, SourceContent::Text(_)) {
                ui.label(theme::caption("of the last good build").color(tokens(ui).warning));
            }
        });
    }

    fn table_ui(&mut self, ui: &mut Ui, total: u64) -> Option<usize> {
        if let Some(order) = table::header_ui(ui, self.order, self.is_descending) {
            self.is_descending = if self.order == order { !self.is_descending } else { order == Order::Size };
            self.order = order;
            self.is_stale = true;
            ui.ctx().request_repaint();
        }
        if self.rows.is_empty() {
            empty_state(ui, icons::FUNNEL, "Nothing matches the filter", "Clear the text or list all kinds");
            return None;
        }
        let largest = self.rows.iter().map(|at| self.parts[*at].bytes).max().unwrap_or(1);
        let (parts, rows) = (&self.parts, &self.rows);
        let mut chosen = None;
        self.scroll.show(ui, "Sizes list", rows.len() as u64, table::ROW, |ui, row, rect| {
            let Some(at) = usize::try_from(row).ok().and_then(|row| rows.get(row)) else { return };
            if table::row_ui(ui, rect, &parts[*at], largest, total) {
                chosen = Some(*at);
            }
        });
        chosen
    }
}

/// Returns where the body of a function begins whose entry takes so many bytes.
fn body_offset(entry: u64, bytes: u64) -> u64 {
    // An entry is the size of the body in seven bits a byte, then the body.
    let digits = (1..=5).find(|digits| bytes.saturating_sub(*digits) < 1 << (7 * digits)).unwrap_or(5);
    entry + digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_begins_after_its_size() {
        for (bytes, expected) in [(3, 1), (128, 1), (129, 2), (130, 2), (16_385, 2), (16_387, 3)] {
            assert_eq!(body_offset(100, bytes), 100 + expected, "{bytes}");
        }
    }
}

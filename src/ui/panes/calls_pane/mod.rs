//! Every call of the selected plugin as a row, and all that is known of the selected one.
//!
//! Figures come from the timeline, which keeps millions; arguments, results and places from the records,
//! which are kept of the newest calls only.

mod details;
mod rows;
mod table;

use egui::{Key, Ui};

use crate::app::{Action, AppState, CallAction, ExportFormat, PluginAction, PluginView};
use crate::model::humanize;
use crate::ui::icons;
use crate::ui::theme::{self, space, tokens};
use crate::ui::widgets::{Chip, empty_state, hairline, icon_button, text_field};

use super::row_scroll::{RowScroll, thin_focus_ring};
use super::timing_pane::brush_chips;
use rows::{Column, MOST_SORTED, OutcomeFilter, Rows, Wish};

/// Least width of the pane that has the details beside the table.
const WIDE: f32 = 560.0;
/// Width of the details.
const DETAILS: f32 = 260.0;

/// The calls of the selected plugin.
#[derive(Debug)]
pub(in crate::ui) struct CallsPane {
    text: String,
    outcome: OutcomeFilter,
    sort: Column,
    is_descending: bool,
    rows: Rows,
    scroll: RowScroll,
    // Plugin and call that the list was moved to last.
    shown: Option<(crate::model::ids::PluginId, Option<u64>)>,
}

impl Default for CallsPane {
    fn default() -> Self {
        Self {
            text: String::new(),
            outcome: OutcomeFilter::All,
            sort: Column::Number,
            is_descending: true,
            rows: Rows::default(),
            scroll: RowScroll::from_start(),
            shown: None,
        }
    }
}

impl CallsPane {
    /// Shows Clear and the exports, from the right edge.
    pub(in crate::ui) fn bar_right_ui(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        let Some(plugin) = state.selected_plugin().filter(|plugin| !plugin.calls.timeline.is_empty()) else {
            return;
        };
        let mut push = |action| actions.push(Action::Plugin(plugin.id, action));
        if ui.add(icon_button(icons::EXPORT, "Export calls as CSV").small()).clicked() {
            push(PluginAction::ExportCalls(ExportFormat::Csv));
        }
        if ui.add(icon_button(icons::BRACKETS_CURLY, "Export calls as JSON").small()).clicked() {
            push(PluginAction::ExportCalls(ExportFormat::Json));
        }
        if ui.add(icon_button(icons::TRASH, "Clear calls").small()).clicked() {
            push(PluginAction::ResetMetrics);
        }
        let counts = plugin.calls.timeline.counts();
        let noun = if counts.total() == 1 { "call" } else { "calls" };
        let mut text = format!("{} {noun}", humanize::count(counts.total()));
        if counts.failures() > 0 {
            text += &format!(", {} failed", humanize::count(counts.failures()));
        }
        let exact = format!(
            "{} {noun}, {} failed",
            humanize::grouped(counts.total()),
            humanize::grouped(counts.failures())
        );
        ui.label(theme::caption(text).color(tokens(ui).text_muted)).on_hover_text(exact);
    }

    /// Shows the filter, the table and the selected call.
    pub(in crate::ui) fn ui(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        let Some(plugin) = state.selected_plugin() else {
            let hint = "Compile a source to get a plugin; its calls are listed here";
            empty_state(ui, icons::LIST_NUMBERS, "No plugin is selected", hint);
            return;
        };
        if plugin.calls.timeline.is_empty() {
            let hint = "Choose an export, fill in its arguments and press Call";
            empty_state(ui, icons::LIST_NUMBERS, "No calls yet", hint);
            return;
        }
        let wish = Wish {
            plugin: plugin.id,
            text: self.text.clone(),
            outcome: self.outcome,
            brush: plugin.calls.brush,
            sort: self.sort,
            is_descending: self.is_descending,
        };
        let now = ui.input(|input| input.time);
        if self.rows.catch_up(&wish, &plugin.calls, now) {
            ui.ctx().request_repaint();
        }
        ui.add_space(space::XS);
        self.filter_ui(ui, plugin, actions);
        hairline(ui);
        ui.spacing_mut().item_spacing.y = 0.0;
        let has_details = plugin.calls.selected.is_some() && ui.available_width() >= WIDE;
        if !has_details {
            self.table_ui(ui, plugin, actions);
            return;
        }
        let whole = ui.available_rect_before_wrap();
        let (mut left, mut right) = (whole, whole);
        left.set_right(whole.right() - DETAILS);
        right.set_left(left.right());
        ui.scope_builder(egui::UiBuilder::new().max_rect(left), |ui| self.table_ui(ui, plugin, actions));
        ui.painter().vline(right.left() + 0.5, right.y_range(), egui::Stroke::new(1.0, tokens(ui).border));
        right.set_left(right.left() + 1.0);
        ui.scope_builder(egui::UiBuilder::new().max_rect(right), |ui| {
            details::details_ui(ui, state, plugin, actions);
        });
    }

    fn filter_ui(&mut self, ui: &mut Ui, plugin: &PluginView, actions: &mut Vec<Action>) {
        ui.horizontal(|ui| {
            ui.add_space(space::M);
            let field = text_field("Filter calls", &mut self.text);
            ui.add(field.hint("Filter").icon(icons::MAGNIFYING_GLASS).width(180.0));
            let chip =
                ui.add(Chip::small_menu(self.outcome.label())).on_hover_text("Outcomes that are listed");
            egui::Popup::menu(&chip).show(|ui| {
                for outcome in OutcomeFilter::ALL {
                    ui.selectable_value(&mut self.outcome, outcome, outcome.label());
                }
            });
            brush_chips(ui, plugin, actions);
            let muted = tokens(ui).text_muted;
            let progress = self.rows.progress();
            let matches = humanize::count(self.rows.num_matches() as u64);
            let is_filtered = !self.text.trim().is_empty()
                || self.outcome != OutcomeFilter::All
                || plugin.calls.brush.is_set();
            if progress < 100 {
                ui.label(theme::caption(format!("{matches} found, looking, {progress} %")).color(muted));
            } else if is_filtered {
                ui.label(theme::caption(format!("{matches} found")).color(muted));
            }
            if self.sort != Column::Number && self.rows.num_matches() > MOST_SORTED {
                let most = humanize::grouped(MOST_SORTED as u64);
                ui.label(theme::caption(format!("the newest {most} are sorted")).color(muted));
            }
        });
    }

    fn table_ui(&mut self, ui: &mut Ui, plugin: &PluginView, actions: &mut Vec<Action>) {
        let layout = table::Layout::of(ui.available_width());
        if let Some(column) = table::header_ui(ui, &layout, self.sort, self.is_descending) {
            // The second click on a column turns it around; figures are wanted largest first.
            self.is_descending =
                if self.sort == column { !self.is_descending } else { column != Column::Call };
            self.sort = column;
            self.scroll = RowScroll::from_start();
        }
        if self.rows.len() == 0 {
            if self.rows.progress() >= 100 {
                let hint = if plugin.calls.brush.is_set() {
                    "Clear the text, list all outcomes or give up what is selected in Timing"
                } else {
                    "Clear the text or list all outcomes"
                };
                empty_state(ui, icons::FUNNEL, "No call matches the filter", hint);
            }
            return;
        }
        self.follow_selection(plugin);
        let rows = &self.rows;
        let response = self.scroll.show(ui, "Calls list", rows.len() as u64, table::ROW, |ui, row, rect| {
            if let Some(number) = usize::try_from(row).ok().and_then(|row| rows.number(row)) {
                table::row_ui(ui, rect, &layout, plugin, number, actions);
            }
        });
        self.keys(ui, &response, plugin, actions);
    }

    /// Puts a call into view that was selected elsewhere.
    fn follow_selection(&mut self, plugin: &PluginView) {
        let now = (plugin.id, plugin.calls.selected);
        if self.shown == Some(now) {
            return;
        }
        self.shown = Some(now);
        if let Some(row) = plugin.calls.selected.and_then(|number| self.rows.row_of(number)) {
            self.scroll.reveal(row as u64);
        }
    }

    fn keys(&mut self, ui: &Ui, list: &egui::Response, plugin: &PluginView, actions: &mut Vec<Action>) {
        if !list.has_focus() {
            return;
        }
        thin_focus_ring(ui, list.rect);
        let arrows = egui::EventFilter { vertical_arrows: true, ..egui::EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(list.id, arrows));
        let last = self.rows.len() - 1;
        let page = usize::try_from(self.scroll.page_rows()).unwrap_or(1);
        let now = plugin.calls.selected.and_then(|number| self.rows.row_of(number));
        let (target, is_enter) = ui.input(|input| {
            let steps = [
                (Key::ArrowUp, now.map_or(0, |row| row.saturating_sub(1))),
                (Key::ArrowDown, now.map_or(0, |row| row + 1)),
                (Key::PageUp, now.map_or(0, |row| row.saturating_sub(page))),
                (Key::PageDown, now.map_or(0, |row| row + page)),
                (Key::Home, 0),
                (Key::End, last),
            ];
            let target =
                steps.into_iter().find(|(key, _)| input.key_pressed(*key)).map(|(_, row)| row.min(last));
            (target, input.key_pressed(Key::Enter))
        });
        if let Some(number) = target.and_then(|row| self.rows.number(row)) {
            actions.push(Action::Plugin(plugin.id, PluginAction::SelectCall(Some(number))));
        }
        if let Some(number) = plugin.calls.selected.filter(|_| is_enter) {
            actions.push(Action::Call(CallAction::CallAgain(number)));
        }
    }
}

//! The Calls pane: every call as a row.
//!
//! Knows no engine; records come from the program's state.

use egui::{ScrollArea, Ui};

use crate::app::{Action, AppState, PluginAction};
use crate::model::humanize;
use crate::ui::icons;
use crate::ui::theme::space;
use crate::ui::widgets::{empty_state, row};

/// The Calls pane.
#[derive(Default)]
pub(super) struct CallsPane;

impl CallsPane {
    pub(super) fn ui(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        let Some(plugin) = state.selected_plugin().filter(|plugin| !plugin.calls.records.is_empty()) else {
            empty_state(ui, icons::LIST, "No calls yet", "Each call becomes a row here.");
            return;
        };
        let records = &plugin.calls.records;
        ScrollArea::vertical().auto_shrink(false).show_rows(ui, space::ROW, records.len(), |ui, rows| {
            for record in records.iter().rev().skip(rows.start).take(rows.len()) {
                let text = format!("#{} {}", record.number, record.export);
                let right = format!("{} · {}", record.outcome.word(), humanize::duration_ns(record.wall_ns));
                let is_selected = plugin.calls.selected == Some(record.number);
                if ui.add(row(&text).right(&right).selected(is_selected)).clicked() {
                    let select = PluginAction::SelectCall(Some(record.number));
                    actions.push(Action::Plugin(plugin.id, select));
                }
            }
        });
    }
}

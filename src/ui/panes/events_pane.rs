//! The Events pane: what happened, newest last.
//!
//! Knows no worker; events come from the program's log.

use egui::{ScrollArea, Ui};

use crate::app::{Action, AppState};
use crate::ui::icons;
use crate::ui::theme::space;
use crate::ui::widgets::{empty_state, row};

/// The Events pane.
#[derive(Default)]
pub(super) struct EventsPane;

impl EventsPane {
    pub(super) fn ui(&mut self, ui: &mut Ui, state: &AppState, _actions: &mut Vec<Action>) {
        if state.events.is_empty() {
            empty_state(
                ui,
                icons::CHAT_TEXT,
                "No events yet",
                "Calls, states and lines that guests log come here.",
            );
            return;
        }
        let count = state.events.len();
        let scroll = ScrollArea::vertical().auto_shrink(false).stick_to_bottom(true);
        scroll.show_rows(ui, space::ROW, count, |ui, rows| {
            for entry in state.events.iter().skip(rows.start).take(rows.len()) {
                let name = entry.plugin.as_ref().map_or("", |plugin| &plugin.name);
                ui.add(row(&entry.kind.summary()).right(name));
            }
        });
    }
}

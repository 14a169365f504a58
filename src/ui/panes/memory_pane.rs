//! The Memory pane: linear memory as bytes.
//!
//! Holds no guest memory: it asks for the part that is seen.

use egui::Ui;

use crate::app::{Action, AppState};
use crate::model::humanize;
use crate::ui::icons;
use crate::ui::widgets::{empty_state, section};

/// The Memory pane.
#[derive(Default)]
pub(super) struct MemoryPane;

impl MemoryPane {
    pub(super) fn ui(&mut self, ui: &mut Ui, state: &AppState, _actions: &mut Vec<Action>) {
        let Some(plugin) = state.selected_plugin() else {
            empty_state(
                ui,
                icons::STACK,
                "No memory yet",
                "The memory of the selected plugin is shown here.",
            );
            return;
        };
        section(ui, |ui| ui.label(humanize::pages(plugin.usage.memory_pages)));
    }
}

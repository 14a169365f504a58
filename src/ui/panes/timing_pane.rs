//! The Timing pane: figures of every call.
//!
//! Knows no engine; the figures come from the plugin's timeline.

use egui::Ui;

use crate::app::{Action, AppState};
use crate::model::humanize;
use crate::ui::icons;
use crate::ui::theme::{caption, tokens};
use crate::ui::widgets::{empty_state, section};

/// The Timing pane.
#[derive(Default)]
pub(super) struct TimingPane;

impl TimingPane {
    pub(super) fn ui(&mut self, ui: &mut Ui, state: &AppState, _actions: &mut Vec<Action>) {
        let Some(plugin) = state.selected_plugin().filter(|plugin| !plugin.calls.timeline.is_empty()) else {
            empty_state(ui, icons::CHART_LINE, "No calls yet", "Each call becomes a point here.");
            return;
        };
        section(ui, |ui| ui.label(format!("{} calls", plugin.calls.timeline.len())));
    }

    pub(super) fn bar_right_ui(&mut self, ui: &mut Ui, state: &AppState, _actions: &mut Vec<Action>) {
        let Some(plugin) = state.selected_plugin() else { return };
        let metrics = plugin.calls.metrics.snapshot();
        for (name, value) in [("p99", metrics.p99_ns), ("p95", metrics.p95_ns), ("p50", metrics.p50_ns)] {
            if let Some(nanos) = value {
                let text = format!("{name} {}", humanize::duration_ns(nanos));
                ui.label(caption(text).color(tokens(ui).text_muted));
            }
        }
    }
}

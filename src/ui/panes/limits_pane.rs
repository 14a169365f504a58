//! The Limits pane: a field for each limit, and what is used of it.
//!
//! Knows no engine; texts are read by the program's state.

use egui::{ScrollArea, Ui};

use crate::app::{Action, AppState, PluginAction};
use crate::model::limits::{LimitKind, Preset};
use crate::ui::icons;
use crate::ui::widgets::{Chip, empty_state, field_error, section, text_field};

/// The Limits pane.
#[derive(Default)]
pub(super) struct LimitsPane;

impl LimitsPane {
    pub(super) fn ui(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        let Some(plugin) = state.selected_plugin() else {
            empty_state(ui, icons::GAUGE, "No limits yet", "They are shown once there is a plugin.");
            return;
        };
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            section(ui, |ui| {
                for kind in LimitKind::SETTABLE {
                    let mut text = plugin.limit_text(kind);
                    let field = plugin.limit_fields.get(&kind);
                    let error = field.and_then(|field| field.error.as_deref());
                    ui.horizontal(|ui| {
                        ui.label(kind.label());
                        if ui.add(text_field(kind.label(), &mut text).error(error)).changed() {
                            actions.push(Action::Plugin(plugin.id, PluginAction::SetLimitText(kind, text)));
                        }
                    });
                    if let Some(error) = error {
                        field_error(ui, error);
                    }
                }
            });
        });
    }

    pub(super) fn bar_right_ui(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        let Some(plugin) = state.selected_plugin() else { return };
        let label = plugin.options.limits.preset().map_or("Custom", Preset::label);
        let response = ui.add(Chip::small_menu(label));
        egui::Popup::menu(&response).show(|ui| {
            for preset in Preset::ALL {
                if ui.button(preset.label()).clicked() {
                    actions.push(Action::Plugin(plugin.id, PluginAction::SetPreset(preset)));
                }
            }
        });
    }
}

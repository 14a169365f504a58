//! The Exports pane: what the plugin offers and asks for.
//!
//! Knows no engine; a click selects a function or goes to a definition.

use egui::{ScrollArea, Ui};

use crate::app::{Action, AppState, CallAction};
use crate::model::interface::ExternType;
use crate::ui::icons;
use crate::ui::theme::code;
use crate::ui::widgets::{empty_state, row, section};

/// The Exports pane.
#[derive(Default)]
pub(super) struct ExportsPane;

impl ExportsPane {
    pub(super) fn ui(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        let Some(interface) = state.shown_interface() else {
            empty_state(ui, icons::FUNCTION, "No exports yet", "They are listed once the source compiles.");
            return;
        };
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            if let Some(wit) = &interface.wit {
                section(ui, |ui| ui.label(code(wit.as_str())));
            }
            for export in &interface.exports {
                if let ExternType::Func(signature) = &export.ty {
                    let right = signature.to_string();
                    let is_selected = state.selection.export.as_deref() == Some(&export.name);
                    let shown = row(&export.name).icon(icons::FUNCTION).right(&right).right_code();
                    if ui.add(shown.selected(is_selected)).clicked() {
                        actions.push(Action::Call(CallAction::SelectExport(export.name.clone())));
                    }
                } else {
                    ui.add(row(&export.name).icon(icons::CUBE));
                }
            }
        });
    }
}

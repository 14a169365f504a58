//! The Call pane: a field for each argument, Call and Stop, and how the last call ended.
//!
//! Knows no engine; texts are read by the form in the program's state.

use egui::Ui;

use crate::app::{Action, AppState, CallAction, CallForm, PluginView, UiCommand};
use crate::model::call::CallRecord;
use crate::model::signature::FuncSignature;
use crate::model::value::Value;
use crate::ui::icons;
use crate::ui::theme::{code, strong, tokens};
use crate::ui::widgets::{
    card, card_heading, empty_state, field_error, primary_button, quiet_button, section, text_field,
};

/// The Call pane.
#[derive(Default)]
pub(super) struct CallPane {
    wants_focus: bool,
}

impl CallPane {
    /// Asks for the keyboard to go into the first field.
    pub(super) fn focus(&mut self) {
        self.wants_focus = true;
    }

    pub(super) fn ui(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        let is_component = state.shown_build().is_some_and(|good| good.build.info.kind.is_component());
        if is_component && state.selected_plugin().is_none() {
            let hint = "Its interface stands in Exports; calling components comes later.";
            empty_state(ui, icons::PUZZLE_PIECE, "This is a component", hint);
            return;
        }
        let (Some((plugin, export, signature)), Some(form)) =
            (state.selected_function(), state.selected_form())
        else {
            empty_state(ui, icons::PLAY, "Nothing to call yet", "Pick a function in Exports.");
            return;
        };
        section(ui, |ui| {
            ui.label(strong(export));
            self.fields_ui(ui, signature, form, actions);
            buttons_ui(ui, state, form, actions);
            if let Some(refusal) = &plugin.refusal {
                field_error(ui, refusal);
            }
            end_ui(ui, plugin, export);
        });
    }

    fn fields_ui(
        &mut self,
        ui: &mut Ui,
        signature: &FuncSignature,
        form: &CallForm,
        actions: &mut Vec<Action>,
    ) {
        for (index, (param, arg)) in signature.params.iter().zip(&form.args).enumerate() {
            let name = param.label(index);
            let mut text = arg.text.clone();
            ui.horizontal(|ui| {
                ui.label(code(&name));
                let error = arg.value.as_ref().err().map(String::as_str);
                let response = ui.add(text_field(&name, &mut text).error(error).code());
                if std::mem::take(&mut self.wants_focus) {
                    response.request_focus();
                }
                if response.changed() {
                    actions.push(Action::Call(CallAction::SetArg(index, text)));
                }
                if response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter)) {
                    actions.push(Action::Call(CallAction::Call));
                }
            });
        }
    }
}

fn buttons_ui(ui: &mut Ui, state: &AppState, form: &CallForm, actions: &mut Vec<Action>) {
    ui.horizontal(|ui| {
        let call = UiCommand::CallFunction.action(state);
        if ui.add_enabled(call.is_ok(), primary_button(icons::PLAY, "Call")).clicked() {
            actions.extend(call);
        }
        let mut repeat = form.repeat.clone();
        if ui.add(text_field("Repeat", &mut repeat).width(64.0)).changed() {
            actions.push(Action::Call(CallAction::SetRepeat(repeat)));
        }
        let stop = UiCommand::StopCall.action(state);
        if ui.add_enabled(stop.is_ok(), quiet_button(icons::STOP, "Stop")).clicked() {
            actions.extend(stop);
        }
    });
}

fn end_ui(ui: &mut Ui, plugin: &PluginView, export: &str) {
    let Some(record) = plugin.calls.newest_of(export) else { return };
    let tokens = tokens(ui);
    if record.is_success() {
        ui.label(code(result_line(record)));
    } else {
        card(ui, tokens.error, |ui| {
            let number = format!("#{}", record.number);
            card_heading(ui, tokens.error, icons::WARNING, &record.outcome.headline(), &number);
            for text in [&record.message, &record.hint, &record.note].into_iter().flatten() {
                ui.label(text);
            }
        });
    }
}

fn result_line(record: &CallRecord) -> String {
    let results = record.results.iter().map(Value::to_text).collect::<Vec<_>>();
    format!("= {}", if results.is_empty() { "nothing".to_owned() } else { results.join(", ") })
}

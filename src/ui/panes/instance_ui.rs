//! The instance behind the calls: its buttons, its switches, and what it lacks.
//!
//! Which step may be taken is the life cycle's to say; a refusal is the tooltip of its button.

use egui::{RichText, Ui};

use super::end_card::sentence;
use super::export_words::import_name;
use super::fold::fold_header;
use crate::app::{Action, AppState, PluginAction, PluginView, UiCommand};
use crate::model::import_hints::import_hints;
use crate::model::interface::ExternType;
use crate::ui::icons;
use crate::ui::theme::{self, space, tokens};
use crate::ui::widgets::{card, card_heading, icon_button, quiet_button};

/// Most missing imports that are listed.
const MOST_MISSING: usize = 50;

/// The steps of the life cycle as buttons, from right to left, each with its command.
const STEPS: [(&str, UiCommand); 7] = [
    (icons::TRASH, UiCommand::Unload),
    (icons::POWER, UiCommand::StopPlugin),
    (icons::ARROW_CLOCKWISE, UiCommand::Reload),
    (icons::ROCKET_LAUNCH, UiCommand::Initialize),
    (icons::FAST_FORWARD, UiCommand::Resume),
    (icons::PAUSE, UiCommand::Pause),
    (icons::TERMINAL_WINDOW, UiCommand::CopyAsCommand),
];

/// The switches of an instance: label, command, what it does.
const SWITCHES: [(&str, UiCommand); 3] = [
    ("Keep instance after a trap", UiCommand::KeepAfterTrap),
    ("Keep instance until Reload", UiCommand::KeepUntilReload),
    ("Stub missing imports", UiCommand::StubMissing),
];

/// Shows the steps of the life cycle, laid out from the right.
pub(super) fn steps_ui(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    ui.spacing_mut().item_spacing.x = 2.0;
    for (icon, command) in STEPS {
        let action = command.action(state);
        let keys = command.shortcut().map(|chord| chord.to_string()).unwrap_or_default();
        let response =
            ui.add_enabled(action.is_ok(), icon_button(icon, command.label()).shortcut(&keys).small());
        let response = match &action {
            Ok(_) => response,
            Err(reason) => response.on_disabled_hover_text(format!("{}: {reason}", command.label())),
        };
        if response.clicked() {
            actions.extend(action);
        }
    }
}

/// Shows the switches of the instance behind a line that opens and closes them.
pub(super) fn switches_ui(ui: &mut Ui, state: &AppState, is_open: &mut bool, actions: &mut Vec<Action>) {
    if fold_header(ui, "Instance", "", *is_open, 0.0).clicked() {
        *is_open = !*is_open;
    }
    if !*is_open {
        return;
    }
    for (label, command) in SWITCHES {
        let mut is_on = command.is_on(state).unwrap_or(false);
        let action = command.action(state);
        let response = ui.add_enabled(action.is_ok(), egui::Checkbox::new(&mut is_on, label));
        if response.on_hover_text(command.tooltip()).changed() {
            actions.extend(action);
        }
    }
}

/// Shows what a person should know of the instance, such as that its state was reset.
pub(super) fn note_ui(ui: &mut Ui, plugin: &PluginView) {
    let tokens = tokens(ui);
    if let Some(note) = &plugin.note {
        let text = format!("{} {}", icons::INFO, sentence(note));
        ui.label(theme::caption(text).color(tokens.info));
    }
}

/// Shows why what was asked of the instance last was not done.
pub(super) fn refusal_ui(ui: &mut Ui, plugin: &PluginView) {
    let tokens = tokens(ui);
    if let Some(refusal) = &plugin.refusal {
        let text = format!("{} {}", icons::PROHIBIT, sentence(refusal));
        ui.label(theme::caption(text).color(tokens.error));
    }
}

/// Lists the imports that nobody provides, and offers to run without them.
pub(super) fn missing_ui(ui: &mut Ui, plugin: &PluginView, actions: &mut Vec<Action>) {
    let missing = &plugin.missing_imports;
    if missing.is_empty() {
        return;
    }
    let warning = tokens(ui).warning;
    let headline = match missing.len() {
        1 => "1 import is missing".to_owned(),
        count => format!("{count} imports are missing"),
    };
    card(ui, warning, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.spacing_mut().interact_size.y = 20.0;
        card_heading(ui, warning, icons::PLUGS, &headline, "");
        for import in missing.iter().take(MOST_MISSING) {
            ui.horizontal_wrapped(|ui| {
                ui.label(theme::code(import_name(import)));
                if let ExternType::Func(signature) = &import.ty {
                    ui.label(theme::code(signature.to_string()).color(tokens(ui).text_muted));
                }
            });
        }
        if missing.len() > MOST_MISSING {
            ui.label(format!("and {} more", missing.len() - MOST_MISSING));
        }
        let muted = tokens(ui).text_muted;
        ui.label(
            RichText::new("Without them there is no instance; a stub ends the call that reaches it")
                .color(muted),
        );
        ui.add_space(space::XS);
        let tooltip = "Fills what is missing with functions that end the call with their name";
        if ui.add(quiet_button(icons::PLAY, "Run with stubs").tooltip(tooltip)).clicked() {
            actions.push(Action::Plugin(plugin.id, PluginAction::SetStubMissing(true)));
        }
        // Below the button, which must not be pushed out of a low pane.
        for hint in import_hints(missing) {
            let text = format!("{} {}", icons::LIGHTBULB, sentence(&hint));
            ui.add(egui::Label::new(theme::caption(text).color(tokens(ui).text)).wrap());
        }
    });
}

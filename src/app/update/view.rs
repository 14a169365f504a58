//! The window itself: looks, panes, notices, events.

use super::super::action::ViewAction;
use super::super::export;
use super::super::pane::PaneKind;
use super::super::state::{AppState, Dialog, Effect, Now};
use crate::worker::protocol::Command;

pub(super) fn update(state: &mut AppState, action: ViewAction, _now: Now, _out: &mut Vec<Command>) {
    match action {
        ViewAction::SetTheme(theme) => change_settings(state, |settings| settings.theme = theme),
        ViewAction::ScaleText(steps) => change_settings(state, |settings| settings.scale_text(steps)),
        ViewAction::ResetText => change_settings(state, super::super::settings::Settings::reset_text),
        ViewAction::ShowPalette(is_open) => state.is_palette_open = is_open,
        ViewAction::ShowShortcuts => state.dialog = Some(Dialog::Shortcuts),
        ViewAction::ShowAbout => state.dialog = Some(Dialog::About),
        ViewAction::ShowPane(pane) => state.effects.push(Effect::ShowPane(pane)),
        ViewAction::TogglePane(pane) => state.effects.push(Effect::TogglePane(pane)),
        ViewAction::ResetLayout => {
            state.session.layout = None;
            state.keeping.session_is_new = true;
            state.effects.push(Effect::ResetLayout);
        }
        ViewAction::KeepLayout(layout) => {
            if state.session.layout.as_ref() != Some(&layout) {
                state.session.layout = Some(layout);
                state.keeping.session_is_new = true;
            }
        }
        ViewAction::ShowOffsets(are_shown) => {
            state.session.shows_offsets = are_shown;
            state.keeping.session_is_new = true;
        }
        ViewAction::AskEditor(wish) => {
            state.effects.push(Effect::ShowPane(PaneKind::Source));
            state.effects.push(Effect::AskEditor(wish));
        }
        ViewAction::Copy(text) => state.effects.push(Effect::Copy(text)),
        ViewAction::DismissNotice(id) => state.notices.dismiss(id),
        ViewAction::DismissNotices => state.notices.dismiss_all(),
        ViewAction::PauseEvents(true) => state.events.pause(),
        ViewAction::PauseEvents(false) => state.events.resume(),
        ViewAction::ClearEvents => state.events.clear(),
        ViewAction::ExportEvents(format) => {
            let export = export::events(&state.events, format);
            export::ask_for_place(state, &format!("events.{}", format.extension()), export);
        }
        ViewAction::ExportFile { suggested, export } => export::ask_for_place(state, &suggested, export),
        ViewAction::Compare(pairing) => {
            if state.pairing != pairing
                && let Some(plugin) = state.selection.plugin.and_then(|id| state.plugin_mut(id))
            {
                // What is picked out by numbers belongs to the sets that were shown.
                plugin.calls.brush.set_calls(None);
            }
            state.pairing = pairing;
        }
        ViewAction::ResetAllMetrics => {
            for plugin in &mut state.plugins {
                plugin.calls.reset();
                plugin.default_fuel.clear();
                plugin.host_calls.reset();
            }
        }
    }
}

fn change_settings(state: &mut AppState, change: impl FnOnce(&mut super::super::settings::Settings)) {
    let before = state.settings.clone();
    change(&mut state.settings);
    state.keeping.settings_are_new |= state.settings != before;
}

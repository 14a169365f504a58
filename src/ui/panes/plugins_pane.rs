//! The Plugins pane: live instances, their states, and what each is doing.
//!
//! Knows no thread; states come from the program's state.

use egui::{ScrollArea, Ui};

use crate::app::{Action, AppState, PluginAction, PluginView, UiCommand};
use crate::model::humanize;
use crate::model::lifecycle::PluginState;
use crate::ui::icons;
use crate::ui::theme::{self, Tokens, space, tokens};
use crate::ui::widgets::{empty_state, icon_button, row};

/// What a row needs beside its two texts: margins, the mark and a gap.
const BESIDE: f32 = 2.0 * space::M + space::L + space::L;

/// The Plugins pane.
#[derive(Default)]
pub(super) struct PluginsPane;

impl PluginsPane {
    pub(super) fn ui(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        if state.plugins.is_empty() {
            let hint = "A source that compiles becomes a plugin by itself.";
            empty_state(ui, icons::PUZZLE_PIECE, "No plugin yet", hint);
            return;
        }
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for plugin in &state.plugins {
                plugin_row(ui, state, plugin, actions);
            }
        });
    }

    pub(super) fn bar_right_ui(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        let button = icon_button(icons::PLUS, UiCommand::NewInstance.label()).small();
        let action = UiCommand::NewInstance.action(state);
        if ui.add_enabled(action.is_ok(), button).clicked() {
            actions.extend(action);
        }
    }
}

fn plugin_row(ui: &mut Ui, state: &AppState, plugin: &PluginView, actions: &mut Vec<Action>) {
    let tokens = tokens(ui);
    let label = state.plugin_label(plugin.id);
    let colour = state_colour(tokens, plugin.state);
    let is_full = !matches!(plugin.state, PluginState::Stopped | PluginState::Created);
    let (mut right, right_colour) = doing(tokens, plugin);
    let width = |text: &str, size: f32| {
        ui.painter().layout_no_wrap(text.to_owned(), theme::body_font(size), tokens.text).size().x
    };
    let is_ready = plugin.state == PluginState::Ready;
    let needed = width(&label, theme::STRONG) + width(&right, theme::FIGURE) + BESIDE;
    if is_ready && needed > ui.available_width() {
        // The bare number is of more use than half a word.
        right = humanize::count(plugin.calls.timeline.counts().total());
    }
    let shown = row(&label)
        .dot(colour, is_full)
        .right(&right)
        .right_colour(right_colour)
        .selected(state.selection.plugin == Some(plugin.id))
        .muted(plugin.state == PluginState::Stopped);
    let calls = humanize::grouped(plugin.calls.timeline.counts().total());
    let response = ui.add(shown).on_hover_text(format!("{} · calls so far: {calls}", plugin.state.label()));
    if response.clicked() {
        actions.push(Action::Plugin(plugin.id, PluginAction::Select));
    }
    response.context_menu(|ui| {
        for (name, action) in [
            ("Initialize", PluginAction::Initialize),
            ("Reload", PluginAction::Reload),
            ("New instance", PluginAction::NewInstance),
            ("Stop plugin", PluginAction::Stop),
            ("Unload", PluginAction::Unload),
        ] {
            if ui.button(name).clicked() {
                actions.push(Action::Plugin(plugin.id, action));
            }
        }
    });
}

/// Returns the colour of a state's mark; its word stands beside it everywhere.
pub(in crate::ui) fn state_colour(tokens: &Tokens, state: PluginState) -> egui::Color32 {
    match state {
        PluginState::Ready => tokens.ok,
        PluginState::Running | PluginState::Initializing | PluginState::Compiling => tokens.info,
        PluginState::Paused => tokens.warning,
        PluginState::Error => tokens.error,
        PluginState::Created | PluginState::Stopped => tokens.text_muted,
    }
}

fn doing(tokens: &Tokens, plugin: &PluginView) -> (String, egui::Color32) {
    let calls = plugin.calls.timeline.counts().total();
    match plugin.state {
        PluginState::Error => {
            let last = plugin.calls.records.back().map(|record| record.outcome.word());
            (last.filter(|word| *word != "returned").unwrap_or("error").to_owned(), tokens.error)
        }
        PluginState::Ready if calls == 1 => ("1 call".to_owned(), tokens.text_muted),
        PluginState::Ready => (format!("{} calls", humanize::count(calls)), tokens.text_muted),
        other => (other.label().to_lowercase(), tokens.text_muted),
    }
}

//! The Problems pane: what is wrong with the source in front, with what to do about it.
//!
//! Knows no compiler; a click goes to the place.

use egui::{RichText, ScrollArea, Ui};

use crate::app::{Action, AppState, CompileStatus, SettingsAction, Source, SourceAction};
use crate::model::diagnostic::{Diagnostic, Severity};
use crate::ui::icons;
use crate::ui::theme::{caption, space, tokens};
use crate::ui::widgets::{empty_state, quiet_button, row};

/// The Problems pane.
#[derive(Default)]
pub(super) struct ProblemsPane;

impl ProblemsPane {
    pub(super) fn ui(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        let Some(source) = state.active_source() else {
            empty_state(ui, icons::CHECK_CIRCLE, "No problems", "Errors of the open source are listed here.");
            return;
        };
        if source.diagnostics().is_empty() {
            calm_ui(ui, source);
            return;
        }
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for diagnostic in source.diagnostics() {
                problem_row(ui, source, diagnostic, actions);
                turn_on_ui(ui, state, diagnostic, actions);
            }
        });
    }
}

fn calm_ui(ui: &mut Ui, source: &Source) {
    let text = match (source.status, &source.good) {
        (CompileStatus::Done, Some(good)) => format!("No problems in build {}", good.number),
        _ => "Compiling".to_owned(),
    };
    ui.add_space(space::S);
    ui.horizontal(|ui| {
        ui.add_space(space::M);
        ui.label(caption(text).color(tokens(ui).text_muted));
    });
}

/// Offers to turn on what a problem is about, where that can be.
fn turn_on_ui(ui: &mut Ui, state: &AppState, diagnostic: &Diagnostic, actions: &mut Vec<Action>) {
    let Some(proposal) = diagnostic.needs.filter(|proposal| proposal.never().is_none()) else { return };
    let engine = &state.settings.engine;
    let is_on = engine.proposals.has(proposal);
    let words = if is_on { "Use Cranelift".to_owned() } else { format!("Turn on {}", proposal.label()) };
    ui.horizontal(|ui| {
        ui.add_space(space::XL + space::M);
        if ui.add(quiet_button(icons::LIGHTNING, &words)).clicked() {
            actions.push(Action::Settings(SettingsAction::TurnOn(proposal)));
        }
    });
}

fn problem_row(ui: &mut Ui, source: &Source, diagnostic: &Diagnostic, actions: &mut Vec<Action>) {
    let tokens = tokens(ui);
    let (icon, colour) = match diagnostic.severity {
        Severity::Error => (icons::X_CIRCLE, tokens.error),
        Severity::Warning => (icons::WARNING, tokens.warning),
    };
    let line = diagnostic.to_line();
    let hint = diagnostic.hint.as_deref().unwrap_or_default();
    let shown = row(&line).coloured_icon(icon, colour).right(hint).right_colour(tokens.text_muted);
    let response = ui.add(shown).on_hover_ui(|ui| {
        ui.set_max_width(420.0);
        ui.label(&line);
        if !hint.is_empty() {
            ui.label(RichText::new(hint).color(tokens.text_muted));
        }
    });
    if response.clicked() {
        actions.push(Action::Source(SourceAction::GoTo(source.id, diagnostic.place.clone())));
    }
}

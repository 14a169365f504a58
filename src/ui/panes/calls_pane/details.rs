//! All that is known of the selected call.
//!
//! What happened comes first, then where, then what the guest saw, then what to do about it.

use egui::{Grid, RichText, ScrollArea, Ui};

use crate::app::{Action, AppState, CallAction, PluginAction, PluginView, SourceAction};
use crate::model::call::{CallKind, CallRecord, CallSample};
use crate::model::diagnostic::Place;
use crate::model::humanize;
use crate::ui::icons;
use crate::ui::theme::{self, space, tokens};
use crate::ui::widgets::{code_link, link, quiet_button, section};

use super::super::outcome_words::{
    call_text, function_text, outcome_look, place_text, results_text, rule_text,
};
use super::super::timing_pane::measured;

/// Most frames of a backtrace that are listed.
const MOST_FRAMES: usize = 100;

/// Shows the selected call.
pub(super) fn details_ui(ui: &mut Ui, state: &AppState, plugin: &PluginView, actions: &mut Vec<Action>) {
    let timeline = &plugin.calls.timeline;
    let Some(number) = plugin.calls.selected else { return };
    let call = timeline.index_of_number(number).and_then(|index| timeline.get(index));
    let record = plugin.calls.record(number);
    ScrollArea::vertical().id_salt("call details").auto_shrink(false).show(ui, |ui| {
        section(ui, |ui| {
            ui.spacing_mut().item_spacing.y = space::XS;
            ui.style_mut().wrap_mode = Some(egui::TextWrapMode::Wrap);
            match (record, call) {
                (Some(record), _) => record_ui(ui, state, plugin, record, actions),
                (None, Some(call)) => {
                    heading_ui(ui, number, timeline.name(call.export), call.outcome);
                    ui.label(
                        RichText::new("Only the figures of this call are kept").color(tokens(ui).text_muted),
                    );
                    figures_ui(ui, &call, None);
                }
                (None, None) => {
                    ui.label(RichText::new("This call is no longer kept").color(tokens(ui).text_muted));
                }
            }
        });
    });
}

fn record_ui(
    ui: &mut Ui,
    state: &AppState,
    plugin: &PluginView,
    record: &CallRecord,
    actions: &mut Vec<Action>,
) {
    let muted = tokens(ui).text_muted;
    heading_ui(ui, record.number, &call_text(record), record.outcome);
    if !record.results.is_empty() {
        ui.label(theme::code(format!("= {}", results_text(record))).size(theme::FIGURE));
    }
    if let Some(message) = &record.message {
        ui.label(message);
    }
    if let Some(place) = &record.place {
        place_ui(ui, state, plugin, "in", place, actions);
    }
    if let Some(note) = &record.note {
        ui.label(RichText::new(note).color(muted));
    }
    for denied in record.all_denied() {
        let text = format!("▲ {} refused: {}", denied.phrase(), denied.bound_phrase());
        ui.label(RichText::new(text).color(tokens(ui).warning));
        if let Some(place) = &denied.place {
            place_ui(ui, state, plugin, "at", place, actions);
        }
    }
    if let Some(hint) = &record.hint {
        ui.label(RichText::new(format!("{} {hint}", icons::LIGHTBULB)).color(muted));
    }
    if let Some(rule) = &record.rule {
        ui.label(theme::caption(rule_text(rule)).color(muted));
    }
    if record.fresh_instance {
        ui.label(theme::caption("ran on a fresh instance").color(muted));
    }
    figures_ui(ui, &record.sample(0), plugin.default_fuel.get(record.number));
    buttons_ui(ui, plugin, record, actions);
    backtrace_ui(ui, state, plugin, record, actions);
}

fn heading_ui(ui: &mut Ui, number: u64, name: &str, outcome: crate::model::call::Outcome) {
    let tokens = tokens(ui);
    let look = outcome_look(outcome, tokens);
    ui.label(theme::strong(format!("{} {}", look.icon, outcome.headline())).color(look.colour));
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(format!("#{}", humanize::grouped(number))).color(tokens.text_muted));
        ui.label(theme::code(name));
    });
}

fn place_ui(
    ui: &mut Ui,
    state: &AppState,
    plugin: &PluginView,
    before: &str,
    place: &Place,
    actions: &mut Vec<Action>,
) {
    let tokens = tokens(ui);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        ui.spacing_mut().interact_size.y = 18.0;
        ui.label(RichText::new(before).color(tokens.text_muted));
        let function = function_text(place);
        if !function.is_empty() {
            ui.label(theme::code(function).color(tokens.name));
        }
        if let Some(text) = place_text(state, plugin.source, place)
            && link(ui, &text).clicked()
        {
            actions.push(Action::Source(SourceAction::GoTo(plugin.source, place.clone())));
        }
    });
}

fn figures_ui(ui: &mut Ui, call: &CallSample, default_fuel: Option<u64>) {
    let muted = tokens(ui).text_muted;
    Grid::new("call figures").num_columns(2).spacing([space::M, 0.0]).min_row_height(18.0).show(ui, |ui| {
        ui.style_mut().wrap_mode = Some(egui::TextWrapMode::Extend);
        let mut figure = |name: &str, value: String| {
            ui.label(RichText::new(name).size(theme::FIGURE).color(muted));
            ui.label(RichText::new(value).size(theme::FIGURE));
            ui.end_row();
        };
        figure("wall time", humanize::duration_exact_ns(call.wall_ns));
        figure("fuel", measured(call.fuel));
        if let Some(default) = default_fuel {
            figure("at default prices", humanize::grouped(default));
        }
        figure("memory", humanize::pages(call.peak_memory_pages));
        figure("call depth", measured(call.peak_call_depth));
    });
}

fn buttons_ui(ui: &mut Ui, plugin: &PluginView, record: &CallRecord, actions: &mut Vec<Action>) {
    let number = record.number;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        for (icon, name, action) in [
            (icons::PLAY, "Call again", CallAction::CallAgain(number)),
            (icons::COPY, "Copy as command", CallAction::CopyAsCommand(Some(number))),
        ] {
            if ui.add(quiet_button(icon, name)).clicked() {
                actions.push(Action::Call(action));
            }
        }
        if record.kind == CallKind::Export {
            let button = quiet_button(icons::LIST_NUMBERS, "Count operators");
            if ui.add(button).on_hover_text("Makes it again on a fresh instance").clicked() {
                let count = PluginAction::CountOperators(Some(number));
                actions.push(Action::Plugin(plugin.id, count));
            }
        }
    });
}

fn backtrace_ui(
    ui: &mut Ui,
    state: &AppState,
    plugin: &PluginView,
    record: &CallRecord,
    actions: &mut Vec<Action>,
) {
    if record.backtrace.is_empty() {
        return;
    }
    let muted = tokens(ui).text_muted;
    ui.add_space(space::XS);
    let left_out = record.frames_left_out();
    let frames = humanize::counted(record.backtrace.len() as u64 + left_out, "frame", "frames");
    ui.label(theme::caption(format!("Backtrace, {frames}")).color(muted));
    let middle = record.backtrace.len() / 2;
    for (depth, frame) in record.backtrace.iter().take(MOST_FRAMES).enumerate() {
        if left_out > 0 && depth == middle {
            let text = humanize::counted(left_out, "frame", "frames");
            ui.label(theme::caption(format!("… {text} left out")).color(muted));
        }
        let depth = if depth < middle { depth as u64 } else { depth as u64 + left_out };
        ui.push_id(depth, |ui| {
            ui.horizontal(|ui| {
                ui.spacing_mut().interact_size.y = 18.0;
                ui.label(theme::code(format!("{depth:>3}")).size(theme::FIGURE).color(tokens(ui).text_faint));
                ui.label(theme::code(function_text(&frame.place)).size(theme::FIGURE).color(tokens(ui).name));
                if let Some(text) = place_text(state, plugin.source, &frame.place)
                    && code_link(ui, &text).clicked()
                {
                    actions.push(Action::Source(SourceAction::GoTo(plugin.source, frame.place.clone())));
                }
            });
        });
    }
    if record.backtrace.len() > MOST_FRAMES {
        let rest = record.backtrace.len() - MOST_FRAMES;
        ui.label(theme::caption(format!("… and {rest} more")).color(muted));
    }
}

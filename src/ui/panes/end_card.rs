//! How a call ended that did not just return: what happened, where, what the guest saw, what to do.
//!
//! Decides nothing about limits: what to raise and how far comes from the model.

use egui::{RichText, ScrollArea, Ui};

use super::call_result::{at_least, exact_figures, pages};
use super::definition::go_to;
use super::outcome_words::{outcome_look, place_text};
use crate::app::{Action, AppState, CallAction, PluginAction, PluginView};
use crate::model::call::{CallKind, CallRecord, DeniedGrowth, Frame, Outcome};
use crate::model::diagnostic::Place;
use crate::model::humanize;
use crate::model::lifecycle::LifecycleStep;
use crate::model::limits::LimitKind;
use crate::model::raise::Raise;
use crate::model::signature::id;
use crate::ui::icons;
use crate::ui::theme::{self, space, tokens};
use crate::ui::widgets::{card, card_heading, link, quiet_button, row};

/// Most rows of a backtrace that are seen at once.
const BACKTRACE_ROWS: f32 = 7.0;
/// Height of a line of words in points.
const LINE: f32 = 20.0;
/// Most refused growths that are listed.
const MOST_DENIED: usize = 4;
/// Frames that a record keeps at most; a deeper stack is counted elsewhere.
const MOST_FRAMES_KEPT: usize = 100;

/// What the card remembers of its own looks.
#[derive(Debug, Default)]
pub(super) struct EndCard {
    // Number of the call whose backtrace is open.
    backtrace_of: Option<u64>,
}

impl EndCard {
    /// Shows how a call ended.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        state: &AppState,
        plugin: &PluginView,
        record: &CallRecord,
        actions: &mut Vec<Action>,
    ) {
        let colour = match record.outcome {
            Outcome::Returned | Outcome::Cancelled => tokens(ui).warning,
            _ => tokens(ui).error,
        };
        let icon = if record.outcome == Outcome::Returned {
            icons::WARNING
        } else {
            outcome_look(record.outcome, tokens(ui)).icon
        };
        card(ui, colour, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.spacing_mut().interact_size.y = LINE;
            card_heading(ui, colour, icon, &headline(record), &format!("#{}", record.number));
            where_ui(ui, state, plugin, record, actions);
            if let Some(message) = message(record) {
                ui.label(sentence(message));
            }
            if record.outcome != Outcome::Returned {
                used_ui(ui, record);
            }
            self.denied_ui(ui, state, plugin, record, actions);
            let raise = Raise::after(record, &plugin.options.limits);
            hint_ui(ui, record, raise.is_some());
            if record.build != plugin.build.number.0 {
                let text = format!("old: from build {}, running build {}", record.build, plugin.build.number);
                ui.label(theme::caption(text).color(tokens(ui).warning));
            }
            self.buttons_ui(ui, plugin, record, raise, actions);
            if self.backtrace_of == Some(record.number) {
                backtrace_ui(ui, state, plugin, &record.backtrace, actions);
            }
        });
    }

    fn buttons_ui(
        &mut self,
        ui: &mut Ui,
        plugin: &PluginView,
        record: &CallRecord,
        raise: Option<Raise>,
        actions: &mut Vec<Action>,
    ) {
        let is_export = record.kind == CallKind::Export;
        let has_backtrace = !record.backtrace.is_empty();
        let is_limited = record.outcome.limit().is_some_and(|kind| kind != LimitKind::WasmStack);
        if raise.is_none() && !has_backtrace && !is_limited {
            return;
        }
        ui.add_space(space::XS);
        ui.horizontal_wrapped(|ui| {
            let may =
                if is_export { plugin.may(LifecycleStep::Call) } else { plugin.may(LifecycleStep::Reload) };
            let again = if is_export { "call again" } else { "reload" };
            if let Some(raise) = raise {
                let text = raise_text(record, &raise, again);
                let button = ui.add_enabled(may.is_ok(), quiet_button("", &text));
                let tooltip =
                    format!("Sets the {} to {}", raise.kind.phrase(), humanize::grouped(raise.value));
                if button.on_hover_text(tooltip).clicked() {
                    let call_again = is_export.then_some(record.number);
                    let raise =
                        PluginAction::RaiseLimit { kind: raise.kind, value: Some(raise.value), call_again };
                    actions.push(Action::Plugin(plugin.id, raise));
                    if !is_export {
                        actions.push(Action::Plugin(plugin.id, PluginAction::Reload));
                    }
                }
            } else if is_limited && is_export {
                let button = ui.add_enabled(may.is_ok(), quiet_button("", "Call again"));
                if button
                    .on_hover_text("Calls with the same arguments under the limits as they are now")
                    .clicked()
                {
                    actions.push(Action::Call(CallAction::CallAgain(record.number)));
                }
            }
            if has_backtrace && ui.add(quiet_button("", "Backtrace")).clicked() {
                let is_open = self.backtrace_of == Some(record.number);
                self.backtrace_of = (!is_open).then_some(record.number);
            }
        });
    }

    #[allow(clippy::unused_self, reason = "reads beside the other parts of the card")]
    fn denied_ui(
        &self,
        ui: &mut Ui,
        state: &AppState,
        plugin: &PluginView,
        record: &CallRecord,
        actions: &mut Vec<Action>,
    ) {
        let warning = tokens(ui).warning;
        for growth in record.denied.iter().take(MOST_DENIED) {
            let text = format!("{} {}", icons::filled(icons::WARNING), denied_text(growth));
            ui.label(theme::caption(text).color(warning));
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing.x = 0.0;
                let has_trapped = record.outcome == Outcome::Limit(growth.what);
                let saw = if has_trapped { "Asked for" } else { "The guest saw −1" };
                if let Some(place) = &growth.place {
                    ui.label(format!("{saw} at "));
                    place_link(ui, state, plugin, place, actions);
                } else if !has_trapped {
                    ui.label(saw);
                }
            });
        }
        if record.denied.len() > MOST_DENIED {
            let more = format!("and {} more", record.denied.len() - MOST_DENIED);
            ui.label(theme::caption(more).color(warning));
        }
        let is_told = record.denied.iter().any(|growth| growth.limit.is_some());
        if let Some(note) = record.note.as_deref().filter(|_| !is_told) {
            ui.label(RichText::new(sentence(note)).color(tokens(ui).text_muted));
        }
    }
}

/// Begins a sentence with a capital letter.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    first + letters.as_str()
}

fn headline(record: &CallRecord) -> String {
    let name = match record.kind {
        CallKind::Export => "",
        CallKind::Instantiate => "Instantiation: ",
        CallKind::Start => "Start function: ",
        CallKind::Hook => &format!("{}: ", record.export),
    };
    match (name.is_empty(), record.outcome) {
        (_, Outcome::Returned) => "Growth was refused".to_owned(),
        (true, outcome) => outcome.headline(),
        (false, outcome) => {
            let headline = outcome.headline();
            let mut letters = headline.chars();
            let first = letters.next().map(|letter| letter.to_lowercase().to_string()).unwrap_or_default();
            format!("{name}{first}{}", letters.as_str())
        }
    }
}

/// Returns the message where it says more than the headline and the figures do.
fn message(record: &CallRecord) -> Option<&str> {
    let message = record.message.as_deref()?;
    let says_more = match record.outcome {
        Outcome::Returned | Outcome::Cancelled => false,
        Outcome::Limit(LimitKind::Fuel | LimitKind::ExecutionTime | LimitKind::CallDepth) => false,
        Outcome::Trapped(kind) => !message.eq_ignore_ascii_case(&kind.phrase()),
        Outcome::Limit(_) | Outcome::Error => true,
    };
    says_more.then_some(message)
}

fn where_ui(
    ui: &mut Ui,
    state: &AppState,
    plugin: &PluginView,
    record: &CallRecord,
    actions: &mut Vec<Action>,
) {
    let Some(place) = &record.place else { return };
    let function = function_name(plugin, place);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        if !function.is_empty() {
            ui.label("in ");
            ui.label(theme::code(function).color(tokens(ui).name));
        }
        if place_text(state, plugin.source, place).is_some() {
            ui.label(" at ");
            place_link(ui, state, plugin, place, actions);
        }
        if let Some(depth) = depth(record) {
            ui.label(format!(", {} frames deep", humanize::grouped(depth)));
        }
    });
}

/// Names a function by its name, its export or its index.
fn function_name(plugin: &PluginView, place: &Place) -> String {
    match (&place.function, place.index) {
        (Some(name), _) => id(name),
        (None, Some(index)) => plugin.build.build.interface.function_label(index),
        (None, None) => String::new(),
    }
}

fn depth(record: &CallRecord) -> Option<u64> {
    match record.backtrace.len() {
        0 | 1 => None,
        len if len < MOST_FRAMES_KEPT => Some(len as u64),
        _ => record.peak_call_depth.value(),
    }
}

fn place_link(ui: &mut Ui, state: &AppState, plugin: &PluginView, place: &Place, actions: &mut Vec<Action>) {
    let Some(text) = place_text(state, plugin.source, place) else { return };
    if link(ui, &text).on_hover_text("Show the place in the source").clicked() {
        actions.push(go_to(plugin.source, place.clone()));
    }
}

/// Says what the call used; the limit that stopped it stands beside what was used of it.
fn used_ui(ui: &mut Ui, record: &CallRecord) {
    let limit_of =
        |kind: LimitKind| record.limits.get(kind).filter(|_| record.outcome == Outcome::Limit(kind));
    let mut parts = Vec::new();
    if let Some(fuel) = record.fuel.value() {
        let used = format!("{}{}", at_least(record.fuel), humanize::count(fuel));
        parts.push(match limit_of(LimitKind::Fuel) {
            Some(limit) => format!("{used} of {} fuel", humanize::count(limit)),
            None => format!("{used} fuel"),
        });
    }
    let time = humanize::duration_ns(record.wall_ns);
    parts.push(match limit_of(LimitKind::ExecutionTime) {
        Some(limit) => format!("{time} of {} ms", humanize::grouped(limit)),
        None => time,
    });
    parts.push(match limit_of(LimitKind::MemoryPages) {
        Some(limit) => format!("{} of {}", humanize::grouped(record.peak_memory_pages), pages(limit)),
        None => pages(record.peak_memory_pages),
    });
    if let (Some(limit), Some(depth)) = (limit_of(LimitKind::CallDepth), record.peak_call_depth.value()) {
        parts.push(format!("depth {} of {}", humanize::grouped(depth), humanize::grouped(limit)));
    }
    if let Some(limit) = limit_of(LimitKind::TableElements) {
        let elements = humanize::grouped(record.peak_table_elements);
        parts.push(format!("{elements} of {} elements", humanize::grouped(limit)));
    }
    let line = format!("used {}", parts.join(" · "));
    ui.label(RichText::new(line).color(tokens(ui).text_muted)).on_hover_text(exact_figures(record));
}

/// Says what to do where no button does it.
fn hint_ui(ui: &mut Ui, record: &CallRecord, has_raise: bool) {
    let Some(hint) = &record.hint else { return };
    // The button says the first half; what else could be wrong remains.
    let hint = match hint.split_once(", or ") {
        Some((_, rest)) if has_raise => format!("or {rest}"),
        None if has_raise && hint.contains("raise the") => return,
        _ => hint.clone(),
    };
    let muted = tokens(ui).text_muted;
    let text = format!("{} {}", icons::LIGHTBULB, sentence(&hint));
    ui.label(RichText::new(text).color(muted));
}

fn raise_text(record: &CallRecord, raise: &Raise, again: &str) -> String {
    let value = raise.value_text();
    if record.outcome == Outcome::Limit(raise.kind) {
        format!("Raise to {value}, {again}")
    } else {
        format!("Raise {} to {value}, {again}", raise.kind.phrase())
    }
}

fn denied_text(growth: &DeniedGrowth) -> String {
    let requested = humanize::grouped(growth.requested);
    let unit = match growth.what {
        LimitKind::TableElements => "elements",
        _ => "pages",
    };
    match growth.limit {
        Some(limit) => format!("growth to {requested} {unit} refused, limit {}", humanize::grouped(limit)),
        None => format!("growth to {requested} {unit} refused by the module's own maximum"),
    }
}

fn backtrace_ui(
    ui: &mut Ui,
    state: &AppState,
    plugin: &PluginView,
    frames: &[Frame],
    actions: &mut Vec<Action>,
) {
    let runs = runs(frames);
    let height = space::ROW * BACKTRACE_ROWS;
    ui.add_space(space::XS);
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let scroll =
            ScrollArea::vertical().id_salt("backtrace").max_height(height).auto_shrink([false, true]);
        scroll.show_rows(ui, space::ROW, runs.len(), |ui, range| {
            for (first, count) in &runs[range] {
                let place = &frames[*first].place;
                let times = if *count > 1 { format!(" × {count}") } else { String::new() };
                let text = format!("{first}  {}{times}", function_name(plugin, place));
                let right = place_text(state, plugin.source, place).unwrap_or_default();
                if ui.add(row(&text).code().right(&right)).clicked() {
                    actions.push(go_to(plugin.source, place.clone()));
                }
            }
        });
    });
}

/// Groups frames that stand at the same place one after another: index of the first, and how many.
fn runs(frames: &[Frame]) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (index, frame) in frames.iter().enumerate() {
        match runs.last_mut() {
            Some((first, count)) if frames[*first] == *frame => *count += 1,
            _ => runs.push((index, 1)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_a_recursion_are_one_line() {
        let frame = |offset| Frame { place: Place { offset: Some(offset), ..Place::default() } };
        let frames = [frame(1), frame(2), frame(2), frame(2), frame(1)];
        assert_eq!(runs(&frames), [(0, 1), (1, 3), (4, 1)]);
        assert_eq!(runs(&[]), []);
    }

    #[test]
    fn a_sentence_begins_with_a_capital() {
        assert_eq!(sentence("can't be"), "Can't be");
        assert_eq!(sentence(""), "");
        assert_eq!(sentence("état"), "État");
    }
}

//! How a call ended that did not just return: what happened, where, what the guest saw, what to do.
//!
//! Decides nothing about limits: what to raise and how far comes from the model.

use egui::{Ui, vec2};

use super::call_result::exact_figures;
use super::definition::go_to;
use super::outcome_words::{outcome_look, place_text, rule_text};
use crate::app::{Action, AppState, CallAction, PluginAction, PluginView};
use crate::model::call::{CallKind, CallRecord, DeniedGrowth, Frame, Outcome};
use crate::model::diagnostic::Place;
use crate::model::humanize;
use crate::model::lifecycle::LifecycleStep;
use crate::model::limits::LimitKind;
use crate::model::measured::Measured;
use crate::model::raise::Raise;
use crate::model::signature::id;
use crate::model::used::UsedOfLimit;
use crate::ui::icons;
use crate::ui::theme::{self, space, tokens};
use crate::ui::widgets::{GaugeQuality, GaugeView, card, card_heading, link, quiet_button, row, small_gauge};

/// Most rows of a backtrace that are seen before somebody asks for all.
const MOST_ROWS: usize = 10;
/// Height of a line of words in points.
const LINE: f32 = 19.0;
/// Most kinds of refused growth that are listed.
const MOST_DENIED: usize = 2;
/// Least width of a small gauge.
const GAUGE_WIDTH: f32 = 62.0;

/// Width of a card in which a headline in full has no room.
const NARROW: f32 = 250.0;

/// What the card remembers of its own looks.
#[derive(Debug, Default)]
pub(super) struct EndCard {
    // Number of the call whose backtrace is open.
    backtrace_of: Option<u64>,
    // Number of the call of which all frames are shown.
    all_frames_of: Option<u64>,
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
            let is_narrow = ui.available_width() < NARROW;
            let heading = if is_narrow { short_headline(record) } else { headline(record) };
            card_heading(ui, colour, icon, &heading, &format!("#{}", record.number));
            where_ui(ui, state, plugin, record, actions);
            if let Some(message) = message(record) {
                ui.label(sentence(message));
            }
            denied_ui(ui, state, plugin, record, actions);
            let raises = Raise::all_after(record, &plugin.limits_of(&record.export));
            self.buttons_ui(ui, plugin, record, &raises, actions);
            if record.outcome != Outcome::Returned {
                used_ui(ui, record);
            }
            if let Some(rule) = &record.rule {
                ui.label(theme::caption(rule_text(rule)).color(tokens(ui).text_muted));
            }
            saw_ui(ui, record);
            hint_ui(ui, record, !raises.is_empty());
            if record.build != plugin.build.number.0 {
                let text = format!("old: from build {}, running build {}", record.build, plugin.build.number);
                ui.label(theme::caption(text).color(tokens(ui).warning));
            }
            if self.backtrace_of == Some(record.number) {
                self.backtrace_ui(ui, state, plugin, record, actions);
            }
        });
    }

    fn buttons_ui(
        &mut self,
        ui: &mut Ui,
        plugin: &PluginView,
        record: &CallRecord,
        raises: &[Raise],
        actions: &mut Vec<Action>,
    ) {
        let is_export = record.kind == CallKind::Export;
        let num_frames = record.backtrace.len();
        let is_limited = record.outcome.limit().is_some_and(|kind| kind != LimitKind::WasmStack);
        if raises.is_empty() && num_frames < 2 && !is_limited {
            return;
        }
        ui.add_space(2.0);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = space::XS;
            let may =
                if is_export { plugin.may(LifecycleStep::Call) } else { plugin.may(LifecycleStep::Reload) };
            let again = if is_export { "call again" } else { "reload" };
            for raise in raises {
                let text = raise_text(record, raise, raises.len() > 1, again);
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
            }
            if raises.is_empty() && is_limited && is_export {
                let button = ui.add_enabled(may.is_ok(), quiet_button("", "Call again"));
                if button
                    .on_hover_text("Calls with the same arguments under the limits as they are now")
                    .clicked()
                {
                    actions.push(Action::Call(CallAction::CallAgain(record.number)));
                }
            }
            // A single frame is the place that stands above.
            if num_frames > 1 {
                let count = frames_text(record);
                let button = ui.add(quiet_button("", "Backtrace").hint(&count));
                if button.on_hover_text("Shows the frames at the end of the call, innermost first").clicked()
                {
                    let is_open = self.backtrace_of == Some(record.number);
                    self.backtrace_of = (!is_open).then_some(record.number);
                }
            }
        });
    }

    fn backtrace_ui(
        &mut self,
        ui: &mut Ui,
        state: &AppState,
        plugin: &PluginView,
        record: &CallRecord,
        actions: &mut Vec<Action>,
    ) {
        let frames = &record.backtrace;
        let left_out = record.frames_left_out();
        let runs = runs(frames, left_out > 0);
        let shows_all = self.all_frames_of == Some(record.number) || runs.len() <= MOST_ROWS + 1;
        let num_shown = if shows_all { runs.len() } else { MOST_ROWS };
        ui.add_space(space::XS);
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for (first, count) in &runs[..num_shown] {
                let place = &frames[*first].place;
                let times = if *count > 1 { format!(" × {count}") } else { String::new() };
                let is_behind = left_out > 0 && *first >= frames.len() / 2;
                if is_behind && *first == frames.len() / 2 {
                    let text = humanize::counted(left_out, "frame", "frames");
                    ui.label(theme::caption(format!("… {text} left out")).color(tokens(ui).text_muted));
                }
                let number = *first as u64 + if is_behind { left_out } else { 0 };
                let text = format!("{number}  {}{times}", function_name(plugin, place));
                let right = place_text(state, plugin.source, place).unwrap_or_default();
                if ui.add(row(&text).code().right(&right)).clicked() {
                    actions.push(go_to(plugin.source, place.clone()));
                }
            }
            let rest = runs.len() - num_shown;
            if rest > 0 && ui.add(row(&format!("Show {rest} more")).icon(icons::CARET_DOWN)).clicked() {
                self.all_frames_of = Some(record.number);
            }
        });
    }
}

/// Shows the growth that was refused, newest first; what is alike is one line.
fn denied_ui(
    ui: &mut Ui,
    state: &AppState,
    plugin: &PluginView,
    record: &CallRecord,
    actions: &mut Vec<Action>,
) {
    let groups = denied_groups(record);
    let warning = tokens(ui).warning;
    for (growth, count) in groups.iter().take(MOST_DENIED) {
        // The record names the newest only; where all of a kind are alike, what it counts is right for them.
        let tally = record.end.refused.of(growth);
        let is_whole = groups.len() == 1 && tally.least == tally.most;
        let count = if is_whole { tally.count.max(*count) } else { *count };
        let times = if count > 1 { format!(" × {}", humanize::grouped(count)) } else { String::new() };
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            ui.label(theme::caption(format!("▲ {}", denied_text(growth, &times))).color(warning));
            let Some(place) = &growth.place else { return };
            ui.label(theme::caption("  at ").color(tokens(ui).text_muted));
            place_link(ui, state, plugin, place, actions);
            let function = function_name(plugin, place);
            if !function.is_empty() {
                ui.label(theme::caption(" in ").color(tokens(ui).text_muted));
                ui.label(theme::code(function).size(theme::FIGURE).color(tokens(ui).name));
            }
        });
    }
    if groups.len() > MOST_DENIED {
        let more = format!("… and {} other sizes or places before", groups.len() - MOST_DENIED);
        ui.label(theme::caption(more).color(warning));
    }
}

/// Groups refused growth by size, limit and place, newest first, and counts each.
fn denied_groups(record: &CallRecord) -> Vec<(&DeniedGrowth, u64)> {
    let mut groups: Vec<(&DeniedGrowth, u64)> = Vec::new();
    for growth in record.all_denied().into_iter().rev() {
        // Of old refusals the place is not known any more.
        let is_alike = |other: &&mut (&DeniedGrowth, u64)| {
            let of = |growth: &DeniedGrowth| (growth.kind(), growth.bound, growth.asked(), growth.limit);
            of(other.0) == of(growth) && (growth.place.is_none() || other.0.place == growth.place)
        };
        match groups.iter_mut().find(is_alike) {
            Some((_, count)) => *count += 1,
            None => groups.push((growth, 1)),
        }
    }
    groups
}

/// Begins a sentence with a capital letter, its numbers whole.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    whole_numbers(&(first + letters.as_str()))
}

/// Keeps the digits of each number on one line: text is broken at a narrow space, though it should not be.
fn whole_numbers(text: &str) -> String {
    text.replace('\u{202f}', "\u{a0}")
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

/// Writes the headline for a narrow card: the limit alone, since card and colour say that it stopped the call.
fn short_headline(record: &CallRecord) -> String {
    match (record.outcome, record.kind) {
        (Outcome::Limit(LimitKind::WasmStack), _) => headline(record),
        (Outcome::Limit(kind), CallKind::Export) => sentence(kind.phrase()),
        (Outcome::Limit(kind), _) => format!("{}: {}", record.export, kind.phrase()),
        _ => headline(record),
    }
}

/// Returns the message where it says more than the headline and the figures do.
fn message(record: &CallRecord) -> Option<&str> {
    let message = record.message.as_deref()?;
    let is_explained = message.contains(", after ");
    let says_more = match record.outcome {
        Outcome::Returned => false,
        Outcome::Cancelled
        | Outcome::Limit(LimitKind::Fuel | LimitKind::ExecutionTime | LimitKind::CallDepth) => {
            is_explained || record.end.has_overrun
        }
        Outcome::Trapped(kind) => !message.eq_ignore_ascii_case(&kind.phrase()),
        Outcome::Limit(_) | Outcome::Error => true,
    };
    says_more.then_some(message)
}

/// Says what the guest saw of it, quietly.
fn saw_ui(ui: &mut Ui, record: &CallRecord) {
    let Some(saw) = &record.note else { return };
    let label = theme::caption(format!("The guest saw {saw}")).color(tokens(ui).text_muted);
    ui.add(egui::Label::new(label).wrap());
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
    let is_narrow = ui.available_width() < NARROW;
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
        if let Some(depth) = depth(record).filter(|_| !is_narrow) {
            ui.label(format!(", {} deep", count_text(depth)));
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

/// Returns how many frames there were at the end, where there was more than the one that is named.
fn depth(record: &CallRecord) -> Option<Measured<u64>> {
    let frames = match record.end.frames {
        Measured::NotMeasured => Measured::Exact(record.backtrace.len() as u64),
        frames => frames,
    };
    (record.backtrace.len() > 1).then_some(frames)
}

fn place_link(ui: &mut Ui, state: &AppState, plugin: &PluginView, place: &Place, actions: &mut Vec<Action>) {
    let Some(text) = place_text(state, plugin.source, place) else { return };
    if link(ui, &text).on_hover_text("Show the place in the source").clicked() {
        actions.push(go_to(plugin.source, place.clone()));
    }
}

/// Says how many frames there were.
fn frames_text(record: &CallRecord) -> String {
    depth(record).map_or_else(String::new, count_text)
}

fn count_text(count: Measured<u64>) -> String {
    let at_least = if count.is_exact() { "" } else { "≥ " };
    format!("{at_least}{}", humanize::grouped(count.value().unwrap_or_default()))
}

/// Shows what the call used of every limit, as small gauges.
fn used_ui(ui: &mut Ui, record: &CallRecord) {
    let gap = 10.0;
    let most = ((ui.available_width() + gap) / (GAUGE_WIDTH + gap)).floor().max(1.0);
    // Two or three whole rows, none with a single gauge.
    let columns = if most >= 7.0 { 7.0 } else { most.min(4.0) };
    let width = ((ui.available_width() + gap) / columns - gap).floor();
    ui.add_space(space::XS);
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing = vec2(gap, space::XS);
        ui.horizontal_wrapped(|ui| {
            for used in UsedOfLimit::all(record) {
                used_gauge(ui, record, used, width);
            }
        });
    });
}

#[allow(clippy::cast_possible_truncation, reason = "a gauge is some eighty pixels long")]
fn used_gauge(ui: &mut Ui, record: &CallRecord, used: UsedOfLimit, width: f32) {
    let (name, value) = match used.kind {
        LimitKind::WasmStack => ("stack", "–".to_owned()),
        kind => (kind.short(), used.used.value().map_or_else(String::new, |value| used.value_text(value))),
    };
    let limit = used.limit.map(|limit| used.value_text(limit));
    let view = GaugeView {
        name,
        value: &value,
        limit: limit.as_deref(),
        fraction: used.share().map(|share| share as f32),
        quality: match used.used {
            Measured::Exact(_) => GaugeQuality::Exact,
            Measured::AtLeast(_) => GaugeQuality::AtLeast,
            Measured::NotMeasured => GaugeQuality::NotMeasured,
        },
        ..GaugeView::default()
    };
    let shown = small_gauge(ui, &view, width);
    let remark = if used.kind == LimitKind::WasmStack { ", its use can't be read" } else { "" };
    shown.on_hover_text(format!("{}{remark}\n\n{}", used.phrase(), exact_figures(record)));
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
    let text = format!("{} {}", icons::LIGHTBULB, sentence(&hint));
    ui.label(theme::caption(text).color(tokens(ui).text_muted));
}

fn raise_text(record: &CallRecord, raise: &Raise, is_named: bool, again: &str) -> String {
    let value = raise.value_text();
    if raise.is_lowering(record) {
        format!("Set {} to {value}, {again}", raise.kind.phrase())
    } else if record.outcome == Outcome::Limit(raise.kind) && !is_named {
        format!("Raise to {value}, {again}")
    } else {
        format!("Raise {} to {value}, {again}", raise.kind.phrase())
    }
}

fn denied_text(growth: &DeniedGrowth, times: &str) -> String {
    let asked = growth.phrase().replace("table elements", "elements");
    let bound = growth.bound_phrase();
    let bound = match growth.limit {
        Some(_) => bound.replace("the ", "").replace(" is ", " "),
        None => bound,
    };
    whole_numbers(&format!("{asked} refused{times}, {bound}"))
}

/// Groups frames that stand at the same place one after another: index of the first, and how many.
///
/// Where frames are left out, they stood in the middle, and no group goes over that.
fn runs(frames: &[Frame], has_gap: bool) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (index, frame) in frames.iter().enumerate() {
        match runs.last_mut() {
            Some((first, count)) if frames[*first] == *frame && !(has_gap && index == frames.len() / 2) => {
                *count += 1;
            }
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
        assert_eq!(runs(&frames, false), [(0, 1), (1, 3), (4, 1)]);
        assert_eq!(runs(&frames, true), [(0, 1), (1, 1), (2, 2), (4, 1)], "frames are missing in the middle");
        assert_eq!(runs(&[], true), []);
    }

    #[test]
    fn a_sentence_begins_with_a_capital() {
        assert_eq!(sentence("can't be"), "Can't be");
        assert_eq!(sentence(""), "");
        assert_eq!(sentence("état"), "État");
        assert_eq!(sentence("1\u{202f}000 times"), "1\u{a0}000 times", "it is broken nowhere");
    }
}

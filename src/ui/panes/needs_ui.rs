//! What a call would take, in the Limits pane: the question, how far it is, and the answer as a table.
//!
//! Looks for nothing itself; a value that is applied goes to the plugin like one that was typed.

use egui::{Align, Label, Layout, Rect, RichText, Ui, pos2, vec2};

use super::progress::{progress_bar, reveal_when_new};
use crate::app::{
    Action, AppState, NeedsStatus, NeedsView, PluginAction, PluginView, roomy_limit, roomy_stack_bytes,
};
use crate::model::call::{CallKind, CallRecord, Outcome};
use crate::model::humanize;
use crate::model::limits::{LimitKind, Limits};
use crate::model::needs::{Need, Needs, Progress};
use crate::model::value::Value;
use crate::ui::icons;
use crate::ui::theme::{self, space, tokens};
use crate::ui::widgets::{Chip, pane_title_with, quiet_button};

/// Shares of the width that the columns end at: the name, what is needed, what is set.
const COLUMNS: [f32; 3] = [0.36, 0.60, 0.82];
/// Height of a row.
const ROW: f32 = 22.0;

/// Shows the section.
pub(super) fn needs_ui(ui: &mut Ui, state: &AppState, plugin: &PluginView, actions: &mut Vec<Action>) {
    let top = ui.cursor().min;
    section_ui(ui, state, plugin, actions);
    let rect = Rect::from_min_max(top, pos2(ui.max_rect().right(), ui.cursor().top()));
    reveal_when_new(ui, "needs", rect, stamp(plugin));
}

/// Tells one stand of the question from another.
fn stamp(plugin: &PluginView) -> u64 {
    match plugin.needs.as_ref().map(|view| &view.status) {
        None => 0,
        Some(NeedsStatus::Running { request, .. }) => 4 * request.0 + 1,
        Some(NeedsStatus::Found(_)) => 2,
        Some(NeedsStatus::Stopped | NeedsStatus::Failed(_)) => 3,
    }
}

fn section_ui(ui: &mut Ui, state: &AppState, plugin: &PluginView, actions: &mut Vec<Action>) {
    let asked = question(state, plugin);
    let is_running =
        plugin.needs.as_ref().is_some_and(|view| matches!(view.status, NeedsStatus::Running { .. }));
    pane_title_with(ui, "What would it take?", |ui| {
        if is_running {
            if ui.add(Chip::small("Stop").clickable().tooltip("Stop looking")).clicked() {
                actions.push(Action::Plugin(plugin.id, PluginAction::StopFinding));
            }
            return;
        }
        let hint = match &asked {
            Ok((_, call)) => format!("Finds the smallest limits for {call}, on fresh instances"),
            Err(reason) => reason.clone(),
        };
        let button = quiet_button(icons::RULER, "Find out");
        let response = ui.add_enabled(asked.is_ok(), button);
        if response.on_hover_text(&hint).on_disabled_hover_text(&hint).clicked()
            && let Ok((number, _)) = &asked
        {
            actions.push(Action::Plugin(plugin.id, PluginAction::FindNeeds(*number)));
        }
    });
    let Some(view) = &plugin.needs else {
        if let Ok((_, call)) = &asked {
            muted(ui, &format!("Smallest limits under which {call} still ends the same way"));
        }
        return;
    };
    let call = call_text(&view.call.export, &view.call.args);
    match &view.status {
        NeedsStatus::Running { progress, .. } => running_ui(ui, &call, progress.as_ref()),
        NeedsStatus::Found(needs) => found_ui(ui, state, (plugin, view), &call, needs, actions),
        NeedsStatus::Stopped => muted(ui, &format!("{call}: stopped before there was an answer")),
        NeedsStatus::Failed(reason) => {
            ui.add(Label::new(theme::caption(format!("{call}: {reason}")).color(tokens(ui).error)).wrap());
        }
    }
}

/// Returns the call that is asked about: the selected one, or the one in the fields of Call; by its number and in words.
fn question(state: &AppState, plugin: &PluginView) -> Result<(Option<u64>, String), String> {
    let is_export = |record: &&CallRecord| record.kind == CallKind::Export;
    if let Some(record) = plugin.calls.selected_record().filter(is_export) {
        return Ok((Some(record.number), call_text(&record.export, &record.args)));
    }
    let (Some((_, export, _)), Some(form)) = (state.selected_function(), state.selected_form()) else {
        return Err("There is no function to call".to_owned());
    };
    let args = form.values().map_err(|(index, err)| format!("Argument {index} of `{export}`: {err}"))?;
    Ok((None, call_text(export, &args)))
}

fn running_ui(ui: &mut Ui, call: &str, progress: Option<&Progress>) {
    let (share, text) = match progress {
        None => (0.0, "starting".to_owned()),
        Some(progress) => {
            let what = match progress.limit {
                Some(kind) => format!(" · {}", label(kind).to_lowercase()),
                None => String::new(),
            };
            let share = f64::from(progress.runs) / f64::from(progress.expected.max(1));
            (share, format!("run {} of about {}{what}", progress.runs + 1, progress.expected))
        }
    };
    let colour = tokens(ui).info;
    progress_bar(ui, share, colour);
    ui.label(theme::caption(format!("{call} · {text}")).color(colour));
}

fn found_ui(
    ui: &mut Ui,
    state: &AppState,
    (plugin, view): (&PluginView, &NeedsView),
    call: &str,
    needs: &Needs,
    actions: &mut Vec<Action>,
) {
    ui.spacing_mut().item_spacing.y = 2.0;
    headline_ui(ui, plugin, view, call, needs);
    for note in needs.notes() {
        let text = format!("{} {}", icons::WARNING, capitalised(&note));
        ui.add(Label::new(theme::caption(text).color(tokens(ui).warning)).wrap());
    }
    let has_values = needs.limits.iter().any(|need| need.needed.is_some());
    if has_values {
        row_ui(
            ui,
            "head",
            [muted_text(ui, "limit"), muted_text(ui, "needed"), muted_text(ui, "set")],
            |_| {},
        );
        for need in &needs.limits {
            need_ui(ui, state, plugin, need, actions);
        }
    }
    ui.add_space(space::XS);
    let [p50, p95, p99] = [needs.wall.p50, needs.wall.p95, needs.wall.p99].map(humanize::duration_ns);
    let runs = format!("{} timed of {} runs in all", needs.wall.count, needs.runs);
    ui.horizontal(|ui| {
        let times = theme::caption(format!("p50 {p50} · p95 {p95} · p99 {p99}"));
        ui.label(times.color(tokens(ui).text_muted)).on_hover_text(format!("Wall time, {runs}"));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if !has_values || !needs.passes_together {
                return;
            }
            let button = Chip::small("Apply all")
                .clickable()
                .tooltip("Sets each limit of the plugin to what is needed and some room; the wasm stack is the engine's");
            if ui.add(button).clicked() {
                actions.push(Action::Plugin(plugin.id, PluginAction::ApplyNeeds(None)));
            }
        });
    });
    ui.spacing_mut().item_spacing.y = 6.0;
}

fn headline_ui(ui: &mut Ui, plugin: &PluginView, view: &NeedsView, call: &str, needs: &Needs) {
    let end = match needs.end.outcome {
        Outcome::Returned if needs.end.results.is_empty() => " returns".to_owned(),
        Outcome::Returned => format!(" = {}", values_text(&needs.end.results)),
        outcome => format!(" · {}", outcome.headline()),
    };
    let subject =
        if needs.end.name == view.call.export { call.to_owned() } else { needs.end.name.to_string() };
    let line = theme::code(format!("{subject}{end}")).size(theme::FIGURE);
    ui.add(Label::new(line).truncate()).on_hover_text(call);
    let mut setting = needs.setting();
    if needs.is_deterministic() == Some(true) {
        setting += " · deterministic";
    }
    if view.build != plugin.build.number {
        setting += &format!(" · of build {}", view.build);
    }
    muted(ui, &setting);
}

fn need_ui(ui: &mut Ui, state: &AppState, plugin: &PluginView, need: &Need, actions: &mut Vec<Action>) {
    let tokens = tokens(ui);
    let set = match need.limit {
        LimitKind::WasmStack => Some(plugin.build.build.wasm_stack_bytes() as u64),
        kind => set_limits(plugin).get(kind),
    };
    let is_too_low = need.needed.zip(set).is_some_and(|(needed, set)| set < needed);
    let figure = |text: String| RichText::new(text).size(theme::FIGURE);
    let name = figure(label(need.limit).to_owned()).color(tokens.text);
    let needed = match need.needed {
        Some(value) if need.proved => figure(value_text(need.limit, value)).color(tokens.text),
        Some(value) => figure(format!("≈ {}", value_text(need.limit, value))).color(tokens.text_muted),
        None => figure("–".to_owned()).color(tokens.text_muted),
    };
    let set_text = set.map_or_else(|| "none".to_owned(), |set| value_text(need.limit, set));
    let set_colour = if is_too_low { tokens.error } else { tokens.text_muted };
    let explained = explain(need);
    let response =
        row_ui(ui, need.limit.snake_case(), [name, needed, figure(set_text).color(set_colour)], |ui| {
            let Some(Offer { kind, value, is_set, effect }) = offer(state, plugin, need) else { return };
            let tooltip = format!("Set to {}, what is needed and some room{effect}", value_text(kind, value));
            let name = format!("Apply {}", label(kind).to_lowercase());
            let text = if is_set { icons::CHECK } else { icons::ARROW_LEFT };
            let button = crate::ui::widgets::icon_button(text, &name).small();
            if ui.add_enabled(!is_set, button).on_hover_text(tooltip).clicked() {
                actions.push(Action::Plugin(plugin.id, PluginAction::ApplyNeeds(Some(kind))));
            }
        });
    response.on_hover_text(explained);
}

/// Returns the limits in force for the call that was looked at.
fn set_limits(plugin: &PluginView) -> Limits {
    plugin.needs.as_ref().map_or(plugin.options.limits, |view| plugin.limits_of(&view.call.export))
}

/// What a button sets a limit to.
struct Offer {
    kind: LimitKind,
    value: u64,
    is_set: bool,
    /// When it takes effect, where that is not at the next call.
    effect: &'static str,
}

fn offer(state: &AppState, plugin: &PluginView, need: &Need) -> Option<Offer> {
    if let Some(bytes) = roomy_stack_bytes(need) {
        let is_set = state.settings.engine.wasm_stack_bytes == bytes;
        let effect =
            "\nA setting of the engine: every source is compiled anew, live plugins have it from Reload on";
        return Some(Offer { kind: LimitKind::WasmStack, value: bytes as u64, is_set, effect });
    }
    let (kind, value) = roomy_limit(need)?;
    Some(Offer { kind, value, is_set: set_limits(plugin).get(kind) == Some(value), effect: "" })
}

/// Says how good a value is, and what it counts.
fn explain(need: &Need) -> String {
    let Some(value) = need.needed else { return "Not measured".to_owned() };
    let runs = if need.runs == 1 { "1 run".to_owned() } else { format!("{} runs", need.runs) };
    let mut lines = vec![match (need.proved, value.checked_sub(need.step)) {
        (true, Some(below)) => format!(
            "Proved by {runs}: {} is enough, {} is not",
            value_text(need.limit, value),
            value_text(need.limit, below)
        ),
        (true, None) => "Proved: none is needed".to_owned(),
        (false, _) => "The most that was seen, not proved".to_owned(),
    }];
    if let Some(by) = &need.by {
        lines.push(format!("{by} needs it, before the call itself"));
    }
    if need.limit == LimitKind::WasmStack {
        lines.push("Found to 1 KiB; a setting of the engine".to_owned());
    }
    if let Some(together) = need.together.filter(|_| need.together > need.needed) {
        let together = value_text(need.limit, together);
        lines.push(format!(
            "{together} with all other limits at their least, since the call then takes another way"
        ));
    }
    lines.join("\n")
}

/// Lays out a row of the table: a name at the left, figures that end at their columns, and a button.
fn row_ui(ui: &mut Ui, name: &str, texts: [RichText; 3], add_right: impl FnOnce(&mut Ui)) -> egui::Response {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), egui::Sense::hover());
    let mut left = rect.left();
    for (at, (text, end)) in texts.into_iter().zip(COLUMNS).enumerate() {
        let right = rect.left() + rect.width() * end;
        let cell = Rect::from_min_max(pos2(left, rect.top()), pos2(right, rect.bottom()));
        let layout =
            if at == 0 { Layout::left_to_right(Align::Center) } else { Layout::right_to_left(Align::Center) };
        let mut cell = ui.new_child(egui::UiBuilder::new().max_rect(cell).layout(layout).id_salt((name, at)));
        cell.add(Label::new(text).truncate().selectable(false));
        left = right;
    }
    let cell = Rect::from_min_max(pos2(left, rect.top()), rect.right_bottom());
    let layout = Layout::right_to_left(Align::Center);
    let builder = egui::UiBuilder::new().max_rect(cell).layout(layout).id_salt((name, "right"));
    add_right(&mut ui.new_child(builder));
    response
}

fn label(kind: LimitKind) -> &'static str {
    kind.label()
}

fn value_text(kind: LimitKind, value: u64) -> String {
    match kind {
        LimitKind::WasmStack => humanize::binary_bytes(value),
        _ => humanize::count(value),
    }
}

fn call_text(export: &str, args: &[Value]) -> String {
    format!("{export}({})", values_text(args))
}

fn values_text(values: &[Value]) -> String {
    let text = values.iter().map(Value::to_text).collect::<Vec<_>>().join(", ");
    humanize::shortened(&text, 200).into_owned()
}

fn capitalised(sentence: &str) -> String {
    let mut chars = sentence.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn muted(ui: &mut Ui, text: &str) {
    ui.add(Label::new(muted_text(ui, text)).wrap());
}

fn muted_text(ui: &Ui, text: &str) -> RichText {
    theme::caption(text).color(tokens(ui).text_muted)
}

//! The Call pane: arguments, Call and Stop, and how the last call ended.
//!
//! Reads no values and makes no calls: texts are read by the form in the program's state.

use egui::{Align, Frame, Layout, Margin, Response, RichText, ScrollArea, Ui, vec2};

use super::bench_ui::bench_ui;
use super::call_fields::{CallFields, select_all};
use super::call_result::ResultViews;
use super::definition::{Definition, go_to};
use super::end_card::EndCard;
use super::instance_ui::{missing_ui, note_ui, refusal_ui, steps_ui, switches_ui};
use super::outcome_words::place_text;
use super::progress::progress_bar;
use crate::app::{
    Action, AppState, CallAction, CallForm, Now, PendingCall, PluginAction, PluginView, SourceAction,
    UiCommand,
};
use crate::model::bench::Span;
use crate::model::call::{CallKind, CallRecord, Outcome};
use crate::model::humanize;
use crate::model::lifecycle::PluginState;
use crate::model::signature::FuncSignature;
use crate::ui::icons;
use crate::ui::theme::{self, space, tokens};
use crate::ui::widgets::{
    Chip, empty_state, field_error, hairline, link, primary_button, quiet_button, text_field,
};

/// Seconds after which a call that runs shows that it does.
const QUIET: f64 = 0.2;
/// Seconds between two looks at a running time.
const REFRESH: f64 = 0.1;

/// Width of the field for repeating, where there is room and where there is little.
const REPEAT_WIDTH: f32 = 64.0;
const REPEAT_LEAST: f32 = 40.0;
/// Room that the button beside it takes.
const STOP_WIDTH: f32 = 86.0;

/// The Call pane.
#[derive(Debug, Default)]
pub struct CallPane {
    fields: CallFields,
    results: ResultViews,
    end: EndCard,
    wants_focus: bool,
    is_instance_open: bool,
}

impl CallPane {
    /// Asks for the keyboard to go into the first field.
    pub fn focus(&mut self) {
        self.wants_focus = true;
    }

    /// Shows the pane.
    pub fn ui(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        let is_component = state.shown_build().is_some_and(|good| good.build.info.kind.is_component());
        let plugin = state.selected_plugin();
        if let Some((icon, headline, hint)) = emptiness(state, is_component) {
            empty_state(ui, icon, headline, &hint);
            instantiate_ui(ui, state, actions);
            return;
        }
        let Some(plugin) = plugin else { return };
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            Frame::new().inner_margin(Margin { left: 12, right: 12, top: 2, bottom: 12 }).show(ui, |ui| {
                ui.set_width(ui.available_width());
                ui.spacing_mut().item_spacing.y = 6.0;
                self.content_ui(ui, state, plugin, actions);
            });
        });
        self.wants_focus = false;
    }

    /// Shows the function that is called, right after the pane's title.
    pub fn bar_ui(&mut self, ui: &mut Ui, state: &AppState) {
        let Some((_, export, signature)) = state.selected_function() else { return };
        let text = theme::code(export).size(theme::FIGURE);
        ui.add(egui::Label::new(text).truncate()).on_hover_text(theme::code(signature.with_names()));
    }

    /// Shows the steps of the life cycle, laid out from the right end of the pane's bar.
    pub fn bar_right_ui(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        if state.selected_plugin().is_some() {
            steps_ui(ui, state, actions);
        }
    }

    fn content_ui(&mut self, ui: &mut Ui, state: &AppState, plugin: &PluginView, actions: &mut Vec<Action>) {
        let function = state.selected_function();
        if let (Some((_, export, signature)), Some(form)) = (function, state.selected_form()) {
            signature_ui(ui, state, plugin, export, signature, actions);
            let wants_focus = &mut self.wants_focus;
            self.fields.ui(ui, state, (plugin, export, signature), form, wants_focus, actions);
            Self::buttons_ui(ui, state, form, actions);
            if let Err(error) = form.repetition() {
                field_error(ui, &error);
            }
        }
        progress_ui(ui, state.now, plugin);
        refusal_ui(ui, plugin);
        missing_ui(ui, plugin, actions);
        if let Some(record) = shown_record(plugin, function.map(|(_, export, _)| export)) {
            let signature = function.filter(|(_, export, _)| **export == *record.export);
            self.record_ui(ui, state, plugin, record, signature.map(|(_, _, signature)| signature), actions);
        }
        // The end of a call is what one looks for; what is said of the instance is read after it.
        note_ui(ui, plugin);
        if let Some((_, export, _)) = function {
            bench_ui(ui, state, plugin, export, actions);
        }
        hairline(ui);
        switches_ui(ui, state, &mut self.is_instance_open, actions);
    }

    fn record_ui(
        &mut self,
        ui: &mut Ui,
        state: &AppState,
        plugin: &PluginView,
        record: &CallRecord,
        signature: Option<&FuncSignature>,
        actions: &mut Vec<Action>,
    ) {
        if record.outcome == Outcome::Returned || !record.results.is_empty() {
            self.results.ui(ui, plugin, record, signature, actions);
        }
        if record.outcome != Outcome::Returned || !record.all_denied().is_empty() {
            self.end.ui(ui, state, plugin, record, actions);
        }
        if record.kind == CallKind::Export {
            let chip = Chip::small("Count operators").clickable();
            let hint = "Makes this call again on a fresh instance and counts each operator that it runs";
            if ui.add(chip.tooltip(hint)).clicked() {
                let count = PluginAction::CountOperators(Some(record.number));
                actions.push(Action::Plugin(plugin.id, count));
            }
        }
    }

    fn buttons_ui(ui: &mut Ui, state: &AppState, form: &CallForm, actions: &mut Vec<Action>) {
        ui.horizontal(|ui| {
            let call = UiCommand::CallFunction.action(state).and_then(|call| {
                form.values().map_err(|(index, err)| format!("argument {index}: {err}"))?;
                form.repetition()?;
                Ok(call)
            });
            let button =
                primary_button(icons::PLAY, "Call").hint(icons::ARROW_ELBOW_DOWN_LEFT).min_width(88.0);
            if told(ui.add_enabled(call.is_ok(), button), "Call", "F5", call.as_ref().err()).clicked() {
                actions.extend(call);
            }
            if ui.available_width() > REPEAT_LEAST + STOP_WIDTH + space::L {
                ui.label(RichText::new("×").color(tokens(ui).text_muted));
            }
            let mut repeat = form.repeat.clone();
            let error = form.repetition().err();
            let width = REPEAT_WIDTH.min(ui.available_width() - STOP_WIDTH).max(REPEAT_LEAST);
            let field = text_field("Repeat", &mut repeat).code().width(width).error(error.as_deref());
            let response = ui.allocate_ui(vec2(width, space::ROW), |ui| ui.add(field)).inner;
            let response =
                response.on_hover_text("How often to call, such as 1000, or for how long, such as 2 s");
            if response.gained_focus() && !ui.input(|input| input.pointer.any_down()) {
                select_all(ui, response.id, &repeat);
            }
            if response.changed() {
                actions.push(Action::Call(CallAction::SetRepeat(repeat)));
            }
            if response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter)) {
                response.request_focus();
                actions.extend(UiCommand::CallFunction.action(state));
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let stop = UiCommand::StopCall.action(state);
                let button = quiet_button(icons::STOP, "Stop");
                let response = ui.add_enabled(stop.is_ok(), button);
                if told(response, "Stop", "Shift+F5", stop.as_ref().err()).clicked() {
                    actions.extend(stop);
                }
            });
        });
        if form.repetition().is_ok_and(Span::is_repeated) {
            ui.horizontal_wrapped(|ui| Self::repetition_ui(ui, form, actions));
        }
    }

    fn repetition_ui(ui: &mut Ui, form: &CallForm, actions: &mut Vec<Action>) {
        let mut warms_up = form.warm_up;
        let checkbox = ui.checkbox(&mut warms_up, "Warm up");
        if checkbox.on_hover_text("Makes 100 calls first, which are not measured").changed() {
            actions.push(Action::Call(CallAction::SetWarmUp(warms_up)));
        }
        let mut go_on = form.continue_on_failure;
        let checkbox = ui.checkbox(&mut go_on, "Go on after a failure");
        if checkbox.on_hover_text("Repeats also after a call that did not return").changed() {
            actions.push(Action::Call(CallAction::SetContinueOnFailure(go_on)));
        }
    }
}

/// Shows how long a call runs and how many of the repeated ones are done, once that takes a while.
fn progress_ui(ui: &mut Ui, now: Now, plugin: &PluginView) {
    let pending = plugin.calls.pending.front();
    let Some((pending, busy_since)) = pending.zip(plugin.busy_since) else { return };
    let since = pending.since_measured.unwrap_or(busy_since);
    let passed = now.since_start.saturating_sub(since).as_secs_f64();
    let in_all = now.since_start.saturating_sub(busy_since).as_secs_f64();
    let is_paused = plugin.state == PluginState::Paused;
    if in_all < QUIET {
        ui.ctx().request_repaint_after_secs(seconds(QUIET - in_all));
        return;
    }
    ui.ctx().request_repaint_after_secs(seconds(REFRESH));
    let time = match plugin.history.back().filter(|_| is_paused) {
        Some(change) => {
            #[allow(clippy::cast_precision_loss, reason = "nobody waits for so many milliseconds")]
            let paused = now.unix_ms.saturating_sub(change.at_unix_ms) as f64 / 1000.0;
            format!("paused for {paused:.1} s")
        }
        None => format!("running for {passed:.1} s"),
    };
    let (share, text) = done_of(pending, passed, &time);
    let tokens = tokens(ui);
    let colour = if is_paused { tokens.warning } else { tokens.info };
    progress_bar(ui, share, colour);
    ui.label(theme::caption(text).color(colour));
    if plugin.calls.pending.len() > 1 {
        let waiting = format!("{} more wait", plugin.calls.pending.len() - 1);
        ui.label(theme::caption(waiting).color(tokens.text_muted));
    }
}

/// Adds the tooltip of a button: its keys, or why it can't be used now.
fn told(response: Response, name: &str, keys: &str, refusal: Option<&String>) -> Response {
    match refusal {
        None => response.on_hover_text(format!("{name}  {keys}")),
        Some(reason) => response.on_disabled_hover_text(format!("{name}: {reason}")),
    }
}

/// Returns the call that the pane shows: the selected one where it is of the shown function or of the
/// instance itself, else the newest of that function.
fn shown_record<'a>(plugin: &'a PluginView, export: Option<&str>) -> Option<&'a CallRecord> {
    let is_shown = |record: &&CallRecord| match record.kind {
        CallKind::Export => export == Some(&*record.export),
        CallKind::Instantiate | CallKind::Start | CallKind::Hook => !record.is_success(),
    };
    let selected = plugin.calls.selected_record().filter(is_shown);
    selected.or_else(|| plugin.calls.newest_of(export?))
}

fn signature_ui(
    ui: &mut Ui,
    state: &AppState,
    plugin: &PluginView,
    export: &str,
    signature: &FuncSignature,
    actions: &mut Vec<Action>,
) {
    let build = &plugin.build.build;
    let muted = tokens(ui).text_muted;
    ui.scope(|ui| {
        ui.spacing_mut().interact_size.y = 20.0;
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.horizontal_wrapped(|ui| {
            ui.label(theme::code(signature.with_names()).size(theme::FIGURE).color(muted));
            let found = Definition::of_export(&build.interface, export);
            let Some(place) = found.map(|found| found.place(build)) else { return };
            if let Some(text) = place_text(state, plugin.source, &place)
                && link(ui, &text).on_hover_text("Show the definition in the source").clicked()
            {
                actions.push(go_to(plugin.source, place));
            }
        });
    });
}

/// Says why there is nothing to call and what to do about it; `None` when there is something.
fn emptiness(state: &AppState, is_component: bool) -> Option<(&'static str, &'static str, String)> {
    let source = state.active_source();
    if state.selected_function().is_some() {
        return None;
    }
    if let Some(hint) = state.shown_build().filter(|_| is_component).and_then(|_| component_hint(state)) {
        return Some((icons::PUZZLE_PIECE, "This is a component", hint));
    }
    match (state.selected_plugin(), source) {
        (Some(plugin), _) if plugin.calls.records.is_empty() && plugin.missing_imports.is_empty() => {
            let hint = "Export one: (func (export \"run\") …)";
            Some((icons::FUNCTION, "No function is exported", hint.to_owned()))
        }
        (Some(_), _) => None,
        (None, None) => Some((
            icons::PLAY,
            "Nothing to call yet",
            "Open a file or a sample to call its functions".to_owned(),
        )),
        (None, Some(source)) if source.good.is_none() && source.failure.is_some() => {
            Some((icons::WARNING_CIRCLE, "It does not compile yet", "Problems says what is wrong".to_owned()))
        }
        (None, Some(source)) if source.good.is_none() => {
            Some((icons::HOURGLASS, "Compiling", format!("The functions of {} come here", source.name)))
        }
        (None, Some(_)) => {
            let hint = "The plugin was unloaded; its source is still here";
            Some((icons::PLUG, "No instance", hint.to_owned()))
        }
    }
}

/// Says what can be seen of a component that can't be called; `None` when there is an end to be shown.
fn component_hint(state: &AppState) -> Option<String> {
    let later = "Its interface stands in Exports; calling components comes later";
    let Some(plugin) = state.selected_plugin() else { return Some(later.to_owned()) };
    let has_failed = plugin.calls.records.iter().any(|record| !record.is_success());
    if has_failed || !plugin.missing_imports.is_empty() {
        return None;
    }
    Some(match plugin.usage.instances {
        0 => later.to_owned(),
        1 => format!("It is instantiated, with one core instance. {later}"),
        count => format!("It is instantiated, with {count} core instances. {later}"),
    })
}

/// Offers a new instance where the last one was unloaded.
fn instantiate_ui(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let source = state.active_source().filter(|source| source.good.is_some());
    let Some(source) = source.filter(|_| state.selected_plugin().is_none()) else { return };
    ui.add_space(space::S);
    ui.vertical_centered(|ui| {
        if ui.add(quiet_button(icons::PLUS, "New instance")).clicked() {
            actions.push(Action::Source(SourceAction::Instantiate(source.id)));
        }
    });
}

#[allow(clippy::cast_possible_truncation, reason = "a wait of a fraction of a second")]
fn seconds(wait: f64) -> f32 {
    wait.max(0.0) as f32
}

/// Returns how much of a call is done, from 0 to 1, and that in words.
#[allow(clippy::cast_precision_loss, reason = "a bar is a few hundred points long")]
fn done_of(pending: &PendingCall, passed: f64, time: &str) -> (f64, String) {
    let done = if pending.is_benchmark { pending.progress.calls } else { pending.done };
    let calls = humanize::grouped(done);
    let warming = if pending.progress.is_warming_up { "warming up · " } else { "" };
    match pending.span {
        Span::Calls(1) => (1.0, time.to_owned()),
        Span::Calls(all) => {
            (done as f64 / all as f64, format!("{warming}{calls} / {} · {time}", humanize::grouped(all)))
        }
        Span::Nanos(nanos) => {
            let whole = humanize::duration_ns(nanos);
            let share = if pending.progress.is_warming_up { 0.0 } else { passed * 1e9 / nanos as f64 };
            (share, format!("{warming}{calls} calls · {time} of {whole}"))
        }
    }
}

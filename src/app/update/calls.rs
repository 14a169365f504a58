//! Choosing a function, filling its fields, calling it, calling it again.

use std::sync::Arc;

use super::super::action::CallAction;
use super::super::demo;
use super::super::pane::PaneKind;
use super::super::state::{AppState, Effect, Now, Origin, PendingCall, PluginView, Purpose, Source};
use super::tell;
use crate::engine::EngineSettings;
use crate::model::bench::{BenchPlan, BenchProgress, Span, WarmUp};
use crate::model::command_line::run_command;
use crate::model::event::LogLevel;
use crate::model::ids::{CallId, PluginId};
use crate::model::lifecycle::LifecycleStep;
use crate::model::proposal::Proposal;
use crate::model::value::Value;
use crate::worker::protocol::{BenchRequest, CallRequest, Command, PluginCommand};

/// Most bytes of a text behind a result that are read.
const MOST_TEXT_BYTES: u64 = 64 * 1024;
/// Calls of a warm-up.
const WARM_UP_CALLS: u64 = 100;
/// Most calls that may wait for one plugin.
const MOST_PENDING: usize = 64;

pub(super) fn update(state: &mut AppState, action: CallAction, now: Now, out: &mut Vec<Command>) {
    match action {
        CallAction::SelectExport(name) => {
            state.selection.export = Some(name.into());
            state.effects.push(Effect::FocusCall);
        }
        CallAction::SetArg(index, text) => with_form(state, |form| form.set_arg(index, text)),
        CallAction::SetRepeat(text) => with_form(state, |form| form.repeat = text),
        CallAction::SetWarmUp(warms_up) => with_form(state, |form| form.warm_up = warms_up),
        CallAction::TimeInBatches => time_in_batches(state, now, out),
        CallAction::SetContinueOnFailure(go_on) => with_form(state, |form| form.continue_on_failure = go_on),
        CallAction::Recall(step) => with_form(state, |form| form.recall(step)),
        CallAction::Call => call(state, now, out),
        CallAction::CallAgain(number) => call_again(state, number, now, out),
        CallAction::UseArgs(number) => use_args(state, number),
        CallAction::CopyAsCommand(number) => copy_as_command(state, number, now),
        CallAction::WriteText(param, text) => write_text(state, param, text, out),
        CallAction::ReadText(number, address, bytes) => {
            if let Some(plugin) = state.selection.plugin {
                read_text(state, plugin, (number, address, bytes), out);
            }
        }
        CallAction::RunDemo(sample) => demo::start(state, &sample, now, out),
    }
}

/// Sends a call to a plugin, or says why it can't be called.
pub(crate) fn send_call(
    state: &mut AppState,
    id: PluginId,
    (export, args): (Arc<str>, Vec<Value>),
    how: Repetition,
    now: Now,
    out: &mut Vec<Command>,
) -> Option<CallId> {
    let call = state.ids.call();
    let plugin = state.plugin_mut(id)?;
    plugin.refusal = plugin.may(LifecycleStep::Call).err();
    if plugin.calls.pending.len() >= MOST_PENDING {
        plugin.refusal = Some("too many calls are waiting already".to_owned());
    }
    if plugin.refusal.is_some() {
        return None;
    }
    plugin.note = None;
    plugin.calls.pending.push_back(PendingCall {
        call,
        export: Arc::clone(&export),
        args: args.clone(),
        done: 0,
        span: how.span,
        is_benchmark: how.is_benchmark,
        refused: (0, 0),
        progress: BenchProgress::default(),
        since: now.since_start,
        since_measured: None,
    });
    let warm_up = if how.warms_up { WARM_UP_CALLS } else { 0 };
    let (repeat, nanos) = match how.span {
        Span::Calls(calls) => (calls, None),
        Span::Nanos(nanos) => (u64::MAX, Some(nanos)),
    };
    let command = if how.is_benchmark {
        let plan = BenchPlan { length: how.span, warm_up: WarmUp::Default };
        PluginCommand::Benchmark(BenchRequest { call, export, args, plan })
    } else {
        let continue_on_failure = how.continue_on_failure;
        PluginCommand::Call(CallRequest { call, export, args, repeat, nanos, warm_up, continue_on_failure })
    };
    tell(id, command, out);
    Some(call)
}

/// How a call is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Repetition {
    /// How often, or for how long.
    pub(crate) span: Span,
    /// Whether calls that are not measured come first.
    pub(crate) warms_up: bool,
    /// Whether to go on after a call that did not return.
    pub(crate) continue_on_failure: bool,
    /// Whether calls are measured without a record of each.
    pub(crate) is_benchmark: bool,
}

impl Repetition {
    /// A single call.
    pub(crate) const ONCE: Self =
        Self { span: Span::Calls(1), warms_up: false, continue_on_failure: false, is_benchmark: false };
}

/// Measures again what was repeated last, where one call is too short for the clock.
fn time_in_batches(state: &mut AppState, now: Now, out: &mut Vec<Command>) {
    let Some(plugin) = state.selected_plugin() else { return };
    let Some(bench) = plugin.calls.bench.clone() else { return };
    let id = plugin.id;
    let how = Repetition { span: bench.span, is_benchmark: true, ..Repetition::ONCE };
    send_call(state, id, (bench.export, bench.args), how, now, out);
}

/// Asks for the text that the result of a call points at.
pub(crate) fn read_text(
    state: &mut AppState,
    plugin: PluginId,
    (number, address, bytes): (u64, u64, u64),
    out: &mut Vec<Command>,
) {
    let request = state.requests.ask(Purpose::ReadText { plugin, number });
    let bytes = bytes.min(MOST_TEXT_BYTES);
    tell(plugin, PluginCommand::ReadText { request, address, bytes }, out);
}

fn with_form(state: &mut AppState, change: impl FnOnce(&mut super::super::form::CallForm)) {
    let Some((plugin, export, signature)) = state.selected_function() else { return };
    let (source, export, signature) = (plugin.source, export.to_owned(), signature.clone());
    change(state.forms.ensure(source, &export, &signature));
}

fn call(state: &mut AppState, now: Now, out: &mut Vec<Command>) {
    let Some((plugin, export, _)) = state.selected_function() else { return };
    let (id, export) = (plugin.id, Arc::<str>::from(export));
    let Some(form) = state.selected_form() else { return };
    let ready = form.values().map_err(|(index, err)| format!("argument {index}: {err}"));
    let ready = ready.and_then(|args| {
        let how = Repetition {
            span: form.repetition()?,
            warms_up: form.warm_up,
            continue_on_failure: form.continue_on_failure,
            is_benchmark: false,
        };
        Ok((args, how))
    });
    match ready {
        Ok((args, how)) => {
            if send_call(state, id, (export, args), how, now, out).is_some() {
                with_form(state, super::super::form::CallForm::remember);
            }
        }
        Err(reason) => {
            if let Some(plugin) = state.plugin_mut(id) {
                plugin.refusal = Some(reason);
            }
        }
    }
}

fn call_again(state: &mut AppState, number: u64, now: Now, out: &mut Vec<Command>) {
    let Some(plugin) = state.selected_plugin() else { return };
    let Some(record) = plugin.calls.record(number) else {
        state.notify(LogLevel::Info, format!("the details of call {number} are no longer kept"), now);
        return;
    };
    let (id, what) = (plugin.id, (Arc::clone(&record.export), record.args.clone()));
    send_call(state, id, what, Repetition::ONCE, now, out);
}

fn use_args(state: &mut AppState, number: u64) {
    let Some(record) = state.selected_plugin().and_then(|plugin| plugin.calls.record(number)) else { return };
    let texts = record.args.iter().map(Value::to_text).collect::<Vec<_>>();
    state.selection.export = Some(Arc::clone(&record.export));
    with_form(state, |form| form.set_args(&texts));
    state.effects.push(Effect::ShowPane(PaneKind::Call));
}

fn copy_as_command(state: &mut AppState, number: Option<u64>, now: Now) {
    let Some(plugin) = state.selected_plugin() else { return };
    let file = state.source(plugin.source).map_or_else(|| "-".to_owned(), file_argument);
    let command = match number.map(|number| plugin.calls.record(number)) {
        Some(None) => return,
        Some(Some(record)) => {
            Ok(run_command(&file, &record.limits, option_words(plugin), &record.export, &record.args))
        }
        None => match (&state.selection.export, state.selected_form()) {
            (Some(export), Some(form)) => {
                let limits = plugin.limits_of(export);
                form.values().map(|args| run_command(&file, &limits, option_words(plugin), export, &args))
            }
            _ => return,
        },
    };
    match command {
        Ok(command) => {
            state.effects.push(Effect::Copy(command));
            state.notify(LogLevel::Info, "command copied", now);
        }
        Err((_, err)) => state.notify(LogLevel::Warn, format!("can't copy the call: {err}"), now),
    }
}

/// Returns the options of `run` for whatever of a plugin and its engine is not as it usually is, limits left out.
fn option_words(plugin: &PluginView) -> Vec<String> {
    let (engine, usual) = (&plugin.build.build.settings, EngineSettings::default());
    let mut words = Vec::new();
    let mut add = |option: &str, word: String| words.extend([option.to_owned(), word]);
    if engine.compiler != usual.compiler {
        add("--compiler", engine.compiler.name().to_owned());
    }
    if engine.optimization != usual.optimization {
        add("--opt-level", engine.optimization.name().to_owned());
    }
    for proposal in Proposal::ALL {
        let is_on = engine.proposals.has(proposal);
        if is_on != usual.proposals.has(proposal) {
            add(if is_on { "--enable" } else { "--disable" }, proposal.name().to_owned());
        }
    }
    if engine.wasm_stack_bytes != usual.wasm_stack_bytes {
        add("--wasm-stack", engine.wasm_stack_bytes.to_string());
    }
    if !engine.prices.is_empty() {
        add("--prices", engine.prices.to_text());
    }
    let flags = [
        (plugin.options.stub_missing_imports, "--stub-missing-imports"),
        (plugin.options.keep_after_trap, "--keep-after-trap"),
    ];
    words.extend(flags.into_iter().filter(|(is_on, _)| *is_on).map(|(_, flag)| flag.to_owned()));
    words
}

/// Returns the word that names a source's file on the command line.
fn file_argument(source: &Source) -> String {
    match (&source.path, source.origin) {
        (Some(path), _) => path.display().to_string(),
        (None, Origin::Sample(id)) => format!("sample_plugins/{id}.wat"),
        (None, _) => source.name.to_string(),
    }
}

fn write_text(state: &mut AppState, param: usize, text: String, out: &mut Vec<Command>) {
    let Some((plugin, export, _)) = state.selected_function() else { return };
    let (id, export) = (plugin.id, Arc::<str>::from(export));
    // What an allocator does to the instance is not among its calls.
    if let Some(plugin) = state.plugin_mut(id) {
        plugin.earlier.forget(1);
    }
    let request = state.requests.ask(Purpose::WriteText { plugin: id, export, param });
    tell(id, PluginCommand::WriteText { request, text: text.into() }, out);
}

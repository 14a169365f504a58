//! What happens to plugins: states, calls, usage, memory.

use std::sync::Arc;

use super::super::state::{AppState, BenchView, Now, PluginView, Purpose, ResultText};
use super::super::update::{count_unasked, read_text, show_again};
use super::super::{demo, due, journal};
use crate::engine::Build;
use crate::model::bench::BenchReport;
use crate::model::call::{CallKind, CallRecord, CallSample, DeniedGrowth, Outcome};
use crate::model::event::LogLevel;
use crate::model::ids::{CallId, PluginId, RequestId};
use crate::model::lifecycle::StateChange;
use crate::model::memory::MemoryWindow;
use crate::model::value::Value;
use crate::worker::protocol::{Command, PluginEvent};

pub(super) fn apply(
    state: &mut AppState,
    id: PluginId,
    event: PluginEvent,
    now: Now,
    out: &mut Vec<Command>,
) {
    let Some(plugin) = state.plugin_mut(id) else { return };
    match event {
        PluginEvent::StateChanged(change) => state_changed(state, id, change, now, out),
        PluginEvent::ImportsMissing(imports) => {
            plugin.missing_imports = imports;
            demo::imports_missing(state, id);
        }
        PluginEvent::Instantiated { build, build_number, instantiate_ns, state_reset } => {
            plugin.calls.timeline.begin_build(build_number.0);
            plugin.note_instance(build_number.0, &build.info, instantiate_ns);
            instantiated(plugin, &build, instantiate_ns, state_reset);
            if state_reset {
                journal::build_replaced(state, id, state_reset, now);
            }
            demo::instantiated(state, id);
        }
        PluginEvent::CallEnded { call, record, is_sampled } => {
            call_ended(state, id, call, *record, is_sampled, now, out);
        }
        PluginEvent::GrowthRefused { denied, count } => growth_refused(state, id, &denied, count, now),
        PluginEvent::CallSamples { call, export, samples, done, .. } => {
            call_samples(state, id, call, &export, samples, done, now);
        }
        PluginEvent::BenchMoved { call, progress } => {
            if let Some(pending) = plugin.calls.pending.iter_mut().find(|pending| pending.call == call) {
                // Time for which calls are repeated begins with the first that is measured.
                if pending.progress.is_warming_up && !progress.is_warming_up {
                    pending.since_measured = Some(now.since_start);
                }
                pending.progress = progress;
            }
        }
        PluginEvent::Benched { call, report } => benched(plugin, call, report),
        PluginEvent::CallRefused { call, reason } => {
            plugin.calls.pending.retain(|pending| pending.call != call);
            plugin.refusal = Some(reason.clone());
            demo::call_refused(state, id, call, &reason, now, out);
        }
        PluginEvent::StepRefused { reason } => plugin.refusal = Some(reason),
        PluginEvent::Usage(usage) => {
            plugin.usage = usage;
            if !plugin.state.is_busy() {
                plugin.note_refused();
            }
            plugin.calls.metrics.set_current_memory_pages(usage.memory_pages);
        }
        PluginEvent::HostCalls(counts) => plugin.host_calls.set(counts),
        PluginEvent::Memory(window) => memory_shown(plugin, window),
        PluginEvent::MemoryRefused { reason } => plugin.memory.refusal = Some(reason),
        PluginEvent::Globals(globals) => plugin.globals = globals,
        PluginEvent::TextWritten { request, result } => text_written(state, id, request, result),
        PluginEvent::TextRead { request, result } => text_read(state, id, request, result),
        PluginEvent::Logged { level, text } => journal::logged(state, id, level, text, now),
        PluginEvent::LimitsSet(limits) => limits_set(plugin, limits),
        PluginEvent::Unloaded => gone(state, id, now),
        PluginEvent::Panicked { message } => {
            let label = state.plugin_label(id);
            state.notify(LogLevel::Error, format!("the thread of `{label}` failed: {message}"), now);
            journal::failure_of_plugin(state, id, message, now);
            gone(state, id, now);
        }
    }
}

fn state_changed(state: &mut AppState, id: PluginId, change: StateChange, now: Now, out: &mut Vec<Command>) {
    journal::state_changed(state, id, &change, now);
    let Some(plugin) = state.plugin_mut(id) else { return };
    let was_busy = plugin.state.is_busy();
    plugin.record(change, now.since_start);
    if was_busy && !plugin.state.is_busy() {
        show_again(plugin, out);
    }
    due::schedule_refresh(state, id, now);
    demo::advance(state, now, out);
}

fn instantiated(plugin: &mut PluginView, build: &Arc<Build>, instantiate_ns: u64, state_reset: bool) {
    plugin.earlier.clear();
    plugin.instantiate_ns = Some(instantiate_ns);
    plugin.missing_imports.clear();
    plugin.refusal = None;
    // Writes into the memory of an instance that is gone can't be taken back.
    plugin.memory.undo.clear();
    plugin.memory.redo.clear();
    plugin.memory.before = None;
    let runs_newest = Arc::ptr_eq(build, &plugin.build.build) && plugin.waiting_build.is_none();
    plugin.note = match (state_reset, runs_newest) {
        (true, _) => {
            Some("state reset: a fresh instance has replaced the one that had been called".to_owned())
        }
        (false, true) => None,
        (false, false) => plugin.note.take(),
    };
}

fn call_ended(
    state: &mut AppState,
    id: PluginId,
    call: Option<CallId>,
    mut record: CallRecord,
    is_sampled: bool,
    now: Now,
    out: &mut Vec<Command>,
) {
    let Some(plugin) = state.plugin_mut(id) else { return };
    plugin.note_first_calls(&record);
    if !is_sampled {
        plugin.calls.timeline.begin_build(record.build);
        let sample = record.sample(0);
        plugin.calls.push_sample(&record.export, sample, now.unix_ms, record.refused_growths);
    }
    // Details and figures are of the same call by having the same number, so that there is one who counts.
    record.number = plugin.calls.last_number();
    let record = &record;
    plugin.earlier.note(record);
    plugin.calls.refusals.note(record.number, &record.all_denied());
    let pending = call.and_then(|call| {
        let at = plugin.calls.pending.iter().position(|pending| pending.call == call)?;
        plugin.calls.pending.remove(at)
    });
    if record.fresh_instance {
        plugin.note = Some("this call ran on a fresh instance, since the one before had failed".to_owned());
    }
    if plugin.memory.window.is_some() {
        plugin.memory.before = plugin.memory.window.clone();
    }
    show_again(plugin, out);
    plugin.calls.selected = Some(record.number);
    plugin.calls.push_record(record.clone());
    if !is_sampled {
        state.runtime.record_execution(record.wall_ns, record.is_success());
    }
    let untold = pending.map_or(0, |pending| {
        let told = pending.refused.1 + u64::from(is_sampled && record.end.refused.total() > 0);
        pending.refused.0.saturating_sub(told)
    });
    journal::call_ended(state, id, record, untold, now);
    if let Some((address, bytes)) = text_behind(record) {
        read_text(state, id, (record.number, address, bytes), out);
    }
    count_unasked(state, id, record, now, out);
    demo::call_ended(state, id, call, record, now, out);
}

fn call_samples(
    state: &mut AppState,
    id: PluginId,
    call: CallId,
    export: &str,
    samples: Vec<CallSample>,
    done: u64,
    now: Now,
) {
    let Some(plugin) = state.plugins.iter_mut().find(|plugin| plugin.id == id) else { return };
    let mut refused = 0;
    for sample in samples {
        state.runtime.record_execution(sample.wall_ns, sample.outcome == Outcome::Returned);
        plugin.calls.push_sample(export, sample, now.unix_ms, u64::from(sample.was_denied));
        refused += u64::from(sample.was_denied);
    }
    if let Some(pending) = plugin.calls.pending.iter_mut().find(|pending| pending.call == call) {
        pending.done = done;
        pending.refused.0 += refused;
    }
}

/// Takes up growth that was refused in one of many calls, whose figures come with the others'.
fn growth_refused(state: &mut AppState, id: PluginId, denied: &[DeniedGrowth], count: u64, now: Now) {
    let Some(plugin) = state.plugin_mut(id) else { return };
    // The figures of that call may still be on their way.
    let number = plugin.calls.last_number().saturating_add(1);
    let denied: Vec<_> = denied.iter().collect();
    plugin.calls.refusals.note(number, &denied);
    if let Some(pending) = plugin.calls.pending.front_mut() {
        pending.refused.1 += 1;
    }
    journal::growth_refused(state, id, &denied, count, now);
}

/// Keeps how long calls took; the calls themselves are more than can be made again.
fn benched(plugin: &mut PluginView, call: CallId, report: BenchReport) {
    plugin.earlier.forget(report.calls.saturating_add(report.warm_up_calls).saturating_sub(1));
    let Some(at) = plugin.calls.pending.iter().position(|pending| pending.call == call) else { return };
    let pending = &plugin.calls.pending[at];
    plugin.calls.bench = Some(BenchView {
        export: Arc::clone(&pending.export),
        args: pending.args.clone(),
        span: pending.span,
        build: plugin.build.number.0,
        report,
    });
    if pending.is_benchmark {
        plugin.calls.pending.remove(at);
    }
}

/// Tells whether the results look like address and length of a text.
fn text_behind(record: &CallRecord) -> Option<(u64, u64)> {
    match (record.kind, record.outcome, record.results.as_slice()) {
        (CallKind::Export, Outcome::Returned, [Value::I32(address), Value::I32(bytes)]) => {
            let (address, bytes) = (address.cast_unsigned(), bytes.cast_unsigned());
            (1..=64 * 1024).contains(&bytes).then_some((address.into(), bytes.into()))
        }
        _ => None,
    }
}

fn memory_shown(plugin: &mut PluginView, window: MemoryWindow) {
    // The answer to an older wish would make the view jump back.
    let is_wanted = plugin
        .memory
        .wanted
        .is_none_or(|wanted| wanted.memory == window.memory && wanted.address == window.address);
    if is_wanted {
        plugin.memory.refusal = None;
        plugin.memory.window = Some(window);
    }
}

fn text_written(state: &mut AppState, id: PluginId, request: RequestId, result: Result<(u64, u64), String>) {
    let Some(Purpose::WriteText { plugin, export, param }) = state.requests.take(request) else { return };
    let Some(view) = state.plugin_mut(plugin).filter(|view| view.id == id) else { return };
    let source = view.source;
    let signature =
        view.build.build.interface.exported_function(&export).map(|(_, signature)| signature.clone());
    match (result, signature) {
        (Ok((address, bytes)), Some(signature)) => {
            let form = state.forms.ensure(source, &export, &signature);
            form.set_arg(param, address.to_string());
            form.set_arg(param + 1, bytes.to_string());
        }
        (Err(reason), _) => view.refusal = Some(reason),
        (Ok(_), None) => {}
    }
}

fn text_read(state: &mut AppState, id: PluginId, request: RequestId, result: Result<String, String>) {
    let Some(Purpose::ReadText { plugin, number }) = state.requests.take(request) else { return };
    if let Some(view) = state.plugin_mut(plugin).filter(|view| view.id == id) {
        view.calls.push_text(ResultText { number, text: result });
    }
}

fn limits_set(plugin: &mut PluginView, limits: crate::model::limits::Limits) {
    // A change that was made since then is still on its way and will be answered too.
    if plugin.options.limits == limits {
        for field in plugin.limit_fields.values_mut() {
            field.is_set = field.error.is_none();
        }
    }
}

fn gone(state: &mut AppState, id: PluginId, now: Now) {
    journal::unloaded(state, id, now);
    state.keep_calls_of(id);
    state.plugins.retain(|plugin| plugin.id != id);
    state.runtime.record_plugin_unloaded();
    demo::plugin_gone(state, id);
}

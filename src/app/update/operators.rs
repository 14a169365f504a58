//! Asking which operators a call runs.

use super::super::pane::PaneKind;
use super::super::state::{AppState, CountsStatus, CountsView, Effect, Now, OriginalEnd, Purpose};
use super::needs::call_to_repeat;
use crate::engine::OperatorCounter;
use crate::model::call::{CallKind, CallRecord};
use crate::model::ids::PluginId;
use crate::model::needs::setting;
use crate::worker::protocol::Command;

/// Longest call, in nanoseconds, that is made again unasked to tell what it burns at the engine's own prices.
const UNASKED_NS: u64 = 50_000_000;

/// Counts the operators of a call, and shows them: that of a record by its number, or the one in the fields.
pub(super) fn count(
    state: &mut AppState,
    id: PluginId,
    number: Option<u64>,
    now: Now,
    out: &mut Vec<Command>,
) {
    ask(state, id, number, true, now, out);
    state.effects.push(Effect::ShowPane(PaneKind::Operators));
}

/// Counts the operators of a short call that ran at prices of its own, so that it can be told what it burns
/// at the engine's.
pub(crate) fn count_unasked(
    state: &mut AppState,
    id: PluginId,
    record: &CallRecord,
    now: Now,
    out: &mut Vec<Command>,
) {
    let Some(plugin) = state.plugin(id) else { return };
    let settings = &plugin.build.build.settings;
    let is_priced = settings.fuel && !settings.prices.is_empty();
    let is_short = record.wall_ns <= UNASKED_NS && plugin.earlier.wall_ns() <= UNASKED_NS;
    let is_worth_it = record.kind == CallKind::Export && record.is_success() && is_short;
    // A long list of calls is run by somebody who waits for the last of them.
    let is_last = plugin.calls.pending.is_empty();
    let waits_for_another = plugin
        .counts
        .as_ref()
        .is_some_and(|view| view.is_asked && matches!(view.status, CountsStatus::Running { .. }));
    if is_priced && is_worth_it && is_last && !waits_for_another && record.fuel.is_exact() {
        ask(state, id, Some(record.number), false, now, out);
    }
}

fn ask(
    state: &mut AppState,
    id: PluginId,
    number: Option<u64>,
    is_asked: bool,
    now: Now,
    out: &mut Vec<Command>,
) {
    stop(state, id, out);
    let Some(call) = call_to_repeat(state, id, number) else { return };
    let name = state.plugin_label(id);
    let request = state.requests.ask(Purpose::CountOperators { plugin: id });
    let Some(plugin) = state.plugin_mut(id) else { return };
    let record = number.and_then(|number| plugin.calls.record(number));
    let limits = record.map(|record| record.limits);
    let original = record.map(OriginalEnd::from);
    let (replay, forgotten) = plugin.earlier.before(number);
    let setting = setting(replay.len(), forgotten);
    let counter = OperatorCounter {
        build: plugin.build.build.clone(),
        options: plugin.options.clone(),
        limits,
        replay,
        call: call.clone(),
    };
    let status = CountsStatus::Running { request, step: None, since: now.since_start };
    let build = plugin.build.number;
    plugin.counts = Some(CountsView { call, original, build, setting, is_asked, status });
    out.push(Command::CountOperators { request, name: name.into(), counter: Box::new(counter) });
}

/// Ends the counting for a plugin, if there is any.
pub(super) fn stop(state: &mut AppState, id: PluginId, out: &mut Vec<Command>) {
    let running = state.plugin(id).and_then(|plugin| plugin.counts.as_ref());
    if let Some(CountsView { status: CountsStatus::Running { request, .. }, .. }) = running {
        out.push(Command::StopProbe { request: *request });
    }
}

//! What of the program's doings goes to Events: the one place that decides on kinds.
//!
//! Pure: entries carry the time that is passed in.

use super::state::{AppState, GoodBuild, Now};
use crate::engine::CompileFailure;
use crate::model::call::{CallRecord, DeniedGrowth};
use crate::model::event::{EventKind, EventPlugin, LogLevel};
use crate::model::ids::{PluginId, SourceId};
use crate::model::lifecycle::{PluginState, StateChange};
use crate::worker::protocol::Notice;

pub(super) fn notice(state: &mut AppState, notice: &Notice, now: Now) {
    let kind = EventKind::Notice { level: notice.level, text: notice.message.clone() };
    state.events.push(now.unix_ms, None, kind);
}

pub(super) fn compiled(state: &mut AppState, good: &GoodBuild, now: Now) {
    let info = &good.build.info;
    let kind =
        EventKind::Compiled { build: good.number, total_ns: info.phases.total_ns(), cache: info.cache };
    state.events.push(now.unix_ms, None, kind);
}

pub(super) fn failed(state: &mut AppState, id: SourceId, failure: &CompileFailure, now: Now) {
    let Some(source) = state.source(id) else { return };
    let text = match failure.diagnostics.as_slice() {
        [] => format!("`{}` does not compile", source.name),
        [only] => format!("`{}`:{}", source.name, only.to_line()),
        [first, rest @ ..] => format!("`{}`:{}, and {} more", source.name, first.to_line(), rest.len()),
    };
    // Half-typed text is no failure of anybody, so this is told quietly.
    state.events.push(now.unix_ms, None, EventKind::Notice { level: LogLevel::Debug, text });
}

pub(super) fn loaded(state: &mut AppState, id: PluginId, now: Now) {
    push(state, id, EventKind::Loaded, now);
}

pub(super) fn state_changed(state: &mut AppState, id: PluginId, change: &StateChange, now: Now) {
    push(state, id, EventKind::StateChanged { from: change.from, to: change.to }, now);
    if (change.from, change.to) == (PluginState::Initializing, PluginState::Ready) {
        push(state, id, EventKind::Initialized, now);
    }
}

pub(super) fn build_replaced(state: &mut AppState, id: PluginId, state_reset: bool, now: Now) {
    if let Some(build) = state.plugin(id).map(|plugin| plugin.build.number) {
        push(state, id, EventKind::BuildReplaced { build, state_reset }, now);
    }
}

/// Tells of a call that ended; of `untold` calls before it, that were made with it, nobody has told yet that growth
/// was refused in them.
pub(super) fn call_ended(state: &mut AppState, id: PluginId, record: &CallRecord, untold: u64, now: Now) {
    let executed = EventKind::Executed {
        function: record.export.to_string(),
        wall_ns: record.wall_ns,
        success: record.is_success(),
    };
    push(state, id, executed, now);
    growth_refused(state, id, &record.all_denied(), record.end.refused.total(), now);
    if untold > 0 {
        push(state, id, EventKind::MoreRefusedGrowth { growths: 0, calls: untold }, now);
    }
}

/// Tells of growth that was refused in one call: what was asked for and where of the newest, how often of the others.
pub(super) fn growth_refused(
    state: &mut AppState,
    id: PluginId,
    denied: &[&DeniedGrowth],
    count: u64,
    now: Now,
) {
    let growths = count.saturating_sub(denied.len() as u64);
    if growths > 0 {
        push(state, id, EventKind::MoreRefusedGrowth { growths, calls: 0 }, now);
    }
    for denied in denied {
        push(state, id, EventKind::RefusedGrowth((*denied).clone()), now);
    }
}

pub(super) fn logged(state: &mut AppState, id: PluginId, level: LogLevel, text: String, now: Now) {
    push(state, id, EventKind::Log { level, text }, now);
}

pub(super) fn failure_of_plugin(state: &mut AppState, id: PluginId, message: String, now: Now) {
    push(state, id, EventKind::Error { message }, now);
}

pub(super) fn unloaded(state: &mut AppState, id: PluginId, now: Now) {
    push(state, id, EventKind::Unloaded, now);
}

fn push(state: &mut AppState, id: PluginId, kind: EventKind, now: Now) {
    let plugin = EventPlugin { id, name: state.plugin_label(id).into() };
    state.events.push(now.unix_ms, Some(plugin), kind);
}

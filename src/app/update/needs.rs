//! Asking what a call would take, and setting limits by the answer.

use super::super::state::{AppState, NeedsStatus, NeedsView, Now, Purpose, roomy_limit, roomy_stack_bytes};
use super::plugins::set_where_they_hold;
use super::settings::set_engine;
use crate::engine::{EngineSettings, Probe, ProbedCall};
use crate::model::call::CallKind;
use crate::model::humanize::binary_bytes;
use crate::model::ids::PluginId;
use crate::model::limits::LimitKind;
use crate::worker::protocol::Command;

/// Looks for what a call would take: that of a record by its number, or the one in the fields of Call.
pub(super) fn find(
    state: &mut AppState,
    id: PluginId,
    number: Option<u64>,
    now: Now,
    out: &mut Vec<Command>,
) {
    stop(state, id, out);
    let Some(call) = call_to_repeat(state, id, number) else { return };
    let name = state.plugin_label(id);
    let request = state.requests.ask(Purpose::FindNeeds { plugin: id });
    let Some(plugin) = state.plugin_mut(id) else { return };
    let (replay, forgotten) = plugin.earlier.before(number);
    let probe = Probe {
        build: plugin.build.build.clone(),
        options: plugin.options.clone(),
        replay,
        forgotten,
        call: call.clone(),
    };
    let status = NeedsStatus::Running { request, progress: None, since: now.since_start };
    plugin.needs = Some(NeedsView { call, build: plugin.build.number, status });
    out.push(Command::Probe { request, name: name.into(), probe: Box::new(probe) });
}

/// Returns the call that is to be made again: that of a record by its number, or the one in the fields of Call;
/// tells why there is none.
pub(super) fn call_to_repeat(state: &mut AppState, id: PluginId, number: Option<u64>) -> Option<ProbedCall> {
    let call = asked_call(state, id, number);
    let plugin = state.plugin_mut(id)?;
    call.map_err(|reason| plugin.refusal = Some(reason)).ok()
}

/// Ends the search of a plugin, if one runs.
pub(super) fn stop(state: &mut AppState, id: PluginId, out: &mut Vec<Command>) {
    let running = state.plugin(id).and_then(|plugin| plugin.needs.as_ref());
    if let Some(NeedsView { status: NeedsStatus::Running { request, .. }, .. }) = running {
        out.push(Command::StopProbe { request: *request });
    }
}

/// Sets one limit to what is needed of it and some room, or all limits of the plugin; in the rule that sets it for
/// this function, if there is one.
///
/// The stack is a setting of the engine, and so only set when it is named.
pub(super) fn apply(
    state: &mut AppState,
    id: PluginId,
    kind: Option<LimitKind>,
    now: Now,
    out: &mut Vec<Command>,
) {
    let Some(plugin) = state.plugin_mut(id) else { return };
    let Some(needs) = plugin.needs.as_ref().and_then(NeedsView::found) else { return };
    if kind == Some(LimitKind::WasmStack) {
        if let Some(bytes) = needs.need(LimitKind::WasmStack).and_then(roomy_stack_bytes) {
            set_stack(state, bytes, now, out);
        }
        return;
    }
    let wanted = needs.limits.iter().filter(|need| kind.is_none_or(|kind| need.limit == kind));
    let wanted = wanted.filter_map(roomy_limit).map(|(kind, value)| (kind, Some(value))).collect::<Vec<_>>();
    let export = plugin.needs.as_ref().map(|view| view.call.export.clone());
    set_where_they_hold(plugin, export.as_deref(), &wanted, out);
}

/// Sets the native stack of the engine, which has every source compiled anew.
fn set_stack(state: &mut AppState, bytes: usize, now: Now, out: &mut Vec<Command>) {
    let engine = EngineSettings { wasm_stack_bytes: bytes, ..state.settings.engine.clone() };
    let reason = format!("the wasm stack was set to {}", binary_bytes(bytes as u64));
    set_engine(state, engine, &reason, now, out);
}

/// Returns the call of a record by its number, or the one in the fields of Call.
fn asked_call(state: &AppState, id: PluginId, number: Option<u64>) -> Result<ProbedCall, String> {
    number.map_or_else(|| of_fields(state, id), |number| of_record(state, id, number))
}

fn of_record(state: &AppState, id: PluginId, number: u64) -> Result<ProbedCall, String> {
    let record = state.plugin(id).and_then(|plugin| plugin.calls.record(number));
    let record = record.filter(|record| record.kind == CallKind::Export);
    let record = record.ok_or_else(|| format!("the details of call {number} are no longer kept"))?;
    Ok(ProbedCall { export: record.export.clone(), args: record.args.clone() })
}

fn of_fields(state: &AppState, id: PluginId) -> Result<ProbedCall, String> {
    let function = state.selected_function().filter(|(plugin, ..)| plugin.id == id);
    let (Some((_, export, _)), Some(form)) = (function, state.selected_form()) else {
        return Err("choose a function in Call first".to_owned());
    };
    let args = form.values().map_err(|(index, err)| format!("argument {index}: {err}"))?;
    Ok(ProbedCall { export: export.into(), args })
}

//! Engine, limits of new plugins, cache: what is set, and what follows from it at once.

use super::super::action::SettingsAction;
use super::super::settings::{CacheSettings, Settings};
use super::super::state::{AppState, Now};
use super::request_compile;
use crate::engine::{Compiler, EngineSettings};
use crate::model::event::LogLevel;
use crate::model::ids::SourceId;
use crate::worker::protocol::{CacheCommand, Command};

pub(super) fn update(state: &mut AppState, action: SettingsAction, now: Now, out: &mut Vec<Command>) {
    match action {
        SettingsAction::SetEngine(engine) => set_engine(state, engine, "the engine was changed", now, out),
        SettingsAction::TurnOn(proposal) => {
            let mut engine = state.settings.engine.clone();
            engine.proposals.set(proposal, true);
            if !engine.compiler_can(proposal) {
                engine.compiler = Compiler::Cranelift;
            }
            let reason = format!("“{}” was turned on", proposal.label());
            set_engine(state, engine, &reason, now, out);
        }
        SettingsAction::SetLimits(limits) => change(state, |settings| settings.limits = limits),
        SettingsAction::SetEpochTick(millis) => set_tick(state, millis, out),
        SettingsAction::SetCache(cache) => set_cache(state, cache, out),
        SettingsAction::ListCache => out.push(Command::Cache(CacheCommand::List)),
        SettingsAction::RemoveCached(key) => out.push(Command::Cache(CacheCommand::Remove(key))),
        SettingsAction::ClearCache => out.push(Command::Cache(CacheCommand::Clear)),
        SettingsAction::Reset => {
            let Settings { engine, limits, cache, epoch_tick_ms, .. } = Settings::default();
            change(state, |settings| settings.limits = limits);
            set_tick(state, epoch_tick_ms, out);
            set_cache(state, cache, out);
            set_engine(state, engine, "the settings were reset", now, out);
        }
    }
}

/// Has every source compiled for another engine; live plugins keep theirs until they are reloaded.
pub(super) fn set_engine(
    state: &mut AppState,
    engine: EngineSettings,
    reason: &str,
    now: Now,
    out: &mut Vec<Command>,
) {
    if state.settings.engine == engine {
        return;
    }
    change(state, |settings| settings.engine = engine);
    let ids: Vec<SourceId> = state.sources.iter().map(|source| source.id).collect();
    for id in &ids {
        if let Some(source) = state.source_mut(*id) {
            // What is being compiled for the engine before must not count as the answer to this.
            source.generation = source.generation.successor();
            source.is_rebuilt = true;
        }
        request_compile(state, *id, out);
    }
    let what = match ids.len() {
        0 => return,
        1 => "the open source is compiled anew".to_owned(),
        count => format!("{count} sources are compiled anew"),
    };
    let keep = if state.plugins.is_empty() { "" } else { "; live plugins keep their engine until Reload" };
    state.notify(LogLevel::Info, format!("{reason}: {what}{keep}"), now);
}

fn set_tick(state: &mut AppState, millis: u64, out: &mut Vec<Command>) {
    let millis = millis.clamp(1, 1000);
    change(state, |settings| settings.epoch_tick_ms = millis);
    out.push(Command::SetEpochTick { millis });
}

fn set_cache(state: &mut AppState, cache: CacheSettings, out: &mut Vec<Command>) {
    if state.settings.cache == cache {
        return;
    }
    change(state, |settings| settings.cache = cache);
    let (memory_bytes, disk_bytes) = state.settings.cache.bytes();
    out.push(Command::Cache(CacheCommand::SetSizes { memory_bytes, disk_bytes }));
}

fn change(state: &mut AppState, change: impl FnOnce(&mut Settings)) {
    let before = state.settings.clone();
    change(&mut state.settings);
    state.keeping.settings_are_new |= state.settings != before;
}

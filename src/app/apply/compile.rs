//! The compiler's answers: builds replace instances, errors leave the last good build alone.

use std::sync::Arc;

use super::super::state::{AppState, CompileStatus, GoodBuild, Now};
use super::super::update::{create_plugin, tell};
use super::super::{demo, journal};
use crate::engine::{Build, CompileFailure};
use crate::model::ids::{Generation, SourceId};
use crate::worker::protocol::Command;

pub(super) fn started(state: &mut AppState, id: SourceId, generation: Generation, now: Now) {
    if let Some(source) = state.source_mut(id).filter(|source| source.generation == generation) {
        source.status = CompileStatus::Running(now.since_start);
    }
}

pub(super) fn ended(
    state: &mut AppState,
    id: SourceId,
    generation: Generation,
    result: Result<Arc<Build>, Arc<CompileFailure>>,
    now: Now,
    out: &mut Vec<Command>,
) {
    // A newer text is on its way to the compiler; what is wrong with an older one helps nobody.
    let Some(source) = state.source_mut(id).filter(|source| source.generation == generation) else { return };
    source.status = CompileStatus::Done;
    source.newest_build = source.newest_build.successor();
    match result {
        Ok(build) => {
            source.failure = None;
            let good = GoodBuild { number: source.newest_build, build };
            source.good = Some(good.clone());
            source.renew_diagnostics();
            let has_had_plugin = source.has_had_plugin;
            let is_rebuilt = std::mem::take(&mut source.is_rebuilt);
            state.runtime.record_build(good.build.info.phases.total_ns(), good.build.info.cache);
            journal::compiled(state, &good, now);
            replace_instances(state, id, &good, is_rebuilt, out);
            if !has_had_plugin {
                create_plugin(state, id, now, out);
            }
            demo::advance(state, now, out);
        }
        Err(failure) => {
            journal::failed(state, id, &failure, now);
            if let Some(source) = state.source_mut(id) {
                source.failure = Some(failure);
                source.renew_diagnostics();
            }
            demo::source_failed(state, id);
        }
    }
}

/// Has every instance of a source replaced between calls, or keeps the build for its Reload.
fn replace_instances(
    state: &mut AppState,
    id: SourceId,
    good: &GoodBuild,
    is_rebuilt: bool,
    out: &mut Vec<Command>,
) {
    for plugin in state.plugins.iter_mut().filter(|plugin| plugin.source == id) {
        if is_rebuilt && plugin.build.build.settings != good.build.settings {
            plugin.note = Some(format!("build {} is for another engine, and waits for Reload", good.number));
            plugin.waiting_build = Some(good.clone());
        } else if plugin.keep_until_reload {
            plugin.note = Some(format!("build {} waits for Reload", good.number));
            plugin.waiting_build = Some(good.clone());
        } else {
            plugin.build = good.clone();
            plugin.waiting_build = None;
            tell(plugin.id, good.clone().replace_command(), out);
        }
    }
}

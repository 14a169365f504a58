//! How long each build of a plugin took until it could be called, phase by phase.
//!
//! Knows no clock: phases are timed by those who run them.

use super::PluginView;
use crate::model::build::{BuildInfo, CacheOutcome, Phases};
use crate::model::call::{CallKind, CallRecord};

/// Builds of a plugin that are kept.
const MOST_RUNS: usize = 50;
/// Export that is run as part of making a plugin ready.
const INITIALIZE: &str = "_initialize";

/// One build of a plugin, from reading it to the first call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhaseRun {
    /// Number of the build.
    pub build: u64,
    /// Where the build came from.
    pub cache: CacheOutcome,
    /// Phases of the compilation; of a build from the cache, those that ran.
    pub phases: Phases,
    /// Making the newest instance, in nanoseconds.
    pub instantiate_ns: u64,
    /// The newest instance's start function, in nanoseconds; `None` when it has none or it has not run.
    pub start_ns: Option<u64>,
    /// The newest instance's `_initialize`, in nanoseconds; `None` when it has none or it has not run.
    pub initialize_ns: Option<u64>,
    /// Instances that were made of it.
    pub instances: u32,
}

impl PhaseRun {
    /// Lists what ran, in order: name and nanoseconds.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let compiled = self.phases.iter().filter(|(name, _)| *name != "instantiate");
        let made = [
            ("instantiate", Some(self.instantiate_ns)),
            ("start", self.start_ns),
            ("initialize", self.initialize_ns),
        ];
        compiled.chain(made.into_iter().filter_map(|(name, ns)| Some((name, ns?))))
    }

    /// Returns the nanoseconds until it could be called.
    pub fn total_ns(&self) -> u64 {
        self.iter().fold(0, |sum, (_, ns)| sum.saturating_add(ns))
    }
}

impl PluginView {
    /// Notes that an instance of a build was made.
    pub(crate) fn note_instance(&mut self, build: u64, info: &BuildInfo, instantiate_ns: u64) {
        if let Some(run) = self.phase_runs.back_mut().filter(|run| run.build == build) {
            (run.instantiate_ns, run.start_ns, run.initialize_ns) = (instantiate_ns, None, None);
            run.instances = run.instances.saturating_add(1);
            return;
        }
        if self.phase_runs.len() == MOST_RUNS {
            self.phase_runs.pop_front();
        }
        self.phase_runs.push_back(PhaseRun {
            build,
            cache: info.cache,
            phases: info.phases,
            instantiate_ns,
            start_ns: None,
            initialize_ns: None,
            instances: 1,
        });
    }

    /// Notes how long the start function or `_initialize` of the newest instance took.
    pub(crate) fn note_first_calls(&mut self, record: &CallRecord) {
        let Some(run) = self.phase_runs.back_mut().filter(|run| run.build == record.build) else { return };
        match record.kind {
            CallKind::Start => run.start_ns = Some(record.wall_ns),
            CallKind::Hook if &*record.export == INITIALIZE => run.initialize_ns = Some(record.wall_ns),
            CallKind::Hook | CallKind::Instantiate | CallKind::Export => {}
        }
    }
}

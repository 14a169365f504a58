//! Runs a call again and again on fresh instances, each time under other limits, and tells what it used.
//!
//! Decides nothing about which limits to try: that is [`crate::model::needs`]. Knows no threads; whoever runs it
//! gives it a thread with room for the stack of [`GENEROUS_STACK_BYTES`].

mod checks;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use checks::FuelSums;

use super::build::{Artefact, Build, CoreArtefact};
use super::observer::SharedObserver;
use super::plugin::{CallRefusal, CreateFailure, INITIALIZE_HOOK, Plugin, PluginOptions};
use super::settings::{EngineSettings, Engines, HOST_STACK_BYTES};
use super::transplant::Transplant;
use crate::model::call::{CallRecord, GrowthBound, Outcome, START_NAME};
use crate::model::interface::Import;
use crate::model::limit_rules::LimitRules;
use crate::model::limits::{LimitKind, Limits};
use crate::model::measured::Measured;
use crate::model::needs::{
    Needs, Observation, Peak, Progress, Question, RefusedByRun, SOUGHT, StepEnd, Trial, find_needs,
};
use crate::model::value::Value;

/// Native stack of a run that is not to be stopped by its stack.
pub const GENEROUS_STACK_BYTES: usize = 16 * 1024 * 1024;

/// Pages that a run may have at least that is not to be stopped by its memory: one gigabyte, since somebody has
/// to provide them. It is the plugin's own limit where that is more, and none where the plugin has none.
const GENEROUS_PAGES: u64 = 16_384;

/// The same for the elements of tables.
const GENEROUS_ELEMENTS: u64 = 1_000_000;

/// Twice the limit of time is what each call of a run may take, within these bounds, in milliseconds; but never less
/// than the limit itself, and any time where there is none.
const TIME_LIMIT_MS: (u64, u64) = (2_000, 30_000);

/// How often the time of the first run a later one may take, and what it may take at least.
const SLOWER: (u64, u64) = (20, 1000);

/// A call by name and values.
#[derive(Debug, Clone, PartialEq)]
pub struct ProbedCall {
    /// Export to call.
    pub export: Arc<str>,
    /// Arguments, checked against the signature.
    pub args: Vec<Value>,
}

/// What is to be found out.
#[derive(Debug, Clone)]
pub struct Probe {
    /// What is called.
    pub build: Arc<Build>,
    /// Limits, rules and options in force.
    pub options: PluginOptions,
    /// Calls that are made before, so that the instance is in the state that the call met.
    pub replay: Vec<ProbedCall>,
    /// Earlier calls that are not made again.
    pub forgotten: u64,
    /// The call.
    pub call: ProbedCall,
}

/// Why nothing can be found out.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ProbeFailure {
    /// Nobody provides these imports.
    #[error("nobody provides {} of its imports", .0.len())]
    MissingImports(Vec<Import>),
    /// A call does not fit its signature.
    #[error("{0}")]
    Refused(#[from] CallRefusal),
    /// The engine could not be had.
    #[error("no engine with another stack could be made: {reason}")]
    Engine {
        /// What it said.
        reason: String,
    },
}

impl Probe {
    /// Finds the smallest limits under which the call ends as it does under generous ones.
    ///
    /// Before each run `go_on` is told how far it is, and ends the search by `false`; the observer ends a
    /// run by cancelling it. Returns `None` when it was ended.
    ///
    /// # Errors
    ///
    /// Fails when the call can't be made at all.
    pub fn find(
        &self,
        engines: &Engines,
        observer: &SharedObserver,
        go_on: &mut dyn FnMut(Progress) -> bool,
    ) -> Result<Option<Needs>, ProbeFailure> {
        let mut runner = Runner::new(self, engines, observer)?;
        let mut failure = None;
        let found = find_needs(&self.question(), &mut |trial, progress| {
            if !go_on(progress) {
                return None;
            }
            match runner.run(trial) {
                Ok(observation) => observation,
                Err(err) => {
                    failure = Some(err);
                    None
                }
            }
        });
        failure.map_or(Ok(found), Err)
    }

    /// Native stack, in bytes, that a thread needs which runs it.
    pub fn thread_stack_bytes(&self) -> usize {
        self.most_stack_bytes() + HOST_STACK_BYTES
    }

    /// Returns the limits in force for the call.
    fn set(&self) -> Limits {
        self.options.limits_of(&self.call.export)
    }

    /// Returns the limits of a generous run: never less than what the plugin has, and none where it has none.
    fn generous(&self) -> Limits {
        let set = self.set();
        Limits {
            memory_pages: set.memory_pages.map(|pages| pages.max(GENEROUS_PAGES)),
            growth_pages: set.growth_pages,
            table_elements: set.table_elements.map(|elements| elements.max(GENEROUS_ELEMENTS)),
            instances: None,
            execution_time_ms: self.generous_ms(),
            fuel: None,
            call_depth: None,
            trap_on_refused_growth: set.trap_on_refused_growth,
        }
    }

    /// Returns the time that any call of a run may take: no step has less than it has by its own rule.
    fn generous_ms(&self) -> Option<u64> {
        let replayed = self.replay.iter().map(|call| &*call.export);
        let names = replayed.chain([&*self.call.export, START_NAME, INITIALIZE_HOOK]);
        let (least_ms, most_ms) = TIME_LIMIT_MS;
        let generous = |ms: u64| ms.max(ms.saturating_mul(2).clamp(least_ms, most_ms));
        names.map(|name| self.options.limits_of(name).execution_time_ms.map(generous)).reduce(
            |one, other| {
                // No limit for one of them is none for all.
                one.zip(other).map(|(one, other)| one.max(other))
            },
        )?
    }

    fn most_stack_bytes(&self) -> usize {
        GENEROUS_STACK_BYTES.max(self.build.wasm_stack_bytes.next_multiple_of(1024))
    }

    /// Returns what the search is told: what is set, what a generous run may have, and the calls before.
    pub fn question(&self) -> Question {
        Question {
            set: self.set(),
            generous: self.generous(),
            stack_set_bytes: self.build.wasm_stack_bytes as u64,
            stack_most_bytes: self.most_stack_bytes() as u64,
            replayed: self.replay.len(),
            forgotten: self.forgotten,
        }
    }
}

/// Makes the runs of one probe.
struct Runner<'a> {
    probe: &'a Probe,
    engines: &'a Engines,
    observer: &'a SharedObserver,
    transplant: Transplant,
    roomy: Arc<Build>,
    generous: Limits,
    /// How long a call of a later run may take, once it is known how long the first run took.
    later_ms: Option<u64>,
}

/// One run under way.
struct Run {
    plugin: Plugin,
    steps: Vec<StepEnd>,
    peaks: [Peak; SOUGHT.len()],
    sums_fuel: bool,
    fuel_at_look: Option<u64>,
    refused: Vec<RefusedByRun>,
    /// Nanoseconds that all steps took together, and the last one.
    total_ns: u64,
    wall_ns: u64,
}

impl<'a> Runner<'a> {
    fn new(
        probe: &'a Probe,
        engines: &'a Engines,
        observer: &'a SharedObserver,
    ) -> Result<Self, ProbeFailure> {
        let Artefact::Core(core) = &*probe.build.artefact else {
            return Err(CallRefusal::IsComponent.into());
        };
        let transplant = Transplant::of(&core.module).map_err(|error| engine_failure(&error))?;
        let roomy = on_stack(&probe.build, &transplant, engines, probe.most_stack_bytes())?;
        let generous = probe.generous();
        Ok(Self { probe, engines, observer, transplant, roomy, generous, later_ms: None })
    }

    /// Makes one run; `None` when it was cancelled.
    fn run(&mut self, trial: &Trial) -> Result<Option<Observation>, ProbeFailure> {
        let summing = if trial.sums_fuel() { self.summing() } else { None };
        let sums_fuel = summing.is_some();
        let build = match trial.get(LimitKind::WasmStack) {
            _ if sums_fuel => summing.unwrap_or_else(|| Arc::clone(&self.roomy)),
            Some(bytes) => {
                let bytes = usize::try_from(bytes).unwrap_or(usize::MAX).min(self.probe.most_stack_bytes());
                on_stack(&self.probe.build, &self.transplant, self.engines, bytes)?
            }
            None => Arc::clone(&self.roomy),
        };
        // What holds for an instance is in force all the time, what holds for a call only where the
        // call itself and what has to run before any call are concerned.
        let roomy = self.roomy_limits(trial);
        let tight =
            Limits { fuel: trial.get(LimitKind::Fuel), call_depth: trial.get(LimitKind::CallDepth), ..roomy };
        let options = PluginOptions { limits: tight, rules: LimitRules::NONE, ..self.probe.options };
        let run = match Plugin::create(build, 1, options, Arc::clone(self.observer)) {
            Ok(plugin) => self.make_calls(Run::of(plugin, sums_fuel), tight, roomy)?,
            Err(CreateFailure::MissingImports(imports)) => return Err(ProbeFailure::MissingImports(imports)),
            Err(CreateFailure::Failed(record)) => return Ok(Some(Run::failed(&record))),
        };
        if self.observer.is_cancelled() {
            return Ok(None);
        }
        // From now on it is known how long a run takes: one that grows far beyond that hangs.
        let (times, least_ms) = SLOWER;
        let slow_ms = (run.total_ns / 1_000_000).saturating_mul(times).max(least_ms);
        self.later_ms = self.later_ms.or(Some(slow_ms));
        let Run { steps, peaks, fuel_at_look, refused, wall_ns, .. } = run;
        Ok(Some(Observation { steps, peaks, fuel_at_look, refused, wall_ns }))
    }

    /// Returns the build that sums its fuel up, where there can be one.
    fn summing(&self) -> Option<Arc<Build>> {
        checks::summing(&self.probe.build, self.engines, self.probe.most_stack_bytes())
    }

    fn roomy_limits(&self, trial: &Trial) -> Limits {
        let generous = self.generous;
        let of = |kind: LimitKind| trial.get(kind).or(generous.get(kind));
        let times = [generous.execution_time_ms, self.later_ms];
        Limits {
            memory_pages: of(LimitKind::MemoryPages),
            table_elements: of(LimitKind::TableElements),
            execution_time_ms: times.into_iter().flatten().min(),
            ..generous
        }
    }

    fn make_calls(&self, mut run: Run, tight: Limits, roomy: Limits) -> Result<Run, CallRefusal> {
        if !run.initialize() {
            return Ok(run);
        }
        for call in &self.probe.replay {
            if !self.renew_if_needed(&mut run, tight) {
                return Ok(run);
            }
            run.plugin.set_limits(roomy);
            let record = run.plugin.call(&call.export, &call.args)?;
            run.note(&record, false);
            run.plugin.set_limits(tight);
            if record.outcome == Outcome::Cancelled {
                return Ok(run);
            }
        }
        if self.renew_if_needed(&mut run, tight) {
            let before = run.sums();
            let record = run.plugin.call(&self.probe.call.export, &self.probe.call.args)?;
            run.note(&record, true);
            run.fuel_at_look =
                run.sums().zip(before).map(|(now, before)| now.looked.saturating_sub(before.burnt));
        }
        Ok(run)
    }

    /// Makes a fresh instance where the call before left one that can't go on; tells whether there is one.
    fn renew_if_needed(&self, run: &mut Run, tight: Limits) -> bool {
        if !run.plugin.needs_renewal() {
            return true;
        }
        run.plugin.set_limits(tight);
        match run.plugin.renew() {
            Ok(()) => run.initialize(),
            Err(CreateFailure::Failed(record)) => {
                run.note(&record, true);
                false
            }
            Err(CreateFailure::MissingImports(_)) => false,
        }
    }
}

impl Run {
    fn of(plugin: Plugin, sums_fuel: bool) -> Self {
        Self {
            plugin,
            steps: Vec::new(),
            peaks: [Peak::default(); SOUGHT.len()],
            sums_fuel,
            fuel_at_look: None,
            refused: Vec::new(),
            total_ns: 0,
            wall_ns: 0,
        }
    }

    /// Reads the sums of fuel, if the build has them.
    fn sums(&mut self) -> Option<FuelSums> {
        self.sums_fuel.then(|| FuelSums::of(&mut self.plugin))
    }

    /// A run that ended before there was an instance.
    fn failed(record: &CallRecord) -> Observation {
        let step = StepEnd { name: record.export.clone(), outcome: record.outcome, results: Vec::new() };
        let peaks = [Peak::default(); SOUGHT.len()];
        let (fuel_at_look, refused) = (None, Vec::new());
        Observation { steps: vec![step], peaks, fuel_at_look, refused, wall_ns: record.wall_ns }
    }

    /// Runs the start function and `_initialize`; tells whether both returned.
    fn initialize(&mut self) -> bool {
        self.note_sizes();
        let records = self.plugin.initialize();
        for record in &records {
            self.note(record, true);
        }
        // Of two steps it is not known what the first had burnt.
        self.fuel_at_look = self.sums().filter(|_| records.len() == 1).map(|sums| sums.looked);
        records.iter().all(CallRecord::is_success)
    }

    /// Takes up how a step ended; only what `counts` says something about limits of a single call.
    fn note(&mut self, record: &CallRecord, counts: bool) {
        let step = self.steps.len();
        self.steps.push(StepEnd {
            name: record.export.clone(),
            outcome: record.outcome,
            results: record.results.clone(),
        });
        self.total_ns = self.total_ns.saturating_add(record.wall_ns);
        self.wall_ns = record.wall_ns;
        if counts {
            self.raise(LimitKind::Fuel, record.fuel, step);
            self.raise(LimitKind::CallDepth, record.peak_call_depth, step);
        }
        self.raise(LimitKind::MemoryPages, Measured::Exact(record.peak_memory_pages), step);
        self.raise(LimitKind::TableElements, Measured::Exact(record.peak_table_elements), step);
        for denied in &record.denied {
            if let (Some(bound), GrowthBound::Total) = (denied.limit, denied.bound) {
                self.refuse(RefusedByRun { limit: denied.what, bound, requested: denied.requested });
            }
        }
    }

    /// Keeps the largest growth of each kind that was refused.
    fn refuse(&mut self, refused: RefusedByRun) {
        match self.refused.iter_mut().find(|other| other.limit == refused.limit) {
            Some(other) if other.requested >= refused.requested => {}
            Some(other) => *other = refused,
            None => self.refused.push(refused),
        }
    }

    /// Takes up what the instance was made with, which no step asked for.
    fn note_sizes(&mut self) {
        let (usage, step) = (self.plugin.usage(), Peak::NO_STEP);
        self.raise(LimitKind::MemoryPages, Measured::Exact(usage.memory_pages_peak), step);
        self.raise(LimitKind::TableElements, Measured::Exact(usage.table_elements_peak), step);
    }

    /// Keeps the highest value; of equal ones that of the last step, which is most likely the call itself, but of
    /// sizes that of the first, since what a plugin has it keeps.
    fn raise(&mut self, kind: LimitKind, value: Measured<u64>, step: usize) {
        let Some(peak) = SOUGHT.iter().position(|sought| *sought == kind) else { return };
        let peak = &mut self.peaks[peak];
        let is_size = matches!(kind, LimitKind::MemoryPages | LimitKind::TableElements);
        let is_above = |new: u64, old: u64| if is_size { new > old } else { new >= old };
        let is_higher =
            value.value().is_some_and(|new| peak.value.value().is_none_or(|old| is_above(new, old)));
        if is_higher {
            *peak = Peak { value, step };
        }
    }
}

/// Puts a build on an engine with a native stack of that size.
fn on_stack(
    build: &Build,
    transplant: &Transplant,
    engines: &Engines,
    bytes: usize,
) -> Result<Arc<Build>, ProbeFailure> {
    let Artefact::Core(core) = &*build.artefact else { return Err(CallRefusal::IsComponent.into()) };
    let pricing = core.pricing;
    let settings = EngineSettings { wasm_stack_bytes: bytes.max(1), ..build.settings.clone() };
    let engine = engines.passing_engine(&settings, pricing).map_err(|error| engine_failure(&error))?;
    let module = transplant.onto(&engine).map_err(|error| engine_failure(&error))?;
    let artefact = CoreArtefact { module, rewritten: core.rewritten.clone(), pricing };
    Ok(Arc::new(build.with_stack(artefact, bytes)))
}

fn engine_failure(error: &wasmtime::Error) -> ProbeFailure {
    ProbeFailure::Engine { reason: format!("{error:#}") }
}

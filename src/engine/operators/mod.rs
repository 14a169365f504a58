//! Counts the operators that one call runs, on a fresh instance of the module with counters in it.
//!
//! Decides nothing about what the counts mean; that is [`crate::model::operators`].

#[cfg(test)]
mod tests;

use std::sync::Arc;

use wasmtime::Module;

use super::build::{Build, CoreArtefact, RewrittenParts};
use super::compile::rewrite_options;
use super::observer::SharedObserver;
use super::plugin::{CallRefusal, CreateFailure, Plugin, PluginOptions};
use super::probe::ProbedCall;
use super::rewrite::{self, CountedBlock, Prices, RewriteError, RewriteOptions, operator_names};
use super::settings::{EngineSettings, Engines, Pricing};
use crate::model::call::{CallRecord, Outcome};
use crate::model::interface::Import;
use crate::model::limit_rules::LimitRules;
use crate::model::limits::Limits;
use crate::model::operators::{CountStep, OperatorCount, OperatorCounts};

/// Largest binary that gets counters, in bytes: it is compiled anew with them.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// What a limit of time is doubled to at least and at most, in milliseconds.
const TIME_LIMIT_MS: (u64, u64) = (2000, 30_000);

/// What is to be counted.
#[derive(Debug, Clone)]
pub struct OperatorCounter {
    /// What is called.
    pub build: Arc<Build>,
    /// Limits, rules and options in force; limits of time are doubled, since counters take some.
    pub options: PluginOptions,
    /// Limits of the call, where they are not those in force.
    pub limits: Option<Limits>,
    /// Calls that are made before.
    pub replay: Vec<ProbedCall>,
    /// The call.
    pub call: ProbedCall,
}

/// Why operators can't be counted.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CountFailure {
    /// Counting would take too long, or too many counters.
    #[error(
        "the module is too large to count its operators: at most 4 MiB and 100,000 straight pieces of code"
    )]
    TooLarge,
    /// The call does not fit, or nothing was made.
    #[error("{0}")]
    Refused(#[from] CallRefusal),
    /// The instance could not be made or initialized: what became of that.
    #[error("{} did not return: {}", .0.export, .0.outcome.headline().to_lowercase())]
    Before(Box<CallRecord>),
    /// Nobody provides these imports.
    #[error("nobody provides {} of its imports", .0.len())]
    MissingImports(Vec<Import>),
    /// The module with counters is none that the engine takes.
    #[error("the module could not be given counters: {reason}")]
    Engine {
        /// What was said.
        reason: String,
    },
}

impl From<RewriteError> for CountFailure {
    fn from(error: RewriteError) -> Self {
        match error {
            RewriteError::TooMany { .. }
            | RewriteError::TooLarge { .. }
            | RewriteError::BodyTooLarge { .. }
            | RewriteError::TooManyLocals { .. } => Self::TooLarge,
            other => Self::Engine { reason: other.to_string() },
        }
    }
}

/// A module with counters.
struct Counting {
    build: Arc<Build>,
    blocks: Vec<CountedBlock>,
}

impl OperatorCounter {
    /// Makes the call and counts.
    ///
    /// Before each step `go_on` is told which it is, and ends the work by `false`; the observer ends a call
    /// by cancelling it. Returns `None` when it was ended.
    ///
    /// # Errors
    ///
    /// Fails when the module is too large for counters, or the call can't be made.
    pub fn count(
        &self,
        engines: &Engines,
        observer: &SharedObserver,
        go_on: &mut dyn FnMut(CountStep) -> bool,
    ) -> Result<Option<OperatorCounts>, CountFailure> {
        let counted = self.count_call(engines, observer, go_on)?;
        Ok(counted.map(|(counts, _)| counts))
    }

    /// As [`Self::count`], with the record of the call.
    ///
    /// # Errors
    ///
    /// As [`Self::count`].
    pub fn count_call(
        &self,
        engines: &Engines,
        observer: &SharedObserver,
        go_on: &mut dyn FnMut(CountStep) -> bool,
    ) -> Result<Option<(OperatorCounts, CallRecord)>, CountFailure> {
        if !go_on(CountStep::Preparing) {
            return Ok(None);
        }
        let counting = self.prepare(engines)?;
        let Some(mut plugin) = self.instance(&counting, observer, go_on)? else { return Ok(None) };
        if observer.is_cancelled() || !go_on(CountStep::Calling) {
            return Ok(None);
        }
        let limits = self.limits.unwrap_or_else(|| self.options.limits_of(&self.call.export));
        plugin.set_options(PluginOptions {
            limits: with_more_time(limits),
            rules: LimitRules::NONE,
            ..self.options
        });
        let before = plugin.operator_runs(counting.blocks.len());
        let mut record = plugin.call(&self.call.export, &self.call.args)?;
        // Its limits were put in force as the plugin's own; they may come from a rule all the same.
        let rule = self.options.rules.of(&self.call.export);
        record.rule = rule.cloned().filter(|_| self.limits.is_none());
        if observer.is_cancelled() {
            return Ok(None);
        }
        let after = plugin.operator_runs(counting.blocks.len());
        Ok(Some((self.add_up(&record, &counting, &before, &after), record)))
    }

    /// Gives the module counters, and compiles it with them.
    fn prepare(&self, engines: &Engines) -> Result<Counting, CountFailure> {
        if self.build.info.kind.is_component() {
            return Err(CallRefusal::IsComponent.into());
        }
        if self.build.wasm.len() > MOST_BYTES {
            return Err(CountFailure::TooLarge);
        }
        // Fuel need not be known while the call runs, and the optimizing compiler makes the faster code.
        let settings = EngineSettings { exact_live_fuel: false, ..self.build.settings.clone() };
        let options = RewriteOptions { counting: rewrite::Counting::Operators, ..rewrite_options(&settings) };
        let parts = rewrite::rewrite(&self.build.wasm, &options)?;
        let failure = |error: wasmtime::Error| CountFailure::Engine { reason: format!("{error:#}") };
        let engine = engines.get(&settings, Pricing::ByPass).map_err(failure)?;
        let module = Module::from_binary(&engine, &parts.wasm).map_err(failure)?;
        let rewritten = Some(Arc::new(RewrittenParts { layout: parts.layout, offsets: parts.offsets }));
        Ok(Counting {
            build: Arc::new(self.build.with_artefact(CoreArtefact {
                module,
                rewritten,
                pricing: Pricing::ByPass,
            })),
            blocks: parts.blocks,
        })
    }

    /// Makes an instance and the calls before the one that counts; `None` when that was ended.
    fn instance(
        &self,
        counting: &Counting,
        observer: &SharedObserver,
        go_on: &mut dyn FnMut(CountStep) -> bool,
    ) -> Result<Option<Plugin>, CountFailure> {
        let (limits, rules) = (with_more_time(self.options.limits), self.options.rules.without_time());
        let options = PluginOptions { limits, rules, ..self.options };
        let build = Arc::clone(&counting.build);
        let mut plugin = Plugin::create(build, 1, options, Arc::clone(observer)).map_err(not_made)?;
        let is_initialized = initialize(&mut plugin);
        if observer.is_cancelled() {
            return Ok(None);
        }
        is_initialized?;
        for (made, call) in self.replay.iter().enumerate() {
            if observer.is_cancelled() || !go_on(CountStep::Before { made, of: self.replay.len() }) {
                return Ok(None);
            }
            plugin.call(&call.export, &call.args)?;
            if plugin.needs_renewal() && !observer.is_cancelled() {
                plugin.renew().map_err(not_made)?;
                let is_initialized = initialize(&mut plugin);
                if observer.is_cancelled() {
                    return Ok(None);
                }
                is_initialized?;
            }
        }
        Ok(Some(plugin))
    }

    fn add_up(
        &self,
        record: &CallRecord,
        counting: &Counting,
        before: &[u64],
        after: &[u64],
    ) -> OperatorCounts {
        let names = operator_names();
        let mut by_slot = vec![0_u64; names.len()];
        let mut entries = 0_u64;
        for ((block, before), after) in counting.blocks.iter().zip(before).zip(after) {
            let runs = after.wrapping_sub(*before);
            if runs == 0 {
                continue;
            }
            entries += if block.is_entry { runs } else { 0 };
            for slot in &block.operators {
                if let Some(count) = by_slot.get_mut(usize::from(*slot)) {
                    *count = count.saturating_add(runs);
                }
            }
        }
        let prices = &self.build.settings.prices;
        let is_quiet = |operator: &OperatorCount| {
            operator.is_marker() && prices.price_of(&operator.name, operator.default_price) == 0
        };
        let (markers, operators) = in_order(&by_slot).into_iter().partition(is_quiet);
        let has_returned = record.outcome == Outcome::Returned;
        let mut counts = OperatorCounts {
            outcome: record.outcome,
            results: record.results.clone(),
            operators,
            markers,
            entries,
            fuel: record.fuel,
            prices: prices.clone(),
            bulk_fuel: None,
            is_exact: has_returned,
        };
        let own = counts.operator_fuel(&counts.prices);
        let fuel = record.fuel.value().filter(|_| counts.is_exact && record.fuel.is_exact());
        counts.bulk_fuel = fuel.and_then(|fuel| fuel.checked_sub(own));
        counts
    }
}

/// Doubles a limit of time, but never takes any away: a call that has no limit has none here either.
fn with_more_time(limits: Limits) -> Limits {
    let (least_ms, most_ms) = TIME_LIMIT_MS;
    let doubled = |ms: u64| ms.max(ms.saturating_mul(2).clamp(least_ms, most_ms));
    Limits { execution_time_ms: limits.execution_time_ms.map(doubled), ..limits }
}

/// Lists the operators that ran, the most frequent first; those that are written alike are one.
fn in_order(by_slot: &[u64]) -> Vec<OperatorCount> {
    let defaults = Prices::default();
    let mut operators: Vec<OperatorCount> = Vec::new();
    for (slot, (_, default_price)) in defaults.iter().enumerate() {
        let (name, count) = (&operator_names()[slot], by_slot[slot]);
        match operators.iter_mut().find(|operator| operator.name == *name) {
            _ if count == 0 => {}
            Some(operator) => operator.count = operator.count.saturating_add(count),
            None => operators.push(OperatorCount { name: name.clone(), count, default_price }),
        }
    }
    operators.sort_by(|left, right| right.count.cmp(&left.count).then_with(|| left.name.cmp(&right.name)));
    operators
}

fn initialize(plugin: &mut Plugin) -> Result<(), CountFailure> {
    let failed = plugin.initialize().into_iter().find(|record| !record.is_success());
    failed.map_or(Ok(()), |record| Err(CountFailure::Before(Box::new(record))))
}

fn not_made(failure: CreateFailure) -> CountFailure {
    match failure {
        CreateFailure::MissingImports(imports) => CountFailure::MissingImports(imports),
        CreateFailure::Failed(record) => CountFailure::Before(record),
    }
}

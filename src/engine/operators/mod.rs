//! Counts the operators that one call runs, on fresh instances: one of the module with counters in it, and one of
//! the module as it is, for the fuel.
//!
//! Decides nothing about what the counts mean; that is [`crate::model::operators`].

mod pass;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::build::Build;
use super::cache::BuildCache;
use super::compile::{CompileRequest, compile};
use super::front::SizeCaps;
use super::observer::SharedObserver;
use super::plugin::{CallRefusal, CreateFailure, Plugin, PluginOptions};
use super::probe::ProbedCall;
use super::rewrite::{Prices, operator_names};
use super::settings::Engines;
use crate::model::call::{CallRecord, Outcome};
use crate::model::limits::Limits;
use crate::model::operators::{OperatorCount, OperatorCounts, PriceChanges};
use crate::model::value::Value;

/// Largest binary that gets counters, in bytes: it is compiled anew with them.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// Shortest and longest time limit of a call that is counted, in milliseconds.
const TIME_LIMIT_MS: (u64, u64) = (2000, 30_000);

/// What is to be counted.
#[derive(Debug, Clone)]
pub struct OperatorCounter {
    /// What is called.
    pub build: Arc<Build>,
    /// Limits and options in force; fuel is not limited, since counters burn some.
    pub options: PluginOptions,
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
    /// The instance could not be made or initialized, or a call before did not return.
    #[error("{step} did not return: {reason}")]
    Before {
        /// Name of the step.
        step: String,
        /// How it ended.
        reason: String,
    },
    /// Nobody provides its imports.
    #[error("nobody provides {count} of its imports")]
    MissingImports {
        /// How many.
        count: usize,
    },
    /// The module with counters is none that the engine takes.
    #[error("the module could not be given counters: {reason}")]
    Engine {
        /// What was said.
        reason: String,
    },
}

impl From<wasmparser::BinaryReaderError> for CountFailure {
    fn from(error: wasmparser::BinaryReaderError) -> Self {
        Self::Engine { reason: error.to_string() }
    }
}

impl OperatorCounter {
    /// Makes the call and counts.
    ///
    /// # Errors
    ///
    /// Fails when the module is too large for counters, or the call can't be made.
    pub fn count(
        &self,
        engines: &Engines,
        observer: &SharedObserver,
    ) -> Result<OperatorCounts, CountFailure> {
        if self.build.info.kind.is_component() {
            return Err(CallRefusal::IsComponent.into());
        }
        if self.build.wasm.len() > MOST_BYTES {
            return Err(CountFailure::TooLarge);
        }
        let own_globals = u32::try_from(self.build.interface.globals.len()).unwrap_or(u32::MAX);
        let counted = pass::add_counters(&self.build.wasm, own_globals)?;
        let caps = SizeCaps::default();
        let settings = &self.build.settings;
        let request = CompileRequest { source: &counted.wasm, settings, caps, read_ns: None };
        let build = compile(engines, &BuildCache::new(0), &request).map_err(|failure| {
            let message = failure.diagnostics.first().map(|first| first.message.clone());
            CountFailure::Engine { reason: message.unwrap_or_default() }
        })?;
        let (mut plugin, before) = self.prepare(build, observer, own_globals)?;
        let record = plugin.call(&self.call.export, &self.call.args)?;
        let after = counters(&mut plugin, own_globals);
        let plain = self.prepare(Arc::clone(&self.build), observer, own_globals)?.0;
        let plain_fuel = plain_fuel(plain, &self.call, record.outcome)?;
        Ok(add_up(&record, &counted.blocks, &before, &after, plain_fuel))
    }

    /// Makes an instance and the calls before the one that counts; returns the counters then.
    fn prepare(
        &self,
        build: Arc<Build>,
        observer: &SharedObserver,
        own_globals: u32,
    ) -> Result<(Plugin, Vec<u64>), CountFailure> {
        let (least_ms, most_ms) = TIME_LIMIT_MS;
        let set = self.options.limits;
        let millis =
            set.execution_time_ms.map_or(most_ms, |ms| ms.saturating_mul(2).clamp(least_ms, most_ms));
        let limits = Limits { fuel: None, execution_time_ms: Some(millis), ..set };
        let options = PluginOptions { limits, ..self.options };
        let mut plugin = match Plugin::create(build, 1, options, Arc::clone(observer)) {
            Ok(plugin) => plugin,
            Err(CreateFailure::MissingImports(imports)) => {
                return Err(CountFailure::MissingImports { count: imports.len() });
            }
            Err(CreateFailure::Failed(record)) => return Err(before(&record)),
        };
        for record in plugin.initialize() {
            if !record.is_success() {
                return Err(before(&record));
            }
        }
        for call in &self.replay {
            let record = plugin.call(&call.export, &call.args)?;
            if !record.is_success() {
                return Err(before(&record));
            }
        }
        let counters = counters(&mut plugin, own_globals);
        Ok((plugin, counters))
    }
}

fn before(record: &CallRecord) -> CountFailure {
    CountFailure::Before { step: record.export.to_string(), reason: record.outcome.headline().to_lowercase() }
}

/// Reads the globals behind the module's own.
fn counters(plugin: &mut Plugin, own_globals: u32) -> Vec<u64> {
    let values = plugin.globals().into_iter().filter(|global| global.index >= own_globals);
    values
        .map(|global| match global.value {
            Value::I64(count) => count.cast_unsigned(),
            _ => 0,
        })
        .collect()
}

/// Returns the fuel of the same call without counters, if it ends the same way and its fuel is exact.
fn plain_fuel(mut plugin: Plugin, call: &ProbedCall, expected: Outcome) -> Result<Option<u64>, CountFailure> {
    let record = plugin.call(&call.export, &call.args)?;
    let is_exact = record.outcome == expected && record.fuel.is_exact();
    Ok(record.fuel.value().filter(|_| is_exact))
}

fn add_up(
    record: &CallRecord,
    blocks: &[pass::Block],
    before: &[u64],
    after: &[u64],
    plain_fuel: Option<u64>,
) -> OperatorCounts {
    let names = operator_names();
    let defaults: Vec<u8> = Prices::default().iter().map(|(_, price)| price).collect();
    let mut by_slot = vec![0_u64; names.len()];
    let mut entries = 0_u64;
    for ((block, before), after) in blocks.iter().zip(before).zip(after) {
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
    let ran = by_slot.into_iter().enumerate().filter(|(_, count)| *count > 0);
    let mut operators: Vec<_> = ran
        .map(|(slot, count)| OperatorCount {
            name: names[slot].clone(),
            count,
            default_price: defaults[slot],
        })
        .collect();
    operators.sort_by(|left, right| right.count.cmp(&left.count).then_with(|| left.name.cmp(&right.name)));
    let mut counts = OperatorCounts {
        outcome: record.outcome,
        results: record.results.clone(),
        operators,
        entries,
        bulk_fuel: None,
        is_exact: record.outcome == Outcome::Returned,
    };
    let own = counts.operator_fuel(&PriceChanges::default());
    counts.bulk_fuel = plain_fuel.and_then(|fuel| fuel.checked_sub(own));
    counts
}

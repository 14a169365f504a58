//! Running totals: of one plugin's calls, and of the whole program.
//!
//! Knows no clock (times are told) and keeps no single call; those are the timeline's.

use serde::{Serialize, Serializer};

use super::build::CacheOutcome;
use super::call::{CallRecord, CallSample};
use super::measured::Measured;
use super::timeline::Durations;

/// Bytes of one page of linear memory.
const PAGE_BYTES: u64 = 64 * 1024;

/// Totals over all calls of one plugin since it was made or since the last reset.
///
/// Serialises as its [`MetricsSnapshot`].
#[derive(Debug, Clone, Default)]
pub struct PluginMetrics {
    success_count: u64,
    durations: Durations,
    peak_memory_pages: Option<u64>,
    current_memory_pages: Option<u64>,
    fuel: Measured<u64>,
    refused_growths: u64,
    last_execution_unix_ms: Option<u64>,
}

/// The figures of [`PluginMetrics`] at one moment; the fields are the keys of its JSON.
///
/// What was never measured is `None`, which JSON has as `null`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct MetricsSnapshot {
    /// Calls, hooks and start functions included.
    pub call_count: u64,
    /// Calls that returned within all limits.
    pub success_count: u64,
    /// Calls that ended in any other way.
    pub error_count: u64,
    /// Wall-clock time of all calls in nanoseconds.
    pub total_execution_time_ns: u64,
    /// Mean wall-clock time of a call in nanoseconds, rounded down.
    pub avg_execution_time_ns: Option<u64>,
    /// Wall-clock time that half of the calls do not exceed, to three digits.
    pub p50_ns: Option<u64>,
    /// Wall-clock time that 95 of 100 calls do not exceed, to three digits.
    pub p95_ns: Option<u64>,
    /// Wall-clock time that 99 of 100 calls do not exceed, to three digits.
    pub p99_ns: Option<u64>,
    /// Most bytes that all linear memories had together.
    pub peak_memory_bytes: Option<u64>,
    /// Bytes that all linear memories have together now.
    pub current_memory_bytes: Option<u64>,
    /// Fuel that the calls burnt together, as far as it was measured.
    pub fuel_consumed: Option<u64>,
    /// Whether the fuel of every call was measured right to the unit.
    pub fuel_exact: bool,
    /// How often growth was refused.
    pub refused_growths: u64,
    /// When the last call ended, in milliseconds since the Unix epoch.
    pub last_execution: Option<u64>,
}

impl PluginMetrics {
    /// Takes up a call that ended at that time.
    pub fn record(&mut self, record: &CallRecord, ended_unix_ms: u64) {
        self.record_sample(&record.sample(0), record.refused_growths, ended_unix_ms);
    }

    /// Takes up a call of which only the figures are kept, and how often growth was refused in it.
    pub fn record_sample(&mut self, sample: &CallSample, refused_growths: u64, ended_unix_ms: u64) {
        let is_first = self.durations.count() == 0;
        self.fuel = if is_first { sample.fuel } else { sum_of(self.fuel, sample.fuel) };
        self.durations.record(sample.wall_ns);
        self.success_count += u64::from(sample.outcome == super::call::Outcome::Returned);
        self.peak_memory_pages = self.peak_memory_pages.max(Some(sample.peak_memory_pages));
        self.refused_growths = self.refused_growths.saturating_add(refused_growths);
        self.last_execution_unix_ms = Some(ended_unix_ms);
    }

    /// Takes up how many pages all memories have now, which no record of a call says.
    pub fn set_current_memory_pages(&mut self, pages: u64) {
        self.current_memory_pages = Some(pages);
        self.peak_memory_pages = self.peak_memory_pages.max(Some(pages));
    }

    /// Forgets all calls. The memory that the plugin has is still there, and is its peak again.
    pub fn reset(&mut self) {
        let pages = self.current_memory_pages;
        *self = Self { peak_memory_pages: pages, current_memory_pages: pages, ..Self::default() };
    }

    /// Returns the figures as they stand.
    pub fn snapshot(&self) -> MetricsSnapshot {
        let summary = self.durations.summary();
        let bytes = |pages: u64| pages.saturating_mul(PAGE_BYTES);
        MetricsSnapshot {
            call_count: self.durations.count(),
            success_count: self.success_count,
            error_count: self.durations.count().saturating_sub(self.success_count),
            total_execution_time_ns: self.durations.sum_ns(),
            avg_execution_time_ns: summary.map(|summary| summary.mean),
            p50_ns: summary.map(|summary| summary.p50),
            p95_ns: summary.map(|summary| summary.p95),
            p99_ns: summary.map(|summary| summary.p99),
            peak_memory_bytes: self.peak_memory_pages.map(bytes),
            current_memory_bytes: self.current_memory_pages.map(bytes),
            fuel_consumed: self.fuel.value(),
            fuel_exact: self.fuel.is_exact(),
            refused_growths: self.refused_growths,
            last_execution: self.last_execution_unix_ms,
        }
    }
}

impl Serialize for PluginMetrics {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.snapshot().serialize(serializer)
    }
}
/// How often the cache had what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct CacheStats {
    /// Modules found in memory.
    pub memory_hits: u64,
    /// Modules found on disk.
    pub disk_hits: u64,
    /// Modules that had to be compiled.
    pub misses: u64,
}

impl CacheStats {
    /// Counts one look into the cache.
    pub fn record(&mut self, outcome: CacheOutcome) {
        match outcome {
            CacheOutcome::Miss => self.misses += 1,
            CacheOutcome::Memory => self.memory_hits += 1,
            CacheOutcome::Disk => self.disk_hits += 1,
        }
    }
}

/// Totals of the whole program since it started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct RuntimeStats {
    /// Modules that were compiled; those found in the cache are not.
    pub modules_compiled: u64,
    /// Time that compiling took in nanoseconds.
    pub total_compile_time_ns: u64,
    /// Plugins that were ever made.
    pub plugins_created: u64,
    /// Plugins that were unloaded.
    pub plugins_unloaded: u64,
    /// Plugins that are there now.
    pub active_plugins: u64,
    /// Calls of all plugins.
    pub total_executions: u64,
    /// Calls that did not return within all limits.
    pub failed_executions: u64,
    /// Wall-clock time of all calls in nanoseconds.
    pub total_execution_time_ns: u64,
    /// How often the cache had what was asked for.
    pub cache_stats: CacheStats,
}

impl RuntimeStats {
    /// Counts a build that succeeded; a hit in the cache is no module compiled.
    pub fn record_build(&mut self, compile_ns: u64, cache: CacheOutcome) {
        self.cache_stats.record(cache);
        if cache == CacheOutcome::Miss {
            self.modules_compiled += 1;
            self.total_compile_time_ns = self.total_compile_time_ns.saturating_add(compile_ns);
        }
    }

    /// Counts a plugin that was made.
    pub fn record_plugin_created(&mut self) {
        self.plugins_created += 1;
        self.active_plugins += 1;
    }

    /// Counts a plugin that was unloaded.
    pub fn record_plugin_unloaded(&mut self) {
        self.plugins_unloaded += 1;
        self.active_plugins = self.active_plugins.saturating_sub(1);
    }

    /// Counts a call.
    pub fn record_execution(&mut self, wall_ns: u64, is_success: bool) {
        self.total_executions += 1;
        self.failed_executions += u64::from(!is_success);
        self.total_execution_time_ns = self.total_execution_time_ns.saturating_add(wall_ns);
    }
}

/// Adds two figures; with one of them missing or a lower bound, the sum is a lower bound.
fn sum_of(left: Measured<u64>, right: Measured<u64>) -> Measured<u64> {
    match (left, right) {
        (Measured::Exact(left), Measured::Exact(right)) => {
            left.checked_add(right).map_or(Measured::AtLeast(u64::MAX), Measured::Exact)
        }
        (Measured::NotMeasured, Measured::NotMeasured) => Measured::NotMeasured,
        (left, right) => {
            let value = |figure: Measured<u64>| figure.value().unwrap_or(0);
            Measured::AtLeast(value(left).saturating_add(value(right)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::call::Outcome;
    use super::super::call_json::tests::trapped_record;
    use super::*;

    fn sample(wall_ns: u64, fuel: Measured<u64>, pages: u64, outcome: Outcome) -> CallSample {
        CallSample { wall_ns, fuel, peak_memory_pages: pages, outcome, ..trapped_record().sample(0) }
    }

    #[test]
    fn a_plugin_that_was_never_called_has_nulls_for_what_nobody_measured() {
        let json = serde_json::to_string(&PluginMetrics::default()).expect("metrics serialise");
        assert_eq!(
            json,
            concat!(
                r#"{"call_count":0,"success_count":0,"error_count":0,"total_execution_time_ns":0,"#,
                r#""avg_execution_time_ns":null,"p50_ns":null,"p95_ns":null,"p99_ns":null,"#,
                r#""peak_memory_bytes":null,"current_memory_bytes":null,"fuel_consumed":null,"#,
                r#""fuel_exact":false,"refused_growths":0,"last_execution":null}"#,
            )
        );
    }

    #[test]
    fn every_field_is_filled_by_calls() {
        let mut metrics = PluginMetrics::default();
        metrics.record_sample(&sample(100, Measured::Exact(4), 1, Outcome::Returned), 0, 10);
        metrics.record_sample(&sample(301, Measured::Exact(6), 3, Outcome::Returned), 2, 20);
        metrics.record(&CallRecord { wall_ns: 200, fuel: Measured::Exact(1), ..trapped_record() }, 30);
        metrics.set_current_memory_pages(2);
        let expected = MetricsSnapshot {
            call_count: 3,
            success_count: 2,
            error_count: 1,
            total_execution_time_ns: 601,
            avg_execution_time_ns: Some(200),
            p50_ns: Some(200),
            p95_ns: Some(301),
            p99_ns: Some(301),
            peak_memory_bytes: Some(3 * 65_536),
            current_memory_bytes: Some(2 * 65_536),
            fuel_consumed: Some(11),
            fuel_exact: true,
            refused_growths: 3,
            last_execution: Some(30),
        };
        assert_eq!(metrics.snapshot(), expected);
        metrics.reset();
        let pages = Some(2 * 65_536);
        let after =
            MetricsSnapshot { peak_memory_bytes: pages, current_memory_bytes: pages, ..Default::default() };
        assert_eq!(metrics.snapshot(), after);
    }

    #[test]
    fn a_sum_of_fuel_is_only_as_good_as_its_worst_part() {
        use Measured::{AtLeast, Exact, NotMeasured};
        // The parts, their sum, and whether it is exact.
        type Row = (&'static [Measured<u64>], Option<u64>, bool);
        let table: [Row; 6] = [
            (&[Exact(4)], Some(4), true),
            (&[Exact(4), Exact(5)], Some(9), true),
            (&[Exact(4), AtLeast(5), Exact(1)], Some(10), false),
            (&[NotMeasured, Exact(5)], Some(5), false),
            (&[NotMeasured, NotMeasured], None, false),
            (&[Exact(u64::MAX), Exact(1)], Some(u64::MAX), false),
        ];
        for (parts, fuel, is_exact) in table {
            let mut metrics = PluginMetrics::default();
            for part in parts {
                metrics.record_sample(&sample(1, *part, 1, Outcome::Returned), 0, 0);
            }
            let snapshot = metrics.snapshot();
            assert_eq!((snapshot.fuel_consumed, snapshot.fuel_exact), (fuel, is_exact), "{parts:?}");
        }
    }

    #[test]
    fn totals_of_the_program_count_what_happened() {
        let mut stats = RuntimeStats::default();
        stats.record_build(50, CacheOutcome::Miss);
        stats.record_build(1, CacheOutcome::Memory);
        stats.record_build(2, CacheOutcome::Disk);
        stats.record_plugin_created();
        stats.record_plugin_created();
        stats.record_plugin_unloaded();
        stats.record_execution(10, true);
        stats.record_execution(20, false);
        let expected = RuntimeStats {
            modules_compiled: 1,
            total_compile_time_ns: 50,
            plugins_created: 2,
            plugins_unloaded: 1,
            active_plugins: 1,
            total_executions: 2,
            failed_executions: 1,
            total_execution_time_ns: 30,
            cache_stats: CacheStats { memory_hits: 1, disk_hits: 1, misses: 1 },
        };
        assert_eq!(stats, expected);
    }
}

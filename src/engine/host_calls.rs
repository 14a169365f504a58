//! Counts what guests call of the host, over all instances of a plugin.
//!
//! A function that the host offers has its counter at hand; a stub, which ends the call, looks its own up.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::model::host_calls::HostCallCount;

/// Most functions that are listed; the most called come first.
const MOST_LISTED: usize = 1000;

/// The counters of one plugin.
#[derive(Default)]
pub(crate) struct HostCallCounters {
    by_name: Mutex<BTreeMap<Name, Arc<HostCallCounter>>>,
}

/// Module and name of an import, and whether a stub stands in for it.
type Name = (Arc<str>, Arc<str>, bool);

/// How often one function was called, and how long it took.
#[derive(Default)]
pub(crate) struct HostCallCounter {
    calls: AtomicU64,
    nanos: AtomicU64,
}

impl HostCallCounter {
    /// Takes up a call that took so long.
    pub(crate) fn count(&self, took: Duration) {
        // The instances of a plugin run one after another, so that nobody else writes: a plain addition is
        // several times cheaper than one that others could get in between of.
        let add = |total: &AtomicU64, more: u64| {
            total.store(total.load(Ordering::Relaxed).wrapping_add(more), Ordering::Relaxed);
        };
        add(&self.calls, 1);
        add(&self.nanos, u64::try_from(took.as_nanos()).unwrap_or(u64::MAX));
    }
}

impl HostCallCounters {
    /// Returns the counter of a function that the host offers.
    pub(crate) fn of_function(&self, module: &str, name: &str) -> Arc<HostCallCounter> {
        self.counter((module.into(), name.into(), false))
    }

    /// Counts the call of a stub.
    pub(crate) fn count_stub(&self, module: &str, name: &str) {
        self.counter((module.into(), name.into(), true)).count(Duration::ZERO);
    }

    /// Lists the functions that the host offers to the plugin's modules and the stubs that were called; the
    /// most called come first, and those alike by name.
    pub(crate) fn counts(&self) -> Vec<HostCallCount> {
        let by_name = self.lock();
        let count = |((module, name, is_stub), counter): (&Name, &Arc<HostCallCounter>)| HostCallCount {
            module: Arc::clone(module),
            name: Arc::clone(name),
            calls: counter.calls.load(Ordering::Relaxed),
            total_ns: (!is_stub).then(|| counter.nanos.load(Ordering::Relaxed)),
            is_stub: *is_stub,
        };
        let mut counts: Vec<_> = by_name.iter().map(count).collect();
        counts.sort_by_key(|count| std::cmp::Reverse(count.calls));
        counts.truncate(MOST_LISTED);
        counts
    }

    fn counter(&self, name: Name) -> Arc<HostCallCounter> {
        Arc::clone(self.lock().entry(name).or_default())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<Name, Arc<HostCallCounter>>> {
        self.by_name.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_called_come_first_and_a_stub_has_no_time() {
        let counters = HostCallCounters::default();
        let log = counters.of_function("env", "log");
        counters.of_function("env", "host_log");
        for _ in 0..3 {
            log.count(Duration::from_nanos(5));
        }
        for _ in 0..4 {
            counters.count_stub("env", "log");
        }
        let counts = counters.counts();
        let listed: Vec<_> =
            counts.iter().map(|count| (count.full_name(), count.calls, count.total_ns)).collect();
        let expected = [
            ("env.log".to_owned(), 4, None),
            ("env.log".to_owned(), 3, Some(15)),
            ("env.host_log".to_owned(), 0, Some(0)),
        ];
        assert_eq!(listed, expected);
    }
}

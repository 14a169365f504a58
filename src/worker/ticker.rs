//! The thread that moves the engines' clock on while some guest runs, and sleeps otherwise.
//!
//! Knows nothing of plugins: whoever runs one holds a [`TickGuard`].

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::engine::Engines;

/// How often a running guest is looked at unless somebody sets it: Stop, time limits and live figures are that
/// fine.
pub const TICK_PERIOD: Duration = Duration::from_millis(5);

/// Owns the thread `ticker`; dropping it ends the thread.
pub struct Ticker {
    clock: Clock,
    thread: Option<JoinHandle<()>>,
}

/// Lets whoever has it run guests that are looked at; cheap to clone.
#[derive(Clone)]
pub struct Clock {
    shared: Arc<Shared>,
}

/// As long as one of these lives, the engines' clock moves.
pub struct TickGuard {
    shared: Arc<Shared>,
}

struct Shared {
    demand: Mutex<Demand>,
    changed: Condvar,
    ticks: AtomicU64,
    period_ns: AtomicU64,
}

#[derive(Default)]
struct Demand {
    guards: usize,
    is_closed: bool,
}

impl Ticker {
    /// Starts the thread, which sleeps until the first guard.
    ///
    /// # Errors
    ///
    /// Returns the system's error when it gives no thread.
    pub fn start(engines: &Arc<Engines>) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            demand: Mutex::new(Demand::default()),
            changed: Condvar::new(),
            ticks: AtomicU64::new(0),
            period_ns: AtomicU64::new(0),
        });
        shared.set_period(TICK_PERIOD);
        let (for_thread, engines) = (Arc::clone(&shared), Arc::downgrade(engines));
        let thread =
            std::thread::Builder::new().name("ticker".to_owned()).spawn(move || for_thread.run(&engines))?;
        Ok(Self { clock: Clock { shared }, thread: Some(thread) })
    }

    /// Returns the handle that runs of guests are announced with.
    #[must_use]
    pub fn clock(&self) -> Clock {
        self.clock.clone()
    }

    /// Keeps the clock moving until the guard is dropped.
    #[must_use = "the clock stops when the guard is dropped"]
    pub fn guard(&self) -> TickGuard {
        self.clock.guard()
    }

    /// Moves the clock that often from now on, at least every nanosecond.
    pub fn set_period(&self, period: Duration) {
        self.clock.shared.set_period(period);
    }

    /// Counts the ticks so far; stands still while no guest runs.
    #[must_use]
    pub fn ticks(&self) -> u64 {
        self.clock.shared.ticks.load(Ordering::Relaxed)
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.clock.shared.lock().is_closed = true;
        self.clock.shared.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            // The thread waits for nothing but the flag that was just set.
            let _ = thread.join();
        }
    }
}

impl Clock {
    /// Keeps the clock moving until the guard is dropped.
    #[must_use = "the clock stops when the guard is dropped"]
    pub fn guard(&self) -> TickGuard {
        let mut demand = self.shared.lock();
        demand.guards += 1;
        if demand.guards == 1 {
            self.shared.changed.notify_all();
        }
        TickGuard { shared: Arc::clone(&self.shared) }
    }
}

impl Drop for TickGuard {
    fn drop(&mut self) {
        let mut demand = self.shared.lock();
        demand.guards = demand.guards.saturating_sub(1);
    }
}

impl Shared {
    fn run(&self, engines: &Weak<Engines>) {
        let mut demand = self.lock();
        loop {
            while demand.guards == 0 && !demand.is_closed {
                demand = self.changed.wait(demand).unwrap_or_else(PoisonError::into_inner);
            }
            let (guard, _) =
                self.changed.wait_timeout(demand, self.period()).unwrap_or_else(PoisonError::into_inner);
            demand = guard;
            if demand.is_closed {
                return;
            }
            if demand.guards == 0 {
                continue;
            }
            drop(demand);
            let Some(engines) = engines.upgrade() else { return };
            engines.tick();
            self.ticks.fetch_add(1, Ordering::Relaxed);
            demand = self.lock();
        }
    }

    fn set_period(&self, period: Duration) {
        let period_ns = u64::try_from(period.as_nanos()).unwrap_or(u64::MAX).max(1);
        self.period_ns.store(period_ns, Ordering::Relaxed);
    }

    fn period(&self) -> Duration {
        Duration::from_nanos(self.period_ns.load(Ordering::Relaxed))
    }

    fn lock(&self) -> MutexGuard<'_, Demand> {
        self.demand.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

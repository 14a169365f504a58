//! Probes: what a call would take, found on fresh instances, each probe on a thread of its own.
//!
//! Knows no plugin: a probe brings its build along, so that it disturbs nobody and nobody waits for it.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::outlet::Outlet;
use super::protocol::{Event, Notice};
use super::threads::{Threads, panic_message};
use super::ticker::Clock;
use crate::engine::{CallObserver, Engines, LiveView, Probe, ProbeFailure, SharedObserver, Tick};
use crate::model::event::LogLevel;
use crate::model::ids::RequestId;
use crate::model::needs::{Needs, Progress};

/// Probes that may run at the same time, each with a large stack and instances of its own.
const MOST_PROBES: usize = 4;

/// How often the progress of a probe is shown.
const PROGRESS_PERIOD: Duration = Duration::from_millis(50);

/// All probes that run.
pub(crate) struct Probers {
    engines: Arc<Engines>,
    clock: Clock,
    outlet: Outlet,
    threads: Threads,
    running: Arc<Mutex<Running>>,
}

type Running = HashMap<RequestId, Arc<Stop>>;

/// Ends a probe, in the middle of a run or between two.
#[derive(Default)]
struct Stop {
    is_set: AtomicBool,
}

impl Probers {
    pub(crate) fn new(engines: Arc<Engines>, clock: Clock, outlet: Outlet) -> Self {
        Self { engines, clock, outlet, threads: Threads::default(), running: Arc::default() }
    }

    /// Starts a probe on a thread of its own.
    ///
    /// # Errors
    ///
    /// Returns a notice when too many run already, or the system gives no thread.
    pub(crate) fn start(&self, request: RequestId, name: &str, probe: Probe) -> Result<(), Notice> {
        let stop = Arc::new(Stop::default());
        let mut running = lock(&self.running);
        if running.len() >= MOST_PROBES {
            return Err(self.refuse(
                request,
                format!("{MOST_PROBES} searches run already: stop one first"),
                None,
            ));
        }
        running.insert(request, Arc::clone(&stop));
        drop(running);
        let stack_bytes = probe.thread_stack_bytes();
        let body = self.body(request, probe, stop);
        self.threads.spawn(&format!("probe-{name}"), stack_bytes, body).map_err(|err| {
            lock(&self.running).remove(&request);
            self.refuse(
                request,
                "No thread could be started for the search".to_owned(),
                Some(err.to_string()),
            )
        })
    }

    /// Ends a probe; its answer says so.
    pub(crate) fn stop(&self, request: RequestId) {
        if let Some(stop) = lock(&self.running).get(&request) {
            stop.is_set.store(true, Ordering::Release);
        }
    }

    /// Ends all probes.
    pub(crate) fn stop_all(&self) {
        for stop in lock(&self.running).values() {
            stop.is_set.store(true, Ordering::Release);
        }
    }

    /// Waits until all probes have ended; `false` when the deadline came first.
    pub(crate) fn wait_until(&self, deadline: Instant) -> bool {
        self.threads.wait_until(deadline)
    }

    fn body(&self, request: RequestId, probe: Probe, stop: Arc<Stop>) -> impl FnOnce() + Send + 'static {
        let (engines, clock, outlet) = (Arc::clone(&self.engines), self.clock.clone(), self.outlet.clone());
        let running = Arc::clone(&self.running);
        move || {
            let found =
                catch_unwind(AssertUnwindSafe(|| find(request, &probe, &stop, &engines, &clock, &outlet)));
            let result = match found {
                Ok(Ok(needs)) => Ok(needs.map(Arc::new)),
                Ok(Err(failure)) => Err(failure.to_string()),
                Err(payload) => Err(format!("the search panicked: {}", panic_message(&*payload))),
            };
            lock(&running).remove(&request);
            outlet.send(Event::ProbeEnded { request, result });
        }
    }

    fn refuse(&self, request: RequestId, message: String, details: Option<String>) -> Notice {
        self.outlet.offer(Event::ProbeEnded { request, result: Err(message.clone()) });
        Notice { level: LogLevel::Warn, message, details }
    }
}

fn find(
    request: RequestId,
    probe: &Probe,
    stop: &Arc<Stop>,
    engines: &Engines,
    clock: &Clock,
    outlet: &Outlet,
) -> Result<Option<Needs>, ProbeFailure> {
    let observer: SharedObserver = Arc::clone(stop) as _;
    let _ticks = clock.guard();
    let mut shown: Option<Instant> = None;
    probe.find(engines, &observer, &mut |progress: Progress| {
        if shown.is_none_or(|shown| shown.elapsed() >= PROGRESS_PERIOD) {
            shown = Some(Instant::now());
            outlet.offer(Event::ProbeMoved { request, progress });
        }
        !stop.is_cancelled()
    })
}

impl CallObserver for Stop {
    fn tick(&self, _live: &mut dyn LiveView) -> Tick {
        let held = Duration::ZERO;
        if self.is_cancelled() { Tick::Cancel { held } } else { Tick::Continue { held } }
    }

    fn is_cancelled(&self) -> bool {
        self.is_set.load(Ordering::Acquire)
    }

    // The plugin has logged the same already, and its call is made many times.
    fn log(&self, _level: LogLevel, _text: String) {}
}

fn lock(running: &Mutex<Running>) -> MutexGuard<'_, Running> {
    running.lock().unwrap_or_else(PoisonError::into_inner)
}

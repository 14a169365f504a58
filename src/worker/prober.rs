//! Probes: what a call would take, or which operators it runs, found on fresh instances and on threads of their own.
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
use crate::engine::{CallObserver, Engines, LiveView, OperatorCounter, Probe, SharedObserver, Tick};
use crate::model::event::LogLevel;
use crate::model::ids::RequestId;
use crate::model::needs::Needs;
use crate::model::operators::{CountStep, OperatorCounts};

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
    pub(crate) fn find_needs(&self, request: RequestId, name: &str, probe: Probe) -> Result<(), Notice> {
        let stack_bytes = probe.thread_stack_bytes();
        let answer = move |result| Event::ProbeEnded { request, result };
        let (engines, outlet) = (Arc::clone(&self.engines), self.outlet.clone());
        let work = move |stop: &Arc<Stop>| find(request, &probe, stop, &engines, &outlet);
        self.start(Job { request, stack_bytes, what: "the search" }, name, work, answer)
    }

    /// Starts counting operators on a thread of its own.
    ///
    /// # Errors
    ///
    /// Returns a notice when too many run already, or the system gives no thread.
    pub(crate) fn count_operators(
        &self,
        request: RequestId,
        name: &str,
        counter: OperatorCounter,
    ) -> Result<(), Notice> {
        let stack_bytes = counter.build.thread_stack_bytes();
        let answer = move |result| Event::OperatorsCounted { request, result };
        let (engines, outlet) = (Arc::clone(&self.engines), self.outlet.clone());
        let work = move |stop: &Arc<Stop>| count(request, &counter, stop, &engines, &outlet);
        self.start(Job { request, stack_bytes, what: "the counting" }, name, work, answer)
    }

    /// Starts work that nobody waits for; its answer comes as an event, whatever becomes of it.
    fn start<T: Send + Sync + 'static>(
        &self,
        job: Job,
        name: &str,
        work: impl FnOnce(&Arc<Stop>) -> Result<Option<T>, String> + Send + 'static,
        answer: impl Fn(Result<Option<Arc<T>>, String>) -> Event + Send + Clone + 'static,
    ) -> Result<(), Notice> {
        let Job { request, stack_bytes, what } = job;
        let refuse = |message: String, details: Option<String>| {
            self.outlet.offer(answer(Err(message.clone())));
            Notice { level: LogLevel::Warn, message, details }
        };
        let stop = Arc::new(Stop::default());
        let mut running = lock(&self.running);
        if running.len() >= MOST_PROBES {
            let message = format!("{MOST_PROBES} searches and counts run already: stop one first");
            return Err(refuse(message, None));
        }
        running.insert(request, Arc::clone(&stop));
        drop(running);
        let (clock, outlet, running) = (self.clock.clone(), self.outlet.clone(), Arc::clone(&self.running));
        let tell = answer.clone();
        let body = move || {
            let ticks = clock.guard();
            let ended = catch_unwind(AssertUnwindSafe(|| work(&stop)));
            drop(ticks);
            let result = match ended {
                Ok(result) => result.map(|found| found.map(Arc::new)),
                Err(payload) => Err(format!("{what} panicked: {}", panic_message(&*payload))),
            };
            lock(&running).remove(&request);
            outlet.send(tell(result));
        };
        self.threads.spawn(&format!("probe-{name}"), stack_bytes, body).map_err(|err| {
            lock(&self.running).remove(&request);
            refuse(format!("No thread could be started for {what}"), Some(err.to_string()))
        })
    }

    /// Ends a probe or a count; its answer says so.
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
}

/// What a thread is started for.
#[derive(Clone, Copy)]
struct Job {
    request: RequestId,
    stack_bytes: usize,
    /// What it does, for messages.
    what: &'static str,
}

/// Tells of progress, but not more often than somebody can see.
struct Teller<'a> {
    outlet: &'a Outlet,
    shown: Option<Instant>,
}

impl<'a> Teller<'a> {
    fn new(outlet: &'a Outlet) -> Self {
        Self { outlet, shown: None }
    }

    fn tell(&mut self, event: impl FnOnce() -> Event) {
        if self.shown.is_none_or(|shown| shown.elapsed() >= PROGRESS_PERIOD) {
            self.shown = Some(Instant::now());
            self.outlet.offer(event());
        }
    }
}

fn find(
    request: RequestId,
    probe: &Probe,
    stop: &Arc<Stop>,
    engines: &Engines,
    outlet: &Outlet,
) -> Result<Option<Needs>, String> {
    let observer: SharedObserver = Arc::clone(stop) as _;
    let mut teller = Teller::new(outlet);
    let found = probe.find(engines, &observer, &mut |progress| {
        teller.tell(|| Event::ProbeMoved { request, progress });
        !stop.is_cancelled()
    });
    found.map_err(|failure| failure.to_string())
}

fn count(
    request: RequestId,
    counter: &OperatorCounter,
    stop: &Arc<Stop>,
    engines: &Engines,
    outlet: &Outlet,
) -> Result<Option<OperatorCounts>, String> {
    let observer: SharedObserver = Arc::clone(stop) as _;
    let mut teller = Teller::new(outlet);
    let counted = counter.count(engines, &observer, &mut |step| {
        if step == CountStep::Calling {
            // Of all steps this one may take long, and must be seen however quick those before it were.
            outlet.offer(Event::CountMoved { request, step });
        } else {
            teller.tell(|| Event::CountMoved { request, step });
        }
        !stop.is_cancelled()
    });
    counted.map_err(|failure| failure.to_string())
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

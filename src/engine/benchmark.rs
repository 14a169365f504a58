//! Benchmarks a function: warms up, finds out how coarse the clock is, and times calls or batches of them.
//!
//! What its figures mean is decided in [`crate::model::bench`]. Every call is made under all limits.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use super::instance::Entry;
use super::plugin::{CallRefusal, Plugin};
use crate::model::bench::{
    BenchPlan, BenchProgress, BenchReport, BenchTimes, Span, WarmUp, calls_per_batch, is_too_short,
};
use crate::model::call::CallRecord;
use crate::model::value::Value;

/// How a benchmark ended.
#[derive(Debug, Clone)]
pub struct BenchEnd {
    /// What was found up to then.
    pub report: BenchReport,
    /// The call that did not return, if one did not. Its time may be that of a whole batch.
    pub failure: Option<Box<CallRecord>>,
    /// How often a limit refused growth, in the warm-up too.
    pub refused_growths: u64,
}

/// Calls of the default warm-up, and how long it may take.
const WARM_UP: (u64, Duration) = (100, Duration::from_millis(500));

/// Calls that tell how long one takes, where there is no warm-up to tell.
const TRIAL_CALLS: u64 = 32;

/// How often the sink hears of the progress.
const PROGRESS_PERIOD: Duration = Duration::from_millis(20);

/// Looks at the clock that tell how long one takes.
const LOOKS: u32 = 2000;

impl Plugin {
    /// Calls an export again and again and returns what a call takes.
    ///
    /// Stops at the first call that does not return, and when the sink says so.
    ///
    /// # Errors
    ///
    /// As [`Plugin::call`].
    pub fn benchmark(
        &mut self,
        export: &str,
        args: &[Value],
        plan: &BenchPlan,
        sink: &mut dyn FnMut(BenchProgress) -> ControlFlow<()>,
    ) -> Result<BenchEnd, CallRefusal> {
        let entry = self.entry(export, args)?;
        let clock_ns = clock_ns();
        let refused_before = self.usage().refused_growths;
        let mut bench = Bench { plugin: self, entry, args, told: Instant::now(), sink };
        let mut trials = BenchTimes::default();
        let mut per_batch = 1;
        let mut times = BenchTimes::default();
        let failure = 'run: {
            let (calls, until) = match plan.warm_up {
                WarmUp::Calls(calls) => (calls, None),
                WarmUp::Default => (WARM_UP.0, Some(Instant::now() + WARM_UP.1)),
            };
            match bench.run(&mut trials, calls, until, 1, true) {
                Ended::Done => {}
                Ended::Stopped => break 'run None,
                Ended::Failed(record) => break 'run Some(record),
            }
            let (mut calls, until) = match plan.length {
                Span::Calls(calls) => (calls, None),
                Span::Nanos(nanos) => (u64::MAX, Instant::now().checked_add(Duration::from_nanos(nanos))),
            };
            let call_ns = match trials.median_ns() {
                Some(call_ns) => call_ns,
                None => match bench.try_out(&mut times, &mut calls, until, clock_ns) {
                    Ok((call_ns, batch)) => {
                        per_batch = batch;
                        call_ns
                    }
                    Err(Ended::Failed(record)) => break 'run Some(record),
                    Err(Ended::Done | Ended::Stopped) => break 'run None,
                },
            };
            if calls > 0 {
                per_batch = calls_per_batch(call_ns, clock_ns, of_left(plan.length, calls));
            }
            let ended = bench.run_on(&mut times, calls, until, &mut per_batch, (plan.length, clock_ns));
            match ended {
                Ended::Done | Ended::Stopped => None,
                Ended::Failed(record) => Some(record),
            }
        };
        let report = times.report(trials.calls(), per_batch, clock_ns);
        let refused_growths = self.usage().refused_growths.saturating_sub(refused_before);
        Ok(BenchEnd { report, failure, refused_growths })
    }
}

impl Plugin {
    /// Calls an export that many times, or until it is that late; returns how many calls returned, and the one that
    /// did not, if any.
    ///
    /// # Errors
    ///
    /// As [`Plugin::call`].
    pub fn warm_up(
        &mut self,
        export: &str,
        args: &[Value],
        calls: u64,
        until: Instant,
        sink: &mut dyn FnMut(BenchProgress) -> ControlFlow<()>,
    ) -> Result<(u64, Option<Box<CallRecord>>), CallRefusal> {
        let entry = self.entry(export, args)?;
        let mut bench = Bench { plugin: self, entry, args, told: Instant::now(), sink };
        let mut times = BenchTimes::default();
        let failure = match bench.run(&mut times, calls, Some(until), 1, true) {
            Ended::Done | Ended::Stopped => None,
            Ended::Failed(record) => Some(record),
        };
        Ok((times.calls(), failure))
    }
}

struct Bench<'a> {
    plugin: &'a mut Plugin,
    entry: Entry,
    args: &'a [Value],
    told: Instant,
    sink: &'a mut dyn FnMut(BenchProgress) -> ControlFlow<()>,
}

enum Ended {
    Done,
    Stopped,
    Failed(Box<CallRecord>),
}

impl Bench<'_> {
    /// Makes the first calls where no warm-up has told how long one takes: each by itself, up to the first that is
    /// too short for the clock, which begins a batch.
    ///
    /// Returns how long a call takes in nanoseconds, and how many calls were timed together.
    fn try_out(
        &mut self,
        times: &mut BenchTimes,
        calls: &mut u64,
        until: Option<Instant>,
        clock_ns: u64,
    ) -> Result<(u64, u64), Ended> {
        for _ in 0..(*calls).min(TRIAL_CALLS) {
            let mut one = BenchTimes::default();
            match self.run(&mut one, 1, until, 1, false) {
                Ended::Done => *calls -= 1,
                other => return Err(other),
            }
            if is_too_short(one.wall_ns(), clock_ns) {
                let more = (*calls).min(TRIAL_CALLS - 1);
                let more_ns = match self.plugin.run_unwatched(&self.entry, self.args, more) {
                    Ok(more_ns) => more_ns,
                    Err(record) => return Err(Ended::Failed(record)),
                };
                *calls -= more;
                times.record(1 + more, one.wall_ns().saturating_add(more_ns));
                return Ok((more_ns.checked_div(more).unwrap_or_else(|| one.wall_ns()), 1 + more));
            }
            times.record(1, one.wall_ns());
            if until.is_some_and(|until| Instant::now() >= until) {
                *calls = 0;
            }
        }
        Ok((times.median_ns().unwrap_or(0), 1))
    }

    /// Makes the calls that are measured: one by one, and from where they turn out to be too short for that on in
    /// batches; calls need not stay as long as they were at first.
    fn run_on(
        &mut self,
        times: &mut BenchTimes,
        mut calls: u64,
        until: Option<Instant>,
        per_batch: &mut u64,
        (length, clock_ns): (Span, u64),
    ) -> Ended {
        while *per_batch == 1 && calls > 0 {
            let chunk = calls.min(TRIAL_CALLS);
            let (calls_before, ns_before) = (times.calls(), times.wall_ns());
            match self.run(times, chunk, until, 1, false) {
                Ended::Done => {}
                other => return other,
            }
            let made = times.calls() - calls_before;
            if made < chunk {
                // It is too late for more.
                return Ended::Done;
            }
            calls -= made;
            if calls > 0 {
                let call_ns = (times.wall_ns() - ns_before).checked_div(made).unwrap_or(0);
                *per_batch = calls_per_batch(call_ns, clock_ns, of_left(length, calls));
            }
        }
        self.run(times, calls, until, *per_batch, false)
    }

    /// Makes calls until there are so many or it is so late, whichever comes first.
    fn run(
        &mut self,
        times: &mut BenchTimes,
        calls: u64,
        until: Option<Instant>,
        per_batch: u64,
        is_warming_up: bool,
    ) -> Ended {
        let mut left = calls;
        while left > 0 {
            let batch = left.min(per_batch);
            match self.plugin.run_unwatched(&self.entry, self.args, batch) {
                Ok(wall_ns) => times.record(batch, wall_ns),
                Err(record) => return Ended::Failed(record),
            }
            left -= batch;
            let now = Instant::now();
            if until.is_some_and(|until| now >= until) {
                break;
            }
            if now.duration_since(self.told) >= PROGRESS_PERIOD {
                self.told = now;
                let progress =
                    BenchProgress { calls: times.calls(), wall_ns: times.wall_ns(), is_warming_up };
                if (self.sink)(progress).is_break() {
                    return Ended::Stopped;
                }
            }
        }
        Ended::Done
    }
}

/// Returns how long a benchmark goes on when so many of its calls are left.
fn of_left(length: Span, calls: u64) -> Span {
    match length {
        Span::Calls(_) => Span::Calls(calls),
        length @ Span::Nanos(_) => length,
    }
}

/// Returns what one look at the clock takes or can tell, whichever is more, in nanoseconds.
pub fn clock_ns() -> u64 {
    let began = Instant::now();
    let (mut last, mut step) = (began, Duration::MAX);
    for _ in 0..LOOKS {
        let now = Instant::now();
        let between = now.duration_since(last);
        if !between.is_zero() {
            step = step.min(between);
        }
        last = now;
    }
    let look = last.duration_since(began) / LOOKS;
    let step = if step == Duration::MAX { Duration::ZERO } else { step };
    u64::try_from(look.max(step).as_nanos()).unwrap_or(u64::MAX).max(1)
}

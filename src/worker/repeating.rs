//! Calls that are made again and again on a plugin's thread: repeated with a sample of each, or benchmarked.
//!
//! Knows neither orders nor states; the thread of the plugin does.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::protocol::{BenchRequest, CallRequest, PluginEvent};
use super::watcher::Watcher;
use crate::engine::{CallObserver, CallRefusal, Plugin, Repeat, clock_ns};
use crate::model::bench::{BenchProgress, BenchTimes};
use crate::model::call::{CallRecord, CallSample, Outcome};

/// Samples of a repeated call that are sent together, at most.
const MOST_SAMPLES: usize = 8192;

/// Longest warm-up before calls are repeated; a tenth of the time that they are repeated for, where that is less.
const MOST_WARM_UP: Duration = Duration::from_millis(500);

/// How often the samples of a repeated call are sent, at least.
const SAMPLES_PERIOD: Duration = Duration::from_millis(50);

/// Calls an export many times; returns the last record and whether it is among the samples that were sent.
pub(super) fn repeat(
    plugin: &mut Plugin,
    watcher: &Watcher,
    request: &CallRequest,
) -> Result<(CallRecord, bool), CallRefusal> {
    let mut go_on = |progress| {
        watcher.show(PluginEvent::BenchMoved { call: request.call, progress });
        if watcher.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let until = Instant::now() + most_warm_up(request.nanos);
    let (warm_up, failed) =
        plugin.warm_up(&request.export, &request.args, request.warm_up, until, &mut go_on)?;
    if let Some(record) = failed {
        return Ok((*record, false));
    }
    let measured = BenchProgress::default();
    watcher.show(PluginEvent::BenchMoved { call: request.call, progress: measured });
    let mut times = BenchTimes::default();
    let mut sender = SampleSender { watcher, request, batch: Vec::new(), done: 0, sent: Instant::now() };
    let mut last_started_ns = None;
    let mut take = |samples: &[CallSample]| {
        last_started_ns = samples.last().map(|sample| sample.started_ns).or(last_started_ns);
        let returned = samples.iter().filter(|sample| sample.outcome == Outcome::Returned);
        returned.for_each(|sample| times.record(1, sample.wall_ns));
        sender.take(samples);
        if watcher.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let lasts = request.nanos.map(Duration::from_nanos);
    let how = Repeat {
        count: request.repeat,
        until: lasts.and_then(|lasts| Instant::now().checked_add(lasts)),
        continue_on_failure: request.continue_on_failure,
    };
    let record = plugin.repeat(&request.export, &request.args, how, &mut take);
    sender.send();
    let record = record?;
    let is_sampled = last_started_ns == Some(record.started_ns);
    if !is_sampled && record.is_success() {
        times.record(1, record.wall_ns);
    }
    let report = times.report(warm_up, 1, clock_ns());
    watcher.tell(PluginEvent::Benched { call: request.call, report });
    Ok((record, is_sampled))
}

/// Returns how long warming up may take: calls that are slow need none, and nobody wants to wait for it.
fn most_warm_up(nanos: Option<u64>) -> Duration {
    nanos.map_or(MOST_WARM_UP, |nanos| MOST_WARM_UP.min(Duration::from_nanos(nanos / 10)))
}

/// Measures a call; returns the record of the one that did not return, if any.
pub(super) fn benchmark(
    plugin: &mut Plugin,
    watcher: &Watcher,
    request: &BenchRequest,
) -> Result<Option<Box<CallRecord>>, CallRefusal> {
    let mut shown = Instant::now();
    let mut sink = |progress| {
        if shown.elapsed() >= SAMPLES_PERIOD {
            shown = Instant::now();
            watcher.show(PluginEvent::BenchMoved { call: request.call, progress });
        }
        if watcher.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let end = plugin.benchmark(&request.export, &request.args, &request.plan, &mut sink)?;
    watcher.tell(PluginEvent::Benched { call: request.call, report: end.report });
    Ok(end.failure)
}

/// Gathers the samples of a repeated call, so that a million quick calls are not a million events.
struct SampleSender<'a> {
    watcher: &'a Watcher,
    request: &'a CallRequest,
    batch: Vec<CallSample>,
    done: u64,
    sent: Instant,
}

impl SampleSender<'_> {
    fn take(&mut self, samples: &[CallSample]) {
        for part in samples.chunks(MOST_SAMPLES) {
            self.batch.extend_from_slice(part);
            self.done += part.len() as u64;
            if self.batch.len() >= MOST_SAMPLES || self.sent.elapsed() >= SAMPLES_PERIOD {
                self.send();
            }
        }
    }

    fn send(&mut self) {
        self.sent = Instant::now();
        if !self.batch.is_empty() {
            self.watcher.tell_batch(PluginEvent::CallSamples {
                call: self.request.call,
                export: Arc::clone(&self.request.export),
                samples: std::mem::take(&mut self.batch),
                done: self.done,
                total: self.request.repeat,
            });
        }
    }
}

//! Many calls of one export: with a sample of each, or with nothing of each but the time of all.
//!
//! Makes no single call and keeps no instance; the plugin does.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{CallRefusal, Plugin, Repeat};
use crate::engine::instance::Entry;
use crate::engine::invoke::{self, BatchSpan};
use crate::model::call::{CallKind, CallRecord, CallSample, Outcome};
use crate::model::value::Value;

/// How many samples of a repeated call are handed over at once.
const SAMPLES_AT_ONCE: usize = 4096;

/// In how many of the calls that are repeated at once refused growth is told with sizes and places.
const MOST_TOLD: u32 = 64;

/// How long samples of a repeated call are held back, so that the sink hears of slow calls too.
const SAMPLES_LAST: Duration = Duration::from_millis(20);

impl Plugin {
    /// Calls an export many times and hands figures over in batches.
    ///
    /// Stops at the first call that does not return, unless told to go on, and when the sink says so. The
    /// time of a call runs from the end of the one before it, so that one look at the clock serves both.
    /// Returns the record of the last call.
    ///
    /// # Errors
    ///
    /// As [`Plugin::call`].
    pub fn repeat(
        &mut self,
        export: &str,
        args: &[Value],
        how: Repeat,
        sink: &mut dyn FnMut(&[CallSample]) -> ControlFlow<()>,
    ) -> Result<CallRecord, CallRefusal> {
        let Repeat { count, until, continue_on_failure } = how;
        let is_late = || until.is_some_and(|until| Instant::now() >= until);
        let mut entry = self.entry(export, args)?;
        let mut tellable = MOST_TOLD;
        let mut samples =
            Vec::with_capacity(SAMPLES_AT_ONCE.min(usize::try_from(count).unwrap_or(usize::MAX)));
        let mut done = 0;
        while entry.is_plain
            && done + 1 < count
            && !is_late()
            && (!self.has_failed || self.options.keep_after_trap)
        {
            let most = (count - 1 - done).min(SAMPLES_AT_ONCE as u64);
            let ended = self.run_batch(&entry, args, (most, &mut tellable), &mut samples);
            done += samples.len() as u64;
            let verdict = sink(&samples);
            samples.clear();
            if let Some(record) = ended {
                if !continue_on_failure || record.outcome == Outcome::Cancelled || verdict.is_break() {
                    return Ok(record);
                }
                done += 1;
                self.tell_refused_growth(&record, &mut tellable);
                if sink(&[record.sample(0)]).is_break() || self.renew_between_calls().is_err() {
                    return Ok(record);
                }
                entry = self.entry(export, args)?;
            } else if verdict.is_break() {
                break;
            }
        }
        loop {
            let record = self.run_entry(&entry, args, CallKind::Export);
            done += 1;
            let goes_on =
                record.is_success() || (continue_on_failure && record.outcome != Outcome::Cancelled);
            if done >= count || !goes_on || is_late() || sink(&[record.sample(0)]).is_break() {
                return Ok(record);
            }
            self.tell_refused_growth(&record, &mut tellable);
            if !record.is_success() {
                if self.renew_between_calls().is_err() {
                    return Ok(record);
                }
                entry = self.entry(export, args)?;
            }
        }
    }

    /// Makes a fresh, initialized instance in the middle of a repeated call, after one that failed.
    fn renew_between_calls(&mut self) -> Result<(), ()> {
        if self.options.keep_after_trap {
            self.has_failed = false;
            return Ok(());
        }
        self.renew().map_err(|_| ())?;
        let number = self.next_number;
        let records = self.initialize();
        // What leaves no record has no number.
        self.next_number = number;
        if records.iter().all(CallRecord::is_success) { Ok(()) } else { Err(()) }
    }

    /// Tells the observer of growth that was refused in a call of which only figures are kept.
    fn tell_refused_growth(&self, record: &CallRecord, tellable: &mut u32) {
        let denied = record.all_denied();
        if !denied.is_empty() && *tellable > 0 {
            *tellable -= 1;
            self.observer.growth_refused(denied.into_iter().cloned().collect(), record.end.refused.total());
        }
    }

    /// Runs calls that return on the fast path; the first that does not comes back as a full record.
    fn run_batch(
        &mut self,
        entry: &Entry,
        args: &[Value],
        (most, tellable): (u64, &mut u32),
        samples: &mut Vec<CallSample>,
    ) -> Option<CallRecord> {
        self.was_called = true;
        self.put_limits(&entry.name);
        let born = self.born;
        let until = Instant::now() + SAMPLES_LAST;
        let live = self.live.as_mut()?;
        let span = BatchSpan { most, until, born, tellable };
        let ended = invoke::run_batch(live, entry, args, span, samples);
        self.next_number += samples.len() as u64;
        self.is_fresh_after_failure &= samples.is_empty();
        let (figures, result) = ended?;
        let started_ns = figures.started_ns;
        let mut record = self.record(CallKind::Export, Arc::clone(&entry.name), args, started_ns);
        match result {
            Ok(results) => self.finish(&mut record, figures, None, results),
            Err(error) => self.finish(&mut record, figures, Some(&error), Vec::new()),
        }
        Some(record)
    }

    /// Calls an export that many times between two looks at the clock, and returns the nanoseconds in between.
    ///
    /// Nothing is kept of a call that returns; the first that does not ends it with its record, whose time is
    /// that of all these calls together.
    pub(crate) fn run_unwatched(
        &mut self,
        entry: &Entry,
        args: &[Value],
        calls: u64,
    ) -> Result<u64, Box<CallRecord>> {
        self.was_called = true;
        self.put_limits(&entry.name);
        let started_ns = crate::engine::instance::nanos_since(self.born);
        let Some(live) = self.live.as_mut() else {
            return Err(Box::new(self.run_entry(entry, args, CallKind::Export)));
        };
        let ended = invoke::run_unwatched(live, entry, args, calls);
        // What leaves no record has no number.
        self.is_fresh_after_failure &= ended.made == 0;
        let Some((figures, result)) = ended.failure else { return Ok(ended.wall_ns) };
        let mut record = self.record(CallKind::Export, Arc::clone(&entry.name), args, started_ns);
        match result {
            Ok(results) => self.finish(&mut record, figures, None, results),
            Err(error) => self.finish(&mut record, figures, Some(&error), Vec::new()),
        }
        Err(Box::new(record))
    }
}

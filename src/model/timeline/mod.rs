//! The calls of one plugin as columns, with min/max pyramids, so that a million of them plot in the time of
//! a screenful.
//!
//! Knows no clock (a call brings its start along), no pixels and no scales of axes.
//!
//! Calls are appended and never changed. They lie in chunks of 32,768; a chunk keeps for each 32 and each
//! 1024 calls the smallest and the largest value of each series, the worst outcome, whether growth was refused,
//! and the export where it is one. A full chunk counts the values of each export too. All of it takes about 40
//! bytes per call, and up to 16 more where no two values are equal. Beyond the capacity the oldest chunk is dropped; the
//! totals over all calls ([`Timeline::wall_times`], [`Timeline::counts`]) keep what was in it.
//!
//! Chunks are shared between copies, so that a copy costs next to nothing: an export writes from one while
//! calls go on. Only the chunk that is being filled is copied then, by the next call.
//!
//! An *index* counts the calls that are held, from 0; a *number* counts all calls since the plugin was made,
//! from 1. The index of a call changes when a chunk is dropped, its number never does.

mod brush;
mod bucket;
mod builds;
mod chunk;
mod durations;
mod export;
mod stats;
mod tally;
mod value_histogram;

use std::collections::{HashMap, VecDeque};
use std::ops::Range;
use std::sync::Arc;

use serde::Serialize;

pub use self::brush::Brush;
pub use self::bucket::{Bucket, Scale};
pub use self::builds::BuildCalls;
pub use self::durations::Durations;
pub use self::export::{CallsDocument, CallsFormat};
pub use self::stats::{Bin, Distribution, ExportCalls, Summary};
pub use self::tally::Pick;
pub use self::value_histogram::{ValueHistogram, snap_wall_ns};

use self::builds::Builds;
use self::chunk::{CHUNK_CALLS, Chunk};
use super::call::{CallSample, Outcome};
use super::measured::Measured;

/// Calls that a timeline holds before it drops the oldest: 4,194,304, about 170 MB.
pub const CAPACITY: usize = 128 * CHUNK_CALLS;

/// Names of exports that a timeline tells apart; those beyond are called [`OTHER_NAME`].
pub const MAX_NAMES: usize = 65_536;

/// Name of the exports that came after the table of names was full.
pub const OTHER_NAME: &str = "(other)";

/// Figure of a call that can be plotted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Series {
    /// Wall-clock time in nanoseconds.
    WallNs,
    /// Fuel burnt.
    Fuel,
    /// Most pages of 64 KiB during the call.
    Pages,
    /// Most frames during the call.
    Depth,
}

impl Series {
    /// All series in the order of the Timing pane.
    pub const ALL: [Self; 4] = [Self::WallNs, Self::Fuel, Self::Pages, Self::Depth];

    /// Returns the title of the series' plot.
    pub fn label(self) -> &'static str {
        match self {
            Self::WallNs => "Wall time",
            Self::Fuel => "Fuel",
            Self::Pages => "Memory pages",
            Self::Depth => "Call depth",
        }
    }

    /// Returns this figure of a call.
    pub fn of(self, sample: &CallSample) -> Measured<u64> {
        match self {
            Self::WallNs => Measured::Exact(sample.wall_ns),
            Self::Fuel => sample.fuel,
            Self::Pages => Measured::Exact(sample.peak_memory_pages),
            Self::Depth => sample.peak_call_depth,
        }
    }
}

/// How many calls ended in which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct OutcomeCounts {
    /// Calls that returned within all limits.
    pub returned: u64,
    /// Calls that trapped.
    pub trapped: u64,
    /// Calls that a limit stopped.
    pub limit: u64,
    /// Calls that somebody stopped.
    pub cancelled: u64,
    /// Calls that could not be made.
    pub error: u64,
    /// Calls in which growth was refused, however they ended.
    pub denied: u64,
}

impl OutcomeCounts {
    /// Returns the number of calls.
    pub fn total(&self) -> u64 {
        self.returned + self.failures()
    }

    /// Returns the number of calls that did not return within all limits.
    pub fn failures(&self) -> u64 {
        self.trapped + self.limit + self.cancelled + self.error
    }

    /// Counts one call.
    pub fn add(&mut self, outcome: Outcome, was_denied: bool) {
        match outcome {
            Outcome::Returned => self.returned += 1,
            Outcome::Trapped(_) => self.trapped += 1,
            Outcome::Limit(_) => self.limit += 1,
            Outcome::Cancelled => self.cancelled += 1,
            Outcome::Error => self.error += 1,
        }
        self.denied += u64::from(was_denied);
    }

    /// Counts the calls that another has counted.
    pub fn add_all(&mut self, other: &Self) {
        self.returned += other.returned;
        self.trapped += other.trapped;
        self.limit += other.limit;
        self.cancelled += other.cancelled;
        self.error += other.error;
        self.denied += other.denied;
    }
}

/// The calls of one plugin, oldest first.
#[derive(Debug, Clone)]
pub struct Timeline {
    // All chunks but the last are full, so that an index leads to its chunk by division.
    chunks: VecDeque<Arc<Chunk>>,
    max_chunks: usize,
    first_number: u64,
    dropped: u64,
    last_started_ns: u64,
    names: Arc<Vec<Arc<str>>>,
    name_indices: Arc<HashMap<Arc<str>, u32>>,
    builds: Builds,
    counts: OutcomeCounts,
    all: Durations,
    successes: Durations,
}

impl Default for Timeline {
    fn default() -> Self {
        Self::new()
    }
}

impl Timeline {
    /// Makes an empty timeline that holds [`CAPACITY`] calls.
    pub fn new() -> Self {
        Self::with_capacity(CAPACITY)
    }

    /// Makes an empty timeline that holds at least that many calls, and at least two chunks of them.
    pub fn with_capacity(calls: usize) -> Self {
        Self {
            chunks: VecDeque::new(),
            max_chunks: calls.div_ceil(CHUNK_CALLS).max(2),
            first_number: 1,
            dropped: 0,
            last_started_ns: 0,
            names: Arc::default(),
            name_indices: Arc::default(),
            builds: Builds::default(),
            counts: OutcomeCounts::default(),
            all: Durations::default(),
            successes: Durations::default(),
        }
    }

    /// Appends a call; at the capacity the oldest chunk goes.
    ///
    /// Calls of one plugin follow each other, so a start before that of the call before is taken as equal
    /// to it: times can be searched by halves.
    pub fn push(&mut self, mut sample: CallSample) {
        sample.started_ns = sample.started_ns.max(self.last_started_ns);
        self.last_started_ns = sample.started_ns;
        self.counts.add(sample.outcome, sample.was_denied);
        self.all.record(sample.wall_ns);
        if sample.outcome == Outcome::Returned {
            self.successes.record(sample.wall_ns);
        }
        if self.chunks.back().is_none_or(|chunk| chunk.is_full()) {
            if self.chunks.len() >= self.max_chunks && self.chunks.pop_front().is_some() {
                self.first_number += CHUNK_CALLS as u64;
                self.dropped += CHUNK_CALLS as u64;
                self.builds.forget_before(self.first_number);
            }
            self.chunks.push_back(Arc::default());
        }
        if let Some(chunk) = self.chunks.back_mut() {
            Arc::make_mut(chunk).push(&sample);
        }
    }

    /// Forgets all calls and totals. The names stay, and so does the numbering: the next call gets the
    /// number that it would have got.
    pub fn clear(&mut self) {
        self.first_number += self.len() as u64;
        self.dropped = 0;
        self.builds.forget_before(self.first_number);
        self.chunks.clear();
        self.counts = OutcomeCounts::default();
        self.all.clear();
        self.successes.clear();
    }

    /// Returns the number of calls that are held.
    pub fn len(&self) -> usize {
        self.chunks.back().map_or(0, |last| (self.chunks.len() - 1) * CHUNK_CALLS + last.len())
    }

    /// Tells whether no call is held.
    pub fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    /// Returns the number of the call at index 0, or of the next call when none is held.
    pub fn first_number(&self) -> u64 {
        self.first_number
    }

    /// Returns how many calls were dropped because of the capacity, since the last clear.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Returns the number of the call at that index.
    pub fn number(&self, index: usize) -> u64 {
        self.first_number.saturating_add(index as u64)
    }

    /// Returns the index of the call of that number, unless it was dropped or is still to come.
    pub fn index_of_number(&self, number: u64) -> Option<usize> {
        let index = usize::try_from(number.checked_sub(self.first_number)?).ok()?;
        (index < self.len()).then_some(index)
    }

    /// Returns the call at that index.
    pub fn get(&self, index: usize) -> Option<CallSample> {
        self.chunks.get(index / CHUNK_CALLS)?.get(index % CHUNK_CALLS)
    }

    /// Returns the newest call.
    pub fn last(&self) -> Option<CallSample> {
        self.get(self.len().checked_sub(1)?)
    }

    /// Returns one figure of the call at that index; there is none past the end.
    pub fn value(&self, series: Series, index: usize) -> Measured<u64> {
        match self.chunks.get(index / CHUNK_CALLS) {
            Some(chunk) if index % CHUNK_CALLS < chunk.len() => chunk.value(series, index % CHUNK_CALLS),
            _ => Measured::NotMeasured,
        }
    }

    /// Returns the index of a name that has been taken up.
    pub fn index_of_name(&self, name: &str) -> Option<u32> {
        self.name_indices.get(name).copied()
    }

    /// Returns the index of the name in the table of names, which takes it up when it is new.
    pub fn intern(&mut self, name: &str) -> u32 {
        if let Some(index) = self.name_indices.get(name) {
            return *index;
        }
        // The last place is kept for all names that come when the table is full.
        let name = if self.names.len() + 1 >= MAX_NAMES { OTHER_NAME } else { name };
        if let Some(index) = self.name_indices.get(name) {
            return *index;
        }
        let index = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        let name: Arc<str> = name.into();
        Arc::make_mut(&mut self.names).push(Arc::clone(&name));
        Arc::make_mut(&mut self.name_indices).insert(name, index);
        index
    }

    /// Returns the name of that index, or [`OTHER_NAME`] for an index that was never given out.
    pub fn name(&self, index: u32) -> &str {
        usize::try_from(index).ok().and_then(|index| self.names.get(index)).map_or(OTHER_NAME, |name| name)
    }

    /// Returns the index of the first call that started at that time or later; the length when none did.
    pub fn index_at_time(&self, started_ns: u64) -> usize {
        let chunk =
            self.chunks.partition_point(|chunk| chunk.started_ns().last().is_some_and(|t| *t < started_ns));
        let rows =
            self.chunks.get(chunk).map_or(0, |chunk| chunk.started_ns().partition_point(|t| *t < started_ns));
        chunk.saturating_mul(CHUNK_CALLS).saturating_add(rows).min(self.len())
    }

    /// Returns the indices of the calls that started within those nanoseconds.
    pub fn indices_in_time(&self, started_ns: Range<u64>) -> Range<usize> {
        let first = self.index_at_time(started_ns.start);
        first..self.index_at_time(started_ns.end).max(first)
    }

    /// Says which build the calls are of that come from now on.
    pub fn begin_build(&mut self, build: u64) {
        self.builds.begin(build, self.number(self.len()));
    }

    /// Lists the builds that calls are held of, oldest first, each with the indices of its calls.
    pub fn builds(&self) -> Vec<BuildCalls> {
        self.builds.list(self.first_number, self.len())
    }

    /// Returns the indices of the calls of a build; none where it has made no call that is held.
    pub fn calls_of_build(&self, build: u64) -> Range<usize> {
        self.builds().into_iter().find(|of| of.build == build).map_or(0..0, |of| of.range)
    }

    /// Returns which build the call at that index was made on, where that is known.
    pub fn build_of(&self, index: usize) -> Option<u64> {
        self.builds.at(self.number(index))
    }

    /// Returns how the calls ended, those dropped included.
    pub fn counts(&self) -> &OutcomeCounts {
        &self.counts
    }

    /// Returns the wall times of all calls, those dropped included.
    pub fn wall_times(&self) -> &Durations {
        &self.all
    }

    /// Returns the wall times of the calls that returned within all limits, those dropped included.
    pub fn success_wall_times(&self) -> &Durations {
        &self.successes
    }

    /// Returns the bytes that the calls take, names and totals left out.
    pub fn allocated_bytes(&self) -> usize {
        self.chunks.iter().map(|chunk| chunk.allocated_bytes()).sum()
    }

    /// Returns the range without what lies past the end.
    fn clip(&self, range: Range<usize>) -> Range<usize> {
        let end = range.end.min(self.len());
        range.start.min(end)..end
    }

    /// Returns the chunks that hold those calls, each with the index of its first row and the rows wanted.
    fn parts(&self, range: Range<usize>) -> impl DoubleEndedIterator<Item = (usize, &Chunk, Range<usize>)> {
        let range = self.clip(range);
        let first = range.start / CHUNK_CALLS;
        let end = if range.is_empty() { first } else { range.end.div_ceil(CHUNK_CALLS) };
        (first..end).filter_map(move |number| {
            let base = number * CHUNK_CALLS;
            let rows = range.start.saturating_sub(base)..(range.end - base).min(CHUNK_CALLS);
            Some((base, &**self.chunks.get(number)?, rows))
        })
    }
}

impl Extend<CallSample> for Timeline {
    fn extend<I: IntoIterator<Item = CallSample>>(&mut self, samples: I) {
        for sample in samples {
            self.push(sample);
        }
    }
}

#[cfg(test)]
mod tests;

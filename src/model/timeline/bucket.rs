//! Calls in buckets for a plot, and the call nearest to a pointer.
//!
//! Knows calls by their index only; times are turned into indices before.

use std::ops::Range;

use super::super::call::Outcome;
use super::super::measured::Measured;
use super::chunk::{Descend, Span};
use super::{Series, Timeline};

/// Some calls in a row, in the place of one point or one vertical stroke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    /// Index of the first call.
    pub first: usize,
    /// Index of the last call; the first one when the bucket is a single call.
    pub last: usize,
    /// Smallest measured value; `None` when nothing was measured.
    pub min: Option<u64>,
    /// Largest measured value; `None` when nothing was measured.
    pub max: Option<u64>,
    /// Value of the last call.
    pub last_value: Measured<u64>,
    /// Worst end among the calls: error, then trap, limit, cancelled, returned.
    pub worst: Outcome,
    /// Whether growth was refused in any of the calls.
    pub any_denied: bool,
}

impl Bucket {
    /// Returns the number of calls.
    pub fn count(&self) -> usize {
        self.last - self.first + 1
    }
}

/// How values lie along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scale {
    /// Equal differences are equally far apart.
    #[default]
    Linear,
    /// Equal ratios are equally far apart; 0 lies where 1 would if all values were one larger.
    Logarithmic,
}

impl Scale {
    /// Returns where a value lies; larger values lie further.
    #[allow(clippy::cast_precision_loss, reason = "a place on an axis needs no more than 52 bits")]
    pub fn position(self, value: u64) -> f64 {
        match self {
            Self::Linear => value as f64,
            Self::Logarithmic => (value as f64).ln_1p(),
        }
    }

    /// Returns the value that lies at that place, the inverse of [`Scale::position`].
    pub fn value_at(self, position: f64) -> f64 {
        match self {
            Self::Linear => position,
            Self::Logarithmic => position.exp_m1(),
        }
    }
}

impl Timeline {
    /// Divides those calls into at most `max_buckets` buckets of equal size, in O(buckets) steps for any
    /// number of calls.
    ///
    /// When there are no more calls than buckets, each call is a bucket of its own. Otherwise a bucket holds
    /// a power of two of calls and begins at a multiple of that, apart from the first and the last one,
    /// which end where the range does: so the buckets stand still while calls are appended and while the
    /// range is moved.
    ///
    /// Of an `export`, a bucket holds from its first call to its last one; those without any are left out.
    pub fn buckets(
        &self,
        series: Series,
        range: Range<usize>,
        max_buckets: usize,
        export: Option<u32>,
    ) -> Vec<Bucket> {
        let range = self.clip(range);
        if range.is_empty() || max_buckets == 0 {
            return Vec::new();
        }
        let calls_per_bucket = calls_per_bucket(&range, max_buckets);
        let mut buckets = Vec::with_capacity(range.len().div_ceil(calls_per_bucket) + 1);
        let mut first = range.start;
        while first < range.end {
            let end = (first - first % calls_per_bucket).saturating_add(calls_per_bucket).min(range.end);
            buckets.extend(self.bucket(series, first..end, export));
            first = end;
        }
        buckets
    }

    /// Puts all those calls into one bucket; `None` when there are none.
    pub fn extent(&self, series: Series, range: Range<usize>) -> Option<Bucket> {
        let range = self.clip(range);
        self.bucket(series, range, None)
    }

    /// Puts those calls of an export into one bucket, from the first to the last; `None` when there are none.
    pub fn extent_of(&self, series: Series, range: Range<usize>, export: Option<u32>) -> Option<Bucket> {
        let range = self.clip(range);
        self.bucket(series, range, export)
    }

    /// Finds the call of those whose measured value lies nearest to `position` on an axis of that scale, for
    /// a pointer that hovers over them; of an `export`, where one is wanted. Of equally near ones it is the first.
    pub fn nearest(
        &self,
        series: Series,
        range: Range<usize>,
        (position, scale): (f64, Scale),
        export: Option<u32>,
    ) -> Option<usize> {
        let mut best: Option<(f64, usize)> = None;
        for (base, chunk, rows) in self.parts(range) {
            chunk.for_each_span(series, rows, |rows, span| {
                let Some((min, max)) = span.extent() else { return Descend::No };
                let distance = (scale.position(min) - position).max(position - scale.position(max)).max(0.0);
                let is_other = export.is_some() && span.export().is_some_and(|of| Some(of) != export);
                if is_other || best.is_some_and(|(least, _)| distance >= least) {
                    return Descend::No;
                }
                if rows.len() == 1 {
                    best = Some((distance, base + rows.start));
                }
                Descend::Yes
            });
        }
        best.map(|(_, index)| index)
    }

    fn bucket(&self, series: Series, range: Range<usize>, export: Option<u32>) -> Option<Bucket> {
        let mut span = Span::EMPTY;
        let mut ends: Option<(usize, usize)> = None;
        for (base, chunk, rows) in self.parts(range) {
            if let Some(rows) = chunk.absorb_into(&mut span, series, rows, export) {
                ends = Some((ends.map_or(base + rows.start, |ends| ends.0), base + rows.end - 1));
            }
        }
        let (first, last) = ends?;
        Some(Bucket {
            first,
            last,
            min: span.extent().map(|(min, _)| min),
            max: span.extent().map(|(_, max)| max),
            last_value: self.value(series, last),
            worst: span.worst(),
            any_denied: span.any_denied(),
        })
    }
}

fn calls_per_bucket(range: &Range<usize>, max_buckets: usize) -> usize {
    if range.len() <= max_buckets {
        return 1;
    }
    if max_buckets == 1 {
        return usize::MAX;
    }
    let mut calls = range.len().div_ceil(max_buckets).next_power_of_two();
    // Where the range starts and ends inside a bucket, there is one more of them than its length asks for.
    while range.end.div_ceil(calls) - range.start / calls > max_buckets {
        calls *= 2;
    }
    calls
}

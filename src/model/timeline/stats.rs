//! Statistics over a selected range of calls: counts by outcome, failures, percentiles, distributions.
//!
//! Knows nothing of what the totals of the whole timeline say; those are kept while calls are appended.

use std::ops::Range;

use serde::Serialize;

use super::bucket::Scale;
use super::{CHUNK_CALLS, OutcomeCounts, Series, Timeline};

/// Calls of which percentiles are taken exactly; of more calls every second, third, … is looked at.
pub const MAX_EXACT_CALLS: usize = 1_000_000;

/// Bins that a distribution may have.
const MAX_BINS: usize = 4096;

/// Percentiles of one figure over some calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Calls in which the figure was measured.
    pub count: u64,
    /// Mean, rounded down.
    pub mean: u64,
    /// Smallest value.
    pub min: u64,
    /// Value that half of the calls do not exceed.
    pub p50: u64,
    /// Value that 95 of 100 calls do not exceed.
    pub p95: u64,
    /// Value that 99 of 100 calls do not exceed.
    pub p99: u64,
    /// Largest value.
    pub max: u64,
    /// Whether the percentiles are values of calls; otherwise they have three digits, or come from a sample.
    pub is_exact: bool,
}

/// How often values between two bounds occur.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bin {
    /// Lower bound, inclusive.
    pub from: f64,
    /// Upper bound, exclusive; inclusive in the last bin.
    pub to: f64,
    /// Calls with a value between the bounds.
    pub count: u64,
}

/// Distribution of one figure over some calls.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Distribution {
    /// Bins from the smallest value to the largest, without gaps.
    pub bins: Vec<Bin>,
    /// Calls in which the figure was not measured.
    pub not_measured: u64,
}

impl Timeline {
    /// Counts how those calls ended; it takes a step per chunk and one per call of the two chunks at the ends.
    pub fn count_by_outcome(&self, range: Range<usize>) -> OutcomeCounts {
        let mut counts = OutcomeCounts::default();
        for (_, chunk, rows) in self.parts(range) {
            if rows.start == 0 && rows.end >= chunk.len() {
                counts.add_all(chunk.counts());
            } else {
                chunk.count_rows(rows, &mut counts);
            }
        }
        counts
    }

    /// Returns the index of the first call at or after `index` that did not return within all limits.
    pub fn next_failure(&self, index: usize) -> Option<usize> {
        self.parts(index..self.len())
            .find_map(|(base, chunk, rows)| chunk.next_failure(rows.start).map(|row| base + row))
    }

    /// Lists the indices of those calls that did not return within all limits; calls that did are skipped by
    /// the thousand.
    pub fn failures(&self, range: Range<usize>) -> impl Iterator<Item = usize> {
        let Range { start, end } = self.clip(range);
        let next = move |from: usize| self.next_failure(from).filter(|index| *index < end);
        std::iter::successors(next(start), move |index| next(index + 1))
    }

    /// Returns percentiles of one figure over those calls, or `None` when it was never measured.
    ///
    /// They are exact up to [`MAX_EXACT_CALLS`] calls; smallest and largest value always are.
    pub fn percentiles(&self, series: Series, range: Range<usize>) -> Option<Summary> {
        let extent = self.extent(series, range.clone())?;
        let (min, max) = (extent.min?, extent.max?);
        let stride = extent.count().div_ceil(MAX_EXACT_CALLS);
        let mut values = Vec::with_capacity(extent.count() / stride + 1);
        let indices = (extent.first..=extent.last).step_by(stride);
        values.extend(indices.filter_map(|index| self.value(series, index).value()));
        if values.is_empty() {
            return None;
        }
        let sum: u128 = values.iter().copied().map(u128::from).sum();
        let count = values.len();
        Some(Summary {
            count: count as u64,
            mean: u64::try_from(sum / count as u128).unwrap_or(u64::MAX),
            min,
            p50: nearest_rank(&mut values, 50),
            p95: nearest_rank(&mut values, 95),
            p99: nearest_rank(&mut values, 99),
            max,
            is_exact: stride == 1,
        })
    }

    /// Returns the distribution of one figure over those calls, in bins that are equally wide on that scale.
    ///
    /// It looks at every call of the range.
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "places on an axis need no more than 52 bits, and the number of a bin is cut to those there are"
    )]
    pub fn distribution(
        &self,
        series: Series,
        range: Range<usize>,
        bins: usize,
        scale: Scale,
    ) -> Distribution {
        let range = self.clip(range);
        let mut distribution = Distribution::default();
        let extent = self.extent(series, range.clone());
        let bounds = extent.and_then(|extent| Some((extent.min?, extent.max?)));
        let (Some((min, max)), 1..) = (bounds, bins) else {
            distribution.not_measured = range.len() as u64;
            return distribution;
        };
        // All values equal make one bin of no width, not a division by zero.
        let bins = if min == max { 1 } else { bins.min(MAX_BINS) };
        let low = scale.position(min);
        let width = (scale.position(max) - low) / bins as f64;
        distribution.bins.extend((0..bins).map(|bin| Bin {
            from: if bin == 0 { min as f64 } else { scale.value_at(low + width * bin as f64) },
            to: if bin + 1 == bins { max as f64 } else { scale.value_at(low + width * (bin + 1) as f64) },
            count: 0,
        }));
        for index in range {
            match self.value(series, index).value() {
                Some(value) => {
                    let bin = ((scale.position(value) - low) / width) as usize;
                    distribution.bins[bin.min(bins - 1)].count += 1;
                }
                None => distribution.not_measured += 1,
            }
        }
        distribution
    }
}

/// Returns the smallest value that is not exceeded by that many of a hundred values.
fn nearest_rank(values: &mut [u64], percent: usize) -> u64 {
    let rank = (values.len() * percent).div_ceil(100).max(1);
    *values.select_nth_unstable(rank - 1).1
}

const _: () = assert!(CHUNK_CALLS < MAX_EXACT_CALLS, "a single chunk is always looked at exactly");

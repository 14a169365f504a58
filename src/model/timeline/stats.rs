//! Statistics over a selected range of calls: counts by outcome, failures, percentiles, distributions.
//!
//! Knows nothing of what the totals of the whole timeline say; those are kept while calls are appended.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Serialize;

use super::bucket::Scale;
use super::{OutcomeCounts, Series, Timeline};

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
    /// Whether the percentiles are values of calls; otherwise they have three digits.
    pub is_exact: bool,
}

/// How the calls of one export ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExportCalls {
    /// Index of the export's name.
    pub export: u32,
    /// How its calls ended.
    pub counts: OutcomeCounts,
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

    /// Lists which exports those calls are of and how they ended, by the index of the name; in a step per chunk
    /// and export, and at most one per call in the chunks at the ends.
    pub fn exports_in(&self, range: Range<usize>) -> Vec<ExportCalls> {
        let mut found: BTreeMap<u32, OutcomeCounts> = BTreeMap::new();
        for (_, chunk, rows) in self.parts(range) {
            match chunk.tally().filter(|_| rows.start == 0 && rows.end >= chunk.len()) {
                Some(tally) => {
                    for of in tally.exports() {
                        found.entry(of.export).or_default().add_all(&of.counts);
                    }
                }
                None => chunk.for_each_export(rows, |export, counts| {
                    found.entry(export).or_default().add_all(counts);
                }),
            }
        }
        found.into_iter().map(|(export, counts)| ExportCalls { export, counts }).collect()
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

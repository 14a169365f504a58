//! What a full chunk knows of the calls of each export: how they ended, and how often which value occurs.
//!
//! Knows no ranges: a part of a chunk is looked at call by call, and never through this.

use super::OutcomeCounts;
use super::value_histogram::class_of;
use crate::model::call::Outcome;

/// Exports that a chunk tells apart; with more of them it keeps no counts, and is looked at call by call.
const MOST_EXPORTS: usize = 256;

/// Which calls of a range count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pick {
    /// Index of the export's name; `None` takes the calls of all.
    pub export: Option<u32>,
    /// Whether only calls count that returned within all limits.
    pub returned_only: bool,
}

impl Pick {
    pub(super) fn takes_export(self, export: u32) -> bool {
        self.export.is_none_or(|wanted| wanted == export)
    }
}

/// How often which value of a series occurs: class and calls, the smallest first, with the sum of all values.
#[derive(Debug, Clone)]
pub(super) struct ValueCounts {
    // A class fits into 16 bits, and so do the calls of a chunk: see the assertions below.
    pub(super) counts: Box<[(u16, u16)]>,
    pub(super) sum: u128,
    pub(super) least: u64,
    pub(super) most: u64,
}

impl ValueCounts {
    fn of(values: impl Iterator<Item = u64>) -> Self {
        let (mut sum, mut least, mut most) = (0, u64::MAX, 0);
        let mut classes: Vec<u16> = Vec::new();
        for value in values {
            sum += u128::from(value);
            (least, most) = (value.min(least), value.max(most));
            classes.push(u16::try_from(class_of(value)).unwrap_or(u16::MAX));
        }
        Self { counts: count_classes(&mut classes), sum, least, most }
    }
}

/// Counts how often which class occurs, the smallest first.
fn count_classes(classes: &mut [u16]) -> Box<[(u16, u16)]> {
    let (Some(first), Some(last)) = (classes.iter().min().copied(), classes.iter().max().copied()) else {
        return Box::default();
    };
    // Where values lie close together, counting takes a fraction of the time of sorting.
    let width = usize::from(last - first) + 1;
    if width <= 8 * classes.len() {
        let mut counts = vec![0_u16; width];
        for class in classes.iter() {
            counts[usize::from(*class - first)] += 1;
        }
        let counted = (first..=last).zip(counts).filter(|(_, calls)| *calls > 0);
        return counted.collect();
    }
    classes.sort_unstable();
    let runs = classes.chunk_by(|one, next| one == next);
    runs.map(|run| (run[0], u16::try_from(run.len()).unwrap_or(u16::MAX))).collect()
}

/// The calls of one export in a full chunk.
#[derive(Debug, Clone)]
pub(super) struct ExportTally {
    pub(super) export: u32,
    pub(super) counts: OutcomeCounts,
    /// Values of the calls that returned, in the order of [`super::Series::ALL`].
    returned: [ValueCounts; 4],
    /// Values of the other calls.
    failed: [ValueCounts; 4],
}

impl ExportTally {
    /// Returns the values of a series among the calls that count.
    pub(super) fn values(&self, series: usize, pick: Pick) -> impl Iterator<Item = &ValueCounts> {
        let returned = self.returned.get(series);
        let failed = self.failed.get(series).filter(|_| !pick.returned_only);
        returned.into_iter().chain(failed)
    }
}

/// The calls of a full chunk by export.
#[derive(Debug, Clone)]
pub(super) struct ChunkTally {
    exports: Box<[ExportTally]>,
}

/// How one call ended, and of which export it was.
#[derive(Debug, Clone, Copy)]
pub(super) struct CallEnd {
    pub(super) export: u32,
    pub(super) outcome: Outcome,
    pub(super) was_denied: bool,
}

impl ChunkTally {
    /// Counts as many calls; `value_of` gets a series by its place and a call, and has none where nothing was
    /// measured. `None` when they are of too many exports.
    pub(super) fn of(
        calls: usize,
        end_of: impl Fn(usize) -> CallEnd,
        value_of: impl Fn(usize, usize) -> Option<u64>,
    ) -> Option<Self> {
        let mut rows: Vec<usize> = (0..calls).collect();
        let has_returned = |row: &usize| end_of(*row).outcome == Outcome::Returned;
        rows.sort_by_key(|row| (end_of(*row).export, !has_returned(row)));
        let by_export = || rows.chunk_by(|one, next| end_of(*one).export == end_of(*next).export);
        if by_export().count() > MOST_EXPORTS {
            return None;
        }
        let exports = by_export().map(|rows| {
            let mut counts = OutcomeCounts::default();
            for row in rows {
                counts.add(end_of(*row).outcome, end_of(*row).was_denied);
            }
            let (returned, failed) = rows.split_at(rows.partition_point(has_returned));
            let values = |rows: &[usize]| {
                [0, 1, 2, 3]
                    .map(|series| ValueCounts::of(rows.iter().filter_map(|row| value_of(series, *row))))
            };
            let export = rows.first().map_or(0, |row| end_of(*row).export);
            ExportTally { export, counts, returned: values(returned), failed: values(failed) }
        });
        Some(Self { exports: exports.collect() })
    }

    pub(super) fn exports(&self) -> &[ExportTally] {
        &self.exports
    }

    pub(super) fn allocated_bytes(&self) -> usize {
        let entries = |values: &ValueCounts| values.counts.len() * size_of::<(u16, u16)>();
        let of = |tally: &ExportTally| {
            size_of::<ExportTally>() + tally.returned.iter().chain(&tally.failed).map(entries).sum::<usize>()
        };
        self.exports.iter().map(of).sum()
    }
}

const _: () = assert!(super::CHUNK_CALLS <= u16::MAX as usize, "the calls of a chunk fit into 16 bits");
const _: () = assert!(class_of(u64::MAX) <= u16::MAX as usize, "each class fits into 16 bits");

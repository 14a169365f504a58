//! How often wall times occur among some calls, and which round numbers stand under them.
//!
//! Knows no points and no colours; [`super::distribution`] paints it.

use crate::model::humanize;
use crate::model::timeline::ValueHistogram;

/// Bins of very many calls.
const MOST_BINS: usize = 72;
/// Bins of few calls.
const FEW_BINS: usize = 12;

/// Calls whose wall time lies within a bin: first time, last time, calls.
pub(super) type Bin = (u64, u64, u64);

/// How often wall times occur among the calls of each lane, in bins that are the same for all.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Histogram {
    /// Bins of each lane from the shortest time to the longest; equally wide on the axis.
    pub(super) lanes: Vec<Vec<Bin>>,
    /// Calls of each lane.
    pub(super) counts: Vec<u64>,
}

impl Histogram {
    /// Divides what has been counted into bins; `None` when there are no calls.
    pub(super) fn new<'a>(lanes: impl Iterator<Item = &'a ValueHistogram> + Clone) -> Option<Self> {
        let extents = lanes.clone().filter_map(ValueHistogram::extent);
        let (from, to) = extents.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)))?;
        let counts: Vec<u64> = lanes.clone().map(ValueHistogram::count).collect();
        let most = num_bins(counts.iter().copied().max().unwrap_or(0));
        Some(Self { lanes: lanes.map(|lane| lane.bars(from, to, most)).collect(), counts })
    }

    /// Returns how high a bin of a lane stands: its calls, or its share of them where lanes are compared.
    #[allow(clippy::cast_precision_loss, reason = "a height needs no more than 52 bits")]
    pub(super) fn height(&self, lane: usize, bin: &Bin) -> f64 {
        let count = self.counts.get(lane).copied().unwrap_or(0).max(1);
        if self.lanes.len() > 1 { bin.2 as f64 * 100.0 / count as f64 } else { bin.2 as f64 }
    }

    /// Returns the height of the highest bin.
    pub(super) fn most(&self) -> f64 {
        let heights = self.lanes.iter().enumerate();
        let heights = heights.flat_map(|(lane, bins)| bins.iter().map(move |bin| self.height(lane, bin)));
        heights.fold(1.0, f64::max)
    }

    /// Returns the number of the bin that holds a place on the axis.
    pub(super) fn bin_at(&self, place: f64) -> Option<usize> {
        let bins = self.lanes.first()?;
        let last = bins.len() - 1;
        let holds = |(index, bin): (usize, &Bin)| {
            let (from, to) = edges(bin);
            place >= from && (place < to || index == last && place <= to)
        };
        bins.iter().enumerate().position(holds)
    }
}

/// Returns where a bin begins and ends on the axis.
#[allow(clippy::cast_precision_loss, reason = "places on an axis need no more than 52 bits")]
pub(super) fn edges(bin: &Bin) -> (f64, f64) {
    ((bin.0 as f64).ln_1p(), (bin.1 as f64 + 1.0).ln_1p())
}

/// Chooses as many bins as there are calls to fill them.
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a number of bins is no more than a few dozen"
)]
fn num_bins(calls: u64) -> usize {
    ((2.0 * (calls as f64).sqrt()) as usize).clamp(FEW_BINS, MOST_BINS)
}

/// Lists round times between two places of the axis that lie at least `least_gap` apart, with their words.
pub(super) fn time_ticks(from: f64, to: f64, least_gap: f64) -> Vec<(f64, String)> {
    let valid = from.is_finite() && to.is_finite() && from < to && least_gap > 0.0;
    if !valid {
        return Vec::new();
    }
    let (least, most) = (from.exp_m1().max(0.0), to.exp_m1());
    let decades = |factors: &'static [f64]| {
        let times =
            (0..19).flat_map(move |power| factors.iter().map(move |factor| factor * 10_f64.powi(power)));
        thinned(times.filter(|time| (least..=most).contains(time)), least_gap)
    };
    let room = ((to - from) / least_gap).clamp(1.0, 100.0);
    // Wide axes are told by powers of ten, narrow ones by equal steps.
    for factors in [&[1.0][..], &[1.0, 3.0], &[1.0, 2.0, 5.0]] {
        let ticks = decades(factors);
        if ticks.len() >= 4 || ticks.len() >= 2 && room < 4.0 {
            return ticks;
        }
    }
    let step = round_step((most - least) / (2.0 * room)).max(1.0);
    let first = (least / step).ceil();
    thinned((0..256).map(|n| (first + f64::from(n)) * step).take_while(|time| *time <= most), least_gap)
}

/// Lists round counts from 0 to `most`, no more than `room` of them.
pub(super) fn count_ticks(most: f64, room: f64) -> Vec<f64> {
    if !(most.is_finite() && room >= 1.0) {
        return Vec::new();
    }
    let step = round_step(most / room).max(1.0);
    (0..64).map(|n| f64::from(n) * step).take_while(|count| *count <= most).collect()
}

/// Keeps times that lie far enough right of the one before, and that read otherwise.
fn thinned(times: impl Iterator<Item = f64>, least_gap: f64) -> Vec<(f64, String)> {
    let mut ticks: Vec<(f64, String)> = Vec::new();
    for time in times {
        let (place, words) = (time.ln_1p(), humanize::duration_ns(whole(time)));
        if ticks.last().is_none_or(|(last, before)| place - last >= least_gap && *before != words) {
            ticks.push((place, words));
        }
    }
    ticks
}

/// Returns the next larger of 1, 2 and 5 times a power of ten.
fn round_step(least: f64) -> f64 {
    let power = 10_f64.powf(least.max(1e-9).log10().floor());
    [1.0, 2.0, 5.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|step| *step >= least)
        .unwrap_or(10.0 * power)
}

/// Rounds a time or a count to a whole number.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates")]
pub(super) fn whole(figure: f64) -> u64 {
    figure.round() as u64
}

#[cfg(test)]
#[allow(clippy::cast_precision_loss, reason = "the times of the tests are small")]
mod tests {
    use super::*;
    use crate::model::call::{CallSample, Outcome};
    use crate::model::measured::Measured;
    use crate::model::timeline::Timeline;

    fn timeline(times: impl Iterator<Item = u64>) -> Timeline {
        let mut timeline = Timeline::default();
        for (number, wall_ns) in (0..).zip(times) {
            timeline.push(CallSample {
                started_ns: number,
                wall_ns,
                fuel: Measured::NotMeasured,
                peak_memory_pages: 0,
                peak_call_depth: Measured::NotMeasured,
                outcome: Outcome::Returned,
                was_denied: false,
                export: 0,
            });
        }
        timeline
    }

    fn counted(times: impl Iterator<Item = u64>) -> ValueHistogram {
        let timeline = timeline(times);
        timeline.wall_histogram(0..timeline.len())
    }

    #[test]
    fn every_call_is_in_the_bin_under_its_place() {
        for times in [vec![5], vec![7, 7, 7], vec![0, 1_000_000_000], (1..5000).collect()] {
            let counted = counted(times.iter().copied());
            let histogram = Histogram::new([&counted].into_iter()).expect("there are calls");
            let bins = &histogram.lanes[0];
            assert_eq!(bins.iter().map(|bin| bin.2).sum::<u64>(), times.len() as u64);
            for time in [times[0], times[times.len() - 1]] {
                let bin = histogram.bin_at(f64::ln_1p(time as f64 + 0.5)).map(|index| bins[index]);
                assert!(bin.is_some_and(|bin| bin.2 > 0), "{time} {histogram:?}");
            }
            assert!(histogram.bin_at(100.0).is_none());
        }
        assert_eq!(Histogram::new([&counted(std::iter::empty())].into_iter()), None);
    }

    #[test]
    fn two_lanes_share_their_bins_and_are_compared_by_shares() {
        let (one, other) = (counted(100..200), counted((150..1000).step_by(2)));
        let histogram = Histogram::new([&one, &other].into_iter()).expect("there are calls");
        let edges = |lane: usize| histogram.lanes[lane].iter().map(|bin| (bin.0, bin.1)).collect::<Vec<_>>();
        assert_eq!(edges(0), edges(1));
        for (lane, bins) in histogram.lanes.iter().enumerate() {
            let shares: f64 = bins.iter().map(|bin| histogram.height(lane, bin)).sum();
            assert!((shares - 100.0).abs() < 1e-6, "{shares} % of lane {lane}");
        }
    }

    #[test]
    fn ticks_are_round_and_apart_and_few() {
        for (least, most) in [(0.0, 1e10), (180.0, 240.0), (900.0, 5000.0), (0.0, 3.0), (1e6, 1e12)] {
            let (from, to) = (f64::ln_1p(least), f64::ln_1p(most));
            let ticks = time_ticks(from, to, (to - from) / 8.0);
            assert!((2..=9).contains(&ticks.len()), "{least} {most} {ticks:?}");
            let apart = ticks.windows(2).all(|pair| pair[1].0 - pair[0].0 >= (to - from) / 8.0);
            let within = ticks.iter().all(|(place, _)| (from - 1e-9..=to + 1e-9).contains(place));
            assert!(apart && within, "{least} {most} {ticks:?}");
        }
        assert!(time_ticks(f64::NAN, 1.0, 0.1).is_empty());
        assert_eq!(count_ticks(47.0, 5.0), [0.0, 10.0, 20.0, 30.0, 40.0]);
        assert_eq!(count_ticks(1.2, 5.0), [0.0, 1.0]);
    }
}

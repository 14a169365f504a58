//! How often wall times occur among some calls, and which round numbers stand under them.
//!
//! Knows no points and no colours; [`super::distribution`] paints it.

use std::ops::Range;

use crate::model::humanize;
use crate::model::timeline::{Bin, Scale, Series, Summary, Timeline};

/// Most calls that are looked at, the newest ones: more would take longer than a frame may.
pub(super) const MOST_CALLS: usize = 200_000;
/// Bins of very many calls.
const MOST_BINS: usize = 72;
/// Bins of few calls.
const FEW_BINS: usize = 12;

/// How often wall times occur among some calls.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Histogram {
    /// Calls that were looked at, by index.
    pub(super) range: Range<usize>,
    /// Bins from the shortest time to the longest; equally wide on the axis.
    pub(super) bins: Vec<Bin>,
    /// Percentiles of the same calls.
    pub(super) summary: Summary,
}

impl Histogram {
    /// Counts the newest [`MOST_CALLS`] calls of the range; `None` when there are none.
    pub(super) fn new(timeline: &Timeline, range: Range<usize>) -> Option<Self> {
        let range = newest(range);
        let summary = timeline.percentiles(Series::WallNs, range.clone())?;
        let bins = num_bins(&summary);
        let bins = timeline.distribution(Series::WallNs, range.clone(), bins, Scale::Logarithmic).bins;
        (!bins.is_empty()).then_some(Self { range, bins, summary })
    }

    /// Returns the count of the fullest bin.
    pub(super) fn most(&self) -> u64 {
        self.bins.iter().map(|bin| bin.count).max().unwrap_or(0)
    }

    /// Returns the percentiles that are marked, by name.
    pub(super) fn marks(&self) -> [(&'static str, u64); 3] {
        [("p50", self.summary.p50), ("p95", self.summary.p95), ("p99", self.summary.p99)]
    }

    /// Returns the bin that holds a place on the axis.
    pub(super) fn bin_at(&self, place: f64) -> Option<&Bin> {
        let last = self.bins.len() - 1;
        let holds = |(index, bin): &(usize, &Bin)| {
            let (from, to) = edges(bin);
            place >= from && (place < to || *index == last && place <= to)
        };
        self.bins.iter().enumerate().find(holds).map(|(_, bin)| bin)
    }
}

/// Cuts a range to its newest [`MOST_CALLS`] calls.
pub(super) fn newest(range: Range<usize>) -> Range<usize> {
    range.start.max(range.end.saturating_sub(MOST_CALLS))..range.end
}

/// Returns where a bin begins and ends on the axis.
pub(super) fn edges(bin: &Bin) -> (f64, f64) {
    let (from, to) = (bin.from.ln_1p(), bin.to.ln_1p());
    // All times equal make a bin of no width, which nobody would see.
    if to > from { (from, to) } else { (from - 0.05, to + 0.05) }
}

/// Chooses as many bins as there are calls to fill them, none of them narrower than a nanosecond.
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a number of bins is at least 1 and no more than a few dozen"
)]
fn num_bins(summary: &Summary) -> usize {
    let by_count = 2.0 * (summary.count as f64).sqrt();
    let width = Scale::Logarithmic.position(summary.max) - Scale::Logarithmic.position(summary.min);
    let narrowest = (1.0 / (summary.min as f64 + 1.0)).ln_1p();
    let by_width = (width / narrowest).floor();
    by_count.clamp(FEW_BINS as f64, MOST_BINS as f64).min(by_width.max(1.0)) as usize
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
mod tests {
    use super::*;
    use crate::model::call::{CallSample, Outcome};
    use crate::model::measured::Measured;

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

    #[test]
    fn every_call_is_in_the_bin_under_its_place() {
        for times in [vec![5], vec![7, 7, 7], vec![0, 1_000_000_000], (1..5000).collect()] {
            let timeline = timeline(times.iter().copied());
            let histogram = Histogram::new(&timeline, 0..times.len()).expect("there are calls");
            let counted: u64 = histogram.bins.iter().map(|bin| bin.count).sum();
            assert_eq!(counted, times.len() as u64);
            for time in [times[0], times[times.len() - 1]] {
                let bin = histogram.bin_at(Scale::Logarithmic.position(time));
                assert!(bin.is_some_and(|bin| bin.count > 0), "{time} {histogram:?}");
            }
            assert!(histogram.bin_at(100.0).is_none());
        }
        assert_eq!(Histogram::new(&timeline(std::iter::empty()), 0..0), None);
    }

    #[test]
    fn no_bin_is_narrower_than_a_nanosecond() {
        for (min, max) in [(0, 10), (180, 240), (1, 1_000_000), (40, 41)] {
            let timeline = timeline((min..=max).cycle().take(20_000));
            let histogram = Histogram::new(&timeline, 0..timeline.len()).expect("there are calls");
            let narrowest = histogram.bins.iter().map(|bin| bin.to - bin.from).fold(f64::MAX, f64::min);
            assert!(narrowest > 0.999 && histogram.bins.len() <= MOST_BINS, "{min} {max} {narrowest}");
        }
    }

    #[test]
    fn only_the_newest_calls_are_looked_at() {
        assert_eq!(newest(0..1_000_000), 800_000..1_000_000);
        assert_eq!(newest(40..50), 40..50);
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

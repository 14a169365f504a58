//! Figures of the calls that are shown: counted once, for percentiles, words and the distribution alike.
//!
//! Knows no points. Counts anew only when the calls or what is picked out of them have changed.

use std::ops::Range;

use crate::model::comparison::Comparison;
use crate::model::humanize;
use crate::model::timeline::{Brush, OutcomeCounts, Series, Summary, ValueHistogram};

use super::lane::{Lane, LaneKey, Owner, picked};

/// Wall times of one lane.
#[derive(Debug)]
pub(super) struct LaneFigures {
    /// Of the calls whose number is picked, whatever their wall time.
    pub(super) histogram: ValueHistogram,
    /// Of the calls that are picked.
    pub(super) summary: Option<Summary>,
}

/// Wall times of all lanes.
#[derive(Debug)]
pub(super) struct Figures {
    pub(super) lanes: Vec<LaneFigures>,
    pub(super) comparison: Option<Comparison>,
    /// How all calls of all lanes ended.
    pub(super) counts: OutcomeCounts,
    /// Figures of each series, of the first lane. While wall times are picked out, they are those of wall
    /// time alone: which other values these calls have would take a look at each of them.
    series: [Option<Summary>; 4],
}

impl Figures {
    /// Counts the calls of the lanes that are picked out; other figures than wall time for the `plots` alone.
    pub(super) fn of(lanes: &[Lane<'_>], brush: Brush, plots: bool) -> Self {
        let within = |of: &LaneFigures| brush.wall_ns.map(|(from, to)| of.histogram.within(from, to));
        let histogram = |series, lane: &Lane<'_>, range: Range<usize>| {
            lane.pick.map(|pick| lane.timeline.histogram(series, range, pick)).unwrap_or_default()
        };
        let ranges = picked(lanes, brush);
        let count = |(lane, range): (&Lane<'_>, &Range<usize>)| LaneFigures {
            histogram: histogram(Series::WallNs, lane, range.clone()),
            summary: None,
        };
        let mut of_lanes: Vec<_> = lanes.iter().zip(&ranges).map(count).collect();
        let within: Vec<_> = of_lanes.iter().map(within).collect();
        for (lane, within) in of_lanes.iter_mut().zip(&within) {
            lane.summary = within.as_ref().unwrap_or(&lane.histogram).summary();
        }
        let series = Series::ALL.map(|series| match (lanes.first().zip(ranges.first()), series) {
            (_, Series::WallNs) => of_lanes.first()?.summary,
            (Some((lane, range)), _) if plots && brush.wall_ns.is_none() => {
                histogram(series, lane, range.clone()).summary()
            }
            _ => None,
        });
        let mut counts = OutcomeCounts::default();
        for lane in lanes {
            counts.add_all(&lane.counts);
        }
        let comparison = match of_lanes.as_slice() {
            [first, second] => {
                let [first, second] = [(first, &within[0]), (second, &within[1])]
                    .map(|(lane, within)| within.as_ref().unwrap_or(&lane.histogram));
                Comparison::of(first, second)
            }
            _ => None,
        };
        Self { lanes: of_lanes, comparison, counts, series }
    }

    /// Returns the percentiles of a series that are marked, of the first lane; none where all values are one.
    pub(super) fn marks(&self, series: Series) -> Vec<(&'static str, u64)> {
        let summary = self.series[series as usize].as_ref();
        summary.filter(|summary| summary.min < summary.max).map(marks).unwrap_or_default()
    }
}

/// Returns the percentiles that are marked, by name.
pub(super) fn marks(summary: &Summary) -> Vec<(&'static str, u64)> {
    vec![("p50", summary.p50), ("p95", summary.p95), ("p99", summary.p99)]
}

/// What figures were counted of; equal ones have equal figures.
type Key = (Owner, Vec<LaneKey>, Brush, bool);

/// Figures that are kept for as long as the calls and the brush stay the same.
#[derive(Debug, Default)]
pub(super) struct FiguresView {
    counted: Option<(Key, Figures)>,
}

impl FiguresView {
    /// Counts when something has changed.
    pub(super) fn catch_up(&mut self, owner: Owner, lanes: &[Lane<'_>], (brush, plots): (Brush, bool)) {
        let key = (owner, lanes.iter().map(Lane::key).collect::<Vec<_>>(), brush, plots);
        if self.counted.as_ref().is_none_or(|(of, _)| *of != key) {
            self.counted = Some((key, Figures::of(lanes, brush, plots)));
        }
    }

    pub(super) fn get(&self) -> Option<&Figures> {
        self.counted.as_ref().map(|(_, figures)| figures)
    }
}

/// Says what is picked out, such as `412 calls selected · p50 0.23 µs · p95 4.7 µs · p99 8.2 µs`.
pub(super) fn selection_words(figures: &LaneFigures) -> String {
    let Some(summary) = &figures.summary else { return "no calls selected".to_owned() };
    let mut words = format!("{} selected", calls(summary.count));
    for (name, time) in marks(summary) {
        words.push_str(&format!(" · {name} {}", humanize::duration_ns(time)));
    }
    words
}

/// Says what the two lanes are, one line each, such as `n 400 · p50 0.23 µs · p95 4.7 µs · p99 8.2 µs`.
pub(super) fn lane_words(summary: &Summary) -> String {
    let mut words = format!("n {}", humanize::grouped(summary.count));
    for (name, time) in marks(summary) {
        // Two figures that differ by a few percent must not read the same.
        let exact = if time < 100_000 { humanize::duration_exact_ns } else { humanize::duration_ns };
        words.push_str(&format!(" · {name} {}", exact(time)));
    }
    words
}

/// Says how two lanes compare, or why they can't be.
pub(super) fn pair_words(lanes: [&Lane<'_>; 2], figures: &Figures, brush: Brush) -> String {
    let [first, second] = lanes.map(|lane| &*lane.label);
    let (Some(export), true) = (lanes[0].export_name(), lanes.iter().all(|lane| lane.pick.is_some())) else {
        return format!("{first} and {second} have called no export in common: there is nothing to compare");
    };
    if let Some(comparison) = &figures.comparison {
        return comparison.sentence(first, second);
    }
    let is_empty = |at: usize| figures.lanes.get(at).is_none_or(|lane| lane.summary.is_none());
    let side = match (is_empty(0), is_empty(1)) {
        (true, true) => "either side",
        (true, false) => first,
        (false, _) => second,
    };
    if brush.is_set() {
        return format!("no calls selected of {side}");
    }
    format!("no call of {export} has returned in {side}")
}

/// Writes a number of calls.
pub(super) fn calls(count: u64) -> String {
    let noun = if count == 1 { "call" } else { "calls" };
    format!("{} {noun}", humanize::grouped(count))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::call::{CallSample, Outcome};
    use crate::model::measured::Measured;
    use crate::model::timeline::Timeline;

    fn sample(number: u64) -> CallSample {
        CallSample {
            started_ns: number,
            wall_ns: 1 + number % 100,
            fuel: Measured::Exact(10 * (1 + number % 100)),
            peak_memory_pages: 7,
            peak_call_depth: Measured::NotMeasured,
            outcome: Outcome::Returned,
            was_denied: false,
            export: 0,
        }
    }

    #[test]
    fn percentiles_are_marked_where_values_differ() {
        let mut timeline = Timeline::new();
        timeline.extend((0..1000).map(sample));
        let lanes = [Lane::whole(&timeline)];
        let mut brush = Brush::default();
        let marks = |brush, series| Figures::of(&lanes, brush, true).marks(series);
        assert_eq!(marks(brush, Series::WallNs), [("p50", 50), ("p95", 95), ("p99", 99)]);
        assert_eq!(marks(brush, Series::Fuel), [("p50", 500), ("p95", 950), ("p99", 990)]);
        assert_eq!(marks(brush, Series::Pages), [], "all calls had seven pages");
        assert_eq!(marks(brush, Series::Depth), [], "it was not measured");
        brush.set_calls(Some((1, 10)));
        assert_eq!(marks(brush, Series::Fuel), [("p50", 50), ("p95", 100), ("p99", 100)]);
        brush.set_wall_ns(Some((2, 4)));
        assert_eq!(marks(brush, Series::WallNs), [("p50", 3), ("p95", 4), ("p99", 4)]);
        assert_eq!(marks(brush, Series::Fuel), [], "which fuel those calls took is not looked up");
    }

    #[test]
    fn calls_that_were_dropped_are_no_longer_picked_and_the_others_still_are() {
        let mut timeline = Timeline::with_capacity(1);
        timeline.extend((0..3).map(sample));
        let mut brush = Brush::default();
        brush.set_calls(Some((2, 3)));
        let summary = |timeline: &Timeline, brush| {
            let lanes = [Lane::whole(timeline)];
            Figures::of(&lanes, brush, true).lanes[0].summary.map(|summary| (summary.count, summary.min))
        };
        assert_eq!(summary(&timeline, brush), Some((2, 2)));
        timeline.extend((3..100_000).map(sample));
        assert!(timeline.first_number() > 3, "the oldest were dropped");
        assert_eq!(summary(&timeline, brush), None);
        let lanes = [Lane::whole(&timeline)];
        let figures = Figures::of(&lanes, brush, true);
        assert_eq!(selection_words(&figures.lanes[0]), "no calls selected");
        assert_eq!(super::super::paint::brushed(super::super::Axis::Number, brush, &lanes).calls, None);
        let first = timeline.first_number();
        brush.set_calls(Some((first - 50, first + 9)));
        assert_eq!(summary(&timeline, brush).map(|of| of.0), Some(10), "those that are left");
        let pair = [Lane::paired(&timeline, 0..50), Lane::paired(&timeline, 50..100)];
        brush.set_pair((first - 50, first - 40), Some((first + 60, first + 69)));
        let counts =
            |figures: &Figures| figures.lanes.iter().map(|lane| lane.histogram.count()).collect::<Vec<_>>();
        assert_eq!(counts(&Figures::of(&pair, brush, true)), [0, 10]);
    }
}

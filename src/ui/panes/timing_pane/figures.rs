//! Wall times of the calls that are shown: counted once, for percentiles, words and the distribution alike.
//!
//! Knows no points. Counts anew only when the calls or what is picked out of them have changed.

use std::ops::Range;

use crate::model::comparison::Comparison;
use crate::model::humanize;
use crate::model::timeline::{Brush, OutcomeCounts, Summary, ValueHistogram};

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
}

impl Figures {
    /// Counts the calls of the lanes that are picked out.
    pub(super) fn of(lanes: &[Lane<'_>], brush: Brush) -> Self {
        let within = |histogram: &ValueHistogram| match brush.wall_ns {
            Some((from, to)) => histogram.within(from, to),
            None => histogram.clone(),
        };
        let count = |(lane, range): (&Lane<'_>, Range<usize>)| {
            let histogram = lane.timeline.wall_histogram(range);
            let summary = within(&histogram).summary();
            LaneFigures { histogram, summary }
        };
        let mut counts = OutcomeCounts::default();
        for lane in lanes {
            counts.add_all(&lane.timeline.count_by_outcome(lane.range.clone()));
        }
        let lanes: Vec<_> = lanes.iter().zip(picked(lanes, brush)).map(count).collect();
        let comparison = match lanes.as_slice() {
            [first, second] => Comparison::of(&within(&first.histogram), &within(&second.histogram)),
            _ => None,
        };
        Self { lanes, comparison, counts }
    }

    /// Returns the percentiles that are marked, of the first lane.
    pub(super) fn marks(&self) -> Vec<(&'static str, u64)> {
        self.lanes.first().and_then(|lane| lane.summary.as_ref()).map(marks).unwrap_or_default()
    }
}

/// Returns the percentiles that are marked, by name.
pub(super) fn marks(summary: &Summary) -> Vec<(&'static str, u64)> {
    vec![("p50", summary.p50), ("p95", summary.p95), ("p99", summary.p99)]
}

/// What figures were counted of; equal ones have equal figures.
type Key = (Owner, Vec<LaneKey>, Brush);

/// Figures that are kept for as long as the calls and the brush stay the same.
#[derive(Debug, Default)]
pub(super) struct FiguresView {
    counted: Option<(Key, Figures)>,
}

impl FiguresView {
    /// Counts when something has changed.
    pub(super) fn catch_up(&mut self, owner: Owner, lanes: &[Lane<'_>], brush: Brush) {
        let key = (owner, lanes.iter().map(Lane::key).collect::<Vec<_>>(), brush);
        if self.counted.as_ref().is_none_or(|(of, _)| *of != key) {
            self.counted = Some((key, Figures::of(lanes, brush)));
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

/// Writes a number of calls.
pub(super) fn calls(count: u64) -> String {
    let noun = if count == 1 { "call" } else { "calls" };
    format!("{} {noun}", humanize::grouped(count))
}

//! What of the common axis is in view, and how it is moved: by number of the call or by time.
//!
//! Knows no points and no series.

use std::ops::Range;

use super::lane::Lane;

/// Least width of the view in calls.
const LEAST_CALLS: f64 = 4.0;
/// Least width of the view in nanoseconds.
const LEAST_NS: f64 = 1000.0;

/// What the common axis counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Axis {
    /// Number of the call.
    #[default]
    Number,
    /// Nanoseconds since the plugin's timeline began.
    Time,
}

impl Axis {
    /// Returns where a call of a lane lies; `index` counts the calls that its timeline holds.
    #[allow(clippy::cast_precision_loss, reason = "a place on an axis needs no more than 52 bits")]
    pub(super) fn position(self, lane: &Lane<'_>, index: usize) -> f64 {
        match self {
            Self::Number => lane.timeline.number(index).saturating_sub(lane.before_number) as f64,
            Self::Time => lane
                .timeline
                .get(index)
                .map_or(0.0, |call| call.started_ns.saturating_sub(lane.before_ns) as f64),
        }
    }

    /// Returns everything that there is, with some air around it.
    pub(super) fn extent(self, lanes: &[Lane<'_>]) -> Span {
        let ends = lanes.iter().map(|lane| {
            let last = lane.range.end.saturating_sub(1).max(lane.range.start);
            (self.position(lane, lane.range.start), self.position(lane, last))
        });
        let (first, last) =
            ends.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1))).unwrap_or_default();
        let air = match self {
            Self::Number => 0.5,
            Self::Time => ((last - first) * 0.01).max(LEAST_NS),
        };
        Span { from: first - air, to: last + air }
    }

    /// Returns the indices of a lane's calls within a span.
    pub(super) fn indices(self, lane: &Lane<'_>, span: Span) -> Range<usize> {
        if span.to < 0.0 {
            return lane.range.start..lane.range.start;
        }
        let timeline = lane.timeline;
        let (from, to) = (to_number(span.from.ceil()), to_number(span.to.floor()));
        let within = match self {
            Self::Number => {
                let first = timeline.first_number();
                let index = |number: u64| {
                    let number = number.saturating_add(lane.before_number);
                    usize::try_from(number.saturating_sub(first)).unwrap_or(usize::MAX)
                };
                index(from)..index(to.saturating_add(1))
            }
            Self::Time => {
                let at = |ns: u64| ns.saturating_add(lane.before_ns);
                timeline.indices_in_time(at(from)..at(to.saturating_add(1)))
            }
        };
        let cut = |index: usize| index.clamp(lane.range.start, lane.range.end);
        let start = cut(within.start);
        start..cut(within.end).max(start)
    }

    fn least(self) -> f64 {
        match self {
            Self::Number => LEAST_CALLS,
            Self::Time => LEAST_NS,
        }
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, so that what lies before the first call is cut to it"
)]
fn to_number(position: f64) -> u64 {
    position as u64
}

/// Part of the common axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Span {
    pub(super) from: f64,
    pub(super) to: f64,
}

impl Span {
    pub(super) fn width(self) -> f64 {
        (self.to - self.from).max(f64::MIN_POSITIVE)
    }
}

/// What is in view; everything, until somebody zooms or moves.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct View {
    pub(super) axis: Axis,
    fixed: Option<Span>,
}

impl View {
    /// Returns what is in view of `extent`, cut to it.
    pub(super) fn span(&self, extent: Span) -> Span {
        self.fixed.map_or(extent, |span| held_within(span, extent))
    }

    /// Tells whether everything is in view.
    pub(super) fn is_whole(&self) -> bool {
        self.fixed.is_none()
    }

    /// Puts everything into view.
    pub(super) fn reset(&mut self) {
        self.fixed = None;
    }

    /// Counts the axis otherwise and puts everything into view.
    pub(super) fn set_axis(&mut self, axis: Axis) {
        if self.axis != axis {
            *self = Self { axis, fixed: None };
        }
    }

    /// Puts a part into view, as far as the least width allows.
    pub(super) fn show(&mut self, extent: Span, part: Span) {
        let width = part.width().max(self.axis.least()).min(extent.width());
        let from = f64::midpoint(part.from, part.to) - width * 0.5;
        self.fixed = Some(held_within(Span { from, to: from + width }, extent));
    }

    /// Makes what is in view `factor` times as wide; `share` of it, from 0 to 1, stays where it is.
    pub(super) fn zoom(&mut self, extent: Span, share: f64, factor: f64) {
        let span = self.span(extent);
        let width = (span.width() * factor).clamp(self.axis.least().min(extent.width()), extent.width());
        if width >= extent.width() {
            self.fixed = None;
            return;
        }
        let from = span.from + share * (span.width() - width);
        self.fixed = Some(held_within(Span { from, to: from + width }, extent));
    }

    /// Moves what is in view by a share of its width.
    pub(super) fn pan(&mut self, extent: Span, share: f64) {
        if let Some(span) = self.fixed {
            let by = share * span.width();
            self.fixed = Some(held_within(Span { from: span.from + by, to: span.to + by }, extent));
        }
    }

    /// Moves so that a position is in view.
    pub(super) fn reveal(&mut self, extent: Span, position: f64) {
        let Some(span) = self.fixed else { return };
        if position < span.from || position > span.to {
            let from = position - span.width() * 0.5;
            self.fixed = Some(held_within(Span { from, to: from + span.width() }, extent));
        }
    }
}

/// Moves a span into another one, and cuts it where it is wider than that.
fn held_within(span: Span, extent: Span) -> Span {
    let width = span.width().min(extent.width());
    let from = span.from.clamp(extent.from, (extent.to - width).max(extent.from));
    Span { from, to: from + width }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::call::{CallSample, Outcome};
    use crate::model::measured::Measured;
    use crate::model::timeline::Timeline;

    const ALL: Span = Span { from: 0.5, to: 1000.5 };

    fn near(span: Span, from: f64, to: f64) -> bool {
        (span.from - from).abs() < 1e-6 && (span.to - to).abs() < 1e-6
    }

    #[test]
    fn zooming_keeps_what_is_under_the_pointer_in_its_place() {
        let mut view = View::default();
        view.zoom(ALL, 0.25, 0.5);
        assert!(near(view.span(ALL), 125.5, 625.5), "{:?}", view.span(ALL));
        view.zoom(ALL, 0.5, 100.0);
        assert!(view.is_whole());
        view.zoom(ALL, 0.5, 1e-9);
        assert!((view.span(ALL).width() - LEAST_CALLS).abs() < 1e-6);
    }

    /// Calls that start at those nanoseconds.
    fn timeline(starts: impl IntoIterator<Item = u64>) -> Timeline {
        let mut timeline = Timeline::new();
        timeline.extend(starts.into_iter().map(|started_ns| CallSample {
            started_ns,
            wall_ns: 5,
            fuel: Measured::NotMeasured,
            peak_memory_pages: 0,
            peak_call_depth: Measured::NotMeasured,
            outcome: Outcome::Returned,
            was_denied: false,
            export: 0,
        }));
        timeline
    }

    #[test]
    fn the_time_axis_places_calls_by_their_start_and_finds_them_again() {
        // A burst, a pause of a second, and a burst.
        let timeline =
            timeline((0..100).map(|n| n * 10_000).chain((0..50).map(|n| 1_000_000_000 + n * 10_000)));
        let lane = Lane::whole(&timeline);
        let lanes = [lane.clone()];
        let all = Axis::Time.extent(&lanes);
        assert_eq!(Axis::Time.indices(&lane, all), 0..150);
        assert!(all.from < 0.0 && all.to > 1_000_490_000.0, "{all:?}");
        for (from, to, range) in [
            (0.0, 0.0, 0..1),
            (10_000.0, 20_000.0, 1..3),
            (10_000.5, 19_999.9, 2..2),
            (990_001.0, 999_999_999.0, 100..100),
            (5e8, 2e9, 100..150),
            (-50.0, -1.0, 0..0),
        ] {
            assert_eq!(Axis::Time.indices(&lane, Span { from, to }), range, "{from} {to}");
        }
        let at = |index| Axis::Time.position(&lane, index);
        assert!((at(99) - 990_000.0).abs() < 1.0 && (at(100) - 1e9).abs() < 1.0);
    }

    #[test]
    fn two_lanes_begin_together_on_both_axes() {
        let timeline = timeline((0..100).map(|n| n * 1000));
        let lanes = [Lane::paired(&timeline, 0..40), Lane::paired(&timeline, 40..100)];
        for (axis, first, last) in [(Axis::Number, 1.0, 60.0), (Axis::Time, 0.0, 59_000.0)] {
            assert!(lanes.iter().all(|lane| (axis.position(lane, lane.range.start) - first).abs() < 1e-9));
            assert!((axis.position(&lanes[1], 99) - last).abs() < 1e-9);
            let all = axis.extent(&lanes);
            assert!(all.from < first && all.to > last, "{all:?}");
            assert_eq!(axis.indices(&lanes[0], all), 0..40);
            assert_eq!(axis.indices(&lanes[1], all), 40..100);
        }
        let third = Span { from: 3.0, to: 3.4 };
        assert_eq!(Axis::Number.indices(&lanes[0], third), 2..3);
        assert_eq!(Axis::Number.indices(&lanes[1], third), 42..43);
    }

    #[test]
    fn moving_ends_where_the_calls_do() {
        let mut view = View::default();
        view.pan(ALL, 0.5);
        assert!(view.is_whole(), "there is nothing beside everything");
        view.zoom(ALL, 0.0, 0.1);
        view.pan(ALL, -3.0);
        assert!(near(view.span(ALL), 0.5, 100.5), "{:?}", view.span(ALL));
        view.pan(ALL, 100.0);
        assert!(near(view.span(ALL), 900.5, 1000.5), "{:?}", view.span(ALL));
        view.reveal(ALL, 10.0);
        assert!(near(view.span(ALL), 0.5, 100.5), "{:?}", view.span(ALL));
    }
}

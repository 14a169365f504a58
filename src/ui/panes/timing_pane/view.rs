//! What of the common axis is in view, and how it is moved: by number of the call or by time.
//!
//! Knows no points and no series.

use crate::model::timeline::Timeline;

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
    /// Returns where a call lies; `index` counts the calls that are held.
    #[allow(clippy::cast_precision_loss, reason = "a place on an axis needs no more than 52 bits")]
    pub(super) fn position(self, timeline: &Timeline, index: usize) -> f64 {
        match self {
            Self::Number => timeline.number(index) as f64,
            Self::Time => timeline.get(index).map_or(0.0, |call| call.started_ns as f64),
        }
    }

    /// Returns everything that there is, with some air around it.
    pub(super) fn extent(self, timeline: &Timeline) -> Span {
        let first = self.position(timeline, 0);
        let last = self.position(timeline, timeline.len().saturating_sub(1));
        let air = match self {
            Self::Number => 0.5,
            Self::Time => ((last - first) * 0.01).max(LEAST_NS),
        };
        Span { from: first - air, to: last + air }
    }

    /// Returns the indices of the calls within a span.
    pub(super) fn indices(self, timeline: &Timeline, span: Span) -> std::ops::Range<usize> {
        match self {
            Self::Number => {
                let first = timeline.first_number();
                let start = to_number(span.from.ceil()).saturating_sub(first);
                let end = to_number(span.to.floor()).saturating_add(1).saturating_sub(first);
                let cut = |index| usize::try_from(index).unwrap_or(usize::MAX).min(timeline.len());
                cut(start)..cut(end)
            }
            Self::Time => timeline.indices_in_time(to_number(span.from.ceil())..to_number(span.to) + 1),
        }
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

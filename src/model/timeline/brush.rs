//! Which calls somebody has brushed over: a span of numbers, a span of durations, or both.
//!
//! Knows no pointer and no plot.

use std::ops::Range;

use super::{Timeline, snap_wall_ns};

/// Calls that are picked out; all of them until somebody brushes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Brush {
    /// First and last number of the calls.
    pub calls: Option<(u64, u64)>,
    /// First and last number of the calls of the set that these are compared with, in its own timeline; of
    /// numbers that no call has, none is picked.
    pub second: Option<(u64, u64)>,
    /// Shortest and longest wall time in nanoseconds, as [`snap_wall_ns`] widens them.
    pub wall_ns: Option<(u64, u64)>,
}

impl Brush {
    /// Tells whether some calls are picked out and others not.
    pub fn is_set(&self) -> bool {
        self.calls.is_some() || self.wall_ns.is_some()
    }

    /// Picks the calls between two numbers, in whichever order.
    pub fn set_calls(&mut self, span: Option<(u64, u64)>) {
        self.calls = span.map(|(one, other)| (one.min(other), one.max(other)));
        self.second = None;
    }

    /// Picks calls of two sets that are compared; `None` picks none of the second.
    pub fn set_pair(&mut self, first: (u64, u64), second: Option<(u64, u64)>) {
        self.set_calls(Some(first));
        self.second = Some(second.unwrap_or((u64::MAX, u64::MAX)));
    }

    /// Picks the calls whose duration lies between two times, in whichever order, widened to whole classes.
    pub fn set_wall_ns(&mut self, span: Option<(u64, u64)>) {
        self.wall_ns = span.map(|(one, other)| snap_wall_ns(one, other));
    }

    /// Tells whether a call is picked.
    pub fn takes(&self, number: u64, wall_ns: u64) -> bool {
        let within =
            |span: Option<(u64, u64)>, value| span.is_none_or(|(from, to)| (from..=to).contains(&value));
        within(self.calls, number) && within(self.wall_ns, wall_ns)
    }

    /// Returns the indices of the calls whose number is picked, whatever their duration.
    pub fn range(&self, timeline: &Timeline) -> Range<usize> {
        Self::indices(self.calls, timeline)
    }

    /// Returns the indices of the calls of the second set whose number is picked, whatever their duration.
    pub fn second_range(&self, timeline: &Timeline) -> Range<usize> {
        Self::indices(self.second, timeline)
    }

    fn indices(span: Option<(u64, u64)>, timeline: &Timeline) -> Range<usize> {
        let Some((from, to)) = span else { return 0..timeline.len() };
        let first = timeline.first_number();
        let index = |number: u64| {
            usize::try_from(number.saturating_sub(first)).unwrap_or(usize::MAX).min(timeline.len())
        };
        let from = index(from);
        from..if to < first { from } else { index(to.saturating_add(1)).max(from) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::sample;
    use super::*;

    #[test]
    fn a_brush_takes_the_calls_within_both_spans() {
        let mut timeline = Timeline::new();
        timeline.extend((0..100).map(|number| sample(number, number * 10)));
        let mut brush = Brush::default();
        assert!(!brush.is_set() && brush.takes(1, 0) && brush.range(&timeline) == (0..100));
        brush.set_calls(Some((60, 41)));
        assert_eq!((brush.calls, brush.range(&timeline)), (Some((41, 60)), 40..60));
        brush.set_wall_ns(Some((500, 450)));
        let taken = (0..100).filter(|index| {
            brush.takes(timeline.number(*index), timeline.get(*index).map_or(0, |call| call.wall_ns))
        });
        assert_eq!(taken.collect::<Vec<_>>(), [45, 46, 47, 48, 49, 50]);
        brush.set_pair((11, 12), Some((1, 3)));
        assert_eq!((brush.range(&timeline), brush.second_range(&timeline)), (10..12, 0..3));
        brush.set_pair((11, 12), None);
        assert_eq!(brush.second_range(&timeline), 100..100, "of the second none is picked");
        brush.set_calls(None);
        assert_eq!(brush.second, None, "the second goes with the first");
        for (span, range) in [((90, 1000), 89..100), ((500, 600), 100..100), ((0, 0), 0..0)] {
            brush.set_calls(Some(span));
            assert_eq!(brush.range(&timeline), range, "{span:?}");
        }
    }
}

//! Which build each call was made on: builds follow each other, so each is told from where its calls begin.
//!
//! Knows no figures of calls.

use std::ops::Range;

/// Calls of one build, by index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildCalls {
    /// Number of the build, from 1.
    pub build: u64,
    /// Indices of its calls.
    pub range: Range<usize>,
}

/// Where the calls of each build begin.
#[derive(Debug, Clone, Default)]
pub(super) struct Builds {
    // First call's number and the build, rising in both. Each but the newest has a call that is held.
    begins: Vec<(u64, u64)>,
}

impl Builds {
    pub(super) fn begin(&mut self, build: u64, first_number: u64) {
        if self.begins.last().is_some_and(|(_, newest)| *newest == build) {
            return;
        }
        // A build that was never called leaves no trace.
        self.begins.pop_if(|(from, _)| *from == first_number);
        // The build before that one may be this one again.
        if self.begins.last().is_none_or(|(_, newest)| *newest != build) {
            self.begins.push((first_number, build));
        }
    }

    /// Drops builds all of whose calls come before that number.
    pub(super) fn forget_before(&mut self, number: u64) {
        let gone = self.begins.partition_point(|(from, _)| *from <= number).saturating_sub(1);
        self.begins.drain(..gone);
        if let Some(first) = self.begins.first_mut() {
            first.0 = first.0.max(number);
        }
    }

    pub(super) fn at(&self, number: u64) -> Option<u64> {
        let next = self.begins.partition_point(|(from, _)| *from <= number);
        self.begins.get(next.checked_sub(1)?).map(|(_, build)| *build)
    }

    pub(super) fn list(&self, first_number: u64, len: usize) -> Vec<BuildCalls> {
        let index =
            |number: u64| usize::try_from(number.saturating_sub(first_number)).unwrap_or(usize::MAX).min(len);
        let ends = self.begins.iter().skip(1).map(|(from, _)| index(*from)).chain([len]);
        let ranges = self.begins.iter().zip(ends);
        ranges
            .map(|((from, build), end)| BuildCalls { build: *build, range: index(*from)..end })
            .filter(|of| !of.range.is_empty())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::sample;
    use super::super::{CHUNK_CALLS, Timeline};
    use super::*;

    fn call(timeline: &mut Timeline, calls: usize) {
        timeline.extend((0..calls as u64).map(|number| sample(number, 5)));
    }

    fn listed(timeline: &Timeline) -> Vec<(u64, Range<usize>)> {
        timeline.builds().into_iter().map(|of| (of.build, of.range)).collect()
    }

    #[test]
    fn each_build_has_the_calls_between_its_beginning_and_the_next() {
        let mut timeline = Timeline::new();
        call(&mut timeline, 2);
        assert_eq!((listed(&timeline), timeline.build_of(0)), (vec![], None));
        for (build, calls) in [(1, 3), (2, 0), (3, 4), (3, 1)] {
            timeline.begin_build(build);
            call(&mut timeline, calls);
        }
        assert_eq!(listed(&timeline), [(1, 2..5), (3, 5..10)]);
        assert_eq!(
            [1, 2, 4, 5, 9].map(|index| timeline.build_of(index)),
            [None, Some(1), Some(1), Some(3), Some(3)]
        );
        assert_eq!((timeline.calls_of_build(3), timeline.calls_of_build(2)), (5..10, 0..0));
        timeline.clear();
        call(&mut timeline, 1);
        assert_eq!(listed(&timeline), [(3, 0..1)]);
    }

    #[test]
    fn a_build_whose_calls_were_dropped_is_gone() {
        let mut timeline = Timeline::with_capacity(2 * CHUNK_CALLS);
        for build in 1..=4 {
            timeline.begin_build(build);
            call(&mut timeline, CHUNK_CALLS - 100);
        }
        let held = listed(&timeline);
        assert_eq!(held.iter().map(|(build, _)| *build).collect::<Vec<_>>(), [3, 4]);
        assert_eq!(held[0].1.start, 0);
        assert_eq!(held[1].1.end, timeline.len());
        assert!(held.iter().all(|(build, range)| timeline.build_of(range.start) == Some(*build)));
    }
}

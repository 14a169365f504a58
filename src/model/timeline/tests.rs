//! Tests of the timeline against naive computation on random calls.

use super::*;
use crate::model::call::TrapKind;
use crate::model::limits::LimitKind;

/// A call that returned, with every figure measured.
pub(super) fn sample(started_ns: u64, wall_ns: u64) -> CallSample {
    CallSample {
        started_ns,
        wall_ns,
        fuel: Measured::Exact(wall_ns / 2),
        peak_memory_pages: 1,
        peak_call_depth: Measured::Exact(3),
        outcome: Outcome::Returned,
        was_denied: false,
        export: 0,
    }
}

/// Random numbers of a fixed sequence (`splitmix64` by Sebastiano Vigna), so that a failure can be repeated.
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    pub(super) fn index(&mut self, end: usize) -> usize {
        usize::try_from(self.below(end as u64)).expect("it is below a usize")
    }

    fn measured(&mut self) -> Measured<u64> {
        let value = self.next() >> self.below(64);
        match self.below(10) {
            0 => Measured::NotMeasured,
            1 => Measured::AtLeast(value),
            _ => Measured::Exact(value),
        }
    }

    fn sample(&mut self, started_ns: u64) -> CallSample {
        CallSample {
            started_ns,
            wall_ns: self.next() >> self.below(64),
            fuel: self.measured(),
            peak_memory_pages: self.below(1 << 20),
            peak_call_depth: self.measured().map(|value| value >> 32),
            outcome: match self.below(200) {
                0 => Outcome::Trapped(TrapKind::Unreachable),
                1 => Outcome::Limit(LimitKind::Fuel),
                2 => Outcome::Cancelled,
                3 => Outcome::Error,
                _ => Outcome::Returned,
            },
            was_denied: self.below(100) == 0,
            export: u32::try_from(self.below(4)).expect("it is below 4"),
        }
    }

    pub(super) fn range(&mut self, len: usize) -> Range<usize> {
        let (a, b) = (self.index(len + 1), self.index(len + 1));
        a.min(b)..a.max(b)
    }
}

fn random_calls(count: usize, seed: u64) -> (Timeline, Vec<CallSample>, Random) {
    let mut random = Random(seed);
    let mut started_ns = 0;
    let mut samples = Vec::new();
    for _ in 0..count {
        started_ns += random.below(5);
        samples.push(random.sample(started_ns));
    }
    let mut timeline = Timeline::new();
    timeline.extend(samples.iter().copied());
    (timeline, samples, random)
}

fn badness(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Returned => 0,
        Outcome::Cancelled => 1,
        Outcome::Limit(_) => 2,
        Outcome::Trapped(_) => 3,
        Outcome::Error => 4,
    }
}

#[test]
fn every_call_is_read_back_as_it_was_pushed() {
    let (timeline, samples, _) = random_calls(70_000, 1);
    assert_eq!(timeline.len(), samples.len());
    for (index, sample) in samples.iter().enumerate() {
        assert_eq!(timeline.get(index), Some(*sample));
    }
    assert_eq!(timeline.get(samples.len()), None);
    assert_eq!(timeline.last(), samples.last().copied());
}

#[test]
fn buckets_agree_with_a_naive_walk_over_the_calls() {
    let (timeline, samples, mut random) = random_calls(100_000, 2);
    for round in 0..120 {
        let range = random.range(samples.len());
        let max_buckets = 1 + random.index(2000);
        let series = Series::ALL[round % 4];
        let buckets = timeline.buckets(series, range.clone(), max_buckets, None);
        assert!(buckets.len() <= max_buckets, "{range:?} {max_buckets} {}", buckets.len());
        if range.len() <= max_buckets {
            assert_eq!(buckets.len(), range.len());
        }
        let mut next = range.start;
        for bucket in &buckets {
            assert_eq!(bucket.first, next);
            next = bucket.last + 1;
            let calls = &samples[bucket.first..next];
            let values = || calls.iter().filter_map(|call| series.of(call).value());
            assert_eq!((bucket.min, bucket.max), (values().min(), values().max()));
            assert_eq!(bucket.last_value, series.of(&calls[calls.len() - 1]));
            assert_eq!(bucket.any_denied, calls.iter().any(|call| call.was_denied));
            let worst = calls.iter().map(|call| badness(call.outcome)).max();
            assert_eq!(Some(badness(bucket.worst)), worst);
        }
        assert_eq!(next, range.end.max(range.start));
    }
}

#[test]
fn buckets_stay_within_their_number_whatever_the_range() {
    let (timeline, _, mut random) = random_calls(66_000, 3);
    for max_buckets in [0, 1, 2, 3, 7, 64] {
        for _ in 0..100 {
            let range = random.range(timeline.len());
            let count = timeline.buckets(Series::WallNs, range.clone(), max_buckets, None).len();
            assert!(count <= max_buckets, "{range:?} {max_buckets}");
            assert_eq!(count == 0, range.is_empty() || max_buckets == 0);
        }
    }
    let past_the_end = timeline.buckets(Series::WallNs, 65_999..usize::MAX, 10, None);
    assert_eq!(past_the_end.len(), 1);
}

#[test]
fn buckets_stand_still_while_calls_are_appended() {
    let mut timeline = Timeline::new();
    timeline.extend((0..10_000).map(|call| sample(call, call)));
    let before = timeline.buckets(Series::WallNs, 0..timeline.len(), 1000, None);
    timeline.push(sample(10_000, 5));
    let after = timeline.buckets(Series::WallNs, 0..timeline.len(), 1000, None);
    assert_eq!(before[..before.len() - 1], after[..before.len() - 1]);
}

#[test]
fn statistics_of_a_range_agree_with_a_naive_walk() {
    let (timeline, samples, mut random) = random_calls(80_000, 4);
    for round in 0..32 {
        let range = random.range(samples.len());
        let calls = &samples[range.clone()];
        let series = Series::ALL[round % 4];

        let mut counts = OutcomeCounts::default();
        for call in calls {
            counts.add(call.outcome, call.was_denied);
        }
        assert_eq!(timeline.count_by_outcome(range.clone()), counts);

        let failures = range.clone().filter(|index| samples[*index].outcome != Outcome::Returned);
        assert!(timeline.failures(range.clone()).eq(failures));

        let mut values: Vec<u64> = calls.iter().filter_map(|call| series.of(call).value()).collect();
        values.sort_unstable();
        let summary = timeline.histogram(series, range.clone(), Pick::default()).summary();
        assert_eq!(summary.map(|s| (s.count, s.min, s.max)), extent(&values));
        assert!(are_percentiles(summary.as_ref(), &values), "{series:?} {range:?} {summary:?}");

        let scale = if round % 2 == 0 { Scale::Linear } else { Scale::Logarithmic };
        let distribution = timeline.distribution(series, range.clone(), 20, scale);
        assert_eq!(distribution.bins.iter().map(|bin| bin.count).sum::<u64>(), values.len() as u64);
        assert_eq!(distribution.not_measured, (range.len() - values.len()) as u64);
    }
}

/// Returns number, least and most of sorted values.
fn extent(values: &[u64]) -> Option<(u64, u64, u64)> {
    Some((values.len() as u64, *values.first()?, *values.last()?))
}

/// Tells whether the percentiles are those of the sorted values, to three digits.
fn are_percentiles(summary: Option<&Summary>, values: &[u64]) -> bool {
    let rank = |percent: usize| values.get((values.len() * percent).div_ceil(100).wrapping_sub(1)).copied();
    let is_near = |figure: Option<u64>, exact: Option<u64>| match (figure, exact) {
        (Some(figure), Some(exact)) => figure >= exact && figure - exact <= exact / 1024,
        (figure, exact) => figure == exact,
    };
    is_near(summary.map(|s| s.p50), rank(50))
        && is_near(summary.map(|s| s.p95), rank(95))
        && is_near(summary.map(|s| s.p99), rank(99))
}

/// Calls of three exports in runs: two long ones, and one of single calls between them.
fn calls_of_three_exports(calls: usize, seed: u64) -> (Timeline, Vec<CallSample>) {
    let (_, mut samples, mut random) = random_calls(calls, seed);
    let mut timeline = Timeline::new();
    let mut export = 0;
    for sample in &mut samples {
        if random.below(3000) == 0 {
            export = 1 - export;
        }
        sample.export = if random.below(700) == 0 { 2 } else { export };
        timeline.push(*sample);
    }
    (timeline, samples)
}

#[test]
fn figures_of_one_export_agree_with_a_naive_walk() {
    let (timeline, samples) = calls_of_three_exports(100_000, 8);
    let mut random = Random(9);
    for round in 0..96 {
        let range = if round % 5 == 0 { 0..samples.len() } else { random.range(samples.len()) };
        let series = Series::ALL[round % 4];
        let export = [None, Some(0), Some(1), Some(2), Some(3)][round % 5];
        let pick = Pick { export, returned_only: round % 3 == 0 };
        let is_of = |call: &CallSample| export.is_none_or(|export| export == call.export);
        let takes =
            |call: &&CallSample| is_of(call) && (!pick.returned_only || call.outcome == Outcome::Returned);
        let calls = &samples[range.clone()];
        let mut values: Vec<u64> =
            calls.iter().filter(takes).filter_map(|call| series.of(call).value()).collect();
        values.sort_unstable();
        let histogram = timeline.histogram(series, range.clone(), pick);
        let summary = histogram.summary();
        assert_eq!(summary.map(|s| (s.count, s.min, s.max)), extent(&values), "{range:?} {pick:?}");
        assert!(are_percentiles(summary.as_ref(), &values), "{series:?} {range:?} {pick:?} {summary:?}");

        let max_buckets = 1 + random.index(900);
        let buckets = timeline.buckets(series, range.clone(), max_buckets, export);
        assert!(buckets.len() <= max_buckets);
        let mut next = range.start;
        let is_free = |from: usize, to: usize| !samples[from..to].iter().any(is_of);
        for bucket in &buckets {
            assert!(is_free(next, bucket.first), "a call is missing before {bucket:?}");
            next = bucket.last + 1;
            assert!(is_of(&samples[bucket.first]) && is_of(&samples[bucket.last]));
            let calls = || samples[bucket.first..next].iter().filter(|call| is_of(call));
            let values = || calls().filter_map(|call| series.of(call).value());
            assert_eq!((bucket.min, bucket.max), (values().min(), values().max()));
            assert_eq!(bucket.any_denied, calls().any(|call| call.was_denied));
            assert_eq!(Some(badness(bucket.worst)), calls().map(|call| badness(call.outcome)).max());
        }
        assert!(is_free(next, range.end), "a call is missing at the end");

        let position = Scale::Logarithmic.position(random.next() >> random.below(64));
        let distance = |index: &usize| {
            let value = series.of(&samples[*index]).value();
            value.map_or(f64::INFINITY, |value| (Scale::Logarithmic.position(value) - position).abs())
        };
        let naive = range.clone().filter(|index| is_of(&samples[*index]) && distance(index).is_finite());
        let naive = naive.min_by(|one, other| distance(one).total_cmp(&distance(other)));
        assert_eq!(timeline.nearest(series, range, (position, Scale::Logarithmic), export), naive);
    }
}

#[test]
fn exports_of_a_range_are_counted_with_their_ends() {
    let (timeline, samples) = calls_of_three_exports(100_000, 10);
    let mut random = Random(11);
    for _ in 0..40 {
        let range = random.range(samples.len());
        let mut naive: std::collections::BTreeMap<u32, OutcomeCounts> = std::collections::BTreeMap::new();
        for call in &samples[range.clone()] {
            naive.entry(call.export).or_default().add(call.outcome, call.was_denied);
        }
        let found = timeline.exports_in(range.clone()).into_iter().map(|of| (of.export, of.counts));
        assert!(found.eq(naive), "{range:?}");
    }
}

#[test]
fn calls_of_very_many_exports_are_counted_all_the_same() {
    let mut timeline = Timeline::new();
    let calls = CHUNK_CALLS as u64 + 10;
    timeline.extend((0..calls).map(|call| CallSample {
        export: u32::try_from(call % 1000).expect("it is small"),
        ..sample(call, call)
    }));
    let pick = Pick { export: Some(7), returned_only: true };
    let histogram = timeline.histogram(Series::WallNs, 0..timeline.len(), pick);
    assert_eq!((histogram.count(), histogram.extent()), (33, Some((7, 32_007))));
    assert_eq!(timeline.exports_in(0..timeline.len()).len(), 1000);
    let bytes = timeline.allocated_bytes();
    assert!(bytes <= 48 * timeline.len(), "no counts of a thousand exports are kept: {bytes}");
}

#[test]
fn the_nearest_call_is_the_one_a_full_search_finds() {
    let (timeline, samples, mut random) = random_calls(40_000, 5);
    for round in 0..100 {
        let range = random.range(samples.len());
        let series = Series::ALL[round % 4];
        let scale = if round % 2 == 0 { Scale::Linear } else { Scale::Logarithmic };
        let position = scale.position(random.next() >> random.below(64));
        let distance = |index: usize| {
            series.of(&samples[index]).value().map(|value| (scale.position(value) - position).abs())
        };
        let mut naive: Option<(f64, usize)> = None;
        for index in range.clone() {
            if let Some(distance) = distance(index)
                && naive.is_none_or(|(least, _)| distance < least)
            {
                naive = Some((distance, index));
            }
        }
        assert_eq!(timeline.nearest(series, range, (position, scale), None), naive.map(|(_, index)| index));
    }
}

#[test]
fn a_time_leads_to_the_first_call_that_started_then_or_later() {
    let (timeline, samples, mut random) = random_calls(70_000, 6);
    let end = samples.last().map_or(0, |call| call.started_ns);
    for _ in 0..1000 {
        let time = random.below(end + 3);
        let naive = samples.partition_point(|call| call.started_ns < time);
        assert_eq!(timeline.index_at_time(time), naive, "{time}");
    }
    assert_eq!(timeline.index_at_time(u64::MAX), samples.len());
    assert_eq!(timeline.indices_in_time(0..u64::MAX), 0..samples.len());
    assert_eq!(Timeline::new().index_at_time(0), 0);
}

#[test]
fn a_start_before_that_of_the_call_before_is_taken_as_equal() {
    let mut timeline = Timeline::new();
    timeline.extend([sample(10, 1), sample(4, 1), sample(12, 1)]);
    let starts: Vec<u64> =
        (0..3).filter_map(|index| timeline.get(index)).map(|call| call.started_ns).collect();
    assert_eq!(starts, [10, 10, 12]);
}

#[test]
fn beyond_the_capacity_the_oldest_chunk_goes_and_numbers_stay() {
    let mut timeline = Timeline::with_capacity(1);
    let capacity = 2 * CHUNK_CALLS as u64;
    timeline.extend((0..capacity).map(|call| sample(call, call)));
    assert_eq!((timeline.first_number(), timeline.dropped()), (1, 0));
    timeline.push(CallSample { outcome: Outcome::Cancelled, ..sample(capacity, 7) });
    let dropped = CHUNK_CALLS as u64;
    assert_eq!((timeline.first_number(), timeline.dropped()), (1 + dropped, dropped));
    assert_eq!(timeline.len(), CHUNK_CALLS + 1);
    assert_eq!(timeline.get(0).map(|call| call.wall_ns), Some(dropped));
    assert_eq!(timeline.index_of_number(1), None);
    assert_eq!(timeline.index_of_number(1 + dropped), Some(0));
    assert_eq!(timeline.index_of_number(capacity + 1), Some(CHUNK_CALLS));
    assert_eq!(timeline.index_of_number(capacity + 2), None);
    assert_eq!(timeline.number(CHUNK_CALLS), capacity + 1);
    assert_eq!(timeline.counts().total(), capacity + 1);
    assert_eq!(timeline.wall_times().count(), capacity + 1);
    assert_eq!(timeline.success_wall_times().count(), capacity);
}

#[test]
fn clearing_keeps_names_and_numbering() {
    let mut timeline = Timeline::new();
    let add = timeline.intern("add");
    timeline.extend((0..5).map(|call| sample(call, call)));
    timeline.clear();
    assert!(timeline.is_empty());
    assert_eq!(timeline.name(add), "add");
    assert_eq!((timeline.first_number(), timeline.counts().total()), (6, 0));
    assert_eq!(timeline.wall_times().summary(), None);
    timeline.push(sample(9, 1));
    assert_eq!(timeline.index_of_number(6), Some(0));
}

#[test]
fn names_are_told_apart_until_the_table_is_full() {
    let mut timeline = Timeline::new();
    let (add, sub) = (timeline.intern("add"), timeline.intern("sub"));
    assert_ne!(add, sub);
    assert_eq!(timeline.intern("add"), add);
    for number in 0..MAX_NAMES {
        timeline.intern(&number.to_string());
    }
    let other = timeline.intern("one too many");
    assert_eq!(timeline.name(other), OTHER_NAME);
    assert_eq!(timeline.intern("another one"), other);
    assert_eq!(timeline.name(u32::MAX), OTHER_NAME);
    assert_eq!(timeline.intern("sub"), sub);
    assert_eq!(timeline.name(add), "add");
}

#[test]
fn a_call_takes_about_forty_bytes_and_eight_more_where_no_two_times_are_equal() {
    let mut timeline = Timeline::new();
    timeline.extend((0..4 * CHUNK_CALLS as u64).map(|call| sample(call, call)));
    let bytes = timeline.allocated_bytes();
    assert!(bytes <= 48 * timeline.len(), "{bytes} bytes for {} calls", timeline.len());
}

#[test]
fn more_frames_than_fit_are_kept_as_a_lower_bound() {
    let mut timeline = Timeline::new();
    timeline.push(CallSample {
        peak_call_depth: Measured::Exact(1 << 40),
        peak_memory_pages: 1 << 40,
        ..sample(0, 1)
    });
    assert_eq!(timeline.value(Series::Depth, 0), Measured::AtLeast(u64::from(u32::MAX)));
    assert_eq!(timeline.value(Series::Pages, 0), Measured::Exact(u64::from(u32::MAX)));
    assert_eq!(timeline.value(Series::Pages, 1), Measured::NotMeasured);
}

#[test]
fn equal_values_make_one_bin() {
    let mut timeline = Timeline::new();
    timeline.extend((0..100).map(|call| sample(call, 7)));
    let distribution = timeline.distribution(Series::WallNs, 0..100, 10, Scale::Logarithmic);
    assert_eq!(distribution.bins, [Bin { from: 7.0, to: 7.0, count: 100 }]);
    assert!(timeline.distribution(Series::WallNs, 0..0, 10, Scale::Linear).bins.is_empty());
}

//! How often wall times occur among any range of calls, to the nanosecond below 2 µs and to three digits above.
//!
//! Knows no axis and no colours. A full chunk keeps its own counts, so that a million calls are summed up in
//! as many steps as they have different times; only the calls of the two chunks at the ends are looked at.

use std::ops::Range;

use super::chunk::Chunk;
use super::stats::Summary;
use super::{Series, Timeline};

/// Classes below the first whole power of two have a width of one nanosecond.
const EXACT_NS: u64 = 2048;
/// Classes in each power of two above.
const PER_OCTAVE: usize = 1024;
/// Classes that times of 64 bits fall into.
const NUM_CLASSES: usize = (64 - 10) * PER_OCTAVE + PER_OCTAVE;

/// Returns the class of a time.
#[allow(clippy::cast_possible_truncation, reason = "a time shifted into its class is below 2048")]
fn class_of(wall_ns: u64) -> usize {
    if wall_ns < EXACT_NS {
        return wall_ns as usize;
    }
    let shift = 64 - wall_ns.leading_zeros() - 11;
    shift as usize * PER_OCTAVE + (wall_ns >> shift) as usize
}

/// Returns the shortest and the longest time of a class.
fn times_of(class: usize) -> (u64, u64) {
    if class < 2 * PER_OCTAVE {
        return (class as u64, class as u64);
    }
    let shift = class / PER_OCTAVE - 1;
    let from = ((class - shift * PER_OCTAVE) as u64) << shift;
    (from, from + ((1 << shift) - 1))
}

/// Widens a span of times to whole classes, so that counts of what lies in it are exact.
pub fn snap_wall_ns(from_ns: u64, to_ns: u64) -> (u64, u64) {
    let (from_ns, to_ns) = (from_ns.min(to_ns), from_ns.max(to_ns));
    (times_of(class_of(from_ns)).0, times_of(class_of(to_ns)).1)
}

/// Counts of a chunk's wall times: class and calls, the shortest first, and the sum of all times.
#[derive(Debug, Clone, Default)]
pub(super) struct ChunkTimes {
    counts: Vec<(u32, u32)>,
    sum_ns: u128,
}

impl ChunkTimes {
    pub(super) fn of(wall_ns: &[u64]) -> Self {
        let mut classes: Vec<u32> =
            wall_ns.iter().map(|wall_ns| u32::try_from(class_of(*wall_ns)).unwrap_or(u32::MAX)).collect();
        classes.sort_unstable();
        let runs = classes.chunk_by(|one, next| one == next);
        let counts = runs.map(|run| (run[0], u32::try_from(run.len()).unwrap_or(u32::MAX))).collect();
        Self { counts, sum_ns: wall_ns.iter().copied().map(u128::from).sum() }
    }

    pub(super) fn allocated_bytes(&self) -> usize {
        self.counts.capacity() * size_of::<(u32, u32)>()
    }
}

/// How often wall times occur among some calls.
#[derive(Debug, Clone, PartialEq)]
pub struct WallHistogram {
    counts: Vec<u32>,
    // Classes outside of these are empty.
    used: Range<usize>,
    count: u64,
    sum_ns: u128,
    least_ns: u64,
    most_ns: u64,
}

impl WallHistogram {
    fn empty() -> Self {
        Self { counts: vec![0; NUM_CLASSES], used: 0..0, count: 0, sum_ns: 0, least_ns: u64::MAX, most_ns: 0 }
    }

    fn add(&mut self, class: usize, calls: u32) {
        if let Some(count) = self.counts.get_mut(class) {
            *count += calls;
            self.count += u64::from(calls);
        }
    }

    fn add_chunk(&mut self, times: &ChunkTimes) {
        for (class, calls) in &times.counts {
            self.add(*class as usize, *calls);
        }
        self.sum_ns += times.sum_ns;
    }

    fn add_calls(&mut self, wall_ns: &[u64]) {
        for wall_ns in wall_ns {
            self.add(class_of(*wall_ns), 1);
            self.sum_ns += u128::from(*wall_ns);
        }
    }

    fn set_extent(&mut self, least_ns: u64, most_ns: u64) {
        (self.least_ns, self.most_ns) = (least_ns, most_ns);
        self.used = class_of(least_ns)..class_of(most_ns) + 1;
    }

    /// Returns the number of calls.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Returns the sum of all times in nanoseconds; where only some durations are counted, to three digits.
    pub fn sum_ns(&self) -> u64 {
        u64::try_from(self.sum_ns).unwrap_or(u64::MAX)
    }

    /// Returns the shortest and the longest time, or `None` when there are no calls.
    pub fn extent_ns(&self) -> Option<(u64, u64)> {
        (self.count > 0).then_some((self.least_ns, self.most_ns))
    }

    /// Returns the time that this share of the calls does not exceed, such as 0.95.
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rank among four million calls fits into any float"
    )]
    pub fn quantile_ns(&self, share: f64) -> Option<u64> {
        let rank = ((self.count as f64 * share - 1e-9).ceil() as u64).clamp(1, self.count.max(1));
        let mut passed = 0;
        for class in self.used.clone() {
            passed += u64::from(self.counts[class]);
            if passed >= rank {
                return Some(times_of(class).1.clamp(self.least_ns, self.most_ns));
            }
        }
        None
    }

    /// Returns all figures at once, or `None` when there are no calls.
    pub fn summary(&self) -> Option<Summary> {
        let mean = self.sum_ns.checked_div(self.count.into())?;
        Some(Summary {
            count: self.count,
            mean: u64::try_from(mean).unwrap_or(u64::MAX),
            min: self.least_ns,
            p50: self.quantile_ns(0.50)?,
            p95: self.quantile_ns(0.95)?,
            p99: self.quantile_ns(0.99)?,
            max: self.most_ns,
            is_exact: self.most_ns < EXACT_NS,
        })
    }

    /// Counts the calls whose time lies within a span that [`snap_wall_ns`] has widened.
    pub fn count_within(&self, from_ns: u64, to_ns: u64) -> u64 {
        self.classes_within(from_ns, to_ns).map(|class| u64::from(self.counts[class])).sum()
    }

    /// Returns the part whose times lie within a span that [`snap_wall_ns`] has widened.
    pub fn within(&self, from_ns: u64, to_ns: u64) -> Self {
        let mut part = Self::empty();
        for class in self.classes_within(from_ns, to_ns).filter(|class| self.counts[*class] > 0) {
            let calls = self.counts[class];
            let (from, to) = times_of(class);
            let (from, to) = (from.max(self.least_ns), to.min(self.most_ns));
            part.add(class, calls);
            part.sum_ns += u128::from(from + (to - from) / 2) * u128::from(calls);
            part.least_ns = part.least_ns.min(from);
            part.most_ns = part.most_ns.max(to);
        }
        if part.count > 0 {
            part.set_extent(part.least_ns, part.most_ns);
        }
        part
    }

    fn classes_within(&self, from_ns: u64, to_ns: u64) -> Range<usize> {
        let from = class_of(from_ns).max(self.used.start);
        from..(class_of(to_ns) + 1).min(self.used.end).max(from)
    }

    /// Divides `from_ns..=to_ns` into at most `most` spans about equally wide on a logarithmic scale and
    /// returns each with its exact count: first time, last time, calls. They end where classes do.
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "places on an axis need no more than 52 bits, and the casts saturate"
    )]
    pub fn bars(&self, from_ns: u64, to_ns: u64, most: usize) -> Vec<(u64, u64, u64)> {
        let (first, end) = (class_of(from_ns), class_of(to_ns) + 1);
        if first >= end || most == 0 {
            return Vec::new();
        }
        let (low, high) = ((times_of(first).0 as f64).ln_1p(), (times_of(end - 1).1 as f64 + 1.0).ln_1p());
        let edge = |number: usize| {
            let place = low + (high - low) * number as f64 / most as f64;
            // Rounding must not push an edge into the class before it.
            class_of((place.exp_m1() * (1.0 + 1e-12)) as u64).clamp(first, end)
        };
        let mut edges: Vec<usize> = (1..most).map(edge).chain([first, end]).collect();
        edges.sort_unstable();
        edges.dedup();
        let bar = |pair: &[usize]| {
            let calls = self.counts[pair[0]..pair[1]].iter().copied().map(u64::from).sum();
            (times_of(pair[0]).0, times_of(pair[1] - 1).1, calls)
        };
        edges.windows(2).map(bar).collect()
    }

    /// Returns how likely a call of these takes longer than one of the others, both picked at random; calls
    /// of equal time count half.
    #[allow(clippy::cast_precision_loss, reason = "a share needs no more than 52 bits")]
    pub fn share_slower_than(&self, other: &Self) -> Option<f64> {
        if self.count == 0 || other.count == 0 {
            return None;
        }
        let (mut faster, mut pairs) = (0_u64, 0.0);
        let classes = self.used.start.min(other.used.start)..self.used.end.max(other.used.end);
        for class in classes {
            let (own, others) = (self.counts[class], other.counts[class]);
            pairs += f64::from(own) * (faster as f64 + f64::from(others) * 0.5);
            faster += u64::from(others);
        }
        Some(pairs / (self.count as f64 * other.count as f64))
    }
}

impl Timeline {
    /// Counts the wall times of those calls, in a step for each different time of a full chunk and for each
    /// call of the chunks at the ends.
    pub fn wall_histogram(&self, range: Range<usize>) -> WallHistogram {
        let mut histogram = WallHistogram::empty();
        for (_, chunk, rows) in self.parts(range.clone()) {
            match chunk.times().filter(|_| rows.start == 0 && rows.end >= chunk.len()) {
                Some(times) => histogram.add_chunk(times),
                None => histogram.add_calls(chunk.wall_ns(rows)),
            }
        }
        if let Some((least, most)) =
            self.extent(Series::WallNs, range).and_then(|all| Some((all.min?, all.max?)))
        {
            histogram.set_extent(least, most);
        }
        histogram
    }
}

impl Chunk {
    fn wall_ns(&self, rows: Range<usize>) -> &[u64] {
        let all = self.all_wall_ns();
        let end = rows.end.min(all.len());
        &all[rows.start.min(end)..end]
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Random, sample};
    use super::*;

    fn random_times(count: usize, seed: u64) -> (Timeline, Vec<u64>, Random) {
        let mut random = Random(seed);
        let times: Vec<u64> = (0..count).map(|_| random.next() >> (40 + random.below(24))).collect();
        let mut timeline = Timeline::new();
        timeline.extend((0..).zip(&times).map(|(number, wall_ns)| sample(number, *wall_ns)));
        (timeline, times, random)
    }

    #[test]
    fn classes_are_whole_gapless_and_three_digits_wide() {
        let mut next = 0;
        for class in 0..NUM_CLASSES {
            let (from, to) = times_of(class);
            assert_eq!((from, class_of(from), class_of(to)), (next, class, class));
            assert!(to - from <= from / 1024, "{from} to {to}");
            next = to.wrapping_add(1);
        }
        assert_eq!(next, 0, "the last class ends with the type");
        assert_eq!(snap_wall_ns(5000, 300), (300, 5003));
    }

    #[test]
    fn any_range_agrees_with_a_naive_count() {
        let (timeline, times, mut random) = random_times(100_000, 11);
        for round in 0..60 {
            let mut range = random.range(times.len());
            if round % 7 == 0 {
                range = 0..times.len();
            }
            let histogram = timeline.wall_histogram(range.clone());
            let mut naive = times[range.clone()].to_vec();
            naive.sort_unstable();
            assert_eq!(histogram.count(), naive.len() as u64);
            assert_eq!(histogram.extent_ns(), naive.first().copied().zip(naive.last().copied()));
            let Some(summary) = histogram.summary() else { continue };
            let sum: u64 = naive.iter().sum();
            assert_eq!((histogram.sum_ns(), summary.mean), (sum, sum / naive.len() as u64));
            for (figure, percent) in [(summary.p50, 50), (summary.p95, 95), (summary.p99, 99)] {
                let exact = naive[(naive.len() * percent).div_ceil(100).max(1) - 1];
                assert!(figure >= exact && figure - exact <= exact / 1024, "{figure} {exact}");
            }
            let (from, to) = snap_wall_ns(random.below(1 << 20), random.below(1 << 20));
            let expected = naive.iter().filter(|time| (from..=to).contains(*time)).count() as u64;
            assert_eq!(histogram.count_within(from, to), expected);
            let part = histogram.within(from, to);
            assert_eq!((part.count(), part.count_within(0, u64::MAX)), (expected, expected));
        }
    }

    #[test]
    fn bars_have_no_gaps_and_hold_every_call_once() {
        let (timeline, times, _) = random_times(50_000, 12);
        let histogram = timeline.wall_histogram(0..times.len());
        let (least, most) = histogram.extent_ns().expect("there are calls");
        for wanted in [1, 12, 72] {
            let bars = histogram.bars(least, most, wanted);
            assert!((1..=wanted).contains(&bars.len()), "{} of {wanted}", bars.len());
            assert_eq!(bars.iter().map(|bar| bar.2).sum::<u64>(), times.len() as u64);
            assert!(bars.windows(2).all(|pair| pair[0].1 + 1 == pair[1].0), "{bars:?}");
            for (from, to, calls) in bars {
                let naive = times.iter().filter(|time| (from..=to).contains(*time)).count() as u64;
                assert_eq!(naive, calls, "{from} to {to}");
            }
        }
        assert!(timeline.wall_histogram(7..7).summary().is_none());
    }

    #[test]
    fn the_share_of_slower_pairs_agrees_with_counting_pairs() {
        let of = |times: &[u64]| {
            let mut timeline = Timeline::new();
            timeline.extend(times.iter().map(|wall_ns| sample(0, *wall_ns)));
            timeline.wall_histogram(0..times.len())
        };
        for (one, other, share) in [
            (&[10, 20][..], &[1, 2][..], Some(1.0)),
            (&[1, 2], &[10, 20], Some(0.0)),
            (&[5, 5], &[5], Some(0.5)),
            (&[1, 30], &[10, 20], Some(0.5)),
            (&[15, 30], &[10, 20], Some(0.75)),
            (&[], &[1], None),
        ] {
            assert_eq!(of(one).share_slower_than(&of(other)), share, "{one:?} {other:?}");
        }
    }
}

//! How often values of a series occur among any range of calls, to the unit below 2048 and to three digits above.
//!
//! Knows no axis and no colours. A full chunk keeps its own counts, so that a million calls are summed up in
//! as many steps as they have different values; only the calls of the two chunks at the ends are looked at.

use std::ops::Range;

use super::stats::Summary;
use super::tally::{Pick, ValueCounts};
use super::{Series, Timeline};

/// Classes below this have a width of one unit.
const EXACT: u64 = 2048;
/// Classes in each power of two above.
const PER_OCTAVE: usize = 1024;
/// Classes that values of 64 bits fall into.
const NUM_CLASSES: usize = (64 - 10) * PER_OCTAVE + PER_OCTAVE;

/// Returns the class of a value.
#[allow(clippy::cast_possible_truncation, reason = "a value shifted into its class is below 2048")]
pub(super) const fn class_of(value: u64) -> usize {
    if value < EXACT {
        return value as usize;
    }
    let shift = 64 - value.leading_zeros() - 11;
    shift as usize * PER_OCTAVE + (value >> shift) as usize
}

/// Returns the smallest and the largest value of a class.
fn values_of(class: usize) -> (u64, u64) {
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
    (values_of(class_of(from_ns)).0, values_of(class_of(to_ns)).1)
}

/// How often values of a series occur among some calls.
#[derive(Debug, Clone, PartialEq)]
pub struct ValueHistogram {
    counts: Vec<u32>,
    // Classes outside of these are empty.
    used: Range<usize>,
    count: u64,
    sum: u128,
    least: u64,
    most: u64,
}

impl Default for ValueHistogram {
    fn default() -> Self {
        Self { counts: vec![0; NUM_CLASSES], used: 0..0, count: 0, sum: 0, least: u64::MAX, most: 0 }
    }
}

impl ValueHistogram {
    fn add(&mut self, class: usize, calls: u32) {
        if let Some(count) = self.counts.get_mut(class) {
            *count += calls;
            self.count += u64::from(calls);
        }
    }

    fn add_counts(&mut self, values: &ValueCounts) {
        for (class, calls) in &values.counts {
            self.add((*class).into(), (*calls).into());
        }
        self.sum += values.sum;
        (self.least, self.most) = (self.least.min(values.least), self.most.max(values.most));
    }

    fn add_value(&mut self, value: u64) {
        self.add(class_of(value), 1);
        self.sum += u128::from(value);
        (self.least, self.most) = (self.least.min(value), self.most.max(value));
    }

    /// Notes which classes are in use, once all calls are counted.
    fn complete(&mut self) {
        if self.count > 0 {
            self.used = class_of(self.least)..class_of(self.most) + 1;
        }
    }

    /// Returns the number of calls.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Returns the sum of all values; where only some durations are counted, to three digits.
    pub fn sum(&self) -> u64 {
        u64::try_from(self.sum).unwrap_or(u64::MAX)
    }

    /// Returns the smallest and the largest value, or `None` when there are no calls.
    pub fn extent(&self) -> Option<(u64, u64)> {
        (self.count > 0).then_some((self.least, self.most))
    }

    /// Returns the value that this share of the calls does not exceed, such as 0.95.
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rank among four million calls fits into any float"
    )]
    pub fn quantile(&self, share: f64) -> Option<u64> {
        let rank = ((self.count as f64 * share - 1e-9).ceil() as u64).clamp(1, self.count.max(1));
        let mut passed = 0;
        for class in self.used.clone() {
            passed += u64::from(self.counts[class]);
            if passed >= rank {
                return Some(values_of(class).1.clamp(self.least, self.most));
            }
        }
        None
    }

    /// Returns all figures at once, or `None` when there are no calls.
    pub fn summary(&self) -> Option<Summary> {
        let mean = self.sum.checked_div(self.count.into())?;
        Some(Summary {
            count: self.count,
            mean: u64::try_from(mean).unwrap_or(u64::MAX),
            min: self.least,
            p50: self.quantile(0.50)?,
            p95: self.quantile(0.95)?,
            p99: self.quantile(0.99)?,
            max: self.most,
            is_exact: self.most < EXACT,
        })
    }

    /// Counts the calls whose time lies within a span that [`snap_wall_ns`] has widened.
    pub fn count_within(&self, from_ns: u64, to_ns: u64) -> u64 {
        self.classes_within(from_ns, to_ns).map(|class| u64::from(self.counts[class])).sum()
    }

    /// Returns the part whose times lie within a span that [`snap_wall_ns`] has widened.
    pub fn within(&self, from_ns: u64, to_ns: u64) -> Self {
        let mut part = Self::default();
        for class in self.classes_within(from_ns, to_ns).filter(|class| self.counts[*class] > 0) {
            let calls = self.counts[class];
            let (from, to) = values_of(class);
            let (from, to) = (from.max(self.least), to.min(self.most));
            part.add(class, calls);
            part.sum += u128::from(from + (to - from) / 2) * u128::from(calls);
            part.least = part.least.min(from);
            part.most = part.most.max(to);
        }
        part.complete();
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
        let (low, high) = ((values_of(first).0 as f64).ln_1p(), (values_of(end - 1).1 as f64 + 1.0).ln_1p());
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
            (values_of(pair[0]).0, values_of(pair[1] - 1).1, calls)
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
    /// Counts the values of a series among the calls of a range that count, in a step for each different value
    /// of a full chunk and for each call of the chunks at the ends. Calls without that figure are left out.
    pub fn histogram(&self, series: Series, range: Range<usize>, pick: Pick) -> ValueHistogram {
        let mut histogram = ValueHistogram::default();
        for (_, chunk, rows) in self.parts(range) {
            match chunk.tally().filter(|_| rows.start == 0 && rows.end >= chunk.len()) {
                Some(tally) => {
                    let exports = tally.exports().iter().filter(|of| pick.takes_export(of.export));
                    for values in exports.flat_map(|of| of.values(series as usize, pick)) {
                        histogram.add_counts(values);
                    }
                }
                None => chunk.for_each_value(series, rows, pick, |value| histogram.add_value(value)),
            }
        }
        histogram.complete();
        histogram
    }

    /// Counts the wall times of all calls of a range.
    pub fn wall_histogram(&self, range: Range<usize>) -> ValueHistogram {
        self.histogram(Series::WallNs, range, Pick::default())
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
            let (from, to) = values_of(class);
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
            assert_eq!(histogram.extent(), naive.first().copied().zip(naive.last().copied()));
            let Some(summary) = histogram.summary() else { continue };
            let sum: u64 = naive.iter().sum();
            assert_eq!((histogram.sum(), summary.mean), (sum, sum / naive.len() as u64));
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
        let (least, most) = histogram.extent().expect("there are calls");
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

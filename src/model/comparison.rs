//! Two sets of calls against each other: how their times compare, and a plain sentence about it.
//!
//! Knows no plot and no plugins; whoever asks says what the two are called.

use super::humanize;
use super::timeline::{Summary, ValueHistogram};

/// Calls of each side below which nothing is claimed.
const LEAST_CALLS: u64 = 30;
/// Differences of the medians below this share are called none.
const NO_DIFFERENCE: f64 = 0.03;
/// Share of pairs up to which a difference is said to be hard to see in single calls.
const WEAK: f64 = 0.75;

/// How the times of two sets of calls compare.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// Figures of the first set.
    pub first: Summary,
    /// Figures of the second set.
    pub second: Summary,
    /// Share of pairs, one call of each set at random, in which the first takes longer.
    pub slower_share: f64,
}

impl Comparison {
    /// Compares two sets; `None` when one of them is empty.
    pub fn of(first: &ValueHistogram, second: &ValueHistogram) -> Option<Self> {
        Some(Self {
            first: first.summary()?,
            second: second.summary()?,
            slower_share: first.share_slower_than(second)?,
        })
    }

    /// Returns the median of the first set as a multiple of the second's; `None` when that is 0.
    pub fn p50_ratio(&self) -> Option<f64> {
        ratio(self.first.p50, self.second.p50)
    }

    /// Returns the 95th percentile of the first set as a multiple of the second's; `None` when that is 0.
    pub fn p95_ratio(&self) -> Option<f64> {
        ratio(self.first.p95, self.second.p95)
    }

    /// Says how the first compares with the second, such as `build 8 is 1.31× slower at p50 than build 7
    /// (n = 400 / 520), slower in 93 of 100 pairs`.
    pub fn sentence(&self, first: &str, second: &str) -> String {
        let count = |summary: &Summary| humanize::grouped(summary.count);
        let n = format!("(n = {} / {})", count(&self.first), count(&self.second));
        if self.first.count.min(self.second.count) < LEAST_CALLS {
            return format!("too few calls to compare {first} with {second} {n}");
        }
        let Some(ratio) = self.p50_ratio().filter(|ratio| *ratio > 0.0) else {
            return format!("{first} and {second} are too fast for the clock to compare {n}");
        };
        if (ratio.ln()).abs() < (1.0 + NO_DIFFERENCE).ln() {
            return format!("{first} and {second} take the same at p50, within 3 % {n}");
        }
        let (word, factor, share) = if ratio > 1.0 {
            ("slower", ratio, self.slower_share)
        } else {
            ("faster", 1.0 / ratio, 1.0 - self.slower_share)
        };
        let pairs = humanize::percent(whole(share * 1000.0), 1000);
        let pairs = pairs.trim_end_matches(" %");
        let overlap = if share < WEAK { "; the spreads overlap: it is so" } else { "," };
        format!("{first} is {factor:.2}× {word} at p50 than {second} {n}{overlap} in {pairs} of 100 pairs")
    }
}

#[allow(clippy::cast_precision_loss, reason = "a ratio is shown with three digits")]
fn ratio(one: u64, other: u64) -> Option<f64> {
    (other > 0).then(|| one as f64 / other as f64)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share is between 0 and 1")]
fn whole(figure: f64) -> u64 {
    figure.round() as u64
}

#[cfg(test)]
mod tests {
    use super::super::call::{CallSample, Outcome};
    use super::super::measured::Measured;
    use super::super::timeline::Timeline;
    use super::*;

    fn calls(times: impl IntoIterator<Item = u64>) -> ValueHistogram {
        let mut timeline = Timeline::new();
        timeline.extend(times.into_iter().map(|wall_ns| CallSample {
            started_ns: 0,
            wall_ns,
            fuel: Measured::NotMeasured,
            peak_memory_pages: 0,
            peak_call_depth: Measured::NotMeasured,
            outcome: Outcome::Returned,
            was_denied: false,
            export: 0,
        }));
        timeline.wall_histogram(0..timeline.len())
    }

    #[test]
    fn sentences_say_how_much_how_sure_and_of_how_many() {
        let spread = |from: u64| calls(from..from + 200);
        for (first, second, sentence) in [
            (
                calls([131; 40]),
                calls([100; 50]),
                "A is 1.31× slower at p50 than B (n = 40 / 50), in 100 of 100 pairs",
            ),
            (
                calls([100; 40]),
                calls([200; 40]),
                "A is 2.00× faster at p50 than B (n = 40 / 40), in 100 of 100 pairs",
            ),
            (calls([102; 40]), calls([100; 40]), "A and B take the same at p50, within 3 % (n = 40 / 40)"),
            (calls([131; 29]), calls([100; 50]), "too few calls to compare A with B (n = 29 / 50)"),
            (calls([0; 40]), calls([0; 40]), "A and B are too fast for the clock to compare (n = 40 / 40)"),
            (
                spread(110),
                spread(100),
                "A is 1.05× slower at p50 than B (n = 200 / 200); the spreads overlap: it is so in 54 of 100 pairs",
            ),
        ] {
            let comparison = Comparison::of(&first, &second).expect("there are calls");
            assert_eq!(comparison.sentence("A", "B"), sentence);
        }
        assert!(Comparison::of(&calls([]), &calls([1])).is_none());
    }
}

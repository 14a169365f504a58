//! Percentiles of any number of durations in constant space.
//!
//! Knows no clock: it is told each duration.

use hdrhistogram::Histogram;

use super::stats::Summary;

/// Durations beyond this count as this long; it is 146 years.
const LONGEST_NS: u64 = 1 << 62;

/// Durations in nanoseconds, of which count, sum, least and most are exact and percentiles have three digits.
#[derive(Debug, Clone)]
pub struct Durations {
    histogram: Histogram<u32>,
    sum_ns: u128,
    least_ns: u64,
    most_ns: u64,
}

impl Default for Durations {
    fn default() -> Self {
        Self {
            histogram: Histogram::new(3)
                .expect("three significant digits are within the histogram's range of 0 to 5"),
            sum_ns: 0,
            least_ns: u64::MAX,
            most_ns: 0,
        }
    }
}

impl Durations {
    /// Takes up one duration.
    pub fn record(&mut self, duration_ns: u64) {
        let duration_ns = duration_ns.min(LONGEST_NS);
        // It only fails where addresses have fewer bits than an index needs: then a percentile misses one.
        let _ = self.histogram.record(duration_ns);
        self.sum_ns += u128::from(duration_ns);
        self.least_ns = self.least_ns.min(duration_ns);
        self.most_ns = self.most_ns.max(duration_ns);
    }

    /// Forgets all durations.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Returns how many durations there are.
    pub fn count(&self) -> u64 {
        self.histogram.len()
    }

    /// Returns the sum in nanoseconds.
    pub fn sum_ns(&self) -> u64 {
        u64::try_from(self.sum_ns).unwrap_or(u64::MAX)
    }

    /// Returns the mean, rounded down, or `None` when there are no durations.
    pub fn mean_ns(&self) -> Option<u64> {
        let mean = self.sum_ns.checked_div(self.count().into())?;
        Some(u64::try_from(mean).unwrap_or(u64::MAX))
    }

    /// Returns the duration that this share of all does not exceed, such as 0.95, to three digits.
    pub fn quantile_ns(&self, quantile: f64) -> Option<u64> {
        // The histogram answers with the upper end of a class, which may lie past the longest duration.
        (self.count() > 0)
            .then(|| self.histogram.value_at_quantile(quantile).clamp(self.least_ns, self.most_ns))
    }

    /// Returns all figures at once, or `None` when there are no durations.
    pub fn summary(&self) -> Option<Summary> {
        Some(Summary {
            count: self.count(),
            mean: self.mean_ns()?,
            min: self.least_ns,
            p50: self.quantile_ns(0.50)?,
            p95: self.quantile_ns(0.95)?,
            p99: self.quantile_ns(0.99)?,
            max: self.most_ns,
            is_exact: false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_have_three_digits_and_the_rest_is_exact() {
        let mut durations = Durations::default();
        assert_eq!(durations.summary(), None);
        for micros in 1..=10_000_u64 {
            durations.record(micros * 1000);
        }
        let summary = durations.summary().expect("there are durations");
        assert_eq!(
            (summary.count, summary.min, summary.max, summary.mean),
            (10_000, 1000, 10_000_000, 5_000_500)
        );
        for (figure, exact) in [(summary.p50, 5_000_000), (summary.p95, 9_500_000), (summary.p99, 9_900_000)]
        {
            assert!(figure.abs_diff(exact) <= exact / 1000, "{figure} {exact}");
        }
    }

    #[test]
    fn the_extremes_of_the_type_are_taken() {
        let mut durations = Durations::default();
        durations.record(0);
        durations.record(u64::MAX);
        let summary = durations.summary().expect("there are durations");
        assert_eq!((summary.min, summary.p50, summary.max), (0, 0, LONGEST_NS));
        durations.clear();
        assert_eq!((durations.count(), durations.sum_ns(), durations.mean_ns()), (0, 0, None));
    }
}

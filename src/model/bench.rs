//! What repeated calls of a function take: the plan of a benchmark, its figures, and when a clock is too coarse.
//!
//! Knows no clock: it is told each duration, and how long one look at the clock takes.

use serde::Serialize;

use super::timeline::Durations;

/// How long something goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// So many calls.
    Calls(u64),
    /// So many nanoseconds.
    Nanos(u64),
}

impl Span {
    /// Longest time that can be asked for: a day.
    const MOST_SECONDS: f64 = 86_400.0;

    /// Reads a number of calls such as `1_000`, or a time such as `2 s`, `500 ms` or `1 min`.
    ///
    /// # Errors
    ///
    /// Says why the text is neither.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let text = text.strip_prefix('×').unwrap_or(text).trim();
        let units = [("ms", 1e6), ("min", 60e9), ("s", 1e9)];
        if let Some((number, unit_ns)) =
            units.iter().find_map(|(name, ns)| Some((text.strip_suffix(name)?.trim(), ns)))
            && let Ok(number) = number.parse::<f64>()
        {
            let nanos = number * unit_ns;
            if !(1.0..=Self::MOST_SECONDS * 1e9).contains(&nanos) {
                return Err(format!("`{text}` is not between 1 ns and a day"));
            }
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "it has just been found between 1 ns and a day"
            )]
            return Ok(Self::Nanos(nanos as u64));
        }
        let digits = text.replace(['_', ' ', '\u{202f}', '\u{a0}'], "");
        match digits.parse::<u64>() {
            Ok(0) => Err("repeat at least once".to_owned()),
            Ok(calls) => Ok(Self::Calls(calls)),
            Err(_) if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                Err(format!("`{digits}` is too many repetitions"))
            }
            Err(_) => Err(format!("`{text}` is not a whole number, nor a time such as `2 s`")),
        }
    }

    /// Tells whether this is more than a single call.
    pub fn is_repeated(self) -> bool {
        self != Self::Calls(1)
    }
}

/// What a benchmark is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BenchPlan {
    /// What is measured.
    pub length: Span,
    /// Calls before that, which are not.
    pub warm_up: WarmUp,
}

/// The calls before a benchmark, so that code and data are where they will be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WarmUp {
    /// So many calls.
    Calls(u64),
    /// A hundred calls, or as many as are made in half a second.
    Default,
}

/// How far a benchmark is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BenchProgress {
    /// Calls that were measured.
    pub calls: u64,
    /// Nanoseconds that these took.
    pub wall_ns: u64,
    /// Whether the warm-up still goes on.
    pub is_warming_up: bool,
}

/// Wall-clock time of one call, in nanoseconds and fractions of them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct WallFigures {
    /// Shortest.
    pub min: f64,
    /// What half of the calls do not exceed.
    pub p50: f64,
    /// What 95 of 100 calls do not exceed.
    pub p95: f64,
    /// What 99 of 100 calls do not exceed.
    pub p99: f64,
    /// Longest.
    pub max: f64,
    /// Mean.
    pub mean: f64,
    /// How far a call is from the mean: the standard deviation.
    pub stddev: f64,
}

/// What a benchmark found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BenchReport {
    /// Calls that were measured.
    pub calls: u64,
    /// Calls of the warm-up.
    pub warm_up_calls: u64,
    /// Calls between two looks at the clock; more than one where the clock is too coarse for one.
    pub per_batch: u64,
    /// What one look at the clock takes or can tell, whichever is more, in nanoseconds.
    pub clock_ns: u64,
    /// Time of one call; of the mean of each batch where there are batches. `None` when nothing was measured.
    pub wall: Option<WallFigures>,
    /// Calls in a second of their own time.
    pub calls_per_second: Option<f64>,
}

/// Gathers the durations of a benchmark.
#[derive(Debug, Clone, Default)]
pub struct BenchTimes {
    /// Picoseconds per call: a batch takes a call's time to a fraction of a nanosecond.
    per_call_ps: Durations,
    calls: u64,
    wall_ns: u64,
    mean_ns: f64,
    squares_ns: f64,
}

/// A call that is shorter than so many looks at the clock is not timed by itself where there are others to time it
/// with.
const LOOKS_PER_CALL: u64 = 40;

/// Where a call is shorter than so many looks at the clock, and timed by itself all the same, the clock dominates: the
/// look alone is more than a twentieth of its time. Fewer than those above, so that a call in between is batched
/// whether it was a little slower or faster at first.
const LOOKS_DOMINATE: u64 = 20;

/// Looks at the clock that fit into a batch, so that both of its own are within half a percent.
const LOOKS_PER_BATCH: u64 = 400;

/// Longest batch, in calls, so that Stop and progress stay quick.
const MOST_PER_BATCH: u64 = 65_536;

/// Batches that a given number of calls is divided into at least, so that there is something to compare; fewer
/// where they would be too short for the clock in turn.
const LEAST_BATCHES: u64 = 20;

/// Tells whether a call is too short to be timed by itself.
pub fn is_too_short(call_ns: u64, clock_ns: u64) -> bool {
    call_ns < clock_ns.saturating_mul(LOOKS_PER_CALL)
}

/// Returns how many calls belong between two looks at the clock, when a call takes about so long.
pub fn calls_per_batch(call_ns: u64, clock_ns: u64, length: Span) -> u64 {
    if !is_too_short(call_ns, clock_ns) {
        return 1;
    }
    let in_looks = |looks: u64| clock_ns.saturating_mul(looks).div_ceil(call_ns.max(1));
    let wanted =
        in_looks(LOOKS_PER_BATCH).checked_next_power_of_two().unwrap_or(u64::MAX).min(MOST_PER_BATCH);
    match length {
        Span::Nanos(_) => wanted,
        Span::Calls(calls) => {
            let least = in_looks(LOOKS_DOMINATE).min(calls);
            let per_batch = wanted.min(calls / LEAST_BATCHES).max(least).clamp(1, MOST_PER_BATCH);
            // As many batches as that takes, all of a size.
            calls.div_ceil(calls.div_ceil(per_batch).max(1)).max(1)
        }
    }
}

impl BenchTimes {
    /// Takes up a batch of calls and how long all of them took.
    pub fn record(&mut self, calls: u64, wall_ns: u64) {
        if calls == 0 {
            return;
        }
        self.calls += calls;
        self.wall_ns = self.wall_ns.saturating_add(wall_ns);
        let per_call_ps = u128::from(wall_ns) * 1000 / u128::from(calls);
        self.per_call_ps.record(u64::try_from(per_call_ps).unwrap_or(u64::MAX));
        // Welford's way: the mean and the squares around it in one pass, without large sums.
        let value = ns_of(u64::try_from(per_call_ps).unwrap_or(u64::MAX));
        let before = value - self.mean_ns;
        self.mean_ns += before / float(self.per_call_ps.count());
        self.squares_ns += before * (value - self.mean_ns);
    }

    /// Returns how many calls were taken up.
    pub fn calls(&self) -> u64 {
        self.calls
    }

    /// Returns the nanoseconds that all calls took.
    pub fn wall_ns(&self) -> u64 {
        self.wall_ns
    }

    /// Returns the time of a call that half of all do not exceed, in nanoseconds.
    pub fn median_ns(&self) -> Option<u64> {
        Some(self.per_call_ps.quantile_ns(0.5)? / 1000)
    }

    /// Returns all figures.
    pub fn report(&self, warm_up_calls: u64, per_batch: u64, clock_ns: u64) -> BenchReport {
        let wall = self.per_call_ps.summary().map(|ps| WallFigures {
            min: ns_of(ps.min),
            p50: ns_of(ps.p50),
            p95: ns_of(ps.p95),
            p99: ns_of(ps.p99),
            max: ns_of(ps.max),
            mean: float(self.wall_ns) / float(self.calls),
            stddev: (self.squares_ns / float(self.per_call_ps.count())).sqrt(),
        });
        let calls_per_second = (self.wall_ns > 0).then(|| float(self.calls) * 1e9 / float(self.wall_ns));
        BenchReport { calls: self.calls, warm_up_calls, per_batch, clock_ns, wall, calls_per_second }
    }
}

impl BenchReport {
    /// Tells whether calls were timed in batches, since the clock is too coarse for one.
    pub fn is_batched(&self) -> bool {
        self.per_batch > 1
    }

    /// Says how good the figures are, in a sentence; nothing where there is nothing to say.
    pub fn caveat(&self) -> Option<String> {
        let clock_ns = self.clock_ns;
        let p50 = self.wall?.p50;
        if self.is_batched() {
            return Some(format!(
                "a look at the clock takes {clock_ns} ns, too much for one call: timed in batches of {}, \
                 figures are of their means",
                super::humanize::grouped(self.per_batch)
            ));
        }
        let few = if self.calls == 1 { ", and one call makes no batch" } else { "" };
        (p50 < float(clock_ns.saturating_mul(LOOKS_DOMINATE)))
            .then(|| format!("the resolution of the clock dominates: a look at it takes {clock_ns} ns{few}"))
    }
}

#[allow(
    clippy::cast_precision_loss,
    reason = "counts and nanoseconds of a benchmark have fewer than 53 bits"
)]
fn float(value: u64) -> f64 {
    value as f64
}

fn ns_of(picoseconds: u64) -> f64 {
    float(picoseconds) / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_a_number_of_calls_or_a_time() {
        let table = [
            ("1", Some(Span::Calls(1))),
            (" 1_000 ", Some(Span::Calls(1000))),
            ("×1000", Some(Span::Calls(1000))),
            ("2 s", Some(Span::Nanos(2_000_000_000))),
            ("0.5s", Some(Span::Nanos(500_000_000))),
            ("20 ms", Some(Span::Nanos(20_000_000))),
            ("1 min", Some(Span::Nanos(60_000_000_000))),
            ("0", None),
            ("", None),
            ("s", None),
            ("many", None),
            ("-1", None),
            ("-1 s", None),
            ("nan s", None),
            ("inf s", None),
            ("25 h", None),
            ("99999999999 s", None),
            ("99999999999999999999", None),
        ];
        for (text, expected) in table {
            assert_eq!(Span::parse(text).ok(), expected, "{text}");
        }
    }

    #[test]
    fn short_calls_are_timed_in_batches_and_long_ones_are_not() {
        let table = [
            (2000, 30, Span::Nanos(1), 1),
            (1200, 30, Span::Nanos(1), 1),
            (1199, 30, Span::Nanos(1), 16),
            (20, 30, Span::Nanos(1), 1024),
            (0, 30, Span::Nanos(1), 16_384),
            (0, 1000, Span::Nanos(1), MOST_PER_BATCH),
            (20, 30, Span::Calls(1000), 50),
            // Fewer batches, but each long enough: thirty calls take twenty looks.
            (20, 30, Span::Calls(100), 25),
            (20, 30, Span::Calls(31), 16),
            (20, 30, Span::Calls(30), 30),
            // All of them in one, though even that is short.
            (20, 30, Span::Calls(10), 10),
            (20, 30, Span::Calls(1), 1),
            (20, 30, Span::Calls(0), 1),
            (1199, 30, Span::Calls(10), 1),
            (599, 30, Span::Calls(10), 2),
            (0, u64::MAX, Span::Calls(u64::MAX), MOST_PER_BATCH),
            (u64::MAX, u64::MAX, Span::Nanos(1), 1),
        ];
        for (call_ns, clock_ns, length, expected) in table {
            assert_eq!(
                calls_per_batch(call_ns, clock_ns, length),
                expected,
                "{call_ns} {clock_ns} {length:?}"
            );
        }
    }

    #[test]
    fn figures_are_those_of_single_calls() {
        let mut times = BenchTimes::default();
        for wall_ns in [100, 200, 300, 400] {
            times.record(1, wall_ns);
        }
        let report = times.report(7, 1, 1);
        let wall = report.wall.expect("there are calls");
        assert_eq!((report.calls, report.warm_up_calls, report.is_batched()), (4, 7, false));
        assert_eq!((wall.min, wall.max, wall.mean), (100.0, 400.0, 250.0));
        assert!((wall.p50 - 200.0).abs() < 0.5 && (wall.stddev - 111.8).abs() < 0.1, "{wall:?}");
        assert_eq!(report.calls_per_second, Some(4e6));
        assert_eq!(report.caveat(), None);
    }

    #[test]
    fn a_batch_tells_fractions_of_a_nanosecond() {
        let mut times = BenchTimes::default();
        for _ in 0..3 {
            times.record(1000, 18_400);
        }
        let report = times.report(0, 1000, 30);
        let wall = report.wall.expect("there are calls");
        assert_eq!((report.calls, report.is_batched()), (3000, true));
        assert!((wall.p99 - 18.4).abs() < 0.02 && wall.stddev < 0.001, "{wall:?}");
        assert!(report.caveat().is_some_and(|caveat| caveat.contains("in batches of ")));
    }

    #[test]
    fn a_coarse_clock_is_told_and_nothing_measured_has_no_figures() {
        let mut times = BenchTimes::default();
        assert_eq!(times.report(0, 1, 30).wall, None);
        assert_eq!((times.report(0, 1, 30).calls_per_second, times.median_ns()), (None, None));
        times.record(0, 5);
        times.record(1, 100);
        assert!(times.report(0, 1, 30).caveat().is_some_and(|caveat| caveat.contains("dominates")));
        times.record(u64::MAX / 2, u64::MAX);
        assert!(times.report(0, 1, 30).wall.is_some_and(|wall| wall.mean.is_finite()));
    }
}

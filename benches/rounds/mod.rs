//! Rounds that are measured in turns, and the table that they end in.
//!
//! Knows nothing of what is measured. Only ratios within one run count: both sides of a ratio take turns, so
//! that whatever else the machine does hits them alike.

use std::time::Instant;

/// Times of the sides of a comparison, in nanoseconds, one entry a round.
pub(crate) struct Rounds {
    names: Vec<String>,
    times: Vec<Vec<f64>>,
}

/// A side of a comparison: what it is called, and what is timed.
pub(crate) type Side<'a> = (&'a str, &'a mut dyn FnMut());

impl Rounds {
    /// Lets the sides take turns; the first round warms up and does not count.
    ///
    /// Every other round runs backwards, so that no side always follows the same one.
    pub(crate) fn run(count: usize, sides: &mut [Side<'_>]) -> Self {
        let mut times = vec![Vec::with_capacity(count); sides.len()];
        let mut order = (0..sides.len()).collect::<Vec<_>>();
        for round in 0..=count {
            for &index in &order {
                let started = Instant::now();
                (sides[index].1)();
                let ns = started.elapsed().as_secs_f64() * 1e9;
                if round > 0 {
                    times[index].push(ns);
                }
            }
            order.reverse();
        }
        Self { names: sides.iter().map(|(name, _)| (*name).to_owned()).collect(), times }
    }

    /// Returns the median time of a side, in nanoseconds.
    pub(crate) fn median_ns(&self, side: usize) -> f64 {
        median(self.times[side].clone())
    }

    /// Returns the least of the median times of some sides, in nanoseconds.
    #[allow(dead_code, reason = "not every bench has sides that are alike")]
    pub(crate) fn best_ns(&self, sides: std::ops::Range<usize>) -> f64 {
        sides.map(|side| self.median_ns(side)).fold(f64::INFINITY, f64::min)
    }

    /// Returns the median over all rounds of one side's time as a multiple of another's.
    pub(crate) fn ratio(&self, side: usize, to: usize) -> f64 {
        median(self.times[side].iter().zip(&self.times[to]).map(|(one, other)| one / other).collect())
    }

    /// Writes a line for each side: median and longest of one of `per_round` repetitions, and its ratio to the
    /// first side.
    pub(crate) fn table(&self, title: &str, per_round: f64) -> String {
        let mut out = format!("\n{title}, {} rounds\n", self.times.first().map_or(0, Vec::len));
        for (index, name) in self.names.iter().enumerate() {
            let each = duration(self.median_ns(index) / per_round);
            let longest = duration(self.times[index].iter().copied().fold(0.0, f64::max) / per_round);
            let ratio = self.ratio(index, 0);
            out += &format!("  {name:<50} {each:>12}  longest {longest:>10}  {ratio:>6.3} x\n");
        }
        out
    }
}

/// Says whether a figure keeps what is asked of it; a slow machine is no failure.
pub(crate) fn verdict(what: &str, figure: f64, bar: f64, unit: &str) -> String {
    let word = if figure <= bar { "kept" } else { "MISSED" };
    format!("  => {what}: {figure:.3} {unit}, the bar is {bar} {unit}: {word}\n")
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => 0.0,
        count if count % 2 == 1 => values[count / 2],
        count => f64::midpoint(values[count / 2 - 1], values[count / 2]),
    }
}

fn duration(ns: f64) -> String {
    match ns {
        ..1e3 => format!("{ns:.1} ns"),
        ..1e6 => format!("{:.2} µs", ns / 1e3),
        ..1e9 => format!("{:.2} ms", ns / 1e6),
        _ => format!("{:.2} s", ns / 1e9),
    }
}

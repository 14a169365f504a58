//! The search: which limits to try next, and what the answers prove.
//!
//! A run under generous limits gives the peaks. What a call used is what it needs, unless it would have made
//! do with less: so its peak must pass and one less must not. Only where these disagree is there a search.

use super::{
    Hindrance, MOST_RUNS_PER_LIMIT, MOST_TIMED_RUNS, Need, Needs, Observation, Progress, Question, SOUGHT,
    STACK_STEP_BYTES, StepEnd, TIMED_BUDGET_NS, Trial,
};
use crate::model::call::{INSTANTIATE_NAME, Outcome};
use crate::model::limits::LimitKind;
use crate::model::measured::Measured;
use crate::model::timeline::Durations;

/// Runs that are expected at first: two that are alike, one with all peaks, one below each peak, some for the
/// stack, one with everything together, and those that are timed.
const EXPECTED_RUNS: u32 = 2 + 1 + 4 + 4 + 1 + (MOST_TIMED_RUNS - 2);

/// Finds the smallest limits under which the call ends as it does under generous ones.
///
/// `run` makes the call once under the limits that it is given, and answers `None` when somebody said stop;
/// then this does as well.
pub fn find_needs(
    question: &Question,
    run: &mut dyn FnMut(&Trial, Progress) -> Option<Observation>,
) -> Option<Needs> {
    let mut search = Search { question, run, runs: 0, expected: EXPECTED_RUNS, times: Durations::default() };
    let first = search.run(&Trial::default(), None)?;
    search.times.record(first.wall_ns);
    let mut second = None;
    let mut hindrance = unlimited_end(&first, question);
    if hindrance.is_none() {
        let other = search.run(&Trial::default(), None)?;
        search.times.record(other.wall_ns);
        hindrance = (!is_like(&first, &other)).then_some(Hindrance::NotDeterministic);
        second = Some(other);
    }
    let mut limits = Vec::new();
    let mut passes_together = false;
    if hindrance.is_none() {
        limits = search.seek_all(&first)?;
        passes_together = search.fit_together(&mut limits, &first)?;
    }
    if matches!(hindrance, None | Some(Hindrance::NotDeterministic)) {
        let is_alike = search.time(&first)?;
        if !is_alike && hindrance.is_none() {
            hindrance = Some(Hindrance::NotDeterministic);
            for need in &mut limits {
                need.proved = false;
            }
        }
    }
    if limits.is_empty() {
        limits = search.without_proof(&first, second.as_ref(), hindrance);
    }
    let wall = search.times.summary()?;
    Some(Needs {
        end: last_step(&first),
        limits,
        wall,
        runs: search.runs,
        replayed: question.replayed,
        forgotten: question.forgotten,
        passes_together,
        // Where nothing was looked for, its reason says enough.
        bounds_met: if unlimited_end(&first, question).is_none() { first.refused } else { Vec::new() },
        hindrance,
    })
}

pub(super) struct Search<'a> {
    pub(super) question: &'a Question,
    run: &'a mut dyn FnMut(&Trial, Progress) -> Option<Observation>,
    pub(super) runs: u32,
    expected: u32,
    times: Durations,
}

/// What is known of one limit: values at and above `passes` end the same way, those at and below `fails` don't.
pub(super) struct Bounds {
    pub(super) fails: Option<u64>,
    pub(super) passes: Option<u64>,
    pub(super) runs: u32,
}

impl Search<'_> {
    pub(super) fn run(&mut self, trial: &Trial, limit: Option<LimitKind>) -> Option<Observation> {
        self.expected = self.expected.max(self.runs + 1);
        let observation = (self.run)(trial, Progress { runs: self.runs, expected: self.expected, limit })?;
        self.runs += 1;
        Some(observation)
    }

    /// Tells whether the call ends the same way with one limit set.
    fn passes(&mut self, kind: LimitKind, value: u64, first: &Observation) -> Option<bool> {
        let observation = self.run(&Trial::default().with(kind, value), Some(kind))?;
        Some(observation.steps == first.steps)
    }

    fn seek_all(&mut self, first: &Observation) -> Option<Vec<Need>> {
        let is_bounded = |kind: LimitKind| first.refused.iter().any(|refused| refused.limit == kind);
        let exact = |kind: LimitKind| match first.peak(kind).value {
            _ if is_bounded(kind) => None,
            Measured::Exact(peak) => Some(peak),
            Measured::AtLeast(_) | Measured::NotMeasured => None,
        };
        let mut at_peaks = Trial::default();
        for kind in SOUGHT {
            if let Some(peak) = exact(kind) {
                at_peaks = at_peaks.with(kind, peak);
            }
        }
        // If no limit stops this run, none of them alone would: the guest sees the same in either case.
        let peaks_pass = self.run(&at_peaks, None)?.steps == first.steps;
        let mut needs = Vec::with_capacity(SOUGHT.len());
        for kind in SOUGHT {
            needs.push(match (kind, first.peak(kind).value) {
                (LimitKind::WasmStack, _) => self.seek_stack(first)?,
                // More was asked for than there was, and nobody knows what becomes of the call with that.
                _ if is_bounded(kind) => self.unknown(kind),
                (_, Measured::Exact(peak)) => self.seek(kind, peak, peaks_pass, first)?,
                (_, Measured::AtLeast(peak)) => self.seek_around(kind, peak, first)?,
                (_, Measured::NotMeasured) => self.unknown(kind),
            });
        }
        Some(needs)
    }

    /// Looks for a limit of which only a lower bound is known, as of the fuel of a call that traps: what it needs is
    /// what it had burnt when the engine looked at it last, and one run tells that.
    fn seek_around(&mut self, kind: LimitKind, least: u64, first: &Observation) -> Option<Need> {
        let runs_before = self.runs;
        let mut guess = least;
        if kind == LimitKind::Fuel {
            let summed = self.run(&Trial::summing_fuel(), Some(kind))?;
            // The steps before the last one may have burnt more.
            let before = first.peak(kind);
            let is_last = before.step.saturating_add(1) == first.steps.len();
            let looked = summed.fuel_at_look.filter(|_| is_last && summed.steps == first.steps);
            // What stood in memory at the trap is compared with the limit as well.
            guess = looked.map_or(least, |looked| looked.max(least));
        }
        let mut need = self.seek(kind, guess, false, first)?;
        need.runs = self.runs - runs_before;
        Some(need)
    }

    /// Looks for one limit from the peak on; `passes` tells whether the peak is known to pass.
    fn seek(&mut self, kind: LimitKind, peak: u64, passes: bool, first: &Observation) -> Option<Need> {
        let runs_before = self.runs;
        let mut bounds = Bounds { fails: None, passes: passes.then_some(peak), runs: runs_before };
        if bounds.passes.is_none() {
            self.look_upwards(kind, peak, &mut bounds, first)?;
        }
        if let Some(passes) = bounds.passes
            && bounds.fails.is_none()
            && let Some(below) = passes.checked_sub(1)
        {
            if self.passes(kind, below, first)? {
                bounds.passes = Some(below);
            } else {
                bounds.fails = Some(below);
            }
        }
        self.bisect(kind, 1, &mut bounds, first)?;
        let step = first.peak(kind).step;
        // Where less is enough, it is not told which step needs that.
        let is_all = bounds.passes >= Some(peak);
        let by = first.steps.get(step).filter(|_| is_all && step.saturating_add(1) < first.steps.len());
        Some(Need {
            by: by.map(|step| step.name.clone()),
            runs: self.runs - runs_before,
            ..self.need(kind, &bounds, 1)
        })
    }

    /// Goes up from a peak that was only a lower bound, or that was not enough, until a value passes.
    fn look_upwards(
        &mut self,
        kind: LimitKind,
        peak: u64,
        bounds: &mut Bounds,
        first: &Observation,
    ) -> Option<()> {
        let mut value = peak;
        let mut distance = 1_u64;
        loop {
            if self.passes(kind, value, first)? {
                bounds.passes = Some(value);
                return Some(());
            }
            bounds.fails = Some(value);
            if value == u64::MAX || self.runs - bounds.runs >= MOST_RUNS_PER_LIMIT / 2 {
                return Some(());
            }
            value = peak.saturating_add(distance);
            distance = distance.saturating_mul(2);
        }
    }

    /// Narrows the bounds down to neighbours; all values are multiples of `step`.
    pub(super) fn bisect(
        &mut self,
        kind: LimitKind,
        step: u64,
        bounds: &mut Bounds,
        first: &Observation,
    ) -> Option<()> {
        while let Some(passes) = bounds.passes {
            // Below the first value there is none that could pass.
            let low = bounds.fails.map_or(0, |fails| fails / step + 1);
            let high = passes / step;
            if low >= high || self.runs - bounds.runs >= MOST_RUNS_PER_LIMIT {
                break;
            }
            let middle = (low + (high - low) / 2) * step;
            if self.passes(kind, middle, first)? {
                bounds.passes = Some(middle);
            } else {
                bounds.fails = Some(middle);
            }
        }
        Some(())
    }

    pub(super) fn need(&self, limit: LimitKind, bounds: &Bounds, step: u64) -> Need {
        let is_next = |passes: u64| match bounds.fails {
            Some(fails) => passes - fails <= step,
            None => passes == 0,
        };
        Need {
            limit,
            needed: bounds.passes,
            together: bounds.passes,
            proved: bounds.passes.is_some_and(is_next),
            set: self.question.set_now(limit),
            runs: 0,
            step,
            by: None,
        }
    }

    fn unknown(&self, limit: LimitKind) -> Need {
        let step = if limit == LimitKind::WasmStack { STACK_STEP_BYTES } else { 1 };
        Need {
            limit,
            needed: None,
            together: None,
            proved: false,
            set: self.question.set_now(limit),
            runs: 0,
            step,
            by: None,
        }
    }

    /// Sees whether the call passes with all limits at their least, and raises what that takes.
    ///
    /// A guest that makes do with fewer pages may take another way, and burn more fuel on it.
    fn fit_together(&mut self, limits: &mut [Need], first: &Observation) -> Option<bool> {
        let all = |limits: &[Need]| {
            let needed = limits.iter().filter_map(|need| Some((need.limit, need.together?)));
            needed.fold(Trial::default(), |trial, (limit, value)| trial.with(limit, value))
        };
        for need in limits.iter_mut() {
            need.together = need.needed;
        }
        if self.run(&all(limits), None)?.steps == first.steps {
            return Some(true);
        }
        let is_less = |need: &Need| need.needed < first.peak(need.limit).value.value();
        let less = limits.iter().filter(|need| need.limit != LimitKind::WasmStack && is_less(need));
        let less = less.filter_map(|need| Some((need.limit, need.needed?)));
        let less = less.fold(Trial::default(), |trial, (limit, value)| trial.with(limit, value));
        let other_way = self.run(&less, None)?;
        for need in limits.iter_mut() {
            let peak = other_way.peak(need.limit).value.value();
            need.together = need.together.max(peak.filter(|_| less.get(need.limit).is_none()));
        }
        Some(self.run(&all(limits), None)?.steps == first.steps)
    }

    /// Makes more runs for the sake of their time; tells whether all were like the first.
    fn time(&mut self, first: &Observation) -> Option<bool> {
        let mut is_alike = true;
        while self.times.count() < u64::from(MOST_TIMED_RUNS) && self.times.sum_ns() < TIMED_BUDGET_NS {
            let left = u64::from(MOST_TIMED_RUNS) - self.times.count();
            self.expected = self.runs + u32::try_from(left).unwrap_or(MOST_TIMED_RUNS);
            let observation = self.run(&Trial::default(), None)?;
            self.times.record(observation.wall_ns);
            is_alike &= is_like(first, &observation);
        }
        Some(is_alike)
    }

    /// What two runs used, where nothing can be proved.
    fn without_proof(
        &self,
        first: &Observation,
        second: Option<&Observation>,
        hindrance: Option<Hindrance>,
    ) -> Vec<Need> {
        let seen = |kind: LimitKind| {
            let runs = [Some(first), second].into_iter().flatten();
            runs.filter_map(|run| run.peak(kind).value.value())
                .max()
                .filter(|_| hindrance == Some(Hindrance::NotDeterministic))
        };
        SOUGHT.map(|kind| Need { needed: seen(kind), together: seen(kind), ..self.unknown(kind) }).into()
    }
}

/// Tells why the end of a generous run is none that smaller limits could be compared with.
fn unlimited_end(first: &Observation, question: &Question) -> Option<Hindrance> {
    let last = first.steps.last();
    match last.map(|step| step.outcome) {
        Some(Outcome::Limit(kind)) => Some(Hindrance::StillLimited(kind, question.generous_of(kind))),
        Some(Outcome::Cancelled | Outcome::Error) | None => Some(Hindrance::NotCalled),
        Some(Outcome::Trapped(_)) if last.is_some_and(|step| &*step.name == INSTANTIATE_NAME) => {
            Some(Hindrance::NoInstance)
        }
        Some(Outcome::Returned | Outcome::Trapped(_)) => None,
    }
}

/// Tells whether two runs were the same in all but their time.
fn is_like(first: &Observation, other: &Observation) -> bool {
    first.steps == other.steps && first.peaks == other.peaks
}

fn last_step(run: &Observation) -> StepEnd {
    run.steps.last().cloned().unwrap_or(StepEnd {
        name: INSTANTIATE_NAME.into(),
        outcome: Outcome::Error,
        results: Vec::new(),
    })
}

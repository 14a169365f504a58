//! What a call would take: the smallest limits under which it still ends the same way.
//!
//! Knows no engine. Whoever runs the call is handed a [`Trial`] and answers with an [`Observation`]; what to
//! try next, when to stop and what counts as proved is decided here.

mod document;
mod margin;
mod search;
mod stack;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use serde::{Serialize, Serializer};

pub use document::NeedsDocument;
pub use margin::with_margin;
pub use search::find_needs;

use super::call::Outcome;
use super::humanize::{binary_bytes, duration_ns, grouped};
use super::limits::{LimitKind, Limits};
use super::measured::Measured;
use super::timeline::Summary;
use super::value::Value;

/// The limits that are looked for, in the order of every report.
pub const SOUGHT: [LimitKind; 5] = [
    LimitKind::Fuel,
    LimitKind::MemoryPages,
    LimitKind::TableElements,
    LimitKind::CallDepth,
    LimitKind::WasmStack,
];

/// How finely the wasm stack is looked for, in bytes.
pub const STACK_STEP_BYTES: u64 = 1024;

/// Most runs that are made only to learn how long the call takes.
pub const MOST_TIMED_RUNS: u32 = 30;

/// Nanoseconds of guest time after which no further run is made only for the sake of time.
pub const TIMED_BUDGET_NS: u64 = 500_000_000;

/// Most runs for one limit: a bisection over all 64 bits, and the way up to where it begins.
pub const MOST_RUNS_PER_LIMIT: u32 = 130;

/// The limits of one run; what is not set is generous.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Trial {
    values: [Option<u64>; SOUGHT.len()],
    sums_fuel: bool,
}

/// How one step of a run ended: the start function, a hook, a replayed call or the call itself.
#[derive(Debug, Clone, PartialEq)]
pub struct StepEnd {
    /// Name of the export, or a name in parentheses such as `(start)`.
    pub name: Arc<str>,
    /// What ended it.
    pub outcome: Outcome,
    /// Its results.
    pub results: Vec<Value>,
}

/// The most that a run used of one limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Peak {
    /// How much.
    pub value: Measured<u64>,
    /// Index of the step that used it, or [`Self::NO_STEP`].
    pub step: usize,
}

impl Peak {
    /// Instead of a step: the instance was made with it.
    pub const NO_STEP: usize = usize::MAX;
}

/// What one run showed.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// The steps in order; the call itself is the last, unless one before it was the end of all.
    pub steps: Vec<StepEnd>,
    /// The most that was used of each limit, in the order of [`SOUGHT`].
    pub peaks: [Peak; SOUGHT.len()],
    /// Fuel that the last step had burnt when the engine looked at it last, where the trial asked for it.
    pub fuel_at_look: Option<u64>,
    /// Growth that the limits of the run refused, the largest of each kind.
    pub refused: Vec<RefusedByRun>,
    /// Wall-clock time of the last step, in nanoseconds.
    pub wall_ns: u64,
}

/// Growth that a limit of the run itself was in the way of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct RefusedByRun {
    /// Memory pages or table elements.
    #[serde(serialize_with = "by_name")]
    pub limit: LimitKind,
    /// What the run could have.
    pub bound: u64,
    /// The new total that was asked for.
    pub requested: u64,
}

/// How far the search is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Runs that have been made.
    pub runs: u32,
    /// Runs that it will be in the end, by what is known now.
    pub expected: u32,
    /// What is looked for; `None` for the first runs and for those that are timed.
    pub limit: Option<LimitKind>,
}

/// What is needed of one limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// Which limit.
    pub limit: LimitKind,
    /// The smallest value under which the call ends the same way; `None` when it is not known.
    pub needed: Option<u64>,
    /// The value that goes with all other limits at their least; it is more where the guest takes another way
    /// then.
    pub together: Option<u64>,
    /// Whether the needed value was seen to pass and the one below it to end otherwise.
    pub proved: bool,
    /// The limit set now; `None` for no limit.
    pub set: Option<u64>,
    /// Runs that were made for this limit alone.
    pub runs: u32,
    /// How fine the value is: 1, or the bytes by which the stack is looked for.
    pub step: u64,
    /// The step that needs it, where it is not the call itself.
    pub by: Option<Arc<str>>,
}

/// Why the smallest limits were not looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hindrance {
    /// Two runs under the same limits differed; what is needed is the most that was seen.
    NotDeterministic,
    /// The call does not end by itself even under generous limits: which of them ended it, and how much it was,
    /// in milliseconds, bytes, pages or elements, where that is known.
    StillLimited(LimitKind, Option<u64>),
    /// There is no instance, since making one traps.
    NoInstance,
    /// The call could not be made.
    NotCalled,
}

/// The answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Needs {
    /// How the call ends.
    pub end: StepEnd,
    /// Each limit, in the order of [`SOUGHT`].
    pub limits: Vec<Need>,
    /// How long the call takes, on fresh instances.
    pub wall: Summary,
    /// Runs of the call in all.
    pub runs: u32,
    /// Earlier calls that were made again before each run.
    pub replayed: usize,
    /// Earlier calls that were not made again, since there are too many or they are not known.
    pub forgotten: u64,
    /// Whether the values that go together were seen to pass all at once.
    pub passes_together: bool,
    /// Why nothing was looked for, if so.
    pub hindrance: Option<Hindrance>,
    /// Growth that even the generous limits refused: what is needed of those is not known.
    pub bounds_met: Vec<RefusedByRun>,
}

/// What the search has to know beside the runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    /// Limits set now.
    pub set: Limits,
    /// Bytes of the stack that the engine gives now.
    pub stack_set_bytes: u64,
    /// Limits of a generous run; none where the plugin has none either.
    pub generous: Limits,
    /// Bytes of the stack of a generous run.
    pub stack_most_bytes: u64,
    /// Earlier calls that are made again before each run.
    pub replayed: usize,
    /// Earlier calls that are not.
    pub forgotten: u64,
}

impl Trial {
    /// Returns the value of one limit; `None` where it is generous.
    pub fn get(&self, kind: LimitKind) -> Option<u64> {
        self.values[place_of(kind)?]
    }

    /// Returns the same limits with one of them changed.
    pub fn with(mut self, kind: LimitKind, value: u64) -> Self {
        if let Some(place) = place_of(kind) {
            self.values[place] = Some(value);
        }
        self
    }
}

impl Trial {
    /// Returns a generous trial that also tells how much fuel was burnt when the engine looked at it last.
    pub fn summing_fuel() -> Self {
        Self { sums_fuel: true, ..Self::default() }
    }

    /// Tells whether it asks for that.
    pub fn sums_fuel(&self) -> bool {
        self.sums_fuel
    }
}

impl Question {
    /// Returns the limit that is set now; `None` for no limit.
    pub(super) fn set_now(&self, limit: LimitKind) -> Option<u64> {
        match limit {
            LimitKind::WasmStack => Some(self.stack_set_bytes),
            kind => self.set.get(kind),
        }
    }

    /// Returns the limit of a generous run; `None` for no limit.
    pub(super) fn generous_of(&self, limit: LimitKind) -> Option<u64> {
        match limit {
            LimitKind::WasmStack => Some(self.stack_most_bytes),
            kind => self.generous.get(kind),
        }
    }
}

impl Observation {
    /// Returns the most that was used of one limit.
    pub fn peak(&self, kind: LimitKind) -> Peak {
        place_of(kind).map_or_else(Peak::default, |place| self.peaks[place])
    }
}

impl Needs {
    /// Tells whether identical runs were the same in results and figures; `None` where there was only one.
    pub fn is_deterministic(&self) -> Option<bool> {
        match self.hindrance {
            None => Some(true),
            Some(Hindrance::NotDeterministic) => Some(false),
            Some(Hindrance::StillLimited(..) | Hindrance::NoInstance | Hindrance::NotCalled) => None,
        }
    }

    /// Returns what is needed of one limit.
    pub fn need(&self, kind: LimitKind) -> Option<&Need> {
        self.limits.iter().find(|need| need.limit == kind)
    }

    /// Says in sentences what was in the way of an answer, or of a part of it.
    pub fn notes(&self) -> Vec<String> {
        let bounds = self.bounds_met.iter().map(RefusedByRun::sentence);
        let mut notes: Vec<_> = self.hindrance.map(Hindrance::sentence).into_iter().chain(bounds).collect();
        if self.hindrance.is_none() && !self.passes_together {
            notes.push("all of these together are not enough".to_owned());
        }
        notes
    }

    /// Says on which instance the runs were made.
    pub fn setting(&self) -> String {
        setting(self.replayed, self.forgotten)
    }
}

impl Hindrance {
    /// Says in a sentence what was in the way.
    pub fn sentence(self) -> String {
        match self {
            Self::NotDeterministic => {
                "two runs under the same limits differed: what is needed is the most that was seen".to_owned()
            }
            Self::StillLimited(kind, bound) => {
                let bound = bound.map(|bound| match kind {
                    LimitKind::ExecutionTime => duration_ns(bound.saturating_mul(1_000_000)),
                    LimitKind::WasmStack => binary_bytes(bound),
                    _ => grouped(bound),
                });
                let bound = bound.map_or_else(String::new, |bound| format!(" ({bound})"));
                let end = Outcome::Limit(kind).headline().to_lowercase();
                format!("even generous limits end it: {end}{bound}")
            }
            Self::NoInstance => "no instance could be made, so that no call was looked at".to_owned(),
            Self::NotCalled => "the call could not be made".to_owned(),
        }
    }
}

impl RefusedByRun {
    /// Says what was refused, and how to find out what is needed.
    pub fn sentence(&self) -> String {
        let units = if self.limit == LimitKind::TableElements { "table elements" } else { "memory pages" };
        format!(
            "growth to {} {units} was refused even by the generous limit of {}: set a higher limit, or none, to \
             see what is needed",
            grouped(self.requested),
            grouped(self.bound)
        )
    }
}

/// Writes a limit by its name in JSON documents.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "the serialiser hands a reference")]
fn by_name<S: Serializer>(limit: &LimitKind, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(limit.snake_case())
}

/// Says on which instance a call is made again, by the earlier calls that are made before and those that are not.
pub fn setting(replayed: usize, forgotten: u64) -> String {
    match (replayed, forgotten) {
        (0, 0) => "on a fresh instance".to_owned(),
        (0, _) => "on a fresh instance, without the earlier calls".to_owned(),
        (1, _) => "after the earlier call, replayed".to_owned(),
        (calls, _) => format!("after {calls} earlier calls, replayed"),
    }
}

/// Returns where a limit stands in [`SOUGHT`].
fn place_of(kind: LimitKind) -> Option<usize> {
    SOUGHT.iter().position(|sought| *sought == kind)
}

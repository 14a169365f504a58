//! What one call did: its outcome, its figures and its end.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::diagnostic::Place;
use super::limit_rules::LimitRule;
use super::limits::{LimitKind, Limits};
use super::measured::Measured;
use super::value::Value;

pub use super::growth::{DeniedGrowth, GrowthBound, RefusedInCall};

/// Kind of trap, in the words of the specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrapKind {
    /// The operator `unreachable` ran.
    Unreachable,
    /// A load, store or bulk operation left its linear memory.
    MemoryOutOfBounds,
    /// A table operation left its table.
    TableOutOfBounds,
    /// An indirect call named an element past the table's end or an empty one.
    IndirectCallToNull,
    /// An indirect call met a function of another type.
    BadSignature,
    /// An integer was divided by zero.
    IntegerDivideByZero,
    /// A division's result does not fit its type.
    IntegerOverflow,
    /// A float has no integer of the asked type.
    BadConversionToInteger,
    /// A reference that must not be null was.
    NullReference,
    /// A reference was cast to a type that it has not.
    CastFailure,
    /// An array was accessed past its end.
    ArrayOutOfBounds,
    /// An atomic access was not aligned.
    HeapMisaligned,
    /// An atomic wait on memory that is not shared.
    AtomicWaitNonShared,
    /// An exception left the outermost function.
    UncaughtException,
    /// An object is larger than the collector's heap can be.
    AllocationTooLarge,
    /// The system had no memory left for what was asked for.
    OutOfMemory,
    /// A function that nobody provides was called.
    MissingImport,
    /// A host function failed.
    HostFunction,
    /// Any other trap of the engine.
    Other,
}

impl TrapKind {
    /// Returns the trap in words, such as `integer divide by zero`.
    pub fn phrase(self) -> String {
        self.snake_case().replace('_', " ")
    }

    /// Returns the name in JSON documents.
    pub fn snake_case(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::MemoryOutOfBounds => "memory_out_of_bounds",
            Self::TableOutOfBounds => "table_out_of_bounds",
            Self::IndirectCallToNull => "indirect_call_to_null",
            Self::BadSignature => "bad_signature",
            Self::IntegerDivideByZero => "integer_divide_by_zero",
            Self::IntegerOverflow => "integer_overflow",
            Self::BadConversionToInteger => "bad_conversion_to_integer",
            Self::NullReference => "null_reference",
            Self::CastFailure => "cast_failure",
            Self::ArrayOutOfBounds => "array_out_of_bounds",
            Self::HeapMisaligned => "heap_misaligned",
            Self::AtomicWaitNonShared => "atomic_wait_non_shared",
            Self::UncaughtException => "uncaught_exception",
            Self::AllocationTooLarge => "allocation_too_large",
            Self::OutOfMemory => "out_of_memory",
            Self::MissingImport => "missing_import",
            Self::HostFunction => "host_function",
            Self::Other => "other",
        }
    }
}

/// What ended a call, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The function returned.
    Returned,
    /// The guest trapped by its own doing.
    Trapped(TrapKind),
    /// A limit of the sandbox stopped it.
    Limit(LimitKind),
    /// Somebody pressed Stop.
    Cancelled,
    /// The call could not be made: wrong arguments, no such export, a failure of the host.
    Error,
}

impl Outcome {
    /// Returns the word in JSON documents.
    pub fn word(self) -> &'static str {
        match self {
            Self::Returned => "returned",
            Self::Trapped(_) => "trapped",
            Self::Limit(_) => "limit",
            Self::Cancelled => "cancelled",
            Self::Error => "error",
        }
    }

    /// Returns which limit stopped the call, if one did.
    pub fn limit(self) -> Option<LimitKind> {
        match self {
            Self::Limit(kind) => Some(kind),
            _ => None,
        }
    }

    /// Returns which trap ended the call, if one did.
    pub fn trap(self) -> Option<TrapKind> {
        match self {
            Self::Trapped(kind) => Some(kind),
            _ => None,
        }
    }

    /// Returns the headline of a call's end, such as `Stopped by the fuel limit`.
    pub fn headline(self) -> String {
        match self {
            Self::Returned => "Returned".to_owned(),
            Self::Trapped(kind) => format!("Trapped: {}", kind.phrase()),
            Self::Limit(LimitKind::WasmStack) => "Wasm stack exhausted".to_owned(),
            Self::Limit(kind) => format!("Stopped by the {}", kind.phrase()),
            Self::Cancelled => "Stopped by you".to_owned(),
            Self::Error => "Could not be called".to_owned(),
        }
    }
}

/// Which part of a plugin's life a call belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CallKind {
    /// Making the instance; recorded only when it fails.
    Instantiate,
    /// The start function.
    Start,
    /// A hook: `_initialize` or `_cleanup`.
    Hook,
    /// A call that somebody asked for.
    Export,
}

/// Name under which a failed instantiation is recorded.
pub const INSTANTIATE_NAME: &str = "(instantiate)";

/// Name under which the start function's run is recorded.
pub const START_NAME: &str = "(start)";

/// One frame of a backtrace, innermost first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Frame {
    /// Where it stands.
    pub place: Place,
}

/// What is known of a call's end beyond its outcome, its place and what limits refused.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EndDetails {
    /// Frames at its end, of which the backtrace names at most [`MOST_FRAMES_KEPT`]; a lower bound where the
    /// engine itself saw no more. Not measured without a backtrace.
    pub frames: Measured<u64>,
    /// Whether code of the guest ran before it ended; no question for anything but an instantiation.
    pub has_run: bool,
    /// Whether its fuel had run out before the next check, so that it ended by itself all the same.
    pub has_overrun: bool,
    /// The operator that it ended in, where one operator may cost as much as a loop: `memory.fill` and the like.
    pub bulk: Option<&'static str>,
    /// Growth that the module's own maximum or the system refused, in order; of much of it only the newest.
    pub unmet: Vec<DeniedGrowth>,
    /// All growth that was refused, counted.
    pub refused: RefusedInCall,
}

/// Most frames that a record keeps; the middle of a deeper stack is left out.
pub const MOST_FRAMES_KEPT: usize = 100;

/// Everything that is known of one call.
#[derive(Debug, Clone, PartialEq)]
pub struct CallRecord {
    /// Number of the call in its plugin's life, from 1; start and hooks count too.
    pub number: u64,
    /// Part of the plugin's life.
    pub kind: CallKind,
    /// Name of the export, or a name in parentheses such as `(start)`.
    pub export: Arc<str>,
    /// Arguments.
    pub args: Vec<Value>,
    /// Results; also there when a limit was overrun before the next check.
    pub results: Vec<Value>,
    /// What ended it.
    pub outcome: Outcome,
    /// What happened, in one sentence; `None` when it just returned.
    pub message: Option<String>,
    /// What to do about it.
    pub hint: Option<String>,
    /// What the guest saw of its end or of refused growth.
    pub note: Option<String>,
    /// Where it ended; `None` when it returned.
    pub place: Option<Place>,
    /// Frames at its end, innermost first; empty when it returned.
    pub backtrace: Vec<Frame>,
    /// Wall-clock time in nanoseconds, pauses left out.
    pub wall_ns: u64,
    /// Fuel burnt.
    pub fuel: Measured<u64>,
    /// Most pages of 64 KiB over all memories and the collector's heap during the call, absolute.
    pub peak_memory_pages: u64,
    /// Most elements over all tables during the call, absolute.
    pub peak_table_elements: u64,
    /// Most frames during the call.
    pub peak_call_depth: Measured<u64>,
    /// Whether a fresh instance was made for this call because the one before it had failed.
    pub fresh_instance: bool,
    /// Growth that a limit refused during the call, in order; of much of it only the newest.
    pub denied: Vec<DeniedGrowth>,
    /// How often a limit refused growth during the call; not less than [`Self::denied`] names.
    pub refused_growths: u64,
    /// What else is known of its end.
    pub end: EndDetails,
    /// Core instances of the plugin.
    pub instances: u64,
    /// Bytes of native stack that the engine allows; their use can't be read.
    pub wasm_stack_bytes: u64,
    /// Limits in force.
    pub limits: Limits,
    /// The rule for single functions that changed them, if one did.
    pub rule: Option<LimitRule>,
    /// Number of the build that ran.
    pub build: u64,
    /// When it started, in nanoseconds since the plugin's timeline began.
    pub started_ns: u64,
}

/// The figures of one call that plots and lists need, kept for each of a million calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallSample {
    /// When it started, in nanoseconds since the plugin's timeline began.
    pub started_ns: u64,
    /// Wall-clock time in nanoseconds.
    pub wall_ns: u64,
    /// Fuel burnt.
    pub fuel: Measured<u64>,
    /// Most pages of 64 KiB over all memories during the call.
    pub peak_memory_pages: u64,
    /// Most frames during the call.
    pub peak_call_depth: Measured<u64>,
    /// What ended it.
    pub outcome: Outcome,
    /// Whether growth was refused during the call.
    pub was_denied: bool,
    /// Index of the export's name in the timeline's table of names.
    pub export: u32,
}

impl CallRecord {
    /// Begins a record: nothing is known yet but what was asked for. It counts as returned until told otherwise.
    pub fn begin(kind: CallKind, export: Arc<str>, args: &[Value]) -> Self {
        Self {
            number: 0,
            kind,
            export,
            args: args.to_vec(),
            results: Vec::new(),
            outcome: Outcome::Returned,
            message: None,
            hint: None,
            note: None,
            place: None,
            backtrace: Vec::new(),
            wall_ns: 0,
            fuel: Measured::NotMeasured,
            peak_memory_pages: 0,
            peak_table_elements: 0,
            peak_call_depth: Measured::NotMeasured,
            fresh_instance: false,
            denied: Vec::new(),
            refused_growths: 0,
            end: EndDetails::default(),
            instances: 0,
            wasm_stack_bytes: 0,
            limits: Limits::UNLIMITED,
            rule: None,
            build: 1,
            started_ns: 0,
        }
    }

    /// Returns the figures that plots need; `export` is the index of its name in the timeline.
    pub fn sample(&self, export: u32) -> CallSample {
        CallSample {
            started_ns: self.started_ns,
            wall_ns: self.wall_ns,
            fuel: self.fuel,
            peak_memory_pages: self.peak_memory_pages,
            peak_call_depth: self.peak_call_depth,
            outcome: self.outcome,
            was_denied: !(self.denied.is_empty() && self.end.unmet.is_empty()),
            export,
        }
    }

    /// Returns how many frames of the middle the backtrace leaves out.
    pub fn frames_left_out(&self) -> u64 {
        let kept = self.backtrace.len() as u64;
        self.end.frames.value().map_or(0, |frames| frames.saturating_sub(kept))
    }

    /// Tells whether a growth that a limit refused is what the end is to be explained by: the guest went on after
    /// it, or it was the end. The collector may do without the growth that it was refused.
    pub(super) fn counts_as_refused(&self, growth: &DeniedGrowth) -> bool {
        !growth.collector || self.outcome == Outcome::Limit(growth.kind())
    }

    /// Tells whether growth was refused that explains the end, whoever refused it.
    pub(super) fn was_refused_growth(&self) -> bool {
        self.denied.iter().any(|growth| self.counts_as_refused(growth)) || self.unmet_before().is_some()
    }

    /// Returns the newest growth that no limit refused and after which the guest went on, where none that a limit
    /// refused explains the end as well.
    pub(super) fn unmet_before(&self) -> Option<&DeniedGrowth> {
        if self.denied.iter().any(|growth| self.counts_as_refused(growth)) {
            return None;
        }
        let has_gone_on = self.outcome != Outcome::Trapped(TrapKind::OutOfMemory);
        self.end.unmet.last().filter(|growth| has_gone_on && !growth.collector)
    }

    /// Returns all growth that was refused during the call and is named, in order, whoever refused it.
    pub fn all_denied(&self) -> Vec<&DeniedGrowth> {
        let mut all: Vec<_> = self.denied.iter().chain(&self.end.unmet).collect();
        all.sort_by_key(|growth| growth.nth);
        all
    }

    /// Tells whether the call returned, within all limits.
    pub fn is_success(&self) -> bool {
        self.outcome == Outcome::Returned
    }
}

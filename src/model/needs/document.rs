//! What a call would take, as a JSON document.
//!
//! Knows nothing of how it was found.

use serde::Serialize;

use super::{Need, Needs, Question, RefusedByRun, SOUGHT, STACK_STEP_BYTES};
use crate::model::call::{Outcome, TrapKind};
use crate::model::limits::LimitKind;

/// The answer in a JSON document; the fields are its keys, in this order.
#[derive(Debug, Serialize)]
pub struct NeedsDocument<'a> {
    /// Name of the export that was called, or of the step before it that did not return.
    pub export: &'a str,
    /// `returned`, `trapped`, `limit`, `cancelled` or `error`.
    pub outcome: &'static str,
    /// Which limit stopped the call although all were generous.
    pub limit: Option<&'static str>,
    /// Which trap ended the call.
    pub trap: Option<&'static str>,
    /// Results in their text form.
    pub results: Vec<String>,
    /// Each limit that was looked for.
    pub limits: Vec<NeedDocument<'a>>,
    /// How long the call takes.
    pub wall_ns: WallDocument,
    /// Runs of the call in all.
    pub runs: u32,
    /// How many of them were timed.
    pub timed_runs: u64,
    /// Whether runs under the same limits were the same; `null` where no two were compared.
    pub deterministic: Option<bool>,
    /// Earlier calls that were made again before each run.
    pub replayed: usize,
    /// Whether the values that go together were seen to pass all at once.
    pub passes_together: bool,
    /// Growth that even the generous limits refused, so that it is not known what is needed.
    pub bounds_met: &'a [RefusedByRun],
    /// What was in the way of an answer, or of a part of it.
    pub message: Option<String>,
}

/// One limit.
#[derive(Debug, Serialize)]
pub struct NeedDocument<'a> {
    /// Which one.
    pub limit: &'static str,
    /// The smallest value that passes.
    pub needed: Option<u64>,
    /// Whether that value was seen to pass and the one below it to end otherwise.
    pub proved: bool,
    /// The limit in force; `null` for none.
    pub set: Option<u64>,
    /// The value that goes with all other limits at their least.
    pub together: Option<u64>,
    /// How fine the value is.
    pub step: u64,
    /// Runs that were made for this limit alone.
    pub runs: u32,
    /// The step that needs it, where it is not the call itself.
    pub by: Option<&'a str>,
}

/// Wall-clock time of the call on fresh instances, in nanoseconds; `null` where no run has ended.
#[derive(Debug, Serialize)]
pub struct WallDocument {
    /// What half of the runs did not exceed.
    pub p50: Option<u64>,
    /// What 95 of 100 runs did not exceed.
    pub p95: Option<u64>,
    /// What 99 of 100 runs did not exceed.
    pub p99: Option<u64>,
}

impl<'a> From<&'a Needs> for NeedsDocument<'a> {
    fn from(needs: &'a Needs) -> Self {
        let end = &needs.end;
        Self {
            export: &end.name,
            outcome: end.outcome.word(),
            limit: end.outcome.limit().map(LimitKind::snake_case),
            trap: end.outcome.trap().map(TrapKind::snake_case),
            results: end.results.iter().map(crate::model::value::Value::to_text).collect(),
            limits: needs.limits.iter().map(NeedDocument::from).collect(),
            wall_ns: WallDocument {
                p50: Some(needs.wall.p50),
                p95: Some(needs.wall.p95),
                p99: Some(needs.wall.p99),
            },
            runs: needs.runs,
            timed_runs: needs.wall.count,
            deterministic: needs.is_deterministic(),
            replayed: needs.replayed,
            passes_together: needs.passes_together,
            bounds_met: &needs.bounds_met,
            message: Some(needs.notes().join("; ")).filter(|message| !message.is_empty()),
        }
    }
}

impl<'a> NeedsDocument<'a> {
    /// The document of a search that somebody stopped: it has an answer to nothing.
    pub fn stopped(question: &Question, export: &'a str) -> Self {
        let unknown = |kind: LimitKind| NeedDocument {
            limit: kind.snake_case(),
            needed: None,
            proved: false,
            set: question.set_now(kind),
            together: None,
            step: if kind == LimitKind::WasmStack { STACK_STEP_BYTES } else { 1 },
            runs: 0,
            by: None,
        };
        Self {
            export,
            outcome: Outcome::Cancelled.word(),
            limit: None,
            trap: None,
            results: Vec::new(),
            limits: SOUGHT.map(unknown).into(),
            wall_ns: WallDocument { p50: None, p95: None, p99: None },
            runs: 0,
            timed_runs: 0,
            deterministic: None,
            replayed: question.replayed,
            passes_together: false,
            bounds_met: &[],
            message: Some("stopped before there was an answer".to_owned()),
        }
    }
}

impl<'a> From<&'a Need> for NeedDocument<'a> {
    fn from(need: &'a Need) -> Self {
        Self {
            limit: need.limit.snake_case(),
            needed: need.needed,
            proved: need.proved,
            set: need.set,
            together: need.together,
            step: need.step,
            runs: need.runs,
            by: need.by.as_deref(),
        }
    }
}

//! What a call would take, as the window sees it, and the earlier calls that come before each run of it.

use std::sync::Arc;
use std::time::Duration;

use crate::engine::{EngineSettings, ProbedCall};
use crate::model::call::{CallKind, CallRecord};
use crate::model::ids::{BuildNumber, RequestId};
use crate::model::limits::LimitKind;
use crate::model::needs::{Need, Needs, Progress, with_margin};

/// Most earlier calls that are made again before each run.
const MOST_EARLIER: usize = 100;

/// Nanoseconds that all of them together may take.
const MOST_EARLIER_NS: u64 = 2_000_000_000;

/// A question about what a call would take, and how it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct NeedsView {
    /// The call.
    pub call: ProbedCall,
    /// Build that it was asked of.
    pub build: BuildNumber,
    /// How the question stands.
    pub status: NeedsStatus,
}

/// How a question about what a call would take stands.
#[derive(Debug, Clone, PartialEq)]
pub enum NeedsStatus {
    /// Is being looked for.
    Running {
        /// What will answer.
        request: RequestId,
        /// How far it is, once that is known.
        progress: Option<Progress>,
        /// When it was asked, after the program's start.
        since: Duration,
    },
    /// Is known.
    Found(Arc<Needs>),
    /// Was stopped.
    Stopped,
    /// Can't be known.
    Failed(String),
}

/// The calls that the instance has had, as far as they can be made again.
#[derive(Debug, Default)]
pub struct EarlierCalls {
    calls: Vec<(u64, ProbedCall)>,
    wall_ns: u64,
    forgotten: u64,
}

impl NeedsView {
    /// Tells whether it is being looked for by that request.
    pub fn is_asked_by(&self, request: RequestId) -> bool {
        matches!(self.status, NeedsStatus::Running { request: asked, .. } if asked == request)
    }

    /// Returns the answer, if there is one.
    pub fn found(&self) -> Option<&Arc<Needs>> {
        match &self.status {
            NeedsStatus::Found(needs) => Some(needs),
            _ => None,
        }
    }
}

/// Returns the limit that gives a call what it needs and some room, with all other limits as tight.
pub fn roomy_limit(need: &Need) -> Option<(LimitKind, u64)> {
    let value = need.together.or(need.needed)?;
    // The stack is a setting of the engine and not of the plugin.
    LimitKind::SETTABLE.contains(&need.limit).then(|| (need.limit, with_margin(need.limit, value)))
}

/// Returns the native stack, in bytes, that gives a call what it needs and some room, within what can be set.
pub fn roomy_stack_bytes(need: &Need) -> Option<usize> {
    let value = need.together.or(need.needed).filter(|_| need.limit == LimitKind::WasmStack)?;
    let range = EngineSettings::WASM_STACK_BYTES;
    let bytes = usize::try_from(with_margin(LimitKind::WasmStack, value)).unwrap_or(usize::MAX);
    Some(bytes.clamp(*range.start(), *range.end()))
}

impl EarlierCalls {
    /// Nanoseconds that all of them took together.
    pub(crate) fn wall_ns(&self) -> u64 {
        self.wall_ns
    }

    /// Begins anew, with a fresh instance.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Takes up a call that ended.
    pub(crate) fn note(&mut self, record: &CallRecord) {
        if record.kind != CallKind::Export {
            return;
        }
        self.wall_ns = self.wall_ns.saturating_add(record.wall_ns);
        if self.calls.len() >= MOST_EARLIER {
            self.forgotten += 1;
        } else {
            let call = ProbedCall { export: Arc::clone(&record.export), args: record.args.clone() };
            self.calls.push((record.number, call));
        }
    }

    /// Notes that something happened to the instance that can't be done again.
    pub(crate) fn forget(&mut self, times: u64) {
        self.forgotten = self.forgotten.saturating_add(times);
    }

    /// Returns the calls before the one of that number, or all of them, and how many there are beside those.
    pub(crate) fn before(&self, number: Option<u64>) -> (Vec<ProbedCall>, u64) {
        let is_known = number.is_none_or(|number| self.calls.iter().any(|(other, _)| *other == number));
        let before = self.calls.iter().take_while(|(other, _)| Some(*other) != number);
        let calls: Vec<_> = before.map(|(_, call)| call.clone()).collect();
        if !is_known || self.forgotten > 0 || self.wall_ns > MOST_EARLIER_NS {
            let beside = self.forgotten.saturating_add(calls.len() as u64);
            return (Vec::new(), if is_known { beside } else { beside.max(1) });
        }
        (calls, 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(number: u64) -> CallRecord {
        CallRecord { number, wall_ns: 1000, ..CallRecord::begin(CallKind::Export, "f".into(), &[]) }
    }

    #[test]
    fn the_calls_before_one_are_known_or_said_to_be_forgotten() {
        let mut earlier = EarlierCalls::default();
        assert_eq!(earlier.before(None), (Vec::new(), 0));
        for number in 1..=3 {
            earlier.note(&record(number));
        }
        let count = |number| {
            let (calls, forgotten) = earlier.before(number);
            (calls.len(), forgotten)
        };
        assert_eq!([count(None), count(Some(1)), count(Some(3))], [(3, 0), (0, 0), (2, 0)]);
        assert_eq!(count(Some(9)), (0, 3), "a call of an older instance");
        earlier.forget(5);
        assert_eq!(earlier.before(None), (Vec::new(), 8));
        earlier.clear();
        earlier.note(&CallRecord { wall_ns: MOST_EARLIER_NS + 1, ..record(1) });
        assert_eq!(earlier.before(None), (Vec::new(), 1));
    }
}

//! How far to raise a limit that was in a call's way.
//!
//! Knows no fields and no buttons; whoever has some offers the raise and applies it.

use super::call::{CallRecord, Outcome};
use super::humanize;
use super::limits::{LimitKind, Limits};

/// A limit and what it should be raised to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Raise {
    /// Limit that was in the way.
    pub kind: LimitKind,
    /// Its new value.
    pub value: u64,
}

impl Raise {
    /// Returns the raise that gives a call room: what a refused growth asked for, ten times the fuel or the
    /// time, twice the depth and the like.
    ///
    /// `None` where no limit was in the way, or where it has been raised that far since.
    pub fn after(record: &CallRecord, now: &Limits) -> Option<Self> {
        let raise = Self::of_refused_growth(record).or_else(|| Self::of_outcome(record))?;
        now.get(raise.kind).is_some_and(|limit| limit < raise.value).then_some(raise)
    }

    /// Writes the new value with its unit, such as `400 000` or `20 pages`.
    pub fn value_text(&self) -> String {
        let value = humanize::count(self.value);
        match self.kind {
            LimitKind::Fuel | LimitKind::CallDepth | LimitKind::WasmStack => value,
            LimitKind::ExecutionTime => format!("{value} ms"),
            LimitKind::MemoryPages => format!("{value} pages"),
            LimitKind::TableElements => format!("{value} elements"),
            LimitKind::Instances => format!("{value} instances"),
        }
    }

    fn of_refused_growth(record: &CallRecord) -> Option<Self> {
        let growth = record.denied.iter().rev().find(|growth| growth.limit.is_some())?;
        let same = record.denied.iter().filter(|other| other.what == growth.what && other.limit.is_some());
        let value = same.map(|other| other.requested).max()?;
        Some(Self { kind: growth.what, value })
    }

    fn of_outcome(record: &CallRecord) -> Option<Self> {
        let Outcome::Limit(kind) = record.outcome else { return None };
        let factor = match kind {
            LimitKind::Fuel | LimitKind::ExecutionTime => 10,
            LimitKind::MemoryPages
            | LimitKind::TableElements
            | LimitKind::Instances
            | LimitKind::CallDepth
            | LimitKind::WasmStack => 2,
        };
        let value = record.limits.get(kind)?.max(1).saturating_mul(factor);
        Some(Self { kind, value })
    }
}

#[cfg(test)]
mod tests {
    use super::super::call::{DeniedGrowth, TrapKind};
    use super::super::call_json::tests::trapped_record;
    use super::*;

    /// How a call ended, the growths that were refused in it, and the limit that is raised with its new value.
    type Case = (Outcome, &'static [u64], Option<(LimitKind, u64)>);

    fn ended(outcome: Outcome, limits: Limits, requested: &[u64]) -> CallRecord {
        let denied = requested.iter().map(|requested| DeniedGrowth {
            what: LimitKind::MemoryPages,
            requested: *requested,
            limit: Some(16),
            place: None,
        });
        CallRecord { outcome, limits, denied: denied.collect(), ..trapped_record() }
    }

    #[test]
    fn each_end_raises_the_limit_that_was_in_the_way() {
        let limits = Limits { fuel: Some(40_000), call_depth: Some(100), ..Limits::default() };
        let limits = Limits { memory_pages: Some(16), execution_time_ms: Some(0), ..limits };
        let cases: [Case; 8] = [
            (Outcome::Limit(LimitKind::Fuel), &[], Some((LimitKind::Fuel, 400_000))),
            (Outcome::Limit(LimitKind::ExecutionTime), &[], Some((LimitKind::ExecutionTime, 10))),
            (Outcome::Limit(LimitKind::CallDepth), &[], Some((LimitKind::CallDepth, 200))),
            (Outcome::Limit(LimitKind::MemoryPages), &[20], Some((LimitKind::MemoryPages, 20))),
            (Outcome::Trapped(TrapKind::Unreachable), &[32, 17], Some((LimitKind::MemoryPages, 32))),
            (Outcome::Trapped(TrapKind::Unreachable), &[], None),
            (Outcome::Limit(LimitKind::WasmStack), &[], None),
            (Outcome::Returned, &[17], Some((LimitKind::MemoryPages, 17))),
        ];
        for (outcome, requested, expected) in cases {
            let raise = Raise::after(&ended(outcome, limits, requested), &limits);
            assert_eq!(raise.map(|raise| (raise.kind, raise.value)), expected, "{outcome:?} {requested:?}");
        }
    }

    #[test]
    fn a_limit_that_has_been_raised_or_lifted_since_is_left_alone() {
        let limits = Limits { fuel: Some(100), ..Limits::default() };
        let record = ended(Outcome::Limit(LimitKind::Fuel), limits, &[]);
        for (fuel, is_offered) in [(Some(100), true), (Some(999), true), (Some(1000), false), (None, false)] {
            let now = Limits { fuel, ..limits };
            assert_eq!(Raise::after(&record, &now).is_some(), is_offered, "{fuel:?}");
        }
    }

    #[test]
    fn the_largest_limit_is_not_passed() {
        let limits = Limits { fuel: Some(u64::MAX - 1), ..Limits::default() };
        let record = ended(Outcome::Limit(LimitKind::Fuel), limits, &[]);
        assert_eq!(Raise::after(&record, &limits).map(|raise| raise.value), Some(u64::MAX));
    }
}

//! Which operators a call ran, as the window sees it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::engine::ProbedCall;
use crate::model::call::{CallRecord, Outcome};
use crate::model::ids::{BuildNumber, RequestId};
use crate::model::measured::Measured;
use crate::model::operators::{CountStep, OperatorCounts, PriceChanges};
use crate::model::value::Value;

/// Most calls of which the fuel at the engine's own prices is kept.
const MOST_PRICED: usize = 1000;

/// A question about which operators a call runs, and how it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct CountsView {
    /// The call.
    pub call: ProbedCall,
    /// How the call ended that it repeats; `None` for one that stands in the fields of Call.
    pub original: Option<OriginalEnd>,
    /// Build that it was asked of.
    pub build: BuildNumber,
    /// On which instance it is made, in words.
    pub setting: String,
    /// Whether a person asked, who must not lose the answer to one that nobody waits for.
    pub is_asked: bool,
    /// How the question stands.
    pub status: CountsStatus,
}

/// How a question about the operators of a call stands.
#[derive(Debug, Clone, PartialEq)]
pub enum CountsStatus {
    /// Is being counted.
    Running {
        /// What will answer.
        request: RequestId,
        /// How far it is, once that is known.
        step: Option<CountStep>,
        /// When it was asked, after the program's start.
        since: Duration,
    },
    /// Is known.
    Counted(Arc<OperatorCounts>),
    /// Was stopped.
    Stopped,
    /// Can't be known.
    Failed(String),
}

/// The end of a call that is made again to count its operators.
#[derive(Debug, Clone, PartialEq)]
pub struct OriginalEnd {
    /// Its number.
    pub number: u64,
    /// What ended it.
    pub outcome: Outcome,
    /// Its results.
    pub results: Vec<Value>,
    /// Fuel that it burnt.
    pub fuel: Measured<u64>,
}

/// What became of a call when its operators were counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeated {
    /// It ended as it had, with the same results and the same fuel.
    Alike,
    /// It ended as it had, but burnt other fuel.
    OtherFuel,
    /// It returned something else.
    OtherResults,
    /// It ended otherwise.
    OtherEnd,
}

/// What calls at prices of their own would burn at the engine's, by number; of many only the newest.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DefaultFuel {
    by_number: BTreeMap<u64, u64>,
}

impl CountsView {
    /// Tells whether it is being counted for that request.
    pub fn is_asked_by(&self, request: RequestId) -> bool {
        matches!(self.status, CountsStatus::Running { request: asked, .. } if asked == request)
    }

    /// Returns the counts, if they are known.
    pub fn counted(&self) -> Option<&Arc<OperatorCounts>> {
        match &self.status {
            CountsStatus::Counted(counts) => Some(counts),
            _ => None,
        }
    }

    /// Compares the counted call with the one that it repeats.
    pub fn repeated(&self) -> Option<(&OriginalEnd, Repeated)> {
        let (original, counts) = (self.original.as_ref()?, self.counted()?);
        // Of a call that did not return, fuel is a lower bound that depends on when it was looked at.
        let has_same_fuel =
            original.fuel == counts.fuel || !original.fuel.is_exact() || !counts.fuel.is_exact();
        let repeated = match (original.outcome == counts.outcome, original.results == counts.results) {
            (false, _) => Repeated::OtherEnd,
            (true, false) => Repeated::OtherResults,
            (true, true) if has_same_fuel => Repeated::Alike,
            (true, true) => Repeated::OtherFuel,
        };
        Some((original, repeated))
    }
}

impl From<&CallRecord> for OriginalEnd {
    fn from(record: &CallRecord) -> Self {
        Self {
            number: record.number,
            outcome: record.outcome,
            results: record.results.clone(),
            fuel: record.fuel,
        }
    }
}

impl DefaultFuel {
    /// Returns what the call of that number would burn at the engine's own prices, where that was counted.
    pub fn get(&self, number: u64) -> Option<u64> {
        self.by_number.get(&number).copied()
    }

    /// Takes up what was counted, where it stands for the call that it repeats.
    pub(crate) fn note(&mut self, view: &CountsView) {
        let Some((original, Repeated::Alike)) = view.repeated() else { return };
        let counts = view.counted().filter(|counts| counts.is_exact && !counts.prices.is_empty());
        let Some(fuel) = counts.and_then(|counts| counts.fuel_at(&PriceChanges::default())) else { return };
        self.by_number.insert(original.number, fuel);
        if self.by_number.len() > MOST_PRICED {
            self.by_number.pop_first();
        }
    }

    pub(crate) fn clear(&mut self) {
        self.by_number.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(original: OriginalEnd, counts: OperatorCounts) -> CountsView {
        CountsView {
            call: ProbedCall { export: "f".into(), args: Vec::new() },
            original: Some(original),
            build: BuildNumber(1),
            setting: String::new(),
            is_asked: true,
            status: CountsStatus::Counted(Arc::new(counts)),
        }
    }

    #[test]
    fn only_a_call_that_ended_alike_tells_what_the_original_would_burn() {
        let counts = OperatorCounts {
            outcome: Outcome::Returned,
            results: vec![Value::I32(3)],
            operators: Vec::new(),
            markers: Vec::new(),
            entries: 2,
            fuel: Measured::Exact(20),
            prices: PriceChanges::only("i32.mul"),
            bulk_fuel: Some(5),
            is_exact: true,
        };
        let end = |outcome, result, fuel| OriginalEnd {
            number: 7,
            outcome,
            results: vec![Value::I32(result)],
            fuel: Measured::Exact(fuel),
        };
        let table = [
            (end(Outcome::Returned, 3, 20), Repeated::Alike, Some(7)),
            (end(Outcome::Returned, 3, 21), Repeated::OtherFuel, None),
            (end(Outcome::Returned, 4, 20), Repeated::OtherResults, None),
            (end(Outcome::Cancelled, 3, 20), Repeated::OtherEnd, None),
        ];
        for (original, repeated, fuel) in table {
            let view = view(original, counts.clone());
            assert_eq!(view.repeated().map(|(_, repeated)| repeated), Some(repeated));
            let mut known = DefaultFuel::default();
            known.note(&view);
            assert_eq!(known.get(7), fuel, "{repeated:?}");
        }
        let at_default = OperatorCounts { prices: PriceChanges::default(), ..counts };
        let mut known = DefaultFuel::default();
        known.note(&view(end(Outcome::Returned, 3, 20), at_default));
        assert_eq!(known.get(7), None, "its fuel is that already");
    }
}

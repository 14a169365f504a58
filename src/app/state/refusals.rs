//! Growth that was refused, as far as the gauges show it: the newest of each kind.
//!
//! Counts nothing: how often a limit refused growth in a plugin's life is told by the engine.

use std::collections::VecDeque;

use crate::model::call::DeniedGrowth;
use crate::model::limits::LimitKind;

/// Most refused growths of a kind that are kept: more marks would not be told apart on a gauge.
const MOST_KEPT: usize = 32;

/// The newest refused growths of a plugin.
#[derive(Debug, Default)]
pub struct Refusals {
    pages: OfKind,
    elements: OfKind,
}

/// Those of memories, or those of tables.
#[derive(Debug, Default)]
pub struct OfKind {
    /// The newest of them, oldest first.
    pub newest: VecDeque<DeniedGrowth>,
    /// Number of the call in which the last one was refused; 0 while there is none.
    pub last_call: u64,
}

impl Refusals {
    /// Returns those of memory pages or of table elements; none of other kinds.
    pub fn of(&self, kind: LimitKind) -> Option<&OfKind> {
        match kind {
            LimitKind::MemoryPages => Some(&self.pages),
            LimitKind::TableElements => Some(&self.elements),
            _ => None,
        }
    }

    /// Takes up growth that was refused in the call of that number, oldest first.
    pub(crate) fn note(&mut self, number: u64, denied: &[&DeniedGrowth]) {
        for growth in denied {
            let of =
                if growth.what == LimitKind::TableElements { &mut self.elements } else { &mut self.pages };
            if of.newest.len() == MOST_KEPT {
                of.newest.pop_front();
            }
            of.newest.push_back((*growth).clone());
            of.last_call = number;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::call::GrowthBound;

    #[test]
    fn the_newest_of_each_kind_are_kept_with_their_call() {
        let growth = |what, requested| DeniedGrowth {
            what,
            requested,
            growth: 1,
            bound: GrowthBound::Total,
            size: requested,
            limit: Some(4),
            maximum: None,
            collector: false,
            place: None,
            nth: 1,
        };
        let mut refusals = Refusals::default();
        for number in 1..=40 {
            refusals.note(number, &[&growth(LimitKind::MemoryPages, number)]);
        }
        refusals.note(41, &[&growth(LimitKind::TableElements, 7)]);
        let of = |kind| {
            let of = refusals.of(kind).expect("growth of it is refused");
            (of.newest.front().map(|growth| growth.requested), of.newest.len(), of.last_call)
        };
        assert_eq!(of(LimitKind::MemoryPages), (Some(9), MOST_KEPT, 40));
        assert_eq!(of(LimitKind::TableElements), (Some(7), 1, 41));
        assert!(refusals.of(LimitKind::Fuel).is_none());
    }
}

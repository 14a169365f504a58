//! Growth that was asked for and not given: by which bound, how much, and how often in a call.
//!
//! Knows no places beyond those that it is told, and gives no advice.

use serde::Serialize;

use super::diagnostic::Place;
use super::humanize::{counted, grouped};
use super::limits::LimitKind;

/// Pages that no machine has addresses for: 128 TiB, the half of 48 bits that programs get.
const MOST_PAGES: u64 = 1 << 31;

/// The same for the elements of tables, which take eight bytes at least.
const MOST_ELEMENTS: u64 = 1 << 44;

/// What the engine tells of all pages beyond: as many as have 64 bits of addresses, without the last.
const MOST_PAGES_TOLD: u64 = (1 << 48) - 1;

/// Which bound refused a growth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GrowthBound {
    /// The limit of all memories or tables together.
    Total,
    /// The limit of each single growth.
    PerGrowth,
    /// What the memory or table may have at most by its own declaration or type.
    OwnMaximum,
    /// None: the system had no room.
    System,
}

/// Growth that was asked for and refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeniedGrowth {
    /// What was to grow: memory pages or table elements.
    pub what: LimitKind,
    /// The new total that was asked for, in pages or elements.
    pub requested: u64,
    /// How much this growth asked for, in pages or elements.
    pub growth: u64,
    /// What that memory or table alone would have had, in pages or elements.
    pub size: u64,
    /// Which bound refused it.
    pub bound: GrowthBound,
    /// The limit at that time, in pages or elements; `None` when no limit refused it.
    pub limit: Option<u64>,
    /// What that memory or table may have at most by its declaration or type; `None` where nothing bounds it.
    pub maximum: Option<u64>,
    /// Whether the collector's heap was to grow, which no operator asks for and which answers nobody.
    pub collector: bool,
    /// The operator that asked; `None` when it is not known.
    pub place: Option<Place>,
    /// Number of the refusal in its call, from 1, whoever refused.
    #[serde(skip)]
    pub nth: u64,
}

impl DeniedGrowth {
    /// Returns the limit that refused it, or that would have.
    pub fn kind(&self) -> LimitKind {
        match self.bound {
            GrowthBound::PerGrowth => LimitKind::GrowthPages,
            _ => self.what,
        }
    }

    /// Returns what was asked for, as its bound counts it.
    pub fn asked(&self) -> u64 {
        match self.bound {
            GrowthBound::Total | GrowthBound::System => self.requested,
            GrowthBound::PerGrowth => self.growth,
            GrowthBound::OwnMaximum => self.size,
        }
    }

    /// Tells whether the growth could have been given if no limit had been in the way.
    pub fn is_possible(&self) -> bool {
        let most = if self.what == LimitKind::TableElements { MOST_ELEMENTS } else { MOST_PAGES };
        self.maximum.is_none_or(|maximum| self.size <= maximum) && self.requested <= most
    }

    /// Says what was asked for and refused, such as `growth to 20 pages` or `growth by 32 pages`.
    pub fn phrase(&self) -> String {
        let of = match (self.collector, self.bound) {
            (true, _) => " of the collector's heap",
            (false, GrowthBound::OwnMaximum) if self.what == LimitKind::TableElements => " of a table",
            (false, GrowthBound::OwnMaximum) => " of a memory",
            (false, _) => "",
        };
        format!("growth{of} {}", self.extent())
    }

    /// Says how far or by how much, such as `to 20 pages` or `by 32 pages`.
    pub fn extent(&self) -> String {
        let way = if self.bound == GrowthBound::PerGrowth { "by" } else { "to" };
        format!("{way} {}", self.units(self.asked()))
    }

    /// Says what the bound is, such as `the limit is 16` or `the limit per growth is 16`.
    pub fn bound_phrase(&self) -> String {
        match (self.bound, self.limit, self.maximum) {
            (GrowthBound::System, ..) => "the system could not give it".to_owned(),
            (GrowthBound::PerGrowth, Some(limit), _) => format!("the limit per growth is {}", grouped(limit)),
            (GrowthBound::Total, Some(limit), _) => format!("the limit is {}", grouped(limit)),
            (_, _, Some(maximum)) if maximum < self.size => {
                format!("its own maximum is {}", grouped(maximum))
            }
            _ => "its own maximum is in the way".to_owned(),
        }
    }

    /// Says why no limit would let it happen; `None` where one would.
    pub fn impossible_phrase(&self) -> Option<String> {
        let owner = match (self.collector, self.what) {
            (true, _) => "the collector's heap",
            (false, LimitKind::TableElements) => "the table",
            (false, _) => "the memory",
        };
        match self.maximum.filter(|maximum| self.size > *maximum) {
            Some(maximum) => Some(format!("{owner} itself may have {} at most", self.units(maximum))),
            None if self.is_possible() => None,
            None => Some(format!("no system gives {}", self.units(self.requested))),
        }
    }

    /// Writes a number of pages or elements with its unit.
    fn units(&self, count: u64) -> String {
        match self.what {
            LimitKind::TableElements => counted(count, "table element", "table elements"),
            _ if count >= MOST_PAGES_TOLD => format!("{} pages or more", grouped(MOST_PAGES_TOLD)),
            _ => counted(count, "page", "pages"),
        }
    }
}

/// How often growth of one kind was refused in a call, and how much was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct GrowthTally {
    /// How often.
    pub count: u64,
    /// The least that was asked for.
    pub least: u64,
    /// The most that was asked for.
    pub most: u64,
    /// The most that was asked for and could have been given; `None` where none of it could.
    pub most_possible: Option<u64>,
}

impl GrowthTally {
    fn note(&mut self, growth: &DeniedGrowth) {
        let asked = growth.asked();
        self.least = if self.count == 0 { asked } else { self.least.min(asked) };
        self.most = self.most.max(asked);
        self.count += 1;
        if growth.is_possible() {
            self.most_possible = self.most_possible.max(Some(asked));
        }
    }
}

/// All growth that was refused in a call, of which a record names the newest only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RefusedInCall {
    pages: GrowthTally,
    pages_at_once: GrowthTally,
    elements: GrowthTally,
    /// Refused by no limit: by the module's own maximum, or by the system.
    otherwise: GrowthTally,
}

impl RefusedInCall {
    /// Takes up a refusal.
    pub fn note(&mut self, growth: &DeniedGrowth) {
        let tally = match (growth.limit, growth.kind()) {
            (None, _) => &mut self.otherwise,
            (Some(_), LimitKind::TableElements) => &mut self.elements,
            (Some(_), LimitKind::GrowthPages) => &mut self.pages_at_once,
            (Some(_), _) => &mut self.pages,
        };
        tally.note(growth);
    }

    /// Returns what a limit refused; zero for limits that refuse no growth.
    pub fn by(&self, kind: LimitKind) -> GrowthTally {
        match kind {
            LimitKind::MemoryPages => self.pages,
            LimitKind::GrowthPages => self.pages_at_once,
            LimitKind::TableElements => self.elements,
            _ => GrowthTally::default(),
        }
    }

    /// Returns what was refused as that growth was.
    pub fn of(&self, growth: &DeniedGrowth) -> GrowthTally {
        if growth.limit.is_none() { self.otherwise } else { self.by(growth.kind()) }
    }

    /// Returns how often limits refused growth.
    pub fn by_limits(&self) -> u64 {
        self.pages.count + self.pages_at_once.count + self.elements.count
    }

    /// Returns how often growth was refused, whoever refused it.
    pub fn total(&self) -> u64 {
        self.by_limits() + self.otherwise.count
    }

    /// Returns what the module's own maximum or the system refused.
    pub fn otherwise(&self) -> GrowthTally {
        self.otherwise
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Growth of memories by one page past a limit.
    pub(crate) fn refused(requested: u64, limit: u64) -> DeniedGrowth {
        DeniedGrowth {
            what: LimitKind::MemoryPages,
            requested,
            growth: 1,
            size: requested,
            bound: GrowthBound::Total,
            limit: Some(limit),
            maximum: None,
            collector: false,
            place: None,
            nth: 1,
        }
    }

    /// Growth of a memory past its own maximum.
    pub(crate) fn past_its_own(size: u64, maximum: u64) -> DeniedGrowth {
        let bound = GrowthBound::OwnMaximum;
        DeniedGrowth { bound, limit: None, maximum: Some(maximum), ..refused(size, 0) }
    }

    #[test]
    fn each_bound_says_what_it_refused_and_why() {
        let of_table = DeniedGrowth { what: LimitKind::TableElements, ..refused(1, 0) };
        let cases = [
            (refused(20, 16), "growth to 20 pages", "the limit is 16"),
            (of_table, "growth to 1 table element", "the limit is 0"),
            (
                DeniedGrowth { bound: GrowthBound::PerGrowth, growth: 32, ..refused(99, 16) },
                "growth by 32 pages",
                "the limit per growth is 16",
            ),
            (
                refused(MOST_PAGES_TOLD, 1),
                "growth to 281\u{202f}474\u{202f}976\u{202f}710\u{202f}655 pages or more",
                "the limit is 1",
            ),
            (past_its_own(9, 4), "growth of a memory to 9 pages", "its own maximum is 4"),
            // A memory whose pages are smaller than ours.
            (past_its_own(1, 1), "growth of a memory to 1 page", "its own maximum is in the way"),
            (
                DeniedGrowth { bound: GrowthBound::System, limit: None, ..refused(9, 0) },
                "growth to 9 pages",
                "the system could not give it",
            ),
            (
                DeniedGrowth { collector: true, ..refused(2, 1) },
                "growth of the collector's heap to 2 pages",
                "the limit is 1",
            ),
        ];
        for (growth, phrase, bound) in cases {
            assert_eq!((&*growth.phrase(), &*growth.bound_phrase()), (phrase, bound));
        }
    }

    #[test]
    fn what_no_limit_would_let_happen_says_so() {
        let own = |maximum| DeniedGrowth { maximum: Some(maximum), ..refused(20, 16) };
        assert_eq!(own(20).impossible_phrase(), None);
        assert_eq!(
            own(19).impossible_phrase().as_deref(),
            Some("the memory itself may have 19 pages at most")
        );
        assert_eq!(refused(MOST_PAGES, 1).impossible_phrase(), None);
        let far = refused(MOST_PAGES + 1, 1).impossible_phrase().unwrap_or_default();
        assert!(far.starts_with("no system gives 2\u{202f}147\u{202f}483\u{202f}649 pages"), "{far}");
    }

    #[test]
    fn tallies_are_kept_by_limit_and_know_the_most_that_was_possible() {
        let mut all = RefusedInCall::default();
        for growth in [
            refused(5000, 256),
            DeniedGrowth { maximum: Some(6000), ..refused(9000, 256) },
            refused(257, 256),
            DeniedGrowth { bound: GrowthBound::PerGrowth, growth: 40, ..refused(300, 16) },
            past_its_own(9, 4),
        ] {
            all.note(&growth);
        }
        let pages = GrowthTally { count: 3, least: 257, most: 9000, most_possible: Some(5000) };
        assert_eq!(all.by(LimitKind::MemoryPages), pages);
        assert_eq!(all.by(LimitKind::GrowthPages).most_possible, Some(40));
        assert_eq!((all.by_limits(), all.otherwise().count, all.otherwise().most_possible), (4, 1, None));
        assert_eq!(all.by(LimitKind::Fuel), GrowthTally::default());
    }
}

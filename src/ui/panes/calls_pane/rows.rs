//! Which calls are listed and in which order: filtered in slices, sorted by a column.
//!
//! Knows no widgets. A plugin may have millions of calls, so a frame looks at a slice of them at most, and
//! only the newest matches are sorted; both are said on screen.

use std::cmp::Reverse;
use std::collections::VecDeque;

use crate::app::PluginCalls;
use crate::model::call::{CallSample, Outcome};
use crate::model::ids::PluginId;
use crate::model::timeline::Brush;

use super::super::outcome_words::{call_text, outcome_phrase, results_text};

/// Calls that one frame looks at.
const SLICE: usize = 20_000;
/// Newest matches that are sorted by another column than the number.
pub(super) const MOST_SORTED: usize = 50_000;
/// Seconds between two sorts while calls come in.
const SORT_PAUSE: f64 = 0.25;

/// Column of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Number,
    Call,
    Outcome,
    Wall,
    Fuel,
    Pages,
    Depth,
}

impl Column {
    pub(super) const ALL: [Self; 7] =
        [Self::Number, Self::Call, Self::Outcome, Self::Wall, Self::Fuel, Self::Pages, Self::Depth];

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Number => "#",
            Self::Call => "Call",
            Self::Outcome => "Outcome",
            Self::Wall => "Wall time",
            Self::Fuel => "Fuel",
            Self::Pages => "Pages",
            Self::Depth => "Depth",
        }
    }
}

/// Which outcomes are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum OutcomeFilter {
    #[default]
    All,
    Returned,
    Failed,
    Trapped,
    Limit,
    Cancelled,
    Refused,
}

impl OutcomeFilter {
    pub(super) const ALL: [Self; 7] =
        [Self::All, Self::Returned, Self::Failed, Self::Trapped, Self::Limit, Self::Cancelled, Self::Refused];

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::All => "All outcomes",
            Self::Returned => "Returned",
            Self::Failed => "Failed",
            Self::Trapped => "Trapped",
            Self::Limit => "Stopped by a limit",
            Self::Cancelled => "Stopped by you",
            Self::Refused => "Growth refused",
        }
    }

    fn lets_through(self, call: &CallSample) -> bool {
        match self {
            Self::All => true,
            Self::Returned => call.outcome == Outcome::Returned,
            Self::Failed => call.outcome != Outcome::Returned,
            Self::Trapped => matches!(call.outcome, Outcome::Trapped(_)),
            Self::Limit => matches!(call.outcome, Outcome::Limit(_)),
            Self::Cancelled => call.outcome == Outcome::Cancelled,
            Self::Refused => call.was_denied,
        }
    }
}

/// What is asked of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wish {
    pub(super) plugin: PluginId,
    /// Text that the call, its outcome or its number contains, in upper or lower case.
    pub(super) text: String,
    pub(super) outcome: OutcomeFilter,
    /// Calls that are picked out in the plots.
    pub(super) brush: Brush,
    pub(super) sort: Column,
    pub(super) is_descending: bool,
}

impl Wish {
    fn takes_all(&self) -> bool {
        self.text.trim().is_empty() && self.outcome == OutcomeFilter::All && self.brush.wall_ns.is_none()
    }

    fn is_by_number(&self) -> bool {
        self.sort == Column::Number
    }
}

/// The calls that are listed, by number.
#[derive(Debug, Default)]
pub(super) struct Rows {
    of: Option<Wish>,
    // Numbers that match, rising; those below `looked_from` and above `looked_to` have not been looked at.
    matches: VecDeque<u64>,
    looked_from: u64,
    looked_to: u64,
    sorted: Vec<u64>,
    sorted_at: f64,
    sorted_until: u64,
    // Newest first, as the list stands at first.
    is_whole: bool,
    is_descending: bool,
    first: u64,
    len: usize,
}

impl Rows {
    /// Brings the list up to date as far as one frame may; returns whether there is more to do.
    pub(super) fn catch_up(&mut self, wish: &Wish, calls: &PluginCalls, now: f64) -> bool {
        let timeline = &calls.timeline;
        // Numbers that are not picked out are never looked at.
        let range = wish.brush.range(timeline);
        let (first, end) = (timeline.number(range.start), timeline.number(range.end));
        let filters = |of: &Wish| (of.plugin, of.text.clone(), of.outcome, of.brush);
        let is_same_filter = self.of.as_ref().is_some_and(|of| filters(of) == filters(wish));
        // Before the first number that is held lies what was dropped or cleared.
        if !is_same_filter || self.looked_to > end {
            *self = Self { looked_from: end, looked_to: end, ..Self::default() };
        }
        let is_same_order = self.of.as_ref() == Some(wish);
        self.of = Some(wish.clone());
        (self.first, self.len, self.is_descending) = (first, range.len(), wish.is_descending);
        self.is_whole = wish.takes_all() && wish.is_by_number();
        if self.is_whole {
            return false;
        }
        self.looked_from = self.looked_from.max(first);
        self.looked_to = self.looked_to.max(self.looked_from);
        while self.matches.front().is_some_and(|number| *number < first) {
            self.matches.pop_front();
        }
        self.look(wish, calls, end);
        let is_unfinished = self.looked_from > first || self.looked_to < end;
        if wish.is_by_number() {
            return is_unfinished;
        }
        let is_stale = self.sorted_until != end || is_unfinished || self.sorted.is_empty();
        if !is_same_order || (is_stale && now - self.sorted_at >= SORT_PAUSE) {
            self.sort(wish, calls);
            (self.sorted_at, self.sorted_until) = (now, if is_unfinished { 0 } else { end });
            return is_unfinished;
        }
        is_unfinished || is_stale && !self.matches.is_empty()
    }

    /// Looks at new calls first, then at older ones.
    fn look(&mut self, wish: &Wish, calls: &PluginCalls, end: u64) {
        let needle = wish.text.trim().to_lowercase();
        let mut budget = SLICE;
        while self.looked_to < end && budget > 0 {
            if is_match(wish, &needle, calls, self.looked_to) {
                self.matches.push_back(self.looked_to);
            }
            self.looked_to += 1;
            budget -= 1;
        }
        while self.looked_from > self.first && budget > 0 {
            self.looked_from -= 1;
            if is_match(wish, &needle, calls, self.looked_from) {
                self.matches.push_front(self.looked_from);
            }
            budget -= 1;
        }
    }

    fn sort(&mut self, wish: &Wish, calls: &PluginCalls) {
        let newest = self.matches.iter().rev().take(MOST_SORTED);
        let key = |number: &u64| {
            let call = calls.timeline.index_of_number(*number).and_then(|index| calls.timeline.get(index));
            (call.map_or(0, |call| sort_key(wish.sort, &call)), *number)
        };
        let mut keyed = newest.map(key).collect::<Vec<_>>();
        if wish.sort == Column::Call {
            // Names are told apart by an index that says nothing of their order.
            keyed.sort_unstable_by_key(|(name, number)| {
                (calls.timeline.name(u32::try_from(*name).unwrap_or(u32::MAX)), *number)
            });
            if wish.is_descending {
                keyed.reverse();
            }
        } else if wish.is_descending {
            keyed.sort_unstable_by_key(|key| Reverse(*key));
        } else {
            keyed.sort_unstable();
        }
        self.sorted.clear();
        self.sorted.extend(keyed.into_iter().map(|(_, number)| number));
    }

    /// Returns how many calls are listed.
    pub(super) fn len(&self) -> usize {
        match &self.of {
            _ if self.is_whole => self.len,
            Some(wish) if wish.is_by_number() => self.matches.len(),
            Some(_) => self.sorted.len(),
            None => 0,
        }
    }

    /// Returns how many calls match the filter, listed or not.
    pub(super) fn num_matches(&self) -> usize {
        if self.is_whole { self.len } else { self.matches.len() }
    }

    /// Returns the share of calls that the filter has looked at, in percent.
    pub(super) fn progress(&self) -> u64 {
        let looked = self.looked_to - self.looked_from;
        if self.is_whole { 100 } else { looked * 100 / (self.len as u64).max(1) }
    }

    /// Returns the number of the call in a row.
    pub(super) fn number(&self, row: usize) -> Option<u64> {
        let len = self.len();
        if row >= len {
            return None;
        }
        let by_number = if self.is_descending { len - 1 - row } else { row };
        if self.is_whole {
            return Some(self.first + by_number as u64);
        }
        match &self.of {
            Some(wish) if wish.is_by_number() => self.matches.get(by_number).copied(),
            _ => self.sorted.get(row).copied(),
        }
    }

    /// Returns the row of a call, if it is listed.
    pub(super) fn row_of(&self, number: u64) -> Option<usize> {
        let len = self.len();
        let is_by_number = self.of.as_ref().is_some_and(Wish::is_by_number);
        let index = if self.is_whole {
            usize::try_from(number.checked_sub(self.first)?).ok().filter(|index| *index < len)?
        } else if is_by_number {
            self.matches.binary_search(&number).ok()?
        } else {
            return self.sorted.iter().position(|listed| *listed == number);
        };
        Some(if self.is_descending { len - 1 - index } else { index })
    }
}

fn sort_key(column: Column, call: &CallSample) -> u64 {
    match column {
        Column::Number => 0,
        Column::Call => u64::from(call.export),
        Column::Outcome => match call.outcome {
            Outcome::Returned => 0,
            Outcome::Cancelled => 1,
            Outcome::Limit(kind) => 100 + kind as u64,
            Outcome::Trapped(kind) => 200 + kind as u64,
            Outcome::Error => 300,
        },
        Column::Wall => call.wall_ns,
        Column::Fuel => call.fuel.value().unwrap_or(0),
        Column::Pages => call.peak_memory_pages,
        Column::Depth => call.peak_call_depth.value().unwrap_or(0),
    }
}

fn is_match(wish: &Wish, needle: &str, calls: &PluginCalls, number: u64) -> bool {
    let timeline = &calls.timeline;
    let Some(call) = timeline.index_of_number(number).and_then(|index| timeline.get(index)) else {
        return false;
    };
    if !wish.outcome.lets_through(&call) || !wish.brush.takes(number, call.wall_ns) {
        return false;
    }
    if needle.is_empty() {
        return true;
    }
    let contains = |text: &str| text.to_lowercase().contains(needle);
    if needle.strip_prefix('#').unwrap_or(needle) == number.to_string() {
        return true;
    }
    contains(timeline.name(call.export))
        || call.outcome != Outcome::Returned && contains(&outcome_phrase(call.outcome))
        || calls.record(number).is_some_and(|record| {
            contains(&call_text(record))
                || contains(&results_text(record))
                || record.message.as_ref().is_some_and(|message| contains(message))
        })
}

//! What the window has of a binary that is looked at: printed pages, a search, sizes.
//!
//! Holds pages up to a bound and never the whole text; prints nothing itself.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use crate::engine::listing::{Found, ListingPage, PAGE_LINES, SearchPattern};
use crate::model::ids::Generation;
use crate::model::module_sizes::ModuleSizes;
use crate::worker::listing_protocol::SearchEnd;

/// Most bytes of printed pages that are kept of one source.
const MOST_PAGE_BYTES: usize = 16 << 20;

/// What the window has of one binary.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// How much of it is indexed, in percent; `None` before that has begun.
    pub percent: Option<u8>,
    /// Pages that were printed.
    pub pages: ListingPages,
    /// The search in it that runs or ran last.
    pub search: Option<ListingSearch>,
    /// What it is made of.
    pub sizes: SizesView,
}

/// Sizes of one source, also of a text that has been compiled.
#[derive(Debug, Clone, Default)]
pub struct SizesView {
    /// Generation that the newest question was about.
    pub asked: Option<Generation>,
    /// The newest answer, with the generation that it is about.
    pub known: Option<(Generation, Result<Arc<ModuleSizes>, String>)>,
}

/// A search in a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListingSearch {
    /// Its number.
    pub number: u64,
    /// What is looked for.
    pub pattern: SearchPattern,
    /// Lines that were found so far, in order.
    pub found: Vec<Found>,
    /// How much of the text was looked through, in percent.
    pub percent: u8,
    /// How it ended; `None` while it runs.
    pub end: Option<SearchEnd>,
}

/// Printed pages of one listing, those forgotten first that nobody has looked at for longest.
#[derive(Debug, Clone, Default)]
pub struct ListingPages {
    pages: BTreeMap<u32, (Arc<ListingPage>, u64)>,
    bytes: usize,
    uses: u64,
    asked: Vec<u32>,
}

impl ListingPages {
    /// Returns the text of a line, from 1, if its page is there.
    pub fn line(&self, line: u32) -> Option<&str> {
        self.page_of(line)?.line(line)
    }

    /// Returns the offset that a line, from 1, stands for, if its page is there.
    pub fn offset(&self, line: u32) -> Option<u64> {
        self.page_of(line)?.offset(line)
    }

    /// Tells whether some of these lines, from 1, are neither there nor asked for.
    pub fn lacks(&self, lines: &Range<u32>) -> bool {
        numbers(lines).any(|number| !self.pages.contains_key(&number) && !self.asked.contains(&number))
    }

    /// Returns the bytes that the pages take.
    pub fn memory_bytes(&self) -> usize {
        self.bytes
    }

    /// Notes that these lines are looked at; returns the pages to ask for, those around included.
    pub(crate) fn look_at(&mut self, lines: &Range<u32>, num_lines: u32) -> Vec<u32> {
        self.uses += 1;
        for number in numbers(lines) {
            if let Some((_, used)) = self.pages.get_mut(&number) {
                *used = self.uses;
            }
        }
        let around = lines.start.saturating_sub(PAGE_LINES / 2).max(1)
            ..lines.end.saturating_add(PAGE_LINES / 2).min(num_lines.saturating_add(1));
        let missing = |number: &u32| !self.pages.contains_key(number);
        // What is in view comes first.
        let mut wanted: Vec<u32> = numbers(lines).filter(missing).collect();
        let others: Vec<u32> = numbers(&around).filter(missing).filter(|it| !wanted.contains(it)).collect();
        wanted.extend(others);
        self.asked.clone_from(&wanted);
        wanted
    }

    /// Takes a page in.
    pub(crate) fn insert(&mut self, number: u32, page: Arc<ListingPage>) {
        self.asked.retain(|asked| *asked != number);
        self.uses += 1;
        self.bytes += page.memory_bytes();
        if let Some((old, _)) = self.pages.insert(number, (page, self.uses)) {
            self.bytes -= old.memory_bytes();
        }
        while self.bytes > MOST_PAGE_BYTES && self.pages.len() > 1 {
            let oldest = self.pages.iter().min_by_key(|(_, (_, used))| *used).map(|(number, _)| *number);
            let Some((page, _)) = oldest.and_then(|number| self.pages.remove(&number)) else { return };
            self.bytes -= page.memory_bytes();
        }
    }

    fn page_of(&self, line: u32) -> Option<&ListingPage> {
        let number = line.checked_sub(1)? / PAGE_LINES;
        self.pages.get(&number).map(|(page, _)| &**page)
    }
}

/// Lists the pages that have some of these lines, from 1.
fn numbers(lines: &Range<u32>) -> impl Iterator<Item = u32> {
    let first = lines.start.saturating_sub(1) / PAGE_LINES;
    let end = lines.end.saturating_sub(1).div_ceil(PAGE_LINES);
    first..end
}

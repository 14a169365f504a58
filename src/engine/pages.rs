//! Finds the pages that changed between two looks at a memory.
//!
//! Only runs when somebody looks, never on a call: a call pays nothing for it.

use std::hash::{DefaultHasher, Hasher};
use std::sync::Arc;

use super::instance::LiveInstance;
use super::meter::PAGE_BYTES;
use crate::model::memory::{MemoryWindow, PageUse};

/// Largest memory, in bytes, whose pages are compared; reading more would be felt.
const MOST_BYTES: usize = 64 << 20;

/// What the pages of one memory held when somebody last looked.
pub(crate) struct SeenPages {
    memory: u32,
    generation: u64,
    digests: Vec<u64>,
    changed: Vec<bool>,
}

impl SeenPages {
    /// Looks again; between two calls or writes the marks of the look before stay.
    pub(crate) fn look(before: Option<Self>, live: &LiveInstance, memory: u32) -> Self {
        let generation = live.store.data().memory_generation;
        let before = before.filter(|seen| seen.memory == memory);
        match before {
            Some(seen) if seen.generation == generation => seen,
            before => {
                let digests = digests(live, memory);
                let old = before.map(|seen| seen.digests);
                let is_changed = |(index, digest): (usize, &u64)| {
                    old.as_ref().is_some_and(|old| old.get(index) != Some(digest))
                };
                let changed = digests.iter().enumerate().map(is_changed).collect();
                Self { memory, generation, digests, changed }
            }
        }
    }

    /// Marks the changed ones among the pages.
    pub(crate) fn mark(&self, pages: &[PageUse]) -> Arc<[PageUse]> {
        let is_changed = |index| self.changed.get(index).copied().unwrap_or(false);
        let marked = pages.iter().enumerate();
        marked.map(|(index, page)| if is_changed(index) { PageUse::Changed } else { *page }).collect()
    }
}

fn digests(live: &LiveInstance, memory: u32) -> Vec<u64> {
    let Some(memory) = live.handles.memories.get(memory as usize) else { return Vec::new() };
    let data = memory.data(&live.store);
    if data.len() > MOST_BYTES {
        return Vec::new();
    }
    let digest = |page: &[u8]| {
        let mut hasher = DefaultHasher::new();
        hasher.write(page);
        hasher.finish()
    };
    let page_bytes = usize::try_from(PAGE_BYTES).unwrap_or(usize::MAX);
    data.chunks(page_bytes).take(MemoryWindow::MOST_PAGES).map(digest).collect()
}

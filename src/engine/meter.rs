//! One meter per plugin: enforces totals over all memories and tables, and records what was refused.
//!
//! Has no store in hand, so it knows no places: those come from the rewriting pass and are joined later.

use wasmtime::ResourceLimiter;

use crate::model::call::{DeniedGrowth, GrowthBound};
use crate::model::limits::{LimitKind, Limits, RefusedGrowth};

/// Bytes in the page that limits are counted in, whatever a memory's own page size.
pub(crate) const PAGE_BYTES: u64 = 65_536;

/// Most refusals that one call keeps; of more only the newest are kept.
const MOST_REFUSALS: usize = 64;

/// Growth that did not happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// Memory pages or table elements.
    pub(crate) what: LimitKind,
    /// The new total that was asked for.
    pub(crate) requested: u64,
    /// How much this growth asked for.
    pub(crate) growth: u64,
    /// Which bound was in the way.
    pub(crate) bound: GrowthBound,
    /// The limit that refused it; `None` when the module's own maximum or the system did.
    pub(crate) limit: Option<u64>,
}

/// The error with which growth past a limit traps, where the limits say so.
#[derive(Debug, thiserror::Error)]
#[error("{what} was refused: {bound}")]
pub(crate) struct GrowthTrap {
    pub(crate) kind: LimitKind,
    what: String,
    bound: String,
}

/// A memory as it was made during instantiation, kept to tell the collector's heap from the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Made {
    bytes: u64,
    maximum: Option<usize>,
}

/// What outlives the store of one instance: peaks and refusals over a plugin's life.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Life {
    memory_bytes_peak: u64,
    table_elements_peak: u64,
    refused_pages: RefusedGrowth,
    refused_elements: RefusedGrowth,
}

/// Totals, peaks and refusals of one plugin's store.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    limits: Option<Limits>,
    memory_bytes: u64,
    memory_bytes_call_peak: u64,
    memory_bytes_peak: u64,
    table_elements: u64,
    table_elements_call_peak: u64,
    table_elements_peak: u64,
    gc_heap_bytes: u64,
    gc_heap: Option<Made>,
    made: Vec<Made>,
    is_instantiated: bool,
    refusals: Vec<Refusal>,
    refused_in_call: u64,
    /// What earlier instances of the plugin left; the peaks of this one are in fields of their own.
    life: Life,
    last_grant: Option<(LimitKind, u64, bool)>,
    /// Whether anything asked for growth since the last call began.
    was_asked: bool,
}

impl Meter {
    /// Starts a meter for a store that has nothing yet.
    pub(crate) fn new(limits: Limits, life: Life) -> Self {
        Self { limits: Some(limits), life, ..Self::default() }
    }

    /// Returns what the next instance of the plugin goes on from.
    pub(crate) fn life(&self) -> Life {
        Life {
            memory_bytes_peak: self.life.memory_bytes_peak.max(self.memory_bytes_peak),
            table_elements_peak: self.life.table_elements_peak.max(self.table_elements_peak),
            ..self.life
        }
    }

    pub(crate) fn set_limits(&mut self, limits: Limits) {
        self.limits = Some(limits);
    }

    pub(crate) fn limits(&self) -> Limits {
        self.limits.unwrap_or(Limits::UNLIMITED)
    }

    /// Forgets what belongs to the call before.
    pub(crate) fn begin_call(&mut self) {
        self.memory_bytes_call_peak = self.memory_bytes;
        self.table_elements_call_peak = self.table_elements;
        if !self.refusals.is_empty() {
            self.refusals.clear();
        }
        self.refused_in_call = 0;
        self.last_grant = None;
        self.was_asked = false;
    }

    /// Tells whether growth was asked for in this call, so that sizes may have changed.
    pub(crate) fn was_asked(&self) -> bool {
        self.was_asked
    }

    pub(crate) fn memory_bytes(&self) -> u64 {
        self.memory_bytes
    }

    /// Corrects the totals by the real sizes, once no guest code runs.
    pub(crate) fn resum(&mut self, memory_bytes: u64, table_elements: u64, gc_heap_bytes: u64) {
        if !self.is_instantiated {
            self.is_instantiated = true;
            // What was made and is no memory of the module can only be the collector's heap.
            self.gc_heap =
                self.made.iter().copied().find(|made| gc_heap_bytes > 0 && made.bytes == gc_heap_bytes);
            self.memory_bytes_peak = memory_bytes;
            self.memory_bytes_call_peak = memory_bytes;
        }
        self.memory_bytes = memory_bytes;
        self.table_elements = table_elements;
        self.gc_heap_bytes = gc_heap_bytes;
        self.memory_bytes_peak = self.memory_bytes_peak.max(memory_bytes);
        self.memory_bytes_call_peak = self.memory_bytes_call_peak.max(memory_bytes);
        self.table_elements_peak = self.table_elements_peak.max(table_elements);
        self.table_elements_call_peak = self.table_elements_call_peak.max(table_elements);
    }

    pub(crate) fn memory_pages(&self) -> u64 {
        self.memory_bytes.div_ceil(PAGE_BYTES)
    }

    pub(crate) fn memory_pages_call_peak(&self) -> u64 {
        self.memory_bytes_call_peak.div_ceil(PAGE_BYTES)
    }

    pub(crate) fn memory_pages_peak(&self) -> u64 {
        self.life().memory_bytes_peak.div_ceil(PAGE_BYTES)
    }

    pub(crate) fn table_elements(&self) -> u64 {
        self.table_elements
    }

    pub(crate) fn table_elements_call_peak(&self) -> u64 {
        self.table_elements_call_peak
    }

    pub(crate) fn table_elements_peak(&self) -> u64 {
        self.life().table_elements_peak
    }

    pub(crate) fn gc_heap_bytes(&self) -> u64 {
        self.gc_heap_bytes
    }

    pub(crate) fn refused_in_life(&self) -> u64 {
        self.life.refused_pages.count.saturating_add(self.life.refused_elements.count)
    }

    /// How often a limit refused growth in this call.
    pub(crate) fn refused_in_call(&self) -> u64 {
        self.refused_in_call
    }

    /// Growth that a limit refused in the plugin's life: of memories, and of tables.
    pub(crate) fn refused_by_kind(&self) -> (RefusedGrowth, RefusedGrowth) {
        (self.life.refused_pages, self.life.refused_elements)
    }

    /// Growth of this call that did not happen, oldest first.
    pub(crate) fn refusals(&self) -> &[Refusal] {
        &self.refusals
    }

    fn refuse(&mut self, refusal: Refusal) {
        if refusal.limit.is_some() {
            self.refused_in_call += 1;
            let of_kind = match refusal.what {
                LimitKind::TableElements => &mut self.life.refused_elements,
                _ => &mut self.life.refused_pages,
            };
            of_kind.count += 1;
            of_kind.last_requested = Some(refusal.requested);
        }
        if self.refusals.len() == MOST_REFUSALS {
            self.refusals.remove(0);
        }
        self.refusals.push(refusal);
    }

    fn answer(&mut self, refusal: Refusal) -> wasmtime::Result<bool> {
        self.refuse(refusal);
        if self.limits().trap_on_refused_growth {
            let Refusal { what, requested, growth, bound, limit } = refusal;
            let denied = DeniedGrowth { what, requested, growth, bound, limit, place: None };
            let (kind, what, bound) = (denied.kind(), denied.phrase(), denied.bound_phrase());
            return Err(GrowthTrap { kind, what, bound }.into());
        }
        Ok(false)
    }

    fn is_gc_heap(&self, current: u64, maximum: Option<usize>) -> bool {
        // No memory is made after instantiation, so what starts from nothing then is the collector's heap.
        self.is_instantiated
            && (current == 0 && self.gc_heap.is_none()
                || self.gc_heap.is_some_and(|heap| heap.maximum == maximum && self.gc_heap_bytes == current))
    }
}

impl ResourceLimiter for Meter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let (current, desired) = (current as u64, desired as u64);
        self.was_asked = true;
        self.last_grant = None;
        let is_gc_heap = self.is_gc_heap(current, maximum);
        let delta = desired.saturating_sub(current);
        let total = self.memory_bytes.saturating_add(self.gc_heap_bytes).saturating_add(delta);
        let requested = total.div_ceil(PAGE_BYTES);
        let refusal = Refusal {
            what: LimitKind::MemoryPages,
            requested,
            growth: delta.div_ceil(PAGE_BYTES),
            bound: GrowthBound::Total,
            limit: None,
        };
        let limits = self.limits();
        let exceeds = |limit: &u64, bytes: u64| bytes > limit.saturating_mul(PAGE_BYTES);
        if let Some(limit) = limits.memory_pages.filter(|limit| exceeds(limit, total)) {
            return self.answer(Refusal { limit: Some(limit), ..refusal });
        }
        // What a memory begins with is no growth, and nobody asks for that of the collector's heap.
        let is_guests = self.is_instantiated && !is_gc_heap;
        if let Some(limit) = limits.growth_pages.filter(|limit| is_guests && exceeds(limit, delta)) {
            return self.answer(Refusal { limit: Some(limit), bound: GrowthBound::PerGrowth, ..refusal });
        }
        if maximum.is_some_and(|maximum| desired > maximum as u64) {
            // The engine refuses this itself, right after we would have granted it.
            self.refuse(refusal);
            return Ok(false);
        }
        if is_gc_heap {
            self.gc_heap_bytes += delta;
            self.gc_heap = Some(Made { bytes: desired, maximum });
        } else {
            self.memory_bytes += delta;
            self.memory_bytes_call_peak = self.memory_bytes_call_peak.max(self.memory_bytes);
            self.memory_bytes_peak = self.memory_bytes_peak.max(self.memory_bytes);
        }
        if !self.is_instantiated && self.made.len() < 4096 {
            self.made.push(Made { bytes: desired, maximum });
        }
        self.last_grant = Some((LimitKind::MemoryPages, delta, is_gc_heap));
        Ok(true)
    }

    fn memory_grow_failed(&mut self, _error: wasmtime::Error) -> wasmtime::Result<()> {
        self.was_asked = true;
        // This also fires without a grant before it, when the memory's type can't hold the new size.
        let mut requested = self.memory_bytes.div_ceil(PAGE_BYTES);
        let mut growth = 1;
        if let Some((LimitKind::MemoryPages, delta, is_gc_heap)) = self.last_grant.take() {
            growth = delta.div_ceil(PAGE_BYTES);
            if is_gc_heap {
                self.gc_heap_bytes -= delta;
            } else {
                self.memory_bytes -= delta;
            }
        } else {
            requested = requested.saturating_add(1);
        }
        let bound = GrowthBound::Total;
        self.refuse(Refusal { what: LimitKind::MemoryPages, requested, growth, bound, limit: None });
        Ok(())
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        self.was_asked = true;
        self.last_grant = None;
        let delta = (desired as u64).saturating_sub(current as u64);
        let requested = self.table_elements.saturating_add(delta);
        let refusal = Refusal {
            what: LimitKind::TableElements,
            requested,
            growth: delta,
            bound: GrowthBound::Total,
            limit: None,
        };
        if let Some(limit) = self.limits().table_elements.filter(|limit| requested > *limit) {
            return self.answer(Refusal { limit: Some(limit), ..refusal });
        }
        if maximum.is_some_and(|maximum| desired > maximum) {
            self.refuse(refusal);
            return Ok(false);
        }
        self.table_elements = requested;
        self.table_elements_call_peak = self.table_elements_call_peak.max(requested);
        self.table_elements_peak = self.table_elements_peak.max(requested);
        self.last_grant = Some((LimitKind::TableElements, delta, false));
        Ok(true)
    }

    fn table_grow_failed(&mut self, _error: wasmtime::Error) -> wasmtime::Result<()> {
        self.was_asked = true;
        let (mut requested, mut growth) = (self.table_elements, 1);
        if let Some((LimitKind::TableElements, delta, _)) = self.last_grant.take() {
            growth = delta;
            self.table_elements -= delta;
        } else {
            requested = requested.saturating_add(1);
        }
        let bound = GrowthBound::Total;
        self.refuse(Refusal { what: LimitKind::TableElements, requested, growth, bound, limit: None });
        Ok(())
    }

    fn instances(&self) -> usize {
        self.limits().instances.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meter(pages: u64, elements: u64) -> Meter {
        let limits =
            Limits { memory_pages: Some(pages), table_elements: Some(elements), ..Limits::UNLIMITED };
        Meter::new(limits, Life::default())
    }

    const PAGE: usize = 65_536;

    #[test]
    fn two_memories_share_one_limit() {
        let mut meter = meter(3, 0);
        assert!(meter.memory_growing(0, PAGE, None).unwrap());
        assert!(meter.memory_growing(0, PAGE, None).unwrap());
        meter.resum(2 * PAGE_BYTES, 0, 0);
        assert!(meter.memory_growing(PAGE, 2 * PAGE, None).unwrap());
        assert!(!meter.memory_growing(PAGE, 2 * PAGE, None).unwrap());
        let refusal = Refusal {
            what: LimitKind::MemoryPages,
            requested: 4,
            growth: 1,
            bound: GrowthBound::Total,
            limit: Some(3),
        };
        assert_eq!(meter.refusals(), [refusal]);
        assert_eq!(meter.memory_pages(), 3);
    }

    #[test]
    fn a_single_growth_has_a_bound_of_its_own() {
        let limits = Limits { growth_pages: Some(2), ..Limits::UNLIMITED };
        let mut meter = Meter::new(limits, Life::default());
        // What a memory begins with is no growth.
        assert!(meter.memory_growing(0, 5 * PAGE, None).unwrap());
        meter.resum(5 * PAGE_BYTES, 0, 0);
        assert!(meter.memory_growing(5 * PAGE, 7 * PAGE, None).unwrap());
        assert!(!meter.memory_growing(7 * PAGE, 10 * PAGE, None).unwrap());
        let refused = meter.refusals()[0];
        assert_eq!((refused.requested, refused.growth, refused.limit), (10, 3, Some(2)));
        assert_eq!(refused.bound, GrowthBound::PerGrowth);
        // Where both are in the way, the total is what has to be raised first.
        meter.set_limits(Limits { memory_pages: Some(7), ..limits });
        assert!(!meter.memory_growing(7 * PAGE, 10 * PAGE, None).unwrap());
        assert_eq!(meter.refusals()[1].bound, GrowthBound::Total);
        // Tables have no such bound.
        assert!(meter.table_growing(0, 100, None).unwrap());
    }

    #[test]
    fn a_grant_that_the_system_can_not_keep_is_taken_back() {
        let mut meter = meter(10, 10);
        assert!(meter.memory_growing(0, 2 * PAGE, None).unwrap());
        meter.memory_grow_failed(wasmtime::Error::msg("no memory")).unwrap();
        assert_eq!(meter.memory_pages(), 0);
        // Without a grant before it nothing is taken back.
        meter.memory_grow_failed(wasmtime::Error::msg("no memory")).unwrap();
        assert_eq!(meter.memory_pages(), 0);
        assert!(meter.table_growing(0, 4, None).unwrap());
        meter.table_grow_failed(wasmtime::Error::msg("no memory")).unwrap();
        assert_eq!(meter.table_elements(), 0);
    }

    #[test]
    fn the_modules_own_maximum_refuses_without_a_limit() {
        let mut meter = meter(10, 10);
        assert!(!meter.memory_growing(0, 3 * PAGE, Some(2 * PAGE)).unwrap());
        assert_eq!(meter.refusals()[0].limit, None);
        assert_eq!(meter.refused_in_life(), 0);
    }

    #[test]
    fn refused_growth_traps_where_the_limits_say_so() {
        let limits = Limits { table_elements: Some(1), trap_on_refused_growth: true, ..Limits::UNLIMITED };
        let mut meter = Meter::new(limits, Life::default());
        let err = meter.table_growing(0, 2, None).unwrap_err();
        assert_eq!(err.to_string(), "growth to 2 table elements was refused: the limit is 1");
        assert_eq!(meter.refusals().len(), 1);
    }

    #[test]
    fn a_guest_that_asks_without_end_fills_no_memory_of_ours() {
        let mut meter = meter(0, 0);
        for _ in 0..10_000 {
            assert!(!meter.memory_growing(0, PAGE, None).unwrap());
        }
        assert_eq!(meter.refusals().len(), MOST_REFUSALS);
        assert_eq!((meter.refused_in_life(), meter.refused_in_call()), (10_000, 10_000));
        meter.begin_call();
        assert_eq!((meter.refused_in_life(), meter.refused_in_call()), (10_000, 0));
    }

    #[test]
    fn the_next_instance_goes_on_from_the_peaks_of_the_last() {
        let mut old = meter(3, 10);
        assert!(old.memory_growing(0, 3 * PAGE, None).unwrap());
        assert!(!old.memory_growing(3 * PAGE, 4 * PAGE, None).unwrap());
        assert!(old.table_growing(0, 7, None).unwrap());
        let mut new = Meter::new(old.limits(), old.life());
        assert!(new.memory_growing(0, PAGE, None).unwrap());
        assert_eq!((new.memory_pages(), new.memory_pages_peak()), (1, 3));
        assert_eq!((new.table_elements(), new.table_elements_peak()), (0, 7));
        let pages = RefusedGrowth { count: 1, last_requested: Some(4), last_offset: None };
        assert_eq!(new.refused_by_kind(), (pages, RefusedGrowth::default()));
    }

    #[test]
    fn the_collectors_heap_is_counted_apart() {
        let mut meter = meter(2, 0);
        assert!(meter.memory_growing(0, PAGE, None).unwrap());
        meter.resum(PAGE_BYTES, 0, 0);
        assert!(meter.memory_growing(0, PAGE, Some(1 << 32)).unwrap());
        assert_eq!((meter.memory_pages(), meter.gc_heap_bytes()), (1, PAGE_BYTES));
        // It counts towards the limit all the same.
        assert!(!meter.memory_growing(PAGE, 2 * PAGE, None).unwrap());
    }
}

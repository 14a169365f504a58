//! One meter per plugin: enforces totals over all memories and tables, and records what was refused.
//!
//! Has no store in hand, so it knows no places: those come from the rewriting pass and are joined later.

use wasmtime::ResourceLimiter;

use crate::model::call::{DeniedGrowth, GrowthBound, RefusedInCall};
use crate::model::limits::{LimitKind, Limits, RefusedGrowth};

/// Bytes in the page that limits are counted in, whatever a memory's own page size.
pub(crate) const PAGE_BYTES: u64 = 65_536;

/// What the collector's heap may have at most: what its addresses of 32 bits reach.
const MOST_HEAP_BYTES: u64 = 1 << 32;

/// Most refusals by limits that one call keeps; of more only the newest are kept.
const MOST_REFUSALS: usize = 64;

/// The same for growth that no limit refused, which must not push the others out.
const MOST_UNMET: usize = 8;

/// Growth that did not happen, as the meter knows it, and how it is joined with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// What was asked for, without its place.
    pub(crate) growth: DeniedGrowth,
    /// Number among those of the call that were answered by −1, from 1; `None` where nobody was answered.
    pub(crate) answer: Option<u64>,
}

/// The error with which growth past a limit traps, where the limits say so.
#[derive(Debug, thiserror::Error)]
#[error("{what} was refused: {bound}")]
pub(crate) struct GrowthTrap {
    pub(crate) kind: LimitKind,
    what: String,
    bound: String,
}

/// Growth that was granted last, with what to go back to where the system then can't give it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Grant {
    asked: Asked,
    call_peak_before: u64,
    peak_before: u64,
}

/// What a memory or a table asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Asked {
    what: LimitKind,
    /// How much it had, in bytes or elements.
    current: u64,
    /// How much it would have, in bytes or elements.
    desired: u64,
    /// What it may have by its own declaration or type.
    maximum: Option<u64>,
    is_gc_heap: bool,
    /// The new total, in bytes or elements.
    total: u64,
}

impl Asked {
    fn delta(&self) -> u64 {
        self.desired.saturating_sub(self.current)
    }

    fn is_past_its_own(&self) -> bool {
        self.maximum.is_some_and(|maximum| self.desired > maximum)
    }

    /// Describes it as refused; of pages that are smaller than ours, a part of a page is a page.
    fn refused(&self, bound: GrowthBound, limit: Option<u64>) -> DeniedGrowth {
        let is_table = self.what == LimitKind::TableElements;
        let units = |count: u64| if is_table { count } else { count.div_ceil(PAGE_BYTES) };
        let most = |count: u64| if is_table { count } else { count / PAGE_BYTES };
        DeniedGrowth {
            what: self.what,
            requested: units(self.total),
            growth: units(self.delta()),
            size: units(self.desired),
            bound,
            limit,
            maximum: self.maximum.map(most),
            collector: self.is_gc_heap,
            place: None,
            nth: 0,
        }
    }
}

/// A memory as it was made during instantiation, kept to tell the collector's heap from the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Made {
    bytes: u64,
    maximum: Option<u64>,
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
    /// Sizes of the memories in bytes, in no order.
    sizes: Vec<u64>,
    is_instantiated: bool,
    refusals: Vec<Refusal>,
    unmet: Vec<Refusal>,
    refused: RefusedInCall,
    num_answered: u64,
    /// What earlier instances of the plugin left; the peaks of this one are in fields of their own.
    life: Life,
    last_grant: Option<Grant>,
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
        self.memory_bytes_call_peak = self.bytes();
        self.table_elements_call_peak = self.table_elements;
        if self.num_refused() > 0 {
            self.refusals.clear();
            self.unmet.clear();
            self.refused = RefusedInCall::default();
            self.num_answered = 0;
        }
        self.last_grant = None;
        self.was_asked = false;
    }

    /// Tells whether growth was asked for in this call, so that sizes may have changed.
    pub(crate) fn was_asked(&self) -> bool {
        self.was_asked
    }

    /// Bytes of the memories that the meter granted; what was made during instantiation may hold the collector's
    /// heap as well.
    fn granted_bytes(&self, gc_heap_bytes: u64) -> u64 {
        if self.is_instantiated { self.memory_bytes } else { self.memory_bytes.saturating_sub(gc_heap_bytes) }
    }

    /// Bytes that count towards the limit: those of all memories, and the collector's heap.
    fn bytes(&self) -> u64 {
        self.memory_bytes.saturating_add(self.gc_heap_bytes)
    }

    /// Corrects the totals by the real sizes, once no guest code runs; `memories` are the bytes of each, where they
    /// are known.
    pub(crate) fn resum(&mut self, memories: Option<Vec<u64>>, table_elements: u64, gc_heap_bytes: u64) {
        let memory_bytes =
            memories.as_ref().map_or_else(|| self.granted_bytes(gc_heap_bytes), |all| all.iter().sum());
        if !self.is_instantiated {
            self.is_instantiated = true;
            // What was made and is no memory of the module can only be the collector's heap.
            let has_heap = memories.as_ref().is_none_or(|memories| self.made.len() > memories.len());
            let is_heap = |made: &Made| made.bytes == gc_heap_bytes && made.maximum == Some(MOST_HEAP_BYTES);
            let heap = self.made.iter().rposition(is_heap).filter(|_| has_heap);
            self.gc_heap = heap.map(|at| self.made.remove(at));
            self.sizes = self.made.iter().map(|made| made.bytes).collect();
            self.memory_bytes_peak = memory_bytes.saturating_add(gc_heap_bytes);
            self.memory_bytes_call_peak = self.memory_bytes_peak;
        }
        self.sizes = memories.unwrap_or_else(|| std::mem::take(&mut self.sizes));
        self.memory_bytes = memory_bytes;
        self.table_elements = table_elements;
        self.gc_heap_bytes = gc_heap_bytes;
        self.memory_bytes_peak = self.memory_bytes_peak.max(self.bytes());
        self.memory_bytes_call_peak = self.memory_bytes_call_peak.max(self.bytes());
        self.table_elements_peak = self.table_elements_peak.max(table_elements);
        self.table_elements_call_peak = self.table_elements_call_peak.max(table_elements);
    }

    /// Pages that count towards the limit, those of the collector's heap among them.
    pub(crate) fn memory_pages(&self) -> u64 {
        self.bytes().div_ceil(PAGE_BYTES)
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

    /// All growth of this call that did not happen, counted.
    pub(crate) fn all_refused(&self) -> RefusedInCall {
        self.refused
    }

    /// How many operators of this call were answered by −1.
    pub(crate) fn num_answered(&self) -> u64 {
        self.num_answered
    }

    fn num_refused(&self) -> u64 {
        self.refused.by_limits() + self.refused.otherwise().count
    }

    /// Growth that limits refused in the plugin's life: of memories, and of tables.
    pub(crate) fn refused_by_kind(&self) -> (RefusedGrowth, RefusedGrowth) {
        (self.life.refused_pages, self.life.refused_elements)
    }

    /// Growth of this call that a limit refused, oldest first.
    pub(crate) fn refusals(&self) -> &[Refusal] {
        &self.refusals
    }

    /// Growth of this call that the module's own maximum or the system refused, oldest first.
    pub(crate) fn unmet(&self) -> &[Refusal] {
        &self.unmet
    }

    fn refuse(&mut self, mut growth: DeniedGrowth, is_answered: bool) {
        growth.nth = self.num_refused() + 1;
        self.refused.note(&growth);
        let answer = is_answered.then(|| {
            self.num_answered += 1;
            self.num_answered
        });
        let (list, most) = match growth.limit {
            Some(_) => (&mut self.refusals, MOST_REFUSALS),
            None => (&mut self.unmet, MOST_UNMET),
        };
        if growth.limit.is_some() {
            let of_kind = match growth.what {
                LimitKind::TableElements => &mut self.life.refused_elements,
                _ => &mut self.life.refused_pages,
            };
            of_kind.count += 1;
            of_kind.last_requested = Some(growth.requested);
        }
        if list.len() == most {
            list.remove(0);
        }
        list.push(Refusal { growth, answer });
    }

    /// Refuses by a limit: by −1, or by a trap where the limits say so. The collector's heap is answered nothing.
    fn refuse_by(&mut self, asked: Asked, bound: GrowthBound, limit: u64) -> wasmtime::Result<bool> {
        let growth = asked.refused(bound, Some(limit));
        let traps = self.limits().trap_on_refused_growth;
        let trap = GrowthTrap { kind: growth.kind(), what: growth.phrase(), bound: growth.bound_phrase() };
        self.refuse(growth, self.is_instantiated && !traps && !asked.is_gc_heap);
        if traps { Err(trap.into()) } else { Ok(false) }
    }

    /// Takes the last grant back, since the system could not give it.
    fn take_back(&mut self, what: LimitKind) -> Option<Asked> {
        let Grant { asked, call_peak_before, peak_before } =
            self.last_grant.take().filter(|grant| grant.asked.what == what)?;
        let delta = asked.delta();
        if what == LimitKind::TableElements {
            self.table_elements -= delta;
            self.table_elements_call_peak = call_peak_before;
            self.table_elements_peak = peak_before;
            return Some(asked);
        }
        if asked.is_gc_heap {
            self.gc_heap_bytes -= delta;
            self.gc_heap = Some(Made { bytes: asked.current, maximum: asked.maximum });
        } else {
            self.memory_bytes -= delta;
            self.resize(asked.desired, asked.current);
        }
        self.memory_bytes_call_peak = call_peak_before;
        self.memory_bytes_peak = peak_before;
        Some(asked)
    }

    /// Takes back what was granted last and did not come to be, since the engine ended everything over it.
    pub(crate) fn has_failed(&mut self, what: LimitKind) {
        if let Some(asked) = self.take_back(what) {
            self.refuse(asked.refused(GrowthBound::System, None), false);
        }
    }

    /// Returns the newest refusal if it is that of the collector's heap.
    pub(crate) fn refused_heap(&self) -> Option<&DeniedGrowth> {
        let newest = [self.refusals.last(), self.unmet.last()].into_iter().flatten();
        let newest = newest.max_by_key(|refusal| refusal.growth.nth)?;
        Some(&newest.growth).filter(|growth| growth.collector)
    }

    /// Takes note that the collector's heap was full, so that the newest refusal was that of the heap, even if a
    /// memory of the same size could have asked.
    pub(crate) fn heap_was_full(&mut self) {
        let newest = [self.refusals.last_mut(), self.unmet.last_mut()].into_iter().flatten();
        let Some(newest) = newest.max_by_key(|refusal| refusal.growth.nth) else { return };
        newest.growth.collector = true;
        if newest.answer.take().is_some() {
            self.num_answered -= 1;
        }
    }

    /// Tells whether the collector's heap asks, and not a memory.
    ///
    /// Memories are made during instantiation, so that what is made later is the heap; no operator asks for
    /// nothing. The heap then is known by its size. A memory of the very size is taken for the one that asks,
    /// since all limits hold for it.
    fn is_gc_heap(&self, current: u64, desired: u64, maximum: Option<u64>) -> bool {
        self.is_instantiated
            && match self.gc_heap {
                None => current == 0 && desired == 0,
                Some(heap) => {
                    heap.maximum == maximum && self.gc_heap_bytes == current && !self.sizes.contains(&current)
                }
            }
    }

    /// Takes note that a memory has another size.
    fn resize(&mut self, from: u64, to: u64) {
        if let Some(size) = self.sizes.iter_mut().find(|size| **size == from) {
            *size = to;
        }
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
        let maximum = maximum.map(|maximum| maximum as u64);
        self.was_asked = true;
        self.last_grant = None;
        let is_gc_heap = self.is_gc_heap(current, desired, maximum);
        let what = LimitKind::MemoryPages;
        let total = self.bytes().saturating_add(desired.saturating_sub(current));
        let asked = Asked { what, current, desired, maximum, is_gc_heap, total };
        let delta = asked.delta();
        let limits = self.limits();
        let exceeds = |limit: &u64, bytes: u64| bytes > limit.saturating_mul(PAGE_BYTES);
        if let Some(limit) = limits.memory_pages.filter(|limit| exceeds(limit, total)) {
            return self.refuse_by(asked, GrowthBound::Total, limit);
        }
        // What a memory begins with is no growth, and nobody asks for that of the collector's heap.
        let is_guests = self.is_instantiated && !is_gc_heap;
        if let Some(limit) = limits.growth_pages.filter(|limit| is_guests && exceeds(limit, delta)) {
            return self.refuse_by(asked, GrowthBound::PerGrowth, limit);
        }
        if asked.is_past_its_own() {
            // The engine refuses this itself, right after we would have granted it.
            self.refuse(asked.refused(GrowthBound::OwnMaximum, None), is_guests);
            return Ok(false);
        }
        self.last_grant = Some(Grant {
            asked,
            call_peak_before: self.memory_bytes_call_peak,
            peak_before: self.memory_bytes_peak,
        });
        if is_gc_heap {
            self.gc_heap_bytes += delta;
            self.gc_heap = Some(Made { bytes: desired, maximum });
        } else {
            self.memory_bytes += delta;
            self.resize(current, desired);
        }
        self.memory_bytes_call_peak = self.memory_bytes_call_peak.max(self.bytes());
        self.memory_bytes_peak = self.memory_bytes_peak.max(self.bytes());
        if !self.is_instantiated && self.made.len() < 4096 {
            self.made.push(Made { bytes: desired, maximum });
        }
        Ok(true)
    }

    fn memory_grow_failed(&mut self, _error: wasmtime::Error) -> wasmtime::Result<()> {
        self.was_asked = true;
        if let Some(asked) = self.take_back(LimitKind::MemoryPages) {
            self.refuse(asked.refused(GrowthBound::System, None), !asked.is_gc_heap);
            return Ok(());
        }
        // Without a grant before it, a memory of small pages was to grow past what its addresses reach. How far is
        // not told: four gigabytes are the least that it can be.
        let (what, current, desired) = (LimitKind::MemoryPages, 0, 1 << 32);
        let total = self.bytes().max(desired);
        let asked = Asked { what, current, desired, maximum: None, is_gc_heap: false, total };
        self.refuse(asked.refused(GrowthBound::OwnMaximum, None), true);
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
        let (current, desired) = (current as u64, desired as u64);
        let maximum = maximum.map(|maximum| maximum as u64);
        let (what, is_gc_heap) = (LimitKind::TableElements, false);
        let total = self.table_elements.saturating_add(desired.saturating_sub(current));
        let asked = Asked { what, current, desired, maximum, is_gc_heap, total };
        if let Some(limit) = self.limits().table_elements.filter(|limit| total > *limit) {
            return self.refuse_by(asked, GrowthBound::Total, limit);
        }
        if asked.is_past_its_own() {
            self.refuse(asked.refused(GrowthBound::OwnMaximum, None), true);
            return Ok(false);
        }
        self.last_grant = Some(Grant {
            asked,
            call_peak_before: self.table_elements_call_peak,
            peak_before: self.table_elements_peak,
        });
        self.table_elements = total;
        self.table_elements_call_peak = self.table_elements_call_peak.max(total);
        self.table_elements_peak = self.table_elements_peak.max(total);
        Ok(true)
    }

    fn table_grow_failed(&mut self, _error: wasmtime::Error) -> wasmtime::Result<()> {
        self.was_asked = true;
        if let Some(asked) = self.take_back(LimitKind::TableElements) {
            self.refuse(asked.refused(GrowthBound::System, None), true);
            return Ok(());
        }
        // Without a grant before it, the new size was no number of 64 bits.
        let (what, current, desired) = (LimitKind::TableElements, self.table_elements, u64::MAX);
        let asked = Asked { what, current, desired, maximum: None, is_gc_heap: false, total: u64::MAX };
        self.refuse(asked.refused(GrowthBound::OwnMaximum, None), true);
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
        meter.resum(Some(vec![PAGE_BYTES; 2]), 0, 0);
        assert!(meter.memory_growing(PAGE, 2 * PAGE, None).unwrap());
        assert!(!meter.memory_growing(PAGE, 2 * PAGE, None).unwrap());
        let [Refusal { growth, answer: Some(1) }] = meter.refusals() else {
            panic!("{:?}", meter.refusals())
        };
        assert_eq!(
            (growth.what, growth.requested, growth.growth, growth.size),
            (LimitKind::MemoryPages, 4, 1, 2)
        );
        assert_eq!((growth.bound, growth.limit, growth.nth), (GrowthBound::Total, Some(3), 1));
        assert_eq!(meter.memory_pages(), 3);
    }

    #[test]
    fn a_single_growth_has_a_bound_of_its_own() {
        let limits = Limits { growth_pages: Some(2), ..Limits::UNLIMITED };
        let mut meter = Meter::new(limits, Life::default());
        // What a memory begins with is no growth.
        assert!(meter.memory_growing(0, 5 * PAGE, None).unwrap());
        meter.resum(Some(vec![5 * PAGE_BYTES]), 0, 0);
        assert!(meter.memory_growing(5 * PAGE, 7 * PAGE, None).unwrap());
        assert!(!meter.memory_growing(7 * PAGE, 10 * PAGE, None).unwrap());
        let refused = meter.refusals()[0].growth.clone();
        assert_eq!((refused.requested, refused.growth, refused.limit), (10, 3, Some(2)));
        assert_eq!(refused.bound, GrowthBound::PerGrowth);
        // Where both are in the way, the total is what has to be raised first.
        meter.set_limits(Limits { memory_pages: Some(7), ..limits });
        assert!(!meter.memory_growing(7 * PAGE, 10 * PAGE, None).unwrap());
        assert_eq!(meter.refusals()[1].growth.bound, GrowthBound::Total);
        // Tables have no such bound.
        assert!(meter.table_growing(0, 100, None).unwrap());
    }

    #[test]
    fn a_grant_that_the_system_can_not_keep_is_taken_back() {
        let mut meter = meter(10, 10);
        assert!(meter.memory_growing(0, PAGE, None).unwrap());
        assert!(meter.memory_growing(PAGE, 3 * PAGE, None).unwrap());
        meter.memory_grow_failed(wasmtime::Error::msg("no memory")).unwrap();
        let pages =
            |meter: &Meter| (meter.memory_pages(), meter.memory_pages_call_peak(), meter.memory_pages_peak());
        assert_eq!(pages(&meter), (1, 1, 1), "what never was is no peak either");
        // Without a grant before it nothing is taken back.
        meter.memory_grow_failed(wasmtime::Error::msg("no memory")).unwrap();
        assert_eq!(pages(&meter), (1, 1, 1));
        let bounds: Vec<_> = meter.unmet().iter().map(|refusal| refusal.growth.bound).collect();
        assert_eq!(bounds, [GrowthBound::System, GrowthBound::OwnMaximum]);
        let elements = |meter: &Meter| {
            (meter.table_elements(), meter.table_elements_call_peak(), meter.table_elements_peak())
        };
        assert!(meter.table_growing(0, 2, None).unwrap());
        assert!(meter.table_growing(2, 4, None).unwrap());
        meter.table_grow_failed(wasmtime::Error::msg("no memory")).unwrap();
        assert_eq!(elements(&meter), (2, 2, 2));
        // The engine may end the call over it instead.
        assert!(meter.table_growing(2, 5, None).unwrap());
        meter.has_failed(LimitKind::TableElements);
        assert_eq!(elements(&meter), (2, 2, 2));
        assert_eq!(
            meter.unmet().last().map(|refusal| (refusal.growth.requested, refusal.answer)),
            Some((5, None))
        );
        assert_eq!(meter.refused_in_life(), 0);
    }

    #[test]
    fn the_modules_own_maximum_refuses_without_a_limit() {
        let mut meter = meter(10, 10);
        assert!(!meter.memory_growing(0, 3 * PAGE, Some(2 * PAGE)).unwrap());
        let [Refusal { growth, .. }] = meter.unmet() else { panic!("{:?}", meter.unmet()) };
        assert_eq!((growth.bound, growth.limit, growth.maximum), (GrowthBound::OwnMaximum, None, Some(2)));
        assert_eq!((meter.refusals().len(), meter.refused_in_life()), (0, 0));
    }

    #[test]
    fn what_no_limit_refused_pushes_out_nothing_that_one_did() {
        let mut meter = meter(1, 0);
        meter.resum(Some(vec![0; 2]), 0, 0);
        assert!(!meter.memory_growing(0, 2 * PAGE, None).unwrap());
        for _ in 0..1000 {
            assert!(!meter.memory_growing(0, PAGE, Some(0)).unwrap());
        }
        assert_eq!((meter.refusals().len(), meter.unmet().len()), (1, MOST_UNMET));
        assert_eq!((meter.all_refused().by_limits(), meter.all_refused().otherwise().count), (1, 1000));
        assert_eq!(
            meter.unmet().last().map(|refusal| (refusal.growth.nth, refusal.answer)),
            Some((1001, Some(1001)))
        );
    }

    #[test]
    fn the_most_that_was_asked_for_is_kept_however_many_come_after() {
        let mut meter = meter(256, 0);
        assert!(!meter.memory_growing(0, 5000 * PAGE, None).unwrap());
        assert!(!meter.memory_growing(0, 9000 * PAGE, Some(6000 * PAGE)).unwrap());
        for _ in 0..1000 {
            assert!(!meter.memory_growing(0, 257 * PAGE, None).unwrap());
        }
        assert_eq!(meter.all_refused().by(LimitKind::MemoryPages).most_possible, Some(5000));
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
        assert_eq!((meter.refused_in_life(), meter.all_refused().by_limits()), (10_000, 10_000));
        meter.begin_call();
        assert_eq!((meter.refused_in_life(), meter.all_refused().by_limits()), (10_000, 0));
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
    fn the_collectors_heap_is_counted_in_and_known_apart() {
        const HEAP: Option<usize> = Some(1 << 32);
        let mut meter = meter(4, 0);
        assert!(meter.memory_growing(0, 3 * PAGE, HEAP).unwrap());
        meter.resum(Some(vec![3 * PAGE_BYTES]), 0, 0);
        // It is made of nothing, and grows from there.
        assert!(meter.memory_growing(0, 0, HEAP).unwrap());
        assert!(meter.memory_growing(0, PAGE, HEAP).unwrap());
        assert_eq!((meter.memory_pages(), meter.gc_heap_bytes()), (4, PAGE_BYTES), "it counts as memory");
        assert_eq!((meter.memory_pages_call_peak(), meter.memory_pages_peak()), (4, 4));
        assert!(!meter.memory_growing(3 * PAGE, 4 * PAGE, HEAP).unwrap());
        assert!(meter.refused_heap().is_none());
        assert!(!meter.memory_growing(PAGE, 2 * PAGE, HEAP).unwrap());
        assert_eq!(meter.refused_heap().map(|growth| (growth.requested, growth.limit)), Some((5, Some(4))));
        assert_eq!(meter.num_answered(), 1, "the collector is answered nothing");
    }

    #[test]
    fn a_memory_as_large_as_the_heap_is_taken_for_the_one_that_asks() {
        const HEAP: Option<usize> = Some(1 << 32);
        let limits = Limits { growth_pages: Some(2), ..Limits::UNLIMITED };
        let mut meter = Meter::new(limits, Life::default());
        assert!(meter.memory_growing(0, PAGE, HEAP).unwrap());
        meter.resum(Some(vec![PAGE_BYTES]), 0, 0);
        assert!(meter.memory_growing(0, 0, HEAP).unwrap());
        assert!(meter.memory_growing(0, PAGE, HEAP).unwrap());
        assert!(!meter.memory_growing(PAGE, 4 * PAGE, HEAP).unwrap(), "each limit holds for it");
        assert_eq!((meter.refused_heap(), meter.num_answered()), (None, 1));
        // Unless the engine says that it was the heap after all.
        meter.heap_was_full();
        assert!(meter.refused_heap().is_some());
        assert_eq!(meter.num_answered(), 0);
        // Once they differ, they are told apart.
        assert!(meter.memory_growing(PAGE, 2 * PAGE, HEAP).unwrap());
        assert!(meter.memory_growing(PAGE, 9 * PAGE, HEAP).unwrap());
        assert_eq!((meter.gc_heap_bytes(), meter.memory_pages()), (9 * PAGE_BYTES, 11));
    }

    #[test]
    fn a_memory_that_begins_with_nothing_is_no_heap() {
        let limits = Limits { growth_pages: Some(2), ..Limits::UNLIMITED };
        let mut meter = Meter::new(limits, Life::default());
        assert!(meter.memory_growing(0, 0, Some(1 << 32)).unwrap());
        meter.resum(Some(vec![0]), 0, 0);
        assert!(!meter.memory_growing(0, 3 * PAGE, Some(1 << 32)).unwrap(), "growth from nothing is growth");
        assert!(!meter.refusals()[0].growth.collector);
    }
}

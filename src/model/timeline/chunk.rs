//! One chunk of calls as columns, with the two levels of its min/max pyramid.
//!
//! Knows no names of exports and nothing of the chunks beside it.
//!
//! A call takes 38 bytes: start, wall time and fuel of 8; pages, depth and export of 4; outcome and flags of
//! one. A node of the pyramid takes 56 bytes and stands for 32 calls, or for 32 such nodes.

use std::ops::Range;

use super::super::call::{CallSample, Outcome, TrapKind};
use super::super::limits::LimitKind;
use super::super::measured::Measured;
use super::tally::{CallEnd, ChunkTally, Pick};
use super::{OutcomeCounts, Series};

/// Calls below a node of the lower level, and nodes of the lower level below one of the upper level.
const FANOUT: usize = 32;
/// Calls below a node of the upper level.
const UPPER: usize = FANOUT * FANOUT;
/// Calls in a full chunk.
pub(super) const CHUNK_CALLS: usize = UPPER * FANOUT;

// Outcomes are numbered by how bad they are, so that the worst of many is the largest number.
const RETURNED: u8 = 0;
const CANCELLED: u8 = 1;
const FIRST_LIMIT: u8 = 2;
const LIMITS: [LimitKind; 8] = [
    LimitKind::Fuel,
    LimitKind::ExecutionTime,
    LimitKind::MemoryPages,
    LimitKind::TableElements,
    LimitKind::Instances,
    LimitKind::CallDepth,
    LimitKind::WasmStack,
    LimitKind::GrowthPages,
];
const FIRST_TRAP: u8 = 16;
const TRAPS: [TrapKind; 19] = [
    TrapKind::Other,
    TrapKind::Unreachable,
    TrapKind::MemoryOutOfBounds,
    TrapKind::TableOutOfBounds,
    TrapKind::IndirectCallToNull,
    TrapKind::BadSignature,
    TrapKind::IntegerDivideByZero,
    TrapKind::IntegerOverflow,
    TrapKind::BadConversionToInteger,
    TrapKind::NullReference,
    TrapKind::CastFailure,
    TrapKind::ArrayOutOfBounds,
    TrapKind::HeapMisaligned,
    TrapKind::AtomicWaitNonShared,
    TrapKind::UncaughtException,
    TrapKind::AllocationTooLarge,
    TrapKind::MissingImport,
    TrapKind::HostFunction,
    TrapKind::OutOfMemory,
];
const ERROR: u8 = u8::MAX;

// Two bits of quality for fuel, two for depth, one for a refused growth.
const FUEL_SHIFT: u8 = 0;
const DEPTH_SHIFT: u8 = 2;
const DENIED: u8 = 1 << 4;
const QUALITY: u8 = 0b11;
const NOT_MEASURED: u8 = 0;
const AT_LEAST: u8 = 1;
const EXACT: u8 = 2;

/// Smallest and largest measured value of some calls, and the worst that happened in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    min: u64,
    max: u64,
    worst: u8,
    any_denied: bool,
    // The export of all these calls; `None` where they are of several, or where there are none.
    export: Option<u32>,
}

impl Span {
    /// The span of no calls.
    pub(super) const EMPTY: Self =
        Self { min: u64::MAX, max: 0, worst: RETURNED, any_denied: false, export: None };

    /// Returns the smallest and the largest value, or `None` when nothing was measured.
    pub(super) fn extent(&self) -> Option<(u64, u64)> {
        (self.min <= self.max).then_some((self.min, self.max))
    }

    pub(super) fn worst(&self) -> Outcome {
        outcome_of(self.worst)
    }

    pub(super) fn any_denied(&self) -> bool {
        self.any_denied
    }

    /// Returns the export that all calls of a part are of, if they are of one.
    pub(super) fn export(&self) -> Option<u32> {
        self.export
    }

    /// Tells whether a part has only calls that returned, and none in which growth was refused.
    pub(super) fn is_plain(&self) -> bool {
        self.worst == RETURNED && !self.any_denied
    }

    fn absorb(&mut self, other: Self) {
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        self.worst = self.worst.max(other.worst);
        self.any_denied |= other.any_denied;
    }
}

#[derive(Debug, Clone, Copy)]
struct Node {
    wall: (u64, u64),
    fuel: (u64, u64),
    pages: (u32, u32),
    depth: (u32, u32),
    export: u32,
    // Whether the calls are of several exports.
    is_mixed: bool,
    worst: u8,
    any_denied: bool,
}

impl Node {
    /// The extent of a figure that was not measured.
    const NONE: (u64, u64) = (u64::MAX, 0);
    const NO_DEPTH: (u32, u32) = (u32::MAX, 0);

    fn absorb(&mut self, other: &Self) {
        self.wall = (self.wall.0.min(other.wall.0), self.wall.1.max(other.wall.1));
        self.fuel = (self.fuel.0.min(other.fuel.0), self.fuel.1.max(other.fuel.1));
        self.pages = (self.pages.0.min(other.pages.0), self.pages.1.max(other.pages.1));
        self.depth = (self.depth.0.min(other.depth.0), self.depth.1.max(other.depth.1));
        self.is_mixed |= other.is_mixed || self.export != other.export;
        self.worst = self.worst.max(other.worst);
        self.any_denied |= other.any_denied;
    }

    fn span(&self, series: Series) -> Span {
        // An empty extent has to stay empty when it is widened.
        let wide = |(min, max): (u32, u32)| if min <= max { (min.into(), max.into()) } else { (u64::MAX, 0) };
        let (min, max) = match series {
            Series::WallNs => self.wall,
            Series::Fuel => self.fuel,
            Series::Pages => wide(self.pages),
            Series::Depth => wide(self.depth),
        };
        let export = (!self.is_mixed).then_some(self.export);
        Span { min, max, worst: self.worst, any_denied: self.any_denied, export }
    }
}

/// Up to [`CHUNK_CALLS`] calls in a row.
#[derive(Debug, Clone, Default)]
pub(super) struct Chunk {
    started_ns: Vec<u64>,
    wall_ns: Vec<u64>,
    fuel: Vec<u64>,
    pages: Vec<u32>,
    depth: Vec<u32>,
    export: Vec<u32>,
    outcome: Vec<u8>,
    flags: Vec<u8>,
    lower: Vec<Node>,
    upper: Vec<Node>,
    counts: OutcomeCounts,
    // Made when the chunk is full.
    tally: Option<ChunkTally>,
}

impl Chunk {
    pub(super) fn len(&self) -> usize {
        self.outcome.len()
    }

    pub(super) fn is_full(&self) -> bool {
        self.len() >= CHUNK_CALLS
    }

    pub(super) fn counts(&self) -> &OutcomeCounts {
        &self.counts
    }

    pub(super) fn started_ns(&self) -> &[u64] {
        &self.started_ns
    }

    /// Returns the counts by export, once the chunk is full.
    pub(super) fn tally(&self) -> Option<&ChunkTally> {
        self.tally.as_ref()
    }

    /// Appends a call; the caller has seen to it that there is room.
    pub(super) fn push(&mut self, sample: &CallSample) {
        let (fuel, fuel_quality) = pack_measured(sample.fuel);
        let (depth, depth_quality) = pack_measured(sample.peak_call_depth);
        // More than `u32::MAX` pages or frames does not exist in practice; if it did, it would be kept as
        // that many, the depth as a lower bound.
        let pages = u32::try_from(sample.peak_memory_pages).unwrap_or(u32::MAX);
        let (depth, depth_quality) = match u32::try_from(depth) {
            Ok(depth) => (depth, depth_quality),
            Err(_) => (u32::MAX, AT_LEAST),
        };
        let outcome = code_of(sample.outcome);

        self.started_ns.push(sample.started_ns);
        self.wall_ns.push(sample.wall_ns);
        self.fuel.push(fuel);
        self.pages.push(pages);
        self.depth.push(depth);
        self.export.push(sample.export);
        self.outcome.push(outcome);
        let denied = if sample.was_denied { DENIED } else { 0 };
        self.flags.push(fuel_quality << FUEL_SHIFT | depth_quality << DEPTH_SHIFT | denied);
        self.counts.add(sample.outcome, sample.was_denied);
        self.complete_nodes();
        if self.is_full() {
            let value_of = |series: usize, row| self.value(Series::ALL[series], row).value();
            self.tally = ChunkTally::of(self.len(), |row| self.end_of(row), value_of);
        }
    }

    // Nodes are made when the last of their calls is there: that is cheaper than to keep them up to date, and
    // what is not yet in a node is at most 31 rows and 31 nodes.
    fn complete_nodes(&mut self) {
        let len = self.len();
        if !len.is_multiple_of(FANOUT) {
            return;
        }
        let mut node = self.row_node(len - FANOUT);
        for row in len - FANOUT + 1..len {
            node.absorb(&self.row_node(row));
        }
        self.lower.push(node);
        if len.is_multiple_of(UPPER) {
            let first = self.lower.len() - FANOUT;
            let mut node = self.lower[first];
            for lower in &self.lower[first + 1..] {
                node.absorb(lower);
            }
            self.upper.push(node);
        }
    }

    fn end_of(&self, row: usize) -> CallEnd {
        CallEnd {
            export: self.export[row],
            outcome: outcome_of(self.outcome[row]),
            was_denied: self.flags[row] & DENIED != 0,
        }
    }

    fn row_node(&self, row: usize) -> Node {
        let flags = self.flags[row];
        let both = |value| (value, value);
        let has_fuel = flags >> FUEL_SHIFT & QUALITY != NOT_MEASURED;
        let has_depth = flags >> DEPTH_SHIFT & QUALITY != NOT_MEASURED;
        Node {
            wall: both(self.wall_ns[row]),
            fuel: if has_fuel { both(self.fuel[row]) } else { Node::NONE },
            pages: (self.pages[row], self.pages[row]),
            depth: if has_depth { (self.depth[row], self.depth[row]) } else { Node::NO_DEPTH },
            export: self.export[row],
            is_mixed: false,
            worst: self.outcome[row],
            any_denied: flags & DENIED != 0,
        }
    }

    /// Returns the call of that row as it was pushed.
    pub(super) fn get(&self, row: usize) -> Option<CallSample> {
        let flags = *self.flags.get(row)?;
        Some(CallSample {
            started_ns: *self.started_ns.get(row)?,
            wall_ns: *self.wall_ns.get(row)?,
            fuel: measured(*self.fuel.get(row)?, flags >> FUEL_SHIFT),
            peak_memory_pages: (*self.pages.get(row)?).into(),
            peak_call_depth: measured((*self.depth.get(row)?).into(), flags >> DEPTH_SHIFT),
            outcome: outcome_of(*self.outcome.get(row)?),
            was_denied: flags & DENIED != 0,
            export: *self.export.get(row)?,
        })
    }

    /// Returns one figure of the call of that row; the row must be there.
    pub(super) fn value(&self, series: Series, row: usize) -> Measured<u64> {
        match series {
            Series::WallNs => Measured::Exact(self.wall_ns[row]),
            Series::Fuel => measured(self.fuel[row], self.flags[row] >> FUEL_SHIFT),
            Series::Pages => Measured::Exact(self.pages[row].into()),
            Series::Depth => measured(self.depth[row].into(), self.flags[row] >> DEPTH_SHIFT),
        }
    }

    /// Adds to `span` what those rows of an export span, or all of them, and returns from the first to the last
    /// that counts. Takes at most 4 · 31 steps and one more per 1024 rows, and more only where calls of several
    /// exports lie between each other.
    pub(super) fn absorb_into(
        &self,
        span: &mut Span,
        series: Series,
        rows: Range<usize>,
        export: Option<u32>,
    ) -> Option<Range<usize>> {
        let mut counted: Option<Range<usize>> = None;
        self.for_each_span(series, rows, |rows, part| match (export, part.export) {
            (Some(_), None) => Descend::Yes,
            (Some(wanted), Some(other)) if wanted != other => Descend::No,
            _ => {
                span.absorb(part);
                counted = Some(counted.as_ref().map_or(rows.start, |counted| counted.start)..rows.end);
                Descend::No
            }
        });
        counted
    }

    /// Visits the figure of each of those calls that counts and was measured.
    pub(super) fn for_each_value(
        &self,
        series: Series,
        rows: Range<usize>,
        pick: Pick,
        mut visit: impl FnMut(u64),
    ) {
        for row in rows.start..rows.end.min(self.len()) {
            let is_counted =
                pick.takes_export(self.export[row]) && (!pick.returned_only || self.outcome[row] == RETURNED);
            if let Some(value) = self.value(series, row).value().filter(|_| is_counted) {
                visit(value);
            }
        }
    }

    /// Walks the pyramid over those rows in order. `visit` gets the rows of a part and what they span, and
    /// says whether it wants to see the parts of that part.
    pub(super) fn for_each_span(
        &self,
        series: Series,
        rows: Range<usize>,
        mut visit: impl FnMut(Range<usize>, Span) -> Descend,
    ) {
        let end = rows.end.min(self.len());
        let mut row = rows.start;
        // Below these rows `visit` asked for the parts of a node, so that the node itself is not shown again.
        let mut upper_from = row;
        let mut lower_from = row;
        while row < end {
            let upper = self.upper.get(row / UPPER).filter(|_| is_node(row, UPPER, end) && row >= upper_from);
            let lower =
                self.lower.get(row / FANOUT).filter(|_| is_node(row, FANOUT, end) && row >= lower_from);
            if let Some(node) = upper {
                let part = row..row + UPPER;
                match visit(part.clone(), node.span(series)) {
                    Descend::No => row = part.end,
                    Descend::Yes => upper_from = part.end,
                }
            } else if let Some(node) = lower {
                let part = row..row + FANOUT;
                match visit(part.clone(), node.span(series)) {
                    Descend::No => row = part.end,
                    Descend::Yes => lower_from = part.end,
                }
            } else {
                visit(row..row + 1, self.row_span(series, row));
                row += 1;
            }
        }
    }

    fn row_span(&self, series: Series, row: usize) -> Span {
        let (min, max) = self.value(series, row).value().map_or((u64::MAX, 0), |value| (value, value));
        let any_denied = self.flags[row] & DENIED != 0;
        Span { min, max, worst: self.outcome[row], any_denied, export: Some(self.export[row]) }
    }

    /// Returns the first row at or after `row` whose call did not return within all limits.
    pub(super) fn next_failure(&self, row: usize) -> Option<usize> {
        if self.counts.failures() == 0 {
            return None;
        }
        let mut row = row;
        while row < self.len() {
            if row.is_multiple_of(FANOUT)
                && self.lower.get(row / FANOUT).is_some_and(|node| node.worst == RETURNED)
            {
                row += FANOUT;
            } else if self.outcome[row] == RETURNED {
                row += 1;
            } else {
                return Some(row);
            }
        }
        None
    }

    /// Visits how calls of those rows ended, as many as are of the same export in a row at a time.
    pub(super) fn for_each_export(&self, rows: Range<usize>, mut visit: impl FnMut(u32, &OutcomeCounts)) {
        let mut run: Option<(u32, OutcomeCounts)> = None;
        self.for_each_span(Series::WallNs, rows, |rows, part| {
            let Some(export) = part.export().filter(|_| part.is_plain() || rows.len() == 1) else {
                return Descend::Yes;
            };
            let is_new = run.as_ref().is_none_or(|(of, _)| *of != export);
            let begun = (export, OutcomeCounts::default());
            if let Some((of, counts)) = is_new.then(|| run.replace(begun)).flatten() {
                visit(of, &counts);
            }
            if let Some((_, counts)) = &mut run {
                if part.is_plain() {
                    counts.returned += rows.len() as u64;
                } else {
                    counts.add(part.worst(), part.any_denied());
                }
            }
            Descend::No
        });
        if let Some((of, counts)) = run {
            visit(of, &counts);
        }
    }

    /// Counts the ends of the calls of those rows.
    pub(super) fn count_rows(&self, rows: Range<usize>, counts: &mut OutcomeCounts) {
        for row in rows.start..rows.end.min(self.len()) {
            counts.add(outcome_of(self.outcome[row]), self.flags[row] & DENIED != 0);
        }
    }

    /// Returns the bytes that the chunk has allocated.
    pub(super) fn allocated_bytes(&self) -> usize {
        let eights = self.started_ns.capacity() + self.wall_ns.capacity() + self.fuel.capacity();
        let fours = self.pages.capacity() + self.depth.capacity() + self.export.capacity();
        let ones = self.outcome.capacity() + self.flags.capacity();
        let nodes = self.lower.capacity() + self.upper.capacity();
        let tally = self.tally.as_ref().map_or(0, ChunkTally::allocated_bytes);
        eights * 8 + fours * 4 + ones + nodes * size_of::<Node>() + tally
    }
}

/// Whether a walk over the pyramid goes on inside a part or after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Descend {
    /// Show the parts of this part next.
    Yes,
    /// Go on after this part.
    No,
}

fn is_node(row: usize, calls: usize, end: usize) -> bool {
    row.is_multiple_of(calls) && row + calls <= end
}

fn pack_measured(figure: Measured<u64>) -> (u64, u8) {
    match figure {
        Measured::Exact(value) => (value, EXACT),
        Measured::AtLeast(value) => (value, AT_LEAST),
        Measured::NotMeasured => (0, NOT_MEASURED),
    }
}

fn measured(value: u64, flags: u8) -> Measured<u64> {
    match flags & QUALITY {
        EXACT => Measured::Exact(value),
        AT_LEAST => Measured::AtLeast(value),
        _ => Measured::NotMeasured,
    }
}

fn code_of(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Returned => RETURNED,
        Outcome::Cancelled => CANCELLED,
        Outcome::Limit(kind) => FIRST_LIMIT + position(&LIMITS, &kind),
        Outcome::Trapped(kind) => FIRST_TRAP + position(&TRAPS, &kind),
        Outcome::Error => ERROR,
    }
}

fn outcome_of(code: u8) -> Outcome {
    let item = |first: u8| usize::from(code.saturating_sub(first));
    match code {
        RETURNED => Outcome::Returned,
        CANCELLED => Outcome::Cancelled,
        ERROR => Outcome::Error,
        FIRST_LIMIT..FIRST_TRAP => {
            LIMITS.get(item(FIRST_LIMIT)).map_or(Outcome::Error, |kind| Outcome::Limit(*kind))
        }
        _ => TRAPS.get(item(FIRST_TRAP)).map_or(Outcome::Error, |kind| Outcome::Trapped(*kind)),
    }
}

// A kind that is added later and is missing from its list counts as the list's first.
fn position<T: PartialEq>(list: &[T], item: &T) -> u8 {
    list.iter().position(|other| other == item).and_then(|index| u8::try_from(index).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_survives_packing_and_worse_ones_have_larger_codes() {
        let mut outcomes = vec![Outcome::Returned, Outcome::Cancelled];
        outcomes.extend(LIMITS.map(Outcome::Limit));
        outcomes.extend(TRAPS.map(Outcome::Trapped));
        outcomes.push(Outcome::Error);
        for pair in outcomes.windows(2) {
            assert!(code_of(pair[0]) < code_of(pair[1]), "{pair:?}");
        }
        for outcome in outcomes {
            assert_eq!(outcome_of(code_of(outcome)), outcome);
        }
    }

    #[test]
    fn the_walk_shows_parts_only_where_asked() {
        let mut chunk = Chunk::default();
        for call in 0..2500_u64 {
            chunk.push(&super::super::tests::sample(call, call));
        }
        let mut parts = Vec::new();
        chunk.for_each_span(Series::WallNs, 1000..2500, |rows, span| {
            assert_eq!(span.extent(), Some((rows.start as u64, rows.end as u64 - 1)));
            let wanted = rows.contains(&1024) || rows.contains(&2490);
            parts.push(rows);
            if wanted { Descend::Yes } else { Descend::No }
        });
        // 24 rows to the first node. That node, the 32 below it, and the rows of one of those. The calls after
        // it have no upper node yet, but 14 lower ones; one is opened, and 4 rows follow.
        let num_rows = parts.iter().filter(|part| part.len() == 1).count();
        assert_eq!(num_rows, 24 + 32 + 32 + 4);
        assert_eq!(parts.len(), num_rows + (1 + 32) + 14);
    }
}

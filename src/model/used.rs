//! What a call used of every limit, as figures and as text.
//!
//! Knows no gauges; whoever draws some reads the shares.

use serde::Serialize;

use super::call::CallRecord;
use super::humanize;
use super::limits::LimitKind;
use super::measured::Measured;

/// Nanoseconds in a millisecond.
const MILLI: u64 = 1_000_000;

/// What a call used of one limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsedOfLimit {
    /// The limit.
    pub kind: LimitKind,
    /// Most that was used: fuel, nanoseconds, pages, elements, instances, frames or bytes.
    pub used: Measured<u64>,
    /// The limit in the same unit; `None` when there is none.
    pub limit: Option<u64>,
}

impl UsedOfLimit {
    /// Returns what a call used of each limit, in the order of the Limits pane.
    pub fn all(record: &CallRecord) -> [Self; 7] {
        LimitKind::ALL.map(|kind| {
            let limit = record.limits.get(kind);
            let (used, limit) = match kind {
                LimitKind::Fuel => (record.fuel, limit),
                LimitKind::ExecutionTime => {
                    (Measured::Exact(record.wall_ns), limit.map(|limit| limit.saturating_mul(MILLI)))
                }
                // A bound that nothing is used up of has no share.
                LimitKind::GrowthPages => (Measured::NotMeasured, limit),
                LimitKind::MemoryPages => (Measured::Exact(record.peak_memory_pages), limit),
                LimitKind::TableElements => (Measured::Exact(record.peak_table_elements), limit),
                LimitKind::Instances => (Measured::Exact(record.instances), limit),
                LimitKind::CallDepth => (record.peak_call_depth, limit),
                LimitKind::WasmStack => (Measured::NotMeasured, Some(record.wasm_stack_bytes)),
            };
            Self { kind, used, limit }
        })
    }

    /// Returns the share of the limit that was used; `None` without a limit or a figure.
    #[allow(clippy::cast_precision_loss, reason = "a share is looked at, not added up")]
    pub fn share(&self) -> Option<f64> {
        match (self.used.value()?, self.limit?) {
            (0, 0) => Some(0.0),
            (_, 0) => Some(1.0),
            (used, limit) => Some(used as f64 / limit as f64),
        }
    }

    /// Writes a value of this limit, such as `40 000`, `482 µs` or `512 KiB`.
    pub fn value_text(&self, value: u64) -> String {
        match self.kind {
            LimitKind::ExecutionTime => humanize::duration_ns(value),
            LimitKind::WasmStack => humanize::binary_bytes(value),
            _ => humanize::count(value),
        }
    }

    /// Writes what was used, such as `≥ 20 000`; a figure that nobody measured is `–`.
    pub fn used_text(&self) -> String {
        match self.used {
            Measured::Exact(value) => self.value_text(value),
            Measured::AtLeast(value) => format!("≥ {}", self.value_text(value)),
            Measured::NotMeasured => "–".to_owned(),
        }
    }

    /// Writes use and limit as part of a list, such as `memory 16 of 16 pages`.
    pub fn phrase(&self) -> String {
        let (name, used) = (self.kind.short(), self.used_text());
        let counted = self.limit.or_else(|| self.used.value());
        let unit = match (self.kind, counted == Some(1)) {
            (LimitKind::MemoryPages, true) => " page",
            (LimitKind::MemoryPages, false) => " pages",
            (LimitKind::TableElements, true) => " element",
            (LimitKind::TableElements, false) => " elements",
            _ => "",
        };
        match self.limit {
            Some(limit) => format!("{name} {used} of {}{unit}", self.value_text(limit)),
            None => format!("{name} {used}{unit}, no limit"),
        }
    }
}

/// What a call used of every limit, in JSON documents; the fields are its keys, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct UsedDocument {
    fuel: UseAndLimit,
    execution_time_ns: UseAndLimit,
    memory_pages: UseAndLimit,
    table_elements: UseAndLimit,
    instances: UseAndLimit,
    call_depth: UseAndLimit,
    wasm_stack_bytes: UseAndLimit,
}

/// Use and limit in the unit that the key names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
struct UseAndLimit {
    /// Most that was used; `null` where nobody measured it.
    used: Measured<u64>,
    /// Whether the use is right to the unit; `false` for a lower bound and for what was not measured.
    exact: bool,
    /// The limit; `null` where there is none.
    limit: Option<u64>,
}

impl UsedDocument {
    /// Returns the document of a call; `None` for a call that was never made.
    pub fn of(record: &CallRecord) -> Option<Self> {
        let all = UsedOfLimit::all(record).map(|of| UseAndLimit {
            used: of.used,
            exact: of.used.is_exact(),
            limit: of.limit,
        });
        let [fuel, execution_time_ns, memory_pages, table_elements, instances, call_depth, wasm_stack_bytes] =
            all;
        (record.number > 0).then_some(Self {
            fuel,
            execution_time_ns,
            memory_pages,
            table_elements,
            instances,
            call_depth,
            wasm_stack_bytes,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::call_json::tests::trapped_record;
    use super::super::limits::Limits;
    use super::*;

    #[test]
    fn each_limit_is_told_with_what_was_used_of_it() {
        let limits = Limits { table_elements: None, execution_time_ms: Some(30_000), ..Limits::default() };
        let record = CallRecord { limits, peak_memory_pages: 16, ..trapped_record() };
        let phrases = UsedOfLimit::all(&record).map(|used| used.phrase());
        assert_eq!(
            phrases,
            [
                "fuel ≥ 4 of 100 M",
                "time 0.18 µs of 30 s",
                "memory 16 of 256 pages",
                "table 0 elements, no limit",
                "instances 1 of 10",
                "depth 1 of 1\u{202f}000",
                "wasm stack – of 512 KiB",
            ]
        );
    }

    #[test]
    fn a_share_needs_a_limit_and_a_figure() {
        let of = |used, limit| UsedOfLimit { kind: LimitKind::Fuel, used, limit }.share();
        assert_eq!(of(Measured::Exact(5), Some(10)), Some(0.5));
        assert_eq!(of(Measured::AtLeast(0), Some(0)), Some(0.0));
        assert_eq!(of(Measured::Exact(1), Some(0)), Some(1.0));
        assert_eq!(of(Measured::Exact(1), None), None);
        assert_eq!(of(Measured::NotMeasured, Some(1)), None);
    }

    #[test]
    fn a_call_that_was_never_made_used_nothing_that_could_be_told() {
        let record = CallRecord { number: 0, ..trapped_record() };
        assert_eq!(UsedDocument::of(&record), None);
        let json = serde_json::to_value(UsedDocument::of(&trapped_record())).expect("it serialises");
        assert_eq!(json["fuel"], serde_json::json!({"used": 4, "exact": false, "limit": 100_000_000}));
        assert_eq!(json["wasm_stack_bytes"]["used"], serde_json::Value::Null);
    }
}

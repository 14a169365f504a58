//! A call as documents have it: JSON of one call, and JSON and CSV of many.
//!
//! Knows nothing of the rest of the documents, and never shortens a record.

use serde::Serialize;

use super::call::{CallRecord, DeniedGrowth};
use super::csv::CsvWriter;
use super::diagnostic::Place;
use super::limits::LimitKind;
use super::measured::Measured;
use super::raise::Raise;
use super::used::UsedDocument;
use super::value::Value;

/// One call in a JSON document; the fields are its keys, in this order.
#[derive(Debug, Serialize)]
pub struct CallDocument<'a> {
    /// Name of the export, or a name in parentheses such as `(start)`.
    pub export: &'a str,
    /// Arguments in their text form.
    pub args: Vec<String>,
    /// `returned`, `trapped`, `limit`, `cancelled` or `error`.
    pub outcome: &'static str,
    /// Which limit stopped the call; never together with `trap`.
    pub limit: Option<&'static str>,
    /// Which trap ended the call.
    pub trap: Option<&'static str>,
    /// What happened, in one sentence; `None` when it just returned.
    pub message: Option<&'a str>,
    /// Where it ended; `None` when it returned.
    pub place: Option<&'a Place>,
    /// Results in their text form; also there when a limit was overrun before the next check.
    pub results: Vec<String>,
    /// Wall-clock time in nanoseconds, pauses left out.
    pub wall_ns: u64,
    /// Fuel burnt.
    pub fuel: Measured<u64>,
    /// Whether the fuel is right to the unit; `false` for a lower bound and for what was not measured.
    pub fuel_exact: bool,
    /// Most pages of 64 KiB over all memories during the call, absolute.
    pub peak_memory_pages: u64,
    /// Most frames during the call.
    pub peak_call_depth: Measured<u64>,
    /// Whether a fresh instance was made for this call because the one before it had failed.
    pub fresh_instance: bool,
    /// Growth that was refused during the call, in order, whoever refused it; of much of it only the newest.
    pub denied: Vec<&'a DeniedGrowth>,
    /// How often a limit refused growth during the call.
    pub refused_growths: u64,
    /// What the guest saw of its end or of refused growth.
    pub guest_saw: Option<&'a str>,
    /// What to do about it.
    pub hint: Option<&'a str>,
    /// Limit that would give the call room.
    pub raise: Option<RaiseDocument>,
    /// What was used of every limit; `None` for a call that was never made.
    pub used: Option<UsedDocument>,
    /// How many frames there were at its end; a lower bound where the engine saw no more.
    pub frames: Measured<u64>,
    /// Frames at its end, innermost first; the middle of a deep stack is left out.
    pub backtrace: Vec<&'a Place>,
}

/// A limit to raise, in a JSON document.
#[derive(Debug, Serialize)]
pub struct RaiseDocument {
    /// The limit by its name in documents.
    pub limit: &'static str,
    /// Its new value.
    pub to: u64,
    /// The option of the command line that sets it.
    pub option: Option<String>,
}

impl RaiseDocument {
    fn of(record: &CallRecord) -> Option<Self> {
        let raise = Raise::needed(record)?;
        Some(Self { limit: raise.kind.snake_case(), to: raise.value, option: raise.option(record) })
    }
}

impl<'a> From<&'a CallRecord> for CallDocument<'a> {
    fn from(record: &'a CallRecord) -> Self {
        Self {
            export: &record.export,
            args: texts(&record.args),
            outcome: record.outcome.word(),
            limit: record.outcome.limit().map(LimitKind::snake_case),
            trap: record.outcome.trap().map(super::call::TrapKind::snake_case),
            message: record.message.as_deref(),
            place: record.place.as_ref(),
            results: texts(&record.results),
            wall_ns: record.wall_ns,
            fuel: record.fuel,
            fuel_exact: record.fuel.is_exact(),
            peak_memory_pages: record.peak_memory_pages,
            peak_call_depth: record.peak_call_depth,
            fresh_instance: record.fresh_instance,
            denied: record.all_denied(),
            refused_growths: record.refused_growths,
            guest_saw: record.note.as_deref(),
            hint: record.hint.as_deref(),
            raise: RaiseDocument::of(record),
            used: UsedDocument::of(record),
            frames: record.end.frames,
            backtrace: record.backtrace.iter().map(|frame| &frame.place).collect(),
        }
    }
}

/// Writes calls as a JSON array, one [`CallDocument`] each.
///
/// # Panics
///
/// Never: what it writes always serialises.
pub fn calls_to_json(records: &[CallRecord]) -> String {
    let documents: Vec<CallDocument<'_>> = records.iter().map(CallDocument::from).collect();
    serde_json::to_string_pretty(&documents).expect("text, numbers and lists always serialise")
}

const COLUMNS: [&str; 23] = [
    "number",
    "build",
    "started_ns",
    "export",
    "args",
    "outcome",
    "limit",
    "trap",
    "message",
    "function",
    "index",
    "line",
    "column",
    "offset",
    "results",
    "wall_ns",
    "fuel",
    "fuel_exact",
    "peak_memory_pages",
    "peak_call_depth",
    "fresh_instance",
    "denied",
    "first_denied_requested",
];

/// Writes calls as CSV with a row of column names: the keys of the JSON, with the place in columns of its
/// own, several values parted by `; `, and of refused growth the number and the first total asked for.
pub fn calls_to_csv(records: &[CallRecord]) -> String {
    let mut csv = CsvWriter::with_header(&COLUMNS);
    for record in records {
        let call = CallDocument::from(record);
        csv.value(&record.number);
        csv.value(&record.build);
        csv.value(&record.started_ns);
        csv.field(call.export);
        csv.field(&call.args.join("; "));
        csv.field(call.outcome);
        csv.optional(call.limit);
        csv.optional(call.trap);
        csv.optional(call.message);
        csv.optional(call.place.and_then(|place| place.function.as_deref()));
        csv.optional(call.place.and_then(|place| place.index));
        csv.optional(call.place.and_then(|place| place.line));
        csv.optional(call.place.and_then(|place| place.column));
        csv.optional(call.place.and_then(|place| place.offset));
        csv.field(&call.results.join("; "));
        csv.value(&call.wall_ns);
        csv.optional(call.fuel.value());
        csv.value(&call.fuel_exact);
        csv.value(&call.peak_memory_pages);
        csv.optional(call.peak_call_depth.value());
        csv.value(&call.fresh_instance);
        csv.value(&record.denied.len());
        csv.optional(record.denied.first().map(|denied| denied.requested));
        csv.end_row();
    }
    csv.finish()
}

fn texts(values: &[Value]) -> Vec<String> {
    values.iter().map(Value::to_text).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::call::{CallKind, EndDetails, Frame, Outcome, TrapKind};
    use super::super::growth::tests::refused;
    use super::super::limits::Limits;
    use super::*;

    /// A call `div(7, 0)` that trapped after its plugin had asked for too many pages.
    pub(crate) fn trapped_record() -> CallRecord {
        let place = Place {
            function: Some("div".to_owned()),
            index: Some(3),
            line: Some(4),
            column: Some(5),
            offset: Some(0x2a),
        };
        CallRecord {
            number: 9,
            kind: CallKind::Export,
            export: "div".into(),
            args: vec![Value::I32(7), Value::I32(0)],
            results: Vec::new(),
            outcome: Outcome::Trapped(TrapKind::IntegerDivideByZero),
            message: Some("integer divide by zero, in `div`".to_owned()),
            hint: Some("check the divisor".to_owned()),
            note: None,
            place: Some(place.clone()),
            backtrace: vec![Frame { place }],
            wall_ns: 180,
            fuel: Measured::AtLeast(4),
            peak_memory_pages: 2,
            peak_table_elements: 0,
            peak_call_depth: Measured::Exact(1),
            fresh_instance: false,
            denied: vec![refused(300, 256)],
            refused_growths: 1,
            end: EndDetails { frames: Measured::Exact(1), ..EndDetails::default() },
            instances: 1,
            wasm_stack_bytes: 512 * 1024,
            limits: Limits::default(),
            rule: None,
            build: 7,
            started_ns: 1000,
        }
    }

    fn returned_record() -> CallRecord {
        CallRecord {
            results: vec![Value::I32(42)],
            outcome: Outcome::Returned,
            message: None,
            hint: None,
            place: None,
            backtrace: Vec::new(),
            fuel: Measured::NotMeasured,
            peak_call_depth: Measured::NotMeasured,
            denied: Vec::new(),
            refused_growths: 0,
            end: EndDetails::default(),
            ..trapped_record()
        }
    }

    #[test]
    fn the_json_of_a_call_has_exactly_the_promised_keys_in_order() {
        let json = serde_json::to_string(&CallDocument::from(&trapped_record())).expect("a call serialises");
        assert_eq!(
            json,
            concat!(
                r#"{"export":"div","args":["7","0"],"outcome":"trapped","limit":null,"#,
                r#""trap":"integer_divide_by_zero","message":"integer divide by zero, in `div`","#,
                r#""place":{"function":"div","index":3,"line":4,"column":5,"offset":42},"results":[],"#,
                r#""wall_ns":180,"fuel":4,"fuel_exact":false,"peak_memory_pages":2,"peak_call_depth":1,"#,
                r#""fresh_instance":false,"denied":[{"what":"memory_pages","requested":300,"growth":1,"#,
                r#""size":300,"bound":"total","limit":256,"maximum":null,"collector":false,"place":null}],"refused_growths":1,"guest_saw":null,"hint":"check the divisor","#,
                r#""raise":{"limit":"memory_pages","to":300,"option":"--max-memory-pages 300"},"#,
                r#""used":{"fuel":{"used":4,"exact":false,"limit":100000000},"#,
                r#""execution_time_ns":{"used":180,"exact":true,"limit":30000000000},"#,
                r#""memory_pages":{"used":2,"exact":true,"limit":256},"#,
                r#""table_elements":{"used":0,"exact":true,"limit":10000},"#,
                r#""instances":{"used":1,"exact":true,"limit":10},"#,
                r#""call_depth":{"used":1,"exact":true,"limit":1000},"#,
                r#""wasm_stack_bytes":{"used":null,"exact":false,"limit":524288}},"#,
                r#""frames":1,"backtrace":[{"function":"div","index":3,"line":4,"column":5,"offset":42}]}"#,
            )
        );
    }

    #[test]
    fn what_was_not_measured_is_null_and_never_zero() {
        let json = serde_json::to_value(CallDocument::from(&returned_record())).expect("a call serialises");
        for key in ["limit", "trap", "message", "place", "fuel", "peak_call_depth"] {
            assert!(json[key].is_null(), "{key}");
        }
        assert_eq!(json["results"][0], "42");
        let limited = CallRecord { outcome: Outcome::Limit(LimitKind::WasmStack), ..returned_record() };
        let json = serde_json::to_value(CallDocument::from(&limited)).expect("a call serialises");
        assert_eq!((&json["outcome"], &json["limit"]), (&"limit".into(), &"wasm_stack".into()));
    }

    #[test]
    fn rows_of_the_csv_have_a_field_per_column() {
        let csv = calls_to_csv(&[trapped_record(), returned_record()]);
        let rows: Vec<&str> = csv.split_terminator("\r\n").collect();
        assert_eq!(rows[0].split(',').count(), COLUMNS.len());
        assert_eq!(
            rows[1],
            concat!(
                r#"9,7,1000,div,7; 0,trapped,,integer_divide_by_zero,"integer divide by zero, in `div`","#,
                "div,3,4,5,42,,180,4,false,2,1,false,1,300",
            )
        );
        assert_eq!(rows[2], "9,7,1000,div,7; 0,returned,,,,,,,,,42,180,,false,2,,false,0,");
        assert_eq!(rows.len(), 3);
    }

    #[test]
    fn no_calls_are_an_empty_array() {
        assert_eq!(calls_to_json(&[]), "[]");
        assert!(calls_to_json(&[trapped_record()]).contains("\"outcome\": \"trapped\""));
    }
}

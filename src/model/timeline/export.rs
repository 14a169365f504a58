//! All calls of a plugin as a document: comma-separated values or JSON, made block by block.
//!
//! Knows no files, and of a call no more than the timeline keeps: arguments and places are in the records.

use std::ops::Range;
use std::sync::Arc;

use serde::Serialize;

use super::super::call::{CallSample, TrapKind};
use super::super::csv::CsvWriter;
use super::super::limits::LimitKind;
use super::super::measured::Measured;
use super::super::metrics::MetricsSnapshot;
use super::Timeline;

/// Calls in a block: some hundred kilobytes of text.
const BLOCK_CALLS: usize = 4096;

/// One call in a document; the fields are its keys and columns, in this order.
#[derive(Debug, Serialize)]
struct CallRow<'a> {
    number: u64,
    export: &'a str,
    started_ns: u64,
    wall_ns: u64,
    fuel: Measured<u64>,
    fuel_exact: bool,
    peak_memory_pages: u64,
    peak_call_depth: Measured<u64>,
    outcome: &'static str,
    limit: Option<&'static str>,
    trap: Option<&'static str>,
    denied: bool,
    build: Option<u64>,
}

const COLUMNS: [&str; 13] = [
    "number",
    "export",
    "started_ns",
    "wall_ns",
    "fuel",
    "fuel_exact",
    "peak_memory_pages",
    "peak_call_depth",
    "outcome",
    "limit",
    "trap",
    "denied",
    "build",
];

/// Format of a document of calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallsFormat {
    /// Comma-separated values with a row of names.
    Csv,
    /// One JSON document with the plugin's figures.
    Json,
}

/// All calls of a plugin that are held, ready to be written.
#[derive(Debug, Clone)]
pub struct CallsDocument {
    /// Name of the plugin.
    pub plugin: Arc<str>,
    /// Its calls.
    pub timeline: Timeline,
    /// What all of its calls add up to.
    pub metrics: MetricsSnapshot,
    /// How they are written.
    pub format: CallsFormat,
}

impl CallsDocument {
    /// Makes the document block by block, so that it need never be held as a whole.
    ///
    /// # Panics
    ///
    /// Never: what it writes always serialises.
    pub fn blocks(&self) -> impl Iterator<Item = String> + '_ {
        let len = self.timeline.len();
        let starts = (0..len).step_by(BLOCK_CALLS);
        let rows = starts.map(move |start| self.rows(start..(start + BLOCK_CALLS).min(len)));
        std::iter::once(self.head()).chain(rows).chain(std::iter::once(self.foot()))
    }

    fn head(&self) -> String {
        match self.format {
            CallsFormat::Csv => CsvWriter::with_header(&COLUMNS).finish(),
            CallsFormat::Json => {
                let plugin = serde_json::to_string(&*self.plugin).expect("text always serialises");
                let metrics = serde_json::to_string(&self.metrics).expect("numbers always serialise");
                format!("{{\"plugin\":{plugin},\"metrics\":{metrics},\"calls\":[")
            }
        }
    }

    fn foot(&self) -> String {
        match self.format {
            CallsFormat::Csv => String::new(),
            CallsFormat::Json => "\n]}\n".to_owned(),
        }
    }

    fn rows(&self, range: Range<usize>) -> String {
        let calls = range.filter_map(|index| Some((index, self.timeline.get(index)?)));
        match self.format {
            CallsFormat::Csv => {
                let mut csv = CsvWriter::default();
                for (index, call) in calls {
                    self.row(index, &call).write(&mut csv);
                }
                csv.finish()
            }
            CallsFormat::Json => {
                let mut text = String::new();
                for (index, call) in calls {
                    text.push_str(if index == 0 { "\n" } else { ",\n" });
                    let row = serde_json::to_string(&self.row(index, &call));
                    text.push_str(&row.expect("text and numbers always serialise"));
                }
                text
            }
        }
    }

    fn row(&self, index: usize, call: &CallSample) -> CallRow<'_> {
        CallRow {
            number: self.timeline.number(index),
            export: self.timeline.name(call.export),
            started_ns: call.started_ns,
            wall_ns: call.wall_ns,
            fuel: call.fuel,
            fuel_exact: call.fuel.is_exact(),
            peak_memory_pages: call.peak_memory_pages,
            peak_call_depth: call.peak_call_depth,
            outcome: call.outcome.word(),
            limit: call.outcome.limit().map(LimitKind::snake_case),
            trap: call.outcome.trap().map(TrapKind::snake_case),
            denied: call.was_denied,
            build: self.timeline.build_of(index),
        }
    }
}

impl CallRow<'_> {
    fn write(&self, csv: &mut CsvWriter) {
        csv.value(&self.number);
        // A guest names its exports; a spreadsheet must not take one for a formula.
        if self.export.starts_with(['=', '+', '-', '@']) {
            csv.field(&format!("'{}", self.export));
        } else {
            csv.field(self.export);
        }
        csv.value(&self.started_ns);
        csv.value(&self.wall_ns);
        csv.optional(self.fuel.value());
        csv.value(&self.fuel_exact);
        csv.value(&self.peak_memory_pages);
        csv.optional(self.peak_call_depth.value());
        csv.field(self.outcome);
        csv.optional(self.limit);
        csv.optional(self.trap);
        csv.value(&self.denied);
        csv.optional(self.build);
        csv.end_row();
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::call::Outcome;
    use super::super::tests::sample;
    use super::*;

    fn document(timeline: Timeline, format: CallsFormat) -> String {
        let document =
            CallsDocument { plugin: "a \"b\"".into(), timeline, metrics: MetricsSnapshot::default(), format };
        document.blocks().collect()
    }

    fn two_calls() -> Timeline {
        let mut timeline = Timeline::new();
        timeline.intern("first");
        timeline.push(sample(5, 6));
        timeline.begin_build(7);
        let export = timeline.intern("=add, twice");
        timeline.push(CallSample {
            export,
            fuel: Measured::NotMeasured,
            outcome: Outcome::Limit(LimitKind::Fuel),
            was_denied: true,
            ..sample(10, 180)
        });
        timeline
    }

    #[test]
    fn rows_are_numbered_as_calls_and_unmeasured_figures_are_empty() {
        let csv = document(two_calls(), CallsFormat::Csv);
        let rows: Vec<&str> = csv.split_terminator("\r\n").collect();
        assert_eq!(rows[0], COLUMNS.join(","));
        assert_eq!(rows[1], "1,first,5,6,3,true,1,3,returned,,,false,");
        assert_eq!(rows[2], r#"2,"'=add, twice",10,180,,false,1,3,limit,fuel,,true,7"#);
        assert_eq!(rows.len(), 3);
    }

    #[test]
    fn json_has_the_same_keys_and_null_for_what_was_not_measured() {
        let json: serde_json::Value =
            serde_json::from_str(&document(two_calls(), CallsFormat::Json)).expect("it is JSON");
        assert_eq!(json["plugin"], "a \"b\"");
        let calls = json["calls"].as_array().expect("calls are a list");
        assert_eq!(calls.len(), 2);
        assert!(calls[1]["fuel"].is_null() && calls[1]["export"] == "=add, twice" && calls[1]["build"] == 7);
        let mut keys: Vec<&str> =
            calls[0].as_object().expect("a call is an object").keys().map(String::as_str).collect();
        let mut columns = COLUMNS;
        keys.sort_unstable();
        columns.sort_unstable();
        assert_eq!(keys, columns);
    }

    #[test]
    fn every_call_is_written_however_many_there_are() {
        let mut timeline = Timeline::new();
        timeline.extend((0..10_000).map(|number| sample(number, number)));
        assert_eq!(document(timeline.clone(), CallsFormat::Csv).lines().count(), 10_001);
        let json: serde_json::Value =
            serde_json::from_str(&document(timeline, CallsFormat::Json)).expect("it is JSON");
        assert_eq!(json["calls"].as_array().map(Vec::len), Some(10_000));
        let none: serde_json::Value =
            serde_json::from_str(&document(Timeline::new(), CallsFormat::Json)).expect("it is JSON");
        assert_eq!(none["calls"].as_array().map(Vec::len), Some(0));
    }
}

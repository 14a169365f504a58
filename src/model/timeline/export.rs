//! The figures of calls as CSV, for the Timing pane's export.
//!
//! Knows no files, and of a call no more than the timeline keeps: arguments and places are in the records.

use std::ops::Range;

use super::super::call::TrapKind;
use super::super::csv::CsvWriter;
use super::super::limits::LimitKind;
use super::Timeline;

const COLUMNS: [&str; 12] = [
    "number",
    "started_ns",
    "export",
    "outcome",
    "limit",
    "trap",
    "wall_ns",
    "fuel",
    "fuel_exact",
    "peak_memory_pages",
    "peak_call_depth",
    "denied",
];

impl Timeline {
    /// Writes those calls as CSV with a row of column names; what was not measured is an empty field.
    pub fn to_csv(&self, range: Range<usize>) -> String {
        let mut csv = CsvWriter::with_header(&COLUMNS);
        for index in self.clip(range) {
            let Some(call) = self.get(index) else { break };
            csv.value(&self.number(index));
            csv.value(&call.started_ns);
            csv.field(self.name(call.export));
            csv.field(call.outcome.word());
            csv.optional(call.outcome.limit().map(LimitKind::snake_case));
            csv.optional(call.outcome.trap().map(TrapKind::snake_case));
            csv.value(&call.wall_ns);
            csv.optional(call.fuel.value());
            csv.value(&call.fuel.is_exact());
            csv.value(&call.peak_memory_pages);
            csv.optional(call.peak_call_depth.value());
            csv.value(&call.was_denied);
            csv.end_row();
        }
        csv.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::call::{CallSample, Outcome};
    use super::super::super::measured::Measured;
    use super::super::tests::sample;
    use super::*;

    #[test]
    fn rows_are_numbered_as_calls_and_unmeasured_figures_are_empty() {
        let mut timeline = Timeline::new();
        let export = timeline.intern("add, twice");
        timeline.push(sample(5, 6));
        timeline.push(CallSample {
            export,
            fuel: Measured::NotMeasured,
            outcome: Outcome::Limit(LimitKind::Fuel),
            was_denied: true,
            ..sample(10, 180)
        });
        let csv = timeline.to_csv(1..9);
        let rows: Vec<&str> = csv.split_terminator("\r\n").collect();
        assert_eq!(rows[0], COLUMNS.join(","));
        assert_eq!(rows[1], r#"2,10,"add, twice",limit,fuel,,180,,false,1,3,true"#);
        assert_eq!(rows.len(), 2);
    }
}

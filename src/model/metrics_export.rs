//! The figures of one plugin as a document: comma-separated values or JSON.
//!
//! Knows no files; the single calls have a document of their own, in the timeline.

use serde::Serialize;

use super::csv::CsvWriter;
use super::host_calls::{HostCallCount, write_rows};
use super::metrics::MetricsSnapshot;

/// The figures of one plugin; the fields are the keys of its JSON, in this order.
#[derive(Debug, Serialize)]
pub struct MetricsDocument<'a> {
    /// Name of the plugin.
    pub plugin: &'a str,
    /// What its calls add up to.
    pub metrics: MetricsSnapshot,
    /// What its guests have called of the host.
    pub host_calls: &'a [HostCallCount],
}

impl MetricsDocument<'_> {
    /// Writes one row for each figure; what was not measured is an empty field.
    pub fn to_csv(&self) -> String {
        let metrics = &self.metrics;
        let mut csv = CsvWriter::with_header(&["figure", "value"]);
        csv.field("plugin");
        csv.field(self.plugin);
        csv.end_row();
        for (name, value) in [
            ("call_count", Some(metrics.call_count)),
            ("success_count", Some(metrics.success_count)),
            ("error_count", Some(metrics.error_count)),
            ("total_execution_time_ns", Some(metrics.total_execution_time_ns)),
            ("avg_execution_time_ns", metrics.avg_execution_time_ns),
            ("p50_ns", metrics.p50_ns),
            ("p95_ns", metrics.p95_ns),
            ("p99_ns", metrics.p99_ns),
            ("peak_memory_bytes", metrics.peak_memory_bytes),
            ("current_memory_bytes", metrics.current_memory_bytes),
            ("fuel_consumed", metrics.fuel_consumed),
        ] {
            csv.field(name);
            csv.optional(value);
            csv.end_row();
        }
        csv.field("fuel_exact");
        csv.value(&metrics.fuel_exact);
        csv.end_row();
        for (name, value) in
            [("refused_growths", Some(metrics.refused_growths)), ("last_execution", metrics.last_execution)]
        {
            csv.field(name);
            csv.optional(value);
            csv.end_row();
        }
        write_rows(self.host_calls, &mut csv);
        csv.finish()
    }

    /// Writes the JSON document.
    ///
    /// # Panics
    ///
    /// Never: what it writes always serialises.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("text, numbers and lists always serialise") + "\n"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_documents_have_the_same_figures_by_the_same_names() {
        let host_calls = [HostCallCount {
            module: "env".into(),
            name: "log".into(),
            calls: 3,
            total_ns: Some(500),
            is_stub: false,
        }];
        let metrics = MetricsSnapshot { call_count: 2, fuel_consumed: Some(7), ..MetricsSnapshot::default() };
        let document = MetricsDocument { plugin: "a, b", metrics, host_calls: &host_calls };
        let csv = document.to_csv();
        let rows: Vec<_> = csv.lines().collect();
        assert_eq!(rows[..3], ["figure,value", "plugin,\"a, b\"", "call_count,2"]);
        assert!(rows.contains(&"p50_ns,") && rows.contains(&"fuel_consumed,7"), "{rows:?}");
        assert_eq!(rows[rows.len() - 2..], ["host_calls:env.log,3", "host_calls_ns:env.log,500"]);
        let json: serde_json::Value = serde_json::from_str(&document.to_json()).expect("it is JSON");
        let keys = json["metrics"].as_object().expect("it is an object").keys();
        for key in keys {
            assert!(rows.iter().any(|row| row.split(',').next() == Some(key)), "{key} is not in the table");
        }
        assert_eq!(json["host_calls"][0]["calls"], 3);
    }
}

//! Calls and events as files: comma-separated values and JSON documents.
//!
//! Makes texts only; where they go is asked for by a dialog.

use std::sync::Arc;

use super::action::ExportFormat;
use super::state::{AppState, Dialog, PluginView, SaveWhat};
use crate::model::call::CallSample;
use crate::model::event::{EventLog, events_to_csv, events_to_json};
use crate::model::timeline::Timeline;

/// Most calls that an export holds: the newest ones.
const MOST_ROWS: usize = 100_000;

/// Columns of an export of calls.
const COLUMNS: [&str; 11] = [
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
];

/// Writes the newest calls of a plugin.
pub(super) fn calls(plugin: &PluginView, format: ExportFormat) -> Arc<[u8]> {
    let timeline = &plugin.calls.timeline;
    let first = timeline.len().saturating_sub(MOST_ROWS);
    let rows =
        (first..timeline.len()).filter_map(|index| Some((timeline.number(index), timeline.get(index)?)));
    match format {
        ExportFormat::Csv => {
            let mut text = COLUMNS.join(",") + "\n";
            for (number, sample) in rows {
                let cells = cells(timeline, number, &sample).map(|cell| csv_cell(&cell_text(&cell)));
                text.push_str(&cells.join(","));
                text.push('\n');
            }
            text.into_bytes().into()
        }
        ExportFormat::Json => {
            let row = |(number, sample): (u64, CallSample)| {
                let cells = cells(timeline, number, &sample);
                COLUMNS.iter().map(|name| (*name).to_owned()).zip(cells).collect::<serde_json::Map<_, _>>()
            };
            let document = serde_json::json!({
                "plugin": &*plugin.stem,
                "metrics": plugin.calls.metrics.snapshot(),
                "calls": rows.map(row).collect::<Vec<_>>(),
            });
            document.to_string().into_bytes().into()
        }
    }
}

/// Writes the events.
pub(super) fn events(events: &EventLog, format: ExportFormat) -> Arc<[u8]> {
    let text = match format {
        ExportFormat::Csv => events_to_csv(events.iter()),
        ExportFormat::Json => events_to_json(events.iter()),
    };
    text.into_bytes().into()
}

/// Asks where an export is to be written.
pub(super) fn ask_for_place(state: &mut AppState, suggested: &str, content: Arc<[u8]>) {
    let what = SaveWhat::Export(content);
    state.dialog = Some(Dialog::Save { what, path: suggested.to_owned(), error: None });
}

fn cells(timeline: &Timeline, number: u64, sample: &CallSample) -> [serde_json::Value; COLUMNS.len()] {
    use serde_json::json;
    [
        json!(number),
        json!(timeline.name(sample.export)),
        json!(sample.started_ns),
        json!(sample.wall_ns),
        json!(sample.fuel),
        json!(sample.fuel.is_exact()),
        json!(sample.peak_memory_pages),
        json!(sample.peak_call_depth),
        json!(sample.outcome.word()),
        json!(sample.outcome.limit().map(crate::model::limits::LimitKind::snake_case)),
        json!(sample.outcome.trap().map(crate::model::call::TrapKind::snake_case)),
    ]
}

fn cell_text(cell: &serde_json::Value) -> String {
    match cell {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Quotes a cell where it must be, and keeps spreadsheets from taking it for a formula.
fn csv_cell(text: &str) -> String {
    let text = if text.starts_with(['=', '+', '@']) { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

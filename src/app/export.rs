//! Calls, their sums and events as files: comma-separated values and JSON documents.
//!
//! Makes documents only; where they go is asked for by a dialog, and a worker writes them.

use std::sync::Arc;

use super::action::ExportFormat;
use super::state::{AppState, Dialog, Export, PluginView, SaveWhat};
use crate::model::event::{EventLog, events_to_csv, events_to_json};
use crate::model::humanize;
use crate::model::metrics_export::MetricsDocument;
use crate::model::timeline::{CallsDocument, CallsFormat};
use crate::worker::Content;

/// Takes all calls of a plugin that are held; the document is made while it is written.
pub(super) fn calls(plugin: &PluginView, format: ExportFormat) -> Export {
    let timeline = plugin.calls.timeline.clone();
    let held = humanize::grouped(timeline.len() as u64);
    let what = match timeline.dropped() {
        0 if timeline.len() == 1 => "1 call".to_owned(),
        0 => format!("{held} calls"),
        dropped => {
            let all = humanize::grouped(timeline.len() as u64 + dropped);
            format!("the newest {held} of {all} calls, all that are held,")
        }
    };
    let format = match format {
        ExportFormat::Csv => CallsFormat::Csv,
        ExportFormat::Json => CallsFormat::Json,
    };
    let metrics = plugin.calls.metrics.snapshot();
    let document = CallsDocument { plugin: Arc::clone(&plugin.stem), timeline, metrics, format };
    Export { what, content: Content::new(document) }
}

/// Writes what the calls of a plugin add up to.
pub(super) fn metrics(plugin: &PluginView, format: ExportFormat) -> Export {
    let host_calls = plugin.host_calls.list();
    let metrics = plugin.calls.metrics.snapshot();
    let document = MetricsDocument { plugin: &plugin.stem, metrics, host_calls: &host_calls };
    let text = match format {
        ExportFormat::Csv => document.to_csv(),
        ExportFormat::Json => document.to_json(),
    };
    let what = format!("the metrics of `{}`", plugin.stem);
    Export { what, content: Content::new(Arc::<[u8]>::from(text.into_bytes())) }
}

/// Writes the events.
pub(super) fn events(events: &EventLog, format: ExportFormat) -> Export {
    let text = match format {
        ExportFormat::Csv => events_to_csv(events.iter()),
        ExportFormat::Json => events_to_json(events.iter()),
    };
    let what = format!("{} events", humanize::grouped(events.iter().count() as u64));
    Export { what, content: Content::new(Arc::<[u8]>::from(text.into_bytes())) }
}

/// Asks where an export is to be written.
pub(super) fn ask_for_place(state: &mut AppState, suggested: &str, export: Export) {
    let what = SaveWhat::Export(export);
    state.dialog = Some(Dialog::Save { what, path: suggested.to_owned(), error: None });
}

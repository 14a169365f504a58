//! Events as JSON and CSV, for the Events pane's export.
//!
//! Knows no files: it returns the text of the document.

use serde::Serialize;

use super::super::csv::CsvWriter;
use super::{EventEntry, EventKind, EventPlugin, LogLevel};

#[derive(Serialize)]
struct EventDocument<'a> {
    sequence: u64,
    at_unix_ms: u64,
    plugin: Option<&'a EventPlugin>,
    level: LogLevel,
    #[serde(flatten)]
    kind: &'a EventKind,
}

/// Writes events as a JSON array: `sequence`, `at_unix_ms`, `plugin`, `level`, `event` (its kind), and the
/// fields of that kind.
///
/// # Panics
///
/// Never: what it writes always serialises.
pub fn events_to_json<'a>(entries: impl IntoIterator<Item = &'a EventEntry>) -> String {
    let documents: Vec<EventDocument<'_>> = entries
        .into_iter()
        .map(|entry| EventDocument {
            sequence: entry.sequence,
            at_unix_ms: entry.at_unix_ms,
            plugin: entry.plugin.as_ref(),
            level: entry.kind.level(),
            kind: &entry.kind,
        })
        .collect();
    serde_json::to_string_pretty(&documents).expect("text, numbers and lists always serialise")
}

/// Writes events as CSV with a row of column names; `text` is the line that the window shows.
pub fn events_to_csv<'a>(entries: impl IntoIterator<Item = &'a EventEntry>) -> String {
    let columns = ["sequence", "at_unix_ms", "plugin_id", "plugin", "level", "event", "text"];
    let mut csv = CsvWriter::with_header(&columns);
    for entry in entries {
        csv.value(&entry.sequence);
        csv.value(&entry.at_unix_ms);
        csv.optional(entry.plugin.as_ref().map(|plugin| plugin.id));
        csv.optional(entry.plugin.as_ref().map(|plugin| &plugin.name));
        csv.field(entry.kind.level().snake_case());
        csv.field(entry.kind.tag().snake_case());
        csv.field(&entry.kind.summary());
        csv.end_row();
    }
    csv.finish()
}

#[cfg(test)]
mod tests {
    use super::super::tests::one_of_each;
    use super::super::{EventLog, EventTag};
    use super::*;
    use crate::model::ids::PluginId;

    fn log() -> EventLog {
        let mut log = EventLog::default();
        for kind in one_of_each() {
            log.push(7, Some(EventPlugin { id: PluginId(1), name: "a,b".into() }), kind);
        }
        log.push(8, None, EventKind::Loaded);
        log
    }

    #[test]
    fn the_json_of_each_event_names_its_kind_and_level_once() {
        let text = events_to_json(log().iter());
        let json: serde_json::Value = serde_json::from_str(&text).expect("the document is JSON");
        for (index, tag) in EventTag::ALL.into_iter().enumerate() {
            assert_eq!(json[index]["event"], tag.snake_case());
            assert_eq!(json[index]["plugin"]["name"], "a,b");
        }
        assert_eq!(json[2]["from"], "ready");
        assert_eq!(json[6]["level"], "warn");
        assert_eq!(json[7]["requested"], 300);
        assert_eq!(json[9]["cache"], "memory");
        assert!(json[11]["plugin"].is_null());
        assert_eq!(text.matches("\"level\"").count(), 12);
    }

    #[test]
    fn the_csv_quotes_what_a_guest_wrote() {
        let csv = events_to_csv(log().iter());
        let rows: Vec<&str> = csv.split_terminator("\r\n").collect();
        assert_eq!(rows.len(), 13);
        assert_eq!(rows[0], "sequence,at_unix_ms,plugin_id,plugin,level,event,text");
        assert_eq!(rows[7], r#"7,7,1,"a,b",warn,log,"low on ""fuel"", captain""#);
        assert_eq!(rows[12], "12,8,,,info,loaded,Loaded");
    }
}

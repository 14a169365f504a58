//! How often a guest has called each function that it imports, and how long the host took for it.
//!
//! Knows no engine: it is told the counts.

use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::csv::CsvWriter;

/// What a guest has called of one imported function; the fields are its keys in documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HostCallCount {
    /// Module that it is imported from, such as `env`.
    #[serde(serialize_with = "write_text")]
    pub module: Arc<str>,
    /// Its name there, such as `log`.
    #[serde(serialize_with = "write_text")]
    pub name: Arc<str>,
    /// How often it was called.
    pub calls: u64,
    /// Nanoseconds that the host took for all of these calls; `None` for a stub, which ends the call at once.
    pub total_ns: Option<u64>,
    /// Whether it is a stub, which stands in for what nobody provides.
    pub is_stub: bool,
}

impl HostCallCount {
    /// Returns its name with its module's, such as `env.log`.
    pub fn full_name(&self) -> String {
        format!("{}.{}", self.module, self.name)
    }
}

/// The functions that a plugin's guests have called, as the window counts them: since the last reset.
#[derive(Debug, Clone, Default)]
pub struct HostCalls {
    now: Arc<[HostCallCount]>,
    at_reset: Arc<[HostCallCount]>,
}

impl HostCalls {
    /// Takes up the counts of the plugin's whole life.
    pub fn set(&mut self, counts: Arc<[HostCallCount]>) {
        self.now = counts;
    }

    /// Counts from now on.
    pub fn reset(&mut self) {
        self.at_reset = Arc::clone(&self.now);
    }

    /// Lists the counts since the last reset, in the order in which they were told.
    pub fn list(&self) -> Vec<HostCallCount> {
        let since = |count: &HostCallCount| {
            let is_same = |other: &&HostCallCount| {
                (&other.module, &other.name, other.is_stub) == (&count.module, &count.name, count.is_stub)
            };
            let Some(before) = self.at_reset.iter().find(is_same) else { return count.clone() };
            HostCallCount {
                calls: count.calls.saturating_sub(before.calls),
                total_ns: count.total_ns.map(|ns| ns.saturating_sub(before.total_ns.unwrap_or(0))),
                ..count.clone()
            }
        };
        self.now.iter().map(since).collect()
    }

    /// Tells whether no function of the host is imported and no stub was called.
    pub fn is_empty(&self) -> bool {
        self.now.is_empty()
    }
}

fn write_text<S: Serializer>(text: &Arc<str>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text)
}

/// Writes the counts as rows of a document of figures: `host_calls:env.log` and how often.
pub(super) fn write_rows(counts: &[HostCallCount], csv: &mut CsvWriter) {
    for count in counts {
        csv.field(&format!("host_calls:{}", count.full_name()));
        csv.value(&count.calls);
        csv.end_row();
        if count.total_ns.is_some() {
            csv.field(&format!("host_calls_ns:{}", count.full_name()));
            csv.optional(count.total_ns);
            csv.end_row();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(name: &str, calls: u64, total_ns: Option<u64>) -> HostCallCount {
        HostCallCount {
            module: "env".into(),
            name: name.into(),
            calls,
            total_ns,
            is_stub: total_ns.is_none(),
        }
    }

    #[test]
    fn a_reset_counts_from_then_on() {
        let mut calls = HostCalls::default();
        assert!(calls.is_empty());
        calls.set(vec![count("log", 5, Some(500)), count("gone", 1, None)].into());
        calls.reset();
        let counts: Vec<_> = calls.list().into_iter().map(|count| (count.calls, count.total_ns)).collect();
        assert_eq!(counts, [(0, Some(0)), (0, None)]);
        calls.set(vec![count("log", 8, Some(900)), count("gone", 1, None), count("new", 2, None)].into());
        let counts: Vec<_> = calls.list().into_iter().map(|count| (count.calls, count.total_ns)).collect();
        assert_eq!(counts, [(3, Some(400)), (0, None), (2, None)]);
    }

    #[test]
    fn its_document_has_a_null_for_the_time_of_a_stub() {
        let json = serde_json::to_string(&[count("log", 2, Some(7)), count("gone", 1, None)]);
        let expected = concat!(
            r#"[{"module":"env","name":"log","calls":2,"total_ns":7,"is_stub":false},"#,
            r#"{"module":"env","name":"gone","calls":1,"total_ns":null,"is_stub":true}]"#
        );
        assert_eq!(json.ok().as_deref(), Some(expected));
    }
}

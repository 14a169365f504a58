//! The calls of one plugin: those that wait or run, those that ended, and what they add up to.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use crate::model::bench::{BenchProgress, BenchReport, Span};
use crate::model::call::{CallRecord, CallSample};
use crate::model::ids::CallId;
use crate::model::limits::LimitKind;
use crate::model::metrics::PluginMetrics;
use crate::model::timeline::{Brush, Timeline};
use crate::model::value::Value;

/// Most calls of a plugin that are kept with all their details.
pub const MOST_RECORDS: usize = 10_000;
/// Most texts behind results that are kept.
const MOST_TEXTS: usize = 100;

/// The calls of one plugin.
#[derive(Debug, Default)]
pub struct PluginCalls {
    /// Figures of every call, for plots.
    pub timeline: Timeline,
    /// Details of the newest calls, oldest first.
    pub records: VecDeque<CallRecord>,
    /// What the calls add up to.
    pub metrics: PluginMetrics,
    /// Calls that were asked for and have not ended, oldest first.
    pub pending: VecDeque<PendingCall>,
    /// Number of the call that is selected.
    pub selected: Option<u64>,
    /// Calls that are picked out in the plots.
    pub brush: Brush,
    /// How long the last repeated or benchmarked call took.
    pub bench: Option<BenchView>,
    /// Texts that results point at, newest last.
    pub texts: VecDeque<ResultText>,
}

/// A call that was asked for and has not ended.
#[derive(Debug, Clone, PartialEq)]
pub struct PendingCall {
    /// Id of the request.
    pub call: CallId,
    /// Export that is called.
    pub export: Arc<str>,
    /// Its arguments.
    pub args: Vec<Value>,
    /// How many of the repeated calls are done.
    pub done: u64,
    /// How many were asked for, or for how long.
    pub span: Span,
    /// Whether its calls leave no records.
    pub is_benchmark: bool,
    /// How far a benchmark is.
    pub progress: BenchProgress,
    /// When it was asked for, after the program's start.
    pub since: Duration,
}

/// How long calls took that were repeated or benchmarked.
#[derive(Debug, Clone, PartialEq)]
pub struct BenchView {
    /// Export that was called.
    pub export: Arc<str>,
    /// Its arguments.
    pub args: Vec<Value>,
    /// How many were asked for, or for how long.
    pub span: Span,
    /// What was found.
    pub report: BenchReport,
}

/// A text that a result points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultText {
    /// Number of the call.
    pub number: u64,
    /// The text, or why it is none.
    pub text: Result<String, String>,
}

impl PluginCalls {
    /// Returns the details of a call, unless they have been dropped.
    pub fn record(&self, number: u64) -> Option<&CallRecord> {
        // Numbers rise but may have gaps, since of a repeated call only the last is kept.
        let index = self.records.partition_point(|record| record.number < number);
        self.records.get(index).filter(|record| record.number == number)
    }

    /// Returns the newest call of an export that has ended.
    pub fn newest_of(&self, export: &str) -> Option<&CallRecord> {
        self.records.iter().rev().find(|record| &*record.export == export)
    }

    /// Returns the selected call.
    pub fn selected_record(&self) -> Option<&CallRecord> {
        self.record(self.selected?)
    }

    /// Returns how often growth past a limit was refused, over the calls that are kept.
    pub fn refused_growths(&self, kind: LimitKind) -> impl Iterator<Item = (u64, u64)> + '_ {
        self.records.iter().flat_map(move |record| {
            let denied = record.denied.iter().filter(move |denied| denied.what == kind);
            denied.map(|denied| (record.number, denied.requested))
        })
    }

    /// Returns the text that the result of a call points at.
    pub fn text_of(&self, number: u64) -> Option<&Result<String, String>> {
        self.texts.iter().rev().find(|text| text.number == number).map(|text| &text.text)
    }

    pub(crate) fn push_sample(
        &mut self,
        export: &str,
        mut sample: CallSample,
        unix_ms: u64,
        refused_growths: u64,
    ) {
        sample.export = self.timeline.intern(export);
        self.metrics.record_sample(&sample, refused_growths, unix_ms);
        self.timeline.push(sample);
    }

    pub(crate) fn push_record(&mut self, record: CallRecord) {
        if self.records.len() == MOST_RECORDS {
            self.records.pop_front();
        }
        self.records.push_back(record);
    }

    pub(crate) fn push_text(&mut self, text: ResultText) {
        if self.texts.len() == MOST_TEXTS {
            self.texts.pop_front();
        }
        self.texts.push_back(text);
    }

    pub(crate) fn reset(&mut self) {
        self.timeline.clear();
        self.records.clear();
        self.metrics.reset();
        self.selected = None;
        self.brush = Brush::default();
        self.texts.clear();
        self.bench = None;
    }
}

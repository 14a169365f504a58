//! The calls of one plugin: those that wait or run, those that ended, and what they add up to.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use super::Refusals;
use crate::model::bench::{BenchProgress, BenchReport, Span};
use crate::model::call::{CallRecord, CallSample};
use crate::model::ids::CallId;
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
    /// Most that any call ever took, of those too that are held no longer.
    pub peaks: CallPeaks,
    /// Growth that was refused lately.
    pub refusals: Refusals,
    /// Texts that results point at, newest last.
    pub texts: VecDeque<ResultText>,
}

/// Most that any call of a plugin's life took of what is counted call by call; `None` where it never was measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CallPeaks {
    /// Units of fuel.
    pub fuel: Option<u64>,
    /// Nanoseconds of wall-clock time.
    pub wall_ns: Option<u64>,
    /// Frames.
    pub call_depth: Option<u64>,
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
    /// In how many of its calls growth was refused, and of how many of those it was told what was asked for.
    pub refused: (u64, u64),
    /// How far a benchmark is.
    pub progress: BenchProgress,
    /// When it was asked for, after the program's start.
    pub since: Duration,
    /// When its warm-up was over, where that took so long that it was told.
    pub since_measured: Option<Duration>,
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
    /// Build that was called.
    pub build: u64,
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

impl CallPeaks {
    fn take(&mut self, sample: &CallSample) {
        self.fuel = self.fuel.max(sample.fuel.value());
        self.wall_ns = self.wall_ns.max(Some(sample.wall_ns));
        self.call_depth = self.call_depth.max(sample.peak_call_depth.value());
    }
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

    /// Returns the number that the last call has, as the plots count.
    pub fn last_number(&self) -> u64 {
        self.timeline.number(self.timeline.len()).saturating_sub(1)
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
        self.peaks.take(&sample);
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
        self.refusals = Refusals::default();
        self.bench = None;
    }
}

//! The verb `bench`: how long a call takes.
//!
//! Decides no exit code and prints no failure: both are the dispatcher's.

use std::ffi::OsString;
use std::ops::ControlFlow;
use std::sync::Arc;

use serde::Serialize;
use serde_json::Number;

use super::args::{CallArgs, CallVerb, parse_call_verb};
use super::failure::Failure;
use super::run::{build, calls, missing, options, stop_on_ctrl_c};
use super::session::{Call, Made, QuietWatch, Watch};
use super::{Status, output, report, unwritable};
use crate::engine::{
    BenchEnd, Build, CallObserver, CreateFailure, Engines, Plugin, PluginOptions, SharedObserver,
};
use crate::model::bench::{BenchPlan, BenchReport, Span, WallFigures, WarmUp};
use crate::model::call::{CallRecord, Outcome, TrapKind};
use crate::model::call_json::CallDocument;
use crate::model::humanize::{counted, duration_ns, grouped};
use crate::model::interface::Import;
use crate::model::limits::LimitKind;
use crate::model::value::Value;
use crate::worker::foreground;

/// How long calls are made where nothing is said.
const DEFAULT_NANOS: u64 = 2_000_000_000;

/// The document of `bench`; the fields are its keys, in this order.
#[derive(Serialize)]
struct Document<'a> {
    plugin: &'a str,
    /// The call, or the step before it that did not return.
    export: &'a str,
    args: Vec<String>,
    outcome: &'static str,
    limit: Option<&'static str>,
    trap: Option<&'static str>,
    message: Option<&'a str>,
    /// The call that did not return, as `run` tells it.
    failure: Option<CallDocument<'a>>,
    calls: u64,
    warm_up_calls: u64,
    wall_ns: Option<WallDocument>,
    calls_per_second: Option<f64>,
    batched: bool,
    calls_per_batch: u64,
    clock_ns: u64,
    /// How often a limit refused growth, in the warm-up too.
    refused_growths: u64,
    note: Option<String>,
}

/// Wall-clock time of one call.
#[derive(Serialize)]
struct WallDocument {
    min: Option<Number>,
    p50: Option<Number>,
    p95: Option<Number>,
    p99: Option<Number>,
    max: Option<Number>,
    mean: Option<Number>,
    stddev: Option<Number>,
}

/// How it went: with figures, or not even that far.
enum Went {
    Measured(BenchEnd),
    /// Something before the measured call did not return.
    Before(Box<CallRecord>),
    Refused(String),
    Missing(Vec<Import>),
}

/// Measures what the words ask for.
///
/// # Errors
///
/// Fails when the words are wrong or the source can't be read, compiled or linked.
pub(super) fn execute(words: &[OsString]) -> Result<Status, Failure> {
    let args = parse_call_verb(CallVerb::Bench, words)?;
    let source = args.input.read()?;
    let engines = Engines::new();
    let build = build(&engines, &source, &args)?;
    let mut calls = calls(CallVerb::Bench, &build, &args.invokes)?;
    let last = calls.pop().ok_or_else(|| Failure::new("there is no call to measure"))?;
    let watch = Arc::new(Watch::default());
    stop_on_ctrl_c(&watch);
    let (plan, options) = (plan(&args), options(&args));
    let body = || measure(&build, options, &watch, &calls, &last, &plan);
    let went = foreground::run(&engines, build.thread_stack_bytes(), body)
        .map_err(|err| Failure::new(format!("can't start a thread for the plugin: {err}")))?
        .ok_or_else(|| Failure::new("the program failed inside, see above"))?;
    let end = match went {
        Went::Measured(end) => end,
        Went::Missing(imports) => return Err(missing(&imports)),
        Went::Refused(reason) => return Err(Failure::new(reason)),
        Went::Before(record) => {
            let report = crate::model::bench::BenchTimes::default().report(0, 1, 0);
            BenchEnd { report, failure: Some(record), refused_growths: 0 }
        }
    };
    // A Ctrl+C between two calls leaves no record, and is one all the same.
    let is_cancelled = watch.is_cancelled();
    let text = if args.json {
        to_json(&source.name, &last, &end, is_cancelled)
    } else {
        to_text(&last, &end, is_cancelled, &source.file)
    };
    output::to_stdout(&text).map_err(|err| unwritable(&err))?;
    Ok(if end.failure.is_none() && !is_cancelled { Status::Good } else { Status::GuestFailed })
}

fn plan(args: &CallArgs) -> BenchPlan {
    let length = match (args.repeat, args.nanos) {
        (Some(calls), _) => Span::Calls(calls),
        (None, nanos) => Span::Nanos(nanos.unwrap_or(DEFAULT_NANOS)),
    };
    BenchPlan { length, warm_up: args.warm_up.map_or(WarmUp::Default, WarmUp::Calls) }
}

fn measure(
    build: &Arc<Build>,
    options: PluginOptions,
    watch: &Arc<Watch>,
    before: &[Call],
    last: &Call,
    plan: &BenchPlan,
) -> Went {
    let observer: SharedObserver = Arc::new(QuietWatch::new(watch));
    let goes_on = options.keep_after_trap;
    let mut plugin = match Plugin::create(Arc::clone(build), 1, options, observer) {
        Ok(plugin) => plugin,
        Err(CreateFailure::MissingImports(imports)) => return Went::Missing(imports),
        Err(CreateFailure::Failed(record)) => return Went::Before(record),
    };
    if let Some(failed) = plugin.initialize().into_iter().find(|record| !record.is_success()) {
        return Went::Before(Box::new(failed));
    }
    for call in before {
        match plugin.call(&call.export, &call.args) {
            Ok(record) if record.is_success() => {}
            Ok(record) if goes_on && record.outcome != Outcome::Cancelled => {}
            Ok(record) => return Went::Before(Box::new(record)),
            Err(refusal) => return Went::Refused(refusal.to_string()),
        }
    }
    let mut sink = |_| if watch.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    match plugin.benchmark(&last.export, &last.args, plan, &mut sink) {
        Ok(end) => Went::Measured(end),
        Err(refusal) => Went::Refused(refusal.to_string()),
    }
}

/// Writes the document.
///
/// # Panics
///
/// Never: what it writes always serialises.
fn to_json(plugin: &str, call: &Call, end: &BenchEnd, is_cancelled: bool) -> String {
    let (report, failure) = (&end.report, end.failure.as_deref());
    let outcome = match failure {
        Some(record) => record.outcome,
        None if is_cancelled => Outcome::Cancelled,
        None => Outcome::Returned,
    };
    let document = Document {
        plugin,
        export: failure.map_or(&call.export, |record| &record.export),
        args: failure.map_or(&call.args, |record| &record.args).iter().map(Value::to_text).collect(),
        outcome: outcome.word(),
        limit: outcome.limit().map(LimitKind::snake_case),
        trap: outcome.trap().map(TrapKind::snake_case),
        message: failure.and_then(|record| record.message.as_deref()),
        failure: failure.map(CallDocument::from),
        calls: report.calls,
        warm_up_calls: report.warm_up_calls,
        wall_ns: report.wall.map(|wall| wall_json(&wall, report)),
        calls_per_second: report.calls_per_second.map(|rate| (rate * 10.0).round() / 10.0),
        batched: report.is_batched(),
        calls_per_batch: report.per_batch,
        clock_ns: report.clock_ns,
        refused_growths: end.refused_growths,
        note: report.caveat(),
    };
    serde_json::to_string_pretty(&document).expect("text, numbers and lists always serialise") + "\n"
}

/// Nanoseconds are whole where each call was timed, and have fractions where only batches were.
fn wall_json(wall: &WallFigures, report: &BenchReport) -> WallDocument {
    let number = |ns: f64| {
        if report.is_batched() {
            Number::from_f64((ns * 1000.0).round() / 1000.0)
        } else {
            Some(whole(ns).into())
        }
    };
    WallDocument {
        min: number(wall.min),
        p50: number(wall.p50),
        p95: number(wall.p95),
        p99: number(wall.p99),
        max: number(wall.max),
        mean: number(wall.mean),
        stddev: number(wall.stddev),
    }
}

fn to_text(call: &Call, end: &BenchEnd, is_cancelled: bool, file: &str) -> String {
    let report = &end.report;
    let subject = format!("{}({})", output::printable_line(&call.export), report::values(&call.args));
    let warm_up = match report.warm_up_calls {
        0 => String::new(),
        calls => format!(" after a warm-up of {}", grouped(calls)),
    };
    let mut lines = vec![format!("{subject}   {}{warm_up}", report::calls_text(report.calls))];
    if let Some(wall) = &report.wall {
        let figures = [
            ("min", wall.min),
            ("p50", wall.p50),
            ("p95", wall.p95),
            ("p99", wall.p99),
            ("max", wall.max),
            ("mean", wall.mean),
            ("stddev", wall.stddev),
        ];
        let figures = figures.map(|(name, ns)| format!("{name} {}", time_text(ns)));
        lines.push(format!("  {}", figures.join(" · ")));
    }
    if let Some(rate) = report.calls_per_second {
        lines.push(format!("  {} per second", counted(whole(rate), "call", "calls")));
    }
    lines.extend(report.caveat().map(|caveat| format!("  note: {caveat}")));
    if end.refused_growths > 0 {
        let times = if end.refused_growths == 1 {
            "once"
        } else {
            &format!("{} times", grouped(end.refused_growths))
        };
        lines.push(format!("  note: growth was refused {times}"));
    }
    if let Some(record) = &end.failure {
        let name = output::printable_line(&record.export);
        lines.push(format!("  {name}: {}", record.outcome.headline()));
        lines.extend(Made::once(CallRecord::clone(record)).details(file));
    } else if is_cancelled {
        lines.push("  stopped by you".to_owned());
    }
    lines.join("\n") + "\n"
}

/// Writes a time, with fractions of a nanosecond where it is that short.
fn time_text(ns: f64) -> String {
    if ns < 100.0 { format!("{ns:.1} ns") } else { duration_ns(whole(ns)) }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "times and rates are not negative, and are rounded on purpose"
)]
fn whole(figure: f64) -> u64 {
    figure.round() as u64
}

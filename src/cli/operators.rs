//! The verb `operators`: how often each operator runs in a call.
//!
//! Decides no exit code and prints no failure: both are the dispatcher's.

use std::ffi::OsString;
use std::sync::Arc;

use serde::Serialize;

use super::args::{CallVerb, parse_call_verb};
use super::failure::Failure;
use super::output::printable_line;
use super::run::{build, calls, missing, options, stop_on_ctrl_c};
use super::session::{Call, Made, QuietWatch, Watch};
use super::{Status, output, report, unwritable};
use crate::engine::{CountFailure, Engines, OperatorCounter, ProbedCall, SharedObserver};
use crate::model::call::{CallRecord, Outcome, TrapKind};
use crate::model::call_json::CallDocument;
use crate::model::humanize::{counted, grouped, percent};
use crate::model::limits::LimitKind;
use crate::model::operators::{OperatorCount, OperatorCounts, PriceChanges};
use crate::model::value::Value;
use crate::worker::foreground;

/// Width of the longest bar, in characters.
const BAR: u64 = 24;

/// The document of `operators`; the fields are its keys, in this order. What was not counted is `null`.
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
    results: Vec<String>,
    operators: &'a [OperatorCount],
    total: Option<u64>,
    function_entries: Option<u64>,
    bulk_fuel: Option<u64>,
    fuel: Option<u64>,
    fuel_at_prices: Option<u64>,
    exact: bool,
    /// The call that did not return, as `run` tells it.
    failure: Option<CallDocument<'a>>,
}

/// How it went.
enum Went {
    Counted(OperatorCounts, Box<CallRecord>),
    /// A step before the call did not return.
    Before(Box<CallRecord>),
    Cancelled,
}

/// Counts what the words ask for.
///
/// # Errors
///
/// Fails when the words are wrong, or the source can't be read, compiled, linked or counted.
pub(super) fn execute(words: &[OsString]) -> Result<Status, Failure> {
    let args = parse_call_verb(CallVerb::Operators, words)?;
    let source = args.input.read()?;
    let engines = Engines::new();
    let build = build(&engines, &source, &args)?;
    let mut calls = calls(CallVerb::Operators, &build, &args.invokes)?;
    let last = calls.pop().ok_or_else(|| Failure::new("there is no call to count"))?;
    let probed = |call: &Call| ProbedCall { export: call.export.as_str().into(), args: call.args.clone() };
    let counter = OperatorCounter {
        build,
        options: options(&args),
        limits: None,
        replay: calls.iter().map(probed).collect(),
        call: probed(&last),
    };
    let went = count(&counter, &engines)?;
    let prices = &args.engine.prices;
    if matches!(went, Went::Cancelled) {
        output::tell("the call was stopped");
    }
    let text = match &went {
        went if args.json => to_json(&source.name, &last, went, prices),
        Went::Counted(counts, record) => to_text(&last, counts, record, prices, &source.file),
        Went::Before(record) => report::call(&Made::once(CallRecord::clone(record)), &source.file),
        Went::Cancelled => String::new(),
    };
    output::to_stdout(&text).map_err(|err| unwritable(&err))?;
    let has_returned = matches!(&went, Went::Counted(counts, _) if counts.outcome == Outcome::Returned);
    Ok(if has_returned { Status::Good } else { Status::GuestFailed })
}

/// Makes the call and counts.
fn count(counter: &OperatorCounter, engines: &Arc<Engines>) -> Result<Went, Failure> {
    let watch = Arc::new(Watch::default());
    stop_on_ctrl_c(&watch);
    let observer: SharedObserver = Arc::new(QuietWatch::new(&watch));
    let body = || counter.count_call(engines, &observer, &mut |_| true);
    let counted = foreground::run(engines, counter.build.thread_stack_bytes(), body)
        .map_err(|err| Failure::new(format!("can't start a thread for the plugin: {err}")))?
        .ok_or_else(|| Failure::new("the program failed inside, see above"))?;
    match counted {
        Ok(Some((counts, record))) => Ok(Went::Counted(counts, Box::new(record))),
        Ok(None) => Ok(Went::Cancelled),
        Err(CountFailure::Before(record)) => Ok(Went::Before(record)),
        Err(CountFailure::MissingImports(imports)) => Err(missing(&imports)),
        Err(other) => Err(Failure::new(other.to_string())),
    }
}

/// Writes the document.
///
/// # Panics
///
/// Never: what it writes always serialises.
fn to_json(plugin: &str, call: &Call, went: &Went, prices: &PriceChanges) -> String {
    let texts = |values: &[Value]| values.iter().map(Value::to_text).collect();
    let (counts, record) = match went {
        Went::Counted(counts, record) => (Some(counts), Some(&**record)),
        Went::Before(record) => (None, Some(&**record)),
        Went::Cancelled => (None, None),
    };
    let outcome = record.map_or(Outcome::Cancelled, |record| record.outcome);
    let document = Document {
        plugin,
        export: record.map_or(&call.export, |record| &record.export),
        args: texts(record.map_or(&call.args, |record| &record.args)),
        outcome: outcome.word(),
        limit: outcome.limit().map(LimitKind::snake_case),
        trap: outcome.trap().map(TrapKind::snake_case),
        message: match went {
            Went::Cancelled => Some("the call was stopped"),
            _ => record.and_then(|record| record.message.as_deref()),
        },
        results: counts.map(|counts| texts(&counts.results)).unwrap_or_default(),
        operators: counts.map_or(&[], |counts| &counts.operators),
        total: counts.map(OperatorCounts::total),
        function_entries: counts.map(|counts| counts.entries),
        bulk_fuel: counts.and_then(|counts| counts.bulk_fuel),
        fuel: counts.and_then(|counts| counts.fuel_at(&PriceChanges::default())),
        fuel_at_prices: counts.and_then(|counts| counts.fuel_at(prices)),
        exact: counts.is_some_and(|counts| counts.is_exact),
        failure: record.filter(|record| !record.is_success()).map(CallDocument::from),
    };
    serde_json::to_string_pretty(&document).expect("text, numbers and lists always serialise") + "\n"
}

fn to_text(
    call: &Call,
    counts: &OperatorCounts,
    record: &CallRecord,
    prices: &PriceChanges,
    file: &str,
) -> String {
    let subject = format!("{}({})", printable_line(&call.export), report::values(&call.args));
    let end = match (counts.outcome, counts.results.as_slice()) {
        (Outcome::Returned, []) => "   returned".to_owned(),
        (Outcome::Returned, results) => format!(" = {}", report::values(results)),
        (outcome, _) => format!("   {}", outcome.headline()),
    };
    let mut lines = vec![format!("{subject}{end}")];
    let total = counts.total();
    let most = counts.operators.first().map_or(0, |operator| operator.count).max(1);
    for operator in &counts.operators {
        let share = percent(operator.count, total);
        let filled = (u128::from(operator.count) * u128::from(BAR)).div_ceil(u128::from(most));
        let bar = "█".repeat(usize::try_from(filled).unwrap_or(0));
        lines.push(format!("  {:<20} {:>14} {share:>7}  {bar}", operator.name, grouped(operator.count)));
    }
    let entries = if counts.entries == 1 {
        "1 function entry"
    } else {
        &format!("{} function entries", grouped(counts.entries))
    };
    lines.push(format!("  {}, {entries}", counted(total, "operator", "operators")));
    let default = counts.fuel_at(&PriceChanges::default()).map(grouped);
    let default = default.unwrap_or_else(|| "–".to_owned());
    lines.push(if prices.is_empty() {
        format!("  {default} fuel")
    } else {
        let changed = counts.fuel_at(prices).map_or_else(|| "–".to_owned(), grouped);
        format!("  {changed} fuel at these prices · {default} at default")
    });
    if !counts.is_exact {
        lines.push("  note: the piece of code that the call ended in counts as a whole".to_owned());
    }
    if !record.is_success() {
        lines.extend(Made::once(record.clone()).details(file));
    }
    lines.join("\n") + "\n"
}

//! The verb `operators`: how often each operator runs in a call.
//!
//! Decides no exit code and prints no failure: both are the dispatcher's.

use std::ffi::OsString;
use std::sync::Arc;

use serde::Serialize;

use super::args::{CallVerb, parse_call_verb};
use super::failure::Failure;
use super::output::printable_line;
use super::run::{build, calls, options, stop_on_ctrl_c};
use super::session::{Call, QuietWatch, Watch};
use super::{Status, output, report, unwritable};
use crate::engine::{Engines, OperatorCounter, ProbedCall, SharedObserver};
use crate::model::call::Outcome;
use crate::model::humanize::{counted, grouped, percent};
use crate::model::operators::{OperatorCount, OperatorCounts, PriceChanges};
use crate::model::value::Value;
use crate::worker::foreground;

/// Width of the longest bar, in characters.
const BAR: u64 = 24;

/// The document of `operators`; the fields are its keys, in this order.
#[derive(Serialize)]
struct Document<'a> {
    plugin: &'a str,
    export: &'a str,
    args: Vec<String>,
    outcome: &'static str,
    results: Vec<String>,
    operators: &'a [OperatorCount],
    total: u64,
    function_entries: u64,
    bulk_fuel: Option<u64>,
    fuel: Option<u64>,
    fuel_at_prices: Option<u64>,
    exact: bool,
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
    let watch = Arc::new(Watch::default());
    stop_on_ctrl_c(&watch);
    let observer: SharedObserver = Arc::new(QuietWatch::new(&watch));
    let stack_bytes = build.thread_stack_bytes();
    let probed = |call: &Call| ProbedCall { export: call.export.as_str().into(), args: call.args.clone() };
    let counter = OperatorCounter {
        build,
        options: options(&args),
        limits: None,
        replay: calls.iter().map(probed).collect(),
        call: probed(&last),
    };
    let counts = foreground::run(&engines, stack_bytes, || counter.count(&engines, &observer, &mut |_| true))
        .map_err(|err| Failure::new(format!("can't start a thread for the plugin: {err}")))?
        .ok_or_else(|| Failure::new("the program failed inside, see above"))?
        .map_err(|failure| Failure::new(failure.to_string()))?;
    let Some(counts) = counts else {
        output::to_stderr("the call was stopped\n");
        return Ok(Status::GuestFailed);
    };
    let prices = &args.engine.prices;
    let text = if args.json {
        to_json(&source.name, &last, &counts, prices)
    } else {
        to_text(&last, &counts, prices)
    };
    output::to_stdout(&text).map_err(|err| unwritable(&err))?;
    Ok(if counts.outcome == Outcome::Returned { Status::Good } else { Status::GuestFailed })
}

/// Writes the document.
///
/// # Panics
///
/// Never: what it writes always serialises.
fn to_json(plugin: &str, call: &Call, counts: &OperatorCounts, prices: &PriceChanges) -> String {
    let texts = |values: &[Value]| values.iter().map(Value::to_text).collect();
    let document = Document {
        plugin,
        export: &call.export,
        args: texts(&call.args),
        outcome: counts.outcome.word(),
        results: texts(&counts.results),
        operators: &counts.operators,
        total: counts.total(),
        function_entries: counts.entries,
        bulk_fuel: counts.bulk_fuel,
        fuel: counts.fuel_at(&PriceChanges::default()),
        fuel_at_prices: counts.fuel_at(prices),
        exact: counts.is_exact,
    };
    serde_json::to_string_pretty(&document).expect("text, numbers and lists always serialise") + "\n"
}

fn to_text(call: &Call, counts: &OperatorCounts, prices: &PriceChanges) -> String {
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
    lines.join("\n") + "\n"
}

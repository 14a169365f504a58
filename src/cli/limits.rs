//! The verb `limits`: what a call would take.
//!
//! Decides no exit code and prints no failure: both are the dispatcher's.

use std::ffi::OsString;
use std::sync::Arc;

use serde::Serialize;

use super::args::{CallVerb, parse_call_verb};
use super::failure::Failure;
use super::output::printable_line;
use super::run::{build, calls, missing, options, stop_on_ctrl_c};
use super::session::{Call, QuietWatch, Watch};
use super::{Status, output, report, unwritable};
use crate::engine::{CallObserver, Engines, Probe, ProbeFailure, ProbedCall, SharedObserver};
use crate::model::call::Outcome;
use crate::model::humanize::{binary_bytes, duration_ns, grouped};
use crate::model::limits::LimitKind;
use crate::model::needs::{Need, Needs, NeedsDocument};
use crate::model::value::Value;
use crate::worker::foreground;

/// The document of `limits`; the fields are its keys, in this order.
#[derive(Serialize)]
struct Document<'a> {
    plugin: &'a str,
    args: Vec<String>,
    #[serde(flatten)]
    needs: NeedsDocument<'a>,
}

/// Finds out what the words ask for.
///
/// # Errors
///
/// Fails when the words are wrong or the source can't be read, compiled or linked.
pub(super) fn execute(words: &[OsString]) -> Result<Status, Failure> {
    let args = parse_call_verb(CallVerb::Limits, words)?;
    let source = args.input.read()?;
    let engines = Engines::new();
    let build = build(&engines, &source, &args)?;
    let mut calls = calls(CallVerb::Limits, &build, &args.invokes)?.into_iter().map(probed);
    let last = calls.next_back().ok_or_else(|| Failure::new("there is no call to look at"))?;
    let probe = Probe { build, options: options(&args), replay: calls.collect(), forgotten: 0, call: last };
    let watch = Arc::new(Watch::default());
    stop_on_ctrl_c(&watch);
    let observer: SharedObserver = Arc::new(QuietWatch::new(&watch));
    let body = || probe.find(&engines, &observer, &mut |_| !watch.is_cancelled());
    let needs = foreground::run(&engines, probe.thread_stack_bytes(), body)
        .map_err(|err| Failure::new(format!("can't start a thread for the plugin: {err}")))?
        .ok_or_else(|| Failure::new("the program failed inside, see above"))?
        .map_err(|failure| match failure {
            ProbeFailure::MissingImports(imports) => missing(&imports),
            other => Failure::new(other.to_string()),
        })?;
    let Some(needs) = needs else {
        output::tell("stopped before there was an answer");
        if args.json {
            let question = probe.question();
            let stopped = NeedsDocument::stopped(&question, &probe.call.export);
            let text = to_json(&source.name, &probe.call.args, stopped);
            output::to_stdout(&text).map_err(|err| unwritable(&err))?;
        }
        return Ok(Status::GuestFailed);
    };
    let values = &probe.call.args;
    let text = if args.json {
        to_json(&source.name, values, NeedsDocument::from(&needs))
    } else {
        to_text(values, &needs)
    };
    output::to_stdout(&text).map_err(|err| unwritable(&err))?;
    let has_returned = needs.end.outcome == Outcome::Returned;
    Ok(if has_returned { Status::Good } else { Status::GuestFailed })
}

fn probed(call: Call) -> ProbedCall {
    ProbedCall { export: call.export.into(), args: call.args }
}

/// Writes the document.
///
/// # Panics
///
/// Never: what it writes always serialises.
fn to_json(plugin: &str, values: &[Value], needs: NeedsDocument<'_>) -> String {
    let document = Document { plugin, args: values.iter().map(Value::to_text).collect(), needs };
    serde_json::to_string_pretty(&document).expect("text, numbers and lists always serialise") + "\n"
}

fn to_text(values: &[Value], needs: &Needs) -> String {
    let mut lines = vec![headline(values, needs)];
    lines.push(format!("  {:<16}{:>18}{:>18}", "limit", "needed", "set"));
    lines.extend(needs.limits.iter().map(row));
    let [p50, p95, p99] = [needs.wall.p50, needs.wall.p95, needs.wall.p99].map(duration_ns);
    let runs = |runs: u64| format!("{} {}", grouped(runs), if runs == 1 { "run" } else { "runs" });
    lines.push(format!("  {} timed · p50 {p50} · p95 {p95} · p99 {p99}", runs(needs.wall.count)));
    lines.push(format!("  {} in all, {}", runs(needs.runs.into()), needs.setting()));
    lines.extend(needs.notes().into_iter().map(|note| format!("  note: {note}")));
    lines.join("\n") + "\n"
}

fn headline(values: &[Value], needs: &Needs) -> String {
    let end = &needs.end;
    let name = printable_line(&end.name);
    let subject = if name.starts_with('(') { name } else { format!("{name}({})", report::values(values)) };
    match (end.outcome, end.results.as_slice()) {
        (Outcome::Returned, []) => format!("{subject}   returned"),
        (Outcome::Returned, results) => format!("{subject} = {}", report::values(results)),
        (outcome, _) => format!("{subject}   {}", outcome.headline()),
    }
}

fn row(need: &Need) -> String {
    let text = |value: Option<u64>, none: &str| match (value, need.limit) {
        (None, _) => none.to_owned(),
        (Some(value), LimitKind::WasmStack) => binary_bytes(value),
        (Some(value), _) => grouped(value),
    };
    let label = match need.limit {
        LimitKind::WasmStack => "wasm stack".to_owned(),
        kind => kind.label().to_lowercase(),
    };
    let mut line = format!("  {label:<16}{:>18}{:>18}", text(need.needed, "–"), text(need.set, "no limit"));
    if need.needed.is_some() && !need.proved {
        line += "   not proved";
    }
    if let Some(together) = need.together.filter(|_| need.together > need.needed) {
        line += &format!("   {} with all others at their least", text(Some(together), ""));
    }
    if let Some(by) = &need.by {
        line += &format!("   for {}", printable_line(by));
    }
    if need.set.zip(need.needed).is_some_and(|(set, needed)| set < needed) {
        line += "   set too low";
        if need.limit == LimitKind::WasmStack {
            line += " (`--wasm-stack`)";
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::limits::Limits;
    use crate::model::measured::Measured;
    use crate::model::needs::{Observation, Peak, Question, SOUGHT, StepEnd, find_needs};

    /// The answer for a guest that burns one unit more each time, as none does that sees nothing of the world.
    fn restless() -> Needs {
        let (set, generous) = (Limits::default(), Limits::UNLIMITED);
        let (stack_set_bytes, stack_most_bytes) = (1 << 19, 1 << 24);
        let question =
            Question { set, generous, stack_set_bytes, stack_most_bytes, replayed: 0, forgotten: 0 };
        let mut fuel = 40;
        let needs = find_needs(&question, &mut |_, _| {
            fuel += 1;
            let mut peaks = [Peak::default(); SOUGHT.len()];
            peaks[0] = Peak { value: Measured::Exact(fuel), step: 0 };
            let results = vec![Value::I32(7)];
            let steps = vec![StepEnd { name: "dice".into(), outcome: Outcome::Returned, results }];
            Some(Observation { steps, peaks, fuel_at_look: None, refused: Vec::new(), wall_ns: 40_000_000 })
        });
        needs.expect("nobody says stop")
    }

    #[test]
    fn a_guest_that_is_not_deterministic_is_told_as_such() {
        let needs = restless();
        let told = "two runs under the same limits differed: what is needed is the most that was seen";
        let text = to_text(&[], &needs);
        assert!(text.ends_with(&format!("  note: {told}\n")), "{text}");
        let fuel = text.lines().find(|line| line.starts_with("  fuel")).expect("fuel has a line");
        assert!(fuel.contains(" 42 ") && fuel.ends_with("   not proved"), "{fuel}");
        let json = to_json("dice", &[], NeedsDocument::from(&needs));
        let document: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
        assert_eq!((&document["deterministic"], &document["message"]), (&false.into(), &told.into()));
        assert_eq!(document["limits"][0]["proved"], false);
    }
}

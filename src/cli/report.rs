//! What `run` reports: a block of lines for each call, or one JSON document.
//!
//! Knows no engine and prints nothing.

use serde::Serialize;

use super::failure::location;
use super::input::Source;
use super::output::{printable, printable_line};
use super::session::{Made, Repeated, Session};
use crate::engine::Build;
use crate::model::build::{CacheOutcome, Phases};
use crate::model::call::{CallRecord, DeniedGrowth, Frame, Outcome};
use crate::model::call_json::CallDocument;
use crate::model::diagnostic::Place;
use crate::model::host_calls::HostCallCount;
use crate::model::humanize::{bytes, counted, duration_ns, grouped};
use crate::model::lifecycle::PluginState;
use crate::model::measured::Measured;
use crate::model::metrics::MetricsSnapshot;
use crate::model::raise::Raise;
use crate::model::used::UsedOfLimit;
use crate::model::value::Value;

/// The document of `run`; the fields are its keys, in this order.
#[derive(Serialize)]
struct RunDocument<'a> {
    plugin: &'a str,
    state: PluginState,
    compile: CompileDocument<'a>,
    calls: Vec<RunCall<'a>>,
    metrics: MetricsSnapshot,
    host_calls: &'a [HostCallCount],
}

/// A call, and with prices of its own what it burns at the engine's.
#[derive(Serialize)]
struct RunCall<'a> {
    #[serde(flatten)]
    call: CallDocument<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fuel_at_default_prices: Option<Measured<u64>>,
}

#[derive(Serialize)]
struct CompileDocument<'a> {
    source_bytes: u64,
    wasm_bytes: u64,
    sha256: &'a str,
    cache: CacheOutcome,
    phases_ns: Phases,
}

/// Refusals that a block names, at most.
const MOST_LISTED: usize = 8;

/// Frames of a backtrace that a block names, at most; the document has all that are kept.
const MOST_FRAMES: usize = 10;

/// Writes the document of a run.
///
/// # Panics
///
/// Never: what it writes always serialises.
pub(super) fn run_json(source: &Source, build: &Build, session: &Session) -> String {
    let info = &build.info;
    let document = RunDocument {
        plugin: &source.name,
        state: session.state,
        compile: CompileDocument {
            source_bytes: info.source_bytes,
            wasm_bytes: info.wasm_bytes,
            sha256: &info.sha256,
            cache: info.cache,
            phases_ns: Phases { instantiate: session.instantiate_ns, ..info.phases },
        },
        calls: session
            .calls
            .iter()
            .map(|made| RunCall {
                call: CallDocument::from(&made.record),
                fuel_at_default_prices: made.default_fuel,
            })
            .collect(),
        metrics: session.metrics.snapshot(),
        host_calls: &session.host_calls,
    };
    serde_json::to_string_pretty(&document).expect("text, numbers and lists always serialise") + "\n"
}

/// Writes the lines on one call: `add(20, 22) = 42   0.18 µs · 4 fuel · depth 1`, and why it failed.
pub(super) fn call(made: &Made, file: &str) -> String {
    let record = &made.record;
    let mut lines = vec![headline(record, made.default_fuel.and_then(Measured::value))];
    lines.extend(made.repeated.as_ref().and_then(repeated));
    // The trap's name is in the headline, and many a message says no more than that.
    let name = record.outcome.trap().map(crate::model::call::TrapKind::phrase);
    if let Some(message) = record.message.as_ref().filter(|message| Some(*message) != name.as_ref()) {
        lines.push(format!("  {}", printable_line(message)));
    }
    if let Some(place) = &record.place {
        lines.push(format!("  at {}", place_text(file, place)));
    }
    lines.extend(refusals(made, file));
    if let Some(saw) = &record.note {
        lines.push(format!("  the guest saw {}", printable_line(saw)));
    }
    if record.fresh_instance {
        lines.push("  note: on a fresh instance, since the call before failed".to_owned());
    }
    if !record.is_success() && record.number > 0 {
        let used = UsedOfLimit::all(record).map(|used| used.phrase());
        lines.push(format!("  used: {}", used.join(" · ")));
    }
    if let Some(hint) = &record.hint {
        let raise = Raise::needed(record);
        let instead = raise.and_then(|raise| raise.rule(record)).map_or("", |_| " in its place");
        let option = raise.and_then(|raise| raise.option(record));
        let option = option.map_or_else(String::new, |option| format!(" (`{option}`{instead})"));
        lines.push(format!("  hint: {}{option}", printable_line(hint)));
    }
    lines.extend(frames(record, file));
    lines.join("\n") + "\n"
}

/// Writes the last line: what was compiled and how the calls ended.
pub(super) fn summary(source: &Source, build: &Build, session: &Session) -> String {
    let info = &build.info;
    let compiled = format!("compiled {} in {}", bytes(info.wasm_bytes), duration_ns(info.phases.total_ns()));
    let name = printable_line(&source.name);
    let state = session.state.label().to_lowercase();
    let metrics = session.metrics.snapshot();
    let ends = match (metrics.call_count, metrics.error_count) {
        (0, _) if info.kind.is_component() => "instantiated, components can't be called yet".to_owned(),
        (0, _) => "instantiated, nothing to call".to_owned(),
        (calls, 0) => format!("{} returned", calls_text(calls)),
        (calls, errors) => format!("{}, {} failed", calls_text(calls), grouped(errors)),
    };
    format!("{name}: {state} · {ends} · {compiled}\n")
}

pub(super) fn calls_text(calls: u64) -> String {
    counted(calls, "call", "calls")
}

fn headline(record: &CallRecord, default_fuel: Option<u64>) -> String {
    let name = printable_line(&record.export);
    let subject = if name.starts_with('(') { name } else { format!("{name}({})", values(&record.args)) };
    let end = match (record.outcome, record.results.as_slice()) {
        (Outcome::Returned, []) => "   returned".to_owned(),
        (Outcome::Returned, results) => format!(" = {}", values(results)),
        (outcome, []) => format!("   {}", outcome.headline()),
        (outcome, results) => format!(" = {}   {}", values(results), outcome.headline()),
    };
    let figures = figures(record, default_fuel);
    if figures.is_empty() { format!("{subject}{end}") } else { format!("{subject}{end}   {figures}") }
}

fn figures(record: &CallRecord, default_fuel: Option<u64>) -> String {
    if record.number == 0 {
        // It was never made.
        return String::new();
    }
    let mut parts = vec![duration_ns(record.wall_ns)];
    let default = default_fuel.map_or_else(String::new, |fuel| format!(" ({} at default)", grouped(fuel)));
    parts.extend(measured(record.fuel).map(|fuel| format!("{fuel} fuel{default}")));
    parts.extend(measured(record.peak_call_depth).map(|depth| format!("depth {depth}")));
    if record.peak_memory_pages > 0 {
        parts.push(counted(record.peak_memory_pages, "page", "pages"));
    }
    parts.join(" · ")
}

fn measured(figure: Measured<u64>) -> Option<String> {
    match figure {
        Measured::Exact(value) => Some(grouped(value)),
        Measured::AtLeast(value) => Some(format!("≥ {}", grouped(value))),
        Measured::NotMeasured => None,
    }
}

fn repeated(repeated: &Repeated) -> Option<String> {
    let summary = repeated.durations.summary()?;
    let [p50, p95, p99] = [summary.p50, summary.p95, summary.p99].map(duration_ns);
    let made = repeated.durations.count();
    let count = if made == repeated.asked {
        calls_text(made)
    } else {
        format!("call {} of {}", grouped(made), grouped(repeated.asked))
    };
    Some(format!("  {count} · p50 {p50} · p95 {p95} · p99 {p99}"))
}

/// Lists refused growth; what was refused again and again is one line.
fn refusals(made: &Made, file: &str) -> Vec<String> {
    let line = |growth: &DeniedGrowth| format!("  refused: {}, {}", growth.phrase(), growth.bound_phrase());
    let record = &made.record;
    let all = record.all_denied();
    // The newest are those whose places are known, so that they stand for older ones that are alike.
    let rows = collapsed(all.iter().rev().map(|growth| (line(growth), growth.place.as_ref())));
    let num_listed = if rows.len() > MOST_LISTED { MOST_LISTED } else { rows.len() };
    let named: usize = rows[..num_listed].iter().map(|(_, count)| count).sum();
    let row = |((line, place), count): &((String, Option<&Place>), usize)| {
        let place = place.map_or_else(String::new, |place| format!(", at {}", place_text(file, place)));
        format!("{line}{place}{}", times(*count))
    };
    let mut lines: Vec<_> = rows[..num_listed].iter().map(row).collect();
    lines.reverse();
    let total = made.refused_growths.saturating_add(record.end.refused.otherwise().count);
    let older = total.saturating_sub(named as u64);
    if older > 0 {
        let when = if made.repeated.is_some() { "in all of these calls" } else { "before" };
        lines.insert(0, format!("    … {} more {when}", grouped(older)));
    }
    lines
}

/// Lists the frames at a call's end, innermost first, and says how many are left out where.
fn frames(record: &CallRecord, file: &str) -> Vec<String> {
    if record.backtrace.len() < 2 {
        // The place says it already.
        return Vec::new();
    }
    let text = |frame: &Frame| (format!("    {}", place_text(file, &frame.place)), None);
    let left_out = record.frames_left_out();
    // What is left out stood in the middle.
    let inner = if left_out > 0 { record.backtrace.len() / 2 } else { record.backtrace.len() };
    let (inner, outer) = record.backtrace.split_at(inner);
    let at_least = if record.end.frames.is_exact() { "" } else { "at least " };
    let frames = |count: u64| format!("    … {at_least}{} more", counted(count, "frame", "frames"));
    let (mut lines, mut shown) = (Vec::new(), 0);
    let mut rows = |part: &[Frame], lines: &mut Vec<String>| {
        for ((line, _), count) in collapsed(part.iter().map(text)) {
            if lines.len() < MOST_FRAMES {
                shown += count as u64;
                lines.push(format!("{line}{}", times(count)));
            }
        }
    };
    rows(inner, &mut lines);
    let has_room = lines.len() + 1 < MOST_FRAMES && left_out > 0;
    if has_room {
        lines.push(frames(left_out));
        rows(outer, &mut lines);
    }
    let told = if has_room { left_out } else { 0 };
    let rest = (record.backtrace.len() as u64 + left_out).saturating_sub(shown + told);
    if rest > 0 {
        lines.push(frames(rest));
    }
    lines
}

/// Joins neighbours that are alike, and counts them; one without a place is like any with the same text.
fn collapsed<'a>(
    rows: impl Iterator<Item = (String, Option<&'a Place>)>,
) -> Vec<((String, Option<&'a Place>), usize)> {
    let mut joined: Vec<((String, Option<&Place>), usize)> = Vec::new();
    for (text, place) in rows {
        match joined.last_mut() {
            Some(((last, at), count)) if *last == text && (place.is_none() || *at == place) => *count += 1,
            _ => joined.push(((text, place), 1)),
        }
    }
    joined
}

fn times(count: usize) -> String {
    if count == 1 { String::new() } else { format!(" ({} times)", grouped(count as u64)) }
}

fn place_text(file: &str, place: &Place) -> String {
    let function = match (&place.function, place.index) {
        (Some(name), _) => format!(" in ${name}"),
        (None, Some(index)) => format!(" in func {index}"),
        (None, None) => String::new(),
    };
    printable_line(&format!("{}{function}", location(file, Some(place))))
}

pub(super) fn values(values: &[Value]) -> String {
    printable(&values.iter().map(Value::to_text).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::call::{CallKind, EndDetails};

    fn deep(lines: impl Iterator<Item = u32>, frames: Measured<u64>) -> CallRecord {
        let frame = |line| Frame { place: Place { line: Some(line), column: Some(7), ..Place::default() } };
        let end = EndDetails { frames, ..EndDetails::default() };
        let record = CallRecord::begin(CallKind::Export, "f".into(), &[]);
        CallRecord { backtrace: lines.map(frame).collect(), end, ..record }
    }

    #[test]
    fn frames_that_are_left_out_are_counted_whoever_left_them_out() {
        // Frames, how many of them the record has, each at a line of its own or all at one, and the last lines.
        let cases: [(u64, u32, bool, &[&str]); 6] = [
            (3, 3, true, &["    f.wat:1:7", "    f.wat:2:7", "    f.wat:3:7"]),
            (12, 12, true, &["    f.wat:10:7", "    … 2 frames more"]),
            (11, 11, true, &["    f.wat:10:7", "    … 1 frame more"]),
            (1000, 100, true, &["    f.wat:10:7", "    … 990 frames more"]),
            (12, 12, false, &["    f.wat:1:7 (12 times)"]),
            (
                900,
                100,
                false,
                &["    f.wat:1:7 (50 times)", "    … 800 frames more", "    f.wat:1:7 (50 times)"],
            ),
        ];
        for (all, kept, are_apart, last) in cases {
            let lines = (1..=kept).map(|line| if are_apart { line } else { 1 });
            let told = frames(&deep(lines, Measured::Exact(all)), "f.wat");
            let text: Vec<_> = told.iter().map(String::as_str).collect();
            assert!(text.ends_with(last), "{all} of which {kept}: {text:?}");
        }
        let at_least = frames(&deep([1; 100].into_iter(), Measured::AtLeast(10_000)), "f.wat");
        assert!(at_least.contains(&"    … at least 9\u{202f}900 frames more".to_owned()), "{at_least:?}");
        assert!(frames(&deep([1].into_iter(), Measured::Exact(1)), "f.wat").is_empty());
    }
}

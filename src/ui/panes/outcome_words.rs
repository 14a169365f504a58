//! How calls and places are named, and with which sign and colour each outcome is shown.
//!
//! Knows no widgets; every pane that shows calls takes its words from here, so that they agree.

use egui::Color32;

use crate::app::AppState;
use crate::model::call::{CallRecord, Outcome};
use crate::model::diagnostic::Place;
use crate::model::humanize;
use crate::model::ids::SourceId;
use crate::model::limit_rules::{LimitRule, RuleBound};
use crate::model::limits::LimitKind;
use crate::ui::icons;
use crate::ui::theme::Tokens;

/// Most bytes of a call's arguments in one line.
const MOST_ARGS: usize = 60;

/// Sign, word and colour of an outcome.
#[derive(Debug, Clone)]
pub(super) struct OutcomeLook {
    pub(super) icon: &'static str,
    pub(super) word: String,
    pub(super) colour: Color32,
}

/// Returns how an outcome is shown in lists.
pub(super) fn outcome_look(outcome: Outcome, tokens: &Tokens) -> OutcomeLook {
    let (icon, word, colour) = match outcome {
        Outcome::Returned => (icons::CHECK, "returned".to_owned(), tokens.ok),
        Outcome::Trapped(kind) => (icons::WARNING, kind.phrase(), tokens.error),
        Outcome::Limit(kind) => (limit_icon(kind), kind.phrase().to_owned(), tokens.error),
        Outcome::Cancelled => (icons::STOP_CIRCLE, "stopped by you".to_owned(), tokens.text_muted),
        Outcome::Error => (icons::X_CIRCLE, "could not be called".to_owned(), tokens.error),
    };
    OutcomeLook { icon, word, colour }
}

fn limit_icon(kind: LimitKind) -> &'static str {
    match kind {
        LimitKind::Fuel => icons::GAUGE,
        LimitKind::ExecutionTime => icons::TIMER,
        LimitKind::MemoryPages | LimitKind::GrowthPages => icons::MEMORY,
        LimitKind::TableElements => icons::TABLE,
        LimitKind::Instances => icons::CUBE,
        LimitKind::CallDepth | LimitKind::WasmStack => icons::STACK,
    }
}

/// Returns how a call ended as the rest of a sentence that begins with the call.
pub(super) fn outcome_phrase(outcome: Outcome) -> String {
    match outcome {
        Outcome::Returned => "returned".to_owned(),
        Outcome::Trapped(kind) => format!("trapped: {}", kind.phrase()),
        Outcome::Limit(LimitKind::WasmStack) => "exhausted the wasm stack".to_owned(),
        Outcome::Limit(kind) => format!("stopped by the {}", kind.phrase()),
        Outcome::Cancelled => "stopped by you".to_owned(),
        Outcome::Error => "could not be called".to_owned(),
    }
}

/// Writes a call as code does: `fib(24)`.
pub(super) fn call_text(record: &CallRecord) -> String {
    if record.export.starts_with('(') {
        return record.export.to_string();
    }
    let mut args = String::new();
    for value in &record.args {
        if !args.is_empty() {
            args.push_str(", ");
        }
        if args.len() > MOST_ARGS {
            args.push('…');
            break;
        }
        args.push_str(&value.to_text());
    }
    format!("{}({args})", record.export)
}

/// Writes the results of a call, such as `42` or `1, 2`; empty when there are none.
pub(super) fn results_text(record: &CallRecord) -> String {
    record.results.iter().map(crate::model::value::Value::to_text).collect::<Vec<_>>().join(", ")
}

/// Writes a place as `math.wat 19:7`, or as an offset where there is no text.
pub(super) fn place_text(state: &AppState, source: SourceId, place: &Place) -> Option<String> {
    let name = state.source(source).map_or("", |source| &*source.name);
    match (place.line, place.offset) {
        (Some(line), _) => Some(match place.column {
            Some(column) => format!("{name} {line}:{column}"),
            None => format!("{name} {line}"),
        }),
        (None, Some(offset)) => Some(format!("{name} 0x{offset:x}")),
        (None, None) => None,
    }
}

/// Writes the function of a place: `$fib`, or `func 7`; empty when it is not known.
pub(super) fn function_text(place: &Place) -> String {
    match (&place.function, place.index) {
        (Some(name), _) => format!("${name}"),
        (None, Some(index)) => format!("func {index}"),
        (None, None) => String::new(),
    }
}

/// Says which rule changed the limits of a call, and to what.
pub(super) fn rule_text(rule: &LimitRule) -> String {
    let part = |name: &str, bound: RuleBound, unit: &str| match bound {
        RuleBound::Keep => None,
        RuleBound::Lift => Some(format!("no {name} limit")),
        RuleBound::At(value) => Some(format!("{name} {}{unit}", humanize::grouped(value))),
    };
    let parts = [part("fuel", rule.fuel, ""), part("time", rule.time_ms, " ms")];
    let parts = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
    format!("by the rule for {}: {parts}", rule.pattern)
}

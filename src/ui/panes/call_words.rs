//! How places and ends of calls are named and marked.
//!
//! Knows no widgets; what shows the end of a call takes its words from here.

use crate::app::AppState;
use crate::model::call::Outcome;
use crate::model::diagnostic::Place;
use crate::model::ids::SourceId;
use crate::model::limits::LimitKind;
use crate::ui::icons;

/// Returns the icon of an outcome.
pub(super) fn outcome_icon(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Returned => icons::CHECK,
        Outcome::Trapped(_) => icons::WARNING,
        Outcome::Limit(kind) => limit_icon(kind),
        Outcome::Cancelled => icons::STOP_CIRCLE,
        Outcome::Error => icons::X_CIRCLE,
    }
}

/// Writes a place as `math.wat 19:7`, or as an offset where there is no text.
pub(super) fn place_text(state: &AppState, source: SourceId, place: &Place) -> Option<String> {
    let name = state.source(source).map_or("", |source| &*source.name);
    match (place.line, place.column, place.offset) {
        (Some(line), Some(column), _) => Some(format!("{name} {line}:{column}")),
        (Some(line), None, _) => Some(format!("{name} {line}")),
        (None, _, Some(offset)) => Some(format!("{name} {offset:#x}")),
        (None, _, None) => None,
    }
}

fn limit_icon(kind: LimitKind) -> &'static str {
    match kind {
        LimitKind::Fuel => icons::GAUGE,
        LimitKind::ExecutionTime => icons::TIMER,
        LimitKind::MemoryPages => icons::MEMORY,
        LimitKind::TableElements => icons::TABLE,
        LimitKind::Instances => icons::CUBE,
        LimitKind::CallDepth | LimitKind::WasmStack => icons::STACK,
    }
}

//! The text of a source: editing, compiling, and going to places in it.

use std::sync::Arc;
use std::time::Duration;

use super::super::action::SourceAction;
use super::super::pane::PaneKind;
use super::super::state::{AppState, CompileStatus, Effect, Now, Source, SourceContent};
use crate::model::diagnostic::Place;
use crate::model::ids::SourceId;
use crate::worker::protocol::Command;

/// How long unsaved text may be lost by a crash.
const KEEP_AFTER: Duration = Duration::from_secs(1);

pub(super) fn update(state: &mut AppState, action: SourceAction, now: Now, out: &mut Vec<Command>) {
    match action {
        SourceAction::Edit(id, text) => edit(state, id, text, now),
        SourceAction::Compile(id) => request_compile(state, id, out),
        SourceAction::Instantiate(id) => {
            super::create_plugin(state, id, now, out);
        }
        SourceAction::GoTo(id, place) => go_to(state, id, place),
        SourceAction::CursorMoved(id, line, column) => {
            if let Some(source) = state.source_mut(id) {
                source.cursor = (line, column);
            }
        }
    }
}

/// Has the newest text of a source compiled, whatever else of it is being compiled.
pub(crate) fn request_compile(state: &mut AppState, id: SourceId, out: &mut Vec<Command>) {
    let settings = state.settings.engine.clone();
    let Some(source) = state.source_mut(id) else { return };
    source.status = CompileStatus::Queued;
    out.push(Command::Compile {
        source: id,
        generation: source.generation,
        name: Arc::clone(&source.name),
        content: source.bytes(),
        settings,
        read_ns: source.read_ns.take(),
    });
}

/// Replaces what a source holds by what its file holds now.
pub(crate) fn take_from_disk(state: &mut AppState, id: SourceId, content: Arc<[u8]>, out: &mut Vec<Command>) {
    let Some(source) = state.source_mut(id) else { return };
    match std::str::from_utf8(&content) {
        Ok(text) if !content.starts_with(b"\0asm") => {
            let text: Arc<str> = text.into();
            source.baseline = Arc::clone(&text);
            source.set_text(text);
        }
        _ => {
            source.content = SourceContent::Binary { bytes: Arc::clone(&content), listing: None };
            source.generation = source.generation.successor();
            source.is_dirty = false;
            out.push(Command::MakeListing { source: id, wasm: Arc::clone(&content) });
        }
    }
    source.saved = Some(content);
    source.keep_due = None;
    out.push(Command::KeepUnsaved { source: id, text: None });
    request_compile(state, id, out);
}

fn edit(state: &mut AppState, id: SourceId, text: Arc<str>, now: Now) {
    let delay = Duration::from_millis(state.settings.compile_delay_ms);
    let Some(source) = state.source_mut(id) else { return };
    if source.text().is_none_or(|old| *old == text) {
        return;
    }
    source.set_text(text);
    source.status = CompileStatus::Due(now.since_start + delay);
    source.keep_due.get_or_insert(now.since_start + KEEP_AFTER);
}

fn go_to(state: &mut AppState, id: SourceId, mut place: Place) {
    let Some(source) = state.source_mut(id) else { return };
    if place.line.is_none() {
        place.line = place.offset.and_then(|offset| line_of(source, offset));
    }
    source.go_to(place);
    state.active = Some(id);
    state.effects.push(Effect::ShowPane(PaneKind::Source));
}

/// Finds the line that stands for an offset of the binary: in the listing, or in the text it was made from.
fn line_of(source: &Source, offset: u64) -> Option<u32> {
    match &source.content {
        SourceContent::Binary { listing: Some(Ok(listing)), .. } => listing.line_of(offset),
        SourceContent::Binary { .. } => None,
        SourceContent::Text(_) => source.good.as_ref()?.build.place_at(offset).line,
    }
}

//! The text of a source: editing, compiling, and going to places in it.

use std::sync::Arc;
use std::time::Duration;

use super::super::action::SourceAction;
use super::super::pane::PaneKind;
use super::super::state::{AppState, CompileStatus, Effect, Now, Purpose, Source, SourceContent};
use super::files::discard;
use super::{listings, prices};
use crate::model::diagnostic::Place;
use crate::model::event::LogLevel;
use crate::model::ids::{RequestId, SourceId};
use crate::model::text::{EditCommand, ReadFile, Rewriting, Rewritten, TextBuffer, TextSnapshot};
use crate::model::text_edit::TextEdit;
use crate::worker::protocol::Command;
use crate::worker::text_protocol::TextCommand;

/// How long after a change its text is handed over to be kept; steady typing does not put it off.
const KEEP_AFTER: Duration = Duration::from_millis(300);
/// Longest text, in bytes, that is rewritten at once; a longer one is in the meantime as it was.
const REWRITTEN_AT_ONCE: usize = 64 << 10;

pub(super) fn update(state: &mut AppState, action: SourceAction, now: Now, out: &mut Vec<Command>) {
    match action {
        SourceAction::Edit(id, command) => {
            let many = state.source(id).and_then(Source::editor).and_then(|it| it.for_many_lines(&command));
            match many {
                Some(how) => rewrite(state, id, how, now, out),
                None => edit(state, id, &command, now),
            }
        }
        SourceAction::SetText(id, text) => become_text(state, id, TextBuffer::new(&text).into(), now),
        SourceAction::Rewrite(id, how) => rewrite(state, id, how, now, out),
        SourceAction::Fix(id, edits) => fix(state, id, &edits, now),
        SourceAction::Compile(id) => request_compile(state, id, out),
        SourceAction::Instantiate(id) => {
            super::create_plugin(state, id, now, out);
        }
        SourceAction::GoTo(id, place) => go_to(state, id, place),
        SourceAction::ShowLines(id, lines) => listings::show_lines(state, id, &lines, out),
        SourceAction::SearchListing(id, pattern) => listings::search(state, id, pattern, out),
        SourceAction::StopSearch(id) => listings::stop_search(state, id, out),
        SourceAction::CloseSearch(id) => listings::close_search(state, id, out),
        SourceAction::CopyListing(id, stretch) => listings::copy(state, id, stretch, out),
        SourceAction::MeasureSizes(id) => listings::measure(state, id, out),
        SourceAction::SetPrices(id, prices) => prices::set(state, id, prices, now, out),
        SourceAction::CursorMoved(id, line, column) => {
            if let Some(source) = state.source_mut(id) {
                source.cursor = (line, column);
            }
        }
    }
}

/// Has the newest text of a source compiled, whatever else of it is being compiled.
pub(crate) fn request_compile(state: &mut AppState, id: SourceId, out: &mut Vec<Command>) {
    let mut settings = state.settings.engine.clone();
    let Some(source) = state.source_mut(id) else { return };
    settings.prices = source.prices.clone();
    source.status = CompileStatus::Queued;
    out.push(Command::Compile {
        source: id,
        generation: source.generation,
        name: Arc::clone(&source.name),
        content: source.compiled_content(),
        settings,
        read_ns: source.read_ns.take(),
    });
}

/// Replaces what a source holds by what its file holds now; of a text, that can be undone.
pub(crate) fn take_from_disk(
    state: &mut AppState,
    id: SourceId,
    file: ReadFile,
    now: Now,
    out: &mut Vec<Command>,
) {
    let Some(source) = state.source_mut(id) else { return };
    let hash = file.hash;
    let Some(mut read) = SourceContent::from_file(file) else {
        let message = format!("`{}` is neither a WebAssembly binary nor text any more", source.name);
        state.notify(LogLevel::Error, message, now);
        return;
    };
    match (&mut source.content, &mut read) {
        (SourceContent::Text(old), SourceContent::Text(new)) if old.encoding() == new.encoding() => {
            let changes = old.editor.become_text(new.editor().snapshot(), now.since_start);
            old.editor.mark_saved(Some(old.editor.text_state()));
            source.follow_changes(&changes);
        }
        _ => {
            let old = std::mem::replace(&mut source.content, read);
            discard(old, out);
            source.is_rebuilt = false;
            source.generation = source.generation.successor();
            source.is_dirty = false;
            listings::make(source, out);
        }
    }
    source.saved = Some(hash);
    source.keep_due = None;
    out.push(Command::KeepUnsaved { source: id, text: None });
    request_compile(state, id, out);
}

fn edit(state: &mut AppState, id: SourceId, command: &EditCommand, now: Now) {
    let Some(source) = state.source_mut(id) else { return };
    let SourceContent::Text(text) = &mut source.content else { return };
    let outcome = text.editor.apply(command, now.since_start);
    if outcome.refused {
        if let Some(reason) = text.read_only_reason() {
            state.notify(LogLevel::Info, reason, now);
        }
        return;
    }
    source.follow_changes(&outcome.changes);
    if outcome.changed() {
        schedule(state, id, now);
    }
    state.effects.extend(outcome.clipboard.map(Effect::Copy));
}

/// Replaces the whole text of a source by another one, which can be undone.
pub(super) fn become_text(state: &mut AppState, id: SourceId, text: TextSnapshot, now: Now) {
    let Some(source) = state.source_mut(id) else { return };
    let SourceContent::Text(old) = &mut source.content else { return };
    if old.editor.is_read_only() {
        return;
    }
    let changes = old.editor.become_text(text, now.since_start);
    source.follow_changes(&changes);
    if !changes.is_empty() {
        schedule(state, id, now);
    }
}

/// Has a changed text compiled after a pause, and kept before long.
fn schedule(state: &mut AppState, id: SourceId, now: Now) {
    let delay = Duration::from_millis(state.settings.compile_delay_ms);
    let Some(source) = state.source_mut(id) else { return };
    source.status = CompileStatus::Due(now.since_start + delay);
    source.keep_due.get_or_insert(now.since_start + KEEP_AFTER);
}

/// Puts an error right, unless the text is another one by now.
fn fix(state: &mut AppState, id: SourceId, edits: &[TextEdit], now: Now) {
    let is_current = |source: &Source| source.status == CompileStatus::Done && source.failure.is_some();
    if state.source(id).is_some_and(is_current) {
        let parts = edits.iter().map(|one| (one.range.clone(), one.text.clone())).collect();
        edit(state, id, &EditCommand::Replace(parts), now);
    }
}

/// Changes a text at many places: a short one at once, a long one by a worker.
fn rewrite(state: &mut AppState, id: SourceId, how: Rewriting, now: Now, out: &mut Vec<Command>) {
    let Some(source) = state.source(id) else { return };
    let SourceContent::Text(text) = &source.content else { return };
    let (doing, editor) = (how.doing(), text.editor());
    if let Some(reason) = text.read_only_reason() {
        state.notify(LogLevel::Info, reason, now);
    } else if editor.buffer().len_bytes() <= REWRITTEN_AT_ONCE && !matches!(how, Rewriting::Lines { .. }) {
        match how.parts(editor.buffer()) {
            Ok(parts) if parts.is_empty() => {}
            Ok(parts) => edit(state, id, &EditCommand::Replace(parts), now),
            Err(reason) => state.notify(LogLevel::Warn, reason, now),
        }
    } else {
        let (text, generation) = (editor.snapshot(), source.generation);
        let request = state.requests.ask(Purpose::Rewrite { source: id, generation, doing });
        out.push(Command::Text(TextCommand::Rewrite { request, text, how }));
    }
}

/// Takes a text over that a worker made of an earlier one, unless it was edited since.
pub(crate) fn rewritten(
    state: &mut AppState,
    request: RequestId,
    result: Result<Option<Box<Rewritten>>, String>,
    now: Now,
) {
    let Some(Purpose::Rewrite { source: id, generation, doing }) = state.requests.take(request) else {
        return;
    };
    let Some(source) = state.source_mut(id) else { return };
    let made = match result {
        Ok(made) => made,
        Err(reason) => return state.notify(LogLevel::Warn, reason, now),
    };
    let Some(made) = made else { return };
    let taken = match &mut source.content {
        SourceContent::Text(text) if source.generation == generation => {
            text.editor.take_over(*made, now.since_start)
        }
        _ => None,
    };
    if let Some((change, moves)) = taken {
        source.follow_moves(change, &moves);
        schedule(state, id, now);
    } else {
        let message = format!("`{}` was edited meanwhile, so that {doing} it was given up", source.name);
        state.notify(LogLevel::Warn, message, now);
    }
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

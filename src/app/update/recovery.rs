//! Text that an earlier run of the program had not saved: what becomes of it is for the person to say.
//!
//! It stays on disk until its new copy is there, or until it is discarded.

use super::super::state::{AppState, Dialog, Now, Origin, Purpose, SourceContent};
use super::sources::become_text;
use super::{OpenedFile, add_file, add_source};
use crate::model::ids::SourceId;
use crate::model::text::{ReadKind, SourceText};
use crate::worker::protocol::{Command, UnsavedText};

/// Asks what to do with the texts that were found.
pub(crate) fn offer(state: &mut AppState, texts: Vec<UnsavedText>) {
    let chosen = vec![true; texts.len()];
    state.dialog = Some(Dialog::Recovered { texts, chosen });
}

/// Chooses a text that was found, or leaves it for later.
pub(super) fn choose(state: &mut AppState, index: usize, is_chosen: bool) {
    if let Some(Dialog::Recovered { chosen, .. }) = &mut state.dialog
        && let Some(chosen) = chosen.get_mut(index)
    {
        *chosen = is_chosen;
    }
}

/// Brings the chosen texts back as unsaved sources; what is not chosen is offered again at the next start.
pub(super) fn restore(state: &mut AppState, now: Now, out: &mut Vec<Command>) {
    for text in take_chosen(state) {
        let open = text.path.as_ref().and_then(|path| {
            state
                .sources
                .iter()
                .find(|source| source.path.as_ref() == Some(path) && source.editor().is_some())
        });
        match (open.map(|source| source.id), &text.path) {
            (Some(id), _) => put_into(state, id, &text, now, out),
            // What the file holds now is read first, so that saving can see whether it changed since.
            (None, Some(path)) => {
                let path = path.clone();
                let request = state.requests.ask(Purpose::Recover(Box::new(text)));
                out.push(Command::OpenFile { request, path });
            }
            (None, None) => restore_alone(state, text, now, out),
        }
    }
}

/// Gives the chosen texts up.
pub(super) fn discard(state: &mut AppState, out: &mut Vec<Command>) {
    let found = take_chosen(state).into_iter().filter_map(|text| text.found).collect();
    out.push(Command::ForgetUnsaved { found });
}

/// Brings a text back whose file has been read, or is gone.
pub(crate) fn file_read(
    state: &mut AppState,
    text: UnsavedText,
    file: Option<OpenedFile>,
    now: Now,
    out: &mut Vec<Command>,
) {
    let file = file.filter(|file| matches!(file.read.kind, ReadKind::Text(_)));
    match file.and_then(|file| add_file(state, &text.name, file, true, out)) {
        Some(id) => put_into(state, id, &text, now, out),
        None => restore_alone(state, text, now, out),
    }
}

/// Brings a text back in a tab of its own.
fn restore_alone(state: &mut AppState, text: UnsavedText, now: Now, out: &mut Vec<Command>) {
    let content = SourceContent::Text(Box::new(SourceText::from_buffer(text.text)));
    let id = add_source(state, (&text.name, Origin::Recovered), content, true, out);
    if let Some(source) = state.source_mut(id) {
        source.path = text.path;
        source.mark_unsaved();
        source.found = text.found;
        source.keep_due = Some(now.since_start);
    }
}

/// Makes a text the unsaved text of an open source.
fn put_into(state: &mut AppState, id: SourceId, text: &UnsavedText, now: Now, out: &mut Vec<Command>) {
    state.active = Some(id);
    become_text(state, id, text.text.clone().into(), now);
    let Some(source) = state.source_mut(id) else { return };
    if source.is_dirty {
        source.found = text.found;
        source.keep_due = Some(now.since_start);
    } else {
        // The file holds it already, so there is nothing left to keep safe.
        out.push(Command::ForgetUnsaved { found: text.found.into_iter().collect() });
    }
}

/// Takes the chosen texts out of the dialog, which stays open while any are left.
fn take_chosen(state: &mut AppState) -> Vec<UnsavedText> {
    let Some(Dialog::Recovered { texts, chosen }) = state.dialog.take() else { return Vec::new() };
    let (taken, left): (Vec<_>, Vec<_>) = texts.into_iter().zip(chosen).partition(|(_, chosen)| *chosen);
    if !left.is_empty() && taken.is_empty() {
        let (texts, chosen) = left.into_iter().unzip();
        state.dialog = Some(Dialog::Recovered { texts, chosen });
    }
    taken.into_iter().map(|(text, _)| text).collect()
}

//! The answers of the file worker: files read, written, picked, changed by somebody else.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::super::action::{Action, FileAction};
use super::super::state::{AppState, Dialog, Now, Purpose, SaveWhat};
use super::super::update::{
    OpenedFile, activate, add_file, go_on_after_saving, recovered_file_read, remember_options,
    remember_prices, remember_tabs, save_now, save_to, take_from_disk, update, write_export,
};
use crate::model::difference::Difference;
use crate::model::event::LogLevel;
use crate::model::ids::{RequestId, SourceId};
use crate::model::text::{ContentHash, ReadFile, ReadKind};
use crate::worker::protocol::Command;

pub(super) fn opened(
    state: &mut AppState,
    request: RequestId,
    path: &Path,
    result: Result<(ReadFile, u64), String>,
    now: Now,
    out: &mut Vec<Command>,
) {
    match (state.requests.take(request), result) {
        (Some(Purpose::Open(to_front)), Ok((read, read_ns))) => {
            let file = OpenedFile { path: path.to_owned(), read, read_ns };
            open(state, file, to_front, now, out);
        }
        (Some(Purpose::Open(_)), Err(err)) => {
            state.session.recent.retain(|recent| recent.path != path);
            state.keeping.session_is_new = true;
            state.notify(LogLevel::Error, naming(path, "open", err), now);
        }
        (Some(Purpose::CheckBeforeSave(source)), Ok((read, _))) => {
            let is_same = state.source(source).is_some_and(|source| source.saved == Some(read.hash));
            if is_same {
                save_now(state, source, out);
            } else {
                state.dialog = Some(Dialog::FileChanged { source, content: Some(read), is_saving: true });
            }
        }
        (Some(Purpose::Recover(text)), result) => {
            let path = path.to_owned();
            let file = result.ok().map(|(read, read_ns)| OpenedFile { path, read, read_ns });
            recovered_file_read(state, *text, file, now, out);
        }
        // A file that is gone or can't be read holds nothing that saving could destroy.
        (Some(Purpose::CheckBeforeSave(source)), Err(_)) => save_now(state, source, out),
        _ => {}
    }
}

pub(super) fn picked(
    state: &mut AppState,
    request: RequestId,
    result: Result<Vec<PathBuf>, String>,
    now: Now,
    out: &mut Vec<Command>,
) {
    if state.requests.take(request).is_none() {
        return;
    }
    match result {
        Ok(paths) if paths.is_empty() => {}
        Ok(paths) => {
            state.dialog = None;
            out.extend(update(state, Action::File(FileAction::Open(paths)), now));
        }
        Err(err) => no_dialog(state, &err),
    }
}

pub(super) fn save_path_picked(
    state: &mut AppState,
    request: RequestId,
    result: Result<Option<PathBuf>, String>,
    _now: Now,
    out: &mut Vec<Command>,
) {
    match (state.requests.take(request), result) {
        (Some(Purpose::PickForSource(source)), Ok(Some(path))) => {
            state.dialog = None;
            save_to(state, source, path, out);
        }
        (Some(Purpose::PickForExport(export)), Ok(Some(path))) => {
            state.dialog = None;
            write_export(state, export, path, out);
        }
        (Some(_), Err(err)) => no_dialog(state, &err),
        _ => {}
    }
}

pub(super) fn saved(
    state: &mut AppState,
    request: RequestId,
    path: &Path,
    result: Result<Option<ContentHash>, String>,
    now: Now,
    out: &mut Vec<Command>,
) {
    match (state.requests.take(request), result) {
        (Some(Purpose::Save { source, len_bytes, text_state }), Ok(hash)) => {
            state.session.remember(path, len_bytes);
            source_saved(state, source, path, (hash, text_state), out);
            go_on_after_saving(state, now, out);
        }
        (Some(Purpose::Save { source, .. }), Err(err)) => {
            state.after_saving = None;
            let path = path.display().to_string();
            state.dialog = Some(Dialog::Save { what: SaveWhat::Source(source), path, error: Some(err) });
        }
        (Some(Purpose::Export(what)), Ok(_)) => {
            state.notify(LogLevel::Info, format!("saved {what} to `{}`", path.display()), now);
        }
        (Some(Purpose::Export(_) | Purpose::Keep), Err(err)) => {
            state.notify(LogLevel::Error, naming(path, "save", err), now);
        }
        _ => {}
    }
}

pub(super) fn changed(
    state: &mut AppState,
    path: &Path,
    content: Option<ReadFile>,
    now: Now,
    out: &mut Vec<Command>,
) {
    let Some(source) = state.sources.iter().find(|source| source.path.as_deref() == Some(path)) else {
        return;
    };
    if source.saved == content.as_ref().map(|content| content.hash) {
        return;
    }
    let id = source.id;
    match content {
        Some(content) if !source.is_dirty => {
            let message = format!("`{}` changed on disk and was read again", source.name);
            take_from_disk(state, id, content, now, out);
            state.notify(LogLevel::Info, message, now);
        }
        None if !source.is_dirty => {
            let message = format!("`{}` is gone from disk", source.name);
            if let Some(source) = state.source_mut(id) {
                source.saved = None;
                source.mark_unsaved();
            }
            state.notify(LogLevel::Warn, message, now);
        }
        content => {
            if state.dialog.is_none() {
                state.dialog = Some(Dialog::FileChanged { source: id, content, is_saving: false });
            }
        }
    }
}

pub(super) fn compared(state: &mut AppState, request: RequestId, difference: Arc<Difference>) {
    if let Some(Purpose::Compare(source)) = state.requests.take(request)
        && let Some(view) = state.difference.as_mut().filter(|view| view.source == source)
    {
        view.made = Some(difference);
    }
}

fn open(state: &mut AppState, file: OpenedFile, to_front: bool, now: Now, out: &mut Vec<Command>) {
    let path = file.path.clone();
    // A file may be asked for twice before it is read, by the last session and by the command line, say.
    if let Some(open) = state.sources.iter().find(|source| source.path.as_ref() == Some(&path)) {
        let id = open.id;
        if to_front {
            activate(state, id);
        }
        return;
    }
    let name =
        path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into());
    if let ReadKind::Text(text) = &file.read.kind
        && let Some(reason) = text.read_only_reason()
    {
        state.notify(LogLevel::Warn, format!("`{name}`: {reason}"), now);
    }
    let num_bytes = file.read.bytes.len() as u64;
    if add_file(state, &name, file, to_front, out).is_none() {
        let message = format!("`{name}` is neither a WebAssembly binary nor text");
        state.notify(LogLevel::Error, message, now);
        return;
    }
    state.session.remember(&path, num_bytes);
    state.keeping.session_is_new = true;
}

fn source_saved(
    state: &mut AppState,
    id: SourceId,
    path: &Path,
    (content, text_state): (Option<ContentHash>, Option<u64>),
    out: &mut Vec<Command>,
) {
    let Some(source) = state.source_mut(id) else { return };
    let stem_before = source.stem().to_owned();
    source.mark_saved(path, content, text_state);
    let stem = source.stem().to_owned();
    if !source.is_dirty {
        source.keep_due = None;
        out.push(Command::KeepUnsaved { source: id, text: None });
    }
    if stem != stem_before {
        rename_plugins(state, id, &stem);
    }
    state.keeping.session_is_new = true;
    remember_prices(state, id);
    let of_source = state.plugins.iter().rev().find(|plugin| plugin.source == id);
    if let Some(options) = of_source.map(|plugin| plugin.options.clone()) {
        remember_options(state, id, &options);
    }
    remember_tabs(state);
}

/// Calls the instances of a source that was saved under another name by that name.
fn rename_plugins(state: &mut AppState, source: SourceId, stem: &str) {
    let of_same_name = state.plugins.iter().filter(|plugin| *plugin.stem == *stem);
    let mut ordinal = of_same_name.map(|plugin| plugin.ordinal).max().unwrap_or(0);
    for plugin in state.plugins.iter_mut().filter(|plugin| plugin.source == source) {
        ordinal += 1;
        (plugin.stem, plugin.ordinal) = (stem.into(), ordinal);
    }
}

/// Returns an error that names its file, as those of the disk do by themselves.
fn naming(path: &Path, deed: &str, err: String) -> String {
    let path = path.display().to_string();
    if err.contains(&path) { err } else { format!("can't {deed} `{path}`: {err}") }
}

/// Says in the open dialog that the system has none, so that a path is typed instead.
fn no_dialog(state: &mut AppState, reason: &str) {
    if let Some(Dialog::Open { error, .. } | Dialog::Save { error, .. }) = &mut state.dialog {
        *error = Some(format!("{reason}; type the path instead"));
    }
}

//! Opening, closing and saving: files, tabs, and the dialogs that ask about them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::super::action::FileAction;
use super::super::session::OpenedSource;
use super::super::state::{
    AfterSaving, AppState, Dialog, DifferenceView, Effect, Export, Now, Origin, Purpose, SaveWhat, Source,
    SourceContent,
};
use super::super::templates::Template;
use super::{recovery, request_compile};
use crate::model::event::LogLevel;
use crate::model::ids::SourceId;
use crate::model::sample;
use crate::model::text::{Encoding, FileContent, ReadFile, SourceText, TextEditor};
use crate::worker::protocol::{Command, PluginCommand};
use crate::worker::text_protocol::{Discarded, TextCommand};

/// Files that are opened when many are dropped at once.
const MOST_DROPPED: usize = 32;

pub(super) fn update(state: &mut AppState, action: FileAction, now: Now, out: &mut Vec<Command>) {
    match action {
        FileAction::ShowOpen => state.dialog = Some(Dialog::Open { path: String::new(), error: None }),
        FileAction::SetDialogPath(text) => set_dialog_path(state, text),
        FileAction::ConfirmDialog => confirm_dialog(state, out),
        FileAction::Browse => browse(state, out),
        FileAction::CloseDialog => {
            state.dialog = None;
            state.difference = None;
            state.after_saving = None;
        }
        FileAction::Open(paths) => open(state, paths, out),
        FileAction::Drop(paths) => open_dropped(state, paths, now, out),
        FileAction::OpenSample(id) => open_sample(state, &id, now, out),
        FileAction::New(template) => new_from(state, template, out),
        FileAction::EditAsWat(source) => edit_as_wat(state, source, out),
        FileAction::Activate(source) => activate(state, source),
        FileAction::Cycle(step) => cycle(state, step),
        FileAction::Close(source) => ask_or(state, vec![source], AfterSaving::Close(source), now, out),
        FileAction::Save(source) => save(state, source, now, out),
        FileAction::SaveAs(source) => ask_for_place(state, source),
        FileAction::SaveAll => save_all(state, now, out),
        FileAction::DiscardAll => discard_all(state, now, out),
        FileAction::TakeChanged => take_changed(state, now, out),
        FileAction::KeepMine => keep_mine(state, out),
        FileAction::ShowDifference => show_difference(state, out),
        FileAction::ChooseRecovered(index, is_chosen) => recovery::choose(state, index, is_chosen),
        FileAction::RestoreRecovered => recovery::restore(state, now, out),
        FileAction::DiscardRecovered => recovery::discard(state, out),
        FileAction::CheckDisk => check_disk(state, out),
        FileAction::Quit => {
            let dirty = state.dirty_sources();
            ask_or(state, dirty, AfterSaving::Quit, now, out);
        }
    }
}

/// Opens a source in a tab of its own and has it compiled.
pub(crate) fn add_source(
    state: &mut AppState,
    (name, origin): (&str, Origin),
    content: SourceContent,
    to_front: bool,
    out: &mut Vec<Command>,
) -> SourceId {
    let source = Source::new(state.ids.source(), name, origin, content);
    show_source(state, source, to_front, out)
}

/// A file as it was read.
pub(crate) struct OpenedFile {
    pub(crate) path: PathBuf,
    pub(crate) read: ReadFile,
    pub(crate) read_ns: u64,
}

/// Opens a file that was read in a tab of its own and has it compiled, unless it is neither binary nor text.
pub(crate) fn add_file(
    state: &mut AppState,
    name: &str,
    file: OpenedFile,
    to_front: bool,
    out: &mut Vec<Command>,
) -> Option<SourceId> {
    let (hash, bytes) = (file.read.hash, Arc::clone(&file.read.bytes));
    let content = SourceContent::from_file(file.read)?;
    // Megabytes that a text no longer needs take a moment to be given back.
    discard(bytes, out);
    let mut source = Source::new(state.ids.source(), name, Origin::File, content);
    source.path = Some(file.path);
    source.saved = Some(hash);
    source.read_ns = Some(file.read_ns);
    Some(show_source(state, source, to_front, out))
}

/// Writes a source to its file, as its text is now.
pub(crate) fn save_now(state: &mut AppState, source: SourceId, out: &mut Vec<Command>) {
    let path = state.source(source).and_then(|source| source.path.clone());
    if let Some(path) = path {
        save_to(state, source, path, out);
    }
}

/// Writes a source to a file.
pub(crate) fn save_to(state: &mut AppState, source: SourceId, path: PathBuf, out: &mut Vec<Command>) {
    let Some(saved) = state.source(source) else { return };
    if saved.path.as_deref() == Some(&*path)
        && let Some(reason) = unreadable(saved)
    {
        let path = path.display().to_string();
        state.dialog = Some(Dialog::Save { what: SaveWhat::Source(source), path, error: Some(reason) });
        return;
    }
    let content = saved.file_content();
    let text_state = saved.editor().map(TextEditor::text_state);
    let len_bytes = content.len_bytes() as u64;
    let request = state.requests.ask(Purpose::Save { source, len_bytes, text_state });
    out.push(Command::SaveFile { request, path, content });
}

/// Has an export written to a file.
pub(crate) fn write_export(state: &mut AppState, export: Export, path: PathBuf, out: &mut Vec<Command>) {
    let Export { what, content } = export;
    let request = state.requests.ask(Purpose::Export(what));
    out.push(Command::ExportFile { request, path, content });
}

/// Goes on with what waited for sources to be saved, once all of them are.
pub(crate) fn go_on_after_saving(state: &mut AppState, now: Now, out: &mut Vec<Command>) {
    let Some((mut sources, then)) = state.after_saving.take() else { return };
    sources.retain(|source| state.source(*source).is_some_and(|source| source.is_dirty));
    if sources.is_empty() {
        perform(state, then, now, out);
        return;
    }
    let homeless =
        sources.iter().copied().find(|id| state.source(*id).is_some_and(|source| source.path.is_none()));
    state.after_saving = Some((sources, then));
    if let Some(source) = homeless.filter(|_| state.dialog.is_none()) {
        ask_for_place(state, source);
    }
}

fn set_dialog_path(state: &mut AppState, text: String) {
    if let Some(Dialog::Open { path, error } | Dialog::Save { path, error, .. }) = &mut state.dialog {
        *path = text;
        *error = None;
    }
}

fn confirm_dialog(state: &mut AppState, out: &mut Vec<Command>) {
    let Some(dialog) = &mut state.dialog else { return };
    if let Dialog::Open { path, error } | Dialog::Save { path, error, .. } = dialog
        && path.trim().is_empty()
    {
        *error = Some("type the path of a file".to_owned());
        return;
    }
    match state.dialog.take() {
        Some(Dialog::Open { path, .. }) => open(state, vec![typed_path(state, &path)], out),
        Some(Dialog::Save { what: SaveWhat::Source(source), path, .. }) => {
            let path = typed_path(state, &path);
            save_to(state, source, path, out);
        }
        Some(Dialog::Save { what: SaveWhat::Export(export), path, .. }) => {
            let path = typed_path(state, &path);
            write_export(state, export, path, out);
        }
        other => state.dialog = other,
    }
}

/// Reads a path as a person types it: `~` is the home folder.
fn typed_path(state: &AppState, text: &str) -> PathBuf {
    let text = text.trim();
    match (&state.keeping.home, text.strip_prefix('~')) {
        (Some(home), Some("")) => home.clone(),
        (Some(home), Some(rest)) if rest.starts_with(['/', '\\']) => home.join(&rest[1..]),
        _ => PathBuf::from(text),
    }
}

/// Has the text in the dialog compared with what its file holds now.
fn show_difference(state: &mut AppState, out: &mut Vec<Command>) {
    let Some(Dialog::FileChanged { source, content: Some(theirs), .. }) = &state.dialog else { return };
    let (source, old) = (*source, FileContent::Bytes(Arc::clone(&theirs.bytes)));
    let Some(new) = state.source(source).map(Source::file_content) else { return };
    state.difference = Some(DifferenceView { source, made: None });
    let request = state.requests.ask(Purpose::Compare(source));
    out.push(Command::Compare { request, old, new });
}

fn browse(state: &mut AppState, out: &mut Vec<Command>) {
    match &state.dialog {
        Some(Dialog::Open { .. }) => {
            let request = state.requests.ask(Purpose::Pick);
            let path = state.active_source().and_then(|source| source.path.as_deref());
            let folder =
                path.or(state.session.recent.first().map(|recent| &*recent.path)).and_then(folder_of);
            out.push(Command::PickFiles { request, folder });
        }
        Some(Dialog::Save { what, path, .. }) => {
            let purpose = match what {
                SaveWhat::Source(source) => Purpose::PickForSource(*source),
                SaveWhat::Export(export) => Purpose::PickForExport(export.clone()),
            };
            let name = Path::new(path).file_name().map(|name| name.to_string_lossy().into_owned());
            let suggested = name.unwrap_or_else(|| "untitled.wat".to_owned());
            let folder = folder_of(Path::new(path));
            let request = state.requests.ask(purpose);
            out.push(Command::PickSavePath { request, suggested, folder });
        }
        _ => {}
    }
}

/// Returns the folder of a file, where a dialog for its neighbours begins.
fn folder_of(path: &Path) -> Option<PathBuf> {
    path.parent().filter(|folder| folder.is_absolute()).map(Path::to_owned)
}

fn open(state: &mut AppState, paths: Vec<PathBuf>, out: &mut Vec<Command>) {
    for path in paths {
        let already = state.sources.iter().find(|source| source.path.as_deref() == Some(&*path));
        if let Some(id) = already.map(|source| source.id) {
            activate(state, id);
            out.push(Command::CheckFiles { paths: vec![path] });
        } else {
            let request = state.requests.ask(Purpose::Open(true));
            out.push(Command::OpenFile { request, path });
        }
    }
}

/// Opens what was dropped on the window, up to a bound: whoever drops a whole folder's files meant some of them.
fn open_dropped(state: &mut AppState, dropped: Vec<PathBuf>, now: Now, out: &mut Vec<Command>) {
    let mut paths: Vec<PathBuf> = Vec::new();
    let mut has_strangers = false;
    for path in dropped {
        has_strangers |= path.as_os_str().is_empty();
        if !path.as_os_str().is_empty() && !paths.contains(&path) {
            paths.push(path);
        }
    }
    if has_strangers {
        let message = "what was dropped is no file on disk: save it there first, then open the file";
        state.notify(LogLevel::Warn, message.to_owned(), now);
    }
    if paths.len() > MOST_DROPPED {
        let message = format!("{} files were dropped; the first {MOST_DROPPED} are opened", paths.len());
        state.notify(LogLevel::Warn, message, now);
        paths.truncate(MOST_DROPPED);
    }
    open(state, paths, out);
}

fn open_sample(state: &mut AppState, id: &str, now: Now, out: &mut Vec<Command>) {
    let Some(sample) = sample::find(id) else {
        state.notify(LogLevel::Warn, format!("there is no sample `{id}`"), now);
        return;
    };
    let open = state.sources.iter().find(|source| source.origin == Origin::Sample(sample.id));
    if let Some(source) = open.map(|source| source.id) {
        activate(state, source);
        return;
    }
    let content = SourceContent::from_text(sample.source);
    add_source(state, (&sample.file_name(), Origin::Sample(sample.id)), content, true, out);
}

fn new_from(state: &mut AppState, template: Template, out: &mut Vec<Command>) {
    let name = free_name(state, template.file_name());
    add_source(state, (&name, Origin::New), SourceContent::from_text(template.text()), true, out);
}

fn edit_as_wat(state: &mut AppState, id: SourceId, out: &mut Vec<Command>) {
    if state.requests.any(|purpose| *purpose == Purpose::EditAsWat(id)) {
        return;
    }
    let Some(source) = state.source(id) else { return };
    let SourceContent::Binary { bytes, .. } = &source.content else { return };
    let wasm = Arc::clone(bytes);
    let request = state.requests.ask(Purpose::EditAsWat(id));
    super::listings::print_whole(request, wasm, out);
}

/// Opens the whole text of a binary as a source of its own.
pub(crate) fn open_printed(
    state: &mut AppState,
    of: SourceId,
    text: Box<SourceText>,
    out: &mut Vec<Command>,
) {
    let Some(source) = state.source(of) else { return };
    let content = SourceContent::Text(text);
    let name = free_name(state, &format!("{}.wat", source.stem()));
    add_source(state, (&name, Origin::New), content, true, out);
}

/// Brings an open source to the front.
pub(crate) fn activate(state: &mut AppState, id: SourceId) {
    if state.source(id).is_some() {
        state.active = Some(id);
        remember_tabs(state);
    }
}

fn cycle(state: &mut AppState, step: i8) {
    let Some(at) = state.sources.iter().position(|source| Some(source.id) == state.active) else { return };
    let count = state.sources.len();
    let to = if step < 0 { at + count - 1 } else { at + 1 } % count;
    activate(state, state.sources[to].id);
}

/// Asks about the unsaved text among those sources, or goes on at once where there is none.
fn ask_or(state: &mut AppState, sources: Vec<SourceId>, then: AfterSaving, now: Now, out: &mut Vec<Command>) {
    let is_dirty = |id: &SourceId| state.source(*id).is_some_and(|source| source.is_dirty);
    let dirty = sources.into_iter().filter(is_dirty).collect::<Vec<_>>();
    if dirty.is_empty() {
        perform(state, then, now, out);
    } else {
        state.dialog = Some(Dialog::Unsaved { sources: dirty, then });
    }
}

fn perform(state: &mut AppState, then: AfterSaving, now: Now, out: &mut Vec<Command>) {
    match then {
        AfterSaving::Stay => {}
        AfterSaving::Close(source) => close(state, source, out),
        AfterSaving::Quit => {
            super::super::due::keep_everything(state, now, out);
            state.effects.push(Effect::Quit);
        }
    }
}

fn close(state: &mut AppState, id: SourceId, out: &mut Vec<Command>) {
    let Some(at) = state.sources.iter().position(|source| source.id == id) else { return };
    let closed = state.sources.remove(at);
    // A text of megabytes, with its history, takes a moment to be taken apart.
    discard((closed.content, closed.language), out);
    state.forms.forget(id);
    for plugin in state.plugins.iter().filter(|plugin| plugin.source == id) {
        out.push(Command::Plugin { plugin: plugin.id, command: PluginCommand::Unload });
    }
    out.push(Command::KeepUnsaved { source: id, text: None });
    if state.active == Some(id) {
        let neighbour = state.sources.get(at).or_else(|| state.sources.last());
        state.active = neighbour.map(|source| source.id);
    }
    remember_tabs(state);
}

fn save(state: &mut AppState, id: SourceId, now: Now, out: &mut Vec<Command>) {
    let Some(source) = state.source(id) else { return };
    if let Some(reason) = unreadable(source) {
        state.notify(LogLevel::Error, format!("`{}` was not saved: {reason}", source.name), now);
        return;
    }
    match (&source.path, &source.saved) {
        (None, _) => ask_for_place(state, id),
        // What the file holds is looked at first, so that nobody else's work is overwritten unseen.
        (Some(path), Some(_)) => {
            let path = path.clone();
            let request = state.requests.ask(Purpose::CheckBeforeSave(id));
            out.push(Command::OpenFile { request, path });
        }
        (Some(_), None) => save_now(state, id, out),
    }
}

/// Says why a source can't be written over its file: what of it can't be read would be lost.
fn unreadable(source: &Source) -> Option<String> {
    let SourceContent::Text(text) = &source.content else { return None };
    let Encoding::Unreadable { name, .. } = text.encoding() else { return None };
    Some(format!(
        "the file is {name}, and what can't be read of it would be lost; save a copy in UTF-8 instead"
    ))
}

fn ask_for_place(state: &mut AppState, id: SourceId) {
    let Some(source) = state.source(id) else { return };
    let path =
        source.path.as_ref().map_or_else(|| source.name.to_string(), |path| path.display().to_string());
    state.dialog = Some(Dialog::Save { what: SaveWhat::Source(id), path, error: None });
}

fn save_all(state: &mut AppState, now: Now, out: &mut Vec<Command>) {
    let Some(Dialog::Unsaved { sources, then }) = state.dialog.take() else { return };
    state.after_saving = Some((sources.clone(), then));
    let (with_file, homeless): (Vec<_>, Vec<_>) =
        sources.into_iter().partition(|id| state.source(*id).is_some_and(|source| source.path.is_some()));
    for source in with_file {
        save(state, source, now, out);
    }
    if let Some(source) = homeless.first() {
        ask_for_place(state, *source);
    }
}

fn discard_all(state: &mut AppState, now: Now, out: &mut Vec<Command>) {
    let Some(Dialog::Unsaved { sources, then }) = state.dialog.take() else { return };
    for id in sources {
        if let Some(source) = state.source_mut(id) {
            source.is_dirty = false;
            source.keep_due = None;
            out.push(Command::KeepUnsaved { source: id, text: None });
        }
    }
    perform(state, then, now, out);
}

fn take_changed(state: &mut AppState, now: Now, out: &mut Vec<Command>) {
    state.difference = None;
    let Some(Dialog::FileChanged { source: id, content: Some(content), .. }) = state.dialog.take() else {
        return;
    };
    state.after_saving = None;
    super::sources::take_from_disk(state, id, content, now, out);
}

fn keep_mine(state: &mut AppState, out: &mut Vec<Command>) {
    state.difference = None;
    let Some(Dialog::FileChanged { source: id, content, is_saving }) = state.dialog.take() else { return };
    if let Some(source) = state.source_mut(id) {
        source.saved = content.map(|content| content.hash);
        source.mark_unsaved();
    }
    if is_saving {
        save_now(state, id, out);
    }
}

/// Has something dropped where nobody waits for that.
pub(crate) fn discard(value: impl Send + 'static, out: &mut Vec<Command>) {
    out.push(Command::Text(TextCommand::Discard(Discarded::new(value))));
}

fn check_disk(state: &AppState, out: &mut Vec<Command>) {
    let paths = state.sources.iter().filter_map(|source| source.path.clone()).collect::<Vec<_>>();
    if !paths.is_empty() {
        out.push(Command::CheckFiles { paths });
    }
}

fn show_source(state: &mut AppState, mut source: Source, to_front: bool, out: &mut Vec<Command>) -> SourceId {
    let id = source.id;
    super::listings::make(&mut source, out);
    super::prices::restore(&state.session, &mut source);
    state.sources.push(source);
    if to_front || state.active.is_none() {
        activate(state, id);
    }
    remember_tabs(state);
    request_compile(state, id, out);
    id
}

/// Returns a name that no open tab has: the given one, or with a number before its ending.
fn free_name(state: &AppState, wanted: &str) -> String {
    let is_free = |name: &str| state.sources.iter().all(|source| &*source.name != name);
    let (stem, extension) = wanted.rsplit_once('.').unwrap_or((wanted, "wat"));
    let numbered = (2..).map(|number| format!("{stem}-{number}.{extension}"));
    let mut names = std::iter::once(wanted.to_owned()).chain(numbered);
    names.find(|name| is_free(name)).unwrap_or_else(|| wanted.to_owned())
}

/// Returns what a session knows a source by; `None` for one that is neither a file nor a sample.
pub(crate) fn opened_as(source: &Source) -> Option<OpenedSource> {
    match (&source.path, source.origin) {
        (Some(path), _) => Some(OpenedSource::File(path.clone())),
        (None, Origin::Sample(id)) => Some(OpenedSource::Sample(id.to_owned())),
        (None, _) => None,
    }
}

/// Takes the open tabs up into the session.
pub(crate) fn remember_tabs(state: &mut AppState) {
    let kept = state.sources.iter().filter(|source| opened_as(source).is_some()).collect::<Vec<_>>();
    let active = kept.iter().position(|source| Some(source.id) == state.active);
    let open = kept.into_iter().filter_map(opened_as).collect();
    if state.session.open != open || state.session.active != active {
        state.session.open = open;
        state.session.active = active;
        state.keeping.session_is_new = true;
    }
}

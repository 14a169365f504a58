//! What time has come for: compiling after a pause in typing, keeping unsaved text, ending toasts.
//!
//! Pure: the time is passed in, and the next time to ask again is handed back.

use std::time::Duration;

use super::state::{AppState, CompileStatus, Now, Purpose, SourceContent};
use super::update::{request_compile, show_again};
use crate::model::ids::PluginId;
use crate::model::text::FileContent;
use crate::worker::protocol::{Command, UnsavedText};

/// How often memory is shown anew while a call runs.
const REFRESH_EVERY: Duration = Duration::from_millis(250);
/// How long settings and session may be lost by a crash.
const KEEP_AFTER: Duration = Duration::from_secs(1);

/// Does what time has come for; returns commands, and when to ask again if ever.
pub fn due(state: &mut AppState, now: Now) -> (Vec<Command>, Option<Duration>) {
    state.now = now;
    let mut out = Vec::new();
    let wakes = [
        compile(state, now, &mut out),
        keep_unsaved(state, now, &mut out),
        keep_files(state, now, &mut out),
        refresh_memory(state, now, &mut out),
        state.notices.expire(now.since_start),
    ];
    (out, wakes.into_iter().flatten().min())
}

/// Writes settings, session and unsaved text now, before the program ends.
pub(crate) fn keep_everything(state: &mut AppState, now: Now, out: &mut Vec<Command>) {
    state.keeping.due = Some(now.since_start);
    keep_files(state, now, out);
}

/// Has memory that is looked at shown anew from time to time while a call runs.
pub(crate) fn schedule_refresh(state: &mut AppState, id: PluginId, now: Now) {
    if let Some(plugin) = state.plugin_mut(id) {
        let is_live = plugin.memory.is_watched && plugin.state.is_busy();
        plugin.memory.refresh_due = match plugin.memory.refresh_due {
            _ if !is_live => None,
            Some(due) => Some(due),
            None => Some(now.since_start + REFRESH_EVERY),
        };
    }
}

fn compile(state: &mut AppState, now: Now, out: &mut Vec<Command>) -> Option<Duration> {
    let mut next = None;
    for at in 0..state.sources.len() {
        let CompileStatus::Due(due) = state.sources[at].status else { continue };
        if due <= now.since_start {
            request_compile(state, state.sources[at].id, out);
        } else {
            next = Some(earlier(next, due));
        }
    }
    next
}

fn keep_unsaved(state: &mut AppState, now: Now, out: &mut Vec<Command>) -> Option<Duration> {
    let mut next = None;
    for source in &mut state.sources {
        match source.keep_due {
            Some(due) if due > now.since_start => next = Some(earlier(next, due)),
            Some(_) => {
                source.keep_due = None;
                let text = match &source.content {
                    SourceContent::Text(text) if source.is_dirty => Some(UnsavedText {
                        name: source.name.to_string(),
                        path: source.path.clone(),
                        text: text.marked_buffer(),
                        found: source.found,
                    }),
                    _ => None,
                };
                out.push(Command::KeepUnsaved { source: source.id, text });
            }
            None => {}
        }
    }
    next
}

fn keep_files(state: &mut AppState, now: Now, out: &mut Vec<Command>) -> Option<Duration> {
    let keeping = &mut state.keeping;
    if !keeping.settings_are_new && !keeping.session_is_new {
        keeping.due = None;
        return None;
    }
    let due = *keeping.due.get_or_insert(now.since_start + KEEP_AFTER);
    if due > now.since_start {
        return Some(due);
    }
    keeping.due = None;
    let settings = keeping.settings_path.clone().filter(|_| std::mem::take(&mut keeping.settings_are_new));
    let session = keeping.session_path.clone().filter(|_| std::mem::take(&mut keeping.session_is_new));
    keeping.settings_are_new = false;
    keeping.session_is_new = false;
    for (path, text) in [(settings, state.settings.to_toml()), (session, state.session.to_json())] {
        if let Some(path) = path {
            let request = state.requests.ask(Purpose::Keep);
            out.push(Command::SaveFile {
                request,
                path,
                content: FileContent::Bytes(text.into_bytes().into()),
            });
        }
    }
    None
}

fn refresh_memory(state: &mut AppState, now: Now, out: &mut Vec<Command>) -> Option<Duration> {
    let mut next = None;
    for plugin in &mut state.plugins {
        let Some(due) = plugin.memory.refresh_due else { continue };
        if due <= now.since_start {
            show_again(plugin, out);
            plugin.memory.refresh_due = Some(now.since_start + REFRESH_EVERY);
        }
        next = plugin.memory.refresh_due.map(|due| earlier(next, due));
    }
    next
}

fn earlier(one: Option<Duration>, other: Duration) -> Duration {
    one.map_or(other, |one| one.min(other))
}

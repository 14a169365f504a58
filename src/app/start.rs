//! How the program begins: with what it was given, else with what was open, else with the first sample.

use std::path::PathBuf;

use super::action::{Action, FileAction};
use super::session::{OpenedSource, Session};
use super::settings::Settings;
use super::state::{AppState, Keeping, Now, Purpose};
use super::update::update;
use crate::model::event::LogLevel;
use crate::model::sample;
use crate::model::zone::Zone;
use crate::worker::protocol::{Command, Notice};

/// What the program is given when it begins.
#[derive(Debug, Clone, Default)]
pub struct Startup {
    /// Files that the command line names.
    pub files: Vec<PathBuf>,
    /// Where settings are kept, if anywhere.
    pub settings_path: Option<PathBuf>,
    /// Text of the settings file, if there is one.
    pub settings: Option<String>,
    /// Where the session is kept, if anywhere.
    pub session_path: Option<PathBuf>,
    /// Text of the session file, if there is one.
    pub session: Option<String>,
    /// The home folder, which `~` stands for in a path that is typed.
    pub home: Option<PathBuf>,
    /// What the clocks show where the program runs.
    pub zone: Zone,
}

/// Begins: reads settings and session, and opens what is to be open.
pub fn start(startup: Startup, now: Now) -> (AppState, Vec<Command>) {
    let mut state = AppState {
        started_unix_ms: now.unix_ms,
        zone: startup.zone,
        keeping: Keeping {
            settings_path: startup.settings_path,
            session_path: startup.session_path,
            home: startup.home,
            ..Keeping::default()
        },
        ..AppState::default()
    };
    if let Some(text) = startup.settings.as_deref() {
        let (settings, problems) = Settings::read(text);
        state.settings = settings;
        tell_problems(&mut state, &problems, now);
    }
    match startup.session.as_deref().map(Session::from_json) {
        Some(Ok(session)) => state.session = session,
        Some(Err(err)) => {
            state.notify(LogLevel::Warn, format!("the last session is not restored: {err}"), now);
        }
        None => {}
    }
    let mut out = Vec::new();
    let restored = std::mem::take(&mut state.session.open);
    let active = state.session.active.take();
    for (index, opened) in restored.into_iter().enumerate() {
        restore(&mut state, opened, active == Some(index), now, &mut out);
    }
    if !startup.files.is_empty() {
        out.extend(update(&mut state, Action::File(FileAction::Open(startup.files)), now));
    } else if out.is_empty()
        && let Some(first) = sample::all().first()
    {
        out.extend(update(&mut state, Action::File(FileAction::OpenSample(first.id.to_owned())), now));
    }
    (state, out)
}

/// Says what of the settings file is not used.
fn tell_problems(state: &mut AppState, problems: &[String], now: Now) {
    let message = match problems {
        [] => return,
        [only] => format!("in the settings file, {only}"),
        [first, rest @ ..] => format!("in the settings file, {first}, and {} more", rest.len()),
    };
    let details = Some(problems.join("\n"));
    state.notices.push(Notice { level: LogLevel::Warn, message, details }, now.since_start);
}

fn restore(state: &mut AppState, opened: OpenedSource, was_active: bool, now: Now, out: &mut Vec<Command>) {
    match opened {
        OpenedSource::File(path) => {
            let request = state.requests.ask(Purpose::Open(was_active));
            out.push(Command::OpenFile { request, path });
        }
        // A sample that an earlier release had is left out without a word.
        OpenedSource::Sample(id) if sample::find(&id).is_none() => {}
        OpenedSource::Sample(id) => {
            out.extend(update(state, Action::File(FileAction::OpenSample(id)), now));
        }
    }
}

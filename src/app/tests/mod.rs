//! The program driven as tables: what a person does and a worker answers, and the commands that follow.

mod calls;
mod files;
mod listings;
mod plots;
mod plugins;
mod prices;
mod settings;
mod sources;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::{
    Action, AppState, FileAction, Now, PluginAction, Settings, SourceAction, Startup, apply, due, start,
    update,
};
use crate::engine::front::SizeCaps;
use crate::engine::{Build, BuildCache, CompileFailure, CompileRequest, EngineSettings, Engines, compile};
use crate::model::call::{CallKind, CallRecord, Outcome};
use crate::model::ids::{CallId, PluginId, RequestId, SourceId};
use crate::model::lifecycle::{PluginState, StateChange};
use crate::model::limits::Limits;
use crate::model::measured::Measured;
use crate::model::value::Value;
use crate::worker::protocol::{Command, Event, PluginCommand, PluginEvent};

const ADD: &str = r#"(module (func (export "add") (param $a i32) (param $b i32) (result i32)
  local.get $a local.get $b i32.add))"#;

/// The program with the time in hand and the commands that it has sent.
struct World {
    state: AppState,
    now: Now,
    sent: Vec<Command>,
}

impl World {
    /// Starts with one file open whose text is `text`, and answers the compiler.
    fn with_text(text: &str) -> Self {
        let mut world = Self::empty();
        world.open("a.wat", text);
        world
    }

    fn empty() -> Self {
        Self { state: AppState::default(), now: Now::default(), sent: Vec::new() }
    }

    /// Starts with that text compiled and its plugin ready.
    fn ready(text: &str) -> Self {
        let mut world = Self::with_text(text);
        world.answer_compiler();
        world.settle(PluginState::Ready);
        world
    }

    fn act(&mut self, action: Action) {
        let sent = update(&mut self.state, action, self.now);
        self.sent.extend(sent);
    }

    fn hear(&mut self, event: Event) {
        let sent = apply(&mut self.state, event, self.now);
        self.sent.extend(sent);
    }

    fn hear_of(&mut self, plugin: PluginId, event: PluginEvent) {
        self.hear(Event::Plugin { plugin, event });
    }

    /// Lets time pass and does what is due; returns when to ask again, in milliseconds from now.
    fn wait(&mut self, millis: u64) -> Option<u128> {
        self.now.since_start += Duration::from_millis(millis);
        let (sent, next) = due(&mut self.state, self.now);
        self.sent.extend(sent);
        next.map(|next| next.saturating_sub(self.now.since_start).as_millis())
    }

    fn open(&mut self, path: &str, text: &str) {
        self.act(Action::File(FileAction::Open(vec![path.into()])));
        let request = self.last_open();
        self.hear(Event::FileOpened { request, path: path.into(), result: Ok((text.as_bytes().into(), 7)) });
    }

    fn last_open(&self) -> RequestId {
        let requests = self.sent.iter().rev().filter_map(|command| match command {
            Command::OpenFile { request, .. } => Some(*request),
            _ => None,
        });
        requests.into_iter().next().expect("a file was asked for")
    }

    fn last_save(&self) -> (RequestId, std::path::PathBuf, Vec<u8>) {
        let saves = self.sent.iter().rev().filter_map(|command| match command {
            Command::SaveFile { request, path, content } => {
                Some((*request, path.clone(), content.to_bytes().into_owned()))
            }
            Command::ExportFile { request, path, content } => {
                let mut written = Vec::new();
                content.write_to(&mut written).expect("memory has room");
                Some((*request, path.clone(), written))
            }
            _ => None,
        });
        saves.into_iter().next().expect("a file was written")
    }

    fn edit(&mut self, text: &str) {
        let source = self.source();
        self.act(Action::Source(SourceAction::SetText(source, text.into())));
    }

    /// Answers the newest question to the compiler as the compiler would.
    fn answer_compiler(&mut self) {
        let question = self.sent.iter().rev().find_map(|command| match command {
            Command::Compile { source, generation, content, settings, .. } => {
                Some((*source, *generation, content.to_bytes().into_owned(), settings.clone()))
            }
            _ => None,
        });
        let (source, generation, content, settings) = question.expect("something is to be compiled");
        self.hear(Event::CompileStarted { source, generation });
        let text = std::str::from_utf8(&content).expect("it is text");
        let result = built_for(text, &settings).map_err(Arc::new);
        self.hear(Event::Compiled { source, generation, result });
    }

    /// Brings the selected plugin to a state.
    fn settle(&mut self, to: PluginState) {
        let plugin = self.plugin();
        if to == PluginState::Ready {
            let good = self.state.selected_plugin().expect("it is selected").build.clone();
            let (build, build_number) = (good.build, good.number);
            let made =
                PluginEvent::Instantiated { build, build_number, instantiate_ns: 1, state_reset: false };
            self.hear_of(plugin, made);
        }
        let from = self.state.selected_plugin().expect("it is selected").state;
        let change = StateChange { from, to, at_unix_ms: 1, reason: String::new() };
        self.hear_of(plugin, PluginEvent::StateChanged(change));
    }

    fn source(&self) -> SourceId {
        self.state.active.expect("a source is open")
    }

    fn plugin(&self) -> PluginId {
        self.state.selection.plugin.expect("a plugin is selected")
    }

    /// Takes the commands to plugins since the last time.
    fn told(&mut self) -> Vec<PluginCommand> {
        let told = self.sent.drain(..).filter_map(|command| match command {
            Command::Plugin { command: PluginCommand::WatchUsage(_), .. } => None,
            Command::Plugin { command, .. } => Some(command),
            _ => None,
        });
        told.collect()
    }

    fn num_compiles(&self) -> usize {
        self.sent.iter().filter(|command| matches!(command, Command::Compile { .. })).count()
    }
}

fn built(text: &str) -> Result<Arc<Build>, CompileFailure> {
    built_for(text, &Settings::default().engine)
}

fn built_for(text: &str, settings: &EngineSettings) -> Result<Arc<Build>, CompileFailure> {
    static ENGINES: OnceLock<Arc<Engines>> = OnceLock::new();
    let request =
        CompileRequest { source: text.as_bytes(), settings, caps: SizeCaps::default(), read_ns: None };
    compile(ENGINES.get_or_init(Engines::new), &BuildCache::new(1 << 20), &request)
}

fn record(number: u64, export: &str, outcome: Outcome, results: Vec<Value>) -> Box<CallRecord> {
    Box::new(CallRecord {
        number,
        results,
        outcome,
        wall_ns: 100,
        fuel: Measured::Exact(4),
        peak_call_depth: Measured::Exact(1),
        limits: Limits::default(),
        started_ns: number,
        ..CallRecord::begin(CallKind::Export, export.into(), &[Value::I32(20), Value::I32(22)])
    })
}

fn ended(call: Option<CallId>, record: Box<CallRecord>) -> PluginEvent {
    PluginEvent::CallEnded { call, record, is_sampled: false }
}

#[test]
fn the_first_start_opens_the_first_sample_and_has_it_compiled() {
    let (state, out) = start(Startup::default(), Now::default());
    assert_eq!(state.active_source().map(|source| &*source.name), Some("start_here.wat"));
    assert!(matches!(out.as_slice(), [Command::Compile { .. }]), "{out:?}");
}

#[test]
fn the_next_start_opens_what_was_open() {
    let (mut state, _) = start(Startup::default(), Now::default());
    state.settings.scale_text(1);
    let startup = Startup {
        settings: Some(state.settings.to_toml()),
        session: Some(state.session.to_json()),
        ..Startup::default()
    };
    let (again, _) = start(startup, Now::default());
    assert_eq!(again.settings, state.settings);
    assert_eq!(again.session.open, state.session.open);
    let broken = Startup { settings: Some("=".into()), session: Some("{".into()), ..Startup::default() };
    let (state, _) = start(broken, Now::default());
    assert_eq!(state.notices.toasts().count(), 2);
    assert_eq!(state.sources.len(), 1);
}

#[test]
fn an_idle_program_asks_for_no_time() {
    let mut world = World::ready(ADD);
    world.wait(60_000);
    assert_eq!(world.wait(60_000), None);
    world.act(Action::Plugin(world.plugin(), PluginAction::Select));
    assert_eq!(world.wait(0), None);
}

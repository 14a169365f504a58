//! What all tests of the workers share: a set of workers, and waits that end.

use std::sync::Arc;
use std::time::{Duration, Instant};

use wasm_workbench::engine::{Build, EngineSettings, PluginOptions};
use wasm_workbench::model::call::CallRecord;
use wasm_workbench::model::ids::{BuildNumber, CallId, Generation, PluginId, SourceId};
use wasm_workbench::model::lifecycle::PluginState;
use wasm_workbench::model::limit_rules::LimitRules;
use wasm_workbench::model::limits::Limits;
use wasm_workbench::model::text::FileContent;
use wasm_workbench::model::value::Value;
use wasm_workbench::worker::protocol::{CallRequest, Command, Event, PluginCommand, PluginEvent};
use wasm_workbench::worker::{Workers, WorkersConfig};

/// Far more than anything here takes; reached only when an answer never comes.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) const UNLIMITED: PluginOptions = PluginOptions {
    limits: Limits::UNLIMITED,
    rules: LimitRules::NONE,
    stub_missing_imports: false,
    keep_after_trap: false,
};

pub(crate) struct Bench {
    pub(crate) workers: Workers,
    next_source: u32,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::with(&WorkersConfig::default())
    }

    pub(crate) fn with(config: &WorkersConfig) -> Self {
        let workers = Workers::start(config, Arc::new(|| {})).expect("the system has threads");
        Self { workers, next_source: 0 }
    }

    pub(crate) fn send(&self, command: Command) {
        self.workers.send(command).expect("the worker has room");
    }

    pub(crate) fn tell(&self, plugin: PluginId, command: PluginCommand) {
        self.send(Command::Plugin { plugin, command });
    }

    /// Waits for the first event that `choose` takes; events before it are dropped.
    pub(crate) fn wait<T>(&self, what: &str, mut choose: impl FnMut(Event) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        let mut dropped = Vec::new();
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let Some(event) = self.workers.next_event(left) else {
                panic!("no {what} came; what came: {dropped:#?}");
            };
            if dropped.len() < 50 {
                dropped.push(brief(&event));
            }
            if let Some(answer) = choose(event) {
                return answer;
            }
        }
    }

    /// Waits for an event of one plugin.
    pub(crate) fn wait_plugin<T>(
        &self,
        id: PluginId,
        what: &str,
        mut choose: impl FnMut(PluginEvent) -> Option<T>,
    ) -> T {
        self.wait(what, |event| match event {
            Event::Plugin { plugin, event } if plugin == id => choose(event),
            _ => None,
        })
    }

    pub(crate) fn wait_state(&self, plugin: PluginId, state: PluginState) {
        self.wait_plugin(plugin, state.label(), |event| match event {
            PluginEvent::StateChanged(change) if change.to == state => Some(()),
            _ => None,
        });
    }

    pub(crate) fn wait_end(&self, plugin: PluginId) -> CallRecord {
        self.wait_plugin(plugin, "end of a call", |event| match event {
            PluginEvent::CallEnded { record, .. } => Some(*record),
            _ => None,
        })
    }

    pub(crate) fn compile(&mut self, text: &str) -> Arc<Build> {
        self.compile_with(text, EngineSettings::default())
    }

    pub(crate) fn compile_with(&mut self, text: &str, settings: EngineSettings) -> Arc<Build> {
        self.next_source += 1;
        let id = SourceId(1000 + self.next_source);
        self.send(source_command(id, 1, text, settings));
        let result = self.wait("build", |event| match event {
            Event::Compiled { source, result, .. } if source == id => Some(result),
            _ => None,
        });
        result.unwrap_or_else(|failure| panic!("the source is wrong: {failure:?}"))
    }

    /// Makes a plugin without running any of its code.
    pub(crate) fn create(
        &self,
        plugin: PluginId,
        build: &Arc<Build>,
        options: PluginOptions,
        initialize: bool,
    ) {
        self.send(Command::CreatePlugin {
            plugin,
            name: format!("test {plugin}").into(),
            build: Arc::clone(build),
            build_number: BuildNumber(1),
            options,
            initialize,
        });
    }

    /// Makes a plugin and waits until it takes calls.
    pub(crate) fn ready(&mut self, id: u32, text: &str, options: PluginOptions) -> PluginId {
        let build = self.compile(text);
        let plugin = PluginId(id);
        self.create(plugin, &build, options, true);
        self.wait_state(plugin, PluginState::Ready);
        plugin
    }

    pub(crate) fn call(&self, plugin: PluginId, call: u64, export: &str, args: &[Value]) {
        self.tell(plugin, PluginCommand::Call(request(call, export, args, 1)));
    }

    /// Calls and waits for the end.
    pub(crate) fn run(&self, plugin: PluginId, export: &str, args: &[Value]) -> CallRecord {
        self.call(plugin, 0, export, args);
        self.wait_end(plugin)
    }

    /// Waits until the guest of a plugin is seen running.
    pub(crate) fn wait_running(&self, plugin: PluginId) {
        self.tell(plugin, PluginCommand::WatchUsage(true));
        self.wait_plugin(plugin, "usage of a running call", |event| match event {
            PluginEvent::Usage(usage) if usage.call_depth.value() > Some(0) => Some(()),
            _ => None,
        });
        self.tell(plugin, PluginCommand::WatchUsage(false));
    }
}

pub(crate) fn request(call: u64, export: &str, args: &[Value], repeat: u64) -> CallRequest {
    CallRequest {
        call: CallId(call),
        export: export.into(),
        args: args.to_vec(),
        repeat,
        nanos: None,
        warm_up: 0,
        continue_on_failure: false,
    }
}

pub(crate) fn source_command(
    source: SourceId,
    generation: u64,
    text: &str,
    settings: EngineSettings,
) -> Command {
    Command::Compile {
        source,
        generation: Generation(generation),
        name: "test.wat".into(),
        content: FileContent::Bytes(text.as_bytes().into()),
        settings,
        read_ns: None,
    }
}

/// Names an event without its bytes.
fn brief(event: &Event) -> String {
    format!("{event:?}").chars().take(200).collect()
}

//! The panes at the right of the window over the real engine: commands are carried out at once and on the spot,
//! without threads and without a window.
#![allow(dead_code, reason = "each set of tests uses a part of it")]

use std::collections::HashMap;
use std::sync::Arc;

use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use wasm_workbench::app::{Action, AppState, Effect, FileAction, Now, apply, update};
use wasm_workbench::engine::front::SizeCaps;
use wasm_workbench::engine::{
    BuildCache, CompileRequest, CreateFailure, EngineSettings, Engines, NoObserver, Plugin, Probe,
    SharedObserver, compile,
};
use wasm_workbench::model::bench::{BenchReport, BenchTimes};
use wasm_workbench::model::call::CallRecord;
use wasm_workbench::model::ids::{BuildNumber, PluginId, RequestId};
use wasm_workbench::model::lifecycle::{PluginState, StateChange};
use wasm_workbench::ui::theme::{self, Mode};
use wasm_workbench::ui::{CallPane, ExportsPane, LimitsPane};
use wasm_workbench::worker::protocol::{
    BenchRequest, CallRequest, Command, Event, PluginCommand, PluginEvent,
};

pub(crate) const MATH: &str = include_str!("../guests/math.wat");

pub(crate) const LONELY: &str = r#"(module
  (import "env" "host" (func $host (param i32)))
  (import "env" "clock" (func (result i64)))
  (func (export "run") (call $host (i32.const 1))))"#;

/// Figures of calls that are shorter than the clock can tell, timed one by one or in batches.
pub(crate) fn coarse(calls: u64) -> BenchReport {
    let mut times = BenchTimes::default();
    let per_batch = 1024 / calls.min(1024);
    for _ in 0..calls.max(20) {
        times.record(per_batch, 100 * per_batch);
    }
    times.report(0, per_batch, 30)
}

/// The program, its plugins, and everything that the panes asked for.
pub(crate) struct World {
    pub(crate) state: AppState,
    pub(crate) plugins: HashMap<PluginId, Plugin>,
    pub(crate) engines: Arc<Engines>,
    pub(crate) cache: BuildCache,
    pub(crate) now: Now,
    pub(crate) acts: Vec<Action>,
    pub(crate) calls: Vec<CallRequest>,
    pub(crate) benchmarks: Vec<BenchRequest>,
    pub(crate) exports: ExportsPane,
    pub(crate) call: CallPane,
    pub(crate) limits: LimitsPane,
    pub(crate) answers_probes: bool,
}

impl World {
    pub(crate) fn with(text: &str) -> Self {
        let mut world = Self {
            state: AppState::default(),
            plugins: HashMap::new(),
            engines: Engines::new(),
            cache: BuildCache::new(1 << 20),
            now: Now::default(),
            acts: Vec::new(),
            calls: Vec::new(),
            benchmarks: Vec::new(),
            exports: ExportsPane::default(),
            call: CallPane::default(),
            limits: LimitsPane::default(),
            answers_probes: true,
        };
        let path = std::path::PathBuf::from("math.wat");
        let open = Action::File(FileAction::Open(vec![path.clone()]));
        for command in update(&mut world.state, open, world.now) {
            if let Command::OpenFile { request, .. } = command {
                let result = Ok((text.as_bytes().into(), 1));
                world.hear(Event::FileOpened { request, path: path.clone(), result });
            }
        }
        world
    }

    pub(crate) fn act(&mut self, action: Action) {
        self.acts.push(action.clone());
        let commands = update(&mut self.state, action, self.now);
        self.carry_out(commands);
        for effect in std::mem::take(&mut self.state.effects) {
            if effect == Effect::FocusCall {
                self.call.focus();
            }
        }
    }

    pub(crate) fn hear(&mut self, event: Event) {
        let commands = apply(&mut self.state, event, self.now);
        self.carry_out(commands);
    }

    pub(crate) fn tell(&mut self, plugin: PluginId, event: PluginEvent) {
        self.hear(Event::Plugin { plugin, event });
    }

    pub(crate) fn carry_out(&mut self, commands: Vec<Command>) {
        for command in commands {
            match command {
                Command::Compile { source, generation, content, .. } => {
                    let settings = EngineSettings::default();
                    let caps = SizeCaps::default();
                    let request = CompileRequest {
                        source: &content.to_bytes(),
                        settings: &settings,
                        caps,
                        read_ns: None,
                    };
                    let result = compile(&self.engines, &self.cache, &request).map_err(Arc::new);
                    self.hear(Event::Compiled { source, generation, result });
                }
                Command::CreatePlugin { plugin, build, options, .. } => {
                    let made = Plugin::create(build, 1, options, Arc::new(NoObserver));
                    self.made(plugin, made);
                }
                Command::Plugin { plugin, command } => self.run(plugin, command),
                Command::Probe { request, probe, .. } if self.answers_probes => self.probe(request, &probe),
                Command::StopProbe { request } => self.hear(Event::ProbeEnded { request, result: Ok(None) }),
                _ => {}
            }
        }
    }

    /// Looks for what a call takes, with as much stack as that needs.
    pub(crate) fn probe(&mut self, request: RequestId, probe: &Probe) {
        let observer: SharedObserver = Arc::new(NoObserver);
        let find = || probe.find(&self.engines, &observer, &mut |_| true);
        let found = wasm_workbench::worker::foreground::run(&self.engines, probe.thread_stack_bytes(), find);
        let found = found.expect("the system gives a thread").expect("it does not panic");
        let result = found.map(|needs| needs.map(Arc::new)).map_err(|failure| failure.to_string());
        self.hear(Event::ProbeEnded { request, result });
    }

    pub(crate) fn made(&mut self, id: PluginId, made: Result<Plugin, CreateFailure>) {
        match made {
            Ok(plugin) => {
                let build = Arc::clone(plugin.build());
                self.plugins.insert(id, plugin);
                let event = PluginEvent::Instantiated {
                    build,
                    build_number: BuildNumber(1),
                    instantiate_ns: 1,
                    state_reset: false,
                };
                self.tell(id, event);
                self.turn(id, PluginState::Ready, "instantiated");
            }
            Err(CreateFailure::MissingImports(imports)) => {
                self.tell(id, PluginEvent::ImportsMissing(imports));
                self.turn(id, PluginState::Error, "imports are missing");
            }
            Err(CreateFailure::Failed(record)) => {
                self.ended(id, None, *record);
            }
        }
    }

    pub(crate) fn run(&mut self, id: PluginId, command: PluginCommand) {
        if let PluginCommand::SetOptions(options) = &command
            && !self.plugins.contains_key(&id)
        {
            let build = Arc::clone(&self.state.plugin(id).expect("it is live").build.build);
            let made = Plugin::create(build, 1, options.clone(), Arc::new(NoObserver));
            self.made(id, made);
            return;
        }
        let Some(plugin) = self.plugins.get_mut(&id) else { return };
        match command {
            PluginCommand::Call(request) => {
                self.calls.push(request.clone());
                self.turn(id, PluginState::Running, "call");
                let plugin = self.plugins.get_mut(&id).expect("it is live");
                let record = plugin.call(&request.export, &request.args).expect("the call is legal");
                if request.repeat > 1 || request.nanos.is_some() {
                    let event = PluginEvent::Benched { call: request.call, report: coarse(1000) };
                    self.tell(id, event);
                }
                self.ended(id, Some(request), record);
            }
            PluginCommand::Benchmark(request) => {
                let event = PluginEvent::Benched { call: request.call, report: coarse(1) };
                self.benchmarks.push(request);
                self.tell(id, event);
            }
            PluginCommand::SetOptions(options) => {
                let limits = options.limits;
                plugin.set_options(options);
                self.tell(id, PluginEvent::LimitsSet(limits));
            }
            PluginCommand::ReadGlobals => {
                let globals = plugin.globals();
                self.tell(id, PluginEvent::Globals(globals));
            }
            PluginCommand::WriteText { request, text } => {
                let result = plugin.write_text(&text);
                self.tell(id, PluginEvent::TextWritten { request, result });
            }
            PluginCommand::ReadText { request, address, bytes } => {
                let result = plugin.read_text(address, bytes);
                self.tell(id, PluginEvent::TextRead { request, result });
            }
            PluginCommand::WatchUsage(true) => {
                let usage = plugin.usage();
                self.tell(id, PluginEvent::Usage(usage));
            }
            PluginCommand::Unload => {
                self.plugins.remove(&id);
                self.tell(id, PluginEvent::Unloaded);
            }
            _ => {}
        }
    }

    pub(crate) fn ended(&mut self, id: PluginId, request: Option<CallRequest>, record: CallRecord) {
        let to = if record.is_success() { PluginState::Ready } else { PluginState::Error };
        let call = request.map(|request| request.call);
        self.tell(id, PluginEvent::CallEnded { call, record: Box::new(record), is_sampled: false });
        if let Some(usage) = self.plugins.get(&id).map(Plugin::usage) {
            self.tell(id, PluginEvent::Usage(usage));
        }
        self.turn(id, to, "ended");
    }

    pub(crate) fn turn(&mut self, id: PluginId, to: PluginState, reason: &str) {
        let Some(from) = self.state.plugin(id).map(|plugin| plugin.state) else { return };
        let change = StateChange { from, to, at_unix_ms: 1_700_000_000_000, reason: reason.to_owned() };
        self.tell(id, PluginEvent::StateChanged(change));
    }

    pub(crate) fn plugin(&self) -> PluginId {
        self.state.selection.plugin.expect("a plugin is selected")
    }
}

/// Shows the three panes one above the other, as wide as in the window.
pub(crate) fn column<'a>(world: World, mode: Mode, heights: [f32; 3]) -> Harness<'a, World> {
    let height = heights.iter().sum::<f32>();
    let builder = Harness::builder()
        .with_size(egui::vec2(360.0, height))
        .with_context_setup(move |ctx| theme::apply(ctx, mode));
    let mut harness = builder.build_ui_state(
        move |ui, world: &mut World| {
            theme::apply(ui.ctx(), mode);
            let mut actions = Vec::new();
            let World { state, exports, call, limits, .. } = world;
            for (index, height) in heights.into_iter().enumerate() {
                let (_, rect) = ui.allocate_space(egui::vec2(360.0, height));
                let builder = egui::UiBuilder::new().max_rect(rect).id_salt(index);
                ui.scope_builder(builder, |ui| {
                    ui.set_clip_rect(rect);
                    ui.painter().rect_filled(rect, 0.0, theme::tokens(ui).pane);
                    let title = ["Exports", "Call", "Limits"][index];
                    wasm_workbench::ui::widgets::list_title(ui, title, |ui| match index {
                        1 => {
                            call.bar_right_ui(ui, state, &mut actions);
                            call.bar_ui(ui, state);
                        }
                        2 => limits.bar_right_ui(ui, state, &mut actions),
                        _ => {}
                    });
                    match index {
                        0 => exports.ui(ui, state, &mut actions),
                        1 => call.ui(ui, state, &mut actions),
                        _ => limits.ui(ui, state, &mut actions),
                    }
                });
            }
            for action in actions {
                world.act(action);
            }
        },
        world,
    );
    harness.run();
    harness
}

pub(crate) fn shown<'a>(text: &str) -> Harness<'a, World> {
    column(World::with(text), Mode::Dark, [400.0, 600.0, 500.0])
}

pub(crate) fn select(harness: &mut Harness<'_, World>, export: &str) {
    harness.get_by_role_and_label(egui::Role::ListItem, export).click();
    harness.run();
}

pub(crate) fn type_into(harness: &mut Harness<'_, World>, name: &str, text: &str) {
    harness.get_by_role_and_label(egui::Role::TextInput, name).focus();
    harness.run();
    harness.get_by_role_and_label(egui::Role::TextInput, name).type_text(text);
    harness.run();
}

pub(crate) fn press(harness: &mut Harness<'_, World>, name: &str) {
    harness.get_by_role_and_label(egui::Role::Button, name).click();
    harness.run();
}

pub(crate) fn enter(harness: &mut Harness<'_, World>) {
    harness.key_press(egui::Key::Enter);
    harness.run();
}

pub(crate) fn last_args(harness: &Harness<'_, World>) -> Vec<String> {
    let call = harness.state().calls.last().expect("a call was made");
    call.args.iter().map(ToString::to_string).collect()
}

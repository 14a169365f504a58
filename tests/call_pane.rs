//! The panes at the right of the window, driven by accessible names against the real engine.
//!
//! Commands are carried out at once and on the spot, without threads and without a window.
#![cfg(feature = "gui")]

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use wasm_workbench::app::{
    Action, AppState, CallAction, Effect, FileAction, NeedsStatus, Now, PluginAction, SourceAction, apply,
    update,
};
use wasm_workbench::engine::front::SizeCaps;
use wasm_workbench::engine::{
    BuildCache, CompileRequest, CreateFailure, EngineSettings, Engines, NoObserver, Plugin, Probe,
    SharedObserver, compile,
};
use wasm_workbench::model::bench::{BenchProgress, BenchReport, BenchTimes, Span};
use wasm_workbench::model::call::{CallRecord, Outcome};
use wasm_workbench::model::ids::{BuildNumber, PluginId, RequestId};
use wasm_workbench::model::lifecycle::{LifecycleStep, PluginState, StateChange};
use wasm_workbench::model::limit_rules::RuleBound;
use wasm_workbench::model::limits::{LimitKind, Limits, RefusedGrowth, Usage};
use wasm_workbench::model::needs::{Observation, Progress, Question, StepEnd, find_needs};
use wasm_workbench::model::value::Value;
use wasm_workbench::ui::theme::{self, Mode};
use wasm_workbench::ui::{CallPane, ExportsPane, LimitsPane};
use wasm_workbench::worker::protocol::{
    BenchRequest, CallRequest, Command, Event, PluginCommand, PluginEvent,
};

const MATH: &str = include_str!("guests/math.wat");

const LONELY: &str = r#"(module
  (import "env" "host" (func $host (param i32)))
  (import "env" "clock" (func (result i64)))
  (func (export "run") (call $host (i32.const 1))))"#;

/// Figures of calls that are shorter than the clock can tell, timed one by one or in batches.
fn coarse(calls: u64) -> BenchReport {
    let mut times = BenchTimes::default();
    let per_batch = 1024 / calls.min(1024);
    for _ in 0..calls.max(20) {
        times.record(per_batch, 100 * per_batch);
    }
    times.report(0, per_batch, 30)
}

/// The program, its plugins, and everything that the panes asked for.
struct World {
    state: AppState,
    plugins: HashMap<PluginId, Plugin>,
    engines: Arc<Engines>,
    cache: BuildCache,
    now: Now,
    acts: Vec<Action>,
    calls: Vec<CallRequest>,
    benchmarks: Vec<BenchRequest>,
    exports: ExportsPane,
    call: CallPane,
    limits: LimitsPane,
    answers_probes: bool,
}

impl World {
    fn with(text: &str) -> Self {
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

    fn act(&mut self, action: Action) {
        self.acts.push(action.clone());
        let commands = update(&mut self.state, action, self.now);
        self.carry_out(commands);
        for effect in std::mem::take(&mut self.state.effects) {
            if effect == Effect::FocusCall {
                self.call.focus();
            }
        }
    }

    fn hear(&mut self, event: Event) {
        let commands = apply(&mut self.state, event, self.now);
        self.carry_out(commands);
    }

    fn tell(&mut self, plugin: PluginId, event: PluginEvent) {
        self.hear(Event::Plugin { plugin, event });
    }

    fn carry_out(&mut self, commands: Vec<Command>) {
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
    fn probe(&mut self, request: RequestId, probe: &Probe) {
        let observer: SharedObserver = Arc::new(NoObserver);
        let find = || probe.find(&self.engines, &observer, &mut |_| true);
        let found = wasm_workbench::worker::foreground::run(&self.engines, probe.thread_stack_bytes(), find);
        let found = found.expect("the system gives a thread").expect("it does not panic");
        let result = found.map(|needs| needs.map(Arc::new)).map_err(|failure| failure.to_string());
        self.hear(Event::ProbeEnded { request, result });
    }

    fn made(&mut self, id: PluginId, made: Result<Plugin, CreateFailure>) {
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

    fn run(&mut self, id: PluginId, command: PluginCommand) {
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

    fn ended(&mut self, id: PluginId, request: Option<CallRequest>, record: CallRecord) {
        let to = if record.is_success() { PluginState::Ready } else { PluginState::Error };
        let call = request.map(|request| request.call);
        self.tell(id, PluginEvent::CallEnded { call, record: Box::new(record), is_sampled: false });
        if let Some(usage) = self.plugins.get(&id).map(Plugin::usage) {
            self.tell(id, PluginEvent::Usage(usage));
        }
        self.turn(id, to, "ended");
    }

    fn turn(&mut self, id: PluginId, to: PluginState, reason: &str) {
        let Some(from) = self.state.plugin(id).map(|plugin| plugin.state) else { return };
        let change = StateChange { from, to, at_unix_ms: 1_700_000_000_000, reason: reason.to_owned() };
        self.tell(id, PluginEvent::StateChanged(change));
    }

    fn plugin(&self) -> PluginId {
        self.state.selection.plugin.expect("a plugin is selected")
    }
}

/// Shows the three panes one above the other, as wide as in the window.
fn column<'a>(world: World, mode: Mode, heights: [f32; 3]) -> Harness<'a, World> {
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

fn shown<'a>(text: &str) -> Harness<'a, World> {
    column(World::with(text), Mode::Dark, [400.0, 600.0, 500.0])
}

fn select(harness: &mut Harness<'_, World>, export: &str) {
    harness.get_by_role_and_label(egui::Role::ListItem, export).click();
    harness.run();
}

fn type_into(harness: &mut Harness<'_, World>, name: &str, text: &str) {
    harness.get_by_role_and_label(egui::Role::TextInput, name).focus();
    harness.run();
    harness.get_by_role_and_label(egui::Role::TextInput, name).type_text(text);
    harness.run();
}

fn press(harness: &mut Harness<'_, World>, name: &str) {
    harness.get_by_role_and_label(egui::Role::Button, name).click();
    harness.run();
}

fn enter(harness: &mut Harness<'_, World>) {
    harness.key_press(egui::Key::Enter);
    harness.run();
}

fn last_args(harness: &Harness<'_, World>) -> Vec<String> {
    let call = harness.state().calls.last().expect("a call was made");
    call.args.iter().map(ToString::to_string).collect()
}

#[test]
fn enter_in_a_field_calls_with_what_was_typed() {
    let mut harness = shown(MATH);
    select(&mut harness, "add");
    type_into(&mut harness, "$a i32", "20");
    type_into(&mut harness, "$b i32", "0x16");
    enter(&mut harness);
    assert_eq!(last_args(&harness), ["20", "22"]);
    harness.get_by_label("= 42");
    // The keyboard stays where it is, so that the next Enter calls again.
    enter(&mut harness);
    assert_eq!(harness.state().calls.len(), 2);
}

#[test]
fn a_text_that_stands_for_no_value_says_why_and_is_not_called() {
    let mut harness = shown(MATH);
    select(&mut harness, "add");
    type_into(&mut harness, "$a i32", "5000000000");
    harness.get_by_label_contains("5000000000 is out of range for i32: −2147483648 … 4294967295");
    enter(&mut harness);
    assert!(harness.get_by_role_and_label(egui::Role::Button, "Call").accesskit_node().is_disabled());
    assert!(harness.state().calls.is_empty());
}

#[test]
fn the_arrows_walk_the_history_of_the_function() {
    let mut harness = shown(MATH);
    select(&mut harness, "fib");
    for text in ["3", "4"] {
        type_into(&mut harness, "$n i32", text);
        harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
        harness.run();
        harness.get_by_label("$n i32").type_text(text);
        harness.run();
        enter(&mut harness);
    }
    let value = |harness: &Harness<'_, World>| {
        harness.get_by_role_and_label(egui::Role::TextInput, "$n i32").accesskit_node().value()
    };
    harness.key_press(egui::Key::ArrowUp);
    harness.run();
    harness.key_press(egui::Key::ArrowUp);
    harness.run();
    assert_eq!(value(&harness).as_deref(), Some("3"));
    harness.key_press(egui::Key::ArrowDown);
    harness.run();
    assert_eq!(value(&harness).as_deref(), Some("4"));
}

#[test]
fn a_call_that_ran_out_of_fuel_says_where_and_is_repeated_with_more() {
    let mut harness = shown(MATH);
    select(&mut harness, "fib");
    type_into(&mut harness, "Fuel", "1000");
    type_into(&mut harness, "$n i32", "20");
    press(&mut harness, "Call");
    harness.get_by_label("Stopped by the fuel limit");
    press(&mut harness, "Backtrace");
    let links = harness.get_all_by_role(egui::Role::Link);
    let names = links.filter_map(|node| node.accesskit_node().label()).collect::<Vec<_>>();
    let place = names.last().expect("the card has a link").clone();
    assert!(place.starts_with("math.wat "), "{place}");
    harness.get_all_by_label(&place).last().expect("it is there").click();
    harness.run();
    let went = |action: &Action| matches!(action, Action::Source(SourceAction::GoTo(..)));
    assert!(harness.state().acts.iter().any(went));
    press(&mut harness, "Raise to 10\u{202f}000, call again");
    let plugin = harness.state().plugin();
    let raise = PluginAction::RaiseLimit { kind: LimitKind::Fuel, value: Some(10_000), call_again: Some(1) };
    assert!(harness.state().acts.contains(&Action::Plugin(plugin, raise)));
    assert_eq!(last_args(&harness), ["20"]);
    assert_eq!(harness.state().calls.len(), 2);
}

#[test]
fn refused_growth_is_told_by_the_card_and_by_the_gauge() {
    let mut harness = shown(MATH);
    select(&mut harness, "grow");
    type_into(&mut harness, "Memory pages", "4");
    type_into(&mut harness, "$by i32", "19");
    enter(&mut harness);
    harness.get_by_label("= -1");
    harness.get_by_label("Growth was refused");
    let gauge = harness.get_by_label("Memory pages gauge").accesskit_node().value();
    assert!(gauge.is_some_and(|said| said.contains("growth to 20 refused once")));
    let words = |harness: &Harness<'_, World>| {
        harness.get_by_label("Memory pages gauge").accesskit_node().value().unwrap_or_default()
    };
    // A later call that grows within its limits leaves the mark, and the peaks are told again.
    harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
    type_into(&mut harness, "$by i32", "2");
    enter(&mut harness);
    let said = words(&harness);
    assert!(
        said.contains("growth to 20 refused once") && said.contains("peak of the plugin's life 3"),
        "{said}"
    );
}

#[test]
fn growth_that_is_refused_in_a_running_call_is_told_before_what_was_refused_earlier() {
    let mut harness = shown(MATH);
    select(&mut harness, "grow");
    type_into(&mut harness, "Memory pages", "4");
    type_into(&mut harness, "$by i32", "19");
    enter(&mut harness);
    let world = harness.state_mut();
    let id = world.plugin();
    let idle = world.state.selected_plugin().expect("it is selected").usage;
    assert_eq!(idle.refused_pages.count, 1);
    world.turn(id, PluginState::Running, "call");
    // Nothing is refused yet: what was before stays a mark, and the place of its operator.
    world.tell(id, PluginEvent::Usage(idle));
    harness.run_steps(4);
    let said = |harness: &Harness<'_, World>| {
        harness.get_by_label("Memory pages gauge").accesskit_node().value().unwrap_or_default()
    };
    assert!(said(&harness).contains("growth to 20 refused once, asked for by"), "{}", said(&harness));
    let refused = RefusedGrowth { count: 5, last_requested: Some(40), last_offset: None };
    let live = Usage { refused_pages: refused, memory_pages: 3, memory_pages_call_peak: 3, ..idle };
    harness.state_mut().tell(id, PluginEvent::Usage(live));
    harness.run_steps(4);
    let told = said(&harness);
    assert!(told.contains("growth refused 5 times, last to 40"), "{told}");
    assert!(!told.contains("asked for by") && told.starts_with("3, limit 4"), "{told}");
}

#[test]
fn a_limit_is_lifted_by_nothing_and_refuses_what_is_no_number() {
    let mut harness = shown(MATH);
    let limit = |harness: &Harness<'_, World>| {
        harness.state().state.selected_plugin().expect("it is live").options.limits.call_depth
    };
    type_into(&mut harness, "Call depth", "many");
    harness.get_by_label_contains("`many` is not a whole number");
    assert_eq!(limit(&harness), Some(1000));
    harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
    harness.key_press(egui::Key::Backspace);
    harness.run();
    harness.get_by_label("Fuel").focus();
    harness.run();
    assert_eq!(limit(&harness), None);
}

#[test]
fn each_step_of_the_life_cycle_can_be_taken_exactly_when_it_is_legal() {
    let mut harness = shown(MATH);
    for to in [PluginState::Ready, PluginState::Running, PluginState::Paused, PluginState::Stopped] {
        let id = harness.state().plugin();
        harness.state_mut().turn(id, to, "test");
        // A running call repaints now and then.
        harness.run_steps(2);
        for (name, step) in [
            ("Initialize", LifecycleStep::Initialize),
            ("Call", LifecycleStep::Call),
            ("Stop", LifecycleStep::Cancel),
            ("Pause", LifecycleStep::Pause),
            ("Resume", LifecycleStep::Resume),
            ("Stop plugin", LifecycleStep::StopPlugin),
            ("Unload", LifecycleStep::Unload),
            ("Reload", LifecycleStep::Reload),
        ] {
            let button = harness.get_by_role_and_label(egui::Role::Button, name);
            assert_eq!(button.accesskit_node().is_disabled(), to.step(step).is_err(), "{name} in {to:?}");
        }
    }
}

#[test]
fn missing_imports_are_listed_and_can_be_stubbed() {
    let mut harness = shown(LONELY);
    harness.get_by_label("2 imports are missing");
    harness.get_by_label("env.clock");
    press(&mut harness, "Run with stubs");
    assert!(harness.query_by_label("2 imports are missing").is_none());
    press(&mut harness, "Call");
    harness.get_by_label("Trapped: missing import");
}

#[test]
fn a_text_is_written_for_an_address_and_its_length() {
    let mut harness = shown(MATH);
    select(&mut harness, "length");
    type_into(&mut harness, "Text → memory", "Grüße");
    press(&mut harness, "Write");
    let value = |name: &str| harness.get_by_label(name).accesskit_node().value();
    assert_eq!((value("$ptr i32").as_deref(), value("$len i32").as_deref()), (Some("1024"), Some("7")));
}

#[test]
fn exports_show_types_live_globals_and_lead_to_their_definition() {
    let mut harness = shown(MATH);
    harness.get_by_role_and_label(egui::Role::ListItem, "memory").click();
    harness.run();
    let place = harness.state().acts.iter().find_map(|action| match action {
        Action::Source(SourceAction::GoTo(_, place)) => Some((place.line, place.column)),
        _ => None,
    });
    assert_eq!(place, Some((Some(2), Some(4))));
    let globals = &harness.state().state.selected_plugin().expect("it is live").globals;
    assert_eq!(globals.first().map(|global| global.value.to_text()).as_deref(), Some("7"));
}

#[test]
fn an_unloaded_plugin_can_be_made_anew() {
    let mut harness = shown(MATH);
    press(&mut harness, "Unload");
    harness.get_by_label("No instance");
    press(&mut harness, "New instance");
    press(&mut harness, "Call");
    assert_eq!(harness.state().calls.len(), 1);
    assert!(!harness.state().acts.contains(&Action::Call(CallAction::Recall(-1))));
}

#[test]
fn a_long_repeat_says_how_far_it_is() {
    let mut harness = shown(MATH);
    select(&mut harness, "add");
    type_into(&mut harness, "Repeat", "1000");
    let world = harness.state_mut();
    let id = world.plugin();
    // The call is asked for, but nobody answers yet.
    let sent = update(&mut world.state, Action::Call(CallAction::Call), world.now);
    let call = sent.iter().find_map(|command| match command {
        Command::Plugin { command: PluginCommand::Call(request), .. } => Some(request.call),
        _ => None,
    });
    let call = call.expect("the call was sent");
    world.turn(id, PluginState::Running, "call");
    let samples =
        PluginEvent::CallSamples { call, export: "add".into(), samples: Vec::new(), done: 300, total: 1000 };
    world.tell(id, samples);
    world.state.now.since_start += Duration::from_millis(1500);
    harness.run_steps(4);
    harness.get_by_label("300 / 1\u{202f}000 · running for 1.5 s");
    // While it is held, that is told from when it was held.
    let world = harness.state_mut();
    world.turn(id, PluginState::Paused, "pause");
    world.state.now.since_start += Duration::from_millis(700);
    world.state.now.unix_ms = 1_700_000_000_700;
    harness.run_steps(4);
    harness.get_by_label("300 / 1\u{202f}000 · paused for 0.7 s");
}

#[test]
fn a_span_of_calls_is_measured_from_the_end_of_its_warm_up() {
    let mut harness = shown(MATH);
    select(&mut harness, "add");
    type_into(&mut harness, "Repeat", "2 s");
    let world = harness.state_mut();
    let id = world.plugin();
    let sent = update(&mut world.state, Action::Call(CallAction::Call), world.now);
    let call = sent.iter().find_map(|command| match command {
        Command::Plugin { command: PluginCommand::Call(request), .. } => Some(request.call),
        _ => None,
    });
    let call = call.expect("the call was sent");
    world.turn(id, PluginState::Running, "call");
    let progress = |is_warming_up| BenchProgress { calls: 4, wall_ns: 9, is_warming_up };
    world.tell(id, PluginEvent::BenchMoved { call, progress: progress(true) });
    world.state.now.since_start += Duration::from_millis(400);
    world.now = world.state.now;
    harness.run_steps(4);
    harness.get_by_label("warming up · 0 calls · running for 0.4 s of 2.0 s");
    let world = harness.state_mut();
    world.tell(id, PluginEvent::BenchMoved { call, progress: progress(false) });
    world.state.now.since_start += Duration::from_millis(500);
    harness.run_steps(4);
    harness.get_by_label("0 calls · running for 0.5 s of 2.0 s");
}

#[test]
fn what_a_call_takes_is_found_and_applied() {
    let mut harness = shown(MATH);
    select(&mut harness, "fib");
    type_into(&mut harness, "$n i32", "10");
    press(&mut harness, "Call");
    press(&mut harness, "Find out");
    harness.get_by_label("fib(10) = 55");
    harness.get_by_label("on a fresh instance · deterministic");
    harness.get_by_label("1\u{202f}766");
    press(&mut harness, "Apply call depth");
    let world = harness.state();
    let limits = |world: &World| world.state.selected_plugin().expect("it is selected").options.limits;
    assert_eq!((limits(world).call_depth, limits(world).fuel), (Some(12), Some(100_000_000)));
    press(&mut harness, "Apply wasm stack");
    let engine = &harness.state().state.settings.engine;
    assert_eq!(engine.wasm_stack_bytes, 64 * 1024, "what is needed and some room");
    let toast = harness.state().state.notices.toasts().last().map(|toast| toast.notice.message.clone());
    let told = "the wasm stack was set to 64 KiB: the open source is compiled anew; live plugins keep their \
                engine until Reload";
    assert_eq!(toast.as_deref(), Some(told));
    press(&mut harness, "Apply all");
    let limits = limits(harness.state());
    assert_eq!((limits.call_depth, limits.fuel, limits.memory_pages), (Some(12), Some(2300), Some(2)));
    press(&mut harness, "Call");
    let world = harness.state();
    let record = world.state.selected_plugin().and_then(|plugin| plugin.calls.records.back());
    assert!(record.is_some_and(CallRecord::is_success), "it still returns under what was applied");
}

#[test]
fn a_function_has_limits_of_its_own_and_they_are_raised_where_they_stand() {
    let mut harness = shown(MATH);
    select(&mut harness, "fib");
    let fold = harness.get_by_role_and_label(egui::Role::DisclosureTriangle, "Rules for functions");
    fold.click();
    harness.run();
    press(&mut harness, "Add rule");
    type_into(&mut harness, "Rule 1: name", "fi?");
    type_into(&mut harness, "Rule 1: fuel", "lots");
    harness.get_by_label_contains("`lots` is no whole number");
    assert!(harness.state().state.selected_plugin().is_some_and(|plugin| plugin.options.rules.is_empty()));
    press(&mut harness, "Remove rule 1");
    type_into(&mut harness, "$n i32", "10");
    press(&mut harness, "Call");
    press(&mut harness, "Add rule");
    type_into(&mut harness, "Rule 1: fuel", "500");
    harness.get_by_label("in force from the next call");
    press(&mut harness, "Call");
    harness.get_by_label("Stopped by the fuel limit");
    harness.get_by_label("by the rule for fib: fuel 500");
    let gauge = |harness: &Harness<'_, World>| {
        harness.get_by_label("Fuel gauge").accesskit_node().value().unwrap_or_default()
    };
    let told = gauge(&harness);
    assert!(told.contains("near its limit") && told.contains("rule 500"), "measured by the rule: {told}");
    press(&mut harness, "Raise to 5\u{202f}000, call again");
    let plugin = harness.state().state.selected_plugin().expect("it is selected");
    assert_eq!(plugin.options.rules.list()[0].fuel, RuleBound::At(5000));
    assert_eq!(plugin.options.limits.fuel, Some(100_000_000), "the plugin's own stays");
    assert!(plugin.calls.records.back().is_some_and(CallRecord::is_success));
    assert!(!gauge(&harness).contains("near its limit"), "{}", gauge(&harness));
    // The limit of the plugin says when it counts until a call has had it, whatever the rule says.
    type_into(&mut harness, "Fuel", "7000000");
    press(&mut harness, "Call");
    assert!(!gauge(&harness).contains("takes effect"), "{}", gauge(&harness));
}

/// Returns the search that runs.
fn asked(harness: &Harness<'_, World>) -> RequestId {
    let view = harness.state().state.selected_plugin().and_then(|plugin| plugin.needs.as_ref());
    match view.map(|view| &view.status) {
        Some(NeedsStatus::Running { request, .. }) => *request,
        other => panic!("no search runs: {other:?}"),
    }
}

#[test]
fn a_search_shows_how_far_it_is_and_is_stopped() {
    let mut harness = shown(MATH);
    harness.state_mut().answers_probes = false;
    select(&mut harness, "add");
    press(&mut harness, "Find out");
    harness.get_by_label("add(0, 0) · starting");
    let request = asked(&harness);
    let world = harness.state_mut();
    let progress = Progress { runs: 6, expected: 40, limit: Some(LimitKind::MemoryPages) };
    world.hear(Event::ProbeMoved { request, progress });
    harness.run();
    harness.get_by_label("add(0, 0) · run 7 of about 40 · memory pages");
    let stops: Vec<_> = harness.query_all_by_label("Stop").collect();
    stops.last().expect("there is a button").click();
    harness.run();
    harness.get_by_label("add(0, 0): stopped before there was an answer");
}

#[test]
fn a_guest_that_is_not_the_same_twice_says_so_and_proves_nothing() {
    let mut harness = shown(MATH);
    harness.state_mut().answers_probes = false;
    select(&mut harness, "add");
    press(&mut harness, "Find out");
    let set = Limits::default();
    let (stack_set_bytes, stack_most_bytes) = (512 * 1024, 1 << 24);
    let question =
        Question { set, generous: set, stack_set_bytes, stack_most_bytes, replayed: 0, forgotten: 0 };
    let mut runs = 0;
    let found = find_needs(&question, &mut |_, _| {
        runs += 1;
        let results = vec![Value::I32(runs)];
        let steps = vec![StepEnd { name: "add".into(), outcome: Outcome::Returned, results }];
        Some(Observation {
            steps,
            peaks: Default::default(),
            fuel_at_look: None,
            refused: Vec::new(),
            wall_ns: 40_000_000,
        })
    });
    let (request, result) = (asked(&harness), Ok(found.map(Arc::new)));
    harness.state_mut().hear(Event::ProbeEnded { request, result });
    harness.run();
    harness.get_by_label_contains("Two runs under the same limits differed");
    assert!(harness.query_by_label("Apply all").is_none(), "what is not proved is not offered as a whole");
}

#[test]
fn a_repeated_call_shows_its_figures_and_offers_batches() {
    let mut harness = shown(MATH);
    select(&mut harness, "add");
    type_into(&mut harness, "Repeat", "2 s");
    harness.get_by_label("Warm up").click();
    harness.run();
    press(&mut harness, "Call");
    let request = harness.state().calls.last().expect("it was called");
    assert_eq!((request.nanos, request.warm_up), (Some(2_000_000_000), 100));
    harness.get_by_label("1\u{202f}000 calls");
    harness.get_by_label_contains("M calls per second");
    harness.get_by_label_contains("The resolution of the clock dominates");
    press(&mut harness, "Time in batches");
    let world = harness.state();
    let plan = world.benchmarks.last().expect("it was asked for").plan;
    assert_eq!(plan.length, Span::Nanos(2_000_000_000));
    assert!(world.state.selected_plugin().is_some_and(|plugin| plugin.calls.pending.is_empty()));
    harness.get_by_label_contains("timed in batches of 1\u{202f}024");
    assert!(harness.query_by_label("Time in batches").is_none());
    let world = harness.state_mut();
    let source = world.state.active.expect("a source is open");
    world.act(Action::Source(SourceAction::SetText(source, MATH.replace("i32.add)", "i32.sub)").into())));
    world.act(Action::Source(SourceAction::Compile(source)));
    harness.run();
    harness.get_by_label("old: from build 1, running build 2");
}

#[test]
fn a_result_of_an_older_build_is_marked_as_old() {
    let mut harness = shown(MATH);
    select(&mut harness, "add");
    press(&mut harness, "Call");
    assert!(harness.query_by_label_contains("old: from build 1").is_none());
    let world = harness.state_mut();
    let source = world.state.active.expect("a source is open");
    world.act(Action::Source(SourceAction::SetText(source, MATH.replace("i32.add)", "i32.sub)").into())));
    world.act(Action::Source(SourceAction::Compile(source)));
    harness.run();
    harness.get_by_label_contains("old: from build 1, running build 2");
}

#[test]
fn a_component_shows_its_interface_and_says_that_it_is_not_called() {
    let sample = wasm_workbench::model::sample::all().iter().find(|sample| sample.id == "component");
    let harness = shown(sample.expect("it ships with the program").source);
    harness.get_by_label("This is a component");
    harness.get_by_label("Interface in WIT");
    harness.get_by_label_contains("package ");
}

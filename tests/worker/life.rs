//! States of a plugin: every step is told with its reason, and what is refused says why.

use std::sync::Arc;

use wasm_workbench::engine::{EngineSettings, PluginOptions};
use wasm_workbench::model::call::{Outcome, TrapKind};
use wasm_workbench::model::ids::{BuildNumber, CallId, PluginId};
use wasm_workbench::model::lifecycle::PluginState as State;
use wasm_workbench::model::limits::LimitKind;
use wasm_workbench::model::value::Value;
use wasm_workbench::worker::protocol::{PluginCommand, PluginEvent};

use crate::bench::{Bench, UNLIMITED};

const COUNTER: &str = r#"(module
    (global $count (mut i32) (i32.const 0))
    (func (export "_initialize") (global.set $count (i32.const 10)))
    (func (export "_cleanup"))
    (func (export "next") (result i32)
        (global.set $count (i32.add (global.get $count) (i32.const 1)))
        (global.get $count))
    (func (export "crash") unreachable))"#;

/// Gathers the states that a plugin passes through, up to the event that `is_last` names.
fn states_until(bench: &Bench, plugin: PluginId, is_last: impl Fn(&PluginEvent) -> bool) -> Vec<State> {
    let mut states = Vec::new();
    bench.wait_plugin(plugin, "last event", |event| {
        if let PluginEvent::StateChanged(change) = &event {
            assert!(!change.reason.is_empty() && change.at_unix_ms > 0);
            assert!(states.last().is_none_or(|last| *last == change.from), "{states:?} then {change:?}");
            states.push(change.to);
        }
        is_last(&event).then_some(())
    });
    states
}

fn refused_step(bench: &Bench, plugin: PluginId) -> String {
    bench.wait_plugin(plugin, "refusal", |event| match event {
        PluginEvent::StepRefused { reason } => Some(reason),
        _ => None,
    })
}

fn refused_call(bench: &Bench, plugin: PluginId) -> (CallId, String) {
    bench.wait_plugin(plugin, "refused call", |event| match event {
        PluginEvent::CallRefused { call, reason } => Some((call, reason)),
        _ => None,
    })
}

#[test]
fn a_plugin_passes_through_its_states_in_order() {
    let mut bench = Bench::new();
    let build = bench.compile(COUNTER);
    let plugin = PluginId(1);
    bench.create(plugin, &build, PluginOptions::default(), false);
    bench.call(plugin, 1, "next", &[]);
    let states = states_until(&bench, plugin, |event| matches!(event, PluginEvent::CallRefused { .. }));
    assert_eq!(states, [State::Created]);
    for command in [PluginCommand::Initialize, PluginCommand::Stop, PluginCommand::Unload] {
        bench.tell(plugin, command.clone());
        let states = states_until(&bench, plugin, |event| match (&command, event) {
            (PluginCommand::Initialize, PluginEvent::StateChanged(change)) => change.to == State::Ready,
            (PluginCommand::Stop, PluginEvent::StateChanged(change)) => change.to == State::Stopped,
            (_, event) => matches!(event, PluginEvent::Unloaded),
        });
        let expected: &[State] = match command {
            PluginCommand::Initialize => &[State::Initializing, State::Ready],
            PluginCommand::Stop => &[State::Running, State::Stopped],
            _ => &[],
        };
        assert_eq!(states, expected, "{command:?}");
    }
}

#[test]
fn a_call_after_a_trap_runs_on_a_fresh_instance_that_was_initialized() {
    let mut bench = Bench::new();
    let plugin = bench.ready(1, COUNTER, PluginOptions::default());
    assert_eq!(bench.run(plugin, "next", &[]).results, [Value::I32(11)]);
    assert_eq!(bench.run(plugin, "crash", &[]).outcome, Outcome::Trapped(TrapKind::Unreachable));
    bench.wait_state(plugin, State::Error);
    bench.call(plugin, 7, "next", &[]);
    let mut reset = None;
    let record = bench.wait_plugin(plugin, "end of the call", |event| match event {
        PluginEvent::Instantiated { state_reset, .. } => {
            reset = Some(state_reset);
            None
        }
        PluginEvent::CallEnded { call: Some(CallId(7)), record, .. } => Some(record),
        _ => None,
    });
    assert_eq!((record.results.as_slice(), reset), ([Value::I32(11)].as_slice(), Some(true)));
    assert!(record.fresh_instance);
    bench.wait_state(plugin, State::Ready);
}

#[test]
fn an_instance_is_kept_after_a_trap_when_that_was_asked_for() {
    let mut bench = Bench::new();
    let options = PluginOptions { keep_after_trap: true, ..PluginOptions::default() };
    let plugin = bench.ready(1, COUNTER, options);
    assert_eq!(bench.run(plugin, "next", &[]).results, [Value::I32(11)]);
    bench.run(plugin, "crash", &[]);
    assert_eq!(bench.run(plugin, "next", &[]).results, [Value::I32(12)]);
}

#[test]
fn steps_that_the_state_does_not_take_are_refused_with_a_reason() {
    let mut bench = Bench::new();
    let plugin = bench.ready(1, COUNTER, PluginOptions::default());
    let refusals = [
        (PluginCommand::Initialize, "cannot initialize plugin in state Ready"),
        (PluginCommand::Pause, "only a running call can be paused"),
        (PluginCommand::Resume, "nothing is paused"),
        (PluginCommand::Cancel, "no call is running"),
    ];
    for (command, reason) in refusals {
        bench.tell(plugin, command);
        assert_eq!(refused_step(&bench, plugin), reason);
    }
    // A cancel that found nothing to end leaves the next call alone.
    assert_eq!(bench.run(plugin, "next", &[]).outcome, Outcome::Returned);
    bench.call(plugin, 5, "nxt", &[]);
    let (call, reason) = refused_call(&bench, plugin);
    assert!(call == CallId(5) && reason.contains("nxt"), "{reason}");
    assert_eq!(bench.run(plugin, "next", &[]).outcome, Outcome::Returned);
    bench.tell(plugin, PluginCommand::Stop);
    bench.wait_state(plugin, State::Stopped);
    bench.call(plugin, 6, "next", &[]);
    assert!(refused_call(&bench, plugin).1.contains("Stopped"));
}

#[test]
fn another_build_takes_the_place_of_the_running_one() {
    let mut bench = Bench::new();
    let plugin = bench.ready(1, COUNTER, PluginOptions::default());
    bench.run(plugin, "next", &[]);
    let build = bench.compile(&COUNTER.replace("i32.const 10", "i32.const 40"));
    bench.tell(plugin, PluginCommand::Replace { build: Arc::clone(&build), build_number: BuildNumber(2) });
    let (number, reset) = bench.wait_plugin(plugin, "instance", |event| match event {
        PluginEvent::Instantiated { build_number, state_reset, .. } => Some((build_number, state_reset)),
        _ => None,
    });
    assert_eq!((number, reset), (BuildNumber(2), true));
    bench.wait_state(plugin, State::Ready);
    let record = bench.run(plugin, "next", &[]);
    assert_eq!((record.results, record.build), (vec![Value::I32(41)], 2));
}

#[test]
fn a_build_with_a_larger_stack_gets_a_thread_with_a_larger_stack() {
    let text = r#"(module (func $down (export "down") (result i32) (i32.add (call $down) (i32.const 1))))"#;
    let mut bench = Bench::new();
    let plugin = bench.ready(1, COUNTER, UNLIMITED);
    let settings = EngineSettings { wasm_stack_bytes: 24 << 20, ..EngineSettings::default() };
    let build = bench.compile_with(text, settings);
    bench.tell(plugin, PluginCommand::Replace { build, build_number: BuildNumber(2) });
    bench.wait_state(plugin, State::Ready);
    assert_eq!(bench.run(plugin, "down", &[]).outcome, Outcome::Limit(LimitKind::WasmStack));
    bench.tell(plugin, PluginCommand::Unload);
    bench.wait_plugin(plugin, "unload", |event| matches!(event, PluginEvent::Unloaded).then_some(()));
}

#[test]
fn missing_imports_are_named_and_can_be_stubbed() {
    let mut bench = Bench::new();
    let build = bench.compile(r#"(module (import "game" "draw" (func)) (func (export "f")))"#);
    let plugin = PluginId(1);
    bench.create(plugin, &build, PluginOptions::default(), true);
    let imports = bench.wait_plugin(plugin, "missing imports", |event| match event {
        PluginEvent::ImportsMissing(imports) => Some(imports),
        _ => None,
    });
    assert_eq!(imports.len(), 1);
    bench.wait_state(plugin, State::Error);
    let options = PluginOptions { stub_missing_imports: true, ..PluginOptions::default() };
    bench.tell(plugin, PluginCommand::SetOptions(options));
    assert_eq!(bench.run(plugin, "f", &[]).outcome, Outcome::Returned);
}

#[test]
fn a_panic_on_a_plugins_thread_ends_that_plugin_and_no_other() {
    let mut bench = Bench::new();
    let other = bench.ready(1, COUNTER, PluginOptions::default());
    let plugin = bench.ready(2, COUNTER, PluginOptions::default());
    bench.workers.panic_plugin(plugin);
    let message = bench.wait_plugin(plugin, "panic", |event| match event {
        PluginEvent::Panicked { message } => Some(message),
        _ => None,
    });
    assert!(message.contains("a test asked"), "{message}");
    bench.call(plugin, 9, "next", &[]);
    assert_eq!(refused_call(&bench, plugin).0, CallId(9));
    assert_eq!(bench.run(other, "next", &[]).outcome, Outcome::Returned);
    let third = bench.ready(3, COUNTER, PluginOptions::default());
    assert_eq!(bench.run(third, "next", &[]).outcome, Outcome::Returned);
}

#[test]
fn the_end_of_the_workers_ends_running_guests_and_their_threads() {
    let mut bench = Bench::new();
    let build = bench.compile(r#"(module (func (export "spin") (loop (br 0))))"#);
    bench.create(PluginId(77), &build, UNLIMITED, true);
    bench.wait_state(PluginId(77), State::Ready);
    bench.call(PluginId(77), 1, "spin", &[]);
    bench.wait_running(PluginId(77));
    let is_there = || thread_names().iter().any(|name| name == "plugin-test 77");
    assert!(is_there() || !cfg!(target_os = "linux"));
    drop(bench);
    assert!(!is_there());
}

/// Names of this process's threads, where the system tells.
fn thread_names() -> Vec<String> {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    tasks
        .filter_map(|task| Some(std::fs::read_to_string(task.path().join("comm")).ok()?.trim().to_owned()))
        .collect()
}

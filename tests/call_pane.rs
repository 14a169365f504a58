//! The panes at the right of the window, driven by accessible names against the real engine.
//!
//! Commands are carried out at once and on the spot, without threads and without a window.
#![cfg(feature = "gui")]

mod call_pane_rig;

use std::time::Duration;

use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use wasm_workbench::app::{Action, CallAction, PluginAction, SourceAction, update};
use wasm_workbench::model::bench::{BenchProgress, Span};
use wasm_workbench::model::lifecycle::{LifecycleStep, PluginState};
use wasm_workbench::model::limits::LimitKind;
use wasm_workbench::worker::protocol::{Command, PluginCommand, PluginEvent};

use call_pane_rig::*;

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

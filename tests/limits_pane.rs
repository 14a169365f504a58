//! The Limits pane and what it would take, driven by accessible names against the real engine.
//!
//! Commands are carried out at once and on the spot, without threads and without a window.
#![cfg(feature = "gui")]

mod call_pane_rig;

use std::sync::Arc;

use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use wasm_workbench::app::NeedsStatus;
use wasm_workbench::model::call::{CallRecord, Outcome};
use wasm_workbench::model::ids::RequestId;
use wasm_workbench::model::lifecycle::PluginState;
use wasm_workbench::model::limit_rules::RuleBound;
use wasm_workbench::model::limits::{LimitKind, Limits, RefusedGrowth, Usage};
use wasm_workbench::model::needs::{Observation, Progress, Question, StepEnd, find_needs};
use wasm_workbench::model::value::Value;
use wasm_workbench::worker::protocol::{Event, PluginEvent};

use call_pane_rig::*;

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

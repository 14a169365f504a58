//! Fuel prices of a source: compiled with, told, kept with the session and found again.

use super::*;
use crate::app::{CountsStatus, Effect, PaneKind};
use crate::engine::{NoObserver, OperatorCounter, SharedObserver};
use crate::model::operators::PriceChanges;

fn compiled_at(commands: &[Command]) -> Option<PriceChanges> {
    commands.iter().rev().find_map(|command| match command {
        Command::Compile { settings, .. } => Some(settings.prices.clone()),
        _ => None,
    })
}

#[test]
fn a_price_that_is_set_has_the_source_compiled_with_it_once() {
    let mut world = World::ready(ADD);
    world.sent.clear();
    let prices = PriceChanges::parse("i32.add=16").expect("it is well written");
    let set = Action::Source(SourceAction::SetPrices(world.source(), prices.clone()));
    world.act(set.clone());
    assert_eq!(compiled_at(&world.sent), Some(prices.clone()));
    assert!(world.state.settings.engine.prices.is_empty(), "prices belong to the source");
    let reason = world.state.notices.toasts().last().map(|toast| toast.notice.message.clone());
    assert_eq!(reason.as_deref(), Some("fuel prices changed: `a.wat` is compiled anew"));
    world.act(set);
    assert_eq!(world.num_compiles(), 1);
    world.answer_compiler();
    let told = world.told();
    assert!(matches!(told.as_slice(), [PluginCommand::Replace { .. }]), "{told:?}");
    world.edit("(module)");
    world.wait(1000);
    assert_eq!(compiled_at(&world.sent), Some(prices), "they outlive an edit");
}

#[test]
fn what_was_compiled_at_the_prices_before_is_no_answer() {
    let mut world = World::ready(ADD);
    let source = world.source();
    let before = world.state.active_source().map(|source| source.generation).expect("it is open");
    world.act(Action::Source(SourceAction::SetPrices(source, PriceChanges::only("i32.add"))));
    world.hear(Event::Compiled { source, generation: before, result: built(ADD).map_err(Arc::new) });
    let status = world.state.active_source().map(|source| source.status);
    assert_ne!(status, Some(crate::app::CompileStatus::Done));
}

#[test]
fn prices_come_back_at_the_next_start_and_when_a_closed_source_is_opened_again() {
    let (mut state, _) = start(Startup::default(), Now::default());
    let id = state.active.expect("the first sample is open");
    let prices = PriceChanges::only("i32.mul");
    update(&mut state, Action::Source(SourceAction::SetPrices(id, prices.clone())), Now::default());
    let session = state.session.to_json();
    let (_, out) = start(Startup { session: Some(session), ..Startup::default() }, Now::default());
    assert_eq!(compiled_at(&out), Some(prices));

    let mut world = World::ready(ADD);
    let source = world.source();
    let prices = PriceChanges::only("i32.add");
    world.act(Action::Source(SourceAction::SetPrices(source, prices.clone())));
    world.act(Action::File(FileAction::Close(source)));
    world.open("a.wat", ADD);
    assert_eq!(compiled_at(&world.sent), Some(prices));
    let source = world.source();
    world.act(Action::Source(SourceAction::SetPrices(source, PriceChanges::default())));
    assert!(world.state.session.prices.is_empty(), "the engine's own prices need no memory");
}

/// Returns the newest question about operators.
fn asked_to_count(world: &World) -> Option<(RequestId, OperatorCounter)> {
    world.sent.iter().rev().find_map(|command| match command {
        Command::CountOperators { request, counter, .. } => Some((*request, (**counter).clone())),
        _ => None,
    })
}

#[test]
fn a_short_call_at_other_prices_is_counted_unasked_and_told_at_the_engines() {
    let mut world = World::ready(ADD);
    let plugin = world.plugin();
    world.hear_of(plugin, ended(None, record(1, "add", Outcome::Returned, vec![Value::I32(42)])));
    assert!(asked_to_count(&world).is_none(), "at the engine's own prices there is nothing to tell");

    let prices = PriceChanges::parse("i32.add=16").expect("it is well written");
    world.act(Action::Source(SourceAction::SetPrices(world.source(), prices)));
    world.answer_compiler();
    world.settle(PluginState::Ready);
    let long = CallRecord { wall_ns: 60_000_000, ..*record(2, "add", Outcome::Returned, Vec::new()) };
    world.hear_of(plugin, ended(None, Box::new(long)));
    assert!(asked_to_count(&world).is_none(), "a long call is not made twice unasked");

    world.settle(PluginState::Ready);
    let fuel = Measured::Exact(19);
    let call = CallRecord { fuel, ..*record(3, "add", Outcome::Returned, vec![Value::I32(42)]) };
    world.hear_of(plugin, ended(None, Box::new(call)));
    let (request, counter) = asked_to_count(&world).expect("it is short");
    let observer: SharedObserver = Arc::new(NoObserver);
    let counts = counter.count(&Engines::new(), &observer, &mut |_| true).expect("it can be counted");
    world.hear(Event::OperatorsCounted { request, result: Ok(counts.map(Arc::new)) });
    let view = world.state.selected_plugin().expect("it is selected");
    assert_eq!((view.default_fuel.get(3), view.default_fuel.get(2)), (Some(4), None));
    assert!(world.state.effects.is_empty(), "nobody asked for the pane");
    world.act(Action::Plugin(plugin, PluginAction::ResetMetrics));
    assert_eq!(world.state.selected_plugin().and_then(|view| view.default_fuel.get(3)), None);
}

#[test]
fn counting_that_is_asked_for_shows_its_pane_and_gives_way_to_a_newer_question() {
    let mut world = World::ready(ADD);
    let plugin = world.plugin();
    world.hear_of(plugin, ended(None, record(1, "add", Outcome::Returned, vec![Value::I32(42)])));
    world.act(Action::Plugin(plugin, PluginAction::CountOperators(Some(1))));
    assert_eq!(world.state.effects, [Effect::ShowPane(PaneKind::Operators)]);
    let (first, counter) = asked_to_count(&world).expect("it was asked for");
    assert_eq!((&*counter.call.export, counter.replay.len()), ("add", 0));
    world.act(Action::Plugin(plugin, PluginAction::CountOperators(Some(1))));
    let is_stop = |command: &Command| matches!(command, Command::StopProbe { request } if *request == first);
    assert!(world.sent.iter().any(is_stop), "the older question is given up");
    world.hear(Event::OperatorsCounted { request: first, result: Ok(None) });
    let status = world.state.selected_plugin().and_then(|view| view.counts.as_ref());
    assert!(status.is_some_and(|view| matches!(view.status, CountsStatus::Running { .. })));
    world.act(Action::Plugin(plugin, PluginAction::CountOperators(Some(9))));
    let refusal = world.state.selected_plugin().and_then(|view| view.refusal.clone());
    assert_eq!(refusal.as_deref(), Some("the details of call 9 are no longer kept"));
}

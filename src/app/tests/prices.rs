//! Fuel prices of a source: compiled with, told, kept with the session and found again.

use super::*;
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

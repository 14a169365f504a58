//! Settings of the engine and the cache: what follows from a change, for sources, plugins and the file.

use super::*;
use crate::app::{CacheSettings, SettingsAction};
use crate::engine::Compiler;
use crate::model::proposal::{Proposal, Proposals};
use crate::worker::protocol::CacheCommand;

fn winch() -> EngineSettings {
    EngineSettings { compiler: Compiler::Winch, ..EngineSettings::default() }
}

fn compiled_for(world: &World) -> Vec<EngineSettings> {
    let compiles = world.sent.iter().filter_map(|command| match command {
        Command::Compile { settings, .. } => Some(settings.clone()),
        _ => None,
    });
    compiles.collect()
}

#[test]
fn another_engine_compiles_every_source_anew_and_says_so() {
    let mut world = World::ready(ADD);
    world.open("b.wat", ADD);
    world.sent.clear();
    world.act(Action::Settings(SettingsAction::SetEngine(winch())));
    assert_eq!(compiled_for(&world), [winch(), winch()]);
    let toast = world.state.notices.toasts().last().expect("the reason is visible");
    assert!(toast.notice.message.contains("2 sources are compiled anew"), "{}", toast.notice.message);
    world.sent.clear();
    world.act(Action::Settings(SettingsAction::SetEngine(winch())));
    assert_eq!(compiled_for(&world), []);
}

#[test]
fn a_live_plugin_keeps_its_engine_until_reload_and_an_edit_renews_it() {
    let mut world = World::ready(ADD);
    world.act(Action::Settings(SettingsAction::SetEngine(winch())));
    world.answer_compiler();
    let plugin = world.state.selected_plugin().expect("it lives");
    assert_eq!(plugin.build.build.settings, EngineSettings::default());
    assert_eq!(plugin.waiting_build.as_ref().map(|good| good.build.settings.clone()), Some(winch()));
    assert!(plugin.note.as_deref().is_some_and(|note| note.contains("another engine")));
    world.told();
    world.act(Action::Plugin(world.plugin(), PluginAction::Reload));
    assert!(matches!(world.told().as_slice(), [PluginCommand::Replace { .. }]));
    assert_eq!(world.state.selected_plugin().expect("it lives").build.build.settings, winch());
    world.act(Action::Settings(SettingsAction::SetEngine(EngineSettings::default())));
    world.edit(&ADD.replace("i32.add", "i32.sub"));
    world.wait(200);
    world.answer_compiler();
    assert!(matches!(world.told().as_slice(), [PluginCommand::Replace { .. }]));
}

#[test]
fn an_answer_for_the_engine_before_is_dropped() {
    let mut world = World::with_text(ADD);
    let generation = world.state.active_source().expect("it is open").generation;
    world.act(Action::Settings(SettingsAction::SetEngine(winch())));
    let source = world.source();
    world.hear(Event::Compiled { source, generation, result: built(ADD).map_err(Arc::new) });
    assert!(world.state.active_source().is_some_and(|source| source.good.is_none()));
}

#[test]
fn a_proposal_is_turned_on_with_what_it_needs_and_who_can_do_it() {
    let mut world = World::ready(ADD);
    let proposals = Proposals::default().with(Proposal::ReferenceTypes, false);
    world.act(Action::Settings(SettingsAction::SetEngine(EngineSettings { proposals, ..winch() })));
    world.act(Action::Settings(SettingsAction::TurnOn(Proposal::Gc)));
    let engine = &world.state.settings.engine;
    assert!(engine.proposals.has(Proposal::Gc) && engine.compiler == Compiler::Cranelift);
    world.act(Action::Settings(SettingsAction::TurnOn(Proposal::Threads)));
    assert!(!world.state.settings.engine.proposals.has(Proposal::Threads));
}

#[test]
fn settings_reach_the_workers_and_the_file() {
    let mut world = World::ready(ADD);
    world.state.keeping.settings_path = Some("settings.toml".into());
    let cache = CacheSettings { memory_mib: 64, disk: false, ..CacheSettings::default() };
    world.sent.clear();
    world.act(Action::Settings(SettingsAction::SetCache(cache)));
    world.act(Action::Settings(SettingsAction::SetEpochTick(0)));
    world.act(Action::Settings(SettingsAction::ListCache));
    world.act(Action::Settings(SettingsAction::ClearCache));
    let sizes = CacheCommand::SetSizes { memory_bytes: 64 << 20, disk_bytes: 0 };
    let sent: Vec<_> = world.sent.iter().map(|command| format!("{command:?}")).collect();
    let expected = [
        Command::Cache(sizes),
        Command::SetEpochTick { millis: 1 },
        Command::Cache(CacheCommand::List),
        Command::Cache(CacheCommand::Clear),
    ];
    assert_eq!(sent, expected.map(|command| format!("{command:?}")));
    world.wait(0);
    world.wait(1000);
    let (_, path, content) = world.last_save();
    let text = std::str::from_utf8(&content).expect("it is text");
    assert_eq!(path.to_str(), Some("settings.toml"));
    assert_eq!(Settings::read(text), (world.state.settings.clone(), Vec::new()));
    world.act(Action::Settings(SettingsAction::Reset));
    assert_eq!(world.state.settings, Settings::default());
}

#[test]
fn what_the_settings_file_can_not_mean_is_told_at_the_start() {
    let settings = Some("text_percent = 120\nfoo = 1\n".to_owned());
    let (state, _) = start(Startup { settings, ..Startup::default() }, Now::default());
    assert_eq!(state.settings.text_percent, 120);
    let toast = state.notices.toasts().next().expect("there is one");
    assert!(toast.notice.message.contains("line 2: there is no `foo`"), "{}", toast.notice.message);
}

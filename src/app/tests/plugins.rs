//! The life of plugins and their limits.

use super::*;
use crate::app::session::Session;
use crate::app::{MemoryAction, RuleField};
use crate::engine::{NoObserver, PluginOptions, Probe, SharedObserver};
use crate::model::limits::{LimitKind, Preset};
use crate::model::memory::{MemoryRequest, MemoryWindow};
use crate::model::needs::Needs;
use crate::worker::foreground;

#[test]
fn steps_that_the_state_forbids_are_refused_with_a_reason() {
    let mut world = World::ready(ADD);
    let plugin = world.plugin();
    world.told();
    for action in [PluginAction::Initialize, PluginAction::Cancel, PluginAction::Pause, PluginAction::Resume]
    {
        world.act(Action::Plugin(plugin, action.clone()));
        assert!(world.told().is_empty(), "{action:?}");
        assert!(world.state.selected_plugin().is_some_and(|plugin| plugin.refusal.is_some()), "{action:?}");
    }
    world.act(Action::Plugin(plugin, PluginAction::Stop));
    assert!(matches!(world.told().as_slice(), [PluginCommand::Stop]));
    assert!(world.state.selected_plugin().is_some_and(|plugin| plugin.refusal.is_none()));
}

#[test]
fn instances_of_one_source_are_numbered_and_go_one_by_one() {
    let mut world = World::ready(ADD);
    let first = world.plugin();
    assert_eq!(world.state.plugin_label(first), "a");
    world.act(Action::Plugin(first, PluginAction::NewInstance));
    let second = world.plugin();
    assert_eq!([first, second].map(|id| world.state.plugin_label(id)), ["a #1", "a #2"]);
    world.hear_of(second, PluginEvent::Unloaded);
    assert_eq!(world.plugin(), first);
    world.hear_of(first, PluginEvent::Panicked { message: "boom".into() });
    assert_eq!(world.state.selection.plugin, None);
    assert!(world.state.notices.toasts().any(|toast| toast.notice.message.contains("boom")));
}

#[test]
fn limits_are_sent_as_they_are_typed_and_say_when_they_count() {
    let mut world = World::ready(ADD);
    let plugin = world.plugin();
    world.told();
    for (kind, text, sent, word) in [
        (LimitKind::Fuel, "40_000", Some(Some(40_000)), "call"),
        (LimitKind::Instances, "none", Some(None), "instance"),
        (LimitKind::Fuel, "many", None, ""),
    ] {
        world.act(Action::Plugin(plugin, PluginAction::SetLimitText(kind, text.to_owned())));
        let told = world.told();
        let limit = match told.as_slice() {
            [PluginCommand::SetOptions(options)] => Some(options.limits.get(kind)),
            _ => None,
        };
        assert_eq!(limit, sent, "{text}");
        let field = &world.state.selected_plugin().expect("it is selected").limit_fields[&kind];
        assert_eq!(field.error.is_some(), sent.is_none(), "{text}");
        assert!(field.effect.unwrap_or_default().contains(word), "{field:?}");
    }
    world.act(Action::Plugin(plugin, PluginAction::SetPreset(Preset::Tutorial)));
    let limits = world.state.selected_plugin().expect("it is selected").options.limits;
    assert_eq!(limits.preset(), Some(Preset::Tutorial));
    world.hear_of(plugin, PluginEvent::LimitsSet(limits));
    let fields = &world.state.selected_plugin().expect("it is selected").limit_fields;
    assert!(!fields.is_empty() && fields.values().all(|field| field.is_set));
}

#[test]
fn a_raised_limit_repeats_the_call_it_stopped() {
    let mut world = World::ready(ADD);
    let plugin = world.plugin();
    let stopped = record(1, "add", Outcome::Limit(LimitKind::Fuel), Vec::new());
    world.hear_of(plugin, ended(None, stopped));
    world.told();
    let raise = PluginAction::RaiseLimit { kind: LimitKind::Fuel, value: Some(1 << 20), call_again: Some(1) };
    world.act(Action::Plugin(plugin, raise));
    assert!(matches!(world.told().as_slice(), [PluginCommand::SetOptions(_), PluginCommand::Call(_)]));
}

#[test]
fn stubbing_missing_imports_starts_the_plugin_again() {
    let mut world = World::ready(r#"(module (import "x" "y" (func)))"#);
    let plugin = world.plugin();
    let imports = world.state.shown_interface().expect("it is shown").imports.clone();
    world.hear_of(plugin, PluginEvent::ImportsMissing(imports));
    world.settle(PluginState::Error);
    world.told();
    world.act(Action::Plugin(plugin, PluginAction::SetStubMissing(true)));
    assert!(matches!(world.told().as_slice(), [PluginCommand::SetOptions(_), PluginCommand::Reload]));
}

#[test]
fn memory_that_is_watched_is_shown_anew_after_a_call_and_while_one_runs() {
    let mut world = World::ready(ADD);
    let plugin = world.plugin();
    let request = MemoryRequest { memory: 0, address: 16, bytes: 4, with_pages: false };
    world.act(Action::Memory(plugin, MemoryAction::Show(request)));
    world.act(Action::Memory(plugin, MemoryAction::Watch(true)));
    world.settle(PluginState::Running);
    world.told();
    assert_eq!(world.wait(250), Some(250));
    assert!(world.told().iter().any(|command| matches!(command, PluginCommand::ReadMemory(_))));
    world.settle(PluginState::Ready);
    assert!(world.told().iter().any(|command| matches!(command, PluginCommand::ReadMemory(_))));
    world.told();
    world.wait(2000);
    assert_eq!(world.wait(2000), None, "nothing ticks once the call has ended");
    assert!(world.told().is_empty());
}

#[test]
fn writes_into_memory_that_is_shown_can_be_taken_back() {
    let mut world = World::ready(ADD);
    let plugin = world.plugin();
    let window = MemoryWindow {
        memory: 0,
        address: 16,
        bytes: b"abcd"[..].into(),
        memories: Vec::new(),
        pages: None,
        generation: 1,
        is_live: false,
    };
    world.hear_of(plugin, PluginEvent::Memory(window));
    world.told();
    let write = MemoryAction::Write { memory: 0, address: 17, bytes: b"XY"[..].into() };
    for (action, bytes) in [(write, &b"XY"[..]), (MemoryAction::Undo, b"bc"), (MemoryAction::Redo, b"XY")] {
        world.act(Action::Memory(plugin, action));
        match world.told().as_slice() {
            [PluginCommand::WriteMemory { address: 17, bytes: written, .. }] => assert_eq!(&**written, bytes),
            other => panic!("{other:?}"),
        }
    }
    world.act(Action::Memory(plugin, MemoryAction::Redo));
    assert!(world.told().is_empty());
}

fn rule(pattern: &str, fuel: &str) -> RuleField {
    RuleField { pattern: pattern.to_owned(), fuel: fuel.to_owned(), ..RuleField::default() }
}

/// Returns what a probe finds on the real engine.
fn found(probe: &Probe) -> Needs {
    let engines = Engines::new();
    let observer: SharedObserver = Arc::new(NoObserver);
    let find = || probe.find(&engines, &observer, &mut |_| true);
    let found = foreground::run(&engines, probe.thread_stack_bytes(), find);
    let needs = found.expect("the system has threads").expect("it does not panic");
    needs.expect("the call can be made").expect("nobody stops it")
}

fn options(world: &World) -> &PluginOptions {
    &world.state.selected_plugin().expect("it is selected").options
}

#[test]
fn limits_and_rules_of_a_file_come_back_at_the_next_start_and_for_its_next_instance() {
    let mut world = World::ready(ADD);
    let (plugin, source) = (world.plugin(), world.source());
    world.act(Action::Plugin(plugin, PluginAction::SetLimitText(LimitKind::Fuel, "77".to_owned())));
    world.act(Action::Plugin(plugin, PluginAction::SetRules(vec![rule("add", "5"), rule("", "")])));
    let kept = options(&world).clone();
    assert_eq!((kept.limits.fuel, kept.rules.list().len()), (Some(77), 1));
    world.act(Action::Plugin(plugin, PluginAction::NewInstance));
    assert_ne!(world.plugin(), plugin);
    assert_eq!(*options(&world), kept);
    let made = world.sent.iter().rev().find_map(|command| match command {
        Command::CreatePlugin { options, .. } => Some(options.clone()),
        _ => None,
    });
    assert_eq!(made.as_ref(), Some(&kept), "the worker makes it with them");
    let fields = &world.state.selected_plugin().expect("it is selected").rule_fields;
    assert_eq!(fields.iter().map(|field| &*field.pattern).collect::<Vec<_>>(), ["add"]);

    let session = Session::from_json(&world.state.session.to_json()).expect("it was written");
    let mut world = World::empty();
    world.state.session = session;
    world.open("a.wat", ADD);
    world.answer_compiler();
    assert_eq!(*options(&world), kept);

    let plugin = world.plugin();
    world.act(Action::Plugin(plugin, PluginAction::SetRules(Vec::new())));
    world.act(Action::Plugin(plugin, PluginAction::SetPreset(Preset::Default)));
    assert!(world.state.session.options.is_empty(), "the usual ones need no memory");
    assert_eq!(source, world.source());
}

#[test]
fn a_sample_comes_with_its_own_limits_each_time() {
    let mut world = World::empty();
    world.act(Action::File(FileAction::OpenSample("limit_fuel".to_owned())));
    world.answer_compiler();
    let own = options(&world).clone();
    let plugin = world.plugin();
    world.act(Action::Plugin(plugin, PluginAction::SetPreset(Preset::Unlimited)));
    assert_ne!(*options(&world), own);
    assert!(world.state.session.options.is_empty());
    world.act(Action::Plugin(plugin, PluginAction::NewInstance));
    assert_eq!(*options(&world), own);
}

#[test]
fn what_a_call_needs_is_set_in_the_rule_that_holds_for_it() {
    let mut world = World::ready(ADD);
    let plugin = world.plugin();
    world.act(Action::Plugin(plugin, PluginAction::SetRules(vec![rule("ad*", "2")])));
    world.hear_of(plugin, ended(None, record(1, "add", Outcome::Returned, Vec::new())));
    world.act(Action::Plugin(plugin, PluginAction::FindNeeds(Some(1))));
    let (request, probe) = world
        .sent
        .iter()
        .rev()
        .find_map(|command| match command {
            Command::Probe { request, probe, .. } => Some((*request, (**probe).clone())),
            _ => None,
        })
        .expect("it was asked");
    assert_eq!(probe.options.limits_of("add").fuel, Some(2));
    let needs = found(&probe);
    let before = options(&world).limits;
    world.hear(Event::ProbeEnded { request, result: Ok(Some(Arc::new(needs))) });
    world.act(Action::Plugin(plugin, PluginAction::ApplyNeeds(Some(LimitKind::Fuel))));
    let options = options(&world);
    assert_eq!(options.limits, before, "the plugin's own fuel stands in nobody's way");
    assert!(options.limits_of("add").fuel > Some(2), "{:?}", options.rules);
}

//! What is picked out in the plots, what is compared, how builds came to be, and what of it is exported.

use super::*;
use crate::app::{ExportFormat, Pairing, Subject, ViewAction};
use crate::model::call::CallSample;
use crate::model::event::LogLevel;
use crate::model::ids::BuildNumber;

fn sample(number: u64, wall_ns: u64) -> CallSample {
    CallSample {
        started_ns: number * 1000,
        wall_ns,
        fuel: Measured::Exact(4),
        peak_memory_pages: 0,
        peak_call_depth: Measured::Exact(1),
        outcome: Outcome::Returned,
        was_denied: false,
        export: 0,
    }
}

impl World {
    fn call_often(&mut self, plugin: PluginId, times: impl Iterator<Item = u64>) {
        let samples: Vec<_> = (1..).zip(times).map(|(number, wall_ns)| sample(number, wall_ns)).collect();
        let total = samples.len() as u64;
        let event =
            PluginEvent::CallSamples { call: CallId(1), export: "add".into(), samples, done: total, total };
        self.hear_of(plugin, event);
    }

    /// Compiles another text and has the plugin become an instance of it.
    fn rebuild(&mut self, text: &str) {
        self.edit(text);
        self.wait(1000);
        self.answer_compiler();
        self.settle(PluginState::Ready);
    }
}

#[test]
fn a_brush_is_set_snapped_cleared_and_forgotten_with_the_calls() {
    let mut world = World::ready(ADD);
    let plugin = world.plugin();
    world.call_often(plugin, (0..1000).map(|number| number * 10));
    let brush = |world: &World| world.state.selected_plugin().expect("it is selected").calls.brush;
    for (action, calls, wall_ns) in [
        (PluginAction::BrushCalls(Some((90, 41))), Some((41, 90)), None),
        (PluginAction::BrushWallNs(Some((500, 450))), Some((41, 90)), Some((450, 500))),
        (PluginAction::BrushWallNs(Some((4097, 5001))), Some((41, 90)), Some((4096, 5003))),
        (PluginAction::BrushCalls(None), None, Some((4096, 5003))),
        (PluginAction::ResetMetrics, None, None),
    ] {
        world.act(Action::Plugin(plugin, action.clone()));
        assert_eq!((brush(&world).calls, brush(&world).wall_ns), (calls, wall_ns), "{action:?}");
    }
}

#[test]
fn two_builds_and_two_plugins_can_be_compared_also_after_one_was_unloaded() {
    let mut world = World::ready(ADD);
    let plugin = world.plugin();
    assert!(world.state.pairings().is_empty(), "nothing has been called");
    world.call_often(plugin, std::iter::repeat_n(100, 40));
    assert!(world.state.pairings().is_empty(), "there is one build");
    world.rebuild("(module (func (export \"add\")))");
    world.call_often(plugin, std::iter::repeat_n(131, 40));
    let pairs = world.state.pairings();
    assert_eq!(pairs.iter().map(|(words, _)| &**words).collect::<Vec<_>>(), ["build 2 with build 1"]);
    world.act(Action::View(ViewAction::Compare(Some(pairs[0].1))));
    let [first, second] = world.state.shown_pairing().expect("both have calls");
    assert_eq!((&*first.label, first.range.clone()), ("build 2", 40..80));
    assert_eq!((&*second.label, second.range.clone()), ("build 1", 0..40));

    world.act(Action::Plugin(plugin, PluginAction::NewInstance));
    let other = world.plugin();
    assert_ne!(other, plugin);
    assert!(world.state.shown_pairing().is_none(), "another plugin is selected");
    world.call_often(other, std::iter::repeat_n(50, 30));
    assert_eq!(world.state.pairings()[0].0, "with a #1");
    world.hear_of(plugin, PluginEvent::Unloaded);
    let (words, pairing) = world.state.pairings().remove(0);
    assert_eq!(words, "with a #1 (unloaded)");
    let whole = |plugin| Subject { plugin, build: None };
    assert_eq!(pairing, Pairing { first: whole(other), second: whole(plugin) });
    world.act(Action::View(ViewAction::Compare(Some(pairing))));
    let [_, second] = world.state.shown_pairing().expect("calls of an unloaded plugin are kept");
    assert_eq!(second.range, 0..80);
    world.act(Action::View(ViewAction::Compare(None)));
    assert!(world.state.shown_pairing().is_none());
}

#[test]
fn every_pair_of_the_last_builds_is_offered_the_newest_first() {
    let mut world = World::ready(ADD);
    let plugin = world.plugin();
    world.call_often(plugin, std::iter::repeat_n(100, 3));
    let offered =
        |world: &World| world.state.pairings().into_iter().map(|(words, _)| words).collect::<Vec<_>>();
    for build in 2..=3 {
        world.rebuild(&format!("(module (func (export \"add\")) (func (export \"f{build}\")))"));
        world.call_often(plugin, std::iter::repeat_n(100, 3));
    }
    assert_eq!(offered(&world), ["build 3 with build 2", "build 3 with build 1", "build 2 with build 1"]);
    let last = world.state.pairings().pop().expect("there are three").1;
    world.act(Action::View(ViewAction::Compare(Some(last))));
    let [first, second] = world.state.shown_pairing().expect("both have calls");
    assert_eq!((first.range, second.range), (3..6, 0..3), "builds 2 and 1, though 3 was called");

    for build in 4..=9 {
        world.rebuild(&format!("(module (func (export \"add\")) (func (export \"f{build}\")))"));
        world.call_often(plugin, std::iter::repeat_n(100, 3));
    }
    let offered = offered(&world);
    assert_eq!(offered.len(), 8 + 4 + 3 + 2 + 1, "the newest with all, five more with each other");
    assert_eq!((&*offered[0], &*offered[7]), ("build 9 with build 8", "build 9 with build 1"));
    assert_eq!((&*offered[8], &*offered[17]), ("build 8 with build 7", "build 5 with build 4"));
}

#[test]
fn calls_of_unloaded_plugins_are_kept_within_a_bound() {
    let mut world = World::ready(ADD);
    for _ in 0..12 {
        let plugin = world.plugin();
        world.call_often(plugin, std::iter::repeat_n(5, 3));
        world.act(Action::Plugin(plugin, PluginAction::NewInstance));
        world.hear_of(plugin, PluginEvent::Unloaded);
    }
    assert_eq!(world.state.past.len(), 8);
    let uncalled = world.plugin();
    world.hear_of(uncalled, PluginEvent::Unloaded);
    assert!(world.state.past.iter().all(|past| past.id != uncalled), "it has nothing to keep");
}

#[test]
fn each_build_of_a_plugin_has_its_phases_until_it_can_be_called() {
    let mut world = World::ready(ADD);
    let plugin = world.plugin();
    let mut start = record(1, "(start)", Outcome::Returned, Vec::new());
    start.kind = CallKind::Start;
    let mut hook = record(2, "_initialize", Outcome::Returned, Vec::new());
    (hook.kind, hook.wall_ns) = (CallKind::Hook, 70);
    world.hear_of(plugin, ended(None, start));
    world.hear_of(plugin, ended(None, hook));
    world.rebuild("(module)");
    let runs = &world.state.selected_plugin().expect("it is selected").phase_runs;
    assert_eq!(runs.iter().map(|run| run.build).collect::<Vec<_>>(), [1, 2]);
    let names: Vec<_> = runs[0].iter().map(|(name, _)| name).collect();
    assert_eq!(names.last_chunk(), Some(&["instantiate", "start", "initialize"]), "{names:?}");
    assert!(names.contains(&"parse") && names.contains(&"compile"), "{names:?}");
    assert_eq!((runs[0].start_ns, runs[0].initialize_ns, runs[1].start_ns), (Some(100), Some(70), None));
    assert_eq!(runs[0].total_ns(), runs[0].iter().map(|(_, ns)| ns).sum::<u64>());
    let good = world.state.selected_plugin().expect("it is selected").build.build.clone();
    let again = PluginEvent::Instantiated {
        build: good,
        build_number: BuildNumber(2),
        instantiate_ns: 9,
        state_reset: true,
    };
    world.hear_of(plugin, again);
    let runs = &world.state.selected_plugin().expect("it is selected").phase_runs;
    assert_eq!((runs.len(), runs[1].instances, runs[1].instantiate_ns), (2, 2, 9));
}

#[test]
fn an_export_holds_every_call_and_says_how_many() {
    let mut world = World::ready(ADD);
    let plugin = world.plugin();
    world.call_often(plugin, 0..150_000);
    world.act(Action::Plugin(plugin, PluginAction::ExportCalls(ExportFormat::Csv)));
    world.act(Action::File(FileAction::SetDialogPath("/tmp/calls.csv".to_owned())));
    world.act(Action::File(FileAction::ConfirmDialog));
    // Calls that come while it is written are in the next export.
    world.call_often(plugin, 0..10);
    let (request, path, content) = world.last_save();
    let text = String::from_utf8(content).expect("it is text");
    assert_eq!(text.lines().count(), 150_001);
    world.hear(Event::FileSaved { request, path, result: Ok(None) });
    let notice = world.state.notices.toasts().last().expect("it is told").notice.clone();
    let message = "saved 150\u{202f}000 calls to `/tmp/calls.csv`";
    assert_eq!((notice.level, &*notice.message), (LogLevel::Info, message));
}

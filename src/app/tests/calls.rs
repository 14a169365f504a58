//! Calls: from the fields to the record, repeated, refused, and by a sample's demo.

use super::*;
use crate::app::{CallAction, DemoState, Effect, ExportFormat, NeedsStatus};
use crate::engine::Probe;
use crate::model::bench::{BenchTimes, Span};
use crate::model::call::{CallSample, DeniedGrowth, GrowthBound};
use crate::model::event::EventTag;
use crate::model::host_calls::HostCallCount;
use crate::model::limits::LimitKind;
use crate::model::operators::PriceChanges;
use crate::model::proposal::Proposal;
use crate::worker::protocol::CallRequest;

fn fill(world: &mut World, args: &[&str]) {
    for (index, text) in args.iter().enumerate() {
        world.act(Action::Call(CallAction::SetArg(index, (*text).to_owned())));
    }
}

fn asked(world: &mut World) -> Option<CallRequest> {
    world.told().into_iter().find_map(|command| match command {
        PluginCommand::Call(request) => Some(request),
        _ => None,
    })
}

#[test]
fn a_call_goes_from_the_fields_to_the_timeline() {
    let mut world = World::ready(ADD);
    let plugin = world.plugin();
    fill(&mut world, &["20", "0x16"]);
    world.act(Action::Call(CallAction::Call));
    let request = asked(&mut world).expect("it was called");
    assert_eq!((&*request.export, request.repeat), ("add", 1));
    assert_eq!(request.args, [Value::I32(20), Value::I32(22)]);
    assert_eq!(world.state.selected_plugin().map(|plugin| plugin.calls.pending.len()), Some(1));
    let end = ended(Some(request.call), record(1, "add", Outcome::Returned, vec![Value::I32(42)]));
    world.hear_of(plugin, end);
    let calls = &world.state.selected_plugin().expect("it is selected").calls;
    assert_eq!((calls.timeline.len(), calls.records.len(), calls.pending.len()), (1, 1, 0));
    assert_eq!(calls.selected_record().map(|record| record.build), Some(1));
    assert_eq!(calls.metrics.snapshot().success_count, 1);
    assert_eq!(world.state.runtime.total_executions, 1);
    let tags = world.state.events.iter().map(|entry| entry.kind.tag()).collect::<Vec<_>>();
    assert_eq!(tags.last(), Some(&EventTag::Executed));
    let history = world.state.selected_form().map(|form| form.history.clone());
    assert_eq!(history, Some(vec![vec!["20".to_owned(), "0x16".to_owned()]]));
}

#[test]
fn a_field_that_stands_for_nothing_keeps_the_call_back() {
    let mut world = World::ready(ADD);
    fill(&mut world, &["20", "5000000000"]);
    world.act(Action::Call(CallAction::Call));
    assert_eq!(asked(&mut world), None);
    let refusal = world.state.selected_plugin().and_then(|plugin| plugin.refusal.clone());
    assert!(refusal.is_some_and(|refusal| refusal.starts_with("argument 1: ")));
    fill(&mut world, &["20", "22"]);
    world.act(Action::Call(CallAction::SetRepeat("0".to_owned())));
    world.act(Action::Call(CallAction::Call));
    assert_eq!(asked(&mut world), None);
}

#[test]
fn a_plugin_that_is_not_ready_takes_no_call() {
    let mut world = World::ready(ADD);
    world.settle(PluginState::Stopped);
    fill(&mut world, &["1", "2"]);
    world.told();
    world.act(Action::Call(CallAction::Call));
    assert_eq!(asked(&mut world), None);
    let refusal = world.state.selected_plugin().and_then(|plugin| plugin.refusal.clone());
    assert!(refusal.is_some_and(|refusal| refusal.contains("Stopped")));
}

#[test]
fn repeated_calls_are_counted_as_they_come() {
    let mut world = World::ready(ADD);
    let plugin = world.plugin();
    fill(&mut world, &["20", "22"]);
    world.act(Action::Call(CallAction::SetRepeat("1_000".to_owned())));
    world.act(Action::Call(CallAction::Call));
    let call = asked(&mut world).expect("it was called").call;
    let last = record(3, "add", Outcome::Returned, Vec::new());
    let samples = vec![last.sample(7); 3];
    let export = "add".into();
    world.hear_of(plugin, PluginEvent::CallSamples { call, export, samples, done: 3, total: 1000 });
    let pending = &world.state.selected_plugin().expect("it is selected").calls.pending;
    assert_eq!((pending[0].done, pending[0].span), (3, Span::Calls(1000)));
    world.hear_of(plugin, PluginEvent::CallEnded { call: Some(call), record: last, is_sampled: true });
    let calls = &world.state.selected_plugin().expect("it is selected").calls;
    assert_eq!((calls.timeline.len(), calls.records.len(), calls.pending.len()), (3, 1, 0));
    assert_eq!(
        calls.timeline.get(0).map(|sample| calls.timeline.name(sample.export).to_owned()),
        Some("add".into())
    );
}

#[test]
fn earlier_calls_are_called_again_and_copied() {
    let mut world = World::ready(ADD);
    let plugin = world.plugin();
    world.hear_of(plugin, ended(None, record(1, "add", Outcome::Returned, vec![Value::I32(42)])));
    world.told();
    world.act(Action::Call(CallAction::CallAgain(1)));
    assert_eq!(asked(&mut world).map(|request| request.args), Some(vec![Value::I32(20), Value::I32(22)]));
    world.act(Action::Call(CallAction::UseArgs(1)));
    assert_eq!(
        world.state.selected_form().and_then(|form| form.values().ok()).map(|args| args.len()),
        Some(2)
    );
    world.act(Action::Call(CallAction::CopyAsCommand(Some(1))));
    let copied = world.state.effects.iter().find_map(|effect| match effect {
        Effect::Copy(text) => Some(text.as_str()),
        _ => None,
    });
    assert!(
        copied.is_some_and(|text| text.contains("a.wat") && text.contains("--invoke add 20 22")),
        "{copied:?}"
    );
    world.act(Action::Call(CallAction::CallAgain(99)));
    assert_eq!(asked(&mut world), None);
}

#[test]
fn a_written_text_fills_address_and_length() {
    let mut world = World::ready(ADD);
    let plugin = world.plugin();
    world.act(Action::Call(CallAction::WriteText(0, "hi".to_owned())));
    let request = world.told().into_iter().find_map(|command| match command {
        PluginCommand::WriteText { request, .. } => Some(request),
        _ => None,
    });
    let request = request.expect("it was written");
    world.hear_of(plugin, PluginEvent::TextWritten { request, result: Ok((1024, 2)) });
    let texts =
        world.state.selected_form().map(|form| form.args.iter().map(|arg| arg.text.clone()).collect());
    assert_eq!(texts, Some(vec!["1024".to_owned(), "2".to_owned()]));
}

#[test]
fn a_result_that_points_at_text_is_read() {
    let mut world = World::ready(ADD);
    let plugin = world.plugin();
    let results = vec![Value::I32(64), Value::I32(5)];
    world.hear_of(plugin, ended(None, record(1, "add", Outcome::Returned, results)));
    let request = world.told().into_iter().find_map(|command| match command {
        PluginCommand::ReadText { request, address: 64, bytes: 5 } => Some(request),
        _ => None,
    });
    let request = request.expect("it was read");
    world.hear_of(plugin, PluginEvent::TextRead { request, result: Ok("hello".to_owned()) });
    let text = world.state.selected_plugin().and_then(|plugin| plugin.calls.text_of(1).cloned());
    assert_eq!(text, Some(Ok("hello".to_owned())));
}

#[test]
fn a_demo_calls_one_by_one_and_compares() {
    let mut world = World::empty();
    world.act(Action::Call(CallAction::RunDemo("math".to_owned())));
    world.answer_compiler();
    let plugin = world.plugin();
    assert_eq!(asked(&mut world), None, "nothing is called before the instance is ready");
    world.settle(PluginState::Ready);
    let mut number = 0;
    while let Some(request) = asked(&mut world) {
        number += 1;
        let result = if number == 1 { Value::I32(30) } else { Value::I32(0) };
        world.hear_of(
            plugin,
            ended(Some(request.call), record(number, &request.export, Outcome::Returned, vec![result])),
        );
    }
    let run = world.state.demos.get("math").expect("it ran");
    assert_eq!(run.state, DemoState::Done);
    assert_eq!(run.score(), (1, run.rows.len()));
    assert!(
        run.rows[1]
            .outcome
            .as_ref()
            .is_some_and(|outcome| outcome.as_ref().is_err_and(|err| err.contains("got 0")))
    );
    world.act(Action::Call(CallAction::RunDemo("math".to_owned())));
    assert!(world.told().iter().any(|command| matches!(command, PluginCommand::Reload)));
}

#[test]
fn calls_are_exported_with_their_figures() {
    let mut world = World::ready(ADD);
    let plugin = world.plugin();
    world.hear_of(plugin, ended(None, record(1, "a,\"b\"", Outcome::Returned, Vec::new())));
    world.act(Action::Plugin(plugin, PluginAction::ExportCalls(ExportFormat::Csv)));
    world.act(Action::File(FileAction::ConfirmDialog));
    let (_, path, content) = world.last_save();
    assert_eq!(path.to_str(), Some("a-calls.csv"));
    let text = String::from_utf8(content).expect("it is text");
    assert!(text.contains("1,\"a,\"\"b\"\"\",1,100,4,true,0,1,returned,,"), "{text}");
    world.act(Action::Plugin(plugin, PluginAction::ExportCalls(ExportFormat::Json)));
    world.act(Action::File(FileAction::ConfirmDialog));
    let document: serde_json::Value = serde_json::from_slice(&world.last_save().2).expect("it is JSON");
    assert_eq!(document["calls"][0]["fuel"], 4);
    assert_eq!(document["metrics"]["call_count"], 1);
}

#[test]
fn the_sums_of_calls_are_exported_with_what_was_called_of_the_host_since_the_reset() {
    let mut world = World::ready(ADD);
    let plugin = world.plugin();
    let logged = |calls| {
        let log = HostCallCount {
            module: "env".into(),
            name: "log".into(),
            calls,
            total_ns: Some(calls * 10),
            is_stub: false,
        };
        PluginEvent::HostCalls(Arc::new([log]))
    };
    world.hear_of(plugin, ended(None, record(1, "add", Outcome::Returned, Vec::new())));
    world.hear_of(plugin, logged(5));
    world.act(Action::Plugin(plugin, PluginAction::ResetMetrics));
    world.hear_of(plugin, ended(None, record(2, "add", Outcome::Returned, Vec::new())));
    world.hear_of(plugin, logged(7));
    world.act(Action::Plugin(plugin, PluginAction::ExportMetrics(ExportFormat::Csv)));
    world.act(Action::File(FileAction::ConfirmDialog));
    let (_, path, content) = world.last_save();
    assert_eq!(path.to_str(), Some("a-metrics.csv"));
    let text = String::from_utf8(content).expect("it is text");
    assert!(text.contains("call_count,1\r\n") && text.contains("host_calls:env.log,2\r\n"), "{text}");
    world.act(Action::Plugin(plugin, PluginAction::ExportMetrics(ExportFormat::Json)));
    world.act(Action::File(FileAction::ConfirmDialog));
    let document: serde_json::Value = serde_json::from_slice(&world.last_save().2).expect("it is JSON");
    assert_eq!((&document["plugin"], &document["metrics"]["fuel_consumed"]), (&"a".into(), &4.into()));
    assert_eq!(
        (&document["host_calls"][0]["calls"], &document["host_calls"][0]["total_ns"]),
        (&2.into(), &20.into())
    );
}

#[test]
fn the_fields_of_a_sample_hold_its_first_example() {
    let mut world = World::empty();
    world.act(Action::File(FileAction::OpenSample("start_here".to_owned())));
    world.answer_compiler();
    world.settle(PluginState::Ready);
    let texts = |world: &World| {
        let form = world.state.selected_form().expect("a function is selected");
        form.args.iter().map(|arg| arg.text.clone()).collect::<Vec<_>>()
    };
    assert_eq!(texts(&world), ["20", "22"]);
    fill(&mut world, &["1", "2"]);
    world.act(Action::Plugin(world.plugin(), PluginAction::Select));
    assert_eq!(texts(&world), ["1", "2"], "what was typed stays");
}

fn probed(world: &mut World) -> Option<(RequestId, Probe)> {
    let sent = std::mem::take(&mut world.sent);
    sent.into_iter().find_map(|command| match command {
        Command::Probe { request, probe, .. } => Some((request, *probe)),
        _ => None,
    })
}

#[test]
fn what_a_call_takes_is_asked_with_the_calls_before_it() {
    let mut world = World::ready(ADD);
    let plugin = world.plugin();
    for number in 1..=3 {
        world.hear_of(plugin, ended(None, record(number, "add", Outcome::Returned, Vec::new())));
    }
    world.act(Action::Plugin(plugin, PluginAction::FindNeeds(Some(3))));
    let (first, probe) = probed(&mut world).expect("it was asked");
    assert_eq!((probe.replay.len(), probe.forgotten, &*probe.call.export), (2, 0, "add"));
    // Another question ends the one before; an answer to that one is heard no more.
    world.act(Action::Plugin(plugin, PluginAction::FindNeeds(None)));
    assert!(
        world.sent.iter().any(|sent| matches!(sent, Command::StopProbe { request } if *request == first))
    );
    let (second, probe) = probed(&mut world).expect("it was asked");
    assert_eq!(probe.replay.len(), 3);
    world.hear(Event::ProbeEnded { request: first, result: Ok(None) });
    let status = |world: &World| {
        world.state.selected_plugin().and_then(|plugin| Some(plugin.needs.as_ref()?.status.clone()))
    };
    assert!(matches!(status(&world), Some(NeedsStatus::Running { request, .. }) if request == second));
    world.hear(Event::ProbeEnded { request: second, result: Err("no thread".to_owned()) });
    assert_eq!(status(&world), Some(NeedsStatus::Failed("no thread".to_owned())));
}

#[test]
fn calls_that_can_not_be_made_again_are_said_to_be_forgotten() {
    let mut world = World::ready(ADD);
    let plugin = world.plugin();
    world.act(Action::Call(CallAction::SetRepeat("2 s".to_owned())));
    world.act(Action::Call(CallAction::Call));
    let request = asked(&mut world).expect("it was called");
    assert_eq!((request.repeat, request.nanos), (u64::MAX, Some(2_000_000_000)));
    let mut times = BenchTimes::default();
    times.record(1, 100);
    times.record(1, 100);
    let report = times.report(0, 1, 1);
    world.hear_of(plugin, PluginEvent::Benched { call: request.call, report });
    world.hear_of(plugin, ended(Some(request.call), record(2, "add", Outcome::Returned, Vec::new())));
    let calls = &world.state.selected_plugin().expect("it is selected").calls;
    assert_eq!(calls.bench.as_ref().map(|bench| bench.report.calls), Some(2));
    world.act(Action::Plugin(plugin, PluginAction::FindNeeds(None)));
    let (_, probe) = probed(&mut world).expect("it was asked");
    assert_eq!((probe.replay.len(), probe.forgotten), (0, 2));
}

#[test]
fn a_copied_command_has_whatever_is_not_as_usual() {
    let mut world = World::empty();
    world.state.settings.engine.wasm_stack_bytes = 1 << 20;
    world.state.settings.engine.proposals.set(Proposal::WideArithmetic, true);
    world.open("a.wat", ADD);
    world.answer_compiler();
    world.settle(PluginState::Ready);
    let source = world.source();
    let prices = PriceChanges::parse("*=0,i32.add=3").expect("it is well written");
    world.act(Action::Source(SourceAction::SetPrices(source, prices.clone())));
    assert_eq!(PriceChanges::parse(&prices.to_text()), Ok(prices));
    world.answer_compiler();
    world.settle(PluginState::Ready);
    let plugin = world.plugin();
    world.act(Action::Plugin(plugin, PluginAction::SetStubMissing(true)));
    world.act(Action::Plugin(plugin, PluginAction::SetLimitText(LimitKind::Fuel, "7".to_owned())));
    fill(&mut world, &["20", "22"]);
    world.act(Action::Call(CallAction::CopyAsCommand(None)));
    let copied = world.state.effects.iter().rev().find_map(|effect| match effect {
        Effect::Copy(text) => Some(text.as_str()),
        _ => None,
    });
    let expected = "wasm-workbench run a.wat --max-fuel 7 --enable wide-arithmetic --wasm-stack 1048576 --prices \
                    '*=0,i32.add=3' --stub-missing-imports --invoke add 20 22";
    assert_eq!(copied, Some(expected));
}

#[test]
fn details_and_figures_of_a_call_have_one_number_whoever_counted() {
    let mut world = World::ready(ADD);
    let plugin = world.plugin();
    // A plugin that could not be instantiated begins to count anew each time, and so does the one after it.
    let failed = || {
        let kind = CallKind::Instantiate;
        Box::new(CallRecord { kind, ..*record(1, "(instantiate)", Outcome::Error, Vec::new()) })
    };
    world.hear_of(plugin, ended(None, failed()));
    world.hear_of(plugin, ended(None, failed()));
    for number in 1..=2 {
        let returned = record(number, "add", Outcome::Returned, vec![Value::I32(42)]);
        world.hear_of(plugin, ended(None, returned));
    }
    // Of many calls the last has details; figures of the others came before it.
    world.act(Action::Call(CallAction::SetRepeat("5".to_owned())));
    world.act(Action::Call(CallAction::Call));
    let call = asked(&mut world).expect("it was called").call;
    let last = record(90, "add", Outcome::Returned, vec![Value::I32(42)]);
    let (samples, export) = (vec![last.sample(0); 5], "add".into());
    world.hear_of(plugin, PluginEvent::CallSamples { call, export, samples, done: 5, total: 5 });
    world.hear_of(plugin, PluginEvent::CallEnded { call: Some(call), record: last, is_sampled: true });

    let calls = &world.state.selected_plugin().expect("it is selected").calls;
    let numbers = calls.records.iter().map(|record| record.number).collect::<Vec<_>>();
    assert_eq!((numbers, calls.selected), (vec![1, 2, 3, 4, 9], Some(9)));
    for record in &calls.records {
        let index = calls.timeline.index_of_number(record.number).expect("it has figures");
        let sample = calls.timeline.get(index).expect("it has figures");
        assert_eq!((sample.outcome, calls.timeline.name(sample.export)), (record.outcome, &*record.export));
    }
    world.act(Action::Plugin(plugin, PluginAction::ResetMetrics));
    world.hear_of(plugin, ended(None, record(91, "add", Outcome::Returned, Vec::new())));
    let calls = &world.state.selected_plugin().expect("it is selected").calls;
    assert_eq!(calls.records.back().map(|record| record.number), Some(10), "numbers go on");
    assert_eq!(calls.timeline.index_of_number(10), Some(0));
    assert_eq!(calls.peaks.fuel, Some(4), "what calls took stays a peak of the plugin's life");
}

fn denied(requested: u64) -> DeniedGrowth {
    DeniedGrowth {
        what: LimitKind::MemoryPages,
        requested,
        growth: 1,
        size: requested,
        bound: GrowthBound::Total,
        limit: Some(4),
        maximum: None,
        collector: false,
        place: None,
        nth: 1,
    }
}

/// A record of a call in which growth was refused so often.
fn refusing(growths: &[u64], times: u64) -> CallRecord {
    let mut record = *record(1, "add", Outcome::Returned, Vec::new());
    record.denied = growths.iter().map(|requested| denied(*requested)).collect();
    record.refused_growths = times;
    for _ in 0..times {
        record.end.refused.note(&denied(5));
    }
    record
}

#[test]
fn every_refused_growth_is_an_event_and_what_is_too_much_is_counted() {
    let mut world = World::ready(ADD);
    let plugin = world.plugin();
    let told = |world: &mut World| {
        let events = world.state.events.iter().map(|event| event.kind.clone()).collect::<Vec<_>>();
        world.state.events.clear();
        let refused = events.into_iter().filter(|kind| kind.tag() == EventTag::RefusedGrowth);
        refused.map(|kind| kind.summary()).collect::<Vec<_>>()
    };
    world.hear_of(plugin, ended(None, Box::new(refusing(&[8, 9], 5))));
    assert_eq!(
        told(&mut world),
        [
            "Growth refused 3 times before",
            "Growth to 8 pages refused, the limit is 4",
            "Growth to 9 pages refused, the limit is 4",
        ]
    );
    world.act(Action::Call(CallAction::SetRepeat("100".to_owned())));
    world.act(Action::Call(CallAction::Call));
    let call = asked(&mut world).expect("it was called").call;
    for requested in [20, 21] {
        let denied = vec![denied(requested)];
        world.hear_of(plugin, PluginEvent::GrowthRefused { denied, count: 1 });
    }
    let last = refusing(&[22], 1);
    let refused = CallSample { was_denied: true, ..last.sample(0) };
    let samples = (0..100).map(|at| CallSample { was_denied: at % 2 == 1, ..refused }).collect();
    let export = "add".into();
    world.hear_of(plugin, PluginEvent::CallSamples { call, export, samples, done: 100, total: 100 });
    let last = Box::new(last);
    world.hear_of(plugin, PluginEvent::CallEnded { call: Some(call), record: last, is_sampled: true });
    assert_eq!(
        told(&mut world),
        [
            "Growth to 20 pages refused, the limit is 4",
            "Growth to 21 pages refused, the limit is 4",
            "Growth to 22 pages refused, the limit is 4",
            "Growth refused in 47 more calls of these",
        ]
    );
    let refusals = &world.state.selected_plugin().expect("it is selected").calls.refusals;
    let pages = refusals.of(LimitKind::MemoryPages).expect("growth of them is refused");
    let asked = pages.newest.iter().map(|growth| growth.requested).collect::<Vec<_>>();
    assert_eq!((asked, pages.last_call), (vec![8, 9, 20, 21, 22], 101));
}

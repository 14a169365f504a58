//! Probes and benchmarks: found on threads of their own, stopped within their deadline, and nobody disturbed.

use std::sync::Arc;
use std::time::{Duration, Instant};

use wasm_workbench::engine::{Build, OperatorCounter, Probe, ProbedCall};
use wasm_workbench::model::bench::{BenchPlan, Span, WarmUp};
use wasm_workbench::model::call::Outcome;
use wasm_workbench::model::ids::{CallId, RequestId};
use wasm_workbench::model::lifecycle::PluginState;
use wasm_workbench::model::limits::LimitKind;
use wasm_workbench::model::measured::Measured;
use wasm_workbench::model::needs::Needs;
use wasm_workbench::model::operators::{CountStep, OperatorCounts};
use wasm_workbench::model::value::Value;
use wasm_workbench::worker::protocol::{
    BenchRequest, CallRequest, Command, Event, PluginCommand, PluginEvent,
};

use crate::bench::{Bench, UNLIMITED, request};

const GUESTS: &str = r#"(module
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
    (func (export "trap") (unreachable))
    (func (export "forever") (loop $again (br $again))))"#;

const ARGS: [Value; 2] = [Value::I32(1), Value::I32(2)];

/// A stop takes a tick of 5 ms; the rest is room for a busy computer.
const STOPS_WITHIN: Duration = Duration::from_millis(500);

fn probe(bench: &Bench, id: u64, build: &Arc<Build>, export: &str, args: &[Value]) -> RequestId {
    let request = RequestId(id);
    let call = ProbedCall { export: export.into(), args: args.to_vec() };
    let probe =
        Probe { build: Arc::clone(build), options: UNLIMITED, replay: Vec::new(), forgotten: 0, call };
    bench.send(Command::Probe { request, name: "test".into(), probe: Box::new(probe) });
    request
}

fn wait_answer(bench: &Bench, id: RequestId) -> Result<Option<Arc<Needs>>, String> {
    bench.wait("answer of the probe", |event| match event {
        Event::ProbeEnded { request, result } if request == id => Some(result),
        _ => None,
    })
}

#[test]
fn a_probe_tells_how_far_it_is_and_answers() {
    let mut bench = Bench::new();
    let build = bench.compile(GUESTS);
    let id = probe(&bench, 7, &build, "add", &ARGS);
    bench.wait("progress", |event| match event {
        Event::ProbeMoved { request, progress } if request == id => (progress.expected > 2).then_some(()),
        _ => None,
    });
    let needs = wait_answer(&bench, id).expect("it can be called").expect("nobody stops it");
    let fuel = needs.need(LimitKind::Fuel).expect("fuel is sought");
    assert_eq!((fuel.needed, fuel.proved), (Some(4), true));
    let id = probe(&bench, 8, &build, "no_such_export", &[]);
    assert!(wait_answer(&bench, id).is_err_and(|reason| reason.contains("no_such_export")));
}

#[test]
fn a_probe_of_a_guest_that_spins_is_stopped_and_the_clock_sleeps_again() {
    let mut bench = Bench::new();
    let build = bench.compile(GUESTS);
    let id = probe(&bench, 1, &build, "forever", &[]);
    bench.wait("progress", |event| matches!(event, Event::ProbeMoved { .. }).then_some(()));
    let stopped = Instant::now();
    bench.send(Command::StopProbe { request: id });
    assert_eq!(wait_answer(&bench, id), Ok(None));
    assert!(stopped.elapsed() < STOPS_WITHIN, "{:?}", stopped.elapsed());
    // An answered request can be stopped again without harm.
    bench.send(Command::StopProbe { request: id });
}

#[test]
fn probes_are_bounded_and_end_with_the_program() {
    let mut bench = Bench::new();
    let build = bench.compile(GUESTS);
    let ids: Vec<_> = (1..=4).map(|id| probe(&bench, id, &build, "forever", &[])).collect();
    let call = ProbedCall { export: "add".into(), args: ARGS.to_vec() };
    let one_more = Probe { build, options: UNLIMITED, replay: Vec::new(), forgotten: 0, call };
    let command = Command::Probe { request: RequestId(5), name: "test".into(), probe: Box::new(one_more) };
    assert!(bench.workers.send(command).is_err(), "four are enough");
    assert!(wait_answer(&bench, RequestId(5)).is_err());
    bench.send(Command::StopProbe { request: ids[0] });
    assert_eq!(wait_answer(&bench, ids[0]), Ok(None));
    let began = Instant::now();
    drop(bench);
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
}

fn count(
    bench: &Bench,
    id: u64,
    build: &Arc<Build>,
    replay: usize,
    export: &str,
    args: &[Value],
) -> RequestId {
    let request = RequestId(id);
    let call = ProbedCall { export: export.into(), args: args.to_vec() };
    let earlier = ProbedCall { export: "add".into(), args: ARGS.to_vec() };
    let replay = vec![earlier; replay];
    let counter =
        OperatorCounter { build: Arc::clone(build), options: UNLIMITED, limits: None, replay, call };
    bench.send(Command::CountOperators { request, name: "test".into(), counter: Box::new(counter) });
    request
}

fn wait_counts(bench: &Bench, id: RequestId) -> Result<Option<Arc<OperatorCounts>>, String> {
    bench.wait("the counts", |event| match event {
        Event::OperatorsCounted { request, result } if request == id => Some(result),
        _ => None,
    })
}

#[test]
fn operators_are_counted_on_a_thread_of_their_own() {
    let mut bench = Bench::new();
    let build = bench.compile(GUESTS);
    let id = count(&bench, 3, &build, 2, "add", &ARGS);
    let counts = wait_counts(&bench, id).expect("it can be counted").expect("nobody stops it");
    assert_eq!((counts.total(), counts.entries, counts.fuel), (3, 1, Measured::Exact(4)));
    assert_eq!(counts.results, [Value::I32(3)]);
    let id = count(&bench, 4, &build, 0, "no_such_export", &[]);
    assert!(wait_counts(&bench, id).is_err_and(|reason| reason.contains("no_such_export")));
}

#[test]
fn counting_a_guest_that_spins_says_so_and_is_stopped() {
    let mut bench = Bench::new();
    let build = bench.compile(GUESTS);
    let id = count(&bench, 1, &build, 0, "forever", &[]);
    bench.wait("the call to run", |event| match event {
        Event::CountMoved { request, step: CountStep::Calling } if request == id => Some(()),
        _ => None,
    });
    let stopped = Instant::now();
    bench.send(Command::StopProbe { request: id });
    assert_eq!(wait_counts(&bench, id), Ok(None));
    assert!(stopped.elapsed() < STOPS_WITHIN, "{:?}", stopped.elapsed());
}

#[test]
fn a_plugin_goes_on_while_a_probe_of_its_build_runs() {
    let mut bench = Bench::new();
    let plugin = bench.ready(1, GUESTS, UNLIMITED);
    let build = bench.compile(GUESTS);
    let id = probe(&bench, 1, &build, "forever", &[]);
    assert_eq!(bench.run(plugin, "add", &ARGS).results, [Value::I32(3)]);
    bench.send(Command::StopProbe { request: id });
    assert_eq!(wait_answer(&bench, id), Ok(None));
}

fn benchmark(call: u64, export: &str, args: &[Value], length: Span) -> PluginCommand {
    let plan = BenchPlan { length, warm_up: WarmUp::Calls(5) };
    PluginCommand::Benchmark(BenchRequest {
        call: CallId(call),
        export: export.into(),
        args: args.to_vec(),
        plan,
    })
}

#[test]
fn a_benchmark_is_told_with_its_figures_and_leaves_the_plugin_ready() {
    let mut bench = Bench::new();
    let plugin = bench.ready(1, GUESTS, UNLIMITED);
    bench.tell(plugin, benchmark(3, "add", &ARGS, Span::Calls(5000)));
    let report = bench.wait_plugin(plugin, "figures", |event| match event {
        PluginEvent::Benched { call: CallId(3), report } => Some(report),
        PluginEvent::CallEnded { .. } => panic!("a benchmark leaves no records"),
        _ => None,
    });
    assert_eq!((report.calls, report.warm_up_calls, report.wall.is_some()), (5000, 5, true));
    bench.wait_state(plugin, PluginState::Ready);
    assert_eq!(bench.run(plugin, "add", &ARGS).number, 1);
}

#[test]
fn an_endless_benchmark_is_stopped_and_one_that_traps_says_so() {
    let mut bench = Bench::new();
    let plugin = bench.ready(1, GUESTS, UNLIMITED);
    bench.tell(plugin, benchmark(1, "add", &ARGS, Span::Calls(u64::MAX)));
    bench.wait_plugin(plugin, "progress", |event| {
        matches!(event, PluginEvent::BenchMoved { progress, .. } if progress.calls > 0).then_some(())
    });
    let stopped = Instant::now();
    bench.tell(plugin, PluginCommand::Cancel);
    bench.wait_plugin(plugin, "figures", |event| match event {
        PluginEvent::Benched { report, .. } => (report.calls > 0).then_some(()),
        _ => None,
    });
    assert!(stopped.elapsed() < STOPS_WITHIN, "{:?}", stopped.elapsed());
    bench.tell(plugin, benchmark(2, "trap", &[], Span::Nanos(u64::MAX)));
    let record = bench.wait_plugin(plugin, "the trap", |event| match event {
        PluginEvent::CallEnded { call: Some(CallId(2)), record, .. } => Some(record),
        _ => None,
    });
    assert!(matches!(record.outcome, Outcome::Trapped(_)));
    bench.wait_state(plugin, PluginState::Error);
}

#[test]
fn a_call_is_repeated_for_a_time_after_a_warm_up_that_leaves_no_samples() {
    let mut bench = Bench::new();
    let plugin = bench.ready(1, GUESTS, UNLIMITED);
    let timed = CallRequest { nanos: Some(30_000_000), warm_up: 50, ..request(1, "add", &ARGS, u64::MAX) };
    bench.tell(plugin, PluginCommand::Call(timed));
    let (mut samples_told, mut measured) = (0, None);
    let (record, is_sampled) = bench.wait_plugin(plugin, "end", |event| match event {
        PluginEvent::CallSamples { samples, .. } => {
            samples_told += samples.len() as u64;
            None
        }
        PluginEvent::Benched { report, .. } => {
            measured = Some(report);
            None
        }
        PluginEvent::CallEnded { record, is_sampled, .. } => Some((record, is_sampled)),
        _ => None,
    });
    let report = measured.expect("its figures came first");
    let told = samples_told + u64::from(!is_sampled);
    assert_eq!((report.calls, report.warm_up_calls, record.number), (told, 50, told));
}

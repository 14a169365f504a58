//! Probes and benchmarks on the real engine: each limit at its boundary.

use super::*;
use crate::engine::front::SizeCaps;
use crate::engine::{BuildCache, CompileRequest, NoObserver, compile};
use crate::model::bench::{BenchPlan, Span, WarmUp};
use crate::model::call::TrapKind;
use crate::model::limit_rules::LimitRule;
use crate::model::needs::{Hindrance, MOST_TIMED_RUNS};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};

/// Memory, tables, recursion and fuel in one module, and guests that make do with less.
const GUESTS: &str = r#"(module
  (memory 1)
  (table 2 funcref)
  (global $count (mut i32) (i32.const 0))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "grow_table") (param i32) (result i32) (table.grow (ref.null func) (local.get 0)))
  (func $dive (export "dive") (param i32) (result i32)
    (if (result i32) (i32.le_s (local.get 0) (i32.const 1))
      (then (i32.const 1))
      (else (i32.add (i32.const 1) (call $dive (i32.sub (local.get 0) (i32.const 1)))))))
  ;; Wants a hundred pages, takes ten, and says nothing of it.
  (func (export "modest")
    (if (i32.eq (memory.grow (i32.const 100)) (i32.const -1))
      (then (if (i32.eq (memory.grow (i32.const 10)) (i32.const -1)) (then unreachable)))))
  (func (export "burn_and_trap") (param i32)
    (loop $again
      (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
      (br_if $again (local.get 0)))
    unreachable)
  (func (export "forever") (loop $again (br $again)))
  (func (export "abyss") (call $abyss))
  (func $abyss (call $abyss))
  (func (export "next") (result i32)
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    (global.get $count)))"#;

fn build(engines: &Engines, text: &str) -> Arc<Build> {
    let settings = EngineSettings::default();
    let caps = SizeCaps::default();
    let request = CompileRequest { source: text.as_bytes(), settings: &settings, caps, read_ns: None };
    compile(engines, &BuildCache::new(1 << 20), &request).expect("the test's text compiles")
}

fn call(export: &str, args: &[i32]) -> ProbedCall {
    ProbedCall { export: export.into(), args: args.iter().map(|arg| Value::I32(*arg)).collect() }
}

fn probe(engines: &Engines, text: &str, calls: &[(&str, &[i32])]) -> Probe {
    let mut calls: Vec<_> = calls.iter().map(|(export, args)| call(export, args)).collect();
    let last = calls.pop().expect("a test names a call");
    Probe {
        build: build(engines, text),
        options: PluginOptions::default(),
        replay: calls,
        forgotten: 0,
        call: last,
    }
}

/// Runs on a thread with room for the stack, as everybody must.
#[allow(clippy::disallowed_methods, reason = "a test waits for the thread that it starts")]
fn on_thread<T: Send>(bytes: usize, body: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("probe".to_owned()).stack_size(bytes);
        let thread = thread.spawn_scoped(scope, body).expect("the system gives a thread");
        thread.join().expect("the body does not panic")
    })
}

fn needs_of(text: &str, calls: &[(&str, &[i32])]) -> (Probe, Needs) {
    let engines = Engines::default();
    let probe = probe(&engines, text, calls);
    let observer: SharedObserver = Arc::new(NoObserver);
    let find = || probe.find(&engines, &observer, &mut |_| true);
    let needs = on_thread(probe.thread_stack_bytes(), find);
    let needs = needs.expect("the call can be made").expect("nobody stops it");
    (probe, needs)
}

fn needed(needs: &Needs, kind: LimitKind) -> Option<u64> {
    needs.need(kind).and_then(|need| need.needed)
}

/// Makes the calls under limits, as the verb `run` does, and tells how the last one ended.
fn outcome_under(probe: &Probe, limits: Limits) -> Outcome {
    let options = PluginOptions { limits, ..probe.options.clone() };
    on_thread(probe.thread_stack_bytes(), || {
        let created = Plugin::create(Arc::clone(&probe.build), 1, options, Arc::new(NoObserver));
        let mut plugin = match created {
            Ok(plugin) => plugin,
            Err(CreateFailure::Failed(record)) => return record.outcome,
            Err(CreateFailure::MissingImports(_)) => return Outcome::Error,
        };
        plugin.initialize();
        let record = plugin.call(&probe.call.export, &probe.call.args).expect("the call fits");
        if record.results == [Value::I32(-1)] { Outcome::Error } else { record.outcome }
    })
}

#[test]
fn what_is_needed_passes_and_one_less_does_not() {
    let cases: [(&str, &[i32]); 4] =
        [("dive", &[50]), ("grow", &[7]), ("grow_table", &[30]), ("modest", &[])];
    for (export, args) in cases {
        let (probe, needs) = needs_of(GUESTS, &[(export, args)]);
        assert!(needs.is_deterministic() == Some(true) && needs.passes_together, "{export}: {needs:?}");
        for need in &needs.limits {
            assert!(need.proved, "{export}: {need:?}");
            if need.limit == LimitKind::WasmStack {
                continue;
            }
            let value = need.needed.expect("it was found");
            let mut limits = Limits::UNLIMITED;
            limits.set(need.limit, Some(value));
            assert_eq!(outcome_under(&probe, limits), Outcome::Returned, "{export} {need:?}");
            if let Some(below) = value.checked_sub(1) {
                limits.set(need.limit, Some(below));
                assert_ne!(outcome_under(&probe, limits), Outcome::Returned, "{export} {need:?}");
            }
        }
    }
}

#[test]
fn a_deterministic_guest_takes_at_most_three_runs_for_each_limit() {
    let (_, needs) = needs_of(GUESTS, &[("grow", &[7])]);
    let table = [
        (LimitKind::Fuel, Some(3)),
        (LimitKind::MemoryPages, Some(8)),
        (LimitKind::TableElements, Some(2)),
        (LimitKind::CallDepth, Some(1)),
        (LimitKind::WasmStack, Some(1024)),
    ];
    for (kind, expected) in table {
        let need = needs.need(kind).expect("each limit is there");
        assert_eq!(need.needed, expected, "{need:?}");
        assert!(need.runs <= 3, "{need:?}");
    }
    assert!(needs.runs <= 3 * 5 + MOST_TIMED_RUNS, "{}", needs.runs);
}

#[test]
fn a_guest_that_makes_do_with_less_needs_that() {
    let (_, needs) = needs_of(GUESTS, &[("modest", &[])]);
    assert_eq!(needed(&needs, LimitKind::MemoryPages), Some(11));
    let fuel = needs.need(LimitKind::Fuel).expect("fuel is sought");
    assert!(fuel.together > fuel.needed && needs.passes_together, "the way round costs more: {fuel:?}");
}

#[test]
fn the_stack_is_found_to_a_kilobyte_beyond_what_is_set() {
    let stack = |depth: i32| {
        let (_, needs) = needs_of(GUESTS, &[("dive", &[depth])]);
        assert_eq!(needs.end.outcome, Outcome::Returned, "{depth}");
        needed(&needs, LimitKind::WasmStack).expect("it was found")
    };
    let (small, large, huge) = (stack(100), stack(1000), stack(100_000));
    assert!(small % 1024 == 0 && large % 1024 == 0);
    // Each frame takes the same, whatever that is.
    let frame = (large - small) / 900;
    assert!((16..=256).contains(&frame), "{frame}");
    assert!(huge > 512 * 1024, "{huge} bytes are more than engines give by default");
}

#[test]
fn a_trap_is_an_end_like_any_other() {
    let (_, needs) = needs_of(GUESTS, &[("burn_and_trap", &[1000])]);
    assert_eq!(needs.end.outcome, Outcome::Trapped(TrapKind::Unreachable));
    let fuel = needs.need(LimitKind::Fuel).expect("fuel is sought");
    assert!(fuel.proved && fuel.needed > Some(1000), "{fuel:?}");
}

#[test]
fn the_fuel_of_a_call_that_traps_takes_three_runs() {
    let text = r#"(module
      (memory $narrow 1) (memory $wide i64 1) (table 9 funcref) (data $bytes "abcdefghij")
      (func $fill (export "fill") (param i32) (memory.fill (i32.const 0) (i32.const 1) (local.get 0)))
      (func (export "fill_wide") (param i32)
        (memory.fill $wide (i64.const 0) (i32.const 1) (i64.extend_i32_u (local.get 0))))
      (func (export "init") (param i32) (memory.init $bytes (i32.const 0) (i32.const 0) (local.get 0)))
      (func (export "fill_table") (param i32) (table.fill (i32.const 0) (ref.null func) (local.get 0)))
      (func (export "divide") (param i32) (result i32) (i32.div_u (i32.const 7) (local.get 0)))
      (func $spend (param i32) (result i32)
        (loop $again
          (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
          (br_if $again (local.get 0)))
        (local.get 0))
      ;; A call and a loop before it, and straight code behind its last look.
      (func (export "late") (param i32) (result i32)
        (memory.grow (i32.const 3))
        (drop)
        (call $fill (i32.const 500))
        (i32.div_u (i32.add (i32.const 1) (i32.mul (i32.const 2) (i32.const 3))) (call $spend (local.get 0))))
      (func (export "load") (param i32) (result i32)
        (if (i32.gt_u (local.get 0) (i32.const 2)) (then (return (i32.load (i32.const -1)))))
        (i32.const 3)))"#;
    let cases = [
        ("fill", 65_537),
        ("fill_wide", 70_000),
        ("init", 27),
        ("fill_table", 10),
        ("divide", 0),
        ("late", 1000),
        ("load", 9),
    ];
    for (export, arg) in cases {
        let (probe, needs) = needs_of(text, &[(export, &[arg])]);
        let Outcome::Trapped(_) = needs.end.outcome else { panic!("{export}: {:?}", needs.end) };
        let fuel = needs.need(LimitKind::Fuel).expect("fuel is sought");
        assert!(fuel.proved && fuel.runs <= 3, "{export}: {fuel:?}");
        let value = fuel.needed.expect("it was found");
        let outcome = |fuel| outcome_under(&probe, Limits { fuel: Some(fuel), ..Limits::UNLIMITED });
        assert_eq!(outcome(value), needs.end.outcome, "{export}");
        assert_eq!(outcome(value - 1), Outcome::Limit(LimitKind::Fuel), "{export}");
    }
}

#[test]
fn what_is_summed_up_is_what_the_engine_charges() {
    let engines = Engines::default();
    let text = r#"(module
      (memory 2) (table 9 funcref) (data $bytes "abcdefghij") (elem $some func 0 0 0)
      (func $fib (export "fib") (param i32) (result i32)
        (if (result i32) (i32.lt_u (local.get 0) (i32.const 2))
          (then (local.get 0))
          (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1)))
                         (call $fib (i32.sub (local.get 0) (i32.const 2)))))))
      (func (export "work") (param i32) (result i32)
        (block $out (loop $again
          (br_if $out (i32.eqz (local.get 0)))
          (memory.fill (i32.const 0) (local.get 0) (i32.const 300))
          (memory.copy (i32.const 8) (i32.const 0) (local.get 0))
          (memory.init $bytes (i32.const 0) (i32.const 0) (i32.const 4))
          (table.copy (i32.const 1) (i32.const 0) (i32.const 3))
          (table.init $some (i32.const 0) (i32.const 0) (i32.const 2))
          (drop (memory.grow (i32.const 1)))
          (drop (table.grow (ref.null func) (local.get 0)))
          (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
          (br $again)))
        (i32.const 5)))"#;
    let build = build(&engines, text);
    let summing = checks::summing(&build, &engines, 1 << 20).expect("it can be had");
    let options = PluginOptions { limits: Limits::UNLIMITED, ..PluginOptions::default() };
    for (export, arg) in [("fib", 1), ("fib", 12), ("work", 0), ("work", 7)] {
        let created = Plugin::create(Arc::clone(&summing), 1, options.clone(), Arc::new(NoObserver));
        let mut plugin = created.map_err(|failure| format!("{failure:?}")).expect("it instantiates");
        for _ in 0..2 {
            let before = FuelSums::of(&mut plugin);
            let record = plugin.call(export, &[Value::I32(arg)]).expect("the call fits");
            let sums = FuelSums::of(&mut plugin);
            assert_eq!(record.fuel, Measured::Exact(sums.burnt - before.burnt), "{export} {arg}");
            assert!(sums.looked > before.burnt && sums.looked <= sums.burnt, "{export}: {sums:?}");
        }
    }
}

#[test]
fn earlier_calls_are_made_again_before_each_run() {
    let (_, needs) = needs_of(GUESTS, &[("next", &[]), ("grow", &[4]), ("next", &[]), ("next", &[])]);
    assert_eq!((needs.replayed, &needs.end.results[..]), (3, &[Value::I32(3)][..]));
    let memory = needs.need(LimitKind::MemoryPages).expect("pages are sought");
    assert_eq!((memory.needed, memory.proved, memory.by.as_deref()), (Some(5), true, Some("grow")));
    // A limit on one call does not concern the calls before it.
    let (_, needs) = needs_of(GUESTS, &[("dive", &[300]), ("next", &[])]);
    assert_eq!(needed(&needs, LimitKind::CallDepth), Some(1));
}

#[test]
fn what_runs_before_any_call_is_under_the_same_limits() {
    let text = r#"(module
      (func $step (param i32) (if (local.get 0) (then (call $step (i32.sub (local.get 0) (i32.const 1))))))
      (func (export "_initialize") (call $step (i32.const 9)))
      (func (export "nothing")))"#;
    let (probe, needs) = needs_of(text, &[("nothing", &[])]);
    let depth = needs.need(LimitKind::CallDepth).expect("depth is sought");
    assert_eq!((depth.needed, depth.by.as_deref()), (Some(11), Some("_initialize")));
    assert!(depth.proved);
    let limits = Limits { call_depth: Some(11), ..Limits::UNLIMITED };
    assert_eq!(outcome_under(&probe, limits), Outcome::Returned);
}

#[test]
fn no_run_has_less_than_what_is_set_and_none_is_limited_where_nothing_is() {
    let engines = Engines::default();
    let mut probe = probe(&engines, GUESTS, &[("grow", &[1]), ("next", &[])]);
    let ms = |probe: &Probe| probe.generous().execution_time_ms;
    let table = [(1, 2000), (1500, 3000), (20_000, 30_000), (58_000, 58_000), (u64::MAX, u64::MAX)];
    for (set, generous) in table {
        probe.options.limits.execution_time_ms = Some(set);
        assert_eq!(ms(&probe), Some(generous), "{set}");
    }
    // A call before it may take as long as it may by its own rule.
    let rule = |text: &str| LimitRule::parse(text).expect("it is well written");
    probe.options.limits.execution_time_ms = Some(5);
    for (text, generous) in [
        ("next:time_ms=90000", Some(90_000)),
        ("grow:time_ms=70000", Some(70_000)),
        ("(start):time_ms=60000", Some(60_000)),
        ("_initialize:time_ms=none", None),
    ] {
        probe.options.rules = LimitRules::new(vec![rule(text)]);
        assert_eq!(ms(&probe), generous, "{text}");
    }
    probe.options.rules = LimitRules::NONE;
    probe.options.limits.execution_time_ms = None;
    assert_eq!(ms(&probe), None);
    for (set, pages, elements) in [
        (Some(7), Some(GENEROUS_PAGES), Some(GENEROUS_ELEMENTS)),
        (Some(5_000_000), Some(5_000_000), Some(5_000_000)),
        (None, None, None),
    ] {
        (probe.options.limits.memory_pages, probe.options.limits.table_elements) = (set, set);
        let generous = probe.generous();
        assert_eq!((generous.memory_pages, generous.table_elements), (pages, elements), "{set:?}");
    }
}

#[test]
fn a_recursion_takes_at_most_three_runs_to_find_its_stack() {
    for depth in [20, 50, 100, 300, 1000, 10_000, 60_000] {
        let (_, needs) = needs_of(GUESTS, &[("dive", &[depth])]);
        let stack = needs.need(LimitKind::WasmStack).expect("the stack is sought");
        // A frame may lie across a whole kilobyte, which takes one run more to tell.
        assert!(stack.proved && stack.runs <= 4, "{depth}: {stack:?}");
    }
}

#[test]
fn what_a_start_function_made_grow_is_its_own_need() {
    let text = r#"(module
      (memory 2)
      (func $begin (if (i32.eq (memory.grow (i32.const 5)) (i32.const -1)) (then unreachable)))
      (start $begin)
      (func (export "grow") (result i32) (memory.grow (i32.const 1)))
      (func (export "nothing")))"#;
    for (export, needed, by) in [("nothing", 7, Some("(start)")), ("grow", 8, None)] {
        let (_, needs) = needs_of(text, &[(export, &[])]);
        let pages = needs.need(LimitKind::MemoryPages).expect("pages are sought");
        assert_eq!((pages.needed, pages.by.as_deref()), (Some(needed), by), "{export}");
    }
    let (_, needs) = needs_of("(module (memory 2) (func (export \"f\")))", &[("f", &[])]);
    let pages = needs.need(LimitKind::MemoryPages).expect("pages are sought");
    assert_eq!((pages.needed, pages.by.as_deref()), (Some(2), None), "what it begins with is nobody's");
}

#[test]
fn what_never_ends_by_itself_has_no_answer() {
    let (_, needs) = needs_of(GUESTS, &[("abyss", &[])]);
    let bound = Some(GENEROUS_STACK_BYTES as u64);
    assert_eq!(needs.hindrance, Some(Hindrance::StillLimited(LimitKind::WasmStack, bound)));
    assert_eq!(needs.runs, 1);
}

#[test]
fn a_call_that_can_not_be_made_is_refused() {
    let engines = Engines::default();
    let observer: SharedObserver = Arc::new(NoObserver);
    let find = |probe: &Probe| {
        on_thread(probe.thread_stack_bytes(), || probe.find(&engines, &observer, &mut |_| true))
    };
    let unknown = probe(&engines, GUESTS, &[("no_such_export", &[])]);
    assert!(matches!(find(&unknown), Err(ProbeFailure::Refused(CallRefusal::NoSuchExport { .. }))));
    let missing = r#"(module (import "a" "b" (func)) (func (export "f")))"#;
    let missing = probe(&engines, missing, &[("f", &[])]);
    assert!(matches!(find(&missing), Err(ProbeFailure::MissingImports(imports)) if imports.len() == 1));
    let component = probe(&engines, "(component)", &[("f", &[])]);
    assert!(matches!(find(&component), Err(ProbeFailure::Refused(CallRefusal::IsComponent))));
    let stopped = probe(&engines, GUESTS, &[("next", &[])]);
    let none = on_thread(stopped.thread_stack_bytes(), || {
        stopped.find(&engines, &observer, &mut |progress| progress.runs < 4)
    });
    assert!(matches!(none, Ok(None)));
}

/// Cancels every call as soon as it is looked at.
struct Impatient(AtomicBool);

impl crate::engine::CallObserver for Impatient {
    fn tick(&self, _live: &mut dyn crate::engine::LiveView) -> crate::engine::Tick {
        self.0.store(true, Ordering::Release);
        crate::engine::Tick::Cancel { held: std::time::Duration::ZERO }
    }

    fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    fn log(&self, _level: crate::model::event::LogLevel, _text: String) {}
}

#[test]
#[allow(clippy::disallowed_methods, reason = "a test waits for the threads that it starts")]
fn a_run_on_an_engine_of_its_own_is_stopped_as_well() {
    let engines = Engines::new();
    let probe = probe(&engines, GUESTS, &[("forever", &[])]);
    let observer: SharedObserver = Arc::new(Impatient(AtomicBool::new(false)));
    let is_done = AtomicBool::new(false);
    let found = std::thread::scope(|scope| {
        let ticker = std::thread::Builder::new().name("ticker".to_owned());
        let tick = || {
            while !is_done.load(Ordering::Acquire) {
                engines.tick();
                std::thread::yield_now();
            }
        };
        ticker.spawn_scoped(scope, tick).expect("the system gives a thread");
        let guest = std::thread::Builder::new().name("probe".to_owned());
        let find = || probe.find(&engines, &observer, &mut |_| true);
        let guest = guest.stack_size(probe.thread_stack_bytes()).spawn_scoped(scope, find);
        let found = guest.expect("the system gives a thread").join();
        is_done.store(true, Ordering::Release);
        found.expect("the body does not panic")
    });
    assert!(matches!(found, Ok(None)));
}

fn plugin_of(text: &str) -> Plugin {
    let engines = Engines::default();
    let options = PluginOptions::default();
    let created = Plugin::create(build(&engines, text), 1, options, Arc::new(NoObserver));
    created.map_err(|failure| format!("{failure:?}")).expect("the test's module instantiates")
}

#[test]
fn a_benchmark_makes_exactly_the_calls_that_it_was_asked_for() {
    for (calls, warm_up, expected) in [
        (1000, WarmUp::Calls(7), 7),
        (1, WarmUp::Calls(0), 0),
        (1000, WarmUp::Calls(0), 0),
        (70_000, WarmUp::Default, 100),
    ] {
        let mut plugin = plugin_of(GUESTS);
        let plan = BenchPlan { length: Span::Calls(calls), warm_up };
        let end = plugin.benchmark("next", &[], &plan, &mut |_| ControlFlow::Continue(()));
        let end = end.expect("the call fits");
        assert!(end.failure.is_none());
        assert_eq!((end.report.calls, end.report.warm_up_calls), (calls, expected));
        let record = plugin.call("next", &[]).expect("the call fits");
        let made = i32::try_from(calls + expected + 1).expect("a small number");
        assert_eq!(record.results, [Value::I32(made)], "no call more and none less");
        assert_eq!(record.number, 1, "what leaves no record has no number");
    }
}

#[test]
fn a_benchmark_ends_at_its_time_at_a_stop_and_at_the_first_failure() {
    let mut plugin = plugin_of(GUESTS);
    let plan = BenchPlan { length: Span::Nanos(30_000_000), warm_up: WarmUp::Calls(3) };
    let end = plugin.benchmark("next", &[], &plan, &mut |_| ControlFlow::Continue(()));
    assert!(end.expect("the call fits").report.calls > 0);
    let plan = BenchPlan { length: Span::Nanos(u64::MAX), warm_up: WarmUp::Default };
    let end = plugin.benchmark("next", &[], &plan, &mut |_| ControlFlow::Break(()));
    assert!(end.expect("the call fits").failure.is_none());
    let plan = BenchPlan { length: Span::Calls(10), warm_up: WarmUp::Calls(1) };
    let end = plugin.benchmark("burn_and_trap", &[Value::I32(3)], &plan, &mut |_| ControlFlow::Break(()));
    let end = end.expect("the call fits");
    let failure = end.failure.expect("it traps");
    assert_eq!(failure.outcome, Outcome::Trapped(TrapKind::Unreachable));
    assert_eq!((end.report.calls, end.report.wall), (0, None));
    assert!(plugin.needs_renewal());
}

#[test]
fn each_call_of_a_benchmark_has_a_full_tank_and_no_more() {
    let mut plugin = plugin_of(GUESTS);
    let fuel = plugin.call("next", &[]).expect("the call fits").fuel.value().expect("fuel is on");
    let plan = BenchPlan { length: Span::Calls(5000), warm_up: WarmUp::Calls(50) };
    for (limit, passes) in [(fuel, true), (fuel - 1, false)] {
        plugin.set_limits(Limits { fuel: Some(limit), ..Limits::UNLIMITED });
        let end = plugin.benchmark("next", &[], &plan, &mut |_| ControlFlow::Continue(()));
        let failure = end.expect("the call fits").failure.map(|record| record.outcome);
        assert_eq!(failure, (!passes).then_some(Outcome::Limit(LimitKind::Fuel)), "{limit}");
    }
}

#[test]
fn the_limits_set_are_those_of_the_function() {
    let engines = Engines::default();
    let rule = LimitRule::parse("mod*:fuel=1,time_ms=40").expect("it is well written");
    let mut probe = probe(&engines, GUESTS, &[("modest", &[])]);
    probe.options.rules = LimitRules::new(vec![rule]);
    let observer: SharedObserver = Arc::new(NoObserver);
    let find = || probe.find(&engines, &observer, &mut |_| true);
    let needs = on_thread(probe.thread_stack_bytes(), find);
    let needs = needs.expect("the call can be made").expect("nobody stops it");
    let fuel = needs.need(LimitKind::Fuel).expect("fuel is sought");
    assert!(fuel.proved && fuel.needed > Some(1), "a rule of too little fuel stops no run: {fuel:?}");
    assert_eq!(fuel.set, Some(1));
}

//! Every limit at its exact boundary, on the real engine: N passes and N + 1 does not.
//!
//! Measures no machine: where time is a limit, only the order of what was seen counts.
#![allow(clippy::disallowed_methods, reason = "a test waits for the threads that it starts")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use wasm_workbench::engine::front::SizeCaps;
use wasm_workbench::engine::{
    BuildCache, CallObserver, CompileRequest, CreateFailure, EngineSettings, Engines, LiveView, NoObserver,
    Plugin, PluginOptions, Tick, compile,
};
use wasm_workbench::model::call::{CallRecord, GrowthBound, Outcome};
use wasm_workbench::model::event::LogLevel;
use wasm_workbench::model::limit_rules::{LimitRule, LimitRules};
use wasm_workbench::model::limits::{LimitKind, Limits, Usage};
use wasm_workbench::model::measured::Measured;
use wasm_workbench::model::value::Value;
use wasm_workbench::worker::Ticker;

mod causes;

const NO_LIMITS: Limits = Limits::UNLIMITED;

fn make(
    engines: &Engines,
    text: &str,
    settings: &EngineSettings,
    limits: Limits,
    observer: Arc<dyn CallObserver>,
) -> Result<Plugin, CreateFailure> {
    let caps = SizeCaps::default();
    let request = CompileRequest { source: text.as_bytes(), settings, caps, read_ns: None };
    let build = compile(engines, &BuildCache::new(0), &request).expect("the test's text compiles");
    let options = PluginOptions { limits, ..PluginOptions::default() };
    Plugin::create(build, 1, options, observer)
}

fn try_plugin(text: &str, limits: Limits) -> Result<Plugin, CreateFailure> {
    make(&Engines::new(), text, &EngineSettings::default(), limits, Arc::new(NoObserver))
}

fn plugin(text: &str, limits: Limits) -> Plugin {
    try_plugin(text, limits).map_err(|failure| format!("{failure:?}")).expect("it instantiates")
}

fn call(plugin: &mut Plugin, export: &str, args: &[i32]) -> CallRecord {
    let args: Vec<_> = args.iter().copied().map(Value::I32).collect();
    plugin.call(export, &args).expect("the call fits the signature")
}

/// Functions that go as deep as they are told, each in its own way.
const DEEP: &str = r#"(module
  (import "env" "log" (func $log (param i32 i32)))
  (type $t (func (param i32)))
  (memory (export "memory") 1)
  (table 1 funcref)
  (elem (i32.const 0) $indirect)
  (elem declare func $by_ref)
  (tag $e)
  (func $direct (export "direct") (param $n i32)
    (if (i32.gt_u (local.get $n) (i32.const 1))
      (then (call $direct (i32.sub (local.get $n) (i32.const 1))))))
  (func $indirect (export "indirect") (param $n i32)
    (if (i32.gt_u (local.get $n) (i32.const 1))
      (then (call_indirect (type $t) (i32.sub (local.get $n) (i32.const 1)) (i32.const 0)))))
  (func $by_ref (export "by_ref") (param $n i32)
    (if (i32.gt_u (local.get $n) (i32.const 1))
      (then (call_ref $t (i32.sub (local.get $n) (i32.const 1)) (ref.func $by_ref)))))
  (func $even (export "mutual") (param $n i32)
    (if (i32.gt_u (local.get $n) (i32.const 1))
      (then (call $odd (i32.sub (local.get $n) (i32.const 1))))))
  (func $odd (param $n i32)
    (if (i32.gt_u (local.get $n) (i32.const 1))
      (then (call $even (i32.sub (local.get $n) (i32.const 1))))))
  ;; The host's function in between is no frame of the guest.
  (func $through_host (export "through_host") (param $n i32)
    (call $log (i32.const 0) (i32.const 0))
    (if (i32.gt_u (local.get $n) (i32.const 1))
      (then (call $through_host (i32.sub (local.get $n) (i32.const 1))))))
  ;; Throws from 90 frames down, catches at frame 1, and only then goes as deep as it is told.
  (func $thrower (param $n i32)
    (if (i32.eq (local.get $n) (i32.const 1)) (then (throw $e)))
    (call $thrower (i32.sub (local.get $n) (i32.const 1))))
  (func (export "after_exception") (param $n i32)
    (block $caught
      (try_table (catch $e $caught) (call $thrower (i32.const 90))))
    (if (i32.gt_u (local.get $n) (i32.const 1))
      (then (call $direct (i32.sub (local.get $n) (i32.const 1))))))
  ;; The same after many plain returns from below.
  (func (export "after_returns") (param $n i32)
    (local $i i32)
    (loop $again
      (call $direct (i32.const 90))
      (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 50))))
    (if (i32.gt_u (local.get $n) (i32.const 1))
      (then (call $direct (i32.sub (local.get $n) (i32.const 1))))))
  ;; Two more frames are all that tail calls ever make, however many there are.
  (func $tail (export "tail") (param $n i32)
    (if (local.get $n) (then (return_call $tail (i32.sub (local.get $n) (i32.const 1))))))
  (func (export "above_tail") (param $n i32) (call $tail (local.get $n))))"#;

#[test]
fn depth_is_exact_to_the_frame_however_functions_are_called() {
    let mut plugin = plugin(DEEP, Limits { call_depth: Some(100), ..NO_LIMITS });
    for export in
        ["direct", "indirect", "by_ref", "mutual", "through_host", "after_exception", "after_returns"]
    {
        let record = call(&mut plugin, export, &[100]);
        assert_eq!(
            (record.outcome, record.peak_call_depth),
            (Outcome::Returned, Measured::Exact(100)),
            "{export}"
        );
        let record = call(&mut plugin, export, &[101]);
        assert_eq!(record.outcome, Outcome::Limit(LimitKind::CallDepth), "{export}");
        assert_eq!(record.peak_call_depth, Measured::Exact(100), "{export}: the frame 101 never ran");
        assert_eq!(record.backtrace.len(), 100, "{export}");
    }
}

#[test]
fn tail_calls_are_no_deeper_than_what_they_take_the_place_of() {
    let mut plugin = plugin(DEEP, Limits { call_depth: Some(2), ..NO_LIMITS });
    for (export, depth) in [("tail", 1), ("above_tail", 2)] {
        let record = call(&mut plugin, export, &[10_000]);
        assert_eq!(
            (record.outcome, record.peak_call_depth),
            (Outcome::Returned, Measured::Exact(depth)),
            "{export}"
        );
    }
    plugin.set_limits(Limits { call_depth: Some(1), ..NO_LIMITS });
    assert!(call(&mut plugin, "tail", &[10_000]).is_success());
    assert_eq!(call(&mut plugin, "above_tail", &[0]).outcome, Outcome::Limit(LimitKind::CallDepth));
}

#[test]
fn the_peak_depth_is_told_without_a_limit_too() {
    let mut plugin = plugin(DEEP, NO_LIMITS);
    for depth in [1, 7, 1234] {
        let record = call(&mut plugin, "mutual", &[depth]);
        assert_eq!(record.outcome, Outcome::Returned);
        assert_eq!(record.peak_call_depth, Measured::Exact(depth.unsigned_abs().into()));
    }
}

/// Two memories and two tables that grow one by one.
const GROW: &str = r#"(module
  (memory $a 1) (memory $b 2)
  (table $t 3 funcref) (table $u 4 externref)
  (func (export "a") (param i32) (result i32) (memory.grow $a (local.get 0)))
  (func (export "b") (param i32) (result i32) (memory.grow $b (local.get 0)))
  (func (export "t") (param i32) (result i32) (table.grow $t (ref.null func) (local.get 0)))
  (func (export "u") (param i32) (result i32) (table.grow $u (ref.null extern) (local.get 0))))"#;

#[test]
fn memories_and_tables_are_limited_by_their_sums_to_the_page_and_element() {
    const START: Limits = Limits { memory_pages: Some(10), table_elements: Some(20), ..NO_LIMITS };
    // Export, how much fits beside what is there, and the limit.
    for (export, room, kind) in [
        ("a", 7, LimitKind::MemoryPages),
        ("b", 7, LimitKind::MemoryPages),
        ("t", 13, LimitKind::TableElements),
        ("u", 13, LimitKind::TableElements),
    ] {
        let mut all = plugin(GROW, START);
        let record = call(&mut all, export, &[room]);
        assert!(record.denied.is_empty() && record.results != [Value::I32(-1)], "{export}: {record:?}");
        let limit = START.get(kind).expect("it is set");
        let peak = if kind == LimitKind::MemoryPages {
            record.peak_memory_pages
        } else {
            record.peak_table_elements
        };
        assert_eq!(peak, limit, "{export}: the limit itself is within the limit");
        let mut more = plugin(GROW, START);
        let record = call(&mut more, export, &[room + 1]);
        assert_eq!(record.results, [Value::I32(-1)], "{export}");
        let [denied] = &record.denied[..] else { panic!("{export}: {:?}", record.denied) };
        assert_eq!((denied.what, denied.requested, denied.limit), (kind, limit + 1, Some(limit)));
        let place = denied.place.as_ref().expect("the pass keeps the place");
        assert_eq!(place.line, Some(4 + u32::try_from("abtu".find(export).expect("it is one")).unwrap_or(0)));
        assert_eq!(record.refused_growths, 1);
    }
}

#[test]
fn a_single_growth_is_limited_to_the_page_whichever_memory_it_is_of() {
    let limits = Limits { growth_pages: Some(16), ..NO_LIMITS };
    for (export, line) in [("a", 4), ("b", 5)] {
        let mut plugin = plugin(GROW, limits);
        for _ in 0..3 {
            let record = call(&mut plugin, export, &[16]);
            assert!(record.denied.is_empty() && record.results != [Value::I32(-1)], "{export}: {record:?}");
        }
        let record = call(&mut plugin, export, &[17]);
        assert_eq!(
            (record.outcome, &record.results[..]),
            (Outcome::Returned, &[Value::I32(-1)][..]),
            "{export}"
        );
        let [denied] = &record.denied[..] else { panic!("{export}: {:?}", record.denied) };
        assert_eq!((denied.what, denied.bound), (LimitKind::MemoryPages, GrowthBound::PerGrowth));
        assert_eq!((denied.requested, denied.growth, denied.limit), (3 + 48 + 17, 17, Some(16)));
        assert_eq!(denied.place.as_ref().and_then(|place| place.line), Some(line));
        assert_eq!(
            record.hint.as_deref(),
            Some("growth was refused before: raise the limit per growth to 17")
        );
        // What is asked for in smaller steps is granted, and tables have no such bound.
        assert!(call(&mut plugin, export, &[1]).denied.is_empty());
        assert!(call(&mut plugin, "t", &[1000]).denied.is_empty());
    }
    let lifted = call(&mut plugin(GROW, NO_LIMITS), "a", &[17]);
    assert!(lifted.denied.is_empty(), "there is no such limit unless it is set");
    let traps = Limits { trap_on_refused_growth: true, ..limits };
    let record = call(&mut plugin(GROW, traps), "a", &[17]);
    assert_eq!(record.outcome, Outcome::Limit(LimitKind::GrowthPages));
    assert_eq!(record.message.as_deref(), Some("growth by 17 pages was refused, the limit per growth is 16"));
    // A memory that begins with more than one growth may add is no growth.
    let begins = "(module (memory 20) (func (export \"f\")))";
    assert!(try_plugin(begins, limits).is_ok());
}

#[test]
fn functions_have_the_limits_of_the_first_rule_that_names_them() {
    let text = r#"(module
      (global $n (mut i32) (i32.const 0))
      (func $up (param i32)
        (loop $again
          (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
          (br_if $again (i32.gt_s (local.get 0) (i32.const 0)))))
      (func $start (call $up (i32.const 10)))
      (start $start)
      (func (export "spin") (param i32) (call $up (local.get 0)))
      (func (export "spin_long") (param i32) (call $up (local.get 0))))"#;
    let own = Limits { fuel: Some(1000), ..NO_LIMITS };
    let mut plugin = plugin(text, own);
    let needed = call(&mut plugin, "spin", &[10]).fuel.value().expect("fuel is counted");
    let rule = |text: &str| LimitRule::parse(text).expect("it is a rule");
    let exact = rule(&format!("spin:fuel={needed}"));
    let start = rule("(start):fuel=5");
    plugin.set_rules(LimitRules::new(vec![exact, rule("spin_*:fuel=none"), start]));
    // N passes and N + 1 does not, by the rule; the record has the limits that were in force.
    let record = call(&mut plugin, "spin", &[10]);
    assert_eq!((record.outcome, record.limits.fuel), (Outcome::Returned, Some(needed)));
    let record = call(&mut plugin, "spin", &[11]);
    assert_eq!(record.outcome, Outcome::Limit(LimitKind::Fuel));
    plugin.renew().map_err(|failure| format!("{failure:?}")).expect("it is made again");
    let record = call(&mut plugin, "spin_long", &[1_000]);
    assert_eq!((record.outcome, record.limits.fuel), (Outcome::Returned, None));
    // What runs at the start has a name too: that is its initial fuel.
    plugin.renew().map_err(|failure| format!("{failure:?}")).expect("it is made again");
    let record = plugin.initialize().remove(0);
    assert_eq!((record.outcome, record.limits.fuel), (Outcome::Limit(LimitKind::Fuel), Some(5)));
    plugin.set_rules(LimitRules::default());
    plugin.renew().map_err(|failure| format!("{failure:?}")).expect("it is made again");
    assert_eq!(plugin.initialize().remove(0).limits.fuel, Some(1000), "without rules the plugin's own count");
}

#[test]
fn peaks_and_refusals_of_a_plugins_life_outlast_its_instances_and_builds() {
    let text = r#"(module (memory 1) (table 2 funcref)
      (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
      (func (export "grow_table") (param i32) (result i32) (table.grow (ref.null func) (local.get 0))))"#;
    let limits = Limits { memory_pages: Some(16), table_elements: Some(20), ..NO_LIMITS };
    let mut plugin = plugin(text, limits);
    call(&mut plugin, "grow", &[11]);
    call(&mut plugin, "grow", &[11]);
    call(&mut plugin, "grow_table", &[7]);
    let life = |plugin: &Plugin| {
        let usage = plugin.usage();
        (usage.memory_pages_peak, usage.table_elements_peak, usage.refused_pages.count)
    };
    assert_eq!(life(&plugin), (12, 9, 1));
    plugin.renew().map_err(|failure| format!("{failure:?}")).expect("it is made again");
    assert_eq!((life(&plugin), plugin.usage().memory_pages), ((12, 9, 1), 1));
    call(&mut plugin, "grow", &[13]);
    for number in 2..4 {
        let other = text.replace("(memory 1)", &format!("(memory {number})"));
        let other = crate::plugin(&other, NO_LIMITS);
        let build = Arc::clone(other.build());
        plugin.replace(build, number).map_err(|failure| format!("{failure:?}")).expect("it is replaced");
        assert_eq!((life(&plugin), plugin.usage().memory_pages), ((14, 9, 1), number));
    }
}

#[test]
fn what_a_module_begins_with_is_within_its_limits_or_there_is_no_instance() {
    for (pages, elements, passes) in [(3, 7, true), (2, 7, false), (3, 6, false)] {
        let limits = Limits { memory_pages: Some(pages), table_elements: Some(elements), ..NO_LIMITS };
        let made = try_plugin(GROW, limits);
        assert_eq!(made.is_ok(), passes, "{pages} pages, {elements} elements");
        if let Err(CreateFailure::Failed(record)) = made {
            let kind = if pages < 3 { LimitKind::MemoryPages } else { LimitKind::TableElements };
            assert_eq!(record.outcome, Outcome::Limit(kind));
            assert!(record.message.is_some_and(|message| message.contains("starts with")));
        }
    }
}

#[test]
fn three_core_instances_need_a_limit_of_three() {
    let text = "(component (core module $m) (core instance (instantiate $m))
        (core instance (instantiate $m)) (core instance (instantiate $m)))";
    let with = |instances| try_plugin(text, Limits { instances: Some(instances), ..NO_LIMITS });
    let three = with(3).map_err(|failure| format!("{failure:?}")).expect("three are enough");
    assert_eq!(three.usage().instances, 3);
    let Err(CreateFailure::Failed(record)) = with(2) else { panic!("two were enough") };
    assert_eq!(record.outcome, Outcome::Limit(LimitKind::Instances));
    assert_eq!(record.message.as_deref(), Some("the plugin consists of 3 core instances, the limit is 2"));
    assert_eq!(record.hint.as_deref(), Some("raise the instance limit to 3"));
}

#[test]
fn a_start_function_has_the_limits_of_any_call() {
    let deep = r"(module (func $f (param $n i32)
        (if (i32.gt_u (local.get $n) (i32.const 1)) (then (call $f (i32.sub (local.get $n) (i32.const 1))))))
      (func $start (call $f (i32.const 9))) (start $start))";
    let start = |limits| plugin(deep, limits).initialize().remove(0);
    let needed = start(NO_LIMITS);
    assert_eq!((&*needed.export, needed.peak_call_depth), ("(start)", Measured::Exact(10)));
    let fuel = needed.fuel.value().expect("fuel is counted");
    for (limits, outcome) in [
        (Limits { call_depth: Some(10), ..NO_LIMITS }, Outcome::Returned),
        (Limits { call_depth: Some(9), ..NO_LIMITS }, Outcome::Limit(LimitKind::CallDepth)),
        (Limits { fuel: Some(fuel), ..NO_LIMITS }, Outcome::Returned),
        (Limits { fuel: Some(fuel - 1), ..NO_LIMITS }, Outcome::Limit(LimitKind::Fuel)),
    ] {
        assert_eq!(start(limits).outcome, outcome, "{limits:?}");
    }
    let grows = "(module (memory 1) (func $start (drop (memory.grow (i32.const 1)))) (start $start))";
    let limits = Limits { memory_pages: Some(1), trap_on_refused_growth: true, ..NO_LIMITS };
    let record = plugin(grows, limits).initialize().remove(0);
    assert_eq!(record.outcome, Outcome::Limit(LimitKind::MemoryPages));
}

const SPIN: &str = r#"(module
  (global $rounds (mut i64) (i64.const 0))
  (func (export "spin")
    (loop $again
      (global.set $rounds (i64.add (global.get $rounds) (i64.const 1)))
      (br $again))))"#;

/// Writes down what is seen at each tick, and stops the call after so many.
struct Diary {
    seen: Mutex<Vec<(Usage, i64)>>,
    most: usize,
}

impl CallObserver for Diary {
    fn tick(&self, live: &mut dyn LiveView) -> Tick {
        let rounds = match live.globals().first().map(|global| global.value.clone()) {
            Some(Value::I64(rounds)) => rounds,
            other => panic!("the guest has a global of rounds, not {other:?}"),
        };
        let mut seen = self.seen.lock().expect("no tick has panicked");
        seen.push((live.usage(), rounds));
        if seen.len() >= self.most {
            Tick::Cancel { held: Duration::ZERO }
        } else {
            Tick::Continue { held: Duration::ZERO }
        }
    }

    fn is_cancelled(&self) -> bool {
        false
    }

    fn log(&self, _level: LogLevel, _text: String) {}
}

/// Lets the guest spin until it is stopped, and returns the record and what was seen at each tick.
fn spin(settings: &EngineSettings, limits: Limits, most: usize) -> (CallRecord, Vec<(Usage, i64)>) {
    let engines = Engines::new();
    let diary = Arc::new(Diary { seen: Mutex::default(), most });
    let observer: Arc<dyn CallObserver> = Arc::clone(&diary) as _;
    let mut plugin = make(&engines, SPIN, settings, limits, observer)
        .map_err(|failure| format!("{failure:?}"))
        .expect("it instantiates");
    let ticker = Ticker::start(&engines).expect("the system has threads");
    let guard = ticker.guard();
    let record = call(&mut plugin, "spin", &[]);
    drop(guard);
    let seen = std::mem::take(&mut *diary.seen.lock().expect("no tick has panicked"));
    (record, seen)
}

#[test]
fn time_ends_a_call_at_the_first_tick_past_the_limit() {
    const LIMIT_NS: u64 = 30_000_000;
    let limits = Limits { execution_time_ms: Some(30), ..NO_LIMITS };
    let (record, seen) = spin(&EngineSettings::default(), limits, usize::MAX);
    assert_eq!(record.outcome, Outcome::Limit(LimitKind::ExecutionTime), "{record:?}");
    assert!(record.wall_ns >= LIMIT_NS, "not a moment too soon: {}", record.wall_ns);
    let (_, before_last) = seen.split_last().expect("there was a tick");
    assert!(before_last.iter().all(|(usage, _)| usage.wall_ns < LIMIT_NS), "and at no later tick");
}

#[test]
fn live_fuel_is_a_lower_bound_or_exact_by_the_build() {
    let (record, seen) = spin(&EngineSettings::default(), NO_LIMITS, 5);
    assert_eq!(record.outcome, Outcome::Cancelled);
    assert!(seen.iter().all(|(usage, _)| matches!(usage.fuel, Measured::AtLeast(_))));
    assert!(seen.iter().all(|(usage, _)| usage.call_depth == Measured::Exact(1)));

    let exact = EngineSettings { exact_live_fuel: true, ..EngineSettings::default() };
    let (_, seen) = spin(&exact, NO_LIMITS, 5);
    // One for the entry, and five operators a round: two of them read, one adds, one writes, one branches.
    let expected: Vec<_> = seen.iter().map(|(_, rounds)| 1 + 5 * rounds.unsigned_abs()).collect();
    let told: Vec<_> = seen.iter().map(|(usage, _)| usage.fuel).collect();
    assert_eq!(told, expected.into_iter().map(Measured::Exact).collect::<Vec<_>>());
    assert!(seen.first().is_some_and(|(_, rounds)| *rounds > 0), "the guest was seen at work");
}

#[test]
fn exact_live_fuel_gives_way_to_a_module_that_its_compiler_can_not_take() {
    let engines = Engines::new();
    let settings = EngineSettings { exact_live_fuel: true, ..EngineSettings::default() };
    let caps = SizeCaps::default();
    let request = CompileRequest { source: DEEP.as_bytes(), settings: &settings, caps, read_ns: None };
    let build = compile(&engines, &BuildCache::new(0), &request).expect("it compiles all the same");
    assert!(!build.has_exact_live_fuel());
    let notice = build.info.notices.first().map(String::as_str).unwrap_or_default();
    assert!(notice.starts_with("fuel is a lower bound while a call runs"), "{notice}");
    let mut plugin = Plugin::create(build, 1, PluginOptions::default(), Arc::new(NoObserver))
        .map_err(|failure| format!("{failure:?}"))
        .expect("it instantiates");
    assert_eq!(call(&mut plugin, "direct", &[100]).peak_call_depth, Measured::Exact(100));
}

#[test]
fn counts_and_figures_are_the_same_whichever_build_runs() {
    let text = r#"(module (memory 1) (func $fib (export "fib") (param $n i32) (result i32)
      (if (result i32) (i32.lt_s (local.get $n) (i32.const 2))
        (then (local.get $n))
        (else (i32.add
          (call $fib (i32.sub (local.get $n) (i32.const 1)))
          (call $fib (i32.sub (local.get $n) (i32.const 2))))))))"#;
    let figures = |exact_live_fuel| {
        let settings = EngineSettings { exact_live_fuel, ..EngineSettings::default() };
        let limits = Limits { call_depth: Some(10), ..NO_LIMITS };
        let mut plugin = make(&Engines::new(), text, &settings, limits, Arc::new(NoObserver))
            .map_err(|failure| format!("{failure:?}"))
            .expect("it instantiates");
        let within = call(&mut plugin, "fib", &[10]);
        let past = call(&mut plugin, "fib", &[11]);
        (within.results, within.fuel, within.peak_call_depth, past.outcome, past.peak_call_depth)
    };
    assert_eq!(figures(true), figures(false));
    assert_eq!(figures(true).3, Outcome::Limit(LimitKind::CallDepth));
}

#[test]
fn peaks_and_refusals_outlive_the_instance() {
    let limits = Limits { memory_pages: Some(10), table_elements: Some(20), ..NO_LIMITS };
    let mut plugin = plugin(GROW, limits);
    call(&mut plugin, "a", &[7]);
    call(&mut plugin, "a", &[1]);
    call(&mut plugin, "t", &[14]);
    plugin.renew().map_err(|failure| format!("{failure:?}")).expect("it instantiates");
    let usage = plugin.usage();
    assert_eq!((usage.memory_pages, usage.memory_pages_peak), (3, 10));
    assert_eq!((usage.refused_pages.count, usage.refused_pages.last_requested), (1, Some(11)));
    assert_eq!((usage.refused_elements.count, usage.refused_growths), (1, 2));
}

//! Every limit and every trap at its boundary, on the real engine.
#![allow(clippy::disallowed_methods, reason = "a test waits for the threads that it starts")]

use std::ops::ControlFlow;
use std::sync::Arc;

use wasm_workbench::engine::front::SizeCaps;
use wasm_workbench::engine::{
    BuildCache, CompileRequest, CreateFailure, EngineSettings, Engines, NoObserver, Plugin, PluginOptions,
    Repeat, compile,
};
use wasm_workbench::model::build::CacheOutcome;
use wasm_workbench::model::call::{CallRecord, CallSample, Outcome, TrapKind};
use wasm_workbench::model::limits::{LimitKind, Limits};
use wasm_workbench::model::measured::Measured;
use wasm_workbench::model::memory::{MemoryRequest, PageUse};
use wasm_workbench::model::value::Value;

/// Compiles a text with default settings and instantiates it.
fn try_plugin(text: &str, options: PluginOptions) -> Result<Plugin, CreateFailure> {
    let engines = Engines::new();
    let settings = EngineSettings::default();
    let caps = SizeCaps::default();
    let request = CompileRequest { source: text.as_bytes(), settings: &settings, caps, read_ns: None };
    let build = compile(&engines, &BuildCache::new(1 << 20), &request).expect("the test's text compiles");
    assert_eq!(build.info.notices, Vec::<String>::new(), "the pass ran");
    Plugin::create(build, 1, options, Arc::new(NoObserver))
}

fn plugin(text: &str, limits: Limits) -> Plugin {
    let options = PluginOptions { limits, ..PluginOptions::default() };
    try_plugin(text, options)
        .map_err(|failure| format!("{failure:?}"))
        .expect("the test's module instantiates")
}

fn failure(text: &str, options: PluginOptions) -> CreateFailure {
    match try_plugin(text, options) {
        Ok(_) => panic!("it was instantiated"),
        Err(failure) => failure,
    }
}

fn times(count: u64, continue_on_failure: bool) -> Repeat {
    Repeat { count, until: None, continue_on_failure }
}

fn call(plugin: &mut Plugin, export: &str, args: &[Value]) -> CallRecord {
    plugin.call(export, args).expect("the call fits the signature")
}

const NO_LIMITS: Limits = Limits::UNLIMITED;

const FIB: &str = r#"(module
  (func $fib (export "fib") (param $n i32) (result i32)
    local.get $n
    i32.const 2
    i32.lt_s
    if (result i32)
      local.get $n
    else
      local.get $n
      i32.const 1
      i32.sub
      call $fib
      local.get $n
      i32.const 2
      i32.sub
      call $fib
      i32.add
    end))"#;

#[test]
fn a_call_returns_with_all_its_figures() {
    let mut plugin = plugin(FIB, Limits::default());
    let record = call(&mut plugin, "fib", &[Value::I32(10)]);
    assert_eq!(record.outcome, Outcome::Returned, "{record:?}");
    assert_eq!(record.results, [Value::I32(55)]);
    // What the engine itself counts for the module as it was written.
    assert_eq!(record.fuel, Measured::Exact(1766));
    assert_eq!(record.peak_call_depth, Measured::Exact(10));
    assert_eq!((record.peak_memory_pages, record.denied.len()), (0, 0));
    assert!(record.wall_ns > 0);
}

#[test]
fn fuel_n_passes_and_one_less_does_not() {
    let add =
        r#"(module (func (export "add") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add))"#;
    let fill = r#"(module (memory 1)
      (func (export "fill") (memory.fill (i32.const 0) (i32.const 1) (i32.const 5000))))"#;
    let spin = r#"(module (func (export "spin") (local i32)
      (local.set 0 (i32.const 100))
      (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))"#;
    for (text, export, args) in [
        (FIB, "fib", vec![Value::I32(10)]),
        (add, "add", vec![Value::I32(1), Value::I32(2)]),
        (r#"(module (func (export "nothing")))"#, "nothing", vec![]),
        (fill, "fill", vec![]),
        (spin, "spin", vec![]),
    ] {
        let needed = call(&mut plugin(text, NO_LIMITS), export, &args).fuel.value().expect("fuel is on");
        for (limit, passes) in [(needed, true), (needed + 1, true), (needed - 1, false), (0, false)] {
            let mut plugin = plugin(text, Limits { fuel: Some(limit), ..NO_LIMITS });
            let record = call(&mut plugin, export, &args);
            let expected = if passes { Outcome::Returned } else { Outcome::Limit(LimitKind::Fuel) };
            assert_eq!(record.outcome, expected, "{export} with {limit} of {needed}: {record:?}");
            let fuel = if passes { Measured::Exact(needed) } else { Measured::AtLeast(limit) };
            assert_eq!(record.fuel, fuel, "{export}");
        }
    }
}

#[test]
fn depth_n_passes_and_n_plus_one_is_stopped() {
    let recursion = r#"(module
      (type $t (func (param i32)))
      (table 1 funcref) (elem (i32.const 0) $indirect)
      (func $direct (export "direct") (param $n i32)
        (if (i32.gt_u (local.get $n) (i32.const 1))
          (then (call $direct (i32.sub (local.get $n) (i32.const 1))))))
      (func $indirect (export "indirect") (param $n i32)
        (if (i32.gt_u (local.get $n) (i32.const 1))
          (then (call_indirect (type $t) (i32.sub (local.get $n) (i32.const 1)) (i32.const 0)))))
      (func $even (export "mutual") (param $n i32)
        (if (i32.gt_u (local.get $n) (i32.const 1))
          (then (call $odd (i32.sub (local.get $n) (i32.const 1))))))
      (func $odd (param $n i32)
        (if (i32.gt_u (local.get $n) (i32.const 1))
          (then (call $even (i32.sub (local.get $n) (i32.const 1)))))))"#;
    let mut plugin = plugin(recursion, Limits { call_depth: Some(100), ..NO_LIMITS });
    for export in ["direct", "indirect", "mutual"] {
        let record = call(&mut plugin, export, &[Value::I32(100)]);
        assert_eq!(
            (record.outcome, record.peak_call_depth),
            (Outcome::Returned, Measured::Exact(100)),
            "{export}"
        );
        let record = call(&mut plugin, export, &[Value::I32(101)]);
        assert_eq!(record.outcome, Outcome::Limit(LimitKind::CallDepth), "{export}");
        assert_eq!(record.peak_call_depth, Measured::Exact(100), "{export}");
        assert_eq!(record.backtrace.len(), 100, "{export}");
        assert!(record.place.is_some_and(|place| place.line.is_some()), "{export}");
    }
}

#[test]
fn the_wasm_stack_backs_the_depth_up() {
    let text = r#"(module (func $f (export "f") call $f))"#;
    let run = std::thread::Builder::new().name("deep".to_owned()).stack_size(8 << 20).spawn(move || {
        let mut plugin = plugin(text, NO_LIMITS);
        call(&mut plugin, "f", &[])
    });
    let record = run.expect("a thread starts").join().expect("it does not panic");
    assert_eq!(record.outcome, Outcome::Limit(LimitKind::WasmStack));
    assert_eq!(record.outcome.trap(), None);
}

const GROW: &str = r#"(module
  (memory $a 1) (memory $b 1)
  (table $t 2 funcref)
  (func (export "grow") (param i32) (result i32)
    local.get 0
    memory.grow $b)
  (func (export "grow_table") (param i32) (result i32)
    ref.null func
    local.get 0
    table.grow $t))"#;

#[test]
fn memory_is_limited_in_total_and_refusals_have_a_place() {
    let mut plugin = plugin(GROW, Limits { memory_pages: Some(5), ..NO_LIMITS });
    let record = call(&mut plugin, "grow", &[Value::I32(3)]);
    assert_eq!((record.results, record.peak_memory_pages), (vec![Value::I32(1)], 5));
    let record = call(&mut plugin, "grow", &[Value::I32(1)]);
    assert_eq!((record.outcome, &record.results[..]), (Outcome::Returned, &[Value::I32(-1)][..]));
    assert_eq!(record.peak_memory_pages, 5);
    let [denied] = &record.denied[..] else { panic!("{:?}", record.denied) };
    assert_eq!((denied.what, denied.requested, denied.limit), (LimitKind::MemoryPages, 6, Some(5)));
    let place = denied.place.as_ref().expect("the pass keeps the place");
    assert_eq!((place.line, place.column), (Some(6), Some(5)));
    assert_eq!(plugin.usage().refused_growths, 1);
}

#[test]
fn tables_are_limited_in_total() {
    let mut plugin = plugin(GROW, Limits { table_elements: Some(10), ..NO_LIMITS });
    assert_eq!(call(&mut plugin, "grow_table", &[Value::I32(8)]).results, [Value::I32(2)]);
    let record = call(&mut plugin, "grow_table", &[Value::I32(1)]);
    assert_eq!(record.results, [Value::I32(-1)]);
    assert_eq!((record.denied[0].requested, record.denied[0].limit), (11, Some(10)));
    assert_eq!(record.denied[0].place.as_ref().and_then(|place| place.line), Some(10));
}

#[test]
fn refused_growth_traps_where_asked() {
    let limits = Limits { memory_pages: Some(2), trap_on_refused_growth: true, ..NO_LIMITS };
    let mut plugin = plugin(GROW, limits);
    let record = call(&mut plugin, "grow", &[Value::I32(1)]);
    assert_eq!(record.outcome, Outcome::Limit(LimitKind::MemoryPages), "{record:?}");
    assert_eq!(record.place.as_ref().and_then(|place| place.line), Some(6));
    assert_eq!(record.denied.len(), 1);
    assert_eq!(record.hint.as_deref(), Some("raise the memory limit to 3"));
}

#[test]
fn a_module_that_starts_over_its_limits_has_no_instance() {
    for (text, limits, kind) in [
        ("(module (memory 3))", Limits { memory_pages: Some(2), ..NO_LIMITS }, LimitKind::MemoryPages),
        (
            "(module (table 3 funcref))",
            Limits { table_elements: Some(2), ..NO_LIMITS },
            LimitKind::TableElements,
        ),
        ("(module)", Limits { instances: Some(0), ..NO_LIMITS }, LimitKind::Instances),
    ] {
        let failure = failure(text, PluginOptions { limits, ..PluginOptions::default() });
        let CreateFailure::Failed(record) = failure else { panic!("{failure:?}") };
        assert_eq!(record.outcome, Outcome::Limit(kind), "{record:?}");
        assert_eq!(&*record.export, "(instantiate)");
    }
}

#[test]
fn a_component_of_three_instances_is_stopped_at_two() {
    let text = "(component (core module $m) (core instance (instantiate $m))
        (core instance (instantiate $m)) (core instance (instantiate $m)))";
    let with = |instances| PluginOptions {
        limits: Limits { instances: Some(instances), ..NO_LIMITS },
        ..PluginOptions::default()
    };
    let plugin =
        try_plugin(text, with(3)).map_err(|failure| format!("{failure:?}")).expect("three are enough");
    assert_eq!(plugin.usage().instances, 3);
    let failure = failure(text, with(2));
    let CreateFailure::Failed(record) = failure else { panic!("{failure:?}") };
    assert_eq!(record.outcome, Outcome::Limit(LimitKind::Instances));
}

#[test]
fn each_trap_has_its_name_and_its_place() {
    let text = r#"(module
      (memory 1)
      (table 2 funcref)
      (type $void (func))
      (elem (i32.const 0) $takes_one)
      (func $takes_one (param i32))
      (tag $e)
      (func (export "unreachable") unreachable)
      (func (export "memory") (drop (i32.load (i32.const 65533))))
      (func (export "table") (drop (table.get (i32.const 2))))
      (func (export "null") (call_indirect (type $void) (i32.const 1)))
      (func (export "signature") (call_indirect (type $void) (i32.const 0)))
      (func (export "zero") (drop (i32.div_s (i32.const 1) (i32.const 0))))
      (func (export "overflow") (drop (i32.div_s (i32.const 0x80000000) (i32.const -1))))
      (func (export "conversion") (drop (i32.trunc_f32_s (f32.const nan))))
      (func (export "null_reference") (drop (ref.as_non_null (ref.null func))))
      (func (export "exception") (throw $e)))"#;
    let mut plugin = plugin(text, Limits::default());
    for (export, kind, line) in [
        ("unreachable", TrapKind::Unreachable, Some(8)),
        ("memory", TrapKind::MemoryOutOfBounds, Some(9)),
        ("table", TrapKind::TableOutOfBounds, Some(10)),
        ("null", TrapKind::IndirectCallToNull, Some(11)),
        ("signature", TrapKind::BadSignature, Some(12)),
        ("zero", TrapKind::IntegerDivideByZero, Some(13)),
        ("overflow", TrapKind::IntegerOverflow, Some(14)),
        ("conversion", TrapKind::BadConversionToInteger, Some(15)),
        ("null_reference", TrapKind::NullReference, Some(16)),
        ("exception", TrapKind::UncaughtException, None),
    ] {
        let record = call(&mut plugin, export, &[]);
        assert_eq!(record.outcome, Outcome::Trapped(kind), "{export}: {record:?}");
        assert!(plugin.needs_renewal());
        if line.is_some() {
            assert_eq!(record.place.as_ref().and_then(|place| place.line), line, "{export}");
        }
    }
}

#[test]
fn start_and_initialize_run_through_the_one_call_path() {
    let text = r#"(module
      (global $g (export "g") (mut i32) (i32.const 0))
      (func $begin (global.set $g (i32.const 1)))
      (start $begin)
      (func (export "_initialize") (global.set $g (i32.add (global.get $g) (i32.const 1))))
      (func (export "_cleanup"))
      (func (export "get") (result i32) global.get $g))"#;
    let mut plugin = plugin(text, Limits::default());
    assert_eq!(plugin.globals()[0].value, Value::I32(0), "nothing has run yet");
    let records = plugin.initialize();
    assert_eq!(records.iter().map(|record| &*record.export).collect::<Vec<_>>(), ["(start)", "_initialize"]);
    assert!(records.iter().all(|record| record.is_success() && record.fuel.is_exact()), "{records:?}");
    assert_eq!(records.iter().map(|record| record.number).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(call(&mut plugin, "get", &[]).results, [Value::I32(2)]);
    assert!(plugin.cleanup().expect("it has the hook").is_success());
}

#[test]
fn a_start_function_that_traps_leaves_an_instance_to_look_at() {
    let text = r"(module (memory 1)
      (func $f (i32.store8 (i32.const 0) (i32.const 42)) unreachable) (start $f))";
    let mut plugin = plugin(text, Limits::default());
    let records = plugin.initialize();
    assert_eq!(records[0].outcome, Outcome::Trapped(TrapKind::Unreachable));
    let request = MemoryRequest { memory: 0, address: 0, bytes: 1, with_pages: true };
    let window = plugin.memory(request).expect("there is a memory");
    assert_eq!(window.bytes[0], 42);
}

#[test]
fn missing_imports_are_named_and_can_be_stubbed() {
    let text = r#"(module (import "env" "foo" (func $foo)) (import "x" "m" (memory 1))
      (func (export "f") call $foo) (func (export "g")))"#;
    let failure = failure(text, PluginOptions::default());
    let CreateFailure::MissingImports(imports) = failure else { panic!("{failure:?}") };
    let names: Vec<_> = imports.iter().map(|import| format!("{}.{}", import.module, import.name)).collect();
    assert_eq!(names, ["env.foo", "x.m"]);
    let options = PluginOptions { stub_missing_imports: true, ..PluginOptions::default() };
    let mut plugin =
        try_plugin(text, options).map_err(|failure| format!("{failure:?}")).expect("stubs serve");
    assert!(call(&mut plugin, "g", &[]).is_success());
    let record = call(&mut plugin, "f", &[]);
    assert_eq!(record.outcome, Outcome::Trapped(TrapKind::MissingImport));
    assert_eq!(record.message.as_deref(), Some("the import `env.foo` is a stub: nobody provides it"));
}

#[test]
fn references_and_vectors_cross_both_ways() {
    let text = r#"(module
      (func (export "same") (param externref funcref v128) (result externref funcref v128)
        local.get 0 local.get 1 local.get 2)
      (func (export "splat") (param i32) (result v128) (i32x4.splat (local.get 0))))"#;
    let mut plugin = plugin(text, Limits::default());
    let args = [Value::ExternRef("hello".to_owned()), Value::FuncRef(1), Value::V128(7)];
    assert_eq!(call(&mut plugin, "same", &args).results, args);
    let nulls = [Value::NullRef, Value::NullRef, Value::V128(u128::MAX)];
    assert_eq!(call(&mut plugin, "same", &nulls).results, nulls);
    let lanes = 0x0000_0005_0000_0005_0000_0005_0000_0005;
    assert_eq!(call(&mut plugin, "splat", &[Value::I32(5)]).results, [Value::V128(lanes)]);
}

#[test]
fn repeating_gives_a_figure_for_each_call_and_stops_at_the_first_failure() {
    let text = r#"(module (global $n (mut i32) (i32.const 0))
      (func (export "f") (result i32)
        (global.set $n (i32.add (global.get $n) (i32.const 1)))
        (if (i32.eq (global.get $n) (i32.const 5000)) (then unreachable))
        (global.get $n)))"#;
    let mut plugin = plugin(text, Limits::default());
    let mut samples: Vec<CallSample> = Vec::new();
    let mut keep = |batch: &[CallSample]| {
        samples.extend_from_slice(batch);
        ControlFlow::Continue(())
    };
    let record = plugin.repeat("f", &[], times(4000, false), &mut keep).expect("it is called");
    assert_eq!((&record.results[..], record.number), (&[Value::I32(4000)][..], 4000));
    let record = plugin.repeat("f", &[], times(4000, false), &mut keep).expect("it is called");
    assert_eq!((record.outcome, record.number), (Outcome::Trapped(TrapKind::Unreachable), 5000));
    assert_eq!(samples.len(), 3999 + 999);
    let fuel = samples[0].fuel;
    let is_alike = |sample: &CallSample| sample.fuel == fuel && sample.outcome == Outcome::Returned;
    assert!(fuel.is_exact() && samples.iter().all(is_alike));
    assert!(samples.windows(2).all(|pair| pair[0].started_ns <= pair[1].started_ns));
}

#[test]
fn repeating_goes_on_past_failures_when_told_to() {
    let mut plugin = plugin(r#"(module (func (export "f") unreachable))"#, Limits::default());
    let mut count = 0;
    let mut keep = |batch: &[CallSample]| {
        count += batch.len();
        ControlFlow::Continue(())
    };
    let record = plugin.repeat("f", &[], times(5, true), &mut keep).expect("it is called");
    assert_eq!((record.outcome, record.number), (Outcome::Trapped(TrapKind::Unreachable), 5));
    assert_eq!(count, 4);
}

#[test]
fn the_same_source_is_compiled_once() {
    let (engines, cache, settings) = (Engines::new(), BuildCache::new(1 << 20), EngineSettings::default());
    let caps = SizeCaps::default();
    let request = CompileRequest { source: FIB.as_bytes(), settings: &settings, caps, read_ns: None };
    let first = compile(&engines, &cache, &request).expect("it compiles");
    let second = compile(&engines, &cache, &request).expect("it compiles");
    assert_eq!((first.info.cache, second.info.cache), (CacheOutcome::Miss, CacheOutcome::Memory));
    assert_eq!(first.info.sha256, second.info.sha256);
    assert_eq!((cache.stats().hits, cache.stats().misses, cache.stats().entries), (1, 1, 1));
}

#[test]
fn text_is_written_through_the_plugins_own_allocator() {
    let text = r#"(module (memory (export "memory") 1) (global $top (mut i32) (i32.const 16))
      (func (export "alloc") (param $n i32) (result i32)
        (global.get $top)
        (global.set $top (i32.add (global.get $top) (local.get $n)))))"#;
    let mut plugin = plugin(text, Limits::default());
    assert_eq!(plugin.write_text("hello"), Ok((16, 5)));
    assert_eq!(plugin.read_text(16, 5).as_deref(), Ok("hello"));
    assert!(plugin.read_text(65_535, 2).is_err());
    assert!(plugin.write_memory(0, u64::MAX, &[1, 2]).is_err());
    assert!(plugin.write_memory(0, 65_535, &[1, 2]).is_err());
}

#[test]
fn the_pages_that_a_call_changed_are_marked() {
    let text = r#"(module (memory 3)
      (func (export "poke") (param i32) (i32.store8 (local.get 0) (i32.const 7))))"#;
    let mut plugin = plugin(text, Limits::default());
    let request = MemoryRequest { memory: 0, address: 0, bytes: 16, with_pages: true };
    let pages = |plugin: &mut Plugin| {
        plugin.memory(request).and_then(|window| window.pages).expect("a page map").to_vec()
    };
    assert_eq!(pages(&mut plugin), [PageUse::Zero; 3]);
    call(&mut plugin, "poke", &[Value::I32(70_000)]);
    assert_eq!(pages(&mut plugin), [PageUse::Zero, PageUse::Changed, PageUse::Zero]);
    assert_eq!(
        pages(&mut plugin),
        [PageUse::Zero, PageUse::Changed, PageUse::Zero],
        "looking changes nothing"
    );
    call(&mut plugin, "poke", &[Value::I32(140_000)]);
    assert_eq!(pages(&mut plugin), [PageUse::Zero, PageUse::Used, PageUse::Changed]);
}

#[test]
fn a_component_that_spins_at_its_start_is_stopped_by_fuel() {
    let text = "(component
      (core module $m (func $spin (loop br 0)) (start $spin))
      (core instance (instantiate $m)))";
    let limits = Limits { fuel: Some(10_000), ..NO_LIMITS };
    let failure = failure(text, PluginOptions { limits, ..PluginOptions::default() });
    let CreateFailure::Failed(record) = failure else { panic!("{failure:?}") };
    assert_eq!(record.outcome, Outcome::Limit(LimitKind::Fuel), "{record:?}");
    assert_eq!(record.fuel, Measured::AtLeast(10_000));
}

const LOGGER: &str = r#"(module
  (import "env" "log" (func $log (param i32 i32)))
  (import "env" "log" (func $log_again (param i32 i32)))
  (import "env" "host_log" (func $host_log (param i32 i32 i32) (result i32)))
  (import "weather" "now" (func $now (result i32)))
  (memory (export "memory") 1)
  (func (export "log") (param i32)
    (loop $again
      (call $log (i32.const 0) (i32.const 4))
      (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
  (func (export "log_badly") (call $log_again (i32.const -1) (i32.const 4)))
  (func (export "ask") (result i32) (call $now)))"#;

#[test]
fn calls_of_the_host_are_counted_by_name_over_all_instances() {
    let options = PluginOptions { stub_missing_imports: true, ..PluginOptions::default() };
    let mut plugin = try_plugin(LOGGER, options).unwrap_or_else(|failure| panic!("{failure:?}"));
    let counts = |plugin: &Plugin| -> Vec<(String, u64, bool)> {
        let counts = plugin.host_calls().into_iter();
        counts.map(|count| (count.full_name(), count.calls, count.is_stub)).collect()
    };
    let row = |name: &str, calls, is_stub| (name.to_owned(), calls, is_stub);
    assert_eq!(counts(&plugin), [row("env.host_log", 0, false), row("env.log", 0, false)]);
    assert!(call(&mut plugin, "log", &[Value::I32(100)]).is_success());
    let repeated =
        plugin.repeat("log", &[Value::I32(10)], times(50, false), &mut |_| ControlFlow::Continue(()));
    assert!(repeated.is_ok_and(|record| record.is_success()));
    assert_eq!(counts(&plugin)[0], row("env.log", 600, false));
    assert!(!call(&mut plugin, "log_badly", &[]).is_success(), "the pointer leaves the memory");
    plugin.renew().unwrap_or_else(|failure| panic!("{failure:?}"));
    for _ in 0..2 {
        assert_eq!(call(&mut plugin, "ask", &[]).outcome, Outcome::Trapped(TrapKind::MissingImport));
        plugin.renew().unwrap_or_else(|failure| panic!("{failure:?}"));
    }
    let expected = [row("env.log", 601, false), row("weather.now", 2, true), row("env.host_log", 0, false)];
    assert_eq!(counts(&plugin), expected);
    let times: Vec<_> = plugin.host_calls().into_iter().map(|count| count.total_ns).collect();
    assert!(times[0] > Some(0) && times[1].is_none() && times[2] == Some(0), "{times:?}");
}

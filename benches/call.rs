//! What a recorded call costs against a bare one, and what counting frames and fuel costs a guest that works.
//!
//! Fails on wrong results, never on slow ones.
#![allow(clippy::disallowed_methods, reason = "a bench waits for the thread that it starts")]
#![allow(clippy::print_stdout, reason = "a bench ends in a table")]

mod rounds;

use std::hint::black_box;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rounds::{Rounds, verdict};
use wasm_workbench::engine::front::SizeCaps;
use wasm_workbench::engine::{
    BuildCache, CompileRequest, EngineSettings, Engines, NoObserver, Plugin, PluginOptions, Repeat, compile,
};
use wasm_workbench::model::call::Outcome;
use wasm_workbench::model::limits::{Limits, Preset};
use wasm_workbench::model::measured::Measured;
use wasm_workbench::model::value::Value;
use wasm_workbench::worker::Ticker;
use wasmtime::{Engine, Instance, Module, Store, Val};

const ADD: &str = r#"(module (func (export "add") (param i32 i32) (result i32)
    (i32.add (local.get 0) (local.get 1))))"#;

/// Fuel that `add` burns: one for the entry, one for each operator.
const ADD_FUEL: u64 = 4;

const FIBONACCI: &str = r#"(module (func $fibonacci (export "fibonacci") (param $n i32) (result i32)
    (if (result i32) (i32.lt_s (local.get $n) (i32.const 2))
      (then (local.get $n))
      (else (i32.add
        (call $fibonacci (i32.sub (local.get $n) (i32.const 1)))
        (call $fibonacci (i32.sub (local.get $n) (i32.const 2))))))))"#;

/// Calls in one round of `add`.
const CALLS: u64 = 20_000;

const ONCE_MORE: Repeat = Repeat { count: CALLS, until: None, continue_on_failure: false };

fn main() {
    let bench = || {
        let engines = Engines::new();
        let ticker = Ticker::start(&engines).expect("the system has threads");
        // The engines' clock moves as it does while the program runs a guest.
        let _guard = ticker.guard();
        recorded_call(&engines);
        working_guest(&engines);
    };
    let thread = std::thread::Builder::new().name("bench".to_owned()).stack_size(16 << 20).spawn(bench);
    if thread.expect("the system has threads").join().is_err() {
        std::process::exit(1);
    }
}

/// One call of `add` in the repeat runner, with all limits on, against `Func::call` between two clock reads.
fn recorded_call(engines: &Engines) {
    let args = [Value::I32(20), Value::I32(22)];
    let mut recorded = plugin(engines, ADD, &EngineSettings::default(), Preset::Default.limits());
    check_records(&mut recorded, &args);
    let mut unlimited = plugin(engines, ADD, &EngineSettings::default(), Limits::UNLIMITED);
    let uncounted = EngineSettings { fuel: false, call_depth: false, ..EngineSettings::default() };
    let mut uncounted = plugin(engines, ADD, &uncounted, Limits::UNLIMITED);
    let mut bare = Bare::new(ADD, "add");
    let rounds = Rounds::run(
        301,
        &mut [
            ("wasmtime, Func::call between two clock reads", &mut || bare.repeat(CALLS)),
            ("repeat runner, all limits on", &mut || repeat(&mut recorded, &args)),
            ("repeat runner, nothing limited", &mut || repeat(&mut unlimited, &args)),
            ("repeat runner, fuel and depth not counted", &mut || repeat(&mut uncounted, &args)),
        ],
    );
    #[allow(clippy::cast_precision_loss, reason = "a small count")]
    let table = rounds.table("One recorded call of add", CALLS as f64);
    print!("{table}{}", verdict("recorded call against a bare one", rounds.ratio(1, 0), 0.75, "x"));
    print!("{}", verdict("the same, as it is aimed at", rounds.ratio(1, 0), 0.6, "x"));
}

/// Shows that what is timed is what is asked for: each call has its time, its fuel, its depth and its outcome.
fn check_records(plugin: &mut Plugin, args: &[Value]) {
    let mut seen = 0;
    let last = plugin.repeat("add", args, ONCE_MORE, &mut |samples| {
        for sample in samples {
            assert_eq!(sample.outcome, Outcome::Returned);
            assert_eq!(sample.fuel, Measured::Exact(ADD_FUEL));
            assert_eq!(sample.peak_call_depth, Measured::Exact(1));
        }
        seen += samples.len() as u64;
        ControlFlow::Continue(())
    });
    let last = last.expect("the arguments fit");
    assert_eq!(last.results, [Value::I32(42)]);
    assert_eq!(seen, CALLS - 1, "the last call comes as a record");
}

fn repeat(plugin: &mut Plugin, args: &[Value]) {
    let mut seen = 0;
    let last = plugin.repeat("add", args, ONCE_MORE, &mut |samples| {
        seen += black_box(samples).len() as u64;
        ControlFlow::Continue(())
    });
    assert_eq!(last.expect("the arguments fit").results, [Value::I32(42)]);
    assert_eq!(seen, CALLS - 1);
}

/// `fibonacci 30`, 1.3 million calls within the guest, with and without counting.
fn working_guest(engines: &Engines) {
    const ARGS: [Value; 1] = [Value::I32(30)];
    let variant = |fuel, call_depth| {
        let settings = EngineSettings { fuel, call_depth, ..EngineSettings::default() };
        plugin(engines, FIBONACCI, &settings, Limits::UNLIMITED)
    };
    let (mut plain, mut fuel, mut depth, mut both) =
        (variant(false, false), variant(true, false), variant(false, true), variant(true, true));
    let call = |plugin: &mut Plugin| {
        let record = plugin.call("fibonacci", &ARGS).expect("the arguments fit");
        assert_eq!(record.results, [Value::I32(832_040)]);
        record
    };
    assert_eq!(call(&mut both).peak_call_depth, Measured::Exact(30));
    let mut bare = Bare::new(FIBONACCI, "fibonacci");
    bare.params = vec![Val::I32(30)];
    let rounds = Rounds::run(
        31,
        &mut [
            ("wasmtime, no fuel, no epochs", &mut || bare.repeat(1)),
            ("workbench, nothing counted", &mut || drop(call(&mut plain))),
            ("workbench, fuel counted", &mut || drop(call(&mut fuel))),
            ("workbench, depth counted", &mut || drop(call(&mut depth))),
            ("workbench, fuel and depth counted", &mut || drop(call(&mut both))),
        ],
    );
    print!("{}", rounds.table("fibonacci 30", 1.0));
    println!("  => counting depth beside fuel costs {:.3} x", rounds.ratio(4, 2));
    println!("  => counting depth alone costs {:.3} x", rounds.ratio(3, 1));
}

/// A function as a host would call it that measures nothing but time.
struct Bare {
    store: Store<()>,
    func: wasmtime::Func,
    params: Vec<Val>,
}

impl Bare {
    fn new(text: &str, export: &str) -> Self {
        let engine = Engine::default();
        let module = Module::new(&engine, wat::parse_str(text).expect("the text is right"));
        let mut store = Store::new(&engine, ());
        let instance = Instance::new(&mut store, &module.expect("the module is valid"), &[]);
        let instance = instance.expect("it imports nothing");
        let func = instance.get_func(&mut store, export).expect("it has the export");
        Self { store, func, params: vec![Val::I32(20), Val::I32(22)] }
    }

    fn repeat(&mut self, count: u64) {
        let mut results = [Val::I32(0)];
        let mut total = Duration::ZERO;
        for _ in 0..count {
            let started = Instant::now();
            self.func.call(&mut self.store, &self.params, &mut results).expect("it returns");
            total += started.elapsed();
        }
        black_box((total, &results));
        let expected = if self.params.len() == 2 { 42 } else { 832_040 };
        assert_eq!(results[0].i32(), Some(expected));
    }
}

fn plugin(engines: &Engines, text: &str, settings: &EngineSettings, limits: Limits) -> Plugin {
    let request =
        CompileRequest { source: text.as_bytes(), settings, caps: SizeCaps::default(), read_ns: None };
    let build = compile(engines, &BuildCache::new(1 << 20), &request).expect("the text is right");
    let options = PluginOptions { limits, ..PluginOptions::default() };
    Plugin::create(build, 1, options, Arc::new(NoObserver)).expect("it imports nothing")
}

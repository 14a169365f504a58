//! What it costs a running call to be watched, and what counting costs a guest that does nothing but call.
//!
//! Fails on wrong results, never on slow ones.
#![allow(clippy::disallowed_methods, reason = "a bench waits for the thread that it starts")]
#![allow(clippy::print_stdout, reason = "a bench ends in a table")]

mod rounds;

use std::hint::black_box;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rounds::{Rounds, verdict};
use wasm_workbench::engine::front::SizeCaps;
use wasm_workbench::engine::{
    BuildCache, CallObserver, CompileRequest, EngineSettings, Engines, LiveView, NoObserver, Plugin,
    PluginOptions, Tick, compile,
};
use wasm_workbench::model::call::Outcome;
use wasm_workbench::model::event::LogLevel;
use wasm_workbench::model::limits::Limits;
use wasm_workbench::model::measured::Measured;
use wasm_workbench::model::value::Value;
use wasm_workbench::worker::Ticker;
use wasm_workbench::worker::ticker::TICK_PERIOD;
use wasmtime::{Config, Engine, Instance, Module, Store, UpdateDeadline, Val};

/// Looks a second at a running call.
const LOOKS_PER_SECOND: u64 = 20;

/// Spins so many rounds, at frame 1 or under a thousand others, and returns how many it made.
const SPIN: &str = r#"(module
  (func $spin (export "spin") (param $rounds i32) (result i32)
    (local $round i32)
    (loop $again
      (br_if $again
        (i32.lt_u
          (local.tee $round (i32.add (local.get $round) (i32.const 1)))
          (local.get $rounds))))
    (local.get $round))
  (func $deep (export "deep") (param $rounds i32) (param $depth i32) (result i32)
    (if (result i32) (i32.le_u (local.get $depth) (i32.const 1))
      (then (call $spin (local.get $rounds)))
      (else (call $deep (local.get $rounds) (i32.sub (local.get $depth) (i32.const 1)))))))"#;

/// Rounds of one call: long enough for several looks.
const SPIN_ROUNDS: i32 = 300_000_000;

const FIBONACCI: &str = r#"(module (func $fibonacci (export "fibonacci") (param $n i32) (result i32)
    (if (result i32) (i32.lt_s (local.get $n) (i32.const 2))
      (then (local.get $n))
      (else (i32.add
        (call $fibonacci (i32.sub (local.get $n) (i32.const 1)))
        (call $fibonacci (i32.sub (local.get $n) (i32.const 2))))))))"#;

fn main() {
    let bench = || {
        let engines = Engines::new();
        let ticker = Ticker::start(&engines).expect("the system has threads");
        // The engines' clock moves as it does while the program runs a guest.
        let _guard = ticker.guard();
        live_gauges(&engines, "spin", &[Value::I32(SPIN_ROUNDS)], "a call that spins");
        let deep = [Value::I32(SPIN_ROUNDS), Value::I32(999)];
        live_gauges(&engines, "deep", &deep, "a call that spins under a thousand frames");
        counting(&engines);
        exact_live_fuel(&engines);
    };
    let thread = std::thread::Builder::new().name("bench".to_owned()).stack_size(16 << 20).spawn(bench);
    if thread.expect("the system has threads").join().is_err() {
        std::process::exit(1);
    }
}

/// Looks at a call as the window does, so often a second.
struct Looker {
    looked: Mutex<Option<Instant>>,
    looks: AtomicU64,
}

impl CallObserver for Looker {
    fn tick(&self, live: &mut dyn LiveView) -> Tick {
        let period = Duration::from_millis(1000 / LOOKS_PER_SECOND);
        let now = Instant::now();
        let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        if looked.is_none_or(|looked| now.duration_since(looked) >= period) {
            *looked = Some(now);
            let usage = live.usage();
            assert!(usage.call_depth.value().is_some_and(|depth| depth > 0));
            self.looks.fetch_add(1, Ordering::Relaxed);
        }
        Tick::Continue { held: Duration::ZERO }
    }

    fn is_cancelled(&self) -> bool {
        false
    }

    fn log(&self, _level: LogLevel, _text: String) {}
}

/// The same call with somebody looking at its gauges and with nobody.
fn live_gauges(engines: &Engines, export: &str, args: &[Value], title: &str) {
    let settings = EngineSettings::default();
    let looker = Arc::new(Looker { looked: Mutex::default(), looks: AtomicU64::new(0) });
    let mut alone = plugin(engines, SPIN, &settings, Arc::new(NoObserver));
    let mut watched = plugin(engines, SPIN, &settings, Arc::clone(&looker) as _);
    let call = |plugin: &mut Plugin| {
        let record = plugin.call(export, args).expect("the arguments fit");
        assert_eq!((record.outcome, &record.results[..]), (Outcome::Returned, &args[..1]));
    };
    let rounds = Rounds::run(
        21,
        &mut [
            ("nobody looks", &mut || call(&mut alone)),
            ("gauges look 20 times a second", &mut || call(&mut watched)),
        ],
    );
    let looks = looker.looks.load(Ordering::Relaxed);
    assert!(looks >= 21, "it was looked at in each round, {looks} times");
    print!("{}", rounds.table(title, 1.0));
    println!("  {looks} looks in all");
    print!("{}", verdict("live gauges", rounds.ratio(1, 0), 1.02, "x"));
}

/// How often each side is built anew: the same machine code runs up to a tenth slower at some places in memory, and
/// the best of several is what the code itself takes.
const PLACES: usize = 3;

/// `fibonacci 30`, 1.3 million calls within the guest.
fn counting(engines: &Engines) {
    // A module with tags may leave frames by exceptions, and hands its depth on in another way.
    let tagged = FIBONACCI.replacen("(module", "(module (tag)", 1);
    let variant_of = |text, call_depth| {
        let settings = EngineSettings { call_depth, ..EngineSettings::default() };
        plugin(engines, text, &settings, Arc::new(NoObserver))
    };
    let variant = |call_depth| variant_of(FIBONACCI, call_depth);
    let mut bare: Vec<_> = (0..PLACES).map(|_| Bare::new()).collect();
    let mut uncounted: Vec<_> = (0..PLACES).map(|_| variant(false)).collect();
    let mut counted: Vec<_> = (0..PLACES).map(|_| variant(true)).collect();
    let mut with_tags: Vec<_> = (0..PLACES).map(|_| variant_of(&tagged, true)).collect();
    assert_eq!(fibonacci(&mut counted[0]), Measured::Exact(30));
    assert_eq!(fibonacci(&mut with_tags[0]), Measured::Exact(30));
    assert_eq!(fibonacci(&mut uncounted[0]), Measured::NotMeasured);
    let clocks: Vec<_> = bare.iter().map(|bare| bare.store.engine().clone()).collect();
    let is_over = AtomicBool::new(false);
    let rounds = std::thread::scope(|scope| {
        // The bare engines have a clock as the program's own have: what a tick costs is not what counting costs.
        let tick = || {
            while !is_over.load(Ordering::Relaxed) {
                std::thread::sleep(TICK_PERIOD);
                clocks.iter().for_each(Engine::increment_epoch);
            }
        };
        let ticker = std::thread::Builder::new().name("bare-ticker".to_owned()).spawn_scoped(scope, tick);
        ticker.expect("the system has threads");
        let mut sides: Vec<rounds::Side<'_>> = Vec::new();
        let mut calls: Vec<Box<dyn FnMut() + '_>> = Vec::new();
        calls.extend(bare.iter_mut().map(|bare| Box::new(|| bare.call()) as Box<dyn FnMut() + '_>));
        for plugin in uncounted.iter_mut().chain(&mut counted).chain(&mut with_tags) {
            calls.push(Box::new(|| run(plugin)));
        }
        let names = [
            "wasmtime with fuel and epochs",
            "depth not counted",
            "depth counted",
            "depth counted, exceptions",
        ];
        for (at, call) in calls.iter_mut().enumerate() {
            sides.push((names[at / PLACES], &mut **call));
        }
        let rounds = Rounds::run(41, &mut sides);
        is_over.store(true, Ordering::Relaxed);
        rounds
    });
    print!("{}", rounds.table("fibonacci 30, each built several times", 1.0));
    let best = |side: usize| rounds.best_ns(side * PLACES..(side + 1) * PLACES);
    print!("{}", verdict("counting call depth", best(2) / best(1), 1.2, "x"));
    println!("  => counting call depth in a module with exceptions costs {:.2} x", best(3) / best(1));
    let off = best(1) / best(0);
    print!("{}", verdict("counting switched off, against wasmtime alone", off, 1.02, "x"));
}

/// What it costs that fuel can be read to the unit while a call runs.
fn exact_live_fuel(engines: &Engines) {
    let variant = |text, exact_live_fuel| {
        let settings = EngineSettings { exact_live_fuel, ..EngineSettings::default() };
        plugin(engines, text, &settings, Arc::new(NoObserver))
    };
    let (mut usual, mut exact) = (variant(FIBONACCI, false), variant(FIBONACCI, true));
    let (mut usual_spin, mut exact_spin) = (variant(SPIN, false), variant(SPIN, true));
    let spin = |plugin: &mut Plugin| {
        let record = plugin.call("spin", &[Value::I32(SPIN_ROUNDS / 10)]).expect("the arguments fit");
        assert_eq!(record.outcome, Outcome::Returned);
    };
    let rounds = Rounds::run(
        21,
        &mut [
            ("fibonacci 30, fuel a lower bound", &mut || run(&mut usual)),
            ("fibonacci 30, fuel exact", &mut || run(&mut exact)),
            ("a loop, fuel a lower bound", &mut || spin(&mut usual_spin)),
            ("a loop, fuel exact", &mut || spin(&mut exact_spin)),
        ],
    );
    print!("{}", rounds.table("Exact live fuel", 1.0));
    println!("  => exact live fuel costs {:.2} x in calls", rounds.ratio(1, 0));
    println!("  => exact live fuel costs {:.2} x in a loop", rounds.ratio(3, 2));
}

fn run(plugin: &mut Plugin) {
    black_box(fibonacci(plugin));
}

fn fibonacci(plugin: &mut Plugin) -> Measured<u64> {
    let record = plugin.call("fibonacci", &[Value::I32(30)]).expect("the arguments fit");
    assert_eq!(record.results, [Value::I32(832_040)]);
    record.peak_call_depth
}

/// `fibonacci` as a host would call it that limits fuel and time and counts nothing else.
struct Bare {
    store: Store<()>,
    func: wasmtime::Func,
}

impl Bare {
    fn new() -> Self {
        let mut config = Config::new();
        config.consume_fuel(true).epoch_interruption(true);
        let engine = Engine::new(&config).expect("the settings go together");
        let module = Module::new(&engine, wat::parse_str(FIBONACCI).expect("the text is right"));
        let mut store = Store::new(&engine, ());
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(|_| Ok(UpdateDeadline::Continue(1)));
        store.set_fuel(u64::MAX).expect("the engine counts fuel");
        let instance = Instance::new(&mut store, &module.expect("the module is valid"), &[]);
        let instance = instance.expect("it imports nothing");
        let func = instance.get_func(&mut store, "fibonacci").expect("it has the export");
        Self { store, func }
    }

    fn call(&mut self) {
        let mut results = [Val::I32(0)];
        self.func.call(&mut self.store, &[Val::I32(30)], &mut results).expect("it returns");
        assert_eq!(results[0].i32(), Some(832_040));
    }
}

fn plugin(
    engines: &Engines,
    text: &str,
    settings: &EngineSettings,
    observer: Arc<dyn CallObserver>,
) -> Plugin {
    let request =
        CompileRequest { source: text.as_bytes(), settings, caps: SizeCaps::default(), read_ns: None };
    let build = compile(engines, &BuildCache::new(1 << 20), &request).expect("the text is right");
    let options = PluginOptions { limits: Limits::UNLIMITED, ..PluginOptions::default() };
    Plugin::create(build, 1, options, observer).expect("it imports nothing")
}

//! How long it takes from a text or a binary to a module that can be called, against `wat` and the engine alone.
//!
//! Fails on wrong results, never on slow ones.
#![allow(clippy::disallowed_methods, reason = "a bench waits for the thread that it starts")]
#![allow(clippy::print_stdout, reason = "a bench ends in a table")]

mod rounds;

use std::hint::black_box;
use std::sync::Arc;

use rounds::{Rounds, verdict};
use wasm_workbench::engine::front::SizeCaps;
use wasm_workbench::engine::{
    Build, BuildCache, CompileRequest, EngineSettings, Engines, NoObserver, Plugin, PluginOptions, compile,
};
use wasm_workbench::model::build::CacheOutcome;
use wasm_workbench::model::limits::Limits;
use wasm_workbench::model::sample;
use wasm_workbench::model::value::Value;
use wasmtime::{Config, Engine, Instance, Module, Store, Val};

/// Functions of the generated module, which make about a megabyte of binary.
const FUNCTIONS: usize = 3_100;

/// Parts that the body of a generated function consists of.
const PARTS: u32 = 16;

fn main() {
    let thread = std::thread::Builder::new().name("bench".to_owned()).stack_size(16 << 20).spawn(bench);
    if thread.expect("the system has threads").join().is_err() {
        std::process::exit(1);
    }
}

fn bench() {
    let engines = Engines::new();
    let text = generated_text();
    let binary = wat::parse_str(&text).expect("the generated text is right");
    println!("generated module: {} bytes of text, {} of binary", text.len(), binary.len());
    check_results(&engines, &binary);
    compare(&engines, "Generated text", &[text.as_bytes()], 7);
    compare(&engines, "Generated binary", &[&binary], 7);
    let samples = callable_samples(&engines);
    println!("\n{} samples can be made into an instance", samples.len());
    compare(&engines, "All samples, one after another", &samples, 21);
    for (name, source) in [("generated text", text.as_bytes()), ("generated binary", &binary)] {
        cache_hit(&engines, name, source);
    }
    cache_hit(&engines, "first sample", samples[0]);
}

/// Compares the whole way of the workbench with parsing and compiling alone, for the same sources.
fn compare(engines: &Engines, title: &str, sources: &[&[u8]], count: usize) {
    let off = settings(false);
    let on = settings(true);
    let (plain, watched, metered) = (engine(false, false), engine(true, false), engine(true, true));
    let rounds = Rounds::run(
        count,
        &mut [
            ("wat and Module::new", &mut || parse_and_compile(&plain, sources)),
            ("the same, engine with epochs", &mut || parse_and_compile(&watched, sources)),
            ("the same, engine with epochs and fuel", &mut || parse_and_compile(&metered, sources)),
            ("workbench, depth and fuel not counted", &mut || all_the_way(engines, sources, &off)),
            ("workbench, depth and fuel counted", &mut || all_the_way(engines, sources, &on)),
        ],
    );
    print!("{}", rounds.table(title, 1.0));
    // Checks for epochs and fuel are machine code that somebody has to compile, pass or no pass: the second
    // ratio of each pair says what the workbench itself adds.
    print!("{}", verdict("not counted, against a plain engine", rounds.ratio(3, 0), 1.15, "x"));
    print!("{}", verdict("not counted, against an engine with epochs", rounds.ratio(3, 1), 1.15, "x"));
    print!("{}", verdict("counted, against a plain engine", rounds.ratio(4, 0), 1.3, "x"));
    print!("{}", verdict("counted, against an engine with epochs and fuel", rounds.ratio(4, 2), 1.3, "x"));
    if let [source] = sources {
        for (name, settings) in [("not counted", &off), ("counted", &on)] {
            let phases = build(engines, &fresh_cache(), source, settings).info.phases;
            let phases = phases.iter().map(|(phase, ns)| format!("{phase} {} µs", ns / 1000));
            println!("     phases, {name}: {}", phases.collect::<Vec<_>>().join(", "));
        }
    }
}

/// What a host does that has no workbench.
fn parse_and_compile(engine: &Engine, sources: &[&[u8]]) {
    for source in sources {
        let wasm = wat::parse_bytes(source).expect("the source is right");
        black_box(Module::new(engine, &wasm).expect("the module is valid"));
    }
}

fn engine(epochs: bool, fuel: bool) -> Engine {
    let mut config = Config::new();
    config.epoch_interruption(epochs).consume_fuel(fuel);
    Engine::new(&config).expect("the settings go together")
}

/// From the source to an instance whose exports can be called.
fn all_the_way(engines: &Engines, sources: &[&[u8]], settings: &EngineSettings) {
    for source in sources {
        let build = build(engines, &fresh_cache(), source, settings);
        black_box(instance(build).expect("it can be made"));
    }
}

/// Finds a build again that is in the cache.
fn cache_hit(engines: &Engines, name: &str, source: &[u8]) {
    let settings = settings(true);
    let cache = BuildCache::new(1 << 30);
    build(engines, &cache, source, &settings);
    let rounds = Rounds::run(
        101,
        &mut [("compile, found in memory", &mut || {
            let build = build(engines, &cache, source, &settings);
            assert_eq!(build.info.cache, CacheOutcome::Memory);
        })],
    );
    print!("{}", rounds.table(&format!("Cache in memory, {name} of {} bytes", source.len()), 1.0));
    print!("{}", verdict("median", rounds.median_ns(0) / 1e6, 1.0, "ms"));
}

/// Shows that the module does the same on both sides.
fn check_results(engines: &Engines, binary: &[u8]) {
    let engine = Engine::default();
    let module = Module::new(&engine, binary).expect("the module is valid");
    let mut store = Store::new(&engine, ());
    let bare = Instance::new(&mut store, &module, &[]).expect("it imports nothing");
    let build = build(engines, &fresh_cache(), binary, &settings(true));
    assert!(build.is_rewritten(), "{:?}", build.info.notices);
    let mut plugin = instance(build).expect("it imports nothing");
    for export in ["f0", "f1", "f2000", "f3099"] {
        let func = bare.get_func(&mut store, export).expect("it has the export");
        let mut results = [Val::I32(0)];
        func.call(&mut store, &[Val::I32(7), Val::I32(-3)], &mut results).expect("it returns");
        let record = plugin.call(export, &[Value::I32(7), Value::I32(-3)]).expect("the arguments fit");
        assert_eq!(record.results, [Value::I32(results[0].i32().expect("it returns an i32"))], "{export}");
    }
}

fn settings(counted: bool) -> EngineSettings {
    EngineSettings { fuel: counted, call_depth: counted, ..EngineSettings::default() }
}

/// Returns a cache with nothing in it.
fn fresh_cache() -> BuildCache {
    BuildCache::new(1 << 20)
}

fn build(engines: &Engines, cache: &BuildCache, source: &[u8], settings: &EngineSettings) -> Arc<Build> {
    let request = CompileRequest { source, settings, caps: SizeCaps::default(), read_ns: None };
    compile(engines, cache, &request).unwrap_or_else(|failure| panic!("{:?}", failure.diagnostics))
}

fn instance(build: Arc<Build>) -> Option<Plugin> {
    let options = PluginOptions { limits: Limits::UNLIMITED, ..PluginOptions::default() };
    Plugin::create(build, 1, options, Arc::new(NoObserver)).ok()
}

/// Returns the samples that are core modules whose imports somebody provides.
fn callable_samples(engines: &Engines) -> Vec<&'static [u8]> {
    let sources = sample::all().iter().map(|sample| sample.source.as_bytes());
    let callable = sources.filter(|source| {
        let build = build(engines, &fresh_cache(), source, &settings(true));
        !build.info.kind.is_component() && instance(build).is_some()
    });
    callable.collect()
}

/// Writes a module of many functions whose bodies differ: arithmetic, branches, loops, memory and calls.
fn generated_text() -> String {
    let mut text = String::from("(module (memory (export \"memory\") 1)\n");
    let mut random = Random(0x9e37_79b9);
    for index in 0..FUNCTIONS {
        text += &format!(
            "(func $f{index} (export \"f{index}\") (param $a i32) (param $b i32) (result i32) (local $i i32)\n"
        );
        for _ in 0..PARTS {
            // The first function calls nobody, so that no chain of calls is longer than two.
            let kind = random.below(if index == 0 { 5 } else { 6 });
            text += &part(kind, random.below(1 << 20));
        }
        text += "  (i32.sub (local.get $a) (local.get $b)))\n";
    }
    text + ")\n"
}

/// Writes one part of a body.
fn part(kind: u32, number: u32) -> String {
    let offset = number % 4096;
    match kind {
        0 => format!(
            "  (local.set $a (i32.add (local.get $a) (i32.mul (local.get $b) (i32.const {number}))))\n"
        ),
        1 => format!(
            "  (if (i32.lt_s (local.get $a) (local.get $b))
    (then (local.set $b (i32.xor (local.get $b) (i32.const {number}))))
    (else (local.set $a (i32.rotl (local.get $a) (i32.const 7)))))\n"
        ),
        2 => format!(
            "  (local.set $i (i32.const 0))
  (loop $again
    (local.set $b (i32.add (local.get $b) (local.get $i)))
    (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (br_if $again (i32.lt_u (local.get $i) (i32.const {}))))\n",
            number % 7 + 1
        ),
        3 => format!(
            "  (i32.store offset={offset} (i32.and (local.get $a) (i32.const 0x3ffc)) (local.get $b))\n"
        ),
        4 => format!(
            "  (local.set $b (i32.load offset={offset} (i32.and (local.get $b) (i32.const 0x3ffc))))\n"
        ),
        _ => "  (local.set $a (call $f0 (local.get $a) (local.get $b)))\n".to_owned(),
    }
}

/// Numbers that look random and are the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from(self.0 >> 33).expect("31 bits fit") % bound
    }
}

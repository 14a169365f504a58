//! What it costs to find what a call would take, against the call itself: runs, and time for each.
//!
//! Fails on wrong results, never on slow ones.
#![allow(clippy::disallowed_methods, reason = "a bench waits for the thread that it starts")]
#![allow(clippy::print_stdout, reason = "a bench ends in a table")]

use std::sync::Arc;
use std::time::Instant;

use wasm_workbench::engine::front::SizeCaps;
use wasm_workbench::engine::{
    BuildCache, CompileRequest, EngineSettings, Engines, NoObserver, OperatorCounter, PluginOptions, Probe,
    ProbedCall, SharedObserver, compile,
};
use wasm_workbench::model::value::Value;
use wasm_workbench::worker::foreground;

const GUEST: &str = r#"(module (memory 1) (table 2 funcref)
  (func $fib (export "fib") (param $n i32) (result i32)
    (if (result i32) (i32.lt_s (local.get $n) (i32.const 2))
      (then (local.get $n))
      (else (i32.add
        (call $fib (i32.sub (local.get $n) (i32.const 1)))
        (call $fib (i32.sub (local.get $n) (i32.const 2))))))))"#;

fn main() {
    let engines = Engines::new();
    let (settings, caps) = (EngineSettings::default(), SizeCaps::default());
    let request = CompileRequest { source: GUEST.as_bytes(), settings: &settings, caps, read_ns: None };
    let build = compile(&engines, &BuildCache::new(0), &request).expect("the guest compiles");
    let observer: SharedObserver = Arc::new(NoObserver);
    println!("{:<12}{:>8}{:>14}{:>16}{:>18}", "call", "runs", "ms in all", "µs a run", "ms to count");
    for n in [1, 10, 20, 25] {
        let call = ProbedCall { export: "fib".into(), args: vec![Value::I32(n)] };
        let options = PluginOptions::default();
        let probe = Probe {
            build: Arc::clone(&build),
            options: options.clone(),
            replay: Vec::new(),
            forgotten: 0,
            call: call.clone(),
        };
        let began = Instant::now();
        let find = || probe.find(&engines, &observer, &mut |_| true);
        let needs = foreground::run(&engines, probe.thread_stack_bytes(), find);
        let needs = needs.expect("there are threads").expect("no panic").expect("it can be called");
        let needs = needs.expect("nobody stops it");
        let all = began.elapsed();
        for need in needs.limits.iter().filter(|need| need.step == 1) {
            assert!(need.proved && need.runs <= 3, "{need:?}");
        }
        let counter =
            OperatorCounter { build: Arc::clone(&build), options, limits: None, replay: Vec::new(), call };
        let began = Instant::now();
        let count = || counter.count(&engines, &observer, &mut |_| true);
        let counts = foreground::run(&engines, build.thread_stack_bytes(), count);
        let counts = counts.expect("there are threads").expect("no panic").expect("it can be counted");
        let counts = counts.expect("nobody stops it");
        assert!(counts.is_exact && counts.bulk_fuel == Some(0));
        println!(
            "{:<12}{:>8}{:>14.2}{:>16.1}{:>18.2}",
            format!("fib({n})"),
            needs.runs,
            all.as_secs_f64() * 1e3,
            all.as_secs_f64() * 1e6 / f64::from(needs.runs),
            began.elapsed().as_secs_f64() * 1e3,
        );
    }
}

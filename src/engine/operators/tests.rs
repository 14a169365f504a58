//! Counts against the engine's own fuel, on the samples that ship and on code with every kind of branch.

use super::*;
use crate::engine::settings::EngineSettings;
use crate::engine::{NoObserver, OperatorCounter};
use crate::model::sample::{self, Section};

fn build(engines: &Engines, source: &[u8]) -> Arc<Build> {
    let settings = EngineSettings::default();
    let request = CompileRequest { source, settings: &settings, caps: SizeCaps::default(), read_ns: None };
    compile(engines, &BuildCache::new(0), &request).expect("the test's text compiles")
}

fn count(engines: &Engines, build: &Arc<Build>, export: &str, args: &[Value]) -> OperatorCounts {
    let counter = OperatorCounter {
        build: Arc::clone(build),
        options: PluginOptions::default(),
        replay: Vec::new(),
        call: ProbedCall { export: export.into(), args: args.to_vec() },
    };
    let observer: SharedObserver = Arc::new(NoObserver);
    counter.count(engines, &observer).unwrap_or_else(|failure| panic!("{export}: {failure}"))
}

fn of(counts: &OperatorCounts, name: &str) -> u64 {
    counts.operators.iter().find(|operator| operator.name == name).map_or(0, |operator| operator.count)
}

#[test]
fn each_operator_is_counted_as_often_as_it_runs() {
    let text = r#"(module
      (global $own (mut i32) (i32.const 0))
      (func $square (param i32) (result i32) (i32.mul (local.get 0) (local.get 0)))
      (func (export "sum") (param i32) (result i32) (local i32)
        (block $done
          (loop $again
            (br_if $done (i32.eqz (local.get 0)))
            (if (i32.and (local.get 0) (i32.const 1))
              (then (local.set 1 (i32.add (local.get 1) (call $square (local.get 0)))))
              (else (global.set $own (local.get 0))))
            (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
            (br $again)))
        (local.get 1)))"#;
    let engines = Engines::default();
    let counts = count(&engines, &build(&engines, text.as_bytes()), "sum", &[Value::I32(6)]);
    assert_eq!(counts.results, [Value::I32(35)]);
    let table = [
        ("i32.mul", 3),
        ("call", 3),
        ("i32.add", 3),
        ("global.set", 3),
        ("i32.sub", 6),
        ("i32.eqz", 7),
        ("br_if", 7),
        ("br", 6),
        ("block", 1),
        ("loop", 1),
        ("if", 6),
        ("i32.div_s", 0),
    ];
    for (name, expected) in table {
        assert_eq!(of(&counts, name), expected, "{name}");
    }
    assert_eq!((counts.entries, counts.is_exact, counts.bulk_fuel), (4, true, Some(0)));
}

#[test]
fn counts_at_the_engines_prices_are_its_fuel_on_every_sample() {
    let engines = Engines::default();
    let (mut compared, mut with_bulk) = (0, 0);
    for sample in sample::all() {
        let build = build(&engines, sample.source.as_bytes());
        if build.info.kind.is_component() || !build.interface.imports.is_empty() {
            continue;
        }
        for (export, _, signature) in build.interface.exported_functions() {
            if !signature.params.is_empty() || export.starts_with('_') {
                continue;
            }
            let counter = OperatorCounter {
                build: Arc::clone(&build),
                options: PluginOptions {
                    limits: Limits { execution_time_ms: Some(1), call_depth: Some(100), ..sample.limits },
                    ..PluginOptions::default()
                },
                replay: Vec::new(),
                call: ProbedCall { export: export.into(), args: Vec::new() },
            };
            let observer: SharedObserver = Arc::new(NoObserver);
            // Guests that never end are of no use here, and nothing ticks that could end them.
            if matches!(sample.section, Section::Limits | Section::Lifecycle) {
                continue;
            }
            let Ok(counts) = counter.count(&engines, &observer) else { continue };
            if counts.is_exact {
                let fuel = counts.bulk_fuel;
                assert!(fuel.is_some(), "{} {export}: more counted than burnt", sample.id);
                compared += 1;
                with_bulk += u32::from(fuel > Some(0));
            }
        }
    }
    assert!(compared >= 10, "{compared}");
    assert!(with_bulk * 2 < compared, "{with_bulk} of {compared} have fuel that no operator explains");
}

#[test]
fn work_on_bytes_is_told_apart_from_operators() {
    let text = r#"(module (memory 1)
      (func (export "fill") (memory.fill (i32.const 0) (i32.const 1) (i32.const 5000))))"#;
    let engines = Engines::default();
    let counts = count(&engines, &build(&engines, text.as_bytes()), "fill", &[]);
    assert_eq!((of(&counts, "memory.fill"), of(&counts, "i32.const"), counts.entries), (1, 3, 1));
    assert!(counts.bulk_fuel >= Some(5000), "{:?}", counts.bulk_fuel);
}

#[test]
fn counts_begin_with_the_call_and_not_with_the_instance() {
    let text = r#"(module (global $n (mut i32) (i32.const 0))
      (func $up (export "up") (global.set $n (i32.add (global.get $n) (i32.const 1))))
      (start $up)
      (func (export "_initialize") (call $up)))"#;
    let engines = Engines::default();
    let build = build(&engines, text.as_bytes());
    let up = ProbedCall { export: "up".into(), args: Vec::new() };
    let options = PluginOptions::default();
    let counter = OperatorCounter { build, options, replay: vec![up.clone(); 3], call: up };
    let observer: SharedObserver = Arc::new(NoObserver);
    let counts = counter.count(&engines, &observer).expect("it can be counted");
    assert_eq!((of(&counts, "i32.add"), counts.entries), (1, 1));
}

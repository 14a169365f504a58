//! Counts against the engine's own fuel, on the samples that ship and on code with every kind of branch.

use super::*;
use crate::engine::front::SizeCaps;
use crate::engine::{BuildCache, CompileRequest, NoObserver, compile};
use crate::model::call::TrapKind;
use crate::model::limit_rules::LimitRule;
use crate::model::limits::LimitKind;
use crate::model::measured::Measured;
use crate::model::operators::PriceChanges;
use crate::model::sample::{self, Section};
use crate::model::value::Value;

const FACTORIAL: &str = r#"(module
  (memory 1)
  (func $factorial (export "factorial") (param i64) (result i64)
    (memory.fill (i32.const 0) (i32.const 1) (i32.const 100))
    (if (result i64) (i64.le_s (local.get 0) (i64.const 1))
      (then (i64.const 1))
      (else (i64.mul (local.get 0) (call $factorial (i64.sub (local.get 0) (i64.const 1))))))))"#;

fn build(engines: &Engines, source: &[u8]) -> Arc<Build> {
    build_at(engines, source, &PriceChanges::default())
}

fn build_at(engines: &Engines, source: &[u8], prices: &PriceChanges) -> Arc<Build> {
    let settings = EngineSettings { prices: prices.clone(), ..EngineSettings::default() };
    let request = CompileRequest { source, settings: &settings, caps: SizeCaps::default(), read_ns: None };
    compile(engines, &BuildCache::new(0), &request).expect("the test's text compiles")
}

/// Makes the same call without counters.
fn plain(counter: &OperatorCounter) -> CallRecord {
    let OperatorCounter { build, options, call, .. } = counter;
    let mut plugin =
        Plugin::create(Arc::clone(build), 1, options.clone(), Arc::new(NoObserver)).expect("it is made");
    initialize(&mut plugin).expect("it starts");
    plugin.call(&call.export, &call.args).expect("the arguments fit")
}

fn count(engines: &Engines, build: &Arc<Build>, export: &str, args: &[Value]) -> OperatorCounts {
    let counter = OperatorCounter {
        build: Arc::clone(build),
        options: PluginOptions::default(),
        limits: None,
        replay: Vec::new(),
        call: ProbedCall { export: export.into(), args: args.to_vec() },
    };
    let observer: SharedObserver = Arc::new(NoObserver);
    counted(&counter, engines, &observer).unwrap_or_else(|failure| panic!("{export}: {failure}"))
}

fn counted(
    counter: &OperatorCounter,
    engines: &Engines,
    observer: &SharedObserver,
) -> Result<OperatorCounts, CountFailure> {
    Ok(counter.count(engines, observer, &mut |_| true)?.expect("nobody stops it"))
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
                limits: None,
                replay: Vec::new(),
                call: ProbedCall { export: export.into(), args: Vec::new() },
            };
            let observer: SharedObserver = Arc::new(NoObserver);
            // Guests that never end are of no use here, and nothing ticks that could end them.
            if matches!(sample.section, Section::Limits | Section::Lifecycle) {
                continue;
            }
            let Ok(counts) = counted(&counter, &engines, &observer) else { continue };
            let record = plain(&counter);
            assert_eq!(
                (counts.outcome, counts.fuel),
                (record.outcome, record.fuel),
                "{} {export}",
                sample.id
            );
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
    let counter = OperatorCounter { build, options, limits: None, replay: vec![up.clone(); 3], call: up };
    let observer: SharedObserver = Arc::new(NoObserver);
    let counts = counted(&counter, &engines, &observer).expect("it can be counted");
    assert_eq!((of(&counts, "i32.add"), counts.entries), (1, 1));
}

#[test]
fn bulk_work_is_told_apart_at_any_prices() {
    let engines = Engines::default();
    let args = [Value::I64(6)];
    let plain = count(&engines, &build(&engines, FACTORIAL.as_bytes()), "factorial", &args);
    assert!(plain.bulk_fuel >= Some(600), "{:?}", plain.bulk_fuel);
    for text in ["i64.mul=16", "*=0", "*=3,i64.mul=7,memory.fill=0,local.get=16"] {
        let prices = PriceChanges::parse(text).expect("it is well written");
        let priced = count(&engines, &build_at(&engines, FACTORIAL.as_bytes(), &prices), "factorial", &args);
        assert_eq!(priced.bulk_fuel, plain.bulk_fuel, "{text}");
        assert_eq!(priced.fuel_at(&prices).map(Measured::Exact), Some(priced.fuel), "{text}");
        assert_eq!(
            plain.fuel_at(&prices).map(Measured::Exact),
            Some(priced.fuel),
            "{text}, by the plain counts"
        );
        assert_eq!(priced.fuel_at(&PriceChanges::default()).map(Measured::Exact), Some(plain.fuel), "{text}");
    }
}

#[test]
fn one_operator_alone_costs_as_often_as_it_runs_and_one_for_each_entry() {
    let text = FACTORIAL.replace("(memory.fill (i32.const 0) (i32.const 1) (i32.const 100))", "");
    let engines = Engines::default();
    for name in ["i64.mul", "local.get", "i32.add", "call", "if"] {
        let build = build_at(&engines, text.as_bytes(), &PriceChanges::only(name));
        let counts = count(&engines, &build, "factorial", &[Value::I64(6)]);
        let expected = of(&counts, name) + counts.entries;
        assert_eq!(counts.fuel, Measured::Exact(expected), "{name}");
        assert_eq!(counts.entries, 6);
    }
}

#[test]
fn counters_burn_nothing_and_every_limit_stays_in_force() {
    let engines = Engines::default();
    let build = build(&engines, FACTORIAL.as_bytes());
    let call = ProbedCall { export: "factorial".into(), args: vec![Value::I64(6)] };
    let needed = count(&engines, &build, "factorial", &call.args).fuel.value().expect("it is measured");
    let observer: SharedObserver = Arc::new(NoObserver);
    let ends = [
        (Limits { fuel: Some(needed), ..Limits::UNLIMITED }, Outcome::Returned),
        (Limits { fuel: Some(needed - 1), ..Limits::UNLIMITED }, Outcome::Limit(LimitKind::Fuel)),
        (Limits { call_depth: Some(6), ..Limits::UNLIMITED }, Outcome::Returned),
        (Limits { call_depth: Some(5), ..Limits::UNLIMITED }, Outcome::Limit(LimitKind::CallDepth)),
    ];
    for (limits, outcome) in ends {
        let options = PluginOptions { limits, ..PluginOptions::default() };
        let (build, call) = (Arc::clone(&build), call.clone());
        let counter = OperatorCounter { build, options, limits: None, replay: Vec::new(), call };
        let counts = counted(&counter, &engines, &observer).expect("it can be counted");
        assert_eq!((counts.outcome, counts.is_exact), (outcome, outcome == Outcome::Returned), "{limits:?}");
    }
}

#[test]
fn a_call_after_one_that_trapped_is_counted_on_a_fresh_instance() {
    let text = r#"(module (global $n (mut i32) (i32.const 0))
      (func (export "up") (result i32) (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n))
      (func (export "trap") (unreachable)))"#;
    let engines = Engines::default();
    let build = build(&engines, text.as_bytes());
    let call = |export: &str| ProbedCall { export: export.into(), args: Vec::new() };
    let observer: SharedObserver = Arc::new(NoObserver);
    let after = |replay: Vec<ProbedCall>| OperatorCounter {
        build: Arc::clone(&build),
        options: PluginOptions::default(),
        limits: None,
        replay,
        call: call("up"),
    };
    let counts = counted(&after(vec![call("up"), call("up")]), &engines, &observer).expect("it is counted");
    assert_eq!(counts.results, [Value::I32(3)]);
    let counts = counted(&after(vec![call("up"), call("trap")]), &engines, &observer).expect("it is counted");
    assert_eq!((counts.results, counts.operators.len()), (vec![Value::I32(1)], 4));
    let trap = OperatorCounter { call: call("trap"), ..after(Vec::new()) };
    let counts = counted(&trap, &engines, &observer).expect("it is counted");
    assert_eq!((counts.outcome, counts.is_exact), (Outcome::Trapped(TrapKind::Unreachable), false));
}

#[test]
fn counting_tells_its_steps_and_ends_where_it_is_told_to() {
    let engines = Engines::default();
    let build = build(&engines, FACTORIAL.as_bytes());
    let call = ProbedCall { export: "factorial".into(), args: vec![Value::I64(3)] };
    let options = PluginOptions::default();
    let counter = OperatorCounter { build, options, limits: None, replay: vec![call.clone(); 2], call };
    let observer: SharedObserver = Arc::new(NoObserver);
    let mut steps = Vec::new();
    let all = counter.count(&engines, &observer, &mut |step| {
        steps.push(step);
        true
    });
    assert!(all.expect("it can be counted").is_some());
    let before = |made| CountStep::Before { made, of: 2 };
    assert_eq!(steps, [CountStep::Preparing, before(0), before(1), CountStep::Calling]);
    for last in 0..steps.len() {
        let mut told = 0;
        let stopped = counter.count(&engines, &observer, &mut |_| {
            told += 1;
            told <= last
        });
        assert_eq!(stopped.expect("it can be counted"), None, "after {last}");
    }
}

#[test]
fn rules_hold_for_the_calls_before_and_the_calls_own_limits_for_itself() {
    let text = r#"(module
      (func (export "_initialize") (local i32)
        (loop (br_if 0 (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 100)))))
      (func (export "three") (result i32) (i32.add (i32.const 1) (i32.const 2))))"#;
    let engines = Engines::default();
    let build = build(&engines, text.as_bytes());
    let observer: SharedObserver = Arc::new(NoObserver);
    let limited = |fuel| Limits { fuel: Some(fuel), ..Limits::UNLIMITED };
    let three = |rules: &[&str], limits| {
        let rules = rules.iter().map(|rule| LimitRule::parse(rule).expect("it is well written")).collect();
        let options =
            PluginOptions { limits: limited(4), rules: LimitRules::new(rules), ..PluginOptions::default() };
        let call = ProbedCall { export: "three".into(), args: Vec::new() };
        let build = Arc::clone(&build);
        let counter = OperatorCounter { build, options, limits, replay: vec![call.clone()], call };
        counted(&counter, &engines, &observer).map(|counts| counts.outcome)
    };
    assert!(three(&[], None).is_err(), "the plugin's own fuel is too little to initialize it");
    let initialize = "_initialize:fuel=none,time_ms=1";
    assert_eq!(three(&[initialize], None).expect("it is counted"), Outcome::Returned);
    let stopped = Outcome::Limit(LimitKind::Fuel);
    assert_eq!(three(&[initialize, "three:fuel=3"], None).expect("it is counted"), stopped);
    let own = Some(limited(3));
    assert_eq!(three(&[initialize, "three:fuel=9"], own).expect("it is counted"), stopped);
}

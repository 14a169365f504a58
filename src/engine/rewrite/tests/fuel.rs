//! Fuel: to the unit what the unrewritten module burns, after returns and after traps.

use wasmtime::Val;

use super::{
    Build, Config, Engine, Prices, RewriteOptions, Subject, config, engine_operator_cost, everything,
    rewritten, wat,
};

/// Exports `f` with one `i32` each.
const BODIES: &[&str] = &[
    "",
    "nop nop (drop (i32.const 1)) nop",
    "(block (br 0) (drop (i32.const 1)) nop)",
    "(block (br_if 0 (local.get 0)) (drop (i32.const 1)))",
    "(loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))",
    "(if (local.get 0) (then (drop (i32.const 1))) (else nop nop (drop (i32.const 1)) (drop (i32.const 2))))",
    "(if (local.get 0) (then unreachable) (else (drop (i32.const 1))))",
    "(if (local.get 0) (then return) (else (return)) ) unreachable",
    "(block (block (block (br_table 0 1 2 0 (local.get 0))) (drop (i32.const 1)) (br 1)) (drop (f32.const 1)))",
    "(memory.fill (i32.const 0) (i32.const 1) (local.get 0))",
    "(memory.fill (i32.const 0) (i32.const 1) (i32.const 500))",
    "(memory.fill (i32.const 0) (i32.const 1) (local.get 1))",
    "(memory.copy (i32.const 0) (i32.const 9) (local.get 0)) (memory.init 0 (i32.const 0) (i32.const 0) (i32.const 3))",
    "(table.fill (i32.const 0) (ref.null func) (local.get 0)) (drop (table.grow (ref.null func) (local.get 0)))",
    "(drop (memory.grow (local.get 0))) (drop (memory.grow (i32.const 70000))) (drop (memory.size))",
    "(drop (i32.div_u (i32.const 7) (local.get 0)))",
    "(drop (i32.load offset=65535 (local.get 0)))",
    "(drop (i32.const 5)) unreachable (drop (i32.const 1)) nop",
    "(call $callee (local.get 0)) (call $callee (local.get 0)) (return_call $callee (i32.const 3))",
    "(return) (loop (br 0)) (block (if (i32.const 0) (then) (else)))",
    "(block $c (try_table (catch_all $c) (call $thrower) (drop (i32.const 1)))) (drop (i32.const 2))",
    "(block $c (try_table (catch_all $c) (drop (i32.const 1)) (throw $e)))",
    "(throw $e)",
    "(drop (array.new $a (i32.const 1) (local.get 0))) (drop (struct.new $s (i32.const 1)))",
    "(drop (block $b (result anyref) (br_on_cast $b anyref i31ref (ref.i31 (local.get 0)))))",
    "(block $b (br_on_null $b (ref.null any)) drop) (drop (ref.is_null (ref.null func)))",
    "(drop (i8x16.relaxed_swizzle (v128.const i32x4 1 2 3 4) (v128.const i32x4 4 3 2 1)))",
    "(i64.add128 (i64.const 1) (i64.const 2) (i64.const 3) (i64.const 4)) drop drop",
    "(loop $l (block (loop (br_if 0 (local.tee 0 (i32.shr_u (local.get 0) (i32.const 1))))) (br_if $l (local.get 0))))",
];

fn module(body: &str) -> Vec<u8> {
    wat(&format!(
        r#"(module
          (memory 1 2) (table 10 20 funcref) (data "abc") (tag $e)
          (type $a (array (mut i32))) (type $s (struct (field i32)))
          (func $callee (param i32) (if (local.get 0) (then (drop (f64.const 1)))))
          (func $thrower (call $callee (i32.const 1)) (throw $e))
          (func (export "f") (param i32) (local i32) {body}))"#
    ))
}

#[test]
fn fuel_is_equal_to_the_unit() {
    for body in BODIES {
        let (plain, counted) = (Build::plain(&module(body)), Build::counted(&module(body), &everything()));
        for arg in [0, 1, 2, 9] {
            let plain = plain.start().call_i32("f", &[arg]);
            assert_eq!(counted.start().call_i32("f", &[arg]), plain, "{body} with {arg}");
            assert!(plain.fuel > 0 || plain.end.is_err(), "{body} with {arg}");
        }
    }
}

#[test]
fn fuel_runs_out_at_the_same_place() {
    for body in BODIES {
        let (plain, counted) = (Build::plain(&module(body)), Build::counted(&module(body), &everything()));
        for tank in 0..40 {
            let plain = plain.start().call("f", &[Val::I32(300)], tank);
            let counted = counted.start().call("f", &[Val::I32(300)], tank);
            assert_eq!(counted, plain, "{body} with {tank}");
        }
    }
}

#[test]
fn each_option_alone_keeps_results_and_prices_keep_fuel() {
    for body in BODIES {
        let wasm = module(body);
        for options in [
            RewriteOptions::default(),
            RewriteOptions { prices: None, ..everything() },
            RewriteOptions { depth: false, ..everything() },
            RewriteOptions { record_refused_growth: false, ..everything() },
            RewriteOptions { depth: false, record_refused_growth: false, ..everything() },
        ] {
            let plain = Subject::plain(&wasm).call_i32("f", &[2]);
            let mut counted = Subject::with(&wasm, &options).call_i32("f", &[2]);
            if options.prices.is_none() && options != RewriteOptions::default() {
                assert!(counted.fuel >= plain.fuel, "{body}");
                counted.fuel = plain.fuel;
            }
            assert_eq!(counted, plain, "{body} with {options:?}");
        }
    }
}

#[test]
fn other_prices_are_charged_where_the_engine_charges_them() {
    let mut cost = wasmtime::OperatorCost::new();
    (cost.Block, cost.Loop, cost.Else, cost.End, cost.If) = (2, 3, 4, 5, 6);
    (cost.Nop, cost.Drop, cost.Return, cost.Unreachable, cost.I32Const, cost.Call) = (7, 8, 9, 10, 16, 0);
    let mut prices = Prices::default();
    for (name, price) in [
        ("Block", 2),
        ("Loop", 3),
        ("Else", 4),
        ("End", 5),
        ("If", 6),
        ("Nop", 7),
        ("Drop", 8),
        ("Return", 9),
        ("Unreachable", 10),
        ("I32Const", 16),
        ("Call", 0),
    ] {
        prices.set(name, price).expect("the operator exists");
    }
    let charging = Engine::new(config().operator_cost(cost)).expect("the settings go together");
    let options = RewriteOptions { prices: Some(prices), ..everything() };
    for body in BODIES {
        let plain = Build::on(&charging, &module(body), None).expect("it compiles");
        let counted = Build::counted(&module(body), &options);
        for arg in [0, 1, 9] {
            let plain = plain.start().call_i32("f", &[arg]);
            assert_eq!(counted.start().call_i32("f", &[arg]), plain, "{body} with {arg}");
        }
    }
}

#[test]
fn the_baseline_compiler_counts_the_same() {
    let wasm = wat(r#"(module
      (func $fib (export "fib") (param i32) (result i32)
        (if (i32.lt_u (local.get 0) (i32.const 2)) (then (return (local.get 0)) unreachable))
        (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1)))
                 (call $fib (i32.sub (local.get 0) (i32.const 2))))))"#);
    let mut subjects = vec![Subject::plain(&wasm), Subject::counted(&wasm)];
    if cfg!(target_arch = "x86_64") {
        let mut config = Config::new();
        config.consume_fuel(true).strategy(wasmtime::Strategy::Winch).operator_cost(engine_operator_cost());
        let winch = Engine::new(&config).expect("the settings go together");
        let counted = rewritten(&wasm, &everything());
        subjects.push(Build::on(&winch, &counted.wasm.clone(), Some(counted)).expect("it compiles").start());
    }
    for mut subject in subjects {
        let ended = subject.call_i32("fib", &[10]);
        assert_eq!((ended.end, ended.fuel), (Ok(vec!["i32 55".to_owned()]), 1766));
    }
}

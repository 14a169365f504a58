//! Call depth: N frames pass, N + 1 stop, whatever way the calls are made.

use super::{Subject, wat};

const RECURSIONS: &str = r#"(module
  (type $f (func (param i32) (result i32)))
  (table funcref (elem $indirect))
  (elem declare func $by_ref)
  (func $direct (export "direct") (param i32) (result i32)
    (if (result i32) (i32.gt_u (local.get 0) (i32.const 1))
      (then (call $direct (i32.sub (local.get 0) (i32.const 1)))) (else (i32.const 7))))
  (func $even (export "mutual") (param i32) (result i32)
    (if (result i32) (i32.gt_u (local.get 0) (i32.const 1))
      (then (call $odd (i32.sub (local.get 0) (i32.const 1)))) (else (i32.const 7))))
  (func $odd (param i32) (result i32) (local i64)
    (if (result i32) (i32.gt_u (local.get 0) (i32.const 1))
      (then (call $even (i32.sub (local.get 0) (i32.const 1)))) (else (i32.const 7))))
  (func $indirect (export "indirect") (param i32) (result i32)
    (if (result i32) (i32.gt_u (local.get 0) (i32.const 1))
      (then (call_indirect (type $f) (i32.sub (local.get 0) (i32.const 1)) (i32.const 0)))
      (else (i32.const 7))))
  (func $by_ref (export "by_ref") (param i32) (result i32)
    (if (result i32) (i32.gt_u (local.get 0) (i32.const 1))
      (then (call_ref $f (i32.sub (local.get 0) (i32.const 1)) (ref.func $by_ref))) (else (i32.const 7))))
  (func $twice (export "twice") (param i32) (result i32)
    (drop (call $direct (i32.sub (local.get 0) (i32.const 1))))
    (call $direct (i32.sub (local.get 0) (i32.const 1)))))"#;

#[test]
fn depth_n_passes_and_the_next_frame_stops() {
    let mut subject = Subject::counted(&wat(RECURSIONS));
    for export in ["direct", "mutual", "indirect", "by_ref", "twice"] {
        for limit in [2, 3, 100] {
            subject.set_depth_limit(limit);
            let passed = subject.call_i32(export, &[limit.cast_signed()]);
            assert_eq!(passed.end, Ok(vec!["i32 7".to_owned()]), "{export} {limit}");
            assert_eq!((subject.peak(), subject.exceeded()), (limit, false), "{export} {limit}");

            let stopped = subject.call_i32(export, &[limit.cast_signed() + 1]);
            assert_eq!(stopped.end, Err("IntegerDivisionByZero".to_owned()), "{export} {limit}");
            assert_eq!((subject.peak(), subject.exceeded()), (limit + 1, true), "{export} {limit}");
            assert!(stopped.frames.iter().all(Option::is_some), "{export} {limit}");
        }
    }
}

#[test]
fn without_a_limit_the_peak_is_still_kept() {
    let mut subject = Subject::counted(&wat(RECURSIONS));
    for depth in [1, 5, 2000] {
        subject.call_i32("direct", &[depth]);
        assert_eq!((subject.peak().cast_signed(), subject.exceeded()), (depth, false));
    }
}

#[test]
fn a_limit_of_zero_refuses_the_exported_function_itself() {
    let mut subject = Subject::counted(&wat(RECURSIONS));
    subject.set_depth_limit(0);
    assert!(subject.call_i32("direct", &[1]).end.is_err());
    assert_eq!((subject.peak(), subject.exceeded()), (1, true));
}

#[test]
fn tail_calls_stay_on_their_frame() {
    let mut subject = Subject::counted(&wat(r#"(module
      (type $f (func (param i32) (result i32)))
      (table funcref (elem $by_table))
      (elem declare func $by_ref)
      (func $loop (export "tail") (param i32) (result i32)
        (if (i32.eqz (local.get 0)) (then (return (call $leaf))))
        (return_call $by_table (i32.sub (local.get 0) (i32.const 1))))
      (func $by_table (param i32) (result i32)
        (if (i32.eqz (local.get 0)) (then (return (call $leaf))))
        (return_call_indirect (type $f) (i32.sub (local.get 0) (i32.const 1)) (i32.const 0)))
      (func $by_ref (export "by_ref") (param i32) (result i32)
        (if (i32.eqz (local.get 0)) (then (return (call $leaf))))
        (return_call_ref $f (i32.sub (local.get 0) (i32.const 1)) (ref.func $by_ref)))
      (func $leaf (result i32) (i32.const 9)))"#));
    for export in ["tail", "by_ref"] {
        subject.set_depth_limit(2);
        let ended = subject.call_i32(export, &[5000]);
        assert_eq!(ended.end, Ok(vec!["i32 9".to_owned()]), "{export}");
        assert_eq!(subject.peak(), 2, "{export}");
        subject.set_depth_limit(1);
        assert!(subject.call_i32(export, &[5000]).end.is_err(), "{export}");
        assert!(subject.exceeded(), "{export}");
    }
}

#[test]
fn a_caught_exception_brings_the_depth_of_its_catcher_back() {
    let mut subject = Subject::counted(&wat(r#"(module
      (tag $e)
      (func $throw_below (param i32)
        (if (i32.eqz (local.get 0)) (then (throw $e)))
        (call $throw_below (i32.sub (local.get 0) (i32.const 1))))
      (func $below (export "below") (param i32) (result i32)
        (if (result i32) (i32.gt_u (local.get 0) (i32.const 1))
          (then (call $below (i32.sub (local.get 0) (i32.const 1)))) (else (i32.const 7))))
      (func (export "catch") (param i32 i32) (result i32)
        (block $caught (try_table (catch $e $caught) (call $throw_below (local.get 0))))
        (call $below (i32.sub (local.get 1) (i32.const 1)))))"#));
    subject.set_depth_limit(20);
    assert_eq!(subject.call_i32("catch", &[10, 20]).end, Ok(vec!["i32 7".to_owned()]));
    assert_eq!(subject.peak(), 20);
    assert!(subject.call_i32("catch", &[10, 21]).end.is_err());
    assert!(subject.exceeded());
    assert_eq!(subject.call_i32("catch", &[10, 3]).end, Ok(vec!["i32 7".to_owned()]));
    assert_eq!(subject.peak(), 12, "the exception flew through 11 frames above the catcher");
}

#[test]
fn a_host_function_is_no_frame() {
    let mut subject = Subject::counted(&wat(r#"(module
      (import "env" "f" (func $host))
      (export "host" (func $host))
      (func (export "f") (call $host)))"#));
    subject.set_depth_limit(1);
    for (export, peak) in [("f", 1), ("host", 0)] {
        assert!(subject.call_i32(export, &[]).end.is_ok(), "{export}");
        assert_eq!(subject.peak(), peak, "{export}");
    }
}

/// Ways to go on after a call that leave the straight line: each returns, and must leave the depth as it was.
const WAYS_ON: [(&str, &str); 17] = [
    ("end", "(call $leaf)"),
    ("call", "(call $leaf) (call $leaf) (call $leaf)"),
    ("return", "(call $leaf) (return)"),
    ("br", "(block (call $leaf) (br 0)) (call $leaf)"),
    ("br to the function", "(block (block (call $leaf) (br 2)))"),
    ("br_if", "(block (call $leaf) (br_if 0 (local.get 0)) (call $leaf)) (call $leaf)"),
    ("br_if that is not taken", "(block (call $leaf) (br_if 0 (i32.eqz (local.get 0))) (call $leaf))"),
    ("br_table", "(block (block (call $leaf) (br_table 0 1 2 (local.get 0))) (call $leaf)) (call $leaf)"),
    ("br_on_null", "(block (call $leaf) (br_on_null 0 (ref.null func)) (drop)) (call $leaf)"),
    (
        "br_on_non_null",
        "(block (result (ref func)) (call $leaf) (br_on_non_null 0 (ref.func $leaf))
        (call $leaf) (return)) (drop) (call $leaf)",
    ),
    (
        "br_on_cast",
        "(block (result anyref) (call $leaf) (br_on_cast 0 anyref i31ref (ref.i31 (i32.const 1))))
        (drop) (call $leaf)",
    ),
    (
        "if",
        "(call $leaf) (if (local.get 0) (then (call $leaf)) (else (call $leaf) (call $leaf))) (call $leaf)",
    ),
    ("if without else", "(call $leaf) (if (i32.eqz (local.get 0)) (then (call $leaf))) (call $leaf)"),
    (
        "loop",
        "(local i32) (call $leaf) (loop (call $leaf) (call $leaf)
        (br_if 0 (i32.lt_u (local.tee 1 (i32.add (local.get 1) (i32.const 1))) (i32.const 5)))) (call $leaf)",
    ),
    ("block", "(call $leaf) (block (call $leaf) (br_if 0 (local.get 0)) (call $leaf)) (call $leaf)"),
    (
        "growth",
        "(call $leaf) (drop (memory.grow (i32.const 9))) (call $leaf) (drop (memory.grow (i32.const 1)))",
    ),
    ("tail call", "(call $leaf) (return_call $leaf)"),
];

#[test]
fn every_way_on_from_a_call_leaves_the_depth_as_it_was() {
    for (way, body) in WAYS_ON {
        let mut subject = Subject::counted(&wat(&format!(
            r#"(module (memory 1 4)
              (global $n (mut i32) (i32.const 0))
              (elem declare func $leaf)
              (func $leaf (global.set $n (i32.add (global.get $n) (i32.const 1))))
              (func $way (param i32) {body})
              (func (export "f") (param i32)
                (call $way (local.get 0)) (if (local.get 0) (then (call $way (local.get 0))))
                (call $way (local.get 0))))"#
        )));
        for arg in [0, 1, 2] {
            let ended = subject.call_i32("f", &[arg]);
            assert_eq!(ended.end, Ok(vec![]), "{way} {arg}");
            assert_eq!((subject.peak(), subject.next_depth()), (3, 1), "{way} {arg}");
            subject.set_depth_limit(2);
            assert!(subject.call_i32("f", &[arg]).end.is_err(), "{way} {arg}");
            assert!(subject.exceeded(), "{way} {arg}");
            subject.set_depth_limit(3);
        }
    }
}

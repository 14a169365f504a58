//! Repeated calls and floods: everything arrives or is counted, and nothing piles up without a bound.

use wasm_workbench::engine::PluginOptions;
use wasm_workbench::model::call::{CallRecord, Outcome};
use wasm_workbench::model::ids::PluginId;
use wasm_workbench::model::limits::Limits;
use wasm_workbench::model::value::Value;
use wasm_workbench::worker::protocol::{CallRequest, PluginCommand, PluginEvent};

use crate::bench::{Bench, UNLIMITED, request};

const ADD: &str =
    r#"(module (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))"#;

const ARGS: [Value; 2] = [Value::I32(1), Value::I32(2)];

/// Waits for the end of a repeated call; returns its record, whether that is sampled, and all samples' times.
fn gather(bench: &Bench, plugin: PluginId) -> (CallRecord, bool, Vec<u64>) {
    let mut times = Vec::new();
    let (record, is_sampled) = bench.wait_plugin(plugin, "end of the repeated call", |event| match event {
        PluginEvent::CallSamples { samples, done, .. } => {
            times.extend(samples.iter().map(|sample| sample.started_ns));
            assert_eq!(done, times.len() as u64);
            None
        }
        PluginEvent::CallEnded { record, is_sampled, .. } => Some((*record, is_sampled)),
        _ => None,
    });
    (record, is_sampled, times)
}

#[test]
fn each_call_of_a_repeated_call_is_told_once() {
    let mut bench = Bench::new();
    let plugin = bench.ready(1, ADD, UNLIMITED);
    for repeat in [2, 5000, 100_000] {
        bench.tell(plugin, PluginCommand::Call(request(1, "add", &ARGS, repeat)));
        let (record, is_sampled, times) = gather(&bench, plugin);
        assert_eq!(times.len() as u64 + u64::from(!is_sampled), repeat);
        assert_eq!(times.last() == Some(&record.started_ns), is_sampled);
        assert!(times.is_sorted() && record.outcome == Outcome::Returned);
    }
}

#[test]
fn a_repeated_call_waits_for_a_reader_that_is_late_and_can_be_stopped_meanwhile() {
    const ENDLESS: u64 = u64::MAX;
    let mut bench = Bench::new();
    let plugin = bench.ready(1, ADD, UNLIMITED);
    bench.tell(plugin, PluginCommand::Call(request(1, "add", &ARGS, ENDLESS)));
    bench.wait_plugin(plugin, "samples", |event| {
        matches!(event, PluginEvent::CallSamples { .. }).then_some(())
    });
    bench.tell(plugin, PluginCommand::Cancel);
    let mut batches = 0;
    bench.wait_plugin(plugin, "end", |event| {
        batches += usize::from(matches!(event, PluginEvent::CallSamples { .. }));
        matches!(event, PluginEvent::CallEnded { .. }).then_some(())
    });
    assert!(batches < 64, "{batches} batches waited for the reader");
    assert!(bench.run(plugin, "add", &ARGS).results == [Value::I32(3)]);
}

#[test]
fn repeating_stops_at_the_first_failure_unless_told_to_go_on() {
    let text = r#"(module
        (global $calls (mut i32) (i32.const 0))
        (func (export "third_traps")
            (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
            (if (i32.eq (global.get $calls) (i32.const 3)) (then unreachable))))"#;
    for (continue_on_failure, calls) in [(false, 3), (true, 10)] {
        let mut bench = Bench::new();
        let plugin = bench.ready(1, text, UNLIMITED);
        let request = request(1, "third_traps", &[], 10);
        bench.tell(plugin, PluginCommand::Call(CallRequest { continue_on_failure, ..request }));
        let (_, is_sampled, times) = gather(&bench, plugin);
        assert_eq!(times.len() + usize::from(!is_sampled), calls, "{continue_on_failure}");
    }
}

#[test]
fn growth_refused_in_repeated_calls_is_told_with_its_place_so_often_and_no_more() {
    let text = "(module (memory 1)
        (func $hoard (export \"hoard\")
            (drop (memory.grow (i32.const 3)))))";
    let mut bench = Bench::new();
    let limits = Limits { memory_pages: Some(2), ..Limits::UNLIMITED };
    let plugin = bench.ready(1, text, PluginOptions { limits, ..UNLIMITED });
    bench.tell(plugin, PluginCommand::Call(request(1, "hoard", &[], 1000)));
    let (mut told, mut sampled) = (Vec::new(), 0);
    let record = bench.wait_plugin(plugin, "end of the repeated call", |event| match event {
        PluginEvent::GrowthRefused { denied, count } => {
            assert_eq!((denied.len(), count), (1, 1));
            told.extend(denied);
            None
        }
        PluginEvent::CallSamples { samples, .. } => {
            sampled += samples.iter().filter(|sample| sample.was_denied).count();
            None
        }
        PluginEvent::CallEnded { record, .. } => Some(record),
        _ => None,
    });
    assert_eq!((told.len(), sampled, record.denied.len()), (64, 999, 1));
    for growth in told.iter().chain(&record.denied) {
        let place = growth.place.as_ref().expect("it is known who asked");
        assert_eq!((growth.requested, place.function.as_deref(), place.line), (4, Some("hoard"), Some(3)));
    }
}

#[test]
fn numbers_of_repeated_calls_have_no_gap_where_a_fresh_instance_is_made() {
    let text = r#"(module
        (func (export "_initialize"))
        (func $start) (start $start)
        (func (export "trap") unreachable))"#;
    let mut bench = Bench::new();
    let plugin = bench.ready(1, text, UNLIMITED);
    let request = CallRequest { continue_on_failure: true, ..request(1, "trap", &[], 10) };
    bench.tell(plugin, PluginCommand::Call(request));
    let (record, is_sampled, times) = gather(&bench, plugin);
    let made = times.len() as u64 + u64::from(!is_sampled);
    assert_eq!((made, record.number), (10, 12), "the start function and `_initialize` came before");
}

#[test]
fn lines_that_are_logged_too_fast_are_counted() {
    const LINES: u64 = 100_000;
    let text = r#"(module
        (import "env" "log" (func $log (param i32 i32)))
        (memory (export "memory") 1)
        (data (i32.const 0) "hello")
        (func (export "flood") (param $lines i32)
            (loop
                (call $log (i32.const 0) (i32.const 5))
                (local.set $lines (i32.sub (local.get $lines) (i32.const 1)))
                (br_if 0 (local.get $lines)))))"#;
    let mut bench = Bench::new();
    let plugin = bench.ready(1, text, UNLIMITED);
    bench.call(plugin, 1, "flood", &[Value::I32(i32::try_from(LINES).expect("it is small"))]);
    let (mut shown, mut left_out) = (0, 0);
    bench.wait_plugin(plugin, "end of the flood", |event| {
        if let PluginEvent::Logged { text, .. } = &event {
            match text.split_once(" more lines") {
                Some((count, _)) => left_out += count.parse::<u64>().expect("a number stands first"),
                None => shown += 1,
            }
        }
        matches!(event, PluginEvent::CallEnded { .. }).then_some(())
    });
    assert_eq!(shown + left_out, LINES);
    assert!(shown < LINES / 2, "{shown} lines were shown");
}

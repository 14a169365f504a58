//! Tables for the search: guests as functions of the limits.

use super::*;
use LimitKind::{CallDepth, Fuel, MemoryPages, TableElements, WasmStack};

/// A guest as a function of the limits: what it returns and what it uses, or which limit stops it.
struct Guest {
    /// Fuel, pages, elements, frames and bytes of stack that it really takes.
    takes: [u64; 5],
    /// Pages with which it makes do when more are refused.
    makes_do_with: Option<u64>,
    /// Fuel that making do with less costs.
    detour: u64,
    /// Whether its fuel is a lower bound, and by how much it is too low.
    hidden_fuel: u64,
    outcome: Outcome,
}

const PLAIN: Guest = Guest {
    takes: [1766, 3, 10, 10, 2000],
    makes_do_with: None,
    detour: 0,
    hidden_fuel: 0,
    outcome: Outcome::Returned,
};

fn end(outcome: Outcome, results: Vec<Value>) -> Vec<StepEnd> {
    vec![StepEnd { name: "f".into(), outcome, results }]
}

impl Guest {
    fn run(&self, trial: &Trial) -> Observation {
        let mut takes = self.takes;
        if let (Some(less), Some(limit)) = (self.makes_do_with, trial.get(MemoryPages))
            && limit < takes[1]
        {
            takes[1] = less;
            takes[0] += self.detour;
        }
        let stopped_by = SOUGHT
            .iter()
            .zip(takes)
            .find(|(kind, takes)| trial.get(**kind).is_some_and(|limit| limit < *takes));
        let steps = match stopped_by {
            Some((kind, _)) => end(Outcome::Limit(*kind), Vec::new()),
            None => end(self.outcome, vec![Value::I32(55)]),
        };
        let mut peaks = takes.map(|value| Peak { value: Measured::Exact(value), step: 0 });
        if self.hidden_fuel > 0 {
            peaks[0].value = Measured::AtLeast(takes[0] - self.hidden_fuel);
        }
        peaks[4].value = Measured::NotMeasured;
        Observation { steps, peaks, fuel_at_look: None, refused: Vec::new(), wall_ns: 40_000_000 }
    }
}

fn question() -> Question {
    Question {
        set: Limits::default(),
        generous: Limits { memory_pages: Some(16_384), execution_time_ms: Some(2000), ..Limits::UNLIMITED },
        stack_set_bytes: 512 * 1024,
        stack_most_bytes: 1 << 24,
        replayed: 0,
        forgotten: 0,
    }
}

fn needs(guest: &Guest) -> Needs {
    find_needs(&question(), &mut |trial, _| Some(guest.run(trial))).expect("nobody says stop")
}

fn found(needs: &Needs) -> Vec<(LimitKind, Option<u64>, bool)> {
    needs.limits.iter().map(|need| (need.limit, need.needed, need.proved)).collect()
}

#[test]
fn what_a_deterministic_guest_used_is_proved_with_few_runs() {
    let needs = needs(&PLAIN);
    let expected = [
        (Fuel, Some(1766), true),
        (MemoryPages, Some(3), true),
        (TableElements, Some(10), true),
        (CallDepth, Some(10), true),
        (WasmStack, Some(2048), true),
    ];
    assert_eq!(found(&needs), expected);
    assert!(needs.is_deterministic() == Some(true) && needs.passes_together);
    for need in &needs.limits {
        assert!(need.runs <= 3, "{need:?}");
    }
    // Thirteen runs of 40 ms are half a second.
    assert_eq!((needs.wall.count, needs.wall.p50), (13, 40_000_000));
    assert_eq!(needs.runs, 2 + 1 + 4 + 2 + 1 + 11);
}

#[test]
fn a_guest_that_uses_nothing_needs_nothing() {
    let needs = needs(&Guest { takes: [1, 0, 0, 1, 1], ..PLAIN });
    let expected = [
        (Fuel, Some(1), true),
        (MemoryPages, Some(0), true),
        (TableElements, Some(0), true),
        (CallDepth, Some(1), true),
        (WasmStack, Some(1024), true),
    ];
    assert_eq!(found(&needs), expected);
}

#[test]
fn a_guest_that_makes_do_with_less_is_searched_for() {
    for (takes, less) in [(100, 7), (100, 99), (16_384, 1), (2, 0)] {
        let needs = needs(&Guest { takes: [9, takes, 0, 1, 1], makes_do_with: Some(less), ..PLAIN });
        let pages = needs.need(MemoryPages).expect("pages are sought");
        assert_eq!((pages.needed, pages.proved), (Some(less), true), "{takes} {less}");
        assert!(pages.runs <= 16, "{pages:?}");
        assert!(needs.passes_together);
    }
}

#[test]
fn what_is_needed_together_counts_the_other_way_that_a_guest_takes() {
    let needs = needs(&Guest { makes_do_with: Some(1), detour: 40, ..PLAIN });
    let fuel = needs.need(Fuel).expect("fuel is sought");
    assert_eq!((fuel.needed, fuel.together, fuel.proved), (Some(1766), Some(1806), true));
    let pages = needs.need(MemoryPages).expect("pages are sought");
    assert_eq!((pages.needed, pages.together), (Some(1), Some(1)));
    assert!(needs.passes_together);
}

#[test]
fn a_lower_bound_is_searched_upwards() {
    let trapped = Outcome::Trapped(crate::model::call::TrapKind::Unreachable);
    for hidden_fuel in [1, 2, 3, 500, 1766] {
        let needs = needs(&Guest { hidden_fuel, outcome: trapped, ..PLAIN });
        let fuel = needs.need(Fuel).expect("fuel is sought");
        assert_eq!((fuel.needed, fuel.proved), (Some(1766), true), "{hidden_fuel}");
        assert_eq!(needs.end.outcome, trapped);
    }
}

#[test]
fn a_figure_of_the_last_look_is_proved_and_a_wrong_one_misleads_no_search() {
    let trapped = Outcome::Trapped(crate::model::call::TrapKind::Unreachable);
    let guest = Guest { hidden_fuel: 700, outcome: trapped, ..PLAIN };
    for (told, most_runs) in [(1766, 3), (1767, 16), (1700, 30), (5_000_000, 60), (0, 60)] {
        let needs = find_needs(&question(), &mut |trial, _| {
            let fuel_at_look = trial.sums_fuel().then_some(told);
            Some(Observation { fuel_at_look, ..guest.run(trial) })
        });
        let needs = needs.expect("nobody says stop");
        let fuel = needs.need(Fuel).expect("fuel is sought");
        assert_eq!((fuel.needed, fuel.proved), (Some(1766), true), "{told}");
        assert!(fuel.runs <= most_runs, "{told}: {fuel:?}");
    }
}

#[test]
fn a_stack_between_two_steps_is_found_to_the_step() {
    for bytes in [1, 1024, 1025, 100_000, 700_000, (1 << 24) - 1, 1 << 24] {
        let needs = needs(&Guest { takes: [1, 0, 0, 1, bytes], ..PLAIN });
        let stack = needs.need(WasmStack).expect("the stack is sought");
        assert_eq!(stack.needed, Some(bytes.div_ceil(1024) * 1024), "{bytes}");
        assert!(stack.proved && stack.runs <= 28, "{stack:?}");
    }
}

#[test]
fn the_stack_of_a_recursion_takes_three_runs() {
    // Bytes at entry and of a frame; a stack that is too small ends it at the depth that it has room for.
    for (entry, frame, depth) in
        [(544, 48, 51), (544, 48, 101), (500, 64, 1001), (600, 112, 10_001), (520, 32, 77_777)]
    {
        let mut runs = 0;
        let needs = find_needs(&question(), &mut |trial, _| {
            let guest = Guest { takes: [9, 0, 0, depth, entry + frame * depth], ..PLAIN };
            let mut run = guest.run(trial);
            if let Some(bytes) = trial.get(WasmStack) {
                runs += 1;
                let reached = depth.min(bytes.saturating_sub(entry) / frame);
                run.peaks[3].value = Measured::Exact(reached);
            }
            Some(run)
        });
        let needs = needs.expect("nobody says stop");
        let stack = needs.need(WasmStack).expect("the stack is sought");
        assert_eq!(stack.needed, Some((entry + frame * depth).div_ceil(1024) * 1024));
        assert!(stack.proved && stack.runs <= 3, "{entry} {frame} {depth}: {stack:?}");
        assert!(runs > 0);
    }
}

#[test]
fn a_depth_that_says_nothing_about_the_stack_misleads_no_search() {
    // Whatever the stack, the same depth is told: one leaf has all the bytes.
    for (depth, reached) in [(10_000, 9999), (100, 4), (5000, 6), (70, 69)] {
        let needs = find_needs(&question(), &mut |trial, _| {
            let mut run = Guest { takes: [9, 0, 0, depth, 600_000], ..PLAIN }.run(trial);
            if trial.get(WasmStack).is_some() {
                run.peaks[3].value = Measured::Exact(reached);
            }
            Some(run)
        });
        let needs = needs.expect("nobody says stop");
        let stack = needs.need(WasmStack).expect("the stack is sought");
        assert_eq!((stack.needed, stack.proved), (Some(600_064), true), "{depth} {reached}");
        assert!(stack.runs <= 40, "{stack:?}");
    }
}

#[test]
fn growth_past_the_generous_limit_leaves_what_is_needed_open() {
    let needs = find_needs(&question(), &mut |trial, _| {
        let mut run = PLAIN.run(trial);
        run.refused.push(RefusedByRun { limit: MemoryPages, bound: 16_384, requested: 30_001 });
        Some(run)
    });
    let needs = needs.expect("nobody says stop");
    let pages = needs.need(MemoryPages).expect("pages are sought");
    assert_eq!((pages.needed, pages.together, pages.proved, pages.runs), (None, None, false, 0));
    assert_eq!(needs.need(Fuel).and_then(|need| need.needed), Some(1766));
    let [note] = &needs.notes()[..] else { panic!("{:?}", needs.notes()) };
    assert!(
        note.starts_with("growth to 30 001 memory pages was refused even by the generous limit of 16 384")
    );
}

#[test]
fn without_an_instance_nothing_is_said_to_be_needed() {
    let needs = find_needs(&question(), &mut |trial, _| {
        let trapped = Outcome::Trapped(crate::model::call::TrapKind::MemoryOutOfBounds);
        let mut run = Guest { outcome: trapped, ..PLAIN }.run(trial);
        run.steps[0].name = crate::model::call::INSTANTIATE_NAME.into();
        Some(run)
    });
    let needs = needs.expect("nobody says stop");
    assert_eq!((needs.hindrance, needs.runs), (Some(Hindrance::NoInstance), 1));
    assert!(needs.limits.iter().all(|need| need.needed.is_none()));
}

#[test]
fn what_generous_limits_still_end_has_no_answer() {
    for (kind, bound, told) in [
        (LimitKind::ExecutionTime, 2000, "even generous limits end it: stopped by the time limit (2.0 s)"),
        (WasmStack, 1 << 24, "even generous limits end it: wasm stack exhausted (16 MiB)"),
    ] {
        let needs = needs(&Guest { outcome: Outcome::Limit(kind), ..PLAIN });
        assert_eq!(needs.hindrance, Some(Hindrance::StillLimited(kind, Some(bound))));
        assert_eq!(needs.notes(), [told]);
        assert!(needs.limits.iter().all(|need| need.needed.is_none() && !need.proved));
        assert_eq!(needs.runs, 1, "a guest that hangs is not run more often than need be");
    }
}

#[test]
fn a_guest_that_differs_from_run_to_run_is_told_and_nothing_is_proved() {
    let mut runs = 0;
    let needs = find_needs(&question(), &mut |trial, _| {
        runs += 1;
        Some(Guest { takes: [100 + runs, 3, 10, 10, 2000], ..PLAIN }.run(trial))
    });
    let needs = needs.expect("nobody says stop");
    assert_eq!(needs.is_deterministic(), Some(false));
    let fuel = needs.need(Fuel).expect("fuel is sought");
    assert_eq!((fuel.needed, fuel.proved), (Some(102), false));
}

#[test]
fn a_guest_that_differs_only_later_loses_its_proofs() {
    let mut runs = 0;
    let needs = find_needs(&question(), &mut |trial, _| {
        runs += 1;
        let outcome = if runs < 12 { Outcome::Returned } else { Outcome::Cancelled };
        Some(Guest { outcome, ..PLAIN }.run(trial))
    });
    let needs = needs.expect("nobody says stop");
    assert!(needs.is_deterministic() == Some(false) && needs.limits.iter().all(|need| !need.proved));
}

#[test]
fn a_stop_ends_the_search_at_once_wherever_it_is() {
    let all = needs(&PLAIN).runs;
    for last in 0..all {
        let mut runs = 0;
        let stopped = find_needs(&question(), &mut |trial, progress| {
            assert!(progress.runs == runs && progress.expected > progress.runs);
            runs += 1;
            (runs <= last).then(|| PLAIN.run(trial))
        });
        assert_eq!((stopped, runs), (None, last + 1));
    }
}

#[test]
fn a_guest_without_any_rule_is_not_searched_for_ever() {
    // It passes and fails as it likes, by a hash of the trial: bounded is all that can be asked for.
    let mut runs = 0_u64;
    let needs = find_needs(&question(), &mut |trial, _| {
        runs += 1;
        let values = SOUGHT.iter().filter_map(|kind| trial.get(*kind));
        let noise = values.fold(7_u64, |hash, value| (hash ^ value).wrapping_mul(0x0100_0000_01b3));
        let is_generous = *trial == Trial::default();
        let outcome = if is_generous || noise % 3 == 0 { Outcome::Returned } else { Outcome::Limit(Fuel) };
        let peaks = [u64::MAX / 3; 5].map(|value| Peak { value: Measured::Exact(value), step: 0 });
        let steps = end(outcome, Vec::new());
        Some(Observation { steps, peaks, fuel_at_look: None, refused: Vec::new(), wall_ns: 1 << 40 })
    });
    assert!(needs.is_some());
    assert!(runs < 5 * u64::from(MOST_RUNS_PER_LIMIT) + 10, "{runs}");
}

#[test]
fn what_the_start_needs_is_said_to_be_its_own() {
    let needs = find_needs(&question(), &mut |trial, _| {
        let mut run = PLAIN.run(trial);
        let start = StepEnd { name: "_initialize".into(), outcome: Outcome::Returned, results: Vec::new() };
        run.steps.insert(0, start);
        run.peaks.iter_mut().for_each(|peak| peak.step = 1);
        run.peaks[0].step = 0;
        Some(run)
    });
    let needs = needs.expect("nobody says stop");
    assert_eq!(needs.need(Fuel).and_then(|need| need.by.as_deref()), Some("_initialize"));
    assert_eq!(needs.need(MemoryPages).and_then(|need| need.by.as_deref()), None);
}

//! The Timing pane and what is picked out in it, driven by accessible names, pointer and keys.
//!
//! Knows no pixels; with `WORKBENCH_SHOTS` set to a folder, it leaves pictures there to look at.
#![cfg(feature = "gui")]

mod panes_rig;
mod plots_rig;

use egui::accesskit::Role;
use egui::{Key, Modifiers, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use panes_rig::{call_often, end_call, make_ready};
use plots_rig::Window;
use wasm_workbench::app::{PluginAction, RuleField};
use wasm_workbench::model::call::{CallSample, Outcome, TrapKind};
use wasm_workbench::model::measured::Measured;
use wasm_workbench::ui::theme::Mode;
use wasm_workbench::worker::protocol::Command;

#[test]
fn dragging_over_the_plots_selects_calls_in_every_pane_and_escape_gives_them_up() {
    let mut window = Window::open(Mode::Dark);
    call_often(&window.workers, window.plugin(), 1000);
    window.harness.run();
    window.drag("Timing plot", 0.3, 0.6, Modifiers::NONE);
    let (from, to) = window.brush().calls.expect("calls are selected");
    assert!((200..350).contains(&from) && (500..650).contains(&to), "{from} to {to}");
    let count = to - from + 1;
    assert!(window.has(&format!("{count} calls selected · p50 ")), "the line says what is selected");
    assert!(window.is_shown(&format!("{count} found")), "Calls lists the same");
    assert!(window.has(&format!("#{to} fib")) && !window.has("#1000 fib"));
    window.shot("brush-dark");
    window.click(Role::Button, "Distribution");
    assert!(window.value_of("Distribution of wall time").starts_with(&format!("{count} calls, p50 ")));
    window.shot("brush-distribution-dark");
    window.click(Role::Button, "Distribution");
    window.harness.key_press(Key::Escape);
    window.harness.run();
    assert!(!window.brush().is_set() && window.has("#1000 fib"));
}

#[test]
fn each_chip_gives_up_what_it_names() {
    let mut window = Window::open(Mode::Dark);
    window.call((0..1000).map(|number| 100 + number));
    window.drag("Timing plot", 0.3, 0.6, Modifiers::NONE);
    window.click(Role::Button, "Distribution");
    window.drag("Distribution of wall time", 0.5, 0.7, Modifiers::NONE);
    let brush = window.brush();
    let (first, last) = brush.calls.expect("calls are selected");
    let (from, to) = brush.wall_ns.expect("durations are selected");
    let both = (first..=last).filter(|number| (from..=to).contains(&(99 + number))).count();
    assert!(both > 0 && window.has(&format!("{both} calls selected")), "{brush:?}");
    assert!(window.is_shown(&format!("{both} found")));
    window.shot("durations-dark");
    let chips = window.harness.get_all_by_label_contains("Show calls of any number: #");
    assert_eq!(chips.count(), 2, "Timing and Calls both show what is selected");
    window
        .harness
        .get_all_by_label_contains("Show calls of any number: #")
        .next()
        .expect("it is there")
        .click();
    window.harness.run();
    assert_eq!((window.brush().calls, window.brush().wall_ns), (None, Some((from, to))));
    let chip = window.harness.get_all_by_label_contains("Show calls of any wall time: ").last();
    chip.expect("it is there").click();
    window.harness.run();
    assert!(!window.brush().is_set());
}

#[test]
fn keys_zoom_and_move_the_selected_call_and_shift_takes_calls_along() {
    let mut window = Window::open(Mode::Dark);
    call_often(&window.workers, window.plugin(), 1000);
    window.harness.run();
    window.click(Role::Figure, "Timing plot");
    assert!(!window.is_shown("Show all calls"));
    for (key, zoomed) in
        [(Key::Plus, true), (Key::Num0, false), (Key::Equals, true), (Key::Minus, false), (Key::Plus, true)]
    {
        window.harness.key_press(key);
        window.harness.run();
        assert_eq!(window.is_shown("Show all calls"), zoomed, "after {key:?}");
    }
    window.harness.key_press(Key::End);
    window.harness.run();
    assert_eq!(window.view().calls.selected, Some(1000));
    window.harness.key_press(Key::Home);
    window.harness.run();
    window.harness.key_press(Key::ArrowRight);
    window.harness.run();
    assert_eq!(window.view().calls.selected, Some(2));
    for _ in 0..3 {
        window.harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowRight);
        window.harness.run();
    }
    assert_eq!((window.view().calls.selected, window.brush().calls), (Some(5), Some((2, 5))));
}

#[test]
fn shift_and_drag_moves_the_view_and_selects_nothing() {
    let mut window = Window::open(Mode::Dark);
    call_often(&window.workers, window.plugin(), 1000);
    window.harness.run();
    window.click(Role::Figure, "Timing plot");
    window.harness.key_press(Key::Plus);
    window.harness.run();
    window.drag("Timing plot", 0.6, 0.4, Modifiers::SHIFT);
    assert!(!window.brush().is_set());
    assert!(window.is_shown("Show all calls"));
}

#[test]
fn the_selected_calls_can_be_put_into_view() {
    let mut window = Window::open(Mode::Dark);
    call_often(&window.workers, window.plugin(), 1_000_000);
    window.harness.run();
    window.drag("Timing plot", 0.50, 0.51, Modifiers::NONE);
    let (from, to) = window.brush().calls.expect("calls are selected");
    window.click(Role::Button, "Zoom to the selected calls");
    assert!(window.is_shown("Show all calls"));
    window.drag("Timing plot", 0.5, 0.6, Modifiers::NONE);
    let (closer_from, closer_to) = window.brush().calls.expect("calls are selected");
    assert!(from < closer_from && closer_to < to, "{closer_from}–{closer_to} is not within {from}–{to}");
    window.shot("zoomed-million-dark");
}

#[test]
fn two_builds_are_compared_with_a_plain_sentence() {
    for (mode, face) in [(Mode::Dark, "dark"), (Mode::Light, "light")] {
        let mut window = Window::open(mode);
        window.call((0..400).map(|number| 1000 + number % 37));
        assert!(window.harness.get_by_label("Compare").accesskit_node().is_disabled());
        window.begin_build(2);
        window.call((0..500).map(|number| 1310 + number % 41));
        window.click(Role::Button, "Compare");
        window.click(Role::Button, "build 2 with build 1");
        let sentence = "build 2 is 1.31× slower at p50 than build 1 (n = 500 / 400), in 100 of 100 pairs";
        assert!(window.is_shown(sentence), "the sentence is missing");
        window.shot(&format!("compare-{face}"));
        window.click(Role::Button, "Distribution");
        let value = window.value_of("Distribution of wall time");
        assert!(value.contains("500 calls, p50 ") && value.contains("; 400 calls, p50 "), "{value}");
        assert!(window.has("ratio p50 1.31×"));
        window.shot(&format!("compare-distribution-{face}"));
        window.click(Role::Button, "End the comparison");
        assert!(!window.is_shown(sentence));
    }
}

#[test]
fn a_stretch_of_the_axis_selects_calls_of_both_builds_and_compares_those_alone() {
    let mut window = Window::open(Mode::Dark);
    // The second half of each build's calls is slower, of the first build by more.
    window.call((0..400).map(|number| if number < 200 { 1000 } else { 4000 } + number % 37));
    window.begin_build(2);
    window.call((0..400).map(|number| if number < 200 { 2000 } else { 2400 } + number % 41));
    window.click(Role::Button, "Compare");
    window.click(Role::Button, "build 2 with build 1");
    assert!(window.has("(n = 400 / 400)"));
    window.drag("Timing plot", 0.1, 0.4, Modifiers::NONE);
    let brush = window.brush();
    let (first, second) = (brush.calls.expect("calls are selected"), brush.second.expect("of both"));
    assert_eq!(
        (first.0 - 400, first.1 - 400),
        second,
        "the same numbers, counted from each build's first call"
    );
    let count = second.1 - second.0 + 1;
    let sentence = format!("build 2 is 1.98× slower at p50 than build 1 (n = {count} / {count})");
    assert!(window.has(&sentence), "{sentence} is missing");
    assert!(window.is_shown(&format!("{count} found")), "Calls lists those of the first");
    assert!(window.has(&format!("Show calls of any number: #{} – #{}", second.0, second.1)));
    window.shot("compare-brush-dark");
    window.click(Role::Button, "Distribution");
    let value = window.value_of("Distribution of wall time");
    assert!(value.contains(&format!("{count} calls, p50 ")), "{value}");
    window.drag("Distribution of wall time", 0.02, 0.5, Modifiers::NONE);
    assert!(window.brush().wall_ns.is_some());
    assert!(window.is_shown("no calls selected of build 2"), "those of build 2 all took longer");
    window.click(Role::Button, "Distribution");
    window.drag("Timing plot", 0.6, 0.9, Modifiers::NONE);
    window.click(Role::Button, "Zoom to the selected calls");
    assert!(window.is_shown("Show all calls"));
    window.harness.key_press(Key::Escape);
    window.harness.run();
    assert!(!window.brush().is_set() && window.has("(n = 400 / 400)"));
    window.drag("Timing plot", 0.1, 0.4, Modifiers::NONE);
    window.click(Role::Button, "End the comparison");
    assert_eq!(
        (window.brush().calls, window.brush().second),
        (None, None),
        "it belonged to what was compared"
    );
}

#[test]
fn a_stretch_of_time_selects_the_calls_of_both_builds_that_began_in_it() {
    const MS: u64 = 1_000_000;
    let mut window = Window::open(Mode::Dark);
    // The calls of the second build begin half as often, and long after those of the first.
    let calls = |from_ms: u64, every_ms: u64, wall_ns: u64| {
        let sample = move |number: u64| CallSample {
            started_ns: (from_ms + number * every_ms) * MS,
            wall_ns: wall_ns + number % 37,
            ..panes_rig::sample(1, 1000)
        };
        (0..400).map(sample).collect::<Vec<_>>()
    };
    window.call_with(calls(0, 1, 1000));
    window.begin_build(2);
    window.call_with(calls(60_000, 2, 3000));
    window.click(Role::Button, "Compare");
    window.click(Role::Button, "build 2 with build 1");
    window.click(Role::Button, "Plot over time");
    window.drag("Timing plot", 0.2, 0.4, Modifiers::NONE);
    let brush = window.brush();
    let (second, first) = (brush.calls.expect("calls are selected"), brush.second.expect("of both"));
    let timeline = &window.view().calls.timeline;
    let began = |number: u64, from_ms: u64| {
        let index = timeline.index_of_number(number).expect("it is kept");
        timeline.get(index).expect("it is kept").started_ns / MS - from_ms
    };
    assert!(first.1 <= 400 && second.0 > 400, "{first:?} {second:?}");
    let (one, two) =
        ((began(first.0, 0), began(first.1, 0)), (began(second.0, 60_000), began(second.1, 60_000)));
    assert!(one.1 > one.0 + 50, "{one:?}");
    for (one, two) in [(one.0, two.0), (one.1, two.1)] {
        assert!(
            one.abs_diff(two) <= 2,
            "the same stretch of time, counted from each build's first call: {one} {two}"
        );
    }
    let counts = (second.1 - second.0 + 1, first.1 - first.0 + 1);
    assert!(counts.1.abs_diff(2 * counts.0) <= 2, "{counts:?}");
    assert!(window.has(&format!("(n = {} / {})", counts.0, counts.1)));
    assert!(window.is_shown(&format!("{} found", counts.0)), "Calls lists those of the first");
    window.shot("compare-brush-time-dark");
    // Past the last call of the first build there are calls of the second alone.
    window.drag("Timing plot", 0.7, 0.9, Modifiers::NONE);
    let brush = window.brush();
    assert!(brush.calls.is_some_and(|calls| calls.0 > second.1));
    assert!(window.is_shown("no calls selected of build 1"), "build 1 had none then");
}

#[test]
fn phases_of_each_build_are_told_with_their_times_and_calls() {
    let mut window = Window::open(Mode::Dark);
    window.call([100, 200]);
    window.begin_build(2);
    window.click(Role::Button, "Phases");
    let newest = "build 2: parse 140 µs, compile 3.1 ms, instantiate 21 µs; 0 calls in 0 ns";
    assert!(window.is_shown(newest), "the newest build is missing");
    assert!(window.has("instantiate 21 µs; 2 calls in 0.30 µs"));
    window.shot("phases-dark");
    window.click(Role::Button, "Phases");
    assert!(window.is_shown("Timing plot"));
}

#[test]
fn the_legend_names_the_marks_that_occur() {
    let mut window = Window::open(Mode::Dark);
    for number in 1..=94 {
        end_call(&window.workers, window.plugin(), number, 94);
    }
    window.harness.run();
    for name in ["returned", "limit", "trapped", "stopped by you", "growth refused"] {
        assert!(window.is_shown(name), "{name}");
    }
    assert!(!window.is_shown("could not be called"));
    window.harness.set_size(vec2(1024.0, 700.0));
    window.harness.run();
    window.shot("legend-small-dark");
}

#[test]
fn every_face_of_the_pane_is_exported_as_a_picture_that_the_worker_makes() {
    for (mode, word) in [(Mode::Dark, "dark"), (Mode::Light, "light")] {
        let mut window = Window::open(mode);
        call_often(&window.workers, window.plugin(), 100_000);
        window.harness.run();
        window.begin_build(2);
        window.call((0..500).map(|number| 131 + number % 41));
        for face in ["timing", "distribution", "phases"] {
            if face == "distribution" {
                window.click(Role::Button, "Compare");
                window.click(Role::Button, "build 2 with build 1");
                window.click(Role::Button, "Distribution");
            } else if face == "phases" {
                window.click(Role::Button, "Phases");
            }
            window.click(Role::Button, "Export picture as PNG");
            assert_eq!(window.value_of("Path"), format!("start_here-{face}.png"));
            window.click(Role::Button, "Save");
            let content = window.workers.sent.borrow().iter().rev().find_map(|command| match command {
                Command::ExportFile { content, .. } => Some(content.clone()),
                _ => None,
            });
            let mut png = Vec::new();
            content.expect("a file is written").write_to(&mut png).expect("memory has room");
            let picture = image::load_from_memory_with_format(&png, image::ImageFormat::Png);
            let picture = picture.expect("it is a PNG");
            assert!(picture.width() >= 1520 && picture.height() >= 200, "{face}");
            if let Ok(folder) = std::env::var("WORKBENCH_SHOTS") {
                picture
                    .save(format!("{folder}/export-{face}-{word}.png"))
                    .expect("the folder can be written");
            }
        }
    }
}

#[test]
fn calls_of_one_export_that_both_builds_returned_from_are_compared() {
    let trapped = Outcome::Trapped(TrapKind::Unreachable);
    let mut window = Window::open(Mode::Dark);
    window.call_times("(start)", 1, 5_000_000, Outcome::Returned);
    window.call_times("fib", 50, 24_000, Outcome::Returned);
    window.call_times("add", 200, 30, Outcome::Returned);
    window.call_times("only_once", 300, 30, Outcome::Returned);
    window.begin_build(2);
    window.call_times("(start)", 1, 1_000_000, Outcome::Returned);
    window.call_times("add", 35, 60, Outcome::Returned);
    window.call_times("fib", 60, 48_000, Outcome::Returned);
    window.call_times("fib", 500, 9, trapped);
    window.click(Role::Button, "Compare");
    window.click(Role::Button, "build 2 with build 1");
    assert!(window.is_shown("of fib"), "both sides called it most");
    let fib = "build 2 is 2.00× slower at p50 than build 1 (n = 60 / 50), in 100 of 100 pairs";
    assert!(window.is_shown(fib), "those that trapped are not counted");
    window.shot("compare-exports-dark");
    window.harness.set_size(vec2(1024.0, 700.0));
    window.harness.run();
    window.shot("compare-exports-small-dark");
    window.click(Role::Button, "of fib");
    assert!(window.is_shown("Compare calls of"));
    for other in ["only_once", "(start)"] {
        assert!(!window.has(&format!("{other} (")), "{other} can't be compared");
    }
    window.shot("compare-chooser-dark");
    window.click(Role::Button, "add (35 / 200)");
    let add = "build 2 is 1.91× slower at p50 than build 1 (n = 35 / 200), in 100 of 100 pairs";
    assert!(window.is_shown(add) && window.is_shown("of add"), "another one was chosen");
    window.click(Role::Button, "Distribution");
    let value = window.value_of("Distribution of wall time");
    assert!(value.starts_with("35 calls, p50 63 ns"), "{value}");
    assert!(window.is_shown("wall time of add · share of each side's calls that returned"));
}

#[test]
fn builds_that_share_no_export_are_told_apart_and_not_measured_against_each_other() {
    for (mode, face) in [(Mode::Dark, "dark"), (Mode::Light, "light")] {
        let mut window = Window::open(mode);
        window.call_times("fib", 100, 24_000, Outcome::Returned);
        window.begin_build(2);
        window.call_times("add", 100, 30, Outcome::Returned);
        window.click(Role::Button, "Compare");
        window.click(Role::Button, "build 2 with build 1");
        let sentence = "build 2 and build 1 have called no export in common: there is nothing to compare";
        assert!(window.is_shown(sentence) && !window.has("faster") && !window.has("slower"));
        window.shot(&format!("compare-none-{face}"));
        window.click(Role::Button, "Distribution");
        assert!(window.has("Nothing to compare") && !window.has("ratio"));
        window.shot(&format!("compare-none-distribution-{face}"));
    }
    let mut window = Window::open(Mode::Dark);
    window.call_times("fib", 100, 24_000, Outcome::Returned);
    window.begin_build(2);
    window.call_times("fib", 100, 30, Outcome::Cancelled);
    window.click(Role::Button, "Compare");
    window.click(Role::Button, "build 2 with build 1");
    assert!(window.is_shown("no call of fib has returned in build 2"));
}

#[test]
fn earlier_builds_can_be_compared_after_a_later_one_was_called() {
    let mut window = Window::open(Mode::Dark);
    for (build, wall_ns) in [(1, 1000), (2, 2000), (3, 3000)] {
        window.begin_build(build);
        window.call_times("fib", 40, wall_ns, Outcome::Returned);
    }
    window.click(Role::Button, "Compare");
    window.shot("compare-menu-dark");
    window.click(Role::Button, "build 2 with build 1");
    assert!(window.has("build 2 is 2.00× slower at p50 than build 1 (n = 40 / 40)"));
}

#[test]
fn the_plots_show_calls_of_one_export_if_wanted_with_its_limits_and_percentiles() {
    let mut window = Window::open(Mode::Dark);
    window.call_times("fib", 40, 1000, Outcome::Returned);
    assert!(
        !window.is_shown("calls of fib") && !window.is_shown("calls of all exports"),
        "there is one export"
    );
    assert_eq!(window.told_of("fuel"), "limit 100 M · log");
    let rule = |pattern: &str, fuel: &str| RuleField {
        pattern: pattern.to_owned(),
        fuel: fuel.to_owned(),
        ..RuleField::default()
    };
    window.act(PluginAction::SetRules(vec![rule("fib", "500")]));
    assert_eq!(window.told_of("fuel"), "limit 500 · log", "that of the only export that was called");
    let sample = |fuel| CallSample { fuel: Measured::Exact(fuel), ..panes_rig::sample(1, 1000) };
    window.call_export("add", (1..=100).map(sample).collect());
    assert_eq!(window.told_of("fuel"), "limit 100 M · fib 500 · log, p50 30, p95 93, p99 99");
    window.shot("limits-by-rule-dark");
    window.choose("calls of all exports", "add (100)");
    assert_eq!(window.told_of("fuel"), "limit 100 M · log, p50 50, p95 95, p99 99");
    assert!(window.is_shown("calls of add"));
    assert!(window.value_of("Timing plot").starts_with("100 calls, 0 failed"));
    window.click(Role::Figure, "Timing plot");
    for (key, selected) in [(Key::Home, 41), (Key::ArrowLeft, 41), (Key::ArrowRight, 42), (Key::End, 140)] {
        window.harness.key_press(key);
        window.harness.run();
        assert_eq!(window.view().calls.selected, Some(selected), "{key:?}");
    }
    window.shot("one-export-dark");
    window.choose("calls of add", "fib (40)");
    assert_eq!(window.told_of("fuel"), "limit 500 · log");
    window.choose("calls of fib", "all exports");
    assert!(window.told_of("fuel").starts_with("limit 100 M · fib 500"));
    window.act(PluginAction::SetRules(Vec::new()));
    assert!(window.told_of("fuel").starts_with("limit 100 M · log"));
}

#[test]
fn percentiles_stand_in_each_plot_whose_values_differ_also_in_a_comparison() {
    let mut window = Window::open(Mode::Dark);
    let sample = |number: u64| CallSample {
        wall_ns: 1000 + number,
        fuel: Measured::Exact(1000 * number),
        peak_memory_pages: number.div_ceil(50),
        peak_call_depth: Measured::Exact(3),
        ..panes_rig::sample(1, 1000)
    };
    window.call_with((1..=100).map(sample).collect());
    let check = |window: &Window| {
        for (plot, told) in [
            ("wall time", "p50 1.1 µs, p95 1.1 µs, p99 1.1 µs"),
            ("fuel", "p50 50\u{202f}000, p95 95\u{202f}000, p99 99\u{202f}000"),
            ("pages", "p50 1, p95 2, p99 2"),
        ] {
            let all = window.told_of(plot);
            assert!(all.ends_with(told), "{plot}: {all}");
        }
        assert!(!window.told_of("depth").contains("p50"), "all calls were as deep");
    };
    check(&window);
    window.shot("percentiles-dark");
    // Under the name of the plot they are told in figures.
    let at = window.place_of(1.0, 100.0, 1.0) - vec2(60.0, 0.0);
    window.harness.hover_at(at);
    window.harness.run();
    assert!(window.is_shown("p95 95\u{202f}000"));
    window.harness.hover_at(at + vec2(0.0, -300.0));
    window.harness.run();
    assert!(!window.is_shown("p95 95\u{202f}000"));
    window.begin_build(2);
    window.call_with((1..=100).map(sample).collect());
    window.click(Role::Button, "Compare");
    window.click(Role::Button, "build 2 with build 1");
    check(&window);
}

#[test]
fn a_limit_below_all_calls_is_in_view_or_told_to_be_below() {
    for (mode, face) in [(Mode::Dark, "dark"), (Mode::Light, "light")] {
        let mut window = Window::open(mode);
        let sample =
            |number: u64| CallSample { fuel: Measured::Exact(1000 * number), ..panes_rig::sample(1, 1000) };
        window.call_with((1..=100).map(sample).collect());
        window.set_fuel(Some(10));
        assert!(window.told_of("fuel").starts_with("limit 10 · log, p50"), "{}", window.told_of("fuel"));
        window.shot(&format!("limit-below-{face}"));
        for scale in ["Automatic scale", "Linear scale", "Logarithmic scale"] {
            window.click(Role::Button, scale);
        }
        assert!(window.is_shown("Scale to the values"));
        assert!(window.told_of("fuel").starts_with("limit 10 ↓ · log"), "{}", window.told_of("fuel"));
        window.shot(&format!("limit-out-of-view-{face}"));
        window.set_fuel(Some(1 << 40));
        assert!(window.told_of("fuel").starts_with("limit 1.09 T ↑ · log"), "{}", window.told_of("fuel"));
        window.set_fuel(None);
        assert!(window.told_of("fuel").starts_with("log, p50"), "{}", window.told_of("fuel"));
    }
}

#[test]
fn two_plugins_are_compared_each_with_its_own_limits_and_distribution() {
    for (mode, face) in [(Mode::Dark, "dark"), (Mode::Light, "light")] {
        let mut window = Window::open(mode);
        window.call_times("fib", 300, 4000, Outcome::Returned);
        window.set_fuel(Some(9));
        window.act(PluginAction::NewInstance);
        make_ready(&window.workers, window.plugin());
        window.harness.run();
        window.call_times("fib", 400, 1000, Outcome::Returned);
        window.click(Role::Button, "Compare");
        window.click(Role::Button, "with start_here #1");
        assert_eq!(window.told_of("fuel"), "limit 100 M ↑ · limit 9 ↑");
        assert_eq!(window.told_of("pages"), "limit 256 ↑", "both have the same");
        let sentence = "start_here #2 is 3.99× faster at p50 than start_here #1 (n = 400 / 300)";
        assert!(window.has(sentence), "the sentence is missing");
        window.shot(&format!("compare-plugins-{face}"));
        window.set_fuel(Some(9));
        assert_eq!(window.told_of("fuel"), "limit 9 ↑");
        window.click(Role::Button, "Distribution");
        let value = window.value_of("Distribution of wall time");
        assert!(
            value.contains("400 calls, p50 1.0 µs") && value.contains("; 300 calls, p50 4.0 µs"),
            "{value}"
        );
        assert!(window.has("ratio p50 1/4×") || window.has("ratio p50 0.25×"));
        window.shot(&format!("compare-plugins-distribution-{face}"));
    }
}

#[test]
fn the_pointer_tells_of_the_call_under_it() {
    let mut window = Window::open(Mode::Dark);
    window.call((1..=5).map(|number| 100 * number));
    let at = window.place_of(3.0, 5.0, 1.0);
    window.harness.hover_at(at);
    window.harness.run();
    for told in ["300 ns (0.30 µs)", "call depth", "started after"] {
        assert!(window.is_shown(told), "{told}");
    }
    // Between two calls there is none.
    window.harness.hover_at(window.place_of(3.5, 5.0, 1.0));
    window.harness.run();
    assert!(!window.is_shown("started after"));
}

#[test]
fn a_click_on_a_call_that_failed_leads_to_its_place_in_the_source() {
    let mut window = Window::open(Mode::Dark);
    for number in 1..=17 {
        end_call(&window.workers, window.plugin(), number, 94);
    }
    window.harness.run();
    let cursor = |window: &Window| window.harness.state().state().active_source().map(|source| source.cursor);
    window.click_at(window.place_of(4.0, 17.0, 0.0));
    assert_eq!((window.view().calls.selected, cursor(&window)), (Some(4), Some((1, 1))), "it returned");
    window.click_at(window.place_of(17.0, 17.0, 2.0));
    assert_eq!(
        (window.view().calls.selected, cursor(&window)),
        (Some(17), Some((19, 1))),
        "it trapped, in an empty line"
    );
    window.shot("failed-call-dark");
}

#[test]
fn a_stretch_may_be_as_short_as_a_single_call() {
    let mut window = Window::open(Mode::Dark);
    window.call((1..=5).map(|number| 100 * number));
    let rect = window.harness.get_by_label("Timing plot").rect();
    let share = |number: f32| (window.place_of(number, 5.0, 0.0).x - rect.left()) / rect.width();
    let (from, to) = (share(3.7), share(4.3));
    window.drag("Timing plot", from, to, Modifiers::NONE);
    assert_eq!(window.brush().calls, Some((4, 4)));
    assert!(window.has("1 call selected · p50 0.40 µs") && window.is_shown("1 found"));
}

#[test]
fn calls_are_exported_as_csv_from_the_pane() {
    let mut window = Window::open(Mode::Dark);
    window.call([100, 250]);
    let buttons = window.harness.get_all_by_role_and_label(Role::Button, "Export calls as CSV");
    buttons
        .min_by(|one, other| one.rect().top().total_cmp(&other.rect().top()))
        .expect("it is there")
        .click();
    window.harness.run();
    assert_eq!(window.value_of("Path"), "start_here-calls.csv");
    window.click(Role::Button, "Save");
    let content = window.workers.sent.borrow().iter().rev().find_map(|command| match command {
        Command::ExportFile { content, .. } => Some(content.clone()),
        _ => None,
    });
    let mut csv = Vec::new();
    content.expect("a file is written").write_to(&mut csv).expect("memory has room");
    let csv = String::from_utf8(csv).expect("it is text");
    assert_eq!(csv.lines().count(), 3, "{csv}");
    assert!(csv.lines().nth(2).is_some_and(|line| line.contains("fib") && line.contains("250")), "{csv}");
}

#[test]
fn a_selected_call_keeps_its_figures_when_its_details_were_dropped_and_goes_with_them() {
    let mut window = Window::open(Mode::Dark);
    end_call(&window.workers, window.plugin(), 1, 20_000);
    window.harness.run();
    window.act(PluginAction::SelectCall(Some(1)));
    window.act(PluginAction::BrushCalls(Some((1, 2))));
    for number in 2..=10_001 {
        end_call(&window.workers, window.plugin(), number, 20_000);
    }
    while window.view().calls.timeline.len() < 10_001 {
        window.harness.run_steps(1);
    }
    window.harness.run();
    assert!(window.view().calls.record(1).is_none(), "there is room for ten thousand");
    window.act(PluginAction::SelectCall(Some(1)));
    assert!(window.has("2 calls selected · p50"), "the figures are still there");
    assert!(window.is_shown("Only the figures of this call are kept"));
    window.click(Role::Figure, "Timing plot");
    window.act(PluginAction::SelectCall(Some(1)));
    window.shot("dropped-record-dark");
    window.harness.key_press(Key::ArrowRight);
    window.harness.run();
    assert_eq!(window.view().calls.selected, Some(2));
    window.act(PluginAction::ResetMetrics);
    assert_eq!((window.view().calls.selected, window.brush().is_set()), (None, false));
    window.call([100]);
    assert!(window.is_shown("Timing plot") && !window.has("selected"));
}

//! The Timing pane and what is picked out in it, driven by accessible names, pointer and keys.
//!
//! Knows no pixels; with `WORKBENCH_SHOTS` set to a folder, it leaves pictures there to look at.
#![cfg(feature = "gui")]

mod panes_rig;

use egui::accesskit::Role;
use egui::{Key, Modifiers, PointerButton, Pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use panes_rig::{call_often, end_call, make_ready, workbench};
use wasm_workbench::app::PluginView;
use wasm_workbench::model::call::CallSample;
use wasm_workbench::model::ids::{BuildNumber, CallId, PluginId};
use wasm_workbench::model::timeline::Brush;
use wasm_workbench::ui::Workbench;
use wasm_workbench::ui::theme::{self, Mode};
use wasm_workbench::worker::protocol::{Command, PluginEvent};

/// Layout with Timing and Calls both in view.
const BOTH: &str = r#"{"column":{"children":[
    [20.0,{"tabs":{"children":[{"pane":"source"},{"pane":"call"},{"pane":"limits"}],"active":0}}],
    [45.0,{"tabs":{"children":[{"pane":"timing"},{"pane":"memory"}],"active":0}}],
    [35.0,{"tabs":{"children":[{"pane":"calls"}],"active":0}}]]}}"#;

struct Window {
    harness: Harness<'static, Workbench>,
    workers: panes_rig::Workers,
}

impl Window {
    fn open(mode: Mode) -> Self {
        let (workbench, workers) = workbench(Some(BOTH), mode.word());
        let show = |ui: &mut egui::Ui, workbench: &mut Workbench| {
            workbench.logic(ui.ctx());
            workbench.ui(ui);
        };
        let builder = Harness::builder().with_size([1440.0, 900.0]);
        let builder = builder.with_context_setup(move |ctx| theme::apply(ctx, mode));
        let builder = if std::env::var_os("WORKBENCH_SHOTS").is_some() { builder.wgpu() } else { builder };
        let mut window = Self { harness: builder.build_ui_state(show, workbench), workers };
        window.harness.run();
        make_ready(&window.workers, window.plugin());
        window.begin_build(1);
        window.harness.run();
        window
    }

    fn plugin(&self) -> PluginId {
        self.harness.state().state().selection.plugin.expect("a plugin is selected")
    }

    fn view(&self) -> &PluginView {
        self.harness.state().state().selected_plugin().expect("a plugin is selected")
    }

    fn brush(&self) -> Brush {
        self.view().calls.brush
    }

    fn begin_build(&mut self, number: u64) {
        let build = self.view().build.build.clone();
        let build_number = BuildNumber(number);
        let event =
            PluginEvent::Instantiated { build, build_number, instantiate_ns: 21_000, state_reset: false };
        self.workers.plugin(self.plugin(), event);
        self.harness.run();
    }

    /// Makes calls that take those times.
    fn call(&mut self, times: impl IntoIterator<Item = u64>) {
        let sample = |wall_ns| CallSample { wall_ns, ..panes_rig::sample(1, 1000) };
        self.call_with(times.into_iter().map(sample).collect());
    }

    fn call_with(&mut self, samples: Vec<CallSample>) {
        let done = samples.len() as u64;
        let event =
            PluginEvent::CallSamples { call: CallId(1), export: "fib".into(), samples, done, total: done };
        self.workers.plugin(self.plugin(), event);
        self.harness.run();
    }

    fn click(&mut self, role: Role, name: &str) {
        self.harness.get_by_role_and_label(role, name).click();
        self.harness.run();
    }

    /// Drags over a figure between two shares of its width, holding the button in steps as a hand does.
    fn drag(&mut self, figure: &str, from: f32, to: f32, modifiers: Modifiers) {
        let rect = self.harness.get_by_label(figure).rect();
        let at = |share: f32| Pos2::new(rect.left() + rect.width() * share, rect.center().y);
        let button = |pos, pressed| egui::Event::PointerButton {
            pos,
            button: PointerButton::Primary,
            pressed,
            modifiers,
        };
        self.harness.event(egui::Event::ModifiersChanged(modifiers));
        self.harness.event(egui::Event::PointerMoved(at(from)));
        self.harness.run_steps(1);
        self.harness.event(button(at(from), true));
        self.harness.run_steps(1);
        for step in 1..=4_u8 {
            self.harness.event(egui::Event::PointerMoved(at(from + (to - from) * f32::from(step) / 4.0)));
            self.harness.run_steps(1);
        }
        self.harness.event(button(at(to), false));
        self.harness.run_steps(1);
        self.harness.event(egui::Event::ModifiersChanged(Modifiers::NONE));
        self.harness.run();
    }

    fn is_shown(&self, name: &str) -> bool {
        self.harness.query_by_label(name).is_some()
    }

    fn has(&self, part: &str) -> bool {
        self.harness.query_all_by_label_contains(part).next().is_some()
    }

    fn value_of(&self, name: &str) -> String {
        self.harness.get_by_label(name).accesskit_node().value().unwrap_or_default()
    }

    fn shot(&mut self, name: &str) {
        let Ok(folder) = std::env::var("WORKBENCH_SHOTS") else { return };
        self.harness.event(egui::Event::PointerGone);
        self.harness.run();
        let picture = self.harness.render().expect("there is a render adapter");
        picture.save(format!("{folder}/{name}.png")).expect("the folder can be written");
    }
}

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

//! The main job in one piece: the real window over the real workers, driven by accessible names.
//!
//! Knows no commands and no events, and waits for what is on screen: each wait ends with the next event or
//! with a deadline, whichever comes first.
#![cfg(feature = "gui")]

use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{By, NodeT as _, Queryable as _};
use wasm_workbench::app::{AppState, PluginView, Source, Startup};
use wasm_workbench::model::lifecycle::PluginState;
use wasm_workbench::model::limits::LimitKind;
use wasm_workbench::model::sample::{self, Section};
use wasm_workbench::ui::theme::{self, Mode};
use wasm_workbench::ui::{Workbench, system_clock};
use wasm_workbench::worker::{Workers, WorkersConfig};

/// How long anything may take; only a test that fails waits for so long.
const DEADLINE: Duration = Duration::from_secs(20);
/// How long the window sleeps at most without an event; time that has come also wakes it.
const NAP: Duration = Duration::from_millis(10);

/// The window, and what the workers wake it with.
struct Window {
    harness: Harness<'static, Workbench>,
    woken: Receiver<()>,
}

impl Window {
    /// Opens the window as on the first start of the program, and waits until the first sample is ready.
    fn first_start() -> Self {
        let (bell, woken) = sync_channel(1);
        // A bell that rings already need not ring twice.
        let wake = Arc::new(move || {
            let _ = bell.try_send(());
        });
        let workers = Workers::start(&WorkersConfig::default(), wake).expect("the system gives threads");
        let workbench = Workbench::new(Startup::default(), Box::new(workers), system_clock());
        let show = |ui: &mut egui::Ui, workbench: &mut Workbench| {
            workbench.logic(ui.ctx());
            workbench.ui(ui);
        };
        let harness = Harness::builder()
            .with_size([1440.0, 900.0])
            .with_context_setup(|ctx| theme::apply(ctx, Mode::Dark))
            .build_ui_state(show, workbench);
        let mut window = Self { harness, woken };
        window.wait_until("the first sample is ready", |window| window.is_ready("start_here"));
        window
    }

    fn state(&self) -> &AppState {
        self.harness.state().state()
    }

    fn plugin(&self) -> &PluginView {
        self.state().selected_plugin().expect("a plugin is selected")
    }

    fn is_ready(&self, stem: &str) -> bool {
        let plugin = self.state().selected_plugin();
        plugin.is_some_and(|plugin| &*plugin.stem == stem && plugin.state == PluginState::Ready)
            && self.shows("Ready")
    }

    fn shows(&self, label: &str) -> bool {
        self.harness.query_all_by_label(label).next().is_some()
    }

    fn shows_part(&self, part: &str) -> bool {
        self.harness.query_all_by_label_contains(part).next().is_some()
    }

    /// Lists all that can be read in the window, for the message of a test that fails.
    fn labels(&self) -> String {
        let nodes = self.harness.query_all(By::new().recursive(true));
        let words = nodes.filter_map(|node| {
            let node = node.accesskit_node();
            node.label().or_else(|| node.value())
        });
        words.collect::<Vec<_>>().join(" | ")
    }

    fn wait_until(&mut self, what: &str, is_true: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + DEADLINE;
        loop {
            self.harness.step();
            if is_true(self) {
                break;
            }
            assert!(Instant::now() < deadline, "never came: {what}; there is {}", self.labels());
            // Whether a bell rang or not, the next frame looks.
            let _ = self.woken.recv_timeout(NAP);
        }
    }

    fn wait_for(&mut self, label: &str) {
        self.wait_until(label, |window| window.shows(label));
    }

    fn wait_for_part(&mut self, part: &str) {
        self.wait_until(part, |window| window.shows_part(part));
    }

    fn click(&mut self, role: Role, name: &str) {
        self.harness.get_by_role_and_label(role, name).click();
        self.harness.run_steps(2);
    }

    /// Replaces what stands in a field.
    fn fill(&mut self, role: Role, name: &str, text: &str) {
        self.harness.get_by_role_and_label(role, name).focus();
        self.harness.run_steps(2);
        self.harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
        self.harness.event(egui::Event::Paste(text.to_owned()));
        self.harness.run_steps(2);
    }

    fn enter(&mut self) {
        self.harness.key_press(egui::Key::Enter);
        self.harness.run_steps(2);
    }

    fn open_sample(&mut self, title: &str, stem: &str) {
        // The row may be further down the list than the window is high.
        self.harness.get_by_role_and_label(Role::ListItem, title).click_accesskit();
        self.wait_until(title, |window| window.is_ready(stem));
    }

    fn text(&self) -> String {
        let text = self.state().active_source().and_then(Source::text);
        text.expect("a text is open")
    }

    fn num_calls(&self) -> u64 {
        self.plugin().calls.timeline.len() as u64
    }
}

#[test]
fn a_call_is_two_fields_and_enter_away_from_the_first_start() {
    let mut window = Window::first_start();
    assert!(window.shows("start_here.wat"));
    window.click(Role::ListItem, "add");
    window.fill(Role::TextInput, "$a i32", "20");
    window.fill(Role::TextInput, "$b i32", "22");
    window.enter();
    window.wait_for("= 42");
    assert_eq!(window.num_calls(), 1);
    window.fill(Role::TextInput, "Repeat", "1000");
    window.click(Role::Button, "Call");
    window.wait_until("a thousand calls more", |window| {
        window.num_calls() == 1001 && window.plugin().calls.pending.is_empty()
    });
    assert_eq!(window.plugin().calls.metrics.snapshot().call_count, 1001);
}

#[test]
fn a_broken_text_names_its_place_and_the_last_good_build_goes_on() {
    let mut window = Window::first_start();
    window.click(Role::ListItem, "count");
    window.click(Role::Button, "Call");
    window.wait_for("= 1");
    let good = window.text();
    let line = 1 + good.lines().position(|line| line.contains("i32.add)")).expect("it adds");
    let column = 1 + good.lines().nth(line - 1).and_then(|line| line.find("i32.add")).expect("it adds");
    window.fill(Role::MultilineTextInput, "Source", &good.replacen("i32.add)", "i32.ad)", 1));
    window.wait_for("running build 1 · build 2 has 1 error");
    window.wait_for_part(&format!("{line}:{column}: unknown operator"));
    // The last good build still counts on.
    window.click(Role::Button, "Call");
    window.wait_for("= 2");
    window.fill(
        Role::MultilineTextInput,
        "Source",
        &good.replace("i32.const 1\n    i32.add", "i32.const 10\n    i32.add"),
    );
    window.wait_for("build 3");
    window.wait_for_part("State reset");
    window.click(Role::Button, "Call");
    window.wait_for("= 10");
}

#[test]
fn a_call_past_the_fuel_limit_says_so_and_the_next_one_goes_on() {
    let mut window = Window::first_start();
    window.open_sample("Limit: fuel", "limit_fuel");
    window.click(Role::ListItem, "forever");
    window.click(Role::Button, "Call");
    window.wait_for("Stopped by the fuel limit");
    // The state comes as an event of its own, right behind the record.
    window.wait_until("error", |window| window.plugin().state == PluginState::Error);
    window.click(Role::ListItem, "count_to");
    window.fill(Role::TextInput, "$n i32", "1000");
    window.enter();
    window.wait_for("= 1000");
}

#[test]
fn one_click_on_a_sample_trips_its_limit_and_opens_the_card() {
    const CASES: [(&str, &str, &str); 12] = [
        ("Limit: fuel", "Stopped by the fuel limit", "Raise to 400\u{202f}000, call again"),
        ("Limit: time", "Stopped by the time limit", "Raise to 1\u{202f}000 ms, call again"),
        ("Limit: memory", "Stopped by the fuel limit", "Raise memory limit to 17 pages, call again"),
        ("Limit: memory, with a trap", "Stopped by the memory limit", "Raise to 17 pages, call again"),
        (
            "Limit: memory at the start",
            "Instantiation: stopped by the memory limit",
            "Raise to 32 pages, reload",
        ),
        (
            "Limit: table elements",
            "Stopped by the fuel limit",
            "Raise table limit to 101 elements, call again",
        ),
        ("Limit: instances", "Instantiation: stopped by the instance limit", "Raise to 3 instances, reload"),
        ("Limit: call depth", "Stopped by the call depth limit", "Raise to 200, call again"),
        ("Loop in the start function", "Start function: stopped by the fuel limit", "Raise to 10 M, reload"),
        ("Loop in _initialize", "_initialize: stopped by the time limit", "Raise to 1\u{202f}000 ms, reload"),
        ("Limit: wasm stack", "Wasm stack exhausted", "Set call depth limit to 1\u{202f}000, call again"),
        ("Limit: pages per growth", "Growth was refused", "Raise limit per growth to 17 pages, call again"),
    ];
    let limits = sample::all().iter().filter(|sample| sample.section == Section::Limits);
    assert_eq!(limits.count(), CASES.len(), "each sample on a limit has a case");
    let mut window = Window::first_start();
    for (title, headline, remedy) in CASES {
        let name = format!("Trip {title}");
        window.harness.get_by_role_and_label(Role::Button, &name).click_accesskit();
        let id = sample::all().iter().find(|sample| sample.title == title).expect("it ships").id;
        window.wait_until(title, |window| {
            window.state().demos.get(id).is_some_and(wasm_workbench::app::DemoRun::is_over)
        });
        let run = window.state().demos.get(id).expect("it has run");
        assert_eq!(run.score().0, run.score().1, "{title}: {:?}", run.rows);
        window.wait_for(headline);
        window.wait_for(remedy);
    }
}

#[test]
fn a_guest_that_spins_after_a_refusal_is_told_as_such_and_gets_its_room() {
    let mut window = Window::first_start();
    window.harness.get_by_role_and_label(Role::Button, "Trip Limit: memory").click_accesskit();
    window.wait_for_part("Out of fuel, after memory growth to 17 pages was refused");
    window.wait_for_part("growth to 17 pages refused × 6\u{a0}667, limit 16");
    window.click(Role::Button, "Raise memory limit to 17 pages, call again");
    // The next page is the one that is refused now.
    window.wait_for_part("Out of fuel, after memory growth to 18 pages was refused");
    assert_eq!(window.plugin().options.limits.memory_pages, Some(17));
}

#[test]
fn a_component_that_is_only_instantiated_shows_its_instances() {
    let mut window = Window::first_start();
    window.harness.get_by_role_and_label(Role::Button, "Trip Limit: instances").click_accesskit();
    window.wait_for("Instantiation: stopped by the instance limit");
    window.wait_for_part("The plugin consists of 3 core instances, the limit is 2");
    window.click(Role::Button, "Raise to 3 instances, reload");
    window.wait_until("three instances", |window| window.plugin().usage.instances == 3);
    window.wait_for("Ready");
    let gauge = window.harness.get_by_label("Instances gauge").accesskit_node().value();
    assert!(gauge.as_ref().is_some_and(|said| said.starts_with("3, limit 3, near its limit")), "{gauge:?}");
}

#[test]
fn gauges_move_while_a_guest_spins_and_fuel_is_a_lower_bound() {
    let mut window = Window::first_start();
    window.open_sample("Limit: time", "limit_time");
    window.fill(Role::TextInput, "Execution time (ms)", "none");
    window.enter();
    window.click(Role::ListItem, "forever");
    window.click(Role::Button, "Call");
    let gauge = |window: &Window, name: &str| {
        window.harness.get_by_label(name).accesskit_node().value().unwrap_or_default()
    };
    window.wait_until("fuel as a lower bound", |window| gauge(window, "Fuel gauge").starts_with("at least"));
    let seen = std::cell::RefCell::new(std::collections::BTreeSet::new());
    window.wait_until("ten figures of time", |window| {
        let mut seen = seen.borrow_mut();
        seen.insert(window.plugin().usage.wall_ns);
        seen.len() >= 10
    });
    window.wait_until("one frame", |window| gauge(window, "Call depth gauge").starts_with("1, limit"));
    window.click(Role::Button, "Stop");
    window.wait_for("Stopped by you");
}

#[test]
fn a_sample_below_the_fold_is_reached_by_name_and_keyboard() {
    let mut window = Window::first_start();
    let row = |window: &Window| window.harness.get_by_role_and_label(Role::ListItem, "Limit: fuel").rect();
    assert!(row(&window).top() > 900.0, "it is below the fold");
    window.harness.get_by_role_and_label(Role::ListItem, "Limit: fuel").focus();
    window.harness.run_steps(8);
    assert!(row(&window).bottom() < 900.0, "it has come into view: {}", row(&window));
    window.enter();
    window.wait_until("it is open", |window| window.is_ready("limit_fuel"));
}

#[test]
fn a_guest_that_spins_is_stopped_from_a_window_that_goes_on_painting() {
    let mut window = Window::first_start();
    window.open_sample("Limit: time", "limit_time");
    window.fill(Role::TextInput, "Execution time (ms)", "none");
    window.enter();
    let limit = |window: &Window| window.plugin().options.limits.get(LimitKind::ExecutionTime);
    window.wait_until("no limit of time", |window| limit(window).is_none());
    window.click(Role::ListItem, "forever");
    window.click(Role::Button, "Call");
    window.wait_for("Running");
    let first = window.harness.ctx.cumulative_frame_nr();
    // The guest runs at the end of these frames as it did at their beginning, and its time is shown.
    window.harness.run_steps(50);
    window.wait_for_part("running for ");
    assert!(window.harness.ctx.cumulative_frame_nr() >= first + 50);
    assert_eq!(window.plugin().state, PluginState::Running);
    window.click(Role::Button, "Stop");
    window.wait_for("Stopped by you");
    window.click(Role::ListItem, "count_to");
    window.fill(Role::TextInput, "$n i32", "7");
    window.enter();
    window.wait_for("= 7");
}

#[test]
fn a_window_with_nothing_to_do_asks_for_no_frame() {
    let mut window = Window::first_start();
    window.click(Role::ListItem, "add");
    window.click(Role::Button, "Call");
    window.wait_for("= 42");
    // What waits for its time, such as the session that is to be kept, is done before long.
    let at_rest = |window: &Window| {
        let output = &window.harness.output().viewport_output[&egui::ViewportId::ROOT];
        output.repaint_delay > Duration::from_hours(1)
    };
    window.wait_until("no further frame", at_rest);
    let still_at_rest = (0..20).all(|_| {
        window.harness.step();
        at_rest(&window)
    });
    assert!(still_at_rest, "{:?}", window.harness.ctx.repaint_causes());
}

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
        nodes.filter_map(|node| node.accesskit_node().label()).collect::<Vec<_>>().join(" | ")
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
    assert_eq!(window.plugin().state, PluginState::Error);
    window.click(Role::ListItem, "count_to");
    window.fill(Role::TextInput, "$n i32", "1000");
    window.enter();
    window.wait_for("= 1000");
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

//! A window with the Timing pane and the list of calls, and what a hand does in them.
//!
//! Knows nothing of what a test looks for.
#![allow(missing_docs, reason = "each name says what it does")]

use egui::accesskit::Role;
use egui::{Modifiers, PointerButton, Pos2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use wasm_workbench::app::{Action, PluginAction, PluginView};
use wasm_workbench::model::call::{CallSample, Outcome};
use wasm_workbench::model::ids::{BuildNumber, CallId, PluginId};
use wasm_workbench::model::limits::Limits;
use wasm_workbench::model::timeline::Brush;
use wasm_workbench::ui::Workbench;
use wasm_workbench::ui::theme::{self, Mode};
use wasm_workbench::worker::protocol::PluginEvent;

use crate::panes_rig::{Workers, make_ready, sample as sample_of, workbench};

/// Layout with Timing and Calls both in view.
const BOTH: &str = r#"{"column":{"children":[
    [20.0,{"tabs":{"children":[{"pane":"source"},{"pane":"call"},{"pane":"limits"}],"active":0}}],
    [45.0,{"tabs":{"children":[{"pane":"timing"},{"pane":"memory"}],"active":0}}],
    [35.0,{"tabs":{"children":[{"pane":"calls"}],"active":0}}]]}}"#;

pub(crate) struct Window {
    pub(crate) harness: Harness<'static, Workbench>,
    pub(crate) workers: Workers,
}

impl Window {
    pub(crate) fn open(mode: Mode) -> Self {
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

    pub(crate) fn plugin(&self) -> PluginId {
        self.harness.state().state().selection.plugin.expect("a plugin is selected")
    }

    pub(crate) fn view(&self) -> &PluginView {
        self.harness.state().state().selected_plugin().expect("a plugin is selected")
    }

    pub(crate) fn brush(&self) -> Brush {
        self.view().calls.brush
    }

    pub(crate) fn begin_build(&mut self, number: u64) {
        let build = self.view().build.build.clone();
        let build_number = BuildNumber(number);
        let event =
            PluginEvent::Instantiated { build, build_number, instantiate_ns: 21_000, state_reset: false };
        self.workers.plugin(self.plugin(), event);
        self.harness.run();
    }

    /// Makes calls that take those times.
    pub(crate) fn call(&mut self, times: impl IntoIterator<Item = u64>) {
        let sample = |wall_ns| CallSample { wall_ns, ..sample_of(1, 1000) };
        self.call_with(times.into_iter().map(sample).collect());
    }

    pub(crate) fn call_with(&mut self, samples: Vec<CallSample>) {
        self.call_export("fib", samples);
    }

    pub(crate) fn call_export(&mut self, export: &str, samples: Vec<CallSample>) {
        let done = samples.len() as u64;
        let event =
            PluginEvent::CallSamples { call: CallId(1), export: export.into(), samples, done, total: done };
        self.workers.plugin(self.plugin(), event);
        self.harness.run();
    }

    /// Makes calls of an export that return after so long, or don't.
    pub(crate) fn call_times(&mut self, export: &str, calls: u64, wall_ns: u64, outcome: Outcome) {
        let sample = |number| CallSample {
            wall_ns: wall_ns + number % 7,
            outcome,
            was_denied: false,
            ..sample_of(1, 1000)
        };
        self.call_export(export, (0..calls).map(sample).collect());
    }

    pub(crate) fn act(&mut self, action: PluginAction) {
        let plugin = self.plugin();
        self.harness.state_mut().act(Action::Plugin(plugin, action));
        self.harness.run();
    }

    pub(crate) fn set_fuel(&mut self, fuel: Option<u64>) {
        let limits = Limits { fuel, ..self.view().options.limits };
        self.act(PluginAction::SetLimits(limits));
    }

    /// Opens a choice and takes one that it offers.
    pub(crate) fn choose(&mut self, chip: &str, choice: &str) {
        self.click(Role::Button, chip);
        self.click(Role::Button, choice);
    }

    /// What is told of one of the plots beside its calls: limits, scale, percentiles.
    pub(crate) fn told_of(&self, plot: &str) -> String {
        let node = self.harness.get_by_label("Timing plot").accesskit_node();
        let told = node.description().expect("the plots are described");
        let part = told.split("; ").find_map(|part| part.strip_prefix(&format!("{plot}: ")));
        part.unwrap_or_else(|| panic!("{plot} is missing in {told}")).to_owned()
    }

    /// Returns where a call lies on the axis when that many are in view, in the middle of a plot by its place.
    pub(crate) fn place_of(&self, number: f32, calls: f32, plot: f32) -> Pos2 {
        let rect = self.harness.get_by_label("Timing plot").rect();
        // Names of plots stand left of the axis, and a line of words below the plots.
        let (left, right, foot) = (rect.left() + 92.0, rect.right() - 12.0, 26.0);
        let x = left + (right - left) * (number - 0.5) / calls;
        Pos2::new(x, rect.top() + (rect.height() - foot) * (plot + 0.5) / 4.0)
    }

    pub(crate) fn click_at(&mut self, at: Pos2) {
        self.harness.hover_at(at);
        self.harness.run();
        for pressed in [true, false] {
            let (button, modifiers) = (PointerButton::Primary, Modifiers::NONE);
            self.harness.event(egui::Event::PointerButton { pos: at, button, pressed, modifiers });
            self.harness.run();
        }
    }

    pub(crate) fn click(&mut self, role: Role, name: &str) {
        self.harness.get_by_role_and_label(role, name).click();
        self.harness.run();
    }

    /// Drags over a figure between two shares of its width, holding the button in steps as a hand does.
    pub(crate) fn drag(&mut self, figure: &str, from: f32, to: f32, modifiers: Modifiers) {
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

    pub(crate) fn is_shown(&self, name: &str) -> bool {
        self.harness.query_by_label(name).is_some()
    }

    pub(crate) fn has(&self, part: &str) -> bool {
        self.harness.query_all_by_label_contains(part).next().is_some()
    }

    pub(crate) fn value_of(&self, name: &str) -> String {
        self.harness.get_by_label(name).accesskit_node().value().unwrap_or_default()
    }

    pub(crate) fn shot(&mut self, name: &str) {
        let Ok(folder) = std::env::var("WORKBENCH_SHOTS") else { return };
        self.harness.event(egui::Event::PointerGone);
        self.harness.run();
        let picture = self.harness.render().expect("there is a render adapter");
        picture.save(format!("{folder}/{name}.png")).expect("the folder can be written");
    }
}

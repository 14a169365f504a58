//! How long a frame takes with a million recorded calls plotted and the memory view open.
//!
//! Measures what the window itself does, `ctx.run_ui`, and the tessellation apart: while the plot is zoomed, while
//! calls are picked out by a drag over the plot with the list of calls open, and while the same is done in the
//! distribution, also with two builds compared. The bar of each is a p99 under 4 ms.
#![allow(missing_docs, reason = "a benchmark is no library")]
#![allow(clippy::print_stdout, reason = "the figures are what it is run for")]
#![allow(clippy::cast_precision_loss, reason = "the numbers of a thousand frames fit into any float")]

#[path = "../tests/panes_rig/mod.rs"]
mod panes_rig;

use std::time::{Duration, Instant};

use egui::{
    Context, Event, Modifiers, MouseWheelSource, MouseWheelUnit, PointerButton, Pos2, RawInput, Rect,
    TouchPhase, pos2, vec2,
};
use panes_rig::{BOTH, Workers, call_often, end_call, make_ready, workbench};
use wasm_workbench::app::{Action, Pairing, Subject, ViewAction};
use wasm_workbench::model::ids::{BuildNumber, PluginId};
use wasm_workbench::ui::Workbench;
use wasm_workbench::ui::theme::{self, Mode};
use wasm_workbench::worker::protocol::PluginEvent;

const CALLS: u64 = 1_000_000;
const WARM_UP: usize = 50;
const FRAMES: usize = 1000;
const BAR: Duration = Duration::from_millis(4);

/// Layout with Timing and Calls both in view.
const WITH_CALLS: &str = r#"{"row":{"children":[
    [232.0,{"tabs":{"children":[{"pane":"plugins"}],"active":0}}],
    [836.0,{"column":{"children":[
        [30.0,{"tabs":{"children":[{"pane":"source"}],"active":0}}],
        [35.0,{"tabs":{"children":[{"pane":"timing"}],"active":0}}],
        [35.0,{"tabs":{"children":[{"pane":"calls"}],"active":0}}]]}}],
    [372.0,{"tabs":{"children":[{"pane":"call"}],"active":0}}]]}}"#;

/// Name of the button that shows the distribution.
const DISTRIBUTION: &str = "Distribution";

struct Bench {
    ctx: Context,
    workbench: Workbench,
    workers: Workers,
    number: usize,
}

impl Bench {
    /// Opens a window whose plugin has made a million calls.
    fn open(layout: &str) -> Self {
        let ctx = Context::default();
        theme::apply(&ctx, Mode::Dark);
        let (workbench, workers) = workbench(Some(layout), "dark");
        let mut bench = Self { ctx, workbench, workers, number: 0 };
        bench.frames(5, |_, _| Vec::new());
        let plugin = bench.plugin();
        make_ready(&bench.workers, plugin);
        call_often(&bench.workers, plugin, CALLS);
        end_call(&bench.workers, plugin, CALLS + 1, CALLS);
        bench.frames(WARM_UP, |_, _| Vec::new());
        let num_calls = bench.workbench.state().selected_plugin().map_or(0, |view| view.calls.timeline.len());
        assert!(num_calls as u64 > CALLS, "all calls have been taken in: {num_calls}");
        bench
    }

    fn plugin(&self) -> PluginId {
        self.workbench.state().selection.plugin.expect("the sample has been compiled")
    }

    /// Runs frames with what `events` makes of each one's number, and returns their times.
    fn frames(&mut self, count: usize, mut events: impl FnMut(usize, Rect) -> Vec<Event>) -> Times {
        let mut times = Times::default();
        let plot = Rect::from_min_max(pos2(330.0, 420.0), pos2(1040.0, 560.0));
        for frame in 0..count {
            self.number += 1;
            let input = RawInput {
                screen_rect: Some(Rect::from_min_size(Pos2::ZERO, vec2(1440.0, 900.0))),
                time: Some(self.number as f64 / 60.0),
                events: events(frame, plot),
                ..RawInput::default()
            };
            let start = Instant::now();
            let mut output = self.ctx.run_ui(input, |ui| {
                self.workbench.logic(ui.ctx());
                self.workbench.ui(ui);
            });
            times.frames.push(start.elapsed());
            output.textures_delta.clear();
            let start = Instant::now();
            let meshes = self.ctx.tessellate(output.shapes, output.pixels_per_point);
            times.shapes.push(start.elapsed());
            assert!(!meshes.is_empty(), "something is painted");
        }
        times
    }

    /// Makes as many calls on each of two further builds, and shows one against the other.
    fn compare_two_builds(&mut self) {
        let plugin = self.plugin();
        for number in [2, 3] {
            let build = self.workbench.state().plugin(plugin).expect("it is selected").build.build.clone();
            let (build_number, state_reset) = (BuildNumber(number), false);
            let event = PluginEvent::Instantiated { build, build_number, instantiate_ns: 1, state_reset };
            self.workers.plugin(plugin, event);
            call_often(&self.workers, plugin, CALLS);
            self.frames(WARM_UP, |_, _| Vec::new());
        }
        // By an action and not by the popup, whose entries are there only while it is open.
        let of = |build| Subject { plugin, build: Some(build) };
        let pairing = Pairing { first: of(3), second: of(2) };
        self.workbench.act(Action::View(ViewAction::Compare(Some(pairing))));
        self.frames(WARM_UP, |_, _| Vec::new());
        let shown = self.workbench.state().shown_pairing().expect("both builds have made calls");
        assert!(shown.iter().all(|calls| calls.range.len() as u64 >= CALLS), "all calls are shown");
    }

    fn brush(&self) -> wasm_workbench::model::timeline::Brush {
        self.workbench.state().selected_plugin().expect("it is selected").calls.brush
    }
}

#[derive(Default)]
struct Times {
    frames: Vec<Duration>,
    shapes: Vec<Duration>,
}

impl Times {
    fn print(mut self, what: &str) {
        let (p50, p99) = (quantile(&mut self.frames, 50), quantile(&mut self.frames, 99));
        let tessellation = quantile(&mut self.shapes, 99);
        let verdict = if p99 <= BAR { "kept" } else { "MISSED" };
        println!(
            "{what:<44} frame p50 {p50:>9.2?} p99 {p99:>9.2?} ({verdict})  tessellation p99 {tessellation:.2?}"
        );
    }
}

fn main() {
    println!("a million recorded calls; the bar of each frame is a p99 of {BAR:?}");
    let mut bench = Bench::open(BOTH);
    bench.frames(FRAMES, zoom).print("zoomed, memory view open");

    let mut bench = Bench::open(WITH_CALLS);
    let times = bench.frames(FRAMES, drag);
    assert!(bench.brush().calls.is_some(), "the drag has selected calls");
    times.print("brushed over the plot, calls listed");

    // The button is found as assistive technology finds it.
    let at = find(&mut bench, DISTRIBUTION);
    bench.frames(3, |frame, _| click(at, frame));
    let times = bench.frames(FRAMES, drag);
    assert!(bench.brush().wall_ns.is_some(), "the drag has selected durations");
    times.print("brushed over the distribution, calls listed");

    let mut bench = Bench::open(WITH_CALLS);
    bench.compare_two_builds();
    bench.frames(FRAMES, zoom).print("zoomed, two builds of a million calls each");
    let times = bench.frames(FRAMES, drag);
    assert!(bench.brush().second.is_some(), "the drag has selected calls of both builds");
    times.print("brushed over the plot, two builds compared");
    let at = find(&mut bench, DISTRIBUTION);
    bench.frames(3, |frame, _| click(at, frame));
    let times = bench.frames(FRAMES, drag);
    assert!(bench.brush().wall_ns.is_some(), "the drag has selected durations");
    times.print("brushed over the distribution, two builds compared");
}

/// Returns where the control of that name is, as assistive technology sees it.
fn find(bench: &mut Bench, name: &str) -> Pos2 {
    bench.ctx.enable_accesskit();
    bench.number += 1;
    let input = RawInput {
        screen_rect: Some(Rect::from_min_size(Pos2::ZERO, vec2(1440.0, 900.0))),
        time: Some(bench.number as f64 / 60.0),
        ..RawInput::default()
    };
    let mut output = bench.ctx.run_ui(input, |ui| {
        bench.workbench.logic(ui.ctx());
        bench.workbench.ui(ui);
    });
    output.textures_delta.clear();
    bench.ctx.disable_accesskit();
    let update = output.platform_output.accesskit_update.expect("it was asked for");
    let node = update.nodes.iter().find(|(_, node)| node.label() == Some(name));
    let bounds = node.and_then(|(_, node)| node.bounds()).unwrap_or_else(|| panic!("`{name}` is not shown"));
    #[allow(clippy::cast_possible_truncation, reason = "the window is 1440 points wide")]
    let at = pos2(f64::midpoint(bounds.x0, bounds.x1) as f32, f64::midpoint(bounds.y0, bounds.y1) as f32);
    at
}

/// Moves the pointer, and zooms in for a while and out for as long.
fn zoom(frame: usize, plot: Rect) -> Vec<Event> {
    let at = pos2(plot.left() + (frame * 7 % 600) as f32, plot.top() + (frame * 3 % 130) as f32);
    let turn = if (frame / 100).is_multiple_of(2) { 8.0 } else { -8.0 };
    let wheel = Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: vec2(0.0, turn),
        phase: TouchPhase::Move,
        source: MouseWheelSource::Wheel,
        modifiers: Modifiers::NONE,
    };
    vec![Event::PointerMoved(at), wheel]
}

/// Presses once and then drags to and fro.
fn drag(frame: usize, plot: Rect) -> Vec<Event> {
    let start = pos2(plot.left() + 80.0, plot.center().y);
    match frame {
        0 => vec![Event::PointerMoved(start), button(start, true)],
        _ => vec![Event::PointerMoved(pos2(start.x + 20.0 + (frame * 11 % 560) as f32, start.y))],
    }
}

fn click(at: Pos2, frame: usize) -> Vec<Event> {
    match frame {
        // The drag before has left the button down.
        0 => vec![button(at, false), Event::PointerMoved(at)],
        1 => vec![button(at, true)],
        _ => vec![button(at, false)],
    }
}

fn button(pos: Pos2, pressed: bool) -> Event {
    Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE }
}

fn quantile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    times[(times.len() * percent / 100).min(times.len() - 1)]
}

//! How long a frame takes with a million recorded calls plotted and the memory view open.
//!
//! Measures what the window itself does, `ctx.run_ui`, and the tessellation apart; the pointer moves and the
//! plot is zoomed on the way, so that buckets are made anew. The bar is a p99 under 4 ms.
#![allow(missing_docs, reason = "a benchmark is no library")]
#![allow(clippy::print_stdout, reason = "the figures are what it is run for")]
#![allow(clippy::cast_precision_loss, reason = "the numbers of a thousand frames fit into any float")]

#[path = "../tests/panes_rig/mod.rs"]
mod panes_rig;

use std::time::{Duration, Instant};

use egui::{
    Context, Event, Modifiers, MouseWheelSource, MouseWheelUnit, Pos2, RawInput, Rect, TouchPhase, pos2, vec2,
};
use panes_rig::{BOTH, call_often, end_call, make_ready, workbench};
use wasm_workbench::ui::Workbench;
use wasm_workbench::ui::theme::{self, Mode};

const CALLS: u64 = 1_000_000;
const WARM_UP: usize = 50;
const FRAMES: usize = 1000;

fn main() {
    let ctx = Context::default();
    theme::apply(&ctx, Mode::Dark);
    let (mut workbench, workers) = workbench(Some(BOTH), "dark");
    let mut frames = Vec::with_capacity(FRAMES);
    let mut shapes = Vec::with_capacity(FRAMES);
    for number in 0..WARM_UP + FRAMES {
        if number == 5 {
            let plugin = workbench.state().selection.plugin.expect("the sample has been compiled");
            make_ready(&workers, plugin);
            call_often(&workers, plugin, CALLS);
            end_call(&workers, plugin, CALLS + 1, CALLS);
        }
        let (frame, tessellation) = frame(&ctx, &mut workbench, number);
        if number >= WARM_UP {
            frames.push(frame);
            shapes.push(tessellation);
        }
    }
    println!("frame p50 {:?} p99 {:?}", quantile(&mut frames, 50), quantile(&mut frames, 99));
    println!("tessellation p50 {:?} p99 {:?}", quantile(&mut shapes, 50), quantile(&mut shapes, 99));
}

/// Runs one frame and returns how long the window and the tessellation took.
fn frame(ctx: &Context, workbench: &mut Workbench, number: usize) -> (Duration, Duration) {
    let at = pos2(400.0 + (number * 7 % 600) as f32, 430.0 + (number * 3 % 150) as f32);
    let input = RawInput {
        screen_rect: Some(Rect::from_min_size(Pos2::ZERO, vec2(1440.0, 900.0))),
        time: Some(number as f64 / 60.0),
        events: events(at, number),
        ..RawInput::default()
    };
    let start = Instant::now();
    let output = ctx.run_ui(input, |ui| {
        workbench.logic(ui.ctx());
        workbench.ui(ui);
    });
    let frame = start.elapsed();
    let start = Instant::now();
    let meshes = ctx.tessellate(output.shapes, output.pixels_per_point);
    let tessellation = start.elapsed();
    assert!(!meshes.is_empty(), "something is painted");
    (frame, tessellation)
}

/// Moves the pointer, and zooms in for a while and out for as long.
fn events(at: Pos2, number: usize) -> Vec<Event> {
    let turn = if (number / 100).is_multiple_of(2) { 8.0 } else { -8.0 };
    let wheel = Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: vec2(0.0, turn),
        phase: TouchPhase::Move,
        source: MouseWheelSource::Wheel,
        modifiers: Modifiers::NONE,
    };
    vec![Event::PointerMoved(at), wheel]
}

fn quantile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    times[(times.len() * percent / 100).min(times.len() - 1)]
}

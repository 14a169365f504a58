//! Pictures of the main screens, compared with those in `tests/snapshots`.
//!
//! Knows no threads and no clock: builds, calls, figures and times are all made up, so that each picture is
//! the same on every computer. `UPDATE_SNAPSHOTS=1` draws them anew. Without a render adapter there is
//! nothing to compare; `CI=true` takes that for a failure.
#![cfg(feature = "gui")]

mod panes_rig;

use std::io::Write as _;
use std::panic::catch_unwind;

use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use egui_kittest::wgpu::WgpuTestRenderer;
use egui_kittest::{Harness, SnapshotOptions};
use panes_rig::{PAGES, Workers, end_call, make_ready, workbench};
use wasm_workbench::model::ids::PluginId;
use wasm_workbench::model::limits::{Preset, Usage};
use wasm_workbench::ui::Workbench;
use wasm_workbench::ui::theme::{self, Mode};
use wasm_workbench::worker::protocol::PluginEvent;

/// Calls that have been made on the screens that show some.
const CALLS: u64 = 120;

struct Screen {
    harness: Harness<'static, Workbench>,
    workers: Workers,
}

impl Screen {
    /// Opens the window with the first sample ready; `None` where nothing can draw it.
    fn open(mode: Mode, size: [f32; 2]) -> Option<Self> {
        let renderer = renderer()?;
        let (workbench, workers) = workbench(None, mode.word());
        let show = |ui: &mut egui::Ui, workbench: &mut Workbench| {
            // All of the window, not what a test leaves of it.
            let all = ui.ctx().content_rect();
            ui.scope_builder(egui::UiBuilder::new().max_rect(all), |ui| {
                ui.set_clip_rect(all);
                workbench.logic(ui.ctx());
                workbench.ui(ui);
            });
        };
        let harness = Harness::builder()
            .with_size(size)
            .with_render_cursor(false)
            .with_context_setup(move |ctx| theme::apply(ctx, mode))
            .renderer(renderer)
            .build_ui_state(show, workbench);
        let mut screen = Self { harness, workers };
        screen.harness.run();
        make_ready(&screen.workers, screen.plugin());
        screen.harness.run();
        Some(screen)
    }

    /// Opens the window and makes calls, the last of which run into the fuel limit.
    fn called(mode: Mode, size: [f32; 2], calls: u64) -> Option<Self> {
        let mut screen = Self::open(mode, size)?;
        screen.click(Role::ListItem, "fib");
        screen.click(Role::Button, "Default");
        screen.click(Role::Button, Preset::Tutorial.label());
        for number in 1..=calls {
            end_call(&screen.workers, screen.plugin(), number, CALLS);
        }
        let usage = Usage { memory_pages: PAGES, memory_pages_peak: PAGES, instances: 1, ..Usage::default() };
        screen.workers.plugin(screen.plugin(), PluginEvent::Usage(usage));
        screen.harness.run();
        Some(screen)
    }

    fn plugin(&self) -> PluginId {
        self.harness.state().state().selection.plugin.expect("a plugin is selected")
    }

    fn click(&mut self, role: Role, name: &str) {
        self.harness.get_by_role_and_label(role, name).click();
        self.harness.run();
    }

    fn compare(mut self, name: &str) {
        // Nothing is under the pointer, and no tooltip of it is shown.
        self.harness.event(egui::Event::PointerGone);
        self.harness.run();
        // Software of another version rounds the edges of glyphs a little differently.
        let options = SnapshotOptions::new().threshold(1.2).max_failed_pixels(40);
        self.harness.snapshot_options(name, &options);
    }
}

#[test]
fn the_window_in_dark() {
    if let Some(screen) = Screen::called(Mode::Dark, [1440.0, 900.0], 100) {
        screen.compare("dark");
    }
}

#[test]
fn the_window_in_light() {
    if let Some(screen) = Screen::called(Mode::Light, [1440.0, 900.0], 100) {
        screen.compare("light");
    }
}

#[test]
fn the_smallest_window() {
    if let Some(screen) = Screen::called(Mode::Dark, [1024.0, 700.0], 100) {
        screen.compare("small");
    }
}

#[test]
fn a_call_that_a_limit_stopped() {
    if let Some(screen) = Screen::called(Mode::Light, [1440.0, 900.0], CALLS) {
        screen.compare("limit");
    }
}

#[test]
fn a_text_with_an_error() {
    let Some(mut screen) = Screen::open(Mode::Dark, [1440.0, 900.0]) else { return };
    let state = screen.harness.state().state();
    let text = state.active_source().and_then(wasm_workbench::app::Source::text).expect("a text is open");
    let broken = text.replacen("local.get $b", "local.get $c", 1);
    screen.harness.get_by_role_and_label(Role::MultilineTextInput, "Source").focus();
    screen.harness.run();
    screen.harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
    screen.harness.event(egui::Event::Paste(broken));
    screen.harness.run();
    // Nobody waits for the pause after the last key.
    screen.harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::B);
    screen.harness.run();
    // A click on the problem leads to its place.
    screen.click(Role::ListItem, "27:15: unknown local `$c`");
    screen.compare("error");
}

#[test]
fn the_memory_of_a_plugin() {
    let Some(mut screen) = Screen::called(Mode::Dark, [1440.0, 900.0], 100) else { return };
    screen.click(Role::Tab, "Memory");
    screen.compare("memory");
}

/// Returns what draws the pictures, if this computer has anything that can.
fn renderer() -> Option<WgpuTestRenderer> {
    let renderer = catch_unwind(WgpuTestRenderer::new).ok();
    if renderer.is_none() {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "there is no render adapter");
        let _ = writeln!(std::io::stderr(), "skipped: there is no render adapter to draw pictures with");
    }
    renderer
}

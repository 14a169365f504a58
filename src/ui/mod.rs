//! The window: reads the program's state and pushes actions; egui only.
//!
//! Knows no threads, no files and no engine.

mod dialogs;
mod difference;
mod dock;
mod dropping;
pub mod editor;
pub mod icons;
mod launch;
mod palette;
mod panes;
mod picture;
mod shell;
mod shortcuts;
pub mod theme;
pub mod widgets;
mod workbench;

pub use launch::{LaunchError, launch};
pub use panes::{CallPane, ExportsPane, LimitsPane, PaneViews};
pub use workbench::{Bridge, Clock, Workbench, system_clock};

use std::sync::Arc;

use egui::ViewportBuilder;

use crate::app::Startup;

/// Smallest and first size of the window, in points.
const SIZES: ([f32; 2], [f32; 2]) = ([1024.0, 700.0], [1440.0, 900.0]);

/// Wakes the window; the workers call it when there are events.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// Opens the window and stays until it is closed.
///
/// `connect` starts the workers, which wake the window by what it is given.
///
/// # Errors
///
/// Returns why there is no window, such as that there is no display.
pub fn run(
    startup: Startup,
    connect: impl FnOnce(Wake) -> Result<Box<dyn Bridge>, String> + 'static,
) -> Result<(), eframe::Error> {
    let (min_size, size) = SIZES;
    let mut viewport = ViewportBuilder::default()
        .with_title("Wasm Workbench")
        .with_app_id("wasm-workbench")
        .with_inner_size(size)
        .with_min_inner_size(min_size)
        .with_drag_and_drop(true);
    if let Some((rgba, width, height)) = theme::icon_rgba() {
        viewport = viewport.with_icon(egui::IconData { rgba, width, height });
    }
    let options = eframe::NativeOptions { viewport, ..eframe::NativeOptions::default() };
    let create = move |creation: &eframe::CreationContext<'_>| {
        let ctx = creation.egui_ctx.clone();
        // The first frame needs the fonts, so the window is dressed before there is one.
        theme::apply(&ctx, theme::Mode::default());
        ctx.options_mut(|options| options.zoom_with_keyboard = false);
        let bridge = connect(Arc::new(move || ctx.request_repaint()))?;
        Ok(Box::new(Workbench::new(startup, bridge, system_clock())) as Box<dyn eframe::App>)
    };
    eframe::run_native("Wasm Workbench", options, Box::new(create))
}

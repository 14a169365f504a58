//! From the command line to the window: folders, settings, workers, and what is said when there is no display.
//!
//! Starts the workers and leaves them alone after that.

use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;

use super::workbench::Bridge;
use super::{Wake, run};
use crate::app::{Settings, Startup};
use crate::worker::folders::{Folders, read_text};
use crate::worker::protocol::{Command, Event, Notice};
use crate::worker::{Workers, WorkersConfig};

/// Why there is no window.
#[derive(Debug, Error)]
pub enum LaunchError {
    /// Neither Wayland nor X11 is there.
    #[error(
        "there is no display to open a window on; these verbs work without one: run, inspect, limits, bench, operators, print, validate, sizes (see `wasm-workbench help`)"
    )]
    NoDisplay,
    /// The system gives no window.
    #[error("the window can't be opened: {reason}")]
    NoWindow {
        /// What the system said.
        reason: String,
    },
}

/// Opens the window on those files and stays until it is closed.
///
/// # Errors
///
/// Returns why there is no window.
pub fn launch(files: Vec<PathBuf>) -> Result<(), LaunchError> {
    if !has_display() {
        return Err(LaunchError::NoDisplay);
    }
    let folders = Folders::of_user();
    let (settings_path, session_path) = (folders.settings_file(), folders.session_file());
    let startup = Startup {
        // The file that a person names belongs to the folder they stand in, also after that folder is gone.
        files: files.into_iter().map(|file| std::path::absolute(&file).unwrap_or(file)).collect(),
        settings: settings_path.as_deref().and_then(read_text),
        settings_path,
        session: session_path.as_deref().and_then(read_text),
        session_path,
        home: Folders::home(),
        zone: crate::worker::zone::of_system(),
    };
    let config = config(&folders, startup.settings.as_deref());
    let connect = move |wake: Wake| {
        let workers = Workers::start(&config, wake).map_err(|err| err.to_string())?;
        Ok(Box::new(workers) as Box<dyn Bridge>)
    };
    run(startup, connect).map_err(|err| LaunchError::NoWindow { reason: err.to_string() })
}

/// Starts the workers with what the settings file says of them.
fn config(folders: &Folders, settings: Option<&str>) -> WorkersConfig {
    // What of the file can't be used is told by the program itself, which reads it too.
    let (settings, _) = Settings::read(settings.unwrap_or_default());
    let (cache_bytes, disk_cache_bytes) = settings.cache.bytes();
    WorkersConfig {
        data_dir: folders.state.clone(),
        cache_bytes,
        cache_dir: settings.cache.disk_folder(folders.builds()),
        disk_cache_bytes,
        epoch_tick: Duration::from_millis(settings.epoch_tick_ms),
        ..WorkersConfig::default()
    }
}

impl Bridge for Workers {
    fn send(&self, command: Command) -> Result<(), Notice> {
        Self::send(self, command)
    }

    fn try_event(&self) -> Option<Event> {
        Self::try_event(self)
    }
}

fn has_display() -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(any(windows, target_os = "macos"))
        || ["WAYLAND_DISPLAY", "WAYLAND_SOCKET", "DISPLAY"].into_iter().any(is_set)
}

//! The system's own file dialogs, each on a short-lived thread, so that an open one delays nobody.
//!
//! Knows nothing of what the files hold. Without feature `gui` there are no dialogs.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::outlet::Outlet;
use super::protocol::Event;
use super::threads::Threads;
use crate::model::ids::RequestId;

/// What a dialog asks for.
#[cfg_attr(not(feature = "gui"), allow(dead_code, reason = "only a dialog suggests a name and a folder"))]
pub(crate) enum Ask {
    /// Files to open.
    Open { request: RequestId, folder: Option<PathBuf> },
    /// A place to save to.
    Save { request: RequestId, suggested: String, folder: Option<PathBuf> },
}

/// Opens dialogs, one at a time.
#[derive(Default)]
pub(crate) struct Dialogs {
    is_open: Arc<AtomicBool>,
    threads: Threads,
}

const STACK_BYTES: usize = 2 * 1024 * 1024;

impl Dialogs {
    /// Opens a dialog; its answer comes as an event, whatever becomes of it.
    pub(crate) fn open(&self, ask: Ask, outlet: &Outlet) {
        if self.is_open.swap(true, Ordering::AcqRel) {
            outlet.offer(refusal(&ask, "a file dialog is open already"));
            return;
        }
        let is_open = Arc::clone(&self.is_open);
        let for_thread = outlet.clone();
        let ask = Arc::new(ask);
        let for_failure = Arc::clone(&ask);
        let started = self.threads.spawn("dialog", STACK_BYTES, move || {
            let event = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| run(&ask)));
            is_open.store(false, Ordering::Release);
            for_thread.send(event.unwrap_or_else(|_| refusal(&ask, NO_DIALOG)));
        });
        if started.is_err() {
            self.is_open.store(false, Ordering::Release);
            outlet.offer(refusal(&for_failure, NO_DIALOG));
        }
    }
}

const NO_DIALOG: &str = "the system has no file dialog here: type the path instead";

fn refusal(ask: &Ask, reason: &str) -> Event {
    match ask {
        Ask::Open { request, .. } => Event::FilesPicked { request: *request, result: Err(reason.to_owned()) },
        Ask::Save { request, .. } => {
            Event::SavePathPicked { request: *request, result: Err(reason.to_owned()) }
        }
    }
}

#[cfg(not(feature = "gui"))]
fn run(ask: &Ask) -> Event {
    refusal(ask, NO_DIALOG)
}

#[cfg(feature = "gui")]
fn run(ask: &Ask) -> Event {
    let began = std::time::Instant::now();
    match ask {
        Ask::Open { request, folder } => {
            let picked = dialog("Open a file", folder.as_deref())
                .add_filter("WebAssembly", &["wat", "wasm"])
                .add_filter("All files", &["*"])
                .pick_files();
            let result = if picked.is_none() && is_no_dialog(began) {
                Err(NO_DIALOG.to_owned())
            } else {
                Ok(picked.unwrap_or_default())
            };
            Event::FilesPicked { request: *request, result }
        }
        Ask::Save { request, suggested, folder } => {
            let picked = dialog("Save as", folder.as_deref()).set_file_name(suggested).save_file();
            let is_missing = picked.is_none() && is_no_dialog(began);
            let result = if is_missing { Err(NO_DIALOG.to_owned()) } else { Ok(picked) };
            Event::SavePathPicked { request: *request, result }
        }
    }
}

#[cfg(feature = "gui")]
fn dialog(title: &str, folder: Option<&std::path::Path>) -> rfd::FileDialog {
    let dialog = rfd::FileDialog::new().set_title(title);
    match folder {
        Some(folder) => dialog.set_directory(folder),
        None => dialog,
    }
}

/// Tells a missing dialog from a cancelled one: the library answers both alike, but nobody reads a dialog
/// and closes it in so short a time.
#[cfg(feature = "gui")]
fn is_no_dialog(began: std::time::Instant) -> bool {
    began.elapsed() < std::time::Duration::from_millis(150)
}

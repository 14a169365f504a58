//! Writes exports, each on a short-lived thread, so that millions of calls delay no saving of a source.
//!
//! Knows nothing of what is exported.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::content::Content;
use super::disk;
use super::outlet::Outlet;
use super::protocol::Event;
use super::threads::{Threads, panic_message};
use crate::model::ids::RequestId;
use crate::model::text::ContentHash;

/// A picture is laid out and painted on this stack.
const STACK_BYTES: usize = 8 * 1024 * 1024;

/// Writes exports, one at a time.
pub(crate) struct Exports {
    is_busy: Arc<AtomicBool>,
    threads: Threads,
}

impl Exports {
    /// Writes on threads whose end `threads` waits for.
    pub(crate) fn new(threads: Threads) -> Self {
        Self { is_busy: Arc::default(), threads }
    }

    /// Writes a file atomically; its answer comes as an event, whatever becomes of it.
    pub(crate) fn write(&self, request: RequestId, path: PathBuf, content: Content, outlet: &Outlet) {
        if self.is_busy.swap(true, Ordering::AcqRel) {
            let result = Err("another export is being written".to_owned());
            outlet.offer(Event::FileSaved { request, path, result });
            return;
        }
        let (is_busy, for_thread, target) = (Arc::clone(&self.is_busy), outlet.clone(), path.clone());
        let started = self.threads.spawn("export", STACK_BYTES, move || {
            let result = catch_unwind(AssertUnwindSafe(|| write(&target, &content)));
            let result = result.unwrap_or_else(|payload| Err(panic_message(&*payload)));
            is_busy.store(false, Ordering::Release);
            for_thread.send(Event::FileSaved { request, path: target, result });
        });
        if let Err(err) = started {
            self.is_busy.store(false, Ordering::Release);
            outlet.offer(Event::FileSaved { request, path, result: Err(err.to_string()) });
        }
    }
}

fn write(path: &Path, content: &Content) -> Result<Option<ContentHash>, String> {
    disk::write_file_with(path, |out| content.write_to(out)).map_err(|err| err.to_string())?;
    Ok(None)
}

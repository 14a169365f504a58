//! Makes other texts out of snapshots, each on a short-lived thread, so that a text of megabytes delays neither
//! the window nor the saving of a file.
//!
//! Knows nothing of what is done to a text.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::outlet::Outlet;
use super::protocol::Event;
use super::text_protocol::TextEvent;
use super::threads::{Threads, panic_message};
use crate::model::ids::RequestId;
use crate::model::text::{Rewriting, TextSnapshot};

const STACK_BYTES: usize = 4 * 1024 * 1024;

/// Threads that may rewrite a text at the same time; each has a copy of its own.
const MOST_THREADS: usize = 4;

/// Makes other texts.
pub(crate) struct Rewriter {
    outlet: Outlet,
    threads: Threads,
}

impl Rewriter {
    /// Works on threads whose end `threads` waits for.
    pub(crate) fn new(outlet: Outlet, threads: Threads) -> Self {
        Self { outlet, threads }
    }

    /// Begins to make another text; `false` when too many are being made, or the system gives no thread.
    pub(crate) fn rewrite(&self, request: RequestId, text: TextSnapshot, how: Rewriting) -> bool {
        if self.threads.count() >= MOST_THREADS {
            return false;
        }
        let outlet = self.outlet.clone();
        let started = self.threads.spawn("rewrite", STACK_BYTES, move || {
            let result = catch_unwind(AssertUnwindSafe(|| how.run(&text)));
            let result = result.unwrap_or_else(|payload| Err(panic_message(&*payload)));
            let result = result.map(|rewritten| rewritten.map(Box::new));
            outlet.send(Event::Text(TextEvent::Rewritten { request, result }));
        });
        started.is_ok()
    }
}

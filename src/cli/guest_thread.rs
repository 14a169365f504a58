//! Runs guests on a thread with room for their stack, while the engines' clock moves on.
//!
//! Knows nothing of what is called.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crate::engine::Engines;

/// How often a running guest is looked at.
const TICK_PERIOD: Duration = Duration::from_millis(5);

/// Runs a body with that much stack and returns what it returns; `None` when it panicked.
///
/// # Errors
///
/// Returns the system's error when it gives no thread.
pub(super) fn run<T: Send>(
    engines: &Engines,
    stack_bytes: usize,
    body: impl FnOnce() -> T + Send,
) -> io::Result<Option<T>> {
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        let ticker = thread::Builder::new().name("ticker".to_owned()).spawn_scoped(scope, || {
            while !is_over.load(Ordering::Acquire) {
                thread::park_timeout(TICK_PERIOD);
                engines.tick();
            }
        })?;
        let guest = thread::Builder::new().name("plugin".to_owned()).stack_size(stack_bytes);
        let result = guest.spawn_scoped(scope, body).map(|guest| guest.join().ok());
        is_over.store(true, Ordering::Release);
        ticker.thread().unpark();
        result
    })
}

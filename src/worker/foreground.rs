//! Runs guests while the caller waits: on a thread with room for their stack, under a clock that moves.
//!
//! Knows nothing of what is called. The window never waits; this is for the command line.

use std::io;
use std::sync::Arc;
use std::thread;

use super::ticker::Ticker;
use crate::engine::Engines;

/// Runs a body with that much stack and returns what it returns; `None` when it panicked.
///
/// # Errors
///
/// Returns the system's error when it gives no thread.
pub fn run<T: Send>(
    engines: &Arc<Engines>,
    stack_bytes: usize,
    body: impl FnOnce() -> T + Send,
) -> io::Result<Option<T>> {
    let ticker = Ticker::start(engines)?;
    let _guard = ticker.guard();
    thread::scope(|scope| {
        let guest = thread::Builder::new().name("plugin".to_owned()).stack_size(stack_bytes);
        guest.spawn_scoped(scope, body).map(|guest| guest.join().ok())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caller_gets_what_the_body_returned_or_hears_that_it_panicked() {
        let engines = Engines::new();
        assert_eq!(run(&engines, 1 << 20, || 42).ok(), Some(Some(42)));
        assert_eq!(
            run(&engines, 1 << 20, || -> u8 { panic!("a test asked for this panic") }).ok(),
            Some(None)
        );
    }
}

//! Named threads whose end can be waited for, though never longer than a bound.
//!
//! Knows nothing of what the threads do.

use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;

/// The threads of one kind that live now.
#[derive(Clone, Default)]
pub(crate) struct Threads {
    roll: Arc<Roll>,
}

#[derive(Default)]
struct Roll {
    live: Mutex<Live>,
    ended: Condvar,
}

#[derive(Default)]
struct Live {
    count: usize,
    handles: Vec<JoinHandle<()>>,
}

/// Counts as a live thread until it is dropped.
struct Entry(Arc<Roll>);

impl Threads {
    /// Starts a thread; what can't be in a thread's name is replaced.
    ///
    /// # Errors
    ///
    /// Returns the system's error when it gives no thread.
    pub(crate) fn spawn(
        &self,
        name: &str,
        stack_bytes: usize,
        body: impl FnOnce() + Send + 'static,
    ) -> io::Result<()> {
        self.roll.lock().count += 1;
        let entry = Entry(Arc::clone(&self.roll));
        let handle =
            std::thread::Builder::new().name(printable(name)).stack_size(stack_bytes).spawn(move || {
                let _entry = entry;
                body();
            })?;
        let mut live = self.roll.lock();
        live.handles.retain(|handle| !handle.is_finished());
        live.handles.push(handle);
        Ok(())
    }

    /// Counts the threads that live now.
    pub(crate) fn count(&self) -> usize {
        self.roll.lock().count
    }

    /// Waits until all threads have ended; `false` when the deadline came first.
    pub(crate) fn wait_until(&self, deadline: Instant) -> bool {
        let mut live = self.roll.lock();
        while live.count > 0 {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            live = self.roll.ended.wait_timeout(live, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        let handles = std::mem::take(&mut live.handles);
        drop(live);
        for handle in handles {
            // All bodies are through, so this waits for the system alone.
            let _ = handle.join();
        }
        true
    }
}

impl Roll {
    fn lock(&self) -> MutexGuard<'_, Live> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        let mut live = self.0.lock();
        live.count = live.count.saturating_sub(1);
        self.0.ended.notify_all();
    }
}

/// Says what a panic said, as far as it said anything.
pub(crate) fn panic_message(payload: &(dyn std::any::Any + Send)) -> String {
    let text = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("the panic gave no reason").to_owned()
}

fn printable(name: &str) -> String {
    name.chars().take(48).map(|c| if c.is_control() { '?' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_end_of_threads_is_waited_for_but_not_for_ever() {
        let threads = Threads::default();
        let (release, held) = crossbeam_channel::bounded::<()>(1);
        threads
            .spawn("held\0back", 64 * 1024, move || {
                let _ = held.recv();
            })
            .expect("the system has threads");
        assert!(!threads.wait_until(Instant::now()));
        drop(release);
        assert!(threads.wait_until(Instant::now() + Duration::from_secs(10)));
    }
}

//! The one way from the workers to the window: a bounded queue of events that wakes its reader.
//!
//! Knows nothing of who reads; that the reader has a window is hidden behind [`Wake`].

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, TrySendError};

use super::protocol::{Event, PluginEvent};

/// Tells the reader of events that there are some; called on any thread, so it must be quick.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// Events that may wait; with [`MOST_BATCHES`] this bounds what a reader that is late costs.
const CAPACITY: usize = 1024;

/// Batches of samples that may wait, each up to a megabyte.
const MOST_BATCHES: usize = 16;

/// How often a sender that waits for room looks whether its batch is still wanted.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// Sends events; cheap to clone.
#[derive(Clone)]
pub(crate) struct Outlet {
    sender: Sender<Event>,
    shared: Arc<Shared>,
}

/// Receives the events of all workers.
pub(crate) struct Outbox {
    receiver: Receiver<Event>,
    shared: Arc<Shared>,
}

struct Shared {
    wake: Wake,
    /// Set from a wake-up until the reader has found the queue empty, so that one wake-up serves many
    /// events.
    is_awake: AtomicBool,
    is_closed: AtomicBool,
    batches: Mutex<usize>,
    has_room: Condvar,
}

/// Makes both ends of the queue.
pub(crate) fn outlet(wake: Wake) -> (Outlet, Outbox) {
    let (sender, receiver) = crossbeam_channel::bounded(CAPACITY);
    let shared = Arc::new(Shared {
        wake,
        is_awake: AtomicBool::new(false),
        is_closed: AtomicBool::new(false),
        batches: Mutex::new(0),
        has_room: Condvar::new(),
    });
    (Outlet { sender, shared: Arc::clone(&shared) }, Outbox { receiver, shared })
}

impl Outlet {
    /// Sends an event that must arrive, and waits for room; `false` when nobody reads any more.
    pub(crate) fn send(&self, event: Event) -> bool {
        if self.sender.send(event).is_err() {
            return false;
        }
        self.shared.wake();
        true
    }

    /// Sends an event that a newer one will replace anyway; `false` when there was no room.
    pub(crate) fn offer(&self, event: Event) -> bool {
        match self.sender.try_send(event) {
            Ok(()) => {
                self.shared.wake();
                true
            }
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => false,
        }
    }

    /// Sends an event about a plugin that must arrive.
    pub(crate) fn send_plugin(&self, plugin: crate::model::ids::PluginId, event: PluginEvent) -> bool {
        self.send(Event::Plugin { plugin, event })
    }

    /// Waits until a batch of samples may be sent; `false` when the queue closed or `is_wanted` said no.
    ///
    /// The place is given back when the reader takes a [`PluginEvent::CallSamples`].
    pub(crate) fn wait_for_batch(&self, is_wanted: &dyn Fn() -> bool) -> bool {
        let mut batches = lock(&self.shared.batches);
        loop {
            if self.shared.is_closed.load(Ordering::Acquire) {
                return false;
            }
            if *batches < MOST_BATCHES {
                *batches += 1;
                return true;
            }
            if !is_wanted() {
                return false;
            }
            batches = self
                .shared
                .has_room
                .wait_timeout(batches, LOOK_AGAIN)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    /// Tells whether the reader is far behind, so that what can be left out should be.
    pub(crate) fn is_crowded(&self) -> bool {
        self.sender.len() > CAPACITY / 2
    }
}

impl Shared {
    fn wake(&self) {
        if !self.is_awake.swap(true, Ordering::AcqRel) {
            (self.wake)();
        }
    }
}

impl Outbox {
    /// Takes the next event if there is one.
    ///
    /// After `None` the next event calls the wake function again; whoever stops reading earlier has to
    /// come back without being woken.
    pub(crate) fn try_next(&self) -> Option<Event> {
        let event = self.receiver.try_recv().ok().or_else(|| {
            // Looking twice closes the gap in which an event came after the first look and before the
            // flag fell, and so called nobody.
            self.shared.is_awake.store(false, Ordering::Release);
            self.receiver.try_recv().ok()
        });
        event.map(|event| self.taken(event))
    }

    /// Takes the next event, and waits for it up to a deadline.
    pub(crate) fn next_before(&self, deadline: Instant) -> Option<Event> {
        if let Some(event) = self.try_next() {
            return Some(event);
        }
        self.receiver.recv_deadline(deadline).ok().map(|event| self.taken(event))
    }

    fn taken(&self, event: Event) -> Event {
        if matches!(event, Event::Plugin { event: PluginEvent::CallSamples { .. }, .. }) {
            let mut batches = lock(&self.shared.batches);
            *batches = batches.saturating_sub(1);
            self.shared.has_room.notify_one();
        }
        event
    }
}

impl Drop for Outbox {
    fn drop(&mut self) {
        self.shared.is_closed.store(true, Ordering::Release);
        // Under the lock, so that no sender misses it between its look and its sleep.
        let _batches = lock(&self.shared.batches);
        self.shared.has_room.notify_all();
    }
}

fn lock(batches: &Mutex<usize>) -> MutexGuard<'_, usize> {
    batches.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;
    use crate::model::event::LogLevel;
    use crate::worker::protocol::Notice;

    fn notice(message: &str) -> Event {
        Event::Notice(Notice { level: LogLevel::Info, message: message.to_owned(), details: None })
    }

    fn counted() -> (Arc<AtomicUsize>, Outlet, Outbox) {
        let wakes = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&wakes);
        let (sender, receiver) = outlet(Arc::new(move || {
            counter.fetch_add(1, Ordering::SeqCst);
        }));
        (wakes, sender, receiver)
    }

    #[test]
    fn one_wake_up_serves_all_events_until_the_queue_was_found_empty() {
        let (wakes, sender, receiver) = counted();
        assert!(sender.send(notice("one")) && sender.send(notice("two")));
        assert_eq!(wakes.load(Ordering::SeqCst), 1);
        assert!(receiver.try_next().is_some() && receiver.try_next().is_some());
        assert!(receiver.try_next().is_none());
        assert!(sender.send(notice("three")));
        assert_eq!(wakes.load(Ordering::SeqCst), 2);
    }

    #[test]
    fn an_offer_to_a_full_queue_is_left_out_and_a_closed_queue_says_so() {
        let (_, sender, receiver) = counted();
        for _ in 0..CAPACITY {
            assert!(sender.offer(notice("fill")));
        }
        assert!(!sender.offer(notice("too much")));
        assert!(sender.is_crowded());
        drop(receiver);
        assert!(!sender.send(notice("late")));
        assert!(!sender.wait_for_batch(&|| true));
    }

    #[test]
    fn a_batch_without_room_is_given_up_when_it_is_no_longer_wanted() {
        let (_, sender, _receiver) = counted();
        for _ in 0..MOST_BATCHES {
            assert!(sender.wait_for_batch(&|| true));
        }
        assert!(!sender.wait_for_batch(&|| false));
    }
}

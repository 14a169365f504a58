//! The way from the window to one plugin's thread: orders in a row, and flags that overtake them.
//!
//! Knows no engine. A cancel is a number, not a flag that somebody has to lower again: it ends what was
//! ordered before it and nothing else, however the threads interleave.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use crossbeam_channel::{Receiver, Sender, TrySendError};

use super::protocol::PluginCommand;

/// Jobs that may wait for a plugin.
const MOST_WAITING: usize = 256;

/// Orders of all kinds that may lie in the row; the rest beside the jobs are peeks.
const CAPACITY: usize = 2 * MOST_WAITING;

/// One thing for a plugin's thread to do.
#[derive(Debug)]
pub(crate) struct Order {
    /// Counts the orders of this plugin, from 1.
    pub(crate) number: u64,
    pub(crate) what: What,
}

/// What an order asks for.
#[derive(Debug)]
pub(crate) enum What {
    /// Make the first instance.
    Create { initialize: bool },
    /// Anything that the window asks for.
    Command(PluginCommand),
    /// Panic, so that a test sees what becomes of it.
    Panic,
}

impl What {
    /// Tells whether the order waits for its turn, rather than being answered while a guest runs.
    pub(crate) fn is_job(&self) -> bool {
        use PluginCommand as Plugin;
        match self {
            Self::Create { .. } | Self::Panic => true,
            Self::Command(command) => !matches!(
                command,
                Plugin::Pause
                    | Plugin::Resume
                    | Plugin::Cancel
                    | Plugin::SetOptions(_)
                    | Plugin::ReadMemory(_)
                    | Plugin::ReadGlobals
                    | Plugin::WatchUsage(_)
                    | Plugin::Unload
            ),
        }
    }
}

/// Why an order was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotTaken {
    /// Too much waits already.
    Full,
    /// The thread has ended.
    Gone,
}

/// The sending end, held by the window's side.
pub(crate) struct OrderSender {
    sender: Sender<Order>,
    flags: Arc<Flags>,
}

/// What overtakes the row.
#[derive(Default)]
pub(crate) struct Flags {
    last_number: AtomicU64,
    waiting_jobs: AtomicUsize,
    /// Orders with a smaller number are cancelled.
    cancelled_before: AtomicU64,
    is_unloading: AtomicBool,
    is_closed: AtomicBool,
}

/// Makes both ends of the row.
pub(crate) fn orders() -> (OrderSender, Receiver<Order>, Arc<Flags>) {
    let (sender, receiver) = crossbeam_channel::bounded(CAPACITY);
    let flags = Arc::new(Flags::default());
    (OrderSender { sender, flags: Arc::clone(&flags) }, receiver, flags)
}

impl OrderSender {
    /// Puts an order at the end of the row, without ever waiting.
    pub(crate) fn send(&self, what: What) -> Result<(), NotTaken> {
        let flags = &self.flags;
        let is_job = what.is_job();
        if is_job && flags.waiting_jobs.fetch_add(1, Ordering::AcqRel) >= MOST_WAITING {
            flags.waiting_jobs.fetch_sub(1, Ordering::AcqRel);
            return Err(NotTaken::Full);
        }
        let number = flags.last_number.fetch_add(1, Ordering::AcqRel) + 1;
        let must_pass = match &what {
            What::Command(PluginCommand::Cancel) => {
                flags.cancelled_before.fetch_max(number, Ordering::AcqRel);
                true
            }
            What::Command(PluginCommand::Unload) => {
                flags.is_unloading.store(true, Ordering::Release);
                true
            }
            _ => false,
        };
        match self.sender.try_send(Order { number, what }) {
            // The thread may have ended between the order and its last look at the row.
            Ok(()) if self.is_gone() => Err(NotTaken::Gone),
            Ok(()) => Ok(()),
            // The flag alone does it: a thread with a full row does not sleep.
            Err(TrySendError::Full(_)) if must_pass => Ok(()),
            Err(err) => {
                if is_job {
                    flags.job_taken();
                }
                Err(if err.is_full() { NotTaken::Full } else { NotTaken::Gone })
            }
        }
    }

    /// Tells whether the plugin's thread has ended.
    pub(crate) fn is_gone(&self) -> bool {
        self.flags.is_closed.load(Ordering::Acquire)
    }
}

impl Flags {
    /// Number of the newest order, for jobs that only a later cancel may end.
    pub(crate) fn newest_number(&self) -> u64 {
        self.last_number.load(Ordering::Acquire)
    }

    /// Orders with a smaller number are cancelled.
    pub(crate) fn cancelled_before(&self) -> u64 {
        self.cancelled_before.load(Ordering::Acquire)
    }

    /// Tells whether the plugin is to be dropped, whatever it does.
    pub(crate) fn is_unloading(&self) -> bool {
        self.is_unloading.load(Ordering::Acquire)
    }

    /// Has the plugin dropped.
    pub(crate) fn unload(&self) {
        self.is_unloading.store(true, Ordering::Release);
    }

    /// Takes no further orders.
    pub(crate) fn close(&self) {
        self.is_closed.store(true, Ordering::Release);
    }

    /// A job left the row.
    pub(crate) fn job_taken(&self) {
        self.waiting_jobs.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_row_refuses_jobs_and_still_takes_peeks_and_a_cancel() {
        let (sender, receiver, flags) = orders();
        let stop = || What::Command(PluginCommand::Stop);
        for _ in 0..MOST_WAITING {
            assert_eq!(sender.send(stop()), Ok(()));
        }
        assert_eq!(sender.send(stop()), Err(NotTaken::Full));
        assert_eq!(sender.send(What::Command(PluginCommand::ReadGlobals)), Ok(()));
        while sender.send(What::Command(PluginCommand::ReadGlobals)).is_ok() {}
        assert_eq!(sender.send(What::Command(PluginCommand::Cancel)), Ok(()));
        assert!(flags.cancelled_before() > u64::try_from(MOST_WAITING).expect("a small number"));
        flags.job_taken();
        drop(receiver.try_recv());
        assert_eq!(sender.send(stop()), Ok(()));
        drop(receiver);
        flags.job_taken();
        assert_eq!(sender.send(stop()), Err(NotTaken::Gone));
    }

    #[test]
    fn a_cancel_ends_what_was_ordered_before_it_and_nothing_else() {
        let (sender, receiver, flags) = orders();
        let send =
            |what| sender.send(what).map(|()| receiver.try_recv().expect("the order was taken").number);
        let before = send(What::Create { initialize: true }).expect("there is room");
        send(What::Command(PluginCommand::Cancel)).expect("there is room");
        let after = send(What::Create { initialize: true }).expect("there is room");
        assert!(before < flags.cancelled_before() && flags.cancelled_before() < after);
    }
}

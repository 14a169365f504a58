//! How the layers above look into a call while it runs, and stop it.
//!
//! Knows no channels: whoever watches implements [`CallObserver`].

use std::sync::Arc;
use std::time::Duration;

use crate::model::call::DeniedGrowth;
use crate::model::event::LogLevel;
use crate::model::limits::Usage;
use crate::model::memory::{GlobalValue, MemoryRequest, MemoryWindow};

/// What a call is told at a tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tick {
    /// Go on; the time that the observer held the call is not charged to it.
    Continue {
        /// How long the observer held the call, such as while paused.
        held: Duration,
    },
    /// End here: somebody pressed Stop.
    Cancel {
        /// How long the guest was held here before that; this is not charged either.
        held: Duration,
    },
}

/// Watches the calls of one plugin, on the plugin's own thread.
pub trait CallObserver: Send + Sync {
    /// Is asked every few milliseconds of a running call, with the guest held in between.
    fn tick(&self, live: &mut dyn LiveView) -> Tick;

    /// Tells whether the call must end, for host functions that wait.
    fn is_cancelled(&self) -> bool;

    /// Takes a line that the guest logged.
    fn log(&self, level: LogLevel, text: String);

    /// Hears of growth that was refused in one of many repeated calls, which leaves no record: the newest, oldest
    /// first, and how often growth was refused in that call.
    fn growth_refused(&self, _denied: Vec<DeniedGrowth>, _count: u64) {}
}

/// A running guest, held at a tick.
pub trait LiveView {
    /// Returns what the running call has used so far.
    fn usage(&mut self) -> Usage;

    /// Returns part of a memory as it is now, or `None` when there is no such memory.
    fn memory(&mut self, request: MemoryRequest) -> Option<MemoryWindow>;

    /// Returns the globals as they are now.
    fn globals(&mut self) -> Vec<GlobalValue>;
}

/// Watches nothing and never stops a call.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoObserver;

impl CallObserver for NoObserver {
    fn tick(&self, _live: &mut dyn LiveView) -> Tick {
        Tick::Continue { held: Duration::ZERO }
    }

    fn is_cancelled(&self) -> bool {
        false
    }

    fn log(&self, _level: LogLevel, _text: String) {}
}

/// Observers are shared between the plugin and whoever watches it.
pub type SharedObserver = Arc<dyn CallObserver>;

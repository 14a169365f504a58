//! Threads, channels, cancellation, file watching and file input and output.
//!
//! Knows the model and the engine, never widgets.

pub mod artefacts;
mod cache;
mod compiler;
mod dialog;
pub mod disk;
mod files;
pub mod folders;
pub mod foreground;
mod orders;
mod outlet;
mod plugin_thread;
pub mod protocol;
mod threads;
pub mod ticker;
mod unsaved;
mod watcher;
mod workers;

pub use outlet::Wake;
pub use ticker::{Clock, TickGuard, Ticker};
pub use workers::{Workers, WorkersConfig};

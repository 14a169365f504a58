//! Threads, channels, cancellation, file watching and file input and output.
//!
//! Knows the model and the engine, never widgets.

pub mod artefacts;
mod cache;
mod compiler;
mod content;
mod dialog;
pub mod disk;
mod exports;
mod files;
pub mod folders;
pub mod foreground;
pub mod listing_protocol;
mod listings;
mod orders;
mod outlet;
mod plugin_thread;
mod prober;
pub mod protocol;
mod repeating;
mod rewriter;
pub mod text_protocol;
mod threads;
pub mod ticker;
mod unsaved;
mod watcher;
mod workers;
pub mod zone;

pub use content::{Content, WriteContent};
pub use outlet::Wake;
pub use ticker::{Clock, TickGuard, Ticker};
pub use workers::{Workers, WorkersConfig};

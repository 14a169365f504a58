//! Threads, channels, cancellation, file watching and file input and output.
//!
//! Knows the model and the engine, never widgets.

pub mod protocol;

//! Wasm Workbench: open or edit WebAssembly plugins, call them, and watch what they use of their limits.

pub mod app;
#[allow(clippy::disallowed_methods, reason = "the verbs have no window to keep alive, so they may wait")]
pub mod cli;
pub mod engine;
pub mod model;
#[cfg(feature = "gui")]
pub mod ui;
#[allow(
    clippy::disallowed_methods,
    reason = "threads and files live here, so that the other layers never wait"
)]
pub mod worker;

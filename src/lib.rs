//! Wasm Workbench: open or edit WebAssembly plugins, call them, and watch what they use of their limits.

pub mod app;
pub mod cli;
pub mod engine;
pub mod model;
#[cfg(feature = "gui")]
pub mod ui;
pub mod worker;

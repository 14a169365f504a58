//! The only layer that names `wasmtime`: compiles, instantiates, calls and measures plugins.
//!
//! Synchronous: no threads, no channels, no files. Takes and returns types of [`crate::model`].

mod build;
mod observer;
mod plugin;
mod settings;

pub mod front;
pub mod inspect;
pub mod rewrite;

pub use build::{Build, CompileFailure};
pub use observer::{CallObserver, LiveView, NoObserver, Tick};
pub use plugin::PluginOptions;
pub use settings::{Compiler, EngineSettings, Engines, Optimization};

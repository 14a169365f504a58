//! The only layer that names `wasmtime`: compiles, instantiates, calls and measures plugins.
//!
//! Synchronous: no threads, no channels, no files. Takes and returns types of [`crate::model`].

mod benchmark;
mod build;
mod cache;
mod compile;
mod core_instances;
mod end;
mod host;
mod host_calls;
mod instance;
mod invoke;
mod live;
mod meter;
mod observer;
mod operators;
mod pages;
mod plugin;
mod probe;
mod settings;
mod transplant;

pub mod front;
pub mod inspect;
pub mod listing;
pub mod rewrite;
pub mod sizes;

pub use benchmark::{BenchEnd, clock_ns};
pub use build::{Build, CompileFailure};
pub use cache::{ArtefactStore, BuildCache, CacheStats, LEAST_STORED_BYTES};
pub use compile::{CompileRequest, compile};
pub use observer::{CallObserver, LiveView, NoObserver, SharedObserver, Tick};
pub use operators::{CountFailure, OperatorCounter};
pub use plugin::{CLEANUP_HOOK, CallRefusal, CreateFailure, INITIALIZE_HOOK, Plugin, PluginOptions, Repeat};
pub use probe::{GENEROUS_STACK_BYTES, Probe, ProbeFailure, ProbedCall};
pub use settings::{Compiler, EngineSettings, Engines, Optimization};

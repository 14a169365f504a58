//! The only layer that names `wasmtime`: compiles, instantiates, calls and measures plugins.
//!
//! Synchronous: no threads, no channels, no files. Takes and returns types of [`crate::model`].

pub mod front;
pub mod inspect;
pub mod rewrite;

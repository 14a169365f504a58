//! Machine code out of bytes: the one place where what was stored becomes something that runs.
//!
//! Knows no keys and no checksums; its callers have seen to those.
#![allow(unsafe_code, reason = "calls `Module::deserialize` and its like; `module` says why that is sound")]

use wasmtime::component::Component;
use wasmtime::{Engine, Module, Precompiled};

/// Makes a module of the bytes that an equal engine made of one.
///
/// # Errors
///
/// Returns why the bytes are not that.
pub(super) fn module(engine: &Engine, bytes: &[u8]) -> Result<Module, String> {
    if Engine::detect_precompiled(bytes) != Some(Precompiled::Module) {
        return Err("it holds no compiled module".to_owned());
    }
    // SAFETY: the bytes must come from `Module::serialize`, unchanged. They were read as a whole into memory
    // that nobody else can write to. They come out of an `ArtefactStore`, whose contract is to hand out only
    // what `BuildCache::save` gave it under the same key: its entries carry a SHA-256 over all of their bytes,
    // and stand in a folder that no other account can write to. Whoever can forge such an entry already runs
    // code as this very person. No path and no bytes that a person opens ever lead here; a compiled module that
    // is opened as a source is refused by its first bytes. The engine itself compares its release, its switches
    // and the processor's features with those in the bytes, and so does the key.
    unsafe { Module::deserialize(engine, bytes) }.map_err(|err| format!("{err:#}"))
}

/// Makes a component of the bytes that an equal engine made of one.
///
/// # Errors
///
/// Returns why the bytes are not that.
pub(super) fn component(engine: &Engine, bytes: &[u8]) -> Result<Component, String> {
    if Engine::detect_precompiled(bytes) != Some(Precompiled::Component) {
        return Err("it holds no compiled component".to_owned());
    }
    // SAFETY: as in `module`.
    unsafe { Component::deserialize(engine, bytes) }.map_err(|err| format!("{err:#}"))
}

//! Moves compiled code to another engine that differs in the size of its native stack alone.
//!
//! The size is looked at when the host enters the guest and is no part of the code, so that trying another one
//! need not compile anything. Knows no limits and no calls.
#![allow(unsafe_code, reason = "calls `Module::deserialize`; see `Transplant::onto` for why that is sound")]

use wasmtime::{Engine, Module};

/// Compiled code, out of its engine.
pub(crate) struct Transplant {
    /// What `Module::serialize` returned in this very process; it never leaves this module.
    image: Vec<u8>,
}

impl Transplant {
    /// Takes the code out.
    ///
    /// # Errors
    ///
    /// Returns the engine's error when it can't write the code down.
    pub(crate) fn of(module: &Module) -> wasmtime::Result<Self> {
        Ok(Self { image: module.serialize()? })
    }

    /// Puts the code into an engine.
    ///
    /// # Errors
    ///
    /// Returns the engine's error when it differs in more than its stack.
    pub(crate) fn onto(&self, engine: &Engine) -> wasmtime::Result<Module> {
        // SAFETY: the engine trusts the bytes to be what an engine of the same release wrote. These were
        // written by `Module::serialize` in this process, are held in a private field that nothing changes, and
        // have been in no file. Whether the settings agree is checked by the engine itself.
        unsafe { Module::deserialize(engine, &self.image) }
    }
}

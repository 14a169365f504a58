//! A plugin instance: owns its store, runs its calls, answers questions on its memory.

use serde::{Deserialize, Serialize};

use crate::model::limits::Limits;

/// How a plugin is instantiated and called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PluginOptions {
    /// Limits of its sandbox.
    pub limits: Limits,
    /// Whether imports that nobody provides are filled with functions that end the call.
    pub stub_missing_imports: bool,
    /// Whether the instance stays in use after a call that did not return.
    pub keep_after_trap: bool,
}

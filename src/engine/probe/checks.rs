//! A build that tells how much fuel was burnt when the engine looked at the tank last.
//!
//! After a trap the engine's own figure is a lower bound; what a call needs is what it had burnt at that look.
//! Knows nothing of limits and of what is done with the figure.

use std::sync::Arc;

use wasmtime::Module;

use crate::engine::build::{Artefact, Build, CoreArtefact, RewrittenParts};
use crate::engine::compile::rewrite_options;
use crate::engine::plugin::Plugin;
use crate::engine::rewrite::{self, RewriteOptions};
use crate::engine::settings::{EngineSettings, Engines, Pricing};

/// Largest binary that is compiled for it, in bytes.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// Compiles a module with sums of its fuel, for a native stack of that size; `None` where that can't be had, which
/// costs a search.
pub(super) fn summing(build: &Build, engines: &Engines, stack_bytes: usize) -> Option<Arc<Build>> {
    let Artefact::Core(core) = &*build.artefact else { return None };
    if core.pricing != Pricing::ByPass || !build.settings.fuel || build.wasm.len() > MOST_BYTES {
        return None;
    }
    let settings = EngineSettings {
        wasm_stack_bytes: stack_bytes.max(1),
        exact_live_fuel: false,
        ..build.settings.clone()
    };
    let options = RewriteOptions { counting: rewrite::Counting::Fuel, ..rewrite_options(&settings) };
    let parts = rewrite::rewrite(&build.wasm, &options).ok()?;
    let engine = engines.passing_engine(&settings, Pricing::ByPass).ok()?;
    let module = Module::from_binary(&engine, &parts.wasm).ok()?;
    let rewritten = Some(Arc::new(RewrittenParts { layout: parts.layout, offsets: parts.offsets }));
    let artefact = CoreArtefact { module, rewritten, pricing: Pricing::ByPass };
    Some(Arc::new(build.with_stack(artefact, stack_bytes)))
}

/// Fuel since an instance was made.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct FuelSums {
    /// All of it, up to the end of the piece of code that ran last.
    pub(super) burnt: u64,
    /// What it was when the engine looked last.
    pub(super) looked: u64,
}

impl FuelSums {
    /// Reads the sums of an instance of such a build.
    pub(super) fn of(plugin: &mut Plugin) -> Self {
        match plugin.operator_runs(2)[..] {
            [burnt, looked] => Self { burnt, looked },
            _ => Self::default(),
        }
    }
}

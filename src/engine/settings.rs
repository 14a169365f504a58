//! The few engines of the program, made lazily, one per set of settings, never one per plugin.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use wasmtime::{Config, Engine, EngineWeak, OptLevel, Strategy, WasmBacktraceDetails};

/// Compiler that turns binaries into machine code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compiler {
    /// Compiles slowly, runs fast.
    #[default]
    Cranelift,
    /// Compiles several times faster; what it makes runs about half as fast.
    Winch,
}

/// What Cranelift optimises for; Winch ignores it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Optimization {
    /// Shortest time to compile.
    None,
    /// Fastest code.
    #[default]
    Speed,
    /// Fast code that is not much larger than need be.
    SpeedAndSize,
}

/// Everything that needs an engine of its own when it changes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct EngineSettings {
    /// Compiler.
    pub compiler: Compiler,
    /// What the compiler optimises for.
    pub optimization: Optimization,
    /// Whether fuel is counted, by operators of the guest alone.
    pub fuel: bool,
    /// Whether frames are counted.
    pub call_depth: bool,
    /// Bytes of native stack that guest code may use.
    pub wasm_stack_bytes: usize,
    /// Whether fuel is exact to the unit while a guest runs, which takes the baseline compiler.
    ///
    /// Code of the optimizing one keeps fuel in a register between calls, where it can't be read.
    pub exact_live_fuel: bool,
}

impl Default for EngineSettings {
    fn default() -> Self {
        Self {
            compiler: Compiler::Cranelift,
            optimization: Optimization::Speed,
            fuel: true,
            call_depth: true,
            wasm_stack_bytes: 512 * 1024,
            exact_live_fuel: false,
        }
    }
}

/// Who puts the price of each operator into the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Pricing {
    /// The rewriting pass does; the engine itself charges for `nop` alone.
    ByPass,
    /// The engine does, by its own table: for components, and for modules that run unrewritten.
    ByEngine,
}

/// Native stack, in bytes, that the host's own frames need above a guest's.
pub(crate) const HOST_STACK_BYTES: usize = 4 * 1024 * 1024;

/// Most frames that a backtrace names; deeper ones are cut off.
pub(crate) const MOST_FRAMES: usize = 10_000;

impl EngineSettings {
    /// Returns the proposals that sources may use under these settings.
    #[allow(clippy::unused_self, reason = "proposals are a setting to come, and the caller must not care")]
    pub(crate) fn features(&self) -> wasmparser::WasmFeatures {
        super::front::default_features()
    }

    /// Returns the compiler in use: what is asked of live fuel goes before the choice of a compiler.
    pub(crate) fn effective_compiler(&self) -> Compiler {
        if self.exact_live_fuel && self.fuel { Compiler::Winch } else { self.compiler }
    }

    fn config(&self, pricing: Pricing) -> Config {
        let mut config = Config::new();
        let compiler = self.effective_compiler();
        config
            .strategy(match compiler {
                Compiler::Cranelift => Strategy::Cranelift,
                Compiler::Winch => Strategy::Winch,
            })
            .cranelift_opt_level(match self.optimization {
                Optimization::None => OptLevel::None,
                Optimization::Speed => OptLevel::Speed,
                Optimization::SpeedAndSize => OptLevel::SpeedAndSize,
            })
            .consume_fuel(self.fuel)
            .epoch_interruption(true)
            .max_wasm_stack(self.wasm_stack_bytes)
            // Nothing here runs on a stack of its own, yet the engine insists that this is the larger one.
            .async_stack_size(self.wasm_stack_bytes + HOST_STACK_BYTES)
            .wasm_backtrace_max_frames(NonZeroUsize::new(MOST_FRAMES))
            .wasm_backtrace_details(WasmBacktraceDetails::Disable)
            .concurrency_support(false)
            .shared_memory(false);
        if self.fuel && pricing == Pricing::ByPass {
            config.operator_cost(super::rewrite::engine_operator_cost());
        }
        // The pass says which of its own branches are seldom taken; it drops the guest's hints.
        config.wasm_branch_hinting(pricing == Pricing::ByPass);
        if compiler == Compiler::Cranelift {
            config.wasm_gc(true).wasm_function_references(true).wasm_exceptions(true).wasm_tail_call(true);
        }
        config
    }
}

/// The engines of the program, by their settings.
///
/// What is linked together must share an engine, so there is one for each set of settings and no more.
#[derive(Default)]
pub struct Engines {
    by_settings: Mutex<HashMap<(EngineSettings, Pricing), Engine>>,
    /// Engines of one run each, which live as long as somebody else holds them.
    passing: Mutex<Vec<EngineWeak>>,
}

impl Engines {
    /// Starts with no engine; each is made when it is first asked for.
    pub fn new() -> Arc<Self> {
        Arc::new(Self::default())
    }

    /// Moves the clock of all engines on, so that running guests look at their deadlines.
    pub fn tick(&self) {
        for engine in self.lock().values() {
            engine.increment_epoch();
        }
        self.passing().retain(|engine| engine.upgrade().map(|engine| engine.increment_epoch()).is_some());
    }

    /// Makes an engine that nobody else gets, for runs on a native stack of their own; it is forgotten when
    /// it is dropped.
    pub(crate) fn passing_engine(
        &self,
        settings: &EngineSettings,
        pricing: Pricing,
    ) -> wasmtime::Result<Engine> {
        let engine = Engine::new(&settings.config(pricing))?;
        let mut passing = self.passing();
        passing.retain(|other| other.upgrade().is_some());
        passing.push(engine.weak());
        Ok(engine)
    }

    /// Returns the engine for these settings, made now if need be.
    pub(crate) fn get(&self, settings: &EngineSettings, pricing: Pricing) -> wasmtime::Result<Engine> {
        let mut engines = self.lock();
        let key = (settings.clone(), pricing);
        if let Some(engine) = engines.get(&key) {
            return Ok(engine.clone());
        }
        let engine = Engine::new(&settings.config(pricing))?;
        engines.insert(key, engine.clone());
        Ok(engine)
    }

    fn passing(&self) -> std::sync::MutexGuard<'_, Vec<EngineWeak>> {
        self.passing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<(EngineSettings, Pricing), Engine>> {
        self.by_settings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

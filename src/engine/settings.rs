//! The few engines of the program, made lazily, one per set of settings, never one per plugin.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use wasmparser::WasmFeatures;
use wasmtime::{Config, Engine, EngineWeak, OptLevel, Strategy, WasmBacktraceDetails};

use super::front::flags_of;
use super::rewrite::Prices;
use crate::model::diagnostic::Diagnostic;
use crate::model::operators::PriceChanges;
use crate::model::proposal::{Proposal, Proposals};

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

impl Compiler {
    /// Both compilers, the usual one first.
    pub const ALL: [Self; 2] = [Self::Cranelift, Self::Winch];

    /// Returns its name on screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Cranelift => "Cranelift",
            Self::Winch => "Winch",
        }
    }

    /// Returns its name on the command line and in the settings file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cranelift => "cranelift",
            Self::Winch => "winch",
        }
    }
}

impl Optimization {
    /// All levels, the fastest to compile first.
    pub const ALL: [Self; 3] = [Self::None, Self::Speed, Self::SpeedAndSize];

    /// Returns its name on screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Speed => "Speed",
            Self::SpeedAndSize => "Speed and size",
        }
    }

    /// Returns its name on the command line and in the settings file.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Speed => "speed",
            Self::SpeedAndSize => "speed_and_size",
        }
    }
}

/// Proposals that Winch knows nothing of.
const NOT_BY_WINCH: [Proposal; 5] = [
    Proposal::RelaxedSimd,
    Proposal::TailCall,
    Proposal::FunctionReferences,
    Proposal::Gc,
    Proposal::Exceptions,
];

/// Everything that needs an engine of its own when it changes.
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own, and all go together")]
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
    /// Bytes of native stack that guest code may use, 16 KiB to 256 MiB.
    pub wasm_stack_bytes: usize,
    /// Whether fuel is exact to the unit while a guest runs, which takes the baseline compiler.
    ///
    /// Code of the optimizing one keeps fuel in a register between calls, where it can't be read.
    pub exact_live_fuel: bool,
    /// Whether running code looks at the clock, so that it can be stopped, timed and watched.
    pub epoch_interruption: bool,
    /// Whether the functions of one module are compiled on several threads.
    pub parallel_compilation: bool,
    /// Whether machine code carries line tables for a native debugger.
    pub debug_info: bool,
    /// Proposals that sources may use.
    pub proposals: Proposals,
    /// Prices of operators that differ from the engine's own; they belong to a source and not to the settings
    /// file.
    #[serde(skip)]
    pub prices: PriceChanges,
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
            epoch_interruption: true,
            parallel_compilation: true,
            debug_info: false,
            proposals: Proposals::default(),
            prices: PriceChanges::default(),
        }
    }
}

/// Who puts the price of each operator into the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Pricing {
    /// The rewriting pass does; the engine itself charges for `nop` alone.
    ByPass,
    /// The engine does: for components, and for modules to which the pass can't add anything.
    ByEngine,
}

/// Native stack, in bytes, that the host's own frames need above a guest's.
pub(crate) const HOST_STACK_BYTES: usize = 4 * 1024 * 1024;

/// Most frames that a backtrace names; deeper ones are cut off.
pub(crate) const MOST_FRAMES: usize = 10_000;

impl EngineSettings {
    /// Smallest and largest native stack, in bytes.
    pub const WASM_STACK_BYTES: std::ops::RangeInclusive<usize> = 16 << 10..=256 << 20;

    /// Returns the engine in a few words, such as `Cranelift, speed, fuel`.
    pub fn summary(&self) -> String {
        let mut words = vec![self.effective_compiler().label().to_owned()];
        if self.effective_compiler() == Compiler::Cranelift {
            words.push(self.optimization.label().to_lowercase());
        }
        let marks = [
            (self.fuel, "fuel"),
            (self.call_depth, "call depth"),
            (self.exact_live_fuel && self.fuel, "exact live fuel"),
            (!self.epoch_interruption, "no epochs"),
            (self.debug_info, "debug info"),
        ];
        words.extend(marks.into_iter().filter(|(is_so, _)| *is_so).map(|(_, word)| word.to_owned()));
        if self.wasm_stack_bytes != Self::default().wasm_stack_bytes {
            words.push(format!("{} KiB of stack", self.wasm_stack_bytes / 1024));
        }
        words.extend(self.proposals.differences());
        words.join(", ")
    }

    /// Tells whether these settings are those of another set but for the prices, which are a source's own: what
    /// a person sets of the engine says nothing of them.
    pub fn is_same_but_for_prices(&self, other: &Self) -> bool {
        let unpriced = |settings: &Self| Self { prices: PriceChanges::default(), ..settings.clone() };
        unpriced(self) == unpriced(other)
    }

    /// Tells whether the compiler can do a proposal.
    pub fn compiler_can(&self, proposal: Proposal) -> bool {
        proposal.never().is_none()
            && (self.compiler == Compiler::Cranelift || !NOT_BY_WINCH.contains(&proposal))
    }

    /// Returns the proposals that sources may use under these settings: those that are on and that the
    /// compiler can do.
    pub fn features(&self) -> WasmFeatures {
        let mut features = super::front::default_features();
        for proposal in Proposal::ALL {
            features.set(flags_of(proposal), self.proposals.has(proposal) && self.compiler_can(proposal));
        }
        if self.compiler == Compiler::Winch {
            features.remove(WasmFeatures::GC_TYPES);
        }
        features
    }

    /// Says of errors that name a proposal which is on that it is the compiler that does not know it.
    pub(crate) fn explain(&self, diagnostics: &mut [Diagnostic]) {
        for diagnostic in diagnostics {
            if let Some(proposal) = diagnostic.needs.filter(|proposal| self.proposals.has(*proposal)) {
                let (label, compiler) = (proposal.label(), self.compiler.label());
                diagnostic.hint = Some(format!("{compiler} can't compile “{label}”; Cranelift can"));
            }
        }
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
            .epoch_interruption(self.epoch_interruption)
            .parallel_compilation(self.parallel_compilation)
            .debug_info(self.debug_info)
            .max_wasm_stack(self.wasm_stack_bytes)
            // Nothing here runs on a stack of its own, yet the engine insists that this is the larger one.
            .async_stack_size(self.wasm_stack_bytes + HOST_STACK_BYTES)
            .wasm_backtrace_max_frames(NonZeroUsize::new(MOST_FRAMES))
            .wasm_backtrace_details(WasmBacktraceDetails::Disable)
            .concurrency_support(false)
            .shared_memory(false);
        if self.fuel && pricing == Pricing::ByPass {
            config.operator_cost(super::rewrite::engine_operator_cost());
        } else if self.fuel && !self.prices.is_empty() {
            config.operator_cost(Prices::changed(&self.prices).charged_by_the_engine());
        }
        // The pass says which of its own branches are seldom taken; it drops the guest's hints.
        config.wasm_branch_hinting(pricing == Pricing::ByPass);
        let features = Self { compiler, ..self.clone() }.features();
        for proposal in Proposal::ALL.into_iter().filter(|proposal| proposal.never().is_none()) {
            let flags = flags_of(proposal);
            config.wasm_features(flags, features.contains(flags));
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
        let mut key = (settings.clone(), pricing);
        if pricing == Pricing::ByPass {
            // Prices are a matter of the rewriting pass: all of them share an engine.
            key.0.prices = PriceChanges::default();
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_proposal_that_can_be_switched_makes_an_engine_either_way() {
        for compiler in Compiler::ALL {
            for proposal in Proposal::ALL {
                for is_on in [false, true] {
                    let proposals = Proposals::default().with(proposal, is_on);
                    let settings = EngineSettings { compiler, proposals, ..EngineSettings::default() };
                    for pricing in [Pricing::ByPass, Pricing::ByEngine] {
                        let made = Engines::default().get(&settings, pricing);
                        assert!(made.is_ok(), "{compiler:?} {proposal:?} {is_on}: {:?}", made.err());
                    }
                    let is_there = settings.features().contains(flags_of(proposal));
                    assert_eq!(is_there, is_on && settings.compiler_can(proposal), "{proposal:?} {is_on}");
                }
            }
        }
    }

    #[test]
    fn a_proposal_that_a_module_does_not_use_leaves_its_machine_code_as_it_is() {
        let text = r#"(module (memory 1) (table 2 funcref) (type $t (func (param i32) (result i32)))
            (global $g (mut i64) (i64.const 1)) (data (i32.const 8) "abc") (elem (i32.const 0) $f)
            (func $f (export "f") (param i32) (result i32) (local f64)
              (loop $again
                (i32.store (local.get 0) (call_indirect (type $t) (local.get 0) (i32.const 0)))
                (global.set $g (i64.mul (global.get $g) (i64.load (local.get 0))))
                (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
              (drop (memory.grow (i32.const 1)))
              (i32.trunc_f64_s (f64.sqrt (local.get 1)))))"#;
        let wasm = wat::parse_str(text).expect("the text is right");
        for compiler in Compiler::ALL {
            let code = |proposals| {
                let settings = EngineSettings { compiler, proposals, ..EngineSettings::default() };
                let engine =
                    Engine::new(&settings.config(Pricing::ByPass)).expect("the settings go together");
                wasmtime::Module::new(&engine, &wasm).expect("the module is valid").text().to_vec()
            };
            let usual = code(Proposals::default());
            for proposal in Proposal::ALL.into_iter().filter(|proposal| proposal.never().is_none()) {
                for is_on in [false, true] {
                    let code = code(Proposals::default().with(proposal, is_on));
                    assert!(code == usual, "{compiler:?} {proposal:?} {is_on}");
                }
            }
        }
    }

    #[test]
    fn what_is_set_beside_fuel_and_epochs_changes_no_machine_code() {
        let text = r#"(module (memory 1) (func $f (export "f") (param i32) (result i32)
            (if (result i32) (i32.lt_s (local.get 0) (i32.const 2))
              (then (i32.load (local.get 0)))
              (else (call $f (i32.sub (local.get 0) (i32.const 1)))))))"#;
        let wasm = wat::parse_str(text).expect("the text is right");
        let code = |config: &Config| {
            let engine = Engine::new(config).expect("the settings go together");
            let module = wasmtime::Module::new(&engine, &wasm).expect("the module is valid");
            let function = module.functions().next().expect("it has one");
            module.text()[function.offset..][..function.len].to_vec()
        };
        let mut bare = Config::new();
        bare.consume_fuel(true).epoch_interruption(true);
        assert!(code(&bare) == code(&EngineSettings::default().config(Pricing::ByEngine)));
    }

    #[test]
    fn prices_make_no_other_settings_and_all_else_does() {
        let settings = EngineSettings::default();
        let priced = EngineSettings { prices: PriceChanges::only("i32.add"), ..settings.clone() };
        assert!(priced.is_same_but_for_prices(&settings) && settings.is_same_but_for_prices(&priced));
        let other = EngineSettings { debug_info: true, ..priced };
        assert!(!other.is_same_but_for_prices(&settings));
    }

    #[test]
    fn an_engine_is_told_by_what_makes_it_different() {
        assert_eq!(EngineSettings::default().summary(), "Cranelift, speed, fuel, call depth");
        let proposals = Proposals::default().with(Proposal::Gc, false);
        let settings = EngineSettings {
            compiler: Compiler::Winch,
            fuel: false,
            wasm_stack_bytes: 1 << 20,
            proposals,
            ..EngineSettings::default()
        };
        assert_eq!(settings.summary(), "Winch, call depth, 1024 KiB of stack, without GC");
    }
}

//! Tests of the pass: the same module runs as it is and rewritten, on the engine that fits each.
//!
//! This file holds the two ways to run a module; it must not hold tests.

mod depth;
mod fuel;
mod growth;
mod property;
mod shape;

use std::sync::LazyLock;

use wasmparser::{Validator, WasmFeatures};
use wasmtime::{
    Config, Engine, Instance, Linker, Module, Store, StoreLimits, StoreLimitsBuilder, Trap, Val,
    WasmBacktrace,
};

use super::scan::Scan;
use super::{DepthProtocol, Prices, RewriteOptions, Rewritten, engine_operator_cost, rewrite, rewrite_by};

static PLAIN: LazyLock<Engine> = LazyLock::new(|| engine(&mut config()));
static COUNTED: LazyLock<Engine> = LazyLock::new(|| engine(config().operator_cost(engine_operator_cost())));

static UNEVEN: LazyLock<Engine> =
    LazyLock::new(|| engine(config().operator_cost(Prices::uneven().charged_by_the_engine())));

/// Everything that the pass can do, at the engine's own prices.
fn everything() -> RewriteOptions {
    RewriteOptions {
        depth: true,
        prices: Some(Prices::default()),
        record_refused_growth: true,
        counting: super::Counting::Nothing,
    }
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq)]
struct Ended {
    /// The bits of each result, or the trap.
    end: Result<Vec<String>, String>,
    /// The fuel that the guest burned.
    fuel: u64,
    /// The offset of each frame in the original, innermost first.
    frames: Vec<Option<u32>>,
}

/// An instance of a module, as it is or rewritten.
struct Subject {
    store: Store<StoreLimits>,
    instance: Instance,
    rewritten: Option<Rewritten>,
}

fn config() -> Config {
    let mut config = Config::new();
    config.consume_fuel(true).cranelift_nan_canonicalization(true).relaxed_simd_deterministic(true);
    config.wasm_gc(true).wasm_function_references(true).wasm_exceptions(true).wasm_wide_arithmetic(true);
    config
        .wasm_branch_hinting(true)
        .wasm_custom_page_sizes(true)
        .wasm_memory64(true)
        .wasm_multi_memory(true)
        .wasm_tail_call(true);
    config
}

fn engine(config: &mut Config) -> Engine {
    Engine::new(config).expect("the settings go together")
}

fn wat(text: &str) -> Vec<u8> {
    wat::parse_str(text).expect("the test's module is well-formed")
}

/// Rewrites a valid module and checks that the outcome is valid too.
fn rewritten(wasm: &[u8], options: &RewriteOptions) -> Rewritten {
    let rewritten = rewrite(wasm, options).expect("the module is valid");
    Validator::new_with_features(WasmFeatures::all())
        .validate_all(&rewritten.wasm)
        .expect("the outcome is valid");
    rewritten
}

/// A compiled module, as it is or rewritten.
struct Build {
    module: Module,
    rewritten: Option<Rewritten>,
}

impl Build {
    fn plain(wasm: &[u8]) -> Self {
        Self::on(&PLAIN, wasm, None).expect("the test's module compiles")
    }

    fn counted(wasm: &[u8], options: &RewriteOptions) -> Self {
        Self::of(rewritten(wasm, options), options)
    }

    /// Counts depth as it is done for modules with exceptions, whether it has any or not.
    fn set_by_callers(wasm: &[u8], options: &RewriteOptions) -> Self {
        let scan = Scan::of(wasm).expect("the module is valid");
        let rewritten = rewrite_by(&scan, options, DepthProtocol::SetByCallers);
        Self::of(rewritten.expect("the module is valid"), options)
    }

    fn of(rewritten: Rewritten, options: &RewriteOptions) -> Self {
        let engine = if options.prices.is_some() { &COUNTED } else { &PLAIN };
        Self::on(engine, &rewritten.wasm.clone(), Some(rewritten)).expect("the rewritten module compiles")
    }

    fn on(engine: &Engine, wasm: &[u8], rewritten: Option<Rewritten>) -> wasmtime::Result<Self> {
        Ok(Self { module: Module::new(engine, wasm)?, rewritten })
    }

    fn start(&self) -> Subject {
        self.try_start().expect("the test's module starts")
    }

    fn try_start(&self) -> wasmtime::Result<Subject> {
        let limits = StoreLimitsBuilder::new().memory_size(4 << 20).table_elements(2000).build();
        let mut store = Store::new(self.module.engine(), limits);
        store.limiter(|limits| limits);
        store.set_fuel(1_000_000)?;
        let mut linker = Linker::new(self.module.engine());
        linker.define_unknown_imports_as_default_values(&mut store, &self.module)?;
        let instance = linker.instantiate(&mut store, &self.module)?;
        Ok(Subject { store, instance, rewritten: self.rewritten.clone() })
    }
}

impl Subject {
    fn plain(wasm: &[u8]) -> Self {
        Build::plain(wasm).start()
    }

    fn counted(wasm: &[u8]) -> Self {
        Self::with(wasm, &everything())
    }

    fn with(wasm: &[u8], options: &RewriteOptions) -> Self {
        Build::counted(wasm, options).start()
    }

    fn call(&mut self, export: &str, args: &[Val], tank: u64) -> Ended {
        self.reset();
        let func = self.instance.get_func(&mut self.store, export).expect("the export exists");
        self.store.set_fuel(tank).expect("fuel is on");
        let mut results = vec![Val::I32(0); func.ty(&self.store).results().len()];
        let end = func.call(&mut self.store, args, &mut results);
        let left = self.store.get_fuel().expect("fuel is on");
        let frames = end.as_ref().err().map(|err| self.frames(err)).unwrap_or_default();
        Ended {
            end: end.map(|()| results.iter().map(bits).collect()).map_err(|err| trap_name(&err)),
            fuel: tank.saturating_sub(left),
            frames,
        }
    }

    /// Sets the counters as a host does before each call.
    fn reset(&mut self) {
        let Some(layout) = self.rewritten.as_ref().map(|rewritten| &rewritten.layout) else { return };
        let depth = layout.depth.iter().flat_map(|depth| [(depth.depth.clone(), 1), (depth.peak.clone(), 0)]);
        let growth = layout.growth_sites.iter().map(|growth| (growth.count.clone(), 0));
        for (name, value) in depth.chain(growth).collect::<Vec<_>>() {
            self.set_global(&name, value);
        }
    }

    fn call_i32(&mut self, export: &str, args: &[i32]) -> Ended {
        self.call(export, &args.iter().map(|arg| Val::I32(*arg)).collect::<Vec<_>>(), 10_000_000)
    }

    fn frames(&self, err: &wasmtime::Error) -> Vec<Option<u32>> {
        let Some(backtrace) = err.downcast_ref::<WasmBacktrace>() else { return Vec::new() };
        let offset =
            |frame: &wasmtime::FrameInfo| frame.module_offset().and_then(|offset| u32::try_from(offset).ok());
        let Some(rewritten) = &self.rewritten else { return backtrace.frames().iter().map(offset).collect() };
        let frames = backtrace.frames().iter();
        frames.map(|frame| offset(frame).and_then(|new| rewritten.offsets.original(new))).collect()
    }

    fn global(&mut self, name: &str) -> u32 {
        let global = self.instance.get_global(&mut self.store, name).expect("the private global exists");
        global.get(&mut self.store).unwrap_i32().cast_unsigned()
    }

    fn set_depth_limit(&mut self, limit: u32) {
        let name = self.depth_globals().refused;
        self.set_global(&name, limit + 1);
    }

    fn set_global(&mut self, name: &str, value: u32) {
        let global = self.instance.get_global(&mut self.store, name).expect("the private global exists");
        global.set(&mut self.store, Val::I32(value.cast_signed())).expect("the global is mutable");
    }

    fn depth_globals(&self) -> super::DepthGlobals {
        let layout = &self.rewritten.as_ref().expect("the subject is rewritten").layout;
        layout.depth.clone().expect("depth is counted")
    }

    fn peak(&mut self) -> u32 {
        let name = self.depth_globals().peak;
        self.global(&name)
    }

    /// Returns the depth that the next frame would have.
    fn next_depth(&mut self) -> u32 {
        let name = self.depth_globals().depth;
        self.global(&name)
    }

    /// Tells whether the last call ended because a frame was refused.
    fn exceeded(&mut self) -> bool {
        let name = self.depth_globals().refused;
        let refused = self.global(&name);
        refused > 0 && self.peak() == refused
    }
}

/// The trap's name, or what else went wrong.
fn trap_name(err: &wasmtime::Error) -> String {
    err.downcast_ref::<Trap>().map_or_else(|| err.root_cause().to_string(), |trap| format!("{trap:?}"))
}

/// The text of a value's bits; references only tell whether they are null.
fn bits(value: &Val) -> String {
    match value {
        Val::I32(value) => format!("i32 {value}"),
        Val::I64(value) => format!("i64 {value}"),
        Val::F32(bits) => format!("f32 {bits:#x}"),
        Val::F64(bits) => format!("f64 {bits:#x}"),
        Val::V128(value) => format!("v128 {:#x}", value.as_u128()),
        Val::FuncRef(func) => format!("funcref {}", func.is_some()),
        Val::ExternRef(value) => format!("externref {}", value.is_some()),
        Val::AnyRef(value) => format!("anyref {}", value.is_some()),
        Val::ExnRef(value) => format!("exnref {}", value.is_some()),
        Val::ContRef(_) => "contref".to_owned(),
    }
}

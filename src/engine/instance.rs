//! A live instance: its store, and everything that is looked up once and kept.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use wasmtime::{
    Engine, Func, Global, Instance, Linker, OutOfMemory, Store, UpdateDeadline, Val, WasmBacktrace,
};

use super::build::{Artefact, Build, CoreArtefact, RewrittenParts};
use super::host::{self, Clock, Host, StopCause, Stopped};
use super::host_calls::HostCallCounters;
use super::live::{Handles, LiveGuest, NewestRefusal, counter};
use super::meter::{Life, Meter};
use super::observer::{SharedObserver, Tick};
use super::plugin::PluginOptions;
use crate::model::interface::Import;
use crate::model::limits::{LimitKind, Limits};
use crate::model::signature::FuncSignature;

/// An exported function, ready to be called.
#[derive(Clone)]
pub(crate) struct Entry {
    /// Name of the export, or `(start)`.
    pub(crate) name: Arc<str>,
    /// The function.
    pub(crate) func: Func,
    pub(crate) signature: Arc<FuncSignature>,
    /// Whether arguments and results are plain bits.
    pub(crate) is_plain: bool,
}

/// The pass's own globals for the depth.
#[derive(Clone, Copy)]
pub(crate) struct DepthCounters {
    pub(crate) depth: Global,
    /// Whether a call that returns leaves `depth` as it was.
    pub(crate) is_kept: bool,
    pub(crate) peak: Global,
    pub(crate) refused: Global,
}

/// The pass's own globals for the places of refused growth.
pub(crate) struct GrowthCounters {
    pub(crate) count: Global,
    pub(crate) ring: Vec<Global>,
}

/// A store with one instance in it, and handles on what is in there.
pub(crate) struct LiveInstance {
    pub(crate) store: Store<Host>,
    pub(crate) build: Arc<Build>,
    pub(crate) entries: HashMap<Arc<str>, Entry>,
    pub(crate) start: Option<Entry>,
    pub(crate) handles: Arc<Handles>,
    pub(crate) depth: Option<DepthCounters>,
    pub(crate) growth: Option<GrowthCounters>,
    /// Exported functions by index, for references to functions.
    pub(crate) functions: HashMap<u32, Func>,
    pub(crate) instantiate_ns: u64,
    /// The instance itself; components have none that is looked into.
    instance: Option<Instance>,
    /// Whether the global of the depth holds what it must before a call.
    depth_is_reset: bool,
}

/// What a store is limited and watched by.
#[derive(Clone, Copy)]
struct Sandbox<'a> {
    options: &'a PluginOptions,
    observer: &'a SharedObserver,
    /// What earlier instances of the plugin left.
    life: Life,
    host_calls: &'a Arc<HostCallCounters>,
}

/// Why there is no instance.
pub(crate) enum NoInstance {
    /// Nobody provides these imports.
    Missing(Vec<Import>),
    /// The engine refused, or code that runs at instantiation failed.
    Failed { error: wasmtime::Error, store: Box<Store<Host>>, wall_ns: u64 },
}

impl LiveInstance {
    /// Makes an instance; its start function does not run, unless the module runs unrewritten.
    pub(crate) fn new(
        build: &Arc<Build>,
        options: &PluginOptions,
        observer: &SharedObserver,
        life: Life,
        host_calls: &Arc<HostCallCounters>,
    ) -> Result<Self, NoInstance> {
        let sandbox = Sandbox { options, observer, life, host_calls };
        match &*build.artefact {
            Artefact::Core(core) => Self::of_module(build, core, sandbox),
            Artefact::Component(component) => Self::of_component(build, component, sandbox),
        }
    }

    fn of_module(build: &Arc<Build>, core: &CoreArtefact, sandbox: Sandbox<'_>) -> Result<Self, NoInstance> {
        let (engine, options) = (core.module.engine(), sandbox.options);
        let memory_export = memory_export(build, core.rewritten.as_deref());
        let mut store = new_store(engine, sandbox, memory_export, build.has_fuel);
        let started = Instant::now();
        let mut linker = Linker::new(engine);
        let fail = |error, store| failed(error, store, started);
        if let Err(error) = host::define_host_functions(&mut linker, &core.module, sandbox.host_calls) {
            return Err(fail(error, store));
        }
        if options.stub_missing_imports {
            let stubbed = host::define_stubs(&mut linker, &mut store, &core.module, sandbox.host_calls);
            if let Err(error) = stubbed {
                return Err(fail(error, store));
            }
        } else {
            let missing = host::missing_imports(&linker, &mut store, &core.module);
            if !missing.is_empty() {
                let imports =
                    missing.into_iter().filter_map(|index| build.interface.imports.get(index).cloned());
                return Err(NoInstance::Missing(imports.collect()));
            }
        }
        store.data_mut().clock.begin_call(started);
        let instance = match linker.instantiate(&mut store, &core.module) {
            Ok(instance) => instance,
            Err(error) => return Err(fail(error, store)),
        };
        let instantiate_ns = nanos_since(started);
        let mut live = Self::empty(store, build, instantiate_ns);
        live.store.data_mut().instances = 1;
        live.take_handles(instance, core.rewritten.as_deref());
        live.set_limits(options.limits);
        live.resum();
        Ok(live)
    }

    fn of_component(
        build: &Arc<Build>,
        component: &wasmtime::component::Component,
        sandbox: Sandbox<'_>,
    ) -> Result<Self, NoInstance> {
        let (engine, options) = (component.engine(), sandbox.options);
        let mut store = new_store(engine, sandbox, None, build.has_fuel);
        let started = Instant::now();
        let mut linker = wasmtime::component::Linker::<Host>::new(engine);
        if options.stub_missing_imports {
            if let Err(error) = linker.define_unknown_imports_as_traps(component) {
                return Err(failed(error, store, started));
            }
        } else if !build.interface.imports.is_empty() {
            return Err(NoInstance::Missing(build.interface.imports.clone()));
        }
        store.data_mut().clock.begin_call(started);
        match linker.instantiate(&mut store, component) {
            Ok(_) => {
                let instantiate_ns = nanos_since(started);
                let mut live = Self::empty(store, build, instantiate_ns);
                live.store.data_mut().instances = build.core_instances;
                live.resum();
                Ok(live)
            }
            Err(error) => Err(failed(error, store, started)),
        }
    }

    fn empty(store: Store<Host>, build: &Arc<Build>, instantiate_ns: u64) -> Self {
        Self {
            store,
            build: Arc::clone(build),
            entries: HashMap::new(),
            start: None,
            handles: Arc::new(Handles::none(build)),
            depth: None,
            depth_is_reset: false,
            growth: None,
            functions: HashMap::new(),
            instantiate_ns,
            instance: None,
        }
    }

    /// Returns how often each of so many straight pieces of code has run; nothing where none is counted.
    pub(crate) fn operator_runs(&mut self, blocks: usize) -> Vec<u64> {
        let Artefact::Core(CoreArtefact { rewritten: Some(parts), .. }) = &*self.build.artefact else {
            return Vec::new();
        };
        let Some(instance) = self.instance else { return Vec::new() };
        let store = &mut self.store;
        let mut runs = |block| {
            let global = instance.get_global(&mut *store, &parts.layout.counter(block))?;
            global.get(&mut *store).i64().map(i64::cast_unsigned)
        };
        (0..blocks).map(|block| runs(block).unwrap_or(0)).collect()
    }

    fn take_handles(&mut self, instance: Instance, rewritten: Option<&RewrittenParts>) {
        self.instance = Some(instance);
        let build = Arc::clone(&self.build);
        for (name, index, signature) in build.interface.exported_functions() {
            let name: Arc<str> = name.into();
            let Some(func) = instance.get_func(&mut self.store, &name) else { continue };
            self.functions.insert(index, func);
            self.entries.insert(Arc::clone(&name), entry(name, func, signature));
        }
        let Some(parts) = rewritten else { return };
        let layout = &parts.layout;
        let store = &mut self.store;
        self.start = layout.start.as_ref().and_then(|start| {
            let func = instance.get_func(&mut *store, start)?;
            Some(entry(crate::model::call::START_NAME.into(), func, &FuncSignature::default()))
        });
        let memories =
            layout.memories.iter().filter_map(|name| instance.get_memory(&mut *store, name)).collect();
        let tables = layout.tables.iter().filter_map(|name| instance.get_table(&mut *store, name)).collect();
        let mut global = |name: &String| instance.get_global(&mut *store, name);
        let globals = layout.globals.iter().filter_map(&mut global).collect();
        self.depth = layout.depth.as_ref().and_then(|names| {
            Some(DepthCounters {
                depth: global(&names.depth)?,
                is_kept: names.is_kept,
                peak: global(&names.peak)?,
                refused: global(&names.refused)?,
            })
        });
        self.growth = layout.growth_sites.as_ref().and_then(|names| {
            Some(GrowthCounters {
                count: global(&names.count)?,
                ring: names.ring.iter().filter_map(&mut global).collect(),
            })
        });
        self.handles = Arc::new(Handles {
            memories,
            tables,
            globals,
            peak_depth: self.depth.map(|depth| depth.peak),
            newest_refusal: self
                .growth
                .as_ref()
                .and_then(|growth| Some(NewestRefusal { count: growth.count, site: *growth.ring.first()? })),
            ..Handles::none(&build)
        });
        self.store.data_mut().handles = Some(Arc::clone(&self.handles));
    }

    /// Puts limits in force for the next call; the number of instances waits for the next instance.
    pub(crate) fn set_limits(&mut self, limits: Limits) {
        let host = self.store.data_mut();
        host.meter.set_limits(limits);
        host.clock.limit = limits.execution_time_ms.map(std::time::Duration::from_millis);
        if let Some(depth) = self.depth {
            let refused = limits.call_depth.and_then(|limit| u32::try_from(limit.checked_add(1)?).ok());
            self.set_counter(depth.refused, refused.unwrap_or(0));
        }
    }

    /// Sets the counters of the pass, so that they count the next call.
    pub(crate) fn reset_counters(&mut self) {
        if let Some(depth) = self.depth {
            if !self.depth_is_reset {
                self.set_counter(depth.depth, 1);
            }
            self.depth_is_reset = false;
            self.set_counter(depth.peak, 0);
        }
        // Growth that nobody asked for was not refused either.
        if self.store.data().meter.was_asked()
            && let Some(count) = self.growth.as_ref().map(|growth| growth.count)
        {
            self.set_counter(count, 0);
        }
    }

    /// Takes note that the last call returned, so that all frames were left as they were entered.
    pub(crate) fn has_returned(&mut self) {
        self.depth_is_reset = self.depth.is_some_and(|depth| depth.is_kept);
    }

    /// Tells whether the last call ended because a frame was refused.
    pub(crate) fn has_refused_frame(&mut self) -> bool {
        let Some(depth) = self.depth else { return false };
        let (peak, refused) = (counter(&mut self.store, depth.peak), counter(&mut self.store, depth.refused));
        refused > 0 && peak >= refused
    }

    fn set_counter(&mut self, global: Global, value: u32) {
        // The global is the pass's own, mutable and an i32, so that setting it can't fail.
        let set = global.set(&mut self.store, Val::I32(value.cast_signed()));
        debug_assert!(set.is_ok(), "the pass's own global refused an i32");
    }

    /// Corrects the meter by the real sizes; without the pass's exports its grants are all there is.
    pub(crate) fn resum(&mut self) {
        let handles = Arc::clone(&self.handles);
        let gc_bytes = self.store.gc_heap_capacity() as u64;
        let (memories, table_elements) = if self.build.is_rewritten() {
            let bytes = |memory: &wasmtime::Memory| memory.data_size(&self.store) as u64;
            let elements = |table: &wasmtime::Table| table.size(&self.store);
            (Some(handles.memories.iter().map(bytes).collect()), handles.tables.iter().map(elements).sum())
        } else {
            (None, self.store.data().meter.table_elements())
        };
        self.store.data_mut().meter.resum(memories, table_elements, gc_bytes);
    }

    /// Takes back what the engine ended a call over, since the system could not give it.
    pub(crate) fn take_back_ungranted(&mut self, error: &wasmtime::Error) {
        let handles = Arc::clone(&self.handles);
        let real: u64 = handles.tables.iter().map(|table| table.size(&self.store)).sum();
        let is_real = self.build.is_rewritten() && real >= self.store.data().meter.table_elements();
        if error.is::<OutOfMemory>() && !is_real {
            self.store.data_mut().meter.has_failed(LimitKind::TableElements);
        }
    }
}

/// Keeps what there is to know of an instance that could not be made.
fn failed(error: wasmtime::Error, mut store: Store<Host>, started: Instant) -> NoInstance {
    let wall_ns = nanos_since(started);
    let is_tank_empty = store.get_fuel().is_ok_and(|left| left == 0);
    let host = store.data_mut();
    host.is_tank_empty = is_tank_empty && host.meter.limits().fuel.is_some();
    if error.is::<OutOfMemory>() && error.is::<WasmBacktrace>() {
        host.meter.has_failed(LimitKind::TableElements);
    }
    if super::end::is_heap_full(&error) {
        host.meter.heap_was_full();
    }
    NoInstance::Failed { error, store: Box::new(store), wall_ns }
}

fn entry(name: Arc<str>, func: Func, signature: &FuncSignature) -> Entry {
    let is_plain = signature.params.iter().all(|param| param.ty.is_plain())
        && signature.results.iter().all(crate::model::signature::ValueType::is_plain);
    Entry { name, func, signature: Arc::new(signature.clone()), is_plain }
}

fn memory_export(build: &Build, rewritten: Option<&RewrittenParts>) -> Option<String> {
    if let Some(parts) = rewritten {
        return parts.layout.memories.first().cloned();
    }
    let is_memory = |export: &&crate::model::interface::Export| {
        export.index == 0 && matches!(export.ty, crate::model::interface::ExternType::Memory(_))
    };
    build.interface.exports.iter().find(is_memory).map(|export| export.name.clone())
}

/// Makes a store that is limited, fuelled and watched from its first instruction on.
fn new_store(
    engine: &Engine,
    Sandbox { options, observer, life, .. }: Sandbox<'_>,
    memory_export: Option<String>,
    has_fuel: bool,
) -> Store<Host> {
    let host = Host {
        meter: Meter::new(options.limits, life),
        observer: Arc::clone(observer),
        clock: Clock::new(options.limits.execution_time_ms),
        memory_export,
        handles: None,
        tank: 0,
        instances: 0,
        memory_generation: 0,
        is_tank_empty: false,
    };
    let mut store = Store::new(engine, host);
    store.limiter(|host| &mut host.meter);
    store.set_epoch_deadline(1);
    store.epoch_deadline_callback(|mut context| {
        let observer = Arc::clone(&context.data().observer);
        let tick = observer.tick(&mut LiveGuest::new(&mut context));
        let clock = &mut context.data_mut().clock;
        match tick {
            Tick::Cancel { held } => {
                clock.held += held;
                clock.stop = Some(StopCause::Cancelled);
                return Err(Stopped.into());
            }
            Tick::Continue { held } => clock.held += held,
        }
        if clock.is_over(Instant::now()) {
            clock.stop = Some(StopCause::Deadline);
            return Err(Stopped.into());
        }
        Ok(UpdateDeadline::Continue(1))
    });
    if has_fuel {
        let fuel = options.limits.fuel.map_or(u64::MAX, |limit| limit.saturating_add(1));
        // The engine of this build counts fuel, so that setting it can't fail.
        store.data_mut().tank = fuel;
        let set = store.set_fuel(fuel);
        debug_assert!(set.is_ok(), "an engine with fuel refused it");
    }
    store
}

pub(crate) fn nanos_since(started: Instant) -> u64 {
    u64::try_from(started.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

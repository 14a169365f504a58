//! What a store keeps beside the guest, and the functions that the host offers.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use wasmtime::{Caller, Extern, ExternType, Func, FuncType, Linker, Module, Store, Val, ValType};

use super::host_calls::{HostCallCounter, HostCallCounters};
use super::live::Handles;
use super::meter::Meter;
use super::observer::SharedObserver;
use crate::model::event::LogLevel;
use crate::model::limits::{LimitKind, Usage};

/// Longest line that a guest can log, in bytes; the rest is cut off.
pub(crate) const MOST_LOG_BYTES: usize = 4096;

/// Why a running guest was told to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StopCause {
    Deadline,
    Cancelled,
}

/// Data of one store: host state, meter and clock are separate parts.
pub(crate) struct Host {
    pub(crate) meter: Meter,
    pub(crate) observer: SharedObserver,
    pub(crate) clock: Clock,
    /// Name of the export of memory 0, for pointers that the guest passes.
    pub(crate) memory_export: Option<String>,
    /// What can be looked at; nothing before the instance is made.
    pub(crate) handles: Option<Arc<Handles>>,
    /// Fuel that the current call started with.
    pub(crate) tank: u64,
    /// Core instances in the store.
    pub(crate) instances: u64,
    /// Counts calls and writes, so that two windows on memory can be told apart.
    pub(crate) memory_generation: u64,
    /// Whether nothing was left of limited fuel when instantiation failed.
    pub(crate) is_tank_empty: bool,
}

impl Host {
    /// Returns what the meter and the clock know, without asking the guest.
    pub(crate) fn usage(&self) -> Usage {
        let (refused_pages, refused_elements) = self.meter.refused_by_kind();
        Usage {
            memory_pages: self.meter.memory_pages(),
            memory_pages_call_peak: self.meter.memory_pages_call_peak(),
            memory_pages_peak: self.meter.memory_pages_peak(),
            table_elements: self.meter.table_elements(),
            table_elements_call_peak: self.meter.table_elements_call_peak(),
            table_elements_peak: self.meter.table_elements_peak(),
            instances: self.instances,
            gc_heap_bytes: self.meter.gc_heap_bytes(),
            refused_growths: self.meter.refused_in_life(),
            refused_pages,
            refused_elements,
            ..Usage::default()
        }
    }
}

/// Time of the current call.
pub(crate) struct Clock {
    pub(crate) started: Instant,
    /// Time that the observer held the call, not charged to it.
    pub(crate) held: Duration,
    pub(crate) limit: Option<Duration>,
    pub(crate) stop: Option<StopCause>,
}

impl Clock {
    pub(crate) fn new(limit_ms: Option<u64>) -> Self {
        Self {
            started: Instant::now(),
            held: Duration::ZERO,
            limit: limit_ms.map(Duration::from_millis),
            stop: None,
        }
    }

    pub(crate) fn begin_call(&mut self, started: Instant) {
        self.started = started;
        self.held = Duration::ZERO;
        self.stop = None;
    }

    /// Time that the call is charged for.
    pub(crate) fn charged(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.started).saturating_sub(self.held)
    }

    pub(crate) fn is_over(&self, now: Instant) -> bool {
        self.limit.is_some_and(|limit| self.charged(now) >= limit)
    }
}

/// The error with which a running guest is told to end.
#[derive(Debug, thiserror::Error)]
#[error("the call was told to end")]
pub(crate) struct Stopped;

/// The error of a function that stands in for a missing import.
#[derive(Debug, thiserror::Error)]
#[error("the import `{module}.{name}` is a stub: nobody provides it")]
pub(crate) struct StubCalled {
    pub(crate) module: String,
    pub(crate) name: String,
}

/// The error of a host function that can't do what it was asked.
#[derive(Debug, thiserror::Error)]
#[error("`env.{function}`: {problem}")]
pub(crate) struct HostFunctionFailed {
    pub(crate) function: &'static str,
    pub(crate) problem: String,
}

/// Fills the linker with every host function that the module imports in a shape that is known.
///
/// The function is made after the module's own import type, since the same name is used in two shapes.
pub(crate) fn define_host_functions(
    linker: &mut Linker<Host>,
    module: &Module,
    counters: &HostCallCounters,
) -> wasmtime::Result<()> {
    let mut defined = HashSet::new();
    for import in module.imports() {
        let (module_name, name) = (import.module(), import.name());
        let ExternType::Func(ty) = import.ty() else { continue };
        // A module may import a function twice; the linker takes a name once.
        if module_name != "env" || defined.contains(name) {
            continue;
        }
        let shape = (shape_of(ty.params()), shape_of(ty.results()));
        let is_log = name == "log" && shape == ("ii".to_owned(), String::new());
        let is_host_log = name == "host_log" && shape.0 == "iii" && matches!(shape.1.as_str(), "" | "i");
        if is_log || is_host_log {
            defined.insert(name);
        }
        if is_log {
            let counter = counters.of_function(module_name, name);
            linker.func_new("env", "log", ty, move |caller, args, _| {
                timed(&counter, || guest_log(caller, "log", LogLevel::Info, &args[0], &args[1]))
            })?;
        } else if is_host_log {
            let answers = shape.1 == "i";
            let counter = counters.of_function(module_name, name);
            linker.func_new("env", "host_log", ty, move |caller, args, results| {
                let level = LogLevel::from_guest(args[0].i32().unwrap_or(0));
                let outcome = timed(&counter, || guest_log(caller, "host_log", level, &args[1], &args[2]));
                if !answers {
                    return outcome;
                }
                results[0] = Val::I32(if outcome.is_ok() { 0 } else { -1 });
                Ok(())
            })?;
        }
    }
    Ok(())
}

/// Does the work of a host function and counts it, whether it succeeds or not.
fn timed<T>(counter: &HostCallCounter, work: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    let done = work();
    counter.count(started.elapsed());
    done
}

fn shape_of(types: impl Iterator<Item = ValType>) -> String {
    types.map(|ty| if ty.is_i32() { 'i' } else { '?' }).collect()
}

fn guest_log(
    mut caller: Caller<'_, Host>,
    function: &'static str,
    level: LogLevel,
    pointer: &Val,
    length: &Val,
) -> wasmtime::Result<()> {
    let fail = |problem: String| HostFunctionFailed { function, problem };
    // Addresses are unsigned 32-bit numbers, whatever sign the engine reads them with.
    let pointer = pointer.i32().unwrap_or(0).cast_unsigned() as usize;
    let length = length.i32().unwrap_or(0).cast_unsigned() as usize;
    let Some(name) = caller.data().memory_export.clone() else {
        return Err(fail("the module has no memory to read the text from".to_owned()).into());
    };
    let Some(Extern::Memory(memory)) = caller.get_export(&name) else {
        return Err(fail("memory 0 can't be reached".to_owned()).into());
    };
    let data = memory.data(&caller);
    let Some(bytes) = pointer.checked_add(length).and_then(|end| data.get(pointer..end)) else {
        let problem =
            format!("pointer {pointer:#x} and length {length} leave the memory of {} bytes", data.len());
        return Err(fail(problem).into());
    };
    let is_cut = bytes.len() > MOST_LOG_BYTES;
    let mut text = String::from_utf8_lossy(&bytes[..bytes.len().min(MOST_LOG_BYTES)]).into_owned();
    if is_cut {
        text.push_str(" … (cut)");
    }
    let observer = caller.data().observer.clone();
    observer.log(level, text);
    Ok(())
}

/// An import that neither the host nor anybody else provides.
pub(crate) fn missing_imports(linker: &Linker<Host>, store: &mut Store<Host>, module: &Module) -> Vec<usize> {
    let missing = |(index, import)| linker.get_by_import(&mut *store, &import).is_none().then_some(index);
    module.imports().enumerate().filter_map(missing).collect()
}

/// Fills each import that is still missing: a function that ends the call, an empty memory or table, a zero.
pub(crate) fn define_stubs(
    linker: &mut Linker<Host>,
    store: &mut Store<Host>,
    module: &Module,
    counters: &Arc<HostCallCounters>,
) -> wasmtime::Result<()> {
    for import in module.imports() {
        if linker.get_by_import(&mut *store, &import).is_some() {
            continue;
        }
        let (module_name, name) = (import.module(), import.name());
        let item: Extern = match import.ty() {
            ExternType::Func(ty) => stub_function(store, &ty, (module_name, name), counters).into(),
            ExternType::Memory(ty) => wasmtime::Memory::new(&mut *store, ty)?.into(),
            ExternType::Table(ty) => {
                let null = wasmtime::Ref::null(ty.element().heap_type());
                wasmtime::Table::new(&mut *store, ty, null)?.into()
            }
            ExternType::Global(ty) => {
                let Some(zero) = Val::default_for_ty(ty.content()) else {
                    wasmtime::bail!("no value can stand in for the global `{module_name}.{name}`");
                };
                wasmtime::Global::new(&mut *store, ty, zero)?.into()
            }
            ExternType::Tag(ty) => wasmtime::Tag::new(&mut *store, &ty)?.into(),
        };
        linker.define(&mut *store, module_name, name, item)?;
    }
    Ok(())
}

fn stub_function(
    store: &mut Store<Host>,
    ty: &FuncType,
    (module, name): (&str, &str),
    counters: &Arc<HostCallCounters>,
) -> Func {
    let (module, name, counters) = (module.to_owned(), name.to_owned(), Arc::clone(counters));
    Func::new(store, ty.clone(), move |_, _, _| {
        counters.count_stub(&module, &name);
        Err(StubCalled { module: module.clone(), name: name.clone() }.into())
    })
}

/// The limit behind the engine's own words on a failed instantiation, where it has no type of its own.
pub(crate) fn limit_in_words(message: &str) -> Option<LimitKind> {
    if message.contains("instance count too high") {
        Some(LimitKind::Instances)
    } else if message.contains("exceeds memory limits") {
        Some(LimitKind::MemoryPages)
    } else if message.contains("exceeds table limits") {
        Some(LimitKind::TableElements)
    } else {
        None
    }
}

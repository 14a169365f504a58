//! Looks into an instance: memories, globals, usage; also in the middle of a call.

use std::sync::Arc;
use std::time::Instant;

use wasmtime::{AsContext, Global, Memory, StoreContextMut, Table, Val, WasmBacktrace};

use super::build::Build;
use super::host::Host;
use super::observer::LiveView;
use crate::model::limits::Usage;
use crate::model::measured::Measured;
use crate::model::memory::{GlobalValue, MemoryInfo, MemoryRequest, MemoryWindow, PageUse};
use crate::model::value::Value;

/// What is looked up once per instance and read many times, by index space.
pub(crate) struct Handles {
    pub(crate) build: Arc<Build>,
    pub(crate) memories: Vec<Memory>,
    pub(crate) tables: Vec<Table>,
    pub(crate) globals: Vec<Global>,
    /// The pass's own counter of the highest depth.
    pub(crate) peak_depth: Option<Global>,
    /// The pass's own note on the growth that was refused last.
    pub(crate) newest_refusal: Option<NewestRefusal>,
    pub(crate) has_fuel: bool,
    /// Whether fuel is in memory and not in a register whenever a guest is held.
    pub(crate) fuel_is_live: bool,
}

/// The pass's own globals for the newest growth that answered −1: how many there were, and where it was.
#[derive(Clone, Copy)]
pub(crate) struct NewestRefusal {
    pub(crate) count: Global,
    pub(crate) site: Global,
}

impl Handles {
    /// Knows the build and nothing that could be looked at.
    pub(crate) fn none(build: &Arc<Build>) -> Self {
        Self {
            build: Arc::clone(build),
            memories: Vec::new(),
            tables: Vec::new(),
            globals: Vec::new(),
            peak_depth: None,
            newest_refusal: None,
            has_fuel: build.has_fuel,
            fuel_is_live: build.fuel_is_live,
        }
    }
}

/// A guest that is held at a tick.
pub(crate) struct LiveGuest<'a, 'b> {
    context: &'a mut StoreContextMut<'b, Host>,
}

impl<'a, 'b> LiveGuest<'a, 'b> {
    pub(crate) fn new(context: &'a mut StoreContextMut<'b, Host>) -> Self {
        Self { context }
    }
}

impl LiveView for LiveGuest<'_, '_> {
    fn usage(&mut self) -> Usage {
        let now = Instant::now();
        let handles = self.context.data().handles.clone();
        let mut usage = self.context.data().usage();
        usage.wall_ns = u64::try_from(self.context.data().clock.charged(now).as_nanos()).unwrap_or(u64::MAX);
        let Some(handles) = handles else { return usage };
        if handles.has_fuel
            && let Ok(left) = self.context.get_fuel()
        {
            let used = self.context.data().tank.saturating_sub(left);
            // In the middle of a call the optimizing compiler keeps some fuel in a register.
            usage.fuel = if handles.fuel_is_live { Measured::Exact(used) } else { Measured::AtLeast(used) };
        }
        let backtrace = WasmBacktrace::force_capture(&*self.context);
        let frames = backtrace.frames().len();
        let is_cut = frames >= super::settings::MOST_FRAMES;
        let frames = frames as u64;
        usage.call_depth = if is_cut { Measured::AtLeast(frames) } else { Measured::Exact(frames) };
        usage.call_depth_call_peak = match handles.peak_depth {
            Some(peak) => Measured::Exact(counter(&mut *self.context, peak)),
            None => Measured::NotMeasured,
        };
        note_newest_site(&mut usage, &mut *self.context, &handles);
        usage
    }

    fn memory(&mut self, request: MemoryRequest) -> Option<MemoryWindow> {
        let handles = self.context.data().handles.clone()?;
        let mut window = window(&*self.context, &handles, request)?;
        window.is_live = true;
        Some(window)
    }

    fn globals(&mut self) -> Vec<GlobalValue> {
        let Some(handles) = self.context.data().handles.clone() else { return Vec::new() };
        globals(&mut *self.context, &handles)
    }
}

/// Says where growth was refused last, on the side on which it was: memories or tables.
///
/// The ring of places does not tell the two apart, so that nothing is said where both were refused.
fn note_newest_site(usage: &mut Usage, mut context: impl wasmtime::AsContextMut, handles: &Handles) {
    let Some(newest) = handles.newest_refusal else { return };
    if counter(&mut context, newest.count) == 0 {
        return;
    }
    let site = u32::try_from(counter(&mut context, newest.site)).ok();
    match (usage.refused_pages.count, usage.refused_elements.count) {
        (1.., 0) => usage.refused_pages.last_offset = site,
        (0, 1..) => usage.refused_elements.last_offset = site,
        _ => {}
    }
}

/// Reads one of the pass's own counters.
pub(crate) fn counter(context: impl wasmtime::AsContextMut, global: Global) -> u64 {
    u64::from(global.get(context).i32().unwrap_or(0).cast_unsigned())
}

/// Describes all memories of an instance.
pub(crate) fn memory_infos(context: impl AsContext, handles: &Handles) -> Vec<MemoryInfo> {
    let interface = &handles.build.interface;
    let info = |(index, memory): (usize, &Memory)| {
        let declared = interface.memories.get(index);
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        MemoryInfo {
            index,
            name: declared.and_then(|memory| memory.name.clone()).or_else(|| interface.memory_export(index)),
            bytes: memory.data_size(&context) as u64,
            page_size: memory.page_size(&context),
            maximum_pages: declared.and_then(|memory| memory.ty.pages.maximum),
        }
    };
    handles.memories.iter().enumerate().map(info).collect()
}

/// Copies the bytes that somebody looks at.
pub(crate) fn window(
    context: &impl AsContext<Data = Host>,
    handles: &Handles,
    request: MemoryRequest,
) -> Option<MemoryWindow> {
    let memory = handles.memories.get(request.memory as usize)?;
    let data = memory.data(context.as_context());
    let start = usize::try_from(request.address).unwrap_or(usize::MAX).min(data.len());
    let length = request.bytes.min(MemoryRequest::MOST_BYTES) as usize;
    let end = start.saturating_add(length).min(data.len());
    Some(MemoryWindow {
        memory: request.memory,
        address: start as u64,
        bytes: data[start..end].into(),
        memories: memory_infos(context, handles),
        pages: request.with_pages.then(|| page_uses(data)),
        generation: context.as_context().data().memory_generation,
        is_live: false,
    })
}

fn page_uses(data: &[u8]) -> Arc<[PageUse]> {
    // Or-ing a whole page before one test lets the compiler use vectors.
    let is_zero =
        |page: &[u8]| page.chunks(4096).all(|part| part.iter().fold(0, |all, byte| all | byte) == 0);
    let page_use = |page| if is_zero(page) { PageUse::Zero } else { PageUse::Used };
    data.chunks(65_536).take(MemoryWindow::MOST_PAGES).map(page_use).collect()
}

/// Reads the module's own globals.
pub(crate) fn globals(mut context: impl wasmtime::AsContextMut, handles: &Handles) -> Vec<GlobalValue> {
    let interface = &handles.build.interface;
    let mut values = Vec::new();
    for (index, global) in handles.globals.iter().enumerate() {
        let declared = interface.globals.get(index);
        values.push(GlobalValue {
            index: u32::try_from(index).unwrap_or(u32::MAX),
            name: declared.and_then(|global| global.name.clone()),
            value: plain_value(&global.get(&mut context)),
            is_mutable: declared.is_some_and(|global| global.ty.is_mutable),
        });
    }
    values
}

/// Turns the engine's value into ours, without following references.
pub(crate) fn plain_value(value: &Val) -> Value {
    match value {
        Val::I32(value) => Value::I32(*value),
        Val::I64(value) => Value::I64(*value),
        Val::F32(bits) => Value::F32(*bits),
        Val::F64(bits) => Value::F64(*bits),
        Val::V128(bits) => Value::V128(bits.as_u128()),
        Val::FuncRef(None)
        | Val::ExternRef(None)
        | Val::AnyRef(None)
        | Val::ExnRef(None)
        | Val::ContRef(None) => Value::NullRef,
        Val::FuncRef(Some(_)) => Value::OpaqueRef("funcref".to_owned()),
        Val::ExternRef(Some(_)) => Value::OpaqueRef("externref".to_owned()),
        Val::AnyRef(Some(_)) => Value::OpaqueRef("anyref".to_owned()),
        Val::ExnRef(Some(_)) => Value::OpaqueRef("exnref".to_owned()),
        Val::ContRef(Some(_)) => Value::OpaqueRef("contref".to_owned()),
    }
}

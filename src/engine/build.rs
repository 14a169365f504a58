//! A build: everything that came out of one source, ready to be instantiated.

use std::sync::Arc;

use wasmtime::Module;
use wasmtime::component::Component;

use super::front::SourceMap;
use super::rewrite::Layout;
use super::settings::{EngineSettings, Pricing};
use crate::model::build::{BuildInfo, Phases};
use crate::model::cache::CacheKey;
use crate::model::diagnostic::{Diagnostic, Place};
use crate::model::interface::Interface;

/// What came out of compiling one source.
pub struct Build {
    /// Sizes, identity, times.
    pub info: BuildInfo,
    /// What it offers and asks for.
    pub interface: Arc<Interface>,
    /// The binary before the rewriting pass.
    pub wasm: Arc<[u8]>,
    /// Where each operator and definition stands in the text; `None` for a binary.
    pub map: Option<Arc<SourceMap>>,
    /// Engine that it was compiled for.
    pub settings: EngineSettings,
    /// What tells it from every other build, in the cache.
    pub key: CacheKey,
    /// Whether its engine counts fuel.
    pub(crate) has_fuel: bool,
    /// Whether its code keeps fuel in memory, so that it can be read to the unit while a guest runs.
    pub(crate) fuel_is_live: bool,
    /// Native stack that its engine allows, in bytes.
    pub(crate) wasm_stack_bytes: usize,
    /// Core instances that an instance of it consists of.
    pub(crate) core_instances: u64,
    /// What the engine runs.
    pub(crate) artefact: Arc<Artefact>,
}

/// What the engine runs.
#[allow(clippy::large_enum_variant, reason = "there is one per build, and it stands behind an `Arc`")]
pub(crate) enum Artefact {
    Core(CoreArtefact),
    Component(Component),
}

/// A compiled core module and the traces that the rewriting pass left in it.
pub(crate) struct CoreArtefact {
    pub(crate) module: Module,
    /// `None` when the module runs unrewritten.
    pub(crate) rewritten: Option<Arc<RewrittenParts>>,
    /// Whose prices its engine takes.
    pub(crate) pricing: Pricing,
}

pub(crate) struct RewrittenParts {
    pub(crate) layout: Layout,
    pub(crate) offsets: super::rewrite::OffsetMap,
}

impl std::fmt::Debug for Build {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Build").field("info", &self.info).finish_non_exhaustive()
    }
}

/// Why a source did not become a build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompileFailure {
    /// All errors that could be had, in the order of the source.
    pub diagnostics: Vec<Diagnostic>,
    /// Times of the phases that ran.
    pub phases: Phases,
}

impl Build {
    /// Tells whether the rewriting pass went over it, so that depth and places of growth are known.
    pub fn is_rewritten(&self) -> bool {
        matches!(&*self.artefact, Artefact::Core(core) if core.rewritten.is_some())
    }

    /// Tells whether fuel can be read to the unit while a guest runs, and not only after it has returned.
    pub fn has_exact_live_fuel(&self) -> bool {
        self.has_fuel && self.fuel_is_live
    }

    /// Bytes of machine code and of the tables that belong to it.
    pub fn code_bytes(&self) -> u64 {
        let image = match &*self.artefact {
            Artefact::Core(core) => core.module.image_range(),
            Artefact::Component(component) => component.image_range(),
        };
        (image.end.addr() - image.start.addr()) as u64
    }

    /// Bytes of native stack that its engine allows a guest.
    pub fn wasm_stack_bytes(&self) -> usize {
        self.wasm_stack_bytes
    }

    /// Native stack, in bytes, that a thread needs which runs it.
    pub fn thread_stack_bytes(&self) -> usize {
        self.wasm_stack_bytes + super::settings::HOST_STACK_BYTES
    }

    /// The same build with other times and another origin.
    pub(crate) fn with_info(&self, info: BuildInfo) -> Self {
        Self {
            info,
            interface: Arc::clone(&self.interface),
            wasm: Arc::clone(&self.wasm),
            map: self.map.clone(),
            key: self.key,
            has_fuel: self.has_fuel,
            fuel_is_live: self.fuel_is_live,
            wasm_stack_bytes: self.wasm_stack_bytes,
            settings: self.settings.clone(),
            core_instances: self.core_instances,
            artefact: Arc::clone(&self.artefact),
        }
    }

    /// The same build on an engine with another size of the native stack.
    pub(crate) fn with_stack(&self, artefact: CoreArtefact, wasm_stack_bytes: usize) -> Self {
        Self {
            wasm_stack_bytes,
            settings: EngineSettings { wasm_stack_bytes, ..self.settings.clone() },
            ..self.with_artefact(artefact)
        }
    }

    /// The same build with other machine code, such as one that counts more.
    pub(crate) fn with_artefact(&self, artefact: CoreArtefact) -> Self {
        Self { artefact: Arc::new(Artefact::Core(artefact)), ..self.with_info(self.info.clone()) }
    }

    /// Finds the function, line and column of an offset in the binary before the rewriting pass.
    pub fn place_at(&self, offset: u64) -> Place {
        let functions = &self.interface.functions;
        // Bodies stand in the order of their indices, imports have none and come first.
        let index = functions.partition_point(|function| function.body.end <= offset);
        match functions.get(index).filter(|function| function.body.contains(&offset)) {
            Some(_) => self.place_in(u32::try_from(index).unwrap_or(u32::MAX), Some(offset)),
            None => Place { offset: Some(offset), ..Place::default() },
        }
    }

    /// Describes a place in a function whose index is known.
    pub(crate) fn place_in(&self, index: u32, offset: Option<u64>) -> Place {
        let position = offset.and_then(|offset| Some(self.map.as_ref()?.spot(offset)?.position));
        Place {
            function: self.interface.functions.get(index as usize).and_then(|function| function.name.clone()),
            index: Some(index),
            line: position.map(|position| position.line),
            column: position.map(|position| position.column),
            offset,
        }
    }

    /// Maps an offset in what the engine runs to the binary before the rewriting pass.
    pub(crate) fn original_offset(&self, offset: usize) -> Option<u64> {
        match &*self.artefact {
            Artefact::Core(CoreArtefact { rewritten: Some(parts), .. }) => {
                parts.offsets.original(u32::try_from(offset).ok()?).map(u64::from)
            }
            _ => Some(offset as u64),
        }
    }
}

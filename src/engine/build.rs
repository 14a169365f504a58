//! A build: everything that came out of one source, ready to be instantiated.

use std::sync::Arc;

use wasmtime::Module;
use wasmtime::component::Component;

use super::front::SourceMap;
use super::rewrite::Layout;
use crate::model::build::{BuildInfo, Phases};
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
    /// What the engine runs.
    pub(crate) artefact: Artefact,
}

/// What the engine runs.
pub(crate) enum Artefact {
    Core(CoreArtefact),
    Component(Component),
}

/// A compiled core module and the traces that the rewriting pass left in it.
pub(crate) struct CoreArtefact {
    pub(crate) module: Module,
    /// `None` when the module runs unrewritten.
    pub(crate) rewritten: Option<RewrittenParts>,
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

/// Completes the place of an operator from its offset in the binary as given.
impl Build {
    /// Finds the function, line and column of an offset in the binary before the rewriting pass.
    pub fn place_at(&self, offset: u64) -> Place {
        let index = self.interface.functions.iter().position(|function| function.body.contains(&offset));
        let position = self.map.as_ref().and_then(|map| map.position(offset));
        Place {
            function: index.and_then(|index| self.interface.functions[index].name.clone()),
            index: index.map(|index| u32::try_from(index).unwrap_or(u32::MAX)),
            line: position.map(|(line, _)| line),
            column: position.map(|(_, column)| column),
            offset: Some(offset),
        }
    }
}

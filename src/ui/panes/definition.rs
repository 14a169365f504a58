//! Where the things that a module defines stand in its source.
//!
//! Knows no widgets; a binary's places are offsets, which the editor turns into lines of the listing.

use crate::app::{Action, AppState, SourceAction};
use crate::engine::Build;
use crate::engine::front::DefinitionKind;
use crate::model::diagnostic::Place;
use crate::model::ids::SourceId;
use crate::model::interface::{ExternType, Interface};

/// A definition by its kind and index, with its offset in the binary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Definition {
    pub(super) kind: DefinitionKind,
    pub(super) index: u32,
    pub(super) offset: u64,
}

impl Definition {
    /// Names what an export of that type and index stands for; `None` for parts of components.
    pub(super) fn of_extern(ty: &ExternType, index: u32, offset: u64) -> Option<Self> {
        let kind = match ty {
            ExternType::Func(_) => DefinitionKind::Func,
            ExternType::Memory(_) => DefinitionKind::Memory,
            ExternType::Table(_) => DefinitionKind::Table,
            ExternType::Global(_) => DefinitionKind::Global,
            ExternType::Tag(_) => DefinitionKind::Tag,
            ExternType::Component(_) => return None,
        };
        Some(Self { kind, index, offset })
    }

    /// Names an exported function.
    pub(super) fn of_export(interface: &Interface, name: &str) -> Option<Self> {
        let export = interface.exports.iter().find(|export| export.name == name)?;
        Self::of_extern(&export.ty, export.index, export.offset)
    }

    /// Returns its place: line and column of the text, or the offset in the binary.
    pub(super) fn place(&self, build: &Build) -> Place {
        let spot = build.map.as_ref().and_then(|map| map.definition(self.kind, self.index));
        let is_func = self.kind == DefinitionKind::Func;
        let function = build.interface.functions.get(self.index as usize).filter(|_| is_func);
        Place {
            function: function.and_then(|function| function.name.clone()),
            index: is_func.then_some(self.index),
            line: spot.as_ref().map(|spot| spot.position.line),
            column: spot.as_ref().map(|spot| spot.position.column),
            offset: Some(self.offset),
        }
    }
}

/// Returns the source that the shown build was made of.
pub(super) fn shown_source(state: &AppState) -> Option<SourceId> {
    let plugin = state.selected_plugin().map(|plugin| plugin.source);
    if state.active.is_none() { plugin } else { state.active }
}

/// Returns what shows a place in the editor.
pub(super) fn go_to(source: SourceId, place: Place) -> Action {
    Action::Source(SourceAction::GoTo(source, place))
}

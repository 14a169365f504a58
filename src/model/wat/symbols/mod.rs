//! The names of a text: what is defined where, and what every name and index stands for.
//!
//! Reads any text, broken ones as far as they can be understood, in one pass. Knows no types of values and
//! checks nothing. An index belongs to one text and holds it, so that bytes always mean bytes of that text.
//!
//! ```
//! use wasm_workbench::model::wat::{SymbolIndex, SymbolKind};
//!
//! let text = "(module (func $f (param $a i32) local.get $a drop) (func call $f call 0))";
//! let index = SymbolIndex::new(text.into());
//! let call = text.find("call $f").unwrap() + 5;
//! let f = index.definition_at(call).unwrap();
//! assert_eq!((index.definition(f).kind, index.name(f)), (SymbolKind::Func, Some("$f")));
//! assert_eq!(index.uses_of(f).count(), 2);
//! ```

mod component;
mod immediates;
mod kind;
mod labels;
mod lists;
mod pass;
mod resolve;
mod roles;
mod site;

#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::Arc;

pub(super) use immediates::Immediates;
pub use kind::SymbolKind;
pub(super) use pass::Pass;
pub(super) use roles::Role;
pub(super) use site::Site;

/// Texts over this size, in bytes, have no index: their listings are not edited.
pub const MAX_INDEXED_BYTES: usize = 16 << 20;

/// A definition, by its place in its index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DefinitionId(pub(super) u32);

/// Something that a text defines, with a name or without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// What it is.
    pub kind: SymbolKind,
    /// Its index among its kind: in its module, its function for locals, its type for fields; 0 for labels.
    pub index: u32,
    /// The `$name`, with its `$`.
    pub name: Option<Range<usize>>,
    /// The form that defines it; for a block that is written flat, from its operator to its `end`.
    pub form: Range<usize>,
    /// Where its declaration ends: before the code of a function, the rows of a segment.
    pub header_end: usize,
    /// The function of a local or label, the type of a field or parameter.
    pub owner: Option<DefinitionId>,
    /// The module or component that it belongs to, numbered through the text.
    pub scope: u32,
}

/// A place where something is named or numbered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// The name or number.
    pub range: Range<usize>,
    /// The kind of thing that is meant here.
    pub kind: SymbolKind,
    /// What it stands for; `None` when the text defines no such thing.
    pub target: Option<DefinitionId>,
    /// Whether it is a number.
    pub by_index: bool,
}

/// All that one text defines and uses.
#[derive(Debug, Clone, Default)]
pub struct SymbolIndex {
    text: Arc<str>,
    definitions: Vec<Definition>,
    /// In the order of the text.
    uses: Vec<Use>,
    /// Which uses stand for a definition, those of one after those of another, each in the order of the text.
    used: Vec<u32>,
    /// For each definition where in `used` its uses begin, and the end of the last one's.
    used_from: Vec<u32>,
    /// Named definitions in the order of their names in the text.
    named: Vec<DefinitionId>,
    fields: Vec<Field>,
    /// For each scope the one around it.
    scopes: Vec<Option<u32>>,
    is_cut: bool,
}

/// Where a field of a module or component begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) start: u32,
    pub(super) scope: u32,
    pub(super) is_component: bool,
}

impl SymbolIndex {
    /// Reads a text. One that is larger than [`MAX_INDEXED_BYTES`] gets an index with nothing in it.
    pub fn new(text: Arc<str>) -> Self {
        if text.len() > MAX_INDEXED_BYTES {
            return Self { text, is_cut: true, ..Self::default() };
        }
        let mut pass = Pass::new(&text);
        pass.run(text.len());
        let mut index = resolve::resolve(pass.finish());
        index.text = text;
        index
    }

    /// Returns the text that the index is of.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// Tells whether the text was too large, or too deep, to be read to its end.
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// Lists everything that is defined.
    pub fn definitions(&self) -> impl Iterator<Item = (DefinitionId, &Definition)> {
        (0u32..).map(DefinitionId).zip(&self.definitions)
    }

    /// Returns a definition.
    ///
    /// # Panics
    ///
    /// Panics when the id is of another index.
    pub fn definition(&self, id: DefinitionId) -> &Definition {
        &self.definitions[id.0 as usize]
    }

    /// Returns the name of a definition as it is written, with its `$`.
    pub fn name(&self, id: DefinitionId) -> Option<&str> {
        self.definition(id).name.clone().map(|name| &self.text[name])
    }

    /// Lists all uses in the order of the text.
    pub fn uses(&self) -> &[Use] {
        &self.uses
    }

    /// Returns the use at a byte, or right before it.
    pub fn use_at(&self, byte: usize) -> Option<&Use> {
        let after = self.uses.partition_point(|one| one.range.start <= byte);
        self.uses[..after].last().filter(|one| byte <= one.range.end)
    }

    /// Returns what the name or number at a byte stands for, be it a use or the definition's own name.
    pub fn definition_at(&self, byte: usize) -> Option<DefinitionId> {
        if let Some(found) = self.use_at(byte) {
            return found.target;
        }
        let start = |id: &DefinitionId| self.definition(*id).name.as_ref().map_or(0, |name| name.start);
        let after = self.named.partition_point(|id| start(id) <= byte);
        let id = *self.named[..after].last()?;
        let name = self.definition(id).name.as_ref()?;
        (byte <= name.end).then_some(id)
    }

    /// Lists where a definition is used, by name and by number, in the order of the text.
    pub fn uses_of(&self, id: DefinitionId) -> impl ExactSizeIterator<Item = &Use> {
        self.used_by(id).iter().map(|at| &self.uses[*at as usize])
    }

    /// Lists where a definition is spelt: its own name and every use, as an editor highlights them.
    pub fn occurrences(&self, id: DefinitionId) -> Vec<Range<usize>> {
        self.occurrences_in(id, &(0..usize::MAX))
    }

    /// Lists the same as far as it begins within these bytes.
    pub fn occurrences_in(&self, id: DefinitionId, bytes: &Range<usize>) -> Vec<Range<usize>> {
        let used = self.used_by(id);
        let start = |at: &u32| self.uses[*at as usize].range.start;
        let from = used.partition_point(|at| start(at) < bytes.start);
        let to = used.partition_point(|at| start(at) < bytes.end).max(from);
        let mut found: Vec<_> =
            used[from..to].iter().map(|at| self.uses[*at as usize].range.clone()).collect();
        found.extend(self.definition(id).name.clone().filter(|name| bytes.contains(&name.start)));
        found.sort_by_key(|range| range.start);
        found
    }

    fn used_by(&self, id: DefinitionId) -> &[u32] {
        let from = |id: u32| self.used_from.get(id as usize).map_or(0, |from| *from as usize);
        self.used.get(from(id.0)..from(id.0 + 1)).unwrap_or_default()
    }

    /// Returns the function or type whose definition is around a byte.
    pub fn enclosing(&self, byte: usize) -> Option<DefinitionId> {
        let top = |definition: &Definition| definition.owner.is_none() && definition.form.contains(&byte);
        let found = self.definitions().filter(|(_, definition)| top(definition));
        found.min_by_key(|(_, definition)| definition.form.len()).map(|(id, _)| id)
    }

    /// Lists the definitions that can be named at a place in this scope, those of scopes around it included.
    pub(super) fn visible_from(&self, scope: u32) -> impl Iterator<Item = (DefinitionId, &Definition)> {
        let mut visible = Vec::new();
        let mut next = Some(scope);
        while let Some(scope) = next {
            visible.push(scope);
            next = self.scopes.get(scope as usize).copied().flatten();
        }
        self.definitions().filter(move |(_, definition)| visible.contains(&definition.scope))
    }

    /// Returns the last field that begins at or before a byte.
    pub(super) fn field_before(&self, byte: usize) -> Option<Field> {
        let after = self.fields.partition_point(|field| field.start as usize <= byte);
        self.fields[..after].last().copied()
    }

    /// Lists the fields for which something holds, from the last to the first; it has to hold for none behind
    /// one for which it does not.
    pub(super) fn fields_while(&self, holds: impl Fn(Field) -> bool) -> impl Iterator<Item = Field> {
        let after = self.fields.partition_point(|field| holds(*field));
        self.fields[..after].iter().rev().copied()
    }

    /// Lists where the fields of all modules and components begin.
    pub(super) fn fields_of_text(&self) -> impl Iterator<Item = usize> {
        self.fields.iter().map(|field| field.start as usize)
    }

    /// Tells whether a name means something in more than one kind, as it may in components.
    pub(super) fn shares_name(&self, id: DefinitionId) -> bool {
        let own = self.definition(id);
        let Some(name) = self.name(id) else { return false };
        self.definitions().any(|(other, definition)| {
            other != id
                && definition.scope == own.scope
                && definition.owner.is_none()
                && self.name(other) == Some(name)
        })
    }
}

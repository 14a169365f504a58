//! Names that the name section gives to the items of a module.
//!
//! The section is a courtesy: what is broken in it, or names nothing, is left out and never an error.

use std::collections::HashMap;

use wasmparser::{IndirectNameMap, KnownCustom, Name, NameMap, NameSectionReader, Parser, Payload};

use crate::model::interface::{Definition, FunctionInfo};

/// Names by index, still in the bytes that they were read from.
#[derive(Default)]
pub(super) struct Names<'a> {
    pub(super) module: Option<&'a str>,
    pub(super) types: HashMap<u32, &'a str>,
    pub(super) tables: Option<NameMap<'a>>,
    pub(super) memories: Option<NameMap<'a>>,
    pub(super) globals: Option<NameMap<'a>>,
    pub(super) tags: Option<NameMap<'a>>,
    pub(super) data: Option<NameMap<'a>>,
    functions: Option<NameMap<'a>>,
    locals: Option<IndirectNameMap<'a>>,
}

impl<'a> Names<'a> {
    /// Reads the last name section of a module; it may stand before or behind what it names.
    pub(super) fn read(wasm: &'a [u8]) -> Self {
        let mut names = Self::default();
        for payload in Parser::new(0).parse_all(wasm).map_while(Result::ok) {
            if let Payload::CustomSection(section) = payload
                && let KnownCustom::Name(section) = section.as_known()
            {
                names = Self::default();
                names.read_section(section);
            }
        }
        names
    }

    fn read_section(&mut self, section: NameSectionReader<'a>) {
        for subsection in section.map_while(Result::ok) {
            match subsection {
                Name::Module { name, .. } => self.module = Some(name).filter(|name| !name.is_empty()),
                Name::Function(names) => self.functions = Some(names),
                Name::Local(names) => self.locals = Some(names),
                Name::Type(names) => self.types = entries(Some(names)).collect(),
                Name::Table(names) => self.tables = Some(names),
                Name::Memory(names) => self.memories = Some(names),
                Name::Global(names) => self.globals = Some(names),
                Name::Tag(names) => self.tags = Some(names),
                Name::Data(names) => self.data = Some(names),
                Name::Label(_) | Name::Element(_) | Name::Field(_) | Name::Unknown { .. } => {}
            }
        }
    }

    /// Gives the functions and their parameters their names.
    pub(super) fn apply_to_functions(&self, functions: &mut [FunctionInfo]) {
        for (index, name) in entries(self.functions.clone()) {
            if let Some(function) = find(functions, index) {
                function.name = Some(name.to_owned());
            }
        }
        for naming in self.locals.clone().into_iter().flatten().map_while(Result::ok) {
            let Some(function) = find(functions, naming.index) else { continue };
            for (local, name) in entries(Some(naming.names)) {
                if let Some(param) = find(&mut function.signature.params, local) {
                    param.name = Some(name.to_owned());
                }
            }
        }
    }
}

/// Gives the items of an index space their names.
pub(super) fn apply<T>(names: Option<NameMap<'_>>, items: &mut [Definition<T>]) {
    for (index, name) in entries(names) {
        if let Some(item) = find(items, index) {
            item.name = Some(name.to_owned());
        }
    }
}

/// Lists the names up to the first broken one; an empty name is no name.
pub(super) fn entries(names: Option<NameMap<'_>>) -> impl Iterator<Item = (u32, &str)> {
    let names = names.into_iter().flatten().map_while(Result::ok);
    names.map(|naming| (naming.index, naming.name)).filter(|(_, name)| !name.is_empty())
}

/// Finds the item of an index that nobody vouches for.
pub(super) fn find<T>(items: &mut [T], index: u32) -> Option<&mut T> {
    items.get_mut(usize::try_from(index).ok()?)
}

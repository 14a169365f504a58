//! What the pass must know of the original before it writes: section ranges, index spaces, exports, bodies.
//!
//! It must not decide anything about the output.

use std::ops::Range;

use wasmparser::{CompositeInnerType, Encoding, Export, FunctionBody, Parser, Payload, TypeRef};

use super::RewriteError;

/// The numbers of the sections, in the order that the format prescribes.
pub(super) const SECTION_ORDER: [u8; 13] =
    [TYPE, IMPORT, FUNCTION, TABLE, MEMORY, TAG, GLOBAL, EXPORT, START, ELEMENT, DATA_COUNT, CODE, DATA];
pub(super) const TYPE: u8 = 1;
pub(super) const IMPORT: u8 = 2;
pub(super) const FUNCTION: u8 = 3;
pub(super) const TABLE: u8 = 4;
pub(super) const MEMORY: u8 = 5;
pub(super) const GLOBAL: u8 = 6;
pub(super) const EXPORT: u8 = 7;
pub(super) const START: u8 = 8;
pub(super) const ELEMENT: u8 = 9;
pub(super) const CODE: u8 = 10;
pub(super) const DATA: u8 = 11;
pub(super) const DATA_COUNT: u8 = 12;
pub(super) const TAG: u8 = 13;

/// A module as read once from front to back.
pub(super) struct Scan<'a> {
    /// The original binary.
    pub(super) bytes: &'a [u8],
    /// The contents of each section, by number.
    pub(super) sections: [Option<Range<usize>>; 14],
    /// The contents of the name sections.
    pub(super) names: Vec<Range<usize>>,
    /// How many parameters each type has; 0 for what is no function type.
    pub(super) params_by_type: Vec<u32>,
    /// The type of each function, imports first.
    pub(super) function_types: Vec<u32>,
    /// How many functions are imported.
    pub(super) imported_functions: u32,
    /// For each memory, imports first, whether its indices are 64 bits wide.
    pub(super) memory64: Vec<bool>,
    /// For each table, imports first, whether its indices are 64 bits wide.
    pub(super) table64: Vec<bool>,
    /// How many globals there are, imports included.
    pub(super) globals: u32,
    /// Whether there are tags, imported or its own: nothing is thrown, caught or suspended without one.
    pub(super) has_tags: bool,
    /// The exports in their order.
    pub(super) exports: Vec<Export<'a>>,
    /// The start function.
    pub(super) start: Option<u32>,
    /// The bodies of the defined functions.
    pub(super) bodies: Vec<FunctionBody<'a>>,
}

impl<'a> Scan<'a> {
    /// Reads `bytes` without looking into function bodies.
    pub(super) fn of(bytes: &'a [u8]) -> Result<Self, RewriteError> {
        let mut scan = Self {
            bytes,
            sections: [const { None }; 14],
            names: Vec::new(),
            params_by_type: Vec::new(),
            function_types: Vec::new(),
            imported_functions: 0,
            memory64: Vec::new(),
            table64: Vec::new(),
            globals: 0,
            has_tags: false,
            exports: Vec::new(),
            start: None,
            bodies: Vec::new(),
        };
        for payload in Parser::new(0).parse_all(bytes) {
            scan.take(&payload?)?;
        }
        Ok(scan)
    }

    /// Returns the index of the type of the function `index`.
    pub(super) fn type_of(&self, index: u32) -> Result<u32, RewriteError> {
        let ty = self.function_types.get(index as usize).copied();
        ty.ok_or(RewriteError::DanglingIndex { what: "function", index })
    }

    /// Returns how many parameters the function `index` has.
    pub(super) fn params_of(&self, index: u32) -> Result<u32, RewriteError> {
        let ty = self.type_of(index)?;
        let params = self.params_by_type.get(ty as usize).copied();
        params.ok_or(RewriteError::DanglingIndex { what: "type", index: ty })
    }

    fn take(&mut self, payload: &Payload<'a>) -> Result<(), RewriteError> {
        match payload {
            Payload::Version { encoding: Encoding::Component, .. } => {
                return Err(RewriteError::NotACoreModule);
            }
            Payload::CustomSection(custom) if custom.name() == "name" => self.names.push(custom.range()),
            Payload::CustomSection(_) => return Ok(()),
            Payload::TypeSection(types) => {
                for group in types.clone() {
                    let types = group?.into_types();
                    self.params_by_type.extend(types.map(|ty| match ty.composite_type.inner {
                        CompositeInnerType::Func(func) => count(func.params()),
                        _ => 0,
                    }));
                }
            }
            Payload::ImportSection(imports) => {
                for import in imports.clone().into_imports() {
                    self.take_import(import?.ty);
                }
            }
            Payload::FunctionSection(functions) => {
                for ty in functions.clone() {
                    self.function_types.push(ty?);
                }
            }
            Payload::TableSection(tables) => {
                for table in tables.clone() {
                    self.table64.push(table?.ty.table64);
                }
            }
            Payload::MemorySection(memories) => {
                for memory in memories.clone() {
                    self.memory64.push(memory?.memory64);
                }
            }
            Payload::TagSection(tags) => self.has_tags |= tags.count() > 0,
            Payload::GlobalSection(globals) => {
                self.globals = self.globals.saturating_add(globals.count());
            }
            Payload::ExportSection(exports) => {
                for export in exports.clone() {
                    self.exports.push(export?);
                }
            }
            Payload::StartSection { func, .. } => self.start = Some(*func),
            Payload::CodeSectionEntry(body) => self.bodies.push(body.clone()),
            _ => {}
        }
        match payload.as_section() {
            Some((0, _)) | None => {}
            Some((id, range)) if SECTION_ORDER.contains(&id) => self.sections[usize::from(id)] = Some(range),
            Some((id, _)) => return Err(RewriteError::UnknownSection { id }),
        }
        Ok(())
    }

    fn take_import(&mut self, ty: TypeRef) {
        match ty {
            TypeRef::Func(ty) | TypeRef::FuncExact(ty) => {
                self.function_types.push(ty);
                self.imported_functions += 1;
            }
            TypeRef::Table(table) => self.table64.push(table.table64),
            TypeRef::Memory(memory) => self.memory64.push(memory.memory64),
            TypeRef::Global(_) => self.globals = self.globals.saturating_add(1),
            TypeRef::Tag(_) => self.has_tags = true,
        }
    }
}

/// Returns the length of a list that was read from a binary, where lengths are 32 bits wide.
pub(super) fn count<T>(items: &[T]) -> u32 {
    u32::try_from(items.len()).unwrap_or(u32::MAX)
}

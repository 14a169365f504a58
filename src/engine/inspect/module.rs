//! Reads the sections of a core module.
//!
//! Knows nothing of components; names come from [`super::names`].

use wasmparser::{ConstExpr, DataKind, ExternalKind, FunctionBody, Operator, Parser, Payload, TypeRef};

use super::names::{self, Names};
use super::types::{self, Types};
use super::{Budget, InspectError, next_index, offset};
use crate::model::interface::{
    CustomSection, DataSegment, Definition, Export, ExternType, FunctionInfo, Import, Interface,
};
use crate::model::signature::FuncSignature;

/// Reads the interface of a core module.
pub(super) fn read(wasm: &[u8]) -> Result<Interface, InspectError> {
    let mut names = Names::read(wasm);
    let types = Types::new(std::mem::take(&mut names.types));
    let mut module = Module {
        interface: Interface::default(),
        types,
        exports: Vec::new(),
        next_body: 0,
        budget: Budget::new(),
    };
    for payload in Parser::new(0).parse_all(wasm) {
        module.read_payload(payload?)?;
    }
    module.finish(&names)
}

struct Module<'a> {
    interface: Interface,
    types: Types<'a>,
    /// Exports and their offsets, kept until the names of what they name are known.
    exports: Vec<(usize, wasmparser::Export<'a>)>,
    /// Index of the function whose body comes next.
    next_body: usize,
    budget: Budget,
}

impl<'a> Module<'a> {
    fn read_payload(&mut self, payload: Payload<'a>) -> Result<(), InspectError> {
        match payload {
            Payload::TypeSection(section) => {
                for group in section {
                    self.types.push(group?, &mut self.budget)?;
                }
            }
            Payload::ImportSection(section) => {
                for entry in section.into_imports_with_offsets() {
                    let (at, import) = entry?;
                    self.read_import(at, &import)?;
                }
            }
            Payload::FunctionSection(section) => {
                self.next_body = self.interface.functions.len();
                for entry in section.into_iter_with_offsets() {
                    let (at, ty) = entry?;
                    let signature = self.signature(ty, at)?;
                    self.push_function(signature, false)?;
                }
            }
            Payload::CodeSectionEntry(body) => self.read_body(&body),
            Payload::ExportSection(section) => {
                for entry in section.into_iter_with_offsets() {
                    self.budget.spend(1)?;
                    self.exports.push(entry?);
                }
            }
            Payload::StartSection { func, .. } => self.interface.start = Some(func),
            Payload::CustomSection(section) => {
                self.budget.spend(1)?;
                self.interface.custom_sections.push(CustomSection {
                    name: section.name().to_owned(),
                    bytes: offset(section.data().len()),
                    offset: offset(section.data_offset()),
                });
            }
            other => self.read_definitions(other)?,
        }
        Ok(())
    }

    fn read_definitions(&mut self, payload: Payload<'a>) -> Result<(), InspectError> {
        match payload {
            Payload::TableSection(section) => {
                for entry in section.into_iter_with_offsets() {
                    let (at, table) = entry?;
                    let ty = self.types.table(&table.ty);
                    push(&mut self.interface.tables, ty, false, at, &mut self.budget)?;
                }
            }
            Payload::MemorySection(section) => {
                for entry in section.into_iter_with_offsets() {
                    let (at, ty) = entry?;
                    push(&mut self.interface.memories, types::memory(&ty), false, at, &mut self.budget)?;
                }
            }
            Payload::TagSection(section) => {
                for entry in section.into_iter_with_offsets() {
                    let (at, ty) = entry?;
                    let signature = self.signature(ty.func_type_idx, at)?;
                    push(&mut self.interface.tags, signature, false, at, &mut self.budget)?;
                }
            }
            Payload::GlobalSection(section) => {
                for entry in section.into_iter_with_offsets() {
                    let (at, global) = entry?;
                    let ty = self.types.global(global.ty);
                    push(&mut self.interface.globals, ty, false, at, &mut self.budget)?;
                }
            }
            Payload::DataSection(section) => {
                for segment in section {
                    self.push_data(&segment?)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn read_import(&mut self, at: usize, import: &wasmparser::Import<'_>) -> Result<(), InspectError> {
        let interface = &mut self.interface;
        let budget = &mut self.budget;
        let (index, ty) = match import.ty {
            TypeRef::Func(ty) | TypeRef::FuncExact(ty) => {
                let signature = self.signature(ty, at)?;
                let index = self.push_function(signature, true)?;
                // The signature is filled in at the end, with the names of the parameters.
                (index, ExternType::Func(FuncSignature::default()))
            }
            TypeRef::Table(ty) => {
                let ty = self.types.table(&ty);
                (push(&mut interface.tables, ty.clone(), true, at, budget)?, ExternType::Table(ty))
            }
            TypeRef::Memory(ty) => {
                let ty = types::memory(&ty);
                (push(&mut interface.memories, ty.clone(), true, at, budget)?, ExternType::Memory(ty))
            }
            TypeRef::Global(ty) => {
                let ty = self.types.global(ty);
                (push(&mut interface.globals, ty.clone(), true, at, budget)?, ExternType::Global(ty))
            }
            TypeRef::Tag(ty) => {
                let ty = self.signature(ty.func_type_idx, at)?;
                self.spend_copy(&ty)?;
                let index = push(&mut self.interface.tags, ty.clone(), true, at, &mut self.budget)?;
                (index, ExternType::Tag(ty))
            }
        };
        self.budget.spend(1)?;
        let (module, name) = (import.module.to_owned(), import.name.to_owned());
        self.interface.imports.push(Import { module, name, ty, index, offset: offset(at) });
        Ok(())
    }

    fn signature(&mut self, ty: u32, at: usize) -> Result<FuncSignature, InspectError> {
        let signature = self.types.signature(ty, &mut self.budget)?;
        signature.ok_or(InspectError::UnknownIndex { space: "function type", index: ty, offset: offset(at) })
    }

    fn spend_copy(&mut self, signature: &FuncSignature) -> Result<(), InspectError> {
        self.budget.spend(signature.params.len() + signature.results.len())
    }

    fn push_function(&mut self, signature: FuncSignature, is_imported: bool) -> Result<u32, InspectError> {
        self.budget.spend(1)?;
        let index = next_index(&self.interface.functions);
        self.interface.functions.push(FunctionInfo { name: None, signature, is_imported, body: 0..0 });
        Ok(index)
    }

    fn read_body(&mut self, body: &FunctionBody<'_>) {
        if let Some(function) = self.interface.functions.get_mut(self.next_body) {
            let range = body.range();
            function.body = offset(range.start)..offset(range.end);
        }
        self.next_body = self.next_body.saturating_add(1);
    }

    fn push_data(&mut self, segment: &wasmparser::Data<'_>) -> Result<(), InspectError> {
        self.budget.spend(1)?;
        let (memory, address) = match &segment.kind {
            DataKind::Passive => (None, None),
            DataKind::Active { memory_index, offset_expr } => (Some(*memory_index), constant(offset_expr)),
        };
        let bytes = segment.data.len();
        self.interface.data.push(DataSegment {
            index: next_index(&self.interface.data),
            name: None,
            memory,
            address,
            bytes: offset(bytes),
            offset: offset(segment.range.end.saturating_sub(bytes)),
        });
        Ok(())
    }

    /// Gives everything its name, then fills in what imports and exports share with it.
    fn finish(mut self, names: &Names<'_>) -> Result<Interface, InspectError> {
        let interface = &mut self.interface;
        interface.module_name = names.module.map(str::to_owned);
        names.apply_to_functions(&mut interface.functions);
        names::apply(names.tables.clone(), &mut interface.tables);
        names::apply(names.memories.clone(), &mut interface.memories);
        names::apply(names.globals.clone(), &mut interface.globals);
        names::apply(names.tags.clone(), &mut interface.tags);
        for (index, name) in names::entries(names.data.clone()) {
            if let Some(segment) = names::find(&mut interface.data, index) {
                segment.name = Some(name.to_owned());
            }
        }
        let mut import_offsets = Vec::new();
        for position in 0..self.interface.imports.len() {
            let import = &self.interface.imports[position];
            let index = import.index;
            if matches!(import.ty, ExternType::Func(_)) {
                import_offsets.push(import.offset);
                let signature = self.function(index, import.offset)?.signature.clone();
                self.spend_copy(&signature)?;
                self.interface.imports[position].ty = ExternType::Func(signature);
            }
        }
        for (at, export) in std::mem::take(&mut self.exports) {
            let export = self.export(&export, at, &import_offsets)?;
            self.interface.exports.push(export);
        }
        Ok(self.interface)
    }

    fn function(&self, index: u32, offset: u64) -> Result<&FunctionInfo, InspectError> {
        let function = usize::try_from(index).ok().and_then(|index| self.interface.functions.get(index));
        function.ok_or(InspectError::UnknownIndex { space: "function", index, offset })
    }

    fn export(
        &mut self,
        export: &wasmparser::Export<'_>,
        at: usize,
        import_offsets: &[u64],
    ) -> Result<Export, InspectError> {
        let (index, at) = (export.index, offset(at));
        let (offset, ty) = match export.kind {
            ExternalKind::Func | ExternalKind::FuncExact => {
                let function = self.function(index, at)?;
                let imported = usize::try_from(index).ok().and_then(|index| import_offsets.get(index));
                let offset = imported.copied().unwrap_or(function.body.start);
                let signature = function.signature.clone();
                self.spend_copy(&signature)?;
                (offset, ExternType::Func(signature))
            }
            ExternalKind::Table => {
                let table = definition(&self.interface.tables, "table", index, at)?;
                (table.offset, ExternType::Table(table.ty.clone()))
            }
            ExternalKind::Memory => {
                let memory = definition(&self.interface.memories, "memory", index, at)?;
                (memory.offset, ExternType::Memory(memory.ty.clone()))
            }
            ExternalKind::Global => {
                let global = definition(&self.interface.globals, "global", index, at)?;
                (global.offset, ExternType::Global(global.ty.clone()))
            }
            ExternalKind::Tag => {
                let tag = definition(&self.interface.tags, "tag", index, at)?;
                let (offset, signature) = (tag.offset, tag.ty.clone());
                self.spend_copy(&signature)?;
                (offset, ExternType::Tag(signature))
            }
        };
        Ok(Export { name: export.name.to_owned(), ty, index, offset })
    }
}

fn push<T>(
    list: &mut Vec<Definition<T>>,
    ty: T,
    is_imported: bool,
    at: usize,
    budget: &mut Budget,
) -> Result<u32, InspectError> {
    budget.spend(1)?;
    let index = next_index(list);
    list.push(Definition { index, name: None, ty, is_imported, offset: offset(at) });
    Ok(index)
}

fn definition<'a, T>(
    list: &'a [Definition<T>],
    space: &'static str,
    index: u32,
    offset: u64,
) -> Result<&'a Definition<T>, InspectError> {
    let found = usize::try_from(index).ok().and_then(|index| list.get(index));
    found.ok_or(InspectError::UnknownIndex { space, index, offset })
}

/// Returns the value of an expression that is a single integer; of 32 bits, it is an unsigned address.
fn constant(expression: &ConstExpr<'_>) -> Option<u64> {
    let mut operators = expression.get_operators_reader();
    let value = match operators.read().ok()? {
        Operator::I32Const { value } => u64::from(value.cast_unsigned()),
        Operator::I64Const { value } => value.cast_unsigned(),
        _ => return None,
    };
    matches!(operators.read(), Ok(Operator::End)).then_some(value)
}

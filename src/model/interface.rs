//! What a module or a component offers and asks for, read from its bytes.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::signature::{FuncSignature, ValueType};

/// Kind of a source, sniffed from its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// Core module in the text format.
    ModuleText,
    /// Core module in the binary format.
    ModuleBinary,
    /// Component in the text format.
    ComponentText,
    /// Component in the binary format.
    ComponentBinary,
}

impl SourceKind {
    /// Tells whether the source is a component rather than a core module.
    pub fn is_component(self) -> bool {
        matches!(self, Self::ComponentText | Self::ComponentBinary)
    }

    /// Tells whether the source is text rather than a binary.
    pub fn is_text(self) -> bool {
        matches!(self, Self::ModuleText | Self::ComponentText)
    }
}

/// Smallest and largest size of a memory or table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SizeRange {
    /// Size at the start: pages of a memory, elements of a table.
    pub minimum: u64,
    /// Size that growth never passes; `None` when the module sets no maximum.
    pub maximum: Option<u64>,
}

/// Type of a linear memory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MemoryType {
    /// Size in pages of `page_size` bytes.
    pub pages: SizeRange,
    /// Whether addresses are 64 bits wide.
    pub is_64: bool,
    /// Whether several threads may share it.
    pub is_shared: bool,
    /// Bytes in a page, 65,536 unless the module says otherwise.
    pub page_size: u64,
}

/// Type of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableType {
    /// Size in elements.
    pub elements: SizeRange,
    /// Type of each element.
    pub element: ValueType,
    /// Whether indices are 64 bits wide.
    pub is_64: bool,
}

/// Type of a global.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GlobalType {
    /// Type of its value.
    pub content: ValueType,
    /// Whether code may change it.
    pub is_mutable: bool,
}

/// What an import or export is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExternType {
    /// Function of a core module.
    Func(FuncSignature),
    /// Linear memory.
    Memory(MemoryType),
    /// Table.
    Table(TableType),
    /// Global.
    Global(GlobalType),
    /// Exception tag with its parameters.
    Tag(FuncSignature),
    /// Item of a component, as WIT or the component text format writes its type.
    Component(String),
}

/// One import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Name of the module that provides it; for a component the whole interface name.
    pub module: String,
    /// Name within that module; empty for a component.
    pub name: String,
    /// What is asked for.
    pub ty: ExternType,
    /// Index in the index space of its kind.
    pub index: u32,
    /// Offset of the entry in the binary.
    pub offset: u64,
}

/// One export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// Name under which it is offered.
    pub name: String,
    /// What is offered.
    pub ty: ExternType,
    /// Index in the index space of its kind.
    pub index: u32,
    /// Offset of its definition in the binary: of the function's body, the memory's entry and so on;
    /// of the import's entry when it is re-exported.
    pub offset: u64,
}

/// A memory, table, global or tag in its index space, imported ones included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition<T> {
    /// Index in its index space.
    pub index: u32,
    /// Name from the name section, without the `$`.
    pub name: Option<String>,
    /// Its type.
    pub ty: T,
    /// Whether it comes from outside.
    pub is_imported: bool,
    /// Offset of its entry in the binary.
    pub offset: u64,
}

/// One function in the function index space, imported ones included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionInfo {
    /// Name from the name section, without the `$`.
    pub name: Option<String>,
    /// Parameters, with names where the module has them, and results.
    pub signature: FuncSignature,
    /// Whether it comes from outside.
    pub is_imported: bool,
    /// Bytes of its body in the binary, from its size field's end; empty for an import.
    pub body: Range<u64>,
}

/// One data segment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DataSegment {
    /// Index of the segment.
    pub index: u32,
    /// Name from the name section, without the `$`.
    pub name: Option<String>,
    /// Memory that it is copied to at instantiation; `None` for a passive segment.
    pub memory: Option<u32>,
    /// Address where it is copied to, when that is a constant.
    pub address: Option<u64>,
    /// Length in bytes.
    pub bytes: u64,
    /// Offset of its bytes in the binary.
    pub offset: u64,
}

/// One custom section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CustomSection {
    /// Name of the section.
    pub name: String,
    /// Length of its content in bytes.
    pub bytes: u64,
    /// Offset of its content in the binary.
    pub offset: u64,
}

/// Everything that can be seen of a plugin without running it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Interface {
    /// Name of the module from the name section, without the `$`.
    pub module_name: Option<String>,
    /// Imports in order.
    pub imports: Vec<Import>,
    /// Exports in order.
    pub exports: Vec<Export>,
    /// All functions by index.
    pub functions: Vec<FunctionInfo>,
    /// All memories by index.
    pub memories: Vec<Definition<MemoryType>>,
    /// All tables by index.
    pub tables: Vec<Definition<TableType>>,
    /// All globals by index.
    pub globals: Vec<Definition<GlobalType>>,
    /// All tags by index.
    pub tags: Vec<Definition<FuncSignature>>,
    /// Index of the start function.
    pub start: Option<u32>,
    /// Data segments in order.
    pub data: Vec<DataSegment>,
    /// Custom sections in order.
    pub custom_sections: Vec<CustomSection>,
    /// Interface of a component as WIT text; `None` for a core module.
    pub wit: Option<String>,
}

impl Interface {
    /// Finds the exported function of that name: its index and signature.
    pub fn exported_function(&self, name: &str) -> Option<(u32, &FuncSignature)> {
        self.exports.iter().find_map(|export| match &export.ty {
            ExternType::Func(signature) if export.name == name => Some((export.index, signature)),
            _ => None,
        })
    }

    /// Lists the exported functions: name, index and signature.
    pub fn exported_functions(&self) -> impl Iterator<Item = (&str, u32, &FuncSignature)> {
        self.exports.iter().filter_map(|export| match &export.ty {
            ExternType::Func(signature) => Some((export.name.as_str(), export.index, signature)),
            _ => None,
        })
    }

    /// Returns the name under which a memory is exported, if it is.
    pub fn memory_export(&self, index: u32) -> Option<String> {
        let is_it = |export: &&Export| export.index == index && matches!(export.ty, ExternType::Memory(_));
        self.exports.iter().find(is_it).map(|export| export.name.clone())
    }

    /// Returns how a function is called on screen: its name with `$`, its export in quotes, or `func 7`.
    pub fn function_label(&self, index: u32) -> String {
        if let Some(name) = self.functions.get(index as usize).and_then(|function| function.name.as_ref()) {
            return format!("${name}");
        }
        let exported = self
            .exports
            .iter()
            .find(|export| export.index == index && matches!(export.ty, ExternType::Func(_)));
        match exported {
            Some(export) => format!("\"{}\"", export.name),
            None => format!("func {index}"),
        }
    }
}

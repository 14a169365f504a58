//! What a binary is made of, in bytes.
//!
//! Knows no binary format: somebody read it. The fields are the keys of the document that `sizes` prints.

use serde::Serialize;

/// What a binary is made of. The sections that are within no other add up to the whole.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ModuleSizes {
    /// Size of the whole.
    pub bytes: u64,
    /// Whether it is a component.
    pub is_component: bool,
    /// All sections in the order of the binary, the preamble first.
    pub sections: Vec<SectionSize>,
    /// All functions with code, in the order of the binary.
    pub functions: Vec<FunctionSize>,
    /// All data segments, in the order of the binary.
    pub data: Vec<DataSize>,
}

/// Size of a section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SectionSize {
    /// What it is, such as `code`; `preamble` for the magic number and the version.
    pub kind: &'static str,
    /// Name of a custom section.
    pub name: Option<String>,
    /// Where its header begins.
    pub offset: u64,
    /// Its size, header included.
    pub bytes: u64,
    /// How many items it has, where the format counts them.
    pub items: Option<u32>,
    /// The section that it is within, by its place in the list: that of a module in a component.
    pub within: Option<usize>,
}

/// Size of a function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FunctionSize {
    /// Index in its module.
    pub index: u32,
    /// Name from the name section.
    pub name: Option<String>,
    /// Where its entry begins, with the size of the body.
    pub offset: u64,
    /// Size of its entry.
    pub bytes: u64,
    /// Its module among those of a component, from 0.
    pub module: u32,
}

/// Size of a data segment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DataSize {
    /// Index in its module.
    pub index: u32,
    /// Name from the name section.
    pub name: Option<String>,
    /// Where its entry begins.
    pub offset: u64,
    /// Size of its entry.
    pub bytes: u64,
    /// Memory that it is written to at the start; `None` for a passive one.
    pub memory: Option<u32>,
    /// Address that it is written to, where that is a constant.
    pub address: Option<u64>,
    /// Its module among those of a component, from 0.
    pub module: u32,
}

impl ModuleSizes {
    /// Lists the sections that are within no other.
    pub fn outermost(&self) -> impl Iterator<Item = &SectionSize> {
        self.sections.iter().filter(|section| section.within.is_none())
    }

    /// Lists the custom sections.
    pub fn custom_sections(&self) -> impl Iterator<Item = &SectionSize> {
        self.sections.iter().filter(|section| section.kind == "custom")
    }
}

impl SectionSize {
    /// Returns what it is, with the name of a custom section.
    pub fn label(&self) -> String {
        match &self.name {
            Some(name) => format!("{} {name}", self.kind),
            None => self.kind.to_owned(),
        }
    }
}

impl FunctionSize {
    /// Returns its name, or `func 7`.
    pub fn label(&self) -> String {
        let name = self.name.as_deref().filter(|name| !name.is_empty());
        name.map_or_else(|| format!("func {}", self.index), super::signature::id)
    }
}

impl DataSize {
    /// Returns its name, or `data 7`.
    pub fn label(&self) -> String {
        let name = self.name.as_deref().filter(|name| !name.is_empty());
        name.map_or_else(|| format!("data {}", self.index), super::signature::id)
    }
}

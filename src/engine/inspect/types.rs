//! Turns the types of a binary into those that the other layers speak of.
//!
//! Knows nothing of sections or index spaces, the types' own aside.

use std::collections::HashMap;

use wasmparser::{CompositeInnerType, FuncType, HeapType, RecGroup, RefType, UnpackedIndex, ValType};

use super::{Budget, InspectError};
use crate::model::interface::{GlobalType, MemoryType, SizeRange, TableType};
use crate::model::signature::{FuncSignature, Param, ValueType, id};

/// Names longer than this are not written into types, which may repeat them a thousand times.
const LONGEST_TYPE_NAME: usize = 60;

/// The type index space of a module.
pub(super) struct Types<'a> {
    functions: Vec<Option<FuncType>>,
    names: HashMap<u32, &'a str>,
}

impl<'a> Types<'a> {
    pub(super) fn new(names: HashMap<u32, &'a str>) -> Self {
        Self { functions: Vec::new(), names }
    }

    /// Appends the types of a group; only functions are looked at later.
    pub(super) fn push(&mut self, group: RecGroup, budget: &mut Budget) -> Result<(), InspectError> {
        for ty in group.into_types() {
            budget.spend(1)?;
            self.functions.push(match ty.composite_type.inner {
                CompositeInnerType::Func(function) => Some(function),
                CompositeInnerType::Array(_)
                | CompositeInnerType::Struct(_)
                | CompositeInnerType::Cont(_) => None,
            });
        }
        Ok(())
    }

    /// Returns the signature that a type index stands for; `None` when it is no function's.
    pub(super) fn signature(
        &self,
        index: u32,
        budget: &mut Budget,
    ) -> Result<Option<FuncSignature>, InspectError> {
        let Some(Some(ty)) = usize::try_from(index).ok().and_then(|index| self.functions.get(index)) else {
            return Ok(None);
        };
        budget.spend(ty.params().len() + ty.results().len())?;
        Ok(Some(FuncSignature {
            params: ty.params().iter().map(|ty| Param { name: None, ty: self.value(*ty) }).collect(),
            results: ty.results().iter().map(|ty| self.value(*ty)).collect(),
        }))
    }

    pub(super) fn value(&self, ty: ValType) -> ValueType {
        match ty {
            ValType::I32 => ValueType::I32,
            ValType::I64 => ValueType::I64,
            ValType::F32 => ValueType::F32,
            ValType::F64 => ValueType::F64,
            ValType::V128 => ValueType::V128,
            ValType::Ref(ty) => self.reference(ty),
        }
    }

    pub(super) fn table(&self, ty: &wasmparser::TableType) -> TableType {
        TableType {
            elements: SizeRange { minimum: ty.initial, maximum: ty.maximum },
            element: self.reference(ty.element_type),
            is_64: ty.table64,
        }
    }

    pub(super) fn global(&self, ty: wasmparser::GlobalType) -> GlobalType {
        GlobalType { content: self.value(ty.content_type), is_mutable: ty.mutable }
    }

    fn reference(&self, ty: RefType) -> ValueType {
        let (index, is_exact) = match ty.heap_type() {
            _ if ty == RefType::FUNCREF => return ValueType::FuncRef,
            _ if ty == RefType::EXTERNREF => return ValueType::ExternRef,
            HeapType::Abstract { .. } => return ValueType::OtherRef(ty.to_string()),
            HeapType::Concrete(index) => (index, false),
            HeapType::Exact(index) => (index, true),
        };
        let null = if ty.is_nullable() { "null " } else { "" };
        let name = match index {
            UnpackedIndex::Module(index) => match self.names.get(&index) {
                Some(name) if name.len() <= LONGEST_TYPE_NAME => id(name),
                _ => index.to_string(),
            },
            other => other.to_string(),
        };
        let name = if is_exact { format!("(exact {name})") } else { name };
        ValueType::OtherRef(format!("(ref {null}{name})"))
    }
}

pub(super) fn memory(ty: &wasmparser::MemoryType) -> MemoryType {
    MemoryType {
        pages: SizeRange { minimum: ty.initial, maximum: ty.maximum },
        is_64: ty.memory64,
        is_shared: ty.shared,
        page_size: 1_u64.checked_shl(ty.page_size_log2.unwrap_or(16)).unwrap_or(u64::MAX),
    }
}

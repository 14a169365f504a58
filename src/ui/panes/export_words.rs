//! How each thing that a module offers, asks for or defines is named, signed and explained.
//!
//! Knows no widgets and no lists.

use super::definition::Definition;
use super::export_list::Group;
use crate::engine::front::DefinitionKind;
use crate::model::humanize;
use crate::model::interface::{ExternType, GlobalType, Import, Interface, MemoryType, SizeRange, TableType};
use crate::model::memory::GlobalValue;
use crate::model::signature::{FuncSignature, id};
use crate::ui::icons;

/// What a line says of an item.
#[derive(Debug, Clone)]
pub(super) struct ItemLook {
    pub(super) icon: &'static str,
    pub(super) name: String,
    pub(super) right: String,
    pub(super) hover: String,
    pub(super) definition: Option<Definition>,
}

/// Describes an item of a group by its place there.
pub(super) fn item_look(
    interface: &Interface,
    group: Group,
    index: usize,
    globals: &[GlobalValue],
) -> Option<ItemLook> {
    Some(match group {
        Group::Exports => {
            let export = interface.exports.get(index)?;
            let definition = Definition::of_extern(&export.ty, export.index, export.offset);
            extern_look(&export.ty, export.name.clone(), export.index, interface, globals, definition)
        }
        Group::Imports => {
            let import = interface.imports.get(index)?;
            let kind = DefinitionKind::Import;
            let definition =
                Definition { kind, index: u32::try_from(index).unwrap_or(u32::MAX), offset: import.offset };
            let name = import_name(import);
            let definition = Some(definition).filter(|_| interface.wit.is_none());
            extern_look(&import.ty, name, import.index, interface, globals, definition)
        }
        Group::Functions => function_look(interface, u32::try_from(index).ok()?)?,
        Group::Memories => {
            let memory = interface.memories.get(index)?;
            let name = name_of(memory.name.as_deref(), memory.index);
            let ty = ExternType::Memory(memory.ty.clone());
            let definition = Definition::of_extern(&ty, memory.index, memory.offset);
            extern_look(&ty, name, memory.index, interface, globals, definition)
        }
        Group::Tables => {
            let table = interface.tables.get(index)?;
            let name = name_of(table.name.as_deref(), table.index);
            let ty = ExternType::Table(table.ty.clone());
            let definition = Definition::of_extern(&ty, table.index, table.offset);
            extern_look(&ty, name, table.index, interface, globals, definition)
        }
        Group::Globals => {
            let global = interface.globals.get(index)?;
            let name = name_of(global.name.as_deref(), global.index);
            let ty = ExternType::Global(global.ty.clone());
            let definition = Definition::of_extern(&ty, global.index, global.offset);
            extern_look(&ty, name, global.index, interface, globals, definition)
        }
        Group::Tags => {
            let tag = interface.tags.get(index)?;
            let name = name_of(tag.name.as_deref(), tag.index);
            let ty = ExternType::Tag(tag.ty.clone());
            let definition = Definition::of_extern(&ty, tag.index, tag.offset);
            extern_look(&ty, name, tag.index, interface, globals, definition)
        }
        Group::Start => {
            let look = function_look(interface, interface.start?)?;
            ItemLook { icon: icons::FLAG, right: "runs at instantiation".to_owned(), ..look }
        }
        Group::Data => data_look(interface, index)?,
        Group::CustomSections => {
            let section = interface.custom_sections.get(index)?;
            ItemLook {
                icon: icons::PACKAGE,
                name: section.name.clone(),
                right: humanize::bytes(section.bytes),
                hover: format!(
                    "{} bytes at offset {:#x} of the binary",
                    humanize::grouped(section.bytes),
                    section.offset
                ),
                definition: None,
            }
        }
    })
}

/// Names an import as `module.name`; for a component the name of its interface.
pub(super) fn import_name(import: &Import) -> String {
    if import.name.is_empty() { import.module.clone() } else { format!("{}.{}", import.module, import.name) }
}

fn extern_look(
    ty: &ExternType,
    name: String,
    index: u32,
    interface: &Interface,
    globals: &[GlobalValue],
    definition: Option<Definition>,
) -> ItemLook {
    let (icon, right, hover) = match ty {
        ExternType::Func(signature) => {
            (icons::FUNCTION, signature.to_string(), function_hover(interface, index, signature))
        }
        ExternType::Memory(memory) => (icons::ROWS, memory_text(memory), memory_hover(memory, index)),
        ExternType::Table(table) => (icons::TABLE, table_text(table), table_hover(table, index)),
        ExternType::Global(global) => {
            let value = globals.iter().find(|value| value.index == index);
            let text = match value {
                Some(value) => format!("{} = {}", global_text(global), value.value),
                None => global_text(global),
            };
            (icons::GLOBE, text, global_hover(global, index))
        }
        ExternType::Tag(signature) => {
            (icons::TAG, signature.to_string(), format!("exception tag {index}: {}", signature.with_names()))
        }
        ExternType::Component(text) => (icons::PUZZLE_PIECE, text.clone(), text.clone()),
    };
    ItemLook { icon, name, right, hover, definition }
}

fn function_look(interface: &Interface, index: u32) -> Option<ItemLook> {
    let function = interface.functions.get(index as usize)?;
    let kind = DefinitionKind::Func;
    let definition = Definition { kind, index, offset: function.body.start };
    Some(ItemLook {
        icon: icons::FUNCTION,
        name: function.name.as_deref().map_or_else(|| interface.function_label(index), id),
        right: function.signature.to_string(),
        hover: function_hover(interface, index, &function.signature),
        definition: Some(definition).filter(|_| !function.is_imported),
    })
}

fn function_hover(interface: &Interface, index: u32, signature: &FuncSignature) -> String {
    let mut lines = vec![signature.with_names()];
    let function = interface.functions.get(index as usize);
    let name = function.and_then(|function| function.name.as_deref()).map(id);
    let body = function.map(|function| function.body.end - function.body.start).filter(|bytes| *bytes > 0);
    let body = match body {
        Some(bytes) => format!("{} of code", plural(bytes, "byte", "bytes")),
        None => "imported".to_owned(),
    };
    if function.is_some() {
        let name = name.map(|name| format!("{name}, ")).unwrap_or_default();
        lines.push(format!("{name}function {index}, {body}"));
    }
    lines.join("\n")
}

fn data_look(interface: &Interface, index: usize) -> Option<ItemLook> {
    let segment = interface.data.get(index)?;
    let at = match (segment.memory, segment.address) {
        (Some(_), Some(address)) => format!("at {address:#x}"),
        (Some(_), None) => "at a computed address".to_owned(),
        (None, _) => "passive".to_owned(),
    };
    let kind = DefinitionKind::Data;
    let bytes = plural(segment.bytes, "byte", "bytes");
    let memory = segment.memory.map(|memory| format!(", memory {memory}")).unwrap_or_default();
    Some(ItemLook {
        icon: icons::DATABASE,
        name: name_of(segment.name.as_deref(), segment.index),
        right: format!("{} {at}", humanize::bytes(segment.bytes)),
        hover: format!("{bytes} {at}{memory}, offset {:#x} of the binary", segment.offset),
        definition: Some(Definition { kind, index: segment.index, offset: segment.offset }),
    })
}

fn memory_text(memory: &MemoryType) -> String {
    let bits = if memory.is_64 { ", i64" } else { "" };
    let shared = if memory.is_shared { ", shared" } else { "" };
    let unit = if memory.pages == (SizeRange { minimum: 1, maximum: Some(1) }) { "page" } else { "pages" };
    format!("{} {unit}{bits}{shared}", range_text(&memory.pages))
}

fn memory_hover(memory: &MemoryType, index: u32) -> String {
    let size = |pages: u64| {
        let bytes = humanize::binary_bytes(pages.saturating_mul(memory.page_size));
        format!("{} ({bytes})", plural(pages, "page", "pages"))
    };
    let most = match memory.pages.maximum {
        Some(maximum) => format!("at most {}", size(maximum)),
        None => "no maximum of its own".to_owned(),
    };
    format!("memory {index}: {} at the start, {most}", size(memory.pages.minimum))
}

fn table_text(table: &TableType) -> String {
    format!("{} {}", range_text(&table.elements), table.element)
}

fn table_hover(table: &TableType, index: u32) -> String {
    let most = match table.elements.maximum {
        Some(maximum) => format!("at most {}", plural(maximum, "element", "elements")),
        None => "no maximum of its own".to_owned(),
    };
    let start = plural(table.elements.minimum, "element", "elements");
    format!("table {index} of {}: {start} at the start, {most}", table.element)
}

fn global_text(global: &GlobalType) -> String {
    if global.is_mutable { format!("mut {}", global.content) } else { global.content.to_string() }
}

fn global_hover(global: &GlobalType, index: u32) -> String {
    let change = if global.is_mutable { "code may change it" } else { "constant" };
    format!("global {index} of type {}, {change}", global.content)
}

/// Writes `1 … 16`, `1 … ∞` without a maximum, `4` where it never grows.
fn range_text(range: &SizeRange) -> String {
    let minimum = humanize::grouped(range.minimum);
    match range.maximum {
        Some(maximum) if maximum == range.minimum => minimum,
        Some(maximum) => format!("{minimum} … {}", humanize::grouped(maximum)),
        None => format!("{minimum} … ∞"),
    }
}

fn name_of(name: Option<&str>, index: u32) -> String {
    name.map_or_else(|| index.to_string(), id)
}

fn plural(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", humanize::grouped(count), if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_say_where_they_start_and_end() {
        for (minimum, maximum, text) in
            [(1, Some(16), "1 … 16"), (1, None, "1 … ∞"), (4, Some(4), "4"), (1000, None, "1\u{202f}000 … ∞")]
        {
            assert_eq!(range_text(&SizeRange { minimum, maximum }), text);
        }
    }
}

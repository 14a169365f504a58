//! The JSON document of `inspect`, and types in the syntax of WebAssembly's text format.
//!
//! Keys are stable: scripts rely on them. Knows no files and hashes nothing.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use super::interface::{ExternType, Interface, MemoryType, SizeRange, SourceKind, TableType};
use super::signature::{FuncSignature, id};

/// Returns the document of `inspect`; `sha256` is that of the binary, in hexadecimal.
pub fn to_json(kind: SourceKind, interface: &Interface, sha256: &str) -> Json {
    let mut document = json!({
        "kind": kind,
        "imports": imports(interface),
        "exports": exports(interface),
        "memories": memories(interface),
        "tables": tables(interface),
        "globals": globals(interface),
        "start": interface.start.map(|index| json!({
            "index": index,
            "name": usize::try_from(index).ok().and_then(|index| interface.functions.get(index)?.name.as_ref()),
        })),
        "data": interface.data,
        "custom_sections": interface.custom_sections,
        "sha256": sha256,
    });
    if let Some(wit) = &interface.wit {
        document["wit"] = json!(wit);
    }
    document
}

/// Writes a type in the syntax of the text format, such as `(func (param $a i32) (result i32))`.
///
/// Types of components are written as WIT writes them.
pub fn type_text(ty: &ExternType) -> String {
    match ty {
        ExternType::Func(signature) => format!("(func{})", signature_text(signature)),
        ExternType::Memory(memory) => memory_text(memory),
        ExternType::Table(table) => table_text(table),
        ExternType::Global(global) if global.is_mutable => format!("(global (mut {}))", global.content),
        ExternType::Global(global) => format!("(global {})", global.content),
        ExternType::Tag(signature) => format!("(tag{})", signature_text(signature)),
        ExternType::Component(text) => text.clone(),
    }
}

/// Returns the word for the kind of an import or export.
pub fn kind_word(ty: &ExternType) -> &'static str {
    match ty {
        ExternType::Func(_) => "func",
        ExternType::Memory(_) => "memory",
        ExternType::Table(_) => "table",
        ExternType::Global(_) => "global",
        ExternType::Tag(_) => "tag",
        ExternType::Component(_) => "component",
    }
}

fn imports(interface: &Interface) -> Vec<Json> {
    let entry = |import: &super::interface::Import| {
        json!({
            "module": import.module,
            "name": import.name,
            "kind": kind_word(&import.ty),
            "type": type_text(&import.ty),
        })
    };
    interface.imports.iter().map(entry).collect()
}

fn exports(interface: &Interface) -> Vec<Json> {
    let entry = |export: &super::interface::Export| json!({ "name": export.name, "kind": kind_word(&export.ty), "type": type_text(&export.ty) });
    interface.exports.iter().map(entry).collect()
}

fn memories(interface: &Interface) -> Vec<Json> {
    let entry = |memory: &super::interface::Definition<MemoryType>| {
        json!({
            "index": memory.index,
            "name": memory.name,
            "type": memory_text(&memory.ty),
            "minimum": memory.ty.pages.minimum,
            "maximum": memory.ty.pages.maximum,
            "page_size": memory.ty.page_size,
            "imported": memory.is_imported,
        })
    };
    interface.memories.iter().map(entry).collect()
}

fn tables(interface: &Interface) -> Vec<Json> {
    let entry = |table: &super::interface::Definition<TableType>| {
        json!({
            "index": table.index,
            "name": table.name,
            "type": table_text(&table.ty),
            "minimum": table.ty.elements.minimum,
            "maximum": table.ty.elements.maximum,
            "imported": table.is_imported,
        })
    };
    interface.tables.iter().map(entry).collect()
}

fn globals(interface: &Interface) -> Vec<Json> {
    let entry = |global: &super::interface::Definition<super::interface::GlobalType>| {
        json!({
            "index": global.index,
            "name": global.name,
            "type": type_text(&ExternType::Global(global.ty.clone())),
            "mutable": global.ty.is_mutable,
            "imported": global.is_imported,
        })
    };
    interface.globals.iter().map(entry).collect()
}

/// Writes parameters and results, each with a space before it.
fn signature_text(signature: &FuncSignature) -> String {
    let mut text = String::new();
    for param in &signature.params {
        let name = param.name.as_deref().map_or_else(String::new, |name| format!("{} ", id(name)));
        write!(text, " (param {name}{})", param.ty).expect("writing to a string does not fail");
    }
    for result in &signature.results {
        write!(text, " (result {result})").expect("writing to a string does not fail");
    }
    text
}

fn memory_text(memory: &MemoryType) -> String {
    let width = if memory.is_64 { "i64 " } else { "" };
    let shared = if memory.is_shared { " shared" } else { "" };
    let page_size =
        if memory.page_size == 65_536 { String::new() } else { format!(" (pagesize {})", memory.page_size) };
    format!("(memory {width}{}{shared}{page_size})", size_text(memory.pages))
}

fn table_text(table: &TableType) -> String {
    let width = if table.is_64 { "i64 " } else { "" };
    format!("(table {width}{} {})", size_text(table.elements), table.element)
}

fn size_text(size: SizeRange) -> String {
    match size.maximum {
        Some(maximum) => format!("{} {maximum}", size.minimum),
        None => size.minimum.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::interface::{Export, FunctionInfo, GlobalType, Import};
    use crate::model::signature::{Param, ValueType};

    fn add() -> FuncSignature {
        let param = |name: Option<&str>| Param { name: name.map(str::to_owned), ty: ValueType::I32 };
        FuncSignature {
            params: vec![param(Some("a")), param(Some("b c")), param(None)],
            results: vec![ValueType::I64],
        }
    }

    #[test]
    fn types_are_written_in_the_syntax_of_the_text_format() {
        let pages = SizeRange { minimum: 1, maximum: Some(16) };
        let memory = MemoryType { pages, is_64: false, is_shared: false, page_size: 65_536 };
        let odd = MemoryType { is_64: true, is_shared: true, page_size: 1, ..memory.clone() };
        let elements = SizeRange { minimum: 10, maximum: None };
        let table =
            TableType { elements, element: ValueType::OtherRef("(ref null 3)".to_owned()), is_64: false };
        let global = |is_mutable| ExternType::Global(GlobalType { content: ValueType::F64, is_mutable });
        let cases = [
            (ExternType::Func(add()), r#"(func (param $a i32) (param $"b c" i32) (param i32) (result i64))"#),
            (ExternType::Func(FuncSignature::default()), "(func)"),
            (ExternType::Memory(memory), "(memory 1 16)"),
            (ExternType::Memory(odd), "(memory i64 1 16 shared (pagesize 1))"),
            (ExternType::Table(table), "(table 10 (ref null 3))"),
            (global(false), "(global f64)"),
            (global(true), "(global (mut f64))"),
            (ExternType::Tag(FuncSignature::default()), "(tag)"),
            (ExternType::Component("func() -> u32".to_owned()), "func() -> u32"),
        ];
        for (ty, text) in cases {
            assert_eq!(type_text(&ty), text);
        }
    }

    #[test]
    fn the_document_has_exactly_the_keys_that_scripts_rely_on() {
        let ty = ExternType::Func(add());
        let mut interface = Interface {
            imports: vec![Import {
                module: "env".to_owned(),
                name: "log".to_owned(),
                ty: ty.clone(),
                index: 0,
                offset: 9,
            }],
            exports: vec![Export { name: "add".to_owned(), ty, index: 0, offset: 9 }],
            functions: vec![FunctionInfo {
                name: Some("main".to_owned()),
                signature: add(),
                is_imported: true,
                body: 0..0,
            }],
            start: Some(0),
            ..Interface::default()
        };
        let document = to_json(SourceKind::ModuleText, &interface, "ab12");
        let keys: Vec<&str> = document.as_object().expect("an object").keys().map(String::as_str).collect();
        let mut expected = [
            "kind",
            "imports",
            "exports",
            "memories",
            "tables",
            "globals",
            "start",
            "data",
            "custom_sections",
            "sha256",
        ];
        expected.sort_unstable();
        assert_eq!(keys, expected);
        assert_eq!(document["kind"], "module_text");
        assert_eq!(document["start"], json!({ "index": 0, "name": "main" }));
        assert_eq!(document["imports"][0]["module"], "env");
        assert_eq!(document["imports"][0]["name"], "log");
        assert_eq!(document["exports"][0]["kind"], "func");
        assert_eq!(
            document["exports"][0]["type"],
            r#"(func (param $a i32) (param $"b c" i32) (param i32) (result i64))"#
        );
        interface.wit = Some("package a:b;".to_owned());
        assert_eq!(to_json(SourceKind::ComponentBinary, &interface, "")["wit"], "package a:b;");
    }
}

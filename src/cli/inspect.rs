//! The verb `inspect`: shows what a source offers and asks for, without compiling or running it.
//!
//! Decides no exit code and prints no failure: both are the dispatcher's.

use std::ffi::OsString;

use sha2::{Digest, Sha256};

use super::args::parse_inspect;
use super::failure::Failure;
use super::output::{printable, printable_line};
use super::{Status, output, unwritable};
use crate::engine::front::{self, FrontOutput, SizeCaps};
use crate::engine::inspect::inspect;
use crate::model::humanize::bytes;
use crate::model::interface::{ExternType, Interface, SourceKind};
use crate::model::interface_json::{to_json, type_text};
use crate::model::signature::id;

/// Shows what the words ask for.
///
/// # Errors
///
/// Fails when the words are wrong or the source can't be read or is not valid.
pub(super) fn execute(words: &[OsString]) -> Result<Status, Failure> {
    let args = parse_inspect(words)?;
    let source = args.input.read()?;
    let checked = front::check(&source.bytes, &SizeCaps::default(), front::default_features())
        .map_err(|failure| Failure::of_source(source.file.clone(), failure.diagnostics))?;
    let interface = inspect(&checked.wasm).map_err(|err| Failure::new(err.to_string()))?;
    let sha256 = Sha256::digest(&checked.wasm).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let text = if args.json {
        format!("{:#}\n", to_json(checked.kind, &interface, &sha256))
    } else {
        to_text(&checked, &interface, &sha256)
    };
    output::to_stdout(&text).map_err(|err| unwritable(&err))?;
    Ok(Status::Good)
}

fn to_text(checked: &FrontOutput, interface: &Interface, sha256: &str) -> String {
    let mut text = format!("{}, {} of wasm\n", kind_text(checked.kind), bytes(checked.wasm.len() as u64));
    text += &format!("sha256 {sha256}\n");
    if let Some(name) = &interface.module_name {
        text += &format!("module {}\n", id(name));
    }
    if let Some(wit) = &interface.wit {
        return text + &format!("\n{}\n", printable(wit.trim_end()));
    }
    let imports = interface.imports.iter();
    list(&mut text, "imports", imports.map(|it| (format!("{}.{}", it.module, it.name), type_text(&it.ty))));
    let exports = interface.exports.iter();
    list(&mut text, "exports", exports.map(|it| (it.name.clone(), type_text(&it.ty))));
    definitions(&mut text, interface);
    if let Some(start) = interface.start {
        list(&mut text, "start", std::iter::once((interface.function_label(start), format!("func {start}"))));
    }
    let data = interface.data.iter().map(|segment| {
        let name = label(segment.index, segment.name.as_deref());
        let target = match (segment.memory, segment.address) {
            (Some(memory), Some(address)) => format!(" to memory {memory} at {address:#x}"),
            (Some(memory), None) => format!(" to memory {memory}"),
            (None, _) => ", passive".to_owned(),
        };
        (name, format!("{}{target}", bytes(segment.bytes)))
    });
    list(&mut text, "data", data);
    let sections = interface.custom_sections.iter();
    list(&mut text, "custom sections", sections.map(|section| (section.name.clone(), bytes(section.bytes))));
    text
}

/// Lists memories, tables, globals and tags by index.
fn definitions(text: &mut String, interface: &Interface) {
    let origin = |is_imported: bool| if is_imported { ", imported" } else { "" };
    let line = |index, name: Option<&str>, ty: ExternType, is_imported| {
        (label(index, name), type_text(&ty) + origin(is_imported))
    };
    let memories = interface.memories.iter();
    list(
        text,
        "memories",
        memories
            .map(|it| line(it.index, it.name.as_deref(), ExternType::Memory(it.ty.clone()), it.is_imported)),
    );
    let tables = interface.tables.iter();
    list(
        text,
        "tables",
        tables.map(|it| line(it.index, it.name.as_deref(), ExternType::Table(it.ty.clone()), it.is_imported)),
    );
    let globals = interface.globals.iter();
    list(
        text,
        "globals",
        globals
            .map(|it| line(it.index, it.name.as_deref(), ExternType::Global(it.ty.clone()), it.is_imported)),
    );
    let tags = interface.tags.iter();
    list(
        text,
        "tags",
        tags.map(|it| line(it.index, it.name.as_deref(), ExternType::Tag(it.ty.clone()), it.is_imported)),
    );
}

/// Writes a headed list of two columns, unless it is empty.
fn list(text: &mut String, head: &str, rows: impl Iterator<Item = (String, String)>) {
    const WIDEST: usize = 32;
    let rows: Vec<_> = rows.map(|(left, right)| (printable_line(&left), printable_line(&right))).collect();
    let width = rows.iter().map(|(left, _)| left.chars().count()).max().unwrap_or(0).min(WIDEST);
    for (index, (left, right)) in rows.iter().enumerate() {
        if index == 0 {
            *text += &format!("\n{head}\n");
        }
        *text += &format!("  {left:width$}  {right}\n");
    }
}

fn label(index: u32, name: Option<&str>) -> String {
    name.map_or_else(|| index.to_string(), |name| format!("{index} {}", id(name)))
}

fn kind_text(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::ModuleText => "module, text",
        SourceKind::ModuleBinary => "module, binary",
        SourceKind::ComponentText => "component, text",
        SourceKind::ComponentBinary => "component, binary",
    }
}

//! The verb `inspect`: shows what a source offers and asks for, without compiling or running it.
//!
//! Decides no exit code and prints no failure: both are the dispatcher's.

use std::ffi::OsString;

use sha2::{Digest, Sha256};

use super::args::{Input, no_input, take_input};
use super::engine_options::{EngineOption, take_engine_option};
use super::failure::Failure;
use super::output::{printable, printable_line};
use super::{Status, output, unwritable};
use crate::engine::EngineSettings;
use crate::engine::front::{self, FrontOutput, SizeCaps};
use crate::engine::inspect::inspect;
use crate::model::humanize::bytes;
use crate::model::import_hints::import_hints;
use crate::model::interface::{DataSegment, Definition, ExternType, Interface, SourceKind};
use crate::model::interface_json::{to_json, type_text};
use crate::model::signature::id;

/// What `inspect` was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
struct InspectArgs {
    /// Source of the plugin.
    input: Input,
    /// Whether one JSON document is printed instead of lines for people.
    json: bool,
    /// Engine whose proposals it may use.
    engine: EngineSettings,
}

/// Shows what the words ask for.
///
/// # Errors
///
/// Fails when the words are wrong or the source can't be read or is not valid.
pub(super) fn execute(words: &[OsString]) -> Result<Status, Failure> {
    let args = parse(words)?;
    let source = args.input.read()?;
    let checked = front::check(&source.bytes, &SizeCaps::default(), args.engine.features()).map_err(
        |mut failure| {
            args.engine.explain(&mut failure.diagnostics);
            Failure::of_source(source.file.clone(), failure.diagnostics)
        },
    )?;
    let interface = inspect(&checked.wasm).map_err(|err| Failure::new(err.to_string()))?;
    let sha256 = hex(&Sha256::digest(&checked.wasm));
    let text = if args.json {
        format!("{:#}\n", to_json(checked.kind, &interface, &sha256))
    } else {
        to_text(&checked, &interface, &sha256)
    };
    output::to_stdout(&text).map_err(|err| unwritable(&err))?;
    Ok(Status::Good)
}

fn parse(words: &[OsString]) -> Result<InspectArgs, Failure> {
    let mut input = None;
    let mut json = false;
    let mut engine = EngineSettings::default();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if word == "--json" {
            json = true;
        } else if !take_engine_option(&EngineOption::ALL, word, &mut words, &mut engine)? {
            take_input(&mut input, word, "inspect", "it takes FILE and `--json`")?;
        }
    }
    Ok(InspectArgs { input: input.ok_or_else(|| no_input("inspect"))?, json, engine })
}

fn to_text(checked: &FrontOutput, interface: &Interface, sha256: &str) -> String {
    let mut lines = vec![
        format!("{}, {} of wasm", kind_text(checked.kind), bytes(checked.wasm.len() as u64)),
        format!("sha256 {sha256}"),
    ];
    lines.extend(interface.module_name.as_ref().map(|name| printable_line(&format!("module {}", id(name)))));
    let notes = import_hints(&interface.imports);
    let notes = notes.iter().map(|note| format!("note: {}", printable_line(note)));
    if let Some(wit) = &interface.wit {
        lines.extend([String::new(), printable(wit.trim_end())]);
        lines.extend(notes);
        return lines.join("\n") + "\n";
    }
    let imports = interface.imports.iter();
    let imports = imports.map(|it| (format!("{}.{}", it.module, it.name), type_text(&it.ty)));
    lines.extend(list("imports", imports));
    lines.extend(notes);
    let exports = interface.exports.iter();
    lines.extend(list("exports", exports.map(|it| (it.name.clone(), type_text(&it.ty)))));
    lines.extend(definitions(interface));
    let start = interface.start.map(|index| (interface.function_label(index), format!("func {index}")));
    lines.extend(list("start", start.into_iter()));
    lines.extend(list("data", interface.data.iter().map(segment)));
    let sections = interface.custom_sections.iter();
    lines.extend(list(
        "custom sections",
        sections.map(|section| (section.name.clone(), bytes(section.bytes))),
    ));
    lines.join("\n") + "\n"
}

fn segment(segment: &DataSegment) -> (String, String) {
    let target = match (segment.memory, segment.address) {
        (Some(memory), Some(address)) => format!(" to memory {memory} at {address:#x}"),
        (Some(memory), None) => format!(" to memory {memory}"),
        (None, _) => ", passive".to_owned(),
    };
    (label(segment.index, segment.name.as_deref()), format!("{}{target}", bytes(segment.bytes)))
}

/// Lists memories, tables, globals and tags by index.
fn definitions(interface: &Interface) -> Vec<String> {
    let memories = interface.memories.iter().map(|it| row(it, ExternType::Memory));
    let tables = interface.tables.iter().map(|it| row(it, ExternType::Table));
    let globals = interface.globals.iter().map(|it| row(it, ExternType::Global));
    let tags = interface.tags.iter().map(|it| row(it, ExternType::Tag));
    let lists =
        [list("memories", memories), list("tables", tables), list("globals", globals), list("tags", tags)];
    lists.concat()
}

fn row<T: Clone>(definition: &Definition<T>, ty: fn(T) -> ExternType) -> (String, String) {
    let origin = if definition.is_imported { ", imported" } else { "" };
    let name = label(definition.index, definition.name.as_deref());
    (name, type_text(&ty(definition.ty.clone())) + origin)
}

/// Writes a headed list of two columns; nothing when it is empty.
fn list(head: &str, rows: impl Iterator<Item = (String, String)>) -> Vec<String> {
    const WIDEST: usize = 32;
    let rows: Vec<_> = rows.map(|(left, right)| (printable_line(&left), printable_line(&right))).collect();
    if rows.is_empty() {
        return Vec::new();
    }
    let width = rows.iter().map(|(left, _)| left.chars().count()).max().unwrap_or(0).min(WIDEST);
    let mut lines = vec![String::new(), head.to_owned()];
    lines.extend(rows.iter().map(|(left, right)| format!("  {left:width$}  {right}")));
    lines
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

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn os(words: &str) -> Vec<OsString> {
        words.split_whitespace().map(OsString::from).collect()
    }

    #[test]
    fn inspect_takes_a_file_and_json() {
        let args = parse(&os("--json -")).expect("both are known");
        let engine = EngineSettings::default();
        assert_eq!(args, InspectArgs { input: Input::Stdin, json: true, engine });
        for words in ["", "a b", "a --limits", "--jsn a"] {
            assert!(parse(&os(words)).is_err(), "{words}");
        }
    }
}

//! Reads the interface of a component: its imports, its exports and its WIT.
//!
//! What is nested in it, modules and components, is not looked into.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

use wasmparser::{Chunk, ComponentExternName, Parser, Payload};
use wit_component::WitPrinter;

use super::{Budget, InspectError, next_index, offset};
use crate::model::interface::{CustomSection, Export, ExternType, Import, Interface};

/// Reads the interface of a component.
pub(super) fn read(wasm: &[u8]) -> Result<Interface, InspectError> {
    let mut interface = Interface::default();
    read_sections(wasm, &mut interface)?;
    let wit = decode_wit(wasm);
    if let Some(wit) = &wit {
        let types = WorldTypes::read(wit);
        for import in &mut interface.imports {
            types.refine("import", &import.module, &mut import.ty);
        }
        for export in &mut interface.exports {
            types.refine("export", &export.name, &mut export.ty);
        }
    }
    interface.wit = Some(wit.unwrap_or_else(|| list_names(&interface)));
    Ok(interface)
}

fn read_sections(wasm: &[u8], interface: &mut Interface) -> Result<(), InspectError> {
    let mut budget = Budget::new();
    let mut parser = Parser::new(0);
    let mut rest = wasm;
    loop {
        let Chunk::Parsed { consumed, payload } = parser.parse(rest, true)? else {
            let message = "unexpected end of the component".to_owned();
            return Err(InspectError::Malformed { message, offset: offset(wasm.len()) });
        };
        rest = rest.get(consumed..).unwrap_or_default();
        match payload {
            Payload::ModuleSection { unchecked_range, .. }
            | Payload::ComponentSection { unchecked_range, .. } => {
                rest = rest.get(unchecked_range.len()..).ok_or_else(|| InspectError::Malformed {
                    message: "unexpected end of a nested module or component".to_owned(),
                    offset: offset(unchecked_range.start),
                })?;
            }
            Payload::ComponentImportSection(section) => {
                for entry in section.into_iter_with_offsets() {
                    let (at, import) = entry?;
                    budget.spend(1)?;
                    let ty = ExternType::Component(import.ty.kind().desc().to_owned());
                    let index = next_index(&interface.imports);
                    let module = text_of(import.name);
                    interface.imports.push(Import {
                        module,
                        name: String::new(),
                        ty,
                        index,
                        offset: offset(at),
                    });
                }
            }
            Payload::ComponentExportSection(section) => {
                for entry in section.into_iter_with_offsets() {
                    let (at, export) = entry?;
                    budget.spend(1)?;
                    let ty = ExternType::Component(export.kind.desc().to_owned());
                    let name = text_of(export.name);
                    interface.exports.push(Export { name, ty, index: export.index, offset: offset(at) });
                }
            }
            Payload::CustomSection(section) => {
                budget.spend(1)?;
                interface.custom_sections.push(CustomSection {
                    name: section.name().to_owned(),
                    bytes: offset(section.data().len()),
                    offset: offset(section.data_offset()),
                });
            }
            Payload::End(_) => return Ok(()),
            _ => {}
        }
    }
}

fn text_of(name: ComponentExternName<'_>) -> String {
    name.name.to_owned()
}

/// Prints the WIT of a component; `None` when it can't be expressed in WIT or is not valid.
fn decode_wit(wasm: &[u8]) -> Option<String> {
    // The decoder asserts what it expects of its input, and this input is anybody's.
    catch_unwind(AssertUnwindSafe(|| {
        let decoded = wit_component::decode(wasm).ok()?;
        let (resolve, main) = (decoded.resolve(), decoded.package());
        let others: Vec<_> = resolve.packages.iter().map(|(id, _)| id).filter(|id| *id != main).collect();
        let mut printer = WitPrinter::default();
        printer.print(resolve, main, &others).ok()?;
        Some(printer.output.to_string())
    }))
    .ok()
    .flatten()
}

/// Stands in for a WIT that can't be had.
fn list_names(interface: &Interface) -> String {
    let mut text =
        "// This component's interface can't be written as WIT; its imports and exports are:\n".to_owned();
    let imports = interface.imports.iter().map(|import| ("import", &import.module, &import.ty));
    let exports = interface.exports.iter().map(|export| ("export", &export.name, &export.ty));
    for (word, name, ty) in imports.chain(exports) {
        let ExternType::Component(kind) = ty else { continue };
        writeln!(text, "// {word} {name}: {kind}").expect("writing to a string does not fail");
    }
    text
}

/// Types of what the world imports and exports by a plain name, taken from the printed WIT.
struct WorldTypes<'a> {
    lines: HashMap<(&'a str, &'a str), &'a str>,
}

impl<'a> WorldTypes<'a> {
    /// Finds the functions of the world, which the printer writes on one line each, two spaces deep.
    fn read(wit: &'a str) -> Self {
        let world = wit.lines().skip_while(|line| !line.starts_with("world "));
        let body = world.skip(1).take_while(|line| !line.starts_with('}'));
        let mut lines = HashMap::new();
        for line in body {
            let Some((word, item)) = line.strip_prefix("  ").and_then(|item| item.split_once(' ')) else {
                continue;
            };
            let Some((name, ty)) = item.split_once(": ") else { continue };
            if let Some(ty) = ty.strip_suffix(';') {
                lines.insert((word, name.trim_start_matches('%')), ty);
            }
        }
        Self { lines }
    }

    fn refine(&self, word: &str, name: &str, ty: &mut ExternType) {
        if let Some(text) = self.lines.get(&(word, name)) {
            *ty = ExternType::Component((*text).to_owned());
        }
    }
}

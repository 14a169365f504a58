//! What printing single functions of one core module needs to know of the rest of it.
//!
//! Holds ranges of the binary and no text. What is broken in a name section names nothing and is no error.

use std::collections::HashMap;
use std::ops::Range;

use wasmparser::{
    BinaryReader, BranchHintSectionReader, ImportSectionReader, IndirectNameMap, NameMap, TypeRef,
};

use super::ListingError;
use super::sections::{malformed, push_u32, read_u32, sized};

/// Index that no function has.
const NOBODY: u32 = u32::MAX;

/// One core module of a binary.
#[derive(Debug, Default)]
pub(super) struct CoreModule {
    /// The type section's content.
    pub(super) types: Option<Range<usize>>,
    /// Functions that it imports; they come first in the index space.
    pub(super) num_imported: u32,
    /// Type of each function that it defines.
    pub(super) function_types: Vec<u32>,
    /// Its functions among those of the whole binary.
    pub(super) functions: Range<usize>,
    /// How many components it is in.
    pub(super) depth: u32,
    /// Content of each name section, in order.
    name_sections: Vec<Range<usize>>,
    /// Name of each function, by its index.
    function_names: Vec<FunctionName>,
    /// Names of locals and of labels, by the function that they are in.
    locals: Vec<OfFunction>,
    labels: Vec<OfFunction>,
    hints: Vec<OfFunction>,
}

/// Where a function's name stands; nowhere when it is empty.
#[derive(Debug, Clone, Copy, Default)]
struct FunctionName {
    start: u32,
    len: u32,
    has_name: bool,
    /// The function before it that has the same name, if any: the printer then makes another name of it.
    holder: u32,
}

/// Bytes of a section that are about one function.
#[derive(Debug, Clone, Copy)]
struct OfFunction {
    function: u32,
    start: u32,
    end: u32,
}

impl CoreModule {
    /// Reads the import section.
    ///
    /// # Errors
    ///
    /// Returns [`ListingError::Malformed`] when it can't be read.
    pub(super) fn read_imports(&mut self, wasm: &[u8], at: &Range<usize>) -> Result<(), ListingError> {
        let broken = |err: wasmparser::Error| malformed(err.offset(), err.message());
        let reader = BinaryReader::new(&wasm[at.clone()], at.start);
        let imports = ImportSectionReader::new(reader).map_err(broken)?;
        for import in imports.into_imports() {
            if matches!(import.map_err(broken)?.ty, TypeRef::Func(_) | TypeRef::FuncExact(_)) {
                self.num_imported += 1;
            }
        }
        Ok(())
    }

    /// Reads the function section.
    ///
    /// # Errors
    ///
    /// Returns [`ListingError::Malformed`] when it can't be read.
    pub(super) fn read_functions(&mut self, wasm: &[u8], at: &Range<usize>) -> Result<(), ListingError> {
        let mut position = at.start;
        for _ in 0..read_u32(wasm, &mut position, at.end)? {
            self.function_types.push(read_u32(wasm, &mut position, at.end)?);
        }
        Ok(())
    }

    /// Notes a name section; [`CoreModule::read_names`] reads it when all functions are known.
    pub(super) fn add_name_section(&mut self, at: Range<usize>) {
        self.name_sections.push(at);
    }

    /// Reads the name sections, whatever of them can be read.
    pub(super) fn read_names(&mut self, wasm: &[u8]) {
        for section in self.name_sections.clone() {
            for (id, content) in subsections(wasm, &section) {
                let reader = BinaryReader::new(&wasm[content.clone()], content.start);
                match id {
                    1 => drop(NameMap::new(reader).map(|names| self.read_function_names(wasm, names))),
                    2 => drop(IndirectNameMap::new(reader).map(|names| indirect(names, &mut self.locals))),
                    3 => drop(IndirectNameMap::new(reader).map(|names| indirect(names, &mut self.labels))),
                    _ => {}
                }
            }
        }
        self.locals.sort_by_key(|names| names.function);
        self.labels.sort_by_key(|names| names.function);
    }

    fn read_function_names(&mut self, wasm: &[u8], names: NameMap<'_>) {
        let most = self.num_imported as usize + self.function_types.len();
        let mut holders = HashMap::new();
        for naming in names.into_iter().map_while(Result::ok) {
            let holder = *holders.entry(naming.name).or_insert(naming.index);
            let index = naming.index as usize;
            if index >= most {
                continue;
            }
            if self.function_names.len() <= index {
                self.function_names.resize(index + 1, FunctionName::default());
            }
            let start = naming.name.as_ptr() as usize - wasm.as_ptr() as usize;
            self.function_names[index] = FunctionName {
                start: offset(start),
                len: offset(naming.name.len()),
                has_name: true,
                holder: if holder == naming.index { NOBODY } else { holder },
            };
        }
    }

    /// Reads a section of branch hints, unless something in it can't be read or is out of order.
    pub(super) fn read_hints(&mut self, wasm: &[u8], at: &Range<usize>) {
        let reader = BinaryReader::new(&wasm[at.clone()], at.start);
        let Ok(section) = BranchHintSectionReader::new(reader) else { return };
        let mut hints: Vec<OfFunction> = Vec::new();
        for entry in section.into_iter_with_offsets() {
            let Ok((start, entry)) = entry else { return };
            if hints.last().is_some_and(|last| last.function >= entry.func) {
                return;
            }
            begin_entry(&mut hints, entry.func, start, at.end);
        }
        self.hints = hints;
    }

    /// Returns the name of a function by its index.
    pub(super) fn name<'a>(&self, wasm: &'a [u8], index: u32) -> Option<&'a str> {
        let name = self.function_names.get(index as usize).filter(|name| name.has_name)?;
        let start = name.start as usize;
        std::str::from_utf8(wasm.get(start..start + name.len as usize)?).ok()
    }

    /// Returns the function that has the same name and comes before this one.
    pub(super) fn holder_of_name(&self, index: u32) -> Option<u32> {
        let name = self.function_names.get(index as usize)?;
        (name.has_name && name.holder != NOBODY).then_some(name.holder)
    }

    /// Returns the hints of a function: where in its body they stand, in the order of the section.
    pub(super) fn hints(&self, wasm: &[u8], index: u32) -> Vec<u32> {
        let Ok(at) = self.hints.binary_search_by_key(&index, |entry| entry.function) else {
            return Vec::new();
        };
        let entry = self.hints[at];
        let bytes = entry.start as usize..entry.end as usize;
        let mut reader = BinaryReader::new(&wasm[bytes], 0);
        let mut offsets = Vec::new();
        let count = reader.read_var_u32().and_then(|_| reader.read_var_u32()).unwrap_or(0);
        for _ in 0..count {
            let Ok(at) = reader.read_var_u32() else { break };
            if reader.read_bytes(2).is_err() {
                break;
            }
            offsets.push(at);
        }
        offsets
    }

    /// Returns an estimate of the bytes that it takes.
    pub(super) fn memory_bytes(&self) -> usize {
        let entries = self.locals.capacity() + self.labels.capacity() + self.hints.capacity();
        self.function_types.capacity() * size_of::<u32>()
            + self.function_names.capacity() * size_of::<FunctionName>()
            + entries * size_of::<OfFunction>()
    }

    /// Tells whether any function has hints.
    pub(super) fn has_hints(&self) -> bool {
        !self.hints.is_empty()
    }

    /// Appends the content of a section of branch hints that has those of some functions alone.
    pub(super) fn push_hints(&self, wasm: &[u8], indices: &Range<u32>, out: &mut Vec<u8>) {
        let entries = of_functions(&self.hints, indices);
        push_u32(out, offset(entries.len()));
        for entry in entries {
            out.extend_from_slice(&wasm[entry.start as usize..entry.end as usize]);
        }
    }

    /// Appends the content of a name section with the names that printing some functions takes: those of
    /// the functions `mentioned`, of locals and labels in `indices`, and everything that is no function's.
    pub(super) fn push_names(&self, wasm: &[u8], mentioned: &[u32], indices: &Range<u32>, out: &mut Vec<u8>) {
        self.push_function_names(wasm, mentioned, out);
        for (id, names) in [(2, &self.locals), (3, &self.labels)] {
            let names = of_functions(names, indices);
            let bytes = names.iter().map(|names| &wasm[names.start as usize..names.end as usize]);
            let mut content = Vec::new();
            push_u32(&mut content, offset(names.len()));
            bytes.for_each(|bytes| content.extend_from_slice(bytes));
            push_subsection(id, &content, out);
        }
        for section in &self.name_sections {
            for (id, content) in subsections(wasm, section).filter(|(id, _)| *id > 3) {
                push_subsection(id, &wasm[content], out);
            }
        }
    }

    fn push_function_names(&self, wasm: &[u8], mentioned: &[u32], out: &mut Vec<u8>) {
        let mut content = Vec::new();
        let mut count = 0;
        let mut push = |index: u32, name: &[u8]| {
            push_u32(&mut content, index);
            push_u32(&mut content, offset(name.len()));
            content.extend_from_slice(name);
            count += 1;
        };
        for &index in mentioned {
            let Some(name) = self.function_names.get(index as usize).filter(|name| name.has_name) else {
                continue;
            };
            push(index, &wasm[name.start as usize..(name.start + name.len) as usize]);
        }
        let mut counted = Vec::new();
        push_u32(&mut counted, count);
        counted.extend_from_slice(&content);
        push_subsection(1, &counted, out);
    }
}

/// Lists the subsections of a name section, up to the first that can't be read.
pub(in crate::engine) fn subsections(
    wasm: &[u8],
    at: &Range<usize>,
) -> impl Iterator<Item = (u8, Range<usize>)> {
    let (mut position, end) = (at.start, at.end);
    std::iter::from_fn(move || {
        if position >= end {
            return None;
        }
        let id = wasm[position];
        position += 1;
        let content = sized(wasm, &mut position, end, "subsection").ok()?;
        position = content.end;
        Some((id, content))
    })
}

/// Appends a subsection.
pub(super) fn push_subsection(id: u8, content: &[u8], out: &mut Vec<u8>) {
    out.push(id);
    push_u32(out, offset(content.len()));
    out.extend_from_slice(content);
}

/// Notes where the names of each function stand.
fn indirect(names: IndirectNameMap<'_>, of: &mut Vec<OfFunction>) {
    let end = names.range().end;
    let mut own = Vec::new();
    for entry in names.into_iter_with_offsets() {
        let Ok((start, entry)) = entry else {
            // Where the last good one ends is not known.
            own.pop();
            break;
        };
        begin_entry(&mut own, entry.index, start, end);
    }
    of.append(&mut own);
}

/// Appends an entry that ends at `end`, and has the one before it end where this one begins.
fn begin_entry(entries: &mut Vec<OfFunction>, function: u32, start: usize, end: usize) {
    if let Some(last) = entries.last_mut() {
        last.end = offset(start);
    }
    entries.push(OfFunction { function, start: offset(start), end: offset(end) });
}

/// Returns the entries of a range of functions among entries in the order of functions.
fn of_functions<'a>(entries: &'a [OfFunction], indices: &Range<u32>) -> &'a [OfFunction] {
    let entries = &entries[entries.partition_point(|entry| entry.function < indices.start)..];
    &entries[..entries.partition_point(|entry| entry.function < indices.end)]
}

/// Returns an offset; binaries of 4 GiB and more are refused before.
pub(super) fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

//! Listings: the text of a binary that is printed as it is looked at, never whole.
//!
//! Indexing a binary counts the lines of each function without printing it, and keeps the text of what is
//! outside of functions. Any range of lines is then printed by giving the printer a small module that has
//! just those functions, under the indices and names that they have in the whole one.
//!
//! Knows no window and no threads: who calls says when to stop.

mod core_module;
mod function_lines;
mod outline;
mod outline_lines;
mod page;
mod print;
mod search;
pub(super) mod sections;
mod stretch;
mod whole;

#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::Arc;

use thiserror::Error;

pub use page::{ListingPage, PAGE_LINES};
pub use search::{Found, Matcher, SearchPattern};
pub use stretch::Stretch;
pub use whole::{WriteError, whole_text, write_text};

use core_module::CoreModule;
pub(super) use core_module::subsections;
use outline::{Body, Outline};
use outline_lines::{OutlineLines, Run};

/// Most bytes of a line that are kept or printed for the screen.
pub const MAX_LINE_BYTES: usize = 4096;

/// Told how many bytes of how many are done; returns whether to go on.
pub type Progress<'a> = &'a mut dyn FnMut(u64, u64) -> bool;

/// Why a binary, or part of it, has no text.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ListingError {
    /// The binary is not what the format says.
    #[error("the binary can't be listed: {message} (at {offset:#x})")]
    Malformed {
        /// Where, in bytes.
        offset: usize,
        /// What is wrong there.
        message: String,
    },
    /// The text is larger than what was asked for.
    #[error("the text has {bytes} bytes, at most {max_bytes} are taken")]
    TooLarge {
        /// Size of the text.
        bytes: u64,
        /// Most that was asked for.
        max_bytes: u64,
    },
    /// Whoever asked wants no answer any more.
    #[error("stopped")]
    Stopped,
}

/// The index of a binary's text: how many lines it has, what stands where, and the way to print any of it.
#[derive(Debug)]
pub struct Listing {
    wasm: Arc<[u8]>,
    modules: Vec<CoreModule>,
    bodies: Vec<Body>,
    /// First line of each function, from 0.
    first_lines: Vec<u32>,
    /// Functions whose code can't be read, in order; each has one line that says so.
    unreadable: Vec<u32>,
    outside: OutlineLines,
}

/// One function of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedFunction<'a> {
    /// Which of the binary's functions with code it is, from 0.
    pub number: usize,
    /// Index in its module.
    pub index: u32,
    /// Name from the name section.
    pub name: Option<&'a str>,
    /// Its first line, from 1.
    pub line: u32,
    /// How many lines it has.
    pub num_lines: u32,
    /// Where its body is in the binary.
    pub bytes: Range<u64>,
}

impl ListedFunction<'_> {
    /// Returns its name, or `func 7`.
    pub fn label(&self) -> String {
        self.name
            .filter(|name| !name.is_empty())
            .map_or_else(|| format!("func {}", self.index), crate::model::signature::id)
    }
}

impl Listing {
    /// Indexes a binary, module or component.
    ///
    /// # Errors
    ///
    /// Returns [`ListingError::Malformed`] when its sections can't be read, and [`ListingError::Stopped`] as
    /// soon as `progress` says so.
    pub fn index(wasm: Arc<[u8]>, progress: Progress<'_>) -> Result<Self, ListingError> {
        let outline = Outline::new(&wasm)?;
        let total = wasm.len() as u64;
        let mut counts = Vec::with_capacity(outline.bodies.len());
        let mut unreadable = Vec::new();
        for module in &outline.modules {
            for number in module.functions.clone() {
                if number.is_multiple_of(256) && !progress(u64::from(outline.bodies[number].start), total) {
                    return Err(ListingError::Stopped);
                }
                let hints = module_hints(module, &wasm, number);
                let count = function_lines::count(&wasm, outline.bodies[number], &hints);
                if count.is_none() {
                    unreadable.push(u32::try_from(number).unwrap_or(u32::MAX));
                }
                counts.push(count.unwrap_or(1));
            }
        }
        let (outside, first_lines) = outline_lines::print(&outline, &counts, progress)?;
        let Outline { modules, bodies, .. } = outline;
        Ok(Self { wasm, modules, bodies, first_lines, unreadable, outside })
    }

    /// Returns the binary.
    pub fn wasm(&self) -> &Arc<[u8]> {
        &self.wasm
    }

    /// Returns how many lines the text has.
    pub fn num_lines(&self) -> u32 {
        self.outside.num_lines
    }

    /// Returns how many functions have code.
    pub fn num_functions(&self) -> usize {
        self.bodies.len()
    }

    /// Returns a function by its number among those with code.
    pub fn function(&self, number: usize) -> Option<ListedFunction<'_>> {
        let body = self.bodies.get(number)?;
        let module = self.module_of(number)?;
        let index = index_of(module, number);
        Some(ListedFunction {
            number,
            index,
            name: module.name(&self.wasm, index),
            line: self.first_lines[number] + 1,
            num_lines: self.count(number),
            bytes: u64::from(body.start)..u64::from(body.end),
        })
    }

    /// Lists all functions with code.
    pub fn functions(&self) -> impl Iterator<Item = ListedFunction<'_>> {
        (0..self.bodies.len()).filter_map(|number| self.function(number))
    }

    /// Returns the function that has a line, from 1.
    pub fn function_at_line(&self, line: u32) -> Option<ListedFunction<'_>> {
        let row = line.checked_sub(1)?;
        let number = self.first_lines.partition_point(|first| *first <= row).checked_sub(1)?;
        let function = self.function(number)?;
        (row - self.first_lines[number] < function.num_lines).then_some(function)
    }

    /// Returns the function that has an offset of the binary.
    pub fn function_at_offset(&self, offset: u64) -> Option<ListedFunction<'_>> {
        let number = self.bodies.partition_point(|body| u64::from(body.start) <= offset).checked_sub(1)?;
        self.function(number).filter(|function| offset < function.bytes.end)
    }

    /// Finds functions by index: one, or in a component one in each module that has it.
    pub fn functions_with_index(&self, index: u32) -> Vec<ListedFunction<'_>> {
        let numbers = self.modules.iter().filter_map(|module| {
            let place = index.checked_sub(module.num_imported)? as usize;
            (place < module.functions.len()).then_some(module.functions.start + place)
        });
        numbers.filter_map(|number| self.function(number)).collect()
    }

    /// Tells whether an index is that of an imported function in some module.
    pub fn is_imported(&self, index: u32) -> bool {
        self.modules.iter().any(|module| index < module.num_imported)
    }

    /// Returns the line, from 1, that stands for an offset of the binary: the last one at or before it.
    pub fn line_of(&self, offset: u64) -> Option<u32> {
        let Some(function) = self.function_at_offset(offset) else {
            return self.outside.line_of(offset);
        };
        let body = self.bodies[function.number];
        let hints = module_hints(self.module_of(function.number)?, &self.wasm, function.number);
        let within = function_lines::line_of(&self.wasm, body, &hints, offset);
        Some(function.line + within.min(function.num_lines - 1))
    }

    /// Returns the offset that a line, from 1, stands for; that of the next such line where it has none.
    pub fn offset_of(&self, line: u32) -> Option<u64> {
        let Some(function) = self.function_at_line(line) else {
            return self.outside.offset_of(line);
        };
        let body = self.bodies[function.number];
        let hints = module_hints(self.module_of(function.number)?, &self.wasm, function.number);
        Some(function_lines::offset_of(&self.wasm, body, &hints, line - function.line))
    }

    /// Returns an estimate of the bytes that the index takes, without those of the binary.
    pub fn memory_bytes(&self) -> usize {
        let modules = self.modules.iter().map(CoreModule::memory_bytes).sum::<usize>();
        self.bodies.len() * (size_of::<Body>() + size_of::<u32>()) + self.outside.memory_bytes() + modules
    }

    fn module_of(&self, number: usize) -> Option<&CoreModule> {
        let module = self.modules.partition_point(|module| module.functions.end <= number);
        self.modules.get(module).filter(|module| module.functions.contains(&number))
    }

    /// Returns how many lines a function has: up to where the next one or something else begins.
    fn count(&self, number: usize) -> u32 {
        let first = self.first_lines[number];
        let next = self.first_lines.get(number + 1).copied().unwrap_or(self.outside.num_lines);
        let run = self.outside.run_after(first);
        next.min(run) - first
    }

    fn runs(&self) -> &[Run] {
        &self.outside.runs
    }
}

fn index_of(module: &CoreModule, number: usize) -> u32 {
    let place = u32::try_from(number - module.functions.start).unwrap_or(u32::MAX);
    module.num_imported.saturating_add(place)
}

fn module_hints(module: &CoreModule, wasm: &[u8], number: usize) -> Vec<u32> {
    if module.has_hints() { module.hints(wasm, index_of(module, number)) } else { Vec::new() }
}

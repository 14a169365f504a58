//! A binary without its bulk: the same sections, with empty functions, short data and no names of locals.
//!
//! Printing the outline takes next to nothing and gives every line that is outside of functions, and one
//! line for each function. Offsets in it lead back to those of the binary.

use std::ops::Range;

use wasmparser::{BinaryReader, DataSectionReader};

use super::ListingError;
use super::core_module::{CoreModule, offset, push_subsection, subsections};
use super::sections::{
    CUSTOM, Encoding, PREAMBLE_BYTES, Section, Sections, begin_section, end_section, malformed, push_u32,
    read_u32, sized,
};

/// Bytes of a data segment or custom section that are printed.
pub(super) const SHOWN_BYTES: usize = 1024;

/// How deep components may be in each other.
const MOST_DEPTH: u32 = 64;

/// An empty function with its size: no locals, `end`.
const EMPTY_FUNCTION: [u8; 3] = [2, 0, 0x0b];

/// A function that a module of the binary defines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Body {
    /// First byte of its body, after its size.
    pub(super) start: u32,
    /// Where its body ends.
    pub(super) end: u32,
    /// Where its empty stand-in begins in the outline.
    pub(super) outline: u32,
}

/// The outline of a binary.
#[derive(Debug, Default)]
pub(super) struct Outline {
    /// A binary of its own.
    pub(super) wasm: Vec<u8>,
    /// All core modules in the order of the binary.
    pub(super) modules: Vec<CoreModule>,
    /// All functions of all modules, in the order of the binary.
    pub(super) bodies: Vec<Body>,
    /// Items that were shortened: offset in the outline, bytes that are left out.
    pub(super) shortened: Vec<(u32, u32)>,
    /// Pieces: where they begin in the outline, and in the binary.
    pieces: Vec<(u32, u32)>,
}

impl Outline {
    /// Makes the outline of a binary.
    ///
    /// # Errors
    ///
    /// Returns [`ListingError::Malformed`] when the sections are not what the format says.
    pub(super) fn new(wasm: &[u8]) -> Result<Self, ListingError> {
        if u32::try_from(wasm.len()).is_err() {
            return Err(malformed(0, "binaries of 4 GiB and more have no listing"));
        }
        let mut outline = Self::default();
        outline.take_binary(wasm, &(0..wasm.len()), 0)?;
        Ok(outline)
    }

    /// Returns the offset in the binary that an offset in the outline stands for.
    pub(super) fn original(&self, at: u64) -> Option<u32> {
        let at = u32::try_from(at).ok()?;
        let piece = self.pieces.partition_point(|(start, _)| *start <= at).checked_sub(1)?;
        let (start, original) = self.pieces[piece];
        Some(original.saturating_add(at - start))
    }

    fn take_binary(&mut self, wasm: &[u8], at: &Range<usize>, depth: u32) -> Result<(), ListingError> {
        if depth > MOST_DEPTH {
            return Err(malformed(at.start, format!("components are more than {MOST_DEPTH} deep")));
        }
        let encoding = Encoding::read(wasm, at)?;
        self.copy(wasm, at.start..at.start + PREAMBLE_BYTES);
        match encoding {
            Encoding::Module => self.take_module(wasm, at, depth)?,
            Encoding::Component => {
                for section in Sections::new(wasm, at) {
                    self.take_component_section(wasm, &section?, depth)?;
                }
            }
        }
        // The closing parenthesis stands for the end.
        self.pieces.push((offset(self.wasm.len()), offset(at.end)));
        Ok(())
    }

    fn take_component_section(
        &mut self,
        wasm: &[u8],
        section: &Section,
        depth: u32,
    ) -> Result<(), ListingError> {
        const CORE_MODULE: u8 = 1;
        const COMPONENT: u8 = 4;
        match section.id {
            CORE_MODULE | COMPONENT => {
                let start = self.begin(section);
                self.take_binary(wasm, &section.payload, depth + 1)?;
                end_section(&mut self.wasm, start);
            }
            CUSTOM => self.take_custom(wasm, section, &mut CoreModule::default())?,
            _ => self.copy_section(wasm, section),
        }
        Ok(())
    }

    fn take_module(&mut self, wasm: &[u8], at: &Range<usize>, depth: u32) -> Result<(), ListingError> {
        let first = self.bodies.len();
        let mut module = CoreModule::default();
        module.depth = depth;
        module.functions = first..first;
        let mut last_rank = 0;
        for section in Sections::new(wasm, at) {
            let section = section?;
            if section.id != CUSTOM {
                let rank = rank(section.id);
                if rank <= last_rank {
                    return Err(malformed(section.start, "a section stands out of order"));
                }
                last_rank = rank;
            }
            match section.id {
                CUSTOM => self.take_custom(wasm, &section, &mut module)?,
                10 => self.take_code(wasm, &section)?,
                11 => self.take_data(wasm, &section)?,
                id => {
                    match id {
                        1 => module.types = Some(section.payload.clone()),
                        2 => module.read_imports(wasm, &section.payload)?,
                        3 => module.read_functions(wasm, &section.payload)?,
                        _ => {}
                    }
                    self.copy_section(wasm, &section);
                }
            }
        }
        module.functions.end = self.bodies.len();
        if module.functions.len() != module.function_types.len() {
            let (declared, defined) = (module.function_types.len(), module.functions.len());
            let message = format!("the module declares {declared} functions and has the code of {defined}");
            return Err(malformed(at.start, message));
        }
        module.read_names(wasm);
        self.modules.push(module);
        Ok(())
    }

    fn take_code(&mut self, wasm: &[u8], section: &Section) -> Result<(), ListingError> {
        let end = section.payload.end;
        let mut at = section.payload.start;
        let count = read_u32(wasm, &mut at, end)?;
        let start = self.begin(section);
        push_u32(&mut self.wasm, count);
        for _ in 0..count {
            let body = sized(wasm, &mut at, end, "function")?;
            at = body.end;
            let outline = offset(self.wasm.len() + 1);
            self.pieces.push((outline, offset(body.start)));
            self.wasm.extend(EMPTY_FUNCTION);
            self.bodies.push(Body { start: offset(body.start), end: offset(body.end), outline });
        }
        if at != end {
            return Err(malformed(at, "the code section goes on after its last function"));
        }
        end_section(&mut self.wasm, start);
        Ok(())
    }

    fn take_data(&mut self, wasm: &[u8], section: &Section) -> Result<(), ListingError> {
        let broken = |err: wasmparser::Error| malformed(err.offset(), err.message());
        let reader = BinaryReader::new(&wasm[section.payload.clone()], section.payload.start);
        let reader = DataSectionReader::new(reader).map_err(broken)?;
        let start = self.begin(section);
        push_u32(&mut self.wasm, reader.count());
        for data in reader {
            let data = data.map_err(broken)?;
            let item = data.range.clone();
            let hidden = data.data.len().saturating_sub(SHOWN_BYTES);
            if hidden == 0 {
                self.copy(wasm, item);
                continue;
            }
            self.shortened.push((offset(self.wasm.len()), offset(hidden)));
            let content = item.end - data.data.len();
            // The size stands right before the bytes; what is before it ends without a continuation bit.
            let is_last = |at: &usize| wasm[*at] & 0x80 == 0;
            let size = (item.start..content - 1).rev().find(is_last).map_or(item.start, |at| at + 1);
            self.copy(wasm, item.start..size);
            push_u32(&mut self.wasm, offset(SHOWN_BYTES));
            self.copy(wasm, content..content + SHOWN_BYTES);
        }
        end_section(&mut self.wasm, start);
        Ok(())
    }

    fn take_custom(
        &mut self,
        wasm: &[u8],
        section: &Section,
        module: &mut CoreModule,
    ) -> Result<(), ListingError> {
        let mut at = section.payload.start;
        let name = sized(wasm, &mut at, section.payload.end, "name")?;
        let content = name.end..section.payload.end;
        match &wasm[name.clone()] {
            // It is printed where its functions are.
            b"metadata.code.branch_hint" => module.read_hints(wasm, &content),
            b"name" => {
                let start = self.begin(section);
                self.copy(wasm, section.payload.start..name.end);
                for (id, names) in subsections(wasm, &content).filter(|(id, _)| !matches!(id, 2 | 3)) {
                    push_subsection(id, &wasm[names], &mut self.wasm);
                }
                end_section(&mut self.wasm, start);
                module.add_name_section(content);
            }
            b"component-name" | b"producers" | b"dylink.0" => self.copy_section(wasm, section),
            _ => {
                let shown = content.len().min(SHOWN_BYTES);
                let start = self.begin(section);
                if shown < content.len() {
                    self.shortened.push((offset(self.wasm.len()), offset(content.len() - shown)));
                }
                self.copy(wasm, section.payload.start..content.start + shown);
                end_section(&mut self.wasm, start);
            }
        }
        Ok(())
    }

    /// Begins a section whose content changes.
    fn begin(&mut self, section: &Section) -> usize {
        self.pieces.push((offset(self.wasm.len()), offset(section.start)));
        let start = begin_section(&mut self.wasm, section.id);
        self.pieces.push((offset(start), offset(section.payload.start)));
        start
    }

    fn copy_section(&mut self, wasm: &[u8], section: &Section) {
        self.copy(wasm, section.range());
    }

    fn copy(&mut self, wasm: &[u8], bytes: Range<usize>) {
        self.pieces.push((offset(self.wasm.len()), offset(bytes.start)));
        self.wasm.extend_from_slice(&wasm[bytes]);
    }
}

/// Returns the place of a section in the order that the format asks for.
fn rank(id: u8) -> u8 {
    const ORDER: [u8; 13] = [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11];
    let place = ORDER.iter().position(|known| *known == id).unwrap_or(ORDER.len());
    u8::try_from(place + 1).unwrap_or(u8::MAX)
}

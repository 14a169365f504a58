//! The output, section by section: the original's bytes, with the private parts behind.
//!
//! It must not know what is put into function bodies.

use std::ops::Range;

use wasm_encoder::{BranchHint, BranchHints, ConstExpr, Encode, GlobalType, Section, ValType};
use wasmparser::BinaryReader;

use super::RewriteError;
use super::body::{BodyWriter, MAX_CODE_BYTES, fill_length, position, reserve_length};
use super::indices::{NewGlobal, PrivateIndices};
use super::layout::Layout;
use super::offsets::{OffsetMap, OffsetMapBuilder};
use super::scan::{self, SECTION_ORDER, Scan, count};

/// What was written.
pub(super) struct Written {
    /// The binary.
    pub(super) wasm: Vec<u8>,
    /// The way back to the original.
    pub(super) offsets: OffsetMap,
}

/// Writes the whole module.
pub(super) fn write(
    scan: &Scan<'_>,
    indices: &PrivateIndices,
    layout: &Layout,
    bodies: &BodyWriter<'_>,
) -> Result<Written, RewriteError> {
    let mut writer = Writer {
        scan,
        indices,
        bodies,
        wasm: Vec::with_capacity(scan.bytes.len() * 2),
        offsets: OffsetMapBuilder::default(),
        hints: BranchHints::new(),
    };
    writer.wasm.extend_from_slice(&wasm_encoder::Module::HEADER);
    for id in SECTION_ORDER {
        match id {
            scan::START => {}
            scan::GLOBAL => writer.write_globals()?,
            scan::EXPORT => writer.write_exports(layout)?,
            scan::CODE => writer.write_code()?,
            _ => writer.copy(id),
        }
    }
    for name_section in &scan.names {
        writer.copy_contents(0, name_section.clone());
    }
    // Hints should stand before the code. The one engine that reads these takes them anywhere, and behind it
    // they are known without a second pass.
    if !writer.hints.is_empty() {
        writer.hints.append_to(&mut writer.wasm);
    }
    Ok(Written { wasm: writer.wasm, offsets: writer.offsets.finish() })
}

struct Writer<'a> {
    scan: &'a Scan<'a>,
    indices: &'a PrivateIndices,
    bodies: &'a BodyWriter<'a>,
    wasm: Vec<u8>,
    offsets: OffsetMapBuilder,
    hints: BranchHints,
}

impl Writer<'_> {
    fn copy(&mut self, id: u8) {
        if let Some(contents) = self.scan.sections[usize::from(id)].clone() {
            self.copy_contents(id, contents);
        }
    }

    fn copy_contents(&mut self, id: u8, contents: Range<usize>) {
        self.wasm.push(id);
        self.scan.bytes[contents].encode(&mut self.wasm);
    }

    fn write_globals(&mut self) -> Result<(), RewriteError> {
        let mut globals = Vec::new();
        for global in &self.indices.new_globals {
            let (val_type, init) = match global {
                NewGlobal::I32 => (ValType::I32, ConstExpr::i32_const(0)),
                NewGlobal::I64 => (ValType::I64, ConstExpr::i64_const(0)),
            };
            GlobalType { val_type, mutable: true, shared: false }.encode(&mut globals);
            init.encode(&mut globals);
        }
        self.append(scan::GLOBAL, count(&self.indices.new_globals), &globals)
    }

    fn write_exports(&mut self, layout: &Layout) -> Result<(), RewriteError> {
        let (mut exports, mut added) = (Vec::new(), 0);
        for export in layout.private_exports(self.scan, self.indices) {
            export.name.encode(&mut exports);
            export.kind.encode(&mut exports);
            export.index.encode(&mut exports);
            added += 1;
        }
        self.append(scan::EXPORT, added, &exports)
    }

    /// Writes a section with `added` items behind the original's.
    fn append(&mut self, id: u8, added: u32, items: &[u8]) -> Result<(), RewriteError> {
        if added == 0 {
            self.copy(id);
            return Ok(());
        }
        let (own, own_items) = self.items_of(id)?;
        self.wasm.push(id);
        let length_at = self.wasm.len();
        reserve_length(&mut self.wasm);
        own.saturating_add(added).encode(&mut self.wasm);
        self.wasm.extend_from_slice(&self.scan.bytes[own_items]);
        self.wasm.extend_from_slice(items);
        fill_length(&mut self.wasm, length_at);
        Ok(())
    }

    /// Returns how many items the original's section has, and where they are.
    fn items_of(&self, id: u8) -> Result<(u32, Range<usize>), RewriteError> {
        let Some(contents) = self.scan.sections[usize::from(id)].clone() else { return Ok((0, 0..0)) };
        let mut reader = BinaryReader::new(&self.scan.bytes[contents.clone()], contents.start);
        let items = reader.read_var_u32()?;
        Ok((items, reader.original_position()..contents.end))
    }

    fn write_code(&mut self) -> Result<(), RewriteError> {
        if self.bodies.is_idle() || self.scan.bodies.is_empty() {
            self.copy_code();
            return Ok(());
        }
        self.wasm.push(scan::CODE);
        let length_at = self.wasm.len();
        reserve_length(&mut self.wasm);
        count(&self.scan.bodies).encode(&mut self.wasm);
        for (body, index) in self.scan.bodies.iter().zip(self.scan.imported_functions..) {
            let params = self.scan.params_of(index)?;
            let function = (index, params);
            let peak_test = self.bodies.write(body, function, &mut self.wasm, &mut self.offsets)?;
            if let Some(branch_func_offset) = peak_test {
                let unlikely = BranchHint { branch_func_offset, branch_hint_value: 0 };
                self.hints.function_hints(index, [unlikely]);
            }
            if self.wasm.len() - length_at > MAX_CODE_BYTES {
                return Err(RewriteError::TooLarge { limit_bytes: MAX_CODE_BYTES });
            }
        }
        self.offsets.private(position(self.wasm.len()));
        fill_length(&mut self.wasm, length_at);
        Ok(())
    }

    /// Copies the code as it is: only its place in the file changes.
    fn copy_code(&mut self) {
        let Some(contents) = self.scan.sections[usize::from(scan::CODE)].clone() else { return };
        self.copy(scan::CODE);
        let start = self.wasm.len() - contents.len();
        self.offsets.verbatim(position(start), position(contents.start));
        self.offsets.private(position(self.wasm.len()));
    }
}

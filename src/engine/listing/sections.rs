//! Sections of a binary as they stand in its bytes, headers included.
//!
//! Trusts nothing: each length is checked against the bytes that there are. Reads no section's content.

use std::ops::Range;

use super::ListingError;

/// Bytes of magic number and version before the first section.
pub(in crate::engine) const PREAMBLE_BYTES: usize = 8;

/// Id of custom sections.
pub(in crate::engine) const CUSTOM: u8 = 0;

/// What a binary is, by its version and layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) enum Encoding {
    /// A core module.
    Module,
    /// A component.
    Component,
}

impl Encoding {
    /// Reads the preamble of the binary in a range of bytes.
    ///
    /// # Errors
    ///
    /// Returns [`ListingError::Malformed`] for anything else than a module or component.
    pub(in crate::engine) fn read(wasm: &[u8], at: &Range<usize>) -> Result<Self, ListingError> {
        match wasm.get(at.clone()).unwrap_or_default() {
            [0, b'a', b's', b'm', _, _, 0, 0, ..] => Ok(Self::Module),
            [0, b'a', b's', b'm', _, _, 1, 0, ..] => Ok(Self::Component),
            _ => Err(malformed(at.start, "here is neither a module nor a component")),
        }
    }
}

/// One section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::engine) struct Section {
    /// Its number in the format.
    pub(in crate::engine) id: u8,
    /// Offset of its header.
    pub(in crate::engine) start: usize,
    /// Its bytes after the header.
    pub(in crate::engine) payload: Range<usize>,
}

impl Section {
    /// Returns all of its bytes, header included.
    pub(in crate::engine) fn range(&self) -> Range<usize> {
        self.start..self.payload.end
    }
}

/// Walks over the sections of the binary in a range of bytes; ends after the first error.
pub(in crate::engine) struct Sections<'a> {
    wasm: &'a [u8],
    at: usize,
    end: usize,
}

impl<'a> Sections<'a> {
    /// Begins after the preamble.
    pub(in crate::engine) fn new(wasm: &'a [u8], at: &Range<usize>) -> Self {
        Self { wasm, at: at.start + PREAMBLE_BYTES, end: at.end }
    }
}

impl Iterator for Sections<'_> {
    type Item = Result<Section, ListingError>;

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.at;
        if start >= self.end {
            return None;
        }
        let id = self.wasm[start];
        let mut at = start + 1;
        let result = sized(self.wasm, &mut at, self.end, "section");
        self.at = result.as_ref().map_or(self.end, |payload| payload.end);
        Some(result.map(|payload| Section { id, start, payload }))
    }
}

/// Reads a size and returns the bytes that it speaks of, leaving `at` where they begin.
///
/// # Errors
///
/// Returns [`ListingError::Malformed`] when the size is no number, or larger than what is left.
pub(in crate::engine) fn sized(
    wasm: &[u8],
    at: &mut usize,
    end: usize,
    what: &str,
) -> Result<Range<usize>, ListingError> {
    let start = *at;
    let size = read_u32(wasm, at, end)? as usize;
    if size > end - *at {
        let left = end - *at;
        return Err(malformed(start, format!("a {what} claims {size} bytes, and {left} are left")));
    }
    Ok(*at..*at + size)
}

/// Reads an unsigned number of at most 32 bits.
///
/// # Errors
///
/// Returns [`ListingError::Malformed`] when it is longer than five bytes or the bytes end before it does.
pub(in crate::engine) fn read_u32(wasm: &[u8], at: &mut usize, end: usize) -> Result<u32, ListingError> {
    let start = *at;
    let mut number = 0_u64;
    for shift in [0, 7, 14, 21, 28] {
        let Some(&byte) = wasm.get(..end).and_then(|wasm| wasm.get(*at)) else {
            return Err(malformed(start, "the bytes end within a number"));
        };
        *at += 1;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return u32::try_from(number).map_err(|_| malformed(start, "a number has more than 32 bits"));
        }
    }
    Err(malformed(start, "a number has more than five bytes"))
}

/// Appends an unsigned number in its shortest form.
pub(in crate::engine) fn push_u32(out: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push((number & 0x7f) as u8);
}

/// Begins a section whose size is not known yet; [`end_section`] takes what this returns.
pub(in crate::engine) fn begin_section(out: &mut Vec<u8>, id: u8) -> usize {
    out.push(id);
    // A number may be padded to five bytes, which leaves room for every size.
    out.extend([0x80, 0x80, 0x80, 0x80, 0]);
    out.len()
}

/// Fills in the size of a section that begins at `start`.
pub(in crate::engine) fn end_section(out: &mut [u8], start: usize) {
    let size = out.len() - start;
    for (digit, byte) in out[start - 5..start].iter_mut().enumerate() {
        let bits = (size >> (7 * digit)).to_le_bytes()[0] & 0x7f;
        *byte = if digit < 4 { bits | 0x80 } else { bits };
    }
}

pub(super) fn malformed(offset: usize, message: impl Into<String>) -> ListingError {
    ListingError::Malformed { offset, message: message.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_within_their_bounds() {
        let table: [(&[u8], Option<u32>); 7] = [
            (&[0], Some(0)),
            (&[0x80, 0], Some(0)),
            (&[0xff, 0xff, 0xff, 0xff, 0x0f], Some(u32::MAX)),
            (&[0xff, 0xff, 0xff, 0xff, 0x1f], None),
            (&[0x80, 0x80, 0x80, 0x80, 0x80, 0], None),
            (&[0x80], None),
            (&[], None),
        ];
        for (bytes, expected) in table {
            assert_eq!(read_u32(bytes, &mut 0, bytes.len()).ok(), expected, "{bytes:?}");
        }
        for number in [0, 127, 128, 300_000, u32::MAX] {
            let mut bytes = Vec::new();
            push_u32(&mut bytes, number);
            assert_eq!(read_u32(&bytes, &mut 0, bytes.len()), Ok(number));
        }
    }

    #[test]
    fn a_section_that_claims_too_much_is_refused() {
        let mut wasm = b"\0asm\x01\0\0\0".to_vec();
        let start = begin_section(&mut wasm, 0);
        wasm.extend(b"\x01x.");
        end_section(&mut wasm, start);
        let sections: Vec<_> = Sections::new(&wasm, &(0..wasm.len())).collect();
        assert_eq!(sections, [Ok(Section { id: 0, start: 8, payload: 14..17 })]);
        let sections: Vec<_> = Sections::new(&wasm, &(0..wasm.len() - 1)).collect();
        assert!(matches!(sections[..], [Err(ListingError::Malformed { offset: 9, .. })]), "{sections:?}");
    }
}

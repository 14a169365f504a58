//! Text of a binary, line by line, with the offset that each line stands for.
//!
//! Bounded: a binary whose text would pass the cap has no listing.

use std::io;

use thiserror::Error;

/// Text of a binary.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listing {
    /// The text, lines apart by line feeds.
    pub text: String,
    /// Line, from 1, and offset into the binary of each line that stands for something in it; the lines
    /// rise, the offsets too but for names and other custom sections.
    pub line_offsets: Vec<(u32, u64)>,
}

impl Listing {
    /// Returns the line, from 1, that stands for an offset of the binary: the last one at or before it.
    pub fn line_of(&self, offset: u64) -> Option<u32> {
        let before = self.line_offsets.partition_point(|&(_, at)| at <= offset);
        self.line_offsets.get(before.checked_sub(1)?).map(|&(line, _)| line)
    }

    /// Returns the offset that a line, from 1, stands for; that of the next such line where it has none.
    pub fn offset_of(&self, line: u32) -> Option<u64> {
        let at = self.line_offsets.partition_point(|&(other, _)| other < line);
        self.line_offsets.get(at).map(|&(_, offset)| offset)
    }
}

/// Why a binary has no listing.
#[derive(Debug, Error)]
pub enum ListingError {
    /// The text would be too large to show.
    #[error("the listing is larger than {max_bytes} bytes")]
    TooLarge {
        /// The cap that it passed.
        max_bytes: usize,
    },
    /// The binary can't be read.
    #[error("the binary can't be listed: {message}")]
    Malformed {
        /// What is wrong with it.
        message: String,
    },
}

/// Writes a binary, module or component, as text.
///
/// # Errors
///
/// Returns [`ListingError::TooLarge`] past `max_bytes` of text, and [`ListingError::Malformed`] for a
/// binary that can't be read.
pub fn listing(wasm: &[u8], max_bytes: usize) -> Result<Listing, ListingError> {
    let mut page = Page { listing: Listing::default(), max_bytes, line: 1, is_full: false };
    let printed = wasmprinter::Config::new().print(wasm, &mut page);
    if page.is_full {
        return Err(ListingError::TooLarge { max_bytes });
    }
    printed.map_err(|err| ListingError::Malformed { message: err.to_string() })?;
    page.listing.line_offsets.sort_by_key(|&(line, _)| line);
    Ok(page.listing)
}

struct Page {
    listing: Listing,
    max_bytes: usize,
    line: u32,
    is_full: bool,
}

impl wasmprinter::Print for Page {
    fn write_str(&mut self, text: &str) -> io::Result<()> {
        if self.listing.text.len() + text.len() > self.max_bytes {
            self.is_full = true;
            return Err(io::Error::other("the listing is full"));
        }
        self.listing.text.push_str(text);
        Ok(())
    }

    fn newline(&mut self) -> io::Result<()> {
        self.line = self.line.saturating_add(1);
        self.write_str("\n")
    }

    fn start_line(&mut self, binary_offset: Option<u64>) {
        // Offsets that go back, as in custom sections, would break the search by offset.
        let last = self.listing.line_offsets.last().map_or(0, |&(_, offset)| offset);
        if let Some(offset) = binary_offset.filter(|&offset| offset >= last) {
            self.listing.line_offsets.push((self.line, offset));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADD: &str = "(module (memory 1) (func (export \"add\") (param i32 i32) (result i32)\n\
        local.get 0 local.get 1 i32.add))";

    #[test]
    fn each_operator_is_found_in_the_listing_and_back() {
        let wasm = wat::parse_str(ADD).expect("the sample is good");
        let listing = listing(&wasm, 1 << 20).expect("the sample is small");
        let lines: Vec<&str> = listing.text.lines().collect();
        // The body ends with `local.get 0`, `local.get 1`, `i32.add` and `end`.
        let add = wasm.iter().rposition(|&byte| byte == 0x6a).expect("the body has an `i32.add`") as u64;
        let line = listing.line_of(add).expect("code has lines");
        assert_eq!(lines[line as usize - 1].trim(), "i32.add");
        assert_eq!(listing.offset_of(line), Some(add));
        let line = listing.line_of(add - 1).expect("code has lines");
        assert_eq!(lines[line as usize - 1].trim(), "local.get 1");
    }

    #[test]
    fn a_listing_past_the_cap_is_refused_and_so_is_a_broken_binary() {
        let wasm = wat::parse_str(ADD).expect("the sample is good");
        assert!(matches!(listing(&wasm, 40), Err(ListingError::TooLarge { max_bytes: 40 })));
        assert!(matches!(listing(&wasm[..wasm.len() - 3], 1 << 20), Err(ListingError::Malformed { .. })));
    }
}

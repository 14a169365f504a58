//! Some lines of a listing, as they were printed.
//!
//! Knows neither the binary nor the printer.

use std::ops::Range;

/// Stands for a line that has no offset.
const NO_OFFSET: u32 = u32::MAX;

/// Lines that a numbered page has; the last may have fewer.
pub const PAGE_LINES: u32 = 256;

/// Consecutive lines of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListingPage {
    first_line: u32,
    text: String,
    ends: Vec<u32>,
    offsets: Vec<u32>,
}

impl ListingPage {
    /// Begins an empty page at a line, from 1.
    pub(super) fn new(first_line: u32) -> Self {
        Self { first_line, text: String::new(), ends: Vec::new(), offsets: Vec::new() }
    }

    /// Appends a line; lines before it that nobody appended become empty.
    pub(super) fn push(&mut self, line: u32, offset: Option<u32>, text: &str) {
        self.fill(line);
        if line == self.lines().end {
            self.text.push_str(text);
            self.ends.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
            self.offsets.push(offset.unwrap_or(NO_OFFSET));
        }
    }

    /// Appends empty lines up to the one before a line.
    pub(super) fn fill(&mut self, line: u32) {
        while self.lines().end < line {
            self.ends.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
            self.offsets.push(NO_OFFSET);
        }
    }

    /// Returns which lines it has, from 1.
    pub fn lines(&self) -> Range<u32> {
        self.first_line..self.first_line + u32::try_from(self.ends.len()).unwrap_or(0)
    }

    /// Returns the text of a line, from 1; `None` when it is not on this page.
    pub fn line(&self, line: u32) -> Option<&str> {
        let row = line.checked_sub(self.first_line)? as usize;
        let end = *self.ends.get(row)? as usize;
        let start = row.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        self.text.get(start..end)
    }

    /// Returns the offset in the binary that a line, from 1, stands for.
    pub fn offset(&self, line: u32) -> Option<u64> {
        let row = line.checked_sub(self.first_line)? as usize;
        self.offsets.get(row).filter(|offset| **offset != NO_OFFSET).map(|offset| u64::from(*offset))
    }

    /// Returns the bytes that it takes.
    pub fn memory_bytes(&self) -> usize {
        size_of::<Self>() + self.text.capacity() + (self.ends.capacity() + self.offsets.capacity()) * 4
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_nobody_printed_are_empty() {
        let mut page = ListingPage::new(7);
        page.push(7, Some(3), "a");
        page.push(9, None, "bc");
        page.push(8, None, "too late");
        page.fill(11);
        assert_eq!(page.lines(), 7..11);
        let lines: Vec<_> = (6..12).map(|line| page.line(line)).collect();
        assert_eq!(lines, [None, Some("a"), Some(""), Some("bc"), Some(""), None]);
        assert_eq!((page.offset(7), page.offset(8), page.offset(99)), (Some(3), None, None));
    }
}

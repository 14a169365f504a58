//! Turns bytes of a text into lines and columns and back.
//!
//! Knows nothing of what the text says, and keeps no copy of it.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// Line and column of a text, both from 1; the column counts characters, not bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TextPosition {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1; a tab is one character.
    pub column: u32,
}

/// Where the lines of one text begin, and which of its characters take more than a byte.
///
/// Lines end at a line feed; a carriage return before it counts as a character of its line. Texts over
/// 4 GiB are indexed up to that size only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineIndex {
    /// Byte at which each line begins; never empty.
    starts: Vec<u32>,
    /// For each character of more than one byte: the byte after it, and how many bytes more than
    /// characters the text has up to there.
    wide: Vec<(u32, u32)>,
    len: u32,
}

impl LineIndex {
    /// Indexes a text.
    pub fn new(text: &str) -> Self {
        let mut index = Self { starts: vec![0], wide: Vec::new(), len: saturate(text.len()) };
        let mut surplus = 0u32;
        for (at, byte) in text.bytes().enumerate().take(index.len as usize) {
            match byte {
                b'\n' => index.starts.push(saturate(at + 1)),
                0xC0.. => {
                    let width = saturate(byte.leading_ones() as usize);
                    surplus = surplus.saturating_add(width - 1);
                    index.wide.push((saturate(at).saturating_add(width), surplus));
                }
                _ => {}
            }
        }
        index
    }

    /// Returns how many lines the text has; a line feed at its very end begins an empty one.
    pub fn num_lines(&self) -> u32 {
        saturate(self.starts.len())
    }

    /// Returns the line and column of a byte; past the text's end, those of its end.
    pub fn position(&self, byte: usize) -> TextPosition {
        let byte = saturate(byte).min(self.len);
        let line = self.starts.partition_point(|&start| start <= byte) - 1;
        let start = self.starts[line];
        let surplus = self.surplus_before(byte) - self.surplus_before(start);
        TextPosition { line: saturate(line + 1), column: (byte - start).saturating_sub(surplus) + 1 }
    }

    /// Returns the byte of a line and column, kept within the line.
    pub fn byte(&self, position: TextPosition) -> usize {
        let line = self.line_bytes(position.line);
        let (start, end) = (saturate(line.start), saturate(line.end));
        let column = position.column.saturating_sub(1);
        let first = self.wide.partition_point(|&(after, _)| after <= start);
        let before = self.surplus_before(start);
        // Each wide character to the left of the column pushes its byte further along.
        let mut extra = 0;
        for &(after, surplus) in &self.wide[first..] {
            let column_after = (after - start) - (surplus - before);
            if after > end || column_after > column {
                break;
            }
            extra = surplus - before;
        }
        start.saturating_add(column).saturating_add(extra).min(end) as usize
    }

    /// Returns the bytes of a line, counted from 1, without its line feed; the last line's where there is
    /// no such line.
    pub fn line_bytes(&self, line: u32) -> Range<usize> {
        let line = (line.max(1) as usize - 1).min(self.starts.len() - 1);
        let end = self.starts.get(line + 1).map_or(self.len, |&next| next - 1);
        self.starts[line] as usize..end as usize
    }

    fn surplus_before(&self, byte: u32) -> u32 {
        match self.wide.partition_point(|&(after, _)| after <= byte) {
            0 => 0,
            count => self.wide[count - 1].1,
        }
    }
}

fn saturate(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_and_positions_agree_in_both_directions() {
        let text = "ab\n\näöx\r\n\t€y\n";
        let index = LineIndex::new(text);
        assert_eq!(index.num_lines(), 5);
        let mut expected = TextPosition { line: 1, column: 1 };
        for (byte, character) in text.char_indices() {
            assert_eq!(index.position(byte), expected, "byte {byte}");
            assert_eq!(index.byte(expected), byte, "{expected:?}");
            if character == '\n' {
                expected = TextPosition { line: expected.line + 1, column: 1 };
            } else {
                expected.column += 1;
            }
        }
        assert_eq!(index.position(text.len()), expected);
        assert_eq!(index.position(usize::MAX), expected);
    }

    #[test]
    fn positions_outside_of_the_text_are_kept_within_it() {
        let index = LineIndex::new("one\ntwo");
        assert_eq!(index.byte(TextPosition { line: 1, column: 99 }), 3);
        assert_eq!(index.byte(TextPosition { line: 99, column: 1 }), 4);
        assert_eq!(index.byte(TextPosition { line: 0, column: 0 }), 0);
        assert_eq!(index.line_bytes(2), 4..7);
        assert_eq!(LineIndex::new("").position(0), TextPosition { line: 1, column: 1 });
    }
}

//! A text that is edited, as the lines that the view asks for.
//!
//! Knows no cursor; it remembers how lines begin, so that an edit costs the lines it changes.

use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::Range;

use crate::model::text::{TextBuffer, TextChange};
use crate::model::wat::{LineLexer, LineState, TextLines};

use super::lines::{LineSource, Spot, SpotRange};

/// A text by its lines.
pub(super) struct EditedLines<'a> {
    buffer: &'a TextBuffer,
    lexer: RefCell<&'a mut LineLexer>,
}

/// The buffer as the lexer reads it.
struct Whole<'a>(&'a TextBuffer);

impl TextLines for Whole<'_> {
    fn num_lines(&self) -> usize {
        self.0.num_lines()
    }

    fn line(&self, line: usize) -> Cow<'_, str> {
        self.0.line(line)
    }
}

impl<'a> EditedLines<'a> {
    /// Lends a text and what is remembered of it.
    pub(super) fn new(buffer: &'a TextBuffer, lexer: &'a mut LineLexer) -> Self {
        Self { buffer, lexer: RefCell::new(lexer) }
    }

    /// Returns the place of a byte of the text.
    pub(super) fn spot(&self, byte: usize) -> Spot {
        spot_of(self.buffer, byte)
    }

    /// Returns the places of a range of bytes.
    pub(super) fn range(&self, bytes: &Range<usize>) -> SpotRange {
        SpotRange::new(self.spot(bytes.start), self.spot(bytes.end))
    }

    /// Returns the byte of the text at a place.
    pub(super) fn byte(&self, spot: Spot) -> usize {
        byte_of(self.buffer, spot)
    }

    /// Finds the partner of a parenthesis beside a byte: both, as bytes of the text.
    pub(super) fn parens_beside(&self, byte: usize) -> Option<(usize, usize)> {
        let mut lexer = self.lexer.borrow_mut();
        [Some(byte), byte.checked_sub(1)].into_iter().flatten().find_map(|at| {
            if !matches!(self.buffer.byte(at), Some(b'(' | b')')) {
                return None;
            }
            let spot = self.spot(at);
            let (line, other) = lexer.matching_paren(&Whole(self.buffer), spot.line, spot.byte)?;
            Some((at, byte_of(self.buffer, Spot::new(line, other))))
        })
    }
}

impl LineSource for EditedLines<'_> {
    fn num_lines(&self) -> usize {
        self.buffer.num_lines()
    }

    fn line_len(&self, line: usize) -> usize {
        self.buffer.line_range(line).len()
    }

    fn slice(&self, line: usize, bytes: Range<usize>) -> Cow<'_, str> {
        let whole = self.buffer.line_range(line);
        let at = |byte: usize| self.buffer.floor(whole.start.saturating_add(byte).min(whole.end));
        let start = at(bytes.start);
        self.buffer.slice(start..at(bytes.end).max(start))
    }

    fn line_state(&self, line: usize) -> LineState {
        self.lexer.borrow_mut().state_at(&Whole(self.buffer), line)
    }
}

/// Returns the place of a byte of the text.
pub(super) fn spot_of(buffer: &TextBuffer, byte: usize) -> Spot {
    let line = buffer.line_of(byte);
    Spot::new(line, byte.min(buffer.len_bytes()) - buffer.line_start(line))
}

/// Returns the byte of the text at a place.
pub(super) fn byte_of(buffer: &TextBuffer, spot: Spot) -> usize {
    let line = buffer.line_range(spot.line);
    buffer.floor((line.start + spot.byte).min(line.end))
}

/// Lets the lexer forget what an edit changed.
pub(super) fn follow(lexer: &mut LineLexer, change: &TextChange) {
    lexer.edit(change.first_line, change.lines_removed + 1, change.lines_inserted + 1);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_bytes_agree_over_both_kinds_of_line_ends() {
        let buffer = TextBuffer::new("(a\r\n ä)\n");
        let mut lexer = LineLexer::default();
        let lines = EditedLines::new(&buffer, &mut lexer);
        assert_eq!((lines.num_lines(), lines.line_len(0), lines.slice(0, 0..99).as_ref()), (3, 2, "(a"));
        for (byte, line, within) in [(0, 0, 0), (2, 0, 2), (4, 1, 0), (5, 1, 1), (7, 1, 3), (9, 2, 0)] {
            assert_eq!(
                (lines.spot(byte), lines.byte(Spot::new(line, within))),
                (Spot::new(line, within), byte)
            );
        }
        assert_eq!(lines.byte(Spot::new(0, 3)), 2, "no place between the signs of a line end");
        assert_eq!(lines.slice(1, 0..2), " ", "no half of a character");
        assert_eq!(lines.parens_beside(0), Some((0, 7)));
        assert_eq!(lines.parens_beside(8), Some((7, 0)));
        assert_eq!(lines.parens_beside(2), None);
    }
}

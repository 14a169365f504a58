//! A text that is edited, as the lines that the view asks for.
//!
//! Knows no cursor. What has to be read of the text for an answer is bounded for each frame.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::ops::Range;

use crate::model::text::{TextBuffer, TextEditor};
use crate::model::wat::Hover;
use crate::model::wat::{LexBudget, LineState, hover_word_of};

use super::lines::{LineSource, Spot, SpotRange};

/// Most bytes that one frame reads of a text to learn how its lines begin and its parentheses pair.
const READ_BY_FRAME: LexBudget = LexBudget::bytes(192 << 10);
/// Bytes of a line on each side of a word that are looked at for its meaning.
const LOOKED_AT: usize = 2048;

/// A text by its lines.
pub(super) struct EditedLines<'a> {
    text: &'a TextEditor,
    buffer: &'a TextBuffer,
    budget: RefCell<LexBudget>,
    is_behind: Cell<bool>,
}

impl<'a> EditedLines<'a> {
    /// Lends a text.
    pub(super) fn new(text: &'a TextEditor) -> Self {
        let budget = RefCell::new(READ_BY_FRAME);
        Self { text, buffer: text.buffer(), budget, is_behind: Cell::new(false) }
    }

    /// Tells whether something was asked whose answer takes another frame.
    pub(super) fn is_behind(&self) -> bool {
        self.is_behind.get()
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

    /// Finds the partner of a parenthesis beside a byte: both, as bytes of the text. One that is too far away to
    /// be found in this frame comes in a later one; a wrong one never does.
    pub(super) fn parens_beside(&self, byte: usize) -> Option<(usize, usize)> {
        let found = self.text.brackets_within(byte, &mut self.budget.borrow_mut());
        self.is_behind.set(self.is_behind.get() || found.is_err());
        found.unwrap_or(None)
    }

    /// Says what is known of the word at a byte, without any names.
    pub(super) fn hover_word(&self, byte: usize) -> Option<Hover> {
        let line = self.buffer.line_of(byte);
        let whole = self.buffer.line_range(line);
        let start = self.buffer.floor(byte.saturating_sub(LOOKED_AT)).max(whole.start);
        let end = self.buffer.floor(byte.saturating_add(LOOKED_AT)).clamp(start, whole.end);
        let state = if start == whole.start { self.line_state(line) } else { LineState::default() };
        let hover = hover_word_of(&self.buffer.slice(start..end), state, byte.saturating_sub(start))?;
        Some(Hover { range: hover.range.start + start..hover.range.end + start, ..hover })
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
        let mut budget = self.budget.borrow_mut();
        self.text.syntax().state_within(self.buffer, line, &mut budget).unwrap_or_else(|old| {
            self.is_behind.set(true);
            old
        })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_bytes_agree_over_both_kinds_of_line_ends() {
        let text = TextEditor::new("(a\r\n ä)\n");
        let lines = EditedLines::new(&text);
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

    #[test]
    fn a_partner_that_is_far_away_comes_later_and_is_never_a_wrong_one() {
        let text = TextEditor::new(&format!("(module\n{})\n(func)\n", "  (func nop) ;; )\n".repeat(40_000)));
        let last = text.buffer().len_bytes() - "\n(func)\n".len() - 1;
        let mut num_frames = 0;
        loop {
            let lines = EditedLines::new(&text);
            let found = lines.parens_beside(0);
            num_frames += 1;
            assert!(found.is_some() != lines.is_behind(), "either there is an answer or it is still to come");
            if found.is_some() {
                assert_eq!(found, Some((0, last)));
                break;
            }
        }
        assert!(num_frames > 2, "no frame reads the whole text");
    }
}

//! What the editor shows: lines of text, wherever they come from, and places in them.
//!
//! Knows no rope, no binary and no layout; whoever has lines lends them one at a time.

use std::borrow::Cow;
use std::ops::Range;

use crate::model::wat::LineState;

/// Lines of a text that may be far too long to be held as one string.
///
/// Lines are counted from 0, bytes from the beginning of their line. Whatever is asked for, a source answers
/// and never panics: what lies past the end is empty.
pub trait LineSource {
    /// Returns how many lines there are; a text without any has one, which is empty.
    fn num_lines(&self) -> usize;

    /// Returns the number of bytes in a line, without its line break.
    fn line_len(&self, line: usize) -> usize;

    /// Returns some bytes of a line, cut back to whole characters.
    fn slice(&self, line: usize, bytes: Range<usize>) -> Cow<'_, str>;

    /// Returns what the line before left open, such as a block comment.
    fn line_state(&self, line: usize) -> LineState {
        let _ = line;
        LineState::default()
    }
}

/// A place between two characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Hash)]
pub struct Spot {
    /// Line, from 0.
    pub line: usize,
    /// Byte of the line, from 0.
    pub byte: usize,
}

impl Spot {
    /// Makes a place from a line and a byte of it, both from 0.
    pub const fn new(line: usize, byte: usize) -> Self {
        Self { line, byte }
    }

    /// Returns this place, or the nearest one that the lines have; never within a character.
    pub fn within(self, lines: &dyn LineSource) -> Self {
        let last = lines.num_lines().saturating_sub(1);
        if self.line > last {
            return Self::new(last, lines.line_len(last));
        }
        let byte = self.byte.min(lines.line_len(self.line));
        // A character is four bytes at most, so the ones just before tell where it begins.
        let from = byte.saturating_sub(4);
        let near = lines.slice(self.line, from..byte);
        Self::new(self.line, if from == 0 || !near.is_empty() { byte.min(from + near.len()) } else { byte })
    }
}

/// What is selected: the end that stays and the end that moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct SpotRange {
    /// The end that stays when the selection is extended.
    pub anchor: Spot,
    /// The end that moves, where the caret is.
    pub head: Spot,
}

impl SpotRange {
    /// Makes a caret without a selection.
    pub const fn caret(at: Spot) -> Self {
        Self { anchor: at, head: at }
    }

    /// Makes a selection.
    pub const fn new(anchor: Spot, head: Spot) -> Self {
        Self { anchor, head }
    }

    /// Returns the end that comes first in the text.
    pub fn start(&self) -> Spot {
        self.anchor.min(self.head)
    }

    /// Returns the end that comes last in the text.
    pub fn end(&self) -> Spot {
        self.anchor.max(self.head)
    }

    /// Tells whether nothing is selected.
    pub fn is_caret(&self) -> bool {
        self.anchor == self.head
    }
}

/// Cuts a range of bytes back to what a string has, and to whole characters.
pub fn clip(text: &str, bytes: Range<usize>) -> &str {
    let end = text.floor_char_boundary(bytes.end.min(text.len()));
    let start = text.floor_char_boundary(bytes.start.min(end));
    &text[start..end]
}

impl LineSource for Vec<&str> {
    fn num_lines(&self) -> usize {
        self.len().max(1)
    }

    fn line_len(&self, line: usize) -> usize {
        self.get(line).map_or(0, |line| line.len())
    }

    fn slice(&self, line: usize, bytes: Range<usize>) -> Cow<'_, str> {
        Cow::Borrowed(self.get(line).map_or("", |line| clip(line, bytes)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_brought_back_to_where_there_is_text() {
        let lines = vec!["aä", "", "xyz"];
        for (from, to) in [
            ((0, 0), (0, 0)),
            ((0, 1), (0, 1)),
            ((0, 2), (0, 1)),
            ((0, 3), (0, 3)),
            ((0, 99), (0, 3)),
            ((1, 5), (1, 0)),
            ((9, 0), (2, 3)),
        ] {
            let spot = Spot::new(from.0, from.1).within(&lines);
            assert_eq!((spot.line, spot.byte), to, "{from:?}");
        }
    }

    #[test]
    fn selections_know_which_end_comes_first() {
        let range = SpotRange::new(Spot::new(2, 0), Spot::new(1, 4));
        assert_eq!((range.start(), range.end()), (Spot::new(1, 4), Spot::new(2, 0)));
        assert!(!range.is_caret() && SpotRange::caret(range.head).is_caret());
    }

    #[test]
    fn clipping_never_cuts_a_character() {
        for (bytes, expected) in [(0..1, "a"), (0..2, "a"), (1..3, "ä"), (2..3, "ä"), (5..9, "")] {
            assert_eq!(clip("aä", bytes.clone()), expected, "{bytes:?}");
        }
    }
}

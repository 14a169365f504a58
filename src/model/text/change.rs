//! What one edit changed, and where places are after it.
//!
//! Knows no text: only numbers of bytes and lines.

use std::ops::Range;

/// A part of a text that was replaced by another.
///
/// Several changes of one edit come in the order in which they were made; each speaks of the text that the one
/// before it left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextChange {
    /// Byte at which both parts begin.
    pub start: usize,
    /// Length of the old part, in bytes.
    pub removed: usize,
    /// Length of the new part, in bytes.
    pub inserted: usize,
    /// Line in which both begin, from 0.
    pub first_line: usize,
    /// How many line feeds the old part had.
    pub lines_removed: usize,
    /// How many line feeds the new part has.
    pub lines_inserted: usize,
}

/// On which side of an insertion a place stays that is exactly there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bias {
    /// Before what was inserted.
    Before,
    /// After what was inserted.
    After,
}

impl TextChange {
    /// Returns the bytes that were replaced, in the text before.
    pub fn old_range(&self) -> Range<usize> {
        self.start..self.start + self.removed
    }

    /// Returns the bytes that replaced them, in the text after.
    pub fn new_range(&self) -> Range<usize> {
        self.start..self.start + self.inserted
    }

    /// Returns where a place of the text before is in the text after; one inside of what was replaced goes to
    /// the side that `bias` says.
    pub fn map(&self, byte: usize, bias: Bias) -> usize {
        let old_end = self.start + self.removed;
        if byte < self.start || (byte == self.start && self.removed > 0) {
            byte
        } else if byte > old_end || (byte == old_end && self.removed > 0) {
            byte - self.removed + self.inserted
        } else {
            match bias {
                Bias::Before => self.start,
                Bias::After => self.start + self.inserted,
            }
        }
    }

    /// Returns which line, from 1, a line of the text before is in the text after.
    pub fn map_line(&self, line: u32) -> u32 {
        let from_zero = (line.max(1) - 1) as usize;
        if from_zero <= self.first_line {
            return line;
        }
        let behind = from_zero - self.first_line;
        let moved = if behind > self.lines_removed {
            behind - self.lines_removed + self.lines_inserted
        } else {
            behind.min(self.lines_inserted)
        };
        u32::try_from(self.first_line + moved + 1).unwrap_or(u32::MAX)
    }

    /// Returns the change that takes this one back.
    pub(super) fn inverse(&self) -> Self {
        Self {
            removed: self.inserted,
            inserted: self.removed,
            lines_removed: self.lines_inserted,
            lines_inserted: self.lines_removed,
            ..*self
        }
    }

    /// Returns where a range is afterwards: it grows with what is inserted inside of it, not at its ends.
    pub fn map_range(&self, range: Range<usize>) -> Range<usize> {
        let start = self.map(range.start, Bias::After);
        start..self.map(range.end, Bias::Before).max(start)
    }
}

/// Takes a place through changes in the order in which they were made.
pub fn map_through(changes: &[TextChange], byte: usize, bias: Bias) -> usize {
    changes.iter().fold(byte, |byte, change| change.map(byte, bias))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_stay_with_their_text() {
        let change = TextChange {
            start: 4,
            removed: 3,
            inserted: 5,
            first_line: 0,
            lines_removed: 0,
            lines_inserted: 0,
        };
        for (byte, before, after) in [(3, 3, 3), (4, 4, 4), (6, 4, 9), (7, 9, 9), (8, 10, 10)] {
            assert_eq!(change.map(byte, Bias::Before), before, "{byte}");
            assert_eq!(change.map(byte, Bias::After), after, "{byte}");
        }
        let insertion = TextChange { removed: 0, ..change };
        assert_eq!(insertion.map(4, Bias::Before), 4);
        assert_eq!(insertion.map(4, Bias::After), 9);
        assert_eq!(insertion.map_range(4..6), 9..11, "an insertion before a range moves it");
        assert_eq!(insertion.map_range(2..4), 2..4, "an insertion behind a range leaves it");
        assert_eq!(insertion.map_range(2..6), 2..11);
        assert_eq!(insertion.map_range(4..4), 9..9);
    }
}

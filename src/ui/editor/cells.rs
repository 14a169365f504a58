//! What stands on the screen for a line: tabs as spaces, signs that nobody could see as their numbers.
//!
//! Knows no colours and no fonts; it maps bytes of the line to characters on the screen and back.

use std::ops::Range;

/// Columns from one tab stop to the next.
pub(super) const TAB: usize = 4;

/// A piece of a line as it is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Cells {
    /// What is shown.
    pub(super) text: String,
    /// Byte of the piece and character on the screen where each begins, with the end of both at last; empty
    /// where both are the same.
    map: Vec<(u32, u32)>,
    /// Bytes of the piece that are shown by their numbers.
    pub(super) odd: Vec<Range<usize>>,
    /// Bytes of `text` at which each byte of the piece begins; empty where both are the same.
    shown_at: Vec<u32>,
    /// Number of characters shown.
    num_chars: usize,
    /// Number of bytes in the piece.
    len: usize,
}

/// Text that is being composed and is no part of the line yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Inlay<'a> {
    /// Byte of the piece before which it stands.
    pub(super) at: usize,
    /// What it says.
    pub(super) text: &'a str,
}

impl Cells {
    /// Makes what is shown for a piece of a line.
    pub(super) fn new(piece: &str, inlay: Option<Inlay<'_>>) -> Self {
        if inlay.is_none() && piece.bytes().all(|byte| (0x20..0x7F).contains(&byte)) {
            return Self {
                text: piece.to_owned(),
                num_chars: piece.len(),
                len: piece.len(),
                ..Self::default()
            };
        }
        let mut cells = Self::default();
        let mut column = 0;
        for (byte, sign) in piece.char_indices() {
            if let Some(inlay) = inlay.filter(|inlay| inlay.at == byte) {
                cells.push_str(inlay.text, &mut column);
            }
            cells.begin(byte, column);
            if sign == '\t' {
                let width = TAB - column % TAB;
                cells.text.extend(std::iter::repeat_n(' ', width));
                column += width;
            } else if is_unseen(sign) {
                cells.odd.push(byte..byte + sign.len_utf8());
                cells.push_str(&format!("<{:04X}>", u32::from(sign)), &mut column);
            } else {
                cells.text.push(sign);
                column += 1;
            }
        }
        if let Some(inlay) = inlay.filter(|inlay| inlay.at >= piece.len()) {
            cells.push_str(inlay.text, &mut column);
        }
        cells.begin(piece.len(), column);
        cells.num_chars = column;
        cells.len = piece.len();
        cells
    }

    /// Returns how many bytes the piece has.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Returns the character on the screen at which a byte of the piece begins.
    pub(super) fn column_of(&self, byte: usize) -> usize {
        if self.map.is_empty() {
            return byte.min(self.num_chars);
        }
        let after = self.map.partition_point(|(at, _)| *at as usize <= byte);
        self.map[after.saturating_sub(1)].1 as usize
    }

    /// Returns the byte of the piece that begins at a character on the screen, or the nearest before it.
    pub(super) fn byte_at(&self, column: usize) -> usize {
        if self.map.is_empty() {
            return column.min(self.num_chars);
        }
        // An inlay stands before the sign of its byte, so the last byte that begins at or before is meant.
        let after = self.map.partition_point(|(_, at)| *at as usize <= column);
        match after {
            0 => 0,
            _ => self.map[after - 1].0 as usize,
        }
    }

    /// Returns the byte that is nearest to a place between two characters of which the first begins at
    /// `column`; `past_middle` tells on which side of its middle the place is.
    pub(super) fn nearest(&self, column: usize, share: f32) -> usize {
        if self.map.is_empty() {
            return (column + usize::from(share >= 0.5)).min(self.num_chars);
        }
        let byte = self.byte_at(column);
        let after = self.map.partition_point(|(at, _)| *at as usize <= byte);
        let Some((next, next_column)) = self.map.get(after).copied() else { return byte };
        let begin = self.column_of(byte);
        let width = (next_column as usize).saturating_sub(begin).max(1);
        let middle = (column - begin) * 2 + usize::from(share >= 0.5) >= width;
        if middle { next as usize } else { byte }
    }

    /// Returns the bytes of what is shown for bytes of the piece.
    pub(super) fn shown(&self, bytes: Range<usize>) -> Range<usize> {
        let at = |byte: usize| {
            if self.map.is_empty() {
                return byte.min(self.text.len());
            }
            let after = self.map.partition_point(|(at, _)| *at as usize <= byte);
            self.shown_at[after.saturating_sub(1)] as usize
        };
        at(bytes.start)..at(bytes.end)
    }

    fn begin(&mut self, byte: usize, column: usize) {
        self.map.push((narrow(byte), narrow(column)));
        self.shown_at.push(narrow(self.text.len()));
    }

    fn push_str(&mut self, text: &str, column: &mut usize) {
        self.text.push_str(text);
        *column += text.chars().count();
    }
}

/// Tells whether a sign would leave no trace on the screen, or turn what follows around.
fn is_unseen(sign: char) -> bool {
    sign.is_control()
        || matches!(u32::from(sign),
            0xAD | 0x61C | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0xFEFF | 0xE0000..=0xE0FFF)
}

/// A piece has fewer than 2^32 bytes, since it is cut to what fits the window.
fn narrow(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_shown_as_it_is() {
        let cells = Cells::new("(module)", None);
        assert_eq!(cells.text, "(module)");
        assert_eq!((cells.column_of(3), cells.byte_at(3), cells.column_of(99)), (3, 3, 8));
        assert_eq!((cells.nearest(3, 0.2), cells.nearest(3, 0.7)), (3, 4));
    }

    #[test]
    fn tabs_reach_to_their_stop_and_hidden_signs_show_their_number() {
        let cells = Cells::new("a\tä\u{202E}b", None);
        assert_eq!(cells.text, "a   ä<202E>b");
        let places: Vec<usize> = [0, 1, 2, 4, 7, 8].iter().map(|byte| cells.column_of(*byte)).collect();
        assert_eq!(places, [0, 1, 4, 5, 11, 12]);
        for (column, byte) in [(0, 0), (1, 1), (3, 1), (4, 2), (5, 4), (8, 4), (11, 7), (12, 8), (99, 8)] {
            assert_eq!(cells.byte_at(column), byte, "{column}");
        }
        assert_eq!(cells.odd, std::iter::once(4..7).collect::<Vec<_>>());
        assert_eq!(&cells.text[cells.shown(2..4)], "ä");
        assert_eq!(&cells.text[cells.shown(4..8)], "<202E>b");
        assert_eq!((cells.nearest(1, 0.9), cells.nearest(3, 0.1)), (1, 2), "a tab has one middle");
    }

    #[test]
    fn what_is_composed_stands_before_its_byte() {
        let cells = Cells::new("ab", Some(Inlay { at: 1, text: "にほ" }));
        assert_eq!(cells.text, "aにほb");
        assert_eq!((cells.column_of(1), cells.column_of(2)), (3, 4));
        assert_eq!((cells.byte_at(1), cells.byte_at(3)), (0, 1));
        assert_eq!(Cells::new("ab", Some(Inlay { at: 9, text: "x" })).text, "abx");
        assert_eq!(Cells::new("", Some(Inlay { at: 0, text: "x" })).column_of(0), 1);
    }

    #[test]
    fn an_empty_line_has_one_place() {
        let cells = Cells::new("", None);
        assert_eq!((cells.column_of(0), cells.byte_at(5), cells.nearest(0, 0.9)), (0, 0, 0));
    }
}

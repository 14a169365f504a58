//! The text itself, on a rope: edits anywhere in megabytes, and copies that cost nothing.
//!
//! Knows no cursor and no history.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use ropey::{Rope, RopeBuilder};

use super::change::TextChange;
use crate::model::text_position::TextPosition;

/// How many lines are looked at to tell how lines of a text end.
const LINES_LOOKED_AT: usize = 1_000;

/// What a line ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum LineEnding {
    /// A line feed.
    #[default]
    Lf,
    /// A carriage return and a line feed.
    CrLf,
}

impl LineEnding {
    /// Returns the characters.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lf => "\n",
            Self::CrLf => "\r\n",
        }
    }

    /// Returns the name that people know it by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lf => "LF",
            Self::CrLf => "CRLF",
        }
    }
}

/// A text that can be edited; a clone is a snapshot, and shares all that stays the same.
#[derive(Debug, Clone, Default)]
pub struct TextBuffer {
    rope: Rope,
    ending: LineEnding,
    version: u64,
}

impl TextBuffer {
    /// Takes a text as it is; line ends of both kinds may be mixed, and stay so.
    pub fn new(text: &str) -> Self {
        let rope = Rope::from_str(text);
        let ending = detect_ending(&rope);
        Self { rope, ending, version: 0 }
    }

    /// Takes a text in pieces.
    pub fn from_chunks<'a>(chunks: impl IntoIterator<Item = &'a str>) -> Self {
        let mut builder = RopeBuilder::new();
        for chunk in chunks {
            builder.append(chunk);
        }
        let rope = builder.finish();
        let ending = detect_ending(&rope);
        Self { rope, ending, version: 0 }
    }

    /// Returns a number that is another one after each change.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Returns what inserted lines end with: what most of the first lines did when the text was taken.
    pub fn line_ending(&self) -> LineEnding {
        self.ending
    }

    /// Returns the length in bytes.
    pub fn len_bytes(&self) -> usize {
        self.rope.len_bytes()
    }

    /// Returns the length in characters.
    pub fn len_chars(&self) -> usize {
        self.rope.len_chars()
    }

    /// Returns the length in UTF-16 code units.
    pub fn len_utf16(&self) -> usize {
        self.rope.len_utf16_cu()
    }

    /// Tells whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.len_bytes() == 0
    }

    /// Returns how many lines there are, at least 1; a line feed at the very end begins an empty one.
    pub fn num_lines(&self) -> usize {
        self.rope.len_lines()
    }

    /// Returns a line without what it ends with; a line past the last is empty.
    pub fn line(&self, line: usize) -> Cow<'_, str> {
        self.slice(self.line_range(line))
    }

    /// Lists the lines from this one on, with what they end with.
    pub fn lines_from(&self, first: usize) -> impl Iterator<Item = Cow<'_, str>> {
        self.rope.lines_at(first.min(self.num_lines())).map(Cow::from)
    }

    /// Returns the bytes of a line without what it ends with.
    pub fn line_range(&self, line: usize) -> Range<usize> {
        let (start, next) = (self.line_start(line), self.line_start(line + 1));
        if line + 1 >= self.num_lines() {
            return start..next;
        }
        let end = next - 1;
        let has_return = end > start && self.rope.byte(end - 1) == b'\r';
        start..end - usize::from(has_return)
    }

    /// Returns the byte at which a line begins; past the last line, the length of the text.
    pub fn line_start(&self, line: usize) -> usize {
        self.rope.line_to_byte(line.min(self.num_lines()))
    }

    /// Returns the line that holds a byte; past the end, the last one.
    pub fn line_of(&self, byte: usize) -> usize {
        self.rope.byte_to_line(byte.min(self.len_bytes()))
    }

    /// Returns a part of the text, borrowed where it lies in one piece.
    pub fn slice(&self, range: Range<usize>) -> Cow<'_, str> {
        let range = self.clamp(range);
        self.rope.byte_slice(range).into()
    }

    /// Returns the pieces that a part of the text is kept in, in order.
    pub fn chunks(&self, range: Range<usize>) -> impl Iterator<Item = &str> {
        self.rope.byte_slice(self.clamp(range)).chunks()
    }

    /// Returns the piece that holds a byte, and the byte at which it begins.
    pub fn chunk_at(&self, byte: usize) -> (&str, usize) {
        let (chunk, start, _, _) = self.rope.chunk_at_byte(byte.min(self.len_bytes()));
        (chunk, start)
    }

    /// Returns the characters from a byte on.
    pub fn chars_from(&self, byte: usize) -> impl Iterator<Item = char> {
        self.rope.chars_at(self.byte_to_char(byte))
    }

    /// Returns the characters before a byte, backwards.
    pub fn chars_before(&self, byte: usize) -> impl Iterator<Item = char> {
        self.rope.chars_at(self.byte_to_char(byte)).reversed()
    }

    /// Returns the character that begins at a byte.
    pub fn char_at(&self, byte: usize) -> Option<char> {
        self.rope.get_char(self.byte_to_char(byte))
    }

    /// Returns the character that ends at a byte.
    pub fn char_before(&self, byte: usize) -> Option<char> {
        self.rope.get_char(self.byte_to_char(byte).checked_sub(1)?)
    }

    /// Returns a byte of the text.
    pub fn byte(&self, at: usize) -> Option<u8> {
        self.rope.get_byte(at)
    }

    /// Counts the bytes that two texts have in common at their beginning.
    pub(super) fn common_prefix(&self, other: &Self) -> usize {
        let (mut ours, mut theirs) = (self.rope.chunks(), other.rope.chunks());
        let (mut our, mut their): (&[u8], &[u8]) = (&[], &[]);
        let mut same = 0;
        loop {
            if our.is_empty() {
                our = ours.next().map_or(&[], str::as_bytes);
            }
            if their.is_empty() {
                their = theirs.next().map_or(&[], str::as_bytes);
            }
            let both = our.len().min(their.len());
            if both == 0 || our[..both] != their[..both] {
                return same + our.iter().zip(their).take_while(|(our, their)| our == their).count();
            }
            same += both;
            (our, their) = (&our[both..], &their[both..]);
        }
    }

    /// Counts the bytes that two texts have in common at their end, `most` at most.
    pub(super) fn common_suffix(&self, other: &Self, most: usize) -> usize {
        let mut same = 0;
        while same < most {
            let piece = |text: &Self| {
                let end = text.len_bytes() - same;
                let start = text.chunk_at(end.saturating_sub(1)).1;
                end - start
            };
            let both = piece(self).min(piece(other)).min(most - same);
            let bytes = |text: &Self| {
                let end = text.len_bytes() - same;
                let (chunk, start) = text.chunk_at(end.saturating_sub(1));
                chunk.as_bytes()[end - both - start..end - start].to_vec()
            };
            let (ours, theirs) = (bytes(self), bytes(other));
            if both == 0 || ours != theirs {
                let equal = ours.iter().rev().zip(theirs.iter().rev());
                return same + equal.take_while(|(our, their)| our == their).count();
            }
            same += both;
        }
        same
    }

    /// Returns the same text with another number.
    pub(super) fn with_version(self, version: u64) -> Self {
        Self { version, ..self }
    }

    /// Returns the whole text in one piece; this copies it.
    pub fn to_text(&self) -> String {
        self.rope.to_string()
    }

    /// Returns the whole text in one shared piece; this copies it.
    pub fn to_shared(&self) -> Arc<str> {
        self.to_text().into()
    }

    /// Tells whether this is that text; costs a look at both unless their lengths differ.
    pub fn is_text(&self, text: &str) -> bool {
        self.len_bytes() == text.len() && self.rope == *text
    }

    /// Tells whether the text consists of these bytes.
    pub fn is_bytes(&self, bytes: &[u8]) -> bool {
        let mut rest = bytes;
        self.len_bytes() == bytes.len()
            && self.rope.chunks().all(|chunk| match rest.split_at_checked(chunk.len()) {
                Some((part, after)) => {
                    rest = after;
                    part == chunk.as_bytes()
                }
                None => false,
            })
    }

    /// Counts the characters before a byte.
    pub fn byte_to_char(&self, byte: usize) -> usize {
        self.rope.byte_to_char(byte.min(self.len_bytes()))
    }

    /// Returns the byte at which the character of that number begins.
    pub fn char_to_byte(&self, index: usize) -> usize {
        self.rope.char_to_byte(index.min(self.len_chars()))
    }

    /// Counts the UTF-16 code units before a byte.
    pub fn byte_to_utf16(&self, byte: usize) -> usize {
        self.rope.char_to_utf16_cu(self.byte_to_char(byte))
    }

    /// Returns the byte of a UTF-16 code unit; in the middle of a pair, of the character that it is half of.
    pub fn utf16_to_byte(&self, unit: usize) -> usize {
        self.char_to_byte(self.rope.utf16_cu_to_char(unit.min(self.len_utf16())))
    }

    /// Returns line and column of a byte, both from 1, the column in characters.
    pub fn position(&self, byte: usize) -> TextPosition {
        let line = self.line_of(byte);
        let column = self.byte_to_char(byte) - self.rope.line_to_char(line);
        TextPosition { line: saturate(line + 1), column: saturate(column + 1) }
    }

    /// Returns the byte of a line and column, kept within the line.
    pub fn byte_at(&self, position: TextPosition) -> usize {
        let line = (position.line.max(1) as usize - 1).min(self.num_lines() - 1);
        let range = self.line_range(line);
        let column = position.column.max(1) as usize - 1;
        self.char_to_byte(self.byte_to_char(range.start).saturating_add(column)).min(range.end)
    }

    /// Returns the last place at or before `byte` where a cursor may be: in no character, and not between a
    /// carriage return and its line feed.
    pub fn floor(&self, byte: usize) -> usize {
        let mut byte = byte.min(self.len_bytes());
        let (chunk, start) = self.chunk_at(byte);
        byte = start + chunk.floor_char_boundary(byte - start);
        let is_inside_break =
            byte > 0 && self.byte(byte) == Some(b'\n') && self.byte(byte - 1) == Some(b'\r');
        byte - usize::from(is_inside_break)
    }

    /// Replaces a part of the text and says what changed.
    pub fn replace(&mut self, range: Range<usize>, text: &str) -> TextChange {
        let range = self.clamp(range);
        let first_line = self.line_of(range.start);
        let change = TextChange {
            start: range.start,
            removed: range.len(),
            inserted: text.len(),
            first_line,
            lines_removed: self.line_of(range.end) - first_line,
            lines_inserted: text.bytes().filter(|byte| *byte == b'\n').count(),
        };
        let at = self.rope.byte_to_char(range.start);
        if !range.is_empty() {
            self.rope.remove(at..self.rope.byte_to_char(range.end));
        }
        if !text.is_empty() {
            self.rope.insert(at, text);
        }
        self.version += 1;
        change
    }

    /// Returns a text with every line end turned into this text's own.
    pub fn with_own_endings<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match self.ending {
            LineEnding::Lf if !text.contains('\r') => Cow::Borrowed(text),
            LineEnding::Lf => Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")),
            LineEnding::CrLf if !text.contains(['\r', '\n']) => Cow::Borrowed(text),
            LineEnding::CrLf => {
                Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n"))
            }
        }
    }

    fn clamp(&self, range: Range<usize>) -> Range<usize> {
        let end = range.end.min(self.len_bytes());
        range.start.min(end)..end
    }
}

/// The same text, whatever became of it; quick for clones of one that was not changed.
impl PartialEq for TextBuffer {
    fn eq(&self, other: &Self) -> bool {
        self.rope.is_instance(&other.rope)
            || (self.len_bytes() == other.len_bytes() && self.rope == other.rope)
    }
}

impl Eq for TextBuffer {}

impl From<&str> for TextBuffer {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

fn detect_ending(rope: &Rope) -> LineEnding {
    let (mut returns, mut total) = (0usize, 0usize);
    for line in rope.lines().take(LINES_LOOKED_AT) {
        let bytes = line.len_bytes();
        if bytes > 0 && line.byte(bytes - 1) == b'\n' {
            total += 1;
            returns += usize::from(bytes > 1 && line.byte(bytes - 2) == b'\r');
        }
    }
    if returns * 2 > total { LineEnding::CrLf } else { LineEnding::Lf }
}

fn saturate(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

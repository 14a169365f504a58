//! Cuts a text into lexemes: parentheses, strings, comments and words, by bytes and nothing else.
//!
//! Knows no words and no lines: whoever gives it one line gets what is in that line.

use std::ops::Range;

/// A piece of a text that is not white space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lexeme {
    /// `(`.
    Open,
    /// `)`.
    Close,
    /// A string with its quotes; not closed when its line ends before it does.
    String { is_closed: bool },
    /// `;;` and the rest of the line.
    LineComment,
    /// `(; … ;)` with all that is nested in it.
    BlockComment {
        /// How many are still open at the end of the text.
        open: u32,
    },
    /// A keyword, a number, a name: whatever is written in one piece.
    Word,
    /// A name or an annotation in quotes, such as `$"a b"`.
    Quoted { is_closed: bool },
    /// A character that stands nowhere.
    Other,
}

/// Returns the next lexeme at or after a byte, or `None` at the end of the text.
pub(super) fn next_lexeme(text: &str, at: usize) -> Option<(Lexeme, Range<usize>)> {
    let bytes = text.as_bytes();
    let blank = bytes.get(at..)?.iter().position(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r'))?;
    let start = at + blank;
    let (lexeme, end) = match (bytes[start], bytes.get(start + 1)) {
        (b'(', Some(b';')) => {
            let (end, open) = block_comment(bytes, start + 2, 1);
            (Lexeme::BlockComment { open }, end)
        }
        (b';', Some(b';')) => (Lexeme::LineComment, line_end(bytes, start)),
        (b'(', _) => (Lexeme::Open, start + 1),
        (b')', _) => (Lexeme::Close, start + 1),
        (b'"', _) => {
            let (end, is_closed) = string(bytes, start);
            (Lexeme::String { is_closed }, end)
        }
        (b'$' | b'@', Some(b'"')) => {
            let (end, is_closed) = string(bytes, start + 1);
            (Lexeme::Quoted { is_closed }, end)
        }
        (byte, _) if is_word_byte(byte) => (Lexeme::Word, word_end(bytes, start)),
        _ => (Lexeme::Other, start + text[start..].chars().next().map_or(1, char::len_utf8)),
    };
    Some((lexeme, start..end))
}

/// Reads on inside of block comments; returns the byte behind them, and how many are open there.
pub(super) fn block_comment(bytes: &[u8], mut at: usize, mut open: u32) -> (usize, u32) {
    while open > 0 && at < bytes.len() {
        match (bytes[at], bytes.get(at + 1)) {
            (b'(', Some(b';')) => {
                open = open.saturating_add(1);
                at += 2;
            }
            (b';', Some(b')')) => {
                open -= 1;
                at += 2;
            }
            _ => at += 1,
        }
    }
    (at, open)
}

/// Tells whether a byte may stand in a keyword, a number or a name.
pub(super) fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'(' | b')' | b'"' | b',' | b';' | b'[' | b']' | b'{' | b'}')
}

fn word_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|&byte| !is_word_byte(byte)).map_or(bytes.len(), |length| at + length)
}

/// Returns the byte after the line's last that is not its break.
fn line_end(bytes: &[u8], at: usize) -> usize {
    let end = bytes[at..].iter().position(|&byte| byte == b'\n').map_or(bytes.len(), |length| at + length);
    if end > at && bytes[end - 1] == b'\r' { end - 1 } else { end }
}

/// Reads a string from its quote; returns the byte after it and whether it is closed.
fn string(bytes: &[u8], at: usize) -> (usize, bool) {
    let mut end = at + 1;
    while let Some(&byte) = bytes.get(end) {
        match (byte, bytes.get(end + 1)) {
            (b'"', _) => return (end + 1, true),
            (b'\n', _) | (b'\r', Some(b'\n') | None) => return (end, false),
            (b'\\', Some(next)) if !matches!(next, b'\n' | b'\r') => end += 2,
            _ => end += 1,
        }
    }
    // An escaped character of several bytes may have been entered in its middle, never left there.
    (end.min(bytes.len()), false)
}

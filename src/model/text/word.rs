//! What a person takes for a word in code.
//!
//! Knows no operators: a name with its sign is one word, and the dot ends one.

use std::ops::Range;

use super::buffer::TextBuffer;
use super::grapheme;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Space,
    Break,
    Word,
    Sign,
}

/// Returns the end of the word at or after a byte.
pub(super) fn right(buffer: &TextBuffer, byte: usize) -> usize {
    let mut at = byte;
    let mut run = None;
    for sign in buffer.chars_from(byte) {
        let class = class(sign);
        match run {
            None if matches!(class, Class::Space | Class::Break) => {}
            None => run = Some(class),
            Some(run) if run != class && !joins(sign) => break,
            Some(_) => {}
        }
        at += sign.len_utf8();
    }
    at
}

/// Returns the start of the word at or before a byte.
pub(super) fn left(buffer: &TextBuffer, byte: usize) -> usize {
    let mut at = byte;
    let mut run = None;
    for sign in buffer.chars_before(byte) {
        let class = class(sign);
        match run {
            None if matches!(class, Class::Space | Class::Break) => {}
            None if joins(sign) => {}
            None => run = Some(class),
            Some(run) if run != class && !joins(sign) => break,
            Some(_) => {}
        }
        at -= sign.len_utf8();
    }
    at
}

/// Returns the word, the signs or the space around a byte; at a border, the word wins.
pub(super) fn around(buffer: &TextBuffer, byte: usize) -> Range<usize> {
    let line = buffer.line_range(buffer.line_of(byte));
    let byte = byte.clamp(line.start, line.end);
    let after = buffer.char_at(byte).filter(|_| byte < line.end).map(class);
    let before = buffer.char_before(byte).filter(|_| byte > line.start).map(class);
    let rank = |class: Option<Class>| match class {
        Some(Class::Word) => 3,
        Some(Class::Sign) => 2,
        Some(Class::Space) => 1,
        Some(Class::Break) | None => 0,
    };
    let Some(wanted) = (if rank(after) >= rank(before) { after } else { before }) else { return byte..byte };
    let is_part = |sign: &char| class(*sign) == wanted || joins(*sign);
    let forward: usize = buffer
        .chars_from(byte)
        .scan(byte, |at, sign| (*at < line.end).then(|| (*at += sign.len_utf8(), sign).1))
        .take_while(is_part)
        .map(char::len_utf8)
        .sum();
    let backward: usize = buffer
        .chars_before(byte)
        .scan(byte, |at, sign| (*at > line.start).then(|| (*at -= sign.len_utf8(), sign).1))
        .take_while(is_part)
        .map(char::len_utf8)
        .sum();
    // A mark that belongs to a character must not be cut from it.
    let (start, end) = (byte - backward, byte + forward);
    start..if end > byte { grapheme::next(buffer, grapheme::previous(buffer, end)).max(end) } else { end }
}

fn class(sign: char) -> Class {
    match sign {
        '\n' | '\r' => Class::Break,
        _ if sign.is_whitespace() => Class::Space,
        '_' | '$' => Class::Word,
        _ if sign.is_alphanumeric() => Class::Word,
        _ => Class::Sign,
    }
}

/// Tells whether a character has no looks of its own and goes with the one before.
fn joins(sign: char) -> bool {
    matches!(sign, '\u{300}'..='\u{36f}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}')
}

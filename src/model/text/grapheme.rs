//! Steps from one of what a person takes for a character to the next, over the pieces of a rope.
//!
//! Knows no lines: a carriage return with its line feed is one character.

use unicode_segmentation::{GraphemeCursor, GraphemeIncomplete};

use super::buffer::TextBuffer;

/// How far back is looked for what a character belongs to; longer ones are cut in two.
const MOST_CONTEXTS: usize = 64;

/// Returns the end of the character that begins at or around `byte`.
pub(super) fn next(buffer: &TextBuffer, byte: usize) -> usize {
    let len = buffer.len_bytes();
    if byte >= len {
        return len;
    }
    if let (Some(one), Some(two)) = (buffer.byte(byte), buffer.byte(byte + 1))
        && is_plain(one)
        && (is_plain(two) || matches!(two, b'\n' | b'\r'))
    {
        return byte + 1;
    }
    let (mut chunk, mut start) = buffer.chunk_at(byte);
    let mut cursor = GraphemeCursor::new(byte, len, true);
    for _ in 0..MOST_CONTEXTS {
        match cursor.next_boundary(chunk, start) {
            Ok(boundary) => return boundary.unwrap_or(len),
            Err(GraphemeIncomplete::NextChunk) => {
                let end = start + chunk.len();
                (chunk, start) = buffer.chunk_at(end);
            }
            Err(GraphemeIncomplete::PreContext(end)) => {
                let (context, context_start) = buffer.chunk_at(end.saturating_sub(1));
                cursor.provide_context(&context[..end - context_start], context_start);
            }
            Err(_) => break,
        }
    }
    buffer.char_at(byte).map_or(len, |sign| byte + sign.len_utf8())
}

/// Returns the start of the character that ends at or around `byte`.
pub(super) fn previous(buffer: &TextBuffer, byte: usize) -> usize {
    let len = buffer.len_bytes();
    let byte = byte.min(len);
    if byte == 0 {
        return 0;
    }
    if let Some(before) = buffer.byte(byte - 1)
        && is_plain(before)
    {
        return byte - 1;
    }
    let (mut chunk, mut start) = buffer.chunk_at(byte - 1);
    if start + chunk.len() < byte {
        return byte - 1;
    }
    let mut cursor = GraphemeCursor::new(byte, len, true);
    for _ in 0..MOST_CONTEXTS {
        match cursor.prev_boundary(chunk, start) {
            Ok(boundary) => return boundary.unwrap_or(0),
            Err(GraphemeIncomplete::PrevChunk) => {
                (chunk, start) = buffer.chunk_at(start.saturating_sub(1));
            }
            Err(GraphemeIncomplete::PreContext(end)) => {
                let (context, context_start) = buffer.chunk_at(end.saturating_sub(1));
                cursor.provide_context(&context[..end - context_start], context_start);
            }
            Err(_) => break,
        }
    }
    buffer.char_before(byte).map_or(0, |sign| byte - sign.len_utf8())
}

/// Tells whether a byte is a character that nothing before it can be part of.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_graphic() || byte == b' ' || byte == b'\t'
}

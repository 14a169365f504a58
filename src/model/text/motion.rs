//! Where motions lead.
//!
//! Changes nothing: it answers with cursors.

use super::buffer::TextBuffer;
use super::command::Motion;
use super::grapheme;
use super::selection::Selection;
use super::word;

/// Returns a cursor moved.
pub(super) fn moved(
    buffer: &TextBuffer,
    tab_width: usize,
    from: &Selection,
    motion: Motion,
    extend: bool,
) -> Selection {
    let vertical = |lines: isize| vertically(buffer, tab_width, from, lines);
    let pages = |lines: usize| isize::try_from(lines).unwrap_or(isize::MAX);
    let (head, goal_column) = match motion {
        Motion::Left if !extend && !from.is_empty() => (from.start(), None),
        Motion::Right if !extend && !from.is_empty() => (from.end(), None),
        Motion::Up => vertical(-1),
        Motion::Down => vertical(1),
        Motion::PageUp(lines) => vertical(-pages(lines)),
        Motion::PageDown(lines) => vertical(pages(lines)),
        _ => (target(buffer, from.head, motion), None),
    };
    Selection { anchor: if extend { from.anchor } else { head }, head, goal_column }
}

/// Returns where a motion leads that needs no column to come back to.
pub(super) fn target(buffer: &TextBuffer, byte: usize, motion: Motion) -> usize {
    match motion {
        Motion::Left => grapheme::previous(buffer, byte),
        Motion::Right => grapheme::next(buffer, byte),
        Motion::WordLeft => word::left(buffer, byte),
        Motion::WordRight => word::right(buffer, byte),
        Motion::LineStart => smart_start(buffer, byte),
        Motion::LineEnd => buffer.line_range(buffer.line_of(byte)).end,
        Motion::DocumentStart => 0,
        Motion::DocumentEnd => buffer.len_bytes(),
        Motion::Up | Motion::Down | Motion::PageUp(_) | Motion::PageDown(_) | Motion::MatchingBracket => byte,
    }
}

/// Returns the column of the screen at which a byte stands, from 0: a tab leads to the next stop, and
/// everything else that is one character for a person takes one column.
pub(super) fn column_of(buffer: &TextBuffer, tab_width: usize, byte: usize) -> usize {
    let line = buffer.line_range(buffer.line_of(byte));
    let end = byte.min(line.end);
    let (mut at, mut column) = (line.start, 0);
    while at < end {
        column = next_column(column, buffer.byte(at), tab_width);
        at = grapheme::next(buffer, at);
    }
    column
}

/// Returns the byte of a line that stands at a column of the screen, or the nearest before it.
pub(super) fn byte_at_column(buffer: &TextBuffer, tab_width: usize, line: usize, wanted: usize) -> usize {
    let line = buffer.line_range(line.min(buffer.num_lines() - 1));
    let (mut at, mut column) = (line.start, 0);
    while at < line.end {
        column = next_column(column, buffer.byte(at), tab_width);
        if column > wanted {
            break;
        }
        at = grapheme::next(buffer, at);
    }
    at.min(line.end)
}

fn next_column(column: usize, byte: Option<u8>, tab_width: usize) -> usize {
    let tab_width = tab_width.max(1);
    if byte == Some(b'\t') { (column / tab_width + 1) * tab_width } else { column + 1 }
}

fn vertically(
    buffer: &TextBuffer,
    tab_width: usize,
    from: &Selection,
    lines: isize,
) -> (usize, Option<usize>) {
    let goal = from.goal_column.unwrap_or_else(|| column_of(buffer, tab_width, from.head));
    let (line, last) = (buffer.line_of(from.head), buffer.num_lines() - 1);
    let head = match line.checked_add_signed(lines) {
        // From the first line further up, and from the last further down, the cursor goes to the very end.
        None if line == 0 => 0,
        Some(to) if to > last && line == last => buffer.len_bytes(),
        None => byte_at_column(buffer, tab_width, 0, goal),
        Some(to) => byte_at_column(buffer, tab_width, to.min(last), goal),
    };
    (head, Some(goal))
}

fn smart_start(buffer: &TextBuffer, byte: usize) -> usize {
    let line = buffer.line_of(byte);
    let start = buffer.line_start(line);
    let text = buffer.line(line);
    let first = start + (text.len() - text.trim_start().len());
    // A line of blanks has no first word.
    if byte == first || first == start + text.len() { start } else { first }
}

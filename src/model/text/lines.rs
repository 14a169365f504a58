//! Commands that work on whole lines: indenting, moving, duplicating, deleting, joining, commenting.
//!
//! Knows the line comment of the text format, and no more of it.

use std::ops::Range;
use std::time::Duration;

use super::change::TextChange;
use super::command::Direction;
use super::editor::{Step, TextEditor};
use super::history::EditKind;
use super::indent;
use super::motion;
use super::selection::{Selection, Selections};

/// What a line that is a comment begins with.
const LINE_COMMENT: &str = ";;";

impl TextEditor {
    /// Moves the lines of all cursors in or out by one level.
    pub(super) fn shift_lines(&mut self, inwards: bool, now: Duration) -> Vec<TextChange> {
        let mut edits = Vec::new();
        let unit = self.indent.unit();
        let width = self.indent.width(self.tab_width);
        for line in self.selected_lines() {
            let (start, text) = (self.buffer.line_start(line), self.buffer.line(line));
            if inwards {
                if !text.trim().is_empty() {
                    edits.push((start..start, unit.clone()));
                }
            } else if text.starts_with('\t') {
                edits.push((start..start + 1, String::new()));
            } else {
                let spaces = text.bytes().take(width).take_while(|byte| *byte == b' ').count();
                edits.push((start..start + spaces, String::new()));
            }
        }
        self.perform(Step { edits, selections: None }, EditKind::Alone, now)
    }

    /// Swaps the lines of all cursors with the line above or below; cursors go along.
    pub(super) fn move_lines(&mut self, direction: Direction, now: Duration) -> Vec<TextChange> {
        let blocks = self.line_blocks();
        let last = self.buffer.num_lines() - 1;
        let is_stuck = match direction {
            Direction::Up => blocks.first().is_none_or(|block| block.start == 0),
            Direction::Down => blocks.last().is_none_or(|block| block.end > last),
        };
        if is_stuck {
            return Vec::new();
        }
        let ending = self.buffer.line_ending().as_str();
        let mut edits = Vec::new();
        let mut shifts = Vec::new();
        for block in &blocks {
            let block_end = self.buffer.line_range(block.end - 1).end;
            // The neighbour changes sides, so that cursors in the block stay with their text.
            match direction {
                Direction::Up => {
                    let neighbour = block.start - 1;
                    let from = self.buffer.line_start(neighbour)..self.buffer.line_start(block.start);
                    let text = self.buffer.line(neighbour);
                    let moved = format!("{}{text}", self.ending_of(neighbour).unwrap_or(ending));
                    shifts.push((block.clone(), -signed(from.len())));
                    edits.push((from, String::new()));
                    edits.push((block_end..block_end, moved));
                }
                Direction::Down => {
                    let start = self.buffer.line_start(block.start);
                    let from = block_end..self.buffer.line_range(block.end).end;
                    let text = self.buffer.line(block.end);
                    let moved = format!("{text}{}", self.ending_of(block.end - 1).unwrap_or(ending));
                    shifts.push((block.clone(), signed(moved.len())));
                    edits.push((start..start, moved));
                    edits.push((from, String::new()));
                }
            }
        }
        let shift_of = |line: usize| {
            let block = shifts.iter().find(|(block, _)| block.contains(&line));
            block.map_or(0, |(_, shift)| *shift)
        };
        let selections = self.selections.map(|item| {
            let at = shift_of(self.buffer.line_of(item.start()));
            let to = |byte: usize| byte.saturating_add_signed(at);
            Selection::new(to(item.anchor), to(item.head))
        });
        self.perform(Step { edits, selections: Some(selections) }, EditKind::Alone, now)
    }

    /// Writes the lines of all cursors, or what is selected within a line, once more; cursors stay in the copy
    /// below, or behind it.
    pub(super) fn duplicate(&mut self, direction: Direction, now: Duration) -> Vec<TextChange> {
        let ending = self.buffer.line_ending().as_str();
        let (mut edits, mut shifts, mut added) = (Vec::new(), Vec::new(), 0);
        for block in self.line_blocks() {
            let range = self.buffer.line_start(block.start)..self.buffer.line_range(block.end - 1).end;
            let own_ending = self.ending_of(block.end - 1).unwrap_or(ending);
            let text = format!("{}{own_ending}", self.buffer.slice(range.clone()));
            let before = added;
            added += text.len();
            shifts.push((block, if direction == Direction::Down { added } else { before }));
            edits.push((range.start..range.start, text));
        }
        let selections = self.selections.map(|item| {
            let line = self.buffer.line_of(item.start());
            let shift = shifts.iter().find(|(block, _)| block.contains(&line)).map_or(0, |(_, shift)| *shift);
            Selection::new(item.anchor + shift, item.head + shift)
        });
        self.perform(Step { edits, selections: Some(selections) }, EditKind::Alone, now)
    }

    /// Deletes the lines of all cursors with what they end with.
    pub(super) fn delete_lines(&mut self, now: Duration) -> Vec<TextChange> {
        let (mut edits, mut cursors, mut removed) = (Vec::new(), Vec::new(), 0);
        for block in self.line_blocks() {
            let mut range = self.buffer.line_start(block.start)..self.buffer.line_start(block.end);
            let first = self.selections.iter().find(|item| block.contains(&self.buffer.line_of(item.head)));
            let column = first.map_or(0, |item| self.column_of(item.head));
            let is_at_end = block.end >= self.buffer.num_lines();
            let rest = if is_at_end && block.start > 0 {
                // The last line goes with the break before it.
                range.start = self.buffer.line_range(block.start - 1).end;
                motion::byte_at_column(&self.buffer, self.tab_width, block.start - 1, column)
            } else if is_at_end {
                range.start
            } else {
                let at = motion::byte_at_column(&self.buffer, self.tab_width, block.end, column);
                at - range.len()
            };
            cursors.push(Selection::cursor(rest - removed));
            removed += range.len();
            edits.push((range, String::new()));
        }
        let selections = Selections::new(cursors, 0);
        self.perform(Step { edits, selections: Some(selections) }, EditKind::Alone, now)
    }

    /// Joins the lines of each selection, or the cursor's with the next, with a space in between.
    pub(super) fn join_lines(&mut self, now: Duration) -> Vec<TextChange> {
        let mut edits: Vec<(Range<usize>, String)> = Vec::new();
        let last = self.buffer.num_lines() - 1;
        for block in self.line_blocks() {
            let until = if block.len() > 1 { block.end - 1 } else { block.end };
            let mut has_text = false;
            for line in block.start..until.min(last) {
                let (text, next) = (self.buffer.line(line), self.buffer.line(line + 1));
                let end = self.buffer.line_start(line) + text.trim_end().len();
                let next_start = self.buffer.line_start(line + 1) + indent::of_line(&next).len();
                has_text |= !text.trim().is_empty();
                let needs_space = has_text
                    && !next.trim().is_empty()
                    && !text.trim_end().ends_with('(')
                    && !next.trim_start().starts_with(')');
                let end = if text.trim().is_empty() { self.buffer.line_range(line).end } else { end };
                edits.push((end..next_start.max(end), if needs_space { " " } else { "" }.to_owned()));
            }
        }
        self.perform(Step { edits, selections: None }, EditKind::Alone, now)
    }

    /// Makes the lines of all cursors comments, or no longer when all of them are.
    pub(super) fn toggle_line_comment(&mut self, now: Duration) -> Vec<TextChange> {
        let lines: Vec<usize> = self.selected_lines();
        let is_blank = |line: &usize| self.buffer.line(*line).trim().is_empty();
        let mut full: Vec<usize> = lines.iter().copied().filter(|line| !is_blank(line)).collect();
        if full.is_empty() {
            full = lines;
        }
        let is_comment = |line: &usize| self.buffer.line(*line).trim_start().starts_with(LINE_COMMENT);
        let mut edits = Vec::new();
        if full.iter().all(is_comment) {
            for line in full {
                let text = self.buffer.line(line);
                let start = self.buffer.line_start(line) + indent::of_line(&text).len();
                let rest = &text.trim_start()[LINE_COMMENT.len()..];
                let space = usize::from(rest.starts_with(' '));
                edits.push((start..start + LINE_COMMENT.len() + space, String::new()));
            }
        } else {
            let blanks = full.iter().map(|line| indent::of_line(&self.buffer.line(*line)).len());
            let column = blanks.min().unwrap_or(0);
            for line in full {
                let at = self.buffer.line_start(line) + column;
                edits.push((at..at, format!("{LINE_COMMENT} ")));
            }
        }
        self.perform(Step { edits, selections: None }, EditKind::Alone, now)
    }

    /// Makes what is selected a block comment, or the line of a cursor, or takes the comment around it away.
    pub(super) fn toggle_block_comment(&mut self, now: Duration) -> Vec<TextChange> {
        let mut edits: Vec<(Range<usize>, String)> = Vec::new();
        for item in self.selections.iter() {
            let mut range = item.range();
            if range.is_empty() {
                let line = self.buffer.line_of(item.head);
                let text = self.buffer.line(line);
                let start = self.buffer.line_start(line);
                range = start + indent::of_line(&text).len()..start + text.trim_end().len();
                range.end = range.end.max(range.start);
            }
            if edits.last().is_some_and(|(last, _)| last.end > range.start) {
                continue;
            }
            let text = self.buffer.slice(range.clone());
            let around = self.buffer.slice(self.buffer.floor(range.start.saturating_sub(3))..range.start);
            let behind = self.buffer.slice(range.end..self.buffer.floor(range.end + 3).max(range.end));
            if let Some(inner) = text.trim().strip_prefix("(;").and_then(|text| text.strip_suffix(";)")) {
                let start = range.start + (text.len() - text.trim_start().len());
                let end = range.end - (text.len() - text.trim_end().len());
                let before = 2 + usize::from(inner.starts_with(' '));
                let after = 2 + usize::from(inner.len() > 1 && inner.ends_with(' '));
                edits.push((start..start + before, String::new()));
                edits.push((end - after..end, String::new()));
            } else if around.trim_end().ends_with("(;") && behind.trim_start().starts_with(";)") {
                let before = 2 + usize::from(around.ends_with(' '));
                let after = 2 + usize::from(behind.starts_with(' '));
                edits.push((range.start - before..range.start, String::new()));
                edits.push((range.end..range.end + after, String::new()));
            } else {
                edits.push((range.start..range.start, "(; ".to_owned()));
                edits.push((range.end..range.end, " ;)".to_owned()));
            }
        }
        self.perform(Step { edits, selections: None }, EditKind::Alone, now)
    }

    /// Lists the lines that cursors are in or selections touch, in order; a selection that ends at the start of
    /// a line does not touch it.
    pub(super) fn selected_lines(&self) -> Vec<usize> {
        self.line_blocks().into_iter().flatten().collect()
    }

    /// Lists the runs of such lines.
    pub(super) fn line_blocks(&self) -> Vec<Range<usize>> {
        let mut blocks: Vec<Range<usize>> = Vec::new();
        for item in self.selections.iter() {
            let (first, mut last) = (self.buffer.line_of(item.start()), self.buffer.line_of(item.end()));
            if last > first && item.end() == self.buffer.line_start(last) {
                last -= 1;
            }
            match blocks.last_mut() {
                Some(block) if first <= block.end => block.end = block.end.max(last + 1),
                _ => blocks.push(first..last + 1),
            }
        }
        blocks
    }

    /// Returns what a line ends with; `None` for the last one.
    fn ending_of(&self, line: usize) -> Option<&'static str> {
        if line + 1 >= self.buffer.num_lines() {
            return None;
        }
        let length = self.buffer.line_start(line + 1) - self.buffer.line_range(line).end;
        Some(if length > 1 { "\r\n" } else { "\n" })
    }
}

fn signed(length: usize) -> isize {
    isize::try_from(length).unwrap_or(isize::MAX)
}

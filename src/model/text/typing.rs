//! Typing and deleting at every cursor.
//!
//! Knows the partners of parentheses and quotes, and nothing of lines as wholes.

use std::time::Duration;

use super::change::TextChange;
use super::command::Motion;
use super::editor::{Step, TextEditor};
use super::history::EditKind;
use super::indent;
use super::motion;
use super::selection::{Selection, Selections};

impl TextEditor {
    /// Types: what a keyboard does, with partners.
    pub(super) fn type_text(&mut self, text: &str, now: Duration) -> Vec<TextChange> {
        self.insert(text, now)
    }

    /// Puts a text in place of what is selected, at every cursor.
    pub(super) fn insert(&mut self, text: &str, now: Duration) -> Vec<TextChange> {
        let text = self.buffer.with_own_endings(text).into_owned();
        let kind = kind_of(&text);
        self.replace_each(kind, now, |_, item| (item.range(), text.clone(), text.len()))
    }

    pub(super) fn newline(&mut self, now: Duration) -> Vec<TextChange> {
        self.close_group();
        let ending = self.buffer.line_ending().as_str();
        self.replace_each(EditKind::Alone, now, |editor, item| {
            let text = format!("{ending}{}", indent::after(&editor.buffer, editor.indent, item.start()));
            let caret = text.len();
            (item.range(), text, caret)
        })
    }

    pub(super) fn tab(&mut self, now: Duration) -> Vec<TextChange> {
        let spans_lines = |item: &Selection| {
            !item.is_empty() && self.buffer.line_of(item.start()) != self.buffer.line_of(item.end())
        };
        if self.selections.iter().any(spans_lines) {
            return self.shift_lines(true, now);
        }
        self.replace_each(EditKind::Alone, now, |editor, item| {
            let text = match editor.indent {
                indent::IndentStyle::Tab => "\t".to_owned(),
                indent::IndentStyle::Spaces(width) => {
                    let column = motion::column_of(&editor.buffer, editor.tab_width, item.start());
                    " ".repeat(width - column % width)
                }
            };
            let caret = text.len();
            (item.range(), text, caret)
        })
    }

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
        self.close_group();
        self.perform(Step { edits, selections: None }, EditKind::Alone, now)
    }

    pub(super) fn delete(&mut self, motion: Motion, now: Duration) -> Vec<TextChange> {
        let is_plain = self.selections.are_all_empty();
        let kind = match motion {
            Motion::Left if is_plain => EditKind::DeleteLeft,
            Motion::Right if is_plain => EditKind::DeleteRight,
            _ => EditKind::Alone,
        };
        // A cursor whose deletion reaches over another one takes that one's place.
        let reach = self.selections.map(|item| {
            if item.is_empty() {
                let to = motion::target(&self.buffer, item.head, motion);
                Selection::new(item.head, to)
            } else {
                *item
            }
        });
        self.selections_for_step(&reach, kind, now)
    }

    /// Lists the lines that cursors are in or selections touch, in order; a selection that ends at the start of
    /// a line does not touch it.
    pub(super) fn selected_lines(&self) -> Vec<usize> {
        let mut lines: Vec<usize> = Vec::new();
        for item in self.selections.iter() {
            let (first, mut last) = (self.buffer.line_of(item.start()), self.buffer.line_of(item.end()));
            if last > first && item.end() == self.buffer.line_start(last) {
                last -= 1;
            }
            let first = lines.last().map_or(first, |done| first.max(done + 1));
            lines.extend(first..=last);
        }
        lines
    }

    /// Replaces something at each cursor; `edit` says what, by what, and where in that the cursor is then.
    pub(super) fn replace_each(
        &mut self,
        kind: EditKind,
        now: Duration,
        edit: impl Fn(&Self, &Selection) -> (std::ops::Range<usize>, String, usize),
    ) -> Vec<TextChange> {
        let (mut edits, mut cursors) = (Vec::new(), Vec::new());
        let (mut added, mut removed) = (0, 0);
        for item in self.selections.iter() {
            let (range, text, caret) = edit(self, item);
            cursors.push(Selection::cursor(range.start + added - removed + caret));
            added += text.len();
            removed += range.len();
            edits.push((range, text));
        }
        let selections = Selections::new(cursors, self.selections.primary_index());
        self.perform(Step { edits, selections: Some(selections) }, kind, now)
    }

    pub(super) fn drop_stale_partners(&mut self) {
        let line = self.buffer.line_of(self.selections.primary().head);
        let buffer = &self.buffer;
        self.partners
            .retain(|at| buffer.line_of(*at) == line && matches!(buffer.byte(*at), Some(b')' | b'"' | b';')));
    }

    fn selections_for_step(&mut self, reach: &Selections, kind: EditKind, now: Duration) -> Vec<TextChange> {
        let edits = reach.iter().map(|item| (item.range(), String::new())).collect();
        let (mut removed, mut cursors) = (0, Vec::with_capacity(reach.len()));
        for item in reach.iter() {
            cursors.push(Selection::cursor(item.start() - removed));
            removed += item.range().len();
        }
        let selections = Selections::new(cursors, reach.primary_index());
        self.perform(Step { edits, selections: Some(selections) }, kind, now)
    }
}

/// Tells what kind of edit an inserted text is: a run of typing is undone word by word.
fn kind_of(text: &str) -> EditKind {
    let mut signs = text.chars();
    match (signs.next(), signs.next()) {
        (Some(' ' | '\t'), None) => EditKind::Blank,
        (Some(sign), None) if !sign.is_control() => EditKind::Word,
        _ => EditKind::Alone,
    }
}

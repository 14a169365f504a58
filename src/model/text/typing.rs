//! Typing and deleting at every cursor.
//!
//! Knows the partners of parentheses and quotes, and nothing of lines as wholes.

use std::ops::Range;
use std::time::Duration;

use super::change::TextChange;
use super::command::{Direction, Motion};
use super::editor::{Step, TextEditor};
use super::grapheme;
use super::history::EditKind;
use super::indent::{self, IndentStyle};
use super::motion;
use super::selection::{Selection, Selections};

/// What typing one sign does at one cursor.
enum Typed {
    /// The text stands there.
    Plain(String),
    /// The text stands there, and what follows it is the partner of its sign.
    Pair(String, &'static str),
    /// What is selected stands between both.
    Around(&'static str, &'static str),
    /// The cursor goes over the sign that is there.
    Over,
}

impl TextEditor {
    /// Types: what a keyboard does, with partners.
    pub(super) fn type_text(&mut self, text: &str, now: Duration) -> Vec<TextChange> {
        if !matches!(text, "(" | ")" | "\"" | ";") {
            return self.insert(text, now);
        }
        let items = self.selections.as_slice().to_vec();
        let typed: Vec<Typed> = items.iter().map(|item| self.typed(text, item)).collect();
        let (mut edits, mut cursors, mut partners) = (Vec::new(), Vec::new(), Vec::new());
        let (mut added, mut removed) = (0, 0);
        for (item, typed) in items.iter().zip(typed) {
            let start = item.start() + added - removed;
            match typed {
                Typed::Plain(text) => {
                    cursors.push(Selection::cursor(start + text.len()));
                    added += text.len();
                    removed += item.range().len();
                    edits.push((item.range(), text));
                }
                Typed::Pair(text, partner) => {
                    let caret = start + text.len();
                    cursors.push(Selection::cursor(caret));
                    partners.push(caret);
                    added += text.len() + partner.len();
                    edits.push((item.range(), text + partner));
                }
                Typed::Around(open, close) => {
                    cursors
                        .push(item.with_range(start + open.len()..start + open.len() + item.range().len()));
                    added += open.len() + close.len();
                    edits.push((item.start()..item.start(), open.to_owned()));
                    edits.push((item.end()..item.end(), close.to_owned()));
                }
                Typed::Over => {
                    self.partners.retain(|at| *at != item.head);
                    cursors.push(Selection::cursor(start + 1));
                }
            }
        }
        let selections = Selections::new(cursors, self.selections.primary_index());
        let changes = self.perform(Step { edits, selections: Some(selections) }, EditKind::Word, now);
        self.partners.extend(partners);
        self.partners.sort_unstable();
        changes
    }

    /// Puts a text in place of what is selected, at every cursor.
    pub(super) fn insert(&mut self, text: &str, now: Duration) -> Vec<TextChange> {
        let text = self.buffer.with_own_endings(text).into_owned();
        let kind = kind_of(&text);
        self.replace_each(kind, now, |_, item| (item.range(), text.clone(), text.len()))
    }

    /// Begins a line; blanks around the place where the line is cut are left out.
    pub(super) fn newline(&mut self, now: Duration) -> Vec<TextChange> {
        let ending = self.buffer.line_ending().as_str();
        let starts: Vec<usize> = self.selections.iter().map(Selection::start).collect();
        let mut texts: Vec<String> = Vec::with_capacity(starts.len());
        for start in starts {
            texts.push(format!("{ending}{}", self.indentation_after(start)));
        }
        let mut texts = texts.into_iter();
        let mut cut_until = 0;
        let (mut edits, mut cursors) = (Vec::new(), Vec::new());
        let (mut added, mut removed) = (0, 0);
        for item in self.selections.iter() {
            let text = texts.next().unwrap_or_default();
            let line = self.buffer.line_range(self.buffer.line_of(item.start()));
            let last_line = self.buffer.line_range(self.buffer.line_of(item.end()));
            let behind = self.buffer.slice(item.end()..last_line.end.max(item.end()));
            let end = item.end() + indent::of_line(&behind).len();
            let before = self.buffer.slice(line.start..item.start());
            // A line of blanks alone is left empty.
            let is_blank = before.trim().is_empty() && end == last_line.end;
            let start = if is_blank { line.start } else { item.start() }.max(cut_until);
            cut_until = end;
            cursors.push(Selection::cursor(start + added - removed + text.len()));
            added += text.len();
            removed += end.max(start) - start;
            edits.push((start..end.max(start), text));
        }
        let selections = Selections::new(cursors, self.selections.primary_index());
        self.perform(Step { edits, selections: Some(selections) }, EditKind::Alone, now)
    }

    /// Begins a line above or below each cursor's.
    pub(super) fn open_line(&mut self, direction: Direction, now: Duration) -> Vec<TextChange> {
        let ending = self.buffer.line_ending().as_str();
        let heads: Vec<usize> = self.selections.iter().map(|item| item.head).collect();
        let (mut edits, mut cursors, mut added) = (Vec::new(), Vec::new(), 0);
        let mut last_line = None;
        for head in heads {
            let line = self.buffer.line_of(head);
            if last_line.replace(line) == Some(line) {
                continue;
            }
            let range = self.buffer.line_range(line);
            let (at, text, caret) = match direction {
                Direction::Down => {
                    let text = format!("{ending}{}", self.indentation_after(range.end));
                    let caret = text.len();
                    (range.end, text, caret)
                }
                Direction::Up => {
                    let blanks = indent::of_line(&self.buffer.line(line)).to_owned();
                    let caret = blanks.len();
                    (range.start, format!("{blanks}{ending}"), caret)
                }
            };
            cursors.push(Selection::cursor(at + added + caret));
            added += text.len();
            edits.push((at..at, text));
        }
        let selections = Selections::new(cursors, 0);
        self.perform(Step { edits, selections: Some(selections) }, EditKind::Alone, now)
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
                IndentStyle::Tab => "\t".to_owned(),
                IndentStyle::Spaces(_) => {
                    let width = editor.indent.width(editor.tab_width);
                    let column = motion::column_of(&editor.buffer, editor.tab_width, item.start());
                    " ".repeat(width - column % width)
                }
            };
            let caret = text.len();
            (item.range(), text, caret)
        })
    }

    pub(super) fn delete(&mut self, motion: Motion, now: Duration) -> Vec<TextChange> {
        let is_plain = self.selections.are_all_empty();
        let kind = match motion {
            Motion::Left if is_plain => EditKind::DeleteLeft,
            Motion::Right if is_plain => EditKind::DeleteRight,
            _ => EditKind::Alone,
        };
        let reach = self.selections.map(|item| {
            if !item.is_empty() {
                return *item;
            }
            let range = self.reach_of(item.head, motion);
            Selection::new(range.start, range.end)
        });
        let edits = reach.iter().map(|item| (item.range(), String::new())).collect();
        let (mut removed, mut cursors) = (0, Vec::with_capacity(reach.len()));
        for item in reach.iter() {
            cursors.push(Selection::cursor(item.start() - removed));
            removed += item.range().len();
        }
        let selections = Selections::new(cursors, reach.primary_index());
        self.perform(Step { edits, selections: Some(selections) }, kind, now)
    }

    /// Replaces something at each cursor; `edit` says what, by what, and where in that the cursor is then.
    pub(super) fn replace_each(
        &mut self,
        kind: EditKind,
        now: Duration,
        edit: impl Fn(&Self, &Selection) -> (Range<usize>, String, usize),
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

    /// Forgets partners that are no longer ahead of the cursor on its line.
    pub(super) fn drop_stale_partners(&mut self) {
        let buffer = &self.buffer;
        let heads: Vec<usize> = self.selections.iter().map(|item| item.head).collect();
        self.partners.retain(|at| {
            let before = heads.partition_point(|head| head <= at);
            let is_ahead = before > 0 && buffer.line_of(heads[before - 1]) == buffer.line_of(*at);
            is_ahead && matches!(buffer.byte(*at), Some(b')' | b'"' | b';'))
        });
    }

    /// Returns the indentation of a line that begins at a byte.
    pub(super) fn indentation_after(&self, byte: usize) -> String {
        indent::after(&self.buffer, &mut self.syntax(), self.indent, byte)
    }

    fn typed(&self, sign: &str, item: &Selection) -> Typed {
        let plain = Typed::Plain(sign.to_owned());
        let next = self.buffer.char_at(item.end());
        if !item.is_empty() {
            return match sign {
                "(" => Typed::Around("(", ")"),
                "\"" => Typed::Around("\"", "\""),
                _ => plain,
            };
        }
        let is_partner = self.partners.binary_search(&item.head).is_ok();
        if is_partner && next.is_some_and(|next| sign.starts_with(next)) {
            return Typed::Over;
        }
        let before = self.buffer.char_before(item.head);
        let has_room = next.is_none_or(|next| next.is_whitespace() || next == ')');
        match sign {
            "(" if has_room && !self.is_in_quiet(item.head) => Typed::Pair(sign.to_owned(), ")"),
            "\"" if has_room
                && !before.is_some_and(|before| before.is_alphanumeric() || "\\_".contains(before))
                && !self.is_in_quiet(item.head) =>
            {
                Typed::Pair(sign.to_owned(), "\"")
            }
            // A parenthesis and its partner become a comment and its end.
            ";" if before == Some('(') && next == Some(')') && is_partner => {
                Typed::Pair(sign.to_owned(), ";")
            }
            _ => plain,
        }
    }

    /// Returns what is deleted at a cursor that selects nothing.
    fn reach_of(&self, head: usize, motion: Motion) -> Range<usize> {
        let line = self.buffer.line_range(self.buffer.line_of(head));
        let to = match motion {
            Motion::Left => return self.backspace(head, &line),
            // Deleting words stops at the ends of a line, and takes the line's break alone.
            Motion::WordLeft if head > line.start => {
                motion::target(&self.buffer, head, motion).max(line.start)
            }
            Motion::WordLeft => grapheme::previous(&self.buffer, head),
            Motion::WordRight if head < line.end => motion::target(&self.buffer, head, motion).min(line.end),
            Motion::WordRight => {
                let next = grapheme::next(&self.buffer, head);
                let text = self.buffer.line(self.buffer.line_of(next));
                if next > head { next + indent::of_line(&text).len() } else { next }
            }
            Motion::LineEnd if head == line.end => grapheme::next(&self.buffer, head),
            _ => motion::target(&self.buffer, head, motion),
        };
        head.min(to)..head.max(to)
    }

    /// Returns what Backspace deletes: an empty pair as one, and in the indentation up to the last stop.
    fn backspace(&self, head: usize, line: &Range<usize>) -> Range<usize> {
        let pair = (self.buffer.char_before(head), self.buffer.char_at(head));
        if matches!(pair, (Some('('), Some(')')) | (Some('"'), Some('"'))) {
            return head - 1..head + 1;
        }
        let before = self.buffer.slice(line.start..head);
        if let IndentStyle::Spaces(_) = self.indent
            && !before.is_empty()
            && before.bytes().all(|byte| byte == b' ')
        {
            let width = self.indent.width(self.tab_width);
            return head - ((before.len() - 1) % width + 1)..head;
        }
        grapheme::previous(&self.buffer, head)..head
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

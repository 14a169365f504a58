//! Cut, copy and paste at every cursor.
//!
//! Knows no clipboard of the system: what goes there is handed out, what comes from there is handed in.

use std::time::Duration;

use super::change::TextChange;
use super::editor::{Step, TextEditor};
use super::history::EditKind;
use super::selection::{Selection, Selections};

/// What was copied last, to tell a paste of it from one of something else.
#[derive(Debug, Clone, Default)]
pub(super) struct Copied {
    /// What went to the clipboard.
    text: String,
    /// What each cursor gave.
    parts: Vec<String>,
    /// Whether those are whole lines, since nothing was selected.
    are_lines: bool,
}

impl TextEditor {
    /// Returns what goes to the clipboard: what is selected, or the whole lines of all cursors where nothing is.
    pub fn copied_text(&self) -> String {
        self.copied().text
    }

    pub(super) fn copy(&mut self) -> Option<String> {
        let copied = self.copied();
        let text = (!copied.text.is_empty()).then(|| copied.text.clone());
        if text.is_some() {
            self.copied = copied;
        }
        text
    }

    pub(super) fn cut(&mut self, now: Duration) -> (Vec<TextChange>, Option<String>) {
        let text = self.copy();
        let changes = if self.selections.are_all_empty() {
            self.delete_lines(now)
        } else {
            self.replace_each(EditKind::Alone, now, |_, item| (item.range(), String::new(), 0))
        };
        (changes, text)
    }

    /// Pastes: each cursor gets its own part where there are as many parts as cursors, and whole lines go above
    /// the cursor's.
    pub(super) fn paste(&mut self, text: &str, now: Duration) -> Vec<TextChange> {
        let own = std::mem::take(&mut self.copied);
        let is_own = own.text == text;
        let count = self.selections.len();
        let changes = if is_own && own.are_lines && self.selections.are_all_empty() {
            self.paste_lines(&own, now)
        } else {
            let lines: Vec<&str> = text.lines().collect();
            let parts: Option<Vec<&str>> = match count {
                1 => None,
                _ if is_own && own.parts.len() == count => {
                    Some(own.parts.iter().map(String::as_str).collect())
                }
                _ if lines.len() == count => Some(lines),
                _ => None,
            };
            let part = |index: usize| parts.as_ref().map_or(text, |parts| parts[index]);
            let parts: Vec<String> =
                (0..count).map(|index| self.buffer.with_own_endings(part(index)).into_owned()).collect();
            let index = std::cell::Cell::new(0);
            self.replace_each(EditKind::Alone, now, |_, item| {
                let part = parts[index.replace(index.get() + 1)].clone();
                let caret = part.len();
                (item.range(), part, caret)
            })
        };
        self.copied = own;
        changes
    }

    fn copied(&self) -> Copied {
        let ending = self.buffer.line_ending().as_str();
        let are_lines = self.selections.are_all_empty();
        let parts: Vec<String> = if are_lines {
            let lines = self.selected_lines();
            lines.iter().map(|line| format!("{}{ending}", self.buffer.line(*line))).collect()
        } else {
            let items = self.selections.iter().filter(|item| !item.is_empty());
            items.map(|item| self.buffer.slice(item.range()).into_owned()).collect()
        };
        Copied { text: parts.join(if are_lines { "" } else { ending }), parts, are_lines }
    }

    fn paste_lines(&mut self, own: &Copied, now: Duration) -> Vec<TextChange> {
        let count = self.selections.len();
        let (mut edits, mut cursors, mut added) = (Vec::new(), Vec::new(), 0);
        let mut last_line = None;
        for (index, item) in self.selections.iter().enumerate() {
            let line = self.buffer.line_of(item.head);
            if last_line.replace(line) != Some(line) {
                let text = if own.parts.len() == count { &own.parts[index] } else { &own.text };
                let text = self.buffer.with_own_endings(text).into_owned();
                let start = self.buffer.line_start(line);
                added += text.len();
                edits.push((start..start, text));
            }
            cursors.push(Selection::cursor(item.head + added));
        }
        let selections = Selections::new(cursors, self.selections.primary_index());
        self.perform(Step { edits, selections: Some(selections) }, EditKind::Alone, now)
    }
}

//! More cursors: above, below, at the next place of the same text, in a block.
//!
//! Knows no mouse and no keys.

use super::command::Direction;
use super::editor::TextEditor;
use super::motion;
use super::search::{SearchPattern, SearchQuery, TextSearch};
use super::selection::{Selection, Selections};
use super::word;

/// Most places of the same text that get a cursor at once.
const MOST_PLACES: usize = 10_000;

impl TextEditor {
    /// Adds a cursor on the line above or below each one.
    pub(super) fn add_cursor(&mut self, direction: Direction) {
        let mut items = self.selections.as_slice().to_vec();
        let last = self.buffer.num_lines() - 1;
        let mut primary = self.selections.primary_index();
        for item in self.selections.iter() {
            let line = self.buffer.line_of(item.head);
            let to = match direction {
                Direction::Up => line.checked_sub(1),
                Direction::Down => Some(line + 1).filter(|line| *line <= last),
            };
            let Some(to) = to else { continue };
            let column = item.goal_column.unwrap_or_else(|| self.column_of(item.head));
            let at = motion::byte_at_column(&self.buffer, self.tab_width, to, column);
            let is_outermost = match direction {
                Direction::Up => items.iter().all(|other| at <= other.head),
                Direction::Down => items.iter().all(|other| at >= other.head),
            };
            if is_outermost {
                primary = items.len();
            }
            items.push(Selection { goal_column: Some(column), ..Selection::cursor(at) });
        }
        self.select(&Selections::new(items, primary));
    }

    /// Selects the word at a cursor that selects nothing, or adds the next place of what is selected.
    pub(super) fn add_next_occurrence(&mut self) {
        if self.selections.iter().any(Selection::is_empty) {
            self.selections = self.selections.map(|item| {
                if !item.is_empty() {
                    return *item;
                }
                let range = word::around(&self.buffer, item.head);
                Selection::new(range.start, range.end)
            });
            self.is_word_wanted = true;
            return;
        }
        let primary = self.selections.primary();
        let Some(pattern) = self.pattern_of(&primary) else { return };
        let mut from = primary.end();
        // Places that have a cursor are passed over.
        for _ in 0..=self.selections.len() {
            let Some(found) = pattern.next(&self.buffer, from) else { return };
            if self.selections.iter().all(|item| item.range() != found) {
                let selection = primary.with_range(found);
                self.select(&self.selections.with(selection));
                return;
            }
            from = found.end;
        }
    }

    /// Selects every place of what is selected, or of the word at the cursor.
    pub(super) fn select_all_occurrences(&mut self) {
        let mut primary = self.selections.primary();
        if primary.is_empty() {
            let range = word::around(&self.buffer, primary.head);
            primary = Selection::new(range.start, range.end);
            self.is_word_wanted = true;
        }
        let Some(pattern) = self.pattern_of(&primary) else { return };
        let mut search = TextSearch::new(pattern, 0..self.buffer.len_bytes(), MOST_PLACES);
        while !search.advance(&self.buffer, usize::MAX) {}
        let at = search.found().iter().position(|found| *found == primary.range()).unwrap_or(0);
        let items: Vec<Selection> =
            search.found().iter().map(|found| primary.with_range(found.clone())).collect();
        if !items.is_empty() {
            self.select(&Selections::new(items, at));
        }
    }

    /// Puts a cursor at the end of each line of what is selected.
    pub(super) fn split_into_lines(&mut self) {
        let mut items = Vec::new();
        for item in self.selections.iter() {
            let (first, last) = (self.buffer.line_of(item.start()), self.buffer.line_of(item.end()));
            for line in first..=last {
                let range = self.buffer.line_range(line);
                let (start, end) = (range.start.max(item.start()), range.end.min(item.end()));
                if start < end || first == last {
                    items.push(Selection::new(start, end));
                }
            }
        }
        let primary = self.selections.primary_index().min(items.len().saturating_sub(1));
        self.select(&Selections::new(items, primary));
    }

    /// Prepares the search for what is selected; `None` when that is more than a line.
    fn pattern_of(&self, selection: &Selection) -> Option<SearchPattern> {
        let query = SearchQuery {
            text: self.buffer.slice(selection.range()).into_owned(),
            match_case: true,
            whole_word: self.is_word_wanted,
            is_regex: false,
        };
        SearchPattern::new(&query).ok().filter(|_| !query.text.is_empty())
    }
}

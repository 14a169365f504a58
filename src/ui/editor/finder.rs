//! Finds in a text that is edited, a piece a frame, so that the window does not wait for megabytes.
//!
//! Knows no widgets but the bar that says what to look for. Finds are those of the text as it is: each change
//! of it begins the search anew.

use std::ops::Range;
use std::time::{Duration, Instant};

use regex::{Regex, RegexBuilder};

use crate::model::text::{EditCommand, Selection, Selections, TextBuffer, TextEditor};

use super::find_bar::{FindDeed, FindQuery, FindReplaceBar, FindState};

/// How long one frame may search.
const BUDGET: Duration = Duration::from_millis(2);
/// How much is searched at a time; finds that would reach over its end are not seen.
const BLOCK_BYTES: usize = 256 << 10;
/// Most finds that are kept; a query with more is not narrow enough to walk through.
const MAX_FINDS: usize = 100_000;
/// Most memory that a pattern may take once it is compiled.
const MAX_PATTERN_BYTES: usize = 4 << 20;

/// The search in one text.
#[derive(Debug, Default)]
pub(super) struct Finder {
    /// What is looked for.
    pub(super) bar: FindReplaceBar,
    pattern: Option<(FindQuery, Result<Regex, String>)>,
    // Version of the text that was searched, how far, and what was found.
    version: Option<u64>,
    searched: usize,
    is_complete: bool,
    finds: Vec<Range<usize>>,
    within: Option<Range<usize>>,
    // A step that waits until the search is far enough.
    waiting: Option<(FindDeed, usize)>,
}

/// What is to be done after a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FindAnswer {
    /// Select these bytes and bring them into view.
    Select(Range<usize>),
    /// Do this to the text.
    Do(EditCommand),
    /// Make these replacements at once.
    Replace(Vec<(Range<usize>, String)>),
}

impl Finder {
    /// Opens the bar; what is selected in one line is what one looks for.
    pub(super) fn open(&mut self, replacing: bool, text: &TextEditor) {
        let primary = text.selections().primary();
        let buffer = text.buffer();
        let is_one_line = buffer.line_of(primary.start()) == buffer.line_of(primary.end());
        let selected =
            (is_one_line && primary.range().len() < 1000).then(|| buffer.slice(primary.range()).into_owned());
        if !is_one_line {
            self.within = Some(primary.range());
            self.bar.query.in_selection = true;
        }
        self.bar.open(replacing, selected);
    }

    /// Goes on with the search for as long as a frame may take; returns whether there is more to do.
    pub(super) fn advance(&mut self, buffer: &TextBuffer) -> bool {
        if !self.bar.is_open() && self.waiting.is_none() {
            return false;
        }
        self.compile();
        if self.version != Some(buffer.version()) {
            self.restart(buffer);
        }
        let Some((_, Ok(pattern))) = &self.pattern else {
            self.is_complete = true;
            return false;
        };
        let whole_word = self.bar.query.whole_word;
        let range = self.range(buffer);
        let began = Instant::now();
        while !self.is_complete && began.elapsed() < BUDGET {
            let start = self.searched.max(range.start);
            let end = block_end(buffer, start, range.end);
            let block = buffer.slice(start..end);
            for found in pattern.find_iter(&block) {
                let bytes = start + found.start()..start + found.end();
                if !bytes.is_empty() && (!whole_word || is_whole_word(buffer, &bytes)) {
                    self.finds.push(bytes);
                }
            }
            self.searched = end;
            self.is_complete = end >= range.end || self.finds.len() >= MAX_FINDS;
        }
        !self.is_complete
    }

    /// Returns how the search stands; `selected` is what is selected in the text.
    pub(super) fn state(&self, selected: &Range<usize>) -> FindState {
        let error = match &self.pattern {
            Some((_, Err(err))) => Some(err.clone()),
            _ => None,
        };
        let current = self.finds.binary_search_by_key(&selected.start, |find| find.start).ok();
        let current = current.filter(|at| self.finds[*at].end == selected.end);
        FindState {
            count: self.finds.len(),
            current: current.map(|at| at + 1),
            is_partial: !self.is_complete || self.finds.len() >= MAX_FINDS,
            error,
        }
    }

    /// Returns the finds that lie at least partly within these bytes.
    pub(super) fn finds_in(&self, bytes: &Range<usize>) -> &[Range<usize>] {
        if !self.bar.is_open() {
            return &[];
        }
        let from = self.finds.partition_point(|find| find.end <= bytes.start);
        let to = self.finds.partition_point(|find| find.start < bytes.end);
        &self.finds[from..to.max(from)]
    }

    /// Takes a step as soon as the search allows it.
    pub(super) fn ask(&mut self, deed: FindDeed, text: &TextEditor) {
        let primary = text.selections().primary();
        let from = match deed {
            FindDeed::Next => primary.end(),
            _ => primary.start(),
        };
        if deed == FindDeed::Changed && self.bar.query.in_selection && self.within.is_none() {
            self.within = Some(primary.range()).filter(|range| !range.is_empty());
        }
        if !self.bar.query.in_selection {
            self.within = None;
        }
        self.waiting = match deed {
            FindDeed::Close => None,
            _ => Some((deed, from)),
        };
    }

    /// Answers what was asked, if the search is far enough.
    pub(super) fn answer(&mut self, text: &TextEditor) -> Option<FindAnswer> {
        let (deed, from) = self.waiting?;
        let is_current = self.version == Some(text.buffer().version());
        if !is_current || self.pattern.as_ref().is_none_or(|(of, _)| *of != self.bar.query) {
            return None;
        }
        let needs_all = matches!(deed, FindDeed::Previous | FindDeed::ReplaceAll | FindDeed::SelectAll);
        let is_known =
            self.is_complete || (!needs_all && self.finds.last().is_some_and(|find| find.start >= from));
        if !is_known {
            return None;
        }
        self.waiting = None;
        let at = self.finds.partition_point(|find| find.start < from);
        let next = || self.finds.get(at).or_else(|| self.finds.first()).cloned().map(FindAnswer::Select);
        match deed {
            FindDeed::Changed | FindDeed::Next => next(),
            FindDeed::Previous => {
                let before = at.checked_sub(1).and_then(|at| self.finds.get(at));
                before.or_else(|| self.finds.last()).cloned().map(FindAnswer::Select)
            }
            FindDeed::Replace => {
                let selected = text.selections().primary().range();
                match self.finds.get(at).filter(|find| **find == selected) {
                    Some(find) => {
                        let edit = self.replacement(text.buffer(), find);
                        // What comes next is found in the text as it is then.
                        self.waiting = Some((FindDeed::Changed, find.start + edit.1.len()));
                        self.version = None;
                        Some(FindAnswer::Replace(vec![edit]))
                    }
                    None => next(),
                }
            }
            FindDeed::ReplaceAll => {
                let edits: Vec<_> =
                    self.finds.iter().map(|find| self.replacement(text.buffer(), find)).collect();
                (!edits.is_empty()).then_some(FindAnswer::Replace(edits))
            }
            FindDeed::SelectAll => {
                let all = self.finds.iter().map(|find| Selection::new(find.start, find.end)).collect();
                let selections = Selections::new(all, at);
                (!self.finds.is_empty()).then_some(FindAnswer::Do(EditCommand::SetSelections(selections)))
            }
            FindDeed::Close => None,
        }
    }

    /// Returns what a find is replaced by; a pattern's groups stand for what they found.
    fn replacement(&self, buffer: &TextBuffer, find: &Range<usize>) -> (Range<usize>, String) {
        let text = match &self.pattern {
            Some((query, Ok(pattern))) if query.is_regex => {
                let found = buffer.slice(find.clone());
                let mut expanded = String::new();
                if let Some(captures) = pattern.captures(&found) {
                    captures.expand(&self.bar.replacement, &mut expanded);
                }
                expanded
            }
            _ => self.bar.replacement.clone(),
        };
        (find.clone(), text)
    }

    fn compile(&mut self) {
        let query = &self.bar.query;
        if self.pattern.as_ref().is_some_and(|(of, _)| of == query) {
            return;
        }
        self.version = None;
        self.pattern = Some((query.clone(), compile(query)));
    }

    fn restart(&mut self, buffer: &TextBuffer) {
        self.version = Some(buffer.version());
        self.finds.clear();
        self.searched = 0;
        self.is_complete = self.bar.query.text.is_empty();
    }

    fn range(&self, buffer: &TextBuffer) -> Range<usize> {
        let whole = 0..buffer.len_bytes();
        match &self.within {
            Some(within) if self.bar.query.in_selection => {
                buffer.floor(within.start)..buffer.floor(within.end)
            }
            _ => whole,
        }
    }
}

fn compile(query: &FindQuery) -> Result<Regex, String> {
    let pattern = if query.is_regex { query.text.clone() } else { regex::escape(&query.text) };
    RegexBuilder::new(&pattern)
        .case_insensitive(!query.match_case)
        .multi_line(true)
        .crlf(true)
        .size_limit(MAX_PATTERN_BYTES)
        .build()
        .map_err(|err| reason(&err))
}

/// Says what is wrong with a pattern in one line.
fn reason(err: &regex::Error) -> String {
    let text = err.to_string();
    let last = text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
    last.trim().trim_start_matches("error: ").to_owned()
}

/// Returns the end of what is searched next: the end of a line, unless that is very long.
fn block_end(buffer: &TextBuffer, start: usize, last: usize) -> usize {
    let wanted = start.saturating_add(BLOCK_BYTES).min(last);
    if wanted == last {
        return last;
    }
    let line_end = buffer.line_start(buffer.line_of(wanted) + 1);
    if line_end - start <= 2 * BLOCK_BYTES { line_end.min(last) } else { buffer.floor(wanted) }
}

fn is_whole_word(buffer: &TextBuffer, bytes: &Range<usize>) -> bool {
    let is_word =
        |sign: Option<char>| sign.is_some_and(|sign| sign.is_alphanumeric() || "_$.".contains(sign));
    let (first, last) = (buffer.char_at(bytes.start), buffer.char_before(bytes.end));
    let goes_on_before = is_word(first) && first != Some('$') && is_word(buffer.char_before(bytes.start));
    let goes_on_after = is_word(last) && is_word(buffer.char_at(bytes.end));
    !goes_on_before && !goes_on_after
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finder(text: &str, query: FindQuery) -> (Finder, TextEditor) {
        let text = TextEditor::new(text);
        let mut finder = Finder::default();
        finder.bar.open(false, None);
        finder.bar.query = query;
        while finder.advance(text.buffer()) {}
        (finder, text)
    }

    fn query(text: &str) -> FindQuery {
        FindQuery { text: text.to_owned(), ..FindQuery::default() }
    }

    #[test]
    fn every_way_of_looking_finds_what_it_says() {
        let case = FindQuery { match_case: true, ..query("nop") };
        let word = FindQuery { whole_word: true, ..query("nop") };
        let name = FindQuery { whole_word: true, ..query("$a") };
        let regex = FindQuery { is_regex: true, ..query(r"^\s*\w+$") };
        for (text, query, expected) in [
            ("nop NOP snoop nops", query("nop"), vec![(0, 3), (4, 7), (14, 17)]),
            ("nop NOP", case, vec![(0, 3)]),
            ("nop nops i.nop (nop)", word, vec![(0, 3), (16, 19)]),
            ("$a $ab x$a $a", name, vec![(0, 2), (8, 10), (11, 13)]),
            ("a\r\n b b\n  c\r\n", regex, vec![(0, 1), (8, 11)]),
            ("Grüße GRÜSSE grüße", query("grü"), vec![(0, 4), (8, 12), (16, 20)]),
            ("abc", query(""), vec![]),
        ] {
            let (finder, _) = finder(text, query.clone());
            let expected: Vec<_> = expected.iter().map(|(start, end)| *start..*end).collect();
            assert_eq!(finder.finds, expected, "{text:?} {query:?}");
        }
    }

    #[test]
    fn a_broken_pattern_says_what_is_wrong_with_it() {
        let (finder, _) = finder("a(b", FindQuery { is_regex: true, ..query("a(") });
        let state = finder.state(&(0..0));
        assert_eq!((state.count, state.error.as_deref()), (0, Some("unclosed group")));
    }

    #[test]
    fn steps_go_round_and_tell_where_one_is() {
        let (mut finder, mut text) = finder("a.a.a", query("a"));
        for (deed, expected) in [
            (FindDeed::Changed, 0..1),
            (FindDeed::Next, 2..3),
            (FindDeed::Next, 4..5),
            (FindDeed::Next, 0..1),
            (FindDeed::Previous, 4..5),
        ] {
            finder.ask(deed, &text);
            assert_eq!(finder.answer(&text), Some(FindAnswer::Select(expected.clone())), "{deed:?}");
            let select =
                EditCommand::SetSelections(Selections::single(Selection::new(expected.start, expected.end)));
            text.apply(&select, Duration::ZERO);
        }
        assert_eq!(finder.state(&(4..5)).current, Some(3));
        assert_eq!(finder.finds_in(&(1..4)), std::slice::from_ref(&(2..3)));
    }

    #[test]
    fn replacing_fills_in_what_the_groups_found() {
        let regex = FindQuery { is_regex: true, ..query(r"i(\d+)\.") };
        let (mut finder, text) = finder("i32.add i64.add", regex);
        finder.bar.replacement = "f${1}.".to_owned();
        finder.ask(FindDeed::ReplaceAll, &text);
        let edits = vec![(0..4, "f32.".to_owned()), (8..12, "f64.".to_owned())];
        assert_eq!(finder.answer(&text), Some(FindAnswer::Replace(edits)));
    }

    #[test]
    fn large_texts_are_searched_block_by_block() {
        let line = "nop ;; a line of text\n";
        let text = line.repeat(3 * BLOCK_BYTES / line.len());
        let (finder, _) = finder(&text, query("nop"));
        assert_eq!(finder.finds.len(), text.lines().count());
    }
}

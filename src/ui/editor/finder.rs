//! Finds in a text that is edited, a piece a frame, so that the window does not wait for megabytes.
//!
//! Knows no widgets but the bar that says what to look for, and no way of searching but the model's. After an edit
//! only what it changed is searched anew.

use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::model::text::{
    EditCommand, PatternError, Rewriting, SearchPattern, SearchQuery, Selection, Selections, TextEditor,
    TextSearch,
};

use super::find_bar::{FindDeed, FindQuery, FindReplaceBar, FindState};

/// How long one frame may search.
const BUDGET: Duration = Duration::from_micros(1500);
/// How much is searched before the clock is looked at.
const PIECE_BYTES: usize = 64 << 10;
/// Most finds that are kept; a query with more is not narrow enough to walk through.
const MAX_FINDS: usize = 100_000;

/// The search in one text.
#[derive(Debug, Default)]
pub(super) struct Finder {
    /// What is looked for.
    pub(super) bar: FindReplaceBar,
    pattern: Option<(FindQuery, Result<SearchPattern, PatternError>)>,
    search: Option<TextSearch>,
    /// Version of the text that was searched.
    version: Option<u64>,
    is_complete: bool,
    within: Option<Range<usize>>,
    /// A step that waits until the search is far enough.
    waiting: Option<(FindDeed, usize)>,
}

/// What is to be done after a step.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum FindAnswer {
    /// Select these bytes and bring them into view.
    Select(Range<usize>),
    /// Do this to the text.
    Do(EditCommand),
    /// Make this replacement.
    Replace(Range<usize>, String),
    /// Replace all finds.
    ReplaceAll(Rewriting),
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
    pub(super) fn advance(&mut self, text: &TextEditor) -> bool {
        if !self.bar.is_open() && self.waiting.is_none() {
            return false;
        }
        self.compile();
        self.follow(text);
        let Some(search) = &mut self.search else {
            self.is_complete = true;
            return false;
        };
        let began = Instant::now();
        self.is_complete = search.is_complete(text.buffer());
        while !self.is_complete && began.elapsed() < BUDGET {
            self.is_complete = search.advance(text.buffer(), PIECE_BYTES);
        }
        !self.is_complete
    }

    /// Returns how the search stands; `selected` is what is selected in the text.
    pub(super) fn state(&self, selected: &Range<usize>) -> FindState {
        let error = match &self.pattern {
            Some((_, Err(err))) => Some(err.to_string()),
            _ => None,
        };
        let finds = self.finds();
        let current = finds.binary_search_by_key(&selected.start, |find| find.start).ok();
        let current = current.filter(|at| finds[*at].end == selected.end);
        FindState {
            count: finds.len(),
            current: current.map(|at| at + 1),
            is_partial: !self.is_complete || finds.len() >= MAX_FINDS,
            percent: self.search.as_ref().filter(|_| !self.is_complete).map(TextSearch::percent),
            error,
        }
    }

    /// Returns the finds that lie at least partly within these bytes.
    pub(super) fn finds_in(&self, bytes: &Range<usize>) -> &[Range<usize>] {
        if !self.bar.is_open() {
            return &[];
        }
        let finds = self.finds();
        let from = finds.partition_point(|find| find.end <= bytes.start);
        let to = finds.partition_point(|find| find.start < bytes.end);
        &finds[from..to.max(from)]
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
        let finds = self.finds();
        let needs_all = matches!(deed, FindDeed::Previous | FindDeed::ReplaceAll | FindDeed::SelectAll);
        let is_known =
            self.is_complete || (!needs_all && finds.last().is_some_and(|find| find.start >= from));
        if !is_known {
            return None;
        }
        let at = finds.partition_point(|find| find.start < from);
        let next = || finds.get(at).or_else(|| finds.first()).cloned().map(FindAnswer::Select);
        let mut waits = None;
        let answer = match deed {
            FindDeed::Changed | FindDeed::Next => next(),
            FindDeed::Previous => {
                let before = at.checked_sub(1).and_then(|at| finds.get(at));
                before.or_else(|| finds.last()).cloned().map(FindAnswer::Select)
            }
            FindDeed::Replace => {
                let selected = text.selections().primary().range();
                match (finds.get(at).filter(|find| **find == selected), &self.search) {
                    (Some(find), Some(search)) => {
                        let new = search.pattern().replacement(text.buffer(), find, &self.bar.replacement);
                        // What comes next is found in the text as it is then.
                        waits = Some((FindDeed::Changed, find.start + new.len()));
                        Some(FindAnswer::Replace(find.clone(), new))
                    }
                    _ => next(),
                }
            }
            FindDeed::ReplaceAll => self.search.as_ref().filter(|_| !finds.is_empty()).map(|search| {
                FindAnswer::ReplaceAll(Rewriting::Replace {
                    pattern: search.pattern().clone(),
                    finds: Arc::from(finds),
                    replacement: self.bar.replacement.clone(),
                })
            }),
            FindDeed::SelectAll => {
                let all = finds.iter().map(|find| Selection::new(find.start, find.end)).collect();
                let selections = Selections::new(all, at);
                (!finds.is_empty()).then_some(FindAnswer::Do(EditCommand::SetSelections(selections)))
            }
            FindDeed::Close => None,
        };
        self.waiting = waits;
        answer
    }

    fn finds(&self) -> &[Range<usize>] {
        self.search.as_ref().map_or(&[], TextSearch::found)
    }

    fn compile(&mut self) {
        let query = &self.bar.query;
        if self.pattern.as_ref().is_some_and(|(of, _)| of == query) {
            return;
        }
        self.version = None;
        let FindQuery { match_case, whole_word, is_regex, .. } = *query;
        let asked = SearchQuery { text: query.text.clone(), match_case, whole_word, is_regex };
        self.pattern = Some((query.clone(), SearchPattern::new(&asked)));
    }

    /// Follows what was done to the text, or begins anew where that is not known.
    fn follow(&mut self, text: &TextEditor) {
        let version = text.buffer().version();
        if self.version == Some(version) {
            return;
        }
        let changes = self.version.and_then(|version| text.changes_since(version));
        let is_known = changes.is_some();
        for change in changes.into_iter().flatten() {
            if let Some(search) = &mut self.search {
                search.follow(change);
            }
            if let Some(within) = &mut self.within {
                *within = change.map_range(within.clone());
            }
        }
        if !is_known || self.search.is_none() {
            self.restart(text);
        }
        self.version = Some(version);
    }

    fn restart(&mut self, text: &TextEditor) {
        let buffer = text.buffer();
        let range = match &self.within {
            Some(within) if self.bar.query.in_selection => {
                buffer.floor(within.start)..buffer.floor(within.end)
            }
            _ => 0..buffer.len_bytes(),
        };
        let pattern = match &self.pattern {
            Some((query, Ok(pattern))) if !query.text.is_empty() => Some(pattern.clone()),
            _ => None,
        };
        self.search = pattern.map(|pattern| TextSearch::new(pattern, range, MAX_FINDS));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finder(text: &str, query: FindQuery) -> (Finder, TextEditor) {
        let text = TextEditor::new(text);
        let mut finder = Finder::default();
        finder.bar.open(false, None);
        finder.bar.query = query;
        while finder.advance(&text) {}
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
            ("nop nops snop (nop)", word, vec![(0, 3), (15, 18)]),
            ("$a $ab ($a) $a", name, vec![(0, 2), (8, 10), (12, 14)]),
            ("a\r\n b b\n  c\r\n", regex, vec![(0, 1), (8, 11)]),
            ("Grüße GRÜSSE grüße", query("grü"), vec![(0, 4), (8, 12), (16, 20)]),
            ("abc", query(""), vec![]),
        ] {
            let (finder, _) = finder(text, query.clone());
            let expected: Vec<_> = expected.iter().map(|(start, end)| *start..*end).collect();
            assert_eq!(finder.finds(), expected, "{text:?} {query:?}");
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
        let Some(FindAnswer::ReplaceAll(all)) = finder.answer(&text) else { panic!("nothing is replaced") };
        let edits = vec![(0..4, "f32.".to_owned()), (8..12, "f64.".to_owned())];
        assert_eq!(all.parts(text.buffer()), Ok(edits));
    }

    #[test]
    fn an_edit_of_a_large_text_searches_its_own_lines_alone() {
        let line = "nop ;; a line of text\n";
        let (mut finder, mut text) = finder(&line.repeat(200_000), query("nop"));
        assert_eq!(finder.finds().len(), MAX_FINDS.min(200_000));
        text.apply(&EditCommand::Insert("nopnop ".to_owned()), Duration::ZERO);
        finder.follow(&text);
        let search = finder.search.as_mut().expect("there is a search");
        assert!(search.advance(text.buffer(), 1), "there is nothing more to search");
        assert_eq!(search.found()[..3], [0..3, 3..6, 7..10]);
        assert_eq!(search.found()[3], line.len() + 7..line.len() + 10);
    }
}

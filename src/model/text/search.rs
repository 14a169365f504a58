//! Finding and replacing in a text, piece by piece.
//!
//! Knows no cursor. A find never reaches over the end of a line, so that a text of any size is searched in
//! bounded pieces, and what is found does not depend on where a piece ends. In a line that is longer than a piece
//! should be, a find has 16 KiB at most.

use std::ops::Range;

use regex::{Regex, RegexBuilder};

use super::buffer::TextBuffer;
use super::change::{Bias, TextChange};

/// How much is searched in one piece, unless a line is longer.
const PIECE_BYTES: usize = 64 << 10;
/// How much is searched in one piece where a line is longer; even longer ones are cut.
const LONG_PIECE: usize = 2 * PIECE_BYTES;
/// Longest find in a line that is cut.
const LONG_FIND: usize = 16 << 10;
/// Most places that are searched anew after edits; with more of them, or larger ones, all is.
const MOST_CHANGED: usize = 64;
/// Most memory that a pattern may take once it is compiled.
const MOST_PATTERN_BYTES: usize = 4 << 20;

/// What is looked for, and how.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash)]
pub struct SearchQuery {
    /// The text or the pattern.
    pub text: String,
    /// Whether large and small letters differ.
    pub match_case: bool,
    /// Whether only whole words count.
    pub whole_word: bool,
    /// Whether it is a regular expression.
    pub is_regex: bool,
}

/// Why a pattern can't be searched for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PatternError {
    /// What is wrong.
    pub message: String,
    /// Which character of the pattern is to blame, from 0, where that is known.
    pub at: Option<usize>,
}

/// A query that is ready to be searched for.
#[derive(Debug, Clone)]
pub struct SearchPattern {
    regex: Regex,
    whole_word: bool,
    is_regex: bool,
    match_case: bool,
}

/// The same pattern, searched for in the same way.
impl PartialEq for SearchPattern {
    fn eq(&self, other: &Self) -> bool {
        (self.regex.as_str(), self.whole_word, self.is_regex, self.match_case)
            == (other.regex.as_str(), other.whole_word, other.is_regex, other.match_case)
    }
}

/// A search that goes on in pieces, as far as there is time.
#[derive(Debug, Clone)]
pub struct TextSearch {
    pattern: SearchPattern,
    range: Range<usize>,
    at: usize,
    found: Vec<Range<usize>>,
    most: usize,
    /// Parts that were searched and changed since.
    changed: Vec<Range<usize>>,
}

impl SearchPattern {
    /// Prepares a query.
    ///
    /// # Errors
    ///
    /// Returns what is wrong with a regular expression, such as one that asks for line breaks.
    pub fn new(query: &SearchQuery) -> Result<Self, PatternError> {
        if let Some(at) = line_break_in(query) {
            let message = "a pattern can't reach over the end of a line".to_owned();
            return Err(PatternError { message, at: Some(at) });
        }
        let text = if query.is_regex { query.text.clone() } else { regex::escape(&query.text) };
        let regex = RegexBuilder::new(&text)
            .case_insensitive(!query.match_case)
            .multi_line(true)
            .crlf(true)
            .size_limit(MOST_PATTERN_BYTES)
            .build()
            .map_err(|err| explain(&err))?;
        let SearchQuery { whole_word, is_regex, match_case, .. } = *query;
        Ok(Self { regex, whole_word, is_regex, match_case })
    }

    /// Finds the next place at or after `from`, going on at the start when the end is reached.
    pub fn next(&self, buffer: &TextBuffer, from: usize) -> Option<Range<usize>> {
        let first = |range: Range<usize>| {
            let mut search = TextSearch::new(self.clone(), range, 1);
            while !search.advance(buffer, usize::MAX) {}
            search.found.into_iter().next()
        };
        let from = buffer.floor(from);
        first(from..buffer.len_bytes()).or_else(|| first(0..buffer.len_bytes()))
    }

    /// Finds the last place that begins before `from`, going on at the end when the start is reached.
    pub fn previous(&self, buffer: &TextBuffer, from: usize) -> Option<Range<usize>> {
        self.last_before(buffer, from).or_else(|| self.last_before(buffer, usize::MAX))
    }

    /// Returns what a find is replaced by: `$1` or `${name}` in it stand for what a group of a regular
    /// expression found.
    pub fn replacement(&self, buffer: &TextBuffer, find: &Range<usize>, replacement: &str) -> String {
        if !self.is_regex {
            return replacement.to_owned();
        }
        let mut line = buffer.line_range(buffer.line_of(find.start));
        if line.len() > LONG_PIECE {
            line = buffer.floor(find.start.saturating_sub(4)).max(line.start)
                ..buffer.floor(find.end + LONG_FIND).min(line.end);
        }
        let text = buffer.slice(line.clone());
        let mut expanded = String::new();
        if let Some(captures) = self.regex.captures_at(&text, find.start.saturating_sub(line.start)) {
            captures.expand(replacement, &mut expanded);
        }
        expanded
    }

    fn last_before(&self, buffer: &TextBuffer, from: usize) -> Option<Range<usize>> {
        let mut end = from.min(buffer.len_bytes());
        loop {
            let start = buffer.line_start(buffer.line_of(end.saturating_sub(PIECE_BYTES)));
            // Finds may reach further than where they have to begin.
            let piece_end = buffer.line_range(buffer.line_of(end)).end;
            let mut found = Vec::new();
            self.find_in(buffer, start..piece_end, usize::MAX, &mut found);
            if let Some(last) = found.into_iter().rfind(|find| find.start < from) {
                return Some(last);
            }
            end = start.checked_sub(1)?;
        }
    }

    /// Finds the places that begin in a piece of a line that ends at `line_end`; returns where to go on.
    fn find_in_long_line(
        &self,
        buffer: &TextBuffer,
        at: usize,
        line_end: usize,
        found: &mut Vec<Range<usize>>,
    ) -> usize {
        // What stands before a place and behind it tells whether a word or a line begins or ends there.
        let from = buffer.floor(at.saturating_sub(4)).max(buffer.line_start(buffer.line_of(at)));
        let until = buffer.floor(at + PIECE_BYTES).min(line_end);
        let end = buffer.floor(until + LONG_FIND).min(line_end);
        let text = buffer.slice(from..end);
        let mut next = at - from;
        while let Some(find) = self.regex.find_at(&text, next) {
            let bytes = from + find.start()..from + find.end();
            if bytes.start >= until && until < line_end {
                break;
            }
            next = if find.is_empty() { next_char(&text, find.end()) } else { find.end() };
            let is_whole = bytes.end < end || end == line_end;
            if !find.is_empty() && is_whole && (!self.whole_word || is_whole_word(buffer, &bytes)) {
                found.push(bytes);
            }
            if next > text.len() {
                break;
            }
        }
        found.last().map_or(until, |last| last.end.max(until))
    }

    /// Finds all places in whole lines; returns where to go on when there were as many as asked for.
    fn find_in(
        &self,
        buffer: &TextBuffer,
        range: Range<usize>,
        most: usize,
        found: &mut Vec<Range<usize>>,
    ) -> Option<usize> {
        let text = buffer.slice(range.clone());
        let mut at = 0;
        while at <= text.len() {
            let find = self.regex.find_at(&text, at)?;
            let (mut start, mut end) = (find.start(), find.end());
            if let Some(line_break) = text[start..end].find('\n') {
                // What a pattern finds in a line does not depend on the next one.
                let line_end = start + line_break;
                let visible = line_end - usize::from(text[..line_end].ends_with('\r'));
                let Some(find) = self.regex.find_at(&text[..visible.max(start)], start) else {
                    at = line_end + 1;
                    continue;
                };
                (start, end) = (find.start(), find.end());
            }
            at = if end > start { end } else { next_char(&text, end) };
            let bytes = range.start + start..range.start + end;
            if start < end && (!self.whole_word || is_whole_word(buffer, &bytes)) {
                found.push(bytes);
                if found.len() >= most {
                    return Some(range.start + at);
                }
            }
        }
        None
    }
}

impl TextSearch {
    /// Begins a search of a part of a text; no more than `most` places are listed.
    pub fn new(pattern: SearchPattern, range: Range<usize>, most: usize) -> Self {
        Self { pattern, at: range.start, range, found: Vec::new(), most: most.max(1), changed: Vec::new() }
    }

    /// Searches on through about so many bytes; returns whether the search is over.
    ///
    /// The text has to be the one that was searched before, or what [`Self::follow`] was told of has made of it.
    pub fn advance(&mut self, buffer: &TextBuffer, bytes: usize) -> bool {
        let end = self.range.end.min(buffer.len_bytes());
        self.search_changed(buffer, end);
        let until = self.at.saturating_add(bytes).min(end);
        while !self.is_over(end) && self.at < until.max(self.at + 1) {
            let wanted = self.at.saturating_add(PIECE_BYTES).min(end);
            let line = buffer.line_of(wanted);
            let line_end = buffer.line_start(line + 1).min(end);
            let line_end = if line_end > self.at { line_end } else { end };
            let line_start = buffer.line_start(line);
            self.at = if line_end - self.at <= LONG_PIECE {
                self.search_lines(buffer, line_end)
            } else if line_start > self.at {
                self.search_lines(buffer, line_start)
            } else {
                let visible = buffer.line_range(line).end.clamp(self.at, end);
                let next = self.pattern.find_in_long_line(buffer, self.at, visible, &mut self.found);
                if next >= visible { line_end } else { next }
            };
            if self.at >= until {
                break;
            }
        }
        self.is_over(end)
    }

    fn search_lines(&mut self, buffer: &TextBuffer, end: usize) -> usize {
        self.pattern.find_in(buffer, self.at..end, self.most, &mut self.found).unwrap_or(end)
    }

    /// Follows a change of the text: only the lines that it touches are searched anew.
    pub fn follow(&mut self, change: &TextChange) {
        let old = change.old_range();
        let moved =
            |byte: usize| if byte >= old.end { byte - change.removed + change.inserted } else { byte };
        let first = self.found.partition_point(|find| find.end <= old.start);
        let after = self.found.partition_point(|find| find.start < old.end).max(first);
        for find in &mut self.found[after..] {
            *find = moved(find.start)..moved(find.end);
        }
        self.found.drain(first..after);
        let end = change.map(self.range.end, Bias::After);
        self.range = change.map(self.range.start, Bias::Before)..end;
        for part in &mut self.changed {
            *part = change.map(part.start, Bias::Before)..change.map(part.end, Bias::After);
        }
        if old.start <= self.at {
            self.changed.push(change.new_range());
            self.at = if self.at >= old.end { moved(self.at) } else { change.new_range().end };
        }
        let is_large = change.inserted > PIECE_BYTES;
        if is_large || self.changed.len() > MOST_CHANGED {
            self.at = self.range.start;
            self.found.clear();
            self.changed.clear();
        }
    }

    /// Searches the lines anew that were changed.
    fn search_changed(&mut self, buffer: &TextBuffer, end: usize) {
        for part in std::mem::take(&mut self.changed) {
            let lines = buffer.line_start(buffer.line_of(part.start))
                ..buffer.line_start(buffer.line_of(part.end) + 1);
            let lines = lines.start.max(self.range.start)..lines.end.min(end);
            if lines.start > self.at {
                // The search has yet to come there.
                continue;
            }
            if lines.len() > LONG_PIECE {
                self.at = self.at.min(lines.start);
                let kept = self.found.partition_point(|find| find.start < self.at);
                self.found.truncate(kept);
                continue;
            }
            let first = self.found.partition_point(|find| find.start < lines.start);
            let after = self.found.partition_point(|find| find.start < lines.end).max(first);
            let mut found = Vec::new();
            if !lines.is_empty() {
                self.pattern.find_in(buffer, lines.clone(), usize::MAX, &mut found);
            }
            self.found.splice(first..after, found);
            self.at = self.at.max(lines.end);
        }
    }

    /// Returns the pattern that is searched for.
    pub fn pattern(&self) -> &SearchPattern {
        &self.pattern
    }

    /// Tells whether everything was searched.
    pub fn is_complete(&self, buffer: &TextBuffer) -> bool {
        self.changed.is_empty() && self.is_over(self.range.end.min(buffer.len_bytes()))
    }

    /// Returns how much was searched, in percent.
    pub fn percent(&self) -> u8 {
        let done = self.at.saturating_sub(self.range.start).saturating_mul(100);
        u8::try_from(done / self.range.len().max(1)).unwrap_or(100).min(100)
    }

    /// Lists what was found so far, in order.
    pub fn found(&self) -> &[Range<usize>] {
        &self.found
    }

    /// Tells whether there are more places than are listed.
    pub fn is_capped(&self) -> bool {
        self.found.len() >= self.most
    }

    fn is_over(&self, end: usize) -> bool {
        self.at >= end || self.is_capped()
    }
}

/// Tells whether a place begins and ends where a word does.
fn is_whole_word(buffer: &TextBuffer, bytes: &Range<usize>) -> bool {
    let is_word = |sign: Option<char>| sign.is_some_and(|sign| sign.is_alphanumeric() || "_$".contains(sign));
    let joins = |one: Option<char>, other: Option<char>| is_word(one) && is_word(other);
    !joins(buffer.char_before(bytes.start), buffer.char_at(bytes.start))
        && !joins(buffer.char_before(bytes.end), buffer.char_at(bytes.end))
}

fn next_char(text: &str, at: usize) -> usize {
    at + text[at..].chars().next().map_or(1, char::len_utf8)
}

/// Finds a line break that a query asks for, in characters.
fn line_break_in(query: &SearchQuery) -> Option<usize> {
    let mut escaped = false;
    for (index, sign) in query.text.chars().enumerate() {
        match sign {
            '\n' => return Some(index),
            'n' if escaped && query.is_regex => return Some(index - 1),
            _ => {}
        }
        escaped = sign == '\\' && !escaped;
    }
    None
}

/// Reads the parser's message for people, which points at the place with a caret.
fn explain(err: &regex::Error) -> PatternError {
    let text = err.to_string();
    let caret = text.lines().find(|line| line.trim_start().starts_with('^'));
    let last = text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default().trim();
    let message = match err {
        regex::Error::CompiledTooBig(_) => "the pattern is too large".to_owned(),
        _ => last.trim_start_matches("error: ").to_owned(),
    };
    // The pattern is shown four columns in.
    PatternError { message, at: caret.and_then(|line| line.find('^')?.checked_sub(4)) }
}

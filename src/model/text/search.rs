//! Finding and replacing in a text, piece by piece.
//!
//! Knows no cursor. A find never reaches over the end of a line, so that a text of any size is searched in
//! bounded pieces, and what is found does not depend on where a piece ends.

use std::ops::Range;

use regex::{Regex, RegexBuilder};

use super::buffer::TextBuffer;

/// How much is searched in one piece, unless a line is longer.
const PIECE_BYTES: usize = 64 << 10;
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
}

/// A search that goes on in pieces, as far as there is time.
#[derive(Debug, Clone)]
pub struct TextSearch {
    pattern: SearchPattern,
    range: Range<usize>,
    at: usize,
    found: Vec<Range<usize>>,
    most: usize,
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
        Ok(Self { regex, whole_word: query.whole_word, is_regex: query.is_regex })
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
        let line = buffer.line_range(buffer.line_of(find.start));
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
        Self { pattern, at: range.start, range, found: Vec::new(), most: most.max(1) }
    }

    /// Searches on through about so many bytes; returns whether the search is over.
    ///
    /// The text has to be the one that was searched before.
    pub fn advance(&mut self, buffer: &TextBuffer, bytes: usize) -> bool {
        let end = self.range.end.min(buffer.len_bytes());
        let until = self.at.saturating_add(bytes).min(end);
        while !self.is_over(end) && self.at < until.max(self.at + 1) {
            let wanted = self.at.saturating_add(PIECE_BYTES).min(end);
            let piece_end = buffer.line_start(buffer.line_of(wanted) + 1).min(end);
            let piece_end = if piece_end > self.at { piece_end } else { end };
            let (pattern, piece) = (&self.pattern, self.at..piece_end);
            pattern.find_in(buffer, piece, self.most, &mut self.found);
            self.at = piece_end;
            if self.at >= until {
                break;
            }
        }
        self.is_over(end)
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

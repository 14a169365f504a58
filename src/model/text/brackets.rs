//! Parentheses around and beside a place, and selections that grow by them.
//!
//! Knows parentheses that stand in comments or strings from those that count.

use std::ops::Range;

use super::buffer::TextBuffer;
use super::editor::TextEditor;
use super::selection::{Selection, Selections};
use super::word;
use crate::model::wat::{LineLexer, TokenKind, lex_line};

/// Most steps that a search for an enclosing form takes, each over a line or a whole form.
const MOST_STEPS: usize = 20_000;

impl TextEditor {
    /// Finds the parenthesis at a cursor, or else the one before it, and its partner; both as bytes.
    pub fn matching_brackets(&mut self, byte: usize) -> Option<(usize, usize)> {
        let candidates = [Some(byte), byte.checked_sub(1)];
        candidates
            .into_iter()
            .flatten()
            .find_map(|at| partner(&self.buffer, &mut self.syntax, at).map(|other| (at, other)))
    }

    /// Returns the innermost form around a place, with its parentheses; bounded work, so that a form with very
    /// many parts before the place may not be found.
    pub fn enclosing_form(&mut self, byte: usize) -> Option<Range<usize>> {
        let open = enclosing_open(&self.buffer, &mut self.syntax, byte)?;
        let close = partner(&self.buffer, &mut self.syntax, open)?;
        Some(open..close + 1)
    }

    /// Returns where the parenthesis beside a cursor has its partner, or the start of the form around it.
    pub(super) fn bracket_target(&mut self, byte: usize) -> usize {
        match self.matching_brackets(byte) {
            Some((_, other)) => other,
            None => enclosing_open(&self.buffer, &mut self.syntax, byte).unwrap_or(byte),
        }
    }

    /// Tells whether a place is in a comment or a string.
    pub(super) fn is_in_quiet(&mut self, byte: usize) -> bool {
        let line = self.buffer.line_of(byte);
        let at = byte - self.buffer.line_start(line);
        let state = self.syntax.state_at(&self.buffer, line);
        let text = self.buffer.line(line);
        if text.is_empty() {
            return state.comment_depth > 0;
        }
        lex_line(&text, state).0.iter().any(|token| match token.kind {
            TokenKind::Comment => {
                let is_to_line_end = text[token.range.clone()].starts_with(";;")
                    || (token.range.end == text.len() && !text.ends_with(";)"));
                let starts = token.range.start == 0 && state.comment_depth > 0;
                (token.range.start < at || starts && at == 0)
                    && (at < token.range.end || (is_to_line_end && at == token.range.end))
            }
            TokenKind::String | TokenKind::Name => {
                text[token.range.clone()].contains('"') && token.range.start < at && at < token.range.end
            }
            // A string that does not end reaches to the end of its line.
            TokenKind::Invalid => {
                text[token.range.clone()].contains('"') && token.range.start < at && at <= token.range.end
            }
            _ => false,
        })
    }

    /// Selects more around each cursor: the word, then form after form, then everything.
    pub(super) fn expand_selection(&mut self) {
        let before = self.selections.clone();
        let items: Vec<Selection> = before
            .iter()
            .map(|item| {
                let range = self.wider(&item.range());
                Selection::new(range.start, range.end)
            })
            .collect();
        let wider = Selections::new(items, before.primary_index());
        if wider != before {
            self.selections = wider;
            self.expanded.push(before);
        }
    }

    /// Takes the last step of selecting more back.
    pub(super) fn shrink_selection(&mut self) {
        match self.expanded.pop() {
            Some(before) => self.selections = before,
            None => self.selections = self.selections.map(|item| Selection::cursor(item.head)),
        }
    }

    fn wider(&mut self, range: &Range<usize>) -> Range<usize> {
        let word = word::around(&self.buffer, range.start);
        let is_word =
            self.buffer.slice(word.clone()).chars().all(|sign| sign.is_alphanumeric() || "_$".contains(sign));
        if is_word && word.start <= range.start && range.end <= word.end && word.len() > range.len() {
            return word;
        }
        let mut at = range.start;
        loop {
            // A cursor just before a form belongs to that form.
            let form = match self.buffer.byte(at) {
                Some(b'(') if range.is_empty() => {
                    partner(&self.buffer, &mut self.syntax, at).map(|close| at..close + 1)
                }
                _ => self.enclosing_form(at),
            };
            match form {
                Some(form) if form.end >= range.end && form.len() > range.len() => return form,
                Some(form) if form.start < at => at = form.start,
                _ => return 0..self.buffer.len_bytes(),
            }
        }
    }
}

/// Finds the partner of the parenthesis at a byte.
fn partner(buffer: &TextBuffer, syntax: &mut LineLexer, byte: usize) -> Option<usize> {
    if !matches!(buffer.byte(byte), Some(b'(' | b')')) {
        return None;
    }
    let line = buffer.line_of(byte);
    let (line, at) = syntax.matching_paren(buffer, line, byte - buffer.line_start(line))?;
    Some(buffer.line_start(line) + at)
}

/// Finds the parenthesis that opens the innermost form around a place.
pub(super) fn enclosing_open(buffer: &TextBuffer, syntax: &mut LineLexer, byte: usize) -> Option<usize> {
    let mut line = buffer.line_of(byte);
    let mut end = byte - buffer.line_start(line);
    for _ in 0..MOST_STEPS {
        let state = syntax.state_at(buffer, line);
        let text = buffer.line(line);
        let tokens = lex_line(&text, state).0;
        let is_before = |at: &usize| *at < end;
        let parens = tokens.iter().filter(|token| token.kind == TokenKind::Paren);
        let (mut depth, mut last_close) = (0usize, None);
        for at in parens.rev().map(|token| token.range.start).filter(is_before) {
            if text.as_bytes()[at] == b')' {
                depth += 1;
                if depth == 1 {
                    last_close = Some(at);
                }
            } else if depth > 0 {
                depth -= 1;
            } else {
                return Some(buffer.line_start(line) + at);
            }
        }
        if let Some(close) = last_close.filter(|_| depth > 0) {
            // What closes here opened further up: the search goes on before the outermost of them.
            (line, end) = syntax.matching_paren(buffer, line, close)?;
        } else {
            line = line.checked_sub(1)?;
            end = usize::MAX;
        }
    }
    None
}

//! Parentheses around and beside a place, and selections that grow by them.
//!
//! Knows parentheses that stand in comments or strings from those that count.

use std::ops::Range;

use super::buffer::TextBuffer;
use super::editor::TextEditor;
use super::selection::{Selection, Selections};
use super::word;
use crate::model::wat::{LexBudget, LineLexer, LineState, NotRead, TokenKind, lex_line};

/// Most bytes that one command reads of a text to learn how its lines begin and its parentheses pair. A text
/// that was opened has been read, so that this is about what an edit has changed.
pub(super) const READ_BY_COMMAND: LexBudget = LexBudget::bytes(512 << 10);

impl TextEditor {
    /// Finds the parenthesis at a cursor, or else the one before it, and its partner; both as bytes.
    pub fn matching_brackets(&self, byte: usize) -> Option<(usize, usize)> {
        self.brackets_within(byte, &mut LexBudget::unlimited()).unwrap_or(None)
    }

    /// Finds the same, as far as the budget allows to read what is not known yet of the text.
    ///
    /// # Errors
    ///
    /// Returns [`NotRead`] when more has to be read; asking again goes on from there.
    pub fn brackets_within(
        &self,
        byte: usize,
        budget: &mut LexBudget,
    ) -> Result<Option<(usize, usize)>, NotRead> {
        let mut syntax = self.syntax();
        for at in [Some(byte), byte.checked_sub(1)].into_iter().flatten() {
            if let Some(other) = partner(&self.buffer, &mut syntax, at, budget)? {
                return Ok(Some((at, other)));
            }
        }
        Ok(None)
    }

    /// Returns the innermost form around a place, with its parentheses, if the text has been read that far.
    pub fn enclosing_form(&self, byte: usize) -> Option<Range<usize>> {
        let (mut syntax, mut budget) = (self.syntax(), READ_BY_COMMAND);
        let open = enclosing_open(&self.buffer, &mut syntax, byte, &mut budget)?;
        let close = partner(&self.buffer, &mut syntax, open, &mut budget).ok()??;
        Some(open..close + 1)
    }

    /// Returns where the parenthesis beside a cursor has its partner, or the start of the form around it.
    pub(super) fn bracket_target(&self, byte: usize) -> usize {
        let mut budget = READ_BY_COMMAND;
        match self.brackets_within(byte, &mut budget) {
            Ok(Some((_, other))) => other,
            Ok(None) => enclosing_open(&self.buffer, &mut self.syntax(), byte, &mut budget).unwrap_or(byte),
            Err(NotRead) => byte,
        }
    }

    /// Tells whether a place is in a comment or a string.
    pub(super) fn is_in_quiet(&self, byte: usize) -> bool {
        let line = self.buffer.line_of(byte);
        let at = byte - self.buffer.line_start(line);
        let state = state_of(&self.buffer, &mut self.syntax(), line);
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

    fn wider(&self, range: &Range<usize>) -> Range<usize> {
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
                    let close = partner(&self.buffer, &mut self.syntax(), at, &mut READ_BY_COMMAND.clone());
                    close.ok().flatten().map(|close| at..close + 1)
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

/// Returns what a line begins with, or what it did when it was last read.
pub(super) fn state_of(buffer: &TextBuffer, syntax: &mut LineLexer, line: usize) -> LineState {
    syntax.state_within(buffer, line, &mut READ_BY_COMMAND.clone()).unwrap_or_else(|old| old)
}

/// Finds the partner of the parenthesis at a byte.
fn partner(
    buffer: &TextBuffer,
    syntax: &mut LineLexer,
    byte: usize,
    budget: &mut LexBudget,
) -> Result<Option<usize>, NotRead> {
    if !matches!(buffer.byte(byte), Some(b'(' | b')')) {
        return Ok(None);
    }
    let line = buffer.line_of(byte);
    let found = syntax.paren_within(buffer, line, byte - buffer.line_start(line), budget)?;
    Ok(found.map(|(line, at)| buffer.line_start(line) + at))
}

/// Finds the parenthesis that opens the innermost form around a place.
fn enclosing_open(
    buffer: &TextBuffer,
    syntax: &mut LineLexer,
    byte: usize,
    budget: &mut LexBudget,
) -> Option<usize> {
    let line = buffer.line_of(byte);
    let at = byte - buffer.line_start(line);
    let (line, at) = syntax.enclosing_within(buffer, line, at, budget).ok()??;
    Some(buffer.line_start(line) + at)
}

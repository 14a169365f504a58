//! Remembers how each line of a text begins, so that an edit costs the lines that it changes.
//!
//! Holds no text and no tokens: a line in view is cut anew, which is cheap once it is known how it begins.
//!
//! ```
//! use wasm_workbench::model::wat::{LineLexer, TokenKind};
//!
//! let mut lexer = LineLexer::default();
//! let mut text = vec!["(; one", "two ;) nop"];
//! assert_eq!(lexer.tokens(&text, 1)[1].kind, TokenKind::Operator);
//! text[0] = ";; one";
//! lexer.edit(0, 1, 1);
//! assert_eq!(lexer.tokens(&text, 1)[0].kind, TokenKind::Word);
//! ```

use std::borrow::Cow;

use super::lexer::{LineState, Token, TokenKind, lex_line};
use super::line_table::{Line, LineTable};
use super::scan::{Lexeme, block_comment, next_lexeme};
use crate::model::text::{TextBuffer, TextChange};

/// Bytes that a line costs beside its own, roughly, when it is read.
const LINE_COST: usize = 48;
/// Length of lines, in bytes, from which on nobody looks for the partners of their parentheses.
const LONG_LINE: usize = 256 << 10;

/// A text by its lines, whatever it is kept in.
pub trait TextLines {
    /// Returns how many lines there are; a text has one at least.
    fn num_lines(&self) -> usize;

    /// Returns a line, counted from 0, with or without its break; empty past the end.
    fn line(&self, line: usize) -> Cow<'_, str>;

    /// Returns the bytes of a line, with or without its break.
    fn line_len(&self, line: usize) -> usize {
        self.line(line).len()
    }

    /// Lists the lines from this one on, each with or without its break.
    fn lines_from(&self, first: usize) -> Box<dyn Iterator<Item = Cow<'_, str>> + '_> {
        Box::new((first..self.num_lines()).map(|line| self.line(line)))
    }
}

impl<S: AsRef<str>> TextLines for Vec<S> {
    fn num_lines(&self) -> usize {
        self.len()
    }

    fn line(&self, line: usize) -> Cow<'_, str> {
        Cow::Borrowed(self.get(line).map_or("", AsRef::as_ref))
    }
}

impl TextLines for TextBuffer {
    fn num_lines(&self) -> usize {
        Self::num_lines(self)
    }

    fn line(&self, line: usize) -> Cow<'_, str> {
        Self::line(self, line)
    }

    fn line_len(&self, line: usize) -> usize {
        self.line_range(line).len()
    }

    fn lines_from(&self, first: usize) -> Box<dyn Iterator<Item = Cow<'_, str>> + '_> {
        Box::new(Self::lines_from(self, first))
    }
}

/// How much may be read of a text before whoever asks has to go on later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LexBudget {
    bytes: usize,
}

impl LexBudget {
    /// Allows about so many bytes.
    pub const fn bytes(bytes: usize) -> Self {
        Self { bytes }
    }

    /// Allows everything.
    pub const fn unlimited() -> Self {
        Self { bytes: usize::MAX }
    }

    /// Takes a line from what is left; `false` when nothing is left for it.
    fn spend(&mut self, line: &str) -> bool {
        let is_allowed = self.bytes > 0;
        self.bytes = self.bytes.saturating_sub(line.len() + LINE_COST);
        is_allowed
    }
}

/// The answer needs more of the text to be read than was allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotRead;

/// How each line of one text begins, and how its parentheses pair; a clone costs next to nothing.
#[derive(Debug, Clone, Default)]
pub struct LineLexer {
    /// The lines that were read, from the first on. Each that need not be looked at follows from the one before.
    lines: LineTable,
}

impl LineLexer {
    /// Tells that lines were replaced: `num_removed` of them from `first` on, by `num_inserted` others.
    ///
    /// To change something within a line is to replace it by one other.
    pub fn edit(&mut self, first: usize, num_removed: usize, num_inserted: usize) {
        self.lines.edit(first, num_removed, num_inserted);
    }

    /// Tells what an edit changed.
    pub fn change(&mut self, change: &TextChange) {
        self.edit(change.first_line, change.lines_removed + 1, change.lines_inserted + 1);
    }

    /// Forgets everything, as for another text.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Reads on until it is known what a line begins with, as far as the budget allows; returns whether it is.
    pub fn advance(&mut self, text: &impl TextLines, line: usize, budget: &mut LexBudget) -> bool {
        if self.lines.len() > text.num_lines() {
            self.clear();
        }
        let line = line.min(text.num_lines());
        while let Some(first) = self.lines.first_unsure().filter(|first| *first < line) {
            if budget.bytes == 0 {
                return false;
            }
            self.look_again(text, first, line, budget);
        }
        self.read_on(text, line, budget);
        self.lines.len() >= line
    }

    /// Returns what a line begins with, reading the lines before it as far as need be.
    pub fn state_at(&mut self, text: &impl TextLines, line: usize) -> LineState {
        self.advance(text, line, &mut LexBudget::unlimited());
        self.lines.handed_to(line.min(self.lines.len()))
    }

    /// Returns what a line begins with, as far as the budget allows to find that out.
    ///
    /// # Errors
    ///
    /// Returns what it began with the last time that it was read, if more has to be read.
    pub fn state_within(
        &mut self,
        text: &impl TextLines,
        line: usize,
        budget: &mut LexBudget,
    ) -> Result<LineState, LineState> {
        let is_known = self.advance(text, line, budget);
        let state = self.lines.handed_to(line.min(self.lines.len()));
        if is_known {
            Ok(state)
        } else {
            Err(if state.comment_depth == u32::MAX { LineState::default() } else { state })
        }
    }

    /// Cuts a line into tokens.
    pub fn tokens(&mut self, text: &impl TextLines, line: usize) -> Vec<Token> {
        let state = self.state_at(text, line);
        lex_line(&text.line(line), state).0
    }

    /// Finds the partner of the parenthesis at a byte of a line; both as line, from 0, and byte of it.
    pub fn matching_paren(
        &mut self,
        text: &impl TextLines,
        line: usize,
        byte: usize,
    ) -> Option<(usize, usize)> {
        self.paren_within(text, line, byte, &mut LexBudget::unlimited()).unwrap_or(None)
    }

    /// Finds the same, as far as the budget allows to read what lies between. Very long lines have no partners.
    ///
    /// # Errors
    ///
    /// Returns [`NotRead`] when more has to be read; asking again goes on from there.
    pub fn paren_within(
        &mut self,
        text: &impl TextLines,
        line: usize,
        byte: usize,
        budget: &mut LexBudget,
    ) -> Result<Option<(usize, usize)>, NotRead> {
        let parens = self.parens_of(text, line, budget)?;
        let Some(index) = parens.iter().position(|paren| paren.0 == byte) else { return Ok(None) };
        let forwards = parens[index].1;
        let mut depth = 0u32;
        if let Some(found) = partner(&parens, index, forwards, &mut depth) {
            return Ok(Some((line, found)));
        }
        if forwards {
            self.search_forwards(text, line + 1, depth, budget)
        } else {
            self.search_backwards(text, line, depth, budget)
        }
    }

    /// Finds the parenthesis that opens the innermost form around a byte of a line, as far as the budget allows.
    ///
    /// # Errors
    ///
    /// Returns [`NotRead`] when more has to be read; asking again goes on from there.
    pub fn enclosing_within(
        &mut self,
        text: &impl TextLines,
        line: usize,
        byte: usize,
        budget: &mut LexBudget,
    ) -> Result<Option<(usize, usize)>, NotRead> {
        let parens = self.parens_of(text, line, budget)?;
        let before = parens.partition_point(|paren| paren.0 < byte);
        let mut depth = 1u32;
        if let Some(last) = before.checked_sub(1)
            && let Some(found) = partner(&parens, last, false, &mut depth)
        {
            return Ok(Some((line, found)));
        }
        self.search_backwards(text, line, depth, budget)
    }

    /// Finds where `depth` forms are closed, from a line on.
    fn search_forwards(
        &mut self,
        text: &impl TextLines,
        mut line: usize,
        mut depth: u32,
        budget: &mut LexBudget,
    ) -> Result<Option<(usize, usize)>, NotRead> {
        while line < text.num_lines() {
            match self.lines.forwards(line, depth) {
                Ok((line, mut depth)) => {
                    let parens = self.parens_of(text, line, budget)?;
                    let found = if parens.is_empty() { None } else { partner(&parens, 0, true, &mut depth) };
                    return Ok(found.map(|byte| (line, byte)));
                }
                Err(next) => (line, depth) = next,
            }
            if !self.advance(text, self.lines.chunk_end(line), budget) {
                return Err(NotRead);
            }
        }
        Ok(None)
    }

    /// Finds where the outermost of `depth` forms opens, before a line whose beginning is known.
    fn search_backwards(
        &mut self,
        text: &impl TextLines,
        line: usize,
        depth: u32,
        budget: &mut LexBudget,
    ) -> Result<Option<(usize, usize)>, NotRead> {
        let Some((line, mut depth)) = self.lines.backwards(line, depth) else { return Ok(None) };
        let parens = self.parens_of(text, line, budget)?;
        let Some(last) = parens.len().checked_sub(1) else { return Ok(None) };
        Ok(partner(&parens, last, false, &mut depth).map(|byte| (line, byte)))
    }

    /// Looks at lines again that were changed, and at those behind them as far as they begin otherwise now.
    fn look_again(&mut self, text: &impl TextLines, first: usize, until: usize, budget: &mut LexBudget) {
        let mut texts = text.lines_from(first).take(until - first);
        self.lines.settle(first, |known, begins| {
            let line = texts.next()?;
            if known.begins == begins {
                return Some(known);
            }
            budget.spend(&line).then(|| skim(&line, begins))
        });
    }

    /// Reads lines for the first time, up to `until`.
    fn read_on(&mut self, text: &impl TextLines, until: usize, budget: &mut LexBudget) {
        let first = self.lines.len();
        let mut begins = self.lines.handed_to(first);
        for line in text.lines_from(first).take(until.saturating_sub(first)) {
            if !budget.spend(&line) {
                return;
            }
            let known = skim(&line, begins);
            begins = known.ends;
            self.lines.push(known);
        }
    }

    /// Returns the parentheses of a line: byte, and whether it opens; none of a very long line.
    fn parens_of(
        &mut self,
        text: &impl TextLines,
        line: usize,
        budget: &mut LexBudget,
    ) -> Result<Vec<(usize, bool)>, NotRead> {
        let Ok(state) = self.state_within(text, line, budget) else { return Err(NotRead) };
        if text.line_len(line) > LONG_LINE {
            return Ok(Vec::new());
        }
        let shown = text.line(line);
        let parens = lex_line(&shown, state).0.into_iter().filter(|token| token.kind == TokenKind::Paren);
        Ok(parens.map(|token| (token.range.start, shown.as_bytes()[token.range.start] == b'(')).collect())
    }
}

/// Goes through the parentheses of one line from `from` on until all that are open are closed.
fn partner(parens: &[(usize, bool)], from: usize, forwards: bool, depth: &mut u32) -> Option<usize> {
    let mut at = from;
    loop {
        let &(byte, opens) = parens.get(at)?;
        *depth = if opens == forwards { *depth + 1 } else { *depth - 1 };
        if *depth == 0 {
            return Some(byte);
        }
        at = if forwards { at + 1 } else { at.checked_sub(1)? };
    }
}

/// Reads a line for what it hands on and how its parentheses pair.
fn skim(line: &str, begins: LineState) -> Line {
    let mut known = Line::beginning(begins);
    let mut state = begins;
    let mut at = 0;
    if state.comment_depth > 0 {
        (at, state.comment_depth) = block_comment(line.as_bytes(), 0, state.comment_depth);
    }
    while let Some((lexeme, range)) = next_lexeme(line, at) {
        at = range.end;
        match lexeme {
            Lexeme::Open => known.num_opening += 1,
            Lexeme::Close if known.num_opening > 0 => known.num_opening -= 1,
            Lexeme::Close => known.num_closing += 1,
            Lexeme::BlockComment { open } => {
                state.comment_depth = open;
                continue;
            }
            Lexeme::LineComment => continue,
            _ => {}
        }
        state.follows_paren = lexeme == Lexeme::Open;
    }
    known.ends = state;
    known
}

#[cfg(test)]
mod tests {
    use super::super::lexer::lex_text;
    use super::super::parens::{matching_paren, parens};
    use super::*;
    use crate::model::sample;

    struct Random(u64);

    impl Random {
        fn below(&mut self, bound: usize) -> usize {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(self.0 >> 33).unwrap_or(0) % bound
        }

        fn line(&mut self) -> String {
            const PIECES: [&str; 20] = [
                "(", ")", "(;", ";)", ";;", " ", "\"", "\\", "func", "i32.add", "$a", "$\"b\"", "ä", "@x",
                "12", "offset=1", "\r", "then", "\t", ",",
            ];
            let count = self.below(7);
            (0..count).map(|_| PIECES[self.below(PIECES.len())]).collect()
        }
    }

    /// Cuts a text line by line, and puts the parts of each comment together again.
    fn lex_by_lines(lines: &[String]) -> Vec<Token> {
        let mut lexer = LineLexer::default();
        let mut tokens: Vec<Token> = Vec::new();
        let (mut start, mut depth) = (0, 0);
        for (index, line) in lines.iter().enumerate() {
            for mut token in lexer.tokens(&lines.to_vec(), index) {
                let is_first = token.range.start == 0;
                token.range = token.range.start + start..token.range.end + start;
                match tokens.last_mut() {
                    Some(last) if is_first && depth > 0 => last.range.end = token.range.end,
                    _ => tokens.push(token),
                }
            }
            depth = lexer.state_at(&lines.to_vec(), index + 1).comment_depth;
            start += line.len() + 1;
        }
        tokens
    }

    #[test]
    fn cutting_line_by_line_gives_what_cutting_the_whole_text_gives() {
        let mut random = Random(3);
        let samples = sample::all().iter().map(|sample| sample.source.to_owned());
        let made = (0..600).map(|_| {
            let count = 1 + random.below(6);
            (0..count).map(|_| random.line()).collect::<Vec<_>>().join("\n")
        });
        for text in samples.chain(made.collect::<Vec<_>>()) {
            let lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
            let mut whole = lex_text(&text);
            // Breaks at the end of a comment that stays open belong to no line.
            for token in whole.iter_mut().filter(|token| token.kind == TokenKind::Comment) {
                token.range.end =
                    token.range.start + text[token.range.clone()].trim_end_matches(['\n', '\r']).len();
            }
            let mut by_lines = lex_by_lines(&lines);
            for token in by_lines.iter_mut().filter(|token| token.kind == TokenKind::Comment) {
                token.range.end =
                    token.range.start + text[token.range.clone()].trim_end_matches(['\n', '\r']).len();
            }
            assert_eq!(by_lines, whole, "{text:?}");
        }
    }

    #[test]
    fn edits_leave_the_same_as_a_fresh_start() {
        let mut random = Random(11);
        for _ in 0..150 {
            let mut lines: Vec<String> = (0..=random.below(12)).map(|_| random.line()).collect();
            let mut lexer = LineLexer::default();
            for _ in 0..30 {
                let first = random.below(lines.len() + 1);
                let num_removed = random.below(lines.len() - first + 1).min(3);
                let mut inserted: Vec<String> = (0..random.below(4)).map(|_| random.line()).collect();
                if inserted.is_empty() && num_removed == lines.len() {
                    inserted.push(String::new());
                }
                lexer.edit(first, num_removed, inserted.len());
                lines.splice(first..first + num_removed, inserted);
                if random.below(3) == 0 {
                    continue;
                }
                let line = random.below(lines.len() + 1);
                let mut fresh = LineLexer::default();
                assert_eq!(lexer.state_at(&lines, line), fresh.state_at(&lines, line), "{lines:?} {line}");
            }
        }
    }

    #[test]
    fn changes_of_a_buffer_are_followed() {
        let mut random = Random(23);
        let mut buffer = TextBuffer::new("(module\n  (func))\n");
        let mut lexer = LineLexer::default();
        for _ in 0..400 {
            let (from, to) = (random.below(buffer.len_bytes() + 1), random.below(buffer.len_bytes() + 1));
            let start = buffer.floor(from.min(to));
            let end = buffer.floor(from.max(to).min(start + 12));
            let inserted = [random.line(), random.line()].join(["", "\n"][random.below(2)]);
            let change = buffer.replace(start..end.max(start), &inserted);
            lexer.change(&change);
            let line = random.below(buffer.num_lines());
            let mut fresh = LineLexer::default();
            assert_eq!(lexer.tokens(&buffer, line), fresh.tokens(&buffer, line), "{:?}", buffer.to_text());
        }
    }

    #[test]
    fn parentheses_pair_over_lines_as_they_do_in_the_whole_text() {
        let mut random = Random(5);
        for _ in 0..300 {
            let lines: Vec<String> = (0..=random.below(8)).map(|_| random.line()).collect();
            let text = lines.join("\n");
            let all = parens(&text);
            let mut lexer = LineLexer::default();
            let mut start = 0;
            for (index, line) in lines.iter().enumerate() {
                for byte in 0..line.len() {
                    let found = lexer.matching_paren(&lines, index, byte).map(|(line, byte)| {
                        lines[..line].iter().map(|before| before.len() + 1).sum::<usize>() + byte
                    });
                    assert_eq!(found, matching_paren(&all, start + byte), "{text:?} {index}:{byte}");
                }
                start += line.len() + 1;
            }
        }
    }

    #[test]
    fn an_edit_costs_the_lines_that_it_changes() {
        struct Counting<'a>(&'a [&'a str], std::cell::Cell<usize>);
        impl TextLines for Counting<'_> {
            fn num_lines(&self) -> usize {
                self.0.len()
            }
            fn line(&self, line: usize) -> Cow<'_, str> {
                self.1.set(self.1.get() + 1);
                Cow::Borrowed(self.0[line])
            }
        }
        let lines = vec!["(func nop)"; 1000];
        let text = Counting(&lines, std::cell::Cell::new(0));
        let mut lexer = LineLexer::default();
        lexer.state_at(&text, 1000);
        assert_eq!(text.1.replace(0), 1000);
        lexer.edit(500, 1, 1);
        lexer.state_at(&text, 1000);
        assert_eq!(text.1.get(), 1);
    }
}

//! Indentation: what a text uses, and how deep a new line begins.
//!
//! Knows parentheses of the text format, and no more of it than the words that open a block.

use super::brackets::{READ_BY_COMMAND, state_of};
use super::buffer::TextBuffer;
use crate::model::wat::{LineLexer, TokenKind, lex_line};

/// How many lines are looked at to tell how a text is indented.
const LINES_LOOKED_AT: usize = 1_000;

/// What one level of indentation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IndentStyle {
    /// So many spaces.
    Spaces(usize),
    /// A tab.
    Tab,
}

impl Default for IndentStyle {
    fn default() -> Self {
        Self::Spaces(2)
    }
}

impl IndentStyle {
    /// Tells how a text is indented: by tabs if more of its lines are, else by two or four spaces.
    pub fn detect(buffer: &TextBuffer) -> Self {
        let (mut tabs, mut spaces, mut narrow) = (0usize, 0usize, 0usize);
        for line in 0..buffer.num_lines().min(LINES_LOOKED_AT) {
            let start = buffer.line_start(line);
            match buffer.byte(start) {
                Some(b'\t') => tabs += 1,
                Some(b' ') => {
                    spaces += 1;
                    let width = buffer.chars_from(start).take(400).take_while(|sign| *sign == ' ').count();
                    narrow += usize::from(width % 4 != 0);
                }
                _ => {}
            }
        }
        match (tabs, spaces) {
            _ if tabs > spaces => Self::Tab,
            (_, 0) => Self::default(),
            _ if narrow * 10 < spaces => Self::Spaces(4),
            _ => Self::Spaces(2),
        }
    }

    /// Returns the characters of one level.
    pub fn unit(self) -> String {
        match self {
            Self::Spaces(count) => " ".repeat(count.clamp(1, 16)),
            Self::Tab => "\t".to_owned(),
        }
    }

    /// Returns how many columns of the screen one level takes.
    pub fn width(self, tab_width: usize) -> usize {
        match self {
            Self::Spaces(count) => count.clamp(1, 16),
            Self::Tab => tab_width.max(1),
        }
    }
}

/// Returns the blanks that a line begins with.
pub(super) fn of_line(line: &str) -> &str {
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

/// Words that begin a block of instructions without parentheses.
const BLOCK_WORDS: [&str; 6] = ["block", "loop", "if", "else", "try_table", "try"];

/// Returns the indentation of a line that begins at `byte`: one level deeper than the line that leaves a form
/// open, as deep as the form that was closed last, and else as deep as the line before.
pub(super) fn after(buffer: &TextBuffer, syntax: &mut LineLexer, style: IndentStyle, byte: usize) -> String {
    let line = buffer.line_of(byte);
    let start = buffer.line_start(line);
    let state = state_of(buffer, syntax, line);
    let before = buffer.slice(start..byte);
    let own = of_line(&before).to_owned();
    let tokens = lex_line(&before, state).0;
    let (mut depth, mut closed) = (0usize, None);
    for token in tokens.iter().filter(|token| token.kind == TokenKind::Paren) {
        let opens = before[token.range.clone()].starts_with('(');
        match (opens, depth) {
            (true, _) => depth += 1,
            (false, 0) => closed = Some(token.range.start),
            (false, _) => depth -= 1,
        }
    }
    if depth > 0 {
        return own + &style.unit();
    }
    if let Some(at) = closed {
        // What this line closes was opened further up, at the depth that goes on now.
        let opened = syntax.paren_within(buffer, line, at, &mut READ_BY_COMMAND.clone()).ok().flatten();
        let opened = opened.map(|(line, _)| buffer.line(line));
        return opened.map_or(own, |line| of_line(&line).to_owned());
    }
    let first = tokens.iter().find(|token| token.kind != TokenKind::Comment);
    let ends = tokens.iter().any(|token| &before[token.range.clone()] == "end");
    if first.is_some_and(|token| BLOCK_WORDS.contains(&&before[token.range.clone()])) && !ends {
        return own + &style.unit();
    }
    own
}

//! Indentation: what a text uses, and how deep a new line begins.
//!
//! Knows parentheses of the text format, and no more of it than the words that open a block.

use super::buffer::TextBuffer;

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

/// Returns the indentation of a line that begins at `byte`.
pub(super) fn after(buffer: &TextBuffer, style: IndentStyle, byte: usize) -> String {
    let line = buffer.line_of(byte);
    let before = buffer.slice(buffer.line_start(line)..byte);
    let mut indentation = of_line(&before).to_owned();
    let mut depth = 0i64;
    for paren in crate::model::wat::parens(&before) {
        depth = if paren.opens { depth + 1 } else { (depth - 1).max(0) };
    }
    if depth > 0 {
        indentation.push_str(&style.unit());
    }
    indentation
}

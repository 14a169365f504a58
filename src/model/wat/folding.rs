//! Which lines can be folded away: forms, blocks that are written flat, comments.
//!
//! Knows no widgets: lines by number, from 0.

use super::scan::{Lexeme, next_lexeme};

/// Lines that can be folded away behind the line before them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fold {
    /// The line that stays, from 0.
    pub line: usize,
    /// The last line that is hidden. A line that closes the form alone is not among them.
    pub last: usize,
    /// Whether it is a comment.
    pub is_comment: bool,
}

/// Parentheses that are remembered; what is nested deeper does not fold.
const MAX_OPEN: usize = 10_000;

/// Lists what can be folded, at most one fold for each line, by line.
pub fn folds(text: &str) -> Vec<Fold> {
    let mut pass = Pass { text, ..Pass::default() };
    let mut at = 0;
    while let Some((lexeme, range)) = next_lexeme(text, at) {
        pass.advance_to(range.start);
        at = range.end;
        pass.lexeme(lexeme, range);
    }
    pass.end_comments();
    let mut folds = pass.folds;
    // The outermost form that begins in a line is the one that folds.
    folds.sort_unstable_by_key(|fold| (fold.line, std::cmp::Reverse(fold.last)));
    folds.dedup_by_key(|fold| fold.line);
    folds
}

#[derive(Default)]
struct Pass<'t> {
    text: &'t str,
    /// The line and the byte up to which breaks were counted.
    line: usize,
    counted: usize,
    /// Lines in which forms begin (`true`) and blocks that are written flat.
    open: Vec<(usize, bool)>,
    unremembered: usize,
    follows_paren: bool,
    /// First and last line of a run of line comments.
    comments: Option<(usize, usize)>,
    last_code_line: Option<usize>,
    folds: Vec<Fold>,
}

impl Pass<'_> {
    fn advance_to(&mut self, byte: usize) {
        self.line += count_breaks(&self.text[self.counted..byte]);
        self.counted = byte;
    }

    fn lexeme(&mut self, lexeme: Lexeme, range: std::ops::Range<usize>) {
        let line = self.line;
        match lexeme {
            Lexeme::LineComment => {
                self.line_comment(line);
                return;
            }
            Lexeme::BlockComment { .. } => {
                let last = line + count_breaks(&self.text[range]);
                self.add(line, last, true);
                return;
            }
            Lexeme::Open if self.open.len() < MAX_OPEN => self.open.push((line, true)),
            Lexeme::Open => self.unremembered += 1,
            Lexeme::Close => self.close(line),
            Lexeme::Word => match &self.text[range.clone()] {
                "block" | "loop" | "if" | "try_table" | "try"
                    if !self.follows_paren && self.open.len() < MAX_OPEN =>
                {
                    self.open.push((line, false));
                }
                "end" if !self.follows_paren => {
                    if let Some((start, false)) = self.open.last().copied() {
                        self.open.pop();
                        self.add(start, line.saturating_sub(1), false);
                    }
                }
                _ => {}
            },
            _ => {}
        }
        self.end_comments();
        self.follows_paren = lexeme == Lexeme::Open;
        self.last_code_line = Some(line);
    }

    fn close(&mut self, line: usize) {
        if self.unremembered > 0 {
            self.unremembered -= 1;
            return;
        }
        // What is flat and has no end ends with the form around it.
        while let Some((start, is_form)) = self.open.pop() {
            let is_alone = self.last_code_line != Some(line);
            self.add(start, if is_alone { line.saturating_sub(1) } else { line }, false);
            if is_form {
                break;
            }
        }
    }

    fn line_comment(&mut self, line: usize) {
        if self.last_code_line == Some(line) {
            self.end_comments();
            return;
        }
        match &mut self.comments {
            Some((_, last)) if *last + 1 == line => *last = line,
            _ => {
                self.end_comments();
                self.comments = Some((line, line));
            }
        }
    }

    fn end_comments(&mut self) {
        if let Some((first, last)) = self.comments.take() {
            self.add(first, last, true);
        }
    }

    fn add(&mut self, line: usize, last: usize, is_comment: bool) {
        if last > line {
            self.folds.push(Fold { line, last, is_comment });
        }
    }
}

fn count_breaks(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_blocks_and_comments_fold() {
        let text = ";; one\n;; two\n(module ;; three\n  (func $f\n    block\n      nop\n    end\n  )\n  (; a\n  b ;)\n  (func (param i32)\n    \
                    (if (i32.const 1)\n      (then nop))))\n(func (nop))\n";
        let found: Vec<(usize, usize, bool)> =
            folds(text).into_iter().map(|fold| (fold.line, fold.last, fold.is_comment)).collect();
        let expected = [
            (0, 1, true),
            (2, 12, false),
            (3, 6, false),
            (4, 5, false),
            (8, 9, true),
            (10, 12, false),
            (11, 12, false),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn folds_of_any_text_lie_within_it() {
        let pieces = ["(", ")", "\n", ";; a", "(;", ";)", "block ", "end ", "\"", "if "];
        let mut seed = 5u64;
        for _ in 0..2000 {
            let text: String = (0..30)
                .map(|_| {
                    seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    pieces[usize::try_from(seed >> 40).unwrap_or(0) % pieces.len()]
                })
                .collect();
            let num_lines = text.split('\n').count();
            let found = folds(&text);
            assert!(found.iter().all(|fold| fold.line < fold.last && fold.last < num_lines), "{text:?}");
            assert!(
                found.is_sorted() && found.windows(2).all(|pair| pair[0].line < pair[1].line),
                "{text:?}"
            );
        }
    }
}

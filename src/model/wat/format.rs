//! Indents a text by its forms; changes nothing but the blanks at both ends of lines.
//!
//! A form that begins in a line moves the lines within it in by one step, however many forms begin there, and
//! a line that closes a form goes back to where that form's line begins. Comments keep what is in them.
//!
//! ```
//! use wasm_workbench::model::text_edit::apply_edits;
//! use wasm_workbench::model::wat::format;
//!
//! let text = "(module\n(func\nblock\nnop\nend\n)\n)";
//! let edits = format(text, 0..usize::MAX, "  ");
//! assert_eq!(apply_edits(text, &edits).unwrap(), "(module\n  (func\n    block\n      nop\n    end\n  )\n)");
//! ```

use std::ops::Range;

use super::lexer::{LineState, Token, TokenKind, lex_line};
use crate::model::text_edit::TextEdit;

/// Deepest indentation in steps; what is nested deeper stands in one column.
const MAX_STEPS: usize = 60;

/// Returns the edits that indent lines, counted from 0; `step` is what one step consists of, such as `"  "`.
///
/// Lines outside of the range stay, and the first line within follows the form that it is in.
pub fn format(text: &str, lines: Range<usize>, step: &str) -> Vec<TextEdit> {
    let mut edits = Vec::new();
    let mut state = LineState::default();
    let mut open: Vec<Open> = Vec::new();
    let mut start = 0;
    for (number, line) in text.split('\n').enumerate() {
        let (tokens, next) = lex_line(line, state);
        let is_in_comment = state.comment_depth > 0;
        let steps = if lines.contains(&number) && !is_in_comment {
            let steps = steps_of(line, &tokens, &open);
            line_edits(line, &tokens, start, &step.repeat(steps), &mut edits);
            steps
        } else {
            steps_in(line, step)
        };
        track(line, &tokens, steps, state.follows_paren, &mut open);
        state = next;
        start += line.len() + 1;
    }
    edits
}

/// A form or block that is open.
#[derive(Debug, Clone, Copy)]
struct Open {
    /// How far its line is moved in.
    steps: usize,
    is_form: bool,
}

/// Reads how many steps a line is moved in.
fn steps_in(line: &str, step: &str) -> usize {
    let blanks = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
    let tabs = blanks.bytes().filter(|byte| *byte == b'\t').count();
    let width = if step.starts_with('\t') { 4 } else { step.len().max(1) };
    tabs + (blanks.len() - tabs) / width
}

/// Says how far a line is to be moved in.
fn steps_of(line: &str, tokens: &[Token], open: &[Open]) -> usize {
    let mut rest = open.len();
    for token in tokens {
        match (token.kind, &line[token.range.clone()]) {
            (TokenKind::Paren, ")") => {
                // Blocks without an end go with their form.
                while rest > 0 && !open[rest - 1].is_form {
                    rest -= 1;
                }
                rest = rest.saturating_sub(1);
            }
            (TokenKind::Operator, "end") if rest > 0 && !open[rest - 1].is_form => rest -= 1,
            (TokenKind::Operator, "else" | "catch" | "catch_all" | "delegate")
                if rest > 0 && !open[rest - 1].is_form =>
            {
                return open[rest - 1].steps;
            }
            _ => break,
        }
    }
    if rest < open.len() {
        return open[rest].steps;
    }
    open.last().map_or(0, |open| (open.steps + 1).min(MAX_STEPS))
}

/// Follows the forms that a line opens and closes.
fn track(line: &str, tokens: &[Token], steps: usize, mut follows_paren: bool, open: &mut Vec<Open>) {
    for token in tokens.iter().filter(|token| token.kind != TokenKind::Comment) {
        let word = &line[token.range.clone()];
        match (token.kind, word) {
            (TokenKind::Paren, "(") => open.push(Open { steps, is_form: true }),
            (TokenKind::Paren, _) => while open.pop().is_some_and(|open| !open.is_form) {},
            (TokenKind::Operator, "block" | "loop" | "if" | "try" | "try_table") if !follows_paren => {
                open.push(Open { steps, is_form: false });
            }
            (TokenKind::Operator, "end" | "delegate") if open.last().is_some_and(|open| !open.is_form) => {
                open.pop();
            }
            _ => {}
        }
        follows_paren = word == "(";
    }
}

/// Adds the edits that give a line its margin and take away blanks at its end.
fn line_edits(line: &str, tokens: &[Token], start: usize, margin: &str, edits: &mut Vec<TextEdit>) {
    let content = line.strip_suffix('\r').unwrap_or(line);
    let trimmed = content.trim_matches([' ', '\t', '\r']);
    let blanks = content.len() - content.trim_start_matches([' ', '\t']).len();
    if trimmed.is_empty() {
        if !content.is_empty() {
            edits.push(TextEdit::remove(start..start + content.len()));
        }
        return;
    }
    if &content[..blanks] != margin {
        edits.push(TextEdit::replace(start..start + blanks, margin));
    }
    // Blanks at the end of a comment are the comment's.
    let last = tokens.last().filter(|token| !matches!(token.kind, TokenKind::Comment | TokenKind::Invalid));
    if let Some(last) = last
        && last.range.end < content.len()
    {
        edits.push(TextEdit::remove(start + last.range.end..start + content.len()));
    }
}

#[cfg(test)]
mod tests {
    use super::super::lexer::lex_text;
    use super::*;
    use crate::model::sample;
    use crate::model::text_edit::apply_edits;

    fn formatted(text: &str, lines: Range<usize>) -> String {
        apply_edits(text, &format(text, lines, "  ")).expect("the edits fit the text")
    }

    fn words(text: &str) -> Vec<(TokenKind, String)> {
        lex_text(text).into_iter().map(|token| (token.kind, text[token.range].to_owned())).collect()
    }

    #[test]
    fn forms_and_blocks_move_lines_in() {
        for (text, expected) in [
            ("(module\n(func\nnop\n)\n)", "(module\n  (func\n    nop\n  )\n)"),
            (
                "(func (if (i32.const 1)\n(then\nnop)\n(else\nnop)))",
                "(func (if (i32.const 1)\n  (then\n    nop)\n  (else\n    nop)))",
            ),
            ("(func\nif\nnop\nelse\nnop\nend\nnop)", "(func\n  if\n    nop\n  else\n    nop\n  end\n  nop)"),
            ("(func\nblock loop\nnop\nend end\nnop)", "(func\n  block loop\n    nop\n  end end\n  nop)"),
            ("(func\n;; a\n   (; b\n  c ;)\nnop)", "(func\n  ;; a\n  (; b\n  c ;)\n  nop)"),
            ("  (func)  \n   \n  (func) ;; x \n", "(func)\n\n(func) ;; x \n"),
            ("(func\r\nnop\r\n)\r\n", "(func\r\n  nop\r\n)\r\n"),
            (")\n(func\nnop))\n(func)", ")\n(func\n  nop))\n(func)"),
        ] {
            assert_eq!(formatted(text, 0..usize::MAX), expected, "{text:?}");
        }
    }

    #[test]
    fn selected_lines_follow_the_lines_around_them() {
        let text = "(module\n    (func\nnop\n  nop))";
        assert_eq!(formatted(text, 2..3), "(module\n    (func\n      nop\n  nop))");
        assert_eq!(apply_edits("(a\nb)", &format("(a\nb)", 0..9, "\t")).as_deref(), Some("(a\n\tb)"));
    }

    #[test]
    fn the_samples_are_formatted_already() {
        for sample in sample::all() {
            let text = formatted(sample.source, 0..usize::MAX);
            let changed: Vec<_> =
                text.lines().zip(sample.source.lines()).filter(|(new, old)| new != old).collect();
            assert!(changed.len() * 20 <= text.lines().count(), "{}: {changed:#?}", sample.file_name());
        }
    }

    #[test]
    fn formatting_twice_changes_nothing_more_and_no_token_ever() {
        let pieces = [
            "(", ")", "\n", "\n", "  ", "\t", ";; a ", "(;", ";)", "block ", "end ", "else ", "\" a ", "if ",
            "nop ", "\r\n",
        ];
        let mut seed = 7u64;
        let random = (0..2000).map(|_| {
            let text: String = (0..30)
                .map(|_| {
                    seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    pieces[usize::try_from(seed >> 40).unwrap_or(0) % pieces.len()]
                })
                .collect();
            text
        });
        let samples = sample::all().iter().map(|sample| sample.source.replace("  ", " "));
        for text in samples.chain(random.collect::<Vec<_>>()) {
            let once = formatted(&text, 0..usize::MAX);
            assert_eq!(words(&once), words(&text), "{text:?}");
            assert_eq!(formatted(&once, 0..usize::MAX), once, "{text:?}");
        }
    }
}

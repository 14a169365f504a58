//! What Tab and Enter do in code.
//!
//! Knows no layout: it turns keys into text before egui's text field sees them.

use egui::text::CCursor;
use egui::text_edit::TextEditState;
use egui::text_selection::CCursorRange;
use egui::{Event, Id, Key, Modifiers, TextEdit, Ui};

/// One level of indentation.
const INDENT: &str = "  ";

/// Turns Tab and Enter into the text that they stand for, while the keyboard is in the editor, and moves
/// lines in and out; returns whether the text is another one already.
pub(super) fn prepare(ui: &Ui, id: Id, text: &mut String) -> bool {
    if !ui.memory(|memory| memory.has_focus(id)) {
        return false;
    }
    let Some(state) = TextEdit::load_state(ui.ctx(), id) else { return false };
    let Some(range) = state.cursor.char_range() else { return false };
    let chars = range.as_sorted_char_range();
    let (start, end) = (byte_of(text, chars.start.0), byte_of(text, chars.end.0));
    let many_lines = text[start..end].contains('\n');

    let outdents = ui.input_mut(|input| input.consume_key(Modifiers::SHIFT, Key::Tab));
    let indents = many_lines && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Tab));
    if outdents || indents {
        let before = text.len();
        let lines = shift_lines(text, start, end, indents);
        keep_cursor(ui, id, state, text, &lines, many_lines.then_some(()).ok_or(chars.start.0));
        return text.len() != before;
    }
    let indentation = indentation_after(&text[..start]);
    ui.input_mut(|input| {
        for event in &mut input.events {
            let Event::Key { key, pressed: true, modifiers, .. } = event else { continue };
            if !modifiers.is_none() {
                continue;
            }
            match key {
                Key::Tab => *event = Event::Paste(INDENT.to_owned()),
                Key::Enter => *event = Event::Paste(format!("\n{indentation}")),
                _ => {}
            }
        }
    });
    false
}

/// Selects the lines that were moved, or lets the one cursor (`Err`, in characters) step with its line.
fn keep_cursor(
    ui: &Ui,
    id: Id,
    mut state: TextEditState,
    text: &str,
    lines: &std::ops::Range<usize>,
    selection: Result<(), usize>,
) {
    let from = text[..lines.start].chars().count();
    let to = from + text[lines.clone()].chars().count();
    let range = match selection {
        Ok(()) => CCursorRange::two(CCursor::new(from), CCursor::new(to)),
        Err(cursor) => CCursorRange::one(CCursor::new(cursor.saturating_sub(INDENT.len()).clamp(from, to))),
    };
    state.cursor.set_char_range(Some(range));
    TextEdit::store_state(ui.ctx(), id, state);
}

/// Moves the lines that touch `start..end` by one level; returns the bytes that they then take.
fn shift_lines(text: &mut String, start: usize, end: usize, indents: bool) -> std::ops::Range<usize> {
    let first = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let last = text[end..].find('\n').map_or(text.len(), |at| end + at);
    let moved: Vec<String> = text[first..last]
        .split('\n')
        .map(|line| match indents {
            true if line.trim().is_empty() => line.to_owned(),
            true => format!("{INDENT}{line}"),
            false => {
                let spaces = line.bytes().take(INDENT.len()).take_while(|byte| *byte == b' ').count();
                line.strip_prefix('\t').unwrap_or(&line[spaces..]).to_owned()
            }
        })
        .collect();
    let moved = moved.join("\n");
    text.replace_range(first..last, &moved);
    first..first + moved.len()
}

/// Returns the indentation of the line after this text: that of its last line, one level deeper where that
/// line leaves a parenthesis open.
fn indentation_after(before: &str) -> String {
    let line = before.rsplit('\n').next().unwrap_or_default();
    let mut indentation: String = line.chars().take_while(|sign| *sign == ' ' || *sign == '\t').collect();
    let mut depth = 0i64;
    for paren in crate::model::wat::parens(line) {
        depth = if paren.opens { depth + 1 } else { (depth - 1).max(0) };
    }
    if depth > 0 {
        indentation.push_str(INDENT);
    }
    indentation
}

fn byte_of(text: &str, index: usize) -> usize {
    text.char_indices().nth(index).map_or(text.len(), |(byte, _)| byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_line_keeps_the_indentation_and_steps_in_after_an_open_parenthesis() {
        for (before, expected) in [
            ("", ""),
            ("  nop", "  "),
            ("(module", "  "),
            ("  (func (param i32)", "    "),
            ("  (func)", "  "),
            ("  nop) (block", "    "),
            ("  \"(\" ;; (", "  "),
            ("(module\n  nop", "  "),
        ] {
            assert_eq!(indentation_after(before), expected, "{before:?}");
        }
    }

    #[test]
    fn lines_move_in_and_out_together() {
        let mut text = "a\n  b\n\n c\nd".to_owned();
        let lines = shift_lines(&mut text, 2, 8, true);
        assert_eq!(text, "a\n    b\n\n   c\nd");
        assert_eq!(&text[lines.clone()], "    b\n\n   c");
        let lines = shift_lines(&mut text, lines.start, lines.end, false);
        assert_eq!(text, "a\n  b\n\n c\nd");
        shift_lines(&mut text, lines.start, lines.end, false);
        assert_eq!(text, "a\nb\n\nc\nd");
    }
}

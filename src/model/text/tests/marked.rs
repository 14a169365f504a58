//! Texts with marks: `|` is a cursor, `¦` the other end of what it selects; the first cursor is the primary one.

use std::time::Duration;

use super::super::*;

/// Makes an editor from a marked text.
pub(super) fn editor(marked: &str) -> TextEditor {
    let mut text = String::new();
    let (mut items, mut open) = (Vec::new(), None::<(usize, bool)>);
    // A mark `¦` begins or ends a selection, together with the next or the last `|`.
    for (at, sign) in marked.char_indices() {
        match (sign, open) {
            ('|', Some((start, false))) => {
                items.push(Selection::new(start, text.len()));
                open = None;
            }
            ('¦', Some((start, true))) => {
                items.push(Selection::new(text.len(), start));
                open = None;
            }
            ('|', None) => {
                let next = marked[at + 1..].chars().find(|sign| matches!(sign, '|' | '¦'));
                if next == Some('¦') && !opens_selection(&marked[at + 1..]) {
                    open = Some((text.len(), true));
                } else {
                    items.push(Selection::cursor(text.len()));
                }
            }
            ('¦', None) => open = Some((text.len(), false)),
            _ => text.push(sign),
        }
    }
    let mut editor = TextEditor::new(&text);
    editor.apply(&EditCommand::SetSelections(Selections::new(items, 0)), Duration::ZERO);
    editor
}

/// Writes an editor as a marked text.
pub(super) fn marked(editor: &TextEditor) -> String {
    let mut text = editor.buffer().to_text();
    for item in editor.selections().iter().rev() {
        if item.is_empty() {
            text.insert(item.head, '|');
            continue;
        }
        let (start, end) = if item.head < item.anchor { ('|', '¦') } else { ('¦', '|') };
        text.insert(item.end(), end);
        text.insert(item.start(), start);
    }
    text
}

/// Applies commands to a marked text, a second apart, and returns the marked text.
pub(super) fn after(given: &str, commands: &[EditCommand]) -> String {
    let mut editor = editor(given);
    for (at, command) in (0..).zip(commands) {
        editor.apply(command, Duration::from_secs(at));
    }
    marked(&editor)
}

/// Tells whether the next `¦` begins a selection of its own: an odd number of marks follows it.
fn opens_selection(rest: &str) -> bool {
    let rest = rest.chars().filter(|sign| matches!(sign, '|' | '¦')).collect::<String>();
    let pairs = rest.matches('¦').count();
    pairs > 0 && rest.starts_with("¦|") && rest.matches("|¦").count() < pairs
}

//! Changes to a text as data: what a quick fix, a rename or a formatting makes, before anybody makes it.
//!
//! Knows no buffer and no undo; whoever applies them decides what is undone together.

use std::ops::Range;

use serde::Serialize;

/// Puts a text in the place of another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TextEdit {
    /// Bytes that are replaced; empty to insert.
    pub range: Range<usize>,
    /// What takes their place.
    pub text: String,
}

impl TextEdit {
    /// Makes an edit that replaces bytes.
    pub fn replace(range: Range<usize>, text: impl Into<String>) -> Self {
        Self { range, text: text.into() }
    }

    /// Makes an edit that inserts at a byte.
    pub fn insert(byte: usize, text: impl Into<String>) -> Self {
        Self::replace(byte..byte, text)
    }

    /// Makes an edit that removes bytes.
    pub fn remove(range: Range<usize>) -> Self {
        Self::replace(range, "")
    }
}

/// Makes all edits at once; their ranges are those of the text as it was, in any order.
///
/// Returns `None` when one lies outside of the text, cuts a character, or overlaps with another.
pub fn apply_edits(text: &str, edits: &[TextEdit]) -> Option<String> {
    let mut sorted: Vec<&TextEdit> = edits.iter().collect();
    sorted.sort_by_key(|edit| (edit.range.start, edit.range.end));
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in sorted {
        out.push_str(text.get(at..edit.range.start)?);
        out.push_str(&edit.text);
        text.get(edit.range.clone())?;
        at = edit.range.end;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_made_at_once_or_not_at_all() {
        let edits = [TextEdit::replace(4..5, "X"), TextEdit::insert(0, ">"), TextEdit::remove(1..3)];
        assert_eq!(apply_edits("abcdef", &edits).as_deref(), Some(">adXf"));
        for wrong in [vec![TextEdit::remove(5..9)], vec![TextEdit::remove(0..3), TextEdit::remove(2..4)]] {
            assert_eq!(apply_edits("abcdef", &wrong), None, "{wrong:?}");
        }
        assert_eq!(apply_edits("ä", &[TextEdit::insert(1, "x")]), None);
    }
}

//! The difference between two texts, line by line, as rows that a person can read.
//!
//! Knows no files; lines that did not change are left out but for a few around each change.

use std::time::Duration;

use similar::{ChangeTag, TextDiff};

/// Lines shown before and after each change.
const CONTEXT: usize = 3;

/// How long may be looked for the smallest difference; after that a larger one is taken.
const SEARCH_FOR: Duration = Duration::from_millis(500);

/// Most rows of a difference.
const MOST_ROWS: usize = 100_000;

/// Longest part of a line that a row holds, in characters.
const MOST_CHARS: usize = 2000;

/// What a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowKind {
    /// A line of both texts.
    Same,
    /// A line of the old text alone.
    Removed,
    /// A line of the new text alone.
    Added,
    /// Lines of both texts that are left out.
    Gap,
}

/// One row of a difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DifferenceRow {
    /// What it is about.
    pub kind: RowKind,
    /// Line of the old text, from 1.
    pub old_line: Option<u32>,
    /// Line of the new text, from 1.
    pub new_line: Option<u32>,
    /// The line, without its end; of a gap, nothing.
    pub text: String,
}

/// The difference between two texts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Difference {
    /// Rows in order.
    pub rows: Vec<DifferenceRow>,
    /// Lines of the new text alone.
    pub added: usize,
    /// Lines of the old text alone.
    pub removed: usize,
    /// Whether there are more rows than are kept.
    pub is_cut: bool,
}

impl RowKind {
    /// Returns the sign that stands before the line.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Same => " ",
            Self::Removed => "−",
            Self::Added => "+",
            Self::Gap => "⋯",
        }
    }
}

impl Difference {
    /// Compares two texts; bytes that are no text are shown as `�`.
    pub fn between(old: &[u8], new: &[u8]) -> Self {
        let (old, new) = (String::from_utf8_lossy(old), String::from_utf8_lossy(new));
        let diff = TextDiff::configure().timeout(SEARCH_FOR).diff_lines(&*old, &*new);
        let mut difference = Self::default();
        let mut shown_to = 0;
        for group in diff.grouped_ops(CONTEXT) {
            let starts = group.first().map_or(0, |op| op.old_range().start);
            if starts > shown_to {
                difference.push(RowKind::Gap, (None, None), "");
            }
            for op in &group {
                for change in diff.iter_changes(op) {
                    let kind = match change.tag() {
                        ChangeTag::Equal => RowKind::Same,
                        ChangeTag::Delete => RowKind::Removed,
                        ChangeTag::Insert => RowKind::Added,
                    };
                    let lines = (line(change.old_index()), line(change.new_index()));
                    difference.push(kind, lines, change.value());
                }
                shown_to = op.old_range().end;
            }
        }
        if shown_to < diff.old_len() && !difference.rows.is_empty() {
            difference.push(RowKind::Gap, (None, None), "");
        }
        difference
    }

    fn push(&mut self, kind: RowKind, (old_line, new_line): (Option<u32>, Option<u32>), text: &str) {
        self.added += usize::from(kind == RowKind::Added);
        self.removed += usize::from(kind == RowKind::Removed);
        if self.rows.len() == MOST_ROWS {
            self.is_cut = true;
            return;
        }
        let text = text.trim_end_matches(['\n', '\r']).chars().take(MOST_CHARS).collect();
        self.rows.push(DifferenceRow { kind, old_line, new_line, text });
    }
}

fn line(index: Option<usize>) -> Option<u32> {
    u32::try_from(index? + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(old: &str, new: &str) -> Vec<String> {
        let difference = Difference::between(old.as_bytes(), new.as_bytes());
        let row = |row: &DifferenceRow| format!("{}{}", row.kind.sign(), row.text);
        difference.rows.iter().map(row).collect()
    }

    #[test]
    fn changed_lines_are_shown_with_what_is_around_them() {
        assert_eq!(rows("a\nb\nc\n", "a\nx\nc\n"), [" a", "−b", "+x", " c"]);
        assert_eq!(rows("a\n", "a\n"), Vec::<String>::new());
        assert_eq!(rows("", "a"), ["+a"]);
        let old: String = (1..=20).map(|line| format!("{line}\n")).collect();
        let new = old.replace("10\n", "ten\n");
        let shown = rows(&old, &new);
        assert_eq!(shown, ["⋯", " 7", " 8", " 9", "−10", "+ten", " 11", " 12", " 13", "⋯"]);
        let difference = Difference::between(old.as_bytes(), new.as_bytes());
        assert_eq!((difference.added, difference.removed, difference.is_cut), (1, 1, false));
        assert_eq!((difference.rows[4].old_line, difference.rows[5].new_line), (Some(10), Some(10)));
    }

    #[test]
    fn bytes_that_are_no_text_and_endless_lines_are_shown_within_bounds() {
        let long = "x".repeat(1 << 20);
        let difference = Difference::between(b"\xff\xfe", long.as_bytes());
        assert_eq!(difference.rows.len(), 2);
        assert!(difference.rows.iter().all(|row| row.text.chars().count() <= MOST_CHARS));
    }
}

//! Cursors and what they select.
//!
//! Knows no text: whoever puts cursors somewhere takes care that they stand between characters.

use std::ops::Range;

/// Most cursors that there may be at once.
const MOST_SELECTIONS: usize = 10_000;

/// One cursor and what it selects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Selection {
    /// The end that stays when the cursor moves.
    pub anchor: usize,
    /// The cursor.
    pub head: usize,
    /// Column that the cursor comes back to on lines that are long enough, in columns of the screen.
    pub goal_column: Option<usize>,
}

impl Selection {
    /// Puts a cursor somewhere, nothing selected.
    pub fn cursor(at: usize) -> Self {
        Self { anchor: at, head: at, goal_column: None }
    }

    /// Selects from `anchor` to the cursor at `head`.
    pub fn new(anchor: usize, head: usize) -> Self {
        Self { anchor, head, goal_column: None }
    }

    /// Returns the first selected byte.
    pub fn start(&self) -> usize {
        self.anchor.min(self.head)
    }

    /// Returns the byte after the last selected one.
    pub fn end(&self) -> usize {
        self.anchor.max(self.head)
    }

    /// Returns the selected bytes.
    pub fn range(&self) -> Range<usize> {
        self.start()..self.end()
    }

    /// Tells whether nothing is selected.
    pub fn is_empty(&self) -> bool {
        self.anchor == self.head
    }

    /// Selects other bytes, the cursor on the same side as before.
    pub fn with_range(&self, range: Range<usize>) -> Self {
        if self.head < self.anchor {
            Self::new(range.end, range.start)
        } else {
            Self::new(range.start, range.end)
        }
    }
}

/// One cursor or more, in the order of the text; none overlaps another.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Selections {
    items: Vec<Selection>,
    primary: usize,
}

impl Default for Selections {
    fn default() -> Self {
        Self::single(Selection::default())
    }
}

impl Selections {
    /// Puts one cursor.
    pub fn single(selection: Selection) -> Self {
        Self { items: vec![selection], primary: 0 }
    }

    /// Puts several; those that overlap become one. `primary` says which of `items` is the primary one. No
    /// items mean a cursor at the start.
    pub fn new(mut items: Vec<Selection>, primary: usize) -> Self {
        if items.len() > MOST_SELECTIONS {
            items.truncate(MOST_SELECTIONS);
        }
        let Some(wanted) = items.get(primary.min(items.len().saturating_sub(1))).copied() else {
            return Self::default();
        };
        items.sort_by_key(|item| (item.start(), item.end()));
        let mut merged: Vec<Selection> = Vec::with_capacity(items.len());
        for item in items {
            match merged.last_mut() {
                Some(last) if touches(last, &item) => {
                    let range = last.start()..last.end().max(item.end());
                    let direction = if last.is_empty() { item } else { *last };
                    let goal_column = last.goal_column.filter(|_| *last == item);
                    *last = Selection { goal_column, ..direction.with_range(range) };
                }
                _ => merged.push(item),
            }
        }
        let primary = merged.partition_point(|item| item.start() <= wanted.head).saturating_sub(1);
        // A cursor at the very border of two belongs to the one that it came from.
        let primary = match primary.checked_sub(1).and_then(|before| merged.get(before)) {
            Some(before) if before.end() >= wanted.end() && before.start() <= wanted.start() => primary - 1,
            _ => primary,
        };
        Self { items: merged, primary }
    }

    /// Lists them in the order of the text.
    pub fn as_slice(&self) -> &[Selection] {
        &self.items
    }

    /// Lists them in the order of the text.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Selection> + ExactSizeIterator {
        self.items.iter()
    }

    /// Returns the one that the view follows.
    pub fn primary(&self) -> Selection {
        self.items[self.primary]
    }

    /// Returns where the primary one stands among all.
    pub fn primary_index(&self) -> usize {
        self.primary
    }

    /// Returns how many there are, at least 1.
    #[expect(clippy::len_without_is_empty, reason = "there always is a cursor")]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Tells whether there is more than one.
    pub fn is_multiple(&self) -> bool {
        self.items.len() > 1
    }

    /// Tells whether none of them selects anything.
    pub fn are_all_empty(&self) -> bool {
        self.items.iter().all(Selection::is_empty)
    }

    /// Changes each of them; those that then overlap become one.
    pub fn map(&self, change: impl FnMut(&Selection) -> Selection) -> Self {
        Self::new(self.items.iter().map(change).collect(), self.primary)
    }

    /// Adds one, which becomes the primary one.
    pub fn with(&self, selection: Selection) -> Self {
        let mut items = self.items.clone();
        items.truncate(MOST_SELECTIONS - 1);
        items.push(selection);
        let primary = items.len() - 1;
        Self::new(items, primary)
    }
}

/// Tells whether two neighbours, in order, are one: selections that only touch stay two.
fn touches(first: &Selection, second: &Selection) -> bool {
    second.start() < first.end() || (second.start() == first.end() && (first.is_empty() || second.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(pairs: &[(usize, usize)], primary: usize) -> (Vec<(usize, usize)>, usize) {
        let items = pairs.iter().map(|&(anchor, head)| Selection::new(anchor, head)).collect();
        let selections = Selections::new(items, primary);
        let pairs = selections.iter().map(|item| (item.anchor, item.head)).collect();
        (pairs, selections.primary_index())
    }

    #[test]
    fn cursors_that_overlap_become_one_and_the_primary_stays_the_primary() {
        for (given, primary, expected, expected_primary) in [
            (&[(5, 5), (1, 1)][..], 0, &[(1, 1), (5, 5)][..], 1),
            (&[(1, 1), (1, 1)], 1, &[(1, 1)], 0),
            (&[(0, 4), (2, 6)], 1, &[(0, 6)], 0),
            (&[(4, 0), (6, 2)], 0, &[(6, 0)], 0),
            (&[(0, 4), (4, 8)], 0, &[(0, 4), (4, 8)], 0),
            (&[(0, 4), (4, 8)], 1, &[(0, 4), (4, 8)], 1),
            (&[(0, 4), (4, 4)], 1, &[(0, 4)], 0),
            (&[(4, 4), (4, 8)], 0, &[(4, 8)], 0),
            (&[(8, 4), (0, 4)], 0, &[(0, 4), (8, 4)], 1),
            (&[(9, 9), (0, 4), (3, 5)], 2, &[(0, 5), (9, 9)], 0),
            (&[], 3, &[(0, 0)], 0),
        ] {
            assert_eq!(new(given, primary), (expected.to_vec(), expected_primary), "{given:?} {primary}");
        }
    }
}

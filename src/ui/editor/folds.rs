//! Which lines are folded away, and what that makes of lines and rows.
//!
//! Knows no text: rows are what stands on the screen, lines what stands in the text.

use std::ops::Range;

/// Lines that are folded away under the line before them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Folds {
    /// What was folded, by the line that stays; ranges of hidden lines, in order of their begin.
    closed: Vec<Range<usize>>,
    /// The outermost of those, with how many lines are hidden before each.
    outer: Vec<(Range<usize>, usize)>,
}

impl Folds {
    /// Folds these lines away; the line before them stays.
    pub(super) fn close(&mut self, hidden: Range<usize>) {
        if hidden.is_empty() || hidden.start == 0 || self.closed.contains(&hidden) {
            return;
        }
        let at = self.closed.partition_point(|range| (range.start, hidden.end) < (hidden.start, range.end));
        self.closed.insert(at, hidden);
        self.arrange();
    }

    /// Folds all of these away in place of what was, each behind the line before it.
    pub(super) fn close_all(&mut self, mut hidden: Vec<Range<usize>>) {
        hidden.retain(|range| !range.is_empty() && range.start > 0);
        hidden.sort_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
        hidden.dedup();
        self.closed = hidden;
        self.arrange();
    }

    /// Shows what is folded away under a line; returns whether anything was.
    pub(super) fn open(&mut self, header: usize) -> bool {
        let before = self.closed.len();
        self.closed.retain(|range| range.start != header + 1);
        self.arrange();
        self.closed.len() != before
    }

    /// Shows whatever hides a line.
    pub(super) fn reveal(&mut self, line: usize) {
        if self.is_hidden(line) {
            self.closed.retain(|range| !range.contains(&line));
            self.arrange();
        }
    }

    /// Shows all lines.
    pub(super) fn open_all(&mut self) {
        self.closed.clear();
        self.outer.clear();
    }

    /// Tells whether something is folded away under a line.
    pub(super) fn is_closed(&self, header: usize) -> bool {
        self.hidden_under(header).is_some()
    }

    /// Returns the lines that are folded away under a line.
    pub(super) fn hidden_under(&self, header: usize) -> Option<Range<usize>> {
        let at = self.outer.partition_point(|(range, _)| range.start <= header);
        self.outer.get(at).map(|(range, _)| range.clone()).filter(|range| range.start == header + 1)
    }

    /// Tells whether a line is folded away.
    pub(super) fn is_hidden(&self, line: usize) -> bool {
        self.hiding(line).is_some()
    }

    /// Tells whether no line is folded away.
    pub(super) fn is_empty(&self) -> bool {
        self.closed.is_empty()
    }

    /// Returns how many rows so many lines take.
    pub(super) fn num_rows(&self, num_lines: usize) -> usize {
        let hidden = self.outer.iter().map(|(range, _)| range.end.min(num_lines).saturating_sub(range.start));
        num_lines.saturating_sub(hidden.sum())
    }

    /// Returns the row of a line; that of the line that stays where it is folded away.
    pub(super) fn row_of(&self, line: usize) -> usize {
        let after = self.outer.partition_point(|(range, _)| range.start <= line);
        match after.checked_sub(1).and_then(|at| self.outer.get(at)) {
            None => line,
            Some((range, before)) if range.contains(&line) => range.start - 1 - before,
            Some((range, before)) => line - before - range.len(),
        }
    }

    /// Returns the line that stands in a row.
    pub(super) fn line_of(&self, row: usize) -> usize {
        // The row of the first line after each fold grows with the fold.
        let after = self.outer.partition_point(|(range, before)| range.start - before <= row);
        match after.checked_sub(1).and_then(|at| self.outer.get(at)) {
            None => row,
            Some((range, before)) => row + before + range.len(),
        }
    }

    /// Follows an edit: `removed` lines from `first` on became `inserted` ones.
    pub(super) fn edit(&mut self, first: usize, removed: usize, inserted: usize) {
        if self.closed.is_empty() {
            return;
        }
        let end = first.saturating_add(removed);
        self.closed.retain_mut(|range| {
            if range.end <= first || (range.start >= end && removed == inserted) {
                return true;
            }
            if range.start >= end {
                range.start = range.start - removed + inserted;
                range.end = range.end - removed + inserted;
                return range.start > 0;
            }
            // A change of hidden lines shows them, so that nobody edits what they can't see.
            false
        });
        self.arrange();
    }

    /// Forgets what lies past the end of the text.
    pub(super) fn truncate(&mut self, num_lines: usize) {
        if self.closed.iter().any(|range| range.end > num_lines) {
            self.closed.retain(|range| range.end <= num_lines);
            self.arrange();
        }
    }

    fn hiding(&self, line: usize) -> Option<&Range<usize>> {
        let after = self.outer.partition_point(|(range, _)| range.start <= line);
        self.outer.get(after.checked_sub(1)?).map(|(range, _)| range).filter(|range| range.contains(&line))
    }

    fn arrange(&mut self) {
        self.outer.clear();
        let mut hidden = 0;
        for range in &self.closed {
            match self.outer.last_mut() {
                Some((last, _)) if range.start < last.end => {
                    hidden += range.end.saturating_sub(last.end);
                    last.end = last.end.max(range.end);
                }
                _ => {
                    self.outer.push((range.clone(), hidden));
                    hidden += range.len();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folds(ranges: &[(usize, usize)]) -> Folds {
        let mut folds = Folds::default();
        for (start, end) in ranges {
            folds.close(*start..*end);
        }
        folds
    }

    #[test]
    fn rows_and_lines_agree_in_both_directions() {
        for ranges in [
            vec![],
            vec![(3, 5)],
            vec![(1, 2), (4, 9)],
            vec![(2, 9), (4, 6)],
            vec![(4, 6), (2, 9)],
            vec![(2, 4), (4, 6)],
        ] {
            let folds = folds(&ranges);
            let shown: Vec<usize> = (0..12)
                .filter(|line| !ranges.iter().any(|range| (range.0..range.1).contains(line)))
                .collect();
            assert_eq!(folds.num_rows(12), shown.len(), "{ranges:?}");
            for (row, line) in shown.iter().enumerate() {
                assert_eq!((folds.row_of(*line), folds.line_of(row)), (row, *line), "{ranges:?}");
            }
            for line in 0..12 {
                assert_eq!(folds.is_hidden(line), !shown.contains(&line), "{ranges:?} {line}");
            }
        }
    }

    #[test]
    fn a_hidden_line_stands_in_the_row_of_the_one_that_stays() {
        let folds = folds(&[(3, 6)]);
        assert_eq!((folds.row_of(2), folds.row_of(4), folds.row_of(6)), (2, 2, 3));
        assert!(folds.is_closed(2) && !folds.is_closed(3));
        assert_eq!(
            (folds.hidden_under(2), folds.hidden_under(1), folds.hidden_under(4)),
            (Some(3..6), None, None)
        );
    }

    #[test]
    fn opening_shows_one_and_revealing_shows_all_around_a_line() {
        let mut nested = folds(&[(2, 9), (4, 6)]);
        assert!(nested.open(1));
        assert_eq!((nested.is_hidden(3), nested.is_hidden(4)), (false, true));
        assert!(!nested.open(1));
        let mut nested = folds(&[(2, 9), (4, 6)]);
        nested.reveal(5);
        assert!(nested.is_empty());
    }

    #[test]
    fn folds_move_with_the_lines_above_them_and_open_when_changed() {
        let mut moved = folds(&[(5, 8)]);
        moved.edit(1, 1, 3);
        assert!(moved.is_closed(6) && moved.is_hidden(9));
        moved.edit(0, 2, 0);
        assert!(moved.is_closed(4));
        moved.edit(6, 1, 1);
        assert!(moved.is_empty());
        let mut below = folds(&[(2, 4)]);
        below.edit(4, 1, 9);
        assert!(below.is_closed(1));
        below.truncate(3);
        assert!(below.is_empty());
    }
}

//! All that an editor wants to know of a text and that takes a look at the whole of it.
//!
//! Made where there is time for that; an editor uses it as long as the text is the one that was read.

use std::sync::Arc;

use super::folding::{Fold, folds};
use super::outline::OutlineItem;
use super::symbols::SymbolIndex;

/// What was read out of a text.
#[derive(Debug, Clone)]
pub struct WatReading {
    /// What is defined and used.
    pub index: SymbolIndex,
    /// What the text consists of, in its order.
    pub outline: Vec<OutlineItem>,
    /// What can be folded, at most one fold for each line, by line.
    pub folds: Vec<Fold>,
}

impl WatReading {
    /// Reads a text.
    pub fn new(text: Arc<str>) -> Self {
        let folds = folds(&text);
        let index = SymbolIndex::new(text);
        Self { folds, outline: index.outline(), index }
    }

    /// Returns what can be folded in these lines.
    pub fn folds_in(&self, lines: std::ops::Range<usize>) -> &[Fold] {
        let from = self.folds.partition_point(|fold| fold.line < lines.start);
        let to = self.folds.partition_point(|fold| fold.line < lines.end);
        &self.folds[from..to.max(from)]
    }

    /// Returns the fold that a line begins, or the innermost one around it.
    pub fn fold_around(&self, line: usize) -> Option<Fold> {
        let after = self.folds.partition_point(|fold| fold.line <= line);
        self.folds[..after].iter().rev().find(|fold| fold.line == line || fold.last >= line).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_are_found_by_line() {
        let reading = WatReading::new("(module\n  (func\n    nop\n    nop\n  )\n  (func)\n)".into());
        let lines: Vec<usize> = reading.folds_in(0..9).iter().map(|fold| fold.line).collect();
        assert_eq!(lines, [0, 1]);
        assert_eq!(reading.folds_in(1..2).len(), 1);
        assert_eq!(reading.fold_around(2).map(|fold| fold.line), Some(1));
        assert_eq!(reading.fold_around(5).map(|fold| fold.line), Some(0));
    }
}

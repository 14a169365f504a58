//! Pairs the parentheses of a text.
//!
//! Knows no words: a parenthesis counts when it stands in neither comment nor string.

use super::scan::{Lexeme, next_lexeme};

/// A parenthesis that counts: none in a comment or a string does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paren {
    /// Byte of the text.
    pub byte: usize,
    /// Whether it opens.
    pub opens: bool,
}

/// Finds the parentheses of a whole text that stand in neither comment nor string, in order.
pub fn parens(text: &str) -> Vec<Paren> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some((lexeme, range)) = next_lexeme(text, at) {
        at = range.end;
        if matches!(lexeme, Lexeme::Open | Lexeme::Close) {
            found.push(Paren { byte: range.start, opens: lexeme == Lexeme::Open });
        }
    }
    found
}

/// Finds the parenthesis that belongs to the one at `byte`.
pub fn matching_paren(parens: &[Paren], byte: usize) -> Option<usize> {
    let index = parens.binary_search_by_key(&byte, |paren| paren.byte).ok()?;
    let from = parens[index];
    let mut depth = 0usize;
    let mut closes_at = |paren: &Paren| {
        if paren.opens == from.opens {
            depth += 1;
        } else {
            depth -= 1;
        }
        depth == 0
    };
    if from.opens {
        parens[index..].iter().find(|paren| closes_at(paren)).map(|paren| paren.byte)
    } else {
        parens[..=index].iter().rev().find(|paren| closes_at(paren)).map(|paren| paren.byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parentheses_find_their_partner() {
        let text = "(a (b) \")\" ;; )\n(; ( ;) c)";
        let parens = parens(text);
        let last = text.len() - 1;
        assert_eq!(matching_paren(&parens, 0), Some(last));
        assert_eq!(matching_paren(&parens, last), Some(0));
        assert_eq!(matching_paren(&parens, 3), Some(5));
        assert_eq!(matching_paren(&parens, 5), Some(3));
        assert_eq!(matching_paren(&parens, 8), None, "a parenthesis in a string belongs to nothing");
        assert_eq!(matching_paren(&super::parens("((a)"), 0), None);
        assert_eq!(matching_paren(&super::parens("(a))"), 3), None);
    }
}

//! Finds what somebody probably meant by a name that does not exist.
//!
//! Knows nothing of what the names stand for.

/// Words longer than this, in characters, are not compared: the work grows with the square.
const LONGEST_WORD: usize = 64;

/// Returns the candidate that is closest to the word, or `None` when none is close.
///
/// Close is one slip in three characters: a wrong, missing, extra or swapped one. Case counts as no slip.
/// Of several that are equally close, the first wins.
pub fn nearest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let word = letters(word)?;
    let allowed = (word.len() / 3).max(1);
    let mut best = None;
    for candidate in candidates {
        let Some(letters) =
            letters(candidate).filter(|letters| letters.len().abs_diff(word.len()) <= allowed)
        else {
            continue;
        };
        let distance = slips(&word, &letters);
        // A word of which nothing would be left is a guess, not a slip.
        let is_close = distance <= allowed && distance < word.len().max(letters.len());
        if is_close && best.is_none_or(|(closest, _)| distance < closest) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

fn letters(word: &str) -> Option<Vec<char>> {
    // One character more than fits is enough to see that the word is too long.
    let letters: Vec<char> = word.chars().take(LONGEST_WORD + 1).collect();
    let fits = !letters.is_empty() && letters.len() <= LONGEST_WORD;
    fits.then(|| letters.iter().map(char::to_ascii_lowercase).collect())
}

/// Counts the slips between two words by optimal string alignment, three rows of its table at a time.
fn slips(left: &[char], right: &[char]) -> usize {
    let mut two_before: Vec<usize> = Vec::new();
    let mut before: Vec<usize> = (0..=right.len()).collect();
    for (row, letter) in left.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, other) in right.iter().enumerate() {
            let replaced = before[column] + usize::from(letter != other);
            let mut fewest = replaced.min(before[column + 1] + 1).min(current[column] + 1);
            if row > 0 && column > 0 && *letter == right[column - 1] && left[row - 1] == *other {
                fewest = fewest.min(two_before[column - 1] + 1);
            }
            current.push(fewest);
        }
        two_before = std::mem::replace(&mut before, current);
    }
    before[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closest_name_is_found_or_none() {
        let names = ["add", "sub", "factorial", "fibonacci", "memory", "_initialize"];
        let cases = [
            ("ad", Some("add")),
            ("dad", Some("add")),
            ("dxd", None),
            ("Add", Some("add")),
            ("sbu", Some("sub")),
            ("factroial", Some("factorial")),
            ("fibonaci", Some("fibonacci")),
            ("fibbonacci", Some("fibonacci")),
            ("initialize", Some("_initialize")),
            ("zzz", None),
            ("", None),
            ("multiply", None),
        ];
        for (word, found) in cases {
            assert_eq!(nearest(word, names.into_iter()), found, "{word}");
        }
        assert_eq!(nearest("x", ["y"].into_iter()), None);
        assert_eq!(nearest("ab", ["ac", "ad"].into_iter()), Some("ac"));
    }

    #[test]
    fn words_too_long_to_compare_are_passed_over() {
        let long = "a".repeat(100_000);
        assert_eq!(nearest(&long, [long.as_str()].into_iter()), None);
        assert_eq!(nearest("add", [long.as_str(), "add"].into_iter()), Some("add"));
    }
}

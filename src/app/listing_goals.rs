//! Where a few typed letters may lead in a listing: a function by name or index, an offset, a line.
//!
//! Pure: it looks at the index and prints nothing.

use crate::engine::listing::{ListedFunction, Listing};
use crate::model::humanize::grouped;

/// Functions whose names are looked at; in a module with more, the last can be reached by index.
const MOST_LOOKED_AT: usize = 200_000;

/// A place in a listing that somebody may want to go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListingGoal {
    /// What it is, such as `$fib` or `Offset 0x1a`.
    pub label: String,
    /// Where it is.
    pub detail: String,
    /// Its line, from 1.
    pub line: u32,
}

/// Lists up to `most` places that a text may mean, the likeliest first.
pub fn listing_goals(listing: &Listing, text: &str, most: usize) -> Vec<ListingGoal> {
    let text = text.trim();
    let mut goals = Vec::new();
    if text.is_empty() {
        return goals;
    }
    let hex = ["0x", "0X", "@"].iter().find_map(|prefix| text.strip_prefix(prefix));
    let offset = hex.and_then(|digits| u64::from_str_radix(digits, 16).ok());
    if let Some(offset) = offset.filter(|offset| *offset < listing.wasm().len() as u64) {
        goals.extend(listing.line_of(offset).map(|line| ListingGoal {
            label: format!("Offset {offset:#x}"),
            detail: line_text(line),
            line,
        }));
    }
    if let Ok(number) = text.parse::<u32>() {
        if (1..=listing.num_lines()).contains(&number) {
            let detail = listing.function_at_line(number).map_or_else(String::new, |it| it.label());
            goals.push(ListingGoal { label: line_text(number), detail, line: number });
        }
        goals.extend(listing.functions_with_index(number).iter().map(goal_of));
    }
    let bare = text.strip_prefix('$').unwrap_or(text).to_lowercase();
    if !bare.is_empty() {
        goals.extend(by_name(listing, &bare, most));
    }
    // A number may be in the name of the function that has it.
    let mut seen = Vec::new();
    goals.retain(|goal: &ListingGoal| {
        let key = (goal.label.clone(), goal.line);
        let is_new = !seen.contains(&key);
        seen.push(key);
        is_new
    });
    goals.truncate(most);
    goals
}

/// Lists functions by name: those that have it, then those that begin with it, then those that have it in
/// them.
fn by_name(listing: &Listing, wanted: &str, most: usize) -> Vec<ListingGoal> {
    let mut ranked: [Vec<ListingGoal>; 3] = Default::default();
    for function in listing.functions().take(MOST_LOOKED_AT) {
        let Some(name) = function.name else { continue };
        let rank = match find_ignoring_case(name, wanted) {
            Some(0) if name.len() == wanted.len() => 0,
            Some(0) => 1,
            Some(_) => 2,
            None => continue,
        };
        if ranked[rank].len() < most {
            ranked[rank].push(goal_of(&function));
        }
    }
    ranked.into_iter().flatten().collect()
}

/// Finds a text, which is in lower case, without making a copy of each name.
fn find_ignoring_case(name: &str, wanted: &str) -> Option<usize> {
    let (name, wanted) = (name.as_bytes(), wanted.as_bytes());
    name.windows(wanted.len()).position(|part| part.eq_ignore_ascii_case(wanted))
}

fn goal_of(function: &ListedFunction<'_>) -> ListingGoal {
    let detail = format!("func {} · {}", function.index, line_text(function.line).to_lowercase());
    ListingGoal { label: function.label(), detail, line: function.line }
}

fn line_text(line: u32) -> String {
    format!("Line {}", grouped(u64::from(line)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_lead_to_names_digits_to_lines_and_functions_and_hex_to_offsets() {
        let text = "(module (import \"\" \"\" (func)) (func $fib) (func $fibonacci nop) (func $old_fib))";
        let wasm = wat::parse_str(text).expect("the sample is good");
        let listing = Listing::index(wasm.into(), &mut |_, _| true).expect("the sample is small");
        let labels = |text: &str| -> Vec<String> {
            listing_goals(&listing, text, 3).into_iter().map(|goal| goal.label).collect()
        };
        assert_eq!(labels("FIB"), ["$fib", "$fibonacci", "$old_fib"]);
        assert_eq!(labels("$fibo"), ["$fibonacci"]);
        assert_eq!(labels("3"), ["Line 3", "$old_fib"]);
        assert_eq!(labels("1"), ["Line 1", "$fib"]);
        assert_eq!(labels("99"), Vec::<String>::new());
        assert_eq!(labels(" "), Vec::<String>::new());
        let body = listing.function(1).expect("it is there").bytes;
        let goals = listing_goals(&listing, &format!("{:#x}", body.start + 1), 3);
        assert_eq!(goals[0].line, listing.function(1).map_or(0, |it| it.line) + 1);
        assert_eq!(labels("0xffff"), Vec::<String>::new());
    }
}

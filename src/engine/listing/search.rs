//! Search over the text of a binary, a batch of functions at a time, without keeping any of it.
//!
//! Long lines are searched as far as they are shown.

use std::ops::Range;

use regex::{Regex, RegexBuilder};

use super::{Listing, ListingError, MAX_LINE_BYTES, Progress};
use crate::model::humanize::shortened;

/// Most bytes of a line that a result shows.
const EXCERPT_BYTES: usize = 200;

/// Lines after which the one who asked is told how far the search is.
const LINES_PER_STEP: u32 = 16 * 1024;

/// What is looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SearchPattern {
    /// The text or the regular expression.
    pub text: String,
    /// Whether it is a regular expression.
    pub is_regex: bool,
    /// Whether upper and lower case differ.
    pub match_case: bool,
}

/// A pattern that is ready to be looked for.
#[derive(Debug, Clone)]
pub struct Matcher(Regex);

impl Matcher {
    /// Prepares a pattern.
    ///
    /// # Errors
    ///
    /// Returns what is wrong with a regular expression, on one line.
    pub fn new(pattern: &SearchPattern) -> Result<Self, String> {
        let text = if pattern.is_regex { pattern.text.clone() } else { regex::escape(&pattern.text) };
        let regex = RegexBuilder::new(&text).case_insensitive(!pattern.match_case).build();
        regex.map(Self).map_err(|err| {
            let message = err.to_string();
            let last = message.lines().last().unwrap_or_default();
            last.trim().trim_start_matches("error: ").to_owned()
        })
    }
}

/// A line that has what was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The line, from 1.
    pub line: u32,
    /// Bytes of the line that are the first match in it.
    pub matched: Range<usize>,
    /// The line without its indentation, shortened.
    pub excerpt: String,
    /// Number of the function that it is in, among those with code.
    pub function: Option<usize>,
}

impl Listing {
    /// Looks through the whole text; `found` gets the lines with a match in order, and returns whether to go
    /// on.
    ///
    /// # Errors
    ///
    /// Returns [`ListingError::Stopped`] as soon as `progress` says so; it is told lines.
    pub fn search(
        &self,
        matcher: &Matcher,
        progress: Progress<'_>,
        found: &mut dyn FnMut(Found) -> bool,
    ) -> Result<(), ListingError> {
        let mut is_stopped = false;
        let mut next_step = 0;
        let mut function = 0;
        self.print_lines(1..u32::MAX, MAX_LINE_BYTES, &mut |printed| {
            if printed.line >= next_step {
                next_step = printed.line.saturating_add(LINES_PER_STEP);
                is_stopped = !progress(u64::from(printed.line), u64::from(self.num_lines()));
            }
            if is_stopped {
                return false;
            }
            let Some(matched) = matcher.0.find(printed.text) else { return true };
            // Lines come in order, so that the function is this one or one soon after.
            while self.first_lines.get(function + 1).is_some_and(|first| *first < printed.line) {
                function += 1;
            }
            found(Found {
                line: printed.line,
                matched: matched.range(),
                excerpt: shortened(printed.text.trim_start(), EXCERPT_BYTES).into_owned(),
                function: self.is_within(function, printed.line).then_some(function),
            })
        });
        if is_stopped { Err(ListingError::Stopped) } else { Ok(()) }
    }

    fn is_within(&self, number: usize, line: u32) -> bool {
        let Some(first) = self.first_lines.get(number) else { return false };
        (first + 1..first + 1 + self.count(number)).contains(&line)
    }
}

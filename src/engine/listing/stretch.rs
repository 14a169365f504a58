//! A stretch of a listing as one text: what somebody selected and copies.
//!
//! Never keeps more than it was asked for.

use super::{Listing, ListingError, PAGE_LINES, Progress};

/// A part of a listing's text, from a place in a line to a place in the same line or a later one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// Line, from 1, and byte of it, from 0, of the first character.
    pub start: (u32, usize),
    /// Line, from 1, and byte of it, from 0, behind the last character; past the line's end is its end.
    pub end: (u32, usize),
}

impl Listing {
    /// Prints a stretch, lines parted by line feeds; a line is printed as far as it is shown.
    ///
    /// # Errors
    ///
    /// Returns [`ListingError::TooLarge`] as soon as the text has more than `max_bytes`, with the size that it
    /// has by then, and [`ListingError::Stopped`] when `progress`, which is told lines, says so.
    pub fn text_of(
        &self,
        stretch: &Stretch,
        max_bytes: usize,
        progress: Progress<'_>,
    ) -> Result<String, ListingError> {
        let (first, last) = (stretch.start.0.max(1), stretch.end.0.min(self.num_lines()));
        let total = u64::from(last.saturating_sub(first));
        let mut text = String::new();
        for number in first.saturating_sub(1) / PAGE_LINES..=last.saturating_sub(1) / PAGE_LINES {
            let page = self.page_numbered(number);
            if !progress(u64::from(page.lines().start.saturating_sub(first)), total) {
                return Err(ListingError::Stopped);
            }
            for line in page.lines().start.max(first)..page.lines().end.min(last + 1) {
                let whole = page.line(line).unwrap_or_default();
                let from = if line == stretch.start.0 { stretch.start.1 } else { 0 };
                let to = if line == stretch.end.0 { stretch.end.1 } else { usize::MAX };
                let to = whole.floor_char_boundary(to.min(whole.len()));
                text.push_str(&whole[whole.floor_char_boundary(from.min(to))..to]);
                if line < last {
                    text.push('\n');
                }
                if text.len() > max_bytes {
                    let (bytes, max_bytes) = (text.len() as u64, max_bytes as u64);
                    return Err(ListingError::TooLarge { bytes, max_bytes });
                }
            }
        }
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing() -> Listing {
        let functions = (0..400).map(|number| format!("(func $f{number} i32.const {number} drop)"));
        let text = format!("(module\n{})", functions.collect::<String>());
        let wasm = wat::parse_str(text).expect("the sample is good");
        Listing::index(wasm.into(), &mut |_, _| true).expect("the sample is small")
    }

    #[test]
    fn a_stretch_is_what_the_whole_text_has_there() {
        let listing = listing();
        let whole = super::super::whole_text(listing.wasm(), 1 << 20).expect("it is small");
        let lines: Vec<&str> = whole.lines().collect();
        let last = listing.num_lines();
        for (start, end) in [
            ((1, 0), (last, usize::MAX)),
            ((250, 3), (270, 2)),
            ((7, 4), (7, 9)),
            ((7, 0), (8, 0)),
            ((last, 0), (last, 1)),
            ((1, 0), (last + 9, 4)),
            ((3, 99), (4, 1)),
        ] {
            let part = |line: u32| {
                let text = lines[line as usize - 1];
                let from = if line == start.0 { start.1.min(text.len()) } else { 0 };
                let to = if line == end.0 { end.1.min(text.len()) } else { text.len() };
                text[from..to].to_owned()
            };
            let expected = (start.0..=end.0.min(last)).map(part).collect::<Vec<_>>().join("\n");
            let stretch = Stretch { start, end };
            assert_eq!(listing.text_of(&stretch, 1 << 20, &mut |_, _| true), Ok(expected), "{stretch:?}");
        }
    }

    #[test]
    fn a_stretch_past_the_bound_is_refused_and_one_can_be_stopped() {
        let listing = listing();
        let stretch = Stretch { start: (1, 0), end: (listing.num_lines(), 9) };
        let text = listing.text_of(&stretch, 1 << 20, &mut |_, _| true).expect("it is small");
        assert!(listing.text_of(&stretch, text.len(), &mut |_, _| true).is_ok());
        let refused = listing.text_of(&stretch, text.len() - 1, &mut |_, _| true);
        assert!(matches!(refused, Err(ListingError::TooLarge { .. })), "{refused:?}");
        assert_eq!(listing.text_of(&stretch, 1 << 20, &mut |done, _| done == 0), Err(ListingError::Stopped));
    }
}

//! The lines of a listing as the view wants them: those whose page is there, and empty ones.

use std::borrow::Cow;
use std::ops::Range;

use crate::app::ListingPages;
use crate::engine::listing::Listing;
use crate::ui::editor::{LineSource, clip};

/// A listing by the pages of it that are there.
pub(super) struct PrintedLines<'a> {
    pub(super) listing: &'a Listing,
    pub(super) pages: &'a ListingPages,
}

impl PrintedLines<'_> {
    fn line(&self, row: usize) -> &str {
        self.pages.line(super::line_number(row)).unwrap_or_default()
    }
}

impl LineSource for PrintedLines<'_> {
    fn num_lines(&self) -> usize {
        (self.listing.num_lines() as usize).max(1)
    }

    fn line_len(&self, line: usize) -> usize {
        self.line(line).len()
    }

    fn slice(&self, line: usize, bytes: Range<usize>) -> Cow<'_, str> {
        Cow::Borrowed(clip(self.line(line), bytes))
    }
}

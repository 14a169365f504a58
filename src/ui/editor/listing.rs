//! The listing of a binary that was printed as one text, however long.
//!
//! Knows no binary: somebody printed the text. Its line breaks are found a piece a frame, so that the
//! window does not wait for a listing of a hundred megabytes.

use std::borrow::Cow;
use std::ops::Range;

use egui::Ui;

use super::find::{FindBar, FindStep, find_ui};
use super::lines::{LineSource, Spot, SpotRange, clip};
use super::paint::{Span, SpanKind};
use super::read_only::{ReadOptions, ReadView, read_only_ui};

/// How many bytes are searched for line breaks in one frame.
const BYTES_PER_FRAME: usize = 2 << 20;

/// What a listing remembers from frame to frame; it holds none of the text.
#[derive(Debug, Default)]
pub struct ListingView {
    index: LineIndex,
    goal: Option<usize>,
    read: ReadView,
    in_view: Range<usize>,
    /// The find bar of this listing.
    pub find: FindBar,
}

impl ListingView {
    /// Puts the caret at a line, from 1, and brings it to the middle as soon as it is known where it is.
    pub fn goto_line(&mut self, line: u32) {
        self.goal = Some((line as usize).saturating_sub(1));
    }
}

/// What is shown.
#[derive(Debug, Clone, Copy, Default)]
pub struct ListingOptions<'a> {
    /// Tells one listing from another.
    pub source: &'a str,
    /// Another number whenever the text is another one.
    pub revision: u64,
    /// The line where a guest is held, from 1.
    pub held_line: Option<u32>,
}

/// What happened in a listing during one frame.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ListingResponse {
    /// The line with the cursor, from 1.
    pub line: Option<u32>,
    /// Whether that line was chosen in this frame.
    pub line_changed: bool,
    /// Whether the keyboard is here.
    pub has_focus: bool,
}

/// Shows a text that cannot be edited, over all the space that is left.
pub fn listing_ui(
    ui: &mut Ui,
    view: &mut ListingView,
    text: &str,
    options: &ListingOptions<'_>,
) -> ListingResponse {
    if view.index.advance(text, options.revision) {
        ui.ctx().request_repaint();
    }
    let id = ui.make_persistent_id(("read only", options.source));
    let before = view.read.caret().line;
    let step = find_ui(ui, &mut view.find, text, options.revision, id);
    let lines = TextLines { text, index: &view.index };
    match step {
        FindStep::Stay => {}
        FindStep::Reveal(bytes) => view.read.show(lines.range(&bytes)),
        FindStep::Select(bytes) => view.read.goto(lines.range(&bytes)),
    }
    if let Some(goal) = view.goal.filter(|goal| *goal < view.index.len() || view.index.complete) {
        view.goal = None;
        view.read.goto(SpotRange::caret(Spot::new(goal, 0)));
    }
    let spans = finds(&view.find, &lines, &view.in_view);
    let read =
        ReadOptions { source: options.source, held_line: options.held_line, breakpoints: &[], spans: &spans };
    let answer = read_only_ui(ui, &mut view.read, &lines, &read);
    view.in_view = answer.in_view;
    let number = |line: usize| u32::try_from(line).map_or(u32::MAX, |line| line.saturating_add(1));
    ListingResponse {
        line: answer.selection.map(|selection| number(selection.head.line)),
        line_changed: answer.selection.is_some_and(|selection| selection.head.line != before),
        has_focus: answer.has_focus,
    }
}

/// Returns the finds that were in view in the last frame, with those around.
fn finds(find: &FindBar, lines: &TextLines<'_>, in_view: &Range<usize>) -> Vec<Span> {
    let first = lines.index.line(lines.text, in_view.start.saturating_sub(100)).start;
    let last = lines.index.line(lines.text, in_view.end.saturating_add(200)).end;
    let current = find.current();
    let spans = find.matches_in(first..last).iter().map(|bytes| {
        let kind = if current.as_ref() == Some(bytes) { SpanKind::CurrentFind } else { SpanKind::Find };
        Span { range: lines.range(bytes), kind }
    });
    spans.collect()
}

/// A text by its lines, as far as they are known.
struct TextLines<'a> {
    text: &'a str,
    index: &'a LineIndex,
}

impl TextLines<'_> {
    fn spot(&self, byte: usize) -> Spot {
        let line = self.index.line_of(byte);
        Spot::new(line, byte - self.index.line(self.text, line).start.min(byte))
    }

    fn range(&self, bytes: &Range<usize>) -> SpotRange {
        SpotRange::new(self.spot(bytes.start), self.spot(bytes.end))
    }
}

impl LineSource for TextLines<'_> {
    fn num_lines(&self) -> usize {
        self.index.len().max(1)
    }

    fn line_len(&self, line: usize) -> usize {
        self.index.line(self.text, line).len()
    }

    fn slice(&self, line: usize, bytes: Range<usize>) -> Cow<'_, str> {
        let line = self.text.get(self.index.line(self.text, line)).unwrap_or_default();
        Cow::Borrowed(clip(line, bytes))
    }
}

/// Where lines begin, as far as the text was searched.
#[derive(Debug, Default)]
struct LineIndex {
    revision: Option<(u64, usize)>,
    starts: Vec<usize>,
    searched: usize,
    complete: bool,
}

impl LineIndex {
    /// Searches on; returns whether there is more to do.
    fn advance(&mut self, text: &str, revision: u64) -> bool {
        if self.revision != Some((revision, text.len())) {
            *self = Self { revision: Some((revision, text.len())), starts: vec![0], ..Self::default() };
        }
        let end = text.len().min(self.searched + BYTES_PER_FRAME);
        let piece = &text.as_bytes()[self.searched..end];
        let breaks = piece.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
        self.starts.extend(breaks.map(|(at, _)| self.searched + at + 1));
        self.searched = end;
        self.complete = end == text.len();
        !self.complete
    }

    fn len(&self) -> usize {
        self.starts.len()
    }

    /// Returns the bytes of a line without its line break.
    fn line(&self, text: &str, line: usize) -> Range<usize> {
        let start = self.starts.get(line).copied().unwrap_or(text.len());
        start..self.starts.get(line + 1).map_or(text.len(), |next| next - 1)
    }

    fn line_of(&self, byte: usize) -> usize {
        self.starts.partition_point(|start| *start <= byte).saturating_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_found_piece_by_piece() {
        let text = "ab\n".repeat(BYTES_PER_FRAME);
        let mut index = LineIndex::default();
        let mut frames = 1;
        while index.advance(&text, 1) {
            frames += 1;
        }
        assert_eq!((frames, index.len()), (3, BYTES_PER_FRAME + 1));
        assert_eq!(index.line(&text, 1), 3..5);
        assert_eq!(index.line_of(4), 1);
        assert_eq!(index.line(&text, BYTES_PER_FRAME), text.len()..text.len());
    }

    #[test]
    fn another_revision_is_searched_anew() {
        let mut index = LineIndex::default();
        index.advance("a\nb", 1);
        index.advance("a b", 2);
        assert_eq!(index.len(), 1);
    }
}

//! Lines outside of functions: their text, which is kept, and how functions lie between them.
//!
//! Bounded: long lines are cut, and past a cap only their number is kept.

use std::io;
use std::ops::Range;

use super::outline::Outline;
use super::{ListingError, MAX_LINE_BYTES, Progress};

/// Most bytes of text that are kept.
const MOST_TEXT_BYTES: usize = 16 << 20;

/// Stands for a line that has no offset.
const NO_OFFSET: u32 = u32::MAX;

/// What is shown instead of a line past the cap.
const NOT_KEPT: &str = "  ;; this line is not kept: there is too much text outside of functions";

/// Lines that follow each other and are of one sort.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    /// Its first line, from 0.
    pub(super) first_line: u32,
    /// What its lines are.
    pub(super) content: RunContent,
}

/// What the lines of a run are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RunContent {
    /// Kept lines, by number among all that are kept.
    Text(Range<u32>),
    /// Functions, by number among all of the binary.
    Functions(Range<usize>),
}

/// All lines outside of functions.
#[derive(Debug, Default)]
pub(super) struct OutlineLines {
    /// All runs in order.
    pub(super) runs: Vec<Run>,
    /// Lines of the whole text.
    pub(super) num_lines: u32,
    text: String,
    /// Where each kept line ends in the text.
    ends: Vec<u32>,
    /// Line of the whole text, from 0, and offset of each kept line.
    places: Vec<(u32, u32)>,
}

impl OutlineLines {
    /// Returns a kept line with its offset.
    pub(super) fn kept(&self, number: u32) -> (&str, Option<u32>) {
        let number = number as usize;
        let offset = self.places.get(number).map(|(_, offset)| *offset).filter(|at| *at != NO_OFFSET);
        let Some(&end) = self.ends.get(number) else { return (NOT_KEPT, offset) };
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        (self.text.get(start as usize..end as usize).unwrap_or_default(), offset)
    }

    /// Returns the first line, from 0, of the run after the one that a line is in.
    pub(super) fn run_after(&self, line: u32) -> u32 {
        let next = self.runs.partition_point(|run| run.first_line <= line);
        self.runs.get(next).map_or(self.num_lines, |run| run.first_line)
    }

    /// Returns the line, from 1, of the last kept line that stands for an offset or one before it.
    pub(super) fn line_of(&self, offset: u64) -> Option<u32> {
        // Names and branch hints stand elsewhere than their sections, so that the offsets rise all along.
        let offset = u32::try_from(offset).unwrap_or(NO_OFFSET - 1);
        let before = self.places.iter().take_while(|(_, at)| *at == NO_OFFSET || *at <= offset);
        before.filter(|(_, at)| *at != NO_OFFSET).last().map(|(line, _)| line + 1)
    }

    /// Returns the offset of a line, from 1, or of the next kept one that has an offset.
    pub(super) fn offset_of(&self, line: u32) -> Option<u64> {
        let first = self.places.partition_point(|(at, _)| at + 1 < line);
        let mut offsets = self.places[first..].iter().map(|(_, offset)| *offset);
        offsets.find(|offset| *offset != NO_OFFSET).map(u64::from)
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.text.capacity() + self.ends.capacity() * 4 + self.places.capacity() * 8
    }
}

/// Prints an outline; returns its lines and the first line, from 0, of each function.
///
/// # Errors
///
/// Returns [`ListingError::Malformed`] when it can't be printed, and [`ListingError::Stopped`] as soon as
/// `progress` says so.
pub(super) fn print(
    outline: &Outline,
    counts: &[u32],
    progress: Progress<'_>,
) -> Result<(OutlineLines, Vec<u32>), ListingError> {
    let mut sink = Sink {
        outline,
        counts,
        progress,
        lines: OutlineLines::default(),
        first_lines: Vec::with_capacity(counts.len()),
        line: String::new(),
        hidden: 0,
        at: None,
        shortened: outline.shortened.iter(),
        is_stopped: false,
    };
    let printed = wasmprinter::Config::new().print(&outline.wasm, &mut sink);
    if sink.is_stopped {
        return Err(ListingError::Stopped);
    }
    if let Err(err) = printed {
        let offset = sink.at.and_then(|at| outline.original(at)).unwrap_or(0) as usize;
        return Err(ListingError::Malformed { offset, message: err.to_string() });
    }
    let Sink { mut lines, first_lines, .. } = sink;
    lines.text.shrink_to_fit();
    Ok((lines, first_lines))
}

struct Sink<'a> {
    outline: &'a Outline,
    counts: &'a [u32],
    progress: Progress<'a>,
    lines: OutlineLines,
    first_lines: Vec<u32>,
    /// The line that is being printed, its bytes that were cut, and its offset in the outline.
    line: String,
    hidden: usize,
    at: Option<u64>,
    shortened: std::slice::Iter<'a, (u32, u32)>,
    is_stopped: bool,
}

impl Sink<'_> {
    /// Tells whether the line that is being printed is the head of the next function.
    fn is_function(&self) -> bool {
        let next = self.outline.bodies.get(self.first_lines.len());
        next.is_some_and(|body| self.at == Some(u64::from(body.outline)))
    }

    fn finish_line(&mut self) {
        let first_line = self.lines.num_lines;
        if self.is_function() {
            let number = self.first_lines.len();
            self.first_lines.push(first_line);
            match self.lines.runs.last_mut() {
                Some(Run { content: RunContent::Functions(functions), .. }) => functions.end = number + 1,
                _ => self.push_run(RunContent::Functions(number..number + 1)),
            }
            self.lines.num_lines = first_line.saturating_add(self.counts[number]);
            return;
        }
        self.shorten();
        let number = u32::try_from(self.lines.places.len()).unwrap_or(u32::MAX);
        match self.lines.runs.last_mut() {
            Some(Run { content: RunContent::Text(kept), .. }) => kept.end = number + 1,
            _ => self.push_run(RunContent::Text(number..number + 1)),
        }
        let offset = self.at.and_then(|at| self.outline.original(at)).unwrap_or(NO_OFFSET);
        self.lines.places.push((first_line, offset));
        if self.lines.text.len() + self.line.len() <= MOST_TEXT_BYTES
            && self.lines.ends.len() + 1 == self.lines.places.len()
        {
            self.lines.text.push_str(&self.line);
            self.lines.ends.push(u32::try_from(self.lines.text.len()).unwrap_or(u32::MAX));
        }
        self.lines.num_lines = first_line.saturating_add(1);
    }

    /// Says how much of a line is not shown.
    fn shorten(&mut self) {
        let mut bytes = 0;
        if let (Some(at), Some(&(item, hidden))) = (self.at, self.shortened.as_slice().first())
            && at == u64::from(item)
        {
            self.shortened.next();
            bytes = hidden;
        }
        if bytes > 0 && self.line.ends_with(')') {
            self.line.pop();
            self.line.push_str(&format!(" (; … {bytes} more bytes ;))"));
        } else if self.hidden > 0 {
            self.line.push_str(&format!(" ;; … {} more characters", self.hidden));
        }
    }

    fn push_run(&mut self, content: RunContent) {
        self.lines.runs.push(Run { first_line: self.lines.num_lines, content });
    }
}

impl wasmprinter::Print for Sink<'_> {
    fn write_str(&mut self, text: &str) -> io::Result<()> {
        let room = MAX_LINE_BYTES.saturating_sub(self.line.len());
        if text.len() <= room {
            self.line.push_str(text);
        } else {
            let end = text.floor_char_boundary(room);
            self.line.push_str(&text[..end]);
            self.hidden += text.len() - end;
        }
        Ok(())
    }

    fn newline(&mut self) -> io::Result<()> {
        self.finish_line();
        self.line.clear();
        self.hidden = 0;
        self.at = None;
        if self.lines.num_lines.is_multiple_of(1024) {
            let total = self.outline.wasm.len() as u64;
            if !(self.progress)(total, total) {
                self.is_stopped = true;
                return Err(io::Error::other("stopped"));
            }
        }
        Ok(())
    }

    fn start_line(&mut self, binary_offset: Option<u64>) {
        self.at = binary_offset;
    }
}

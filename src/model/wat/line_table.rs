//! What is remembered of each line of a text, in chunks: lines come and go anywhere in hundreds of thousands,
//! and a search for a parenthesis passes over whole chunks.
//!
//! Knows no text; what a line consists of is read elsewhere.

use std::sync::Arc;

use super::lexer::LineState;

/// Lines of a chunk that was made by cutting up a longer one.
const CHUNK: usize = 512;
/// Most lines of a chunk.
const MOST: usize = 2 * CHUNK;

/// What is remembered of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line {
    /// What it begins with; [`UNKNOWN`] when the line has not been read.
    pub(super) begins: LineState,
    /// What it hands to the next line.
    pub(super) ends: LineState,
    /// Parentheses that close what an earlier line opened.
    pub(super) num_closing: u32,
    /// Parentheses that a later line closes.
    pub(super) num_opening: u32,
    /// Whether it has to be looked at: it was changed, or the line before it was.
    is_unsure: bool,
}

/// What a line begins with when nobody knows; no text has so many comments open.
pub(super) const UNKNOWN: LineState = LineState { comment_depth: u32::MAX, follows_paren: true };

impl Line {
    const UNREAD: Self =
        Self { begins: UNKNOWN, ends: UNKNOWN, num_closing: 0, num_opening: 0, is_unsure: true };

    /// Makes what is remembered of a line that begins like this and of which nothing has been read so far.
    pub(super) fn beginning(begins: LineState) -> Self {
        Self { begins, ends: begins, num_closing: 0, num_opening: 0, is_unsure: false }
    }
}

/// The lines of a text from its first one on; a clone shares what stays the same.
#[derive(Debug, Clone, Default)]
pub(super) struct LineTable {
    chunks: Vec<Chunk>,
    num_lines: usize,
    /// No chunk before this one has lines that have to be looked at.
    first_unsure: usize,
}

#[derive(Debug, Clone)]
struct Chunk {
    lines: Arc<Vec<Line>>,
    len: usize,
    num_unsure: usize,
    /// Parentheses over all lines: what they close of before, what they leave open.
    closing: u32,
    opening: u32,
}

impl Chunk {
    fn new(lines: Vec<Line>) -> Self {
        let mut chunk = Self { len: 0, lines: Arc::new(lines), num_unsure: 0, closing: 0, opening: 0 };
        chunk.count();
        chunk
    }

    /// Sums up its lines.
    fn count(&mut self) {
        self.len = self.lines.len();
        self.num_unsure = self.lines.iter().filter(|line| line.is_unsure).count();
        (self.closing, self.opening) = (0, 0);
        for line in &*self.lines {
            self.closing += line.num_closing.saturating_sub(self.opening);
            self.opening = self.opening.saturating_sub(line.num_closing) + line.num_opening;
        }
    }
}

/// A line by its chunk and its place in that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct At {
    chunk: usize,
    line: usize,
}

impl LineTable {
    /// Returns how many lines are remembered.
    pub(super) fn len(&self) -> usize {
        self.num_lines
    }

    /// Returns a line that is remembered, counted from 0.
    pub(super) fn get(&self, line: usize) -> Option<Line> {
        let at = self.at(line)?;
        self.chunks[at.chunk].lines.get(at.line).copied()
    }

    /// Returns what the line before this one hands on, as far as that is remembered.
    pub(super) fn handed_to(&self, line: usize) -> LineState {
        line.checked_sub(1).and_then(|before| self.get(before)).map_or_else(LineState::default, |it| it.ends)
    }

    /// Returns the first line that has to be looked at.
    pub(super) fn first_unsure(&mut self) -> Option<usize> {
        while self.chunks.get(self.first_unsure).is_some_and(|chunk| chunk.num_unsure == 0) {
            self.first_unsure += 1;
        }
        let chunk = self.chunks.get(self.first_unsure)?;
        let before: usize = self.chunks[..self.first_unsure].iter().map(|chunk| chunk.len).sum();
        Some(before + chunk.lines.iter().position(|line| line.is_unsure)?)
    }

    /// Replaces lines: `removed` of them from `first` on by as many unread ones as `inserted`, and has the line
    /// behind them looked at where need be. What lies past the last remembered line is nobody's.
    pub(super) fn edit(&mut self, first: usize, removed: usize, inserted: usize) {
        if first >= self.num_lines {
            return;
        }
        let end = first.saturating_add(removed).min(self.num_lines);
        let both = (end - first).min(inserted);
        self.forget(first..first + both);
        self.remove(first + both..end);
        self.insert(first + both, inserted - both);
        if inserted == 0 {
            // Where lines came, the last of them tells whether the one behind it begins otherwise.
            self.doubt(first);
        }
    }

    /// Appends a line that has been read.
    pub(super) fn push(&mut self, line: Line) {
        match self.chunks.last_mut() {
            Some(last) if last.len < CHUNK => {
                Arc::make_mut(&mut last.lines).push(line);
                last.len += 1;
                last.num_unsure += usize::from(line.is_unsure);
                last.closing += line.num_closing.saturating_sub(last.opening);
                last.opening = last.opening.saturating_sub(line.num_closing) + line.num_opening;
            }
            _ => self.chunks.push(Chunk::new(vec![line])),
        }
        self.num_lines += 1;
    }

    /// Goes on with lines that have to be looked at, from `first`, which is one of them: `read` gets what is
    /// remembered of each and what it begins with, and answers with what is to be remembered, or `None` to stop.
    /// Ends before the first line that follows from the one before it.
    pub(super) fn settle(&mut self, first: usize, mut read: impl FnMut(Line, LineState) -> Option<Line>) {
        let Some(mut at) = self.at(first) else { return };
        let mut state = self.handed_to(first);
        let begun_at = at.chunk;
        while let Some(chunk) = self.chunks.get_mut(at.chunk) {
            let known = chunk.lines[at.line];
            if !known.is_unsure && known.begins == state {
                break;
            }
            let Some(line) = read(known, state) else {
                // Whoever comes next has to go on here.
                if !known.is_unsure {
                    Arc::make_mut(&mut chunk.lines)[at.line].is_unsure = true;
                }
                break;
            };
            Arc::make_mut(&mut chunk.lines)[at.line] = Line { is_unsure: false, ..line };
            state = line.ends;
            at.line += 1;
            if at.line == chunk.len {
                at = At { chunk: at.chunk + 1, line: 0 };
            }
        }
        let end = (at.chunk + 1).min(self.chunks.len());
        for chunk in &mut self.chunks[begun_at..end] {
            chunk.count();
        }
        self.first_unsure = self.first_unsure.min(begun_at);
    }

    /// Walks over the lines before this one, backwards, until `depth` forms are closed: returns the line in
    /// which the outermost of them opens, and how many are open at its end.
    pub(super) fn backwards(&self, line: usize, mut depth: u32) -> Option<(usize, u32)> {
        let at = self.at(line).unwrap_or(At { chunk: self.chunks.len(), line: 0 });
        let mut first = line.min(self.num_lines) - at.line;
        let mut within = at.line;
        let mut chunk = at.chunk;
        loop {
            if let Some(here) = self.chunks.get(chunk).filter(|_| within > 0) {
                let is_here = within < here.len || here.opening >= depth;
                if is_here {
                    for (index, line) in here.lines[..within].iter().enumerate().rev() {
                        if line.num_opening >= depth {
                            return Some((first + index, depth));
                        }
                        depth = depth - line.num_opening + line.num_closing;
                    }
                } else {
                    depth = depth - here.opening + here.closing;
                }
            }
            chunk = chunk.checked_sub(1)?;
            within = self.chunks[chunk].len;
            first -= within;
        }
    }

    /// Walks over lines from this one on until `depth` forms are closed: returns the line in which the outermost
    /// of them closes and how many are open at its beginning; or the first line, and how many are open there, that
    /// has to be read or looked at before the walk can go on.
    pub(super) fn forwards(&mut self, line: usize, mut depth: u32) -> Result<(usize, u32), (usize, u32)> {
        self.first_unsure();
        let Some(at) = self.at(line) else { return Err((line, depth)) };
        let (mut first, mut within) = (line - at.line, at.line);
        for (number, chunk) in self.chunks.iter().enumerate().skip(at.chunk) {
            if number >= self.first_unsure {
                return Err((first + within, depth));
            }
            if within == 0 && chunk.closing < depth {
                depth = depth - chunk.closing + chunk.opening;
            } else {
                for (index, known) in chunk.lines.iter().enumerate().skip(within) {
                    if known.num_closing >= depth {
                        return Ok((first + index, depth));
                    }
                    depth = depth - known.num_closing + known.num_opening;
                }
            }
            (first, within) = (first + chunk.len, 0);
        }
        Err((first, depth))
    }

    /// Returns the line after the chunk that a line is in.
    pub(super) fn chunk_end(&self, line: usize) -> usize {
        self.at(line).map_or(line + CHUNK, |at| line - at.line + self.chunks[at.chunk].len)
    }

    fn at(&self, line: usize) -> Option<At> {
        if line >= self.num_lines {
            return None;
        }
        let mut rest = line;
        for (chunk, it) in self.chunks.iter().enumerate() {
            if rest < it.len {
                return Some(At { chunk, line: rest });
            }
            rest -= it.len;
        }
        None
    }

    fn doubt(&mut self, line: usize) {
        let Some(at) = self.at(line) else { return };
        let chunk = &mut self.chunks[at.chunk];
        if !chunk.lines[at.line].is_unsure {
            Arc::make_mut(&mut chunk.lines)[at.line].is_unsure = true;
            chunk.num_unsure += 1;
        }
        self.first_unsure = self.first_unsure.min(at.chunk);
    }

    /// Forgets what lines consist of; they stay.
    fn forget(&mut self, lines: std::ops::Range<usize>) {
        let mut next = lines.start;
        while next < lines.end {
            let Some(at) = self.at(next) else { return };
            let chunk = &mut self.chunks[at.chunk];
            let count = (chunk.len - at.line).min(lines.end - next);
            for line in &mut Arc::make_mut(&mut chunk.lines)[at.line..at.line + count] {
                chunk.num_unsure += usize::from(!line.is_unsure);
                *line = Line::UNREAD;
            }
            self.first_unsure = self.first_unsure.min(at.chunk);
            next += count;
        }
    }

    fn remove(&mut self, lines: std::ops::Range<usize>) {
        let Some(at) = self.at(lines.start).filter(|_| !lines.is_empty()) else { return };
        let mut left = lines.len();
        let mut chunk = at.chunk;
        let mut from = at.line;
        while left > 0 && chunk < self.chunks.len() {
            let it = &mut self.chunks[chunk];
            let count = (it.len - from).min(left);
            left -= count;
            self.num_lines -= count;
            if count == it.len {
                // Whole chunks go at once further down.
                it.len = 0;
            } else {
                Arc::make_mut(&mut it.lines).drain(from..from + count);
                it.count();
            }
            (chunk, from) = (chunk + 1, 0);
        }
        let first = self.chunks[at.chunk..chunk].iter().position(|it| it.len == 0);
        if let Some(first) = first.map(|first| at.chunk + first) {
            let count = self.chunks[first..chunk].iter().take_while(|it| it.len == 0).count();
            self.chunks.drain(first..first + count);
        }
        self.first_unsure = self.first_unsure.min(at.chunk);
        self.join(at.chunk);
    }

    /// Puts a small chunk and the one behind it together.
    fn join(&mut self, chunk: usize) {
        let [one, other] = match self.chunks.get_mut(chunk..chunk + 2) {
            Some([one, other]) if one.len + other.len <= CHUNK => [one, other],
            _ => return,
        };
        Arc::make_mut(&mut one.lines).extend_from_slice(&other.lines);
        one.count();
        self.chunks.remove(chunk + 1);
    }

    fn insert(&mut self, line: usize, count: usize) {
        if count == 0 {
            return;
        }
        let at = match self.at(line) {
            Some(at) => at,
            None if self.chunks.is_empty() => {
                self.chunks.push(Chunk::new(Vec::new()));
                At { chunk: 0, line: 0 }
            }
            None => {
                let last = self.chunks.len() - 1;
                At { chunk: last, line: self.chunks[last].len }
            }
        };
        self.num_lines += count;
        self.first_unsure = self.first_unsure.min(at.chunk);
        let chunk = &mut self.chunks[at.chunk];
        let lines = Arc::make_mut(&mut chunk.lines);
        lines.splice(at.line..at.line, std::iter::repeat_n(Line::UNREAD, count));
        if lines.len() <= MOST {
            chunk.count();
            return;
        }
        let cut: Vec<Chunk> = lines.chunks(CHUNK).map(|part| Chunk::new(part.to_vec())).collect();
        self.chunks.splice(at.chunk..=at.chunk, cut);
    }
}

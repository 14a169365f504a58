//! The rows in view, laid out: which line stands where, and which byte of it.
//!
//! Lays out no line that nobody sees, and of a very long line only what fits. Knows no cursor.

use std::ops::Range;
use std::sync::Arc;

use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{Color32, Galley, Pos2, Rect, Ui, pos2};

use crate::model::wat::{TokenKind, lex_line};
use crate::ui::theme::{self, Tokens, space, tokens};

use super::cells::{Cells, Inlay};
use super::folds::Folds;
use super::lines::{LineSource, Spot};
use super::scroll::{TextScroll, from_count, narrow, to_count};

/// Bytes from which on only what fits the window is laid out of a line.
const LONG_LINE: usize = 1000;
/// Most bytes of a long line that are cut into tokens for the sake of those that are shown.
const MAX_LEXED: usize = 64 << 10;
/// Space between the gutter and the text.
pub(super) const INDENT: f32 = 8.0;
/// Space above the first row.
pub(super) const PADDING: f32 = 4.0;

/// Text that is being composed, and where it will stand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Composing<'a> {
    /// The place.
    pub(super) at: Spot,
    /// What was composed so far.
    pub(super) text: &'a str,
}

/// A row in view.
pub(super) struct Row {
    /// Line, from 0.
    pub(super) line: usize,
    /// The strip that it takes, from the left edge of the gutter to the right edge of the text.
    pub(super) rect: Rect,
    /// Its text, or what is in view of it.
    pub(super) galley: Arc<Galley>,
    /// Where that begins.
    pub(super) x: f32,
    // Bytes of the line that are laid out, and how many it has.
    first: usize,
    len: usize,
    cells: Cells,
    digit: f32,
}

impl Row {
    /// Returns where a byte of the line stands.
    pub(super) fn x_of(&self, byte: usize) -> f32 {
        let end = self.first + self.laid_len();
        if byte < self.first {
            self.x - narrow(from_count(self.first - byte)) * self.digit
        } else if byte > end && end < self.len {
            self.end_x() + narrow(from_count(byte - end)) * self.digit
        } else {
            let column = self.cells.column_of(byte - self.first);
            self.x + self.galley.rows.first().map_or(0.0, |row| row.x_offset(column.into()))
        }
    }

    /// Returns where the text ends, as far as it is laid out.
    pub(super) fn end_x(&self) -> f32 {
        self.x + self.galley.rows.first().map_or(0.0, |row| row.size.x)
    }

    /// Returns the byte of the line that is nearest to a place.
    pub(super) fn byte_near(&self, x: f32) -> usize {
        let Some(row) = self.galley.rows.first() else { return self.first };
        let within = x - self.x;
        let column = row.glyphs.partition_point(|glyph| glyph.max_x() <= within);
        let share = row.glyphs.get(column).map_or(0.0, |glyph| {
            if glyph.advance_width > 0.0 { (within - glyph.pos.x) / glyph.advance_width } else { 0.0 }
        });
        (self.first + self.cells.nearest(column, share)).min(self.len)
    }

    /// Returns the byte under a place, if there is any.
    pub(super) fn byte_under(&self, x: f32) -> Option<usize> {
        let row = self.galley.rows.first()?;
        let within = x - self.x;
        let column = row.glyphs.partition_point(|glyph| glyph.max_x() <= within);
        let is_inside = within >= 0.0 && column < row.glyphs.len();
        is_inside.then(|| self.first + self.cells.byte_at(column))
    }

    /// Returns the column on the screen at which a byte stands, from 0.
    pub(super) fn column_of(&self, byte: usize) -> usize {
        self.first + self.cells.column_of(byte.saturating_sub(self.first))
    }

    fn laid_len(&self) -> usize {
        self.cells.len()
    }
}

/// What is on the screen.
pub(super) struct Canvas {
    /// The strip with line numbers.
    pub(super) gutter: Rect,
    /// The text.
    pub(super) body: Rect,
    /// The rows in view, from top to bottom.
    pub(super) rows: Vec<Row>,
    /// Width of a digit.
    pub(super) digit: f32,
    /// Right edge of the longest line in view, counted from the begin of a line.
    pub(super) widest: f64,
}

impl Canvas {
    /// Lays out the rows in view.
    pub(super) fn new(
        ui: &Ui,
        (gutter, body): (Rect, Rect),
        lines: &dyn LineSource,
        folds: &Folds,
        scroll: &TextScroll,
        composing: Option<Composing<'_>>,
    ) -> Self {
        let digit = digit_width(ui);
        let num_rows = folds.num_rows(lines.num_lines());
        let mut canvas = Self { gutter, body, rows: Vec::new(), digit, widest: 0.0 };
        let scale = ui.ctx().pixels_per_point();
        for row in scroll.rows(num_rows) {
            let line = folds.line_of(row);
            let top = body.top() + PADDING + scroll.offset_of(row);
            let top = (top * scale).round() / scale;
            let rect =
                Rect::from_min_max(pos2(gutter.left(), top), pos2(body.right(), top + space::CODE_LINE));
            let inlay = composing.filter(|composing| composing.at.line == line);
            let laid = canvas.lay_out(ui, lines, line, rect, scroll.left(), inlay);
            let width = from_count(laid.len) * f64::from(digit);
            let width = if laid.len > LONG_LINE { width } else { f64::from(laid.galley.size().x) };
            canvas.widest = canvas.widest.max(width + f64::from(INDENT + 3.0 * digit));
            canvas.rows.push(laid);
        }
        canvas
    }

    /// Returns the row of a line, where it is in view.
    pub(super) fn row(&self, line: usize) -> Option<&Row> {
        self.rows.binary_search_by_key(&line, |row| row.line).ok().map(|at| &self.rows[at])
    }

    /// Returns the lines in view; some between them may be folded away.
    pub(super) fn lines(&self) -> Range<usize> {
        match (self.rows.first(), self.rows.last()) {
            (Some(first), Some(last)) => first.line..last.line + 1,
            _ => 0..0,
        }
    }

    /// Returns the place that is nearest to a point; points beside the text mean the nearest row.
    pub(super) fn spot_near(&self, at: Pos2) -> Option<Spot> {
        let row = self.row_at(at.y)?;
        Some(Spot::new(row.line, row.byte_near(at.x)))
    }

    /// Returns the column on the screen at which a point is, also beyond the end of its line.
    pub(super) fn column_near(&self, at: Pos2) -> usize {
        let Some(row) = self.row_at(at.y) else { return 0 };
        if at.x > row.end_x() {
            let end = row.column_of(row.len);
            return end + to_count(f64::from((at.x - row.end_x()) / self.digit).round());
        }
        row.column_of(row.byte_near(at.x))
    }

    /// Returns the character under a point.
    pub(super) fn spot_under(&self, at: Pos2) -> Option<Spot> {
        let row = self.rows.iter().find(|row| row.rect.y_range().contains(at.y))?;
        Some(Spot::new(row.line, row.byte_under(at.x)?))
    }

    /// Returns the row at a height, or the nearest one.
    pub(super) fn row_at(&self, y: f32) -> Option<&Row> {
        let after = self.rows.partition_point(|row| row.rect.top() <= y);
        self.rows.get(after.saturating_sub(1))
    }

    /// Returns the strip that some bytes of a line take, where they are in view.
    pub(super) fn rect_of(&self, line: usize, bytes: &Range<usize>) -> Option<Rect> {
        let row = self.row(line)?;
        let (left, right) = (row.x_of(bytes.start), row.x_of(bytes.end));
        let rect = Rect::from_x_y_ranges(left..=right, row.rect.y_range());
        let shown = rect.intersect(self.body);
        (shown.width() >= 0.0 && shown.height() > 0.0).then_some(shown)
    }

    /// Returns the thin strip of a caret, where it is in view.
    pub(super) fn caret_rect(&self, at: Spot) -> Option<Rect> {
        let row = self.row(at.line)?;
        let x = row.x_of(at.byte);
        let rect = Rect::from_x_y_ranges(x..=x, row.rect.shrink2(egui::vec2(0.0, 1.5)).y_range());
        (self.body.left() - 1.0..=self.body.right()).contains(&x).then_some(rect)
    }

    fn lay_out(
        &self,
        ui: &Ui,
        lines: &dyn LineSource,
        line: usize,
        rect: Rect,
        left: f64,
        composing: Option<Composing<'_>>,
    ) -> Row {
        let len = lines.line_len(line);
        let wanted = self.bytes_in_view(len, left);
        let first = Spot::new(line, wanted.start).within(lines).byte;
        let piece = lines.slice(line, first..wanted.end);
        let inlay = composing
            .map(|composing| Inlay { at: composing.at.byte.saturating_sub(first), text: composing.text });
        let cells = Cells::new(&piece, inlay);
        let colours = colours(lines, line, first, &piece, tokens(ui));
        let galley = ui.painter().layout_job(job(&cells, &colours, tokens(ui)));
        let x = self.body.left() + INDENT + narrow(from_count(first) * f64::from(self.digit) - left);
        Row { line, rect, galley, x, first, len, cells, digit: self.digit }
    }

    /// Returns the bytes of a line that are laid out: all, unless it is a very long one.
    fn bytes_in_view(&self, len: usize, left: f64) -> Range<usize> {
        if len <= LONG_LINE {
            return 0..len;
        }
        let digit = f64::from(self.digit).max(1.0);
        let first = to_count(left / digit).saturating_sub(8).min(len);
        // Signs of more than a byte are narrower than their bytes, never wider.
        let room = to_count(f64::from(self.body.width()) / digit) * 4 + 32;
        first..(first + room).min(len)
    }
}

/// Returns the width of a digit in the code face.
pub(super) fn digit_width(ui: &Ui) -> f32 {
    ui.fonts_mut(|fonts| fonts.glyph_width(&theme::code_font(theme::STRONG), '0'))
}

/// Returns the colour of a kind of token.
pub(super) fn colour(kind: TokenKind, tokens: &Tokens) -> Color32 {
    match kind {
        TokenKind::Keyword | TokenKind::Word | TokenKind::Paren => tokens.text,
        TokenKind::Operator => tokens.keyword,
        TokenKind::Type => tokens.type_,
        TokenKind::Number => tokens.number,
        TokenKind::Name => tokens.name,
        TokenKind::String => tokens.string,
        TokenKind::Comment => tokens.comment,
        TokenKind::Annotation => tokens.text_muted,
        TokenKind::Invalid => tokens.error,
    }
}

/// Returns text in the colour of its tokens, as one line of a tooltip or a popup.
pub(super) fn code_job(text: &str, tokens: &Tokens) -> LayoutJob {
    let lines = vec![text];
    let mut colours = colours(&lines, 0, 0, text, tokens);
    // Types are listed in brackets, which stand in no program.
    for (_, colour) in colours.iter_mut().filter(|(_, colour)| *colour == tokens.error) {
        *colour = tokens.text_muted;
    }
    job(&Cells::new(text, None), &colours, tokens)
}

/// Returns which bytes of a piece have a colour of their own.
fn colours(
    lines: &dyn LineSource,
    line: usize,
    first: usize,
    piece: &str,
    tokens: &Tokens,
) -> Vec<(Range<usize>, Color32)> {
    let end = first + piece.len();
    if first == 0 {
        let (found, _) = lex_line(piece, lines.line_state(line));
        return found.into_iter().map(|token| (token.range, colour(token.kind, tokens))).collect();
    }
    if end > MAX_LEXED {
        return Vec::new();
    }
    let (found, _) = lex_line(&lines.slice(line, 0..end), lines.line_state(line));
    let in_view = found.into_iter().filter(|token| token.range.end > first);
    in_view
        .map(|token| {
            let bytes = token.range.start.saturating_sub(first)..token.range.end - first;
            (bytes, colour(token.kind, tokens))
        })
        .collect()
}

fn job(cells: &Cells, colours: &[(Range<usize>, Color32)], tokens: &Tokens) -> LayoutJob {
    let mut job = LayoutJob {
        wrap: TextWrapping::no_max_width(),
        keep_trailing_whitespace: true,
        break_on_newline: false,
        ..LayoutJob::default()
    };
    let mut at = 0;
    let mut append = |shown: Range<usize>, colour: Color32| {
        let start = shown.start.max(at);
        if start > at {
            job.append(&cells.text[at..start], 0.0, format(tokens.text));
        }
        if shown.end > start {
            job.append(&cells.text[start..shown.end], 0.0, format(colour));
        }
        at = at.max(shown.end);
    };
    let mut odd = cells.odd.iter().peekable();
    for (bytes, colour) in colours {
        let mut from = bytes.start;
        while let Some(hidden) = odd.next_if(|hidden| hidden.start < bytes.end) {
            append(cells.shown(from..hidden.start.max(from)), *colour);
            append(cells.shown(hidden.clone()), tokens.warning);
            from = hidden.end;
        }
        append(cells.shown(from..bytes.end.max(from)), *colour);
    }
    for hidden in odd {
        append(cells.shown(hidden.clone()), tokens.warning);
    }
    append(cells.text.len()..cells.text.len(), tokens.text);
    if job.sections.is_empty() {
        // Even an empty line has a height, for the caret.
        job.sections.push(egui::text::LayoutSection {
            leading_space: 0.0,
            byte_range: egui::text::ByteIndex(0)..egui::text::ByteIndex(0),
            format: format(tokens.text),
        });
    }
    job
}

fn format(colour: Color32) -> TextFormat {
    TextFormat {
        line_height: Some(space::CODE_LINE),
        ..TextFormat::simple(theme::code_font(theme::STRONG), colour)
    }
}

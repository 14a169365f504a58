//! The source editor: a text with line numbers, colours, errors where they stand, and a find bar.
//!
//! Knows no compiler and no files: diagnostics come in, edits and places go out. This form stands on egui's
//! text field and lays the whole text out; another one can take its place behind the same functions.

#[allow(dead_code, reason = "the editable text takes the rest into use")]
mod canvas;
mod cells;
mod document;
mod field_gutter;
mod field_marks;
mod find;
#[allow(dead_code, reason = "the editable text takes the rest into use")]
mod folds;
#[allow(dead_code, reason = "the editable text takes the rest into use")]
mod gutter;
mod keys;
mod lines;
mod listing;
#[allow(dead_code, reason = "the editable text takes the rest into use")]
mod marks;
mod paint;
mod read_only;
#[allow(dead_code, reason = "the editable text takes the rest into use")]
mod scroll;
#[allow(dead_code, reason = "the editable text takes the rest into use")]
mod view;

pub use find::FindBar;
pub use lines::{LineSource, Spot, SpotRange, clip};
pub use listing::{ListingOptions, ListingResponse, ListingView, listing_ui};
pub use paint::{Span, SpanKind};
pub use read_only::{ReadOptions, ReadResponse, ReadView, place_at, read_only_ui};

use std::ops::Range;
use std::sync::Arc;

use egui::text::CCursor;
use egui::text_selection::CCursorRange;
use egui::{Align, Frame, Id, Margin, Rect, ScrollArea, TextBuffer, TextEdit, Ui, UiBuilder, pos2, vec2};

use crate::model::diagnostic::Diagnostic;
use crate::ui::theme::{space, tokens};

use document::Document;
use field_gutter::Gutter;
use find::FindStep;

/// Accessible name of the editor.
pub const NAME: &str = "Source";

/// A place in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TextPlace {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Byte of the text, from 0.
    pub byte: usize,
}

/// Where `goto` leads.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Goal {
    Bytes(Range<usize>),
    LineColumn(u32, u32),
}

/// What the editor remembers of one source from frame to frame; it holds none of the text.
#[derive(Debug, Default)]
pub struct EditorView {
    document: Option<Document>,
    goal: Option<Goal>,
    place: Option<TextPlace>,
    /// The find bar of this source.
    pub find: FindBar,
}

impl EditorView {
    /// Selects these bytes and brings them to the middle, at the next frame; the keyboard goes there too.
    pub fn goto_bytes(&mut self, bytes: Range<usize>) {
        self.goal = Some(Goal::Bytes(bytes));
    }

    /// Puts the cursor at a line and column, both from 1, and brings them to the middle.
    pub fn goto_line(&mut self, line: u32, column: u32) {
        self.goal = Some(Goal::LineColumn(line, column));
    }

    /// Goes to where a diagnostic stands, if it stands anywhere.
    pub fn goto_diagnostic(&mut self, diagnostic: &Diagnostic) {
        match (&diagnostic.range, diagnostic.place.line) {
            (Some(range), _) => self.goto_bytes(range.clone()),
            (None, Some(line)) => self.goto_line(line, diagnostic.place.column.unwrap_or(1)),
            (None, None) => {}
        }
    }

    /// Returns where the cursor was last.
    pub fn place(&self) -> Option<TextPlace> {
        self.place
    }
}

/// What is shown beside the text.
#[derive(Debug, Clone, Copy, Default)]
pub struct EditorOptions<'a> {
    /// Tells one source from another: each has its own cursor, scroll position and undo history.
    pub source: &'a str,
    /// Lines with a breakpoint, from 1, in ascending order.
    pub breakpoints: &'a [u32],
    /// The line where a guest is held, from 1.
    pub held_line: Option<u32>,
}

/// What happened in the editor during one frame.
#[derive(Debug, Clone, Default)]
pub struct EditorResponse {
    /// Whether the text was changed.
    pub changed: bool,
    /// Where the cursor is; `None` as long as nobody has put it anywhere.
    pub cursor: Option<TextPlace>,
    /// The line whose number was clicked, from 1.
    pub gutter_clicked: Option<u32>,
    /// Whether the keyboard is here.
    pub has_focus: bool,
}

/// Shows a text that can be edited, over all the space that is left.
pub fn editor_ui(
    ui: &mut Ui,
    view: &mut EditorView,
    text: &mut String,
    diagnostics: &[Diagnostic],
    options: &EditorOptions<'_>,
) -> EditorResponse {
    let id = ui.make_persistent_id(("source", options.source));
    let mut document = Document::of(view.document.take(), ui, text);
    let mut scroll_to = None;
    match find::find_ui(ui, &mut view.find, text, document.version(), id) {
        FindStep::Stay => {}
        FindStep::Reveal(bytes) => scroll_to = Some(document.line_of(bytes.start)),
        FindStep::Select(bytes) => view.goto_bytes(bytes),
    }
    let was_moved = keys::prepare(ui, id, text);
    if let Some(goal) = view.goal.take() {
        scroll_to = Some(select(ui, id, text, &document, &goal));
    }

    let full = ui.available_rect_before_wrap();
    let gutter_width = Gutter::width(ui, document.line_starts.len());
    let (gutter_rect, text_rect) = full.split_left_right_at_x(full.left() + gutter_width);
    let underlay = ui.painter().add(egui::Shape::Noop);
    let mut shown = None;
    ui.scope_builder(UiBuilder::new().max_rect(text_rect), |ui| {
        // What is selected keeps the colour of text; egui would paint it in that of the accent.
        ui.visuals_mut().selection.stroke.color = tokens(ui).text;
        let scroll = ScrollArea::both().id_salt(options.source).auto_shrink(false);
        let output = scroll.show(ui, |ui| text_ui(ui, id, text, &mut document, scroll_to));
        shown = Some((output.inner, output.inner_rect));
    });
    let Some((shown, viewport)) = shown else { return EditorResponse::default() };

    let place = shown.cursor.map(|cursor| place_of_char(text, &document, cursor.index.0)).or(view.place);
    let marks = field_marks::resolve(text, &document, diagnostics);
    let canvas = Canvas { full, viewport, origin: shown.origin, document: &document, text };
    let finds = view.find.matches_in(canvas.visible_bytes());
    let current = place.filter(|_| shown.has_focus);
    let under =
        field_marks::Under { current, held_line: options.held_line, finds, find: view.find.current() };
    ui.painter().set(underlay, field_marks::underlay(ui, &canvas, &under));
    field_marks::squiggles(ui, &canvas, &marks);
    field_marks::tooltip(ui, &shown.response, &canvas, &marks);
    let gutter = Gutter { rect: gutter_rect, marks: &marks, options, current: place.map(|place| place.line) };
    let gutter_clicked = gutter.show(ui, &canvas, id);

    view.document = Some(document);
    view.place = place;
    let changed = shown.changed || was_moved;
    EditorResponse { changed, cursor: place, gutter_clicked, has_focus: shown.has_focus }
}

/// What the text field left behind.
struct Shown {
    response: egui::Response,
    origin: egui::Pos2,
    cursor: Option<CCursor>,
    changed: bool,
    has_focus: bool,
}

/// Where lines are on the screen.
struct Canvas<'a> {
    /// Gutter and text.
    full: Rect,
    /// The text alone.
    viewport: Rect,
    /// Where the first line begins, in or out of view.
    origin: egui::Pos2,
    document: &'a Document,
    text: &'a str,
}

impl Canvas<'_> {
    /// Returns the strip of a line, counted from 0, over gutter and text.
    #[expect(clippy::cast_precision_loss, reason = "a text with 2^24 lines is not edited here")]
    fn line_rect(&self, line: usize) -> Rect {
        let top = self.origin.y + line as f32 * space::CODE_LINE;
        Rect::from_min_max(pos2(self.full.left(), top), pos2(self.full.right(), top + space::CODE_LINE))
    }

    /// Returns the lines in view, counted from 0.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "cut to the lines that there are"
    )]
    fn visible_lines(&self) -> Range<usize> {
        let at = |y: f32| ((y - self.origin.y) / space::CODE_LINE).max(0.0) as usize;
        let count = self.document.line_starts.len();
        at(self.viewport.top()).min(count)..(at(self.viewport.bottom()) + 1).min(count)
    }

    fn visible_bytes(&self) -> Range<usize> {
        let lines = self.visible_lines();
        let start = self.document.line_starts.get(lines.start).copied().unwrap_or(self.text.len());
        let end = self.document.line_starts.get(lines.end).copied().unwrap_or(self.text.len());
        start..end
    }

    /// Returns where a byte of a line stands.
    fn x_of(&self, line: usize, byte: usize) -> f32 {
        let start = self.document.line_starts[line];
        let columns = self.text.get(start..byte).map_or(0, |before| before.chars().count());
        let offset = self.document.galley.rows.get(line).map_or(0.0, |row| row.x_offset(columns.into()));
        self.origin.x + offset
    }
}

/// Shows the text field itself.
fn text_ui(
    ui: &mut Ui,
    id: Id,
    text: &mut String,
    document: &mut Document,
    scroll_to: Option<usize>,
) -> Shown {
    let viewport = ui.clip_rect().size();
    let wanted = document.galley.size() + vec2(2.0 * space::XL, space::CODE_LINE);
    let mut layouter = |ui: &Ui, buffer: &dyn TextBuffer, _wrap_width: f32| {
        document.refresh(ui, buffer.as_str());
        Arc::clone(&document.galley)
    };
    let output = TextEdit::multiline(text)
        .id(id)
        .frame(Frame::new().inner_margin(Margin { left: 8, right: 8, top: 6, bottom: 6 }))
        .min_size(viewport.max(wanted))
        .desired_width(f32::INFINITY)
        .lock_focus(true)
        .layouter(&mut layouter)
        .show(ui);
    let response = output.response.response.accessible_name(NAME);
    if let Some(line) = scroll_to {
        let target = Rect::from_min_size(
            pos2(output.galley_pos.x, output.galley_pos.y + line_top(line)),
            vec2(1.0, space::CODE_LINE),
        );
        ui.scroll_to_rect(target, Some(Align::Center));
    }
    Shown {
        origin: output.galley_pos,
        cursor: output.state.cursor.char_range().map(|range| range.primary),
        changed: response.changed(),
        has_focus: response.has_focus(),
        response,
    }
}

#[expect(clippy::cast_precision_loss, reason = "a text with 2^24 lines is not edited here")]
fn line_top(line: usize) -> f32 {
    line as f32 * space::CODE_LINE
}

/// Selects what a goal names; returns the line to bring into view, counted from 0.
fn select(ui: &Ui, id: Id, text: &str, document: &Document, goal: &Goal) -> usize {
    let bytes = match goal {
        Goal::Bytes(bytes) => bytes.clone(),
        Goal::LineColumn(line, column) => {
            let at = document.byte_at(text, *line, *column);
            at..at
        }
    };
    let chars = |byte: usize| text.get(..floor(text, byte)).map_or(0, |before| before.chars().count());
    let mut state = TextEdit::load_state(ui.ctx(), id).unwrap_or_default();
    let range = CCursorRange::two(CCursor::new(chars(bytes.start)), CCursor::new(chars(bytes.end)));
    state.cursor.set_char_range(Some(range));
    TextEdit::store_state(ui.ctx(), id, state);
    ui.memory_mut(|memory| memory.request_focus(id));
    document.line_of(floor(text, bytes.start))
}

/// Returns the last boundary of a character at or before `byte`.
fn floor(text: &str, byte: usize) -> usize {
    text.floor_char_boundary(byte.min(text.len()))
}

fn place_of_char(text: &str, document: &Document, index: usize) -> TextPlace {
    let byte = text.char_indices().nth(index).map_or(text.len(), |(byte, _)| byte);
    document.place(text, byte)
}

#[cfg(test)]
mod tests;

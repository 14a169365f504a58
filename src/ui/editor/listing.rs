//! A text that is only read, however long: lines are cut out and coloured as they come into view.
//!
//! Knows no binary: somebody printed the text. Its line breaks are found a piece a frame, so that the
//! window does not wait for a listing of a hundred megabytes.

use std::ops::Range;

use egui::text::{LayoutJob, TextWrapping};
use egui::{
    Align2, CornerRadius, Event, EventFilter, Id, Key, Modifiers, Painter, Rect, Response, Role, ScrollArea,
    Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use crate::model::wat::LineState;
use crate::ui::theme::{self, space, tokens};

use super::NAME;
use super::document::append_line;
use super::find::{FindBar, FindStep, find_ui};

/// How many bytes are searched for line breaks in one frame.
const BYTES_PER_FRAME: usize = 2 << 20;

/// Most bytes of a line that are shown; data segments print as lines of any length.
const MAX_LINE_BYTES: usize = 2000;

/// Most bytes that one copy takes.
const MAX_COPY_BYTES: usize = 16 << 20;

/// Space above the first line and under the last.
const PADDING: f32 = 6.0;

/// What a listing remembers from frame to frame; it holds none of the text.
#[derive(Debug, Default)]
pub struct ListingView {
    index: LineIndex,
    anchor: usize,
    head: Option<usize>,
    scroll_to: Option<usize>,
    goal: Option<usize>,
    widest: f32,
    /// The find bar of this listing.
    pub find: FindBar,
}

impl ListingView {
    /// Selects a line, from 1, and brings it to the middle as soon as it is known where it is.
    pub fn goto_line(&mut self, line: u32) {
        self.goal = Some((line as usize).saturating_sub(1));
    }

    fn select(&mut self, line: usize) {
        self.anchor = line;
        self.head = Some(line);
        self.scroll_to = Some(line);
    }

    fn selected(&self) -> Option<Range<usize>> {
        self.head.map(|head| self.anchor.min(head)..self.anchor.max(head) + 1)
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
    let id = ui.make_persistent_id(("listing", options.source));
    if view.index.advance(text, options.revision) {
        ui.ctx().request_repaint();
    }
    match find_ui(ui, &mut view.find, text, options.revision, id) {
        FindStep::Stay => {}
        FindStep::Reveal(bytes) | FindStep::Select(bytes) => view.select(view.index.line_of(bytes.start)),
    }
    let before = view.head;
    if let Some(goal) = view.goal.filter(|goal| *goal < view.index.len() || view.index.complete) {
        view.goal = None;
        view.select(goal.min(view.index.len() - 1));
    }
    if ui.memory(|memory| memory.has_focus(id)) {
        keys(ui, id, view, text);
    }
    let full = ui.available_rect_before_wrap();
    let (gutter, body) = full.split_left_right_at_x(full.left() + gutter_width(ui, view.index.len()));
    let frame = Frame { painter: ui.painter().clone(), full, gutter };
    let response = ui
        .scope_builder(UiBuilder::new().max_rect(body), |ui| scroll_ui(ui, id, view, text, options, &frame))
        .inner;
    let number = |line: usize| u32::try_from(line).map_or(u32::MAX, |line| line.saturating_add(1));
    ListingResponse {
        line: view.head.map(number),
        line_changed: view.head != before,
        has_focus: response.has_focus(),
    }
}

/// The space of a listing, and a painter that may draw outside of what scrolls.
struct Frame {
    painter: Painter,
    full: Rect,
    gutter: Rect,
}

fn scroll_ui(
    ui: &mut Ui,
    id: Id,
    view: &mut ListingView,
    text: &str,
    options: &ListingOptions<'_>,
    frame: &Frame,
) -> Response {
    let height = top_of(view.index.len()) + PADDING;
    let scroll = ScrollArea::both().id_salt(options.source).auto_shrink(false);
    let output = scroll.show_viewport(ui, |ui, viewport| {
        ui.set_height(height);
        ui.set_width(view.widest.max(viewport.width()));
        let origin = ui.max_rect().min;
        if let Some(line) = view.scroll_to.take() {
            let at = pos2(origin.x + viewport.left(), origin.y + top_of(line));
            let align = (!is_inside(viewport, line)).then_some(egui::Align::Center);
            ui.scroll_to_rect(Rect::from_min_size(at, vec2(1.0, space::CODE_LINE)), align);
        }
        let lines = lines_in(viewport, view.index.len());
        let clip = ui.clip_rect();
        let sense = Rect::from_min_max(pos2(frame.full.left(), clip.top()), clip.max);
        let response = ui.interact(sense, id, Sense::click_and_drag());
        describe(ui, &response, text, &view.index, &lines);
        pointer(ui, view, &response, origin.y);
        paint(ui, view, text, options, &lines, frame, origin);
        response
    });
    output.inner
}

/// Tells screen readers what is in view, and no more.
fn describe(ui: &Ui, response: &Response, text: &str, index: &LineIndex, lines: &Range<usize>) {
    response.widget_info(|| WidgetInfo::labeled(Role::MultilineTextInput, true, NAME));
    let visible = index.line(text, lines.start).start..index.line(text, lines.end.saturating_sub(1)).end;
    let mut shown = text.get(visible).unwrap_or_default();
    shown = &shown[..shown.floor_char_boundary(shown.len().min(64 << 10))];
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_read_only();
        node.set_value(shown);
    });
}

fn pointer(ui: &Ui, view: &mut ListingView, response: &Response, top: f32) {
    let Some(at) = response.interact_pointer_pos() else { return };
    if view.index.len() == 0 || !(response.is_pointer_button_down_on() || response.clicked()) {
        return;
    }
    let line = line_at(at.y - top).min(view.index.len() - 1);
    let extends = response.dragged() || ui.input(|input| input.modifiers.shift);
    if !extends || view.head.is_none() {
        view.anchor = line;
    }
    view.head = Some(line);
    response.request_focus();
}

/// Moves the cursor line, and copies.
fn keys(ui: &Ui, id: Id, view: &mut ListingView, text: &str) {
    let filter = EventFilter { vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
    let last = view.index.len().saturating_sub(1);
    let page = line_at(ui.clip_rect().height()).max(2) - 1;
    let head = view.head.unwrap_or(0);
    for (key, goal) in [
        (Key::ArrowUp, head.saturating_sub(1)),
        (Key::ArrowDown, head + 1),
        (Key::PageUp, head.saturating_sub(page)),
        (Key::PageDown, head + page),
        (Key::Home, 0),
        (Key::End, last),
    ] {
        let shifted = ui.input_mut(|input| input.consume_key(Modifiers::SHIFT, key));
        if shifted || ui.input_mut(|input| input.consume_key(Modifiers::NONE, key)) {
            let anchor = view.anchor;
            view.select(goal.min(last));
            if shifted {
                view.anchor = anchor;
            }
        }
    }
    if ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::A)) {
        view.anchor = 0;
        view.head = Some(last);
    }
    let copies = ui.input(|input| input.events.iter().any(|event| matches!(event, Event::Copy)));
    if let (true, Some(lines)) = (copies, view.selected()) {
        let bytes = view.index.line(text, lines.start).start..view.index.line(text, lines.end - 1).end;
        let chosen = text.get(bytes).unwrap_or_default();
        let end = chosen.floor_char_boundary(chosen.len().min(MAX_COPY_BYTES));
        ui.ctx().copy_text(chosen[..end].to_owned());
    }
}

fn paint(
    ui: &Ui,
    view: &mut ListingView,
    text: &str,
    options: &ListingOptions<'_>,
    lines: &Range<usize>,
    frame: &Frame,
    origin: egui::Pos2,
) {
    let tokens = tokens(ui);
    let (full, gutter) = (frame.full, frame.gutter);
    let clip = ui.clip_rect().intersect(full);
    let all = frame.painter.with_clip_rect(full);
    let numbers = frame.painter.with_clip_rect(gutter);
    let body = ui.painter_at(clip);
    let digit = ui.fonts_mut(|fonts| fonts.glyph_width(&theme::code_font(theme::STRONG), '0'));
    let selected = view.selected();
    for line in lines.clone() {
        let top = origin.y + top_of(line);
        let strip = Rect::from_min_max(pos2(full.left(), top), pos2(full.right(), top + space::CODE_LINE));
        let has_cursor = view.head == Some(line);
        let is_held = options.held_line.is_some_and(|held| held as usize == line + 1);
        if is_held {
            all.rect_filled(strip, 0.0, tokens.accent_soft);
        } else if selected.as_ref().is_some_and(|lines| lines.contains(&line)) {
            let many = selected.as_ref().is_some_and(|lines| lines.len() > 1);
            all.rect_filled(strip, 0.0, if many { tokens.text_selection } else { tokens.row_hover });
        }
        let bytes = view.index.line(text, line);
        let shown = cut(text, &bytes);
        for find in view.find.matches_in(bytes.clone()) {
            let columns = |byte: usize| text.get(bytes.start..byte).map_or(0, |part| part.chars().count());
            let x = |byte: usize| origin.x + space::S + column_x(columns(byte), digit);
            let mark = Rect::from_x_y_ranges(x(find.start)..=x(find.end), top + 2.0..=strip.bottom() - 2.0);
            let share = if view.find.current().as_ref() == Some(find) { 0.5 } else { 0.2 };
            body.rect_filled(mark, CornerRadius::same(2), tokens.warning.gamma_multiply(share));
        }
        let mut job = LayoutJob { wrap: TextWrapping::no_max_width(), ..LayoutJob::default() };
        append_line(&mut job, shown, LineState::default(), tokens);
        let galley = body.layout_job(job);
        view.widest = view.widest.max(galley.size().x + 2.0 * space::XL);
        let y = top + (space::CODE_LINE - galley.size().y) * 0.5;
        body.galley(pos2(origin.x + space::S, y), galley, tokens.text);
        numbers.text(
            pos2(gutter.right() - 8.0, strip.center().y),
            Align2::RIGHT_CENTER,
            (line + 1).to_string(),
            theme::code_font(theme::STRONG),
            if has_cursor { tokens.text_muted } else { tokens.text_faint },
        );
    }
}

/// Returns what is shown of a line.
fn cut<'a>(text: &'a str, bytes: &Range<usize>) -> &'a str {
    let end = text.floor_char_boundary(bytes.end.min(bytes.start + MAX_LINE_BYTES));
    text.get(bytes.start..end).unwrap_or_default()
}

#[expect(clippy::cast_precision_loss, reason = "lines past 2^24 are placed to within some lines")]
fn top_of(line: usize) -> f32 {
    PADDING + line as f32 * space::CODE_LINE
}

#[expect(clippy::cast_precision_loss, reason = "a line that is shown has few columns")]
fn column_x(column: usize, digit: f32) -> f32 {
    column as f32 * digit
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "cut at nought")]
fn line_at(y: f32) -> usize {
    ((y - PADDING) / space::CODE_LINE).max(0.0) as usize
}

fn lines_in(viewport: Rect, count: usize) -> Range<usize> {
    let start = line_at(viewport.top()).min(count);
    start..(line_at(viewport.bottom()) + 1).clamp(start, count)
}

fn is_inside(viewport: Rect, line: usize) -> bool {
    let top = top_of(line);
    viewport.top() <= top && top + space::CODE_LINE <= viewport.bottom()
}

#[expect(clippy::cast_precision_loss, reason = "a number of digits")]
fn gutter_width(ui: &Ui, lines: usize) -> f32 {
    let digit = ui.fonts_mut(|fonts| fonts.glyph_width(&theme::code_font(theme::STRONG), '0'));
    let digits = lines.max(100).ilog10() + 1;
    (18.0 + digits as f32 * digit + 8.0).ceil()
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

    #[test]
    fn long_lines_are_cut_between_characters() {
        let text = "ä".repeat(MAX_LINE_BYTES);
        assert_eq!(cut(&text, &(0..text.len())).len(), MAX_LINE_BYTES);
        assert_eq!(cut(&text, &(0..3)).len(), 2);
    }
}

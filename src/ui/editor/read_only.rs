//! A text that is only read, of any length: it is looked at, selected, copied, and no more.
//!
//! Knows no listing: lines are asked for as they come into view.

use std::ops::Range;

use egui::{Event, EventFilter, Id, Key, Modifiers, Ui};

use super::gutter::GutterDeed;
use super::lines::{LineSource, Spot, SpotRange};
use super::marks::spot_at;
use super::paint::Span;
use super::scroll::Reveal;
use super::view::{PointerDeed, Seen, Shown, TextView};

/// What is remembered of a text that is only read; it holds none of it.
#[derive(Debug, Clone, Default)]
pub struct ReadView {
    view: TextView,
    selection: SpotRange,
    goal_x: Option<usize>,
    has_cursor: bool,
    wants_focus: bool,
    wants_copy: bool,
}

/// What is shown with it.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReadOptions<'a> {
    /// Tells one text from another.
    pub source: &'a str,
    /// The line where a guest is held, from 1.
    pub held_line: Option<u32>,
    /// Lines with a breakpoint, from 1, in ascending order.
    pub breakpoints: &'a [u32],
    /// Stretches that are set off, such as finds, in order.
    pub spans: &'a [Span],
}

/// What happened in it during one frame.
#[derive(Debug, Clone, Default)]
pub struct ReadResponse {
    /// What is selected; its head is where the caret is. `None` as long as nobody has put it anywhere.
    pub selection: Option<SpotRange>,
    /// Whether that has changed in this frame.
    pub moved: bool,
    /// The lines in view, from 0: those just before and after are asked for next.
    pub in_view: Range<usize>,
    /// The rows in view: their lines, from 0, and where their middles are on the screen.
    pub rows: Vec<(usize, f32)>,
    /// What is to go into the clipboard. Not all of it need be there, so whoever has the lines fetches them.
    pub copied: Option<SpotRange>,
    /// The line beside which a breakpoint was asked for, from 1.
    pub gutter_clicked: Option<u32>,
    /// Whether the keyboard is here.
    pub has_focus: bool,
}

impl ReadView {
    /// Puts the caret at a line, from 1, brings it to the middle and takes the keyboard.
    pub fn goto_line(&mut self, line: u32) {
        self.goto(SpotRange::caret(Spot::new((line.max(1) as usize) - 1, 0)));
    }

    /// Selects a stretch, brings it to the middle and takes the keyboard.
    pub fn goto(&mut self, selection: SpotRange) {
        self.wants_focus = true;
        self.show(selection);
    }

    /// Selects a stretch and brings it to the middle; the keyboard stays where it is.
    pub fn show(&mut self, selection: SpotRange) {
        self.selection = selection;
        self.has_cursor = true;
        self.view.reveal(selection.head, Reveal::Middle);
    }

    /// Returns where the caret is.
    pub fn caret(&self) -> Spot {
        self.selection.head
    }

    /// Selects everything.
    pub fn select_all(&mut self, lines: &dyn LineSource) {
        self.selection = SpotRange::new(Spot::default(), end_of(lines));
        self.has_cursor = true;
    }

    /// Hands out what is selected in the next frame, as its keys do.
    pub fn copy(&mut self) {
        self.wants_copy = true;
    }

    fn select(&mut self, head: Spot, extends: bool, how: Reveal) {
        let anchor = if extends { self.selection.anchor } else { head };
        self.selection = SpotRange::new(anchor, head);
        self.has_cursor = true;
        self.view.reveal(head, how);
    }
}

/// Shows a text that can't be edited, over all the space that is left.
pub fn read_only_ui(
    ui: &mut Ui,
    view: &mut ReadView,
    lines: &dyn LineSource,
    options: &ReadOptions<'_>,
) -> ReadResponse {
    let id = ui.make_persistent_id(("read only", options.source));
    let before = view.selection;
    if std::mem::take(&mut view.wants_focus) {
        ui.memory_mut(|memory| memory.request_focus(id));
    }
    if ui.memory(|memory| memory.has_focus(id)) {
        keys(ui, id, view, lines);
    }
    view.selection = SpotRange::new(view.selection.anchor.within(lines), view.selection.head.within(lines));
    let selections = [view.selection];
    let shown = Shown {
        selections: &selections,
        main: view.has_cursor.then_some(view.selection),
        spans: &[options.spans],
        diagnostics: &[],
        breakpoints: options.breakpoints,
        held_line: options.held_line,
        composing: None,
        foldable: &|_| Vec::new(),
        is_read_only: true,
    };
    let seen = view.view.show(ui, id, lines, &shown);
    let gutter_clicked = pointer(ui, view, lines, &seen);
    let wants_copy = std::mem::take(&mut view.wants_copy);
    ReadResponse {
        selection: view.has_cursor.then_some(view.selection),
        moved: view.selection != before,
        in_view: seen.canvas.lines(),
        rows: seen.canvas.rows.iter().map(|row| (row.line, row.rect.center().y)).collect(),
        copied: Some(view.selection).filter(|range| wants_copy && range.start() < range.end()),
        gutter_clicked,
        has_focus: seen.response.has_focus(),
    }
}

/// Selects with the pointer; returns the line beside which a breakpoint was asked for.
fn pointer(ui: &Ui, view: &mut ReadView, lines: &dyn LineSource, seen: &Seen) -> Option<u32> {
    let extends = ui.input(|input| input.modifiers.shift);
    let before = view.selection;
    match seen.pointer {
        Some(PointerDeed::Press(at, 1)) => {
            view.selection = SpotRange::new(if extends { view.selection.anchor } else { at }, at);
            view.has_cursor = true;
            view.goal_x = None;
        }
        Some(PointerDeed::Press(at, 2)) => view.selection = word_at(lines, at),
        Some(PointerDeed::Press(at, _)) => view.selection = whole_lines(lines, at.line, at.line),
        Some(PointerDeed::Drag(at)) if at != view.selection.head => view.selection.head = at,
        _ => {}
    }
    match seen.gutter {
        Some(GutterDeed::Mark(line)) => return u32::try_from(line + 1).ok(),
        Some(GutterDeed::Lines(from, to)) => {
            view.selection = whole_lines(lines, from, to);
            view.has_cursor = true;
            seen.response.request_focus();
        }
        _ => {}
    }
    if view.selection != before {
        // What was chosen is drawn in this very frame's successor.
        ui.ctx().request_repaint();
    }
    None
}

/// Returns the word at a place: letters, digits and whatever else a name may have.
fn word_at(lines: &dyn LineSource, at: Spot) -> SpotRange {
    let from = at.byte.saturating_sub(200);
    let start = Spot::new(at.line, from).within(lines).byte;
    let text = lines.slice(at.line, start..at.byte + 200);
    let middle = text.floor_char_boundary((at.byte - start).min(text.len()));
    let is_word = |sign: char| sign.is_alphanumeric() || "_.$!#%&'*+-/:<=>?@\\^`|~".contains(sign);
    let before = text[..middle].trim_end_matches(is_word).len();
    let after = text.len() - text[middle..].trim_start_matches(is_word).len();
    let spot = |byte: usize| Spot::new(at.line, start + byte);
    SpotRange::new(spot(before), spot(after))
}

/// Selects whole lines, the caret at the end where the pointer is.
fn whole_lines(lines: &dyn LineSource, from: usize, to: usize) -> SpotRange {
    let after = |line: usize| {
        if line + 1 < lines.num_lines() {
            Spot::new(line + 1, 0)
        } else {
            Spot::new(line, lines.line_len(line))
        }
    };
    if to >= from {
        SpotRange::new(Spot::new(from, 0), after(to))
    } else {
        SpotRange::new(after(from), Spot::new(to, 0))
    }
}

/// Moves the caret, and copies.
fn keys(ui: &Ui, id: Id, view: &mut ReadView, lines: &dyn LineSource) {
    let filter = EventFilter { vertical_arrows: true, horizontal_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
    let events = ui.input(|input| input.events.clone());
    for event in &events {
        match event {
            Event::Key { key, pressed: true, modifiers, .. } => key_pressed(view, lines, *key, *modifiers),
            Event::Copy => view.copy(),
            _ => {}
        }
    }
}

fn key_pressed(view: &mut ReadView, lines: &dyn LineSource, key: Key, modifiers: Modifiers) {
    let head = view.selection.head;
    let page = view.view.page_rows().saturating_sub(2).max(1);
    let last = lines.num_lines().saturating_sub(1);
    let vertical = |line: usize, view: &mut ReadView| {
        let goal = *view.goal_x.get_or_insert(head.byte);
        Spot::new(line.min(last), goal).within(lines)
    };
    let goal = match (key, modifiers.command) {
        (Key::A, true) => return view.select_all(lines),
        (Key::ArrowUp, true) => return view.view.scroll_rows(-1.0),
        (Key::ArrowDown, true) => return view.view.scroll_rows(1.0),
        (Key::ArrowUp, false) => vertical(head.line.saturating_sub(1), view),
        (Key::ArrowDown, false) => vertical(head.line + 1, view),
        (Key::PageUp, _) => vertical(head.line.saturating_sub(page), view),
        (Key::PageDown, _) => vertical(head.line + page, view),
        (Key::Home, true) => Spot::default(),
        (Key::End, true) => end_of(lines),
        (Key::Home, false) => Spot::new(head.line, 0),
        (Key::End, false) => Spot::new(head.line, lines.line_len(head.line)),
        (Key::ArrowLeft, by_word) => sideways(lines, head, false, by_word),
        (Key::ArrowRight, by_word) => sideways(lines, head, true, by_word),
        _ => return,
    };
    if !matches!(key, Key::ArrowUp | Key::ArrowDown | Key::PageUp | Key::PageDown) {
        view.goal_x = None;
    }
    let goal_x = view.goal_x;
    view.select(goal, modifiers.shift, Reveal::Nearest);
    view.goal_x = goal_x;
}

/// Returns the place one character or word further, over the ends of lines.
fn sideways(lines: &dyn LineSource, from: Spot, forwards: bool, by_word: bool) -> Spot {
    let len = lines.line_len(from.line);
    match (forwards, from.byte) {
        (true, byte) if byte >= len => {
            if from.line + 1 < lines.num_lines() {
                Spot::new(from.line + 1, 0)
            } else {
                from
            }
        }
        (false, 0) => match from.line.checked_sub(1) {
            Some(line) => Spot::new(line, lines.line_len(line)),
            None => from,
        },
        (true, byte) if by_word => {
            Spot::new(from.line, word_at(lines, from).end().byte.max(byte + 1)).within(lines)
        }
        (false, byte) if by_word => {
            let start = word_at(lines, from).start().byte;
            Spot::new(from.line, if start < byte { start } else { byte - 1 }).within(lines)
        }
        (true, byte) => {
            let next = lines.slice(from.line, byte..byte + 8).chars().next().map_or(1, char::len_utf8);
            Spot::new(from.line, byte + next)
        }
        (false, byte) => Spot::new(from.line, byte - 1).within(lines),
    }
}

/// Returns the end of the text.
fn end_of(lines: &dyn LineSource) -> Spot {
    let last = lines.num_lines().saturating_sub(1);
    Spot::new(last, lines.line_len(last))
}

/// Returns the place at a line and column, both from 1, of a text that may not have it.
pub fn place_at(lines: &dyn LineSource, line: u32, column: u32) -> Spot {
    spot_at(lines, line, column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caret_walks_over_ends_of_lines_and_never_into_a_character() {
        let lines = vec!["aä", "", "i32.add $x"];
        for (from, forwards, by_word, to) in [
            ((0, 1), true, false, (0, 3)),
            ((0, 3), false, false, (0, 1)),
            ((0, 3), true, false, (1, 0)),
            ((1, 0), true, false, (2, 0)),
            ((2, 0), false, false, (1, 0)),
            ((0, 0), false, false, (0, 0)),
            ((2, 10), true, false, (2, 10)),
            ((2, 0), true, true, (2, 7)),
            ((2, 7), true, true, (2, 8)),
            ((2, 10), false, true, (2, 8)),
        ] {
            let spot = sideways(&lines, Spot::new(from.0, from.1), forwards, by_word);
            assert_eq!((spot.line, spot.byte), to, "{from:?} {forwards} {by_word}");
        }
    }

    #[test]
    fn lines_and_words_are_selected_as_a_whole() {
        let lines = vec!["one", "two", "three"];
        let ends = |range: SpotRange| {
            ((range.start().line, range.start().byte), (range.end().line, range.end().byte))
        };
        assert_eq!(ends(whole_lines(&lines, 1, 1)), ((1, 0), (2, 0)));
        assert_eq!(ends(whole_lines(&lines, 2, 1)), ((1, 0), (2, 5)));
        assert_eq!(ends(word_at(&lines, Spot::new(2, 2))), ((2, 0), (2, 5)));
        let mut view = ReadView::default();
        view.select_all(&lines);
        assert_eq!(ends(view.selection), ((0, 0), (2, 5)));
    }
}

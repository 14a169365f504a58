//! The part that a text to be edited and a listing have in common: scrolling, layout, painting, the pointer.
//!
//! Knows no commands: it says where the pointer is and what it does there, and shows what it is given.

use egui::{CursorIcon, Id, Pos2, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2};

use crate::model::diagnostic::Diagnostic;
use crate::ui::theme::{space, tokens};

use super::NAME;
use super::canvas::{Canvas, Composing};
use super::folds::Folds;
use super::gutter::{Gutter, GutterDeed, gutter_width};
use super::lines::{LineSource, Spot, SpotRange};
use super::marks;
use super::paint::{Look, Span, folded_rect, paint};
use super::scroll::{BAR_STRIP, Reveal, TextScroll, from_count};

/// Longest time between two presses that belong together, in seconds.
const MAX_BETWEEN_PRESSES: f64 = 0.4;
/// Most bytes of what is in view that screen readers are told.
const MAX_TOLD: usize = 64 << 10;

/// How a text is looked at; it holds none of it.
#[derive(Debug, Clone, Default)]
pub(super) struct TextView {
    /// What is folded away.
    pub(super) folds: Folds,
    scroll: TextScroll,
    widest: f64,
    reveal: Option<(Spot, Reveal)>,
    presses: Presses,
}

/// Presses of the button in a row: a second one selects a word, a third one a line.
#[derive(Debug, Clone, Copy, Default)]
struct Presses {
    count: u8,
    at: Pos2,
    time: f64,
}

impl Presses {
    fn press(&mut self, at: Pos2, time: f64) -> u8 {
        let is_next = time - self.time < MAX_BETWEEN_PRESSES && at.distance(self.at) < 6.0;
        self.count = if is_next { self.count % 3 + 1 } else { 1 };
        (self.at, self.time) = (at, time);
        self.count
    }
}

/// What is shown with the text.
#[derive(Clone, Copy)]
pub(super) struct Shown<'a> {
    /// What is selected, in the order of the text.
    pub(super) selections: &'a [SpotRange],
    /// The selection that the view follows.
    pub(super) main: Option<SpotRange>,
    /// Stretches that are set off, each list in order.
    pub(super) spans: &'a [&'a [Span]],
    /// Errors and warnings.
    pub(super) diagnostics: &'a [Diagnostic],
    /// Lines with a breakpoint, from 1, in ascending order.
    pub(super) breakpoints: &'a [u32],
    /// The line where a guest is held, from 1.
    pub(super) held_line: Option<u32>,
    /// Text that is being composed.
    pub(super) composing: Option<Composing<'a>>,
    /// Tells which lines of a range can be folded, in order.
    pub(super) foldable: &'a dyn Fn(std::ops::Range<usize>) -> Vec<usize>,
    /// Whether the text can't be changed.
    pub(super) is_read_only: bool,
}

/// What the pointer does in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PointerDeed {
    /// It was pressed at a place, for the how-manieth time in a row.
    Press(Spot, u8),
    /// It is held and has been dragged to a place.
    Drag(Spot),
    /// It let go.
    Release,
}

/// What happened while the text was shown.
pub(super) struct Seen {
    /// The response of the text.
    pub(super) response: Response,
    /// What the pointer does.
    pub(super) pointer: Option<PointerDeed>,
    /// What was clicked beside the text.
    pub(super) gutter: Option<GutterDeed>,
    /// The rows in view.
    pub(super) canvas: Canvas,
}

impl TextView {
    /// Brings a place into view at the next frame, and shows its line if that is folded away.
    pub(super) fn reveal(&mut self, spot: Spot, how: Reveal) {
        self.reveal = Some((spot, how));
    }

    /// Returns the whole rows that fit.
    pub(super) fn page_rows(&self) -> usize {
        self.scroll.page_rows()
    }

    /// Moves the text without moving the caret.
    pub(super) fn scroll_rows(&mut self, rows: f64) {
        self.scroll.scroll_rows(rows);
    }

    /// Follows an edit, so that the text in view stays where it is.
    pub(super) fn follow_edit(&mut self, first: usize, removed: usize, inserted: usize) {
        let top = self.folds.line_of(self.scroll.top_row());
        self.folds.edit(first, removed, inserted);
        if first + removed <= top && removed != inserted {
            let moved = (top + inserted).saturating_sub(removed);
            self.scroll.set_top_row(self.folds.row_of(moved));
        }
        self.widest = 0.0;
    }

    /// Shows the text over all the space that is left.
    pub(super) fn show(&mut self, ui: &mut Ui, id: Id, lines: &dyn LineSource, shown: &Shown<'_>) -> Seen {
        let full = ui.available_rect_before_wrap();
        let areas = Areas::new(ui, full, lines.num_lines());
        self.folds.truncate(lines.num_lines());
        self.take_reveal(ui, &areas, lines);
        let num_rows = self.folds.num_rows(lines.num_lines());
        self.scroll.settle(ui, areas.text, num_rows, self.widest);
        let response = ui.interact(areas.body, id, Sense::click_and_drag());
        let held_line = shown.held_line.map(|line| (line as usize).max(1) - 1);

        let canvas =
            Canvas::new(ui, (areas.gutter, areas.body), lines, &self.folds, &self.scroll, shown.composing);
        self.widest = self.widest.max(canvas.widest);
        let marks = marks::resolve(lines, &canvas.lines(), shown.diagnostics);
        let look = Look {
            selections: shown.selections,
            main: shown.main.map(|main| main.head),
            has_focus: response.has_focus(),
            has_carets: !shown.is_read_only,
            spans: shown.spans,
            marks: &marks,
            held_line,
            folds: &self.folds,
        };
        paint(ui, &canvas, &look);
        let foldable = (shown.foldable)(canvas.lines());
        let gutter = Gutter {
            marks: &marks,
            breakpoints: shown.breakpoints,
            held_line,
            folds: &self.folds,
            foldable: &foldable,
            main: shown.main,
        };
        let mut gutter = gutter.show(ui, &canvas, id);
        let pointer = self.pointer(ui, &response, &canvas, &mut gutter);
        self.bars(ui, &areas, id, num_rows, shown.diagnostics);
        describe(ui, &response, lines, &canvas, shown.is_read_only);
        ui.advance_cursor_after_rect(full);
        Seen { response, pointer, gutter, canvas }
    }

    fn take_reveal(&mut self, ui: &Ui, areas: &Areas, lines: &dyn LineSource) {
        let Some((spot, how)) = self.reveal.take() else { return };
        let spot = spot.within(lines);
        self.folds.reveal(spot.line);
        self.scroll.settle(ui, areas.text, usize::MAX >> 12, f64::MAX);
        self.scroll.reveal_row(self.folds.row_of(spot.line), how);
        let digit = super::canvas::digit_width(ui);
        // Good enough to bring the place into view: only tabs and wide signs stand further to the right.
        let before = lines.slice(spot.line, 0..spot.byte.min(4096));
        let tabs = before.bytes().filter(|byte| *byte == b'\t').count() * (super::cells::TAB - 1);
        let columns = before.chars().count() + tabs + spot.byte.saturating_sub(4096);
        self.scroll.reveal_x(from_count(columns) * f64::from(digit), areas.text.width());
        self.widest = self.widest.max(from_count(columns + 3) * f64::from(digit));
    }

    fn bars(&mut self, ui: &Ui, areas: &Areas, id: Id, num_rows: usize, diagnostics: &[Diagnostic]) {
        self.scroll.vertical_bar(ui, areas.right_bar, id, num_rows);
        self.scroll.horizontal_bar(ui, areas.bottom_bar, id, self.widest);
        for diagnostic in diagnostics.iter().take(500) {
            let Some(line) = diagnostic.place.line else { continue };
            let row = self.folds.row_of((line as usize).max(1) - 1);
            let y = self.scroll.y_in_bar(areas.right_bar, row, num_rows);
            let colour = match diagnostic.severity {
                crate::model::diagnostic::Severity::Error => tokens(ui).error,
                crate::model::diagnostic::Severity::Warning => tokens(ui).warning,
            };
            let x = areas.right_bar.right() - 3.0;
            ui.painter().rect_filled(Rect::from_center_size(pos2(x, y), egui::vec2(4.0, 3.0)), 1.0, colour);
        }
    }

    /// Says what the pointer does in the text, and scrolls while it is dragged beyond it.
    fn pointer(
        &mut self,
        ui: &Ui,
        response: &Response,
        canvas: &Canvas,
        gutter: &mut Option<GutterDeed>,
    ) -> Option<PointerDeed> {
        if let Some(at) = response.hover_pos() {
            let folded = folded_row_at(canvas, &self.folds, at);
            ui.set_cursor_icon(if folded.is_some() { CursorIcon::PointingHand } else { CursorIcon::Text });
            if let Some(line) = folded.filter(|_| response.clicked()) {
                *gutter = Some(GutterDeed::Fold(line));
                return None;
            }
        }
        if response.drag_stopped() || response.clicked() {
            let is_press = ui.input(|input| input.pointer.primary_pressed());
            if !is_press {
                return Some(PointerDeed::Release);
            }
        }
        if !response.is_pointer_button_down_on() && !response.clicked() {
            return None;
        }
        let (at, pressed, is_primary) = ui.input(|input| {
            (input.pointer.interact_pos(), input.pointer.primary_pressed(), input.pointer.primary_down())
        });
        let at = at?;
        if pressed {
            response.request_focus();
            let time = ui.input(|input| input.time);
            // A frame that came late may bring both presses of a double click.
            let count = ui.input(|input| input.events.iter().filter(|event| is_press(event)).count());
            let presses = (0..count.max(1)).fold(1, |_, _| self.presses.press(at, time));
            return Some(PointerDeed::Press(canvas.spot_near(at)?, presses));
        }
        if !is_primary || !response.is_pointer_button_down_on() {
            return None;
        }
        self.scroll_beyond(ui, canvas.body, at);
        Some(PointerDeed::Drag(canvas.spot_near(at)?))
    }

    /// Scrolls while the pointer is dragged beyond the text, the faster the further it is away.
    fn scroll_beyond(&mut self, ui: &Ui, body: Rect, at: Pos2) {
        let beyond = |at: f32, from: f32, to: f32| (at - to).max(0.0) - (from - at).max(0.0);
        let (x, y) = (beyond(at.x, body.left(), body.right()), beyond(at.y, body.top(), body.bottom()));
        if x == 0.0 && y == 0.0 {
            return;
        }
        let seconds = ui.input(|input| input.stable_dt.min(0.05));
        self.scroll.scroll_rows(f64::from(y * seconds * 0.6));
        self.scroll.scroll_points(f64::from(x * seconds * 8.0));
        ui.ctx().request_repaint();
    }
}

fn is_press(event: &egui::Event) -> bool {
    matches!(event, egui::Event::PointerButton { button: egui::PointerButton::Primary, pressed: true, .. })
}

/// Returns the line whose mark of folded lines is under a point.
fn folded_row_at(canvas: &Canvas, folds: &Folds, at: Pos2) -> Option<usize> {
    let row = canvas.rows.iter().find(|row| row.rect.y_range().contains(at.y))?;
    (folds.is_closed(row.line) && folded_rect(row).expand(2.0).contains(at)).then_some(row.line)
}

/// The parts of the space.
struct Areas {
    gutter: Rect,
    /// Text and the strip of the horizontal bar.
    body: Rect,
    /// Text alone.
    text: Rect,
    right_bar: Rect,
    bottom_bar: Rect,
}

impl Areas {
    fn new(ui: &Ui, full: Rect, num_lines: usize) -> Self {
        let (gutter, rest) = full.split_left_right_at_x(full.left() + gutter_width(ui, num_lines));
        let (body, right_bar) = rest.split_left_right_at_x((rest.right() - BAR_STRIP).max(rest.left()));
        let (text, bottom_bar) =
            body.split_top_bottom_at_y((body.bottom() - BAR_STRIP).max(body.top() + space::CODE_LINE));
        Self { gutter, body, text, right_bar, bottom_bar }
    }
}

/// Tells screen readers and tests what is in view, and no more.
fn describe(ui: &Ui, response: &Response, lines: &dyn LineSource, canvas: &Canvas, is_read_only: bool) {
    response.widget_info(|| WidgetInfo::labeled(Role::MultilineTextInput, true, NAME));
    ui.ctx().accesskit_node_builder(response.id, |node| {
        let mut told = String::new();
        for row in &canvas.rows {
            let room = MAX_TOLD.saturating_sub(told.len());
            told.push_str(&lines.slice(row.line, 0..room));
            told.push('\n');
            if told.len() >= MAX_TOLD {
                break;
            }
        }
        told.pop();
        node.set_value(told);
        if is_read_only {
            node.set_read_only();
        } else {
            node.add_action(egui::accesskit::Action::SetValue);
            node.add_action(egui::accesskit::Action::ReplaceSelectedText);
        }
    });
}

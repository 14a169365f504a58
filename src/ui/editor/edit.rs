//! The text that is edited: keys, pointer and bars around the view that shows it.
//!
//! Holds no text and changes none: commands go out, and what they did is seen in the next frame.

use std::ops::Range;

use egui::{Id, Rect, Ui, UiBuilder};

use crate::model::diagnostic::Diagnostic;
use crate::model::text::{EditCommand, Selection, Selections, TextChange, TextEditor};
use crate::model::wat::LineLexer;

use super::TextPlace;
use super::canvas::Composing;
use super::finder::{FindAnswer, Finder};
use super::gutter::GutterDeed;
use super::input::{Typed, typed, whole_text_asked};
use super::lines::SpotRange;
use super::marks::spot_at;
use super::paint::{Span, SpanKind};
use super::pointing::{KeyBlock, Pointed, Pointing, select_lines};
use super::scroll::Reveal;
use super::text_lines::{EditedLines, follow, spot_of};
use super::view::{Seen, Shown, TextView};

/// What the editor remembers of one source from frame to frame; it holds none of the text.
#[derive(Debug, Default)]
pub struct EditorView {
    view: TextView,
    lexer: LineLexer,
    finder: Finder,
    pointing: Pointing,
    block: Option<KeyBlock>,
    composing: String,
    goal: Option<Goal>,
    in_view: Range<usize>,
    // Text and caret of the last frame, to see what has changed since.
    last: Option<(u64, Selection)>,
    // The caret was put where the pointer is, which is in view.
    is_pointed: bool,
    wants_focus: bool,
}

/// Where one is to be led.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Goal {
    Bytes(Range<usize>),
    LineColumn(u32, u32),
}

/// What is shown beside the text.
#[derive(Debug, Clone, Copy, Default)]
pub struct EditorOptions<'a> {
    /// Tells one source from another.
    pub source: &'a str,
    /// What changed in the text since the last frame, in order.
    pub changes: &'a [TextChange],
    /// Lines with a breakpoint, from 1, in ascending order.
    pub breakpoints: &'a [u32],
    /// The line where a guest is held, from 1.
    pub held_line: Option<u32>,
}

/// What happened in the editor during one frame.
#[derive(Debug, Clone, Default)]
pub struct EditorResponse {
    /// What is to be done to the text, in order.
    pub commands: Vec<EditCommand>,
    /// Stretches that are replaced at once, in order.
    pub edits: Vec<(Range<usize>, String)>,
    /// What assistive technology wants the whole text to be.
    pub whole_text: Option<String>,
    /// Where the caret is.
    pub cursor: TextPlace,
    /// The line beside which a breakpoint was asked for, from 1.
    pub gutter_clicked: Option<u32>,
    /// Whether the keyboard is here.
    pub has_focus: bool,
}

impl EditorView {
    /// Selects these bytes and brings them to the middle, at the next frame; the keyboard goes there too.
    pub fn goto_bytes(&mut self, bytes: Range<usize>) {
        self.goal = Some(Goal::Bytes(bytes));
    }

    /// Puts the caret at a line and column, both from 1, and brings them to the middle.
    pub fn goto_line(&mut self, line: u32, column: u32) {
        self.goal = Some(Goal::LineColumn(line, column));
    }

    /// Goes to where a diagnostic stands, if it stands anywhere.
    pub fn goto_diagnostic(&mut self, diagnostic: &Diagnostic) {
        match (diagnostic.place.line, &diagnostic.range) {
            (Some(line), _) => self.goto_line(line, diagnostic.place.column.unwrap_or(1)),
            (None, Some(range)) => self.goto_bytes(range.clone()),
            (None, None) => {}
        }
    }

    /// Opens the bar of find and replace.
    pub fn open_find(&mut self, replacing: bool, text: &TextEditor) {
        self.finder.open(replacing, text);
    }
}

/// Shows a text that can be edited, over all the space that is left.
pub fn editor_ui(
    ui: &mut Ui,
    view: &mut EditorView,
    text: &TextEditor,
    diagnostics: &[Diagnostic],
    options: &EditorOptions<'_>,
) -> EditorResponse {
    let id = ui.make_persistent_id(("source", options.source));
    let mut frame = Frame { id, text, diagnostics, options, answer: EditorResponse::default() };
    frame.show(ui, view);
    frame.answer
}

/// One frame of the editor.
struct Frame<'a> {
    id: Id,
    text: &'a TextEditor,
    diagnostics: &'a [Diagnostic],
    options: &'a EditorOptions<'a>,
    answer: EditorResponse,
}

impl Frame<'_> {
    fn show(&mut self, ui: &mut Ui, view: &mut EditorView) {
        self.follow(view);
        let full = ui.available_rect_before_wrap();
        let bar = view.finder.bar.height().min(full.height() * 0.5);
        let (body, bar) = full.split_top_bottom_at_y(full.bottom() - bar);
        if std::mem::take(&mut view.wants_focus) {
            ui.memory_mut(|memory| memory.request_focus(self.id));
        }
        if ui.memory(|memory| memory.has_focus(self.id)) {
            self.keys(ui, view);
        } else {
            view.composing.clear();
        }
        self.answer.whole_text = whole_text_asked(ui, self.id);
        self.find(ui, view, bar);
        self.lead(ui, view);
        let seen = ui.scope_builder(UiBuilder::new().max_rect(body), |ui| self.text_ui(ui, view)).inner;
        self.pointer(ui, view, &seen);
        self.ime(ui, &seen);
        ui.advance_cursor_after_rect(full);

        let primary = self.text.selections().primary();
        view.last = Some((self.text.buffer().version(), primary));
        let spot = spot_of(self.text.buffer(), primary.head);
        let position = self.text.buffer().position(primary.head);
        self.answer.cursor = TextPlace { line: position.line, column: position.column, byte: primary.head };
        view.in_view = seen.canvas.lines();
        debug_assert_eq!(spot.line + 1, position.line as usize);
        self.answer.has_focus = seen.response.has_focus();
        if !self.answer.commands.is_empty() {
            ui.ctx().request_repaint();
        }
    }

    /// Follows what changed since the last frame: lines that are known, folds, and where the caret went.
    fn follow(&self, view: &mut EditorView) {
        for change in self.options.changes {
            follow(&mut view.lexer, change);
            view.view.follow_edit(change.first_line, change.lines_removed, change.lines_inserted);
        }
        let now = (self.text.buffer().version(), self.text.selections().primary());
        let has_moved = view.last.is_some_and(|last| last.0 != now.0 || last.1.head != now.1.head);
        if has_moved && !std::mem::take(&mut view.is_pointed) {
            view.view.reveal(spot_of(self.text.buffer(), now.1.head), Reveal::Nearest);
        }
    }

    fn keys(&mut self, ui: &Ui, view: &mut EditorView) {
        let typed = typed(ui, self.id, view.view.page_rows(), !view.composing.is_empty());
        if typed.copies {
            let copied = copied(self.text);
            if !copied.is_empty() {
                ui.ctx().copy_text(copied);
            }
        }
        view.view.scroll_rows(f64::from(typed.scroll));
        if let Some(composing) = &typed.composing {
            view.composing.clone_from(composing);
        }
        if let Some(step) = typed.block {
            let block = KeyBlock::step(view.block, self.text, step);
            view.block = Some(block);
            self.answer.commands.push(block.command());
        } else if !typed.commands.is_empty() || typed.escape {
            view.block = None;
        }
        if typed.leaves {
            ui.memory_mut(|memory| memory.surrender_focus(self.id));
        }
        self.escape(&typed);
        self.answer.commands.extend(typed.commands);
    }

    fn escape(&mut self, typed: &Typed) {
        let selections = self.text.selections();
        if typed.escape && (selections.is_multiple() || !selections.are_all_empty()) {
            self.answer.commands.push(EditCommand::Collapse);
        }
    }

    fn find(&mut self, ui: &mut Ui, view: &mut EditorView, rect: Rect) {
        if view.finder.advance(self.text.buffer()) {
            ui.ctx().request_repaint();
        }
        if rect.height() > 1.0 {
            let state = view.finder.state(&self.text.selections().primary().range());
            let can_replace = !self.text.is_read_only();
            let editor = self.id;
            let deed = ui
                .scope_builder(UiBuilder::new().max_rect(rect), |ui| {
                    view.finder.bar.ui(ui, editor, &state, can_replace)
                })
                .inner;
            if let Some(deed) = deed {
                view.finder.ask(deed, self.text);
                ui.ctx().request_repaint();
            }
        }
        match view.finder.answer(self.text) {
            Some(FindAnswer::Select(bytes)) => {
                self.select(bytes.clone());
                view.view.reveal(spot_of(self.text.buffer(), bytes.start), Reveal::Middle);
                view.is_pointed = true;
            }
            Some(FindAnswer::Do(command)) => {
                self.answer.commands.push(command);
                view.wants_focus = true;
            }
            Some(FindAnswer::Replace(edits)) => {
                self.answer.edits = edits;
            }
            None => {}
        }
    }

    fn select(&mut self, bytes: Range<usize>) {
        let selection = Selection::new(bytes.start, bytes.end);
        self.answer.commands.push(EditCommand::SetSelections(Selections::single(selection)));
    }

    /// Goes where one is to be led.
    fn lead(&mut self, ui: &Ui, view: &mut EditorView) {
        let Some(goal) = view.goal.take() else { return };
        let buffer = self.text.buffer();
        let bytes = match goal {
            Goal::Bytes(bytes) => buffer.floor(bytes.start)..buffer.floor(bytes.end),
            Goal::LineColumn(line, column) => {
                let lines = EditedLines::new(buffer, &mut view.lexer);
                let byte = lines.byte(spot_at(&lines, line, column));
                byte..byte
            }
        };
        view.view.reveal(spot_of(buffer, bytes.start), Reveal::Middle);
        view.is_pointed = true;
        self.select(bytes);
        ui.memory_mut(|memory| memory.request_focus(self.id));
    }

    fn text_ui(&mut self, ui: &mut Ui, view: &mut EditorView) -> Seen {
        let buffer = self.text.buffer();
        let lines = EditedLines::new(buffer, &mut view.lexer);
        let primary = self.text.selections().primary();
        let around = view.in_view.start.saturating_sub(100)..view.in_view.end + 100;
        let in_view = buffer.line_start(around.start)..buffer.line_start(around.end);
        let finds = find_spans(&lines, view.finder.finds_in(&in_view), &primary.range());
        let parens = if primary.is_empty() { paren_spans(&lines, primary.head) } else { Vec::new() };
        let range =
            |selection: &Selection| SpotRange::new(lines.spot(selection.anchor), lines.spot(selection.head));
        let selections: Vec<SpotRange> = self.text.selections().iter().map(range).collect();
        let carried = view.pointing.carried_to().map(|byte| SpotRange::caret(lines.spot(byte)));
        let selections = match carried {
            Some(caret) => {
                let after = selections.partition_point(|selection| selection.start() < caret.head);
                let mut all = selections;
                all.insert(after, caret);
                all
            }
            None => selections,
        };
        let main = range(&primary);
        let composing = (!view.composing.is_empty())
            .then_some(Composing { at: main.head, text: view.composing.as_str() });
        let shown = Shown {
            selections: &selections,
            main: Some(main),
            spans: &[&parens, &finds],
            diagnostics: self.diagnostics,
            breakpoints: self.options.breakpoints,
            held_line: self.options.held_line,
            composing,
            foldable: &|_| Vec::new(),
            is_read_only: self.text.is_read_only(),
        };
        view.view.show(ui, self.id, &lines, &shown)
    }

    fn pointer(&mut self, ui: &Ui, view: &mut EditorView, seen: &Seen) {
        let (modifiers, at) = ui.input(|input| (input.modifiers, input.pointer.interact_pos()));
        if let Some(deed) = seen.pointer {
            let column = at.map_or(0, |at| seen.canvas.column_near(at));
            match view.pointing.take(deed, self.text, column, modifiers) {
                Some(Pointed::Do(command)) => {
                    view.is_pointed = true;
                    view.block = None;
                    self.answer.commands.push(command);
                }
                Some(Pointed::Follow(byte)) => self.select(byte..byte),
                Some(Pointed::Drop(_, _)) | None => {}
            }
        }
        match seen.gutter {
            Some(GutterDeed::Mark(line)) => self.answer.gutter_clicked = u32::try_from(line + 1).ok(),
            Some(GutterDeed::Fold(line)) => {
                view.view.folds.open(line);
                ui.ctx().request_repaint();
            }
            Some(deed) => {
                seen.response.request_focus();
                if let Some(command) = select_lines(deed, self.text) {
                    view.is_pointed = true;
                    self.answer.commands.push(command);
                }
            }
            None => {}
        }
    }

    /// Tells the input method where the caret is.
    fn ime(&self, ui: &Ui, seen: &Seen) {
        if self.text.is_read_only() || !ui.memory(|memory| memory.owns_ime_events(self.id)) {
            return;
        }
        let spot = spot_of(self.text.buffer(), self.text.selections().primary().head);
        let Some(caret) = seen.canvas.caret_rect(spot) else { return };
        let to_global = ui.ctx().layer_transform_to_global(ui.layer_id()).unwrap_or_default();
        ui.output_mut(|output| {
            output.ime = Some(egui::output::IMEOutput {
                purpose: egui::IMEPurpose::Normal,
                rect: to_global * seen.canvas.body,
                cursor_rect: to_global * caret,
                should_interrupt_composition: false,
            });
        });
    }
}

/// Returns what a copy takes: what is selected, or the line of each caret where nothing is.
fn copied(text: &TextEditor) -> String {
    let buffer = text.buffer();
    let pieces = text.selections().iter().filter(|selection| !selection.is_empty());
    let pieces: Vec<_> = pieces.map(|selection| buffer.slice(selection.range())).collect();
    pieces.join(buffer.line_ending().as_str())
}

fn find_spans(lines: &EditedLines<'_>, finds: &[Range<usize>], selected: &Range<usize>) -> Vec<Span> {
    let span = |find: &Range<usize>| {
        let kind = if find == selected { SpanKind::CurrentFind } else { SpanKind::Find };
        Span { range: lines.range(find), kind }
    };
    finds.iter().map(span).collect()
}

/// Returns the parenthesis beside a caret and its partner, in order.
fn paren_spans(lines: &EditedLines<'_>, byte: usize) -> Vec<Span> {
    let Some((one, other)) = lines.parens_beside(byte) else { return Vec::new() };
    [one.min(other), one.max(other)]
        .map(|at| Span { range: lines.range(&(at..at + 1)), kind: SpanKind::Paren })
        .to_vec()
}

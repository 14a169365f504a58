//! The text that is edited: keys, pointer and bars around the view that shows it.
//!
//! Holds no text and changes none: commands go out, and what they did is seen in the next frame.

use std::ops::Range;

use egui::{Id, Rect, Ui, UiBuilder, vec2};

use crate::app::EditorWish;
use crate::model::diagnostic::Diagnostic;
use crate::model::proposal::{Proposal, Proposals};
use crate::model::text::{EditCommand, Motion, Rewriting, Selection, Selections, TextChange, TextEditor};
use crate::ui::icons;
use crate::ui::theme::{caption, tokens};

use super::TextPlace;
use super::asking::Asking;
use super::canvas::Composing;
use super::completing::Completing;
use super::finder::{FindAnswer, Finder};
use super::folds::Folds;
use super::gutter::GutterDeed;
use super::helping::{self, Language};
use super::hinting::Hinting;
use super::hovering::Hovering;
use super::input::{Typed, typed, whole_text_asked};
use super::lines::SpotRange;
use super::marks::spot_at;
use super::paint::{Span, SpanKind};
use super::pointing::{KeyBlock, Pointed, Pointing, select_lines};
use super::scroll::Reveal;
use super::text_lines::{EditedLines, spot_of};
use super::view::{Seen, Shown, TextView};

/// Height of the bar that says why a text can't be changed.
const REASON_HEIGHT: f32 = 28.0;

/// What the editor remembers of one source from frame to frame; it holds none of the text.
#[derive(Debug, Default)]
pub struct EditorView {
    pub(super) view: TextView,
    pub(super) finder: Finder,
    pointing: Pointing,
    block: Option<KeyBlock>,
    composing: String,
    pub(super) goal: Option<Goal>,
    pub(super) completing: Completing,
    pub(super) hovering: Hovering,
    pub(super) hinting: Hinting,
    pub(super) asking: Option<Asking>,
    pub(super) wishes: Vec<EditorWish>,
    // What was asked for waits until the text has been read anew.
    pub(super) waiting: Option<Waiting>,
    in_view: Range<usize>,
    // Text and caret of the last frame, to see what has changed since.
    last: Option<(u64, Selection)>,
    // The caret was put where the pointer is, which is in view.
    pub(super) is_pointed: bool,
    pub(super) wants_focus: bool,
}

/// Where one is to be led.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Goal {
    /// To these bytes, which are selected.
    Bytes(Range<usize>),
    /// To a line and column, both from 1.
    LineColumn(u32, u32),
}

/// What can only be done once it is known what the words of the text mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Waiting {
    /// Going to the definition of what stands at a byte.
    GoToDefinition(usize),
    /// Asking for another name for it.
    Rename(usize),
}

/// What is shown beside the text.
#[derive(Debug, Clone, Copy, Default)]
pub struct EditorOptions<'a> {
    /// Tells one source from another.
    pub source: &'a str,
    /// What changed in the text since the last frame, in order.
    pub changes: &'a [TextChange],
    /// What was read of the text, once that is there.
    pub language: Option<Language<'a>>,
    /// Proposals that are on, so that an error which lacks one can offer it.
    pub proposals: Option<Proposals>,
    /// Why the text can't be changed, if it can't.
    pub read_only_reason: Option<&'a str>,
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
    /// The proposal that somebody wants to be on.
    pub turn_on: Option<Proposal>,
    /// What is to be done to it at many places, after that.
    pub rewritings: Vec<Rewriting>,
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

    /// Asks something of the editor, to be done in the next frame.
    pub fn ask(&mut self, wish: EditorWish) {
        self.wishes.push(wish);
    }

    /// Folds lines away, such as a comment that nobody needs to read first.
    pub fn fold(&mut self, hidden: Range<usize>) {
        self.view.folds.close(hidden);
    }

    /// Returns the version of the text that was shown last.
    pub fn version(&self) -> Option<u64> {
        self.last.map(|last| last.0)
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
pub(super) struct Frame<'a> {
    pub(super) id: Id,
    pub(super) text: &'a TextEditor,
    pub(super) diagnostics: &'a [Diagnostic],
    pub(super) options: &'a EditorOptions<'a>,
    pub(super) answer: EditorResponse,
}

impl Frame<'_> {
    fn show(&mut self, ui: &mut Ui, view: &mut EditorView) {
        self.follow(view);
        let whole = ui.available_rect_before_wrap();
        let full = self.reason_ui(ui, whole);
        let bar = view.finder.bar.height().min(full.height() * 0.5);
        let (body, bar) = full.split_top_bottom_at_y(full.bottom() - bar);
        if std::mem::take(&mut view.wants_focus) {
            ui.memory_mut(|memory| memory.request_focus(self.id));
        }
        self.wishes(ui, view);
        if ui.memory(|memory| memory.has_focus(self.id)) {
            self.keys(ui, view);
        } else {
            view.composing.clear();
            view.completing.close();
        }
        self.answer.whole_text = whole_text_asked(ui, self.id);
        self.find(ui, view, bar);
        self.lead(ui, view);
        let seen = ui.scope_builder(UiBuilder::new().max_rect(body), |ui| self.text_ui(ui, view)).inner;
        self.pointer(ui, view, &seen);
        self.ime(ui, &seen);
        self.popups(ui, view, &seen);
        ui.advance_cursor_after_rect(whole);

        let primary = self.text.selections().primary();
        view.last = Some((self.text.buffer().version(), primary));
        let spot = spot_of(self.text.buffer(), primary.head);
        let position = self.text.buffer().position(primary.head);
        self.answer.cursor = TextPlace { line: position.line, column: position.column, byte: primary.head };
        view.in_view = seen.canvas.lines();
        debug_assert_eq!(spot.line + 1, position.line as usize);
        self.answer.has_focus = seen.response.has_focus();
        if !self.answer.commands.is_empty() || !self.answer.rewritings.is_empty() {
            ui.ctx().request_repaint();
        }
    }

    /// Says above the text why it can't be changed; returns the space that is left.
    fn reason_ui(&self, ui: &mut Ui, full: Rect) -> Rect {
        let Some(reason) = self.options.read_only_reason else { return full };
        let (bar, rest) = full.split_top_bottom_at_y(full.top() + REASON_HEIGHT);
        ui.painter().rect_filled(bar, 0.0, tokens(ui).raised);
        ui.scope_builder(UiBuilder::new().max_rect(bar.shrink2(vec2(12.0, 0.0))), |ui| {
            ui.horizontal_centered(|ui| {
                let text = format!("{}  {reason}", icons::LOCK_SIMPLE);
                ui.add(egui::Label::new(caption(text).color(tokens(ui).text_muted)).truncate());
            });
        });
        rest
    }

    /// Follows what changed since the last frame: folds, and where the caret went.
    fn follow(&self, view: &mut EditorView) {
        for change in self.options.changes {
            view.view.follow_edit(change.first_line, change.lines_removed, change.lines_inserted);
        }
        let now = (self.text.buffer().version(), self.text.selections().primary());
        let has_moved = view.last.is_some_and(|last| last.0 != now.0 || last.1.head != now.1.head);
        if has_moved && !std::mem::take(&mut view.is_pointed) {
            view.view.reveal(spot_of(self.text.buffer(), now.1.head), Reveal::Nearest);
        }
    }

    fn keys(&mut self, ui: &Ui, view: &mut EditorView) {
        view.completing.follow(self.text, self.options.language);
        self.answer.commands.extend(view.completing.keys(ui, self.text));
        let typed = typed(ui, self.id, view.view.page_rows(), !view.composing.is_empty());
        if typed.copies {
            let copied = self.text.copied_text();
            if !copied.is_empty() {
                ui.ctx().copy_text(copied);
            }
        }
        view.view.scroll_rows(f64::from(typed.scroll));
        if typed.has_word {
            view.completing.typed();
        }
        if !typed.commands.is_empty() || typed.escape {
            view.hovering.close();
        }
        view.wishes.extend(&typed.wishes);
        if !typed.wishes.is_empty() {
            ui.ctx().request_repaint();
        }
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
        self.escape(view, &typed);
        let folds = &view.view.folds;
        let commands: Vec<EditCommand> =
            typed.commands.into_iter().map(|command| self.over_folds(folds, command)).collect();
        self.answer.commands.extend(commands);
    }

    /// Lets the caret step over what is folded away, as if it were not there.
    fn over_folds(&self, folds: &Folds, command: EditCommand) -> EditCommand {
        let EditCommand::Move { motion, extend } = command else { return command };
        if folds.is_empty() {
            return command;
        }
        let line = spot_of(self.text.buffer(), self.text.selections().primary().head).line;
        let row = folds.row_of(line);
        let up = |rows: usize| Motion::PageUp(line - folds.line_of(row.saturating_sub(rows)).min(line));
        let down = |rows: usize| Motion::PageDown(folds.line_of(row + rows) - line);
        let motion = match motion {
            Motion::Up => up(1),
            Motion::Down => down(1),
            Motion::PageUp(rows) => up(rows),
            Motion::PageDown(rows) => down(rows),
            other => other,
        };
        EditCommand::Move { motion, extend }
    }

    fn escape(&mut self, view: &mut EditorView, typed: &Typed) {
        if typed.escape && view.hinting.close() {
            return;
        }
        let selections = self.text.selections();
        if typed.escape && (selections.is_multiple() || !selections.are_all_empty()) {
            self.answer.commands.push(EditCommand::Collapse);
        }
    }

    fn find(&mut self, ui: &mut Ui, view: &mut EditorView, rect: Rect) {
        if view.finder.advance(self.text) {
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
            Some(FindAnswer::Replace(bytes, new)) => {
                self.answer.commands.push(EditCommand::Replace(vec![(bytes, new)]));
            }
            Some(FindAnswer::ReplaceAll(all)) => self.answer.rewritings.push(all),
            None => {}
        }
    }

    pub(super) fn select(&mut self, bytes: Range<usize>) {
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
                let lines = EditedLines::new(self.text);
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
        let lines = EditedLines::new(self.text);
        let primary = self.text.selections().primary();
        let around = view.in_view.start.saturating_sub(100)..view.in_view.end + 100;
        let in_view = buffer.line_start(around.start)..buffer.line_start(around.end);
        let finds = find_spans(&lines, view.finder.finds_in(&in_view), &primary.range());
        let parens = if primary.is_empty() { paren_spans(&lines, primary.head) } else { Vec::new() };
        let uses = helping::use_spans(self.options.language, &lines, primary.head, &in_view);
        let range =
            |selection: &Selection| SpotRange::new(lines.spot(selection.anchor), lines.spot(selection.head));
        let all = self.text.selections().as_slice();
        let first = all.partition_point(|selection| selection.end() < in_view.start);
        let shown = all[first..].iter().take_while(|selection| selection.start() <= in_view.end);
        let selections: Vec<SpotRange> = shown.map(range).collect();
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
            spans: &[&uses, &parens, &finds],
            diagnostics: self.diagnostics,
            breakpoints: self.options.breakpoints,
            held_line: self.options.held_line,
            composing,
            foldable: &|lines| match helping::fresh(self.options.language) {
                Some(reading) => reading.folds_in(lines).iter().map(|fold| fold.line).collect(),
                None => Vec::new(),
            },
            is_read_only: self.text.is_read_only(),
        };
        let seen = view.view.show(ui, self.id, &lines, &shown);
        if lines.is_behind() {
            ui.ctx().request_repaint();
        }
        seen
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
                Some(Pointed::Follow(byte)) => {
                    self.select(byte..byte);
                    view.is_pointed = true;
                    view.waiting = Some(Waiting::GoToDefinition(byte));
                }
                Some(Pointed::Drop(byte, keeps)) => {
                    self.answer.commands.extend(dropped(self.text, byte, keeps));
                }
                None => {}
            }
        }
        match seen.gutter {
            Some(GutterDeed::Mark(line)) => self.answer.gutter_clicked = u32::try_from(line + 1).ok(),
            Some(GutterDeed::Fold(line)) => {
                if !view.view.folds.open(line)
                    && let Some(reading) = helping::fresh(self.options.language)
                {
                    let start = self.text.buffer().line_start(line);
                    helping::fold(&mut view.view.folds, reading, self.text, start);
                }
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

/// Returns what carries the selected text to a byte, or a copy of it.
fn dropped(text: &TextEditor, byte: usize, keeps: bool) -> Vec<EditCommand> {
    let carried = text.selections().primary().range();
    let moved = text.buffer().slice(carried.clone()).into_owned();
    let (len, insertion) = (moved.len(), (byte..byte, moved));
    let removal = (carried.clone(), String::new());
    let mut parts = vec![insertion];
    if !keeps {
        parts.insert(usize::from(carried.start > byte), removal);
    }
    let start = if !keeps && byte > carried.start { byte - carried.len() } else { byte };
    let selection = Selection::new(start, start + len);
    vec![EditCommand::Replace(parts), EditCommand::SetSelections(Selections::single(selection))]
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

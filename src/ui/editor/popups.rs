//! What lies over the text that is edited, and what is asked of the editor itself.
//!
//! Another half of a frame of the editor: it pushes commands like the first, and changes no text.

use egui::{Ui, ViewportCommand, pos2};

use crate::app::EditorWish;
use crate::model::text::EditCommand;

use super::asking::{Asked, Asking, Question, read_line_and_column};
use super::edit::{EditorView, Frame, Goal, Waiting};
use super::find_bar::FindDeed;
use super::helping;
use super::hovering::{Remedy, Subject};
use super::marks;
use super::text_lines::{EditedLines, byte_of, spot_of};
use super::view::Seen;

impl<'a> Frame<'a> {
    /// Does what was asked of the editor by menus, the palette or keys.
    pub(super) fn wishes(&mut self, ui: &Ui, view: &mut EditorView) {
        for wish in std::mem::take(&mut view.wishes) {
            // What comes from a menu has taken the keyboard from the text.
            let asks = matches!(wish, EditorWish::Find | EditorWish::Replace | EditorWish::GoToLine);
            view.wants_focus |= !asks;
            self.wish(ui, view, wish);
            ui.ctx().request_repaint();
        }
        self.wait(view);
    }

    fn wish(&mut self, ui: &Ui, view: &mut EditorView, wish: EditorWish) {
        let head = self.text.selections().primary().head;
        match wish {
            EditorWish::Find | EditorWish::Replace => {
                view.finder.open(wish == EditorWish::Replace, self.text);
            }
            EditorWish::FindNext | EditorWish::FindPrevious => {
                let is_next = wish == EditorWish::FindNext;
                view.wants_focus &= !view.finder.bar.is_open();
                view.finder.ask(if is_next { FindDeed::Next } else { FindDeed::Previous }, self.text);
            }
            EditorWish::GoToLine => view.asking = Some(Asking::new(Question::Line, String::new())),
            EditorWish::GoToDefinition => view.waiting = Some(Waiting::GoToDefinition(head)),
            EditorWish::Rename => view.waiting = Some(Waiting::Rename(head)),
            EditorWish::Complete => view.completing.ask(),
            EditorWish::ParameterHints => view.hinting.toggle(),
            EditorWish::Format => self.answer.rewritings.push(helping::formatting(self.text)),
            EditorWish::Copy | EditorWish::Cut => {
                let copied = self.text.copied_text();
                if !copied.is_empty() {
                    ui.ctx().copy_text(copied);
                    let cuts = wish == EditorWish::Cut;
                    self.answer.commands.push(if cuts { EditCommand::Cut } else { EditCommand::Copy });
                }
            }
            EditorWish::Paste => ui.ctx().send_viewport_cmd(ViewportCommand::RequestPaste),
            EditorWish::SelectAll => self.answer.commands.push(EditCommand::SelectAll),
            EditorWish::Fold | EditorWish::Unfold | EditorWish::FoldAll | EditorWish::UnfoldAll => {
                self.fold(view, wish, head);
            }
        }
    }

    fn fold(&mut self, view: &mut EditorView, wish: EditorWish, head: usize) {
        let line = spot_of(self.text.buffer(), head).line;
        let folds = &mut view.view.folds;
        let Some(reading) = helping::fresh(self.options.language) else {
            folds.open_all();
            return;
        };
        match wish {
            EditorWish::Fold => {
                // A caret that would be hidden goes to the end of the line that stays.
                if let Some(stays) = helping::fold(folds, reading, self.text, head).filter(|at| *at != line) {
                    let end = self.text.buffer().line_range(stays).end;
                    self.select(end..end);
                }
            }
            EditorWish::FoldAll => {
                helping::fold_all(folds, reading);
                if folds.is_hidden(line) {
                    let end = self.text.buffer().line_range(folds.line_of(folds.row_of(line))).end;
                    self.select(end..end);
                }
            }
            EditorWish::Unfold => {
                folds.open(line);
            }
            _ => folds.open_all(),
        }
    }

    /// Does what waited for the text to be read.
    fn wait(&mut self, view: &mut EditorView) {
        let Some(reading) = helping::fresh(self.options.language) else { return };
        match view.waiting.take() {
            Some(Waiting::GoToDefinition(byte)) => {
                if let Some(bytes) = helping::definition_of(reading, byte) {
                    view.goal = Some(Goal::Bytes(bytes));
                }
            }
            Some(Waiting::Rename(byte)) => {
                if let Some(name) = helping::name_at(reading, byte) {
                    view.asking = Some(Asking::new(Question::Name(byte), name));
                    view.wants_focus = false;
                }
            }
            None => {}
        }
    }

    /// Shows the list of completions, the hints, the box that asks, and the card under the pointer.
    pub(super) fn popups(&mut self, ui: &Ui, view: &mut EditorView, seen: &Seen) {
        if view.completing.is_shown() {
            let start = view.completing.word_start().unwrap_or_default();
            if let Some(anchor) = seen.canvas.caret_rect(spot_of(self.text.buffer(), start)) {
                self.answer.commands.extend(view.completing.ui(ui, self.id, anchor));
            }
        }
        view.hinting.follow(self.text, self.options.language);
        let head = spot_of(self.text.buffer(), self.text.selections().primary().head);
        let is_here = ui.memory(|memory| memory.has_focus(self.id)) && view.asking.is_none();
        if let Some(caret) = seen.canvas.caret_rect(head).filter(|_| is_here) {
            view.hinting.ui(ui, self.id, caret, seen.canvas.body);
        }
        self.asking(ui, view, seen);
        self.hover(ui, view, seen);
    }

    fn asking(&mut self, ui: &Ui, view: &mut EditorView, seen: &Seen) {
        let Some(mut asking) = view.asking.take() else { return };
        let body = seen.canvas.body;
        let (at, hint, refusal) = match asking.question {
            Question::Line => {
                let count = self.text.buffer().num_lines();
                let is_wrong = !asking.typed.is_empty() && read_line_and_column(&asking.typed).is_none();
                let refusal = is_wrong.then(|| "a line, or line:column, both from 1".to_owned());
                let at = pos2(body.center().x - 148.0, body.top() + 4.0);
                (at, format!("1 to {count}, or line:column"), refusal)
            }
            Question::Name(byte) => {
                let spot = spot_of(self.text.buffer(), byte);
                let caret = seen.canvas.caret_rect(spot);
                let at = caret.map_or(body.center_top(), |rect| rect.left_bottom());
                let refusal = helping::renaming(self.options.language, byte, &asking.typed).err();
                (at + egui::vec2(-8.0, 4.0), "Enter renames it wherever it is used".to_owned(), refusal)
            }
        };
        match asking.ui(ui, self.id, at, refusal.as_deref(), &hint) {
            Asked::Waiting => {
                view.asking = Some(asking);
                return;
            }
            Asked::Dropped => {}
            Asked::Confirmed => self.confirmed(view, &asking),
        }
        view.wants_focus = true;
        ui.ctx().request_repaint();
    }

    fn confirmed(&mut self, view: &mut EditorView, asking: &Asking) {
        match asking.question {
            Question::Line => {
                if let Some((line, column)) = read_line_and_column(&asking.typed) {
                    view.goto_line(line, column);
                }
            }
            Question::Name(byte) => {
                self.answer.rewritings.extend(helping::renaming(self.options.language, byte, &asking.typed));
            }
        }
    }

    fn hover(&mut self, ui: &Ui, view: &mut EditorView, seen: &Seen) {
        // A button that goes down on the card is about to choose something there.
        let is_pressed = ui.input(|input| input.pointer.any_down()) && !view.hovering.holds(ui);
        let is_busy =
            view.hovering.is_quiet(ui) || view.asking.is_some() || view.completing.is_shown() || is_pressed;
        if is_busy {
            view.hovering.close();
            return;
        }
        let held = if view.hovering.holds(ui) { view.hovering.shown() } else { None };
        let pointed = seen.response.hover_pos().and_then(|at| seen.canvas.spot_under(at));
        let byte = match (&held, pointed) {
            (Some(bytes), _) => Some(bytes.start),
            (None, pointed) => pointed.map(|spot| byte_of(self.text.buffer(), spot)),
        };
        let subject = byte.and_then(|byte| self.subject(seen, byte));
        let can_fix = helping::fresh(self.options.language).is_some() && !self.text.is_read_only();
        let chosen = view.hovering.ui(ui, self.id, subject, (can_fix, self.options.proposals));
        if let Some(Remedy::TurnOn(proposal)) = chosen {
            self.answer.turn_on = Some(proposal);
            view.hovering.close();
        }
        if let Some(Remedy::Fix(fix)) = chosen {
            let parts = fix.edits.iter().map(|edit| (edit.range.clone(), edit.text.clone()));
            self.answer.commands.push(EditCommand::Replace(parts.collect()));
            view.hovering.close();
            view.wants_focus = true;
        }
    }

    /// Returns what there is to say of the word at a byte.
    fn subject(&self, seen: &Seen, byte: usize) -> Option<Subject<'a>> {
        let buffer = self.text.buffer();
        let lines = EditedLines::new(self.text);
        let spot = lines.spot(byte);
        let diagnostics: &'a [_] = self.diagnostics;
        let marks = marks::resolve(&lines, &(spot.line..spot.line + 1), diagnostics);
        let here: Vec<_> = marks.iter().filter(|mark| mark.bytes.contains(&spot.byte)).collect();
        let hover = helping::hover(self.options.language, &lines, byte);
        let in_line = match (here.first(), &hover) {
            (Some(mark), _) => mark.bytes.clone(),
            (None, Some(hover)) => {
                let start = lines.spot(hover.range.start).byte;
                start..start + hover.range.len()
            }
            (None, None) => return None,
        };
        let rect = seen.canvas.rect_of(spot.line, &in_line)?;
        let start = buffer.line_start(spot.line);
        let diagnostics = here.iter().map(|mark| mark.diagnostic).collect();
        Some(Subject { bytes: start + in_line.start..start + in_line.end, rect, diagnostics, hover })
    }
}

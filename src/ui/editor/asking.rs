//! A small box with one field over the text: which line to go to, which name to give.
//!
//! Knows no text: what was typed goes out, and why it will not do comes in.

use egui::{Area, Frame, Id, Key, Modifiers, Order, Pos2, Ui};

use crate::ui::theme::{caption, tokens};
use crate::ui::widgets::{field_error, text_field};

/// Width of the field.
const WIDTH: f32 = 280.0;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Question {
    /// Which line, or line and column, to go to.
    Line,
    /// Which name to give to what stands at this byte.
    Name(usize),
}

/// A box that is open.
#[derive(Debug, Clone)]
pub(super) struct Asking {
    /// What is asked.
    pub(super) question: Question,
    /// What was typed so far.
    pub(super) typed: String,
    is_new: bool,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// Nothing yet.
    Waiting,
    /// Enter was pressed.
    Confirmed,
    /// It was given up.
    Dropped,
}

impl Asking {
    /// Opens a box with something in its field, selected.
    pub(super) fn new(question: Question, typed: String) -> Self {
        Self { question, typed, is_new: true }
    }

    /// Shows the box; `refusal` says why what was typed will not do, `hint` what is meant.
    pub(super) fn ui(&mut self, ui: &Ui, id: Id, at: Pos2, refusal: Option<&str>, hint: &str) -> Asked {
        let field_id = id.with("asking");
        let name = match self.question {
            Question::Line => "Line",
            Question::Name(_) => "New name",
        };
        let is_here = ui.memory(|memory| memory.has_focus(field_id));
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        // Escape has taken the keyboard away before this frame began, so it counts in any case.
        let escape = pressed(Key::Escape);
        let enter = is_here && pressed(Key::Enter);
        let area = Area::new(id.with("asking box"))
            .order(Order::Foreground)
            .fixed_pos(at)
            .constrain(true)
            .fade_in(false);
        let shown = area.show(ui.ctx(), |ui| {
            Frame::popup(ui.style()).inner_margin(8).show(ui, |ui| {
                ui.set_width(WIDTH);
                let field = text_field(name, &mut self.typed).id(field_id).width(WIDTH).code();
                let response = ui.add(field.hint(hint));
                if std::mem::take(&mut self.is_new) {
                    response.request_focus();
                    super::find_bar::select_all(ui, field_id, &self.typed);
                }
                match refusal {
                    Some(refusal) => field_error(ui, refusal),
                    None => ui.label(caption(hint).color(tokens(ui).text_muted)),
                };
            });
        });
        let outside = ui.input(|input| {
            input.pointer.any_pressed()
                && input.pointer.interact_pos().is_some_and(|at| !shown.response.rect.contains(at))
        });
        match (escape || outside, enter && refusal.is_none()) {
            (true, _) => Asked::Dropped,
            (false, true) => Asked::Confirmed,
            (false, false) => Asked::Waiting,
        }
    }
}

/// Reads `line` or `line:column`, both from 1.
pub(super) fn read_line_and_column(typed: &str) -> Option<(u32, u32)> {
    let (line, column) = typed.trim().split_once([':', ',']).unwrap_or((typed.trim(), ""));
    let line: u32 = line.trim().parse().ok().filter(|line| *line > 0)?;
    match column.trim() {
        "" => Some((line, 1)),
        column => Some((line, column.parse().ok().filter(|column| *column > 0)?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_may_come_with_a_column() {
        for (typed, expected) in [
            ("12", Some((12, 1))),
            (" 12:5 ", Some((12, 5))),
            ("12:", Some((12, 1))),
            ("3, 4", Some((3, 4))),
            ("0", None),
            ("1:0", None),
            ("x", None),
            ("", None),
            ("99999999999", None),
        ] {
            assert_eq!(read_line_and_column(typed), expected, "{typed:?}");
        }
    }
}

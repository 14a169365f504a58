//! The line above the caret that says what the instruction there takes and gives, and which operand is next.
//!
//! Shown once somebody asked for it, and until they no longer want it; it takes no keys but Escape.

use egui::text::{LayoutJob, TextFormat};
use egui::{Align2, Area, Frame, Id, Label, Order, Rect, Role, Stroke, Ui, WidgetInfo, vec2};

use crate::model::text::TextEditor;
use crate::model::wat::{SignatureHelp, SymbolIndex};
use crate::ui::theme::{self, Tokens, tokens};

use super::helping::{Language, around};

/// Size of its text.
const SIZE: f32 = 12.0;

/// Whether the line is wanted, and what it says.
#[derive(Debug, Default)]
pub(super) struct Hinting {
    is_on: bool,
    known: Option<Known>,
}

/// What there is to say of a caret.
#[derive(Debug)]
struct Known {
    /// Version of the text, version of what was read of it, and the caret.
    of: (u64, Option<u64>, usize),
    help: Option<SignatureHelp>,
}

impl Hinting {
    /// Shows the line from now on, or no longer.
    pub(super) fn toggle(&mut self) {
        let is_on = !self.is_on;
        *self = Self { is_on, known: None };
    }

    /// Takes the line away; returns whether it was shown.
    pub(super) fn close(&mut self) -> bool {
        let was_shown = self.shown().is_some();
        *self = Self::default();
        was_shown
    }

    /// Brings the line up to date with the text and the caret.
    pub(super) fn follow(&mut self, text: &TextEditor, language: Option<Language<'_>>) {
        if !self.is_on {
            return;
        }
        let head = text.selections().primary().head;
        let of = (text.buffer().version(), language.map(|language| language.version), head);
        if self.known.as_ref().is_none_or(|known| known.of != of) {
            let nothing = SymbolIndex::default();
            let around = around(language, &nothing, text, head);
            let help = around.and_then(|it| it.index.signature_help_in(&it.part, it.start, head));
            self.known = Some(Known { of, help });
        }
    }

    /// Shows the line above the caret, or below where there is no room.
    pub(super) fn ui(&self, ui: &Ui, id: Id, caret: Rect, body: Rect) {
        let Some(help) = self.shown() else { return };
        let has_room = caret.top() - 32.0 > body.top();
        let (at, pivot) = if has_room {
            (caret.left_top() - vec2(8.0, 4.0), Align2::LEFT_BOTTOM)
        } else {
            (caret.left_bottom() + vec2(-8.0, 4.0), Align2::LEFT_TOP)
        };
        let area = Area::new(id.with("hints")).order(Order::Tooltip).fixed_pos(at).pivot(pivot);
        area.constrain(true).fade_in(false).show(ui.ctx(), |ui| {
            Frame::popup(ui.style()).inner_margin(egui::Margin::symmetric(8, 4)).show(ui, |ui| {
                let response = ui.add(Label::new(job(help, tokens(ui))).extend());
                response.widget_info(|| WidgetInfo::labeled(Role::Label, true, in_words(help)));
            });
        });
    }

    fn shown(&self) -> Option<&SignatureHelp> {
        self.known.as_ref()?.help.as_ref()
    }
}

/// Says the line as assistive technology reads it.
fn in_words(help: &SignatureHelp) -> String {
    let list = |words: &[String]| if words.is_empty() { "nothing".to_owned() } else { words.join(", ") };
    let now = help
        .active
        .and_then(|at| help.params.get(at))
        .map_or_else(String::new, |param| format!("; now {param}"));
    format!("{} takes {} and gives {}{now}", help.name, list(&help.params), list(&help.results))
}

fn job(help: &SignatureHelp, tokens: &Tokens) -> LayoutJob {
    let mut job = LayoutJob::default();
    let plain = |colour| TextFormat::simple(theme::code_font(SIZE), colour);
    let (operator, name) = help.name.split_once(' ').unwrap_or((&help.name, ""));
    job.append(operator, 0.0, plain(tokens.keyword));
    if !name.is_empty() {
        job.append(name, 7.0, plain(tokens.name));
    }
    job.append("(", 7.0, plain(tokens.text_muted));
    for (at, param) in help.params.iter().enumerate() {
        if at > 0 {
            job.append(", ", 0.0, plain(tokens.text_muted));
        }
        let format = if help.active == Some(at) {
            let font_id = theme::code_strong_font(SIZE);
            TextFormat { font_id, underline: Stroke::new(1.0, tokens.accent), ..plain(tokens.text) }
        } else {
            plain(tokens.text_muted)
        };
        job.append(param, 0.0, format);
    }
    job.append(")", 0.0, plain(tokens.text_muted));
    if !help.results.is_empty() {
        job.append("→", 7.0, plain(tokens.text_muted));
        job.append(&help.results.join(", "), 7.0, plain(tokens.type_));
    }
    job
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_told_in_words() {
        let help = SignatureHelp {
            name: "call $f".to_owned(),
            params: vec!["$a i32".to_owned(), "i64".to_owned()],
            results: Vec::new(),
            active: Some(1),
        };
        assert_eq!(in_words(&help), "call $f takes $a i32, i64 and gives nothing; now i64");
        let help =
            SignatureHelp { params: Vec::new(), results: vec!["i32".to_owned()], active: None, ..help };
        assert_eq!(in_words(&help), "call $f takes nothing and gives i32");
    }
}

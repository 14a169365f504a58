//! Fields for one line of text.
//!
//! Knows no syntax; whoever reads the text says what is wrong with it.

use egui::{
    Color32, CornerRadius, Frame, Id, Margin, Response, RichText, Stroke, TextEdit, TextStyle, Ui, Widget,
};

use crate::ui::icons;
use crate::ui::theme::{self, space, tokens};

use super::focus_ring;

/// A field for one line of text, with an accessible name.
#[must_use = "a field is shown with `ui.add`"]
pub struct TextField<'a> {
    name: &'a str,
    text: &'a mut String,
    hint: &'a str,
    error: Option<&'a str>,
    icon: &'a str,
    width: f32,
    code: bool,
    id: Option<Id>,
}

/// Makes a field for one line of text; `name` is what tests and screen readers call it.
pub fn text_field<'a>(name: &'a str, text: &'a mut String) -> TextField<'a> {
    TextField { name, text, hint: "", error: None, icon: "", width: f32::INFINITY, code: false, id: None }
}

impl<'a> TextField<'a> {
    /// Shows `hint` while the field is empty.
    pub fn hint(mut self, hint: &'a str) -> Self {
        self.hint = hint;
        self
    }

    /// Marks the text as wrong; `error` says why, under the pointer and to screen readers.
    pub fn error(mut self, error: Option<&'a str>) -> Self {
        self.error = error;
        self
    }

    /// Shows an icon before the text.
    pub fn icon(mut self, icon: &'a str) -> Self {
        self.icon = icon;
        self
    }

    /// Is this wide in points, where the space allows; without it, as wide as the space.
    pub fn width(mut self, points: f32) -> Self {
        self.width = points;
        self
    }

    /// Writes in the code face.
    pub fn code(mut self) -> Self {
        self.code = true;
        self
    }

    /// Gives the field an id of its own, so that it can be focused from elsewhere.
    pub fn id(mut self, id: Id) -> Self {
        self.id = Some(id);
        self
    }
}

impl Widget for TextField<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let tokens = tokens(ui);
        let border = if self.error.is_some() { tokens.error } else { tokens.border_strong };
        let frame = Frame::new()
            .fill(tokens.app_background)
            .stroke(Stroke::new(1.0, border))
            .corner_radius(CornerRadius::same(space::RADIUS))
            .inner_margin(Margin::symmetric(9, 4));
        let mut edit = TextEdit::singleline(self.text)
            .frame(frame)
            .font(if self.code { TextStyle::Monospace } else { TextStyle::Body })
            .desired_width(self.width)
            .hint_text(RichText::new(self.hint).color(tokens.text_faint))
            .align(egui::Align2::LEFT_CENTER);
        if !self.icon.is_empty() {
            edit = edit.prefix(RichText::new(self.icon).color(tokens.text_muted));
        }
        if let Some(id) = self.id {
            edit = edit.id(id);
        }
        let response = ui.add(edit).accessible_name(self.name);
        if response.has_focus() && self.error.is_none() {
            focus_ring(ui, response.rect, space::RADIUS);
        }
        let Some(error) = self.error else { return response };
        ui.ctx().accesskit_node_builder(response.id, |node| {
            node.set_invalid(egui::accesskit::Invalid::True);
            node.set_description(error);
        });
        response.on_hover_text(error)
    }
}

/// Says under a field what is wrong with its text.
pub fn field_error(ui: &mut Ui, error: &str) -> Response {
    let colour: Color32 = tokens(ui).error;
    ui.label(theme::caption(format!("{} {error}", icons::WARNING_CIRCLE)).color(colour))
}

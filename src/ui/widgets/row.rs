//! Rows of lists: a mark, words, and something quiet at the right edge.
//!
//! Knows no lists; whoever shows many rows shows only those in view.

use egui::{Color32, FontId, Response, Role, Sense, Ui, Widget, WidgetInfo, pos2, vec2};

use crate::ui::theme::{self, space, tokens};

use super::{dot, focus_ring, one_line, put};

/// What stands before a row's words.
#[derive(Debug, Clone, Copy)]
enum Mark<'a> {
    Nothing,
    Dot(Color32, bool),
    Icon(&'a str, Option<Color32>),
}

/// One row of a list, as wide as its pane.
#[derive(Debug, Clone)]
#[must_use = "a row is shown with `ui.add`"]
#[expect(clippy::struct_excessive_bools, reason = "switches of a builder that do not depend on each other")]
pub struct Row<'a> {
    text: &'a str,
    name: Option<&'a str>,
    mark: Mark<'a>,
    right: &'a str,
    right_colour: Option<Color32>,
    right_icon: Option<(&'a str, Color32)>,
    selected: bool,
    code: bool,
    right_code: bool,
    muted: bool,
    indent: f32,
    room: f32,
}

/// Makes a row with these words, which are its accessible name too.
pub fn row(text: &str) -> Row<'_> {
    Row {
        text,
        name: None,
        mark: Mark::Nothing,
        right: "",
        right_colour: None,
        right_icon: None,
        selected: false,
        code: false,
        right_code: false,
        muted: false,
        indent: 0.0,
        room: 0.0,
    }
}

impl<'a> Row<'a> {
    /// Calls the row `name` for tests and screen readers.
    pub fn name(mut self, name: &'a str) -> Self {
        self.name = Some(name);
        self
    }

    /// Puts a round mark before the words: full, or a ring.
    pub fn dot(mut self, colour: Color32, full: bool) -> Self {
        self.mark = Mark::Dot(colour, full);
        self
    }

    /// Puts an icon before the words.
    pub fn icon(mut self, icon: &'a str) -> Self {
        self.mark = Mark::Icon(icon, None);
        self
    }

    /// Puts an icon of this colour before the words.
    pub fn coloured_icon(mut self, icon: &'a str, colour: Color32) -> Self {
        self.mark = Mark::Icon(icon, Some(colour));
        self
    }

    /// Writes `text` at the right edge.
    pub fn right(mut self, text: &'a str) -> Self {
        self.right = text;
        self
    }

    /// Writes what is at the right edge in `colour`.
    pub fn right_colour(mut self, colour: Color32) -> Self {
        self.right_colour = Some(colour);
        self
    }

    /// Writes what is at the right edge in the code face.
    pub fn right_code(mut self) -> Self {
        self.right_code = true;
        self
    }

    /// Puts an icon at the right edge, after the text there.
    pub fn right_icon(mut self, icon: &'a str, colour: Color32) -> Self {
        self.right_icon = Some((icon, colour));
        self
    }

    /// Shows that this is the one that the other panes speak of.
    pub fn selected(mut self, selected: bool) -> Self {
        self.selected = selected;
        self
    }

    /// Writes the words in the code face.
    pub fn code(mut self) -> Self {
        self.code = true;
        self
    }

    /// Writes the words quietly, for what is not in use.
    pub fn muted(mut self, muted: bool) -> Self {
        self.muted = muted;
        self
    }

    /// Moves the words to the right by so many points.
    pub fn indent(mut self, points: f32) -> Self {
        self.indent = points;
        self
    }

    /// Leaves so many points free at the right edge, for a button that lies over the row.
    pub fn room(mut self, points: f32) -> Self {
        self.room = points;
        self
    }

    fn font(code: bool) -> FontId {
        if code { theme::code_font(theme::FIGURE) } else { theme::body_font(theme::STRONG) }
    }

    fn paint(&self, ui: &Ui, rect: egui::Rect, lit: bool) {
        let tokens = tokens(ui);
        if self.selected {
            ui.painter().rect_filled(rect, 0.0, tokens.selection);
            let mut strip = rect;
            strip.set_width(2.0);
            ui.painter().rect_filled(strip, 0.0, tokens.accent);
        } else if lit {
            ui.painter().rect_filled(rect, 0.0, tokens.row_hover);
        }
        let y = rect.center().y;
        let mut x = rect.left() + space::M + self.indent;
        match self.mark {
            Mark::Nothing => {}
            Mark::Dot(colour, full) => {
                dot(ui, pos2(x + 4.0, y), colour, full);
                x += space::L;
            }
            Mark::Icon(icon, colour) => {
                let quiet = if self.selected { tokens.accent_text } else { tokens.text_muted };
                let ink = colour.unwrap_or(quiet);
                put(ui, one_line(ui, icon, theme::body_font(theme::STRONG), ink, 24.0), x, y);
                x += 22.0;
            }
        }
        let right = self.paint_right(ui, rect, x);
        let ink = if self.muted { tokens.text_muted } else { tokens.text };
        put(ui, one_line(ui, self.text, Self::font(self.code), ink, right - x - space::S), x, y);
    }

    /// Paints what stands at the right edge; returns where it begins.
    fn paint_right(&self, ui: &Ui, rect: egui::Rect, left: f32) -> f32 {
        let tokens = tokens(ui);
        let y = rect.center().y;
        let mut right = rect.right() - space::M.max(self.room);
        if let Some((icon, colour)) = self.right_icon {
            let galley = one_line(ui, icon, theme::body_font(theme::STRONG), colour, 24.0);
            right -= galley.size().x;
            put(ui, galley, right, y);
            right -= space::XS;
        }
        if self.right.is_empty() {
            return right;
        }
        let ink = self.right_colour.unwrap_or(tokens.text_muted);
        let font = if self.right_code { Self::font(true) } else { theme::body_font(theme::FIGURE) };
        // The words come first: what is at the right edge gets what they leave, and a third at least.
        let words = one_line(ui, self.text, Self::font(self.code), ink, f32::INFINITY).size().x;
        let room = (right - left - words - space::L).max((right - left) * 0.34);
        let galley = one_line(ui, self.right, font, ink, room);
        right -= galley.size().x;
        put(ui, galley, right, y);
        right
    }
}

impl Widget for Row<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let size = vec2(ui.available_width(), space::ROW);
        let (rect, response) = ui.allocate_exact_size(size, Sense::click());
        let name = self.name.unwrap_or(self.text);
        response.widget_info(|| WidgetInfo::selected(Role::ListItem, ui.is_enabled(), self.selected, name));
        if response.gained_focus() {
            // The keyboard also reaches rows that are further down than the pane is high.
            response.scroll_to_me(None);
        }
        if ui.is_rect_visible(rect) {
            self.paint(ui, rect, response.hovered());
            if response.has_focus() {
                focus_ring(ui, rect.shrink(1.0), 2);
            }
        }
        response
    }
}

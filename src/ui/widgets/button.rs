//! Buttons and chips.
//!
//! Knows no commands; a button's accessible name is its text, or the name it was given.

use egui::{
    Color32, CornerRadius, FontId, Response, Role, Sense, Stroke, StrokeKind, Ui, Widget, WidgetInfo, vec2,
};

use crate::ui::icons;
use crate::ui::theme::{self, Tokens, space, tokens};

use super::{focus_ring, one_line, put};

/// How loudly a button speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tone {
    /// The one thing to do here.
    Primary,
    /// Everything else.
    Quiet,
    /// Nothing but its text until the pointer comes.
    Bare,
    /// A state or a choice, round.
    Chip,
    /// The same, small.
    SmallChip,
}

/// A button of words, with an icon before and a hint after them if wanted.
#[derive(Debug, Clone)]
#[must_use = "a button is shown with `ui.add`"]
pub struct Push<'a> {
    tone: Tone,
    icon: &'a str,
    text: &'a str,
    hint: &'a str,
    tooltip: &'a str,
    dot: Option<Color32>,
    colour: Option<Color32>,
    menu: bool,
    min_width: f32,
    sense: Sense,
}

/// Makes the button of the one thing to do here; `icon` may be empty.
pub fn primary_button<'a>(icon: &'a str, text: &'a str) -> Push<'a> {
    Push::new(Tone::Primary, icon, text)
}

/// Makes a button; `icon` may be empty.
pub fn quiet_button<'a>(icon: &'a str, text: &'a str) -> Push<'a> {
    Push::new(Tone::Quiet, icon, text)
}

/// Makes a round mark that says a state, such as `● Ready`; it is no button until `clickable`.
pub fn chip(colour: Color32, text: &str) -> Push<'_> {
    Push { dot: Some(colour), sense: Sense::hover(), ..Push::new(Tone::Chip, "", text) }
}

/// The round buttons.
#[derive(Debug)]
pub struct Chip;

impl Chip {
    /// Makes a round button that opens a choice, such as `math ▾`; `icon` may be empty.
    pub fn menu<'a>(icon: &'a str, text: &'a str) -> Push<'a> {
        Push { menu: true, ..Push::new(Tone::Chip, icon, text) }
    }

    /// Makes a small round button that opens a choice.
    pub fn small_menu(text: &str) -> Push<'_> {
        Push { menu: true, ..Push::new(Tone::SmallChip, "", text) }
    }

    /// Makes a small round mark that says a fact.
    pub fn small(text: &str) -> Push<'_> {
        Push { sense: Sense::hover(), ..Push::new(Tone::SmallChip, "", text) }
    }
}

impl<'a> Push<'a> {
    fn new(tone: Tone, icon: &'a str, text: &'a str) -> Self {
        Self {
            tone,
            icon,
            text,
            hint: "",
            tooltip: "",
            dot: None,
            colour: None,
            menu: false,
            min_width: 0.0,
            sense: Sense::click(),
        }
    }

    /// Shows `hint` after the text, such as the key that does the same; it is no part of the name.
    pub fn hint(mut self, hint: &'a str) -> Self {
        self.hint = hint;
        self
    }

    /// Shows `tooltip` under the pointer.
    pub fn tooltip(mut self, tooltip: &'a str) -> Self {
        self.tooltip = tooltip;
        self
    }

    /// Draws the text in `colour`, for what warns.
    pub fn colour(mut self, colour: Color32) -> Self {
        self.colour = Some(colour);
        self
    }

    /// Leaves ground and border away until the pointer comes.
    pub fn bare(mut self) -> Self {
        self.tone = Tone::Bare;
        self
    }

    /// Is at least this wide, so that it does not jump when its text changes.
    pub fn min_width(mut self, points: f32) -> Self {
        self.min_width = points;
        self
    }

    /// Makes a chip that can be clicked.
    pub fn clickable(mut self) -> Self {
        self.sense = Sense::click();
        self
    }

    fn fill_and_border(&self, tokens: &Tokens, response: &Response) -> (Color32, Color32) {
        let lit = response.hovered() && self.sense.senses_click();
        let down = response.is_pointer_button_down_on();
        match (self.tone, lit) {
            (Tone::Primary, _) if down => (tokens.accent, tokens.accent),
            (Tone::Primary, true) => (tokens.accent_hover, tokens.accent_hover),
            (Tone::Primary, false) => (tokens.accent, tokens.accent),
            (Tone::Bare, false) => (Color32::TRANSPARENT, Color32::TRANSPARENT),
            (Tone::Bare, true) => (tokens.raised_hover, Color32::TRANSPARENT),
            (_, true) => (tokens.raised_hover, tokens.border_strong),
            (_, false) => (tokens.raised, tokens.border),
        }
    }

    fn font(&self) -> FontId {
        match self.tone {
            Tone::Primary => theme::strong_font(theme::STRONG),
            Tone::SmallChip => theme::body_font(theme::CAPTION),
            Tone::Quiet | Tone::Bare | Tone::Chip => theme::body_font(theme::STRONG),
        }
    }

    fn measures(&self) -> (f32, f32, u8) {
        match self.tone {
            Tone::Chip => (space::ROW - 4.0, space::M, space::RADIUS_CHIP),
            Tone::SmallChip => (22.0, 10.0, 11),
            Tone::Bare => (space::ROW, space::S, space::RADIUS),
            Tone::Primary | Tone::Quiet => (space::ROW, space::M, space::RADIUS),
        }
    }
}

impl Widget for Push<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let tokens = tokens(ui);
        let ink = match (self.colour, self.tone) {
            (Some(colour), _) => colour,
            (None, Tone::Primary) => tokens.on_accent,
            (None, Tone::SmallChip) => tokens.text_muted,
            (None, _) => tokens.text,
        };
        let (height, padding, radius) = self.measures();
        let font = self.font();
        let icon_ink = if self.menu { tokens.accent } else { ink };
        let icon = one_line(ui, self.icon, theme::body_font(font.size), icon_ink, f32::INFINITY);
        let text = one_line(ui, self.text, font.clone(), ink, f32::INFINITY);
        let hint_ink = if self.tone == Tone::Primary { ink.gamma_multiply(0.7) } else { tokens.text_muted };
        let hint = if self.menu { icons::CARET_DOWN } else { self.hint };
        let hint = one_line(ui, hint, theme::body_font(theme::CAPTION), hint_ink, f32::INFINITY);

        let gap = 6.0;
        let with_gap = |width: f32| if width > 0.0 { width + gap } else { 0.0 };
        let dot_width = if self.dot.is_some() { 8.0 + gap } else { 0.0 };
        let inner = dot_width + with_gap(icon.size().x) + text.size().x + with_gap(hint.size().x);
        let width = (inner + 2.0 * padding).max(self.min_width);
        let (rect, response) = ui.allocate_exact_size(vec2(width.round(), height), self.sense);
        let role = if self.sense.senses_click() { Role::Button } else { Role::Label };
        response.widget_info(|| WidgetInfo::labeled(role, ui.is_enabled(), self.text));

        if ui.is_rect_visible(rect) {
            let (fill, border) = self.fill_and_border(tokens, &response);
            ui.painter().rect(
                rect,
                CornerRadius::same(radius),
                fill,
                Stroke::new(1.0, border),
                StrokeKind::Inside,
            );
            let mut x = rect.center().x - inner * 0.5;
            let y = rect.center().y;
            if let Some(colour) = self.dot {
                super::dot(ui, egui::pos2(x + 4.0, y), colour, true);
                x += dot_width;
            }
            if icon.size().x > 0.0 {
                x = put(ui, icon, x, y) + gap;
            }
            x = put(ui, text, x, y) + gap;
            put(ui, hint, x, y);
            if response.has_focus() {
                focus_ring(ui, rect, radius);
            }
        }
        if self.tooltip.is_empty() { response } else { response.on_hover_text(self.tooltip) }
    }
}

/// A button of one icon; its name is also its tooltip.
#[derive(Debug, Clone)]
#[must_use = "a button is shown with `ui.add`"]
pub struct IconButton<'a> {
    icon: &'a str,
    name: &'a str,
    shortcut: &'a str,
    colour: Option<Color32>,
    selected: bool,
    small: bool,
}

/// Makes a button of one icon; `name` is its accessible name and its tooltip.
pub fn icon_button<'a>(icon: &'a str, name: &'a str) -> IconButton<'a> {
    IconButton { icon, name, shortcut: "", colour: None, selected: false, small: false }
}

impl<'a> IconButton<'a> {
    /// Adds the key that does the same to the tooltip.
    pub fn shortcut(mut self, keys: &'a str) -> Self {
        self.shortcut = keys;
        self
    }

    /// Draws the icon in `colour`.
    pub fn colour(mut self, colour: Color32) -> Self {
        self.colour = Some(colour);
        self
    }

    /// Shows that what the button switches is on.
    pub fn selected(mut self, selected: bool) -> Self {
        self.selected = selected;
        self
    }

    /// Makes it fit into a row or a tab.
    pub fn small(mut self) -> Self {
        self.small = true;
        self
    }
}

impl Widget for IconButton<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let tokens = tokens(ui);
        let side = if self.small { 20.0 } else { space::ROW };
        let (rect, response) = ui.allocate_exact_size(vec2(side, side), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), self.name));
        if ui.is_rect_visible(rect) {
            let lit = response.hovered() && ui.is_enabled();
            let ground = match (self.selected, lit) {
                (true, _) => tokens.accent_soft,
                (false, true) => tokens.raised_hover,
                (false, false) => Color32::TRANSPARENT,
            };
            ui.painter().rect_filled(rect, space::RADIUS, ground);
            let ink = match (self.colour, self.selected, lit) {
                (Some(colour), ..) => colour,
                (None, true, _) => tokens.accent_text,
                (None, false, true) => tokens.text,
                (None, false, false) => tokens.text_muted,
            };
            let points = if self.small { 12.0 } else { 14.0 };
            let galley = one_line(ui, self.icon, theme::body_font(points), ink, f32::INFINITY);
            let left = rect.center().x - galley.size().x * 0.5;
            put(ui, galley, left, rect.center().y);
            if response.has_focus() {
                focus_ring(ui, rect, space::RADIUS);
            }
        }
        if self.shortcut.is_empty() {
            response.on_hover_text(self.name)
        } else {
            response.on_hover_text(format!("{}  {}", self.name, self.shortcut))
        }
    }
}

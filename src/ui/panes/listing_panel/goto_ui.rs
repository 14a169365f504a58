//! The field that leads to a function, an offset or a line, with what it may mean below it.

use egui::{Id, Key, Modifiers, Popup, PopupCloseBehavior, Ui};

use crate::app::{ListingGoal, listing_goals};
use crate::engine::listing::Listing;
use crate::ui::icons;
use crate::ui::widgets::{row, text_field};

/// Places that are offered.
const MOST_GOALS: usize = 9;

/// Width of the field and of what is below it.
const WIDTH: f32 = 150.0;
const LIST_WIDTH: f32 = 460.0;

/// The field and what it offers.
#[derive(Default)]
pub(super) struct GotoField {
    text: String,
    /// What the goals were made for.
    of: Option<(String, usize)>,
    goals: Vec<ListingGoal>,
    chosen: usize,
    wants_focus: bool,
    had_focus: bool,
}

fn field_id() -> Id {
    Id::unique("go to in listing")
}

impl GotoField {
    /// Asks for the keyboard.
    pub(super) fn focus(&mut self) {
        self.wants_focus = true;
    }

    pub(super) fn has_focus(&self, ui: &Ui) -> bool {
        ui.memory(|memory| memory.has_focus(field_id()))
    }

    /// Shows the field; returns the line, from 1, that somebody chose.
    pub(super) fn ui(&mut self, ui: &mut Ui, listing: &Listing) -> Option<u32> {
        if std::mem::take(&mut self.wants_focus) {
            ui.memory_mut(|memory| memory.request_focus(field_id()));
        }
        let key = (self.text.clone(), std::ptr::from_ref(listing) as usize);
        if self.of.as_ref() != Some(&key) {
            self.goals = listing_goals(listing, &self.text, MOST_GOALS);
            self.chosen = 0;
            self.of = Some(key);
        }
        // Escape has taken the keyboard away before this frame began.
        let has_focus = self.has_focus(ui);
        let had_focus = std::mem::replace(&mut self.had_focus, has_focus) || has_focus;
        let mut line = if had_focus { self.keys(ui) } else { None };
        let error = (!self.text.trim().is_empty() && self.goals.is_empty())
            .then_some("No function, offset or line of this name or number");
        let field = text_field("Go to in listing", &mut self.text).id(field_id());
        let field = field.hint("Name, 0x…, line").icon(icons::CROSSHAIR_SIMPLE).width(WIDTH);
        let response = ui.add(field.error(error));
        let response =
            response.on_hover_text("A function by name or index, an offset such as 0x1f, or a line");
        let is_open = (has_focus || response.has_focus()) && !self.goals.is_empty() && line.is_none();
        let chosen = &mut self.chosen;
        let goals = &self.goals;
        Popup::from_response(&response)
            .open(is_open)
            .close_behavior(PopupCloseBehavior::IgnoreClicks)
            .width(LIST_WIDTH)
            .show(|ui| {
                ui.set_width(LIST_WIDTH);
                ui.spacing_mut().item_spacing.y = 0.0;
                for (at, goal) in goals.iter().enumerate() {
                    let shown = row(&goal.label).code().right(&goal.detail).selected(at == *chosen);
                    let response = ui.add(shown);
                    if response.hovered() && ui.input(|input| input.pointer.is_moving()) {
                        *chosen = at;
                    }
                    if response.clicked() {
                        line = Some(goal.line);
                    }
                }
            });
        if line.is_some() {
            self.text.clear();
        }
        line
    }

    /// Walks through what is offered, and takes one.
    fn keys(&mut self, ui: &Ui) -> Option<u32> {
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        if pressed(Key::ArrowDown) {
            self.chosen = (self.chosen + 1).min(self.goals.len().saturating_sub(1));
        }
        if pressed(Key::ArrowUp) {
            self.chosen = self.chosen.saturating_sub(1);
        }
        if pressed(Key::Escape) {
            self.text.clear();
        }
        if pressed(Key::Enter) { self.goals.get(self.chosen).map(|goal| goal.line) } else { None }
    }
}

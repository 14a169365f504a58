//! The command palette: every command by name, and every sample, filtered as one types.
//!
//! Knows the command table and the names of the samples only.

use egui::{Align2, Area, Frame, Id, Key, Modifiers, Order, ScrollArea, Ui, vec2};

use super::icons;
use super::theme::space;
use super::widgets::{row, text_field};
use crate::app::{Action, AppState, CallAction, FileAction, UiCommand, ViewAction};
use crate::model::sample::{self, Sample, Section};

/// Width of the palette in points.
const WIDTH: f32 = 520.0;

/// One line of the palette.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Entry {
    Command(UiCommand),
    /// Opens a sample.
    Open(&'static Sample),
    /// Runs the demo of a sample that is there to hit a limit.
    Trip(&'static Sample),
}

impl Entry {
    fn label(self) -> String {
        match self {
            Self::Command(command) => command.label().to_owned(),
            Self::Open(sample) => format!("Open sample {}", sample.title),
            Self::Trip(sample) => format!("Trip {}", sample.title),
        }
    }

    fn tooltip(self) -> &'static str {
        match self {
            Self::Command(command) => command.tooltip(),
            Self::Open(sample) => &sample.teaches,
            Self::Trip(_) => "Runs the sample's demo and opens the card of the limit that it hits",
        }
    }

    fn action(self, state: &AppState) -> Result<Action, String> {
        match self {
            Self::Command(command) => command.action(state),
            Self::Open(sample) => Ok(Action::File(FileAction::OpenSample(sample.id.to_owned()))),
            Self::Trip(sample) => Ok(Action::Call(CallAction::RunDemo(sample.id.to_owned()))),
        }
    }

    fn keys(self) -> String {
        match self {
            Self::Command(command) => command.shortcut().map(|chord| chord.to_string()).unwrap_or_default(),
            Self::Open(_) | Self::Trip(_) => String::new(),
        }
    }
}

/// What the palette remembers while it is open.
#[derive(Default)]
pub(super) struct Palette {
    text: String,
    at: usize,
    was_open: bool,
}

impl Palette {
    /// Shows the palette over the window while it is open.
    pub(super) fn ui(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        if !state.is_palette_open {
            self.was_open = false;
            return;
        }
        if !std::mem::replace(&mut self.was_open, true) {
            self.text.clear();
            self.at = 0;
        }
        let found = search(&self.text);
        let steps = ui.ctx().input_mut(|input| {
            let down = input.count_and_consume_key(Modifiers::NONE, Key::ArrowDown);
            (down, input.count_and_consume_key(Modifiers::NONE, Key::ArrowUp))
        });
        self.at = (self.at + steps.0).saturating_sub(steps.1).min(found.len().saturating_sub(1));
        let area = Area::new(Id::unique("palette")).order(Order::Foreground);
        let shown = area.anchor(Align2::CENTER_TOP, vec2(0.0, space::BAR + space::L)).show(ui.ctx(), |ui| {
            Frame::popup(ui.style()).show(ui, |ui| {
                ui.set_width(WIDTH);
                self.list_ui(ui, &found, state, actions);
            });
        });
        let (escape, outside) = ui.ctx().input(|input| {
            let outside = input.pointer.any_pressed()
                && input.pointer.interact_pos().is_some_and(|at| !shown.response.rect.contains(at));
            (input.key_pressed(Key::Escape), outside)
        });
        if escape || outside {
            actions.push(Action::View(ViewAction::ShowPalette(false)));
        }
    }

    fn list_ui(&mut self, ui: &mut Ui, found: &[Entry], state: &AppState, actions: &mut Vec<Action>) {
        let id = Id::unique("palette field");
        let field = text_field("Find a command", &mut self.text).icon(icons::MAGNIFYING_GLASS).id(id);
        let response = ui.add(field.hint("Find a command"));
        if response.changed() {
            self.at = 0;
        }
        let entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if !response.has_focus() && !entered {
            ui.memory_mut(|memory| memory.request_focus(id));
        }
        ui.add_space(space::XS);
        ScrollArea::vertical().max_height(12.0 * space::ROW).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for (index, entry) in found.iter().enumerate() {
                let action = entry.action(state);
                let (label, keys) = (entry.label(), entry.keys());
                let right = action.as_ref().map_or_else(String::as_str, |_| &keys);
                let shown = row(&label).right(right).selected(index == self.at).muted(action.is_err());
                let response = ui.add(shown).on_hover_text(entry.tooltip());
                if index == self.at
                    && response.rect.height() > 0.0
                    && ui.input(|input| input.key_pressed(Key::ArrowDown))
                {
                    response.scroll_to_me(None);
                }
                if response.clicked() || (entered && index == self.at) {
                    actions.push(Action::View(ViewAction::ShowPalette(false)));
                    actions.extend(action);
                }
            }
        });
    }
}

/// Finds the commands and samples whose label or tooltip has all the words; without words, all commands.
fn search(text: &str) -> Vec<Entry> {
    let words = text.to_lowercase();
    let commands = UiCommand::ALL.iter().copied().map(Entry::Command);
    let samples = sample::all().iter().filter(|_| !words.trim().is_empty());
    let samples = samples.flat_map(|sample| {
        let trip = (sample.section == Section::Limits).then_some(Entry::Trip(sample));
        std::iter::once(Entry::Open(sample)).chain(trip)
    });
    let matches = |entry: &Entry| {
        // What a sample teaches is prose, in which any word may stand.
        let label = match entry {
            Entry::Command(command) => format!("{} {}", command.label(), command.tooltip()),
            sample => sample.label(),
        };
        let label = label.to_lowercase();
        words.split_whitespace().all(|word| label.contains(word))
    };
    let mut found = commands.chain(samples).filter(matches).collect::<Vec<_>>();
    // What the label says counts more than what the tooltip says.
    found.sort_by_key(|entry| !entry.label().to_lowercase().contains(words.trim()));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_found_by_words_of_their_label_first() {
        assert_eq!(search("").len(), UiCommand::ALL.len());
        assert_eq!(search("reload").first(), Some(&Entry::Command(UiCommand::Reload)));
        assert_eq!(search("SAVE as").first(), Some(&Entry::Command(UiCommand::SaveAs)));
        assert!(search("no such thing").is_empty());
    }

    #[test]
    fn samples_are_opened_and_tripped_by_name() {
        let labels = |text| search(text).into_iter().map(Entry::label).collect::<Vec<_>>();
        assert_eq!(labels("limit: fuel"), ["Open sample Limit: fuel", "Trip Limit: fuel"]);
        assert_eq!(labels("sample counter"), ["Open sample Counter"]);
    }
}

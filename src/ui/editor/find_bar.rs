//! The bar of find and replace: what is looked for, how, and what to do with it.
//!
//! Knows no text: somebody else finds; the bar shows how many there are and says what was asked for.

use egui::{Align, Frame, Id, Key, Layout, Margin, Modifiers, RichText, Ui, vec2};

use crate::ui::icons;
use crate::ui::theme::{space, tokens};
use crate::ui::widgets::{IconButton, hairline, icon_button, quiet_button, text_field};

/// Width of the fields, where there is room.
const FIELD_WIDTH: f32 = 260.0;
/// Height of a row of the bar.
const ROW: f32 = 38.0;

/// What is looked for, and how.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "switches that do not depend on each other")]
pub struct FindQuery {
    /// The text or pattern.
    pub text: String,
    /// Whether large and small letters differ.
    pub match_case: bool,
    /// Whether only whole words count.
    pub whole_word: bool,
    /// Whether it is a regular expression.
    pub is_regex: bool,
    /// Whether only what was selected is searched.
    pub in_selection: bool,
}

/// What the bar remembers.
#[derive(Debug, Clone, Default)]
#[allow(clippy::struct_excessive_bools, reason = "switches that do not depend on each other")]
pub struct FindReplaceBar {
    /// What is looked for.
    pub query: FindQuery,
    /// What it is replaced by.
    pub replacement: String,
    is_open: bool,
    is_replacing: bool,
    wants_focus: bool,
    had_focus: bool,
}

/// How the search stands, as the bar shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FindState {
    /// How many finds are known.
    pub count: usize,
    /// Number of the one that one stands on, from 1.
    pub current: Option<usize>,
    /// Whether there may be more.
    pub is_partial: bool,
    /// How much of the text has been searched, in percent, while that takes more than a frame.
    pub percent: Option<u8>,
    /// What is wrong with the pattern.
    pub error: Option<String>,
}

/// What is asked of those who find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FindDeed {
    /// What is looked for is another thing: go to the first find from where one was.
    Changed,
    /// Go to the next find.
    Next,
    /// Go to the one before.
    Previous,
    /// Replace the find that one stands on and go to the next.
    Replace,
    /// Replace all finds.
    ReplaceAll,
    /// Select all finds, with a caret at each.
    SelectAll,
    /// The bar was closed: the keyboard goes back to the text.
    Close,
}

impl FindReplaceBar {
    /// Opens the bar and puts the keyboard into it; what is selected is what one looks for.
    pub fn open(&mut self, replacing: bool, selected: Option<String>) {
        self.is_open = true;
        self.is_replacing |= replacing;
        self.wants_focus = true;
        if let Some(selected) = selected.filter(|text| !text.is_empty() && !text.contains('\n')) {
            self.query.text = if self.query.is_regex { regex::escape(&selected) } else { selected };
        }
    }

    /// Tells whether the bar is shown.
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// Closes the bar.
    pub fn close(&mut self) {
        self.is_open = false;
        self.is_replacing = false;
        self.query.in_selection = false;
    }

    /// Returns the height that the bar takes.
    pub fn height(&self) -> f32 {
        match (self.is_open, self.is_replacing) {
            (false, _) => 0.0,
            (true, false) => ROW + 1.0,
            (true, true) => 2.0 * ROW - 3.0,
        }
    }

    /// Shows the bar; `editor` is whom the keyboard goes back to, `can_replace` whether the text may change.
    pub fn ui(&mut self, ui: &mut Ui, editor: Id, state: &FindState, can_replace: bool) -> Option<FindDeed> {
        let (find_id, replace_id) = (editor.with("find"), editor.with("replace"));
        let mut deed = self.keys(ui, find_id, replace_id);
        // The bar is as high as `height` says, with nothing between its parts but what stands here.
        ui.spacing_mut().item_spacing.y = 0.0;
        hairline(ui);
        Frame::new().inner_margin(Margin { left: 12, right: 8, top: 5, bottom: 5 }).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 6.0;
            self.find_row(ui, find_id, state, can_replace, &mut deed);
            if self.is_replacing && can_replace {
                self.replace_row(ui, replace_id, state, &mut deed);
            }
        });
        if deed == Some(FindDeed::Close) {
            self.close();
            ui.memory_mut(|memory| memory.request_focus(editor));
        }
        deed
    }

    /// Takes the keys before the fields see them: Enter and Escape would make them give the keyboard away.
    fn keys(&mut self, ui: &Ui, find: Id, replace: Id) -> Option<FindDeed> {
        let focused = ui.memory(egui::Memory::focused);
        let (in_find, in_replace) = (focused == Some(find), focused == Some(replace));
        let has_focus = in_find || in_replace;
        // Escape has taken the keyboard away before this frame began.
        let typing = std::mem::replace(&mut self.had_focus, has_focus) || has_focus;
        let pressed = |modifiers, key| typing && ui.input_mut(|input| input.consume_key(modifiers, key));
        if pressed(Modifiers::NONE, Key::Escape) {
            return Some(FindDeed::Close);
        }
        if pressed(Modifiers::COMMAND | Modifiers::ALT, Key::Enter) {
            return Some(FindDeed::ReplaceAll);
        }
        if pressed(Modifiers::ALT, Key::Enter) {
            return Some(FindDeed::SelectAll);
        }
        if pressed(Modifiers::SHIFT, Key::Enter) {
            return Some(FindDeed::Previous);
        }
        if pressed(Modifiers::NONE, Key::Enter) {
            return Some(if in_replace { FindDeed::Replace } else { FindDeed::Next });
        }
        None
    }

    fn find_row(
        &mut self,
        ui: &mut Ui,
        id: Id,
        state: &FindState,
        can_replace: bool,
        deed: &mut Option<FindDeed>,
    ) {
        let before = self.query.clone();
        row(ui, |ui| {
            let width = FIELD_WIDTH.min(ui.available_width() - 250.0).max(80.0);
            let field = text_field("Find", &mut self.query.text).id(id).icon(icons::MAGNIFYING_GLASS);
            let error = state.error.as_deref();
            let response = ui.add(field.hint("Find").width(width).code().error(error));
            if std::mem::take(&mut self.wants_focus) {
                response.request_focus();
                select_all(ui, id, &self.query.text);
            }
            let query = &mut self.query;
            toggle(ui, "Aa", "Match case", &mut query.match_case);
            toggle(ui, "ab|", "Whole word", &mut query.whole_word);
            toggle(ui, ".*", "Regular expression", &mut query.is_regex);
            toggle(ui, icons::SELECTION, "Find in selection", &mut query.in_selection);
            ui.add_space(space::XS);
            let previous = icon_button(icons::CARET_UP, "Previous find").shortcut("Shift F3");
            if ui.add(previous).clicked() {
                *deed = Some(FindDeed::Previous);
            }
            if ui.add(icon_button(icons::CARET_DOWN, "Next find").shortcut("F3")).clicked() {
                *deed = Some(FindDeed::Next);
            }
            ui.label(RichText::new(count_text(&self.query, state)).color(tokens(ui).text_muted));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if ui.add(icon_button(icons::X, "Close find").shortcut("Escape")).clicked() {
                    *deed = Some(FindDeed::Close);
                }
                if can_replace {
                    let name = if self.is_replacing { "Hide replace" } else { "Show replace" };
                    let button = icon_button(icons::SWAP, name).selected(self.is_replacing);
                    if ui.add(button.shortcut("Ctrl H")).clicked() {
                        self.is_replacing = !self.is_replacing;
                    }
                }
            });
        });
        if self.query != before && *deed != Some(FindDeed::Close) {
            *deed = Some(FindDeed::Changed);
        }
    }

    fn replace_row(&mut self, ui: &mut Ui, id: Id, state: &FindState, deed: &mut Option<FindDeed>) {
        row(ui, |ui| {
            let width = FIELD_WIDTH.min(ui.available_width() - 250.0).max(80.0);
            let field = text_field("Replace with", &mut self.replacement).id(id).icon(icons::SWAP);
            ui.add(field.hint("Replace with").width(width).code());
            ui.add_enabled_ui(state.count > 0, |ui| {
                if ui.add(quiet_button("", "Replace")).clicked() {
                    *deed = Some(FindDeed::Replace);
                }
                if ui.add(quiet_button("", "Replace all")).clicked() {
                    *deed = Some(FindDeed::ReplaceAll);
                }
            });
        });
    }
}

fn row(ui: &mut Ui, add_contents: impl FnOnce(&mut Ui)) {
    let size = vec2(ui.available_width(), space::ROW);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        add_contents(ui);
    });
}

fn toggle(ui: &mut Ui, icon: &str, name: &str, is_on: &mut bool) {
    let button: IconButton<'_> = icon_button(icon, name).selected(*is_on);
    let response = ui.add(button);
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, ui.is_enabled(), *is_on, name));
    if response.clicked() {
        *is_on = !*is_on;
    }
}

/// Selects what a field holds, so that typing replaces it.
pub(super) fn select_all(ui: &Ui, id: Id, text: &str) {
    use egui::text::CCursor;
    let mut state = egui::TextEdit::load_state(ui.ctx(), id).unwrap_or_default();
    let end = CCursor::new(text.chars().count());
    state.cursor.set_char_range(Some(egui::text_selection::CCursorRange::two(CCursor::new(0), end)));
    egui::TextEdit::store_state(ui.ctx(), id, state);
}

fn count_text(query: &FindQuery, state: &FindState) -> String {
    let more = if state.is_partial { "+" } else { "" };
    let done = state.percent.map_or(String::new(), |percent| format!(", {percent} %"));
    match (state.count, state.current) {
        _ if query.text.is_empty() => String::new(),
        _ if state.error.is_some() => "not a pattern".to_owned(),
        (0, _) if state.is_partial => format!("searching{done}"),
        (0, _) => "nothing found".to_owned(),
        (count, Some(current)) => format!("{current} of {count}{more}{done}"),
        (count, None) => format!("{count}{more} found{done}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_says_what_is_known() {
        let query = |text: &str| FindQuery { text: text.to_owned(), ..FindQuery::default() };
        let state = |count, current, is_partial| FindState {
            count,
            current,
            is_partial,
            percent: is_partial.then_some(40),
            error: None,
        };
        for (text, state, expected) in [
            ("", state(3, None, false), ""),
            ("a", state(0, None, false), "nothing found"),
            ("a", state(0, None, true), "searching, 40 %"),
            ("a", state(7, None, false), "7 found"),
            ("a", state(7, Some(2), false), "2 of 7"),
            ("a", state(7, Some(2), true), "2 of 7+, 40 %"),
        ] {
            assert_eq!(count_text(&query(text), &state), expected);
        }
        let wrong = FindState { error: Some("unclosed group".into()), ..FindState::default() };
        assert_eq!(count_text(&query("("), &wrong), "not a pattern");
    }

    #[test]
    fn opening_takes_what_is_selected_unless_it_is_lines() {
        let mut bar = FindReplaceBar::default();
        bar.open(false, Some("i32.add".into()));
        assert_eq!(bar.query.text, "i32.add");
        bar.open(true, Some("a\nb".into()));
        assert_eq!(bar.query.text, "i32.add");
        bar.query.is_regex = true;
        bar.open(false, Some("f()".into()));
        assert_eq!(bar.query.text, r"f\(\)");
        bar.close();
        assert!(!bar.is_open() && bar.height() < 1.0);
    }
}

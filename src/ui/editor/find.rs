//! The find bar.
//!
//! Knows no editor: it finds in a text and says which bytes to go to.

use std::ops::Range;

use egui::{Align, Frame, Id, Key, KeyboardShortcut, Layout, Margin, Modifiers, RichText, Ui, vec2};

use crate::ui::icons;
use crate::ui::theme::{space, tokens};
use crate::ui::widgets::{hairline, icon_button, text_field};

/// How much of a text is searched, from its start: more would hold up the frame.
const MAX_SEARCHED_BYTES: usize = 8 << 20;

/// Most finds that are counted; a query with more is not narrow enough to walk through.
const MAX_FINDS: usize = 10_000;

/// What is looked for, and where it is.
#[derive(Debug, Default)]
pub struct FindBar {
    open: bool,
    query: String,
    searched: Option<(u64, String)>,
    finds: Vec<Range<usize>>,
    current: usize,
    wants_focus: bool,
    had_focus: bool,
}

impl FindBar {
    /// Opens the bar and puts the keyboard into it.
    pub fn open(&mut self) {
        self.open = true;
        self.wants_focus = true;
    }

    /// Tells whether the bar is shown.
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Returns the finds that begin within these bytes.
    pub(super) fn matches_in(&self, bytes: Range<usize>) -> &[Range<usize>] {
        if !self.open {
            return &[];
        }
        let from = self.finds.partition_point(|find| find.start < bytes.start);
        let to = self.finds.partition_point(|find| find.start < bytes.end);
        &self.finds[from..to.max(from)]
    }

    /// Returns the find that the bar stands on.
    pub(super) fn current(&self) -> Option<Range<usize>> {
        if self.open { self.finds.get(self.current).cloned() } else { None }
    }

    fn refresh(&mut self, text: &str, version: u64) {
        let is_fresh =
            self.searched.as_ref().is_some_and(|(of, query)| *of == version && *query == self.query);
        if !is_fresh {
            self.searched = Some((version, self.query.clone()));
            self.finds = find_all(text, &self.query);
            self.current = self.current.min(self.finds.len().saturating_sub(1));
        }
    }

    fn step(&mut self, forward: bool) -> Option<Range<usize>> {
        let count = self.finds.len();
        if count == 0 {
            return None;
        }
        self.current = if forward { (self.current + 1) % count } else { (self.current + count - 1) % count };
        Some(self.finds[self.current].clone())
    }

    fn count_text(&self) -> String {
        match self.finds.len() {
            _ if self.query.is_empty() => String::new(),
            0 => "nothing found".to_owned(),
            MAX_FINDS => format!("{} of {MAX_FINDS} and more", self.current + 1),
            count => format!("{} of {count}", self.current + 1),
        }
    }
}

/// What the find bar asks of the text below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FindStep {
    /// Nothing.
    Stay,
    /// Bring these bytes into view; the keyboard stays in the bar.
    Reveal(Range<usize>),
    /// The bar was closed: select these bytes and take the keyboard.
    Select(Range<usize>),
}

/// Shows the bar if it is open; Ctrl+F opens it. `version` tells one text from another.
pub(super) fn find_ui(ui: &mut Ui, bar: &mut FindBar, text: &str, version: u64, editor: Id) -> FindStep {
    let shortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::F);
    let field = editor.with("find");
    let is_here = ui.memory(|memory| memory.has_focus(editor) || memory.has_focus(field));
    if is_here && ui.input_mut(|input| input.consume_shortcut(&shortcut)) {
        bar.open();
    }
    if !bar.open {
        return FindStep::Stay;
    }
    bar.refresh(text, version);
    // Keys are taken before the field sees them: Enter and Escape would make it give the keyboard away.
    let has_focus = ui.memory(|memory| memory.has_focus(field));
    // Escape has taken the keyboard away before this frame began.
    let typing = std::mem::replace(&mut bar.had_focus, has_focus) || has_focus;
    let pressed = |modifiers, key| typing && ui.input_mut(|input| input.consume_key(modifiers, key));
    let mut step = None;
    if pressed(Modifiers::SHIFT, Key::Enter) {
        step = bar.step(false);
    } else if pressed(Modifiers::NONE, Key::Enter) {
        step = bar.step(true);
    }
    let mut closed = pressed(Modifiers::NONE, Key::Escape);
    Frame::new().inner_margin(Margin::symmetric(12, 6)).show(ui, |ui| {
        let size = vec2(ui.available_width(), space::ROW);
        ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
            if let Some(bytes) = bar_ui(ui, bar, field, &mut closed, text, version) {
                step = Some(bytes);
            }
        });
    });
    hairline(ui);
    if closed {
        let found = bar.current();
        bar.open = false;
        ui.memory_mut(|memory| memory.request_focus(editor));
        return found.map_or(FindStep::Stay, FindStep::Select);
    }
    step.map_or(FindStep::Stay, FindStep::Reveal)
}

fn bar_ui(
    ui: &mut Ui,
    bar: &mut FindBar,
    field: Id,
    closed: &mut bool,
    text: &str,
    version: u64,
) -> Option<Range<usize>> {
    let mut step = None;
    let edit = text_field("Find", &mut bar.query).id(field).icon(icons::MAGNIFYING_GLASS);
    let response = ui.add(edit.hint("Find").width(240.0).code());
    if std::mem::take(&mut bar.wants_focus) {
        response.request_focus();
    }
    if response.changed() {
        bar.current = 0;
        bar.refresh(text, version);
        step = bar.finds.first().cloned();
    }
    if ui.add(icon_button(icons::CARET_UP, "Previous find").shortcut("Shift Enter")).clicked() {
        step = bar.step(false);
    }
    if ui.add(icon_button(icons::CARET_DOWN, "Next find").shortcut("Enter")).clicked() {
        step = bar.step(true);
    }
    ui.label(RichText::new(bar.count_text()).color(tokens(ui).text_muted));
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        *closed |= ui.add(icon_button(icons::X, "Close find").shortcut("Escape")).clicked();
    });
    step
}

/// Finds every place of `query`, whatever the case of its ASCII letters, up to a fixed number.
fn find_all(text: &str, query: &str) -> Vec<Range<usize>> {
    let (hay, needle) = (text.as_bytes(), query.as_bytes());
    let hay = &hay[..hay.len().min(MAX_SEARCHED_BYTES)];
    let Some(first) = needle.first() else { return Vec::new() };
    let mut finds = Vec::new();
    let mut at = 0;
    while at + needle.len() <= hay.len() && finds.len() < MAX_FINDS {
        let window = &hay[at..at + needle.len()];
        if window[0].eq_ignore_ascii_case(first) && window.eq_ignore_ascii_case(needle) {
            finds.push(at..at + needle.len());
            at += needle.len();
        } else {
            at += 1;
        }
    }
    finds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_do_not_overlap_and_ignore_case() {
        assert_eq!(find_all("aAaa b", "aa"), vec![0..2, 2..4]);
        assert_eq!(find_all("Grüße grüße", "grü"), vec![0..4, 8..12]);
        assert_eq!(find_all("abc", ""), Vec::<Range<usize>>::new());
        assert_eq!(find_all("ab", "abc"), Vec::<Range<usize>>::new());
    }

    #[test]
    fn finds_are_capped() {
        assert_eq!(find_all(&"a".repeat(MAX_FINDS + 5), "a").len(), MAX_FINDS);
    }

    #[test]
    fn walking_goes_round() {
        let mut bar = FindBar { open: true, query: "a".to_owned(), ..FindBar::default() };
        bar.refresh("a.a.a", 0);
        assert_eq!(bar.step(false), Some(4..5));
        assert_eq!(bar.step(true), Some(0..1));
        assert_eq!(bar.step(true), Some(2..3));
        assert_eq!(bar.matches_in(1..4), std::slice::from_ref(&(2..3)));
    }
}

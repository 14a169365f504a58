//! The list of completions while it is shown: when it comes, what it offers, what choosing writes.
//!
//! Knows the words of a text through its index, which may be a little older than the text.

use std::ops::Range;

use egui::{Color32, Id, Rect, Ui};

use crate::model::text::{EditCommand, Selection, Selections, TextEditor};
use crate::model::wat::{CompletionKind, Completions, SymbolKind};
use crate::ui::icons;
use crate::ui::theme::{Tokens, tokens};

use super::choices::{Choice, ChoiceDeed, Choosing};
use super::helping::{Language, complete};

/// Letters of a word that bring the list by themselves.
const LEAST_LETTERS: usize = 2;

/// The list of completions, while it is shown or about to be.
#[derive(Debug, Default)]
pub(super) struct Completing {
    wish: Wish,
    shown: Option<ShownList>,
}

/// Whether somebody wants the list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Wish {
    /// Nobody does.
    #[default]
    Nothing,
    /// Somebody types a word.
    Typing,
    /// Somebody asked for it.
    Asked,
}

#[derive(Debug)]
struct ShownList {
    found: Completions,
    choosing: Choosing,
    version: u64,
    was_asked: bool,
}

impl Completing {
    /// Shows the list as soon as the text is what was typed.
    pub(super) fn ask(&mut self) {
        self.wish = Wish::Asked;
    }

    /// Shows the list if the word that is being typed is long enough for that.
    pub(super) fn typed(&mut self) {
        if self.wish == Wish::Nothing {
            self.wish = Wish::Typing;
        }
    }

    /// Takes the list away.
    pub(super) fn close(&mut self) {
        *self = Self::default();
    }

    /// Tells whether the list is shown.
    pub(super) fn is_shown(&self) -> bool {
        self.shown.is_some()
    }

    /// Brings the list up to date with the text and the caret.
    pub(super) fn follow(&mut self, text: &TextEditor, language: Option<Language<'_>>) {
        let head = text.selections().primary().head;
        let version = text.buffer().version();
        let has_left = |shown: &ShownList| {
            let replace = &shown.found.replace;
            shown.version == version && (head < replace.start || head > replace.end)
        };
        let is_over = text.selections().is_multiple() || self.shown.as_ref().is_some_and(has_left);
        if is_over {
            self.shown = None;
        }
        let is_new = self.shown.as_ref().is_some_and(|shown| shown.version != version);
        let wish = std::mem::take(&mut self.wish);
        if (wish == Wish::Nothing && !is_new) || text.selections().is_multiple() {
            return;
        }
        let was_asked = wish == Wish::Asked || self.shown.as_ref().is_some_and(|shown| shown.was_asked);
        let found = complete(language, text, head);
        let typed = found.replace.start..head.max(found.replace.start);
        let word = text.buffer().slice(typed.clone());
        let is_enough = was_asked || word.starts_with('$') || word.chars().count() >= LEAST_LETTERS;
        let is_done = found.items.len() == 1 && found.items[0].label == word;
        if found.items.is_empty() || !is_enough || (is_done && !was_asked) {
            self.shown = None;
            return;
        }
        self.shown = Some(ShownList { found, choosing: Choosing::default(), version, was_asked });
    }

    /// Takes the keys that belong to the list; returns what writes the chosen word.
    pub(super) fn keys(&mut self, ui: &Ui, text: &TextEditor) -> Vec<EditCommand> {
        let Some(shown) = &mut self.shown else { return Vec::new() };
        let marked = shown.found.items.get(shown.choosing.at).map(|item| item.label.as_str());
        let word = text.buffer().slice(shown.found.replace.clone());
        // A word that stands there already is not to be chosen once more: Enter means a line then.
        if marked == Some(&*word) && ui.input(|input| input.key_pressed(egui::Key::Enter)) {
            self.close();
            return Vec::new();
        }
        match shown.choosing.keys(ui, shown.found.items.len()) {
            Some(ChoiceDeed::Take(at)) => self.take(at),
            Some(ChoiceDeed::Close) => {
                self.close();
                Vec::new()
            }
            None => Vec::new(),
        }
    }

    /// Shows the list at the word; returns what writes the word that was clicked.
    pub(super) fn ui(&mut self, ui: &Ui, id: Id, anchor: Rect) -> Vec<EditCommand> {
        let Some(ShownList { found, choosing, .. }) = &mut self.shown else { return Vec::new() };
        let tokens = tokens(ui);
        let explain = found.items.get(choosing.at).map(|item| explanation(&item.label, item.kind));
        let choice = |at: usize| {
            let item = &found.items[at];
            let (icon, colour) = looks(item.kind, tokens);
            Choice { icon, colour, label: &item.label, detail: &item.detail }
        };
        let clicked =
            choosing.ui(ui, id, anchor, found.items.len(), choice, explain.as_deref().unwrap_or_default());
        clicked.map(|at| self.take(at)).unwrap_or_default()
    }

    /// Returns the byte at which the word begins that is completed.
    pub(super) fn word_start(&self) -> Option<usize> {
        self.shown.as_ref().map(|shown| shown.found.replace.start)
    }

    fn take(&mut self, at: usize) -> Vec<EditCommand> {
        let Some(shown) = self.shown.take() else { return Vec::new() };
        self.wish = Wish::Nothing;
        let Some(item) = shown.found.items.get(at) else { return Vec::new() };
        let Range { start, end } = shown.found.replace;
        let word = Selections::single(Selection::new(start, end));
        vec![EditCommand::SetSelections(word), EditCommand::Insert(item.label.clone())]
    }
}

fn looks(kind: CompletionKind, tokens: &Tokens) -> (&'static str, Color32) {
    match kind {
        CompletionKind::Operator => (icons::LIGHTNING, tokens.keyword),
        CompletionKind::Keyword => (icons::BRACKETS_ROUND, tokens.text_muted),
        CompletionKind::Type => (icons::TEXT_T, tokens.type_),
        CompletionKind::Symbol(SymbolKind::Func | SymbolKind::CoreFunc) => (icons::FUNCTION, tokens.name),
        CompletionKind::Symbol(SymbolKind::Memory) => (icons::ROWS, tokens.name),
        CompletionKind::Symbol(SymbolKind::Table | SymbolKind::Elem) => (icons::TABLE, tokens.name),
        CompletionKind::Symbol(SymbolKind::Global) => (icons::GLOBE, tokens.name),
        CompletionKind::Symbol(_) => (icons::TAG, tokens.name),
    }
}

fn explanation(label: &str, kind: CompletionKind) -> String {
    match kind {
        CompletionKind::Operator => {
            crate::model::wat::operator_help(label).map(|help| help.summary).unwrap_or_default()
        }
        CompletionKind::Keyword | CompletionKind::Type => {
            crate::model::wat::hover_word(label, 0).map(|hover| hover.text).unwrap_or_default()
        }
        CompletionKind::Symbol(kind) => kind.phrase().to_owned(),
    }
}

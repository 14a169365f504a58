//! What keys and the clipboard mean in a text that is edited.
//!
//! Knows no layout and no popups: what a popup wants of the keys it has taken before. Keys that stand in the
//! command table don't come here either.

use egui::{Event, EventFilter, Id, ImeEvent, Key, Modifiers, Ui, accesskit};

use crate::app::EditorWish;
use crate::model::text::{EditCommand, Motion};
use crate::ui::shortcuts;

/// What the keyboard asks for.
#[derive(Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each says whether one thing was asked for")]
pub(super) struct Typed {
    /// What is done to the text, in order.
    pub(super) commands: Vec<EditCommand>,
    /// What is asked of the editor itself, such as to fold.
    pub(super) wishes: Vec<EditorWish>,
    /// Rows that the view moves by while the caret stays.
    pub(super) scroll: i32,
    /// Where the block selection that the keys draw moves: columns and lines.
    pub(super) block: Option<(i32, i32)>,
    /// Whether what is selected goes to the clipboard.
    pub(super) copies: bool,
    /// Whether Escape was pressed.
    pub(super) escape: bool,
    /// What is being composed from now on, if that changed.
    pub(super) composing: Option<String>,
    /// Whether something was typed that a completion may begin with.
    pub(super) has_word: bool,
    /// Whether the keyboard goes elsewhere.
    pub(super) leaves: bool,
}

/// Reads what was typed in this frame, while the keyboard is in the editor.
pub(super) fn typed(ui: &Ui, id: Id, page_rows: usize, is_composing: bool) -> Typed {
    let filter = EventFilter { tab: true, horizontal_arrows: true, vertical_arrows: true, escape: true };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
    let mut typed = Typed::default();
    let events = ui.input(|input| input.events.clone());
    let mut is_chord = false;
    for event in events {
        // A key with Alt comes with the letter that it would type.
        if is_chord && matches!(event, Event::Text(_)) {
            continue;
        }
        is_chord = matches!(&event, Event::Key { key, pressed: true, modifiers, .. }
            if shortcuts::editing(*key, *modifiers).is_some());
        typed.take(event, id, page_rows, is_composing);
    }
    typed
}

/// Returns what assistive technology wants the whole text to be, whether the keyboard is here or not.
pub(super) fn whole_text_asked(ui: &Ui, id: Id) -> Option<String> {
    ui.input(|input| {
        let asked = input.accesskit_action_requests(id, accesskit::Action::SetValue);
        let texts = asked.filter_map(|request| match &request.data {
            Some(accesskit::ActionData::Value(value)) => Some(value.to_string()),
            _ => None,
        });
        texts.last()
    })
}

impl Typed {
    fn take(&mut self, event: Event, id: Id, page_rows: usize, is_composing: bool) {
        match event {
            Event::Text(text) if !matches!(text.as_str(), "" | "\n" | "\r") => {
                self.has_word |= text.chars().all(|sign| sign.is_alphanumeric() || "$._@".contains(sign));
                self.commands.push(EditCommand::Type(text));
            }
            Event::Paste(text) if !text.is_empty() => self.commands.push(EditCommand::Paste(text)),
            Event::Copy | Event::Cut => {
                self.copies = true;
                let cuts = matches!(event, Event::Cut);
                self.commands.push(if cuts { EditCommand::Cut } else { EditCommand::Copy });
            }
            Event::Key { key, pressed: true, modifiers, .. } => self.key(key, modifiers, page_rows),
            Event::Ime(event) => self.ime(event, is_composing),
            Event::AccessKitActionRequest(accesskit::ActionRequest {
                action: accesskit::Action::ReplaceSelectedText,
                target_node,
                data: Some(accesskit::ActionData::Value(text)),
                ..
            }) if target_node == id.accesskit_id() => {
                self.commands.push(EditCommand::Insert(text.to_string()));
            }
            _ => {}
        }
    }

    fn key(&mut self, key: Key, modifiers: Modifiers, page_rows: usize) {
        if let Some(command) = shortcuts::editing(key, modifiers) {
            self.wishes.extend(command.editor_wish());
            self.commands.extend(command.edit_command());
            return;
        }
        if key == Key::Escape {
            self.escape |= modifiers.is_none();
            self.leaves |= modifiers.shift_only();
            return;
        }
        if modifiers.alt && modifiers.shift && !modifiers.command {
            self.block = match key {
                Key::ArrowLeft => Some((-1, 0)),
                Key::ArrowRight => Some((1, 0)),
                Key::ArrowUp => Some((0, -1)),
                Key::ArrowDown => Some((0, 1)),
                _ => self.block,
            };
            return;
        }
        if modifiers.alt {
            return;
        }
        match (key, modifiers.command, modifiers.shift) {
            (Key::ArrowUp, true, false) => self.scroll -= 1,
            (Key::ArrowDown, true, false) => self.scroll += 1,
            _ => self.commands.extend(edit_of(key, modifiers).or_else(|| move_of(key, modifiers, page_rows))),
        }
    }

    fn ime(&mut self, event: ImeEvent, is_composing: bool) {
        match event {
            // Some systems say that nothing is composed though nothing was.
            ImeEvent::Preedit { text, .. } if text.is_empty() && !is_composing => {}
            ImeEvent::Preedit { text, .. } => {
                if !is_composing && !text.is_empty() {
                    // What is selected makes room for what is composed.
                    self.commands.push(EditCommand::Insert(String::new()));
                }
                self.composing = Some(text);
            }
            ImeEvent::Commit(text) => {
                self.composing = Some(String::new());
                if !text.is_empty() {
                    self.commands.push(EditCommand::Insert(text));
                }
            }
            ImeEvent::DeleteSurrounding { before_chars, after_chars } => {
                let delete = |motion, count: usize| {
                    std::iter::repeat_n(EditCommand::Delete(motion), count.min(MAX_DELETED))
                };
                self.commands.extend(delete(Motion::Left, before_chars));
                self.commands.extend(delete(Motion::Right, after_chars));
            }
            _ => {}
        }
    }
}

/// Most characters around the caret that an input method may delete at once.
const MAX_DELETED: usize = 256;

fn edit_of(key: Key, modifiers: Modifiers) -> Option<EditCommand> {
    Some(match (key, modifiers.command) {
        (Key::Enter, false) => EditCommand::Newline,
        (Key::Tab, false) if modifiers.shift => EditCommand::BackTab,
        (Key::Tab, false) => EditCommand::Tab,
        (Key::Backspace, true) if modifiers.shift => EditCommand::Delete(Motion::LineStart),
        (Key::Backspace, true) => EditCommand::Delete(Motion::WordLeft),
        (Key::Backspace, false) => EditCommand::Delete(Motion::Left),
        (Key::Delete, true) if modifiers.shift => EditCommand::Delete(Motion::LineEnd),
        (Key::Delete, true) => EditCommand::Delete(Motion::WordRight),
        (Key::Delete, false) => EditCommand::Delete(Motion::Right),
        _ => return None,
    })
}

fn move_of(key: Key, modifiers: Modifiers, page_rows: usize) -> Option<EditCommand> {
    let page = page_rows.saturating_sub(2).max(1);
    let motion = match (key, modifiers.command) {
        (Key::ArrowLeft, true) => Motion::WordLeft,
        (Key::ArrowLeft, false) => Motion::Left,
        (Key::ArrowRight, true) => Motion::WordRight,
        (Key::ArrowRight, false) => Motion::Right,
        (Key::ArrowUp, _) => Motion::Up,
        (Key::ArrowDown, _) => Motion::Down,
        (Key::PageUp, false) => Motion::PageUp(page),
        (Key::PageDown, false) => Motion::PageDown(page),
        (Key::Home, true) => Motion::DocumentStart,
        (Key::Home, false) => Motion::LineStart,
        (Key::End, true) => Motion::DocumentEnd,
        (Key::End, false) => Motion::LineEnd,
        _ => return None,
    };
    Some(EditCommand::Move { motion, extend: modifiers.shift })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::text::Direction;

    fn pressed(key: Key, modifiers: Modifiers) -> Typed {
        let mut typed = Typed::default();
        typed.key(key, modifiers, 20);
        typed
    }

    fn moves(motion: Motion, extend: bool) -> Vec<EditCommand> {
        vec![EditCommand::Move { motion, extend }]
    }

    #[test]
    fn keys_do_what_desktop_editors_do() {
        const CTRL: Modifiers = Modifiers::COMMAND;
        const SHIFT: Modifiers = Modifiers::SHIFT;
        for (key, modifiers, expected) in [
            (Key::ArrowLeft, Modifiers::NONE, moves(Motion::Left, false)),
            (Key::ArrowRight, SHIFT, moves(Motion::Right, true)),
            (Key::ArrowLeft, CTRL, moves(Motion::WordLeft, false)),
            (Key::ArrowRight, CTRL | SHIFT, moves(Motion::WordRight, true)),
            (Key::Home, Modifiers::NONE, moves(Motion::LineStart, false)),
            (Key::End, CTRL | SHIFT, moves(Motion::DocumentEnd, true)),
            (Key::PageDown, SHIFT, moves(Motion::PageDown(18), true)),
            (Key::Tab, Modifiers::NONE, vec![EditCommand::Tab]),
            (Key::Tab, SHIFT, vec![EditCommand::BackTab]),
            (Key::Backspace, CTRL, vec![EditCommand::Delete(Motion::WordLeft)]),
            (Key::Delete, Modifiers::NONE, vec![EditCommand::Delete(Motion::Right)]),
            (Key::ArrowDown, Modifiers::ALT, vec![EditCommand::MoveLines(Direction::Down)]),
            (Key::X, CTRL, vec![]),
        ] {
            assert_eq!(pressed(key, modifiers).commands, expected, "{key:?} {modifiers:?}");
        }
    }

    #[test]
    fn keys_that_leave_the_caret_alone_move_the_view_or_a_block() {
        assert_eq!(pressed(Key::ArrowDown, Modifiers::COMMAND).scroll, 1);
        let block = pressed(Key::ArrowUp, Modifiers::ALT | Modifiers::SHIFT);
        assert_eq!((block.block, block.commands.is_empty()), (Some((0, -1)), true));
        assert!(pressed(Key::Escape, Modifiers::NONE).escape);
        assert!(pressed(Key::Escape, Modifiers::SHIFT).leaves);
    }

    #[test]
    fn composing_touches_the_text_only_when_it_ends() {
        let mut typed = Typed::default();
        let preedit = |text: &str| ImeEvent::Preedit { text: text.to_owned(), active_range_chars: None };
        typed.ime(preedit(""), false);
        assert_eq!(typed, Typed::default(), "the end of nothing");
        typed.ime(preedit("に"), true);
        assert_eq!((typed.composing.as_deref(), typed.commands.len()), (Some("に"), 0));
        typed.ime(ImeEvent::Commit("日".to_owned()), true);
        assert_eq!(typed.composing.as_deref(), Some(""));
        assert_eq!(typed.commands, [EditCommand::Insert("日".to_owned())]);
    }
}

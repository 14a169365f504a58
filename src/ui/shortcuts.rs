//! Keys that run commands: the command table's chords in egui's terms.
//!
//! Knows which keys belong together, not what the commands do.

use egui::{Context, KeyboardShortcut, Modifiers};

use crate::app::{Chord, Key, UiCommand};

/// Takes the keys that run commands out of the input, and returns those commands.
///
/// Keys of commands that edit are left to the editor: elsewhere they mean something else.
pub(super) fn pressed(ctx: &Context) -> Vec<UiCommand> {
    let mut commands: Vec<(Chord, UiCommand)> = UiCommand::ALL
        .iter()
        .filter(|command| !command.is_editing())
        .filter_map(|command| Some((command.shortcut()?, *command)))
        .collect();
    // Chords with more modifiers go first, or Ctrl+S would swallow Ctrl+Shift+S.
    commands.sort_by_key(|(chord, _)| std::cmp::Reverse(weight(*chord)));
    ctx.input_mut(|input| {
        let taken = commands
            .into_iter()
            .filter(|(chord, _)| shortcut(*chord).is_some_and(|shortcut| input.consume_shortcut(&shortcut)));
        taken.map(|(_, command)| command).collect()
    })
}

/// Returns the command that edits and has exactly these keys.
pub(super) fn editing(key: egui::Key, modifiers: Modifiers) -> Option<UiCommand> {
    // With Shift, brackets are other keys to the system.
    let key = match key {
        egui::Key::OpenCurlyBracket => egui::Key::OpenBracket,
        egui::Key::CloseCurlyBracket => egui::Key::CloseBracket,
        egui::Key::Pipe => egui::Key::Backslash,
        key => key,
    };
    let is_it = |chord: Chord| {
        (chord.ctrl, chord.shift, chord.alt) == (modifiers.command, modifiers.shift, modifiers.alt)
            && shortcut(chord).is_some_and(|shortcut| shortcut.logical_key == key)
    };
    // On some desktops Ctrl+Y is what Ctrl+Shift+Z is on others.
    if key == egui::Key::Y && modifiers.command && !modifiers.shift && !modifiers.alt {
        return Some(UiCommand::Redo);
    }
    UiCommand::ALL
        .iter()
        .copied()
        .find(|command| command.is_editing() && command.shortcut().is_some_and(is_it))
}

fn weight(chord: Chord) -> u8 {
    u8::from(chord.ctrl) + u8::from(chord.shift) + u8::from(chord.alt)
}

fn shortcut(chord: Chord) -> Option<KeyboardShortcut> {
    let mut modifiers = Modifiers::NONE;
    if chord.ctrl {
        modifiers = modifiers.plus(Modifiers::COMMAND);
    }
    if chord.shift {
        modifiers = modifiers.plus(Modifiers::SHIFT);
    }
    if chord.alt {
        modifiers = modifiers.plus(Modifiers::ALT);
    }
    let key = match chord.key {
        Key::Char(letter) => egui::Key::from_name(&letter.to_string())?,
        Key::F(number) => egui::Key::from_name(&format!("F{number}"))?,
        Key::Enter => egui::Key::Enter,
        Key::Plus => egui::Key::Plus,
        Key::Minus => egui::Key::Minus,
        Key::Tab => egui::Key::Tab,
        Key::Space => egui::Key::Space,
        Key::Up => egui::Key::ArrowUp,
        Key::Down => egui::Key::ArrowDown,
    };
    Some(KeyboardShortcut::new(modifiers, key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_chord_of_the_table_is_a_key_that_egui_knows() {
        for command in UiCommand::ALL {
            if let Some(chord) = command.shortcut() {
                assert!(shortcut(chord).is_some(), "{}: {chord}", command.label());
            }
        }
    }

    #[test]
    fn keys_that_edit_are_found_with_exactly_their_modifiers() {
        const CTRL: Modifiers = Modifiers::COMMAND;
        for (key, modifiers, expected) in [
            (egui::Key::Z, CTRL, Some(UiCommand::Undo)),
            (egui::Key::Z, CTRL | Modifiers::SHIFT, Some(UiCommand::Redo)),
            (egui::Key::Y, CTRL, Some(UiCommand::Redo)),
            (egui::Key::OpenCurlyBracket, CTRL | Modifiers::SHIFT, Some(UiCommand::Fold)),
            (egui::Key::F, Modifiers::SHIFT | Modifiers::ALT, Some(UiCommand::Format)),
            (egui::Key::F, CTRL, None),
            (egui::Key::Z, Modifiers::NONE, None),
        ] {
            assert_eq!(editing(key, modifiers), expected, "{key:?} {modifiers:?}");
        }
    }
}

//! Keys that run commands: the command table's chords in egui's terms.
//!
//! Knows which keys belong together, not what the commands do.

use egui::{Context, KeyboardShortcut, Modifiers};

use crate::app::{Chord, Key, UiCommand};

/// Takes the keys that run commands out of the input, and returns those commands.
pub(super) fn pressed(ctx: &Context) -> Vec<UiCommand> {
    // Chords with more modifiers go first, or Ctrl+S would swallow Ctrl+Shift+S.
    let mut commands =
        UiCommand::ALL.iter().filter_map(|command| Some((command.shortcut()?, *command))).collect::<Vec<_>>();
    commands.sort_by_key(|(chord, _)| std::cmp::Reverse(u8::from(chord.ctrl) + u8::from(chord.shift)));
    ctx.input_mut(|input| {
        let taken = commands
            .into_iter()
            .filter(|(chord, _)| shortcut(*chord).is_some_and(|shortcut| input.consume_shortcut(&shortcut)));
        taken.map(|(_, command)| command).collect()
    })
}

fn shortcut(chord: Chord) -> Option<KeyboardShortcut> {
    let mut modifiers = Modifiers::NONE;
    if chord.ctrl {
        modifiers = modifiers.plus(Modifiers::COMMAND);
    }
    if chord.shift {
        modifiers = modifiers.plus(Modifiers::SHIFT);
    }
    let key = match chord.key {
        Key::Char(letter) => egui::Key::from_name(&letter.to_string())?,
        Key::F(number) => egui::Key::from_name(&format!("F{number}"))?,
        Key::Enter => egui::Key::Enter,
        Key::Plus => egui::Key::Plus,
        Key::Minus => egui::Key::Minus,
        Key::Tab => egui::Key::Tab,
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
}

//! What the pointer means in a text that is edited: carets, words, lines, blocks, links.
//!
//! Knows places and no pixels.

use egui::Modifiers;

use crate::model::text::{EditCommand, SelectUnit, Selection, Selections, TextEditor};

use super::gutter::GutterDeed;
use super::lines::Spot;
use super::text_lines::{byte_of, spot_of};
use super::view::PointerDeed;

/// What was begun when the button went down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Pointing {
    /// Nothing, or what began is over.
    #[default]
    Idle,
    /// Selecting in such steps.
    Select(SelectUnit),
    /// A caret comes or goes when the button goes up, unless a block is drawn: line and column of the screen.
    Block {
        /// Where it began: line and column of the screen, both from 0.
        anchor: (usize, usize),
        /// The byte there.
        byte: usize,
        /// Whether the pointer has left the place.
        is_drawn: bool,
    },
    /// What is selected is dragged elsewhere, or the caret put there if it isn't moved.
    Carry {
        /// The byte where it began.
        from: usize,
        /// Where it would go.
        to: usize,
    },
}

/// What the pointer asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Pointed {
    /// This is done to the text or its carets.
    Do(EditCommand),
    /// The definition of what stands at a byte is wanted.
    Follow(usize),
    /// What was carried is dropped at a byte; with the flag it stays where it was, too.
    Drop(usize, bool),
}

impl Pointing {
    /// Takes what the pointer does; `column` is the column of the screen at which it is.
    pub(super) fn take(
        &mut self,
        deed: PointerDeed,
        text: &TextEditor,
        column: usize,
        modifiers: Modifiers,
    ) -> Option<Pointed> {
        match deed {
            PointerDeed::Press(spot, presses) => self.press(spot, presses, text, column, modifiers),
            PointerDeed::Drag(spot) => self.drag(spot, text, column),
            PointerDeed::Release => self.release(text, modifiers),
        }
    }

    /// Returns where what is carried would go.
    pub(super) fn carried_to(&self) -> Option<usize> {
        match self {
            Self::Carry { from, to } if from != to => Some(*to),
            _ => None,
        }
    }

    fn press(
        &mut self,
        spot: Spot,
        presses: u8,
        text: &TextEditor,
        column: usize,
        modifiers: Modifiers,
    ) -> Option<Pointed> {
        let byte = byte_of(text.buffer(), spot);
        *self = Self::Idle;
        if modifiers.alt {
            *self = Self::Block { anchor: (spot.line, column), byte, is_drawn: false };
            return None;
        }
        if modifiers.command && presses == 1 {
            return Some(Pointed::Follow(byte));
        }
        let unit = match presses {
            1 => SelectUnit::Character,
            2 => SelectUnit::Word,
            _ => SelectUnit::Line,
        };
        let is_inside = |selection: &Selection| selection.start() <= byte && byte < selection.end();
        if presses == 1 && !modifiers.shift && text.selections().iter().any(is_inside) {
            *self = Self::Carry { from: byte, to: byte };
            return None;
        }
        *self = Self::Select(unit);
        Some(Pointed::Do(if modifiers.shift {
            EditCommand::PointTo { byte, unit }
        } else {
            EditCommand::PointAt { byte, unit }
        }))
    }

    fn drag(&mut self, spot: Spot, text: &TextEditor, column: usize) -> Option<Pointed> {
        let byte = byte_of(text.buffer(), spot);
        match self {
            Self::Idle => None,
            Self::Select(unit) => {
                let is_there = *unit == SelectUnit::Character && text.selections().primary().head == byte;
                (!is_there).then_some(Pointed::Do(EditCommand::PointTo { byte, unit: *unit }))
            }
            Self::Block { anchor, is_drawn, .. } => {
                *is_drawn |= (spot.line, column) != *anchor;
                let head = (spot.line, column);
                is_drawn.then_some(Pointed::Do(EditCommand::SelectBlock { anchor: *anchor, head }))
            }
            Self::Carry { to, .. } => {
                *to = byte;
                None
            }
        }
    }

    fn release(&mut self, text: &TextEditor, modifiers: Modifiers) -> Option<Pointed> {
        match std::mem::take(self) {
            Self::Block { byte, is_drawn: false, .. } => Some(Pointed::Do(EditCommand::ToggleCursor(byte))),
            Self::Carry { from, to } if from == to => {
                Some(Pointed::Do(EditCommand::PointAt { byte: to, unit: SelectUnit::Character }))
            }
            Self::Carry { to, .. } => {
                let is_inside = |selection: &Selection| selection.start() <= to && to <= selection.end();
                let may_drop = !text.selections().iter().any(is_inside);
                may_drop.then_some(Pointed::Drop(to, modifiers.command))
            }
            _ => None,
        }
    }
}

/// Returns what is done for a click on line numbers.
pub(super) fn select_lines(deed: GutterDeed, text: &TextEditor) -> Option<EditCommand> {
    let GutterDeed::Lines(from, to) = deed else { return None };
    let (start, end) = (text.buffer().line_start(from), text.buffer().line_start(from + 1));
    let selection = if to >= from {
        Selection::new(start, text.buffer().line_start(to + 1))
    } else {
        Selection::new(end, text.buffer().line_start(to))
    };
    let is_there = text.selections().primary().range() == selection.range();
    (!is_there).then(|| EditCommand::SetSelections(Selections::single(selection)))
}

/// A block that the keyboard draws, by line and column of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct KeyBlock {
    anchor: (usize, usize),
    head: (usize, usize),
}

impl KeyBlock {
    /// Begins at the caret, or goes on; returns the block one step further.
    pub(super) fn step(last: Option<Self>, text: &TextEditor, (columns, lines): (i32, i32)) -> Self {
        let here = |byte: usize| (spot_of(text.buffer(), byte).line, text.column_of(byte));
        let primary = text.selections().primary();
        let Self { anchor, head } =
            last.unwrap_or_else(|| Self { anchor: here(primary.anchor), head: here(primary.head) });
        let moved = |value: usize, by: i32| value.saturating_add_signed(by as isize);
        let line = moved(head.0, lines).min(text.buffer().num_lines() - 1);
        Self { anchor, head: (line, moved(head.1, columns)) }
    }

    /// Returns what selects it.
    pub(super) fn command(self) -> EditCommand {
        EditCommand::SelectBlock { anchor: self.anchor, head: self.head }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(byte: usize) -> PointerDeed {
        PointerDeed::Press(Spot::new(0, byte), 1)
    }

    #[test]
    fn a_press_puts_the_caret_and_a_drag_selects() {
        let text = TextEditor::new("(func nop)");
        let mut pointing = Pointing::default();
        let at = |byte| Some(Pointed::Do(EditCommand::PointAt { byte, unit: SelectUnit::Character }));
        let to = |byte| Some(Pointed::Do(EditCommand::PointTo { byte, unit: SelectUnit::Character }));
        assert_eq!(pointing.take(press(3), &text, 3, Modifiers::NONE), at(3));
        assert_eq!(pointing.take(PointerDeed::Drag(Spot::new(0, 5)), &text, 5, Modifiers::NONE), to(5));
        assert_eq!(pointing.take(PointerDeed::Release, &text, 5, Modifiers::NONE), None);
        assert_eq!(pointing.take(press(3), &text, 3, Modifiers::SHIFT), to(3));
        assert_eq!(pointing.take(press(3), &text, 3, Modifiers::COMMAND), Some(Pointed::Follow(3)));
    }

    #[test]
    fn with_alt_a_click_is_one_more_caret_and_a_drag_a_block() {
        let text = TextEditor::new("abc\ndef");
        let mut pointing = Pointing::default();
        assert_eq!(pointing.take(press(1), &text, 1, Modifiers::ALT), None);
        let toggle = Some(Pointed::Do(EditCommand::ToggleCursor(1)));
        assert_eq!(pointing.take(PointerDeed::Release, &text, 1, Modifiers::ALT), toggle);
        pointing.take(press(1), &text, 1, Modifiers::ALT);
        let block = EditCommand::SelectBlock { anchor: (0, 1), head: (1, 9) };
        let drag = PointerDeed::Drag(Spot::new(1, 3));
        assert_eq!(pointing.take(drag, &text, 9, Modifiers::ALT), Some(Pointed::Do(block)));
        assert_eq!(pointing.take(PointerDeed::Release, &text, 9, Modifiers::ALT), None);
    }

    #[test]
    fn what_is_selected_is_carried_or_let_go() {
        let mut text = TextEditor::new("abc def");
        let selections = Selections::single(Selection::new(0, 3));
        text.apply(&EditCommand::SetSelections(selections), std::time::Duration::ZERO);
        let mut pointing = Pointing::default();
        assert_eq!(pointing.take(press(1), &text, 1, Modifiers::NONE), None);
        assert_eq!(pointing.carried_to(), None);
        pointing.take(PointerDeed::Drag(Spot::new(0, 6)), &text, 6, Modifiers::NONE);
        assert_eq!(pointing.carried_to(), Some(6));
        assert_eq!(
            pointing.take(PointerDeed::Release, &text, 6, Modifiers::NONE),
            Some(Pointed::Drop(6, false))
        );
        pointing.take(press(1), &text, 1, Modifiers::NONE);
        let caret = Pointed::Do(EditCommand::PointAt { byte: 1, unit: SelectUnit::Character });
        assert_eq!(pointing.take(PointerDeed::Release, &text, 1, Modifiers::NONE), Some(caret));
    }

    #[test]
    fn keys_draw_a_block_from_the_caret() {
        let text = TextEditor::new("abc\ndef\nx");
        let block = KeyBlock::step(None, &text, (1, 0));
        let block = KeyBlock::step(Some(block), &text, (0, 1));
        assert_eq!(block.command(), EditCommand::SelectBlock { anchor: (0, 0), head: (1, 1) });
        let block = KeyBlock::step(Some(block), &text, (-5, 9));
        assert_eq!(block.command(), EditCommand::SelectBlock { anchor: (0, 0), head: (2, 0) });
    }
}

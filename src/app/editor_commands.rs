//! Commands of the command table that work on the text in front: what they do to it, or what they ask of the
//! editor that shows it.
//!
//! Knows no keys and no widgets; both stand elsewhere.

use super::action::{Action, SourceAction, ViewAction};
use super::command_table::UiCommand;
use super::state::{AppState, SourceContent};
use crate::model::text::{Direction, EditCommand, Motion};

/// Something that only the editor can do, since it is how a text is looked at and not the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EditorWish {
    /// Show the bar that finds.
    Find,
    /// Show the bar that finds and replaces.
    Replace,
    /// Go to the next find.
    FindNext,
    /// Go to the find before.
    FindPrevious,
    /// Ask for a line to go to.
    GoToLine,
    /// Go to where the name at the caret is defined.
    GoToDefinition,
    /// Ask for another name for what stands at the caret.
    Rename,
    /// List what could be written at the caret.
    Complete,
    /// Show what the instruction at the caret takes and gives, or no longer.
    ParameterHints,
    /// Indent the whole text as its parentheses ask for.
    Format,
    /// Fold away what the caret's line begins.
    Fold,
    /// Show what is folded away under the caret's line.
    Unfold,
    /// Fold everything.
    FoldAll,
    /// Show everything.
    UnfoldAll,
    /// Put what is selected into the clipboard.
    Copy,
    /// Put what is selected into the clipboard and delete it.
    Cut,
    /// Insert what is in the clipboard.
    Paste,
    /// Select everything; of a text that is edited, the text's own command does.
    SelectAll,
}

impl UiCommand {
    /// Tells whether its keys are the editor's: they mean something else, or nothing, where the keyboard is
    /// elsewhere.
    pub fn is_editing(self) -> bool {
        self.edit_command().is_some()
            || matches!(
                self,
                Self::Copy
                    | Self::Cut
                    | Self::Paste
                    | Self::Complete
                    | Self::ParameterHints
                    | Self::Rename
                    | Self::Format
            )
            || matches!(self, Self::Fold | Self::Unfold)
    }

    /// Returns what it does to the text, if it does something to that.
    pub fn edit_command(self) -> Option<EditCommand> {
        Some(match self {
            Self::Undo => EditCommand::Undo,
            Self::Redo => EditCommand::Redo,
            Self::SelectAll => EditCommand::SelectAll,
            Self::SelectLine => EditCommand::SelectLine,
            Self::ExpandSelection => EditCommand::ExpandSelection,
            Self::ShrinkSelection => EditCommand::ShrinkSelection,
            Self::NextOccurrence => EditCommand::AddNextOccurrence,
            Self::AllOccurrences => EditCommand::SelectAllOccurrences,
            Self::CaretAbove => EditCommand::AddCursor(Direction::Up),
            Self::CaretBelow => EditCommand::AddCursor(Direction::Down),
            Self::SplitIntoLines => EditCommand::SplitIntoLines,
            Self::ToggleComment => EditCommand::ToggleLineComment,
            Self::ToggleBlockComment => EditCommand::ToggleBlockComment,
            Self::IndentLines => EditCommand::Indent,
            Self::OutdentLines => EditCommand::BackTab,
            Self::MoveLinesUp => EditCommand::MoveLines(Direction::Up),
            Self::MoveLinesDown => EditCommand::MoveLines(Direction::Down),
            Self::DuplicateLines => EditCommand::DuplicateLines(Direction::Down),
            Self::DeleteLines => EditCommand::DeleteLines,
            Self::JoinLines => EditCommand::JoinLines,
            Self::LineBelow => EditCommand::OpenLine(Direction::Down),
            Self::LineAbove => EditCommand::OpenLine(Direction::Up),
            Self::MatchingParen => EditCommand::Move { motion: Motion::MatchingBracket, extend: false },
            _ => return None,
        })
    }

    /// Returns what it asks of the editor, if it asks for something.
    pub fn editor_wish(self) -> Option<EditorWish> {
        Some(match self {
            Self::Find => EditorWish::Find,
            Self::Replace => EditorWish::Replace,
            Self::FindNext => EditorWish::FindNext,
            Self::FindPrevious => EditorWish::FindPrevious,
            Self::GoToLine => EditorWish::GoToLine,
            Self::GoToDefinition => EditorWish::GoToDefinition,
            Self::Rename => EditorWish::Rename,
            Self::Complete => EditorWish::Complete,
            Self::ParameterHints => EditorWish::ParameterHints,
            Self::Format => EditorWish::Format,
            Self::Fold => EditorWish::Fold,
            Self::Unfold => EditorWish::Unfold,
            Self::FoldAll => EditorWish::FoldAll,
            Self::UnfoldAll => EditorWish::UnfoldAll,
            Self::Copy => EditorWish::Copy,
            Self::Cut => EditorWish::Cut,
            Self::Paste => EditorWish::Paste,
            _ => return None,
        })
    }

    pub(super) fn editor_action(self, state: &AppState) -> Option<Result<Action, String>> {
        let (edit, wish) = (self.edit_command(), self.editor_wish());
        if edit.is_none() && wish.is_none() {
            return None;
        }
        let Some(source) = state.active_source() else { return Some(Err("no source is open".to_owned())) };
        let reads = matches!(
            self,
            Self::Find | Self::FindNext | Self::FindPrevious | Self::GoToLine | Self::Copy | Self::SelectAll
        );
        let is_listing = matches!(source.content, SourceContent::Binary { .. });
        if !reads && is_listing {
            return Some(Err("a listing can't be edited: Edit as WAT makes it a text".to_owned()));
        }
        Some(Ok(match (edit, wish) {
            (Some(EditCommand::SelectAll), _) if is_listing => {
                Action::View(ViewAction::AskEditor(EditorWish::SelectAll))
            }
            (Some(command), _) => Action::Source(SourceAction::Edit(source.id, command)),
            (None, wish) => Action::View(ViewAction::AskEditor(wish.unwrap_or(EditorWish::Find))),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_works_on_the_text_or_asks_the_editor_never_both() {
        for command in UiCommand::ALL {
            assert!(command.edit_command().is_none() || command.editor_wish().is_none(), "{command:?}");
        }
    }

    #[test]
    fn without_a_source_there_is_nothing_to_edit() {
        let state = AppState::default();
        for command in [UiCommand::Undo, UiCommand::Find, UiCommand::Rename] {
            assert_eq!(command.action(&state), Err("no source is open".to_owned()), "{command:?}");
        }
    }
}

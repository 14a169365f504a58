//! The commands that work on lines, forms and clipboards.

use super::super::*;

/// Returns one of the commands that take nothing, by a number.
pub(super) fn any(index: usize) -> EditCommand {
    const COMMANDS: [EditCommand; 3] =
        [EditCommand::SelectAll, EditCommand::SelectWord, EditCommand::Collapse];
    COMMANDS[index % COMMANDS.len()].clone()
}

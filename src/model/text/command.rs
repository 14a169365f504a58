//! What hands do to a text, as data, and what comes of it.
//!
//! Knows no keys: which key means what is decided where keys are known.

use std::ops::Range;

use super::change::TextChange;
use super::selection::Selections;

/// Where a cursor goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Motion {
    /// To what a person takes for the character before.
    Left,
    /// Past what a person takes for the character after.
    Right,
    /// To the start of the word before.
    WordLeft,
    /// To the end of the word after.
    WordRight,
    /// One line up, in the same column where the line is long enough.
    Up,
    /// One line down.
    Down,
    /// So many lines up.
    PageUp(usize),
    /// So many lines down.
    PageDown(usize),
    /// To the first word of the line, or to the line's start when it is there already.
    LineStart,
    /// To the end of the line.
    LineEnd,
    /// To the start of the text.
    DocumentStart,
    /// To the end of the text.
    DocumentEnd,
    /// To the parenthesis that belongs to the one beside the cursor, or to the start of the enclosing form.
    MatchingBracket,
}

/// Up or down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Towards the first line.
    Up,
    /// Towards the last line.
    Down,
}

/// How much is selected at once: as many as the clicks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SelectUnit {
    /// Characters.
    Character,
    /// Words.
    Word,
    /// Lines, with what they end with.
    Line,
}

/// One thing that hands do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EditCommand {
    /// Type: parentheses and quotes get their partner, and a partner that is there is typed over.
    Type(String),
    /// Put exactly this text in place of what is selected, such as a completion or what an input method made.
    Insert(String),
    /// Begin a line, indented as its place asks for.
    Newline,
    /// Begin a line above or below the cursor's, wherever in it the cursor is.
    OpenLine(Direction),
    /// Insert what leads to the next indentation stop, or move the selected lines in.
    Tab,
    /// Move the lines of all cursors out.
    BackTab,
    /// Delete what is selected, or what is between the cursor and where that motion leads.
    Delete(Motion),
    /// Move the lines of all cursors in by one level.
    Indent,
    /// Swap the lines of all cursors with the one above or below.
    MoveLines(Direction),
    /// Write the lines of all cursors once more, above or below.
    DuplicateLines(Direction),
    /// Delete the lines of all cursors.
    DeleteLines,
    /// Join the lines of all cursors, or a cursor's line with the next.
    JoinLines,
    /// Make the lines of all cursors comments, or no longer.
    ToggleLineComment,
    /// Make what is selected a block comment, or no longer.
    ToggleBlockComment,
    /// Hand out what is selected, or whole lines where nothing is, for the clipboard.
    Copy,
    /// The same, and delete it.
    Cut,
    /// Put what comes from the clipboard at every cursor.
    Paste(String),
    /// Move every cursor.
    Move {
        /// Where to.
        motion: Motion,
        /// Whether what lies between is selected.
        extend: bool,
    },
    /// Put the cursors there.
    SetSelections(Selections),
    /// Click: put the only cursor at a byte, and select its unit.
    PointAt {
        /// The byte.
        byte: usize,
        /// What is selected around it.
        unit: SelectUnit,
    },
    /// Drag or Shift and click: extend the primary cursor to a byte, in whole units.
    PointTo {
        /// The byte.
        byte: usize,
        /// In what steps.
        unit: SelectUnit,
    },
    /// Add a cursor at a byte, or take away the one that is there.
    ToggleCursor(usize),
    /// Select a rectangle from a line and column of the screen, both from 0, to another one.
    SelectBlock {
        /// Where the mouse was pressed.
        anchor: (usize, usize),
        /// Where it is.
        head: (usize, usize),
    },
    /// Select everything.
    SelectAll,
    /// Select the lines of all cursors; once more, the next lines too.
    SelectLine,
    /// Select the words at the cursors.
    SelectWord,
    /// Select more around each cursor: the word, then form after form, then everything.
    ExpandSelection,
    /// Take the last of these steps back.
    ShrinkSelection,
    /// Add a cursor on the line above or below each one.
    AddCursor(Direction),
    /// Select the word at the cursor, or add the next place of what is selected.
    AddNextOccurrence,
    /// Select every place of what is selected, or of the word at the cursor.
    SelectAllOccurrences,
    /// Select each line of what is selected on its own.
    SplitIntoLines,
    /// Keep the primary cursor alone; when it is alone, select nothing.
    Collapse,
    /// Replace these parts of the text at once; cursors stay with their text. Parts that are not in order, or
    /// not in the text, are left out.
    Replace(Vec<(Range<usize>, String)>),
    /// Undo the last group of edits.
    Undo,
    /// Do again what was undone last.
    Redo,
}

impl EditCommand {
    /// Tells whether this may change the text.
    pub fn is_edit(&self) -> bool {
        !matches!(
            self,
            Self::Move { .. }
                | Self::SetSelections(_)
                | Self::PointAt { .. }
                | Self::PointTo { .. }
                | Self::ToggleCursor(_)
                | Self::SelectBlock { .. }
                | Self::SelectAll
                | Self::SelectLine
                | Self::SelectWord
                | Self::ExpandSelection
                | Self::ShrinkSelection
                | Self::AddCursor(_)
                | Self::AddNextOccurrence
                | Self::SelectAllOccurrences
                | Self::SplitIntoLines
                | Self::Copy
                | Self::Collapse
        )
    }
}

/// What came of a command.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EditOutcome {
    /// What changed in the text, in the order in which it did; each speaks of the text before it.
    pub changes: Vec<TextChange>,
    /// Whether cursors or what they select are elsewhere.
    pub moved: bool,
    /// Whether the primary cursor should be brought into view.
    pub needs_scroll: bool,
    /// What goes to the clipboard.
    pub clipboard: Option<String>,
    /// Whether the command would have changed a text that is read-only.
    pub refused: bool,
}

impl EditOutcome {
    /// Tells whether the text is another one.
    pub fn changed(&self) -> bool {
        !self.changes.is_empty()
    }
}

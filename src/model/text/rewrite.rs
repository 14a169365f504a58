//! Changes at very many places of a text: made beside the text that is shown, and taken over at once.
//!
//! Whoever has time makes a [`Rewritten`] out of a snapshot; a [`super::TextEditor`] takes it over at no cost if
//! its text is still that one, and undoes it at no cost either. Knows no threads.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use super::buffer::TextBuffer;
use super::change::{Bias, TextChange};
use super::command::EditCommand;
use super::editor::TextEditor;
use super::search::SearchPattern;
use super::selection::Selections;
use crate::model::wat::{DefinitionId, LineLexer, WatReading, format};

/// A text as it was at a moment, with what is known of how its lines begin; it costs nothing to take.
#[derive(Debug, Clone, Default)]
pub struct TextSnapshot {
    pub(super) buffer: TextBuffer,
    pub(super) syntax: LineLexer,
}

impl TextSnapshot {
    /// Returns the text.
    pub fn buffer(&self) -> &TextBuffer {
        &self.buffer
    }
}

impl From<TextBuffer> for TextSnapshot {
    fn from(buffer: TextBuffer) -> Self {
        Self { buffer, syntax: LineLexer::default() }
    }
}

/// What is to be done to a whole text.
#[derive(Debug, Clone)]
pub enum Rewriting {
    /// Indent lines as their parentheses ask for.
    Format {
        /// The lines, from 0.
        lines: Range<usize>,
        /// What one level of indentation consists of.
        step: String,
    },
    /// Give something another name wherever it is used.
    Rename {
        /// What was read of this very text.
        reading: Arc<WatReading>,
        /// What gets the name.
        definition: DefinitionId,
        /// The name.
        name: String,
    },
    /// Replace what a search has found in this very text.
    Replace {
        /// What was searched for.
        pattern: SearchPattern,
        /// The finds, in order.
        finds: Arc<[Range<usize>]>,
        /// What they are replaced by; groups of a regular expression may stand in it.
        replacement: String,
    },
    /// Do to very many lines what a command says.
    Lines {
        /// The text with its cursors and without its history.
        editor: Box<TextEditor>,
        /// The command.
        command: EditCommand,
    },
}

/// The same change; readings and finds are compared by where they are.
impl PartialEq for Rewriting {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Format { lines, step }, Self::Format { lines: other, step: other_step }) => {
                (lines, step) == (other, other_step)
            }
            (
                Self::Rename { reading, definition, name },
                Self::Rename { reading: other, definition: other_definition, name: other_name },
            ) => Arc::ptr_eq(reading, other) && (definition, name) == (other_definition, other_name),
            (
                Self::Replace { pattern, finds, replacement },
                Self::Replace { pattern: other_pattern, finds: other, replacement: other_replacement },
            ) => Arc::ptr_eq(finds, other) && (pattern, replacement) == (other_pattern, other_replacement),
            (Self::Lines { editor, command }, Self::Lines { editor: other, command: other_command }) => {
                command == other_command && editor.buffer() == other.buffer()
            }
            _ => false,
        }
    }
}

impl Rewriting {
    /// Says what it does, in words such as `formatting`.
    pub fn doing(&self) -> &'static str {
        match self {
            Self::Format { .. } => "formatting",
            Self::Rename { .. } => "renaming",
            Self::Replace { .. } => "replacing",
            Self::Lines { .. } => "changing",
        }
    }

    /// Lists which parts of a text become what, in order; takes time in proportion to the text.
    ///
    /// # Errors
    ///
    /// Returns why it can't be done, for people.
    pub fn parts(&self, text: &TextBuffer) -> Result<Vec<(Range<usize>, String)>, String> {
        let edits = match self {
            Self::Format { lines, step } => format(&text.to_text(), lines.clone(), step),
            Self::Rename { reading, definition, name } => {
                reading.index.rename(*definition, name).map_err(|refusal| refusal.to_string())?
            }
            Self::Replace { pattern, finds, replacement } => {
                let part = |find: &Range<usize>| (find.clone(), pattern.replacement(text, find, replacement));
                return Ok(finds.iter().map(part).collect());
            }
            Self::Lines { .. } => return Err("only a text with cursors can do that".to_owned()),
        };
        Ok(edits.into_iter().map(|edit| (edit.range, edit.text)).collect())
    }

    /// Makes the other text; nothing when it would be the same.
    ///
    /// # Errors
    ///
    /// Returns why it can't be done, for people.
    pub fn run(&self, text: &TextSnapshot) -> Result<Option<Rewritten>, String> {
        match self {
            Self::Lines { editor, command } => Ok(Rewritten::by_command((**editor).clone(), command)),
            _ => Ok(Rewritten::new(text, &self.parts(&text.buffer)?)),
        }
    }
}

/// A text that was made out of a snapshot of another one.
#[derive(Debug, Clone)]
pub struct Rewritten {
    pub(super) of_version: u64,
    pub(super) after: TextSnapshot,
    pub(super) moves: Moves,
    /// Everything between the first place that changed and the last.
    pub(super) change: TextChange,
    /// Cursors, where they don't simply stay with their text.
    pub(super) selections: Option<Selections>,
}

impl Rewritten {
    /// Replaces parts of a text; those that are not in order, or not in the text, are left out.
    pub fn new(text: &TextSnapshot, parts: &[(Range<usize>, String)]) -> Option<Self> {
        let before = &text.buffer;
        let mut good: Vec<(Range<usize>, String)> = Vec::with_capacity(parts.len());
        for (range, new) in parts {
            let new = before.with_own_endings(new);
            if fits(before, range, good.last().map_or(0, |(last, _)| last.end))
                && before.slice(range.clone()) != new
            {
                good.push((range.clone(), new.into_owned()));
            }
        }
        let (start, end) = (good.first()?.0.start, good.last()?.0.end);
        let mut after = text.clone();
        for (range, new) in good.iter().rev() {
            let change = after.buffer.replace(range.clone(), new);
            after.syntax.change(&change);
        }
        after.syntax.state_at(&after.buffer, usize::MAX);
        let grown = after.buffer.len_bytes() + (end - start) - before.len_bytes();
        Some(Self {
            of_version: before.version(),
            change: change_between((before, start..end), (&after.buffer, start..start + grown)),
            moves: Moves::new(good.iter().map(|(range, new)| (range.start, range.len(), new.len()))),
            after,
            selections: None,
        })
    }

    /// Does what a command says to a text whose cursors select very many lines.
    fn by_command(mut editor: TextEditor, command: &EditCommand) -> Option<Self> {
        let before = editor.buffer().clone();
        // They come from the last to the first, so that each speaks of the text as it was.
        let changes = editor.apply(command, Duration::ZERO).changes;
        let (start, end) = (changes.last()?.start, changes.first()?.old_range().end);
        let after = editor.snapshot();
        let grown = after.buffer.len_bytes() + (end - start) - before.len_bytes();
        Some(Self {
            of_version: before.version(),
            change: change_between((&before, start..end), (&after.buffer, start..start + grown)),
            moves: Moves::new(changes.iter().rev().map(|one| (one.start, one.removed, one.inserted))),
            selections: Some(editor.selections().clone()),
            after,
        })
    }
}

/// Tells whether a part can be replaced that must not begin before `from`.
pub(super) fn fits(text: &TextBuffer, range: &Range<usize>, from: usize) -> bool {
    range.start >= from
        && range.start <= range.end
        && text.floor(range.start) == range.start
        && text.floor(range.end) == range.end
}

/// Describes how a part of one text became a part of another one, both at the same place.
pub(super) fn change_between(
    (before, old): (&TextBuffer, Range<usize>),
    (after, new): (&TextBuffer, Range<usize>),
) -> TextChange {
    let first_line = before.line_of(old.start);
    TextChange {
        start: old.start,
        removed: old.len(),
        inserted: new.len(),
        first_line,
        lines_removed: before.line_of(old.end) - first_line,
        lines_inserted: after.line_of(new.end) - after.line_of(new.start),
    }
}

/// Where places are after many parts of a text were replaced at once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Moves {
    moves: Vec<Move>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Move {
    /// Byte of the text before.
    start: usize,
    removed: usize,
    inserted: usize,
    /// Bytes that the moves before this one put in and take out.
    inserted_before: usize,
    removed_before: usize,
}

impl Moves {
    /// Takes up parts in the order of the text: start, length before, length after.
    pub(super) fn new(parts: impl Iterator<Item = (usize, usize, usize)>) -> Self {
        let (mut inserted_before, mut removed_before) = (0, 0);
        let moves = parts.map(|(start, removed, inserted)| {
            let this = Move { start, removed, inserted, inserted_before, removed_before };
            inserted_before += inserted;
            removed_before += removed;
            this
        });
        Self { moves: moves.collect() }
    }

    /// Returns where a place of the text before is in the text after.
    pub fn map(&self, byte: usize, bias: Bias) -> usize {
        let at = self.moves.partition_point(|one| one.start + one.removed < byte);
        let Some(next) = self.moves.get(at) else {
            return self.moves.last().map_or(byte, |last| {
                byte + last.inserted_before + last.inserted - last.removed_before - last.removed
            });
        };
        let change = TextChange {
            start: next.start,
            removed: next.removed,
            inserted: next.inserted,
            first_line: 0,
            lines_removed: 0,
            lines_inserted: 0,
        };
        change.map(byte, bias) + next.inserted_before - next.removed_before
    }

    /// Returns how many bytes were taken out and put in.
    pub(super) fn num_bytes(&self) -> usize {
        self.moves
            .last()
            .map_or(0, |last| last.inserted_before + last.inserted + last.removed_before + last.removed)
    }
}

//! The source editor without a window: a text, its cursors, its undo history, and what hands do to them.
//!
//! Knows no fonts, no keys and no clock: commands come in as data, the time with them.
//!
//! All places are bytes of the text, from 0, at boundaries of characters; lines are counted from 0 and end
//! at a line feed, as the compiler counts them.

mod brackets;
mod buffer;
mod change;
mod clipboard;
mod command;
mod content;
mod editor;
mod grapheme;
mod history;
mod indent;
mod lines;
mod motion;
mod occurrences;
mod read_file;
mod rewrite;
mod search;
mod selection;
mod source_text;
mod typing;
mod word;

pub use buffer::{LineEnding, TextBuffer};
pub use change::{Bias, TextChange, map_through};
pub use command::{Direction, EditCommand, EditOutcome, Motion, SelectUnit};
pub use content::FileContent;
pub use editor::TextEditor;
pub use indent::IndentStyle;
pub use read_file::{ContentHash, ReadFile, ReadKind};
pub use rewrite::{Moves, Rewriting, Rewritten, TextSnapshot};
pub use search::{PatternError, SearchPattern, SearchQuery, TextSearch};
pub use selection::{Selection, Selections};
pub use source_text::{Encoding, SourceText};

#[cfg(test)]
mod tests;

//! The source editor: a text with line numbers, colours, errors where they stand, and a find bar.
//!
//! Knows no compiler and no files: text and diagnostics come in, commands and places go out. Only lines in view
//! are laid out, so that a listing of millions of lines is shown by the same view.

mod asking;
mod canvas;
mod cells;
mod choices;
mod completing;
mod edit;
mod find_bar;
mod finder;
mod folds;
mod gutter;
mod helping;
mod hinting;
mod hovering;
mod input;
mod lines;
mod marks;
mod paint;
mod pointing;
mod popups;
mod read_only;
mod scroll;
mod text_lines;
mod view;

pub use edit::{EditorOptions, EditorResponse, EditorView, editor_ui};
pub use find_bar::{FindDeed, FindQuery, FindReplaceBar, FindState};
pub use helping::Language;
pub use lines::{LineSource, Spot, SpotRange, clip};
pub use paint::{Span, SpanKind};
pub use read_only::{ReadOptions, ReadResponse, ReadView, place_at, read_only_ui};

/// Accessible name of the editor.
pub const NAME: &str = "Source";

/// A place in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TextPlace {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Byte of the text, from 0.
    pub byte: usize,
}

#[cfg(test)]
mod tests;

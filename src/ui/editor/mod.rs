//! The source editor: a text with line numbers, colours, errors where they stand, and a find bar.
//!
//! Knows no compiler and no files: text and diagnostics come in, commands and places go out. Only lines in view
//! are laid out, so that a listing of millions of lines is shown by the same view.

#[allow(dead_code, reason = "what the pointer hovers takes the rest into use")]
mod canvas;
mod cells;
#[allow(dead_code, reason = "completion takes it into use")]
mod choices;
mod edit;
mod find_bar;
mod finder;
#[allow(dead_code, reason = "folding takes the rest into use")]
mod folds;
mod gutter;
mod input;
mod lines;
#[allow(dead_code, reason = "going to a line takes the rest into use")]
mod marks;
mod paint;
mod pointing;
mod read_only;
#[allow(dead_code, reason = "folding takes the rest into use")]
mod scroll;
mod text_lines;
mod view;

pub use edit::{EditorOptions, EditorResponse, EditorView, editor_ui};
pub use find_bar::{FindDeed, FindQuery, FindReplaceBar, FindState};
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

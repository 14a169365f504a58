//! What the editor works out of a text and keeps until the text changes: colours, lines, parentheses.
//!
//! Knows no cursor and no diagnostics.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{Color32, Galley, Ui};

use crate::model::wat::{LineState, Paren, TokenKind, lex_line, parens};
use crate::ui::theme::{self, Tokens, space, tokens};

use super::TextPlace;

/// A text that is laid out.
#[derive(Debug)]
pub(super) struct Document {
    key: (u64, bool, u32),
    atlas_fill: f32,
    /// The coloured text.
    pub(super) galley: Arc<Galley>,
    /// Byte at which each line begins.
    pub(super) line_starts: Vec<usize>,
    /// Parentheses that count.
    pub(super) parens: Vec<Paren>,
}

impl Document {
    /// Takes the last frame's document if it still fits, else makes a new one.
    pub(super) fn of(last: Option<Self>, ui: &Ui, text: &str) -> Self {
        let key = key(ui, text);
        let fill = atlas_fill(ui);
        match last {
            // A glyph atlas that holds less than before was begun anew, and the galley points into the old one.
            Some(document) if document.key == key && document.atlas_fill <= fill => {
                Self { atlas_fill: fill, ..document }
            }
            _ => Self::new(ui, text, key),
        }
    }

    /// Makes the document fit the text again, if it has changed.
    pub(super) fn refresh(&mut self, ui: &Ui, text: &str) {
        let key = key(ui, text);
        if key != self.key {
            *self = Self::new(ui, text, key);
        }
    }

    fn new(ui: &Ui, text: &str, key: (u64, bool, u32)) -> Self {
        let line_starts =
            std::iter::once(0).chain(text.match_indices('\n').map(|(byte, _)| byte + 1)).collect();
        let galley = ui.painter().layout_job(coloured(text, tokens(ui)));
        Self { key, atlas_fill: atlas_fill(ui), galley, line_starts, parens: parens(text) }
    }

    /// Returns a number that is another one for another text.
    pub(super) fn version(&self) -> u64 {
        self.key.0
    }

    /// Returns the line that holds a byte, counted from 0.
    pub(super) fn line_of(&self, byte: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= byte).saturating_sub(1)
    }

    /// Returns the bytes of a line, counted from 0, without its line break.
    pub(super) fn line_range(&self, text: &str, line: usize) -> std::ops::Range<usize> {
        let start = self.line_starts.get(line).copied().unwrap_or(text.len());
        let end = self.line_starts.get(line + 1).map_or(text.len(), |next| next - 1);
        start..end
    }

    /// Returns the place of a byte.
    pub(super) fn place(&self, text: &str, byte: usize) -> TextPlace {
        let line = self.line_of(byte);
        let start = self.line_starts[line];
        let column = text.get(start..byte).map_or(0, |before| before.chars().count());
        let number = |index: usize| u32::try_from(index).map_or(u32::MAX, |index| index.saturating_add(1));
        TextPlace { line: number(line), column: number(column), byte }
    }

    /// Returns the byte at a line and column, both from 1; past the end of a line means its end.
    pub(super) fn byte_at(&self, text: &str, line: u32, column: u32) -> usize {
        let line = (line.max(1) as usize - 1).min(self.line_starts.len() - 1);
        let range = self.line_range(text, line);
        let within = text.get(range.clone()).unwrap_or_default();
        let skipped = column.max(1) as usize - 1;
        within.char_indices().nth(skipped).map_or(range.end, |(byte, _)| range.start + byte)
    }
}

/// Returns the colour of a kind of token.
pub(super) fn colour(kind: TokenKind, tokens: &Tokens) -> Color32 {
    match kind {
        TokenKind::Keyword | TokenKind::Word | TokenKind::Paren => tokens.text,
        TokenKind::Operator => tokens.keyword,
        TokenKind::Type => tokens.type_,
        TokenKind::Number => tokens.number,
        TokenKind::Name => tokens.name,
        TokenKind::String => tokens.string,
        TokenKind::Comment => tokens.comment,
        TokenKind::Annotation => tokens.text_muted,
        TokenKind::Invalid => tokens.error,
    }
}

/// Appends a line's coloured text to a job; returns the state for the next line.
pub(super) fn append_line(job: &mut LayoutJob, line: &str, state: LineState, tokens: &Tokens) -> LineState {
    let (pieces, next) = lex_line(line, state);
    let mut at = 0;
    for piece in pieces {
        job.append(&line[at..piece.range.start], 0.0, format(tokens.text));
        job.append(&line[piece.range.clone()], 0.0, format(colour(piece.kind, tokens)));
        at = piece.range.end;
    }
    job.append(&line[at..], 0.0, format(tokens.text));
    next
}

fn format(colour: Color32) -> TextFormat {
    TextFormat {
        line_height: Some(space::CODE_LINE),
        ..TextFormat::simple(theme::code_font(theme::STRONG), colour)
    }
}

fn coloured(text: &str, tokens: &Tokens) -> LayoutJob {
    let mut job = LayoutJob {
        wrap: TextWrapping::no_max_width(),
        keep_trailing_whitespace: true,
        ..LayoutJob::default()
    };
    let mut state = LineState::default();
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            job.append("\n", 0.0, format(tokens.text));
        }
        state = append_line(&mut job, line, state, tokens);
    }
    if job.sections.is_empty() {
        // Even an empty text has a line with a height, for the cursor.
        job.sections.push(egui::text::LayoutSection {
            leading_space: 0.0,
            byte_range: egui::text::ByteIndex(0)..egui::text::ByteIndex(0),
            format: format(tokens.text),
        });
    }
    job
}

#[allow(clippy::redundant_closure_for_method_calls, reason = "the method alone is not general enough")]
fn atlas_fill(ui: &Ui) -> f32 {
    ui.ctx().fonts(|fonts| fonts.font_atlas_fill_ratio())
}

fn key(ui: &Ui, text: &str) -> (u64, bool, u32) {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    (hasher.finish(), ui.visuals().dark_mode, ui.ctx().pixels_per_point().to_bits())
}

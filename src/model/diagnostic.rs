//! What is wrong with a source, and where.

use serde::{Deserialize, Serialize};

use super::proposal::Proposal;
use super::text_edit::TextEdit;
use super::text_position::LineIndex;

/// Place in a plugin: a function, and the spot in its source or its binary.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Place {
    /// Name of the function, without the `$`; `None` when it has none.
    pub function: Option<String>,
    /// Index of the function in the module's function index space.
    pub index: Option<u32>,
    /// Line of the source text, from 1; `None` for a binary without a text of its own.
    pub line: Option<u32>,
    /// Column of the source text in characters, from 1.
    pub column: Option<u32>,
    /// Offset into the module's binary as given, in bytes from its start.
    pub offset: Option<u64>,
}

impl Place {
    /// Writes function and spot for a sentence, such as `$fib, line 19`; `None` when nothing is known.
    pub fn phrase(&self) -> Option<String> {
        let function = match (&self.function, self.index) {
            (Some(name), _) => Some(format!("${name}")),
            (None, Some(index)) => Some(format!("func {index}")),
            (None, None) => None,
        };
        let spot = match (self.line, self.offset) {
            (Some(line), _) => Some(format!("line {line}")),
            (None, Some(offset)) => Some(format!("offset 0x{offset:x}")),
            (None, None) => None,
        };
        match (function, spot) {
            (Some(function), Some(spot)) => Some(format!("{function}, {spot}")),
            (one, other) => one.or(other),
        }
    }
}

/// How bad a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The source compiles, but its author should know.
    Warning,
    /// The source does not compile.
    Error,
}

/// One thing that is wrong with a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// One sentence, lowercase, without a full stop.
    pub message: String,
    /// What to do about it, when that is known.
    pub hint: Option<String>,
    /// Where it is.
    pub place: Place,
    /// Bytes of the source text that it concerns; empty where only a point is known.
    #[serde(skip)]
    pub range: Option<std::ops::Range<usize>>,
    /// Proposal that would mend it and is off, or that the compiler does not know.
    #[serde(skip)]
    pub needs: Option<Proposal>,
    /// Changes to the text that put it right, the likeliest first; empty where none is certain enough.
    #[serde(skip)]
    pub fixes: Vec<Fix>,
}

/// Something to do about a diagnostic with one click.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What it does, such as ``Change to `i32.add` ``.
    pub title: String,
    /// What changes in the text, all at once.
    pub edits: Vec<TextEdit>,
}

impl Diagnostic {
    /// Makes an error without a place.
    pub fn error(message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            message: message.into(),
            hint: None,
            place: Place::default(),
            range: None,
            needs: None,
            fixes: Vec::new(),
        }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds something to do about it with one click.
    #[must_use]
    pub fn with_fix(mut self, title: impl Into<String>, edits: Vec<TextEdit>) -> Self {
        self.fixes.push(Fix { title: title.into(), edits });
        self
    }

    /// Adds an offset into the binary.
    #[must_use]
    pub fn at_offset(mut self, offset: u64) -> Self {
        self.place.offset = Some(offset);
        self
    }

    /// Adds the bytes of the text that it concerns, and the line and column where they begin.
    #[must_use]
    pub fn at_text(mut self, lines: &LineIndex, range: std::ops::Range<usize>) -> Self {
        let position = lines.position(range.start);
        self.place.line = Some(position.line);
        self.place.column = Some(position.column);
        self.range = Some(range);
        self
    }

    /// Writes `line:column: message`, or with the binary's offset where there is no text.
    pub fn to_line(&self) -> String {
        match (self.place.line, self.place.column, self.place.offset) {
            (Some(line), Some(column), _) => format!("{line}:{column}: {}", self.message),
            (_, _, Some(offset)) => format!("offset {offset:#x}: {}", self.message),
            _ => self.message.clone(),
        }
    }
}

//! WebAssembly text as an editor sees it: tokens, names and what they mean, shape, help.
//!
//! Knows no compiler: everything here reads broken texts as well as good ones, never fails, and its work is
//! bounded by the length of the text.

mod completion;
mod folding;
mod format;
mod header;
mod help;
mod hover;
mod lexer;
mod line_lexer;
mod line_table;
mod operators;
mod outline;
mod parens;
mod reading;
mod rename;
mod scan;
mod signature_help;
mod symbols;
mod words;

pub use completion::{Completion, CompletionKind, Completions, FieldStart};
pub use folding::{Fold, folds};
pub use format::format;
pub use header::Signature;
pub use help::{OperatorHelp, operator_help};
pub use hover::{Hover, hover_word, hover_word_of};
pub use lexer::{LineState, Token, TokenKind, lex_line, lex_text};
pub use line_lexer::{LexBudget, LineLexer, NotRead, TextLines};
pub use operators::{is_operator, operators};
pub use outline::{OutlineItem, outline_at};
pub use parens::{Paren, matching_paren, parens};
pub use reading::WatReading;
pub use rename::RenameRefusal;
pub use signature_help::SignatureHelp;
pub use symbols::{Definition, DefinitionId, MAX_INDEXED_BYTES, SymbolIndex, SymbolKind, Use};

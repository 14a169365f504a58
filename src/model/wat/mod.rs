//! WebAssembly text as an editor sees it: tokens, names and what they mean, shape, help.
//!
//! Knows no compiler: everything here reads broken texts as well as good ones, never fails, and its work is
//! bounded by the length of the text.

mod lexer;
mod line_lexer;
mod operators;
mod parens;
mod scan;
mod words;

pub use lexer::{LineState, Token, TokenKind, lex_line, lex_text};
pub use line_lexer::{LineLexer, TextLines};
pub use operators::{is_operator, operators};
pub use parens::{Paren, matching_paren, parens};

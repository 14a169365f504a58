//! Cuts WebAssembly text into tokens, one line at a time.
//!
//! Knows no grammar: it never fails, and what cannot be a token is one of kind `Invalid`. A line needs only
//! the state in which the line before it ended, so that an edit costs the lines it changes.

use std::ops::Range;

use super::scan::{Lexeme, block_comment, next_lexeme};
use super::words::{WordClass, class_of, is_number};

/// What a token is, as far as its looks are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// A word of the module's structure, such as `func` or `export`.
    Keyword,
    /// An instruction, such as `i32.add`.
    Operator,
    /// A type, such as `i32` or `funcref`.
    Type,
    /// A number, also `inf` and `nan:0x1`.
    Number,
    /// An identifier, such as `$fib`.
    Name,
    /// A string with its quotes.
    String,
    /// A comment, or the part of one that is in this line.
    Comment,
    /// A parenthesis.
    Paren,
    /// The name of an annotation, such as `@custom`.
    Annotation,
    /// A word that is none of these, such as one that is being typed.
    Word,
    /// What no word may look like: a stray sign, or a string that does not end.
    Invalid,
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Bytes of the line.
    pub range: Range<usize>,
    /// What it is.
    pub kind: TokenKind,
}

/// What one line hands to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct LineState {
    /// How many block comments are open; they nest.
    pub comment_depth: u32,
    /// Whether the last token was `(`, so that some words mean another thing.
    pub follows_paren: bool,
}

/// Cuts a line into tokens; what lies between them is white space. The line may have its break or not.
pub fn lex_line(line: &str, state: LineState) -> (Vec<Token>, LineState) {
    let mut lexer = Lexer { text: line, state, tokens: Vec::new() };
    lexer.run();
    (lexer.tokens, lexer.state)
}

/// Cuts a whole text into tokens. Only comments reach over more than one line.
pub fn lex_text(text: &str) -> Vec<Token> {
    lex_line(text, LineState::default()).0
}

struct Lexer<'a> {
    text: &'a str,
    state: LineState,
    tokens: Vec<Token>,
}

impl Lexer<'_> {
    fn run(&mut self) {
        let mut at = 0;
        if self.state.comment_depth > 0 {
            let (end, open) = block_comment(self.text.as_bytes(), 0, self.state.comment_depth);
            // The line break belongs to no line's comment, however the line was given.
            let shown = if open > 0 { self.text.trim_end_matches(['\n', '\r']).len() } else { end };
            if shown > 0 {
                self.tokens.push(Token { range: 0..shown, kind: TokenKind::Comment });
            }
            (at, self.state.comment_depth) = (end, open);
        }
        while let Some((lexeme, range)) = next_lexeme(self.text, at) {
            at = range.end;
            self.lexeme(lexeme, range);
        }
    }

    fn lexeme(&mut self, lexeme: Lexeme, mut range: Range<usize>) {
        let kind = match lexeme {
            Lexeme::Open | Lexeme::Close => TokenKind::Paren,
            Lexeme::LineComment => TokenKind::Comment,
            Lexeme::BlockComment { open } => {
                self.state.comment_depth = open;
                if open > 0 {
                    range.end = range.start + self.text[range.clone()].trim_end_matches(['\n', '\r']).len();
                }
                TokenKind::Comment
            }
            Lexeme::String { is_closed: true } => TokenKind::String,
            Lexeme::Quoted { is_closed: true } if self.text[range.clone()].starts_with('$') => {
                TokenKind::Name
            }
            Lexeme::Quoted { is_closed: true } => TokenKind::Annotation,
            Lexeme::String { .. } | Lexeme::Quoted { .. } | Lexeme::Other => TokenKind::Invalid,
            Lexeme::Word => {
                self.word(range);
                self.state.follows_paren = false;
                return;
            }
        };
        self.tokens.push(Token { range, kind });
        if kind != TokenKind::Comment {
            self.state.follows_paren = lexeme == Lexeme::Open;
        }
    }

    fn word(&mut self, range: Range<usize>) {
        let word = &self.text[range.clone()];
        // An operand such as `offset=16` is two things to the eye.
        if let Some((name, value)) = word.split_once('=')
            && matches!(name, "offset" | "align")
        {
            let name_end = range.start + name.len() + 1;
            let kind = if is_number(value) { TokenKind::Number } else { TokenKind::Invalid };
            self.tokens.push(Token { range: range.start..name_end, kind: TokenKind::Keyword });
            if range.end > name_end {
                self.tokens.push(Token { range: name_end..range.end, kind });
            }
            return;
        }
        let kind = classify(word, self.state.follows_paren);
        self.tokens.push(Token { range, kind });
    }
}

fn classify(word: &str, follows_paren: bool) -> TokenKind {
    match word.as_bytes() {
        [b'$' | b'@'] => return TokenKind::Invalid,
        [b'$', ..] => return TokenKind::Name,
        [b'@', ..] if follows_paren => return TokenKind::Annotation,
        [b'0'..=b'9' | b'+' | b'-' | b'i' | b'n', ..] if is_number(word) => return TokenKind::Number,
        _ => {}
    }
    match class_of(word) {
        Some(WordClass::HeapType) if follows_paren => TokenKind::Keyword,
        Some(WordClass::Type | WordClass::HeapType) => TokenKind::Type,
        Some(WordClass::Operator(_)) => TokenKind::Operator,
        Some(WordClass::Keyword) if word == "then" => TokenKind::Operator,
        Some(WordClass::Keyword) => TokenKind::Keyword,
        None => TokenKind::Word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use TokenKind::*;

    fn kinds(line: &str) -> Vec<(TokenKind, &str)> {
        let (tokens, _) = lex_line(line, LineState::default());
        tokens.into_iter().map(|token| (token.kind, &line[token.range])).collect()
    }

    #[test]
    fn lines_fall_into_tokens() {
        let open = (Paren, "(");
        let close = (Paren, ")");
        for (line, expected) in [
            ("", vec![]),
            ("   \t", vec![]),
            ("(module", vec![open, (Keyword, "module")]),
            (
                "(func $add (param $a i32)",
                vec![
                    open,
                    (Keyword, "func"),
                    (Name, "$add"),
                    open,
                    (Keyword, "param"),
                    (Name, "$a"),
                    (Type, "i32"),
                    close,
                ],
            ),
            ("(export \"a\\\"b\")", vec![open, (Keyword, "export"), (String, "\"a\\\"b\""), close]),
            ("i32.add) ;; sum", vec![(Operator, "i32.add"), close, (Comment, ";; sum")]),
            ("i32.const -0x1_f", vec![(Operator, "i32.const"), (Number, "-0x1_f")]),
            ("f32.const nan:0x20", vec![(Operator, "f32.const"), (Number, "nan:0x20")]),
            (
                "i32.load offset=4 align=",
                vec![(Operator, "i32.load"), (Keyword, "offset="), (Number, "4"), (Keyword, "align=")],
            ),
            ("(ref null func)", vec![open, (Keyword, "ref"), (Keyword, "null"), (Type, "func"), close]),
            (
                "v128.const i32x4 1 2",
                vec![(Operator, "v128.const"), (Type, "i32x4"), (Number, "1"), (Number, "2")],
            ),
            ("a(; b (; c ;) d ;)e", vec![(Word, "a"), (Comment, "(; b (; c ;) d ;)"), (Word, "e")]),
            ("(@custom \"x\")", vec![open, (Annotation, "@custom"), (String, "\"x\""), close]),
            ("$\"any name\" $", vec![(Name, "$\"any name\""), (Invalid, "$")]),
            ("\"open", vec![(Invalid, "\"open")]),
            ("nop ä , nop", vec![(Operator, "nop"), (Invalid, "ä"), (Invalid, ","), (Operator, "nop")]),
            ("local.gat", vec![(Word, "local.gat")]),
        ] {
            assert_eq!(kinds(line), expected, "{line}");
        }
    }

    #[test]
    fn a_block_comment_goes_on_in_the_next_line() {
        let (tokens, state) = lex_line("nop (; one (; two", LineState::default());
        assert_eq!((tokens.len(), state.comment_depth), (2, 2));
        let (tokens, state) = lex_line("still ;) here", state);
        assert_eq!((tokens, state.comment_depth), (vec![Token { range: 0..13, kind: Comment }], 1));
        let (tokens, state) = lex_line("end ;) nop", state);
        assert_eq!(tokens[0], Token { range: 0..6, kind: Comment });
        assert_eq!((tokens[1].kind, state.comment_depth), (Operator, 0));
        let open = LineState { comment_depth: 3, follows_paren: true };
        assert_eq!(lex_line("", open), (vec![], open));
    }

    #[test]
    fn tokens_cover_every_byte_that_is_not_white_space() {
        let mut seed = 7u32;
        let signs: Vec<char> = "();\"\\ $@ai32.x_-+0=,;\u{e4}\u{1f600}\t".chars().collect();
        for _ in 0..2000 {
            let line: std::string::String = (0..24)
                .map(|_| {
                    seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    signs[(seed >> 16) as usize % signs.len()]
                })
                .collect();
            let (tokens, _) = lex_line(&line, LineState { comment_depth: seed >> 31, follows_paren: false });
            let mut end = 0;
            for token in &tokens {
                assert!(line[end..token.range.start].trim().is_empty(), "{line:?}");
                assert!(!line[token.range.clone()].is_empty(), "{line:?}");
                end = token.range.end;
            }
            assert!(line[end..].trim().is_empty(), "{line:?}");
        }
    }
}

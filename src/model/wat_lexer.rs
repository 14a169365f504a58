//! Cuts WebAssembly text into tokens, one line at a time.
//!
//! Knows no grammar: it never fails, and what cannot be a token is one of kind `Invalid`. A line needs only
//! the state in which the line before it ended, so that an edit costs the lines it changes.

use std::ops::Range;

use super::wat_operators::is_operator;

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
}

/// A parenthesis that counts: none in a comment or a string does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paren {
    /// Byte of the text.
    pub byte: usize,
    /// Whether it opens.
    pub opens: bool,
}

/// Cuts a line, without its line break, into tokens; what lies between them is white space.
pub fn lex_line(line: &str, state: LineState) -> (Vec<Token>, LineState) {
    let mut lexer = Lexer { line, at: 0, state, tokens: Vec::new(), follows_paren: false };
    if state.comment_depth > 0 {
        lexer.block_comment(0);
    }
    while lexer.at < line.len() {
        lexer.token();
    }
    (lexer.tokens, lexer.state)
}

/// Finds the parentheses of a whole text that stand in neither comment nor string, in order.
pub fn parens(text: &str) -> Vec<Paren> {
    let mut found = Vec::new();
    let mut state = LineState::default();
    let mut start = 0;
    for line in text.split('\n') {
        let (tokens, next) = lex_line(line, state);
        for token in tokens.iter().filter(|token| token.kind == TokenKind::Paren) {
            let opens = line.as_bytes()[token.range.start] == b'(';
            found.push(Paren { byte: start + token.range.start, opens });
        }
        state = next;
        start += line.len() + 1;
    }
    found
}

/// Finds the parenthesis that belongs to the one at `byte`.
pub fn matching_paren(parens: &[Paren], byte: usize) -> Option<usize> {
    let index = parens.binary_search_by_key(&byte, |paren| paren.byte).ok()?;
    let from = parens[index];
    let mut depth = 0usize;
    let mut closes_at = |paren: &Paren| {
        if paren.opens == from.opens {
            depth += 1;
        } else {
            depth -= 1;
        }
        depth == 0
    };
    if from.opens {
        parens[index..].iter().find(|paren| closes_at(paren)).map(|paren| paren.byte)
    } else {
        parens[..=index].iter().rev().find(|paren| closes_at(paren)).map(|paren| paren.byte)
    }
}

struct Lexer<'a> {
    line: &'a str,
    at: usize,
    state: LineState,
    tokens: Vec<Token>,
    /// Whether the token before was `(`: some words mean another thing then.
    follows_paren: bool,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        &self.line[self.at..]
    }

    fn push(&mut self, start: usize, kind: TokenKind) {
        self.follows_paren = kind == TokenKind::Paren && self.line[start..].starts_with('(');
        self.tokens.push(Token { range: start..self.at, kind });
    }

    fn token(&mut self) {
        let start = self.at;
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return };
        if first.is_whitespace() {
            self.at += first.len_utf8();
        } else if rest.starts_with(";;") {
            self.at = self.line.len();
            self.push(start, TokenKind::Comment);
        } else if rest.starts_with("(;") {
            self.at += 2;
            self.state.comment_depth = 1;
            self.block_comment(start);
        } else if first == '(' || first == ')' {
            self.at += 1;
            self.push(start, TokenKind::Paren);
        } else if first == '"' {
            let kind = self.string();
            self.push(start, kind);
        } else if is_word_char(first) {
            self.word(start);
        } else {
            self.at += first.len_utf8();
            self.push(start, TokenKind::Invalid);
        }
    }

    /// Reads on inside a block comment that began at `start`, to its end or the line's.
    fn block_comment(&mut self, start: usize) {
        while self.state.comment_depth > 0 && self.at < self.line.len() {
            let rest = self.rest();
            if rest.starts_with("(;") {
                self.state.comment_depth = self.state.comment_depth.saturating_add(1);
                self.at += 2;
            } else if rest.starts_with(";)") {
                self.state.comment_depth -= 1;
                self.at += 2;
            } else {
                self.at += rest.chars().next().map_or(1, char::len_utf8);
            }
        }
        if self.at > start {
            self.push(start, TokenKind::Comment);
        }
    }

    /// Reads a string from its opening quote.
    fn string(&mut self) -> TokenKind {
        self.at += 1;
        let mut escaped = false;
        while let Some(sign) = self.rest().chars().next() {
            self.at += sign.len_utf8();
            match sign {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => return TokenKind::String,
                _ => {}
            }
        }
        TokenKind::Invalid
    }

    fn word(&mut self, start: usize) {
        let length = self.rest().find(|sign| !is_word_char(sign)).unwrap_or(self.rest().len());
        let word = &self.line[start..start + length];
        if (word == "$" || word == "@") && self.line[start + 1..].starts_with('"') {
            self.at += 1;
            let kind = match self.string() {
                TokenKind::Invalid => TokenKind::Invalid,
                _ if word == "$" => TokenKind::Name,
                _ => TokenKind::Annotation,
            };
            self.push(start, kind);
            return;
        }
        // An operand such as `offset=16` is two things to the eye.
        if let Some((name, value)) = word.split_once('=')
            && is_attribute(name)
        {
            let (name_end, end) = (start + name.len() + 1, start + length);
            let kind = if is_number(value) { TokenKind::Number } else { TokenKind::Invalid };
            self.at = name_end;
            self.push(start, TokenKind::Keyword);
            self.at = end;
            if end > name_end {
                self.push(name_end, kind);
            }
            return;
        }
        let kind = classify(word, self.follows_paren);
        self.at += length;
        self.push(start, kind);
    }
}

fn classify(word: &str, follows_paren: bool) -> TokenKind {
    match word.as_bytes() {
        [b'$' | b'@'] => TokenKind::Invalid,
        [b'$', ..] => TokenKind::Name,
        [b'@', ..] if follows_paren => TokenKind::Annotation,
        _ if is_number(word) => TokenKind::Number,
        _ if TYPES.contains(&word) => TokenKind::Type,
        _ if HEAP_TYPES.contains(&word) => {
            if follows_paren {
                TokenKind::Keyword
            } else {
                TokenKind::Type
            }
        }
        _ if is_operator(word) || word == "then" => TokenKind::Operator,
        _ if KEYWORDS.contains(&word) => TokenKind::Keyword,
        _ => TokenKind::Word,
    }
}

fn is_attribute(name: &str) -> bool {
    matches!(name, "offset" | "align")
}

fn is_word_char(sign: char) -> bool {
    sign.is_ascii_graphic() && !matches!(sign, '(' | ')' | '"' | ',' | ';' | '[' | ']' | '{' | '}')
}

/// Tells whether a word is a number of the text format.
fn is_number(word: &str) -> bool {
    let word = word.strip_prefix(['+', '-']).unwrap_or(word);
    match word {
        "inf" | "nan" | "nan:canonical" | "nan:arithmetic" => return true,
        _ => {}
    }
    if let Some(payload) = word.strip_prefix("nan:0x") {
        return is_digits(payload, 16);
    }
    let (digits, radix, exponent_signs) = match word.strip_prefix("0x") {
        Some(rest) => (rest, 16, ['p', 'P']),
        None => (word, 10, ['e', 'E']),
    };
    let (mantissa, exponent) = match digits.split_once(exponent_signs) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (digits, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, fraction),
        None => (mantissa, ""),
    };
    is_digits(whole, radix)
        && (fraction.is_empty() || is_digits(fraction, radix))
        && exponent
            .is_none_or(|exponent| is_digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent), 10))
}

/// Tells whether a word is digits, with single underscores only between them.
fn is_digits(word: &str, radix: u32) -> bool {
    !word.is_empty()
        && word.split('_').all(|group| !group.is_empty() && group.chars().all(|sign| sign.is_digit(radix)))
}

/// Types, wherever they stand; vector shapes count as types.
const TYPES: &[&str] = &[
    "i8",
    "i16",
    "i32",
    "i64",
    "f32",
    "f64",
    "v128",
    "i8x16",
    "i16x8",
    "i32x4",
    "i64x2",
    "f32x4",
    "f64x2",
    "anyref",
    "eqref",
    "i31ref",
    "structref",
    "arrayref",
    "funcref",
    "externref",
    "exnref",
    "contref",
    "nullref",
    "nullfuncref",
    "nullexternref",
    "nullexnref",
    "nullcontref",
    "any",
    "eq",
    "i31",
    "none",
    "nofunc",
    "noextern",
    "exn",
    "noexn",
    "cont",
    "nocont",
    "bool",
    "s8",
    "u8",
    "s16",
    "u16",
    "s32",
    "u32",
    "s64",
    "u64",
    "float32",
    "float64",
    "char",
    "string",
    "error-context",
];

/// Types that are words of structure right after a parenthesis.
const HEAP_TYPES: &[&str] = &["func", "extern", "struct", "array"];

/// Words of structure, of modules and of components.
const KEYWORDS: &[&str] = &[
    "module",
    "type",
    "rec",
    "sub",
    "final",
    "param",
    "result",
    "local",
    "import",
    "export",
    "memory",
    "table",
    "global",
    "tag",
    "data",
    "elem",
    "declare",
    "start",
    "offset",
    "item",
    "mut",
    "ref",
    "null",
    "field",
    "shared",
    "pagesize",
    "describes",
    "descriptor",
    "exact",
    "definition",
    "binary",
    "quote",
    "on",
    "catch_ref",
    "catch_all_ref",
    "component",
    "core",
    "instance",
    "alias",
    "outer",
    "canon",
    "lift",
    "lower",
    "with",
    "value",
    "record",
    "variant",
    "case",
    "list",
    "tuple",
    "flags",
    "enum",
    "option",
    "resource",
    "own",
    "borrow",
    "rep",
    "dtor",
    "realloc",
    "post-return",
    "string-encoding",
    "future",
    "stream",
    "async",
    "callback",
];

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
        assert_eq!(lex_line("", LineState { comment_depth: 3 }), (vec![], LineState { comment_depth: 3 }));
    }

    #[test]
    fn numbers_are_told_from_words() {
        for word in [
            "0", "-1", "+7", "1_000", "0xFf_0", "1.", "1.5", "1e9", "1.5E-3", "0x1.8p+1", "inf", "-nan",
            "nan:0x1",
        ] {
            assert!(is_number(word), "{word}");
        }
        for word in ["", "-", "_1", "1_", "1__0", "0x", "1e", "0xg", "nan:1", "nan:0x", "1.5.2", "e9", "."] {
            assert!(!is_number(word), "{word}");
        }
    }

    #[test]
    fn parentheses_find_their_partner() {
        let text = "(a (b) \")\" ;; )\n(; ( ;) c)";
        let parens = parens(text);
        let last = text.len() - 1;
        assert_eq!(matching_paren(&parens, 0), Some(last));
        assert_eq!(matching_paren(&parens, last), Some(0));
        assert_eq!(matching_paren(&parens, 3), Some(5));
        assert_eq!(matching_paren(&parens, 5), Some(3));
        assert_eq!(matching_paren(&parens, 8), None, "a parenthesis in a string belongs to nothing");
        assert_eq!(matching_paren(&super::parens("((a)"), 0), None);
        assert_eq!(matching_paren(&super::parens("(a))"), 3), None);
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
            let (tokens, _) = lex_line(&line, LineState { comment_depth: seed >> 31 });
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

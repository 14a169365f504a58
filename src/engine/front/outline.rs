//! Finds the parentheses of a text in one pass: where each field of the module stands, how deep the text
//! nests, and where a `)` is missing or too many.
//!
//! Knows nothing of operators, types and names, and never fails: it reads broken text as well as good.

use std::ops::Range;

/// What one pass over the text finds out.
#[derive(Debug, Default)]
pub(super) struct Outline {
    /// The keyword of the first form, such as `module`, that is not an annotation.
    pub(super) head: Option<Range<usize>>,
    /// Fields of the module, from `(` to after `)`, in order and apart from each other.
    pub(super) fields: Vec<Range<u32>>,
    /// Deepest nesting of parentheses.
    pub(super) max_depth: usize,
    /// How many words begin with a small letter: operators, types and keywords.
    pub(super) num_keywords: usize,
    /// Parentheses that do not pair, in order.
    pub(super) faults: Vec<ParenFault>,
    /// Parentheses that are still open at the end of the text, once the faults are mended.
    pub(super) open_at_end: usize,
    /// Where the first string begins that its line does not close.
    pub(super) unclosed_string: Option<usize>,
    /// Where the block comment begins that the text does not close.
    pub(super) unclosed_comment: Option<usize>,
}

/// One way in which parentheses do not pair, and what it takes to go on behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ParenFault {
    /// A function swallows the fields behind it, since it lacks its `)`.
    UnclosedField {
        /// Where the function begins.
        start: usize,
        /// Where the first field that it swallows begins.
        next: usize,
    },
    /// A `)` closes the module although further fields stand behind it.
    ClosedEarly {
        /// Where that `)` is.
        at: usize,
        /// The field that stands outside.
        next: usize,
    },
    /// A `)` closes nothing.
    Stray {
        /// Where it is.
        at: usize,
    },
    /// The text ends before this `(` is closed.
    Unclosed {
        /// Where it is: the innermost one.
        at: usize,
    },
}

/// Words that begin a field of a module.
pub(super) const FIELD_HEADS: [&str; 14] = [
    "type",
    "rec",
    "import",
    "func",
    "table",
    "memory",
    "global",
    "export",
    "start",
    "elem",
    "data",
    "tag",
    "module",
    "component",
];

/// Faults kept; a text that has more has its other troubles.
const MAX_FAULTS: usize = 20;

/// Parentheses whose place is remembered; whoever nests deeper is refused anyway.
const MAX_REMEMBERED: usize = 20_000;

/// Reads a whole text.
pub(super) fn outline(text: &str) -> Outline {
    let mut pass = Pass { bytes: text.as_bytes(), ..Pass::default() };
    pass.run();
    pass.found
}

/// A token of the text, without comments and white space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// `(`.
    Open,
    /// `)`.
    Close,
    /// A keyword, number, `$name`, or anything else that is written in one piece.
    Word,
    /// A string; one that is not closed ends with its line.
    Text,
    /// A character that may stand nowhere.
    Junk,
}

/// Returns the next token at or after a byte, or `None` at the end.
///
/// A block comment that is never closed reaches to the end of the text.
pub(super) fn next_token(bytes: &[u8], mut at: usize) -> Option<(TokenKind, Range<usize>)> {
    loop {
        match (bytes.get(at)?, bytes.get(at + 1)) {
            (b' ' | b'\t' | b'\n' | b'\r', _) => at += 1,
            (b';', Some(b';')) => at = line_end(bytes, at),
            (b'(', Some(b';')) => at = block_comment(bytes, at).0,
            (b'(', _) => return Some((TokenKind::Open, at..at + 1)),
            (b')', _) => return Some((TokenKind::Close, at..at + 1)),
            (b'"', _) => return Some((TokenKind::Text, at..string_end(bytes, at))),
            (byte, _) if is_word_byte(*byte) => return Some((TokenKind::Word, at..word_end(bytes, at))),
            (byte, _) => {
                let width = (byte.leading_ones().max(1) as usize).min(bytes.len() - at);
                return Some((TokenKind::Junk, at..at + width));
            }
        }
    }
}

/// Tells whether a byte may stand in a keyword, a number or a `$name`.
pub(super) fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'"' | b'(' | b')' | b',' | b';' | b'[' | b']' | b'{' | b'}')
}

/// Returns the byte after the word that begins here.
pub(super) fn word_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|&byte| !is_word_byte(byte)).map_or(bytes.len(), |length| at + length)
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|&byte| byte == b'\n').map_or(bytes.len(), |length| at + length)
}

fn string_end(bytes: &[u8], at: usize) -> usize {
    let mut end = at + 1;
    while let Some(&byte) = bytes.get(end) {
        match byte {
            b'"' => return end + 1,
            b'\n' => return end,
            b'\\' if bytes.get(end + 1).is_some_and(|&next| next != b'\n') => end += 2,
            _ => end += 1,
        }
    }
    end.min(bytes.len())
}

/// Returns the byte after a block comment, and whether it is closed there.
fn block_comment(bytes: &[u8], at: usize) -> (usize, bool) {
    let mut depth = 0usize;
    let mut end = at;
    while end < bytes.len() {
        match (bytes[end], bytes.get(end + 1)) {
            (b'(', Some(b';')) => {
                depth += 1;
                end += 2;
            }
            (b';', Some(b')')) => {
                depth -= 1;
                end += 2;
                if depth == 0 {
                    return (end, true);
                }
            }
            _ => end += 1,
        }
    }
    (bytes.len(), false)
}

/// Tells whether a string token ends with its closing quote.
fn is_closed(string: &[u8]) -> bool {
    let backslashes = string[..string.len() - 1].iter().rev().take_while(|&&byte| byte == b'\\').count();
    string.len() > 1 && string.ends_with(b"\"") && backslashes % 2 == 0
}

/// Returns where the comment begins that makes everything from here on a comment.
fn unclosed_comment(bytes: &[u8], mut at: usize) -> Option<usize> {
    while at < bytes.len() {
        at = match (bytes[at], bytes.get(at + 1)) {
            (b';', Some(b';')) => line_end(bytes, at),
            (b'(', Some(b';')) => match block_comment(bytes, at) {
                (_, false) => return Some(at),
                (end, true) => end,
            },
            _ => at + 1,
        };
    }
    None
}

/// What the pass needs to know of a form that is still open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum HeadKind {
    Func,
    /// A form whose inside may name a kind of item, such as `(export "f" (func $f))`.
    NamesItems,
    /// Any other field.
    Field,
    Other,
}

#[derive(Default)]
struct Pass<'a> {
    bytes: &'a [u8],
    found: Outline,
    /// Forms that are open, outermost first.
    open: Vec<(usize, HeadKind)>,
    /// Forms that are open beyond those remembered.
    unremembered: usize,
    /// How many parentheses stand around a field; `None` until the first form's head is read.
    field_depth: Option<usize>,
    is_module: bool,
    /// Where the module was closed.
    closed_at: Option<(usize, usize)>,
}

impl Pass<'_> {
    fn run(&mut self) {
        let mut at = 0;
        let mut after_open = false;
        while let Some((kind, range)) = next_token(self.bytes, at) {
            at = range.end;
            match kind {
                TokenKind::Open => self.open(range.start),
                TokenKind::Close => self.close(range.start),
                TokenKind::Word => self.word(range, after_open),
                TokenKind::Text if !is_closed(&self.bytes[range.clone()]) => {
                    self.found.unclosed_string.get_or_insert(range.start);
                }
                TokenKind::Text | TokenKind::Junk => {}
            }
            after_open = kind == TokenKind::Open;
        }
        self.found.unclosed_comment = unclosed_comment(self.bytes, at);
        self.found.open_at_end = self.open.len() + self.unremembered;
        if let Some(&(at, _)) = self.open.last() {
            if let Some(&(field, _)) = self.field_depth.and_then(|depth| self.open.get(depth)) {
                self.found.fields.push(narrow(field)..narrow(self.bytes.len()));
            }
            self.fault(ParenFault::Unclosed { at });
        }
    }

    fn open(&mut self, at: usize) {
        if self.open.len() < MAX_REMEMBERED {
            self.open.push((at, HeadKind::Other));
        } else {
            self.unremembered += 1;
        }
        self.found.max_depth = self.found.max_depth.max(self.open.len() + self.unremembered);
    }

    fn close(&mut self, at: usize) {
        if self.unremembered > 0 {
            self.unremembered -= 1;
            return;
        }
        let Some((start, _)) = self.open.pop() else {
            self.fault(ParenFault::Stray { at });
            return;
        };
        if self.field_depth == Some(self.open.len()) {
            self.found.fields.push(narrow(start)..narrow(at + 1));
        } else if self.open.is_empty() && self.field_depth == Some(1) {
            self.closed_at.get_or_insert((start, at));
        }
    }

    fn word(&mut self, range: Range<usize>, after_open: bool) {
        let word = &self.bytes[range.clone()];
        if word[0].is_ascii_lowercase() {
            self.found.num_keywords += 1;
        }
        if !after_open || self.unremembered > 0 || word[0] == b'@' {
            return;
        }
        if self.field_depth.is_none() && self.open.len() == 1 {
            self.is_module = word == b"module";
            self.field_depth = Some(usize::from(self.is_module || word == b"component"));
            self.found.head = Some(range);
            if self.field_depth == Some(1) {
                return;
            }
            self.is_module = true;
        }
        let kind = head_kind(word);
        if let Some(last) = self.open.last_mut() {
            last.1 = kind;
        }
        if self.is_module && kind != HeadKind::Other {
            self.check_place();
        }
    }

    /// Looks whether the form just opened begins a field at a place where none can stand.
    fn check_place(&mut self) {
        let Some(field_depth) = self.field_depth else { return };
        let start = self.open[self.open.len() - 1].0;
        if let (1, Some((module, at))) = (self.open.len(), self.closed_at)
            && field_depth == 1
        {
            self.fault(ParenFault::ClosedEarly { at, next: start });
            self.closed_at = None;
            let form = self.open[0];
            self.open.clear();
            self.open.extend([(module, HeadKind::Other), form]);
            return;
        }
        // Inside of a function nothing but `(export …)`, `(import …)` and `(type …)` may begin like a field.
        let Some(&(func, HeadKind::Func)) = self.open.get(field_depth) else { return };
        let inner = &self.open[field_depth + 1..];
        let Some(&(_, HeadKind::Func | HeadKind::Field)) = inner.last() else { return };
        let from = inner.len() - 1 - usize::from(matches!(inner, [.., (_, HeadKind::NamesItems), _]));
        let next = inner[from].0;
        let moved = inner[from..].to_vec();
        self.fault(ParenFault::UnclosedField { start: func, next });
        self.found.fields.push(narrow(func)..narrow(next));
        self.open.truncate(field_depth);
        self.open.extend(moved);
    }

    fn fault(&mut self, fault: ParenFault) {
        if self.found.faults.len() < MAX_FAULTS {
            self.found.faults.push(fault);
        }
    }
}

fn head_kind(word: &[u8]) -> HeadKind {
    match word {
        b"func" => HeadKind::Func,
        b"export" | b"import" | b"type" | b"rec" => HeadKind::NamesItems,
        b"table" | b"memory" | b"global" | b"start" | b"elem" | b"data" | b"tag" => HeadKind::Field,
        _ => HeadKind::Other,
    }
}

/// Narrows a place; texts of 4 GiB and more are refused before they come here.
fn narrow(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str) -> Vec<&str> {
        outline(text).fields.iter().map(|field| &text[field.start as usize..field.end as usize]).collect()
    }

    #[test]
    fn fields_are_found_in_modules_and_in_bare_texts() {
        let bare = "(func (nop)) ;; (func\n(; (func (; ;) ;) (memory 1)(data \"(\\\")\" )";
        let expected = vec!["(func (nop))", "(memory 1)", "(data \"(\\\")\" )"];
        assert_eq!(fields(bare), expected);
        assert_eq!(fields(&format!("(@x y) (module $m\n{bare}\n)")), expected);
        assert!(outline(bare).faults.is_empty());
        assert_eq!(outline("(module (func (block (nop))))").max_depth, 4);
    }

    #[test]
    fn a_function_without_its_end_ends_before_the_next_field() {
        for next in ["(func $b)", "(export \"a\" (func $a))", "(memory 1)", "(global i32 (i32.const 0))"] {
            let text = format!("(module (func $a (export \"x\") (block (nop)\n{next}\n(func $c))");
            let found = outline(&text);
            let at = text.find(next).unwrap();
            assert_eq!(found.faults, [ParenFault::UnclosedField { start: 8, next: at }], "{next}");
            assert_eq!(found.fields.len(), 3);
            assert_eq!(found.open_at_end, 0);
        }
    }

    #[test]
    fn parentheses_that_do_not_pair_are_told_apart() {
        let cases = [
            ("(module) )", vec![ParenFault::Stray { at: 9 }], 0),
            ("(module (func)", vec![ParenFault::Unclosed { at: 0 }], 1),
            ("(module (func (nop", vec![ParenFault::Unclosed { at: 14 }], 3),
            ("(module (func)) (func))", vec![ParenFault::ClosedEarly { at: 14, next: 16 }], 0),
        ];
        for (text, faults, open) in cases {
            let found = outline(text);
            assert_eq!((found.faults, found.open_at_end), (faults, open), "{text}");
        }
    }

    #[test]
    fn the_pass_reads_any_text_to_its_end() {
        for text in ["", "\"", "\"\\", "(;", "(", ")))", "(;(;;)", "ä(ö", "\u{0}(", "(@", "$\"a\"("] {
            outline(text);
        }
        assert_eq!(outline(&"(".repeat(100_000)).max_depth, 100_000);
    }
}

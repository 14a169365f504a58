//! What is said of the word under the pointer: an operator's types and effect, a name's declaration.
//!
//! ```
//! use wasm_workbench::model::wat::SymbolIndex;
//!
//! let index = SymbolIndex::new(";; Doubles.\n(func $f (param i32) (result i32) local.get 0)\n(start $f)".into());
//! let hover = index.hover(66).unwrap();
//! assert_eq!(hover.code, "(func $f (param i32) (result i32) …)");
//! assert_eq!(hover.text, "Doubles.\nfunction 0, used once");
//! ```

use std::ops::Range;

use super::help::operator_help;
use super::lexer::{LineState, Token, TokenKind, lex_line};
use super::symbols::{DefinitionId, SymbolIndex, SymbolKind};

/// What is said of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hover {
    /// The word, in bytes of the text.
    pub range: Range<usize>,
    /// A line in the code face: a declaration, or an operator with its types.
    pub code: String,
    /// What there is to know, in one line or a few.
    pub text: String,
    /// Where the word is defined, for whoever wants to go there.
    pub definition: Option<DefinitionId>,
}

impl SymbolIndex {
    /// Returns what is to be said of the word at a byte.
    pub fn hover(&self, byte: usize) -> Option<Hover> {
        let text = self.text();
        if self.definition_at(byte).is_some() {
            return self.hover_name(byte);
        }
        let byte = text.floor_char_boundary(byte.min(text.len()));
        let line_start = text[..byte].rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[byte..].find('\n').map_or(text.len(), |at| byte + at);
        let hover = hover_word(&text[line_start..line_end], byte - line_start)?;
        let is_comment = self.is_in_comment(line_start + hover.range.start);
        let range = hover.range.start + line_start..hover.range.end + line_start;
        (!is_comment).then_some(Hover { range, ..hover })
    }

    /// Returns what is to be said of the name or number at a byte; costs the same in a text of any length.
    pub fn hover_name(&self, byte: usize) -> Option<Hover> {
        let id = self.definition_at(byte)?;
        let own = self.definition(id).name.clone();
        let range = self.use_at(byte).map(|one| one.range.clone()).or(own)?;
        Some(self.hover_definition(id, range))
    }

    fn hover_definition(&self, id: DefinitionId, range: Range<usize>) -> Hover {
        let definition = self.definition(id);
        let num_uses = self.uses_of(id).len();
        let uses = match num_uses {
            0 => "not used".to_owned(),
            1 => "used once".to_owned(),
            _ => format!("used {num_uses} times"),
        };
        let kind = definition.kind.phrase();
        let number = match definition.kind {
            SymbolKind::Label | SymbolKind::Component | SymbolKind::Module => String::new(),
            SymbolKind::Param | SymbolKind::Local => format!(" {} of its function", definition.index),
            SymbolKind::Field => format!(" {} of its struct", definition.index),
            _ => format!(" {}", definition.index),
        };
        let about = format!("{kind}{number}, {uses}");
        let text = match self.comment_above(id) {
            Some(comment) if definition.owner.is_none() => format!("{comment}\n{about}"),
            _ => about,
        };
        Hover { range, code: self.declaration(id), text, definition: Some(id) }
    }

    /// Tells whether a byte is in a block comment that began in an earlier line.
    fn is_in_comment(&self, byte: usize) -> bool {
        let text = &self.text()[..byte];
        let Some(opens) = text.rfind("(;") else { return false };
        // A comment that closed in between says nothing; one that did not reaches as far as here.
        !text[opens..].contains(";)")
    }
}

/// Says what is known of the word at a byte of one line, without any names: for texts without an index.
pub fn hover_word(line: &str, byte: usize) -> Option<Hover> {
    hover_word_of(line, LineState::default(), byte)
}

/// Says the same of a line that begins in that state, such as in a comment.
pub fn hover_word_of(line: &str, state: LineState, byte: usize) -> Option<Hover> {
    let (tokens, _) = lex_line(line, state);
    let index = tokens.iter().position(|token| token.range.start <= byte && byte <= token.range.end)?;
    // Between two words the later one counts.
    let next = tokens.get(index + 1).filter(|token| token.range.start == byte);
    let Token { range, kind } = next.unwrap_or(&tokens[index]).clone();
    let word = &line[range.clone()];
    let (code, text) = match kind {
        TokenKind::Operator => {
            let help = operator_help(word)?;
            (format!("{word}  {}", help.stack), help.summary)
        }
        TokenKind::Type => (word.to_owned(), type_help(word)?.to_owned()),
        TokenKind::Keyword => (word.to_owned(), keyword_help(word)?.to_owned()),
        _ => return None,
    };
    Some(Hover { range, code, text, definition: None })
}

/// Says what a type holds.
pub(super) fn type_help(word: &str) -> Option<&'static str> {
    Some(match word {
        "i32" => "An integer of 32 bits, signed or unsigned as the operator takes it; also an address",
        "i64" => "An integer of 64 bits, signed or unsigned as the operator takes it",
        "f32" => "A floating-point number of 32 bits",
        "f64" => "A floating-point number of 64 bits",
        "v128" => "A vector of 128 bits, cut into lanes as the operator takes it",
        "i8" => "An integer of 8 bits, as a field of a struct or an element of an array only",
        "i16" => "An integer of 16 bits, as a field of a struct or an element of an array only",
        "funcref" => "A reference to a function, or null",
        "externref" => "A reference to something of the host, or null",
        "anyref" => "A reference to a struct, an array or an i31, or null",
        "eqref" => "A reference that can be compared, or null",
        "i31ref" => "An integer of 31 bits kept as a reference, or null",
        "structref" => "A reference to a struct, or null",
        "arrayref" => "A reference to an array, or null",
        "exnref" => "A reference to an exception, or null",
        "nullref" => "The null of structs, arrays and i31",
        "nullfuncref" => "The null of functions",
        "nullexternref" => "The null of the host's references",
        _ => return None,
    })
}

/// Says what a word of structure begins.
pub(super) fn keyword_help(word: &str) -> Option<&'static str> {
    Some(match word {
        "module" => "A module: everything that is compiled together",
        "func" => "A function: exports, type, parameters, results, locals, then its code",
        "param" => "Parameters: one with a name, or types one after another",
        "result" => "Types of the results",
        "local" => "Locals: one with a name, or types one after another; they begin as zero or null",
        "type" => "A type, defined here or named",
        "rec" => "Types that may refer to each other",
        "sub" => "A type that further types may be made of",
        "final" => "No type may be made of this one",
        "import" => "Something that the host or another module provides: module name, name, kind",
        "export" => "Makes something reachable from outside, by a name",
        "memory" => "Linear memory: pages of 64 KiB at the start, and at most",
        "table" => "A table of references: elements at the start, at most, and their type",
        "global" => "A global variable: type and initial value",
        "mut" => "It may be written",
        "tag" => "A kind of exception, with the types of its values",
        "elem" => "An element segment: references for a table",
        "data" => "A data segment: bytes for a memory",
        "declare" => "Names functions that `ref.func` may take",
        "start" => "The function that runs when an instance is made",
        "offset" | "offset=" => "Where it begins; with an operator, a constant that is added to the address",
        "align=" => "The alignment in bytes that is promised, a power of two",
        "item" => "An element as code",
        "field" => "Fields of a struct",
        "struct" => "A struct: fields of any types",
        "array" => "An array: elements of one type",
        "ref" => "A reference to a type, null only where it says so",
        "null" => "The reference may be null",
        "component" => "A component: modules with typed interfaces",
        "instance" => "An instance of a module or component",
        "alias" => "Another name for something of an instance or an outer component",
        "canon" => "A function between the core and the component world",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_word_is_explained() {
        let text = "(module\n  ;; Adds them.\n  (func $add (export \"add\") (param $a i32) (param i32) (result i32)\n    \
                    (i32.add (local.get $a) (local.get 1)))\n  (memory $m (export \"m\") 1 16)\n  (func (block $l (br $l))\n    \
                    (call $add (memory.size)) (; i32.mul ;)))";
        let index = SymbolIndex::new(text.into());
        for (at, code, explained) in [
            ("i32.add", "i32.add  [i32 i32] → [i32]", "Adds two integers"),
            (
                "$add (memory",
                "(func $add (export \"add\") (param $a i32) (param i32) (result i32) …)",
                "Adds them.\nfunction 0, used once",
            ),
            ("$a)", "(param $a i32)", "parameter 0 of its function, used once"),
            ("1)))", "i32", "parameter 1 of its function, used once"),
            ("$m", "(memory $m (export \"m\") 1 16)", "memory 0, not used"),
            ("$l)", "(block $l (br $l))", "label, used once"),
            ("i32)", "i32", "An integer of 32 bits"),
            ("module", "module", "A module"),
            ("memory $m", "memory", "Linear memory"),
        ] {
            let byte = text.find(at).expect("the word is in the text");
            let hover = index.hover(byte).unwrap_or_else(|| panic!("nothing is said of {at}"));
            assert!(hover.text.starts_with(explained), "{at}: {hover:?}");
            assert!(hover.code.starts_with(code), "{at}: {hover:?}");
        }
        for at in ["\"add\"", "i32.mul", "Adds", "16"] {
            let byte = text.find(at).expect("the word is in the text");
            assert_eq!(index.hover(byte), None, "{at}");
        }
        assert_eq!(index.hover(usize::MAX), None);
    }
}

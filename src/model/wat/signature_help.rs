//! What an instruction takes and gives while it is being written, and which operand the place is in.
//!
//! Reads folded instructions by the forms around the place, and plain ones by the line that it is in.

use super::completion::{FieldStart, common_prefix, word_start};
use super::help::operator_help;
use super::lexer::{LineState, TokenKind, lex_line};
use super::scan::{Lexeme, next_lexeme};
use super::symbols::{SymbolIndex, SymbolKind};

/// An instruction that is being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureHelp {
    /// The operator, with the function that it calls if it does.
    pub name: String,
    /// What it takes: parameters with their names where they have some, or types.
    pub params: Vec<String>,
    /// What it gives.
    pub results: Vec<String>,
    /// The operand that the place is in, from 0; none in a plain instruction, nor past the last one.
    pub active: Option<usize>,
}

impl SymbolIndex {
    /// Returns the instruction around a byte of `text`, which is the text of this index or a newer one.
    pub fn signature_help(&self, text: &str, byte: usize) -> Option<SignatureHelp> {
        let byte = text.floor_char_boundary(byte.min(text.len()));
        let start = self.field_start(byte, common_prefix(self.text().as_bytes(), text.as_bytes()));
        self.signature_help_in(&text[start.byte..], start, byte)
    }

    /// Does the same with a part of the text, as [`Self::complete_in`] does.
    pub fn signature_help_in(&self, part: &str, start: FieldStart, byte: usize) -> Option<SignatureHelp> {
        let at = part.floor_char_boundary(byte.saturating_sub(start.byte).min(part.len()));
        let mut pass = start.pass(part);
        let word_start = word_start(part, at);
        pass.run(word_start);
        if pass.is_inside(word_start) {
            return None;
        }
        let locals = pass.site().locals;
        let place = Place { scope: start.scope, locals: &locals };
        let mut without_operands = None;
        for form in pass.code_forms() {
            let Some(folded) = Folded::read(part, form, at) else { continue };
            let Some(help) = self.help(folded.operator, folded.name, &place) else { continue };
            if !help.params.is_empty() {
                let active = Some(folded.operand).filter(|operand| *operand < help.params.len());
                return Some(SignatureHelp { active, ..help });
            }
            without_operands.get_or_insert(help);
        }
        without_operands.or_else(|| self.plain_help(part, at, &place))
    }

    /// Returns the plain instruction of the line that a byte is in.
    fn plain_help(&self, part: &str, at: usize, place: &Place<'_>) -> Option<SignatureHelp> {
        let line_start = part[..at].rfind('\n').map_or(0, |at| at + 1);
        let line_end = part[at..].find('\n').map_or(part.len(), |length| at + length);
        let line = &part[line_start..line_end];
        let (tokens, _) = lex_line(line, LineState::default());
        let is_operator = |token: &super::Token| token.kind == TokenKind::Operator;
        let before =
            tokens.iter().rposition(|token| is_operator(token) && line_start + token.range.start <= at);
        let operator = before.or_else(|| tokens.iter().position(is_operator))?;
        let name = tokens.get(operator + 1).map(|token| &line[token.range.clone()]);
        self.help(&line[tokens[operator].range.clone()], name, place)
    }

    /// Says what an operator takes and gives; that of a function is the function's.
    fn help(&self, operator: &str, name: Option<&str>, place: &Place<'_>) -> Option<SignatureHelp> {
        if !matches!(operator, "call" | "return_call") {
            let (mut takes, mut gives) =
                operator_help(operator)?.stack.split_once(" → ").map(words_of_both)?;
            // What depends on a local is of that one's type.
            let ty = name.filter(|_| operator.starts_with("local.")).and_then(|name| place.type_of(name));
            if let Some(ty) = ty {
                takes
                    .iter_mut()
                    .chain(&mut gives)
                    .filter(|word| *word == "t")
                    .for_each(|word| word.clone_from(&ty));
            }
            return Some(SignatureHelp {
                name: operator.to_owned(),
                params: takes,
                results: gives,
                active: None,
            });
        }
        let name = name?;
        let number: Option<u32> = name.parse().ok();
        let mut functions = self.visible_from(place.scope).filter(|(_, one)| one.kind == SymbolKind::Func);
        let (id, _) = functions.find(|(id, one)| match number {
            Some(number) => one.index == number,
            None => self.name(*id) == Some(name),
        })?;
        let signature = self.signature(id)?;
        Some(SignatureHelp {
            name: format!("{operator} {name}"),
            params: signature.params,
            results: signature.results,
            active: None,
        })
    }
}

/// What can be named where an instruction is written.
struct Place<'a> {
    scope: u32,
    /// Named locals and parameters with their declarations.
    locals: &'a [(&'a str, &'a str, SymbolKind)],
}

impl Place<'_> {
    /// Returns the type of a local that has a name.
    fn type_of(&self, name: &str) -> Option<String> {
        let (_, declaration, _) = self.locals.iter().rfind(|local| local.0 == name)?;
        let inner = declaration.strip_prefix('(')?.strip_suffix(')')?;
        let words: Vec<&str> = inner.split_ascii_whitespace().skip(2).collect();
        (!words.is_empty()).then(|| words.join(" "))
    }
}

/// Reads both sides of what an operator does to the stack, such as `[i32 i32]` and `[i32]`.
fn words_of_both((takes, gives): (&str, &str)) -> (Vec<String>, Vec<String>) {
    let words = |list: &str| {
        let list = list.trim_matches(['[', ']']);
        list.split_ascii_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    (words(takes), words(gives))
}

/// A folded instruction, as far as it goes before a place.
struct Folded<'t> {
    operator: &'t str,
    /// What stands behind the operator, if that is a word.
    name: Option<&'t str>,
    /// The operand that the place is in.
    operand: usize,
}

impl<'t> Folded<'t> {
    /// Reads the form that begins at a byte, up to another one; `None` where its operator begins
    /// no earlier.
    fn read(text: &'t str, form: usize, until: usize) -> Option<Self> {
        let (lexeme, operator) = next_lexeme(text, form + 1)?;
        if lexeme != Lexeme::Word || operator.start >= until {
            return None;
        }
        let mut folded = Self { operator: &text[operator.clone()], name: None, operand: 0 };
        let (mut depth, mut at) = (0usize, operator.end);
        while let Some((lexeme, range)) = next_lexeme(text, at).filter(|(_, range)| range.start < until) {
            match lexeme {
                Lexeme::Word | Lexeme::Quoted { .. } if at == operator.end => {
                    folded.name = Some(&text[range.clone()]);
                }
                Lexeme::Open => depth += 1,
                Lexeme::Close => {
                    depth = depth.saturating_sub(1);
                    folded.operand += usize::from(depth == 0);
                }
                _ => {}
            }
            at = range.end;
        }
        Some(folded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_instruction_at_the_place_is_told_with_its_operand() {
        let text = "(module\n  (func $f (param $a i32) (param i64) (result f32) unreachable)\n  (memory 1)\n  (func\n    \
                    (call $f (i32.const 1) (i64.const 2) )\n    (i32.store offset=4 (i32.const 8) (call 0 (i32.const 7) ))\n    \
                    i32.const 3 ;; here\n    call $f\n    i64.add\n    (local.get 0))\n  (func (param $p i64) local.set $p))";
        let index = SymbolIndex::new(text.into());
        let f = |active| Some(("call $f", vec!["$a i32", "i64"], vec!["f32"], active));
        for (at, expected) in [
            ("(i32.const 1)", f(Some(0))),
            (" (i64.const 2)", f(Some(1))),
            (")\n    (i32.store", f(None)),
            ("(i32.const 8)", Some(("i32.store", vec!["i32", "i32"], vec![], Some(0)))),
            ("(call 0", Some(("i32.store", vec!["i32", "i32"], vec![], Some(1)))),
            ("))\n    i32.const 3", Some(("call 0", vec!["$a i32", "i64"], vec!["f32"], Some(1)))),
            ("3 ;; here", Some(("i32.const", vec![], vec!["i32"], None))),
            ("here", None),
            ("call $f\n", f(None)),
            ("$f\n", f(None)),
            ("i64.add", Some(("i64.add", vec!["i64", "i64"], vec!["i64"], None))),
            ("0))\n", Some(("local.get", vec![], vec!["t"], None))),
            ("$p))", Some(("local.set", vec!["i64"], vec![], None))),
            ("(memory", None),
        ] {
            let byte = text.find(at).expect("the place is there");
            let help = index.signature_help(text, byte);
            let strings = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
            let expected = expected.map(|(name, params, results, active)| SignatureHelp {
                name: name.to_owned(),
                params: strings(&params),
                results: strings(&results),
                active,
            });
            assert_eq!(help, expected, "{at}");
        }
    }
}

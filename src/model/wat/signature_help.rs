//! Which parameter is being written inside of a folded call.

use super::completion::{FieldStart, common_prefix};
use super::header::Signature;
use super::symbols::{SymbolIndex, SymbolKind};

/// A call that is being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureHelp {
    /// The function as the call names it.
    pub name: String,
    /// Its parameters and results.
    pub signature: Signature,
    /// The parameter at the place, from 0; past the last one when there are too many.
    pub active: usize,
}

impl SymbolIndex {
    /// Returns the call around a byte of `text`, which is the text of this index or a newer one.
    pub fn signature_help(&self, text: &str, byte: usize) -> Option<SignatureHelp> {
        let byte = text.floor_char_boundary(byte.min(text.len()));
        let start = self.field_start(byte, common_prefix(self.text().as_bytes(), text.as_bytes()));
        self.signature_help_in(&text[start.byte..], start, byte)
    }

    /// Does the same with a part of the text, as [`Self::complete_in`] does.
    pub fn signature_help_in(&self, part: &str, start: FieldStart, byte: usize) -> Option<SignatureHelp> {
        let mut pass = start.pass(part);
        pass.run(byte.saturating_sub(start.byte));
        let (name, active) = pass.innermost_call()?;
        let is_number = name.starts_with(|c: char| c.is_ascii_digit());
        let is_it = |index: u32, own: Option<&str>| {
            if is_number { name.parse() == Ok(index) } else { own == Some(name) }
        };
        let functions = self.visible_from(start.scope).filter(|(_, one)| one.kind == SymbolKind::Func);
        let (id, _) = functions.into_iter().find(|(id, one)| is_it(one.index, self.name(*id)))?;
        Some(SignatureHelp { name: name.to_owned(), signature: self.signature(id)?, active })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parameter_at_the_place_is_told() {
        let text =
            "(func $f (param $a i32) (param i64) (result f32)) (func (call $f (i32.const 1) (i64.const 2)))";
        let index = SymbolIndex::new(text.into());
        for (at, active) in [("(i32.const 1)", Some(0)), ("(i64", Some(1)), ("))", None)] {
            let byte = text.find(at).expect("the place is there");
            let help = index.signature_help(text, byte);
            assert_eq!(help.as_ref().map(|help| help.active), active, "{at}");
            if let Some(help) = help {
                assert_eq!(help.signature.to_line(), "($a i32, i64) → f32");
            }
        }
    }
}

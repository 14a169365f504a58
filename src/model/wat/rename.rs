//! Renames what a text defines, everywhere it is used, or says why that can't be done.
//!
//! ```
//! use wasm_workbench::model::text_edit::apply_edits;
//! use wasm_workbench::model::wat::SymbolIndex;
//!
//! let index = SymbolIndex::new("(func $f call $f) (start 0)".into());
//! let f = index.definition_at(6).unwrap();
//! let edits = index.rename(f, "main").unwrap();
//! assert_eq!(apply_edits(index.text(), &edits).unwrap(), "(func $main call $main) (start 0)");
//! ```

use thiserror::Error;

use super::scan::is_word_byte;
use super::symbols::{Definition, DefinitionId, SymbolIndex, SymbolKind};
use crate::model::text_edit::TextEdit;

/// Why something can't be renamed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RenameRefusal {
    /// The new name is none.
    #[error(
        "`{name}` is no name: letters, digits and signs such as `_` and `.`, without spaces and parentheses"
    )]
    NotAName {
        /// The new name.
        name: String,
    },
    /// Something of the same kind has that name already.
    #[error("there is a {kind} `{name}` already")]
    Taken {
        /// The new name.
        name: String,
        /// What has it.
        kind: &'static str,
    },
    /// Branches would lead to another block than now.
    #[error("a block around or within this one is called `{name}`: branches would change their target")]
    Captured {
        /// The new name.
        name: String,
    },
    /// It has no name, and a name would need more than a word.
    #[error("this {kind} has no name: write it as a form of its own first")]
    Unnamed {
        /// What it is.
        kind: &'static str,
    },
    /// Names of this text can't be told apart well enough.
    #[error("`{name}` names several things in this component: rename it by hand")]
    Ambiguous {
        /// The name as it is.
        name: String,
    },
    /// The text was not read to its end.
    #[error("the text is too large to rename in")]
    TooLarge,
}

impl SymbolIndex {
    /// Returns the edits that give a definition another name; `new` may have its `$` or not.
    ///
    /// What has no name yet gets one; numbers that stand for it stay as they are.
    ///
    /// # Errors
    ///
    /// Returns why not: no name, a name that is taken, a branch that would lead elsewhere.
    pub fn rename(&self, id: DefinitionId, new: &str) -> Result<Vec<TextEdit>, RenameRefusal> {
        let name = with_sign(new);
        self.check_name(id, new)?;
        let Some(old) = self.definition(id).name.clone() else { return self.give_name(id, &name) };
        if self.text()[old.clone()] == name {
            return Ok(Vec::new());
        }
        let uses = self.uses_of(id).filter(|one| !one.by_index).map(|one| one.range.clone());
        let mut edits: Vec<TextEdit> =
            uses.chain([old]).map(|range| TextEdit::replace(range, name.clone())).collect();
        edits.sort_by_key(|edit| edit.range.start);
        Ok(edits)
    }

    /// Tells whether a definition can be given that name, without a look at where it is used.
    ///
    /// # Errors
    ///
    /// Returns why not, as [`Self::rename`] does.
    pub fn check_name(&self, id: DefinitionId, new: &str) -> Result<(), RenameRefusal> {
        let name = with_sign(new);
        if name.len() < 2 || !name.bytes().all(is_word_byte) {
            return Err(RenameRefusal::NotAName { name: new.to_owned() });
        }
        if self.is_cut() {
            return Err(RenameRefusal::TooLarge);
        }
        let definition = self.definition(id);
        let Some(old) = definition.name.clone() else { return self.give_name(id, &name).map(|_| ()) };
        if self.text()[old.clone()] == name {
            return Ok(());
        }
        if self.shares_name(id) && self.is_in_component(definition) {
            return Err(RenameRefusal::Ambiguous { name: self.text()[old].to_owned() });
        }
        self.check_free(id, &name, definition.kind.phrase())
    }

    fn check_free(&self, id: DefinitionId, name: &str, kind: &'static str) -> Result<(), RenameRefusal> {
        let own = self.definition(id);
        let is_other = |(other, definition): &(DefinitionId, &Definition)| {
            *other != id
                && definition.kind.shares_space_with(own.kind)
                && definition.owner == own.owner
                && definition.scope == own.scope
                && self.name(*other) == Some(name)
        };
        let Some((_, taken)) = self.definitions().find(is_other) else { return Ok(()) };
        if own.kind != SymbolKind::Label {
            return Err(RenameRefusal::Taken { name: name.to_owned(), kind });
        }
        // Blocks that lie side by side may share a name.
        let overlaps =
            |other: &Definition| other.form.start < own.form.end && own.form.start < other.form.end;
        let is_captured =
            overlaps(taken) || self.definitions().filter(is_other).any(|(_, other)| overlaps(other));
        if is_captured { Err(RenameRefusal::Captured { name: name.to_owned() }) } else { Ok(()) }
    }

    /// Puts a name behind the keyword of something that has none.
    fn give_name(&self, id: DefinitionId, name: &str) -> Result<Vec<TextEdit>, RenameRefusal> {
        let definition = self.definition(id);
        let kind = definition.kind.phrase();
        self.check_free(id, name, kind)?;
        let form = &self.text()[definition.form.clone()];
        let keyword = definition.kind.keyword();
        let behind = form.strip_prefix('(').and_then(|form| form.trim_start().strip_prefix(keyword));
        match behind {
            Some(rest) if definition.owner.is_none() && !rest.starts_with(|c: char| c.is_alphanumeric()) => {
                let byte = definition.form.end - rest.len();
                Ok(vec![TextEdit::insert(byte, format!(" {name}"))])
            }
            _ => Err(RenameRefusal::Unnamed { kind }),
        }
    }

    fn is_in_component(&self, definition: &Definition) -> bool {
        self.definitions().any(|(_, other)| {
            other.kind == SymbolKind::Component && other.form.contains(&definition.form.start)
        })
    }
}

fn with_sign(name: &str) -> String {
    format!("${}", name.strip_prefix('$').unwrap_or(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::text_edit::apply_edits;

    fn renamed(text: &str, at: &str, new: &str) -> Result<String, RenameRefusal> {
        let index = SymbolIndex::new(text.into());
        let byte = text.find(at).expect("the place is in the text");
        let id = index
            .definition_at(byte)
            .or_else(|| index.definitions().find(|(_, one)| one.form.start == byte).map(|(id, _)| id))
            .expect("something is defined or used there");
        let edits = index.rename(id, new)?;
        Ok(apply_edits(text, &edits).expect("the edits fit the text"))
    }

    #[test]
    fn a_name_changes_everywhere_it_means_the_same() {
        for (text, at, new, expected) in [
            (
                "(func $f call $f call 0) (func (local $f i32) local.get $f) (start $f)",
                "$f",
                "g",
                "(func $g call $g call 0) (func (local $f i32) local.get $f) (start $g)",
            ),
            ("(func (param $a i32) local.get $a)", "$a i32", "$b", "(func (param $b i32) local.get $b)"),
            (
                "(func block $a br $a end block $b br $b end)",
                "$a",
                "b",
                "(func block $b br $b end block $b br $b end)",
            ),
            ("(func) (start 0)", "(func", "main", "(func $main) (start 0)"),
            ("(memory (export \"m\") 1)", "(memory", "m", "(memory $m (export \"m\") 1)"),
            ("(func $f)", "$f", "f", "(func $f)"),
            ("(func $\"a b\") (start $\"a b\")", "$", "ab", "(func $ab) (start $ab)"),
        ] {
            assert_eq!(renamed(text, at, new).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_would_change_the_meaning_is_refused() {
        for (text, at, new, refusal) in [
            ("(func $f) (func $g)", "$f", "g", "there is a function `$g` already"),
            ("(func (param $a i32) (local $b i32))", "$a", "b", "there is a parameter `$b` already"),
            ("(func (block $a (block $b (br $a))))", "$a", "b", "a block around or within"),
            ("(func (block $a (block $b (br $a))))", "$b", "a", "a block around or within"),
            ("(func $f)", "$f", "a b", "`a b` is no name"),
            ("(func $f)", "$f", "", "`` is no name"),
            ("(func (param i32) local.get 0)", "0", "a", "this parameter has no name"),
        ] {
            let err = renamed(text, at, new).expect_err(text);
            assert!(err.to_string().starts_with(refusal), "{text}: {err}");
        }
    }

    #[test]
    fn a_rename_and_its_way_back_give_the_same_text() {
        for sample in crate::model::sample::all() {
            let index = SymbolIndex::new(sample.source.into());
            for (id, definition) in index.definitions().filter(|(_, one)| one.name.is_some()).step_by(7) {
                let old = index.name(id).unwrap_or_default().to_owned();
                let edits = index.rename(id, "a-name.of_no_sample").expect("nobody has this name");
                let text = apply_edits(sample.source, &edits).expect("the edits fit the text");
                let again = SymbolIndex::new(text.as_str().into());
                let at = definition.name.as_ref().map_or(0, |name| name.start);
                // Names before it may have moved it.
                let moved = (at..text.len()).chain(0..at).find_map(|byte| {
                    again.definition_at(byte).filter(|id| again.name(*id) == Some("$a-name.of_no_sample"))
                });
                let back =
                    again.rename(moved.expect("the new name is found"), &old).expect("the old name is free");
                assert_eq!(apply_edits(&text, &back).as_deref(), Some(sample.source), "{old}");
            }
        }
    }
}

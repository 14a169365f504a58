//! Blocks and the branches to them: which labels can be named where.

use super::SymbolKind;
use super::pass::{Label, LabelForm, Pass, narrow, number};
use super::roles::Role;

impl<'t> Pass<'t> {
    /// Lists the labels that can be named here, innermost first.
    pub(super) fn visible_labels(&self) -> impl Iterator<Item = &Label<'t>> {
        let is_in_clause =
            self.frames.last().is_some_and(|frame| matches!(frame.role, Role::CatchTag | Role::CatchAll));
        let innermost = self.labels.len().wrapping_sub(1);
        self.labels.iter().enumerate().rev().filter_map(move |(index, label)| {
            let is_visible = match label.form {
                LabelForm::FoldedIf => {
                    self.frames.get(label.frame + 1).is_some_and(|frame| frame.role == Role::Branch)
                }
                LabelForm::FoldedTryTable | LabelForm::FlatTryTable => !(is_in_clause && index == innermost),
                LabelForm::Folded | LabelForm::Flat => true,
            };
            is_visible.then_some(label)
        })
    }

    pub(super) fn label_named(&self, word: &str) -> Option<u32> {
        self.visible_labels().find(|label| label.name == Some(word)).map(|label| label.definition)
    }

    pub(super) fn label_at(&mut self, word: &str) -> Option<u32> {
        let depth = number(word)? as usize;
        let mut visible = self.visible_labels();
        if let Some(label) = visible.by_ref().nth(depth) {
            return Some(label.definition);
        }
        drop(visible);
        // The function's body is the outermost block.
        let function = self.function?;
        if self.visible_labels().count() != depth {
            return None;
        }
        if self.function_label.is_none() {
            let form = self.found.definitions[function as usize].form.start;
            let id = self.define(SymbolKind::Label, narrow(form), Some(function));
            self.found.definitions[id as usize].form.end = form + 1;
            self.function_label = Some(id);
        }
        self.function_label
    }

    /// Closes the innermost block that is written flat in this very form.
    pub(super) fn end_label(&mut self, end: usize) {
        let frame = self.frames.len() - 1;
        let is_here = |label: &Label<'_>| {
            label.frame == frame && matches!(label.form, LabelForm::Flat | LabelForm::FlatTryTable)
        };
        if let Some(label) = self.labels.pop_if(|label| is_here(label)) {
            self.found.definitions[label.definition as usize].form.end = end;
        }
    }
}

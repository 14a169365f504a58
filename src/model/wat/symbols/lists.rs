//! Lists of types in which each one counts: parameters, locals, fields.

use super::SymbolKind;
use super::pass::{Frame, Pass};
use super::roles::Role;

impl Pass<'_> {
    /// Counts a type of the innermost list of parameters, locals or fields, if there is one.
    pub(super) fn list_type(&mut self, start: u32, end: u32) {
        let is_within = |frame: &Frame| matches!(frame.role, Role::Mut | Role::Names(SymbolKind::Type));
        let frame = self.frames.iter().rposition(|frame| !is_within(frame));
        let Some(index) = frame else { return };
        let Role::List(kind) = self.frames[index].role else { return };
        let (frame_start, name) = (self.frames[index].start, self.frames[index].pending_name.take());
        let form_start = if name.is_some() { frame_start } else { start };
        let id = self.define_listed(kind, form_start);
        if let Some((name_start, name_end)) = name {
            self.name_listed(id, name_start, name_end);
            self.frames[index].definition = Some(id);
        } else {
            self.found.definitions[id as usize].form.end = end as usize;
            if self.top().role == Role::Names(SymbolKind::Type) {
                self.top_mut().definition = Some(id);
            }
        }
    }

    pub(super) fn define_listed(&mut self, kind: SymbolKind, start: u32) -> u32 {
        let owner = self.owner_of_list();
        let id = self.define(kind, start, owner);
        if owner.is_some() && owner == self.function {
            self.found.definitions[id as usize].index = self.num_locals;
            self.num_locals += 1;
        }
        id
    }

    pub(super) fn name_listed(&mut self, id: u32, start: u32, end: u32) {
        self.set_name(id, start, end);
        if self.function.is_some() && self.owner_of_list() == self.function {
            self.locals.entry(&self.text[start as usize..end as usize]).or_insert(id);
        }
    }

    /// Returns the function, type or tag that the innermost list belongs to.
    pub(super) fn owner_of_list(&self) -> Option<u32> {
        self.frames.iter().rev().find_map(|frame| match frame.role {
            Role::Defines(_) => frame.definition,
            _ => None,
        })
    }
}

//! The forms of components: what they define and name.
//!
//! Less is known here than of core modules: names are found, numbers are not.

use super::SymbolKind;
use super::pass::{How, Pass};
use super::roles::Role;

impl Pass<'_> {
    /// Takes in the keyword of a form if it belongs to a component.
    pub(super) fn component_head(&mut self, around: Role, word: &str) -> bool {
        match (around, word) {
            (Role::Top | Role::Component | Role::Declares | Role::Item(SymbolKind::Type), "component")
            | (Role::Item(SymbolKind::Type), "instance") => {
                self.top_mut().role = Role::Component;
                if around != Role::Item(SymbolKind::Type) {
                    self.define_form(SymbolKind::Component);
                }
                self.open_scope();
            }
            (
                Role::Component | Role::Declares | Role::Item(_) | Role::ItemNames(_) | Role::InComponent,
                "core",
            ) => {
                self.top_mut().role = Role::Core;
            }
            (Role::Component, "import" | "alias") => self.top_mut().role = Role::Declares,
            (Role::Component | Role::Declares, _) => match kind_of(word) {
                Some(kind) => {
                    self.top_mut().role = Role::Item(kind);
                    self.define_form(kind);
                }
                None => self.top_mut().role = Role::InComponent,
            },
            (Role::Item(_) | Role::ItemNames(_) | Role::InComponent, _) => {
                self.top_mut().role = match (kind_of(word), word) {
                    (Some(kind), _) => Role::ItemNames(kind),
                    (None, "memory") => Role::ItemNames(SymbolKind::Memory),
                    (None, "realloc" | "post-return" | "callback") => Role::ItemNames(SymbolKind::CoreFunc),
                    _ => Role::InComponent,
                };
            }
            _ => return false,
        }
        true
    }

    /// Takes in the word behind `(core`.
    pub(super) fn core_word(&mut self, word: &str) {
        let is_definition = matches!(self.around(), Role::Component | Role::Declares);
        let kind = match word {
            "module" => SymbolKind::Module,
            "instance" => SymbolKind::CoreInstance,
            "func" => SymbolKind::CoreFunc,
            "type" => SymbolKind::CoreType,
            "table" => SymbolKind::Table,
            "memory" => SymbolKind::Memory,
            "global" => SymbolKind::Global,
            "tag" => SymbolKind::Tag,
            _ => {
                self.top_mut().role = Role::InComponent;
                return;
            }
        };
        if !is_definition {
            self.top_mut().role = Role::ItemNames(kind);
            return;
        }
        self.define_form(kind);
        if kind == SymbolKind::Module && self.around() == Role::Component {
            self.top_mut().role = Role::Module;
            self.open_scope();
        } else {
            self.top_mut().role = Role::Item(kind);
        }
    }

    /// Takes in a name that is used in a component.
    pub(super) fn component_name(&mut self, start: u32, end: u32) {
        let kind = match self.top().role {
            Role::ItemNames(kind) => kind,
            _ => SymbolKind::Value,
        };
        let scope = self.top().scope;
        self.add_use(start, end, kind, false, How::OfAnyKind(scope));
    }
}

fn kind_of(word: &str) -> Option<SymbolKind> {
    Some(match word {
        "instance" => SymbolKind::Instance,
        "func" => SymbolKind::Func,
        "type" => SymbolKind::Type,
        "value" => SymbolKind::Value,
        _ => return None,
    })
}

//! The kinds of things that a text can define and name.

/// A kind of thing that has an index space, or names, of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SymbolKind {
    /// A module as a whole.
    Module,
    /// A function; in a component, one of the component.
    Func,
    /// A table.
    Table,
    /// A memory.
    Memory,
    /// A global.
    Global,
    /// A tag of exceptions.
    Tag,
    /// A type; in a component, one of the component.
    Type,
    /// An element segment.
    Elem,
    /// A data segment.
    Data,
    /// A parameter of a function or of a type.
    Param,
    /// A local of a function.
    Local,
    /// A block that branches lead to.
    Label,
    /// A field of a struct.
    Field,
    /// A component.
    Component,
    /// An instance of a component.
    Instance,
    /// An instance of a core module, inside of a component.
    CoreInstance,
    /// A core function, inside of a component.
    CoreFunc,
    /// A core type, inside of a component.
    CoreType,
    /// A value of a component.
    Value,
}

impl SymbolKind {
    /// Returns its name for people, such as `function`.
    pub fn phrase(self) -> &'static str {
        match self {
            Self::Module => "module",
            Self::Func => "function",
            Self::Table => "table",
            Self::Memory => "memory",
            Self::Global => "global",
            Self::Tag => "tag",
            Self::Type => "type",
            Self::Elem => "element segment",
            Self::Data => "data segment",
            Self::Param => "parameter",
            Self::Local => "local",
            Self::Label => "label",
            Self::Field => "field",
            Self::Component => "component",
            Self::Instance => "instance",
            Self::CoreInstance => "core instance",
            Self::CoreFunc => "core function",
            Self::CoreType => "core type",
            Self::Value => "value",
        }
    }

    /// Returns the word that begins its form.
    pub fn keyword(self) -> &'static str {
        match self {
            Self::Module => "module",
            Self::Func => "func",
            Self::Table => "table",
            Self::Memory => "memory",
            Self::Global => "global",
            Self::Tag => "tag",
            Self::Type => "type",
            Self::Elem => "elem",
            Self::Data => "data",
            Self::Param => "param",
            Self::Local => "local",
            Self::Label => "block",
            Self::Field => "field",
            Self::Component => "component",
            Self::Instance => "instance",
            Self::CoreInstance => "core instance",
            Self::CoreFunc => "core func",
            Self::CoreType => "core type",
            Self::Value => "value",
        }
    }

    /// Tells whether two kinds share names and numbers: parameters are locals.
    pub(in crate::model::wat) fn shares_space_with(self, other: Self) -> bool {
        let space = |kind| if kind == Self::Param { Self::Local } else { kind };
        space(self) == space(other)
    }

    /// Returns the kind that a field of a core module defines.
    pub(super) fn of_field(word: &str) -> Option<Self> {
        Some(match word {
            "func" => Self::Func,
            "table" => Self::Table,
            "memory" => Self::Memory,
            "global" => Self::Global,
            "tag" => Self::Tag,
            "type" => Self::Type,
            "elem" => Self::Elem,
            "data" => Self::Data,
            _ => return None,
        })
    }
}

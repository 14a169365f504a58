//! What a form is, from its keyword and the form around it.
//!
//! Knows core modules; the forms of components are next door.

use super::SymbolKind;

/// What a form is, as far as names and numbers in it are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::model::wat) enum Role {
    /// The text around the first form.
    Top,
    /// A parenthesis whose keyword has not been read yet.
    Headless,
    /// A core module.
    Module,
    /// A component, or the inside of a component's type.
    Component,
    /// A field that defines something and may hold types and constant code.
    Defines(SymbolKind),
    /// A group of types.
    Rec,
    /// `(sub …)` of a type.
    Sub,
    /// The function type in a type.
    Signature,
    /// The struct type in a type.
    Struct,
    /// A list of types of which each counts: parameters, locals, fields.
    List(SymbolKind),
    /// `(mut …)` in such a list.
    Mut,
    /// Types that define nothing.
    Types,
    /// `(import …)` of a module.
    Import,
    /// `(export …)` of a module.
    Export,
    /// A form whose words are of that kind, such as `(type $t)` in a function.
    Names(SymbolKind),
    /// Code: an operator with its operands, or a list of operators.
    Code,
    /// `then` or `else` of a folded `if`.
    Branch,
    /// A clause of `try_table` that names a tag.
    CatchTag,
    /// A clause of `try_table` for all tags.
    CatchAll,
    /// A handler of `resume`.
    Handler,
    /// `(core …)` in a component, before its second word.
    Core,
    /// A form of a component in which a definition stands: an import, an alias.
    Declares,
    /// A form of a component that defines something.
    Item(SymbolKind),
    /// A form of a component whose names are of that kind.
    ItemNames(SymbolKind),
    /// Another form of a component.
    InComponent,
    /// A form that says nothing of names.
    Other,
}

impl Role {
    /// Tells whether operators stand directly in the form.
    pub(in crate::model::wat) fn is_code(self) -> bool {
        matches!(self, Self::Code | Self::Branch | Self::Defines(SymbolKind::Func | SymbolKind::Global))
    }
}

/// Returns what a form of a core module is, by the form around it and its own keyword.
pub(super) fn role_of(around: Role, word: &str) -> Role {
    match around {
        Role::Top | Role::Module => field(word),
        Role::Rec if word == "type" => Role::Defines(SymbolKind::Type),
        Role::Import => match SymbolKind::of_field(word) {
            Some(kind) => Role::Defines(kind),
            None => Role::Other,
        },
        Role::Export => SymbolKind::of_field(word).map_or(Role::Other, Role::Names),
        Role::Defines(kind) => inside_of(kind, word),
        Role::Sub => inside_of(SymbolKind::Type, word),
        Role::Signature => match word {
            "param" => Role::List(SymbolKind::Param),
            "result" => Role::Types,
            _ => Role::Other,
        },
        Role::Struct if word == "field" => Role::List(SymbolKind::Field),
        Role::List(_) | Role::Mut | Role::Types => match word {
            "mut" => Role::Mut,
            "ref" => Role::Names(SymbolKind::Type),
            _ => Role::Types,
        },
        Role::Names(_) if matches!(word, "exact" | "shared") => Role::Names(SymbolKind::Type),
        Role::Code | Role::Branch => in_code(word),
        _ => Role::Other,
    }
}

fn field(word: &str) -> Role {
    match word {
        "module" => Role::Module,
        "rec" => Role::Rec,
        "import" => Role::Import,
        "export" => Role::Export,
        "start" => Role::Names(SymbolKind::Func),
        _ => SymbolKind::of_field(word).map_or(Role::Other, Role::Defines),
    }
}

fn inside_of(kind: SymbolKind, word: &str) -> Role {
    match (kind, word) {
        (_, "export" | "import") => Role::Other,
        (SymbolKind::Type, "func") => Role::Signature,
        (SymbolKind::Type, "struct") => Role::Struct,
        (SymbolKind::Type, "array") => Role::Types,
        (SymbolKind::Type, "sub") => Role::Sub,
        (SymbolKind::Type, "shared") => Role::Sub,
        (SymbolKind::Type, "cont" | "describes" | "descriptor") => Role::Names(SymbolKind::Type),
        (SymbolKind::Func, "param") => Role::List(SymbolKind::Param),
        (SymbolKind::Func, "local") => Role::List(SymbolKind::Local),
        (SymbolKind::Tag, "param") => Role::List(SymbolKind::Param),
        (SymbolKind::Func | SymbolKind::Tag, "result") => Role::Types,
        (SymbolKind::Func | SymbolKind::Tag, "type") => Role::Names(SymbolKind::Type),
        (SymbolKind::Table, "elem") => Role::Defines(SymbolKind::Elem),
        (SymbolKind::Memory, "data") => Role::Defines(SymbolKind::Data),
        (SymbolKind::Elem, "table") => Role::Names(SymbolKind::Table),
        (SymbolKind::Data, "memory") => Role::Names(SymbolKind::Memory),
        (_, "mut") => Role::Types,
        (_, "ref") => Role::Names(SymbolKind::Type),
        (SymbolKind::Type | SymbolKind::Tag | SymbolKind::Memory, _) => Role::Other,
        _ => in_code(word),
    }
}

fn in_code(word: &str) -> Role {
    match word {
        "then" | "else" | "do" => Role::Branch,
        "catch" | "catch_ref" => Role::CatchTag,
        "catch_all" | "catch_all_ref" => Role::CatchAll,
        "on" => Role::Handler,
        "type" => Role::Names(SymbolKind::Type),
        "ref" => Role::Names(SymbolKind::Type),
        "param" | "result" => Role::Types,
        _ => Role::Code,
    }
}

//! Which index spaces the words behind an operator point into.
//!
//! Knows operators by name; what a word points at is found elsewhere.

use std::sync::LazyLock;

use super::SymbolKind;
use crate::model::wat::operators::operators;

/// What the names and numbers behind an operator are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::model::wat) enum Immediates {
    /// None of them points anywhere.
    Nothing,
    /// One after another of these kinds; what is left over points nowhere.
    Each(&'static [SymbolKind]),
    /// All of this kind.
    All(SymbolKind),
    /// The first kind may be left out where there is one word only, as in `table.init $t $e`.
    Last(SymbolKind, SymbolKind),
    /// A memory that may be left out, and a lane.
    MemoryAndLane,
    /// A type, and a field of that type.
    TypeAndField,
    /// The name of the label that the operator begins.
    LabelOfItsOwn,
    /// The label that ends here, once more.
    LabelThatEnds,
}

/// Returns what stands behind an operator, by its place in the list of all.
pub(super) fn immediates(operator: u16) -> Immediates {
    static ALL: LazyLock<Vec<Immediates>> =
        LazyLock::new(|| operators().map(|name| of_name(&name)).collect());
    ALL.get(usize::from(operator)).copied().unwrap_or(Immediates::Nothing)
}

/// Returns what stands behind an operator, by its name.
fn of_name(name: &str) -> Immediates {
    use Immediates::{All, Each, LabelOfItsOwn, LabelThatEnds, Last, MemoryAndLane, Nothing, TypeAndField};
    use SymbolKind as K;
    match name {
        "block" | "loop" | "if" | "try" | "try_table" => LabelOfItsOwn,
        "end" => LabelThatEnds,
        "br" | "br_if" | "br_on_null" | "br_on_non_null" | "else" | "delegate" | "rethrow" => {
            Each(&[K::Label])
        }
        "br_table" => All(K::Label),
        "call" | "return_call" | "ref.func" => Each(&[K::Func]),
        "call_indirect" | "return_call_indirect" => Each(&[K::Table]),
        "call_ref" | "return_call_ref" | "ref.null" | "cont.new" | "resume" | "resume_throw_ref" => {
            Each(&[K::Type])
        }
        "cont.bind" => Each(&[K::Type, K::Type]),
        "resume_throw" | "switch" => Each(&[K::Type, K::Tag]),
        "throw" | "suspend" | "catch" => Each(&[K::Tag]),
        "elem.drop" => Each(&[K::Elem]),
        "data.drop" => Each(&[K::Data]),
        "table.init" => Last(K::Table, K::Elem),
        "memory.init" => Last(K::Memory, K::Data),
        "table.copy" => Each(&[K::Table, K::Table]),
        "memory.copy" => Each(&[K::Memory, K::Memory]),
        "array.copy" => Each(&[K::Type, K::Type]),
        "array.new_data" | "array.init_data" => Each(&[K::Type, K::Data]),
        "array.new_elem" | "array.init_elem" => Each(&[K::Type, K::Elem]),
        "array.len" | "ref.is_null" | "ref.as_non_null" | "ref.eq" | "ref.i31" | "ref.i31_shared" => Nothing,
        _ if name.starts_with("br_on_cast") => Each(&[K::Label]),
        _ if name.starts_with("local.") => Each(&[K::Local]),
        _ if name.starts_with("global.") => Each(&[K::Global]),
        _ if name.starts_with("table.") => Each(&[K::Table]),
        _ if name.starts_with("memory.") => Each(&[K::Memory]),
        _ if name.starts_with("struct.new") || name.starts_with("array.") || name.starts_with("ref.") => {
            Each(&[K::Type])
        }
        _ if name.starts_with("struct.") => TypeAndField,
        _ if name.starts_with("v128.") && name.ends_with("_lane") => MemoryAndLane,
        _ if name.split_once('.').is_some_and(|(_, op)| {
            op.starts_with("load") || op.starts_with("store") || op.starts_with("atomic.")
        }) =>
        {
            Each(&[K::Memory])
        }
        _ => Nothing,
    }
}

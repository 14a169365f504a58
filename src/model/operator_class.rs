//! The classes that operators are listed by, such as control or memory.
//!
//! Goes by names alone; knows no prices and no encoding.

/// A class of operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OperatorClass {
    /// Blocks, branches, calls, exceptions, stacks.
    Control,
    /// Locals, globals, `drop` and `select`.
    Variables,
    /// Loads, stores, and the memory as a whole.
    Memory,
    /// Tables and their elements.
    Tables,
    /// Integers of 32 bits.
    I32,
    /// Integers of 64 bits.
    I64,
    /// Floats of 32 and of 64 bits.
    Floats,
    /// Vectors of 128 bits.
    Vectors,
    /// What several threads may do at once.
    Atomics,
    /// References, structures and arrays.
    References,
}

impl OperatorClass {
    /// All classes in the order in which they are listed.
    pub const ALL: [Self; 10] = [
        Self::Control,
        Self::Variables,
        Self::Memory,
        Self::Tables,
        Self::I32,
        Self::I64,
        Self::Floats,
        Self::Vectors,
        Self::Atomics,
        Self::References,
    ];

    /// Returns the class of an operator by the name that the text format has for it.
    pub fn of(name: &str) -> Self {
        let (prefix, rest) = name.split_once('.').unwrap_or(("", name));
        match prefix {
            _ if rest.contains("atomic") || prefix == "atomic" => Self::Atomics,
            "local" | "global" => Self::Variables,
            "v128" | "i8x16" | "i16x8" | "i32x4" | "i64x2" | "f32x4" | "f64x2" => Self::Vectors,
            "memory" | "data" => Self::Memory,
            "i32" | "i64" | "f32" | "f64" if rest.starts_with("load") || rest.starts_with("store") => {
                Self::Memory
            }
            "table" | "elem" => Self::Tables,
            "i32" => Self::I32,
            "i64" => Self::I64,
            "f32" | "f64" => Self::Floats,
            "ref" | "struct" | "array" | "i31" | "any" | "extern" => Self::References,
            _ if matches!(name, "drop" | "select") => Self::Variables,
            _ => Self::Control,
        }
    }

    /// Returns its name on screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Control => "Control and calls",
            Self::Variables => "Variables",
            Self::Memory => "Memory",
            Self::Tables => "Tables",
            Self::I32 => "32-bit integers",
            Self::I64 => "64-bit integers",
            Self::Floats => "Floats",
            Self::Vectors => "Vectors",
            Self::Atomics => "Atomics",
            Self::References => "References, structures, arrays",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operator_is_listed_where_one_looks_for_it() {
        use OperatorClass as C;
        for (name, class) in [
            ("br_if", C::Control),
            ("call", C::Control),
            ("drop", C::Variables),
            ("local.get", C::Variables),
            ("i32.load8_u", C::Memory),
            ("memory.copy", C::Memory),
            ("table.grow", C::Tables),
            ("i32.mul", C::I32),
            ("i64.extend_i32_s", C::I64),
            ("f64.sqrt", C::Floats),
            ("v128.load", C::Vectors),
            ("i32.atomic.load", C::Atomics),
            ("memory.atomic.notify", C::Atomics),
            ("ref.null", C::References),
        ] {
            assert_eq!(C::of(name), class, "{name}");
        }
    }
}

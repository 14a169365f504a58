//! Values of WebAssembly and their text form.

/// One value that goes into or comes out of a guest.
///
/// Floats are kept as bits, so that the payload of a NaN survives and values can be compared.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Value {
    /// 32-bit integer, read as signed where a sign matters.
    I32(i32),
    /// 64-bit integer, read as signed where a sign matters.
    I64(i64),
    /// Bits of a 32-bit float.
    F32(u32),
    /// Bits of a 64-bit float.
    F64(u64),
    /// 128-bit vector, lane 0 in the lowest bits.
    V128(u128),
    /// Null reference of any type.
    NullRef,
    /// Reference to the function of that index in the module.
    FuncRef(u32),
    /// Reference to a text that the host made from a quoted argument.
    ExternRef(String),
    /// Any other reference, described in words; only ever a result.
    OpaqueRef(String),
}

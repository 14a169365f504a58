//! Types of values and functions, as WebAssembly's text format writes them.

use std::fmt;

use super::value::quote;

/// Type of a parameter, a result, a global or a table's element.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ValueType {
    /// 32-bit integer of either sign.
    I32,
    /// 64-bit integer of either sign.
    I64,
    /// 32-bit float.
    F32,
    /// 64-bit float.
    F64,
    /// 128-bit vector.
    V128,
    /// Nullable reference to any function.
    FuncRef,
    /// Nullable reference to a value of the host.
    ExternRef,
    /// Any other reference type, as the text format writes it, such as `(ref $point)`.
    OtherRef(String),
    /// A type of the component model, as WIT writes it.
    Component(String),
}

impl ValueType {
    /// Tells whether values of this type are plain bits that need no collector.
    pub fn is_plain(&self) -> bool {
        matches!(self, Self::I32 | Self::I64 | Self::F32 | Self::F64 | Self::V128)
    }
}

impl fmt::Display for ValueType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::I32 => "i32",
            Self::I64 => "i64",
            Self::F32 => "f32",
            Self::F64 => "f64",
            Self::V128 => "v128",
            Self::FuncRef => "funcref",
            Self::ExternRef => "externref",
            Self::OtherRef(text) | Self::Component(text) => text,
        })
    }
}

/// One parameter of a function.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Param {
    /// Name from the source or the name section, without the `$`.
    pub name: Option<String>,
    /// Type of the argument that it takes.
    pub ty: ValueType,
}

impl Param {
    /// Returns the name of the parameter's field in the window: `$a i32`, or `#0 i32` without a name.
    pub fn label(&self, index: usize) -> String {
        match &self.name {
            Some(name) => format!("${name} {}", self.ty),
            None => format!("#{index} {}", self.ty),
        }
    }
}

/// Parameters and results of a function.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct FuncSignature {
    /// Parameters in order.
    pub params: Vec<Param>,
    /// Result types in order; more than one with multi-value.
    pub results: Vec<ValueType>,
}

impl FuncSignature {
    /// Writes the signature with parameter names, such as `($a i32, $b i32) → i32`.
    pub fn with_names(&self) -> String {
        let params = self.params.iter().map(|param| match &param.name {
            Some(name) => format!("${name} {}", param.ty),
            None => param.ty.to_string(),
        });
        format!("({}) → {}", params.collect::<Vec<_>>().join(", "), self.results_text())
    }

    fn results_text(&self) -> String {
        match self.results.as_slice() {
            [] => "()".to_owned(),
            [one] => one.to_string(),
            many => format!("({})", many.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")),
        }
    }
}

/// Writes the bare types, such as `(i32, i32) → i32`.
impl fmt::Display for FuncSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let params = self.params.iter().map(|param| param.ty.to_string()).collect::<Vec<_>>();
        write!(f, "({}) → {}", params.join(", "), self.results_text())
    }
}

/// Writes a name as an identifier of the text format: `$name`, or `$"a name"` where it needs quotes.
pub fn id(name: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-./:<=>?@\\^_`|~".contains(&byte);
    if !name.is_empty() && name.bytes().all(is_plain) {
        format!("${name}")
    } else {
        format!("${}", quote(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_written_with_and_without_names() {
        let param = |name: &str| Param { name: Some(name.to_owned()), ty: ValueType::I32 };
        let signature = FuncSignature { params: vec![param("a"), param("b")], results: vec![ValueType::I32] };
        assert_eq!(signature.to_string(), "(i32, i32) → i32");
        assert_eq!(signature.with_names(), "($a i32, $b i32) → i32");
        assert_eq!(FuncSignature::default().to_string(), "() → ()");
        assert_eq!(signature.params[0].label(0), "$a i32");
    }
}

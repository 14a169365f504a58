//! Values of WebAssembly, their text form and the ways to read a result.
//!
//! Knows no engine and no store: a reference is its index, its text or a description.

mod float;
mod format;
mod parse;
mod quoted;

use std::fmt;

use serde::{Serialize, Serializer};

pub use self::format::{LaneShape, NumberFormat, formats_for};
pub use self::parse::{ValueError, parse_value};
pub(in crate::model) use self::parse::{clean_digits, echo, parse_integer};
pub use self::quoted::quote;
pub(in crate::model) use self::quoted::unquote;

use self::float::FloatFormat;
use super::signature::ValueType;

/// One value that goes into or comes out of a guest.
///
/// Floats are kept as bits, so that the payload of a NaN survives and values can be compared.
/// Its text form reads back to the same bits with [`parse_value`], an opaque reference aside.
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

impl Value {
    /// Returns the canonical text: the one that JSON documents hold and that [`parse_value`] reads.
    pub fn to_text(&self) -> String {
        self.to_string()
    }

    /// Tells whether the value is plain bits that need no collector.
    pub fn is_plain(&self) -> bool {
        matches!(self, Self::I32(_) | Self::I64(_) | Self::F32(_) | Self::F64(_) | Self::V128(_))
    }

    /// Returns the default of a type: what an empty argument field stands for.
    ///
    /// References are null, also where the type itself has no null.
    pub fn default_of(ty: &ValueType) -> Self {
        match ty {
            ValueType::I32 => Self::I32(0),
            ValueType::I64 => Self::I64(0),
            ValueType::F32 => Self::F32(0),
            ValueType::F64 => Self::F64(0),
            ValueType::V128 => Self::V128(0),
            ValueType::FuncRef | ValueType::ExternRef | ValueType::OtherRef(_) | ValueType::Component(_) => {
                Self::NullRef
            }
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::I32(value) => write!(f, "{value}"),
            Self::I64(value) => write!(f, "{value}"),
            Self::F32(bits) => f.write_str(&FloatFormat::F32.to_text(u64::from(*bits))),
            Self::F64(bits) => f.write_str(&FloatFormat::F64.to_text(*bits)),
            Self::V128(bits) => f.write_str(&LaneShape::I32x4.to_text(*bits)),
            Self::NullRef => f.write_str("null"),
            Self::FuncRef(index) => write!(f, "func {index}"),
            Self::ExternRef(text) => f.write_str(&quote(text)),
            Self::OpaqueRef(words) => f.write_str(words),
        }
    }
}

/// Writes the value as its text.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Returns the text that an argument field of this type starts with.
pub fn default_text(ty: &ValueType) -> &'static str {
    match ty {
        ValueType::I32 | ValueType::I64 | ValueType::F32 | ValueType::F64 => "0",
        ValueType::V128 => "i32x4 0 0 0 0",
        ValueType::FuncRef | ValueType::ExternRef | ValueType::OtherRef(_) | ValueType::Component(_) => {
            "null"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A small generator, so that the same bits are tried in every run.
    fn random_bits(count: usize) -> impl Iterator<Item = u64> {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        std::iter::repeat_with(move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        })
        .take(count)
    }

    fn assert_reads_back(value: &Value, ty: &ValueType) {
        let text = value.to_text();
        assert_eq!(parse_value(&text, ty).as_ref(), Ok(value), "{text}");
    }

    #[test]
    fn canonical_text_is_what_scripts_rely_on() {
        let cases = [
            (Value::I32(-1), "-1"),
            (Value::I64(i64::MIN), "-9223372036854775808"),
            (Value::F32(1f32.to_bits()), "1"),
            (Value::F32(0.1f32.to_bits()), "0.1"),
            (Value::F64(0.1f64.to_bits()), "0.1"),
            (Value::F64((-0f64).to_bits()), "-0"),
            (Value::F64(f64::INFINITY.to_bits()), "inf"),
            (Value::F32(f32::NEG_INFINITY.to_bits()), "-inf"),
            (Value::F32(0x7fc0_0000), "nan:0x400000"),
            (Value::F32(0xff80_0001), "-nan:0x1"),
            (Value::F64(0x7ff8_0000_0000_0000), "nan:0x8000000000000"),
            (Value::F64(1e300f64.to_bits()), "1e300"),
            (Value::F64(123_456.0f64.to_bits()), "123456"),
            (Value::F32(1), "1e-45"),
            (Value::V128(1), "i32x4 0x00000001 0x00000000 0x00000000 0x00000000"),
            (Value::NullRef, "null"),
            (Value::FuncRef(3), "func 3"),
            (Value::ExternRef("a \"b\"\n".to_owned()), r#""a \"b\"\n""#),
            (Value::OpaqueRef("struct 7".to_owned()), "struct 7"),
        ];
        for (value, text) in cases {
            assert_eq!(value.to_text(), text);
            assert_eq!(serde_json::json!(value), text);
        }
    }

    #[test]
    fn edge_values_read_back_to_the_same_bits() {
        for value in [0, 1, -1, i32::MIN, i32::MAX] {
            assert_reads_back(&Value::I32(value), &ValueType::I32);
        }
        for value in [0, 1, -1, i64::MIN, i64::MAX] {
            assert_reads_back(&Value::I64(value), &ValueType::I64);
        }
        for magnitude in [0, 1, 0x7f_ffff, 0x80_0000, 0x3f80_0000, 0x7f7f_ffff, 0x7f80_0000, 0x7f80_0001] {
            assert_reads_back(&Value::F32(magnitude), &ValueType::F32);
            assert_reads_back(&Value::F32(magnitude | 1 << 31), &ValueType::F32);
        }
        for magnitude in [0, 1, (1 << 52) - 1, 1 << 52, 0x7fef_ffff_ffff_ffff, 0x7ff0 << 48, 0x7ff8 << 48] {
            assert_reads_back(&Value::F64(magnitude), &ValueType::F64);
            assert_reads_back(&Value::F64(magnitude | 1 << 63), &ValueType::F64);
        }
        for value in [0, 1, u128::MAX, 1 << 127] {
            assert_reads_back(&Value::V128(value), &ValueType::V128);
        }
        for text in ["", "plain", "q\"\\'", "\0\u{7f}\t\r\n", "é 日本 🦀", "\u{202e}abc"] {
            assert_reads_back(&Value::ExternRef(text.to_owned()), &ValueType::ExternRef);
        }
        assert_reads_back(&Value::FuncRef(u32::MAX), &ValueType::FuncRef);
        for ty in [ValueType::FuncRef, ValueType::ExternRef, ValueType::OtherRef("anyref".to_owned())] {
            assert_reads_back(&Value::NullRef, &ty);
        }
    }

    #[test]
    fn random_bits_read_back_to_the_same_bits() {
        for bits in random_bits(3000) {
            let high = (bits >> 32) as u32;
            assert_reads_back(&Value::I32(high.cast_signed()), &ValueType::I32);
            assert_reads_back(&Value::I64(bits.cast_signed()), &ValueType::I64);
            assert_reads_back(&Value::F32(high), &ValueType::F32);
            assert_reads_back(&Value::F64(bits), &ValueType::F64);
            let wide = u128::from(bits) << 64 | u128::from(bits.rotate_left(17));
            assert_reads_back(&Value::V128(wide), &ValueType::V128);
        }
    }

    #[test]
    fn every_lane_shape_reads_back_to_the_same_bits() {
        for bits in random_bits(500) {
            let wide = u128::from(bits) << 64 | u128::from(bits.rotate_left(17));
            for shape in LaneShape::ALL {
                let text = Value::V128(wide).format(NumberFormat::Lanes(shape));
                assert_eq!(parse_value(&text, &ValueType::V128), Ok(Value::V128(wide)), "{text}");
            }
        }
    }

    #[test]
    fn the_text_of_an_empty_field_is_the_default_value() {
        let types = [
            ValueType::I32,
            ValueType::I64,
            ValueType::F32,
            ValueType::F64,
            ValueType::V128,
            ValueType::FuncRef,
            ValueType::ExternRef,
            ValueType::OtherRef("(ref null 3)".to_owned()),
        ];
        for ty in types {
            assert_eq!(parse_value(default_text(&ty), &ty), Ok(Value::default_of(&ty)), "{ty}");
        }
    }
}

//! Ways to read a result: signed, unsigned, hexadecimal, as float bits or as lanes.
//!
//! Decides nothing about where the text is shown or which way was chosen.

use super::Value;
use super::float::FloatFormat;
use super::parse::{ValueError, parse_integer};
use crate::model::signature::ValueType;

/// How to write a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NumberFormat {
    /// Integer with a sign, decimal.
    Signed,
    /// Integer without a sign, decimal.
    Unsigned,
    /// Integer in hexadecimal, with all its digits.
    Hex,
    /// Integer in binary, with all its digits.
    Binary,
    /// Float in decimal; of an integer, the float that has its bits.
    Float,
    /// Bits of a float in hexadecimal, with all its digits.
    FloatBits,
    /// Lanes of a vector.
    Lanes(LaneShape),
}

impl NumberFormat {
    /// Returns the name in menus.
    pub fn label(self) -> &'static str {
        match self {
            Self::Signed => "Signed",
            Self::Unsigned => "Unsigned",
            Self::Hex => "Hexadecimal",
            Self::Binary => "Binary",
            Self::Float => "Float",
            Self::FloatBits => "Float bits",
            Self::Lanes(shape) => shape.name(),
        }
    }
}

/// How a 128-bit vector is divided into lanes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LaneShape {
    /// Sixteen integers of 8 bits.
    I8x16,
    /// Eight integers of 16 bits.
    I16x8,
    /// Four integers of 32 bits.
    I32x4,
    /// Two integers of 64 bits.
    I64x2,
    /// Four floats of 32 bits.
    F32x4,
    /// Two floats of 64 bits.
    F64x2,
}

impl LaneShape {
    /// All shapes, integers first.
    pub const ALL: [Self; 6] = [Self::I8x16, Self::I16x8, Self::I32x4, Self::I64x2, Self::F32x4, Self::F64x2];

    /// Returns the name in the text format.
    pub fn name(self) -> &'static str {
        match self {
            Self::I8x16 => "i8x16",
            Self::I16x8 => "i16x8",
            Self::I32x4 => "i32x4",
            Self::I64x2 => "i64x2",
            Self::F32x4 => "f32x4",
            Self::F64x2 => "f64x2",
        }
    }

    /// Finds the shape of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|shape| shape.name() == name)
    }

    /// Returns the number of lanes.
    pub fn lanes(self) -> u32 {
        128 / self.lane_bits()
    }

    /// Returns the width of a lane in bits.
    pub fn lane_bits(self) -> u32 {
        match self {
            Self::I8x16 => 8,
            Self::I16x8 => 16,
            Self::I32x4 | Self::F32x4 => 32,
            Self::I64x2 | Self::F64x2 => 64,
        }
    }

    pub(super) fn parse_lane(self, text: &str) -> Result<u64, ValueError> {
        match self {
            Self::I8x16 => parse_integer(text, 8, "i8"),
            Self::I16x8 => parse_integer(text, 16, "i16"),
            Self::I32x4 => parse_integer(text, 32, "i32"),
            Self::I64x2 => parse_integer(text, 64, "i64"),
            Self::F32x4 => FloatFormat::F32.parse(text),
            Self::F64x2 => FloatFormat::F64.parse(text),
        }
    }

    /// Writes the shape and its lanes: integers in hexadecimal with all digits, floats in decimal.
    pub(super) fn to_text(self, bits: u128) -> String {
        let mut text = self.name().to_owned();
        for lane in 0..self.lanes() {
            let mask = u128::from(u64::MAX >> (64 - self.lane_bits()));
            let lane = bits >> (lane * self.lane_bits()) & mask;
            let lane = u64::try_from(lane).expect("a lane has at most 64 bits");
            text.push(' ');
            match self {
                Self::F32x4 => text.push_str(&FloatFormat::F32.to_text(lane)),
                Self::F64x2 => text.push_str(&FloatFormat::F64.to_text(lane)),
                _ => text.push_str(&hex(lane, self.lane_bits())),
            }
        }
        text
    }
}

/// Lists the ways to read values of a type, the canonical one first; empty where there is but one.
pub fn formats_for(ty: &ValueType) -> &'static [NumberFormat] {
    use NumberFormat as Format;
    match ty {
        ValueType::I32 | ValueType::I64 => {
            &[Format::Signed, Format::Unsigned, Format::Hex, Format::Binary, Format::Float]
        }
        ValueType::F32 | ValueType::F64 => &[Format::Float, Format::FloatBits],
        ValueType::V128 => &[
            Format::Lanes(LaneShape::I32x4),
            Format::Lanes(LaneShape::I8x16),
            Format::Lanes(LaneShape::I16x8),
            Format::Lanes(LaneShape::I64x2),
            Format::Lanes(LaneShape::F32x4),
            Format::Lanes(LaneShape::F64x2),
        ],
        ValueType::FuncRef | ValueType::ExternRef | ValueType::OtherRef(_) | ValueType::Component(_) => &[],
    }
}

impl Value {
    /// Writes the value in the given way, or canonically where that way does not fit its type.
    pub fn format(&self, format: NumberFormat) -> String {
        match self {
            Self::I32(value) => {
                let bits = u64::from(value.cast_unsigned());
                integer(bits, 32, FloatFormat::F32, format).unwrap_or_else(|| self.to_text())
            }
            Self::I64(value) => {
                integer(value.cast_unsigned(), 64, FloatFormat::F64, format).unwrap_or_else(|| self.to_text())
            }
            Self::F32(bits) if format == NumberFormat::FloatBits => hex(u64::from(*bits), 32),
            Self::F64(bits) if format == NumberFormat::FloatBits => hex(*bits, 64),
            Self::V128(bits) => match format {
                NumberFormat::Lanes(shape) => shape.to_text(*bits),
                _ => self.to_text(),
            },
            _ => self.to_text(),
        }
    }
}

fn integer(bits: u64, width: u32, float: FloatFormat, format: NumberFormat) -> Option<String> {
    match format {
        NumberFormat::Unsigned => Some(bits.to_string()),
        NumberFormat::Hex => Some(hex(bits, width)),
        NumberFormat::Binary => {
            Some(format!("0b{bits:0digits$b}", digits = if width == 32 { 32 } else { 64 }))
        }
        NumberFormat::Float => Some(float.to_text(bits)),
        NumberFormat::Signed | NumberFormat::FloatBits | NumberFormat::Lanes(_) => None,
    }
}

fn hex(bits: u64, width: u32) -> String {
    let digits = usize::try_from(width / 4).expect("a width is at most 64");
    format!("0x{bits:0digits$x}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::value::parse_value;

    #[test]
    fn a_result_is_written_in_each_way() {
        use NumberFormat as Format;
        let cases = [
            (Value::I32(-1), Format::Signed, "-1"),
            (Value::I32(-1), Format::Unsigned, "4294967295"),
            (Value::I32(-1), Format::Hex, "0xffffffff"),
            (Value::I32(5), Format::Hex, "0x00000005"),
            (Value::I32(5), Format::Binary, "0b00000000000000000000000000000101"),
            (Value::I32(0x3f80_0000), Format::Float, "1"),
            (Value::I32(5), Format::Lanes(LaneShape::I8x16), "5"),
            (Value::I64(-1), Format::Unsigned, "18446744073709551615"),
            (Value::I64(1), Format::Hex, "0x0000000000000001"),
            (Value::I64(0x3ff8_0000_0000_0000), Format::Float, "1.5"),
            (Value::F32(0x3fc0_0000), Format::Float, "1.5"),
            (Value::F32(0x3fc0_0000), Format::FloatBits, "0x3fc00000"),
            (Value::F64(0x3ff8 << 48), Format::FloatBits, "0x3ff8000000000000"),
            (Value::F64(0x3ff8 << 48), Format::Unsigned, "1.5"),
            (Value::V128(0x3f80_0000), Format::Lanes(LaneShape::F32x4), "f32x4 1 0 0 0"),
            (Value::V128(1), Format::Lanes(LaneShape::I64x2), "i64x2 0x0000000000000001 0x0000000000000000"),
            (Value::V128(1), Format::Hex, "i32x4 0x00000001 0x00000000 0x00000000 0x00000000"),
            (Value::NullRef, Format::Hex, "null"),
        ];
        for (value, format, text) in cases {
            assert_eq!(value.format(format), text, "{value:?} {format:?}");
        }
    }

    #[test]
    fn the_first_way_is_the_canonical_one_and_integers_read_back_in_all_but_float() {
        let cases = [
            (ValueType::I32, Value::I32(i32::MIN)),
            (ValueType::I64, Value::I64(-2)),
            (ValueType::F32, Value::F32(0x7fc0_0000)),
            (ValueType::F64, Value::F64(1)),
            (ValueType::V128, Value::V128(u128::MAX - 7)),
        ];
        for (ty, value) in cases {
            let formats = formats_for(&ty);
            assert_eq!(value.format(formats[0]), value.to_text());
            for format in formats {
                assert!(!format.label().is_empty());
                let is_integer = matches!(ty, ValueType::I32 | ValueType::I64);
                if *format != NumberFormat::FloatBits && !(is_integer && *format == NumberFormat::Float) {
                    assert_eq!(parse_value(&value.format(*format), &ty), Ok(value.clone()), "{format:?}");
                }
            }
        }
        assert!(formats_for(&ValueType::FuncRef).is_empty());
    }
}

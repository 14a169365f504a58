//! Reads the text form of values: what people type into a field or on a command line.
//!
//! Knows types and their ranges, but nothing of a module, so a function is named by its index.

use super::float::FloatFormat;
use super::format::LaneShape;
use super::quoted::unquote;
use super::{Value, default_text};
use crate::model::signature::ValueType;

/// Why a text is no value of the asked type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ValueError {
    /// What is wrong, in one sentence.
    pub message: String,
    /// What would be right, when that can be said.
    pub hint: Option<String>,
}

impl ValueError {
    pub(in crate::model) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None }
    }

    pub(in crate::model) fn with_hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

/// Reads a value of the given type; white space around the text is ignored.
///
/// # Errors
///
/// Says what is wrong with the text, with the range or the form that the type takes.
pub fn parse_value(text: &str, ty: &ValueType) -> Result<Value, ValueError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(ValueError::new(format!(
            "the value is missing: {ty} takes one such as `{}`",
            default_text(ty)
        )));
    }
    match ty {
        ValueType::I32 => parse_integer(text, 32, "i32").map(|bits| Value::I32(low_half(bits).cast_signed())),
        ValueType::I64 => parse_integer(text, 64, "i64").map(|bits| Value::I64(bits.cast_signed())),
        ValueType::F32 => FloatFormat::F32.parse(text).map(|bits| Value::F32(low_half(bits))),
        ValueType::F64 => FloatFormat::F64.parse(text).map(Value::F64),
        ValueType::V128 => parse_vector(text).map(Value::V128),
        ValueType::FuncRef | ValueType::ExternRef | ValueType::OtherRef(_) if text == "null" => {
            Ok(Value::NullRef)
        }
        ValueType::FuncRef => parse_function(text),
        ValueType::ExternRef if text.starts_with('"') => unquote(text, '"').map(Value::ExternRef),
        ValueType::ExternRef => Err(ValueError::new(format!(
            "`{}` is not an externref: it takes `null` or a text in quotes",
            echo(text)
        ))
        .with_hint("write \"text\" to make a value of the host")),
        ValueType::OtherRef(ty) => {
            Err(ValueError::new(format!("`{}` is not of type {ty}: only `null` can be typed", echo(text))))
        }
        ValueType::Component(ty) => {
            Err(ValueError::new(format!("values of the component type {ty} can't be typed yet")))
        }
    }
}

/// Splits a leading sign off; the minus sign of prose counts, since error messages are copied from.
pub(super) fn split_sign(text: &str) -> (bool, &str) {
    if let Some(rest) = text.strip_prefix(['-', '−']) {
        return (true, rest);
    }
    (false, text.strip_prefix('+').unwrap_or(text))
}

/// Removes the separators of a run of digits; `None` when it is no such run.
pub(in crate::model) fn clean_digits(text: &str, radix: u32) -> Option<String> {
    let is_malformed = text.is_empty() || text.starts_with('_') || text.ends_with('_') || text.contains("__");
    if is_malformed || !text.chars().all(|digit| digit == '_' || digit.is_digit(radix)) {
        return None;
    }
    Some(text.replace('_', ""))
}

/// Returns the text as an error message repeats it: its start, if it is long.
pub(in crate::model) fn echo(text: &str) -> String {
    const LONGEST: usize = 40;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Reads an integer of up to 64 bits, signed or unsigned, as its bits.
pub(in crate::model) fn parse_integer(text: &str, width: u32, ty: &str) -> Result<u64, ValueError> {
    let (is_negative, magnitude) = if text.starts_with('\'') {
        (false, parse_character(text)?)
    } else {
        let (is_negative, rest) = split_sign(text);
        let (digits, radix) = match rest.get(..2) {
            Some("0x" | "0X") => (&rest[2..], 16),
            Some("0b" | "0B") => (&rest[2..], 2),
            _ => (rest, 10),
        };
        let digits = clean_digits(digits, radix).ok_or_else(|| not_an_integer(text, ty))?;
        // What does not even fit 128 bits is as much out of range as the largest number that does.
        (is_negative, u128::from_str_radix(&digits, radix).unwrap_or(u128::MAX))
    };
    let (most_negative, largest) = (1_u128 << (width - 1), u128::from(u64::MAX >> (64 - width)));
    if magnitude > if is_negative { most_negative } else { largest } {
        return Err(ValueError::new(format!(
            "{} is out of range for {ty}: −{most_negative} … {largest}",
            echo(text)
        )));
    }
    let magnitude = u64::try_from(magnitude).expect("the range was checked");
    Ok(if is_negative { magnitude.wrapping_neg() & (u64::MAX >> (64 - width)) } else { magnitude })
}

fn low_half(bits: u64) -> u32 {
    u32::try_from(bits & u64::from(u32::MAX)).expect("the upper half is masked")
}

fn not_an_integer(text: &str, ty: &str) -> ValueError {
    let error = ValueError::new(format!("`{}` is not an integer", echo(text)));
    match text {
        "true" => error.with_hint("write 1 for true"),
        "false" => error.with_hint("write 0 for false"),
        _ if FloatFormat::F64.parse(text).is_ok() => {
            error.with_hint(format!("{ty} takes whole numbers only"))
        }
        _ => error.with_hint(format!("{ty} takes numbers such as 42, -1, 0xff, 0b101, 1_000, 'a'")),
    }
}

/// Reads `'c'` as the code point of the character.
fn parse_character(text: &str) -> Result<u128, ValueError> {
    // A lone quote between two quotes can't be meant otherwise.
    let content = if text == "'''" { "'".to_owned() } else { unquote(text, '\'')? };
    let mut characters = content.chars();
    match (characters.next(), characters.next()) {
        (Some(character), None) => Ok(u128::from(u32::from(character))),
        _ => Err(ValueError::new(format!("{} is not a single character", echo(text)))),
    }
}

fn parse_function(text: &str) -> Result<Value, ValueError> {
    let index = text.strip_prefix("func").filter(|rest| rest.starts_with(char::is_whitespace)).map(str::trim);
    match index.and_then(|index| clean_digits(index, 10)).map(|index| index.parse()) {
        Some(Ok(index)) => Ok(Value::FuncRef(index)),
        Some(Err(_)) => {
            Err(ValueError::new(format!("{} is out of range: func 0 … func {}", echo(text), u32::MAX)))
        }
        None => Err(ValueError::new(format!(
            "`{}` is not a funcref: it takes `null` or a function by index, such as `func 3`",
            echo(text)
        ))),
    }
}

/// Reads lanes such as `i32x4 1 2 3 4`, or all 128 bits in hexadecimal.
fn parse_vector(text: &str) -> Result<u128, ValueError> {
    let text = text.strip_prefix("v128.const").unwrap_or(text);
    let mut words = text.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty());
    let first = words.next().unwrap_or_default();
    if let Some(digits) = first.strip_prefix("0x").and_then(|digits| clean_digits(digits, 16)) {
        return match (u128::from_str_radix(&digits, 16), words.next()) {
            (Ok(bits), None) => Ok(bits),
            (Err(_), _) => {
                Err(ValueError::new(format!("{} has more than the 128 bits of a v128", echo(first))))
            }
            (_, Some(_)) => Err(no_shape(first)),
        };
    }
    let shape = LaneShape::from_name(first).ok_or_else(|| no_shape(first))?;
    let mut lanes = 0;
    let mut bits = 0;
    for word in words {
        if lanes < shape.lanes() {
            let lane = shape.parse_lane(word).map_err(|err| ValueError {
                message: format!("lane {lanes}: {}", err.message),
                hint: err.hint,
            })?;
            bits |= u128::from(lane) << (lanes * shape.lane_bits());
        }
        lanes = lanes.saturating_add(1);
    }
    if lanes == shape.lanes() {
        return Ok(bits);
    }
    Err(ValueError::new(format!("{} takes {} lanes, not {lanes}", shape.name(), shape.lanes())))
}

fn no_shape(word: &str) -> ValueError {
    ValueError::new(format!("`{}` is not a shape of lanes", echo(word)))
        .with_hint("write i8x16, i16x8, i32x4, i64x2, f32x4 or f64x2 and its lanes, or 128 bits as 0x…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_read_in_every_notation() {
        let cases: &[(&str, i32)] = &[
            ("0", 0),
            (" 42\n", 42),
            ("+7", 7),
            ("-5", -5),
            ("−5", -5),
            ("-0", 0),
            ("-2147483648", i32::MIN),
            ("4294967295", -1),
            ("0xFFFF_FFFF", -1),
            ("-0x80000000", i32::MIN),
            ("0Xa", 10),
            ("0b1010", 10),
            ("-0b1", -1),
            ("1_000_000", 1_000_000),
            ("007", 7),
            ("'a'", 97),
            ("'\\n'", 10),
            ("'\\''", 39),
            ("'''", 39),
            ("'\\u{1f600}'", 0x1f600),
            ("'é'", 0xe9),
            ("' '", 32),
            ("'\\0'", 0),
        ];
        for (text, value) in cases {
            assert_eq!(parse_value(text, &ValueType::I32), Ok(Value::I32(*value)), "{text}");
        }
        let cases: &[(&str, i64)] = &[
            ("18446744073709551615", -1),
            ("-9223372036854775808", i64::MIN),
            ("'a'", 97),
            ("5000000000", 5_000_000_000),
        ];
        for (text, value) in cases {
            assert_eq!(parse_value(text, &ValueType::I64), Ok(Value::I64(*value)), "{text}");
        }
    }

    #[test]
    fn an_integer_out_of_range_is_told_the_range() {
        let i32_range = "is out of range for i32: −2147483648 … 4294967295";
        let i64_range = "is out of range for i64: −9223372036854775808 … 18446744073709551615";
        let cases = [
            (ValueType::I32, "5000000000", i32_range),
            (ValueType::I32, "4294967296", i32_range),
            (ValueType::I32, "-2147483649", i32_range),
            (ValueType::I32, "0x1_0000_0000", i32_range),
            (ValueType::I64, "18446744073709551616", i64_range),
            (ValueType::I64, "-9223372036854775809", i64_range),
        ];
        for (ty, text, range) in cases {
            let error = parse_value(text, &ty).expect_err(text);
            assert_eq!(error.to_string(), format!("{text} {range}"));
        }
        let digits = "9".repeat(100_000);
        let error = parse_value(&digits, &ValueType::I64).expect_err("far out of range");
        assert_eq!(error.message, format!("{}… {i64_range}", "9".repeat(40)));
    }

    #[test]
    fn what_is_no_integer_is_refused_with_a_hint() {
        let cases = [
            ("abc", "i32 takes numbers such as 42, -1, 0xff, 0b101, 1_000, 'a'"),
            ("1.5", "i32 takes whole numbers only"),
            ("1e3", "i32 takes whole numbers only"),
            ("inf", "i32 takes whole numbers only"),
            ("true", "write 1 for true"),
            ("false", "write 0 for false"),
            ("--1", "i32 takes numbers such as 42, -1, 0xff, 0b101, 1_000, 'a'"),
            ("1 2", "i32 takes numbers such as 42, -1, 0xff, 0b101, 1_000, 'a'"),
            ("0x", "i32 takes numbers such as 42, -1, 0xff, 0b101, 1_000, 'a'"),
            ("1__0", "i32 takes numbers such as 42, -1, 0xff, 0b101, 1_000, 'a'"),
            ("-'a'", "i32 takes numbers such as 42, -1, 0xff, 0b101, 1_000, 'a'"),
            ("-", "i32 takes numbers such as 42, -1, 0xff, 0b101, 1_000, 'a'"),
        ];
        for (text, hint) in cases {
            let error = parse_value(text, &ValueType::I32).expect_err(text);
            assert_eq!(error.message, format!("`{text}` is not an integer"));
            assert_eq!(error.hint.as_deref(), Some(hint), "{text}");
        }
        for text in ["'ab'", "''"] {
            let error = parse_value(text, &ValueType::I32).expect_err(text);
            assert_eq!(error.message, format!("{text} is not a single character"));
        }
        assert_eq!(parse_value("'", &ValueType::I32).expect_err("open").message, "the closing ' is missing");
    }

    #[test]
    fn vectors_are_read_lane_by_lane_from_the_lowest_bits() {
        let cases: &[(&str, u128)] = &[
            ("i32x4 1 2 3 4", 0x0000_0004_0000_0003_0000_0002_0000_0001),
            ("i32x4 1, 2,3 ,4", 0x0000_0004_0000_0003_0000_0002_0000_0001),
            ("v128.const i64x2 -1 0x10", 0x10_ffff_ffff_ffff_ffff),
            ("i16x8 -1 0 0 0 0 0 0 65535", 0xffff_0000_0000_0000_0000_0000_0000_ffff),
            ("i8x16 255 -128 0 0 0 0 0 0 0 0 0 0 0 0 0 'a'", 0x6100_0000_0000_0000_0000_0000_0000_80ff),
            ("f32x4 1 -0 inf nan", 0x7fc0_0000_7f80_0000_8000_0000_3f80_0000),
            ("f64x2 1 -2", 0xc000_0000_0000_0000_3ff0_0000_0000_0000),
            ("0x1", 1),
            ("0xffff_ffff_ffff_ffff_ffff_ffff_ffff_ffff", u128::MAX),
        ];
        for (text, bits) in cases {
            assert_eq!(parse_value(text, &ValueType::V128), Ok(Value::V128(*bits)), "{text}");
        }
    }

    #[test]
    fn a_broken_vector_says_which_lane_and_how_many() {
        let cases = [
            ("i32x4 1 2 3", "i32x4 takes 4 lanes, not 3"),
            ("i32x4 1 2 3 4 5", "i32x4 takes 4 lanes, not 5"),
            ("f64x2", "f64x2 takes 2 lanes, not 0"),
            ("i8x16 256", "lane 0: 256 is out of range for i8: −128 … 255"),
            ("i16x8 0 -32769", "lane 1: -32769 is out of range for i16: −32768 … 65535"),
            ("i32x4 1 x 3 4", "lane 1: `x` is not an integer"),
            ("f32x4 1 1e99 3 4", "lane 1: 1e99 is out of range for f32: −3.4028235e38 … 3.4028235e38"),
            ("1 2 3 4", "`1` is not a shape of lanes"),
            ("i32x8 1", "`i32x8` is not a shape of lanes"),
            ("0x1 2", "`0x1` is not a shape of lanes"),
            (
                "0x1ffffffffffffffffffffffffffffffff",
                "0x1ffffffffffffffffffffffffffffffff has more than the 128 bits of a v128",
            ),
        ];
        for (text, message) in cases {
            assert_eq!(parse_value(text, &ValueType::V128).expect_err(text).message, message, "{text}");
        }
    }

    #[test]
    fn references_are_null_a_function_or_a_quoted_text() {
        let any = || ValueType::OtherRef("anyref".to_owned());
        let cases = [
            (ValueType::FuncRef, "null", Value::NullRef),
            (ValueType::FuncRef, "func 3", Value::FuncRef(3)),
            (ValueType::FuncRef, "func   12", Value::FuncRef(12)),
            (ValueType::ExternRef, " null ", Value::NullRef),
            (ValueType::ExternRef, r#""null""#, Value::ExternRef("null".to_owned())),
            (ValueType::ExternRef, r#""""#, Value::ExternRef(String::new())),
            (any(), "null", Value::NullRef),
        ];
        for (ty, text, value) in cases {
            assert_eq!(parse_value(text, &ty), Ok(value), "{text}");
        }
        let cases = [
            (
                ValueType::FuncRef,
                "3",
                "`3` is not a funcref: it takes `null` or a function by index, such as `func 3`",
            ),
            (
                ValueType::FuncRef,
                "func",
                "`func` is not a funcref: it takes `null` or a function by index, such as `func 3`",
            ),
            (
                ValueType::FuncRef,
                "func 4294967296",
                "func 4294967296 is out of range: func 0 … func 4294967295",
            ),
            (
                ValueType::ExternRef,
                "hello",
                "`hello` is not an externref: it takes `null` or a text in quotes",
            ),
            (any(), "func 3", "`func 3` is not of type anyref: only `null` can be typed"),
        ];
        for (ty, text, message) in cases {
            assert_eq!(parse_value(text, &ty).expect_err(text).message, message, "{text}");
        }
    }

    #[test]
    fn an_empty_text_is_called_missing() {
        for (ty, example) in
            [(ValueType::I32, "0"), (ValueType::V128, "i32x4 0 0 0 0"), (ValueType::FuncRef, "null")]
        {
            let error = parse_value("  ", &ty).expect_err("empty");
            assert_eq!(error.message, format!("the value is missing: {ty} takes one such as `{example}`"));
        }
    }
}

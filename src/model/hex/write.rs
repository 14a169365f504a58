//! Turns what somebody types into the bytes to write at an address, or to look for.
//!
//! Writes nothing itself.

use super::Endian;
use crate::model::signature::ValueType;
use crate::model::value::{Value, ValueError, clean_digits, echo, parse_integer, parse_value, unquote};

/// Most bytes that one write makes: a page.
const MOST_BYTES: usize = 65_536;

/// How to read what is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WriteType {
    /// Integer of 8 bits, of either sign.
    I8,
    /// Integer of 16 bits, of either sign.
    I16,
    /// Integer of 32 bits, of either sign.
    I32,
    /// Integer of 64 bits, of either sign.
    I64,
    /// Float of 32 bits.
    F32,
    /// Float of 64 bits.
    F64,
    /// Text in UTF-8; in quotes, with escapes, or bare.
    Text,
    /// Bytes as pairs of hexadecimal digits, such as `0a ff`.
    Bytes,
}

impl WriteType {
    /// All types in the order of the picker.
    pub const ALL: [Self; 8] =
        [Self::I8, Self::I16, Self::I32, Self::I64, Self::F32, Self::F64, Self::Text, Self::Bytes];

    /// Returns the name in the picker.
    pub fn label(self) -> &'static str {
        match self {
            Self::I8 => "i8",
            Self::I16 => "i16",
            Self::I32 => "i32",
            Self::I64 => "i64",
            Self::F32 => "f32",
            Self::F64 => "f64",
            Self::Text => "text",
            Self::Bytes => "bytes",
        }
    }
}

/// Returns the bytes that a text stands for; the order of bytes concerns numbers only.
///
/// # Errors
///
/// Says what is wrong with the text, or that it is longer than a page.
pub fn parse_typed_write(ty: WriteType, text: &str, endian: Endian) -> Result<Vec<u8>, ValueError> {
    let bits = match ty {
        WriteType::I8 => integer(text, 8, "i8")?,
        WriteType::I16 => integer(text, 16, "i16")?,
        WriteType::I32 => integer(text, 32, "i32")?,
        WriteType::I64 => integer(text, 64, "i64")?,
        WriteType::F32 => float(text, &ValueType::F32)?,
        WriteType::F64 => float(text, &ValueType::F64)?,
        WriteType::Text => return bounded(parse_text(text)?.into_bytes()),
        WriteType::Bytes => return bounded(parse_bytes(text)?),
    };
    let width = match ty {
        WriteType::I8 => 1,
        WriteType::I16 => 2,
        WriteType::I32 | WriteType::F32 => 4,
        _ => 8,
    };
    let mut bytes = bits.to_le_bytes()[..width].to_vec();
    if endian == Endian::Big {
        bytes.reverse();
    }
    Ok(bytes)
}

fn integer(text: &str, width: u32, ty: &str) -> Result<u64, ValueError> {
    match text.trim() {
        "" => Err(ValueError::new("the value is missing")),
        text => parse_integer(text, width, ty),
    }
}

fn float(text: &str, ty: &ValueType) -> Result<u64, ValueError> {
    match parse_value(text, ty)? {
        Value::F32(bits) => Ok(u64::from(bits)),
        Value::F64(bits) => Ok(bits),
        other => Err(ValueError::new(format!("{other} is not a float"))),
    }
}

/// White space around a bare text belongs to it; around quotes it does not.
fn parse_text(text: &str) -> Result<String, ValueError> {
    if text.trim_start().starts_with('"') { unquote(text.trim(), '"') } else { Ok(text.to_owned()) }
}

fn parse_bytes(text: &str) -> Result<Vec<u8>, ValueError> {
    let mut bytes = Vec::new();
    for word in text.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty()) {
        let digits = word.strip_prefix("0x").unwrap_or(word);
        let malformed = || {
            ValueError::new(format!("`{}` is not a run of bytes", echo(word)))
                .with_hint("write two hexadecimal digits per byte, such as 0a ff or 0aff")
        };
        let digits = clean_digits(digits, 16).filter(|digits| digits.len() % 2 == 0).ok_or_else(malformed)?;
        for pair in digits.as_bytes().chunks(2) {
            let pair = std::str::from_utf8(pair).map_err(|_| malformed())?;
            bytes.push(u8::from_str_radix(pair, 16).map_err(|_| malformed())?);
        }
    }
    Ok(bytes)
}

fn bounded(bytes: Vec<u8>) -> Result<Vec<u8>, ValueError> {
    match bytes.len() {
        0 => Err(ValueError::new("the value is missing")),
        1..=MOST_BYTES => Ok(bytes),
        count => Err(ValueError::new(format!("{count} bytes are more than the {MOST_BYTES} of one write"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_values_become_bytes_in_either_order() {
        let cases: &[(WriteType, &str, &[u8], &[u8])] = &[
            (WriteType::I8, "-1", &[0xff], &[0xff]),
            (WriteType::I8, "'a'", b"a", b"a"),
            (WriteType::I16, "0x1234", &[0x34, 0x12], &[0x12, 0x34]),
            (WriteType::I32, " -2 ", &[0xfe, 0xff, 0xff, 0xff], &[0xff, 0xff, 0xff, 0xfe]),
            (WriteType::I64, "1", &[1, 0, 0, 0, 0, 0, 0, 0], &[0, 0, 0, 0, 0, 0, 0, 1]),
            (WriteType::F32, "1", &[0, 0, 0x80, 0x3f], &[0x3f, 0x80, 0, 0]),
            (WriteType::F64, "-0", &[0, 0, 0, 0, 0, 0, 0, 0x80], &[0x80, 0, 0, 0, 0, 0, 0, 0]),
            (WriteType::Text, "hé ", b"h\xc3\xa9 ", b"h\xc3\xa9 "),
            (WriteType::Text, r#" "a\00" "#, b"a\0", b"a\0"),
            (WriteType::Bytes, "0a ff", &[0x0a, 0xff], &[0x0a, 0xff]),
            (WriteType::Bytes, "0aff,0x01 0203", &[0x0a, 0xff, 1, 2, 3], &[0x0a, 0xff, 1, 2, 3]),
        ];
        for (ty, text, little, big) in cases {
            assert_eq!(parse_typed_write(*ty, text, Endian::Little).as_deref(), Ok(*little), "{text}");
            assert_eq!(parse_typed_write(*ty, text, Endian::Big).as_deref(), Ok(*big), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_written_says_why() {
        let cases = [
            (WriteType::I8, "256", "256 is out of range for i8: −128 … 255"),
            (WriteType::I16, "", "the value is missing"),
            (WriteType::I32, "1.5", "`1.5` is not an integer"),
            (WriteType::F32, "x", "`x` is not a number"),
            (WriteType::Text, "", "the value is missing"),
            (WriteType::Text, "\"open", "the closing \" is missing"),
            (WriteType::Bytes, " ", "the value is missing"),
            (WriteType::Bytes, "0a f", "`f` is not a run of bytes"),
            (WriteType::Bytes, "zz", "`zz` is not a run of bytes"),
        ];
        for (ty, text, message) in cases {
            assert_eq!(
                parse_typed_write(ty, text, Endian::Little).expect_err(text).message,
                message,
                "{text}"
            );
        }
        let page = "x".repeat(MOST_BYTES);
        assert_eq!(
            parse_typed_write(WriteType::Text, &page, Endian::Little).map(|bytes| bytes.len()),
            Ok(MOST_BYTES)
        );
        let error = parse_typed_write(WriteType::Text, &(page + "x"), Endian::Little).expect_err("too long");
        assert_eq!(error.message, "65537 bytes are more than the 65536 of one write");
    }
}

//! What the bytes at an address can mean: integers, floats, text, a pointer.
//!
//! Decides nothing about which meaning is right.

use super::{Endian, address_digits, format_address};
use crate::model::value::{Value, quote};

/// Most bytes that a preview of text looks at.
const LONGEST_PREVIEW: usize = 64;

/// One way to read the bytes at an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Name of the type.
    pub label: &'static str,
    /// The value.
    pub text: String,
    /// Address to jump to, when the reading is a pointer.
    pub target: Option<u64>,
}

/// Reads the first bytes in every way that they suffice for.
pub fn interpret(bytes: &[u8], endian: Endian) -> Vec<Reading> {
    let mut readings = Vec::new();
    let widths = [
        (1, "u8", "i8", "hex 8"),
        (2, "u16", "i16", "hex 16"),
        (4, "u32", "i32", "hex 32"),
        (8, "u64", "i64", "hex 64"),
    ];
    for (width, unsigned, signed, hex) in widths {
        let Some(bits) = read_bits(bytes, width, endian) else { break };
        let (unused, digits) = (64 - 8 * width, 2 * width);
        readings.push(plain(unsigned, bits.to_string()));
        readings.push(plain(signed, (bits.cast_signed() << unused >> unused).to_string()));
        readings.push(plain(hex, format!("0x{bits:0digits$x}")));
    }
    if let Some(bits) = read_u32(bytes, endian) {
        readings.push(plain("f32", Value::F32(bits).to_text()));
    }
    if let Some(bits) = read_bits(bytes, 8, endian) {
        readings.push(plain("f64", Value::F64(bits).to_text()));
    }
    if !bytes.is_empty() {
        readings.push(plain("text", preview(bytes)));
    }
    if let Some(pointer) = read_u32(bytes, endian) {
        readings.push(pointer_to("pointer", u64::from(pointer)));
    }
    if let Some(pointer) = read_bits(bytes, 8, endian) {
        readings.push(pointer_to("pointer 64", pointer));
    }
    readings
}

fn plain(label: &'static str, text: String) -> Reading {
    Reading { label, text, target: None }
}

fn pointer_to(label: &'static str, target: u64) -> Reading {
    let text = format!("0x{}", format_address(target, address_digits(target)));
    Reading { label, text, target: Some(target) }
}

fn read_bits(bytes: &[u8], width: usize, endian: Endian) -> Option<u64> {
    let bytes = bytes.get(..width)?;
    let push = |bits: u64, byte: &u8| bits << 8 | u64::from(*byte);
    Some(match endian {
        Endian::Little => bytes.iter().rev().fold(0, push),
        Endian::Big => bytes.iter().fold(0, push),
    })
}

fn read_u32(bytes: &[u8], endian: Endian) -> Option<u32> {
    u32::try_from(read_bits(bytes, 4, endian)?).ok()
}

/// Quotes the text up to the first NUL, the first byte that is no UTF-8, or the longest preview.
fn preview(bytes: &[u8]) -> String {
    let window = &bytes[..bytes.len().min(LONGEST_PREVIEW)];
    let window = window.split(|byte| *byte == 0).next().unwrap_or_default();
    let text = window.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    let is_cut = text.len() + 4 > LONGEST_PREVIEW && bytes.len() > text.len() && bytes[text.len()] != 0;
    format!("{}{}", quote(text), if is_cut { "…" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(readings: &[Reading], label: &str) -> Option<String> {
        readings.iter().find(|reading| reading.label == label).map(|reading| reading.text.clone())
    }

    #[test]
    fn bytes_are_read_in_every_type_and_both_orders() {
        let bytes = [0xff, 0x00, 0x80, 0x3f, 0, 0, 0, 0x80];
        let cases = [
            (Endian::Little, "u8", "255"),
            (Endian::Little, "i8", "-1"),
            (Endian::Little, "hex 8", "0xff"),
            (Endian::Little, "u16", "255"),
            (Endian::Little, "hex 16", "0x00ff"),
            (Endian::Little, "u32", "1065353471"),
            (Endian::Little, "hex 32", "0x3f8000ff"),
            (Endian::Little, "i64", "-9223372035789422337"),
            (Endian::Little, "u64", "9223372037920129279"),
            (Endian::Little, "f32", "1.0000304"),
            (Endian::Little, "pointer", "0x3f8000ff"),
            (Endian::Little, "pointer 64", "0x800000003f8000ff"),
            (Endian::Little, "text", "\"\""),
            (Endian::Big, "i16", "-256"),
            (Endian::Big, "u16", "65280"),
            (Endian::Big, "hex 32", "0xff00803f"),
            (Endian::Big, "hex 64", "0xff00803f00000080"),
        ];
        for (endian, label, text) in cases {
            assert_eq!(
                text_of(&interpret(&bytes, endian), label).as_deref(),
                Some(text),
                "{endian:?} {label}"
            );
        }
        let pointer = interpret(&[0x10, 0, 0, 0], Endian::Little).pop().expect("a pointer comes last");
        assert_eq!(
            (pointer.label, pointer.text.as_str(), pointer.target),
            ("pointer", "0x00000010", Some(16))
        );
    }

    #[test]
    fn only_what_the_bytes_suffice_for_is_read() {
        let labels = |count: usize| -> Vec<&str> {
            interpret(&[0; 8][..count], Endian::Little).iter().map(|reading| reading.label).collect()
        };
        assert!(labels(0).is_empty());
        assert_eq!(labels(1), ["u8", "i8", "hex 8", "text"]);
        assert_eq!(labels(3), ["u8", "i8", "hex 8", "u16", "i16", "hex 16", "text"]);
        assert_eq!(labels(8).len(), 12 + 2 + 1 + 2);
    }

    #[test]
    fn a_preview_of_text_ends_where_the_text_does() {
        let long = "é".repeat(100);
        let cases: [(&[u8], String); 5] = [
            (b"hello\0world", "\"hello\"".to_owned()),
            (b"ok\xffno", "\"ok\"".to_owned()),
            (b"a\"b\n", "\"a\\\"b\\n\"".to_owned()),
            (long.as_bytes(), format!("\"{}\"…", "é".repeat(32))),
            ("é".as_bytes(), "\"é\"".to_owned()),
        ];
        for (bytes, text) in cases {
            assert_eq!(text_of(&interpret(bytes, Endian::Little), "text"), Some(text));
        }
    }
}

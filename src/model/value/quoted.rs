//! Quoted text and characters with their escapes.
//!
//! Knows nothing of values: it turns a literal into text and back.

use std::fmt::Write as _;

use super::parse::ValueError;

/// Writes a text in double quotes, with escapes for whatever would be invisible or end it early.
pub fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            // Marks that turn the direction of writing could make a value look like another one.
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                push_escape(&mut quoted, character);
            }
            _ if character.is_control() => push_escape(&mut quoted, character),
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

fn push_escape(quoted: &mut String, character: char) {
    write!(quoted, "\\u{{{:x}}}", u32::from(character)).expect("writing to a string does not fail");
}

/// Reads a literal between two of the given quotes.
pub(in crate::model) fn unquote(text: &str, mark: char) -> Result<String, ValueError> {
    let mut bytes = Vec::new();
    let mut rest = text.strip_prefix(mark).unwrap_or(text).chars();
    loop {
        match rest.next() {
            None => return Err(ValueError::new(format!("the closing {mark} is missing"))),
            Some(character) if character == mark => break,
            Some('\\') => read_escape(&mut rest, &mut bytes)?,
            Some(character) => push_char(&mut bytes, character),
        }
    }
    if !rest.as_str().is_empty() {
        return Err(ValueError::new(format!("there is more behind the closing {mark}"))
            .with_hint(format!("write \\{mark} for a quote inside")));
    }
    String::from_utf8(bytes).map_err(|_| ValueError::new("the escapes do not make valid UTF-8"))
}

fn push_char(bytes: &mut Vec<u8>, character: char) {
    bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}

/// Reads what follows a backslash: a letter, `u{…}`, `x41` or two hexadecimal digits of a byte.
fn read_escape(rest: &mut std::str::Chars<'_>, bytes: &mut Vec<u8>) -> Result<(), ValueError> {
    let unknown = || {
        ValueError::new("this escape is not known")
            .with_hint("known are \\n \\r \\t \\\" \\' \\\\ \\0, \\u{1f600} and \\41 for a byte")
    };
    match rest.next().ok_or_else(unknown)? {
        'n' => bytes.push(b'\n'),
        'r' => bytes.push(b'\r'),
        't' => bytes.push(b'\t'),
        mark @ ('"' | '\'' | '\\') => push_char(bytes, mark),
        'u' => {
            let (digits, after) = rest
                .as_str()
                .strip_prefix('{')
                .and_then(|digits| digits.split_once('}'))
                .ok_or_else(unknown)?;
            let is_hex = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
            let code = u32::from_str_radix(digits, 16).ok().filter(|_| is_hex);
            push_char(bytes, code.and_then(char::from_u32).ok_or_else(unknown)?);
            *rest = after.chars();
        }
        'x' => {
            let byte = byte_of(rest.as_str()).ok_or_else(unknown)?;
            bytes.push(byte);
            rest.nth(1);
        }
        first => {
            let pair: String = std::iter::once(first).chain(rest.clone().next()).collect();
            match byte_of(&pair) {
                Some(byte) => {
                    bytes.push(byte);
                    rest.next();
                }
                None if first == '0' => bytes.push(0),
                None => return Err(unknown()),
            }
        }
    }
    Ok(())
}

/// Reads the two hexadecimal digits that a text starts with.
fn byte_of(text: &str) -> Option<u8> {
    let digits = text.get(..2).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
    u8::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_stand_for_their_characters() {
        let cases = [
            (r#""""#, ""),
            (r#""a\nb\t\r\\\"\'""#, "a\nb\t\r\\\"'"),
            (r#""\u{1f600}\41\x42""#, "😀AB"),
            (r#""\c3\a9""#, "é"),
            (r#""\0""#, "\0"),
            (r#""\00""#, "\0"),
            (r#""\0z""#, "\0z"),
            (r#""it's""#, "it's"),
        ];
        for (literal, text) in cases {
            assert_eq!(unquote(literal, '"').as_deref(), Ok(text), "{literal}");
        }
    }

    #[test]
    fn broken_literals_say_what_is_wrong() {
        let cases = [
            (r#""abc"#, "the closing \" is missing"),
            (r#"""#, "the closing \" is missing"),
            (r#""a" b"#, "there is more behind the closing \""),
            (r#""\q""#, "this escape is not known"),
            (r#""\u{d800}""#, "this escape is not known"),
            (r#""\u{+41}""#, "this escape is not known"),
            (r#""\u{110000}""#, "this escape is not known"),
            (r#""\x4""#, "this escape is not known"),
            (r#""\ff""#, "the escapes do not make valid UTF-8"),
            (r#""\"#, "this escape is not known"),
        ];
        for (literal, message) in cases {
            assert_eq!(unquote(literal, '"').expect_err(literal).message, message, "{literal}");
        }
    }
}

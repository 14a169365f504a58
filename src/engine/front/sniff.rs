//! Tells from a source's bytes what it is.
//!
//! Never looks at a name. What is neither WebAssembly's text nor its binary is refused with what it is.

use super::outline::{FIELD_HEADS, TokenKind, next_token};
use super::{fixes, hints};
use crate::model::diagnostic::Diagnostic;
use crate::model::interface::SourceKind;
use crate::model::text_position::LineIndex;

/// Tells what kind of source some bytes are.
///
/// Text with nothing in it is an empty module.
///
/// # Errors
///
/// Returns what is wrong with bytes that are neither a text nor a binary of WebAssembly.
pub fn sniff(bytes: &[u8]) -> Result<SourceKind, Box<Diagnostic>> {
    if bytes.starts_with(b"\0asm") {
        return sniff_binary(bytes);
    }
    if let Some(refusal) = sniff_foreign(bytes) {
        return Err(Box::new(refusal));
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(err) => return Err(Box::new(bad_utf8(bytes, err.valid_up_to()))),
    };
    sniff_text(text)
}

fn sniff_binary(bytes: &[u8]) -> Result<SourceKind, Box<Diagnostic>> {
    let Some(&[version_low, version_high, layer_low, layer_high]) = bytes.get(4..8) else {
        let message = format!("the binary ends within its header, after {} bytes", bytes.len());
        let refusal = Diagnostic::error(message).at_offset(4);
        return Err(Box::new(refusal.with_hint("the file is cut off; fetch or build it again")));
    };
    let version = u16::from_le_bytes([version_low, version_high]);
    let layer = u16::from_le_bytes([layer_low, layer_high]);
    let (message, hint) = match (version, layer) {
        (1, 0) => return Ok(SourceKind::ModuleBinary),
        (0x0d, 1) => return Ok(SourceKind::ComponentBinary),
        (_, 1) => (
            format!("unknown version {version:#x} of the component format"),
            "components of version 0xd are read; build it with a current toolchain",
        ),
        _ => (
            format!("unknown version {version} of the binary format, layer {layer}"),
            "modules of version 1 and components of version 0xd are read",
        ),
    };
    Err(Box::new(Diagnostic::error(message).at_offset(4).with_hint(hint)))
}

/// Recognises files that people take for plugins, by their first bytes.
fn sniff_foreign(bytes: &[u8]) -> Option<Diagnostic> {
    const FOREIGN: [(&[u8], &str, &str); 12] = [
        (
            b"\x7fELF",
            "this is an ELF file: a native program or a precompiled `.cwasm`",
            "precompiled code is never loaded from outside; open the `.wasm` it was made from",
        ),
        (b"\x1f\x8b", "this is a gzip archive", "unpack it first"),
        (b"PK\x03\x04", "this is a ZIP archive", "unpack it first"),
        (b"\x28\xb5\x2f\xfd", "this is a zstd archive", "unpack it first"),
        (b"\xfd7zXZ", "this is an xz archive", "unpack it first"),
        (b"!<arch>\n", "this is an archive of object files", "link it into a module first"),
        (b"BC\xc0\xde", "this is LLVM bitcode", "compile and link it for the target `wasm32` first"),
        (b"MZ", "this is a Windows program", "build it for the target `wasm32-unknown-unknown`"),
        (b"\xcf\xfa\xed\xfe", "this is a macOS program", "build it for the target `wasm32-unknown-unknown`"),
        (b"\xff\xfe", "this text is encoded as UTF-16", "save it as UTF-8"),
        (b"\xfe\xff", "this text is encoded as UTF-16", "save it as UTF-8"),
        (b"#!", "this is a script", "open the module that it runs"),
    ];
    let (_, message, hint) = FOREIGN.iter().find(|(magic, ..)| bytes.starts_with(magic))?;
    Some(Diagnostic::error(*message).with_hint(*hint))
}

fn bad_utf8(bytes: &[u8], at: usize) -> Diagnostic {
    // The text up to the bad byte is good, and enough to count lines and characters in.
    let before = String::from_utf8_lossy(&bytes[..at]);
    let message = format!("byte {:#04x} at offset {at} is not UTF-8", bytes[at]);
    if at == 0 || bytes[..at].contains(&0) || before.chars().filter(|c| c.is_control()).count() > 8 + at / 4 {
        let message = "this is neither a text nor a binary of WebAssembly".to_owned();
        return Diagnostic::error(message)
            .with_hint("a binary begins with the bytes `00 61 73 6d`, a text with `(module`");
    }
    text_error(&before, at..at, message).with_hint("save the text as UTF-8")
}

/// Decides by the first form that is no annotation.
fn sniff_text(text: &str) -> Result<SourceKind, Box<Diagnostic>> {
    let bytes = text.as_bytes();
    let mut at = if text.starts_with('\u{feff}') { 3 } else { 0 };
    loop {
        let Some((kind, range)) = next_token(bytes, at) else { return Ok(SourceKind::ModuleText) };
        if kind != TokenKind::Open {
            return Err(Box::new(not_a_form(text, kind, range)));
        }
        match next_token(bytes, range.end) {
            Some((TokenKind::Word, head)) if bytes[head.start] == b'@' => at = form_end(bytes, range.start),
            Some((TokenKind::Word, head)) => {
                return match &text[head.clone()] {
                    "component" => Ok(SourceKind::ComponentText),
                    word if FIELD_HEADS.contains(&word) => Ok(SourceKind::ModuleText),
                    word => Err(Box::new(unknown_head(text, word, head.clone()))),
                };
            }
            // What is wrong behind the parenthesis is for the parser to say.
            _ => return Ok(SourceKind::ModuleText),
        }
    }
}

fn unknown_head(text: &str, word: &str, range: std::ops::Range<usize>) -> Diagnostic {
    let advice = if word.starts_with("assert") || word == "register" || word == "invoke" {
        Some("this is a test script; open one module of it".into())
    } else {
        hints::did_you_mean(word, FIELD_HEADS.into_iter())
    };
    let advice = advice.unwrap_or_else(|| "a text begins with `(module` or `(component`".into());
    let error = text_error(text, range.clone(), format!("unknown form `{}`", hints::shorten(word)));
    fixes::advise(error, advice, &range)
}

fn not_a_form(text: &str, kind: TokenKind, range: std::ops::Range<usize>) -> Diagnostic {
    if text[range.clone()].starts_with(['{', '<']) {
        let message = "this is a text, but not one of WebAssembly".to_owned();
        return text_error(text, range, message).with_hint("a text begins with `(module` or `(component`");
    }
    let message = match kind {
        TokenKind::Close => "unexpected `)`: nothing is open here".to_owned(),
        _ => format!("expected `(`, found `{}`", hints::shorten(&text[range.clone()])),
    };
    text_error(text, range, message).with_hint("a text begins with `(module` or `(component`")
}

fn text_error(text: &str, range: std::ops::Range<usize>, message: String) -> Diagnostic {
    Diagnostic::error(message).at_text(&LineIndex::new(text), range)
}

/// Returns the byte after the form that begins here.
fn form_end(bytes: &[u8], start: usize) -> usize {
    let mut depth = 0usize;
    let mut at = start;
    while let Some((kind, range)) = next_token(bytes, at) {
        at = range.end;
        match kind {
            TokenKind::Open => depth += 1,
            TokenKind::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_from_content() {
        let cases: [(&[u8], SourceKind); 12] = [
            (b"\0asm\x01\0\0\0", SourceKind::ModuleBinary),
            (b"\0asm\x0d\0\x01\0", SourceKind::ComponentBinary),
            (b"(module)", SourceKind::ModuleText),
            (b"", SourceKind::ModuleText),
            (b" ;; only a comment", SourceKind::ModuleText),
            (b"(; (; ;) ;)\r\n\t( ;; x\n module", SourceKind::ModuleText),
            (b"(component)", SourceKind::ComponentText),
            (b"(@producers (x \"(component\")) (component)", SourceKind::ComponentText),
            (b"(func)", SourceKind::ModuleText),
            (b"(memory 1)", SourceKind::ModuleText),
            (b"\xef\xbb\xbf(module)", SourceKind::ModuleText),
            (b"(", SourceKind::ModuleText),
        ];
        for (bytes, kind) in cases {
            assert_eq!(sniff(bytes).ok(), Some(kind), "{}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn what_is_not_webassembly_is_refused_by_name() {
        let cases: [(&[u8], &str, &str); 15] = [
            (b"\0asm", "ends within its header", "cut off"),
            (b"\0asm\x02\0\0\0", "unknown version 2", "version 1"),
            (b"\0asm\x0a\0\x01\0", "unknown version 0xa of the component", "current toolchain"),
            (b"\x7fELF\x02", ".cwasm", "open the `.wasm`"),
            (b"\x1f\x8b\x08", "gzip", "unpack"),
            (b"PK\x03\x04", "ZIP", "unpack"),
            (b"\xff\xfe(\0", "UTF-16", "UTF-8"),
            (b"#!/bin/sh", "script", "module"),
            (b"{\"a\": 1}", "not one of WebAssembly", "(module"),
            (b"hello", "expected `(`, found `hello`", "(module"),
            (b")", "nothing is open", "(module"),
            (b"(modul)", "unknown form `modul`", "did you mean `module`"),
            (b"(assert_return 1)", "unknown form", "test script"),
            (b"\x00\x01\x02\xff", "neither a text nor a binary", "00 61 73 6d"),
            (b"\x85abc", "neither a text nor a binary", "00 61 73 6d"),
        ];
        for (bytes, message, hint) in cases {
            let refusal = sniff(bytes).expect_err("every case is refused");
            assert!(refusal.message.contains(message), "{refusal:?}");
            assert!(refusal.hint.as_deref().is_some_and(|text| text.contains(hint)), "{refusal:?}");
        }
    }

    #[test]
    fn a_byte_that_is_not_utf_8_is_pointed_at() {
        let refusal = sniff(b"(module\n  \xc3\xa4 \xff)").expect_err("a lone 0xff is no UTF-8");
        assert_eq!((refusal.place.line, refusal.place.column), (Some(2), Some(5)));
        assert_eq!(refusal.range, Some(13..13));
        assert!(refusal.message.contains("0xff at offset 13"), "{}", refusal.message);
    }
}

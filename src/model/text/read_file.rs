//! A file as it was read, with all that takes time in proportion to its length done already.
//!
//! Made where there is time for that; whoever opens it only takes it over.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::source_text::SourceText;

/// First bytes of every binary module and component.
const WASM_MAGIC: &[u8] = b"\0asm";

/// Tells one content of a file from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ContentHash([u8; 32]);

impl ContentHash {
    /// Computes the hash of a content; takes time in proportion to its length.
    pub fn of(content: &[u8]) -> Self {
        Self(Sha256::digest(content).into())
    }
}

/// A file that was read.
#[derive(Debug, Clone)]
pub struct ReadFile {
    /// Its content.
    pub bytes: Arc<[u8]>,
    /// The hash of that.
    pub hash: ContentHash,
    /// What that is.
    pub kind: ReadKind,
}

/// What the content of a file is.
#[derive(Debug, Clone)]
pub enum ReadKind {
    /// A WebAssembly binary.
    Binary,
    /// A text, ready to be edited; one that is not UTF-8 says so.
    Text(Box<SourceText>),
    /// Neither.
    Neither,
}

impl ReadFile {
    /// Reads a content; takes time in proportion to its length.
    pub fn new(bytes: Arc<[u8]>) -> Self {
        let kind = if bytes.starts_with(WASM_MAGIC) {
            ReadKind::Binary
        } else {
            SourceText::from_bytes(&bytes).map_or(ReadKind::Neither, |text| ReadKind::Text(Box::new(text)))
        };
        Self { hash: ContentHash::of(&bytes), kind, bytes }
    }
}

impl From<&[u8]> for ReadFile {
    fn from(bytes: &[u8]) -> Self {
        Self::new(bytes.into())
    }
}

/// The same content, told by its hash.
impl PartialEq for ReadFile {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash
    }
}

impl Eq for ReadFile {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_is_a_binary_or_a_text_or_neither() {
        for (bytes, kind) in [
            (&b"\0asm\x01\0\0\0"[..], "binary"),
            (b"(module)", "text"),
            (b"", "text"),
            (b"caf\xE9", "read-only text"),
            (b"\x89PNG\r\n\0\0", "neither"),
        ] {
            let read = ReadFile::from(bytes);
            let found = match &read.kind {
                ReadKind::Binary => "binary",
                ReadKind::Text(text) if text.editor().is_read_only() => "read-only text",
                ReadKind::Text(_) => "text",
                ReadKind::Neither => "neither",
            };
            assert_eq!((found, &*read.bytes), (kind, bytes));
            assert_eq!(read.hash, ContentHash::of(bytes));
        }
        assert_ne!(ReadFile::from(&b"a"[..]), ReadFile::from(&b"b"[..]));
    }
}

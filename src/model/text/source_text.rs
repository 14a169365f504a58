//! The text of a source as it is edited, and how its file writes it.
//!
//! Knows no compiler and no files. Making one takes time in proportion to the text, and is for those who have it.

use std::sync::Arc;

use super::buffer::TextBuffer;
use super::content::FileContent;
use super::editor::TextEditor;

/// What some files begin with to say that they are UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// How many bytes are looked at to tell text from what is none.
const BYTES_LOOKED_AT: usize = 64 << 10;

/// A text that is edited.
#[derive(Debug, Clone)]
pub struct SourceText {
    pub(crate) editor: TextEditor,
    encoding: Encoding,
}

/// How a file writes its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// UTF-8 after a byte order mark, which is kept.
    Utf8Marked,
    /// Something else. What is shown is a guess, so that it can't be edited; the file's own bytes are kept.
    Unreadable {
        /// What it may be.
        name: &'static str,
        /// The bytes.
        bytes: Arc<[u8]>,
    },
}

impl SourceText {
    /// Takes a text as the saved one.
    pub fn new(text: &str) -> Self {
        match text.strip_prefix(BYTE_ORDER_MARK) {
            Some(text) => Self::with_encoding(text, Encoding::Utf8Marked),
            None => Self::with_encoding(text, Encoding::Utf8),
        }
    }

    /// Takes a text as its file would hold it, for the saved one; costs next to nothing.
    pub fn from_buffer(mut buffer: TextBuffer) -> Self {
        let is_marked = buffer.slice(0..BYTE_ORDER_MARK.len()) == BYTE_ORDER_MARK;
        if is_marked {
            buffer.replace(0..BYTE_ORDER_MARK.len(), "");
        }
        let encoding = if is_marked { Encoding::Utf8Marked } else { Encoding::Utf8 };
        Self { editor: TextEditor::with_buffer(buffer), encoding }
    }

    /// Takes the bytes of a file; `None` when they are no text at all.
    pub fn from_bytes(bytes: &Arc<[u8]>) -> Option<Self> {
        if let Ok(text) = std::str::from_utf8(bytes) {
            return Some(Self::new(text));
        }
        let (name, text) = guess(bytes)?;
        Some(Self::with_encoding(&text, Encoding::Unreadable { name, bytes: Arc::clone(bytes) }))
    }

    fn with_encoding(text: &str, encoding: Encoding) -> Self {
        let mut editor = TextEditor::new(text);
        editor.read_syntax();
        editor.set_read_only(matches!(encoding, Encoding::Unreadable { .. }));
        Self { editor, encoding }
    }

    /// Returns the text with cursors and history.
    pub fn editor(&self) -> &TextEditor {
        &self.editor
    }

    /// Returns how the file writes it.
    pub fn encoding(&self) -> &Encoding {
        &self.encoding
    }

    /// Says why the text can't be edited, if it can't.
    pub fn read_only_reason(&self) -> Option<String> {
        match &self.encoding {
            Encoding::Unreadable { name, .. } => Some(format!(
                "this file is {name}, not UTF-8: it is shown as far as it can be read, and can't be edited"
            )),
            Encoding::Utf8 | Encoding::Utf8Marked => None,
        }
    }

    /// Returns what is compiled: the text without a byte order mark.
    pub fn compiled_content(&self) -> FileContent {
        match &self.encoding {
            Encoding::Unreadable { bytes, .. } => FileContent::Bytes(Arc::clone(bytes)),
            Encoding::Utf8 | Encoding::Utf8Marked => FileContent::Text(self.editor.buffer().clone()),
        }
    }

    /// Returns what a file of this text holds, in UTF-8 in any case.
    pub fn file_content(&self) -> FileContent {
        FileContent::Text(self.marked_buffer())
    }

    /// Returns the text as it is kept for after a crash.
    pub(crate) fn marked_buffer(&self) -> TextBuffer {
        let mut buffer = self.editor.buffer().clone();
        if self.encoding == Encoding::Utf8Marked {
            buffer.replace(0..0, BYTE_ORDER_MARK);
        }
        buffer
    }

    /// Takes the text for one in UTF-8 from now on, since it was written as such.
    pub(crate) fn become_utf8(&mut self) {
        if matches!(self.encoding, Encoding::Unreadable { .. }) {
            self.encoding = Encoding::Utf8;
            self.editor.set_read_only(false);
        }
    }
}

/// Reads bytes that are not UTF-8 as well as they can be read.
fn guess(bytes: &[u8]) -> Option<(&'static str, String)> {
    let units = |from: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes[2..].chunks_exact(2).map(|pair| from([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xFF, 0xFE, _, ..] => Some(("UTF-16", units(u16::from_le_bytes))),
        [0xFE, 0xFF, _, ..] => Some(("UTF-16", units(u16::from_be_bytes))),
        _ if bytes[..bytes.len().min(BYTES_LOOKED_AT)].contains(&0) => None,
        _ => Some(("in another encoding", String::from_utf8_lossy(bytes).into_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Option<(String, &'static str, Vec<u8>)> {
        let text = SourceText::from_bytes(&bytes.into())?;
        let encoding = match text.encoding() {
            Encoding::Utf8 => "UTF-8",
            Encoding::Utf8Marked => "marked",
            Encoding::Unreadable { name, .. } => name,
        };
        assert_eq!(text.editor().is_read_only(), text.read_only_reason().is_some());
        Some((text.editor().buffer().to_text(), encoding, text.file_content().to_bytes().into_owned()))
    }

    #[test]
    fn files_are_read_as_far_as_they_are_text() {
        for (bytes, text, encoding, written) in [
            (&b"(a)\r\n(b)\n"[..], "(a)\r\n(b)\n", "UTF-8", &b"(a)\r\n(b)\n"[..]),
            (b"\xEF\xBB\xBF(a)", "(a)", "marked", b"\xEF\xBB\xBF(a)"),
            (b"(a) ;; caf\xE9", "(a) ;; caf\u{fffd}", "in another encoding", "(a) ;; caf\u{fffd}".as_bytes()),
            (b"\xFF\xFE(\0a\0)\0", "(a)", "UTF-16", b"(a)"),
            (b"\xFE\xFF\0(\0a\0)", "(a)", "UTF-16", b"(a)"),
        ] {
            assert_eq!(read(bytes), Some((text.to_owned(), encoding, written.to_vec())), "{bytes:?}");
        }
        assert_eq!(read(b"\x89PNG\r\n\0\0"), None);
    }
}

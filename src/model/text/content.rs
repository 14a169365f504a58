//! What a file holds or is to hold.
//!
//! Knows no files: a snapshot of a text becomes bytes where there is time for that.

use std::borrow::Cow;
use std::sync::Arc;

use super::buffer::TextBuffer;

/// Bytes, or a snapshot of a text that stands for its bytes in UTF-8.
#[derive(Debug, Clone)]
pub enum FileContent {
    /// Bytes.
    Bytes(Arc<[u8]>),
    /// A snapshot, which costs nothing to make.
    Text(TextBuffer),
}

impl FileContent {
    /// Returns the length in bytes.
    pub fn len_bytes(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Text(buffer) => buffer.len_bytes(),
        }
    }

    /// Returns the bytes; of a snapshot, this makes them.
    pub fn to_bytes(&self) -> Cow<'_, [u8]> {
        match self {
            Self::Bytes(bytes) => Cow::Borrowed(bytes),
            Self::Text(buffer) => Cow::Owned(buffer.to_text().into_bytes()),
        }
    }
}

impl From<Arc<[u8]>> for FileContent {
    fn from(bytes: Arc<[u8]>) -> Self {
        Self::Bytes(bytes)
    }
}

impl From<TextBuffer> for FileContent {
    fn from(buffer: TextBuffer) -> Self {
        Self::Text(buffer)
    }
}

impl PartialEq<[u8]> for FileContent {
    fn eq(&self, bytes: &[u8]) -> bool {
        match self {
            Self::Bytes(own) => **own == *bytes,
            Self::Text(buffer) => buffer.is_bytes(bytes),
        }
    }
}

impl PartialEq for FileContent {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(buffer), Self::Text(other)) => buffer == other,
            (own, Self::Bytes(bytes)) | (Self::Bytes(bytes), own) => *own == **bytes,
        }
    }
}

impl Eq for FileContent {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_is_its_bytes() {
        let text = "(módule)\r\n".repeat(500);
        let (snapshot, bytes) =
            (FileContent::from(TextBuffer::new(&text)), FileContent::from(Arc::from(text.as_bytes())));
        assert_eq!(snapshot.to_bytes(), text.as_bytes());
        assert_eq!(snapshot.len_bytes(), text.len());
        assert_eq!(snapshot, bytes);
        assert_eq!(bytes, snapshot);
        assert_eq!(snapshot, snapshot.clone());
        for other in [&text[..text.len() - 1], "", &text.replacen('m', "n", 1)] {
            assert!(snapshot != *other.as_bytes());
            assert!(snapshot != FileContent::from(TextBuffer::new(other)));
        }
    }
}

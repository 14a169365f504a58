//! What is written to a file: bytes that are there, or a document that is made while it is written.
//!
//! Knows no document in particular; calls, pictures and whatever else bring their own way of being written.

use std::io::{self, Write};
use std::sync::Arc;

/// Something that can write itself, off the window's thread.
pub trait WriteContent: Send + Sync {
    /// Writes all of it.
    ///
    /// # Errors
    ///
    /// Returns what kept it from being made or written; nothing is kept of it then.
    fn write_to(&self, out: &mut dyn Write) -> io::Result<()>;
}

impl WriteContent for Arc<[u8]> {
    fn write_to(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(self)
    }
}

impl WriteContent for crate::model::timeline::CallsDocument {
    fn write_to(&self, out: &mut dyn Write) -> io::Result<()> {
        self.blocks().try_for_each(|block| out.write_all(block.as_bytes()))
    }
}

/// Content of a file to be written; copies are the same content.
#[derive(Clone)]
pub struct Content(Arc<dyn WriteContent>);

impl Content {
    /// Makes content of what can write itself.
    pub fn new(content: impl WriteContent + 'static) -> Self {
        Self(Arc::new(content))
    }

    /// Writes all of it.
    ///
    /// # Errors
    ///
    /// As [`WriteContent::write_to`].
    pub fn write_to(&self, out: &mut dyn Write) -> io::Result<()> {
        self.0.write_to(out)
    }
}

impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Content").finish_non_exhaustive()
    }
}

/// Content is compared by identity: making it only to compare it could take seconds.
impl PartialEq for Content {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Content {}

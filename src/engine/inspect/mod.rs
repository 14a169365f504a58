//! Reads what a module or a component offers and asks for from its bytes.
//!
//! Compiles and runs nothing, needs no `Engine`, and never looks into a function's body. The bytes need
//! not be valid: whatever is broken is an error with its offset, and no count in them is trusted.

mod component;
mod module;
mod names;
mod types;

use wasmparser::{Encoding, Parser, Payload};

use crate::model::interface::Interface;

/// Why an interface could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InspectError {
    /// The bytes are no WebAssembly binary, or end early, or break the format.
    #[error("{message} (at offset {offset:#x})")]
    Malformed {
        /// What is wrong.
        message: String,
        /// Offset of it in the binary.
        offset: u64,
    },
    /// Names an item or a type that does not exist.
    #[error("{space} index {index} is out of bounds (at offset {offset:#x})")]
    UnknownIndex {
        /// Index space, such as `type`.
        space: &'static str,
        /// Index that was named.
        index: u32,
        /// Offset of the name in the binary.
        offset: u64,
    },
    /// The list of items and their types would take too much memory.
    #[error("the interface has more than {limit} items and types")]
    TooLarge {
        /// How many there may be.
        limit: usize,
    },
}

impl From<wasmparser::BinaryReaderError> for InspectError {
    fn from(err: wasmparser::BinaryReaderError) -> Self {
        Self::Malformed { message: err.message().to_owned(), offset: offset(err.offset()) }
    }
}

/// Reads the interface of a module or component in the binary format.
///
/// # Errors
///
/// Says what is broken and at which offset. A broken name section is none: its names are left out.
pub fn inspect(wasm: &[u8]) -> Result<Interface, InspectError> {
    let header = Parser::new(0).parse_all(wasm).next();
    match header.transpose()? {
        Some(Payload::Version { encoding: Encoding::Component, .. }) => component::read(wasm),
        _ => module::read(wasm),
    }
}

/// Bounds the memory that a list may take, whatever a few bytes in the binary ask for.
///
/// One type with a thousand parameters can be named by a million functions of one byte each.
#[derive(Debug)]
struct Budget {
    remaining: usize,
}

impl Budget {
    /// Items, parameters and results together; ordinary modules stay under a twentieth of it.
    const LIMIT: usize = 2_000_000;

    fn new() -> Self {
        Self { remaining: Self::LIMIT }
    }

    fn spend(&mut self, items: usize) -> Result<(), InspectError> {
        self.remaining =
            self.remaining.checked_sub(items).ok_or(InspectError::TooLarge { limit: Self::LIMIT })?;
        Ok(())
    }
}

fn offset(position: usize) -> u64 {
    u64::try_from(position).unwrap_or(u64::MAX)
}

/// Returns the index of the next entry of a list whose length the budget bounds.
fn next_index<T>(list: &[T]) -> u32 {
    u32::try_from(list.len()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;

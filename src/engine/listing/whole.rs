//! The whole text of a binary, for those who want all of it: the command line, and editing it as text.
//!
//! Never keeps more than it was asked for.

use std::io;

use thiserror::Error;

use super::ListingError;

/// Text past this size is not even counted.
const MOST_COUNTED_BYTES: u64 = 4 << 30;

/// Why a text was not written to its end.
#[derive(Debug, Error)]
pub enum WriteError {
    /// Whoever reads it failed.
    #[error("the text can't be written: {0}")]
    Output(#[from] io::Error),
    /// The binary can't be read.
    #[error("the binary can't be listed: {message}")]
    Malformed {
        /// What is wrong.
        message: String,
    },
}

/// Writes the text of a binary, module or component, as it is printed; with offsets, each line begins with
/// a comment that says what it stands for.
///
/// # Errors
///
/// Returns [`WriteError::Output`] when `out` fails, and [`WriteError::Malformed`] for a binary that can't be
/// read.
pub fn write_text(wasm: &[u8], with_offsets: bool, out: &mut dyn io::Write) -> Result<(), WriteError> {
    let mut sink = Writer { out, failure: None };
    let printed = wasmprinter::Config::new().print_offsets(with_offsets).print(wasm, &mut sink);
    match (sink.failure, printed) {
        (Some(err), _) => Err(WriteError::Output(err)),
        (None, Err(err)) => Err(WriteError::Malformed { message: err.to_string() }),
        (None, Ok(())) => Ok(()),
    }
}

/// Returns the text of a binary that is small enough to be edited.
///
/// # Errors
///
/// Returns [`ListingError::TooLarge`] with the size of the text when that is more than `max_bytes`, and
/// [`ListingError::Malformed`] for a binary that can't be read.
pub fn whole_text(wasm: &[u8], max_bytes: usize) -> Result<String, ListingError> {
    let mut sink = Counter { text: String::new(), bytes: 0, max_bytes };
    let printed = wasmprinter::Config::new().print(wasm, &mut sink);
    let (bytes, max_bytes) = (sink.bytes, max_bytes as u64);
    if bytes > max_bytes {
        return Err(ListingError::TooLarge { bytes, max_bytes });
    }
    printed.map_err(|err| ListingError::Malformed { offset: 0, message: err.to_string() })?;
    Ok(sink.text)
}

struct Writer<'a> {
    out: &'a mut dyn io::Write,
    failure: Option<io::Error>,
}

impl wasmprinter::Print for Writer<'_> {
    fn write_str(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(text.as_bytes()).map_err(|err| {
            let kind = err.kind();
            self.failure = Some(err);
            io::Error::from(kind)
        })
    }
}

struct Counter {
    text: String,
    bytes: u64,
    max_bytes: usize,
}

impl wasmprinter::Print for Counter {
    fn write_str(&mut self, text: &str) -> io::Result<()> {
        self.bytes += text.len() as u64;
        if self.bytes <= self.max_bytes as u64 {
            self.text.push_str(text);
        } else if self.bytes > MOST_COUNTED_BYTES {
            return Err(io::Error::other("the text is too large to be counted"));
        } else {
            self.text = String::new();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_past_the_bound_is_refused_with_its_size() {
        let wasm = wat::parse_str("(module (func) (func))").expect("the sample is good");
        let text = whole_text(&wasm, 1000).expect("the text is small");
        assert_eq!(whole_text(&wasm, text.len()).as_ref(), Ok(&text));
        let (bytes, max_bytes) = (text.len() as u64, text.len() as u64 - 1);
        let refused = whole_text(&wasm, text.len() - 1);
        assert_eq!(refused, Err(ListingError::TooLarge { bytes, max_bytes }));
        let broken = whole_text(&wasm[..wasm.len() - 1], 1000);
        assert!(matches!(broken, Err(ListingError::Malformed { .. })), "{broken:?}");
    }

    #[test]
    fn whoever_reads_the_text_may_go_away() {
        let wasm = wat::parse_str("(module (func))").expect("the sample is good");
        let mut short = [0; 4];
        let written = write_text(&wasm, false, &mut &mut short[..]);
        assert!(matches!(written, Err(WriteError::Output(_))), "{written:?}");
        let mut text = Vec::new();
        write_text(&wasm, true, &mut text).expect("a vector takes all");
        assert!(text.starts_with(b"(module\n(;@"), "{}", String::from_utf8_lossy(&text));
    }
}

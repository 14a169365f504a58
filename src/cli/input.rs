//! Reads the source that a verb works on: a file or standard input, within a bound.
//!
//! Looks at no byte of it.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::time::Instant;

use super::args::Input;
use super::failure::Failure;

/// Most bytes that are read.
const MOST_BYTES: u64 = 256 * 1024 * 1024;

/// A source as it was read.
pub(super) struct Source {
    /// Its bytes.
    pub(super) bytes: Vec<u8>,
    /// The path as it was given, or `<stdin>`.
    pub(super) file: String,
    /// Name of the plugin: that of the file, without its extension.
    pub(super) name: String,
    /// How long reading took.
    pub(super) read_ns: u64,
}

impl Input {
    /// Reads the source. Pipes and devices are read as well, since nobody waits but the caller.
    ///
    /// # Errors
    ///
    /// Says why it can't be read.
    pub(super) fn read(&self) -> Result<Source, Failure> {
        let started = Instant::now();
        let (file, name, result) = match self {
            Self::Stdin => ("<stdin>".to_owned(), "stdin".to_owned(), bounded(io::stdin().lock())),
            Self::File(path) => (path.display().to_string(), plugin_name(path), read_file(path)),
        };
        let bytes = result.map_err(|err| {
            let reason = match err.kind() {
                io::ErrorKind::NotFound => "there is no such file".to_owned(),
                io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
                io::ErrorKind::IsADirectory => "this is a folder".to_owned(),
                _ => err.to_string(),
            };
            Failure::new(format!("can't read the source: {reason}: `{file}`"))
        })?;
        let read_ns = u64::try_from(started.elapsed().as_nanos()).unwrap_or(u64::MAX);
        Ok(Source { bytes, file, name, read_ns })
    }
}

fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    bounded(File::open(path)?)
}

fn bounded(reader: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(io::Error::other(format!("it has more than {MOST_BYTES} bytes")));
    }
    Ok(bytes)
}

fn plugin_name(path: &Path) -> String {
    path.file_stem().map_or_else(|| path.display().to_string(), |stem| stem.display().to_string())
}

//! Reads the source that a verb works on: a file or standard input, within a bound.
//!
//! Looks at no byte of it.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::time::Instant;

use super::args::Input;
use super::failure::{Failure, shortened};
use crate::model::nearest::nearest;
use crate::worker::disk::reason;

/// Most bytes that are read.
const MOST_BYTES: u64 = 256 * 1024 * 1024;

/// Most names of a folder that are looked at for what was meant.
const MOST_NAMES: usize = 10_000;

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
        let bytes = result.map_err(|err| match self {
            Self::Stdin => unreadable(&err, &file),
            Self::File(path) => with_file_hint(unreadable(&err, &file), err.kind(), path),
        })?;
        if bytes.is_empty() && self.is_to_be_binary() {
            // An empty text is an empty module; an empty binary is what a build leaves that went wrong.
            let failure = Failure::new(format!("the file is empty: `{}`", shortened(&file)));
            return Err(failure.with_hint("see whether the build that makes it went well"));
        }
        let read_ns = u64::try_from(started.elapsed().as_nanos()).unwrap_or(u64::MAX);
        Ok(Source { bytes, file, name, read_ns })
    }

    /// Tells whether the file's name promises a binary.
    fn is_to_be_binary(&self) -> bool {
        matches!(self, Self::File(path) if path.extension().is_some_and(|extension| extension == "wasm"))
    }
}

fn unreadable(err: &io::Error, file: &str) -> Failure {
    let reason = match err.kind() {
        io::ErrorKind::NotFound if file.is_empty() => "a file without a name is no file".to_owned(),
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        _ => reason(err),
    };
    Failure::new(format!("can't read the source: {reason}: `{}`", shortened(file)))
}

/// Says what was probably meant by a path that can't be read.
fn with_file_hint(failure: Failure, kind: io::ErrorKind, path: &Path) -> Failure {
    match kind {
        io::ErrorKind::NotFound => {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            let names = file_names(folder.unwrap_or(Path::new(".")));
            let name = path.file_name().and_then(OsStr::to_str);
            match name.and_then(|name| nearest(name, names.iter().map(String::as_str))) {
                Some(meant) => {
                    failure.with_hint(format!("did you mean `{}`?", path.with_file_name(meant).display()))
                }
                None => failure,
            }
        }
        io::ErrorKind::IsADirectory => {
            let is_source = |name: &String| {
                let extension = Path::new(name).extension();
                extension.is_some_and(|extension| extension == "wasm" || extension == "wat")
            };
            match file_names(path).into_iter().find(is_source) {
                Some(name) => {
                    failure.with_hint(format!("name a file in it, such as `{}`", path.join(name).display()))
                }
                None => failure.with_hint("name a .wasm or .wat file"),
            }
        }
        _ => failure,
    }
}

/// Lists names in a folder, as far as they are text; of a folder that can't be read there are none.
fn file_names(folder: &Path) -> Vec<String> {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten().take(MOST_NAMES);
    let mut names: Vec<String> = files.filter_map(|file| file.file_name().into_string().ok()).collect();
    names.sort();
    names
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

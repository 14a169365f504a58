//! What is known of one build of a source: sizes, identity, times of its phases.

use serde::Serialize;

use super::diagnostic::Diagnostic;
use super::interface::SourceKind;

/// Where a build came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CacheOutcome {
    /// It was compiled.
    #[default]
    Miss,
    /// The same source had been compiled before, in this run of the program.
    Memory,
    /// The same source had been compiled by an earlier run of the program.
    Disk,
}

/// Nanoseconds that each phase took; `None` when it did not run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Phases {
    /// Reading the file.
    pub read: Option<u64>,
    /// Text to binary; sniffing alone for a binary.
    pub parse: Option<u64>,
    /// Checking the binary's types.
    pub validate: Option<u64>,
    /// The pass that counts depth and fuel.
    pub rewrite: Option<u64>,
    /// Binary to machine code.
    pub compile: Option<u64>,
    /// Reading the build back from the disk cache, in place of the four phases before; left out of documents
    /// when there was no such thing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restore: Option<u64>,
    /// Making the instance, its start function left out.
    pub instantiate: Option<u64>,
}

impl Phases {
    /// Lists the phases that ran, in order: name and nanoseconds.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, u64)> {
        [
            ("read", self.read),
            ("parse", self.parse),
            ("validate", self.validate),
            ("rewrite", self.rewrite),
            ("compile", self.compile),
            ("restore", self.restore),
            ("instantiate", self.instantiate),
        ]
        .into_iter()
        .filter_map(|(name, ns)| Some((name, ns?)))
    }

    /// Returns the nanoseconds of all phases together.
    pub fn total_ns(&self) -> u64 {
        self.iter().map(|(_, ns)| ns).sum()
    }
}

/// Facts about one build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildInfo {
    /// Kind of its source.
    pub kind: SourceKind,
    /// Length of the source as given, in bytes.
    pub source_bytes: u64,
    /// Length of the binary before the rewriting pass, in bytes.
    pub wasm_bytes: u64,
    /// SHA-256 of that binary, 64 hexadecimal digits.
    pub sha256: String,
    /// Where the build came from.
    pub cache: CacheOutcome,
    /// How long each phase took.
    pub phases: Phases,
    /// What compiles but should be known.
    pub warnings: Vec<Diagnostic>,
    /// What the program could not do, such as count the frames of a huge function.
    pub notices: Vec<String>,
}

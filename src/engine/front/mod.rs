//! The front of compiling: from source text or bytes to a valid binary, with every error that can be had
//! and a map back to the text.
//!
//! Knows nothing of the engine that runs the binary, of caches and of instances.

mod component_map;
mod features;
mod fields;
mod fixes;
mod hints;
mod outline;
mod parse_errors;
mod recovery;
mod sniff;
mod source_map;
mod text;
mod validate;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Instant;

use thiserror::Error;
use wasmparser::WasmFeatures;

pub use features::{default_features, flags_of};
pub use sniff::sniff;
pub use source_map::{DefinitionKind, SourceMap, SourceSpot};

use crate::model::diagnostic::Diagnostic;
use crate::model::interface::SourceKind;

/// Errors that are reported of one source; the rest are counted.
const MAX_DIAGNOSTICS: usize = 100;

/// How large a source may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SizeCaps {
    /// Largest source text, in bytes.
    pub text_bytes: usize,
    /// Largest binary, given or made from a text, in bytes.
    pub wasm_bytes: usize,
}

impl Default for SizeCaps {
    fn default() -> Self {
        Self { text_bytes: 64 << 20, wasm_bytes: 256 << 20 }
    }
}

/// A source that is good.
#[derive(Debug)]
pub struct FrontOutput {
    /// What the source is.
    pub kind: SourceKind,
    /// The binary: the one given, or the one made from the text.
    pub wasm: Arc<[u8]>,
    /// Where the binary's operators and definitions stand in the text; `None` for binaries and components.
    pub map: Option<SourceMap>,
    /// What the author should know although the source is good.
    pub warnings: Vec<Diagnostic>,
    /// Time that parsing and encoding the text took; 0 for a binary.
    pub parse_ns: u64,
    /// Time that validation took.
    pub validate_ns: u64,
}

/// Why a source is not good, as far as a program needs to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FailureReason {
    /// It is larger than the caps allow.
    #[error("the source is too large: {size} bytes, at most {max}")]
    TooLarge {
        /// Its size in bytes.
        size: usize,
        /// The cap in bytes.
        max: usize,
    },
    /// It is neither text nor binary of WebAssembly.
    #[error("the source is not WebAssembly")]
    NotWasm,
    /// It breaks the rules of the text format or of WebAssembly.
    #[error("the source has errors")]
    Invalid,
}

/// A source that is not good.
#[derive(Debug, Clone, Error)]
#[error("{reason}")]
pub struct FrontFailure {
    /// Why, in one word.
    pub reason: FailureReason,
    /// What is wrong, in the order of the source; never empty.
    pub diagnostics: Vec<Diagnostic>,
    /// Time that parsing the text took, all attempts together; 0 for a binary.
    pub parse_ns: u64,
    /// Time that validation took.
    pub validate_ns: u64,
}

/// Makes a valid binary of a source, text or binary, module or component.
///
/// # Errors
///
/// Returns every error that can be had: one for each broken field of a text, one for each invalid function,
/// and those of the sections.
pub fn check(source: &[u8], caps: &SizeCaps, features: WasmFeatures) -> Result<FrontOutput, FrontFailure> {
    check_with(source, caps, features).map_err(|mut failure| {
        features::name_missing(&mut failure, source.len(), features, |features| {
            check_with(source, caps, features)
        });
        failure
    })
}

fn check_with(source: &[u8], caps: &SizeCaps, features: WasmFeatures) -> Result<FrontOutput, FrontFailure> {
    let is_binary = source.starts_with(b"\0asm");
    let max = if is_binary { caps.wasm_bytes } else { caps.text_bytes };
    if source.len() > max {
        let what = if is_binary { "binary" } else { "text" };
        return Err(too_large(what, source.len(), max));
    }
    let kind = sniff(source).map_err(|diagnostic| FrontFailure {
        reason: FailureReason::NotWasm,
        diagnostics: vec![*diagnostic],
        parse_ns: 0,
        validate_ns: 0,
    })?;
    match std::str::from_utf8(source) {
        Ok(source) if kind.is_text() => text::check_text(source, kind, caps, features),
        _ => check_binary(source, kind, features),
    }
}

fn check_binary(
    source: &[u8],
    kind: SourceKind,
    features: WasmFeatures,
) -> Result<FrontOutput, FrontFailure> {
    let started = Instant::now();
    let diagnostics = text::binary_diagnostics(source, features);
    let validate_ns = nanoseconds_since(started);
    if !diagnostics.is_empty() {
        return Err(FrontFailure { reason: FailureReason::Invalid, diagnostics, parse_ns: 0, validate_ns });
    }
    Ok(FrontOutput {
        kind,
        wasm: Arc::from(source),
        map: None,
        warnings: Vec::new(),
        parse_ns: 0,
        validate_ns,
    })
}

fn too_large(what: &str, size: usize, max: usize) -> FrontFailure {
    let message = format!("the {what} is too large: {size} bytes, at most {max} are read");
    FrontFailure {
        reason: FailureReason::TooLarge { size, max },
        diagnostics: vec![Diagnostic::error(message)],
        parse_ns: 0,
        validate_ns: 0,
    }
}

fn nanoseconds_since(started: Instant) -> u64 {
    u64::try_from(started.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

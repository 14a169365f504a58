//! A build as bytes and back: everything that would else have to be parsed, checked or compiled again.
//!
//! Knows no files and no checksums. What can be read from the binary in no time, such as its interface, is not
//! written.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::super::build::{Artefact, Build, CoreArtefact, RewrittenParts};
use super::super::compile::CompileRequest;
use super::super::front::SourceMap;
use super::super::inspect::inspect;
use super::super::rewrite::{Layout, OffsetMap};
use super::super::settings::{EngineSettings, Engines, Pricing};
use super::thaw;
use crate::model::build::{BuildInfo, CacheOutcome, Phases};
use crate::model::cache::CacheKey;
use crate::model::diagnostic::Diagnostic;
use crate::model::interface::SourceKind;

/// Version of what is written here; it enters every key.
pub(super) const VERSION: u32 = 2;

/// All of an entry but the long runs of bytes, which follow it: the binary unless it is the source, and the
/// machine code.
#[derive(Serialize, Deserialize)]
struct Head<'a> {
    kind: SourceKind,
    source_bytes: u64,
    sha256: Cow<'a, str>,
    core_instances: u64,
    fuel_is_live: bool,
    warnings: Cow<'a, [Diagnostic]>,
    /// What a diagnostic leaves out of every document.
    warning_ranges: Vec<Option<Range<usize>>>,
    notices: Cow<'a, [String]>,
    map: Option<Cow<'a, SourceMap>>,
    form: Form<'a>,
    wasm_bytes: u64,
}

/// What the machine code was made of.
#[allow(clippy::large_enum_variant, reason = "there is one at a time, and it lives for a moment")]
#[derive(Serialize, Deserialize)]
enum Form<'a> {
    Core(Option<(Cow<'a, Layout>, Cow<'a, OffsetMap>)>, Pricing),
    Component,
}

/// Writes a build; `None` when the engine can't write its machine code.
pub(super) fn encode(build: &Build) -> Option<Vec<u8>> {
    let (form, code) = match &*build.artefact {
        Artefact::Core(core) => {
            let parts = core.rewritten.as_ref();
            let parts = parts.map(|parts| (Cow::Borrowed(&parts.layout), Cow::Borrowed(&parts.offsets)));
            (Form::Core(parts, core.pricing), core.module.serialize().ok()?)
        }
        Artefact::Component(component) => (Form::Component, component.serialize().ok()?),
    };
    let wasm: &[u8] = if build.info.kind.is_text() { &build.wasm } else { &[] };
    let head = Head {
        kind: build.info.kind,
        source_bytes: build.info.source_bytes,
        sha256: Cow::Borrowed(&build.info.sha256),
        core_instances: build.core_instances,
        fuel_is_live: build.fuel_is_live,
        warnings: Cow::Borrowed(&build.info.warnings),
        warning_ranges: build.info.warnings.iter().map(|warning| warning.range.clone()).collect(),
        notices: Cow::Borrowed(&build.info.notices),
        map: build.map.as_deref().map(Cow::Borrowed),
        form,
        wasm_bytes: wasm.len() as u64,
    };
    let head = postcard::to_allocvec(&head).ok()?;
    let mut bytes = Vec::with_capacity(8 + head.len() + wasm.len() + code.len());
    bytes.extend_from_slice(&(head.len() as u64).to_le_bytes());
    bytes.extend_from_slice(&head);
    bytes.extend_from_slice(wasm);
    bytes.extend_from_slice(&code);
    Some(bytes)
}

/// Reads a build.
///
/// # Errors
///
/// Returns why the bytes are no build of that source.
pub(super) fn decode(
    engines: &Engines,
    key: CacheKey,
    request: &CompileRequest<'_>,
    bytes: &[u8],
) -> Result<Build, String> {
    let short = || "it ends early".to_owned();
    let (length, rest) = bytes.split_first_chunk::<8>().ok_or_else(short)?;
    let (head, rest) = split(rest, u64::from_le_bytes(*length)).ok_or_else(short)?;
    let head: Head<'_> = postcard::from_bytes(head).map_err(|err| err.to_string())?;
    let (wasm, code) = split(rest, head.wasm_bytes).ok_or_else(short)?;
    if head.source_bytes != request.source.len() as u64 {
        return Err("it is of another source".to_owned());
    }
    if head.map.as_ref().is_some_and(|map| !map.is_consistent()) {
        return Err("its map of the text is broken".to_owned());
    }
    let wasm: Arc<[u8]> = if head.kind.is_text() { wasm.into() } else { request.source.into() };
    let interface = inspect(&wasm).map_err(|err| err.to_string())?;
    // Exact live fuel had given way where the code was made by another compiler.
    let exact_live_fuel = request.settings.exact_live_fuel && head.fuel_is_live;
    let settings = EngineSettings { exact_live_fuel, ..request.settings.clone() };
    let engine = |pricing| engines.get(&settings, pricing).map_err(|err: wasmtime::Error| format!("{err:#}"));
    let artefact = match head.form {
        Form::Component => Artefact::Component(thaw::component(&engine(Pricing::ByEngine)?, code)?),
        Form::Core(parts, pricing) => Artefact::Core(CoreArtefact {
            module: thaw::module(&engine(pricing)?, code)?,
            rewritten: parts.map(|(layout, offsets)| {
                Arc::new(RewrittenParts { layout: layout.into_owned(), offsets: offsets.into_owned() })
            }),
            pricing,
        }),
    };
    let warnings = head.warnings.into_owned().into_iter().zip(head.warning_ranges);
    Ok(Build {
        info: BuildInfo {
            kind: head.kind,
            source_bytes: head.source_bytes,
            wasm_bytes: wasm.len() as u64,
            sha256: head.sha256.into_owned(),
            cache: CacheOutcome::Disk,
            phases: Phases { read: request.read_ns, ..Phases::default() },
            warnings: warnings.map(|(warning, range)| Diagnostic { range, ..warning }).collect(),
            notices: head.notices.into_owned(),
        },
        interface: Arc::new(interface),
        core_instances: head.core_instances,
        wasm,
        map: head.map.map(|map| Arc::new(map.into_owned())),
        has_fuel: request.settings.fuel,
        fuel_is_live: head.fuel_is_live,
        wasm_stack_bytes: request.settings.wasm_stack_bytes,
        settings: request.settings.clone(),
        key,
        artefact: Arc::new(artefact),
    })
}

fn split(bytes: &[u8], at: u64) -> Option<(&[u8], &[u8])> {
    bytes.split_at_checked(usize::try_from(at).ok()?)
}

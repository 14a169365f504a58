//! From a source to a build: check, rewrite, compile; and the cache in memory that spares all of it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use sha2::{Digest, Sha256};
use wasmtime::Module;
use wasmtime::component::Component;

use super::build::{Artefact, Build, CompileFailure, CoreArtefact, RewrittenParts};
use super::core_instances::core_instances;
use super::front::{self, SizeCaps};
use super::inspect::inspect;
use super::instance::nanos_since;
use super::rewrite::{self, Prices, RewriteOptions};
use super::settings::{Compiler, EngineSettings, Engines, Pricing};
use crate::model::build::{BuildInfo, CacheOutcome, Phases};
use crate::model::diagnostic::{Diagnostic, Place, Severity};
use crate::model::interface::Interface;

/// One source to compile.
#[derive(Debug, Clone, Copy)]
pub struct CompileRequest<'a> {
    /// Text or binary.
    pub source: &'a [u8],
    /// Which engine to compile for.
    pub settings: &'a EngineSettings,
    /// Largest sources that are taken.
    pub caps: SizeCaps,
    /// How long reading the source took, in nanoseconds.
    pub read_ns: Option<u64>,
}

/// Builds of this run of the program, by the content of their source; the least recently used go first.
pub struct BuildCache {
    inner: Mutex<CacheInner>,
    most_bytes: u64,
}

#[derive(Default)]
struct CacheInner {
    builds: HashMap<[u8; 32], Cached>,
    bytes: u64,
    clock: u64,
    hits: u64,
    misses: u64,
}

struct Cached {
    build: Arc<Build>,
    bytes: u64,
    used: u64,
}

/// How often the cache helped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CacheStats {
    /// Builds that were there.
    pub hits: u64,
    /// Builds that had to be made.
    pub misses: u64,
    /// Builds in the cache.
    pub entries: usize,
    /// Estimated bytes of the builds in the cache.
    pub bytes: u64,
}

impl BuildCache {
    /// Makes an empty cache that keeps builds of about `most_bytes` bytes together.
    pub fn new(most_bytes: u64) -> Self {
        Self { inner: Mutex::default(), most_bytes }
    }

    /// Returns how often the cache helped.
    pub fn stats(&self) -> CacheStats {
        let inner = self.lock();
        CacheStats { hits: inner.hits, misses: inner.misses, entries: inner.builds.len(), bytes: inner.bytes }
    }

    fn get(&self, key: &[u8; 32]) -> Option<Arc<Build>> {
        let mut inner = self.lock();
        inner.clock += 1;
        let clock = inner.clock;
        let found = inner.builds.get_mut(key).map(|cached| {
            cached.used = clock;
            Arc::clone(&cached.build)
        });
        if found.is_some() {
            inner.hits += 1;
        } else {
            inner.misses += 1;
        }
        found
    }

    fn insert(&self, key: [u8; 32], build: &Arc<Build>) {
        // Machine code is about as long as the binary, and the positions of operators as well.
        let bytes = build.info.source_bytes + 4 * build.info.wasm_bytes + 4096;
        let mut inner = self.lock();
        inner.clock += 1;
        let used = inner.clock;
        if let Some(old) = inner.builds.insert(key, Cached { build: Arc::clone(build), bytes, used }) {
            inner.bytes -= old.bytes;
        }
        inner.bytes += bytes;
        while inner.bytes > self.most_bytes && inner.builds.len() > 1 {
            let Some(oldest) = inner.builds.iter().min_by_key(|(_, cached)| cached.used).map(|(key, _)| *key)
            else {
                break;
            };
            if let Some(gone) = inner.builds.remove(&oldest) {
                inner.bytes -= gone.bytes;
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, CacheInner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a build depends on: the source, the pass and the engine.
fn key_of(request: &CompileRequest<'_>) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(rewrite::PASS_VERSION.to_le_bytes());
    hasher.update(format!("{:?}", request.settings));
    hasher.update((request.source.len() as u64).to_le_bytes());
    hasher.update(request.source);
    hasher.finalize().into()
}

/// Turns a source into a build, or finds the build in the cache.
///
/// # Errors
///
/// Returns all errors of the source that could be had.
pub fn compile(
    engines: &Engines,
    cache: &BuildCache,
    request: &CompileRequest<'_>,
) -> Result<Arc<Build>, CompileFailure> {
    let key = key_of(request);
    if let Some(build) = cache.get(&key) {
        let info = BuildInfo {
            cache: CacheOutcome::Memory,
            phases: Phases { read: request.read_ns, ..Phases::default() },
            ..build.info.clone()
        };
        return Ok(Arc::new(build.with_info(info)));
    }
    let build = Arc::new(compile_anew(engines, request)?);
    cache.insert(key, &build);
    Ok(build)
}

fn compile_anew(engines: &Engines, request: &CompileRequest<'_>) -> Result<Build, CompileFailure> {
    let settings = request.settings;
    let mut phases = Phases { read: request.read_ns, ..Phases::default() };
    let checked = match front::check(request.source, &request.caps, settings.features()) {
        Ok(checked) => checked,
        Err(failure) => {
            phases.parse = Some(failure.parse_ns);
            phases.validate = (failure.validate_ns > 0).then_some(failure.validate_ns);
            return Err(CompileFailure { diagnostics: failure.diagnostics, phases });
        }
    };
    phases.parse = Some(checked.parse_ns);
    phases.validate = Some(checked.validate_ns);
    let interface = match inspect(&checked.wasm) {
        Ok(interface) => Arc::new(interface),
        Err(err) => return Err(refused(err.to_string(), phases)),
    };
    let mut notices = Vec::new();
    let (artefact, compiler) =
        artefact_of(engines, settings, &checked, &interface, &mut phases, &mut notices)
            .map_err(|error| refused(format!("{error:#}"), phases))?;
    Ok(Build {
        info: BuildInfo {
            kind: checked.kind,
            source_bytes: request.source.len() as u64,
            wasm_bytes: checked.wasm.len() as u64,
            sha256: hex(&Sha256::digest(&checked.wasm)),
            cache: CacheOutcome::Miss,
            phases,
            warnings: checked.warnings,
            notices,
        },
        interface,
        core_instances: if checked.kind.is_component() { core_instances(&checked.wasm) } else { 1 },
        wasm: checked.wasm,
        map: checked.map.map(Arc::new),
        has_fuel: settings.fuel,
        fuel_is_live: compiler == Compiler::Winch,
        wasm_stack_bytes: settings.wasm_stack_bytes,
        settings: settings.clone(),
        artefact: Arc::new(artefact),
    })
}

/// Compiles with the compiler that the settings ask for; exact live fuel gives way to a module that its
/// compiler can't take.
fn artefact_of(
    engines: &Engines,
    settings: &EngineSettings,
    checked: &front::FrontOutput,
    interface: &Interface,
    phases: &mut Phases,
    notices: &mut Vec<String>,
) -> wasmtime::Result<(Artefact, Compiler)> {
    let compiler = settings.effective_compiler();
    if compiler == settings.compiler {
        return Ok((artefact(engines, settings, checked, interface, phases, notices)?, compiler));
    }
    let mut exact_notices = Vec::new();
    match artefact(engines, settings, checked, interface, phases, &mut exact_notices) {
        Ok(exact) => {
            notices.append(&mut exact_notices);
            Ok((exact, compiler))
        }
        Err(err) => {
            let why = err.root_cause().to_string();
            notices.push(format!(
                "fuel is a lower bound while a call runs: the baseline compiler refuses it: {why}"
            ));
            let usual = EngineSettings { exact_live_fuel: false, ..settings.clone() };
            Ok((artefact(engines, &usual, checked, interface, phases, notices)?, usual.compiler))
        }
    }
}

fn artefact(
    engines: &Engines,
    settings: &EngineSettings,
    checked: &front::FrontOutput,
    interface: &Interface,
    phases: &mut Phases,
    notices: &mut Vec<String>,
) -> wasmtime::Result<Artefact> {
    if checked.kind.is_component() {
        let engine = engines.get(settings, Pricing::ByEngine)?;
        let started = Instant::now();
        let component = Component::from_binary(&engine, &checked.wasm)?;
        phases.compile = Some(nanos_since(started));
        return Ok(Artefact::Component(component));
    }
    let started = Instant::now();
    let options = RewriteOptions {
        depth: settings.call_depth,
        prices: settings.fuel.then(Prices::default),
        record_refused_growth: settings.fuel || settings.call_depth,
    };
    let rewritten = rewrite::rewrite(&checked.wasm, &options).map_err(|err| err.to_string());
    phases.rewrite = Some(nanos_since(started));
    let started = Instant::now();
    // A module at the edge of what the compiler takes may pass it with the counting added.
    let counted = rewritten.and_then(|parts| {
        let engine = engines.get(settings, Pricing::ByPass).map_err(|err| format!("{err:#}"))?;
        let module = Module::from_binary(&engine, &parts.wasm).map_err(|err| format!("{err:#}"))?;
        Ok((module, parts))
    });
    let (module, rewritten) = match counted {
        Ok((module, parts)) => {
            for function in &parts.uncounted {
                let label = interface.function_label(function.index);
                notices.push(format!("{label} {}", function.reason.clause()));
            }
            (module, Some(Arc::new(RewrittenParts { layout: parts.layout, offsets: parts.offsets })))
        }
        Err(err) => {
            let engine = engines.get(settings, Pricing::ByEngine)?;
            let module = Module::from_binary(&engine, &checked.wasm)?;
            notices.push(format!("runs uncounted, its call depth is neither measured nor limited: {err}"));
            (module, None)
        }
    };
    phases.compile = Some(nanos_since(started));
    Ok(Artefact::Core(CoreArtefact { module, rewritten }))
}

fn refused(message: String, phases: Phases) -> CompileFailure {
    let diagnostic =
        Diagnostic { severity: Severity::Error, message, hint: None, place: Place::default(), range: None };
    CompileFailure { diagnostics: vec![diagnostic], phases }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

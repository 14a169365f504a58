//! From a source to a build: check, rewrite, compile; unless the cache spares all of it.

use std::sync::Arc;
use std::time::Instant;

use sha2::{Digest, Sha256};
use wasmtime::Module;
use wasmtime::component::Component;

use super::build::{Artefact, Build, CompileFailure, CoreArtefact, RewrittenParts};
use super::cache::{self, BuildCache};
use super::core_instances::core_instances;
use super::front::{self, SizeCaps};
use super::inspect::inspect;
use super::instance::nanos_since;
use super::rewrite::{self, Prices, RewriteOptions};
use super::settings::{Compiler, EngineSettings, Engines, Pricing};
use crate::model::build::{BuildInfo, CacheOutcome, Phases};
use crate::model::cache::CacheKey;
use crate::model::diagnostic::Diagnostic;

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
    if let Some(build) = cache.find(request) {
        return Ok(build);
    }
    let key = cache::key_of(engines, request);
    if let Some(build) = cache.restore(engines, key, request) {
        return Ok(build);
    }
    let build = Arc::new(compile_anew(engines, request, key)?);
    cache.insert_made(request, &build);
    Ok(build)
}

fn compile_anew(
    engines: &Engines,
    request: &CompileRequest<'_>,
    key: CacheKey,
) -> Result<Build, CompileFailure> {
    let settings = request.settings;
    let mut phases = Phases { read: request.read_ns, ..Phases::default() };
    let checked = match front::check(request.source, &request.caps, settings.features()) {
        Ok(checked) => checked,
        Err(failure) => {
            phases.parse = Some(failure.parse_ns);
            phases.validate = (failure.validate_ns > 0).then_some(failure.validate_ns);
            let mut diagnostics = failure.diagnostics;
            settings.explain(&mut diagnostics);
            return Err(CompileFailure { diagnostics, phases });
        }
    };
    phases.parse = Some(checked.parse_ns);
    phases.validate = Some(checked.validate_ns);
    let interface = match inspect(&checked.wasm) {
        Ok(interface) => Arc::new(interface),
        Err(err) => return Err(refused(err.to_string(), phases)),
    };
    let mut notices = Vec::new();
    let (artefact, compiler) = artefact_of(engines, settings, &checked, &mut phases, &mut notices)
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
        key,
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
    phases: &mut Phases,
    notices: &mut Vec<String>,
) -> wasmtime::Result<(Artefact, Compiler)> {
    let compiler = settings.effective_compiler();
    if compiler == settings.compiler {
        return Ok((artefact(engines, settings, checked, phases, notices)?, compiler));
    }
    let mut exact_notices = Vec::new();
    match artefact(engines, settings, checked, phases, &mut exact_notices) {
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
            Ok((artefact(engines, &usual, checked, phases, notices)?, usual.compiler))
        }
    }
}

fn artefact(
    engines: &Engines,
    settings: &EngineSettings,
    checked: &front::FrontOutput,
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
    let mut go_on = |options: &RewriteOptions, pricing| {
        let started = Instant::now();
        let parts = rewrite::rewrite(&checked.wasm, options).map_err(|err| err.to_string())?;
        add_ns(&mut phases.rewrite, started);
        let started = Instant::now();
        let engine = engines.get(settings, pricing).map_err(|err| format!("{err:#}"))?;
        let module = Module::from_binary(&engine, &parts.wasm).map_err(|err| format!("{err:#}"))?;
        add_ns(&mut phases.compile, started);
        let parts = RewrittenParts { layout: parts.layout, offsets: parts.offsets };
        Ok::<_, String>(CoreArtefact { module, rewritten: Some(Arc::new(parts)), pricing })
    };
    // A module at the edge of what engines accept may pass it with the counting added. Then nothing of it is
    // counted, so that what is told of it and what limits it is right: the engine itself prices it.
    let core = go_on(&rewrite_options(settings), Pricing::ByPass).or_else(|err| {
        notices.push(format!("runs uncounted, its call depth is neither measured nor limited: {err}"));
        go_on(&RewriteOptions::default(), Pricing::ByEngine)
    });
    let core = if let Ok(core) = core {
        core
    } else {
        let pricing = Pricing::ByEngine;
        let started = Instant::now();
        let module = Module::from_binary(&engines.get(settings, pricing)?, &checked.wasm)?;
        add_ns(&mut phases.compile, started);
        CoreArtefact { module, rewritten: None, pricing }
    };
    Ok(Artefact::Core(core))
}

fn add_ns(phase: &mut Option<u64>, started: Instant) {
    *phase = Some(phase.unwrap_or(0).saturating_add(nanos_since(started)));
}

/// Returns what the pass adds under these settings.
pub(crate) fn rewrite_options(settings: &EngineSettings) -> RewriteOptions {
    RewriteOptions {
        depth: settings.call_depth,
        prices: settings.fuel.then(|| Prices::changed(&settings.prices)),
        record_refused_growth: settings.fuel || settings.call_depth,
        counting: rewrite::Counting::Nothing,
    }
}

fn refused(message: String, phases: Phases) -> CompileFailure {
    CompileFailure { diagnostics: vec![Diagnostic::error(message)], phases }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

//! Checks a text: parses it again and again behind each error, validates what comes of it, and puts every
//! error where it stands.
//!
//! How a text is mended so that it can be parsed again is the business of `recovery`.

use std::collections::HashMap;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use wasmparser::WasmFeatures;
use wast::component::{Component, ComponentKind};
use wast::core::{Module, ModuleKind};
use wast::parser::ParseBuffer;
use wast::{Wat, parser};

use super::component_map::ComponentMap;
use super::outline::{Outline, next_token, outline};
use super::recovery::Draft;
use super::source_map::{self, DefinitionKind, SourceMap};
use super::validate::{CheckedSections, Finding, check_sections, function_names};
use super::{
    FailureReason, FrontFailure, FrontOutput, MAX_DIAGNOSTICS, SizeCaps, fixes, hints, nanoseconds_since,
    too_large,
};
use crate::model::diagnostic::{Diagnostic, Severity};
use crate::model::interface::SourceKind;

/// Deepest nesting of parentheses that is parsed; the parser keeps some 200 bytes for each.
const MAX_NESTING: usize = 10_000;

/// Most words that are parsed: the parser keeps some 100 bytes for each operator.
const MAX_KEYWORDS: usize = 8_000_000;

/// Fixes of one text that are tried, each by parsing it once more.
const MAX_TRIES: usize = 9;

/// The module without any field.
const EMPTY_MODULE: &[u8] = b"\0asm\x01\0\0\0";

/// A text that parsed, possibly after it was mended.
struct Encoded {
    wasm: Vec<u8>,
    map: Map,
}

/// Where the parts of a binary stand in its text.
enum Map {
    Module(Box<SourceMap>),
    Component(ComponentMap),
    /// The text holds the binary as bytes.
    None,
}

impl Map {
    /// Returns the bytes of the text that a finding concerns, and those of the definition that it is about.
    fn places(&self, finding: &Finding) -> (Option<Range<usize>>, Option<Range<usize>>) {
        match self {
            Self::Module(map) => {
                let range_of = |kind, index| map.definition(kind, index).map(|spot| spot.range);
                let defined = finding.definition.and_then(|(kind, index)| range_of(kind, index));
                let code = finding.function.and_then(|index| range_of(DefinitionKind::Func, index));
                let spot = map.spot(finding.offset).map(|spot| spot.range);
                (spot.or_else(|| defined.clone()).or(code), defined)
            }
            Self::Component(map) => (map.spot(finding), map.definition(finding)),
            Self::None => (None, None),
        }
    }

    /// Returns where a function stands, by its index and where its body begins.
    fn function(&self, index: u32, body: usize) -> Option<Range<usize>> {
        match self {
            Self::Module(map) => map.definition(DefinitionKind::Func, index).map(|spot| spot.range),
            Self::Component(map) => map.function(body),
            Self::None => None,
        }
    }
}

/// Names of functions, of a module or of each core module of a component.
#[derive(Default)]
struct Names {
    by_module: HashMap<Option<usize>, HashMap<u32, String>>,
}

impl Names {
    /// Returns the name of the function that a finding is about.
    fn of(&mut self, finding: &Finding, index: u32, wasm: &[u8]) -> Option<String> {
        let module = finding.module.clone();
        let key = module.as_ref().map(|module| module.start);
        let bytes = module.map_or(Some(wasm), |module| wasm.get(module))?;
        self.by_module.entry(key).or_insert_with(|| function_names(bytes)).get(&index).cloned()
    }
}

/// What the parser says of a text.
#[derive(Debug, Clone)]
pub(super) struct TextError {
    /// Byte of the text.
    pub(super) offset: usize,
    /// The parser's own message.
    pub(super) message: String,
}

/// Makes a valid binary of a text.
pub(super) fn check_text(
    source: &str,
    kind: SourceKind,
    caps: &SizeCaps,
    features: WasmFeatures,
) -> Result<FrontOutput, FrontFailure> {
    let started = Instant::now();
    let outline = outline(source);
    let first = next_token(source.trim_start_matches('\u{feff}').as_bytes(), 0);
    if first.is_none() && outline.unclosed_comment.is_none() {
        return Ok(empty_module(kind));
    }
    if let Some(refusal) = refuse_shape(&outline) {
        let (reason, parse_ns) = (FailureReason::Invalid, nanoseconds_since(started));
        return Err(FrontFailure { reason, diagnostics: vec![refusal], parse_ns, validate_ns: 0 });
    }
    let mut draft = Draft::new(source, outline, kind);
    let encoded = if draft.mend_parentheses() { encode_mending(&mut draft) } else { None };
    let parse_ns = nanoseconds_since(started);

    let started = Instant::now();
    let encoded = encoded.and_then(|encoded| {
        if encoded.wasm.len() > caps.wasm_bytes {
            return Some(Err(too_large("binary made from the text", encoded.wasm.len(), caps.wasm_bytes)));
        }
        validate(&mut draft, encoded, features).map(Ok)
    });
    let validate_ns = nanoseconds_since(started);
    match encoded {
        Some(Err(refusal)) => Err(FrontFailure { parse_ns, validate_ns, ..refusal }),
        Some(Ok(encoded)) if draft.is_good() => Ok(FrontOutput {
            kind,
            wasm: Arc::from(encoded.wasm),
            map: match encoded.map {
                Map::Module(map) => Some(*map),
                Map::Component(_) | Map::None => None,
            },
            warnings: Vec::new(),
            parse_ns,
            validate_ns,
        }),
        _ => {
            let (reason, diagnostics) = (FailureReason::Invalid, draft.into_diagnostics());
            Err(FrontFailure { reason, diagnostics, parse_ns, validate_ns })
        }
    }
}

/// Returns what is wrong with a binary.
pub(super) fn binary_diagnostics(wasm: &[u8], features: WasmFeatures) -> Vec<Diagnostic> {
    let checked = check_sections(wasm, features);
    let mut findings = checked.findings.clone();
    let mut num_more = 0;
    if checked.is_code_checkable {
        let room = MAX_DIAGNOSTICS.saturating_sub(findings.len());
        let code = checked.check_functions(wasm, room, |_, _| false);
        findings.extend(code.findings);
        num_more = code.num_more;
    }
    if findings.is_empty() {
        return Vec::new();
    }
    let mut names = Names::default();
    let mut diagnostics: Vec<Diagnostic> = findings
        .iter()
        .map(|finding| describe(finding, &mut names, wasm).at_offset(finding.offset))
        .collect();
    diagnostics.extend(and_more(num_more));
    diagnostics
}

/// Tells how many errors are left out of a list.
pub(super) fn and_more(num_more: usize) -> Option<Diagnostic> {
    match num_more {
        0 => None,
        1 => Some(Diagnostic::error("and 1 more error")),
        _ => Some(Diagnostic::error(format!("and {num_more} more errors"))),
    }
}

fn empty_module(kind: SourceKind) -> FrontOutput {
    let warning = Diagnostic::error("the text is empty: it makes a module without exports");
    FrontOutput {
        kind,
        wasm: Arc::from(EMPTY_MODULE),
        map: None,
        warnings: vec![Diagnostic { severity: Severity::Warning, ..warning }],
        parse_ns: 0,
        validate_ns: 0,
    }
}

/// Refuses a text that the parser could not read within bounds.
fn refuse_shape(outline: &Outline) -> Option<Diagnostic> {
    if outline.max_depth > MAX_NESTING {
        let message = format!("parentheses nest {} deep, at most {MAX_NESTING} are read", outline.max_depth);
        return Some(Diagnostic::error(message).with_hint("write operators one after another, unfolded"));
    }
    if outline.num_keywords > MAX_KEYWORDS {
        let message = format!("the text has {} words, at most {MAX_KEYWORDS} are read", outline.num_keywords);
        return Some(Diagnostic::error(message).with_hint("open the binary instead of its text"));
    }
    None
}

/// Parses until it works, getting past one error at a time.
fn encode_mending(draft: &mut Draft<'_>) -> Option<Encoded> {
    loop {
        match encode(draft.text(), draft.fields()) {
            Ok(encoded) => return Some(encoded),
            // Whatever was there is blanked, and every error of it is known.
            Err(_) if !draft.is_good() && next_token(draft.text().as_bytes(), 0).is_none() => return None,
            Err(err) if draft.get_past(&err) => {}
            Err(_) => return None,
        }
    }
}

/// Parses a text and encodes it.
fn encode(text: &str, fields: Arc<[Range<u32>]>) -> Result<Encoded, TextError> {
    // The parser panics on a few malformed texts, and a text may come from anywhere.
    let attempt = catch_unwind(AssertUnwindSafe(|| -> Result<Encoded, wast::Error> {
        let mut buffer = ParseBuffer::new(text)?;
        buffer.track_instr_spans(true);
        let mut wat = parser::parse::<Wat<'_>>(&buffer)?;
        let wasm = wat.encode()?;
        let map = match &wat {
            Wat::Module(Module { kind: ModuleKind::Text(parsed), .. }) => {
                Map::Module(Box::new(source_map::build(text, parsed, fields, &wasm)))
            }
            Wat::Component(Component { kind: ComponentKind::Text(parsed), .. }) => {
                Map::Component(ComponentMap::build(text, parsed, &fields, &wasm))
            }
            _ => Map::None,
        };
        Ok(Encoded { wasm, map })
    }));
    match attempt {
        Ok(result) => result.map_err(|err| TextError { offset: err.span().offset(), message: err.message() }),
        Err(_) => Err(TextError { offset: 0, message: "the parser gave up on this text".to_owned() }),
    }
}

/// Validates, and reports what is wrong to the draft; returns the binary that was validated last.
fn validate(draft: &mut Draft<'_>, mut encoded: Encoded, features: WasmFeatures) -> Option<Encoded> {
    // The core modules of a component are checked by themselves.
    if draft.is_interface_lost() && !draft.is_component() {
        return None;
    }
    loop {
        let checked = check_sections(&encoded.wasm, features);
        let mut names = Names::default();
        let mut is_mended = false;
        for finding in &checked.findings {
            if draft.is_interface_lost() && finding.module.is_none() {
                continue;
            }
            let (mut diagnostic, definition) = place(draft, finding, &encoded, &mut names);
            if diagnostic.range.as_ref().is_some_and(|range| draft.is_in_lost_module(range.start)) {
                continue;
            }
            // Which of a component's modules a change would have to go to is not told from the text.
            if let Some(range) = diagnostic.range.clone().filter(|_| !draft.is_component()) {
                diagnostic.fixes = fixes::of_finding(&finding.message, &range, draft.original(), |_| false);
            }
            draft.report(diagnostic);
            is_mended |= definition.is_some_and(|byte| draft.blank_leaf(byte));
        }
        if !is_mended {
            check_code(draft, checked, &encoded, features);
            return Some(encoded);
        }
        encoded = encode_mending(draft)?;
        if draft.is_interface_lost() && !draft.is_component() {
            return None;
        }
    }
}

fn check_code(
    draft: &mut Draft<'_>,
    checked: CheckedSections<'_>,
    encoded: &Encoded,
    features: WasmFeatures,
) {
    if !checked.is_code_checkable {
        return;
    }
    let left_out = |index, body| {
        encoded
            .map
            .function(index, body)
            .is_some_and(|range| draft.is_tainted(range.start) || draft.is_in_lost_module(range.start))
    };
    let found = checked.check_functions(&encoded.wasm, MAX_DIAGNOSTICS, left_out);
    if found.findings.is_empty() {
        return;
    }
    let mut names = Names::default();
    let num_wrong = found.findings.len();
    let mut tries_left = MAX_TRIES;
    for finding in &found.findings {
        if draft.is_consequence(&finding.message) {
            continue;
        }
        let (mut diagnostic, _) = place(draft, finding, encoded, &mut names);
        if let Some(range) = diagnostic.range.clone().filter(|_| !draft.is_component()) {
            let is_original = draft.is_original();
            diagnostic.fixes = fixes::of_finding(&finding.message, &range, draft.original(), |text| {
                tries_left = tries_left.saturating_sub(1);
                is_original && tries_left > 0 && num_invalid(text, features) < num_wrong
            });
        }
        draft.report(diagnostic);
    }
    draft.leave_out(found.num_more);
}

/// Counts the functions of a text that are not valid; more than can be when something else is wrong.
fn num_invalid(text: &str, features: WasmFeatures) -> usize {
    let Ok(encoded) = encode(text, Arc::default()) else { return usize::MAX };
    let checked = check_sections(&encoded.wasm, features);
    if !checked.findings.is_empty() {
        return usize::MAX;
    }
    let found = checked.check_functions(&encoded.wasm, MAX_DIAGNOSTICS, |_, _| false);
    found.findings.len() + found.num_more
}

/// Puts a finding where it stands in the text; also returns the byte of the definition that it concerns.
fn place(
    draft: &Draft<'_>,
    finding: &Finding,
    encoded: &Encoded,
    names: &mut Names,
) -> (Diagnostic, Option<usize>) {
    let mut diagnostic = describe(finding, names, &encoded.wasm);
    // Offsets into a binary that was made from a mended text would mean nothing to anybody.
    if draft.is_original() {
        diagnostic = diagnostic.at_offset(finding.offset);
    }
    let (spot, definition) = encoded.map.places(finding);
    let range = spot.unwrap_or_else(|| draft.head());
    (diagnostic.at_text(draft.lines(), range), definition.map(|range| range.start))
}

fn describe(finding: &Finding, names: &mut Names, wasm: &[u8]) -> Diagnostic {
    let mut message = hints::plain_message(&finding.message);
    if let Some((kind, index)) = finding.definition
        && !matches!(kind, DefinitionKind::Start)
    {
        message = format!("{} {index}: {message}", kind.phrase());
    }
    let mut diagnostic = Diagnostic::error(message);
    diagnostic.hint = hints::validation_hint(&finding.message);
    let function = finding.function.or(match finding.definition {
        Some((DefinitionKind::Func, index)) => Some(index),
        _ => None,
    });
    diagnostic.place.index = function;
    diagnostic.place.function = function.and_then(|index| names.of(finding, index, wasm));
    diagnostic
}

//! Which proposals of WebAssembly are on, and which of those that are off a source needs.
//!
//! The usual set is the engine's own default, so that what passes here also compiles there.

use wasmparser::WasmFeatures;

use super::{FailureReason, FrontFailure, FrontOutput};
use crate::model::diagnostic::Diagnostic;
use crate::model::proposal::Proposal;

/// Sources up to this length are checked again with proposals switched on, to find the one that they need.
const MOST_TRIED_BYTES: usize = 4 << 20;

/// Returns the proposals that the engine accepts with its default settings.
///
/// That is all of WebAssembly 3 but threads, with the component model and without its async part.
pub fn default_features() -> WasmFeatures {
    let mut features = WasmFeatures::WASM3 | WasmFeatures::GC_TYPES | WasmFeatures::COMPONENT_MODEL;
    features.remove(WasmFeatures::THREADS | WasmFeatures::SHARED_EVERYTHING_THREADS | WasmFeatures::CM_ASYNC);
    features
}

/// Returns the switches of the parser and the engine that make up a proposal.
pub fn flags_of(proposal: Proposal) -> WasmFeatures {
    match proposal {
        Proposal::SignExtension => WasmFeatures::SIGN_EXTENSION,
        Proposal::SaturatingFloatToInt => WasmFeatures::SATURATING_FLOAT_TO_INT,
        Proposal::MultiValue => WasmFeatures::MULTI_VALUE,
        Proposal::BulkMemory => WasmFeatures::BULK_MEMORY,
        Proposal::ReferenceTypes => WasmFeatures::REFERENCE_TYPES,
        Proposal::Simd => WasmFeatures::SIMD,
        Proposal::RelaxedSimd => WasmFeatures::RELAXED_SIMD,
        Proposal::TailCall => WasmFeatures::TAIL_CALL,
        Proposal::ExtendedConst => WasmFeatures::EXTENDED_CONST,
        Proposal::MultiMemory => WasmFeatures::MULTI_MEMORY,
        Proposal::Memory64 => WasmFeatures::MEMORY64,
        Proposal::FunctionReferences => WasmFeatures::FUNCTION_REFERENCES,
        Proposal::Gc => WasmFeatures::GC,
        Proposal::Exceptions => WasmFeatures::EXCEPTIONS,
        Proposal::CustomPageSizes => WasmFeatures::CUSTOM_PAGE_SIZES,
        Proposal::WideArithmetic => WasmFeatures::WIDE_ARITHMETIC,
        Proposal::ComponentModel => WasmFeatures::COMPONENT_MODEL,
        Proposal::Threads => WasmFeatures::THREADS,
        Proposal::StackSwitching => WasmFeatures::STACK_SWITCHING,
    }
}

/// Has each error that a proposal which is off would mend name that proposal.
///
/// Messages of the parser say so only in part, such as of vectors but not of arithmetic in initial values; so
/// the source is checked again with each candidate, and an error that is gone then is taken for one of it.
pub(super) fn name_missing(
    failure: &mut FrontFailure,
    source_bytes: usize,
    features: WasmFeatures,
    check: impl Fn(WasmFeatures) -> Result<FrontOutput, FrontFailure>,
) {
    let suspects =
        failure.diagnostics.iter().filter(|diagnostic| may_be_about_proposals(&diagnostic.message));
    if failure.reason != FailureReason::Invalid || suspects.count() == 0 {
        return;
    }
    let is_off = |proposal: &Proposal| !features.contains(flags_of(*proposal));
    let mut candidates: Vec<_> = Proposal::ALL.into_iter().filter(is_off).collect();
    // What a message names needs no proof by the others before it.
    let is_named = |proposal: &Proposal| {
        failure.diagnostics.iter().any(|diagnostic| names(&diagnostic.message, *proposal))
    };
    candidates.sort_by_key(|proposal| !is_named(proposal));
    for proposal in candidates {
        if source_bytes > MOST_TRIED_BYTES {
            mark(failure, proposal, |diagnostic| names(&diagnostic.message, proposal));
            continue;
        }
        let left = match check(features | with_bases(proposal)) {
            Ok(_) => Vec::new(),
            Err(failure) => failure.diagnostics,
        };
        let is_left = |error: &Diagnostic| {
            left.iter().any(|other| other.message == error.message && other.place == error.place)
        };
        mark(failure, proposal, |error| may_be_about_proposals(&error.message) && !is_left(error));
    }
}

fn mark(failure: &mut FrontFailure, proposal: Proposal, is_of: impl Fn(&Diagnostic) -> bool) {
    for diagnostic in &mut failure.diagnostics {
        if diagnostic.needs.is_none() && is_of(diagnostic) {
            diagnostic.needs = Some(proposal);
            diagnostic.hint = Some(hint_for(proposal));
        }
    }
}

/// Says what to do about a proposal that is off.
fn hint_for(proposal: Proposal) -> String {
    let label = proposal.label();
    match proposal.never() {
        Some(reason) => format!("the proposal “{label}” can't be turned on: {reason}"),
        None => format!(
            "the proposal “{label}” is off: turn it on in Settings, or with `--enable {}`",
            proposal.name()
        ),
    }
}

fn with_bases(proposal: Proposal) -> WasmFeatures {
    let mut features = flags_of(proposal);
    let mut base = proposal.needs();
    while let Some(proposal) = base {
        features |= flags_of(proposal);
        base = proposal.needs();
    }
    features
}

/// Tells whether an error may come from a proposal that is off, as far as its words go.
fn may_be_about_proposals(message: &str) -> bool {
    const MARKS: [&str; 18] = [
        " feature",
        " required for ",
        "not enabled",
        "must be enabled",
        "requires the component model",
        "is disabled",
        " proposal",
        "constant expression required",
        "multiple memories",
        "multiple tables",
        "zero byte expected",
        "invalid memory limits flags",
        "invalid table",
        "invalid value type",
        "malformed",
        "heap type",
        "index is not zero",
        "opcode",
    ];
    MARKS.iter().any(|mark| message.contains(mark))
}

/// Tells whether the words of an error name a proposal.
fn names(message: &str, proposal: Proposal) -> bool {
    let message = message.to_lowercase();
    let is_off = ["not enabled", "must be enabled", "is disabled", " required for "]
        .iter()
        .any(|mark| message.contains(mark));
    let words: &[&str] = match proposal {
        Proposal::SignExtension => &["sign extension"],
        Proposal::SaturatingFloatToInt => &["saturating float"],
        Proposal::Simd => &["simd"],
        Proposal::RelaxedSimd => &["relaxed simd"],
        Proposal::FunctionReferences => &["function references", "function reference"],
        Proposal::MultiValue => &["multi-value"],
        Proposal::BulkMemory => &["bulk memory"],
        Proposal::ReferenceTypes => &["reference types"],
        Proposal::TailCall => &["tail calls", "tail call"],
        Proposal::ExtendedConst => &["extended const"],
        Proposal::MultiMemory => &["multi-memory", "multiple memories"],
        Proposal::Memory64 => &["memory64"],
        Proposal::Gc => &["gc "],
        Proposal::Exceptions => &["exceptions"],
        Proposal::CustomPageSizes => &["custom page sizes"],
        Proposal::WideArithmetic => &["wide arithmetic"],
        Proposal::ComponentModel => &["component model"],
        Proposal::Threads => &["threads"],
        Proposal::StackSwitching => &["stack switching"],
    };
    let is_other_simd = proposal == Proposal::Simd && message.contains("relaxed simd");
    is_off && !is_other_simd && words.iter().any(|word| message.contains(word))
}

/// Returns what to say when an error comes from something that can't be turned on, from the validator's message.
pub(super) fn disabled_proposal_hint(message: &str) -> Option<String> {
    const MARKS: [(&str, &str); 4] = [
        ("shared-everything", "shared-everything threads"),
        ("component model async", "async part of the component model"),
        ("legacy exception", "legacy exception handling"),
        ("compact import", "compact imports"),
    ];
    let is_about_features =
        [" not enabled", "must be enabled", " requires the component model", " is disabled"]
            .iter()
            .any(|mark| message.contains(mark));
    if !is_about_features {
        return None;
    }
    let proposals = Proposal::ALL.into_iter().rev();
    if let Some(proposal) = proposals.into_iter().find(|proposal| names(message, *proposal)) {
        return Some(hint_for(proposal));
    }
    let listed = MARKS.iter().find(|(mark, _)| message.contains(mark)).map(|(_, name)| (*name).to_owned());
    let name = listed.or_else(|| {
        let end = [" support is not enabled", " proposal not enabled", " must be enabled"]
            .iter()
            .find_map(|mark| message.find(mark))?;
        Some(message[..end].to_owned())
    });
    Some(match name {
        Some(name) => format!("the proposal “{name}” is off in this engine; write the code without it"),
        None => "this needs a proposal that is off in this engine; write the code without it".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::{SizeCaps, check};
    use super::*;
    use crate::model::proposal::Proposals;

    #[test]
    fn the_set_holds_what_plugins_use_and_leaves_threads_out() {
        let features = default_features();
        for proposal in Proposal::ALL {
            let is_on = features.contains(flags_of(proposal));
            assert_eq!(is_on, Proposals::default().has(proposal), "{proposal:?}");
        }
        assert!(!features.intersects(WasmFeatures::CM_ASYNC));
    }

    /// A module that needs each proposal, and no other that could be off.
    const NEEDS: [(Proposal, &str); 18] = [
        (Proposal::SignExtension, "(func (param i32) (result i32) local.get 0 i32.extend8_s)"),
        (Proposal::SaturatingFloatToInt, "(func (param f32) (result i32) local.get 0 i32.trunc_sat_f32_s)"),
        (Proposal::MultiValue, "(func (result i32 i32) i32.const 1 i32.const 2)"),
        (Proposal::BulkMemory, "(memory 1) (func i32.const 0 i32.const 0 i32.const 0 memory.copy)"),
        (Proposal::ReferenceTypes, "(func (param externref))"),
        (Proposal::Simd, "(func (result v128) v128.const i32x4 1 2 3 4)"),
        (
            Proposal::RelaxedSimd,
            "(func (param v128 v128) (result v128) local.get 0 local.get 1 i8x16.relaxed_swizzle)",
        ),
        (Proposal::TailCall, "(func $f return_call $f)"),
        (Proposal::ExtendedConst, "(global i32 (i32.add (i32.const 1) (i32.const 2)))"),
        (Proposal::MultiMemory, "(memory 1) (memory 1)"),
        (Proposal::Memory64, "(memory i64 1)"),
        (Proposal::FunctionReferences, "(type $t (func)) (func (param (ref $t)))"),
        (Proposal::Gc, "(type (struct (field i32)))"),
        (Proposal::Exceptions, "(tag $e) (func throw $e)"),
        (Proposal::CustomPageSizes, "(memory 1 (pagesize 1))"),
        (
            Proposal::WideArithmetic,
            "(func (param i64 i64 i64 i64) (result i64 i64)
               local.get 0 local.get 1 local.get 2 local.get 3 i64.add128)",
        ),
        (Proposal::Threads, "(memory 1 1 shared)"),
        (Proposal::StackSwitching, "(type $f (func)) (type (cont $f))"),
    ];

    fn needs(proposal: Proposal, base: Proposal) -> bool {
        proposal == base || proposal.needs().is_some_and(|other| needs(other, base))
    }

    #[test]
    fn a_module_that_needs_a_proposal_is_told_which() {
        for (proposal, fields) in NEEDS {
            let features = Proposal::ALL.into_iter().fold(default_features(), |features, other| {
                let is_wanted = other.never().is_none();
                if is_wanted { features | flags_of(other) } else { features }
            });
            let source = format!("(module {fields})");
            let caps = SizeCaps::default();
            let needing = Proposal::ALL.into_iter().filter(|other| needs(*other, proposal));
            let off = needing.fold(features, |features, other| features - flags_of(other));
            let failure = check(source.as_bytes(), &caps, off).expect_err("it is off");
            let needs: Vec<_> = failure.diagnostics.iter().map(|error| error.needs).collect();
            assert!(needs.contains(&Some(proposal)), "{proposal:?}: {:?}", failure.diagnostics);
            let hint = failure.diagnostics[0].hint.as_deref().unwrap_or_default();
            assert!(hint.contains(proposal.label()), "{hint}");
            let binary = wat::parse_str(&source).expect("the text is right");
            let failure = check(&binary, &caps, off).expect_err("it is off");
            assert_eq!(failure.diagnostics[0].needs, Some(proposal), "{:?}", failure.diagnostics);
            if proposal.never().is_none() {
                assert!(check(source.as_bytes(), &caps, features).is_ok(), "{proposal:?}");
            }
        }
    }

    #[test]
    fn other_errors_name_no_proposal() {
        for source in
            ["(module (func (result i32)))", "(module (func unknown.op))", "(module (global i32 (nop)))"]
        {
            let failure = check(source.as_bytes(), &SizeCaps::default(), default_features());
            let failure = failure.expect_err("it is wrong");
            assert!(
                failure.diagnostics.iter().all(|error| error.needs.is_none()),
                "{:?}",
                failure.diagnostics
            );
        }
        assert_eq!(disabled_proposal_hint("type mismatch"), None);
        let hint = disabled_proposal_hint("`stream.new` requires the component model async feature");
        assert!(hint.is_some_and(|hint| hint.contains("async part")));
    }
}

//! Which proposals of WebAssembly are on, and what to say of one that is off.
//!
//! The set is the engine's own default, so that what passes here also compiles there.

use wasmparser::WasmFeatures;

/// Returns the proposals that the engine accepts with its default settings.
///
/// That is all of WebAssembly 3 but threads, with the component model and without its async part.
pub fn default_features() -> WasmFeatures {
    let mut features = WasmFeatures::WASM3 | WasmFeatures::GC_TYPES | WasmFeatures::COMPONENT_MODEL;
    features.remove(WasmFeatures::THREADS | WasmFeatures::SHARED_EVERYTHING_THREADS | WasmFeatures::CM_ASYNC);
    features
}

/// Returns what to say when an error comes from a proposal that is off, from the validator's message.
pub(super) fn disabled_proposal_hint(message: &str) -> Option<String> {
    const MARKS: [(&str, &str); 6] = [
        ("threads", "threads"),
        ("shared-everything", "shared-everything threads"),
        ("custom page sizes", "custom page sizes"),
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
    use super::*;

    #[test]
    fn the_set_holds_what_plugins_use_and_leaves_threads_out() {
        let features = default_features();
        for on in [
            WasmFeatures::GC,
            WasmFeatures::EXCEPTIONS,
            WasmFeatures::MEMORY64,
            WasmFeatures::MULTI_MEMORY,
            WasmFeatures::TAIL_CALL,
            WasmFeatures::FUNCTION_REFERENCES,
            WasmFeatures::EXTENDED_CONST,
            WasmFeatures::SIMD,
            WasmFeatures::RELAXED_SIMD,
            WasmFeatures::COMPONENT_MODEL,
        ] {
            assert!(features.contains(on), "{on:?}");
        }
        assert!(!features.intersects(WasmFeatures::THREADS | WasmFeatures::CM_ASYNC));
    }

    #[test]
    fn a_proposal_that_is_off_is_named() {
        let hint = disabled_proposal_hint("threads must be enabled for shared memories");
        assert!(hint.is_some_and(|hint| hint.contains("“threads”")));
        let hint = disabled_proposal_hint("stack switching support is not enabled");
        assert!(hint.is_some_and(|hint| hint.contains("“stack switching”")));
        assert_eq!(disabled_proposal_hint("type mismatch"), None);
    }
}

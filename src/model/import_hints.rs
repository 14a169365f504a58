//! Says of imports that nobody provides what likely went wrong, and what to do about it.
//!
//! Knows no linker: it goes by the names and types of the imports alone.

use super::humanize::shortened;
use super::interface::{ExternType, Import};
use super::nearest::nearest;
use super::signature::{FuncSignature, ValueType};

/// What is said of imports of WASI preview 1.
const PREVIEW_1: &str = "it was built for WASI preview 1 (`wasm32-wasip1`), which this program does not provide: build it for `wasm32-unknown-unknown`, or fill in stubs";
/// What is said of a component that imports WASI.
const PREVIEW_2: &str = "it was built for WASI 0.2 (`wasm32-wasip2`), which this program does not provide: fill in stubs, or leave WASI out of its world";
/// What is said of a core module that imports as components do.
const CORE_OF_COMPONENT: &str = "this is the core module of a component and no component yet: `wasm-tools component new` makes one of it, and so does the linker of the target `wasm32-wasip2`";
/// What is said of what tools of JavaScript import.
const JAVASCRIPT: &str = "it was built to be loaded by JavaScript (`wasm-bindgen`): build it without that for a host like this one";
/// What is said of memories and tables of `env`.
const IMPORTED_MEMORY: &str =
    "link it so that it has its own memory and table: without `--import-memory` and `--import-table`";
/// What is said of functions of `env` that the host has never heard of.
const UNDEFINED_SYMBOL: &str = "the linker makes an import of `env` of each symbol that it did not find: link what defines it, or fill in stubs";

/// Imports that are looked at; a module may have a million of them.
const MOST_READ: usize = 200;
/// Versions of a package that are named, and the bytes of a name that are shown.
const MOST_VERSIONS: usize = 4;
const MOST_NAME_BYTES: usize = 60;

/// The functions that the host offers, all of them in `env`.
const OFFERED: [&str; 2] = ["log", "host_log"];

/// Tells what likely went wrong with these imports, most certain first; each thing once.
///
/// What the host offers is left out, so that all imports of a module may be given.
pub fn import_hints(imports: &[Import]) -> Vec<String> {
    let imports = &imports[..imports.len().min(MOST_READ)];
    let mut hints = Vec::new();
    let mut add = |hint: String| {
        if !hints.contains(&hint) {
            hints.push(hint);
        }
    };
    conflicting_versions(imports).into_iter().for_each(&mut add);
    for import in imports.iter().filter(|import| !is_offered(import)) {
        if let Some(hint) = hint(import) {
            add(hint);
        }
    }
    hints
}

fn hint(import: &Import) -> Option<String> {
    let (module, name) = (import.module.as_str(), import.name.as_str());
    let is_component = matches!(import.ty, ExternType::Component(_));
    Some(match module {
        _ if is_component => return module.starts_with("wasi:").then(|| PREVIEW_2.to_owned()),
        "wasi_snapshot_preview1" | "wasi_unstable" => PREVIEW_1.to_owned(),
        "wbg" | "__wbindgen_placeholder__" | "__wbindgen_externref_xform__" => JAVASCRIPT.to_owned(),
        _ if is_interface(module) || module.starts_with("cm32p2") => CORE_OF_COMPONENT.to_owned(),
        "env" => match &import.ty {
            ExternType::Func(signature) if OFFERED.contains(&name) => {
                format!("`env.{name}` is offered as {}, not as {signature}", shape_of(name))
            }
            ExternType::Func(_) => match nearest(name, OFFERED.into_iter()) {
                Some(meant) => format!("did you mean `env.{meant}`?"),
                None => UNDEFINED_SYMBOL.to_owned(),
            },
            ExternType::Memory(_) | ExternType::Table(_) => IMPORTED_MEMORY.to_owned(),
            _ => return None,
        },
        _ => return None,
    })
}

/// Tells whether a name is that of an interface of components, such as `wasi:cli/run@0.2.0`.
fn is_interface(name: &str) -> bool {
    name.split_once(':').is_some_and(|(namespace, rest)| !namespace.is_empty() && rest.contains('/'))
}

/// Tells whether the host provides the import, in this very shape.
fn is_offered(import: &Import) -> bool {
    let ExternType::Func(signature) = &import.ty else { return false };
    let FuncSignature { params, results } = signature;
    let is_i32 = |ty: &ValueType| *ty == ValueType::I32;
    let are_i32 = params.iter().all(|param| is_i32(&param.ty)) && results.iter().all(is_i32);
    import.module == "env"
        && are_i32
        && match import.name.as_str() {
            "log" => (params.len(), results.len()) == (2, 0),
            "host_log" => params.len() == 3 && results.len() <= 1,
            _ => false,
        }
}

fn shape_of(name: &str) -> &'static str {
    if name == "log" { "(i32, i32) → ()" } else { "(i32, i32, i32) → (), or with an i32 as result" }
}

/// Says which packages are asked for in several versions, such as `wasi:cli` as 0.2.0 and as 0.2.3.
fn conflicting_versions(imports: &[Import]) -> Vec<String> {
    let mut packages: Vec<(&str, Vec<&str>)> = Vec::new();
    for import in imports {
        let Some((path, version)) = import.module.rsplit_once('@') else { continue };
        let package = path.split('/').next().unwrap_or(path);
        match packages.iter_mut().find(|(known, _)| *known == package) {
            Some((_, versions)) if versions.contains(&version) => {}
            Some((_, versions)) => versions.push(version),
            None => packages.push((package, vec![version])),
        }
    }
    let in_conflict = packages.into_iter().filter(|(_, versions)| versions.len() > 1);
    in_conflict
        .map(|(package, versions)| {
            let short = |name| shortened(name, MOST_NAME_BYTES);
            let versions: Vec<_> = versions.into_iter().take(MOST_VERSIONS).map(short).collect();
            let (package, versions) = (short(package), versions.join(" and "));
            format!("`{package}` is asked for as {versions}: a host offers one, so build all parts against one version of its WIT")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::signature::Param;
    use super::*;

    fn func(module: &str, name: &str, params: usize, results: usize) -> Import {
        let signature = FuncSignature {
            params: vec![Param { name: None, ty: ValueType::I32 }; params],
            results: vec![ValueType::I32; results],
        };
        import(module, name, ExternType::Func(signature))
    }

    fn import(module: &str, name: &str, ty: ExternType) -> Import {
        Import { module: module.to_owned(), name: name.to_owned(), ty, index: 0, offset: 0 }
    }

    fn instance(module: &str) -> Import {
        import(module, "", ExternType::Component("instance".to_owned()))
    }

    #[test]
    fn each_kind_of_import_that_is_missing_says_what_went_wrong() {
        let table = [
            (func("wasi_snapshot_preview1", "fd_write", 4, 1), PREVIEW_1),
            (instance("wasi:cli/run@0.2.0"), PREVIEW_2),
            (func("wasi:cli/environment@0.2.3", "get-environment", 1, 0), CORE_OF_COMPONENT),
            (func("cm32p2|my:pkg/api@1", "f", 0, 0), CORE_OF_COMPONENT),
            (func("wbg", "__wbg_log_1", 2, 0), JAVASCRIPT),
            (func("env", "SSL_connect", 1, 1), UNDEFINED_SYMBOL),
            (func("env", "lgo", 2, 0), "did you mean `env.log`?"),
            (func("env", "log", 1, 0), "`env.log` is offered as (i32, i32) → (), not as (i32) → ()"),
        ];
        for (import, hint) in table {
            assert_eq!(import_hints(std::slice::from_ref(&import)), [hint], "{import:?}");
        }
        for import in [
            func("env", "log", 2, 0),
            func("env", "host_log", 3, 0),
            func("env", "host_log", 3, 1),
            func("weather", "wind", 1, 1),
            instance("my:pkg/api"),
        ] {
            assert_eq!(import_hints(std::slice::from_ref(&import)), Vec::<String>::new(), "{import:?}");
        }
    }

    #[test]
    fn two_versions_of_one_package_are_named_first_and_everything_once() {
        let imports = [
            instance("wasi:cli/run@0.2.0"),
            instance("wasi:io/streams@0.2.0"),
            instance("wasi:cli/environment@0.2.3"),
            instance("wasi:cli/stdout@0.2.3"),
        ];
        let hints = import_hints(&imports);
        assert_eq!(hints.len(), 2, "{hints:?}");
        assert!(hints[0].starts_with("`wasi:cli` is asked for as 0.2.0 and 0.2.3: "), "{hints:?}");
        assert_eq!(hints[1], PREVIEW_2);
    }

    #[test]
    fn the_catalogue_of_errors_quotes_what_the_program_says() {
        let documentation = include_str!("../../docs/errors.md");
        for hint in [PREVIEW_1, PREVIEW_2, CORE_OF_COMPONENT, JAVASCRIPT, IMPORTED_MEMORY, UNDEFINED_SYMBOL] {
            assert!(documentation.contains(hint), "docs/errors.md does not have “{hint}”");
        }
        let said_elsewhere = [
            include_str!("cause.rs"),
            include_str!("import_hints.rs"),
            include_str!("call.rs"),
            include_str!("limits.rs"),
            include_str!("proposal.rs"),
            include_str!("raise.rs"),
            include_str!("../cli/run.rs"),
            include_str!("../engine/front/sniff.rs"),
            include_str!("../engine/front/hints.rs"),
            include_str!("../engine/front/features.rs"),
            include_str!("../engine/host.rs"),
            include_str!("../ui/panes/instance_ui.rs"),
        ];
        let quotes: Vec<_> = documentation
            .split('“')
            .skip(1)
            .filter_map(|rest| rest.split_once('”').map(|(quote, _)| quote.replace('\n', " ")))
            .collect();
        assert!(quotes.len() > 20, "{quotes:?}");
        for quote in quotes {
            let is_said = said_elsewhere.iter().any(|source| source.contains(&quote));
            assert!(is_said, "nobody says “{quote}”");
        }
    }
}

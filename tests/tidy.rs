//! Holds what the compiler can't: layers that point one way, crates that stay where they belong, files that
//! introduce themselves, and nothing left behind.
//!
//! Reads the package's files as text and runs none of its code. Each rule is tried on text that breaks it, so
//! that it can fail.
#![allow(clippy::disallowed_methods, reason = "a test may wait for the disk")]

use std::fs;
use std::path::Path;

/// A file of the package.
struct File {
    /// Path from the package's root, with `/`.
    path: String,
    text: String,
}

/// A rule about one file: says what is wrong, one fault an entry.
type Rule = fn(&File) -> Vec<String>;

const RULES: [(&str, Rule); 8] = [
    ("layers point one way", points_up),
    ("crates stay where they belong", foreign_crates),
    ("threads, channels, files and clocks stay where they belong", foreign_parts),
    ("a file says what it is for", missing_head),
    ("a file is short", too_long),
    ("nothing is left behind", left_behind),
    ("a sample is a sample", orphan_sample),
    ("a dependency has its reason", unexplained_dependency),
];

/// The layers from the ground up; `ui` and `cli` stand side by side.
const LAYERS: [(&str, u8); 6] =
    [("model", 0), ("engine", 1), ("worker", 2), ("app", 3), ("ui", 4), ("cli", 4)];

/// Where a crate may be named in `src`; elsewhere it is not to be known.
const CRATES: [(&str, &[&str]); 12] = [
    ("wasmtime", &["src/engine/"]),
    ("wasm_encoder", &["src/engine/"]),
    ("crossbeam_channel", &["src/worker/", "src/cli/"]),
    ("ctrlc", &["src/cli/"]),
    ("notify", &["src/worker/"]),
    ("tempfile", &["src/worker/"]),
    ("rfd", &["src/worker/dialog.rs"]),
    ("anyhow", &["src/main.rs"]),
    ("egui", &["src/ui/"]),
    ("eframe", &["src/ui/"]),
    ("egui_plot", &["src/ui/"]),
    ("egui_tiles", &["src/ui/"]),
];

/// What only some layers may use: the words, who may, why the others may not.
const PARTS: [(&[&str], &[&str], &str); 3] = [
    (
        &["std::thread", "thread::", "std::sync::mpsc", "mpsc::"],
        &["worker", "cli"],
        "threads and channels belong to `worker`",
    ),
    (&["std::fs", "fs::File", "File::open", "File::create"], &["worker", "cli"], "files belong to `worker`"),
    (&["Instant::now", "SystemTime::now"], &["engine", "worker", "cli", "ui"], "the time is passed in"),
];

/// What no layer may use, and why.
const NEVER: [(&[&str], &str); 2] = [
    (&["thread::spawn("], "a thread needs a name: use `std::thread::Builder`"),
    (&["unbounded(", "unbounded::<", "mpsc::channel(", "mpsc::channel::<"], "a channel needs a bound"),
];

/// Tables that may be longer than other files, each with its reason.
const LONG_TABLES: [(&str, &str); 0] = [];

const MOST_LINES: usize = 700;
const MOST_LINES_OF_MAIN: usize = 60;

#[test]
fn every_file_follows_the_rules() {
    let files = package();
    let mut faults = Vec::new();
    for (name, rule) in RULES {
        for file in &files {
            faults.extend(rule(file).into_iter().map(|fault| format!("{}: {fault} ({name})", file.path)));
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn the_readme_shows_both_commands_and_ci_runs_the_second() {
    let readme = read("README.md");
    for command in ["cargo run --release", "cargo test"] {
        assert!(readme.lines().any(|line| line.trim() == command), "README.md does not show `{command}`");
    }
    assert!(read(".ci/run").lines().any(|line| line.trim() == "step cargo test"), ".ci/run runs other tests");
    assert!(!read("CHANGELOG.md").trim().is_empty());
}

#[cfg(unix)]
#[test]
fn ci_can_be_started_by_its_name() {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(root().join(".ci/run")).expect("the script is there").permissions().mode();
    assert_eq!(mode & 0o111, 0o111, ".ci/run lacks its executable bit");
}

#[test]
fn the_code_map_names_every_module() {
    let map = read("docs/architecture.md");
    let missing = unmapped(&map, package().iter().map(|file| file.path.as_str()));
    assert!(missing.is_empty(), "docs/architecture.md does not name {missing:?}");
}

#[test]
fn every_exception_is_in_use() {
    for (path, reason) in LONG_TABLES {
        assert!(read(path).lines().count() > MOST_LINES, "{path} is short by now");
        assert!(!reason.is_empty());
    }
}

/// Finds paths from one layer to a higher one.
fn points_up(file: &File) -> Vec<String> {
    let Some((own, height)) = layer_of(&file.path) else { return Vec::new() };
    let code = code_of(&file.text);
    let mut faults = Vec::new();
    for (line, code) in numbered(&code) {
        if code.contains("crate::{") {
            faults.push(format!("line {line}: write one `use` for each layer"));
        }
        for (layer, other) in LAYERS {
            let is_named =
                ["crate", "super"].iter().any(|from| names_path(code, &format!("{from}::{layer}")));
            if is_named && layer != own && other >= height {
                faults.push(format!("line {line}: `{own}` must not know `{layer}`"));
            }
        }
    }
    faults
}

/// Finds crates that are named where they are not to be known.
fn foreign_crates(file: &File) -> Vec<String> {
    if !is_source(&file.path) || is_test_module(&file.path) {
        return Vec::new();
    }
    let code = code_of(without_tests(&file.text));
    let mut faults = Vec::new();
    for (line, code) in numbered(&code) {
        for (name, places) in CRATES {
            if names_crate(code, name) && !places.iter().any(|place| file.path.starts_with(place)) {
                faults.push(format!("line {line}: `{name}` may be named in {} only", places.join(", ")));
            }
        }
    }
    faults
}

/// Finds threads, channels, files and clocks where they don't belong.
fn foreign_parts(file: &File) -> Vec<String> {
    let Some((own, _)) = layer_of(&file.path) else { return Vec::new() };
    let mut faults = Vec::new();
    let code = code_of(if is_test_module(&file.path) { "" } else { without_tests(&file.text) });
    for (line, code) in numbered(&code) {
        let strange = PARTS.iter().filter(|(words, layers, _)| {
            !layers.contains(&own) && words.iter().any(|word| names_path(code, word))
        });
        let never = NEVER.iter().filter(|(words, _)| words.iter().any(|word| names_path(code, word)));
        let reasons = strange.map(|(_, _, reason)| reason).chain(never.map(|(_, reason)| reason));
        faults.extend(reasons.map(|reason| format!("line {line}: {reason}")));
    }
    faults
}

fn missing_head(file: &File) -> Vec<String> {
    let is_missing = is_rust(&file.path) && !file.text.starts_with("//! ");
    is_missing.then(|| "its first line is no `//! …` that says its job".to_owned()).into_iter().collect()
}

fn too_long(file: &File) -> Vec<String> {
    let most = if file.path == "src/main.rs" { MOST_LINES_OF_MAIN } else { MOST_LINES };
    let lines = file.text.lines().count();
    let is_too_long =
        is_rust(&file.path) && lines > most && !LONG_TABLES.iter().any(|(path, _)| *path == file.path);
    is_too_long.then(|| format!("has {lines} lines, and {most} are the most")).into_iter().collect()
}

/// Finds work left open and paths of one person's machine.
fn left_behind(file: &File) -> Vec<String> {
    // Joined here so that this file does not find itself.
    let open = [
        concat!("to", "do!("),
        concat!("unimple", "mented!("),
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("XX", "X"),
        concat!("#[ig", "nore"),
        concat!("(to be ", "written)"),
    ];
    let machine =
        [concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/wo", "rk/"), concat!("C:\\Us", "ers")];
    let mut faults = Vec::new();
    for (line, text) in numbered(&file.text) {
        faults.extend(
            open.iter().filter(|word| text.contains(**word)).map(|word| format!("line {line}: `{word}`")),
        );
        let paths = machine.iter().filter(|path| names_path(text, path));
        faults.extend(paths.map(|path| format!("line {line}: a path of one machine, `{path}…`")));
    }
    faults
}

fn orphan_sample(file: &File) -> Vec<String> {
    let Some(name) = file.path.strip_prefix("sample_plugins/") else { return Vec::new() };
    let is_known = name == "README.md"
        || name
            .strip_suffix(".wat")
            .is_some_and(|id| read("src/model/sample/shipped.rs").contains(&format!("\"{id}\"")));
    (!is_known).then(|| "no sample of the program".to_owned()).into_iter().collect()
}

/// Finds dependencies that stand below no comment, and those out of order.
///
/// Two may share a reason, when the second belongs to the first.
fn unexplained_dependency(file: &File) -> Vec<String> {
    if file.path != "Cargo.toml" {
        return Vec::new();
    }
    let mut faults = Vec::new();
    let (mut is_within, mut since_reason, mut last) = (false, 2, "");
    for line in file.text.lines() {
        if let Some(section) = line.strip_prefix('[') {
            is_within = section.ends_with("dependencies]");
            (since_reason, last) = (2, "");
        } else if line.starts_with('#') {
            since_reason = 0;
        } else if line.is_empty() {
            (since_reason, last) = (2, "");
        } else if let Some((name, _)) = line.split_once(" = ").filter(|_| is_within) {
            if since_reason >= 2 {
                faults.push(format!("`{name}` has no reason above it"));
            }
            if name < last {
                faults.push(format!("`{name}` belongs before `{last}`"));
            }
            since_reason += 1;
            last = name;
        }
    }
    faults
}

/// Lists modules that the code map does not name: those right below a layer, whole folders as one.
fn unmapped<'a>(map: &str, paths: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut missing = paths
        .filter_map(|path| {
            let mut parts = path.strip_prefix("src/")?.split('/');
            let (layer, module) = (parts.next()?, parts.next()?);
            let module = module.strip_suffix(".rs").unwrap_or(module);
            let is_named = module == "mod" || module == "tests" || map.contains(&format!("`{module}`"));
            (!is_named).then(|| format!("{layer}/{module}"))
        })
        .collect::<Vec<_>>();
    missing.sort();
    missing.dedup();
    missing
}

/// Every text file of the package that somebody wrote.
fn package() -> Vec<File> {
    let mut files = Vec::new();
    for folder in ["src", "tests", "benches", "docs", "sample_plugins", ".ci"] {
        collect(&root().join(folder), folder, &mut files);
    }
    for name in ["Cargo.toml", "README.md", "CHANGELOG.md", ".clippy.toml", ".rustfmt.toml"] {
        files.push(File { path: name.to_owned(), text: read(name) });
    }
    assert!(files.len() > 50, "only {} files were found", files.len());
    files
}

fn collect(folder: &Path, path: &str, files: &mut Vec<File>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|err| panic!("{path}: {err}"));
    for entry in entries {
        let entry = entry.expect("the folder can be listed");
        let path = format!("{path}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(&entry.path(), &path, files);
        } else if let Ok(text) = fs::read_to_string(entry.path()) {
            files.push(File { path, text });
        }
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|err| panic!("{path}: {err}"))
}

fn is_rust(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|extension| extension == "rs")
}

fn is_source(path: &str) -> bool {
    is_rust(path) && path.starts_with("src/")
}

/// Tells whether a file under `src` is compiled for tests only.
fn is_test_module(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.contains("/tests/")
}

fn layer_of(path: &str) -> Option<(&'static str, u8)> {
    let rest = path.strip_prefix("src/").filter(|_| is_rust(path))?;
    LAYERS.into_iter().find(|(name, _)| rest.strip_prefix(name).is_some_and(|rest| rest.starts_with('/')))
}

/// Cuts the tests off that stand at a file's end.
fn without_tests(text: &str) -> &str {
    text.find("\n#[cfg(test)]\nmod tests {").map_or(text, |end| &text[..end])
}

fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(index, line)| (index + 1, line))
}

/// Tells whether a path or its end stands in a line, with its names whole.
fn names_path(line: &str, path: &str) -> bool {
    occurrences(line, path).next().is_some()
}

/// Tells whether a line names a crate: a path begins with it.
fn names_crate(line: &str, name: &str) -> bool {
    occurrences(line, &format!("{name}::")).any(|before| {
        let from = before.strip_suffix("::");
        !from.is_some_and(|from| from.ends_with(is_name_part))
    })
}

/// Returns what stands before each place where a path stands with its names whole.
fn occurrences<'a>(line: &'a str, path: &'a str) -> impl Iterator<Item = &'a str> {
    line.match_indices(path).filter_map(move |(at, _)| {
        let (before, after) = (&line[..at], &line[at + path.len()..]);
        let is_cut = before.ends_with(is_name_part) && path.starts_with(|c| is_name_part(c) || c == '/')
            || path.ends_with(is_name_part) && after.starts_with(is_name_part);
        (!is_cut).then_some(before)
    })
}

fn is_name_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Blanks comments and the insides of strings, and keeps every line in its place.
fn code_of(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if c == '"' {
            end_of_string(rest)
        } else if c == 'r' && !code.ends_with(is_name_part) {
            end_of_raw_string(rest)
        } else if rest.starts_with("'\"'") {
            3
        } else {
            0
        };
        if skipped == 0 {
            code.push(c);
            rest = &rest[c.len_utf8()..];
        } else {
            code.extend(rest[..skipped].chars().filter(|c| *c == '\n'));
            rest = &rest[skipped..];
        }
    }
    code
}

/// Returns the length of a string in quotes.
fn end_of_string(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Returns the length of a raw string, or 0 when there is none.
fn end_of_raw_string(text: &str) -> usize {
    let hashes = text[1..].chars().take_while(|c| *c == '#').count();
    let opening = 2 + hashes;
    if text.as_bytes().get(1 + hashes) != Some(&b'"') {
        return 0;
    }
    let closing = format!("\"{}", "#".repeat(hashes));
    text[opening..].find(&closing).map_or(text.len(), |end| opening + end + closing.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Applies a rule to a text and tells how many faults it finds.
    fn faults(rule: Rule, path: &str, text: &str) -> usize {
        rule(&File { path: path.to_owned(), text: text.to_owned() }).len()
    }

    #[test]
    fn each_rule_finds_what_breaks_it_and_nothing_else() {
        let dependency = "[dependencies]\n# Why.\na = \"1\"\n";
        let long = "\n".repeat(MOST_LINES + 1);
        let cases: [(Rule, &str, &str, usize); 39] = [
            (points_up, "src/model/call.rs", "use crate::engine::Build;", 1),
            (points_up, "src/model/call.rs", "use super::super::app::AppState;", 1),
            (points_up, "src/engine/plugin.rs", "use crate::model::call::Outcome;", 0),
            (points_up, "src/engine/plugin.rs", "fn a() { crate::worker::start() }", 1),
            (points_up, "src/engine/plugin.rs", "use crate::{model::call, worker};", 1),
            (points_up, "src/ui/mod.rs", "use crate::cli::run;", 1),
            (points_up, "src/cli/mod.rs", "use crate::worker::protocol::Command;", 0),
            (points_up, "src/model/call.rs", "// use crate::engine::Build;", 0),
            (points_up, "src/model/call.rs", "use super::application::Name;", 0),
            (foreign_crates, "src/worker/mod.rs", "use wasmtime::Engine;", 1),
            (foreign_crates, "src/engine/mod.rs", "use wasmtime::Engine;", 0),
            (foreign_crates, "src/app/mod.rs", "fn ui(ui: &mut egui::Ui) {}", 1),
            (foreign_crates, "src/app/mod.rs", "/// See [`egui::Ui`].\nconst A: &str = \"egui::Ui\";", 0),
            (foreign_crates, "src/ui/files.rs", "rfd::FileDialog::new()", 1),
            (foreign_crates, "src/worker/dialog.rs", "rfd::FileDialog::new()", 0),
            (
                foreign_crates,
                "src/app/mod.rs",
                "fn a() {}\n#[cfg(test)]\nmod tests {\nuse wasmtime::A;\n}",
                0,
            ),
            (foreign_parts, "src/engine/mod.rs", "std::thread::Builder::new()", 1),
            (foreign_parts, "src/worker/mod.rs", "std::thread::Builder::new()", 0),
            (foreign_parts, "src/worker/mod.rs", "std::thread::spawn(run)", 1),
            (foreign_parts, "src/worker/mod.rs", "let (a, b) = crossbeam_channel::unbounded();", 1),
            (foreign_parts, "src/worker/mod.rs", "let (a, b) = mpsc::channel();", 1),
            (foreign_parts, "src/ui/mod.rs", "let text = std::fs::read(path);", 1),
            (foreign_parts, "src/app/due.rs", "let now = Instant::now();", 1),
            (foreign_parts, "src/app/tests/files.rs", "let now = Instant::now();", 0),
            (missing_head, "src/app/mod.rs", "mod action;\n", 1),
            (missing_head, "src/app/mod.rs", "//! State.\nmod action;\n", 0),
            (missing_head, "README.md", "# Title", 0),
            (too_long, "src/app/mod.rs", &long, 1),
            (too_long, "docs/architecture.md", &long, 0),
            (too_long, "src/main.rs", &long[..=MOST_LINES_OF_MAIN], 1),
            (left_behind, "src/app/mod.rs", concat!("fn a() { to", "do!() }"), 1),
            (left_behind, "docs/a.md", concat!("Look at /ro", "ot/a."), 1),
            (left_behind, "docs/a.md", "Look at http://a/b/root/c and `src/home/a`.", 0),
            (orphan_sample, "sample_plugins/forgotten.wat", "(module)", 1),
            (orphan_sample, "sample_plugins/math.wat", "(module)", 0),
            (orphan_sample, "sample_plugins/notes.txt", "", 1),
            (unexplained_dependency, "Cargo.toml", dependency, 0),
            (unexplained_dependency, "Cargo.toml", &format!("{dependency}b = \"1\"\nc = \"1\"\n"), 1),
            (unexplained_dependency, "Cargo.toml", "[dev-dependencies]\n# Why.\nb = \"1\"\na = \"1\"\n", 1),
        ];
        for (rule, path, text, expected) in cases {
            assert_eq!(faults(rule, path, text), expected, "{path}: {text}");
        }
    }

    #[test]
    fn a_module_without_a_line_in_the_map_is_found() {
        let paths = ["src/app/due.rs", "src/app/state/mod.rs", "src/app/state/a.rs", "src/app/mod.rs"];
        assert_eq!(unmapped("`state`", paths.into_iter()), ["app/due"]);
        assert_eq!(unmapped("`state` `due`", paths.into_iter()), [""; 0]);
    }

    #[test]
    fn comments_and_strings_are_no_code() {
        for (text, code) in [
            ("a // b\nc", "a \nc"),
            ("a /* b\n */ c", "a \n c"),
            (r#"a("b\"c", d)"#, "a(, d)"),
            ("a(r#\"b\"c\"#, d)", "a(, d)"),
            ("a('\"', b)", "a(, b)"),
            ("for r in \"a\nb\" {}", "for r in \n {}"),
        ] {
            assert_eq!(code_of(text), code);
        }
    }
}

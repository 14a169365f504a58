//! How long it takes to find a build again, in memory and on disk, against making it.
//!
//! Fails on wrong results, never on slow ones.
#![allow(clippy::disallowed_methods, reason = "a bench waits for the thread that it starts")]
#![allow(clippy::print_stdout, reason = "a bench ends in a table")]

mod rounds;

use std::path::Path;
use std::sync::Arc;

use rounds::{Rounds, verdict};
use wasm_workbench::engine::front::SizeCaps;
use wasm_workbench::engine::{Build, BuildCache, CompileRequest, EngineSettings, Engines, compile};
use wasm_workbench::model::build::CacheOutcome;
use wasm_workbench::worker::artefacts::ArtefactFolder;

/// Functions that make half a megabyte of binary, the smallest size that the bar is for.
const HALF_MEGABYTE: usize = 2_600;

/// Functions that make several megabytes of text.
const MEGABYTES_OF_TEXT: usize = 8_000;

fn main() {
    let thread = std::thread::Builder::new().name("bench".to_owned()).stack_size(16 << 20).spawn(bench);
    if thread.expect("the system has threads").join().is_err() {
        std::process::exit(1);
    }
}

fn bench() {
    let engines = Engines::new();
    let folder = tempfile::tempdir().expect("there is a folder for temporary files");
    let text = generated_text(HALF_MEGABYTE);
    let binary = wat::parse_str(&text).expect("the generated text is right");
    println!("generated module: {} bytes of text, {} of binary", text.len(), binary.len());
    for (name, source) in [("binary", &*binary), ("text", text.as_bytes())] {
        on_disk(&engines, folder.path(), name, source);
    }
    let text = generated_text(MEGABYTES_OF_TEXT);
    in_memory(&engines, text.as_bytes());
}

/// Finds a build that an earlier run of the program made; each round begins with nothing in memory.
fn on_disk(engines: &Engines, folder: &Path, name: &str, source: &[u8]) {
    let saved = with_disk(folder);
    saved.save(&build(engines, &saved, source, CacheOutcome::Miss), name);
    let rounds = Rounds::run(
        7,
        &mut [
            ("compile", &mut || {
                build(engines, &BuildCache::new(1 << 30), source, CacheOutcome::Miss);
            }),
            ("found on disk", &mut || {
                build(engines, &with_disk(folder), source, CacheOutcome::Disk);
            }),
        ],
    );
    print!("{}", rounds.table(&format!("Disk cache, {name} of {} bytes", source.len()), 1.0));
    print!("{}", verdict("found on disk, against compiling", rounds.ratio(1, 0), 0.05, "x"));
}

fn in_memory(engines: &Engines, source: &[u8]) {
    let cache = BuildCache::new(1 << 30);
    build(engines, &cache, source, CacheOutcome::Miss);
    let rounds = Rounds::run(
        101,
        &mut [("found in memory", &mut || {
            build(engines, &cache, source, CacheOutcome::Memory);
        })],
    );
    print!("{}", rounds.table(&format!("Cache in memory, text of {} bytes", source.len()), 1.0));
    print!("{}", verdict("median", rounds.median_ns(0) / 1e6, 1.0, "ms"));
}

fn with_disk(folder: &Path) -> BuildCache {
    let tell = Box::new(|notice| panic!("{notice:?}"));
    BuildCache::with_store(1 << 30, Arc::new(ArtefactFolder::new(folder.join("builds"), 1 << 30, tell)))
}

fn build(engines: &Engines, cache: &BuildCache, source: &[u8], from: CacheOutcome) -> Arc<Build> {
    let settings = EngineSettings::default();
    let request = CompileRequest { source, settings: &settings, caps: SizeCaps::default(), read_ns: None };
    let build =
        compile(engines, cache, &request).unwrap_or_else(|failure| panic!("{:?}", failure.diagnostics));
    assert_eq!(build.info.cache, from);
    build
}

/// Writes a module of many functions whose bodies differ: arithmetic, branches, loops and memory.
fn generated_text(functions: usize) -> String {
    let mut text = String::from("(module (memory (export \"memory\") 1)\n");
    for index in 0..functions {
        text +=
            &format!("(func $f{index} (export \"f{index}\") (param $a i32) (param $b i32) (result i32)\n");
        for part in 0..8 {
            let number = index * 31 + part * 7;
            text += &format!(
                "  (local.set $a (i32.add (local.get $a) (i32.mul (local.get $b) (i32.const {number}))))
  (if (i32.lt_s (local.get $a) (local.get $b))
    (then (local.set $b (i32.xor (local.get $b) (i32.load offset={} (i32.and (local.get $b) (i32.const 4095))))))
    (else (i32.store (i32.and (local.get $a) (i32.const 0x3ffc)) (local.get $b))))\n",
                number % 4096
            );
        }
        text += "  (i32.sub (local.get $a) (local.get $b)))\n";
    }
    text + ")\n"
}

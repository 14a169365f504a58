//! The disk cache under the real compiler: builds outlive the program, broken ones are made anew.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use wasm_workbench::engine::{Build, EngineSettings, PluginOptions};
use wasm_workbench::model::build::CacheOutcome;
use wasm_workbench::model::cache::CacheListing;
use wasm_workbench::model::call::Outcome;
use wasm_workbench::model::ids::PluginId;
use wasm_workbench::model::lifecycle::PluginState;
use wasm_workbench::model::limits::{LimitKind, Limits};
use wasm_workbench::model::measured::Measured;
use wasm_workbench::model::operators::PriceChanges;
use wasm_workbench::model::value::Value;
use wasm_workbench::worker::WorkersConfig;
use wasm_workbench::worker::protocol::{CacheCommand, Command, Event};

use crate::bench::{Bench, UNLIMITED};

/// A module that is large enough to be worth keeping; `trap` stands on its own line, to be found by place.
fn text(answer: i32) -> String {
    let mut text = format!(
        "(module\n  (memory (export \"memory\") 1)\n  (func (export \"answer\") (param $a i32) (result i32)\n    \
         local.get $a i32.const {answer} i32.add)\n  (func (export \"trap\")\n    unreachable)\n"
    );
    for index in 0..1200 {
        text +=
            &format!("  (func $f{index} (param i32) (result i32) local.get 0 i32.const {index} i32.mul)\n");
    }
    text + ")\n"
}

fn config(folder: &Path) -> WorkersConfig {
    WorkersConfig { cache_dir: Some(folder.join("builds")), ..WorkersConfig::default() }
}

/// Waits until the compiler has written down what it made, which it does after telling of it.
fn listing(bench: &mut Bench, rows_on_disk: usize) -> Arc<CacheListing> {
    loop {
        // The lane is done with a build before it takes the next source.
        bench.compile(&format!("(module (global i32 (i32.const {rows_on_disk})))"));
        bench.send(Command::Cache(CacheCommand::List));
        let listing = bench.wait("listing", |event| match event {
            Event::CacheListed(listing) => Some(listing),
            Event::Notice(notice) => panic!("{notice:?}"),
            _ => None,
        });
        if listing.rows.iter().filter(|row| row.disk_bytes.is_some()).count() == rows_on_disk {
            return listing;
        }
    }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder.join("builds")).into_iter().flatten().flatten();
    files.map(|file| file.path()).collect()
}

/// Calls both exports on an instance of the build.
fn check(bench: &mut Bench, build: &Arc<Build>, answer: i32) {
    let plugin = PluginId(1);
    bench.create(plugin, build, UNLIMITED, true);
    bench.wait_state(plugin, PluginState::Ready);
    let record = bench.run(plugin, "answer", &[Value::I32(1)]);
    assert_eq!((record.results, record.fuel.value()), (vec![Value::I32(answer + 1)], Some(4)));
    let record = bench.run(plugin, "trap", &[]);
    assert!(matches!(record.outcome, Outcome::Trapped(_)), "{:?}", record.outcome);
    assert_eq!(record.place.and_then(|place| place.line), Some(6));
}

#[test]
fn a_build_outlives_the_program_with_fuel_depth_and_places() {
    let folder = tempfile::tempdir().expect("there is a folder for temporary files");
    let mut bench = Bench::with(&config(folder.path()));
    let build = bench.compile(&text(41));
    assert_eq!(build.info.cache, CacheOutcome::Miss);
    let rows = listing(&mut bench, 1);
    let row = rows.rows.iter().find(|row| row.disk_bytes.is_some()).expect("there is one");
    assert_eq!((&*row.facts.name, &row.facts.sha256), ("test.wat", &build.info.sha256));
    assert_eq!(bench.compile(&text(41)).info.cache, CacheOutcome::Memory);
    drop(bench);
    let mut bench = Bench::with(&config(folder.path()));
    let again = bench.compile(&text(41));
    assert_eq!(again.info.cache, CacheOutcome::Disk);
    assert!(again.info.phases.restore.is_some() && again.info.phases.compile.is_none());
    assert_eq!((&again.info.sha256, &again.wasm, again.key), (&build.info.sha256, &build.wasm, build.key));
    assert_eq!(again.interface, build.interface);
    check(&mut bench, &again, 41);
    // Another source, or another engine, is another build.
    assert_eq!(bench.compile(&text(42)).info.cache, CacheOutcome::Miss);
    let uncounted = EngineSettings { fuel: false, ..EngineSettings::default() };
    assert_eq!(bench.compile_with(&text(41), uncounted).info.cache, CacheOutcome::Miss);
}

#[test]
fn a_broken_entry_is_told_and_made_anew() {
    let folder = tempfile::tempdir().expect("there is a folder for temporary files");
    let mut bench = Bench::with(&config(folder.path()));
    bench.compile(&text(41));
    listing(&mut bench, 1);
    drop(bench);
    let [path] = &*entries(folder.path()) else { panic!("there is one entry") };
    let mut bytes = fs::read(path).expect("it was saved");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x40;
    fs::write(path, bytes).expect("the folder can be written");
    let mut bench = Bench::with(&config(folder.path()));
    bench.send(crate::bench::source_command(
        wasm_workbench::model::ids::SourceId(1),
        1,
        &text(41),
        EngineSettings::default(),
    ));
    let notice = bench.wait("notice", |event| match event {
        Event::Notice(notice) => Some(notice),
        _ => None,
    });
    assert!(notice.details.is_some_and(|details| details.contains("checksum")));
    let build = bench.wait("build", |event| match event {
        Event::Compiled { result, .. } => result.ok(),
        _ => None,
    });
    assert_eq!(build.info.cache, CacheOutcome::Miss);
    check(&mut bench, &build, 41);
    listing(&mut bench, 1);
}

#[test]
fn one_build_or_all_are_dropped_and_compiled_again() {
    let folder = tempfile::tempdir().expect("there is a folder for temporary files");
    let mut bench = Bench::with(&config(folder.path()));
    let build = bench.compile(&text(41));
    bench.compile(&text(42));
    listing(&mut bench, 2);
    bench.send(Command::Cache(CacheCommand::Remove(build.key)));
    assert_eq!(bench.compile(&text(42)).info.cache, CacheOutcome::Memory);
    listing(&mut bench, 1);
    assert_eq!(bench.compile(&text(41)).info.cache, CacheOutcome::Miss);
    listing(&mut bench, 2);
    bench.send(Command::Cache(CacheCommand::Clear));
    bench.wait("listing", |event| match event {
        Event::CacheListed(listing) => listing.rows.is_empty().then_some(()),
        _ => None,
    });
    assert_eq!(entries(folder.path()), Vec::<PathBuf>::new());
    assert_eq!(bench.compile(&text(42)).info.cache, CacheOutcome::Miss);
}

#[test]
fn two_programs_share_a_folder() {
    let folder = tempfile::tempdir().expect("there is a folder for temporary files");
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for round in 0..3 {
                    let mut bench = Bench::with(&config(folder.path()));
                    let build = bench.compile(&text(round));
                    check(&mut bench, &build, round);
                }
            });
        }
    });
    let mut bench = Bench::with(&config(folder.path()));
    assert_eq!(bench.compile(&text(1)).info.cache, CacheOutcome::Disk);
}

#[test]
fn a_folder_that_can_not_be_written_is_told_once_and_harms_nothing() {
    let folder = tempfile::tempdir().expect("there is a folder for temporary files");
    fs::write(folder.path().join("builds"), b"a file").expect("the folder can be written");
    let mut bench = Bench::with(&config(folder.path()));
    for answer in [1, 2] {
        let build = bench.compile(&text(answer));
        assert_eq!(build.info.cache, CacheOutcome::Miss);
        if answer == 1 {
            bench.wait("notice", |event| matches!(event, Event::Notice(_)).then_some(()));
        }
    }
    listing(&mut bench, 0);
}

/// A module of which one function can't be counted: where frames may be left by exceptions they keep their depth
/// in a local, and this one has as many as engines accept.
fn uncountable() -> String {
    let locals = "i32 ".repeat(50_000);
    let wide = format!(
        "(tag) (memory 1) (func (export \"wide\") (param $n i32) (result i32) (local {})
           (loop $again (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
           (local.get $n))",
        &locals[4..]
    );
    text(41).replacen("(module", &format!("(module {wide}"), 1)
}

#[test]
fn what_can_not_be_counted_is_still_limited_and_priced_also_from_the_cache() {
    let folder = tempfile::tempdir().expect("there is a folder for temporary files");
    let prices = PriceChanges::parse("i32.sub=16").expect("it is well written");
    let settings = EngineSettings { prices, ..EngineSettings::default() };
    for cache in [CacheOutcome::Miss, CacheOutcome::Disk] {
        let mut bench = Bench::with(&config(folder.path()));
        let build = bench.compile_with(&uncountable(), settings.clone());
        assert_eq!(build.info.cache, cache);
        let [notice] = &build.info.notices[..] else { panic!("{:?}", build.info.notices) };
        assert!(notice.contains("depth") && notice.contains("function 0"), "{notice}");
        for (id, fuel, outcome) in [(1, 2002, Outcome::Returned), (2, 2001, Outcome::Limit(LimitKind::Fuel))]
        {
            let plugin = PluginId(id);
            let options =
                PluginOptions { limits: Limits { fuel: Some(fuel), ..Limits::UNLIMITED }, ..UNLIMITED };
            bench.create(plugin, &build, options, true);
            bench.wait_state(plugin, PluginState::Ready);
            let record = bench.run(plugin, "wide", &[Value::I32(100)]);
            assert_eq!(record.outcome, outcome, "{fuel} {:?}", record.fuel);
            assert_eq!(record.peak_call_depth, Measured::NotMeasured);
        }
        listing(&mut bench, 1);
    }
}

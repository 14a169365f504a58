//! The lanes of the compiler: the newest generation wins, and a panic is survived.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use wasm_workbench::engine::EngineSettings;
use wasm_workbench::model::ids::{Generation, SourceId};
use wasm_workbench::worker::protocol::{Command, Event};
use wasm_workbench::worker::{Workers, WorkersConfig};

use crate::bench::{Bench, source_command};

const SOURCE: SourceId = SourceId(1);

fn compile(generation: u64, text: &str) -> Command {
    source_command(SOURCE, generation, text, EngineSettings::default())
}

/// What the compiler says of a source: its generation, and whether it was started, built or wrong.
fn word(event: &Event) -> Option<(u64, &'static str)> {
    match event {
        Event::CompileStarted { generation, .. } => Some((generation.0, "started")),
        Event::Compiled { generation, result: Ok(_), .. } => Some((generation.0, "built")),
        Event::Compiled { generation, result: Err(_), .. } => Some((generation.0, "wrong")),
        _ => None,
    }
}

#[test]
fn stale_generations_are_neither_compiled_nor_told() {
    // The first event wakes the reader on the compiler's own thread, and so holds it there.
    let (release, held) = std::sync::mpsc::sync_channel::<()>(1);
    let held = Mutex::new(held);
    let wake = move || {
        let held = held.lock().expect("no wake-up panics");
        let _ = held.recv_timeout(Duration::from_secs(30));
    };
    let workers = Workers::start(&WorkersConfig::default(), Arc::new(wake)).expect("the system has threads");
    let next = || workers.next_event(Duration::from_secs(30)).as_ref().and_then(word);
    workers.send(compile(1, "(module)")).expect("the lane is empty");
    assert_eq!(next(), Some((1, "started")));
    workers.send(compile(2, "(module (func))")).expect("the lane has room");
    workers.send(compile(3, "(module (memory 1))")).expect("the lane has room");
    workers.send(compile(2, "(module (func))")).expect("what is older is taken and dropped");
    drop(release);
    assert_eq!(next(), Some((3, "started")));
    assert_eq!(next(), Some((3, "built")));
    workers.send(compile(4, "(module (oops))")).expect("the lane is empty");
    assert_eq!([next(), next()], [Some((4, "started")), Some((4, "wrong"))]);
}

#[test]
fn a_panic_of_the_compiler_is_told_and_the_next_source_is_compiled() {
    let mut bench = Bench::new();
    bench.workers.panic_compiler(SOURCE, Generation(1));
    let notice = bench.wait("notice", |event| match event {
        Event::Notice(notice) => Some(notice),
        _ => None,
    });
    assert!(notice.details.is_some_and(|details| details.contains("panic")));
    assert_eq!(bench.wait("failure", |event| word(&event)), (1, "wrong"));
    bench.compile("(module)");
}

#[test]
fn a_big_source_takes_the_other_lane() {
    let mut bench = Bench::new();
    let padding = ";; a comment that makes the source long\n".repeat(10_000);
    let build = bench.compile(&format!("{padding}(module (func $f (export \"f\")))"));
    assert!(build.info.source_bytes > 256 * 1024);
}

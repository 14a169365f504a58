//! A program that is killed while somebody types: what is found again, and how much of it is lost.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command as Process, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use wasm_workbench::app::{Action, FileAction, Now, SourceAction, Startup, Template, due, start, update};
use wasm_workbench::worker::protocol::{Event, UnsavedText};
use wasm_workbench::worker::{Workers, WorkersConfig};

use crate::bench::Bench;

/// Set for the program that is killed; without it, it is a test that has nothing to do.
const FOLDER: &str = "WASM_WORKBENCH_TEST_TYPES_INTO";

/// How much of what was typed a crash may take.
const MOST_LOST: Duration = Duration::from_secs(1);

/// Texts from small to large: what is typed stands at their end.
const PADDINGS: [usize; 2] = [0, 2 << 20];

fn config(folder: &Path) -> WorkersConfig {
    WorkersConfig { data_dir: Some(folder.to_owned()), ..WorkersConfig::default() }
}

/// Types without a pause, tells each text's number and time, and never ends by itself.
#[test]
fn the_program_that_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let padding = ";".repeat(std::env::var("PADDING").ok().and_then(|text| text.parse().ok()).unwrap_or(0));
    let workers = Workers::start(&config(Path::new(&folder)), Arc::new(|| {})).expect("it starts");
    let began = Instant::now();
    let now = || Now { since_start: began.elapsed(), unix_ms: 0 };
    let (mut state, _) = start(Startup::default(), now());
    update(&mut state, Action::File(FileAction::New(Template::Empty)), now());
    let source = state.active.expect("the template is open");
    for number in 0_u64.. {
        let text = format!(";;{padding}\n;; {number}\n(module)");
        for command in update(&mut state, Action::Source(SourceAction::SetText(source, text.into())), now()) {
            let _ = workers.send(command);
        }
        let (commands, _) = due(&mut state, now());
        for command in commands {
            let _ = workers.send(command);
        }
        writeln!(std::io::stdout(), "typed {number}").expect("somebody reads");
        // A key every few milliseconds, faster than anybody types.
        while workers.next_event(Duration::from_millis(5)).is_some() {}
    }
}

/// Kills the program while it types and returns when it had typed what, and when it was killed.
fn type_until_killed(folder: &Path, padding: usize) -> (Vec<(u64, Instant)>, Instant) {
    let mut child = Process::new(std::env::current_exe().expect("a test knows itself"))
        .args(["--exact", "crash::the_program_that_is_killed", "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .env("PADDING", padding.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let lines = BufReader::new(child.stdout.take().expect("stdout is piped")).lines();
    let mut typed: Vec<(u64, Instant)> = Vec::new();
    for line in lines {
        let line = line.expect("stdout is text");
        if let Some(number) = line.split("typed ").nth(1).and_then(|number| number.trim().parse().ok()) {
            typed.push((number, Instant::now()));
        }
        if typed.first().is_some_and(|(_, first)| first.elapsed() > Duration::from_secs(4)) {
            break;
        }
    }
    // On Unix this is SIGKILL: nobody gets to clean up.
    child.kill().expect("it runs");
    let killed = Instant::now();
    child.wait().expect("it ends");
    (typed, killed)
}

fn found(folder: &Path) -> UnsavedText {
    let bench = Bench::with(&config(folder));
    let mut texts = bench.wait("unsaved texts", |event| match event {
        Event::UnsavedFound { texts } => Some(texts),
        _ => None,
    });
    assert_eq!(texts.len(), 1);
    texts.remove(0)
}

#[test]
fn what_was_typed_is_found_again_but_for_the_last_second() {
    for padding in PADDINGS {
        let folder = tempfile::tempdir().expect("there is a folder for temporary files");
        let (typed, killed) = type_until_killed(folder.path(), padding);
        let text = found(folder.path()).text.to_text();
        let number = text.lines().nth(1).and_then(|line| line.strip_prefix(";; "));
        let number: u64 = number.and_then(|number| number.parse().ok()).expect("the text is whole");
        // What comes after the text that was found is lost; the first of it tells how long ago that was.
        let lost = typed.iter().find(|(typed, _)| *typed > number).map(|(_, at)| killed - *at);
        assert!(lost.is_none_or(|lost| lost <= MOST_LOST), "{lost:?} of typing are lost, padding {padding}");
        // It is offered until somebody decides.
        assert_eq!(found(folder.path()).text.to_text(), text);
    }
}

#[test]
fn a_program_that_lives_keeps_its_texts_to_itself() {
    let folder = tempfile::tempdir().expect("there is a folder for temporary files");
    let mut child = Process::new(std::env::current_exe().expect("a test knows itself"))
        .args(["--exact", "crash::the_program_that_is_killed", "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut lines = BufReader::new(child.stdout.take().expect("stdout is piped")).lines();
    let entry = || {
        let folders = std::fs::read_dir(folder.path().join("unsaved")).into_iter().flatten().flatten();
        let mut files =
            folders.flat_map(|folder| std::fs::read_dir(folder.path()).into_iter().flatten().flatten());
        files.any(|file| file.path().extension().is_some_and(|extension| extension == "json"))
    };
    while !entry() {
        lines.next().expect("it types").expect("stdout is text");
    }
    let bench = Bench::with(&config(folder.path()));
    bench.send(wasm_workbench::worker::protocol::Command::OpenFile {
        request: wasm_workbench::model::ids::RequestId(1),
        path: folder.path().join("none.wat"),
    });
    bench.wait("answer", |event| match event {
        Event::UnsavedFound { .. } => panic!("the texts of a program that lives were taken"),
        Event::FileOpened { .. } => Some(()),
        _ => None,
    });
    child.kill().expect("it runs");
    child.wait().expect("it ends");
}

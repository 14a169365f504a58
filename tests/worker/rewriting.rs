//! Texts that the workers make ready: files as they are read, and other texts out of snapshots.

use std::ops::Range;
use std::sync::Arc;

use wasm_workbench::model::ids::RequestId;
use wasm_workbench::model::text::{
    ReadKind, Rewriting, Rewritten, SearchPattern, SearchQuery, TextEditor, TextSnapshot,
};
use wasm_workbench::model::wat::LexBudget;
use wasm_workbench::worker::protocol::{Command, Event};
use wasm_workbench::worker::text_protocol::{Discarded, TextCommand, TextEvent};

use crate::bench::Bench;

fn rewrite(bench: &Bench, text: TextSnapshot, how: Rewriting) -> Result<Option<Box<Rewritten>>, String> {
    bench.send(Command::Text(TextCommand::Rewrite { request: RequestId(3), text, how }));
    bench.wait("rewritten text", |event| match event {
        Event::Text(TextEvent::Rewritten { request: RequestId(3), result }) => Some(result),
        _ => None,
    })
}

#[test]
fn a_file_comes_ready_to_be_edited() {
    let folder = tempfile::tempdir().expect("there is a folder for temporary files");
    let path = folder.path().join("large.wat");
    let text = format!("(module\n{})\n", "  (func (; ( ;) nop)\n".repeat(50_000));
    std::fs::write(&path, &text).expect("the folder can be written");
    let bench = Bench::new();
    bench.send(Command::OpenFile { request: RequestId(1), path });
    let read = bench.wait("opened file", |event| match event {
        Event::FileOpened { result, .. } => Some(result.expect("it can be read").0),
        _ => None,
    });
    let ReadKind::Text(source) = read.kind else { panic!("it is a text") };
    assert!(source.editor().buffer().is_text(&text));
    // Nothing more has to be read of it for an answer about its very last parenthesis.
    let last = text.len() - 2;
    assert_eq!(source.editor().brackets_within(last, &mut LexBudget::bytes(0)), Ok(Some((last, 0))));
}

#[test]
fn a_long_text_is_changed_at_many_places_beside_the_window() {
    let text = "(func\nlocal.get 0)\n".repeat(20_000);
    let mut editor = TextEditor::new(&text);
    let bench = Bench::new();
    let how = Rewriting::Format { lines: 0..usize::MAX, step: "  ".to_owned() };
    let made = rewrite(&bench, editor.snapshot(), how.clone()).expect("it can be done").expect("it changes");
    assert!(editor.take_over(*made, std::time::Duration::ZERO).is_some());
    assert!(editor.buffer().is_text(&text.replace("local", "  local")));
    assert!(matches!(rewrite(&bench, editor.snapshot(), how), Ok(None)), "it is indented already");
    let query = SearchQuery { text: "local.get (\\d)".to_owned(), is_regex: true, ..SearchQuery::default() };
    let finds: Arc<[Range<usize>]> = editor
        .buffer()
        .to_text()
        .match_indices("local.get 0")
        .map(|(at, find)| at..at + find.len())
        .collect();
    let how = Rewriting::Replace {
        pattern: SearchPattern::new(&query).expect("it is a pattern"),
        finds,
        replacement: "local.set $1".to_owned(),
    };
    let made = rewrite(&bench, editor.snapshot(), how).expect("it can be done").expect("it changes");
    assert!(editor.take_over(*made, std::time::Duration::ZERO).is_some());
    assert!(editor.buffer().is_text(&text.replace("local.get", "  local.set")));
}

#[test]
fn what_is_discarded_is_dropped_by_a_worker() {
    struct Told(std::sync::mpsc::SyncSender<std::thread::ThreadId>);
    impl Drop for Told {
        fn drop(&mut self) {
            // Nobody may be left to be told.
            let _ = self.0.send(std::thread::current().id());
        }
    }
    let (tell, told) = std::sync::mpsc::sync_channel(1);
    let bench = Bench::new();
    bench.send(Command::Text(TextCommand::Discard(Discarded::new(Told(tell)))));
    let by = told.recv_timeout(std::time::Duration::from_secs(30)).expect("it is dropped");
    assert_ne!(by, std::thread::current().id());
}

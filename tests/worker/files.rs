//! Files: opening, atomic saving, changes on disk, and unsaved text that outlives its program.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use wasm_workbench::model::ids::{RequestId, SourceId};
use wasm_workbench::model::text::{ContentHash, FileContent};
use wasm_workbench::worker::WorkersConfig;
use wasm_workbench::worker::protocol::{Command, Event, UnsavedText};

use crate::bench::Bench;

fn open(bench: &Bench, path: &Path) -> Result<Vec<u8>, String> {
    bench.send(Command::OpenFile { request: RequestId(1), path: path.to_owned() });
    bench.wait("opened file", |event| match event {
        Event::FileOpened { request: RequestId(1), result, .. } => {
            Some(result.map(|(content, _)| content.bytes.to_vec()))
        }
        Event::UnsavedFound { texts } => panic!("unsaved texts were found: {texts:?}"),
        _ => None,
    })
}

fn save(bench: &Bench, path: &Path, content: &[u8]) -> Result<Option<ContentHash>, String> {
    let command = Command::SaveFile {
        request: RequestId(2),
        path: path.to_owned(),
        content: FileContent::Bytes(content.into()),
    };
    bench.send(command);
    bench.wait("saved file", |event| match event {
        Event::FileSaved { request: RequestId(2), result, .. } => Some(result),
        _ => None,
    })
}

fn changed(bench: &Bench) -> (PathBuf, Option<Vec<u8>>) {
    bench.wait("changed file", |event| match event {
        Event::FileChanged { path, content } => Some((path, content.map(|content| content.bytes.to_vec()))),
        _ => None,
    })
}

#[test]
fn a_file_is_saved_and_opened_and_failures_name_the_path() {
    let folder = tempfile::tempdir().expect("there is a folder for temporary files");
    let bench = Bench::new();
    let path = folder.path().join("plugin.wat");
    assert!(open(&bench, &path).expect_err("it is not there").contains("plugin.wat"));
    save(&bench, &path, b"(module)").expect("the folder can be written");
    assert_eq!(open(&bench, &path), Ok(b"(module)".to_vec()));
    assert!(save(&bench, &path.join("below"), b"").expect_err("a file has no files").contains("below"));
}

#[test]
fn a_change_on_disk_is_told_once_and_the_programs_own_writing_is_not() {
    let folder = tempfile::tempdir().expect("there is a folder for temporary files");
    let bench = Bench::new();
    let path = folder.path().join("plugin.wat");
    save(&bench, &path, b"one").expect("the folder can be written");
    save(&bench, &path, b"two").expect("the folder can be written");
    std::fs::write(&path, b"three").expect("the folder can be written");
    assert_eq!(changed(&bench), (path.clone(), Some(b"three".to_vec())));
    // As editors do it: a new file takes the old one's place.
    let beside = folder.path().join("plugin.wat.new");
    std::fs::write(&beside, b"four").expect("the folder can be written");
    std::fs::rename(&beside, &path).expect("the folder can be written");
    assert_eq!(changed(&bench), (path.clone(), Some(b"four".to_vec())));
    std::fs::remove_file(&path).expect("the folder can be written");
    assert_eq!(changed(&bench), (path, None));
}

#[test]
fn a_check_finds_a_change_without_waiting_for_the_watcher() {
    let folder = tempfile::tempdir().expect("there is a folder for temporary files");
    let bench = Bench::new();
    let path = folder.path().join("plugin.wat");
    save(&bench, &path, b"one").expect("the folder can be written");
    std::fs::write(&path, b"two").expect("the folder can be written");
    let paths = vec![path.clone(), folder.path().join("never opened.wat")];
    bench.send(Command::CheckFiles { paths });
    assert_eq!(changed(&bench), (path, Some(b"two".to_vec())));
}

#[test]
fn unsaved_text_is_found_again_until_it_is_saved() {
    let data_dir = tempfile::tempdir().expect("there is a folder for temporary files");
    let file = data_dir.path().join("plugin.wat");
    std::fs::write(&file, b"(module)").expect("the folder can be written");
    let start = || {
        let data_dir = Some(data_dir.path().to_owned());
        Bench::with(&WorkersConfig { data_dir, ..WorkersConfig::default() })
    };
    let text = UnsavedText {
        name: "plugin.wat".to_owned(),
        path: Some(file.clone()),
        text: "(modu".into(),
        found: None,
    };
    let keep = |text: Option<&UnsavedText>| Command::KeepUnsaved { source: SourceId(1), text: text.cloned() };
    let bench = start();
    assert!(open(&bench, &file).is_ok(), "nothing was left before");
    bench.send(keep(Some(&text)));
    drop(bench);
    let bench = start();
    let found = bench.wait("unsaved texts", |event| match event {
        Event::UnsavedFound { texts } => Some(texts),
        _ => None,
    });
    let text = UnsavedText { found: found[0].found, ..text };
    assert_eq!(found.as_slice(), std::slice::from_ref(&text));
    bench.send(keep(Some(&text)));
    bench.send(keep(None));
    drop(bench);
    let bench = start();
    assert!(open(&bench, &file).is_ok(), "what was saved is forgotten");
}

#[test]
fn dropping_the_workers_does_not_wait_for_readers() {
    let folder = tempfile::tempdir().expect("there is a folder for temporary files");
    let bench = Bench::new();
    let path = folder.path().join("plugin.wat");
    let content: Arc<[u8]> = b"(module)".as_slice().into();
    // More answers than the queue of events holds, and nobody reads them.
    for request in 0..3000 {
        let content = Arc::clone(&content);
        let command =
            Command::SaveFile { request: RequestId(request), path: path.clone(), content: content.into() };
        if bench.workers.send(command).is_err() {
            break;
        }
    }
    drop(bench);
    assert_eq!(std::fs::read(&path).expect("at least one was saved"), b"(module)");
}

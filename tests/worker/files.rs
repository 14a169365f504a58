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
fn a_folder_that_vanished_and_a_read_only_file_are_told_and_nothing_is_lost() {
    let folder = tempfile::tempdir().expect("there is a folder for temporary files");
    let (below, bench) = (folder.path().join("below"), Bench::new());
    let path = below.join("plugin.wat");
    std::fs::create_dir(&below).expect("the folder can be written");
    save(&bench, &path, b"(module)").expect("the folder can be written");
    std::fs::remove_dir_all(&below).expect("it is ours");
    let err = save(&bench, &path, b"(module $m)").expect_err("there is nowhere to write");
    assert!(err.contains("there is no such file or folder") && err.contains("plugin.wat"), "{err}");
    std::fs::create_dir(&below).expect("the folder can be written");
    save(&bench, &path, b"(module $m)").expect("there is a folder again");
    assert_eq!(open(&bench, &path), Ok(b"(module $m)".to_vec()));

    let mut permissions = std::fs::metadata(&path).expect("it is there").permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&path, permissions).expect("it is ours");
    let err = save(&bench, &path, b"(module $n)").expect_err("the file is not to be changed");
    assert!(err.contains("read-only") && err.contains("plugin.wat"), "{err}");
    assert_eq!(open(&bench, &path), Ok(b"(module $m)".to_vec()));
    assert_eq!(std::fs::read_dir(&below).expect("it is there").count(), 1);
}

/// Set for the program whose disk takes no more; without it, it is a test that has nothing to do.
const FULL: &str = "WASM_WORKBENCH_TEST_FULL_DISK";

/// Saves a text and keeps an unsaved one where the system lets no file grow, and tells what came of it.
#[test]
fn the_program_whose_disk_is_full() {
    let Some(folder) = std::env::var_os(FULL).map(PathBuf::from) else { return };
    let config = WorkersConfig { data_dir: Some(folder.clone()), ..WorkersConfig::default() };
    let bench = Bench::with(&config);
    let long = format!("(module (; {} ;))", "x".repeat(1 << 20));
    let err = save(&bench, &folder.join("plugin.wat"), long.as_bytes()).expect_err("no file can grow");
    assert!(err.contains("can't write the file") && err.contains("plugin.wat"), "{err}");
    let text = UnsavedText { name: "a.wat".into(), path: None, text: long.as_str().into(), found: None };
    bench.send(Command::KeepUnsaved { source: SourceId(1), text: Some(text) });
    let notice = bench.wait("notice", |event| match event {
        Event::Notice(notice) => Some(notice),
        _ => None,
    });
    assert_eq!(notice.message, "Unsaved text can't be kept safe from a crash");
    // What is small enough is kept all the same.
    save(&bench, &folder.join("small.wat"), b"(module)").expect("there is room for this");
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_told_and_the_old_file_stays_whole() {
    let folder = tempfile::tempdir().expect("there is a folder for temporary files");
    std::fs::write(folder.path().join("plugin.wat"), b"old").expect("the folder can be written");
    // No file may have more than a few kibibytes; who writes on gets an error and no signal.
    let output = std::process::Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().expect("a test knows itself"))
        .args(["--exact", "files::the_program_whose_disk_is_full", "--nocapture", "--test-threads=1"])
        .env(FULL, folder.path())
        .output()
        .expect("the system has a shell");
    assert!(output.status.success(), "{output:?}");
    assert_eq!(std::fs::read(folder.path().join("plugin.wat")).expect("it is there"), b"old");
    assert_eq!(std::fs::read(folder.path().join("small.wat")).expect("it was saved"), b"(module)");
    let files = std::fs::read_dir(folder.path()).expect("it is there").flatten();
    let begun = files.filter(|file| file.file_name().to_string_lossy().starts_with(".wasm-workbench-"));
    assert_eq!(begun.count(), 0, "nothing half written is left");
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

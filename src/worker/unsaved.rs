//! Unsaved text, kept where a crash can't take it, and found again at the next start.
//!
//! Each running program has a folder of its own with a locked file in it; a folder whose lock is free
//! belonged to a program that died. Knows nothing of the editor.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::disk;
use super::protocol::UnsavedText;
use crate::model::ids::SourceId;

/// How long a text may wait before it is written, so that typing does not write at each key. With the pause
/// before it is handed over, what a crash takes stays well under a second.
const WRITE_AFTER: Duration = Duration::from_millis(100);

/// How long after a failure a text is written again: a disk may have room by then.
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// Texts of dead programs that are offered at most.
const MOST_FOUND: usize = 1000;

const LOCK_NAME: &str = "lock";

/// Keeps the unsaved texts of this program.
pub(crate) struct Journal {
    /// Folder of this program; made when the first text is kept.
    folder: PathBuf,
    lock: Option<File>,
    waiting: BTreeMap<SourceId, Waiting>,
    found: Vec<Found>,
}

struct Waiting {
    text: UnsavedText,
    due: Instant,
}

/// A text of a dead program. The lock keeps a third program from offering it too, and goes with the last
/// text of its folder.
struct Found {
    path: PathBuf,
    text: UnsavedText,
    _lock: Arc<FolderLock>,
}

struct FolderLock {
    folder: PathBuf,
    _file: File,
}

/// What a file of the journal holds.
#[derive(Serialize, Deserialize)]
struct Entry {
    name: String,
    path: Option<String>,
    text: String,
}

impl Journal {
    /// Prepares to keep texts below `data_dir`; nothing is written yet.
    pub(crate) fn new(data_dir: &Path) -> Self {
        let started = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let name = format!("{}-{}", std::process::id(), started.as_micros());
        Self {
            folder: data_dir.join("unsaved").join(name),
            lock: None,
            waiting: BTreeMap::new(),
            found: Vec::new(),
        }
    }

    /// Looks for the texts of programs that died; they stay on disk until they are kept anew.
    pub(crate) fn find(&mut self) -> Vec<UnsavedText> {
        let folders = self.folder.parent().map(fs::read_dir);
        for folder in folders.into_iter().flatten().flatten().flatten() {
            let folder = folder.path();
            if folder != self.folder && folder.is_dir() {
                self.find_in(&folder);
            }
        }
        self.found.iter().map(|found| found.text.clone()).collect()
    }

    fn find_in(&mut self, folder: &Path) {
        let Ok(file) = File::options().read(true).write(true).open(folder.join(LOCK_NAME)) else { return };
        if file.try_lock().is_err() {
            return;
        }
        let lock = Arc::new(FolderLock { folder: folder.to_owned(), _file: file });
        for file in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = file.path();
            if path.extension().is_none_or(|extension| extension != "json") || self.found.len() >= MOST_FOUND
            {
                continue;
            }
            if let Some(mut text) = read_entry(&path) {
                text.found = Some(self.found.len() as u64);
                self.found.push(Found { path, text, _lock: Arc::clone(&lock) });
            }
        }
        // A folder without texts goes at once, with the last owner of its lock.
    }

    /// Keeps a text, or forgets it.
    ///
    /// A text that a dead program left is given up once what became of it is on disk, or saved.
    pub(crate) fn keep(&mut self, source: SourceId, text: Option<UnsavedText>, now: Instant) {
        let Some(text) = text else {
            if let Some(waiting) = self.waiting.remove(&source) {
                self.take_over(&waiting.text);
            }
            // Nothing may have been written yet, or it is gone already.
            let _ = fs::remove_file(self.path_of(source));
            return;
        };
        // The first of many changes sets the time, or steady typing would put it off for ever.
        let due = self.waiting.get(&source).map_or(now + WRITE_AFTER, |waiting| waiting.due);
        self.waiting.insert(source, Waiting { text, due });
    }

    /// When the next text has to be written.
    pub(crate) fn due(&self) -> Option<Instant> {
        self.waiting.values().map(|waiting| waiting.due).min()
    }

    /// Writes what is due; returns how many texts that were, or why one could not be written. What could not
    /// waits to be tried again.
    pub(crate) fn write_due(&mut self, now: Instant) -> Result<usize, String> {
        let mut result = Ok(0);
        for (source, mut waiting) in std::mem::take(&mut self.waiting) {
            if waiting.due > now {
                self.waiting.insert(source, waiting);
            } else if let Err(err) = self.write(source, &waiting.text) {
                result = Err(err);
                waiting.due = now + RETRY_AFTER;
                self.waiting.insert(source, waiting);
            } else {
                self.take_over(&waiting.text);
                result = result.map(|written| written + 1);
            }
        }
        result
    }

    /// Writes everything that waits, and gives up the folder when nothing is in it.
    pub(crate) fn close(mut self) -> Result<(), String> {
        let now = Instant::now();
        for waiting in self.waiting.values_mut() {
            waiting.due = now;
        }
        let result = self.write_due(now).map(|_| ());
        if self.lock.take().is_some() {
            remove_if_empty(&self.folder);
        }
        result
    }

    fn write(&mut self, source: SourceId, text: &UnsavedText) -> Result<(), String> {
        if !self.folder.is_dir() {
            // Nothing was written yet, or somebody cleared the folder away.
            self.lock = None;
        }
        if self.lock.is_none() {
            self.lock =
                Some(lock_folder(&self.folder).map_err(|err| format!("{err}: `{}`", self.folder.display()))?);
        }
        let entry = Entry {
            name: text.name.clone(),
            // A path that is no text can't be kept; the name is enough to find the file again.
            path: text.path.as_ref().and_then(|path| path.to_str()).map(str::to_owned),
            text: text.text.to_text(),
        };
        let json = serde_json::to_vec(&entry).map_err(|err| err.to_string())?;
        disk::write_file(&self.path_of(source), &json).map_err(|err| err.to_string())
    }

    /// Gives up texts that dead programs left.
    pub(crate) fn forget(&mut self, found: &[u64]) {
        for found in found {
            self.give_up(*found);
        }
    }

    fn take_over(&mut self, text: &UnsavedText) {
        if let Some(found) = text.found {
            self.give_up(found);
        }
    }

    fn give_up(&mut self, given_up: u64) {
        self.found.retain(|found| {
            let is_same = found.text.found == Some(given_up);
            if is_same {
                let _ = fs::remove_file(&found.path);
            }
            !is_same
        });
    }

    fn path_of(&self, source: SourceId) -> PathBuf {
        self.folder.join(format!("{source}.json"))
    }
}

impl Drop for FolderLock {
    fn drop(&mut self) {
        remove_if_empty(&self.folder);
    }
}

fn read_entry(path: &Path) -> Option<UnsavedText> {
    let entry: Entry = serde_json::from_slice(&disk::read_file(path).ok()?).ok()?;
    Some(UnsavedText {
        name: entry.name,
        path: entry.path.map(PathBuf::from),
        text: entry.text.as_str().into(),
        found: None,
    })
}

/// Makes the folder, for the user's eyes only, and takes its lock.
fn lock_folder(folder: &Path) -> io::Result<File> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    let file = File::options().create(true).truncate(false).write(true).open(folder.join(LOCK_NAME))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(io::Error::other("the folder belongs to another program")),
        Err(TryLockError::Error(err)) => Err(err),
    }
}

/// Removes a folder of the journal unless texts are in it.
fn remove_if_empty(folder: &Path) {
    let is_empty = fs::read_dir(folder)
        .is_ok_and(|files| files.flatten().all(|file| file.file_name().to_str() == Some(LOCK_NAME)));
    if is_empty {
        let _ = fs::remove_file(folder.join(LOCK_NAME));
        let _ = fs::remove_dir(folder);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(name: &str, text: &str) -> UnsavedText {
        UnsavedText {
            name: name.to_owned(),
            path: Some(PathBuf::from("/plugins").join(name)),
            text: text.into(),
            found: None,
        }
    }

    fn folders(data_dir: &Path) -> usize {
        fs::read_dir(data_dir.join("unsaved")).map_or(0, Iterator::count)
    }

    /// Leaves a journal as a crash would: its lock is free, its texts are there.
    fn crashed(data_dir: &Path, texts: &[UnsavedText]) {
        let mut journal = Journal::new(data_dir);
        let now = Instant::now();
        for (source, text) in (1..).zip(texts) {
            journal.keep(SourceId(source), Some(text.clone()), now);
        }
        journal.write_due(now + WRITE_AFTER).expect("the folder can be written");
    }

    #[test]
    fn text_of_a_program_that_died_is_found_until_it_is_kept_anew() {
        let data_dir = tempfile::tempdir().expect("there is a folder for temporary files");
        crashed(data_dir.path(), &[text("a.wat", "(module"), text("b.wat", "")]);
        let mut journal = Journal::new(data_dir.path());
        let mut found = journal.find();
        found.sort_by(|a, b| a.name.cmp(&b.name));
        let known: Vec<_> = found.iter().map(|found| UnsavedText { found: None, ..found.clone() }).collect();
        assert_eq!(known, [text("a.wat", "(module"), text("b.wat", "")]);
        // A second program leaves alone what the first one offers.
        assert_eq!(Journal::new(data_dir.path()).find(), []);
        drop(journal);
        let mut journal = Journal::new(data_dir.path());
        let found = journal.find();
        assert_eq!(found.len(), 2);
        let now = Instant::now();
        for (source, found) in (1..).zip(found) {
            journal.keep(SourceId(source), Some(found), now);
        }
        journal.write_due(now + WRITE_AFTER).expect("the folder can be written");
        assert_eq!(folders(data_dir.path()), 1);
        journal.keep(SourceId(1), None, now);
        journal.keep(SourceId(2), None, now);
        journal.close().expect("nothing is left to write");
        assert_eq!(folders(data_dir.path()), 0);
    }

    #[test]
    fn texts_of_one_name_are_told_apart_and_given_up_one_by_one() {
        let data_dir = tempfile::tempdir().expect("there is a folder for temporary files");
        crashed(data_dir.path(), &[text("a.wat", "one")]);
        crashed(data_dir.path(), &[text("a.wat", "two")]);
        let mut journal = Journal::new(data_dir.path());
        let found = journal.find();
        let one = found.iter().find(|found| found.text.to_text() == "one").and_then(|found| found.found);
        journal.forget(&[one.expect("it was found")]);
        drop(journal);
        let left = Journal::new(data_dir.path()).find();
        assert_eq!(left.iter().map(|left| left.text.to_text()).collect::<Vec<_>>(), ["two"]);
    }

    #[test]
    fn steady_typing_is_written_in_time_and_a_saved_text_is_forgotten() {
        let data_dir = tempfile::tempdir().expect("there is a folder for temporary files");
        let mut journal = Journal::new(data_dir.path());
        let start = Instant::now();
        journal.keep(SourceId(1), Some(text("a.wat", "(")), start);
        journal.keep(SourceId(1), Some(text("a.wat", "(m")), start + WRITE_AFTER / 2);
        assert_eq!(journal.due(), Some(start + WRITE_AFTER));
        journal.write_due(start + WRITE_AFTER / 2).expect("nothing is due");
        assert_eq!(folders(data_dir.path()), 0);
        journal.write_due(start + WRITE_AFTER).expect("the folder can be written");
        assert_eq!((journal.due(), folders(data_dir.path())), (None, 1));
        journal.keep(SourceId(1), None, start);
        drop(journal);
        assert_eq!(Journal::new(data_dir.path()).find(), []);
        assert_eq!(folders(data_dir.path()), 0);
    }

    #[test]
    fn what_can_not_be_written_is_told_and_tried_again() {
        let data_dir = tempfile::tempdir().expect("there is a folder for temporary files");
        let in_the_way = data_dir.path().join("unsaved");
        fs::write(&in_the_way, b"a file").expect("the folder can be written");
        let mut journal = Journal::new(data_dir.path());
        let start = Instant::now();
        journal.keep(SourceId(1), Some(text("a.wat", "(module")), start);
        let err = journal.write_due(start + WRITE_AFTER).expect_err("there can be no folder");
        assert!(err.contains("unsaved"), "{err}");
        let again = journal.due().expect("it is tried again");
        assert_eq!(again, start + WRITE_AFTER + RETRY_AFTER);
        fs::remove_file(&in_the_way).expect("it is ours");
        assert_eq!(journal.write_due(again), Ok(1));
        assert_eq!((journal.due(), folders(data_dir.path())), (None, 1));
    }

    #[test]
    fn a_folder_that_was_cleared_away_is_made_again_with_the_next_change() {
        let data_dir = tempfile::tempdir().expect("there is a folder for temporary files");
        let mut journal = Journal::new(data_dir.path());
        let start = Instant::now();
        for change in ["(", "(module"] {
            journal.keep(SourceId(1), Some(text("a.wat", change)), start);
            assert_eq!(journal.write_due(start + WRITE_AFTER), Ok(1));
            if change == "(" {
                fs::remove_dir_all(data_dir.path().join("unsaved")).expect("it is ours");
            }
        }
        // It is this program's again: another one leaves it alone.
        assert_eq!(Journal::new(data_dir.path()).find(), []);
        drop(journal);
        let found = Journal::new(data_dir.path()).find();
        assert_eq!(found.iter().map(|found| found.text.to_text()).collect::<Vec<_>>(), ["(module"]);
    }

    #[test]
    fn files_that_are_no_journal_are_left_alone() {
        let data_dir = tempfile::tempdir().expect("there is a folder for temporary files");
        crashed(data_dir.path(), &[text("a.wat", "(module)")]);
        let folder = fs::read_dir(data_dir.path().join("unsaved")).expect("it was made").flatten().next();
        let folder = folder.expect("the crash left it").path();
        fs::write(folder.join("2.json"), b"{").expect("the folder can be written");
        fs::write(data_dir.path().join("unsaved").join("stray"), b"").expect("the folder can be written");
        let mut journal = Journal::new(data_dir.path());
        assert_eq!(journal.find().len(), 1);
        drop(journal);
        assert!(folder.join("2.json").exists());
    }
}

//! The disk cache: a folder of builds that earlier runs of the program made, bounded in size.
//!
//! Knows no builds, only bytes under keys. Each entry is written beside its place and renamed into it, so that
//! several programs share the folder without locks: whoever reads sees a whole entry or none. What is not whole
//! all the same is dropped and told. A folder that can't be used is told once, and the work goes on without.

use std::fs::{self, File};
use std::io::{self, Read as _, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sha2::{Digest, Sha256};

use super::protocol::Notice;
use crate::engine::ArtefactStore;
use crate::model::cache::{CacheKey, CacheRow, CachedFacts};
use crate::model::event::LogLevel;

/// How an entry begins; the digit counts the layouts that there have been.
const MAGIC: &[u8; 8] = b"wwbuild1";

/// Ending of the files that are entries; all others in the folder are somebody else's.
const EXTENSION: &str = "build";

/// How a file that is being written begins.
const UNFINISHED: &str = ".writing-";

/// Files that a program which died left half written go after this long.
const UNFINISHED_FOR: Duration = Duration::from_hours(1);

/// Largest entry that is read or written.
const MOST_ENTRY_BYTES: u64 = 1 << 30;

/// Longest description of an entry.
const MOST_FACTS_BYTES: u64 = 64 * 1024;

/// Entries that a listing names at most.
const MOST_LISTED: usize = 4096;

/// Magic, key, length of the facts, length of the rest, SHA-256 over both.
const HEADER_BYTES: usize = 8 + 32 + 4 + 8 + 32;

/// Tells a person something.
pub type Tell = Box<dyn Fn(Notice) + Send + Sync>;

/// The folder of stored builds.
pub struct ArtefactFolder {
    path: PathBuf,
    most_bytes: AtomicU64,
    /// Whether the folder was made and is ours alone.
    is_ready: AtomicBool,
    /// Whether something failed that would fail again; reading goes on.
    is_read_only: AtomicBool,
    tell: Tell,
}

/// Why an entry can't be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum Unfit {
    #[error("it does not begin like an entry of this release")]
    Foreign,
    #[error("it belongs to another key")]
    Misplaced,
    #[error("its length is not what it says")]
    Truncated,
    #[error("its checksum is wrong")]
    Corrupt,
}

impl ArtefactFolder {
    /// Prepares to keep builds of `most_bytes` bytes together in a folder, which is made when it is first used.
    pub fn new(path: PathBuf, most_bytes: u64, tell: Tell) -> Self {
        Self {
            path,
            most_bytes: AtomicU64::new(most_bytes),
            is_ready: AtomicBool::new(false),
            is_read_only: AtomicBool::new(false),
            tell,
        }
    }

    /// Returns the folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns how many bytes the entries may have together.
    pub fn most_bytes(&self) -> u64 {
        self.most_bytes.load(Ordering::Relaxed)
    }

    /// Changes how many bytes the entries may have together; those used longest ago go at once.
    pub fn set_most_bytes(&self, most_bytes: u64) {
        self.most_bytes.store(most_bytes, Ordering::Relaxed);
        self.trim();
    }

    /// Lists the entries, as far as they can be read.
    pub fn rows(&self) -> Vec<CacheRow> {
        let entries = self.entries().into_iter().take(MOST_LISTED);
        let row = |entry: FolderEntry| {
            let facts = read_facts(&entry.path)?;
            let used = entry.used.duration_since(UNIX_EPOCH).unwrap_or_default();
            Some(CacheRow {
                key: entry.key,
                facts,
                memory_bytes: None,
                disk_bytes: Some(entry.bytes),
                hits: 0,
                used_unix_ms: u64::try_from(used.as_millis()).unwrap_or(u64::MAX),
            })
        };
        entries.filter_map(row).collect()
    }

    /// Removes an entry.
    pub fn remove(&self, key: CacheKey) {
        // One that is gone already is what was asked for.
        let _ = fs::remove_file(self.path_of(key));
    }

    /// Removes all entries.
    pub fn clear(&self) {
        for entry in self.entries() {
            let _ = fs::remove_file(entry.path);
        }
    }

    fn path_of(&self, key: CacheKey) -> PathBuf {
        self.path.join(key.to_hex()).with_extension(EXTENSION)
    }

    /// Makes the folder for the user's eyes only, once; entries in a folder that others can write to would be
    /// code from anybody.
    fn is_ready(&self) -> bool {
        if self.is_ready.load(Ordering::Acquire) {
            return true;
        }
        match private_folder(&self.path) {
            Ok(()) => {
                self.is_ready.store(true, Ordering::Release);
                true
            }
            Err(err) => {
                self.give_up("The disk cache can't be used", &err.to_string());
                false
            }
        }
    }

    /// Writes nothing any more, and tells so the first time.
    fn give_up(&self, message: &str, reason: &str) {
        if !self.is_read_only.swap(true, Ordering::AcqRel) {
            let details = format!("{reason}: `{}`; builds are kept in memory alone", self.path.display());
            self.tell(LogLevel::Info, message, details);
        }
    }

    fn write(&self, key: CacheKey, facts: &CachedFacts, bytes: &[u8]) -> io::Result<()> {
        let mut file = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(&self.path)?;
        write_entry(file.as_file_mut(), key, facts, bytes)?;
        file.persist(self.path_of(key))?;
        Ok(())
    }

    /// Removes the entries used longest ago until the rest fits, and what dead programs left half written.
    fn trim(&self) {
        let mut entries = self.entries();
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.used));
        let (most, mut total) = (self.most_bytes(), 0_u64);
        for entry in entries {
            total = total.saturating_add(entry.bytes);
            if total > most {
                let _ = fs::remove_file(entry.path);
            }
        }
        for file in fs::read_dir(&self.path).into_iter().flatten().flatten() {
            let is_unfinished = file.file_name().to_string_lossy().starts_with(UNFINISHED);
            let age = file.metadata().and_then(|metadata| metadata.modified()).ok();
            let age = age.and_then(|modified| modified.elapsed().ok());
            if is_unfinished && age.is_some_and(|age| age > UNFINISHED_FOR) {
                let _ = fs::remove_file(file.path());
            }
        }
    }

    fn entries(&self) -> Vec<FolderEntry> {
        let files = fs::read_dir(&self.path).into_iter().flatten().flatten();
        files.filter_map(|file| FolderEntry::of(&file)).collect()
    }

    fn tell(&self, level: LogLevel, message: &str, details: String) {
        (self.tell)(Notice { level, message: message.to_owned(), details: Some(details) });
    }
}

impl ArtefactStore for ArtefactFolder {
    fn load(&self, key: CacheKey) -> Option<Vec<u8>> {
        if !self.path.is_dir() || !self.is_ready() {
            return None;
        }
        let path = self.path_of(key);
        let metadata = fs::symlink_metadata(&path).ok()?;
        if !metadata.is_file() || metadata.len() > MOST_ENTRY_BYTES {
            self.discard(key, "it is no file of an entry's size");
            return None;
        }
        let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).ok()?);
        let mut file = File::open(&path).ok()?;
        (&mut file).take(MOST_ENTRY_BYTES).read_to_end(&mut bytes).ok()?;
        match payload_at(key, &bytes) {
            Ok(at) => {
                // The time of the last use, by which entries go; where it can't be set they go by age.
                let _ = file.set_modified(SystemTime::now());
                bytes.drain(..at);
                Some(bytes)
            }
            Err(unfit) => {
                self.discard(key, &unfit.to_string());
                None
            }
        }
    }

    fn save(&self, key: CacheKey, facts: &CachedFacts, bytes: &[u8]) {
        let bytes_in_all = bytes.len() as u64 + HEADER_BYTES as u64;
        if self.is_read_only.load(Ordering::Acquire)
            || bytes_in_all > self.most_bytes().min(MOST_ENTRY_BYTES)
            || !self.is_ready()
        {
            return;
        }
        let written = self.write(key, facts, bytes).or_else(|err| {
            // Somebody cleared the folder away since it was made.
            let is_gone = err.kind() == io::ErrorKind::NotFound;
            self.is_ready.store(!is_gone, Ordering::Release);
            if is_gone && self.is_ready() { self.write(key, facts, bytes) } else { Err(err) }
        });
        match written {
            Ok(()) => self.trim(),
            Err(err) => self.give_up("Builds can't be kept on disk any more", &err.to_string()),
        }
    }

    fn discard(&self, key: CacheKey, reason: &str) {
        self.remove(key);
        let details = format!("{reason}: `{}`", self.path_of(key).display());
        self.tell(LogLevel::Warn, "An entry of the disk cache was broken, dropped and made anew", details);
    }
}

/// One entry as the folder lists it.
struct FolderEntry {
    key: CacheKey,
    path: PathBuf,
    bytes: u64,
    used: SystemTime,
}

impl FolderEntry {
    fn of(file: &fs::DirEntry) -> Option<Self> {
        let path = file.path();
        let key = CacheKey::from_hex(path.file_stem()?.to_str()?)?;
        let metadata = file.metadata().ok()?;
        let is_entry = metadata.is_file() && path.extension().is_some_and(|extension| extension == EXTENSION);
        let used = metadata.modified().unwrap_or(UNIX_EPOCH);
        is_entry.then_some(Self { key, path, bytes: metadata.len(), used })
    }
}

fn write_entry(out: &mut impl Write, key: CacheKey, facts: &CachedFacts, bytes: &[u8]) -> io::Result<()> {
    let facts = serde_json::to_vec(facts)?;
    let facts_length = u32::try_from(facts.len()).map_err(io::Error::other)?;
    let mut hasher = Sha256::new();
    hasher.update(&facts);
    hasher.update(bytes);
    out.write_all(MAGIC)?;
    out.write_all(&key.0)?;
    out.write_all(&facts_length.to_le_bytes())?;
    out.write_all(&(bytes.len() as u64).to_le_bytes())?;
    out.write_all(&hasher.finalize())?;
    out.write_all(&facts)?;
    out.write_all(bytes)?;
    out.flush()
}

/// The fixed part at the front of an entry.
struct Header {
    key: CacheKey,
    facts_bytes: u64,
    payload_bytes: u64,
    checksum: [u8; 32],
}

impl Header {
    fn read(bytes: &[u8]) -> Result<Self, Unfit> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(Unfit::Foreign)?;
        let (key, rest) = rest.split_first_chunk::<32>().ok_or(Unfit::Truncated)?;
        let (facts_bytes, rest) = rest.split_first_chunk::<4>().ok_or(Unfit::Truncated)?;
        let (payload_bytes, rest) = rest.split_first_chunk::<8>().ok_or(Unfit::Truncated)?;
        let checksum = rest.first_chunk::<32>().ok_or(Unfit::Truncated)?;
        Ok(Self {
            key: CacheKey(*key),
            facts_bytes: u64::from(u32::from_le_bytes(*facts_bytes)),
            payload_bytes: u64::from_le_bytes(*payload_bytes),
            checksum: *checksum,
        })
    }
}

/// Checks an entry and tells where its payload begins.
fn payload_at(key: CacheKey, bytes: &[u8]) -> Result<usize, Unfit> {
    let header = Header::read(bytes)?;
    if header.key != key {
        return Err(Unfit::Misplaced);
    }
    let body = &bytes[HEADER_BYTES..];
    let lengths = header.facts_bytes.checked_add(header.payload_bytes);
    if lengths != Some(body.len() as u64) {
        return Err(Unfit::Truncated);
    }
    if Sha256::digest(body).as_slice() != header.checksum {
        return Err(Unfit::Corrupt);
    }
    let facts_bytes = usize::try_from(header.facts_bytes).map_err(|_| Unfit::Truncated)?;
    Ok(HEADER_BYTES + facts_bytes)
}

/// Reads what is known of an entry, without its payload and so without its checksum.
fn read_facts(path: &Path) -> Option<CachedFacts> {
    let mut file = File::open(path).ok()?;
    let mut header = [0; HEADER_BYTES];
    file.read_exact(&mut header).ok()?;
    let facts_bytes = Header::read(&header).ok()?.facts_bytes;
    if facts_bytes > MOST_FACTS_BYTES {
        return None;
    }
    let mut facts = Vec::new();
    file.take(facts_bytes).read_to_end(&mut facts).ok()?;
    serde_json::from_slice(&facts).ok()
}

#[cfg(unix)]
fn private_folder(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)?;
    let metadata = fs::symlink_metadata(path)?;
    if !metadata.is_dir() {
        return Err(io::Error::other("it is a link, not a folder"));
    }
    // Fails for everybody but the owner, so a folder that another account made is refused here.
    fs::set_permissions(path, fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn private_folder(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    type Told = Arc<Mutex<Vec<Notice>>>;

    fn store(path: &Path, most_bytes: u64) -> (ArtefactFolder, Told) {
        let told = Told::default();
        let tell = Arc::clone(&told);
        let tell = Box::new(move |notice| tell.lock().expect("no test panics here").push(notice));
        (ArtefactFolder::new(path.join("builds"), most_bytes, tell), told)
    }

    fn notices(told: &Told) -> Vec<String> {
        let told = told.lock().expect("no test panics here");
        told.iter()
            .map(|notice| format!("{}: {}", notice.message, notice.details.as_deref().unwrap_or("")))
            .collect()
    }

    fn key(number: u8) -> CacheKey {
        CacheKey([number; 32])
    }

    fn facts(name: &str) -> CachedFacts {
        CachedFacts { name: name.to_owned(), wasm_bytes: 7, ..CachedFacts::default() }
    }

    #[test]
    fn an_entry_survives_the_program_that_wrote_it() {
        let folder = tempfile::tempdir().expect("there is a folder for temporary files");
        let (first, told) = store(folder.path(), 1 << 20);
        assert_eq!(first.load(key(1)), None);
        assert!(!first.path().exists(), "nothing is made before there is something to keep");
        first.save(key(1), &facts("a.wat"), b"machine code");
        let (second, _) = store(folder.path(), 1 << 20);
        assert_eq!(second.load(key(1)).as_deref(), Some(&b"machine code"[..]));
        assert_eq!(second.load(key(2)), None);
        let rows = second.rows();
        assert_eq!(
            rows.iter().map(|row| (row.key, &*row.facts.name)).collect::<Vec<_>>(),
            [(key(1), "a.wat")]
        );
        second.remove(key(1));
        assert_eq!((first.load(key(1)), notices(&told)), (None, Vec::new()));
    }

    #[test]
    fn what_is_not_whole_is_dropped_with_a_notice() {
        type Damage = fn(&mut Vec<u8>);
        let damages: [(&str, Damage); 6] = [
            ("does not begin", |bytes| bytes[7] ^= 1),
            ("another key", |bytes| bytes[8] ^= 1),
            ("length", |bytes| bytes.truncate(HEADER_BYTES + 3)),
            ("length", |bytes| bytes.push(0)),
            ("checksum", |bytes| *bytes.last_mut().expect("it is not empty") ^= 1),
            ("does not begin", Vec::clear),
        ];
        for (words, damage) in damages {
            let folder = tempfile::tempdir().expect("there is a folder for temporary files");
            let (store, told) = store(folder.path(), 1 << 20);
            store.save(key(1), &facts("a.wat"), b"machine code");
            let path = store.path_of(key(1));
            let mut bytes = fs::read(&path).expect("it was saved");
            damage(&mut bytes);
            fs::write(&path, bytes).expect("the folder can be written");
            assert_eq!(store.load(key(1)), None, "{words}");
            assert!(!path.exists(), "{words}");
            assert!(notices(&told).len() == 1 && notices(&told)[0].contains(words), "{:?}", notices(&told));
            assert_eq!(store.load(key(1)), None, "it is told once");
            assert_eq!(notices(&told).len(), 1);
        }
    }

    #[test]
    fn the_entry_used_longest_ago_goes_first() {
        let folder = tempfile::tempdir().expect("there is a folder for temporary files");
        let (store, _) = store(folder.path(), 3000);
        let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
        for (number, seconds) in [(1, 10), (2, 20), (3, 30)] {
            store.save(key(number), &facts("a.wat"), &[0; 600]);
            let file = File::options().write(true).open(store.path_of(key(number))).expect("it was saved");
            file.set_modified(at(seconds)).expect("it is ours");
        }
        // Reading is using.
        assert!(store.load(key(1)).is_some());
        store.save(key(4), &facts("a.wat"), &[0; 600]);
        let mut kept: Vec<_> = store.rows().iter().map(|row| row.key.0[0]).collect();
        kept.sort_unstable();
        assert_eq!(kept, [1, 3, 4]);
        store.save(key(5), &facts("a.wat"), &[0; 4000]);
        assert_eq!(store.rows().len(), 3, "what is larger than all together may be is not kept");
        store.clear();
        assert_eq!(store.rows(), []);
    }

    #[test]
    fn files_of_others_are_left_alone_and_what_a_dead_program_began_is_not() {
        let folder = tempfile::tempdir().expect("there is a folder for temporary files");
        let (store, _) = store(folder.path(), 1);
        store.save(key(1), &facts("a.wat"), b"");
        private_folder(store.path()).expect("it can be made");
        let (stray, begun) = (store.path().join("notes.txt"), store.path().join(".writing-x"));
        for path in [&stray, &begun] {
            fs::write(path, b"x").expect("the folder can be written");
            let file = File::options().write(true).open(path).expect("it was written");
            file.set_modified(UNIX_EPOCH).expect("it is ours");
        }
        store.set_most_bytes(0);
        assert!(stray.exists() && !begun.exists());
    }

    #[test]
    fn a_disk_that_is_full_leaves_no_entry() {
        struct Full(usize);
        impl Write for Full {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                let room = self.0.min(bytes.len());
                self.0 -= room;
                if room == 0 { Err(io::ErrorKind::StorageFull.into()) } else { Ok(room) }
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        for room in [0, 9, 200] {
            let err =
                write_entry(&mut Full(room), key(1), &facts("a.wat"), &[0; 600]).expect_err("it is full");
            assert_eq!(err.kind(), io::ErrorKind::StorageFull);
        }
    }

    #[test]
    fn a_folder_that_can_not_be_made_is_told_once() {
        let folder = tempfile::tempdir().expect("there is a folder for temporary files");
        fs::write(folder.path().join("builds"), b"a file").expect("the folder can be written");
        let (store, told) = store(folder.path(), 1 << 20);
        for number in 0..3 {
            store.save(key(number), &facts("a.wat"), b"machine code");
            assert_eq!(store.load(key(number)), None);
        }
        assert_eq!(notices(&told).len(), 1, "{:?}", notices(&told));
    }

    #[test]
    fn a_folder_that_was_cleared_away_is_made_again() {
        let folder = tempfile::tempdir().expect("there is a folder for temporary files");
        let (store, told) = store(folder.path(), 1 << 20);
        store.save(key(1), &facts("a.wat"), b"machine code");
        fs::remove_dir_all(store.path()).expect("it is ours");
        assert_eq!(store.load(key(1)), None);
        store.save(key(2), &facts("a.wat"), b"machine code");
        assert!(store.load(key(2)).is_some());
        assert_eq!(notices(&told), Vec::<String>::new());
    }

    #[cfg(unix)]
    #[test]
    fn the_folder_is_for_its_owner_alone_also_when_it_was_there_before() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("there is a folder for temporary files");
        let (store, _) = store(folder.path(), 1 << 20);
        fs::create_dir(store.path()).expect("the folder can be written");
        fs::set_permissions(store.path(), fs::Permissions::from_mode(0o777)).expect("it is ours");
        store.save(key(1), &facts("a.wat"), b"machine code");
        let mode = |path: &Path| fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
        assert_eq!((mode(store.path()), mode(&store.path_of(key(1)))), (0o700, 0o600));
    }

    #[test]
    fn programs_that_write_the_same_entry_at_once_do_no_harm() {
        let folder = tempfile::tempdir().expect("there is a folder for temporary files");
        let (wrong, right) = (vec![1_u8; 200_000], vec![2_u8; 100_000]);
        std::thread::scope(|scope| {
            for bytes in [&wrong, &right] {
                scope.spawn(|| {
                    let (store, told) = store(folder.path(), 1 << 20);
                    for _ in 0..100 {
                        store.save(key(1), &facts("a.wat"), bytes);
                    }
                    assert_eq!(notices(&told), Vec::<String>::new());
                });
            }
            scope.spawn(|| {
                let (store, told) = store(folder.path(), 1 << 20);
                for _ in 0..300 {
                    let found = store.load(key(1));
                    assert!(found.is_none_or(|found| found == wrong || found == right));
                }
                assert_eq!(notices(&told), Vec::<String>::new());
            });
        });
    }
}

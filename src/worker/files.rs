//! The thread `files`: reads and writes sources, notices changes on disk, keeps unsaved text.
//!
//! Knows nothing of plugins or compiling. Sleeps without a time-out while nothing is pending.

use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};
use notify::{RecursiveMode, Watcher as _};

use super::cache::Cache;
use super::content::Content;
use super::dialog::{Ask, Dialogs};
use super::disk;
use super::exports::Exports;
use super::outlet::Outlet;
use super::protocol::{CacheCommand, Event, Notice, UnsavedText};
use super::text_protocol::Discarded;
use super::threads::{Threads, panic_message};
use super::unsaved::Journal;
use crate::model::difference::Difference;
use crate::model::event::LogLevel;
use crate::model::ids::{RequestId, SourceId};
use crate::model::text::{ContentHash, FileContent, ReadFile};

/// Jobs and reports of changes that may wait.
const CAPACITY: usize = 256;

/// How long a file's length and time must stand still before it counts as written.
const SETTLE: Duration = Duration::from_millis(100);

/// Files whose changes are noticed, at most.
const MOST_KNOWN: usize = 4096;

const STACK_BYTES: usize = 2 * 1024 * 1024;

/// One thing for the thread to do.
pub(crate) enum FileJob {
    Open {
        request: RequestId,
        path: PathBuf,
    },
    Save {
        request: RequestId,
        path: PathBuf,
        content: FileContent,
    },
    Export {
        request: RequestId,
        path: PathBuf,
        content: Content,
    },
    Ask(Ask),
    Check {
        paths: Vec<PathBuf>,
    },
    KeepUnsaved {
        source: SourceId,
        text: Option<UnsavedText>,
    },
    ForgetUnsaved {
        found: Vec<u64>,
    },
    Compare {
        request: RequestId,
        old: FileContent,
        new: FileContent,
    },
    Cache(CacheCommand),
    /// Take it apart, where nobody waits for that.
    Discard(Discarded),
    /// The watcher saw something happen to this file.
    Touched(PathBuf),
    Close,
}

/// Hands jobs to the thread.
pub(crate) struct Files {
    jobs: Sender<FileJob>,
}

impl Files {
    /// Starts the thread; texts that a dead program left below `data_dir` are told at once.
    ///
    /// # Errors
    ///
    /// Returns the system's error when it gives no thread.
    pub(crate) fn start(
        data_dir: Option<&Path>,
        cache: Cache,
        outlet: Outlet,
        threads: &Threads,
    ) -> std::io::Result<Self> {
        let (jobs, inbox) = crossbeam_channel::bounded(CAPACITY);
        let thread = FilesThread {
            outlet,
            inbox,
            jobs: jobs.clone(),
            cache,
            journal: data_dir.map(Journal::new),
            journal_failed: false,
            dialogs: Dialogs::default(),
            exports: Exports::new(threads.clone()),
            known: HashMap::new(),
            settling: HashMap::new(),
            watch: None,
            watched: Arc::default(),
            missed: Arc::default(),
            folders: HashSet::new(),
        };
        threads.spawn("files", STACK_BYTES, move || thread.run())?;
        Ok(Self { jobs })
    }

    /// Hands a job over without waiting; `false` when too many wait.
    pub(crate) fn send(&self, job: FileJob) -> bool {
        self.jobs.try_send(job).is_ok()
    }

    /// Ends the thread once it has done what waits; `false` when it could not be told.
    pub(crate) fn close(&self, deadline: Instant) -> bool {
        self.jobs.send_deadline(FileJob::Close, deadline).is_ok()
    }
}

struct FilesThread {
    outlet: Outlet,
    inbox: Receiver<FileJob>,
    /// For the watcher; the thread itself never sends.
    jobs: Sender<FileJob>,
    cache: Cache,
    journal: Option<Journal>,
    /// Whether a failure of the journal was told, and lasts; one notice is enough.
    journal_failed: bool,
    dialogs: Dialogs,
    exports: Exports,
    /// Files that the program read or wrote, by the path that it knows them under.
    known: HashMap<PathBuf, Known>,
    /// Real paths of files that changed and may still be changing.
    settling: HashMap<PathBuf, Settling>,
    watch: Option<notify::RecommendedWatcher>,
    /// Real paths that the watcher reports; all else in their folders wakes nobody.
    watched: Arc<Mutex<HashSet<PathBuf>>>,
    /// Set when a report found no room.
    missed: Arc<AtomicBool>,
    folders: HashSet<PathBuf>,
}

struct Known {
    real_path: PathBuf,
    /// Hash of the content that the program knows; `None` when it knows that the file is gone.
    hash: Option<ContentHash>,
}

struct Settling {
    due: Instant,
    seen: Option<(u64, Option<SystemTime>)>,
}

impl FilesThread {
    fn run(mut self) {
        if let Some(journal) = &mut self.journal {
            let texts = journal.find();
            if !texts.is_empty() {
                self.outlet.send(Event::UnsavedFound { texts });
            }
        }
        while let Some(job) = self.next() {
            let done = catch_unwind(AssertUnwindSafe(|| self.work(job)));
            if let Err(payload) = done {
                self.tell(LogLevel::Error, "Reading or writing a file failed", panic_message(&*payload));
            }
        }
        if let Some(journal) = self.journal.take()
            && let Err(reason) = journal.close()
        {
            self.tell(LogLevel::Error, "Unsaved text could not be kept", reason);
        }
    }

    /// Waits for the next job; meanwhile does what has come due.
    fn next(&mut self) -> Option<FileJob> {
        loop {
            let job = match self.due() {
                None => self.inbox.recv().ok()?,
                Some(due) => match self.inbox.recv_deadline(due) {
                    Ok(job) => job,
                    Err(RecvTimeoutError::Timeout) => {
                        self.do_due();
                        continue;
                    }
                    Err(RecvTimeoutError::Disconnected) => return None,
                },
            };
            if matches!(job, FileJob::Close) {
                return None;
            }
            // A steady stream of jobs must not put off what is due.
            if self.due().is_some_and(|due| due <= Instant::now()) {
                self.do_due();
            }
            return Some(job);
        }
    }

    fn due(&self) -> Option<Instant> {
        let journal = self.journal.as_ref().and_then(Journal::due);
        self.settling.values().map(|settling| settling.due).chain(journal).min()
    }

    fn do_due(&mut self) {
        let now = Instant::now();
        match self.journal.as_mut().map_or(Ok(0), |journal| journal.write_due(now)) {
            Err(reason) if !self.journal_failed => {
                self.journal_failed = true;
                self.tell(LogLevel::Error, "Unsaved text can't be kept safe from a crash", reason);
            }
            Ok(1..) if self.journal_failed => {
                self.journal_failed = false;
                let details = "What failed before has gone well again".to_owned();
                self.tell(LogLevel::Info, "Unsaved text is kept safe from a crash again", details);
            }
            _ => {}
        }
        let due = self.settling.iter().filter(|(_, settling)| settling.due <= now);
        for path in due.map(|(path, _)| path.clone()).collect::<Vec<_>>() {
            self.settle(&path, now);
        }
    }

    fn work(&mut self, job: FileJob) {
        match job {
            FileJob::Open { request, path } => self.open(request, path),
            FileJob::Save { request, path, content } => self.save(request, path, &content.to_bytes()),
            FileJob::Export { request, path, content } => {
                self.exports.write(request, path, content, &self.outlet);
            }
            FileJob::Ask(ask) => self.dialogs.open(ask, &self.outlet),
            FileJob::Check { paths } => {
                for path in paths {
                    self.compare(&path);
                }
            }
            FileJob::KeepUnsaved { source, text } => {
                if let Some(journal) = &mut self.journal {
                    journal.keep(source, text, Instant::now());
                }
            }
            FileJob::ForgetUnsaved { found } => {
                self.journal.iter_mut().for_each(|journal| journal.forget(&found));
            }
            FileJob::Compare { request, old, new } => {
                let difference = Arc::new(Difference::between(&old.to_bytes(), &new.to_bytes()));
                self.outlet.send(Event::Compared { request, difference });
            }
            FileJob::Cache(command) => self.cache.work(command, &self.outlet),
            FileJob::Discard(discarded) => drop(discarded),
            FileJob::Touched(path) => self.touched(path),
            FileJob::Close => {}
        }
        if self.missed.swap(false, Ordering::AcqRel) {
            for path in self.known.values().map(|known| known.real_path.clone()).collect::<Vec<_>>() {
                self.touched(path);
            }
        }
    }

    fn open(&mut self, request: RequestId, path: PathBuf) {
        let began = Instant::now();
        let read = disk::read_file(&path);
        let read_ns = u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let result = match read {
            Ok(content) => {
                let read = ReadFile::new(content.into());
                self.remember(&path, read.hash);
                Ok((read, read_ns))
            }
            Err(err) => Err(err.to_string()),
        };
        self.outlet.send(Event::FileOpened { request, path, result });
    }

    fn save(&mut self, request: RequestId, path: PathBuf, content: &[u8]) {
        let written = disk::write_file(&path, content).map_err(|err| err.to_string());
        let result = written.map(|()| {
            let hash = ContentHash::of(content);
            self.remember(&path, hash);
            Some(hash)
        });
        self.outlet.send(Event::FileSaved { request, path, result });
    }

    /// Notes what a file holds, and has its folder watched from now on.
    fn remember(&mut self, path: &Path, hash: ContentHash) {
        if self.known.len() >= MOST_KNOWN && !self.known.contains_key(path) {
            return;
        }
        let Ok(real_path) = std::fs::canonicalize(path) else { return };
        lock(&self.watched).insert(real_path.clone());
        let folder = real_path.parent().map(Path::to_owned);
        self.known.insert(path.to_owned(), Known { real_path, hash: Some(hash) });
        if let Some(folder) = folder
            && !self.folders.contains(&folder)
        {
            // What can't be watched is still found when the window is looked at again, by `CheckFiles`.
            if let Err(err) = self.watch_folder(&folder) {
                self.tell(LogLevel::Warn, "Changes on disk will be noticed late", err.to_string());
            }
            self.folders.insert(folder);
        }
    }

    fn watch_folder(&mut self, folder: &Path) -> notify::Result<()> {
        let watch = if let Some(watch) = &mut self.watch {
            watch
        } else {
            let (jobs, watched) = (self.jobs.clone(), Arc::clone(&self.watched));
            let missed = Arc::clone(&self.missed);
            let handler = move |event| report(event, &watched, &jobs, &missed);
            self.watch.insert(notify::recommended_watcher(handler)?)
        };
        watch.watch(folder, RecursiveMode::NonRecursive)
    }

    fn touched(&mut self, real_path: PathBuf) {
        let seen = look(&real_path);
        self.settling.insert(real_path, Settling { due: Instant::now() + SETTLE, seen });
    }

    /// Compares a file that was touched, once it has stood still for a while.
    fn settle(&mut self, real_path: &Path, now: Instant) {
        let seen = look(real_path);
        match self.settling.get_mut(real_path) {
            Some(settling) if settling.seen != seen => *settling = Settling { due: now + SETTLE, seen },
            _ => {
                self.settling.remove(real_path);
                let names = self.known.iter().filter(|(_, known)| known.real_path == real_path);
                for name in names.map(|(name, _)| name.clone()).collect::<Vec<_>>() {
                    self.compare(&name);
                }
            }
        }
    }

    /// Tells when a file is not what the program knows.
    fn compare(&mut self, path: &Path) {
        let Some(known) = self.known.get_mut(path) else { return };
        // A file that can't be read any more is told as changed, without content.
        let content: Option<Arc<[u8]>> = disk::read_file(path).ok().map(Arc::from);
        let hash = content.as_deref().map(ContentHash::of);
        if hash == known.hash {
            return;
        }
        known.hash = hash;
        self.outlet.send(Event::FileChanged { path: path.to_owned(), content: content.map(ReadFile::new) });
    }

    fn tell(&self, level: LogLevel, message: &str, details: String) {
        self.outlet.send(Event::Notice(Notice {
            level,
            message: message.to_owned(),
            details: Some(details),
        }));
    }
}

/// Runs on the watcher's own thread: passes on what happened to files that somebody has open.
fn report(
    event: notify::Result<notify::Event>,
    watched: &Mutex<HashSet<PathBuf>>,
    jobs: &Sender<FileJob>,
    missed: &AtomicBool,
) {
    let Ok(event) = event else { return };
    if event.kind.is_access() {
        return;
    }
    for path in event.paths {
        if lock(watched).contains(&path) && jobs.try_send(FileJob::Touched(path)).is_err() {
            missed.store(true, Ordering::Release);
        }
    }
}

fn lock(watched: &Mutex<HashSet<PathBuf>>) -> std::sync::MutexGuard<'_, HashSet<PathBuf>> {
    watched.lock().unwrap_or_else(PoisonError::into_inner)
}

fn look(path: &Path) -> Option<(u64, Option<SystemTime>)> {
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.len(), metadata.modified().ok()))
}

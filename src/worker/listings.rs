//! The two threads that serve listings: one indexes, prints and measures, the other searches.
//!
//! Knows no window. A search never delays what is looked at, and everything that takes long can be stopped.

use std::collections::{HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::listing_protocol::{ListingCommand, ListingEvent, SearchEnd};
use super::outlet::Outlet;
use super::protocol::{Event, Notice};
use super::threads::{Threads, panic_message};
use crate::engine::listing::{Found, Listing, ListingError, Matcher, SearchPattern, whole_text};
use crate::engine::sizes::sizes;
use crate::model::event::LogLevel;
use crate::model::ids::{Generation, SourceId};
use crate::model::text::SourceText;

/// Jobs that may wait.
const MOST_WAITING: usize = 256;

/// Largest text that can be edited.
const MOST_TEXT_BYTES: usize = 16 << 20;

/// Largest text that goes into the clipboard.
const MOST_COPIED_BYTES: usize = 16 << 20;

/// Most lines that one search finds.
const MOST_FOUND: usize = 10_000;

/// Lines that are found before they are told of.
const FOUND_PER_EVENT: usize = 500;

/// How often somebody is told how far it is.
const TELL_EVERY: Duration = Duration::from_millis(50);

/// Printers recurse with the nesting of what they print.
const STACK_BYTES: usize = 8 << 20;

/// Both threads.
pub(crate) struct Listings {
    shared: Arc<Shared>,
    _threads: Threads,
}

struct Shared {
    outlet: Outlet,
    desk: Mutex<Desk>,
    changed: Condvar,
    /// Number of the search that is wanted; 0 for none.
    wanted_search: AtomicU64,
    is_closed: AtomicBool,
}

#[derive(Default)]
struct Desk {
    jobs: VecDeque<ListingCommand>,
    search: Option<SearchJob>,
    /// Newest generation of each source that was to be indexed.
    newest: HashMap<SourceId, Generation>,
}

struct SearchJob {
    source: SourceId,
    number: u64,
    listing: Arc<Listing>,
    pattern: SearchPattern,
}

impl Listings {
    /// Starts both threads.
    ///
    /// # Errors
    ///
    /// Returns the system's error when it gives no thread.
    pub(crate) fn start(outlet: Outlet) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            outlet,
            desk: Mutex::default(),
            changed: Condvar::new(),
            wanted_search: AtomicU64::new(0),
            is_closed: AtomicBool::new(false),
        });
        let threads = Threads::default();
        let worker = Arc::clone(&shared);
        threads.spawn("listing", STACK_BYTES, move || worker.work())?;
        let worker = Arc::clone(&shared);
        threads.spawn("listing-search", STACK_BYTES, move || worker.search_all())?;
        Ok(Self { shared, _threads: threads })
    }

    /// Takes a job; `false` when too many wait.
    pub(crate) fn send(&self, command: ListingCommand) -> bool {
        let mut desk = self.shared.desk();
        if desk.jobs.len() >= MOST_WAITING {
            return false;
        }
        match command {
            ListingCommand::StopSearch => {
                self.shared.wanted_search.store(0, Ordering::Release);
                desk.search = None;
            }
            ListingCommand::Search { source, number, listing, pattern } => {
                self.shared.wanted_search.store(number, Ordering::Release);
                desk.search = Some(SearchJob { source, number, listing, pattern });
            }
            ListingCommand::Make { source, generation, .. } => {
                desk.newest.insert(source, generation);
                let is_older = |job: &ListingCommand| matches!(job, ListingCommand::Make { source: other, .. } if *other == source);
                desk.jobs.retain(|job| !is_older(job));
                desk.jobs.push_back(command);
            }
            ListingCommand::Print { source, .. } => {
                let is_older = |job: &ListingCommand| matches!(job, ListingCommand::Print { source: other, .. } if *other == source);
                desk.jobs.retain(|job| !is_older(job));
                // Somebody looks at empty lines until they are there.
                desk.jobs.push_front(command);
            }
            ListingCommand::Measure { source, .. } => {
                let is_older = |job: &ListingCommand| matches!(job, ListingCommand::Measure { source: other, .. } if *other == source);
                desk.jobs.retain(|job| !is_older(job));
                desk.jobs.push_back(command);
            }
            ListingCommand::Whole { .. } | ListingCommand::Copy { .. } => desk.jobs.push_back(command),
        }
        drop(desk);
        self.shared.changed.notify_all();
        true
    }
}

impl Drop for Listings {
    fn drop(&mut self) {
        self.shared.is_closed.store(true, Ordering::Release);
        self.shared.wanted_search.store(0, Ordering::Release);
        // The lock is taken so that nobody sleeps on without having seen that it is closed.
        self.shared.desk().jobs.clear();
        self.shared.changed.notify_all();
    }
}

impl Shared {
    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until there is something to do; `None` when the program ends.
    fn next<T>(&self, take: impl Fn(&mut Desk) -> Option<T>) -> Option<T> {
        let mut desk = self.desk();
        loop {
            if self.is_closed.load(Ordering::Acquire) {
                return None;
            }
            if let Some(job) = take(&mut desk) {
                return Some(job);
            }
            desk = self.changed.wait(desk).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn tell(&self, event: ListingEvent) {
        self.outlet.send(Event::Listing(event));
    }

    /// Does something that reads a stranger's binary; a panic becomes a notice and the reason.
    fn guarded<T>(&self, what: &str, work: impl FnOnce() -> T) -> Result<T, String> {
        catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
            let details = panic_message(&*payload);
            self.outlet.send(Event::Notice(Notice {
                level: LogLevel::Error,
                message: format!("A panic while {what}"),
                details: Some(details.clone()),
            }));
            format!("the program panicked while {what}: {details}")
        })
    }

    fn work(&self) {
        while let Some(job) = self.next(|desk| desk.jobs.pop_front()) {
            match job {
                ListingCommand::Make { source, generation, wasm } => self.make(source, generation, wasm),
                ListingCommand::Print { source, generation, listing, pages } => {
                    let printed = self.guarded("printing a page", || {
                        let page = |number: u32| (number, Arc::new(listing.page_numbered(number)));
                        pages.iter().copied().map(page).collect()
                    });
                    if let Ok(pages) = printed {
                        self.tell(ListingEvent::Printed { source, generation, pages });
                    }
                }
                ListingCommand::Whole { request, wasm } => {
                    let printed = self.guarded("printing a binary", || whole_text(&wasm, MOST_TEXT_BYTES));
                    let malformed = |message| Err(ListingError::Malformed { offset: 0, message });
                    let result =
                        printed.unwrap_or_else(malformed).map(|text| Box::new(SourceText::new(&text)));
                    self.tell(ListingEvent::Whole { request, result });
                }
                ListingCommand::Copy { request, listing, stretch } => {
                    let is_open = || !self.is_closed.load(Ordering::Acquire);
                    let printed = self.guarded("copying from a listing", || {
                        listing.text_of(&stretch, MOST_COPIED_BYTES, &mut |_, _| is_open())
                    });
                    let malformed = |message| Err(ListingError::Malformed { offset: 0, message });
                    self.tell(ListingEvent::Copied { request, result: printed.unwrap_or_else(malformed) });
                }
                ListingCommand::Measure { source, generation, wasm } => {
                    let measured = self.guarded("measuring a binary", || sizes(&wasm));
                    let result =
                        measured.and_then(|sizes| sizes.map(Arc::new).map_err(|err| err.to_string()));
                    self.tell(ListingEvent::Measured { source, generation, result });
                }
                ListingCommand::Search { .. } | ListingCommand::StopSearch => {}
            }
        }
    }

    fn make(&self, source: SourceId, generation: Generation, wasm: Arc<[u8]>) {
        let is_wanted = || {
            let is_newest = self.desk().newest.get(&source) == Some(&generation);
            is_newest && !self.is_closed.load(Ordering::Acquire)
        };
        let mut told = Instant::now();
        let mut progress = |done: u64, total: u64| {
            if told.elapsed() >= TELL_EVERY {
                told = Instant::now();
                let percent = percent(done, total);
                self.outlet.offer(Event::Listing(ListingEvent::Indexing { source, generation, percent }));
            }
            is_wanted()
        };
        let indexed = self.guarded("indexing a binary", || Listing::index(wasm, &mut progress));
        let result = match indexed {
            Ok(Err(ListingError::Stopped)) => return,
            Ok(result) => result.map(Arc::new).map_err(|err| err.to_string()),
            Err(message) => Err(message),
        };
        if is_wanted() {
            self.tell(ListingEvent::Made { source, generation, result });
        }
    }

    fn search_all(&self) {
        while let Some(job) = self.next(|desk| desk.search.take()) {
            let ended = self.guarded("searching a listing", || self.search(&job));
            if let Err(message) = ended {
                let end = Some(SearchEnd::Refused(message));
                self.tell_found(&job, Vec::new(), 100, end);
            }
        }
    }

    fn search(&self, job: &SearchJob) {
        let matcher = match Matcher::new(&job.pattern) {
            Ok(matcher) => matcher,
            Err(message) => {
                self.tell_found(job, Vec::new(), 0, Some(SearchEnd::Refused(message)));
                return;
            }
        };
        let is_wanted = || self.wanted_search.load(Ordering::Acquire) == job.number;
        let waiting: std::cell::RefCell<Vec<Found>> = std::cell::RefCell::default();
        let mut last_percent = 0;
        let mut told = Instant::now();
        let mut num_found = 0;
        let result = job.listing.search(
            &matcher,
            &mut |done, total| {
                last_percent = percent(done, total);
                if told.elapsed() >= TELL_EVERY || waiting.borrow().len() >= FOUND_PER_EVENT {
                    told = Instant::now();
                    self.tell_found(job, waiting.take(), last_percent, None);
                }
                is_wanted()
            },
            &mut |found| {
                waiting.borrow_mut().push(found);
                num_found += 1;
                num_found < MOST_FOUND
            },
        );
        let end = match result {
            _ if num_found >= MOST_FOUND => SearchEnd::Full,
            Ok(()) => SearchEnd::Complete,
            Err(_) => SearchEnd::Stopped,
        };
        let percent = if end == SearchEnd::Complete { 100 } else { last_percent };
        self.tell_found(job, waiting.take(), percent, Some(end));
    }

    fn tell_found(&self, job: &SearchJob, found: Vec<Found>, percent: u8, end: Option<SearchEnd>) {
        let (source, number) = (job.source, job.number);
        self.tell(ListingEvent::Searched { source, number, found, percent, end });
    }
}

fn percent(done: u64, total: u64) -> u8 {
    u8::try_from(done.saturating_mul(100) / total.max(1)).map_or(100, |percent| percent.min(100))
}

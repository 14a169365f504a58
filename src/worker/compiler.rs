//! The two lanes that compile, so that a huge source never delays a small one.
//!
//! Knows the engine and no plugins. Compiling can't be interrupted: what is out of date by the time it is
//! done is dropped.

use std::collections::{HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::outlet::Outlet;
use super::protocol::{Event, Notice};
use super::threads::{Threads, panic_message};
use crate::engine::front::SizeCaps;
use crate::engine::{Build, BuildCache, CompileFailure, CompileRequest, EngineSettings, Engines, compile};
use crate::model::build::Phases;
use crate::model::diagnostic::Diagnostic;
use crate::model::event::LogLevel;
use crate::model::ids::{Generation, SourceId};
use crate::model::text::FileContent;
use crate::model::wat::WatReading;

/// Sources of at least this many bytes go to the lane `compiler-big`.
const BIG_BYTES: usize = 256 * 1024;

/// Parsers and the compiler recurse with the nesting of the source.
const STACK_BYTES: usize = 32 * 1024 * 1024;

/// A source to compile.
pub(crate) struct CompileJob {
    pub(crate) source: SourceId,
    pub(crate) generation: Generation,
    pub(crate) name: Arc<str>,
    pub(crate) content: FileContent,
    pub(crate) settings: EngineSettings,
    pub(crate) read_ns: Option<u64>,
    /// Panic instead of compiling, so that a test sees what becomes of it.
    pub(crate) panics: bool,
}

/// Both lanes.
pub(crate) struct Compiler {
    shared: Arc<Shared>,
    threads: Threads,
}

struct Shared {
    engines: Arc<Engines>,
    cache: Arc<BuildCache>,
    size_caps: SizeCaps,
    outlet: Outlet,
    desk: Mutex<Desk>,
    changed: Condvar,
}

#[derive(Default)]
struct Desk {
    small: VecDeque<CompileJob>,
    big: VecDeque<CompileJob>,
    /// Newest generation of each source that was ever asked for.
    newest: HashMap<SourceId, Generation>,
    is_closed: bool,
}

#[derive(Clone, Copy)]
enum Lane {
    Small,
    Big,
}

impl Lane {
    fn of(size: usize) -> Self {
        if size < BIG_BYTES { Self::Small } else { Self::Big }
    }
}

impl Compiler {
    /// Starts both lanes.
    ///
    /// # Errors
    ///
    /// Returns the system's error when it gives no thread.
    pub(crate) fn start(
        engines: Arc<Engines>,
        cache: Arc<BuildCache>,
        size_caps: SizeCaps,
        outlet: Outlet,
    ) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            engines,
            cache,
            size_caps,
            outlet,
            desk: Mutex::default(),
            changed: Condvar::new(),
        });
        let compiler = Self { shared, threads: Threads::default() };
        for (name, lane) in [("compiler", Lane::Small), ("compiler-big", Lane::Big)] {
            let shared = Arc::clone(&compiler.shared);
            compiler.threads.spawn(name, STACK_BYTES, move || shared.work(lane))?;
        }
        Ok(compiler)
    }

    /// Puts a source in its lane, in place of any older generation.
    ///
    /// No more jobs wait than sources are open, so that none is ever turned away: a source whose job was would
    /// wait for its build until somebody edits it.
    pub(crate) fn compile(&self, job: CompileJob) {
        let mut desk = self.shared.desk();
        let newest = desk.newest.entry(job.source).or_insert(job.generation);
        if *newest > job.generation {
            return;
        }
        *newest = job.generation;
        let source = job.source;
        for lane in [Lane::Small, Lane::Big] {
            desk.lane(lane).retain(|older| older.source != source);
        }
        let size = job.content.len_bytes();
        self.push(desk, size, job);
    }

    fn push(&self, mut desk: MutexGuard<'_, Desk>, size: usize, job: CompileJob) {
        desk.lane(Lane::of(size)).push_back(job);
        drop(desk);
        self.shared.changed.notify_all();
    }
}

impl Drop for Compiler {
    fn drop(&mut self) {
        let mut desk = self.shared.desk();
        desk.is_closed = true;
        desk.small.clear();
        desk.big.clear();
        drop(desk);
        self.shared.changed.notify_all();
        // Nobody waits for the end: a long compilation may still run, and ends by itself.
    }
}

impl Shared {
    fn work(&self, lane: Lane) {
        while let Some(job) = self.next(lane) {
            self.compile(&job);
        }
    }

    fn next(&self, lane: Lane) -> Option<CompileJob> {
        let mut desk = self.desk();
        loop {
            if desk.is_closed {
                return None;
            }
            if let Some(job) = desk.lane(lane).pop_front() {
                return Some(job);
            }
            desk = self.changed.wait(desk).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn compile(&self, job: &CompileJob) {
        let (source, generation) = (job.source, job.generation);
        if !self.outlet.send(Event::CompileStarted { source, generation }) {
            return;
        }
        // A text that takes long to compile is read first, a small one after its errors are told.
        let is_big = job.content.len_bytes() >= BIG_BYTES;
        if is_big {
            self.read(job);
        }
        let caught = catch_unwind(AssertUnwindSafe(|| {
            assert!(!job.panics, "a test asked for this panic");
            let request = CompileRequest {
                source: &job.content.to_bytes(),
                settings: &job.settings,
                caps: self.size_caps,
                read_ns: job.read_ns,
            };
            compile(&self.engines, &self.cache, &request)
        }));
        let result = match caught {
            Ok(result) => result.map_err(Arc::new),
            Err(payload) => Err(Arc::new(self.tell_panic(&job.name, &panic_message(&*payload)))),
        };
        let build = result.as_ref().ok().cloned();
        if self.is_newest(source, generation) {
            self.tell_result(source, generation, result);
            if !is_big {
                self.read(job);
            }
        }
        // Writing a build down takes a moment, and nobody need wait for it.
        if build.is_some_and(|build| self.cache.save(&build, &job.name)) {
            self.outlet.offer(Event::CacheChanged);
        }
    }

    /// Reads a text for its names and forms, for those who edit it.
    fn read(&self, job: &CompileJob) {
        let FileContent::Text(buffer) = &job.content else { return };
        let text = buffer.to_shared();
        let Ok(reading) = catch_unwind(AssertUnwindSafe(|| Arc::new(WatReading::new(text)))) else { return };
        let (source, generation) = (job.source, job.generation);
        self.outlet.send(Event::TextRead { source, generation, version: buffer.version(), reading });
    }

    fn tell_result(
        &self,
        source: SourceId,
        generation: Generation,
        result: Result<Arc<Build>, Arc<CompileFailure>>,
    ) {
        self.outlet.send(Event::Compiled { source, generation, result });
    }

    /// Tells of a panic in the compiler, and returns it as the failure of the source.
    fn tell_panic(&self, name: &str, message: &str) -> CompileFailure {
        self.outlet.send(Event::Notice(Notice {
            level: LogLevel::Error,
            message: format!("The compiler panicked on {name}"),
            details: Some(message.to_owned()),
        }));
        CompileFailure {
            diagnostics: vec![
                Diagnostic::error(format!("the compiler panicked: {message}"))
                    .with_hint("this is a defect of the program, not of the source"),
            ],
            phases: Phases::default(),
        }
    }

    fn is_newest(&self, source: SourceId, generation: Generation) -> bool {
        self.desk().newest.get(&source) == Some(&generation)
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Desk {
    fn lane(&mut self, lane: Lane) -> &mut VecDeque<CompileJob> {
        match lane {
            Lane::Small => &mut self.small,
            Lane::Big => &mut self.big,
        }
    }
}

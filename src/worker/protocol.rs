//! What the program asks of its workers and what they answer.
//!
//! Commands are imperative, events past tense. Each command carries an id or a generation, each event
//! names the one it answers.

use std::path::PathBuf;
use std::sync::Arc;

use super::content::Content;
use super::listing_protocol::{ListingCommand, ListingEvent};
use super::text_protocol::{TextCommand, TextEvent};
use crate::engine::{Build, CompileFailure, EngineSettings, OperatorCounter, PluginOptions, Probe};
use crate::model::bench::{BenchPlan, BenchProgress, BenchReport};
use crate::model::cache::{CacheKey, CacheListing};
use crate::model::call::{CallRecord, CallSample, DeniedGrowth};
use crate::model::difference::Difference;
use crate::model::event::LogLevel;
use crate::model::host_calls::HostCallCount;
use crate::model::ids::{BuildNumber, CallId, Generation, PluginId, RequestId, SourceId};
use crate::model::interface::Import;
use crate::model::lifecycle::StateChange;
use crate::model::limits::{Limits, Usage};
use crate::model::memory::{GlobalValue, MemoryRequest, MemoryWindow};
use crate::model::needs::{Needs, Progress};
use crate::model::operators::{CountStep, OperatorCounts};
use crate::model::text::{ContentHash, FileContent, ReadFile, TextBuffer};
use crate::model::value::Value;
use crate::model::wat::WatReading;

/// One job for the workers.
#[derive(Debug, Clone)]
pub enum Command {
    /// Compile a source; a newer generation of the same source overtakes an older one.
    Compile {
        /// Source that it is.
        source: SourceId,
        /// Generation of its text.
        generation: Generation,
        /// Name for messages, such as `math.wat`.
        name: Arc<str>,
        /// Text or binary.
        content: FileContent,
        /// Which engine to compile for.
        settings: EngineSettings,
        /// How long reading the file took, for the table of phases.
        read_ns: Option<u64>,
    },
    /// Do something about the listing or the sizes of a binary.
    Listing(ListingCommand),
    /// Do something about a text that is edited.
    Text(TextCommand),
    /// Start the thread of a plugin and make its instance, without running any of its code.
    CreatePlugin {
        /// Id that the plugin gets.
        plugin: PluginId,
        /// Name of its thread and of its messages.
        name: Arc<str>,
        /// What it is an instance of.
        build: Arc<Build>,
        /// Which of its source's builds that is.
        build_number: BuildNumber,
        /// Limits, stubs and the like.
        options: PluginOptions,
        /// Whether to run the start function and `_initialize` at once.
        initialize: bool,
    },
    /// Find what a call would take, on fresh instances and on a thread of its own.
    Probe {
        /// Answer to this request.
        request: RequestId,
        /// Name of its thread.
        name: Arc<str>,
        /// What is to be found out.
        probe: Box<Probe>,
    },
    /// Count the operators of a call, on a fresh instance and on a thread of its own.
    CountOperators {
        /// Answer to this request.
        request: RequestId,
        /// Name of its thread.
        name: Arc<str>,
        /// What is to be counted.
        counter: Box<OperatorCounter>,
    },
    /// End a probe, or the counting of operators.
    StopProbe {
        /// Request that it answers.
        request: RequestId,
    },
    /// Do something with a live plugin.
    Plugin {
        /// Plugin that it is about.
        plugin: PluginId,
        /// What to do.
        command: PluginCommand,
    },
    /// Read a file, or list what a picker chose.
    OpenFile {
        /// Answer to this request.
        request: RequestId,
        /// File to read.
        path: PathBuf,
    },
    /// Ask for files to open by the system's dialog.
    PickFiles {
        /// Answer to this request.
        request: RequestId,
        /// Folder that the dialog shows first; `None` leaves it to the system.
        folder: Option<PathBuf>,
    },
    /// Ask for a place to save to by the system's dialog, then save there.
    PickSavePath {
        /// Answer to this request.
        request: RequestId,
        /// Name that the dialog suggests.
        suggested: String,
        /// Folder that the dialog shows first; `None` leaves it to the system.
        folder: Option<PathBuf>,
    },
    /// Write a file atomically.
    SaveFile {
        /// Answer to this request.
        request: RequestId,
        /// File to write.
        path: PathBuf,
        /// Its content.
        content: FileContent,
    },
    /// Write what makes itself to a file, atomically; the answer is [`Event::FileSaved`].
    ExportFile {
        /// Answer to this request.
        request: RequestId,
        /// File to write.
        path: PathBuf,
        /// What is written.
        content: Content,
    },
    /// Look whether files changed on disk since they were read or written by the program.
    CheckFiles {
        /// Files to look at.
        paths: Vec<PathBuf>,
    },
    /// Look at running guests that often from now on.
    SetEpochTick {
        /// Milliseconds between two looks.
        millis: u64,
    },
    /// Do something with the builds that are kept.
    Cache(CacheCommand),
    /// Copy unsaved text where a crash can't take it; `None` forgets what was kept.
    KeepUnsaved {
        /// Source that it is.
        source: SourceId,
        /// File name, path and text, or nothing when it has been saved.
        text: Option<UnsavedText>,
    },
    /// Give up texts of an earlier run that were found.
    ForgetUnsaved {
        /// What tells them from others.
        found: Vec<u64>,
    },
    /// Compare two texts line by line.
    Compare {
        /// Answer to this request.
        request: RequestId,
        /// The old text.
        old: FileContent,
        /// The new text.
        new: FileContent,
    },
}

/// One job about the builds that are kept; each ends in a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CacheCommand {
    /// List them.
    List,
    /// Drop one, in memory and on disk; plugins keep what they are made of.
    Remove(CacheKey),
    /// Drop all of them, in memory and on disk.
    Clear,
    /// Change how many bytes they may take together.
    SetSizes {
        /// In memory, by estimate.
        memory_bytes: u64,
        /// On disk.
        disk_bytes: u64,
    },
}

/// Text that has not been saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnsavedText {
    /// Name of its tab.
    pub name: String,
    /// File that it belongs to, if any.
    pub path: Option<PathBuf>,
    /// The text, as its file would hold it.
    pub text: TextBuffer,
    /// What tells it from other texts that were found at the start, when it is one of them: once it is kept
    /// anew, or saved, the old copy goes.
    pub found: Option<u64>,
}

/// One job for one plugin; jobs of a plugin run one after another.
#[derive(Debug, Clone)]
pub enum PluginCommand {
    /// Run the start function and `_initialize`, on a fresh instance unless this one is new.
    Initialize,
    /// Call an export.
    Call(CallRequest),
    /// Measure how long a call of an export takes; its calls leave no records.
    Benchmark(BenchRequest),
    /// Hold the running call.
    Pause,
    /// Let a held call go on.
    Resume,
    /// End the running call, and forget the calls that wait.
    Cancel,
    /// Run `_cleanup` and take no calls until initialized again.
    Stop,
    /// Replace the instance by a fresh one.
    Reload,
    /// Replace the instance by a fresh one of another build, between calls.
    Replace {
        /// What it is an instance of from now on.
        build: Arc<Build>,
        /// Which of its source's builds that is.
        build_number: BuildNumber,
    },
    /// Drop the plugin and end its thread.
    Unload,
    /// Change limits, rules and the other options; each limit says when it takes effect, stubs wait for the next
    /// instance.
    SetOptions(PluginOptions),
    /// Show part of a memory, also while a call runs.
    ReadMemory(MemoryRequest),
    /// Change bytes of a memory.
    WriteMemory {
        /// Index of the memory.
        memory: u32,
        /// First address.
        address: u64,
        /// New bytes.
        bytes: Arc<[u8]>,
    },
    /// Write a text through the plugin's own allocator, for a pointer-and-length pair.
    WriteText {
        /// Answer to this request.
        request: RequestId,
        /// The text.
        text: Arc<str>,
    },
    /// Read text that a result points at.
    ReadText {
        /// Answer to this request.
        request: RequestId,
        /// First address in memory 0.
        address: u64,
        /// Length in bytes; at most 64 KiB are read.
        bytes: u64,
    },
    /// Show the globals.
    ReadGlobals,
    /// Show usage now and while calls run (`true`), or no longer (`false`).
    WatchUsage(bool),
}

/// A call that somebody asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct CallRequest {
    /// Id of the request.
    pub call: CallId,
    /// Export to call.
    pub export: Arc<str>,
    /// Arguments, checked against the signature.
    pub args: Vec<Value>,
    /// How often to call it, at least once.
    pub repeat: u64,
    /// Nanoseconds after which no further call begins.
    pub nanos: Option<u64>,
    /// Calls that are made before and leave no record.
    pub warm_up: u64,
    /// Whether to go on repeating after a call that did not return.
    pub continue_on_failure: bool,
}

/// A benchmark that somebody asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct BenchRequest {
    /// Id of the request.
    pub call: CallId,
    /// Export to call.
    pub export: Arc<str>,
    /// Arguments, checked against the signature.
    pub args: Vec<Value>,
    /// How long, and what comes before.
    pub plan: BenchPlan,
}

impl PluginCommand {
    /// Returns the id of the call that the command asks for, if it asks for one.
    pub fn call(&self) -> Option<CallId> {
        match self {
            Self::Call(request) => Some(request.call),
            Self::Benchmark(request) => Some(request.call),
            _ => None,
        }
    }
}

/// One thing that a worker did or saw.
#[derive(Debug, Clone)]
pub enum Event {
    /// A source's compilation started; earlier generations that still waited are dropped.
    CompileStarted {
        /// Source that it is.
        source: SourceId,
        /// Generation of its text.
        generation: Generation,
    },
    /// A source was compiled, or has errors.
    Compiled {
        /// Source that it is.
        source: SourceId,
        /// Generation of its text.
        generation: Generation,
        /// The build, or what is wrong.
        result: Result<Arc<Build>, Arc<CompileFailure>>,
    },
    /// A text was read for its names and forms, whether it compiles or not.
    TextRead {
        /// Source that it is.
        source: SourceId,
        /// Generation of its text.
        generation: Generation,
        /// Version of its text, by which changes since can be told.
        version: u64,
        /// What was read.
        reading: Arc<WatReading>,
    },
    /// A probe is this far.
    ProbeMoved {
        /// Request that it answers.
        request: RequestId,
        /// How far.
        progress: Progress,
    },
    /// A probe ended.
    ProbeEnded {
        /// Request that it answers.
        request: RequestId,
        /// The answer, nothing when it was stopped, or why there is none.
        result: Result<Option<Arc<Needs>>, String>,
    },
    /// Counting operators is this far.
    CountMoved {
        /// Request that it answers.
        request: RequestId,
        /// How far.
        step: CountStep,
    },
    /// Operators were counted, or not.
    OperatorsCounted {
        /// Request that it answers.
        request: RequestId,
        /// The counts, nothing when it was stopped, or why there are none.
        result: Result<Option<Arc<OperatorCounts>>, String>,
    },
    /// Something about the listing or the sizes of a binary.
    Listing(ListingEvent),
    /// Something about a text that is edited.
    Text(TextEvent),
    /// Something happened to a plugin.
    Plugin {
        /// Plugin that it is.
        plugin: PluginId,
        /// What happened.
        event: PluginEvent,
    },
    /// A file was read.
    FileOpened {
        /// Request that this answers.
        request: RequestId,
        /// File that was read.
        path: PathBuf,
        /// Its content, ready to be taken over, with how long reading the file took in nanoseconds; or why it
        /// could not be read.
        result: Result<(ReadFile, u64), String>,
    },
    /// The dialog for files to open was closed; empty when it was cancelled.
    FilesPicked {
        /// Request that this answers.
        request: RequestId,
        /// The chosen files, or why there is no dialog.
        result: Result<Vec<PathBuf>, String>,
    },
    /// The dialog for a place to save to was closed; `None` when it was cancelled.
    SavePathPicked {
        /// Request that this answers.
        request: RequestId,
        /// The chosen file, or why there is no dialog.
        result: Result<Option<PathBuf>, String>,
    },
    /// A file was written, or could not be.
    FileSaved {
        /// Request that this answers.
        request: RequestId,
        /// File that was written.
        path: PathBuf,
        /// The hash of what was written unless it made itself, or why it could not be written.
        result: Result<Option<ContentHash>, String>,
    },
    /// A file that the program had read or written is not what it was.
    FileChanged {
        /// File that changed.
        path: PathBuf,
        /// Its new content, or `None` when it is gone or can't be read.
        content: Option<ReadFile>,
    },
    /// Unsaved text of an earlier run of the program was found.
    UnsavedFound {
        /// The texts.
        texts: Vec<UnsavedText>,
    },
    /// Two texts were compared.
    Compared {
        /// Request that this answers.
        request: RequestId,
        /// Their difference.
        difference: Arc<Difference>,
    },
    /// A build was written to the disk cache.
    CacheChanged,
    /// The builds that are kept were listed.
    CacheListed(Arc<CacheListing>),
    /// Something that a person should know and that belongs to no source, call or file.
    Notice(Notice),
}

/// One thing that happened to a plugin.
#[derive(Debug, Clone)]
pub enum PluginEvent {
    /// Its state changed.
    StateChanged(StateChange),
    /// Its instance could not be made since nobody provides these imports.
    ImportsMissing(Vec<Import>),
    /// It now is an instance of this build.
    Instantiated {
        /// What it is an instance of.
        build: Arc<Build>,
        /// Which of its source's builds that is.
        build_number: BuildNumber,
        /// Nanoseconds that making the instance took.
        instantiate_ns: u64,
        /// Whether an instance that had been called was replaced, and with it its state.
        state_reset: bool,
    },
    /// A call, a hook or the start function ended.
    CallEnded {
        /// Request that this answers; `None` for start and hooks.
        call: Option<CallId>,
        /// Everything known of it. Of a repeated call, the last one or the one that failed.
        record: Box<CallRecord>,
        /// Whether this call is among the samples of [`PluginEvent::CallSamples`] already.
        is_sampled: bool,
    },
    /// Some calls of a repeated call ended.
    CallSamples {
        /// Request that this answers.
        call: CallId,
        /// Export that was called.
        export: Arc<str>,
        /// Figures of each call, in order.
        samples: Vec<CallSample>,
        /// How many of the asked calls are done.
        done: u64,
        /// How many were asked for.
        total: u64,
    },
    /// A benchmark is this far.
    BenchMoved {
        /// Request that this answers.
        call: CallId,
        /// How far.
        progress: BenchProgress,
    },
    /// How long the calls of a benchmark or of a repeated call took.
    Benched {
        /// Request that this answers.
        call: CallId,
        /// Figures over all of them.
        report: BenchReport,
    },
    /// A call was refused before it began.
    CallRefused {
        /// Request that this answers.
        call: CallId,
        /// Why.
        reason: String,
    },
    /// A step of the life cycle was refused.
    StepRefused {
        /// Why.
        reason: String,
    },
    /// What is used of the limits.
    Usage(Usage),
    /// What its guests have called of the host, over its whole life; told when a call has ended.
    HostCalls(Arc<[HostCallCount]>),
    /// Part of a memory.
    Memory(MemoryWindow),
    /// A memory could not be read or written.
    MemoryRefused {
        /// Why.
        reason: String,
    },
    /// The globals.
    Globals(Vec<GlobalValue>),
    /// A text was written for a pointer-and-length pair.
    TextWritten {
        /// Request that this answers.
        request: RequestId,
        /// Address and length in bytes, or why it could not be written.
        result: Result<(u64, u64), String>,
    },
    /// Text was read from memory.
    TextRead {
        /// Request that this answers.
        request: RequestId,
        /// The text, or why it is none.
        result: Result<String, String>,
    },
    /// Growth was refused in one of many repeated calls, which leaves no record: the newest, oldest first.
    GrowthRefused {
        /// What was asked for, and where.
        denied: Vec<DeniedGrowth>,
        /// How often growth was refused in that call.
        count: u64,
    },
    /// The guest logged a line.
    Logged {
        /// How important the guest says it is.
        level: LogLevel,
        /// The line.
        text: String,
    },
    /// Limits were changed and are in force, from now on or from the next instance on.
    LimitsSet(Limits),
    /// The plugin is gone and its thread has ended.
    Unloaded,
    /// The plugin's thread panicked; the plugin is gone.
    Panicked {
        /// What the panic said.
        message: String,
    },
}

/// Something that a person should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// How important it is.
    pub level: LogLevel,
    /// One sentence.
    pub message: String,
    /// The rest, for whoever wants it.
    pub details: Option<String>,
}

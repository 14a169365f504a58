//! A plugin: owns its instance, runs its calls one after another and leaves one kind of record of each.

mod repeat;

use std::sync::Arc;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::build::Build;
use super::end::{self, End};
use super::host_calls::HostCallCounters;
use super::instance::{Entry, LiveInstance, NoInstance};
use super::invoke::{self, Figures};
use super::live;
use super::meter::Life;
use super::observer::SharedObserver;
use super::pages::SeenPages;
use crate::model::call::{CallKind, CallRecord, INSTANTIATE_NAME, Outcome};
use crate::model::cause::Cause;
use crate::model::host_calls::HostCallCount;
use crate::model::interface::Import;
use crate::model::limit_rules::LimitRules;
use crate::model::limits::{Limits, Usage};
use crate::model::measured::Measured;
use crate::model::memory::{GlobalValue, MemoryRequest, MemoryWindow};
use crate::model::signature::FuncSignature;
use crate::model::value::Value;

/// How a plugin is instantiated and called.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PluginOptions {
    /// Limits of its sandbox.
    pub limits: Limits,
    /// Limits of single functions, which go before those; start function and hooks have names too.
    pub rules: LimitRules,
    /// Whether imports that nobody provides are filled with functions that end the call.
    pub stub_missing_imports: bool,
    /// Whether the instance stays in use after a call that did not return.
    pub keep_after_trap: bool,
}

impl PluginOptions {
    /// Returns the limits of a call of that function: the plugin's own, and what a rule says before them.
    pub fn limits_of(&self, function: &str) -> Limits {
        self.rules.apply(self.limits, function)
    }
}

/// Why a plugin has no instance.
#[derive(Debug, Clone)]
pub enum CreateFailure {
    /// Nobody provides these imports, and stubs were not asked for.
    MissingImports(Vec<Import>),
    /// Instantiation failed; the record says how.
    Failed(Box<CallRecord>),
}

/// Why a call was refused before it began.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallRefusal {
    /// There is no such export.
    #[error("no function is exported as `{export}`{suggestion}")]
    NoSuchExport {
        /// Name that was asked for.
        export: String,
        /// What was probably meant, as the end of the sentence.
        suggestion: String,
    },
    /// The arguments are not what the signature asks for.
    #[error("`{export}` takes {expected} arguments, not {given}")]
    WrongCount {
        /// Name of the export.
        export: String,
        /// How many the signature has.
        expected: usize,
        /// How many were given.
        given: usize,
    },
    /// One argument is of another type.
    #[error("argument {number} of `{export}`: {problem}")]
    WrongArgument {
        /// Name of the export.
        export: String,
        /// Number of the argument, from 1.
        number: usize,
        /// What is wrong with it.
        problem: String,
    },
    /// Components are not called yet.
    #[error("this program shows a component's interface and instantiates it, but can't call it yet")]
    IsComponent,
    /// The instance could not be made.
    #[error("the plugin has no instance")]
    NoInstance,
}

/// Name of the hook that initializes a plugin.
pub const INITIALIZE_HOOK: &str = "_initialize";

/// Name of the hook that a plugin is stopped with.
pub const CLEANUP_HOOK: &str = "_cleanup";

/// How a call is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repeat {
    /// Most calls.
    pub count: u64,
    /// When no further call begins.
    pub until: Option<Instant>,
    /// Whether to go on after a call that did not return.
    pub continue_on_failure: bool,
}

/// One plugin and its instance.
pub struct Plugin {
    build: Arc<Build>,
    build_number: u64,
    options: PluginOptions,
    observer: SharedObserver,
    live: Option<LiveInstance>,
    born: Instant,
    next_number: u64,
    has_failed: bool,
    was_called: bool,
    is_fresh_after_failure: bool,
    seen_pages: Option<SeenPages>,
    last: Figures,
    /// What earlier instances left, as of the newest instantiation.
    life: Life,
    host_calls: Arc<HostCallCounters>,
}

impl Plugin {
    /// Makes an instance; neither its start function nor `_initialize` runs yet.
    ///
    /// # Errors
    ///
    /// Fails when imports are missing or the instance can't be made within its limits.
    pub fn create(
        build: Arc<Build>,
        build_number: u64,
        options: PluginOptions,
        observer: SharedObserver,
    ) -> Result<Self, CreateFailure> {
        Self::create_since(build, build_number, options, observer, Instant::now())
    }

    /// As [`Plugin::create`], for a plugin whose first instance could not be made: times are counted from `born`.
    ///
    /// # Errors
    ///
    /// As [`Plugin::create`].
    pub fn create_since(
        build: Arc<Build>,
        build_number: u64,
        options: PluginOptions,
        observer: SharedObserver,
        born: Instant,
    ) -> Result<Self, CreateFailure> {
        let mut plugin = Self {
            build,
            build_number,
            options,
            observer,
            live: None,
            born,
            next_number: 1,
            has_failed: false,
            was_called: false,
            is_fresh_after_failure: false,
            seen_pages: None,
            last: Figures::default(),
            life: Life::default(),
            host_calls: Arc::default(),
        };
        plugin.instantiate()?;
        Ok(plugin)
    }

    /// Replaces the instance by a fresh one of the same build, as new as after [`Plugin::create`].
    ///
    /// # Errors
    ///
    /// As [`Plugin::create`]; the plugin then has no instance until this succeeds.
    pub fn renew(&mut self) -> Result<(), CreateFailure> {
        let after_failure = self.has_failed;
        self.instantiate()?;
        self.is_fresh_after_failure = after_failure;
        Ok(())
    }

    /// Replaces the instance by a fresh one of another build.
    ///
    /// # Errors
    ///
    /// As [`Plugin::create`]; the old instance is kept when the new one can't be made.
    pub fn replace(&mut self, build: Arc<Build>, build_number: u64) -> Result<(), CreateFailure> {
        self.note_life();
        let before = (Arc::clone(&self.build), self.build_number, self.live.take());
        (self.build, self.build_number) = (build, build_number);
        let result = self.instantiate();
        if result.is_err() {
            (self.build, self.build_number, self.live) = before;
        }
        result
    }

    fn instantiate(&mut self) -> Result<(), CreateFailure> {
        let started_ns = super::instance::nanos_since(self.born);
        self.note_life();
        match LiveInstance::new(&self.build, &self.options, &self.observer, self.life, &self.host_calls) {
            Ok(live) => {
                self.live = Some(live);
                self.has_failed = false;
                self.was_called = false;
                self.is_fresh_after_failure = false;
                self.seen_pages = None;
                Ok(())
            }
            Err(NoInstance::Missing(imports)) => Err(CreateFailure::MissingImports(imports)),
            Err(NoInstance::Failed { error, store, wall_ns }) => {
                let host = store.data();
                self.life = host.meter.life();
                let end = end::explain_instantiation(&error, host);
                let usage = host.usage();
                // What was still in a register when it ended is not known.
                let burnt = store.get_fuel().ok().filter(|_| end.details.has_run);
                let burnt = burnt.map(|left| host.tank.saturating_sub(left));
                let limit = self.options.limits.fuel.unwrap_or(u64::MAX);
                let figures = Figures {
                    wall_ns,
                    fuel: burnt.map_or(Measured::NotMeasured, |fuel| Measured::AtLeast(fuel.min(limit))),
                    peak_memory_pages: usage.memory_pages_call_peak,
                    peak_table_elements: usage.table_elements_call_peak,
                    ..Figures::default()
                };
                let mut record = self.record(CallKind::Instantiate, INSTANTIATE_NAME.into(), &[], started_ns);
                self.next_number += 1;
                fill(&mut record, figures, end);
                Err(CreateFailure::Failed(Box::new(record)))
            }
        }
    }

    /// Takes up what the instance used, before another one takes its place.
    fn note_life(&mut self) {
        if let Some(live) = &self.live {
            self.life = live.store.data().meter.life();
        }
    }

    /// Runs the start function and then `_initialize`, as far as the module has them.
    ///
    /// Stops at the first that does not return.
    pub fn initialize(&mut self) -> Vec<CallRecord> {
        let mut records = Vec::new();
        let start = self.live.as_ref().and_then(|live| live.start.clone());
        if let Some(start) = start {
            records.push(self.run_entry(&start, &[], CallKind::Start));
        }
        if records.iter().all(CallRecord::is_success)
            && let Some(hook) = self.hook(INITIALIZE_HOOK)
        {
            records.push(self.run_entry(&hook, &[], CallKind::Hook));
        }
        self.was_called = false;
        records
    }

    /// Runs `_cleanup`, if the module has it.
    pub fn cleanup(&mut self) -> Option<CallRecord> {
        let hook = self.hook(CLEANUP_HOOK)?;
        Some(self.run_entry(&hook, &[], CallKind::Hook))
    }

    fn hook(&self, name: &str) -> Option<Entry> {
        let entry = self.live.as_ref()?.entries.get(name)?;
        entry.signature.params.is_empty().then(|| entry.clone())
    }

    /// Calls an export.
    ///
    /// # Errors
    ///
    /// Refuses a call whose export or arguments do not fit; whatever the guest does is in the record.
    pub fn call(&mut self, export: &str, args: &[Value]) -> Result<CallRecord, CallRefusal> {
        let entry = self.entry(export, args)?;
        Ok(self.run_entry(&entry, args, CallKind::Export))
    }

    /// Finds an export that takes these arguments.
    pub(crate) fn entry(&self, export: &str, args: &[Value]) -> Result<Entry, CallRefusal> {
        if self.build.info.kind.is_component() {
            return Err(CallRefusal::IsComponent);
        }
        let live = self.live.as_ref().ok_or(CallRefusal::NoInstance)?;
        let Some(entry) = live.entries.get(export) else {
            let names = self.build.interface.exported_functions().map(|(name, _, _)| name);
            let nearest = crate::model::nearest::nearest(export, names);
            let suggestion = nearest.map_or_else(String::new, |name| format!(": did you mean `{name}`?"));
            return Err(CallRefusal::NoSuchExport { export: export.to_owned(), suggestion });
        };
        check_arguments(export, &entry.signature, args)?;
        Ok(entry.clone())
    }

    fn run_entry(&mut self, entry: &Entry, args: &[Value], kind: CallKind) -> CallRecord {
        let started_ns = super::instance::nanos_since(self.born);
        let mut record = self.record(kind, Arc::clone(&entry.name), args, started_ns);
        self.was_called = true;
        self.put_limits(&entry.name);
        let Some(live) = self.live.as_mut() else {
            record.outcome = Outcome::Error;
            record.message = Some(CallRefusal::NoInstance.to_string());
            return record;
        };
        let (figures, result) = invoke::run_one(live, entry, args);
        match result {
            Ok(results) => self.finish(&mut record, figures, None, results),
            Err(error) => self.finish(&mut record, figures, Some(&error), Vec::new()),
        }
        record
    }

    /// Completes a record by figures and by the words for the call's end.
    fn finish(
        &mut self,
        record: &mut CallRecord,
        mut figures: Figures,
        error: Option<&wasmtime::Error>,
        results: Vec<Value>,
    ) {
        self.next_number = record.number + 1;
        // The start function and `_initialize` run before the call that the instance was made for.
        if record.kind == CallKind::Export {
            record.fresh_instance = std::mem::take(&mut self.is_fresh_after_failure);
        }
        let limits = record.limits;
        let Some(live) = self.live.as_mut() else { return };
        live.store.data_mut().memory_generation += 1;
        let end = match error {
            None => end::explain_return(live, figures.has_overrun),
            Some(error) => end::explain(live, error),
        };
        if end.outcome == Some(Outcome::Limit(crate::model::limits::LimitKind::Fuel)) {
            // What the engine burnt past the limit before its next check says nothing about the guest.
            figures.fuel = limits.fuel.map_or(figures.fuel, Measured::AtLeast);
        }
        self.last = figures;
        self.has_failed = end.outcome != Some(Outcome::Returned);
        record.results = results;
        fill(record, figures, end);
    }

    fn record(&self, kind: CallKind, export: Arc<str>, args: &[Value], started_ns: u64) -> CallRecord {
        CallRecord {
            number: self.next_number,
            limits: self.options.limits_of(&export),
            rule: self.options.rules.of(&export).cloned(),
            build: self.build_number,
            started_ns,
            instances: self.build.core_instances,
            wasm_stack_bytes: self.build.wasm_stack_bytes as u64,
            ..CallRecord::begin(kind, export, args)
        }
    }
}

fn fill(record: &mut CallRecord, figures: Figures, end: End) {
    record.outcome = end.outcome.unwrap_or(Outcome::Error);
    record.place = end.place;
    record.backtrace = end.backtrace;
    record.denied = end.denied;
    record.refused_growths = end.details.refused.by_limits();
    record.end = end.details;
    record.wall_ns = figures.wall_ns;
    record.fuel = figures.fuel;
    record.peak_memory_pages = figures.peak_memory_pages;
    record.peak_table_elements = figures.peak_table_elements;
    record.peak_call_depth = figures.peak_call_depth;
    let Cause { message, guest_saw, hint } = Cause::of(record, &end.words);
    (record.message, record.note, record.hint) = (message, guest_saw, hint);
}

fn check_arguments(export: &str, signature: &FuncSignature, args: &[Value]) -> Result<(), CallRefusal> {
    let (expected, given) = (signature.params.len(), args.len());
    if expected != given {
        return Err(CallRefusal::WrongCount { export: export.to_owned(), expected, given });
    }
    for (index, (param, value)) in signature.params.iter().zip(args).enumerate() {
        if !invoke::fits(value, &param.ty) {
            let problem = format!("expected {}, found another type", param.ty);
            return Err(CallRefusal::WrongArgument { export: export.to_owned(), number: index + 1, problem });
        }
    }
    Ok(())
}

/// Questions on the instance, between calls.
impl Plugin {
    /// Returns the build that this is an instance of.
    pub fn build(&self) -> &Arc<Build> {
        &self.build
    }

    /// Returns the number of that build.
    pub fn build_number(&self) -> u64 {
        self.build_number
    }

    /// Returns the options in force.
    pub fn options(&self) -> &PluginOptions {
        &self.options
    }

    /// Tells whether the next call must first make a fresh instance.
    pub fn needs_renewal(&self) -> bool {
        self.live.is_none() || (self.has_failed && !self.options.keep_after_trap)
    }

    /// Tells whether an export was called since the instance was initialized.
    pub fn was_called(&self) -> bool {
        self.was_called
    }

    /// Returns how long making the instance took, in nanoseconds.
    pub fn instantiate_ns(&self) -> u64 {
        self.live.as_ref().map_or(0, |live| live.instantiate_ns)
    }

    /// Puts limits in force for the next call; a new number of instances waits for the next instance.
    pub fn set_limits(&mut self, limits: Limits) {
        self.options.limits = limits;
        if let Some(live) = &mut self.live {
            live.set_limits(limits);
        }
    }

    /// Gives single functions limits of their own, from the next call on.
    pub fn set_rules(&mut self, rules: LimitRules) {
        self.options.rules = rules;
        self.set_limits(self.options.limits);
    }

    /// Puts the limits in force that a function has by the rules.
    fn put_limits(&mut self, name: &str) {
        if self.options.rules.is_empty() {
            return;
        }
        let limits = self.options.limits_of(name);
        if let Some(live) = self.live.as_mut().filter(|live| live.store.data().meter.limits() != limits) {
            live.set_limits(limits);
        }
    }

    /// Puts options in force; stubs wait for the next instance.
    pub fn set_options(&mut self, options: PluginOptions) {
        self.options = options;
        self.set_limits(self.options.limits);
    }

    /// Returns what is used of the limits now that no call runs, with the figures of the last call.
    pub fn usage(&self) -> Usage {
        self.live.as_ref().map_or_else(Usage::default, |live| {
            let mut usage = live.store.data().usage();
            usage.call_depth = Measured::Exact(0);
            usage.fuel = self.last.fuel;
            usage.wall_ns = self.last.wall_ns;
            usage.call_depth_call_peak = self.last.peak_call_depth;
            usage
        })
    }

    /// Counts what its guests have called of the host, over all of its instances; a component is not counted.
    pub fn host_calls(&self) -> Vec<HostCallCount> {
        self.host_calls.counts()
    }

    /// Returns how often each of so many straight pieces of code has run since the instance was made.
    pub(crate) fn operator_runs(&mut self, blocks: usize) -> Vec<u64> {
        self.live.as_mut().map(|live| live.operator_runs(blocks)).unwrap_or_default()
    }

    /// Returns part of a memory, or `None` when there is no such memory.
    pub fn memory(&mut self, request: MemoryRequest) -> Option<MemoryWindow> {
        let live = self.live.as_mut()?;
        let handles = Arc::clone(&live.handles);
        let mut window = live::window(&live.store, &handles, request)?;
        if let Some(pages) = &window.pages {
            let seen = SeenPages::look(self.seen_pages.take(), live, request.memory);
            window.pages = Some(seen.mark(pages));
            self.seen_pages = Some(seen);
        }
        Some(window)
    }

    /// Changes bytes of a memory.
    ///
    /// # Errors
    ///
    /// Returns a sentence when there is no such memory or the bytes leave it; nothing is written then.
    pub fn write_memory(&mut self, memory: u32, address: u64, bytes: &[u8]) -> Result<(), String> {
        let live = self.live.as_mut().ok_or("the plugin has no instance")?;
        let handle = live.handles.memories.get(memory as usize);
        let handle = *handle.ok_or_else(|| format!("there is no memory {memory}"))?;
        let address = usize::try_from(address).map_err(|_| "the address is too large".to_owned())?;
        handle.write(&mut live.store, address, bytes).map_err(|_| {
            let size = handle.data_size(&live.store);
            format!("{} bytes at {address:#x} leave the memory of {size} bytes", bytes.len())
        })?;
        live.store.data_mut().memory_generation += 1;
        Ok(())
    }

    /// Returns the module's globals and their values.
    pub fn globals(&mut self) -> Vec<GlobalValue> {
        let Some(live) = self.live.as_mut() else { return Vec::new() };
        let handles = Arc::clone(&live.handles);
        live::globals(&mut live.store, &handles)
    }

    /// Writes a text through the plugin's own allocator and returns its address and length in bytes.
    ///
    /// Looks for `alloc` and `malloc`, which take a length, and for `cabi_realloc`. The call of the
    /// allocator is limited like any other, but leaves no record.
    ///
    /// # Errors
    ///
    /// Returns a sentence when there is no allocator, it fails, or what it returns leaves the memory.
    pub fn write_text(&mut self, text: &str) -> Result<(u64, u64), String> {
        let length = i32::try_from(text.len()).map_err(|_| "the text is too long".to_owned())?;
        let allocators: [(&str, Vec<Value>); 3] = [
            ("alloc", vec![Value::I32(length)]),
            ("malloc", vec![Value::I32(length)]),
            ("cabi_realloc", vec![Value::I32(0), Value::I32(0), Value::I32(1), Value::I32(length)]),
        ];
        for (export, args) in allocators {
            let Ok(entry) = self.entry(export, &args) else { continue };
            let number = self.next_number;
            let record = self.run_entry(&entry, &args, CallKind::Hook);
            self.next_number = number;
            let [Value::I32(address)] = record.results[..] else {
                let why = record.message.unwrap_or_else(|| "it returned no address".to_owned());
                return Err(format!("the plugin's `{export}` failed: {why}"));
            };
            let address = u64::from(address.cast_unsigned());
            if address == 0 {
                return Err(format!("the plugin's `{export}` answered 0: it has no room left"));
            }
            self.write_memory(0, address, text.as_bytes())?;
            return Ok((address, text.len() as u64));
        }
        Err("the plugin exports no allocator: `alloc`, `malloc` or `cabi_realloc`".to_owned())
    }

    /// Reads text from memory 0; at most 64 KiB.
    ///
    /// # Errors
    ///
    /// Returns a sentence when the bytes leave the memory or are not UTF-8.
    pub fn read_text(&mut self, address: u64, bytes: u64) -> Result<String, String> {
        const MOST_BYTES: u64 = 64 * 1024;
        if bytes > MOST_BYTES {
            return Err(format!("{bytes} bytes are more than the {MOST_BYTES} that are read as text"));
        }
        let request = MemoryRequest {
            memory: 0,
            address,
            bytes: u32::try_from(bytes).unwrap_or(u32::MAX),
            with_pages: false,
        };
        let window = self.memory(request).ok_or("the plugin has no memory")?;
        if window.address != address || window.bytes.len() as u64 != bytes {
            return Err(format!("{bytes} bytes at {address:#x} leave the memory"));
        }
        std::str::from_utf8(&window.bytes).map(str::to_owned).map_err(|_| "not UTF-8 text".to_owned())
    }
}

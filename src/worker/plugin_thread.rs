//! The thread of one plugin: runs its jobs one after another and keeps its state.
//!
//! Knows no other plugin. What must not wait behind a running call is answered by the watcher.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use super::orders::{Order, What};
use super::protocol::{BenchRequest, CallRequest, PluginCommand, PluginEvent};
use super::repeating::{benchmark, repeat};
use super::threads::{Threads, panic_message};
use super::watcher::{CANCELLED, Watcher};
use crate::engine::{Build, CLEANUP_HOOK, CallObserver, CallRefusal, CreateFailure, Plugin, PluginOptions};
use crate::model::call::CallRecord;
use crate::model::ids::{BuildNumber, CallId};
use crate::model::lifecycle::{LifecycleStep, PluginState};

/// A build and which of its source's builds it is.
#[derive(Clone)]
pub(crate) struct Numbered {
    pub(crate) build: Arc<Build>,
    pub(crate) number: BuildNumber,
}

/// Everything that the thread of a plugin owns.
pub(crate) struct PluginThread {
    name: Arc<str>,
    watcher: Arc<Watcher>,
    threads: Threads,
    stack_bytes: usize,
    /// What the next instance is an instance of.
    build: Numbered,
    options: PluginOptions,
    /// What the times of its calls are counted from.
    born: Instant,
    /// `None` before the first instance.
    plugin: Option<Plugin>,
    /// Whether neither start function nor `_initialize` has run in the instance.
    is_new: bool,
    /// Whether both have returned.
    is_initialized: bool,
    /// An order that needs a larger stack than the thread before this one had.
    left_over: Option<Order>,
}

impl PluginThread {
    pub(crate) fn new(
        name: Arc<str>,
        watcher: Arc<Watcher>,
        build: Numbered,
        options: PluginOptions,
        threads: Threads,
    ) -> Self {
        Self {
            name,
            watcher,
            threads,
            stack_bytes: build.build.thread_stack_bytes(),
            build,
            options,
            born: Instant::now(),
            plugin: None,
            is_new: false,
            is_initialized: false,
            left_over: None,
        }
    }

    /// Starts the thread `plugin-NAME`.
    ///
    /// # Errors
    ///
    /// Returns the system's error when it gives no thread, and what was to run on it.
    pub(crate) fn spawn(self) -> Result<(), (Box<Self>, io::Error)> {
        let (threads, name, stack_bytes) =
            (self.threads.clone(), format!("plugin-{}", self.name), self.stack_bytes);
        let slot = Arc::new(Mutex::new(Some(self)));
        let take = |slot: &Mutex<Option<Self>>| slot.lock().unwrap_or_else(PoisonError::into_inner).take();
        let for_thread = Arc::clone(&slot);
        let spawned = threads.spawn(&name, stack_bytes, move || {
            if let Some(thread) = take(&for_thread) {
                thread.run();
            }
        });
        match spawned {
            Ok(()) => Ok(()),
            // The closure never ran, so that its work is still there.
            Err(err) => take(&slot).map_or(Ok(()), |thread| Err((Box::new(thread), err))),
        }
    }

    /// Works until the plugin is unloaded; a panic ends the plugin and nothing else.
    fn run(mut self) {
        let watcher = Arc::clone(&self.watcher);
        let end = loop {
            match catch_unwind(AssertUnwindSafe(|| self.work())) {
                Ok(None) => break Ok(()),
                Ok(Some(order)) => match self.move_to_larger_stack(order) {
                    Ok(()) => return,
                    Err(thread) => self = *thread,
                },
                Err(payload) => break Err(panic_message(&*payload)),
            }
        };
        // The clock must not go on for a guest that is gone with its thread.
        watcher.end_guest();
        // What panicked may be in such a state that it can't be dropped without another panic.
        let dropped = catch_unwind(AssertUnwindSafe(move || drop(self)));
        watcher.close();
        match end.and(dropped.map_err(|payload| panic_message(&*payload))) {
            Ok(()) => {
                watcher.refuse_waiting_calls("the plugin was unloaded");
                watcher.tell(PluginEvent::Unloaded);
            }
            Err(message) => {
                watcher.refuse_waiting_calls("the plugin's thread panicked");
                watcher.tell(PluginEvent::Panicked { message });
            }
        }
    }

    /// Obeys orders until the plugin is unloaded, or returns the one that needs a larger stack.
    fn work(&mut self) -> Option<Order> {
        while let Some(order) = self.left_over.take().or_else(|| self.watcher.next_order()) {
            if let What::Command(PluginCommand::Replace { build, .. }) = &order.what
                && build.thread_stack_bytes() > self.stack_bytes
            {
                return Some(order);
            }
            self.obey(order);
            // What was set while guest code ran takes effect now.
            if let Some(options) = self.watcher.take_options() {
                self.set_options(options);
            }
        }
        if self.watcher.state() != PluginState::Stopped {
            self.watcher.change_state(PluginState::Stopped, "unloaded");
        }
        None
    }

    /// Goes on with an order on a thread of its own: the process would abort if a guest's stack outgrew
    /// the thread's.
    fn move_to_larger_stack(mut self, order: Order) -> Result<(), Box<Self>> {
        let stack_bytes_before = self.stack_bytes;
        if let What::Command(PluginCommand::Replace { build, .. }) = &order.what {
            self.stack_bytes = build.thread_stack_bytes();
        }
        self.left_over = Some(order);
        self.spawn().map_err(|(mut thread, err)| {
            thread.stack_bytes = stack_bytes_before;
            thread.left_over = None;
            let reason = format!("the new build needs a larger stack, and no thread could be started: {err}");
            thread.watcher.tell(PluginEvent::StepRefused { reason });
            thread
        })
    }

    fn obey(&mut self, order: Order) {
        let number = order.number;
        let command = match order.what {
            What::Create { initialize } => return self.create(number, initialize),
            What::Panic => panic!("a test asked for this panic"),
            What::Command(command) => command,
        };
        match command {
            PluginCommand::Initialize => self.initialize(number),
            PluginCommand::Call(request) => self.call(number, &request),
            PluginCommand::Benchmark(request) => self.benchmark(number, &request),
            PluginCommand::Stop => self.stop(),
            PluginCommand::Reload => self.reload(),
            PluginCommand::Replace { build, build_number } => {
                self.replace(Numbered { build, number: build_number });
            }
            PluginCommand::Pause => drop(self.watcher.allows(LifecycleStep::Pause)),
            PluginCommand::Resume => drop(self.watcher.allows(LifecycleStep::Resume)),
            PluginCommand::Cancel if self.watcher.was_cancel_served(number) => {}
            PluginCommand::Cancel => drop(self.watcher.allows(LifecycleStep::Cancel)),
            // The flag that it raised is looked at before each order.
            PluginCommand::Unload => {}
            PluginCommand::SetOptions(options) => self.set_options(options),
            look => self.look(look),
        }
    }

    /// Answers what neither runs guest code nor changes the state, except through the guest's allocator.
    fn look(&mut self, command: PluginCommand) {
        const GONE: &str = "the plugin has no instance";
        let watcher = &self.watcher;
        match command {
            PluginCommand::ReadMemory(request) => {
                let window = self.plugin.as_mut().and_then(|plugin| plugin.memory(request));
                watcher.show(window.map_or_else(
                    || PluginEvent::MemoryRefused {
                        reason: format!("there is no memory {}", request.memory),
                    },
                    PluginEvent::Memory,
                ));
            }
            PluginCommand::WriteMemory { memory, address, bytes } => {
                let written = self.plugin.as_mut().map(|plugin| plugin.write_memory(memory, address, &bytes));
                if let Err(reason) = written.unwrap_or_else(|| Err(GONE.to_owned())) {
                    watcher.tell(PluginEvent::MemoryRefused { reason });
                }
            }
            PluginCommand::WriteText { request, text } => {
                watcher.begin_guest(watcher.number_now());
                let written = self.plugin.as_mut().map(|plugin| plugin.write_text(&text));
                watcher.end_guest();
                let result = written.unwrap_or_else(|| Err(GONE.to_owned()));
                watcher.tell(PluginEvent::TextWritten { request, result });
            }
            PluginCommand::ReadText { request, address, bytes } => {
                let read = self.plugin.as_mut().map(|plugin| plugin.read_text(address, bytes));
                let result = read.unwrap_or_else(|| Err(GONE.to_owned()));
                watcher.tell(PluginEvent::TextRead { request, result });
            }
            PluginCommand::ReadGlobals => {
                let globals = self.plugin.as_mut().map(Plugin::globals).unwrap_or_default();
                watcher.show(PluginEvent::Globals(globals));
            }
            PluginCommand::WatchUsage(is_watched) => {
                watcher.watch_usage(is_watched);
                if is_watched {
                    self.tell_usage();
                }
            }
            _ => {}
        }
    }

    fn set_options(&mut self, options: PluginOptions) {
        if let Some(plugin) = &mut self.plugin {
            plugin.set_options(options.clone());
        }
        self.watcher.tell(PluginEvent::LimitsSet(options.limits));
        self.options = options;
    }

    fn create(&mut self, number: u64, initialize: bool) {
        if self.make_instance(number) {
            self.watcher.change_state(PluginState::Created, "instance made");
            if initialize {
                self.initialize(number);
            }
        }
    }

    fn initialize(&mut self, number: u64) {
        if !self.watcher.allows(LifecycleStep::Initialize) {
            return;
        }
        self.watcher.change_state(PluginState::Initializing, "initialize");
        if self.is_new || self.make_instance(number) {
            self.run_start(number);
        }
    }

    fn call(&mut self, number: u64, request: &CallRequest) {
        if let Err(reason) = self.prepare_call(number) {
            self.watcher.tell(PluginEvent::CallRefused { call: request.call, reason });
            return;
        }
        let Some(plugin) = &mut self.plugin else { return };
        let watcher = &self.watcher;
        watcher.change_state(PluginState::Running, &*request.export);
        watcher.begin_guest(number);
        let result = if request.repeat > 1 || request.nanos.is_some() {
            repeat(plugin, watcher, request)
        } else {
            plugin.call(&request.export, &request.args).map(|record| (record, false))
        };
        watcher.end_guest();
        self.end_call(request.call, result);
    }

    fn benchmark(&mut self, number: u64, request: &BenchRequest) {
        if let Err(reason) = self.prepare_call(number) {
            self.watcher.tell(PluginEvent::CallRefused { call: request.call, reason });
            return;
        }
        let Some(plugin) = &mut self.plugin else { return };
        let watcher = &self.watcher;
        watcher.change_state(PluginState::Running, format!("benchmark of {}", request.export));
        watcher.begin_guest(number);
        let result = benchmark(plugin, watcher, request);
        watcher.end_guest();
        match result {
            Ok(None) => {
                watcher.change_state(PluginState::Ready, format!("benchmark of {} ended", request.export));
                self.tell_usage();
            }
            Ok(Some(record)) => self.end_call(request.call, Ok((*record, false))),
            Err(refusal) => self.end_call(request.call, Err(refusal)),
        }
    }

    /// Tells how a call ended, or why it was not made.
    fn end_call(&self, call: CallId, result: Result<(CallRecord, bool), CallRefusal>) {
        let watcher = &self.watcher;
        match result {
            Ok((record, is_sampled)) => {
                let (state, reason) = end_of(&record);
                let record = Box::new(record);
                watcher.tell(PluginEvent::CallEnded { call: Some(call), record, is_sampled });
                watcher.change_state(state, reason);
                self.tell_usage();
            }
            Err(reason) => {
                watcher.change_state(PluginState::Ready, "the call was refused");
                watcher.tell(PluginEvent::CallRefused { call, reason: reason.to_string() });
            }
        }
    }

    /// Brings the plugin to Ready for a call, or says why it can't be called.
    fn prepare_call(&mut self, number: u64) -> Result<(), String> {
        if self.watcher.is_cancelled_order(number) {
            self.watcher.serve_cancel();
            return Err(CANCELLED.to_owned());
        }
        let state = self.watcher.state();
        state.step(LifecycleStep::Call)?;
        if state == PluginState::Ready {
            return Ok(());
        }
        let is_kept = self.plugin.as_ref().is_some_and(|plugin| !plugin.needs_renewal());
        if is_kept && self.is_initialized {
            self.watcher.change_state(PluginState::Ready, "the instance is kept as it is");
            return Ok(());
        }
        self.watcher.change_state(PluginState::Initializing, "a fresh instance for the next call");
        if self.make_instance(number) && self.run_start(number) {
            return Ok(());
        }
        Err("no fresh instance could be made".to_owned())
    }

    fn stop(&mut self) {
        if !self.watcher.allows(LifecycleStep::StopPlugin) {
            return;
        }
        // An instance that never ran, or whose last call failed, has nothing that it could clean up.
        let is_ready = self.watcher.state() == PluginState::Ready;
        if is_ready && self.build.build.interface.exports.iter().any(|export| export.name == CLEANUP_HOOK) {
            self.watcher.change_state(PluginState::Running, CLEANUP_HOOK);
            self.watcher.begin_guest(self.watcher.number_now());
            let record = self.plugin.as_mut().and_then(Plugin::cleanup);
            self.watcher.end_guest();
            if let Some(record) = record {
                self.tell_record(record);
            }
        }
        self.watcher.change_state(PluginState::Stopped, "stopped by you");
    }

    fn reload(&mut self) {
        if !self.watcher.allows(LifecycleStep::Reload) {
            return;
        }
        self.watcher.change_state(PluginState::Initializing, "reload");
        let number = self.watcher.number_now();
        if self.make_instance(number) {
            self.run_start(number);
        }
    }

    /// Changes to another build: a plugin that takes calls goes on taking them.
    fn replace(&mut self, build: Numbered) {
        self.build = build;
        let number = self.watcher.number_now();
        match self.watcher.state() {
            PluginState::Ready | PluginState::Error => {
                self.watcher.change_state(PluginState::Initializing, "the source was compiled anew");
                if self.make_instance(number) {
                    self.run_start(number);
                }
            }
            PluginState::Created => drop(self.make_instance(number)),
            // Whatever comes next makes an instance of the new build; until then the old one can be
            // looked at. The other states can't be met here, between two jobs.
            _ => (self.is_new, self.is_initialized) = (false, false),
        }
    }

    /// Makes a fresh instance of the newest build; a failure is told and leads to Error.
    fn make_instance(&mut self, number: u64) -> bool {
        let state_reset = self.plugin.as_ref().is_some_and(Plugin::was_called);
        let watcher = Arc::clone(&self.watcher);
        let Numbered { build, number: build_number } = self.build.clone();
        (self.is_new, self.is_initialized) = (false, false);
        watcher.begin_guest(number);
        let made = match self.plugin.as_mut() {
            Some(plugin) if Arc::ptr_eq(plugin.build(), &build) => plugin.renew(),
            Some(plugin) => plugin.replace(Arc::clone(&build), build_number.0),
            None => {
                let observer: Arc<dyn CallObserver> = Arc::clone(&watcher) as _;
                let (build, options) = (Arc::clone(&build), self.options.clone());
                Plugin::create_since(build, build_number.0, options, observer, self.born)
                    .map(|plugin| self.plugin = Some(plugin))
            }
        };
        watcher.end_guest();
        if let Err(failure) = made {
            let reason = self.tell_failure(failure);
            watcher.change_state(PluginState::Error, reason);
            return false;
        }
        self.is_new = true;
        let instantiate_ns = self.plugin.as_ref().map_or(0, Plugin::instantiate_ns);
        watcher.tell(PluginEvent::Instantiated { build, build_number, instantiate_ns, state_reset });
        self.tell_usage();
        true
    }

    /// Tells why there is no instance, and returns that as a reason for the history.
    fn tell_failure(&self, failure: CreateFailure) -> String {
        match failure {
            CreateFailure::MissingImports(imports) => {
                let reason = match imports.len() {
                    1 => "one import is missing".to_owned(),
                    count => format!("{count} imports are missing"),
                };
                self.watcher.tell(PluginEvent::ImportsMissing(imports));
                reason
            }
            CreateFailure::Failed(record) => {
                let (_, reason) = end_of(&record);
                self.watcher.tell(PluginEvent::CallEnded { call: None, record, is_sampled: false });
                reason
            }
        }
    }

    /// Runs the start function and `_initialize`; leads to Ready or to Error.
    fn run_start(&mut self, number: u64) -> bool {
        let Some(plugin) = &mut self.plugin else { return false };
        self.is_new = false;
        self.watcher.begin_guest(number);
        let records = plugin.initialize();
        self.watcher.end_guest();
        let mut end = (PluginState::Ready, "initialized".to_owned());
        for record in records {
            if !record.is_success() {
                end = end_of(&record);
            }
            self.tell_record(record);
        }
        self.is_initialized = end.0 == PluginState::Ready;
        self.watcher.change_state(end.0, end.1);
        self.tell_usage();
        self.is_initialized
    }

    fn tell_record(&self, record: CallRecord) {
        self.watcher.tell(PluginEvent::CallEnded { call: None, record: Box::new(record), is_sampled: false });
    }

    fn tell_usage(&self) {
        if let Some(plugin) = &self.plugin {
            self.watcher.show(PluginEvent::Usage(plugin.usage()));
            let counts = plugin.host_calls();
            if !counts.is_empty() {
                self.watcher.tell(PluginEvent::HostCalls(counts.into()));
            }
        }
    }
}

/// State after a call, and why.
fn end_of(record: &CallRecord) -> (PluginState, String) {
    if record.is_success() {
        return (PluginState::Ready, format!("{} returned", record.export));
    }
    (PluginState::Error, format!("{}: {}", record.export, record.outcome.headline()))
}

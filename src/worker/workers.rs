//! All workers behind one door: commands go in, events come out, neither ever blocks the window.
//!
//! Knows which thread does what, and nothing of how.

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::cache::Cache;
use super::compiler::{CompileJob, Compiler};
use super::dialog::Ask;
use super::files::{FileJob, Files};
use super::listings::Listings;
use super::orders::{NotTaken, OrderSender, What, orders};
use super::outlet::{Outbox, Outlet, Wake, outlet};
use super::plugin_thread::{Numbered, PluginThread};
use super::prober::Probers;
use super::protocol::{Command, Event, Notice, PluginCommand, PluginEvent};
use super::rewriter::Rewriter;
use super::text_protocol::TextCommand;
use super::threads::Threads;
use super::ticker::{TICK_PERIOD, Ticker};
use super::watcher::Watcher;
use crate::engine::front::SizeCaps;
use crate::engine::{EngineSettings, Engines, PluginOptions};
use crate::model::event::LogLevel;
use crate::model::ids::{Generation, PluginId, SourceId};
use crate::model::text::FileContent;

/// Plugins that may live at the same time, each with a thread of its own.
const MOST_PLUGINS: usize = 256;

/// How long the end of the program waits for its threads.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);

/// What the workers are started with.
#[derive(Debug, Clone)]
pub struct WorkersConfig {
    /// Folder for unsaved text; `None` keeps none.
    pub data_dir: Option<PathBuf>,
    /// Bytes that the cache of builds may take in memory, by estimate.
    pub cache_bytes: u64,
    /// Folder for builds that outlive the program; `None` keeps none.
    pub cache_dir: Option<PathBuf>,
    /// Bytes that the builds in that folder may take.
    pub disk_cache_bytes: u64,
    /// How often running guests are looked at.
    pub epoch_tick: Duration,
    /// Largest sources that are compiled.
    pub size_caps: SizeCaps,
}

impl Default for WorkersConfig {
    fn default() -> Self {
        Self {
            data_dir: None,
            cache_bytes: 512 << 20,
            cache_dir: None,
            disk_cache_bytes: 512 << 20,
            epoch_tick: TICK_PERIOD,
            size_caps: SizeCaps::default(),
        }
    }
}

/// The workers of the program; dropping them ends all threads, and running guests with them.
pub struct Workers {
    /// Dropped before the wait for the threads, so that none of them waits for a reader.
    outbox: Option<Outbox>,
    outlet: Outlet,
    ticker: Ticker,
    compiler: Compiler,
    files: Files,
    probers: Probers,
    listings: Listings,
    rewriter: Rewriter,
    plugins: Mutex<HashMap<PluginId, OrderSender>>,
    plugin_threads: Threads,
    file_threads: Threads,
}

impl Workers {
    /// Starts the threads that always live; `wake` is called on any of them when events wait to be read.
    ///
    /// # Errors
    ///
    /// Returns the system's error when it gives no thread.
    pub fn start(config: &WorkersConfig, wake: Wake) -> io::Result<Self> {
        let (outlet, outbox) = outlet(wake);
        let engines = Engines::new();
        let file_threads = Threads::default();
        let ticker = Ticker::start(&engines)?;
        ticker.set_period(config.epoch_tick);
        let cache = Cache::new(config, &outlet);
        let probers = Probers::new(Arc::clone(&engines), ticker.clock(), outlet.clone());
        let compiler = Compiler::start(engines, Arc::clone(&cache.builds), config.size_caps, outlet.clone())?;
        let files = Files::start(config.data_dir.as_deref(), cache, outlet.clone(), &file_threads)?;
        let listings = Listings::start(outlet.clone())?;
        let rewriter = Rewriter::new(outlet.clone(), Threads::default());
        Ok(Self {
            outbox: Some(outbox),
            outlet,
            ticker,
            compiler,
            files,
            probers,
            listings,
            rewriter,
            plugins: Mutex::default(),
            plugin_threads: Threads::default(),
            file_threads,
        })
    }

    /// Hands a command to the worker that it is for, without ever waiting.
    ///
    /// # Errors
    ///
    /// Returns a notice for the person when that worker has too much to do already or is gone.
    pub fn send(&self, command: Command) -> Result<(), Notice> {
        let is_taken = match command {
            Command::Compile { source, generation, name, content, settings, read_ns } => {
                let job = CompileJob { source, generation, name, content, settings, read_ns, panics: false };
                self.compiler.compile(job);
                true
            }
            Command::Listing(command) => self.listings.send(command),
            Command::Text(TextCommand::Rewrite { request, text, how }) => {
                self.rewriter.rewrite(request, text, how)
            }
            Command::Text(TextCommand::Discard(discarded)) => {
                // Where there is no room it is dropped here, which takes longer and harms nobody.
                self.files.send(FileJob::Discard(discarded));
                true
            }
            Command::CreatePlugin { plugin, name, build, build_number, options, initialize } => {
                let build = Numbered { build, number: build_number };
                return self.create(plugin, &name, build, options, initialize);
            }
            Command::Probe { request, name, probe } => {
                return self.probers.find_needs(request, &name, *probe);
            }
            Command::CountOperators { request, name, counter } => {
                return self.probers.count_operators(request, &name, *counter);
            }
            Command::StopProbe { request } => {
                self.probers.stop(request);
                true
            }
            Command::Plugin { plugin, command } => return self.send_plugin(plugin, command),
            Command::OpenFile { request, path } => self.files.send(FileJob::Open { request, path }),
            Command::PickFiles { request, folder } => {
                self.files.send(FileJob::Ask(Ask::Open { request, folder }))
            }
            Command::PickSavePath { request, suggested, folder } => {
                self.files.send(FileJob::Ask(Ask::Save { request, suggested, folder }))
            }
            Command::SaveFile { request, path, content } => {
                self.files.send(FileJob::Save { request, path, content })
            }
            Command::ExportFile { request, path, content } => {
                self.files.send(FileJob::Export { request, path, content })
            }
            Command::CheckFiles { paths } => self.files.send(FileJob::Check { paths }),
            Command::SetEpochTick { millis } => {
                self.ticker.set_period(Duration::from_millis(millis));
                true
            }
            Command::Cache(command) => self.files.send(FileJob::Cache(command)),
            Command::ForgetUnsaved { found } => self.files.send(FileJob::ForgetUnsaved { found }),
            Command::Compare { request, old, new } => self.files.send(FileJob::Compare { request, old, new }),
            Command::KeepUnsaved { source, text } => self.files.send(FileJob::KeepUnsaved { source, text }),
        };
        if is_taken { Ok(()) } else { Err(warning("Too much to do already: try again in a moment")) }
    }

    /// Takes the next event if there is one.
    ///
    /// After `None` the next event calls the wake function again; whoever stops reading earlier has to
    /// come back without being woken.
    pub fn try_event(&self) -> Option<Event> {
        self.outbox.as_ref()?.try_next()
    }

    /// Takes the next event, and waits for it at most that long.
    pub fn next_event(&self, timeout: Duration) -> Option<Event> {
        self.outbox.as_ref()?.next_before(Instant::now() + timeout)
    }

    /// Counts the ticks of the engines' clock so far; stands still while no guest runs.
    pub fn ticks(&self) -> u64 {
        self.ticker.ticks()
    }

    fn create(
        &self,
        plugin: PluginId,
        name: &str,
        build: Numbered,
        options: PluginOptions,
        initialize: bool,
    ) -> Result<(), Notice> {
        let mut plugins = self.plugins();
        plugins.retain(|_, sender| !sender.is_gone());
        if plugins.contains_key(&plugin) {
            return Err(warning(format!("There is a plugin {plugin} already")));
        }
        if plugins.len() >= MOST_PLUGINS {
            return Err(warning(format!("{MOST_PLUGINS} plugins live already: unload one first")));
        }
        let (sender, receiver, flags) = orders();
        let watcher = Watcher::new(plugin, self.outlet.clone(), self.ticker.clock(), receiver, flags);
        let threads = self.plugin_threads.clone();
        let thread = PluginThread::new(name.into(), Arc::new(watcher), build, options, threads);
        thread.spawn().map_err(|(_, err)| Notice {
            level: LogLevel::Error,
            message: format!("No thread could be started for `{name}`"),
            details: Some(err.to_string()),
        })?;
        // The row is new and the thread lives, so that there is room and a reader.
        let _ = sender.send(What::Create { initialize });
        plugins.insert(plugin, sender);
        Ok(())
    }

    fn send_plugin(&self, plugin: PluginId, command: PluginCommand) -> Result<(), Notice> {
        let plugins = self.plugins();
        let call = command.call();
        let sent = match plugins.get(&plugin) {
            Some(sender) => sender.send(What::Command(command)),
            None => Err(NotTaken::Gone),
        };
        drop(plugins);
        match (sent, call) {
            (Err(NotTaken::Full), _) => Err(warning("The plugin has too much to do already")),
            (Err(NotTaken::Gone), Some(call)) => {
                let event = PluginEvent::CallRefused { call, reason: "the plugin is gone".to_owned() };
                self.outlet.offer(Event::Plugin { plugin, event });
                Ok(())
            }
            // Whoever asks a plugin that has just gone is about to hear of that.
            (Ok(()), _) | (Err(NotTaken::Gone), None) => Ok(()),
        }
    }

    fn plugins(&self) -> MutexGuard<'_, HashMap<PluginId, OrderSender>> {
        self.plugins.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Doors for tests, which have no other way to a defect.
#[doc(hidden)]
impl Workers {
    /// Has the thread of a plugin panic.
    pub fn panic_plugin(&self, plugin: PluginId) {
        if let Some(sender) = self.plugins().get(&plugin) {
            let _ = sender.send(What::Panic);
        }
    }

    /// Has the compiler panic on a source.
    pub fn panic_compiler(&self, source: SourceId, generation: Generation) {
        self.compiler.compile(CompileJob {
            source,
            generation,
            name: "panic.wat".into(),
            content: FileContent::Bytes(Arc::default()),
            settings: EngineSettings::default(),
            read_ns: None,
            panics: true,
        });
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        let deadline = Instant::now() + CLOSE_WITHIN;
        self.outbox = None;
        for sender in self.plugins().values() {
            // It raises a flag that ends even a row that is full.
            let _ = sender.send(What::Command(PluginCommand::Unload));
        }
        self.plugins().clear();
        self.probers.stop_all();
        self.files.close(deadline);
        // A thread that does not make it, such as one that writes to a dead network drive, is left behind.
        self.plugin_threads.wait_until(deadline);
        self.probers.wait_until(deadline);
        self.file_threads.wait_until(deadline);
    }
}

fn warning(message: impl Into<String>) -> Notice {
    Notice { level: LogLevel::Warn, message: message.into(), details: None }
}

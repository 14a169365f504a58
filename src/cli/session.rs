//! One run of a plugin: instance, start, calls in order, cleanup, and the records of all of it.
//!
//! Prints nothing: each record is handed over when it is there.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use super::output::tell;
use super::report;
use super::shadow::Shadow;
use crate::engine::{Build, CallObserver, CreateFailure, LiveView, Plugin, PluginOptions, Repeat, Tick};
use crate::model::call::{CallKind, CallRecord, Outcome};
use crate::model::event::LogLevel;
use crate::model::host_calls::HostCallCount;
use crate::model::interface::Import;
use crate::model::lifecycle::PluginState;
use crate::model::measured::Measured;
use crate::model::metrics::PluginMetrics;
use crate::model::timeline::Durations;
use crate::model::value::Value;

/// A call whose export and values were found good.
#[derive(Debug, Clone)]
pub(super) struct Call {
    /// Name of the export.
    pub(super) export: String,
    /// Arguments.
    pub(super) args: Vec<Value>,
}

/// A record, and the times of all calls that it stands for.
#[derive(Debug, Clone)]
pub(super) struct Made {
    /// Record of the last call.
    pub(super) record: CallRecord,
    /// What else is known of a repeated call; `None` where one call was asked for.
    pub(super) repeated: Option<Repeated>,
    /// How often growth was refused; the record names the newest refusals only.
    pub(super) refused_growths: u64,
    /// What it burns at the engine's own prices: nothing where it runs at those, not measured where that is not known.
    pub(super) default_fuel: Option<Measured<u64>>,
}

impl Made {
    /// A call that was made once.
    pub(super) fn once(record: CallRecord) -> Self {
        let refused_growths = record.refused_growths;
        Self { record, repeated: None, refused_growths, default_fuel: None }
    }

    /// Writes the lines on the call behind its headline: why it failed, where, and what to do.
    pub(super) fn details(&self, file: &str) -> Vec<String> {
        report::call(self, file).lines().skip(1).map(str::to_owned).collect()
    }
}

/// How a run is made.
#[derive(Clone)]
pub(super) struct Setting {
    /// What is called.
    pub(super) build: Arc<Build>,
    /// The same at the engine's own prices, where its own differ.
    pub(super) default_priced: Option<Arc<Build>>,
    /// Limits and options.
    pub(super) options: PluginOptions,
    /// How often each call is made.
    pub(super) repeat: u64,
}

/// A repeated call.
#[derive(Debug, Clone)]
pub(super) struct Repeated {
    /// How many calls were asked for.
    pub(super) asked: u64,
    /// Times of those that were made.
    pub(super) durations: Durations,
}

/// What a run left behind.
pub(super) struct Session {
    /// All records, in order.
    pub(super) calls: Vec<Made>,
    /// State of the plugin at the end.
    pub(super) state: PluginState,
    /// Totals over all calls.
    pub(super) metrics: PluginMetrics,
    /// How long making the first instance took; `None` when it could not be made.
    pub(super) instantiate_ns: Option<u64>,
    /// What the guests called of the host.
    pub(super) host_calls: Vec<HostCallCount>,
}

/// Watches a run: prints what guests log, and stops them when the user says so.
#[derive(Debug, Default)]
pub(super) struct Watch {
    is_cancelled: AtomicBool,
}

/// Takes each record as soon as it is there.
pub(super) type Sink<'a> = &'a mut (dyn FnMut(&Made) + Send);

struct Driver<'a> {
    plugin: Plugin,
    watch: &'a Watch,
    repeat: u64,
    shadow: Option<Shadow>,
    is_priced: bool,
    session: Session,
    sink: Sink<'a>,
    /// Whether start function and `_initialize` returned.
    is_initialized: bool,
}

impl Watch {
    /// Asks the running call to end; returns whether that had been asked before.
    pub(super) fn cancel(&self) -> bool {
        self.is_cancelled.swap(true, Ordering::AcqRel)
    }
}

/// Lets a run be cancelled, and prints only the first lines that guests log: the same call is made many times.
#[derive(Debug)]
pub(super) struct QuietWatch {
    watch: Arc<Watch>,
    lines_left: AtomicUsize,
}

/// Lines that are printed of guests whose calls are made many times.
const MOST_LINES: usize = 10;

impl QuietWatch {
    pub(super) fn new(watch: &Arc<Watch>) -> Self {
        Self { watch: Arc::clone(watch), lines_left: AtomicUsize::new(MOST_LINES) }
    }
}

impl CallObserver for QuietWatch {
    fn tick(&self, live: &mut dyn LiveView) -> Tick {
        self.watch.tick(live)
    }

    fn is_cancelled(&self) -> bool {
        self.watch.is_cancelled()
    }

    fn log(&self, level: LogLevel, text: String) {
        let take_one = |lines: usize| lines.checked_sub(1);
        match self.lines_left.fetch_update(Ordering::AcqRel, Ordering::Acquire, take_one) {
            Ok(1) => {
                self.watch.log(level, text);
                tell("[info] further lines are left out");
            }
            Ok(_) => self.watch.log(level, text),
            Err(_) => {}
        }
    }
}

impl CallObserver for Watch {
    fn tick(&self, _live: &mut dyn LiveView) -> Tick {
        let held = std::time::Duration::ZERO;
        if self.is_cancelled() { Tick::Cancel { held } } else { Tick::Continue { held } }
    }

    fn is_cancelled(&self) -> bool {
        self.is_cancelled.load(Ordering::Acquire)
    }

    fn log(&self, level: LogLevel, text: String) {
        tell(&format!("[{}] {text}", level.snake_case()));
    }
}

/// Makes an instance, runs the calls on it and cleans up.
///
/// # Errors
///
/// Returns the imports that nobody provides.
pub(super) fn drive(
    setting: Setting,
    watch: &Arc<Watch>,
    calls: &[Call],
    sink: Sink<'_>,
) -> Result<Session, Vec<Import>> {
    let Setting { build, default_priced, options, repeat } = setting;
    let is_priced = default_priced.is_some();
    let mut session = Session {
        calls: Vec::new(),
        state: PluginState::Error,
        metrics: PluginMetrics::default(),
        instantiate_ns: None,
        host_calls: Vec::new(),
    };
    let observer: Arc<dyn CallObserver> = Arc::clone(watch) as _;
    let plugin = match Plugin::create(build, 1, options.clone(), observer) {
        Ok(plugin) => plugin,
        Err(CreateFailure::MissingImports(imports)) => return Err(imports),
        Err(CreateFailure::Failed(record)) => {
            session.note(*record, is_priced.then_some(Measured::NotMeasured), sink);
            for call in calls {
                session.skip(call, Outcome::Error, "not called: there is no instance", sink);
            }
            return Ok(session);
        }
    };
    session.instantiate_ns = Some(plugin.instantiate_ns());
    let shadow = default_priced.and_then(|build| Shadow::new(build, &options, watch));
    let mut driver =
        Driver { plugin, watch, repeat, shadow, is_priced, session, sink, is_initialized: false };
    driver.initialize();
    for call in calls {
        driver.call(call);
    }
    Ok(driver.finish())
}

impl Driver<'_> {
    fn initialize(&mut self) {
        let records = self.plugin.initialize();
        self.is_initialized = records.iter().all(CallRecord::is_success);
        self.session.state = if self.is_initialized { PluginState::Ready } else { PluginState::Error };
        let shadow = self.shadow.as_mut().map(|shadow| shadow.initialize(&records)).unwrap_or_default();
        for (at, record) in records.into_iter().enumerate() {
            let default_fuel = self.is_priced.then(|| measured(shadow.get(at).copied().flatten()));
            self.session.note(record, default_fuel, self.sink);
        }
    }

    /// Makes a fresh instance where the last call left one that can't go on; tells whether there is one.
    fn renew_if_needed(&mut self) -> bool {
        if !self.is_initialized {
            // What just failed on a fresh instance would fail again.
            return false;
        }
        if self.plugin.needs_renewal() {
            if let Err(failure) = self.plugin.renew() {
                self.is_initialized = false;
                if let CreateFailure::Failed(record) = failure {
                    self.session.note(*record, self.is_priced.then_some(Measured::NotMeasured), self.sink);
                }
                return false;
            }
            if let Some(shadow) = &mut self.shadow {
                shadow.renew();
            }
            self.initialize();
        }
        self.is_initialized
    }

    fn call(&mut self, call: &Call) {
        // A limit or a trap in between would hide that the user wants all of it to end.
        if self.watch.is_cancelled() {
            return self.session.skip(call, Outcome::Cancelled, "not called: the run was stopped", self.sink);
        }
        if !self.renew_if_needed() {
            let why = "not called: the plugin could not be initialized";
            return self.session.skip(call, Outcome::Error, why, self.sink);
        }
        let refused_before = self.plugin.usage().refused_growths;
        let mut durations = Durations::default();
        let metrics = &mut self.session.metrics;
        let mut take = |samples: &[crate::model::call::CallSample]| {
            let now = unix_ms();
            for sample in samples {
                durations.record(sample.wall_ns);
                metrics.record_sample(sample, 0, now);
            }
            ControlFlow::Continue(())
        };
        let made = if self.repeat > 1 {
            let how = Repeat { count: self.repeat, until: None, continue_on_failure: false };
            self.plugin.repeat(&call.export, &call.args, how, &mut take)
        } else {
            self.plugin.call(&call.export, &call.args)
        };
        let record = match made {
            Ok(record) => record,
            Err(refusal) => {
                return self.session.skip(call, Outcome::Error, &refusal.to_string(), self.sink);
            }
        };
        durations.record(record.wall_ns);
        let refused = self.plugin.usage().refused_growths.saturating_sub(refused_before);
        self.session.metrics.record_sample(&record.sample(0), refused, unix_ms());
        self.session.state = if record.is_success() { PluginState::Ready } else { PluginState::Error };
        let repeated = (self.repeat > 1).then_some(Repeated { asked: self.repeat, durations });
        let shadow = self.shadow.as_mut().and_then(|shadow| shadow.call(call, self.repeat, &record));
        let default_fuel = self.is_priced.then_some(measured(shadow));
        self.session.push(Made { record, repeated, refused_growths: refused, default_fuel }, self.sink);
    }

    /// Stops the plugin; one whose last call failed has nothing that it could clean up.
    fn finish(mut self) -> Session {
        if self.session.state == PluginState::Ready
            && !self.watch.is_cancelled()
            && let Some(record) = self.plugin.cleanup()
        {
            self.session.state = if record.is_success() { PluginState::Stopped } else { PluginState::Error };
            let shadow = self.shadow.as_mut().and_then(|shadow| shadow.cleanup(&record));
            self.session.note(record, self.is_priced.then_some(measured(shadow)), self.sink);
        }
        self.session.metrics.set_current_memory_pages(self.plugin.usage().memory_pages);
        self.session.host_calls = self.plugin.host_calls();
        self.session
    }
}

impl Session {
    /// Tells whether every call was made and returned.
    pub(super) fn is_success(&self) -> bool {
        self.calls.iter().all(|made| made.record.is_success())
    }

    /// Takes up a call that was made once.
    fn note(
        &mut self,
        record: CallRecord,
        default_fuel: Option<Measured<u64>>,
        sink: &mut (dyn FnMut(&Made) + Send),
    ) {
        self.metrics.record(&record, unix_ms());
        let refused_growths = record.refused_growths;
        self.push(Made { record, repeated: None, refused_growths, default_fuel }, sink);
    }

    /// Takes up a call that was not made: it is listed, but counts nowhere.
    fn skip(&mut self, call: &Call, outcome: Outcome, why: &str, sink: &mut (dyn FnMut(&Made) + Send)) {
        let record = CallRecord {
            outcome,
            message: Some(why.to_owned()),
            ..CallRecord::begin(CallKind::Export, call.export.as_str().into(), &call.args)
        };
        let refused_growths = record.denied.len() as u64;
        self.push(Made { record, repeated: None, refused_growths, default_fuel: None }, sink);
    }

    fn push(&mut self, made: Made, sink: &mut (dyn FnMut(&Made) + Send)) {
        sink(&made);
        self.calls.push(made);
    }
}

fn measured(fuel: Option<u64>) -> Measured<u64> {
    fuel.map_or(Measured::NotMeasured, Measured::Exact)
}

fn unix_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

//! The same calls at the engine's own prices, beside a run whose operators cost something else.
//!
//! Prints nothing, and tells nothing where it did not end as the run itself did.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::session::{Call, Watch};
use crate::engine::{Build, CallObserver, LiveView, Plugin, PluginOptions, Repeat, SharedObserver, Tick};
use crate::model::call::CallRecord;
use crate::model::event::LogLevel;
use crate::model::limit_rules::LimitRules;
use crate::model::limits::Limits;

/// A second plugin that makes every call that returned once more.
pub(super) struct Shadow {
    plugin: Plugin,
    is_lost: bool,
}

/// Ends with the run, and says nothing: the guest has logged the same already.
#[derive(Debug)]
struct Silent(Arc<Watch>);

impl CallObserver for Silent {
    fn tick(&self, live: &mut dyn LiveView) -> Tick {
        self.0.tick(live)
    }

    fn is_cancelled(&self) -> bool {
        self.0.is_cancelled()
    }

    fn log(&self, _level: LogLevel, _text: String) {}
}

impl Shadow {
    /// Makes the second plugin; `None` when it has no instance.
    pub(super) fn new(build: Arc<Build>, options: &PluginOptions, watch: &Arc<Watch>) -> Option<Self> {
        // What returned at its own prices must not be stopped for what it costs at others.
        let limits = Limits { fuel: None, ..options.limits };
        let options = PluginOptions { limits, rules: LimitRules::NONE, ..*options };
        let observer: SharedObserver = Arc::new(Silent(Arc::clone(watch)));
        let plugin = Plugin::create(build, 1, options, observer).ok()?;
        Some(Self { plugin, is_lost: false })
    }

    /// Runs start function and `_initialize`, and returns what each burnt, beside the records of the run.
    pub(super) fn initialize(&mut self, records: &[CallRecord]) -> Vec<Option<u64>> {
        if self.is_lost {
            return vec![None; records.len()];
        }
        let own = self.plugin.initialize();
        self.is_lost = own.len() != records.len() || !own.iter().all(CallRecord::is_success);
        records.iter().enumerate().map(|(at, record)| alike(own.get(at)?, record)).collect()
    }

    /// Makes a fresh instance where the run does.
    pub(super) fn renew(&mut self) {
        self.is_lost |= self.plugin.renew().is_err();
    }

    /// Makes a call of the run once more, as often; returns what the last one burnt.
    pub(super) fn call(&mut self, call: &Call, repeat: u64, record: &CallRecord) -> Option<u64> {
        // One that was stopped may not end by itself, and its instance is about to be replaced.
        if self.is_lost || !record.is_success() {
            self.is_lost |= self.plugin.options().keep_after_trap;
            return None;
        }
        let how = Repeat { count: repeat, until: None, continue_on_failure: false };
        let own = if repeat > 1 {
            self.plugin.repeat(&call.export, &call.args, how, &mut |_| ControlFlow::Continue(()))
        } else {
            self.plugin.call(&call.export, &call.args)
        };
        let own = own.ok()?;
        self.is_lost |= !own.is_success();
        alike(&own, record)
    }

    /// Runs `_cleanup` and returns what it burnt.
    pub(super) fn cleanup(&mut self, record: &CallRecord) -> Option<u64> {
        if self.is_lost {
            return None;
        }
        alike(&self.plugin.cleanup()?, record)
    }
}

/// Returns the fuel of a call that ended as another one did.
fn alike(own: &CallRecord, record: &CallRecord) -> Option<u64> {
    let is_alike = own.is_success() && record.is_success() && own.results == record.results;
    own.fuel.value().filter(|_| is_alike && own.fuel.is_exact())
}

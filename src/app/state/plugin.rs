//! One live plugin as the window sees it: its life, its limits and what it uses of them, its memory.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use super::phases::PhaseRun;
use super::{CountsView, DefaultFuel, EarlierCalls, GoodBuild, NeedsView, PluginCalls};
use crate::engine::PluginOptions;
use crate::model::host_calls::HostCalls;
use crate::model::ids::{PluginId, SourceId};
use crate::model::interface::Import;
use crate::model::lifecycle::{LifecycleStep, PluginState, StateChange};
use crate::model::limit_rules::{LimitRule, RuleBound};
use crate::model::limits::{LimitKind, Limits, Usage};
use crate::model::memory::{GlobalValue, MemoryRequest, MemoryWindow};

/// Most entries of a plugin's history of states.
const MOST_CHANGES: usize = 1000;
/// Most writes that can be undone.
const MOST_EDITS: usize = 1000;

/// One live plugin.
#[derive(Debug)]
pub struct PluginView {
    /// Id, never used again.
    pub id: PluginId,
    /// Name of its source without the ending.
    pub stem: Arc<str>,
    /// Which instance of that name it is, from 1.
    pub ordinal: u32,
    /// Source that it is an instance of.
    pub source: SourceId,
    /// Build that it is an instance of.
    pub build: GoodBuild,
    /// Newer build that waits for Reload.
    pub waiting_build: Option<GoodBuild>,
    /// State now.
    pub state: PluginState,
    /// How it came to that state, oldest first.
    pub history: VecDeque<StateChange>,
    /// Limits, stubs and the like.
    pub options: PluginOptions,
    /// Fields of the limits whose text stands for no number, or whose change is not in force yet.
    pub limit_fields: BTreeMap<LimitKind, LimitField>,
    /// Limits of single functions, as they stand in their fields.
    pub rule_fields: Vec<RuleField>,
    /// Whether it keeps its instance when its source is compiled anew.
    pub keep_until_reload: bool,
    /// What it uses of its limits.
    pub usage: Usage,
    /// How often growth of memories and of tables had been refused when it last did nothing.
    pub refused_before: (u64, u64),
    /// Its calls.
    pub calls: PluginCalls,
    /// What a call would take, once somebody has asked.
    pub needs: Option<NeedsView>,
    /// Which operators a call runs, once somebody has asked.
    pub counts: Option<CountsView>,
    /// What calls at prices of their own would burn at the engine's.
    pub default_fuel: DefaultFuel,
    /// What its guests have called of the host.
    pub host_calls: HostCalls,
    /// Calls that the instance has had.
    pub(crate) earlier: EarlierCalls,
    /// Its memory as far as somebody looks at it.
    pub memory: PluginMemory,
    /// Its globals, when they were last asked for.
    pub globals: Vec<GlobalValue>,
    /// Imports that nobody provides; empty unless that kept it from being instantiated.
    pub missing_imports: Vec<Import>,
    /// What a person should know of it now, such as that its state was reset.
    pub note: Option<String>,
    /// Why the last thing that was asked of it was refused.
    pub refusal: Option<String>,
    /// How long each of its builds took until it could be called, oldest first.
    pub phase_runs: VecDeque<PhaseRun>,
    /// Nanoseconds that making the instance took.
    pub instantiate_ns: Option<u64>,
    /// When it began to do what it does, after the program's start; `None` when it waits.
    pub busy_since: Option<Duration>,
}

/// Text in the field of a limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitField {
    /// What was typed.
    pub text: String,
    /// Why it is no limit, if so.
    pub error: Option<String>,
    /// When the change takes effect, in words.
    pub effect: Option<&'static str>,
    /// Whether the plugin has taken the change up.
    pub is_set: bool,
}

/// A rule for single functions as it is typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RuleField {
    /// Name of an export, with `*` for any letters.
    pub pattern: String,
    /// Fuel per call: a number, `none`, or nothing for the plugin's own.
    pub fuel: String,
    /// Milliseconds per call, likewise.
    pub time_ms: String,
    /// Why it is no rule, if so.
    pub error: Option<String>,
}

impl RuleField {
    /// Reads the rule; `None` while nothing is typed.
    ///
    /// # Errors
    ///
    /// Says why it is no rule.
    pub fn read(&self) -> Result<Option<LimitRule>, String> {
        let fields = [&self.pattern, &self.fuel, &self.time_ms];
        if fields.iter().all(|field| field.trim().is_empty()) {
            return Ok(None);
        }
        let rule = LimitRule {
            pattern: self.pattern.trim().to_owned(),
            fuel: RuleBound::parse(&self.fuel)?,
            time_ms: RuleBound::parse(&self.time_ms)?,
        };
        rule.check()?;
        Ok(Some(rule))
    }
}

impl From<&LimitRule> for RuleField {
    fn from(rule: &LimitRule) -> Self {
        Self {
            pattern: rule.pattern.clone(),
            fuel: rule.fuel.to_text(),
            time_ms: rule.time_ms.to_text(),
            error: None,
        }
    }
}

/// Memory of a plugin as far as somebody looks at it.
#[derive(Debug, Default)]
pub struct PluginMemory {
    /// Part that was asked for last, so that it can be asked for again.
    pub wanted: Option<MemoryRequest>,
    /// Whether the part should be kept up to date.
    pub is_watched: bool,
    /// The newest answer.
    pub window: Option<MemoryWindow>,
    /// The answer before the last call, for what changed.
    pub before: Option<MemoryWindow>,
    /// Why memory could not be read or written.
    pub refusal: Option<String>,
    /// Writes that can be undone, oldest first.
    pub undo: Vec<MemoryEdit>,
    /// Writes that were undone, oldest first.
    pub redo: Vec<MemoryEdit>,
    pub(crate) refresh_due: Option<Duration>,
}

/// One write by a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemoryEdit {
    /// Index of the memory.
    pub memory: u32,
    /// First address.
    pub address: u64,
    /// Bytes before.
    pub old: Arc<[u8]>,
    /// Bytes after.
    pub new: Arc<[u8]>,
}

impl PluginView {
    pub(crate) fn new(
        id: PluginId,
        (stem, ordinal): (&str, u32),
        source: SourceId,
        build: GoodBuild,
        options: PluginOptions,
    ) -> Self {
        Self {
            id,
            stem: stem.into(),
            ordinal,
            source,
            build,
            waiting_build: None,
            state: PluginState::Compiling,
            history: VecDeque::new(),
            options,
            limit_fields: BTreeMap::new(),
            rule_fields: Vec::new(),
            keep_until_reload: false,
            usage: Usage::default(),
            refused_before: (0, 0),
            calls: PluginCalls::default(),
            needs: None,
            counts: None,
            default_fuel: DefaultFuel::default(),
            host_calls: HostCalls::default(),
            earlier: EarlierCalls::default(),
            memory: PluginMemory::default(),
            globals: Vec::new(),
            missing_imports: Vec::new(),
            note: None,
            refusal: None,
            phase_runs: VecDeque::new(),
            instantiate_ns: None,
            busy_since: None,
        }
    }

    /// Tells whether a step may be taken now.
    ///
    /// # Errors
    ///
    /// Returns a sentence that says why the step is refused.
    pub fn may(&self, step: LifecycleStep) -> Result<(), String> {
        self.state.step(step).map(|_| ())
    }

    /// Returns the text for the field of a limit: what was typed, or the number in force.
    pub fn limit_text(&self, kind: LimitKind) -> String {
        match (self.limit_fields.get(&kind), self.options.limits.get(kind)) {
            (Some(field), _) => field.text.clone(),
            (None, Some(limit)) => limit.to_string(),
            (None, None) => "none".to_owned(),
        }
    }

    /// Returns the limits of a call of that function: the plugin's own, and what a rule says before them.
    pub fn limits_of(&self, export: &str) -> Limits {
        self.options.limits_of(export)
    }

    /// Returns the limits of the call that runs, or else of the last one: the plugin's own, and what a rule says before
    /// them.
    pub fn limits_in_force(&self) -> Limits {
        let running = self.calls.pending.front().filter(|_| self.state.is_busy());
        let export = running.map(|pending| &pending.export);
        let export = export.or_else(|| self.calls.records.back().map(|record| &record.export));
        export.map_or(self.options.limits, |export| self.limits_of(export))
    }

    /// Notes how often growth was refused up to now, so that what is refused from now on is told apart.
    pub(crate) fn note_refused(&mut self) {
        self.refused_before = (self.usage.refused_pages.count, self.usage.refused_elements.count);
    }

    pub(crate) fn record(&mut self, change: StateChange, since_start: Duration) {
        if !self.state.is_busy() {
            self.note_refused();
        }
        self.busy_since = match (self.state.is_busy(), change.to.is_busy()) {
            (_, false) => None,
            (true, true) => self.busy_since.or(Some(since_start)),
            (false, true) => Some(since_start),
        };
        self.state = change.to;
        if self.history.len() == MOST_CHANGES {
            self.history.pop_front();
        }
        self.history.push_back(change);
    }
}

impl PluginMemory {
    /// Returns bytes of a memory where the newest answer holds all of them.
    pub fn bytes_at(&self, memory: u32, address: u64, count: usize) -> Option<&[u8]> {
        let window = self.window.as_ref().filter(|window| window.memory == memory)?;
        let start = usize::try_from(address.checked_sub(window.address)?).ok()?;
        window.bytes.get(start..start.checked_add(count)?)
    }

    pub(crate) fn remember_edit(&mut self, edit: MemoryEdit) {
        if self.undo.len() == MOST_EDITS {
            self.undo.remove(0);
        }
        self.undo.push(edit);
    }
}

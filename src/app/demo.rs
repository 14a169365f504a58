//! Runs of samples' demos: the calls of a header one by one, each compared with what it must do.
//!
//! A demo runs on a fresh instance under the sample's own limits. Knows nothing of how rows are shown.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::action::{Action, CallAction, FileAction, PluginAction};
use super::pane::PaneKind;
use super::state::{AppState, Effect, Now, Origin};
use super::update::{Repetition, create_plugin, send_call, tell, update};
use crate::model::call::{CallKind, CallRecord};
use crate::model::ids::{CallId, PluginId, SourceId};
use crate::model::lifecycle::PluginState;
use crate::model::limit_rules::LimitRules;
use crate::model::sample::{self, ExpectedEnd, Sample, SampleCall, Section};
use crate::model::value::{Value, parse_value};
use crate::worker::protocol::{Command, PluginCommand};

/// The newest run of each sample's demo.
#[derive(Debug, Default)]
pub struct Demos {
    runs: BTreeMap<&'static str, DemoRun>,
}

/// One run of a sample's demo.
#[derive(Debug, Clone, PartialEq)]
pub struct DemoRun {
    /// The sample.
    pub sample: &'static str,
    /// How far it is.
    pub state: DemoState,
    /// One row for each call of the header.
    pub rows: Vec<DemoRow>,
    source: SourceId,
    plugin: Option<PluginId>,
    next: usize,
    awaited: Awaited,
}

/// What a demo waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Awaited {
    Nothing,
    Call(CallId),
    Cleanup,
}

/// How far a demo is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DemoState {
    /// The sample is still being compiled.
    Compiling,
    /// A fresh instance is being made; `true` once it is there and its start function may run.
    Preparing(bool),
    /// Calls are being made.
    Running,
    /// All calls have been made.
    Done,
    /// It could not go on.
    Failed(String),
}

/// One call of a demo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoRow {
    /// Export and arguments, as the header writes them.
    pub call: String,
    /// What must come, as the header writes it.
    pub expected: String,
    /// Whether that came, or in one sentence what came instead; `None` before the call.
    pub outcome: Option<Result<(), String>>,
    /// Number of the call that was made.
    pub number: Option<u64>,
}

impl Demos {
    /// Returns the newest run of a sample's demo.
    pub fn get(&self, sample: &str) -> Option<&DemoRun> {
        self.runs.get(sample)
    }
}

impl DemoRun {
    /// Returns how many calls did what they must, and how many there are.
    pub fn score(&self) -> (usize, usize) {
        let passed = self.rows.iter().filter(|row| row.outcome == Some(Ok(()))).count();
        (passed, self.rows.len())
    }

    /// Tells whether it has ended.
    pub fn is_over(&self) -> bool {
        matches!(self.state, DemoState::Done | DemoState::Failed(_))
    }

    fn settle(&mut self, outcome: Result<(), String>) {
        if let Some(row) = self.rows.get_mut(self.next) {
            row.outcome = Some(outcome);
        }
        self.next += 1;
        self.awaited = Awaited::Nothing;
        if self.next >= self.rows.len() {
            self.state = DemoState::Done;
        }
    }

    fn calls(&self) -> &'static [SampleCall] {
        sample::find(self.sample).map_or(&[], |sample| &sample.calls)
    }
}

/// Opens the sample if need be and begins its demo.
pub(crate) fn start(state: &mut AppState, id: &str, now: Now, out: &mut Vec<Command>) {
    out.extend(update(state, Action::File(FileAction::OpenSample(id.to_owned())), now));
    let Some(sample) = sample::find(id) else { return };
    let open = state.sources.iter().find(|source| source.origin == Origin::Sample(sample.id));
    let Some(source) = open.map(|source| source.id) else { return };
    let rows = sample.calls.iter().map(|call| DemoRow {
        call: call.text.clone(),
        expected: call.expect.text.clone(),
        outcome: None,
        number: None,
    });
    let run = DemoRun {
        sample: sample.id,
        state: if sample.calls.is_empty() { DemoState::Done } else { DemoState::Compiling },
        rows: rows.collect(),
        source,
        plugin: None,
        next: 0,
        awaited: Awaited::Nothing,
    };
    state.demos.runs.insert(sample.id, run);
    advance(state, now, out);
}

/// Goes on with every demo that can.
pub(crate) fn advance(state: &mut AppState, now: Now, out: &mut Vec<Command>) {
    let ids =
        state.demos.runs.values().filter(|run| !run.is_over()).map(|run| run.sample).collect::<Vec<_>>();
    for id in ids {
        if let Some(mut run) = state.demos.runs.remove(id) {
            step(state, &mut run, now, out);
            state.demos.runs.insert(id, run);
        }
    }
}

pub(crate) fn instantiated(state: &mut AppState, plugin: PluginId) {
    if let Some(run) = run_of(state, plugin)
        && run.state == DemoState::Preparing(false)
    {
        run.state = DemoState::Preparing(true);
    }
}

pub(crate) fn call_ended(
    state: &mut AppState,
    plugin: PluginId,
    call: Option<CallId>,
    record: &CallRecord,
    now: Now,
    out: &mut Vec<Command>,
) {
    let Some(run) = run_of(state, plugin) else { return };
    let Some(expected) = run.calls().get(run.next) else { return };
    let is_awaited = match call {
        Some(call) => run.awaited == Awaited::Call(call),
        None => expected.kind() != CallKind::Export && *record.export == *expected.export,
    };
    if is_awaited {
        if let Some(row) = run.rows.get_mut(run.next) {
            row.number = Some(record.number);
        }
        run.settle(expected.expect.matches(record));
        let shown = run.is_over().then_some(run.sample);
        advance(state, now, out);
        if let Some(sample) = shown {
            show_limit(state, plugin, sample, now, out);
        }
    }
}

/// Shows the card of the last call that a limit stopped, where a sample is there to hit one.
fn show_limit(state: &mut AppState, plugin: PluginId, sample: &str, now: Now, out: &mut Vec<Command>) {
    let Some(of) = sample::find(sample).filter(|of| of.section == Section::Limits) else { return };
    let Some(run) = state.demos.get(sample) else { return };
    let stopped = of.calls.iter().zip(&run.rows).rev();
    let mut stopped = stopped.filter(|(call, _)| matches!(call.expect.end, ExpectedEnd::Limit(_)));
    let Some((call, number)) = stopped.find_map(|(call, row)| Some((call, row.number?))) else { return };
    let mut act = |action| out.extend(update(state, action, now));
    act(Action::Plugin(plugin, PluginAction::Select));
    if call.kind() == CallKind::Export {
        act(Action::Call(CallAction::SelectExport(call.export.clone())));
    }
    act(Action::Plugin(plugin, PluginAction::SelectCall(Some(number))));
    state.effects.push(Effect::ShowPane(PaneKind::Call));
}

pub(crate) fn call_refused(
    state: &mut AppState,
    plugin: PluginId,
    call: CallId,
    reason: &str,
    now: Now,
    out: &mut Vec<Command>,
) {
    if let Some(run) = run_of(state, plugin)
        && run.awaited == Awaited::Call(call)
    {
        run.settle(Err(reason.to_owned()));
        advance(state, now, out);
    }
}

pub(crate) fn imports_missing(state: &mut AppState, plugin: PluginId) {
    if let Some(run) = run_of(state, plugin) {
        run.state = DemoState::Failed("imports are missing".to_owned());
    }
}

pub(crate) fn plugin_gone(state: &mut AppState, plugin: PluginId) {
    if let Some(run) = run_of(state, plugin) {
        run.state = DemoState::Failed("the plugin is gone".to_owned());
    }
}

pub(crate) fn source_failed(state: &mut AppState, source: SourceId) {
    let runs = state.demos.runs.values_mut();
    for run in runs.filter(|run| run.source == source && run.state == DemoState::Compiling) {
        run.state = DemoState::Failed("the source has errors".to_owned());
    }
}

fn run_of(state: &mut AppState, plugin: PluginId) -> Option<&mut DemoRun> {
    state.demos.runs.values_mut().find(|run| run.plugin == Some(plugin) && !run.is_over())
}

fn step(state: &mut AppState, run: &mut DemoRun, now: Now, out: &mut Vec<Command>) {
    if run.state == DemoState::Compiling {
        prepare(state, run, now, out);
    }
    let Some(plugin) = run.plugin.and_then(|plugin| state.plugin(plugin)) else { return };
    let is_settled = matches!(plugin.state, PluginState::Ready | PluginState::Error | PluginState::Stopped);
    let has_failed_early = run.state == DemoState::Preparing(false) && plugin.state == PluginState::Error;
    if is_settled && (run.state == DemoState::Preparing(true) || has_failed_early) {
        run.state = DemoState::Running;
    }
    if run.state == DemoState::Running && run.awaited == Awaited::Nothing && is_settled {
        next_call(state, run, now, out);
    }
}

/// Finds or awaits the plugin of the sample, and has it begin anew under the sample's limits.
fn prepare(state: &mut AppState, run: &mut DemoRun, now: Now, out: &mut Vec<Command>) {
    let Some(sample) = sample::find(run.sample) else { return };
    let Some(source) = state.source(run.source) else {
        run.state = DemoState::Failed("the sample was closed".to_owned());
        return;
    };
    if source.is_ahead_of_build() {
        if source.failure.is_some() && source.status == super::state::CompileStatus::Done {
            run.state = DemoState::Failed("the source has errors".to_owned());
        }
        return;
    }
    // The plugin that the first build makes is fresh already; one that was there before begins anew.
    let of_source = state.plugins.iter().rev().find(|plugin| plugin.source == run.source);
    let Some((id, is_new)) = of_source.map(|plugin| (plugin.id, plugin.state == PluginState::Compiling))
    else {
        run.plugin = create_plugin(state, run.source, now, out);
        run.state = DemoState::Preparing(false);
        return;
    };
    run.plugin = Some(id);
    run.state = DemoState::Preparing(false);
    if !is_new {
        begin_anew(state, id, sample, now, out);
    }
}

fn begin_anew(state: &mut AppState, id: PluginId, sample: &Sample, now: Now, out: &mut Vec<Command>) {
    out.extend(update(state, Action::Plugin(id, PluginAction::SetLimits(sample.limits)), now));
    if let Some(plugin) = state.plugin_mut(id) {
        plugin.options.stub_missing_imports = sample.stub_missing_imports;
        plugin.options.keep_after_trap = false;
        plugin.options.rules = LimitRules::NONE;
        plugin.rule_fields.clear();
        tell(id, PluginCommand::SetOptions(plugin.options.clone()), out);
    }
    out.extend(update(state, Action::Plugin(id, PluginAction::Reload), now));
}

fn next_call(state: &mut AppState, run: &mut DemoRun, now: Now, out: &mut Vec<Command>) {
    let (Some(call), Some(id)) = (run.calls().get(run.next), run.plugin) else { return };
    match call.kind() {
        CallKind::Export => match args_of(state, id, call) {
            Ok(args) => {
                match send_call(state, id, (call.export.as_str().into(), args), Repetition::ONCE, now, out) {
                    Some(sent) => run.awaited = Awaited::Call(sent),
                    None => fail_and_go_on(state, run, "the call was refused", now, out),
                }
            }
            Err(reason) => fail_and_go_on(state, run, &reason, now, out),
        },
        CallKind::Hook if call.export == "_cleanup" && is_in(state, id, PluginState::Ready) => {
            run.awaited = Awaited::Cleanup;
            tell(id, PluginCommand::Stop, out);
        }
        // Whatever had to happen by itself has had its chance.
        CallKind::Hook | CallKind::Start | CallKind::Instantiate => {
            fail_and_go_on(state, run, "it did not happen", now, out);
        }
    }
}

fn fail_and_go_on(state: &mut AppState, run: &mut DemoRun, reason: &str, now: Now, out: &mut Vec<Command>) {
    run.settle(Err(reason.to_owned()));
    step(state, run, now, out);
}

fn is_in(state: &AppState, plugin: PluginId, wanted: PluginState) -> bool {
    state.plugin(plugin).is_some_and(|plugin| plugin.state == wanted)
}

fn args_of(state: &AppState, plugin: PluginId, call: &SampleCall) -> Result<Vec<Value>, String> {
    let plugin = state.plugin(plugin).ok_or("the plugin is gone")?;
    let interface = Arc::clone(&plugin.build.build.interface);
    let (_, signature) = interface
        .exported_function(&call.export)
        .ok_or_else(|| format!("there is no export `{}`", call.export))?;
    if signature.params.len() != call.args.len() {
        return Err(format!("`{}` takes {} arguments", call.export, signature.params.len()));
    }
    let parse = |(text, param): (&String, &crate::model::signature::Param)| {
        parse_value(text, &param.ty).map_err(|err| err.to_string())
    };
    call.args.iter().zip(&signature.params).map(parse).collect()
}

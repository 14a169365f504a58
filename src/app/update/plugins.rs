//! The life of plugins, their limits and options.

use super::super::action::PluginAction;
use super::super::export;
use super::super::state::{AppState, LimitField, Now, PluginView, RuleField};
use super::{Repetition, needs, operators, options, send_call};
use crate::model::event::LogLevel;
use crate::model::ids::{PluginId, SourceId};
use crate::model::lifecycle::LifecycleStep;
use crate::model::limit_rules::{LimitRules, MOST_RULES};
use crate::model::limits::{LimitKind, Limits};
use crate::worker::protocol::{Command, PluginCommand};

pub(super) fn update(
    state: &mut AppState,
    id: PluginId,
    action: PluginAction,
    now: Now,
    out: &mut Vec<Command>,
) {
    let Some(plugin) = state.plugin_mut(id) else { return };
    let (source, before) = (plugin.source, plugin.options.clone());
    match action {
        PluginAction::Select => select(state, id),
        PluginAction::NewInstance => new_instance(state, id, now, out),
        PluginAction::Initialize => step(plugin, LifecycleStep::Initialize, PluginCommand::Initialize, out),
        PluginAction::Cancel => step(plugin, LifecycleStep::Cancel, PluginCommand::Cancel, out),
        PluginAction::Pause => step(plugin, LifecycleStep::Pause, PluginCommand::Pause, out),
        PluginAction::Resume => step(plugin, LifecycleStep::Resume, PluginCommand::Resume, out),
        PluginAction::Stop => step(plugin, LifecycleStep::StopPlugin, PluginCommand::Stop, out),
        PluginAction::Unload => step(plugin, LifecycleStep::Unload, PluginCommand::Unload, out),
        PluginAction::Reload => reload(plugin, out),
        PluginAction::SetLimitText(kind, text) => set_limit_text(plugin, kind, text, out),
        PluginAction::SetLimits(limits) => set_limits(plugin, limits, out),
        PluginAction::SetPreset(preset) => {
            let trap_on_refused_growth = plugin.options.limits.trap_on_refused_growth;
            set_limits(plugin, Limits { trap_on_refused_growth, ..preset.limits() }, out);
        }
        PluginAction::SetRules(fields) => set_rules(plugin, fields, out),
        PluginAction::RaiseLimit { kind, value, call_again } => {
            raise_limit(plugin, kind, value, call_again, out);
            if let Some(number) = call_again {
                call_again_on(state, id, number, now, out);
            }
        }
        PluginAction::SetTrapOnRefusedGrowth(trap_on_refused_growth) => {
            set_limits(plugin, Limits { trap_on_refused_growth, ..plugin.options.limits }, out);
        }
        PluginAction::SetStubMissing(stub_missing_imports) => {
            plugin.options.stub_missing_imports = stub_missing_imports;
            tell_options(plugin, out);
            if stub_missing_imports && !plugin.missing_imports.is_empty() {
                reload(plugin, out);
            }
        }
        PluginAction::SetKeepAfterTrap(keep_after_trap) => {
            plugin.options.keep_after_trap = keep_after_trap;
            tell_options(plugin, out);
        }
        PluginAction::SetKeepUntilReload(keep) => set_keep_until_reload(state, id, keep, out),
        PluginAction::FindNeeds(number) => needs::find(state, id, number, now, out),
        PluginAction::StopFinding => needs::stop(state, id, out),
        PluginAction::ApplyNeeds(kind) => needs::apply(state, id, kind, now, out),
        PluginAction::CountOperators(number) => operators::count(state, id, number, now, out),
        PluginAction::StopCounting => operators::stop(state, id, out),
        PluginAction::ResetMetrics => {
            plugin.calls.reset();
            plugin.default_fuel.clear();
            plugin.host_calls.reset();
        }
        PluginAction::SelectCall(number) => plugin.calls.selected = number,
        PluginAction::BrushCalls(span) => plugin.calls.brush.set_calls(span),
        PluginAction::BrushPair(first, second) => plugin.calls.brush.set_pair(first, second),
        PluginAction::BrushWallNs(span) => plugin.calls.brush.set_wall_ns(span),
        PluginAction::ExportCalls(format) => {
            let name = format!("{}-calls.{}", plugin.stem, format.extension());
            let export = export::calls(plugin, format);
            export::ask_for_place(state, &name, export);
        }
        PluginAction::ExportMetrics(format) => {
            let name = format!("{}-metrics.{}", plugin.stem, format.extension());
            let export = export::metrics(plugin, format);
            export::ask_for_place(state, &name, export);
        }
    }
    let after = state.plugin(id).map(|plugin| plugin.options.clone());
    if let Some(options) = after.filter(|options| *options != before) {
        options::remember(state, source, &options);
    }
}

/// Makes a plugin of the last good build of a source, and selects it when nothing of that source is selected.
pub(crate) fn create_plugin(
    state: &mut AppState,
    source: SourceId,
    now: Now,
    out: &mut Vec<Command>,
) -> Option<PluginId> {
    let of = state.source(source)?;
    let good = of.good.clone()?;
    let stem = of.stem().to_owned();
    let options = options::starting(state, source);
    let of_same_name = state.plugins.iter().filter(|plugin| *plugin.stem == *stem);
    let ordinal = of_same_name.map(|plugin| plugin.ordinal).max().unwrap_or(0) + 1;
    let id = state.ids.plugin();
    let mut plugin = PluginView::new(id, (&stem, ordinal), source, good.clone(), options.clone());
    plugin.keep_until_reload = state.settings.keep_until_reload;
    plugin.rule_fields = plugin.options.rules.list().iter().map(RuleField::from).collect();
    state.plugins.push(plugin);
    state.runtime.record_plugin_created();
    super::super::journal::loaded(state, id, now);
    let name = format!("{stem}-{ordinal}");
    out.push(Command::CreatePlugin {
        plugin: id,
        name: name.into(),
        build: good.build,
        build_number: good.number,
        options,
        initialize: true,
    });
    if let Some(source) = state.source_mut(source) {
        source.has_had_plugin = true;
    }
    Some(id)
}

/// Sends a command to a plugin.
pub(crate) fn tell(plugin: PluginId, command: PluginCommand, out: &mut Vec<Command>) {
    out.push(Command::Plugin { plugin, command });
}

fn select(state: &mut AppState, id: PluginId) {
    let Some(source) = state.plugin(id).map(|plugin| plugin.source) else { return };
    state.selection.plugin = Some(id);
    state.active = Some(source);
}

fn new_instance(state: &mut AppState, id: PluginId, now: Now, out: &mut Vec<Command>) {
    let Some(source) = state.plugin(id).map(|plugin| plugin.source) else { return };
    match create_plugin(state, source, now, out) {
        Some(new) => state.selection.plugin = Some(new),
        None => state.notify(LogLevel::Warn, "there is no build to make an instance of", now),
    }
}

/// Sends a step of the life cycle, or says why it can't be taken.
fn step(plugin: &mut PluginView, step: LifecycleStep, command: PluginCommand, out: &mut Vec<Command>) {
    plugin.refusal = plugin.may(step).err();
    if plugin.refusal.is_none() {
        tell(plugin.id, command, out);
    }
}

/// Replaces the instance by a fresh one, of the build that waits if there is one.
fn reload(plugin: &mut PluginView, out: &mut Vec<Command>) {
    plugin.refusal = plugin.may(LifecycleStep::Reload).err();
    if plugin.refusal.is_some() {
        return;
    }
    let command = match plugin.waiting_build.take() {
        Some(good) => {
            plugin.build = good.clone();
            good.replace_command()
        }
        None => PluginCommand::Reload,
    };
    tell(plugin.id, command, out);
}

fn set_limit_text(plugin: &mut PluginView, kind: LimitKind, text: String, out: &mut Vec<Command>) {
    let (error, effect) = match parse_limit(&text) {
        Ok(limit) => {
            plugin.options.limits.set(kind, limit);
            tell_options(plugin, out);
            (None, Some(takes_effect(kind)))
        }
        Err(error) => (Some(error), None),
    };
    plugin.limit_fields.insert(kind, LimitField { text, error, effect, is_set: false });
}

pub(super) fn set_limits(plugin: &mut PluginView, limits: Limits, out: &mut Vec<Command>) {
    plugin.limit_fields.clear();
    for kind in LimitKind::FIELDS {
        if plugin.options.limits.get(kind) != limits.get(kind) {
            let text = limits.get(kind).map_or_else(|| "none".to_owned(), |limit| limit.to_string());
            let field = LimitField { text, error: None, effect: Some(takes_effect(kind)), is_set: false };
            plugin.limit_fields.insert(kind, field);
        }
    }
    plugin.options.limits = limits;
    tell_options(plugin, out);
}

/// Puts those of the rules in force that can be read.
fn set_rules(plugin: &mut PluginView, mut fields: Vec<RuleField>, out: &mut Vec<Command>) {
    fields.truncate(MOST_RULES);
    let mut rules = Vec::new();
    for field in &mut fields {
        match field.read() {
            Ok(rule) => {
                field.error = None;
                rules.extend(rule);
            }
            Err(error) => field.error = Some(error),
        }
    }
    plugin.rule_fields = fields;
    let rules = LimitRules::new(rules);
    if plugin.options.rules != rules {
        plugin.options.rules = rules;
        tell_options(plugin, out);
    }
}

/// Sets a limit that was in a call's way: in the rule that sets it for this function, or else in the plugin.
fn raise_limit(
    plugin: &mut PluginView,
    kind: LimitKind,
    value: Option<u64>,
    number: Option<u64>,
    out: &mut Vec<Command>,
) {
    let export = number.and_then(|number| plugin.calls.record(number)).map(|record| record.export.clone());
    set_where_they_hold(plugin, export.as_deref(), &[(kind, value)], out);
}

/// Sets limits: each in the rule that sets it for that function, or else in the plugin.
pub(super) fn set_where_they_hold(
    plugin: &mut PluginView,
    export: Option<&str>,
    wanted: &[(LimitKind, Option<u64>)],
    out: &mut Vec<Command>,
) {
    let (mut limits, mut rules) = (plugin.options.limits, plugin.options.rules.clone());
    for (kind, value) in wanted {
        match export.and_then(|export| rules.raised(export, *kind, *value)) {
            Some(raised) => rules = raised,
            None => limits.set(*kind, *value),
        }
    }
    if rules != plugin.options.rules {
        set_rules(plugin, rules.list().iter().map(RuleField::from).collect(), out);
    }
    if limits != plugin.options.limits {
        set_limits(plugin, limits, out);
    }
}

fn tell_options(plugin: &PluginView, out: &mut Vec<Command>) {
    tell(plugin.id, PluginCommand::SetOptions(plugin.options.clone()), out);
}

fn set_keep_until_reload(state: &mut AppState, id: PluginId, keep: bool, out: &mut Vec<Command>) {
    let Some(plugin) = state.plugin_mut(id) else { return };
    plugin.keep_until_reload = keep;
    // A build that waited only for this has no more reason to wait.
    if let Some(good) = plugin.waiting_build.take_if(|_| !keep) {
        plugin.build = good.clone();
        tell(id, good.replace_command(), out);
    }
}

fn call_again_on(state: &mut AppState, id: PluginId, number: u64, now: Now, out: &mut Vec<Command>) {
    let record = state.plugin(id).and_then(|plugin| plugin.calls.record(number));
    if let Some((export, args)) = record.map(|record| (record.export.clone(), record.args.clone())) {
        send_call(state, id, (export, args), Repetition::ONCE, now, out);
    }
}

/// Says when a changed limit takes effect.
fn takes_effect(kind: LimitKind) -> &'static str {
    match kind {
        LimitKind::Instances | LimitKind::WasmStack => "takes effect with the next instance",
        LimitKind::Fuel
        | LimitKind::ExecutionTime
        | LimitKind::MemoryPages
        | LimitKind::GrowthPages
        | LimitKind::TableElements
        | LimitKind::CallDepth => "takes effect with the next call",
    }
}

/// Reads the text of a limit; `None` lifts it.
fn parse_limit(text: &str) -> Result<Option<u64>, String> {
    let text = text.trim();
    if matches!(text.to_lowercase().as_str(), "none" | "∞" | "unlimited") {
        return Ok(None);
    }
    let digits = text.replace(['_', ' ', '\u{202f}', '\u{a0}'], "");
    match digits.parse() {
        Ok(limit) => Ok(Some(limit)),
        Err(_) if text.is_empty() => Err("type a number, or `none` to lift the limit".to_owned()),
        Err(_) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            Err(format!("{digits} is too large: at most {}", u64::MAX))
        }
        Err(_) => Err(format!("`{text}` is not a whole number; `none` lifts the limit")),
    }
}

#[cfg(test)]
mod tests {
    use super::parse_limit;

    #[test]
    fn limits_are_numbers_or_none() {
        for (text, limit) in
            [("40_000", Some(40_000)), ("1 000", Some(1000)), ("0", Some(0)), ("None", None), ("∞", None)]
        {
            assert_eq!(parse_limit(text), Ok(limit), "{text}");
        }
        for (text, message) in
            [("", "type a number"), ("-1", "whole number"), ("99999999999999999999", "too large")]
        {
            assert!(parse_limit(text).is_err_and(|err| err.contains(message)), "{text}");
        }
    }
}

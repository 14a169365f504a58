//! The Limits pane: what is used of each limit, and the limits themselves.
//!
//! Enforces nothing; a limit that is typed goes to the plugin, which says when it is in force.

use egui::{Checkbox, Frame, Margin, Popup, ScrollArea, Ui};

use super::fold::fold_header;
use super::limit_gauge::{LimitUse, RefusedUse, limit_ui, stack_ui};
use super::needs_ui::needs_ui;
use super::rules_ui::RulesView;
use crate::app::{Action, AppState, PluginAction, PluginView, SettingsAction};
use crate::engine::EngineSettings;
use crate::model::call::{CallRecord, DeniedGrowth};
use crate::model::humanize;
use crate::model::limits::{LimitKind, Limits, Preset};
use crate::model::measured::Measured;
use crate::model::zone::Zone;
use crate::ui::icons;
use crate::ui::theme::{self, space, tokens};
use crate::ui::widgets::{
    Chip, GAUGE_HEIGHT, GAUGE_LEAST_HEIGHT, empty_state, field_error, hairline, text_field,
};

/// Most refused growths that are marked on a gauge.
const MOST_MARKS: usize = 16;
/// Rows of the history that are seen at once.
const HISTORY_ROWS: f32 = 8.0;
/// Space between two gauges.
const GAP: f32 = 5.0;
/// Height that what stands under the gauges takes at least: what it would take, and the switches.
const REST: f32 = 112.0;

/// The Limits pane.
#[derive(Debug, Default)]
pub struct LimitsPane {
    is_history_open: bool,
    rules: RulesView,
}

impl LimitsPane {
    /// Shows the pane.
    pub fn ui(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        let Some(plugin) = state.selected_plugin() else {
            let hint = "A source that compiles becomes a plugin, with its own limits";
            empty_state(ui, icons::GAUGE, "No limits yet", hint);
            return;
        };
        let height = gauge_height(ui.available_height());
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            Frame::new().inner_margin(Margin { left: 12, right: 12, top: 4, bottom: 4 }).show(ui, |ui| {
                ui.set_width(ui.available_width());
                ui.spacing_mut().item_spacing.y = GAP;
                for kind in LimitKind::SETTABLE {
                    limit_ui(ui, plugin, &usage(plugin, kind, height), actions);
                }
                stack_ui(ui, plugin, height);
                heap_ui(ui, plugin);
                hairline(ui);
                needs_ui(ui, state, plugin, actions);
                hairline(ui);
                switches_ui(ui, state, plugin, actions);
                growth_ui(ui, plugin, actions);
                hairline(ui);
                self.rules.ui(ui, plugin, actions);
                hairline(ui);
                self.history_ui(ui, plugin, &state.zone);
            });
        });
    }

    /// Shows the choice of a preset, laid out from the right end of the pane's bar.
    pub fn bar_right_ui(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        let Some(plugin) = state.selected_plugin() else { return };
        let preset = preset(&plugin.options.limits);
        let label = preset.map_or("Custom", Preset::label);
        let chip = ui.add(Chip::small_menu(label).tooltip("Set all limits at once"));
        Popup::menu(&chip).show(|ui| {
            for choice in Preset::ALL {
                let response = ui.selectable_label(preset == Some(choice), choice.label());
                if response.on_hover_text(describe(&choice.limits())).clicked() {
                    actions.push(Action::Plugin(plugin.id, PluginAction::SetPreset(choice)));
                }
            }
        });
    }

    fn history_ui(&mut self, ui: &mut Ui, plugin: &PluginView, zone: &Zone) {
        let newest = plugin.history.back().map_or(0, |change| change.at_unix_ms);
        let count = format!("{}, in {}", plugin.history.len(), zone.phrase(newest));
        if fold_header(ui, "State history", &count, self.is_history_open, 0.0).clicked() {
            self.is_history_open = !self.is_history_open;
        }
        if !self.is_history_open {
            return;
        }
        let tokens = tokens(ui);
        let height = ui.text_style_height(&egui::TextStyle::Monospace) + space::XS;
        let scroll = ScrollArea::vertical().id_salt("history").max_height(height * HISTORY_ROWS);
        scroll.auto_shrink([false, true]).show_rows(ui, height, plugin.history.len(), |ui, range| {
            for change in plugin.history.iter().rev().skip(range.start).take(range.len()) {
                ui.horizontal(|ui| {
                    let time = zone.clock_time(change.at_unix_ms);
                    let time = theme::code(time).size(theme::CAPTION).color(tokens.text_muted);
                    ui.label(time).on_hover_text(zone.phrase(change.at_unix_ms));
                    ui.label(theme::caption(format!("{} → {}", change.from.label(), change.to.label())));
                    let reason = theme::caption(change.reason.as_str()).color(tokens.text_muted);
                    ui.add(egui::Label::new(reason).truncate()).on_hover_text(&change.reason);
                });
            }
        });
    }
}

/// Looks up what the plugin uses of a limit, and used of it in its calls.
fn usage(plugin: &PluginView, kind: LimitKind, height: f32) -> LimitUse {
    let usage = &plugin.usage;
    let peaks = plugin.calls.peaks;
    let last = |of: fn(&CallRecord) -> u64| plugin.calls.records.back().map(of);
    let is_busy = plugin.state.is_busy();
    // There is something to measure as soon as there is an instance.
    let has_instance = usage.instances > 0;
    let state = |value: u64| if has_instance { Measured::Exact(value) } else { Measured::NotMeasured };
    let (now, call_peak, life_peak) = match kind {
        LimitKind::Fuel => {
            let now = of_call(plugin, usage.fuel, |record| record.fuel);
            (now, now.value(), peaks.fuel)
        }
        LimitKind::ExecutionTime => {
            let now = Measured::Exact(usage.wall_ns);
            let now = of_call(plugin, now, |record| Measured::Exact(record.wall_ns));
            (now, now.value(), peaks.wall_ns)
        }
        LimitKind::MemoryPages => {
            let live = Some(usage.memory_pages_call_peak).filter(|_| is_busy);
            let call = live.or_else(|| last(|record| record.peak_memory_pages));
            (state(usage.memory_pages), call, Some(usage.memory_pages_peak))
        }
        LimitKind::TableElements => {
            let live = Some(usage.table_elements_call_peak).filter(|_| is_busy);
            let call = live.or_else(|| last(|record| record.peak_table_elements));
            (state(usage.table_elements), call, Some(usage.table_elements_peak))
        }
        LimitKind::Instances => (state(usage.instances), Some(usage.instances), Some(usage.instances)),
        LimitKind::CallDepth | LimitKind::WasmStack | LimitKind::GrowthPages => {
            let live = usage.call_depth_call_peak.value().filter(|_| is_busy);
            let call = live.or_else(|| plugin.calls.records.back()?.peak_call_depth.value());
            (depth_now(plugin), call, peaks.call_depth)
        }
    };
    let life_peak = life_peak.max(call_peak).max(now.value());
    LimitUse { kind, now, call_peak, life_peak, refused: refused(plugin, kind), height }
}

/// Looks up the growth that was refused: in the call that runs, of which there is no record yet, and before.
fn refused(plugin: &PluginView, kind: LimitKind) -> RefusedUse {
    let Some(kept) = plugin.calls.refusals.of(kind) else { return RefusedUse::default() };
    let usage = &plugin.usage;
    let (in_life, before) = match kind {
        LimitKind::TableElements => (usage.refused_elements, plugin.refused_before.1),
        _ => (usage.refused_pages, plugin.refused_before.0),
    };
    let is_live = plugin.state.is_busy() && in_life.count > before;
    let mut requested = kept.newest.iter().map(|growth| growth.requested).collect::<Vec<_>>();
    let newest = kept.newest.back();
    let (at, bound) = if is_live {
        requested.extend(in_life.last_requested);
        (in_life.last_offset.map(|at| plugin.build.build.place_at(u64::from(at))), None)
    } else {
        (newest.and_then(|growth| growth.place.clone()), newest.map(DeniedGrowth::bound_phrase))
    };
    requested.drain(..requested.len().saturating_sub(MOST_MARKS));
    let last_call = plugin.calls.records.back().map_or(0, |record| record.number);
    RefusedUse {
        count: in_life.count.max(requested.len() as u64),
        is_recent: is_live || (!plugin.state.is_busy() && kept.last_call >= last_call && newest.is_some()),
        requested,
        at,
        bound,
    }
}

/// Returns a figure of the running call, else that of the last one.
fn of_call(
    plugin: &PluginView,
    now: Measured<u64>,
    of: impl Fn(&CallRecord) -> Measured<u64>,
) -> Measured<u64> {
    match plugin.calls.records.back() {
        _ if plugin.state.is_busy() => now,
        Some(record) => of(record),
        // Nothing has been called, so there is nothing to show.
        None => Measured::NotMeasured,
    }
}

/// Returns the depth now while a call runs, else the greatest of the last call.
fn depth_now(plugin: &PluginView) -> Measured<u64> {
    let usage = &plugin.usage;
    let now = if usage.call_depth.value().is_some() { usage.call_depth } else { usage.call_depth_call_peak };
    of_call(plugin, now, |record| record.peak_call_depth)
}

/// Returns how high a gauge is, so that all seven and what follows them fit where they can.
fn gauge_height(room: f32) -> f32 {
    let num_gauges = 7.0;
    ((room - REST) / num_gauges - GAP).floor().clamp(GAUGE_LEAST_HEIGHT, GAUGE_HEIGHT)
}

/// Shows the bound of a single growth, of which nothing is used up and which so has no gauge.
fn growth_ui(ui: &mut Ui, plugin: &PluginView, actions: &mut Vec<Action>) {
    let kind = LimitKind::GrowthPages;
    let error = plugin.limit_fields.get(&kind).and_then(|field| field.error.clone());
    let mut text = plugin.limit_text(kind);
    ui.horizontal(|ui| {
        ui.spacing_mut().interact_size.y = 20.0;
        ui.label(kind.label());
        let field = text_field(kind.label(), &mut text).code().width(64.0).error(error.as_deref());
        let hint = "Most pages that one growth of a memory may add; nothing or `none` lifts it.\n\
                    In force from the next call";
        let response = ui.add(field).on_hover_text(hint);
        let set = |text: String| Action::Plugin(plugin.id, PluginAction::SetLimitText(kind, text));
        if response.changed() {
            actions.push(set(text.clone()));
        } else if response.lost_focus() && text.trim().is_empty() {
            actions.push(set("none".to_owned()));
        }
    });
    if let Some(error) = error {
        field_error(ui, &error);
    }
}

fn switches_ui(ui: &mut Ui, state: &AppState, plugin: &PluginView, actions: &mut Vec<Action>) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().interact_size.y = 20.0;
        let mut traps = plugin.options.limits.trap_on_refused_growth;
        let checkbox = ui.checkbox(&mut traps, "Trap on refused growth");
        let tooltip = "Ends the call when growth is refused, instead of answering −1 to the guest";
        if checkbox.on_hover_text(tooltip).changed() {
            actions.push(Action::Plugin(plugin.id, PluginAction::SetTrapOnRefusedGrowth(traps)));
        }
        let engine = &state.settings.engine;
        let mut exact = engine.exact_live_fuel;
        let checkbox = ui.add_enabled(engine.fuel, Checkbox::new(&mut exact, "Exact live fuel"));
        if checkbox.on_hover_text(exact_fuel_hint(plugin, exact)).changed() {
            let engine = EngineSettings { exact_live_fuel: exact, ..engine.clone() };
            actions.push(Action::Settings(SettingsAction::SetEngine(engine)));
        }
    });
}

/// Says what exact live fuel costs, and why this plugin may not have it.
fn exact_fuel_hint(plugin: &PluginView, is_on: bool) -> String {
    let cost = "Compiles everything with the baseline compiler, which keeps fuel in memory.\nFuel is then exact \
                while a call runs, not a lower bound. Compiling gets several times faster, calls run about half \
                as fast";
    let build = &plugin.build.build;
    let notice = build.info.notices.iter().find(|notice| notice.starts_with("fuel is a lower bound"));
    match notice.filter(|_| is_on && !build.has_exact_live_fuel()) {
        Some(notice) => format!("{cost}\nThis plugin: {notice}"),
        None => cost.to_owned(),
    }
}

/// Shows how much of the memory is the collector's heap.
fn heap_ui(ui: &mut Ui, plugin: &PluginView) {
    let bytes = plugin.usage.gc_heap_bytes;
    if bytes > 0 {
        let line = format!("GC heap {}, in the pages above", humanize::binary_bytes(bytes));
        ui.label(theme::caption(line).color(tokens(ui).text_muted))
            .on_hover_text(format!("{} bytes", humanize::grouped(bytes)));
    }
}

/// Returns the preset whose values these are, whatever happens on refused growth.
fn preset(limits: &Limits) -> Option<Preset> {
    Limits { trap_on_refused_growth: false, ..*limits }.preset()
}

fn describe(limits: &Limits) -> String {
    let line = |kind: LimitKind| {
        let value = limits.get(kind).map_or_else(|| "none".to_owned(), humanize::grouped);
        format!("{} {value}", kind.label())
    };
    LimitKind::FIELDS.map(line).join("\n")
}

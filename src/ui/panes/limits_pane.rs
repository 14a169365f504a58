//! The Limits pane: what is used of each limit, and the limits themselves.
//!
//! Enforces nothing; a limit that is typed goes to the plugin, which says when it is in force.

use egui::{Frame, Margin, Popup, ScrollArea, Ui};

use super::fold::fold_header;
use super::limit_gauge::{LimitUse, limit_ui};
use super::needs_ui::needs_ui;
use crate::app::{Action, AppState, PluginAction, PluginView};
use crate::model::call::CallRecord;
use crate::model::humanize;
use crate::model::ids::PluginId;
use crate::model::limits::{LimitKind, Limits, Preset};
use crate::model::measured::Measured;
use crate::model::timeline::Series;
use crate::ui::icons;
use crate::ui::theme::{self, space, tokens};
use crate::ui::widgets::{Chip, empty_state, hairline};

/// Most refused growths that are marked on a gauge.
const MOST_MARKS: usize = 16;
/// Rows of the history that are seen at once.
const HISTORY_ROWS: f32 = 8.0;

/// The Limits pane.
#[derive(Debug, Default)]
pub struct LimitsPane {
    is_history_open: bool,
    refused: Refused,
}

/// Refused growths of a plugin, as they were when its calls were last looked through.
#[derive(Debug, Default)]
struct Refused {
    of: Option<(PluginId, u64)>,
    pages: (Vec<u64>, u64),
    elements: (Vec<u64>, u64),
}

impl LimitsPane {
    /// Shows the pane.
    pub fn ui(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        let Some(plugin) = state.selected_plugin() else {
            let hint = "A source that compiles becomes a plugin, with its own limits";
            empty_state(ui, icons::GAUGE, "No limits yet", hint);
            return;
        };
        self.refused.refresh(plugin);
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            Frame::new().inner_margin(Margin { left: 12, right: 12, top: 4, bottom: 8 }).show(ui, |ui| {
                ui.set_width(ui.available_width());
                ui.spacing_mut().item_spacing.y = 6.0;
                for kind in LimitKind::SETTABLE {
                    limit_ui(ui, plugin, &self.usage(plugin, kind), actions);
                }
                ui.add_space(space::XS);
                trap_ui(ui, plugin, actions);
                engine_ui(ui, state, plugin);
                hairline(ui);
                needs_ui(ui, state, plugin, actions);
                hairline(ui);
                self.history_ui(ui, plugin);
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

    fn usage(&self, plugin: &PluginView, kind: LimitKind) -> LimitUse<'_> {
        let usage = &plugin.usage;
        let timeline = &plugin.calls.timeline;
        let extent = |series| timeline.extent(series, 0..timeline.len()).and_then(|bucket| bucket.max);
        let (now, peak) = match kind {
            LimitKind::Fuel => (of_call(plugin, usage.fuel, |record| record.fuel), extent(Series::Fuel)),
            LimitKind::ExecutionTime => {
                let now = Measured::Exact(usage.wall_ns);
                (of_call(plugin, now, |record| Measured::Exact(record.wall_ns)), extent(Series::WallNs))
            }
            LimitKind::MemoryPages => (Measured::Exact(usage.memory_pages), Some(usage.memory_pages_peak)),
            LimitKind::TableElements => {
                (Measured::Exact(usage.table_elements), Some(usage.table_elements_peak))
            }
            LimitKind::Instances => (Measured::Exact(usage.instances), Some(usage.instances)),
            LimitKind::CallDepth | LimitKind::WasmStack => (depth_now(plugin), extent(Series::Depth)),
        };
        let peak = peak.max(now.value());
        let (refused, num_refused) = match kind {
            LimitKind::MemoryPages => (&self.refused.pages.0[..], self.refused.pages.1),
            LimitKind::TableElements => (&self.refused.elements.0[..], self.refused.elements.1),
            _ => (&[][..], 0),
        };
        LimitUse { kind, now, peak, refused, num_refused }
    }

    fn history_ui(&mut self, ui: &mut Ui, plugin: &PluginView) {
        let count = format!("{}, in UTC", plugin.history.len());
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
                    let time = humanize::clock_time(change.at_unix_ms, 0);
                    let time = theme::code(time).size(theme::CAPTION).color(tokens.text_muted);
                    ui.label(time).on_hover_text("Time of day in UTC");
                    ui.label(theme::caption(format!("{} → {}", change.from.label(), change.to.label())));
                    let reason = theme::caption(change.reason.as_str()).color(tokens.text_muted);
                    ui.add(egui::Label::new(reason).truncate()).on_hover_text(&change.reason);
                });
            }
        });
    }
}

impl Refused {
    /// Looks through the calls again where some have ended since.
    fn refresh(&mut self, plugin: &PluginView) {
        let newest = plugin.calls.records.back().map_or(0, |record| record.number);
        if self.of == Some((plugin.id, newest)) {
            return;
        }
        let of = |kind| {
            let all = plugin.calls.refused_growths(kind).map(|(_, requested)| requested).collect::<Vec<_>>();
            let newest = all[all.len().saturating_sub(MOST_MARKS)..].to_vec();
            (newest, all.len() as u64)
        };
        self.pages = of(LimitKind::MemoryPages);
        self.elements = of(LimitKind::TableElements);
        self.of = Some((plugin.id, newest));
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
        // Nothing has been called, so nothing has been used.
        None => Measured::Exact(0),
    }
}

/// Returns the depth now while a call runs, else the greatest of the last call.
fn depth_now(plugin: &PluginView) -> Measured<u64> {
    let usage = &plugin.usage;
    let now = if usage.call_depth.value().is_some() { usage.call_depth } else { usage.call_depth_call_peak };
    of_call(plugin, now, |record| record.peak_call_depth)
}

fn trap_ui(ui: &mut Ui, plugin: &PluginView, actions: &mut Vec<Action>) {
    let mut traps = plugin.options.limits.trap_on_refused_growth;
    let checkbox = ui.checkbox(&mut traps, "Trap on refused growth");
    let tooltip = "Ends the call when growth is refused, instead of answering −1 to the guest";
    if checkbox.on_hover_text(tooltip).changed() {
        actions.push(Action::Plugin(plugin.id, PluginAction::SetTrapOnRefusedGrowth(traps)));
    }
}

/// Shows what is no limit of the plugin: the engine's stack, and the collector's heap.
fn engine_ui(ui: &mut Ui, state: &AppState, plugin: &PluginView) {
    let muted = tokens(ui).text_muted;
    let stack = state.settings.engine.wasm_stack_bytes as u64;
    let line = format!("Wasm stack {}, a setting of the engine", humanize::binary_bytes(stack));
    let hint = "Native stack that guest code may use; it backs the call depth up, and its use can't be read";
    ui.label(theme::caption(line).color(muted)).on_hover_text(hint);
    if plugin.usage.gc_heap_bytes > 0 {
        let bytes = plugin.usage.gc_heap_bytes;
        let line = format!("GC heap {}, counted apart", humanize::binary_bytes(bytes));
        ui.label(theme::caption(line).color(muted))
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
    LimitKind::SETTABLE.map(line).join("\n")
}

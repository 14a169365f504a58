//! The Settings pane: engine, proposals, limits of new plugins, cache; what each costs and when it is in force.
//!
//! Changes nothing itself; a number that is being typed is kept here until it is one.

use std::collections::HashMap;

use egui::{Align, ComboBox, Frame, Layout, Margin, Response, ScrollArea, Ui};

use crate::app::{Action, AppState, CacheSettings, PluginAction, SettingsAction};
use crate::engine::{Compiler, EngineSettings, Optimization};
use crate::model::limits::{LimitKind, Limits, Preset};
use crate::model::proposal::Proposal;
use crate::ui::theme::{self, caption, space, tokens};
use crate::ui::widgets::{field_error, hairline, pane_title, pane_title_with, quiet_button, row, text_field};

/// Width of a field for a number.
const NUMBER: f32 = 110.0;

/// Width from which the sections stand in two columns.
const TWO_COLUMNS: f32 = 620.0;

/// The Settings pane.
#[derive(Default)]
pub(super) struct SettingsPane {
    /// What stands in fields whose text is no number, or not the one in force, by the field's name.
    typed: HashMap<&'static str, String>,
}

impl SettingsPane {
    pub(super) fn ui(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            Frame::new().inner_margin(Margin { left: 12, right: 12, top: 8, bottom: 12 }).show(ui, |ui| {
                ui.set_width(ui.available_width());
                ui.spacing_mut().item_spacing.y = 6.0;
                if ui.available_width() < TWO_COLUMNS {
                    self.engine_ui(ui, state, actions);
                    self.running_ui(ui, state, actions);
                    proposals_ui(ui, state, actions);
                    return;
                }
                ui.columns(2, |columns| {
                    self.engine_ui(&mut columns[0], state, actions);
                    proposals_ui(&mut columns[1], state, actions);
                    self.running_ui(&mut columns[0], state, actions);
                });
            });
        });
    }

    /// Shows the button that puts everything back. It stands in the pane and not in its bar, which may have
    /// many tabs to show.
    fn reset_ui(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) {
        let tooltip = "Puts engine, limits of new plugins and cache back to what they were at first";
        if ui.add(quiet_button("", "Reset settings").tooltip(tooltip)).clicked() {
            self.typed.clear();
            actions.push(Action::Settings(SettingsAction::Reset));
        }
    }

    fn engine_ui(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        let before = &state.settings.engine;
        let mut engine = before.clone();
        pane_title_with(ui, "Engine", |ui| self.reset_ui(ui, actions));
        note(ui, "A change makes a new engine: all open sources are compiled anew");
        choice(
            ui,
            "Compiler",
            &mut engine.compiler,
            &Compiler::ALL.map(|compiler| (compiler, compiler.label())),
        );
        note(
            ui,
            match engine.compiler {
                Compiler::Cranelift => "Compiles slowly, runs fast",
                Compiler::Winch => {
                    "Compiles several times faster, runs about half as fast; knows fewer proposals"
                }
            },
        );
        ui.add_enabled_ui(engine.compiler == Compiler::Cranelift, |ui| {
            let levels = Optimization::ALL.map(|level| (level, level.label()));
            choice(ui, "Optimization", &mut engine.optimization, &levels);
        });
        note(ui, optimization_costs(&engine));
        switch(
            ui,
            "Count fuel",
            &mut engine.fuel,
            "Busy loops run some percent slower; without it fuel is neither limited nor measured",
        );
        switch(
            ui,
            "Count call depth",
            &mut engine.call_depth,
            "Code that only calls runs a twentieth slower, with exceptions a fifth; without it the native stack is the only bound",
        );
        switch(
            ui,
            "Exact live fuel",
            &mut engine.exact_live_fuel,
            "Fuel to the unit while a call runs; takes Winch: calls take 1.5 times as long, loops 1.3 times",
        );
        switch(
            ui,
            "Epoch interruption",
            &mut engine.epoch_interruption,
            "A few percent. Without it Stop, Pause, the time limit and live figures don't reach a running guest",
        );
        switch(
            ui,
            "Parallel compilation",
            &mut engine.parallel_compilation,
            "Takes all processors while it compiles; off leaves the others to other programs and compiles longer",
        );
        switch(
            ui,
            "Debug info",
            &mut engine.debug_info,
            "Line tables for a native debugger; compiling takes longer (not measured)",
        );
        let kib = EngineSettings::WASM_STACK_BYTES;
        let range = (*kib.start() as u64 / 1024, *kib.end() as u64 / 1024);
        let stack = (engine.wasm_stack_bytes / 1024) as u64;
        if let Some(stack) = self.number(ui, ("Wasm stack", "KiB"), stack, range) {
            engine.wasm_stack_bytes = usize::try_from(stack * 1024).unwrap_or(engine.wasm_stack_bytes);
        }
        note(
            ui,
            "Backs the call depth limit up; each plugin's thread reserves that much and 4 MiB, and takes what it uses",
        );
        if engine != *before {
            actions.push(Action::Settings(SettingsAction::SetEngine(engine)));
        }
        ui.add_space(space::S);
        plugins_ui(ui, state, actions);
    }

    fn running_ui(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        let settings = &state.settings;
        ui.add_space(space::S);
        hairline(ui);
        pane_title(ui, "Running");
        if let Some(millis) = self.number(ui, ("Epoch tick", "ms"), settings.epoch_tick_ms, (1, 1000)) {
            actions.push(Action::Settings(SettingsAction::SetEpochTick(millis)));
        }
        note(
            ui,
            "Stop, the time limit and live figures are that fine · in force at once · at 5 ms a call that does nothing but call takes 2 % longer; a shorter tick looks more often",
        );
        ui.add_space(space::S);
        self.limits_ui(ui, &settings.limits, actions);
        ui.add_space(space::S);
        self.cache_ui(ui, &settings.cache, actions);
    }

    fn limits_ui(&mut self, ui: &mut Ui, before: &Limits, actions: &mut Vec<Action>) {
        let mut limits = *before;
        hairline(ui);
        pane_title(ui, "Limits of new plugins");
        note(ui, "For plugins made from now on; 0 is nothing at all, an empty field no limit");
        note(
            ui,
            "Fuel, time and depth cost what counting them does; the others nothing, except when something grows",
        );
        let presets = Preset::ALL.map(|preset| (Some(preset), preset.label()));
        let mut preset = Limits { trap_on_refused_growth: false, ..limits }.preset();
        let was = preset;
        choice(ui, "Preset", &mut preset, &presets);
        if let Some(preset) = preset.filter(|_| preset != was) {
            self.typed.clear();
            limits = Limits { trap_on_refused_growth: limits.trap_on_refused_growth, ..preset.limits() };
        }
        for kind in LimitKind::FIELDS {
            let text = limits.get(kind).map_or_else(String::new, |limit| limit.to_string());
            if let Some(typed) = self.field(ui, new_limit_name(kind), "", &text) {
                let parsed = if typed.trim().is_empty() { Ok(None) } else { typed.trim().parse().map(Some) };
                self.settle(ui, new_limit_name(kind), parsed.is_ok(), "a whole number, or nothing");
                if let Ok(limit) = parsed {
                    limits.set(kind, limit);
                }
            }
        }
        switch(
            ui,
            "New plugins trap on refused growth",
            &mut limits.trap_on_refused_growth,
            "Instead of answering −1 to the guest; costs nothing",
        );
        if limits != *before {
            actions.push(Action::Settings(SettingsAction::SetLimits(limits)));
        }
    }

    fn cache_ui(&mut self, ui: &mut Ui, before: &CacheSettings, actions: &mut Vec<Action>) {
        let mut cache = before.clone();
        hairline(ui);
        pane_title(ui, "Cache");
        let range = (1, CacheSettings::MOST_MIB);
        if let Some(mib) = self.number(ui, ("Cache in memory", "MiB"), cache.memory_mib, range) {
            cache.memory_mib = mib;
        }
        switch(
            ui,
            "Keep builds on disk",
            &mut cache.disk,
            "Costs disk space, and a checksum when a build is read back; shared with `wasm-workbench run`; turned on, it is in force at the next start",
        );
        ui.add_enabled_ui(cache.disk, |ui| {
            if let Some(mib) = self.number(ui, ("Cache on disk", "MiB"), cache.disk_mib, range) {
                cache.disk_mib = mib;
            }
            if let Some(folder) = self.field(ui, "Cache folder", "", &before.folder) {
                cache.folder = folder;
            }
        });
        note(
            ui,
            "A cache takes up to its size; sizes are in force at once, the folder at the next start; empty is the system's own",
        );
        if cache != *before {
            actions.push(Action::Settings(SettingsAction::SetCache(cache)));
        }
    }

    /// Shows a field for a number; returns the number when it was changed to another one.
    fn number(
        &mut self,
        ui: &mut Ui,
        (name, unit): (&'static str, &str),
        value: u64,
        (least, most): (u64, u64),
    ) -> Option<u64> {
        let typed = self.field(ui, name, unit, &value.to_string())?;
        let number = typed.trim().parse::<u64>().ok().filter(|number| (least..=most).contains(number));
        self.settle(ui, name, number.is_some(), &format!("a whole number from {least} to {most}"));
        number.filter(|number| *number != value)
    }

    /// Shows a field with its name before it; returns its text while it differs from what is in force.
    fn field(&mut self, ui: &mut Ui, name: &'static str, unit: &str, value: &str) -> Option<String> {
        let mut text = self.typed.get(name).cloned().unwrap_or_else(|| value.to_owned());
        ui.horizontal(|ui| {
            label(ui, name);
            let width = if unit.is_empty() && name == "Cache folder" { 220.0 } else { NUMBER };
            let response: Response = ui.add(text_field(name, &mut text).width(width).code());
            ui.label(caption(unit).color(tokens(ui).text_muted));
            if response.lost_focus() {
                self.typed.remove(name);
            } else if response.changed() {
                self.typed.insert(name, text.clone());
            }
        });
        (text != value).then_some(text)
    }

    /// Says what a field takes while its text is not that.
    fn settle(&mut self, ui: &mut Ui, name: &'static str, is_good: bool, takes: &str) {
        if !is_good && self.typed.contains_key(name) {
            field_error(ui, takes);
        }
    }
}

/// Says what the level of optimization costs, or why it costs nothing.
fn optimization_costs(engine: &EngineSettings) -> &'static str {
    match (engine.compiler, engine.optimization) {
        (Compiler::Winch, _) => "Winch has no levels",
        (_, Optimization::None) => {
            "Compiles with about an eighth less work than Speed; calls take up to a tenth longer, a plain loop as long"
        }
        (_, Optimization::Speed) => "Compiles with about an eighth more work than None; the fastest code",
        (_, Optimization::SpeedAndSize) => "Compiles about as long as Speed, runs as fast; smaller code",
    }
}

fn brings_and_costs(proposal: Proposal) -> String {
    plain(&format!("{} · {}", proposal.brings(), proposal.costs()))
}

/// Shows the proposals as switches, with what each brings and costs.
fn proposals_ui(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let engine = &state.settings.engine;
    pane_title(ui, "Proposals");
    note(ui, "What sources may use; in force with the next build");
    ui.spacing_mut().item_spacing.y = 0.0;
    for proposal in Proposal::ALL {
        let can = engine.compiler_can(proposal);
        let mut is_on = engine.proposals.has(proposal) && can;
        let response = ui.add_enabled(can, egui::Checkbox::new(&mut is_on, proposal.label()));
        let reason = match proposal.never() {
            Some(reason) => format!("Can't be on: {reason}"),
            None if !can => format!("{} does not know it", engine.compiler.label()),
            None => match proposal.needs() {
                Some(base) => format!("{} · needs {}", brings_and_costs(proposal), base.label()),
                None => brings_and_costs(proposal),
            },
        };
        note_under_switch(ui, &reason);
        if response.changed() {
            let mut engine = engine.clone();
            engine.proposals.set(proposal, is_on);
            actions.push(Action::Settings(SettingsAction::SetEngine(engine)));
        }
    }
}

/// Says which engine each live plugin runs on, and offers to bring those that lag behind to the newest.
fn plugins_ui(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    hairline(ui);
    pane_title(ui, "Engines of live plugins");
    if state.plugins.is_empty() {
        note(ui, "No plugin lives");
    }
    for plugin in &state.plugins {
        let name = state.plugin_label(plugin.id);
        let engine = plugin.build.build.settings.summary();
        let is_behind = !plugin.build.build.settings.is_same_but_for_prices(&state.settings.engine);
        let words = format!("Reload {name}");
        let size = egui::vec2(ui.available_width(), space::ROW);
        ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
            if is_behind {
                let tooltip = "Replaces the instance by a fresh one on the engine that is set";
                if ui.add(quiet_button("", &words).tooltip(tooltip)).clicked() {
                    actions.push(Action::Plugin(plugin.id, PluginAction::Reload));
                }
            }
            let spoken = format!("{name} {engine}");
            let shown = row(&name).name(&spoken).right(&engine).right_colour(tokens(ui).text_muted);
            ui.add(shown).on_hover_text(&engine);
        });
    }
}

fn label(ui: &mut Ui, name: &str) {
    let (rect, _) = ui.allocate_exact_size(egui::vec2(150.0, space::ROW), egui::Sense::hover());
    let font = theme::body_font(theme::STRONG);
    let at = egui::pos2(rect.left(), rect.center().y);
    ui.painter().text(at, egui::Align2::LEFT_CENTER, name, font, tokens(ui).text);
}

/// Shows a choice between a few words.
fn choice<T: PartialEq + Copy>(ui: &mut Ui, name: &str, value: &mut T, choices: &[(T, &str)]) {
    let shown = choices.iter().find(|(choice, _)| choice == value).map_or("Custom", |(_, label)| label);
    ui.horizontal(|ui| {
        label(ui, name);
        let combo = ComboBox::from_id_salt(name).selected_text(shown).width(NUMBER + 18.0);
        let response = combo.show_ui(ui, |ui| {
            for (choice, label) in choices {
                ui.selectable_value(value, *choice, *label);
            }
        });
        ui.ctx().accesskit_node_builder(response.response.id, |node| node.set_label(name));
    });
}

fn switch(ui: &mut Ui, name: &str, value: &mut bool, what: &str) {
    ui.spacing_mut().item_spacing.y = 0.0;
    ui.checkbox(value, name);
    note_under_switch(ui, what);
    ui.spacing_mut().item_spacing.y = 6.0;
}

fn note(ui: &mut Ui, text: &str) {
    // The columns would spread the words of a line to its full width.
    ui.with_layout(Layout::top_down(Align::Min), |ui| {
        ui.label(caption(text).color(tokens(ui).text_muted));
    });
}

fn note_under_switch(ui: &mut Ui, text: &str) {
    Frame::new().inner_margin(Margin { left: 26, right: 0, top: 0, bottom: 4 }).show(ui, |ui| note(ui, text));
}

/// Drops the marks of code, which captions have no face for.
fn plain(text: &str) -> String {
    text.replace('`', "")
}

/// Names the field of a limit of new plugins, which must not be that of the Limits pane.
fn new_limit_name(kind: LimitKind) -> &'static str {
    match kind {
        LimitKind::Fuel => "New plugins: fuel",
        LimitKind::ExecutionTime => "New plugins: time (ms)",
        LimitKind::MemoryPages => "New plugins: pages",
        LimitKind::GrowthPages => "New plugins: per growth",
        LimitKind::TableElements => "New plugins: elements",
        LimitKind::Instances => "New plugins: instances",
        LimitKind::CallDepth | LimitKind::WasmStack => "New plugins: depth",
    }
}

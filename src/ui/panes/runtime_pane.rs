//! The Runtime pane: what the program has done since it began, what the calls of each plugin add up to, and which
//! builds are kept.
//!
//! Knows no files; what is kept is asked for when the pane is in view and something was compiled since.

use std::collections::BTreeMap;

use egui::{Align, Frame, Grid, Layout, Margin, Rect, ScrollArea, Sense, Ui, UiBuilder, pos2, vec2};

use super::metrics_card::card_ui;
use crate::app::{Action, AppState, SettingsAction};
use crate::model::cache::{CacheListing, CacheRow};
use crate::model::humanize;
use crate::model::ids::PluginId;
use crate::model::zone::Zone;
use crate::ui::icons;
use crate::ui::theme::{self, caption, space, tokens};
use crate::ui::widgets::{hairline, icon_button, pane_title, pane_title_with, quiet_button, row};

/// Width from which the program and its plugins stand in two columns.
const TWO_COLUMNS: f32 = 620.0;

/// The Runtime pane.
#[derive(Default)]
pub(super) struct RuntimePane {
    /// How many builds there had been when the kept ones were asked for last.
    asked_at: Option<u64>,
    /// Plugins whose metrics somebody has opened or closed; of the others, those of the selected one are open.
    opened: BTreeMap<PluginId, bool>,
}

impl RuntimePane {
    /// Shows what the calls of each plugin add up to; the selected one is open unless somebody closed it.
    fn plugins_ui(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        pane_title(ui, "Plugins");
        if state.plugins.is_empty() {
            ui.label(
                caption("What the calls of a plugin add up to stands here once one lives")
                    .color(tokens(ui).text_muted),
            );
        }
        self.opened.retain(|id, _| state.plugin(*id).is_some());
        for plugin in &state.plugins {
            let is_selected = state.selection.plugin == Some(plugin.id);
            let is_open = self.opened.get(&plugin.id).copied().unwrap_or(is_selected);
            if card_ui(ui, state, plugin, is_open, actions) {
                self.opened.insert(plugin.id, !is_open);
            }
        }
    }

    pub(super) fn ui(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        let cache = &state.runtime.cache_stats;
        let builds = cache.memory_hits + cache.disk_hits + cache.misses;
        if self.asked_at != Some(builds) {
            self.asked_at = Some(builds);
            actions.push(Action::Settings(SettingsAction::ListCache));
        }
        // All of it is scrolled as one: a low pane has no room for the builds below the figures.
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            Frame::new().inner_margin(Margin { left: 12, right: 12, top: 8, bottom: 4 }).show(ui, |ui| {
                let room = ui.available_width();
                ui.set_width(room);
                ui.spacing_mut().item_spacing.y = 4.0;
                if room < TWO_COLUMNS {
                    figures_ui(ui, state);
                    self.plugins_ui(ui, state, actions);
                    hairline(ui);
                    builds_ui(ui, state, actions);
                    return;
                }
                ui.horizontal_top(|ui| {
                    // The names of builds need the wider half.
                    let left = ((room - space::L) * 0.56).round();
                    let (left, right) = (vec2(left, 0.0), vec2(room - space::L - left, 0.0));
                    let column = Layout::top_down(Align::Min);
                    ui.allocate_ui_with_layout(left, column, |ui| {
                        figures_ui(ui, state);
                        builds_ui(ui, state, actions);
                    });
                    ui.add_space(space::L - ui.spacing().item_spacing.x);
                    ui.allocate_ui_with_layout(right, column, |ui| self.plugins_ui(ui, state, actions));
                });
            });
        });
    }
}

/// Shows the builds that are kept.
fn builds_ui(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    head_ui(ui, state, actions);
    if let Some(listing) = &state.cache {
        rows_ui(ui, &state.zone, listing, actions);
    }
}

/// One figure of a grid.
pub(super) struct Figure {
    /// What it is of.
    pub(super) name: &'static str,
    /// The figure for people.
    pub(super) text: String,
    /// The figure as it is, for who asks.
    pub(super) exact: String,
}

/// Shows figures, two or three pairs of name and figure in a line.
pub(super) fn grid_ui(ui: &mut Ui, id: impl std::hash::Hash + std::fmt::Debug, figures: &[Figure]) {
    let (pairs, parts) = if ui.available_width() < 460.0 { (2, 2.0) } else { (3, 3.0) };
    let width = (ui.available_width() / parts - space::M).max(120.0);
    ui.scope(|ui| {
        ui.spacing_mut().interact_size.y = 20.0;
        Grid::new(id).spacing(vec2(space::M, 2.0)).show(ui, |ui| {
            for line in figures.chunks(pairs) {
                for figure in line {
                    ui.allocate_ui(vec2(width, 20.0), |ui| {
                        ui.set_min_width(width);
                        ui.horizontal(|ui| {
                            ui.label(caption(figure.name).color(tokens(ui).text_muted));
                            ui.label(theme::code(&figure.text)).on_hover_text(&figure.exact);
                        });
                    });
                }
                ui.end_row();
            }
        });
    });
}

/// Shows the head of the builds: how much is kept, and the button that drops it.
fn head_ui(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let has_rows = state.cache.as_ref().is_some_and(|listing| !listing.rows.is_empty());
    pane_title_with(ui, "Builds that are kept", |ui| {
        let tooltip = "Drops all builds from memory and disk; plugins keep what they run";
        let clear = quiet_button(icons::TRASH, "Clear cache").tooltip(tooltip);
        if ui.add_enabled(has_rows, clear).clicked() {
            actions.push(Action::Settings(SettingsAction::ClearCache));
        }
    });
    match &state.cache {
        Some(listing) => summary_ui(ui, listing),
        None => {
            ui.label(caption("Looking").color(tokens(ui).text_muted));
        }
    }
}

/// Shows the totals.
fn figures_ui(ui: &mut Ui, state: &AppState) {
    let stats = &state.runtime;
    let cache = &stats.cache_stats;
    let hits = cache.memory_hits + cache.disk_hits;
    let rate = match hits + cache.misses {
        0 => "–".to_owned(),
        looks => humanize::percent(hits, looks),
    };
    let time = |ns: u64| (humanize::duration_ns(ns), humanize::duration_exact_ns(ns));
    let count = |count: u64| (humanize::count(count), humanize::grouped(count));
    let since = state.zone.clock_time(state.started_unix_ms);
    let figures = [
        ("Modules compiled", count(stats.modules_compiled)),
        ("Compile time", time(stats.total_compile_time_ns)),
        ("Running since", (since, state.zone.phrase(state.started_unix_ms))),
        ("Plugins created", count(stats.plugins_created)),
        ("Active plugins", count(stats.active_plugins)),
        ("Plugins unloaded", count(stats.plugins_unloaded)),
        ("Executions", count(stats.total_executions)),
        ("Failed", count(stats.failed_executions)),
        ("Execution time", time(stats.total_execution_time_ns)),
        ("Cache hits", (humanize::count(hits), hits_words(cache.memory_hits, cache.disk_hits))),
        ("Cache misses", count(cache.misses)),
        ("Hit rate", (rate, format!("{hits} of {}", hits + cache.misses))),
    ];
    let figures = figures.map(|(name, (text, exact))| Figure { name, text, exact });
    pane_title(ui, "Since the start");
    grid_ui(ui, "runtime figures", &figures);
    ui.add_space(space::XS);
    hairline(ui);
}

fn hits_words(memory: u64, disk: u64) -> String {
    format!("{} in memory, {} on disk", humanize::grouped(memory), humanize::grouped(disk))
}

/// Says how much is kept, and of how much.
fn summary_ui(ui: &mut Ui, listing: &CacheListing) {
    let (memory, disk) = listing.total_bytes();
    let noun = if listing.rows.len() == 1 { "build" } else { "builds" };
    let mut words = format!(
        "{} {noun} · {} of {} in memory",
        listing.rows.len(),
        humanize::binary_bytes(memory),
        humanize::binary_bytes(listing.most_memory_bytes)
    );
    words += &match listing.most_disk_bytes {
        Some(most) => {
            format!(" · {} of {} on disk", humanize::binary_bytes(disk), humanize::binary_bytes(most))
        }
        None => " · none on disk".to_owned(),
    };
    let response = ui.add(egui::Label::new(caption(words).color(tokens(ui).text_muted)).wrap());
    if let Some(folder) = &listing.folder {
        response.on_hover_text(format!("{}\nThe builds used longest ago go first", folder.display()));
    }
}

/// Shows the rows that are in view; the others are only room.
fn rows_ui(ui: &mut Ui, zone: &Zone, listing: &CacheListing, actions: &mut Vec<Action>) {
    #[allow(clippy::cast_precision_loss, reason = "a few thousand rows")]
    let height = listing.rows.len() as f32 * space::ROW;
    let (whole, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    let in_view = whole.intersect(ui.clip_rect());
    if !in_view.is_positive() {
        return;
    }
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "what is in view is not above the first row"
    )]
    let row_at = |y: f32| ((y - whole.top()) / space::ROW).max(0.0) as usize;
    let rows = row_at(in_view.top())..(row_at(in_view.bottom()) + 1).min(listing.rows.len());
    for (row, kept) in listing.rows[rows.clone()].iter().enumerate() {
        #[allow(clippy::cast_precision_loss, reason = "a few thousand rows")]
        let top = whole.top() + (rows.start + row) as f32 * space::ROW;
        // A row has room before its icon; the pane has that already.
        let left = whole.left() - space::M;
        let rect = Rect::from_min_max(pos2(left, top), pos2(whole.right(), top + space::ROW));
        ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| row_ui(ui, zone, kept, actions));
    }
}

fn row_ui(ui: &mut Ui, zone: &Zone, kept: &CacheRow, actions: &mut Vec<Action>) {
    let facts = &kept.facts;
    let name = if facts.name.is_empty() { "unnamed" } else { &facts.name };
    let place = match (kept.memory_bytes, kept.disk_bytes) {
        (Some(_), Some(_)) => "memory and disk",
        (Some(_), None) => "memory",
        (None, Some(_)) => "disk",
        (None, None) => "gone",
    };
    let hits =
        if kept.hits == 1 { "1 hit".to_owned() } else { format!("{} hits", humanize::count(kept.hits)) };
    let short = facts.sha256.get(..8).unwrap_or_default();
    let right = format!(
        "{short} · {} · {place} · {hits} · {}",
        humanize::binary_bytes(facts.wasm_bytes),
        zone.clock_time(kept.used_unix_ms)
    );
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        let width = (ui.available_width() - 44.0).max(80.0);
        ui.allocate_ui(vec2(width, space::ROW), |ui| {
            // The figures at the right edge are painted, and told by the name of the row.
            let spoken = format!("{name} {right}");
            let shown =
                row(name).name(&spoken).icon(icons::CUBE).right(&right).right_colour(tokens(ui).text_muted);
            ui.add(shown).on_hover_text(describe(zone, kept));
        });
        let remove = format!("Remove {name} {short} from the cache");
        if ui.add(icon_button(icons::X, &remove).small()).clicked() {
            actions.push(Action::Settings(SettingsAction::RemoveCached(kept.key)));
        }
    });
}

fn describe(zone: &Zone, kept: &CacheRow) -> String {
    let facts = &kept.facts;
    let bytes = |bytes: Option<u64>| bytes.map_or_else(|| "–".to_owned(), humanize::binary_bytes);
    format!(
        "SHA-256 {}\n{}\nsource {}, wasm {}\nin memory {} (estimated), on disk {}\nmade in {} at {}, {}",
        facts.sha256,
        facts.engine,
        humanize::binary_bytes(facts.source_bytes),
        humanize::binary_bytes(facts.wasm_bytes),
        bytes(kept.memory_bytes),
        bytes(kept.disk_bytes),
        humanize::duration_ns(facts.made_in_ns),
        zone.clock_time(facts.made_unix_ms),
        zone.phrase(facts.made_unix_ms),
    )
}

//! How long each build took until it could be called, as bars, and what its calls took after that.
//!
//! Knows no workers; the phases have been timed by those who ran them.

use egui::{Color32, Rect, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::app::{PhaseRun, PluginView};
use crate::model::build::CacheOutcome;
use crate::model::humanize;
use crate::model::ids::PluginId;
use crate::ui::icons;
use crate::ui::theme::{self, Tokens, space, tokens};
use crate::ui::widgets::empty_state;

use super::figures::calls;

/// Height of a build's row.
const ROW: f32 = 26.0;
/// Height of its bar.
const BAR: f32 = 12.0;
/// Width of what stands left of the bars.
const LEFT: f32 = 128.0;
/// Width of what stands right of them.
const RIGHT: f32 = 190.0;
/// Height of the legend.
const HEAD: f32 = 22.0;

/// Every phase with its colour, in order.
fn phase_colours(tokens: &Tokens) -> [(&'static str, Color32); 8] {
    [
        ("read", tokens.text_faint),
        ("parse", tokens.name),
        ("validate", tokens.type_),
        ("rewrite", tokens.keyword),
        ("compile", tokens.accent),
        ("instantiate", tokens.ok),
        ("start", tokens.warning),
        ("initialize", tokens.number),
    ]
}

/// One build in the chart.
#[derive(Debug, Clone)]
pub(super) struct PhaseRow {
    run: PhaseRun,
    /// Calls of the build that are held, and their wall time together.
    calls: u64,
    calls_ns: u64,
}

/// What rows were made of: the plugin, the number of its next call, its builds.
type Key = (PluginId, u64, Vec<PhaseRun>);

/// What the chart shows, kept until calls or builds are added.
#[derive(Debug, Default)]
pub(super) struct PhasesView {
    counted: Option<(Key, Vec<PhaseRow>)>,
}

impl PhasesView {
    /// Counts the calls of each build when something has changed.
    pub(super) fn rows(&mut self, plugin: &PluginView) -> &[PhaseRow] {
        let timeline = &plugin.calls.timeline;
        let next = timeline.number(timeline.len());
        let is_new = self.counted.as_ref().is_none_or(|((id, number, runs), _)| {
            (*id, *number) != (plugin.id, next) || !runs.iter().eq(plugin.phase_runs.iter())
        });
        if is_new {
            let runs: Vec<_> = plugin.phase_runs.iter().cloned().collect();
            let rows = runs.iter().rev().map(|run| {
                let of_build = timeline.wall_histogram(timeline.calls_of_build(run.build));
                PhaseRow { run: run.clone(), calls: of_build.count(), calls_ns: of_build.sum() }
            });
            let rows = rows.collect();
            self.counted = Some(((plugin.id, next, runs), rows));
        }
        self.counted.as_ref().map_or(&[], |(_, rows)| rows)
    }
}

/// Returns how high the chart of so many builds is.
#[allow(clippy::cast_precision_loss, reason = "there are a few dozen builds")]
pub(super) fn height(num_rows: usize) -> f32 {
    HEAD + ROW * num_rows.max(1) as f32 + space::M
}

/// Shows the chart, the newest build on top.
pub(super) fn phases_ui(ui: &mut Ui, rows: &[PhaseRow]) {
    if rows.is_empty() {
        let hint = "Each build becomes a bar: read, parse, validate, rewrite, compile, instantiate, start";
        empty_state(ui, icons::STEPS, "No build has become an instance yet", hint);
        return;
    }
    legend_ui(ui, rows);
    let most = rows.iter().map(|row| row.run.total_ns()).max().unwrap_or(1).max(1);
    let most_calls = rows.iter().map(|row| row.calls_ns).max().unwrap_or(0);
    ScrollArea::vertical().id_salt("phases").auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for row in rows {
            row_ui(ui, row, most, most_calls);
        }
    });
}

fn legend_ui(ui: &mut Ui, rows: &[PhaseRow]) {
    let tokens = tokens(ui);
    let size = vec2(ui.available_width(), HEAD);
    ui.allocate_ui_with_layout(size, egui::Layout::left_to_right(egui::Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = space::S;
        ui.add_space(space::M);
        for (name, colour) in phase_colours(tokens) {
            let occurs = rows.iter().any(|row| row.run.iter().any(|(phase, _)| phase == name));
            if !occurs {
                continue;
            }
            let (mark, _) = ui.allocate_exact_size(vec2(8.0, 8.0), Sense::hover());
            ui.painter().rect_filled(mark, 2.0, colour);
            ui.label(theme::caption(name).color(tokens.text_muted));
        }
    });
}

#[allow(clippy::cast_precision_loss, reason = "a width needs no more than 24 bits")]
fn row_ui(ui: &mut Ui, row: &PhaseRow, most: u64, most_calls: u64) {
    let tokens = tokens(ui);
    let run = &row.run;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::ListItem, true, words(row)));
    if !ui.is_rect_visible(rect) {
        return;
    }
    if response.hovered() {
        ui.painter().rect_filled(rect, 0.0, tokens.row_hover);
    }
    let y = rect.center().y;
    let text = |left: f32, words: String, colour: Color32| {
        let galley = ui.painter().layout_no_wrap(words, theme::body_font(theme::CAPTION), colour);
        ui.painter().galley(pos2(left, y - galley.size().y * 0.5), galley, colour);
    };
    text(rect.left() + space::M, format!("build {}", run.build), tokens.text);
    if let Some(word) = cache_word(run.cache) {
        text(rect.left() + 64.0, word.to_owned(), tokens.ok);
    }
    let right = RIGHT.min(rect.width() * 0.36);
    let width = (rect.width() - LEFT - right).max(20.0);
    let mut x = rect.left() + LEFT;
    for (name, ns) in run.iter() {
        let colour = phase_colours(tokens).into_iter().find(|(phase, _)| *phase == name);
        let part = (ns as f32 / most as f32 * width).max(1.5);
        let bar = Rect::from_min_size(pos2(x, y - BAR * 0.5), vec2(part, BAR));
        ui.painter().rect_filled(bar, 0.0, colour.map_or(tokens.text_faint, |(_, colour)| colour));
        x += part;
    }
    text(x + 6.0, humanize::duration_ns(run.total_ns()), tokens.text);
    let column = rect.right() - right + 56.0;
    if row.calls > 0 {
        text(
            column,
            format!("{} · {}", calls(row.calls), humanize::duration_ns(row.calls_ns)),
            tokens.text_muted,
        );
        let part = (row.calls_ns as f32 / most_calls.max(1) as f32 * (right - 56.0 - space::M)).max(1.5);
        let bar = Rect::from_min_size(pos2(column, rect.bottom() - 5.0), vec2(part, 2.0));
        ui.painter().rect_filled(bar, 1.0, tokens.accent);
    }
    response.on_hover_ui(|ui| tooltip_ui(ui, row));
}

fn cache_word(cache: CacheOutcome) -> Option<&'static str> {
    match cache {
        CacheOutcome::Miss => None,
        CacheOutcome::Memory => Some("from cache"),
        CacheOutcome::Disk => Some("from disk"),
    }
}

/// Says what a row shows, for those who can't see it.
fn words(row: &PhaseRow) -> String {
    let run = &row.run;
    let cache = cache_word(run.cache).map_or_else(String::new, |word| format!(", {word}"));
    let phases = run.iter().map(|(name, ns)| format!("{name} {}", humanize::duration_ns(ns)));
    let phases = phases.collect::<Vec<_>>().join(", ");
    let made = humanize::duration_ns(row.calls_ns);
    format!("build {}{cache}: {phases}; {} in {made}", run.build, calls(row.calls))
}

fn tooltip_ui(ui: &mut Ui, row: &PhaseRow) {
    let muted = tokens(ui).text_muted;
    ui.label(theme::strong(format!("build {}", row.run.build)));
    if let Some(word) = cache_word(row.run.cache) {
        ui.label(theme::caption(format!("{word}: what did not run again has no bar")).color(muted));
    }
    ui.spacing_mut().interact_size.y = 16.0;
    egui::Grid::new("phases").num_columns(2).spacing([space::L, 2.0]).min_row_height(16.0).show(ui, |ui| {
        let mut figure = |name: &str, ns: u64| {
            ui.label(theme::caption(name).color(muted));
            ui.label(theme::caption(humanize::duration_exact_ns(ns)));
            ui.end_row();
        };
        for (name, ns) in row.run.iter() {
            figure(name, ns);
        }
        figure("until it could be called", row.run.total_ns());
        figure(&calls(row.calls), row.calls_ns);
    });
    if row.run.instances > 1 {
        let words = format!("the newest of {} instances", row.run.instances);
        ui.label(theme::caption(words).color(muted));
    }
}

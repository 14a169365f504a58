//! How long a repeated or benchmarked call took, in the Call pane.
//!
//! Measures nothing; where the clock was too coarse it offers to time batches.

use egui::{Grid, Label, Rect, RichText, Ui, pos2};

use super::progress::reveal_when_new;
use crate::app::{Action, BenchView, CallAction, PluginView, UiCommand};
use crate::model::bench::{BenchReport, Span, WallFigures};
use crate::model::humanize;
use crate::ui::icons;
use crate::ui::theme::{self, space, tokens};
use crate::ui::widgets::{Chip, card, card_heading};

/// Shows the figures of the last repetition, if it was one of that export.
pub(super) fn bench_ui(
    ui: &mut Ui,
    state: &crate::app::AppState,
    plugin: &PluginView,
    export: &str,
    actions: &mut Vec<Action>,
) {
    let Some(bench) = plugin.calls.bench.as_ref().filter(|bench| *bench.export == *export) else { return };
    let tokens = tokens(ui);
    let top = ui.cursor().min;
    card(ui, tokens.info, |ui| {
        let report = &bench.report;
        let calls = format!("{} calls", humanize::count(report.calls));
        card_heading(ui, tokens.text, icons::TIMER, &calls, &heading_right(bench));
        let (of, now) = (bench.build, plugin.build.number.0);
        if of != now {
            let text = format!("old: from build {of}, running build {now}");
            ui.label(theme::caption(text).color(tokens.warning));
        }
        let Some(wall) = &report.wall else {
            ui.label(theme::caption("No call returned").color(tokens.text_muted));
            return;
        };
        figures_ui(ui, wall);
        if let Some(rate) = report.calls_per_second {
            let rate = format!("{} calls per second", humanize::count(whole(rate)));
            ui.label(RichText::new(rate).size(theme::FIGURE));
        }
        caveat_ui(ui, state, report, actions);
    });
    let rect = Rect::from_min_max(top, pos2(ui.max_rect().right(), ui.cursor().top()));
    let stamp = bench.report.wall.map_or(0, |wall| wall.mean.to_bits() ^ wall.max.to_bits());
    reveal_when_new(ui, "bench", rect, stamp);
}

fn heading_right(bench: &BenchView) -> String {
    let mut parts = Vec::new();
    if let Span::Nanos(nanos) = bench.span {
        parts.push(format!("in {}", humanize::duration_ns(nanos)));
    }
    if bench.report.warm_up_calls > 0 {
        parts.push(format!("after {}", humanize::count(bench.report.warm_up_calls)));
    }
    if bench.report.is_batched() {
        parts.push(format!("batches of {}", humanize::count(bench.report.per_batch)));
    }
    parts.join(" · ")
}

fn figures_ui(ui: &mut Ui, wall: &WallFigures) {
    let muted = tokens(ui).text_muted;
    let cells = [
        ("min", wall.min),
        ("p50", wall.p50),
        ("p95", wall.p95),
        ("p99", wall.p99),
        ("max", wall.max),
        ("mean", wall.mean),
        ("spread", wall.stddev),
    ];
    let grid = Grid::new("bench figures").num_columns(4).spacing([space::M, 2.0]);
    grid.show(ui, |ui| {
        for row in cells.chunks(4) {
            for (name, ns) in row {
                let text = time_text(*ns);
                ui.horizontal(|ui| {
                    ui.spacing_mut().item_spacing.x = space::XS;
                    ui.label(theme::caption(*name).color(muted));
                    let exact = format!("{name} {ns:.3} ns");
                    let what = if *name == "spread" { "\nStandard deviation" } else { "" };
                    ui.label(RichText::new(text).size(theme::FIGURE)).on_hover_text(format!("{exact}{what}"));
                });
            }
            ui.end_row();
        }
    });
}

fn caveat_ui(ui: &mut Ui, state: &crate::app::AppState, report: &BenchReport, actions: &mut Vec<Action>) {
    let Some(caveat) = report.caveat() else { return };
    let tokens = tokens(ui);
    let colour = if report.is_batched() { tokens.text_muted } else { tokens.warning };
    let mut chars = caveat.chars();
    let caveat: String =
        chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect());
    ui.add(Label::new(theme::caption(caveat).color(colour)).wrap());
    if !report.is_batched() {
        let can_call = UiCommand::CallFunction.action(state).is_ok();
        let button = Chip::small("Time in batches")
            .clickable()
            .tooltip("Makes as many calls again, without a record of each");
        if ui.add_enabled(can_call, button).clicked() {
            actions.push(Action::Call(CallAction::TimeInBatches));
        }
    }
}

/// Writes a time, with fractions of a nanosecond where it is that short.
fn time_text(ns: f64) -> String {
    if ns < 100.0 { format!("{ns:.1} ns") } else { humanize::duration_ns(whole(ns)) }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "times and rates are not negative, and are rounded on purpose"
)]
fn whole(figure: f64) -> u64 {
    figure.round() as u64
}

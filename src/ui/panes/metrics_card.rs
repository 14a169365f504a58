//! What the calls of one plugin add up to: its figures, the wall times of its last calls, what it called of the host.
//!
//! Changes nothing itself; the figures are the model's, and single calls are the business of Calls and Timing.

use egui::{Color32, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::fold::fold_header;
use super::runtime_pane::{Figure, grid_ui};
use crate::app::{Action, AppState, ExportFormat, PluginAction, PluginView};
use crate::model::call::Outcome;
use crate::model::host_calls::HostCallCount;
use crate::model::humanize::{binary_bytes, count, duration_exact_ns, duration_ns, grouped};
use crate::model::metrics::MetricsSnapshot;
use crate::ui::icons;
use crate::ui::theme::{self, caption, space, tokens};
use crate::ui::widgets::quiet_button;

/// Calls in the sparkline, at most.
const MOST_BARS: usize = 120;
/// Height of the sparkline, and most of the width of one bar.
const SPARK: f32 = 34.0;
const BAR: f32 = 6.0;
/// Functions of the host that are listed, at most.
const MOST_LISTED: usize = 12;

/// Shows the figures of a plugin behind a line that opens and closes them; tells whether that was clicked.
pub(super) fn card_ui(
    ui: &mut Ui,
    state: &AppState,
    plugin: &PluginView,
    is_open: bool,
    actions: &mut Vec<Action>,
) -> bool {
    let name = state.plugin_label(plugin.id);
    let metrics = plugin.calls.metrics.snapshot();
    let is_clicked =
        fold_header(ui, &format!("Metrics of {name}"), &summary(&metrics), is_open, 0.0).clicked();
    if is_open {
        grid_ui(ui, (&name, "metrics"), &figures(state, &metrics));
        spark_ui(ui, &name, plugin);
        host_calls_ui(ui, &plugin.host_calls.list());
        ui.add_space(space::XS);
        ui.horizontal_wrapped(|ui| buttons_ui(ui, plugin, &name, actions));
        ui.add_space(space::S);
    }
    is_clicked
}

/// Says what a folded card has: how many calls, how long they took, how many failed.
fn summary(metrics: &MetricsSnapshot) -> String {
    let Some(median) = metrics.p50_ns else { return "not called yet".to_owned() };
    let noun = if metrics.call_count == 1 { "call" } else { "calls" };
    let failed = match metrics.error_count {
        0 => String::new(),
        failed => format!(" · {} failed", count(failed)),
    };
    format!("{} {noun} · p50 {}{failed}", count(metrics.call_count), duration_ns(median))
}

/// Lists the figures as they are shown, each with the exact one; what was not measured is a dash.
fn figures(state: &AppState, metrics: &MetricsSnapshot) -> [Figure; 13] {
    let nothing = || ("–".to_owned(), "not measured".to_owned());
    let number = |name, number: u64| Figure { name, text: count(number), exact: grouped(number) };
    let time = |name, ns: Option<u64>, digits: &str| {
        let (text, exact) =
            ns.map_or_else(nothing, |ns| (duration_ns(ns), format!("{}{digits}", duration_exact_ns(ns))));
        Figure { name, text, exact }
    };
    let bytes = |name, bytes: Option<u64>| {
        let shown = |bytes| (binary_bytes(bytes), format!("{} bytes", grouped(bytes)));
        let (text, exact) = bytes.map_or_else(nothing, shown);
        Figure { name, text, exact }
    };
    let fuel = match (metrics.fuel_consumed, metrics.fuel_exact) {
        (Some(fuel), true) => (count(fuel), grouped(fuel)),
        (Some(fuel), false) => (
            format!("≥ {}", count(fuel)),
            format!("at least {}: not every call was measured to the unit", grouped(fuel)),
        ),
        (None, _) => nothing(),
    };
    let last = metrics.last_execution.map_or_else(
        || ("–".to_owned(), "no call has ended".to_owned()),
        |at| (state.zone.clock_time(at), state.zone.phrase(at)),
    );
    let digits = ", to three digits";
    [
        number("Calls", metrics.call_count),
        number("Succeeded", metrics.success_count),
        number("Failed", metrics.error_count),
        time("Total time", Some(metrics.total_execution_time_ns), ""),
        time("Mean", metrics.avg_execution_time_ns, ""),
        Figure { name: "Last call", text: last.0, exact: last.1 },
        time("p50", metrics.p50_ns, digits),
        time("p95", metrics.p95_ns, digits),
        time("p99", metrics.p99_ns, digits),
        Figure { name: "Fuel consumed", text: fuel.0, exact: fuel.1 },
        bytes("Memory now", metrics.current_memory_bytes),
        bytes("Memory peak", metrics.peak_memory_bytes),
        number("Refused growth", metrics.refused_growths),
    ]
}

/// Shows the wall times of the last calls as bars from zero, those that failed with a mark below.
fn spark_ui(ui: &mut Ui, name: &str, plugin: &PluginView) {
    let timeline = &plugin.calls.timeline;
    let first = timeline.len().saturating_sub(MOST_BARS);
    let calls: Vec<_> = (first..timeline.len()).filter_map(|index| timeline.get(index)).collect();
    let times = || calls.iter().map(|call| call.wall_ns);
    let (Some(least), Some(most)) = (times().min(), times().max()) else { return };
    let failed = calls.iter().filter(|call| call.outcome != Outcome::Returned).count();
    let failed = if failed == 0 { String::new() } else { format!(", {failed} failed") };
    let words = match calls.len() {
        1 => format!("Wall time of the last call: {}{failed}", duration_ns(most)),
        count => {
            format!(
                "Wall time of the last {count} calls: {} to {}{failed}",
                duration_ns(least),
                duration_ns(most)
            )
        }
    };
    ui.label(caption(&words).color(tokens(ui).text_muted));
    let size = vec2(ui.available_width(), SPARK);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::Figure, true, format!("Last calls of {name}"));
        info.current_text_value = Some(words.clone());
        info
    });
    if !ui.is_rect_visible(rect) {
        return;
    }
    let tokens = tokens(ui);
    let bottom = rect.bottom() - 5.0;
    ui.painter().hline(rect.x_range(), bottom + 0.5, Stroke::new(1.0, tokens.border));
    #[allow(clippy::cast_precision_loss, reason = "a picture of a few dozen points in height")]
    let share = |part: u64, whole: u64| part as f32 / whole.max(1) as f32;
    #[allow(clippy::cast_precision_loss, reason = "some hundred bars")]
    let step = (rect.width() / calls.len() as f32).min(BAR);
    let mut x = rect.left();
    for call in &calls {
        let has_failed = call.outcome != Outcome::Returned;
        let ink: Color32 = if has_failed { tokens.error } else { tokens.accent };
        let top = bottom - (share(call.wall_ns, most) * (bottom - rect.top())).max(1.0);
        let width = (step - 1.0).max(1.0);
        ui.painter().rect_filled(Rect::from_min_max(pos2(x, top), pos2(x + width, bottom)), 0.0, ink);
        if has_failed {
            let mark = Rect::from_min_max(pos2(x, bottom + 2.0), pos2(x + width, bottom + 5.0));
            ui.painter().rect_filled(mark, 0.0, ink);
        }
        x += step;
    }
}

/// Lists what the guests called of the host, each with how often and how long.
fn host_calls_ui(ui: &mut Ui, counts: &[HostCallCount]) {
    if counts.is_empty() {
        return;
    }
    let muted = tokens(ui).text_muted;
    ui.label(caption("Calls of the host, as of the last call that ended").color(muted));
    for host in counts.iter().take(MOST_LISTED) {
        ui.horizontal(|ui| {
            ui.set_height(20.0);
            ui.add(egui::Label::new(theme::code(host.full_name()).size(theme::CAPTION)).truncate());
            ui.label(caption(host_words(host)).color(muted)).on_hover_text(match host.total_ns {
                Some(ns) => format!("{} calls, {}", grouped(host.calls), duration_exact_ns(ns)),
                None => format!("{} calls; each ended the call of the guest", grouped(host.calls)),
            });
        });
    }
    if counts.len() > MOST_LISTED {
        ui.label(caption(format!("and {} more, in the exports", counts.len() - MOST_LISTED)).color(muted));
    }
}

fn host_words(host: &HostCallCount) -> String {
    let noun = if host.calls == 1 { "call" } else { "calls" };
    match host.total_ns {
        Some(ns) if host.calls > 0 => format!("{} {noun} · {}", count(host.calls), duration_ns(ns)),
        Some(_) => "not called yet".to_owned(),
        None => format!("{} {noun} · a stub", count(host.calls)),
    }
}

fn buttons_ui(ui: &mut Ui, plugin: &PluginView, name: &str, actions: &mut Vec<Action>) {
    let mut button = |icon, words: &str, what: &str, tooltip: &str, action| {
        let accessible = format!("{what} of {name}");
        let response = ui.add(quiet_button(icon, words).tooltip(tooltip));
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(accessible));
        if response.clicked() {
            actions.push(Action::Plugin(plugin.id, action));
        }
    };
    let reset = "Forgets the calls of the plugin and their figures, and counts calls of the host from now on";
    button(icons::ARROW_COUNTER_CLOCKWISE, "Reset", "Reset metrics", reset, PluginAction::ResetMetrics);
    let csv = "Writes these figures to a file of comma-separated values";
    button("", "Export CSV…", "Export metrics as CSV", csv, PluginAction::ExportMetrics(ExportFormat::Csv));
    let json = "Writes these figures to a JSON document";
    button(
        "",
        "Export JSON…",
        "Export metrics as JSON",
        json,
        PluginAction::ExportMetrics(ExportFormat::Json),
    );
}

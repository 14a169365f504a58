//! Which call lies under the pointer, and what is told of it; left of the plots, what is told of all.
//!
//! Looks for it in the columns of the timeline, in as many steps as a stroke of the plot is wide.

use egui::{Grid, Id, PopupAnchor, Response, RichText, Stroke, Tooltip, Ui, pos2};

use crate::app::PluginView;
use crate::model::call::CallSample;
use crate::model::humanize;
use crate::model::limits::LimitKind;
use crate::model::measured::Measured;
use crate::ui::theme::{self, space, tokens};

use super::super::outcome_words::{call_text, function_text, outcome_look};
use super::TimingPane;
use super::head::lane_ui;
use super::lane::Lane;
use super::paint::{Plot, lane_colour, limit_text, name, percentile_figure};
use super::trace::Trace;

/// How far from the pointer a call is still meant, in points.
const REACH: f32 = 6.0;
/// Most refused growths of a call that are told.
const MOST_DENIED: usize = 4;

impl TimingPane {
    /// Marks the call under the pointer in all plots, tells of it, and returns its lane and index.
    pub(super) fn hover_ui(
        &self,
        ui: &Ui,
        response: &Response,
        plots: &[Plot],
        (plugin, lanes): (&PluginView, &[Lane<'_>]),
    ) -> Option<(usize, usize)> {
        let pointer = response.hover_pos()?;
        let row = plots.iter().position(|plot| plot.row.y_range().contains(pointer.y))?;
        let (plot, traces) = (plots.get(row)?, &self.traces.as_ref()?.1);
        let trace = traces.get(row)?;
        if pointer.x < plot.area.left() {
            self.percentiles_ui(ui, trace, lanes);
            return None;
        }
        let axis = self.view.axis;
        let reach = super::view::Span {
            from: plot.position_at(pointer.x - REACH),
            to: plot.position_at(pointer.x + REACH),
        };
        let share = ((plot.area.bottom() - pointer.y) / plot.area.height().max(1.0)).clamp(0.0, 1.0);
        let nearest = lanes.iter().enumerate().filter_map(|(number, lane)| {
            let range = axis.indices(lane, reach);
            let position = trace.position_at(share);
            let index = lane.timeline.nearest(trace.series, range, (position, trace.scale), lane.export())?;
            let value = lane.timeline.value(trace.series, index).value()?;
            Some((number, index, (trace.scale.position(value) - position).abs()))
        });
        let (number, index, _) = nearest.min_by(|one, other| one.2.total_cmp(&other.2))?;
        let lane = &lanes[number];
        let call = lane.timeline.get(index)?;

        let tokens = tokens(ui);
        let x = plot.x(axis.position(lane, index));
        let line = Stroke::new(1.0, tokens.border_strong);
        for (plot, trace) in plots.iter().zip(traces) {
            ui.painter().vline(x, plot.area.y_range(), line);
            if let Some(value) = trace.series.of(&call).value() {
                let at = pos2(x, plot.y(trace.share(value)));
                ui.painter().circle_stroke(at, 4.0, Stroke::new(1.5, tokens.text));
            }
        }
        if !response.dragged() {
            let of = (lanes.len() > 1).then_some((number, lane.label.as_str()));
            let id = Id::unique("timing tooltip");
            Tooltip::always_open(ui.ctx().clone(), ui.layer_id(), id, PopupAnchor::Pointer)
                .gap(space::M)
                .show(|ui| tooltip_ui(ui, plugin, lane, of, (index, &call)));
        }
        Some((number, index))
    }

    /// Tells the percentiles of a plot in figures, under its name.
    fn percentiles_ui(&self, ui: &Ui, trace: &Trace, lanes: &[Lane<'_>]) {
        let marks = self.figures.get().map(|figures| figures.marks(trace.series)).unwrap_or_default();
        if marks.is_empty() {
            return;
        }
        let id = Id::unique("percentiles tooltip");
        let tooltip = Tooltip::always_open(ui.ctx().clone(), ui.layer_id(), id, PopupAnchor::Pointer);
        tooltip.gap(space::M).show(|ui| {
            let muted = tokens(ui).text_muted;
            ui.label(name(trace.series));
            if let [first, _] = lanes {
                lane_ui(ui, 0, &first.label);
            }
            for (name, value) in marks {
                ui.label(theme::caption(format!("{name} {}", percentile_figure(trace.series, value))));
            }
            let limit = limit_text(trace);
            if !limit.is_empty() {
                ui.label(theme::caption(limit).color(muted));
            }
        });
    }
}

/// Tells everything that is known of a call, to the unit.
fn tooltip_ui(
    ui: &mut Ui,
    plugin: &PluginView,
    lane: &Lane<'_>,
    of: Option<(usize, &str)>,
    (index, call): (usize, &CallSample),
) {
    let tokens = tokens(ui);
    let timeline = lane.timeline;
    let number = timeline.number(index);
    let is_own = std::ptr::eq(timeline, &raw const plugin.calls.timeline);
    let record = plugin.calls.record(number).filter(|_| is_own);
    let name = record.map_or_else(|| timeline.name(call.export).to_owned(), call_text);
    if let Some((number, label)) = of {
        ui.label(RichText::new(label).color(lane_colour(tokens, number)));
    }
    ui.horizontal(|ui| {
        ui.label(RichText::new(format!("#{}", humanize::grouped(number))).color(tokens.text_muted));
        ui.label(theme::code(name));
    });
    let look = outcome_look(call.outcome, tokens);
    ui.label(RichText::new(format!("{} {}", look.icon, call.outcome.headline())).color(look.colour));
    if call.was_denied {
        ui.label(RichText::new("▲ growth was refused").color(tokens.warning));
        let denied = record.iter().flat_map(|record| &record.denied).take(MOST_DENIED);
        for denied in denied {
            let what = if denied.what == LimitKind::MemoryPages { "pages" } else { "elements" };
            let asked = humanize::grouped(denied.requested);
            let function = denied.place.as_ref().map(function_text).filter(|name| !name.is_empty());
            let line = denied.place.as_ref().and_then(|place| place.line);
            let by = function.map_or_else(String::new, |name| format!(" by {name}"));
            let at = line.map_or_else(String::new, |line| format!(", line {line}"));
            ui.label(theme::caption(format!("asked for {asked} {what}{by}{at}")).color(tokens.text_muted));
        }
    }
    ui.spacing_mut().interact_size.y = 16.0;
    Grid::new("figures").num_columns(2).spacing([space::L, 2.0]).min_row_height(16.0).show(ui, |ui| {
        let mut figure = |name: &str, value: String| {
            ui.label(theme::caption(name).color(tokens.text_muted));
            ui.label(theme::caption(value));
            ui.end_row();
        };
        let wall = humanize::duration_exact_ns(call.wall_ns);
        figure("wall time", format!("{wall} ({})", humanize::duration_ns(call.wall_ns)));
        figure("fuel", measured(call.fuel));
        figure("memory pages", humanize::pages(call.peak_memory_pages));
        figure("call depth", measured(call.peak_call_depth));
        figure("started after", humanize::duration_ns(call.started_ns));
        if let Some(build) = timeline.build_of(index) {
            figure("build", build.to_string());
        }
    });
}

/// Writes a figure to the unit and says how good it is.
pub(in super::super) fn measured(figure: Measured<u64>) -> String {
    match figure {
        Measured::Exact(value) => humanize::grouped(value),
        Measured::AtLeast(value) => format!("at least {}", humanize::grouped(value)),
        Measured::NotMeasured => "not measured".to_owned(),
    }
}

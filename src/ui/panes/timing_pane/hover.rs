//! Which call lies under the pointer, and what is told of it.
//!
//! Looks for it in the columns of the timeline, in as many steps as a stroke of the plot is wide.

use egui::{Grid, Id, PopupAnchor, Response, RichText, Stroke, Tooltip, Ui, pos2};

use crate::app::PluginView;
use crate::model::call::CallSample;
use crate::model::humanize;
use crate::model::measured::Measured;
use crate::ui::theme::{self, space, tokens};

use super::super::outcome_words::{call_text, outcome_look};
use super::TimingPane;
use super::paint::Plot;

/// How far from the pointer a call is still meant, in points.
const REACH: f32 = 6.0;

impl TimingPane {
    /// Marks the call under the pointer in all plots, tells of it, and returns its index.
    pub(super) fn hover_ui(
        &self,
        ui: &Ui,
        response: &Response,
        plots: &[Plot],
        plugin: &PluginView,
    ) -> Option<usize> {
        let pointer = response.hover_pos()?;
        let row = plots.iter().position(|plot| plot.row.y_range().contains(pointer.y))?;
        let (plot, traces) = (plots.get(row)?, &self.traces.as_ref()?.1);
        let trace = traces.get(row)?;
        let timeline = &plugin.calls.timeline;
        let axis = self.view.axis;
        let reach = super::view::Span {
            from: plot.position_at(pointer.x - REACH),
            to: plot.position_at(pointer.x + REACH),
        };
        let range = axis.indices(timeline, reach);
        let share = ((plot.area.bottom() - pointer.y) / plot.area.height().max(1.0)).clamp(0.0, 1.0);
        let index = timeline.nearest(trace.series, range, trace.position_at(share), trace.scale)?;
        let call = timeline.get(index)?;

        let tokens = tokens(ui);
        let x = plot.x(axis.position(timeline, index));
        let line = Stroke::new(1.0, tokens.border_strong);
        for (plot, trace) in plots.iter().zip(traces) {
            ui.painter().vline(x, plot.area.y_range(), line);
            if let Some(value) = trace.series.of(&call).value() {
                let at = pos2(x, plot.y(trace.share(value)));
                ui.painter().circle_stroke(at, 4.0, Stroke::new(1.5, tokens.text));
            }
        }
        if !response.dragged() {
            let id = Id::unique("timing tooltip");
            Tooltip::always_open(ui.ctx().clone(), ui.layer_id(), id, PopupAnchor::Pointer)
                .gap(space::M)
                .show(|ui| tooltip_ui(ui, plugin, index, &call));
        }
        Some(index)
    }
}

/// Tells everything that is known of a call, to the unit.
fn tooltip_ui(ui: &mut Ui, plugin: &PluginView, index: usize, call: &CallSample) {
    let tokens = tokens(ui);
    let timeline = &plugin.calls.timeline;
    let number = timeline.number(index);
    let name = plugin.calls.record(number).map_or_else(|| timeline.name(call.export).to_owned(), call_text);
    ui.horizontal(|ui| {
        ui.label(RichText::new(format!("#{}", humanize::grouped(number))).color(tokens.text_muted));
        ui.label(theme::code(name));
    });
    let look = outcome_look(call.outcome, tokens);
    ui.label(RichText::new(format!("{} {}", look.icon, call.outcome.headline())).color(look.colour));
    if call.was_denied {
        ui.label(RichText::new("▲ growth was refused").color(tokens.warning));
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

//! Figures of every call over the number of the call or over time, each against its limit.
//!
//! Four plots share one axis, which is what a person moves and zooms, so they are painted here and not by
//! four widgets that would have to be kept in step. No frame looks at every call: see [`trace`]. The
//! distribution of wall times and the phases of each build take the place of the plots when asked for.

mod choice;
mod distribution;
mod figures;
mod head;
mod histogram;
mod hover;
mod input;
mod lane;
mod limit_lines;
mod paint;
mod phases;
mod picture;
mod trace;
mod view;

use std::sync::Arc;

use egui::text::{LayoutJob, TextWrapping};
use egui::{Rect, Response, Role, Sense, Stroke, Ui, WidgetInfo, pos2};

use crate::app::{Action, AppState, ExportFormat, PluginAction, PluginView};
use crate::model::call::Outcome;
use crate::model::humanize;
use crate::model::timeline::{OutcomeCounts, Series, Summary};
use crate::ui::icons;
use crate::ui::theme::{self, Tokens, space, tokens};
use crate::ui::widgets::{empty_state, icon_button};

use super::outcome_words::{call_text, outcome_look, outcome_phrase};
use super::row_scroll::thin_focus_ring;
use choice::ChoiceView;
use distribution::{DistributionView, Shown};
use figures::FiguresView;
use head::HeadWish;
pub(super) use head::brush_chips;
pub(super) use hover::measured;
use input::select;
use lane::{Lane, Owner, lanes};
use paint::{FOOT, Plot, brushed, foot_words, limit_text, paint_plots, percentile_figure, rows};
use phases::PhasesView;
use trace::{ScaleChoice, Trace, TraceKey};
use view::{Axis, View};

/// Least room under the plots for the words of the selected call.
const LEAST_CAPTION: f32 = 60.0;
/// Least height of the pane that has the legend above its plots.
const TALL: f32 = 170.0;

/// What the pane shows of the calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Face {
    /// Every call as a point.
    #[default]
    Plots,
    /// How often which wall time occurs.
    Distribution,
    /// How long each build took until it could be called.
    Phases,
}

/// Wall time, fuel, memory pages and call depth of every call.
#[derive(Debug, Default)]
pub(in crate::ui) struct TimingPane {
    owner: Option<Owner>,
    face: Face,
    view: View,
    scale: ScaleChoice,
    choice: ChoiceView,
    traces: Option<(TraceKey, Vec<Trace>)>,
    figures: FiguresView,
    distribution: DistributionView,
    phases: PhasesView,
    // Place on the axis where a drag that picks calls out began.
    brush_from: Option<f64>,
    had_text_focus: bool,
    // As of the last frame; a picture is as large.
    size: egui::Vec2,
}

impl TimingPane {
    /// Shows percentiles, the choices of face and axes, and the exports, from the right edge.
    pub(in crate::ui) fn bar_right_ui(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        let Some(plugin) = state.selected_plugin() else { return };
        if plugin.calls.timeline.is_empty() {
            if !plugin.phase_runs.is_empty() {
                self.face_ui(ui);
            }
            return;
        }
        let bar_width = ui.available_width();
        if ui.add(icon_button(icons::EXPORT, "Export calls as CSV").small()).clicked() {
            actions.push(Action::Plugin(plugin.id, PluginAction::ExportCalls(ExportFormat::Csv)));
        }
        if ui.add(icon_button(icons::IMAGE, "Export picture as PNG").small()).clicked() {
            actions.push(self.picture(ui, state, plugin));
        }
        self.face_ui(ui);
        if self.face != Face::Phases {
            head::compare_ui(ui, state, actions);
        }
        if self.face == Face::Plots {
            self.axes_ui(ui);
            let all = icon_button(icons::ARROWS_OUT, "Show all calls").small();
            if !self.view.is_whole() && ui.add(all).clicked() {
                self.view.reset();
            }
        }
        ui.add_space(space::XS);
        let is_own = self.owner.is_some_and(|owner| owner.plugin == plugin.id && owner.pairing.is_none());
        let figures = self.figures.get().filter(|_| is_own && !plugin.calls.brush.is_set());
        let Some(summary) = figures.and_then(|figures| figures.lanes.first()?.summary) else { return };
        // The bar's width includes its tabs, which would be scrolled away.
        for (name, value, least_width) in
            [("p99", summary.p99, 688.0), ("p95", summary.p95, 778.0), ("p50", summary.p50, 592.0)]
        {
            if bar_width >= least_width {
                percentile_ui(ui, name, value, &summary);
            }
        }
    }

    /// Shows which face is shown, and switches it; a second click leads back to the plots.
    fn face_ui(&mut self, ui: &mut Ui) {
        for (face, icon, name) in
            [(Face::Phases, icons::STEPS, "Phases"), (Face::Distribution, icons::CHART_BAR, "Distribution")]
        {
            let is_shown = self.face == face;
            let response = ui.add(icon_button(icon, name).small().selected(is_shown));
            if is_clicked(ui, &response) {
                self.face = if is_shown { Face::Plots } else { face };
            }
        }
    }

    /// Shows the choices of both axes.
    fn axes_ui(&mut self, ui: &mut Ui) {
        let is_time = self.view.axis == Axis::Time;
        let name = if is_time { "Plot over call numbers" } else { "Plot over time" };
        let clock = ui.add(icon_button(icons::CLOCK, name).small().selected(is_time));
        if is_clicked(ui, &clock) {
            self.view.set_axis(if is_time { Axis::Number } else { Axis::Time });
        }
        let scale = icon_button(icons::SCALES, self.scale.label()).small();
        let scale = ui.add(scale.selected(self.scale != ScaleChoice::Auto));
        if is_clicked(ui, &scale) {
            let index = ScaleChoice::ALL.iter().position(|choice| *choice == self.scale).unwrap_or(0);
            self.scale = ScaleChoice::ALL[(index + 1) % ScaleChoice::ALL.len()];
        }
    }

    /// Shows the selected plugin's calls.
    pub(in crate::ui) fn ui(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        let Some(plugin) = state.selected_plugin() else {
            let hint = "Compile a source to get a plugin; each of its calls becomes a point here";
            empty_state(ui, icons::CHART_SCATTER, "No plugin is selected", hint);
            return;
        };
        self.size = ui.available_size();
        if self.face == Face::Phases {
            phases::phases_ui(ui, self.phases.rows(plugin));
            return;
        }
        if plugin.calls.timeline.is_empty() {
            let hint = "Each call becomes a point: time, fuel, memory and depth against their limits";
            empty_state(ui, icons::CHART_SCATTER, "No calls yet", hint);
            return;
        }
        let (lanes, owner) = (self.shown_lanes(state, plugin), Owner::of(state, plugin));
        self.escape(ui, state, plugin, actions);
        self.figures.catch_up(owner, &lanes, (plugin.calls.brush, self.face == Face::Plots));
        ui.spacing_mut().item_spacing.y = 0.0;
        let has_words = plugin.calls.brush.is_set() || lanes.len() > 1 || lanes[0].export().is_some();
        if has_words || ui.available_height() >= TALL {
            let figures = self.figures.get().expect("they have just been counted");
            let is_plots = self.face == Face::Plots;
            let wish = head::head_ui(ui, plugin, (&lanes, &mut self.choice), (figures, is_plots), actions);
            match wish {
                Some(HeadWish::ZoomToBrush) => {
                    self.face = Face::Plots;
                    self.zoom_to_brush(plugin, &lanes);
                }
                Some(HeadWish::ShowAll) => self.view.reset(),
                None => {}
            }
        }
        match self.face {
            Face::Distribution => {
                let figures = self.figures.get().expect("they have just been counted");
                let shown = Shown { plugin: plugin.id, lanes: &lanes, figures, brush: plugin.calls.brush };
                self.distribution.ui(ui, &shown, actions);
            }
            Face::Plots | Face::Phases => self.plots_ui(ui, state, (plugin, &lanes), actions),
        }
    }

    /// Returns what is shown: of the export that is chosen.
    fn shown_lanes<'a>(&mut self, state: &'a AppState, plugin: &'a PluginView) -> Vec<Lane<'a>> {
        let (owner, mut lanes) = (Owner::of(state, plugin), lanes(state, plugin));
        if self.owner != Some(owner) {
            self.owner = Some(owner);
            self.view.reset();
            self.choice.forget();
        }
        self.choice.apply(owner, &mut lanes);
        lanes
    }

    fn plots_ui(
        &mut self,
        ui: &mut Ui,
        state: &AppState,
        (plugin, lanes): (&PluginView, &[Lane<'_>]),
        actions: &mut Vec<Action>,
    ) {
        let (rect, response) = ui.allocate_exact_size(ui.available_size(), Sense::click_and_drag());
        describe(&response, plugin, lanes);
        let extent = self.view.axis.extent(lanes);
        let area = Plot::new(rect, extent).area;
        self.brush(ui, &response, area, (plugin, lanes), actions);
        self.navigate(ui, &response, area, lanes);
        self.keys(ui, &response, state, (plugin, lanes), actions);

        self.make_traces(lanes, area.width());
        self.describe_plots(ui, &response);
        let plots = rows(rect, self.view.span(extent));
        if ui.is_rect_visible(rect) {
            self.paint(ui, rect, &plots, (plugin, lanes), response.has_focus());
        }
        let hovered = self.hover_ui(ui, &response, &plots, (plugin, lanes));
        if response.clicked() {
            response.request_focus();
        }
        if let Some((lane, index)) = hovered.filter(|_| response.clicked()) {
            // Of another plugin there is nothing to select here.
            if std::ptr::eq(lanes[lane].timeline, &raw const plugin.calls.timeline) {
                select(state, plugin, plugin.calls.timeline.number(index), actions);
            }
        }
    }

    fn make_traces(&mut self, lanes: &[Lane<'_>], width: f32) {
        let Some(owner) = self.owner else { return };
        let axis = self.view.axis;
        let key = TraceKey {
            owner,
            lanes: lanes.iter().map(Lane::key).collect(),
            axis,
            span: self.view.span(axis.extent(lanes)),
            choice: self.scale,
            width,
        };
        if self.traces.as_ref().is_none_or(|(of, _)| *of != key) {
            let traces = Series::ALL.map(|series| Trace::new(lanes, series, &key));
            self.traces = Some((key, traces.into()));
        }
    }

    fn paint(
        &self,
        ui: &Ui,
        rect: Rect,
        plots: &[Plot],
        (plugin, lanes): (&PluginView, &[Lane<'_>]),
        has_focus: bool,
    ) {
        let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
        let traces = self.traces.as_ref().map_or(&[][..], |(_, traces)| traces);
        let brushed = brushed(self.view.axis, plugin.calls.brush, lanes);
        paint_plots(&painter, tokens(ui), plots, traces, (&brushed, self.figures.get()));
        self.paint_foot(ui, rect, plots, (plugin, lanes));
        if has_focus {
            thin_focus_ring(ui, rect);
        }
    }

    /// Paints what the axis shows from where to where, and the selected call.
    fn paint_foot(&self, ui: &Ui, rect: Rect, plots: &[Plot], (plugin, lanes): (&PluginView, &[Lane<'_>])) {
        let (tokens, painter) = (tokens(ui), ui.painter());
        let Some(plot) = plots.last() else { return };
        let muted = tokens.text_muted;
        let lay = |text, colour| painter.layout_no_wrap(text, theme::body_font(theme::CAPTION), colour);
        let (from, to) = foot_words(self.view.axis, lanes, plot);
        let (from, to) = (lay(from, muted), lay(to, muted));
        let y = rect.bottom() - FOOT * 0.5 - from.size().y * 0.5;
        let (mut left, right) = (plot.area.left(), plot.area.right());
        let to_left = right - to.size().x;
        painter.galley(pos2(left, y), Arc::clone(&from), muted);
        left += from.size().x + space::M;

        painter.galley(pos2(to_left, y), to, muted);
        let selected = selected_caption(plugin, tokens).filter(|(index, ..)| lanes[0].shows(*index));
        if let Some((index, words, colour)) = selected {
            let x = plot.x(self.view.axis.position(&lanes[0], index));
            if plot.area.x_range().expand(1.0).contains(x) {
                let x = x.round() + 0.5;
                // The words of the limits stand between the plots, and the line must not run through them.
                for plot in plots {
                    let line = [pos2(x, plot.area.top() - 2.0), pos2(x, plot.area.bottom())];
                    painter.extend(egui::Shape::dashed_line(&line, Stroke::new(1.0, colour), 2.0, 3.0));
                }
            }
            // Between both ends of the axis, which stay where they are.
            let room = to_left - space::M - left;
            let mut job = LayoutJob::simple_singleline(words, theme::body_font(theme::CAPTION), colour);
            job.wrap = TextWrapping::truncate_at_width(room);
            if room >= LEAST_CAPTION {
                let words = painter.layout_job(job);
                let at = caption_left(x, words.size().x, (left, left + room));
                painter.galley(pos2(at, y), words, colour);
            }
        }
    }

    /// Tells screen readers of limits and percentiles, plot by plot.
    fn describe_plots(&self, ui: &Ui, response: &Response) {
        ui.ctx().accesskit_node_builder(response.id, |node| {
            let traces = self.traces.as_ref().map_or(&[][..], |(_, traces)| traces);
            let words = traces.iter().map(|trace| {
                let limit = Some(limit_text(trace)).filter(|words| !words.is_empty());
                let marks = self.figures.get().map(|figures| figures.marks(trace.series)).unwrap_or_default();
                let marks = marks
                    .iter()
                    .map(|(name, value)| format!("{name} {}", percentile_figure(trace.series, *value)));
                let parts = limit.into_iter().chain(marks).collect::<Vec<_>>().join(", ");
                format!("{}: {parts}", paint::name(trace.series))
            });
            node.set_description(words.collect::<Vec<_>>().join("; "));
        });
    }
}

/// Returns where words of that width begin that stand under `x`, moved so far that they keep between two places.
fn caption_left(x: f32, width: f32, (left, right): (f32, f32)) -> f32 {
    (x - width * 0.5).min(right - width).max(left)
}

/// Tells whether a button was clicked that switches something. A frame may be laid out twice, and what was
/// switched in the first pass must not be switched back in the second.
fn is_clicked(ui: &Ui, button: &Response) -> bool {
    button.clicked() && ui.ctx().current_pass_index() == 0
}

/// Returns index, words and colour of the selected call.
fn selected_caption(plugin: &PluginView, tokens: &Tokens) -> Option<(usize, String, egui::Color32)> {
    let timeline = &plugin.calls.timeline;
    let number = plugin.calls.selected?;
    let index = timeline.index_of_number(number)?;
    let call = timeline.get(index)?;
    let colour = match call.outcome {
        Outcome::Returned => tokens.accent_text,
        failed => outcome_look(failed, tokens).colour,
    };
    let name = plugin.calls.record(number).map_or_else(|| timeline.name(call.export).to_owned(), call_text);
    let words = format!("#{} {name} {}", humanize::grouped(number), outcome_phrase(call.outcome));
    Some((index, words, colour))
}

fn percentile_ui(ui: &mut Ui, name: &str, value: u64, summary: &Summary) {
    let tokens = tokens(ui);
    let gap = std::mem::replace(&mut ui.spacing_mut().item_spacing.x, space::XS);
    let figure = theme::strong(humanize::duration_ns(value)).size(theme::FIGURE);
    let figure = ui.label(figure.color(tokens.text_muted));
    let label = ui.label(egui::RichText::new(name).size(theme::FIGURE).color(tokens.text_muted));
    ui.spacing_mut().item_spacing.x = gap;
    ui.add_space(space::XS);
    let share = &name[1..];
    figure.union(label).on_hover_ui(|ui| {
        ui.label(format!(
            "{share} % of {} calls took at most {}",
            humanize::grouped(summary.count),
            humanize::duration_exact_ns(value)
        ));
        let quality = if summary.is_exact { "wall time, exact" } else { "wall time, to three digits" };
        ui.label(theme::caption(quality).color(tokens.text_muted));
    });
}

/// Tells screen readers what the plots show.
fn describe(response: &Response, plugin: &PluginView, lanes: &[Lane<'_>]) {
    response.widget_info(|| {
        let mut counts = *plugin.calls.timeline.counts();
        if lanes.len() > 1 || lanes.iter().any(|lane| lane.export().is_some()) {
            counts = OutcomeCounts::default();
            for lane in lanes {
                counts.add_all(&lane.counts);
            }
        }
        let mut info = WidgetInfo::labeled(Role::Figure, true, "Timing plot");
        info.current_text_value = Some(format!(
            "{} calls, {} failed, growth refused in {}",
            counts.total(),
            counts.failures(),
            counts.denied
        ));
        info
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_selected_call_keep_between_both_ends_of_the_axis() {
        for (x, left) in [(150.0, 100.0), (300.0, 250.0), (399.0, 300.0), (900.0, 300.0), (-50.0, 100.0)] {
            let found = caption_left(x, 100.0, (100.0, 400.0));
            assert!((found - left).abs() < 1e-3, "{x}: {found}");
        }
    }
}

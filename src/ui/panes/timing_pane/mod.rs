//! Figures of every call over the number of the call or over time, each against its limit.
//!
//! Four plots share one axis, which is what a person moves and zooms, so they are painted here and not by
//! four widgets that would have to be kept in step. No frame looks at every call: see [`trace`].

mod distribution;
mod histogram;
mod hover;
mod paint;
mod trace;
mod view;

use std::sync::Arc;

use egui::{Key, PointerButton, Rect, Response, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::app::{Action, AppState, ExportFormat, PluginAction, PluginView, SourceAction};
use crate::model::call::Outcome;
use crate::model::humanize;
use crate::model::ids::PluginId;
use crate::model::timeline::{Series, Summary, Timeline};
use crate::ui::icons;
use crate::ui::theme::{self, Tokens, space, tokens};
use crate::ui::widgets::{empty_state, icon_button};

use super::outcome_words::{call_text, outcome_look, outcome_phrase};
use super::row_scroll::thin_focus_ring;
use distribution::DistributionView;
pub(super) use hover::measured;
use paint::{FOOT, HEAD, Plot, paint_frame, paint_marks};
use trace::{ScaleChoice, Trace, TraceKey};
use view::{Axis, View};

/// How fast the wheel zooms: this many points double or halve what is in view.
const POINTS_PER_DOUBLING: f64 = 200.0;

/// Wall time, fuel, memory pages and call depth of every call.
#[derive(Debug, Default)]
pub(in crate::ui) struct TimingPane {
    plugin: Option<PluginId>,
    view: View,
    scale: ScaleChoice,
    traces: Option<(TraceKey, Vec<Trace>)>,
    distribution: DistributionView,
    // Percentiles go through a whole histogram, so they are kept until calls are added.
    percentiles: Option<(PluginId, u64, Option<Summary>)>,
}

impl TimingPane {
    /// Shows percentiles, the choices of axes and the export, from the right edge.
    pub(in crate::ui) fn bar_right_ui(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        let Some(plugin) = state.selected_plugin().filter(|plugin| !plugin.calls.timeline.is_empty()) else {
            return;
        };
        let bar_width = ui.available_width();
        if ui.add(icon_button(icons::EXPORT, "Export calls as CSV").small()).clicked() {
            actions.push(Action::Plugin(plugin.id, PluginAction::ExportCalls(ExportFormat::Csv)));
        }
        let is_distribution = self.distribution.is_shown;
        let distribution = icon_button(icons::CHART_BAR, "Distribution").small().selected(is_distribution);
        if ui.add(distribution).clicked() {
            self.distribution.is_shown = !is_distribution;
        }
        if !is_distribution {
            self.axes_ui(ui);
        }
        if !self.view.is_whole() && ui.add(icon_button(icons::ARROWS_OUT, "Show all calls").small()).clicked()
        {
            self.view.reset();
        }
        ui.add_space(space::XS);
        let Some(summary) = self.percentiles(plugin) else { return };
        // The bar's width includes its tabs, which would be scrolled away.
        for (name, value, least_width) in
            [("p99", summary.p99, 500.0), ("p95", summary.p95, 640.0), ("p50", summary.p50, 580.0)]
        {
            if bar_width >= least_width {
                percentile_ui(ui, name, value, summary.count);
            }
        }
    }

    /// Shows the choices of both axes.
    fn axes_ui(&mut self, ui: &mut Ui) {
        let is_time = self.view.axis == Axis::Time;
        let name = if is_time { "Plot over call numbers" } else { "Plot over time" };
        if ui.add(icon_button(icons::CLOCK, name).small().selected(is_time)).clicked() {
            self.view.set_axis(if is_time { Axis::Number } else { Axis::Time });
        }
        let scale = icon_button(icons::SCALES, self.scale.label()).small();
        let scale = ui.add(scale.selected(self.scale != ScaleChoice::Auto));
        if scale.clicked() {
            let index = ScaleChoice::ALL.iter().position(|choice| *choice == self.scale).unwrap_or(0);
            self.scale = ScaleChoice::ALL[(index + 1) % ScaleChoice::ALL.len()];
        }
    }

    /// Shows the plots of the selected plugin.
    pub(in crate::ui) fn ui(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        let Some(plugin) = state.selected_plugin() else {
            let hint = "Compile a source to get a plugin; each of its calls becomes a point here";
            empty_state(ui, icons::CHART_SCATTER, "No plugin is selected", hint);
            return;
        };
        if plugin.calls.timeline.is_empty() {
            let hint = "Each call becomes a point: time, fuel, memory and depth against their limits";
            empty_state(ui, icons::CHART_SCATTER, "No calls yet", hint);
            return;
        }
        if self.plugin != Some(plugin.id) {
            self.plugin = Some(plugin.id);
            self.view.reset();
        }
        if self.distribution.is_shown {
            let (axis, timeline) = (self.view.axis, &plugin.calls.timeline);
            let range = axis.indices(timeline, self.view.span(axis.extent(timeline)));
            self.distribution.ui(ui, plugin, range);
            return;
        }
        let (rect, response) = ui.allocate_exact_size(ui.available_size(), Sense::click_and_drag());
        describe(&response, plugin);
        let extent = self.view.axis.extent(&plugin.calls.timeline);
        let area = Plot::new(rect, extent).area;
        self.navigate(ui, &response, area, &plugin.calls.timeline);
        self.keys(ui, &response, state, plugin, actions);

        self.make_traces(plugin, area.width());
        let plots = self.plots(rect, extent);
        if ui.is_rect_visible(rect) {
            self.paint(ui, rect, &plots, plugin, response.has_focus());
        }
        let hovered = self.hover_ui(ui, &response, &plots, plugin);
        if let Some(index) = hovered.filter(|_| response.clicked()) {
            response.request_focus();
            select(state, plugin, plugin.calls.timeline.number(index), actions);
        }
    }

    fn percentiles(&mut self, plugin: &PluginView) -> Option<Summary> {
        let durations = plugin.calls.timeline.wall_times();
        let count = durations.count();
        match self.percentiles {
            Some((id, of, summary)) if id == plugin.id && of == count => summary,
            _ => {
                let summary = durations.summary();
                self.percentiles = Some((plugin.id, count, summary));
                summary
            }
        }
    }

    fn make_traces(&mut self, plugin: &PluginView, width: f32) {
        let timeline = &plugin.calls.timeline;
        let axis = self.view.axis;
        let key = TraceKey {
            plugin: plugin.id,
            first_number: timeline.first_number(),
            next_number: timeline.number(timeline.len()),
            limits: plugin.options.limits,
            axis,
            span: self.view.span(axis.extent(timeline)),
            choice: self.scale,
            width,
        };
        if self.traces.as_ref().is_none_or(|(of, _)| *of != key) {
            let traces = Series::ALL.map(|series| Trace::new(timeline, series, &key));
            self.traces = Some((key, traces.into()));
        }
    }

    fn plots(&self, rect: Rect, extent: view::Span) -> Vec<Plot> {
        let span = self.view.span(extent);
        let height = ((rect.height() - HEAD - FOOT) / 4.0).max(1.0);
        let row = |number: f32| {
            let top = rect.top() + HEAD + number * height;
            Plot::new(Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), height)), span)
        };
        [0.0, 1.0, 2.0, 3.0].map(row).into()
    }

    /// Moves and zooms by pointer: drag, wheel, pinch, double click.
    fn navigate(&mut self, ui: &Ui, response: &Response, area: Rect, timeline: &Timeline) {
        let extent = self.view.axis.extent(timeline);
        let width = f64::from(area.width().max(1.0));
        if response.double_clicked() {
            self.view.reset();
        }
        if response.dragged_by(PointerButton::Primary) {
            self.view.pan(extent, -f64::from(response.drag_delta().x) / width);
        }
        let Some(pointer) = response.hover_pos() else { return };
        let share = f64::from((pointer.x - area.left()) / area.width().max(1.0)).clamp(0.0, 1.0);
        let (scroll, pinch) = ui.input(|input| (input.smooth_scroll_delta(), input.zoom_delta()));
        let factor = (-f64::from(scroll.y) / POINTS_PER_DOUBLING).exp2() / f64::from(pinch.max(0.01));
        if (factor - 1.0).abs() > 1e-6 {
            self.view.zoom(extent, share, factor);
        }
        if scroll.x != 0.0 {
            self.view.pan(extent, -f64::from(scroll.x) / width);
        }
    }

    /// Moves the selection by the keyboard: arrows, Home and End.
    fn keys(
        &mut self,
        ui: &Ui,
        response: &Response,
        state: &AppState,
        plugin: &PluginView,
        actions: &mut Vec<Action>,
    ) {
        if !response.has_focus() {
            return;
        }
        let arrows = egui::EventFilter { horizontal_arrows: true, ..egui::EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
        let timeline = &plugin.calls.timeline;
        let last = timeline.len() - 1;
        let now = plugin.calls.selected.and_then(|number| timeline.index_of_number(number));
        let target = ui.input(|input| {
            let pressed = |key| input.key_pressed(key);
            if pressed(Key::Home) {
                Some(0)
            } else if pressed(Key::End) {
                Some(last)
            } else if pressed(Key::ArrowLeft) {
                Some(now.map_or(last, |index| index.saturating_sub(1)))
            } else if pressed(Key::ArrowRight) {
                Some(now.map_or(last, |index| (index + 1).min(last)))
            } else {
                None
            }
        });
        if let Some(index) = target {
            let axis = self.view.axis;
            self.view.reveal(axis.extent(timeline), axis.position(timeline, index));
            select(state, plugin, timeline.number(index), actions);
        }
    }

    fn paint(&self, ui: &Ui, rect: Rect, plots: &[Plot], plugin: &PluginView, has_focus: bool) {
        let tokens = tokens(ui);
        let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
        let traces = self.traces.as_ref().map_or(&[][..], |(_, traces)| traces);
        for (plot, trace) in plots.iter().zip(traces) {
            paint_frame(&painter, tokens, plot, trace);
            let mut clip = plot.area.expand2(vec2(4.0, 6.0));
            clip.min.y = plot.row.top();
            paint_marks(&painter.with_clip_rect(clip.intersect(painter.clip_rect())), tokens, plot, trace);
        }
        self.paint_foot(ui, rect, plots, plugin);
        if has_focus {
            thin_focus_ring(ui, rect);
        }
    }

    /// Paints what the axis shows from where to where, and the selected call.
    fn paint_foot(&self, ui: &Ui, rect: Rect, plots: &[Plot], plugin: &PluginView) {
        let (tokens, painter) = (tokens(ui), ui.painter());
        let Some(plot) = plots.last() else { return };
        let muted = tokens.text_muted;
        let lay = |text, colour| painter.layout_no_wrap(text, theme::body_font(theme::CAPTION), colour);
        let (from, to) = self.foot_words(&plugin.calls.timeline, plot);
        let (from, to) = (lay(from, muted), lay(to, muted));
        let y = rect.bottom() - FOOT * 0.5 - from.size().y * 0.5;
        let (mut left, right) = (plot.area.left(), plot.area.right());
        let to_left = right - to.size().x;
        painter.galley(pos2(left, y), Arc::clone(&from), muted);
        left += from.size().x + space::M;

        let mut shown_to = left;
        if let Some((index, words, colour)) = selected_caption(plugin, tokens) {
            let x = plot.x(self.view.axis.position(&plugin.calls.timeline, index));
            if plot.area.x_range().expand(1.0).contains(x) {
                let x = x.round() + 0.5;
                let line = [pos2(x, rect.top() + 4.0), pos2(x, rect.bottom() - FOOT)];
                painter.extend(egui::Shape::dashed_line(&line, Stroke::new(1.0, colour), 2.0, 3.0));
            }
            let words = lay(words, colour);
            let at = (x - words.size().x * 0.5).min(right - words.size().x).max(left);
            shown_to = at + words.size().x + space::M;
            painter.galley(pos2(at, y), words, colour);
        }
        if shown_to <= to_left {
            painter.galley(pos2(to_left, y), to, muted);
        }
    }

    /// Names both ends of the axis.
    fn foot_words(&self, timeline: &Timeline, plot: &Plot) -> (String, String) {
        let axis = self.view.axis;
        let range = axis.indices(timeline, plot.span);
        match axis {
            Axis::Number => {
                let first = timeline.number(range.start.min(timeline.len() - 1));
                let last = timeline.number(range.end.saturating_sub(1));
                (format!("call #{}", humanize::grouped(first)), format!("#{}", humanize::grouped(last)))
            }
            Axis::Time => {
                let at = |position: f64| humanize::duration_ns(to_ns(position));
                (at(plot.span.from), at(plot.span.to))
            }
        }
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates; the air before the first call is cut to 0"
)]
fn to_ns(position: f64) -> u64 {
    position as u64
}

/// Selects a call, and its place in the source where it did not return.
fn select(state: &AppState, plugin: &PluginView, number: u64, actions: &mut Vec<Action>) {
    actions.push(Action::Plugin(plugin.id, PluginAction::SelectCall(Some(number))));
    let place = plugin.calls.record(number).and_then(|record| record.place.clone());
    if let Some(place) = place.filter(|_| state.source(plugin.source).is_some()) {
        actions.push(Action::Source(SourceAction::GoTo(plugin.source, place)));
    }
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

fn percentile_ui(ui: &mut Ui, name: &str, value: u64, count: u64) {
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
            humanize::grouped(count),
            humanize::duration_exact_ns(value)
        ));
        ui.label(theme::caption("wall time, to three digits").color(tokens.text_muted));
    });
}

/// Tells screen readers what the plots show.
fn describe(response: &Response, plugin: &PluginView) {
    response.widget_info(|| {
        let counts = plugin.calls.timeline.counts();
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

//! The distribution of wall times: bars over a logarithmic axis, with the percentiles marked.
//!
//! Counts nothing itself: see [`super::figures`]. A drag picks out the calls whose wall time lies under it.

use egui::{
    Id, PointerButton, PopupAnchor, Rect, Response, Role, Sense, Stroke, Tooltip, Ui, WidgetInfo, pos2, vec2,
};
use egui_plot::{AxisHints, Bar, BarChart, GridMark, LineStyle, Plot, PlotBounds, PlotTransform, VLine};

use crate::app::{Action, PluginAction};
use crate::model::humanize;
use crate::model::ids::PluginId;
use crate::model::timeline::Brush;
use crate::ui::icons;
use crate::ui::theme::{self, Tokens, space, tokens};
use crate::ui::widgets::empty_state;

use super::figures::{Figures, calls, lane_words, marks, pair_words};
use super::head::lane_ui;
use super::histogram::{Histogram, count_ticks, edges, time_ticks, whole};
use super::lane::Lane;
use super::paint::lane_colour;

/// Height of the line under the plot.
const FOOT: f32 = 20.0;
/// Least share of the height that a bar has: a single slow call is what one looks for.
const LEAST_BAR: f64 = 0.01;
/// Space above the highest bar as a share of it, for the words of the percentiles.
const HEADROOM: f64 = 0.3;
/// Points between two ticks.
const TICK_GAP: f64 = 72.0;

/// What the distribution is shown of.
pub(super) struct Shown<'a> {
    pub(super) plugin: PluginId,
    pub(super) lanes: &'a [Lane<'a>],
    pub(super) figures: &'a Figures,
    pub(super) brush: Brush,
}

/// The distribution of wall times.
#[derive(Debug, Default)]
pub(super) struct DistributionView {
    // Place on the axis where a drag began.
    brush_from: Option<f64>,
}

impl DistributionView {
    /// Shows the distribution.
    pub(super) fn ui(&mut self, ui: &mut Ui, shown: &Shown<'_>, actions: &mut Vec<Action>) {
        let lanes = shown.figures.lanes.iter().map(|lane| &lane.histogram);
        let Some(histogram) = Histogram::new(lanes) else {
            let (headline, hint) = match shown.lanes {
                [first, _] if first.pick.is_none() => {
                    ("Nothing to compare", "Call the same export on both sides to compare them".to_owned())
                }
                [first, second] => {
                    ("Nothing to compare", pair_words([first, second], shown.figures, shown.brush))
                }
                _ => ("No calls are selected", "Press Escape to show all calls".to_owned()),
            };
            empty_state(ui, icons::CHART_BAR, headline, &hint);
            return;
        };
        let tokens = tokens(ui);
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.spacing_mut().interact_size.y = FOOT;
        if shown.lanes.len() > 1 {
            lanes_ui(ui, shown);
        }
        let height = (ui.available_height() - FOOT).max(1.0);
        let plot = plot_ui(ui, tokens, shown, &histogram, height);
        describe(&plot.response, shown.figures);
        paint_brush(ui, tokens, &plot.transform, shown.brush);
        paint_marks(ui, tokens, &plot.transform, shown.figures);
        self.drag(&plot.response, &plot.transform, shown, actions);
        let pointer = plot.response.hover_pos().filter(|_| !plot.response.dragged());
        let place = pointer.map(|at| plot.transform.value_from_position(at).x);
        if let Some(bin) = place.and_then(|place| histogram.bin_at(place)) {
            tooltip_ui(ui, shown, &histogram, bin);
        }
        ui.horizontal(|ui| {
            ui.add_space(space::M);
            ui.label(theme::caption(foot_words(shown)).color(tokens.text_muted));
        });
    }

    /// Picks out the calls whose wall time is dragged over.
    fn drag(
        &mut self,
        response: &Response,
        transform: &PlotTransform,
        shown: &Shown<'_>,
        actions: &mut Vec<Action>,
    ) {
        let place = |at: egui::Pos2| transform.value_from_position(at).x;
        if response.drag_started_by(PointerButton::Primary) {
            let moved = response.total_drag_delta().unwrap_or_default();
            self.brush_from = response.interact_pointer_pos().map(|at| place(at - moved));
        }
        let Some(from) = self.brush_from else { return };
        if let Some(to) = response.interact_pointer_pos().map(place) {
            let time = |place: f64| whole(place.exp_m1().max(0.0));
            let mut wanted = Brush::default();
            wanted.set_wall_ns(Some((time(from), time(to))));
            if wanted.wall_ns != shown.brush.wall_ns {
                actions.push(Action::Plugin(shown.plugin, PluginAction::BrushWallNs(wanted.wall_ns)));
            }
        }
        if response.drag_stopped() || !response.dragged() {
            self.brush_from = None;
        }
    }
}

/// Shows the figures of both lanes, one under the other, and their ratios.
pub(super) fn lanes_ui(ui: &mut Ui, shown: &Shown<'_>) {
    let tokens = tokens(ui);
    for (index, (lane, figures)) in shown.lanes.iter().zip(&shown.figures.lanes).enumerate() {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = space::S;
            ui.add_space(space::M);
            lane_ui(ui, index, &lane.label);
            let words = figures.summary.as_ref().map(lane_words).unwrap_or_default();
            ui.label(theme::caption(words).color(tokens.text_muted));
            let comparison = shown.figures.comparison.filter(|_| index == 0);
            if let Some((p50, p95)) =
                comparison.and_then(|comparison| Some((comparison.p50_ratio()?, comparison.p95_ratio()?)))
            {
                let words = format!("ratio p50 {} · p95 {}", times(p50), times(p95));
                ui.label(theme::caption(words).color(tokens.text));
            }
        });
    }
}

/// Writes a ratio, such as `1.31×`, or `1/160×` where it is small.
fn times(ratio: f64) -> String {
    if ratio < 0.1 { format!("1/{:.0}×", 1.0 / ratio.max(1e-9)) } else { format!("{ratio:.2}×") }
}

/// Shows axes, grid, bars and lines.
fn plot_ui(
    ui: &mut Ui,
    tokens: &Tokens,
    shown: &Shown<'_>,
    histogram: &Histogram,
    height: f32,
) -> egui_plot::PlotResponse<()> {
    let (from, to, top) = bounds(histogram);
    let font = theme::body_font(theme::CAPTION);
    let gap = TICK_GAP * (to - from) / f64::from(ui.available_width()).max(TICK_GAP);
    let ticks = time_ticks(from, to, gap);
    let words = ticks.clone();
    let places =
        move |_| ticks.iter().map(|(place, _)| GridMark { value: *place, step_size: to - from }).collect();
    let word_of = move |mark: GridMark, _: &std::ops::RangeInclusive<f64>| {
        let tick = words.iter().find(|(place, _)| (place - mark.value).abs() < 1e-12);
        tick.map_or_else(String::new, |(_, word)| word.clone())
    };
    let counts = count_ticks(top, (f64::from(height) / 36.0).clamp(2.0, 6.0));
    let hints =
        |axis: AxisHints<'static>| axis.tick_label_color(tokens.text_muted).tick_label_font(font.clone());
    let unit = if histogram.lanes.len() > 1 { " %" } else { "" };
    let count_axis = hints(AxisHints::new_y())
        .formatter(move |mark, _| format!("{}{unit}", humanize::count(whole(mark.value))));
    Plot::new("wall time distribution")
        .height(height)
        .sense(Sense::drag())
        .show_background(false)
        .show_crosshair(false)
        .allow_drag(false)
        .allow_zoom(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_axis_zoom_drag(false)
        .allow_double_click_reset(false)
        .grid_color(tokens.border)
        .custom_x_axes(vec![hints(AxisHints::new_x()).formatter(word_of)])
        .custom_y_axes(vec![count_axis.min_thickness(44.0)])
        .x_grid_spacer(places)
        .y_grid_spacer(move |_| {
            counts.iter().map(|count| GridMark { value: *count, step_size: top }).collect()
        })
        .show(ui, |plot| {
            plot.set_plot_bounds(PlotBounds::from_min_max([from, 0.0], [to, top]));
            let pointer = plot.response().hover_pos().map(|at| plot.plot_from_screen(at).x);
            let lit = pointer.and_then(|place| histogram.bin_at(place));
            for lane in (0..histogram.lanes.len()).rev() {
                let bars = bars(tokens, shown, histogram, (lane, lit), top);
                let chart = BarChart::new("calls", bars).color(lane_colour(tokens, lane));
                plot.bar_chart(chart.allow_hover(false));
            }
            for (lane, figures) in shown.figures.lanes.iter().enumerate() {
                let colour =
                    if histogram.lanes.len() > 1 { lane_colour(tokens, lane) } else { tokens.text_muted };
                for (name, time) in figures.summary.as_ref().map(marks).unwrap_or_default() {
                    let line = VLine::new(name, place_of(time)).stroke(Stroke::new(1.0, colour));
                    plot.vline(line.style(LineStyle::dashed_dense()).allow_hover(false));
                }
            }
        })
}

/// Returns where the axis of times begins and ends, and the largest height that there is room for.
fn bounds(histogram: &Histogram) -> (f64, f64, f64) {
    let bins = histogram.lanes.first().map_or(&[][..], Vec::as_slice);
    let from = bins.first().map_or(0.0, |bin| edges(bin).0);
    let to = bins.last().map_or(1.0, |bin| edges(bin).1);
    let air = (to - from) * 0.02;
    (from - air, to + air, histogram.most() * (1.0 + HEADROOM))
}

fn bars(
    tokens: &Tokens,
    shown: &Shown<'_>,
    histogram: &Histogram,
    (lane, lit): (usize, Option<usize>),
    top: f64,
) -> Vec<Bar> {
    let is_pair = histogram.lanes.len() > 1;
    let full = lane_colour(tokens, lane);
    let picked =
        |from: u64, to: u64| shown.brush.wall_ns.is_none_or(|(first, last)| to >= first && from <= last);
    let filled = histogram.lanes[lane].iter().enumerate().filter(|(_, bin)| bin.2 > 0);
    let bar = |(index, bin): (usize, &super::histogram::Bin)| {
        let (from, to) = edges(bin);
        let fill = match (picked(bin.0, bin.1), lit == Some(index), is_pair) {
            (false, ..) => tokens.border_strong,
            (true, true, false) => tokens.accent_hover,
            (true, _, true) => full.gamma_multiply(0.65),
            (true, false, false) => full,
        };
        Bar::new(f64::midpoint(from, to), histogram.height(lane, bin).max(top * LEAST_BAR))
            .width((to - from) * 0.9)
            .fill(fill)
            .stroke(Stroke::NONE)
    };
    filled.map(bar).collect()
}

fn place_of(time_ns: u64) -> f64 {
    // The middle of the nanosecond, under the middle of its bin.
    crate::model::timeline::Scale::Logarithmic.position(time_ns).max(0.0)
}

fn paint_brush(ui: &Ui, tokens: &Tokens, transform: &PlotTransform, brush: Brush) {
    let Some((from, to)) = brush.wall_ns else { return };
    let frame = *transform.frame();
    let left = transform.position_from_point_x(place_of(from));
    let right = transform.position_from_point_x(place_of(to.saturating_add(1)));
    let band = Rect::from_x_y_ranges(left..=right.max(left + 1.0), frame.y_range()).intersect(frame);
    if band.is_positive() {
        let edge = Stroke::new(1.0, tokens.accent.gamma_multiply(0.7));
        ui.painter().rect_filled(band, 0.0, tokens.accent.gamma_multiply(0.14));
        ui.painter().vline(band.left(), band.y_range(), edge);
        ui.painter().vline(band.right(), band.y_range(), edge);
    }
}

/// Writes the percentiles beside their lines, one under the other where they would overlap.
fn paint_marks(ui: &Ui, tokens: &Tokens, transform: &PlotTransform, figures: &Figures) {
    let frame = *transform.frame();
    let painter = ui.painter().with_clip_rect(frame.intersect(ui.clip_rect()));
    let mut taken: Vec<Rect> = Vec::new();
    for (lane, figures_of) in figures.lanes.iter().enumerate() {
        let colour = if figures.lanes.len() > 1 { lane_colour(tokens, lane) } else { tokens.text };
        for (name, time) in figures_of.summary.as_ref().map(marks).unwrap_or_default() {
            let words = format!("{name} {}", humanize::duration_ns(time));
            let words = painter.layout_no_wrap(words, theme::body_font(theme::CAPTION), colour);
            let size = words.size() + vec2(space::XS * 2.0, 0.0);
            let line = transform.position_from_point_x(place_of(time));
            let left = if line + size.x > frame.right() { line - size.x } else { line };
            let mut rect = Rect::from_min_size(pos2(left, frame.top() + 2.0), size);
            while taken.iter().any(|other| other.intersects(rect)) {
                rect = rect.translate(vec2(0.0, size.y));
            }
            painter.rect_filled(rect.shrink2(vec2(1.0, 0.0)), 2.0, tokens.pane.gamma_multiply(0.85));
            painter.galley(rect.min + vec2(space::XS, 0.0), words, colour);
            taken.push(rect);
        }
    }
}

/// Tells how many calls a bar stands for, to the call.
fn tooltip_ui(ui: &Ui, shown: &Shown<'_>, histogram: &Histogram, bin: usize) {
    let id = Id::unique("distribution tooltip");
    let tooltip = Tooltip::always_open(ui.ctx().clone(), ui.layer_id(), id, PopupAnchor::Pointer);
    tooltip.gap(space::M).show(|ui| {
        for (index, (lane, bins)) in shown.lanes.iter().zip(&histogram.lanes).enumerate() {
            let Some(bin) = bins.get(bin) else { continue };
            let share = humanize::percent(bin.2, histogram.counts[index]);
            let words = theme::strong(format!("{} ({share})", calls(bin.2)));
            if shown.lanes.len() > 1 {
                ui.horizontal(|ui| {
                    lane_ui(ui, index, &lane.label);
                    ui.label(words);
                });
            } else {
                ui.label(words);
            }
        }
        if let Some((from, to, _)) = histogram.lanes.first().and_then(|bins| bins.get(bin)) {
            let (from, to) = (humanize::duration_ns(*from), humanize::duration_ns(*to));
            let words = if from == to { from } else { format!("{from} to {to}") };
            ui.label(theme::caption(words).color(tokens(ui).text_muted));
        }
    });
}

/// Says which calls were counted, of how many.
fn foot_words(shown: &Shown<'_>) -> String {
    let export = shown.lanes.first().and_then(Lane::export_name);
    let of = export.map_or_else(String::new, |name| format!(" of {name}"));
    match (shown.lanes, shown.figures.lanes.as_slice()) {
        ([lane], [figures]) => {
            let (counted, all) = (figures.histogram.count(), lane.counts.total());
            if counted == all {
                format!("wall time{of} · {}", calls(counted))
            } else {
                format!("wall time{of} · {} of {} selected", humanize::grouped(counted), calls(all))
            }
        }
        _ if shown.brush.calls.is_some() => {
            format!("wall time{of} · share of each side's selected calls that returned")
        }
        _ => format!("wall time{of} · share of each side's calls that returned"),
    }
}

/// Tells screen readers what the plot shows.
fn describe(response: &Response, figures: &Figures) {
    response.widget_info(|| {
        let words = figures.lanes.iter().filter_map(|lane| {
            let summary = lane.summary.as_ref()?;
            let marks = marks(summary);
            let marks = marks.iter().map(|(name, time)| format!("{name} {}", humanize::duration_ns(*time)));
            Some(format!("{}, {}", calls(summary.count), marks.collect::<Vec<_>>().join(", ")))
        });
        let mut info = WidgetInfo::labeled(Role::Figure, true, "Distribution of wall time");
        info.current_text_value = Some(words.collect::<Vec<_>>().join("; "));
        info
    });
}

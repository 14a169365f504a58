//! The distribution of wall times: bars over a logarithmic axis, with the percentiles marked.
//!
//! Counts nothing itself, and does not count anew in each frame: see [`super::histogram`].

use std::ops::Range;

use egui::{Id, PopupAnchor, Pos2, Rect, Response, Role, Sense, Stroke, Tooltip, Ui, WidgetInfo, pos2, vec2};
use egui_plot::{AxisHints, Bar, BarChart, GridMark, LineStyle, Plot, PlotBounds, PlotTransform, VLine};

use crate::app::PluginView;
use crate::model::humanize;
use crate::model::ids::PluginId;
use crate::model::timeline::{Bin, Timeline};
use crate::ui::icons;
use crate::ui::theme::{self, Tokens, space, tokens};
use crate::ui::widgets::empty_state;

use super::histogram::{Histogram, count_ticks, edges, newest, time_ticks, whole};

/// Seconds between two counts while calls keep coming.
const LEAST_AGE: f64 = 0.25;
/// Height of the line under the plot.
const FOOT: f32 = 20.0;
/// Least share of the height that a bar has: a single slow call is what one looks for.
const LEAST_BAR: f64 = 0.01;
/// Space above the fullest bar as a share of it, for the words of the percentiles.
const HEADROOM: f64 = 0.3;
/// Points between two ticks.
const TICK_GAP: f64 = 72.0;

/// Which calls were counted.
#[derive(Debug, Clone, PartialEq)]
struct Key {
    plugin: PluginId,
    first_number: u64,
    len: usize,
    range: Range<usize>,
}

/// How often wall times occur, counted once for as long as the calls stay the same.
#[derive(Debug, Default)]
pub(super) struct DistributionView {
    /// Whether it is shown in place of the plots.
    pub(super) is_shown: bool,
    counted: Option<(Key, f64, Option<Histogram>)>,
}

impl DistributionView {
    /// Shows the distribution over the calls of `range`.
    pub(super) fn ui(&mut self, ui: &mut Ui, plugin: &PluginView, range: Range<usize>) {
        let timeline = &plugin.calls.timeline;
        let Some(histogram) = self.histogram(ui, plugin, range.clone()) else {
            empty_state(ui, icons::CHART_BAR, "No calls in view", "Show all calls to see their distribution");
            return;
        };
        let tokens = tokens(ui);
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.spacing_mut().interact_size.y = FOOT;
        let height = (ui.available_height() - FOOT).max(1.0);
        let shown = plot_ui(ui, tokens, histogram, height);
        describe(&shown.response, histogram);
        paint_marks(ui, tokens, &shown.transform, histogram);
        if let Some(bin) = hovered(&shown.response, &shown.transform, histogram) {
            tooltip_ui(ui, histogram, bin);
        }
        ui.horizontal(|ui| {
            ui.add_space(space::M);
            let words = format!("wall time · {}", extent_words(timeline, &range, &histogram.range));
            ui.label(theme::caption(words).color(tokens.text_muted));
        });
    }

    /// Counts when the calls have changed, but not in every frame while they keep changing.
    fn histogram(&mut self, ui: &Ui, plugin: &PluginView, range: Range<usize>) -> Option<&Histogram> {
        let timeline = &plugin.calls.timeline;
        let key = Key {
            plugin: plugin.id,
            first_number: timeline.first_number(),
            len: timeline.len(),
            range: range.clone(),
        };
        let now = ui.input(|input| input.time);
        let is_due = match &self.counted {
            None => true,
            Some((of, ..)) if *of == key => false,
            // What somebody selects or clears is shown at once; only growth can wait.
            Some((of, at, _)) if of.plugin == key.plugin && of.len < key.len => {
                let age = now - at;
                if (0.0..LEAST_AGE).contains(&age) {
                    let wait = std::time::Duration::from_secs_f64(LEAST_AGE - age);
                    ui.ctx().request_repaint_after(wait);
                }
                !(0.0..LEAST_AGE).contains(&age)
            }
            Some(_) => true,
        };
        if is_due {
            self.counted = Some((key, now, Histogram::new(timeline, range)));
        }
        self.counted.as_ref().and_then(|(.., histogram)| histogram.as_ref())
    }
}

/// Shows axes, grid, bars and lines.
fn plot_ui(ui: &mut Ui, tokens: &Tokens, histogram: &Histogram, height: f32) -> egui_plot::PlotResponse<()> {
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
    let count_axis = hints(AxisHints::new_y()).formatter(|mark, _| humanize::count(whole(mark.value)));
    Plot::new("wall time distribution")
        .height(height)
        .sense(Sense::hover())
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
            let bars = bars(tokens, histogram, lit, top);
            plot.bar_chart(BarChart::new("calls", bars).color(tokens.accent).allow_hover(false));
            for (name, time) in histogram.marks() {
                let line = VLine::new(name, place_of(time)).stroke(Stroke::new(1.0, tokens.text_muted));
                plot.vline(line.style(LineStyle::dashed_dense()).allow_hover(false));
            }
        })
}

/// Returns where the axis of times begins and ends, and the largest count that there is room for.
#[allow(clippy::cast_precision_loss, reason = "a height needs no more than 52 bits")]
fn bounds(histogram: &Histogram) -> (f64, f64, f64) {
    let from = histogram.bins.first().map_or(0.0, |bin| edges(bin).0);
    let to = histogram.bins.last().map_or(1.0, |bin| edges(bin).1);
    let air = (to - from) * 0.02;
    (from - air, to + air, histogram.most().max(1) as f64 * (1.0 + HEADROOM))
}

#[allow(clippy::cast_precision_loss, reason = "a height needs no more than 52 bits")]
fn bars(tokens: &Tokens, histogram: &Histogram, lit: Option<&Bin>, top: f64) -> Vec<Bar> {
    let filled = histogram.bins.iter().filter(|bin| bin.count > 0);
    let bar = |bin: &Bin| {
        let (from, to) = edges(bin);
        let fill = if lit == Some(bin) { tokens.accent_hover } else { tokens.accent };
        Bar::new(f64::midpoint(from, to), (bin.count as f64).max(top * LEAST_BAR))
            .width((to - from) * 0.9)
            .fill(fill)
            .stroke(Stroke::NONE)
    };
    filled.map(bar).collect()
}

fn place_of(time_ns: u64) -> f64 {
    crate::model::timeline::Scale::Logarithmic.position(time_ns)
}

/// Writes the percentiles beside their lines, one under the other where they would overlap.
fn paint_marks(ui: &Ui, tokens: &Tokens, transform: &PlotTransform, histogram: &Histogram) {
    let frame = *transform.frame();
    let painter = ui.painter().with_clip_rect(frame.intersect(ui.clip_rect()));
    let mut taken: Vec<Rect> = Vec::new();
    for (name, time) in histogram.marks() {
        let words = format!("{name} {}", humanize::duration_ns(time));
        let words = painter.layout_no_wrap(words, theme::body_font(theme::CAPTION), tokens.text);
        let size = words.size() + vec2(space::XS * 2.0, 0.0);
        let line = transform.position_from_point_x(place_of(time));
        let left = if line + size.x > frame.right() { line - size.x } else { line };
        let mut rect = Rect::from_min_size(pos2(left, frame.top() + 2.0), size);
        while taken.iter().any(|other| other.intersects(rect)) {
            rect = rect.translate(vec2(0.0, size.y));
        }
        painter.rect_filled(rect.shrink2(vec2(1.0, 0.0)), 2.0, tokens.pane.gamma_multiply(0.85));
        painter.galley(rect.min + vec2(space::XS, 0.0), words, tokens.text);
        taken.push(rect);
    }
}

fn hovered<'a>(response: &Response, transform: &PlotTransform, histogram: &'a Histogram) -> Option<&'a Bin> {
    let pointer: Pos2 = response.hover_pos()?;
    histogram.bin_at(transform.value_from_position(pointer).x)
}

/// Tells how many calls a bar stands for, to the call.
fn tooltip_ui(ui: &Ui, histogram: &Histogram, bin: &Bin) {
    let id = Id::unique("distribution tooltip");
    let tooltip = Tooltip::always_open(ui.ctx().clone(), ui.layer_id(), id, PopupAnchor::Pointer);
    tooltip.gap(space::M).show(|ui| {
        let total = histogram.summary.count;
        let share = humanize::percent(bin.count, total);
        ui.label(theme::strong(format!("{} ({share})", calls(bin.count))));
        let (from, to) = (humanize::duration_ns(whole(bin.from)), humanize::duration_ns(whole(bin.to)));
        let words = if from == to { from } else { format!("{from} to {to}") };
        ui.label(theme::caption(words).color(tokens(ui).text_muted));
    });
}

fn calls(count: u64) -> String {
    let noun = if count == 1 { "call" } else { "calls" };
    format!("{} {noun}", humanize::grouped(count))
}

/// Says which calls were counted, of how many.
fn extent_words(timeline: &Timeline, asked: &Range<usize>, counted: &Range<usize>) -> String {
    let is_cut = newest(asked.clone()) != *asked;
    let is_whole = asked.len() == timeline.len();
    let count = counted.len() as u64;
    match (is_cut, is_whole) {
        (false, true) => calls(count),
        (false, false) => format!("{} in view", calls(count)),
        (true, true) => {
            let all = humanize::grouped(timeline.len() as u64);
            format!("newest {} of {all} calls", humanize::grouped(count))
        }
        (true, false) => format!("newest {} calls in view", humanize::grouped(count)),
    }
}

/// Tells screen readers what the plot shows.
fn describe(response: &Response, histogram: &Histogram) {
    response.widget_info(|| {
        let marks = histogram.marks().map(|(name, time)| format!("{name} {}", humanize::duration_ns(time)));
        let mut info = WidgetInfo::labeled(Role::Figure, true, "Distribution of wall time");
        info.current_text_value = Some(format!("{}, {}", calls(histogram.summary.count), marks.join(", ")));
        info
    });
}

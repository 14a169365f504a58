//! Paints one plot: its limit, its bands and its marks.
//!
//! Knows no state and takes no clicks. Colour and shape both tell how a call ended: a round dot returned, a
//! square hit a limit, a diamond trapped, a ring was stopped by somebody, a cross could not be called, a
//! triangle was refused growth.

use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{Color32, Mesh, Painter, Pos2, Rect, Shape, Stroke, pos2, vec2};

use crate::model::call::Outcome;
use crate::model::humanize;
use crate::model::timeline::{Brush, Scale, Series};
use crate::ui::theme::{self, Tokens, space};

use super::figures::Figures;
use super::lane::{Lane, picked};
use super::trace::{LimitLine, LimitPlace, Mark, Trace};
use super::view::{Axis, Span};

/// Width of what stands left of the plots.
pub(super) const GUTTER: f32 = 92.0;
/// Space above the plots.
const HEAD: f32 = 4.0;
/// Height of the line under the plots.
pub(super) const FOOT: f32 = 22.0;
/// Radius of a call's mark where there is room.
const RADIUS: f32 = 2.0;

/// Values below this are counted to the unit.
const EXACT_BELOW: u64 = 2048;

/// Where one plot is painted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plot {
    /// All of the row, caption included.
    pub(super) row: Rect,
    /// Where values lie: the limit or the largest value at the upper edge.
    pub(super) area: Rect,
    pub(super) span: Span,
}

impl Plot {
    pub(super) fn new(row: Rect, span: Span) -> Self {
        let head = (row.height() * 0.3).clamp(6.0, 15.0);
        let foot = (row.height() * 0.12).clamp(3.0, 8.0);
        let area = Rect::from_min_max(
            pos2(row.left() + GUTTER, row.top() + head),
            pos2(row.right() - space::M, row.bottom() - foot),
        );
        Self { row, area, span }
    }

    #[allow(clippy::cast_possible_truncation, reason = "what is in view lies within a few thousand points")]
    pub(super) fn x(&self, position: f64) -> f32 {
        let share = (position - self.span.from) / self.span.width();
        self.area.left() + share.clamp(-0.1, 1.1) as f32 * self.area.width()
    }

    pub(super) fn y(&self, share: f32) -> f32 {
        self.area.bottom() - share * self.area.height()
    }

    pub(super) fn position_at(&self, x: f32) -> f64 {
        self.span.from + f64::from((x - self.area.left()) / self.area.width()) * self.span.width()
    }
}

/// Divides the pane into the rows of the four plots.
pub(super) fn rows(rect: Rect, span: Span) -> Vec<Plot> {
    let height = ((rect.height() - HEAD - FOOT) / 4.0).max(1.0);
    let row = |number: f32| {
        let top = rect.top() + HEAD + number * height;
        Plot::new(Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), height)), span)
    };
    [0.0, 1.0, 2.0, 3.0].map(row).into()
}

/// Paints all four plots.
pub(super) fn paint_plots(
    painter: &Painter,
    tokens: &Tokens,
    plots: &[Plot],
    traces: &[Trace],
    (brushed, figures): (&Brushed, Option<&Figures>),
) {
    for (plot, trace) in plots.iter().zip(traces) {
        paint_brush(painter, tokens, plot, trace, brushed);
        paint_frame(painter, tokens, plot, trace);
        let percentiles = figures.map(|figures| figures.marks(trace.series)).unwrap_or_default();
        paint_percentiles(painter, tokens, plot, trace, &percentiles);
        let mut clip = plot.area.expand2(vec2(4.0, 6.0));
        clip.min.y = plot.row.top();
        paint_marks(&painter.with_clip_rect(clip.intersect(painter.clip_rect())), tokens, plot, trace);
    }
}

/// Returns what is picked out of a lane that stands alone.
pub(super) fn brushed(axis: Axis, brush: Brush, lanes: &[Lane<'_>]) -> Brushed {
    let air = if axis == Axis::Number { 0.5 } else { 0.0 };
    let ends = lanes.iter().zip(picked(lanes, brush)).filter(|(_, range)| !range.is_empty());
    let ends = ends.map(|(lane, range)| {
        (axis.position(lane, range.start) - air, axis.position(lane, range.end - 1) + air)
    });
    let calls = ends.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)));
    Brushed { calls: calls.filter(|_| brush.calls.is_some()), wall_ns: brush.wall_ns }
}

/// Names both ends of the axis.
pub(super) fn foot_words(axis: Axis, lanes: &[Lane<'_>], plot: &Plot) -> (String, String) {
    match axis {
        Axis::Number => {
            let ends = lanes.iter().filter_map(|lane| {
                let range = Axis::Number.indices(lane, plot.span);
                let number = |index| lane.timeline.number(index).saturating_sub(lane.before_number);
                (!range.is_empty()).then(|| (number(range.start), number(range.end - 1)))
            });
            let ends = ends.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)));
            let (first, last) = ends.unwrap_or((to_ns(plot.span.from), to_ns(plot.span.to)));
            (format!("call #{}", humanize::grouped(first)), format!("#{}", humanize::grouped(last)))
        }
        Axis::Time => {
            let at = |position: f64| humanize::duration_ns(to_ns(position));
            let from = if lanes.len() > 1 { "after its first call" } else { "after it was made" };
            (format!("{} {from}", at(plot.span.from)), at(plot.span.to))
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

/// Returns the name of a plot.
pub(super) fn name(series: Series) -> &'static str {
    match series {
        Series::WallNs => "wall time",
        Series::Fuel => "fuel",
        Series::Pages => "pages",
        Series::Depth => "depth",
    }
}

/// Writes a figure of a series, humanised.
pub(super) fn figure(series: Series, value: u64) -> String {
    match series {
        Series::WallNs => humanize::duration_ns(value),
        Series::Fuel | Series::Pages | Series::Depth => humanize::count(value),
    }
}

/// Writes a percentile of a series: it has three digits, and must not look as if it had more.
pub(super) fn percentile_figure(series: Series, value: u64) -> String {
    let unit = 10_u64.pow(value.max(1).ilog10().saturating_sub(2));
    let is_exact = value < EXACT_BELOW;
    figure(series, if is_exact { value } else { value.saturating_add(unit / 2) / unit * unit })
}

/// Paints the name of the plot, its ground line and its limit.
fn paint_frame(painter: &Painter, tokens: &Tokens, plot: &Plot, trace: &Trace) {
    let font = theme::body_font(theme::CAPTION);
    let left = plot.row.left() + space::M;
    let name = painter.layout_no_wrap(name(trace.series).to_owned(), font.clone(), tokens.text_muted);
    painter.galley(pos2(left, plot.row.top() + 2.0), name, tokens.text_muted);
    if plot.row.height() >= 34.0
        && let Some(most) = trace.most
    {
        let most = format!("≤ {}", figure(trace.series, most));
        let most = painter.layout_no_wrap(most, font, tokens.text_faint);
        painter.galley(pos2(left, plot.row.top() + 16.0), most, tokens.text_faint);
    }
    let ground = Stroke::new(1.0, tokens.border);
    painter.hline(plot.area.x_range(), plot.area.bottom().round() + 0.5, ground);

    for limit in &trace.limits {
        let LimitPlace::At(share) = limit.place else { continue };
        let y = plot.y(share).round() + 0.5;
        let line = [pos2(plot.area.left(), y), pos2(plot.area.right(), y)];
        let stroke = Stroke::new(1.0, limit_colour(tokens, limit).gamma_multiply(0.8));
        painter.extend(Shape::dashed_line(&line, stroke, 4.0, 4.0));
    }
    let caption = painter.layout_job(limit_caption(tokens, trace, plot.area.width() - 6.0));
    // Marks of calls at the upper edge must not touch the words.
    let at = pos2(plot.area.right() - caption.size().x - 6.0, plot.area.top() - caption.size().y - 3.0);
    painter.galley(at, caption, tokens.text_faint);
}

/// Returns the colour of a limit: that of its lane where lanes have different ones.
fn limit_colour(tokens: &Tokens, limit: &LimitLine) -> Color32 {
    limit.lane.map_or(tokens.error, |lane| lane_colour(tokens, lane))
}

/// Says what a limit is, and where it lies when it is out of view.
fn limit_part(limit: &LimitLine) -> String {
    let arrow = match limit.place {
        LimitPlace::Above => " ↑",
        LimitPlace::Below => " ↓",
        LimitPlace::At(_) | LimitPlace::Nowhere => "",
    };
    format!("{}{arrow}", limit.words)
}

/// Says what the limits and the scale are, such as `limit 100 M · fib 500 · log`.
pub(super) fn limit_text(trace: &Trace) -> String {
    let log = (trace.scale == Scale::Logarithmic).then(|| "log".to_owned());
    trace.limits.iter().map(limit_part).chain(log).collect::<Vec<_>>().join(" · ")
}

/// Lays out the same with each limit in its colour.
fn limit_caption(tokens: &Tokens, trace: &Trace, width: f32) -> LayoutJob {
    let font = theme::body_font(theme::CAPTION);
    let parts = trace.limits.iter().map(|limit| (limit_part(limit), limit_colour(tokens, limit)));
    let log = (trace.scale == Scale::Logarithmic).then(|| ("log".to_owned(), tokens.text_muted));
    let mut job = LayoutJob { wrap: TextWrapping::truncate_at_width(width), ..LayoutJob::default() };
    for (index, (words, colour)) in parts.chain(log).enumerate() {
        if index > 0 {
            job.append(" · ", 0.0, TextFormat::simple(font.clone(), tokens.text_faint));
        }
        job.append(&words, 0.0, TextFormat::simple(font.clone(), colour));
    }
    job
}

/// Paints where percentiles lie, of the first lane where there are two.
fn paint_percentiles(
    painter: &Painter,
    tokens: &Tokens,
    plot: &Plot,
    trace: &Trace,
    percentiles: &[(&'static str, u64)],
) {
    let is_pair = trace.lanes.len() > 1;
    let (line_colour, colour) = if is_pair {
        (lane_colour(tokens, 0), lane_colour(tokens, 0))
    } else {
        (tokens.text_faint, tokens.text_muted)
    };
    let mut free_below = f32::INFINITY;
    for (name, value) in percentiles {
        let y = plot.y(trace.share(*value)).round() + 0.5;
        let line = [pos2(plot.area.left(), y), pos2(plot.area.right(), y)];
        let stroke = Stroke::new(1.0, line_colour.gamma_multiply(0.8));
        painter.extend(Shape::dashed_line(&line, stroke, 1.0, 3.0));
        let name = painter.layout_no_wrap((*name).to_owned(), theme::body_font(9.0), colour);
        let size = name.size();
        // Names stand left of the lines, where no call is; those that would overlap are left out.
        if y + size.y * 0.5 <= free_below && plot.row.height() >= 34.0 {
            painter.galley(pos2(plot.area.left() - size.x - 3.0, y - size.y * 0.5), name, colour);
            free_below = y - size.y * 0.5;
        }
    }
}

/// What is picked out: where on the common axis, and between which wall times.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Brushed {
    pub(super) calls: Option<(f64, f64)>,
    pub(super) wall_ns: Option<(u64, u64)>,
}

/// Paints the calls that are picked out: a band across the plot, and one along the wall time.
fn paint_brush(painter: &Painter, tokens: &Tokens, plot: &Plot, trace: &Trace, brushed: &Brushed) {
    let fill = tokens.accent.gamma_multiply(0.14);
    let edge = Stroke::new(1.0, tokens.accent.gamma_multiply(0.7));
    if let Some((from, to)) = brushed.calls {
        let (left, right) = (plot.x(from), plot.x(to));
        let band = Rect::from_x_y_ranges(left..=right.max(left + 1.0), plot.row.y_range());
        let band = band.intersect(Rect::from_x_y_ranges(plot.area.x_range(), plot.row.y_range()));
        if band.is_positive() {
            painter.rect_filled(band, 0.0, fill);
            painter.vline(band.left(), band.y_range(), edge);
            painter.vline(band.right(), band.y_range(), edge);
        }
    }
    if let (Some((from, to)), Series::WallNs) = (brushed.wall_ns, trace.series) {
        let (top, bottom) = (plot.y(trace.share(to)), plot.y(trace.share(from)));
        let band = Rect::from_x_y_ranges(plot.area.x_range(), (top - 1.0)..=(bottom + 1.0));
        painter.rect_filled(band, 0.0, fill);
        painter.hline(band.x_range(), band.top(), edge);
        painter.hline(band.x_range(), band.bottom(), edge);
    }
}

/// Returns the colour of the calls of a lane that returned.
pub(super) fn lane_colour(tokens: &Tokens, lane: usize) -> Color32 {
    if lane == 0 { tokens.accent } else { tokens.type_ }
}

/// Paints the calls of a plot, those of the first lane on top.
fn paint_marks(painter: &Painter, tokens: &Tokens, plot: &Plot, trace: &Trace) {
    for (lane, marks) in trace.lanes.iter().enumerate().rev() {
        let look = Look { tokens, colour: lane_colour(tokens, lane), is_ring: lane > 0 };
        if marks.iter().all(|mark| mark.is_single) {
            paint_points(painter, &look, plot, trace.series, marks);
        } else {
            paint_bands(painter, &look, plot, marks);
        }
    }
}

fn paint_points(painter: &Painter, look: &Look<'_>, plot: &Plot, series: Series, marks: &[Mark]) {
    let at = |mark: &Mark| pos2(plot.x(mark.from), plot.y(mark.high));
    if series == Series::Pages {
        // Pages last from one call to the next, which the other figures do not.
        let line = marks.iter().map(at).collect::<Vec<_>>();
        painter.line(line, Stroke::new(1.5, look.colour));
    }
    #[allow(clippy::cast_precision_loss, reason = "there are no more marks than the plot has points")]
    let room = plot.area.width() / marks.len().max(1) as f32;
    let radius = (room * 0.3).clamp(0.9, RADIUS);
    for mark in marks {
        paint_mark(painter, look, at(mark), radius, mark.worst, mark.was_denied);
    }
}

/// How the marks of a lane look.
pub(super) struct Look<'a> {
    pub(super) tokens: &'a Tokens,
    /// Colour of calls that returned.
    pub(super) colour: Color32,
    /// Whether calls that returned are rings, as those of a second lane.
    pub(super) is_ring: bool,
}

/// Paints the mark of one call.
pub(super) fn paint_mark(
    painter: &Painter,
    look: &Look<'_>,
    at: Pos2,
    radius: f32,
    outcome: Outcome,
    was_denied: bool,
) {
    let tokens = look.tokens;
    let large = radius + 0.6;
    match outcome {
        Outcome::Returned if was_denied => {}
        Outcome::Returned if look.is_ring => {
            painter.circle_stroke(at, radius, Stroke::new(1.2, look.colour));
        }
        Outcome::Returned => {
            painter.circle_filled(at, radius, look.colour);
        }
        Outcome::Limit(_) => {
            painter.rect_filled(Rect::from_center_size(at, vec2(2.0, 2.0) * large), 0.0, tokens.error);
        }
        Outcome::Trapped(_) => {
            painter.add(diamond(at, large + 0.8, tokens.error));
        }
        Outcome::Cancelled => {
            painter.circle_stroke(at, large, Stroke::new(1.2, tokens.text_muted));
        }
        Outcome::Error => {
            let stroke = Stroke::new(1.4, tokens.error);
            let (a, b) = (vec2(large, large), vec2(large, -large));
            painter.line_segment([at - a, at + a], stroke);
            painter.line_segment([at - b, at + b], stroke);
        }
    }
    if was_denied {
        // Above the mark of a call that failed, in the place of one that returned.
        let lift = if outcome == Outcome::Returned { 0.0 } else { 3.0 + 2.0 * large };
        painter.add(triangle(at - vec2(0.0, lift), radius + 2.0, tokens.warning));
    }
}

fn diamond(at: Pos2, radius: f32, colour: Color32) -> Shape {
    let corners = [vec2(0.0, -radius), vec2(radius, 0.0), vec2(0.0, radius), vec2(-radius, 0.0)];
    Shape::convex_polygon(corners.map(|corner| at + corner).to_vec(), colour, Stroke::NONE)
}

fn triangle(at: Pos2, radius: f32, colour: Color32) -> Shape {
    let corners = [vec2(0.0, -radius), vec2(radius, radius * 0.8), vec2(-radius, radius * 0.8)];
    Shape::convex_polygon(corners.map(|corner| at + corner).to_vec(), colour, Stroke::NONE)
}

/// Paints many calls as strokes from their least to their largest value, in a single mesh.
fn paint_bands(painter: &Painter, look: &Look<'_>, plot: &Plot, marks: &[Mark]) {
    let mut mesh = Mesh::default();
    let mut ends = Vec::new();
    for (index, mark) in marks.iter().enumerate() {
        let (left, mut right) = (plot.x(mark.from), plot.x(mark.to));
        // Calls that follow each other leave no gap between their strokes.
        let next = marks.get(index + 1).map_or(right, |next| plot.x(next.from));
        if next - right <= 2.0 {
            right = right.max(next);
        }
        let right = right.max(left + 1.5);
        let (top, bottom) = (plot.y(mark.high), plot.y(mark.low));
        let band = Rect::from_min_max(pos2(left, top - 0.75), pos2(right, bottom + 0.75));
        // Of a second lane, what lies under it stays visible.
        mesh.add_colored_rect(band, if look.is_ring { look.colour.gamma_multiply(0.7) } else { look.colour });
        if mark.worst != Outcome::Returned || mark.was_denied {
            ends.push((pos2((left + right) * 0.5, top), mark));
        }
    }
    painter.add(mesh);
    // Marks closer than their own width would only hide each other.
    let mut free_from = f32::NEG_INFINITY;
    for (at, mark) in ends {
        if at.x >= free_from || mark.was_denied {
            paint_mark(painter, look, at, RADIUS, mark.worst, mark.was_denied);
            free_from = at.x + RADIUS * 2.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_written_with_the_digits_that_they_have() {
        for (value, words) in [
            (0, "0"),
            (7, "7"),
            (2047, "2\u{202f}047"),
            (2049, "2\u{202f}050"),
            (50_015, "50\u{202f}000"),
            (99_960, "100\u{202f}000"),
            (1_234_567, "1.23 M"),
        ] {
            assert_eq!(percentile_figure(Series::Fuel, value), words);
        }
    }
}

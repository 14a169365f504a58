//! Paints one plot: its limit, its bands and its marks.
//!
//! Knows no state and takes no clicks. Colour and shape both tell how a call ended: a round dot returned, a
//! square hit a limit, a diamond trapped, a ring was stopped by somebody, a cross could not be called, a
//! triangle was refused growth.

use egui::{Color32, Mesh, Painter, Pos2, Rect, Shape, Stroke, pos2, vec2};

use crate::model::call::Outcome;
use crate::model::humanize;
use crate::model::timeline::{Scale, Series};
use crate::ui::theme::{self, Tokens, space};

use super::trace::{Mark, Trace};
use super::view::Span;

/// Width of what stands left of the plots.
pub(super) const GUTTER: f32 = 76.0;
/// Space above the plots.
pub(super) const HEAD: f32 = 4.0;
/// Height of the line under the plots.
pub(super) const FOOT: f32 = 22.0;
/// Radius of a call's mark where there is room.
const RADIUS: f32 = 2.0;

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

/// Writes a figure of a series, humanised.
pub(super) fn figure(series: Series, value: u64) -> String {
    match series {
        Series::WallNs => humanize::duration_ns(value),
        Series::Fuel | Series::Pages | Series::Depth => humanize::count(value),
    }
}

/// Paints the name of the plot, its ground line and its limit.
pub(super) fn paint_frame(painter: &Painter, tokens: &Tokens, plot: &Plot, trace: &Trace) {
    let font = theme::body_font(theme::CAPTION);
    let left = plot.row.left() + space::M;
    let name = match trace.series {
        Series::WallNs => "wall time",
        Series::Fuel => "fuel",
        Series::Pages => "pages",
        Series::Depth => "depth",
    };
    let name = painter.layout_no_wrap(name.to_owned(), font.clone(), tokens.text_muted);
    painter.galley(pos2(left, plot.row.top() + 2.0), name, tokens.text_muted);
    if plot.row.height() >= 34.0
        && let Some(most) = trace.most
    {
        let most = format!("≤ {}", figure(trace.series, most));
        let most = painter.layout_no_wrap(most, font.clone(), tokens.text_faint);
        painter.galley(pos2(left, plot.row.top() + 16.0), most, tokens.text_faint);
    }
    let ground = Stroke::new(1.0, tokens.border);
    painter.hline(plot.area.x_range(), plot.area.bottom().round() + 0.5, ground);

    let is_log = trace.scale == Scale::Logarithmic;
    let caption = match (trace.limit, is_log) {
        (Some(limit), true) => format!("limit {} · log", limit_figure(trace.series, limit)),
        (Some(limit), false) => format!("limit {}", limit_figure(trace.series, limit)),
        (None, true) => "log".to_owned(),
        (None, false) => String::new(),
    };
    let colour = if trace.limit.is_some() { tokens.error } else { tokens.text_faint };
    if let Some(limit) = trace.limit {
        let y = plot.y(trace.share(limit)).round() + 0.5;
        let line = [pos2(plot.area.left(), y), pos2(plot.area.right(), y)];
        painter.extend(Shape::dashed_line(
            &line,
            Stroke::new(1.0, tokens.error.gamma_multiply(0.8)),
            4.0,
            4.0,
        ));
    }
    let caption = painter.layout_no_wrap(caption, font, colour);
    let at = pos2(plot.area.right() - caption.size().x, plot.area.top() - caption.size().y - 1.0);
    painter.galley(at, caption, colour);
}

/// Writes a limit in the unit in which it is set.
fn limit_figure(series: Series, limit: u64) -> String {
    match series {
        Series::WallNs => format!("{} ms", humanize::grouped(limit / 1_000_000)),
        Series::Fuel | Series::Pages | Series::Depth => humanize::count(limit),
    }
}

/// Paints the calls of a plot.
pub(super) fn paint_marks(painter: &Painter, tokens: &Tokens, plot: &Plot, trace: &Trace) {
    if trace.marks.iter().all(|mark| mark.is_single) {
        paint_points(painter, tokens, plot, trace);
    } else {
        paint_bands(painter, tokens, plot, trace);
    }
}

fn paint_points(painter: &Painter, tokens: &Tokens, plot: &Plot, trace: &Trace) {
    let at = |mark: &Mark| pos2(plot.x(mark.from), plot.y(mark.high));
    if trace.series == Series::Pages {
        // Pages last from one call to the next, which the other figures do not.
        let line = trace.marks.iter().map(at).collect::<Vec<_>>();
        painter.line(line, Stroke::new(1.5, tokens.accent));
    }
    #[allow(clippy::cast_precision_loss, reason = "there are no more marks than the plot has points")]
    let room = plot.area.width() / trace.marks.len().max(1) as f32;
    let radius = (room * 0.3).clamp(0.9, RADIUS);
    for mark in &trace.marks {
        paint_mark(painter, tokens, at(mark), radius, mark.worst, mark.was_denied);
    }
}

/// Paints the mark of one call.
pub(super) fn paint_mark(
    painter: &Painter,
    tokens: &Tokens,
    at: Pos2,
    radius: f32,
    outcome: Outcome,
    was_denied: bool,
) {
    let large = radius + 0.6;
    match outcome {
        Outcome::Returned if was_denied => {}
        Outcome::Returned => {
            painter.circle_filled(at, radius, tokens.accent);
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
fn paint_bands(painter: &Painter, tokens: &Tokens, plot: &Plot, trace: &Trace) {
    let mut mesh = Mesh::default();
    let mut ends = Vec::new();
    for mark in &trace.marks {
        let (left, right) = (plot.x(mark.from), plot.x(mark.to));
        let right = right.max(left + 1.5);
        let (top, bottom) = (plot.y(mark.high), plot.y(mark.low));
        let band = Rect::from_min_max(pos2(left, top - 0.75), pos2(right, bottom + 0.75));
        mesh.add_colored_rect(band, tokens.accent);
        if mark.worst != Outcome::Returned || mark.was_denied {
            ends.push((pos2((left + right) * 0.5, top), mark));
        }
    }
    painter.add(mesh);
    // Marks closer than their own width would only hide each other.
    let mut free_from = f32::NEG_INFINITY;
    for (at, mark) in ends {
        if at.x >= free_from || mark.was_denied {
            paint_mark(painter, tokens, at, RADIUS, mark.worst, mark.was_denied);
            free_from = at.x + RADIUS * 2.0;
        }
    }
}

//! Gauges: how much of a limit was used.
//!
//! Knows no limits by name; figures come as text that somebody humanised.

use egui::{
    Color32, CornerRadius, Rect, Response, Role, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use crate::ui::icons;
use crate::ui::theme::{self, Tokens, space, tokens};

use super::{one_line, put};

/// From which share of its limit a gauge is red.
const ALARM: f32 = 0.9;

/// How good a gauge's figure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum GaugeQuality {
    /// It is that, to the unit.
    #[default]
    Exact,
    /// It is that or more.
    AtLeast,
    /// Nobody counts it.
    NotMeasured,
}

/// What a gauge shows.
#[derive(Debug, Clone, Default)]
pub struct GaugeView<'a> {
    /// Name of the limit, such as `Fuel`.
    pub name: &'a str,
    /// What was used, as text with its unit where it has one.
    pub value: &'a str,
    /// The limit as text; `None` where there is none.
    pub limit: Option<&'a str>,
    /// Width at the right edge where somebody else shows the limit, such as a field for it.
    pub limit_room: Option<f32>,
    /// Share of the limit that was used, from 0 to 1; `None` where there is no limit.
    pub fraction: Option<f32>,
    /// Most that was ever used, as a share of the limit.
    pub peak: Option<f32>,
    /// Shares of the limit at which growth was refused; those past the limit stand at its end.
    pub refused: &'a [f32],
    /// A warning under the bar, such as `growth to 20 refused once`.
    pub note: Option<&'a str>,
    /// How good the figure is.
    pub quality: GaugeQuality,
}

/// Shows a gauge over the full width; its height depends only on whether it has a note.
pub fn gauge(ui: &mut Ui, view: &GaugeView<'_>) -> Response {
    let tokens = tokens(ui);
    let note_height = if view.note.is_some() { 16.0 } else { 0.0 };
    let size = vec2(ui.available_width(), 28.0 + note_height);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::Meter, true, format!("{} gauge", view.name));
        info.current_text_value = Some(spoken(view));
        info.value = view.fraction.map(f64::from);
        info
    });
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let line_y = rect.top() + 9.0;
    figures(ui, view, tokens, rect, line_y);
    let bar = Rect::from_min_size(pos2(rect.left(), rect.top() + 20.0), vec2(rect.width(), space::GAUGE));
    paint_bar(ui, view, tokens, bar);
    if let Some(note) = view.note {
        let text = format!("{} {note}", icons::filled(icons::WARNING));
        let galley = one_line(ui, &text, theme::body_font(theme::CAPTION), tokens.warning, rect.width());
        put(ui, galley, rect.left(), rect.bottom() - 7.0);
    }
    response
}

/// Paints the line above the bar: the name on the left, use and limit on the right.
fn figures(ui: &Ui, view: &GaugeView<'_>, tokens: &Tokens, rect: Rect, y: f32) {
    let font = || theme::body_font(theme::FIGURE);
    let limit = match (view.limit, view.quality) {
        _ if view.limit_room.is_some() => " / ".to_owned(),
        (_, GaugeQuality::NotMeasured) => String::new(),
        (Some(limit), _) => format!(" / {limit}"),
        (None, _) => " / no limit".to_owned(),
    };
    let limit = one_line(ui, &limit, font(), tokens.text_muted, rect.width() * 0.6);
    let ink = if is_alarming(view) { tokens.error } else { tokens.text };
    let value = match view.quality {
        GaugeQuality::Exact => one_line(ui, view.value, font(), ink, rect.width() * 0.6),
        GaugeQuality::AtLeast => one_line(ui, &format!("≥ {}", view.value), font(), ink, rect.width() * 0.6),
        GaugeQuality::NotMeasured => {
            one_line(ui, "not measured", font(), tokens.text_muted, rect.width() * 0.6)
        }
    };
    let right = rect.right() - view.limit_room.unwrap_or(0.0);
    let left = right - limit.size().x - value.size().x;
    let name = one_line(ui, view.name, font(), tokens.text, left - rect.left() - space::S);
    put(ui, name, rect.left(), y);
    let x = put(ui, value, left, y);
    put(ui, limit, x, y);
}

fn paint_bar(ui: &Ui, view: &GaugeView<'_>, tokens: &Tokens, bar: Rect) {
    let painter = ui.painter();
    let radius = CornerRadius::same(3);
    painter.rect(bar, radius, tokens.app_background, Stroke::new(1.0, tokens.border), StrokeKind::Inside);
    let at = |share: f32| egui::lerp(bar.left()..=bar.right(), share.clamp(0.0, 1.0));
    if let (Some(fraction), false) = (view.fraction, view.quality == GaugeQuality::NotMeasured)
        && fraction > 0.0
    {
        let mut filled = bar;
        // A sliver would vanish; anything above nothing shows as a dot.
        filled.set_right(at(fraction).max(bar.left() + 4.0));
        painter.rect_filled(filled, radius, fill_colour(view, tokens));
    }
    if let (Some(peak), false) = (view.peak, view.quality == GaugeQuality::NotMeasured) {
        let x = at(peak).clamp(bar.left() + 1.0, bar.right() - 1.0);
        let tick = Rect::from_center_size(pos2(x, bar.center().y), vec2(2.0, bar.height() + 4.0));
        painter.rect_filled(tick, 0.0, tokens.text);
    }
    for share in view.refused {
        let tip = pos2(at(*share).clamp(bar.left() + 4.0, bar.right() - 4.0), bar.bottom() - 1.0);
        let wedge = vec![tip, tip + vec2(4.0, 6.0), tip + vec2(-4.0, 6.0)];
        painter.add(Shape::convex_polygon(wedge, tokens.warning, Stroke::NONE));
    }
}

fn fill_colour(view: &GaugeView<'_>, tokens: &Tokens) -> Color32 {
    if is_alarming(view) { tokens.error } else { tokens.accent }
}

fn is_alarming(view: &GaugeView<'_>) -> bool {
    view.quality != GaugeQuality::NotMeasured && view.fraction.is_some_and(|fraction| fraction >= ALARM)
}

/// Returns what a screen reader says of a gauge.
fn spoken(view: &GaugeView<'_>) -> String {
    let used = match view.quality {
        GaugeQuality::Exact => view.value.to_owned(),
        GaugeQuality::AtLeast => format!("at least {}", view.value),
        GaugeQuality::NotMeasured => "not measured".to_owned(),
    };
    let limit = view.limit.map_or_else(|| "no limit".to_owned(), |limit| format!("limit {limit}"));
    let note = view.note.map(|note| format!(", {note}")).unwrap_or_default();
    format!("{used}, {limit}{note}")
}

//! Gauges: how much of a limit was used.
//!
//! Knows no limits by name; figures come as text that somebody humanised.

use egui::{
    Color32, CornerRadius, Rect, Response, Role, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use crate::ui::icons;
use crate::ui::theme::{self, Tokens, space, tokens};

use super::{focus_ring, one_line, put};

/// From which share of its limit a gauge is red.
const ALARM: f32 = 0.9;
/// Height of a gauge whose pane has room.
pub const GAUGE_HEIGHT: f32 = 28.0;
/// Height of a gauge where seven of them have to fit into little.
pub const GAUGE_LEAST_HEIGHT: f32 = 23.0;
/// Height of a small gauge.
const SMALL_HEIGHT: f32 = 20.0;

/// How good a gauge's figure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum GaugeQuality {
    /// It is that, to the unit.
    #[default]
    Exact,
    /// It is that or more.
    AtLeast,
    /// Nobody counted it yet, or nobody can.
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
    /// Most that the call used, as a share of the limit.
    pub call_peak: Option<f32>,
    /// Most that was ever used, as a share of the limit.
    pub peak: Option<f32>,
    /// The peaks in words, such as `call 12 · life 14`; left out where there is no room.
    pub peaks: &'a str,
    /// Shares of the limit at which growth was refused; those past the limit stand at its end.
    pub refused: &'a [f32],
    /// A short warning beside the name, such as `20 refused × 3`, in place of the peaks.
    pub warning: Option<&'a str>,
    /// A short remark beside the name, such as `from the next call on`, in place of all else there.
    pub remark: Option<&'a str>,
    /// What a screen reader says after the figures.
    pub spoken: &'a str,
    /// How good the figure is.
    pub quality: GaugeQuality,
    /// Height in points; 0 for the usual one.
    pub height: f32,
    /// Whether a click leads somewhere.
    pub leads: bool,
}

/// Shows a gauge over the full width; its height depends on nothing that it shows.
pub fn gauge(ui: &mut Ui, view: &GaugeView<'_>) -> Response {
    let tokens = tokens(ui);
    let height = if view.height > 0.0 { view.height } else { GAUGE_HEIGHT };
    let size = vec2(ui.available_width(), height);
    let sense = if view.leads { Sense::click() } else { Sense::hover() };
    let (rect, response) = ui.allocate_exact_size(size, sense);
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::Meter, true, format!("{} gauge", view.name));
        info.current_text_value = Some(spoken(view));
        info.value = view.fraction.map(f64::from);
        info
    });
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let bar_height = space::GAUGE.min(height - 18.0);
    figures(ui, view, tokens, rect, rect.top() + 9.0);
    let top = rect.bottom() - bar_height - (height - 24.0).clamp(0.0, 2.0);
    let bar = Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), bar_height));
    paint_bar(ui, view, tokens, bar);
    if response.has_focus() {
        focus_ring(ui, rect.expand(2.0), 4);
    }
    response
}

/// Shows a gauge in little: name and figure over a thin bar, `width` wide.
pub fn small_gauge(ui: &mut Ui, view: &GaugeView<'_>, width: f32) -> Response {
    let tokens = tokens(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width, SMALL_HEIGHT), Sense::hover());
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::Meter, true, format!("{} used", view.name));
        info.current_text_value = Some(spoken(view));
        info.value = view.fraction.map(f64::from);
        info
    });
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let font = || theme::body_font(theme::CAPTION);
    let y = rect.top() + 7.0;
    let ink = if is_alarming(view) { tokens.error } else { tokens.text };
    let value = value_text(view).replace("≥ ", "≥");
    let value = one_line(ui, &value, font(), ink, rect.width() * 0.72);
    // The limit stands behind what was used where all of it fits; the bar shows the share in any case.
    let whole = |text: &str| ui.painter().layout_no_wrap(text.to_owned(), font(), tokens.text_muted);
    let limit = view.limit.map(|limit| whole(&format!("/{limit}")));
    let taken = whole(view.name).size().x + space::XS + value.size().x;
    let limit = limit.filter(|limit| taken + limit.size().x <= rect.width());
    let left = rect.right() - value.size().x - limit.as_ref().map_or(0.0, |limit| limit.size().x);
    let name = one_line(ui, view.name, font(), tokens.text_muted, left - rect.left() - space::XS);
    put(ui, name, rect.left(), y);
    let end = put(ui, value, left, y);
    if let Some(limit) = limit {
        put(ui, limit, end, y);
    }
    let bar = Rect::from_min_size(pos2(rect.left(), rect.bottom() - 4.0), vec2(rect.width(), 3.0));
    ui.painter().rect_filled(bar, 1.5, tokens.border);
    if let (Some(fraction), false) = (view.fraction, view.quality == GaugeQuality::NotMeasured)
        && fraction > 0.0
    {
        let mut filled = bar;
        filled.set_width((bar.width() * fraction.min(1.0)).max(2.0));
        ui.painter().rect_filled(filled, 1.5, fill_colour(view, tokens));
    }
    response
}

/// Paints the line above the bar: the name on the left, use and limit on the right, words between them.
fn figures(ui: &Ui, view: &GaugeView<'_>, tokens: &Tokens, rect: Rect, y: f32) {
    let font = || theme::body_font(theme::FIGURE);
    let caption = || theme::body_font(theme::CAPTION);
    let limit = match view.limit {
        _ if view.limit_room.is_some() => " / ".to_owned(),
        Some(limit) => format!(" / {limit}"),
        None => " / no limit".to_owned(),
    };
    let limit = one_line(ui, &limit, font(), tokens.text_muted, rect.width() * 0.6);
    let ink = match (is_alarming(view), view.quality) {
        (true, _) => tokens.error,
        (false, GaugeQuality::NotMeasured) => tokens.text_muted,
        (false, _) => tokens.text,
    };
    let value = one_line(ui, &value_text(view), font(), ink, rect.width() * 0.6);
    let right = rect.right() - view.limit_room.unwrap_or(0.0);
    let left = right - limit.size().x - value.size().x;
    let name = one_line(ui, view.name, font(), tokens.text, left - rect.left() - space::S);
    let mut x = put(ui, name, rect.left(), y) + space::S;
    for (words, colour) in words(view, tokens) {
        // Half a word says nothing, and all of them are said under the pointer.
        let shorter = words.iter().map(|words| ui.painter().layout_no_wrap(words.clone(), caption(), colour));
        if let Some(galley) = shorter.into_iter().find(|galley| galley.size().x <= left - space::S - x) {
            x = put(ui, galley, x, y) + space::S;
        }
    }
    let x = put(ui, value, left, y);
    put(ui, limit, x, y);
}

/// Returns what stands between name and figures, what matters most first; each with shorter forms for where
/// there is less room.
fn words(view: &GaugeView<'_>, tokens: &Tokens) -> Vec<(Vec<String>, Color32)> {
    if let Some(remark) = view.remark {
        let sign = remark.split(' ').next().unwrap_or_default();
        return vec![(vec![remark.to_owned(), sign.to_owned()], tokens.info)];
    }
    let mut words = Vec::new();
    if is_alarming(view) {
        let word =
            if view.fraction.is_some_and(|fraction| fraction >= 1.0) { "at limit" } else { "near limit" };
        let icon = icons::filled(icons::WARNING);
        words.push((vec![format!("{icon} {word}"), icon], tokens.error));
    }
    match view.warning {
        Some(warning) => words.push((vec![format!("▲ {warning}"), "▲".to_owned()], tokens.warning)),
        None if !view.peaks.is_empty() => words.push((shorter_forms(view.peaks), tokens.text_muted)),
        None => {}
    }
    words
}

/// Returns a text whose parts stand between dots, and what is left of it without its last ones.
fn shorter_forms(text: &str) -> Vec<String> {
    let mut forms = vec![text.to_owned()];
    let mut rest = text;
    while let Some((before, _)) = rest.rsplit_once(" · ") {
        rest = before;
        forms.push(rest.to_owned());
    }
    forms
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
    // The peak of the call is a short mark inside the bar, that of the plugin's life one that stands out.
    for (share, overhang, width) in [(view.call_peak, -1.0, 1.0), (view.peak, 2.0, 2.0)] {
        if let (Some(share), false) = (share, view.quality == GaugeQuality::NotMeasured) {
            let x = at(share).clamp(bar.left() + 1.0, bar.right() - 1.0);
            let tick =
                Rect::from_center_size(pos2(x, bar.center().y), vec2(width, bar.height() + 2.0 * overhang));
            painter.rect_filled(tick, 0.0, tokens.text);
        }
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

/// Writes the figure as it is painted.
fn value_text(view: &GaugeView<'_>) -> String {
    match view.quality {
        GaugeQuality::Exact => view.value.to_owned(),
        GaugeQuality::AtLeast => format!("≥ {}", view.value),
        GaugeQuality::NotMeasured => "–".to_owned(),
    }
}

/// Returns what a screen reader says of a gauge.
fn spoken(view: &GaugeView<'_>) -> String {
    let used = match view.quality {
        GaugeQuality::Exact => view.value.to_owned(),
        GaugeQuality::AtLeast => format!("at least {}", view.value),
        GaugeQuality::NotMeasured => "not measured".to_owned(),
    };
    let limit = view.limit.map_or_else(|| "no limit".to_owned(), |limit| format!("limit {limit}"));
    let alarm = if is_alarming(view) { ", near its limit" } else { "" };
    let more = if view.spoken.is_empty() { String::new() } else { format!(", {}", view.spoken) };
    format!("{used}, {limit}{alarm}{more}")
}

//! The treemap: each part of the binary as an area, the largest first.
//!
//! Bounded: the smallest parts are drawn as one area together.

use std::cmp::Reverse;

use egui::{Color32, CornerRadius, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::table::{colour, hint, ratio};
use crate::model::humanize::{bytes, grouped, percent};
use crate::model::size_tree::{Part, PartKind};
use crate::ui::theme::{self, Tokens, space, tokens};
use crate::ui::widgets::{one_line, one_name, put};

/// Areas that are drawn; the rest is one more.
const MOST_AREAS: usize = 600;

/// Height of the line above that names the kinds.
const LEGEND: f32 = 24.0;

/// The layout of the last frame, kept as long as it fits.
#[derive(Default)]
pub(super) struct Treemap {
    /// Number of parts, bytes of them, and the place that it was made for.
    of: Option<(usize, u64, Rect)>,
    areas: Vec<Area>,
}

/// One area.
#[derive(Debug, Clone, Copy)]
struct Area {
    /// The part, or `None` for all that are too small.
    part: Option<usize>,
    bytes: u64,
    rect: Rect,
}

impl Treemap {
    /// Shows the parts that are listed; returns the one that was clicked.
    pub(super) fn ui(&mut self, ui: &mut Ui, parts: &[Part], rows: &[usize], total: u64) -> Option<usize> {
        let whole = ui.available_rect_before_wrap().shrink(space::S);
        let (legend, map) = whole.split_top_bottom_at_y(whole.top() + LEGEND);
        legend_ui(ui, legend, parts, rows);
        let response = ui.interact(map, ui.scope_id().with("treemap"), Sense::CLICK);
        response.widget_info(|| {
            WidgetInfo::labeled(Role::Figure, true, format!("Treemap of {} parts", rows.len()))
        });
        if map.width() < 40.0 || map.height() < 40.0 {
            return None;
        }
        let sum: u64 = rows.iter().map(|at| parts[*at].bytes).sum();
        if self.of != Some((rows.len(), sum, map)) {
            self.of = Some((rows.len(), sum, map));
            self.areas = layout(parts, rows, map);
        }
        let tokens = tokens(ui);
        let hovered = response.hover_pos().and_then(|at| self.areas.iter().find(|it| it.rect.contains(at)));
        for area in &self.areas {
            let is_hovered = hovered.is_some_and(|hovered| hovered.part == area.part);
            area_ui(ui, area, parts, tokens, is_hovered);
        }
        let hovered = hovered.copied()?;
        tell(&response, &hovered, parts, total);
        hovered.part.filter(|_| response.clicked())
    }
}

/// Says everything about the area under the pointer.
fn tell(response: &Response, area: &Area, parts: &[Part], total: u64) {
    let text = match area.part.map(|at| &parts[at]) {
        Some(part) => hint(part, total),
        None => format!(
            "All that is smaller\n{} bytes, {} of the binary",
            grouped(area.bytes),
            percent(area.bytes, total)
        ),
    };
    response.clone().on_hover_text_at_pointer(text);
}

/// Places the largest parts, and one area for the rest.
fn layout(parts: &[Part], rows: &[usize], map: Rect) -> Vec<Area> {
    let mut sorted: Vec<usize> = rows.to_vec();
    sorted.sort_by_key(|at| Reverse(parts[*at].bytes));
    let shown = sorted.len().min(MOST_AREAS);
    let area = |part: Option<usize>, bytes: u64| Area { part, bytes, rect: Rect::NOTHING };
    let mut areas: Vec<Area> = sorted[..shown].iter().map(|at| area(Some(*at), parts[*at].bytes)).collect();
    let rest: u64 = sorted[shown..].iter().map(|at| parts[*at].bytes).sum();
    if rest > 0 {
        areas.push(area(None, rest));
    }
    areas.sort_by_key(|area| Reverse(area.bytes));
    let sum: u64 = areas.iter().map(|area| area.bytes).sum();
    let whole = streemap::Rect { x: map.left(), y: map.top(), w: map.width(), h: map.height() };
    streemap::squarify(
        whole,
        &mut areas,
        |area| ratio(area.bytes, sum).max(1e-7),
        |area, at| area.rect = Rect::from_min_size(pos2(at.x, at.y), vec2(at.w, at.h)),
    );
    areas
}

fn area_ui(ui: &Ui, area: &Area, parts: &[Part], tokens: &Tokens, is_hovered: bool) {
    let gap = if area.rect.width() > 6.0 && area.rect.height() > 6.0 { 1.0 } else { 0.3 };
    let rect = area.rect.shrink(gap * 0.5);
    let part = area.part.map(|at| &parts[at]);
    let ink = part.map_or(tokens.text_faint, |part| colour(tokens, part.kind));
    let strength = if is_hovered { 0.55 } else { 0.26 };
    ui.painter().rect_filled(rect, CornerRadius::same(2), mixed(ink, tokens.pane, strength));
    if rect.width() < 44.0 || rect.height() < 18.0 {
        return;
    }
    let (x, width) = (rect.left() + 5.0, rect.width() - 9.0);
    let name = part.map_or("smaller parts", |part| part.name.as_str());
    let top = rect.top() + 11.0;
    put(ui, one_name(ui, name, theme::code_font(theme::CAPTION), tokens.text, width), x, top);
    if rect.height() >= 34.0 {
        let size = bytes(area.bytes);
        put(
            ui,
            one_line(ui, &size, theme::body_font(theme::CAPTION), tokens.text_muted, width),
            x,
            top + 15.0,
        );
    }
}

/// Names the colours, with the bytes of each kind.
fn legend_ui(ui: &Ui, rect: Rect, parts: &[Part], rows: &[usize]) {
    let tokens = tokens(ui);
    let mut x = rect.left();
    for kind in PartKind::ALL {
        let sum: u64 =
            rows.iter().map(|at| &parts[*at]).filter(|it| it.kind == kind).map(|it| it.bytes).sum();
        let text = format!("{} {}", kind.label(), bytes(sum));
        let galley = one_line(ui, &text, theme::body_font(theme::CAPTION), tokens.text_muted, 200.0);
        if sum == 0 || x + galley.size().x + 16.0 > rect.right() {
            continue;
        }
        let mark = Rect::from_center_size(pos2(x + 4.0, rect.center().y), vec2(8.0, 8.0));
        let ink = mixed(colour(tokens, kind), tokens.pane, 0.7);
        ui.painter().rect_filled(mark, CornerRadius::same(2), ink);
        x = put(ui, galley, x + 13.0, rect.center().y) + space::M;
    }
}

/// Mixes a colour into a ground.
fn mixed(ink: Color32, ground: Color32, strength: f32) -> Color32 {
    ground.lerp_to_gamma(ink, strength)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_fill_the_map_and_the_smallest_share_one() {
        let part = |bytes| Part { kind: PartKind::Function, name: "f".to_owned(), offset: bytes, bytes };
        let parts: Vec<Part> = (1..=1000).map(part).collect();
        let rows: Vec<usize> = (0..parts.len()).collect();
        let map = Rect::from_min_size(pos2(10.0, 20.0), vec2(300.0, 200.0));
        let areas = layout(&parts, &rows, map);
        assert_eq!(areas.len(), MOST_AREAS + 1);
        let rest = areas.iter().find(|area| area.part.is_none()).expect("some are too small");
        assert_eq!(rest.bytes, (1..=400).sum::<u64>());
        let filled: f32 = areas.iter().map(|area| area.rect.area()).sum();
        assert!((filled - map.area()).abs() < 1.0, "{filled}");
        assert!(areas.iter().all(|area| map.expand(0.01).contains_rect(area.rect)));
        assert!(layout(&parts, &[], map).is_empty());
    }
}

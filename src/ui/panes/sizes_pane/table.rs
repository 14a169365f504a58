//! The table of sizes: its head and a row.
//!
//! Knows no order and no filter; it is told which part stands in a row.

use egui::{Color32, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::Order;
use crate::model::humanize::{bytes, grouped, percent};
use crate::model::size_tree::{Part, PartKind};
use crate::ui::icons;
use crate::ui::theme::{self, Tokens, space, tokens};
use crate::ui::widgets::{column_heading, one_line, one_name, put};

/// Height of a row.
pub(super) const ROW: f32 = 22.0;
/// Height of the head.
const HEAD: f32 = 24.0;
/// Width of the column of offsets.
const OFFSET: f32 = 84.0;
/// Width of the bar that draws the share.
const BAR: f32 = 44.0;
/// Least width of the table that has offsets, and of one that has bars.
const WITH_OFFSETS: f32 = 430.0;
const WITH_BARS: f32 = 350.0;
/// Room that the scroll bar takes beside the rows.
const SCROLL: f32 = 10.0;

/// The columns that a table of some width has room for: names come before everything else.
#[derive(Debug, Clone, Copy)]
struct Columns {
    /// Widths from the right edge.
    share: f32,
    size: f32,
    offset: Option<f32>,
    has_bars: bool,
}

impl Columns {
    /// Chooses the columns of a table by its width, scroll bar included.
    fn of(width: f32) -> Self {
        let has_bars = width >= WITH_BARS;
        let (share, size) = if has_bars { (96.0, 76.0) } else { (50.0, 66.0) };
        Self { share, size, offset: (width >= WITH_OFFSETS).then_some(OFFSET), has_bars }
    }

    fn beside_name(self) -> f32 {
        self.share + self.size + self.offset.unwrap_or(0.0)
    }
}

/// Returns the colour of a kind.
pub(super) fn colour(tokens: &Tokens, kind: PartKind) -> Color32 {
    match kind {
        PartKind::Function => tokens.accent,
        PartKind::Data => tokens.type_,
        PartKind::Custom => tokens.warning,
        PartKind::Section => tokens.text_muted,
    }
}

/// Returns the sign of a kind.
pub(super) fn icon(kind: PartKind) -> &'static str {
    match kind {
        PartKind::Function => icons::FUNCTION,
        PartKind::Data => icons::DATABASE,
        PartKind::Custom => icons::TAG,
        PartKind::Section => icons::BRACKETS_SQUARE,
    }
}

/// Shows the names of the columns and returns the one that was clicked.
pub(super) fn header_ui(ui: &mut Ui, order: Order, is_descending: bool) -> Option<Order> {
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), HEAD));
    let tokens = tokens(ui);
    let right = rect.right() - space::M - SCROLL;
    let columns = Columns::of(rect.width());
    let name_end = right - columns.beside_name();
    let share_at = right - columns.share;
    let mut cells = vec![
        (Order::Name, "Name", rect.left() + space::M, name_end, false),
        (Order::Size, "Size", share_at - columns.size, share_at, true),
    ];
    if let Some(offset) = columns.offset {
        cells.push((Order::Offset, "Offset", name_end, name_end + offset, true));
    }
    let mut clicked = None;
    for (column, name, from, to, is_figure) in cells {
        let cell = Rect::from_min_max(pos2(from, rect.top()), pos2(to, rect.bottom()));
        let sorted = (column == order).then_some(is_descending);
        if column_heading(ui, cell, ("sizes column", name), name, sorted, is_figure) {
            clicked = Some(column);
        }
    }
    let share = one_line(ui, "Share", theme::body_font(theme::CAPTION), tokens.text_muted, columns.share);
    let x = if columns.has_bars { share_at + space::M } else { right - share.size().x };
    put(ui, share, x, rect.center().y);
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, tokens.border));
    clicked
}

/// Shows one part as a row; returns whether it was clicked.
pub(super) fn row_ui(ui: &Ui, rect: Rect, part: &Part, largest: u64, total: u64) -> bool {
    let response = ui.interact(rect, ui.scope_id().with(("size", part.offset, part.kind)), Sense::CLICK);
    response.widget_info(|| {
        let label = format!("{} {}, {} bytes", part.kind.label(), part.name, part.bytes);
        WidgetInfo::labeled(Role::ListItem, true, label)
    });
    let tokens = tokens(ui);
    if response.hovered() {
        ui.painter().rect_filled(rect, 0.0, tokens.row_hover);
    }
    let middle = rect.center().y;
    let right = rect.right() - space::M;
    let columns = Columns::of(rect.width() + SCROLL);
    let name_end = right - columns.beside_name();
    let share_at = right - columns.share;
    let ink = colour(tokens, part.kind);
    let sign = one_line(ui, icon(part.kind), theme::body_font(theme::STRONG), ink, 20.0);
    let x = put(ui, sign, rect.left() + space::M, middle).max(rect.left() + space::M + 18.0) + space::XS;
    let code = theme::code_font(theme::FIGURE);
    put(ui, one_name(ui, &part.name, code, tokens.text, name_end - x - space::S), x, middle);
    let figure = |text: &str, end: f32, ink: Color32| {
        let galley = one_line(ui, text, theme::code_font(theme::FIGURE), ink, OFFSET);
        let width = galley.size().x;
        put(ui, galley, end - width, middle);
    };
    if let Some(offset) = columns.offset {
        figure(&format!("{:#x}", part.offset), name_end + offset, tokens.text_faint);
    }
    figure(&bytes(part.bytes), share_at, tokens.text);
    if columns.has_bars {
        let bar = Rect::from_min_size(pos2(share_at + space::M, middle - 3.0), vec2(BAR, 6.0));
        ui.painter().rect_filled(bar, 2.0, tokens.raised);
        let share = ratio(part.bytes, largest);
        ui.painter().rect_filled(Rect { max: pos2(bar.left() + BAR * share, bar.bottom()), ..bar }, 2.0, ink);
    }
    figure(&percent(part.bytes, total), right, tokens.text_muted);
    let hint = hint(part, total);
    response.on_hover_text(hint).clicked()
}

/// Says everything about a part.
pub(super) fn hint(part: &Part, total: u64) -> String {
    let share = percent(part.bytes, total);
    format!(
        "{}\n{}, {} bytes, {share} of the binary, at {:#x}",
        part.name,
        part.kind.label(),
        grouped(part.bytes),
        part.offset
    )
}

/// Returns the share of a part, from 0 to 1.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "a bar has few pixels")]
pub(super) fn ratio(part: u64, whole: u64) -> f32 {
    (part as f64 / whole.max(1) as f64) as f32
}

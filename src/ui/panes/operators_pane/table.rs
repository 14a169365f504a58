//! The table of operators: its head and its rows.
//!
//! Knows no order and no filter; it is told what stands in a row.

use egui::{Color32, Rect, Response, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::Order;
use crate::model::humanize::{count, grouped, percent};
use crate::model::operators::{ClassCount, OperatorCount, OperatorCounts};
use crate::ui::icons;
use crate::ui::theme::{self, space, tokens};
use crate::ui::widgets::{column_heading, one_line, put};

/// Height of a row.
pub(super) const ROW: f32 = 22.0;
/// Height of the head.
const HEAD: f32 = 24.0;
/// Widths of the columns from the right edge: fuel, share, count, class.
const FUEL: f32 = 84.0;
const SHARE: f32 = 128.0;
const COUNT: f32 = 84.0;
const CLASS: f32 = 150.0;
/// Width of the bar that draws the share.
const BAR: f32 = 66.0;
/// Least width of the table that has classes.
const WITH_CLASSES: f32 = 560.0;
/// How far operators stand in under their class.
const INDENT: f32 = 18.0;

/// What the bars are drawn against.
pub(super) struct Scale {
    total: u64,
    most: u64,
    most_of_class: u64,
}

impl Scale {
    pub(super) fn of(counts: &OperatorCounts) -> Self {
        let most = counts.operators.iter().map(|operator| operator.count).max().unwrap_or(0);
        let most_of_class = counts.classes().first().map_or(0, |class| class.count);
        Self { total: counts.total(), most, most_of_class }
    }
}

/// Where the columns end, from left to right.
struct Columns {
    name: f32,
    class: Option<f32>,
    count: f32,
    share: f32,
    fuel: f32,
}

impl Columns {
    fn of(rect: Rect) -> Self {
        let fuel = rect.right() - space::M;
        let share = fuel - FUEL;
        let count = share - SHARE;
        let left = count - COUNT;
        let class = (rect.width() >= WITH_CLASSES).then_some(left);
        Self { name: class.map_or(left, |class| class - CLASS), class, count, share, fuel }
    }
}

/// Shows the names of the columns and returns the one that was clicked.
pub(super) fn header_ui(ui: &mut Ui, order: Order, is_descending: bool) -> Option<Order> {
    let (_, whole) = ui.allocate_space(vec2(ui.available_width(), HEAD));
    let rect = Rect::from_min_max(whole.min, pos2(whole.right() - 10.0, whole.bottom()));
    let columns = Columns::of(rect);
    let tokens = tokens(ui);
    let mut cells = vec![
        (Order::Name, "Operator", rect.left() + space::M, columns.name, false),
        (Order::Count, "Count", columns.count - COUNT, columns.count, true),
        (Order::Fuel, "Fuel", columns.fuel - FUEL, columns.fuel, true),
    ];
    if let Some(class) = columns.class {
        cells.push((Order::Class, "Class", columns.name, class, false));
    }
    let mut clicked = None;
    for (column, name, from, to, is_figure) in cells {
        let cell = Rect::from_min_max(pos2(from, rect.top()), pos2(to, rect.bottom()));
        let sorted = (column == order).then_some(is_descending);
        if column_heading(ui, cell, ("operators column", name), name, sorted, is_figure) {
            clicked = Some(column);
        }
    }
    let share = one_line(ui, "Share", theme::body_font(theme::CAPTION), tokens.text_muted, SHARE);
    put(ui, share, columns.count + space::M, rect.center().y);
    ui.painter().hline(whole.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, tokens.border));
    clicked
}

/// Shows an operator as a row.
pub(super) fn operator_ui(
    ui: &Ui,
    rect: Rect,
    counts: &OperatorCounts,
    operator: &OperatorCount,
    scale: &Scale,
    is_in_class: bool,
) {
    let fuel = counts.fuel_of(operator);
    let price = counts.prices.price_of(&operator.name, operator.default_price);
    let response = ground(ui, rect, ("operator", operator.name.as_str()), || {
        format!("{} {}, {fuel} fuel", operator.name, operator.count)
    });
    let columns = Columns::of(rect);
    let tokens = tokens(ui);
    let indent = if is_in_class { INDENT } else { 0.0 };
    let left = rect.left() + space::M + indent;
    let middle = rect.center().y;
    let code = theme::code_font(theme::FIGURE);
    put(ui, one_line(ui, &operator.name, code, tokens.text, columns.name - left - space::S), left, middle);
    if let Some(end) = columns.class.filter(|_| !is_in_class) {
        let label = operator.class().label();
        let font = theme::body_font(theme::CAPTION);
        let room = end - columns.name - space::S;
        put(ui, one_line(ui, label, font, tokens.text_muted, room), columns.name, middle);
    }
    figure(ui, &count(operator.count), columns.count, middle, tokens.text);
    bar(ui, &columns, middle, (operator.count, scale.most, scale.total), tokens.accent);
    let ink = if price == operator.default_price { tokens.text } else { tokens.accent_text };
    figure(ui, &count(fuel), columns.fuel, middle, ink);
    let default = if price == operator.default_price {
        String::new()
    } else {
        format!("; the engine charges {}", operator.default_price)
    };
    response.on_hover_text(format!(
        "{} ran {} times at {price} fuel: {} fuel{default}",
        operator.name,
        grouped(operator.count),
        grouped(fuel)
    ));
}

/// Shows the operators of a class together; tells whether the row was clicked.
pub(super) fn class_ui(ui: &Ui, rect: Rect, class: &ClassCount, scale: &Scale, is_open: bool) -> bool {
    let label = class.class.label();
    let response = ui.interact(rect, ui.scope_id().with(("operator class", class.class)), Sense::CLICK);
    response.widget_info(|| WidgetInfo::selected(Role::DisclosureTriangle, true, is_open, label));
    let tokens = tokens(ui);
    if response.hovered() {
        ui.painter().rect_filled(rect, 0.0, tokens.row_hover);
    }
    let columns = Columns::of(rect);
    let (left, middle) = (rect.left() + space::M, rect.center().y);
    let caret = if is_open { icons::CARET_DOWN } else { icons::CARET_RIGHT };
    put(ui, one_line(ui, caret, theme::body_font(theme::CAPTION), tokens.text_muted, INDENT), left, middle);
    let room = columns.name - left - INDENT - space::S;
    let name = one_line(ui, label, theme::strong_font(theme::FIGURE), tokens.text, room);
    put(ui, name, left + INDENT, middle);
    if let Some(end) = columns.class {
        let kinds =
            if class.kinds == 1 { "1 operator".to_owned() } else { format!("{} operators", class.kinds) };
        let font = theme::body_font(theme::CAPTION);
        put(ui, one_line(ui, &kinds, font, tokens.text_muted, end - columns.name), columns.name, middle);
    }
    figure(ui, &count(class.count), columns.count, middle, tokens.text);
    bar(ui, &columns, middle, (class.count, scale.most_of_class, scale.total), tokens.type_);
    figure(ui, &count(class.fuel), columns.fuel, middle, tokens.text);
    let hint = format!("{label}: {} times, {} fuel", grouped(class.count), grouped(class.fuel));
    response.on_hover_text(hint).clicked()
}

/// Shows what costs fuel and is no operator: its name, how often, and its fuel.
pub(super) fn other_ui(ui: &Ui, rect: Rect, (name, times, fuel): (&str, Option<u64>, u64), hint: &str) {
    let response = ground(ui, rect, ("other", name), || format!("{name}, {fuel} fuel"));
    let columns = Columns::of(rect);
    let tokens = tokens(ui);
    let (left, middle) = (rect.left() + space::M, rect.center().y);
    let font = theme::body_font(theme::FIGURE);
    put(ui, one_line(ui, name, font, tokens.text_muted, columns.name - left), left, middle);
    if let Some(times) = times {
        figure(ui, &count(times), columns.count, middle, tokens.text_muted);
    }
    figure(ui, &count(fuel), columns.fuel, middle, tokens.text_muted);
    response.on_hover_text(format!("{hint}\n{} fuel", grouped(fuel)));
}

fn ground(ui: &Ui, rect: Rect, id: (&str, &str), label: impl Fn() -> String) -> Response {
    let response = ui.interact(rect, ui.scope_id().with(id), Sense::HOVER);
    response.widget_info(|| WidgetInfo::labeled(Role::ListItem, true, label()));
    if response.hovered() {
        ui.painter().rect_filled(rect, 0.0, tokens(ui).row_hover);
    }
    response
}

fn figure(ui: &Ui, text: &str, end: f32, middle: f32, ink: Color32) {
    let galley = one_line(ui, text, theme::code_font(theme::FIGURE), ink, COUNT);
    let width = galley.size().x;
    put(ui, galley, end - width, middle);
}

/// Draws how much of all that is, against the largest, and writes the share beside it.
fn bar(ui: &Ui, columns: &Columns, middle: f32, (part, most, total): (u64, u64, u64), ink: Color32) {
    let bar = Rect::from_min_size(pos2(columns.count + space::M, middle - 3.0), vec2(BAR, 6.0));
    let tokens = tokens(ui);
    ui.painter().rect_filled(bar, 2.0, tokens.raised);
    let filled = Rect { max: pos2(bar.left() + BAR * ratio(part, most), bar.bottom()), ..bar };
    ui.painter().rect_filled(filled, 2.0, ink);
    figure(ui, &percent(part, total), columns.share, middle, tokens.text_muted);
}

#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "a bar has few pixels")]
fn ratio(part: u64, whole: u64) -> f32 {
    (part as f64 / whole.max(1) as f64) as f32
}

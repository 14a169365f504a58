//! One operator in the list of prices: its name, what the engine charges, a field for the price.
//!
//! Knows no source; it is told the prices and returns them changed.

use std::collections::BTreeMap;

use egui::{Align, Layout, Rect, Stroke, Ui, UiBuilder, pos2, vec2};

use crate::model::operators::{OperatorPrice, PriceChanges};
use crate::ui::icons;
use crate::ui::theme::{self, space, tokens};
use crate::ui::widgets::{icon_button, one_line, put, text_field};

/// Height of a row.
pub(super) const ROW: f32 = 28.0;
/// Height of the head.
const HEAD: f32 = 22.0;
/// Widths of the columns from the right edge: the two buttons, the field, the default price.
pub(super) const BUTTONS: f32 = 68.0;
pub(super) const FIELD: f32 = 60.0;
const DEFAULT: f32 = 64.0;

/// Shows the names of the columns.
pub(super) fn header_ui(ui: &mut Ui) {
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), HEAD));
    let tokens = tokens(ui);
    let right = rect.right() - space::M - 10.0;
    let middle = rect.center().y;
    let lay = |text: &str| one_line(ui, text, theme::body_font(theme::CAPTION), tokens.text_muted, DEFAULT);
    put(ui, lay("Operator"), rect.left() + space::M + space::L, middle);
    put(ui, lay("Price"), right - BUTTONS - FIELD + space::XS, middle);
    let default = lay("Default");
    let x = right - BUTTONS - FIELD - space::M - default.size().x;
    put(ui, default, x, middle);
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, tokens.border));
}

/// Shows an operator; returns the prices after a change.
pub(super) fn row_ui(
    ui: &mut Ui,
    rect: Rect,
    operator: &OperatorPrice,
    prices: &PriceChanges,
    drafts: &mut BTreeMap<String, String>,
) -> Option<PriceChanges> {
    let price = prices.price_of(&operator.name, operator.default_price);
    let is_changed = price != operator.default_price;
    name_ui(ui, rect, operator, is_changed);
    let right = rect.right() - space::M;
    let field_rect = Rect::from_min_max(
        pos2(right - BUTTONS - FIELD, rect.top() + 1.0),
        pos2(right - BUTTONS, rect.bottom()),
    );
    let field = ui.scope_builder(UiBuilder::new().max_rect(field_rect).id_salt(&operator.name), |ui| {
        field_ui(ui, operator, price, drafts)
    });
    let buttons = Rect::from_min_max(pos2(right - BUTTONS, rect.top()), pos2(right, rect.bottom()));
    let layout = Layout::right_to_left(Align::Center);
    let builder = UiBuilder::new().max_rect(buttons).layout(layout).id_salt((&operator.name, "buttons"));
    let clicked = ui.scope_builder(builder, |ui| buttons_ui(ui, operator, is_changed)).inner;
    match (clicked, field.inner) {
        (Some(Deed::Reset), _) => {
            drafts.remove(&operator.name);
            Some(changed(prices, operator, operator.default_price))
        }
        (Some(Deed::CountOnly), _) => {
            drafts.clear();
            Some(PriceChanges::only(&operator.name))
        }
        (None, Some(price)) => Some(changed(prices, operator, price)),
        (None, None) => None,
    }
}

/// What a button of a row does.
enum Deed {
    Reset,
    CountOnly,
}

fn name_ui(ui: &Ui, rect: Rect, operator: &OperatorPrice, is_changed: bool) {
    let tokens = tokens(ui);
    let middle = rect.center().y;
    let end = rect.right() - space::M - BUTTONS - FIELD - space::M;
    let code = || theme::code_font(theme::FIGURE);
    let left = rect.left() + space::M + space::L;
    let ink = if is_changed { tokens.accent_text } else { tokens.text };
    let name = one_line(ui, &operator.name, code(), ink, end - DEFAULT - left);
    let x = put(ui, name, left, middle) + space::S;
    if let Some((price, unit)) = operator.bulk {
        let text = format!("and {price} per {unit}, fixed");
        let font = theme::body_font(theme::CAPTION);
        put(ui, one_line(ui, &text, font, tokens.text_muted, end - DEFAULT - x), x, middle);
    }
    let default = one_line(ui, &operator.default_price.to_string(), code(), tokens.text_muted, DEFAULT);
    let x = end - default.size().x;
    put(ui, default, x, middle);
}

/// Shows the field and returns the price that was typed, if it is one.
fn field_ui(
    ui: &mut Ui,
    operator: &OperatorPrice,
    price: u8,
    drafts: &mut BTreeMap<String, String>,
) -> Option<u8> {
    let mut text = drafts.get(&operator.name).cloned().unwrap_or_else(|| price.to_string());
    let error = super::parse(&text).err();
    let name = format!("price of {}", operator.name);
    let id = ui.scope_id().with("price");
    let field = text_field(&name, &mut text).code().error(error.as_deref()).width(FIELD).id(id);
    let response = ui.add(field);
    let parsed = super::parse(&text);
    if response.changed() {
        drafts.insert(operator.name.clone(), text);
        return parsed.ok();
    }
    if !response.has_focus() && parsed == Ok(price) {
        drafts.remove(&operator.name);
    }
    None
}

fn buttons_ui(ui: &mut Ui, operator: &OperatorPrice, is_changed: bool) -> Option<Deed> {
    ui.spacing_mut().item_spacing.x = 2.0;
    let mut deed = None;
    let name = format!("Reset the price of {}", operator.name);
    let reset = icon_button(icons::ARROW_COUNTER_CLOCKWISE, &name).small();
    if ui.add_enabled(is_changed, reset).clicked() {
        deed = Some(Deed::Reset);
    }
    let name = format!("Count only {}", operator.name);
    if ui.add(icon_button(icons::TARGET, &name).small()).clicked() {
        deed = Some(Deed::CountOnly);
    }
    deed
}

fn changed(prices: &PriceChanges, operator: &OperatorPrice, price: u8) -> PriceChanges {
    let mut prices = prices.clone();
    prices.set(&operator.name, price, operator.default_price);
    prices
}

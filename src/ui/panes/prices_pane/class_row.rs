//! One class in the list of prices: the line that opens it, a field that prices all of its operators at once.
//!
//! Knows no source; it is told the prices and returns them changed.

use std::collections::BTreeMap;

use egui::{Align, Layout, Rect, Response, Ui, UiBuilder, pos2};

use crate::engine::rewrite::default_prices;
use crate::model::operator_class::OperatorClass;
use crate::model::operators::{OperatorPrice, PriceChanges};
use crate::ui::icons;
use crate::ui::theme::space;
use crate::ui::widgets::{icon_button, text_field};

use super::super::fold::fold_header;
use super::row::{BUTTONS, FIELD};

/// Shows a class; returns the line that opens it, and the prices after a change.
pub(super) fn class_row_ui(
    ui: &mut Ui,
    rect: Rect,
    class: OperatorClass,
    is_open: bool,
    prices: &PriceChanges,
    drafts: &mut BTreeMap<String, String>,
) -> (Response, Option<PriceChanges>) {
    let right = rect.right() - space::M;
    let field = Rect::from_min_max(
        pos2(right - BUTTONS - FIELD, rect.top() + 1.0),
        pos2(right - BUTTONS, rect.bottom()),
    );
    let header = rect.with_max_x(field.left());
    let header = ui.scope_builder(UiBuilder::new().max_rect(header).id_salt(class), |ui| {
        fold_header(ui, class.label(), &class_words(class, prices), is_open, space::M)
    });
    let typed = ui.scope_builder(UiBuilder::new().max_rect(field).id_salt((class, "field")), |ui| {
        field_ui(ui, class, prices, drafts)
    });
    // The button stands above those that reset one operator.
    let buttons = Rect::from_min_max(pos2(right - BUTTONS, rect.top()), pos2(right, rect.bottom()));
    let layout = Layout::right_to_left(Align::Center);
    let builder = UiBuilder::new().max_rect(buttons).layout(layout).id_salt((class, "reset"));
    let reset = ui.scope_builder(builder, |ui| {
        let name = format!("Reset the prices of {}", class.label());
        let is_changed = operators(class).any(|price| super::is_changed(prices, price));
        ui.add_enabled(is_changed, icon_button(icons::ARROW_COUNTER_CLOCKWISE, &name).small()).clicked()
    });
    let changed = if reset.inner {
        drafts.remove(&draft_name(class));
        Some(priced(class, prices, None))
    } else {
        typed.inner.map(|price| priced(class, prices, Some(price)))
    };
    if changed.is_some() {
        // What was typed for one operator is no longer its price.
        drafts.retain(|name, _| operators(class).all(|price| price.name != *name));
    }
    (header.inner, changed)
}

/// Shows the field, which is empty where prices differ, and returns the price that was typed, if it is one.
fn field_ui(
    ui: &mut Ui,
    class: OperatorClass,
    prices: &PriceChanges,
    drafts: &mut BTreeMap<String, String>,
) -> Option<u8> {
    let common = common_price(class, prices);
    let shown = || common.map_or_else(String::new, |price| price.to_string());
    let mut text = drafts.get(&draft_name(class)).cloned().unwrap_or_else(shown);
    // Nothing at all is no mistake: it leaves the prices as they are.
    let error = super::parse(&text).err().filter(|_| !text.is_empty());
    let name = format!("price of all of {}", class.label());
    let id = ui.scope_id().with("price");
    let field = text_field(&name, &mut text).code().hint("mixed").error(error.as_deref()).width(FIELD).id(id);
    let response = ui.add(field);
    let parsed = super::parse(&text).ok();
    if response.changed() {
        drafts.insert(draft_name(class), text);
        return parsed;
    }
    if !response.has_focus() && (parsed == common || text.is_empty()) {
        drafts.remove(&draft_name(class));
    }
    if error.is_none() {
        let count = operators(class).count();
        response.on_hover_text(format!("One price for all {count} operators of this class"));
    }
    None
}

/// Names what is typed for a class among what is typed for operators, none of which has a space in its name.
fn draft_name(class: OperatorClass) -> String {
    format!("all of {}", class.label())
}

fn operators(class: OperatorClass) -> impl Iterator<Item = &'static OperatorPrice> {
    default_prices().iter().filter(move |price| OperatorClass::of(&price.name) == class)
}

/// Returns the prices with one for all operators of a class, or with the engine's own for them.
fn priced(class: OperatorClass, prices: &PriceChanges, price: Option<u8>) -> PriceChanges {
    let mut prices = prices.clone();
    for operator in operators(class) {
        prices.set(&operator.name, price.unwrap_or(operator.default_price), operator.default_price);
    }
    prices
}

/// Returns what every operator of a class costs, where all cost the same.
fn common_price(class: OperatorClass, prices: &PriceChanges) -> Option<u8> {
    let mut all = operators(class).map(|price| prices.price_of(&price.name, price.default_price));
    let first = all.next()?;
    all.all(|price| price == first).then_some(first)
}

/// Says how many operators a class has, and how many of them cost something else.
fn class_words(class: OperatorClass, prices: &PriceChanges) -> String {
    let count = operators(class).count();
    let changed = operators(class).filter(|price| super::is_changed(prices, price)).count();
    if changed == 0 { format!("{count} operators") } else { format!("{changed} of {count} changed") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_has_one_price_where_all_of_its_operators_have() {
        let own = PriceChanges::default();
        let (i32s, control) = (OperatorClass::I32, OperatorClass::Control);
        assert_eq!((common_price(i32s, &own), common_price(control, &own)), (Some(1), None), "`nop` is free");
        let dear = priced(i32s, &own, Some(16));
        assert_eq!((common_price(i32s, &dear), common_price(OperatorClass::I64, &dear)), (Some(16), Some(1)));
        assert_eq!(dear.price_of("i32.mul", 1), 16);
        let count = operators(i32s).count();
        assert_eq!(class_words(i32s, &dear), format!("{count} of {count} changed"));
        let mut mixed = dear.clone();
        mixed.set("i32.mul", 2, 1);
        assert_eq!(common_price(i32s, &mixed), None);
        assert!(priced(i32s, &mixed, None).is_empty(), "the engine's own prices are no change");
        assert_eq!(common_price(control, &priced(control, &own, Some(0))), Some(0));
    }
}

//! The Fuel prices pane: what each operator costs, by class, with a field for each and one for a class.
//!
//! Knows no engine but for its list of default prices; a price that is set goes to the source in front.

mod class_row;
mod effect;
mod row;

use std::collections::{BTreeMap, BTreeSet};

use egui::{Align, Layout, Ui};

use crate::app::{Action, AppState, CompileStatus, Source, SourceAction};
use crate::engine::rewrite::default_prices;
use crate::model::ids::SourceId;
use crate::model::operator_class::OperatorClass;
use crate::model::operators::{MOST_PRICE, OperatorPrice, PriceChanges};
use crate::ui::icons;
use crate::ui::theme::{self, space, tokens};
use crate::ui::widgets::{empty_state, hairline, quiet_button, text_field};

use super::row_scroll::RowScroll;
use class_row::class_row_ui;

/// What stands in a row of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Entry {
    /// The title of a class.
    Class(OperatorClass),
    /// An operator, by its place in the engine's list.
    Operator(usize),
}

/// The Fuel prices pane.
pub(in crate::ui) struct PricesPane {
    filter: String,
    open: BTreeSet<OperatorClass>,
    /// Texts of fields that somebody types in, or that stand for no price, by operator or class.
    drafts: BTreeMap<String, String>,
    drafts_of: Option<SourceId>,
    rows: Vec<Entry>,
    is_stale: bool,
    scroll: RowScroll,
}

impl Default for PricesPane {
    fn default() -> Self {
        Self {
            filter: String::new(),
            open: BTreeSet::new(),
            drafts: BTreeMap::new(),
            drafts_of: None,
            rows: Vec::new(),
            is_stale: true,
            scroll: RowScroll::from_start(),
        }
    }
}

impl PricesPane {
    pub(in crate::ui) fn ui(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        let Some(source) = state.active_source() else {
            let hint = "Open a module to see what its operators cost, and to change it";
            empty_state(ui, icons::FLAME, "No source is open", hint);
            return;
        };
        if source.good.as_ref().is_some_and(|good| good.build.info.kind.is_component()) {
            let hint = "Operators of a component cost what the engine charges";
            empty_state(ui, icons::FLAME, "Prices can be set for core modules only", hint);
            return;
        }
        if !state.settings.engine.fuel {
            let hint = "Switch fuel on in the settings of the engine first";
            empty_state(ui, icons::FLAME, "Fuel is not counted", hint);
            return;
        }
        if self.drafts_of != Some(source.id) {
            self.drafts.clear();
            self.drafts_of = Some(source.id);
        }
        let mut changed = None;
        ui.add_space(space::XS);
        self.head_ui(ui, source, &mut changed);
        effect::effect_ui(ui, state, source, actions);
        hairline(ui);
        if std::mem::take(&mut self.is_stale) {
            self.list();
        }
        self.table_ui(ui, &source.prices, &mut changed);
        if let Some(prices) = changed {
            actions.push(Action::Source(SourceAction::SetPrices(source.id, prices)));
        }
    }

    fn head_ui(&mut self, ui: &mut Ui, source: &Source, changed: &mut Option<PriceChanges>) {
        ui.horizontal(|ui| {
            ui.add_space(space::M);
            let field = text_field("Filter operators", &mut self.filter);
            let response = ui.add(field.hint("Filter").icon(icons::MAGNIFYING_GLASS).width(160.0));
            self.is_stale |= response.changed();
            let num_changed =
                default_prices().iter().filter(|price| is_changed(&source.prices, price)).count();
            let text = match (source.prices.counted_alone(), num_changed) {
                (Some((name, _)), _) => format!("only {name} costs fuel"),
                (None, 0) => "the engine's own prices".to_owned(),
                (None, 1) => "1 price changed".to_owned(),
                (None, count) => format!("{count} prices changed"),
            };
            ui.label(theme::caption(text).color(tokens(ui).text_muted));
            let is_current =
                source.good.as_ref().is_some_and(|good| good.build.settings.prices == source.prices);
            if source.status != CompileStatus::Done {
                ui.label(theme::caption("being compiled").color(tokens(ui).info));
            } else if !is_current && source.good.is_some() {
                let text = "the last good build has other prices";
                ui.label(theme::caption(text).color(tokens(ui).warning));
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.add_space(space::M);
                let button = quiet_button(icons::ARROW_COUNTER_CLOCKWISE, "Reset all");
                let response = ui.add_enabled(!source.prices.is_empty(), button);
                if response.on_hover_text("Puts every price back to the engine's own").clicked() {
                    self.drafts.clear();
                    *changed = Some(PriceChanges::default());
                }
            });
        });
    }

    /// Lists the classes, and the operators of those that are open; a filter opens all that it lets through.
    fn list(&mut self) {
        let wanted = self.filter.trim().to_lowercase();
        self.rows.clear();
        for class in OperatorClass::ALL {
            let of_class = default_prices()
                .iter()
                .enumerate()
                .filter(|(_, price)| OperatorClass::of(&price.name) == class && price.name.contains(&wanted));
            let operators: Vec<_> = of_class.map(|(at, _)| Entry::Operator(at)).collect();
            if operators.is_empty() {
                continue;
            }
            self.rows.push(Entry::Class(class));
            if !wanted.is_empty() || self.open.contains(&class) {
                self.rows.extend(operators);
            }
        }
    }

    fn table_ui(&mut self, ui: &mut Ui, prices: &PriceChanges, changed: &mut Option<PriceChanges>) {
        ui.spacing_mut().item_spacing.y = 0.0;
        if self.rows.is_empty() {
            empty_state(ui, icons::FUNNEL, "No operator matches the filter", "");
            return;
        }
        row::header_ui(ui);
        let is_filtered = !self.filter.trim().is_empty();
        let Self { rows, drafts, open, scroll, is_stale, .. } = self;
        scroll.show(ui, "Operators", rows.len() as u64, row::ROW, |ui, at, rect| {
            match usize::try_from(at).ok().and_then(|at| rows.get(at)) {
                Some(Entry::Class(class)) => {
                    let is_open = is_filtered || open.contains(class);
                    let (response, new) = class_row_ui(ui, rect, *class, is_open, prices, drafts);
                    if new.is_some() {
                        *changed = new;
                    }
                    if response.clicked() && !is_filtered {
                        if !open.remove(class) {
                            open.insert(*class);
                        }
                        *is_stale = true;
                        ui.ctx().request_repaint();
                    }
                }
                Some(Entry::Operator(at)) => {
                    if let Some(price) = default_prices().get(*at)
                        && let Some(new) = row::row_ui(ui, rect, price, prices, drafts)
                    {
                        *changed = Some(new);
                    }
                }
                None => {}
            }
        });
    }
}

fn is_changed(prices: &PriceChanges, price: &OperatorPrice) -> bool {
    prices.price_of(&price.name, price.default_price) != price.default_price
}

/// Reads a price.
fn parse(text: &str) -> Result<u8, String> {
    let price = text.trim().parse().ok().filter(|price| *price <= MOST_PRICE);
    price.ok_or_else(|| format!("a price is a number from 0 to {MOST_PRICE}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_is_a_small_number() {
        assert_eq!((parse("0"), parse(" 16 ")), (Ok(0), Ok(16)));
        for text in ["", "17", "-1", "1.5", "x"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_filter_opens_the_classes_that_it_lets_through() {
        let mut pane = PricesPane::default();
        pane.list();
        assert!(pane.rows.iter().all(|row| matches!(row, Entry::Class(_))), "{:?}", pane.rows);
        pane.filter = "i32.mul".to_owned();
        pane.list();
        assert_eq!(pane.rows.len(), 2, "{:?}", pane.rows);
        assert_eq!(pane.rows[0], Entry::Class(OperatorClass::I32));
    }
}

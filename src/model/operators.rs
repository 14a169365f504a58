//! How often each operator ran in a call, and what that costs at which prices.
//!
//! Knows no engine: it is told the counts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::call::Outcome;
use super::value::Value;

/// The highest price of an operator.
pub const MOST_PRICE: u8 = 16;

/// Prices of operators that differ from the engine's own, by the name that the text format has for them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct PriceChanges {
    by_name: BTreeMap<String, u8>,
    /// The price of every operator that is not named; the engine's own where it is not given.
    all_others: Option<u8>,
}

/// What the engine charges for an operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorPrice {
    /// Its name in the text format.
    pub name: String,
    /// What each execution costs.
    pub default_price: u8,
    /// What each byte, page or element costs besides, which can't be changed: price and unit.
    pub bulk: Option<(u8, &'static str)>,
}

/// One operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OperatorCount {
    /// Its name in the text format.
    pub name: String,
    /// How often it ran.
    pub count: u64,
    /// What the engine charges for it.
    pub default_price: u8,
}

/// The operators of one call.
#[derive(Debug, Clone, PartialEq)]
pub struct OperatorCounts {
    /// What ended the call.
    pub outcome: Outcome,
    /// Its results.
    pub results: Vec<Value>,
    /// The operators that ran, the most frequent first.
    pub operators: Vec<OperatorCount>,
    /// How often a function was entered, which costs a unit each time, at any prices.
    pub entries: u64,
    /// Fuel for the bytes and elements of bulk operations, at any prices; `None` when it was not measured.
    pub bulk_fuel: Option<u64>,
    /// Whether the counts are right to the unit; in a call that did not return, the last straight piece of code
    /// counts as a whole.
    pub is_exact: bool,
}

impl PriceChanges {
    /// Counts one operator alone: it costs 1, and all others nothing.
    pub fn only(name: &str) -> Self {
        Self { by_name: BTreeMap::from([(name.to_owned(), 1)]), all_others: Some(0) }
    }

    /// Reads `i32.mul=16,local.get=0`; `*` stands for all operators that are not named.
    ///
    /// # Errors
    ///
    /// Says which part is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut changes = Self::default();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (name, price) =
                part.split_once('=').ok_or_else(|| format!("`{part}` is no price: write `NAME=N`"))?;
            let price: u8 = price
                .trim()
                .parse()
                .ok()
                .filter(|price| *price <= MOST_PRICE)
                .ok_or_else(|| format!("the price in `{part}` is not a number from 0 to {MOST_PRICE}"))?;
            match name.trim() {
                "*" => changes.all_others = Some(price),
                name if super::wat::is_operator(name) => {
                    changes.by_name.insert(name.to_owned(), price);
                }
                name => {
                    let names: Vec<_> = super::wat::operators().collect();
                    let nearest = super::nearest::nearest(name, names.iter().map(String::as_str));
                    let hint = nearest.map_or_else(String::new, |name| format!(": did you mean `{name}`?"));
                    return Err(format!("there is no operator `{name}`{hint}"));
                }
            }
        }
        Ok(changes)
    }

    /// Tells whether everything costs what the engine says.
    pub fn is_empty(&self) -> bool {
        self.by_name.is_empty() && self.all_others.is_none()
    }

    /// Sets the price of an operator that the engine charges `default_price` for.
    pub fn set(&mut self, name: &str, price: u8, default_price: u8) {
        if price == self.all_others.unwrap_or(default_price) {
            self.by_name.remove(name);
        } else {
            self.by_name.insert(name.to_owned(), price.min(MOST_PRICE));
        }
    }

    /// Returns the price of an operator that the engine charges `default_price` for.
    pub fn price_of(&self, name: &str, default_price: u8) -> u8 {
        let price = self.by_name.get(name).copied().or(self.all_others).unwrap_or(default_price);
        price.min(MOST_PRICE)
    }
}

impl OperatorCounts {
    /// Returns how many operators ran.
    pub fn total(&self) -> u64 {
        self.operators.iter().map(|operator| operator.count).sum()
    }

    /// Returns the fuel that the call burns at these prices; `None` where its bulk operations were not measured.
    pub fn fuel_at(&self, prices: &PriceChanges) -> Option<u64> {
        Some(self.operator_fuel(prices).saturating_add(self.bulk_fuel?))
    }

    /// Returns the fuel for operators and function entries alone.
    pub fn operator_fuel(&self, prices: &PriceChanges) -> u64 {
        let costs = self.operators.iter().map(|operator| {
            let price = prices.price_of(&operator.name, operator.default_price);
            operator.count.saturating_mul(u64::from(price))
        });
        costs.fold(self.entries, u64::saturating_add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts() -> OperatorCounts {
        let operator =
            |name: &str, count, default_price| OperatorCount { name: name.to_owned(), count, default_price };
        OperatorCounts {
            outcome: Outcome::Returned,
            results: Vec::new(),
            operators: vec![operator("local.get", 10, 1), operator("i32.mul", 4, 1), operator("block", 2, 0)],
            entries: 3,
            bulk_fuel: Some(100),
            is_exact: true,
        }
    }

    #[test]
    fn fuel_follows_the_prices() {
        let table = [
            ("", 117),
            ("i32.mul=16", 177),
            ("local.get=0, i32.mul=0", 103),
            ("*=0", 103),
            ("*=0,block=5", 113),
        ];
        for (text, fuel) in table {
            let prices = PriceChanges::parse(text).expect("it is well written");
            assert_eq!(counts().fuel_at(&prices), Some(fuel), "{text}");
        }
        assert_eq!(counts().operator_fuel(&PriceChanges::only("i32.mul")), 4 + 3);
        assert_eq!((counts().total(), PriceChanges::default().is_empty()), (16, true));
    }

    #[test]
    fn a_price_that_is_set_to_what_it_was_is_no_change() {
        let mut prices = PriceChanges::default();
        prices.set("i32.mul", 200, 1);
        assert_eq!((prices.price_of("i32.mul", 1), prices.price_of("block", 0)), (MOST_PRICE, 0));
        prices.set("i32.mul", 1, 1);
        assert!(prices.is_empty());
        let mut prices = PriceChanges::only("i32.mul");
        prices.set("i32.add", 1, 1);
        assert_eq!((prices.price_of("i32.add", 1), prices.price_of("i32.sub", 1)), (1, 0));
        prices.set("i32.add", 0, 1);
        assert_eq!(prices, PriceChanges::only("i32.mul"));
    }

    #[test]
    fn what_is_wrong_with_prices_is_said() {
        for (text, message) in [
            ("i32.mul", "write `NAME=N`"),
            ("i32.mul=17", "from 0 to 16"),
            ("i32.mul=-1", "from 0 to 16"),
            ("i32.mull=1", "did you mean `i32.mul`?"),
        ] {
            let err = PriceChanges::parse(text).expect_err(text);
            assert!(err.contains(message), "{err}");
        }
    }
}

//! How often each operator ran in a call, and what that costs at which prices.
//!
//! Knows no engine: it is told the counts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::call::Outcome;
use super::csv::CsvWriter;
use super::measured::Measured;
use super::operator_class::OperatorClass;
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
    /// The operators that ran, the most frequent first; without `end` and `else` where these cost nothing, since
    /// they only mark places.
    pub operators: Vec<OperatorCount>,
    /// Those that only mark places and are not listed.
    pub markers: Vec<OperatorCount>,
    /// How often a function was entered, which costs a unit each time, at any prices.
    pub entries: u64,
    /// Fuel that it burnt, at [`Self::prices`].
    pub fuel: Measured<u64>,
    /// Prices that it was called at.
    pub prices: PriceChanges,
    /// Fuel for the bytes and elements of bulk operations, at any prices; `None` when it was not measured.
    pub bulk_fuel: Option<u64>,
    /// Whether the counts are right to the unit; in a call that did not return, the last straight piece of code
    /// counts as a whole.
    pub is_exact: bool,
}

/// How far counting is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountStep {
    /// The module gets its counters and is compiled with them.
    Preparing,
    /// An earlier call is made again.
    Before {
        /// How many have been made.
        made: usize,
        /// How many there are.
        of: usize,
    },
    /// The call itself runs.
    Calling,
}

/// The operators of one class together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClassCount {
    /// The class.
    pub class: OperatorClass,
    /// How many of its operators ran.
    pub kinds: usize,
    /// How often they ran.
    pub count: u64,
    /// What they cost at the prices of the call.
    pub fuel: u64,
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

    /// Writes the changes as they are read.
    pub fn to_text(&self) -> String {
        let others = self.all_others.map(|price| format!("*={price}"));
        let named = self.by_name.iter().map(|(name, price)| format!("{name}={price}"));
        others.into_iter().chain(named).collect::<Vec<_>>().join(",")
    }

    /// Tells whether everything costs what the engine says.
    pub fn is_empty(&self) -> bool {
        self.by_name.is_empty() && self.all_others.is_none()
    }

    /// Returns the one operator that costs anything, with its price; `None` where several do, or others may.
    pub fn counted_alone(&self) -> Option<(&str, u8)> {
        let mut priced = self.by_name.iter().filter(|(_, price)| **price > 0);
        let (name, price) = priced.next()?;
        (self.all_others == Some(0) && priced.next().is_none()).then_some((name.as_str(), *price))
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

    /// Returns how often an operator ran.
    pub fn count_of(&self, name: &str) -> u64 {
        let mut all = self.operators.iter().chain(&self.markers);
        all.find(|operator| operator.name == name).map_or(0, |operator| operator.count)
    }

    /// Returns the fuel that the call burns at these prices; `None` where its bulk operations were not measured.
    pub fn fuel_at(&self, prices: &PriceChanges) -> Option<u64> {
        Some(self.operator_fuel(prices).saturating_add(self.bulk_fuel?))
    }

    /// Returns what an operator cost in all, at the prices of the call.
    pub fn fuel_of(&self, operator: &OperatorCount) -> u64 {
        operator.cost(&self.prices)
    }

    /// Adds the operators of each class up; classes of which none ran are left out, the largest comes first.
    pub fn classes(&self) -> Vec<ClassCount> {
        let of = |class| {
            let none = ClassCount { class, kinds: 0, count: 0, fuel: 0 };
            let own = self.operators.iter().filter(|operator| operator.class() == class);
            own.fold(none, |sum, operator| ClassCount {
                class,
                kinds: sum.kinds + 1,
                count: sum.count.saturating_add(operator.count),
                fuel: sum.fuel.saturating_add(self.fuel_of(operator)),
            })
        };
        let mut classes: Vec<_> =
            OperatorClass::ALL.map(of).into_iter().filter(|sum| sum.kinds > 0).collect();
        classes.sort_by_key(|class| std::cmp::Reverse(class.count));
        classes
    }

    /// Writes one row for each operator, then the function entries and the bulk work, as comma-separated values.
    pub fn to_csv(&self) -> String {
        let mut csv = CsvWriter::with_header(&["operator", "class", "count", "share", "price", "fuel"]);
        let total = self.total();
        for operator in &self.operators {
            csv.field(&operator.name);
            csv.field(operator.class().label());
            csv.value(&operator.count);
            csv.field(&share(operator.count, total));
            csv.value(&self.prices.price_of(&operator.name, operator.default_price));
            csv.value(&self.fuel_of(operator));
            csv.end_row();
        }
        let mut other = |name: &str, count: Option<u64>, fuel: u64| {
            csv.field(name);
            csv.field("");
            csv.optional(count);
            csv.field("");
            csv.field("");
            csv.value(&fuel);
            csv.end_row();
        };
        other("(function entries)", Some(self.entries), self.entries);
        if let Some(bulk) = self.bulk_fuel {
            other("(bytes and elements)", None, bulk);
        }
        csv.finish()
    }

    /// Returns the fuel for operators and function entries alone.
    pub fn operator_fuel(&self, prices: &PriceChanges) -> u64 {
        let all = self.operators.iter().chain(&self.markers);
        all.map(|operator| operator.cost(prices)).fold(self.entries, u64::saturating_add)
    }
}

impl OperatorCount {
    /// Returns the class that it is listed by.
    pub fn class(&self) -> OperatorClass {
        OperatorClass::of(&self.name)
    }

    /// Tells whether it only marks where something ends.
    pub fn is_marker(&self) -> bool {
        matches!(self.name.as_str(), "end" | "else")
    }

    fn cost(&self, prices: &PriceChanges) -> u64 {
        self.count.saturating_mul(u64::from(prices.price_of(&self.name, self.default_price)))
    }
}

/// Writes a share as a number from 0 to 1.
#[allow(clippy::cast_precision_loss, reason = "six digits of a share are enough")]
fn share(part: u64, whole: u64) -> String {
    format!("{:.6}", part as f64 / whole.max(1) as f64)
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
            markers: vec![operator("end", 5, 0)],
            entries: 3,
            fuel: Measured::Exact(117),
            prices: PriceChanges::default(),
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
            ("*=0,end=2", 113),
        ];
        for (text, fuel) in table {
            let prices = PriceChanges::parse(text).expect("it is well written");
            assert_eq!(counts().fuel_at(&prices), Some(fuel), "{text}");
        }
        assert_eq!(counts().operator_fuel(&PriceChanges::only("i32.mul")), 4 + 3);
        assert_eq!((counts().total(), PriceChanges::default().is_empty()), (16, true));
    }

    #[test]
    fn an_operator_that_is_counted_alone_leaves_entries_and_bulk_beside_its_count() {
        for (text, alone) in [
            ("*=0,i32.mul=1", Some(("i32.mul", 1))),
            ("*=0,end=2,nop=0", Some(("end", 2))),
            ("*=0,i32.mul=1,nop=1", None),
            ("*=0", None),
            ("i32.mul=1", None),
            ("*=1,i32.mul=1", None),
        ] {
            let prices = PriceChanges::parse(text).expect("it is well written");
            assert_eq!(prices.counted_alone(), alone, "{text}");
            let Some((name, price)) = alone else { continue };
            let counts = counts();
            let rest = counts.entries + counts.bulk_fuel.unwrap_or(0);
            let fuel = counts.fuel_at(&prices).expect("bulk operations were measured");
            assert_eq!(counts.count_of(name), (fuel - rest) / u64::from(price), "{text}");
        }
        assert_eq!(counts().count_of("i64.mul"), 0);
    }

    #[test]
    fn classes_and_rows_add_up_to_the_fuel_of_the_call() {
        let prices = PriceChanges::parse("i32.mul=16").expect("it is well written");
        let counts = OperatorCounts { prices, ..counts() };
        let classes = counts.classes();
        let listed: Vec<_> = classes.iter().map(|of| (of.class, of.kinds, of.count, of.fuel)).collect();
        let expected = [
            (OperatorClass::Variables, 1, 10, 10),
            (OperatorClass::I32, 1, 4, 64),
            (OperatorClass::Control, 1, 2, 0),
        ];
        assert_eq!(listed, expected);
        let fuel: u64 = classes.iter().map(|of| of.fuel).sum();
        assert_eq!(Some(fuel + counts.entries + 100), counts.fuel_at(&counts.prices));
        let csv = counts.to_csv();
        let rows: Vec<_> = csv.lines().collect();
        assert_eq!(rows[2], "i32.mul,32-bit integers,4,0.250000,16,64");
        assert_eq!(rows[4..], ["(function entries),,3,,,3", "(bytes and elements),,,,,100"]);
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

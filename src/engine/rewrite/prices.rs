//! What each operator costs: the table of the pass, and the setting of the engine that goes with it.
//!
//! It must not know how prices are put into code.

use std::collections::HashMap;
use std::sync::LazyLock;

use wasmparser::Operator;
use wasmtime::OperatorCost;

use crate::model::operators::{OperatorPrice, PriceChanges};

/// The price of every operator, in units of fuel.
///
/// The default is the engine's own table. Work per byte or element of bulk operations and the unit that each
/// function entry costs are matters of the engine and not in here.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Prices {
    by_slot: Box<[u8]>,
}

/// A name that no operator has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no operator `{name}`")]
pub struct UnknownOperator {
    /// The name as given.
    pub name: String,
}

impl Prices {
    /// The highest price of an operator: it bounds how much a body can swell.
    pub const MAX: u8 = 16;

    /// Returns the names of all operators, as `wasmparser` spells them, each with its price.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, u8)> + '_ {
        NAMES.iter().copied().zip(self.by_slot.iter().copied())
    }

    /// Sets the price of the operator `name`, cut to [`Self::MAX`].
    ///
    /// # Errors
    ///
    /// Returns an error when no operator has that name.
    pub fn set(&mut self, name: &str, price: u8) -> Result<(), UnknownOperator> {
        let slot = NAMES.iter().position(|known| *known == name);
        let slot = slot.ok_or_else(|| UnknownOperator { name: name.to_owned() })?;
        self.by_slot[slot] = price.min(Self::MAX);
        Ok(())
    }

    /// Returns the engine's own prices with some changed.
    #[must_use]
    pub fn changed(changes: &PriceChanges) -> Self {
        let mut prices = Self::default();
        if !changes.is_empty() {
            for (price, name) in prices.by_slot.iter_mut().zip(operator_names()) {
                *price = changes.price_of(name, *price).min(Self::MAX);
            }
        }
        prices
    }

    /// Returns the price of `operator`.
    #[must_use]
    pub fn of(&self, operator: &Operator<'_>) -> u8 {
        slot_of(operator).map_or(1, |slot| self.by_slot[slot])
    }
}

impl Prices {
    /// Returns the price of the operator at that place of [`operator_names`].
    pub(super) fn of_slot(&self, slot: usize) -> u8 {
        self.by_slot.get(slot).copied().unwrap_or(1)
    }
}

impl Default for Prices {
    fn default() -> Self {
        Self { by_slot: costs_by_slot(&OperatorCost::new()) }
    }
}

impl std::fmt::Debug for Prices {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let default = Self::default();
        let changed = self.iter().zip(default.iter()).filter(|(own, default)| own != default);
        f.debug_map().entries(changed.map(|(own, _)| own)).finish()
    }
}

/// Lists what the engine charges for every operator, each name of the text format once.
pub fn default_prices() -> &'static [OperatorPrice] {
    static LIST: LazyLock<Vec<OperatorPrice>> = LazyLock::new(|| {
        let bulk = bulk_prices();
        let mut seen = std::collections::HashSet::new();
        let priced = operator_names().iter().zip(Prices::default().by_slot);
        let once = priced.filter(|(name, _)| seen.insert(name.as_str()));
        once.map(|(name, default_price)| OperatorPrice {
            name: name.clone(),
            default_price,
            bulk: bulk.get(name.as_str()).copied(),
        })
        .collect()
    });
    &LIST
}

fn bulk_prices() -> HashMap<&'static str, (u8, &'static str)> {
    let cost = OperatorCost::new().variable;
    HashMap::from([
        ("memory.copy", (cost.memory_copy_per_byte, "byte")),
        ("memory.fill", (cost.memory_fill_per_byte, "byte")),
        ("memory.init", (cost.memory_init_per_byte, "byte")),
        ("memory.grow", (cost.memory_grow_per_page, "page")),
        ("table.copy", (cost.table_copy_per_element, "element")),
        ("table.fill", (cost.table_fill_per_element, "element")),
        ("table.init", (cost.table_init_per_element, "element")),
        ("table.grow", (cost.table_grow_per_element, "element")),
        ("array.copy", (cost.array_copy_per_element, "element")),
        ("array.fill", (cost.array_fill_per_element, "element")),
        ("array.new", (cost.array_new_per_element, "element")),
        ("array.new_default", (cost.array_new_default_per_element, "element")),
        ("array.new_data", (cost.array_new_data_per_element, "element")),
        ("array.new_elem", (cost.array_new_elem_per_element, "element")),
        ("array.init_data", (cost.array_init_data_per_element, "element")),
        ("array.init_elem", (cost.array_init_elem_per_element, "element")),
    ])
}

/// Returns the place of an operator in [`operator_names`]; `None` for one that the parser has no name for.
pub(crate) fn operator_slot(operator: &Operator<'_>) -> Option<usize> {
    slot_of(operator)
}

/// Returns the names of all operators as the text format spells them, each at its place.
pub(crate) fn operator_names() -> &'static [String] {
    static TEXT_NAMES: LazyLock<Vec<String>> = LazyLock::new(|| {
        let spelled: HashMap<String, String> =
            crate::model::wat::operators().map(|name| (name.replace('.', "_"), name)).collect();
        let snake = VISITS.iter().map(|visit| visit.trim_start_matches("visit_"));
        // `select` with a type is written like the one without.
        let name = |snake: &str| match snake {
            "typed_select" | "typed_select_multi" => "select".to_owned(),
            _ => spelled.get(snake).cloned().unwrap_or_else(|| snake.to_owned()),
        };
        snake.map(name).collect()
    });
    &TEXT_NAMES
}

macro_rules! define_tables {
    ($(@$proposal:ident $op:ident $({ $($arg:ident: $argty:ty),* })? => $visit:ident ($($ann:tt)*))*) => {
        #[derive(Clone, Copy)]
        enum Slot {
            $($op,)*
        }

        const NAMES: &[&str] = &[$(stringify!($op),)*];

        const VISITS: &[&str] = &[$(stringify!($visit),)*];

        fn slot_of(operator: &Operator<'_>) -> Option<usize> {
            match operator {
                $(Operator::$op { .. } => Some(Slot::$op as usize),)*
                _ => None,
            }
        }

        fn costs_by_slot(cost: &OperatorCost) -> Box<[u8]> {
            Box::new([$(cost.$op,)*])
        }

        /// Returns the cost setting for engines that run rewritten modules: a `nop` costs 1, every other
        /// operator nothing; bulk operations keep their price per byte or element.
        pub fn engine_operator_cost() -> OperatorCost {
            let mut cost = OperatorCost::new();
            $(cost.$op = 0;)*
            cost.Nop = 1;
            cost
        }

        impl Prices {
            /// Returns the cost setting with which the engine itself charges these prices, for what runs
            /// as it is.
            #[must_use]
            pub fn charged_by_the_engine(&self) -> OperatorCost {
                let mut cost = OperatorCost::new();
                $(cost.$op = self.by_slot[Slot::$op as usize];)*
                cost
            }
        }

        #[cfg(test)]
        impl Prices {
            /// A table in which neighbours differ, from 0 to [`Self::MAX`].
            pub(super) fn uneven() -> Self {
let prices = (0..=Self::MAX).cycle().map(|step| step * 5 % (Self::MAX + 1));
                Self { by_slot: prices.take(NAMES.len()).collect() }
            }
        }
    };
}

wasmparser::for_each_operator!(define_tables);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_prices_are_the_engines() {
        let free: Vec<&str> =
            Prices::default().iter().filter(|(_, price)| *price == 0).map(|(name, _)| name).collect();
        assert_eq!(free, ["Unreachable", "Nop", "Block", "Loop", "Else", "End", "Return", "Drop"]);
        assert!(Prices::default().iter().all(|(_, price)| price <= 1));
        assert!(NAMES.len() > 500, "the table holds every proposal");
    }

    #[test]
    fn each_operator_has_the_name_that_people_write() {
        let name =
            |operator: &Operator<'_>| operator_slot(operator).map(|slot| operator_names()[slot].as_str());
        assert_eq!(name(&Operator::I32Mul), Some("i32.mul"));
        assert_eq!(name(&Operator::LocalGet { local_index: 0 }), Some("local.get"));
        assert_eq!(name(&Operator::BrIf { relative_depth: 0 }), Some("br_if"));
        assert_eq!(name(&Operator::I64ExtendI32U), Some("i64.extend_i32_u"));
        assert_eq!(name(&Operator::MemoryGrow { mem: 0 }), Some("memory.grow"));
        let unknown: Vec<_> =
            operator_names().iter().filter(|name| !crate::model::wat::is_operator(name)).collect();
        assert!(unknown.len() * 20 < operator_names().len(), "{unknown:?}");
    }

    #[test]
    fn the_list_names_each_operator_once_and_bulk_work_apart() {
        let list = default_prices();
        let find = |name: &str| list.iter().find(|price| price.name == name).expect(name);
        assert_eq!((find("i32.mul").default_price, find("block").default_price), (1, 0));
        assert_eq!(find("memory.copy").bulk, Some((1, "byte")));
        assert_eq!(list.iter().filter(|price| price.name == "select").count(), 1);
        let all_found = bulk_prices().keys().all(|name| list.iter().any(|price| price.name == *name));
        assert!(all_found, "bulk prices stand beside an operator");
    }

    #[test]
    fn a_price_is_set_by_name_and_bounded() {
        let mut prices = Prices::default();
        prices.set("I32Add", 200).expect("the operator exists");
        assert_eq!(prices.of(&Operator::I32Add), Prices::MAX);
        assert_ne!(prices, Prices::default());
        assert_eq!(prices.set("I33Add", 1), Err(UnknownOperator { name: "I33Add".into() }));
    }

    #[test]
    fn the_engine_charges_for_nothing_but_nops() {
        let cost = engine_operator_cost();
        let charged = costs_by_slot(&cost);
        assert_eq!(charged.iter().map(|cost| u32::from(*cost)).sum::<u32>(), 1);
        assert_eq!(cost.Nop, 1);
        assert_eq!(cost.variable, OperatorCost::new().variable);
    }
}

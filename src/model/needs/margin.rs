//! How much more than it needs a call should be given.
//!
//! Knows no fields and no buttons.

use crate::model::limits::LimitKind;

/// Returns a limit that leaves room above what is needed: a quarter more, rounded up to two digits for fuel and
/// to whole units elsewhere, and never less than one unit more.
pub fn with_margin(kind: LimitKind, needed: u64) -> u64 {
    let roomy = needed.saturating_add((needed / 4).max(1));
    match kind {
        LimitKind::Fuel | LimitKind::TableElements => two_digits(roomy),
        LimitKind::WasmStack => roomy.div_ceil(64 * 1024).saturating_mul(64 * 1024),
        LimitKind::MemoryPages
        | LimitKind::GrowthPages
        | LimitKind::CallDepth
        | LimitKind::ExecutionTime
        | LimitKind::Instances => roomy,
    }
}

/// Rounds up to a number of which all but the first two digits are zero.
fn two_digits(value: u64) -> u64 {
    let digits = value.checked_ilog10().unwrap_or(0);
    let unit = 10_u64.pow(digits.saturating_sub(1));
    value.div_ceil(unit).saturating_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_margin_leaves_a_quarter_and_at_least_one_more() {
        let table = [
            (LimitKind::Fuel, 0, 1),
            (LimitKind::Fuel, 4, 5),
            (LimitKind::Fuel, 1766, 2300),
            (LimitKind::Fuel, 79_999_999, 100_000_000),
            (LimitKind::Fuel, u64::MAX, u64::MAX),
            (LimitKind::MemoryPages, 1, 2),
            (LimitKind::MemoryPages, 20, 25),
            (LimitKind::TableElements, 1001, 1300),
            (LimitKind::CallDepth, 10, 12),
            (LimitKind::WasmStack, 1024, 65_536),
        ];
        for (kind, needed, expected) in table {
            assert_eq!(with_margin(kind, needed), expected, "{} {needed}", kind.label());
        }
    }
}

//! Operators on vectors of 128 bits.

use super::{OperatorHelp, Row, fill, find};

pub(super) fn help(name: &str) -> Option<OperatorHelp> {
    let (shape, operator) = name.split_once('.')?;
    if shape == "v128" {
        let (row, sign) = find(WHOLE, operator)?;
        return Some(fill(row, "v128", "128", sign));
    }
    let (lane, bits) = match shape {
        "i8x16" => ("i32", "8"),
        "i16x8" => ("i32", "16"),
        "i32x4" => ("i32", "32"),
        "i64x2" => ("i64", "64"),
        "f32x4" => ("f32", "32"),
        "f64x2" => ("f64", "64"),
        _ => return None,
    };
    let rows = if shape.starts_with('i') { INTEGERS } else { FLOATS };
    if let Some((row, sign)) = find(rows, operator).or_else(|| find(BOTH, operator)) {
        return Some(fill(row, lane, bits, sign));
    }
    from_another_shape(shape, operator)
}

const BOTH: &[Row] = &[
    ("splat", "T", "v128", "Puts one number into every lane"),
    ("extract_lane", "v128", "T", "Gives the number in one lane"),
    ("replace_lane", "v128 T", "v128", "Puts a number into one lane and leaves the others"),
    ("add", "v128 v128", "v128", "Adds lane by lane"),
    ("sub", "v128 v128", "v128", "Subtracts the second vector from the first, lane by lane"),
    ("mul", "v128 v128", "v128", "Multiplies lane by lane"),
    ("neg", "v128", "v128", "Flips the sign of every lane"),
    ("abs", "v128", "v128", "Clears the sign of every lane"),
    ("eq", "v128 v128", "v128", "Sets all bits of each lane in which both are equal, clears the others"),
    ("ne", "v128 v128", "v128", "Sets all bits of each lane in which they differ, clears the others"),
];

const INTEGERS: &[Row] = &[
    ("extract_lane±", "v128", "T", "Gives the number in one lane, widened as a {sign} integer"),
    ("add", "v128 v128", "v128", "Adds lane by lane, wrapping around at N bits"),
    ("sub", "v128 v128", "v128", "Subtracts lane by lane, wrapping around at N bits"),
    ("mul", "v128 v128", "v128", "Multiplies lane by lane and keeps the low N bits of each"),
    ("add_sat±", "v128 v128", "v128", "Adds lane by lane, stopping at the limits of {sign} integers"),
    ("sub_sat±", "v128 v128", "v128", "Subtracts lane by lane, stopping at the limits of {sign} integers"),
    ("abs", "v128", "v128", "Gives the absolute value of every lane"),
    ("min±", "v128 v128", "v128", "Gives the smaller of each pair of lanes, as {sign} integers"),
    ("max±", "v128 v128", "v128", "Gives the larger of each pair of lanes, as {sign} integers"),
    ("avgr_u", "v128 v128", "v128", "Averages unsigned lanes, rounding up"),
    ("popcnt", "v128", "v128", "Counts the bits that are set in each lane"),
    ("all_true", "v128", "i32", "Gives 1 if no lane is zero, else 0"),
    ("bitmask", "v128", "i32", "Gathers the highest bit of every lane into one integer"),
    ("shl", "v128 i32", "v128", "Shifts every lane to the left by a count modulo N"),
    (
        "shr_s",
        "v128 i32",
        "v128",
        "Shifts every lane to the right by a count modulo N, repeating its sign bit",
    ),
    (
        "shr_u",
        "v128 i32",
        "v128",
        "Shifts every lane to the right by a count modulo N, filling up with zeros",
    ),
    (
        "lt±",
        "v128 v128",
        "v128",
        "Sets all bits of each lane that is less than its partner, as {sign} integers",
    ),
    (
        "gt±",
        "v128 v128",
        "v128",
        "Sets all bits of each lane that is greater than its partner, as {sign} integers",
    ),
    (
        "le±",
        "v128 v128",
        "v128",
        "Sets all bits of each lane that is at most its partner, as {sign} integers",
    ),
    (
        "ge±",
        "v128 v128",
        "v128",
        "Sets all bits of each lane that is at least its partner, as {sign} integers",
    ),
    (
        "swizzle",
        "v128 v128",
        "v128",
        "Picks bytes of the first vector by the indices in the second; 0 past its end",
    ),
    (
        "relaxed_swizzle",
        "v128 v128",
        "v128",
        "Picks bytes by index; indices past the end depend on the machine",
    ),
    ("shuffle", "v128 v128", "v128", "Picks 16 bytes out of the 32 of both vectors, by constant indices"),
    (
        "relaxed_laneselect",
        "v128 v128 v128",
        "v128",
        "Picks each lane from the first or the second by the third; mixed masks depend on the machine",
    ),
    (
        "q15mulr_sat_s",
        "v128 v128",
        "v128",
        "Multiplies fixed-point numbers of 15 bits, rounding, within limits",
    ),
    (
        "relaxed_q15mulr_s",
        "v128 v128",
        "v128",
        "Multiplies fixed-point numbers of 15 bits; overflow depends on the machine",
    ),
    ("dot_i16x8_s", "v128 v128", "v128", "Multiplies signed 16-bit lanes and adds each two neighbours"),
    (
        "relaxed_dot_i8x16_i7x16_s",
        "v128 v128",
        "v128",
        "Multiplies 8-bit by 7-bit lanes and adds each two neighbours",
    ),
    (
        "relaxed_dot_i8x16_i7x16_add_s",
        "v128 v128 v128",
        "v128",
        "Multiplies 8-bit by 7-bit lanes, adds each four neighbours, and adds the third vector",
    ),
];

const FLOATS: &[Row] = &[
    ("div", "v128 v128", "v128", "Divides the first vector by the second, lane by lane"),
    ("min", "v128 v128", "v128", "Gives the smaller of each pair of lanes; NaN if either is NaN"),
    ("max", "v128 v128", "v128", "Gives the larger of each pair of lanes; NaN if either is NaN"),
    ("pmin", "v128 v128", "v128", "Gives the second lane where it is less than the first, else the first"),
    ("pmax", "v128 v128", "v128", "Gives the second lane where it is greater than the first, else the first"),
    ("ceil", "v128", "v128", "Rounds every lane up to an integer"),
    ("floor", "v128", "v128", "Rounds every lane down to an integer"),
    ("trunc", "v128", "v128", "Rounds every lane towards zero to an integer"),
    ("nearest", "v128", "v128", "Rounds every lane to the nearest integer, ties to the even one"),
    ("sqrt", "v128", "v128", "Gives the square root of every lane"),
    (
        "lt",
        "v128 v128",
        "v128",
        "Sets all bits of each lane that is less than its partner, clears the others",
    ),
    (
        "gt",
        "v128 v128",
        "v128",
        "Sets all bits of each lane that is greater than its partner, clears the others",
    ),
    ("le", "v128 v128", "v128", "Sets all bits of each lane that is at most its partner, clears the others"),
    ("ge", "v128 v128", "v128", "Sets all bits of each lane that is at least its partner, clears the others"),
    (
        "relaxed_min",
        "v128 v128",
        "v128",
        "Gives the smaller of each pair of lanes; NaN and signed zeros depend on the machine",
    ),
    (
        "relaxed_max",
        "v128 v128",
        "v128",
        "Gives the larger of each pair of lanes; NaN and signed zeros depend on the machine",
    ),
    (
        "relaxed_madd",
        "v128 v128 v128",
        "v128",
        "Multiplies the first two and adds the third; rounded once or twice",
    ),
    (
        "relaxed_nmadd",
        "v128 v128 v128",
        "v128",
        "Multiplies the first two and subtracts that from the third; rounded once or twice",
    ),
    ("convert_i32x4±", "v128", "v128", "Makes {sign} 32-bit integers the nearest floats"),
    ("convert_low_i32x4±", "v128", "v128", "Makes the two low {sign} 32-bit integers floats, exactly"),
    ("demote_f64x2_zero", "v128", "v128", "Rounds two f64 to f32 in the low lanes, and clears the high ones"),
    ("promote_low_f32x4", "v128", "v128", "Makes the two low f32 lanes f64, exactly"),
];

const WHOLE: &[Row] = &[
    ("const", "", "v128", "Puts a constant vector on the stack"),
    ("not", "v128", "v128", "Flips every bit"),
    ("and", "v128 v128", "v128", "Keeps the bits that are set in both"),
    ("andnot", "v128 v128", "v128", "Keeps the bits of the first that are clear in the second"),
    ("or", "v128 v128", "v128", "Sets the bits that are set in either"),
    ("xor", "v128 v128", "v128", "Sets the bits that are set in one of them only"),
    (
        "bitselect",
        "v128 v128 v128",
        "v128",
        "Takes each bit from the first where the third has 1, else from the second",
    ),
    ("any_true", "v128", "i32", "Gives 1 if any bit is set, else 0"),
    ("load", "i32", "v128", "Reads 16 bytes from memory; traps out of bounds"),
    ("store", "i32 v128", "", "Writes 16 bytes to memory; traps out of bounds"),
    ("load8x8±", "i32", "v128", "Reads 8 bytes and widens each to a {sign} 16-bit lane"),
    ("load16x4±", "i32", "v128", "Reads four 16-bit integers and widens each to a {sign} 32-bit lane"),
    ("load32x2±", "i32", "v128", "Reads two 32-bit integers and widens each to a {sign} 64-bit lane"),
    ("load8_splat", "i32", "v128", "Reads a byte into every lane"),
    ("load16_splat", "i32", "v128", "Reads 16 bits into every lane"),
    ("load32_splat", "i32", "v128", "Reads 32 bits into every lane"),
    ("load64_splat", "i32", "v128", "Reads 64 bits into every lane"),
    ("load32_zero", "i32", "v128", "Reads 32 bits into the lowest lane and clears the others"),
    ("load64_zero", "i32", "v128", "Reads 64 bits into the lower lane and clears the other"),
    ("load8_lane", "i32 v128", "v128", "Reads a byte into one lane and leaves the others"),
    ("load16_lane", "i32 v128", "v128", "Reads 16 bits into one lane and leaves the others"),
    ("load32_lane", "i32 v128", "v128", "Reads 32 bits into one lane and leaves the other ones"),
    ("load64_lane", "i32 v128", "v128", "Reads 64 bits into one lane and leaves the other one"),
    ("store8_lane", "i32 v128", "", "Writes one 8-bit lane to memory"),
    ("store16_lane", "i32 v128", "", "Writes one 16-bit lane to memory"),
    ("store32_lane", "i32 v128", "", "Writes one 32-bit lane to memory"),
    ("store64_lane", "i32 v128", "", "Writes one 64-bit lane to memory"),
];

/// Operators whose names hold the shape that they read.
fn from_another_shape(shape: &str, operator: &str) -> Option<OperatorHelp> {
    let is_zeroing = operator.strip_suffix("_zero");
    let operator = is_zeroing.unwrap_or(operator);
    let (stem, sign) = match (operator.strip_suffix("_s"), operator.strip_suffix("_u")) {
        (Some(stem), _) => (stem, "signed"),
        (_, Some(stem)) => (stem, "unsigned"),
        _ => return None,
    };
    let (verb, from) = stem.rsplit_once('_')?;
    let rest = if is_zeroing.is_some() { ", and clears the high ones" } else { "" };
    let (num_inputs, summary) = match verb {
        "extend_low" => (1, format!("Widens the low half of the {sign} {from} lanes")),
        "extend_high" => (1, format!("Widens the high half of the {sign} {from} lanes")),
        "extadd_pairwise" => (1, format!("Adds each two neighbours of {sign} {from} lanes into a wider one")),
        "extmul_low" => (2, format!("Multiplies the low halves of {sign} {from} lanes into wider ones")),
        "extmul_high" => (2, format!("Multiplies the high halves of {sign} {from} lanes into wider ones")),
        "narrow" => {
            let how = format!("Narrows both vectors of {from} to {shape}");
            (2, format!("{how}, stopping at the limits of {sign} integers"))
        }
        "trunc_sat" => {
            (1, format!("Cuts {from} lanes to {sign} integers, 0 for NaN, within the limits{rest}"))
        }
        "relaxed_trunc" => {
            let how = format!("Cuts {from} lanes to {sign} integers{rest}");
            (1, format!("{how}; NaN and what is out of range depend on the machine"))
        }
        _ => return None,
    };
    let inputs = vec!["v128"; num_inputs].join(" ");
    Some(OperatorHelp { stack: format!("[{inputs}] → [v128]"), summary })
}

//! Operators on single numbers, and those that move them to and from memory.

use super::{OperatorHelp, Row, fill, find};

pub(super) fn help(name: &str) -> Option<OperatorHelp> {
    let (ty, operator) = name.split_once('.')?;
    let bits = match ty {
        "i32" | "f32" => "32",
        "i64" | "f64" => "64",
        _ => return None,
    };
    let rows = if ty.starts_with('i') { INTEGERS } else { FLOATS };
    if let Some((row, sign)) = find(rows, operator).or_else(|| find(BOTH, operator)) {
        return Some(fill(row, ty, bits, sign));
    }
    conversion(ty, operator).or_else(|| memory(ty, operator)).or_else(|| atomic(ty, operator))
}

const BOTH: &[Row] = &[
    ("const", "", "T", "Puts a constant on the stack"),
    ("add", "T T", "T", "Adds two numbers"),
    ("sub", "T T", "T", "Subtracts the second number from the first"),
    ("mul", "T T", "T", "Multiplies two numbers"),
    ("eq", "T T", "i32", "Gives 1 if both are equal, else 0"),
    ("ne", "T T", "i32", "Gives 1 if they differ, else 0"),
    ("load", "i32", "T", "Reads N bits from memory at an address; traps out of bounds"),
    ("store", "i32 T", "", "Writes N bits to memory at an address; traps out of bounds"),
];

const INTEGERS: &[Row] = &[
    ("add", "T T", "T", "Adds two integers, wrapping around at N bits"),
    ("sub", "T T", "T", "Subtracts the second integer from the first, wrapping around at N bits"),
    ("mul", "T T", "T", "Multiplies two integers and keeps the low N bits"),
    ("div±", "T T", "T", "Divides {sign} integers, rounding towards zero; traps on zero and on overflow"),
    ("rem±", "T T", "T", "Gives the remainder of a {sign} division; traps on zero"),
    ("and", "T T", "T", "Keeps the bits that are set in both"),
    ("or", "T T", "T", "Sets the bits that are set in either"),
    ("xor", "T T", "T", "Sets the bits that are set in one of them only"),
    ("shl", "T T", "T", "Shifts to the left by a count modulo N"),
    ("shr_s", "T T", "T", "Shifts to the right by a count modulo N, repeating the sign bit"),
    ("shr_u", "T T", "T", "Shifts to the right by a count modulo N, filling up with zeros"),
    ("rotl", "T T", "T", "Rotates the bits to the left by a count modulo N"),
    ("rotr", "T T", "T", "Rotates the bits to the right by a count modulo N"),
    ("clz", "T", "T", "Counts the zero bits above the highest bit that is set; N for zero"),
    ("ctz", "T", "T", "Counts the zero bits below the lowest bit that is set; N for zero"),
    ("popcnt", "T", "T", "Counts the bits that are set"),
    ("eqz", "T", "i32", "Gives 1 for zero, else 0"),
    ("lt±", "T T", "i32", "Gives 1 if the first is less than the second, as {sign} integers, else 0"),
    ("gt±", "T T", "i32", "Gives 1 if the first is greater than the second, as {sign} integers, else 0"),
    ("le±", "T T", "i32", "Gives 1 if the first is at most the second, as {sign} integers, else 0"),
    ("ge±", "T T", "i32", "Gives 1 if the first is at least the second, as {sign} integers, else 0"),
    ("extend8_s", "T", "T", "Takes the low 8 bits as a signed integer and widens it"),
    ("extend16_s", "T", "T", "Takes the low 16 bits as a signed integer and widens it"),
    ("extend32_s", "T", "T", "Takes the low 32 bits as a signed integer and widens it"),
    ("add128", "T T T T", "T T", "Adds two 128-bit integers, each given as its low and its high half"),
    ("sub128", "T T T T", "T T", "Subtracts two 128-bit integers, each given as its low and its high half"),
    ("mul_wide±", "T T", "T T", "Multiplies two {sign} integers into 128 bits, the low half first"),
];

const FLOATS: &[Row] = &[
    ("div", "T T", "T", "Divides the first number by the second; dividing by zero gives an infinity or NaN"),
    ("min", "T T", "T", "Gives the smaller number; NaN if either is NaN"),
    ("max", "T T", "T", "Gives the larger number; NaN if either is NaN"),
    ("copysign", "T T", "T", "Gives the first number with the sign of the second"),
    ("abs", "T", "T", "Clears the sign"),
    ("neg", "T", "T", "Flips the sign"),
    ("ceil", "T", "T", "Rounds up to an integer"),
    ("floor", "T", "T", "Rounds down to an integer"),
    ("trunc", "T", "T", "Rounds towards zero to an integer"),
    ("nearest", "T", "T", "Rounds to the nearest integer, ties to the even one"),
    ("sqrt", "T", "T", "Gives the square root; NaN for negative numbers"),
    ("lt", "T T", "i32", "Gives 1 if the first is less than the second, else 0; 0 with NaN"),
    ("gt", "T T", "i32", "Gives 1 if the first is greater than the second, else 0; 0 with NaN"),
    ("le", "T T", "i32", "Gives 1 if the first is at most the second, else 0; 0 with NaN"),
    ("ge", "T T", "i32", "Gives 1 if the first is at least the second, else 0; 0 with NaN"),
];

fn sign_of(name: &str) -> Option<(&str, &'static str)> {
    match (name.strip_suffix("_s"), name.strip_suffix("_u")) {
        (Some(stem), _) => Some((stem, "signed")),
        (_, Some(stem)) => Some((stem, "unsigned")),
        _ => None,
    }
}

fn conversion(ty: &str, operator: &str) -> Option<OperatorHelp> {
    let help =
        |from: &str, summary: String| Some(OperatorHelp { stack: format!("[{from}] → [{ty}]"), summary });
    if let Some(from) = operator.strip_prefix("reinterpret_") {
        return help(from, format!("Takes the bits of an {from} for an {ty}, unchanged"));
    }
    match operator {
        "wrap_i64" => return help("i64", "Keeps the low 32 bits of an i64".to_owned()),
        "demote_f64" => return help("f64", "Rounds an f64 to the nearest f32".to_owned()),
        "promote_f32" => return help("f32", "Makes an f32 an f64, exactly".to_owned()),
        _ => {}
    }
    let (stem, sign) = sign_of(operator)?;
    if let Some(from) = stem.strip_prefix("extend_") {
        let how = if sign == "signed" { "repeating its sign bit" } else { "filling up with zeros" };
        return help(from, format!("Widens an {from} to an {ty}, {how}"));
    }
    if let Some(from) = stem.strip_prefix("trunc_sat_") {
        let how = "the nearest possible value where it is out of range, 0 for NaN";
        return help(from, format!("Cuts an {from} to a {sign} integer; {how}"));
    }
    if let Some(from) = stem.strip_prefix("trunc_") {
        return help(from, format!("Cuts an {from} to a {sign} integer; traps on NaN and out of range"));
    }
    let from = stem.strip_prefix("convert_")?;
    help(from, format!("Makes a {sign} {from} the nearest {ty}"))
}

fn memory(ty: &str, operator: &str) -> Option<OperatorHelp> {
    if let Some(bits) = operator.strip_prefix("store") {
        return Some(OperatorHelp {
            stack: format!("[i32 {ty}] → []"),
            summary: format!("Writes the low {bits} bits to memory at an address; traps out of bounds"),
        });
    }
    let (stem, sign) = sign_of(operator)?;
    let bits = stem.strip_prefix("load")?;
    Some(OperatorHelp {
        stack: format!("[i32] → [{ty}]"),
        summary: format!("Reads {bits} bits from memory as a {sign} integer; traps out of bounds"),
    })
}

fn atomic(ty: &str, operator: &str) -> Option<OperatorHelp> {
    let operator = operator.strip_prefix("atomic.")?;
    let all = if ty == "i32" { "32" } else { "64" };
    let width = |digits: &str| if digits.is_empty() { all.to_owned() } else { digits.to_owned() };
    let operator = operator.strip_suffix("_u").unwrap_or(operator);
    let help = |stack: String, summary: String| Some(OperatorHelp { stack, summary });
    if let Some(bits) = operator.strip_prefix("load") {
        return help(format!("[i32] → [{ty}]"), format!("Reads {} bits from memory at once", width(bits)));
    }
    if let Some(bits) = operator.strip_prefix("store") {
        return help(format!("[i32 {ty}] → []"), format!("Writes {} bits to memory at once", width(bits)));
    }
    let (bits, change) = operator.strip_prefix("rmw")?.split_once('.')?;
    let bits = width(bits);
    let what = match change {
        "add" => "Adds to",
        "sub" => "Subtracts from",
        "and" => "Clears bits of",
        "or" => "Sets bits of",
        "xor" => "Flips bits of",
        "xchg" => "Replaces",
        "cmpxchg" => {
            let what = format!("Replaces {bits} bits of memory if they equal the second operand");
            return help(format!("[i32 {ty} {ty}] → [{ty}]"), format!("{what}; gives what was there before"));
        }
        _ => return None,
    };
    help(
        format!("[i32 {ty}] → [{ty}]"),
        format!("{what} {bits} bits of memory in one step; gives what was there before"),
    )
}

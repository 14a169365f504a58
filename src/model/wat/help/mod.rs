//! What every operator takes, gives and does, in a line.
//!
//! Knows operators by name alone; the types that depend on what an operator names are written as `t`.
//!
//! ```
//! use wasm_workbench::model::wat::operator_help;
//!
//! let help = operator_help("i32.add").unwrap();
//! assert_eq!(help.stack, "[i32 i32] → [i32]");
//! assert!(help.summary.starts_with("Adds"));
//! ```

mod control;
mod scalar;
mod vector;

#[cfg(test)]
mod tests;

/// What an operator does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorHelp {
    /// What it takes from the stack and puts there, such as `[i32 i32] → [i32]`.
    pub stack: String,
    /// What it does, in a sentence without a full stop.
    pub summary: String,
}

/// Returns what an operator does; `None` when there is no operator of that name.
pub fn operator_help(name: &str) -> Option<OperatorHelp> {
    control::help(name).or_else(|| scalar::help(name)).or_else(|| vector::help(name))
}

/// One row of a table: what stands behind the dot, inputs, outputs, and the sentence.
///
/// In all of them `T` is the type before the dot, in the sentence `N` its bits, `{sign}` is signed or
/// unsigned for operators that end in `_s` or `_u`.
type Row = (&'static str, &'static str, &'static str, &'static str);

/// Finds the row of an operator, with or without its sign; returns it with the sign.
fn find(rows: &[Row], name: &str) -> Option<(Row, &'static str)> {
    if let Some(row) = rows.iter().find(|row| row.0 == name) {
        return Some((*row, ""));
    }
    let (stem, sign) = match (name.strip_suffix("_s"), name.strip_suffix("_u")) {
        (Some(stem), _) => (stem, "signed"),
        (_, Some(stem)) => (stem, "unsigned"),
        _ => return None,
    };
    rows.iter().find(|row| row.0.strip_suffix('±') == Some(stem)).map(|row| (*row, sign))
}

/// Fills a row in.
fn fill(row: Row, ty: &str, bits: &str, sign: &str) -> OperatorHelp {
    let types = |list: &str| {
        let words = list.split_ascii_whitespace().map(|word| if word == "T" { ty } else { word });
        words.collect::<Vec<_>>().join(" ")
    };
    let words = row.3.split(' ').map(|word| {
        let (word, comma) = word.strip_suffix(',').map_or((word, ""), |word| (word, ","));
        let filled = match word {
            "N" => bits,
            "T" => ty,
            "{sign}" => sign,
            _ => word,
        };
        format!("{filled}{comma}")
    });
    OperatorHelp {
        stack: format!("[{}] → [{}]", types(row.1), types(row.2)),
        summary: words.collect::<Vec<_>>().join(" "),
    }
}

//! How a call of a sample must end, and whether it did.
//!
//! Knows the text form of results and their types from the values themselves, never from a module.

use std::fmt;

use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::Error as NameError;

use super::super::call::{CallRecord, DeniedGrowth, Outcome, TrapKind};
use super::super::limits::LimitKind;
use super::super::signature::ValueType;
use super::super::value::{Value, parse_value};
use super::words::split_words;

/// How a call must end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expectation {
    /// What ends it.
    pub end: ExpectedEnd,
    /// Growth that must be refused on the way; `None` when none may be.
    pub denied: Option<ExpectedDenial>,
    /// The expectation as the header writes it.
    pub text: String,
}

/// What must end a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExpectedEnd {
    /// It returns these values, in their text form.
    Returned(Vec<String>),
    /// It traps.
    Trapped(TrapKind),
    /// A limit stops it.
    Limit(LimitKind),
}

/// Growth that must be refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExpectedDenial {
    /// Which limit refuses it.
    pub what: LimitKind,
    /// The new total that was asked for, in pages or elements.
    pub requested: u64,
}

impl Expectation {
    /// Reads an expectation such as `42`, `nothing`, `trap unreachable` or `-1 denied memory_pages 17`.
    ///
    /// # Errors
    ///
    /// Returns what is wrong with it: no end at all, an unknown name, a denial without its numbers.
    pub fn parse(text: &str) -> Result<Self, String> {
        let words = split_words(text)?;
        let (end, denied) = match words.iter().position(|word| word == "denied") {
            Some(at) => (&words[..at], Some(parse_denial(&words[at + 1..])?)),
            None => (words.as_slice(), None),
        };
        let end = match end.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            [] => {
                return Err("a call needs an end: values, `nothing`, `limit NAME` or `trap NAME`".to_owned());
            }
            ["nothing"] => ExpectedEnd::Returned(Vec::new()),
            ["limit", name] => ExpectedEnd::Limit(from_name(name)?),
            ["trap", name] => ExpectedEnd::Trapped(from_name(name)?),
            ["limit" | "trap", ..] => return Err("`limit` and `trap` take one name".to_owned()),
            _ => ExpectedEnd::Returned(end.to_vec()),
        };
        Ok(Self { end, denied, text: text.to_owned() })
    }

    /// Compares the expectation with what a call did.
    ///
    /// # Errors
    ///
    /// Returns what was expected and what came instead, in one sentence.
    pub fn matches(&self, record: &CallRecord) -> Result<(), String> {
        self.check(record.outcome, &record.results, &record.denied)
    }

    /// Compares the expectation with the end, the results and the refused growth of a call.
    ///
    /// An expected `nan` stands for any NaN, since the specification leaves the payload to the machine. Any
    /// other value has to agree in every bit.
    ///
    /// # Errors
    ///
    /// Returns what was expected and what came instead, in one sentence.
    pub fn check(&self, outcome: Outcome, results: &[Value], denied: &[DeniedGrowth]) -> Result<(), String> {
        let is_met = match (&self.end, outcome) {
            (ExpectedEnd::Returned(expected), Outcome::Returned) => {
                expected.len() == results.len()
                    && expected.iter().zip(results).all(|(text, value)| is_same(text, value))
            }
            (ExpectedEnd::Trapped(expected), Outcome::Trapped(actual)) => *expected == actual,
            (ExpectedEnd::Limit(expected), Outcome::Limit(actual)) => *expected == actual,
            _ => false,
        };
        let is_denial_met = match self.denied {
            Some(expected) => denied
                .iter()
                .any(|actual| actual.what == expected.what && actual.requested == expected.requested),
            None => denied.is_empty(),
        };
        if is_met && is_denial_met {
            return Ok(());
        }
        Err(format!("expected {}, got {}", self.text, actual_text(outcome, results, denied)))
    }
}

/// Writes the expectation as the header does.
impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn parse_denial(words: &[String]) -> Result<ExpectedDenial, String> {
    let [what, requested] = words else {
        return Err("`denied` takes a limit and the new total that is asked for".to_owned());
    };
    let requested = requested.parse().map_err(|_| format!("`{requested}` is not a number"))?;
    match from_name(what)? {
        what @ (LimitKind::MemoryPages | LimitKind::TableElements) => Ok(ExpectedDenial { what, requested }),
        other => Err(format!("`{}` never refuses growth", other.snake_case())),
    }
}

/// Reads a limit or a trap by the name that it has in JSON.
fn from_name<'name, T: Deserialize<'name>>(name: &'name str) -> Result<T, String> {
    T::deserialize(name.into_deserializer()).map_err(|err: NameError| err.to_string())
}

fn is_same(expected: &str, actual: &Value) -> bool {
    let ty = match actual {
        Value::F32(bits) if expected == "nan" => return f32::from_bits(*bits).is_nan(),
        Value::F64(bits) if expected == "nan" => return f64::from_bits(*bits).is_nan(),
        Value::OpaqueRef(words) => return words == expected,
        Value::I32(_) => ValueType::I32,
        Value::I64(_) => ValueType::I64,
        Value::F32(_) => ValueType::F32,
        Value::F64(_) => ValueType::F64,
        Value::V128(_) => ValueType::V128,
        Value::FuncRef(_) => ValueType::FuncRef,
        Value::ExternRef(_) | Value::NullRef => ValueType::ExternRef,
    };
    parse_value(expected, &ty).is_ok_and(|value| value == *actual)
}

fn actual_text(outcome: Outcome, results: &[Value], denied: &[DeniedGrowth]) -> String {
    let end = match outcome {
        Outcome::Returned if results.is_empty() => "nothing".to_owned(),
        Outcome::Returned => results.iter().map(Value::to_text).collect::<Vec<_>>().join(" "),
        Outcome::Trapped(kind) => format!("trap {}", kind.snake_case()),
        Outcome::Limit(kind) => format!("limit {}", kind.snake_case()),
        Outcome::Cancelled | Outcome::Error => outcome.word().to_owned(),
    };
    match denied.last() {
        Some(last) => format!("{end} denied {} {}", last.what.snake_case(), last.requested),
        None => end,
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::growth::tests::refused;
    use super::*;

    /// Text of an expectation, then the outcome, results and refused growth that meet it or do not.
    type Case<'case> = (&'case str, Outcome, &'case [Value], &'case [DeniedGrowth]);

    fn denied(requested: u64) -> DeniedGrowth {
        refused(requested, 16)
    }

    #[test]
    fn an_end_is_met_by_itself_and_by_nothing_else() {
        let returned = Outcome::Returned;
        let ends: &[Case<'_>] = &[
            ("nothing", returned, &[], &[]),
            ("42", returned, &[Value::I32(42)], &[]),
            ("43", returned, &[Value::I64(43)], &[]),
            ("0x10 1.5", returned, &[Value::I32(16), Value::F32(1.5f32.to_bits())], &[]),
            ("-0", returned, &[Value::F64((-0f64).to_bits())], &[]),
            ("0", returned, &[Value::F64(0)], &[]),
            ("nan", returned, &[Value::F64(f64::NAN.to_bits() | 1)], &[]),
            ("'i32x4 1 0 0 0'", returned, &[Value::V128(1)], &[]),
            ("null", returned, &[Value::NullRef], &[]),
            (r#"'"hi"'"#, returned, &[Value::ExternRef("hi".to_owned())], &[]),
            ("-1 denied memory_pages 17", returned, &[Value::I32(-1)], &[denied(17)]),
            ("-1 denied memory_pages 18", returned, &[Value::I32(-1)], &[denied(18)]),
            ("-1", returned, &[Value::I32(-1)], &[]),
            ("trap unreachable", Outcome::Trapped(TrapKind::Unreachable), &[], &[]),
            ("trap bad_signature", Outcome::Trapped(TrapKind::BadSignature), &[], &[]),
            ("limit fuel", Outcome::Limit(LimitKind::Fuel), &[], &[]),
            ("limit call_depth", Outcome::Limit(LimitKind::CallDepth), &[], &[]),
        ];
        for (text, ..) in ends {
            let expectation = Expectation::parse(text).unwrap_or_else(|err| panic!("{text}: {err}"));
            for (other, outcome, results, refused) in ends {
                let answer = expectation.check(*outcome, results, refused);
                assert_eq!(answer.is_ok(), text == other, "{text} against {other}: {answer:?}");
            }
            assert!(expectation.check(Outcome::Cancelled, &[], &[]).is_err(), "{text}");
        }
    }

    #[test]
    fn the_payload_of_a_nan_counts_only_where_it_is_written() {
        let results = [Value::F32(0x7fc0_0001)];
        let check = |text: &str| Expectation::parse(text)?.check(Outcome::Returned, &results, &[]);
        assert_eq!(check("nan"), Ok(()));
        assert_eq!(check("nan:0x400001"), Ok(()));
        assert!(check("nan:0x400000").is_err());
    }

    #[test]
    fn a_mismatch_says_what_was_expected_and_what_came() {
        let trapped = Outcome::Trapped(TrapKind::Unreachable);
        let cases: &[(Case<'_>, &str)] = &[
            (("42", Outcome::Returned, &[Value::I32(41)], &[]), "expected 42, got 41"),
            (("42", Outcome::Returned, &[], &[]), "expected 42, got nothing"),
            (("42", Outcome::Error, &[], &[]), "expected 42, got error"),
            (("limit fuel", trapped, &[], &[]), "expected limit fuel, got trap unreachable"),
            (
                ("-1 denied memory_pages 18", Outcome::Returned, &[Value::I32(-1)], &[denied(17)]),
                "expected -1 denied memory_pages 18, got -1 denied memory_pages 17",
            ),
        ];
        for ((text, outcome, results, refused), message) in cases {
            let expectation = Expectation::parse(text).unwrap_or_else(|err| panic!("{text}: {err}"));
            assert_eq!(expectation.check(*outcome, results, refused), Err((*message).to_owned()));
        }
    }

    #[test]
    fn an_expectation_that_names_nothing_known_is_refused() {
        let cases = [
            ("", "a call needs an end"),
            ("denied memory_pages 1", "a call needs an end"),
            ("limit", "take one name"),
            ("trap unreachable now", "take one name"),
            ("limit patience", "unknown variant `patience`"),
            ("trap door", "unknown variant `door`"),
            ("-1 denied", "`denied` takes a limit and the new total"),
            ("-1 denied memory_pages many", "`many` is not a number"),
            ("-1 denied fuel 3", "`fuel` never refuses growth"),
            ("'open", "never closed"),
        ];
        for (text, message) in cases {
            let err = Expectation::parse(text).unwrap_err();
            assert!(err.contains(message), "{text}: {err}");
        }
    }

    #[test]
    fn every_trap_is_read_by_its_name_in_json() {
        for kind in [TrapKind::Unreachable, TrapKind::ArrayOutOfBounds, TrapKind::MissingImport] {
            let text = format!("trap {}", kind.snake_case());
            let end = Expectation::parse(&text).map(|expectation| expectation.end);
            assert_eq!(end, Ok(ExpectedEnd::Trapped(kind)));
        }
    }
}

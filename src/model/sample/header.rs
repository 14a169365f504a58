//! Reads the comment block at the head of a sample.
//!
//! Knows the keys of the header and nothing of the WebAssembly text below it.

use super::super::limits::{Limits, Preset};
use super::expectation::Expectation;
use super::words::split_words;
use super::{Sample, SampleCall, Section};

/// What is wrong with a sample's header.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct SampleError {
    /// Line of the source, from 1.
    pub line: u32,
    /// What is wrong there.
    pub message: String,
}

/// Reads the header of a sample: the lines at the top of the source that begin with `;;`.
///
/// # Errors
///
/// Returns the first line that is not `;; key: value` with a known key and a value that fits it, or line 1
/// when a key that every sample needs is missing.
pub fn parse(id: &'static str, source: &'static str) -> Result<Sample, SampleError> {
    let mut header = Header::default();
    for (line, text) in (1..).zip(source.lines()).take_while(|(_, text)| text.starts_with(";;")) {
        header.read(line, text).map_err(|message| SampleError { line, message })?;
    }
    let missing = |key: &str| SampleError { line: 1, message: format!("the header has no `{key}`") };
    if header.teaches.is_empty() {
        return Err(missing("teaches"));
    }
    Ok(Sample {
        id,
        title: header.title.ok_or_else(|| missing("title"))?,
        section: header.section.ok_or_else(|| missing("section"))?,
        order: header.order.ok_or_else(|| missing("order"))?,
        teaches: header.teaches.join(" "),
        limits: header.limits.ok_or_else(|| missing("limits"))?,
        stub_missing_imports: header.options.is_some(),
        calls: header.calls,
        source,
    })
}

/// The keys that were read so far.
#[derive(Default)]
struct Header {
    title: Option<String>,
    section: Option<Section>,
    order: Option<u32>,
    teaches: Vec<String>,
    limits: Option<Limits>,
    options: Option<()>,
    calls: Vec<SampleCall>,
}

impl Header {
    fn read(&mut self, line: u32, text: &str) -> Result<(), String> {
        let (key, value) = text
            .strip_prefix(";; ")
            .and_then(|text| text.split_once(": "))
            .filter(|(_, value)| !value.is_empty() && value.trim() == *value)
            .ok_or("expected `;; key: value`")?;
        match key {
            "title" => set_once(&mut self.title, value.to_owned(), key),
            "section" => set_once(&mut self.section, parse_section(value)?, key),
            "order" => set_once(&mut self.order, parse_order(value)?, key),
            "teaches" => {
                self.teaches.push(value.to_owned());
                Ok(())
            }
            "limits" => set_once(&mut self.limits, parse_limits(value)?, key),
            "options" if value == "stub_missing_imports" => set_once(&mut self.options, (), key),
            "options" => Err(format!("unknown option `{value}`")),
            "call" => {
                self.calls.push(parse_call(line, value)?);
                Ok(())
            }
            _ => Err(format!("unknown key `{key}`")),
        }
    }
}

fn set_once<T>(slot: &mut Option<T>, value: T, key: &str) -> Result<(), String> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(format!("`{key}` is given twice")),
    }
}

fn parse_section(value: &str) -> Result<Section, String> {
    Section::from_label(value).ok_or_else(|| format!("unknown section `{value}`"))
}

fn parse_order(value: &str) -> Result<u32, String> {
    let order = value.parse().ok().filter(|order| *order > 0);
    order.ok_or_else(|| format!("`{value}` is not a number from 1"))
}

/// Reads a preset and what differs from it, such as `default fuel=40000 call_depth=none`.
fn parse_limits(value: &str) -> Result<Limits, String> {
    let mut words = value.split(' ');
    let preset = words.next().unwrap_or_default();
    let preset = Preset::from_name(preset).ok_or_else(|| format!("unknown preset `{preset}`"))?;
    let mut limits = preset.limits();
    for word in words {
        let (key, value) =
            word.split_once('=').ok_or_else(|| format!("expected `limit=value`, found `{word}`"))?;
        let slot = match key {
            "memory_pages" => &mut limits.memory_pages,
            "growth_pages" => &mut limits.growth_pages,
            "table_elements" => &mut limits.table_elements,
            "instances" => &mut limits.instances,
            "execution_time_ms" => &mut limits.execution_time_ms,
            "fuel" => &mut limits.fuel,
            "call_depth" => &mut limits.call_depth,
            "trap_on_refused_growth" => {
                limits.trap_on_refused_growth =
                    value.parse().map_err(|_| format!("`{value}` is neither `true` nor `false`"))?;
                continue;
            }
            _ => return Err(format!("unknown limit `{key}`")),
        };
        *slot = match value {
            "none" => None,
            _ => Some(value.parse().map_err(|_| format!("`{value}` is neither a number nor `none`"))?),
        };
    }
    Ok(limits)
}

/// Reads a call and its end, such as `add 20 22 => 42`.
fn parse_call(line: u32, value: &str) -> Result<SampleCall, String> {
    let (text, end) = value.split_once(" => ").ok_or("expected `export arguments => end`")?;
    let mut words = split_words(text)?.into_iter();
    let export = words.next().ok_or("the call names no export")?;
    Ok(SampleCall {
        export,
        args: words.collect(),
        expect: Expectation::parse(end)?,
        text: text.to_owned(),
        line,
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::call::TrapKind;
    use super::super::{ExpectedEnd, Section};
    use super::*;

    const GOOD: &str = "\
;; title: Math
;; section: Start here
;; order: 2
;; teaches: One thing,
;; teaches: and another.
;; limits: default fuel=40000 call_depth=none trap_on_refused_growth=true
;; options: stub_missing_imports
;; call: add 10 -20 => -10
;; call: sum 'i32x4 1 2 3 4' => 10
;; call: (start) => nothing
;; call: div 1 0 => trap integer_divide_by_zero

(module)
;; unknown: this is below the header
";

    #[test]
    fn a_header_is_read_whole() {
        let sample = parse("math", GOOD).expect("the header is right");
        assert_eq!((sample.id, sample.title.as_str(), sample.order), ("math", "Math", 2));
        assert_eq!(sample.section, Section::StartHere);
        assert_eq!(sample.teaches, "One thing, and another.");
        let limits = Limits {
            fuel: Some(40_000),
            call_depth: None,
            trap_on_refused_growth: true,
            ..Limits::default()
        };
        assert_eq!(sample.limits, limits);
        assert!(sample.stub_missing_imports);
        let calls = sample.calls.iter().map(|call| (call.export.as_str(), call.args.len(), call.line));
        assert_eq!(
            calls.collect::<Vec<_>>(),
            [("add", 2, 8), ("sum", 1, 9), ("(start)", 0, 10), ("div", 2, 11)]
        );
        assert_eq!(sample.calls[1].args, ["i32x4 1 2 3 4"]);
        assert_eq!(sample.calls[0].text, "add 10 -20");
        assert_eq!(sample.calls[3].expect.end, ExpectedEnd::Trapped(TrapKind::IntegerDivideByZero));
        assert_eq!(sample.source, GOOD);
    }

    #[test]
    fn a_wrong_header_is_refused_with_its_line() {
        let cases = [
            ("(module)", 1, "no `teaches`"),
            (";; teaches: a", 1, "no `title`"),
            (";; title: a\n;;", 2, "expected `;; key: value`"),
            (";; title: a\n;; order:  1", 2, "expected `;; key: value`"),
            (";;title: a", 1, "expected `;; key: value`"),
            (";; colour: red", 1, "unknown key `colour`"),
            (";; title: a\n;; title: b", 2, "`title` is given twice"),
            (";; section: Elsewhere", 1, "unknown section `Elsewhere`"),
            (";; order: 0", 1, "`0` is not a number from 1"),
            (";; options: none", 1, "unknown option `none`"),
            (";; limits: generous", 1, "unknown preset `generous`"),
            (";; limits: default fuel", 1, "expected `limit=value`, found `fuel`"),
            (";; limits: default patience=1", 1, "unknown limit `patience`"),
            (";; limits: default fuel=lots", 1, "`lots` is neither a number nor `none`"),
            (";; limits: default trap_on_refused_growth=1", 1, "`1` is neither `true` nor `false`"),
            (";; call: add 1 2", 1, "expected `export arguments => end`"),
            (";; call: '' x", 1, "expected `export arguments => end`"),
            (";; call: add 'x => 1", 1, "never closed"),
            (";; call: add 1 => trap door", 1, "unknown variant `door`"),
        ];
        for (source, line, message) in cases {
            let err = parse("wrong", source).expect_err(source);
            assert_eq!(err.line, line, "{source}");
            assert!(err.message.contains(message), "{source}: {err}");
        }
    }
}

//! The verb `validate`: checks sources and tells everything that is wrong with each.
//!
//! Compiles and runs nothing.

use std::collections::HashSet;
use std::ffi::OsString;

use super::args::{Input, no_input, take_input};
use super::engine_options::{OF_PROPOSALS, take_engine_option};
use super::failure::{Failure, location};
use super::{Status, output, unwritable};
use crate::engine::EngineSettings;
use crate::engine::front::{self, FrontOutput, SizeCaps};
use crate::model::humanize::bytes;

/// Checks what the words name.
///
/// # Errors
///
/// Fails when the words are wrong; what is wrong with a source is told at once, and the next is checked.
pub(super) fn execute(words: &[OsString]) -> Result<Status, Failure> {
    let mut status = Status::Good;
    let (inputs, engine) = parse(words)?;
    for input in inputs {
        match check(&input, &engine) {
            Ok((file, checked)) => tell(&file, &checked)?,
            Err(failure) => {
                output::to_stderr(&failure.to_text());
                status = Status::Refused;
            }
        }
    }
    Ok(status)
}

fn parse(words: &[OsString]) -> Result<(Vec<Input>, EngineSettings), Failure> {
    let mut inputs = Vec::new();
    let mut seen = HashSet::new();
    let mut engine = EngineSettings::default();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if take_engine_option(&OF_PROPOSALS, word, &mut words, &mut engine)? {
            continue;
        }
        let mut input = None;
        take_input(&mut input, word, "validate", "")?;
        if word == "-" && !seen.insert(word) {
            return Err(Failure::usage("standard input can be read once"));
        }
        inputs.extend(input);
    }
    if inputs.is_empty() { Err(no_input("validate")) } else { Ok((inputs, engine)) }
}

fn check(input: &Input, engine: &EngineSettings) -> Result<(String, FrontOutput), Failure> {
    let source = input.read()?;
    match front::check(&source.bytes, &SizeCaps::default(), engine.features()) {
        Ok(checked) => Ok((source.file, checked)),
        Err(failure) => Err(Failure::of_source(source.file, failure.diagnostics)),
    }
}

/// Tells that a source is valid, and what its author should know nevertheless.
fn tell(file: &str, checked: &FrontOutput) -> Result<(), Failure> {
    for warning in &checked.warnings {
        output::tell(&format!("{}: warning: {}", location(file, Some(&warning.place)), warning.message));
    }
    let what = if checked.kind.is_component() { "component" } else { "module" };
    let line = format!("{file}: valid {what}, {} of wasm", bytes(checked.wasm.len() as u64));
    output::to_stdout(&(output::printable_line(&line) + "\n")).map_err(|err| unwritable(&err))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_files_may_be_named_and_standard_input_once() {
        let os = |words: &str| words.split_whitespace().map(OsString::from).collect::<Vec<_>>();
        assert_eq!(parse(&os("a b --enable simd - a")).map(|(inputs, _)| inputs.len()).ok(), Some(4));
        for words in ["", "a --json", "- a -", "a --enable", "a --enable smd", "a --compiler winch"] {
            assert!(parse(&os(words)).is_err(), "{words}");
        }
    }
}

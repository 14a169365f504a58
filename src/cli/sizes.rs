//! The verb `sizes`: shows what a binary is made of, to the byte.
//!
//! Decides no exit code and prints no failure: both are the dispatcher's.

use std::cmp::Reverse;
use std::ffi::OsString;

use serde::Serialize;

use super::args::{Input, no_input, take_input};
use super::engine_options::{OF_PROPOSALS, take_engine_option};
use super::failure::Failure;
use super::output::{self, printable_line};
use super::{Status, unwritable};
use crate::engine::EngineSettings;
use crate::engine::front::{self, SizeCaps};
use crate::engine::listing::ListingError;
use crate::engine::sizes::sizes;
use crate::model::diagnostic::Diagnostic;
use crate::model::humanize::{grouped, percent};
use crate::model::module_sizes::ModuleSizes;

/// Most rows of a list for people.
const MOST_ROWS: usize = 20;

/// The document for scripts.
#[derive(Serialize)]
struct Document<'a> {
    file: &'a str,
    #[serde(flatten)]
    sizes: &'a ModuleSizes,
}

/// Shows what the words ask for.
///
/// # Errors
///
/// Fails when the words are wrong, or the source can't be read, or is a text with errors.
pub(super) fn execute(words: &[OsString]) -> Result<Status, Failure> {
    let (input, json, engine) = parse(words)?;
    let source = input.read()?;
    let wasm = if source.bytes.starts_with(b"\0asm") {
        source.bytes.into()
    } else {
        let checked = front::check(&source.bytes, &SizeCaps::default(), engine.features());
        checked.map_err(|failure| Failure::of_source(source.file.clone(), failure.diagnostics))?.wasm
    };
    let sizes = sizes(&wasm).map_err(|err| unmeasured(&source.file, &wasm, &engine, &err))?;
    let text = if json { to_json(&source.file, &sizes) } else { to_text(&sizes) };
    output::to_stdout(&text).map_err(|err| unwritable(&err))?;
    Ok(Status::Good)
}

/// Says why a binary can't be measured: what is wrong with it, in the words of `validate` where it knows that.
fn unmeasured(file: &str, wasm: &[u8], engine: &EngineSettings, err: &ListingError) -> Failure {
    let checked = front::check(wasm, &SizeCaps::default(), engine.features());
    let diagnostics = checked.err().map_or_else(Vec::new, |failure| failure.diagnostics);
    if !diagnostics.is_empty() {
        return Failure::of_source(file.to_owned(), diagnostics);
    }
    let diagnostic = match err {
        ListingError::Malformed { offset, message } => {
            Diagnostic::error(message.clone()).at_offset(*offset as u64)
        }
        ListingError::TooLarge { .. } | ListingError::Stopped => Diagnostic::error(err.to_string()),
    };
    Failure::of_source(file.to_owned(), vec![diagnostic])
}

fn parse(words: &[OsString]) -> Result<(Input, bool, EngineSettings), Failure> {
    let mut input = None;
    let mut json = false;
    let mut engine = EngineSettings::default();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if word == "--json" {
            json = true;
        } else if !take_engine_option(&OF_PROPOSALS, word, &mut words, &mut engine)? {
            take_input(&mut input, word, "sizes", "it takes FILE and `--json`")?;
        }
    }
    Ok((input.ok_or_else(|| no_input("sizes"))?, json, engine))
}

fn to_json(file: &str, sizes: &ModuleSizes) -> String {
    let document = Document { file, sizes };
    serde_json::to_string_pretty(&document).expect("text and numbers always serialise") + "\n"
}

fn to_text(sizes: &ModuleSizes) -> String {
    let what = if sizes.is_component { "component" } else { "module" };
    let mut lines = vec![format!("{what}, {} bytes", grouped(sizes.bytes))];
    let total = sizes.bytes;
    let sections = sizes.outermost().filter(|section| section.kind != "custom");
    let customs = sizes.custom_sections().map(|section| (section.bytes, section.name.clone()));
    let customs = customs.map(|(size, name)| (size, name.unwrap_or_default()));
    let module = |module: u32| if sizes.is_component { format!(", module {module}") } else { String::new() };
    let functions = sizes.functions.iter().map(|it| (it.bytes, it.label() + &module(it.module)));
    let data = sizes.data.iter().map(|it| {
        let place = it.address.map_or_else(String::new, |address| format!(" at {address:#x}"));
        (it.bytes, it.label() + &place + &module(it.module))
    });
    list("sections", sections.map(|it| (it.bytes, it.label())).collect(), total, &mut lines);
    list("custom sections", customs.collect(), total, &mut lines);
    list("functions", functions.collect(), total, &mut lines);
    list("data", data.collect(), total, &mut lines);
    lines.join("\n") + "\n"
}

/// Writes a headed list, largest first; nothing when it is empty.
fn list(head: &str, mut rows: Vec<(u64, String)>, total: u64, lines: &mut Vec<String>) {
    if rows.is_empty() {
        return;
    }
    rows.sort_by_key(|(size, _)| Reverse(*size));
    let sum = rows.iter().map(|(size, _)| size).sum::<u64>();
    lines.push(String::new());
    lines.push(format!(
        "{head}: {}, {} bytes, {}",
        grouped(rows.len() as u64),
        grouped(sum),
        percent(sum, total)
    ));
    for (size, label) in rows.iter().take(MOST_ROWS) {
        let share = percent(*size, total);
        lines.push(format!("  {:>12}  {share:>6}  {}", grouped(*size), printable_line(label)));
    }
    if let Some(rest) = rows.get(MOST_ROWS..).filter(|rest| !rest.is_empty()) {
        let sum = rest.iter().map(|(size, _)| size).sum::<u64>();
        let (count, share) = (grouped(rest.len() as u64), percent(sum, total));
        lines.push(format!("  {:>12}  {share:>6}  in {count} more; `--json` lists them all", grouped(sum)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_shows_its_largest_rows_and_sums_up_the_rest() {
        let rows = (1..=MOST_ROWS as u64 + 2).map(|size| (size, format!("f{size}"))).collect();
        let mut lines = Vec::new();
        list("functions", rows, 1000, &mut lines);
        assert_eq!(lines.len(), MOST_ROWS + 3);
        assert!(lines[2].ends_with("f22"), "{}", lines[2]);
        assert!(lines[MOST_ROWS + 2].contains(" 3 ") && lines[MOST_ROWS + 2].contains("in 2 more"));
    }
}

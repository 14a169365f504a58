//! The verb `print`: writes a module or component as text, all of it or one function.
//!
//! Decides no exit code and prints no failure: both are the dispatcher's. The text is never whole in memory.

use std::ffi::OsString;
use std::io::{self, BufWriter, Write};

use super::args::{Input, no_input, take_input, utf8};
use super::engine_options::{OF_PROPOSALS, take_engine_option};
use super::failure::Failure;
use super::{Status, unwritable};
use crate::engine::EngineSettings;
use crate::engine::front::{self, SizeCaps};
use crate::engine::inspect::inspect;
use crate::engine::listing::{ListedFunction, Listing, WriteError, write_text};
use crate::model::interface::ExternType;
use crate::model::nearest::nearest;

/// What `print` was asked for.
#[derive(Debug, PartialEq, Eq)]
struct PrintArgs {
    input: Input,
    /// The function that is printed, by name or index; `None` for everything.
    function: Option<String>,
    /// Whether each line tells its offset.
    offsets: bool,
    /// What the source may use.
    engine: EngineSettings,
}

/// Prints what the words ask for.
///
/// # Errors
///
/// Fails when the words are wrong, the source can't be read or is not valid, or has no such function.
pub(super) fn execute(words: &[OsString]) -> Result<Status, Failure> {
    let args = parse(words)?;
    let source = args.input.read()?;
    let checked = front::check(&source.bytes, &SizeCaps::default(), args.engine.features())
        .map_err(|failure| Failure::of_source(source.file.clone(), failure.diagnostics))?;
    drop(source);
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let written = match args.function {
        Some(wanted) => {
            let listing = Listing::index(checked.wasm, &mut |_, _| true)
                .map_err(|err| Failure::new(err.to_string()))?;
            let number = find(&listing, &wanted)?;
            write_function(&listing, number, args.offsets, &mut out)
        }
        None => match write_text(&checked.wasm, args.offsets, &mut out) {
            Err(WriteError::Output(err)) => Err(err),
            Err(err @ WriteError::Malformed { .. }) => return Err(Failure::new(err.to_string())),
            Ok(()) => Ok(()),
        },
    };
    match written.and_then(|()| out.flush()) {
        Err(err) if err.kind() == io::ErrorKind::BrokenPipe => {
            // What is left in the buffer has no reader either.
            let _ = out.into_parts();
            Ok(Status::Good)
        }
        Err(err) => Err(unwritable(&err)),
        Ok(()) => Ok(Status::Good),
    }
}

fn parse(words: &[OsString]) -> Result<PrintArgs, Failure> {
    let mut input = None;
    let mut function = None;
    let mut offsets = false;
    let mut engine = EngineSettings::default();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if word == "--offsets" {
            offsets = true;
        } else if word == "--function" {
            let missing = || {
                Failure::usage("`--function` needs a name or an index after it")
                    .with_hint("`wasm-workbench sizes FILE` lists the functions")
            };
            function = Some(utf8(words.next().ok_or_else(missing)?, "the name of a function")?);
        } else if !take_engine_option(&OF_PROPOSALS, word, &mut words, &mut engine)? {
            take_input(&mut input, word, "print", "`--function` takes one name or index")?;
        }
    }
    Ok(PrintArgs { input: input.ok_or_else(|| no_input("print"))?, function, offsets, engine })
}

/// Finds the function that a word names: an index, a name, a name as the text writes it, or an export.
fn find(listing: &Listing, wanted: &str) -> Result<usize, Failure> {
    let bare = wanted.strip_prefix('$').unwrap_or(wanted);
    let named = |name: &str| listing.functions().filter(|it| it.name == Some(name)).collect::<Vec<_>>();
    let found = match wanted.parse::<u32>() {
        Ok(index) => listing.functions_with_index(index),
        Err(_) => [named(wanted), named(bare), exported(listing, wanted)]
            .into_iter()
            .find(|found| !found.is_empty())
            .unwrap_or_default(),
    };
    match &found[..] {
        [function] => Ok(function.number),
        [] => Err(not_found(listing, wanted, bare)),
        [..] => {
            let places =
                found.iter().take(10).map(|it| format!("func {} at {:#x}", it.index, it.bytes.start));
            let failure = Failure::new(format!("{} functions are `{wanted}`", found.len()));
            Err(failure.with_details(&places.collect::<Vec<_>>()))
        }
    }
}

/// Finds the function that a module exports under a name.
fn exported<'a>(listing: &'a Listing, name: &str) -> Vec<ListedFunction<'a>> {
    let Ok(interface) = inspect(listing.wasm()) else { return Vec::new() };
    let mut exports = interface.exports.iter();
    let export = exports.find(|export| export.name == name && matches!(export.ty, ExternType::Func(_)));
    export.map_or_else(Vec::new, |export| listing.functions_with_index(export.index))
}

fn not_found(listing: &Listing, wanted: &str, bare: &str) -> Failure {
    if let Ok(index) = wanted.parse::<u32>() {
        if listing.is_imported(index) {
            return Failure::new(format!("function {index} is imported, and has no code here"));
        }
        let last = listing.functions().map(|it| it.index).max();
        let failure = Failure::new(format!("there is no function {index}"));
        return match last {
            Some(last) => failure.with_hint(format!("the last one is {last}")),
            None => failure.with_hint("there is no function with code at all"),
        };
    }
    let failure = Failure::new(format!("there is no function `{wanted}`"));
    match nearest(bare, listing.functions().filter_map(|it| it.name)) {
        Some(meant) => failure.with_hint(format!("did you mean `{meant}`?")),
        None => failure.with_hint("`wasm-workbench sizes FILE` lists the functions"),
    }
}

/// Writes one function as it stands alone: without the indentation that it has in its module.
fn write_function(
    listing: &Listing,
    number: usize,
    with_offsets: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut indent = None;
    let mut result = Ok(());
    listing.print_function(number, |offset, line| {
        let spaces = line.len() - line.trim_start_matches(' ').len();
        let line = &line[spaces.min(*indent.get_or_insert(spaces))..];
        result = match offset.filter(|_| with_offsets) {
            Some(offset) => writeln!(out, "(;@{offset:<6x};) {line}"),
            None => writeln!(out, "{line}"),
        };
        result.is_ok()
    });
    result
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn os(words: &str) -> Vec<OsString> {
        words.split_whitespace().map(OsString::from).collect()
    }

    #[test]
    fn a_function_and_offsets_may_be_asked_for() {
        let args = parse(&os("--function 7 a.wasm --offsets")).expect("all are known");
        let input = Input::File(PathBuf::from("a.wasm"));
        assert_eq!(
            args,
            PrintArgs {
                input,
                function: Some("7".to_owned()),
                offsets: true,
                engine: EngineSettings::default()
            }
        );
        for words in ["", "a b", "a --function", "a --json"] {
            assert!(parse(&os(words)).is_err(), "{words}");
        }
    }

    #[test]
    fn a_function_is_found_by_what_people_call_it() {
        let text =
            "(module (import \"\" \"f\" (func)) (func $a) (func (export \"e x\")) (func $\"7\") (func $a_b))";
        let wasm = wat::parse_str(text).expect("the sample is good");
        let listing = Listing::index(wasm.into(), &mut |_, _| true).expect("the sample is small");
        let index = |wanted: &str| {
            let number = find(&listing, wanted).map_err(|failure| failure.message().to_owned())?;
            Ok(listing.function(number).map_or(0, |it| it.index))
        };
        assert_eq!(index("2"), Ok(2));
        assert_eq!(index("a_b"), Ok(4));
        assert_eq!(index("$a_b"), Ok(4));
        assert_eq!(index("$7"), Ok(3));
        assert_eq!(index("e x"), Ok(2));
        assert_eq!(index("0"), Err("function 0 is imported, and has no code here".to_owned()));
        assert_eq!(index("5"), Err("there is no function 5".to_owned()));
        assert_eq!(index("a_c"), Err("there is no function `a_c`".to_owned()));
    }
}

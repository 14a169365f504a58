//! The verbs without a window: their words, their reports and their exit status.
//!
//! Knows no window. What a verb reports goes to stdout, everything else to stderr.

mod args;
mod bench;
mod engine_options;
mod failure;
mod help;
mod input;
mod inspect;
mod limits;
mod operators;
mod output;
mod print;
mod report;
mod run;
mod session;
mod shadow;
mod sizes;
mod validate;

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::ExitCode;

pub use help::{VERBS, Verb};

use crate::model::nearest::nearest;
use crate::worker::disk::reason;
use failure::{Failure, shortened};

/// How a verb ended; the only place where exit codes are decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Status {
    /// Everything that was called returned.
    Good = 0,
    /// A guest trapped, hit a limit or was cancelled.
    GuestFailed = 1,
    /// The words are wrong, or the source can't be read, is not valid, can't be compiled or linked, or has no
    /// such export or function.
    Refused = 2,
}

/// Tells whether a first word asks for work without a window: a verb, an option, or a verb with a slip in it.
pub fn is_verb(word: &OsStr) -> bool {
    if word.to_str().is_some_and(|word| is_work(word) || word == "help") {
        return true;
    }
    let is_option = word.len() > 1 && word.as_encoded_bytes().starts_with(b"-");
    // What is there to be opened is a file, whatever it is called.
    is_option || (verb_meant(word).is_some() && !Path::new(word).exists())
}

/// Returns the verb that was probably meant by a word which is none.
fn verb_meant(word: &OsStr) -> Option<&'static str> {
    nearest(word.to_str()?, VERBS.iter().map(|verb| verb.name))
}

/// Tells whether a word is one of the verbs that do work.
fn is_work(word: &str) -> bool {
    VERBS.iter().any(|verb| verb.name == word)
}

/// Does what the words after the program's name ask for, and tells how it ended.
pub fn run(args: &[OsString]) -> ExitCode {
    let (first, words) =
        args.split_first().map_or((OsStr::new("help"), &[][..]), |(first, words)| (first, words));
    let result = match first.to_str() {
        Some(verb) if is_work(verb) && args::asks_for_help(words) => print(&help::of_verb(verb)),
        Some("run") => run::execute(words),
        Some("inspect") => inspect::execute(words),
        Some("limits") => limits::execute(words),
        Some("bench") => bench::execute(words),
        Some("operators") => operators::execute(words),
        Some("print") => print::execute(words),
        Some("validate") => validate::execute(words),
        Some("sizes") => sizes::execute(words),
        Some("help" | "--help" | "-h") => help_on(words),
        Some("--version" | "-V") => print(concat!("wasm-workbench ", env!("CARGO_PKG_VERSION"), "\n")),
        _ => Err(unknown_verb(first)),
    };
    let status = result.unwrap_or_else(|failure| {
        output::to_stderr(&failure.to_text());
        if args::asks_for_json(args) {
            // A stdout that can't be written leaves nobody to tell, and the status says enough.
            let _ = output::to_stdout(&failure.to_json());
        }
        Status::Refused
    });
    ExitCode::from(status as u8)
}

fn help_on(words: &[OsString]) -> Result<Status, Failure> {
    match words.first() {
        None => print(&help::overview()),
        Some(word) => match word.to_str().filter(|word| is_work(word)) {
            Some(verb) => print(&help::of_verb(verb)),
            None => Err(unknown_verb(word)),
        },
    }
}

fn unknown_verb(word: &OsStr) -> Failure {
    let kind = if word.as_encoded_bytes().starts_with(b"-") { "option" } else { "verb" };
    let failure = Failure::usage(format!("there is no {kind} `{}`", shortened(&word.display().to_string())));
    match verb_meant(word) {
        Some(meant) => failure.with_hint(format!("did you mean `{meant}`?")),
        None if kind == "option" => {
            failure.with_hint("options follow a verb, see `wasm-workbench help`; a file is written `./-x`")
        }
        None => failure.with_hint("see `wasm-workbench help`"),
    }
}

fn print(text: &str) -> Result<Status, Failure> {
    output::to_stdout(text).map_err(|err| unwritable(&err))?;
    Ok(Status::Good)
}

/// The report could not be written: whoever reads stdout must not take that for a success.
fn unwritable(err: &std::io::Error) -> Failure {
    Failure::new(format!("can't write to standard output: {}", reason(err)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_no_verb() {
        for verb in ["run", "inspect", "help", "--help", "-h", "--version", "-V", "--json", "rum", "validat"]
        {
            assert!(is_verb(OsStr::new(verb)), "{verb}");
        }
        for other in ["", "-", "./rum", "run.wat", "plugin.wasm", "src", "two words"] {
            assert!(!is_verb(OsStr::new(other)), "{other}");
        }
    }
}

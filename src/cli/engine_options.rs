//! Reads what is said of the engine: compiler, optimisation, proposals.
//!
//! Knows no file and no plugin, and not which verb the words are for.

use std::ffi::{OsStr, OsString};

use super::args::utf8;
use super::failure::Failure;
use crate::engine::{Compiler, EngineSettings, Optimization};
use crate::model::nearest::nearest;
use crate::model::proposal::Proposal;

/// An option about the engine; each takes one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EngineOption {
    /// Who makes the machine code.
    Compiler,
    /// What it optimises for.
    OptLevel,
    /// Switches a proposal on, with those that it needs.
    Enable,
    /// Switches a proposal off.
    Disable,
}

/// The options that say what a source may use, for verbs that run nothing.
pub(super) const OF_PROPOSALS: [(&str, EngineOption); 2] =
    [("--enable", EngineOption::Enable), ("--disable", EngineOption::Disable)];

/// Takes one of those options and the word after it; tells whether the word was one.
///
/// # Errors
///
/// Says what the word after it should have been.
pub(super) fn take_engine_option<'a>(
    options: &[(&'static str, EngineOption)],
    word: &OsStr,
    words: &mut impl Iterator<Item = &'a OsString>,
    engine: &mut EngineSettings,
) -> Result<bool, Failure> {
    let Some((name, option)) = options.iter().find(|(name, _)| word == *name) else { return Ok(false) };
    let missing = || Failure::usage(format!("`{name}` needs {} after it", option.takes()));
    let operand = utf8(words.next().ok_or_else(missing)?, &option.takes())?;
    option.set(name, &operand, engine)?;
    Ok(true)
}

impl EngineOption {
    /// All options by name.
    pub(super) const ALL: [(&str, Self); 4] = [
        ("--compiler", Self::Compiler),
        ("--opt-level", Self::OptLevel),
        ("--enable", Self::Enable),
        ("--disable", Self::Disable),
    ];

    /// Says what word the option takes.
    pub(super) fn takes(self) -> String {
        match self {
            Self::Compiler => one_of(Compiler::ALL.map(Compiler::name)),
            Self::OptLevel => one_of(Optimization::ALL.map(Optimization::name)),
            Self::Enable | Self::Disable => "a proposal, such as `simd`".to_owned(),
        }
    }

    /// Changes the settings as the word says.
    ///
    /// # Errors
    ///
    /// Says what the word should have been.
    pub(super) fn set(self, name: &str, word: &str, engine: &mut EngineSettings) -> Result<(), Failure> {
        match self {
            Self::Compiler => {
                let found = Compiler::ALL.into_iter().find(|compiler| compiler.name() == word);
                engine.compiler =
                    found.ok_or_else(|| self.wrong(name, word, Compiler::ALL.map(Compiler::name)))?;
            }
            Self::OptLevel => {
                let found = Optimization::ALL.into_iter().find(|level| level.name() == word);
                engine.optimization =
                    found.ok_or_else(|| self.wrong(name, word, Optimization::ALL.map(Optimization::name)))?;
            }
            Self::Enable | Self::Disable => {
                let names = || Proposal::ALL.map(Proposal::name);
                let proposal = Proposal::from_name(word).ok_or_else(|| self.wrong(name, word, names()))?;
                if let Some(reason) = proposal.never().filter(|_| self == Self::Enable) {
                    return Err(Failure::usage(format!("`{word}` can't be enabled: {reason}")));
                }
                engine.proposals.set(proposal, self == Self::Enable);
            }
        }
        Ok(())
    }

    fn wrong<const N: usize>(self, name: &str, word: &str, names: [&'static str; N]) -> Failure {
        let failure = Failure::usage(format!("`{name}` takes {}, not `{word}`", self.takes()));
        match nearest(word, names.into_iter()) {
            Some(meant) => failure.with_hint(format!("did you mean `{meant}`?")),
            None if N > 3 => failure.with_hint(format!("there are `{}`", names.join("`, `"))),
            None => failure,
        }
    }
}

fn one_of<const N: usize>(names: [&str; N]) -> String {
    format!("one of `{}`", names.join("`, `"))
}

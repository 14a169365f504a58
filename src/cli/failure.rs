//! Why a verb could not do its work, for people on stderr and for scripts as JSON.
//!
//! A guest that traps is no failure of the verb: that is in its report.

use serde::Serialize;

use super::output::printable;
use crate::model::diagnostic::{Diagnostic, Place, Severity};

/// One or more reasons why a verb could not do its work.
#[derive(Debug)]
pub(super) struct Failure {
    /// What the places are in; `None` when none has a place.
    file: Option<String>,
    first: Reason,
    others: Vec<Reason>,
}

/// One thing that is wrong; the fields are the keys of its JSON.
#[derive(Debug, Default, Serialize)]
struct Reason {
    message: String,
    /// The message laid out in lines for people, where it lists many things.
    #[serde(skip)]
    layout: Option<String>,
    place: Option<Place>,
    hint: Option<String>,
}

#[derive(Serialize)]
struct Document<'a> {
    error: &'a Reason,
    /// All of them, where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<Vec<&'a Reason>>,
}

impl Failure {
    /// Says that the words of the command are wrong.
    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self::new(message)
    }

    /// Says what is wrong, without a place.
    pub(super) fn new(message: impl Into<String>) -> Self {
        let first = Reason { message: message.into(), ..Reason::default() };
        Self { file: None, first, others: Vec::new() }
    }

    /// Adds what to do about it.
    pub(super) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.first.hint = Some(hint.into());
        self
    }

    /// Adds what the message is about, such as names.
    pub(super) fn with_details(mut self, details: &[String]) -> Self {
        self.first.layout = Some(format!("{}:\n  {}", self.first.message, details.join("\n  ")));
        self.first.message = format!("{}: {}", self.first.message, details.join(", "));
        self
    }

    /// Makes a failure of the errors of a source, warnings left out.
    pub(super) fn of_source(file: String, diagnostics: Vec<Diagnostic>) -> Self {
        let mut reasons = diagnostics.into_iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
        let first = reasons.next().unwrap_or_else(|| Diagnostic::error("the source does not compile"));
        Self { file: Some(file), first: first.into(), others: reasons.map(Reason::from).collect() }
    }

    /// Returns the first message.
    #[cfg(test)]
    pub(super) fn message(&self) -> &str {
        &self.first.message
    }

    /// Writes the lines for people: `file:line:column: message` for what is wrong in a source.
    pub(super) fn to_text(&self) -> String {
        let mut text = String::new();
        for reason in self.reasons() {
            match &self.file {
                Some(file) => {
                    text += &format!("{}: {}\n", location(file, reason.place.as_ref()), reason.message);
                }
                None => {
                    text += &format!("error: {}\n", reason.layout.as_ref().unwrap_or(&reason.message));
                }
            }
            if let Some(hint) = &reason.hint {
                text += &format!("  hint: {hint}\n");
            }
        }
        printable(&text)
    }

    /// Writes the document for scripts.
    ///
    /// # Panics
    ///
    /// Never: what it writes always serialises.
    pub(super) fn to_json(&self) -> String {
        let errors = (!self.others.is_empty()).then(|| self.reasons().collect());
        let document = Document { error: &self.first, errors };
        serde_json::to_string_pretty(&document).expect("text and numbers always serialise") + "\n"
    }

    fn reasons(&self) -> impl Iterator<Item = &Reason> {
        std::iter::once(&self.first).chain(&self.others)
    }
}

impl From<Diagnostic> for Reason {
    fn from(diagnostic: Diagnostic) -> Self {
        let place = Some(diagnostic.place).filter(|place| *place != Place::default());
        Self { message: diagnostic.message, layout: None, place, hint: diagnostic.hint }
    }
}

/// Writes `file:line:column`, or with the binary's offset where there is no text.
pub(super) fn location(file: &str, place: Option<&Place>) -> String {
    match place.map(|place| (place.line, place.column, place.offset)) {
        Some((Some(line), Some(column), _)) => format!("{file}:{line}:{column}"),
        Some((_, _, Some(offset))) => format!("{file}:{offset:#x}"),
        _ => file.to_owned(),
    }
}

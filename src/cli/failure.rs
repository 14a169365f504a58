//! Why a verb could not do its work, for people on stderr and for scripts as JSON.
//!
//! A guest that traps is no failure of the verb: that is in its report.

use serde::Serialize;

use super::output::printable_line;
use crate::model::diagnostic::{Diagnostic, Place, Severity};

/// One or more reasons why a verb could not do its work.
#[derive(Debug)]
pub(super) struct Failure(Box<Reasons>);

#[derive(Debug, Default)]
struct Reasons {
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
    /// The hint as lines for people, where there are several.
    #[serde(skip)]
    hints: Vec<String>,
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
        Self(Box::new(Reasons { first, ..Reasons::default() }))
    }

    /// Adds what to do about it.
    pub(super) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.first.hint = Some(hint.into());
        self
    }

    /// Adds several things that may be done about it.
    pub(super) fn with_hints(mut self, hints: Vec<String>) -> Self {
        self.0.first.hint = Some(hints.join("; "));
        self.0.first.hints = hints;
        self
    }

    /// Adds what the message is about, such as names.
    pub(super) fn with_details(mut self, details: &[String]) -> Self {
        let lines: Vec<_> = details.iter().map(|detail| printable_line(detail)).collect();
        self.0.first.layout =
            Some(format!("{}:\n  {}", printable_line(&self.0.first.message), lines.join("\n  ")));
        self.0.first.message = format!("{}: {}", self.0.first.message, details.join(", "));
        self
    }

    /// Makes a failure of the errors of a source, warnings left out.
    pub(super) fn of_source(file: String, diagnostics: Vec<Diagnostic>) -> Self {
        let mut reasons = diagnostics.into_iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
        let first = reasons.next().unwrap_or_else(|| Diagnostic::error("the source does not compile"));
        let others = reasons.map(Reason::from).collect();
        Self(Box::new(Reasons { file: Some(file), first: first.into(), others }))
    }

    /// Returns the first message.
    #[cfg(test)]
    pub(super) fn message(&self) -> &str {
        &self.0.first.message
    }

    /// Writes the lines for people: `file:line:column: message` for what is wrong in a source.
    ///
    /// Whatever names, words and files are in it, each message and each hint is one line: a guest's name with a
    /// line break in it can't write an error of its own.
    pub(super) fn to_text(&self) -> String {
        let mut lines = Vec::new();
        for reason in self.reasons() {
            let message = match (&self.0.file, &reason.layout) {
                (Some(file), _) => {
                    printable_line(&format!("{}: {}", location(file, reason.place.as_ref()), reason.message))
                }
                // Its lines were made one by one.
                (None, Some(layout)) => format!("error: {layout}"),
                (None, None) => printable_line(&format!("error: {}", reason.message)),
            };
            lines.push(message);
            let whole = reason.hint.as_slice();
            let hints = if reason.hints.is_empty() { whole } else { &reason.hints };
            lines.extend(hints.iter().map(|hint| printable_line(&format!("  hint: {hint}"))));
        }
        lines.join("\n") + "\n"
    }

    /// Writes the document for scripts.
    ///
    /// # Panics
    ///
    /// Never: what it writes always serialises.
    pub(super) fn to_json(&self) -> String {
        let errors = (!self.0.others.is_empty()).then(|| self.reasons().collect());
        let document = Document { error: &self.0.first, errors };
        serde_json::to_string_pretty(&document).expect("text and numbers always serialise") + "\n"
    }

    fn reasons(&self) -> impl Iterator<Item = &Reason> {
        std::iter::once(&self.0.first).chain(&self.0.others)
    }
}

impl From<Diagnostic> for Reason {
    fn from(diagnostic: Diagnostic) -> Self {
        let place = Some(diagnostic.place).filter(|place| *place != Place::default());
        Self { message: diagnostic.message, place, hint: diagnostic.hint, ..Self::default() }
    }
}

/// Shortens a word that somebody gave, so that a message stays one that can be read.
pub(super) fn shortened(word: &str) -> String {
    const MOST_CHARS: usize = 200;
    match word.char_indices().nth(MOST_CHARS) {
        Some((at, _)) => format!("{}…", &word[..at]),
        None => word.to_owned(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_a_line_break_writes_no_line_of_its_own() {
        let forged = "a\nerror: forged\n  hint: run `rm`\u{2028}\u{1b}[31m";
        let failures = [
            Failure::new(format!("no function is exported as `{forged}`")).with_hint(forged),
            Failure::new("nobody provides an import").with_details(&[forged.to_owned()]),
            Failure::new(forged).with_details(&[forged.to_owned(), forged.to_owned()]).with_hint(forged),
            Failure::of_source(forged.to_owned(), vec![Diagnostic::error(forged)]),
        ];
        let lines = [2, 2, 4, 1];
        for (failure, lines) in failures.iter().zip(lines) {
            let text = failure.to_text();
            assert_eq!(text.lines().count(), lines, "{text}");
            assert!(!text.contains('\u{1b}') && !text.contains('\u{2028}'), "{text}");
            let document: serde_json::Value = serde_json::from_str(&failure.to_json()).expect("it is JSON");
            assert!(document["error"]["message"].is_string());
        }
    }
}

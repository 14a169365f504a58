//! Writes to stdout and stderr, which may be closed, full, or a terminal that obeys escape sequences.
//!
//! Decides nothing about what is written.

use std::io::{self, Write};

/// Writes to stdout; whoever closed it early wanted no more, and that is no error.
///
/// # Errors
///
/// Returns the system's error for any other reason.
pub(super) fn to_stdout(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(err) if err.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// Writes to stderr, as far as somebody listens: there is no other place to complain.
pub(super) fn to_stderr(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Writes one line to stderr, whatever is in it: names and messages of strangers make no line of their own.
pub(super) fn tell(line: &str) {
    to_stderr(&(printable_line(line) + "\n"));
}

/// Shows control characters instead of obeying them: names, texts and log lines come from strangers.
pub(super) fn printable(text: &str) -> String {
    let is_harmless = |c: char| c == '\n' || !(c.is_control() || is_reordering(c));
    if text.chars().all(is_harmless) {
        return text.to_owned();
    }
    text.chars()
        .map(|c| if is_harmless(c) { c.to_string() } else { c.escape_default().to_string() })
        .collect()
}

/// As [`printable`], for what must stay on one line: every name, word or message in a line of this program.
pub(super) fn printable_line(text: &str) -> String {
    printable(text).replace('\n', "\\n")
}

/// Tells whether a character changes the order in which others are shown, or breaks a line without being a control
/// character.
fn is_reordering(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guest_can_not_steer_the_terminal() {
        assert_eq!(printable("é\n\u{1b}[2J\t\u{202e}"), "é\n\\u{1b}[2J\\t\\u{202e}");
        assert_eq!(printable_line("a\nb"), "a\\nb");
    }
}

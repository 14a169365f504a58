//! Takes a line apart into words the way a POSIX shell does.
//!
//! Knows quotes and nothing else of a shell: no variables, no patterns, no comments.

/// Splits a line at its spaces; quotes hold a word with spaces together and are taken off.
///
/// Single quotes keep everything as it stands. Inside double quotes, and outside of any, a backslash makes
/// the next character an ordinary one.
pub(super) fn split_words(line: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    let mut chars = line.chars();
    while let Some(char) = chars.next() {
        match (quote, char) {
            (Some(open), _) if char == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(char);
                word.get_or_insert_default();
            }
            (None | Some('"'), '\\') => {
                let escaped = chars.next().ok_or("the line ends with a backslash")?;
                word.get_or_insert_default().push(escaped);
            }
            (None, ' ') => words.extend(word.take()),
            _ => word.get_or_insert_default().push(char),
        }
    }
    if let Some(open) = quote {
        return Err(format!("a quote {open} is never closed"));
    }
    words.extend(word);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_apart_as_in_a_shell() {
        let cases: &[(&str, &[&str])] = &[
            ("", &[]),
            ("add 1 -2", &["add", "1", "-2"]),
            ("  a   b ", &["a", "b"]),
            ("sum 'i32x4 1 2 3 4'", &["sum", "i32x4 1 2 3 4"]),
            (r#"echo '"a b"'"#, &["echo", r#""a b""#]),
            (r#"echo "'c'" "a \"b\"""#, &["echo", "'c'", r#"a "b""#]),
            (r"it\'s '' a'b'c", &["it's", "", "abc"]),
        ];
        for (line, words) in cases {
            let expected = words.iter().map(|word| (*word).to_owned()).collect();
            assert_eq!(split_words(line), Ok(expected), "{line}");
        }
    }

    #[test]
    fn what_is_left_open_is_refused() {
        assert_eq!(split_words("a 'b"), Err("a quote ' is never closed".to_owned()));
        assert_eq!(split_words("a \"b'"), Err("a quote \" is never closed".to_owned()));
        assert_eq!(split_words("a \\"), Err("the line ends with a backslash".to_owned()));
    }
}

//! Writes the command that repeats a call, quoted for a POSIX shell.
//!
//! Knows the option names of `run`, but does not read them: that is the command line's own job.

use super::limits::{LimitKind, Limits, Preset};
use super::value::Value;

/// Joins words to a command that a POSIX shell takes apart into the same words.
pub fn shell_quote<W: AsRef<str>>(words: impl IntoIterator<Item = W>) -> String {
    words.into_iter().map(|word| quote_word(word.as_ref())).collect::<Vec<_>>().join(" ")
}

/// Writes the `wasm-workbench run …` that repeats one call under the same limits, and with `more` options.
pub fn run_command(file: &str, limits: &Limits, more: Vec<String>, export: &str, args: &[Value]) -> String {
    let mut words = vec!["wasm-workbench".to_owned(), "run".to_owned()];
    // A file whose name looks like an option, or like standard input, is named through its folder.
    words.push(if file.starts_with('-') { format!("./{file}") } else { file.to_owned() });
    words.extend(limit_words(limits));
    words.extend(more);
    words.extend(["--invoke".to_owned(), export.to_owned()]);
    words.extend(args.iter().map(Value::to_text));
    shell_quote(words)
}

/// Returns the option of `run` that sets a limit; the wasm stack has none.
pub fn limit_option(kind: LimitKind) -> Option<&'static str> {
    match kind {
        LimitKind::Fuel => Some("--max-fuel"),
        LimitKind::ExecutionTime => Some("--max-execution-time-ms"),
        LimitKind::MemoryPages => Some("--max-memory-pages"),
        LimitKind::GrowthPages => Some("--max-growth-pages"),
        LimitKind::TableElements => Some("--max-table-elements"),
        LimitKind::Instances => Some("--max-instances"),
        LimitKind::CallDepth => Some("--max-call-depth"),
        LimitKind::WasmStack => None,
    }
}

fn limit_words(limits: &Limits) -> Vec<String> {
    let mut words = Vec::new();
    let plain = Limits { trap_on_refused_growth: false, ..*limits };
    match plain.preset() {
        Some(Preset::Default) => {}
        Some(preset) => words.extend(["--limits".to_owned(), preset.name().to_owned()]),
        None => {
            for kind in LimitKind::FIELDS {
                let value = limits.get(kind);
                if let Some(option) = limit_option(kind).filter(|_| value != Limits::default().get(kind)) {
                    words.push(option.to_owned());
                    words.push(value.map_or_else(|| "none".to_owned(), |value| value.to_string()));
                }
            }
        }
    }
    if limits.trap_on_refused_growth {
        words.push("--trap-on-refused-growth".to_owned());
    }
    words
}

fn quote_word(word: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_@%+=:,./-".contains(&byte);
    if !word.is_empty() && word.bytes().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_survive_a_posix_shell() {
        let cases: &[(&[&str], &str)] = &[
            (&["run", "a.wat", "-5", "nan:0x1"], "run a.wat -5 nan:0x1"),
            (&["i32x4 1 2 3 4"], "'i32x4 1 2 3 4'"),
            (&[""], "''"),
            (&["it's"], r"'it'\''s'"),
            (&["\"hi\""], "'\"hi\"'"),
            (&["$(rm)", "a;b", "*", "~", "é", "a\nb", "#x"], "'$(rm)' 'a;b' '*' '~' 'é' 'a\nb' '#x'"),
        ];
        for (words, command) in cases {
            assert_eq!(shell_quote(*words), *command);
        }
    }

    #[test]
    fn a_call_is_repeated_with_its_arguments_and_limits() {
        let args = [Value::I32(-5), Value::V128(1), Value::ExternRef("hi".to_owned())];
        assert_eq!(
            run_command("my plugin.wat", &Limits::default(), Vec::new(), "add", &args),
            "wasm-workbench run 'my plugin.wat' --invoke add -5 \
             'i32x4 0x00000001 0x00000000 0x00000000 0x00000000' '\"hi\"'"
        );
        let tutorial = Limits { trap_on_refused_growth: true, ..Preset::Tutorial.limits() };
        assert_eq!(
            run_command("-", &tutorial, vec!["--prices".to_owned(), "*=0".to_owned()], "f", &[]),
            "wasm-workbench run ./- --limits tutorial --trap-on-refused-growth --prices '*=0' --invoke f"
        );
        let own = Limits { fuel: Some(7), growth_pages: Some(16), call_depth: None, ..Limits::default() };
        assert_eq!(
            run_command("a.wasm", &own, Vec::new(), "f", &[]),
            "wasm-workbench run a.wasm --max-fuel 7 --max-growth-pages 16 --max-call-depth none --invoke f"
        );
    }
}

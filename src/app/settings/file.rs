//! The settings file: its text as settings, and what of it can't be used, each with its line.
//!
//! Reads no file itself. The keys that there may be are those of the defaults, so that none need be listed twice.

use toml::de::{DeTable, DeValue};
use toml::{Table, Value};

use super::Settings;
use crate::model::nearest::nearest;

/// Problems that are told; of a file that is something else entirely there would be too many.
const MOST_PROBLEMS: usize = 20;

/// Reads a settings file: what it does not name, and what of it can't be used, keeps its default.
///
/// Also returns what can't be used: one sentence each, with the line.
pub(super) fn read(text: &str) -> (Settings, Vec<String>) {
    let document = match DeTable::parse(text) {
        Ok(document) => document,
        Err(err) => {
            let at = err.span().map_or(0, |span| span.start);
            let problem = format!("line {}: {}", line_of(text, at), err.message());
            return (Settings::default(), vec![problem]);
        }
    };
    let defaults = table_of(&Settings::default());
    let mut reader = Reader { text, used: defaults.clone(), defaults, problems: Vec::new() };
    reader.read_table(&mut Vec::new(), document.get_ref());
    let settings = Settings::deserialize_table(reader.used).unwrap_or_default();
    (settings, reader.problems)
}

/// Lists every key of the file, such as `engine.fuel`.
#[cfg(test)]
pub(super) fn keys() -> Vec<String> {
    fn list(prefix: &str, table: &Table, out: &mut Vec<String>) {
        for (key, value) in table {
            let path = format!("{prefix}{key}");
            match value {
                Value::Table(table) => list(&format!("{path}."), table, out),
                _ => out.push(path),
            }
        }
    }
    let mut out = Vec::new();
    list("", &table_of(&Settings::default()), &mut out);
    out
}

struct Reader<'a> {
    text: &'a str,
    defaults: Table,
    /// The defaults with what was read so far.
    used: Table,
    problems: Vec<String>,
}

impl Reader<'_> {
    fn read_table(&mut self, path: &mut Vec<String>, table: &DeTable<'_>) {
        for (key, value) in table {
            path.push(key.get_ref().to_string());
            match (value.get_ref(), at(&self.defaults, path)) {
                (_, None) => self.unknown(path, key.span().start),
                (DeValue::Table(inner), Some(Value::Table(_))) => self.read_table(path, inner),
                (_, Some(Value::Table(_))) => {
                    self.tell(key.span().start, &format!("`{}` is a table of keys", path.join(".")));
                }
                (_, Some(_)) => self.read_value(path, key.span().start, value.span()),
            }
            path.pop();
        }
    }

    /// Takes one value over, if the settings still are settings with it.
    fn read_value(&mut self, path: &[String], at_byte: usize, span: std::ops::Range<usize>) {
        let written = self.text.get(span).unwrap_or_default();
        let Some(value) = value_of(written) else { return };
        let mut alone = self.defaults.clone();
        put(&mut alone, path, value.clone());
        match Settings::deserialize_table(alone) {
            Ok(_) => put(&mut self.used, path, value),
            Err(reason) => {
                let reason = reason.trim().lines().next().unwrap_or_default();
                self.tell(at_byte, &format!("`{}` can't be `{written}`: {reason}", path.join(".")));
            }
        }
    }

    fn unknown(&mut self, path: &[String], at_byte: usize) {
        let Some((name, parents)) = path.split_last() else { return };
        let siblings =
            if parents.is_empty() { Some(&self.defaults) } else { inner_table(&self.defaults, parents) };
        let meant = siblings.and_then(|table| nearest(name, table.keys().map(String::as_str)));
        let hint = meant.map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"));
        self.tell(at_byte, &format!("there is no `{}`{hint}", path.join(".")));
    }

    fn tell(&mut self, at_byte: usize, problem: &str) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(format!("line {}: {problem}", line_of(self.text, at_byte)));
        }
    }
}

fn table_of(settings: &Settings) -> Table {
    Table::try_from(settings).unwrap_or_default()
}

fn value_of(written: &str) -> Option<Value> {
    let mut table: Table = toml::from_str(&format!("value = {written}")).ok()?;
    table.remove("value")
}

fn at<'a>(table: &'a Table, path: &[String]) -> Option<&'a Value> {
    let (name, parents) = path.split_last()?;
    inner_table(table, parents)?.get(name)
}

fn inner_table<'a>(table: &'a Table, path: &[String]) -> Option<&'a Table> {
    path.iter().try_fold(table, |table, name| table.get(name)?.as_table())
}

fn put(table: &mut Table, path: &[String], value: Value) {
    match path {
        [] => {}
        [name] => {
            table.insert(name.clone(), value);
        }
        [name, rest @ ..] => {
            if let Some(Value::Table(inner)) = table.get_mut(name) {
                put(inner, rest, value);
            }
        }
    }
}

fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::super::ThemeChoice;
    use super::*;
    use crate::model::proposal::Proposal;

    #[test]
    fn what_can_not_be_used_is_told_with_its_line_and_keeps_its_default() {
        let table = [
            ("theme = \"mauve\"", "line 1: `theme` can't be `\"mauve\"`: "),
            ("\ntext_percent = 9000", "line 2: `text_percent` can't be `9000`: it is 60 to 250"),
            ("\n\ntexst_percent = 90", "line 3: there is no `texst_percent`; did you mean `text_percent`?"),
            ("[engine]\ncompiler = \"gcc\"", "line 2: `engine.compiler` can't be `\"gcc\"`: "),
            ("[engine]\ncompiller = 1", "line 2: there is no `engine.compiller`; did you mean `compiler`?"),
            (
                "[engine.proposals]\nsimt = true",
                "line 2: there is no `engine.proposals.simt`; did you mean `simd`?",
            ),
            ("[engine.proposals]\nsimd = 1", "line 2: `engine.proposals.simd` can't be `1`: "),
            ("[limits]\nfuel = -1", "line 2: `limits.fuel` can't be `-1`: "),
            ("[limits]\nfuel = \"lots\"", "line 2: `limits.fuel` can't be `\"lots\"`: "),
            ("engine = 3", "line 1: `engine` is a table of keys"),
            ("theme = ", "line 1: "),
            ("[cache]\ndisk_mib = 99999999", "line 2: `cache.disk_mib` can't be `99999999`: "),
        ];
        for (text, problem) in table {
            let (settings, problems) = read(text);
            assert_eq!(settings, Settings::default(), "{text}");
            assert!(problems.len() == 1 && problems[0].starts_with(problem), "{text}: {problems:?}");
        }
    }

    #[test]
    fn a_problem_does_not_keep_the_rest_from_being_used() {
        let text = "theme = \"light\"\nfoo = 1\n[engine]\nfuel = 7\ncompiler = \"winch\"\n\
            proposals = { simd = false }\n[limits]\nfuel = \"none\"\ncall_depth = 5\n";
        let (settings, problems) = read(text);
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert_eq!((settings.theme, settings.engine.fuel), (ThemeChoice::Light, true));
        assert_eq!(settings.engine.compiler, crate::engine::Compiler::Winch);
        assert!(!settings.engine.proposals.has(Proposal::Simd));
        assert!(settings.engine.proposals.has(Proposal::TailCall));
        assert_eq!((settings.limits.fuel, settings.limits.call_depth), (None, Some(5)));
        assert_eq!(settings.limits.memory_pages, Some(256));
    }

    #[test]
    fn the_documentation_names_every_key() {
        let documentation = include_str!("../../../docs/settings.md");
        let missing: Vec<_> = keys()
            .into_iter()
            .filter(|key| {
                let name = key.rsplit('.').next().unwrap_or(key);
                !documentation.contains(&format!("`{name}`"))
            })
            .collect();
        assert!(missing.is_empty(), "docs/settings.md does not name {missing:?}");
    }

    #[test]
    fn the_example_in_the_documentation_holds_the_defaults() {
        let documentation = include_str!("../../../docs/settings.md");
        let example = documentation.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next());
        let (settings, problems) = read(example.expect("there is an example"));
        assert_eq!((settings, problems), (Settings::default(), Vec::new()));
    }
}

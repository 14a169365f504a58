//! Reads the words after the verbs that call, `run`, `limits`, `bench` and `operators`; and the words that all
//! verbs share.
//!
//! Opens no file and knows no plugin: which exports there are and what their values mean is decided later.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use super::engine_options::EngineOption;
use super::failure::{Failure, shortened};
use crate::engine::EngineSettings;
use crate::model::command_line::limit_option;
use crate::model::humanize::binary_bytes;
use crate::model::limit_rules::{LimitRule, LimitRules, MOST_RULES};
use crate::model::limits::{LimitKind, Limits, Preset};
use crate::model::nearest::nearest;
use crate::model::operators::PriceChanges;

/// Where a source comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Input {
    /// Standard input, written as `-`.
    Stdin,
    /// A file.
    File(PathBuf),
}

/// One `--invoke` with its words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Invoke {
    /// Name of the export.
    pub(super) export: String,
    /// Values, not read yet.
    pub(super) words: Vec<String>,
}

/// A verb that calls exports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CallVerb {
    Run,
    Limits,
    Bench,
    Operators,
}

/// What a verb that calls was asked for.
#[allow(clippy::struct_excessive_bools, reason = "each is an option of its own, and all go together")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CallArgs {
    /// Source of the plugin.
    pub(super) input: Input,
    /// Whether one JSON document is printed instead of lines for people.
    pub(super) json: bool,
    /// How often each call is made; once where it is not said.
    pub(super) repeat: Option<u64>,
    /// For how many nanoseconds the last call is made again.
    pub(super) nanos: Option<u64>,
    /// How many calls are made before any is measured.
    pub(super) warm_up: Option<u64>,
    /// Limits in force.
    pub(super) limits: Limits,
    /// Limits of single functions, which go before those.
    pub(super) rules: LimitRules,
    /// Whether missing imports are filled with stubs.
    pub(super) stub_missing_imports: bool,
    /// Whether the instance stays in use after a call that did not return.
    pub(super) keep_after_trap: bool,
    /// Engine that it is compiled for.
    pub(super) engine: EngineSettings,
    /// Whether builds of earlier runs are used, and this one is kept for later ones.
    pub(super) is_cached: bool,
    /// Calls in order.
    pub(super) invokes: Vec<Invoke>,
}

/// An option of a verb that calls, as far as reading it differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RunOption {
    Json,
    Repeat,
    Seconds,
    WarmUp,
    Prices,
    Limits,
    Limit(LimitKind),
    TrapOnRefusedGrowth,
    StubMissingImports,
    KeepAfterTrap,
    LimitFor,
    WasmStack,
    NoCache,
    Engine(EngineOption),
    Invoke,
}

const PLAIN_OPTIONS: [(&str, RunOption); 13] = [
    ("--json", RunOption::Json),
    ("--repeat", RunOption::Repeat),
    ("--seconds", RunOption::Seconds),
    ("--warm-up", RunOption::WarmUp),
    ("--prices", RunOption::Prices),
    ("--limits", RunOption::Limits),
    ("--limit-for", RunOption::LimitFor),
    ("--wasm-stack", RunOption::WasmStack),
    ("--trap-on-refused-growth", RunOption::TrapOnRefusedGrowth),
    ("--stub-missing-imports", RunOption::StubMissingImports),
    ("--keep-after-trap", RunOption::KeepAfterTrap),
    ("--no-cache", RunOption::NoCache),
    ("--invoke", RunOption::Invoke),
];

/// Ends the options: whatever follows is a value.
const END_OF_OPTIONS: &str = "--";

impl CallVerb {
    /// Returns the verb itself.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Limits => "limits",
            Self::Bench => "bench",
            Self::Operators => "operators",
        }
    }

    /// Finds the verb of that name.
    fn of_name(name: &str) -> Option<Self> {
        [Self::Run, Self::Limits, Self::Bench, Self::Operators].into_iter().find(|verb| verb.name() == name)
    }

    /// Lists every option of the verb with its name.
    fn options(self) -> impl Iterator<Item = (&'static str, RunOption)> {
        let limits = LimitKind::FIELDS.into_iter();
        let limits = limits.filter_map(|kind| Some((limit_option(kind)?, RunOption::Limit(kind))));
        let engine = EngineOption::ALL.into_iter().map(|(name, option)| (name, RunOption::Engine(option)));
        let all = PLAIN_OPTIONS.into_iter().chain(limits).chain(engine);
        all.filter(move |(_, option)| self.takes(*option))
    }

    fn takes(self, option: RunOption) -> bool {
        match option {
            RunOption::Repeat => matches!(self, Self::Run | Self::Bench),
            RunOption::Seconds | RunOption::WarmUp => self == Self::Bench,
            _ => true,
        }
    }
}

/// Returns the option that was probably meant by a word such as `--max-feul` or `--max-fuel=3`.
pub(super) fn option_meant_by(verb: CallVerb, word: &str) -> Option<String> {
    option_meant(word, verb.options().map(|(name, _)| name))
}

fn option_meant<'a>(word: &str, options: impl Iterator<Item = &'a str>) -> Option<String> {
    let (name, value) = word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value)));
    if !name.starts_with("--") {
        return None;
    }
    let option = nearest(name, options)?;
    Some(value.map_or_else(|| option.to_owned(), |value| format!("{option} {value}")))
}

/// Tells whether the words ask for JSON, also where they are wrong otherwise.
pub(super) fn asks_for_json(words: &[OsString]) -> bool {
    words.iter().take_while(|word| *word != END_OF_OPTIONS).any(|word| word == "--json")
}

/// Tells whether the words ask for help instead of work.
pub(super) fn asks_for_help(words: &[OsString]) -> bool {
    let is_invoke = |word: &&OsString| *word != "--invoke" && *word != END_OF_OPTIONS;
    words.iter().take_while(is_invoke).any(|word| word == "--help" || word == "-h")
}

/// Reads the words after a verb that calls.
///
/// # Errors
///
/// Says which word is wrong.
pub(super) fn parse_call_verb(verb: CallVerb, words: &[OsString]) -> Result<CallArgs, Failure> {
    let mut reader = RunReader {
        verb,
        words: words.iter(),
        place: Place::Outside,
        input: None,
        preset: Preset::Default,
        limits: Vec::new(),
        traps_on_refused_growth: false,
        rules: Vec::new(),
        args: CallArgs {
            input: Input::Stdin,
            json: false,
            repeat: None,
            nanos: None,
            warm_up: None,
            limits: Limits::default(),
            rules: LimitRules::default(),
            stub_missing_imports: false,
            keep_after_trap: false,
            engine: EngineSettings::default(),
            is_cached: true,
            invokes: Vec::new(),
        },
    };
    while let Some(word) = reader.words.next() {
        reader.take(word)?;
    }
    let input = reader.input.ok_or_else(|| no_input(verb.name()))?;
    if verb != CallVerb::Run && reader.args.invokes.is_empty() {
        return Err(Failure::usage(format!("`{}` needs an `--invoke NAME`", verb.name()))
            .with_hint("of several, the last is looked at and the others are made before it"));
    }
    if reader.args.repeat.is_some() && reader.args.nanos.is_some() {
        return Err(Failure::usage("`--repeat` and `--seconds` exclude each other"));
    }
    let mut limits = reader.preset.limits();
    for (kind, value) in reader.limits {
        limits.set(kind, value);
    }
    limits.trap_on_refused_growth = reader.traps_on_refused_growth;
    Ok(CallArgs { input, limits, rules: LimitRules::new(reader.rules), ..reader.args })
}

/// Whom a plain word belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// To no call.
    Outside,
    /// To the last `--invoke`, up to the next option.
    InInvoke,
    /// To the last `--invoke`, since `--` was met.
    PastOptions,
}

/// The words of a verb that calls, half read.
struct RunReader<'a> {
    verb: CallVerb,
    words: std::slice::Iter<'a, OsString>,
    place: Place,
    input: Option<Input>,
    preset: Preset,
    limits: Vec<(LimitKind, Option<u64>)>,
    traps_on_refused_growth: bool,
    rules: Vec<LimitRule>,
    /// All the rest.
    args: CallArgs,
}

impl RunReader<'_> {
    fn take(&mut self, word: &OsStr) -> Result<(), Failure> {
        if self.place == Place::PastOptions {
            return self.take_value(word);
        }
        if word == END_OF_OPTIONS {
            self.place = Place::PastOptions;
            return Ok(());
        }
        if let Some((name, option)) = self.verb.options().find(|(name, _)| word == *name) {
            return self.take_option(name, option);
        }
        if self.place == Place::InInvoke {
            return self.take_value(word);
        }
        take_input(&mut self.input, word, self.verb.name(), "values follow `--invoke NAME`")
    }

    fn take_option(&mut self, name: &'static str, option: RunOption) -> Result<(), Failure> {
        self.place = Place::Outside;
        match option {
            RunOption::Json => self.args.json = true,
            RunOption::TrapOnRefusedGrowth => self.traps_on_refused_growth = true,
            RunOption::StubMissingImports => self.args.stub_missing_imports = true,
            RunOption::KeepAfterTrap => self.args.keep_after_trap = true,
            RunOption::NoCache => self.args.is_cached = false,
            RunOption::Engine(option) => {
                let word = self.operand(name, &option.takes())?;
                option.set(name, &word, &mut self.args.engine)?;
            }
            RunOption::Repeat => self.args.repeat = Some(self.count(name)?),
            RunOption::Seconds => self.args.nanos = Some(self.nanos(name)?),
            RunOption::WarmUp => self.args.warm_up = Some(self.calls(name)?),
            RunOption::WasmStack => self.args.engine.wasm_stack_bytes = self.stack_bytes(name)?,
            RunOption::Prices => self.args.engine.prices = self.prices(name)?,
            RunOption::Limits => self.preset = self.preset(name)?,
            RunOption::LimitFor => {
                let rule = self.rule(name)?;
                self.rules.push(rule);
            }
            RunOption::Limit(kind) => {
                let value = self.limit(name)?;
                self.limits.push((kind, value));
            }
            RunOption::Invoke => self.begin_invoke()?,
        }
        Ok(())
    }

    fn begin_invoke(&mut self) -> Result<(), Failure> {
        const EXAMPLE: &str = "write the name of an exported function, such as `--invoke add 20 22`";
        let missing = || Failure::usage("`--invoke` needs the name of an export").with_hint(EXAMPLE);
        let mut word = self.words.next().ok_or_else(missing)?;
        self.place = Place::InInvoke;
        if word == END_OF_OPTIONS {
            // What follows may look like an option and still be the name.
            self.place = Place::PastOptions;
            word = self.words.next().ok_or_else(missing)?;
        } else if self.verb.options().any(|(name, _)| word == name) {
            return Err(missing());
        }
        let export = utf8(word, "the name of an export")?;
        self.args.invokes.push(Invoke { export, words: Vec::new() });
        Ok(())
    }

    fn take_value(&mut self, word: &OsStr) -> Result<(), Failure> {
        let Some(invoke) = self.args.invokes.last_mut() else {
            return Err(Failure::usage(format!("the value `{}` belongs to no call", word.display()))
                .with_hint("values follow `--invoke NAME`; a file such as `-x` is written `./-x`"));
        };
        invoke.words.push(utf8(word, "a value")?);
        Ok(())
    }

    /// Reads the word after an option; a word that is an option itself is none.
    fn operand(&mut self, name: &str, takes: &str) -> Result<String, Failure> {
        let missing = || Failure::usage(format!("`{name}` needs {takes} after it"));
        let word = self.words.next().ok_or_else(missing)?;
        if word == END_OF_OPTIONS || self.verb.options().any(|(name, _)| word == name) {
            return Err(missing());
        }
        utf8(word, takes)
    }

    fn count(&mut self, name: &str) -> Result<u64, Failure> {
        const TAKES: &str = "a number from 1 on";
        let word = self.operand(name, TAKES)?;
        number(&word).filter(|count| *count > 0).ok_or_else(|| wrong_operand(name, TAKES, &word))
    }

    fn calls(&mut self, name: &str) -> Result<u64, Failure> {
        const TAKES: &str = "a number of calls";
        let word = self.operand(name, TAKES)?;
        number(&word).ok_or_else(|| wrong_operand(name, TAKES, &word))
    }

    /// Reads the size of the native stack, such as `1048576` or `1MiB`.
    fn stack_bytes(&mut self, name: &str) -> Result<usize, Failure> {
        const TAKES: &str = "bytes, such as `1048576` or `1MiB`";
        let word = self.operand(name, TAKES)?;
        let bytes = size(&word).ok_or_else(|| wrong_operand(name, TAKES, &word))?;
        let range = EngineSettings::WASM_STACK_BYTES;
        usize::try_from(bytes).ok().filter(|bytes| range.contains(bytes)).ok_or_else(|| {
            let [least, most] = [*range.start(), *range.end()].map(|bytes| binary_bytes(bytes as u64));
            wrong_operand(name, &format!("{least} to {most}"), &word)
        })
    }

    fn rule(&mut self, name: &str) -> Result<LimitRule, Failure> {
        let word = self.operand(name, "a rule such as `fib*:fuel=1000,time_ms=50`")?;
        if self.rules.len() >= MOST_RULES {
            return Err(Failure::usage(format!("at most {MOST_RULES} `{name}` are taken")));
        }
        LimitRule::parse(&word).map_err(Failure::usage)
    }

    fn prices(&mut self, name: &str) -> Result<PriceChanges, Failure> {
        let word = self.operand(name, "prices such as `i32.mul=16`")?;
        PriceChanges::parse(&word).map_err(Failure::usage)
    }

    /// Reads seconds such as `2` or `0.5`, up to a day.
    fn nanos(&mut self, name: &str) -> Result<u64, Failure> {
        const TAKES: &str = "seconds, such as `2` or `0.5`";
        const MOST_SECONDS: f64 = 86_400.0;
        let word = self.operand(name, TAKES)?;
        let seconds = word.parse::<f64>().ok().filter(|seconds| (1e-9..=MOST_SECONDS).contains(seconds));
        let nanos = seconds.map(|seconds| std::time::Duration::from_secs_f64(seconds).as_nanos());
        nanos.and_then(|nanos| u64::try_from(nanos).ok()).ok_or_else(|| wrong_operand(name, TAKES, &word))
    }

    fn limit(&mut self, name: &str) -> Result<Option<u64>, Failure> {
        const TAKES: &str = "a number or `none`";
        let word = self.operand(name, TAKES)?;
        if word == "none" {
            return Ok(None);
        }
        number(&word).map(Some).ok_or_else(|| wrong_operand(name, TAKES, &word))
    }

    fn preset(&mut self, name: &str) -> Result<Preset, Failure> {
        let names = Preset::ALL.map(Preset::name);
        let takes = format!("one of `{}`", names.join("`, `"));
        let word = self.operand(name, &takes)?;
        Preset::from_name(&word).ok_or_else(|| {
            let failure = wrong_operand(name, &takes, &word);
            match nearest(&word, names.into_iter()) {
                Some(meant) => failure.with_hint(format!("did you mean `{meant}`?")),
                None => failure,
            }
        })
    }
}

/// Takes a word that stands outside of all calls as the file, if there is none yet.
pub(super) fn take_input(
    input: &mut Option<Input>,
    word: &OsStr,
    verb: &str,
    hint: &str,
) -> Result<(), Failure> {
    if word != "-" && word.as_encoded_bytes().starts_with(b"-") {
        let shown = shortened(&word.display().to_string());
        let unknown = Failure::usage(format!("`{verb}` has no option `{shown}`"));
        let meant = word.to_str().and_then(|word| match CallVerb::of_name(verb) {
            Some(caller) => option_meant_by(caller, word),
            None => option_meant(word, plain_options(verb)),
        });
        return Err(match meant {
            Some(meant) => unknown.with_hint(format!("did you mean `{meant}`?")),
            None => {
                unknown.with_hint(format!("see `wasm-workbench {verb} --help`; a file is written `./-x`"))
            }
        });
    }
    if input.is_some() {
        return Err(Failure::usage(format!(
            "`{verb}` takes one FILE, and `{}` is one too many",
            shortened(&word.display().to_string())
        ))
        .with_hint(hint));
    }
    *input = Some(if word == "-" { Input::Stdin } else { Input::File(PathBuf::from(word)) });
    Ok(())
}

/// Lists the options of a verb that makes no calls.
fn plain_options(verb: &str) -> impl Iterator<Item = &'static str> {
    let (own, has_engine): (&[&str], bool) = match verb {
        "print" => (&["--function", "--offsets"], false),
        "sizes" => (&["--json"], false),
        "inspect" => (&["--json"], true),
        _ => (&[], false),
    };
    let engine = EngineOption::ALL.into_iter().map(|(name, _)| name).filter(move |_| has_engine);
    own.iter().copied().chain(engine)
}

pub(super) fn no_input(verb: &str) -> Failure {
    Failure::usage(format!("`{verb}` needs a FILE, or `-` for standard input"))
        .with_hint(format!("see `wasm-workbench {verb} --help`"))
}

fn wrong_operand(name: &str, takes: &str, word: &str) -> Failure {
    Failure::usage(format!("`{name}` takes {takes}, not `{word}`"))
}

/// Reads a size such as `1MiB`, with or without a space before the unit; bytes where there is none.
fn size(word: &str) -> Option<u64> {
    let units = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("B", 1)];
    let split = |(unit, bytes)| Some((word.strip_suffix(unit)?.trim_end(), bytes));
    let (digits, unit) = units.into_iter().find_map(split).unwrap_or((word, 1));
    number(digits).filter(|_| !digits.is_empty())?.checked_mul(unit)
}

/// Reads a decimal number, without sign.
fn number(word: &str) -> Option<u64> {
    word.bytes().all(|byte| byte.is_ascii_digit()).then(|| word.parse().ok())?
}

pub(super) fn utf8(word: &OsStr, what: &str) -> Result<String, Failure> {
    let text =
        word.to_str().ok_or_else(|| Failure::usage(format!("{what} must be UTF-8: `{}`", word.display())))?;
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn os(words: &str) -> Vec<OsString> {
        words.split_whitespace().map(OsString::from).collect()
    }

    fn parsed(words: &str) -> CallArgs {
        parse_call_verb(CallVerb::Run, &os(words))
            .unwrap_or_else(|failure| panic!("{words}: {}", failure.message()))
    }

    fn invokes(words: &str) -> Vec<(String, Vec<String>)> {
        parsed(words).invokes.into_iter().map(|invoke| (invoke.export, invoke.words)).collect()
    }

    fn call(export: &str, words: &[&str]) -> (String, Vec<String>) {
        (export.to_owned(), words.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn options_stand_anywhere() {
        let expected = parsed("a.wat --json --max-fuel 7 --invoke add 1 2 --invoke f");
        for words in [
            "--max-fuel 7 --json a.wat --invoke add 1 2 --invoke f",
            "--invoke add 1 2 --json a.wat --max-fuel 7 --invoke f",
            "--invoke add 1 2 --invoke f --max-fuel 7 --json a.wat",
        ] {
            assert_eq!(parsed(words), expected, "{words}");
        }
        assert_eq!(expected.input, Input::File(PathBuf::from("a.wat")));
        assert_eq!(parsed("--json -").input, Input::Stdin);
    }

    #[test]
    fn a_call_takes_words_up_to_the_next_word_that_is_an_option() {
        let table = [
            (
                "x --invoke f -5 -inf -nan:0x1 --max --json",
                vec![call("f", &["-5", "-inf", "-nan:0x1", "--max"])],
            ),
            ("x --invoke f 1 --invoke f 2", vec![call("f", &["1"]), call("f", &["2"])]),
            ("x --invoke f --help --max-fuel=3", vec![call("f", &["--help", "--max-fuel=3"])]),
            (
                "x --invoke f 1 -- --json --invoke -- 2",
                vec![call("f", &["1", "--json", "--invoke", "--", "2"])],
            ),
            ("x --invoke f 1 --json -- -2", vec![call("f", &["1", "-2"])]),
            ("x --invoke -- --json 3 --repeat", vec![call("--json", &["3", "--repeat"])]),
            ("x --invoke -- --", vec![call("--", &[])]),
        ];
        for (words, expected) in table {
            assert_eq!(invokes(words), expected, "{words}");
        }
    }

    #[test]
    fn a_limit_overrides_its_preset_wherever_it_stands_and_none_lifts_it() {
        let args = parsed("--max-fuel none --max-call-depth 5 --max-memory-pages 0 x --limits tutorial");
        let expected =
            Limits { fuel: None, call_depth: Some(5), memory_pages: Some(0), ..Preset::Tutorial.limits() };
        assert_eq!(args.limits, expected);
        assert_eq!(parsed("x").limits, Limits::default());
        assert_eq!(parsed("x --max-instances 1 --max-instances 2").limits.instances, Some(2));
        assert!(parsed("x --trap-on-refused-growth --limits unlimited").limits.trap_on_refused_growth);
    }

    #[test]
    fn the_stack_is_given_in_bytes_or_in_larger_units() {
        for (word, bytes) in [
            ("16384", 16_384),
            ("16KiB", 16_384),
            ("1MiB", 1 << 20),
            ("256MiB", 256 << 20),
            ("65536B", 65_536),
        ] {
            assert_eq!(parsed(&format!("x --wasm-stack {word}")).engine.wasm_stack_bytes, bytes, "{word}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_a_way_out() {
        let table = [
            ("", "`run` needs a FILE, or `-` for standard input"),
            ("--json", "`run` needs a FILE, or `-` for standard input"),
            ("a b", "`run` takes one FILE, and `b` is one too many"),
            ("a --invoke f --json b", "`run` takes one FILE, and `b` is one too many"),
            ("a --max-feul 3", "`run` has no option `--max-feul`"),
            ("a --max-fuel=3", "`run` has no option `--max-fuel=3`"),
            ("-x", "`run` has no option `-x`"),
            ("a -- 3", "the value `3` belongs to no call"),
            ("a --invoke", "`--invoke` needs the name of an export"),
            ("a --invoke --json", "`--invoke` needs the name of an export"),
            ("a --invoke --", "`--invoke` needs the name of an export"),
            ("a --repeat", "`--repeat` needs a number from 1 on after it"),
            ("a --repeat --json", "`--repeat` needs a number from 1 on after it"),
            ("a --repeat 0", "`--repeat` takes a number from 1 on, not `0`"),
            ("a --repeat none", "`--repeat` takes a number from 1 on, not `none`"),
            ("a --max-fuel -1", "`--max-fuel` takes a number or `none`, not `-1`"),
            ("a --max-fuel +1", "`--max-fuel` takes a number or `none`, not `+1`"),
            (
                "a --max-fuel 18446744073709551616",
                "`--max-fuel` takes a number or `none`, not `18446744073709551616`",
            ),
            ("a --wasm-stack none", "`--wasm-stack` takes bytes, such as `1048576` or `1MiB`, not `none`"),
            ("a --wasm-stack MiB", "`--wasm-stack` takes bytes, such as `1048576` or `1MiB`, not `MiB`"),
            ("a --wasm-stack 16383", "`--wasm-stack` takes 16 KiB to 256 MiB, not `16383`"),
            ("a --wasm-stack 257MiB", "`--wasm-stack` takes 16 KiB to 256 MiB, not `257MiB`"),
            (
                "a --wasm-stack 18446744073709551615KiB",
                "`--wasm-stack` takes bytes, such as `1048576` or `1MiB`, not `18446744073709551615KiB`",
            ),
            (
                "a --limits tutrial",
                "`--limits` takes one of `default`, `restrictive`, `restricted`, `standard`, `unlimited`, `tutorial`, not `tutrial`",
            ),
        ];
        for (words, message) in table {
            let failure = parse_call_verb(CallVerb::Run, &os(words)).expect_err(words);
            assert_eq!(failure.message(), message, "{words}");
        }
        assert_eq!(option_meant_by(CallVerb::Run, "--max-feul=3").as_deref(), Some("--max-fuel 3"));
        assert_eq!(option_meant_by(CallVerb::Run, "-5"), None);
    }

    #[test]
    fn each_verb_has_its_own_options() {
        let bench = |words: &str| parse_call_verb(CallVerb::Bench, &os(words));
        let args = bench("x --seconds 0.5 --warm-up 0 --invoke f").expect("all are known");
        assert_eq!((args.nanos, args.warm_up, args.repeat), (Some(500_000_000), Some(0), None));
        let table = [
            (CallVerb::Run, "x --seconds 2", "`run` has no option `--seconds`"),
            (CallVerb::Limits, "x --repeat 2 --invoke f", "`limits` has no option `--repeat`"),
            (CallVerb::Limits, "x", "`limits` needs an `--invoke NAME`"),
            (CallVerb::Bench, "x --json", "`bench` needs an `--invoke NAME`"),
            (
                CallVerb::Bench,
                "x --repeat 3 --seconds 1 --invoke f",
                "`--repeat` and `--seconds` exclude each other",
            ),
            (
                CallVerb::Bench,
                "x --seconds -1 --invoke f",
                "`--seconds` takes seconds, such as `2` or `0.5`, not `-1`",
            ),
            (
                CallVerb::Bench,
                "x --seconds inf --invoke f",
                "`--seconds` takes seconds, such as `2` or `0.5`, not `inf`",
            ),
        ];
        for (verb, words, message) in table {
            let failure = parse_call_verb(verb, &os(words)).expect_err(words);
            assert_eq!(failure.message(), message, "{words}");
        }
    }

    #[test]
    fn json_and_help_are_heard_in_words_that_are_wrong_otherwise() {
        assert!(asks_for_json(&os("--bogus --json")));
        assert!(!asks_for_json(&os("x --invoke f -- --json")));
        assert!(asks_for_help(&os("x --help")));
        assert!(!asks_for_help(&os("x --invoke f --help")));
    }

    #[cfg(unix)]
    #[test]
    fn a_path_need_not_be_text_but_a_value_must() {
        use std::os::unix::ffi::OsStringExt;
        let odd = OsString::from_vec(vec![b'a', 0xff]);
        let args =
            parse_call_verb(CallVerb::Run, std::slice::from_ref(&odd)).expect("a path may be any bytes");
        assert_eq!(args.input, Input::File(PathBuf::from(&odd)));
        let words = [OsString::from("x"), "--invoke".into(), "f".into(), odd];
        assert!(parse_call_verb(CallVerb::Run, &words).is_err());
    }

    #[test]
    fn the_help_of_a_verb_names_every_option_that_it_takes() {
        for verb in [CallVerb::Run, CallVerb::Limits, CallVerb::Bench, CallVerb::Operators] {
            let help = crate::cli::help::of_verb(verb.name());
            for (name, option) in verb.options() {
                let of_limit = matches!(option, RunOption::Limit(_)) && help.contains("--max-… N");
                assert!(of_limit || help.contains(name), "{} {name}", verb.name());
            }
        }
        let help = crate::cli::help::of_verb("inspect");
        for (name, _) in EngineOption::ALL {
            assert!(help.contains(name), "inspect {name}");
        }
    }
}

//! Fuel and time of single functions: rules by name, of which the first that matches goes before the plugin's limits.
//!
//! Knows no fields and no engine; whoever makes a call asks which limits it has.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::limits::{LimitKind, Limits};

/// Most rules of a plugin.
pub const MOST_RULES: usize = 64;

/// Longest pattern, in bytes.
pub const MOST_PATTERN_BYTES: usize = 1024;

/// What a rule says of one limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum RuleBound {
    /// It stays with the plugin's own.
    #[default]
    Keep,
    /// There is no limit.
    Lift,
    /// It is this.
    At(u64),
}

/// Limits of the functions whose name matches a pattern.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LimitRule {
    /// Name of an export, such as `fib`, `_initialize` or `(start)`; each `*` stands for any letters.
    pub pattern: String,
    /// Units of fuel per call.
    pub fuel: RuleBound,
    /// Milliseconds of wall-clock time per call.
    pub time_ms: RuleBound,
}

/// The rules of a plugin, in their order; cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(from = "Vec<LimitRule>", into = "Vec<LimitRule>")]
pub struct LimitRules {
    /// `None` where there are none.
    rules: Option<Arc<[LimitRule]>>,
}

impl From<Vec<LimitRule>> for LimitRules {
    fn from(rules: Vec<LimitRule>) -> Self {
        Self::new(rules)
    }
}

impl From<LimitRules> for Vec<LimitRule> {
    fn from(rules: LimitRules) -> Self {
        rules.list().to_vec()
    }
}

impl RuleBound {
    /// Reads a bound: nothing keeps the plugin's, `none` lifts it.
    ///
    /// # Errors
    ///
    /// Says what is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        match text {
            "" => return Ok(Self::Keep),
            "none" | "∞" | "unlimited" => return Ok(Self::Lift),
            _ => {}
        }
        let digits = text.replace(['_', ' ', '\u{202f}', '\u{a0}'], "");
        let number = digits.parse().map(Self::At);
        number.map_err(|_| {
            format!("`{text}` is no whole number; `none` lifts the limit, nothing keeps the plugin's")
        })
    }

    /// Writes the bound as it is read.
    pub fn to_text(self) -> String {
        match self {
            Self::Keep => String::new(),
            Self::Lift => "none".to_owned(),
            Self::At(value) => value.to_string(),
        }
    }

    fn over(self, own: Option<u64>) -> Option<u64> {
        match self {
            Self::Keep => own,
            Self::Lift => None,
            Self::At(value) => Some(value),
        }
    }
}

impl LimitRule {
    /// Reads `PATTERN:fuel=N,time_ms=N`; a name may have colons in it.
    ///
    /// # Errors
    ///
    /// Says which part is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (pattern, bounds) = text
            .rsplit_once(':')
            .ok_or_else(|| format!("`{text}` is no rule: write `NAME:fuel=N,time_ms=N`"))?;
        let mut rule = Self { pattern: pattern.to_owned(), fuel: RuleBound::Keep, time_ms: RuleBound::Keep };
        rule.check()?;
        for part in bounds.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (key, value) = part
                .split_once('=')
                .ok_or_else(|| format!("`{part}` is no limit: write `fuel=N` or `time_ms=N`"))?;
            let bound = RuleBound::parse(value)?;
            match key.trim() {
                "fuel" => rule.fuel = bound,
                "time_ms" => rule.time_ms = bound,
                key => return Err(format!("a rule has no `{key}`: it has `fuel` and `time_ms`")),
            }
        }
        Ok(rule)
    }

    /// Returns the rule with a bound of its own for that limit; only fuel and time have one in a rule.
    #[must_use]
    pub fn with_bound(&self, kind: LimitKind, bound: RuleBound) -> Self {
        match kind {
            LimitKind::Fuel => Self { fuel: bound, ..self.clone() },
            LimitKind::ExecutionTime => Self { time_ms: bound, ..self.clone() },
            _ => self.clone(),
        }
    }

    /// Writes the rule as it is read, with all its bounds: `fib*:fuel=1000,time_ms=50`.
    pub fn to_text(&self) -> String {
        let part = |key: &str, bound: RuleBound| match bound {
            RuleBound::Keep => None,
            bound => Some(format!("{key}={}", bound.to_text())),
        };
        let parts = [part("fuel", self.fuel), part("time_ms", self.time_ms)];
        format!("{}:{}", self.pattern, parts.into_iter().flatten().collect::<Vec<_>>().join(","))
    }

    /// Tells whether the pattern can be one.
    ///
    /// # Errors
    ///
    /// Says why it can't.
    pub fn check(&self) -> Result<(), String> {
        match self.pattern.len() {
            0 => Err("a rule needs the name of a function; `*` stands for all".to_owned()),
            len if len > MOST_PATTERN_BYTES => {
                Err(format!("the name is longer than {MOST_PATTERN_BYTES} bytes"))
            }
            _ => Ok(()),
        }
    }

    /// Tells whether the rule is for that function.
    pub fn matches(&self, name: &str) -> bool {
        matches(&self.pattern, name)
    }

    /// Returns what the rule says of a limit.
    pub fn bound(&self, kind: LimitKind) -> RuleBound {
        match kind {
            LimitKind::Fuel => self.fuel,
            LimitKind::ExecutionTime => self.time_ms,
            _ => RuleBound::Keep,
        }
    }
}

impl LimitRules {
    /// No rules: every function has the plugin's own limits.
    pub const NONE: Self = Self { rules: None };

    /// Takes rules in their order; those beyond [`MOST_RULES`], and those whose pattern can't be one, are left out.
    pub fn new(mut rules: Vec<LimitRule>) -> Self {
        rules.retain(|rule| rule.check().is_ok());
        rules.truncate(MOST_RULES);
        Self { rules: (!rules.is_empty()).then(|| rules.into()) }
    }

    /// Tells whether every function has the plugin's own limits.
    pub fn is_empty(&self) -> bool {
        self.rules.is_none()
    }

    /// Returns the rules in their order.
    pub fn list(&self) -> &[LimitRule] {
        self.rules.as_deref().unwrap_or_default()
    }

    /// Returns the rules without what they say of time.
    #[must_use]
    pub fn without_time(&self) -> Self {
        let timeless = |rule: &LimitRule| LimitRule { time_ms: RuleBound::Keep, ..rule.clone() };
        Self::new(self.list().iter().map(timeless).collect())
    }

    /// Returns the first rule that is for that function.
    pub fn of(&self, name: &str) -> Option<&LimitRule> {
        self.list().iter().find(|rule| rule.matches(name))
    }

    /// Returns the limits of a call of that function, in a plugin with limits of its own.
    pub fn apply(&self, own: Limits, name: &str) -> Limits {
        let Some(rule) = self.of(name) else { return own };
        Limits {
            fuel: rule.fuel.over(own.fuel),
            execution_time_ms: rule.time_ms.over(own.execution_time_ms),
            ..own
        }
    }

    /// Returns the rules with one limit of that function set anew, where a rule sets it; `None` where none does.
    pub fn raised(&self, name: &str, kind: LimitKind, value: Option<u64>) -> Option<Self> {
        let at = self.list().iter().position(|rule| rule.matches(name))?;
        let mut rules = self.list().to_vec();
        if rules[at].bound(kind) == RuleBound::Keep {
            return None;
        }
        rules[at] = rules[at].with_bound(kind, value.map_or(RuleBound::Lift, RuleBound::At));
        Some(Self::new(rules))
    }
}

/// Matches a name against a pattern in which `*` stands for any letters, in time that grows with their product.
fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.len() >= last.len() && rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(texts: &[&str]) -> LimitRules {
        LimitRules::new(texts.iter().map(|text| LimitRule::parse(text).expect(text)).collect())
    }

    #[test]
    fn a_star_stands_for_any_letters() {
        let table = [
            ("fib", "fib", true),
            ("fib", "fibs", false),
            ("fib*", "fib", true),
            ("fib*", "fibonacci", true),
            ("*", "", true),
            ("*", "anything/at-all", true),
            ("my:pkg/*", "my:pkg/api#run", true),
            ("*#run", "my:pkg/api#run", true),
            ("*#run", "my:pkg/api#stop", false),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c", false),
            ("ab*ba", "aba", false),
            ("**", "x", true),
            ("(start)", "(start)", true),
        ];
        for (pattern, name, expected) in table {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn the_first_rule_that_matches_goes_before_the_plugins_limits() {
        let rules = rules(&["fib:fuel=100", "fib*:fuel=none,time_ms=5", "*:time_ms=9"]);
        let own = Limits { fuel: Some(7), execution_time_ms: Some(1000), ..Limits::default() };
        let of = |name: &str| {
            let limits = rules.apply(own, name);
            (limits.fuel, limits.execution_time_ms, limits.memory_pages)
        };
        assert_eq!(of("fib"), (Some(100), Some(1000), Some(256)));
        assert_eq!(of("fibonacci"), (None, Some(5), Some(256)));
        assert_eq!(of("add"), (Some(7), Some(9), Some(256)));
        assert_eq!(LimitRules::default().apply(own, "fib"), own);
    }

    #[test]
    fn a_limit_that_a_rule_sets_is_raised_in_the_rule() {
        let rules = rules(&["fib:fuel=100", "*:time_ms=9"]);
        let raised = rules.raised("fib", LimitKind::Fuel, Some(1000)).expect("the rule sets it");
        assert_eq!(raised.list()[0].fuel, RuleBound::At(1000));
        assert_eq!(rules.raised("fib", LimitKind::ExecutionTime, Some(5)), None, "the first rule keeps it");
        assert_eq!(rules.raised("add", LimitKind::MemoryPages, Some(5)), None);
        let lifted = rules.raised("add", LimitKind::ExecutionTime, None).expect("the rule sets it");
        assert_eq!(lifted.list()[1].time_ms, RuleBound::Lift);
    }

    #[test]
    fn what_is_wrong_with_a_rule_is_said() {
        let rule = LimitRule::parse("wasi:cli/run@0.2.0#run:fuel=1_000, time_ms=none").expect("it is a rule");
        assert_eq!(
            (rule.pattern.as_str(), rule.fuel, rule.time_ms),
            ("wasi:cli/run@0.2.0#run", RuleBound::At(1000), RuleBound::Lift)
        );
        for text in ["fib*:fuel=1000,time_ms=50", "a:b:time_ms=none", "fib:"] {
            assert_eq!(LimitRule::parse(text).map(|rule| rule.to_text()).as_deref(), Ok(text));
        }
        for (text, message) in [
            ("fib", "write `NAME:fuel=N,time_ms=N`"),
            (":fuel=1", "needs the name of a function"),
            ("fib:1", "write `fuel=N` or `time_ms=N`"),
            ("fib:depth=1", "has no `depth`"),
            ("fib:fuel=-1", "no whole number"),
        ] {
            let err = LimitRule::parse(text).expect_err(text);
            assert!(err.contains(message), "{err}");
        }
        for bound in [RuleBound::Keep, RuleBound::Lift, RuleBound::At(5)] {
            assert_eq!(RuleBound::parse(&bound.to_text()), Ok(bound));
        }
    }
}

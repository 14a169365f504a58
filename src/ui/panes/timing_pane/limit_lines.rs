//! Which limits the calls of a lane have, by series: the plugin's own, and those that rules give to functions.
//!
//! Knows no scale; where a limit lies is for the trace to say.

use crate::model::humanize;
use crate::model::limit_rules::LimitRules;
use crate::model::limits::{LimitKind, Limits};
use crate::model::timeline::Series;

use super::choice::short;

/// Exports that rules are looked up for, those with the most calls first.
const MOST_NAMES: usize = 64;
/// Different limits of a series that are told.
const MOST_LIMITS: usize = 3;

/// A limit of some calls of a lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CallLimit {
    /// In the unit of the series; `None` where there is no limit.
    pub(super) value: Option<u64>,
    /// Which calls have it; empty for all that no other limit of the lane is for.
    pub(super) of: String,
    /// Whether it stands for all limits that are not told.
    pub(super) is_rest: bool,
}

/// The limits of the calls of a lane; each series has at least one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LaneLimits {
    by_series: [Vec<CallLimit>; 4],
}

impl LaneLimits {
    /// Finds the limits of calls of those exports, which come with the most called one first.
    pub(super) fn of<'a>(own: Limits, rules: &LimitRules, names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut names = names.into_iter().take(if rules.is_empty() { 0 } else { usize::MAX });
        let looked_up: Vec<&str> = names.by_ref().take(MOST_NAMES).collect();
        let (names, has_more) = (looked_up, names.next().is_some());
        let limits: Vec<Limits> = names.iter().map(|name| rules.apply(own, name)).collect();
        let by_series = Series::ALL.map(|series| {
            let own = limit_of(series, &own);
            let mut groups: Vec<(Option<u64>, Vec<&str>)> = Vec::new();
            for (name, limits) in names.iter().zip(&limits) {
                let value = limit_of(series, limits);
                match groups.iter_mut().find(|group| group.0 == value) {
                    Some(group) => group.1.push(name),
                    None => groups.push((value, vec![name])),
                }
            }
            call_limits(own, groups, has_more)
        });
        Self { by_series }
    }

    /// Returns the limits of a series, the plugin's own first where calls have it.
    pub(super) fn get(&self, series: Series) -> &[CallLimit] {
        &self.by_series[series as usize]
    }
}

fn call_limits(
    own: Option<u64>,
    mut groups: Vec<(Option<u64>, Vec<&str>)>,
    mut has_more: bool,
) -> Vec<CallLimit> {
    let rest = |has_more: bool| has_more.then(|| CallLimit { value: None, of: String::new(), is_rest: true });
    if let [] | [_] = groups[..] {
        let value = groups.first().map_or(own, |group| group.0);
        let only = CallLimit { value, of: String::new(), is_rest: false };
        return std::iter::once(only).chain(rest(has_more)).collect();
    }
    groups.sort_by_key(|group| group.0 != own);
    has_more |= groups.len() > MOST_LIMITS;
    groups.truncate(MOST_LIMITS);
    let limit = |(value, names): (Option<u64>, Vec<&str>)| {
        let of = if value == own { String::new() } else { listed(&names) };
        CallLimit { value, of, is_rest: false }
    };
    groups.into_iter().map(limit).chain(rest(has_more)).collect()
}

/// Lists names, such as `fib`, `fib, add` or `fib and 4 more`.
fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [name] => short(name),
        [one, other] => format!("{}, {}", short(one), short(other)),
        [first, rest @ ..] => format!("{} and {} more", short(first), rest.len()),
    }
}

/// Says which limits there are, one entry each, such as `limit 100 M` and `fib 500`; nothing where there is none.
pub(super) fn limit_words(series: Series, limits: &[CallLimit]) -> Vec<String> {
    if limits.iter().all(|limit| limit.value.is_none() && !limit.is_rest) {
        return Vec::new();
    }
    let words = |(index, limit): (usize, &CallLimit)| {
        let before = if index == 0 { "limit " } else { "" };
        let of = if limit.of.is_empty() { String::new() } else { format!("{} ", limit.of) };
        match limit.value {
            None if limit.is_rest => "others by rule".to_owned(),
            Some(value) => format!("{before}{of}{}", limit_figure(series, value)),
            None if limit.of.is_empty() => "no limit".to_owned(),
            None => format!("{before}{of}none"),
        }
    };
    limits.iter().enumerate().map(words).collect()
}

/// Writes a limit in the unit in which it is set.
pub(super) fn limit_figure(series: Series, limit: u64) -> String {
    match series {
        Series::WallNs => format!("{} ms", humanize::grouped(limit / 1_000_000)),
        Series::Fuel | Series::Pages | Series::Depth => humanize::count(limit),
    }
}

/// Returns the limit of a series in the series' own unit.
fn limit_of(series: Series, limits: &Limits) -> Option<u64> {
    match series {
        Series::WallNs => limits.get(LimitKind::ExecutionTime).map(|millis| millis.saturating_mul(1_000_000)),
        Series::Fuel => limits.get(LimitKind::Fuel),
        Series::Pages => limits.get(LimitKind::MemoryPages),
        Series::Depth => limits.get(LimitKind::CallDepth),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::limit_rules::LimitRule;

    #[test]
    fn limits_are_those_of_the_exports_that_were_called() {
        let own = Limits { fuel: Some(100_000_000), ..Limits::UNLIMITED };
        for (rules, names, own, wanted) in [
            (&[][..], &["fib", "add"][..], own, &["limit 100 M"][..]),
            (&[], &["fib"], Limits::UNLIMITED, &[]),
            (&["fib:fuel=500"], &["fib"], own, &["limit 500"]),
            (&["fib:fuel=500"], &["add"], own, &["limit 100 M"]),
            (&["fib:fuel=500"], &["fib", "add"], own, &["limit 100 M", "fib 500"]),
            (&["fib:fuel=none"], &["fib", "add"], own, &["limit 100 M", "fib none"]),
            (&["fib:fuel=none"], &["fib"], own, &[]),
            (&["fib:fuel=500"], &["fib", "add"], Limits::UNLIMITED, &["no limit", "fib 500"]),
            (&["f*:fuel=500"], &["fib", "add", "fac"], own, &["limit 100 M", "fib, fac 500"]),
            (&["f*:fuel=500"], &["fib", "add", "fac", "foo"], own, &["limit 100 M", "fib and 2 more 500"]),
            (&["fib:fuel=5", "fac:fuel=7"], &["fac", "fib"], own, &["limit fac 7", "fib 5"]),
            (
                &["a:fuel=1", "b:fuel=2", "c:fuel=3"],
                &["a", "b", "c", "d"],
                own,
                &["limit 100 M", "a 1", "b 2", "others by rule"],
            ),
        ] {
            let rules =
                LimitRules::new(rules.iter().map(|text| LimitRule::parse(text).expect(text)).collect());
            let limits = LaneLimits::of(own, &rules, names.iter().copied());
            assert_eq!(limit_words(Series::Fuel, limits.get(Series::Fuel)), wanted, "{names:?} {rules:?}");
        }
        // Of very many exports not all are looked up, and that is said.
        let rules = LimitRules::new(vec![LimitRule::parse("f99:fuel=5").expect("it is a rule")]);
        let names: Vec<String> = (0..100).map(|number| format!("f{number}")).collect();
        let limits = LaneLimits::of(own, &rules, names.iter().map(String::as_str));
        let words = limit_words(Series::Fuel, limits.get(Series::Fuel));
        assert_eq!(words, ["limit 100 M", "others by rule"]);
    }
}

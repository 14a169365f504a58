//! How far to raise a limit that was in a call's way, or where to set one that was missing.
//!
//! Knows no fields and no buttons; whoever has some offers the raise and applies it.

use super::call::{CallRecord, DeniedGrowth, Outcome};
use super::humanize;
use super::limit_rules::{LimitRule, RuleBound};
use super::limits::{LimitKind, Limits};

/// Depth limit that is offered where the engine's stack had to stop a recursion.
const USUAL_CALL_DEPTH: u64 = 1000;

/// A limit and what it should be set to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Raise {
    /// Limit that was in the way.
    pub kind: LimitKind,
    /// Its new value.
    pub value: u64,
}

impl Raise {
    /// Returns the raise that gives a call room: what a refused growth asked for, ten times the fuel or the
    /// time, twice the depth and the like; after an overflow of the native stack, a depth limit to set.
    ///
    /// Where growth was refused before another limit ended the call, that of the growth comes first, and that of the
    /// limit after it: the two may have nothing to do with each other. Left out is what has been raised that far
    /// since.
    pub fn all_after(record: &CallRecord, now: &Limits) -> Vec<Self> {
        let first = Self::needed(record);
        let second = Self::of_outcome(record).filter(|raise| {
            record.was_refused_growth() && first.is_none_or(|first| first.kind != raise.kind)
        });
        let is_open = |raise: &Self| match (raise.is_lowering(record), now.get(raise.kind)) {
            (false, Some(limit)) => limit < raise.value,
            (false, None) => false,
            (true, limit) => limit.is_none_or(|limit| limit > raise.value),
        };
        first.into_iter().chain(second).filter(is_open).collect()
    }

    /// Returns the raise that gives a call room, whatever the limits are by now.
    ///
    /// Of growth that was refused before, the most that was asked for counts. Where nothing of it could ever be
    /// given, and where no limit refused it, there is no raise: more fuel would but be spun away.
    pub fn needed(record: &CallRecord) -> Option<Self> {
        if record.was_refused_growth() {
            return Self::of_refused_growth(record);
        }
        Self::of_outcome(record)
    }

    /// Tells whether the new value is a bound that was missing, and no room that was missing.
    pub fn is_lowering(&self, record: &CallRecord) -> bool {
        record.outcome == Outcome::Limit(LimitKind::WasmStack) && self.kind == LimitKind::CallDepth
    }

    /// Writes the new value with its unit, such as `400 000` or `20 pages`.
    pub fn value_text(&self) -> String {
        let value = humanize::count(self.value);
        match self.kind {
            LimitKind::Fuel | LimitKind::CallDepth | LimitKind::WasmStack => value,
            LimitKind::ExecutionTime => format!("{value} ms"),
            LimitKind::MemoryPages | LimitKind::GrowthPages if self.value == 1 => format!("{value} page"),
            LimitKind::MemoryPages | LimitKind::GrowthPages => format!("{value} pages"),
            LimitKind::TableElements if self.value == 1 => format!("{value} element"),
            LimitKind::TableElements => format!("{value} elements"),
            LimitKind::Instances if self.value == 1 => format!("{value} instance"),
            LimitKind::Instances => format!("{value} instances"),
        }
    }

    /// Returns the rule that has set the limit, as it has to be instead; `None` where no rule has.
    pub fn rule(&self, record: &CallRecord) -> Option<LimitRule> {
        let rule = record.rule.as_ref().filter(|rule| rule.bound(self.kind) != RuleBound::Keep)?;
        Some(rule.with_bound(self.kind, RuleBound::At(self.value)))
    }

    /// Returns the option of the command line that sets it for a call, such as `--max-fuel 400000`.
    ///
    /// Where a rule has set it, that is the whole rule, which takes the place of the one that there is: of two
    /// that match, the first counts.
    pub fn option(&self, record: &CallRecord) -> Option<String> {
        if let Some(rule) = self.rule(record) {
            return Some(super::command_line::shell_quote(["--limit-for", &rule.to_text()]));
        }
        let name = super::command_line::limit_option(self.kind)?;
        Some(format!("{name} {}", self.value))
    }

    /// Returns the most that was asked for and could have been given, of the kind that was refused last if it can
    /// be; the limits of other kinds come after.
    fn of_refused_growth(record: &CallRecord) -> Option<Self> {
        let newest = record.denied.iter().rev().find(|growth| record.counts_as_refused(growth))?;
        let kinds = [newest.kind(), LimitKind::MemoryPages, LimitKind::GrowthPages, LimitKind::TableElements];
        kinds.into_iter().find_map(|kind| {
            let named = record.denied.iter().filter(|growth| growth.kind() == kind && growth.is_possible());
            let most = named.map(DeniedGrowth::asked).max();
            Some(Self { kind, value: most.max(record.end.refused.by(kind).most_possible)? })
        })
    }

    fn of_outcome(record: &CallRecord) -> Option<Self> {
        let Outcome::Limit(kind) = record.outcome else { return None };
        let limit = record.limits.get(kind);
        let times = |factor: u64| Some(limit?.max(1).saturating_mul(factor));
        let value = match kind {
            LimitKind::Fuel | LimitKind::ExecutionTime => times(10)?,
            // Nothing is known of what was asked for.
            LimitKind::MemoryPages | LimitKind::GrowthPages | LimitKind::TableElements => times(2)?,
            LimitKind::CallDepth => times(2)?,
            LimitKind::Instances => record.instances.max(limit?.saturating_add(1)),
            LimitKind::WasmStack => {
                // Well below what the stack had room for, so that the limit is what stops the next one.
                let reached = record.peak_call_depth.value().filter(|reached| *reached > 0)?;
                let value = USUAL_CALL_DEPTH.min(reached / 2).max(1);
                return Some(Self { kind: LimitKind::CallDepth, value });
            }
        };
        Some(Self { kind, value })
    }
}

#[cfg(test)]
mod tests {
    use super::super::call::{GrowthBound, TrapKind};
    use super::super::call_json::tests::trapped_record;
    use super::super::growth::tests::{past_its_own, refused};
    use super::super::measured::Measured;
    use super::*;

    /// How a call ended, the growths that were refused in it, and the limit that is raised with its new value.
    type Case = (Outcome, &'static [u64], Option<(LimitKind, u64)>);

    fn ended(outcome: Outcome, limits: Limits, requested: &[u64]) -> CallRecord {
        let denied = requested.iter().map(|requested| refused(*requested, 16));
        CallRecord { outcome, limits, denied: denied.collect(), ..trapped_record() }
    }

    fn after(record: &CallRecord, now: &Limits) -> Option<Raise> {
        Raise::all_after(record, now).into_iter().next()
    }

    #[test]
    fn the_limit_that_ended_a_call_is_offered_beside_that_of_growth_refused_before() {
        let limits =
            Limits { memory_pages: Some(16), fuel: Some(100), call_depth: Some(50), ..Limits::default() };
        let all = |outcome, requested, now: &Limits| {
            let raises = Raise::all_after(&ended(outcome, limits, requested), now);
            raises.into_iter().map(|raise| (raise.kind, raise.value)).collect::<Vec<_>>()
        };
        let (pages, depth) = ((LimitKind::MemoryPages, 20), (LimitKind::CallDepth, 100));
        let stopped = Outcome::Limit(LimitKind::CallDepth);
        assert_eq!(all(stopped, &[20], &limits), [pages, depth]);
        assert_eq!(all(stopped, &[], &limits), [depth]);
        let more_pages = Limits { memory_pages: Some(20), ..limits };
        assert_eq!(all(stopped, &[20], &more_pages), [depth], "what was raised since is offered no more");
        assert_eq!(all(Outcome::Limit(LimitKind::Fuel), &[20], &limits), [pages, (LimitKind::Fuel, 1000)]);
        assert_eq!(all(Outcome::Limit(LimitKind::MemoryPages), &[20], &limits), [pages]);
        assert_eq!(all(Outcome::Returned, &[20], &limits), [pages]);
    }

    #[test]
    fn each_end_raises_the_limit_that_was_in_the_way() {
        let limits = Limits { fuel: Some(40_000), call_depth: Some(100), ..Limits::default() };
        let limits = Limits { memory_pages: Some(16), execution_time_ms: Some(0), ..limits };
        let cases: [Case; 9] = [
            (Outcome::Limit(LimitKind::Fuel), &[], Some((LimitKind::Fuel, 400_000))),
            (Outcome::Limit(LimitKind::ExecutionTime), &[], Some((LimitKind::ExecutionTime, 10))),
            (Outcome::Limit(LimitKind::CallDepth), &[], Some((LimitKind::CallDepth, 200))),
            (Outcome::Limit(LimitKind::MemoryPages), &[20], Some((LimitKind::MemoryPages, 20))),
            (Outcome::Trapped(TrapKind::Unreachable), &[32, 17], Some((LimitKind::MemoryPages, 32))),
            (Outcome::Trapped(TrapKind::Unreachable), &[], None),
            (Outcome::Limit(LimitKind::WasmStack), &[], Some((LimitKind::CallDepth, 1))),
            (Outcome::Limit(LimitKind::Instances), &[], Some((LimitKind::Instances, 11))),
            (Outcome::Returned, &[17], Some((LimitKind::MemoryPages, 17))),
        ];
        for (outcome, requested, expected) in cases {
            let raise = after(&ended(outcome, limits, requested), &limits);
            assert_eq!(raise.map(|raise| (raise.kind, raise.value)), expected, "{outcome:?} {requested:?}");
        }
    }

    #[test]
    fn growth_that_asked_for_too_much_at_once_raises_the_limit_per_growth() {
        let limits = Limits { growth_pages: Some(16), ..Limits::default() };
        let mut record = ended(Outcome::Trapped(TrapKind::Unreachable), limits, &[200, 90]);
        for (growth, asked) in record.denied.iter_mut().zip([40, 32]) {
            (growth.bound, growth.growth) = (GrowthBound::PerGrowth, asked);
        }
        let raise = after(&record, &limits).expect("it is in the way");
        assert_eq!((raise.kind, raise.value), (LimitKind::GrowthPages, 40));
        assert_eq!(raise.option(&record).as_deref(), Some("--max-growth-pages 40"));
        assert_eq!(after(&record, &Limits::default()), None, "it has been lifted since");
    }

    #[test]
    fn of_what_was_refused_the_most_that_could_be_counts_even_where_it_is_not_named() {
        let limits = Limits { memory_pages: Some(16), fuel: Some(100), ..Limits::default() };
        let mut record = ended(Outcome::Limit(LimitKind::Fuel), limits, &[17]);
        record.end.refused.note(&refused(5001, 16));
        assert_eq!(Raise::needed(&record), Some(Raise { kind: LimitKind::MemoryPages, value: 5001 }));
        // What its own maximum forbids is no reason to raise a limit, and more fuel would be spun away.
        let mut record = ended(Outcome::Limit(LimitKind::Fuel), limits, &[]);
        record.denied = vec![DeniedGrowth { maximum: Some(2), ..refused(5001, 16) }];
        assert_eq!(Raise::needed(&record), None);
        record.denied.clear();
        record.end.unmet = vec![past_its_own(9, 4)];
        assert_eq!(Raise::needed(&record), None);
        // The collector did without.
        record.end.unmet.clear();
        record.denied = vec![DeniedGrowth { collector: true, ..refused(17, 16) }];
        assert_eq!(Raise::needed(&record), Some(Raise { kind: LimitKind::Fuel, value: 1000 }));
    }

    #[test]
    fn a_limit_that_has_been_raised_or_lifted_since_is_left_alone() {
        let limits = Limits { fuel: Some(100), ..Limits::default() };
        let record = ended(Outcome::Limit(LimitKind::Fuel), limits, &[]);
        for (fuel, is_offered) in [(Some(100), true), (Some(999), true), (Some(1000), false), (None, false)] {
            let now = Limits { fuel, ..limits };
            assert_eq!(after(&record, &now).is_some(), is_offered, "{fuel:?}");
        }
    }

    #[test]
    fn after_an_overflow_of_the_stack_a_depth_limit_is_offered() {
        let limits = Limits { call_depth: None, ..Limits::default() };
        let stopped = ended(Outcome::Limit(LimitKind::WasmStack), limits, &[]);
        for (reached, value) in [(20_000, 1000), (1500, 750), (1, 1)] {
            let record = CallRecord { peak_call_depth: Measured::Exact(reached), ..stopped.clone() };
            let raise = after(&record, &limits).expect("there is no depth limit yet");
            assert_eq!((raise.kind, raise.value), (LimitKind::CallDepth, value), "{reached}");
            let now = Limits { call_depth: Some(value), ..limits };
            assert_eq!(after(&record, &now), None, "it is set");
        }
        let unknown = CallRecord { peak_call_depth: Measured::NotMeasured, ..stopped };
        assert_eq!(after(&unknown, &limits), None);
    }

    #[test]
    fn instances_are_raised_to_as_many_as_there_are() {
        let limits = Limits { instances: Some(2), ..Limits::default() };
        let record = ended(Outcome::Limit(LimitKind::Instances), limits, &[]);
        let record = CallRecord { instances: 3, ..record };
        let raise = after(&record, &limits).expect("it is in the way");
        assert_eq!((raise.value, raise.option(&record).as_deref()), (3, Some("--max-instances 3")));
        let none = Limits { instances: Some(0), ..limits };
        let record = CallRecord { instances: 1, limits: none, ..record };
        assert_eq!(after(&record, &none).map(|raise| raise.value_text()).as_deref(), Some("1 instance"));
    }

    #[test]
    fn a_limit_that_a_rule_sets_is_raised_by_its_option() {
        let limits = Limits { fuel: Some(100), ..Limits::default() };
        let rule = LimitRule::parse("fib*:fuel=100,time_ms=50").ok();
        let record = CallRecord { rule, ..ended(Outcome::Limit(LimitKind::Fuel), limits, &[]) };
        let raise = Raise::needed(&record).expect("it is in the way");
        assert_eq!(raise.option(&record).as_deref(), Some("--limit-for 'fib*:fuel=1000,time_ms=50'"));
    }

    #[test]
    fn the_largest_limit_is_not_passed() {
        let limits = Limits { fuel: Some(u64::MAX - 1), ..Limits::default() };
        let record = ended(Outcome::Limit(LimitKind::Fuel), limits, &[]);
        assert_eq!(after(&record, &limits).map(|raise| raise.value), Some(u64::MAX));
    }
}

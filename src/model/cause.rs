//! Why a call ended, in words: what happened, what the guest saw of it, and what to do.
//!
//! Reads a record whose outcome, limits and refused growth are known. Knows no engine and no buttons.

use super::call::{CallKind, CallRecord, DeniedGrowth, GrowthBound, Outcome, TrapKind};
use super::humanize;
use super::limits::LimitKind;
use super::raise::Raise;

/// The words for a call's end; a call that just returned has none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cause {
    /// What happened, in one sentence.
    pub message: Option<String>,
    /// What the guest saw of it.
    pub guest_saw: Option<String>,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Cause {
    /// Finds the words for a call whose outcome, limits, refused growth and details are in the record; `words` are
    /// the engine's own on a trap or an error.
    pub fn of(record: &CallRecord, words: &str) -> Self {
        Self { message: message(record, words), guest_saw: guest_saw(record), hint: hint(record) }
    }
}

/// Returns the newest growth that a limit refused and after which the guest went on.
fn refused_before(record: &CallRecord) -> Option<&DeniedGrowth> {
    let refused = record.denied.iter().rev().find(|growth| record.counts_as_refused(growth))?;
    (record.outcome != Outcome::Limit(refused.kind())).then_some(refused)
}

fn message(record: &CallRecord, words: &str) -> Option<String> {
    let before = before_clause(record);
    let happened = match record.outcome {
        Outcome::Returned => return None,
        Outcome::Limit(LimitKind::Fuel) => fuel_message(record, words, before.is_some()),
        Outcome::Limit(LimitKind::ExecutionTime) => {
            format!("out of time: it took longer than {} ms", number(record.limits.execution_time_ms))
        }
        Outcome::Limit(LimitKind::CallDepth) => depth_message(record.limits.call_depth),
        Outcome::Limit(LimitKind::WasmStack) => {
            format!("the native stack of {} KiB is used up", record.wasm_stack_bytes / 1024)
        }
        Outcome::Limit(LimitKind::Instances) => format!(
            "the plugin consists of {}, the limit is {}",
            humanize::counted(record.instances, "core instance", "core instances"),
            number(record.limits.instances)
        ),
        Outcome::Limit(LimitKind::MemoryPages | LimitKind::GrowthPages | LimitKind::TableElements) => {
            growth_message(record, words)
        }
        Outcome::Cancelled => "the call was stopped".to_owned(),
        Outcome::Trapped(TrapKind::UncaughtException) => "an exception left the function".to_owned(),
        Outcome::Trapped(TrapKind::OutOfMemory) => match record.end.unmet.last() {
            Some(growth) if growth.bound == GrowthBound::System => {
                format!("{} failed: {}", growth.phrase(), growth.bound_phrase())
            }
            _ => words.to_owned(),
        },
        Outcome::Trapped(_) | Outcome::Error => words.to_owned(),
    };
    Some(match before {
        Some(before) => format!("{happened}, after {before}"),
        None => happened,
    })
}

fn fuel_message(record: &CallRecord, words: &str, is_explained: bool) -> String {
    let limit = record.limits.fuel;
    if record.end.has_overrun {
        let units = humanize::counted(limit.unwrap_or_default(), "unit", "units");
        let trap = if words.is_empty() { String::new() } else { format!(" before it trapped: {words}") };
        return format!("the call burnt more than {units} of fuel{trap}");
    }
    match limit {
        _ if is_explained => "out of fuel".to_owned(),
        Some(0) => "out of fuel: the limit is 0".to_owned(),
        Some(1) => "out of fuel: the only unit is used up".to_owned(),
        limit => format!("out of fuel: all {} units are used up", number(limit)),
    }
}

fn depth_message(limit: Option<u64>) -> String {
    match limit {
        Some(0) => "the call depth limit is 0, so that nothing can be called".to_owned(),
        Some(1) => "a second call is on top of the first, the limit is 1".to_owned(),
        limit => format!("more than {} calls are on top of each other", number(limit)),
    }
}

fn growth_message(record: &CallRecord, words: &str) -> String {
    let Some(growth) = record.denied.last() else { return words.to_owned() };
    let bound = growth.bound_phrase();
    if has_run(record) {
        return format!("{} was refused, {bound}", growth.phrase());
    }
    let asked = growth.extent();
    format!("the plugin starts with {}, {bound}", asked.trim_start_matches("to "))
}

/// Tells whether there was an instance whose code ran.
fn has_run(record: &CallRecord) -> bool {
    record.kind != CallKind::Instantiate || record.end.has_run
}

/// Writes what was refused before the end as a clause, such as `memory growth to 20 pages was refused 3 times`.
fn before_clause(record: &CallRecord) -> Option<String> {
    if let Some(newest) = refused_before(record) {
        return Some(refused_clause(record, newest));
    }
    let newest = record.unmet_before()?;
    let tally = record.end.refused.otherwise();
    let (asked, end) = match (newest.bound, newest.maximum) {
        (GrowthBound::System, _) => ("failed", ", since the system could not give it".to_owned()),
        (_, Some(maximum)) if maximum < newest.size => {
            ("was refused", format!(" by its own maximum of {}", humanize::grouped(maximum)))
        }
        _ => ("was refused", " by its own maximum".to_owned()),
    };
    let last = if tally.least == tally.most { String::new() } else { format!(", last {}", newest.extent()) };
    let phrase =
        if last.is_empty() { newest.phrase() } else { newest.phrase().replace(&newest.extent(), "") };
    Some(format!("{} {asked}{}{end}{last}", phrase.trim_end(), times(tally.count)))
}

/// Says how often limits refused growth: of one size, of several, or of several kinds.
fn refused_clause(record: &CallRecord, newest: &DeniedGrowth) -> String {
    let of_kind = record.end.refused.by(newest.kind());
    let (all, short) = (record.refused_growths, newest.what.short());
    if all <= 1 || (of_kind.count >= all && of_kind.least == of_kind.most) {
        return format!("{short} {} was refused{}", newest.phrase(), times(all));
    }
    let is_table = newest.what == LimitKind::TableElements;
    let is_one_kind = of_kind.count >= all;
    let what = if is_one_kind { format!("{short} growth") } else { "growth".to_owned() };
    let of = match (is_one_kind, is_table) {
        (true, _) => "",
        (false, true) => "of a table ",
        (false, false) => "of a memory ",
    };
    format!("{what} was refused{}, last {of}{}", times(all), newest.extent())
}

fn times(count: u64) -> String {
    if count > 1 { format!(" {} times", humanize::grouped(count)) } else { String::new() }
}

fn number(limit: Option<u64>) -> String {
    humanize::grouped(limit.unwrap_or_default())
}

fn guest_saw(record: &CallRecord) -> Option<String> {
    let has_trapped = record.end.has_overrun && record.place.is_some();
    if record.end.has_overrun && !has_trapped {
        return Some(
            "its own end: it returned before the next check, so its results do not count".to_owned(),
        );
    }
    let saw = match record.outcome {
        _ if !has_run(record) => "nothing: there is no instance to run in",
        Outcome::Limit(LimitKind::MemoryPages | LimitKind::GrowthPages | LimitKind::TableElements) => {
            if record.denied.last().is_some_and(|growth| growth.collector) {
                "a trap where it wanted a new object, which it can't catch"
            } else {
                "a trap instead of −1, as the limits ask for"
            }
        }
        _ if refused_before(record).or_else(|| record.unmet_before()).is_some() => {
            "−1 for the growth that was refused, and went on"
        }
        Outcome::Returned => return None,
        Outcome::Limit(_) if has_trapped => "a trap, which it can't catch",
        Outcome::Limit(_) | Outcome::Cancelled => "nothing: it was ended from outside and can't catch that",
        Outcome::Trapped(TrapKind::UncaughtException) => {
            "its exception, which no handler on its stack caught"
        }
        Outcome::Trapped(TrapKind::MissingImport | TrapKind::HostFunction) => {
            "a trap out of the function that it had imported"
        }
        Outcome::Trapped(_) => "a trap, which it can't catch",
        Outcome::Error => return None,
    };
    Some(saw.to_owned())
}

fn hint(record: &CallRecord) -> Option<String> {
    let raise = Raise::needed(record);
    if let Some(refused) = refused_before(record) {
        return Some(match (raise, refused.impossible_phrase()) {
            (Some(raise), _) => format!("growth was refused before: {}", raise_phrase(raise)),
            (None, Some(why)) => {
                format!("growth was refused before, and no limit would let it happen: {why}")
            }
            (None, None) => "growth was refused before: ask for less".to_owned(),
        });
    }
    if let Some(unmet) = record.unmet_before() {
        return unmet_hint(record, unmet);
    }
    let kind = match record.outcome {
        Outcome::Returned | Outcome::Error | Outcome::Cancelled => return None,
        Outcome::Trapped(kind) => return trap_hint(!has_run(record), kind).map(str::to_owned),
        Outcome::Limit(kind) => kind,
    };
    Some(match (kind, raise) {
        (LimitKind::Fuel, raise) => fuel_hint(record, raise),
        (LimitKind::ExecutionTime, raise) => {
            format!("raise the time limit{}, or look for a loop without an end", in_rule(record, raise))
        }
        (LimitKind::CallDepth, _) if record.limits.call_depth == Some(0) => {
            "raise the call depth limit".to_owned()
        }
        (LimitKind::CallDepth, _) => {
            "raise the call depth limit, or look for a recursion without an end".to_owned()
        }
        (LimitKind::WasmStack, raise) => stack_hint(record, raise.is_some()).to_owned(),
        (_, Some(raise)) => raise_phrase(raise),
        (kind, None) => match record.denied.last().and_then(DeniedGrowth::impossible_phrase) {
            Some(why) => format!("no limit would let it happen: {why}"),
            None => format!("raise the {}", kind.phrase()),
        },
    })
}

fn raise_phrase(raise: Raise) -> String {
    format!("raise the {} to {}", raise.kind.phrase(), humanize::grouped(raise.value))
}

/// Says that a rule has set the limit, which has to be changed itself: another behind it would not count.
fn in_rule(record: &CallRecord, raise: Option<Raise>) -> String {
    match raise.and_then(|raise| raise.rule(record)) {
        Some(rule) => format!(" in the rule for `{}` itself", rule.pattern),
        None => String::new(),
    }
}

fn fuel_hint(record: &CallRecord, raise: Option<Raise>) -> String {
    let rule = in_rule(record, raise);
    let Some(raise) = raise.filter(|_| !record.end.has_overrun) else {
        return format!("raise the fuel limit{rule}");
    };
    let instead = match record.end.bulk {
        Some(operator) => format!(
            "look at how much `{operator}` asks for, which costs by the {}",
            if operator.starts_with("memory.") { "byte" } else { "element" }
        ),
        None => "look for a loop without an end".to_owned(),
    };
    format!("raise the fuel limit{rule}, such as to {}, or {instead}", humanize::grouped(raise.value))
}

fn stack_hint(record: &CallRecord, has_raise: bool) -> &'static str {
    if has_raise {
        "set a call depth limit, or look for a recursion without an end; the size of the stack is a setting of the \
         engine, or `--wasm-stack`"
    } else if record.peak_call_depth.value().is_some() {
        "a single frame is larger than the stack: have fewer locals, or make the stack larger, a setting of the \
         engine, or `--wasm-stack`"
    } else {
        "look for a recursion without an end, or make the stack larger, a setting of the engine, or `--wasm-stack`; a call depth limit \
         has no effect here, since the depth is not counted"
    }
}

fn unmet_hint(record: &CallRecord, unmet: &DeniedGrowth) -> Option<String> {
    let limit = match record.outcome {
        Outcome::Returned | Outcome::Cancelled | Outcome::Error => return None,
        Outcome::Limit(kind) => format!("; if it can do without, raise the {}", kind.phrase()),
        Outcome::Trapped(_) => String::new(),
    };
    let growth = match unmet.bound {
        GrowthBound::System => "ask for less",
        _ => "declare a larger maximum in the module",
    };
    Some(format!(
        "growth was refused before, by no limit: {growth}, or see what the guest does after −1{limit}"
    ))
}

fn trap_hint(is_instantiation: bool, kind: TrapKind) -> Option<&'static str> {
    Some(match kind {
        TrapKind::MemoryOutOfBounds if is_instantiation => {
            "a data segment does not fit its memory: declare more pages, or move the segment"
        }
        TrapKind::TableOutOfBounds if is_instantiation => {
            "an element segment does not fit its table: declare more elements, or move the segment"
        }
        TrapKind::Unreachable => {
            "panics, aborts and failed assertions end in `unreachable`: see who called it"
        }
        TrapKind::MissingImport => "provide the import, or make the module not call it",
        TrapKind::HostFunction => {
            "check what the guest passes to the host: pointer and length must lie in its memory"
        }
        TrapKind::IntegerDivideByZero => "check the divisor before the division",
        TrapKind::MemoryOutOfBounds => "check the address against `memory.size`, or grow the memory first",
        TrapKind::TableOutOfBounds => "check the index against `table.size`",
        TrapKind::IndirectCallToNull => "fill the table's element before calling it",
        TrapKind::BadSignature => "the element's function has another type than the call names",
        TrapKind::BadConversionToInteger => "use `trunc_sat`, or check for NaN and range first",
        TrapKind::IntegerOverflow => "the smallest integer divided by −1 does not fit",
        TrapKind::UncaughtException => "catch the exception with `try_table`",
        TrapKind::NullReference => "test the reference with `ref.is_null` first",
        TrapKind::CastFailure => "test the type with `ref.test` before the cast",
        TrapKind::ArrayOutOfBounds => "check the index against `array.len`",
        TrapKind::AllocationTooLarge => "the collector's heap has 4 GiB at most: ask for less at once",
        TrapKind::OutOfMemory => "ask for less: no limit refused it, but the system has no more",
        TrapKind::HeapMisaligned => "align the address of an atomic access to its size",
        TrapKind::AtomicWaitNonShared | TrapKind::Other => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::call::EndDetails;
    use super::super::call_json::tests::trapped_record;
    use super::super::growth::tests::{past_its_own, refused};
    use super::super::limits::Limits;
    use super::super::measured::Measured;
    use super::*;

    const TRAP: &str = "the engine's words";

    fn ended(outcome: Outcome, denied: &[(LimitKind, u64, u64)]) -> CallRecord {
        let limits = Limits {
            fuel: Some(40_000),
            execution_time_ms: Some(100),
            memory_pages: Some(16),
            growth_pages: None,
            table_elements: Some(10),
            instances: Some(2),
            call_depth: Some(100),
            trap_on_refused_growth: false,
        };
        let denied = denied
            .iter()
            .map(|(what, requested, limit)| DeniedGrowth { what: *what, ..refused(*requested, *limit) });
        let denied: Vec<_> = denied.collect();
        let mut end = EndDetails::default();
        for growth in &denied {
            end.refused.note(growth);
        }
        let refused_growths = end.refused.by_limits();
        // A limit leaves no place in a call that overran it and returned.
        CallRecord {
            outcome,
            limits,
            denied,
            refused_growths,
            end,
            instances: 3,
            place: None,
            ..trapped_record()
        }
    }

    fn words(record: &CallRecord) -> [String; 3] {
        let cause = Cause::of(record, TRAP);
        [cause.message, cause.guest_saw, cause.hint].map(Option::unwrap_or_default)
    }

    #[test]
    fn each_limit_says_what_happened_what_the_guest_saw_and_what_to_do() {
        const OUTSIDE: &str = "nothing: it was ended from outside and can't catch that";
        let cases = [
            (
                LimitKind::Fuel,
                "out of fuel: all 40\u{202f}000 units are used up",
                "raise the fuel limit, such as to 400\u{202f}000, or look for a loop without an end",
            ),
            (
                LimitKind::ExecutionTime,
                "out of time: it took longer than 100 ms",
                "raise the time limit, or look for a loop without an end",
            ),
            (
                LimitKind::CallDepth,
                "more than 100 calls are on top of each other",
                "raise the call depth limit, or look for a recursion without an end",
            ),
            (
                LimitKind::WasmStack,
                "the native stack of 512 KiB is used up",
                "set a call depth limit, or look for a recursion without an end; the size of the stack is a \
                 setting of the engine, or `--wasm-stack`",
            ),
        ];
        for (kind, message, hint) in cases {
            assert_eq!(words(&ended(Outcome::Limit(kind), &[])), [message, OUTSIDE, hint], "{kind:?}");
        }
        let of_components =
            CallRecord { kind: CallKind::Instantiate, ..ended(Outcome::Limit(LimitKind::Instances), &[]) };
        assert_eq!(
            words(&of_components),
            [
                "the plugin consists of 3 core instances, the limit is 2",
                "nothing: there is no instance to run in",
                "raise the instance limit to 3",
            ]
        );
    }

    #[test]
    fn a_guest_that_goes_on_after_a_refusal_is_told_as_such() {
        let refused = [(LimitKind::MemoryPages, 20, 16)];
        let cases = [
            (Outcome::Limit(LimitKind::Fuel), "out of fuel"),
            (Outcome::Limit(LimitKind::ExecutionTime), "out of time: it took longer than 100 ms"),
            (Outcome::Limit(LimitKind::CallDepth), "more than 100 calls are on top of each other"),
            (Outcome::Cancelled, "the call was stopped"),
            (Outcome::Trapped(TrapKind::Unreachable), TRAP),
        ];
        for (outcome, before) in cases {
            assert_eq!(
                words(&ended(outcome, &refused)),
                [
                    &*format!("{before}, after memory growth to 20 pages was refused"),
                    "−1 for the growth that was refused, and went on",
                    "growth was refused before: raise the memory limit to 20",
                ],
                "{outcome:?}"
            );
        }
        let often = ended(Outcome::Limit(LimitKind::Fuel), &vec![(LimitKind::TableElements, 11, 10); 6652]);
        assert_eq!(
            words(&often)[0],
            "out of fuel, after table growth to 11 table elements was refused 6\u{202f}652 times"
        );
        let sizes = [(LimitKind::MemoryPages, 20, 16), (LimitKind::MemoryPages, 18, 16)];
        let [message, _, hint] = words(&ended(Outcome::Limit(LimitKind::Fuel), &sizes));
        assert_eq!(message, "out of fuel, after memory growth was refused 2 times, last to 18 pages");
        assert_eq!(hint, "growth was refused before: raise the memory limit to 20", "the most counts");
        let kinds = [(LimitKind::MemoryPages, 20, 16), (LimitKind::TableElements, 11, 10)];
        assert_eq!(
            words(&ended(Outcome::Limit(LimitKind::Fuel), &kinds))[0],
            "out of fuel, after growth was refused 2 times, last of a table to 11 table elements"
        );
    }

    #[test]
    fn refused_growth_that_ends_a_call_is_the_cause_itself() {
        let trapped = ended(Outcome::Limit(LimitKind::MemoryPages), &[(LimitKind::MemoryPages, 25, 16)]);
        assert_eq!(
            words(&trapped),
            [
                "growth to 25 pages was refused, the limit is 16",
                "a trap instead of −1, as the limits ask for",
                "raise the memory limit to 25",
            ]
        );
        let of_heap = DeniedGrowth { collector: true, ..refused(25, 16) };
        assert_eq!(
            words(&CallRecord { denied: vec![of_heap], ..trapped.clone() }),
            [
                "growth of the collector's heap to 25 pages was refused, the limit is 16",
                "a trap where it wanted a new object, which it can't catch",
                "raise the memory limit to 25",
            ]
        );
        let at_start = CallRecord { kind: CallKind::Instantiate, ..trapped };
        let in_its_code = EndDetails { has_run: true, ..at_start.end.clone() };
        let by_its_code = words(&CallRecord { end: in_its_code, ..at_start.clone() });
        assert_eq!(by_its_code[0], "growth to 25 pages was refused, the limit is 16");
        assert_eq!(
            words(&at_start),
            [
                "the plugin starts with 25 pages, the limit is 16",
                "nothing: there is no instance to run in",
                "raise the memory limit to 25",
            ]
        );
    }

    #[test]
    fn a_call_that_returned_has_no_cause_but_may_have_seen_a_refusal() {
        assert_eq!(words(&ended(Outcome::Returned, &[])), ["", "", ""]);
        let refused = ended(Outcome::Returned, &[(LimitKind::MemoryPages, 17, 16)]);
        assert_eq!(
            words(&refused),
            [
                "",
                "−1 for the growth that was refused, and went on",
                "growth was refused before: raise the memory limit to 17",
            ]
        );
    }

    #[test]
    fn a_call_that_overran_its_fuel_returned_all_the_same() {
        let mut record = ended(Outcome::Limit(LimitKind::Fuel), &[]);
        record.end.has_overrun = true;
        let cause = Cause::of(&record, "");
        assert_eq!(cause.message.as_deref(), Some("the call burnt more than 40\u{202f}000 units of fuel"));
        assert!(cause.guest_saw.is_some_and(|saw| saw.starts_with("its own end")));
        assert_eq!(cause.hint.as_deref(), Some("raise the fuel limit"));
        // One that trapped has a place, and saw it.
        record.limits.fuel = Some(1);
        record.place = trapped_record().place;
        assert_eq!(
            words(&record),
            [
                "the call burnt more than 1 unit of fuel before it trapped: the engine's words",
                "a trap, which it can't catch",
                "raise the fuel limit",
            ]
        );
    }

    #[test]
    fn growth_that_no_limit_refused_is_told_and_no_limit_offered() {
        let after = |outcome, growth: DeniedGrowth, times: usize| {
            let mut record = ended(outcome, &[]);
            record.end.unmet = vec![growth; times];
            for growth in &record.end.unmet {
                record.end.refused.note(growth);
            }
            words(&record)
        };
        let system = DeniedGrowth { bound: GrowthBound::System, limit: None, ..refused(9, 0) };
        let saw = "−1 for the growth that was refused, and went on";
        let hint = "growth was refused before, by no limit: declare a larger maximum in the module, or see what the \
                    guest does after −1";
        let fuel = Outcome::Limit(LimitKind::Fuel);
        let message = "out of fuel, after growth of a memory to 9 pages was refused by its own maximum of 4";
        let with_fuel = format!("{hint}; if it can do without, raise the fuel limit");
        assert_eq!(after(fuel, past_its_own(9, 4), 1), [message, saw, &with_fuel]);
        let message = format!(
            "{TRAP}, after growth of a memory to 9 pages was refused 3 times by its own maximum of 4"
        );
        assert_eq!(
            after(Outcome::Trapped(TrapKind::Unreachable), past_its_own(9, 4), 3),
            [&message, saw, hint]
        );
        let [message, _, hint] = after(fuel, system.clone(), 1);
        assert_eq!(
            message,
            "out of fuel, after growth to 9 pages failed, since the system could not give it"
        );
        assert!(hint.contains("ask for less"), "{hint}");
        let [message, saw, _] = after(Outcome::Trapped(TrapKind::OutOfMemory), system, 1);
        assert_eq!(message, "growth to 9 pages failed: the system could not give it");
        assert_eq!(saw, "a trap, which it can't catch");
        assert_eq!(
            after(Outcome::Returned, past_its_own(9, 4), 1),
            ["", "−1 for the growth that was refused, and went on", ""]
        );
    }

    #[test]
    fn no_limit_is_offered_for_what_can_never_be() {
        let impossible = DeniedGrowth { maximum: Some(65_536), ..refused(4_294_967_297, 16) };
        let mut record = ended(Outcome::Limit(LimitKind::Fuel), &[]);
        record.end.refused.note(&impossible);
        record.denied = vec![impossible];
        assert_eq!(
            words(&record)[2],
            "growth was refused before, and no limit would let it happen: the memory itself may have 65\u{202f}536 \
             pages at most"
        );
        record.outcome = Outcome::Limit(LimitKind::MemoryPages);
        assert!(words(&record)[2].starts_with("no limit would let it happen"), "{}", words(&record)[2]);
    }

    #[test]
    fn a_hint_knows_where_depth_is_not_counted_and_what_costs_by_the_byte() {
        let stopped = ended(Outcome::Limit(LimitKind::WasmStack), &[]);
        for (depth, advice) in [
            (Measured::Exact(200), "set a call depth limit"),
            (Measured::Exact(0), "a single frame is larger than the stack"),
            (Measured::NotMeasured, "has no effect here"),
        ] {
            let hint = &words(&CallRecord { peak_call_depth: depth, ..stopped.clone() })[2];
            assert!(hint.contains(advice), "{depth:?}: {hint}");
        }
        for (bulk, unit) in
            [("memory.fill", "byte"), ("table.grow", "element"), ("array.new_default", "element")]
        {
            let mut record = ended(Outcome::Limit(LimitKind::Fuel), &[]);
            record.end.bulk = Some(bulk);
            let hint = &words(&record)[2];
            assert!(
                hint.ends_with(&format!("how much `{bulk}` asks for, which costs by the {unit}")),
                "{hint}"
            );
        }
    }

    #[test]
    fn one_is_not_written_as_many() {
        let with = |kind, set: fn(&mut Limits)| {
            let mut record = ended(Outcome::Limit(kind), &[]);
            set(&mut record.limits);
            record.instances = 1;
            let [message, ..] = words(&record);
            message
        };
        assert_eq!(
            with(LimitKind::Fuel, |limits| limits.fuel = Some(1)),
            "out of fuel: the only unit is used up"
        );
        assert_eq!(with(LimitKind::Fuel, |limits| limits.fuel = Some(0)), "out of fuel: the limit is 0");
        assert_eq!(
            with(LimitKind::CallDepth, |limits| limits.call_depth = Some(0)),
            "the call depth limit is 0, so that nothing can be called"
        );
        assert_eq!(
            with(LimitKind::CallDepth, |limits| limits.call_depth = Some(1)),
            "a second call is on top of the first, the limit is 1"
        );
        assert_eq!(
            with(LimitKind::Instances, |limits| limits.instances = Some(0)),
            "the plugin consists of 1 core instance, the limit is 0"
        );
    }

    #[test]
    fn each_trap_keeps_the_engines_words_and_has_advice() {
        let cases = [
            (TrapKind::Unreachable, "panics"),
            (TrapKind::MemoryOutOfBounds, "check the address"),
            (TrapKind::TableOutOfBounds, "check the index against `table.size`"),
            (TrapKind::IndirectCallToNull, "fill the table's element"),
            (TrapKind::BadSignature, "another type"),
            (TrapKind::IntegerDivideByZero, "check the divisor"),
            (TrapKind::IntegerOverflow, "does not fit"),
            (TrapKind::BadConversionToInteger, "trunc_sat"),
            (TrapKind::NullReference, "ref.is_null"),
            (TrapKind::CastFailure, "ref.test"),
            (TrapKind::ArrayOutOfBounds, "array.len"),
            (TrapKind::AllocationTooLarge, "4 GiB at most"),
            (TrapKind::OutOfMemory, "ask for less"),
            (TrapKind::HeapMisaligned, "align"),
            (TrapKind::MissingImport, "provide the import"),
            (TrapKind::HostFunction, "pointer and length"),
        ];
        for (kind, advice) in cases {
            let [message, saw, hint] = words(&ended(Outcome::Trapped(kind), &[]));
            assert_eq!(message, TRAP, "{kind:?}");
            assert!(saw.contains("trap"), "{kind:?}: {saw}");
            assert!(hint.contains(advice), "{kind:?}: {hint}");
        }
        let [message, saw, _] = words(&ended(Outcome::Trapped(TrapKind::UncaughtException), &[]));
        assert_eq!((&*message, saw.contains("exception")), ("an exception left the function", true));
        let segment = CallRecord {
            kind: CallKind::Instantiate,
            ..ended(Outcome::Trapped(TrapKind::MemoryOutOfBounds), &[])
        };
        assert!(words(&segment)[2].contains("data segment"));
    }
}

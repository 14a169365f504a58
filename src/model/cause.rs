//! Why a call ended, in words: what happened, what the guest saw of it, and what to do.
//!
//! Reads a record whose outcome, limits and refused growth are known. Knows no engine and no buttons.

use super::call::{CallKind, CallRecord, DeniedGrowth, Outcome, TrapKind};
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

/// What only the engine knows of a call's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EngineWords<'a> {
    /// The engine's own words on a trap or an error.
    pub words: &'a str,
    /// Whether the call returned although its fuel had run out before the next check.
    pub has_overrun: bool,
}

impl Cause {
    /// Finds the words for a call whose outcome, limits and refused growth are in the record.
    pub fn of(record: &CallRecord, engine: EngineWords<'_>) -> Self {
        Self {
            message: message(record, engine),
            guest_saw: guest_saw(record, engine),
            hint: hint(record, engine),
        }
    }
}

/// Returns the newest growth that a limit refused and after which the guest went on.
fn refused_before(record: &CallRecord) -> Option<&DeniedGrowth> {
    let refused = record.denied.iter().rev().find(|growth| growth.limit.is_some())?;
    let is_the_end = record.kind == CallKind::Instantiate || record.outcome == Outcome::Limit(refused.kind());
    (!is_the_end).then_some(refused)
}

fn message(record: &CallRecord, engine: EngineWords<'_>) -> Option<String> {
    let limits = &record.limits;
    let refused = refused_before(record);
    let happened = match record.outcome {
        Outcome::Returned => return None,
        Outcome::Limit(LimitKind::Fuel) if engine.has_overrun => {
            format!("the call burnt more than {} units of fuel", number(limits.fuel))
        }
        Outcome::Limit(LimitKind::Fuel) if refused.is_some() => "out of fuel".to_owned(),
        Outcome::Limit(LimitKind::Fuel) => {
            format!("out of fuel: all {} units are used up", number(limits.fuel))
        }
        Outcome::Limit(LimitKind::ExecutionTime) => {
            format!("out of time: it took longer than {} ms", number(limits.execution_time_ms))
        }
        Outcome::Limit(LimitKind::CallDepth) => {
            format!("more than {} calls are on top of each other", number(limits.call_depth))
        }
        Outcome::Limit(LimitKind::WasmStack) => {
            format!("the native stack of {} KiB is used up", record.wasm_stack_bytes / 1024)
        }
        Outcome::Limit(LimitKind::Instances) => format!(
            "the plugin consists of {} core instances, the limit is {}",
            humanize::grouped(record.instances),
            number(limits.instances)
        ),
        Outcome::Limit(LimitKind::MemoryPages | LimitKind::GrowthPages | LimitKind::TableElements) => {
            growth_message(record, engine.words)
        }
        Outcome::Cancelled => "the call was stopped".to_owned(),
        Outcome::Trapped(TrapKind::UncaughtException) => "an exception left the function".to_owned(),
        Outcome::Trapped(_) | Outcome::Error => engine.words.to_owned(),
    };
    Some(match refused {
        Some(growth) => format!("{happened}, after {}", refused_clause(record, growth)),
        None => happened,
    })
}

fn growth_message(record: &CallRecord, words: &str) -> String {
    let Some(growth) = record.denied.last() else { return words.to_owned() };
    let bound = growth.bound_phrase();
    match record.kind {
        CallKind::Instantiate => {
            let asked = growth.phrase();
            format!("the plugin starts with {}, {bound}", asked.trim_start_matches("growth to "))
        }
        _ => format!("{} was refused, {bound}", growth.phrase()),
    }
}

/// Writes what was refused as a clause, such as `memory growth to 20 pages was refused 3 times`.
fn refused_clause(record: &CallRecord, growth: &DeniedGrowth) -> String {
    let times = match record.refused_growths {
        0 | 1 => String::new(),
        times => format!(" {} times", humanize::grouped(times)),
    };
    format!("{} {} was refused{times}", growth.what.short(), growth.phrase())
}

fn number(limit: Option<u64>) -> String {
    humanize::grouped(limit.unwrap_or_default())
}

fn guest_saw(record: &CallRecord, engine: EngineWords<'_>) -> Option<String> {
    if engine.has_overrun {
        return Some(
            "its own end: it returned before the next check, so its results do not count".to_owned(),
        );
    }
    let saw = match record.outcome {
        _ if record.kind == CallKind::Instantiate => "nothing: there is no instance to run in",
        Outcome::Limit(LimitKind::MemoryPages | LimitKind::GrowthPages | LimitKind::TableElements) => {
            "a trap instead of −1, as the limits ask for"
        }
        _ if refused_before(record).is_some() => "−1 for the growth that was refused, and went on",
        Outcome::Returned => return None,
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

fn hint(record: &CallRecord, engine: EngineWords<'_>) -> Option<String> {
    let raise = Raise::needed(record);
    if let (Some(_), Some(raise)) = (refused_before(record), raise) {
        return Some(format!(
            "growth was refused before: raise the {} to {}",
            raise.kind.phrase(),
            humanize::grouped(raise.value)
        ));
    }
    let kind = match record.outcome {
        Outcome::Returned | Outcome::Error | Outcome::Cancelled => return None,
        Outcome::Trapped(kind) => return trap_hint(record.kind, kind).map(str::to_owned),
        Outcome::Limit(kind) => kind,
    };
    Some(match (kind, raise) {
        (LimitKind::Fuel, Some(raise)) if !engine.has_overrun => {
            let value = humanize::grouped(raise.value);
            format!("raise the fuel limit, such as to {value}, or look for a loop without an end")
        }
        (LimitKind::Fuel, _) => "raise the fuel limit".to_owned(),
        (LimitKind::ExecutionTime, _) => "raise the time limit, or look for a loop without an end".to_owned(),
        (LimitKind::CallDepth, _) => {
            "raise the call depth limit, or look for a recursion without an end".to_owned()
        }
        (LimitKind::WasmStack, _) => {
            "set a call depth limit, or look for a recursion without an end; the size of the stack is a setting \
             of the engine"
                .to_owned()
        }
        (kind, Some(raise)) => format!("raise the {} to {}", kind.phrase(), humanize::grouped(raise.value)),
        (kind, None) => format!("raise the {}", kind.phrase()),
    })
}

fn trap_hint(call: CallKind, kind: TrapKind) -> Option<&'static str> {
    let is_instantiation = call == CallKind::Instantiate;
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
        TrapKind::AllocationTooLarge => "the collector's heap counts as memory: raise the memory limit",
        TrapKind::HeapMisaligned => "align the address of an atomic access to its size",
        TrapKind::AtomicWaitNonShared | TrapKind::Other => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::call::GrowthBound;
    use super::super::call_json::tests::trapped_record;
    use super::super::limits::Limits;
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
        let denied = denied.iter().map(|(what, requested, limit)| DeniedGrowth {
            what: *what,
            growth: 1,
            bound: GrowthBound::Total,
            requested: *requested,
            limit: Some(*limit),
            place: None,
        });
        let denied: Vec<_> = denied.collect();
        let refused_growths = denied.len() as u64;
        CallRecord { outcome, limits, denied, refused_growths, instances: 3, ..trapped_record() }
    }

    fn words(record: &CallRecord) -> [String; 3] {
        let cause = Cause::of(record, EngineWords { words: TRAP, has_overrun: false });
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
                 setting of the engine",
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
        let often = CallRecord {
            refused_growths: 6652,
            ..ended(Outcome::Limit(LimitKind::Fuel), &[(LimitKind::TableElements, 11, 10)])
        };
        assert_eq!(
            words(&often)[0],
            "out of fuel, after table growth to 11 table elements was refused 6\u{202f}652 times"
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
        let at_start = CallRecord { kind: CallKind::Instantiate, ..trapped };
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
        let record = ended(Outcome::Limit(LimitKind::Fuel), &[]);
        let cause = Cause::of(&record, EngineWords { words: "", has_overrun: true });
        assert_eq!(cause.message.as_deref(), Some("the call burnt more than 40\u{202f}000 units of fuel"));
        assert!(cause.guest_saw.is_some_and(|saw| saw.starts_with("its own end")));
        assert_eq!(cause.hint.as_deref(), Some("raise the fuel limit"));
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
            (TrapKind::AllocationTooLarge, "raise the memory limit"),
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

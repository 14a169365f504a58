//! How a call ended, in words: outcome, message, place, what the guest saw and what to do.

use wasmtime::{ThrownException, Trap, WasmBacktrace};

use super::host::{HostFunctionFailed, StopCause, Stopped, StubCalled, limit_in_words};
use super::instance::LiveInstance;
use super::live::counter;
use super::meter::{GrowthTrap, Refusal};
use crate::model::call::{DeniedGrowth, Frame, Outcome, TrapKind};
use crate::model::diagnostic::Place;
use crate::model::limits::{LimitKind, Limits};

/// Everything about a call's end that is not a figure.
#[derive(Debug, Default)]
pub(crate) struct End {
    pub(crate) outcome: Option<Outcome>,
    pub(crate) message: Option<String>,
    pub(crate) hint: Option<String>,
    pub(crate) note: Option<String>,
    pub(crate) place: Option<Place>,
    pub(crate) backtrace: Vec<Frame>,
    pub(crate) denied: Vec<DeniedGrowth>,
}

/// Most frames that a record keeps; the middle of a deeper stack is left out.
const MOST_FRAMES_KEPT: usize = 100;

/// Explains an error that a call ended with.
pub(crate) fn explain(live: &mut LiveInstance, error: &wasmtime::Error, limits: &Limits) -> End {
    let mut frames = frames_of(live, error);
    let outcome = outcome_of(live, error);
    let was_not_entered = match outcome {
        Outcome::Limit(LimitKind::CallDepth) => true,
        Outcome::Limit(LimitKind::WasmStack) => {
            frames.first().is_some_and(|frame| frame.place.offset.is_none())
        }
        _ => false,
    };
    if was_not_entered && frames.len() > 1 {
        // The innermost frame was refused before its first operator: the call that was one too many counts.
        frames.remove(0);
    }
    let mut denied = denied(live, error.is::<GrowthTrap>());
    if let Some(last) = denied.last_mut().filter(|_| error.is::<GrowthTrap>()) {
        // The growth that ended the call is where the call ended.
        last.place = frames.first().map(|frame| frame.place.clone());
    }
    let wasm_stack_bytes = live.build.wasm_stack_bytes;
    End {
        outcome: Some(outcome),
        message: Some(message_of(outcome, error, limits, wasm_stack_bytes)),
        hint: hint_of(outcome, limits, live),
        note: note_of(&denied, outcome),
        place: frames.first().map(|frame| frame.place.clone()),
        backtrace: shortened(frames),
        denied,
    }
}

/// Explains a failure of instantiation, which leaves no instance to look at.
pub(crate) fn explain_instantiation(
    error: &wasmtime::Error,
    limits: &Limits,
    refusals: &[Refusal],
    stop: Option<StopCause>,
    wasm_stack_bytes: usize,
) -> End {
    let denied: Vec<_> = refusals.iter().filter_map(|refusal| denied_growth(refusal, None)).collect();
    let outcome = match (stop, denied.last()) {
        (Some(cause), _) => outcome_of_stop(cause),
        (None, Some(growth)) => Outcome::Limit(growth.what),
        (None, None) => {
            limit_in_words(&format!("{error:#}")).map_or_else(|| outcome_of_error(error), Outcome::Limit)
        }
    };
    let message = match (outcome, denied.last()) {
        (Outcome::Limit(LimitKind::Instances), _) => format!(
            "the plugin consists of more than {} core instances",
            limits.instances.unwrap_or_default()
        ),
        (Outcome::Limit(_), Some(growth)) => format!(
            "the plugin starts with {} {}, the limit is {}",
            growth.requested,
            unit(growth.what, growth.requested),
            growth.limit.unwrap_or_default()
        ),
        _ => message_of(outcome, error, limits, wasm_stack_bytes),
    };
    let hint = match (outcome, denied.last()) {
        (Outcome::Limit(LimitKind::Instances), _) => Some("raise the instance limit".to_owned()),
        (Outcome::Limit(_), Some(growth)) => {
            Some(format!("raise the {} to {}", growth.what.phrase(), growth.requested))
        }
        _ => None,
    };
    End { outcome: Some(outcome), message: Some(message), hint, denied, ..End::default() }
}

/// The end of a call that returned although its fuel had run out before the next check.
pub(crate) fn explain_overrun(limits: &Limits) -> End {
    let limit = limits.fuel.unwrap_or_default();
    End {
        outcome: Some(Outcome::Limit(LimitKind::Fuel)),
        message: Some(format!("the call burnt more than {limit} units of fuel")),
        hint: Some("raise the fuel limit".to_owned()),
        note: Some("overran before the next check: the results are shown, but do not count".to_owned()),
        ..End::default()
    }
}

fn outcome_of_stop(cause: StopCause) -> Outcome {
    match cause {
        StopCause::Cancelled => Outcome::Cancelled,
        StopCause::Deadline => Outcome::Limit(LimitKind::ExecutionTime),
    }
}

fn outcome_of(live: &mut LiveInstance, error: &wasmtime::Error) -> Outcome {
    if error.is::<Stopped>()
        && let Some(cause) = live.store.data().clock.stop
    {
        return outcome_of_stop(cause);
    }
    // The pass refuses a frame by a division by zero.
    if error.downcast_ref::<Trap>() == Some(&Trap::IntegerDivisionByZero) && live.has_refused_frame() {
        return Outcome::Limit(LimitKind::CallDepth);
    }
    outcome_of_error(error)
}

fn outcome_of_error(error: &wasmtime::Error) -> Outcome {
    if let Some(trap) = error.downcast_ref::<Trap>() {
        return match trap {
            Trap::StackOverflow => Outcome::Limit(LimitKind::WasmStack),
            Trap::OutOfFuel => Outcome::Limit(LimitKind::Fuel),
            other => Outcome::Trapped(trap_kind(*other)),
        };
    }
    if let Some(growth) = error.downcast_ref::<GrowthTrap>() {
        Outcome::Limit(growth.what)
    } else if error.is::<StubCalled>() {
        Outcome::Trapped(TrapKind::MissingImport)
    } else if error.is::<HostFunctionFailed>() {
        Outcome::Trapped(TrapKind::HostFunction)
    } else if error.is::<ThrownException>() {
        Outcome::Trapped(TrapKind::UncaughtException)
    } else {
        Outcome::Error
    }
}

fn trap_kind(trap: Trap) -> TrapKind {
    match trap {
        Trap::UnreachableCodeReached => TrapKind::Unreachable,
        Trap::MemoryOutOfBounds => TrapKind::MemoryOutOfBounds,
        Trap::TableOutOfBounds => TrapKind::TableOutOfBounds,
        Trap::IndirectCallToNull => TrapKind::IndirectCallToNull,
        Trap::BadSignature => TrapKind::BadSignature,
        Trap::IntegerDivisionByZero => TrapKind::IntegerDivideByZero,
        Trap::IntegerOverflow => TrapKind::IntegerOverflow,
        Trap::BadConversionToInteger => TrapKind::BadConversionToInteger,
        Trap::NullReference => TrapKind::NullReference,
        Trap::CastFailure => TrapKind::CastFailure,
        Trap::ArrayOutOfBounds => TrapKind::ArrayOutOfBounds,
        Trap::HeapMisaligned => TrapKind::HeapMisaligned,
        Trap::AtomicWaitNonSharedMemory => TrapKind::AtomicWaitNonShared,
        Trap::AllocationTooLarge => TrapKind::AllocationTooLarge,
        _ => TrapKind::Other,
    }
}

fn message_of(outcome: Outcome, error: &wasmtime::Error, limits: &Limits, wasm_stack_bytes: usize) -> String {
    match outcome {
        Outcome::Limit(LimitKind::Fuel) => {
            format!("all {} units of fuel are used up", limits.fuel.unwrap_or_default())
        }
        Outcome::Limit(LimitKind::ExecutionTime) => {
            format!("the call took longer than {} ms", limits.execution_time_ms.unwrap_or_default())
        }
        Outcome::Limit(LimitKind::CallDepth) => {
            format!("more than {} calls are on top of each other", limits.call_depth.unwrap_or_default())
        }
        Outcome::Limit(LimitKind::WasmStack) => {
            format!("the native stack of {} KiB is used up", wasm_stack_bytes / 1024)
        }
        Outcome::Cancelled => "the call was stopped".to_owned(),
        Outcome::Trapped(TrapKind::UncaughtException) => "an exception left the function".to_owned(),
        Outcome::Trapped(TrapKind::MissingImport | TrapKind::HostFunction) => own_words(error),
        Outcome::Trapped(_) => error.downcast_ref::<Trap>().map_or_else(
            || error.root_cause().to_string(),
            |trap| trap.to_string().replace("wasm trap: ", ""),
        ),
        Outcome::Limit(_) => own_words(error),
        Outcome::Returned | Outcome::Error => error.root_cause().to_string(),
    }
}

fn own_words(error: &wasmtime::Error) -> String {
    if let Some(err) = error.downcast_ref::<GrowthTrap>() {
        err.to_string()
    } else if let Some(err) = error.downcast_ref::<StubCalled>() {
        err.to_string()
    } else if let Some(err) = error.downcast_ref::<HostFunctionFailed>() {
        err.to_string()
    } else {
        error.root_cause().to_string()
    }
}

fn hint_of(outcome: Outcome, limits: &Limits, live: &LiveInstance) -> Option<String> {
    let refused = live.store.data().meter.refusals().iter().rev().find(|refusal| refusal.limit.is_some());
    let after_refusal = refused.map(|refusal| {
        format!("growth was refused before: raise the {} to {}", refusal.what.phrase(), refusal.requested)
    });
    let hint = match outcome {
        Outcome::Returned | Outcome::Error => return None,
        Outcome::Cancelled => return after_refusal,
        Outcome::Limit(LimitKind::Fuel | LimitKind::ExecutionTime) if after_refusal.is_some() => {
            return after_refusal;
        }
        Outcome::Limit(LimitKind::Fuel) => {
            format!(
                "raise the fuel limit, such as to {}",
                limits.fuel.unwrap_or_default().max(1).saturating_mul(10)
            )
        }
        Outcome::Limit(LimitKind::ExecutionTime) => {
            "raise the time limit, or look for a loop without an end".to_owned()
        }
        Outcome::Limit(LimitKind::CallDepth) => {
            "raise the call depth limit, or look for a recursion without an end".to_owned()
        }
        Outcome::Limit(LimitKind::WasmStack) => {
            "set a call depth limit, or look for a recursion without an end".to_owned()
        }
        Outcome::Limit(kind) => match refused {
            Some(refusal) => format!("raise the {} to {}", kind.phrase(), refusal.requested),
            None => format!("raise the {}", kind.phrase()),
        },
        Outcome::Trapped(kind) => return trap_hint(kind).or(after_refusal),
    };
    Some(hint)
}

fn trap_hint(kind: TrapKind) -> Option<String> {
    let hint = match kind {
        TrapKind::MissingImport => "provide the import, or make the module not call it",
        TrapKind::IntegerDivideByZero => "check the divisor before the division",
        TrapKind::MemoryOutOfBounds => "check the address against `memory.size`, or grow the memory first",
        TrapKind::TableOutOfBounds => "check the index against `table.size`",
        TrapKind::IndirectCallToNull => "fill the table's element before calling it",
        TrapKind::BadSignature => "the element's function has another type than the call names",
        TrapKind::BadConversionToInteger => "use `trunc_sat`, or check for NaN and range first",
        TrapKind::IntegerOverflow => "the smallest integer divided by −1 does not fit",
        TrapKind::UncaughtException => "catch the exception with `try_table`",
        _ => return None,
    };
    Some(hint.to_owned())
}

fn note_of(denied: &[DeniedGrowth], outcome: Outcome) -> Option<String> {
    let growth = denied.last()?;
    if outcome == Outcome::Limit(growth.what) {
        return Some("growth past a limit traps, as the limits ask for: the guest saw no −1".to_owned());
    }
    let limit = growth.limit.map_or_else(String::new, |limit| format!(" (limit {limit})"));
    Some(format!(
        "growth to {} {} was refused{limit}; the guest saw −1",
        growth.requested,
        unit(growth.what, growth.requested)
    ))
}

fn unit(what: LimitKind, count: u64) -> &'static str {
    match (what, count) {
        (LimitKind::MemoryPages, 1) => "page",
        (LimitKind::MemoryPages, _) => "pages",
        (_, 1) => "table element",
        _ => "table elements",
    }
}

/// Joins the meter's refusals with the places that the rewriting pass kept; both are in order.
///
/// A growth that trapped has no site in the ring, which then is one shorter; its place is the call's.
pub(crate) fn denied(live: &mut LiveInstance, has_trapped: bool) -> Vec<DeniedGrowth> {
    if live.store.data().meter.refusals().is_empty() {
        return Vec::new();
    }
    let refusals = live.store.data().meter.refusals().to_vec();
    let sites = refused_sites(live);
    let trapped = usize::from(has_trapped);
    let from_newest = refusals.iter().rev().enumerate().filter_map(|(age, refusal)| {
        let site = age.checked_sub(trapped).and_then(|age| sites.get(age)).copied();
        denied_growth(refusal, site.map(|offset| live.build.place_at(u64::from(offset))))
    });
    let mut denied: Vec<_> = from_newest.collect();
    denied.reverse();
    denied
}

fn denied_growth(refusal: &Refusal, place: Option<Place>) -> Option<DeniedGrowth> {
    let limit = Some(refusal.limit?);
    Some(DeniedGrowth { what: refusal.what, requested: refusal.requested, limit, place })
}

/// Offsets of the operators whose growth was refused in this call, newest first.
fn refused_sites(live: &mut LiveInstance) -> Vec<u32> {
    let Some(growth) = &live.growth else { return Vec::new() };
    let count = counter(&mut live.store, growth.count);
    let kept = usize::try_from(count).unwrap_or(usize::MAX).min(growth.ring.len());
    let ring: Vec<_> = growth.ring[..kept].to_vec();
    ring.into_iter().map(|site| u32::try_from(counter(&mut live.store, site)).unwrap_or(u32::MAX)).collect()
}

fn frames_of(live: &LiveInstance, error: &wasmtime::Error) -> Vec<Frame> {
    let Some(backtrace) = error.downcast_ref::<WasmBacktrace>() else { return Vec::new() };
    let build = &live.build;
    let frame = |frame: &wasmtime::FrameInfo| {
        let offset = frame.module_offset().and_then(|offset| build.original_offset(offset));
        Frame { place: build.place_in(frame.func_index(), offset) }
    };
    backtrace.frames().iter().map(frame).collect()
}

fn shortened(mut frames: Vec<Frame>) -> Vec<Frame> {
    if frames.len() > MOST_FRAMES_KEPT {
        let outermost = frames.split_off(frames.len() - MOST_FRAMES_KEPT / 2);
        frames.truncate(MOST_FRAMES_KEPT / 2);
        frames.extend(outermost);
    }
    frames
}

//! How a call ended: outcome, place, backtrace and the growth that was refused on the way.
//!
//! Finds no words for people, but hands the engine's own over.

use wasmtime::{ThrownException, Trap, WasmBacktrace};

use super::host::{Host, HostFunctionFailed, StopCause, Stopped, StubCalled, limit_in_words};
use super::instance::LiveInstance;
use super::live::counter;
use super::meter::{GrowthTrap, Refusal};
use crate::model::call::{DeniedGrowth, Frame, Outcome, TrapKind};
use crate::model::diagnostic::Place;
use crate::model::limits::LimitKind;

/// Everything about a call's end that is not a figure.
#[derive(Debug, Default)]
pub(crate) struct End {
    pub(crate) outcome: Option<Outcome>,
    /// The engine's own words, where the outcome alone does not tell.
    pub(crate) words: String,
    /// Whether it returned although its fuel had run out before the next check.
    pub(crate) has_overrun: bool,
    pub(crate) place: Option<Place>,
    pub(crate) backtrace: Vec<Frame>,
    pub(crate) denied: Vec<DeniedGrowth>,
    pub(crate) refused_growths: u64,
}

/// Most frames that a record keeps; the middle of a deeper stack is left out.
const MOST_FRAMES_KEPT: usize = 100;

/// Explains an error that a call ended with.
pub(crate) fn explain(live: &mut LiveInstance, error: &wasmtime::Error) -> End {
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
    End {
        outcome: Some(outcome),
        words: words_of(error),
        place: frames.first().map(|frame| frame.place.clone()),
        backtrace: shortened(frames),
        denied,
        refused_growths: live.store.data().meter.refused_in_call(),
        has_overrun: false,
    }
}

/// Explains a failure of instantiation, which leaves no instance to look at.
pub(crate) fn explain_instantiation(error: &wasmtime::Error, host: &Host) -> End {
    let denied: Vec<_> =
        host.meter.refusals().iter().filter_map(|refusal| denied_growth(refusal, None)).collect();
    let outcome = match (host.clock.stop, denied.last()) {
        (Some(cause), _) => outcome_of_stop(cause),
        (None, Some(growth)) => Outcome::Limit(growth.kind()),
        (None, None) => {
            limit_in_words(&format!("{error:#}")).map_or_else(|| outcome_of_error(error), Outcome::Limit)
        }
    };
    End {
        outcome: Some(outcome),
        words: words_of(error),
        denied,
        refused_growths: host.meter.refused_in_call(),
        ..End::default()
    }
}

/// The end of a call that returned, perhaps although its fuel had run out before the next check.
pub(crate) fn explain_return(live: &mut LiveInstance, has_overrun: bool) -> End {
    let outcome = if has_overrun { Outcome::Limit(LimitKind::Fuel) } else { Outcome::Returned };
    let denied = denied(live, false);
    let refused_growths = live.store.data().meter.refused_in_call();
    End { outcome: Some(outcome), has_overrun, denied, refused_growths, ..End::default() }
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
        Outcome::Limit(growth.kind)
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

/// The engine's words on an error, or those of the host function that failed.
fn words_of(error: &wasmtime::Error) -> String {
    if let Some(err) = error.downcast_ref::<StubCalled>() {
        err.to_string()
    } else if let Some(err) = error.downcast_ref::<HostFunctionFailed>() {
        err.to_string()
    } else if let Some(trap) = error.downcast_ref::<Trap>() {
        trap.to_string().replace("wasm trap: ", "")
    } else {
        error.root_cause().to_string()
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
    let Refusal { what, requested, growth, bound, limit } = *refusal;
    limit?;
    Some(DeniedGrowth { what, requested, growth, bound, limit, place })
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

//! How a call ended: outcome, place, backtrace and the growth that was refused on the way.
//!
//! Finds no words for people, but hands the engine's own over.

use wasmparser::{BinaryReader, Operator, OperatorsReader};
use wasmtime::{GcHeapOutOfMemory, OutOfMemory, ThrownException, Trap, WasmBacktrace};

use super::build::Build;
use super::host::{Host, HostFunctionFailed, StopCause, Stopped, StubCalled, limit_in_words};
use super::instance::LiveInstance;
use super::live::counter;
use super::meter::{GrowthTrap, Meter, Refusal};
use super::settings::MOST_FRAMES;
use crate::model::call::{DeniedGrowth, EndDetails, Frame, GrowthBound, MOST_FRAMES_KEPT, Outcome, TrapKind};
use crate::model::diagnostic::Place;
use crate::model::limits::LimitKind;
use crate::model::measured::Measured;

/// Everything about a call's end that is not a figure.
#[derive(Debug, Default)]
pub(crate) struct End {
    pub(crate) outcome: Option<Outcome>,
    /// The engine's own words, where the outcome alone does not tell.
    pub(crate) words: String,
    pub(crate) place: Option<Place>,
    pub(crate) backtrace: Vec<Frame>,
    pub(crate) denied: Vec<DeniedGrowth>,
    pub(crate) details: EndDetails,
}

/// Explains an error that a call ended with.
pub(crate) fn explain(live: &mut LiveInstance, error: &wasmtime::Error) -> End {
    if is_heap_full(error) {
        live.store.data_mut().meter.heap_was_full();
    }
    let mut frames = frames_of(live, error);
    let is_cut = frames.len() >= MOST_FRAMES;
    let mut outcome = outcome_of(live, error);
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
    let has_overrun = is_out_of_fuel(live, outcome);
    if has_overrun {
        outcome = Outcome::Limit(LimitKind::Fuel);
    }
    let place = frames.first().map(|frame| frame.place.clone());
    let mut end = End {
        outcome: Some(outcome),
        words: words_of(error),
        place: place.clone(),
        details: EndDetails {
            frames: num_frames(live, frames.len(), is_cut, outcome),
            has_overrun,
            bulk: place.as_ref().and_then(|place| bulk_operator(&live.build, place)),
            ..EndDetails::default()
        },
        backtrace: shortened(frames),
        ..End::default()
    };
    note_refusals(live, &mut end);
    if let Some(last) = growth_at_end(&mut end, outcome).filter(|last| last.place.is_none()) {
        last.place = place;
    }
    end
}

/// Returns the growth that ended a call, which so is where the call ended.
fn growth_at_end(end: &mut End, outcome: Outcome) -> Option<&mut DeniedGrowth> {
    match outcome {
        Outcome::Limit(LimitKind::MemoryPages | LimitKind::GrowthPages | LimitKind::TableElements) => {
            end.denied.last_mut()
        }
        Outcome::Trapped(TrapKind::AllocationTooLarge) => {
            end.details.unmet.last_mut().filter(|growth| growth.collector)
        }
        Outcome::Trapped(TrapKind::OutOfMemory) => {
            end.details.unmet.last_mut().filter(|growth| growth.bound == GrowthBound::System)
        }
        _ => None,
    }
}

/// Explains a failure of instantiation, which leaves no instance to look at.
pub(crate) fn explain_instantiation(error: &wasmtime::Error, host: &Host) -> End {
    // What fails before any code runs has no frames.
    let has_run = error.is::<WasmBacktrace>();
    let words = format!("{error:#}");
    let outcome = match host.clock.stop {
        Some(cause) if error.is::<Stopped>() => outcome_of_stop(cause),
        _ if has_run => outcome_of_error(error, &host.meter),
        _ => limit_in_words(&words).map_or_else(|| outcome_of_error(error, &host.meter), Outcome::Limit),
    };
    let has_overrun = host.is_tank_empty && matches!(outcome, Outcome::Trapped(_));
    let growth = |refusals: &[Refusal]| refusals.iter().map(|refusal| refusal.growth.clone()).collect();
    End {
        outcome: Some(if has_overrun { Outcome::Limit(LimitKind::Fuel) } else { outcome }),
        words: words_of(error),
        denied: growth(host.meter.refusals()),
        details: EndDetails {
            has_run,
            has_overrun,
            unmet: growth(host.meter.unmet()),
            refused: host.meter.all_refused(),
            ..EndDetails::default()
        },
        ..End::default()
    }
}

/// The end of a call that returned, perhaps although its fuel had run out before the next check.
pub(crate) fn explain_return(live: &mut LiveInstance, has_overrun: bool) -> End {
    let outcome = if has_overrun { Outcome::Limit(LimitKind::Fuel) } else { Outcome::Returned };
    let details = EndDetails { has_overrun, ..EndDetails::default() };
    let mut end = End { outcome: Some(outcome), details, ..End::default() };
    note_refusals(live, &mut end);
    end
}

/// Tells whether a call that ended by its own doing had used up more than its fuel, as one that returns may have.
///
/// What was still in a register at a trap is not known, so that some that trap early go unnoticed.
fn is_out_of_fuel(live: &LiveInstance, outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Trapped(_))
        && live.handles.has_fuel
        && live.store.data().meter.limits().fuel.is_some()
        && live.store.get_fuel().is_ok_and(|left| left == 0)
}

/// Returns how many frames there were; the engine itself sees only so many of a deep stack.
fn num_frames(live: &mut LiveInstance, seen: usize, is_cut: bool, outcome: Outcome) -> Measured<u64> {
    let seen = seen as u64;
    match (is_cut, live.depth) {
        _ if seen == 0 => Measured::NotMeasured,
        (false, _) => Measured::Exact(seen),
        // What ends by its depth ends at its deepest.
        (true, Some(depth))
            if matches!(outcome, Outcome::Limit(LimitKind::CallDepth | LimitKind::WasmStack)) =>
        {
            let refused = u64::from(live.has_refused_frame());
            Measured::Exact(seen.max(counter(&mut live.store, depth.peak) - refused))
        }
        (true, _) => Measured::AtLeast(seen),
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
    outcome_of_error(error, &live.store.data().meter)
}

/// Tells whether an object found no room in the collector's heap, which had asked for more in vain.
pub(crate) fn is_heap_full(error: &wasmtime::Error) -> bool {
    error.is::<GcHeapOutOfMemory<()>>() || error.is::<GcHeapOutOfMemory<String>>()
}

fn outcome_of_error(error: &wasmtime::Error, meter: &Meter) -> Outcome {
    if is_heap_full(error) || error.downcast_ref::<Trap>() == Some(&Trap::AllocationTooLarge) {
        return match meter.refused_heap() {
            Some(growth) if growth.limit.is_some() => Outcome::Limit(growth.kind()),
            _ => Outcome::Trapped(TrapKind::AllocationTooLarge),
        };
    }
    if let Some(trap) = error.downcast_ref::<Trap>() {
        return match trap {
            Trap::StackOverflow => Outcome::Limit(LimitKind::WasmStack),
            Trap::OutOfFuel => Outcome::Limit(LimitKind::Fuel),
            other => Outcome::Trapped(trap_kind(*other)),
        };
    }
    if let Some(growth) = error.downcast_ref::<GrowthTrap>() {
        Outcome::Limit(growth.kind)
    } else if error.is::<OutOfMemory>() {
        Outcome::Trapped(TrapKind::OutOfMemory)
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
fn note_refusals(live: &mut LiveInstance, end: &mut End) {
    let meter = &live.store.data().meter;
    end.details.refused = meter.all_refused();
    if end.details.refused.by_limits() + end.details.refused.otherwise().count == 0 {
        return;
    }
    let num_answered = meter.num_answered();
    let (denied, unmet) = (meter.refusals().to_vec(), meter.unmet().to_vec());
    let sites = refused_sites(live);
    let build = &live.build;
    let placed = |refusals: Vec<Refusal>| {
        let placed = |Refusal { growth, answer }: Refusal| {
            // The newest answer is the first of the ring; of old ones the place is not known any more.
            let age = answer.and_then(|answer| usize::try_from(num_answered - answer).ok());
            let site = age.and_then(|age| sites.get(age)).copied();
            DeniedGrowth { place: site.map(|offset| build.place_at(u64::from(offset))), ..growth }
        };
        refusals.into_iter().map(placed).collect()
    };
    (end.denied, end.details.unmet) = (placed(denied), placed(unmet));
}

/// Offsets of the operators whose growth was refused in this call, newest first; none where the meter has counted
/// other answers than they got, since then it is not known which is whose.
fn refused_sites(live: &mut LiveInstance) -> Vec<u32> {
    let Some(growth) = &live.growth else { return Vec::new() };
    let count = counter(&mut live.store, growth.count);
    if count != live.store.data().meter.num_answered() {
        return Vec::new();
    }
    let kept = usize::try_from(count).unwrap_or(usize::MAX).min(growth.ring.len());
    let ring: Vec<_> = growth.ring[..kept].to_vec();
    ring.into_iter().map(|site| u32::try_from(counter(&mut live.store, site)).unwrap_or(u32::MAX)).collect()
}

/// Names the operator at a place where a single one may cost as much as a loop, and so be what burnt all fuel.
fn bulk_operator(build: &Build, place: &Place) -> Option<&'static str> {
    let offset = usize::try_from(place.offset?).ok()?;
    let code = build.wasm.get(offset..)?;
    Some(match OperatorsReader::new(BinaryReader::new(code, offset)).read().ok()? {
        Operator::MemoryFill { .. } => "memory.fill",
        Operator::MemoryCopy { .. } => "memory.copy",
        Operator::MemoryInit { .. } => "memory.init",
        Operator::TableFill { .. } => "table.fill",
        Operator::TableCopy { .. } => "table.copy",
        Operator::TableInit { .. } => "table.init",
        Operator::TableGrow { .. } => "table.grow",
        Operator::ArrayNew { .. } => "array.new",
        Operator::ArrayNewDefault { .. } => "array.new_default",
        Operator::ArrayNewData { .. } => "array.new_data",
        Operator::ArrayNewElem { .. } => "array.new_elem",
        Operator::ArrayFill { .. } => "array.fill",
        Operator::ArrayCopy { .. } => "array.copy",
        Operator::ArrayInitData { .. } => "array.init_data",
        Operator::ArrayInitElem { .. } => "array.init_elem",
        _ => return None,
    })
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

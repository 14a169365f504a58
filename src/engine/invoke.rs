//! The one path on which guests are called, and its fast lane for repeated calls.
//!
//! `Func::call` looks the function's type up in the engine at every call and so costs six times what
//! `Func::call_unchecked` does. Arguments are therefore checked once against the signature that was read from
//! the module, and plain values then cross as raw bits.
#![allow(unsafe_code, reason = "calls `Func::call_unchecked`; see `call_raw` for why that is sound")]

use std::time::Instant;

use wasmtime::{AsContextMut, ExternRef, RootScope, Store, ThrownException, V128, Val, ValRaw};

use super::end;
use super::host::Host;
use super::instance::{Entry, LiveInstance};
use super::live::{counter, plain_value};
use crate::model::call::{CallSample, Outcome};
use crate::model::measured::Measured;
use crate::model::signature::{FuncSignature, ValueType};
use crate::model::value::Value;

/// What one call cost.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Figures {
    pub(crate) started_ns: u64,
    pub(crate) wall_ns: u64,
    pub(crate) fuel: Measured<u64>,
    pub(crate) peak_memory_pages: u64,
    pub(crate) peak_table_elements: u64,
    pub(crate) peak_call_depth: Measured<u64>,
    /// Whether it returned although its fuel had run out.
    pub(crate) has_overrun: bool,
}

/// Tells whether a value can be passed where a type is asked for.
pub(crate) fn fits(value: &Value, ty: &ValueType) -> bool {
    match (value, ty) {
        (Value::I32(_), ValueType::I32)
        | (Value::I64(_), ValueType::I64)
        | (Value::F32(_), ValueType::F32)
        | (Value::F64(_), ValueType::F64)
        | (Value::V128(_), ValueType::V128)
        | (Value::NullRef | Value::FuncRef(_), ValueType::FuncRef)
        | (Value::NullRef | Value::ExternRef(_), ValueType::ExternRef) => true,
        (Value::NullRef, ValueType::OtherRef(text)) => text.contains("null") || !text.starts_with('('),
        _ => false,
    }
}

/// Calls an export once.
pub(crate) fn run_one(
    live: &mut LiveInstance,
    entry: &Entry,
    args: &[Value],
) -> (Figures, wasmtime::Result<Vec<Value>>) {
    let started = Instant::now();
    begin(live, started);
    let result = if entry.is_plain { call_plain(live, entry, args) } else { call_checked(live, entry, args) };
    let ended = Instant::now();
    if let Err(error) = &result {
        clean_up(live, error);
    }
    let mut figures = measure(live, result.is_ok());
    figures.wall_ns = charged_ns(&live.store, ended);
    (figures, result)
}

/// How far a batch of calls goes.
pub(crate) struct BatchSpan<'a> {
    /// Most calls.
    pub(crate) most: u64,
    /// When no further call begins.
    pub(crate) until: Instant,
    /// What the calls' times are counted from.
    pub(crate) born: Instant,
    /// How many more calls with refused growth the observer hears of.
    pub(crate) tellable: &'a mut u32,
}

/// Calls an export up to so many times or until it is that late, with nothing but figures to show, and stops at
/// the first failure.
///
/// Returns the figures of the call that failed and its error, or its results when it overran its fuel.
pub(crate) fn run_batch(
    live: &mut LiveInstance,
    entry: &Entry,
    args: &[Value],
    span: BatchSpan<'_>,
    samples: &mut Vec<CallSample>,
) -> Option<(Figures, wasmtime::Result<Vec<Value>>)> {
    let BatchSpan { most, until, born, tellable } = span;
    let mut buffer = raw_buffer(&entry.signature);
    let mut started = Instant::now();
    let mut started_ns = u64::try_from((started - born).as_nanos()).unwrap_or(u64::MAX);
    for _ in 0..most {
        begin(live, started);
        fill_raw(&mut buffer, args);
        let result = call_raw(live, entry, &mut buffer);
        let ended = Instant::now();
        if let Err(error) = &result {
            clean_up(live, error);
        }
        let mut figures = measure(live, result.is_ok());
        figures.started_ns = started_ns;
        figures.wall_ns = charged_ns(&live.store, ended);
        if let Err(error) = result {
            return Some((figures, Err(error)));
        }
        if figures.has_overrun {
            return Some((figures, Ok(results_in(&buffer, entry))));
        }
        let was_denied = live.store.data().meter.all_refused().total() > 0;
        if was_denied && *tellable > 0 {
            *tellable -= 1;
            tell_refused_growth(live);
        }
        samples.push(CallSample {
            started_ns,
            wall_ns: figures.wall_ns,
            fuel: figures.fuel,
            peak_memory_pages: figures.peak_memory_pages,
            peak_call_depth: figures.peak_call_depth,
            outcome: Outcome::Returned,
            was_denied,
            export: 0,
        });
        started_ns += u64::try_from((ended - started).as_nanos()).unwrap_or(u64::MAX);
        started = ended;
        if ended >= until {
            break;
        }
    }
    None
}

/// Tells the observer of growth that was refused in a call that leaves no record.
fn tell_refused_growth(live: &mut LiveInstance) {
    let end = end::explain_return(live, false);
    let mut denied: Vec<_> = end.denied.into_iter().chain(end.details.unmet).collect();
    denied.sort_by_key(|growth| growth.nth);
    live.store.data().observer.growth_refused(denied, end.details.refused.total());
}

/// What became of calls between two looks at the clock.
pub(crate) struct Unwatched {
    /// Calls that returned.
    pub(crate) made: u64,
    /// Nanoseconds that all of them took, pauses left out.
    pub(crate) wall_ns: u64,
    /// The first that did not return: its figures and its error, or its results when it overran its fuel.
    pub(crate) failure: Option<(Figures, wasmtime::Result<Vec<Value>>)>,
}

/// Calls an export that many times between two looks at the clock, under all its limits.
///
/// Stops at the first that does not return. The time limit is that of all together, which are few and quick.
pub(crate) fn run_unwatched(live: &mut LiveInstance, entry: &Entry, args: &[Value], calls: u64) -> Unwatched {
    let mut buffer = raw_buffer(&entry.signature);
    let has_fuel = live.handles.has_fuel;
    let (mut made, mut failure) = (0, None);
    let mut started = Instant::now();
    while made < calls {
        begin(live, started);
        let result = if entry.is_plain {
            fill_raw(&mut buffer, args);
            call_raw(live, entry, &mut buffer)
        } else {
            call_checked(live, entry, args).map(drop)
        };
        let has_overrun = has_fuel && live.store.get_fuel().is_ok_and(|left| left == 0);
        if result.is_err() || has_overrun {
            failure = Some(result);
            break;
        }
        live.has_returned();
        if live.store.data().meter.was_asked() {
            live.resum();
        }
        // Time spent paused counts for none of the calls.
        started += live.store.data().clock.held;
        made += 1;
    }
    let ended = Instant::now();
    let wall_ns = match failure {
        Some(_) => charged_ns(&live.store, ended),
        None => u64::try_from(ended.saturating_duration_since(started).as_nanos()).unwrap_or(u64::MAX),
    };
    let failure = failure.map(|result| {
        if let Err(error) = &result {
            clean_up(live, error);
        }
        let mut figures = measure(live, result.is_ok());
        figures.wall_ns = wall_ns;
        let is_plain = entry.is_plain;
        let results = |()| if is_plain { results_in(&buffer, entry) } else { Vec::new() };
        (figures, result.map(results))
    });
    Unwatched { made, wall_ns, failure }
}

/// Takes an exception that nobody caught out of the store, which otherwise holds on to it, and a grant out of the
/// meter that came to nothing; figures are read after that.
fn clean_up(live: &mut LiveInstance, error: &wasmtime::Error) {
    live.take_back_ungranted(error);
    if error.is::<ThrownException>() {
        RootScope::new(&mut live.store).as_context_mut().take_pending_exception();
    }
}

/// Sets meter, clock and tank for a call.
fn begin(live: &mut LiveInstance, started: Instant) {
    live.reset_counters();
    let has_fuel = live.handles.has_fuel;
    let host = live.store.data_mut();
    host.meter.begin_call();
    host.clock.begin_call(started);
    if has_fuel {
        // One unit more than the limit tells a call that used it up from one that wanted more.
        let limit = host.meter.limits().fuel;
        let tank = limit.map_or(u64::MAX, |limit| limit.saturating_add(1));
        host.tank = tank;
        let set = live.store.set_fuel(tank);
        debug_assert!(set.is_ok(), "an engine with fuel refused it");
    }
}

/// Reads what the call cost, its time left out.
fn measure(live: &mut LiveInstance, has_returned: bool) -> Figures {
    if has_returned {
        live.has_returned();
    }
    if live.store.data().meter.was_asked() {
        live.resum();
    }
    let mut figures = Figures::default();
    if live.handles.has_fuel
        && let Ok(left) = live.store.get_fuel()
    {
        let used = live.store.data().tank.saturating_sub(left);
        figures.has_overrun = has_returned && left == 0;
        figures.fuel = if has_returned && left > 0 { Measured::Exact(used) } else { Measured::AtLeast(used) };
    }
    if let Some(depth) = live.depth {
        // A refused frame has left its depth there, but never ran.
        let refused = u64::from(!has_returned && live.has_refused_frame());
        figures.peak_call_depth = Measured::Exact(counter(&mut live.store, depth.peak) - refused);
    }
    let meter = &live.store.data().meter;
    figures.peak_memory_pages = meter.memory_pages_call_peak();
    figures.peak_table_elements = meter.table_elements_call_peak();
    figures
}

fn charged_ns(store: &Store<Host>, ended: Instant) -> u64 {
    u64::try_from(store.data().clock.charged(ended).as_nanos()).unwrap_or(u64::MAX)
}

fn call_plain(live: &mut LiveInstance, entry: &Entry, args: &[Value]) -> wasmtime::Result<Vec<Value>> {
    let mut buffer = raw_buffer(&entry.signature);
    fill_raw(&mut buffer, args);
    call_raw(live, entry, &mut buffer)?;
    Ok(results_in(&buffer, entry))
}

fn results_in(buffer: &[ValRaw], entry: &Entry) -> Vec<Value> {
    entry.signature.results.iter().zip(buffer).map(|(ty, raw)| from_raw(ty, raw)).collect()
}

/// Calls through the engine's unchecked door.
fn call_raw(live: &mut LiveInstance, entry: &Entry, buffer: &mut [ValRaw]) -> wasmtime::Result<()> {
    debug_assert!(entry.is_plain && buffer.len() >= buffer_len(&entry.signature));
    // SAFETY: the buffer is as long as the longer of parameters and results (`raw_buffer`). Its values are of
    // the parameters' types: `Plugin::entry` checked them against the signature, which was read from the very
    // binary that the engine compiled. The signature has plain values only (`Entry::is_plain`), so no
    // reference can dangle. The function belongs to this store, and no call on this store is under way, since
    // we hold it exclusively.
    unsafe { entry.func.call_unchecked(&mut live.store, std::ptr::from_mut(buffer)) }
}

fn buffer_len(signature: &FuncSignature) -> usize {
    signature.params.len().max(signature.results.len())
}

fn raw_buffer(signature: &FuncSignature) -> Vec<ValRaw> {
    vec![ValRaw::i64(0); buffer_len(signature)]
}

fn fill_raw(buffer: &mut [ValRaw], args: &[Value]) {
    for (raw, value) in buffer.iter_mut().zip(args) {
        *raw = match value {
            Value::I32(value) => ValRaw::i32(*value),
            Value::I64(value) => ValRaw::i64(*value),
            Value::F32(bits) => ValRaw::f32(*bits),
            Value::F64(bits) => ValRaw::f64(*bits),
            Value::V128(bits) => ValRaw::v128(*bits),
            // Only plain signatures come here, and their arguments were checked.
            Value::NullRef | Value::FuncRef(_) | Value::ExternRef(_) | Value::OpaqueRef(_) => ValRaw::i64(0),
        };
    }
}

fn from_raw(ty: &ValueType, raw: &ValRaw) -> Value {
    match ty {
        ValueType::I32 => Value::I32(raw.get_i32()),
        ValueType::I64 => Value::I64(raw.get_i64()),
        ValueType::F32 => Value::F32(raw.get_f32()),
        ValueType::F64 => Value::F64(raw.get_f64()),
        ValueType::V128 => Value::V128(raw.get_v128()),
        ValueType::FuncRef | ValueType::ExternRef | ValueType::OtherRef(_) | ValueType::Component(_) => {
            Value::OpaqueRef(ty.to_string())
        }
    }
}

/// Calls with references among arguments or results, which must not outlive the call.
fn call_checked(live: &mut LiveInstance, entry: &Entry, args: &[Value]) -> wasmtime::Result<Vec<Value>> {
    let functions = live.functions.clone();
    let mut scope = RootScope::new(&mut live.store);
    let mut params = Vec::with_capacity(args.len());
    for (param, value) in entry.signature.params.iter().zip(args) {
        params.push(match value {
            Value::I32(value) => Val::I32(*value),
            Value::I64(value) => Val::I64(*value),
            Value::F32(bits) => Val::F32(*bits),
            Value::F64(bits) => Val::F64(*bits),
            Value::V128(bits) => Val::V128(V128::from(*bits)),
            Value::NullRef | Value::OpaqueRef(_) => null_of(&entry.func, &scope, params.len(), &param.ty),
            Value::FuncRef(index) => match functions.get(index) {
                Some(func) => Val::FuncRef(Some(*func)),
                None => {
                    wasmtime::bail!("function {index} is not exported, so the host has no reference to it")
                }
            },
            Value::ExternRef(text) => Val::ExternRef(Some(ExternRef::new(&mut scope, text.clone())?)),
        });
    }
    let mut results = vec![Val::I32(0); entry.signature.results.len()];
    entry.func.call(&mut scope, &params, &mut results)?;
    let mut values = Vec::with_capacity(results.len());
    for result in &results {
        values.push(match result {
            Val::ExternRef(Some(reference)) => {
                let text = reference.data(&scope)?.and_then(|data| data.downcast_ref::<String>());
                text.map_or_else(|| plain_value(result), |text| Value::ExternRef(text.clone()))
            }
            Val::FuncRef(Some(func)) => {
                let raw = func.to_raw(&mut scope);
                let is_same = |(_, other): &(&u32, &wasmtime::Func)| other.to_raw(&mut scope) == raw;
                functions
                    .iter()
                    .find(is_same)
                    .map_or_else(|| plain_value(result), |(index, _)| Value::FuncRef(*index))
            }
            plain => plain_value(plain),
        });
    }
    Ok(values)
}

/// The null that a parameter's own type asks for.
fn null_of(func: &wasmtime::Func, scope: &RootScope<&mut Store<Host>>, index: usize, ty: &ValueType) -> Val {
    match ty {
        ValueType::FuncRef => Val::FuncRef(None),
        ValueType::ExternRef => Val::ExternRef(None),
        _ => {
            let ty = func.ty(scope).param(index);
            ty.and_then(|ty| ty.as_ref().map(|ty| Val::null_ref(ty.heap_type()))).unwrap_or(Val::AnyRef(None))
        }
    }
}

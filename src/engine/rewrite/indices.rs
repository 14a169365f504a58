//! The indices of what the pass adds: globals behind the guest's globals, wrappers behind its functions.
//!
//! It must not know the names under which these are exported.

use std::collections::BTreeMap;

use wasmparser::ExternalKind;

use super::layout::GROWTH_RING;
use super::scan::{Scan, count};
use super::{RewriteError, RewriteOptions};

/// The number of globals and of functions that engines accept.
const MAX_ENTITIES: u32 = 1_000_000;

/// Where everything private stands.
pub(super) struct PrivateIndices {
    /// The globals of the depth count.
    pub(super) depth: Option<DepthIndices>,
    /// The globals of the refused growth.
    pub(super) growth: Option<GrowthIndices>,
    /// The types and initial values of all new globals, in the order of their indices.
    pub(super) new_globals: Vec<NewGlobal>,
    /// For each function that is wrapped, the index of its wrapper; in the order of both.
    pub(super) wrappers: BTreeMap<u32, u32>,
    /// The index of the first function that is not the guest's.
    pub(super) first_private_function: u32,
}

/// The globals of the depth count, all of type `i32`.
#[derive(Clone, Copy)]
pub(super) struct DepthIndices {
    /// The depth of the frame that made the last call.
    pub(super) depth: u32,
    /// The highest depth since the wrapper's reset.
    pub(super) peak: u32,
    /// The highest depth that is allowed.
    pub(super) limit: u32,
    /// 1 when a frame past the limit was refused.
    pub(super) exceeded: u32,
}

/// The globals of the refused growth.
#[derive(Clone, Copy)]
pub(super) struct GrowthIndices {
    /// How often growth was refused since the wrapper's reset.
    pub(super) count: u32,
    /// The places, newest first.
    pub(super) ring: [u32; GROWTH_RING],
    /// Holds the result of a growth while it is tested, `i32`.
    pub(super) result32: u32,
    /// The same for 64-bit memories and tables, `i64`.
    pub(super) result64: u32,
}

/// A global that the pass adds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum NewGlobal {
    /// A mutable `i32` that starts with this value.
    I32(i32),
    /// A mutable `i64` that starts at 0.
    I64,
}

impl PrivateIndices {
    /// Decides what is added to the module.
    pub(super) fn plan(scan: &Scan<'_>, options: &RewriteOptions) -> Result<Self, RewriteError> {
        let mut new_globals = Vec::new();
        let mut add = |global: NewGlobal| {
            new_globals.push(global);
            scan.globals.saturating_add(count(&new_globals) - 1)
        };
        let depth = options.depth.then(|| DepthIndices {
            depth: add(NewGlobal::I32(0)),
            peak: add(NewGlobal::I32(0)),
            limit: add(NewGlobal::I32(-1)),
            exceeded: add(NewGlobal::I32(0)),
        });
        let can_grow = !(scan.memory64.is_empty() && scan.table64.is_empty());
        let growth = (options.record_refused_growth && can_grow).then(|| GrowthIndices {
            count: add(NewGlobal::I32(0)),
            ring: std::array::from_fn(|_| add(NewGlobal::I32(0))),
            result32: add(NewGlobal::I32(0)),
            result64: add(NewGlobal::I64),
        });
        let first_private_function = count(&scan.function_types);
        let wrappers = if depth.is_some() || growth.is_some() { wrapped_functions(scan) } else { Vec::new() };
        at_most("globals", scan.globals, count(&new_globals))?;
        at_most("functions", first_private_function, count(&wrappers))?;
        let wrappers = wrappers.into_iter().zip(first_private_function..).collect();
        Ok(Self { depth, growth, new_globals, wrappers, first_private_function })
    }

    /// The globals that each wrapper sets to 0 before it enters the guest's function.
    pub(super) fn reset_by_wrappers(&self) -> impl Iterator<Item = u32> + '_ {
        let depth = self.depth.iter().flat_map(|depth| [depth.depth, depth.peak, depth.exceeded]);
        depth.chain(self.growth.iter().map(|growth| growth.count))
    }
}

/// Fails when `own` things of the guest and `added` ones of the pass are more than engines accept.
pub(super) fn at_most(what: &'static str, own: u32, added: u32) -> Result<(), RewriteError> {
    let count = u64::from(own) + u64::from(added);
    if added > 0 && count > u64::from(MAX_ENTITIES) {
        return Err(RewriteError::TooMany { what, count, limit: MAX_ENTITIES });
    }
    Ok(())
}

fn wrapped_functions(scan: &Scan<'_>) -> Vec<u32> {
    let exported = scan.exports.iter().filter(|export| is_function(export.kind)).map(|export| export.index);
    let mut wrapped: Vec<u32> = exported.chain(scan.start).collect();
    wrapped.sort_unstable();
    wrapped.dedup();
    wrapped
}

/// Tells whether exports of this kind can be called.
pub(super) fn is_function(kind: ExternalKind) -> bool {
    matches!(kind, ExternalKind::Func | ExternalKind::FuncExact)
}

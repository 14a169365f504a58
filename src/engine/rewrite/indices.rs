//! The indices of what the pass adds: globals, behind the guest's own.
//!
//! It must not know the names under which these are exported.

use super::layout::GROWTH_RING;
use super::scan::{Scan, count};
use super::{RewriteError, RewriteOptions};

/// The number of globals, and of exports, that engines accept.
const MAX_ENTITIES: u32 = 1_000_000;

/// Where everything private stands.
pub(super) struct PrivateIndices {
    /// The globals of the depth count.
    pub(super) depth: Option<DepthIndices>,
    /// The globals of the refused growth.
    pub(super) growth: Option<GrowthIndices>,
    /// The first of the globals that count straight pieces of code, and how many there are.
    pub(super) counters: (u32, u32),
    /// The types of all new globals, in the order of their indices.
    pub(super) new_globals: Vec<NewGlobal>,
}

/// Who sees to it that the global holds the depth of the frame that is entered next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DepthProtocol {
    /// Every function leaves the global as it found it, and adds one for those that it calls: no frame has to
    /// remember its depth. Right as long as a frame is left by returning from it, or by a trap that ends the call.
    Kept,
    /// Every function remembers its depth in a local and sets the global before each call; nothing is undone. For
    /// modules that leave frames otherwise: by exceptions, or by suspending.
    SetByCallers,
}

/// The globals of the depth count, all of type `i32`.
#[derive(Clone, Copy)]
pub(super) struct DepthIndices {
    /// How frames hand on their depth.
    pub(super) protocol: DepthProtocol,
    /// The depth of the frame that is entered next.
    pub(super) depth: u32,
    /// The highest depth since the host's reset, the refused one included.
    pub(super) peak: u32,
    /// The lowest depth that is refused; 0 refuses none.
    pub(super) refused: u32,
}

/// The globals of the refused growth.
#[derive(Clone, Copy)]
pub(super) struct GrowthIndices {
    /// How often growth was refused since the host's reset.
    pub(super) count: u32,
    /// The places, newest first.
    pub(super) ring: [u32; GROWTH_RING],
    /// Holds the result of a growth while it is tested, `i32`.
    pub(super) result32: u32,
    /// The same for 64-bit memories and tables, `i64`.
    pub(super) result64: u32,
}

/// A global that the pass adds; it starts at 0.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum NewGlobal {
    /// A mutable `i32`.
    I32,
    /// A mutable `i64`.
    I64,
}

impl DepthProtocol {
    /// Returns the cheapest one that is right for a module.
    pub(super) fn of(scan: &Scan<'_>) -> Self {
        if scan.has_tags { Self::SetByCallers } else { Self::Kept }
    }
}

impl PrivateIndices {
    /// Decides what is added to the module; so many straight pieces of its code are counted.
    pub(super) fn plan(
        scan: &Scan<'_>,
        options: &RewriteOptions,
        num_counters: u32,
        protocol: DepthProtocol,
    ) -> Result<Self, RewriteError> {
        let mut new_globals = Vec::new();
        let mut add = |global: NewGlobal| {
            new_globals.push(global);
            scan.globals.saturating_add(count(&new_globals) - 1)
        };
        let depth = options.depth.then(|| DepthIndices {
            protocol,
            depth: add(NewGlobal::I32),
            peak: add(NewGlobal::I32),
            refused: add(NewGlobal::I32),
        });
        let can_grow = !(scan.memory64.is_empty() && scan.table64.is_empty());
        let growth = (options.record_refused_growth && can_grow).then(|| GrowthIndices {
            count: add(NewGlobal::I32),
            ring: std::array::from_fn(|_| add(NewGlobal::I32)),
            result32: add(NewGlobal::I32),
            result64: add(NewGlobal::I64),
        });
        let counters = (scan.globals.saturating_add(count(&new_globals)), num_counters);
        new_globals.extend((0..num_counters).map(|_| NewGlobal::I64));
        at_most("globals", scan.globals, count(&new_globals))?;
        Ok(Self { depth, growth, counters, new_globals })
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

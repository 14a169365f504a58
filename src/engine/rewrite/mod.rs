//! The pass that makes a module countable: exact call depth, exact fuel and named places of refused growth.
//!
//! It runs over the binary between validation and compiling. It renumbers nothing: whatever it adds (globals,
//! exports) stands behind what was there, so that every section can be copied as it is and only
//! function bodies are read operator by operator. It must not know stores, plugins, limits or calls; it never
//! panics, whatever bytes it is given.

mod body;
mod checks;
mod counters;
mod indices;
mod layout;
mod offsets;
mod prices;
mod scan;
mod sections;
#[cfg(test)]
mod tests;

pub use counters::CountedBlock;
use indices::DepthProtocol;
pub use layout::{DepthGlobals, GROWTH_RING, GrowthSites, Layout};
pub use offsets::OffsetMap;
pub(crate) use prices::operator_names;
pub use prices::{Prices, UnknownOperator, default_prices, engine_operator_cost};

/// The version of what this pass writes; it enters every cache key.
pub const PASS_VERSION: u32 = 3;

/// What the pass is asked to add to a module.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct RewriteOptions {
    /// Count the frames of the guest's own functions, and trap past a limit.
    pub depth: bool,
    /// The price of each operator, for an engine with [`engine_operator_cost`].
    ///
    /// `None` is for an engine with its default costs: nothing is priced and the guest's own `nop`s stay. What
    /// the pass itself adds to function bodies then burns fuel like the guest's own code, so that fuel is exact
    /// only with `depth` and `record_refused_growth` off.
    pub prices: Option<Prices>,
    /// Record where growth of memories and tables was refused.
    pub record_refused_growth: bool,
    /// What is counted besides; it burns no fuel where prices are given.
    pub counting: Counting,
}

/// What straight pieces of code count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Counting {
    /// Nothing, as in every build that is called.
    #[default]
    Nothing,
    /// How often each of them runs.
    Operators,
    /// What all of them cost together, and what that was when the engine looked at the tank last: the first two
    /// counters. It takes prices.
    Fuel,
}

/// A module after the pass.
#[derive(Debug, Clone)]
pub struct Rewritten {
    /// The binary to compile.
    pub wasm: Vec<u8>,
    /// Where the private exports are.
    pub layout: Layout,
    /// The way back from offsets in `wasm` to offsets in the original binary.
    pub offsets: OffsetMap,
    /// The straight pieces of code that are counted, each in the global that [`Layout::counter`] names by its
    /// place here; empty unless it was asked for.
    pub blocks: Vec<CountedBlock>,
}

/// Why a module could not be rewritten. It can still be compiled and run as it is.
#[derive(Debug, thiserror::Error)]
pub enum RewriteError {
    /// The bytes do not parse.
    #[error("the module does not parse: {source}")]
    Malformed {
        /// What the parser found, and where.
        #[from]
        source: wasmparser::BinaryReaderError,
    },
    /// The bytes are a component.
    #[error("only core modules are rewritten, and this is a component")]
    NotACoreModule,
    /// A section that the pass does not know, and so can not place.
    #[error("section {id} is unknown to the pass")]
    UnknownSection {
        /// The section's number.
        id: u8,
    },
    /// An index that nothing in the module answers to.
    #[error("{what} {index} does not exist")]
    DanglingIndex {
        /// The index space.
        what: &'static str,
        /// The index.
        index: u32,
    },
    /// With what the pass adds there would be more than engines accept.
    #[error("with the private ones there would be {count} {what}, and engines accept {limit}")]
    TooMany {
        /// What there is too much of, in the plural.
        what: &'static str,
        /// How many there would be.
        count: u64,
        /// How many engines accept.
        limit: u32,
    },
    /// With what the pass adds the body of a function would be longer than engines accept.
    #[error("with counting in it the body of function {index} would be longer than engines accept")]
    BodyTooLarge {
        /// The function's index, imports first.
        index: u32,
    },
    /// With what the pass adds a function would have more locals than engines accept.
    #[error("function {index} already has as many locals as engines accept")]
    TooManyLocals {
        /// The function's index, imports first.
        index: u32,
    },
    /// The rewritten module would be too long.
    #[error("the rewritten module would be longer than {limit_bytes} bytes")]
    TooLarge {
        /// The longest output of the pass.
        limit_bytes: usize,
    },
}

/// Rewrites a core module.
///
/// The module should be valid: an invalid one gives an error, or bytes that are not valid either.
///
/// # Errors
///
/// Returns an error when the module does not parse, or when what the pass adds would pass a limit of the
/// format. The module itself may still run unrewritten.
pub fn rewrite(original: &[u8], options: &RewriteOptions) -> Result<Rewritten, RewriteError> {
    let scan = scan::Scan::of(original)?;
    rewrite_by(&scan, options, DepthProtocol::of(&scan))
}

fn rewrite_by(
    scan: &scan::Scan<'_>,
    options: &RewriteOptions,
    protocol: DepthProtocol,
) -> Result<Rewritten, RewriteError> {
    let blocks = match options.counting {
        Counting::Nothing => counters::Blocks::default(),
        counting => counters::Blocks::of(scan, counting == Counting::Fuel)?,
    };
    let num_counters = match options.counting {
        Counting::Fuel => checks::SUM_GLOBALS,
        Counting::Nothing | Counting::Operators => body::position(blocks.blocks.len()),
    };
    let indices = indices::PrivateIndices::plan(scan, options, num_counters, protocol)?;
    let layout = Layout::plan(scan, &indices)?;
    let body_writer = body::BodyWriter::new(scan, &indices, options, &blocks);
    let written = sections::write(scan, &indices, &layout, &body_writer)?;
    Ok(Rewritten { wasm: written.wasm, layout, offsets: written.offsets, blocks: blocks.blocks })
}

//! The private exports of a rewritten module: their names, and what an entry through them costs.
//!
//! It must not know how they are written.

use std::borrow::Cow;
use std::collections::HashMap;

use wasm_encoder::ExportKind;

use super::indices::{DepthIndices, GrowthIndices, PrivateIndices, at_most, is_function};
use super::scan::{Scan, count};
use super::{RewriteError, RewriteOptions};

/// How many places of refused growth are kept.
pub const GROWTH_RING: usize = 8;

/// How every private export begins, unless the guest has exports that begin like it.
const PREFIX: &str = "workbench";

/// The names of the private exports. None of them is among the original's exports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// How every private export begins, and none of the guest's.
    pub prefix: String,
    /// The private export of each memory, by index, imported ones first.
    pub memories: Vec<String>,
    /// The private export of each table, by index, imported ones first.
    pub tables: Vec<String>,
    /// The private export of each global of the original, by index, imported ones first.
    pub globals: Vec<String>,
    /// The way to call the start function, which instantiation no longer calls.
    pub start: Option<EntryPoint>,
    /// The way to call each exported function, by the name of its export.
    ///
    /// Empty when nothing is counted: the original exports serve then. See [`Layout::entry`].
    pub wrappers: HashMap<String, EntryPoint>,
    /// The globals of the depth count, when it was asked for.
    pub depth: Option<DepthGlobals>,
    /// The globals of the refused growth, when it was asked for and there is something to grow.
    pub growth_sites: Option<GrowthSites>,
    /// The index of the first function that is not the guest's: from here on frames are not shown.
    pub first_private_function: u32,
}

/// An export to call in place of a function of the guest; it has the function's own signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryPoint {
    /// The export's name.
    pub export: String,
    /// The fuel that the entry itself burns before the guest's function is entered.
    ///
    /// To be added to the tank and taken off each figure. It is 1 for a wrapper when prices are in force, more
    /// without them, and 0 where the export is the function itself.
    pub fuel: u64,
}

/// The names of the globals that count frames, all mutable `i32` to be read as unsigned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DepthGlobals {
    /// The depth of the frame that made the last call: not the depth now.
    pub depth: String,
    /// The highest depth since the wrapper was entered, never above the limit.
    pub peak: String,
    /// The highest depth that is allowed; `u32::MAX`, its first value, for no limit.
    pub limit: String,
    /// 1 when a frame past the limit was refused since the wrapper was entered, else 0.
    pub exceeded: String,
}

/// The names of the globals that keep the places where growth was refused, all mutable `i32` (unsigned).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrowthSites {
    /// How often growth was refused since the wrapper was entered.
    pub count: String,
    /// Offsets in the original of the operators whose growth was refused, newest first; as many as `count`.
    pub ring: [String; GROWTH_RING],
}

/// A private export, as the export section wants it.
pub(super) struct PrivateExport<'a> {
    /// Its name.
    pub(super) name: Cow<'a, str>,
    /// What kind of thing it names.
    pub(super) kind: ExportKind,
    /// Which one.
    pub(super) index: u32,
}

impl Layout {
    /// Returns the export to call for the function that the guest exports as `name`, and its own fuel.
    #[must_use]
    pub fn entry<'a>(&'a self, name: &'a str) -> (&'a str, u64) {
        self.wrappers.get(name).map_or((name, 0), |entry| (&entry.export, entry.fuel))
    }

    /// Names everything that is exported privately.
    pub(super) fn plan(
        scan: &Scan<'_>,
        indices: &PrivateIndices,
        options: &RewriteOptions,
    ) -> Result<Self, RewriteError> {
        let prefix = free_prefix(scan.exports.iter().map(|export| export.name));
        let names = |what: &str, count: u32| (0..count).map(|i| format!("{prefix}:{what}:{i}")).collect();
        let mut layout = Self {
            memories: names("memory", count(&scan.memory64)),
            tables: names("table", count(&scan.table64)),
            globals: names("global", scan.globals),
            start: None,
            wrappers: HashMap::new(),
            depth: indices.depth.map(|_| DepthGlobals {
                depth: format!("{prefix}:depth"),
                peak: format!("{prefix}:peak"),
                limit: format!("{prefix}:limit"),
                exceeded: format!("{prefix}:exceeded"),
            }),
            growth_sites: indices.growth.map(|_| GrowthSites {
                count: format!("{prefix}:refused"),
                ring: std::array::from_fn(|i| format!("{prefix}:refused:{i}")),
            }),
            first_private_function: indices.first_private_function,
            prefix,
        };
        layout.plan_entries(scan, indices, options)?;
        let added = layout.private_exports(scan, indices).count();
        at_most("exports", count(&scan.exports), u32::try_from(added).unwrap_or(u32::MAX))?;
        Ok(layout)
    }

    /// Lists the private exports in the order in which they are written.
    pub(super) fn private_exports<'a>(
        &'a self,
        scan: &'a Scan<'_>,
        indices: &'a PrivateIndices,
    ) -> impl Iterator<Item = PrivateExport<'a>> {
        let depth = self.depth.iter().zip(indices.depth);
        let growth = self.growth_sites.iter().zip(indices.growth);
        let counters = depth
            .flat_map(|(names, indices)| names.with_indices(indices))
            .chain(growth.flat_map(|(names, indices)| names.with_indices(indices)))
            .map(|(name, index)| PrivateExport { name: name.into(), kind: ExportKind::Global, index });
        let wrappers = indices.wrappers.iter().map(|(function, wrapper)| PrivateExport {
            name: self.wrapper_name(*function).into(),
            kind: ExportKind::Func,
            index: *wrapper,
        });
        let bare_start = self.start.iter().zip(scan.start).filter(|_| indices.wrappers.is_empty());
        let bare_start = bare_start.map(|(entry, index)| PrivateExport {
            name: entry.export.as_str().into(),
            kind: ExportKind::Func,
            index,
        });
        numbered(ExportKind::Memory, &self.memories)
            .chain(numbered(ExportKind::Table, &self.tables))
            .chain(numbered(ExportKind::Global, &self.globals))
            .chain(counters)
            .chain(wrappers)
            .chain(bare_start)
    }

    fn plan_entries(
        &mut self,
        scan: &Scan<'_>,
        indices: &PrivateIndices,
        options: &RewriteOptions,
    ) -> Result<(), RewriteError> {
        if indices.wrappers.is_empty() {
            self.start = scan.start.map(|_| EntryPoint { export: format!("{}:start", self.prefix), fuel: 0 });
            return Ok(());
        }
        let entry_of = |function: u32| -> Result<EntryPoint, RewriteError> {
            let fuel = wrapper_fuel(scan.params_of(function)?, indices, options);
            Ok(EntryPoint { export: self.wrapper_name(function), fuel })
        };
        let start = scan.start.map(entry_of).transpose()?;
        let functions = scan.exports.iter().filter(|export| is_function(export.kind));
        let wrappers = functions
            .map(|export| Ok((export.name.to_owned(), entry_of(export.index)?)))
            .collect::<Result<_, RewriteError>>()?;
        self.start = start;
        self.wrappers = wrappers;
        Ok(())
    }

    fn wrapper_name(&self, function: u32) -> String {
        format!("{}:call:{function}", self.prefix)
    }
}

impl DepthGlobals {
    fn with_indices(&self, indices: DepthIndices) -> Vec<(&str, u32)> {
        vec![
            (&self.depth, indices.depth),
            (&self.peak, indices.peak),
            (&self.limit, indices.limit),
            (&self.exceeded, indices.exceeded),
        ]
    }
}

impl GrowthSites {
    fn with_indices(&self, indices: GrowthIndices) -> Vec<(&str, u32)> {
        let ring = self.ring.iter().map(String::as_str).zip(indices.ring);
        std::iter::once((self.count.as_str(), indices.count)).chain(ring).collect()
    }
}

fn numbered(kind: ExportKind, names: &[String]) -> impl Iterator<Item = PrivateExport<'_>> {
    names.iter().zip(0..).map(move |(name, index)| PrivateExport { name: name.into(), kind, index })
}

/// What a wrapper burns before it enters the guest: its own entry, and with default costs its operators.
fn wrapper_fuel(params: u32, indices: &PrivateIndices, options: &RewriteOptions) -> u64 {
    const ENTRY: u64 = 1;
    const CALL: u64 = 1;
    if options.prices.is_some() {
        return ENTRY;
    }
    ENTRY + 2 * indices.reset_by_wrappers().count() as u64 + u64::from(params) + CALL
}

/// Lengthens the prefix by so many underscores that no name begins with it, in one go over the names.
fn free_prefix<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let taken = names.filter_map(|name| name.strip_prefix(PREFIX));
    let underscores = taken.map(|rest| rest.bytes().take_while(|byte| *byte == b'_').count() + 1).max();
    format!("{PREFIX}{}", "_".repeat(underscores.unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_evades_every_name_that_begins_like_it() {
        let cases: [(&[&str], &str); 4] = [
            (&["add", "work", "_workbench"], "workbench"),
            (&["workbench"], "workbench_"),
            (&["workbench:memory:0", "workbench_x"], "workbench__"),
            (&["workbench___", "workbench_"], "workbench____"),
        ];
        for (names, prefix) in cases {
            assert_eq!(free_prefix(names.iter().copied()), prefix, "{names:?}");
            assert!(names.iter().all(|name| !name.starts_with(prefix)), "{names:?}");
        }
    }
}

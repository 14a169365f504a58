//! The private exports of a rewritten module, by name.
//!
//! It must not know how they are written.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use wasm_encoder::ExportKind;

use super::RewriteError;
use super::indices::{DepthIndices, DepthProtocol, GrowthIndices, PrivateIndices, at_most};
use super::scan::{Scan, count};

/// How many places of refused growth are kept.
pub const GROWTH_RING: usize = 8;

/// How every private export begins, unless the guest has exports that begin like it.
const PREFIX: &str = "workbench";

/// The names of the private exports. None of them is among the original's exports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// How every private export begins, and none of the guest's.
    pub prefix: String,
    /// The private export of each memory, by index, imported ones first.
    pub memories: Vec<String>,
    /// The private export of each table, by index, imported ones first.
    pub tables: Vec<String>,
    /// The private export of each global of the original, by index, imported ones first.
    pub globals: Vec<String>,
    /// The export of the start function, which instantiation no longer calls.
    pub start: Option<String>,
    /// The globals of the depth count, when it was asked for.
    pub depth: Option<DepthGlobals>,
    /// The globals of the refused growth, when it was asked for and there is something to grow.
    pub growth_sites: Option<GrowthSites>,
}

/// The names of the globals that count frames, all mutable `i32` to be read as unsigned.
///
/// Before each call the host sets `depth` to 1 and `peak` to 0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepthGlobals {
    /// The depth of the frame that is entered next: not the depth now.
    pub depth: String,
    /// Whether a call that returns leaves `depth` as it was.
    pub is_kept: bool,
    /// The highest depth since the host reset it. Above the limit, by one, when a frame was refused.
    pub peak: String,
    /// The lowest depth that is refused: the limit plus one. 0, its first value, refuses none.
    pub refused: String,
}

/// The names of the globals that keep the places where growth was refused, all mutable `i32` (unsigned).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrowthSites {
    /// How often growth was refused since the host set this to 0.
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
    /// Names everything that is exported privately.
    pub(super) fn plan(scan: &Scan<'_>, indices: &PrivateIndices) -> Result<Self, RewriteError> {
        let prefix = free_prefix(scan.exports.iter().map(|export| export.name));
        let names = |what: &str, count: u32| (0..count).map(|i| format!("{prefix}:{what}:{i}")).collect();
        let layout = Self {
            memories: names("memory", count(&scan.memory64)),
            tables: names("table", count(&scan.table64)),
            globals: names("global", scan.globals),
            start: scan.start.map(|_| format!("{prefix}:start")),
            depth: indices.depth.map(|depth| DepthGlobals {
                depth: format!("{prefix}:depth"),
                is_kept: depth.protocol == DepthProtocol::Kept,
                peak: format!("{prefix}:peak"),
                refused: format!("{prefix}:refused-depth"),
            }),
            growth_sites: indices.growth.map(|_| GrowthSites {
                count: format!("{prefix}:refused"),
                ring: std::array::from_fn(|i| format!("{prefix}:refused:{i}")),
            }),
            prefix,
        };
        let added = layout.private_exports(scan, indices).count();
        at_most("exports", count(&scan.exports), u32::try_from(added).unwrap_or(u32::MAX))?;
        Ok(layout)
    }

    /// Returns the export of the global that counts a straight piece of code, by its number.
    pub fn counter(&self, block: usize) -> String {
        format!("{}:runs:{block}", self.prefix)
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
        let start = self.start.iter().zip(scan.start).map(|(name, index)| PrivateExport {
            name: name.into(),
            kind: ExportKind::Func,
            index,
        });
        let (first, num_counters) = indices.counters;
        let runs = (0..num_counters).map(move |block| PrivateExport {
            name: self.counter(block as usize).into(),
            kind: ExportKind::Global,
            index: first + block,
        });
        numbered(ExportKind::Memory, &self.memories)
            .chain(numbered(ExportKind::Table, &self.tables))
            .chain(numbered(ExportKind::Global, &self.globals))
            .chain(counters)
            .chain(start)
            .chain(runs)
    }
}

impl DepthGlobals {
    fn with_indices(&self, indices: DepthIndices) -> Vec<(&str, u32)> {
        vec![(&self.depth, indices.depth), (&self.peak, indices.peak), (&self.refused, indices.refused)]
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

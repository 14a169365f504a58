//! The map from offsets in the rewritten code to offsets in the original.
//!
//! One or two bytes per operator: a 14 MB module has millions of them. It must not know what was inserted.

use serde::{Deserialize, Serialize};

/// Finds for each place in the rewritten code the operator of the original that it belongs to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OffsetMap {
    /// Ascending by `new`; each covers what lies before the next.
    checkpoints: Vec<Checkpoint>,
    /// How long each operator is in the rewritten code and in the original, packed by [`push_lengths`].
    lengths: Vec<u8>,
}

/// A known pair of offsets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Checkpoint {
    new: u32,
    old: u32,
    then: Then,
}

/// How to go on from a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Then {
    /// Operator by operator, with the lengths from here on.
    Lengths(u32),
    /// The code is the original's, byte by byte.
    Verbatim,
    /// There is no code of the guest.
    Private,
}

impl OffsetMap {
    /// Returns the offset in the original binary of the operator that an offset in the rewritten one belongs to.
    ///
    /// What was inserted around an operator belongs to it. `None` for whatever is not code.
    #[must_use]
    pub fn original(&self, new: u32) -> Option<u32> {
        let next = self.checkpoints.partition_point(|checkpoint| checkpoint.new <= new);
        let checkpoint = self.checkpoints.get(next.checked_sub(1)?)?;
        match checkpoint.then {
            Then::Private => None,
            Then::Verbatim => Some(checkpoint.old + (new - checkpoint.new)),
            Then::Lengths(position) => {
                let mut lengths = self.lengths.get(position as usize..)?;
                let (mut end, mut old) = (checkpoint.new, checkpoint.old);
                loop {
                    let (new_length, old_length) = take_lengths(&mut lengths)?;
                    end += new_length;
                    if new < end {
                        return Some(old);
                    }
                    old += old_length;
                }
            }
        }
    }

    /// Returns how many bytes the map occupies.
    #[must_use]
    pub fn size_bytes(&self) -> usize {
        self.checkpoints.len() * size_of::<Checkpoint>() + self.lengths.len()
    }
}

/// Builds an [`OffsetMap`] from front to back.
#[derive(Default)]
pub(super) struct OffsetMapBuilder {
    map: OffsetMap,
    new: u32,
    old: u32,
    since_checkpoint: u32,
}

impl OffsetMapBuilder {
    /// A lookup reads at most so many lengths.
    const STRIDE: u32 = 64;

    /// Says that at `new` begins what begins at `old` in the original.
    pub(super) fn begin(&mut self, new: u32, old: u32) {
        (self.new, self.old) = (new, old);
        self.checkpoint();
    }

    /// Adds one operator; `new_length` counts what was inserted around it.
    pub(super) fn push(&mut self, new_length: u32, old_length: u32) {
        if self.since_checkpoint == Self::STRIDE {
            self.checkpoint();
        }
        self.since_checkpoint += 1;
        push_lengths(&mut self.map.lengths, new_length, old_length);
        self.new = self.new.saturating_add(new_length);
        self.old = self.old.saturating_add(old_length);
    }

    /// Says that from `new` on the code is that from `old` on, unchanged.
    pub(super) fn verbatim(&mut self, new: u32, old: u32) {
        self.map.checkpoints.push(Checkpoint { new, old, then: Then::Verbatim });
    }

    /// Says that from `new` on nothing is the guest's.
    pub(super) fn private(&mut self, new: u32) {
        self.map.checkpoints.push(Checkpoint { new, old: 0, then: Then::Private });
    }

    /// Returns the map.
    pub(super) fn finish(mut self) -> OffsetMap {
        self.map.checkpoints.shrink_to_fit();
        self.map.lengths.shrink_to_fit();
        self.map
    }

    fn checkpoint(&mut self) {
        let position = u32::try_from(self.map.lengths.len()).unwrap_or(u32::MAX);
        self.map.checkpoints.push(Checkpoint { new: self.new, old: self.old, then: Then::Lengths(position) });
        self.since_checkpoint = 0;
    }
}

/// The mark of a pair too long for one byte: both lengths follow in groups of seven bits.
const LONG: u8 = 0xff;

/// Packs a pair: an old length below 16 and a growth below 15 fit into one byte.
fn push_lengths(lengths: &mut Vec<u8>, new: u32, old: u32) {
    if let (Ok(old @ 0..16), Some(Ok(growth @ 0..15))) =
        (u8::try_from(old), new.checked_sub(old).map(u8::try_from))
    {
        lengths.push(growth << 4 | old);
    } else {
        lengths.push(LONG);
        push_varint(lengths, new);
        push_varint(lengths, old);
    }
}

fn take_lengths(lengths: &mut &[u8]) -> Option<(u32, u32)> {
    let packed = *lengths.split_off_first()?;
    if packed == LONG {
        return Some((take_varint(lengths)?, take_varint(lengths)?));
    }
    let old = u32::from(packed & 0x0f);
    Some((old + u32::from(packed >> 4), old))
}

fn push_varint(lengths: &mut Vec<u8>, mut value: u32) {
    while let Some(high @ 1..) = value.checked_shr(7) {
        lengths.push((value & 0x7f) as u8 | 0x80);
        value = high;
    }
    lengths.push((value & 0x7f) as u8);
}

fn take_varint(lengths: &mut &[u8]) -> Option<u32> {
    let mut value = 0_u32;
    for shift in (0..).step_by(7) {
        let byte = *lengths.split_off_first()?;
        value |= u32::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            break;
        }
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_offset_leads_to_its_operator() {
        let steps =
            [(1, 1), (2, 1), (0, 1), (17, 15), (16, 16), (30, 15), (300, 2), (70_000, 65_536), (16, 0)];
        let mut builder = OffsetMapBuilder::default();
        builder.begin(100, 50);
        let mut expected = Vec::new();
        let (mut new, mut old) = (100, 50);
        for (new_length, old_length) in steps.iter().copied().cycle().take(500) {
            builder.push(new_length, old_length);
            if new_length > 0 {
                expected.extend([(new, old), (new + new_length - 1, old)]);
            }
            (new, old) = (new + new_length, old + old_length);
        }
        builder.verbatim(new, 7);
        builder.private(new + 10);
        let map = builder.finish();
        for (new, old) in expected {
            assert_eq!(map.original(new), Some(old), "{new}");
        }
        assert_eq!(map.original(99), None);
        assert_eq!(map.original(new + 9), Some(16));
        assert_eq!(map.original(new + 10), None);
        assert_eq!(map.original(u32::MAX), None);
    }
}

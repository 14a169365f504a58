//! The search for the wasm stack: its use can't be read, but where it ends tells how large a frame is.
//!
//! A recursion overflows a stack that is too small at some depth. Frames of one function are alike and a multiple
//! of sixteen bytes, so that one such depth tells what the depth of the generous run takes. What is told so is only
//! where to look: the value is proved by runs like any other.

use super::search::{Bounds, Search};
use super::{Need, Observation, STACK_STEP_BYTES, Trial};
use crate::model::call::Outcome;
use crate::model::limits::LimitKind;

/// What frames are multiples of, in bytes: stacks are aligned to that where the engine makes machine code.
const FRAME_STEP_BYTES: u64 = 16;

/// Least bytes of a frame: where it returns to, and its caller's frame pointer.
const LEAST_FRAME_BYTES: u64 = 16;

/// A size that a stack of usual frames exceeds, in bytes per frame: a run on so little ends at about half the depth.
const SHORT_FRAME_BYTES: u64 = 24;

/// What the way into the guest takes, in bytes, give or take a half: seen with the engine's own frames on x86-64.
const ENTRY_BYTES: u64 = 512;

/// Fewest frames from which the size of one is told.
const FEWEST_FRAMES: u64 = 4;

/// Most guesses from the size of frames: where they are not alike, doubling and halving is quicker.
const MOST_PREDICTIONS: u32 = 4;

/// A run that overflowed its stack: its size in bytes, and the depth that it reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Overflow {
    bytes: u64,
    depth: u64,
}

impl Search<'_> {
    /// Looks for the stack: from the smallest size on for calls that are not deep, and else by the size of frames.
    pub(super) fn seek_stack(&mut self, first: &Observation) -> Option<Need> {
        let runs_before = self.runs;
        let most = self.question.stack_most_bytes;
        let depth = first.peak(LimitKind::CallDepth).value.value().unwrap_or(0);
        // No code runs on no stack at all.
        let mut bounds = Bounds { fails: Some(0), passes: None, runs: runs_before };
        let mut overflow: Option<Overflow> = None;
        let mut predictions = 0;
        // On the way down from a guess that passes, how far the next one is.
        let mut distance = STACK_STEP_BYTES;
        let mut bytes = first_guess(depth);
        while bytes < most {
            let trial = Trial::default().with(LimitKind::WasmStack, bytes);
            let observation = self.run(&trial, Some(LimitKind::WasmStack))?;
            if observation.steps == first.steps {
                bounds.passes = Some(bytes);
            } else {
                bounds.fails = Some(bytes);
                overflow = overflowed(&observation, bytes, depth);
            }
            let fails = bounds.fails.unwrap_or(0);
            bytes = match (bounds.passes, overflow) {
                (Some(passes), _) if passes - fails <= STACK_STEP_BYTES => break,
                (Some(passes), _) if passes == bytes => {
                    let lower = passes.saturating_sub(distance).max(fails + STACK_STEP_BYTES);
                    distance = distance.saturating_mul(2);
                    lower
                }
                // It has been overshot and undershot: what is left is halved.
                (Some(_), _) => break,
                (None, Some(overflow)) if predictions < MOST_PREDICTIONS => {
                    predictions += 1;
                    overflow.predicted(depth).max(fails + STACK_STEP_BYTES)
                }
                (None, _) => fails.saturating_mul(2).max(STACK_STEP_BYTES),
            };
        }
        bounds.passes = bounds.passes.or(Some(most));
        self.bisect(LimitKind::WasmStack, STACK_STEP_BYTES, &mut bounds, first)?;
        let need = self.need(LimitKind::WasmStack, &bounds, STACK_STEP_BYTES);
        Some(Need { runs: self.runs - runs_before, ..need })
    }
}

/// Returns the size to begin with: the smallest, where a call of that depth may do with it.
fn first_guess(depth: u64) -> u64 {
    let is_deep = depth.saturating_mul(LEAST_FRAME_BYTES) >= STACK_STEP_BYTES;
    let bytes = if is_deep { depth.saturating_mul(SHORT_FRAME_BYTES) } else { 0 };
    (bytes / STACK_STEP_BYTES).max(1) * STACK_STEP_BYTES
}

/// Tells how far a run came that overflowed its stack, where that says something about frames.
fn overflowed(observation: &Observation, bytes: u64, depth: u64) -> Option<Overflow> {
    let is_overflow = observation.steps.last()?.outcome == Outcome::Limit(LimitKind::WasmStack);
    let reached = observation.peak(LimitKind::CallDepth).value.value()?;
    (is_overflow && (FEWEST_FRAMES..depth).contains(&reached)).then_some(Overflow { bytes, depth: reached })
}

impl Overflow {
    /// Returns the bytes that a call of that depth is expected to take, in whole steps.
    fn predicted(self, depth: u64) -> u64 {
        let frame = self.frame_bytes();
        let more = depth.saturating_sub(self.depth);
        // The stack was too small for one frame more than it had, which leaves less than a frame in the dark.
        let (least, most) = (more.saturating_sub(1).saturating_mul(frame), more.saturating_mul(frame));
        let usual = ENTRY_BYTES.saturating_add(depth.saturating_mul(frame));
        let bytes = usual.clamp(self.bytes.saturating_add(least), self.bytes.saturating_add(most));
        bytes.div_ceil(STACK_STEP_BYTES).saturating_mul(STACK_STEP_BYTES)
    }

    /// Returns the likely size of a frame, or the mean where frames are of several sizes.
    fn frame_bytes(self) -> u64 {
        // Half a frame on the average is left over.
        let twice = self.bytes.saturating_sub(ENTRY_BYTES).saturating_mul(2);
        let mean = (twice / (2 * self.depth + 1)).max(1);
        let aligned = (mean + FRAME_STEP_BYTES / 2) / FRAME_STEP_BYTES * FRAME_STEP_BYTES;
        let doubt = (ENTRY_BYTES / 2 + mean / 2) / self.depth + 1;
        if aligned.abs_diff(mean) <= doubt { aligned.max(LEAST_FRAME_BYTES) } else { mean }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_overflow_tells_what_a_depth_takes() {
        // Stacks of so many bytes at entry and for each frame.
        for (entry, frame) in [(400, 48), (600, 64), (512, 32), (540, 112), (464, 208)] {
            for depth in [80_u64, 300, 10_000, 123_456] {
                let needed = (entry + depth * frame).div_ceil(STACK_STEP_BYTES) * STACK_STEP_BYTES;
                let bytes = first_guess(depth);
                assert!(bytes < needed, "{entry} {frame} {depth}");
                let overflow = Overflow { bytes, depth: (bytes - entry) / frame };
                let of = overflow.predicted(depth).abs_diff(needed);
                assert!(of <= STACK_STEP_BYTES, "{entry} {frame} {depth}: {overflow:?} is {of} bytes off");
            }
        }
        // Two functions in turns, of 48 and 64 bytes.
        let overflow = Overflow { bytes: 512 + 5000 * 56, depth: 5000 };
        assert_eq!(overflow.frame_bytes(), 55);
    }

    #[test]
    fn a_shallow_call_begins_with_the_smallest_stack() {
        for (depth, bytes) in [(0, 1024), (1, 1024), (63, 1024), (64, 1024), (100, 2048), (10_000, 239_616)] {
            assert_eq!(first_guess(depth), bytes, "{depth}");
        }
    }
}

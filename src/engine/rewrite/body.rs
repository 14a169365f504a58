//! Function bodies: the guest's operators as they are, with prices, depth and refused growth put between.
//!
//! It must not know sections, names, or how the map of offsets is packed.

use wasm_encoder::{BlockType, Encode, Instruction};
use wasmparser::{FunctionBody, Operator, OperatorsReader};

use super::checks::Sums;
use super::counters::Blocks;
use super::counters::ends_block;
use super::indices::{DepthIndices, DepthProtocol, GrowthIndices, PrivateIndices};
use super::offsets::OffsetMapBuilder;
use super::scan::Scan;
use super::{Counting, Prices, RewriteError, RewriteOptions};

/// The longest body that engines accept, and the highest number of locals with parameters: `wasmparser` keeps
/// both to itself.
const MAX_BODY_BYTES: usize = 7_654_321;
const MAX_LOCALS: u32 = 50_000;

/// The longest code section of the pass: at prices of 16 a hostile module could swell to gigabytes.
pub(super) const MAX_CODE_BYTES: usize = 512 << 20;

/// Rewrites one body after another.
pub(super) struct BodyWriter<'a> {
    prices: Option<&'a Prices>,
    depth: Option<DepthIndices>,
    growth: Option<GrowthIndices>,
    blocks: &'a Blocks,
    first_counter: u32,
    sums: Option<Sums>,
    imported_functions: u32,
    memory64: &'a [bool],
    table64: &'a [bool],
}

/// A body on its way: where it is read, and what is known of the frame's depth.
struct Frame<'a> {
    bytes: &'a [u8],
    start: usize,
    /// The local that holds the frame's depth, for callers that set it.
    depth_local: Option<u32>,
    /// Whether the global holds the depth of a callee here, and not the frame's own, where it is kept.
    is_ahead: bool,
}

/// What stands before the first operator.
struct Head {
    groups: u32,
    locals: u32,
    /// What the engine reports for the function's entry: its last group of locals, or else its start.
    entry: usize,
    /// Where the groups begin.
    groups_start: usize,
    /// Where the operators begin.
    operators_start: usize,
}

impl<'a> BodyWriter<'a> {
    /// Prepares to rewrite the bodies of a module.
    pub(super) fn new(
        scan: &'a Scan<'_>,
        indices: &PrivateIndices,
        options: &'a RewriteOptions,
        blocks: &'a Blocks,
    ) -> Self {
        Self {
            prices: options.prices.as_ref(),
            depth: indices.depth,
            growth: indices.growth,
            blocks,
            first_counter: indices.counters.0,
            sums: (options.counting == Counting::Fuel).then(|| Sums::at(indices.counters.0)),
            imported_functions: scan.imported_functions,
            memory64: &scan.memory64,
            table64: &scan.table64,
        }
    }

    /// Tells whether every body stays as it is.
    pub(super) fn is_idle(&self) -> bool {
        self.prices.is_none()
            && self.depth.is_none()
            && self.growth.is_none()
            && self.blocks.blocks.is_empty()
    }

    /// Writes the body of a function, by index and number of its parameters, behind `out`, its length first.
    ///
    /// Returns where the test for a new peak stands in it, if frames are counted: it seldom succeeds.
    pub(super) fn write(
        &self,
        body: &FunctionBody<'_>,
        (index, params): (u32, u32),
        out: &mut Vec<u8>,
        offsets: &mut OffsetMapBuilder,
    ) -> Result<Option<u32>, RewriteError> {
        let head = Head::read(body)?;
        let has_local = self.depth.is_some_and(|depth| depth.protocol == DepthProtocol::SetByCallers);
        let depth_local = has_local.then(|| params.saturating_add(head.locals));
        if depth_local.is_some_and(|local| local >= MAX_LOCALS) {
            return Err(RewriteError::TooManyLocals { index });
        }
        let mut frame =
            Frame { bytes: body.as_bytes(), start: body.range().start, depth_local, is_ahead: false };
        let length_at = out.len();
        reserve_length(out);
        write_head(&head, &frame, out);
        offsets.begin(position(length_at), position(head.entry));
        offsets.push(position(out.len() - length_at), position(head.operators_start - head.entry));

        let mut written = out.len();
        let peak_test = self.write_prologue(&frame, out);
        let mut operators = body.get_operators_reader()?;
        while !operators.eof() {
            let read = operators.original_position();
            self.write_operator(&mut operators, &mut frame, out)?;
            offsets.push(position(out.len() - written), position(operators.original_position() - read));
            written = out.len();
            if written - length_at > MAX_BODY_BYTES {
                return Err(RewriteError::BodyTooLarge { index });
            }
        }
        operators.finish()?;
        fill_length(out, length_at);
        let body_at = length_at + LENGTH_BYTES;
        Ok(peak_test.map(|at| position(at - body_at)))
    }

    /// Keeps the peak, and refuses a frame past the limit.
    ///
    /// Depths grow by one, so that a frame past the limit is a new peak and its depth the lowest one refused:
    /// the common way has one test, and a division by zero is the other. That is a trap without a branch,
    /// which costs the compiler less than `unreachable` in a block of its own. Returns where the test stands.
    fn write_prologue(&self, frame: &Frame<'_>, out: &mut Vec<u8>) -> Option<usize> {
        use Instruction as I;
        let depth = self.depth?;
        let own = I::GlobalGet(depth.depth);
        emit(out, std::slice::from_ref(&own));
        emit(out, frame.depth_local.map(I::LocalTee).as_slice());
        emit(out, &[I::GlobalGet(depth.peak), I::I32GtU]);
        let test = out.len();
        emit(out, &[I::If(BlockType::Empty), own.clone(), I::GlobalSet(depth.peak), I::I32Const(1)]);
        emit(out, &[own, I::GlobalGet(depth.refused), I::I32Sub, I::I32DivU, I::Drop, I::End]);
        Some(test)
    }

    fn write_operator(
        &self,
        operators: &mut OperatorsReader<'_>,
        frame: &mut Frame<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), RewriteError> {
        let start = operators.original_position();
        let operator = operators.read()?;
        let bytes = frame.between(start, operators.original_position());
        if let Some(block) = self.blocks.begun_at(start) {
            use Instruction as I;
            let counter = self.first_counter + block;
            match self.sums.zip(self.prices).zip(self.blocks.blocks.get(block as usize)) {
                Some(((sums, prices), block)) => emit(out, &sums.begin(block, prices)),
                None => {
                    emit(out, &[I::GlobalGet(counter), I::I64Const(1), I::I64Add, I::GlobalSet(counter)]);
                }
            }
        }
        if let Some(sums) = self.sums {
            emit(out, &sums.before(&operator, self.memory64, self.table64));
        }
        if let Some(prices) = self.prices {
            const NOPS: [u8; Prices::MAX as usize] = [0x01; Prices::MAX as usize];
            out.extend_from_slice(&NOPS[..usize::from(prices.of(&operator))]);
            if matches!(operator, Operator::Nop) {
                return Ok(());
            }
        }
        if let Some(depth) = self.depth {
            match depth.protocol {
                DepthProtocol::Kept => self.keep_depth(depth.depth, &operator, frame, out),
                DepthProtocol::SetByCallers => self.set_depth(depth.depth, &operator, frame, out),
            }
        }
        out.extend_from_slice(bytes);
        match operator {
            Operator::MemoryGrow { mem } => self.write_growth_test(self.memory64, mem, start, out),
            Operator::TableGrow { table } => self.write_growth_test(self.table64, table, start, out),
            _ => {}
        }
        Ok(())
    }

    /// Adds one before a call, and takes it away again before control can go elsewhere than to the next operator:
    /// straight code that makes several calls does so once.
    ///
    /// At every label, and wherever the frame is left, the global holds the frame's own depth. So a tail call
    /// hands on just that, and its callee stands in the frame's stead.
    fn keep_depth(&self, global: u32, operator: &Operator<'_>, frame: &mut Frame<'_>, out: &mut Vec<u8>) {
        use Instruction as I;
        let step = |by| [I::GlobalGet(global), I::I32Const(1), by, I::GlobalSet(global)];
        let is_left = match self.callee(operator) {
            Some(Callee::Host) => return,
            Some(Callee::Above) => {
                if !frame.is_ahead {
                    emit(out, &step(I::I32Add));
                }
                frame.is_ahead = true;
                return;
            }
            Some(Callee::InPlace) => true,
            // Nothing comes behind it, and whoever goes on after a trap does not ask for this frame's depth.
            None if matches!(operator, Operator::Unreachable) => {
                frame.is_ahead = false;
                return;
            }
            None => ends_block(operator),
        };
        if is_left && frame.is_ahead {
            emit(out, &step(I::I32Sub));
            frame.is_ahead = false;
        }
    }

    /// Sets the global to the depth of the callee before each call.
    fn set_depth(&self, global: u32, operator: &Operator<'_>, frame: &Frame<'_>, out: &mut Vec<u8>) {
        use Instruction as I;
        let (Some(callee), Some(own)) = (self.callee(operator), frame.depth_local) else { return };
        match callee {
            Callee::Above => emit(out, &[I::LocalGet(own), I::I32Const(1), I::I32Add, I::GlobalSet(global)]),
            Callee::InPlace => emit(out, &[I::LocalGet(own), I::GlobalSet(global)]),
            Callee::Host => {}
        }
    }

    /// Tells whom an operator calls, if it does.
    fn callee(&self, operator: &Operator<'_>) -> Option<Callee> {
        match operator {
            // The host calls nobody back, and asks for no depth.
            Operator::Call { function_index } if *function_index < self.imported_functions => {
                Some(Callee::Host)
            }
            Operator::Call { .. }
            | Operator::CallIndirect { .. }
            | Operator::CallRef { .. }
            | Operator::Resume { .. }
            | Operator::ResumeThrow { .. }
            | Operator::ResumeThrowRef { .. }
            | Operator::Switch { .. } => Some(Callee::Above),
            Operator::ReturnCall { .. }
            | Operator::ReturnCallIndirect { .. }
            | Operator::ReturnCallRef { .. } => Some(Callee::InPlace),
            _ => None,
        }
    }

    /// Keeps the place of a growth that returned -1; the result goes through a global and stays on the stack.
    fn write_growth_test(&self, wide: &[bool], index: u32, place: usize, out: &mut Vec<u8>) {
        use Instruction as I;
        let Some(growth) = self.growth else { return };
        let (result, refused) = if wide.get(index as usize).copied().unwrap_or(false) {
            (growth.result64, [I::I64Const(-1), I::I64Eq])
        } else {
            (growth.result32, [I::I32Const(-1), I::I32Eq])
        };
        emit(out, &[I::GlobalSet(result), I::GlobalGet(result)]);
        emit(out, &refused);
        emit(out, &[I::If(BlockType::Empty)]);
        for pair in growth.ring.windows(2).rev() {
            emit(out, &[I::GlobalGet(pair[0]), I::GlobalSet(pair[1])]);
        }
        emit(out, &[I::I32Const(position(place).cast_signed()), I::GlobalSet(growth.ring[0])]);
        emit(
            out,
            &[I::GlobalGet(growth.count), I::I32Const(1), I::I32Add, I::GlobalSet(growth.count), I::End],
        );
        emit(out, &[I::GlobalGet(result)]);
    }
}

/// Where the callee's frame stands to the caller's.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Callee {
    /// Nowhere: the host has no frame.
    Host,
    /// On top of it.
    Above,
    /// In its stead: a tail call.
    InPlace,
}

impl<'a> Frame<'a> {
    /// The bytes between two offsets that lie in the body.
    fn between(&self, from: usize, to: usize) -> &'a [u8] {
        &self.bytes[from - self.start..to - self.start]
    }
}

impl Head {
    fn read(body: &FunctionBody<'_>) -> Result<Self, RewriteError> {
        let mut reader = body.get_locals_reader()?;
        let groups_start = reader.original_position();
        let (groups, mut locals, mut entry) = (reader.get_count(), 0_u32, body.range().start);
        for _ in 0..groups {
            entry = reader.original_position();
            locals = locals.saturating_add(reader.read()?.0);
        }
        Ok(Self { groups, locals, entry, groups_start, operators_start: reader.original_position() })
    }
}

/// Declares the guest's locals, and one more for the depth where it is kept in one.
fn write_head(head: &Head, frame: &Frame<'_>, out: &mut Vec<u8>) {
    let own = frame.depth_local.map_or(0, |_| 1_u32);
    (head.groups + own).encode(out);
    out.extend_from_slice(frame.between(head.groups_start, head.operators_start));
    for _ in 0..own {
        1_u32.encode(out);
        wasm_encoder::ValType::I32.encode(out);
    }
}

/// The room for a length that is known only later: five bytes hold every `u32`.
const LENGTH_BYTES: usize = 5;

/// Leaves room for the length of what follows.
pub(super) fn reserve_length(out: &mut Vec<u8>) {
    out.extend_from_slice(&[0; LENGTH_BYTES]);
}

/// Fills the room at `at` with the length of everything behind it.
pub(super) fn fill_length(out: &mut [u8], at: usize) {
    let length = position(out.len() - at - LENGTH_BYTES);
    for (i, byte) in out[at..at + LENGTH_BYTES].iter_mut().enumerate() {
        let more = if i + 1 < LENGTH_BYTES { 0x80 } else { 0 };
        *byte = (length >> (7 * i) & 0x7f) as u8 | more;
    }
}

/// Returns an offset or a length as the 32 bits that it has in the format.
pub(super) fn position(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

fn emit(out: &mut Vec<u8>, instructions: &[Instruction<'_>]) {
    for instruction in instructions {
        instruction.encode(out);
    }
}

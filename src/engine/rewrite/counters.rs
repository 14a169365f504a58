//! Where counters of operators go: one at the beginning of each straight piece of code, a global each.
//!
//! Decides only where they stand and what they count; it must not know how they are written or read.

use wasmparser::{FunctionBody, Operator};

use super::RewriteError;
use super::body::position;
use super::checks::is_bulk;
use super::prices::operator_slot;
use super::scan::Scan;

/// The most straight pieces of code that get a counter.
const MAX_BLOCKS: u32 = 100_000;

/// A straight piece of code: all of it runs, or none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CountedBlock {
    /// Whether a function begins with it.
    pub is_entry: bool,
    /// Whether the body of a loop begins with it.
    pub is_loop: bool,
    /// Slots of its operators in the list of their names, each as often as it occurs.
    pub operators: Vec<u16>,
}

/// All straight pieces of code of a module, in its order.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    /// What each of them consists of.
    pub(super) blocks: Vec<CountedBlock>,
    /// The offset of the operator that each of them begins with; they rise.
    starts: Vec<u32>,
}

impl Blocks {
    /// Finds the straight pieces of a module's code; bulk operations end one if that is asked for.
    pub(super) fn of(scan: &Scan<'_>, ends_at_bulk: bool) -> Result<Self, RewriteError> {
        let mut blocks = Self::default();
        for body in &scan.bodies {
            blocks.take(body, ends_at_bulk)?;
        }
        Ok(blocks)
    }

    /// Returns the number of the piece that begins with the operator at that offset, if one does.
    pub(super) fn begun_at(&self, offset: usize) -> Option<u32> {
        self.starts.binary_search(&position(offset)).ok().map(position)
    }

    fn take(&mut self, body: &FunctionBody<'_>, ends_at_bulk: bool) -> Result<(), RewriteError> {
        let mut operators = body.get_operators_reader()?;
        self.begin(operators.original_position(), true, false)?;
        let (mut is_new, mut is_loop) = (false, false);
        while !operators.eof() {
            let at = operators.original_position();
            let operator = operators.read()?;
            // An operator is where control may go on from one piece to the next, `end` and `else` not excepted:
            // a branch to the end of a block passes its `end` by.
            if is_new {
                self.begin(at, false, is_loop)?;
            }
            if let (Some(block), Some(slot)) = (self.blocks.last_mut(), operator_slot(&operator)) {
                block.operators.push(u16::try_from(slot).unwrap_or(u16::MAX));
            }
            is_new = ends_block(&operator) || (ends_at_bulk && is_bulk(&operator));
            is_loop = matches!(operator, Operator::Loop { .. });
        }
        Ok(())
    }

    fn begin(&mut self, offset: usize, is_entry: bool, is_loop: bool) -> Result<(), RewriteError> {
        let count = position(self.blocks.len());
        if count >= MAX_BLOCKS {
            let count = u64::from(count) + 1;
            return Err(RewriteError::TooMany { what: "straight pieces of code", count, limit: MAX_BLOCKS });
        }
        self.blocks.push(CountedBlock { is_entry, is_loop, operators: Vec::new() });
        self.starts.push(position(offset));
        Ok(())
    }
}

/// Tells whether what follows an operator may run more or less often than the operator itself.
pub(super) fn ends_block(operator: &Operator<'_>) -> bool {
    matches!(
        operator,
        Operator::End
            | Operator::Else
            | Operator::Catch { .. }
            | Operator::CatchAll
            | Operator::Delegate { .. }
            | Operator::Loop { .. }
            | Operator::If { .. }
            | Operator::Try { .. }
            | Operator::TryTable { .. }
            | Operator::Br { .. }
            | Operator::BrIf { .. }
            | Operator::BrTable { .. }
            | Operator::BrOnNull { .. }
            | Operator::BrOnNonNull { .. }
            | Operator::BrOnCast { .. }
            | Operator::BrOnCastFail { .. }
            | Operator::BrOnCastDescEq { .. }
            | Operator::BrOnCastDescEqFail { .. }
            | Operator::Return
            | Operator::Unreachable
            | Operator::Call { .. }
            | Operator::CallIndirect { .. }
            | Operator::CallRef { .. }
            | Operator::ReturnCall { .. }
            | Operator::ReturnCallIndirect { .. }
            | Operator::ReturnCallRef { .. }
            | Operator::Resume { .. }
            | Operator::ResumeThrow { .. }
            | Operator::ResumeThrowRef { .. }
            | Operator::Suspend { .. }
            | Operator::Switch { .. }
            | Operator::Throw { .. }
            | Operator::ThrowRef
            | Operator::Rethrow { .. }
    )
}

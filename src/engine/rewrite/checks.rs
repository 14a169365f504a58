//! How much fuel was burnt when the engine looked at the tank last, which it does not tell after a trap.
//!
//! It looks at function entries, loop heads and before bulk operations; in between, fuel is in a register. So the
//! code sums up what it costs, piece by piece, and keeps the sum at each of these places. Decides only what is added;
//! it must not know where pieces begin.

use wasm_encoder::Instruction;
use wasmparser::Operator;
use wasmtime::OperatorCost;

use super::counters::CountedBlock;
use super::prices::Prices;

/// How many globals that takes, all `i64`: the sum, what it was at the last look, and a length on its way.
pub(super) const SUM_GLOBALS: u32 = 3;

/// The globals of the sums.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sums {
    sum: u32,
    looked: u32,
    length: u32,
}

/// A bulk operation: what each byte, page or element costs, and whether its length is 64 bits wide.
struct Bulk {
    price: u8,
    is_wide: bool,
}

impl Sums {
    /// Takes the globals from that one on.
    pub(super) fn at(first: u32) -> Self {
        Self { sum: first, looked: first + 1, length: first + 2 }
    }

    /// Returns what a piece begins with.
    pub(super) fn begin(self, block: &CountedBlock, prices: &Prices) -> Vec<Instruction<'static>> {
        use Instruction as I;
        let cost = block.operators.iter().map(|slot| i64::from(prices.of_slot(usize::from(*slot)))).sum();
        let mut code = Vec::new();
        // The engine charges the entry before it looks.
        code.extend(if block.is_entry { self.add(1) } else { Vec::new() });
        if block.is_entry || block.is_loop {
            code.extend([I::GlobalGet(self.sum), I::GlobalSet(self.looked)]);
        }
        code.extend(self.add(cost));
        code
    }

    /// Returns what stands before an operator whose cost is only known when it runs; its length is on the stack.
    pub(super) fn before(
        self,
        operator: &Operator<'_>,
        memory64: &[bool],
        table64: &[bool],
    ) -> Vec<Instruction<'static>> {
        use Instruction as I;
        let Some(Bulk { price, is_wide }) = Bulk::of(operator, memory64, table64) else { return Vec::new() };
        let mut code = Vec::new();
        code.extend((!is_wide).then_some(I::I64ExtendI32U));
        code.extend([I::GlobalSet(self.length), I::GlobalGet(self.length), I::I64Const(i64::from(price))]);
        code.extend([I::I64Mul, I::GlobalGet(self.sum), I::I64Add, I::GlobalSet(self.sum)]);
        code.extend([I::GlobalGet(self.sum), I::GlobalSet(self.looked), I::GlobalGet(self.length)]);
        code.extend((!is_wide).then_some(I::I32WrapI64));
        code
    }

    fn add(self, cost: i64) -> Vec<Instruction<'static>> {
        use Instruction as I;
        if cost == 0 {
            return Vec::new();
        }
        vec![I::GlobalGet(self.sum), I::I64Const(cost), I::I64Add, I::GlobalSet(self.sum)]
    }
}

impl Bulk {
    fn of(operator: &Operator<'_>, memory64: &[bool], table64: &[bool]) -> Option<Self> {
        let cost = OperatorCost::new().variable;
        let wide = |list: &[bool], index: u32| list.get(index as usize).copied().unwrap_or(false);
        let (price, is_wide) = match *operator {
            Operator::MemoryCopy { dst_mem, src_mem } => {
                (cost.memory_copy_per_byte, wide(memory64, dst_mem) && wide(memory64, src_mem))
            }
            Operator::MemoryFill { mem } => (cost.memory_fill_per_byte, wide(memory64, mem)),
            Operator::MemoryInit { .. } => (cost.memory_init_per_byte, false),
            Operator::MemoryGrow { mem } => (cost.memory_grow_per_page, wide(memory64, mem)),
            Operator::TableCopy { dst_table, src_table } => {
                (cost.table_copy_per_element, wide(table64, dst_table) && wide(table64, src_table))
            }
            Operator::TableFill { table } => (cost.table_fill_per_element, wide(table64, table)),
            Operator::TableInit { .. } => (cost.table_init_per_element, false),
            Operator::TableGrow { table } => (cost.table_grow_per_element, wide(table64, table)),
            Operator::ArrayCopy { .. } => (cost.array_copy_per_element, false),
            Operator::ArrayFill { .. } => (cost.array_fill_per_element, false),
            Operator::ArrayNew { .. } => (cost.array_new_per_element, false),
            Operator::ArrayNewDefault { .. } => (cost.array_new_default_per_element, false),
            Operator::ArrayNewData { .. } => (cost.array_new_data_per_element, false),
            Operator::ArrayNewElem { .. } => (cost.array_new_elem_per_element, false),
            Operator::ArrayInitData { .. } => (cost.array_init_data_per_element, false),
            Operator::ArrayInitElem { .. } => (cost.array_init_elem_per_element, false),
            _ => return None,
        };
        Some(Self { price, is_wide })
    }
}

/// Tells whether the engine looks at the tank at an operator by itself, so that what follows is another piece.
pub(super) fn is_bulk(operator: &Operator<'_>) -> bool {
    Bulk::of(operator, &[], &[]).is_some()
}

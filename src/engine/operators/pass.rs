//! Puts a counter before each straight piece of code, so that one run tells how often every operator ran.
//!
//! Counters are mutable globals behind the module's own. Knows no calls; whoever reads the globals knows what
//! they stand for by [`Counted::blocks`].

use wasm_encoder::{ConstExpr, Encode, GlobalType, Instruction, ValType};
use wasmparser::{BinaryReader, FunctionBody, Operator, Parser, Payload};

use super::CountFailure;
use crate::engine::rewrite::operator_slot;

/// Most straight pieces of code, each with a counter of its own.
const MOST_BLOCKS: usize = 100_000;

const GLOBAL: u8 = 6;
const CODE: u8 = 10;

/// The sections that stand before the globals.
const BEFORE_GLOBALS: [u8; 6] = [1, 2, 3, 4, 5, 13];

/// A module with counters.
pub(super) struct Counted {
    pub(super) wasm: Vec<u8>,
    /// What each counter counts, in the order of the new globals.
    pub(super) blocks: Vec<Block>,
}

/// A straight piece of code: all of it runs, or none.
#[derive(Default)]
pub(super) struct Block {
    /// Whether a function begins with it.
    pub(super) is_entry: bool,
    /// Places of its operators in the table of names, each as often as it occurs.
    pub(super) operators: Vec<u16>,
}

/// Adds counters to a valid module that has `globals` globals, imported ones included.
pub(super) fn add_counters(original: &[u8], globals: u32) -> Result<Counted, CountFailure> {
    let mut blocks = Vec::new();
    let mut bodies = Vec::new();
    let mut num_bodies = 0_u32;
    for payload in Parser::new(0).parse_all(original) {
        if let Payload::CodeSectionEntry(body) = payload? {
            let written = write_body(&body, globals, &mut blocks)?;
            written.len().encode(&mut bodies);
            bodies.extend_from_slice(&written);
            num_bodies += 1;
        }
    }
    let mut wasm = wasm_encoder::Module::HEADER.to_vec();
    let mut has_globals = false;
    for payload in Parser::new(0).parse_all(original) {
        let payload = payload?;
        let Some((id, range)) = payload.as_section().filter(|(id, _)| *id != 0) else { continue };
        if !has_globals && !BEFORE_GLOBALS.contains(&id) {
            let own = if id == GLOBAL { &original[range.clone()] } else { &[0][..] };
            write_section(GLOBAL, &globals_with_counters(own, blocks.len())?, &mut wasm);
            has_globals = true;
            if id == GLOBAL {
                continue;
            }
        }
        if id == CODE {
            let mut contents = Vec::new();
            num_bodies.encode(&mut contents);
            contents.extend_from_slice(&bodies);
            write_section(CODE, &contents, &mut wasm);
        } else {
            write_section(id, &original[range], &mut wasm);
        }
    }
    Ok(Counted { wasm, blocks })
}

fn write_section(id: u8, contents: &[u8], out: &mut Vec<u8>) {
    out.push(id);
    contents.encode(out);
}

fn globals_with_counters(own: &[u8], counters: usize) -> Result<Vec<u8>, CountFailure> {
    let mut reader = BinaryReader::new(own, 0);
    let count = reader.read_var_u32()?;
    let rest = &own[reader.original_position()..];
    let mut out = Vec::with_capacity(own.len() + counters * 5);
    count.saturating_add(u32::try_from(counters).unwrap_or(u32::MAX)).encode(&mut out);
    out.extend_from_slice(rest);
    for _ in 0..counters {
        GlobalType { val_type: ValType::I64, mutable: true, shared: false }.encode(&mut out);
        ConstExpr::i64_const(0).encode(&mut out);
    }
    Ok(out)
}

fn write_body(
    body: &FunctionBody<'_>,
    globals: u32,
    blocks: &mut Vec<Block>,
) -> Result<Vec<u8>, CountFailure> {
    let (bytes, start) = (body.as_bytes(), body.range().start);
    let mut operators = body.get_operators_reader()?;
    let first = operators.original_position() - start;
    let mut out = Vec::with_capacity(bytes.len() * 2);
    out.extend_from_slice(&bytes[..first]);
    begin_block(true, globals, blocks, &mut out)?;
    let mut is_new = false;
    while !operators.eof() {
        let from = operators.original_position() - start;
        let operator = operators.read()?;
        let to = operators.original_position() - start;
        if !is_marker(&operator) {
            if is_new {
                begin_block(false, globals, blocks, &mut out)?;
                is_new = false;
            }
            if let (Some(block), Some(slot)) = (blocks.last_mut(), operator_slot(&operator)) {
                block.operators.push(u16::try_from(slot).unwrap_or(u16::MAX));
            }
        }
        out.extend_from_slice(&bytes[from..to]);
        is_new |= ends_block(&operator);
    }
    Ok(out)
}

fn begin_block(
    is_entry: bool,
    globals: u32,
    blocks: &mut Vec<Block>,
    out: &mut Vec<u8>,
) -> Result<(), CountFailure> {
    if blocks.len() >= MOST_BLOCKS {
        return Err(CountFailure::TooLarge);
    }
    let counter = globals.saturating_add(u32::try_from(blocks.len()).unwrap_or(u32::MAX));
    blocks.push(Block { is_entry, operators: Vec::new() });
    for instruction in [
        Instruction::GlobalGet(counter),
        Instruction::I64Const(1),
        Instruction::I64Add,
        Instruction::GlobalSet(counter),
    ] {
        instruction.encode(out);
    }
    Ok(())
}

/// Tells whether an operator only marks where something ends.
fn is_marker(operator: &Operator<'_>) -> bool {
    matches!(
        operator,
        Operator::End
            | Operator::Else
            | Operator::Catch { .. }
            | Operator::CatchAll
            | Operator::Delegate { .. }
    )
}

/// Tells whether what follows an operator may run more or less often than the operator itself.
fn ends_block(operator: &Operator<'_>) -> bool {
    is_marker(operator)
        || matches!(
            operator,
            Operator::Loop { .. }
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
                | Operator::Return
                | Operator::Unreachable
                | Operator::Call { .. }
                | Operator::CallIndirect { .. }
                | Operator::CallRef { .. }
                | Operator::ReturnCall { .. }
                | Operator::ReturnCallIndirect { .. }
                | Operator::ReturnCallRef { .. }
                | Operator::Throw { .. }
                | Operator::ThrowRef
                | Operator::Rethrow { .. }
        )
}

//! Lines of a function without its text: one for each operator, and what stands around them.
//!
//! Counts as the printer prints: a line for the head, one for the locals, one for each operator and each
//! branch hint, and one for the closing parenthesis, which stands for the last `end`.

use wasmparser::{BinaryReader, FunctionBody, OperatorsReader};

use super::outline::Body;

/// Most locals that the printer takes.
const MOST_LOCALS: u32 = 50_000;

/// Counts the lines of a function; `None` when its code can't be read.
pub(super) fn count(wasm: &[u8], body: Body, hints: &[u32]) -> Option<u32> {
    let mut lines = 0;
    let end = walk(wasm, body, hints, |_| {
        lines += 1;
        true
    });
    end.map(|()| lines)
}

/// Returns which of its lines, from 0, stands for an offset: the last one at or before it.
pub(super) fn line_of(wasm: &[u8], body: Body, hints: &[u32], offset: u64) -> u32 {
    let mut line = 0_u32;
    // A body that can't be read to its end has the lines before that.
    let _ = walk(wasm, body, hints, |at| {
        let is_before = at as u64 <= offset;
        line += u32::from(is_before);
        is_before
    });
    line.saturating_sub(1)
}

/// Returns the offset that one of its lines, from 0, stands for.
pub(super) fn offset_of(wasm: &[u8], body: Body, hints: &[u32], line: u32) -> u64 {
    let mut left = line;
    let mut offset = u64::from(body.start);
    // A body that can't be read to its end has the lines before that.
    let _ = walk(wasm, body, hints, |at| {
        offset = at as u64;
        let goes_on = left > 0;
        left = left.saturating_sub(1);
        goes_on
    });
    offset
}

/// Tells the offset of each line until told to stop; `None` when the code can't be read.
fn walk(wasm: &[u8], body: Body, hints: &[u32], mut line: impl FnMut(usize) -> bool) -> Option<()> {
    let start = body.start as usize;
    let body = FunctionBody::new(BinaryReader::new(&wasm[start..body.end as usize], start));
    if !line(start) {
        return Some(());
    }
    let mut reader = body.get_binary_reader();
    let (mut has_locals, mut num_locals) = (false, 0_u32);
    for _ in 0..reader.read_var_u32().ok()? {
        let at = reader.original_position();
        let count = reader.read_var_u32().ok()?;
        reader.read::<wasmparser::ValType>().ok()?;
        num_locals = num_locals.checked_add(count).filter(|sum| *sum <= MOST_LOCALS)?;
        if count > 0 && !has_locals {
            has_locals = true;
            if !line(at) {
                return Some(());
            }
        }
    }
    let mut operators = OperatorsReader::new(reader);
    let mut hints = hints.iter();
    let mut next_hint = hints.next();
    let mut is_empty = !has_locals;
    while !operators.is_end_then_eof() {
        let at = operators.original_position();
        if next_hint.is_some_and(|hint| *hint as usize == at - start) {
            next_hint = hints.next();
            if !line(at) {
                return Some(());
            }
        }
        if !line(at) {
            return Some(());
        }
        is_empty = false;
        operators.read().ok()?;
    }
    if !is_empty {
        line(operators.original_position());
    }
    Some(())
}

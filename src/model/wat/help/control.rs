//! Control, calls, variables, tables, references, and whatever is not arithmetic.

use super::{OperatorHelp, Row, fill};

pub(super) fn help(name: &str) -> Option<OperatorHelp> {
    if let Some(row) = ROWS.iter().find(|row| row.0 == name) {
        return Some(fill(*row, "", "", ""));
    }
    let (what, operator) = name.split_once(".atomic.")?;
    shared(what, operator)
}

/// Atomic access to globals, tables, structs and arrays.
fn shared(what: &str, operator: &str) -> Option<OperatorHelp> {
    let (place, inputs) = match what {
        "global" => ("a global", ""),
        "table" => ("an element of a table", "i32"),
        "struct" => ("a field of a struct", "(ref t)"),
        "array" => ("an element of an array", "(ref t) i32"),
        _ => return None,
    };
    let (operands, outputs, summary) = match operator {
        "get" => ("", "t", format!("Reads {place} at once")),
        "get_s" => ("", "i32", format!("Reads {place} at once, widened as a signed integer")),
        "get_u" => ("", "i32", format!("Reads {place} at once, widened as an unsigned integer")),
        "set" => ("t", "", format!("Writes {place} at once")),
        "rmw.cmpxchg" => {
            ("t t", "t", format!("Replaces {place} if it equals the first value; gives what was there"))
        }
        _ => {
            let verb = match operator.strip_prefix("rmw.")? {
                "add" => "Adds to",
                "sub" => "Subtracts from",
                "and" => "Clears bits of",
                "or" => "Sets bits of",
                "xor" => "Flips bits of",
                "xchg" => "Replaces",
                _ => return None,
            };
            ("t", "t", format!("{verb} {place} in one step; gives what was there before"))
        }
    };
    let inputs = [inputs, operands].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    Some(OperatorHelp { stack: format!("[{inputs}] → [{outputs}]"), summary })
}

/// In the types, `t` is some type, `t1*` a list of types that depends on what is named.
const ROWS: &[Row] = &[
    ("unreachable", "", "", "Traps, always"),
    ("nop", "", "", "Does nothing"),
    ("block", "t1*", "t2*", "Begins a block; a branch to it goes to its end"),
    ("loop", "t1*", "t2*", "Begins a block; a branch to it goes back to its beginning"),
    ("if", "t1* i32", "t2*", "Runs its first branch if the condition is not 0, else the second"),
    ("then", "", "", "The branch of a folded `if` for a condition that is not 0"),
    ("else", "", "", "Begins the branch of an `if` for the condition 0"),
    ("end", "", "", "Ends a block"),
    ("br", "t*", "", "Leaves blocks: goes to the end of a block, or to the beginning of a loop"),
    ("br_if", "t* i32", "t*", "Branches if the condition is not 0"),
    (
        "br_table",
        "t* i32",
        "",
        "Branches to the label with that number in the list; to the last if there is none",
    ),
    ("br_on_null", "t* (ref null t)", "t* (ref t)", "Branches if the reference is null, which it drops"),
    (
        "br_on_non_null",
        "t* (ref null t)",
        "t*",
        "Branches with the reference if it is not null, else drops it",
    ),
    ("br_on_cast", "t* (ref null t)", "t* (ref null t)", "Branches if the reference is of the second type"),
    (
        "br_on_cast_fail",
        "t* (ref null t)",
        "t* (ref null t)",
        "Branches if the reference is not of the second type",
    ),
    (
        "br_on_cast_desc_eq",
        "t* (ref null t) (ref null t)",
        "t* (ref null t)",
        "Branches if the reference has this descriptor",
    ),
    (
        "br_on_cast_desc_eq_fail",
        "t* (ref null t) (ref null t)",
        "t* (ref null t)",
        "Branches if the reference has another descriptor",
    ),
    ("return", "t*", "", "Leaves the function with its results"),
    ("call", "t1*", "t2*", "Calls a function"),
    (
        "call_indirect",
        "t1* i32",
        "t2*",
        "Calls the function in a table at an index; traps if its type is another",
    ),
    ("call_ref", "t1* (ref null t)", "t2*", "Calls a function by reference; traps on null"),
    ("return_call", "t1*", "", "Calls a function in place of this one: the stack does not grow"),
    ("return_call_indirect", "t1* i32", "", "Calls a function in a table in place of this one"),
    ("return_call_ref", "t1* (ref null t)", "", "Calls a function by reference in place of this one"),
    ("drop", "t", "", "Throws a value away"),
    ("select", "t t i32", "t", "Gives the first value if the condition is not 0, else the second"),
    ("try", "t1*", "t2*", "Begins a block that catches exceptions, in the old form"),
    ("try_table", "t1*", "t2*", "Begins a block whose clauses say where exceptions go"),
    ("catch", "", "t*", "Catches exceptions of a tag"),
    ("catch_all", "", "", "Catches every exception"),
    ("delegate", "", "", "Hands exceptions on to an outer block, in the old form"),
    ("rethrow", "", "", "Throws a caught exception again, in the old form"),
    ("throw", "t*", "", "Throws an exception of a tag with its values"),
    ("throw_ref", "exnref", "", "Throws an exception again by reference; traps on null"),
    ("local.get", "", "t", "Reads a local"),
    ("local.set", "t", "", "Writes a local"),
    ("local.tee", "t", "t", "Writes a local and keeps the value on the stack"),
    ("global.get", "", "t", "Reads a global"),
    ("global.set", "t", "", "Writes a global that is mutable"),
    ("table.get", "i32", "t", "Reads an element of a table; traps out of bounds"),
    ("table.set", "i32 t", "", "Writes an element of a table; traps out of bounds"),
    ("table.size", "", "i32", "Gives the number of elements of a table"),
    ("table.grow", "t i32", "i32", "Makes a table longer; gives its old size, or -1 if that is refused"),
    ("table.fill", "i32 t i32", "", "Writes one value to a range of a table: start, value, count"),
    ("table.copy", "i32 i32 i32", "", "Copies elements between tables: target, source, count"),
    ("table.init", "i32 i32 i32", "", "Copies elements of a segment into a table: target, source, count"),
    ("elem.drop", "", "", "Gives up an element segment"),
    ("memory.size", "", "i32", "Gives the size of memory in pages of 64 KiB"),
    ("memory.grow", "i32", "i32", "Adds pages of 64 KiB; gives the old size, or -1 if that is refused"),
    ("memory.fill", "i32 i32 i32", "", "Writes one byte to a range of memory: start, byte, count"),
    (
        "memory.copy",
        "i32 i32 i32",
        "",
        "Copies bytes within memory, overlapping or not: target, source, count",
    ),
    ("memory.init", "i32 i32 i32", "", "Copies bytes of a data segment into memory: target, source, count"),
    (
        "memory.discard",
        "i32 i32",
        "",
        "Gives pages of memory back to the system; they read as zero: start, count",
    ),
    ("data.drop", "", "", "Gives up a data segment"),
    (
        "memory.atomic.notify",
        "i32 i32",
        "i32",
        "Wakes up to that many threads that wait at an address; gives how many",
    ),
    (
        "memory.atomic.wait32",
        "i32 i32 i64",
        "i32",
        "Waits at an address that holds this i32: 0 woken, 1 not equal, 2 timed out",
    ),
    (
        "memory.atomic.wait64",
        "i32 i64 i64",
        "i32",
        "Waits at an address that holds this i64: 0 woken, 1 not equal, 2 timed out",
    ),
    ("atomic.fence", "", "", "Orders the memory accesses before it and after it"),
    ("pause", "", "", "Tells the processor that this loop waits for another thread"),
    ("ref.null", "", "(ref null t)", "Puts a null reference on the stack"),
    ("ref.func", "", "(ref t)", "Puts a reference to a function on the stack"),
    ("ref.is_null", "(ref null t)", "i32", "Gives 1 for null, else 0"),
    ("ref.as_non_null", "(ref null t)", "(ref t)", "Passes a reference on; traps on null"),
    ("ref.eq", "eqref eqref", "i32", "Gives 1 if both refer to the same object, else 0"),
    ("ref.test", "(ref null t)", "i32", "Gives 1 if the reference is of the type, else 0"),
    (
        "ref.cast",
        "(ref null t)",
        "(ref null t)",
        "Takes the reference as one of the type; traps if it is of another",
    ),
    (
        "ref.cast_desc_eq",
        "(ref null t) (ref null t)",
        "(ref null t)",
        "Casts by descriptor; traps if it is another",
    ),
    ("ref.get_desc", "(ref null t)", "(ref t)", "Gives the descriptor of an object; traps on null"),
    ("ref.i31", "i32", "(ref i31)", "Makes a reference of the low 31 bits of an integer"),
    ("ref.i31_shared", "i32", "(ref i31)", "Makes a shared reference of the low 31 bits of an integer"),
    ("i31.get_s", "i31ref", "i32", "Gives the integer in the reference, signed; traps on null"),
    ("i31.get_u", "i31ref", "i32", "Gives the integer in the reference, unsigned; traps on null"),
    (
        "any.convert_extern",
        "externref",
        "anyref",
        "Takes a reference of the host into the module's own world",
    ),
    ("extern.convert_any", "anyref", "externref", "Hands a reference of the module out to the host"),
    ("struct.new", "t*", "(ref t)", "Makes a struct of a value for each field"),
    ("struct.new_default", "", "(ref t)", "Makes a struct of zeros and nulls"),
    ("struct.new_desc", "t* (ref null t)", "(ref t)", "Makes a struct with a descriptor"),
    (
        "struct.new_default_desc",
        "(ref null t)",
        "(ref t)",
        "Makes a struct of zeros and nulls with a descriptor",
    ),
    ("struct.get", "(ref null t)", "t", "Reads a field; traps on null"),
    ("struct.get_s", "(ref null t)", "i32", "Reads a packed field as a signed integer; traps on null"),
    ("struct.get_u", "(ref null t)", "i32", "Reads a packed field as an unsigned integer; traps on null"),
    ("struct.set", "(ref null t) t", "", "Writes a field that is mutable; traps on null"),
    ("array.new", "t i32", "(ref t)", "Makes an array that holds one value so many times"),
    ("array.new_default", "i32", "(ref t)", "Makes an array of zeros or nulls of a length"),
    (
        "array.new_fixed",
        "t*",
        "(ref t)",
        "Makes an array of the values on the stack, as many as the number says",
    ),
    ("array.new_data", "i32 i32", "(ref t)", "Makes an array of bytes of a data segment: start, length"),
    ("array.new_elem", "i32 i32", "(ref t)", "Makes an array of an element segment: start, length"),
    ("array.get", "(ref null t) i32", "t", "Reads an element; traps on null and out of bounds"),
    ("array.get_s", "(ref null t) i32", "i32", "Reads a packed element as a signed integer"),
    ("array.get_u", "(ref null t) i32", "i32", "Reads a packed element as an unsigned integer"),
    ("array.set", "(ref null t) i32 t", "", "Writes an element; traps on null and out of bounds"),
    ("array.len", "arrayref", "i32", "Gives the length of an array; traps on null"),
    ("array.fill", "(ref null t) i32 t i32", "", "Writes one value to a range: start, value, count"),
    (
        "array.copy",
        "(ref null t) i32 (ref null t) i32 i32",
        "",
        "Copies elements: target and start, source and start, count",
    ),
    (
        "array.init_data",
        "(ref null t) i32 i32 i32",
        "",
        "Copies bytes of a data segment into an array: target, source, count",
    ),
    (
        "array.init_elem",
        "(ref null t) i32 i32 i32",
        "",
        "Copies an element segment into an array: target, source, count",
    ),
    (
        "cont.new",
        "(ref null t)",
        "(ref t)",
        "Makes a continuation of a function, which it does not start yet",
    ),
    ("cont.bind", "t1* (ref null t)", "(ref t)", "Gives a continuation some of its arguments"),
    ("resume", "t1* (ref null t)", "t2*", "Runs a continuation until it ends or suspends"),
    ("resume_throw", "t1* (ref null t)", "t2*", "Resumes a continuation by throwing an exception in it"),
    (
        "resume_throw_ref",
        "exnref (ref null t)",
        "t2*",
        "Resumes a continuation by throwing an exception reference in it",
    ),
    ("suspend", "t1*", "t2*", "Leaves the continuation with a tag until it is resumed"),
    ("switch", "t1* (ref null t)", "t2*", "Suspends this continuation and resumes another one in its place"),
];

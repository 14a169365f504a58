//! The promise of the pass on modules that nobody wrote: rewritten, a module does what it did.
//!
//! Seeds are fixed, so that a failure comes back; the seed is in its message.

use std::hash::{DefaultHasher, Hash, Hasher};

use arbitrary::Unstructured;
use wasm_smith::{Config, Module};
use wasmtime::{Extern, ExternType, Val, ValType};

use super::shape::assert_offsets_lead_back;
use super::{Build, Ended, PLAIN, Prices, RewriteOptions, Subject, UNEVEN, bits, everything, trap_name};

const SEEDS: u64 = 500;
const CALLS_PER_EXPORT: usize = 2;
const TANK: u64 = 20_000;

/// The one way to end that may come earlier: counting makes frames on the native stack larger.
const OVERFLOW: &str = "StackOverflow";

/// How much of the property was really put to the test.
#[derive(Debug, Default)]
struct Tally {
    modules: usize,
    returned: usize,
    trapped: usize,
    out_of_fuel: usize,
    /// Calls in which the guest called functions of its own, by how they ended: by returning, otherwise.
    nested: [usize; 2],
}

/// Bytes that look random and are the same each time (splitmix64, Steele et al. 2014).
fn entropy(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed;
    let words = std::iter::repeat_with(|| {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    });
    words.take(length / 8).flat_map(u64::to_le_bytes).collect()
}

fn shape_of_modules() -> Config {
    Config {
        custom_page_sizes_enabled: true,
        export_everything: true,
        max_data_segments: 3,
        max_element_segments: 3,
        max_exports: 20,
        max_funcs: 8,
        max_globals: 6,
        max_imports: 5,
        max_instructions: 150,
        max_memories: 3,
        max_memory32_bytes: 2 << 20,
        max_memory64_bytes: 2 << 20,
        max_table_elements: 500,
        max_tables: 3,
        max_types: 20,
        min_funcs: 2,
        threads_enabled: false,
        wide_arithmetic_enabled: true,
        ..Config::default()
    }
}

#[test]
fn a_rewritten_module_does_what_it_did_for_the_same_fuel() {
    let mut tally = Tally::default();
    for seed in 0..SEEDS {
        let bytes = entropy(seed, 8192);
        let mut dna = Unstructured::new(&bytes);
        let Ok(module) = Module::new(shape_of_modules(), &mut dna) else { continue };
        compare(seed, &module.to_bytes(), &mut dna, &mut tally);
    }
    assert!(tally.modules > 450, "{tally:?}");
    assert!(tally.nested[0] > 3 && tally.nested[1] > 100, "{tally:?}");
    assert!(tally.returned > 200 && tally.trapped > 200 && tally.out_of_fuel > 200, "{tally:?}");
}

fn compare(seed: u64, wasm: &[u8], dna: &mut Unstructured<'_>, tally: &mut Tally) {
    let (engine, prices) = match seed % 2 {
        0 => (&PLAIN, Prices::default()),
        _ => (&UNEVEN, Prices::uneven()),
    };
    let options = RewriteOptions { prices: Some(prices), ..everything() };
    let Ok(plain) = Build::on(engine, wasm, None) else { return };
    let counted = Build::counted(wasm, &options);
    assert_offsets_lead_back(wasm, counted.rewritten.as_ref().expect("it is rewritten"), &options);
    tally.modules += 1;
    let module = plain.module.clone();
    let mut other = Build::set_by_callers(wasm, &options).try_start().ok();
    if let (Some(other), Some(start)) = (&mut other, start_of(&counted)) {
        other.call(&start, &[], 1_000_000);
    }
    let Some((mut plain, mut counted)) = start_both(seed, &plain, &counted) else { return };
    let exports: Vec<(String, ExternType)> =
        module.exports().map(|export| (export.name().to_owned(), export.ty())).collect();
    for (export, ty) in &exports {
        let ExternType::Func(ty) = ty else { continue };
        for _ in 0..CALLS_PER_EXPORT {
            let args: Option<Vec<Val>> = ty.params().map(|ty| argument(&ty, dna)).collect();
            let Some(args) = args else { break };
            let (before, after) = (plain.call(export, &args, TANK), counted.call(export, &args, TANK));
            if stack_overflowed(&before) || stack_overflowed(&after) {
                return;
            }
            assert_eq!(after, before, "seed {seed}, `{export}` with {args:?}");
            if let Some(other) = &mut other {
                compare_depths(&format!("seed {seed}, `{export}`"), other, &mut counted, export, &args);
            }
            tally.nested[usize::from(before.end.is_err())] += usize::from(counted.peak() > 1);
            assert_eq!(state(&mut counted, &exports), state(&mut plain, &exports), "seed {seed}, `{export}`");
            match before.end {
                Ok(_) => tally.returned += 1,
                Err(trap) if trap == "OutOfFuel" => tally.out_of_fuel += 1,
                Err(_) => tally.trapped += 1,
            }
        }
    }
}

/// The two ways to count depth agree, and a call that returns leaves no trace where it is kept.
fn compare_depths(what: &str, other: &mut Subject, counted: &mut Subject, export: &str, args: &[Val]) {
    let ended = other.call(export, args, TANK);
    if stack_overflowed(&ended) {
        return;
    }
    assert_eq!(counted.peak(), other.peak(), "{what} with {args:?}");
    if ended.end.is_ok() && counted.depth_globals().is_kept {
        assert_eq!(counted.next_depth(), 1, "{what} with {args:?}");
    }
}

/// Statements that call, branch and return at random; what they decide comes from the bits of the argument.
struct Statements {
    words: std::vec::IntoIter<u8>,
    text: String,
    /// Functions behind the one that is written, which it may call.
    callees: std::ops::Range<u32>,
}

impl Statements {
    fn pick(&mut self, below: u8) -> u8 {
        self.words.next().unwrap_or(0) % below
    }

    /// Writes a few statements inside that many labels.
    fn write(&mut self, labels: u8, room: u8) {
        for _ in 0..=self.pick(4) {
            let bit = format!("(i32.and (local.get 0) (i32.const {}))", 1 << self.pick(6));
            let label = self.pick(labels + 1);
            let statement = match (self.pick(9), room) {
                (0..=2, _) if !self.callees.is_empty() => {
                    let callee = self.callees.start
                        + u32::from(self.pick(2)).min(self.callees.end - self.callees.start - 1);
                    format!("(call {callee} (i32.rotr (local.get 0) (i32.const {})))", self.pick(8))
                }
                (3, _) => format!("(br_if {label} {bit})"),
                (4, _) => format!("(br_table {label} {labels} {bit})"),
                (5, _) if self.pick(6) == 0 => "(return)".to_owned(),
                (5, _) if self.pick(6) == 0 && !self.callees.is_empty() => {
                    format!("(return_call {} (local.get 0))", self.callees.start)
                }
                (kind @ (6..=8), 1..) => {
                    let open = match kind {
                        6 => "(block ".to_owned(),
                        7 => format!("(if {bit} (then "),
                        _ => "(loop (local.set 0 (i32.shr_u (local.get 0) (i32.const 1)))".to_owned(),
                    };
                    self.text.push_str(&open);
                    self.write(labels + 1, room - 1);
                    if kind == 7 {
                        self.text.push_str(") (else ");
                        self.write(labels + 1, room - 1);
                        self.text.push(')');
                    }
                    ")".to_owned()
                }
                _ => "(drop (memory.grow (i32.const 1)))".to_owned(),
            };
            self.text.push_str(&statement);
            self.text.push('\n');
        }
    }
}

#[test]
fn whichever_way_control_goes_a_call_that_returns_leaves_the_depth_as_it_was() {
    const FUNCTIONS: u32 = 6;
    let (mut returned, mut deepest) = (0, 0);
    for seed in 0..SEEDS {
        let mut text = "(module (memory 1 2)".to_owned();
        let mut words = entropy(seed, 8192).into_iter();
        for function in 0..FUNCTIONS {
            let callees = function + 1..FUNCTIONS;
            let mut statements = Statements { words, text, callees };
            statements.text.push_str(&format!("(func (export \"{function}\") (param i32)\n"));
            statements.write(0, 3);
            statements.text.push_str(")\n");
            (words, text) = (statements.words, statements.text);
        }
        text.push(')');
        let wasm = super::wat(&text);
        let (mut plain, mut counted) = (Subject::plain(&wasm), Subject::counted(&wasm));
        let mut other = Build::set_by_callers(&wasm, &everything()).start();
        for arg in [0, -1, 0x2a, 0x15, 0x0f0f] {
            let args = [Val::I32(arg)];
            let before = plain.call("0", &args, TANK);
            assert_eq!(counted.call("0", &args, TANK), before, "seed {seed} {arg}: {text}");
            compare_depths(&format!("seed {seed}: {text}"), &mut other, &mut counted, "0", &args);
            returned += usize::from(before.end.is_ok());
            deepest = deepest.max(counted.peak());
        }
    }
    assert!(returned > 1000 && deepest == FUNCTIONS, "{returned} {deepest}");
}

fn start_of(counted: &Build) -> Option<String> {
    counted.rewritten.as_ref().and_then(|rewritten| rewritten.layout.start.clone())
}

/// Starts both; when the start fails, it must fail alike, and there is nothing more to compare.
fn start_both(seed: u64, plain: &Build, counted: &Build) -> Option<(Subject, Subject)> {
    let start = start_of(counted);
    let before = plain.try_start().map_err(|err| trap_name(&err));
    let after = counted.try_start().map_err(|err| trap_name(&err)).and_then(|mut subject| {
        if let (Ok(plain), None) = (&before, &start) {
            assert_eq!(fuel_left(&subject), fuel_left(plain), "seed {seed}, instantiation");
        }
        let ended = start.map(|start| subject.call(&start, &[], 1_000_000));
        ended.map_or(Ok(Vec::new()), |ended| ended.end).map(|_| subject)
    });
    match (before, after) {
        (Ok(before), Ok(after)) => Some((before, after)),
        (before, after) => {
            // Numbers of types are those of an engine, so they differ in the words of a failed link.
            let words = |err: Option<String>| err.map(|err| err.split("(engine").next().map(str::to_owned));
            let (before, after) = (words(before.err()), words(after.err()));
            assert!(
                before == after || after == words(Some(OVERFLOW.into())),
                "seed {seed}: {before:?}, {after:?}"
            );
            None
        }
    }
}

fn fuel_left(subject: &Subject) -> u64 {
    subject.store.get_fuel().expect("fuel is on")
}

fn stack_overflowed(ended: &Ended) -> bool {
    ended.end.as_ref().is_err_and(|trap| trap == OVERFLOW)
}

/// A value for a parameter; `None` where none can be made up.
fn argument(ty: &ValType, dna: &mut Unstructured<'_>) -> Option<Val> {
    Some(match ty {
        ValType::I32 => Val::I32(dna.arbitrary().ok()?),
        ValType::I64 => Val::I64(dna.arbitrary().ok()?),
        ValType::F32 => Val::F32(dna.arbitrary::<f32>().ok()?.to_bits()),
        ValType::F64 => Val::F64(dna.arbitrary::<f64>().ok()?.to_bits()),
        ValType::V128 => Val::V128(dna.arbitrary::<u128>().ok()?.into()),
        ValType::Ref(_) => Val::default_for_ty(ty)?,
    })
}

/// The memories, as hashes, and the globals that the original exports.
fn state(subject: &mut Subject, exports: &[(String, ExternType)]) -> Vec<String> {
    let store = &mut subject.store;
    let described =
        exports.iter().filter_map(|(name, _)| match subject.instance.get_export(&mut *store, name)? {
            Extern::Memory(memory) => {
                let mut hasher = DefaultHasher::new();
                memory.data(&*store).hash(&mut hasher);
                Some(format!("{name} {} {:#x}", memory.size(&*store), hasher.finish()))
            }
            Extern::Global(global) => Some(format!("{name} {}", bits(&global.get(&mut *store)))),
            Extern::Table(table) => Some(format!("{name} {}", table.size(&*store))),
            _ => None,
        });
    described.collect()
}

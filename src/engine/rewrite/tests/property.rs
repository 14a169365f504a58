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
            assert_eq!(state(&mut counted, &exports), state(&mut plain, &exports), "seed {seed}, `{export}`");
            match before.end {
                Ok(_) => tally.returned += 1,
                Err(trap) if trap == "OutOfFuel" => tally.out_of_fuel += 1,
                Err(_) => tally.trapped += 1,
            }
        }
    }
}

/// Starts both; when the start fails, it must fail alike, and there is nothing more to compare.
fn start_both(seed: u64, plain: &Build, counted: &Build) -> Option<(Subject, Subject)> {
    let start = counted.rewritten.as_ref().and_then(|rewritten| rewritten.layout.start.clone());
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

//! How long a listing of a 14 MB module takes to be there, to go anywhere in and to be searched, and what it
//! costs in memory.
//!
//! Fails on wrong results, never on slow ones.
#![allow(clippy::print_stdout, reason = "a bench ends in a table")]
#![allow(clippy::cast_precision_loss, reason = "figures are shown with three digits")]
#![allow(unsafe_code, reason = "an allocator that counts hands everything on to that of the system")]

mod rounds;

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use rounds::{Rounds, verdict};
use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, DataSection, Function, FunctionSection, Instruction, MemArg,
    MemorySection, MemoryType, Module, NameMap, NameSection, TypeSection, ValType,
};
use wasm_workbench::engine::listing::{Listing, Matcher, PAGE_LINES, SearchPattern, write_text};
use wasm_workbench::engine::sizes::sizes;

const FUNCTIONS: u32 = 20_000;

/// Rounds of operators in an average function.
const PARTS: u32 = 21;

const DATA_BYTES: usize = 1_500_000;

const JUMPS: u32 = 1000;

/// Counts what is allocated and was not given back, and the most of it.
struct Counting;

static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: each call is handed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let live = LIVE.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        PEAK.fetch_max(live, Ordering::Relaxed);
        // SAFETY: the caller keeps what `alloc` asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the memory came from this very allocator, with this layout.
        unsafe { System.dealloc(at, layout) }
    }
}

fn main() {
    let wasm: Arc<[u8]> = generated().into();
    println!("generated module: {} bytes, {FUNCTIONS} functions", wasm.len());
    let before = LIVE.load(Ordering::Relaxed);
    PEAK.store(before, Ordering::Relaxed);
    let listing = index(&wasm);
    let held = LIVE.load(Ordering::Relaxed) - before;
    println!("{} lines; the index holds {:.1} MiB", listing.num_lines(), mib(held));
    opening(&wasm);
    jumps(&listing);
    searches(&listing);
    let peak = PEAK.load(Ordering::Relaxed) - before;
    print!("{}", verdict("peak of memory beyond the binary", mib(peak), 300.0, "MiB"));
    whole(&wasm);
}

fn index(wasm: &Arc<[u8]>) -> Listing {
    Listing::index(Arc::clone(wasm), &mut |_, _| true).expect("the generated module is right")
}

/// From the bytes to the first screen.
fn opening(wasm: &Arc<[u8]>) {
    let rounds = Rounds::run(
        7,
        &mut [
            ("index and first page", &mut || {
                black_box(index(wasm).page_numbered(0));
            }),
            ("sizes", &mut || {
                black_box(sizes(wasm).expect("the generated module is right"));
            }),
        ],
    );
    print!("{}", rounds.table("Opening", 1.0));
    print!("{}", verdict("first screen", rounds.median_ns(0) / 1e9, 2.0, "s"));
}

/// To pages all over the text.
fn jumps(listing: &Listing) {
    let pages = listing.num_lines().div_ceil(PAGE_LINES);
    let mut times: Vec<f64> = (0..JUMPS)
        .map(|jump| {
            let page = jump.wrapping_mul(2_654_435_761) % pages;
            let started = Instant::now();
            let page = listing.page_numbered(page);
            let time = started.elapsed().as_secs_f64() * 1e3;
            assert!(!page.lines().is_empty());
            time
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let at = |share: usize| times[times.len() * share / 100];
    println!("\nPages all over, {JUMPS} of them: p50 {:.3} ms, p99 {:.3} ms", at(50), at(99));
    print!("{}", verdict("p99 of a jump", at(99), 50.0, "ms"));
}

fn searches(listing: &Listing) {
    println!();
    for (name, text, is_regex) in [
        ("a text that is nowhere", "nothing has this", false),
        ("a name", "$function_of_the_plugin_19999", false),
        ("a regular expression", r"i32\.const 19\d\d\d$", true),
    ] {
        let pattern = SearchPattern { text: text.to_owned(), is_regex, match_case: false };
        let matcher = Matcher::new(&pattern).expect("the pattern is right");
        let started = Instant::now();
        let mut found = 0;
        let searched = listing.search(&matcher, &mut |_, _| true, &mut |_| {
            found += 1;
            true
        });
        searched.expect("nobody stops it");
        println!("  {name}: {found} lines");
        print!("{}", verdict("search of all", started.elapsed().as_secs_f64(), 5.0, "s"));
    }
}

/// The whole text, as `print` writes it.
fn whole(wasm: &[u8]) {
    let started = Instant::now();
    let mut sink = std::io::BufWriter::with_capacity(1 << 16, std::io::sink());
    write_text(wasm, false, &mut sink).expect("nothing can fail");
    println!("\nThe whole text: {:.2} s", started.elapsed().as_secs_f64());
}

fn mib(bytes: usize) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

/// Generates a module of about 14 MB.
fn generated() -> Vec<u8> {
    let mut module = Module::new();
    let mut types = TypeSection::new();
    types.ty().function([ValType::I32, ValType::I32], [ValType::I32]);
    module.section(&types);
    let mut functions = FunctionSection::new();
    (0..FUNCTIONS).for_each(|_| {
        functions.function(0);
    });
    module.section(&functions);
    let mut memories = MemorySection::new();
    memories.memory(MemoryType {
        minimum: 64,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    module.section(&memories);
    let mut code = CodeSection::new();
    (0..FUNCTIONS).for_each(|number| {
        code.function(&body(number));
    });
    module.section(&code);
    let mut data = DataSection::new();
    let bytes = (0..DATA_BYTES).map(|at| at.to_le_bytes()[0]);
    data.active(0, &ConstExpr::i32_const(0), bytes);
    module.section(&data);
    let mut names = NameMap::new();
    (0..FUNCTIONS).for_each(|number| names.append(number, &format!("function_of_the_plugin_{number}")));
    let mut section = NameSection::new();
    section.functions(&names);
    module.section(&section);
    module.finish()
}

/// A function like those of a compiler: loads, arithmetic, branches, calls. Some are large.
fn body(number: u32) -> Function {
    let mut body = Function::new([(3, ValType::I32)]);
    let parts = if number.is_multiple_of(2_000) { PARTS * 300 } else { PARTS / 2 + number % PARTS };
    for part in 0..parts {
        let constant = i32::try_from(number.wrapping_mul(31) + part).unwrap_or(0);
        let memory = MemArg { offset: u64::from(part % 64) * 4, align: 2, memory_index: 0 };
        for operator in [
            Instruction::Block(BlockType::Empty),
            Instruction::LocalGet(0),
            Instruction::I32Load(memory),
            Instruction::I32Const(constant),
            Instruction::I32Add,
            Instruction::LocalTee(2),
            Instruction::BrIf(0),
            Instruction::LocalGet(2),
            Instruction::LocalGet(1),
            Instruction::Call((number + part + 1) % FUNCTIONS),
            Instruction::LocalSet(3),
            Instruction::End,
        ] {
            body.instruction(&operator);
        }
    }
    body.instruction(&Instruction::LocalGet(3));
    body.instruction(&Instruction::End);
    body
}

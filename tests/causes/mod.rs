//! What ended a call and what to do about it, on the real engine: refused growth whoever refused it, the collector's
//! heap, fuel at a trap, and whether it helps to follow a hint.

use std::sync::atomic::{AtomicUsize, Ordering};

use wasm_workbench::engine::{Probe, ProbedCall};
use wasm_workbench::model::call::{DeniedGrowth, TrapKind};
use wasm_workbench::model::raise::Raise;

use super::*;

/// Memories and tables whose addresses have 64 bits, so that no maximum of their own is in the way.
const WIDE: &str = r#"(module
  (memory $m i64 1) (table $t i64 1 funcref)
  (func (export "grow") (param i64) (result i64) (memory.grow $m (local.get 0)))
  (func (export "tgrow") (param i64) (result i64) (table.grow $t (ref.null func) (local.get 0))))"#;

#[test]
fn growth_that_the_system_can_not_give_is_no_peak() {
    let mut plugin = plugin(WIDE, NO_LIMITS);
    let record = plugin.call("grow", &[Value::I64(i64::MAX)]).expect("it fits the signature");
    assert_eq!((record.outcome, &record.results[..]), (Outcome::Returned, &[Value::I64(-1)][..]));
    assert_eq!((record.peak_memory_pages, plugin.usage().memory_pages_peak), (1, 1));
    let [denied] = &record.end.unmet[..] else { panic!("{:?}", record.end.unmet) };
    assert_eq!((denied.bound, denied.limit), (GrowthBound::System, None));
    assert_eq!(denied.place.as_ref().and_then(|place| place.line), Some(3));
    assert_eq!((record.refused_growths, plugin.usage().refused_growths), (0, 0), "no limit refused it");
    // The engine ends the call over a table that finds no room.
    let record = plugin.call("tgrow", &[Value::I64(1 << 48)]).expect("it fits the signature");
    assert_eq!(record.outcome, Outcome::Trapped(TrapKind::OutOfMemory), "{record:?}");
    assert_eq!((record.peak_table_elements, plugin.usage().table_elements_peak), (1, 1));
    assert!(record.message.is_some_and(|message| message.contains("the system could not give it")));
}

/// Fills the collector's heap with an array of as many numbers as it is told.
const HEAP: &str = r#"(module
  (type $a (array (mut i32))) (memory 1)
  (global $g (mut (ref null $a)) (ref.null $a))
  (func (export "make") (param i32) (global.set $g (array.new_default $a (local.get 0))))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))"#;

#[test]
fn a_memory_as_large_as_the_heap_is_not_taken_for_it() {
    // One page each.
    let begin = |limits| {
        let mut plugin = plugin(HEAP, limits);
        assert_eq!(call(&mut plugin, "make", &[10]).peak_memory_pages, 2);
        plugin
    };
    let mut at_once = begin(Limits { growth_pages: Some(16), ..NO_LIMITS });
    let record = call(&mut at_once, "grow", &[17]);
    let [denied] = &record.denied[..] else { panic!("{:?}", record.denied) };
    assert_eq!((denied.bound, denied.collector), (GrowthBound::PerGrowth, false));
    assert_eq!(denied.place.as_ref().and_then(|place| place.line), Some(5));
    assert_eq!(call(&mut at_once, "grow", &[16]).peak_memory_pages, 18);
    let mut full = begin(Limits { memory_pages: Some(2), ..NO_LIMITS });
    assert!(!call(&mut full, "grow", &[1]).denied[0].collector);
    let record = call(&mut full, "make", &[100_000]);
    assert_eq!(record.outcome, Outcome::Limit(LimitKind::MemoryPages));
    assert!(record.denied.iter().all(|denied| denied.collector), "{:?}", record.denied);
}

#[test]
fn an_object_that_a_module_begins_with_needs_its_heap() {
    let text = "(module (type $a (array (mut i32))) (memory 1)
      (global (ref $a) (array.new_default $a (i32.const 10))))";
    let with = |pages| try_plugin(text, Limits { memory_pages: Some(pages), ..NO_LIMITS });
    let two = with(2).map_err(|failure| format!("{failure:?}")).expect("a page each");
    assert_eq!((two.usage().memory_pages, two.usage().memory_pages_peak), (2, 2));
    let Err(CreateFailure::Failed(record)) = with(1) else { panic!("one page was enough") };
    assert_eq!(record.outcome, Outcome::Limit(LimitKind::MemoryPages), "{record:?}");
}

#[test]
fn the_collectors_heap_counts_as_memory_wherever_memory_is_told() {
    let mut roomy = plugin(HEAP, NO_LIMITS);
    let needed = call(&mut roomy, "make", &[1_000_000]).peak_memory_pages;
    assert!(needed > 61, "four megabytes are 62 pages, and the module has one: {needed}");
    let usage = roomy.usage();
    assert_eq!((usage.memory_pages, usage.memory_pages_peak), (needed, needed));
    assert_eq!(usage.gc_heap_bytes, (needed - 1) * 65_536);
    // What the record tells is what the limit compares: so many pass, one less does not.
    for trap_on_refused_growth in [false, true] {
        let with = |pages| Limits { memory_pages: Some(pages), trap_on_refused_growth, ..NO_LIMITS };
        let record = call(&mut plugin(HEAP, with(needed)), "make", &[1_000_000]);
        assert_eq!((record.outcome, record.peak_memory_pages), (Outcome::Returned, needed));
        let record = call(&mut plugin(HEAP, with(needed - 1)), "make", &[1_000_000]);
        assert_eq!(record.outcome, Outcome::Limit(LimitKind::MemoryPages), "{record:?}");
        assert_eq!(Raise::needed(&record), Some(Raise { kind: LimitKind::MemoryPages, value: needed }));
        assert!(record.message.is_some_and(|message| message.contains("the collector's heap")));
        assert!(record.note.is_some_and(|note| note.contains("can't catch")), "it did not go on");
    }
    let record = call(&mut roomy, "make", &[2_000_000_000]);
    assert_eq!(record.outcome, Outcome::Trapped(TrapKind::AllocationTooLarge));
    assert!(record.hint.is_some_and(|hint| !hint.contains("raise")), "there is no limit to raise");
}

#[test]
fn a_component_that_goes_on_after_a_refusal_ends_by_what_it_did_then() {
    let ends = [
        ("(drop (memory.grow (i32.const 1000))) unreachable", Outcome::Trapped(TrapKind::Unreachable)),
        ("(drop (memory.grow (i32.const 1000))) (loop $l (br $l))", Outcome::Limit(LimitKind::Fuel)),
        (
            "(drop (memory.grow (i32.const 1000))) (drop (i32.div_u (i32.const 1) (i32.const 0)))",
            Outcome::Trapped(TrapKind::IntegerDivideByZero),
        ),
    ];
    let limits = Limits { memory_pages: Some(256), fuel: Some(100_000), ..NO_LIMITS };
    let failed = |body: &str, limits| {
        let module = format!("(core module $m (memory 1) (func $s {body}) (start $s))");
        match try_plugin(&format!("(component {module} (core instance (instantiate $m)))"), limits) {
            Err(CreateFailure::Failed(record)) => record,
            _ => panic!("it was instantiated: {body}"),
        }
    };
    for (body, outcome) in ends {
        let record = failed(body, limits);
        assert_eq!(record.outcome, outcome, "{body}");
        let message = record.message.unwrap_or_default();
        assert!(message.ends_with("after memory growth to 1\u{202f}001 pages was refused"), "{message}");
        assert!(record.note.is_some_and(|note| note.starts_with("−1")), "{body}");
    }
    // Where growth traps, it is the end itself, and not what the plugin starts with.
    let record = failed(ends[0].0, Limits { trap_on_refused_growth: true, ..limits });
    assert_eq!(record.outcome, Outcome::Limit(LimitKind::MemoryPages));
    assert_eq!(record.message.as_deref(), Some("growth to 1\u{202f}001 pages was refused, the limit is 256"));
    // A trap that comes after more fuel than there is counts as fuel, as in a call.
    let record = failed("unreachable", Limits { fuel: Some(0), ..limits });
    assert_eq!(record.outcome, Outcome::Limit(LimitKind::Fuel));
    let endless = failed("(call $s)", NO_LIMITS);
    assert_eq!(endless.outcome, Outcome::Limit(LimitKind::WasmStack));
    assert!(endless.hint.is_some_and(|hint| hint.contains("a call depth limit has no effect here")));
}

/// A memory and a table with maxima of their own beside one without.
const OWN: &str = r#"(module
  (memory $m 1) (memory $own 1 4) (table $t 1 3 funcref)
  (func (export "spin") (param i32)
    (if (i32.eq (memory.grow $own (local.get 0)) (i32.const -1)) (then (loop $l (br $l)))))
  (func (export "trap") (param i32)
    (if (i32.eq (table.grow $t (ref.null func) (local.get 0)) (i32.const -1)) (then unreachable)))
  (func (export "push") (param $i i32)
    (drop (memory.grow $m (i32.const 1000)))
    (loop $l
      (drop (memory.grow $own (i32.const 5)))
      (br_if $l (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
    (loop $s (br $s)))
  (func (export "far") (param i32) (result i32) (memory.grow $m (local.get 0))))"#;

#[test]
fn growth_past_its_own_maximum_is_told_and_offers_no_limit() {
    let limits = Limits { fuel: Some(10_000), ..Limits::default() };
    let cases = [
        (
            "spin",
            8,
            "out of fuel, after growth of a memory to 9 pages was refused by its own maximum of 4",
            4,
        ),
        ("trap", 5, "growth of a table to 6 table elements was refused by its own maximum of 3", 6),
    ];
    for (export, by, message, line) in cases {
        let record = call(&mut plugin(OWN, limits), export, &[by]);
        assert!(
            record.message.as_deref().is_some_and(|text| text.ends_with(message)),
            "{:?}",
            record.message
        );
        let all = record.all_denied();
        let [DeniedGrowth { bound: GrowthBound::OwnMaximum, limit: None, place: Some(place), .. }] = all[..]
        else {
            panic!("{all:?}")
        };
        assert_eq!(place.line, Some(line), "{export}");
        assert_eq!((Raise::needed(&record), record.refused_growths), (None, 0), "{export}");
    }
    // Within its own maximum nothing is refused.
    assert!(call(&mut plugin(OWN, limits), "spin", &[3]).all_denied().is_empty());
    // A memory with addresses of 32 bits has no more than 65 536 pages, whatever the limit.
    let record = call(&mut plugin(OWN, limits), "far", &[-1]);
    assert_eq!((record.refused_growths, Raise::needed(&record)), (1, None));
    let hint = record.hint.unwrap_or_default();
    assert!(hint.ends_with("the memory itself may have 65\u{202f}536 pages at most"), "{hint}");
}

#[test]
fn what_no_limit_refused_pushes_out_nothing_that_one_did() {
    let limits = Limits { fuel: Some(10_000), ..Limits::default() };
    for times in [1_i32, 7, 64, 500] {
        let record = call(&mut plugin(OWN, limits), "push", &[times]);
        assert_eq!((record.denied.len(), record.refused_growths), (1, 1), "{times}");
        assert_eq!(record.end.refused.otherwise().count, u64::from(times.unsigned_abs()));
        assert_eq!(Raise::needed(&record), Some(Raise { kind: LimitKind::MemoryPages, value: 1002 }));
        // Its place is known as long as the ring of eight has it.
        let line = record.denied[0].place.as_ref().and_then(|place| place.line);
        assert_eq!(line, (times < 8).then_some(8), "{times}");
    }
}

#[test]
fn a_trap_past_the_limit_counts_as_out_of_fuel_and_keeps_its_place() {
    let text = r#"(module (func $deep (export "f")
      (drop (i32.add (i32.const 1) (i32.add (i32.const 1) (i32.const 1))))
      unreachable))"#;
    let needed = call(&mut plugin(text, NO_LIMITS), "f", &[]).fuel.value().expect("fuel is counted");
    let with = |fuel| call(&mut plugin(text, Limits { fuel: Some(fuel), ..NO_LIMITS }), "f", &[]);
    assert_eq!(with(needed).outcome, Outcome::Trapped(TrapKind::Unreachable));
    for fuel in 0..needed {
        let record = with(fuel);
        assert_eq!((record.outcome, record.fuel), (Outcome::Limit(LimitKind::Fuel), Measured::AtLeast(fuel)));
        if record.end.has_overrun {
            assert_eq!(record.place.as_ref().and_then(|place| place.line), Some(3), "the trap's own place");
            assert!(record.message.is_some_and(|message| message.contains("before it trapped")));
        }
    }
}

#[test]
fn the_wasm_stack_that_is_needed_passes_and_a_kilobyte_less_does_not() {
    let engines = Engines::new();
    let caps = SizeCaps::default();
    let settings = EngineSettings::default();
    let request = CompileRequest { source: DEEP.as_bytes(), settings: &settings, caps, read_ns: None };
    let build = compile(&engines, &BuildCache::new(0), &request).expect("the test's text compiles");
    let probed = ProbedCall { export: "direct".into(), args: vec![Value::I32(500)] };
    let options = PluginOptions { limits: NO_LIMITS, ..PluginOptions::default() };
    let probe = Probe { build, options, replay: Vec::new(), forgotten: 0, call: probed };
    let room = probe.thread_stack_bytes();
    let run = std::thread::Builder::new().name("probe".to_owned()).stack_size(room).spawn(move || {
        let observer: Arc<dyn CallObserver> = Arc::new(NoObserver);
        let needs = probe.find(&engines, &observer, &mut |_| true).expect("it can be called");
        let needs = needs.expect("nobody ended the search");
        let stack =
            needs.limits.iter().find(|need| need.limit == LimitKind::WasmStack).expect("it is sought");
        let needed = usize::try_from(stack.needed.expect("it was found")).expect("it is a size");
        // An engine of its own for each size, compiled for it and not moved onto it.
        let with = |bytes| {
            let settings = EngineSettings { wasm_stack_bytes: bytes, ..EngineSettings::default() };
            let made = make(&Engines::new(), DEEP, &settings, NO_LIMITS, Arc::new(NoObserver));
            call(
                &mut made.map_err(|failure| format!("{failure:?}")).expect("it instantiates"),
                "direct",
                &[500],
            )
        };
        (needed, with(needed), with(needed - 1024))
    });
    let (needed, enough, short) = run.expect("a thread starts").join().expect("it does not panic");
    assert_eq!(enough.outcome, Outcome::Returned, "{needed} bytes are needed");
    assert_eq!(short.outcome, Outcome::Limit(LimitKind::WasmStack), "{needed} bytes are needed");
    assert_eq!(short.wasm_stack_bytes + 1024, needed as u64);
}

#[test]
fn a_call_well_within_its_time_returns() {
    let text = r#"(module (func (export "count") (param $n i32)
      (loop $again (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))"#;
    let engines = Engines::new();
    let limits = Limits { execution_time_ms: Some(600_000), ..NO_LIMITS };
    let diary = Arc::new(Ticks(AtomicUsize::new(0)));
    let observer: Arc<dyn CallObserver> = Arc::clone(&diary) as _;
    let mut plugin = make(&engines, text, &EngineSettings::default(), limits, observer)
        .map_err(|failure| format!("{failure:?}"))
        .expect("it instantiates");
    let ticker = Ticker::start(&engines).expect("the system has threads");
    let guard = ticker.guard();
    // Long enough to be looked at: what was never looked at could not have been stopped.
    let mut record = call(&mut plugin, "count", &[10_000_000]);
    while diary.0.load(Ordering::Relaxed) == 0 {
        record = call(&mut plugin, "count", &[100_000_000]);
    }
    drop(guard);
    assert_eq!(record.outcome, Outcome::Returned);
    assert!(record.wall_ns < 600_000_000_000);
}

/// Counts how often a guest was looked at.
struct Ticks(AtomicUsize);

impl CallObserver for Ticks {
    fn tick(&self, _live: &mut dyn LiveView) -> Tick {
        self.0.fetch_add(1, Ordering::Relaxed);
        Tick::Continue { held: Duration::ZERO }
    }

    fn is_cancelled(&self) -> bool {
        false
    }

    fn log(&self, _level: LogLevel, _text: String) {}
}

/// Functions that end early under a tight limit, each by another one, and return where there is room.
const CURABLE: &str = r#"(module
  (type $a (array (mut i32)))
  (memory $m 1) (table $t 1 funcref)
  (global $g (mut (ref null $a)) (ref.null $a))
  (func (export "burn") (param $n i32)
    (loop $l (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func $deep (export "deep") (param $n i32)
    (if (i32.gt_u (local.get $n) (i32.const 1)) (then (call $deep (i32.sub (local.get $n) (i32.const 1))))))
  (func (export "grow") (param $n i32)
    (if (i32.eq (memory.grow $m (local.get $n)) (i32.const -1)) (then unreachable)))
  (func (export "big_first") (param $n i32) (local $i i32)
    (if (i32.eq (memory.grow $m (local.get $n)) (i32.const -1))
      (then
        (local.set $i (i32.const 100))
        (loop $l
          (drop (memory.grow $m (i32.const 20)))
          (br_if $l (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
        unreachable)))
  (func (export "tgrow") (param $n i32)
    (if (i32.eq (table.grow $t (ref.null func) (local.get $n)) (i32.const -1)) (then (loop $l (br $l)))))
  (func (export "heap") (param $n i32) (global.set $g (array.new_default $a (local.get $n))))
  (func (export "fill") (param $n i32) (memory.fill $m (i32.const 0) (i32.const 1) (local.get $n))))"#;

#[test]
fn following_a_hint_helps() {
    const TIGHT: Limits = Limits {
        memory_pages: Some(16),
        growth_pages: None,
        table_elements: Some(10),
        instances: Some(1),
        execution_time_ms: None,
        fuel: Some(10_000),
        call_depth: Some(50),
        trap_on_refused_growth: false,
    };
    const AT_ONCE: Limits = Limits { growth_pages: Some(4), ..TIGHT };
    const TRAPS: Limits = Limits { trap_on_refused_growth: true, ..TIGHT };
    const NO_CALLS: Limits = Limits { call_depth: Some(0), ..TIGHT };
    const ONE_UNIT: Limits = Limits { fuel: Some(1), ..TIGHT };
    let cases = [
        ("burn", 10_000, TIGHT, LimitKind::Fuel),
        ("fill", 60_000, TIGHT, LimitKind::Fuel),
        ("burn", 1, ONE_UNIT, LimitKind::Fuel),
        ("deep", 90, TIGHT, LimitKind::CallDepth),
        ("deep", 1, NO_CALLS, LimitKind::CallDepth),
        ("grow", 100, TIGHT, LimitKind::MemoryPages),
        ("grow", 100, TRAPS, LimitKind::MemoryPages),
        ("grow", 10, AT_ONCE, LimitKind::GrowthPages),
        ("big_first", 5000, TIGHT, LimitKind::MemoryPages),
        ("tgrow", 1000, TIGHT, LimitKind::TableElements),
        ("tgrow", 1000, TRAPS, LimitKind::TableElements),
        // The heap is doubled, or takes what is missing.
        ("heap", 5000, Limits { memory_pages: Some(1), ..TIGHT }, LimitKind::MemoryPages),
    ];
    for (export, by, limits, kind) in cases {
        let stopped = call(&mut plugin(CURABLE, limits), export, &[by]);
        assert_ne!(stopped.outcome, Outcome::Returned, "{export}");
        let raise = Raise::needed(&stopped).expect("something was in the way");
        assert_eq!(raise.kind, kind, "{export}");
        let mut limits = limits;
        limits.set(raise.kind, Some(raise.value));
        let record = call(&mut plugin(CURABLE, limits), export, &[by]);
        assert_eq!(record.outcome, Outcome::Returned, "{export} with {raise:?}: {:?}", record.message);
    }
    // The native stack can't be raised here: a depth limit makes the end one that says where it comes from.
    let run = std::thread::Builder::new().name("deep".to_owned()).stack_size(8 << 20).spawn(|| {
        let stopped = call(&mut plugin(CURABLE, NO_LIMITS), "deep", &[i32::MAX]);
        assert_eq!(stopped.outcome, Outcome::Limit(LimitKind::WasmStack));
        assert_eq!(stopped.end.frames, stopped.peak_call_depth, "however few of them the engine names");
        let raise = Raise::needed(&stopped).expect("depth is counted");
        let mut limits = NO_LIMITS;
        limits.set(raise.kind, Some(raise.value));
        call(&mut plugin(CURABLE, limits), "deep", &[i32::MAX]).outcome
    });
    let ended = run.expect("a thread starts").join().expect("it does not panic");
    assert_eq!(ended, Outcome::Limit(LimitKind::CallDepth));
    // Without any instance there is nobody to hint at a call.
    let none = Limits { instances: Some(0), ..TIGHT };
    let Err(CreateFailure::Failed(record)) = try_plugin(CURABLE, none) else { panic!("it was instantiated") };
    let raise = Raise::needed(&record).expect("the limit was in the way");
    assert!(try_plugin(CURABLE, Limits { instances: Some(raise.value), ..TIGHT }).is_ok());
    // A rule has to take the place of the one that there is, and keeps its other bounds.
    let mut plugin = plugin(CURABLE, TIGHT);
    let rule = LimitRule::parse("bu*:fuel=10000,time_ms=60000").expect("it is a rule");
    plugin.set_rules(LimitRules::new(vec![rule]));
    let record = call(&mut plugin, "burn", &[10_000]);
    let raised =
        Raise::needed(&record).and_then(|raise| raise.rule(&record)).expect("the rule was in the way");
    assert_eq!(raised.to_text(), "bu*:fuel=100000,time_ms=60000");
    plugin.set_rules(LimitRules::new(vec![raised]));
    plugin.renew().map_err(|failure| format!("{failure:?}")).expect("it is made again");
    assert_eq!(call(&mut plugin, "burn", &[10_000]).outcome, Outcome::Returned);
}

#[test]
fn a_single_operator_that_burns_all_fuel_is_named() {
    let limits = Limits { fuel: Some(100), ..NO_LIMITS };
    for (export, operator) in
        [("fill", "memory.fill"), ("tgrow", "table.grow"), ("heap", "array.new_default")]
    {
        let record = call(&mut plugin(CURABLE, limits), export, &[10_000]);
        assert_eq!(
            (record.outcome, record.end.bulk),
            (Outcome::Limit(LimitKind::Fuel), Some(operator)),
            "{export}"
        );
        assert!(record.hint.is_some_and(|hint| hint.contains(operator)), "{export}");
    }
    let record = call(&mut plugin(CURABLE, limits), "burn", &[10_000]);
    assert_eq!(record.end.bulk, None);
    assert!(record.hint.is_some_and(|hint| hint.contains("a loop without an end")));
}

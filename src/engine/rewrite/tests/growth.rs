//! Refused growth: every place is kept, newest first, and the guest sees what it would have seen.

use wasmparser::{Operator, Parser, Payload};

use super::{RewriteOptions, Subject, everything, rewritten, wat};

const GROWTH: &str = r#"(module
  (memory $m 1 2) (memory $wide i64 1 2) (table $t 1 2 funcref) (table $wide_t i64 1 2 funcref)
  (func (export "grow") (param i32) (result i32 i64 i32 i64)
    (memory.grow $m (local.get 0))
    (memory.grow $wide (i64.extend_i32_u (local.get 0)))
    (table.grow $t (ref.null func) (local.get 0))
    (table.grow $wide_t (ref.null func) (i64.extend_i32_u (local.get 0))))
  (func (export "many") (param i32)
    (loop
      (drop (memory.grow $m (i32.const 5)))
      (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
    (drop (table.grow $t (ref.null func) (i32.const 5)))))"#;

/// The offsets of all growth operators of a module, in order.
fn growth_places(wasm: &[u8]) -> Vec<u32> {
    let mut places = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let Ok(Payload::CodeSectionEntry(body)) = payload else { continue };
        for item in body.get_operators_reader().expect("valid").into_iter_with_offsets() {
            let (operator, offset) = item.expect("valid");
            if matches!(operator, Operator::MemoryGrow { .. } | Operator::TableGrow { .. }) {
                places.push(u32::try_from(offset).expect("small"));
            }
        }
    }
    places
}

fn sites(subject: &mut Subject) -> (u32, Vec<u32>) {
    let layout = &subject.rewritten.as_ref().expect("rewritten").layout;
    let sites = layout.growth_sites.clone().expect("growth is recorded");
    (subject.global(&sites.count), sites.ring.iter().map(|name| subject.global(name)).collect())
}

#[test]
fn every_refusal_is_kept_newest_first() {
    let wasm = wat(GROWTH);
    let places = growth_places(&wasm);
    let mut subject = Subject::counted(&wasm);

    let granted = subject.call_i32("grow", &[1]);
    assert_eq!(granted.end, Ok(["i32 1", "i64 1", "i32 1", "i64 1"].map(str::to_owned).to_vec()));
    assert_eq!(sites(&mut subject).0, 0);

    let refused = subject.call_i32("grow", &[1]);
    assert_eq!(refused.end, Ok(["i32 -1", "i64 -1", "i32 -1", "i64 -1"].map(str::to_owned).to_vec()));
    let (count, ring) = sites(&mut subject);
    assert_eq!(count, 4);
    assert_eq!(ring[..4], [places[3], places[2], places[1], places[0]]);

    subject.call_i32("many", &[20]);
    let (count, ring) = sites(&mut subject);
    assert_eq!(count, 21, "each entry counts anew");
    assert_eq!(ring[0], places[5]);
    assert!(ring[1..].iter().all(|place| *place == places[4]));
}

#[test]
fn there_are_no_sites_where_nothing_can_grow_or_nobody_asked() {
    let idle = RewriteOptions { record_refused_growth: false, ..everything() };
    for (text, options) in [("(module (func))", everything()), (GROWTH, idle)] {
        assert_eq!(rewritten(&wat(text), &options).layout.growth_sites, None, "{text}");
    }
}

//! Names and numbers against what they stand for, in good texts and in broken ones.

use super::*;
use crate::model::sample;

/// Reads a text in which `^` stands before what is used and `@` before the name or form that is meant.
fn check(marked: &str) {
    let from = marked.find('^').expect("the text marks a use");
    let mut text = marked.replacen('^', "", 1);
    let to = text.find('@').expect("the text marks a definition");
    text.remove(to);
    let from = if to < from { from - 1 } else { from };
    let index = SymbolIndex::new(text.as_str().into());
    let id = index.definition_at(from).unwrap_or_else(|| panic!("nothing found: {marked}"));
    let found = index.definition(id);
    let at = found.name.as_ref().map_or(found.form.start, |name| name.start);
    assert_eq!(at, to, "{marked}\nfound {found:?}");
}

#[test]
fn names_and_indices_lead_to_their_definitions() {
    for marked in [
        "(module (func @$f) (func call ^$f))",
        "(module (func call ^$f) (func @$f))",
        "(func @$f) (export \"f\" (func ^$f))",
        "(func) @(func) (export \"f\" (func ^1))",
        "(import \"m\" \"f\" (func @$f (param i32))) (func call ^0)",
        "(import \"m\" \"f\" (func)) (func @$g) (start ^1)",
        "(func (param @$a i32) (local $b i64) local.get ^$a)",
        "(func (param $a i32) (local @$b i64) local.get ^1)",
        "(func (param i32 @i64) (local f32 f64) (local.set ^1 (i64.const 0)))",
        "(func (param i32 i64) (local f32 @f64) (local.get ^3))",
        "(func (param (ref null func)) (param @$b i32) local.get ^1)",
        "(func (param (ref null $t)) (param @$b i32) local.get ^1) (type $t (func))",
        "(func (param (ref ^$t))) (type @$t (func))",
        "(type $t (func (param i32 i32))) (func (type $t) (local @$c i64) local.get ^2)",
        "(type $t (func (param i32 @i64))) (func (type $t) (local $c i64) local.get ^1)",
        "(type $t (func (param i32))) (func (type $t) (param $a i32) (local @$c i64) local.get ^1)",
        "(type $t (func)) (func (local @$c i64) call_indirect (type $t) local.get ^0)",
        "(func (block @$l br ^$l))",
        "(func block @$l loop $m br ^1 end end)",
        "(func block $l loop @$m br ^0 end $m end)",
        "(func block @$l loop $m end br ^0 end)",
        "(func block @$l loop end end ^$l)",
        "(func @block i32.const 0 br_table ^0 0 end)",
        "(func (block @$l (if $m (br_if ^0 (i32.const 1)) (then nop))))",
        "(func (block $l (if @$m (i32.const 1) (then (br ^0)))))",
        "(func (block $l (if @$m (i32.const 1) (then nop) (else (br ^$m)))))",
        "(func block @$h (try_table $t (catch $e ^$h)) end) (tag $e)",
        "(func block @$h try_table $t (catch_all ^0) end end)",
        "(func try_table (catch ^$e 0) end) (tag @$e)",
        "(func (try_table @$t (catch_all 1) (br ^0)))",
        "(global @$g i32 (i32.const 0)) (func (global.get ^$g))",
        "(global $g i32 (i32.const 0)) @(global i32 (global.get 0)) (func global.get ^1)",
        "(global @$g i32 (i32.const 0)) (global i32 (global.get ^$g))",
        "(memory @$m 1) (func (i32.load ^$m offset=4 (i32.const 0)))",
        "(memory $m 1) @(memory 2) (func i32.const 0 v128.const i32x4 0 0 0 0 v128.load8_lane ^1 3)",
        "(memory @$m 1) (data $d (memory ^$m) (i32.const 0) \"\")",
        "(memory 1) (data @$d \"\") (func (memory.init ^$d (i32.const 0)))",
        "(memory $m 1) (data @$d \"\") (func (memory.init $m ^$d))",
        "(memory (data \"x\")) (data @$d \"\") (func data.drop ^1)",
        "(memory $m @(data \"x\")) (func data.drop ^0)",
        "(table @$t 1 funcref) (func i32.const 0 call_indirect ^$t (type 0)) (type (func))",
        "(table $t 1 funcref) (func i32.const 0 call_indirect $t (type ^0)) @(type (func))",
        "(table $t 1 funcref) (elem $e func) @(elem func) (func table.init $t ^1)",
        "(table $t 1 funcref) (elem @$e func) (func table.init ^$e)",
        "(table funcref (elem ^$f)) (func @$f)",
        "(table @$t 1 funcref) (elem (table ^$t) (i32.const 0) func $f) (func $f)",
        "(table 1 funcref) (elem (i32.const 0) ^$f) (func @$f)",
        "(table @$t 1 funcref) (elem ^0 (i32.const 0) $f) (func $f)",
        "(elem $e funcref (ref.func ^$f) (item ref.func $f)) (func @$f)",
        "(elem declare func $f ^$f) (func @$f)",
        "(type $s (struct (field @$x i32) (field i64))) (func struct.get $s ^$x)",
        "(type $s (struct (field $x i32) (field i64 (mut @f32)))) (func struct.get $s ^2)",
        "(rec (type $a (struct (field (ref null ^$b)))) (type @$b (struct)))",
        "(type @$a (sub (struct))) (type (sub ^$a (struct)))",
        "(type @$a (array i8)) (data $d \"\") (func array.new_data ^$a $d)",
        "(type $a (array i8)) (data @$d \"\") (func array.new_data $a ^$d)",
        "(tag @$e (param i32)) (func throw ^$e)",
        "(type @$t (func)) (func ref.null ^$t drop)",
        "(type @$t (func)) (func (param funcref) (ref.test (ref ^$t) (local.get 0)) drop)",
        "(module $a (func $f)) (module (func @$f) (start ^$f))",
        "(func @$\"two words\") (start ^$\"two words\")",
        "(module (func @$f (call ^$f",
        "(; $f ;) (func (; $g ;) @$f) ;; $h\n(start ^$f)",
    ] {
        check(marked);
    }
}

#[test]
fn names_of_components_lead_to_their_definitions() {
    for marked in [
        "(component (core module @$m (func $f)) (core instance $i (instantiate ^$m)))",
        "(component (core module $m (func @$f) (export \"f\" (func ^$f))))",
        "(component (core instance @$i) (alias core export ^$i \"f\" (core func $g)))",
        "(component (core func @$f) (func (export \"f\") (canon lift (core func ^$f))))",
        "(component (import \"a\" (func @$f)) (export \"b\" (func ^$f)))",
        "(component (type @$t (record (field \"x\" u8))) (func (param \"p\" ^$t)))",
        "(component (component @$c) (instance (instantiate ^$c)))",
        "(component (import \"a\" (instance @$i (export \"f\" (func)))) (alias export ^$i \"f\" (func $f)))",
        "(component (core module $m (memory @$m 1) (func (memory.fill ^$m))))",
    ] {
        check(marked);
    }
}

#[test]
fn uses_that_mean_nothing_have_no_target() {
    for text in [
        "(func call $nobody)",
        "(func call 3)",
        "(func (param $a i32)) (func local.get $a)",
        "(func block $l end br $l)",
        "(func br 1)",
        "(func local.get 99999999999999999999)",
        "(module $a (func $f)) (module (start $f))",
    ] {
        let index = SymbolIndex::new(text.into());
        assert_eq!(index.uses().iter().filter(|one| one.target.is_none()).count(), 1, "{text}");
    }
}

#[test]
fn occurrences_are_the_name_and_every_use_of_it() {
    let text = "(func $f call $f call 0) (start $f) (func $g call $g)";
    let index = SymbolIndex::new(text.into());
    let id = index.definition_at(6).expect("`$f` is defined here");
    let starts: Vec<usize> = index.occurrences(id).iter().map(|range| range.start).collect();
    assert_eq!(starts, [6, 14, 22, 32]);
    assert_eq!(index.enclosing(20), Some(id));
}

#[test]
fn every_use_in_every_sample_has_a_target() {
    for sample in sample::all() {
        let index = SymbolIndex::new(sample.source.into());
        assert!(!index.is_cut());
        for one in index.uses() {
            assert!(one.target.is_some(), "{}: {:?}", sample.file_name(), &sample.source[one.range.clone()]);
        }
    }
}

#[test]
fn any_text_is_read_to_its_end() {
    let pieces = [
        "(",
        ")",
        "(func ",
        "(param $a i32)",
        "local.get ",
        "$a ",
        "0 ",
        "block $l ",
        "end ",
        "br ",
        "(then ",
        "(if ",
        "(type $t ",
        "(struct ",
        "(field $x ",
        "(ref ",
        "(import ",
        "\"m\" ",
        "(elem ",
        "(core ",
        "module ",
        "(component ",
        "(; ",
        ";) ",
        "\"",
        "struct.get ",
        "(try_table ",
        "(catch ",
        "(export ",
        "4294967296 ",
        "@",
        "$",
    ];
    let mut seed = 9u64;
    for _ in 0..4000 {
        let text: String = (0..24)
            .map(|_| {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                pieces[usize::try_from(seed >> 40).unwrap_or(0) % pieces.len()]
            })
            .collect();
        let index = SymbolIndex::new(text.as_str().into());
        for byte in 0..=text.len() {
            index.definition_at(byte);
        }
        for (_, definition) in index.definitions() {
            assert!(
                definition.form.start <= definition.form.end && definition.form.end <= text.len(),
                "{text}"
            );
        }
        let sorted = index.uses().is_sorted_by_key(|one| one.range.start);
        assert!(sorted, "{text}");
    }
    let deep = SymbolIndex::new("(".repeat(200_000).into());
    assert!(deep.is_cut());
}

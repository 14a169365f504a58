//! The mnemonics of every instruction in the text format, as data.
//!
//! Knows no encoding and no semantics; the lexer tells instructions from other words with it.

use super::words::{WordClass, class_of};

/// Tells whether `word` is an instruction, such as `i32.add` or `br_if`.
pub fn is_operator(word: &str) -> bool {
    matches!(class_of(word), Some(WordClass::Operator(_)))
}

/// Lists every instruction.
pub fn operators() -> impl Iterator<Item = String> {
    GROUPS.iter().flat_map(|(prefix, names)| {
        names
            .split_ascii_whitespace()
            .map(move |name| if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") })
    })
}

/// What stands before the first dot, and all that may stand after it.
const GROUPS: &[(&str, &str)] = &[
    (
        "",
        "block br br_if br_on_cast br_on_cast_desc_eq br_on_cast_desc_eq_fail br_on_cast_fail \
         br_on_non_null br_on_null br_table call call_indirect call_ref catch catch_all delegate drop \
         else end if loop nop pause resume resume_throw resume_throw_ref rethrow return return_call \
         return_call_indirect return_call_ref select suspend switch throw throw_ref try try_table \
         unreachable",
    ),
    ("any", "convert_extern"),
    (
        "array",
        "atomic.get atomic.get_s atomic.get_u atomic.rmw.add atomic.rmw.and atomic.rmw.cmpxchg \
         atomic.rmw.or atomic.rmw.sub atomic.rmw.xchg atomic.rmw.xor atomic.set copy fill get get_s \
         get_u init_data init_elem len new new_data new_default new_elem new_fixed set",
    ),
    ("atomic", "fence"),
    ("cont", "bind new"),
    ("data", "drop"),
    ("elem", "drop"),
    ("extern", "convert_any"),
    (
        "f32",
        "abs add ceil const convert_i32_s convert_i32_u convert_i64_s convert_i64_u copysign demote_f64 \
         div eq floor ge gt le load lt max min mul ne nearest neg reinterpret_i32 sqrt store sub trunc",
    ),
    (
        "f32x4",
        "abs add ceil convert_i32x4_s convert_i32x4_u demote_f64x2_zero div eq extract_lane floor ge gt \
         le lt max min mul ne nearest neg pmax pmin relaxed_madd relaxed_max relaxed_min relaxed_nmadd \
         replace_lane splat sqrt sub trunc",
    ),
    (
        "f64",
        "abs add ceil const convert_i32_s convert_i32_u convert_i64_s convert_i64_u copysign div eq \
         floor ge gt le load lt max min mul ne nearest neg promote_f32 reinterpret_i64 sqrt store sub \
         trunc",
    ),
    (
        "f64x2",
        "abs add ceil convert_low_i32x4_s convert_low_i32x4_u div eq extract_lane floor ge gt le lt max \
         min mul ne nearest neg pmax pmin promote_low_f32x4 relaxed_madd relaxed_max relaxed_min \
         relaxed_nmadd replace_lane splat sqrt sub trunc",
    ),
    (
        "global",
        "atomic.get atomic.rmw.add atomic.rmw.and atomic.rmw.cmpxchg atomic.rmw.or atomic.rmw.sub \
         atomic.rmw.xchg atomic.rmw.xor atomic.set get set",
    ),
    (
        "i16x8",
        "abs add add_sat_s add_sat_u all_true avgr_u bitmask eq extadd_pairwise_i8x16_s \
         extadd_pairwise_i8x16_u extend_high_i8x16_s extend_high_i8x16_u extend_low_i8x16_s \
         extend_low_i8x16_u extmul_high_i8x16_s extmul_high_i8x16_u extmul_low_i8x16_s \
         extmul_low_i8x16_u extract_lane_s extract_lane_u ge_s ge_u gt_s gt_u le_s le_u lt_s lt_u max_s \
         max_u min_s min_u mul narrow_i32x4_s narrow_i32x4_u ne neg q15mulr_sat_s \
         relaxed_dot_i8x16_i7x16_s relaxed_laneselect relaxed_q15mulr_s replace_lane shl shr_s shr_u \
         splat sub sub_sat_s sub_sat_u",
    ),
    ("i31", "get_s get_u"),
    (
        "i32",
        "add and atomic.load atomic.load16_u atomic.load8_u atomic.rmw.add atomic.rmw.and \
         atomic.rmw.cmpxchg atomic.rmw.or atomic.rmw.sub atomic.rmw.xchg atomic.rmw.xor \
         atomic.rmw16.add_u atomic.rmw16.and_u atomic.rmw16.cmpxchg_u atomic.rmw16.or_u \
         atomic.rmw16.sub_u atomic.rmw16.xchg_u atomic.rmw16.xor_u atomic.rmw8.add_u atomic.rmw8.and_u \
         atomic.rmw8.cmpxchg_u atomic.rmw8.or_u atomic.rmw8.sub_u atomic.rmw8.xchg_u atomic.rmw8.xor_u \
         atomic.store atomic.store16 atomic.store8 clz const ctz div_s div_u eq eqz extend16_s \
         extend8_s ge_s ge_u gt_s gt_u le_s le_u load load16_s load16_u load8_s load8_u lt_s lt_u mul \
         ne or popcnt reinterpret_f32 rem_s rem_u rotl rotr shl shr_s shr_u store store16 store8 sub \
         trunc_f32_s trunc_f32_u trunc_f64_s trunc_f64_u trunc_sat_f32_s trunc_sat_f32_u \
         trunc_sat_f64_s trunc_sat_f64_u wrap_i64 xor",
    ),
    (
        "i32x4",
        "abs add all_true bitmask dot_i16x8_s eq extadd_pairwise_i16x8_s extadd_pairwise_i16x8_u \
         extend_high_i16x8_s extend_high_i16x8_u extend_low_i16x8_s extend_low_i16x8_u \
         extmul_high_i16x8_s extmul_high_i16x8_u extmul_low_i16x8_s extmul_low_i16x8_u extract_lane \
         ge_s ge_u gt_s gt_u le_s le_u lt_s lt_u max_s max_u min_s min_u mul ne neg \
         relaxed_dot_i8x16_i7x16_add_s relaxed_laneselect relaxed_trunc_f32x4_s relaxed_trunc_f32x4_u \
         relaxed_trunc_f64x2_s_zero relaxed_trunc_f64x2_u_zero replace_lane shl shr_s shr_u splat sub \
         trunc_sat_f32x4_s trunc_sat_f32x4_u trunc_sat_f64x2_s_zero trunc_sat_f64x2_u_zero",
    ),
    (
        "i64",
        "add add128 and atomic.load atomic.load16_u atomic.load32_u atomic.load8_u atomic.rmw.add \
         atomic.rmw.and atomic.rmw.cmpxchg atomic.rmw.or atomic.rmw.sub atomic.rmw.xchg atomic.rmw.xor \
         atomic.rmw16.add_u atomic.rmw16.and_u atomic.rmw16.cmpxchg_u atomic.rmw16.or_u \
         atomic.rmw16.sub_u atomic.rmw16.xchg_u atomic.rmw16.xor_u atomic.rmw32.add_u \
         atomic.rmw32.and_u atomic.rmw32.cmpxchg_u atomic.rmw32.or_u atomic.rmw32.sub_u \
         atomic.rmw32.xchg_u atomic.rmw32.xor_u atomic.rmw8.add_u atomic.rmw8.and_u \
         atomic.rmw8.cmpxchg_u atomic.rmw8.or_u atomic.rmw8.sub_u atomic.rmw8.xchg_u atomic.rmw8.xor_u \
         atomic.store atomic.store16 atomic.store32 atomic.store8 clz const ctz div_s div_u eq eqz \
         extend16_s extend32_s extend8_s extend_i32_s extend_i32_u ge_s ge_u gt_s gt_u le_s le_u load \
         load16_s load16_u load32_s load32_u load8_s load8_u lt_s lt_u mul mul_wide_s mul_wide_u ne or \
         popcnt reinterpret_f64 rem_s rem_u rotl rotr shl shr_s shr_u store store16 store32 store8 sub \
         sub128 trunc_f32_s trunc_f32_u trunc_f64_s trunc_f64_u trunc_sat_f32_s trunc_sat_f32_u \
         trunc_sat_f64_s trunc_sat_f64_u xor",
    ),
    (
        "i64x2",
        "abs add all_true bitmask eq extend_high_i32x4_s extend_high_i32x4_u extend_low_i32x4_s \
         extend_low_i32x4_u extmul_high_i32x4_s extmul_high_i32x4_u extmul_low_i32x4_s \
         extmul_low_i32x4_u extract_lane ge_s gt_s le_s lt_s mul ne neg relaxed_laneselect replace_lane \
         shl shr_s shr_u splat sub",
    ),
    (
        "i8x16",
        "abs add add_sat_s add_sat_u all_true avgr_u bitmask eq extract_lane_s extract_lane_u ge_s ge_u \
         gt_s gt_u le_s le_u lt_s lt_u max_s max_u min_s min_u narrow_i16x8_s narrow_i16x8_u ne neg \
         popcnt relaxed_laneselect relaxed_swizzle replace_lane shl shr_s shr_u shuffle splat sub \
         sub_sat_s sub_sat_u swizzle",
    ),
    ("local", "get set tee"),
    ("memory", "atomic.notify atomic.wait32 atomic.wait64 copy discard fill grow init size"),
    ("ref", "as_non_null cast cast_desc_eq eq func get_desc i31 i31_shared is_null null test"),
    (
        "struct",
        "atomic.get atomic.get_s atomic.get_u atomic.rmw.add atomic.rmw.and atomic.rmw.cmpxchg \
         atomic.rmw.or atomic.rmw.sub atomic.rmw.xchg atomic.rmw.xor atomic.set get get_s get_u new \
         new_default new_default_desc new_desc set",
    ),
    ("table", "atomic.get atomic.rmw.cmpxchg atomic.rmw.xchg atomic.set copy fill get grow init set size"),
    (
        "v128",
        "and andnot any_true bitselect const load load16_lane load16_splat load16x4_s load16x4_u \
         load32_lane load32_splat load32_zero load32x2_s load32x2_u load64_lane load64_splat \
         load64_zero load8_lane load8_splat load8x8_s load8x8_u not or store store16_lane store32_lane \
         store64_lane store8_lane xor",
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::lexer::{LineState, TokenKind, lex_line};
    use super::*;

    /// Writes a mnemonic as the engine's parser names its visitors.
    fn key(mnemonic: &str) -> String {
        mnemonic.replace('.', "_")
    }

    macro_rules! visitors {
        ($(@$proposal:ident $op:ident $({ $($field:ident: $type:ty),* })? => $visit:ident ($($arity:tt)*))*) => {
            &[$(stringify!($visit)),*]
        };
    }

    const VISITORS: &[&str] = wasmparser::for_each_operator!(visitors);

    #[test]
    fn every_operator_that_the_engine_reads_is_in_the_table() {
        let known: HashSet<String> = operators().map(|name| key(&name)).collect();
        let missing: Vec<&str> = VISITORS
            .iter()
            .filter_map(|visit| visit.strip_prefix("visit_"))
            .filter(|name| !known.contains(*name) && !OTHERWISE_SPELT.contains(name))
            .collect();
        assert!(VISITORS.len() > 500, "the parser lists {} operators", VISITORS.len());
        assert_eq!(missing, Vec::<&str>::new());
    }

    /// Operators that share a mnemonic with another one.
    const OTHERWISE_SPELT: &[&str] = &[
        "ref_test_non_null",
        "ref_test_nullable",
        "ref_cast_non_null",
        "ref_cast_nullable",
        "ref_cast_desc_eq_non_null",
        "ref_cast_desc_eq_nullable",
        "typed_select",
        "typed_select_multi",
    ];

    #[test]
    fn the_lexer_takes_every_operator_for_one() {
        for name in operators() {
            let (tokens, _) = lex_line(&name, LineState::default());
            let kinds: Vec<_> = tokens.iter().map(|token| (token.kind, token.range.len())).collect();
            assert_eq!(kinds, [(TokenKind::Operator, name.len())], "{name}");
        }
    }

    #[test]
    fn no_mnemonic_is_listed_twice() {
        let mut seen = HashSet::new();
        let twice: Vec<String> = operators().filter(|name| !seen.insert(name.clone())).collect();
        assert_eq!(twice, Vec::<String>::new());
    }

    #[test]
    fn words_that_are_no_instructions_are_refused() {
        for word in ["", "module", "i32", "i32.", ".add", "i32.ad", "func", "$add"] {
            assert!(!is_operator(word), "{word}");
        }
    }
}

;; title: Integers
;; section: Values
;; order: 1
;; teaches: An integer is only bits. Whether they carry a sign is up to the operator.
;; limits: default
;; call: add_one 2147483647 => -2147483648
;; call: divide_signed -7 2 => -3
;; call: divide_unsigned -7 2 => 2147483644
;; call: shift_signed -8 1 => -4
;; call: shift_unsigned -8 1 => 0x7ffffffc
;; call: count_ones 0b1011 => 3
;; call: widen_signed -1 => -1
;; call: widen_unsigned -1 => 4294967295
;; call: multiply_long 3_000_000_000 3 => 9000000000

(module
  ;; One past the largest signed number is the smallest: arithmetic wraps around.
  (func $add_one (export "add_one") (param $n i32) (result i32)
    (i32.add (local.get $n) (i32.const 1)))

  ;; The suffix _s reads the bits as a signed number, _u as an unsigned one.
  (func $divide_signed (export "divide_signed")
    (param $a i32) (param $b i32) (result i32)
    (i32.div_s (local.get $a) (local.get $b)))

  (func $divide_unsigned (export "divide_unsigned")
    (param $a i32) (param $b i32) (result i32)
    (i32.div_u (local.get $a) (local.get $b)))

  ;; A signed shift copies the sign in from the left, an unsigned one shifts zeros in.
  (func $shift_signed (export "shift_signed")
    (param $n i32) (param $bits i32) (result i32)
    (i32.shr_s (local.get $n) (local.get $bits)))

  (func $shift_unsigned (export "shift_unsigned")
    (param $n i32) (param $bits i32) (result i32)
    (i32.shr_u (local.get $n) (local.get $bits)))

  (func $count_ones (export "count_ones") (param $n i32) (result i32)
    (i32.popcnt (local.get $n)))

  ;; From 32 to 64 bits, with and without the sign.
  (func $widen_signed (export "widen_signed") (param $n i32) (result i64)
    (i64.extend_i32_s (local.get $n)))

  (func $widen_unsigned (export "widen_unsigned") (param $n i32) (result i64)
    (i64.extend_i32_u (local.get $n)))

  (func $multiply_long (export "multiply_long")
    (param $a i64) (param $b i64) (result i64)
    (i64.mul (local.get $a) (local.get $b))))

;; title: Floats
;; section: Values
;; order: 2
;; teaches: Floats never trap: they answer with an infinity, a negative zero or a NaN.
;; teaches: Only the way back to an integer can trap, unless it saturates.
;; limits: default
;; call: add 0.1 0.2 => 0.30000000000000004
;; call: divide 1 0 => inf
;; call: divide -1 0 => -inf
;; call: divide 0 0 => nan
;; call: square_root -1 => nan
;; call: negate 0 => -0
;; call: smaller 0 -0 => -0
;; call: larger 1 nan => nan
;; call: equal nan nan => 0
;; call: round 2.5 => 2
;; call: to_single 0.1 => 0.1
;; call: to_double 0.1 => 0.10000000149011612
;; call: bits_of -2 => 0xc000000000000000
;; call: from_bits 0x7ff8000000000007 => nan:0x8000000000007
;; call: truncate -3.99 => -3
;; call: saturate 1e10 => 2147483647
;; call: saturate nan => 0
;; call: truncate 1e10 => trap integer_overflow
;; call: truncate nan => trap bad_conversion_to_integer

(module
  ;; 0.1 and 0.2 have no exact binary form, and neither has their sum.
  (func $add (export "add") (param $a f64) (param $b f64) (result f64)
    (f64.add (local.get $a) (local.get $b)))

  ;; 1/0 is infinite, 0/0 is not a number. An integer division would trap instead.
  (func $divide (export "divide") (param $a f64) (param $b f64) (result f64)
    (f64.div (local.get $a) (local.get $b)))

  (func $square_root (export "square_root") (param $x f64) (result f64)
    (f64.sqrt (local.get $x)))

  ;; Zero has a sign. It shows in 1/x, which is then plus or minus infinity.
  (func $negate (export "negate") (param $x f64) (result f64)
    (f64.neg (local.get $x)))

  ;; For f64.min a negative zero is smaller than a positive one.
  (func $smaller (export "smaller") (param $a f64) (param $b f64) (result f64)
    (f64.min (local.get $a) (local.get $b)))

  ;; A NaN on either side gives a NaN.
  (func $larger (export "larger") (param $a f64) (param $b f64) (result f64)
    (f64.max (local.get $a) (local.get $b)))

  ;; A NaN is not even equal to itself.
  (func $equal (export "equal") (param $a f64) (param $b f64) (result i32)
    (f64.eq (local.get $a) (local.get $b)))

  ;; To the nearest integer, and from the middle to the even one.
  (func $round (export "round") (param $x f64) (result f64)
    (f64.nearest (local.get $x)))

  ;; 32 bits hold about 7 decimal digits, 64 bits about 16.
  (func $to_single (export "to_single") (param $x f64) (result f32)
    (f32.demote_f64 (local.get $x)))

  (func $to_double (export "to_double") (param $x f32) (result f64)
    (f64.promote_f32 (local.get $x)))

  ;; The same 64 bits, read as an integer and back: sign, exponent, fraction.
  (func $bits_of (export "bits_of") (param $x f64) (result i64)
    (i64.reinterpret_f64 (local.get $x)))

  (func $from_bits (export "from_bits") (param $bits i64) (result f64)
    (f64.reinterpret_i64 (local.get $bits)))

  ;; Cuts the fraction off, and traps when there is no such i32.
  (func $truncate (export "truncate") (param $x f64) (result i32)
    (i32.trunc_f64_s (local.get $x)))

  ;; The same, but answers with the nearest i32 and with 0 for a NaN.
  (func $saturate (export "saturate") (param $x f64) (result i32)
    (i32.trunc_sat_f64_s (local.get $x))))

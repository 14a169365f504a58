;; title: Several results
;; section: Values
;; order: 3
;; teaches: A function may return several values, of several types, in order
;; limits: default
;; call: swap 1 2 => 2 1
;; call: divide 17 5 => 3 2
;; call: sort 3 1 2 => 1 2 3
;; call: one_of_each => 1 -2 3.5 -4.25

(module
  ;; What was pushed first comes out first.
  (func $swap (export "swap") (param $a i32) (param $b i32) (result i32 i32)
    local.get $b
    local.get $a)

  ;; Quotient and remainder.
  (func $divide (export "divide") (param $a i32) (param $b i32) (result i32 i32)
    (i32.div_s (local.get $a) (local.get $b))
    (i32.rem_s (local.get $a) (local.get $b)))

  ;; A pair goes in, the same pair comes out, the smaller one first.
  (func $order (param $a i32) (param $b i32) (result i32 i32)
    (if (result i32 i32) (i32.gt_s (local.get $a) (local.get $b))
      (then (local.get $b) (local.get $a))
      (else (local.get $a) (local.get $b))))

  ;; Two results of one call are two arguments of the next.
  (func $sort (export "sort")
    (param $a i32) (param $b i32) (param $c i32) (result i32 i32 i32)
    local.get $a
    local.get $b
    call $order       ;; stack: low, high of the first two
    local.get $c
    call $order       ;; stack: low, middle, highest of all
    local.set $c
    call $order       ;; stack: lowest, middle
    local.get $c)

  (func $one_of_each (export "one_of_each") (result i32 i64 f32 f64)
    (i32.const 1)
    (i64.const -2)
    (f32.const 3.5)
    (f64.const -4.25)))

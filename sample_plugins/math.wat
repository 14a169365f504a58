;; title: Math
;; section: Start here
;; order: 3
;; teaches: Arithmetic, a function that calls itself, and a loop.
;; teaches: Integers wrap around silently when a result does not fit.
;; limits: default
;; call: add 10 20 => 30
;; call: sub 50 20 => 30
;; call: mul 6 7 => 42
;; call: factorial 5 => 120
;; call: factorial 13 => 1932053504
;; call: fibonacci 10 => 55
;; call: fibonacci 46 => 1836311903

(module
  (func $add (export "add") (param $a i32) (param $b i32) (result i32)
    local.get $a
    local.get $b
    i32.add)

  ;; The order matters: the first operand is pushed first.
  (func $sub (export "sub") (param $a i32) (param $b i32) (result i32)
    local.get $a
    local.get $b
    i32.sub)

  (func $mul (export "mul") (param $a i32) (param $b i32) (result i32)
    local.get $a
    local.get $b
    i32.mul)

  ;; n! by recursion: n frames deep. 13! needs 33 bits, so factorial 13 wraps around.
  ;; From here on the operators are folded: operands stand inside their operator.
  (func $factorial (export "factorial") (param $n i32) (result i32)
    (if (result i32) (i32.le_s (local.get $n) (i32.const 1))
      (then (i32.const 1))
      (else
        (i32.mul
          (local.get $n)
          (call $factorial (i32.sub (local.get $n) (i32.const 1)))))))

  ;; Fibonacci by a loop: one frame, and fuel that grows by the same amount each round.
  (func $fibonacci (export "fibonacci") (param $n i32) (result i32)
    (local $current i32)
    (local $next i32)
    (local $sum i32)
    (local.set $next (i32.const 1))
    (block $done
      (loop $again
        (br_if $done (i32.le_s (local.get $n) (i32.const 0)))
        (local.set $sum (i32.add (local.get $current) (local.get $next)))
        (local.set $current (local.get $next))
        (local.set $next (local.get $sum))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $again)))
    (local.get $current)))

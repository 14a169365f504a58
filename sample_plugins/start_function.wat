;; title: Start function
;; section: Lifecycle
;; order: 1
;; teaches: A module may name one function that runs by itself while the instance is made.
;; teaches: Here it fills a table of squares, so that calls only have to look them up.
;; limits: default
;; call: (start) => nothing
;; call: square 7 => 49
;; call: square 99 => 9801
;; call: square 100 => trap unreachable

(module
  (memory $memory (export "memory") 1)

  ;; No parameters, no results. The host can't skip it.
  (start $fill_squares)

  ;; Stores 0², 1², … 99² as numbers of four bytes each.
  (func $fill_squares
    (local $n i32)
    (loop $next
      (i32.store $memory
        (i32.mul (local.get $n) (i32.const 4))
        (i32.mul (local.get $n) (local.get $n)))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $n) (i32.const 100)))))

  (func $square (export "square") (param $n i32) (result i32)
    ;; Past the table there are only zeros: better to trap than to answer wrongly.
    (if (i32.ge_u (local.get $n) (i32.const 100))
      (then (unreachable)))
    (i32.load $memory (i32.mul (local.get $n) (i32.const 4)))))

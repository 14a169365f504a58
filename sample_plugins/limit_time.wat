;; title: Limit: time
;; section: Limits
;; order: 2
;; teaches: With fuel lifted, the clock is what stops a guest that spins.
;; teaches: How far it gets depends on the computer.
;; limits: default fuel=none execution_time_ms=100
;; call: count_to 1000 => 1000
;; call: forever => limit execution_time
;; call: count_to 1000 => 1000

(module
  (memory $memory (export "memory") 1)

  (func $count_to (export "count_to") (param $n i32) (result i32)
    (local $count i32)
    (block $done
      (loop $again
        (br_if $done (i32.ge_u (local.get $count) (local.get $n)))
        (local.set $count (i32.add (local.get $count) (i32.const 1)))
        (br $again)))
    (local.get $count))

  ;; Writes its rounds to address 0: watch them run in the Memory pane, and press Stop.
  (func $forever (export "forever")
    (loop $again
      (i64.store $memory
        (i32.const 0)
        (i64.add (i64.load $memory (i32.const 0)) (i64.const 1)))
      (br $again))))

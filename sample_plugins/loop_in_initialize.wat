;; title: Loop in _initialize
;; section: Limits
;; order: 11
;; teaches: A hook that never returns is stopped by the clock.
;; teaches: The instance is left in Error with its memory open to look at.
;; limits: default fuel=none execution_time_ms=100
;; call: _initialize => limit execution_time

(module
  (memory $memory (export "memory") 1)

  ;; Counts at address 0, so that the memory shows how far it got.
  (func $_initialize (export "_initialize")
    (loop $again
      (i64.store $memory
        (i32.const 0)
        (i64.add (i64.load $memory (i32.const 0)) (i64.const 1)))
      (br $again)))

  (func $answer (export "answer") (result i32)
    (i32.const 42)))

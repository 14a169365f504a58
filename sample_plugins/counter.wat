;; title: Counter
;; section: Start here
;; order: 5
;; teaches: A global keeps its value from one call to the next.
;; teaches: Each instance has its own, and Reload makes a fresh one.
;; limits: default
;; call: increment => 1
;; call: increment => 2
;; call: increment => 3
;; call: increment => 4
;; call: increment => 5
;; call: get => 5
;; call: reset => nothing
;; call: get => 0

(module
  ;; A mutable global is a variable of the instance. Exported, it is visible to the host.
  (global $count (export "count") (mut i32) (i32.const 0))

  (func $increment (export "increment") (result i32)
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    (global.get $count))

  (func $get (export "get") (result i32)
    (global.get $count))

  (func $reset (export "reset")
    (global.set $count (i32.const 0))))

;; title: Reactor
;; section: Lifecycle
;; order: 2
;; teaches: A reactor sets itself up in _initialize and tidies up in _cleanup.
;; teaches: The host calls them before the first call, and when it stops the plugin.
;; limits: default
;; call: _initialize => nothing
;; call: balance => 100
;; call: spend 30 => 70
;; call: spend 80 => -1
;; call: balance => 70
;; call: _cleanup => nothing

(module
  (memory $memory (export "memory") 1)
  (global $balance (mut i32) (i32.const 0))
  (global $is_open (mut i32) (i32.const 0))

  ;; Runs once, in state Initializing. Without it the balance would be 0.
  (func $_initialize (export "_initialize")
    (global.set $balance (i32.const 100))
    (global.set $is_open (i32.const 1)))

  (func $balance (export "balance") (result i32)
    (global.get $balance))

  ;; Answers with what is left, or with -1 when there is too little.
  (func $spend (export "spend") (param $amount i32) (result i32)
    (if (i32.eqz (global.get $is_open))
      (then (return (i32.const -1))))
    (if (i32.gt_u (local.get $amount) (global.get $balance))
      (then (return (i32.const -1))))
    (global.set $balance (i32.sub (global.get $balance) (local.get $amount)))
    (global.get $balance))

  ;; Runs when the plugin is stopped, and writes the last balance where it can be seen.
  (func $_cleanup (export "_cleanup")
    (i32.store $memory (i32.const 0) (global.get $balance))
    (global.set $is_open (i32.const 0))))

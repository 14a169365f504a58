;; title: Host log, levels
;; section: Host
;; order: 2
;; teaches: env.host_log puts a level before the text, from 0 for trace to 4 for error.
;; teaches: Events can be filtered by it.
;; limits: default
;; call: say 2 => nothing
;; call: all_levels => nothing
;; call: say 9 => nothing

(module
  (import "env" "host_log"
    (func $host_log (param $level i32) (param $pointer i32) (param $length i32)))

  (memory $memory (export "memory") 1)

  ;; Five words of five bytes each, so that level n begins at 5 × n.
  (data $words (memory $memory) (i32.const 0) "TraceDebugInfo Warn Error")

  ;; Levels above 4 count as errors.
  (func $say (export "say") (param $level i32)
    (local $word i32)
    (local.set $word
      (select
        (local.get $level)
        (i32.const 4)
        (i32.lt_u (local.get $level) (i32.const 4))))
    (call $host_log
      (local.get $level)
      (i32.mul (local.get $word) (i32.const 5))
      (i32.const 5)))

  (func $all_levels (export "all_levels")
    (local $level i32)
    (loop $next
      (call $say (local.get $level))
      (local.set $level (i32.add (local.get $level) (i32.const 1)))
      (br_if $next (i32.le_u (local.get $level) (i32.const 4))))))

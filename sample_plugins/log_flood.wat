;; title: Log flood
;; section: Host
;; order: 4
;; teaches: A guest may try to drown the host in text.
;; teaches: Long lines are cut and old ones dropped, and the guest never notices.
;; limits: default
;; call: long_line => nothing
;; call: many_lines 2000 => nothing

(module
  (import "env" "log" (func $log (param $pointer i32) (param $length i32)))

  ;; 16 pages full of the letter A.
  (memory $memory (export "memory") 16)
  (start $fill)

  (func $fill
    (memory.fill $memory (i32.const 0) (i32.const 65) (i32.const 0x100000)))

  ;; One line of a whole mebibyte.
  (func $long_line (export "long_line")
    (call $log (i32.const 0) (i32.const 0x100000)))

  ;; Many short lines in one call.
  (func $many_lines (export "many_lines") (param $count i32)
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $count)))
        (call $log (i32.const 0) (i32.const 40))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $next)))))

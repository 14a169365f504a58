;; title: Host log, with a result
;; section: Host
;; order: 3
;; teaches: Some plugins import host_log with an i32 result, which says whether it worked.
;; teaches: The host links each import in the shape that the module asks for.
;; limits: default
;; call: hello => nothing

(module
  ;; The same name as without a result, yet another type. A strict host would refuse it
  ;; with "incompatible import type".
  (import "env" "host_log"
    (func $host_log
      (param $level i32) (param $pointer i32) (param $length i32) (result i32)))

  (memory $memory (export "memory") 1)
  (data $text (memory $memory) (i32.const 16) "Logged with a result")

  ;; What is on the stack has to be used or dropped.
  (func $hello (export "hello")
    (drop (call $host_log (i32.const 2) (i32.const 16) (i32.const 20)))))

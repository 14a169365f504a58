;; title: Host log
;; section: Host
;; order: 1
;; teaches: A plugin can do nothing but compute, until the host lends it a function.
;; teaches: env.log takes a pointer and a length. Its lines appear in Events.
;; limits: default
;; call: hello => nothing
;; call: countdown 3 => nothing

(module
  ;; Imports come first. The host looks the text up in the exported memory.
  (import "env" "log" (func $log (param $pointer i32) (param $length i32)))

  (memory $memory (export "memory") 1)
  (data $greeting (memory $memory) (i32.const 16) "Hello from the sandbox")

  (func $hello (export "hello")
    (call $log (i32.const 16) (i32.const 22)))

  ;; Logs one digit a line, down to 0. A digit's character is 48, '0', plus its value.
  (func $countdown (export "countdown") (param $from i32)
    (loop $next
      (i32.store8 $memory
        (i32.const 0)
        (i32.add (i32.const 48) (i32.rem_u (local.get $from) (i32.const 10))))
      (call $log (i32.const 0) (i32.const 1))
      (if (local.get $from)
        (then
          (local.set $from (i32.sub (local.get $from) (i32.const 1)))
          (br $next))))))

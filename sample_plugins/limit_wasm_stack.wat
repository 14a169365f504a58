;; title: Limit: wasm stack
;; section: Limits
;; order: 9
;; teaches: With the call depth lifted, the engine's own stack is the backstop.
;; teaches: It counts bytes, not frames: how deep a guest gets depends on its functions.
;; limits: default call_depth=none
;; call: dive 2000 => 2000
;; call: dive_forever => limit wasm_stack
;; call: dive 2000 => 2000

(module
  (func $dive (export "dive") (param $frames i32) (result i32)
    (if (result i32) (i32.le_u (local.get $frames) (i32.const 1))
      (then (i32.const 1))
      (else
        (i32.add
          (i32.const 1)
          (call $dive (i32.sub (local.get $frames) (i32.const 1)))))))

  ;; The addition after the call keeps every frame alive.
  (func $dive_forever (export "dive_forever") (result i32)
    (i32.add (i32.const 1) (call $dive_forever))))

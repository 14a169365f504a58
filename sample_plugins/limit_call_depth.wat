;; title: Limit: call depth
;; section: Limits
;; order: 8
;; teaches: The exported function is frame 1, and each call inside adds a frame.
;; teaches: At a limit of 100 the frame 101 is refused, exactly.
;; limits: default call_depth=100
;; call: dive 100 => 100
;; call: dive 101 => limit call_depth
;; call: ping => limit call_depth
;; call: dive 100 => 100

(module
  ;; As many frames as it is told. The sum is built on the way back up.
  (func $dive (export "dive") (param $frames i32) (result i32)
    (if (result i32) (i32.le_u (local.get $frames) (i32.const 1))
      (then (i32.const 1))
      (else
        (i32.add
          (i32.const 1)
          (call $dive (i32.sub (local.get $frames) (i32.const 1)))))))

  ;; Two functions that call each other and never come back.
  (func $ping (export "ping") (result i32)
    (i32.add (i32.const 1) (call $pong)))

  (func $pong (result i32)
    (i32.add (i32.const 1) (call $ping))))

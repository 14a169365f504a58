;; title: Loop in the start function
;; section: Limits
;; order: 10
;; teaches: A guest may spin before anybody has called it.
;; teaches: The start function runs under the same limits, and Stop ends it as well.
;; limits: tutorial
;; call: (start) => limit fuel

(module
  (global $rounds (export "rounds") (mut i64) (i64.const 0))

  (start $spin)

  (func $spin
    (loop $again
      (global.set $rounds (i64.add (global.get $rounds) (i64.const 1)))
      (br $again)))

  ;; Can't be called: the instance never gets Ready.
  (func $answer (export "answer") (result i32)
    (i32.const 42)))

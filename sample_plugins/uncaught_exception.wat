;; title: Uncaught exception
;; section: Traps
;; order: 3
;; teaches: An exception unwinds the stack until somebody catches it.
;; teaches: When nobody does, it ends the call as a trap does.
;; limits: default
;; call: guarded 0 => 1
;; call: guarded 7 => 7
;; call: throw_if 0 => nothing
;; call: throw_if 7 => trap uncaught_exception

(module
  ;; What is thrown has a tag, and the tag says which values travel along.
  (tag $oops (export "oops") (param i32))

  (func $throw_if (export "throw_if") (param $code i32)
    (if (local.get $code)
      (then (throw $oops (local.get $code)))))

  ;; Catches it: returns the code that was thrown, or 1 when all went well.
  (func $guarded (export "guarded") (param $code i32) (result i32)
    (block $caught (result i32)
      (try_table (catch $oops $caught)
        (call $throw_if (local.get $code)))
      (i32.const 1))))

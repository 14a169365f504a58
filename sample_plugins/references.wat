;; title: References
;; section: Values
;; order: 5
;; teaches: A reference points at a function, or at a value of the host.
;; teaches: A guest can pass it on and keep it in a table, but never look inside.
;; limits: default
;; call: is_null null => 1
;; call: is_null '"hello"' => 0
;; call: echo '"hello"' => '"hello"'
;; call: echo null => null
;; call: keep 1 '"a value of the host"' => nothing
;; call: fetch 1 => '"a value of the host"'
;; call: fetch 0 => null
;; call: no_function => null
;; call: keep_double => nothing
;; call: call_kept 21 => 42

(module
  (type $unary (func (param $n i32) (result i32)))

  ;; Two shelves: one for values of the host, one for functions.
  (table $values (export "values") 2 externref)
  (table $functions (export "functions") 1 funcref)

  ;; Only functions that are declared so may be turned into references.
  (elem declare func $double)

  (func $is_null (export "is_null") (param $value externref) (result i32)
    (ref.is_null (local.get $value)))

  ;; What comes back is the very same value.
  (func $echo (export "echo") (param $value externref) (result externref)
    (local.get $value))

  (func $keep (export "keep") (param $slot i32) (param $value externref)
    (table.set $values (local.get $slot) (local.get $value)))

  (func $fetch (export "fetch") (param $slot i32) (result externref)
    (table.get $values (local.get $slot)))

  (func $no_function (export "no_function") (result funcref)
    (ref.null func))

  (func $double (type $unary) (param $n i32) (result i32)
    (i32.mul (local.get $n) (i32.const 2)))

  ;; Call this first, then call_kept 21 gives 42. Without it the slot is null.
  (func $keep_double (export "keep_double")
    (table.set $functions (i32.const 0) (ref.func $double)))

  (func $call_kept (export "call_kept") (param $n i32) (result i32)
    (call_indirect $functions (type $unary) (local.get $n) (i32.const 0))))

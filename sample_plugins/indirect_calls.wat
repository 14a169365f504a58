;; title: Indirect calls
;; section: Tables
;; order: 2
;; teaches: A function pointer is an index into a table.
;; teaches: The type is checked at each call, so a wrong pointer traps and does no harm.
;; limits: default
;; call: apply 0 20 22 => 42
;; call: apply 1 50 8 => 42
;; call: apply 2 6 7 => 42
;; call: apply 3 1 2 => trap bad_signature
;; call: apply 4 1 2 => trap indirect_call_to_null

(module
  (type $binary (func (param i32 i32) (result i32)))

  ;; Five slots: three operations, one function of another type, and one left empty.
  (table $operations (export "operations") 5 funcref)
  (elem $filled (table $operations) (i32.const 0) func $add $subtract $multiply $nothing)

  (func $add (type $binary) (param $a i32) (param $b i32) (result i32)
    (i32.add (local.get $a) (local.get $b)))

  (func $subtract (type $binary) (param $a i32) (param $b i32) (result i32)
    (i32.sub (local.get $a) (local.get $b)))

  (func $multiply (type $binary) (param $a i32) (param $b i32) (result i32)
    (i32.mul (local.get $a) (local.get $b)))

  (func $nothing)

  ;; The last operand is the slot. This is how C calls through a pointer to a function.
  (func $apply (export "apply")
    (param $operation i32) (param $a i32) (param $b i32) (result i32)
    (call_indirect $operations (type $binary)
      (local.get $a) (local.get $b) (local.get $operation))))

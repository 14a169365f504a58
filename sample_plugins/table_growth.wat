;; title: Table growth
;; section: Tables
;; order: 1
;; teaches: A table is a row of references that a guest can fill, read and grow.
;; teaches: Growth past the limit is refused with -1, as it is for memory.
;; limits: default table_elements=8
;; call: size => 2
;; call: is_empty 0 => 1
;; call: put 0 => nothing
;; call: is_empty 0 => 0
;; call: grow 4 => 2
;; call: size => 6
;; call: grow 10 => -1 denied table_elements 16
;; call: grow 2 => 6
;; call: fill 1 7 => nothing
;; call: call_slot 7 => 42
;; call: is_empty 8 => trap table_out_of_bounds

(module
  (type $answers (func (result i32)))
  (table $slots (export "slots") 2 funcref)
  (elem declare func $answer)

  (func $answer (type $answers) (result i32)
    (i32.const 42))

  ;; In elements.
  (func $size (export "size") (result i32)
    (table.size $slots))

  ;; New slots are filled with the given reference, here with null.
  (func $grow (export "grow") (param $elements i32) (result i32)
    (table.grow $slots (ref.null func) (local.get $elements)))

  (func $is_empty (export "is_empty") (param $slot i32) (result i32)
    (ref.is_null (table.get $slots (local.get $slot))))

  (func $put (export "put") (param $slot i32)
    (table.set $slots (local.get $slot) (ref.func $answer)))

  (func $fill (export "fill") (param $first_slot i32) (param $count i32)
    (table.fill $slots
      (local.get $first_slot) (ref.func $answer) (local.get $count)))

  (func $call_slot (export "call_slot") (param $slot i32) (result i32)
    (call_indirect $slots (type $answers) (local.get $slot))))

;; title: Traps
;; section: Traps
;; order: 1
;; teaches: A trap ends the call at once, and nothing outside the sandbox is harmed.
;; teaches: One export for each of the eight classic traps.
;; limits: default
;; call: hit_unreachable => trap unreachable
;; call: read_past_memory => trap memory_out_of_bounds
;; call: read_past_table => trap table_out_of_bounds
;; call: divide 1 0 => trap integer_divide_by_zero
;; call: divide -2147483648 -1 => trap integer_overflow
;; call: divide 42 2 => 21
;; call: to_integer nan => trap bad_conversion_to_integer
;; call: to_integer 42.9 => 42
;; call: call_empty_slot => trap indirect_call_to_null
;; call: call_wrong_type => trap bad_signature

(module
  (memory $memory (export "memory") 1)

  ;; Slot 0 holds a function without results, slot 1 is null.
  (type $gives_number (func (result i32)))
  (table $slots (export "slots") 2 funcref)
  (elem $filled (table $slots) (i32.const 0) func $no_result)
  (func $no_result)

  ;; Compilers put this where the program must never get, such as after a panic.
  (func $hit_unreachable (export "hit_unreachable")
    (unreachable))

  ;; Four bytes from 65533 need the byte 65536, one past the only page.
  (func $read_past_memory (export "read_past_memory") (result i32)
    (i32.load $memory (i32.const 65533)))

  ;; The table has slots 0 and 1.
  (func $read_past_table (export "read_past_table") (result i32)
    (ref.is_null (table.get $slots (i32.const 2))))

  ;; Integers have no infinity. The smallest one divided by -1 would need 33 bits.
  (func $divide (export "divide") (param $a i32) (param $b i32) (result i32)
    (i32.div_s (local.get $a) (local.get $b)))

  ;; A NaN has no integer. A float too large for one traps as an overflow.
  (func $to_integer (export "to_integer") (param $x f64) (result i32)
    (i32.trunc_f64_s (local.get $x)))

  ;; A null pointer to a function.
  (func $call_empty_slot (export "call_empty_slot") (result i32)
    (call_indirect $slots (type $gives_number) (i32.const 1)))

  ;; The function is there, but it gives no number.
  (func $call_wrong_type (export "call_wrong_type") (result i32)
    (call_indirect $slots (type $gives_number) (i32.const 0))))

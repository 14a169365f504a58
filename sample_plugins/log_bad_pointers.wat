;; title: Log, bad pointers
;; section: Host
;; order: 5
;; teaches: A host that trusts a guest's pointers reads past the memory and dies.
;; teaches: This one checks them all, and ends the call with what was wrong.
;; limits: default
;; call: good => nothing
;; call: past_the_end => trap host_function
;; call: huge_length => trap host_function
;; call: wraps_around => trap host_function
;; call: not_utf8 => nothing

(module
  (import "env" "log" (func $log (param $pointer i32) (param $length i32)))

  (memory $memory (export "memory") 1)
  (data $text (memory $memory) (i32.const 16) "fine")
  (data $broken (memory $memory) (i32.const 32) "\ff\fe\c0\80")

  (func $good (export "good")
    (call $log (i32.const 16) (i32.const 4)))

  ;; The last byte of the memory is 65535, so two bytes from there are one too many.
  (func $past_the_end (export "past_the_end")
    (call $log (i32.const 65535) (i32.const 2)))

  ;; Nearly 4 GiB. A careless host would reserve that much before it looks.
  (func $huge_length (export "huge_length")
    (call $log (i32.const 0) (i32.const 0xffff_fff0)))

  ;; Pointer and length add up to 16 when the sum is cut to 32 bits.
  (func $wraps_around (export "wraps_around")
    (call $log (i32.const 0xffff_fff0) (i32.const 32)))

  ;; Not text at all. It is shown with a replacement mark for each broken piece.
  (func $not_utf8 (export "not_utf8")
    (call $log (i32.const 32) (i32.const 4))))

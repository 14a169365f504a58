;; title: Greeter
;; section: Start here
;; order: 4
;; teaches: A function can't return text, only numbers.
;; teaches: So a plugin hands over a pointer and a length, and the host reads its memory.
;; limits: default
;; call: greet_len => 13
;; call: greet_ptr => 16
;; call: greet => 16 13

(module
  ;; The host can only read what the module exports.
  (memory $memory (export "memory") 1)

  ;; Thirteen bytes of text, placed at address 16 before anything runs.
  (data $text (memory $memory) (i32.const 16) "Hello, World!")

  (func $greet_ptr (export "greet_ptr") (result i32)
    (i32.const 16))

  (func $greet_len (export "greet_len") (result i32)
    (i32.const 13))

  ;; Both at once, as two results: first the pointer, then the length in bytes.
  (func $greet (export "greet") (result i32 i32)
    (call $greet_ptr)
    (call $greet_len)))

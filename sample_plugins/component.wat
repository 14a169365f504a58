;; title: Component
;; section: Components
;; order: 1
;; teaches: A component wraps core modules and speaks in real types: text, lists, records.
;; teaches: It opens, compiles and shows its interface as WIT.
;; limits: default

(component
  ;; Inside is an ordinary module, which still knows numbers only.
  (core module $code
    (memory $memory (export "memory") 1)

    ;; At 0: pointer and length of the text. At 16: the text itself.
    (data $pair (memory $memory) (i32.const 0) "\10\00\00\00\0d\00\00\00")
    (data $text (memory $memory) (i32.const 16) "Hello, World!")

    (func $add (export "add") (param $a i32) (param $b i32) (result i32)
      (i32.add (local.get $a) (local.get $b)))

    (func $greet (export "greet") (result i32)
      (i32.const 0)))

  (core instance $inner (instantiate $code))

  ;; Lifting turns a core function into one with types of the interface.
  (func $add (export "add") (param "a" s32) (param "b" s32) (result s32)
    (canon lift (core func $inner "add")))

  ;; Text needs the memory that it lies in.
  (func $greet (export "greet") (result string)
    (canon lift (core func $inner "greet") (memory (core memory $inner "memory")))))

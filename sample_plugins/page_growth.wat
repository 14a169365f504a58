;; title: Page growth
;; section: Memory
;; order: 3
;; teaches: memory.grow asks the host for pages and answers with the size before.
;; teaches: A refusal is no trap: the guest sees -1 and has to cope.
;; limits: default memory_pages=4
;; call: size => 1
;; call: grow 1 => 1
;; call: size => 2
;; call: grow 10 => -1 denied memory_pages 12
;; call: size => 2
;; call: grow_until_refused => 2 denied memory_pages 5
;; call: size => 4
;; call: touch_last_byte => 99

(module
  ;; One page to begin with, and no maximum of its own: the host alone decides.
  (memory $memory (export "memory") 1)

  (func $size (export "size") (result i32)
    (memory.size $memory))

  ;; The size before, in pages, or -1 when the host says no.
  (func $grow (export "grow") (param $pages i32) (result i32)
    (memory.grow $memory (local.get $pages)))

  ;; One page at a time until the answer is -1. Returns how many pages it got.
  (func $grow_until_refused (export "grow_until_refused") (result i32)
    (local $granted i32)
    (block $refused
      (loop $again
        (br_if $refused (i32.eq (memory.grow $memory (i32.const 1)) (i32.const -1)))
        (local.set $granted (i32.add (local.get $granted) (i32.const 1)))
        (br $again)))
    (local.get $granted))

  ;; New pages are zero and can be used at once, up to their very last byte.
  (func $touch_last_byte (export "touch_last_byte") (result i32)
    (local $last i32)
    (local.set $last
      (i32.sub (i32.mul (memory.size $memory) (i32.const 65536)) (i32.const 1)))
    (i32.store8 $memory (local.get $last) (i32.const 99))
    (i32.load8_u $memory (local.get $last))))

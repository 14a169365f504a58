;; title: Limit: memory
;; section: Limits
;; order: 3
;; teaches: The memory limit stops nobody: it refuses, and the guest sees -1.
;; teaches: One that ignores the answer spins on, until another limit ends it.
;; limits: default memory_pages=16 fuel=20000
;; call: fill_up => 16 denied memory_pages 17
;; call: hoard => limit fuel denied memory_pages 17

(module
  (memory $memory (export "memory") 1)

  ;; A polite guest: it takes what it gets and returns the size in pages.
  (func $fill_up (export "fill_up") (result i32)
    (loop $again
      (br_if $again
        (i32.ne (memory.grow $memory (i32.const 1)) (i32.const -1))))
    (memory.size $memory))

  ;; A memory bomb: it never looks at the answer.
  (func $hoard (export "hoard")
    (loop $again
      (drop (memory.grow $memory (i32.const 1)))
      (br $again))))

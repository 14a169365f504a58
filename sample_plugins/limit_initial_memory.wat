;; title: Limit: memory at the start
;; section: Limits
;; order: 5
;; teaches: A module says how many pages it begins with.
;; teaches: Over the limit no instance is made: there is nothing to refuse later.
;; limits: default memory_pages=16
;; call: (instantiate) => limit memory_pages denied memory_pages 32

(module
  ;; 32 pages are 2 MiB. Raise the limit to 32 and reload, or ask for 16 pages here.
  (memory $memory (export "memory") 32)

  (func $size (export "size") (result i32)
    (memory.size $memory)))

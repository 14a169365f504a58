;; title: Limit: pages per growth
;; section: Limits
;; order: 12
;; teaches: A guest may have many pages and still not take them all at once.
;; teaches: What is refused is the single growth; smaller ones go on.
;; limits: default growth_pages=16
;; call: by 16 => 1
;; call: by 3 => 17
;; call: by 17 => -1 denied memory_pages 37

(module
  (memory $memory (export "memory") 1)

  ;; Grows by so many pages and returns the size before, or -1.
  (func $by (export "by") (param $pages i32) (result i32)
    (memory.grow $memory (local.get $pages))))

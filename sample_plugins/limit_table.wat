;; title: Limit: table elements
;; section: Limits
;; order: 6
;; teaches: Tables take memory of the host, so they have a limit too.
;; teaches: It counts the elements of all tables together.
;; limits: default table_elements=100 fuel=20000
;; call: total => 20
;; call: grow_first 50 => 10
;; call: grow_second 50 => -1 denied table_elements 120
;; call: grow_second 30 => 10
;; call: total => 100
;; call: hoard => limit fuel denied table_elements 101

(module
  (table $first (export "first") 10 funcref)
  (table $second (export "second") 10 externref)

  (func $total (export "total") (result i32)
    (i32.add (table.size $first) (table.size $second)))

  (func $grow_first (export "grow_first") (param $elements i32) (result i32)
    (table.grow $first (ref.null func) (local.get $elements)))

  (func $grow_second (export "grow_second") (param $elements i32) (result i32)
    (table.grow $second (ref.null extern) (local.get $elements)))

  ;; A table bomb: one element more, forever, whatever the answer.
  (func $hoard (export "hoard")
    (loop $again
      (drop (table.grow $first (ref.null func) (i32.const 1)))
      (br $again))))

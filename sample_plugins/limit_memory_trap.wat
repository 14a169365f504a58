;; title: Limit: memory, with a trap
;; section: Limits
;; order: 4
;; teaches: With "trap on refused growth" a refusal ends the call on the spot.
;; teaches: Most guests are not written to cope with -1, so this shows the place at once.
;; limits: default memory_pages=16 trap_on_refused_growth=true
;; call: grow 4 => 1
;; call: grow 20 => limit memory_pages denied memory_pages 25
;; call: hoard => limit memory_pages denied memory_pages 17

(module
  (memory $memory (export "memory") 1)

  (func $grow (export "grow") (param $pages i32) (result i32)
    (memory.grow $memory (local.get $pages)))

  ;; Takes page after page. The sixteenth grant would make seventeen.
  (func $hoard (export "hoard")
    (loop $again
      (drop (memory.grow $memory (i32.const 1)))
      (br $again))))

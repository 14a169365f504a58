;; A counter, a trap in between, and work that is long for a clock.
(module
  (memory 1)
  (global $count (mut i32) (i32.const 0))
  (func (export "next") (result i32)
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    (global.get $count))
  (func (export "trap") unreachable)
  ;; Traps unless it was called so often before.
  (func (export "expect") (param $count i32)
    (if (i32.ne (global.get $count) (local.get $count))
      (then unreachable)))
  (func (export "grow") (drop (memory.grow (i32.const 1)))))

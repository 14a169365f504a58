;; The start function can't do without a thousand pages more, and traps where they are refused.
(module
  (memory 1)
  (func $begin
    (if (i32.eq (memory.grow (i32.const 1000)) (i32.const -1))
      (then unreachable)))
  (start $begin)
  (func (export "answer") (result i32)
    (i32.const 42)))

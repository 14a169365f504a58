;; Says that it runs, and never ends.
(module
  (import "env" "log" (func $log (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "running")
  (func (export "forever")
    (call $log (i32.const 0) (i32.const 7))
    (loop $again (br $again)))
  (func (export "answer") (result i32)
    (i32.const 42)))

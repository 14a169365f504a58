;; Its names and its log lines try to steer the terminal.
(module
  (import "env" "log" (func $log (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "first\n[error] second\1b[2J")
  (func (export "clear\1b[2J")
    (call $log (i32.const 0) (i32.const 25)))
  (func (export "--json") (param i32) (result i32)
    (local.get 0)))

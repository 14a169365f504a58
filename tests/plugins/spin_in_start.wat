;; Its start function never returns.
(module
  (func $spin
    (loop $again (br $again)))
  (start $spin)
  (func (export "answer") (result i32)
    (i32.const 42)))

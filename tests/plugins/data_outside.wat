;; Its data does not fit into its memory, so that no instance can be made.
(module
  (memory 1)
  (data (i32.const 65530) "0123456789")
  (func (export "answer") (result i32)
    (i32.const 42)))

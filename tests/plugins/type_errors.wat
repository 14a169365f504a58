;; Two functions that parse, but whose types do not fit.
(module
  (func (export "one") (result i32)
    (i64.const 1))
  (func $two (export "two") (param $n i32) (result i32)
    (drop (local.get $n))))

;; Three functions, three errors: each is found although the others are there.
(module
  (func (export "one") (result i32)
    (i64.const 1))
  (func (export "two") (param $n i32) (result i32)
    (local.get $m))
  (func (export "three") (result i32)
    (i32.ad (i32.const 1) (i32.const 2))))

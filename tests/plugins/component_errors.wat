;; A component with something wrong in most of its parts.
(component
  (core module $math
    (func (export "add") (param $a i32) (param $b i32) (result i32)
      (i32.ad (local.get $a) (local.get $b)))
    (func (export "half") (param $n i32) (result i32)
      (i32.shr_u (local.get $m) (i32.const 1)))
    (func (export "wide") (result i64)
      (i32.const 1)))
  (core module $text
    (memory (export "memory") 1)
    (func (export "size") (result i32)
      (memory.sise)))
  (core instance $m (instantiate $maths))
  (func $add (param "a" s32) (param "b" s32) (result s23)
    (canon lift (core func $m "add")))
  (exprot "add" (func $add)))

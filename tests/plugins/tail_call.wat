;; Counts down without a frame for each step.
(module
  (func $f (export "f") (param $n i32) (result i32)
    (if (i32.eqz (local.get $n)) (then (return (i32.const 42))))
    (return_call $f (i32.sub (local.get $n) (i32.const 1)))))

(module
  (memory $mem (export "memory") 1 16)
  (global $count (export "count") (mut i32) (i32.const 7))
  (func $add (export "add") (param $a i32) (param $b i32) (result i32)
    local.get $a
    local.get $b
    i32.add)
  (func $fib (export "fib") (param $n i32) (result i32)
    local.get $n
    i32.const 2
    i32.lt_s
    if (result i32)
      local.get $n
    else
      local.get $n
      i32.const 1
      i32.sub
      call $fib
      local.get $n
      i32.const 2
      i32.sub
      call $fib
      i32.add
    end)
  (func (export "grow") (param $by i32) (result i32)
    local.get $by
    memory.grow)
  (func $div (export "div") (param i32 i32) (result i32)
    local.get 0
    local.get 1
    i32.div_s)
  (func (export "pair") (result i32 i64)
    i32.const -1
    i64.const 2)
  (func (export "alloc") (param $size i32) (result i32)
    i32.const 1024)
  (func (export "length") (param $ptr i32) (param $len i32) (result i32)
    local.get $len))

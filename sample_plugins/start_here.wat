;; title: Start here
;; section: Start here
;; order: 1
;; teaches: A module is a few functions and a piece of memory.
;; teaches: Call them, change a number, then break something and see what stops it.
;; limits: default
;; call: add 20 22 => 42
;; call: fib 20 => 6765
;; call: count => 1
;; call: count => 2
;; call: poke 8 255 => nothing
;; call: peek 8 => 255
;; call: peek 65536 => trap memory_out_of_bounds
;; call: fib 40 => limit fuel

(module
  ;; One page of linear memory, 64 KiB of bytes that start as zero.
  (memory $memory (export "memory") 1)

  ;; A variable that lives as long as the instance does.
  (global $counter (mut i32) (i32.const 0))

  ;; WebAssembly is a stack machine: push $a, push $b, then add what lies on top.
  ;; Try it: turn i32.add into i32.mul and call it again.
  (func $add (export "add") (param $a i32) (param $b i32) (result i32)
    local.get $a
    local.get $b
    i32.add)

  ;; Naive on purpose: it calls itself twice, so fuel and call depth climb with $n.
  ;; Try it: fib 20 returns at once, fib 40 runs into the fuel limit.
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

  ;; Each call sees what the call before it left behind.
  ;; Try it: change the 1 to 10. A changed module starts over from zero.
  (func $count (export "count") (result i32)
    global.get $counter
    i32.const 1
    i32.add
    global.set $counter
    global.get $counter)

  ;; Writes one byte. Watch it appear in the Memory pane.
  (func $poke (export "poke") (param $address i32) (param $byte i32)
    local.get $address
    local.get $byte
    i32.store8 $memory)

  ;; Reads one byte. Break it: the memory ends at 65535, so ask for 65536.
  (func $peek (export "peek") (param $address i32) (result i32)
    local.get $address
    i32.load8_u $memory))

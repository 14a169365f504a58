;; title: Bump allocator
;; section: Memory
;; order: 2
;; teaches: The simplest allocator there is: a pointer that only moves up.
;; teaches: A host that wants to pass text in asks alloc for a place to put it.
;; limits: default
;; call: alloc 10 => 1024
;; call: alloc 1 => 1040
;; call: write_byte 1024 42 => nothing
;; call: read_byte 1024 => 42
;; call: free 1040 => nothing
;; call: alloc 4 => 1040
;; call: free 1024 => nothing
;; call: alloc 4 => 1048
;; call: alloc 200000 => 0
;; call: reset => nothing
;; call: alloc 8 => 1024

(module
  ;; Two pages, 128 KiB. The first 1024 bytes are left for static data.
  (memory $memory (export "memory") 2)
  (global $heap_base (export "heap_base") i32 (i32.const 1024))

  ;; The first free byte, and the block that was handed out last.
  (global $next (mut i32) (i32.const 1024))
  (global $last (mut i32) (i32.const 0))

  ;; Answers with the address of $size free bytes, or with 0 when there is no room.
  (func $alloc (export "alloc") (param $size i32) (result i32)
    (local $start i32)
    (local $end i64)
    ;; Round up to a multiple of 8, so that any number may be stored there.
    (local.set $start
      (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
    ;; In 64 bits, since the sum of an address and a hostile size may not fit in 32.
    (local.set $end
      (i64.add
        (i64.extend_i32_u (local.get $start))
        (i64.extend_i32_u (local.get $size))))
    (if (i64.gt_u (local.get $end) (call $memory_bytes))
      (then (return (i32.const 0))))
    (global.set $next (i32.wrap_i64 (local.get $end)))
    (global.set $last (local.get $start))
    (local.get $start))

  ;; Takes back the block that was handed out last. Any other one stays until reset:
  ;; a bump allocator keeps no list of what is free.
  (func $free (export "free") (param $pointer i32)
    (if (i32.eq (local.get $pointer) (global.get $last))
      (then (global.set $next (local.get $pointer)))))

  ;; Takes everything back at once.
  (func $reset (export "reset")
    (global.set $next (global.get $heap_base))
    (global.set $last (i32.const 0)))

  (func $memory_bytes (result i64)
    (i64.mul (i64.extend_i32_u (memory.size $memory)) (i64.const 65536)))

  (func $write_byte (export "write_byte") (param $address i32) (param $byte i32)
    (i32.store8 $memory (local.get $address) (local.get $byte)))

  (func $read_byte (export "read_byte") (param $address i32) (result i32)
    (i32.load8_u $memory (local.get $address))))

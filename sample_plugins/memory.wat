;; title: Linear memory
;; section: Memory
;; order: 1
;; teaches: Memory is one long row of bytes, given out in pages of 64 KiB.
;; teaches: Wider numbers lie there with their lowest byte first.
;; limits: default
;; call: get_memory_size => 1
;; call: write_byte 0 42 => nothing
;; call: read_byte 0 => 42
;; call: read_word 16 => 0x04030201
;; call: read_signed_byte 20 => -1
;; call: fill 1000 7 5 => nothing
;; call: read_byte 1004 => 7
;; call: read_byte 1005 => 0
;; call: copy 2000 16 4 => nothing
;; call: read_word 2000 => 67305985
;; call: read_byte 65535 => 0
;; call: read_byte 65536 => trap memory_out_of_bounds

(module
  (memory $memory (export "memory") 1)

  ;; Bytes that are there before the first call: 1 2 3 4, then 255.
  (data $bytes (memory $memory) (i32.const 16) "\01\02\03\04\ff")

  ;; In pages. One page is 65,536 bytes: addresses 0 to 65535.
  (func $get_memory_size (export "get_memory_size") (result i32)
    (memory.size $memory))

  (func $write_byte (export "write_byte") (param $address i32) (param $byte i32)
    (i32.store8 $memory (local.get $address) (local.get $byte)))

  (func $read_byte (export "read_byte") (param $address i32) (result i32)
    (i32.load8_u $memory (local.get $address)))

  ;; The same byte with the sign: 255 is -1.
  (func $read_signed_byte (export "read_signed_byte") (param $address i32) (result i32)
    (i32.load8_s $memory (local.get $address)))

  ;; Four bytes as one number. Little-endian: 01 02 03 04 reads as 0x04030201.
  (func $read_word (export "read_word") (param $address i32) (result i32)
    (i32.load $memory (local.get $address)))

  ;; Bulk operations do in one instruction what used to take a loop.
  (func $fill (export "fill") (param $address i32) (param $byte i32) (param $length i32)
    (memory.fill $memory (local.get $address) (local.get $byte) (local.get $length)))

  (func $copy (export "copy") (param $to i32) (param $from i32) (param $length i32)
    (memory.copy $memory $memory
      (local.get $to) (local.get $from) (local.get $length))))

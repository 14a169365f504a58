;; title: Limit: fuel
;; section: Limits
;; order: 1
;; teaches: Most instructions cost one unit of fuel; each call starts with a full tank.
;; teaches: It stops a guest at the same place each time, on every computer.
;; limits: default fuel=40000
;; call: count_to 1000 => 1000
;; call: count_to 1000000 => limit fuel
;; call: forever => limit fuel
;; call: count_to 1000 => 1000

(module
  ;; The same few instructions per round: fuel grows in step with $n.
  (func $count_to (export "count_to") (param $n i32) (result i32)
    (local $count i32)
    (block $done
      (loop $again
        (br_if $done (i32.ge_u (local.get $count) (local.get $n)))
        (local.set $count (i32.add (local.get $count) (i32.const 1)))
        (br $again)))
    (local.get $count))

  ;; Nobody can tell in advance whether a loop will end. Fuel does not have to.
  (func $forever (export "forever")
    (local $rounds i64)
    (loop $again
      (local.set $rounds (i64.add (local.get $rounds) (i64.const 1)))
      (br $again))))

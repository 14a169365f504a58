;; title: Basic
;; section: Start here
;; order: 2
;; teaches: The smallest useful plugin: a function that answers, and one that doubles
;; limits: default
;; call: answer => 42
;; call: double 21 => 42

(module
  ;; No parameters, one result: whatever lies on the stack at the end.
  (func $answer (export "answer") (result i32)
    i32.const 42)

  ;; The name in quotes is what the host calls; $double is only for people to read.
  (func $double (export "double") (param $n i32) (result i32)
    local.get $n
    i32.const 2
    i32.mul))

;; title: Traps of references
;; section: Traps
;; order: 2
;; teaches: Typed references bring their own traps: null, a cast that fails,
;; teaches: and an array that is shorter than the index.
;; limits: default
;; call: call_null => trap null_reference
;; call: cast 1 => 7
;; call: cast 0 => trap cast_failure
;; call: element 2 => 5
;; call: element 3 => trap array_out_of_bounds

(module
  (type $gives_number (func (result i32)))
  (type $numbers (array (mut i32)))

  ;; A typed reference needs no check of the type when it is called, only of null.
  (func $call_null (export "call_null") (result i32)
    (call_ref $gives_number (ref.null $gives_number)))

  ;; 1 makes a small integer, 0 makes an array. Then both are taken for an integer.
  (func $cast (export "cast") (param $is_integer i32) (result i32)
    (local $value anyref)
    (local.set $value
      (if (result anyref) (local.get $is_integer)
        (then (ref.i31 (i32.const 7)))
        (else (array.new $numbers (i32.const 5) (i32.const 3)))))
    (i31.get_s (ref.cast (ref i31) (local.get $value))))

  ;; An array of three numbers, each of them 5, on the heap of the collector.
  (func $element (export "element") (param $index i32) (result i32)
    (array.get $numbers
      (array.new $numbers (i32.const 5) (i32.const 3))
      (local.get $index))))

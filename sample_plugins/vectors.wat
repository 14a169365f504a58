;; title: Vectors
;; section: Values
;; order: 4
;; teaches: A v128 holds 128 bits, cut into lanes by each operator as it likes.
;; teaches: One instruction works on all lanes at once.
;; limits: default
;; call: splat 7 => 'i32x4 7 7 7 7'
;; call: add 'i32x4 1 2 3 4' 'i32x4 10 20 30 40' => 'i32x4 11 22 33 44'
;; call: sum 'i32x4 1 2 3 4' => 10
;; call: scale 'f32x4 1 2 3 4' 0.5 => 'f32x4 0.5 1 1.5 2'
;; call: brighten 200 100 => 255
;; call: reverse 'i32x4 1 2 3 4' => 'i32x4 4 3 2 1'
;; call: larger 'i32x4 1 9 -5 0' 'i32x4 4 3 -6 0' => 'i32x4 4 9 -5 0'

(module
  ;; The same number in all four lanes.
  (func $splat (export "splat") (param $n i32) (result v128)
    (i32x4.splat (local.get $n)))

  ;; Four additions at once. No carry runs from one lane into the next.
  (func $add (export "add") (param $a v128) (param $b v128) (result v128)
    (i32x4.add (local.get $a) (local.get $b)))

  ;; Lanes come out one by one, lane 0 from the lowest bits.
  (func $sum (export "sum") (param $v v128) (result i32)
    (i32.add
      (i32.add
        (i32x4.extract_lane 0 (local.get $v))
        (i32x4.extract_lane 1 (local.get $v)))
      (i32.add
        (i32x4.extract_lane 2 (local.get $v))
        (i32x4.extract_lane 3 (local.get $v)))))

  ;; The same bits as four floats.
  (func $scale (export "scale") (param $v v128) (param $factor f32) (result v128)
    (f32x4.mul (local.get $v) (f32x4.splat (local.get $factor))))

  ;; Sixteen pixels get brighter at once. The addition stops at 255, where an ordinary
  ;; one would wrap around to black. The first pixel comes back.
  (func $brighten (export "brighten") (param $pixel i32) (param $by i32) (result i32)
    (i8x16.extract_lane_u 0
      (i8x16.add_sat_u
        (i8x16.splat (local.get $pixel))
        (i8x16.splat (local.get $by)))))

  ;; A shuffle names a source byte for each of the sixteen bytes.
  (func $reverse (export "reverse") (param $v v128) (result v128)
    (i8x16.shuffle 12 13 14 15 8 9 10 11 4 5 6 7 0 1 2 3
      (local.get $v) (local.get $v)))

  ;; Without a branch: a comparison makes a mask, and the mask selects bit by bit.
  (func $larger (export "larger") (param $a v128) (param $b v128) (result v128)
    (v128.bitselect
      (local.get $a)
      (local.get $b)
      (i32x4.gt_s (local.get $a) (local.get $b)))))

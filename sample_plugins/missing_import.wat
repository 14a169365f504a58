;; title: Missing import
;; section: Host
;; order: 6
;; teaches: This module asks for functions that nobody provides.
;; teaches: With stubs in their place it runs, up to the first call of one.
;; limits: default
;; options: stub_missing_imports
;; call: answer => 42
;; call: forecast 3 => trap missing_import
;; call: answer => 42

(module
  ;; Without stubs the instance can't be made, and both names are listed.
  (import "weather" "temperature" (func $temperature (param $day i32) (result f64)))
  (import "weather" "wind" (func $wind (param $day i32) (result f64)))

  ;; Needs no import.
  (func $answer (export "answer") (result i32)
    (i32.const 42))

  ;; Ends at the first stub that it calls. The end of the call names it.
  (func $forecast (export "forecast") (param $day i32) (result f64)
    (f64.sub
      (call $temperature (local.get $day))
      (call $wind (local.get $day)))))

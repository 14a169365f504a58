;; title: Limit: instances
;; section: Limits
;; order: 7
;; teaches: A component may be made of many core instances, each with its own state.
;; teaches: This one needs three and is granted two, so it can't be instantiated.
;; limits: default instances=2
;; call: (instantiate) => limit instances

(component
  ;; One module …
  (core module $cell
    (func $answer (export "answer") (result i32)
      (i32.const 42)))

  ;; … and three instances of it. Raise the limit to 3 and reload.
  (core instance $first (instantiate $cell))
  (core instance $second (instantiate $cell))
  (core instance $third (instantiate $cell))

  (func $answer (export "answer") (result s32)
    (canon lift (core func $third "answer"))))

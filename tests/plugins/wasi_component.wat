(component
  (import "wasi:cli/run@0.2.0" (instance (export "run" (func (result (result))))))
  (import "wasi:cli/environment@0.2.3" (instance (export "get-environment" (func (result (list string))))))
)

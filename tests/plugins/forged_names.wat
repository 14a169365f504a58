;; Names with line breaks and escapes in them, as a stranger may write them to forge lines of a report.
(module
  (import "a\nerror: forged" "b\1b[31m\n  hint: forged" (func $import (param i32)))
  (func (export "f\nerror: forged\n  hint: forged\1b[31m") (call $import (i32.const 1)))
  (func $"trap\nerror: forged" (export "trap") unreachable))

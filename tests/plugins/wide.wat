;; Needs the proposal “wide arithmetic”, which is off unless asked for.
(module
  (func (export "add") (param $low i64) (param $high i64) (param $low2 i64) (param $high2 i64) (result i64 i64)
    local.get $low
    local.get $high
    local.get $low2
    local.get $high2
    i64.add128))

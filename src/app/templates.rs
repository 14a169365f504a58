//! Texts that File, New begins with.
//!
//! Plain data; whoever opens them decides on names and tabs.

/// A text to begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Template {
    /// An empty module.
    Empty,
    /// One exported function.
    Function,
    /// A memory with an allocator that only ever moves on.
    Memory,
    /// A module that logs through its host.
    HostLog,
}

impl Template {
    /// All templates in the order of the menu.
    pub const ALL: [Self; 4] = [Self::Empty, Self::Function, Self::Memory, Self::HostLog];

    /// Returns the name that the tab begins with.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Empty => "untitled.wat",
            Self::Function => "function.wat",
            Self::Memory => "memory.wat",
            Self::HostLog => "host_log.wat",
        }
    }

    /// Returns the text.
    pub fn text(self) -> &'static str {
        match self {
            Self::Empty => "(module\n)\n",
            Self::Function => FUNCTION,
            Self::Memory => MEMORY,
            Self::HostLog => HOST_LOG,
        }
    }
}

const FUNCTION: &str = r#"(module
  ;; Doubles its argument.
  (func $double (export "double") (param $n i32) (result i32)
    local.get $n
    i32.const 2
    i32.mul))
"#;

const MEMORY: &str = r#"(module
  (memory $memory (export "memory") 1)

  ;; The next free address. Below it lies what has been handed out.
  (global $next (mut i32) (i32.const 16))

  ;; Hands out $bytes bytes at a multiple of 8, growing the memory when it is full.
  ;; Returns 0 when there is no more.
  (func $alloc (export "alloc") (param $bytes i32) (result i32)
    (local $start i32)
    (local $end i32)
    (local.set $start (global.get $next))
    (local.set $end
      (i32.and (i32.add (i32.add (local.get $start) (local.get $bytes)) (i32.const 7)) (i32.const -8)))
    (if (i32.lt_u (local.get $end) (local.get $start)) (then (return (i32.const 0))))
    (if (i32.gt_u (local.get $end) (i32.mul (memory.size) (i32.const 65536)))
      (then
        (if (i32.eq
              (memory.grow
                (i32.add
                  (i32.shr_u (i32.sub (local.get $end) (i32.mul (memory.size) (i32.const 65536))) (i32.const 16))
                  (i32.const 1)))
              (i32.const -1))
          (then (return (i32.const 0))))))
    (global.set $next (local.get $end))
    (local.get $start))

  ;; Adds up $count bytes from $address on.
  (func $sum (export "sum") (param $address i32) (param $count i32) (result i32)
    (local $total i32)
    (block $done
      (loop $again
        (br_if $done (i32.eqz (local.get $count)))
        (local.set $total (i32.add (local.get $total) (i32.load8_u (local.get $address))))
        (local.set $address (i32.add (local.get $address) (i32.const 1)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $again)))
    (local.get $total)))
"#;

const HOST_LOG: &str = r#"(module
  ;; The host writes what it is given to Events.
  (import "env" "log" (func $log (param $address i32) (param $bytes i32)))

  (memory (export "memory") 1)
  (data (i32.const 0) "hello from the guest")

  (func $hello (export "hello")
    i32.const 0
    i32.const 20
    call $log))
"#;

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn every_template_is_a_module_that_parses() {
        for template in Template::ALL {
            let wasm = wat::parse_str(template.text());
            assert!(wasm.is_ok(), "{template:?}: {wasm:?}");
            assert!(Path::new(template.file_name()).extension().is_some_and(|extension| extension == "wat"));
        }
    }
}

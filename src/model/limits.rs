//! Limits of the sandbox, their presets, and what is used of them.

use serde::{Deserialize, Serialize};

/// One of the limits that can stop a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitKind {
    /// Units of fuel that one call may burn.
    Fuel,
    /// Wall-clock time that one call may take, pauses left out.
    ExecutionTime,
    /// Pages of 64 KiB that all linear memories may have together.
    MemoryPages,
    /// Pages that a single growth of a memory may add.
    GrowthPages,
    /// Elements that all tables may have together.
    TableElements,
    /// Core instances that one plugin may consist of.
    Instances,
    /// Frames of the guest's own functions on top of each other.
    CallDepth,
    /// Bytes of native stack, a setting of the engine that backs the call depth up.
    WasmStack,
}

impl LimitKind {
    /// The six limits that have a gauge and a field, in the order of the Limits pane.
    pub const SETTABLE: [Self; 6] = [
        Self::Fuel,
        Self::ExecutionTime,
        Self::MemoryPages,
        Self::TableElements,
        Self::Instances,
        Self::CallDepth,
    ];

    /// Everything that a person sets: the six limits, and the bound of a single growth, which has no gauge since
    /// nothing is used up of it.
    pub const FIELDS: [Self; 7] = [
        Self::Fuel,
        Self::ExecutionTime,
        Self::MemoryPages,
        Self::GrowthPages,
        Self::TableElements,
        Self::Instances,
        Self::CallDepth,
    ];

    /// Returns the name of the limit's field and gauge in the window.
    pub fn label(self) -> &'static str {
        match self {
            Self::Fuel => "Fuel",
            Self::ExecutionTime => "Execution time (ms)",
            Self::MemoryPages => "Memory pages",
            Self::GrowthPages => "Pages per growth",
            Self::TableElements => "Table elements",
            Self::Instances => "Instances",
            Self::CallDepth => "Call depth",
            Self::WasmStack => "Wasm stack",
        }
    }

    /// All limits in the order of the Limits pane: those that a person sets, and the engine's own.
    pub const ALL: [Self; 7] = [
        Self::Fuel,
        Self::ExecutionTime,
        Self::MemoryPages,
        Self::TableElements,
        Self::Instances,
        Self::CallDepth,
        Self::WasmStack,
    ];

    /// Returns the shortest name of what is limited, such as `memory`, for figures in a row.
    pub fn short(self) -> &'static str {
        match self {
            Self::Fuel => "fuel",
            Self::ExecutionTime => "time",
            Self::MemoryPages => "memory",
            Self::GrowthPages => "growth",
            Self::TableElements => "table",
            Self::Instances => "instances",
            Self::CallDepth => "depth",
            Self::WasmStack => "wasm stack",
        }
    }

    /// Returns the limit's name inside a sentence, such as `memory limit`.
    pub fn phrase(self) -> &'static str {
        match self {
            Self::Fuel => "fuel limit",
            Self::ExecutionTime => "time limit",
            Self::MemoryPages => "memory limit",
            Self::GrowthPages => "limit per growth",
            Self::TableElements => "table limit",
            Self::Instances => "instance limit",
            Self::CallDepth => "call depth limit",
            Self::WasmStack => "wasm stack",
        }
    }

    /// Returns the name in JSON documents and on the command line.
    pub fn snake_case(self) -> &'static str {
        match self {
            Self::Fuel => "fuel",
            Self::ExecutionTime => "execution_time",
            Self::MemoryPages => "memory_pages",
            Self::GrowthPages => "growth_pages",
            Self::TableElements => "table_elements",
            Self::Instances => "instances",
            Self::CallDepth => "call_depth",
            Self::WasmStack => "wasm_stack",
        }
    }
}

/// Named set of limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// Room for ordinary plugins.
    Default,
    /// Tight enough for plugins that nobody trusts.
    Restrictive,
    /// The memory and the time of a host that restricts its plugins: 32 MiB, 30 s.
    Restricted,
    /// The memory and the time of a host that gives its plugins the usual: 64 MiB, 60 s.
    Standard,
    /// Nothing is limited.
    Unlimited,
    /// Small enough to be hit on purpose in a lesson.
    Tutorial,
}

impl Preset {
    /// All presets in the order of the window's picker.
    pub const ALL: [Self; 6] =
        [Self::Default, Self::Restrictive, Self::Restricted, Self::Standard, Self::Unlimited, Self::Tutorial];

    /// Returns the name on screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Default => "Default",
            Self::Restrictive => "Restrictive",
            // One letter apart from the one above would be too little.
            Self::Restricted => "Restricted 32 MiB",
            Self::Standard => "Standard 64 MiB",
            Self::Unlimited => "Unlimited",
            Self::Tutorial => "Tutorial",
        }
    }

    /// Returns the name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Restrictive => "restrictive",
            Self::Restricted => "restricted",
            Self::Standard => "standard",
            Self::Unlimited => "unlimited",
            Self::Tutorial => "tutorial",
        }
    }

    /// Finds the preset of that name on the command line.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.name() == name)
    }

    /// Returns the limits that the preset stands for.
    pub fn limits(self) -> Limits {
        let of = |pages, elements, instances, millis, fuel, depth| Limits {
            memory_pages: Some(pages),
            growth_pages: None,
            table_elements: Some(elements),
            instances: Some(instances),
            execution_time_ms: Some(millis),
            fuel: Some(fuel),
            call_depth: Some(depth),
            trap_on_refused_growth: false,
        };
        match self {
            Self::Default => of(256, 10_000, 10, 30_000, 100_000_000, 1000),
            Self::Restrictive => of(16, 1000, 1, 5000, 10_000_000, 100),
            Self::Restricted => of(512, 10_000, 10, 30_000, 100_000_000, 1000),
            Self::Standard => of(1024, 10_000, 10, 60_000, 100_000_000, 1000),
            Self::Tutorial => of(16, 1000, 5, 1000, 1_000_000, 100),
            Self::Unlimited => Limits::UNLIMITED,
        }
    }
}

/// Limits of one plugin; `None` lifts a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Limits {
    /// Pages of 64 KiB over all linear memories.
    pub memory_pages: Option<u64>,
    /// Pages of 64 KiB that one growth of a memory may add.
    pub growth_pages: Option<u64>,
    /// Elements over all tables.
    pub table_elements: Option<u64>,
    /// Core instances, read when the plugin is instantiated.
    pub instances: Option<u64>,
    /// Milliseconds of wall-clock time per call.
    pub execution_time_ms: Option<u64>,
    /// Units of fuel per call.
    pub fuel: Option<u64>,
    /// Frames; the exported function itself is frame 1.
    pub call_depth: Option<u64>,
    /// Whether growth past a limit traps, instead of answering −1 to the guest.
    pub trap_on_refused_growth: bool,
}

impl Limits {
    /// Nothing is limited.
    pub const UNLIMITED: Self = Self {
        memory_pages: None,
        growth_pages: None,
        table_elements: None,
        instances: None,
        execution_time_ms: None,
        fuel: None,
        call_depth: None,
        trap_on_refused_growth: false,
    };

    /// Returns the value of one limit; the wasm stack is a setting of the engine and has none here.
    pub fn get(&self, kind: LimitKind) -> Option<u64> {
        match kind {
            LimitKind::Fuel => self.fuel,
            LimitKind::ExecutionTime => self.execution_time_ms,
            LimitKind::MemoryPages => self.memory_pages,
            LimitKind::GrowthPages => self.growth_pages,
            LimitKind::TableElements => self.table_elements,
            LimitKind::Instances => self.instances,
            LimitKind::CallDepth => self.call_depth,
            LimitKind::WasmStack => None,
        }
    }

    /// Sets one limit; the wasm stack can't be set here and is left alone.
    pub fn set(&mut self, kind: LimitKind, value: Option<u64>) {
        match kind {
            LimitKind::Fuel => self.fuel = value,
            LimitKind::ExecutionTime => self.execution_time_ms = value,
            LimitKind::MemoryPages => self.memory_pages = value,
            LimitKind::GrowthPages => self.growth_pages = value,
            LimitKind::TableElements => self.table_elements = value,
            LimitKind::Instances => self.instances = value,
            LimitKind::CallDepth => self.call_depth = value,
            LimitKind::WasmStack => {}
        }
    }

    /// Returns the preset whose values these are, if any.
    pub fn preset(&self) -> Option<Preset> {
        Preset::ALL.into_iter().find(|preset| preset.limits() == *self)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Preset::Default.limits()
    }
}

/// What a plugin uses of its limits, live or at the end of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Fuel burnt by the current or last call.
    pub fuel: super::measured::Measured<u64>,
    /// Nanoseconds that the current or last call took, pauses left out.
    pub wall_ns: u64,
    /// Pages of 64 KiB that all memories and the collector's heap have now.
    pub memory_pages: u64,
    /// Most pages during the current or last call.
    pub memory_pages_call_peak: u64,
    /// Most pages in the plugin's life.
    pub memory_pages_peak: u64,
    /// Elements that all tables have now.
    pub table_elements: u64,
    /// Most elements during the current or last call.
    pub table_elements_call_peak: u64,
    /// Most elements in the plugin's life.
    pub table_elements_peak: u64,
    /// Core instances of the plugin.
    pub instances: u64,
    /// Frames on the stack now; 0 when nothing runs.
    pub call_depth: super::measured::Measured<u64>,
    /// Most frames during the current or last call.
    pub call_depth_call_peak: super::measured::Measured<u64>,
    /// Bytes of these that the collector's heap takes, which counts as memory.
    pub gc_heap_bytes: u64,
    /// How often growth was refused in the plugin's life.
    pub refused_growths: u64,
    /// Growth of memories that was refused, in the plugin's life.
    pub refused_pages: RefusedGrowth,
    /// Growth of tables that was refused, in the plugin's life.
    pub refused_elements: RefusedGrowth,
}

/// Growth of one kind that was refused: how often, and what was asked for last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RefusedGrowth {
    /// How often a limit refused growth.
    pub count: u64,
    /// The new total that was asked for last; `None` when nothing was refused.
    pub last_requested: Option<u64>,
    /// Offset of the operator that asked last, in the module's binary as given, where it is known.
    pub last_offset: Option<u32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_preset_is_found_again_by_its_name_and_by_its_values() {
        for preset in Preset::ALL {
            assert_eq!(Preset::from_name(preset.name()), Some(preset));
            assert_eq!(preset.limits().preset(), Some(preset));
        }
        assert_eq!(Preset::from_name("Default"), None);
        let memory_and_time = |preset: Preset| {
            let limits = preset.limits();
            (limits.memory_pages.map(|pages| pages * 64 / 1024), limits.execution_time_ms)
        };
        assert_eq!(memory_and_time(Preset::Restricted), (Some(32), Some(30_000)));
        assert_eq!(memory_and_time(Preset::Standard), (Some(64), Some(60_000)));
    }

    #[test]
    fn the_documentation_has_the_limits_of_each_preset() {
        let documentation = include_str!("../../docs/limits.md");
        for preset in Preset::ALL {
            let start = format!("| `{}` |", preset.name());
            let row = documentation.lines().find(|line| line.starts_with(&start)).expect("it has a row");
            let columns: Vec<_> = row.split('|').skip(2).map(str::trim).collect();
            let limits = preset.limits();
            let seconds = limits.execution_time_ms.map(|millis| millis / 1000);
            let expected = [
                limits.memory_pages,
                seconds,
                limits.fuel,
                limits.call_depth,
                limits.table_elements,
                limits.instances,
            ];
            for (column, limit) in columns.iter().zip(expected) {
                let shown: String = column
                    .split('(')
                    .next()
                    .unwrap_or_default()
                    .chars()
                    .filter(char::is_ascii_digit)
                    .collect();
                assert_eq!(shown.parse().ok(), limit, "{row}");
            }
        }
    }

    #[test]
    fn each_settable_limit_is_read_back() {
        for kind in LimitKind::FIELDS {
            let mut limits = Limits::UNLIMITED;
            limits.set(kind, Some(7));
            assert_eq!(limits.get(kind), Some(7), "{}", kind.label());
            limits.set(kind, None);
            assert_eq!(limits, Limits::UNLIMITED);
        }
    }
}

//! The panes of the window by name, as sessions, menus and actions speak of them.
//!
//! Knows nothing of how a pane looks or where it is docked.

/// One pane of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PaneKind {
    /// Live instances and their states.
    Plugins,
    /// Samples and recent files.
    Samples,
    /// The open sources as tabs.
    Source,
    /// Errors and warnings of the open source.
    Problems,
    /// What the open text consists of.
    Outline,
    /// What the selected plugin offers and asks for.
    Exports,
    /// Arguments, Call, and how the last call ended.
    Call,
    /// Gauges and fields of the limits.
    Limits,
    /// Figures of every call, plotted.
    Timing,
    /// Linear memory as bytes.
    Memory,
    /// Every call as a row.
    Calls,
    /// What happened, newest last.
    Events,
    /// What the binary is made of, in bytes.
    Sizes,
    /// What the program has done, and which builds it keeps.
    Runtime,
    /// Engine, proposals, limits of new plugins, cache.
    Settings,
    /// What operators cost in fuel.
    Prices,
    /// Which operators a call ran, and how often.
    Operators,
}

impl PaneKind {
    /// All panes in the order of the View menu.
    pub const ALL: [Self; 17] = [
        Self::Plugins,
        Self::Samples,
        Self::Source,
        Self::Problems,
        Self::Outline,
        Self::Exports,
        Self::Call,
        Self::Limits,
        Self::Timing,
        Self::Memory,
        Self::Calls,
        Self::Events,
        Self::Sizes,
        Self::Runtime,
        Self::Settings,
        Self::Prices,
        Self::Operators,
    ];

    /// Returns the title of its tab.
    pub fn title(self) -> &'static str {
        match self {
            Self::Plugins => "Plugins",
            Self::Samples => "Samples",
            Self::Source => "Source",
            Self::Problems => "Problems",
            Self::Outline => "Outline",
            Self::Exports => "Exports",
            Self::Call => "Call",
            Self::Limits => "Limits",
            Self::Timing => "Timing",
            Self::Memory => "Memory",
            Self::Calls => "Calls",
            Self::Events => "Events",
            Self::Sizes => "Sizes",
            Self::Runtime => "Runtime",
            Self::Settings => "Settings",
            Self::Prices => "Fuel prices",
            Self::Operators => "Operators",
        }
    }

    /// Returns its name in a saved layout.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plugins => "plugins",
            Self::Samples => "samples",
            Self::Source => "source",
            Self::Problems => "problems",
            Self::Outline => "outline",
            Self::Exports => "exports",
            Self::Call => "call",
            Self::Limits => "limits",
            Self::Timing => "timing",
            Self::Memory => "memory",
            Self::Calls => "calls",
            Self::Events => "events",
            Self::Sizes => "sizes",
            Self::Runtime => "runtime",
            Self::Settings => "settings",
            Self::Prices => "prices",
            Self::Operators => "operators",
        }
    }

    /// Finds the pane of that name in a saved layout.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|pane| pane.name() == name)
    }
}

//! What happened to plugins, as the Events pane lists it.
//!
//! Knows no clock (each event brings its time along) and not how events travel between threads.

mod export;
mod log;

use std::sync::Arc;

use serde::{Serialize, Serializer};

pub use self::export::{events_to_csv, events_to_json};
pub use self::log::{CAPACITY, EventFilter, EventLog, EventMatcher};

use super::build::CacheOutcome;
use super::call::DeniedGrowth;
use super::humanize;
use super::ids::{BuildNumber, PluginId};
use super::lifecycle::PluginState;

/// Bytes that a text in an event may take; guests write log lines of any length.
pub const MAX_TEXT_BYTES: usize = 4096;

/// Bytes that the name of a plugin or a function in an event may take.
pub const MAX_NAME_BYTES: usize = 256;

/// How grave an event is; guests use the same levels for their log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LogLevel {
    /// Every step.
    #[default]
    Trace,
    /// For whoever looks for an error.
    Debug,
    /// The ordinary course of things.
    Info,
    /// Something that should not be, though work goes on.
    Warn,
    /// Something failed.
    Error,
}

impl LogLevel {
    /// All levels, the least grave first.
    pub const ALL: [Self; 5] = [Self::Trace, Self::Debug, Self::Info, Self::Warn, Self::Error];

    /// Returns the level that a guest means by a number; it is read as unsigned, and 4 and above are errors.
    pub fn from_guest(number: i32) -> Self {
        match number {
            0 => Self::Trace,
            1 => Self::Debug,
            2 => Self::Info,
            3 => Self::Warn,
            _ => Self::Error,
        }
    }

    /// Returns the word on screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Trace => "Trace",
            Self::Debug => "Debug",
            Self::Info => "Info",
            Self::Warn => "Warn",
            Self::Error => "Error",
        }
    }

    /// Returns the word in documents.
    pub fn snake_case(self) -> &'static str {
        match self {
            Self::Trace => "trace",
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

/// Plugin that an event is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EventPlugin {
    /// Which one.
    pub id: PluginId,
    /// Its name at that time.
    #[serde(serialize_with = "serialize_name")]
    pub name: Arc<str>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum EventKind {
    /// A plugin was made.
    Loaded,
    /// Its start function and `_initialize` have run.
    Initialized,
    /// It went from one state to another.
    StateChanged {
        /// State before.
        from: PluginState,
        /// State after.
        to: PluginState,
    },
    /// A call ended.
    Executed {
        /// Name of the export, or a name in parentheses such as `(start)`.
        function: String,
        /// Wall-clock time in nanoseconds, pauses left out.
        wall_ns: u64,
        /// Whether it returned within all limits.
        success: bool,
    },
    /// A plugin was dropped.
    Unloaded,
    /// Something failed that belongs to the plugin but to no call.
    Error {
        /// What, in one sentence.
        message: String,
    },
    /// A guest wrote a line.
    Log {
        /// The level that it gave.
        #[serde(skip)]
        level: LogLevel,
        /// The line, cut at [`MAX_TEXT_BYTES`].
        text: String,
    },
    /// A memory or a table was not allowed to grow.
    RefusedGrowth(DeniedGrowth),
    /// So much more growth was refused than is told one by one.
    MoreRefusedGrowth {
        /// How often in one call, before the growth that is told next.
        growths: u64,
        /// In how many further calls of those that were repeated at once.
        calls: u64,
    },
    /// An instance was replaced by one of a newer build.
    BuildReplaced {
        /// The newer build.
        build: BuildNumber,
        /// Whether the old one had been called, so that what it remembered is gone.
        state_reset: bool,
    },
    /// A build succeeded.
    Compiled {
        /// Which one.
        build: BuildNumber,
        /// Time from the source to a callable module in nanoseconds.
        total_ns: u64,
        /// Where the module came from.
        cache: CacheOutcome,
    },
    /// The program has something to say, such as that a file could not be read.
    Notice {
        /// How grave it is.
        #[serde(skip)]
        level: LogLevel,
        /// What, in one sentence.
        text: String,
    },
}

impl EventKind {
    /// Returns the kind without its data.
    pub fn tag(&self) -> EventTag {
        match self {
            Self::Loaded => EventTag::Loaded,
            Self::Initialized => EventTag::Initialized,
            Self::StateChanged { .. } => EventTag::StateChanged,
            Self::Executed { .. } => EventTag::Executed,
            Self::Unloaded => EventTag::Unloaded,
            Self::Error { .. } => EventTag::Error,
            Self::Log { .. } => EventTag::Log,
            Self::RefusedGrowth(_) | Self::MoreRefusedGrowth { .. } => EventTag::RefusedGrowth,
            Self::BuildReplaced { .. } => EventTag::BuildReplaced,
            Self::Compiled { .. } => EventTag::Compiled,
            Self::Notice { .. } => EventTag::Notice,
        }
    }

    /// Returns how grave it is.
    pub fn level(&self) -> LogLevel {
        match self {
            Self::Log { level, .. } | Self::Notice { level, .. } => *level,
            Self::Error { .. } | Self::Executed { success: false, .. } => LogLevel::Error,
            Self::RefusedGrowth(_)
            | Self::MoreRefusedGrowth { .. }
            | Self::BuildReplaced { state_reset: true, .. } => LogLevel::Warn,
            Self::StateChanged { .. } => LogLevel::Debug,
            Self::Loaded
            | Self::Initialized
            | Self::Executed { .. }
            | Self::Unloaded
            | Self::BuildReplaced { .. }
            | Self::Compiled { .. } => LogLevel::Info,
        }
    }

    /// Returns what happened in one line, without the plugin and the kind.
    pub fn summary(&self) -> String {
        match self {
            Self::Loaded => "Loaded".to_owned(),
            Self::Initialized => "Ready for calls".to_owned(),
            Self::Unloaded => "Unloaded".to_owned(),
            Self::StateChanged { from, to } => format!("{} → {}", from.label(), to.label()),
            Self::Executed { function, wall_ns, success } => {
                let verb = if *success { "returned after" } else { "failed after" };
                format!("{function} {verb} {}", humanize::duration_ns(*wall_ns))
            }
            Self::Error { message: text } | Self::Log { text, .. } | Self::Notice { text, .. } => {
                text.clone()
            }
            Self::RefusedGrowth(denied) => refused_growth_text(denied),
            Self::MoreRefusedGrowth { growths, calls: 0 } => {
                let times = if *growths == 1 { "time" } else { "times" };
                format!("Growth refused {} {times} before", humanize::grouped(*growths))
            }
            Self::MoreRefusedGrowth { calls, .. } => {
                let calls_word = if *calls == 1 { "call" } else { "calls" };
                format!("Growth refused in {} more {calls_word} of these", humanize::grouped(*calls))
            }
            Self::BuildReplaced { build, state_reset: false } => format!("Now runs build {build}"),
            Self::BuildReplaced { build, state_reset: true } => {
                format!("Now runs build {build}, state reset")
            }
            Self::Compiled { build, total_ns, cache } => {
                let source = match cache {
                    CacheOutcome::Miss => "",
                    CacheOutcome::Memory => ", from the cache in memory",
                    CacheOutcome::Disk => ", from the cache on disk",
                };
                format!("Build {build} ready after {}{source}", humanize::duration_ns(*total_ns))
            }
        }
    }

    /// Returns the same with every text cut to its bounds.
    fn bounded(mut self) -> Self {
        match &mut self {
            Self::Executed { function, .. } => bound(function, MAX_NAME_BYTES),
            Self::Error { message: text } | Self::Log { text, .. } | Self::Notice { text, .. } => {
                bound(text, MAX_TEXT_BYTES);
            }
            Self::RefusedGrowth(DeniedGrowth { place: Some(place), .. }) => {
                if let Some(function) = &mut place.function {
                    bound(function, MAX_NAME_BYTES);
                }
            }
            _ => {}
        }
        self
    }
}

/// Kind of an event without its data, for filters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EventTag {
    /// [`EventKind::Loaded`]
    Loaded,
    /// [`EventKind::Initialized`]
    Initialized,
    /// [`EventKind::StateChanged`]
    StateChanged,
    /// [`EventKind::Executed`]
    Executed,
    /// [`EventKind::Unloaded`]
    Unloaded,
    /// [`EventKind::Error`]
    Error,
    /// [`EventKind::Log`]
    Log,
    /// [`EventKind::RefusedGrowth`]
    RefusedGrowth,
    /// [`EventKind::BuildReplaced`]
    BuildReplaced,
    /// [`EventKind::Compiled`]
    Compiled,
    /// [`EventKind::Notice`]
    Notice,
}

impl EventTag {
    /// All kinds in the order of the filter's menu.
    pub const ALL: [Self; 11] = [
        Self::Loaded,
        Self::Initialized,
        Self::StateChanged,
        Self::Executed,
        Self::Unloaded,
        Self::Error,
        Self::Log,
        Self::RefusedGrowth,
        Self::BuildReplaced,
        Self::Compiled,
        Self::Notice,
    ];

    /// Returns the words on screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Loaded => "Loaded",
            Self::Initialized => "Initialized",
            Self::StateChanged => "State changed",
            Self::Executed => "Executed",
            Self::Unloaded => "Unloaded",
            Self::Error => "Error",
            Self::Log => "Log",
            Self::RefusedGrowth => "Refused growth",
            Self::BuildReplaced => "Build replaced",
            Self::Compiled => "Compiled",
            Self::Notice => "Notice",
        }
    }

    /// Returns the name in documents.
    pub fn snake_case(self) -> &'static str {
        match self {
            Self::Loaded => "loaded",
            Self::Initialized => "initialized",
            Self::StateChanged => "state_changed",
            Self::Executed => "executed",
            Self::Unloaded => "unloaded",
            Self::Error => "error",
            Self::Log => "log",
            Self::RefusedGrowth => "refused_growth",
            Self::BuildReplaced => "build_replaced",
            Self::Compiled => "compiled",
            Self::Notice => "notice",
        }
    }
}

/// One event of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventEntry {
    /// Number of the event since the program started, from 1; gaps are events that were dropped.
    pub sequence: u64,
    /// When it happened, in milliseconds since the Unix epoch.
    pub at_unix_ms: u64,
    /// Plugin that it is about; `None` when it is about the program.
    pub plugin: Option<EventPlugin>,
    /// What happened.
    pub kind: EventKind,
}

// Shared text serialises by itself only with a feature of serde that nothing else here needs.
fn serialize_name<S: Serializer>(name: &Arc<str>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(name)
}

fn bound(text: &mut String, max_bytes: usize) {
    if text.len() > max_bytes {
        *text = humanize::shortened(text, max_bytes).into_owned();
    }
}

fn refused_growth_text(denied: &DeniedGrowth) -> String {
    let by = denied.place.as_ref().and_then(super::diagnostic::Place::phrase);
    let by = by.map(|by| format!(", asked for by {by}")).unwrap_or_default();
    let asked = denied.phrase().replacen('g', "G", 1);
    format!("{asked} refused, {}{by}", denied.bound_phrase())
}

#[cfg(test)]
mod tests {
    use super::super::diagnostic::Place;
    use super::super::growth::tests::refused;
    use super::super::limits::LimitKind;
    use super::*;

    #[test]
    fn levels_of_guests_are_read_as_the_hosts() {
        let table = [
            (0, LogLevel::Trace),
            (1, LogLevel::Debug),
            (2, LogLevel::Info),
            (3, LogLevel::Warn),
            (4, LogLevel::Error),
            (99, LogLevel::Error),
            (-1, LogLevel::Error),
        ];
        for (number, level) in table {
            assert_eq!(LogLevel::from_guest(number), level, "{number}");
        }
        assert!(LogLevel::ALL.is_sorted());
    }

    #[test]
    fn refused_growth_names_who_asked() {
        let place = Place { function: Some("hoard".to_owned()), line: Some(23), ..Place::default() };
        let denied = DeniedGrowth { what: LimitKind::TableElements, place: Some(place), ..refused(101, 100) };
        assert_eq!(
            EventKind::RefusedGrowth(denied).summary(),
            "Growth to 101 table elements refused, the limit is 100, asked for by $hoard, line 23"
        );
    }

    /// An event of each kind, in the order of [`EventTag::ALL`].
    pub(super) fn one_of_each() -> Vec<EventKind> {
        let denied = |limit| DeniedGrowth { limit, ..refused(300, 0) };
        vec![
            EventKind::Loaded,
            EventKind::Initialized,
            EventKind::StateChanged { from: PluginState::Ready, to: PluginState::Running },
            EventKind::Executed { function: "add".to_owned(), wall_ns: 180, success: true },
            EventKind::Unloaded,
            EventKind::Error { message: "the thread died".to_owned() },
            EventKind::Log { level: LogLevel::Warn, text: "low on \"fuel\", captain".to_owned() },
            EventKind::RefusedGrowth(denied(Some(256))),
            EventKind::BuildReplaced { build: BuildNumber(8), state_reset: true },
            EventKind::Compiled { build: BuildNumber(8), total_ns: 3_200_000, cache: CacheOutcome::Memory },
            EventKind::Notice { level: LogLevel::Info, text: "the queue is full".to_owned() },
        ]
    }

    #[test]
    fn every_kind_says_what_happened_and_how_grave_it_is() {
        let expected = [
            (LogLevel::Info, "Loaded"),
            (LogLevel::Info, "Ready for calls"),
            (LogLevel::Debug, "Ready → Running"),
            (LogLevel::Info, "add returned after 0.18 µs"),
            (LogLevel::Info, "Unloaded"),
            (LogLevel::Error, "the thread died"),
            (LogLevel::Warn, "low on \"fuel\", captain"),
            (LogLevel::Warn, "Growth to 300 pages refused, the limit is 256"),
            (LogLevel::Warn, "Now runs build 8, state reset"),
            (LogLevel::Info, "Build 8 ready after 3.2 ms, from the cache in memory"),
            (LogLevel::Info, "the queue is full"),
        ];
        for ((kind, tag), (level, summary)) in one_of_each().into_iter().zip(EventTag::ALL).zip(expected) {
            assert_eq!((kind.tag(), kind.level(), kind.summary().as_str()), (tag, level, summary));
        }
    }

    #[test]
    fn what_is_not_told_one_by_one_is_counted() {
        for (growths, calls, text) in [
            (1, 0, "Growth refused 1 time before"),
            (6603, 0, "Growth refused 6\u{202f}603 times before"),
            (0, 1, "Growth refused in 1 more call of these"),
            (0, 936, "Growth refused in 936 more calls of these"),
        ] {
            assert_eq!(EventKind::MoreRefusedGrowth { growths, calls }.summary(), text);
        }
    }

    #[test]
    fn hostile_texts_are_cut_to_their_bounds() {
        let long = "x".repeat(1_000_000);
        let place = Some(Place { function: Some(long.clone()), ..Place::default() });
        let kinds = [
            EventKind::Log { level: LogLevel::Info, text: long.clone() },
            EventKind::Error { message: long.clone() },
            EventKind::Executed { function: long.clone(), wall_ns: 1, success: false },
            EventKind::RefusedGrowth(DeniedGrowth { place, ..refused(1, 0) }),
        ];
        for kind in kinds {
            let json = serde_json::to_string(&kind.bounded()).expect("an event serialises");
            assert!(json.len() < MAX_TEXT_BYTES + 512, "{}", json.len());
            assert!(json.contains("bytes in all"));
        }
    }
}

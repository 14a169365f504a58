//! The events that are kept: a ring that counts what it drops, can be held still, and is filtered.
//!
//! Knows no list on screen; whoever paints one asks for the entries that match.

use std::collections::{BTreeSet, VecDeque};

use super::super::humanize;
use super::super::ids::PluginId;
use super::{EventEntry, EventKind, EventPlugin, EventTag, LogLevel, MAX_NAME_BYTES};

/// Events that a log keeps before it drops the oldest.
pub const CAPACITY: usize = 10_000;

/// Events, oldest first.
///
/// While the log is paused, what is shown stands still; new events are held back and come in when it goes on.
#[derive(Debug, Clone)]
pub struct EventLog {
    entries: VecDeque<EventEntry>,
    held: VecDeque<EventEntry>,
    capacity: usize,
    last_sequence: u64,
    dropped: u64,
    revision: u64,
    is_paused: bool,
}

impl Default for EventLog {
    fn default() -> Self {
        Self::with_capacity(CAPACITY)
    }
}

impl EventLog {
    /// Makes an empty log that keeps that many events, and as many held back.
    pub fn with_capacity(capacity: usize) -> Self {
        Self {
            entries: VecDeque::new(),
            held: VecDeque::new(),
            capacity: capacity.max(1),
            last_sequence: 0,
            dropped: 0,
            revision: 0,
            is_paused: false,
        }
    }

    /// Appends an event, its texts cut to their bounds, and returns its sequence number.
    pub fn push(&mut self, at_unix_ms: u64, plugin: Option<EventPlugin>, kind: EventKind) -> u64 {
        self.last_sequence += 1;
        let plugin = plugin.map(|plugin| match plugin.name.len() {
            0..=MAX_NAME_BYTES => plugin,
            _ => EventPlugin { name: humanize::shortened(&plugin.name, MAX_NAME_BYTES).into(), ..plugin },
        });
        let entry = EventEntry { sequence: self.last_sequence, at_unix_ms, plugin, kind: kind.bounded() };
        if self.is_paused {
            self.held.push_back(entry);
        } else {
            self.entries.push_back(entry);
            self.revision += 1;
        }
        self.drop_surplus();
        self.last_sequence
    }

    /// Holds new events back from now on.
    pub fn pause(&mut self) {
        self.is_paused = true;
    }

    /// Lets the events in that were held back, and new ones from now on.
    pub fn resume(&mut self) {
        self.is_paused = false;
        if !self.held.is_empty() {
            self.entries.append(&mut self.held);
            self.revision += 1;
            self.drop_surplus();
        }
    }

    /// Tells whether new events are held back.
    pub fn is_paused(&self) -> bool {
        self.is_paused
    }

    /// Returns how many events are held back.
    pub fn num_held(&self) -> usize {
        self.held.len()
    }

    /// Returns how many events were dropped because of the capacity, since the last clear.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Returns a number that changes whenever what is shown does, so that a filtered list can be kept.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Forgets all events, also those held back. The sequence goes on.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.held.clear();
        self.dropped = 0;
        self.revision += 1;
    }

    /// Returns the number of events that are shown.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Tells whether no events are shown.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Lists the events that are shown, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &EventEntry> + ExactSizeIterator {
        self.entries.iter()
    }

    /// Returns the event of that sequence number, if it is shown.
    pub fn get(&self, sequence: u64) -> Option<&EventEntry> {
        let index = self.entries.binary_search_by_key(&sequence, |entry| entry.sequence).ok()?;
        self.entries.get(index)
    }

    /// Lists the events after that sequence number, so that a filtered list can be added to.
    pub fn after(&self, sequence: u64) -> impl DoubleEndedIterator<Item = &EventEntry> + ExactSizeIterator {
        let first = self.entries.partition_point(|entry| entry.sequence <= sequence);
        self.entries.range(first..)
    }

    /// Lists the events that the filter lets through, oldest first.
    pub fn matching(&self, filter: &EventFilter) -> impl Iterator<Item = &EventEntry> {
        let matcher = filter.matcher();
        self.entries.iter().filter(move |entry| matcher.matches(entry))
    }

    fn drop_surplus(&mut self) {
        for ring in [&mut self.entries, &mut self.held] {
            let surplus = ring.len().saturating_sub(self.capacity);
            ring.drain(..surplus);
            self.dropped += surplus as u64;
        }
    }
}

/// Which events are shown; the default shows all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EventFilter {
    /// Text that the summary, the kind or the plugin's name contains, in upper or lower case.
    pub text: String,
    /// Kinds that are left out.
    pub hidden_kinds: BTreeSet<EventTag>,
    /// The only plugin whose events are shown; `None` shows all, and those of the program.
    pub plugin: Option<PluginId>,
    /// Events less grave than this are left out.
    pub min_level: LogLevel,
}

impl EventFilter {
    /// Prepares the filter for many entries.
    pub fn matcher(&self) -> EventMatcher<'_> {
        EventMatcher { filter: self, needle: self.text.trim().to_lowercase() }
    }

    /// Tells whether it lets everything through.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// An [`EventFilter`] that is ready to look at entries.
#[derive(Debug)]
pub struct EventMatcher<'a> {
    filter: &'a EventFilter,
    needle: String,
}

impl EventMatcher<'_> {
    /// Tells whether the entry is shown.
    pub fn matches(&self, entry: &EventEntry) -> bool {
        let filter = self.filter;
        let is_wanted = entry.kind.level() >= filter.min_level
            && !filter.hidden_kinds.contains(&entry.kind.tag())
            && filter.plugin.is_none_or(|id| entry.plugin.as_ref().is_some_and(|plugin| plugin.id == id));
        is_wanted && (self.needle.is_empty() || self.finds_text(entry))
    }

    fn finds_text(&self, entry: &EventEntry) -> bool {
        let contains = |text: &str| text.to_lowercase().contains(&self.needle);
        contains(entry.kind.tag().label())
            || entry.plugin.as_ref().is_some_and(|plugin| contains(&plugin.name))
            || contains(&entry.kind.summary())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::one_of_each;
    use super::*;

    fn log_line(text: &str) -> EventKind {
        EventKind::Log { level: LogLevel::Info, text: text.to_owned() }
    }

    fn sequences<'a>(entries: impl Iterator<Item = &'a EventEntry>) -> Vec<u64> {
        entries.map(|entry| entry.sequence).collect()
    }

    #[test]
    fn the_oldest_events_are_dropped_and_counted() {
        let mut log = EventLog::with_capacity(3);
        for number in 1..=5 {
            assert_eq!(log.push(number, None, EventKind::Loaded), number);
        }
        assert_eq!(sequences(log.iter()), [3, 4, 5]);
        assert_eq!((log.len(), log.dropped()), (3, 2));
        assert_eq!(log.get(2), None);
        assert_eq!(log.get(4).map(|entry| entry.at_unix_ms), Some(4));
        assert_eq!(sequences(log.after(3)), [4, 5]);
        assert_eq!(sequences(log.after(0)), [3, 4, 5]);
        log.clear();
        assert_eq!((log.is_empty(), log.dropped(), log.push(6, None, EventKind::Loaded)), (true, 0, 6));
    }

    #[test]
    fn a_paused_log_stands_still_and_catches_up() {
        let mut log = EventLog::with_capacity(3);
        log.push(0, None, EventKind::Loaded);
        log.pause();
        let revision = log.revision();
        for _ in 0..4 {
            log.push(0, None, EventKind::Loaded);
        }
        assert_eq!((sequences(log.iter()), log.num_held()), (vec![1], 3));
        assert_eq!((log.dropped(), log.revision(), log.is_paused()), (1, revision, true));
        log.resume();
        assert_eq!((sequences(log.iter()), log.num_held()), (vec![3, 4, 5], 0));
        assert_eq!((log.dropped(), log.is_paused()), (2, false));
        assert_ne!(log.revision(), revision);
    }

    #[test]
    fn a_filter_lets_through_what_meets_all_its_parts() {
        let plugin = |id, name: &str| Some(EventPlugin { id: PluginId(id), name: name.into() });
        let mut log = EventLog::default();
        log.push(0, plugin(1, "Counter"), log_line("Straße frei"));
        log.push(0, plugin(2, "greeter"), EventKind::Error { message: "counter is gone".to_owned() });
        log.push(0, None, EventKind::Notice { level: LogLevel::Warn, text: "queue full".to_owned() });
        let filter = EventFilter::default;
        let hidden_kinds = BTreeSet::from([EventTag::Log, EventTag::Notice]);
        let table = [
            (filter(), vec![1, 2, 3]),
            (EventFilter { text: " counter ".to_owned(), ..filter() }, vec![1, 2]),
            (EventFilter { text: "STRASSE".to_owned(), ..filter() }, vec![]),
            (EventFilter { text: "FREI".to_owned(), ..filter() }, vec![1]),
            (EventFilter { text: "notice".to_owned(), ..filter() }, vec![3]),
            (EventFilter { plugin: Some(PluginId(2)), ..filter() }, vec![2]),
            (EventFilter { plugin: Some(PluginId(1)), min_level: LogLevel::Warn, ..filter() }, vec![]),
            (EventFilter { min_level: LogLevel::Warn, ..filter() }, vec![2, 3]),
            (EventFilter { hidden_kinds, ..filter() }, vec![2]),
        ];
        for (filter, expected) in table {
            assert_eq!(sequences(log.matching(&filter)), expected, "{filter:?}");
            assert_eq!(filter.is_default(), expected.len() == 3);
        }
    }

    #[test]
    fn every_kind_can_be_hidden_alone() {
        let mut log = EventLog::default();
        for kind in one_of_each() {
            log.push(0, None, kind);
        }
        for tag in EventTag::ALL {
            let filter = EventFilter { hidden_kinds: BTreeSet::from([tag]), ..EventFilter::default() };
            assert_eq!(log.matching(&filter).count(), EventTag::ALL.len() - 1);
            assert!(log.matching(&filter).all(|entry| entry.kind.tag() != tag));
        }
    }

    #[test]
    fn a_hostile_name_of_a_plugin_is_cut() {
        let mut log = EventLog::default();
        let name = "n".repeat(100_000).into();
        log.push(0, Some(EventPlugin { id: PluginId(1), name }), EventKind::Loaded);
        let lengths: Vec<usize> =
            log.iter().filter_map(|entry| entry.plugin.as_ref()).map(|plugin| plugin.name.len()).collect();
        assert!(lengths[0] < MAX_NAME_BYTES + 64);
    }
}

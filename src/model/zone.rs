//! What a place's clocks show: its offsets from UTC over the years, and when they change.
//!
//! Knows no clock and no database of places: whoever knows where the program runs hands the offsets over.

use super::humanize;

/// A stretch of time with one offset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZonePart {
    /// When it begins, in milliseconds since the Unix epoch; 0 for the first.
    pub from_unix_ms: u64,
    /// Minutes east of UTC, cut to whole ones.
    pub offset_minutes: i32,
    /// What people call it, such as `CEST`.
    pub name: String,
}

/// The clocks of a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    first: ZonePart,
    later: Vec<ZonePart>,
}

impl Default for Zone {
    fn default() -> Self {
        let first = ZonePart { from_unix_ms: 0, offset_minutes: 0, name: "UTC".to_owned() };
        Self { first, later: Vec::new() }
    }
}

impl Zone {
    /// Makes a zone of a first offset and of those that follow, in whichever order.
    pub fn new(first: ZonePart, mut later: Vec<ZonePart>) -> Self {
        later.sort_by_key(|part| part.from_unix_ms);
        Self { first, later }
    }

    /// Returns the offset that holds at a time.
    pub fn at(&self, unix_ms: u64) -> &ZonePart {
        let index = self.later.partition_point(|part| part.from_unix_ms <= unix_ms);
        index.checked_sub(1).map_or(&self.first, |index| &self.later[index])
    }

    /// Writes the time of day there, such as `12:03:04.123`.
    pub fn clock_time(&self, unix_ms: u64) -> String {
        humanize::clock_time(unix_ms, self.at(unix_ms).offset_minutes)
    }

    /// Says what a time of day is counted in, such as `CEST, UTC+02:00`, or `UTC` alone.
    pub fn phrase(&self, unix_ms: u64) -> String {
        let part = self.at(unix_ms);
        let (sign, minutes) = (if part.offset_minutes < 0 { '−' } else { '+' }, part.offset_minutes.abs());
        let offset = format!("UTC{sign}{:02}:{:02}", minutes / 60, minutes % 60);
        match (part.name.as_str(), part.offset_minutes) {
            ("UTC", 0) => "UTC".to_owned(),
            // Places without letters of their own are named by their offset.
            ("", _) => offset,
            (name, _) if name.starts_with(['+', '-']) => offset,
            (name, _) => format!("{name}, {offset}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(from_unix_ms: u64, offset_minutes: i32, name: &str) -> ZonePart {
        ZonePart { from_unix_ms, offset_minutes, name: name.to_owned() }
    }

    #[test]
    fn a_time_is_told_by_the_offset_that_holds_then() {
        // In Berlin summer time ended on 25 October 2026 and began on 29 March 2026, both at 01:00 UTC.
        let (spring, autumn) = (1_774_746_000_000, 1_792_890_000_000);
        let parts = vec![part(autumn, 60, "CET"), part(spring, 120, "CEST")];
        let berlin = Zone::new(part(0, 60, "CET"), parts);
        let table = [
            (spring - 1, "01:59:59.999", "CET, UTC+01:00"),
            (spring, "03:00:00.000", "CEST, UTC+02:00"),
            (autumn - 1, "02:59:59.999", "CEST, UTC+02:00"),
            (autumn, "02:00:00.000", "CET, UTC+01:00"),
        ];
        for (unix_ms, time, phrase) in table {
            assert_eq!(
                (berlin.clock_time(unix_ms).as_str(), berlin.phrase(unix_ms).as_str()),
                (time, phrase)
            );
        }
    }

    #[test]
    fn a_zone_is_named_by_its_letters_or_by_its_offset() {
        assert_eq!(
            (Zone::default().phrase(5), Zone::default().clock_time(5)),
            ("UTC".into(), "00:00:00.005".into())
        );
        let of = |minutes, name: &str| Zone::new(part(0, minutes, name), Vec::new());
        assert_eq!(of(-210, "NST").phrase(0), "NST, UTC−03:30");
        assert_eq!(of(345, "+0545").phrase(0), "UTC+05:45");
        assert_eq!(of(0, "GMT").phrase(0), "GMT, UTC+00:00");
        assert_eq!(of(-210, "NST").clock_time(0), "20:30:00.000");
    }
}

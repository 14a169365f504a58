//! Where the program runs, as far as its clocks tell: read from the system once, at the start.
//!
//! Knows nothing of what is shown in that zone.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::model::zone::{Zone, ZonePart};

/// How far back and ahead changes of the clocks are known; builds are kept for a while, windows stay open.
const BACK: SignedDuration = SignedDuration::from_hours(5 * 366 * 24);
const AHEAD: SignedDuration = SignedDuration::from_hours(10 * 366 * 24);

/// Most changes that are taken up; four a year are more than any place has had in a long time.
const MOST_CHANGES: usize = 64;

/// Returns the zone of the system; UTC where the system does not say.
pub fn of_system() -> Zone {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    of(&TimeZone::system(), u64::try_from(since.as_millis()).unwrap_or(0))
}

fn of(zone: &TimeZone, unix_ms: u64) -> Zone {
    let now = i64::try_from(unix_ms).ok().and_then(|millis| Timestamp::from_millisecond(millis).ok());
    let now = now.unwrap_or(Timestamp::UNIX_EPOCH);
    let from = now.saturating_sub(BACK).unwrap_or(now);
    let to = now.saturating_add(AHEAD).unwrap_or(now);
    let first = zone.to_offset_info(from);
    let first = part(0, first.offset().seconds(), first.abbreviation());
    let changes = zone.following(from).take_while(|change| change.timestamp() <= to).take(MOST_CHANGES);
    let later = changes.map(|change| {
        let at = u64::try_from(change.timestamp().as_millisecond()).unwrap_or(0);
        part(at, change.offset().seconds(), change.abbreviation())
    });
    Zone::new(first, later.collect())
}

fn part(from_unix_ms: u64, offset_seconds: i32, name: &str) -> ZonePart {
    ZonePart { from_unix_ms, offset_minutes: offset_seconds.div_euclid(60), name: name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_of_the_clocks_are_known_in_both_directions() {
        // Central European rules as POSIX writes them, so that no database is needed.
        let zone = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").expect("it is well written");
        // Noon of 1 July 2026, UTC.
        let known = of(&zone, 1_782_907_200_000);
        let table = [
            (1_782_907_200_000, "14:00:00.000", "CEST, UTC+02:00"),
            (1_774_745_999_999, "01:59:59.999", "CET, UTC+01:00"),
            (1_774_746_000_000, "03:00:00.000", "CEST, UTC+02:00"),
            (1_792_890_000_000, "02:00:00.000", "CET, UTC+01:00"),
            (1_806_195_600_000, "03:00:00.000", "CEST, UTC+02:00"),
        ];
        for (unix_ms, time, phrase) in table {
            assert_eq!((known.clock_time(unix_ms).as_str(), known.phrase(unix_ms).as_str()), (time, phrase));
        }
        assert_eq!(of(&TimeZone::UTC, 0), Zone::default());
    }
}

//! Figures as people read them: durations, counts, bytes, pages, shares, times of day.
//!
//! Knows no clock and no time zone: an offset is told.
//!
//! A unit stands after a plain space, groups of three digits are parted by a narrow no-break space (U+202F).
//! Durations and sizes are rounded; counts and shares are cut, so that a figure that stands beside its limit
//! never seems to have reached it when it has not.

use std::borrow::Cow;

/// Parts groups of three digits.
const GROUP_SEPARATOR: char = '\u{202f}';

/// Writes a duration with two or three digits, such as `42 ns`, `0.18 µs`, `3.2 ms`, `1.4 s`, `2 min 5 s`.
pub fn duration_ns(nanos: u64) -> String {
    const SECOND: u64 = 1_000_000_000;
    if nanos < 100 {
        return format!("{nanos} ns");
    }
    for (unit, name) in [(1000, "µs"), (1_000_000, "ms")] {
        if let Some(number) = rounded(nanos, unit, 1000) {
            return format!("{number} {name}");
        }
    }
    if let Some(number) = rounded(nanos, SECOND, 60) {
        return format!("{number} s");
    }
    let seconds = nanos.saturating_add(SECOND / 2) / SECOND;
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    if hours == 0 {
        format!("{minutes} min {} s", seconds % 60)
    } else {
        format!("{} h {minutes} min", grouped(hours))
    }
}

/// Writes a duration to the nanosecond, such as `1 234 567 ns`.
pub fn duration_exact_ns(nanos: u64) -> String {
    format!("{} ns", grouped(nanos))
}

/// Writes a count: in full below a million, then cut to three digits, such as `40 000`, `1.23 M`, `100 M`.
pub fn count(count: u64) -> String {
    const UNITS: [(u64, &str); 5] = [
        (1_000_000_000_000_000_000, "E"),
        (1_000_000_000_000_000, "P"),
        (1_000_000_000_000, "T"),
        (1_000_000_000, "G"),
        (1_000_000, "M"),
    ];
    match UNITS.iter().find(|(unit, _)| count >= *unit) {
        Some((unit, name)) => format!("{} {name}", cut_to_three_digits(count, *unit)),
        None => grouped(count),
    }
}

/// Writes a whole number in full, in groups of three digits.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 2);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(GROUP_SEPARATOR);
        }
        text.push(digit);
    }
    text
}

/// Writes a whole number with what is counted, in the singular or the plural: `1 call`, `20 calls`.
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { one } else { many })
}

/// Writes a size in decimal units, as for files: `62 B`, `1.5 kB`, `14 MB`.
pub fn bytes(bytes: u64) -> String {
    const UNITS: [(u64, &str); 4] =
        [(1000, "kB"), (1_000_000, "MB"), (1_000_000_000, "GB"), (1_000_000_000_000, "TB")];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    for (unit, name) in UNITS {
        if let Some(number) = rounded(bytes, unit, 1000) {
            return format!("{number} {name}");
        }
    }
    format!("{} PB", rounded(bytes, 1_000_000_000_000_000, u64::MAX).unwrap_or_default())
}

/// Writes a size in binary units, as for memory: `62 B`, `64 KiB`, `1.5 MiB`.
pub fn binary_bytes(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    for (power, name) in (1_u32..).zip(UNITS) {
        if let Some(number) = rounded(bytes, 1 << (10 * power), 1024) {
            return format!("{} {name}", number.strip_suffix(".0").unwrap_or(&number));
        }
    }
    format!("{} EiB", bytes >> 60)
}

/// Writes a number of pages of linear memory with their size, such as `3 pages (192 KiB)`.
pub fn pages(pages: u64) -> String {
    let text = counted(pages, "page", "pages");
    match pages.checked_mul(64 * 1024) {
        Some(size) => format!("{text} ({})", binary_bytes(size)),
        None => text,
    }
}

/// Writes the time of day, such as `12:03:04.123`, at that many minutes east of UTC.
pub fn clock_time(unix_ms: u64, utc_offset_minutes: i32) -> String {
    const DAY_MS: i128 = 24 * 60 * 60 * 1000;
    let millis = (i128::from(unix_ms) + i128::from(utc_offset_minutes) * 60_000).rem_euclid(DAY_MS);
    let (hours, minutes) = (millis / 3_600_000, millis / 60_000 % 60);
    format!("{hours:02}:{minutes:02}:{:02}.{:03}", millis / 1000 % 60, millis % 1000)
}

/// Writes the share of a whole, such as `42 %`, `0.4 %`, `<0.1 %`; a dash when there is no whole.
///
/// `100 %` is only written for the whole, and more than that for more.
pub fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "–".to_owned();
    }
    let per_mille = u128::from(part) * 1000 / u128::from(whole);
    match per_mille {
        0 if part > 0 => "<0.1 %".to_owned(),
        0 => "0 %".to_owned(),
        1..100 if per_mille % 10 != 0 => format!("{}.{} %", per_mille / 10, per_mille % 10),
        _ => format!("{} %", grouped(u64::try_from(per_mille / 10).unwrap_or(u64::MAX))),
    }
}

/// Returns the text, cut at a character and marked when it takes more than `max_bytes` bytes.
///
/// The mark comes on top of `max_bytes`; it takes less than 64 bytes.
pub fn shortened(text: &str, max_bytes: usize) -> Cow<'_, str> {
    if text.len() <= max_bytes {
        return Cow::Borrowed(text);
    }
    let kept = &text[..text.floor_char_boundary(max_bytes)];
    Cow::Owned(format!("{kept}… (cut, {} bytes in all)", grouped(text.len() as u64)))
}

/// Writes `value / unit` with two decimals below 1, one below 10 and none above, unless that gives `end` or
/// more.
fn rounded(value: u64, unit: u64, end: u64) -> Option<String> {
    let (value, unit) = (u128::from(value), u128::from(unit));
    let round = |parts: u128| (value * parts + unit / 2) / unit;
    let (whole, tenths, hundredths) = (round(1), round(10), round(100));
    if whole >= u128::from(end) {
        None
    } else if hundredths < 100 {
        Some(format!("0.{hundredths:02}"))
    } else if tenths < 100 {
        Some(format!("{}.{}", tenths / 10, tenths % 10))
    } else {
        Some(whole.to_string())
    }
}

fn cut_to_three_digits(value: u64, unit: u64) -> String {
    let whole = value / unit;
    let decimals = match whole {
        0..10 => 2,
        10..100 => 1,
        _ => 0,
    };
    let parts = value % unit / (unit / 100);
    let fraction = format!("{parts:02}");
    let fraction = fraction[..decimals].trim_end_matches('0');
    if fraction.is_empty() { whole.to_string() } else { format!("{whole}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(function: fn(u64) -> String, table: &[(u64, &str)]) {
        for (value, text) in table {
            assert_eq!(function(*value), text.replace('_', "\u{202f}"), "{value}");
        }
    }

    #[test]
    fn durations_have_two_or_three_digits_and_carry_into_the_next_unit() {
        check(
            duration_ns,
            &[
                (0, "0 ns"),
                (42, "42 ns"),
                (99, "99 ns"),
                (100, "0.10 µs"),
                (180, "0.18 µs"),
                (994, "0.99 µs"),
                (995, "1.0 µs"),
                (1440, "1.4 µs"),
                (9949, "9.9 µs"),
                (9950, "10 µs"),
                (123_456, "123 µs"),
                (999_499, "999 µs"),
                (999_500, "1.0 ms"),
                (3_240_000, "3.2 ms"),
                (1_400_000_000, "1.4 s"),
                (59_499_999_999, "59 s"),
                (59_500_000_000, "1 min 0 s"),
                (125_000_000_000, "2 min 5 s"),
                (3_725_000_000_000, "1 h 2 min"),
                (u64::MAX, "5_124_095 h 34 min"),
            ],
        );
        check(duration_exact_ns, &[(0, "0 ns"), (1_234_567, "1_234_567 ns")]);
    }

    #[test]
    fn counts_are_cut_so_that_none_seems_to_have_reached_its_limit() {
        check(
            count,
            &[
                (0, "0"),
                (999, "999"),
                (40_000, "40_000"),
                (999_999, "999_999"),
                (1_000_000, "1 M"),
                (1_239_999, "1.23 M"),
                (1_500_000, "1.5 M"),
                (12_090_000, "12 M"),
                (99_999_999, "99.9 M"),
                (100_000_000, "100 M"),
                (2_500_000_000, "2.5 G"),
                (u64::MAX, "18.4 E"),
            ],
        );
        check(
            grouped,
            &[(1, "1"), (1000, "1_000"), (123_456, "123_456"), (u64::MAX, "18_446_744_073_709_551_615")],
        );
    }

    #[test]
    fn sizes_of_files_are_decimal_and_sizes_of_memory_binary() {
        check(
            bytes,
            &[
                (0, "0 B"),
                (62, "62 B"),
                (999, "999 B"),
                (1000, "1.0 kB"),
                (1536, "1.5 kB"),
                (999_500, "1.0 MB"),
                (14_300_000, "14 MB"),
                (u64::MAX, "18447 PB"),
            ],
        );
        check(
            binary_bytes,
            &[
                (1023, "1023 B"),
                (1024, "1 KiB"),
                (65_536, "64 KiB"),
                (1_572_864, "1.5 MiB"),
                (1 << 30, "1 GiB"),
                (u64::MAX, "15 EiB"),
            ],
        );
        check(
            pages,
            &[
                (0, "0 pages (0 B)"),
                (1, "1 page (64 KiB)"),
                (256, "256 pages (16 MiB)"),
                (65_536, "65_536 pages (4 GiB)"),
                (u64::MAX, "18_446_744_073_709_551_615 pages"),
            ],
        );
    }

    #[test]
    fn the_time_of_day_follows_the_offset() {
        let table = [
            (0, 0, "00:00:00.000"),
            (43_384_123, 0, "12:03:04.123"),
            (43_384_123, 120, "14:03:04.123"),
            (0, -330, "18:30:00.000"),
            (86_400_000 + 5, 0, "00:00:00.005"),
            (u64::MAX, i32::MAX, "16:32:51.615"),
        ];
        for (unix_ms, offset, text) in table {
            assert_eq!(clock_time(unix_ms, offset), text, "{unix_ms} {offset}");
        }
    }

    #[test]
    fn shares_are_cut_and_never_zero_for_something() {
        let table = [
            (0, 100, "0 %"),
            (1, 10_000, "<0.1 %"),
            (4, 1000, "0.4 %"),
            (50, 1000, "5 %"),
            (99, 1000, "9.9 %"),
            (429, 1000, "42 %"),
            (999_999, 1_000_000, "99 %"),
            (7, 7, "100 %"),
            (21, 7, "300 %"),
            (3, 0, "–"),
            (u64::MAX, u64::MAX, "100 %"),
        ];
        for (part, whole, text) in table {
            assert_eq!(percent(part, whole), text, "{part} {whole}");
        }
    }

    #[test]
    fn long_text_is_cut_at_a_character_and_marked() {
        assert_eq!(shortened("short", 5), "short");
        assert_eq!(shortened("schön", 4), "sch… (cut, 6 bytes in all)");
        let cut = shortened("xyz", 0);
        assert_eq!(cut, "… (cut, 3 bytes in all)");
        assert!(shortened(&"x".repeat(5_000_000), 100).len() < 100 + 64);
    }
}

//! Linear memory as a hexdump: rows, readings of the bytes at an address, typed writes and search.
//!
//! Works on bytes that somebody copied out; knows no memory, no store and no widgets.

mod address;
mod reading;
mod search;
mod write;

pub use self::address::{address_digits, format_address, parse_address};
pub use self::reading::{Reading, interpret};
pub use self::search::{Matches, find_all};
pub use self::write::{WriteType, parse_typed_write};

/// Order of the bytes of a number; WebAssembly's own loads and stores are little-endian.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Endian {
    /// Lowest byte first.
    #[default]
    Little,
    /// Highest byte first.
    Big,
}

impl Endian {
    /// Returns the words of the picker.
    pub fn label(self) -> &'static str {
        match self {
            Self::Little => "Little-endian",
            Self::Big => "Big-endian",
        }
    }
}

/// One row of a hexdump.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HexRow<'a> {
    /// Address of the first byte.
    pub address: u64,
    /// Bytes of the row; the last row may be short.
    pub bytes: &'a [u8],
}

impl HexRow<'_> {
    /// Writes the bytes in groups, with a space between bytes and two between groups.
    ///
    /// A short row is padded to `bytes_per_row`, so that what follows stays in its column.
    pub fn hex_text(&self, bytes_per_row: usize, bytes_per_group: usize) -> String {
        let mut text = String::with_capacity(hex_columns(bytes_per_row, bytes_per_group));
        for position in 0..bytes_per_row {
            if position > 0 {
                text.push_str(if position % bytes_per_group.max(1) == 0 { "  " } else { " " });
            }
            match self.bytes.get(position) {
                Some(byte) => text.extend(byte_digits(*byte)),
                None => text.push_str("  "),
            }
        }
        text
    }

    /// Writes the bytes as ASCII, with a dot for whatever can't be seen.
    pub fn ascii_text(&self) -> String {
        self.bytes.iter().map(|byte| ascii_char(*byte)).collect()
    }
}

/// Divides bytes into rows; `address` is that of the first byte.
pub fn rows(address: u64, bytes: &[u8], bytes_per_row: usize) -> impl Iterator<Item = HexRow<'_>> {
    let mut next = address;
    bytes.chunks(bytes_per_row.max(1)).map(move |bytes| {
        let row = HexRow { address: next, bytes };
        next = next.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        row
    })
}

/// Returns the two hexadecimal digits of a byte.
pub fn byte_digits(byte: u8) -> [char; 2] {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]
}

/// Returns the byte as it stands in the ASCII column.
pub fn ascii_char(byte: u8) -> char {
    if byte.is_ascii_graphic() || byte == b' ' { char::from(byte) } else { '.' }
}

/// Returns how many characters the hexadecimal column takes.
pub fn hex_columns(bytes_per_row: usize, bytes_per_group: usize) -> usize {
    if bytes_per_row == 0 {
        return 0;
    }
    let group_gaps = (bytes_per_row - 1) / bytes_per_group.max(1);
    3 * bytes_per_row - 1 + group_gaps
}

/// Returns the most bytes per row that fit a width in characters: 64, 32, 16, 8 or, at worst, 4.
///
/// A row is the address, two spaces, the hexadecimal column, two spaces and the ASCII column.
pub fn bytes_per_row(columns: usize, digits: usize, bytes_per_group: usize) -> usize {
    let needs = |bytes: usize| digits + 2 + hex_columns(bytes, bytes_per_group) + 2 + bytes;
    [64, 32, 16, 8].into_iter().find(|bytes| needs(*bytes) <= columns).unwrap_or(4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_hold_all_bytes_with_their_addresses() {
        let bytes: Vec<u8> = (0..10).collect();
        let seen: Vec<_> = rows(0xfff8, &bytes, 4).map(|row| (row.address, row.bytes.len())).collect();
        assert_eq!(seen, [(0xfff8, 4), (0xfffc, 4), (0x10000, 2)]);
        assert_eq!(rows(0, &[], 16).count(), 0);
        let seen: Vec<_> = rows(u64::MAX - 1, &[1, 2, 3, 4], 2).map(|row| row.address).collect();
        assert_eq!(seen, [u64::MAX - 1, u64::MAX]);
    }

    #[test]
    fn a_row_reads_in_groups_and_a_short_one_keeps_its_columns() {
        let row = HexRow { address: 0, bytes: b"Hi\0\xff~ \x7f" };
        assert_eq!(row.hex_text(8, 4), "48 69 00 ff  7e 20 7f   ");
        assert_eq!(row.ascii_text(), "Hi..~ .");
        for (bytes, group) in [(4, 4), (8, 4), (16, 8), (16, 1), (16, 16), (8, 0), (0, 4)] {
            assert_eq!(
                row.hex_text(bytes, group).chars().count(),
                hex_columns(bytes, group),
                "{bytes} {group}"
            );
        }
    }

    #[test]
    fn a_row_never_gets_wider_than_the_view() {
        // 16 bytes in groups of 8: 8 + 2 + 48 + 2 + 16.
        assert_eq!(bytes_per_row(76, 8, 8), 16);
        assert_eq!(bytes_per_row(75, 8, 8), 8);
        assert_eq!(bytes_per_row(0, 8, 8), 4);
        assert_eq!(bytes_per_row(10_000, 8, 8), 64);
    }
}

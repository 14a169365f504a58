//! The cache of builds as a table: which builds it keeps, where, how large they are and how often they helped.
//!
//! Knows no builds and no files.

use serde::{Deserialize, Serialize};

/// What tells one build from every other: its source, its engine, the pass and the releases of both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CacheKey(pub [u8; 32]);

impl CacheKey {
    /// Writes the key as 64 hexadecimal digits.
    pub fn to_hex(self) -> String {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let digits = self.0.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
    }

    /// Reads a key of 64 hexadecimal digits in lower case.
    pub fn from_hex(text: &str) -> Option<Self> {
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Some(byte - b'0'),
            b'a'..=b'f' => Some(byte - b'a' + 10),
            _ => None,
        };
        let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
        let mut key = [0; 32];
        if pairs.len() != key.len() {
            return None;
        }
        for (byte, [high, low]) in key.iter_mut().zip(pairs) {
            *byte = digit(*high)? << 4 | digit(*low)?;
        }
        Some(Self(key))
    }
}

/// Facts about a build that are kept beside it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CachedFacts {
    /// Name of the source that it was made of last, such as `math.wat`.
    pub name: String,
    /// SHA-256 of the binary before the rewriting pass, 64 hexadecimal digits.
    pub sha256: String,
    /// Length of the source, in bytes.
    pub source_bytes: u64,
    /// Length of the binary before the rewriting pass, in bytes.
    pub wasm_bytes: u64,
    /// Nanoseconds that making it took, all phases together.
    pub made_in_ns: u64,
    /// When it was made, in milliseconds since the Unix epoch.
    pub made_unix_ms: u64,
    /// Engine that it was compiled for, in words.
    pub engine: String,
}

/// One build that is kept in memory, on disk, or both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CacheRow {
    /// Tells it from others.
    pub key: CacheKey,
    /// What is known of it.
    pub facts: CachedFacts,
    /// Bytes that it takes in memory, by estimate; `None` when it is not there.
    pub memory_bytes: Option<u64>,
    /// Length of its file; `None` when it has none.
    pub disk_bytes: Option<u64>,
    /// How often it was found in this run of the program.
    pub hits: u64,
    /// When it was last made or found, in milliseconds since the Unix epoch.
    pub used_unix_ms: u64,
}

/// Everything that the cache keeps.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CacheListing {
    /// Its builds, the one that was used last first.
    pub rows: Vec<CacheRow>,
    /// Bytes that the builds in memory may take together, by estimate.
    pub most_memory_bytes: u64,
    /// Bytes that the files may take together; `None` when nothing is kept on disk.
    pub most_disk_bytes: Option<u64>,
    /// Folder of the files, if any.
    pub folder: Option<std::path::PathBuf>,
}

impl CacheListing {
    /// Joins what memory and what the disk know of the same builds.
    pub fn join(memory: Vec<CacheRow>, disk: Vec<CacheRow>) -> Vec<CacheRow> {
        let mut rows: std::collections::HashMap<CacheKey, CacheRow> =
            disk.into_iter().map(|row| (row.key, row)).collect();
        for row in memory {
            match rows.entry(row.key) {
                std::collections::hash_map::Entry::Occupied(mut known) => {
                    let known = known.get_mut();
                    known.memory_bytes = row.memory_bytes;
                    known.hits += row.hits;
                    known.used_unix_ms = known.used_unix_ms.max(row.used_unix_ms);
                    known.facts = row.facts;
                }
                std::collections::hash_map::Entry::Vacant(free) => {
                    free.insert(row);
                }
            }
        }
        let mut rows: Vec<_> = rows.into_values().collect();
        rows.sort_by(|a, b| b.used_unix_ms.cmp(&a.used_unix_ms).then_with(|| a.key.cmp(&b.key)));
        rows
    }

    /// Returns the bytes of all builds in memory, by estimate, and of all files.
    pub fn total_bytes(&self) -> (u64, u64) {
        let memory = self.rows.iter().filter_map(|row| row.memory_bytes).sum();
        let disk = self.rows.iter().filter_map(|row| row.disk_bytes).sum();
        (memory, disk)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(key: u8, memory_bytes: Option<u64>, disk_bytes: Option<u64>, used_unix_ms: u64) -> CacheRow {
        let facts = CachedFacts { name: format!("{key}.wat"), ..CachedFacts::default() };
        CacheRow { key: CacheKey([key; 32]), facts, memory_bytes, disk_bytes, hits: 1, used_unix_ms }
    }

    #[test]
    fn a_key_survives_its_text_and_other_texts_are_no_keys() {
        let key = CacheKey(std::array::from_fn(|index| u8::try_from(index * 8).expect("it is below 256")));
        assert_eq!(CacheKey::from_hex(&key.to_hex()), Some(key));
        for text in ["", "00", &"0".repeat(63), &"0".repeat(66), &"G".repeat(64), &"A".repeat(64)] {
            assert_eq!(CacheKey::from_hex(text), None, "{text}");
        }
    }

    #[test]
    fn a_build_in_memory_and_on_disk_is_one_row_and_the_newest_comes_first() {
        let rows = CacheListing::join(
            vec![row(1, Some(10), None, 5), row(2, Some(20), None, 9)],
            vec![row(1, None, Some(7), 6), row(3, None, Some(8), 1)],
        );
        let listing = CacheListing { rows, ..CacheListing::default() };
        let seen: Vec<_> =
            listing.rows.iter().map(|row| (row.key.0[0], row.hits, row.used_unix_ms)).collect();
        assert_eq!(seen, [(2, 1, 9), (1, 2, 6), (3, 1, 1)]);
        assert_eq!(listing.total_bytes(), (30, 15));
    }
}

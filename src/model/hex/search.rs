//! Search for bytes in bytes.
//!
//! Takes time in proportion to the lengths, never to their product: both may be a guest's.

/// Where a search found something.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Matches {
    /// Address of each match, lowest first; matches may overlap.
    pub addresses: Vec<u64>,
    /// Whether the search stopped at its limit, so that there may be more.
    pub is_cut: bool,
}

/// Finds a run of bytes by the algorithm of Knuth, Morris and Pratt; `address` is that of the first byte.
///
/// Stops after `limit` matches. An empty needle is found nowhere.
pub fn find_all(haystack: &[u8], needle: &[u8], address: u64, limit: usize) -> Matches {
    let mut found = Matches::default();
    if needle.is_empty() || needle.len() > haystack.len() {
        return found;
    }
    let borders = borders(needle);
    let mut matched = 0;
    for (position, byte) in haystack.iter().enumerate() {
        while matched > 0 && needle[matched] != *byte {
            matched = borders[matched - 1];
        }
        if needle[matched] == *byte {
            matched += 1;
        }
        if matched == needle.len() {
            if found.addresses.len() >= limit {
                found.is_cut = true;
                break;
            }
            let start = u64::try_from(position + 1 - matched).unwrap_or(u64::MAX);
            found.addresses.push(address.saturating_add(start));
            matched = borders[matched - 1];
        }
    }
    found
}

/// For each prefix, the length of the longest shorter prefix that it ends with.
fn borders(needle: &[u8]) -> Vec<usize> {
    let mut borders = vec![0; needle.len()];
    let mut length = 0;
    for position in 1..needle.len() {
        while length > 0 && needle[length] != needle[position] {
            length = borders[length - 1];
        }
        if needle[length] == needle[position] {
            length += 1;
        }
        borders[position] = length;
    }
    borders
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_matches_are_found_up_to_the_limit() {
        type Case<'a> = (&'a [u8], &'a [u8], usize, &'a [u64], bool);
        let cases: &[Case<'_>] = &[
            (b"hello", b"l", 10, &[102, 103], false),
            (b"hello", b"hello", 10, &[100], false),
            (b"hello", b"hello!", 10, &[], false),
            (b"hello", b"", 10, &[], false),
            (b"", b"a", 10, &[], false),
            (b"aaaa", b"aa", 10, &[100, 101, 102], false),
            (b"aaaa", b"aa", 3, &[100, 101, 102], false),
            (b"aaaa", b"aa", 2, &[100, 101], true),
            (b"aaaa", b"aa", 0, &[], true),
            (b"abababac", b"ababac", 10, &[102], false),
        ];
        for (haystack, needle, limit, addresses, is_cut) in cases {
            let expected = Matches { addresses: addresses.to_vec(), is_cut: *is_cut };
            assert_eq!(find_all(haystack, needle, 100, *limit), expected, "{haystack:?} {needle:?}");
        }
    }

    #[test]
    fn every_needle_over_two_letters_is_found_as_by_looking_everywhere() {
        let haystack: Vec<u8> = (0..200_u32).map(|n| u8::try_from((n * n / 7) & 1).expect("a bit")).collect();
        for length in 1..=6_u32 {
            for bits in 0..1_u32 << length {
                let needle: Vec<u8> =
                    (0..length).map(|n| u8::try_from(bits >> n & 1).expect("a bit")).collect();
                let windows = haystack.windows(needle.len()).enumerate();
                let expected: Vec<u64> = windows
                    .filter(|(_, window)| *window == needle.as_slice())
                    .map(|(at, _)| u64::try_from(at).expect("small"))
                    .collect();
                assert_eq!(find_all(&haystack, &needle, 0, 1000).addresses, expected, "{needle:?}");
            }
        }
    }
}

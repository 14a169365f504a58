//! Finding and replacing, against a line by line search of the same text.

use super::super::*;

fn query(text: &str) -> SearchQuery {
    SearchQuery { text: text.to_owned(), ..SearchQuery::default() }
}

fn found(text: &str, query: &SearchQuery) -> Vec<(usize, String)> {
    let buffer = TextBuffer::new(text);
    let pattern = SearchPattern::new(query).expect("it is a pattern");
    let mut search = TextSearch::new(pattern, 0..buffer.len_bytes(), 1_000_000);
    while !search.advance(&buffer, 1) {}
    search.found().iter().map(|range| (range.start, buffer.slice(range.clone()).into_owned())).collect()
}

#[test]
fn every_way_of_looking_finds_what_it_says() {
    let case = SearchQuery { match_case: true, ..query("nop") };
    let word = SearchQuery { whole_word: true, ..query("nop") };
    let regex = |text: &str| SearchQuery { is_regex: true, ..query(text) };
    for (text, query, expected) in [
        ("nop NOP snoop nops", query("nop"), vec![(0, "nop"), (4, "NOP"), (14, "nop")]),
        ("nop NOP", case, vec![(0, "nop")]),
        ("nop nops (nop)", word, vec![(0, "nop"), (10, "nop")]),
        ("a\r\n b b\n  c\r\n", regex(r"^\s*\w+$"), vec![(0, "a"), (8, "  c")]),
        ("a \n b", regex(r"\s+"), vec![(1, " "), (3, " ")]),
        ("a\n\nb", regex("x*"), vec![]),
        ("Grüße GRÜSSE", query("grü"), vec![(0, "Grü"), (8, "GRÜ")]),
        ("a.b", query("."), vec![(1, ".")]),
        ("aaa", query("aa"), vec![(0, "aa")]),
        ("abc", query(""), vec![]),
    ] {
        let expected: Vec<(usize, String)> =
            expected.into_iter().map(|(at, text)| (at, text.to_owned())).collect();
        assert_eq!(found(text, &query), expected, "{text:?} {query:?}");
    }
}

#[test]
fn what_is_found_does_not_depend_on_where_a_piece_ends() {
    let text: String = (0..12_000).map(|line| format!("(func $f{line} nop)\r\n")).collect();
    for query in [query("nop"), SearchQuery { is_regex: true, ..query(r"\$f\d*7 \w+\)\s*") }] {
        let regex = regex::RegexBuilder::new(&query.text).case_insensitive(true).build().expect("it is good");
        let mut expected = Vec::new();
        let mut start = 0;
        for line in text.split_inclusive("\r\n") {
            let shown = line.trim_end_matches(['\r', '\n']);
            expected
                .extend(regex.find_iter(shown).map(|find| (start + find.start(), find.as_str().to_owned())));
            start += line.len();
        }
        assert_eq!(found(&text, &query), expected, "{query:?}");
    }
    let buffer = TextBuffer::new(&text);
    let pattern = SearchPattern::new(&query("$f11999 ")).expect("it is text");
    let place = pattern.next(&buffer, 0).expect("it is there");
    assert_eq!(pattern.next(&buffer, place.end), Some(place.clone()), "the search goes round");
    assert_eq!(pattern.previous(&buffer, 5), Some(place.clone()));
    assert_eq!(pattern.previous(&buffer, buffer.len_bytes()), Some(place));
    let first = SearchPattern::new(&query("$f0 ")).expect("it is text");
    assert_eq!(first.previous(&buffer, buffer.len_bytes()), Some(6..10));
}

#[test]
fn a_capped_search_says_so() {
    let buffer = TextBuffer::new(&"a ".repeat(100));
    let pattern = SearchPattern::new(&query("a")).expect("it is text");
    let mut search = TextSearch::new(pattern, 0..buffer.len_bytes(), 10);
    assert!(search.advance(&buffer, usize::MAX));
    assert_eq!((search.found().len(), search.is_capped()), (10, true));
}

#[test]
fn groups_are_filled_in() {
    let buffer = TextBuffer::new("i32.add\ni64.sub");
    let pattern = |is_regex| {
        SearchPattern::new(&SearchQuery {
            is_regex,
            ..query(if is_regex { r"i(\d+)\.(?<op>\w+)" } else { "i32" })
        })
    };
    let regex = pattern(true).expect("it is good");
    let find = regex.next(&buffer, 8).expect("it is there");
    assert_eq!(regex.replacement(&buffer, &find, "f${1}.$op!"), "f64.sub!");
    let plain = pattern(false).expect("it is text");
    assert_eq!(plain.replacement(&buffer, &(0..3), "$1"), "$1");
}

#[test]
fn a_broken_pattern_says_what_is_wrong_and_where() {
    for (text, message, at) in [
        ("a(", "unclosed group", Some(1)),
        ("[a", "unclosed character class", Some(0)),
        (r"a\nb", "a pattern can't reach over the end of a line", Some(1)),
        ("a{9999999}{9999}", "the pattern is too large", None),
    ] {
        let err = SearchPattern::new(&SearchQuery { is_regex: true, ..query(text) }).expect_err(text);
        assert_eq!((err.message.as_str(), err.at), (message, at), "{text:?}");
    }
    assert!(SearchPattern::new(&query("a(")).is_ok(), "a text is no pattern");
}

#[test]
fn a_search_that_follows_edits_finds_what_a_new_one_finds() {
    const PIECES: [&str; 8] = ["nop", "no", "p", "\n", " ", "nop\nnop", "é", "\r\n"];
    let mut seed = 7u64;
    let mut below = |bound: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap_or(0) % bound.max(1)
    };
    let word = SearchQuery { whole_word: true, ..query("nop") };
    let regex = SearchQuery { is_regex: true, ..query(r"^\s*nop|p$") };
    for query in [query("nop"), word, regex] {
        let pattern = SearchPattern::new(&query).expect("it is a pattern");
        let begun: String = (0..400).map(|_| PIECES[below(8)]).collect();
        let mut buffer = TextBuffer::new(&begun);
        let mut search = TextSearch::new(pattern.clone(), 0..buffer.len_bytes(), 1_000_000);
        // The first edits come while the search is still under way.
        search.advance(&buffer, 200);
        for step in 0..200 {
            for _ in 0..=below(3) {
                let start = buffer.floor(below(buffer.len_bytes() + 1));
                let end = buffer.floor((start + below(9)).min(buffer.len_bytes())).max(start);
                let change = buffer.replace(start..end, PIECES[below(8)]);
                search.follow(&change);
            }
            while !search.advance(&buffer, 300) {
                if step < 20 && below(2) == 0 {
                    break;
                }
            }
            if search.is_complete(&buffer) {
                let mut fresh = TextSearch::new(pattern.clone(), 0..buffer.len_bytes(), 1_000_000);
                while !fresh.advance(&buffer, usize::MAX) {}
                assert_eq!(search.found(), fresh.found(), "{query:?}, step {step}: {:?}", buffer.to_text());
                assert_eq!(search.percent(), 100);
            }
        }
        assert!(search.is_complete(&buffer));
    }
}

#[test]
fn a_line_of_megabytes_is_searched_in_pieces() {
    let line = "(data \"nop-nop\") ;; é ".repeat(60_000);
    let text = format!("nop\n{line}\nnop");
    for query in [query("nop"), SearchQuery { is_regex: true, ..query(r"^nop|\bnop-n\w+|é $") }] {
        let regex = if query.is_regex { r"(?mR)^nop|\bnop-n\w+|é $" } else { "nop" };
        let regex = regex::Regex::new(regex).expect("it is good");
        let expected: Vec<usize> = regex.find_iter(&text).map(|find| find.start()).collect();
        let found: Vec<usize> = found(&text, &query).into_iter().map(|(at, _)| at).collect();
        assert_eq!(found, expected, "{query:?}");
    }
    let buffer = TextBuffer::new(&text);
    let pattern = SearchPattern::new(&query("nop")).expect("it is text");
    let mut search = TextSearch::new(pattern, 0..buffer.len_bytes(), 1_000_000);
    assert!(!search.advance(&buffer, 1), "a piece is not the whole line");
}

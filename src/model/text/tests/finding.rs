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

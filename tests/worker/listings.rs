//! Listings over real threads: indexed, printed, searched, stopped, and never for a source that moved on.

use std::sync::Arc;

use wasm_workbench::engine::listing::{Listing, SearchPattern};
use wasm_workbench::model::ids::{Generation, RequestId, SourceId};
use wasm_workbench::worker::listing_protocol::{ListingCommand, ListingEvent, SearchEnd};
use wasm_workbench::worker::protocol::{Command, Event};

use super::bench::Bench;

const SOURCE: SourceId = SourceId(1);

fn wasm(num_functions: usize) -> Arc<[u8]> {
    let functions: Vec<_> =
        (0..num_functions).map(|it| format!("(func $f{it} nop i32.const {it} drop)")).collect();
    wat::parse_str(format!("(module {})", functions.join(" "))).expect("the sample is good").into()
}

fn make(bench: &Bench, generation: u64, wasm: Arc<[u8]>) {
    let generation = Generation(generation);
    bench.send(Command::Listing(ListingCommand::Make { source: SOURCE, generation, wasm }));
}

fn wait<T>(bench: &Bench, what: &str, mut choose: impl FnMut(ListingEvent) -> Option<T>) -> T {
    bench.wait(what, |event| match event {
        Event::Listing(event) => choose(event),
        _ => None,
    })
}

fn made(bench: &Bench) -> (u64, Result<Arc<Listing>, String>) {
    wait(bench, "listing", |event| match event {
        ListingEvent::Made { source: SOURCE, generation, result } => Some((generation.0, result)),
        _ => None,
    })
}

#[test]
fn a_binary_is_indexed_and_pages_of_it_are_printed() {
    let bench = Bench::new();
    make(&bench, 1, wasm(1000));
    let (_, listing) = made(&bench);
    let listing = listing.expect("the binary is good");
    let (generation, pages) = (Generation(1), vec![3, 0]);
    let command = ListingCommand::Print { source: SOURCE, generation, listing, pages };
    bench.send(Command::Listing(command));
    let pages = wait(&bench, "pages", |event| match event {
        ListingEvent::Printed { source: SOURCE, generation: Generation(1), pages } => Some(pages),
        _ => None,
    });
    assert_eq!(pages.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [3, 0]);
    assert_eq!(pages[1].1.line(1), Some("(module"));
}

#[test]
fn what_is_no_binary_says_why_and_the_next_one_is_served() {
    let bench = Bench::new();
    make(&bench, 1, b"\0asm\x01\0\0\0\x0a\xff\xff\xff\xff\x0f"[..].into());
    let (generation, listing) = made(&bench);
    assert!(listing.is_err_and(|message| message.contains("claims 4294967295 bytes")), "{generation}");
    make(&bench, 2, wasm(1));
    assert_eq!(made(&bench).0, 2);
}

#[test]
fn only_the_newest_bytes_of_a_source_get_a_listing() {
    let bench = Bench::new();
    let big = wasm(20_000);
    for generation in 1..=20 {
        make(&bench, generation, Arc::clone(&big));
    }
    // The first may have been done before the second came; those that waited are not done at all.
    let mut answers = Vec::new();
    while answers.last() != Some(&20) {
        answers.push(made(&bench).0);
    }
    assert!(answers.len() < 20, "{answers:?}");
}

#[test]
fn a_search_tells_what_it_finds_and_can_be_stopped() {
    let bench = Bench::new();
    make(&bench, 1, wasm(20_000));
    let listing = made(&bench).1.expect("the binary is good");
    let search = |number: u64, text: &str, is_regex: bool| {
        let pattern = SearchPattern { text: text.to_owned(), is_regex, match_case: true };
        let listing = Arc::clone(&listing);
        bench.send(Command::Listing(ListingCommand::Search { source: SOURCE, number, listing, pattern }));
    };
    let ended = |number: u64| {
        let mut lines = Vec::new();
        let end = wait(&bench, "end of the search", |event| match event {
            ListingEvent::Searched { number: of, found, end, .. } if of == number => {
                lines.extend(found.into_iter().map(|found| found.line));
                end
            }
            _ => None,
        });
        (lines, end)
    };
    search(1, r"const 1999\d$", true);
    let (lines, end) = ended(1);
    assert_eq!((lines.len(), end), (10, SearchEnd::Complete));
    assert!(lines.is_sorted());
    search(2, "nop", false);
    let (lines, end) = ended(2);
    assert_eq!((lines.len(), end), (10_000, SearchEnd::Full));
    search(3, "(", true);
    assert!(matches!(ended(3), (_, SearchEnd::Refused(_))));
    search(4, "nothing has this", false);
    bench.send(Command::Listing(ListingCommand::StopSearch));
    // It may not even have begun; the next one is served all the same.
    search(5, "$f7 ", false);
    assert_eq!(ended(5).1, SearchEnd::Complete);
}

#[test]
fn a_whole_text_and_sizes_are_answered_by_request() {
    let bench = Bench::new();
    let bytes = wasm(3);
    let request = RequestId(7);
    bench.send(Command::Listing(ListingCommand::Whole { request, wasm: Arc::clone(&bytes) }));
    let text = wait(&bench, "text", |event| match event {
        ListingEvent::Whole { request: RequestId(7), result } => Some(result),
        _ => None,
    });
    assert!(text.is_ok_and(|text| text.editor().buffer().line(0) == "(module"));
    let generation = Generation(4);
    let wasm = Arc::clone(&bytes);
    bench.send(Command::Listing(ListingCommand::Measure { source: SOURCE, generation, wasm }));
    let sizes = wait(&bench, "sizes", |event| match event {
        ListingEvent::Measured { source: SOURCE, generation: Generation(4), result } => Some(result),
        _ => None,
    });
    assert_eq!(sizes.map(|sizes| sizes.bytes), Ok(bytes.len() as u64));
}

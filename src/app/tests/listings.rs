//! Looking at a binary: pages, searches and sizes, and answers that came too late.

use super::*;
use crate::app::ListingPages;
use crate::engine::listing::{Found, Listing, PAGE_LINES, SearchPattern};
use crate::model::diagnostic::Place;
use crate::model::ids::Generation;
use crate::model::module_sizes::ModuleSizes;
use crate::model::text::ReadFile;
use crate::worker::listing_protocol::{ListingCommand, ListingEvent, SearchEnd};

/// Opens a binary with some functions; the listing has been made.
fn opened() -> (World, SourceId, Arc<Listing>) {
    let mut world = World::empty();
    world.act(Action::File(FileAction::Open(vec!["a.wasm".into()])));
    let request = world.last_open();
    let text = format!("(module {})", "(func nop nop)".repeat(1000));
    let wasm: Arc<[u8]> = wat::parse_str(text).expect("it is valid").into();
    world.hear(Event::FileOpened {
        request,
        path: "a.wasm".into(),
        result: Ok((ReadFile::new(Arc::clone(&wasm)), 0)),
    });
    let listing = Arc::new(Listing::index(wasm, &mut |_, _| true).expect("it is valid"));
    (world, SourceId(1), listing)
}

fn made(world: &mut World, generation: u64, listing: &Arc<Listing>) {
    let (source, generation) = (world.source(), Generation(generation));
    let result = Ok(Arc::clone(listing));
    world.hear(Event::Listing(ListingEvent::Made { source, generation, result }));
}

fn asked_pages(world: &World) -> Vec<Vec<u32>> {
    let asked = world.sent.iter().filter_map(|command| match command {
        Command::Listing(ListingCommand::Print { pages, .. }) => Some(pages.clone()),
        _ => None,
    });
    asked.collect()
}

#[test]
fn pages_in_view_are_asked_for_once_and_those_of_older_bytes_are_dropped() {
    let (mut world, source, listing) = opened();
    world.act(Action::Source(SourceAction::ShowLines(source, 1..40)));
    assert!(asked_pages(&world).is_empty(), "there is no listing yet");
    made(&mut world, 1, &listing);
    world.act(Action::Source(SourceAction::ShowLines(source, 1..40)));
    assert_eq!(asked_pages(&world), [vec![0]]);
    let pages =
        |world: &World| world.state.source(source).map(|it| it.reading.pages.clone()).unwrap_or_default();
    assert!(!pages(&world).lacks(&(1..40)), "it has been asked for");
    let page = (0, Arc::new(listing.page_numbered(0)));
    for (generation, is_taken) in [(0, false), (1, true)] {
        let generation = Generation(generation);
        let pages_made = vec![page.clone()];
        world.hear(Event::Listing(ListingEvent::Printed { source, generation, pages: pages_made }));
        assert_eq!(pages(&world).line(1).is_some(), is_taken);
    }
    // Lines over two pages, and half a page before and after.
    let lines = 2 * PAGE_LINES - 5..2 * PAGE_LINES + 5;
    world.act(Action::Source(SourceAction::ShowLines(source, lines)));
    assert_eq!(asked_pages(&world).last(), Some(&vec![1, 2]));
}

#[test]
fn pages_are_kept_up_to_a_bound_and_the_one_in_view_always() {
    let (_, _, listing) = opened();
    let mut pages = ListingPages::default();
    let page = Arc::new(listing.page_numbered(1));
    let most = (16 << 20) / page.memory_bytes();
    for number in 0..2 * u32::try_from(most).expect("there are few") {
        pages.look_at(&(1..2), listing.num_lines());
        pages.insert(number, Arc::clone(&page));
    }
    assert!(pages.memory_bytes() <= 16 << 20 && pages.memory_bytes() > 15 << 20);
    assert!(!pages.lacks(&(1..2)));
    assert!(pages.lacks(&(300..301)), "the oldest are forgotten");
}

#[test]
fn an_offset_that_was_asked_for_early_is_gone_to_when_there_is_a_listing() {
    let (mut world, source, listing) = opened();
    let function = listing.function(7).expect("there are many");
    let place = Place { offset: Some(function.bytes.start), ..Place::default() };
    world.act(Action::Source(SourceAction::GoTo(source, place)));
    let line = |world: &World| world.state.source(source).and_then(|it| it.go_to.as_ref()?.place.line);
    assert_eq!(line(&world), None);
    made(&mut world, 1, &listing);
    assert_eq!(line(&world), Some(function.line));
}

#[test]
fn what_an_older_search_finds_is_dropped() {
    let (mut world, source, listing) = opened();
    made(&mut world, 1, &listing);
    let pattern = SearchPattern { text: "nop".to_owned(), ..SearchPattern::default() };
    world.act(Action::Source(SourceAction::SearchListing(source, pattern.clone())));
    world.act(Action::Source(SourceAction::SearchListing(source, pattern)));
    let found = Found { line: 5, matched: 0..3, excerpt: "nop".to_owned(), function: None };
    let hear = |world: &mut World, number: u64, end: Option<SearchEnd>| {
        let found = vec![found.clone()];
        world.hear(Event::Listing(ListingEvent::Searched { source, number, found, percent: 40, end }));
    };
    let num_found = |world: &World| {
        world.state.source(source).and_then(|it| it.reading.search.as_ref()).map(|search| search.found.len())
    };
    hear(&mut world, 1, None);
    assert_eq!(num_found(&world), Some(0));
    hear(&mut world, 2, None);
    world.act(Action::Source(SourceAction::StopSearch(source)));
    assert!(matches!(world.sent.last(), Some(Command::Listing(ListingCommand::StopSearch))));
    hear(&mut world, 2, Some(SearchEnd::Complete));
    assert_eq!(num_found(&world), Some(1), "it had been stopped");
    world.act(Action::Source(SourceAction::CloseSearch(source)));
    assert_eq!(num_found(&world), None);
}

#[test]
fn sizes_are_asked_for_once_a_build_and_late_ones_are_dropped() {
    let mut world = World::ready(ADD);
    let source = world.source();
    let asked = |world: &World| {
        let asked = world.sent.iter().filter_map(|command| match command {
            Command::Listing(ListingCommand::Measure { generation, .. }) => Some(*generation),
            _ => None,
        });
        asked.collect::<Vec<_>>()
    };
    world.act(Action::Source(SourceAction::MeasureSizes(source)));
    world.act(Action::Source(SourceAction::MeasureSizes(source)));
    assert_eq!(asked(&world), [Generation(1)]);
    world.edit("(module)");
    world.wait(1000);
    world.answer_compiler();
    world.act(Action::Source(SourceAction::MeasureSizes(source)));
    assert_eq!(asked(&world), [Generation(1), Generation(2)]);
    let hear = |world: &mut World, generation: u64, bytes: u64| {
        let (generation, result) =
            (Generation(generation), Ok(Arc::new(ModuleSizes { bytes, ..ModuleSizes::default() })));
        world.hear(Event::Listing(ListingEvent::Measured { source, generation, result }));
    };
    hear(&mut world, 2, 8);
    hear(&mut world, 1, 99);
    let known = world.state.source(source).and_then(|it| it.reading.sizes.known.clone());
    assert!(matches!(known, Some((Generation(2), Ok(sizes))) if sizes.bytes == 8));
}

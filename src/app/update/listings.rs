//! Looking at a binary: lines that come into view, searches, sizes.

use std::ops::Range;
use std::sync::Arc;

use super::super::state::{AppState, ListingSearch, Purpose, Source, SourceContent};
use crate::engine::listing::{SearchPattern, Stretch};
use crate::model::ids::{RequestId, SourceId};
use crate::worker::listing_protocol::{ListingCommand, SearchEnd};
use crate::worker::protocol::Command;

/// Has a binary indexed anew.
pub(crate) fn make(source: &mut Source, out: &mut Vec<Command>) {
    source.reading = super::super::state::Reading::default();
    if let SourceContent::Binary { bytes, .. } = &source.content {
        let (id, generation, wasm) = (source.id, source.generation, Arc::clone(bytes));
        out.push(Command::Listing(ListingCommand::Make { source: id, generation, wasm }));
    }
}

/// Asks for the lines, from 1, that are in view and not there.
pub(super) fn show_lines(state: &mut AppState, id: SourceId, lines: &Range<u32>, out: &mut Vec<Command>) {
    let Some(source) = state.source_mut(id) else { return };
    let SourceContent::Binary { listing: Some(Ok(listing)), .. } = &source.content else { return };
    let pages = source.reading.pages.look_at(lines, listing.num_lines());
    if !pages.is_empty() {
        let (generation, listing) = (source.generation, Arc::clone(listing));
        out.push(Command::Listing(ListingCommand::Print { source: id, generation, listing, pages }));
    }
}

/// Begins a search, in place of the one before.
pub(super) fn search(state: &mut AppState, id: SourceId, pattern: SearchPattern, out: &mut Vec<Command>) {
    let last = state.sources.iter().filter_map(|source| source.reading.search.as_ref());
    let number = last.map(|search| search.number).max().unwrap_or(0).max(state.last_search) + 1;
    state.last_search = number;
    // There is one thread for all searches.
    for source in &mut state.sources {
        if let Some(search) = source.reading.search.as_mut().filter(|search| search.end.is_none()) {
            search.end = Some(SearchEnd::Stopped);
        }
    }
    let Some(source) = state.source_mut(id) else { return };
    let SourceContent::Binary { listing: Some(Ok(listing)), .. } = &source.content else { return };
    let listing = Arc::clone(listing);
    source.reading.search =
        Some(ListingSearch { number, pattern: pattern.clone(), found: Vec::new(), percent: 0, end: None });
    out.push(Command::Listing(ListingCommand::Search { source: id, number, listing, pattern }));
}

/// Stops a search and keeps what it found.
pub(super) fn stop_search(state: &mut AppState, id: SourceId, out: &mut Vec<Command>) {
    let search = state.source_mut(id).and_then(|source| source.reading.search.as_mut());
    if let Some(search) = search.filter(|search| search.end.is_none()) {
        search.end = Some(SearchEnd::Stopped);
        out.push(Command::Listing(ListingCommand::StopSearch));
    }
}

/// Forgets a search and what it found.
pub(super) fn close_search(state: &mut AppState, id: SourceId, out: &mut Vec<Command>) {
    stop_search(state, id, out);
    if let Some(source) = state.source_mut(id) {
        source.reading.search = None;
    }
}

/// Asks what a source's binary is made of: the bytes of a binary, or those that a text was compiled to.
pub(super) fn measure(state: &mut AppState, id: SourceId, out: &mut Vec<Command>) {
    let Some(source) = state.source_mut(id) else { return };
    let wasm = match (&source.content, &source.good) {
        (SourceContent::Binary { bytes, .. }, _) => Arc::clone(bytes),
        (SourceContent::Text(_), Some(good)) => Arc::clone(&good.build.wasm),
        (SourceContent::Text(_), None) => return,
    };
    let generation = source.sizes_generation();
    if source.reading.sizes.asked == Some(generation) {
        return;
    }
    source.reading.sizes.asked = Some(generation);
    out.push(Command::Listing(ListingCommand::Measure { source: id, generation, wasm }));
}

/// Asks for a stretch of a listing, to put it into the clipboard; one at a time.
pub(super) fn copy(state: &mut AppState, id: SourceId, stretch: Stretch, out: &mut Vec<Command>) {
    if state.requests.any(|purpose| *purpose == Purpose::CopyListing) {
        return;
    }
    let Some(source) = state.source(id) else { return };
    let SourceContent::Binary { listing: Some(Ok(listing)), .. } = &source.content else { return };
    let listing = Arc::clone(listing);
    let request = state.requests.ask(Purpose::CopyListing);
    out.push(Command::Listing(ListingCommand::Copy { request, listing, stretch }));
}

/// Asks for the whole text of a binary, to edit it.
pub(super) fn print_whole(request: RequestId, wasm: Arc<[u8]>, out: &mut Vec<Command>) {
    out.push(Command::Listing(ListingCommand::Whole { request, wasm }));
}

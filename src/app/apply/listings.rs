//! Answers about listings and sizes; what is about older bytes or an older search is dropped.

use std::sync::Arc;

use super::super::state::{AppState, Effect, Now, Purpose, Source, SourceContent};
use super::super::update::open_printed;
use crate::engine::listing::ListingError;
use crate::model::event::LogLevel;
use crate::model::humanize;
use crate::model::ids::{Generation, SourceId};
use crate::worker::listing_protocol::ListingEvent;
use crate::worker::protocol::{Command, Notice};

pub(super) fn apply(state: &mut AppState, event: ListingEvent, now: Now, out: &mut Vec<Command>) {
    match event {
        ListingEvent::Indexing { source, generation, percent } => {
            if let Some(source) = newest(state, source, generation) {
                source.reading.percent = Some(percent);
            }
        }
        ListingEvent::Made { source, generation, result } => {
            if let Some(source) = newest(state, source, generation)
                && let SourceContent::Binary { listing, .. } = &mut source.content
            {
                *listing = Some(result);
                go_on(source);
            }
        }
        ListingEvent::Printed { source, generation, pages } => {
            if let Some(source) = newest(state, source, generation) {
                for (number, page) in pages {
                    source.reading.pages.insert(number, page);
                }
            }
        }
        ListingEvent::Searched { source, number, found, percent, end } => {
            let search = state.source_mut(source).and_then(|source| source.reading.search.as_mut());
            if let Some(search) = search.filter(|search| search.number == number && search.end.is_none()) {
                search.found.extend(found);
                search.percent = percent;
                search.end = end;
            }
        }
        ListingEvent::Whole { request, result } => {
            let Some(Purpose::EditAsWat(source)) = state.requests.take(request) else { return };
            match result {
                Ok(text) => open_printed(state, source, text, out),
                Err(err) => state.notify(LogLevel::Warn, refusal(&err), now),
            }
        }
        ListingEvent::Copied { request, result } => {
            if state.requests.take(request) != Some(Purpose::CopyListing) {
                return;
            }
            match result {
                Ok(text) => state.effects.push(Effect::Copy(text)),
                Err(err) => {
                    let notice = Notice {
                        level: LogLevel::Warn,
                        message: not_copied(&err),
                        details: Some("`wasm-workbench print FILE` writes all of it".to_owned()),
                    };
                    state.notices.push(notice, now.since_start);
                }
            }
        }
        ListingEvent::Measured { source, generation, result } => {
            if let Some(source) = state.source_mut(source)
                && source.reading.sizes.asked == Some(generation)
            {
                source.reading.sizes.known = Some((generation, result));
            }
        }
    }
}

fn newest(state: &mut AppState, id: SourceId, generation: Generation) -> Option<&mut Source> {
    state.source_mut(id).filter(|source| source.generation == generation)
}

/// Takes up a wish to go to an offset that had come before there was a listing.
fn go_on(source: &mut Source) {
    let SourceContent::Binary { listing: Some(Ok(listing)), .. } = &source.content else { return };
    let listing = Arc::clone(listing);
    if let Some(mut place) = source.go_to.as_ref().map(|go_to| go_to.place.clone())
        && place.line.is_none()
        && let Some(line) = place.offset.and_then(|offset| listing.line_of(offset))
    {
        place.line = Some(line);
        source.go_to(place);
    }
}

fn not_copied(err: &ListingError) -> String {
    match err {
        ListingError::TooLarge { max_bytes, .. } => format!(
            "Nothing was copied: what is selected has more than the {} that go into the clipboard",
            humanize::binary_bytes(*max_bytes)
        ),
        ListingError::Malformed { .. } | ListingError::Stopped => format!("Nothing was copied: {err}"),
    }
}

fn refusal(err: &ListingError) -> String {
    match err {
        ListingError::TooLarge { bytes, max_bytes } => format!(
            "The text would have {}; up to {} can be edited",
            humanize::binary_bytes(*bytes),
            humanize::binary_bytes(*max_bytes)
        ),
        ListingError::Malformed { .. } | ListingError::Stopped => format!("No text of this binary: {err}"),
    }
}

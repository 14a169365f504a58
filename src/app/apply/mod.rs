//! Turns what a worker did or saw into a changed state and further commands.
//!
//! Pure: no clock, no file, no thread. What answers an older question than the newest is dropped.

mod compile;
mod files;
mod listings;
mod needs;
mod operators;
mod plugin;

use super::state::{AppState, Now, TextReading};
use super::update::{offer_recovered, rewritten, settle};
use crate::worker::protocol::{CacheCommand, Command, Event};
use crate::worker::text_protocol::TextEvent;

/// Takes up what a worker did or saw and returns what is to be done next.
pub fn apply(state: &mut AppState, event: Event, now: Now) -> Vec<Command> {
    let mut out = Vec::new();
    match event {
        Event::CompileStarted { source, generation } => compile::started(state, source, generation, now),
        Event::Compiled { source, generation, result } => {
            compile::ended(state, source, generation, result, now, &mut out);
        }
        Event::TextRead { source, generation, version, reading } => {
            if let Some(source) = state.source_mut(source) {
                source.take_reading(TextReading { generation, version, reading }, &mut out);
            }
        }
        Event::Text(TextEvent::Rewritten { request, result }) => rewritten(state, request, result, now),
        Event::ProbeMoved { request, progress } => needs::moved(state, request, progress),
        Event::ProbeEnded { request, result } => needs::ended(state, request, result),
        Event::CountMoved { request, step } => operators::moved(state, request, step),
        Event::OperatorsCounted { request, result } => operators::ended(state, request, result),
        Event::Listing(event) => listings::apply(state, event, now, &mut out),
        Event::Plugin { plugin, event } => plugin::apply(state, plugin, event, now, &mut out),
        Event::FileOpened { request, path, result } => {
            files::opened(state, request, &path, result, now, &mut out);
        }
        Event::FilesPicked { request, result } => files::picked(state, request, result, now, &mut out),
        Event::SavePathPicked { request, result } => {
            files::save_path_picked(state, request, result, now, &mut out);
        }
        Event::FileSaved { request, path, result } => {
            files::saved(state, request, &path, result, now, &mut out);
        }
        Event::FileChanged { path, content } => files::changed(state, &path, content, now, &mut out),
        Event::UnsavedFound { texts } => offer_recovered(state, texts),
        Event::Compared { request, difference } => files::compared(state, request, difference),
        // Whoever never looked at what is kept need not hear of it.
        Event::CacheChanged if state.cache.is_none() => {}
        Event::CacheChanged => out.push(Command::Cache(CacheCommand::List)),
        Event::CacheListed(listing) => state.cache = Some(listing),
        Event::Notice(notice) => {
            super::journal::notice(state, &notice, now);
            state.notices.push(notice, now.since_start);
        }
    }
    settle(state, &mut out);
    out
}

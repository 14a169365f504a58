//! What the operators of a source cost in fuel: changed, kept with the session, found again.
//!
//! Knows no price list; the engine has the default prices.

use super::super::session::Session;
use super::super::state::{AppState, Now, Source};
use super::{opened_as, request_compile};
use crate::model::event::LogLevel;
use crate::model::ids::SourceId;
use crate::model::operators::PriceChanges;
use crate::worker::protocol::Command;

/// Changes the prices of a source and has it compiled anew with them.
pub(super) fn set(
    state: &mut AppState,
    id: SourceId,
    prices: PriceChanges,
    now: Now,
    out: &mut Vec<Command>,
) {
    let Some(source) = state.source_mut(id).filter(|source| source.prices != prices) else { return };
    source.prices = prices;
    // What is being compiled at the prices before must not count as the answer to this.
    source.generation = source.generation.successor();
    let message = format!("fuel prices changed: `{}` is compiled anew", source.name);
    remember(state, id);
    request_compile(state, id, out);
    state.notify(LogLevel::Info, message, now);
}

/// Takes the prices of a source up into the session, if that knows it.
pub(crate) fn remember(state: &mut AppState, id: SourceId) {
    let Some(source) = state.sources.iter().find(|source| source.id == id) else { return };
    let Some(opened) = opened_as(source) else { return };
    if state.session.prices_of(&opened).cloned().unwrap_or_default() != source.prices {
        state.session.remember_prices(opened, &source.prices);
        state.keeping.session_is_new = true;
    }
}

/// Gives a source that is opened the prices that it had before.
pub(super) fn restore(session: &Session, source: &mut Source) {
    if let Some(prices) = opened_as(source).and_then(|opened| session.prices_of(&opened)) {
        source.prices = prices.clone();
    }
}

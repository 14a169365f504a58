//! The limits, rules and other options of a plugin: what it starts with, kept with the session, found again.
//!
//! Samples keep none: each comes with its own, and whoever opens it again should find those.

use super::super::session::OpenedSource;
use super::super::state::{AppState, Source};
use super::opened_as;
use crate::engine::PluginOptions;
use crate::model::ids::SourceId;
use crate::model::limit_rules::LimitRules;

/// Returns what a new plugin of that source starts with: what its file had last, or else what the settings or the
/// sample say.
pub(super) fn starting(state: &AppState, source: SourceId) -> PluginOptions {
    let kept = kept_as(state, source).and_then(|opened| state.session.options_of(&opened));
    kept.cloned().unwrap_or_else(|| usual(state, source))
}

/// Takes options that were changed up into the session, if that knows their source.
pub(crate) fn remember(state: &mut AppState, source: SourceId, options: &PluginOptions) {
    let Some(opened) = kept_as(state, source) else { return };
    let kept = (*options != usual(state, source)).then(|| options.clone());
    if state.session.options_of(&opened) != kept.as_ref() {
        state.session.remember_options(opened, kept);
        state.keeping.session_is_new = true;
    }
}

fn usual(state: &AppState, source: SourceId) -> PluginOptions {
    let sample = state.source(source).and_then(Source::sample);
    PluginOptions {
        limits: state.starting_limits(source),
        rules: LimitRules::NONE,
        stub_missing_imports: sample.is_some_and(|sample| sample.stub_missing_imports),
        keep_after_trap: false,
    }
}

fn kept_as(state: &AppState, source: SourceId) -> Option<OpenedSource> {
    let opened = state.source(source).and_then(opened_as);
    opened.filter(|opened| matches!(opened, OpenedSource::File(_)))
}

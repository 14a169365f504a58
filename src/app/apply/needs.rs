//! What the search for a call's needs answers.

use std::sync::Arc;

use super::super::state::{AppState, NeedsStatus, Purpose};
use crate::model::ids::RequestId;
use crate::model::needs::{Needs, Progress};

pub(super) fn moved(state: &mut AppState, id: RequestId, progress: Progress) {
    let view = state.plugins.iter_mut().filter_map(|plugin| plugin.needs.as_mut());
    for view in view {
        if let NeedsStatus::Running { request, progress: shown, .. } = &mut view.status
            && *request == id
        {
            *shown = Some(progress);
        }
    }
}

pub(super) fn ended(state: &mut AppState, request: RequestId, result: Result<Option<Arc<Needs>>, String>) {
    let Some(Purpose::FindNeeds { plugin }) = state.requests.take(request) else { return };
    let view = state.plugin_mut(plugin).and_then(|plugin| plugin.needs.as_mut());
    // A newer question has taken the place of an older one, whose answer nobody waits for.
    if let Some(view) = view.filter(|view| view.is_asked_by(request)) {
        view.status = match result {
            Ok(Some(needs)) => NeedsStatus::Found(needs),
            Ok(None) => NeedsStatus::Stopped,
            Err(reason) => NeedsStatus::Failed(reason),
        };
    }
}

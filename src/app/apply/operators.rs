//! What the counting of a call's operators answers.

use std::sync::Arc;

use super::super::state::{AppState, CountsStatus, Purpose};
use crate::model::ids::RequestId;
use crate::model::operators::{CountStep, OperatorCounts};

pub(super) fn moved(state: &mut AppState, id: RequestId, new: CountStep) {
    let view = state.plugins.iter_mut().filter_map(|plugin| plugin.counts.as_mut());
    for view in view {
        if let CountsStatus::Running { request, step, .. } = &mut view.status
            && *request == id
        {
            *step = Some(new);
        }
    }
}

pub(super) fn ended(
    state: &mut AppState,
    request: RequestId,
    result: Result<Option<Arc<OperatorCounts>>, String>,
) {
    let Some(Purpose::CountOperators { plugin }) = state.requests.take(request) else { return };
    let Some(plugin) = state.plugin_mut(plugin) else { return };
    // A newer question has taken the place of an older one, whose answer nobody waits for.
    let Some(view) = plugin.counts.as_mut().filter(|view| view.is_asked_by(request)) else { return };
    view.status = match result {
        Ok(Some(counts)) => CountsStatus::Counted(counts),
        Ok(None) => CountsStatus::Stopped,
        Err(reason) => CountsStatus::Failed(reason),
    };
    plugin.default_fuel.note(view);
}

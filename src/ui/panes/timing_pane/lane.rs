//! One set of calls in the plots: those of a plugin, or one of two sets that are compared.
//!
//! Knows no points; it says which calls there are, and from where both axes count them.

use std::ops::Range;

use crate::app::{AppState, PluginView, SubjectCalls};
use crate::model::ids::PluginId;
use crate::model::limits::Limits;
use crate::model::timeline::{Brush, Timeline};

/// One set of calls in the plots.
#[derive(Debug, Clone)]
pub(super) struct Lane<'a> {
    pub(super) timeline: &'a Timeline,
    /// Calls that are shown, by index.
    pub(super) range: Range<usize>,
    pub(super) limits: Limits,
    pub(super) label: String,
    /// What the axes take off numbers and starts, so that two lanes begin together.
    pub(super) before_number: u64,
    pub(super) before_ns: u64,
}

impl<'a> Lane<'a> {
    /// All calls of a timeline, under their own numbers.
    pub(super) fn whole(timeline: &'a Timeline) -> Self {
        Self {
            timeline,
            range: 0..timeline.len(),
            limits: Limits::UNLIMITED,
            label: String::new(),
            before_number: 0,
            before_ns: 0,
        }
    }

    /// Some calls of a timeline, counted from the first of them.
    pub(super) fn paired(timeline: &'a Timeline, range: Range<usize>) -> Self {
        Self {
            before_number: timeline.number(range.start).saturating_sub(1),
            before_ns: timeline.get(range.start).map_or(0, |call| call.started_ns),
            range,
            ..Self::whole(timeline)
        }
    }

    fn of_subject(calls: SubjectCalls<'a>) -> Self {
        Self { limits: calls.limits, label: calls.label, ..Self::paired(calls.timeline, calls.range) }
    }

    /// Tells which calls of their timeline these are; [`Owner`] tells whose timeline.
    pub(super) fn key(&self) -> LaneKey {
        LaneKey {
            first_number: self.timeline.first_number(),
            next_number: self.timeline.number(self.timeline.len()),
            range: self.range.clone(),
            limits: self.limits,
        }
    }
}

/// Returns which calls of each lane are picked out by number, by index.
///
/// Two lanes begin together, so that a stretch of the common axis picks calls of both; which these are was
/// found when it was dragged over. Where it was not, as with a selection that is older than the comparison,
/// the second lane follows the numbers of the first.
pub(super) fn picked(lanes: &[Lane<'_>], brush: Brush) -> Vec<Range<usize>> {
    let cut = |range: Range<usize>, lane: &Lane<'_>| {
        let start = range.start.clamp(lane.range.start, lane.range.end);
        start..range.end.clamp(start, lane.range.end)
    };
    let own = |lane: &Lane<'_>| cut(brush.range(lane.timeline), lane);
    let other = |first: &Lane<'_>, lane: &Lane<'_>| {
        if brush.second.is_some() || brush.calls.is_none() {
            return cut(brush.second_range(lane.timeline), lane);
        }
        let of_first = own(first);
        let (from, to) = (of_first.start - first.range.start, of_first.end - first.range.start);
        cut(lane.range.start + from..lane.range.start + to, lane)
    };
    match lanes {
        [first, second] => vec![own(first), other(first, second)],
        _ => lanes.iter().map(own).collect(),
    }
}

/// Which calls a lane shows.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct LaneKey {
    first_number: u64,
    next_number: u64,
    range: Range<usize>,
    limits: Limits,
}

/// Returns what the plots show: the selected plugin's calls, or the two sets that are compared.
pub(super) fn lanes<'a>(state: &'a AppState, plugin: &'a PluginView) -> Vec<Lane<'a>> {
    match state.shown_pairing() {
        Some(both) => both.into_iter().map(Lane::of_subject).collect(),
        None => vec![Lane {
            limits: plugin.options.limits,
            label: state.plugin_label(plugin.id),
            ..Lane::whole(&plugin.calls.timeline)
        }],
    }
}

/// Which plugins and builds the lanes are of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Owner {
    pub(super) plugin: PluginId,
    pub(super) pairing: Option<crate::app::Pairing>,
}

impl Owner {
    pub(super) fn of(state: &AppState, plugin: &PluginView) -> Self {
        Self { plugin: plugin.id, pairing: state.pairing.filter(|_| state.shown_pairing().is_some()) }
    }
}

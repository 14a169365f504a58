//! One set of calls in the plots: those of a plugin, or one of two sets that are compared.
//!
//! Knows no points; it says which calls there are, and from where both axes count them.

use std::ops::Range;

use crate::app::{AppState, PluginView, SubjectCalls};
use crate::model::ids::PluginId;
use crate::model::limit_rules::LimitRules;
use crate::model::limits::Limits;
use crate::model::timeline::{Brush, OutcomeCounts, Pick, Series, Timeline};

use super::choice::short;
use super::limit_lines::LaneLimits;

/// The rules of a lane that has none.
static NO_RULES: LimitRules = LimitRules::NONE;

/// One set of calls in the plots.
#[derive(Debug, Clone)]
pub(super) struct Lane<'a> {
    pub(super) timeline: &'a Timeline,
    /// Calls that are shown, by index; of one export, from its first to its last.
    pub(super) range: Range<usize>,
    /// Which calls of the range figures are taken of; `None` where two lanes have nothing to compare.
    pub(super) pick: Option<Pick>,
    /// How the calls ended that are shown.
    pub(super) counts: OutcomeCounts,
    /// Limits of the calls that are shown.
    pub(super) limits: LaneLimits,
    /// Limits of the plugin, and those of single functions before them.
    pub(super) own_limits: Limits,
    pub(super) rules: &'a LimitRules,
    pub(super) label: String,
    /// Whether it stands beside another one, and both begin together.
    pub(super) is_paired: bool,
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
            pick: Some(Pick::default()),
            counts: OutcomeCounts::default(),
            limits: LaneLimits::of(Limits::UNLIMITED, &NO_RULES, std::iter::empty()),
            own_limits: Limits::UNLIMITED,
            rules: &NO_RULES,
            label: String::new(),
            is_paired: false,
            before_number: 0,
            before_ns: 0,
        }
    }

    /// Some calls of a timeline, counted from the first of them.
    pub(super) fn paired(timeline: &'a Timeline, range: Range<usize>) -> Self {
        let mut lane = Self { range, is_paired: true, ..Self::whole(timeline) };
        lane.begin_at_range();
        lane
    }

    fn begin_at_range(&mut self) {
        self.before_number = self.timeline.number(self.range.start).saturating_sub(1);
        self.before_ns = self.timeline.get(self.range.start).map_or(0, |call| call.started_ns);
    }

    fn of_subject(calls: SubjectCalls<'a>) -> Self {
        Self {
            own_limits: calls.limits,
            rules: calls.rules,
            label: calls.label,
            ..Self::paired(calls.timeline, calls.range)
        }
    }

    /// Cuts what is shown to the calls of an export.
    pub(super) fn keep_calls_of(&mut self, export: u32) {
        let calls = self.timeline.extent_of(Series::WallNs, self.range.clone(), Some(export));
        if let Some(calls) = calls {
            self.range = calls.first..calls.last + 1;
        }
        if self.is_paired {
            self.begin_at_range();
        }
    }

    /// Returns the export whose calls are shown, if it is one.
    pub(super) fn export(&self) -> Option<u32> {
        self.pick?.export
    }

    /// Returns the name of that export, as far as there is room for it.
    pub(super) fn export_name(&self) -> Option<String> {
        self.export().map(|export| short(self.timeline.name(export)))
    }

    /// Tells whether a call is shown.
    pub(super) fn shows(&self, index: usize) -> bool {
        let is_of = |export: u32| self.export().is_none_or(|shown| shown == export);
        self.range.contains(&index) && self.timeline.get(index).is_some_and(|call| is_of(call.export))
    }

    /// Returns the last call that is shown before that index, and the first one after it.
    pub(super) fn neighbours(&self, index: usize) -> (Option<usize>, Option<usize>) {
        let of = |range| self.timeline.extent_of(Series::WallNs, range, self.export());
        let before = of(self.range.start..index.clamp(self.range.start, self.range.end));
        let after = of((index + 1).clamp(self.range.start, self.range.end)..self.range.end);
        (before.map(|calls| calls.last), after.map(|calls| calls.first))
    }

    /// Tells which calls of their timeline these are; [`Owner`] tells whose timeline.
    pub(super) fn calls_key(&self) -> CallsKey {
        CallsKey {
            first_number: self.timeline.first_number(),
            next_number: self.timeline.number(self.timeline.len()),
            range: self.range.clone(),
        }
    }

    /// Tells which calls of their timeline are shown, and what is told of them.
    pub(super) fn key(&self) -> LaneKey {
        LaneKey { calls: self.calls_key(), pick: self.pick, limits: self.limits.clone() }
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

/// Which calls of their timeline the calls of a lane are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CallsKey {
    first_number: u64,
    next_number: u64,
    range: Range<usize>,
}

/// Which calls a lane shows, and their limits.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct LaneKey {
    calls: CallsKey,
    pick: Option<Pick>,
    limits: LaneLimits,
}

/// Returns the selected plugin's calls, or the two sets that are compared, before an export is chosen.
pub(super) fn lanes<'a>(state: &'a AppState, plugin: &'a PluginView) -> Vec<Lane<'a>> {
    match state.shown_pairing() {
        Some(both) => both.into_iter().map(Lane::of_subject).collect(),
        None => vec![Lane {
            own_limits: plugin.options.limits,
            rules: &plugin.options.rules,
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

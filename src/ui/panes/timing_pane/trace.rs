//! One series as it is plotted: buckets of calls with their places, and the scale of its axis.
//!
//! Knows no pixels but how many there are. Made anew only when calls were added or the view was moved, and
//! in steps that depend on the width of the plot and not on the number of calls.

use crate::model::call::Outcome;
use crate::model::limits::{LimitKind, Limits};
use crate::model::timeline::{Bucket, Scale, Series};

use super::lane::{Lane, LaneKey, Owner};
use super::view::{Axis, Span};

/// From which ratio of largest to smallest value on a scale is logarithmic by itself.
const WIDE_SPREAD: u64 = 50;
/// Points that a call of its own is given at least; with less, calls share a stroke.
const POINTS_PER_CALL: f32 = 2.0;

/// Which scale somebody asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum ScaleChoice {
    /// Logarithmic where the values spread far.
    #[default]
    Auto,
    /// Always linear.
    Linear,
    /// Always logarithmic.
    Logarithmic,
    /// As far as the values reach, with the limit out of view when it lies above.
    Values,
}

impl ScaleChoice {
    pub(super) const ALL: [Self; 4] = [Self::Auto, Self::Linear, Self::Logarithmic, Self::Values];

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Auto => "Automatic scale",
            Self::Linear => "Linear scale",
            Self::Logarithmic => "Logarithmic scale",
            Self::Values => "Scale to the values",
        }
    }
}

/// A call, or calls in a row that share a stroke.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    /// Where the first and the last call lie on the common axis.
    pub(super) from: f64,
    pub(super) to: f64,
    /// Least and largest value, each as a share of the height of the plot.
    pub(super) low: f32,
    pub(super) high: f32,
    pub(super) worst: Outcome,
    pub(super) was_denied: bool,
    pub(super) is_single: bool,
}

/// One series as it is plotted.
#[derive(Debug, Clone)]
pub(super) struct Trace {
    pub(super) series: Series,
    /// Marks of each lane, in the order of lanes.
    pub(super) lanes: Vec<Vec<Mark>>,
    pub(super) scale: Scale,
    /// The first lane's limit in the unit of the series.
    pub(super) limit: Option<u64>,
    /// Largest value of all calls.
    pub(super) most: Option<u64>,
    // Positions on the scale of the lower and the upper edge.
    bottom: f64,
    top: f64,
}

/// What traces are made of; equal ones make equal traces.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TraceKey {
    pub(super) owner: Owner,
    pub(super) lanes: Vec<LaneKey>,
    pub(super) axis: Axis,
    pub(super) span: Span,
    pub(super) choice: ScaleChoice,
    pub(super) width: f32,
}

impl Trace {
    pub(super) fn new(lanes: &[Lane<'_>], series: Series, key: &TraceKey) -> Self {
        // The scale covers all calls and not only those in view: it stands still while the view moves.
        let all = lanes.iter().filter_map(|lane| lane.timeline.extent(series, lane.range.clone()));
        let (least, most) = all.fold((None, None), |(least, most): (Option<u64>, Option<u64>), all| {
            (least.into_iter().chain(all.min).min(), most.max(all.max))
        });
        let limit = lanes.first().and_then(|lane| limit_of(series, &lane.limits));
        // Two sets of calls are compared with each other first, and with their limits after that.
        let fits_values =
            key.choice == ScaleChoice::Values || key.choice == ScaleChoice::Auto && lanes.len() > 1;
        let limit_shown = if fits_values { None } else { limit };
        let highest = most.unwrap_or(0).max(limit_shown.unwrap_or(0)).max(1);
        let is_wide = highest / least.unwrap_or(0).max(1) >= WIDE_SPREAD;
        let scale = match key.choice {
            ScaleChoice::Logarithmic => Scale::Logarithmic,
            ScaleChoice::Auto | ScaleChoice::Values if is_wide => Scale::Logarithmic,
            ScaleChoice::Auto | ScaleChoice::Values | ScaleChoice::Linear => Scale::Linear,
        };
        let lowest = if scale == Scale::Linear { 0 } else { least.unwrap_or(0) };
        let mut trace = Self {
            series,
            lanes: Vec::new(),
            scale,
            limit,
            most,
            bottom: scale.position(lowest),
            top: scale.position(highest),
        };
        trace.lanes = lanes.iter().map(|lane| trace.marks(lane, key)).collect();
        trace
    }

    fn marks(&self, lane: &Lane<'_>, key: &TraceKey) -> Vec<Mark> {
        let range = key.axis.indices(lane, key.span);
        let buckets = lane.timeline.buckets(self.series, range, most_buckets(key.width), None);
        buckets.iter().filter_map(|bucket| self.mark(lane, key.axis, bucket)).collect()
    }

    fn mark(&self, lane: &Lane<'_>, axis: Axis, bucket: &Bucket) -> Option<Mark> {
        let from = axis.position(lane, bucket.first);
        let is_single = bucket.first == bucket.last;
        Some(Mark {
            from,
            to: if is_single { from } else { axis.position(lane, bucket.last) },
            low: self.share(bucket.min?),
            high: self.share(bucket.max?),
            worst: bucket.worst,
            was_denied: bucket.any_denied,
            is_single,
        })
    }

    /// Tells whether the limit lies within the scale.
    pub(super) fn has_limit_in_view(&self) -> bool {
        self.limit.is_some_and(|limit| self.scale.position(limit) <= self.top)
    }

    /// Returns where a value lies as a share of the height, from 0 to 1.
    #[allow(clippy::cast_possible_truncation, reason = "a share of a height needs no more than 24 bits")]
    pub(super) fn share(&self, value: u64) -> f32 {
        let height = self.top - self.bottom;
        if height <= 0.0 {
            return 0.0;
        }
        ((self.scale.position(value) - self.bottom) / height).clamp(0.0, 1.0) as f32
    }

    /// Returns the position on the scale that lies at that share of the height.
    pub(super) fn position_at(&self, share: f32) -> f64 {
        self.bottom + f64::from(share) * (self.top - self.bottom)
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the width of a plot is a few thousand points"
)]
fn most_buckets(width: f32) -> usize {
    ((width / POINTS_PER_CALL) as usize).max(16)
}

/// Returns the limit of a series in the series' own unit.
fn limit_of(series: Series, limits: &Limits) -> Option<u64> {
    match series {
        Series::WallNs => limits.get(LimitKind::ExecutionTime).map(|millis| millis.saturating_mul(1_000_000)),
        Series::Fuel => limits.get(LimitKind::Fuel),
        Series::Pages => limits.get(LimitKind::MemoryPages),
        Series::Depth => limits.get(LimitKind::CallDepth),
    }
}

//! One series as it is plotted: buckets of calls with their places, and the scale of its axis.
//!
//! Knows no pixels but how many there are. Made anew only when calls were added or the view was moved, and
//! in steps that depend on the width of the plot and not on the number of calls.

use crate::model::call::Outcome;
use crate::model::timeline::{Bucket, Scale, Series};

use super::lane::{Lane, LaneKey, Owner};
use super::limit_lines::{CallLimit, limit_words};
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
    /// As far as the values reach, with a limit out of view that lies beside them.
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

/// Where a limit lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum LimitPlace {
    /// At that share of the height.
    At(f32),
    /// Out of view, above everything that is.
    Above,
    /// Out of view, below everything that is.
    Below,
    /// There is none.
    Nowhere,
}

/// A limit as it is plotted.
#[derive(Debug, Clone)]
pub(super) struct LimitLine {
    pub(super) words: String,
    pub(super) place: LimitPlace,
    /// Whose it is, where lanes have different ones.
    pub(super) lane: Option<usize>,
}

/// One series as it is plotted.
#[derive(Debug, Clone)]
pub(super) struct Trace {
    pub(super) series: Series,
    /// Marks of each lane, in the order of lanes.
    pub(super) lanes: Vec<Vec<Mark>>,
    pub(super) scale: Scale,
    /// The limits, those that all lanes have but once.
    pub(super) limits: Vec<LimitLine>,
    /// Largest value of all calls that are shown.
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
        let all = lanes
            .iter()
            .filter_map(|lane| lane.timeline.extent_of(series, lane.range.clone(), lane.export()));
        let (least, most) = all.fold((None, None), |(least, most): (Option<u64>, Option<u64>), all| {
            (least.into_iter().chain(all.min).min(), most.max(all.max))
        });
        // Two sets of calls are compared with each other first, and with their limits after that.
        let fits_values =
            key.choice == ScaleChoice::Values || key.choice == ScaleChoice::Auto && lanes.len() > 1;
        let limits = || lanes.iter().flat_map(|lane| lane.limits.get(series));
        let shown = || limits().filter_map(|limit| limit.value).filter(|_| !fits_values);
        let highest = most.into_iter().chain(shown()).max().unwrap_or(0).max(1);
        let lowest = least.into_iter().chain(shown()).min().unwrap_or(0);
        let is_wide = highest / lowest.max(1) >= WIDE_SPREAD;
        let scale = match key.choice {
            ScaleChoice::Logarithmic => Scale::Logarithmic,
            ScaleChoice::Auto | ScaleChoice::Values if is_wide => Scale::Logarithmic,
            ScaleChoice::Auto | ScaleChoice::Values | ScaleChoice::Linear => Scale::Linear,
        };
        let bottom = scale.position(if scale == Scale::Linear { 0 } else { lowest });
        let top = scale.position(highest);
        let mut trace = Self { series, lanes: Vec::new(), scale, limits: Vec::new(), most, bottom, top };
        trace.limits = trace.limit_lines(lanes);
        trace.lanes = lanes.iter().map(|lane| trace.marks(lane, key)).collect();
        trace
    }

    fn limit_lines(&self, lanes: &[Lane<'_>]) -> Vec<LimitLine> {
        let lines = |lane: Option<usize>, limits: &[CallLimit]| -> Vec<LimitLine> {
            let words = limit_words(self.series, limits);
            let line = |(limit, words): (&CallLimit, String)| {
                let place = limit.value.map_or(LimitPlace::Nowhere, |value| self.place(value));
                LimitLine { words, place, lane }
            };
            limits.iter().zip(words).map(line).collect()
        };
        match lanes {
            [first, second] if first.limits.get(self.series) != second.limits.get(self.series) => {
                let of = |at: usize| lines(Some(at), lanes[at].limits.get(self.series));
                let or_none = |at: usize, mut lines: Vec<LimitLine>| {
                    if lines.is_empty() {
                        let (words, place) = ("no limit".to_owned(), LimitPlace::Nowhere);
                        lines.push(LimitLine { words, place, lane: Some(at) });
                    }
                    lines
                };
                [or_none(0, of(0)), or_none(1, of(1))].concat()
            }
            [first, ..] => lines(None, first.limits.get(self.series)),
            [] => Vec::new(),
        }
    }

    fn marks(&self, lane: &Lane<'_>, key: &TraceKey) -> Vec<Mark> {
        let range = key.axis.indices(lane, key.span);
        let buckets = lane.timeline.buckets(self.series, range, most_buckets(key.width), lane.export());
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

    /// Returns where a limit lies.
    fn place(&self, limit: u64) -> LimitPlace {
        match self.scale.position(limit) {
            position if position > self.top => LimitPlace::Above,
            position if position < self.bottom => LimitPlace::Below,
            _ => LimitPlace::At(self.share(limit)),
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::call::CallSample;
    use crate::model::ids::PluginId;
    use crate::model::limit_rules::LimitRules;
    use crate::model::limits::Limits;
    use crate::model::measured::Measured;
    use crate::model::timeline::Timeline;

    use super::super::limit_lines::LaneLimits;

    fn timeline(fuel: &[u64]) -> Timeline {
        let mut timeline = Timeline::new();
        timeline.extend(fuel.iter().map(|fuel| CallSample {
            started_ns: 0,
            wall_ns: 5,
            fuel: Measured::Exact(*fuel),
            peak_memory_pages: 0,
            peak_call_depth: Measured::NotMeasured,
            outcome: Outcome::Returned,
            was_denied: false,
            export: 0,
        }));
        timeline
    }

    /// The plot of fuel of lanes with that fuel and that limit each.
    fn trace(lanes: &[(&[u64], Option<u64>)], choice: ScaleChoice) -> Trace {
        let timelines: Vec<_> = lanes.iter().map(|(fuel, _)| timeline(fuel)).collect();
        let limits = |fuel| {
            let limits = Limits { fuel, ..Limits::UNLIMITED };
            LaneLimits::of(limits, &LimitRules::NONE, std::iter::empty())
        };
        let lane = |(timeline, (_, fuel)): (_, &(&[u64], _))| Lane {
            limits: limits(*fuel),
            ..Lane::whole(timeline)
        };
        let lanes: Vec<_> = timelines.iter().zip(lanes).map(lane).collect();
        let key = TraceKey {
            owner: Owner { plugin: PluginId::default(), pairing: None },
            lanes: Vec::new(),
            axis: Axis::Number,
            span: Axis::Number.extent(&lanes),
            choice,
            width: 500.0,
        };
        Trace::new(&lanes, Series::Fuel, &key)
    }

    #[test]
    fn a_scale_is_logarithmic_where_values_and_limits_spread_far() {
        use ScaleChoice as S;
        for (fuel, limit, choice, is_log) in [
            (&[100, 4000][..], None, S::Auto, false),
            (&[100, 5000], None, S::Auto, true),
            (&[0, 49], None, S::Auto, false),
            (&[0, 50], None, S::Auto, true),
            (&[100, 100], Some(4900), S::Auto, false),
            (&[100, 100], Some(5000), S::Auto, true),
            (&[5000, 5000], Some(100), S::Auto, true),
            (&[100, 100], Some(5000), S::Values, false),
            (&[100, 5000], Some(5000), S::Values, true),
            (&[1, 1_000_000], None, S::Linear, false),
            (&[100, 100], None, S::Logarithmic, true),
        ] {
            let trace = trace(&[(fuel, limit)], choice);
            assert_eq!(trace.scale == Scale::Logarithmic, is_log, "{fuel:?} {limit:?} {choice:?}");
        }
        let two = [(&[100, 110][..], Some(1 << 40)), (&[90][..], Some(1 << 40))];
        assert_eq!(trace(&two, ScaleChoice::Auto).scale, Scale::Linear, "limits come second");
    }

    #[test]
    fn a_limit_lies_at_its_height_or_is_told_as_out_of_view() {
        use LimitPlace as P;
        use ScaleChoice as S;
        let wide = &[1000, 100_000][..];
        for (fuel, limit, choice, place) in [
            (&[10, 40][..], Some(80), S::Auto, P::At(1.0)),
            (&[10, 80], Some(40), S::Auto, P::At(0.5)),
            (&[10, 80], Some(0), S::Auto, P::At(0.0)),
            (&[1000, 2000], Some(10_000), S::Values, P::Above),
            (&[1000, 2000], Some(500), S::Values, P::At(0.25)),
            // On a logarithmic scale the lower edge is no 0.
            (wide, Some(10), S::Auto, P::At(0.0)),
            (wide, Some(0), S::Logarithmic, P::At(0.0)),
            (wide, Some(10), S::Values, P::Below),
            (wide, Some(0), S::Values, P::Below),
            (wide, Some(1000), S::Values, P::At(0.0)),
            (wide, Some(100_001), S::Values, P::Above),
            (wide, Some(1 << 60), S::Auto, P::At(1.0)),
        ] {
            let trace = trace(&[(fuel, limit)], choice);
            let places: Vec<_> = trace.limits.iter().map(|limit| limit.place).collect();
            assert_eq!(places, [place], "{fuel:?} {limit:?} {choice:?}");
        }
        assert!(trace(&[(wide, None)], S::Auto).limits.is_empty(), "there is none");
        // The calls lie above a limit that the scale takes in.
        let share = trace(&[(wide, Some(10))], S::Auto).share(1000);
        assert!((0.4..0.6).contains(&share), "{share}");
    }

    #[test]
    fn both_sides_have_one_limit_in_common_or_each_its_own() {
        let calls = &[100, 200][..];
        let lines = |one, other| {
            let trace = trace(&[(calls, one), (calls, other)], ScaleChoice::Auto);
            trace.limits.iter().map(|line| (line.words.clone(), line.lane)).collect::<Vec<_>>()
        };
        let line = |words: &str, lane| (words.to_owned(), lane);
        assert_eq!(lines(Some(150), Some(150)), [line("limit 150", None)]);
        assert_eq!(lines(Some(150), Some(90)), [line("limit 150", Some(0)), line("limit 90", Some(1))]);
        assert_eq!(lines(None, Some(90)), [line("no limit", Some(0)), line("limit 90", Some(1))]);
        assert_eq!(lines(None, None), []);
    }
}

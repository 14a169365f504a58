//! The pane as a picture: what it shows with a title, the legend and every label, for a report or a chat.
//!
//! Knows no files. Takes a copy of the calls, which costs nothing, and is painted on the thread that writes it.

use std::io::{self, Write};
use std::ops::Range;

use egui::{Align2, Rect, Ui, Vec2, pos2, vec2};

use crate::app::{Action, AppState, Export, PluginView, ViewAction};
use crate::model::timeline::{Brush, OutcomeCounts, Pick, Series, Timeline};
use crate::ui::picture::Picture;
use crate::ui::theme::{self, space, tokens, tokens_of};
use crate::worker::{Content, WriteContent};

use super::distribution::{DistributionView, Shown};
use super::figures::{Figures, calls, lane_words, pair_words, selection_words};
use super::head::{lane_ui, legend_ui};
use super::lane::{Lane, Owner};
use super::limit_lines::{LaneLimits, limit_words};
use super::paint::{FOOT, Plot, brushed, foot_words, name, paint_plots, rows};
use super::phases::{self, PhaseRow, phases_ui};
use super::trace::{ScaleChoice, Trace, TraceKey};
use super::view::{Axis, Span};
use super::{Face, TimingPane};

/// Least and largest size of what is shown, title left out, in points.
const SIZES: [Vec2; 2] = [vec2(760.0, 360.0), vec2(1600.0, 900.0)];
/// Height of the title.
const TITLE: f32 = 28.0;
/// Height of a line below it.
const LINE: f32 = 20.0;

/// Everything that a picture shows.
#[derive(Debug, Clone)]
struct TimingPicture {
    title: String,
    face: Face,
    owner: Owner,
    lanes: Vec<OwnLane>,
    phases: Vec<PhaseRow>,
    axis: Axis,
    span: Span,
    choice: ScaleChoice,
    brush: Brush,
    is_dark: bool,
    size: Vec2,
}

/// A lane with a copy of its calls.
#[derive(Debug, Clone)]
struct OwnLane {
    timeline: Timeline,
    range: Range<usize>,
    pick: Option<Pick>,
    counts: OutcomeCounts,
    limits: LaneLimits,
    label: String,
    is_paired: bool,
    before: (u64, u64),
}

impl TimingPane {
    /// Asks for a file for what the pane shows now.
    pub(super) fn picture(&mut self, ui: &Ui, state: &AppState, plugin: &PluginView) -> Action {
        let owner = Owner::of(state, plugin);
        let lanes = self.shown_lanes(state, plugin);
        let (kind, what) = match self.face {
            Face::Plots => ("timing", "the plots"),
            Face::Distribution => ("distribution", "the distribution"),
            Face::Phases => ("phases", "the phases"),
        };
        let label = state.plugin_label(plugin.id);
        let count = lanes.iter().map(|lane| lane.counts.total()).sum();
        let export = lanes.first().and_then(Lane::export_name);
        let of = export.map_or_else(String::new, |name| format!(" of {name}"));
        let title = match (self.face, lanes.as_slice()) {
            (Face::Phases, _) => format!("{label}: from source to first call, by build"),
            (_, [first, second]) => format!("{label}: calls{of} in {} and {}", first.label, second.label),
            (Face::Distribution, _) => format!("{label}: wall time of {}{of}", calls(count)),
            (Face::Plots, _) => format!("{label}: {}{of} against their limits", calls(count)),
        };
        let mut size = self.size.clamp(SIZES[0], SIZES[1]);
        if self.face == Face::Phases {
            size.y = phases::height(self.phases.rows(plugin).len()).min(SIZES[1].y);
        }
        let picture = TimingPicture {
            title,
            face: self.face,
            owner,
            phases: if self.face == Face::Phases { self.phases.rows(plugin).to_vec() } else { Vec::new() },
            axis: self.view.axis,
            span: self.view.span(self.view.axis.extent(&lanes)),
            choice: self.scale,
            brush: plugin.calls.brush,
            is_dark: ui.visuals().dark_mode,
            size,
            lanes: lanes.into_iter().map(OwnLane::of).collect(),
        };
        let export = Export { what: what.to_owned(), content: Content::new(picture) };
        let suggested = format!("{}-{kind}.png", plugin.stem);
        Action::View(ViewAction::ExportFile { suggested, export })
    }
}

impl OwnLane {
    fn of(lane: Lane<'_>) -> Self {
        Self {
            timeline: lane.timeline.clone(),
            range: lane.range,
            pick: lane.pick,
            counts: lane.counts,
            limits: lane.limits,
            label: lane.label,
            is_paired: lane.is_paired,
            before: (lane.before_number, lane.before_ns),
        }
    }

    fn lane(&self) -> Lane<'_> {
        Lane {
            range: self.range.clone(),
            pick: self.pick,
            counts: self.counts,
            limits: self.limits.clone(),
            label: self.label.clone(),
            is_paired: self.is_paired,
            before_number: self.before.0,
            before_ns: self.before.1,
            ..Lane::whole(&self.timeline)
        }
    }
}

impl WriteContent for TimingPicture {
    fn write_to(&self, out: &mut dyn Write) -> io::Result<()> {
        self.paint().write_png(out)
    }
}

impl TimingPicture {
    fn paint(&self) -> Picture {
        let lines = if self.face == Face::Phases { 0.0 } else { LINE * (1.0 + self.num_words()) };
        let size = self.size + vec2(0.0, space::S + TITLE + lines);
        Picture::paint(size, self.is_dark, |ui| self.ui(ui))
    }

    #[allow(clippy::cast_precision_loss, reason = "there are three lines at most")]
    fn num_words(&self) -> f32 {
        self.lanes.len() as f32
    }

    fn ui(&self, ui: &mut Ui) {
        ui.spacing_mut().item_spacing = vec2(space::S, 0.0);
        let whole = ui.max_rect();
        let painter = ui.painter().clone();
        painter.rect_filled(whole, 0.0, tokens_of(self.is_dark).pane);
        let at = pos2(whole.left() + space::M, whole.top() + space::S + TITLE * 0.5);
        let font = theme::strong_font(theme::TITLE);
        painter.text(at, Align2::LEFT_CENTER, &self.title, font, tokens(ui).text);
        let mut rest = whole;
        rest.min.y += space::S + TITLE;
        ui.scope_builder(egui::UiBuilder::new().max_rect(rest), |ui| match self.face {
            Face::Phases => phases_ui(ui, &self.phases),
            Face::Plots | Face::Distribution => self.calls_ui(ui),
        });
    }

    fn calls_ui(&self, ui: &mut Ui) {
        let lanes: Vec<Lane<'_>> = self.lanes.iter().map(OwnLane::lane).collect();
        let figures = Figures::of(&lanes, self.brush, self.face == Face::Plots);
        line_ui(ui, |ui| {
            let words = match lanes.as_slice() {
                [first, second] => pair_words([first, second], &figures, self.brush),
                _ if self.brush.is_set() => figures.lanes.first().map(selection_words).unwrap_or_default(),
                _ => lanes.first().map(|lane| all_limits(&lane.limits)).unwrap_or_default(),
            };
            ui.label(theme::caption(words).color(tokens(ui).text));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                ui.add_space(space::M);
                legend_ui(ui, &figures.counts);
            });
        });
        let is_pair = lanes.len() > 1;
        // The distribution of two lanes names their figures itself.
        for (index, (lane, of)) in lanes.iter().zip(&figures.lanes).enumerate() {
            if is_pair && self.face == Face::Distribution {
                continue;
            }
            line_ui(ui, |ui| {
                if is_pair {
                    lane_ui(ui, index, &lane.label);
                }
                let words = of.summary.as_ref().map(lane_words).unwrap_or_default();
                ui.label(theme::caption(format!("wall time · {words}")).color(tokens(ui).text_muted));
            });
        }
        if self.face == Face::Distribution {
            let shown =
                Shown { plugin: self.owner.plugin, lanes: &lanes, figures: &figures, brush: self.brush };
            DistributionView::default().ui(ui, &shown, &mut Vec::new());
        } else {
            self.plots_ui(ui, &lanes, &figures);
        }
    }

    fn plots_ui(&self, ui: &Ui, lanes: &[Lane<'_>], figures: &Figures) {
        let rect = ui.available_rect_before_wrap();
        let width = Plot::new(rect, self.span).area.width();
        let key = TraceKey {
            owner: self.owner,
            lanes: lanes.iter().map(Lane::key).collect(),
            axis: self.axis,
            span: self.span,
            choice: self.choice,
            width,
        };
        let traces = Series::ALL.map(|series| Trace::new(lanes, series, &key));
        let plots = rows(rect, self.span);
        let brushed = brushed(self.axis, self.brush, lanes);
        paint_plots(ui.painter(), tokens(ui), &plots, &traces, (&brushed, Some(figures)));
        let Some(plot) = plots.last() else { return };
        let (from, to) = foot_words(self.axis, lanes, plot);
        let (font, muted) = (theme::body_font(theme::CAPTION), tokens(ui).text_muted);
        let y = rect.bottom() - FOOT * 0.5;
        let ends = Rect::from_x_y_ranges(plot.area.x_range(), y..=y);
        ui.painter().text(ends.left_center(), Align2::LEFT_CENTER, from, font.clone(), muted);
        ui.painter().text(ends.right_center(), Align2::RIGHT_CENTER, to, font, muted);
    }
}

fn line_ui(ui: &mut Ui, add_contents: impl FnOnce(&mut Ui)) {
    let size = vec2(ui.available_width(), LINE);
    ui.allocate_ui_with_layout(size, egui::Layout::left_to_right(egui::Align::Center), |ui| {
        ui.add_space(space::M);
        add_contents(ui);
    });
}

/// Names the limits in force, such as `limits: wall time 1 000 ms · fuel 1 M · pages 16 · depth 100`.
fn all_limits(limits: &LaneLimits) -> String {
    let of_series = |series: Series| {
        let words = limit_words(series, limits.get(series));
        let words = words.join(", ");
        (!words.is_empty()).then(|| format!("{} {}", name(series), words.trim_start_matches("limit ")))
    };
    let words: Vec<_> = Series::ALL.into_iter().filter_map(of_series).collect();
    if words.is_empty() { "no limits".to_owned() } else { format!("limits: {}", words.join(" · ")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::call::{CallSample, Outcome};
    use crate::model::ids::PluginId;
    use crate::model::limit_rules::LimitRules;
    use crate::model::limits::{LimitKind, Limits, Preset};
    use crate::model::measured::Measured;

    /// Growth is refused in call 78.
    fn timeline(calls: u64) -> Timeline {
        refusing(calls, &[77])
    }

    /// Counts the calls in which growth is refused from 0.
    fn refusing(calls: u64, refused: &[u64]) -> Timeline {
        let mut timeline = Timeline::new();
        timeline.extend((0..calls).map(|number| CallSample {
            started_ns: number * 1000,
            wall_ns: 200 + number % 50,
            fuel: Measured::Exact(10 + number),
            peak_memory_pages: 1 + number / 100,
            peak_call_depth: Measured::Exact(3),
            outcome: if number % 40 == 7 { Outcome::Limit(LimitKind::Fuel) } else { Outcome::Returned },
            was_denied: refused.contains(&number),
            export: 0,
        }));
        timeline
    }

    fn own_lane(timeline: Timeline, limits: Limits, is_paired: bool) -> OwnLane {
        OwnLane {
            range: 0..timeline.len(),
            pick: Some(Pick { export: is_paired.then_some(0), returned_only: is_paired }),
            counts: *timeline.counts(),
            limits: LaneLimits::of(limits, &LimitRules::NONE, std::iter::empty()),
            label: "fib".to_owned(),
            is_paired,
            before: (0, 0),
            timeline,
        }
    }

    fn picture(face: Face, num_lanes: usize, is_dark: bool) -> TimingPicture {
        let lane = || {
            let timeline = timeline(300);
            own_lane(timeline, Preset::Tutorial.limits(), num_lanes > 1)
        };
        TimingPicture {
            title: "start_here: 300 calls against their limits".to_owned(),
            face,
            owner: Owner { plugin: PluginId::default(), pairing: None },
            lanes: (0..num_lanes).map(|_| lane()).collect(),
            phases: Vec::new(),
            axis: Axis::Number,
            span: Span { from: 0.5, to: 300.5 },
            choice: ScaleChoice::Auto,
            brush: Brush::default(),
            is_dark,
            size: SIZES[0],
        }
    }

    /// Decodes a picture and counts its pixels that are nearly of a colour.
    fn count(png: &[u8], colour: egui::Color32) -> usize {
        let image = image::load_from_memory_with_format(png, image::ImageFormat::Png).expect("it is a PNG");
        let near = |pixel: &image::Rgb<u8>| {
            pixel.0.iter().zip(colour.to_array()).all(|(one, other)| one.abs_diff(other) < 24)
        };
        image.into_rgb8().pixels().filter(|pixel| near(pixel)).count()
    }

    #[test]
    fn the_picture_shows_calls_limits_and_words_in_both_faces() {
        for is_dark in [true, false] {
            let mut png = Vec::new();
            picture(Face::Plots, 1, is_dark).write_to(&mut png).expect("memory has room");
            let tokens = tokens_of(is_dark);
            for (what, colour, least) in [
                ("calls", tokens.accent, 1000),
                ("limits", tokens.error, 500),
                ("a refused growth", tokens.warning, 20),
                ("the title", tokens.text, 200),
                ("ground", tokens.pane, 100_000),
            ] {
                let found = count(&png, colour);
                assert!(found >= least, "{what}: {found} pixels, dark: {is_dark}");
            }
        }
    }

    /// Returns the middle of each group of columns, in pixels, that have the colour in that share of the height.
    fn columns(png: &[u8], colour: egui::Color32, rows: Range<f64>) -> Vec<f64> {
        let image = image::load_from_memory_with_format(png, image::ImageFormat::Png).expect("it is a PNG");
        let image = image.into_rgb8();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a height")]
        let row = |share: f64| (f64::from(image.height()) * share) as u32;
        let is_near = |x: u32, y: u32| {
            let pixel = image.get_pixel(x, y).0;
            pixel.iter().zip(colour.to_array()).all(|(one, other)| one.abs_diff(other) < 24)
        };
        let found = (0..image.width()).filter(|x| (row(rows.start)..row(rows.end)).any(|y| is_near(*x, y)));
        let mut groups: Vec<(u32, u32)> = Vec::new();
        for x in found {
            match groups.last_mut() {
                Some(group) if x - group.1 <= 3 => group.1 = x,
                _ => groups.push((x, x)),
            }
        }
        groups.into_iter().map(|(from, to)| f64::from(from + to) / 2.0).collect()
    }

    #[test]
    fn each_call_with_refused_growth_is_marked_where_it_is_on_the_axis() {
        // Points of single calls, and strokes of many.
        for calls in [300, 200_000] {
            let refused = [0, calls / 5, calls / 2, calls - 1];
            let lane = || own_lane(refusing(calls, &refused), Preset::Unlimited.limits(), false);
            for axis in [Axis::Number, Axis::Time] {
                #[allow(clippy::cast_precision_loss, reason = "the numbers are small")]
                let span = match axis {
                    Axis::Number => Span { from: 0.5, to: calls as f64 + 0.5 },
                    Axis::Time => Span { from: 0.0, to: calls as f64 * 1000.0 },
                };
                let mut png = Vec::new();
                let picture =
                    TimingPicture { lanes: vec![lane()], axis, span, ..picture(Face::Plots, 1, true) };
                picture.write_to(&mut png).expect("memory has room");
                // The middle of the picture: neither title nor legend lies there.
                let marks = columns(&png, tokens_of(true).warning, 0.3..0.9);
                let [first, fifth, half, last] = marks[..] else { panic!("{calls} {axis:?}: {marks:?}") };
                for (mark, share) in [(fifth, 0.2), (half, 0.5)] {
                    let wanted = first + (last - first) * share;
                    assert!((mark - wanted).abs() < 6.0, "{calls} {axis:?}: {marks:?}, not {wanted}");
                }
            }
        }
    }

    #[test]
    fn the_distribution_of_two_lanes_shows_both() {
        let mut png = Vec::new();
        picture(Face::Distribution, 2, true).write_to(&mut png).expect("memory has room");
        for colour in [super::super::paint::lane_colour(tokens_of(true), 1), tokens_of(true).text_muted] {
            assert!(count(&png, colour) > 50, "{colour:?}");
        }
    }
}

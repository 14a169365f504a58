//! What pointer and keys do in the plots: brush, zoom, move, select.
//!
//! Paints nothing. A drag picks calls out, of both sets where two are compared; with Shift it moves the view.

use egui::{Event, Key, PointerButton, Rect, Response, Ui};

use crate::app::{Action, AppState, PluginAction, PluginView, SourceAction};

use super::TimingPane;
use super::lane::Lane;
use super::paint::brushed;
use super::view::Span;

/// How fast the wheel zooms: this many points double or halve what is in view.
const POINTS_PER_DOUBLING: f64 = 200.0;
/// How far a key zooms.
const KEY_ZOOM: f64 = 0.5;

impl TimingPane {
    /// Moves and zooms by pointer: wheel, pinch, double click, Shift and drag.
    pub(super) fn navigate(&mut self, ui: &Ui, response: &Response, area: Rect, lanes: &[Lane<'_>]) {
        let extent = self.view.axis.extent(lanes);
        let width = f64::from(area.width().max(1.0));
        if response.double_clicked() {
            self.view.reset();
        }
        if self.is_moving(ui, response) {
            self.view.pan(extent, -f64::from(response.drag_delta().x) / width);
        }
        let Some(pointer) = response.hover_pos() else { return };
        let share = f64::from((pointer.x - area.left()) / area.width().max(1.0)).clamp(0.0, 1.0);
        let (scroll, pinch) = ui.input(|input| (input.smooth_scroll_delta(), input.zoom_delta()));
        let factor = (-f64::from(scroll.y) / POINTS_PER_DOUBLING).exp2() / f64::from(pinch.max(0.01));
        if (factor - 1.0).abs() > 1e-6 {
            self.view.zoom(extent, share, factor);
        }
        if scroll.x != 0.0 {
            self.view.pan(extent, -f64::from(scroll.x) / width);
        }
    }

    fn is_moving(&self, ui: &Ui, response: &Response) -> bool {
        let by_primary = response.dragged_by(PointerButton::Primary) && self.brush_from.is_none();
        by_primary && ui.input(|input| input.modifiers.shift)
            || response.dragged_by(PointerButton::Middle)
            || response.dragged_by(PointerButton::Secondary)
    }

    /// Picks out the calls that are dragged over.
    pub(super) fn brush(
        &mut self,
        ui: &Ui,
        response: &Response,
        area: Rect,
        (plugin, lanes): (&PluginView, &[Lane<'_>]),
        actions: &mut Vec<Action>,
    ) {
        let span = self.view.span(self.view.axis.extent(lanes));
        let position = |x: f32| {
            let share = f64::from(((x - area.left()) / area.width().max(1.0)).clamp(0.0, 1.0));
            span.from + share * span.width()
        };
        if response.drag_started_by(PointerButton::Primary) && !ui.input(|input| input.modifiers.shift) {
            let pressed = ui.input(|input| input.pointer.press_origin());
            self.brush_from = pressed.map(|at| position(at.x));
            response.request_focus();
        }
        let Some(from) = self.brush_from else { return };
        if let Some(to) = response.interact_pointer_pos().map(|at| position(at.x)) {
            let dragged = Span { from: from.min(to), to: from.max(to) };
            let numbers = |lane: &Lane<'_>| {
                let range = self.view.axis.indices(lane, dragged);
                (!range.is_empty())
                    .then(|| (lane.timeline.number(range.start), lane.timeline.number(range.end - 1)))
            };
            let mut wanted = plugin.calls.brush;
            // The list of calls is that of the first set, so that a stretch without any of them picks nothing.
            let action = match (lanes, lanes.first().and_then(numbers)) {
                ([_], Some(first)) => {
                    wanted.set_calls(Some(first));
                    Some(PluginAction::BrushCalls(Some(first)))
                }
                ([_, other], Some(first)) => {
                    let second = numbers(other);
                    wanted.set_pair(first, second);
                    Some(PluginAction::BrushPair(first, second))
                }
                _ => None,
            };
            if let Some(action) = action.filter(|_| wanted != plugin.calls.brush) {
                actions.push(Action::Plugin(plugin.id, action));
            }
        }
        if response.drag_stopped() || !response.dragged() {
            self.brush_from = None;
        }
    }

    /// Puts the calls that are picked out into view.
    pub(super) fn zoom_to_brush(&mut self, plugin: &PluginView, lanes: &[Lane<'_>]) {
        let brushed = brushed(self.view.axis, plugin.calls.brush, lanes);
        if let Some((from, to)) = brushed.calls {
            let air = ((to - from) * 0.02).max(0.5);
            self.view.show(self.view.axis.extent(lanes), Span { from: from - air, to: to + air });
        }
    }

    /// Gives up what is picked out when Escape is pressed and belongs to nobody else.
    pub(super) fn escape(
        &mut self,
        ui: &Ui,
        state: &AppState,
        plugin: &PluginView,
        actions: &mut Vec<Action>,
    ) {
        let ctx = ui.ctx();
        let had_text_focus = std::mem::replace(&mut self.had_text_focus, ctx.text_edit_focused());
        let is_free =
            state.dialog.is_none() && !state.is_palette_open && !had_text_focus && !ctx.any_popup_open();
        if is_free && plugin.calls.brush.is_set() && ui.input(|input| input.key_pressed(Key::Escape)) {
            for action in [PluginAction::BrushCalls(None), PluginAction::BrushWallNs(None)] {
                actions.push(Action::Plugin(plugin.id, action));
            }
        }
    }

    /// Moves the selection and zooms by the keyboard.
    pub(super) fn keys(
        &mut self,
        ui: &Ui,
        response: &Response,
        state: &AppState,
        (plugin, lanes): (&PluginView, &[Lane<'_>]),
        actions: &mut Vec<Action>,
    ) {
        if !response.has_focus() {
            return;
        }
        let arrows = egui::EventFilter { horizontal_arrows: true, ..egui::EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
        let axis = self.view.axis;
        let extent = axis.extent(lanes);
        let timeline = &plugin.calls.timeline;
        let now = plugin.calls.selected.and_then(|number| timeline.index_of_number(number));
        let now = now.filter(|index| lanes[0].shows(*index));
        match zoom_key(ui) {
            Some(Zoom::All) => self.view.reset(),
            Some(Zoom::By(factor)) => {
                let span = self.view.span(extent);
                let share = now.map(|index| (axis.position(&lanes[0], index) - span.from) / span.width());
                let share = share.filter(|share| (0.0..=1.0).contains(share)).unwrap_or(0.5);
                self.view.zoom(extent, share, factor);
            }
            None => {}
        }
        if let Some((index, extends)) = step_key(ui, now, &lanes[0]) {
            self.view.reveal(extent, axis.position(&lanes[0], index));
            if extends && lanes.len() == 1 {
                extend_brush(plugin, now.unwrap_or(index), index, actions);
            }
            select(state, plugin, timeline.number(index), actions);
        }
    }
}

enum Zoom {
    All,
    By(f64),
}

/// Reads `+`, `-` and `0`; with Ctrl they change the size of the text.
fn zoom_key(ui: &Ui) -> Option<Zoom> {
    ui.input(|input| {
        if input.modifiers.command || input.modifiers.alt {
            return None;
        }
        let pressed = |keys: &[Key]| keys.iter().any(|key| input.key_pressed(*key));
        if pressed(&[Key::Plus, Key::Equals]) {
            Some(Zoom::By(KEY_ZOOM))
        } else if pressed(&[Key::Minus]) {
            Some(Zoom::By(1.0 / KEY_ZOOM))
        } else if pressed(&[Key::Num0]) {
            Some(Zoom::All)
        } else {
            None
        }
    })
}

/// Reads arrows, Home and End: the call to select, and whether what is picked out goes along with it.
fn step_key(ui: &Ui, now: Option<usize>, lane: &Lane<'_>) -> Option<(usize, bool)> {
    let (first, last) = (lane.range.start, lane.range.end.checked_sub(1)?);
    ui.input(|input| {
        let steps = [
            (Key::Home, first),
            (Key::End, last),
            (Key::ArrowLeft, now.map_or(last, |index| lane.neighbours(index).0.unwrap_or(index))),
            (Key::ArrowRight, now.map_or(last, |index| lane.neighbours(index).1.unwrap_or(index))),
        ];
        input.events.iter().find_map(|event| match event {
            Event::Key { key, pressed: true, modifiers, .. } => {
                let (_, index) = steps.iter().find(|(step, _)| step == key)?;
                Some((*index, modifiers.shift))
            }
            _ => None,
        })
    })
}

/// Moves the end of what is picked out that lies at the selected call, or begins there.
fn extend_brush(plugin: &PluginView, from: usize, to: usize, actions: &mut Vec<Action>) {
    let timeline = &plugin.calls.timeline;
    let (from, to) = (timeline.number(from), timeline.number(to));
    let span = match plugin.calls.brush.calls {
        Some((first, last)) if from == last => (first, to),
        Some((first, last)) if from == first => (to, last),
        _ => (from, to),
    };
    actions.push(Action::Plugin(plugin.id, PluginAction::BrushCalls(Some(span))));
}

/// Selects a call, and its place in the source where it did not return.
pub(super) fn select(state: &AppState, plugin: &PluginView, number: u64, actions: &mut Vec<Action>) {
    actions.push(Action::Plugin(plugin.id, PluginAction::SelectCall(Some(number))));
    let place = plugin.calls.record(number).and_then(|record| record.place.clone());
    if let Some(place) = place.filter(|_| state.source(plugin.source).is_some()) {
        actions.push(Action::Source(SourceAction::GoTo(plugin.source, place)));
    }
}

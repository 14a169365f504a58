//! The line above the plots: what is picked out, what is compared, and which mark means what.
//!
//! Knows no scale; it reads figures that have been counted.

use egui::{Align, Layout, Painter, Pos2, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::app::{Action, PluginAction, PluginView, ViewAction};
use crate::model::call::{Outcome, TrapKind};
use crate::model::humanize;
use crate::model::limits::LimitKind;
use crate::model::timeline::OutcomeCounts;
use crate::ui::icons;
use crate::ui::theme::{self, Tokens, space, tokens};
use crate::ui::widgets::{icon_button, quiet_button};

use super::choice::ChoiceView;
use super::figures::{Figures, pair_words, selection_words};
use super::lane::Lane;
use super::paint::{Look, lane_colour, paint_mark};

/// Height of the line.
pub(super) const LINE: f32 = 24.0;

/// Height of the list of what can be compared.
const LIST_HEIGHT: f32 = 320.0;

/// What the line asks for beside actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HeadWish {
    /// Put what is picked out into view.
    ZoomToBrush,
    /// Show everything of another export.
    ShowAll,
}

/// Shows the line; what is picked out stands first, the legend where there is room.
pub(super) fn head_ui(
    ui: &mut Ui,
    plugin: &PluginView,
    (lanes, choice): (&[Lane<'_>], &mut ChoiceView),
    (figures, is_plots): (&Figures, bool),
    actions: &mut Vec<Action>,
) -> Option<HeadWish> {
    let mut wish = None;
    let size = vec2(ui.available_width(), LINE);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = space::S;
        ui.add_space(space::M);
        if let [first, second] = lanes {
            pair_ui(ui, [first, second], is_plots, actions);
        }
        if choice.ui(ui, lanes) {
            wish = Some(HeadWish::ShowAll);
        }
        let brush = plugin.calls.brush;
        if brush.is_set() && brush_ui(ui, plugin, lanes, actions) {
            wish = Some(HeadWish::ZoomToBrush);
        }
        let words = match lanes {
            [first, second] => pair_words([first, second], figures, brush),
            _ if brush.is_set() => figures.lanes.first().map(selection_words).unwrap_or_default(),
            _ => String::new(),
        };
        if !words.is_empty() {
            let label = egui::Label::new(theme::caption(&words).color(tokens(ui).text)).truncate();
            ui.add(label).on_hover_text(words);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(space::M);
            if is_plots {
                legend_ui(ui, &figures.counts);
            }
        });
    });
    wish
}

/// Shows what is picked out, and tells whether it is to be put into view.
fn brush_ui(ui: &mut Ui, plugin: &PluginView, lanes: &[Lane<'_>], actions: &mut Vec<Action>) -> bool {
    // Numbers are those of the axis.
    chips_ui(ui, plugin, lanes.first().map_or(0, |lane| lane.before_number), actions);
    let zoom = icon_button(icons::ARROWS_OUT_LINE_HORIZONTAL, "Zoom to the selected calls").small();
    plugin.calls.brush.calls.is_some() && ui.add(zoom).clicked()
}

/// Shows what is picked out as chips, each with a cross that gives it up.
pub(in super::super) fn brush_chips(ui: &mut Ui, plugin: &PluginView, actions: &mut Vec<Action>) {
    chips_ui(ui, plugin, 0, actions);
}

/// Shows the chips with numbers that are counted from the one after `before`, as the axis counts them.
fn chips_ui(ui: &mut Ui, plugin: &PluginView, before: u64, actions: &mut Vec<Action>) {
    let brush = plugin.calls.brush;
    let mut push = |action| actions.push(Action::Plugin(plugin.id, action));
    if let Some((from, to)) = brush.calls {
        let number = |number: u64| humanize::grouped(number.saturating_sub(before));
        let words = format!("#{} – #{}", number(from), number(to));
        if drop_chip(ui, &words, "Show calls of any number").clicked() {
            push(PluginAction::BrushCalls(None));
        }
    }
    if let Some((from, to)) = brush.wall_ns {
        let words = format!("{} – {}", humanize::duration_ns(from), humanize::duration_ns(to));
        if drop_chip(ui, &words, "Show calls of any wall time").clicked() {
            push(PluginAction::BrushWallNs(None));
        }
    }
}

/// Shows what is picked out with a cross that gives it up; the name says what that does.
fn drop_chip(ui: &mut Ui, words: &str, name: &str) -> Response {
    let tokens = tokens(ui);
    let galley =
        ui.painter().layout_no_wrap(words.to_owned(), theme::body_font(theme::CAPTION), tokens.accent_text);
    let cross = ui.painter().layout_no_wrap(icons::X.to_owned(), theme::body_font(10.0), tokens.accent_text);
    let width = galley.size().x + cross.size().x + 6.0 + 2.0 * 9.0;
    let (rect, response) = ui.allocate_exact_size(vec2(width.round(), 20.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("{name}: {words}")));
    let ground = if response.hovered() { tokens.raised_hover } else { tokens.accent_soft };
    ui.painter().rect_filled(rect, 10.0, ground);
    let y = |height: f32| rect.center().y - height * 0.5;
    let right = rect.right() - 9.0 - cross.size().x;
    ui.painter().galley(pos2(rect.left() + 9.0, y(galley.size().y)), galley, tokens.accent_text);
    ui.painter().galley(pos2(right, y(cross.size().y)), cross, tokens.accent_text);
    if response.has_focus() {
        crate::ui::widgets::focus_ring(ui, rect, 10);
    }
    response.on_hover_text(name)
}

/// Names the two that are compared, and ends it.
fn pair_ui(ui: &mut Ui, lanes: [&Lane<'_>; 2], is_plots: bool, actions: &mut Vec<Action>) {
    let cross = icon_button(icons::X, "End the comparison").small();
    if ui.add(cross).clicked() {
        actions.push(Action::View(ViewAction::Compare(None)));
    }
    // The distribution names them beside their figures.
    for (index, lane) in lanes.into_iter().enumerate().filter(|_| is_plots) {
        lane_ui(ui, index, &lane.label);
    }
}

/// Shows the mark and the name of a lane.
pub(super) fn lane_ui(ui: &mut Ui, index: usize, label: &str) {
    let tokens = tokens(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(8.0, 8.0), Sense::hover());
    let look = Look { tokens, colour: lane_colour(tokens, index), is_ring: index > 0 };
    paint_mark(ui.painter(), &look, rect.center(), 3.5, Outcome::Returned, false);
    ui.label(theme::caption(label).color(tokens.text));
}

/// Shows which mark means what, of those that occur; from the right, as long as there is room.
pub(super) fn legend_ui(ui: &mut Ui, counts: &OutcomeCounts) {
    let tokens = tokens(ui);
    for (outcome, is_denied, name) in legend(counts).into_iter().rev() {
        let galley =
            ui.painter().layout_no_wrap(name.to_owned(), theme::body_font(theme::CAPTION), tokens.text_muted);
        let width = galley.size().x + 12.0;
        if ui.available_width() < width + space::S {
            return;
        }
        let (rect, response) = ui.allocate_exact_size(vec2(width, 16.0), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, name));
        paint_entry(ui.painter(), tokens, rect.left_center(), outcome, is_denied);
        ui.painter().galley(
            pos2(rect.right() - galley.size().x, rect.center().y - galley.size().y * 0.5),
            galley,
            tokens.text_muted,
        );
    }
}

fn paint_entry(painter: &Painter, tokens: &Tokens, left: Pos2, outcome: Outcome, is_denied: bool) {
    let look = Look { tokens, colour: tokens.accent, is_ring: false };
    let at = left + vec2(4.0, 0.0);
    paint_mark(painter, &look, at, 2.4, outcome, is_denied);
}

/// Lists which marks occur among the calls, with their names.
fn legend(counts: &OutcomeCounts) -> Vec<(Outcome, bool, &'static str)> {
    if counts.total() == counts.returned && counts.denied == 0 {
        return Vec::new();
    }
    [
        (counts.returned, Outcome::Returned, false, "returned"),
        (counts.limit, Outcome::Limit(LimitKind::Fuel), false, "limit"),
        (counts.trapped, Outcome::Trapped(TrapKind::Unreachable), false, "trapped"),
        (counts.cancelled, Outcome::Cancelled, false, "stopped by you"),
        (counts.error, Outcome::Error, false, "could not be called"),
        (counts.denied, Outcome::Returned, true, "growth refused"),
    ]
    .into_iter()
    .filter(|(count, ..)| *count > 0)
    .map(|(_, outcome, is_denied, name)| (outcome, is_denied, name))
    .collect()
}

/// Shows the button that offers what can be compared.
pub(super) fn compare_ui(ui: &mut Ui, state: &crate::app::AppState, actions: &mut Vec<Action>) {
    let offered = state.pairings();
    let is_on = state.shown_pairing().is_some();
    let button = icon_button(icons::ARROWS_LEFT_RIGHT, "Compare").small().selected(is_on);
    let response = ui.add_enabled(!offered.is_empty() || is_on, button);
    let response =
        response.on_disabled_hover_text("Call another build or another plugin to have something to compare");
    egui::Popup::menu(&response).show(|ui| {
        ui.set_min_width(200.0);
        ui.label(theme::caption("Compare").color(tokens(ui).text_muted));
        egui::ScrollArea::vertical().max_height(LIST_HEIGHT).show(ui, |ui| {
            for (words, pairing) in offered {
                let is_shown = is_on && state.pairing == Some(pairing);
                if ui.selectable_label(is_shown, words).clicked() {
                    actions.push(Action::View(ViewAction::Compare(Some(pairing))));
                    ui.close();
                }
            }
        });
        if is_on && ui.add(quiet_button(icons::X, "End the comparison")).clicked() {
            actions.push(Action::View(ViewAction::Compare(None)));
            ui.close();
        }
    });
}

//! The Samples pane: what ships with the program by section, and the files that were open lately.
//!
//! Knows neither files nor compiling: a click is an action.

use egui::{Rect, ScrollArea, Ui, UiBuilder, pos2, vec2};

use crate::app::{Action, AppState, CallAction, DemoRun, DemoState, FileAction, Origin};
use crate::model::humanize;
use crate::model::sample::{self, Sample, Section};
use crate::ui::icons;
use crate::ui::theme::tokens;
use crate::ui::widgets::{icon_button, list_title, row};

/// Width that the button of a row takes at its right edge.
const BUTTON_ROOM: f32 = 34.0;

/// The Samples pane.
#[derive(Default)]
pub(super) struct SamplesPane;

impl SamplesPane {
    pub(super) fn ui(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for section in Section::ALL {
                list_title(ui, section.label(), |_| {});
                for sample in sample::all().iter().filter(|sample| sample.section == section) {
                    sample_row(ui, state, sample, actions);
                }
            }
            recent_ui(ui, state, actions);
        });
    }
}

fn sample_row(ui: &mut Ui, state: &AppState, sample: &Sample, actions: &mut Vec<Action>) {
    let tokens = tokens(ui);
    let run = state.demos.get(sample.id);
    let score = run.map(score_text);
    let is_open = state.active_source().is_some_and(|source| source.origin == Origin::Sample(sample.id));
    let mut shown = row(&sample.title).icon(section_icon(sample.section)).selected(is_open);
    if let (Some(run), Some(score)) = (run, &score) {
        let (passed, total) = run.score();
        shown = match run.state {
            DemoState::Done if passed == total => shown.right(score).right_icon(icons::CHECK, tokens.ok),
            DemoState::Done | DemoState::Failed(_) => shown.right(score).right_icon(icons::X, tokens.error),
            _ => shown.right(score).right_colour(tokens.info),
        };
    }
    if trips(sample) {
        shown = shown.room(BUTTON_ROOM);
    }
    let response = ui.add(shown);
    let rect = response.rect;
    let response = response.on_hover_ui(|ui| {
        ui.set_max_width(320.0);
        ui.label(&sample.teaches);
        if let Some(run) = run {
            demo_ui(ui, run);
        }
    });
    if response.clicked() {
        actions.push(Action::File(FileAction::OpenSample(sample.id.to_owned())));
    }
    response.context_menu(|ui| {
        if ui.button("Run the demo").clicked() {
            actions.push(Action::Call(CallAction::RunDemo(sample.id.to_owned())));
        }
    });
    if trips(sample) {
        trip_button(ui, sample, rect, actions);
    }
}

/// Tells whether a sample is there to hit something, so that one click has to show it.
fn trips(sample: &Sample) -> bool {
    sample.section == Section::Limits
}

/// Shows the button that runs a sample's demo and opens the card of the limit that it hits.
fn trip_button(ui: &mut Ui, sample: &Sample, row: Rect, actions: &mut Vec<Action>) {
    let centre = pos2(row.right() - BUTTON_ROOM * 0.5, row.center().y);
    let at = Rect::from_center_size(centre, vec2(20.0, 20.0));
    // A part of its own over the row, so that the next row still stands under this one.
    let mut over = ui.new_child(UiBuilder::new().max_rect(at).id_salt(sample.id));
    let name = format!("Trip {}", sample.title);
    let button = over.add(icon_button(icons::PLAY, &name).small());
    if button.gained_focus() {
        button.scroll_to_me(None);
    }
    if button.clicked() {
        actions.push(Action::Call(CallAction::RunDemo(sample.id.to_owned())));
    }
}

/// Lists the calls of a demo with what was expected and what came.
fn demo_ui(ui: &mut Ui, run: &DemoRun) {
    let tokens = tokens(ui);
    ui.separator();
    if let DemoState::Failed(reason) = &run.state {
        ui.colored_label(tokens.error, reason);
    }
    for row in &run.rows {
        match &row.outcome {
            None => ui.weak(format!("· {} ⇒ {}", row.call, row.expected)),
            Some(Ok(())) => ui.label(format!("✓ {} ⇒ {}", row.call, row.expected)),
            Some(Err(why)) => ui.colored_label(tokens.error, format!("✗ {}: {why}", row.call)),
        };
    }
}

fn score_text(run: &DemoRun) -> String {
    let (passed, total) = run.score();
    format!("{passed} / {total}")
}

fn recent_ui(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    if state.session.recent.is_empty() {
        return;
    }
    list_title(ui, "Recent", |_| {});
    for recent in &state.session.recent {
        let name = recent
            .path
            .file_name()
            .map_or_else(|| recent.path.to_string_lossy(), |name| name.to_string_lossy());
        let bytes = humanize::bytes(recent.bytes);
        let response = ui.add(row(&name).icon(icons::FILE).right(&bytes));
        if response.on_hover_text(recent.path.display().to_string()).clicked() {
            actions.push(Action::File(FileAction::Open(vec![recent.path.clone()])));
        }
    }
}

fn section_icon(section: Section) -> &'static str {
    match section {
        Section::StartHere => icons::PLAY_CIRCLE,
        Section::Values => icons::CALCULATOR,
        Section::Memory => icons::STACK,
        Section::Tables => icons::TABLE,
        Section::Lifecycle => icons::CLOCK_COUNTER_CLOCKWISE,
        Section::Host => icons::CHAT_TEXT,
        Section::Limits => icons::GAUGE,
        Section::Traps => icons::WARNING,
        Section::Components => icons::PUZZLE_PIECE,
    }
}

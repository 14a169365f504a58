//! The Source pane: the open sources as tabs, and the editor or the listing of the one in front.
//!
//! Knows no compiler: diagnostics and places come from the program's state.

use std::collections::HashMap;
use std::sync::Arc;

use egui::{Event, MouseWheelUnit, Ui};

use crate::app::{
    Action, AppState, EditorWish, FileAction, GoTo, SettingsAction, Source, SourceAction, SourceContent,
    ViewAction,
};
use crate::engine::listing::Listing;
use crate::model::ids::{Generation, SourceId};
use crate::model::proposal::Proposals;
use crate::model::text::{SourceText, TextBuffer, TextChange, TextEditor};
use crate::ui::editor::{EditorOptions, EditorView, Language, editor_ui};
use crate::ui::icons;
use crate::ui::widgets::{empty_state, icon_button, keep_in_view, quiet_button, tab};

use super::listing_panel::ListingPanel;

/// Points that a wheel or pad scrolls by for a step of text size.
const POINTS_OF_STEP: f32 = 40.0;
/// By how much two fingers spread for a step.
const STEP: f32 = 1.1;

/// The Source pane.
#[derive(Default)]
pub(super) struct SourcePane {
    views: HashMap<SourceId, SourceView>,
    /// Steps that the wheel has turned with Ctrl held, as far as they are not whole.
    turned: f32,
}

/// What is remembered of one source.
#[derive(Default)]
struct SourceView {
    followed: Option<Followed>,
    editor: EditorView,
    listing: ListingPanel,
    went_to: u64,
}

/// The text as it was last shown.
#[derive(Clone, Copy)]
struct Followed {
    generation: Generation,
    version: u64,
    len_bytes: usize,
    num_lines: usize,
}

impl Followed {
    fn new(generation: Generation, buffer: &TextBuffer) -> Self {
        let (len_bytes, num_lines) = (buffer.len_bytes(), buffer.num_lines());
        Self { generation, version: buffer.version(), len_bytes, num_lines }
    }

    /// Lists what changed since; where that is not known, everything did.
    fn changes(&self, now: &Self, text: &TextEditor) -> Vec<TextChange> {
        let known: Option<Vec<TextChange>> =
            text.changes_since(self.version).map(|changes| changes.copied().collect());
        match known {
            Some(changes) if !changes.is_empty() || now.generation == self.generation => changes,
            _ => vec![TextChange {
                start: 0,
                removed: self.len_bytes,
                inserted: now.len_bytes,
                first_line: 0,
                lines_removed: self.num_lines - 1,
                lines_inserted: now.num_lines - 1,
            }],
        }
    }
}

impl SourcePane {
    pub(super) fn ui(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        self.views.retain(|id, _| state.source(*id).is_some());
        self.zoom(ui, actions);
        let Some(source) = state.active_source() else {
            let hint = "Open a file, pick a sample, or begin with File, New.";
            empty_state(ui, icons::FILE_CODE, "No source is open", hint);
            return;
        };
        let view = self.views.entry(source.id).or_default();
        match &source.content {
            SourceContent::Text(text) => {
                let proposals = state.settings.engine.proposals;
                view.text_ui(ui, source, (text, proposals), actions);
            }
            SourceContent::Binary { listing: Some(Ok(listing)), .. } => {
                view.listing_ui(ui, source, (listing, state.session.shows_offsets), actions);
            }
            SourceContent::Binary { listing: Some(Err(err)), .. } => {
                empty_state(ui, icons::WARNING, "No listing of this binary", err);
            }
            SourceContent::Binary { listing: None, .. } => {
                let hint = match source.reading.percent {
                    Some(percent) => format!("{percent} % of the binary is read."),
                    None => "The binary is read.".to_owned(),
                };
                empty_state(ui, icons::BINARY, "The listing is being made", &hint);
            }
        }
    }

    /// Makes text larger or smaller as the wheel is turned over it with Ctrl held, or two fingers spread.
    fn zoom(&mut self, ui: &Ui, actions: &mut Vec<Action>) {
        if !ui.rect_contains_pointer(ui.max_rect()) {
            self.turned = 0.0;
            return;
        }
        self.turned += ui.input(|input| input.events.iter().map(steps_of).sum::<f32>());
        let steps = self.turned.trunc();
        self.turned -= steps;
        if steps != 0.0 {
            #[allow(clippy::cast_possible_truncation, reason = "nobody turns a wheel so far in a frame")]
            let steps = steps.clamp(-9.0, 9.0) as i16;
            actions.push(Action::View(ViewAction::ScaleText(steps)));
        }
    }

    /// Asks something of the editor that shows the source in front.
    pub(super) fn ask(&mut self, state: &AppState, wish: EditorWish) {
        let Some(source) = state.active_source() else { return };
        let Some(view) = self.views.get_mut(&source.id) else { return };
        match source.content {
            SourceContent::Text(_) => view.editor.ask(wish),
            SourceContent::Binary { .. } => view.listing.ask(wish),
        }
    }

    /// Shows a tab for each open source.
    pub(super) fn bar_ui(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        for source in &state.sources {
            let is_active = state.active == Some(source.id);
            let icon = match source.content {
                SourceContent::Text(_) => icons::FILE_CODE,
                SourceContent::Binary { .. } => icons::LIST,
            };
            let title = source.title();
            let response = ui.add(tab(icon, &title, is_active).modified(source.is_dirty));
            keep_in_view(ui, &response, is_active);
            if response.clicked() {
                actions.push(Action::File(FileAction::Activate(source.id)));
            }
            if response.middle_clicked() {
                actions.push(Action::File(FileAction::Close(source.id)));
            }
            let response = match &source.path {
                Some(path) => response.on_hover_text(path.display().to_string()),
                None => response,
            };
            tab_menu(&response, source, actions);
            if is_active {
                let name = format!("Close {}", source.name);
                if ui.add(icon_button(icons::X, &name).small()).clicked() {
                    actions.push(Action::File(FileAction::Close(source.id)));
                }
                if matches!(source.content, SourceContent::Binary { .. })
                    && ui.add(quiet_button("", "Edit as WAT").bare()).clicked()
                {
                    actions.push(Action::File(FileAction::EditAsWat(source.id)));
                }
            }
        }
    }
}

impl SourceView {
    fn text_ui(
        &mut self,
        ui: &mut Ui,
        source: &Source,
        (text, proposals): (&SourceText, Proposals),
        actions: &mut Vec<Action>,
    ) {
        let reason = text.read_only_reason();
        let text = text.editor();
        let now = Followed::new(source.generation, text.buffer());
        let last = self.followed.replace(now);
        if last.is_none() && source.sample().is_some() {
            // What a sample says of itself is for its list and its demo; one begins with the module.
            self.editor.fold(1..header_lines(text.buffer()));
        }
        let changes = last.map_or_else(Vec::new, |last| last.changes(&now, text));
        if let Some(go_to) = self.new_goal(source) {
            let byte_range = source.diagnostics().iter().find(|diagnostic| diagnostic.place == go_to.place);
            match (byte_range, go_to.place.line) {
                (Some(diagnostic), _) => self.editor.goto_diagnostic(diagnostic),
                (None, Some(line)) => self.editor.goto_line(line, go_to.place.column.unwrap_or(1)),
                (None, None) => {}
            }
        }
        let name = source.id.to_string();
        let language = source.language.as_ref().map(|read| Language {
            reading: &read.reading,
            version: read.version,
            is_fresh: read.generation == source.generation,
        });
        let options = EditorOptions {
            source: &name,
            changes: &changes,
            language,
            proposals: Some(proposals),
            read_only_reason: reason.as_deref(),
            ..EditorOptions::default()
        };
        let answer = editor_ui(ui, &mut self.editor, text, source.diagnostics(), &options);
        for command in answer.commands {
            actions.push(Action::Source(SourceAction::Edit(source.id, command)));
        }
        if let Some(proposal) = answer.turn_on {
            actions.push(Action::Settings(SettingsAction::TurnOn(proposal)));
        }
        for how in answer.rewritings {
            actions.push(Action::Source(SourceAction::Rewrite(source.id, how)));
        }
        if let Some(whole) = answer.whole_text {
            actions.push(Action::Source(SourceAction::SetText(source.id, whole.into())));
        }
    }

    fn listing_ui(
        &mut self,
        ui: &mut Ui,
        source: &Source,
        listing: (&Arc<Listing>, bool),
        actions: &mut Vec<Action>,
    ) {
        if let Some(line) = self.new_goal(source).and_then(|go_to| go_to.place.line) {
            self.listing.goto_line(line);
        }
        self.listing.ui(ui, source, listing, actions);
    }

    fn new_goal<'a>(&mut self, source: &'a Source) -> Option<&'a GoTo> {
        let go_to = source.go_to.as_ref().filter(|go_to| go_to.serial > self.went_to)?;
        self.went_to = go_to.serial;
        Some(go_to)
    }
}

/// Returns the steps of text size that an event asks for.
fn steps_of(event: &Event) -> f32 {
    match event {
        Event::MouseWheel { unit, delta, modifiers, .. } if modifiers.command => match unit {
            MouseWheelUnit::Point => delta.y / POINTS_OF_STEP,
            MouseWheelUnit::Line | MouseWheelUnit::Page => delta.y,
        },
        Event::Zoom(factor) if *factor > 0.0 => factor.ln() / STEP.ln(),
        _ => 0.0,
    }
}

/// Counts the lines of comment that a text begins with.
fn header_lines(buffer: &TextBuffer) -> usize {
    (0..buffer.num_lines().min(200)).take_while(|line| buffer.line(*line).starts_with(";;")).count()
}

fn tab_menu(response: &egui::Response, source: &Source, actions: &mut Vec<Action>) {
    response.context_menu(|ui| {
        for (name, action) in [
            ("Save", FileAction::Save(source.id)),
            ("Save as…", FileAction::SaveAs(source.id)),
            ("Close", FileAction::Close(source.id)),
        ] {
            if ui.button(name).clicked() {
                actions.push(Action::File(action));
            }
        }
    });
}

//! The Problems pane: what is wrong with the source in front, with what to do about it.
//!
//! Knows no compiler; a click goes to the place.

use egui::{Align, Layout, RichText, ScrollArea, Ui, vec2};

use crate::app::{Action, AppState, CompileStatus, SettingsAction, Source, SourceAction, ViewAction};
use crate::model::diagnostic::{Diagnostic, Severity};
use crate::ui::icons;
use crate::ui::theme::{caption, space, tokens};
use crate::ui::widgets::{Chip, empty_state, icon_button, row, text_field};

/// Problems from which on there is something to filter.
const MANY: usize = 6;

/// The Problems pane.
#[derive(Default)]
pub(super) struct ProblemsPane {
    filter: String,
    only: Option<Severity>,
}

impl ProblemsPane {
    pub(super) fn ui(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        let Some(source) = state.active_source() else {
            empty_state(ui, icons::CHECK_CIRCLE, "No problems", "Errors of the open source are listed here.");
            return;
        };
        let all = source.diagnostics();
        if all.is_empty() {
            calm_ui(ui, source);
            return;
        }
        if all.len() < MANY {
            (self.only, self.filter) = (None, String::new());
        }
        let wanted = self.filter.trim().to_lowercase();
        let shown: Vec<&Diagnostic> = all.iter().filter(|one| self.fits(one, &wanted)).collect();
        if shown.is_empty() {
            empty_state(ui, icons::MAGNIFYING_GLASS, "No match", "");
            return;
        }
        let scroll = ScrollArea::vertical().auto_shrink(false);
        ui.spacing_mut().item_spacing.y = 0.0;
        scroll.show_rows(ui, space::ROW, shown.len(), |ui, rows| {
            for diagnostic in &shown[rows] {
                problem_row(ui, source, diagnostic, offers(state, source, diagnostic), actions);
            }
        });
    }

    /// Shows the copy button and the filters, from the right edge: the list itself has few lines to spare.
    pub(super) fn bar_right_ui(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        let Some(source) = state.active_source().filter(|source| !source.diagnostics().is_empty()) else {
            return;
        };
        if ui.add(icon_button(icons::COPY, "Copy problems").small()).clicked() {
            let lines = source.diagnostics().iter().map(|one| line_with_hint(source, one));
            let text = lines.collect::<Vec<_>>().join("\n");
            actions.push(Action::View(ViewAction::Copy(text)));
        }
        if source.diagnostics().len() >= MANY {
            self.filter_ui(ui, source.diagnostics());
        }
    }

    fn fits(&self, diagnostic: &Diagnostic, wanted: &str) -> bool {
        self.only.is_none_or(|only| diagnostic.severity == only)
            && (wanted.is_empty() || diagnostic.to_line().to_lowercase().contains(wanted))
    }

    fn filter_ui(&mut self, ui: &mut Ui, all: &[Diagnostic]) {
        let count = |severity| all.iter().filter(|one| one.severity == severity).count();
        for (severity, icon, name) in [
            (Severity::Warning, icons::WARNING, "Only warnings"),
            (Severity::Error, icons::X_CIRCLE, "Only errors"),
        ] {
            let is_on = self.only == Some(severity);
            let is_mixed = count(severity) > 0 && count(severity) < all.len();
            if (is_on || is_mixed) && ui.add(icon_button(icon, name).small().selected(is_on)).clicked() {
                self.only = (!is_on).then_some(severity);
            }
        }
        let field = text_field("Filter problems", &mut self.filter).icon(icons::MAGNIFYING_GLASS);
        let response = ui.add(field.hint("Filter by text").width(150.0));
        if response.has_focus() && ui.input(|input| input.key_pressed(egui::Key::Escape)) {
            self.filter.clear();
        }
    }
}

fn line_with_hint(source: &Source, diagnostic: &Diagnostic) -> String {
    let hint = diagnostic.hint.as_ref().map_or(String::new(), |hint| format!(" ({hint})"));
    format!("{}:{}{hint}", source.name, diagnostic.to_line())
}

fn calm_ui(ui: &mut Ui, source: &Source) {
    let text = match (source.status, &source.good) {
        (CompileStatus::Done, Some(good)) => format!("No problems in build {}", good.number),
        _ => "Compiling".to_owned(),
    };
    ui.add_space(space::S);
    ui.horizontal(|ui| {
        ui.add_space(space::M);
        ui.label(caption(text).color(tokens(ui).text_muted));
    });
}

/// Lists what can be done about a problem with one click, in words and as actions.
fn offers(state: &AppState, source: &Source, diagnostic: &Diagnostic) -> Vec<(String, Action)> {
    // Edits speak of the text that was compiled; while a newer one is under way they would miss.
    let fixes = diagnostic.fixes.iter().filter(|_| source.status == CompileStatus::Done);
    let fixes =
        fixes.map(|fix| (fix.title.clone(), Action::Source(SourceAction::Fix(source.id, fix.edits.clone()))));
    let turn_on = diagnostic.needs.and_then(|proposal| {
        let words = state.settings.engine.proposals.offer(proposal)?;
        Some((words, Action::Settings(SettingsAction::TurnOn(proposal))))
    });
    turn_on.into_iter().chain(fixes).collect()
}

fn problem_row(
    ui: &mut Ui,
    source: &Source,
    diagnostic: &Diagnostic,
    offers: Vec<(String, Action)>,
    actions: &mut Vec<Action>,
) {
    let tokens = tokens(ui);
    let (icon, colour) = match diagnostic.severity {
        Severity::Error => (icons::X_CIRCLE, tokens.error),
        Severity::Warning => (icons::WARNING, tokens.warning),
    };
    let line = diagnostic.to_line();
    let hint = diagnostic.hint.as_deref().unwrap_or_default();
    let response = ui.horizontal(|ui| {
        let button = offers.first().map_or(0.0, |(words, _)| offer_width(ui, words));
        let size = vec2((ui.available_width() - button).max(120.0), space::ROW);
        let shown = row(&line).coloured_icon(icon, colour).right(hint).right_colour(tokens.text_muted);
        let response =
            ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| ui.add(shown)).inner;
        if let Some((words, action)) = offers.first()
            && ui.add(Chip::small(words).clickable()).clicked()
        {
            actions.push(action.clone());
        }
        response
    });
    let response = response.inner.on_hover_ui(|ui| {
        ui.set_max_width(420.0);
        ui.label(&line);
        if !hint.is_empty() {
            ui.label(RichText::new(hint).color(tokens.text_muted));
        }
    });
    response.context_menu(|ui| {
        for (words, action) in offers {
            if ui.button(words).clicked() {
                actions.push(action);
            }
        }
        if ui.button("Copy problem").clicked() {
            actions.push(Action::View(ViewAction::Copy(line_with_hint(source, diagnostic))));
        }
    });
    if response.clicked() {
        actions.push(Action::Source(SourceAction::GoTo(source.id, diagnostic.place.clone())));
    }
}

/// Returns the room that the button of an offer takes.
fn offer_width(ui: &Ui, title: &str) -> f32 {
    let font = crate::ui::theme::body_font(crate::ui::theme::CAPTION);
    let text = ui.painter().layout_no_wrap(title.to_owned(), font, tokens(ui).text);
    text.size().x + 2.0 * space::L
}

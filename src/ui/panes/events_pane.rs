//! What happened to plugins and to the program, newest last.
//!
//! Knows no clock: times are those that the events brought along.

use std::collections::VecDeque;

use egui::{Color32, Rect, Role, Sense, Ui, WidgetInfo};

use crate::app::{Action, AppState, ExportFormat, ViewAction};
use crate::model::event::{EventEntry, EventFilter, EventLog, EventTag, LogLevel};
use crate::model::humanize;
use crate::model::zone::Zone;
use crate::ui::icons;
use crate::ui::theme::{self, Tokens, space, tokens};
use crate::ui::widgets::{Chip, empty_state, hairline, icon_button, one_line, put, text_field};

use super::row_scroll::RowScroll;

/// Height of a row.
const ROW: f32 = 22.0;
/// Where the columns begin, in points from the left edge.
const PLUGIN_AT: f32 = 112.0;
const KIND_AT: f32 = 232.0;
const TEXT_AT: f32 = 348.0;

/// The log of events, filtered.
#[derive(Debug)]
pub(in crate::ui) struct EventsPane {
    filter: EventFilter,
    scroll: RowScroll,
    shown: Shown,
    selected: Option<u64>,
}

/// Sequence numbers of the events that the filter lets through, kept from frame to frame.
#[derive(Debug, Default)]
struct Shown {
    of: Option<(EventFilter, u64)>,
    last_seen: u64,
    sequences: VecDeque<u64>,
}

impl Default for EventsPane {
    fn default() -> Self {
        Self {
            // Steps between states and the program's traces are for whoever asks for them.
            filter: EventFilter { min_level: LogLevel::Trace, ..EventFilter::default() },
            scroll: RowScroll::from_end(),
            shown: Shown::default(),
            selected: None,
        }
    }
}

impl EventsPane {
    /// Shows Pause, Clear and the exports, from the right edge.
    pub(in crate::ui) fn bar_right_ui(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        let mut push = |action| actions.push(Action::View(action));
        if ui.add(icon_button(icons::EXPORT, "Export events as CSV").small()).clicked() {
            push(ViewAction::ExportEvents(ExportFormat::Csv));
        }
        if ui.add(icon_button(icons::BRACKETS_CURLY, "Export events as JSON").small()).clicked() {
            push(ViewAction::ExportEvents(ExportFormat::Json));
        }
        if ui.add(icon_button(icons::TRASH, "Clear events").small()).clicked() {
            push(ViewAction::ClearEvents);
        }
        let is_paused = state.events.is_paused();
        let (icon, name) =
            if is_paused { (icons::PLAY, "Resume events") } else { (icons::PAUSE, "Pause events") };
        if ui.add(icon_button(icon, name).small().selected(is_paused)).clicked() {
            push(ViewAction::PauseEvents(!is_paused));
        }
        let tokens = tokens(ui);
        if is_paused {
            let held = format!("paused, {} held back", humanize::count(state.events.num_held() as u64));
            ui.label(theme::caption(held).color(tokens.warning));
        }
        if state.events.dropped() > 0 {
            let dropped = format!("{} older dropped", humanize::count(state.events.dropped()));
            let hint = format!("{} events were dropped", humanize::grouped(state.events.dropped()));
            ui.label(theme::caption(dropped).color(tokens.text_muted)).on_hover_text(hint);
        }
    }

    /// Shows the filter and the events that it lets through.
    pub(in crate::ui) fn ui(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        ui.add_space(space::XS);
        self.filter_ui(ui, state);
        hairline(ui);
        self.shown.catch_up(&state.events, &self.filter);
        if self.shown.sequences.is_empty() {
            let (headline, hint) = if state.events.is_empty() {
                (
                    "Nothing has happened yet",
                    "Loading, calls, log lines of plugins and refused growth come here",
                )
            } else {
                ("No event matches the filter", "Clear the text or show more kinds")
            };
            empty_state(ui, icons::LIST_BULLETS, headline, hint);
            return;
        }
        let (sequences, selected) = (&self.shown.sequences, &mut self.selected);
        ui.spacing_mut().item_spacing.y = 0.0;
        self.scroll.show(ui, "Events list", sequences.len() as u64, ROW, |ui, row, rect| {
            let sequence = usize::try_from(row).ok().and_then(|row| sequences.get(row));
            if let Some(entry) = sequence.and_then(|sequence| state.events.get(*sequence)) {
                entry_ui(ui, rect, (entry, &state.zone), selected, actions);
            }
        });
    }

    fn filter_ui(&mut self, ui: &mut Ui, state: &AppState) {
        ui.horizontal(|ui| {
            ui.add_space(space::M);
            let field = text_field("Filter events", &mut self.filter.text);
            ui.add(field.hint("Filter").icon(icons::MAGNIFYING_GLASS).width(180.0));
            let level = match self.filter.min_level {
                LogLevel::Trace => "All levels".to_owned(),
                LogLevel::Error => "Error".to_owned(),
                level => format!("{} and above", level.label()),
            };
            let chip = ui.add(Chip::small_menu(&level)).on_hover_text("Least level that is shown");
            egui::Popup::menu(&chip).show(|ui| {
                for level in LogLevel::ALL {
                    ui.selectable_value(&mut self.filter.min_level, level, level.label());
                }
            });
            self.kinds_ui(ui);
            self.plugin_ui(ui, state);
            let shown = humanize::count(self.shown.sequences.len() as u64);
            let text = if self.filter.is_default() {
                format!("{shown} events")
            } else {
                format!("{shown} of {}", humanize::count(state.events.len() as u64))
            };
            ui.label(theme::caption(text).color(tokens(ui).text_muted));
            if ui.available_width() > 120.0
                && let Some(newest) = state.events.iter().next_back()
            {
                let zone = state.zone.phrase(newest.at_unix_ms);
                let words = theme::caption(format!("times in {zone}")).color(tokens(ui).text_muted);
                ui.label(words).on_hover_text("Times of day where this program runs; exports have UTC");
            }
            if !self.filter.is_default() && ui.add(icon_button(icons::X, "Show all events").small()).clicked()
            {
                self.filter = EventFilter::default();
            }
        });
    }

    fn kinds_ui(&mut self, ui: &mut Ui) {
        let hidden = self.filter.hidden_kinds.len();
        let text = if hidden == 0 {
            "All kinds".to_owned()
        } else {
            format!("{} of {} kinds", EventTag::ALL.len() - hidden, EventTag::ALL.len())
        };
        let chip = ui.add(Chip::small_menu(&text)).on_hover_text("Kinds that are shown");
        let popup = egui::Popup::menu(&chip).close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside);
        popup.show(|ui| {
            for tag in EventTag::ALL {
                let mut is_shown = !self.filter.hidden_kinds.contains(&tag);
                if ui.checkbox(&mut is_shown, tag.label()).changed() {
                    if is_shown {
                        self.filter.hidden_kinds.remove(&tag);
                    } else {
                        self.filter.hidden_kinds.insert(tag);
                    }
                }
            }
        });
    }

    fn plugin_ui(&mut self, ui: &mut Ui, state: &AppState) {
        let text = self.filter.plugin.map_or("All plugins".to_owned(), |id| match state.plugin_label(id) {
            label if label.is_empty() => "Unloaded plugin".to_owned(),
            label => label,
        });
        let chip = ui.add(Chip::small_menu(&text)).on_hover_text("Plugin whose events are shown");
        egui::Popup::menu(&chip).show(|ui| {
            ui.selectable_value(&mut self.filter.plugin, None, "All plugins");
            for plugin in &state.plugins {
                let label = state.plugin_label(plugin.id);
                ui.selectable_value(&mut self.filter.plugin, Some(plugin.id), label);
            }
        });
    }
}

impl Shown {
    /// Takes up new events; only a changed filter makes it go through all of them again.
    fn catch_up(&mut self, log: &EventLog, filter: &EventFilter) {
        match &mut self.of {
            Some((of, revision)) if of == filter => {
                if *revision == log.revision() {
                    return;
                }
                *revision = log.revision();
            }
            _ => {
                *self = Self { of: Some((filter.clone(), log.revision())), ..Self::default() };
            }
        }
        let oldest = log.iter().next().map_or(u64::MAX, |entry| entry.sequence);
        while self.sequences.front().is_some_and(|sequence| *sequence < oldest) {
            self.sequences.pop_front();
        }
        let matcher = filter.matcher();
        for entry in log.after(self.last_seen) {
            self.last_seen = entry.sequence;
            if matcher.matches(entry) {
                self.sequences.push_back(entry.sequence);
            }
        }
    }
}

fn entry_ui(
    ui: &Ui,
    rect: Rect,
    (entry, zone): (&EventEntry, &Zone),
    selected: &mut Option<u64>,
    actions: &mut Vec<Action>,
) {
    let tokens = tokens(ui);
    let response = ui.interact(rect, ui.scope_id().with(entry.sequence), Sense::CLICK);
    let summary = entry.kind.summary();
    let name = entry.plugin.as_ref().map_or("", |plugin| &*plugin.name);
    let is_selected = *selected == Some(entry.sequence);
    response.widget_info(|| {
        let label = [name, entry.kind.tag().label(), &summary].join(" ");
        WidgetInfo::selected(Role::ListItem, true, is_selected, label.trim())
    });
    if response.clicked() {
        *selected = Some(entry.sequence);
    }
    response.context_menu(|ui| {
        if ui.button("Copy text").clicked() {
            actions.push(Action::View(ViewAction::Copy(summary.clone())));
        }
    });
    let ground = match (is_selected, response.hovered()) {
        (true, _) => tokens.selection,
        (false, true) => tokens.row_hover,
        (false, false) => Color32::TRANSPARENT,
    };
    ui.painter().rect_filled(rect, 0.0, ground);
    let time = zone.clock_time(entry.at_unix_ms);
    paint_entry(ui, rect, entry, (&time, name, &summary), tokens);
    response.on_hover_ui(|ui| {
        ui.label(theme::code(summary.clone()));
        let zone = zone.phrase(entry.at_unix_ms);
        let words = format!("event {} at {time} in {zone}", entry.sequence);
        ui.label(theme::caption(words).color(tokens.text_muted));
    });
}

fn paint_entry(
    ui: &Ui,
    rect: Rect,
    entry: &EventEntry,
    (time, name, summary): (&str, &str, &str),
    tokens: &Tokens,
) {
    let y = rect.center().y;
    let left = rect.left() + space::M;
    let small = theme::body_font(theme::FIGURE);
    let code = theme::code_font(theme::FIGURE);
    let (icon, colour) = level_look(entry.kind.level(), tokens);
    let cell = |text: &str, font: &egui::FontId, colour, at: f32, end: f32| {
        let galley = one_line(ui, text, font.clone(), colour, end - at - space::S);
        put(ui, galley, left + at, y);
    };
    cell(time, &code, tokens.text_muted, 0.0, PLUGIN_AT);
    cell(name, &small, tokens.text_muted, PLUGIN_AT, KIND_AT);
    cell(icon, &small, colour, KIND_AT, TEXT_AT);
    cell(entry.kind.tag().label(), &small, colour, KIND_AT + 20.0, TEXT_AT);
    let is_code = entry.kind.tag() == EventTag::Log;
    let font = if is_code { &code } else { &small };
    // Guests write tabs and line ends; a row is one line.
    let line = summary.replace(|c: char| c.is_control(), " ");
    cell(&line, font, tokens.text, TEXT_AT, rect.width() - space::M);
}

/// Returns the sign and the colour of a level.
fn level_look(level: LogLevel, tokens: &Tokens) -> (&'static str, Color32) {
    match level {
        LogLevel::Trace | LogLevel::Debug => (icons::DOT, tokens.text_faint),
        LogLevel::Info => (icons::INFO, tokens.text_muted),
        LogLevel::Warn => (icons::WARNING, tokens.warning),
        LogLevel::Error => (icons::X_CIRCLE, tokens.error),
    }
}

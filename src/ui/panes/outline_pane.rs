//! The Outline pane: what the open text consists of; a click goes there, and it follows the cursor.
//!
//! Knows no parser: the list comes from the program's state.

use std::sync::{Arc, Weak};

use egui::{Key, Ui, UiBuilder};

use crate::app::{Action, AppState, Source, SourceAction};
use crate::model::diagnostic::Place;
use crate::model::ids::SourceId;
use crate::model::wat::{OutlineItem, SymbolKind, WatReading};
use crate::ui::icons;
use crate::ui::theme::{self, space};
use crate::ui::widgets::{empty_state, row, text_field};

use super::row_scroll::RowScroll;

/// Items that one frame looks at for the filter.
const FILTERED_BY_FRAME: usize = 2_000;

/// The Outline pane.
#[derive(Debug)]
pub(super) struct OutlinePane {
    filter: String,
    scroll: RowScroll,
    shown: Option<Shown>,
    /// The row of the cursor as it was last brought into view.
    followed: Option<usize>,
}

/// The items that the filter lets through, and of what.
#[derive(Debug)]
struct Shown {
    source: SourceId,
    /// Held by whoever owns it, so that it is not taken apart here.
    reading: Weak<WatReading>,
    filter: String,
    items: Vec<usize>,
    /// How many items of the outline were looked at.
    num_seen: usize,
}

impl Default for OutlinePane {
    fn default() -> Self {
        Self { filter: String::new(), scroll: RowScroll::from_start(), shown: None, followed: None }
    }
}

impl OutlinePane {
    pub(super) fn ui(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        let Some(source) = state.active_source() else {
            empty_state(ui, icons::TREE_STRUCTURE, "No outline yet", "Open a file or a sample");
            return;
        };
        let reading = source.language.as_ref().filter(|_| source.buffer().is_some());
        let Some(reading) = reading.map(|read| &read.reading) else {
            let hint = "The functions, memories and globals of a text are listed here";
            empty_state(ui, icons::TREE_STRUCTURE, "No outline", hint);
            return;
        };
        if reading.outline.is_empty() {
            empty_state(ui, icons::TREE_STRUCTURE, "Nothing is defined", "Begin with (module (func …))");
            return;
        }
        self.filter_ui(ui);
        self.refresh(source, reading);
        let Some(shown) = &self.shown else { return };
        if shown.num_seen < reading.outline.len() {
            ui.ctx().request_repaint();
        } else if shown.items.is_empty() {
            empty_state(ui, icons::MAGNIFYING_GLASS, "No match", "");
            return;
        }
        let current = row_of_line(&reading.outline, &shown.items, source.cursor.0);
        if current != self.followed {
            self.followed = current;
            if let Some(row) = current {
                self.scroll.reveal(row as u64);
            }
        }
        let count = shown.items.len() as u64;
        self.scroll.show(ui, "Outline items", count, space::ROW, |ui, at, rect| {
            let index = usize::try_from(at).ok().and_then(|at| Some((at, *shown.items.get(at)?)));
            let Some((at, index)) = index else { return };
            let item = &reading.outline[index];
            ui.scope_builder(UiBuilder::new().max_rect(rect).id_salt(index), |ui| {
                item_ui(ui, source, reading, item, current == Some(at), actions);
            });
        });
    }

    fn filter_ui(&mut self, ui: &mut Ui) {
        egui::Frame::new().inner_margin(egui::Margin { left: 12, right: 12, top: 4, bottom: 4 }).show(
            ui,
            |ui| {
                let field = text_field("Filter outline", &mut self.filter).icon(icons::MAGNIFYING_GLASS);
                let response = ui.add(field.hint("Filter by name"));
                if response.has_focus() && ui.input(|input| input.key_pressed(Key::Escape)) {
                    self.filter.clear();
                }
            },
        );
    }

    fn refresh(&mut self, source: &Source, reading: &Arc<WatReading>) {
        let is_fresh = self.shown.as_ref().is_some_and(|shown| {
            shown.source == source.id
                && shown.reading.as_ptr() == Arc::as_ptr(reading)
                && shown.filter == self.filter
        });
        if !is_fresh {
            let (reading, filter) = (Arc::downgrade(reading), self.filter.clone());
            self.shown = Some(Shown { source: source.id, reading, filter, items: Vec::new(), num_seen: 0 });
            self.followed = None;
        }
        let Some(shown) = &mut self.shown else { return };
        let all = shown.num_seen..reading.outline.len();
        let wanted = self.filter.trim().to_lowercase();
        let fits = |item: &OutlineItem| {
            item.label.to_lowercase().contains(&wanted)
                || item.exports.iter().any(|name| name.to_lowercase().contains(&wanted))
                || item.kind.phrase().starts_with(&wanted)
        };
        // Each look at a name makes a copy of it, so that tens of thousands are spread over frames.
        let most = if wanted.is_empty() { usize::MAX } else { FILTERED_BY_FRAME };
        let part = all.start..all.end.min(all.start.saturating_add(most));
        shown.num_seen = part.end;
        shown.items.extend(part.filter(|index| wanted.is_empty() || fits(&reading.outline[*index])));
    }
}

/// Returns the row of the innermost item that a line, from 1, is in.
fn row_of_line(outline: &[OutlineItem], shown: &[usize], line: u32) -> Option<usize> {
    let after = shown.partition_point(|index| outline[*index].line <= line);
    shown[..after].iter().rposition(|index| outline[*index].end_line >= line)
}

fn item_ui(
    ui: &mut Ui,
    source: &Source,
    reading: &WatReading,
    item: &OutlineItem,
    is_current: bool,
    actions: &mut Vec<Action>,
) {
    let name = format!("{} {}", item.kind.phrase(), item.label);
    let indent = space::M * f32::from(u8::try_from(item.depth.min(12)).unwrap_or(12));
    let shown = row(&item.label).name(&name).icon(icon(item.kind)).code().indent(indent);
    let response = ui.add(shown.right(&item.detail).right_code().selected(is_current));
    let response = response.on_hover_ui(|ui| {
        ui.set_max_width(520.0);
        ui.label(theme::code(reading.index.declaration(item.definition)));
        for export in &item.exports {
            ui.label(format!("exported as “{export}”"));
        }
        if let Some((module, import)) = &item.import {
            ui.label(format!("imported from “{module}” “{import}”"));
        }
        ui.label(match item.end_line - item.line {
            0 => format!("line {}", item.line),
            _ => format!("lines {} to {}", item.line, item.end_line),
        });
    });
    if response.clicked() {
        let place = Place { line: Some(item.line), column: Some(item.column), ..Place::default() };
        actions.push(Action::Source(SourceAction::GoTo(source.id, place)));
    }
}

fn icon(kind: SymbolKind) -> &'static str {
    match kind {
        SymbolKind::Func | SymbolKind::CoreFunc => icons::FUNCTION,
        SymbolKind::Memory => icons::MEMORY,
        SymbolKind::Table => icons::TABLE,
        SymbolKind::Global | SymbolKind::Value => icons::GLOBE,
        SymbolKind::Tag => icons::TAG,
        SymbolKind::Type | SymbolKind::CoreType | SymbolKind::Field => icons::BRACKETS_ANGLE,
        SymbolKind::Elem => icons::LIST_NUMBERS,
        SymbolKind::Data => icons::DATABASE,
        SymbolKind::Module => icons::PACKAGE,
        SymbolKind::Component => icons::PUZZLE_PIECE,
        SymbolKind::Instance | SymbolKind::CoreInstance => icons::CUBE,
        SymbolKind::Param | SymbolKind::Local | SymbolKind::Label => icons::DOT,
    }
}

//! The table of calls: its columns, its head and a row.
//!
//! Knows no filter and no order; it is told which call stands in a row.

use egui::{Align2, Color32, FontId, Rect, Response, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::app::{Action, CallAction, PluginAction, PluginView};
use crate::model::call::{CallRecord, CallSample};
use crate::model::humanize;
use crate::model::measured::Measured;
use crate::ui::icons;
use crate::ui::theme::{self, space, tokens};
use crate::ui::widgets::{focus_ring, one_line, put};

use super::super::outcome_words::{call_text, outcome_look, outcome_phrase, results_text};
use super::rows::Column;

/// Height of a row.
pub(super) const ROW: f32 = 22.0;
/// Height of the head.
const HEAD: f32 = 24.0;
/// Least width that is left to the column of calls.
const LEAST_CALL: f32 = 104.0;

/// Where the columns begin and end, in points from the left edge; those without room are left out.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    columns: Vec<(Column, f32, f32)>,
}

impl Layout {
    pub(super) fn of(width: f32) -> Self {
        let width = (width - space::M - 10.0).max(0.0);
        let wanted = |column| match column {
            Column::Number => 58.0,
            Column::Call => LEAST_CALL,
            Column::Outcome => 120.0,
            Column::Wall | Column::Fuel => 70.0,
            Column::Pages | Column::Depth => 46.0,
        };
        let mut columns = Column::ALL.to_vec();
        // What a narrow pane can't show is told by the details and on hover.
        for dispensable in [Column::Depth, Column::Pages, Column::Fuel, Column::Wall, Column::Outcome] {
            if columns.iter().map(|column| wanted(*column)).sum::<f32>() > width {
                columns.retain(|column| *column != dispensable);
            }
        }
        let fixed: f32 = columns.iter().map(|column| wanted(*column)).sum();
        let mut at = space::M;
        let place = |column: Column| {
            let spare = if column == Column::Call { (width - fixed).max(0.0) } else { 0.0 };
            let from = at;
            at += wanted(column) + spare;
            (column, from, at - space::S)
        };
        Self { columns: columns.into_iter().map(place).collect() }
    }
}

/// Tells whether a column holds figures, which stand at its right edge.
fn is_figure(column: Column) -> bool {
    matches!(column, Column::Wall | Column::Fuel | Column::Pages | Column::Depth)
}

/// Shows the names of the columns and returns the one that was clicked.
pub(super) fn header_ui(ui: &mut Ui, layout: &Layout, sort: Column, is_descending: bool) -> Option<Column> {
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), HEAD));
    let tokens = tokens(ui);
    let mut clicked = None;
    for (column, from, to) in &layout.columns {
        let cell =
            Rect::from_min_max(pos2(rect.left() + from, rect.top()), pos2(rect.left() + to, rect.bottom()));
        let name = if *column == Column::Number { "Number" } else { column.label() };
        let response = ui.interact(cell, ui.scope_id().with(("column", name)), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::ColumnHeader, true, format!("Sort by {name}")));
        let is_sorted = sort == *column;
        let ink = if is_sorted || response.hovered() { tokens.text } else { tokens.text_muted };
        let caret = match (is_sorted, is_descending) {
            (true, true) => icons::CARET_DOWN,
            (true, false) => icons::CARET_UP,
            (false, _) => "",
        };
        let text = format!("{} {caret}", column.label());
        let galley = one_line(ui, text.trim_end(), theme::body_font(theme::CAPTION), ink, cell.width());
        let x = if is_figure(*column) { cell.right() - galley.size().x } else { cell.left() };
        put(ui, galley, x, cell.center().y);
        if response.has_focus() {
            focus_ring(ui, cell, 2);
        }
        if response.on_hover_text(format!("Sort by {}", name.to_lowercase())).clicked() {
            clicked = Some(*column);
        }
    }
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, tokens.border));
    clicked
}

/// Shows one call as a row.
pub(super) fn row_ui(
    ui: &mut Ui,
    rect: Rect,
    layout: &Layout,
    plugin: &PluginView,
    number: u64,
    actions: &mut Vec<Action>,
) {
    let timeline = &plugin.calls.timeline;
    let Some(call) = timeline.index_of_number(number).and_then(|index| timeline.get(index)) else { return };
    let record = plugin.calls.record(number);
    let name = record.map_or_else(|| timeline.name(call.export).to_owned(), call_text);
    let is_selected = plugin.calls.selected == Some(number);
    let response = ui.interact(rect, ui.scope_id().with(("call", number)), Sense::CLICK);
    response.widget_info(|| {
        let label = format!("#{number} {name} {}", outcome_phrase(call.outcome));
        WidgetInfo::selected(Role::ListItem, true, is_selected, label)
    });
    if response.clicked() {
        actions.push(Action::Plugin(plugin.id, PluginAction::SelectCall(Some(number))));
    }
    if record.is_some() && response.double_clicked() {
        actions.push(Action::Call(CallAction::CallAgain(number)));
    }
    menu(&response, number, record.is_some(), actions);
    let tokens = tokens(ui);
    let ground = match (is_selected, response.hovered()) {
        (true, _) => tokens.selection,
        (false, true) => tokens.row_hover,
        (false, false) => Color32::TRANSPARENT,
    };
    ui.painter().rect_filled(rect, 0.0, ground);
    if is_selected {
        ui.painter().rect_filled(Rect::from_min_size(rect.min, vec2(2.0, rect.height())), 0.0, tokens.accent);
    }
    for (column, from, to) in &layout.columns {
        let cell =
            Rect::from_min_max(pos2(rect.left() + from, rect.top()), pos2(rect.left() + to, rect.bottom()));
        cell_ui(ui, cell, *column, number, (&name, &call, record));
    }
}

fn menu(response: &Response, number: u64, has_record: bool, actions: &mut Vec<Action>) {
    response.context_menu(|ui| {
        if !has_record {
            ui.label("Only the figures of this call are kept");
            return;
        }
        for (name, action) in [
            ("Call again", CallAction::CallAgain(number)),
            ("Use arguments", CallAction::UseArgs(number)),
            ("Copy as command", CallAction::CopyAsCommand(Some(number))),
        ] {
            if ui.button(name).clicked() {
                actions.push(Action::Call(action));
            }
        }
    });
}

fn cell_ui(
    ui: &Ui,
    cell: Rect,
    column: Column,
    number: u64,
    (name, call, record): (&str, &CallSample, Option<&CallRecord>),
) {
    let tokens = tokens(ui);
    let small = theme::body_font(theme::FIGURE);
    let figure = |text: String, ink: Color32| {
        let galley = one_line(ui, &text, small.clone(), ink, cell.width());
        let at = Align2::RIGHT_CENTER.anchor_size(cell.right_center(), galley.size());
        put(ui, galley, at.left(), cell.center().y);
    };
    match column {
        Column::Number => {
            words(ui, cell, 0.0, &format!("#{}", humanize::grouped(number)), &small, tokens.text_muted);
        }
        Column::Call => call_cell(ui, cell, name, record),
        Column::Outcome => {
            let look = outcome_look(call.outcome, tokens);
            let ink = if call.outcome == crate::model::call::Outcome::Returned {
                tokens.text_muted
            } else {
                look.colour
            };
            words(ui, cell, 0.0, look.icon, &small, look.colour);
            let end = words(ui, cell, 18.0, &look.word, &small, ink);
            if call.was_denied {
                words(ui, cell, end - cell.left() + 6.0, "▲", &small, tokens.warning);
            }
        }
        Column::Wall => figure(humanize::duration_ns(call.wall_ns), tokens.text),
        Column::Fuel => figure(measured(call.fuel), tokens.text),
        Column::Pages => figure(humanize::count(call.peak_memory_pages), tokens.text),
        Column::Depth => figure(measured(call.peak_call_depth), tokens.text),
    }
}

/// Writes a call with its results, such as `fib(24) = 46368`.
fn call_cell(ui: &Ui, cell: Rect, name: &str, record: Option<&CallRecord>) {
    let tokens = tokens(ui);
    let code = theme::code_font(theme::FIGURE);
    let end = words(ui, cell, 0.0, name, &code, tokens.text);
    if let Some(record) = record.filter(|record| !record.results.is_empty()) {
        let results = format!(" = {}", results_text(record));
        words(ui, cell, end - cell.left(), &results, &code, tokens.number);
    }
}

/// Writes at `from` points from the cell's edge, cut where the cell ends; returns where the words end.
fn words(ui: &Ui, cell: Rect, from: f32, text: &str, font: &FontId, ink: Color32) -> f32 {
    let room = cell.width() - from;
    if room < 8.0 {
        return cell.left() + from;
    }
    put(ui, one_line(ui, text, font.clone(), ink, room), cell.left() + from, cell.center().y)
}

fn measured(figure: Measured<u64>) -> String {
    match figure {
        Measured::Exact(value) => humanize::count(value),
        Measured::AtLeast(value) => format!("≥ {}", humanize::count(value)),
        Measured::NotMeasured => "–".to_owned(),
    }
}

//! The listing of a binary: its text as it comes into view, a search over all of it, and a field that leads
//! anywhere in it.
//!
//! Knows no printer: lines that are not there yet are asked for, and empty until they come.

mod goto_ui;
mod lines;
mod offsets_ui;
mod search_ui;

use std::ops::Range;
use std::sync::Arc;

use egui::{Align, Key, KeyboardShortcut, Layout, Modifiers, Ui, UiBuilder, vec2};

use crate::app::{Action, EditorWish, Source, SourceAction, UiCommand, ViewAction};
use crate::engine::listing::{Listing, MAX_LINE_BYTES, Stretch};
use crate::model::humanize::{count, grouped};
use crate::ui::editor::{ReadOptions, ReadView, Span, SpanKind, Spot, SpotRange, read_only_ui};
use crate::ui::icons;
use crate::ui::theme::{self, space, tokens};
use crate::ui::widgets::{code_link, hairline, icon_button};

use goto_ui::GotoField;
use lines::PrintedLines;
use offsets_ui::{offsets_ui, offsets_width};
use search_ui::{SearchBar, SearchDeed};

/// Height of the bar above the text.
const BAR: f32 = 36.0;
/// Height of the line below the text that says where the caret is.
const FOOT: f32 = 26.0;

/// What is remembered of one listing; it holds none of the text.
#[derive(Default)]
pub(super) struct ListingPanel {
    read: ReadView,
    search: SearchBar,
    goto: GotoField,
    in_view: Range<usize>,
    wants_all: bool,
}

impl ListingPanel {
    /// Puts the caret at a line, from 1, and brings it to the middle.
    pub(super) fn goto_line(&mut self, line: u32) {
        self.read.goto_line(line);
    }

    /// Shows the listing over all the space that is left, with offsets or without.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        source: &Source,
        (listing, with_offsets): (&Arc<Listing>, bool),
        actions: &mut Vec<Action>,
    ) {
        ui.spacing_mut().item_spacing.y = 0.0;
        self.bar_ui(ui, source, (listing, with_offsets), actions);
        hairline(ui);
        let mut rest = ui.available_rect_before_wrap();
        let foot = rest.split_top_bottom_at_y(rest.bottom() - FOOT).1;
        rest.set_bottom(foot.top());
        if let Some(found) = source.reading.search.as_ref().filter(|_| self.search.is_open()) {
            let height = (rest.height() * 0.34).clamp(96.0, 260.0);
            let results = rest.split_top_bottom_at_y(rest.bottom() - height).1;
            rest.set_bottom(results.top());
            let deed = ui
                .scope_builder(UiBuilder::new().max_rect(results), |ui| {
                    self.search.results_ui(ui, listing, found)
                })
                .inner;
            self.follow(source, deed, actions);
        }
        let strip = if with_offsets { offsets_width(ui, listing) } else { 0.0 };
        let (offsets, rest) = rest.split_left_right_at_x(rest.left() + strip);
        let rows = ui
            .scope_builder(UiBuilder::new().max_rect(rest), |ui| self.text_ui(ui, source, listing, actions))
            .inner;
        if with_offsets {
            offsets_ui(ui, offsets, &rows, listing, &source.reading.pages);
        }
        ui.scope_builder(UiBuilder::new().max_rect(foot), |ui| self.foot_ui(ui, source, listing));
    }

    fn bar_ui(
        &mut self,
        ui: &mut Ui,
        source: &Source,
        (listing, with_offsets): (&Arc<Listing>, bool),
        actions: &mut Vec<Action>,
    ) {
        let size = vec2(ui.available_width(), BAR);
        ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
            ui.add_space(space::S);
            let deed = self.search.ui(ui, source.reading.search.as_ref());
            self.follow(source, deed, actions);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.add_space(space::S);
                let keys = UiCommand::Offsets.shortcut().map(|chord| chord.to_string()).unwrap_or_default();
                let button = icon_button(icons::LIST_NUMBERS, UiCommand::Offsets.label()).small();
                if ui.add(button.shortcut(&keys).selected(with_offsets)).clicked() {
                    actions.push(Action::View(ViewAction::ShowOffsets(!with_offsets)));
                }
                if let Some(line) = self.goto.ui(ui, listing) {
                    self.read.goto_line(line);
                }
            });
        });
    }

    fn follow(&mut self, source: &Source, deed: SearchDeed, actions: &mut Vec<Action>) {
        let action = match deed {
            SearchDeed::Nothing => return,
            SearchDeed::Search(pattern) => SourceAction::SearchListing(source.id, pattern),
            SearchDeed::Stop => SourceAction::StopSearch(source.id),
            SearchDeed::Close => SourceAction::CloseSearch(source.id),
            SearchDeed::Show(line, bytes) => {
                let row = line.saturating_sub(1) as usize;
                self.read.show(SpotRange::new(Spot::new(row, bytes.start), Spot::new(row, bytes.end)));
                return;
            }
        };
        actions.push(Action::Source(action));
    }

    /// Shows the text; returns the lines in view, from 0, and the middles of their rows.
    fn text_ui(
        &mut self,
        ui: &mut Ui,
        source: &Source,
        listing: &Arc<Listing>,
        actions: &mut Vec<Action>,
    ) -> Vec<(usize, f32)> {
        let spans = self.spans(source);
        let name = source.id.to_string();
        let lines = PrintedLines { listing, pages: &source.reading.pages };
        let options = ReadOptions { source: &name, spans: &spans, ..ReadOptions::default() };
        if std::mem::take(&mut self.wants_all) {
            self.read.select_all(&lines);
        }
        let answer = read_only_ui(ui, &mut self.read, &lines, &options);
        self.in_view = answer.in_view;
        let shown = line_number(self.in_view.start)..line_number(self.in_view.end);
        if source.reading.pages.lacks(&shown) {
            actions.push(Action::Source(SourceAction::ShowLines(source.id, shown)));
        }
        let line = line_number(self.read.caret().line);
        if answer.selection.is_some() && line != source.cursor.0 {
            actions.push(Action::Source(SourceAction::CursorMoved(source.id, line, 1)));
        }
        if let Some(selected) = answer.copied {
            let stretch = stretch_of(&selected, listing, source);
            actions.push(Action::Source(SourceAction::CopyListing(source.id, stretch)));
        }
        if answer.has_focus || self.search.has_focus(ui) || self.goto.has_focus(ui) {
            self.keys(ui);
        }
        answer.rows
    }

    /// Does what menus, the palette or keys ask of whoever shows the source in front.
    pub(super) fn ask(&mut self, wish: EditorWish) {
        match wish {
            EditorWish::Find => self.search.focus(),
            EditorWish::GoToLine => self.goto.focus(),
            EditorWish::FindNext => self.search.ask_step(true),
            EditorWish::FindPrevious => self.search.ask_step(false),
            EditorWish::Copy => self.read.copy(),
            EditorWish::SelectAll => self.wants_all = true,
            _ => {}
        }
    }

    fn keys(&mut self, ui: &Ui) {
        let pressed = |key| {
            let shortcut = KeyboardShortcut::new(Modifiers::COMMAND, key);
            ui.input_mut(|input| input.consume_shortcut(&shortcut))
        };
        if pressed(Key::F) {
            self.search.focus();
        }
        if pressed(Key::G) {
            self.goto.focus();
        }
    }

    /// Returns the finds that were in view in the last frame.
    fn spans(&self, source: &Source) -> Vec<Span> {
        let Some(search) = source.reading.search.as_ref().filter(|_| self.search.is_open()) else {
            return Vec::new();
        };
        let first = search.found.partition_point(|found| found.line < line_number(self.in_view.start));
        let found = search.found[first..].iter();
        let found = found.take_while(|found| found.line <= line_number(self.in_view.end));
        let spans = found.map(|found| {
            let row = found.line.saturating_sub(1) as usize;
            let spot = |byte: usize| Spot::new(row, byte);
            let is_current = row == self.read.caret().line;
            Span {
                range: SpotRange::new(spot(found.matched.start), spot(found.matched.end)),
                kind: if is_current { SpanKind::CurrentFind } else { SpanKind::Find },
            }
        });
        spans.collect()
    }

    /// Says where the caret is: line, offset, function.
    fn foot_ui(&mut self, ui: &mut Ui, source: &Source, listing: &Listing) {
        hairline(ui);
        let line = line_number(self.read.caret().line);
        let muted = tokens(ui).text_muted;
        let size = vec2(ui.available_width(), FOOT - 1.0);
        ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
            ui.add_space(space::M);
            ui.label(theme::caption(format!("Line {}", grouped(u64::from(line)))).color(muted));
            if let Some(offset) = source.reading.pages.offset(line) {
                let label = ui.label(theme::caption(format!("Offset {offset:#x}")).color(muted));
                label.on_hover_text(format!("{} bytes from the start of the binary", grouped(offset)));
            }
            if let Some(function) = listing.function_at_line(line) {
                let label = function.label();
                let head = code_link(ui, &shortened(&label));
                if head
                    .on_hover_text(format!("{label}, function {}: go to its head", function.index))
                    .clicked()
                {
                    self.read.goto_line(function.line);
                }
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.add_space(space::M);
                let lines = u64::from(listing.num_lines());
                let functions = listing.num_functions() as u64;
                let text = format!("{} lines · {} functions", count(lines), count(functions));
                let exact = format!("{} lines, {} functions with code", grouped(lines), grouped(functions));
                ui.label(theme::caption(text).color(muted)).on_hover_text(exact);
            });
        });
    }
}

/// Returns what is selected as the printer counts it. How long a line is that is not there is not known; the
/// last one is taken as a whole, since selecting everything ends on it.
fn stretch_of(selected: &SpotRange, listing: &Listing, source: &Source) -> Stretch {
    let place = |spot: Spot| (line_number(spot.line), spot.byte);
    let (start, mut end) = (place(selected.start()), place(selected.end()));
    if end.0 == listing.num_lines() && source.reading.pages.line(end.0).is_none() {
        end.1 = MAX_LINE_BYTES;
    }
    Stretch { start, end }
}

/// Returns the number of a row, from 1.
fn line_number(row: usize) -> u32 {
    u32::try_from(row).map_or(u32::MAX, |row| row.saturating_add(1))
}

fn shortened(label: &str) -> String {
    const MOST_CHARS: usize = 48;
    if label.chars().count() <= MOST_CHARS {
        return label.to_owned();
    }
    label.chars().take(MOST_CHARS).chain(['…']).collect()
}

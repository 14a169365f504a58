//! The search over a listing: what is looked for, how far it is, and what was found.

use std::ops::Range;

use egui::{Align, Id, Key, Layout, Modifiers, ProgressBar, Role, Sense, Ui, WidgetInfo};

use crate::app::ListingSearch;
use crate::engine::listing::{Found, Listing, SearchPattern};
use crate::model::humanize::{count, grouped};
use crate::ui::icons;
use crate::ui::theme::{self, space, tokens};
use crate::ui::widgets::{hairline, icon_button, one_line, one_name, put, text_field};
use crate::worker::listing_protocol::SearchEnd;

use super::super::row_scroll::RowScroll;

/// Height of a result.
const ROW: f32 = 22.0;
/// Where the function of a result begins, after its line, and how wide its column is.
const FUNCTION_AT: f32 = 96.0;
const LEAST_FUNCTION: f32 = 172.0;
const MOST_FUNCTION: f32 = 320.0;

/// Width of the field, in a narrow pane and in a wide one.
const LEAST_FIELD: f32 = 150.0;
const MOST_FIELD: f32 = 220.0;

/// What is asked for in the bar.
pub(super) struct SearchBar {
    pattern: SearchPattern,
    is_open: bool,
    wants_focus: bool,
    /// Whether the next result is asked for, or the one before.
    wants_step: Option<bool>,
    had_focus: bool,
    current: Option<usize>,
    /// Number of the search that `current` is about.
    of: u64,
    scroll: RowScroll,
}

/// What somebody did in the bar or among the results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SearchDeed {
    Nothing,
    Search(SearchPattern),
    Stop,
    Close,
    /// Show these bytes of a line, from 1.
    Show(u32, Range<usize>),
}

impl Default for SearchBar {
    fn default() -> Self {
        Self {
            pattern: SearchPattern::default(),
            is_open: false,
            wants_focus: false,
            wants_step: None,
            had_focus: false,
            current: None,
            of: 0,
            scroll: RowScroll::from_start(),
        }
    }
}

fn field_id() -> Id {
    Id::unique("search in listing")
}

impl SearchBar {
    /// Asks for the keyboard.
    pub(super) fn focus(&mut self) {
        self.wants_focus = true;
    }

    /// Asks for the next result, or the one before; without a search, for what is looked for.
    pub(super) fn ask_step(&mut self, forwards: bool) {
        self.wants_step = Some(forwards);
    }

    pub(super) fn has_focus(&self, ui: &Ui) -> bool {
        ui.memory(|memory| memory.has_focus(field_id()))
    }

    /// Tells whether results are shown.
    pub(super) fn is_open(&self) -> bool {
        self.is_open
    }

    /// Shows the field and how far the search is.
    pub(super) fn ui(&mut self, ui: &mut Ui, search: Option<&ListingSearch>) -> SearchDeed {
        if std::mem::take(&mut self.wants_focus) {
            ui.memory_mut(|memory| memory.request_focus(field_id()));
        }
        let mut deed = SearchDeed::Nothing;
        // Escape has taken the keyboard away before this frame began.
        let has_focus = self.has_focus(ui);
        if std::mem::replace(&mut self.had_focus, has_focus) || has_focus {
            deed = self.keys(ui, search);
        }
        match (self.wants_step.take(), search.filter(|_| self.is_open)) {
            (Some(forwards), Some(search)) => deed = self.step(search, forwards),
            (Some(_), None) => self.focus(),
            (None, _) => {}
        }
        let refused = search.and_then(|search| match &search.end {
            Some(SearchEnd::Refused(message)) if search.pattern == self.pattern => Some(message.as_str()),
            _ => None,
        });
        let width = (ui.available_width() * 0.3).clamp(LEAST_FIELD, MOST_FIELD);
        let field = text_field("Search in listing", &mut self.pattern.text).id(field_id());
        let field = field.hint("Search in listing").icon(icons::MAGNIFYING_GLASS).width(width);
        ui.add(field.error(refused));
        let case = icon_button(icons::TEXT_AA, "Match case").small().selected(self.pattern.match_case);
        if ui.add(case).clicked() {
            self.pattern.match_case = !self.pattern.match_case;
        }
        let regex = icon_button(".*", "Regular expression").small();
        if ui.add(regex.selected(self.pattern.is_regex)).clicked() {
            self.pattern.is_regex = !self.pattern.is_regex;
        }
        if let Some(search) = search.filter(|_| self.is_open) {
            let other = self.progress_ui(ui, search);
            if other != SearchDeed::Nothing {
                deed = other;
            }
        }
        deed
    }

    fn progress_ui(&mut self, ui: &mut Ui, search: &ListingSearch) -> SearchDeed {
        let mut deed = SearchDeed::Nothing;
        let muted = tokens(ui).text_muted;
        let found = count(search.found.len() as u64);
        match &search.end {
            None => {
                let bar = ProgressBar::new(f32::from(search.percent) / 100.0).desired_width(72.0);
                let bar = ui.add(bar.desired_height(6.0).fill(tokens(ui).accent));
                bar.widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, "Search progress"));
                if ui.add(icon_button(icons::STOP, "Stop search").small()).clicked() {
                    deed = SearchDeed::Stop;
                }
                ui.label(theme::caption(format!("{found} found")).color(muted));
            }
            Some(SearchEnd::Refused(_)) => {
                ui.label(theme::caption("Not a regular expression").color(tokens(ui).error));
            }
            Some(end) => {
                let text = match end {
                    SearchEnd::Full => format!("the first {found} lines"),
                    SearchEnd::Stopped => format!("{found} found, stopped at {} %", search.percent),
                    _ if search.found.is_empty() => "nothing found".to_owned(),
                    _ => format!("{found} lines"),
                };
                ui.label(theme::caption(text).color(muted));
                if ui.add(icon_button(icons::CARET_UP, "Previous result").small()).clicked() {
                    deed = self.step(search, false);
                }
                if ui.add(icon_button(icons::CARET_DOWN, "Next result").small()).clicked() {
                    deed = self.step(search, true);
                }
            }
        }
        if ui.add(icon_button(icons::X, "Close search").small()).clicked() {
            self.is_open = false;
            deed = SearchDeed::Close;
        }
        deed
    }

    fn keys(&mut self, ui: &Ui, search: Option<&ListingSearch>) -> SearchDeed {
        let pressed = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
        if pressed(Modifiers::NONE, Key::Escape) {
            let is_open = std::mem::take(&mut self.is_open);
            return if is_open { SearchDeed::Close } else { SearchDeed::Nothing };
        }
        let backwards = pressed(Modifiers::SHIFT, Key::Enter);
        if !(backwards || pressed(Modifiers::NONE, Key::Enter)) || self.pattern.text.is_empty() {
            return SearchDeed::Nothing;
        }
        if let Some(search) = search.filter(|search| search.pattern == self.pattern && self.is_open) {
            return self.step(search, !backwards);
        }
        self.is_open = true;
        SearchDeed::Search(self.pattern.clone())
    }

    /// Goes to the next result, or the one before.
    fn step(&mut self, search: &ListingSearch, forwards: bool) -> SearchDeed {
        self.catch_up(search);
        let num_found = search.found.len();
        if num_found == 0 {
            return SearchDeed::Nothing;
        }
        let next = match (self.current, forwards) {
            (None, true) => 0,
            (None, false) => num_found - 1,
            (Some(at), true) => (at + 1) % num_found,
            (Some(at), false) => (at + num_found - 1) % num_found,
        };
        self.current = Some(next);
        self.scroll.reveal(next as u64);
        show(&search.found[next])
    }

    fn catch_up(&mut self, search: &ListingSearch) {
        if self.of != search.number {
            self.of = search.number;
            self.current = None;
            self.scroll = RowScroll::from_start();
        }
    }

    /// Shows what was found as rows.
    pub(super) fn results_ui(
        &mut self,
        ui: &mut Ui,
        listing: &Listing,
        search: &ListingSearch,
    ) -> SearchDeed {
        self.catch_up(search);
        hairline(ui);
        ui.painter().rect_filled(ui.available_rect_before_wrap(), 0.0, tokens(ui).pane);
        if search.found.is_empty() {
            let text = match &search.end {
                None => "Looking…".to_owned(),
                Some(SearchEnd::Refused(message)) => message.clone(),
                Some(SearchEnd::Stopped) => format!("Stopped at {} %, nothing found so far", search.percent),
                Some(_) => format!("No line has `{}`", search.pattern.text),
            };
            ui.add_space(space::M);
            ui.with_layout(Layout::top_down(Align::Center), |ui| {
                ui.label(theme::caption(text).color(tokens(ui).text_muted));
            });
            return SearchDeed::Nothing;
        }
        let mut deed = SearchDeed::Nothing;
        let current = &mut self.current;
        let num_found = search.found.len() as u64;
        self.scroll.show(ui, "Search results", num_found, ROW, |ui, at, rect| {
            let Ok(at) = usize::try_from(at) else { return };
            let Some(found) = search.found.get(at) else { return };
            if found_ui(ui, rect, listing, found, *current == Some(at)) {
                *current = Some(at);
                deed = show(found);
            }
        });
        deed
    }
}

fn show(found: &Found) -> SearchDeed {
    SearchDeed::Show(found.line, found.matched.clone())
}

/// Shows one line that was found; returns whether it was clicked.
fn found_ui(ui: &Ui, rect: egui::Rect, listing: &Listing, found: &Found, is_current: bool) -> bool {
    let tokens = tokens(ui);
    let response = ui.interact(rect, ui.scope_id().with(("found", found.line)), Sense::CLICK);
    let function = found.function.and_then(|number| listing.function(number));
    let function = function.map_or_else(String::new, |function| function.label());
    response.widget_info(|| {
        let label = format!("Line {} {function} {}", found.line, found.excerpt);
        WidgetInfo::selected(Role::ListItem, true, is_current, label)
    });
    let ground = match (is_current, response.hovered()) {
        (true, _) => tokens.selection,
        (false, true) => tokens.row_hover,
        (false, false) => tokens.pane,
    };
    ui.painter().rect_filled(rect, 0.0, ground);
    let (middle, code) = (rect.center().y, theme::code_font(theme::FIGURE));
    let number = grouped(u64::from(found.line));
    let number = one_line(ui, &number, code.clone(), tokens.text_faint, FUNCTION_AT - space::L);
    put(ui, number, rect.left() + space::M, middle);
    let text_at = FUNCTION_AT + space::M + (rect.width() * 0.3).clamp(LEAST_FUNCTION, MOST_FUNCTION);
    let width = text_at - FUNCTION_AT - space::M;
    put(ui, one_name(ui, &function, code.clone(), tokens.name, width), rect.left() + FUNCTION_AT, middle);
    let width = rect.width() - text_at - space::M;
    put(ui, one_line(ui, &found.excerpt, code, tokens.text, width), rect.left() + text_at, middle);
    response.clicked()
}
